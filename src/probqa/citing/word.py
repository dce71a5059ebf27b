"""Citations as a Word document.

In: citations. Out: a ``.docx`` file, the same bytes for the same citations and version of python-docx.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph

from probqa.citing.citation import Citation

HEADING = "Quotes from inspection reports"
_LINK = RGBColor(0x0B, 0x5D, 0x6B)


def to_word(citations: Sequence[Citation]) -> bytes:
    """Write citations as a Word document.

    After a heading stands each quote as a paragraph of the style "Quote", with its label, its source and its terms.
    """
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments, properties.language = HEADING, "", "", "en-GB"
    # The language for spelling and for reading aloud. The template says American English.
    document.styles.element.xpath("w:docDefaults//w:lang")[0].set(qn("w:val"), "en-GB")
    first = min((citation.accessed for citation in citations), default=datetime.date(1980, 1, 1))
    properties.created = properties.modified = datetime.datetime.combine(first, datetime.time())
    document.add_heading(HEADING, level=1)
    for citation in citations:
        document.add_paragraph(citation.words, style="Quote").paragraph_format.keep_with_next = True
        if citation.label:
            paragraph = document.add_paragraph()
            paragraph.add_run(citation.label).bold = True
            paragraph.paragraph_format.keep_with_next = True
        paragraph = document.add_paragraph()
        before, after = citation.around_title
        paragraph.add_run(before)
        paragraph.add_run(citation.title).italic = True
        paragraph.add_run(f"{after} ")
        if citation.address:
            _add_link(paragraph, citation.address)
        paragraph.add_run(f" {citation.terms}" if citation.address else citation.terms)
    saved = io.BytesIO()
    document.save(saved)
    return _without_times(saved.getvalue())


def _add_link(paragraph: Paragraph, address: str) -> None:
    """Add a link that can be followed and read to a paragraph.

    python-docx reads links but does not write them.
    """
    run = paragraph.add_run(address)
    run.font.color.rgb, run.font.underline = _LINK, True
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    link.append(run._r)
    paragraph._p.append(link)


def _without_times(package: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            # An entry made without a time gets the earliest that a zip file can hold.
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(name))
    return written.getvalue()
