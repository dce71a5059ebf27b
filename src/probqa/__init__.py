"""Ask published probation inspections from Python: ``probqa.open().ask("how did ...?")``.

All of it is in docs/python.md. Names are fetched from their rooms when they are used, so that importing this costs
nothing.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from probqa.asking.library import Library
    from probqa.checking.verdicts import CheckedQuote, CheckReport, NamedReport, Operation, Place
    from probqa.errors import (
        BuildLockedError,
        CorpusError,
        IndexDamagedError,
        IndexMismatchError,
        IndexMissingError,
        InputError,
        ModelError,
        ModelMissingError,
        ProbqaError,
    )
    from probqa.indexing.build import BuildReport
    from probqa.questions import Added, Carried, Filters, Question, Request, Scope, Turn
    from probqa.reading.corpus import Failure
    from probqa.records import Answer, Coverage, DocumentAnswer, EveryAnswer, Page, Quote, Source, Span

__all__ = [
    "Added",
    "Answer",
    "BuildLockedError",
    "BuildReport",
    "Carried",
    "CheckReport",
    "CheckedQuote",
    "CorpusError",
    "Coverage",
    "DocumentAnswer",
    "EveryAnswer",
    "Failure",
    "Filters",
    "IndexDamagedError",
    "IndexMismatchError",
    "IndexMissingError",
    "InputError",
    "Library",
    "ModelError",
    "ModelMissingError",
    "NamedReport",
    "Operation",
    "Page",
    "Place",
    "ProbqaError",
    "Question",
    "Quote",
    "Request",
    "Scope",
    "Source",
    "Span",
    "Turn",
    "build",
    "open",
]

# Where the names imported above are, which only a type checker sees; the lightest first.
_ROOMS = ("errors", "questions", "records", "reading.corpus", "checking.verdicts", "asking.library", "indexing.build")


def open(  # noqa: A001  (as in gzip)
    index: Path | str | None = None, *, model: str | None = None, reader: str | None = None
) -> Library:
    """Open an index to ask it.

    Close it when done, so that a later build may delete it. What is left out is taken from ``PROBQA_INDEX``,
    ``PROBQA_MODEL`` and ``PROBQA_READER``, else as the command line has it.

    Raises:
        IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot be used; the message says what to do.
    """
    from probqa.asking.library import Library
    from probqa.settings import settings

    return Library(settings(os.environ, index=index, model=model, reader=reader))


def build(
    *,
    corpus: Path | str | None = None,
    index: Path | str | None = None,
    model: str | None = None,
    reader: str | None = None,
) -> BuildReport:
    """Bring an index up to a corpus, if the new one answers the questions of its ``smoke.yaml``.

    Its calibration is fitted anew where questions are kept with the corpus, in ``questions.jsonl``.

    What is left out is taken as in ``open``, the corpus from ``PROBQA_CORPUS``.

    Raises:
        CorpusError: no corpus, or no file of it could be read; the old index stays live.
        InputError: ``smoke.yaml`` cannot be read.
        ModelError: the model cannot be used.
        BuildLockedError: another build is running.
    """
    from probqa.indexing.build import build
    from probqa.measuring.refit import refit
    from probqa.measuring.smoke import acceptance
    from probqa.settings import settings

    chosen = settings(os.environ, corpus=corpus, index=index, model=model, reader=reader)
    return build(chosen, accept=acceptance(chosen), refit=refit)


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:  # a type checker would take it for every name there could be

    def __getattr__(name: str) -> object:
        if name in __all__:
            rooms = (importlib.import_module(f"probqa.{room}") for room in _ROOMS)
            return next(getattr(room, name) for room in rooms if hasattr(room, name))
        raise AttributeError(f"module 'probqa' has no attribute {name!r}")
