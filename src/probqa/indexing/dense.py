"""Unit vectors to nearest rows: a FAISS flat index over cosines.

In: float32 ``(n, dimension)`` unit rows. Out: rows and cosines, best first, ties by row.

The vectors are the file an index keeps; FAISS is filled from them at load (FAISS's own files carry no
checksum, and filling 100,000 rows takes 0.2 s), so what is searched is what was checked.

>>> index = DenseIndex(np.eye(3, dtype=np.float32))
>>> rows, cosines = index.search(np.array([0.8, 0.6, 0], dtype=np.float32), k=9)
>>> rows.tolist(), cosines.tolist()
([0, 1, 2], [0.800000011920929, 0.6000000238418579, 0.0])
"""

from __future__ import annotations

import faiss
import numpy as np
import numpy.typing as npt

from probqa.indexing.encoder import Vectors

Rows = npt.NDArray[np.int64]


class DenseIndex:
    """Exact search by inner product, which for unit rows is the cosine."""

    def __init__(self, vectors: Vectors) -> None:
        """Take the rows as they are; row i of ``vectors`` is row i here."""
        self.vectors = vectors
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors))

    def search(self, question: Vectors, k: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """The ``k`` nearest rows (fewer where there are fewer), among ``allowed`` rows if given, sorted ascending."""
        parameters = None
        if allowed is not None:
            selector = faiss.IDSelectorBatch(allowed)
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        among = self._index.ntotal if allowed is None else len(allowed)
        if min(k, among) == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        found = self._index.search(question[None, :], min(k + 1, among), params=parameters)
        cosines, rows = found[0][0], found[1][0]
        if k < among and cosines[k] == cosines[k - 1]:
            # Equal rows stand on both sides of the edge, and FAISS takes any of them: ask for all of them.
            floor = float(np.nextafter(cosines[k], np.float32(-np.inf)))
            _, cosines, rows = self._index.range_search(question[None, :], floor, params=parameters)
        cosines, rows = cosines[rows >= 0], rows[rows >= 0]  # FAISS pads with -1
        order = np.lexsort((rows, -cosines))[:k]
        return rows[order], cosines[order]

    def cosines(self, question: Vectors, rows: Rows) -> Vectors:
        """Cosines of the given rows, in their order."""
        found: Vectors = self.vectors[rows] @ question
        return found
