"""How sure a program is of each word of the text that was made of what it recognised.

In: the pieces of a document, where its pages start, and what was recognised of them. Out: the same page starts, each of
a recognised page with one number for each word between white space, in the order of the text.

Words are found again by their spelling: on the way from the picture to the text, lines were joined, paragraphs put in
order and bullets taken off. A word broken at a line's end is as sure as the less sure of its halves.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from probqa.reading.assembly import PageStart, Piece
from probqa.reading.formats.recognition import Recognition
from probqa.reading.formats.repairs import HYPHENS


def certainties(
    starts: Sequence[PageStart], pieces: Sequence[Piece], recognised: Mapping[int, Recognition]
) -> list[PageStart]:
    """Give each recognised page the certainty of its words."""
    ends = [*((start.piece, start.offset) for start in starts[1:]), (len(pieces), 0)]
    return [
        replace(start, certainties=_of_words(_text(pieces, (start.piece, start.offset), end), recognised[start.pdf]))
        if start.pdf in recognised
        else start
        for start, end in zip(starts, ends, strict=True)
    ]


def _text(pieces: Sequence[Piece], start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return the text from ``start`` up to ``end``, each a piece and an offset in it."""
    texts = [piece.text for piece in pieces[start[0] : end[0] + 1]]
    if end[0] < len(pieces) and texts:
        texts[-1] = texts[-1][: end[1]]
    if texts:
        texts[0] = texts[0][start[1] :]
    return " ".join(texts)


def _of_words(text: str, recognition: Recognition) -> tuple[int, ...]:
    known: dict[str, deque[int]] = defaultdict(deque)
    for line in recognition.lines:
        for word, certainty in line.words:
            known[word].append(certainty)
    for above, below in pairwise(recognition.lines):
        (last, sure), (first, also) = above.words[-1], below.words[0]
        if last.endswith(tuple(HYPHENS)):
            for joined in (last[:-1] + first, last + first, last[:-1]):
                known[joined].append(min(sure, also))
    mean = round(recognition.certainty)
    return tuple(known[word].popleft() if known.get(word) else mean for word in text.split())
