"""The reader of workbooks (.xlsx): the tables of its sheets, with the names of sheets and cells, and what was left out.

In: the bytes of an .xlsx. Out: a ``Reading``. Runs in the worker only (see ``sandbox``).

The XML itself is read. A sheet is a heading, and below it the cells of the rows that follow ("Cells A2:D21"), so that
a quoted row can be found. Numbers, days and shares are written as the sheet shows them. Left out, and listed, are
hidden sheets, rows and columns, struck and unseen words, comments, formulas never worked out, and what is drawn.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from probqa.errors import ReadingError
from probqa.reading.assembly import Piece, Reading
from probqa.reading.formats.number_formats import BUILT_IN, GENERAL, general, shown
from probqa.reading.formats.packed_xml import child, every, is_on, name_of, number, relations, tree, unpack, value
from probqa.reading.formats.page_tables import Cell, TableLine, table_rows, unused_names
from probqa.reading.formats.raised import level
from probqa.reading.formats.repairs import tidy
from probqa.reading.formats.word_about import metadata
from probqa.reading.formats.word_styles import may_head
from probqa.records import Removal

VERSION = "xlsx 2"

# The rows below one heading, which names their cells.
_ROWS = 20
_WHITE = ("FFFFFFFF", "00FFFFFF")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
_BESIDE = {
    "comments": "comment",
    "threadedComment": "comment",
    "chart": "text in a chart",
    "chartEx": "text in a chart",
    "diagramData": "text in a diagram",
    "drawing": "text in a drawing",
}
_HEADERS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
_CODES = re.compile(r'&(?:"[^"]{0,80}"|K[0-9A-Fa-f]{6}|\d{1,3}|.)', re.DOTALL)
_SIDES = re.compile(r"&[LCR]")

_ESCAPED = re.compile(r"_x([0-9A-Ca-c][0-9A-Fa-f]{3})_")
# More rows than fit a screen do not stay when one scrolls.
_MOST_FROZEN = 20
_MAX_NAME = 60

Run = tuple[str, tuple[int, bool] | None]
"""Words, and their height (1 raised, -1 lowered) and whether they are struck out, or None where their cell says so."""


@dataclass(frozen=True, slots=True)
class _Look:
    """How a cell looks: the code of its numbers, and its type."""

    code: str = GENERAL
    is_struck: bool = False
    is_bold: bool = False
    is_unseen: bool = False
    height: int = 0


@dataclass(slots=True)
class _Book:
    """What the parts of a workbook say, and what is left out of it."""

    looks: list[_Look]
    strings: list[list[Run]]
    is_1904: bool
    removals: list[Removal] = field(default_factory=list)

    def leave_out(self, reason: str, where: str, text: str) -> None:
        """List words, and the sheet or cell in which they stand."""
        if text := tidy(text):
            self.removals.append(Removal(f"{reason}, {where}" if where else reason, text, len(text)))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A cell that shows something."""

    text: str
    is_bold: bool
    is_words: bool


_Grid = dict[int, dict[int, _Entry]]
_Spans = dict[tuple[int, int], tuple[int, int]]


def read_xlsx(content: bytes) -> Reading:
    """Read an .xlsx.

    Raises:
        ReadingError: it is no .xlsx, damaged, too large when unpacked, or shows nothing.
    """
    parts = unpack(content, (".xml", ".rels"))
    name = next((target for _, kind, target in relations(parts, "") if kind == "officeDocument"), "")
    main = tree(parts[name]) if name in parts else None
    if main is None or name_of(main) != "workbook":
        raise ReadingError("is not an Excel workbook", "save it as .xlsx, or its sheets as PDF")
    related = {identifier: (kind, target) for identifier, kind, target in relations(parts, name)}
    by_kind = {kind: tree(parts[target]) for kind, target in related.values()
               if kind in ("styles", "sharedStrings") and target in parts}  # fmt: skip
    book = _Book(
        looks=_looks(by_kind.get("styles")),
        strings=[_runs(each) for each in by_kind.get("sharedStrings", ()) if name_of(each) == "si"],
        is_1904=any(value(each, "date1904") not in ("", "0", "false") for each in every(main, "workbookPr")),
    )
    pieces: list[Piece] = []
    for sheet in every(child(main, "sheets"), "sheet") if child(main, "sheets") is not None else ():
        _, target = related.get(_relation_of(sheet), ("", ""))
        pieces += _sheet(parts, target, value(sheet, "name"), book, is_hidden="idden" in value(sheet, "state"))
    if not any(piece.kind != "heading" for piece in pieces):
        raise ReadingError("holds no text to quote", "if its sheets are pictures or charts, save them as PDF")
    return Reading(pieces, book.removals, metadata=metadata(parts, [], [], "Excel file"))


