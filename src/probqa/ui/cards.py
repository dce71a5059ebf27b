"""Answers as HTML in which every word of a source is escaped: text is never markup.

In: ``Quote`` records, and words of our own. Out: HTML for ``frame.draw``, which changes nothing and fetches nothing.

>>> finding("<b>$5 :red[x]</b>", "answered")
Markup('<p class="pq-finding pq-answered">&lt;b&gt;$5 :red[x]&lt;/b&gt;</p>')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote as percent_encoded

from probqa.asking.later import Later
from probqa.citing import export
from probqa.glossary.glossary import Glossary
from probqa.links import reading_link
from probqa.records import Quote, marked
from probqa.rendering import page_in_words, quote_label
from probqa.ui import basket
from probqa.ui.address import link_to
from probqa.ui.markup import Markup, anchor, original_anchor


def finding(line: str, kind: str) -> Markup:
    """Return the line that says what was found, different in words and shape for each status and scope."""
    return Markup('<p class="pq-finding pq-{}">{}</p>').format(kind, line)


def card(quote: Quote, number: int, glossary: Glossary, later: Later | None = None, note: str = "") -> Markup:
    """Return one quote in its context, where it comes from, and what can be done with it.

    ``later`` came after its report; ``note`` is said of it.
    """
    return Markup(
        '<article class="pq-card" aria-label="Quote {number}">'
        '<blockquote class="pq-quote{spaced}">{before}<mark class="pq-words">{text}</mark>{after}</blockquote>'
        "{where_from}{badges}{later}{actions}{terms}</article>"
    ).format(
        number=number,
        spaced=" pq-spaced" if re.search(r"\s\s|[^\S ]", quote.context) else "",
        before=neighbour(quote.context[: quote.span.start - quote.context_span.start]),
        text=quote.text,
        after=neighbour(quote.context[quote.span.end - quote.context_span.start :]),
        where_from=_where_from(quote),
        badges=_badges(quote, note),
        later=later_badge(later),
        actions=_actions(quote, number),
        terms=terms((*quote.heading, quote.context), glossary),
    )


def neighbour(text: str) -> Markup:
    """Return what stands beside quoted words in their paragraph, if anything does."""
    return Markup('<span class="pq-context">{}</span>').format(text) if text else Markup("")


def badge(text: str) -> Markup:
    """Return what must be said of a quote, set apart from its words."""
    return Markup('<p class="pq-badge">{}</p>').format(text)


def actions(ways: Iterable[Markup]) -> Markup:
    """Return what can be done with a quote, in a row."""
    drawn = Markup("").join(Markup("<span>{}</span>").format(way) for way in ways)
    return Markup('<p class="pq-actions">{}</p>').format(drawn)


def sharing(target: str, title: str, *ways: Markup) -> Markup:
    """Return what can be done with a whole answer, in a row: a link to it copied or shared, and other ``ways``.

    The system's own way to share is shown where the browser has one (page.js). ``target`` is a page of ours.
    """
    shares = (
        Markup('<button type="button" class="pq-copy" data-link="{}">Copy link</button>').format(target),
        Markup('<button type="button" class="pq-share" data-link="{}" data-title="{}">Share</button>').format(
            target, title
        ),
    )
    drawn = Markup("").join(Markup("<span>{}</span>").format(way) for way in (*shares, *ways))
    return Markup('<p class="pq-actions pq-flush">{}</p>').format(drawn)


def terms(texts: Sequence[str], glossary: Glossary) -> Markup:
    """Return the words of the field that stand in the texts, each explained once, folded, if there are any."""
    explained = dict.fromkeys(term for text in texts for _, term in glossary.definitions(text))
    if not explained:
        return Markup("")
    listed = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(marked(term.term, term.abbreviation), term.definition)
        for term in explained
    )
    return Markup(
        '<details class="pq-terms"><summary>What these words mean: {}</summary><dl>{}</dl>'
        '<p class="pq-small">In this project’s own words, not the report’s.</p></details>'
    ).format(" · ".join(term.abbreviation or term.term for term in explained), listed)


def later_badge(later: Later | None) -> Markup:
    """Return that there is a later inspection, and where, if there is one."""
    if later is None:
        return Markup("")
    words = f"a later inspection of {later.of} exists ({later.source.published.year})"
    return badge(anchor(link_to("read", {"document": [later.source.id]}), words))


def original(quote: Quote) -> str:
    """Return where the original can be read, at the quote's page or words.

    Nothing where that is not on the web. A web page opens at the very words, where it holds them: a digest's words are
    not there.
    """
    url = export.address(quote)
    if not url or "#" in url or quote.source.wording == "digest":
        return url
    first_words = " ".join(quote.text.split()[:8])
    return f"{url}#:~:text={percent_encoded(first_words, safe='').replace('-', '%2D')}"


def citation(quote: Quote) -> str:
    """Return the quote with its source, as plain text to paste."""
    # The visitor's own day is not known here; that of the server is at most one off.
    return export.export([quote], export.FORMATS["text"], datetime.now(UTC).date()).decode()


def _where_from(quote: Quote) -> Markup:
    source = quote.source
    facts = [
        source.publisher_in_words,
        source.published.in_words,
        f"about {source.about}" if source.about else "",
        " › ".join(quote.heading),
        page_in_words(quote),
    ]
    return Markup('<p class="pq-source"><cite>{}</cite>{}</p>').format(
        source.title_in_words, "".join(f" · {fact}" for fact in facts if fact)
    )


def _badges(quote: Quote, note: str) -> Markup:
    texts = [note, quote_label(quote)]
    if quote.also_in:
        texts.append(f"the same words also in: {', '.join(source.title for source in quote.also_in)}")
    return Markup("").join(badge(text) for text in texts if text)


def _actions(quote: Quote, number: int) -> Markup:
    url = original(quote)
    host = re.sub(r"^https?://(www\.)?|[/?#].*$", "", url)
    ways = [
        anchor(reading_link(quote), "Read in context"),
        Markup('<button type="button" class="pq-copy" data-copy="{}">Copy with citation</button>').format(
            citation(quote)
        ),
        basket.button(quote, number),
    ]
    if url:
        ways.append(Markup('{} <span class="pq-small">{}</span>').format(original_anchor(url), host))
    return actions(ways)
