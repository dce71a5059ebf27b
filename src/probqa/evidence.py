"""Quotes to signals of "does this answer the question": numbers that can be explained, each in [0, 1].

In: the question as it ran, its hits and quotes. Out: ``Signals``. A small reader model of our own will take a place
here beside them; today they are counts of words, names and kinds of answer.

A word of the question counts by how rare it is in the index; a word the index does not know is the rarest. It is held
by a quote if the quote, its context, headings or what is known of its source have it, or one of the phrases the
glossary knows for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
import numpy.typing as npt

from probqa.glossary import Glossary
from probqa.lexical import LexicalIndex, words
from probqa.records import Hit, Quote, Source

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|third|quarter|fifth|dozens?|hundreds?|"
    r"thousands?|millions?|every|all|none|no)\b",
    re.IGNORECASE,
)
_ASKS_NUMBER = re.compile(
    r"\b(how (many|much|long|often|big|large|far|old)|what (share|proportion|percentage|number|rate)|per ?cent)\b",
    re.IGNORECASE,
)
_ASKS_YEAR = re.compile(r"\b(when|which year|what year|what date|how recently|since when)\b", re.IGNORECASE)
_ASKS_WHO = re.compile(r"\b(who|whose|whom)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,’'] )[A-Z][a-z]+|\b[A-Z]{2,}\b")
# Looked at together: what the first quote leaves out, a neighbour may hold.
_LOOKED_AT = 3


class Searched(Protocol):
    """What the signals need of a generation."""

    @property
    def passages(self) -> int:
        """How many passages."""
        ...

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
    """What speaks for an answer (the first five) and against it (the others)."""

    covered_by_first: float
    covered_by_best: float
    cosine: float
    agreement: float
    named_held: float
    rarest_missing: float
    unknown_words: float
    name_missing: float
    year_missing: float
    kind_missing: float

    def as_array(self) -> npt.NDArray[np.float64]:
        """float64 ``(signals,)`` in the order of the fields."""
        return np.array([getattr(self, field.name) for field in fields(self)], np.float64)


NAMES = tuple(field.name for field in fields(Signals))


def find_signals(generation: Searched, question: str, hits: Sequence[Hit], quotes: Sequence[Quote]) -> Signals:
    """The signals of the quotes cut from the hits; there is at least one of each."""
    weights = {word: _rarity(generation, word) for word in dict.fromkeys(words(question))}
    rarest = _rarity(generation, "")
    total = sum(weights.values()) or 1.0
    alike = _alike(generation, question)
    held = [_held(weights, alike, quote) for quote in quotes[: max(_LOOKED_AT, 5)]]
    shares = [sum(weights[word] for word in one) / total for one in held]
    missing = [weight for word, weight in weights.items() if word not in held[0]]
    unknown = [weight for word, weight in weights.items() if not generation.lexical.document_frequency(word)]
    names = _named(generation, question)
    first = quotes[0]
    text = _text(first)
    held_names = [any(_has(text, form) for form in forms) for forms in names]
    years = set(_YEAR.findall(question))
    known_years = {*_YEAR.findall(first.text), first.source.published[:4]}
    return Signals(
        covered_by_first=shares[0],
        covered_by_best=max(shares[:_LOOKED_AT]),
        cosine=max(0.0, max(hit.cosine for hit in hits)),
        agreement=sum(share >= 0.5 for share in shares) / len(shares),
        named_held=float(bool(held_names) and all(held_names)),
        rarest_missing=max(missing, default=0.0) / rarest,
        unknown_words=sum(unknown) / total,
        name_missing=sum(not one for one in held_names) / len(held_names) if held_names else 0.0,
        year_missing=float(bool(years) and not years & known_years),
        kind_missing=_kind_missing(question, quotes[:_LOOKED_AT]),
    )


def _held(weights: dict[str, float], alike: dict[str, list[frozenset[str]]], quote: Quote) -> set[str]:
    """The question's words that a quote holds, itself or as a phrase that means the same."""
    has = set(words(_text(quote)))
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
    names += [
        (found.group(),)
        for found in _NAME.finditer(question)
        if not any(span.start <= found.start() < span.end for span, _ in spans)
    ]
    return [tuple(dict.fromkeys(forms)) for forms in names]


def _has(text: str, form: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.IGNORECASE) is not None


def _kind_missing(question: str, quotes: Sequence[Quote]) -> float:
    """1 where the question asks for a number, a time or a person and no quote has one."""
    texts = [quote.text for quote in quotes]
    if _ASKS_NUMBER.search(question):
        return float(not any(_NUMBER.search(text) for text in texts))
    if _ASKS_YEAR.search(question):
        return float(not any(_YEAR.search(text) for text in texts))
    if _ASKS_WHO.search(question):
        return float(not any(_NAME.search(text) for text in texts))
    return 0.0


def _text(quote: Quote) -> str:
    """A quote with its context, headings and what is known of its source."""
    return "\n".join((quote.context, *quote.heading, about(quote.source)))


def about(source: Source) -> str:
    """The words of a source that say what it is about."""
    return "\n".join((source.title, source.area, *source.providers, source.published[:4], source.kind))


def _rarity(generation: Searched, word: str) -> float:
    """Inverse document frequency as BM25 has it: ``ln(1 + (n - f + 0.5) / (f + 0.5))`` (Robertson, 2004)."""
    frequency = generation.lexical.document_frequency(word)
    return math.log(1 + (generation.passages - frequency + 0.5) / (frequency + 0.5))
