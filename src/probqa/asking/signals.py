"""Passages to the sentence in each that answers best, measured once: what orders quotes and what tells a status.

In: a ``Generation``, a ``Question`` and hits. Out: ``Candidate`` records.

Each signal has one definition, and is a number in [0, 1] that can be explained: counts of words, names and kinds of
answer, and cosines. Which ones were tried and what they are worth: docs/decisions/0008-status.md.

A word of the question counts by its value: how rare it is in the index, and less if it was only carried over.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from probqa.asking.filters import is_within
from probqa.calibration import Signals
from probqa.indexing.generation import Generation
from probqa.indexing.lexical import words
from probqa.questions import Name, Question, Word
from probqa.records import Document, Hit, Passage, Source, Span
from probqa.understanding.kinds import holds
from probqa.understanding.names import KNOWN, has, years_in
from probqa.weights import WEIGHTS, Weights

_LEAST_CHANCE = 1e-4

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
    """A sentence of a passage and what it is worth, in [0, 1].

    ``leading`` is the number of the first sentence that it leans on, its own where it leans on none.
    """

    span: Span
    stems: frozenset[str]
    cosine: float
    held: float
    has_kind: bool
    leading: int

    def value(self, weights: Weights) -> float:
        near = weights.cosine * max(0.0, self.cosine) + (1 - weights.cosine) * self.held
        return max(0.0, near - (0.0 if self.has_kind else weights.kind))


@dataclass(frozen=True, slots=True)
class _Passage:
    """A passage that was found, and its sentences."""

    hit: Hit
    document: Document
    sentences: tuple[_Sentence, ...]

    def quoted(self, number: int) -> Span:
        """Return the span of a sentence with those that it leans on."""
        sentence = self.sentences[number]
        return Span(self.sentences[sentence.leading].span.start, sentence.span.end)


def measure(
    index: Generation,
    question: Question,
    hits: Sequence[Hit],
    weights: Weights = WEIGHTS,
    *,
    about: Mapping[Name, frozenset[str]] | None = None,
    reads: int | None = None,
    reads_per_document: int | None = None,
) -> list[Candidate]:
    """Choose the sentence of each passage that answers best, and measure it.

    The reader reads the best ``reads`` of all sentences, as far as the other signals tell, and at most so many of one
    document; none where the index has no reader, or the question is outside the reports. A quote has each name that its
    report is ``about``, by the report's id (``probqa.asking.about``).
    """
    found = [_passage(index, question, hit, weights) for hit in hits]
    scores = [
        [_before_reading(passage, number, weights) for number in range(len(passage.sentences))] for passage in found
    ]
    chances: dict[tuple[int, int], float] = {}
    if index.reader is not None and question.scope.kind != "outside":
        places = ((at, number) for at, its in enumerate(scores) for number in range(len(its)))
        chosen = sorted(places, key=lambda place: (-round(scores[place[0]][place[1]], 6), place))
        if reads_per_document is not None:
            chosen = list(_fewer_of_each(chosen, found, reads_per_document))
        chosen = chosen[: weights.reads if reads is None else reads]
        texts = [reading_text(found[at].document, found[at].quoted(number)) for at, number in chosen]
        chances = dict(zip(chosen, index.reader.chances(question.text, texts), strict=True))
    if chances:
        scores = [
            [_with_reading(score, chances.get((at, number), 0.0), weights) for number, score in enumerate(its)]
            for at, its in enumerate(scores)
        ]
    candidates = []
    for at, (passage, its) in enumerate(zip(found, scores, strict=True)):
        best = max(range(len(its)), key=lambda number: (round(its[number], 6), -number))
        document = passage.document.source.id
        there = {name for name, reports in (about or {}).items() if document in reports}
        signals = _signals(index, question, passage, best, its[best], chances.get((at, best), 0.0), weights, there)
        candidates.append(Candidate(passage.document, passage.hit.passage, passage.quoted(best), signals))
    return candidates


def _before_reading(passage: _Passage, number: int, weights: Weights) -> float:
    """Return a sentence's score as far as vectors and words tell."""
    return weights.passage * passage.hit.score + (1 - weights.passage) * passage.sentences[number].value(weights)


def _with_reading(score: float, chance: float, weights: Weights) -> float:
    """Mix a score with what the reader says: a chance of 0 where the sentence was not read."""
    return (1 - weights.reader) * score + weights.reader * log_odds(chance)


