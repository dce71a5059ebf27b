"""The pages of an indexed PDF as pictures, and where the words of its text stand on them.

In: a ``Document`` and the folder of its corpus. Out: pictures, and the ``Places`` of its characters. The file is opened
in a worker (``formats/sandbox``) like any other, and only while it is the very file that was indexed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from probqa.errors import ReadingError
from probqa.reading.corpus import read_unchanged
from probqa.reading.formats.places import Mark, Places, unpacked
from probqa.reading.formats.sandbox import Limits, look, nonsense
from probqa.records import Document

__all__ = ["Mark", "Places", "draw_page", "has_pictures", "read_places"]

_DRAWING = Limits(wall_seconds=15, cpu_seconds=10)
_BEGINS = {"webp": b"RIFF", "png": b"\x89PNG\r\n\x1a\n"}


def has_pictures(document: Document) -> bool:
    """Tell whether a document has pages that can be drawn."""
    return document.file.lower().endswith(".pdf")


def draw_page(
    document: Document,
    folder: Path,
    page: int,
    marks: Sequence[Mark] = (),
    picture_format: Literal["webp", "png"] = "webp",
) -> bytes:
    """Return the picture of a page, from 1, with what of the ``marks`` is on it.

    Raises:
        ReadingError: the file is gone or has changed, or the page cannot be drawn.
    """
    content = read_unchanged(folder, document.file, document.file_sha256)
    boxes = [(mark.left, mark.top, mark.right, mark.bottom) for mark in marks if mark.page == page]
    given = look("picture", content, _DRAWING, str(page), picture_format, json.dumps(boxes))
    picture = given.get("picture", b"")
    if not picture.startswith(_BEGINS[picture_format]):
        raise nonsense()
    return picture


def read_places(document: Document, folder: Path) -> Places:
    """Return where the characters of a document's text are printed.

    Raises:
        ReadingError: the file is gone or has changed, or cannot be read, or a program recognised its words.
    """
    if document.recognised_pages:
        raise ReadingError("is a scan: where a program recognised which word was not kept", "look for the words")
    content = read_unchanged(folder, document.file, document.file_sha256)
    try:
        return unpacked(look("places", content, Limits(), document.text_sha256), len(document.text))
    except ValueError as error:
        raise nonsense() from error
