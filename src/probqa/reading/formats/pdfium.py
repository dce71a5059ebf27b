"""The lines of text of a PDF file, page by page, as PDFium lays them out.

In: the bytes of a PDF. Out: ``PdfPage`` records: lines with their place, type size and weight, the hidden text, and
the drawn lines of tables. This is the only module that uses PDFium. It runs in the worker only (see ``sandbox``).

Coordinates are in points (1/72 inch), x to the right and y upwards, turned so that most of the page's text runs from
left to right.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import pypdfium2.raw as pdfium

from probqa.errors import ReadingError
from probqa.reading.formats.columns import in_columns
from probqa.reading.formats.raised import fraction, lower_text, raise_mark
from probqa.reading.formats.runs import Box, Run, Style, box_round, turn_box
from probqa.records import PageLayer

MAX_PAGES = 5_000
MAX_CHARACTERS = 20_000_000

# Type below this size, in points, cannot be read on paper.
_SMALLEST_TYPE = 2.0
# From this lightness on (0 black, 255 white) text may not show on paper: the drawn page is looked at to see if it does.
_LIGHT = 205
# Slanted type from this size on, in points, is a watermark; smaller stands along the axis of a chart.
_SLANTED_TYPE = 14.0
# What a file marks as no part of its content is a running line where it is small, and a watermark where it is large.
_LARGE_ARTIFACT = 24.0
_HUGE_TYPE = 30.0
_MAX_RENDERED_PIXELS = 1_600
# What pages are drawn with to have their words recognised: dots to the inch, and fewer where a page is larger than A3.
_SCANNED_DOTS = 300
_MAX_SCANNED_PIXELS = 18_000_000
# What pages are drawn with to be looked at, fewer where a page is larger than A2; no side is longer than WebP can have.
SHOWN_DOTS = 144
_MAX_SHOWN_PIXELS = 8_000_000
_MAX_SIDE = 16_000
# PDFium itself makes larger pages smaller.
_MAX_POINTS = 1e5
# What a picture is measured in to place points on it.
_FINE = 1_000_000
_MAX_OUTLINE = 2_000
_MAX_PATHS = 20_000
_MAX_ANNOTATIONS = 5_000
_MAX_OPTIONS = 1_000
# The flag of a field that hides what is written in it.
_PASSWORD = 1 << 13
_LINE_BREAK_HYPHEN = "\x02"
# A note mark or a list of them: figures or single letters.
_MARK = re.compile(r"(?=[^0-9a-z]{0,9}[0-9a-z])(?!.{0,20}[a-z]{2})[0-9a-z,;.*†‡§()\[\]/⁄ –-]{1,20}")
_FRACTION = re.compile(r"([⁰¹²³⁴-⁹]{1,4})([/⁄]?)([₀-₉]{1,4}|(?<=[/⁄])[⁰¹²³⁴-⁹]{1,4})")

# FPDFText_GetTextObject, but giving the address as a plain number: it is called for every character.
_text_object_at = ctypes.cast(
    pdfium.FPDFText_GetTextObject, ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
)


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line.

    ``boxes`` holds the box of every character of ``text``. ``broken`` says that the line ends in a hyphen at which
    PDFium takes a word to be broken. ``turned`` says that it runs otherwise than most of its page.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    broken: bool
    turned: bool
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page.

    ``number`` counts from 1. ``quadrant`` says by how many quarter turns to the left most of its text runs, and so by
    how many its coordinates are turned back. ``notes`` are what readers of the file have noted in it; ``illegible`` is
    text whose font does not say which characters its signs are. ``rules`` are the boxes of drawn paths: straight lines
    and rectangles, for the most part. ``image_share`` is the share of the page's area that its largest image covers.
    """

    number: int
    box: Box
    quadrant: int
    lines: list[Line]
    hidden: list[str]
    watermarks: list[str]
    notes: list[str]
    illegible: list[str]
    rules: list[Box]
    image_share: float
    layer: PageLayer


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline.

    ``page`` and ``level`` count from 1. ``page`` is 0 where the entry leads nowhere.
    """

    title: str
    page: int
    level: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn page: its dots or a grey PGM file of them, its size in dots, and how many of them make an inch."""

    content: bytes
    width: int
    height: int
    dots: float


