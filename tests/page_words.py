"""The words that a page has inside boxes on its picture, as PDFium's own text of the page has them.

In: a PDF and marks. Out: their letters and figures. Nothing of the reader is used for it but the marks.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pypdfium2.raw as pdfium

from probqa.reading.page_pictures import Mark

_FINE = 1_000_000
# Two characters closer than this share of a page are printed on each other.
_PLACES = 500


def letters(text: str) -> str:
    """The letters and figures of a text, without case, raising or ligatures."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()


class PageWords:
    """A PDF whose words can be asked for by boxes on the pictures of its pages."""

    def __init__(self, content: bytes) -> None:
        pdfium.FPDF_InitLibrary()
        self._content = content
        self._document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
        self._pages: dict[int, list[tuple[str, float, float]]] = {}

    def inside(self, marks: Sequence[Mark]) -> str:
        """What stands inside each of the marks, one after the other."""
        return letters("".join(character for mark in marks for character in self._inside(mark)))

    def _inside(self, mark: Mark) -> Iterator[str]:
        """Yield what is inside a mark: what a file prints twice in one place, once."""
        seen: dict[tuple[str, int, int], int] = {}
        for number, (character, x, y) in enumerate(self._characters(mark.page)):
            if mark.left <= x <= mark.right and mark.top <= y <= mark.bottom:
                # The letters of a ligature share a place too, but follow each other.
                first = seen.setdefault((character, round(x * _PLACES), round(y * _PLACES)), number)
                if number - first < 3:
                    yield character

    def _characters(self, number: int) -> list[tuple[str, float, float]]:
        """Each character of a page with the middle of what is drawn of it, in shares of the picture."""
        if number not in self._pages:
            with _text_page(self._document, number) as (page, text_page):
                self._pages[number] = list(_middles(page, text_page))
        return self._pages[number]


@contextmanager
def _text_page(document: Any, number: int) -> Iterator[tuple[Any, Any]]:
    page = pdfium.FPDF_LoadPage(document, number - 1)
    text_page = pdfium.FPDFText_LoadPage(page)
    yield page, text_page
    pdfium.FPDFText_ClosePage(text_page)
    pdfium.FPDF_ClosePage(page)


def _middles(page: Any, text_page: Any) -> Iterator[tuple[str, float, float]]:
    sides = [ctypes.c_double() for _ in range(4)]
    x, y = ctypes.c_int(), ctypes.c_int()
    for index in range(pdfium.FPDFText_CountChars(text_page)):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if not pdfium.FPDFText_GetCharBox(text_page, index, *sides):
            continue
        left, right, bottom, top = (side.value for side in sides)
        if right > left and code > 32:
            pdfium.FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, (left + right) / 2, (bottom + top) / 2, x, y)
            yield chr(code), x.value / _FINE, y.value / _FINE
