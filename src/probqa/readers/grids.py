"""Tables whose cells a PDF draws with lines, as rows that name their columns.

In: the lines of one page and the boxes of its drawn rules. Out: the same lines in order, with those inside a table
replaced by ``Row`` records.

Only a full grid is taken for a table: at least two columns and two rows, every row closed by a rule over its whole
width. Anything less certain stays the plain lines it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from probqa.readers.pdfium import Box, Line
from probqa.readers.repairs import tidy
from probqa.readers.rows import row_text

_NEAR = 3.0
_MAX_RULES = 4_000


@dataclass(frozen=True, slots=True)
class Row:
    """One table row: its text names its columns where the table has a head."""

    text: str


@dataclass(slots=True)
class _Grid:
    xs: list[float]
    ys: list[float]
    uprights: list[Box]


def take_rows(lines: Sequence[Line], rules: Sequence[Box], page: Box) -> list[tuple[int, Line | Row]]:
    """Replace the lines of every ruled table by its rows; each keeps the position of the line it came from."""
    kept: dict[int, list[Line | Row]] = {at: [line] for at, line in enumerate(lines)}
    for grid in _grids(rules, page):
        inside = [at for at, line in enumerate(lines) if len(kept[at]) == 1 and kept[at][0] is line and _is_in(line, grid)]
        rows = _rows(grid, [lines[at] for at in inside])
        if rows is None:
            continue
        for at in inside:
            kept[at] = []
        kept[inside[0]] = list(rows)
    return [(at, item) for at, items in kept.items() for item in items]


def _grids(rules: Sequence[Box], page: Box) -> list[_Grid]:
    flat, upright = _segments(rules, page)
    grids: list[_Grid] = []
    for box in _clusters(flat + upright):
        level = [s for s in flat if _touches(s, box)]
        uprights = [s for s in upright if _touches(s, box)]
        wide = box[2] - box[0]
        full = [s for s in level if s[2] - s[0] >= 0.9 * wide]
        xs = _distinct([s[0] for s in uprights])
        ys = _distinct([s[1] for s in full])
        # A rule that closes some cells of a row and not others: cells span rows, and the reading is not certain.
        partial = [s for s in level if s not in full and all(abs(s[1] - y) > _NEAR for y in ys)]
        if len(xs) >= 3 and len(ys) >= 3 and not partial:
            grids.append(_Grid(xs, ys, uprights))
    return grids


def _segments(rules: Sequence[Box], page: Box) -> tuple[list[Box], list[Box]]:
    """Level and upright rules, those in one line joined; a drawn rectangle gives its four sides."""
    flat: list[Box] = []
    upright: list[Box] = []
    for left, bottom, right, top in rules[:_MAX_RULES]:
        width, height = right - left, top - bottom
        if width > 0.97 * (page[2] - page[0]) and height > 0.5 * (page[3] - page[1]):
            continue
        if height <= _NEAR < width:
            flat.append((left, bottom, right, bottom))
        elif width <= _NEAR < height:
            upright.append((left, bottom, left, top))
        elif min(width, height) > 2 * _NEAR:
            flat += [(left, bottom, right, bottom), (left, top, right, top)]
            upright += [(left, bottom, left, top), (right, bottom, right, top)]
    return _joined(flat, 1, 0), _joined(upright, 0, 1)


def _joined(segments: list[Box], fixed: int, along: int) -> list[Box]:
    """Join segments that lie on one line and touch: ``fixed`` is the axis they share, ``along`` the one they run on."""
    joined: list[list[float]] = []
    order = sorted(segments, key=lambda s: (s[fixed], s[along]))
    rows: list[list[Box]] = []
    for segment in order:
        if rows and segment[fixed] - rows[-1][0][fixed] <= _NEAR:
            rows[-1].append(segment)
        else:
            rows.append([segment])
    for row in rows:
        start = len(joined)
        for segment in sorted(row, key=lambda s: s[along]):
            if len(joined) > start and segment[along] <= joined[-1][along + 2] + 2 * _NEAR:
                joined[-1][along + 2] = max(joined[-1][along + 2], segment[along + 2])
            else:
                joined.append(list(segment))
    return [(s[0], s[1], s[2], s[3]) for s in joined]


def _clusters(segments: Sequence[Box]) -> list[Box]:
    """The boxes round segments that touch each other."""
    boxes: list[Box] = []
    for segment in segments:
        box = segment
        while touching := [other for other in boxes if _touches(other, box)]:
            boxes = [other for other in boxes if other not in touching]
            for other in touching:
                box = (min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
        boxes.append(box)
    return boxes


def _touches(one: Box, other: Box) -> bool:
    return (
        one[0] <= other[2] + _NEAR
        and other[0] <= one[2] + _NEAR
        and one[1] <= other[3] + _NEAR
        and other[1] <= one[3] + _NEAR
    )


def _distinct(values: Sequence[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _is_in(line: Line, grid: _Grid) -> bool:
    middle = (line.left + line.right) / 2
    return grid.xs[0] <= middle <= grid.xs[-1] and grid.ys[0] - 1 <= line.baseline <= grid.ys[-1] and not line.turned


def _rows(grid: _Grid, lines: Sequence[Line]) -> list[Row] | None:
    """The rows of a grid from the top; None where too few cells hold text for a table."""
    table: list[list[str]] = []
    bold: list[bool] = []
    for low, high in reversed(list(zip(grid.ys, grid.ys[1:], strict=False))):
        within = [line for line in lines if low - 1 < line.baseline <= high - 1]
        middle = (low + high) / 2
        walls = [x for x in grid.xs if any(abs(s[0] - x) <= _NEAR and s[1] <= middle <= s[3] for s in grid.uprights)]
        walls = sorted({grid.xs[0], *walls, grid.xs[-1]})
        cells = [_cell(within, left, right) for left, right in zip(walls, walls[1:], strict=False)]
        if any(cells):
            table.append(cells)
            bold.append(all(line.bold for line in within))
    if len(table) < 2 or sum(sum(map(bool, cells)) >= 2 for cells in table) < 2:
        return None
    has_head = all(table[0]) and bold[0] and not all(bold) and len(set(table[0])) == len(table[0]) > 1
    names = table[0] if has_head else []
    return [Row(row_text(cells, names)) for cells in (table[1:] if has_head else table)]


def _cell(lines: Sequence[Line], left: float, right: float) -> str:
    """The characters of ``lines`` whose middles lie between two walls."""
    parts = []
    for line in lines:
        inside = [
            character
            for character, (start, end) in zip(line.text, line.edges, strict=True)
            if left <= (start + end) / 2 < right
        ]
        parts.append("".join(inside))
    return tidy(" ".join(parts))
