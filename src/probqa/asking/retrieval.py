"""A question to the passages most likely to answer it.

In: a ``Generation`` and a question. Out: ``Hit`` records, best first, ties by row.

Each side brings its best candidates; both scores are then known for every candidate and mixed:
``score = DENSE_WEIGHT * nearness + (1 - DENSE_WEIGHT) * bm25 / most``, where nearness is the passage's cosine mixed
with that of its nearest sentence, and most is what BM25 can come to for a text that holds every word of the question.
Neither depends on the other candidates, so that scores can be compared, of one question over different passages and of
different questions. The weights and the mix were measured (docs/decisions/0003-fusion.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from probqa.indexing.dense import Rows
from probqa.indexing.encoder import Vectors
from probqa.indexing.generation import Generation
from probqa.records import Hit

DENSE_WEIGHT = 0.5
SENTENCE_WEIGHT = 0.25
CANDIDATES = 200
# A word the glossary added counts for less than one that was typed.
ADDED_WEIGHT = 0.4


def retrieve(
    generation: Generation,
    question: str,
    vector: Vectors,
    k: int,
    allowed: Rows | None = None,
    added: str = "",
) -> list[Hit]:
    """The ``k`` best passages for ``question``, whose embedding is ``vector``; fewer where fewer exist.

    ``allowed`` are the only rows that count, ascending; all do where it is None. ``added`` are words of the glossary
    that help the keyword side.
    """
    return _retrieve(generation, vector, _shares(generation, question, added), k, allowed)


def retrieve_each(
    generation: Generation, question: str, vector: Vectors, k: int, groups: Iterable[Rows], added: str = ""
) -> Iterator[list[Hit]]:
    """What ``retrieve`` would find with each group of rows as the allowed ones, scored once for all."""
    shares = _shares(generation, question, added)
    for rows in groups:
        # As few rows as this are all candidates, and need not be looked for.
        few = len(rows) <= CANDIDATES
        yield _rank(generation, vector, shares, rows, k) if few else _retrieve(generation, vector, shares, k, rows)


def fuse(nearness: npt.NDArray[np.floating[Any]], shares: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Mix both scores of some passages, float64 ``(n,)`` in [0, 1]; a cosine below 0 says no less than one of 0.

    >>> fuse(np.float32([0.25, 0.75]), np.float32([1.0, 0.0])).tolist()
    [0.625, 0.375]
    """
    near, held = np.clip(nearness.astype(np.float64), 0, 1), np.clip(shares.astype(np.float64), 0, 1)
    # Rounded, so that the last bit of another processor's arithmetic does not turn two ranks round.
    return np.round(DENSE_WEIGHT * near + (1 - DENSE_WEIGHT) * held, 6)


def _shares(generation: Generation, question: str, added: str) -> npt.NDArray[np.float32]:
    """BM25 of every passage as a share of the most it can come to; above 1 only by words that were added."""
    bm25 = generation.lexical.scores(question)
    if added:
        bm25 = bm25 + np.float32(ADDED_WEIGHT) * generation.lexical.scores(added)
    return bm25 / np.float32(generation.lexical.most(question) or 1.0)


def _retrieve(
    generation: Generation, vector: Vectors, shares: npt.NDArray[np.float32], k: int, allowed: Rows | None
) -> list[Hit]:
    dense_rows, _ = generation.dense.search(vector, CANDIDATES, allowed)
    if allowed is not None:
        inside = np.zeros_like(shares)
        inside[allowed] = shares[allowed]
        shares = inside
    return _rank(generation, vector, shares, np.union1d(dense_rows, _best(shares, CANDIDATES)), k)


def _rank(generation: Generation, vector: Vectors, shares: npt.NDArray[np.float32], rows: Rows, k: int) -> list[Hit]:
    """The best ``k`` of the candidate ``rows``."""
    if not len(rows):
        return []
    cosines = generation.dense.cosines(vector, rows)
    # A passage of one sentence is its own nearest one, and its vector has the headings in it besides.
    alone = generation.first_sentences[rows + 1] - generation.first_sentences[rows] == 1
    nearest = np.where(alone, cosines, _nearest_sentences(generation, vector, rows))
    scores = fuse((1 - SENTENCE_WEIGHT) * cosines + SENTENCE_WEIGHT * nearest, shares[rows])
    order = np.lexsort((rows, -scores))[:k]
    return [Hit(generation.passage(int(rows[at])), float(scores[at]), float(cosines[at])) for at in order]


def _nearest_sentences(generation: Generation, vector: Vectors, rows: Rows) -> Vectors:
    """The cosine of the nearest sentence of each row, float32 ``(len(rows),)``."""
    firsts, lasts = generation.first_sentences[rows], generation.first_sentences[rows + 1]
    sentences = np.concatenate([np.arange(*pair) for pair in zip(firsts, lasts, strict=True)])
    cosines = generation.sentence_vectors[sentences].astype(np.float32) @ vector
    starts = np.concatenate(([0], np.cumsum(lasts - firsts)[:-1]))
    nearest: Vectors = np.maximum.reduceat(cosines, starts)
    return nearest


def _best(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.int64]:
    """Rows of the ``k`` highest scores above 0, best first, ties by row."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > k:
        floor = np.partition(scores[rows], len(rows) - k)[len(rows) - k]
        rows = rows[scores[rows] >= floor]
    return rows[np.lexsort((rows, -scores[rows]))][:k]
