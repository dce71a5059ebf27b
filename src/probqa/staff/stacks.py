"""What pages for staff look at, worked out once while nothing has changed.

In: ``Staff``. Out: the reports with their states, one as it is read now, and what can be asked: live and the draft.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Literal

import streamlit as st

from probqa.asking.library import Library
from probqa.errors import IndexMissingError, ProbqaError
from probqa.indexing.watch import look
from probqa.staff import listing
from probqa.staff.listing import Read, Report
from probqa.staff.person import Staff
from probqa.ui.libraries import open_library

_KEPT = 20


def library(staff: Staff, pointer: Literal["current", "draft"]) -> Library | None:
    """Return what is live, or the draft, to be asked: None where there is none.

    Raises:
        IndexMismatchError, IndexDamagedError: it cannot be used; the message says what to do.
    """
    with suppress(IndexMissingError):
        return open_library(replace(staff.settings, pointer=pointer))
    return None


def reports(staff: Staff) -> list[Report]:
    """Return every report with what has become of it, as far as what is built can be asked."""
    live, draft = _usable(staff, "current"), _usable(staff, "draft")
    names = [each.generation.name if each else "" for each in (live, draft)]
    return _reports(staff, f"{staff.settings.corpus} {_state(staff)} {names}", live, draft)


def _usable(staff: Staff, pointer: Literal["current", "draft"]) -> Library | None:
    with suppress(ProbqaError):
        return library(staff, pointer)
    return None


@st.cache_resource(max_entries=2, show_spinner=False)
def _reports(_staff: Staff, key: str, _live: Library | None, _draft: Library | None) -> list[Report]:  # noqa: ARG001
    return listing.reports(
        _staff.settings.corpus, _live.generation if _live else None, _draft.generation if _draft else None
    )


def read_now(staff: Staff, name: str) -> Read:
    """Return a report as a build would read it now.

    Raises:
        InputError: there is no such report, or more than one.
    """
    return _read_now(staff, f"{staff.settings.corpus} {_state(staff)}", name)


@st.cache_resource(max_entries=_KEPT, show_spinner="Reading the report")
def _read_now(_staff: Staff, key: str, name: str) -> Read:  # noqa: ARG001
    return listing.read_now(_staff.settings.corpus, name)


def _state(staff: Staff) -> str:
    return repr(sorted(look(staff.settings.corpus).items()))
