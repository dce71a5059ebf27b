"""The rows of the tables whose cells a PDF draws with lines.

In: the lines of text on one page and the boxes of its drawn rules. Out: the same lines in order, with those inside a
table replaced by ``Row`` records.

Here a *rule* is a drawn level line and a *wall* a drawn upright one. Only a full grid is taken for a table: at least
two columns and two rows with text, and walls and rules on all sides. The text of a cell that spans several rows is
repeated in each of them. A wall through a word, or a rule through a sentence, shows that the drawn lines mean something
else (a chart, a frame), and so does a word that is in no cell. Then, and wherever else it is not certain, the lines of
text stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from probqa.reading.formats.pdfium import Line
from probqa.reading.formats.printed import Printed, printed_row, tidied_line
from probqa.reading.formats.repairs import tidy
from probqa.reading.formats.runs import Box

_NEAR = 3.0
_MAX_RULES = 4_000
# A cell that spans rows holds a name or a grade. With more text than this it is a frame round something else.
_MAX_SPANNING_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One table row: its text names its columns where the table has a head."""

    printed: Printed


@dataclass(slots=True)
class _Grid:
    xs: list[float]
    ys: list[float]
    level: list[Box]
    uprights: list[Box]


def take_rows(
    lines: Sequence[Line], rules: Sequence[Box], page: Box, join: Callable[[str, str], str]
) -> list[tuple[int, Line | Row]]:
    """Replace the lines of every ruled table by its rows.

    Every line keeps its position in ``lines``. The rows of a table have the position of its first line. ``join`` joins
    two lines of a cell.
    """
    kept: dict[int, list[Line | Row]] = {position: [line] for position, line in enumerate(lines)}
    for grid in _grids(rules, page):
        inside = [
            position
            for position, line in enumerate(lines)
            if len(kept[position]) == 1 and kept[position][0] is line and _is_in(line, grid)
        ]
        rows = _rows(grid, [lines[position] for position in inside], join)
        if rows is None:
            continue
        for position in inside:
            kept[position] = []
        kept[inside[0]] = list(rows)
    return [(position, item) for position, items in kept.items() for item in items]


def _grids(rules: Sequence[Box], page: Box) -> list[_Grid]:
    flat, upright = _segments(rules, page)
    grids: list[_Grid] = []
    for box in _clusters(flat + upright):
        level = [segment for segment in flat if _touches(segment, box)]
        uprights = [segment for segment in upright if _touches(segment, box)]
        xs = _distinct([segment[0] for segment in uprights])
        ys = _distinct([segment[1] for segment in level])
        if len(xs) < 3 or len(ys) < 3:
            continue
        closed = all(
            any(_spans(segment, xs[0], xs[-1], 0) for segment in level if abs(segment[1] - y) <= _NEAR)
            for y in ys[:1] + ys[-1:]
        )
        if closed:
            grids.append(_Grid(xs, ys, level, uprights))
    return grids


def _segments(rules: Sequence[Box], page: Box) -> tuple[list[Box], list[Box]]:
    """Return the level and the upright segments, joined where they lie on one line.

    A drawn rectangle gives its four sides. One about as large as the page is its background or frame, and gives none.
    """
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
    """Join segments that lie on one line and touch.

    ``fixed`` is the index of the coordinate that they share, ``along`` that of the one they run along (0: x, 1: y).
    """
    joined: list[list[float]] = []
    order = sorted(segments, key=lambda segment: (segment[fixed], segment[along]))
    rows: list[list[Box]] = []
    for segment in order:
        if rows and segment[fixed] - rows[-1][0][fixed] <= _NEAR:
            rows[-1].append(segment)
        else:
            rows.append([segment])
    for row in rows:
        start = len(joined)
        for segment in sorted(row, key=lambda segment: segment[along]):
            if len(joined) > start and segment[along] <= joined[-1][along + 2] + 2 * _NEAR:
                joined[-1][along + 2] = max(joined[-1][along + 2], segment[along + 2])
            else:
                joined.append(list(segment))
    return [(segment[0], segment[1], segment[2], segment[3]) for segment in joined]


def _clusters(segments: Sequence[Box]) -> list[Box]:
    """Return the boxes round segments that touch each other."""
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
    """Tell whether a segment runs from ``start`` to ``end``, give or take a little at its ends.

    ``along`` is 0 for a level segment and 1 for an upright one.
    """
    return segment[along] <= start + 2 * _NEAR and segment[along + 2] >= end - 2 * _NEAR


def _touches(box: Box, other: Box) -> bool:
    return (
        box[0] <= other[2] + _NEAR
        and other[0] <= box[2] + _NEAR
        and box[1] <= other[3] + _NEAR
        and other[1] <= box[3] + _NEAR
    )


def _distinct(values: Sequence[float]) -> list[float]:
    distinct: list[float] = []
    for value in sorted(values):
        if not distinct or value - distinct[-1] > _NEAR:
            distinct.append(value)
    return distinct


def _is_in(line: Line, grid: _Grid) -> bool:
    middle = (line.left + line.right) / 2
    return grid.xs[0] <= middle <= grid.xs[-1] and grid.ys[0] - 1 <= line.baseline <= grid.ys[-1] and not line.turned


