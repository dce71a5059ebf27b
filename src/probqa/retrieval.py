"""A question to the passages most likely to answer it.

In: a ``Generation`` and a question. Out: ``Hit`` records, best first, ties by row.

Each side brings its best candidates; both scores are then known for every candidate and mixed:
``score = DENSE_WEIGHT * nearness + (1 - DENSE_WEIGHT) * bm25 / best bm25``, where nearness is the passage's cosine
mixed with that of its nearest sentence, scaled to [0, 1] over the candidates. The weights and the mix were measured
(docs/decisions/0003-fusion.md).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from probqa.dense import Rows
from probqa.embeddings import Vectors
from probqa.index import Generation
from probqa.records import Hit

DENSE_WEIGHT = 0.55
SENTENCE_WEIGHT = 0.3
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
    dense_rows, _ = generation.dense.search(vector, CANDIDATES, allowed)
    bm25 = generation.lexical.scores(question)
    if added:
        bm25 = bm25 + np.float32(ADDED_WEIGHT) * generation.lexical.scores(added)
    if allowed is not None:
        bm25 = np.where(np.isin(np.arange(len(bm25)), allowed), bm25, np.float32(0))
    lexical_rows = _best(bm25, CANDIDATES)
    rows = np.union1d(dense_rows, lexical_rows)
    if not len(rows):
        return []
    cosines = generation.dense.cosines(vector, rows)
    nearness = (1 - SENTENCE_WEIGHT) * cosines + SENTENCE_WEIGHT * _nearest_sentences(generation, vector, rows)
    scores = fuse(nearness, bm25[rows], best_bm25=float(bm25.max()))
    dense_rank = {int(row): rank for rank, row in enumerate(dense_rows, start=1)}
    lexical_rank = {int(row): rank for rank, row in enumerate(lexical_rows, start=1)}
    order = np.lexsort((rows, -scores))[:k]
    return [
        Hit(
            passage=generation.passage(int(rows[at])),
            score=float(scores[at]),
            cosine=float(cosines[at]),
            dense_rank=dense_rank.get(int(rows[at])),
            lexical_rank=lexical_rank.get(int(rows[at])),
        )
        for at in order
    ]


def fuse(nearness: Vectors, bm25: npt.NDArray[np.float32], best_bm25: float) -> npt.NDArray[np.float64]:
    """Mix both scores of the candidates, float64 ``(n,)`` in [0, 1].

    >>> fuse(np.float32([0.2, 0.6]), np.float32([4.0, 0.0]), best_bm25=4.0).tolist()
    [0.45, 0.55]
    """
    low, high = float(nearness.min()), float(nearness.max())
    near = (nearness.astype(np.float64) - low) / (high - low) if high > low else np.ones(len(nearness))
    words = bm25.astype(np.float64) / best_bm25 if best_bm25 > 0 else np.zeros(len(bm25))
    # Rounded, so that the last bit of another processor's arithmetic does not turn two ranks round.
    return np.round(DENSE_WEIGHT * near + (1 - DENSE_WEIGHT) * words, 6)


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
