"""Read in context: one document from top to bottom, with the passage that was quoted marked and in view.

In: a link to words (``links``). Out: its text, exactly, under its own headings; of a PDF the page beside it, as a
picture with the words marked.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path

import streamlit as st

from probqa.asking.library import Library
from probqa.errors import ReadingError
from probqa.glossary.domain import Domain
from probqa.links import Found, find
from probqa.questions import Filters
from probqa.reading.corpus import read_unchanged
from probqa.records import RECOGNISED, Block, Document, Page, Source, Span
from probqa.rendering import label
from probqa.ui import frame, pictures, shared, sheet
from probqa.ui.address import Address, Parameters, first, link
from probqa.ui.cards import host
from probqa.ui.limits import QueueFullError
from probqa.ui.markup import Markup, anchor, original_anchor
from probqa.ui.originals import is_page, may_be_passed_on, original_address
from probqa.ui.sheet import Arrival

FIRST_HEADING = 2
DEEPEST_HEADING = 6


def draw(library: Library) -> None:
    """Draw the document that the address names."""
    given = frame.parameters()
    document_id = first(given, "document")
    document = library.generation.document(document_id)
    if document is None:
        frame.heading("Read a report")
        what = f"There is no document “{document_id}” in the index." if document_id else "No document was named."
        frame.notice(what, "Choose one from the list of reports.", "refused")
        frame.draw(Markup("<p>{}</p>").format(anchor("reports", "All reports")))
        frame.foot(library.generation.domain)
        return
    found = find(document, given)
    mark = found.span if found else None
    frame.heading(document.source.title_in_words)
    frame.draw(_about(document, library.generation.domain))
    if found:
        _tell(found)
    if is_page(document, 1):
        _draw_pages(document, given, mark)
    else:
        frame.draw(Markup("").join((_contents(document), _text(document, mark))))
    frame.draw(_provenance(document))
    frame.foot(library.generation.domain)


def _tell(found: Found) -> None:
    """Draw what there is to say of a link that was made from another text than this one."""
    if found.state == "moved":
        where = "They stand in it still, and are marked."
        if found.places > 1:
            where = f"They stand in it {found.places} times; those nearest to where they were are marked."
        frame.notice("The text of this report has changed since these words were linked to", where)
    elif found.state == "gone":
        frame.notice(
            "The words that were linked to are not in this edition",
            "The text of this report has changed since, or the link was. The whole document is shown.",
        )


def _draw_pages(document: Document, given: Parameters, mark: Span | None) -> None:
    """Draw a page as a picture beside the text.

    Where the words stand on it takes some seconds the first time: until then all else is there.
    """
    corpus = shared.corpus()
    try:
        read_unchanged(corpus, document.file, document.file_sha256)
    except ReadingError as error:
        frame.draw(Markup('<p class="pq-small">The pages are not shown: the file {}.</p>').format(error.problem))
        frame.draw(Markup("").join((_contents(document), _text(document, mark))))
        return
    shown = sheet.shown(document, given, mark)
    text = Markup("").join((_contents(document), _text(document, mark, shown.arrival)))
    if frame.plain():
        # What is read at once waits for nothing: the marks are there the next time.
        if mark is not None:
            pictures.prepare(document, corpus)
            shown = _with_marks(shown, corpus, mark) if pictures.are_placed(document) else replace(shown, marks=None)
        frame.draw(_spread(shown, given, text))
        return
    place = st.empty()
    if mark is not None:
        if not pictures.are_placed(document):
            with place:
                frame.draw(_spread(replace(shown, marks=None), given, text))
        shown = _with_marks(shown, corpus, mark)
    with place:
        frame.draw(_spread(shown, given, text))


def _with_marks(shown: sheet.Sheet, corpus: Path, mark: Span) -> sheet.Sheet:
    try:
        return replace(shown, marks=pictures.marks(shown.document, corpus, mark))
    except ReadingError as error:
        return replace(shown, note=f"The words are not marked: the file {error.problem}.")
    except QueueFullError:
        return replace(shown, note="The words are not marked: many others are reading. Load the page again.")


def _spread(shown: sheet.Sheet, given: Parameters, text: Markup) -> Markup:
    """Return a page and the text: beside each other, or below where that is too narrow."""
    return Markup('<div class="pq-spread">{}<div class="pq-beside">{}</div></div>').format(
        sheet.figure(shown, given), text
    )


def _about(document: Document, domain: Domain) -> Markup:
    """Return publisher, date and subject, whose words these are, and the ways on."""
    source = document.source
    facts = [
        source.publisher_in_words,
        source.published.in_words,
        f"about {source.about}" if source.about else "",
    ]
    digest = Markup("")
    if label(source):
        digest = Markup(
            '<p class="pq-notice pq-digest"><b>{}.</b> '
            "This text was written for this project from the publication; open the original for its own words.</p>"
        ).format(label(source))
    scanned = Markup("")
    if pages := document.recognised_pages:
        scanned = Markup(
            '<p class="pq-notice pq-digest"><b>{}: {} of {} pages.</b> '
            "They are scans, and a program took the words from their pictures. Each such page says how sure it is. "
            "Compare a quote with the original before you use it.</p>"
        ).format(RECOGNISED.capitalize(), len(pages), len(document.pages))
    ask = link(Address(filters=Filters(documents=(source.id,))))
    best, *others = _originals(source) or [Markup("")]
    ways = [anchor(ask, "Ask only this document"), *filter(None, [best])]
    if may_be_passed_on(source, domain):
        ways.append(Markup('<a href="{}" download>Download the file</a>').format(original_address(document)))
    return Markup('<p class="pq-source pq-flush">{}</p>{}{}<p class="pq-actions pq-flush">{}</p>{}').format(
        " · ".join(filter(None, facts)),
        digest,
        scanned,
        Markup("").join(Markup("<span>{}</span>").format(way) for way in ways),
        _folded(others),
    )


def _folded(others: list[Markup]) -> Markup:
    """Return where else the publication, or what is said of it, can be read."""
    if not others:
        return Markup("")
    listed = Markup("").join(Markup("<li>{}</li>").format(other) for other in others)
    return Markup('<details class="pq-fold"><summary>{}</summary><ul>{}</ul></details>').format(
        "1 other address" if len(others) == 1 else f"{len(others)} other addresses", listed
    )


def _originals(source: Source) -> list[Markup]:
    """Return links to the addresses of a source: the first as the original, the others by what they are called.

    That is the host, with the end of the address where two are on one.
    """
    urls = [url for url in source.urls if url.startswith(("https://", "http://"))]
    hosts = [host(url) for url in urls]
    links = []
    for number, (url, held) in enumerate(zip(urls, hosts, strict=True)):
        end = url.rstrip("/").rpartition("/")[2]
        name = f"{held}: {end}" if hosts.count(held) > 1 else held
        links.append(original_anchor(url, name if number else f"Open original ({held})"))
    return links


def _contents(document: Document) -> Markup:
    """Return links to the headings, folded where there are many."""
    if len(document.headings) < 2:
        return Markup("")
    listed = Markup("").join(
        Markup('<li><a href="#at-{}">{}</a></li>').format(block.span.start, document.slice(block.span))
        for block in document.headings
    )
    return Markup(
        '<nav aria-label="Sections"><details class="pq-fold"><summary>{} sections</summary>'
        '<ol class="pq-contents">{}</ol></details></nav>'
    ).format(len(document.headings), listed)


def _text(document: Document, mark: Span | None, arrival: Arrival | None = None) -> Markup:
    """Return the whole text, every block in an element of its own, with page numbers where pages begin."""
    drawn: list[Markup] = []
    levels = sorted({block.level for block in document.headings})
    for kind, blocks in groupby(document.blocks, key=lambda block: block.kind):
        parts = Markup("").join(_block(document, block, mark, levels, arrival) for block in blocks)
        drawn.append(Markup("<ul>{}</ul>").format(parts) if kind == "item" else parts)
    return Markup('<article class="pq-document" aria-label="Text of the document">{}</article>').format(
        Markup("").join(drawn)
    )


def _block(document: Document, block: Block, mark: Span | None, levels: list[int], arrival: Arrival | None) -> Markup:
    inside = _marked(document, block.span, mark, arrival)
    if block.kind == "heading":
        level = min(FIRST_HEADING + levels.index(block.level), DEEPEST_HEADING)
        return Markup('<h{level} id="at-{start}">{inside}</h{level}>').format(
            level=level, start=block.span.start, inside=inside
        )
    if block.kind == "item":
        return Markup("<li>{}</li>").format(inside)
    row = Markup(" class=pq-row") if block.kind == "row" else Markup("")
    return Markup("<p{}>{}</p>").format(row, inside)


def _marked(document: Document, span: Span, mark: Span | None, arrival: Arrival | None) -> Markup:
    """Return the text of a span with the marked part marked, and the number of each page that begins in it."""
    pages = {page.start: page for page in document.pages if span.start <= page.start < span.end}
    cuts = {span.start, span.end, *pages}
    if mark is not None:
        cuts |= {cut for cut in (mark.start, mark.end) if span.start < cut < span.end}
    edges = sorted(cuts)
    parts: list[str] = []
    for start, end in pairwise(edges):
        if start in pages:
            parts.append(_page_number(pages[start], arrival))
        text = document.text[start:end]
        if mark is not None and mark.start <= start and end <= mark.end:
            text = _mark(text, mark, arrival, first=start == mark.start)
        parts.append(text)
    return Markup("").join(parts)


def _mark(text: str, mark: Span, arrival: Arrival | None, *, first: bool) -> Markup:
    """Return a marked text, the first of which the page scrolls to."""
    if not first:
        return Markup('<mark class="pq-words">{}</mark>').format(text)
    if arrival is None:
        arrive = Markup(' data-arrive="{}-{}" data-block="center"').format(mark.start, mark.end)
        return Markup('<mark class="pq-words" id="passage"{}>{}</mark>').format(arrive, text)
    place = arrival.beside if arrival.at_words else Markup("")
    return Markup('<mark class="pq-words" id="passage">{}{}</mark>').format(place, text)


def _page_number(page: Page, arrival: Arrival | None) -> Markup:
    place = arrival.beside if arrival and arrival.page == page.pdf and not arrival.at_words else Markup("")
    printed = f"p. {page.printed} · " if page.printed else ""
    marks = [f"{printed}PDF {page.pdf}"]
    marks += [f"{RECOGNISED}: {page.certainty}% sure"] if page.layer == "recognised" else []
    return place + Markup("").join(Markup('<span class="pq-page">{}</span> ').format(mark) for mark in marks)


def _provenance(document: Document) -> Markup:
    """Return which file this was read from, with what, and what was left out."""
    source = document.source
    rows = [
        ("File", document.file),
        ("SHA-256 of the file", document.file_sha256),
        ("SHA-256 of the text", document.text_sha256),
        ("Read with", document.reader),
        ("Licence", source.licence),
        ("Date", source.published.note),
        *(("Rating", rating) for rating in source.ratings_in_words),
        *(("Address", url) for url in source.urls),
        *(
            ("Left out", f"{removal.text[:80]} ({removal.characters} characters: {removal.reason})")
            for removal in document.removals
        ),
    ]
    listed = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in rows if value)
    return Markup('<h2 class="pq-sub">Where this text comes from</h2><dl class="pq-provenance">{}</dl>').format(listed)
