"""A Word copy of a checked text, with a comment at each quote that says what became of it.

In: a ``CheckReport``. Out: a ``.docx`` file. It is made of the text, not of the file that the text was read from: its
paragraphs are all there, its layout is not, and nothing that a stranger's file holds is carried over.
"""

from __future__ import annotations

import io

import docx
from docx.oxml.ns import qn

from probqa.checking.claims import paragraphs
from probqa.checking.differences import in_plain_text, not_checked, pieces_of
from probqa.checking.verdicts import CheckedQuote, CheckReport, describe
from probqa.rendering import visible

AUTHOR = "Quote check"


def to_word(report: CheckReport) -> bytes:
    """Write the checked text as a Word document with a comment at each quote."""
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = "A checked draft", ""
    for paragraph in paragraphs(report.text):
        written = document.add_paragraph()
        position = paragraph.start
        for quote in report.quotes:
            if not paragraph.start <= quote.span.start < paragraph.end:
                continue
            written.add_run(visible(report.text[position : quote.span.start]))
            run = written.add_run(visible(report.text[quote.span.start : quote.span.end]))
            comment = document.add_comment(run, _remark(report, quote), author=AUTHOR, initials="QC")
            # When it was checked is nobody's business, and the same text gives the same comments.
            comment._comment_elm.attrib.pop(qn("w:date"), None)
            position = quote.span.end
        written.add_run(visible(report.text[position : paragraph.end]))
    if unchecked := not_checked(report):
        document.add_paragraph().add_run(visible(unchecked)).italic = True
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _remark(report: CheckReport, quote: CheckedQuote) -> str:
    lines = [f"{quote.status.replace('_', ' ').capitalize()}. {describe(quote)}"]
    if quote.operations:
        lines.append(in_plain_text(pieces_of(report.text, quote)))
    lines += [place.source.url for place in quote.places[:1] if place.source.url]
    return visible("\n".join(lines))
