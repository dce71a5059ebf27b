"""The reader of presentations (.pptx): the words of each slide, below its number and title, and what was left out.

In: the bytes of a .pptx. Out: a ``Reading``. Runs in the worker only (see ``sandbox``).

The XML itself is read, the shapes of a slide in the order in which screen readers read them, its title first. Left
out, and listed, are hidden slides, struck and hidden words, speaker's notes, comments, what stands on every slide, and
the words in charts, diagrams and pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from probqa.errors import ReadingError
from probqa.reading.assembly import Piece, Reading
from probqa.reading.formats.formulas import formula
from probqa.reading.formats.packed_xml import (
    MAX_DEPTH,
    child,
    every,
    is_on,
    name_of,
    number,
    relations,
    tree,
    unpack,
    value,
)
from probqa.reading.formats.page_tables import Cell, stands_over_figures, table_rows, unused_names
from probqa.reading.formats.raised import level
from probqa.reading.formats.repairs import tidy
from probqa.reading.formats.word_about import metadata
from probqa.reading.formats.word_numbers import in_format
from probqa.records import Removal

VERSION = "pptx 2"

_MAX_NAME = 60
_TITLES = ("title", "ctrTitle")
_RUNNING = {"dt": "running footer", "ftr": "running footer", "sldNum": "running footer", "hdr": "running header"}
_BESIDE = {
    "comments": "comment",
    "comment": "comment",
    "chart": "text in a chart",
    "chartEx": "text in a chart",
    "diagramData": "text in a diagram",
}
# In hundredths of a point: what is smaller cannot be read.
_TINY = 150
# A raised or lowered run, in thousandths of a percent of its size.
_SHIFTED = 10_000
_AUTOMATIC = re.compile(r"(arabic|alphaLc|alphaUc|romanLc|romanUc)(Period|ParenR|ParenBoth|Plain)")
_FORMS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}
_ROUND = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}"}

_Size = tuple[int, int]
_Styles = list[Any]
"""The lists of styles that hold for a shape, the nearest first."""


@dataclass(slots=True)
class _Slide:
    """A slide as it is read: where it is, the pieces so far, and what is left out."""

    where: str
    size: _Size
    inherited: list[Any]
    removals: list[Removal]
    title: str = ""
    pieces: list[Piece] = field(default_factory=list)

    def leave_out(self, reason: str, words: str) -> None:
        """List words that are not in the reading."""
        if text := tidy(words):
            self.removals.append(Removal(f"{reason}, {self.where}", text, len(text)))


def read_pptx(content: bytes) -> Reading:
    """Read a .pptx.

    Raises:
        ReadingError: it is no .pptx, damaged, too large when unpacked, or has no text.
    """
    parts = unpack(content, (".xml", ".rels"))
    name = next((target for _, kind, target in relations(parts, "") if kind == "officeDocument"), "")
    main = tree(parts[name]) if name in parts else None
    if main is None or name_of(main) != "presentation":
        raise ReadingError("is not a PowerPoint presentation", "save it as .pptx or PDF")
    related = {identifier: target for identifier, kind, target in relations(parts, name) if kind == "slide"}
    size = child(main, "sldSz")
    removals: list[Removal] = []
    layouts: dict[str, Any] = {}
    slides = [
        _slide(
            parts, layouts, related[identifier], at, (number(value(size, "cx")), number(value(size, "cy"))), removals
        )
        for at, identifier in enumerate((_relation_of(each) for each in every(main, "sldId")), 1)
        if related.get(identifier, "") in parts
    ]
    pieces = [piece for slide in slides for piece in slide.pieces]
    if not any(piece.kind != "heading" for piece in pieces):
        raise ReadingError(
            "holds no text to quote", "if its slides are pictures, save it as PDF and give it a text layer"
        )
    for layout in layouts.values():
        words = " ".join(_spoken(each) for each in every(layout, "sp") if _placeholder(each) == ("", ""))
        if text := tidy(words):
            removals.append(Removal("text that stands on several slides", text, len(text)))
    title = slides[0].title if slides else ""
    about = metadata(parts, [], [], "PowerPoint file")
    if title:
        about = {key: text for key, text in about.items() if key != "title_note"} | {"title": title[:300]}
    return Reading(pieces, removals, metadata=about)


def _relation_of(element: Any) -> str:
    """Return the id of an element's part, which is not its own number."""
    return next((str(text) for key, text in element.attrib.items() if key.endswith("}id")), "")


