"""Text that still knows where each of its characters is printed, through all repairs that a reader makes.

In: a line of a page. Out: ``Printed``: the text that goes into the document, and for each of its characters the line
and the box that it was made of. Whatever changes a text changes both, so nothing has to be looked for afterwards.

A hyphen that is taken out at a line's end takes its box with it, and the letters of a ligature share one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from probqa.reading.formats.pdfium import Line
from probqa.reading.formats.repairs import origins, tidy
from probqa.reading.formats.rows import row_parts
from probqa.reading.formats.runs import Box, box_round


@dataclass(slots=True)
class Printed:
    """Text, and the line and box of each character.

    Both are None for a character of our own, such as what stands between two cells.
    """

    text: str = ""
    lines: list[Line | None] = field(default_factory=list)
    boxes: list[Box | None] = field(default_factory=list)

    @classmethod
    def of(cls, line: Line) -> Printed:
        """Return the characters of a line."""
        return cls(line.text, [line] * len(line.text), list(line.boxes))

    def part(self, start: int, end: int | None = None) -> Printed:
        """Return the characters from ``start`` up to ``end``."""
        return Printed(self.text[start:end], self.lines[start:end], self.boxes[start:end])

    def tidied(self) -> Printed:
        """Return the text as ``tidy`` makes it."""
        text = tidy(self.text)
        if text == self.text:
            return self
        made_of = origins(self.text)
        return Printed(
            text,
            [next(filter(None, self.lines[start:end]), None) for start, end in made_of],
            [_round(self.boxes[start:end]) for start, end in made_of],
        )

    def add(self, after: Printed) -> None:
        """Write more behind the text."""
        self.text += after.text
        self.lines += after.lines
        self.boxes += after.boxes

    def join(self, after: Printed, join: Callable[[str, str], str]) -> None:
        """Write the next line behind the text, as ``join`` does it: it ends in that line."""
        joined = join(self.text, after.text)
        length = len(joined) - len(after.text)
        ours = max(0, length - len(self.text))
        self.lines[length:] = [None] * ours
        self.boxes[length:] = [None] * ours
        self.lines += after.lines
        self.boxes += after.boxes
        self.text = joined


def tidied_line(printed: Printed) -> Printed:
    """Return a line as ``tidy`` makes it, with the soft hyphen at its end, which says that a word goes on."""
    tidied = printed.tidied()
    if not printed.text.endswith("\u00ad"):
        return tidied
    return Printed(f"{tidied.text}\u00ad", [*tidied.lines, printed.lines[-1]], [*tidied.boxes, printed.boxes[-1]])


def printed_row(cells: Sequence[Printed], names: Sequence[Printed]) -> Printed:
    """Join the cells of a row as ``row_text`` does."""
    row = Printed()
    held = (*names, *cells)
    for text, number in row_parts([cell.text for cell in cells], [name.text for name in names]):
        row.add(ours(text) if number is None else held[number].part(0, len(text)))
    return row


def ours(text: str) -> Printed:
    """Return text that is printed nowhere."""
    return Printed(text, [None] * len(text), [None] * len(text))


def _round(boxes: Sequence[Box | None]) -> Box | None:
    held = [box for box in boxes if box]
    return box_round(held) if held else None
