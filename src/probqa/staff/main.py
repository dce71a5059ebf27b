"""The app for staff: which page the address names, and what all pages share.

In: the address and the person, whom ``gate`` has let in. Out: a page, drawn.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from probqa.errors import ProbqaError
from probqa.settings import log_file, settings
from probqa.staff.doing import arrive
from probqa.staff.log import Log
from probqa.staff.pages import PAGES, Page
from probqa.staff.person import Staff
from probqa.staff.sessions import COOKIE, SESSIONS
from probqa.ui import frame
from probqa.ui.markup import Markup
from probqa.ui.middleware import OWN_SCRIPTS

UI, HERE = Path(frame.__file__).parent, Path(__file__).parent
# What is said while the server does not take this page's connection.
GONE = (
    "You are signed out, or this server does not answer. Sign in again in another tab: what you typed here stays, and "
    "this page goes on by itself."
)


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="Staff", page_icon=str(UI / "icon.png"), layout="centered")
    who = SESSIONS.who(st.context.cookies.get(COOKIE, ""), acts=False)
    if who is None:
        return
    chosen = settings(os.environ)
    staff = Staff(chosen, who, Log(log_file(os.environ, chosen.corpus)))
    frame.draw_style(UI / "style.css")
    frame.draw_style(HERE / "style.css")
    base = Markup('<span class="pq-base" data-base="{}" data-gone="{}"></span>')
    frame.draw(base.format(st.get_option("server.baseUrlPath"), GONE))
    frame.draw_script(OWN_SCRIPTS[0])
    frame.draw(Markup('<p class="pq-small">Signed in as {} · <a href="sign-out">Sign out</a></p>').format(who))
    st.navigation([_page(page, staff) for page in PAGES], position="top").run()


def _page(page: Page, staff: Staff) -> st.Page:
    return st.Page(_drawing(page, staff), title=page.name, url_path=page.path, default=not page.path)


def _drawing(page: Page, staff: Staff) -> Callable[[], None]:
    def run() -> None:
        st.set_page_config(page_title=f"{page.name} · Staff")
        try:
            arrive()
            page.draw(staff)
        except (ProbqaError, OSError) as error:
            frame.notice("That did not work", str(error), "refused")

    return run


if __name__ == "__main__":
    main()