def _rows(grid: _Grid, lines: Sequence[Line], join: Callable[[str, str], str]) -> list[Row] | None:
    """Return the rows of a grid from the top.

    None where it is not a table after all.
    """
    table: list[list[str]] = []
    printed: list[list[Printed]] = []
    bold: list[bool] = []
    before: list[Box] = []
    for low, high in reversed(list(pairwise(grid.ys))):
        within = [line for line in lines if low - 1 < line.baseline <= high - 1]
        walls = [
            x
            for x in grid.xs
            if any(abs(upright[0] - x) <= _NEAR and _spans(upright, low, high, 1) for upright in grid.uprights)
        ]
        walls = sorted({grid.xs[0], *walls, grid.xs[-1]})
        parts = _bands(within, walls)
        for part in parts:
            cells: list[Printed] = []
            boxes: list[Box] = []
            for left, right in pairwise(walls):
                bottom, top = _floor(grid, low, left, right, -1), _floor(grid, high, left, right, 1)
                spans = (bottom, top) != (low, high)
                held = [line for line in lines if bottom - 1 < line.baseline <= top - 1] if spans else part
                if any(_cuts_word(line, x) for line in held for x in (left, right)):
                    return None
                cell = Printed()
                for words in _cell_lines(held, left, right):
                    cell.join(words, join)
                cells.append(cell.tidied())
                boxes.append((left, bottom, right, top))
                if spans and len(cells[-1].text) > _MAX_SPANNING_CHARACTERS:
                    return None
            if any(cell.text for cell in cells) and (boxes != before or len(parts) > 1):
                printed.append(cells)
                table.append([cell.text for cell in cells])
                bold.append(bool(part) and all(line.bold for line in part))
            before = boxes
    if len(table) < 2 or sum(sum(map(bool, cells)) >= 2 for cells in table) < 2 or _cuts_sentence(table):
        return None
    if _letters(line.text for line in lines) - _letters(cell for cells in table for cell in cells):
        return None
    has_head = all(table[0]) and bold[0] and not any(bold[1:]) and len(set(table[0])) == len(table[0]) > 1
    names = printed[0] if has_head else []
    return [Row(printed_row(cells, names)) for cells in (printed[1:] if has_head else printed)]


def _letters(texts: Iterable[str]) -> Counter[str]:
    """Count letters and figures: a grid that has no cell for one of them is no table, or not one that is understood."""
    return Counter(character for text in texts for character in tidy(text) if character.isalnum())


def _cuts_word(line: Line, x: float) -> bool:
    """Tell whether a wall at ``x`` passes through a word."""
    for index in range(1, len(line.text)):
        if (
            line.boxes[index - 1][0] < x - 0.5
            and line.boxes[index][2] > x + 0.5
            and line.boxes[index][0] >= line.boxes[index - 1][0]
        ):
            before, after = line.text[index - 1], line.text[index]
            gap = line.boxes[index][0] - line.boxes[index - 1][2]
            middle = (
                (line.boxes[index - 1][0] + line.boxes[index - 1][2]) / 2
                < x
                <= (line.boxes[index][0] + line.boxes[index][2]) / 2
            )
            if middle and not before.isspace() and not after.isspace() and gap < 0.2 * line.size:
                return True
    return False


def _cuts_sentence(table: Sequence[Sequence[str]]) -> bool:
    """Tell whether the sentence of a long cell goes on in the cell below it.

    Then the rule between the two does not end a row.
    """
    return any(
        len(upper) > 80 and upper[-1] not in ".:;!?" and lower[:1].islower()
        for above, below in pairwise(table)
        if len(above) == len(below)
        for upper, lower in zip(above, below, strict=True)
        if upper != lower
    )


def _bands(lines: Sequence[Line], walls: Sequence[float]) -> list[list[Line]]:
    """Cut a band between two rules into its printed lines where each of them fills every cell.

    Such lines are table rows that have no rules between them.
    """
    by_line: dict[int, list[Line]] = {}
    for line in lines:
        by_line.setdefault(round(line.baseline / 3), []).append(line)
    pairs = list(pairwise(walls))
    filled = all(all(_cell_lines(row, left, right) for left, right in pairs) for row in by_line.values())
    if len(by_line) < 3 or len(pairs) < 3 or not filled:
        return [list(lines)]
    return [by_line[key] for key in sorted(by_line, reverse=True)]


def _floor(grid: _Grid, y: float, left: float, right: float, step: int) -> float:
    """Find the rule, at ``y`` or beyond, that closes the cell between two walls.

    ``step`` is 1 to search upwards, -1 to search downwards.
    """
    index = grid.ys.index(y)
    while 0 < index < len(grid.ys) - 1 and not any(
        abs(segment[1] - grid.ys[index]) <= _NEAR and _spans(segment, left, right, 0) for segment in grid.level
    ):
        index += step
    return grid.ys[index]


def _cell_lines(lines: Sequence[Line], left: float, right: float) -> list[Printed]:
    """Return the lines of a cell: the characters of ``lines`` whose middles lie between two walls."""
    parts = []
    for line in lines:
        inside = [at for at, box in enumerate(line.boxes) if left <= (box[0] + box[2]) / 2 < right]
        printed = Printed(
            "".join(line.text[at] for at in inside), [line] * len(inside), [line.boxes[at] for at in inside]
        )
        parts.append(tidied_line(printed))
    return [part for part in parts if part.text]
