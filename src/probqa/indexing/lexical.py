"""The keyword index: BM25 (bm25s, method "lucene") over stemmed words.

In: texts. Out: one score for each row, 0 and up, higher is better. Scores are comparable within one question, and 0
means no word in common. docs/decisions/0002-keyword-index.md says why bm25s.

>>> index = LexicalIndex.build(["The court sat late.", "Courts and prisons", "A telephone call"])
>>> [f"{score:.2f}" for score in index.scores(words("prisons"))]
['0.00', '0.53', '0.00']
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

from probqa.text import plain
from probqa.weights import WEIGHTS, Weights

# A word is a run of letters and digits; "22.5", "1,037" and "£1.2m" stay whole.
_WORD = re.compile(r"\w+(?:[.,]\d+)*", re.UNICODE)
# The mark of a note, "2022³", is none; a figure lowered in a formula, "CO₂", is typed as a plain one.
_SHIFTED = str.maketrans(dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹", " ") | {0x2080 + figure: str(figure) for figure in range(10)})
_STOP_WORDS = frozenset(
    """
    a an and are as at be been but by can could did do does for from had has have having he her his how i if
    in into is it its me my of on or our she so such than that the their them then there these they this
    those to too up was we were what when where which while who whom whose why will with would you your
    about any some am being s t
    """.split()
)
# What decides the scores in an index, besides the texts. An index made with other settings is built anew.
_STOP_DIGEST = hashlib.sha256(" ".join(sorted(_STOP_WORDS)).encode()).hexdigest()[:8]
SETTINGS = f"bm25s lucene k1={WEIGHTS.k1} b={WEIGHTS.b} stop={_STOP_DIGEST} 3"

_FILES = (
    "lexical_data.npy",
    "lexical_indices.npy",
    "lexical_indptr.npy",
    "lexical_rows.npy",
    "lexical_vocabulary.json",
)
_stem = Stemmer.Stemmer("english").stemWord


def words(text: str) -> list[str]:
    """Return the stemmed content words of ``text``, in order.

    Two texts match where they share such a word.
    """
    return [stem for _, _, stem in tokens(text)]


@cache
def stems(listed: tuple[str, ...]) -> frozenset[str]:
    """Return the stems of listed words."""
    return frozenset(words(" ".join(listed)))


def tokens(text: str) -> list[tuple[str, str, str]]:
    """Return each content word of ``text`` as it is written, as it is listed, and its stem.

    A word is listed without capitals, accents and commas.
    """
    composed = unicodedata.normalize("NFC", text).replace("’", "'").translate(_SHIFTED)
    written = (match.group() for match in _WORD.finditer(composed))
    listed = ((word, plain(word.lower()).replace(",", "")) for word in written)
    return [(word, form, _stem(form)) for word, form in listed if form not in _STOP_WORDS]


class LexicalIndex:
    """A BM25 index over rows, in which row i of the texts is row i of the scores."""

    def __init__(self, engine: bm25s.BM25, forms: list[str]) -> None:
        """Wrap a filled engine and the form in which each word was first met.

        Use ``build`` or ``from_files`` instead.
        """
        self._engine = engine
        self._indptr = engine.scores["indptr"]
        self._forms = forms

    @classmethod
    def build(cls, texts: Iterable[str], weights: Weights = WEIGHTS) -> LexicalIndex:
        """Index the texts in order."""
        # Words are numbered here, in order of first use: bm25s would number them in the order of a set, which changes
        # from run to run. It cannot be filled with no word at all, so there is an empty one that no question can hold.
        vocabulary = {"": 0}
        forms = [""]
        rows = []
        for text in texts:
            row = []
            for _, form, stem in tokens(text):
                if stem not in vocabulary:
                    vocabulary[stem] = len(vocabulary)
                    forms.append(form)
                row.append(vocabulary[stem])
            rows.append(row or [0])
        engine = _engine(weights)
        engine.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        return cls(engine, forms)

    @classmethod
    def from_files(cls, files: Mapping[str, npt.NDArray[np.generic] | bytes]) -> LexicalIndex:
        """Open the index that ``to_files`` gave."""
        engine = _engine()
        data, indices, indptr, rows, vocabulary = (files[name] for name in _FILES)
        assert isinstance(vocabulary, bytes)
        assert isinstance(rows, np.ndarray)
        engine.scores = {"data": data, "indices": indices, "indptr": indptr, "num_docs": int(rows[0])}
        engine.nonoccurrence_array = None
        forms = json.loads(vocabulary)
        # The forms in order give the vocabulary, because a word is the stem of its form.
        engine.vocab_dict = {_stem(form): number for number, form in enumerate(forms)}
        return cls(engine, forms)

    def to_files(self) -> dict[str, npt.NDArray[np.generic] | bytes]:
        """Return the arrays and the vocabulary, by file name."""
        scores = self._engine.scores
        vocabulary = json.dumps(self._forms, ensure_ascii=False, separators=(",", ":")).encode()
        rows = np.array([self.rows], np.int64)
        files = (scores["data"], scores["indices"], scores["indptr"], rows, vocabulary)
        return dict(zip(_FILES, files, strict=True))

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return int(self._engine.scores["num_docs"])

    def scores(self, stems: Iterable[str]) -> npt.NDArray[np.float32]:
        """Return the BM25 score of every row for these stemmed words: float32 ``(rows,)``, 0 and up.

        A word that is given twice counts twice.
        """
        known = [self._engine.vocab_dict[stem] for stem in stems if stem in self._engine.vocab_dict]
        if not known:
            return np.zeros(self.rows, np.float32)
        scores: npt.NDArray[np.float32] = self._engine.get_scores_from_ids(known)
        return scores

    def rows_holding(self, stems: Iterable[str]) -> npt.NDArray[np.int64]:
        """Return the rows that hold all of these stemmed words, int64 ascending.

        Where none is given, every row does.

        >>> LexicalIndex.build(["a court", "a late court", "late"]).rows_holding(["court", "late"]).tolist()
        [1]
        """
        each = sorted((self._rows_with(stem) for stem in set(stems)), key=len)
        if not each:
            return np.arange(self.rows)
        rows, *others = each
        for other in others:
            # The fewest are looked up among the more, which are ascending.
            at = np.searchsorted(other, rows)
            rows = rows[at < len(other)]
            rows = rows[other[at[: len(rows)]] == rows]
        return rows.astype(np.int64)

    def _rows_with(self, stem: str) -> npt.NDArray[np.int32]:
        number = self._engine.vocab_dict.get(stem)
        if number is None:
            return np.empty(0, np.int32)
        rows: npt.NDArray[np.int32] = self._engine.scores["indices"][self._indptr[number] : self._indptr[number + 1]]
        return rows

    def document_frequency(self, stem: str) -> int:
        """Count the rows in which a stemmed word occurs."""
        number = self._engine.vocab_dict.get(stem)
        return 0 if number is None else int(self._indptr[number + 1] - self._indptr[number])

    def rarity(self, stem: str) -> float:
        """Return a stemmed word's inverse document frequency, ``ln(1 + (n - f + 0.5) / (f + 0.5))``, in nats.

        n is the number of rows and f that of the rows with the word (Robertson and Zaragoza, 2009, in Lucene's form,
        which is never negative). The sum over a question's words is the upper bound of its BM25 score, which a row
        nears as it holds each word more and more often. A word that no row has weighs most.

        >>> index = LexicalIndex.build(["The court sat late.", "Courts and prisons", "A telephone call"])
        >>> index.scores(["prison"])[1] < index.rarity("prison") < index.rarity("mars") == index.rarest
        True
        """
        frequency = self.document_frequency(stem)
        return math.log(1 + (self.rows - frequency + 0.5) / (frequency + 0.5))

    @property
    def rarest(self) -> float:
        """Return the rarity of a word that no row has."""
        return math.log(1 + (self.rows + 0.5) / 0.5)

    def corrected(
        self, question: str, is_word: Callable[[str], bool] = lambda _: False, weights: Weights = WEIGHTS
    ) -> dict[str, str]:
        """Return the mistyped words of ``question``, each with the known word that it is taken for.

        A word is taken to be mistyped if no row has it, ``is_word`` does not know it, and it is similar to a word that
        a row has. The known word gets a capital where the typed one has one, so that a name still looks like a name.

        >>> LexicalIndex.build(["Derbyshire courts", "Essex"]).corrected("Why was Derbishire praised by courts?")
        {'Derbishire': 'Derbyshire'}
        """
        meant: dict[str, str] = {}
        for match in _WORD.finditer(question):
            typed = plain(match.group().lower())
            # A word in capitals is an abbreviation, and one letter more or less makes another abbreviation of it.
            if len(typed) < weights.shortest_corrected or not typed.isalpha() or match.group().isupper():
                continue
            if typed in _STOP_WORDS or _stem(typed) in self._engine.vocab_dict or is_word(typed):
                continue
            alike = [form for form in self._forms if form[:1] == typed[0] and abs(len(form) - len(typed)) <= 2]
            nearest = difflib.get_close_matches(typed, alike, n=1, cutoff=weights.likeness)
            if nearest:
                meant[match.group()] = nearest[0].capitalize() if match.group()[0].isupper() else nearest[0]
        return meant


def _engine(weights: Weights = WEIGHTS) -> bm25s.BM25:
    return bm25s.BM25(k1=weights.k1, b=weights.b, method="lucene")
