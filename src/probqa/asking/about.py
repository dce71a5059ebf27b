"""Which passages are about the places and bodies that a question names, and which of its names are nowhere.

In: a ``Generation`` and a ``Question``. Out: a ``Standing``.

A report is about a place where its area or one of its providers has that place, one that lies in it, or a larger one
that it lies in: Newport lies in Gwent. An area of most reports (``domain.wide_areas``) tells nothing of a place in it.
A passage is about whatever it names. docs/decisions/0014-places.md says what each rule is worth.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from probqa.asking.filters import union
from probqa.dates import MONTHS, YEAR
from probqa.glossary.glossary import Named
from probqa.indexing.dense import Rows
from probqa.indexing.generation import NAMES_KEPT, Generation, kept
from probqa.indexing.lexical import stems, words
from probqa.questions import Name, Question
from probqa.records import Note
from probqa.text import plain
from probqa.understanding.names import KNOWN, has, may_be_name
from probqa.understanding.question import texts_with
from probqa.weights import WEIGHTS, Weights

# "Leicester, Leicestershire and Rutland".
_JOINS = re.compile(r",? (?:and|&) |, ?")
_DIRECTION = re.compile(r"(?:'s)? (?:(?:north|south|east|west|city|central) )?", re.IGNORECASE)
_CAPITALS = re.compile(r"[A-Z][\w'’-]*(?:(?: | & )[A-Z][\w'’-]*)*")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
# Behind one of these, words with a capital say what sort a thing is, or are a name made up for one ("the Steel City").
_SAYS_WHAT_SORT = re.compile(r"\b(?:an?|the|this|that|these|those|which|what|any|some) $", re.IGNORECASE)
# "G4S" is a name; another word in capitals may be an abbreviation of what the reports spell out.
_WITH_DIGIT = re.compile(r"[A-Z]+\d+[A-Z]+")
# "Catch22", but not "2nd", "10am" or "covid19".
_NUMBERED = re.compile(r"\b([A-Za-z]{3,})\d{1,4}\b")
_IN = re.compile(r"\b(?:in|at|near|around) $", re.IGNORECASE)
_MONTHS = frozenset((*MONTHS, *(month[:3] for month in MONTHS), "Sept"))
# Letters that a word shares in order with one that it may be mistyped for (difflib).
_LIKENESS = 0.8
_SHORTEST_NAME = 3
# Rows that hold a word so rare that it is looked for letter by letter.
_RARE = 20
# A name that more passages hold is looked for like any other word.
_RARE_NAME = 100
# What is called by a name, whatever the field.
_REPORTS = ("report", "review", "inquiry", "case")
_LARGER_TRIED = 3
# A question with more of its words in capitals says nothing by them.
_TITLE_CASE = 0.6
_FEW_WORDS = 3
_WITH_YEAR = re.compile(rf",? (?:back )?(?:in|of|for|during|from)(?: the year)? {YEAR}(?:[-/]\d\d(?:\d\d)?)?(?= |\?|$)")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a question's names stand in the reports.

    ``rows`` are the passages about a place or body that it names: None where it names none that tells reports apart,
    or nothing is about one. ``reports`` are the ids of the reports that are about each place, whether they name it or
    not. ``is_nowhere`` says that it asks about what is in no report, so that none can answer it. ``notes`` say so;
    their offers are still to be tried.
    """

    rows: Rows | None = None
    reports: Mapping[Name, frozenset[str]] = field(default_factory=dict)
    is_nowhere: bool = False
    notes: tuple[Note, ...] = ()

    def narrowed(self, allowed: Rows | None) -> Rows | None:
        """Return those of the ``allowed`` rows that are about what is named: all where none of them is."""
        if self.rows is None or allowed is None:
            return allowed if self.rows is None else self.rows
        both = np.intersect1d(allowed, self.rows, assume_unique=True)
        return both if len(both) else allowed


def standing(index: Generation, question: Question, weights: Weights = WEIGHTS) -> Standing:
    """Tell how the names of a question stand in the reports."""
    if question.scope.kind == "talk" or question.definitions:
        return Standing()
    wide = index.domain.wide_areas
    names = tuple(
        name for name in question.names if name.kind in KNOWN and name.origin == "typed" and name.forms[-1] not in wide
    )
    rows = union([_rows_about(index, name) for name in names])
    unnamed = [
        name
        for name in names
        if name.kind == "place" and not len(_rows_naming(index, name)) and not _is_in(index, name)
    ]
    services = list(_strange_services(index, question))
    strangers = [*((service, True) for service in services), *_strangers(index, question, weights)]
    years = _absent_years(index, question, rows if names else None)
    notes = [
        *(Note(f"‘{stranger}’ is not in these reports.") for stranger, _ in strangers),
        *_notes_on_places(index, question, unnamed, services),
        *_notes_on_years(question, names, years),
    ]
    return Standing(
        rows=rows if len(rows) else None,
        reports={name: _reports_about(index, name) for name in names if name.kind == "place" and name not in unnamed},
        is_nowhere=bool((names and not len(rows)) or years or any(hangs for _, hangs in strangers)),
        notes=tuple(notes),
    )


