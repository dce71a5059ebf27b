"""What every page has around its content: the title, the foot, and how a page says that something is not there.

In: words of our own, or text to be escaped. Out: HTML, drawn with ``st.html``, which changes and fetches nothing.
"""

from __future__ import annotations

import html

import streamlit as st

from probqa.rendering import visible

FOOT = (
    '<footer class="pq-foot">Not an official service. Made from published reports; not connected with HM Inspectorate '
    'of Probation, HM Prison and Probation Service or any provider. <a class="pq-go" href="about">How it works</a>'
    "</footer>"
)


def escaped(text: str) -> str:
    """Text of a source or a visitor as HTML that can only be text; direction marks are made visible."""
    return html.escape(visible(text))


def heading(title: str, lead: str = "") -> None:
    """The page's one first-level heading, and a line under it."""
    under = f'<p class="pq-lead">{escaped(lead)}</p>' if lead else ""
    st.html(f'<h1 class="pq-title">{escaped(title)}</h1>{under}')


def notice(title: str, text: str, kind: str = "note", arrive: str = "") -> None:
    """A state that is not an answer: what happened and what to do. ``arrive`` names one that is to be scrolled to."""
    arriving = f' data-arrive="{escaped(arrive)}" data-block="center" data-said="{escaped(title)}"' if arrive else ""
    st.html(
        f'<div class="pq-notice pq-{kind}"{arriving}><p class="pq-notice-title">{escaped(title)}</p>'
        f"<p>{escaped(text)}</p></div>"
    )


def foot() -> None:
    """Who does not stand behind this."""
    st.html(FOOT)
