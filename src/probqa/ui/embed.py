"""One answer as a page of its own, for other sites to show in a frame: no script, nothing fetched, every word escaped.

In: ``Answer``, or a refusal in words. Out: HTML and the one policy under which it may be framed.

>>> "&lt;b&gt;no&lt;/b&gt;" in refusal_page("<b>no</b>", "ask again")
True
"""

from __future__ import annotations

from probqa.records import Answer, Quote
from probqa.rendering import (
    close_label,
    finding_line,
    known_lines,
    quote_label,
    source_line,
    with_digests_below,
)
from probqa.ui.address import Address, link
from probqa.ui.markup import Markup, allowed, original_anchor

SHOWN = 3
STYLE = Markup("""
:root { color-scheme: light dark; --ink: #1d2433; --paper: #fbfaf7; --soft: #4d5563; --accent: #0b5d6b }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9e6df; --paper: #15181d; --soft: #b9b6ae; --accent: #6fc3d0 }
}
body { margin: 1rem; color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.125rem } h2 { font-size: 1rem } main { max-width: 42rem; overflow-wrap: anywhere }
blockquote { margin: 1rem 0 0.25rem; padding-left: 0.75rem; border-left: 3px solid var(--accent) }
blockquote:not(.digest)::before { content: "“" } blockquote:not(.digest)::after { content: "”" }
blockquote { font: 1.125rem/1.55 Georgia, serif; white-space: pre-wrap; unicode-bidi: isolate }
p { margin: 0.25rem 0 } .source, footer { color: var(--soft); font-size: 0.875rem } a { color: var(--accent) }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
""")

HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src {allowed(STYLE)}; base-uri 'none'; form-action 'none'; frame-ancestors *"
    ),
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "no-store",
}


def answer_page(answer: Answer) -> Markup:
    """Return the question, what was found, and the best quotes with their sources."""
    quotes = Markup("").join(
        Markup("<section><h2>{}</h2>{}</section>").format(part.label, _found(part.answer)) for part in answer.parts
    )
    whole = link(Address(answer.question.request.turns, answer.question.filters, answer.generation))
    return _page(
        answer.question.asked,
        Markup("<p>{}</p>{}").format(finding_line(answer), quotes or _found(answer)),
        Markup(
            '<a href="{}" target="_blank" rel="noopener">See the whole answer</a>. {} This is not an official service.'
        ).format(whole, _promise(answer)),
    )


def _promise(answer: Answer) -> str:
    """Return whose words the quotes are."""
    if any(quote.source.is_digest for quote in answer.shown):
        return "Quoted word for word; where it says digest, from this project’s own words about the publication."
    return "Quoted word for word."


def _found(answer: Answer) -> Markup:
    """Return what is known without a quote, and the best quotes or what is near."""
    known = Markup("").join(Markup("<p>{}</p>").format(text) for text in known_lines(answer))
    shown = () if answer.question.scope.kind in ("outside", "talk") else with_digests_below(answer.shown)[:SHOWN]
    near = Markup("<p>Not an answer, but near:</p>") if answer.near and shown else Markup("")
    quotes = Markup("").join(
        Markup("").join((_quote(quote, close_label(answer, number)), *(_folded(digest) for digest in digests)))
        for number, quote, digests in shown
    )
    return Markup("{}{}{}").format(known, near, quotes)


def refusal_page(problem: str, remedy: str) -> Markup:
    """Return why there is no answer, and what to do."""
    body = Markup("<p>{}</p><p>{}</p>").format(problem, remedy)
    return _page("No answer", body, Markup("This is not an official service."))


def _quote(quote: Quote, note: str) -> Markup:
    badges = Markup("").join(
        Markup('<p class="source">{}</p>').format(text) for text in (note, quote_label(quote)) if text
    )
    return Markup('<blockquote{}>{}</blockquote><p class="source">{}{}</p>{}').format(
        Markup(" class=digest") if quote.source.is_digest else Markup(""),
        quote.text,
        source_line(quote),
        _original(quote.source.url),
        badges,
    )


def _folded(digest: Quote) -> Markup:
    """Return what a digest says, below its publication's own words."""
    return Markup("<details><summary>The digest of it says</summary>{}</details>").format(_quote(digest, ""))


def _original(url: str) -> Markup:
    """Return a link to the original if its address is one of the web."""
    if not url.startswith(("https://", "http://")):
        return Markup("")
    return Markup(" · {}").format(original_anchor(url))


def _page(title: str, body: Markup, foot: Markup) -> Markup:
    return Markup(
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        "<style>{style}</style></head>"
        "<body><main><h1>{title}</h1>{body}</main><footer>{foot}</footer></body></html>"
    ).format(title=title, style=STYLE, body=body, foot=foot)
