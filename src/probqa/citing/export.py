"""Citations of quotes that are ready to paste, import or print.

In: quotes, and the day on which they were read. Out: bytes of plain text, Markdown, Word, CSV, BibTeX, RIS or CSL-JSON.

>>> from datetime import date
>>> from probqa.dates import PartialDate
>>> from probqa.records import Block, Document, Page, Quote, Source, Span
>>> source = Source("a", "Ambleton", "The Inspectorate", "report", PartialDate("2017-04-19"),
...                 urls=("https://example.org/a.pdf",), licence="OGL v3.0")
>>> blocks = (Block("heading", Span(0, 8), 2), Block("paragraph", Span(10, 20)))
>>> document = Document(source, "a.pdf", "0" * 64, "pdf 1", "Findings\\n\\nIt was so.", blocks, (Page(0, 16, "14"),))
>>> print(export([Quote(document, Span(10, 20), Span(10, 20))], FORMATS["text"], date(2026, 10, 3)).decode())
“It was so.”
The Inspectorate, Ambleton (19 April 2017), p. 14 (PDF page 16), under “Findings”.
https://example.org/a.pdf#page=16
Accessed 3 October 2026. Licence: OGL v3.0.
<BLANKLINE>

Every format has one entry for each quote, because page, words and the label of a digest belong to the quote, not to
the report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from probqa.citing.citation import Citation, address, cite
from probqa.citing.every import every_to_csv, every_to_markdown
from probqa.citing.prose import to_markdown, to_text
from probqa.citing.references import to_bibtex, to_csl_json, to_ris
from probqa.citing.tables import to_csv
from probqa.citing.word import to_word
from probqa.records import Quote

__all__ = [
    "FORMATS",
    "Citation",
    "Format",
    "address",
    "cite",
    "every_to_csv",
    "every_to_markdown",
    "export",
]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format for citations.

    ``name`` is what people call it. ``suffix`` and ``media_type`` belong to the file it makes, and ``is_text`` says
    whether that file can be read as text.
    """

    name: str
    suffix: str
    media_type: str
    write: Callable[[Sequence[Citation]], bytes]
    is_text: bool = True


FORMATS = {
    "text": Format("Plain text", ".txt", "text/plain", to_text),
    "markdown": Format("Markdown", ".md", "text/markdown", to_markdown),
    "word": Format(
        "Word", ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", to_word, False
    ),
    "csv": Format("CSV", ".csv", "text/csv", to_csv),
    "bibtex": Format("BibTeX", ".bib", "application/x-bibtex", to_bibtex),
    "ris": Format("RIS", ".ris", "application/x-research-info-systems", to_ris),
    "csl-json": Format("CSL-JSON", ".json", "application/vnd.citationstyles.csl+json", to_csl_json),
}


def export(quotes: Sequence[Quote], wanted: Format, accessed: date) -> bytes:
    """Write quotes in a format, in the order given.

    ``accessed`` is the day on which they were read.
    """
    return wanted.write([cite(quote, accessed) for quote in quotes])
