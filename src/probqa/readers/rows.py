"""A table row as text that still names its columns.

In: the cells of a row and the names of the columns. Out: one line.

>>> row_text(["Ofsted", "", "Good"], ["Who", "When", "Rating"])
'Who: Ofsted; Rating: Good'
>>> row_text(["Leadership", "Good"], [])
'Leadership: Good'
>>> row_text(["one", "two", "three"], [])
'one; two; three'
"""

from __future__ import annotations

from collections.abc import Sequence


def row_text(cells: Sequence[str], names: Sequence[str]) -> str:
    """Join the filled cells; without column names a pair reads ``cell: cell``."""
    if len(names) == len(cells):
        named = zip(names, cells, strict=True)
        return "; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell)
    filled = [cell for cell in cells if cell]
    if len(cells) == len(filled) == 2 and not filled[0].endswith((".", ":", ";", "?", "!")):
        return ": ".join(filled)
    return "; ".join(filled)
