"""The tables of a Word file: which cells stand in which column, and which row names the columns.

In: the elements of a table, and how the words of a cell are read. Out: the cells of each row by column, and a line for
each row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from probqa.reading.formats.packed_xml import MAX_DEPTH, child, name_of, number, switch, value
from probqa.reading.formats.rows import row_text

_MAX_COLUMNS = 60
_MAX_NAME = 60
_ROUND_CELLS = ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")


def near(element: Any, name: str, depth: int = 0) -> Iterator[Any]:
    """Yield the elements of a name below ``element``, through content controls but not through tables."""
    for each in element:
        if name_of(each) == name:
            yield each
        elif name_of(each) in _ROUND_CELLS and depth < MAX_DEPTH:
            yield from near(each, name, depth + 1)


def cells_of(row: Any, above: dict[int, str], words_of: Callable[[Any], str]) -> list[str]:
    """Return the words of a row by column.

    A cell that spans rows is said in each of them: ``above`` keeps the words of the row before. One that spans columns
    stands in the first, but its words are kept for all.
    """
    properties = child(row, "trPr")
    texts = [""] * _columns(properties, "gridBefore", 0)
    for cell in near(row, "tc"):
        about = child(cell, "tcPr")
        merged, across = child(about, "vMerge"), child(about, "hMerge")
        if across is not None and value(across) != "restart":
            texts.append("")
            continue
        goes_on = merged is not None and value(merged) != "restart"
        text = above.get(len(texts), "") if goes_on else words_of(cell)
        above[len(texts)] = text
        texts += [text] + [""] * (_columns(about, "gridSpan", 1) - 1)
    return texts + [""] * _columns(properties, "gridAfter", 0)


def _columns(properties: Any, name: str, otherwise: int) -> int:
    return min(max(number(value(child(properties, name)), otherwise), otherwise), _MAX_COLUMNS)


def rows_text(element: Any, rows: Sequence[Any], table: Sequence[list[str]]) -> Iterator[str]:
    """Yield a line for each row that holds words, with the names of its columns where the table has them."""
    names = table[0] if _has_head(element, rows, table) else []
    for texts in table[1:] if names else table:
        # A row may end early.
        text = row_text(texts + [""] * (len(names) - len(texts)), names)
        if text:
            yield text


def _has_head(element: Any, rows: Sequence[Any], table: Sequence[list[str]]) -> bool:
    head = table[0]
    if len(table) < 2 or len(head) < 2 or not all(head[1:]) or len(set(head)) != len(head):
        return False
    if switch(child(rows[0], "trPr"), "tblHeader"):
        return True
    # Word marks the first row of every new table so. It is taken to name columns only in a table of three columns or
    # more, and only where its own cells are short. Words above nothing but marks and figures name columns in any case.
    is_short = len(head) > 2 and max(map(len, head)) <= _MAX_NAME
    return is_short and (_is_marked(element) or _stands_over_marks(table))


def _is_marked(element: Any) -> bool:
    look = child(child(element, "tblPr"), "tblLook")
    first_row, bits = value(look, "firstRow"), value(look)
    return first_row in ("1", "true", "on") or (
        not first_row and bool(re.fullmatch(r"[0-9A-Fa-f]{4}", bits)) and bool(int(bits, 16) & 0x20)
    )


def _stands_over_marks(table: Sequence[list[str]]) -> bool:
    below = [text for texts in table[1:] for text in texts[1:] if text]
    return (
        bool(below)
        and all(re.search(r"[^\W\d_]", text) for text in table[0][1:])
        and not any(re.search(r"[^\W\d_]", text) for text in below)
    )