Axis = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in a field of a form, and the place of the field."""

    text: str
    box: Box


class PdfFile:
    """An opened PDF.

    Raises:
        ReadingError: it is no PDF, damaged, protected with a password, or has too many pages.
    """

    def __init__(self, content: bytes) -> None:
        """Open the file.

        ``content`` is kept, because PDFium goes on reading from it.
        """
        pdfium.FPDF_InitLibrary()
        self._content = content
        self._document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
        if not self._document:
            if pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
                raise ReadingError("is protected with a password", "save a copy without the password")
            raise ReadingError("is damaged or cut off, or not a PDF", "download it again, or save it as PDF anew")
        self.pages = int(pdfium.FPDF_GetPageCount(self._document))
        if self.pages > MAX_PAGES:
            raise ReadingError(f"has {self.pages} pages, more than {MAX_PAGES}", "split it into smaller files")
        if self.pages < 1:
            raise ReadingError("has no pages", "download it again, or save it as PDF anew")
        self._form_settings = pdfium.FPDF_FORMFILLINFO(version=2)
        self._form = pdfium.FPDFDOC_InitFormFillEnvironment(self._document, self._form_settings)

    def metadata(self, key: str) -> str:
        """Return one entry of the document information, such as Title.

        Empty where there is none.
        """
        key_bytes = key.encode()
        length = pdfium.FPDF_GetMetaText(self._document, key_bytes, None, 0)
        if not 2 < length < 10_000:
            return ""
        buffer = ctypes.create_string_buffer(length)
        pdfium.FPDF_GetMetaText(self._document, key_bytes, buffer, length)
        return buffer.raw.decode("utf-16-le", errors="replace").rstrip("\0")

    def outline(self) -> list[Bookmark]:
        """Return the bookmarks in order.

        At most ``_MAX_OUTLINE`` of them. One that an outline comes back to, as a damaged one can, is listed once.
        """
        bookmarks: list[Bookmark] = []
        seen: set[int] = set()
        waiting = [(pdfium.FPDFBookmark_GetFirstChild(self._document, None), 1)]
        while waiting and len(bookmarks) < _MAX_OUTLINE:
            bookmark, level = waiting.pop()
            if not bookmark or (address := ctypes.cast(bookmark, ctypes.c_void_p).value or 0) in seen:
                continue
            seen.add(address)
            bookmarks.append(self._bookmark(bookmark, level))
            waiting.append((pdfium.FPDFBookmark_GetNextSibling(self._document, bookmark), level))
            waiting.append((pdfium.FPDFBookmark_GetFirstChild(self._document, bookmark), level + 1))
        return bookmarks

    def _bookmark(self, bookmark: Any, level: int) -> Bookmark:
        length = min(pdfium.FPDFBookmark_GetTitle(bookmark, None, 0), 10_000)
        buffer = ctypes.create_string_buffer(max(length, 2))
        pdfium.FPDFBookmark_GetTitle(bookmark, buffer, length)
        target = pdfium.FPDFBookmark_GetDest(self._document, bookmark)
        page = pdfium.FPDFDest_GetDestPageIndex(self._document, target) + 1 if target else 0
        return Bookmark(buffer.raw[:length].decode("utf-16-le", errors="replace").rstrip("\0"), page, level)

    def read_pages(self) -> Iterator[PdfPage]:
        """Read every page, in order.

        Raises:
            ReadingError: there are more characters than ``MAX_CHARACTERS``.
        """
        characters = 0
        for number in range(1, self.pages + 1):
            page = pdfium.FPDF_LoadPage(self._document, number - 1)
            if not page:
                yield PdfPage(number, (0, 0, 1, 1), 0, [], [], [], [], [], [], 0.0, "image")
                continue
            text_page = pdfium.FPDFText_LoadPage(page)
            try:
                characters += max(0, pdfium.FPDFText_CountChars(text_page)) if text_page else 0
                if characters > MAX_CHARACTERS:
                    raise ReadingError(
                        f"holds more than {MAX_CHARACTERS // 1_000_000} million characters",
                        "split it into smaller files",
                    )
                yield _read_page(number, page, text_page, self._form)
            finally:
                if text_page:
                    pdfium.FPDFText_ClosePage(text_page)
                pdfium.FPDF_ClosePage(page)

    def picture_axes(self, number: int) -> tuple[Axis, Axis]:
        """Return how a point of a page is placed on its picture: across and down, each in shares of the picture.

        An ``Axis`` has a share, and what is added to it for each point to the right and for each upwards.
        """
        page = pdfium.FPDF_LoadPage(self._document, number - 1)
        if not page:
            return (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
        try:
            left, bottom, right, top = _page_box(page)
            x, y = ctypes.c_int(), ctypes.c_int()
            shares = []
            for page_x, page_y in ((left, bottom), (right, bottom), (left, top)):
                pdfium.FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, page_x, page_y, x, y)
                shares.append((x.value / _FINE, y.value / _FINE))
        finally:
            pdfium.FPDF_ClosePage(page)
        origin, along, up = shares
        wide, high = max(right - left, 1e-6), max(top - bottom, 1e-6)
        across, down = (
            (origin[axis], (along[axis] - origin[axis]) / wide, (up[axis] - origin[axis]) / high) for axis in (0, 1)
        )
        return _from_zero(across, left, bottom), _from_zero(down, left, bottom)

    def picture(self, number: int, turns: int) -> Picture | None:
        """Draw a page in grey after so many quarter turns to the right, as it would be printed.

        None where it cannot be drawn.
        """
        drawn = self._draw(number, turns, _SCANNED_DOTS, _MAX_SCANNED_PIXELS, grey=True)
        if drawn is None:
            return None
        head = b"P5\n%d %d\n255\n" % (drawn.width, drawn.height)
        return replace(drawn, content=head + drawn.content)

    def colour_picture(self, number: int) -> Picture | None:
        """Draw a page as a reader on a screen sees it: three bytes a dot, blue, green, red.

        None where it cannot be drawn.
        """
        return self._draw(number, 0, SHOWN_DOTS, _MAX_SHOWN_PIXELS, grey=False)

    def _draw(self, number: int, turns: int, dots: int, most: int, *, grey: bool) -> Picture | None:
        """Draw a page with so many dots to the inch, or as many as make a picture of ``most`` dots."""
        page = pdfium.FPDF_LoadPage(self._document, number - 1)
        if not page:
            return None
        try:
            width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
            if not (1 < width < _MAX_POINTS and 1 < height < _MAX_POINTS):
                return None
            scale = min(dots / 72, math.sqrt(most / (width * height)), _MAX_SIDE / max(width, height))
            if turns % 2:
                width, height = height, width
            across, down = max(1, round(width * scale)), max(1, round(height * scale))
            kind = pdfium.FPDFBitmap_Gray if grey else pdfium.FPDFBitmap_BGR
            bitmap = pdfium.FPDFBitmap_CreateEx(across, down, kind, None, 0)
            if not bitmap:
                return None
            try:
                pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, across, down, 0xFFFFFFFF)
                pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, across, down, turns, pdfium.FPDF_ANNOT)
                if not grey and self._form:
                    # What is written in the fields of forms.
                    pdfium.FPDF_FFLDraw(self._form, bitmap, page, 0, 0, across, down, turns, pdfium.FPDF_ANNOT)
                stride = pdfium.FPDFBitmap_GetStride(bitmap)
                pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * down)
            finally:
                pdfium.FPDFBitmap_Destroy(bitmap)
        finally:
            pdfium.FPDF_ClosePage(page)
        row = across * (1 if grey else 3)
        rows = b"".join(pixels[start : start + row] for start in range(0, stride * down, stride))
        return Picture(rows, across, down, 72 * scale)


def _from_zero(axis: Axis, left: float, bottom: float) -> Axis:
    """Return an axis that is measured from the point ``left``, ``bottom`` as it is measured from 0."""
    share, along, up = axis
    return share - left * along - bottom * up, along, up


def _read_page(number: int, page: Any, text_page: Any, form: Any) -> PdfPage:
    box = _page_box(page)
    drawn, images = _drawings(page)
    area = max(1.0, (box[2] - box[0]) * (box[3] - box[1]))
    image_share = max((_overlap(image, box) for image in images), default=0.0) / area
    rows = _rows(text_page, box, scanned=image_share > 0.3) if text_page else []
    _look_at_suspects(page, rows)
    hidden = ["".join(run.text) for row in rows for run in row if run.style.hidden]
    visible = [run for row in rows for run in row if not run.style.hidden]
    kept = [
        part
        for row in rows
        for part in _by_size([run for run in row if not run.style.hidden and not run.style.watermark])
    ]
    quadrants = Counter(run.style.quadrant for row in kept for run in row for _ in run.text)
    quadrant = quadrants.most_common(1)[0][0] if quadrants else 0
    printed = in_columns(_merged([_turn(row, quadrant) for row in kept]))
    lines = [line for row in printed if (line := _line(row, quadrant))]
    entries, notes = _annotations(page, form)
    lines = _with_entries(lines, [Entry(each.text, turn_box(each.box, quadrant)) for each in entries])
    layer: PageLayer = "text"
    illegible: list[str] = []
    if not _is_legible("".join(line.text for line in lines)):
        illegible = ["\n".join(line.text for line in lines)] if lines else []
        lines = []
        layer = "image" if drawn or images or kept else "blank"
    return PdfPage(
        number,
        turn_box(box, quadrant),
        quadrant,
        lines,
        [text for text in hidden if text.strip()],
        _watermarks(visible),
        notes,
        illegible,
        [turn_box(rule, quadrant) for rule in drawn],
        image_share,
        layer,
    )


def _is_legible(text: str) -> bool:
    """Tell whether there is text and most of it is known characters.

    A broken font gives its signs no known characters.
    """
    legible = sum(character.isprintable() and not 0xE000 <= ord(character) <= 0xF8FF for character in text)
    return bool(text.strip()) and legible >= 0.6 * len(text)


# --- characters to rows of runs


def _rows(text_page: Any, box: Box, *, scanned: bool) -> list[list[Run]]:
    """Cut PDFium's characters into rows at its line ends, and each row into runs where the style changes."""
    rows: list[list[Run]] = []
    row: list[Run] = []
    styles: dict[int, Style] = {}
    rect = pdfium.FS_RECTF()
    place = ctypes.byref(rect)
    unicode_of, box_of = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    style: Style | None = None
    for index in range(pdfium.FPDFText_CountChars(text_page)):
        code = unicode_of(text_page, index)
        if code in (10, 13):
            if row:
                rows.append(row)
            row = []
            continue
        address = _text_object_at(text_page, index)
        if address:
            style = styles.get(address)
            if style is None:
                style = styles[address] = _style(text_page, index, scanned=scanned)
        if style is None or code == 0:
            continue
        if not row or row[-1].style is not style:
            if row and _is_elsewhere(row[-1].style, style):
                rows.append(row)
                row = []
            row.append(Run(style))
        box_of(text_page, index, place)
        run = row[-1]
        run.text.append(chr(code) if code < 0xD800 or 0xE000 <= code <= 0x10FFFF else "\ufffd")
        run.boxes.append((rect.left, rect.bottom, rect.right, rect.top))
        if code == ord(_LINE_BREAK_HYPHEN):
            rows.append(row)
            row = []
    if row:
        rows.append(row)
    for run in (run for row in rows for run in row):
        run.style.hidden = run.style.hidden or all(_outside(each, box) for each in run.boxes)
    return rows


