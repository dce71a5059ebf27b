"""Quotes to signals of "does this answer the question": numbers that can be explained, each in [0, 1].

In: the question as it ran and its quotes. Out: ``Signals``. A small reader model of our own will take a place here
beside them; today they are counts of words, names and kinds of answer, and the score of the first quote. Which ones
were tried and what they are worth: docs/decisions/0008-status.md.

A word of the question counts by how rare it is in the index; a word the index does not know is the rarest. It is held
by a quote if the quote, its context, headings or what is known of its source have it, or one of the phrases the
glossary knows for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
import numpy.typing as npt

from probqa.glossary import Glossary
from probqa.kinds import holds_kind
from probqa.lexical import LexicalIndex, words
from probqa.records import Quote, Source

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# A word with a capital that does not open the question, or an abbreviation anywhere.
_NAME = re.compile(r"(?<=[\w,’'] )[A-Z][\w'’-]*|\b[A-Z]{2,}\b")
_NO_NAMES = frozenset("I January February March April May June July August September October November December".split())
# Three words as rare as can be, held by the quote itself, are all the subject that a question can be expected to share.
ENOUGH_HELD = 3


class Searched(Protocol):
    """What the signals need of a generation."""

    @property
    def lexical(self) -> LexicalIndex:
        """The keyword index."""
        ...

    @property
    def glossary(self) -> Glossary:
        """Terms, names and who ran what."""
        ...


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for the first quote as an answer (the first three) and against it (the others)."""

    covered: float
    subject_held: float
    score: float
    name_missing: float
    year_missing: float
    kind_missing: float

    def as_array(self) -> npt.NDArray[np.float64]:
        """float64 ``(signals,)`` in the order of the fields."""
        return np.array([getattr(self, field.name) for field in fields(self)], np.float64)

    @property
    def lacking(self) -> bool:
        """Whether a name, a year or the kind of thing asked for is missing."""
        return bool(self.name_missing or self.year_missing or self.kind_missing)


NAMES = tuple(field.name for field in fields(Signals))


def find_signals(generation: Searched, question: str, quotes: Sequence[Quote]) -> Signals:
    """The signals of the first of the quotes; there is at least one."""
    first = quotes[0]
    text = "\n".join((first.context, *first.heading, about(first.source)))
    names = _named(generation, question)
    in_names = {word for forms in names for word in words(forms[0])}
    years = set(_YEAR.findall(question))
    known_years = {*_YEAR.findall(first.text), first.source.published[:4]}
    weights = {word: generation.lexical.rarity(word) for word in words(question)}
    alike = _alike(generation, question)
    covered = _held(weights, alike, text)
    subject = _held(weights, alike, first.text) - in_names
    return Signals(
        covered=sum(weights[word] for word in covered) / (sum(weights.values()) or 1.0),
        subject_held=min(1.0, sum(weights[word] for word in subject) / (ENOUGH_HELD * generation.lexical.rarest)),
        score=first.score,
        name_missing=float(not all(any(_has(text, form) for form in forms) for forms in names)),
        year_missing=float(bool(years) and not years & known_years),
        kind_missing=float(holds_kind(question, first.text) is False),
    )


def about(source: Source) -> str:
    """The words of a source that say what it is about."""
    return "\n".join((source.title, source.area, *source.providers, source.published[:4], source.kind))


def _held(weights: Mapping[str, float], alike: Mapping[str, list[frozenset[str]]], text: str) -> set[str]:
    """The question's words that ``text`` holds, each itself or as a phrase that means the same."""
    has = set(words(text))
    return {word for word in weights if word in has or any(phrase <= has for phrase in alike.get(word, ()))}


def _alike(generation: Searched, question: str) -> dict[str, list[frozenset[str]]]:
    """For each stemmed word that stands in a name the glossary knows: its other phrases, as sets of stems."""
    found: dict[str, list[frozenset[str]]] = {}
    for added in generation.glossary.widen(question):
        phrases = [frozenset(words(phrase)) for phrase in added.phrases]
        for word in words(added.matched):
            found.setdefault(word, []).extend(phrase for phrase in phrases if phrase)
    return found


def _named(generation: Searched, question: str) -> list[tuple[str, ...]]:
    """The bodies, places and other names in a question, each with the forms it may have in a text."""
    glossary = generation.glossary
    spans = [
        (named.span, named.name) for named in (*glossary.providers_named(question), *glossary.areas_named(question))
    ]
    names: list[tuple[str, ...]] = [(question[span.start : span.end], name) for span, name in spans]
    # A term of the field is a word like any other, whatever its capitals.
    known = [span for span, _ in (*spans, *glossary.definitions(question))]
    names += [
        (found.group(),)
        for found in _NAME.finditer(question)
        if found.group() not in _NO_NAMES and not any(span.start <= found.start() < span.end for span in known)
    ]
    return [tuple(dict.fromkeys(forms)) for forms in names]


def _has(text: str, form: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.IGNORECASE) is not None
