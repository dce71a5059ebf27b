"""Read in context: one document from top to bottom, with the passage that was quoted marked and in view.

In: a document's id and two character offsets in the address. Out: its text, exactly, under its own headings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

import streamlit as st

from probqa.asking.library import Library
from probqa.records import Block, Document, Filters, Page, Source, Span
from probqa.rendering import label
from probqa.ui import frame, side_bar
from probqa.ui.address import Address, link
from probqa.ui.frame import escaped

FIRST_HEADING = 2
DEEPEST_HEADING = 6


def draw(library: Library) -> None:
    """Draw the document that the address names."""
    given = side_bar.parameters()
    document_id = next(iter(given.get("document", ())), "")
    document = library.generation.document(document_id)
    if document is None:
        frame.heading("Read a report")
        what = f"There is no document “{document_id}” in the index." if document_id else "No document was named."
        frame.notice(what, "Choose one from the list of reports.", "refused")
        st.html('<p><a class="pq-go" href="reports">All reports</a></p>')
        frame.foot()
        return
    mark = _span(given, document)
    frame.heading(document.source.title)
    st.html(_about(document))
    if mark is None and (given.get("from") or given.get("to")):
        frame.notice("The passage that was linked to is not in this edition", "The whole document is shown.")
    st.html(f"{_contents(document)}{_text(document, mark)}{_provenance(document)}")
    frame.foot()


def _span(given: Mapping[str, Sequence[str]], document: Document) -> Span | None:
    """The span that the address names, if the document has it."""
    start, end = (next(iter(given.get(name, ())), "") for name in ("from", "to"))
    if not (start.isdecimal() and start.isascii() and end.isdecimal() and end.isascii()):
        return None
    # More digits than any document has characters would only be slow to turn into a number.
    if len(start) > 9 or len(end) > 9 or not int(start) < int(end) <= len(document.text):
        return None
    return Span(int(start), int(end))


def _about(document: Document) -> str:
    """Publisher, date and subject; whose words these are; and the ways on."""
    source = document.source
    about = ", ".join(filter(None, (source.area, *source.providers)))
    facts = [
        source.publisher,
        source.published.in_words,
        f"about {about}" if about else "",
    ]
    lines = [f'<p class="pq-source pq-flush">{" · ".join(escaped(fact) for fact in facts if fact)}</p>']
    if label(source):
        lines.append(
            f'<p class="pq-notice pq-digest"><b>{escaped(label(source))}.</b> '
            "This text was written for this project from the publication; open the original for its own words.</p>"
        )
    ask = link(Address(filters=Filters(documents=(source.id,))))
    ways = [f'<a class="pq-go" href="{escaped(ask)}">Ask only this document</a>', *_originals(source)]
    return "".join(lines) + f'<p class="pq-actions pq-flush">{"".join(f"<span>{way}</span>" for way in ways)}</p>'


def _originals(source: Source) -> Iterator[str]:
    for number, url in enumerate(source.urls, start=1):
        if url.startswith(("https://", "http://")):
            words = "Open original" if number == 1 else f"Other address {number}"
            yield f'<a href="{escaped(url)}" target="_blank" rel="noopener noreferrer nofollow">{words}</a>'


def _contents(document: Document) -> str:
    """Links to the headings, folded where there are many."""
    if len(document.headings) < 2:
        return ""
    listed = "".join(
        f'<li><a href="#at-{block.span.start}">{escaped(document.slice(block.span))}</a></li>'
        for block in document.headings
    )
    return (
        f'<nav aria-label="Sections"><details class="pq-fold"><summary>{len(document.headings)} sections</summary>'
        f'<ol class="pq-contents">{listed}</ol></details></nav>'
    )


def _text(document: Document, mark: Span | None) -> str:
    """The whole text: every block with its own element, page numbers where pages begin."""
    drawn: list[str] = []
    levels = sorted({block.level for block in document.headings})
    for kind, blocks in groupby(document.blocks, key=lambda block: block.kind):
        parts = [_block(document, block, mark, levels) for block in blocks]
        drawn.append(f"<ul>{''.join(parts)}</ul>" if kind == "item" else "".join(parts))
    return f'<article class="pq-document" aria-label="Text of the document">{"".join(drawn)}</article>'


def _block(document: Document, block: Block, mark: Span | None, levels: list[int]) -> str:
    inside = _marked(document, block.span, mark)
    if block.kind == "heading":
        level = min(FIRST_HEADING + levels.index(block.level), DEEPEST_HEADING)
        return f'<h{level} id="at-{block.span.start}">{inside}</h{level}>'
    if block.kind == "item":
        return f"<li>{inside}</li>"
    return f"<p{' class=pq-row' if block.kind == 'row' else ''}>{inside}</p>"


def _marked(document: Document, span: Span, mark: Span | None) -> str:
    """The text of a span with the marked part marked, and the number of each page that begins in it."""
    pages = {page.start: page for page in document.pages if span.start <= page.start < span.end}
    cuts = {span.start, span.end, *pages}
    if mark is not None:
        cuts |= {cut for cut in (mark.start, mark.end) if span.start < cut < span.end}
    edges = sorted(cuts)
    parts: list[str] = []
    for start, end in pairwise(edges):
        if start in pages:
            parts.append(_page_number(pages[start]))
        text = escaped(document.text[start:end])
        if mark is not None and mark.start <= start and end <= mark.end:
            first = start == mark.start
            arrive = f' id="passage" data-arrive="{mark.start}-{mark.end}" data-block="center"' if first else ""
            text = f'<mark class="pq-words"{arrive}>{text}</mark>'
        parts.append(text)
    return "".join(parts)


def _page_number(page: Page) -> str:
    printed = f"p. {escaped(page.printed)} · " if page.printed else ""
    return f'<span class="pq-page">{printed}PDF {page.pdf}</span> '


def _provenance(document: Document) -> str:
    """Which file this was read from, with what, and what was left out."""
    source = document.source
    rows = [
        ("File", document.file),
        ("SHA-256 of the file", document.file_sha256),
        ("SHA-256 of the text", document.text_sha256),
        ("Read with", document.reader),
        ("Licence", source.licence),
        ("Date", source.published.note),
        *(("Rating", f"{subject}: {rating}") for subject, rating in source.ratings),
        *(("Address", url) for url in source.urls),
    ]
    left_out = [f"{removal.text} ({removal.characters} characters: {removal.reason})" for removal in document.removals]
    listed = "".join(f"<dt>{name}</dt><dd>{escaped(value)}</dd>" for name, value in rows if value)
    listed += "".join(f"<dt>Left out</dt><dd>{escaped(text)}</dd>" for text in left_out)
    return f'<h2 class="pq-sub">Where this text comes from</h2><dl class="pq-provenance">{listed}</dl>'