def _is_elsewhere(style: Style, following: Style) -> bool:
    """Tell whether text stands on another line although PDFium gave no line end.

    PDFium leaves line ends out in text that is turned.
    """
    apart = abs(style.baseline - following.baseline) > 1.1 * max(style.size, following.size)
    return apart or style.quadrant != following.quadrant


def _style(text_page: Any, index: int, *, scanned: bool) -> Style:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text_page, index, matrix)
    size = pdfium.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
    wide = math.hypot(matrix.a, matrix.b)
    quadrant = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFText_GetFillColor(text_page, index, red, green, blue, alpha)
    text_object = pdfium.FPDFText_GetTextObject(text_page, index)
    mode = pdfium.FPDFTextObj_GetTextRenderMode(text_object)
    invisible = mode in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
    light = 0.3 * red.value + 0.59 * green.value + 0.11 * blue.value >= _LIGHT or alpha.value < 50
    y = (matrix.f, -matrix.e, -matrix.f, matrix.e)[quadrant]
    return Style(
        size=size,
        bold=pdfium.FPDFText_GetFontWeight(text_page, index) >= 600 or _has_bold_name(text_page, index),
        quadrant=quadrant,
        baseline=y,
        suspect=light and not invisible,
        watermark=_is_slanted(matrix, size) or (size >= _LARGE_ARTIFACT and _is_artifact(text_object)),
        # Invisible text over a scan is what a program has recognised in it (OCR): it is the text of the page.
        hidden=(invisible and not scanned) or size < _SMALLEST_TYPE or wide < 0.01 * math.hypot(matrix.c, matrix.d),
    )