def _fewer_of_each(
    ranked: Iterable[tuple[int, int]], found: Sequence[_Passage], most: int
) -> Iterator[tuple[int, int]]:
    """Yield the first ``most`` of each document."""
    taken: Counter[str] = Counter()
    for at, number in ranked:
        document = found[at].document.source.id
        if taken[document] < most:
            taken[document] += 1
            yield at, number


def reading_text(document: Document, span: Span) -> str:
    """Return what the reader is given of a quote: where and when, its nearest heading, and its words."""
    source = document.source
    about = f"{source.area or source.title}, {source.published.year}".strip(", ")
    heading = document.heading_path(span.start)[-1:]
    return "\n".join((about, *heading, " ".join(document.slice(span).split())))


def leaning(document: Document, sentences: Sequence[Span], number: int) -> int:
    """Return the number of the first of the sentences that sentence ``number`` leans on: itself where on none."""
    while number > 0 and _LEANS.match(document.slice(sentences[number])):
        number -= 1
    return number


def _signals(
    index: Generation,
    question: Question,
    passage: _Passage,
    best: int,
    score: float,
    chance: float,
    weights: Weights,
    there: Collection[Name] = (),
) -> Signals:
    """Return the signals of sentence ``best``, which answers, and those it leans on."""
    document, sentences = passage.document, passage.sentences
    in_quote = sentences[sentences[best].leading : best + 1]
    text = document.slice(passage.quoted(best))
    headings = document.heading_path(in_quote[0].span.start)
    source = about(document.source)
    known = "\n".join((document.slice(passage.hit.passage.span), *headings, source))
    around = frozenset().union(*(sentence.stems for sentence in sentences), words("\n".join((*headings, source))))
    covered = sum(word.value for word in _held(question, around))
    held = _held(question, frozenset().union(*(sentence.stems for sentence in in_quote)))
    subject = sum(word.value for word in held if word.stem not in question.name_stems)
    missing = [name for name in question.names if name.kind != "year" and name not in there and not has(name, known)]
    # In the quote itself or by its date: that the paragraph tells of a year does not make the sentence do so.
    years = years_in(text) | {document.source.published.sure.year}
    year_missing = bool(question.years) and question.years.isdisjoint(years)
    year_missing = year_missing or not is_within(document.source, text, question.window)
    # What only looks back on the window comes behind what is from it.
    late = year_missing or not is_within(document.source, "", question.window)
    lacking = weights.name * any(name.kind in KNOWN for name in missing) + weights.year * late
    return Signals(
        covered=covered / question.total_value,
        subject_held=min(1.0, subject / (weights.enough_held * index.lexical.rarest)),
        score=max(0.0, round(score - lacking, 6)),
        read=log_odds(chance),
        name_missing=float(bool(missing)),
        year_missing=float(year_missing),
        kind_missing=float(not any(sentence.has_kind for sentence in in_quote)),
    )


def log_odds(chance: float) -> float:
    """Return the log-odds of a chance as a share of the largest that are told apart, those of 1 in 10,000.

    >>> log_odds(0.0), log_odds(0.5), log_odds(1.0)
    (0.0, 0.5, 1.0)
    """
    odds = math.log((chance + _LEAST_CHANCE) / (1 - chance + _LEAST_CHANCE))
    return round(0.5 + odds / (2 * math.log((1 + _LEAST_CHANCE) / _LEAST_CHANCE)), 6)


def about(source: Source) -> str:
    """Return the words of a source that say what it is about."""
    return "\n".join((source.title, source.area, *source.providers, source.published.sure.year, source.kind))


def _passage(index: Generation, question: Question, hit: Hit, weights: Weights) -> _Passage:
    document, passage = index.document_of(hit.passage.row), hit.passage
    first = int(index.first_sentences[passage.row])
    vectors = index.sentence_vectors[first : first + len(passage.sentences)].astype(np.float32)
    sentences = []
    for number, (span, cosine) in enumerate(zip(passage.sentences, (vectors @ question.vector).tolist(), strict=True)):
        text = document.slice(span)
        stems = frozenset(words(text))
        held = sum(word.value for stem, word in question.own_words.items() if stem in stems) / question.total_value
        has_kind = question.kind is None or holds(question.kind, text, index.domain, weights)
        leading = leaning(document, passage.sentences, number)
        sentences.append(_Sentence(span, stems, cosine, held, has_kind, leading))
    return _Passage(hit, document, tuple(sentences))


def _held(question: Question, stems: frozenset[str]) -> list[Word]:
    """Return the question's words that a text of these stems holds, each itself or as a phrase that means the same."""
    own = question.own_words.values()
    return [word for word in own if word.stem in stems or any(phrase <= stems for phrase in word.also)]
