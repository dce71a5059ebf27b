"""The text of a table row, which still names its columns.

In: the cells of a row and the names of the columns. Out: one line.

>>> row_text(["Ofsted", "", "Good"], ["Who", "When", "Rating"])
'Who: Ofsted; Rating: Good'
>>> row_text(["Leadership", "Good"], [])
'Leadership; Good'
>>> row_text(["Age:", "38", "Seat:", "left"], [])
'Age: 38; Seat: left'
"""

from __future__ import annotations

from collections.abc import Sequence


def row_text(cells: Sequence[str], names: Sequence[str]) -> str:
    """Join the filled cells of a row into one line.

    Each stands after the name of its column where ``names`` has one for every cell.
    """
    if len(names) == len(cells):
        named = zip(names, cells, strict=True)
        return "; ".join(f"{name.rstrip(':')}: {cell}" if name else cell for name, cell in named if cell)
    text = ""
    for cell in filter(None, cells):
        text += ("" if not text else " " if text.endswith(":") else "; ") + cell
    return text