def _is_slanted(matrix: Any, size: float) -> bool:
    """Tell whether text is large and runs at an angle, as a watermark does."""
    turn = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
    return size >= _SLANTED_TYPE and abs(turn - round(turn)) > 0.1


def _is_artifact(text_object: Any) -> bool:
    """Tell whether the file marks text as no part of its content."""
    length = ctypes.c_ulong()
    buffer = (ctypes.c_ushort * 32)()
    return any(
        pdfium.FPDFPageObjMark_GetName(pdfium.FPDFPageObj_GetMark(text_object, index), buffer, 64, length)
        and bytes(buffer).startswith("Artifact\0".encode("utf-16-le"))
        for index in range(min(pdfium.FPDFPageObj_CountMarks(text_object), 9))
    )


def _by_size(row: list[Run]) -> list[list[Run]]:
    """Part words in huge type from what stands over them, which PDFium can take for one line."""
    sizes = [run.style.size for run in row]
    if len(row) < 2 or max(sizes) < _HUGE_TYPE or max(sizes) < 2.5 * min(sizes):
        return [row] if row else []
    huge = [run.style.size >= max(_HUGE_TYPE, 2.5 * min(sizes)) for run in row]
    # A single letter is the first of its paragraph, set large.
    huge = [is_huge and sum(map(str.isalpha, run.text)) > 1 for is_huge, run in zip(huge, row, strict=True)]
    return [[run for _, run in part] for _, part in groupby(zip(huge, row, strict=True), key=lambda item: item[0])]


