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
from typing import Any

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

_ARRAYS = ("lexical_data.npy", "lexical_indices.npy", "lexical_indptr.npy", "lexical_rows.npy")
_VOCABULARY = "lexical_vocabulary.json"
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
    """A BM25 index over rows, in which row i of the texts is row i of the scores.

    Of each word it has the rows that hold it, ascending, and what it adds to the score of each.
    """

    def __init__(self, postings: Mapping[str, npt.NDArray[Any]], forms: list[str]) -> None:
        """Take the arrays of a filled index and the form in which each word was first met.

        Use ``build`` or ``from_files`` instead.
        """
        self._postings = postings
        self._data, self._indices, self._indptr, rows = (postings[name] for name in _ARRAYS)
        self.rows = int(rows[0])
        self._forms = forms
        # The forms in order give the vocabulary, because a word is the stem of its form.
        self._vocabulary = {_stem(form): number for number, form in enumerate(forms)}

    @classmethod
    def build(cls, texts: Iterable[str], weights: Weights = WEIGHTS) -> LexicalIndex:
        """Index the texts in order."""
        # Only filling takes the library, which takes scipy, which takes longer to import than all of asking.
        import bm25s

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
        engine = bm25s.BM25(k1=weights.k1, b=weights.b, method="lucene")
        engine.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        scores = engine.scores
        arrays = (scores["data"], scores["indices"], scores["indptr"], np.array([scores["num_docs"]], np.int64))
        return cls(dict(zip(_ARRAYS, arrays, strict=True)), forms)

    @classmethod
    def from_files(cls, files: Mapping[str, npt.NDArray[Any] | bytes]) -> LexicalIndex:
        """Open the index that ``to_files`` gave."""
        vocabulary = files[_VOCABULARY]
        assert isinstance(vocabulary, bytes)
        postings = {name: files[name] for name in _ARRAYS}
        return cls(postings, json.loads(vocabulary))  # type: ignore[arg-type]  # all but the vocabulary are arrays

    def to_files(self) -> dict[str, npt.NDArray[Any] | bytes]:
        """Return the arrays and the vocabulary, by file name."""
        vocabulary = json.dumps(self._forms, ensure_ascii=False, separators=(",", ":")).encode()
        return {**self._postings, _VOCABULARY: vocabulary}

    def scores(self, stems: Iterable[str]) -> npt.NDArray[np.float32]:
        """Return the BM25 score of every row for these stemmed words: float32 ``(rows,)``, 0 and up.

        A word that is given twice counts twice.
        """
        scores = np.zeros(self.rows, np.float32)
        for stem in stems:
            held = self._held(stem)
            scores[self._indices[held]] += self._data[held]
        return scores

    def _held(self, stem: str) -> slice:
        """Return where the postings of a stemmed word are: nowhere where no row has it."""
        number = self._vocabulary.get(stem)
        return slice(0) if number is None else slice(int(self._indptr[number]), int(self._indptr[number + 1]))

    def rows_holding(self, stems: Iterable[str]) -> npt.NDArray[np.int64]:
        """Return the rows that hold all of these stemmed words, int64 ascending.

        Where none is given, every row does.

        >>> LexicalIndex.build(["a court", "a late court", "late"]).rows_holding(["court", "late"]).tolist()
        [1]
        """
        each = sorted((self._indices[self._held(stem)] for stem in set(stems)), key=len)
        if not each:
            return np.arange(self.rows)
        rows, *others = each
        for other in others:
            # The fewest are looked up among the more, which are ascending.
            at = np.searchsorted(other, rows)
            rows = rows[at < len(other)]
            rows = rows[other[at[: len(rows)]] == rows]
        return rows.astype(np.int64)

    def document_frequency(self, stem: str) -> int:
        """Count the rows in which a stemmed word occurs."""
        held = self._held(stem)
        return int(held.stop) - int(held.start or 0)

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
            if typed in _STOP_WORDS or _stem(typed) in self._vocabulary or is_word(typed):
                continue
            alike = [form for form in self._forms if form[:1] == typed[0] and abs(len(form) - len(typed)) <= 2]
            nearest = difflib.get_close_matches(typed, alike, n=1, cutoff=weights.likeness)
            if nearest:
                meant[match.group()] = nearest[0].capitalize() if match.group()[0].isupper() else nearest[0]
        return meant