def _slide(
    parts: dict[str, bytes], layouts: dict[str, Any], name: str, at: int, size: _Size, removals: list[Removal]
) -> _Slide:
    """Read a slide, with what stands beside it.

    ``layouts`` keeps how several slides look.
    """
    root = tree(parts[name])
    slide = _Slide(f"on slide {at}", size, list(_inherited(parts, layouts, name)), removals)
    shapes = child(child(root, "cSld"), "spTree")
    is_hidden = value(root, "show") != "" and not is_on(value(root, "show"))
    if shapes is not None and is_hidden:
        slide.leave_out("hidden slide", _spoken(shapes))
    elif shapes is not None:
        _shapes(sorted(shapes, key=lambda each: _placeholder(each)[0] not in _TITLES), slide, 0)
        heading = f"Slide {at}: {slide.title}" if slide.title else f"Slide {at}"
        slide.pieces = [Piece("heading", heading, 1), *slide.pieces] if slide.title or slide.pieces else []
    for _, kind, part in relations(parts, name):
        if kind == "notesSlide" and part in parts:
            for each in every(tree(parts[part]), "sp"):
                if _placeholder(each)[0] not in (*_RUNNING, "sldImg"):
                    slide.leave_out("speaker's notes", _spoken(each))
        elif kind in _BESIDE and part in parts:
            slide.leave_out(_BESIDE[kind], _spoken(tree(parts[part])))
    return slide


def _inherited(parts: dict[str, bytes], layouts: dict[str, Any], name: str) -> Iterator[Any]:
    """Yield the layout of a slide, and the master of that."""
    for kind in ("slideLayout", "slideMaster"):
        name = next((target for _, each, target in relations(parts, name) if each == kind), "")
        if name not in parts:
            return
        if name not in layouts:
            layouts[name] = tree(parts[name])
        yield layouts[name]


def _spoken(element: Any) -> str:
    """Return every word below an element, paragraph by paragraph."""
    words = ""
    for each in element.iter():
        name = name_of(each)
        if name in ("t", "v", "text"):
            words += each.text or ""
        elif name in ("p", "br", "tc", "pt", "cm"):
            words += " "
    return words


# --- shapes


def _placeholder(shape: Any) -> tuple[str, str]:
    """Return the kind and number of a placeholder, both empty for a shape that is none."""
    mark = next(every(child(shape, "nvSpPr"), "ph"), None) if child(shape, "nvSpPr") is not None else None
    return ("", "") if mark is None else (value(mark, "type") or "obj", value(mark, "idx") or "0")


def _shapes(shapes: Sequence[Any], slide: _Slide, depth: int) -> None:
    for shape in shapes:
        name = name_of(shape)
        if depth > MAX_DEPTH:
            slide.leave_out("nested too deep", _spoken(shape))
        elif name == "AlternateContent":
            _shapes(
                list(next((each for each in shape if name_of(each) in ("Choice", "Fallback")), ())), slide, depth + 1
            )
        elif name in ("sp", "grpSp", "graphicFrame", "pic", "cxnSp", "contentPart"):
            _shape(shape, slide, depth)


def _shape(shape: Any, slide: _Slide, depth: int) -> None:
    about = next(every(shape, "cNvPr"), None)
    kind, _ = _placeholder(shape)
    if value(about, "hidden") not in ("", "0", "false"):
        slide.leave_out("hidden text", _spoken(shape))
    elif not depth and _is_outside(shape, slide.size):
        slide.leave_out("text beside the slide", _spoken(shape))
    elif kind in _RUNNING:
        slide.leave_out(_RUNNING[kind], _spoken(shape))
    elif name_of(shape) == "grpSp":
        _shapes(list(shape), slide, depth + 1)
    elif name_of(shape) == "graphicFrame":
        for table in every(shape, "tbl"):
            _table(table, slide)
        for embedded in every(shape, "oleObj"):
            slide.leave_out("embedded object that is not read", value(embedded, "name") or value(embedded, "progId"))
    elif name_of(shape) == "pic":
        slide.leave_out("picture", value(about, "descr"))
    elif child(shape, "txBody") is not None:
        pieces = list(_paragraphs(child(shape, "txBody"), _styles(shape, slide), slide))
        if kind in _TITLES and not slide.title:
            slide.title = " ".join(piece.text for piece in pieces)
        else:
            slide.pieces += pieces


def _is_outside(shape: Any, size: _Size) -> bool:
    """Tell whether a shape lies wholly beside the slide, where nobody sees it."""
    place = next(every(shape, "xfrm"), None)
    corner, reach = child(place, "off"), child(place, "ext")
    if corner is None or reach is None or not all(size):
        return False
    starts = [number(value(corner, name)) for name in "xy"]
    ends = [start + number(value(reach, f"c{name}")) for start, name in zip(starts, "xy", strict=True)]
    return any(end <= 0 or start >= whole for start, end, whole in zip(starts, ends, size, strict=True))


def _styles(shape: Any, slide: _Slide) -> _Styles:
    """Return the styles of the levels of a shape: its own, those of its placeholder, and those of its master's text."""
    kind, at = _placeholder(shape)
    styles = [child(child(shape, "txBody"), "lstStyle")]
    for root in slide.inherited if kind else ():
        alike = [each for each in every(root, "sp") if _placeholder(each)[0]]
        same = next((each for each in alike if _placeholder(each)[1] == at and at != "0"), None)
        if same is None:
            same = next(
                (each for each in alike if _placeholder(each)[0] in (kind, "body" if kind == "obj" else kind)), None
            )
        if same is not None:
            styles.append(child(child(same, "txBody"), "lstStyle"))
    if len(slide.inherited) == 2:
        name = "titleStyle" if kind in _TITLES else "bodyStyle" if kind else "otherStyle"
        styles.append(child(child(slide.inherited[1], "txStyles"), name))
    return [each for each in styles if each is not None]


