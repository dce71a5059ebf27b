"""Buttons that do one act, once, and what is said of it afterwards.

In: an act, as a call. Out: what became of it, at the top of the page; an error as one line, and all as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from probqa.errors import ProbqaError
from probqa.gathering.outcome import reason
from probqa.ui import frame
from probqa.ui.markup import Markup

_SAID, _DONE = "staff-said", "staff-done"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an act: a title, a sentence or two, and more of it, a line each."""

    title: str
    text: str = ""
    lines: Sequence[str] = ()
    is_bad: bool = False


def once(key: str) -> str:
    """Return the key of a button, which is another one after each act: a second click meets nothing."""
    return f"{key}-{st.session_state.setdefault(_DONE, 0)}"


def do(act: Callable[[], Said | None], page: str) -> None:
    """Do what a button was clicked for, and draw the page anew with what became of it, if that is to be said."""
    # Before the act: whoever clicks again while it is at work clicks a button that is not there any more.
    st.session_state[_DONE] = st.session_state.get(_DONE, 0) + 1
    try:
        said = act()
    except (ProbqaError, OSError) as error:
        said = Said("That was not done", sentence(reason(error)), is_bad=True)
    st.session_state[_SAID] = (page, said)
    st.rerun()


def say(page: str) -> None:
    """Draw what became of the last act, if it was done on this page."""
    where, said = st.session_state.get(_SAID, ("", None))
    if where != page or said is None:
        return
    lines = Markup("").join(Markup("<li>{}</li>").format(line) for line in said.lines)
    listed = Markup("<ul>{}</ul>").format(lines) if lines else Markup("")
    frame.draw(
        Markup(
            '<div class="pq-notice pq-{}" data-arrive="act-{}" data-said="{}"><p class="pq-notice-title">{}</p>'
            "<p>{}</p>{}</div>"
        ).format(
            "refused" if said.is_bad else "note", st.session_state[_DONE], said.title, said.title, said.text, listed
        )
    )


def sentence(text: str) -> str:
    """Return what a room says of an error as a sentence, with what is done here in the place of its commands."""
    for command, instead in _INSTEAD.items():
        text = text.replace(command, instead)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '…')) else '.'}"


# Who looks at a page has no terminal.
_INSTEAD = {
    "run: probqa build --draft": "build the draft",
    "run: probqa build": "build the draft",
    "list them with: probqa generations": "choose another",
    "see: probqa undo --list": "look at what was changed",
    "run: probqa list": "look for it among the reports",
    "run: probqa edit": "correct it there",
}
