"""Tables whose cells a PDF draws with lines, as rows that name their columns.

In: the lines of one page and the boxes of its drawn rules. Out: the same lines in order, with those inside a table
replaced by ``Row`` records.

Only a full grid is taken for a table: at least two columns and two rows with text, walls and rules on all sides. A
cell that spans rows is said again in each of them. A wall through a word, or a rule through a sentence, shows that the
lines mean something else (a chart, a frame); then, as for anything less certain, the plain lines stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from probqa.reading.formats.pdfium import Box, Line
from probqa.reading.formats.repairs import tidy
from probqa.reading.formats.rows import row_text

_NEAR = 3.0
_MAX_RULES = 4_000
# A cell that spans rows holds a name or a grade; more text than this is a frame round something else.
_MAX_SPANNING_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One table row: its text names its columns where the table has a head."""

    text: str


@dataclass(slots=True)
class _Grid:
    xs: list[float]
    ys: list[float]
    level: list[Box]
    uprights: list[Box]


def take_rows(lines: Sequence[Line], rules: Sequence[Box], page: Box) -> list[tuple[int, Line | Row]]:
    """Replace the lines of every ruled table by its rows; each keeps the position of the line it came from."""
    kept: dict[int, list[Line | Row]] = {at: [line] for at, line in enumerate(lines)}
    for grid in _grids(rules, page):
        inside = [
            at for at, line in enumerate(lines) if len(kept[at]) == 1 and kept[at][0] is line and _is_in(line, grid)
        ]
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
        xs = _distinct([s[0] for s in uprights])
        ys = _distinct([s[1] for s in level])
        if len(xs) < 3 or len(ys) < 3:
            continue
        closed = all(
            any(_spans(s, xs[0], xs[-1], 0) for s in level if abs(s[1] - y) <= _NEAR) for y in ys[:1] + ys[-1:]
        )
        if closed:
            grids.append(_Grid(xs, ys, level, uprights))
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


def _spans(segment: Box, start: float, end: float, along: int) -> bool:
    """Whether a level (0) or upright (1) segment runs from ``start`` to ``end``, but for its tips."""
    return segment[along] <= start + 2 * _NEAR and segment[along + 2] >= end - 2 * _NEAR


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
    """The rows of a grid from the top; None where it is no table after all."""
    table: list[list[str]] = []
    bold: list[bool] = []
    before: list[Box] = []
    for low, high in reversed(list(pairwise(grid.ys))):
        within = [line for line in lines if low - 1 < line.baseline <= high - 1]
        walls = [x for x in grid.xs if any(abs(s[0] - x) <= _NEAR and _spans(s, low, high, 1) for s in grid.uprights)]
        walls = sorted({grid.xs[0], *walls, grid.xs[-1]})
        parts = _bands(within, walls)
        for part in parts:
            cells, boxes = [], []
            for left, right in pairwise(walls):
                bottom, top = _floor(grid, low, left, right, -1), _floor(grid, high, left, right, 1)
                spans = (bottom, top) != (low, high)
                held = [line for line in lines if bottom - 1 < line.baseline <= top - 1] if spans else part
                if any(_cuts_word(line, x) for line in held for x in (left, right)):
                    return None
                cells.append(_cell(held, left, right))
                boxes.append((left, bottom, right, top))
                if spans and len(cells[-1]) > _MAX_SPANNING_CHARACTERS:
                    return None
            if any(cells) and (boxes != before or len(parts) > 1):
                table.append(cells)
                bold.append(bool(part) and all(line.bold for line in part))
            before = boxes
    if len(table) < 2 or sum(sum(map(bool, cells)) >= 2 for cells in table) < 2 or _cuts_sentence(table):
        return None
    has_head = all(table[0]) and bold[0] and not any(bold[1:]) and len(set(table[0])) == len(table[0]) > 1
    names = table[0] if has_head else []
    return [Row(row_text(cells, names)) for cells in (table[1:] if has_head else table)]


def _cuts_word(line: Line, x: float) -> bool:
    """Whether a wall at ``x`` passes through a word."""
    for at in range(1, len(line.text)):
        if (
            line.edges[at - 1][0] < x - 0.5
            and line.edges[at][1] > x + 0.5
            and line.edges[at][0] >= line.edges[at - 1][0]
        ):
            before, after = line.text[at - 1], line.text[at]
            gap = line.edges[at][0] - line.edges[at - 1][1]
            middle = (
                (line.edges[at - 1][0] + line.edges[at - 1][1]) / 2 < x <= (line.edges[at][0] + line.edges[at][1]) / 2
            )
            if middle and not before.isspace() and not after.isspace() and gap < 0.2 * line.size:
                return True
    return False


def _cuts_sentence(table: Sequence[Sequence[str]]) -> bool:
    """Whether a long cell goes on in the one below it: then the rule between them closes no row."""
    return any(
        len(upper) > 80 and upper[-1] not in ".:;!?" and lower[:1].islower()
        for above, below in pairwise(table)
        if len(above) == len(below)
        for upper, lower in zip(above, below, strict=True)
        if upper != lower
    )


def _bands(lines: Sequence[Line], walls: Sequence[float]) -> list[list[Line]]:
    """Cut a band into its printed lines where each of them fills every cell: rows without rules between them."""
    by_line: dict[int, list[Line]] = {}
    for line in lines:
        by_line.setdefault(round(line.baseline / 3), []).append(line)
    pairs = list(pairwise(walls))
    filled = all(all(_cell(row, left, right) for left, right in pairs) for row in by_line.values())
    if len(by_line) < 3 or len(pairs) < 3 or not filled:
        return [list(lines)]
    return [by_line[key] for key in sorted(by_line, reverse=True)]


def _floor(grid: _Grid, y: float, left: float, right: float, step: int) -> float:
    """The next rule from ``y`` on, upwards or downwards, that closes the cell between two walls."""
    at = grid.ys.index(y)
    while 0 < at < len(grid.ys) - 1 and not any(
        abs(s[1] - grid.ys[at]) <= _NEAR and _spans(s, left, right, 0) for s in grid.level
    ):
        at += step
    return grid.ys[at]


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
