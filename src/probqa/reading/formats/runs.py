"""The characters of one printed line, in runs of one style, and the boxes round them.

Coordinates are as in ``pdfium``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Style:
    """The type of one text object of a PDF.

    ``quadrant`` counts quarter turns to the left, ``slanted`` says that it runs at another angle. ``suspect`` text is
    so light that it may not show. ``watermark`` text is marked so in the file, or large and slanted.
    """

    size: float
    bold: bool
    quadrant: int
    baseline: float
    suspect: bool
    hidden: bool
    watermark: bool


@dataclass(slots=True)
class Run:
    """Characters in one style that follow each other on one line, with the box of each."""

    style: Style
    text: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def part(self, start: int, end: int) -> Run:
        """Return the characters from ``start`` up to ``end``."""
        return Run(self.style, self.text[start:end], self.boxes[start:end])


def turn_box(box: Box, quadrant: int) -> Box:
    """Turn a box so that text of ``quadrant`` (quarter turns to the left) runs from left to right."""
    left, bottom, right, top = box
    return (
        (left, bottom, right, top),
        (bottom, -right, top, -left),
        (-right, -top, -left, -bottom),
        (-top, left, -bottom, right),
    )[quadrant]


def box_round(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all of these."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
