"""Answers as HTML in which every word of a source is escaped: text is never markup.

In: ``Quote`` and ``Answer``. Out: HTML strings for ``st.html``, which changes nothing and fetches nothing.

>>> _escaped("<b>$5 :red[x]</b>")
'&lt;b&gt;$5 :red[x]&lt;/b&gt;'
"""

from __future__ import annotations

import html

from probqa.records import Answer, Quote
from probqa.rendering import date_in_words, finding_line, label, page_in_words, visible


def finding(answer: Answer) -> str:
    """The line that says what was found."""
    return f'<p class="pq-finding pq-{answer.status}">{_escaped(finding_line(answer))}</p>'


def card(quote: Quote, number: int) -> str:
    """One quote in its context, with where it comes from."""
    before = quote.context[: quote.span.start - quote.context_span.start]
    after = quote.context[quote.span.end - quote.context_span.start :]
    source = quote.source
    published = date_in_words(source.published, source.published_note)
    about = ", ".join((source.area, *source.providers)).strip(", ")
    facts = [
        source.publisher,
        published,
        f"about {about}" if about else "",
        " › ".join(quote.heading),
        page_in_words(quote),
    ]
    badge = f'<p class="pq-badge">{_escaped(label(source))}</p>' if label(source) else ""
    return (
        f'<section class="pq-card" aria-label="Quote {number}">'
        f'<blockquote class="pq-quote">{_neighbour(before)}'
        f'<mark class="pq-words">{_escaped(quote.text)}</mark>{_neighbour(after)}</blockquote>'
        f'<p class="pq-source"><cite>{_escaped(source.title)}</cite>'
        + "".join(f" · {_escaped(fact)}" for fact in facts if fact)
        + f"</p>{badge}{_original(quote)}</section>"
    )


def _original(quote: Quote) -> str:
    """A link to the original; only addresses of the web become links."""
    url = quote.source.url
    if not url.startswith(("https://", "http://")):
        return ""
    return (
        f'<p class="pq-link"><a href="{_escaped(url)}" target="_blank" rel="noopener noreferrer nofollow">'
        f"Open original</a> <span>{_escaped(url)}</span></p>"
    )


def _neighbour(text: str) -> str:
    return f'<span class="pq-context">{_escaped(text)}</span>' if text else ""


def _escaped(text: str) -> str:
    return html.escape(visible(text))
