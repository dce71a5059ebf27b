"""The rows of a web page's table, each naming its columns and its subject.

In: the cells of a table as its rows have them. Out: one line for each row, in which every cell that reaches over
several rows or columns stands where it belongs.

>>> cells = [[Cell("Office", True), Cell("Year", True)], [Cell("Cedar", rows=2), Cell("2021")], [Cell("2022")]]
>>> [line.text for line in table_rows(cells)]
['Office: Cedar; Year: 2021', 'Office: Cedar; Year: 2022']
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_WORD = re.compile(r"[^\W\d_]")
# No table that anybody reads is wider; the cells of a wider one are taken as they stand.
_MOST_COLUMNS = 200
# A cell with more text than this, and several blocks in it, is a part of the page and no entry of a table.
_LONGEST_ENTRY = 1_000


@dataclass(frozen=True)
class Cell:
    """A cell: its text, whether it heads its column or row, and over how many columns and rows it reaches.

    ``rows`` is 0 for a cell that reaches to the table's end. ``slots`` and ``linked`` are those of a ``Block``.
    """

    text: str
    is_head: bool = False
    columns: int = 1
    rows: int = 1
    slots: Sequence[Any] = ()
    linked: int = 0


@dataclass(frozen=True)
class TableLine:
    """The text of a row and the cells in it. ``is_row`` is false for a row of one entry."""

    text: str
    cells: Sequence[Cell]
    is_row: bool


def is_layout(table: Any) -> bool:
    """Tell whether a table only arranges parts of the page: its cells are read one after the other."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants("table"), None) is not None:
        return True
    if next(table.iter("th"), None) is not None:
        return False
    return any(
        next(cell.iter("h1", "h2", "h3"), None) is not None
        or (len(list(cell.iter("p", "li", "div"))) > 1 and len(cell.text_content()) > _LONGEST_ENTRY)
        for cell in table.iter("td")
    )


def table_rows(rows: Sequence[Sequence[Cell]]) -> list[TableLine]:
    """Return the lines of a table.

    A row of column names names the columns of the rows below it, to the next such row. A heading over the whole width
    is the subject of the rows below it.
    """
    grid = _grid(rows)
    lines: list[TableLine] = []
    names: list[list[Cell]] = []
    subject: Cell | None = None
    in_head = True
    width = max((len(row) for row in grid), default=0)
    for row in grid:
        cells = _distinct(row)
        if not any(cell.text for cell in cells):
            continue
        if _is_head(cells) and len(cells) > 1 and len(grid) > 1:
            names = [*names, row] if in_head else [row]
            in_head = True
            continue
        in_head = False
        if len(cells) == 1 and cells[0].is_head and width > 1:
            subject = cells[0]
            lines.append(TableLine(subject.text, [subject], is_row=False))
            continue
        lines.append(_line(row, names, subject))
    if names and not lines:
        return [
            TableLine("; ".join(cell.text for cell in _distinct(row) if cell.text), _distinct(row), True)
            for row in names
        ]
    return lines


def stands_over_figures(rows: Sequence[Sequence[Cell]]) -> bool:
    """Tell whether the first row holds words over nothing but marks and figures, whose columns it names then."""
    head, below = rows[0], [cell.text for row in rows[1:] for cell in row[1:] if cell.text]
    are_words = len(head) > 1 and all(_WORD.search(cell.text) for cell in head[1:])
    return are_words and bool(below) and not any(_WORD.search(text) for text in below)


def unused_names(rows: Sequence[Sequence[Cell]], lines: Sequence[TableLine]) -> list[str]:
    """Return the texts of the cells that are in no line: names of columns in which nothing stands."""
    said = " ".join(line.text for line in lines)
    # Only heads are looked for in the whole text: every other cell is in its own line.
    return [cell.text for row in rows for cell in row if cell.is_head and cell.text.rstrip(":") not in said]


def _line(row: Sequence[Cell], names: Sequence[Sequence[Cell]], subject: Cell | None) -> TableLine:
    text = f"{subject.text}; " if subject else ""
    cells = [cell for cell in _distinct(row) if cell.text]
    for number, cell in enumerate(cells):
        columns = [at for at, each in enumerate(row) if each is cell]
        name = _name(names, columns)
        is_label = not name and cell.is_head and number == 0 and len(cells) == 2 and not names
        joint = ": " if is_label and not cell.text.endswith(":") else " " if cell.text.endswith(":") else "; "
        text += (f"{name}: " if name else "") + cell.text + (joint if number < len(cells) - 1 else "")
    return TableLine(text, cells, is_row=len(cells) > 1)


def _name(names: Sequence[Sequence[Cell]], columns: Sequence[int]) -> str:
    """Return the name of one or several columns, over however many rows of names it stands."""
    heads = [row[column] for column in columns for row in names if column < len(row)]
    return " ".join(dict.fromkeys(head.text.rstrip(":") for head in heads if head.text))


def _is_head(cells: Sequence[Cell]) -> bool:
    return all(cell.is_head or not cell.text for cell in cells)


def _distinct(cells: Sequence[Cell]) -> list[Cell]:
    """Return each cell once."""
    return list({id(cell): cell for cell in cells}.values())


def _grid(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Put every cell in all the places over which it reaches."""
    grid: list[list[Cell]] = []
    below: dict[int, tuple[Cell, int]] = {}
    empty = Cell("")
    for row in rows:
        places: list[Cell] = []
        waiting = iter(row)
        cell = next(waiting, None)
        while cell is not None or any(column >= len(places) for column in below):
            column = len(places)
            if column in below:
                held, left = below[column]
                places.append(held)
                if left == 1:
                    del below[column]
                else:
                    below[column] = (held, left - 1)
            elif cell is None:
                places.append(empty)
            else:
                for reached in range(column, min(column + max(cell.columns, 1), max(_MOST_COLUMNS, column + 1))):
                    if reached > column and reached in below:
                        break
                    places.append(cell)
                    if cell.rows != 1:
                        below[reached] = (cell, cell.rows - 1)
                cell = next(waiting, None)
        grid.append(places)
    return grid