# --- tables


def _table(table: Any, slide: _Slide) -> None:
    rows = [[_cell(each, slide) for each in row if name_of(each) == "tc" and not _is_covered(each)]
            for row in table if name_of(row) == "tr"]  # fmt: skip
    marked = value(child(table, "tblPr"), "firstRow")
    if rows and _names_columns(rows, is_marked=marked != "" and is_on(marked)):
        rows[0] = [Cell(cell.text, True, cell.columns, cell.rows) for cell in rows[0]]
    lines = table_rows(rows)
    slide.pieces += [Piece("row" if line.is_row else "paragraph", line.text) for line in lines if line.text]
    for name in unused_names(rows, lines):
        slide.leave_out("column without entries", name)


def _is_covered(cell: Any) -> bool:
    return any(value(cell, name) not in ("", "0", "false") for name in ("hMerge", "vMerge"))


def _cell(cell: Any, slide: _Slide) -> Cell:
    body = child(cell, "txBody")
    text = " ".join(piece.text for piece in _paragraphs(body, [], slide)) if body is not None else ""
    return Cell(text, False, number(value(cell, "gridSpan"), 1), number(value(cell, "rowSpan"), 1))


def _names_columns(rows: Sequence[Sequence[Cell]], *, is_marked: bool) -> bool:
    """Tell whether the first row names columns.

    PowerPoint marks that of every new table so. It is taken to name columns only in a table of three columns or more
    with short cells, or over nothing but figures.
    """
    head = rows[0]
    is_short = len(rows) > 1 and len(head) > 2 and all(cell.text and len(cell.text) <= _MAX_NAME for cell in head[1:])
    return stands_over_figures(rows) or (is_marked and is_short)


# --- words


def _paragraphs(body: Any, styles: _Styles, slide: _Slide) -> Iterator[Piece]:
    counts: dict[int, int] = {}
    for paragraph in body:
        if name_of(paragraph) != "p":
            continue
        properties = child(paragraph, "pPr")
        depth = number(value(properties, "lvl"))
        levels = [
            each for each in (properties, *(child(style, f"lvl{depth + 1}pPr") for style in styles)) if each is not None
        ]
        text = tidy(level(_runs(paragraph, levels, slide)))
        if not text:
            continue
        bullet = next((mark for each in levels for mark in each if name_of(mark).startswith("bu") and name_of(mark) in
                       ("buNone", "buChar", "buAutoNum", "buBlip")), None)  # fmt: skip
        kind = name_of(bullet) if bullet is not None else "buNone"
        if kind == "buAutoNum":
            counts[depth] = counts.get(depth, number(value(bullet, "startAt"), 1) - 1) + 1
            text = f"{_label(value(bullet, 'type'), counts[depth])} {text}"
        for each in [at for at in counts if at > depth or (at == depth and kind != "buAutoNum")]:
            del counts[each]
        yield Piece("paragraph" if kind == "buNone" else "item", text)


def _label(kind: str, count: int) -> str:
    known = _AUTOMATIC.fullmatch(kind)
    form, signs = known.groups() if known else ("arabic", "Period")
    return _ROUND[signs].format(in_format(count, _FORMS[form]))


def _runs(paragraph: Any, levels: Sequence[Any], slide: _Slide) -> Iterator[tuple[str, int]]:
    """Yield the words of a paragraph with their heights."""
    usual = [child(each, "defRPr") for each in levels]
    for run in paragraph:
        name = name_of(run)
        if name == "br":
            yield " ", 0
        elif name == "AlternateContent":
            yield from _runs(next((each for each in run if name_of(each) in ("Choice", "Fallback")), ()), levels, slide)
        elif name == "m":
            yield from ((formula(each, _equation_text), 0) for each in run)
        elif name in ("r", "fld"):
            looks = [each for each in (child(run, "rPr"), *usual) if each is not None]
            text = "".join(each.text or "" for each in run if name_of(each) == "t")
            if _stated(looks, "strike") in ("sngStrike", "dblStrike"):
                slide.leave_out("struck out", text)
            elif 0 < number(_stated(looks, "sz"), _TINY + 1) <= _TINY:
                slide.leave_out("hidden text", text)
            else:
                shift = number(_stated(looks, "baseline"))
                yield text, 1 if shift >= _SHIFTED else -1 if shift <= -_SHIFTED else 0


def _stated(looks: Sequence[Any], name: str) -> str:
    return next((said for each in looks if (said := value(each, name))), "")


def _equation_text(part: Any) -> str:
    return "".join(each.text or "" for each in every(part, "t"))