def _relation_of(sheet: Any) -> str:
    """Return the id of a sheet's part, which is not the sheet's own number."""
    return next((str(text) for key, text in sheet.attrib.items() if key.endswith("}id")), "")


# --- looks and words


def _looks(root: Any) -> list[_Look]:
    if root is None:
        return []
    codes = dict(BUILT_IN) | {
        number(value(each, "numFmtId")): value(each, "formatCode") for each in every(root, "numFmt")
    }
    fonts, fills = child(root, "fonts"), child(root, "fills")
    filled = (
        [value(child(each, "patternFill"), "patternType") not in ("", "none") for each in fills if name_of(each)]
        if fills is not None
        else []
    )
    types = [each for each in fonts if name_of(each)] if fonts is not None else []
    looks = []
    for each in child(root, "cellXfs") if child(root, "cellXfs") is not None else ():
        font, fill = number(value(each, "fontId")), number(value(each, "fillId"))
        looks.append(
            _look(
                codes.get(number(value(each, "numFmtId")), ""),
                types[font] if 0 <= font < len(types) else None,
                is_filled=0 <= fill < len(filled) and filled[fill],
            )
        )
    return looks


def _look(code: str, font: Any, *, is_filled: bool) -> _Look:
    color = child(font, "color")
    is_white = value(color, "rgb").upper() in _WHITE or (value(color, "theme") == "0" and not value(color, "tint"))
    return _Look(code, _has(font, "strike"), _has(font, "b"), is_white and not is_filled, _height(font))


def _has(properties: Any, name: str) -> bool:
    element = child(properties, name)
    return element is not None and is_on(value(element))


def _height(properties: Any) -> int:
    return {"superscript": 1, "subscript": -1}.get(value(child(properties, "vertAlign")), 0)


def _runs(element: Any) -> list[Run]:
    """Return the words of a string, run by run."""
    runs: list[Run] = []
    for each in element if element is not None else ():
        if name_of(each) == "t":
            runs.append((_unescaped(each.text), None))
        elif name_of(each) == "r":
            own = child(each, "rPr")
            look = None if own is None else (_height(own), _has(own, "strike"))
            runs.append((_unescaped("".join(part.text or "" for part in each if name_of(part) == "t")), look))
    return runs


def _unescaped(text: str | None) -> str:
    """Return a string without the escapes for characters that XML cannot hold."""
    return _ESCAPED.sub(lambda escaped: chr(int(escaped.group(1), 16)), text or "")


def _entry(cell: Any, where: str, book: _Book) -> _Entry | None:
    """Return what a cell shows, or None where that is nothing."""
    at = number(cell.get("s", ""))
    look = book.looks[at] if 0 <= at < len(book.looks) else _Look()
    inside = {name_of(each): each for each in cell}
    kind, stored = cell.get("t", ""), inside["v"].text or "" if "v" in inside else ""
    if kind == "inlineStr":
        runs = _runs(inside.get("is"))
    elif kind == "s":
        place = number(stored, -1)
        runs = book.strings[place] if 0 <= place < len(book.strings) else []
    elif not stored and kind != "str" and "f" in inside and inside["f"].text:
        book.leave_out("formula that was never worked out", where, f"={inside['f'].text}")
        return None
    else:
        runs = [(_value(kind, stored, look, where, book), None)]
    if look.is_unseen or look.code == ";;;":
        book.leave_out("hidden text", where, "".join(text for text, _ in runs))
        return None
    live: list[tuple[str, int]] = []
    for text, own in runs:
        height, is_struck = own or (look.height, look.is_struck)
        if is_struck:
            book.leave_out("struck out", where, text)
        else:
            live.append((text, height))
    text = tidy(level(live) if len(live) > 1 else live[0][0] if live else "")
    return _Entry(text, look.is_bold, kind in ("s", "str", "inlineStr")) if text else None


def _value(kind: str, stored: str, look: _Look, where: str, book: _Book) -> str:
    if kind == "b":
        return "TRUE" if stored == "1" else "FALSE"
    if kind in ("str", "e", "d") or not stored:
        return _unescaped(stored)
    written = shown(stored, look.code, is_1904=book.is_1904)
    if written is None:
        book.leave_out("number format that is not read", where, look.code)
        return general(stored)
    if not written:
        book.leave_out("hidden text", where, general(stored))
    return written


# --- sheets


