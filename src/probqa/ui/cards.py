"""Answers as HTML in which every word of a source is escaped: text is never markup.

In: ``Quote`` records, and words of our own. Out: HTML for ``st.html``, which changes nothing and fetches nothing.

>>> escaped("<b>$5 :red[x]</b>")
'&lt;b&gt;$5 :red[x]&lt;/b&gt;'
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote as percent_encoded

from probqa.asking.later import Later
from probqa.citing import export
from probqa.glossary.glossary import Glossary
from probqa.records import Quote
from probqa.rendering import label, page_in_words
from probqa.ui.address import link_to
from probqa.ui.frame import escaped


def finding(line: str, kind: str) -> str:
    """The line that says what was found, different in words and shape for each status and scope."""
    return f'<p class="pq-finding pq-{kind}">{escaped(line)}</p>'


def card(quote: Quote, number: int, glossary: Glossary, later: Later | None = None, note: str = "") -> str:
    """One quote in its context, where it comes from, and what can be done with it.

    ``later`` came after its report; ``note`` is said of it.
    """
    before = quote.context[: quote.span.start - quote.context_span.start]
    after = quote.context[quote.span.end - quote.context_span.start :]
    spaced = " pq-spaced" if re.search(r"\s\s|[^\S ]", quote.context) else ""
    return (
        f'<article class="pq-card" aria-label="Quote {number}">'
        f'<blockquote class="pq-quote{spaced}">{_neighbour(before)}'
        f'<mark class="pq-words">{escaped(quote.text)}</mark>{_neighbour(after)}</blockquote>'
        f"{_where_from(quote)}{_badges(quote, note)}{later_badge(later)}{_actions(quote)}"
        f"{terms((*quote.heading, quote.context), glossary)}</article>"
    )


def terms(texts: Sequence[str], glossary: Glossary) -> str:
    """The words of the field that stand in the texts, each explained once, folded; nothing where there are none."""
    found = dict.fromkeys(term for text in texts for _, term in glossary.definitions(text))
    if not found:
        return ""
    names = " · ".join(escaped(term.abbreviation or term.term) for term in found)
    listed = "".join(
        f"<dt>{escaped(term.term)}{f' ({escaped(term.abbreviation)})' if term.abbreviation else ''}</dt>"
        f"<dd>{escaped(term.definition)}</dd>"
        for term in found
    )
    return (
        f'<details class="pq-terms"><summary>What these words mean: {names}</summary><dl>{listed}</dl>'
        '<p class="pq-small">In this project’s own words, not the report’s.</p></details>'
    )


def later_badge(later: Later | None) -> str:
    """That there is a later inspection, and where; nothing where there is none."""
    if later is None:
        return ""
    target = escaped(link_to("read", {"document": [later.source.id]}))
    named = f"a later inspection of {later.of} exists ({later.source.published.year})"
    return f'<p class="pq-badge"><a class="pq-go" href="{target}">{escaped(named)}</a></p>'


def original(quote: Quote) -> str:
    """Where the original can be read, at the quote's page or words; nothing where that is not on the web.

    A web page opens at the very words, where it holds them: a digest's words are not there.
    """
    url = export.address(quote)
    if not url or "#" in url or quote.source.wording == "digest":
        return url
    first_words = " ".join(quote.text.split()[:8])
    return f"{url}#:~:text={percent_encoded(first_words, safe='').replace('-', '%2D')}"


def citation(quote: Quote) -> str:
    """The quote with its source, as plain text to paste."""
    # The visitor's own day is not known here; that of the server is at most one off.
    return export.export([quote], export.FORMATS["text"], datetime.now(UTC).date()).decode()


def reading_link(quote: Quote) -> str:
    """The page that shows the quote where it stands."""
    return reading_link_to(quote.source.id, quote.span.start, quote.span.end)


def reading_link_to(document_id: str, start: int, end: int) -> str:
    """The page that shows these characters of a document."""
    return link_to("read", {"document": [document_id], "from": [str(start)], "to": [str(end)]})


def _where_from(quote: Quote) -> str:
    source = quote.source
    about = ", ".join(filter(None, (source.area, *source.providers)))
    facts = [
        source.publisher,
        source.published.in_words,
        f"about {about}" if about else "",
        " › ".join(quote.heading),
        page_in_words(quote),
    ]
    return (
        f'<p class="pq-source"><cite>{escaped(source.title)}</cite>'
        + "".join(f" · {escaped(fact)}" for fact in facts if fact)
        + "</p>"
    )


def _badges(quote: Quote, note: str) -> str:
    badges = [escaped(said) for said in (note, label(quote.source)) if said]
    if quote.also_in:
        titles = ", ".join(escaped(source.title) for source in quote.also_in)
        badges.append(f"the same words also in: {titles}")
    return "".join(f'<p class="pq-badge">{badge}</p>' for badge in badges)


def _actions(quote: Quote) -> str:
    url = original(quote)
    host = re.sub(r"^https?://(www\.)?|[/?#].*$", "", url)
    actions = [
        f'<a class="pq-go" href="{escaped(reading_link(quote))}">Read in context</a>',
        f'<button type="button" class="pq-copy" data-copy="{escaped(citation(quote))}">Copy with citation</button>',
    ]
    if url:
        actions.append(
            f'<a href="{escaped(url)}" target="_blank" rel="noopener noreferrer nofollow">Open original</a> '
            f'<span class="pq-small">{escaped(host)}</span>'
        )
    return f'<p class="pq-actions">{"".join(f"<span>{action}</span>" for action in actions)}</p>'


def _neighbour(text: str) -> str:
    return f'<span class="pq-context">{escaped(text)}</span>' if text else ""
