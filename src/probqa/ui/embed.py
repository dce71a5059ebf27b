"""One answer as a page of its own, for other sites to show in a frame: no script, nothing fetched, every word escaped.

In: ``Answer``, or a refusal in words. Out: HTML and the one policy under which it may be framed.

>>> "&lt;b&gt;no&lt;/b&gt;" in refusal_page("<b>no</b>", "ask again")
True
"""

from __future__ import annotations

import base64
import hashlib
import html

from probqa.records import Answer, Quote
from probqa.rendering import close_label, finding_line, label, source_line, visible
from probqa.ui.address import Address, link

SHOWN = 3
STYLE = """
:root { color-scheme: light dark; --ink: #1d2433; --paper: #fbfaf7; --soft: #4d5563; --accent: #0b5d6b }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9e6df; --paper: #15181d; --soft: #b9b6ae; --accent: #6fc3d0 }
}
body { margin: 1rem; color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.125rem } main { max-width: 42rem; overflow-wrap: anywhere }
blockquote { margin: 1rem 0 0.25rem; padding-left: 0.75rem; border-left: 3px solid var(--accent) }
blockquote { font: 1.125rem/1.55 Georgia, serif; white-space: pre-wrap; unicode-bidi: isolate }
p { margin: 0.25rem 0 } .source, footer { color: var(--soft); font-size: 0.875rem } a { color: var(--accent) }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors *"
    ),
    "cross-origin-resource-policy": "cross-origin",
}


def answer_page(answer: Answer) -> str:
    """The question, what was found, and the best quotes with their sources."""
    shown = () if answer.question.scope.kind == "outside" else answer.shown[:SHOWN]
    near = "<p>Not an answer, but near:</p>" if answer.near and shown else ""
    quotes = "".join(_quote(quote, close_label(answer, number)) for number, quote in enumerate(shown, start=1))
    link_here = _escaped(link(Address(answer.question.request.turns, answer.question.filters, answer.generation)))
    return _page(
        answer.question.asked,
        f"<p>{_escaped(finding_line(answer))}</p>{near}{quotes}",
        f'<a href="{link_here}" target="_blank" rel="noopener">See the whole answer</a>. '
        "Quoted word for word. This is not an official service.",
    )


def refusal_page(problem: str, remedy: str) -> str:
    """Why there is no answer, and what to do."""
    return _page(
        "No answer", f"<p>{_escaped(problem)}</p><p>{_escaped(remedy)}</p>", "This is not an official service."
    )


def _quote(quote: Quote, note: str) -> str:
    said = (note, label(quote.source))
    badges = "".join(f'<p class="source">{_escaped(one)}</p>' for one in said if one)
    return (
        f"<blockquote>{_escaped(quote.text)}</blockquote>"
        f'<p class="source">{_escaped(source_line(quote))}{_original(quote.source.url)}</p>{badges}'
    )


def _original(url: str) -> str:
    """A link; only addresses of the web become one."""
    if not url.startswith(("https://", "http://")):
        return ""
    return f' · <a href="{_escaped(url)}" target="_blank" rel="noopener noreferrer nofollow">Open original</a>'


def _page(title: str, body: str, foot: str) -> str:
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{_escaped(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<style>{STYLE}</style></head>"
        f"<body><main><h1>{_escaped(title)}</h1>{body}</main><footer>{foot}</footer></body></html>"
    )


def _escaped(text: str) -> str:
    return html.escape(visible(text))
