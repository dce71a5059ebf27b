"""Answers as HTML in which every word of a source is escaped: text is never markup.

In: ``Quote`` records, and words of our own. Out: HTML for ``frame.draw``, which changes nothing and fetches nothing.

>>> finding("<b>$5 :red[x]</b>", "answered")
Markup('<p class="pq-finding pq-answered">&lt;b&gt;$5 :red[x]&lt;/b&gt;</p>')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote as percent_encoded

from probqa.asking.later import Later
from probqa.citing import export
from probqa.glossary.glossary import Glossary
from probqa.links import reading_link
from probqa.records import Quote, Source, marked
from probqa.rendering import label, page_in_words
from probqa.ui import basket
from probqa.ui.address import link_to
from probqa.ui.markup import Markup, anchor, original_anchor


def finding(line: str, kind: str) -> Markup:
    """Return the line that says what was found, different in words and shape for each status and scope."""
    return Markup('<p class="pq-finding pq-{}">{}</p>').format(kind, line)


def card(
    quote: Quote,
    number: int,
    glossary: Glossary,
    later: Later | None = None,
    note: str = "",
    digests: Sequence[Quote] = (),
) -> Markup:
    """Return one quote in its context, where it comes from, and what can be done with it.

    ``later`` came after its report; ``note`` is said of it; ``digests`` say the same of its publication.
    """
    return Markup(
        '<article class="pq-card" aria-label="Quote {number}">'
        '<blockquote class="pq-quote{whose}{spaced}">{before}<mark class="pq-words">{text}</mark>{after}</blockquote>'
        "{where_from}{badges}{about}{digests}{actions}</article>"
    ).format(
        number=number,
        whose=whose(quote.source),
        spaced=" pq-spaced" if re.search(r"\s\s|[^\S ]", quote.context) else "",
        before=neighbour(quote.context[: quote.span.start - quote.context_span.start]),
        text=quote.text,
        after=neighbour(quote.context[quote.span.end - quote.context_span.start :]),
        where_from=_where_from(quote),
        badges=_badges(quote, later, note),
        about=_about(quote, glossary),
        digests=_below(digests),
        actions=_actions(quote, number),
    )


def whose(source: Source) -> str:
    """Return the class that shows whose words these are: only a publication's own get quotation marks."""
    return " pq-digests" if source.is_digest else ""


def tag(words: str) -> Markup:
    """Return the label of a digest, to stand beside the title.

    Where there is no room it is its words before a comma.
    """
    name, comma, rest = words.partition(",")
    more = Markup('<span class="pq-mid">{}{}</span>').format(comma, rest) if rest else Markup("")
    return Markup(' <span class="pq-label">{}{}</span>').format(name, more) if words else Markup("")


def either(words: str, short: str, room: Literal["roomy", "mid"] = "roomy") -> Markup:
    """Return words, and others that stand for them in a card that has less ``room``."""
    instead = {"roomy": "narrow", "mid": "tiny"}[room]
    return Markup('<span class="pq-{}">{}</span><span class="pq-{}">{}</span>').format(room, words, instead, short)


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
        Markup('<button type="button" class="pq-send" data-link="{}" data-title="{}">Share</button>').format(
            target, title
        ),
    )
    drawn = Markup("").join(Markup("<span>{}</span>").format(way) for way in (*shares, *ways))
    return Markup('<p class="pq-actions pq-flush">{}</p>').format(drawn)


def original(quote: Quote) -> str:
    """Return where the original can be read, at the quote's page or words.

    Nothing where that is not on the web. A web page opens at the very words, where it holds them: a digest's words are
    not there.
    """
    url = export.address(quote)
    if not url or "#" in url or quote.source.is_digest:
        return url
    first_words = " ".join(quote.text.split()[:8])
    return f"{url}#:~:text={percent_encoded(first_words, safe='').replace('-', '%2D')}"


