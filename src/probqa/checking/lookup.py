"""Where words stand one after another, in every document at once: the documents prepared for checking.

In: documents. Out: ``Reports``, which answers in which places a run of words occurs, whatever their case and the
punctuation between them. What is found is then compared token by token; nothing is judged here.

>>> from probqa.records import Source
>>> reports = Reports([Document(Source("a", "A", "P", "report"), "a.md", "", "", "It was late. It was good.", ())])
>>> [reports.start_of(position) for position in reports.occurrences(reports.keys(["it", "was"]))]
[0, 13]

Every word is a number; the numbers of all documents lie in one row with a 0 before each document. The places are
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
    """Documents prepared for checking. A position is the number of a word over all documents."""

    def __init__(self, documents: Iterable[Document], generation: str = "", domain: Domain = NO_DOMAIN) -> None:
        """Prepare the documents; ``generation`` names where they come from, ``domain`` is what they are about."""
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
        self._first = np.cumsum([0, *(a + b for a, b in zip(lengths[::2], lengths[1::2], strict=True))])
        # int64 (blocks,): the position of the first word of each paragraph, item, row or heading.
        self._blocks = np.concatenate((*blocks, np.zeros(0, np.int64)))
        codes = _codes(self._words[:-2], self._words[1:-1], self._words[2:])
        self._order = np.argsort(codes).astype(np.int32)
        self._codes = codes[self._order]
        self._block_starts: dict[int, list[int]] = {}
        self.digests = sum(document.source.wording == "digest" for document in self.documents)
        self.numbers = {document.source.id: number for number, document in enumerate(self.documents)}
        self.names = Names([document.source for document in self.documents], domain)

    @property
    def words(self) -> int:
        """How many words the documents have."""
        return len(self._words) - len(self.documents) - 3

    def key(self, word: str) -> int:
        """The number of a word in its normal form, its case apart; ``UNKNOWN`` where no document has it."""
        return self._vocabulary.get(word.lower(), UNKNOWN)

    def keys(self, words: Iterable[str]) -> list[int]:
        """The numbers of several words."""
        return [self.key(word) for word in words]

    def count(self, keys: Sequence[int]) -> int:
        """How often the first three of ``keys`` (or as many as there are) stand one after another."""
        first, last = self._range(keys)
        return last - first

    def starts(self, keys: Sequence[int], most: int) -> npt.NDArray[np.int32]:
        """The positions where up to three words start, in no order; none where there are more than ``most``."""
        first, last = self._range(keys)
        return self._order[first : last if last - first <= most else first]

    def occurrences(self, keys: Sequence[int]) -> Positions:
        """Every position where the words with these numbers stand one after another, in order."""
        if not keys or UNKNOWN in keys:
            return np.empty(0, np.int64)
        ranges = [self._range(keys[at : at + 3]) for at in range(max(1, len(keys) - 2))]
        rarest, (first, last) = min(enumerate(ranges), key=lambda found: found[1][1] - found[1][0])
        at = self._order[first:last].astype(np.int64) - rarest
        at = at[(at >= 0) & (at + len(keys) <= len(self._words))]
        for offset, key in enumerate(keys):
            at = at[self._words[at + offset] == key]
        return np.sort(at)

    def extend(self, at: Positions, length: int, key: int) -> Positions:
        """Those of the positions where this word follows after ``length`` words."""
        at = at[at + length < len(self._words)]
        longer: Positions = at[self._words[at + length] == key]
        return longer

    def document_numbers(self, at: Positions) -> Positions:
        """The document of each position."""
        return (np.searchsorted(self._first, at, side="right") - 1).astype(np.int64)

    @property
    def first_positions(self) -> Positions:
        """int64 ``(documents + 1,)``: the position of each document's first word, and where one more would start."""
        return (self._first + 1).astype(np.int64)

    def start_of(self, at: int) -> int:
        """Where the word at a position starts, in characters of its document."""
        return int(self._starts[at])

    def end_of(self, document: Document, at: int) -> int:
        """Where the word at a position ends."""
        found = WORD.match(document.text, self.start_of(at))
        assert found is not None
        return found.end()

    def region(self, number: int, first: int, after: int) -> Span:
        """The words from position ``first`` up to ``after``, with all marks around them up to the next words."""
        document = self.documents[number]
        low = self.end_of(document, first - 1) if self._words[first - 1] else 0
        high = self.start_of(after) if self._words[after] else len(document.text)
        return Span(low, high)

    def blocks_with_all(self, runs: Sequence[Positions]) -> list[tuple[int, Span]]:
        """The blocks, as (document, span), in which each of several runs of words starts somewhere."""
        shared = [np.unique(np.searchsorted(self._blocks, at, side="right") - 1) for at in runs]
        at = self._blocks[reduce(np.intersect1d, shared)]
        numbers = self.document_numbers(at).tolist()
        return [
            (number, self.block_at(number, self.start_of(position)).span)
            for number, position in zip(numbers, at.tolist(), strict=True)
        ]

    def block_at(self, number: int, offset: int) -> Block:
        """The paragraph, item, row or heading of a document at an offset; without any, all of its text."""
        return self.blocks_between(number, offset, offset + 1)[0]

    def blocks_between(self, number: int, start: int, end: int) -> Sequence[Block]:
        """The blocks that a stretch of a document touches, in order."""
        document = self.documents[number]
        if not document.blocks:
            return (Block("paragraph", Span(0, len(document.text))),)
        starts = self._block_starts.setdefault(number, [block.span.start for block in document.blocks])
        first = max(0, bisect_right(starts, start) - 1)
        return document.blocks[first : max(first + 1, bisect_right(starts, end - 1))]

    def _range(self, keys: Sequence[int]) -> tuple[int, int]:
        """The part of the sorted places that starts with the first three of ``keys``."""
        if UNKNOWN in keys[:3]:
            return 0, 0
        code = 0
        for key in (*keys[:3], 0, 0)[:3]:
            code = code << _BITS | (key & _MASK)
        width = _BITS * (3 - min(3, len(keys)))
        first, last = np.searchsorted(self._codes, np.array([code, code + (1 << width)], np.uint64)).tolist()
        return first, last


class _Vocabulary(dict[str, int]):
    """Words as written to numbers; the same number for all that differ in nothing but what is forgiven or in case."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        number = self.numbers.setdefault(normal(word).lower(), len(self.numbers) + 1)
        self[word] = number
        return number


def _codes(
    first: npt.NDArray[np.int32], second: npt.NDArray[np.int32], third: npt.NDArray[np.int32]
) -> npt.NDArray[np.uint64]:
    """Three word numbers as one, uint64; over two million different words some share one, and are told apart later."""
    codes = np.zeros(len(first), np.uint64)
    for part in (first, second, third):
        codes <<= np.uint64(_BITS)
        codes |= part.astype(np.uint64) & np.uint64(_MASK)
    return codes