def _sheet(parts: dict[str, bytes], target: str, name: str, book: _Book, *, is_hidden: bool) -> Iterator[Piece]:
    root = tree(parts[target]) if target in parts else None
    if root is None or name_of(root) != "worksheet":
        book.leave_out("sheet that is not read", "", name)
        return
    grid, is_bridged = _grid(root, name, book)
    _list_beside(parts, target, root, name, book)
    if is_hidden:
        words = " ".join(entry.text for row in grid.values() for entry in row.values())
        book.leave_out("hidden sheet", name, words)
        return
    if grid:
        yield Piece("heading", tidy(name), 1)
    spans = _spans(root, grid, name, book)
    heads = _heads(parts, target, root)
    for rows in _blocks(grid, spans, is_bridged):
        yield from _block(grid, rows, spans, heads, name, book)


def _grid(root: Any, name: str, book: _Book) -> tuple[_Grid, set[int]]:
    """Return what is seen of a sheet's cells, by row and column, and the rows that are hidden."""
    hidden = [
        (number(value(each, "min")), number(value(each, "max")))
        for each in every(root, "col")
        if _is_marked(each, "hidden")
    ]
    grid: _Grid = {}
    hidden_rows: set[int] = set()
    at = 0
    for row in every(root, "row"):
        at = number(row.get("r", ""), at + 1)
        if _is_marked(row, "hidden"):
            hidden_rows.add(at)
        column = 0
        for cell in row:
            if name_of(cell) != "c":
                continue
            address = _ADDRESS.fullmatch(cell.get("r", ""))
            column = _column(address.group(1)) if address else column + 1
            where = f"at {name}!{_letters(column)}{at}"
            entry = _entry(cell, where, book)
            if entry is None:
                continue
            if at in hidden_rows or any(first <= column <= last for first, last in hidden):
                book.leave_out("hidden text", where, entry.text)
            else:
                grid.setdefault(at, {})[column] = entry
    return grid, hidden_rows


