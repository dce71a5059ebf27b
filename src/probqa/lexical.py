"""Words to scores: a BM25 index (bm25s, method "lucene") over stemmed words.

In: texts. Out: one score a row, 0 and up, higher is better, comparable within one question; 0 means no word
in common. Why bm25s: docs/decisions/0002-keyword-index.md.

>>> index = LexicalIndex.build(["The court sat late.", "Courts and prisons", "A telephone call"])
>>> [f"{score:.2f}" for score in index.scores("prisons")]
['0.00', '0.53', '0.00']
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

# Measured with the mix of both sides (docs/decisions/0003-fusion.md).
K1 = 0.9
B = 0.4

# A word is a run of letters and digits; "22.5", "1,037" and "£1.2m" stay whole.
_WORD = re.compile(r"\w+(?:[.,]\d+)*", re.UNICODE)
_STOP_WORDS = frozenset(
    """
    a an and are as at be been but by can could did do does for from had has have having he her his how i if
    in into is it its me my of on or our she so such than that the their them then there these they this
    those to too up was we were what when where which while who whom whose why will with would you your
    about any some am being s t
    """.split()
)
# What decides the scores in an index, besides the texts; an index made with others is made anew.
SETTINGS = f"bm25s lucene k1={K1} b={B} stop={hashlib.sha256(' '.join(sorted(_STOP_WORDS)).encode()).hexdigest()[:8]} 1"

_FILES = (
    "lexical_data.npy",
    "lexical_indices.npy",
    "lexical_indptr.npy",
    "lexical_rows.npy",
    "lexical_vocabulary.json",
)
_stem = Stemmer.Stemmer("english").stemWord


def words(text: str) -> list[str]:
    """The stemmed content words of ``text``, in order; what two texts must share to match."""
    found = (match.group().lower().replace(",", "") for match in _WORD.finditer(text.replace("’", "'")))
    return [_stem(word) for word in found if word not in _STOP_WORDS]


class LexicalIndex:
    """BM25 over rows; row i of the texts is row i of the scores."""

    def __init__(self, engine: bm25s.BM25) -> None:
        """Wrap a filled engine; use ``build`` or ``from_files``."""
        self._engine = engine
        self._indptr = engine.scores["indptr"]

    @classmethod
    def build(cls, texts: Iterable[str]) -> LexicalIndex:
        """Index the texts in order."""
        # Numbered here in order of first use: bm25s would number words by a set's order, which changes from run to
        # run. It cannot be filled with no word at all, so there is one that no question can hold.
        vocabulary = {"": 0}
        rows = [[vocabulary.setdefault(word, len(vocabulary)) for word in words(text)] or [0] for text in texts]
        engine = _engine()
        engine.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        return cls(engine)

    @classmethod
    def from_files(cls, files: Mapping[str, npt.NDArray[np.generic] | bytes]) -> LexicalIndex:
        """Open what ``to_files`` gave."""
        engine = _engine()
        data, indices, indptr, rows, vocabulary = (files[name] for name in _FILES)
        assert isinstance(vocabulary, bytes)
        assert isinstance(rows, np.ndarray)
        engine.scores = {"data": data, "indices": indices, "indptr": indptr, "num_docs": int(rows[0])}
        engine.nonoccurrence_array = None
        engine.vocab_dict = json.loads(vocabulary)
        return cls(engine)

    def to_files(self) -> dict[str, npt.NDArray[np.generic] | bytes]:
        """The arrays and the vocabulary, by file name."""
        scores = self._engine.scores
        vocabulary = json.dumps(self._engine.vocab_dict, ensure_ascii=False, separators=(",", ":")).encode()
        rows = np.array([self.rows], np.int64)
        files = (scores["data"], scores["indices"], scores["indptr"], rows, vocabulary)
        return dict(zip(_FILES, files, strict=True))

    @property
    def rows(self) -> int:
        """How many rows."""
        return int(self._engine.scores["num_docs"])

    def scores(self, question: str) -> npt.NDArray[np.float32]:
        """BM25 of every row: float32 ``(rows,)``."""
        known = [self._engine.vocab_dict[word] for word in words(question) if word in self._engine.vocab_dict]
        if not known:
            return np.zeros(self.rows, np.float32)
        found: npt.NDArray[np.float32] = self._engine.get_scores_from_ids(known)
        return found

    def document_frequency(self, word: str) -> int:
        """In how many rows the stemmed ``word`` occurs."""
        at = self._engine.vocab_dict.get(word)
        return 0 if at is None else int(self._indptr[at + 1] - self._indptr[at])


def _engine() -> bm25s.BM25:
    return bm25s.BM25(k1=K1, b=B, method="lucene")
