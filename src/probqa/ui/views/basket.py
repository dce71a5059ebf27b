"""Basket: the quotes that were kept, to copy or to download.

In: what the visitor put in. Out: each quote with its source, and all of them in every format.
"""

from __future__ import annotations

import datetime
from functools import partial
from pathlib import Path

import streamlit as st

from probqa.asking.library import Library
from probqa.citing.citation import cite
from probqa.citing.export import FORMATS, export
from probqa.links import reading_link
from probqa.records import Quote
from probqa.ui import basket, frame
from probqa.ui.cards import actions, badge
from probqa.ui.markup import Markup, anchor, original_anchor

TITLE = "Basket"
PROMISE = "Quotes to take away, each with its report, page, date, address and licence."
STYLE = Path(__file__).with_name("check.css")
FILE_NAME = "quotes-from-inspection-reports"


def draw(library: Library) -> None:
    """Draw the quotes and the ways to take them away."""
    frame.draw_style(STYLE)
    frame.heading(TITLE, PROMISE)
    quotes = basket.quotes()
    if quotes:
        _draw_quotes(library, quotes)
        _draw_formats(quotes)
    else:
        frame.notice(
            "The basket is empty",
            "Add to basket stands under each quote. What you add stays here until you close or reload the page.",
        )
    frame.foot(library.generation.domain)


def counted(quotes: list[Quote]) -> str:
    """Return one sentence of counts."""
    reports = len({quote.source.id for quote in quotes})
    return (
        f"{len(quotes)} quote{'' if len(quotes) == 1 else 's'} from {reports} report{'' if reports == 1 else 's'}. "
        "They stay here until you close or reload the page."
    )


def _draw_quotes(library: Library, quotes: list[Quote]) -> None:
    frame.draw(Markup('<p class="pq-finding">{}</p>').format(counted(quotes)))
    for number, quote in enumerate(quotes, start=1):
        with st.container(gap=None):
            frame.draw(_card(library, quote, number))
            basket.button(quote, "basket")


def _draw_formats(quotes: list[Quote]) -> None:
    today = datetime.date.today()
    frame.draw(Markup('<h2 class="pq-sub">Download</h2>'))
    with st.container(horizontal=True):
        for name, wanted in FORMATS.items():
            # Made when it is asked for: seven files for every change of the basket would be thrown away.
            st.download_button(
                wanted.name,
                partial(export, quotes, wanted, today),
                f"{FILE_NAME}{wanted.suffix}",
                wanted.media_type,
                key=f"basket-download-{name}",
                on_click="ignore",
            )
    frame.draw(Markup('<h2 class="pq-sub">Copy</h2>'))
    texts = [name for name, wanted in FORMATS.items() if wanted.is_text]
    chosen = st.selectbox("Format", texts, format_func=lambda name: FORMATS[name].name, key="basket-format")
    text = export(quotes, FORMATS[chosen], today).decode("utf-8-sig").replace("\r\n", "\n")
    frame.draw(Markup('<button type="button" class="pq-copy" data-copy="{}">Copy this text</button>').format(text))
    st.code(text, language=None, wrap_lines=True)
    st.button("Empty the basket", key="basket-clear", on_click=basket.clear)


def _card(library: Library, quote: Quote, number: int) -> Markup:
    citation = cite(quote, datetime.date.today())
    before, after = citation.around_title
    badges = [citation.label] if citation.label else []
    if not _still_says(library, quote):
        badges.append("the report has changed since this was added: look again before you use it")
    ways = [anchor(reading_link(quote), "Read in context")]
    if citation.address:
        ways.append(original_anchor(citation.address))
    return Markup(
        '<article class="pq-card" aria-label="Quote {number}"><blockquote class="pq-quote">{text}</blockquote>'
        '<p class="pq-source">{before}<cite>{title}</cite>{after}</p>{badges}<p class="pq-source">{terms}</p>'
        "{actions}</article>"
    ).format(
        number=number,
        text=quote.text,
        before=before,
        title=citation.title,
        after=after,
        badges=Markup("").join(map(badge, badges)),
        terms=citation.terms,
        actions=actions(ways),
    )


def _still_says(library: Library, quote: Quote) -> bool:
    document = library.generation.document(quote.source.id)
    return document is not None and document.slice(quote.span) == quote.text
