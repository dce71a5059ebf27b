"""A passage to the sentence in it that answers best, measured once: what orders quotes and what tells a status.

In: a ``Generation``, a ``Question`` and hits. Out: ``Candidate`` records.

Each signal has one definition, and is a number in [0, 1] that can be explained: counts of words, names and kinds of
answer, and cosines. Which ones were tried and what they are worth: docs/decisions/0008-status.md.

A word of the question counts by its value: how rare it is in the index, and less if it was only carried over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from probqa.calibration import Signals
from probqa.indexing.generation import Generation
from probqa.indexing.lexical import words
from probqa.questions import Question, Word
from probqa.records import Document, Hit, Passage, Source, Span
from probqa.understanding.kinds import holds
from probqa.understanding.names import KNOWN, has, years_in
from probqa.weights import WEIGHTS, Weights

# A sentence that leans on the one before it brings that one along.
_LEANS = re.compile(
    r"[\"'“‘(]*(this|that|these|those|they|it|he|she|its|their|his|her|however|but|also|such|both|neither|"
    r"nevertheless|nonetheless|moreover|furthermore|additionally|therefore|consequently|similarly|instead|then)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage's best sentence, with those it leans on, and all that it is judged by."""

    document: Document
    passage: Passage
    span: Span
    signals: Signals

    @property
    def text(self) -> str:
        """Return the words."""
        return self.document.slice(self.span)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a passage and what it is worth, in [0, 1]."""

    span: Span
    stems: frozenset[str]
    cosine: float
    held: float
    has_kind: bool

    def value(self, weights: Weights) -> float:
        near = weights.cosine * max(0.0, self.cosine) + (1 - weights.cosine) * self.held
        return max(0.0, near - (0.0 if self.has_kind else weights.kind))


def measure(index: Generation, question: Question, hit: Hit, weights: Weights = WEIGHTS) -> Candidate:
    """Choose the sentence of a passage that answers best, and measure it."""
    document = index.document_of(hit.passage.row)
    sentences = _sentences(index, question, document, hit.passage, weights)
    values = [sentence.value(weights) for sentence in sentences]
    best = max(range(len(values)), key=lambda number: (round(values[number], 6), -number))
    first = best
    while first > 0 and _LEANS.match(document.slice(sentences[first].span)):
        first -= 1
    signals = _signals(index, question, hit, document, sentences, (first, best), weights)
    return Candidate(document, hit.passage, Span(sentences[first].span.start, sentences[best].span.end), signals)


def _signals(
    index: Generation,
    question: Question,
    hit: Hit,
    document: Document,
    sentences: Sequence[_Sentence],
    quoted: tuple[int, int],
    weights: Weights,
) -> Signals:
    """Return the signals of the sentences from the first of ``quoted`` to the last, which is the one that answers."""
    first, best = quoted
    in_quote = sentences[first : best + 1]
    text = document.text[in_quote[0].span.start : in_quote[-1].span.end]
    headings = document.heading_path(in_quote[0].span.start)
    source = about(document.source)
    known = "\n".join((document.slice(hit.passage.span), *headings, source))
    around = frozenset().union(*(sentence.stems for sentence in sentences), words("\n".join((*headings, source))))
    covered = sum(word.value for word in _held(question, around))
    held = _held(question, frozenset().union(*(sentence.stems for sentence in in_quote)))
    subject = sum(word.value for word in held if word.stem not in question.name_stems)
    missing = [name for name in question.names if name.kind != "year" and not has(name, known)]
    # In the quote itself or by its date: that the paragraph tells of a year does not make the sentence do so.
    years = years_in(text) | {document.source.published.sure.year}
    year_missing = bool(question.years) and question.years.isdisjoint(years)
    lacking = weights.name * any(name.kind in KNOWN for name in missing) + weights.year * year_missing
    score = weights.passage * hit.score + (1 - weights.passage) * sentences[best].value(weights) - lacking
    return Signals(
        covered=covered / question.total_value,
        subject_held=min(1.0, subject / (weights.enough_held * index.lexical.rarest)),
        score=max(0.0, round(score, 6)),
        name_missing=float(bool(missing)),
        year_missing=float(year_missing),
        kind_missing=float(not any(sentence.has_kind for sentence in in_quote)),
    )


def about(source: Source) -> str:
    """Return the words of a source that say what it is about."""
    return "\n".join((source.title, source.area, *source.providers, source.published.sure.year, source.kind))


def _sentences(
    index: Generation, question: Question, document: Document, passage: Passage, weights: Weights
) -> list[_Sentence]:
    first = int(index.first_sentences[passage.row])
    vectors = index.sentence_vectors[first : first + len(passage.sentences)].astype(np.float32)
    sentences = []
    for span, cosine in zip(passage.sentences, (vectors @ question.vector).tolist(), strict=True):
        text = document.slice(span)
        stems = frozenset(words(text))
        held = sum(word.value for stem, word in question.own_words.items() if stem in stems) / question.total_value
        has_kind = question.kind is None or holds(question.kind, text, index.domain, weights)
        sentences.append(_Sentence(span, stems, cosine, held, has_kind))
    return sentences


def _held(question: Question, stems: frozenset[str]) -> list[Word]:
    """Return the question's words that a text of these stems holds, each itself or as a phrase that means the same."""
    own = question.own_words.values()
    return [word for word in own if word.stem in stems or any(phrase <= stems for phrase in word.also)]
