"""Quotes to signals of "does this answer the question": numbers that can be explained, each in [0, 1].

In: the question as it ran and its quotes. Out: ``Signals``. A small reader model of our own will take a place here
beside them; today they are counts of words, names and kinds of answer, and the score of the quote. Which ones
were tried and what they are worth: docs/decisions/0008-status.md.

A word of the question counts by how rare it is in the index; a word the index does not know is the rarest. It is held
by a quote if the quote, its context, headings or what is known of its source have it, or one of the phrases the
glossary knows for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from probqa.calibration import Signals
from probqa.glossary.glossary import Glossary
from probqa.indexing.lexical import LexicalIndex, words
from probqa.records import Quote
from probqa.understanding.kinds import kind_asked
from probqa.understanding.names import about, find_names

# Three words as rare as can be are all that a quote can be expected to share with a question, names aside.
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


def find_signals(generation: Searched, question: str, quotes: Sequence[Quote]) -> list[Signals]:
    """The signals of each quote, taken by itself."""
    holds_kind = kind_asked(question)
    names = find_names(question, generation.glossary)
    weights = {word: generation.lexical.rarity(word) for word in words(question)}
    total = sum(weights.values()) or 1.0
    enough = ENOUGH_HELD * generation.lexical.rarest
    alike = _alike(generation, question)
    found = []
    for quote in quotes:
        text = "\n".join((quote.context, *quote.heading, about(quote.source)))
        covered = _held(weights, alike, text)
        subject = _held(weights, alike, quote.text) - names.words
        found.append(
            Signals(
                covered=sum(weights[word] for word in covered) / total,
                subject_held=min(1.0, sum(weights[word] for word in subject) / enough),
                score=quote.score,
                name_missing=float(names.missing_from(text)),
                year_missing=float(names.year_missing_from(quote.text, quote.source)),
                kind_missing=float(holds_kind is not None and not holds_kind(quote.text)),
            )
        )
    return found


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
