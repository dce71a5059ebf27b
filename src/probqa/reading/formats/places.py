"""Where the characters of a text stand on the pictures of its pages, packed, and the boxes round a part of it.

In: printed lines, each with the offsets of its characters and their boxes. Out: what crosses from the worker, and from
that the ``Mark`` records of a span. The worker has handled a stranger's file, so what it sends is checked.

>>> places = Places()
>>> places.add(4, 1, [(0, 0, 13_107, 6_553), (0, 0, 0, 0), (26_214, 0, 32_767, 6_553)])
>>> [(mark.page, round(mark.left, 1), round(mark.right, 1)) for mark in places.marks(Span(5, 99))]
[(1, 0.4, 0.5)]
>>> unpacked(places.packed(), 7).marks(Span(0, 4))
()
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from probqa.records import Span

# What the width and the height of a picture are counted in.
FULL = 65_535
Parts = tuple[int, int, int, int]
NOWHERE: Parts = (0, 0, 0, 0)
# Of a line: the offsets at which it starts and ends, its page, and the number of its first box.
_LINE, _BOX = 4, 4


@dataclass(frozen=True, slots=True)
class Mark:
    """The box round words of one printed line, in shares of the picture of its page, from the upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(slots=True)
class Places:
    """Printed lines in the order of the text, and the box of each of their characters.

    A box is left, top, right and bottom in ``FULL`` parts of the picture, from the upper left corner; of a character
    that is printed nowhere, and of white space, it is ``NOWHERE``.
    """

    lines: array[int] = field(default_factory=lambda: array("i"))
    boxes: array[int] = field(default_factory=lambda: array("H"))

    def add(self, start: int, page: int, boxes: Iterable[Parts]) -> None:
        """Add the next line of a page: the offset of its first character, and the boxes of them all."""
        first = len(self.boxes) // _BOX
        for box in boxes:
            self.boxes.extend(box)
        self.lines.extend((start, start + len(self.boxes) // _BOX - first, page, first))

    def packed(self) -> dict[str, bytes]:
        """Return what ``unpacked`` reads."""
        return {"lines": self.lines.tobytes(), "boxes": self.boxes.tobytes()}

    def marks(self, span: Span) -> tuple[Mark, ...]:
        """Return a box for each printed line that has characters of a span, in the order of the text."""
        marks: list[Mark] = []
        at = max(0, bisect_right(self.lines[0::_LINE], span.start) - 1)
        for number in range(at, len(self.lines) // _LINE):
            start, end, page, first = self.lines[number * _LINE : (number + 1) * _LINE]
            if start >= span.end:
                break
            held = [
                self.boxes[(first + offset - start) * _BOX : (first + offset - start + 1) * _BOX]
                for offset in range(max(start, span.start), min(end, span.end))
            ]
            if held := [box for box in held if box[0] < box[2]]:
                left, top = (min(box[side] for box in held) / FULL for side in (0, 1))
                right, bottom = (max(box[side] for box in held) / FULL for side in (2, 3))
                marks.append(Mark(page, left, top, right, bottom))
        return tuple(marks)


def unpacked(given: Mapping[str, bytes], characters: int) -> Places:
    """Read what ``packed`` gave, of a text of so many characters.

    Raises:
        ValueError: it gave something else.
    """
    places = Places()
    try:
        places.lines.frombytes(given["lines"])
        places.boxes.frombytes(given["boxes"])
    except KeyError as error:
        raise ValueError("no places: a part is missing") from error
    count, boxes = len(places.lines) // _LINE, len(places.boxes) // _BOX
    lines = [tuple(places.lines[number * _LINE : (number + 1) * _LINE]) for number in range(count)]
    if len(places.lines) % _LINE or len(places.boxes) % _BOX:
        raise ValueError("no places: a part is cut off")
    for start, end, page, first in lines:
        if not (0 <= start < end <= characters and page >= 1 and 0 <= first <= boxes - (end - start)):
            raise ValueError("no places: a line that is nowhere")
    if any(before[1] > after[0] for before, after in pairwise(lines)):
        raise ValueError("no places: lines that are out of order")
    return places
