"""The meaning of the field's words, the names that go together, and where a text holds them.

In: the corpus folder's ``glossary.yaml``, if it has one, and its ``gazetteer.yaml``. Out: a ``Glossary``, which says

- ``widen(question)``: the words to add on the keyword side, each group with the name that brought it,
- ``definitions(text)``: the terms in a quote, for a note,
- ``explained(question)``: what a question names that can be explained,
- ``abbreviated(question)``: the short forms in a question, and what they stand for,
- ``providers_named(question)`` and ``areas_named(question)``: the bodies and places that a question names.

>>> glossary = Glossary(Entries(terms=(Term("Recall", "Return to prison.", "general knowledge", synonyms=("jail",)),)))
>>> glossary.widen("Who was recalled? What of a recall?")
(AddedWords(span=Span(start=28, end=34), matched='recall', meaning='Recall', phrases=('jail',), words=('jail',)),)
>>> [(span, term.definition) for span, term in glossary.definitions("A recall.")]
[(Span(start=2, end=8), 'Return to prison.')]

A question is widened by one step only: by what its own words stand for, never by what an added word stands for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from probqa.errors import ReadingError
from probqa.glossary.entries import (
    Abbreviation,
    Basis,
    Entries,
    Everyday,
    Linked,
    Owner,
    Place,
    Run,
    Service,
    Successor,
    Term,
    WhoRanWhat,
)
from probqa.glossary.explaining import Explanation, of_abbreviation, of_linked, of_owner, of_service, of_term
from probqa.glossary.gazetteer import GAZETTEER_FILE, read_gazetteer, with_gazetteer
from probqa.glossary.matching import Found, Names, fold, words_of
from probqa.glossary.parsing import containing, read_json, read_text, read_yaml, to_json
from probqa.records import Span

__all__ = [
    "GLOSSARY_FILE",
    "MAX_ADDED_WORDS",
    "Abbreviation",
    "AddedWords",
    "Basis",
    "Entries",
    "Everyday",
    "Explanation",
    "Glossary",
    "Linked",
    "Named",
    "Owner",
    "Place",
    "Run",
    "Service",
    "Short",
    "Successor",
    "Term",
    "WhoRanWhat",
    "load_glossary",
    "with_places",
]

_T = TypeVar("_T")

GLOSSARY_FILE = "glossary.yaml"
MAX_ADDED_WORDS = 24

_SHORT_FORM = re.compile(r"[A-Z\d&]{2,}")

# Words that never help to find anything. England is one: nearly every report is about it, so "North East" gains
# nothing from "North East England".
_SMALL_WORDS = frozenset("a an and at by england for from in of on or re s the to under with".split())
# Behind one of these a word may be a place in small letters too.
_BEFORE_A_PLACE = re.compile(r"\b(?:across|around|at|from|in|near|outside|within)\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AddedWords:
    """The words that one name in a question adds to it.

    ``matched`` is the text at the question's own ``span``, and ``meaning`` is the entry it names. ``phrases`` are for
    people ("also searched: ..."). ``words`` are for the keyword side: those words of the phrases that the question does
    not hold and no earlier group has added.
    """

    span: Span
    matched: str
    meaning: str
    phrases: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A body or place that a text names: its name in the glossary, and where it stands."""

    name: str
    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class Short:
    """An abbreviation and what it stands for, and where a text has the one, or the other where it is ``in_full``."""

    span: Span
    short: str
    long: str
    in_full: bool


def load_glossary(folder: Path) -> Glossary:
    """Read and check the ``glossary.yaml`` of a folder.

    A folder without one has an empty glossary.

    Raises:
        ReadingError: it is not a glossary; the message names the file and the entry.
    """
    path = folder / GLOSSARY_FILE
    if not os.path.lexists(path):
        return Glossary(Entries())
    return _glossary(read_yaml(read_text(folder, GLOSSARY_FILE), str(path)), str(path))


def with_places(glossary: Glossary, folder: Path) -> Glossary:
    """Add the places of the ``gazetteer.yaml`` of a folder, if it has one.

    Raises:
        ReadingError: it is not a gazetteer, or does not fit the glossary; the message names the file and the entry.
    """
    path = folder / GAZETTEER_FILE
    if not os.path.lexists(path):
        return glossary
    gazetteer = read_gazetteer(read_text(folder, GAZETTEER_FILE), str(path))
    return _glossary(with_gazetteer(glossary.entries, gazetteer, str(path)), str(path))


