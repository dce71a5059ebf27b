"""The documents prepared for checking: where words stand one after another, in all of them at once.

In: documents. Out: ``Reports``, which answers in which places a run of words occurs, whatever their case and the
punctuation between them. What is found is then compared token by token. Nothing is judged here.

>>> from probqa.records import Source
>>> reports = Reports([Document(Source("a", "A", "P", "report"), "a.md", "", "", "It was late. It was good.", ())])
>>> [reports.start_of(position) for position in reports.occurrences(reports.keys(["it", "was"]))]
[0, 13]

Every word is a number. The numbers of all documents lie in one row with a 0 before each document. The places are
sorted by the three words that start there, so that a run of words is a binary search. 100,000 passages take about
20 bytes a word and some seconds to prepare: benchmarks/checking.py.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

from probqa.checking.report_names import Names
from probqa.checking.tokens import SPLIT_AT_WORDS, WORD, normal
from probqa.glossary.domain import NO_DOMAIN, Domain
from probqa.records import Block, Document, Span

_BITS = 21
_MASK = (1 << _BITS) - 1
UNKNOWN = -1

Positions = npt.NDArray[np.int64]


class Reports:
    """Documents prepared for checking.

    A position is the number of a word over all documents.
    """

    def __init__(self, documents: Iterable[Document], generation: str = "", domain: Domain = NO_DOMAIN) -> None:
        """Prepare the documents.

        ``generation`` names where they come from, ``domain`` is what they are about.
        """
        self.documents = tuple(documents)
        self.generation = generation
        vocabulary = _Vocabulary()
        words: list[npt.NDArray[np.int32]] = []
        starts: list[npt.NDArray[np.int32]] = []
        separator = np.zeros(1, np.int32)
        blocks: list[npt.NDArray[np.int64]] = []
        first = 1
        for document in self.documents:
            # Odd entries are the words, even ones what lies between them.
            pieces = SPLIT_AT_WORDS.split(document.text)
            ends = np.cumsum(np.fromiter(map(len, pieces), np.int32, len(pieces)), dtype=np.int32)
            words += (separator, np.fromiter(map(vocabulary.__getitem__, pieces[1::2]), np.int32, len(pieces) // 2))
            starts += (separator, ends[:-1:2])
            begin = [block.span.start for block in document.blocks] or [0]
            blocks.append(first + np.searchsorted(ends[:-1:2], begin))
            first += len(pieces) // 2 + 1
        self._vocabulary = vocabulary.numbers
        # int32 (positions,): the words; 0 stands before each document and three times after the last.
        self._words = np.concatenate((*words, np.zeros(3, np.int32)))
        self._starts = np.concatenate((*starts, np.zeros(3, np.int32)))
        lengths = [len(part) for part in words]
        # int64 (documents + 1,): the position of each document's 0, and of the first 0 after the last.
        self._first = np.cumsum([0, *(zero + own for zero, own in zip(lengths[::2], lengths[1::2], strict=True))])
        # int64 (blocks,): the position of the first word of each paragraph, item, row or heading.
        self._blocks = np.concatenate((*blocks, np.zeros(0, np.int64)))
        codes = _codes(self._words[:-2], self._words[1:-1], self._words[2:])
        self._order = np.argsort(codes).astype(np.int32)
        self._codes = codes[self._order]
        self._block_starts: dict[int, list[int]] = {}
        self.digests = sum(document.source.is_digest for document in self.documents)
        self.numbers = {document.source.id: number for number, document in enumerate(self.documents)}
        self.names = Names([document.source for document in self.documents], domain)

    @property
    def words(self) -> int:
        """Count the words of the documents."""
        return len(self._words) - len(self.documents) - 3

    def key(self, word: str) -> int:
        """Return the number of a word in its normal form, whatever its case.

        ``UNKNOWN`` where no document has it.
        """
        return self._vocabulary.get(word.lower(), UNKNOWN)

    def keys(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of several words."""
        return [self.key(word) for word in words]

    def count(self, keys: Sequence[int]) -> int:
        """Count how often words stand one after another.

        Only the first three of ``keys``, or as many as there are, are looked for.
        """
        first, last = self._range(keys)
        return last - first

    def starts(self, keys: Sequence[int], most: int) -> npt.NDArray[np.int32]:
        """Return the positions where up to three words start, in no order.

        Empty where there are more than ``most``.
        """
        first, last = self._range(keys)
        return self._order[first : last if last - first <= most else first]

    def occurrences(self, keys: Sequence[int]) -> Positions:
        """Return every position where the words with these numbers stand one after another, in order."""
        if not keys or UNKNOWN in keys:
            return np.empty(0, np.int64)
        ranges = [self._range(keys[start : start + 3]) for start in range(max(1, len(keys) - 2))]
        rarest, (first, last) = min(enumerate(ranges), key=lambda numbered: numbered[1][1] - numbered[1][0])
        positions = self._order[first:last].astype(np.int64) - rarest
        positions = positions[(positions >= 0) & (positions + len(keys) <= len(self._words))]
        for offset, key in enumerate(keys):
            positions = positions[self._words[positions + offset] == key]
        return np.sort(positions)

    def extend(self, positions: Positions, length: int, key: int) -> Positions:
        """Keep the positions where this word follows after ``length`` words."""
        positions = positions[positions + length < len(self._words)]
        longer: Positions = positions[self._words[positions + length] == key]
        return longer

    def document_numbers(self, positions: Positions) -> Positions:
        """Return the document of each position."""
        return (np.searchsorted(self._first, positions, side="right") - 1).astype(np.int64)

    @property
    def first_positions(self) -> Positions:
        """Return the position of each document's first word, and where one more would start.

        An int64 array, ``(documents + 1,)``.
        """
        return (self._first + 1).astype(np.int64)

    def start_of(self, position: int) -> int:
        """Return where the word at a position starts, in characters of its document."""
        return int(self._starts[position])

    def end_of(self, document: Document, position: int) -> int:
        """Return where the word at a position ends."""
        word = WORD.match(document.text, self.start_of(position))
        assert word is not None
        return word.end()

    def region(self, number: int, first: int, after: int) -> Span:
        """Return the span of the words from position ``first`` up to ``after``.

        It takes in all marks around them, up to the next words.
        """
        document = self.documents[number]
        low = self.end_of(document, first - 1) if self._words[first - 1] else 0
        high = self.start_of(after) if self._words[after] else len(document.text)
        return Span(low, high)

    def blocks_with_all(self, runs: Sequence[Positions]) -> list[tuple[int, Span]]:
        """Return the blocks in which each of several runs of words starts somewhere.

        Each is a (document, span).
        """
        shared = [np.unique(np.searchsorted(self._blocks, positions, side="right") - 1) for positions in runs]
        positions = self._blocks[reduce(np.intersect1d, shared)]
        numbers = self.document_numbers(positions).tolist()
        return [
            (number, self.block_at(number, self.start_of(position)).span)
            for number, position in zip(numbers, positions.tolist(), strict=True)
        ]

    def block_at(self, number: int, offset: int) -> Block:
        """Return the paragraph, item, row or heading of a document at an offset.

        Where the document has no blocks it is all of the text.
        """
        return self.blocks_between(number, offset, offset + 1)[0]

    def blocks_between(self, number: int, start: int, end: int) -> Sequence[Block]:
        """Return the blocks that a stretch of a document touches, in order."""
        document = self.documents[number]
        if not document.blocks:
            return (Block("paragraph", Span(0, len(document.text))),)
        starts = self._block_starts.setdefault(number, [block.span.start for block in document.blocks])
        first = max(0, bisect_right(starts, start) - 1)
        return document.blocks[first : max(first + 1, bisect_right(starts, end - 1))]

    def _range(self, keys: Sequence[int]) -> tuple[int, int]:
        """Return the part of the sorted places that starts with the first three of ``keys``."""
        if UNKNOWN in keys[:3]:
            return 0, 0
        code = 0
        for key in (*keys[:3], 0, 0)[:3]:
            code = code << _BITS | (key & _MASK)
        width = _BITS * (3 - min(3, len(keys)))
        first, last = np.searchsorted(self._codes, np.array([code, code + (1 << width)], np.uint64)).tolist()
        return first, last


class _Vocabulary(dict[str, int]):
    """The number of each word as written.

    Words that differ only in case, or in what is forgiven, have the same number.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        number = self.numbers.setdefault(normal(word).lower(), len(self.numbers) + 1)
        self[word] = number
        return number


def _codes(
    first: npt.NDArray[np.int32], second: npt.NDArray[np.int32], third: npt.NDArray[np.int32]
) -> npt.NDArray[np.uint64]:
    """Pack three word numbers into one, uint64.

    Beyond two million different words some share a code. They are told apart later.
    """
    codes = np.zeros(len(first), np.uint64)
    for part in (first, second, third):
        codes <<= np.uint64(_BITS)
        codes |= part.astype(np.uint64) & np.uint64(_MASK)
    return codes
