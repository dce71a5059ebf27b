"""The basket: quotes that a visitor keeps to take away, for as long as the page is open.

In: quotes. Out: a button to add or remove one, and what was added, in that order.
"""

from __future__ import annotations

import streamlit as st

from probqa.records import Quote

MAX_QUOTES = 100
_KEY = "basket"


def quotes() -> list[Quote]:
    """What was added, oldest first."""
    return list(_kept().values())


def button(quote: Quote, place: str) -> None:
    """Draw a button that adds a quote, or removes it if it is there; ``place`` tells apart two on one page."""
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
    kept: dict[str, Quote] = st.session_state.setdefault(_KEY, {})
    return kept


def _name(quote: Quote) -> str:
    return f"{quote.source.id}-{quote.span.start}-{quote.span.end}"