def host(url: str) -> str:
    """Return who serves an address of the web, as people say it.

    >>> host("https://www.example.org/a?b")
    'example.org'
    """
    return re.sub(r"^https?://(www\.)?|[/?#].*$", "", url)


def citation(quote: Quote) -> str:
    """Return the quote with its source, as plain text to paste."""
    # The visitor's own day is not known here; that of the server is at most one off.
    return export.export([quote], export.FORMATS["text"], datetime.now(UTC).date()).decode()


def _where_from(quote: Quote) -> Markup:
    """Return title, label, date and page, and what is said besides where there is room: two lines at most."""
    source = quote.source
    facts = [source.published.in_words, page_in_words(quote)]
    more = [source.publisher_in_words, " › ".join(quote.heading)]
    return Markup('<p class="pq-source"><cite>{}</cite>{}{}<span class="pq-roomy">{}</span></p>').format(
        source.title_in_words,
        tag(label(source)),
        "".join(f" · {fact}" for fact in facts if fact),
        "".join(f" · {fact}" for fact in more if fact),
    )


def _badges(quote: Quote, later: Later | None, note: str) -> Markup:
    texts = [note, quote.recognised.in_words if quote.recognised else ""]
    if quote.also_in:
        others = len(quote.also_in)
        texts.append(f"the same words also in {others} other report{'' if others == 1 else 's'}")
    drawn = [badge(text) for text in texts if text]
    if later:
        words = f"a later inspection of {later.of} exists ({later.source.published.year})"
        drawn.append(badge(anchor(link_to("read", {"document": [later.source.id]}), words)))
    return Markup('<div class="pq-badges">{}</div>').format(Markup("").join(drawn)) if drawn else Markup("")


def _about(quote: Quote, glossary: Glossary) -> Markup:
    """Return all that is known of the source, and the words of the field in it, each explained once, folded."""
    source = quote.source
    rows = [
        ("Wording", label(source)),
        ("Publisher", source.publisher_in_words),
        ("About", source.area_in_words),
        ("Providers", ", ".join(source.providers)),
        ("Section", " › ".join(quote.heading)),
        ("The same words also in", ", ".join(other.title_in_words for other in quote.also_in)),
    ]
    explained = dict.fromkeys(
        term for text in (*quote.heading, quote.context) for _, term in glossary.definitions(text)
    )
    rows += [(marked(term.term, term.abbreviation), term.definition) for term in explained]
    known = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in rows if value)
    if not known:
        return Markup("")
    words = " · ".join(term.abbreviation or term.term for term in explained)
    ours = Markup('<p class="pq-small">Words are explained in this project’s own words, not the report’s.</p>')
    return Markup('<details class="pq-terms"><summary>{}</summary><dl>{}</dl>{}</details>').format(
        f"More on this source, and what these words mean: {words}" if words else "More on this source",
        known,
        ours if words else Markup(""),
    )


def _below(digests: Sequence[Quote]) -> Markup:
    """Return what digests of the same publication say, folded, if there are any."""
    if not digests:
        return Markup("")
    said = Markup("").join(
        Markup("<dd>{} {}</dd>").format(digest.text, anchor(reading_link(digest), "Read in context"))
        for digest in digests
    )
    words = digests[0].source.digest_label
    return Markup('<details class="pq-terms"><summary>{}</summary><dl><dt>{}</dt>{}</dl></details>').format(
        "What the digest of it says", words, said
    )


def _actions(quote: Quote, number: int) -> Markup:
    url = original(quote)
    ways = [
        anchor(reading_link(quote), either("Read in context", "Context", "mid")),
        Markup('<button type="button" class="pq-copy" data-copy="{}">{}</button>').format(
            citation(quote), either("Copy with citation", "Copy")
        ),
    ]
    if url:
        ways.append(
            Markup('{} <span class="pq-small pq-roomy">{}</span>').format(
                original_anchor(url, either("Open original", "Original")), host(url)
            )
        )
    return actions((*ways, basket.button(quote, number)))
