"""The picture of one page of a PDF, with marks on it where they are given.

In: the bytes of a PDF, the number of a page, and boxes in shares of its picture. Out: a WebP or PNG file.
Runs in the worker only (see ``sandbox``).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageChops, ImageDraw

from probqa.errors import ReadingError
from probqa.reading.formats.pdfium import PdfFile

# The accent of the pages on a light ground: what is marked is tinted as with a marker, and framed.
_TINT, _FRAME = (255, 242, 178), (11, 93, 107)
_FRAME_WIDTH = 2
# A picture with more bytes takes long on a slow line.
_LARGE = 400_000

Shares = tuple[float, float, float, float]


def pdf_picture(content: bytes, number: int, picture_format: str, marks: Sequence[Shares]) -> bytes:
    """Draw a page as it is shown on a screen, and the marks on it.

    Raises:
        ReadingError: there is no such page, or it cannot be drawn.
    """
    file = PdfFile(content)
    if not 1 <= number <= file.pages:
        raise ReadingError(f"has no page {number}", f"it has {file.pages}")
    drawn = file.colour_picture(number)
    if drawn is None:
        raise ReadingError(f"has a page {number} that cannot be drawn", "open the original")
    picture = Image.frombytes("RGB", (drawn.width, drawn.height), drawn.content, "raw", "BGR")
    if marks:
        picture = _marked(picture, marks)
    return _saved(picture, "PNG", dpi=(drawn.dots, drawn.dots)) if picture_format == "png" else _web_picture(picture)


def _web_picture(picture: Image.Image) -> bytes:
    """Return a WebP file: dot for dot as drawn, as a page of text can be in few bytes, else nearly so."""
    exact = _saved(picture, "WEBP", lossless=True, quality=20, method=1)
    return exact if len(exact) <= _LARGE else _saved(picture, "WEBP", quality=80, method=2)


def _saved(picture: Image.Image, picture_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, picture_format, **options)
    return buffer.getvalue()


def _marked(picture: Image.Image, marks: Sequence[Shares]) -> Image.Image:
    boxes = [
        (
            round(left * picture.width) - _FRAME_WIDTH,
            round(top * picture.height) - _FRAME_WIDTH,
            round(right * picture.width) + _FRAME_WIDTH,
            round(bottom * picture.height) + _FRAME_WIDTH,
        )
        for left, top, right, bottom in marks
    ]
    tint = Image.new("RGB", picture.size, (255, 255, 255))
    for box in boxes:
        ImageDraw.Draw(tint).rectangle(box, fill=_TINT)
    # Multiplied, dark letters stay as dark as they are.
    marked = ImageChops.multiply(picture, tint)
    for box in boxes:
        ImageDraw.Draw(marked).rectangle(box, outline=_FRAME, width=_FRAME_WIDTH)
    return marked
