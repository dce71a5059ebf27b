"""Where each character of a PDF's text stands on the picture of its page.

In: the bytes of a PDF, and the hash of the text that was made of it. Out: ``Places``. Runs in the
worker only (see ``sandbox``).

The file is read again in the very way in which its text was made, and each character keeps the box that PDFium gave for
it (``printed``). If the text is not the one that is asked about, nothing is said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

from probqa.errors import ReadingError
from probqa.reading.assembly import assemble
from probqa.reading.formats.pdf import ReadPdf, read_printed
from probqa.reading.formats.pdfium import Axis, Line, PdfPage
from probqa.reading.formats.places import FULL, NOWHERE, Parts, Places
from probqa.reading.formats.printed import Printed
from probqa.reading.formats.runs import turn_box
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
    axes = cache(read.file.picture_axes)
    places = Places()
    for block, printed in zip(blocks, read.printed, strict=True):
        for start, end, line in _lines(printed):
            page = pages[id(line)]
            places.add(
                block.span.start + start,
                page.number,
                [_parts(printed, at, page, *axes(page.number)) for at in range(start, end)],
            )
    return places


def _lines(printed: Printed) -> Iterator[tuple[int, int, Line]]:
    """Yield where the characters of each printed line start and end in a text."""
    start = 0
    for _, same in groupby(printed.lines, key=id):
        held = list(same)
        if held[0] is not None:
            yield start, start + len(held), held[0]
        start += len(held)


def _parts(printed: Printed, at: int, page: PdfPage, across: Axis, down: Axis) -> Parts:
    """Return the box of a character on the picture of its page."""
    box = printed.boxes[at]
    if box is None or printed.text[at].isspace():
        return NOWHERE
    # Turned once more, by what is left to four quarters, it is as the file has it.
    left, bottom, right, top = turn_box(box, -page.quadrant % 4)
    corners = ((left, bottom), (right, top))
    xs, ys = (sorted(axis[0] + axis[1] * x + axis[2] * y for x, y in corners) for axis in (across, down))
    return _part(xs[0]), _part(ys[0]), _part(xs[1]), _part(ys[1])


def _part(share: float) -> int:
    return round(FULL * min(1.0, max(0.0, share)))
