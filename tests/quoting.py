"""Quotes and questions made by hand, for tests of what is done with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from probqa.questions import INSIDE, Added, Carried, Question, Request, Scope, Turn
from probqa.records import Block, Document, Page, Quote, Source, Span, Status


def document_of(source: Source, text: str, heading: Sequence[str] = (), pages: tuple[Page, ...] = ()) -> Document:
    """A document of one paragraph; its headings stand behind one another above it, in a text that begins with them."""
    above = "".join(f"{words}\n" for words in heading)
    starts = [sum(len(words) + 1 for words in heading[:number]) for number in range(len(heading))]
    blocks = [
        Block("heading", Span(start, start + len(words)), level)
        for level, (start, words) in enumerate(zip(starts, heading, strict=True), start=1)
    ]
    paragraph = Block("paragraph", Span(len(above), len(above) + len(text)))
    return Document(source, "a.md", "0" * 64, "markdown 1", above + text, (*blocks, paragraph), pages)


def quote_of(
    source: Source,
    text: str,
    *,
    context: str = "",
    heading: Sequence[str] = (),
    page: Page | None = None,
    start: int = 0,
    score: float = 0.5,
    status: Status = "not_found",
    confidence: float = 0.0,
    also_in: tuple[Source, ...] = (),
) -> Quote:
    """``text``, as it first stands in its ``context``; at ``start`` of its document, if that is given.

    ``page`` is the page that the whole document stands on.
    """
    context = context or text
    pages = () if page is None else (Page(0, page.pdf, page.printed, page.layer),)
    above = sum(len(words) + 1 for words in heading)
    padding = " " * max(0, start - above - context.index(text))
    document = document_of(source, padding + context, heading, pages)
    first = above + len(padding)
    span = Span(first + context.index(text), first + context.index(text) + len(text))
    return Quote(document, span, Span(first, first + len(context)), score, confidence, status, also_in)


def question_of(
    asked: str,
    *,
    ran: str = "",
    carried: tuple[Carried, ...] = (),
    added: tuple[Added, ...] = (),
    scope: Scope = INSIDE,
    request: Request | None = None,
) -> Question:
    """A question of which only this is understood."""
    return Question(
        request or Request((Turn(asked),)), ran or asked, (), (), None, carried, added, scope, np.zeros(2, np.float32)
    )
