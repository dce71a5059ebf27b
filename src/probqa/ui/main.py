"""The app: which page the address names, and what all pages share.

In: the address. Out: a page, drawn; nothing here decides what is true.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from probqa.errors import ProbqaError
from probqa.glossary.domain import NO_DOMAIN
from probqa.ui import frame, shared, states
from probqa.ui.markup import Markup
from probqa.ui.middleware import OWN_SCRIPTS
from probqa.ui.pages import PAGES, Page, title

HERE = Path(__file__).parent


def main() -> None:
    """Draw the page that the address names."""
    # A named icon would be fetched from another host; this one is a file of ours.
    st.set_page_config(page_icon=str(HERE / "icon.png"), layout="centered")
    frame.draw_style(HERE / "style.css")
    frame.draw(Markup('<span class="pq-base" data-base="{}"></span>').format(st.get_option("server.baseUrlPath")))
    for script in OWN_SCRIPTS:
        frame.draw_script(script)
    st.navigation([_page(page) for page in PAGES.values()], position="top").run()


def _page(page: Page) -> st.Page:
    def run() -> None:
        try:
            library = shared.live_library()
        except ProbqaError as error:
            states.unusable(error)
            frame.foot(NO_DOMAIN)
            return
        st.set_page_config(page_title=title(page, frame.parameters(), library))
        page.draw(library)

    return st.Page(
        run,
        title=page.name,
        url_path=page.path,
        default=not page.path,
        visibility="visible" if page.is_in_menu else "hidden",
    )


if __name__ == "__main__":
    main()
