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

from collections.abc import Iterator, Sequence


def row_text(cells: Sequence[str], names: Sequence[str]) -> str:
    """Join the filled cells of a row into one line.

    Each stands after the name of its column where ``names`` has one for every cell.
    """
    return "".join(text for text, _ in row_parts(cells, names))


def row_parts(cells: Sequence[str], names: Sequence[str]) -> Iterator[tuple[str, int | None]]:
    """Yield what the text of a row is put together of.

    Each part has the number of its cell, counted on behind those of the names, or of its name, which it is the
    beginning of; what is ours has none.

    >>> list(row_parts(["Ofsted"], ["Who:"]))
    [('Who', 0), (': ', None), ('Ofsted', 1)]
    """
    before = ""
    is_named = len(names) == len(cells)
    for at, cell in enumerate(cells):
        if not cell:
            continue
        if before:
            yield " " if before.endswith(":") and not is_named else "; ", None
        if is_named and names[at]:
            yield names[at].rstrip(":"), at
            yield ": ", None
        yield cell, len(names) + at
        before = cell
