"""The pages of the app: where each lies, what it is called, what it is for, and what draws it.

In: the path of an address. Out: a ``Page``; its title, which names what was asked or is read; what is said where a link
to it is shown.

>>> PAGES["every"].name, title(PAGES["every"], {"q": ["Who?", "Why?"]}, None)
('Every report', 'Why? · Every report · Ask the inspection reports')
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from probqa.asking.library import Library
from probqa.errors import ProbqaError
from probqa.records import Quote
from probqa.rendering import finding_line, quote_label, quoted, source_line, visible_line
from probqa.ui.address import first
from probqa.ui.address import read as read_address
from probqa.ui.shared import asker
from probqa.ui.views import about, ask, basket, check, compare, every, read, reports

# So much of a question or a report's title: a tab and a preview show less.
TITLE_CHARACTERS = 150

Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path, its name in the menu, what it is for, and what draws it."""

    path: str
    name: str
    promise: str
    draw: Callable[[Library], None]
    is_in_menu: bool = True


PAGES = {
    page.path: page
    for page in (
        Page("", "Ask", ask.PROMISE, ask.draw),
        Page("every", "Every report", "One question, put to each report by itself.", every.draw),
        Page("compare", "Compare", "Two providers, places, ratings or years, side by side.", compare.draw),
        Page("check", "Check a quote", check.PROMISE, check.draw),
        Page("basket", "Basket", basket.PROMISE, basket.draw),
        Page("reports", "Reports", "Everything that can be asked, and read in full.", reports.draw),
        Page("about", "About", "How it works, what it promises, and what it cannot do.", about.draw),
        Page("read", "Read", "A report, with the passage that was quoted marked.", read.draw, is_in_menu=False),
    )
}


def title(page: Page, parameters: Parameters, library: Library | None) -> str:
    """Return what a tab, a list of visited pages and a preview call a page: what was asked or is read comes first."""
    subject = _subject(page, parameters, library)
    name = "" if page.path == "" or (subject and not page.is_in_menu) else page.name
    return " · ".join(part for part in (subject, name, ask.TITLE) if part)


def preview(page: Page, parameters: Parameters, library: Library | None) -> str:
    """Return what is said where a link to a page is shown: what was found and the first quote, or what it is for."""
    address = read_address(parameters)
    if library and page.path == "" and address.questions:
        with suppress(ProbqaError):
            answer = asker(library)(ask.askable(address))
            return " ".join(filter(None, (finding_line(answer), *map(_quoted, answer.quotes[:1]))))
    return page.promise


def _subject(page: Page, parameters: Parameters, library: Library | None) -> str:
    """Return what was asked, or the title of what is read, short enough to be read at a glance."""
    subject = ""
    if page.path in ("", "every", "compare"):
        subject = next(iter(parameters.get("q", ())[-1:]), "")
    elif page.path == "read" and library:
        document = library.generation.document(first(parameters, "document"))
        subject = document.source.title if document else ""
    line = visible_line(" ".join(subject.split()))
    return line if len(line) <= TITLE_CHARACTERS else f"{line[:TITLE_CHARACTERS].rpartition(' ')[0] or line[:40]} …"


def _quoted(quote: Quote) -> str:
    """Return a quote with its source for one line: in quotation marks where the words are the publication's own."""
    words = quoted(quote.text, is_digest=quote.source.is_digest)
    return f"{words} ({'; '.join(filter(None, (source_line(quote), quote_label(quote))))})"
