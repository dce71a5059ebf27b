"""The basket: quotes that a visitor keeps to take away, for as long as the page is open.

In: quotes. Out: a button to add or remove one, and what was added, in that order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from probqa.records import Quote
from probqa.ui import frame
from probqa.ui.markup import Markup

MAX_QUOTES = 100
_KEY = "basket"
# The number that page.js gave the last click on an HTML button.
_HEARD = "basket-clicks"


def quotes() -> list[Quote]:
    """Return what was added, oldest first."""
    return list(_kept().values())


def button(quote: Quote, place: str) -> None:
    """Draw a button that adds a quote, or removes it if it is there.

    ``place`` tells apart two on one page. None is drawn without scripts, which it needs.
    """
    if frame.plain():
        return
    name = _name(quote)
    key = f"keep-{place}-{name}"
    if name in _kept():
        st.button(
            "Remove from basket", key=key, type="tertiary", icon=":material/check:", on_click=remove, args=(quote,)
        )
    elif len(_kept()) < MAX_QUOTES:
        st.button("Add to basket", key=key, type="tertiary", icon=":material/add:", on_click=add, args=(quote,))
    else:
        st.button(f"The basket is full ({MAX_QUOTES} quotes)", key=key, type="tertiary", disabled=True)


def html_button(quote: Quote, number: int) -> Markup:
    """Return the same button as HTML, for pages of many quotes.

    A hundred of Streamlit's would be half a second more.
    """
    return Markup(
        '<p class="pq-keeping"><button type="button" class="pq-keep" data-keep="{}">'
        '<span>Add to basket</span><span class="pq-hidden">: quote {}</span></button></p>'
    ).format(_name(quote), number)


def follow(parameters: Mapping[str, Sequence[str]], offered: Iterable[Quote]) -> None:
    """Do what a click on an HTML button has put into the address (page.js), and tell what is kept and was heard."""
    if frame.plain():
        return
    quotes = {_name(quote): quote for quote in offered}
    for name in parameters.get("keep", ()):
        if name in quotes and len(_kept()) < MAX_QUOTES:
            add(quotes[name])
    for name in parameters.get("unkeep", ()):
        _kept().pop(name, None)
    # A run without a click may have broken off the one that heard it, so what was heard last is told again.
    heard = st.session_state[_HEARD] = (*parameters.get("clicks", ()), st.session_state.get(_HEARD, "0"))[0]
    frame.draw(
        Markup('<span class="pq-kept" data-kept="{}" data-most="{}" data-clicks="{}"></span>').format(
            json.dumps(list(_kept())), MAX_QUOTES, heard
        )
    )


def add(quote: Quote) -> None:
    """Keep a quote, once."""
    _kept().setdefault(_name(quote), quote)


def remove(quote: Quote) -> None:
    """Keep a quote no longer."""
    _kept().pop(_name(quote), None)


def clear() -> None:
    """Keep nothing."""
    _kept().clear()


def _kept() -> dict[str, Quote]:
    if frame.plain():
        return {}
    kept: dict[str, Quote] = st.session_state.setdefault(_KEY, {})
    return kept


def _name(quote: Quote) -> str:
    return f"{quote.source.id}-{quote.span.start}-{quote.span.end}"
