"""Basket: the quotes that were kept, to copy or to download.

In: the names of the quotes that the visitor's browser keeps. Out: each quote with its source, what is not in the
reports any more, and all quotes in every format.
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
from probqa.rendering import label
from probqa.ui import basket, frame
from probqa.ui.address import link_to
from probqa.ui.cards import actions, badge, tag, whose
from probqa.ui.markup import Markup, anchor, original_anchor

TITLE = "Basket"
PROMISE = "Quotes to take away, each with its report, page, date, address and licence."
STYLE = Path(__file__).with_name("check.css")
WHERE = "This browser keeps them, on this device; the server does not."
FILE_NAME = "quotes-from-inspection-reports"


def draw(library: Library) -> None:
    """Draw the quotes and the ways to take them away."""
    frame.draw_style(STYLE)
    frame.heading(TITLE, PROMISE)
    names = basket.told(frame.parameters())
    kept = list(basket.found(library.generation, names or ()))
    quotes = [one.quote for one in kept if one.quote]
    if names is None:
        frame.draw(
            Markup('<p class="pq-finding">Your browser keeps the basket. It is shown once scripts have run.</p>')
        )
    elif not kept:
        frame.notice("The basket is empty", f"Add to basket stands under each quote. {WHERE}")
    if quotes:
        frame.draw(Markup('<p class="pq-finding">{} {}</p>').format(counted(quotes), WHERE))
    _draw_gone([one for one in kept if not one.quote])
    for number, one in enumerate(kept, start=1):
        if one.quote:
            frame.draw(_card(one, one.quote, number))
    if quotes:
        _draw_formats(quotes)
    frame.draw(frame.forgetting())
    frame.foot(library.generation.domain)


def counted(quotes: list[Quote]) -> str:
    """Return one sentence of counts."""
    reports = len({quote.source.id for quote in quotes})
    return f"{len(quotes)} quote{'' if len(quotes) == 1 else 's'} from {reports} report{'' if reports == 1 else 's'}."


def _draw_gone(gone: list[basket.Kept]) -> None:
    """Draw what was kept and is not in the reports as they are now, if anything: its words are not known here."""
    if gone:
        listed = Markup("").join(
            Markup("<li>{} {}</li>").format(
                _from(one),
                basket.name_button(one.name, f"what is gone, {number}"),
            )
            for number, one in enumerate(gone, start=1)
        )
        title = "1 quote" if len(gone) == 1 else f"{len(gone)} quotes"
        frame.draw(
            Markup(
                '<div class="pq-notice"><p class="pq-notice-title">{} cannot be shown any more</p><ul>{}</ul></div>'
            ).format(title, listed)
        )


def _from(gone: basket.Kept) -> Markup:
    if not gone.title:
        return Markup("From the report “{}”, which is not here any more.").format(gone.document_id)
    report = anchor(link_to("read", {"document": [gone.document_id]}), gone.title)
    return Markup("From “{}”: its text has changed, and the words were not found in it again.").format(report)


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


def _card(kept: basket.Kept, quote: Quote, number: int) -> Markup:
    citation = cite(quote, datetime.date.today())
    before, after = citation.around_title
    badges = [quote.recognised.in_words] if quote.recognised else []
    if kept.is_moved:
        badges.append("the report has changed since this was added: these words were found again in it")
    ways = [basket.name_button(kept.name, f"quote {number}"), anchor(reading_link(quote), "Read in context")]
    if citation.address:
        ways.append(original_anchor(citation.address))
    return Markup(
        '<article class="pq-card" aria-label="Quote {number}"><blockquote class="pq-quote{whose}">{text}</blockquote>'
        '<p class="pq-source">{before}<cite>{title}</cite>{label}{after}</p>{badges}<p class="pq-source">{terms}</p>'
        "{actions}</article>"
    ).format(
        number=number,
        whose=whose(quote.source),
        text=quote.text,
        before=before,
        title=citation.title,
        label=tag(label(quote.source)),
        after=after,
        badges=Markup("").join(map(badge, badges)),
        terms=citation.terms,
        actions=actions(ways),
    )
