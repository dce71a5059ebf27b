"""Review: what was read of a report, page by page, beside the page itself, and what was left out, and why.

In: a report of the corpus, as a build would read it now. Out: pictures of its pages, its passages, what is missing.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from probqa.errors import ReadingError
from probqa.links import find
from probqa.reading.page_pictures import has_pictures
from probqa.reading.passages import cut_passages
from probqa.records import RECOGNISED, Document, Page, Removal, Span
from probqa.staff import stacks
from probqa.staff.doing import sentence
from probqa.staff.person import Staff
from probqa.ui import frame, pictures
from probqa.ui.address import first, link_to
from probqa.ui.limits import QueueFullError
from probqa.ui.markup import Markup, anchor

# So that the links of cards, which lead to "read" in the public app, lead here.
PAGE = "read"
REMOVAL_CHARACTERS = 300
MOST_REMOVALS = 200


def draw(staff: Staff) -> None:
    """Draw the page of the report that the address names, else a list to choose from."""
    given = frame.parameters()
    name = first(given, "report") or first(given, "document")
    report = next((each for each in stacks.reports(staff) if name in (each.file, each.id)), None) if name else None
    if report is None or report.state == "leaving":
        frame.heading("Review", "Page by page: the report as it was published, beside what was read of it.")
        if name:
            frame.notice(f"There is no report “{name}”", "Choose one from the list.", "refused")
        frame.draw(_choice(staff))
        return
    read = stacks.read_now(staff, report.file)
    frame.heading(read.title)
    frame.draw(
        Markup('<p class="pq-actions pq-flush"><span>{}</span><span>{}</span></p>').format(
            anchor(PAGE, "Another report"),
            anchor(link_to("", {"report": [report.file]}), "Correct or remove it"),
        )
    )
    if read.document is None:
        frame.notice("It cannot be read", sentence(read.problem), "refused")
        return
    if has_pictures(read.document) and read.document.pages:
        _draw_page(staff, read.document)
    else:
        passages = _passages(read.document, Span(0, len(read.document.text)), "What was read")
        frame.draw(passages + _left_out(read.document.removals, "What was left out"))


def _choice(staff: Staff) -> Markup:
    listed = Markup("").join(
        Markup("<li>{}</li>").format(anchor(link_to(PAGE, {"report": [report.file]}), report.title or report.file))
        for report in stacks.reports(staff)
        if report.state != "leaving"
    )
    return Markup('<ul class="pq-questions">{}</ul>').format(listed)


def _draw_page(staff: Staff, document: Document) -> None:
    count = len(document.pages)
    number = _number(document)
    page = document.pages[number - 1]
    end = document.pages[number].start if number < count else len(document.text)
    removals = [removal for removal in document.removals if removal.page == page.pdf]
    others = [removal for removal in document.removals if not removal.page]
    read = (
        _passages(document, Span(page.start, end), "What was read of this page")
        if page.start < end
        else Markup('<h2 class="pq-sub">What was read of this page</h2><p>Nothing.</p>')
    )
    frame.draw(
        Markup('<div class="pq-spread">{}<div class="pq-beside">{}{}{}{}</div></div>').format(
            _figure(staff, document, number),
            _layer(page),
            read,
            _left_out(removals, "What was left out of this page"),
            _left_out(others, "What was left out elsewhere") if number == 1 else "",
        )
    )


def _number(document: Document) -> int:
    """Return the page that the address names, or that the words stand on which it leads to: else the first."""
    given = frame.parameters()
    asked = first(given, "page")
    if asked.isdecimal() and asked.isascii() and len(asked) < 5:
        return min(max(int(asked), 1), len(document.pages))
    found = find(document, given)
    page = document.page(found.span.start) if found and found.span else None
    return page.pdf if page else 1


def _figure(staff: Staff, document: Document, number: int) -> Markup:
    """Return the picture of a page, inside the page itself: nobody else is to have it before it is published."""
    count = len(document.pages)
    name = f"Page {number} of {count}"
    try:
        content = pictures.picture(document, staff.settings.corpus, number)
    except (ReadingError, QueueFullError) as error:
        why = error.problem if isinstance(error, ReadingError) else "is waited for by too many: load the page again"
        picture = Markup('<p class="pq-small">The page is not shown: the file {}.</p>').format(why)
    else:
        picture = Markup(
            '<div class="pq-sheet" role="region" tabindex="0" aria-label="{name}, which scrolls"><div class="pq-leaf">'
            '<img src="data:image/webp;base64,{data}" alt="{name}. Its words stand beside it."></div></div>'
        ).format(name=name, data=base64.b64encode(content).decode())
    ways = Markup("").join(
        _way(words, document, page if 1 <= page <= count else None)
        for words, page in (("Previous page", number - 1), ("Next page", number + 1))
    )
    return Markup(
        '<figure class="pq-paper" aria-label="{name}"><p class="pq-ways"><b>{name}</b>{ways}</p>{picture}</figure>'
    ).format(name=name, ways=ways, picture=picture)


def _way(words: str, document: Document, page: int | None) -> Markup:
    if page is None:
        return Markup('<span class="pq-no-way">{}</span>').format(words)
    return anchor(link_to(PAGE, {"report": [document.file], "page": [str(page)]}), words)


def _layer(page: Page) -> Markup:
    """Return how the words of a page were got, where that is not from its own text."""
    said = {
        "image": "This page is a picture, of which no word can be found. Add its file again, to be recognised.",
        "blank": "This page is blank.",
        "recognised": f"{RECOGNISED.capitalize()}: a program took the words from the picture, {page.certainty}% sure.",
    }.get(page.layer, "")
    return Markup('<p class="pq-notice">{}</p>').format(said) if said else Markup("")


def _passages(document: Document, span: Span, title: str) -> Markup:
    """Return the passages that begin in a span, each as it can be found and quoted."""
    drawn = []
    for number, passage in enumerate(cut_passages(document, first_row=0), start=1):
        if span.start <= passage.span.start < span.end:
            path = " › ".join(document.heading_path(passage.span.start))
            drawn.append(
                Markup('<li value="{}">{}<blockquote class="pq-read">{}</blockquote></li>').format(
                    number,
                    Markup('<p class="pq-small">{}</p>').format(path) if path else "",
                    document.slice(passage.span),
                )
            )
    what = (
        Markup('<ol class="pq-passages">{}</ol>').format(Markup("").join(drawn)) if drawn else Markup("<p>Nothing.</p>")
    )
    return Markup('<h2 class="pq-sub">{}</h2>{}').format(title, what)


def _left_out(removals: Sequence[Removal], title: str) -> Markup:
    if not removals:
        return Markup('<h2 class="pq-sub pq-spaced-above">{}</h2><p>Nothing.</p>').format(title)
    listed = Markup("").join(map(_removal, removals[:MOST_REMOVALS]))
    rest = len(removals) - MOST_REMOVALS
    more = Markup("<p>And {} more.</p>").format(rest) if rest > 0 else Markup("")
    return Markup('<h2 class="pq-sub pq-spaced-above">{}</h2><ul class="pq-left-out">{}</ul>{}').format(
        title, listed, more
    )


def _removal(removal: Removal) -> Markup:
    cut = " …" if removal.characters > REMOVAL_CHARACTERS else ""
    return Markup("<li><b>{}</b> ({} characters): {}{}</li>").format(
        removal.reason, removal.characters, removal.text[:REMOVAL_CHARACTERS], cut
    )