@kept(NAMES_KEPT)
def _rows_about(index: Generation, name: Name) -> Rows:
    """Return the rows of passages that name it, and of reports that are about it."""
    return union([_rows_naming(index, name), index.rows_of(_reports_about(index, name))])


@kept(NAMES_KEPT)
def _reports_about(index: Generation, name: Name) -> frozenset[str]:
    """Return the ids of the reports that are about a name."""
    glossary = index.glossary
    known = name.forms[-1]
    place = known if name.kind == "place" else glossary.area_of(known)
    services = {known, *(service.name for service in glossary.run_by(known))}

    @cache
    def lies(other: str) -> bool:
        return place in glossary.inside(other) or other in glossary.inside(place)

    return frozenset(
        source.id
        for source, (places, bodies) in zip(index.sources, _subjects(index), strict=True)
        if (name.kind == "provider" and not services.isdisjoint(bodies)) or any(map(lies, places))
    )


@kept(1)
def _subjects(index: Generation) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return of each report the places that it is about, those of most reports aside, and the bodies."""
    wide = index.domain.wide_areas
    # What stands in brackets is a larger place: "Gwent (Wales)" is no report on all of Wales.
    each = (index.glossary.subjects("; ".join(source.places), source.providers) for source in index.sources)
    return [(places.difference(wide), bodies) for places, bodies in each]


@kept(1)
def _areas(index: Generation) -> frozenset[str]:
    """Return the places that a report is about, each once."""
    return frozenset().union(*(places for places, _ in _subjects(index)))


def _is_in(index: Generation, name: Name) -> bool:
    """Tell whether a report is about the place or one that lies in it."""
    return not index.glossary.inside(name.forms[-1]).isdisjoint(_areas(index))


@kept(NAMES_KEPT)
def _rows_naming(index: Generation, name: Name) -> Rows:
    """Return the rows of passages in which a name stands, or in what is said of them: title and headings."""
    rows = union([index.lexical.rows_holding(words(form)) for form in name.forms])
    # No form is parted by the end of a line, so that what is said of many passages is looked through once.
    titled: dict[str, bool] = {}
    headed: dict[str, bool] = {}
    named = []
    for document, start, text in index.texts_of(rows):
        id_ = document.source.id
        if id_ not in titled:
            titled[id_] = has(name, document.source.title)
            headed[id_] = any(has(name, document.slice(heading.span)) for heading in document.headings)
        named.append(
            titled[id_] or has(name, text) or (headed[id_] and has(name, "\n".join(document.heading_path(start))))
        )
    found: Rows = rows[np.array(named, bool)]
    return found


def _is_named(index: Generation, phrase: str) -> bool:
    return len(_rows_naming(index, Name("other", (phrase,), frozenset(words(phrase)), "typed"))) > 0


def _texts_of(index: Generation, rows: Rows) -> Iterator[str]:
    """Yield of each row the title, the headings and the words, a line each."""
    for document, start, text in index.texts_of(rows):
        yield "\n".join((document.source.title, *document.heading_path(start), text))


def _strange_services(index: Generation, question: Question) -> Iterator[str]:
    """Yield the bodies called by a place that a question names, which neither the glossary nor a report knows.

    Such are "Leeds PDU", where no PDU covers Leeds or a part of it, and "HMP Leeds".
    """
    text, glossary = question.text, index.glossary
    kinds = {form.upper(): service.kind for service in index.domain.services for form in service.abbreviations}
    places = glossary.areas_named(text)
    for named in places:
        for institution in index.domain.institutions:
            phrase = f"{institution} {text[named.span.start : named.span.end]}"
            if text[: named.span.end].endswith(phrase) and not _is_named(index, phrase):
                yield phrase
    known = [named.span for named in glossary.providers_named(text)]
    for word in _WORD.finditer(text):
        kind = kinds.get(word.group().upper())
        if kind is None or any(span.start <= word.start() < span.end for span in known):
            continue
        run = _places_before(text, places, word.start())
        covered = {place for named in run for place in (*glossary.inside(named.name), *glossary.containing(named.name))}
        services = glossary.entries.who_ran_what.services
        if run and not any(service.kind == kind and service.area in covered for service in services):
            phrase = text[run[0].span.start : word.end()]
            if not _is_named(index, phrase):
                yield phrase


def _places_before(text: str, places: Sequence[Named], end: int) -> list[Named]:
    """Return the places that stand one behind the other right before ``end``."""
    run: list[Named] = []
    for named in reversed(places):
        between = text[named.span.end : run[0].span.start if run else end]
        if named.span.end <= end and (_JOINS if run else _DIRECTION).fullmatch(between):
            run.insert(0, named)
        elif named.span.end <= end:
            break
    return run


def _strangers(index: Generation, question: Question, weights: Weights) -> Iterator[tuple[str, bool]]:
    """Yield what has the look of a name and a word in it that no report has, and whether the question hangs on it."""
    text = question.text[: len(question.asked)] if question.carried else question.text
    taken = [*index.glossary.providers_named(text), *index.glossary.areas_named(text)]
    spans = [named.span for named in taken] + [span for span, _ in index.glossary.definitions(text)]
    kinds = {form.upper() for service in index.domain.services for form in service.abbreviations}

    def is_strange(word: re.Match[str]) -> bool:
        return not any(span.start <= word.start() < span.end for span in spans) and _is_strange(
            index, text, word[0], weights
        )

    for word in _WORD.finditer(text):
        after = _WORD.match(text, word.end() + 1)
        calls_service = after is not None and after[0].upper() in kinds
        if word[0].islower() and (calls_service or _IN.search(text, 0, word.start())) and is_strange(word):
            # "in peril" is no place: nothing hangs on a word in small letters that no kind of service follows.
            yield (text[word.start() : after.end()] if after and calls_service else word[0]), calls_service
    for word in _NUMBERED.finditer(text):
        if not any(index.lexical.document_frequency(stem) for form in word.group(0, 1) for stem in words(form)):
            yield word[0], True
    behind = [word[0] for word in _WORD.finditer(text) if not word[0].isupper()][1:]
    capitals = sum(word[0].isupper() for word in behind)
    if capitals > _TITLE_CASE * len(behind) and (len(behind) > _FEW_WORDS or capitals == len(behind)):
        return
    for run in _CAPITALS.finditer(text):
        parts = list(_WORD.finditer(text, run.start(), run.end()))
        # What opens a sentence has a capital whatever it is, unless another word of the name follows.
        if not text[: run.start()].rstrip(" \"'‘“")[-1:].strip(".?!:;-–"):
            parts = parts if len(parts) > 1 and is_strange(parts[0]) else parts[1:]
        if not parts:
            continue
        shown = re.sub(r"['’]s$", "", text[parts[0].start() : parts[-1].end()])
        is_known = any(span.start < parts[-1].end() and parts[0].start() < span.end for span in spans)
        if any(map(is_strange, parts)) or (len(parts) > 1 and not is_known and _never_meet(index, shown)):
            yield shown, not _SAYS_WHAT_SORT.search(text, 0, parts[0].start()) or _is_called(index, text, parts[-1])


def _is_called(index: Generation, text: str, last: re.Match[str]) -> bool:
    """Tell whether a name calls a report or a service: "the Hale report", "the Hale unit"."""
    after = _WORD.match(text, last.end() + 1)
    called = stems((*index.domain.report_words, *index.domain.service_words, *_REPORTS))
    return any(not called.isdisjoint(words(word[0])) for word in (last, after) if word)


def _never_meet(index: Generation, name: str) -> bool:
    """Tell whether the words of a name stand in the reports as names only, and never all in one passage."""
    for word in name.split():
        held = words(word)
        if not held or index.lexical.document_frequency(held[0]) > _RARE_NAME:
            return False
        if _stands(index, held, re.compile(rf"(?<!\w){re.escape(plain(word.lower()))}(?!\w)")):
            return False
    return not len(index.lexical.rows_holding(words(name)))


def _is_strange(index: Generation, text: str, word: str, weights: Weights) -> bool:
    """Tell whether a word of ``text``, no abbreviation, stands in no report, nor one that it may be mistyped for."""
    bare = re.sub(r"['’]s$", "", word)
    if len(bare) < _SHORTEST_NAME or bare in _MONTHS or not (bare[1:].islower() or _WITH_DIGIT.fullmatch(bare)):
        return False
    held = words(bare)
    if len(held) != 1 or (bare.islower() and index.encoder.is_word(bare)):
        return False
    if frequency := index.lexical.document_frequency(held[0]):
        # Of a common word it may be another form; of a rare one, such as "Mar", another word, such as Mars.
        return bare[0].isupper() and frequency < _RARE and not _begins_a_word(index, bare, held)
    alike = replace(weights, likeness=_LIKENESS)
    for meant in index.lexical.corrected(bare, weights=alike).values():
        if not may_be_name(bare, text, meant, texts_with(index, meant)):
            return False
    entries = index.glossary.entries
    listed = [place.name for place in entries.places]
    listed += [owner.name for owner in entries.who_ran_what.owners]
    names = {part for name in listed for part in name.split() if part[0] == bare[0]}
    return not difflib.get_close_matches(bare, names, n=1, cutoff=_LIKENESS)


def _begins_a_word(index: Generation, word: str, stems: Sequence[str]) -> bool:
    return _stands(index, stems, re.compile(rf"(?<!\w){re.escape(plain(word))}", re.IGNORECASE))


def _stands(index: Generation, stems: Sequence[str], pattern: re.Pattern[str]) -> bool:
    """Tell whether a pattern is found in the passages that hold a word, or in what is said of them."""
    return any(pattern.search(plain(text)) for text in _texts_of(index, index.lexical.rows_holding(stems)))


def _absent_years(index: Generation, question: Question, rows: Rows | None) -> tuple[str, ...]:
    """Return the years that a question names where none of the ``rows`` is from one of them or speaks of it.

    Where ``rows`` is None, none of any report.
    """
    years = tuple(name.text for name in question.names if name.kind == "year" and name.origin == "typed")
    if not years or question.window or (rows is not None and not len(rows)):
        return ()
    speaks = [index.rows_of(source.id for source in index.sources if source.published.sure.year in years)]
    for year in years:
        # "2022/23" speaks of 2023 too.
        speaks += map(index.lexical.rows_holding, ([year], [str(int(year) - 1), year[2:]]))
    found = any(len(each if rows is None else np.intersect1d(each, rows, assume_unique=True)) for each in speaks)
    return () if found else years


def _notes_on_places(
    index: Generation, question: Question, unnamed: Sequence[Name], services: Sequence[str]
) -> Iterator[Note]:
    """Yield what to say of places that no report names: which larger place is covered, and the question about that.

    ``services`` are those that are called by one of the places and that nobody knows.
    """
    glossary = index.glossary
    if not unnamed:
        return
    areas = _areas(index)
    covered = frozenset().union(*map(glossary.inside, areas))
    groups: dict[tuple[str, ...], list[Name]] = {}
    for name in unnamed:
        larger = (place for place in glossary.containing(name.forms[-1]) if place in covered)
        around = tuple(place for place in larger if place in areas or _is_named(index, place))
        groups.setdefault(around[:_LARGER_TRIED], []).append(name)
    for around, names in groups.items():
        listed = _listed([name.forms[-1] for name in names], "or")
        if around:
            lie = "It lies" if len(names) == 1 else "They lie"
            asked = (_replaced(question.asked, [name.text for name in names], services, larger) for larger in around)
            yield Note(
                f"These reports do not name {listed}. {lie} in {around[0]}, which they cover.",
                tuple(filter(None, asked)),
            )
        else:
            yield Note(f"These reports do not cover {listed}.")


def _notes_on_years(question: Question, names: Sequence[Name], years: Sequence[str]) -> Iterator[Note]:
    if years:
        said = f"say nothing of {_listed([name.text for name in names][:1], 'or')} in" if names else "do not speak of"
        without = _WITH_YEAR.sub("", question.asked)
        offers = (without,) if not question.carried and without != question.asked else ()
        yield Note(f"These reports {said} {_listed(years, 'or')}.", offers)


def _replaced(text: str, names: Collection[str], services: Collection[str], larger: str) -> str:
    """Return a question about ``larger`` instead of the places, empty where they stand in it in no plain way."""
    places = rf"(?:{'|'.join(re.escape(name) for name in names)})"
    called = "".join(rf"(?:the )?{re.escape(service)}|" for service in services)
    replaced, count = re.subn(rf"(?<!\w)(?:{called}{places}(?:(?:,? and |, ){places})*)(?!\w)", lambda _: larger, text)
    return replaced if count == 1 else ""


def _listed(names: Sequence[str], word: str) -> str:
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), names[-1])))
