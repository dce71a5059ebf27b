"""Citations as a table for a spreadsheet.

In: citations. Out: CSV in UTF-8 with a byte order mark, which Excel needs to read it as such.

>>> cell("=1+1"), cell("a = b"), cell("\\uff0dx")
("'=1+1", 'a = b', "'－x")
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from probqa.citing.citation import Citation

# A spreadsheet runs a cell that starts with one of these. Quoting does not stop it, but an apostrophe does.
_STARTS_A_FORMULA = tuple("=+-@\t\r\n\x00＝＋－＠")

COLUMNS = (
    "quote",
    "wording",
    "title",
    "publisher",
    "published",
    "page",
    "section",
    "address",
    "accessed",
    "licence",
    "document",
    "start",
    "end",
)


def to_csv(citations: Sequence[Citation]) -> bytes:
    """Write citations as CSV, one row for each quote.

    ``start`` and ``end`` count characters of the document's text.
    """
    return write_rows([COLUMNS, *map(row, citations)])


def row(citation: Citation) -> tuple[str, ...]:
    """Return the cells of one quote, in the order of ``COLUMNS``."""
    return (
        citation.text,
        citation.label or "the publication's own words",
        citation.title,
        citation.publisher,
        citation.when,
        citation.page,
        citation.section,
        citation.address,
        citation.accessed.isoformat(),
        citation.licence,
        citation.document_id,
        str(citation.start),
        str(citation.end),
    )


def write_rows(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as CSV in which every cell is quoted and none is a formula."""
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(map(cell, cells) for cells in rows)
    return file.getvalue().encode("utf-8-sig")


def cell(text: str) -> str:
    """Mark a text so that no spreadsheet takes it for a formula.

    White space before a formula does not hide it.
    """
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) or text.lstrip().startswith(_STARTS_A_FORMULA) else text
