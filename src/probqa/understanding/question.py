"""A question, and those before it, read once: from here on it is a ``Question`` and never a string.

In: a ``Generation`` and a ``Request``. Out: a ``Question``.

>>> checked("  who? ")
'who?'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from probqa.errors import InputError
from probqa.glossary.glossary import AddedWords
from probqa.indexing.encoder import Vectors
from probqa.indexing.generation import Generation, kept
from probqa.indexing.lexical import LexicalIndex, tokens, words
from probqa.questions import (
    INSIDE,
    Added,
    AskedRating,
    Definition,
    Name,
    Origin,
    Part,
    Question,
    Reading,
    Request,
    Scope,
    Word,
)
from probqa.records import Answer
from probqa.text import CONTROLS, HALVES
from probqa.understanding.asides import Asides, lean_on_year, read_asides, then_and_now
from probqa.understanding.capitals import lowered
from probqa.understanding.comparison import read_comparison
from probqa.understanding.definitions import read_definitions
from probqa.understanding.follow_ups import FollowUp, complete, lean
from probqa.understanding.kinds import read_kind
from probqa.understanding.names import KNOWN, may_be_name, read_names
from probqa.understanding.parts import read_parts
from probqa.understanding.ratings import read_rating
from probqa.understanding.scope import broad_scope, is_outside
from probqa.understanding.times import NO_TIMES
from probqa.understanding.ways import Way, ways
from probqa.weights import WEIGHTS, Weights

Read = TypeVar("Read")

MAX_QUESTION_CHARACTERS = 2_000
# Soft hyphens, spaces without width, and marks of byte order.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_SHAPES = str.maketrans("\u2018\u2019\u02bc\u201c\u201d\u2010\u2011", "'''\"\"--")
_UNFIT = re.compile(rf"(?![\t\n])[{CONTROLS}{HALVES}]")


def read_question(index: Generation, request: Request, weights: Weights = WEIGHTS, way: Way | None = None) -> Question:
    """Complete, correct, widen and embed the last turn of a request, and say what it names, asks for and is about.

    It is read in the ``way`` given, or by its words and those of the turns before it alone.

    Raises:
        InputError: a turn is empty, too long or holds control characters, or ``k`` is below 1.
    """
    request = checked_request(request)
    asides, definitions = _heard(index, request)
    # For small talk nothing is searched.
    widen = request.turns[-1].widen and not asides.reply
    way = way or Way(_defining(definitions) or complete(asides.turns, index.glossary, index.domain, weights))
    run = way.run
    if not definitions:
        asides, run = lean_on_year(asides, run, index.domain, index.published)
    corrected = _corrected(index, run.question, weights) if widen else {}
    text, typed = _put_right(run.question, corrected), _put_right(run.typed, corrected)
    widened = index.glossary.widen(text, weights.added_words)
    names = read_names(text, index.glossary, len(typed))
    own = tuple(_own_words(index.lexical, run, corrected, widened, weights))
    spoken = lowered(request.turns[-1].text, index.encoder.is_word)
    # Sides that are named come before then and now, and each side is asked with what says when.
    parts = None if definitions or asides.reply else _compared(index, request, spoken, "")
    is_compared = parts is not None
    is_whole = not (asides.reply or asides.times.then or definitions or parts)
    if is_whole:
        parts = _parts(index, request, text, typed if run.carried else "")
    rating = None
    if is_whole and not parts:
        rating = _rating(index, request, text)
    elif asides.times.then and not parts and (rating := _rating(index, request, text)):
        # A table has the ratings of then and of now.
        readings = tuple(each for each in asides.readings if each not in asides.times.readings)
        asides = replace(asides, readings=readings, times=NO_TIMES)
    vector = whole = index.encoder.encode_question(text)
    if text != typed and words(typed):
        vector = lean(index.encoder.encode_question(typed), vector, weights.carried_vector)
    for each in definitions:
        explained = index.encoder.encode_question(f"{each.term}: {each.text}")
        vector = lean(vector, explained, weights.explained_vector / len(definitions))
    return Question(
        request=request,
        text=text,
        words=(*own, *(_added_words(index.lexical, widened, weights) if widen else ())),
        names=names,
        # Of a mistyped word the kind is what the word that was meant makes it.
        kind=None if definitions else read_kind(text, index.domain) or run.kind,
        carried=run.carried,
        added=(
            *(Added(mistyped, (meant,)) for mistyped, meant in corrected.items()),
            *(_added(widened, corrected) if widen else ()),
        ),
        # What was rated, or what a term means, is a matter of the reports, however few of its words they hold.
        scope=INSIDE if rating or definitions else _scope(index, request, asides, own, names, whole, way, weights),
        vector=vector,
        readings=(
            *(() if is_compared else asides.readings),
            *(reading for reading, _ in filter(None, (parts, rating))),
        ),
        window=asides.window,
        newest_first=asides.times.newest_first,
        oldest_first=asides.times.oldest_first,
        excluded=asides.excluded,
        parts=parts[1] if parts else then_and_now(text, asides.times.then, request),
        rating=rating[1] if rating else None,
        definitions=definitions,
        reply=asides.reply,
        rows=way.rows,
    )


def _parts(index: Generation, request: Request, text: str, typed: str) -> tuple[Reading, tuple[Part, ...]] | None:
    """Return the questions that this one splits into: the sides that it compares, or those that it joins."""
    return _compared(index, request, text, typed) or _kept(request, read_parts(text, request, index.glossary))


def _rating(index: Generation, request: Request, text: str) -> tuple[Reading, AskedRating] | None:
    return _kept(request, read_rating(text, index.glossary, index.domain, partial(_rated, index)))


def _compared(index: Generation, request: Request, text: str, typed: str) -> tuple[Reading, tuple[Part, ...]] | None:
    compared = _kept(request, read_comparison(text, request, index.glossary, index.domain, typed))
    if compared is None:
        return None
    # A side that is the area of no report may still be spoken of in one: it narrows nothing.
    areas = {*request.filters.areas, *_areas(index)}
    reading, parts = compared
    return reading, tuple(part if areas.issuperset(part.request.filters.areas) else _anywhere(part) for part in parts)


def _anywhere(part: Part) -> Part:
    return replace(part, request=replace(part.request, filters=replace(part.request.filters, areas=())))


@kept(1)
def _areas(index: Generation) -> frozenset[str]:
    """Return the places that are the area of a report, or that one lies in."""
    areas = {source.area for source in index.sources}
    named = {place.name for area in areas for place in index.glossary.areas_named(area)}
    return frozenset(named.union(*(index.glossary.containing(place) for place in named)))


@kept(1)
def _rated(index: Generation) -> tuple[str, ...]:
    """Return what the reports rate, in the words of their metadata, each once."""
    return tuple(dict.fromkeys(subject for source in index.sources for subject, _ in source.ratings))


def _kept(request: Request, read: tuple[Reading, Read] | None) -> tuple[Reading, Read] | None:
    """Return what was read, unless the person has taken it away."""
    return read if read and read[0].text not in request.turns[-1].dropped else None


def read_ways(
    index: Generation, request: Request, before: Callable[[], Answer], weights: Weights = WEIGHTS
) -> Iterator[Way]:
    """Yield the ways in which the last turn of a checked request may be meant, as ``ways.ways`` does.

    There is one to explain terms, to answer small talk, and to compare then and now.
    """
    asides, definitions = _heard(index, request)
    if run := _defining(definitions):
        yield Way(run)
    elif asides.reply or asides.times.then:
        yield Way(complete(asides.turns, index.glossary, index.domain, weights))
    else:
        yield from ways(index, asides.turns, before, weights)


def _heard(index: Generation, request: Request) -> tuple[Asides, tuple[Definition, ...]]:
    """Return what the turns say beside what they ask about, and the terms that the last one asks to have explained."""
    meant = [replace(turn, text=lowered(turn.text, index.encoder.is_word)) for turn in request.turns]
    asides = read_asides(meant, index.glossary, index.domain, index.published)
    alone = len(meant) == 1
    return asides, read_definitions(asides.turns[-1].text, index.glossary, index.domain, alone=alone)


def _defining(definitions: Sequence[Definition]) -> FollowUp | None:
    """Return what is looked for where terms are to be explained, however it is asked."""
    return FollowUp(f"What is {' and '.join(each.term for each in definitions)}?") if definitions else None


def checked_request(request: Request) -> Request:
    """Return a request with the white space of its turns tidied.

    Raises:
        InputError: a turn is empty, too long or holds control characters, or ``k`` is below 1.
    """
    if request.k < 1:
        raise InputError(f"{request.k} quotes cannot be shown", "ask for 1 or more with -k")
    return replace(request, turns=tuple(replace(turn, text=checked(turn.text)) for turn in request.turns))


def checked(text: str) -> str:
    """Return a question with its white space, accents, quote marks and hyphens tidied.

    Raises:
        InputError: it is empty, over ``MAX_QUESTION_CHARACTERS``, or holds control characters.
    """
    text = text.strip()
    if len(text) > MAX_QUESTION_CHARACTERS:
        raise InputError(f"the question has {len(text)} characters, more than {MAX_QUESTION_CHARACTERS}", "shorten it")
    if unfit := _UNFIT.search(text):
        raise InputError(f"the question holds the control character U+{ord(unfit.group()):04X}", "remove it")
    tidy = " ".join(unicodedata.normalize("NFC", _UNSEEN.sub("", text)).translate(_SHAPES).split())
    if not tidy:
        raise InputError("the question is empty", "type a question")
    return tidy


def _corrected(index: Generation, text: str, weights: Weights) -> dict[str, str]:
    """Return the words of a question to read others for: mistyped ones, and abbreviations or what they stand for.

    Of the two forms the one that more passages have is read, so that a question is the same in both. The name of a body
    or place stays as it is.
    """
    corrected = {
        typed: meant
        for typed, meant in index.lexical.corrected(text, index.encoder.is_word, weights).items()
        if not may_be_name(typed, text, meant, texts_with(index, meant))
    }
    right = _put_right(text, corrected)
    found = index.glossary.abbreviated(right)
    names = [named.span for named in (*index.glossary.providers_named(right), *index.glossary.areas_named(right))]
    for each in found:
        twice = any(other.short == each.short and other.in_full != each.in_full for other in found)
        in_full = _holding(index, each.short) <= _holding(index, each.long)
        if in_full != each.in_full and not twice and not any(each.span in name for name in names):
            corrected[right[each.span.start : each.span.end]] = each.long if in_full else each.short
    return corrected


def texts_with(index: Generation, word: str) -> Iterator[str]:
    """Yield the texts of the passages that hold ``word``, in the order of their rows."""
    return (text for _, _, text in index.texts_of(index.lexical.rows_holding(words(word))))


def _holding(index: Generation, text: str) -> int:
    """Count the passages that hold all words of ``text``."""
    stems = words(text)
    return len(index.lexical.rows_holding(stems)) if stems else 0


def _put_right(text: str, corrected: Mapping[str, str]) -> str:
    for typed, meant in corrected.items():
        # What documents say that an abbreviation stands for may hold a backslash.
        text = re.sub(rf"\b{re.escape(typed)}\b", meant.replace("\\", r"\\"), text)
    return text


def _own_words(
    lexical: LexicalIndex,
    run: FollowUp,
    corrected: Mapping[str, str],
    widened: Sequence[AddedWords],
    weights: Weights,
) -> Iterator[Word]:
    """Yield the words that were typed, those of carried names, and the others that were carried, in this order."""
    also: dict[str, list[frozenset[str]]] = {}
    for group in widened:
        phrases = [frozenset(words(phrase)) for phrase in group.phrases]
        for stem in words(group.matched):
            also.setdefault(stem, []).extend(filter(None, phrases))
    mistyped = {meant: typed for typed, meant in corrected.items()}
    names = run.named.removeprefix(run.typed)
    parts: tuple[tuple[str, Origin, float], ...] = (
        (run.typed, "typed", 1.0),
        (names, "carried", 1.0),
        (run.subject, "carried", weights.added),
    )
    for part, origin, weight in parts:
        for text, _, stem in tokens(_put_right(part, corrected)):
            same = tuple(also.get(stem, ()))
            yield Word(text, mistyped.get(text, text), stem, lexical.rarity(stem), weight, origin, same)


def _added(widened: Sequence[AddedWords], corrected: Mapping[str, str]) -> Iterator[Added]:
    """Yield the groups without what was typed in the place of their words: "RAR" for what it stands for."""
    typed = {each.lower() for each in corrected}
    for group in widened:
        if phrases := tuple(phrase for phrase in group.phrases if phrase.lower() not in typed):
            yield Added(group.matched, phrases)


def _added_words(lexical: LexicalIndex, widened: Sequence[AddedWords], weights: Weights) -> Iterator[Word]:
    for group in widened:
        for text, _, stem in tokens(" ".join(group.words)):
            yield Word(text, text, stem, lexical.rarity(stem), weights.added, "added")


def _scope(
    index: Generation,
    request: Request,
    asides: Asides,
    own: Sequence[Word],
    names: Sequence[Name],
    vector: Vectors,
    way: Way,
    weights: Weights,
) -> Scope:
    if asides.reply:
        return Scope("talk")
    if is_outside(index, own, vector, weights):
        return Scope("outside")
    said = request.filters or asides.times.readings or way.rows is not None
    if said or any(name.kind in (*KNOWN, "year") for name in names):
        return INSIDE
    return broad_scope(index, dict.fromkeys(word.stem for word in own), weights)
