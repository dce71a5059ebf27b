"""Where each character of a PDF's text stands on the picture of its page.

In: the bytes of a PDF, and the hash of the text that was made of it. Out: ``Places``. Runs in the
worker only (see ``sandbox``).

The file is read again in the very way in which its text was made, and each character keeps the box that PDFium gave for
it (``printed``). If the text is not the one that is asked about, nothing is said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby

from probqa.errors import ReadingError
from probqa.reading.assembly import assemble
from probqa.reading.formats.pdf import ReadPdf, read_printed
from probqa.reading.formats.pdfium import Axis, Line, PdfFile, PdfPage
from probqa.reading.formats.places import FULL, NOWHERE, Parts, Places
from probqa.reading.formats.printed import Printed
from probqa.reading.formats.runs import Box, turn_box
from probqa.records import Block


def pdf_places(content: bytes, text_sha256: str) -> Places:
    """Return where the characters of a PDF are printed.

    Raises:
        ReadingError: it cannot be read, or reads otherwise than it did.
    """
    read = read_printed(content)
    text, blocks, _ = assemble(read.reading.pieces)
    if hashlib.sha256(text.encode()).hexdigest() != text_sha256:
        raise ReadingError("reads otherwise than when the index was made", "run: probqa build")
    return places_of(read, blocks)


def places_of(read: ReadPdf, blocks: Sequence[Block]) -> Places:
    """Return where the characters of the blocks that a reading was put together to are printed."""
    pages = {id(line): page for page in read.pages for line in page.lines}
    axes = {page.number: _axes(page, read.file) for page in read.pages}
    places = Places()
    for block, printed in zip(blocks, read.printed, strict=True):
        for start, end, line in _lines(printed):
            page = pages[id(line)]
            boxes = _on_picture(printed.text[start:end], printed.boxes[start:end], *axes[page.number])
            places.add(block.span.start + start, page.number, boxes)
    return places


def _lines(printed: Printed) -> Iterator[tuple[int, int, Line]]:
    """Yield where the characters of each printed line start and end in a text."""
    start = 0
    for _, same in groupby(printed.lines, key=id):
        held = list(same)
        if held[0] is not None:
            yield start, start + len(held), held[0]
        start += len(held)


def _axes(page: PdfPage, file: PdfFile) -> tuple[Axis, Axis]:
    """Return how a point of a page, as its lines have it, is placed on its picture, in ``FULL`` parts."""
    # A page that was turned to be read is turned back: the points that 0 and one to the right and up were before.
    zero, right, up = ((0, 0), (1, 0), (0, 1))
    back = [turn_box((*point, *point), -page.quadrant % 4)[:2] for point in (zero, right, up)]
    across, down = (
        [FULL * (axis[0] + axis[1] * x + axis[2] * y) for x, y in back] for axis in file.picture_axes(page.number)
    )
    return (
        (across[0], across[1] - across[0], across[2] - across[0]),
        (down[0], down[1] - down[0], down[2] - down[0]),
    )


def _on_picture(text: str, boxes: Sequence[Box | None], across: Axis, down: Axis) -> Iterator[Parts]:
    """Yield the box of each character of a line on the picture of its page."""
    x0, x_right, x_up = across
    y0, y_right, y_up = down
    for character, box in zip(text, boxes, strict=True):
        if box is None or character.isspace():
            yield NOWHERE
            continue
        left, bottom, right, top = box
        x1, x2 = x0 + x_right * left + x_up * bottom, x0 + x_right * right + x_up * top
        y1, y2 = y0 + y_right * left + y_up * bottom, y0 + y_right * right + y_up * top
        if x2 < x1:
            x1, x2 = x2, x1
        if y2 < y1:
            y1, y2 = y2, y1
        yield _part(x1), _part(y1), _part(x2), _part(y2)


def _part(value: float) -> int:
    return 0 if value < 0 else FULL if value > FULL else int(value + 0.5)
