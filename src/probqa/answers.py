"""Quotes to an answer: what is shown, and whether it answers at all.

In: the question, its quotes and the index. Out: an ``Answer`` with a status.

The status looks at what can be explained: how much of the question's meaning-bearing words (weighted by how rare
they are in this index; a word the index does not know is the rarest) the best quote with its title and headings
holds, and how near the quote is to the question.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from probqa.index import Generation
from probqa.lexical import words
from probqa.records import Answer, Coverage, Hit, Quote, Status

# Provisional, set by eye on the starter corpus; replaced by a calibrated model (issue D).
ANSWERED_COVERAGE, ANSWERED_COSINE = 0.6, 0.45
WEAK_COVERAGE, WEAK_COSINE = 0.35, 0.3


def make_answer(generation: Generation, question: str, hits: Sequence[Hit], quotes: Sequence[Quote]) -> Answer:
    """Judge the quotes and put the answer together; where nothing is found they are ``near``, not quotes."""
    status = judge(generation, question, hits, quotes)
    shown = tuple(quotes) if status != "not_found" else ()
    return Answer(
        question=question,
        status=status,
        quotes=shown,
        near=() if shown else tuple(quotes),
        coverage=Coverage(
            documents=generation.documents,
            passages=generation.passages,
            documents_with_quotes=len({quote.source.id for quote in shown}),
        ),
        generation=generation.name,
    )


def judge(generation: Generation, question: str, hits: Sequence[Hit], quotes: Sequence[Quote]) -> Status:
    """Whether the quotes, cut from the hits, answer the question."""
    if not quotes:
        return "not_found"
    covered = max(word_coverage(generation, question, quote) for quote in quotes[:3])
    cosine = max(hit.cosine for hit in hits)
    if covered >= ANSWERED_COVERAGE and cosine >= ANSWERED_COSINE:
        return "answered"
    if covered >= WEAK_COVERAGE and cosine >= WEAK_COSINE:
        return "weak"
    return "not_found"


def word_coverage(generation: Generation, question: str, quote: Quote) -> float:
    """Share in [0, 1] of the question's words, weighted by inverse document frequency, that a quote holds.

    The quote counts with its context, headings, title, area and providers.
    """
    source = quote.source
    held = set(words("\n".join((quote.context, *quote.heading, source.title, source.area, *source.providers))))
    weights = {word: _rarity(generation, word) for word in dict.fromkeys(words(question))}
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in held) / total if total else 0.0


def _rarity(generation: Generation, word: str) -> float:
    """Inverse document frequency as BM25 has it: ``ln(1 + (n - f + 0.5) / (f + 0.5))`` (Robertson, 2004)."""
    frequency = generation.lexical.document_frequency(word)
    return math.log(1 + (generation.passages - frequency + 0.5) / (frequency + 0.5))
