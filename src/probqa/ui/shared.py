"""What every visitor shares: the opened index and the answers it has given.

In: the settings in the environment. Out: a ``Library`` of the live generation, and its answers, each worked out once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from probqa.asking.later import Later, later_inspections
from probqa.asking.library import KEPT_ANSWERS, Library
from probqa.errors import ProbqaError
from probqa.indexing.storage import is_building
from probqa.questions import Filters, Request
from probqa.records import Answer, EveryAnswer, Quote
from probqa.settings import settings
from probqa.ui import frame, suggestions
from probqa.ui.libraries import open_library

# Offered questions are made from headings, so there are few of them, and each is soon known.
KEPT_TRIED = 5000


Ask = Callable[[Request], Answer]
"""Answers a request, or raises ``InputError``."""


def live_library() -> Library:
    """Return the library of the live generation.

    Raises:
        ProbqaError: there is none, or it cannot be used.
    """
    with frame.waiting("Opening the reports"):
        return open_library(settings(os.environ))


def corpus() -> Path:
    """Return the folder of the files that the pages' texts were read from."""
    return settings(os.environ).corpus


def is_rebuilding() -> bool:
    """Tell whether a build is at work on the index that the pages are asked from."""
    return is_building(settings(os.environ).index)


def asker(library: Library) -> Ask:
    """Return a function that asks, and that works out each answer once while the generation does not change."""
    return lambda request: _answer(library, library.generation.name, repr(request), request)


@st.cache_resource(max_entries=KEPT_ANSWERS, show_spinner=False)
def _answer(_library: Library, generation: str, key: str, _request: Request) -> Answer:  # noqa: ARG001
    # The next turn of the conversation leans on it.
    return _library.remembered(_request)


def trier(library: Library, filters: Filters) -> suggestions.Tried:
    """Return a function that gives the first quote that answers a question with these filters, None where none does.

    It is asked anew where what judges answers has changed, or the report that is to answer. That other reports have
    come or gone changes no more than which is quoted first, and after each change hundreds would be asked at once.
    """
    judges = f"{library.generation.manifest.models} {library.generation.calibration!r} {library.weights!r}"
    return lambda candidate: _first(library, judges, candidate.text_sha256, candidate.question, repr(filters), filters)


@st.cache_resource(max_entries=KEPT_TRIED, show_spinner=False)
def _first(
    _library: Library,
    judges: str,  # noqa: ARG001
    text_sha256: str,  # noqa: ARG001
    question: str,
    key: str,  # noqa: ARG001
    _filters: Filters,
) -> Quote | None:
    try:
        answer = _library.ask(Request.of(question, filters=_filters))
    except ProbqaError:
        return None
    return answer.quotes[0] if answer.status == "answered" else None


def examples(library: Library) -> tuple[str, ...]:
    """Return questions to start from, which these reports really answer."""
    return _examples(library, library.generation.name)


@st.cache_resource(max_entries=2, show_spinner=False)
def _examples(_library: Library, generation: str) -> tuple[str, ...]:  # noqa: ARG001
    return suggestions.examples(_library.generation, trier(_library, Filters()))


def later(library: Library, document_id: str) -> Later | None:
    """Return the newest later inspection of what a report is about, if the index holds one."""
    return _later(library, library.generation.name).get(document_id)


@st.cache_resource(max_entries=2, show_spinner=False)
def _later(_library: Library, generation: str) -> dict[str, Later]:  # noqa: ARG001
    held = _library.generation
    return later_inspections(held.sources, held.domain.wide_areas)


def every(library: Library, question: str, filters: Filters) -> EveryAnswer:
    """Return the question put to every report that the filters let through."""
    with frame.waiting("Asking every report"):
        return _every(library, library.generation.name, question, repr(filters), filters)


@st.cache_resource(max_entries=50, show_spinner=False)
def _every(
    _library: Library,
    generation: str,  # noqa: ARG001
    question: str,
    key: str,  # noqa: ARG001
    _filters: Filters,
) -> EveryAnswer:
    return _library.every(Request.of(question, filters=_filters))
