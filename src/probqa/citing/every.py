"""A table of every report's answer, those that say nothing included.

In: an ``EveryAnswer`` and the day it was read. Out: CSV or Markdown, a row a report.
"""

from __future__ import annotations

from datetime import date

from probqa.citing.citation import cite, licence, one_line, shown, web_address
from probqa.citing.prose import escape_markdown
from probqa.citing.tables import COLUMNS, row, write_rows
from probqa.dates import PartialDate
from probqa.records import DocumentAnswer, EveryAnswer

SAYS_NOTHING = "nothing found in this report"


def every_to_csv(answer: EveryAnswer, accessed: date) -> bytes:
    """Write the answers of all reports as CSV.

    The question, and whether the report says something, stand before the columns of a quote.
    """
    asked = shown(answer.question.asked)
    rows = [
        (asked, "yes" if document_answer.quote else "no", *_cells(document_answer, accessed))
        for document_answer in answer.documents
    ]
    return write_rows([("question", "found", *COLUMNS), *rows])


def every_to_markdown(answer: EveryAnswer, accessed: date) -> bytes:
    """Write the answers of all reports as a Markdown table.

    The words of a digest are called so in the same cell.
    """
    answered = sum(document_answer.quote is not None for document_answer in answer.documents)
    lines = [
        f"# {_inline(answer.question.asked)}",
        "",
        f"{answered} of {len(answer.documents)} reports say something about this. "
        f"Accessed {PartialDate(accessed.isoformat()).in_words}.",
        "",
        "| Report | Published | Words | Page | Section | Address | Licence |",
        "|---|---|---|---|---|---|---|",
    ]
    for document_answer in answer.documents:
        cells = dict(zip(COLUMNS, _cells(document_answer, accessed), strict=True))
        words, label = f"*{SAYS_NOTHING}*", ""
        if document_answer.quote:
            citation = cite(document_answer.quote, accessed)
            words, label = _inline(citation.words), citation.label
        address = f"<{cells['address']}>" if cells["address"] else ""
        texts = [_inline(cells[name]) for name in ("page", "section")]
        lines.append(
            f"| {_inline(cells['title'])} | {cells['published']} | {words}{f' *{_inline(label)}*' if label else ''} "
            f"| {' | '.join(texts)} | {address} | {_inline(cells['licence'])} |"
        )
    return "".join(f"{line}\n" for line in lines).encode()


def _cells(document_answer: DocumentAnswer, accessed: date) -> tuple[str, ...]:
    if document_answer.quote:
        return row(cite(document_answer.quote, accessed))
    source = document_answer.source
    known = {
        "title": one_line(source.title_in_words),
        "publisher": one_line(source.publisher_in_words),
        "published": source.published.in_words or "undated",
        "address": web_address(source),
        "accessed": accessed.isoformat(),
        "licence": licence(source),
        "document": source.id,
    }
    return tuple(known.get(name, "") for name in COLUMNS)


def _inline(text: str) -> str:
    return escape_markdown(one_line(text))
