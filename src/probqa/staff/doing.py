"""Buttons that do one act, once, and what is said of it afterwards.

In: an act, as a call. Out: what became of it, at the top of the page; an error as one line, and all as it was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from probqa.errors import ProbqaError
from probqa.gathering.outcome import reason
from probqa.ui import frame
from probqa.ui.markup import Markup


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an act: a title, a sentence or two, and more of it, a line each.

    ``report`` is what the address is to name from then on: "" for nothing, None to leave it.
    """

    title: str
    text: str = ""
    lines: Sequence[str] = ()
    is_bad: bool = False
    report: str | None = None


@dataclass(slots=True)
class _Doings:
    """What one open page has done: how many acts, and what became of the last one, on which page.

    It is changed, not replaced: whenever the state of a session is touched, Streamlit may break off the script for a
    second click, and between an act and what is said of it nothing may. The script of that click runs meanwhile, in a
    thread of its own, and waits for its ``turn``.
    """

    count: int = 0
    page: str = ""
    said: Said | None = None
    report: str | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)


def once(key: str) -> str:
    """Return the key of a button, which is another one after each act: a second click meets nothing."""
    return f"{key}-{_doings().count}"


def do(button: str, act: Callable[[], Said | None], page: str) -> None:
    """Do what a button, by its key, was clicked for, and draw the page anew with what became of it."""
    doings = _doings()
    with doings.turn:
        # Else the first of two clicks has had it done.
        if button.endswith(f"-{doings.count}"):
            doings.count += 1
            try:
                said = act()
            except (ProbqaError, OSError) as error:
                said = Said("That was not done", sentence(reason(error)), is_bad=True)
            doings.page, doings.said, doings.report = page, said, said.report if said else None
    st.rerun()


def arrive() -> None:
    """Wait for an act of this page that is at work, and have the address name what it leads to."""
    doings = _doings()
    with doings.turn:
        report = doings.report
    if report:
        st.query_params["report"] = report
    elif report is not None:
        st.query_params.pop("report", None)
    # Last: where the script was broken off, the next one does it again.
    doings.report = None


def say(page: str) -> None:
    """Draw what became of the last act, if it was done on this page."""
    doings = _doings()
    said = doings.said
    if doings.page != page or said is None:
        return
    lines = Markup("").join(Markup("<li>{}</li>").format(line) for line in said.lines)
    frame.draw(
        Markup(
            '<div class="pq-notice pq-{kind}" data-arrive="act-{number}" data-said="{title}">'
            '<p class="pq-notice-title">{title}</p><p>{text}</p>{listed}</div>'
        ).format(
            kind="refused" if said.is_bad else "note",
            number=doings.count,
            title=said.title,
            text=said.text,
            listed=Markup("<ul>{}</ul>").format(lines) if lines else "",
        )
    )


def _doings() -> _Doings:
    doings: _Doings = st.session_state.setdefault("staff-doings", _Doings())
    return doings


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
    "leave the questions out with --anyway": "publish anyway",
}
