"""One answer for paper: the question, the quotes, their sources with addresses, the edition, and nothing else.

In: an ``Answer``, the day, and the edition it comes from. Out: a page without scripts that prints as it is, and the one
policy it needs.

>>> "default-src 'none'" in HEADERS["content-security-policy"]
True
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from probqa.citing.citation import cite
from probqa.records import Answer, Quote
from probqa.rendering import close_label, finding_line, known_lines
from probqa.ui.address import filters_on
from probqa.ui.markup import Markup, allowed

STYLE = Markup("""
@page { margin: 20mm 18mm }
:root { color-scheme: light; color: #1d2433; background: #fff }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }
main { overflow-wrap: anywhere } h1 { font-size: 1.5rem; line-height: 1.25 } h2 { font-size: 1.125rem }
h1, h2 { break-after: avoid } section { break-inside: avoid; margin: 1.5rem 0 } p { margin: 0.25rem 0 }
blockquote { margin: 0 0 0.375rem; padding-left: 0.75rem; border-left: 3px solid #0b5d6b }
blockquote { font: 1.125rem/1.5 Georgia, serif; white-space: pre-wrap; unicode-bidi: isolate }
blockquote:not(.digest)::before { content: "“" } blockquote:not(.digest)::after { content: "”" }
.source, footer { font-size: 0.875rem } cite { font-style: normal; font-weight: 600 } a { color: inherit }
footer { margin-top: 2rem; padding-top: 0.5rem; border-top: 1px solid #5a6270 }
@media print { body { margin: 0; padding: 0; max-width: none; font-size: 11pt } }
""")

HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src {allowed(STYLE)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
}


def paper_page(answer: Answer, edition: str, today: date) -> Markup:
    """Return a page of everything that was found, or of what is near where nothing was."""
    parts = answer.parts
    found = Markup("").join(
        Markup("<h2>{}</h2><p>{}</p>{}").format(part.label, finding_line(part.answer), _found(part.answer, today))
        for part in parts
    )
    return Markup(
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        "<style>{style}</style></head><body><main><h1>{title}</h1>{asked}<p>{finding}</p>{found}</main>"
        "<footer>Edition of {edition} ({generation}), {documents} documents. Not an official service.</footer>"
        "</body></html>"
    ).format(
        title=answer.question.asked,
        style=STYLE,
        asked=Markup("").join(Markup('<p class="source">{}</p>').format(line) for line in _asked(answer)),
        finding=finding_line(answer),
        found=found or _found(answer, today),
        edition=edition,
        generation=answer.generation,
        documents=answer.coverage.documents,
    )


def _asked(answer: Answer) -> Iterator[str]:
    """Return what the question leans on, and what it was put to, if not to everything."""
    question = answer.question
    if earlier := question.request.turns[:-1]:
        yield f"Asked after: {' · '.join(turn.text for turn in earlier)}"
    if question.carried:
        yield f"From before: {' · '.join(each.text for each in question.carried)}"
    if chosen := filters_on(question.filters):
        yield f"Only from: {' · '.join(f'{name} {value}' for name, value in chosen)}"


def _found(answer: Answer, today: date) -> Markup:
    known = Markup("").join(Markup("<p>{}</p>").format(text) for text in known_lines(answer))
    shown = () if answer.question.scope.kind in ("outside", "talk") else answer.shown
    near = Markup("<h2>Not an answer, but near</h2>") if answer.near and shown else Markup("")
    quotes = Markup("").join(
        _quote(quote, close_label(answer, number), today) for number, quote in enumerate(shown, start=1)
    )
    return Markup("{}{}{}").format(known, near, quotes)


def _quote(quote: Quote, note: str, today: date) -> Markup:
    citation = cite(quote, today)
    before, after = citation.around_title
    lines = Markup("").join(
        Markup('<p class="source">{}</p>').format(line) for line in (note, citation.label, citation.terms) if line
    )
    return Markup(
        "<section><blockquote{digest}>{text}</blockquote>"
        '<p class="source">{before}<cite>{title}</cite>{after}</p>{address}{lines}</section>'
    ).format(
        digest=Markup(" class=digest") if quote.source.is_digest else Markup(""),
        text=quote.text,
        before=before,
        title=citation.title,
        after=after,
        address=_address(citation.address),
        lines=lines,
    )


def _address(url: str) -> Markup:
    """Return an address as it is read on paper, if it is one of the web."""
    if not url.startswith(("https://", "http://")):
        return Markup("")
    return Markup('<p class="source"><a href="{url}" rel="noreferrer">{url}</a></p>').format(url=url)