def _watermarks(runs: Sequence[Run]) -> list[str]:
    texts: dict[int, str] = {}
    for run in runs:
        if run.style.watermark:
            texts[id(run.style)] = texts.get(id(run.style), "") + "".join(run.text)
    return [text for text in texts.values() if text.strip()]


def _has_bold_name(text_page: Any, index: int) -> bool:
    buffer = ctypes.create_string_buffer(200)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text_page, index, buffer, 200, flags)
    name = buffer.value.lower()
    return any(word in name for word in (b"bold", b"black", b"heavy"))


def _look_at_suspects(page: Any, rows: Sequence[Sequence[Run]]) -> None:
    """Mark light text as hidden where the rendered page shows only one colour in its place."""
    suspects = [run for row in rows for run in row if run.style.suspect and not run.style.hidden and _tight(run)]
    if not suspects:
        return
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    if not (0 < width < 1e5 and 0 < height < 1e5):
        return
    scale = min(2.0, _MAX_RENDERED_PIXELS / max(width, height))
    pixels_x, pixels_y = max(1, round(width * scale)), max(1, round(height * scale))
    bitmap = pdfium.FPDFBitmap_Create(pixels_x, pixels_y, 0)
    if not bitmap:
        return
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, pixels_x, pixels_y, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, pixels_x, pixels_y, 0, pdfium.FPDF_ANNOT)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * pixels_y)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    shown: dict[int, bool] = {}
    for run in suspects:
        box = _device_box(page, _tight(run), pixels_x, pixels_y)
        shown[id(run.style)] = shown.get(id(run.style), False) or not _one_colour(pixels, stride, box)
    for run in suspects:
        run.style.hidden = not shown[id(run.style)]


def _tight(run: Run) -> Box | None:
    """Return the box round the visible characters of a run, less a fifth of its height at top and bottom.

    None where no character is visible.
    """
    boxes = [box for character, box in zip(run.text, run.boxes, strict=True) if not character.isspace()]
    if not boxes:
        return None
    left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
    inset = 0.2 * (top - bottom)
    return left, bottom + inset, right, top - inset


