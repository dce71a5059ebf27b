"""What every page is drawn with: HTML, the title, the foot, and how a page says that something is not there.

In: ``Markup``, and text, which is escaped. Out: HTML, drawn with ``st.html``, which changes and fetches nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st

from probqa.glossary.domain import Domain
from probqa.ui.markup import Markup, anchor


def draw(markup: Markup, width: Literal["stretch", "content"] = "stretch") -> None:
    """Draw HTML, which nothing else puts on a page."""
    st.html(markup, width=width)


def draw_style(path: Path) -> None:
    """Draw a style sheet of ours, which shows nothing itself."""
    st.html(f"<style>{path.read_text(encoding='utf-8')}</style>")


def draw_script(path: Path) -> None:
    """Draw a script of ours, which the browser then runs."""
    st.html(f"<script>{path.read_text(encoding='utf-8')}</script>", unsafe_allow_javascript=True)


def heading(title: str, lead: str = "") -> None:
    """Draw the page's one first-level heading, and a line under it."""
    under = Markup('<p class="pq-lead">{}</p>').format(lead) if lead else Markup("")
    draw(Markup('<h1 class="pq-title">{}</h1>{}').format(title, under))


def notice(title: str, text: str, kind: str = "note", arrive: str = "") -> None:
    """Draw what happened instead of an answer, and what to do.

    ``arrive`` names one that is to be scrolled to.
    """
    arriving = Markup("")
    if arrive:
        arriving = Markup(' data-arrive="{}" data-block="center" data-said="{}"').format(arrive, title)
    draw(
        Markup(
            '<div class="pq-notice pq-{kind}"{arriving}><p class="pq-notice-title">{title}</p><p>{text}</p></div>'
        ).format(kind=kind, arriving=arriving, title=title, text=text)
    )


def foot(domain: Domain) -> None:
    """Draw who does not stand behind this."""
    draw(
        Markup(
            '<footer class="pq-foot">Not an official service. Made from published reports; not connected with {}. {}'
            "</footer>"
        ).format(domain.not_connected_with, anchor("about", "How it works"))
    )