def _is_marked(element: Any, name: str) -> bool:
    return value(element, name) not in ("", "0", "false")


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    return column


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, last = divmod(column - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


def _range(text: str) -> tuple[int, int, int, int] | None:
    """Return first row and column, last row and column of "A1:B2", or None where it is no such thing."""
    ends = [_ADDRESS.fullmatch(each.replace("$", "")) for each in text.split(":")]
    if not ends or ends[0] is None or ends[-1] is None:
        return None
    first, last = ends[0], ends[-1]
    return int(first.group(2)), _column(first.group(1)), int(last.group(2)), _column(last.group(1))


def _spans(root: Any, grid: _Grid, name: str, book: _Book) -> _Spans:
    """Return the last row and column of every cell that reaches over others, whose entries are listed and taken out."""
    spans: _Spans = {}
    for merged in every(root, "mergeCell"):
        reach = _range(value(merged, "ref"))
        if reach is None:
            continue
        top, left, bottom, right = reach
        for row in range(top, bottom + 1) if bottom - top < len(grid) else sorted(grid):
            for column in [each for each in grid.get(row, {}) if left <= each <= right and top <= row <= bottom]:
                if (row, column) != (top, left):
                    covered = grid[row].pop(column)
                    book.leave_out("text below a merged cell", f"at {name}!{_letters(column)}{row}", covered.text)
        if left in grid.get(top, {}):
            spans[top, left] = bottom, right
    return spans


def _heads(parts: dict[str, bytes], target: str, root: Any) -> set[int]:
    """Return the rows that the file says name columns: of tables, over filters, and those that never scroll away."""
    heads: set[int] = set()
    tables = [tree(parts[part]) for _, kind, part in relations(parts, target) if kind == "table" and part in parts]
    for table in (*tables, *(each for each in root if name_of(each) == "autoFilter")):
        reach = _range(value(table, "ref"))
        if reach and value(table, "headerRowCount") != "0":
            heads.add(reach[0])
    for pane in every(root, "pane"):
        if value(pane, "state").startswith("frozen"):
            heads.update(range(1, min(number(value(pane, "ySplit")), _MOST_FROZEN) + 1))
    return heads


def _blocks(grid: _Grid, spans: _Spans, hidden: set[int]) -> Iterator[list[int]]:
    """Yield the rows of each table: those between rows in which nothing stands."""
    block: list[int] = []
    reached = 0
    for row in sorted(each for each, entries in grid.items() if entries):
        if block and row > reached + 1 and any(each not in hidden for each in range(reached + 1, row)):
            yield block
            block = []
        block.append(row)
        reached = max(row, *(spans.get((row, column), (row, 0))[0] for column in grid[row]))
    if block:
        yield block


def _block(
    grid: _Grid, rows: Sequence[int], spans: _Spans, stated: set[int], name: str, book: _Book
) -> Iterator[Piece]:
    """Yield the rows of a table, below headings that name their cells."""
    table = _table(grid, rows, spans, _head_rows(grid, rows, stated))
    lines = table_rows(table)
    part: list[TableLine] = []
    for line in lines:
        row, column = line.cells[0].slots[0]
        if not line.is_row and line is not lines[-1] and grid[row][column].is_bold and may_head(line.text):
            yield from _part(part)
            part = []
            yield Piece("heading", line.text, 2)
            continue
        part.append(line)
        if len(part) == _ROWS:
            yield from _part(part)
            part = []
    yield from _part(part)
    for text in unused_names(table, lines):
        book.leave_out("column without entries", f"in {name}", text)


def _part(lines: Sequence[TableLine]) -> Iterator[Piece]:
    if lines:
        yield Piece("heading", _address(lines), 3)
    for line in lines:
        yield Piece("row" if line.is_row else "paragraph", line.text)


def _head_rows(grid: _Grid, rows: Sequence[int], stated: set[int]) -> set[int]:
    """Return the rows that name columns: those that the file names, or the first where its type or entries say so."""
    heads = {row for row in rows if row in stated and len(grid[row]) > 1}
    rows = rows[next((place for place, row in enumerate(rows) if len(grid[row]) > 1), 0) :]
    first, below = list(grid[rows[0]].values()), [entry for row in rows[1:] for entry in grid[row].values()]
    if (
        heads
        or len(first) < 2
        or not below
        or not all(entry.is_words and len(entry.text) <= _MAX_NAME for entry in first)
    ):
        return heads
    is_bold = all(entry.is_bold for entry in first) and not all(entry.is_bold for entry in below)
    left = min(grid[rows[0]])
    figures = [entry for row in rows[1:] for column, entry in grid[row].items() if column > left]
    over_figures = bool(figures) and not any(entry.is_words for entry in figures)
    return {rows[0]} if is_bold or over_figures else set()


def _table(grid: _Grid, rows: Sequence[int], spans: _Spans, heads: set[int]) -> list[list[Cell]]:
    """Return the cells of a table, each of which keeps its row and column."""
    columns = sorted({column for row in rows for column in grid[row]})
    covered: set[tuple[int, int]] = set()
    table: list[list[Cell]] = []
    for row in rows:
        cells: list[Cell] = []
        for column in columns:
            if (row, column) in covered:
                continue
            entry = grid[row].get(column)
            bottom, right = spans.get((row, column), (row, column))
            over = columns[bisect_left(columns, column) : bisect_right(columns, right)]
            down = rows[bisect_left(rows, row) : bisect_right(rows, bottom)]
            covered.update((each, other) for each in down for other in over)
            cells.append(Cell(entry.text if entry else "", row in heads, len(over), len(down), ((row, column),)))
        table.append(cells)
    return table


def _address(lines: Sequence[TableLine]) -> str:
    """Name the cells of some lines: from where to where they reach."""
    places = [place for line in lines for cell in line.cells for place in cell.slots]
    first = min(max(row for cell in line.cells for row, _ in cell.slots) for line in lines)
    last = max(row for row, _ in places)
    left, right = min(column for _, column in places), max(column for _, column in places)
    start, end = f"{_letters(left)}{first}", f"{_letters(right)}{last}"
    return f"Cell {start}" if start == end else f"Cells {start}:{end}"


# --- what stands beside the cells


def _list_beside(parts: dict[str, bytes], target: str, root: Any, name: str, book: _Book) -> None:
    """List comments, drawings and running lines of a sheet."""
    for kind, part in _beside(parts, target):
        for each in (
            every(tree(parts[part]), "comment", "threadedComment") if kind == "comment" else (tree(parts[part]),)
        ):
            cell = value(each, "ref") if kind == "comment" else ""
            book.leave_out(kind, f"at {name}!{cell}" if cell else f"in {name}", _drawn(each))
    for header in every(root, *_HEADERS):
        kind = "running header" if name_of(header).endswith("Header") else "running footer"
        book.leave_out(kind, f"in {name}", _CODES.sub("", _SIDES.sub(" ", header.text or "")))


def _beside(parts: dict[str, bytes], target: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of comments, drawings and charts: what each is, and its name."""
    for _, kind, part in relations(parts, target):
        if kind in _BESIDE and part in parts:
            yield _BESIDE[kind], part
            if kind == "drawing":
                yield from ((_BESIDE[inner], each) for _, inner, each in relations(parts, part)
                            if inner in _BESIDE and inner != "drawing" and each in parts)  # fmt: skip


def _drawn(element: Any) -> str:
    """Return the words of a comment or drawing, of which each paragraph stands apart."""
    return " ".join(each.text or "" for each in every(element, "t", "v", "text") if each.text)
