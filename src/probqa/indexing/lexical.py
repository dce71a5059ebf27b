"""Words to scores: a BM25 index (bm25s, method "lucene") over stemmed words.

In: texts. Out: one score a row, 0 and up, higher is better, comparable within one question; 0 means no word
in common. Why bm25s: docs/decisions/0002-keyword-index.md.

>>> index = LexicalIndex.build(["The court sat late.", "Courts and prisons", "A telephone call"])
>>> [f"{score:.2f}" for score in index.scores("prisons")]
['0.00', '0.53', '0.00']
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping

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
# A mistyped word is taken for a known one that shares this part of its letters, in order (difflib's ratio).
NEARLY = 0.84
SHORTEST_CORRECTED = 4

# What decides the scores in an index, besides the texts; an index made with others is made anew.
SETTINGS = f"bm25s lucene k1={K1} b={B} stop={hashlib.sha256(' '.join(sorted(_STOP_WORDS)).encode()).hexdigest()[:8]} 2"

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
    return [word for _, word in _forms_and_words(text)]


def _forms_and_words(text: str) -> list[tuple[str, str]]:
    found = (match.group().lower().replace(",", "") for match in _WORD.finditer(text.replace("’", "'")))
    return [(form, _stem(form)) for form in found if form not in _STOP_WORDS]


class LexicalIndex:
    """BM25 over rows; row i of the texts is row i of the scores."""

    def __init__(self, engine: bm25s.BM25, forms: list[str]) -> None:
        """Wrap a filled engine and the form in which each word was first met; use ``build`` or ``from_files``."""
        self._engine = engine
        self._indptr = engine.scores["indptr"]
        self._forms = forms

    @classmethod
    def build(cls, texts: Iterable[str]) -> LexicalIndex:
        """Index the texts in order."""
        # Numbered here in order of first use: bm25s would number words by a set's order, which changes from run to
        # run. It cannot be filled with no word at all, so there is one that no question can hold.
        vocabulary = {"": 0}
        forms = [""]
        rows = []
        for text in texts:
            row = []
            for form, word in _forms_and_words(text):
                if word not in vocabulary:
                    vocabulary[word] = len(vocabulary)
                    forms.append(form)
                row.append(vocabulary[word])
            rows.append(row or [0])
        engine = _engine()
        engine.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        return cls(engine, forms)

    @classmethod
    def from_files(cls, files: Mapping[str, npt.NDArray[np.generic] | bytes]) -> LexicalIndex:
        """Open what ``to_files`` gave."""
        engine = _engine()
        data, indices, indptr, rows, vocabulary = (files[name] for name in _FILES)
        assert isinstance(vocabulary, bytes)
        assert isinstance(rows, np.ndarray)
        engine.scores = {"data": data, "indices": indices, "indptr": indptr, "num_docs": int(rows[0])}
        engine.nonoccurrence_array = None
        forms = json.loads(vocabulary)
        # A word is what its form is stemmed to, so the forms in order are the vocabulary.
        engine.vocab_dict = {_stem(form): number for number, form in enumerate(forms)}
        return cls(engine, forms)

    def to_files(self) -> dict[str, npt.NDArray[np.generic] | bytes]:
        """The arrays and the vocabulary, by file name."""
        scores = self._engine.scores
        vocabulary = json.dumps(self._forms, ensure_ascii=False, separators=(",", ":")).encode()
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

    def rarity(self, word: str) -> float:
        """What the stemmed ``word`` weighs: ``ln(1 + (n - f + 0.5) / (f + 0.5))``, in n rows, f of which have it.

        BM25's inverse document frequency (Robertson and Zaragoza, 2009, in Lucene's form, which is never negative); a
        word that no row has weighs most.
        """
        frequency = self.document_frequency(word)
        return math.log(1 + (self.rows - frequency + 0.5) / (frequency + 0.5))

    @property
    def rarest(self) -> float:
        """What a word weighs that no row has."""
        return math.log(1 + (self.rows + 0.5) / 0.5)

    def most(self, question: str) -> float:
        """What no score of ``question`` exceeds: that of a row which holds each of its words without end.

        >>> index = LexicalIndex.build(["The court sat late.", "Courts and prisons", "A telephone call"])
        >>> index.scores("prisons")[1] < index.most("prisons") < index.most("prisons on Mars")
        True
        """
        return sum(self.rarity(word) for word in words(question))

    def corrected(self, question: str, is_word: Callable[[str], bool] = lambda _: False) -> dict[str, str]:
        """For each word of ``question`` that no row has and that is nearly one that a row has: the latter.

        What ``is_word`` knows is spelt as it was meant.

        >>> LexicalIndex.build(["Derbyshire courts", "Essex"]).corrected("Why was Derbishire praised by courts?")
        {'Derbishire': 'derbyshire'}
        """
        found: dict[str, str] = {}
        for match in _WORD.finditer(question):
            typed = match.group().lower()
            # Capitals are an abbreviation, and one letter more or less makes another one of it.
            if len(typed) < SHORTEST_CORRECTED or not typed.isalpha() or match.group().isupper():
                continue
            if typed in _STOP_WORDS or _stem(typed) in self._engine.vocab_dict or is_word(typed):
                continue
            alike = [form for form in self._forms if form[:1] == typed[0] and abs(len(form) - len(typed)) <= 2]
            nearest = difflib.get_close_matches(typed, alike, n=1, cutoff=NEARLY)
            if nearest:
                found[match.group()] = nearest[0]
        return found


def _engine() -> bm25s.BM25:
    return bm25s.BM25(k1=K1, b=B, method="lucene")
