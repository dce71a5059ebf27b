"""A question to the passages most likely to answer it.

In: a ``Generation`` and a ``Question``. Out: ``Hit`` records, best first, ties by row.

Each side brings its best candidates; both scores are then known for every candidate and mixed:
``score = dense * nearness + (1 - dense) * bm25 / most``, where nearness is the passage's cosine mixed with that of its
nearest sentence, and most is what BM25 can come to for a text that holds every word of the question. Neither depends on
the other candidates, so that scores can be compared, of one question over different passages and of different
questions. The weights and the mix were measured (docs/decisions/0003-fusion.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from probqa.indexing.dense import Rows
from probqa.indexing.encoder import Vectors
from probqa.indexing.generation import Generation
from probqa.questions import Question
from probqa.records import Hit
from probqa.weights import WEIGHTS, Weights

# Rows of which only the highest score is looked at first.
_BLOCK = 64


def retrieve(
    index: Generation, question: Question, k: int, allowed: Rows | None = None, weights: Weights = WEIGHTS
) -> list[Hit]:
    """Return the ``k`` best passages for ``question``.

    There are fewer where fewer exist. ``allowed`` are the only rows that count, ascending; all do where it is None.
    """
    return _retrieve(index, question.vector, _shares(index, question), k, allowed, weights)


def retrieve_each(
    index: Generation, question: Question, k: int, groups: Iterable[Rows], weights: Weights = WEIGHTS
) -> Iterator[list[Hit]]:
    """Yield what ``retrieve`` would return with each group of rows as the allowed ones, scored once for all."""
    shares = _shares(index, question)
    for rows in groups:
        # As few rows as this are all candidates, and need not be looked for.
        rank = _rank if len(rows) <= weights.candidates else _retrieve
        yield rank(index, question.vector, shares, k, rows, weights)


def fuse(
    nearness: npt.NDArray[np.floating[Any]], shares: npt.NDArray[np.float32], weights: Weights = WEIGHTS
) -> npt.NDArray[np.float64]:
    """Mix both scores of some passages, float64 ``(n,)`` in [0, 1].

    A cosine below 0 says no less than one of 0.

    >>> fuse(np.float32([0.25, 0.75]), np.float32([1.0, 0.0])).tolist()
    [0.625, 0.375]
    """
    near, held = np.clip(nearness.astype(np.float64), 0, 1), np.clip(shares.astype(np.float64), 0, 1)
    # Rounded, so that the last bit of another processor's arithmetic does not turn two ranks round.
    return np.round(weights.dense * near + (1 - weights.dense) * held, 6)


def _shares(index: Generation, question: Question) -> npt.NDArray[np.float32]:
    """Return the BM25 of every passage as a share of the most it can come to.

    It is above 1 only by words that count less.
    """
    bm25 = np.zeros(index.passages, np.float32)
    words = sorted(question.words, key=lambda word: -word.weight)
    for weight, group in groupby(words, key=lambda word: word.weight):
        scores = index.lexical.scores(word.stem for word in group)
        scores *= np.float32(weight)
        bm25 += scores
    most = sum(word.rarity for word in question.words if word.weight == 1)
    bm25 /= np.float32(most or 1.0)
    return bm25


def _retrieve(
    index: Generation,
    vector: Vectors,
    shares: npt.NDArray[np.float32],
    k: int,
    allowed: Rows | None,
    weights: Weights,
) -> list[Hit]:
    dense_rows, _ = index.dense.search(vector, weights.candidates, allowed)
    if allowed is not None:
        inside = np.zeros_like(shares)
        inside[allowed] = shares[allowed]
        shares = inside
    candidates = np.union1d(dense_rows, _best(shares, weights.candidates))
    return _rank(index, vector, shares, k, candidates, weights)


def _rank(
    index: Generation, vector: Vectors, shares: npt.NDArray[np.float32], k: int, rows: Rows, weights: Weights
) -> list[Hit]:
    """Return the best ``k`` of the candidate ``rows``."""
    if not len(rows):
        return []
    cosines = index.dense.cosines(vector, rows)
    # A passage of one sentence is its own nearest one, and its vector has the headings in it besides.
    alone = index.first_sentences[rows + 1] - index.first_sentences[rows] == 1
    nearest = np.where(alone, cosines, _nearest_sentences(index, vector, rows))
    near = (1 - weights.sentence) * cosines + weights.sentence * nearest
    scores = fuse(near, shares[rows], weights)
    order = np.lexsort((rows, -scores))[:k]
    return [Hit(index.passage(int(rows[place])), float(scores[place]), float(cosines[place])) for place in order]


def _nearest_sentences(index: Generation, vector: Vectors, rows: Rows) -> Vectors:
    """Return the cosine of the nearest sentence of each row, float32 ``(len(rows),)``."""
    firsts, lasts = index.first_sentences[rows], index.first_sentences[rows + 1]
    sentences = np.concatenate([np.arange(*pair) for pair in zip(firsts, lasts, strict=True)])
    cosines = index.sentence_vectors[sentences].astype(np.float32) @ vector
    starts = np.concatenate(([0], np.cumsum(lasts - firsts)[:-1]))
    nearest: Vectors = np.maximum.reduceat(cosines, starts)
    return nearest


def _best(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.int64]:
    """Return the rows of the ``k`` highest scores above 0, best first, ties by row."""
    floor = np.float32(0)
    if len(scores) > _BLOCK * k > 0:
        # Each of k blocks has a row as high as its highest, so that no row of the k best is below the lowest of those.
        blocks = np.maximum.reduceat(scores, np.arange(0, len(scores), _BLOCK))
        floor = np.partition(blocks, len(blocks) - k)[len(blocks) - k]
    rows = np.flatnonzero(scores >= floor if floor > 0 else scores > 0)
    if len(rows) > k > 0:
        floor = np.partition(scores[rows], len(rows) - k)[len(rows) - k]
        rows = rows[scores[rows] >= floor]
    return rows[np.lexsort((rows, -scores[rows]))][:k]