def _device_box(page: Any, box: Box | None, pixels_x: int, pixels_y: int) -> tuple[int, int, int, int]:
    assert box is not None
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for page_x, page_y in ((box[0], box[1]), (box[2], box[3])):
        pdfium.FPDF_PageToDevice(page, 0, 0, pixels_x, pixels_y, 0, page_x, page_y, x, y)
        corners.append((min(max(x.value, 0), pixels_x - 1), min(max(y.value, 0), pixels_y - 1)))
    (x1, y1), (x2, y2) = corners
    return min(x1, x2), min(y1, y2), max(x1, x2) + 1, max(y1, y2) + 1


def _one_colour(pixels: bytes, stride: int, box: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = box
    lowest, highest = [255, 255, 255], [0, 0, 0]
    for y in range(top, bottom):
        row = pixels[y * stride + 4 * left : y * stride + 4 * right]
        for channel in range(3):
            values = row[channel::4]
            lowest[channel] = min(lowest[channel], min(values, default=255))
            highest[channel] = max(highest[channel], max(values, default=0))
    return all(high - low <= 12 for low, high in zip(lowest, highest, strict=True))


# --- rows of runs to lines


def _turn(row: list[Run], quadrant: int) -> list[Run]:
    if quadrant == 0:
        return row
    return [Run(run.style, run.text, [turn_box(box, quadrant) for box in run.boxes]) for run in row]


def _merged(rows: list[list[Run]]) -> list[list[Run]]:
    """Join rows that are one printed line.

    PDFium cuts a line at a raised note number.
    """
    merged: list[list[Run]] = []
    for row in rows:
        if merged and _continues(merged[-1], row):
            merged[-1] = [*merged[-1], *_space_between(merged[-1][-1], row[0]), *row]
        else:
            merged.append(row)
    return merged


def _space_between(last: Run, first: Run) -> list[Run]:
    """Return the space between two parts of a line, which PDFium gives no character where it cuts the line."""
    _, bottom, right, top = last.boxes[-1]
    end = first.boxes[0][0]
    is_gap = end - right > 0.15 * max(last.style.size, first.style.size)
    if not is_gap or last.text[-1].isspace() or first.text[0].isspace():
        return []
    return [Run(last.style, [" "], [(right, bottom, end, top)])]


def _continues(row: list[Run], following: list[Run]) -> bool:
    last, first = row[-1], following[0]
    if last.text[-1] == _LINE_BREAK_HYPHEN or last.style.quadrant != first.style.quadrant:
        return False
    size = max(last.style.size, first.style.size)
    gap = first.boxes[0][0] - last.boxes[-1][2]
    apart = last.style.baseline - first.style.baseline
    if _is_digits(last) and _is_digits(first) and 0.5 * size < apart < 1.7 * size:
        # A fraction set with its figures above each other.
        is_small = any(run.style.size > 1.2 * size for run in (*row, *following))
        return is_small and abs(first.boxes[0][0] - last.boxes[0][0]) < 0.6 * size
    if not -0.3 * size <= gap <= size:
        return False
    is_note = "".join(text for run in row for text in run.text).strip().isdigit() and len(row) == 1
    return abs(apart) < (1.3 if is_note else 0.6) * size


def _is_digits(run: Run) -> bool:
    return "".join(run.text).strip().isdecimal()


def _line(row: list[Run], quadrant: int) -> Line | None:
    """Make one line of its runs.

    Note marks that are raised become superscript characters, and figures above and below a line a fraction. None where
    there is no visible text.
    """
    size, baseline = _main_type(row)
    characters: list[str] = []
    boxes: list[Box] = []
    for run in row:
        gap = run.boxes[0][0] - boxes[-1][2] if boxes else 0.0
        characters.extend(_set_level(run, size, baseline, gap, "".join(characters[-9:])))
        boxes.extend(run.boxes)
    broken = characters[-1] == _LINE_BREAK_HYPHEN
    text, boxes = _with_fractions("".join(characters).replace(_LINE_BREAK_HYPHEN, "-"), boxes)
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if start >= end:
        return None
    letters = sum(len(run.text) for run in row)
    return Line(
        text=text[start:end],
        left=boxes[start][0],
        right=boxes[end - 1][2],
        baseline=baseline,
        size=size,
        bold=2 * sum(len(run.text) for run in row if run.style.bold) > letters,
        broken=broken,
        turned=row[0].style.quadrant != quadrant,
        boxes=tuple(boxes[start:end]),
    )


def _main_type(row: list[Run]) -> tuple[float, float]:
    """Return the size and the baseline of most of a row.

    Those of the largest type where the rest of it is a few characters or has no letters, as raised figures have none.
    """
    sizes: Counter[tuple[float, float]] = Counter()
    with_letters: set[tuple[float, float]] = set()
    for run in row:
        key = round(run.style.size, 1), round(run.style.baseline, 1)
        sizes[key] += sum(not text.isspace() for text in run.text)
        if any(text.isalpha() for text in run.text):
            with_letters.add(key)
    main = max(sizes, key=lambda key: (sizes[key], key))
    larger = [key for key in sizes if key[0] > main[0] and sizes[key]]
    return max(larger) if larger and (sizes[main] <= 3 or main not in with_letters) else main


def _set_level(run: Run, size: float, baseline: float, gap: float, before: str) -> str:
    """Return the text of a run, in superscript or subscript characters where it is a mark above or below the line.

    ``size`` and ``baseline`` are those of the line, ``gap`` is the distance to the text ``before`` it. A run in type of
    the line's size is raised only where it stands close to that text: else it may be a cell of a table.
    """
    text = "".join(run.text)
    raised = (run.style.baseline - baseline) / size
    small = run.style.size <= 0.8 * size
    close = abs(gap) < 0.2 * size and bool(before[-1:].strip()) and run.style.size <= size
    if _MARK.fullmatch(text.strip()) and ((small and raised > 0.1) or (close and 0.2 < raised < 0.7)):
        return raise_mark(text)
    is_under_a_line = re.search(r"[⁰¹²³⁴-⁹][/⁄]?$", before) and (raised < -0.08 or before[-1] in "/⁄")
    if small and _is_digits(run) and (is_under_a_line or (raised < -0.08 and before[-1:].isdecimal())):
        return lower_text(text)
    return text


def _with_fractions(text: str, boxes: list[Box]) -> tuple[str, list[Box]]:
    """Put the fractions of a line together: raised figures, a slash or none, and lowered figures."""
    for match in reversed(list(_FRACTION.finditer(text))):
        written = fraction(match[1], match[3])
        start, end = match.span()
        text = text[:start] + written + text[end:]
        boxes[start:end] = [box_round(boxes[start:end])] * len(written)
    return text, boxes


# --- forms and notes


def _annotations(page: Any, form: Any) -> tuple[list[Entry], list[str]]:
    """Return the entries of the forms on a page, and the notes that stand on it or beside it."""
    entries: list[Entry] = []
    notes: list[str] = []
    rect = pdfium.FS_RECTF()
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        if kind == pdfium.FPDF_ANNOT_WIDGET and form:
            text = _entry(annotation, form)
            if text and pdfium.FPDFAnnot_GetRect(annotation, rect):
                left, right = sorted((rect.left, rect.right))
                bottom, top = sorted((rect.bottom, rect.top))
                entries.append(Entry(text, (left, bottom, right, top)))
        elif kind not in (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_WIDGET):
            text = _utf_16(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents")
            notes += [text] if text.strip() else []
        pdfium.FPDFPage_CloseAnnot(annotation)
    return entries, notes


def _entry(field: Any, form: Any) -> str:
    """Return what is written or chosen in a field of a form, or whether its box is ticked.

    Empty where the field is, and where the page does not show it.
    """
    if pdfium.FPDFAnnot_GetFlags(field) & (pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW):
        return ""
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, field)
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        shown = _utf_16(pdfium.FPDFAnnot_GetStringValue, field, b"AS")
        return "☒" if pdfium.FPDFAnnot_IsChecked(form, field) or shown not in ("", "Off") else "☐"
    if kind == pdfium.FPDF_FORMFIELD_TEXTFIELD and pdfium.FPDFAnnot_GetFormFieldFlags(form, field) & _PASSWORD:
        return ""
    if kind in (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX):
        chosen = [
            _utf_16(pdfium.FPDFAnnot_GetOptionLabel, form, field, option)
            for option in range(min(max(0, pdfium.FPDFAnnot_GetOptionCount(form, field)), _MAX_OPTIONS))
            if pdfium.FPDFAnnot_IsOptionSelected(form, field, option)
        ]
        if chosen:
            return "; ".join(chosen)
    elif kind != pdfium.FPDF_FORMFIELD_TEXTFIELD:
        return ""
    return _utf_16(pdfium.FPDFAnnot_GetFormFieldValue, form, field)


def _utf_16(read: Any, *arguments: Any) -> str:
    """Return the text that a function of PDFium writes into a buffer."""
    length = read(*arguments, None, 0)
    if not 2 < length < 200_000:
        return ""
    buffer = (ctypes.c_ushort * (length // 2))()
    read(*arguments, buffer, length)
    return bytes(buffer).decode("utf-16-le", errors="replace").rstrip("\0")


def _with_entries(lines: list[Line], entries: Sequence[Entry]) -> list[Line]:
    """Put the entries of forms where they stand between the lines of a page."""
    lines = list(lines)
    for entry in sorted(entries, key=lambda entry: (-entry.box[1], entry.box[0])):
        left, bottom, right, top = entry.box
        text = " ".join(entry.text.split())
        if not text:
            continue
        beside = [at for at, line in enumerate(lines) if bottom - 2 <= line.baseline <= top - 2 and not line.turned]
        before = max((at for at in beside if lines[at].left < left + 1), key=lambda at: lines[at].left, default=None)
        if before is not None and lines[before].right > right:
            lines[before] = _filled(lines[before], text, entry.box)
            continue
        if before is not None:
            place = before + 1
        elif beside:
            place = min(beside, key=lambda at: lines[at].left)
        else:
            place = 1 + max((at for at, line in enumerate(lines) if line.baseline > top - 2), default=-1)
        like = lines[beside[0]] if beside else None
        size = like.size if like else min(top - bottom, 11.0)
        step = (right - left) / len(text)
        boxes = tuple((left + at * step, bottom, left + (at + 1) * step, top) for at in range(len(text)))
        baseline = like.baseline if like else bottom + 0.25 * size
        lines.insert(place, Line(text, left, right, baseline, size, False, False, False, boxes))
    return lines


def _filled(line: Line, text: str, box: Box) -> Line:
    """Return a line with ``text`` in the gap where the field ``box`` begins."""
    left, bottom, _, top = box
    place = next((at for at, each in enumerate(line.boxes) if each[0] >= left - 1), len(line.boxes))
    inserted = f" {text} "
    boxes = (*line.boxes[:place], *[(left, bottom, left, top)] * len(inserted), *line.boxes[place:])
    return replace(line, text=line.text[:place] + inserted + line.text[place:], boxes=boxes)


# --- what is drawn


def _page_box(page: Any) -> Box:
    rect = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, rect)
    return rect.left, rect.bottom, rect.right, rect.top


def _drawings(page: Any) -> tuple[list[Box], list[Box]]:
    """Return the boxes of the drawn paths and of the images on a page.

    A form object that holds an image counts as one. Forms within forms are not searched.
    """
    paths: list[Box] = []
    images: list[Box] = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for index in range(min(pdfium.FPDFPage_CountObjects(page), _MAX_PATHS)):
        drawn = pdfium.FPDFPage_GetObject(page, index)
        kind = pdfium.FPDFPageObj_GetType(drawn)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            continue
        if not pdfium.FPDFPageObj_GetBounds(drawn, left, bottom, right, top):
            continue
        box = (left.value, bottom.value, right.value, top.value)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            paths.append(box)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE or _holds_image(drawn, kind):
            images.append(box)
    return paths, images


def _holds_image(form: Any, kind: int) -> bool:
    if kind != pdfium.FPDF_PAGEOBJ_FORM:
        return False
    count = min(pdfium.FPDFFormObj_CountObjects(form), 200)
    return any(
        pdfium.FPDFPageObj_GetType(pdfium.FPDFFormObj_GetObject(form, index)) == pdfium.FPDF_PAGEOBJ_IMAGE
        for index in range(count)
    )


def _overlap(box: Box, other: Box) -> float:
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _outside(box: Box, page: Box) -> bool:
    return box[2] <= page[0] or box[0] >= page[2] or box[3] <= page[1] or box[1] >= page[3]
