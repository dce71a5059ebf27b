"""The app: which page the address names, and what all pages share.

In: the address. Out: a page, drawn; nothing here decides what is true.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from probqa.asking.library import Library
from probqa.errors import ProbqaError
from probqa.glossary.domain import NO_DOMAIN
from probqa.ui import frame, shared, states
from probqa.ui.views import about, ask, basket, check, compare, every, read, reports

HERE = Path(__file__).parent

Draw = Callable[[Library], None]


def main() -> None:
    """Draw the page that the address names."""
    # A named icon would be fetched from another host; this one is a file of ours.
    st.set_page_config(page_icon=str(HERE / "icon.png"), layout="centered")
    frame.draw_style(HERE / "style.css")
    frame.draw_script(HERE / "page.js")
    page = st.navigation(
        [
            _page(ask.draw, "Ask", "", default=True),
            _page(every.draw, "Every report", "every"),
            _page(compare.draw, "Compare", "compare"),
            _page(check.draw, "Check a quote", "check"),
            _page(basket.draw, "Basket", "basket"),
            _page(reports.draw, "Reports", "reports"),
            _page(about.draw, "About", "about"),
            _page(read.draw, "Read", "read", hidden=True),
        ],
        position="top",
    )
    page.run()


def _page(draw: Draw, title: str, path: str, *, default: bool = False, hidden: bool = False) -> st.Page:
    def run() -> None:
        try:
            library = shared.live_library()
        except ProbqaError as error:
            states.unusable(error)
            frame.foot(NO_DOMAIN)
            return
        draw(library)

    return st.Page(run, title=title, url_path=path, default=default, visibility="hidden" if hidden else "visible")


if __name__ == "__main__":
    main()
