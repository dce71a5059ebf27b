"""A question to the passages most likely to answer it.

In: a ``Generation`` and a question. Out: ``Hit`` records, best first, ties by row.

Each side brings its best candidates; both scores are then known for every candidate and mixed:
``score = DENSE_WEIGHT * nearness + (1 - DENSE_WEIGHT) * bm25 / best bm25``, where nearness is the passage's cosine
mixed with that of its nearest sentence, scaled to [0, 1] over the candidates. The weights and the mix were measured
(docs/decisions/0003-fusion.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
    return _retrieve(generation, vector, _bm25(generation, question, added), k, allowed)


def retrieve_each(
    generation: Generation, question: str, vector: Vectors, k: int, groups: Iterable[Rows], added: str = ""
) -> Iterator[list[Hit]]:
    """What ``retrieve`` would find with each group of rows as the allowed ones, scored once for all."""
    bm25 = _bm25(generation, question, added)
    for rows in groups:
        # As few rows as this are all candidates, and need not be looked for.
        few = len(rows) <= CANDIDATES
        yield _rank(generation, vector, bm25, rows, k) if few else _retrieve(generation, vector, bm25, k, rows)


def _retrieve(
    generation: Generation, vector: Vectors, bm25: npt.NDArray[np.float32], k: int, allowed: Rows | None
) -> list[Hit]:
    dense_rows, _ = generation.dense.search(vector, CANDIDATES, allowed)
    if allowed is not None:
        inside = np.zeros_like(bm25)
        inside[allowed] = bm25[allowed]
        bm25 = inside
    return _rank(generation, vector, bm25, np.union1d(dense_rows, _best(bm25, CANDIDATES)), k)


def _bm25(generation: Generation, question: str, added: str) -> npt.NDArray[np.float32]:
    bm25 = generation.lexical.scores(question)
    return bm25 + np.float32(ADDED_WEIGHT) * generation.lexical.scores(added) if added else bm25


def _rank(generation: Generation, vector: Vectors, bm25: npt.NDArray[np.float32], rows: Rows, k: int) -> list[Hit]:
    """The best ``k`` of the candidate ``rows``; the best BM25 among them counts as 1."""
    if not len(rows):
        return []
    cosines = generation.dense.cosines(vector, rows)
    nearness = (1 - SENTENCE_WEIGHT) * cosines + SENTENCE_WEIGHT * _nearest_sentences(generation, vector, rows)
    scores = fuse(nearness, bm25[rows], best_bm25=float(bm25[rows].max()))
    order = np.lexsort((rows, -scores))[:k]
    return [Hit(generation.passage(int(rows[at])), float(scores[at]), float(cosines[at])) for at in order]


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