class Glossary:
    """Checked entries, with the names in them ready to be looked for.

    It is never changed once made.
    """

    def __init__(self, entries: Entries) -> None:
        """Prepare the names in ``entries`` for matching.

        Raises:
            ReadingError: a name stands for two things, or ``as_written`` holds one that nothing has.
        """
        self.entries = entries
        self._terms = {term.term: term for term in entries.terms}
        self._owners = {owner.name: owner for owner in entries.who_ran_what.owners}
        self._services = {service.name: service for service in entries.who_ran_what.services}
        self._places = {place.name: place for place in entries.places}
        within = {place.name: place.within for place in entries.places}
        self._containing = {name: containing(within, name) for name in within}
        inside: dict[str, set[str]] = {name: {name} for name in within}
        for name, around in self._containing.items():
            for larger in around:
                inside[larger].add(name)
        self._inside = {name: frozenset(smaller) for name, smaller in inside.items()}
        self._ordinary = frozenset(entries.ordinary)
        # Several callers look for the same names in one question.
        self._find = lru_cache(maxsize=256)(lambda names, text: tuple(names.find(text)))
        # The same reports are looked at for every question.
        self._subjects = lru_cache(maxsize=4096)(self._find_subjects)
        self._term_names = _term_names(entries, entries.as_written)
        # A question that asks for nothing but the meaning of "ap" or "po" means the term.
        self._asked_names = _term_names(entries, ())
        self._provider_names = _provider_names(entries)
        self._everyday = {entry.words[0]: entry.means for entry in entries.everyday}
        self._everyday_names = Names("everyday", entries.as_written)
        for entry in entries.everyday:
            for name in entry.words:
                self._everyday_names.add(name, entry.words[0])
        self._place_names = Names("places", entries.as_written)
        for place in entries.places:
            for name in (place.name, *place.also):
                self._place_names.add(name, place.name)
        self._abbreviations = {each.short: each for each in entries.abbreviations}
        self._short_names = Names("abbreviations", [each.short for each in entries.abbreviations if each.as_written])
        self._long_names = Names("abbreviations", ())
        for each in entries.abbreviations:
            self._short_names.add(each.short, each.short)
            if not self._long_names.knows(each.long):
                self._long_names.add(each.long, each.short)
        for name in entries.as_written:
            lists = (self._term_names, self._everyday_names, self._provider_names, self._place_names)
            if not any(name in names for names in lists):
                raise ReadingError(f"as_written: {name!r} is no name of any entry", "mend the glossary")

    @classmethod
    def from_json(cls, content: bytes) -> Glossary:
        """Read the glossary that ``to_json`` gave.

        It is checked as if it were new.
        """
        return _glossary(read_json(content, "glossary.json"), "glossary.json")

    def to_json(self) -> bytes:
        """Return the entries as UTF-8 JSON.

        The same entries give the same bytes.
        """
        return to_json(self.entries)

    def with_abbreviations(self, found: Iterable[Abbreviation]) -> Glossary:
        """Return this glossary and the ``found`` abbreviations of which it has no entry itself."""
        lists = (self._term_names, self._everyday_names, self._provider_names, self._place_names, self._short_names)
        new: list[Abbreviation] = []
        taken: set[str] = set()
        for each in found:
            forms = (each.short, f"{each.short}s")
            if any(names.knows(form) for names in lists for form in forms) or not taken.isdisjoint(map(fold, forms)):
                continue
            taken.update(map(fold, forms))
            new.append(each)
        return Glossary(replace(self.entries, abbreviations=(*self.entries.abbreviations, *new)))

    def with_areas(self, areas: Iterable[str], texts: Sequence[str]) -> Glossary:
        """Return this glossary and the ``areas`` of reports that it does not know, as places.

        One that stands in small letters in one of the ``texts`` ("reading") is an ordinary word as well.
        """
        lists = (self._term_names, self._everyday_names, self._provider_names, self._place_names)
        new = {tuple(map(fold, words_of(area))): area for area in areas if area[:1].isupper()}
        unknown = [area for form, area in new.items() if form and not any(names.knows(area) for names in lists)]
        patterns = {area: re.compile(rf"(?<!\w){re.escape(area.lower())}(?!\w)") for area in unknown}
        ordinary = [area for area in unknown if any(patterns[area].search(text) for text in texts)]
        places = (*self.entries.places, *(Place(area, basis="general knowledge") for area in unknown))
        return Glossary(replace(self.entries, places=places, ordinary=(*self.entries.ordinary, *ordinary)))

    def widen(self, question: str, most: int = MAX_ADDED_WORDS) -> tuple[AddedWords, ...]:
        """Return the words to add to the keyword side of ``question``, in the order of what brings them.

        There are at most ``most`` words in all. None is already in the question, in whatever number or case.
        """
        held = {fold(word) for word in words_of(question)} | _SMALL_WORDS
        left = most
        added: list[AddedWords] = []
        for match, phrases in self._widenings(question):
            used: list[str] = []
            words: list[str] = []
            for phrase in phrases:
                new = {fold(word): word for word in words_of(phrase) if fold(word) not in held}
                if new and len(new) <= left:
                    used.append(phrase)
                    words.extend(new.values())
                    held |= new.keys()
                    left -= len(new)
            if words:
                span = match.span
                matched = question[span.start : span.end]
                added.append(AddedWords(span, matched, match.meaning, tuple(used), tuple(words)))
        return tuple(added)

    def definitions(self, text: str) -> tuple[tuple[Span, Term], ...]:
        """Return the terms in ``text``, every time they occur, in order.

        No two spans overlap.
        """
        return tuple((match.span, self._terms[match.meaning]) for match in self._find(self._term_names, text))

    def abbreviated(self, text: str) -> tuple[Short, ...]:
        """Return where ``text`` has an abbreviation, or in full what one stands for, in order.

        No two spans overlap.
        """
        found = []
        for match in self._find(self._term_names, text):
            term = self._terms[match.meaning]
            if match.name == term.term and term.abbreviation:
                found.append(Short(match.span, term.abbreviation, term.term, in_full=True))
            elif match.name == term.abbreviation or _SHORT_FORM.fullmatch(match.name):
                found.append(Short(match.span, match.name, term.term, in_full=False))
        found += [
            Short(match.span, match.meaning, self._abbreviations[match.meaning].long, names is self._long_names)
            for names in (self._short_names, self._long_names)
            for match in self._find(names, text)
        ]
        return tuple(_apart(found, lambda each: each.span))

    def explained(self, text: str, *, as_written: bool = True) -> tuple[tuple[Span, Explanation], ...]:
        """Return what ``text`` names and the glossary can explain: terms, abbreviations, bodies.

        No two spans overlap. The first and then the longest counts, and of the same words the term. A term that is an
        ordinary word in small letters is found in those too where it need not be ``as_written``.
        """
        terms = self._term_names if as_written else self._asked_names
        found = [(match.span, of_term(self._terms[match.meaning])) for match in self._find(terms, text)]
        found += [
            (match.span, of_abbreviation(self._abbreviations[match.meaning]))
            for names in (self._short_names, self._long_names)
            for match in self._find(names, text)
        ]
        found += [(match.span, self._of_body(match)) for match in self._find(self._provider_names, text)]
        return tuple(_apart((pair for pair in found if pair[1].text), lambda pair: pair[0]))

    def _of_body(self, match: Found) -> Explanation:
        if match.meaning in self._services:
            return of_service(self._services[match.meaning])
        owner = self._owners[match.meaning]
        linked = next((each for each in owner.linked if each.name == match.name), None)
        return of_linked(linked, owner) if linked else of_owner(owner, self.run_by(owner.name))

    def providers_named(self, question: str) -> tuple[Named, ...]:
        """Return the owners and services that ``question`` names, in order.

        A company tied to an owner names the owner.
        """
        matches = self._find(self._provider_names, question)
        return tuple(Named(match.meaning, self._kind(match.meaning), match.span) for match in matches)

    def areas_named(self, question: str) -> tuple[Named, ...]:
        """Return the places that ``question`` names, in order."""
        return tuple(Named(match.meaning, "place", match.span) for match in self._places_in(question))

    def containing(self, place: str) -> tuple[str, ...]:
        """Return the places that ``place`` lies in, nearest first.

        Empty where ``place`` is not known.
        """
        return self._containing.get(place, ())

    def inside(self, place: str) -> frozenset[str]:
        """Return ``place`` and all places that lie in it."""
        return self._inside.get(place, frozenset((place,)))

    def run_by(self, owner: str) -> tuple[Service, ...]:
        """Return the services that ``owner`` ran, in the glossary's order."""
        return tuple(
            service for service in self._services.values() if any(run.owner == owner for run in service.run_by)
        )

    def subjects(self, area: str, providers: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
        """Return the places and the bodies that a report of this area and these providers is about.

        The providers say where only if the area does not: a local unit belongs to a region.
        """
        return self._subjects(area, providers)

    def area_of(self, provider: str) -> str:
        """Return the place that a service covers, empty where that is not known."""
        service = self._services.get(provider)
        return service.area if service else ""

    def _find_subjects(self, area: str, providers: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
        bodies = {named.name for provider in providers for named in self.providers_named(provider)}
        places = {named.name for named in self.areas_named(area)} or {self.area_of(body) for body in bodies}
        return frozenset(places - {""}), frozenset(bodies)

    def _kind(self, provider: str) -> str:
        return "owner" if provider in self._owners else self._services[provider].kind

    def _widenings(self, question: str) -> Iterator[tuple[Found, tuple[str, ...]]]:
        """Yield each name in the question with the phrases it stands for, in order.

        Of names that start at one place, bodies come first, then terms, everyday words, places and abbreviations.
        """
        providers = self._find(self._provider_names, question)
        named = [(match, self._phrases_of_provider(match, question)) for match in providers]
        named += [(match, self._terms[match.meaning].forms) for match in self._find(self._term_names, question)]
        named += [(match, self._everyday[match.meaning]) for match in self._find(self._everyday_names, question)]
        for match in self._places_in(question):
            place = self._places[match.meaning]
            named.append((match, (place.name, *place.also)))
        for match in self._find(self._short_names, question):
            named.append((match, (self._abbreviations[match.meaning].long,)))
        named += [(match, (match.meaning,)) for match in self._find(self._long_names, question)]
        # Sorting is stable: of two names that start at one place, the one listed first comes first.
        yield from sorted(named, key=lambda pair: pair[0].span.start)

    def _phrases_of_provider(self, match: Found, question: str) -> tuple[str, ...]:
        """Return the phrases that a provider's name stands for.

        A service stands for itself and its owners. An owner stands for the services that it ran and their areas, or for
        only those that the question's places are about.
        """
        if match.meaning in self._services:
            service = self._services[match.meaning]
            return (service.name, *dict.fromkeys(run.owner for run in service.run_by))
        services = self.run_by(match.meaning)
        named = [area.name for area in self.areas_named(question)]
        meant = [service for service in services if any(self._overlap(service.area, place) for place in named)]
        phrases = [match.meaning]
        for service in meant or services:
            phrases += [service.name, service.area]
        return tuple(filter(None, phrases))

    def _overlap(self, first: str, second: str) -> bool:
        """Tell whether two places overlap.

        They do where they are the same, one lies in the other, or a known place lies in both.
        """
        return not self.inside(first).isdisjoint(self.inside(second))

    def _places_in(self, text: str) -> Iterator[Found]:
        """Yield the places that ``text`` can mean.

        A place that is an ordinary word as well needs its capital within a sentence, or a word like "in" before it.
        """
        for match in self._find(self._place_names, text):
            if match.name in self._ordinary:
                written, before = text[match.span.start : match.span.end], text[: match.span.start]
                if written.lower() != match.name.lower():
                    continue
                begins = not before.strip() or before.rstrip()[-1] in ".?!"
                if not _BEFORE_A_PLACE.search(before) and (begins or not written.istitle()):
                    continue
            yield match


def _apart(found: Iterable[_T], span: Callable[[_T], Span]) -> Iterator[_T]:
    """Yield what is found from left to right, the longest at each place, no two of which overlap."""
    end = 0
    for each in sorted(found, key=lambda each: (span(each).start, -span(each).end)):
        if end <= span(each).start:
            end = span(each).end
            yield each


def _glossary(entries: Entries, where: str) -> Glossary:
    try:
        return Glossary(entries)
    except ReadingError as error:
        raise ReadingError(f"{where}: {error.problem}", error.remedy) from error


def _term_names(entries: Entries, as_written: Collection[str]) -> Names:
    """Collect every form of every term.

    A synonym that is a term itself must name the first one among its own synonyms.
    """
    names = Names("terms", as_written)
    terms = {term.term.lower(): term for term in entries.terms}
    for term in entries.terms:
        if terms[term.term.lower()] is not term:
            raise ReadingError(f"terms {term.term!r}: is there twice", "mend the glossary")
        for form in filter(None, (term.term, term.abbreviation)):
            names.add(form, term.term)
    for term in entries.terms:
        for form in term.synonyms:
            other = terms.get(form.lower())
            if other is None:
                names.add(form, term.term)
            elif term.term.lower() not in (synonym.lower() for synonym in other.synonyms):
                raise ReadingError(
                    f"terms {term.term!r}: its synonym {form!r} is a term that does not name it back",
                    "name it there too, or put it under related",
                )
    return names


def _provider_names(entries: Entries) -> Names:
    names = Names("who_ran_what", entries.as_written)
    seen: set[str] = set()
    listed: tuple[Owner | Service, ...] = (*entries.who_ran_what.owners, *entries.who_ran_what.services)
    for entry in listed:
        if entry.name in seen:
            raise ReadingError(f"who_ran_what {entry.name!r}: is there twice", "mend the glossary")
        seen.add(entry.name)
        for name in (entry.name, *entry.also):
            names.add(name, entry.name)
        if isinstance(entry, Owner):
            for linked in entry.linked:
                names.add(linked.name, entry.name)
    return names
