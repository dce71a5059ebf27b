"""A visitor's own file, read in the sandbox to be checked: a few at a time, and no file is kept.

In: a file that the browser sent. Out: a ``Draft``, its words and what of it was left out; the file itself is let go of.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from probqa.errors import InputError, ReadingError
from probqa.reading.reader import DRAFTS, read_draft
from probqa.records import Removal
from probqa.ui.uploads import MAX_BYTES

# Some 50 pages. Checking them takes seconds, and reading up to a gigabyte, so few are worked on at the same time.
MAX_CHARACTERS = 100_000
AT_ONCE = 2
PATIENCE_SECONDS = 60.0
MAX_NAME = 100

_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read of a file: its name, its words, and what of it was left out."""

    name: str
    text: str
    removals: tuple[Removal, ...]


@contextmanager
def turn() -> Iterator[None]:
    """Wait until it is one's turn to have a draft worked on.

    Raises:
        InputError: too many wait.
    """
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise InputError("the server is checking the drafts of others", "try again in a minute")
    try:
        yield
    finally:
        _turns.release()


def take(file: UploadedFile) -> bytes:
    """Take a file out of the server's memory, where Streamlit would hold it until its page is closed."""
    content = file.getvalue()
    running = get_script_run_ctx()
    if running:
        running.uploaded_file_mgr.remove_session_files(running.session_id)
    return content


def read(name: str, content: bytes) -> Draft:
    """Read a file that a visitor gave.

    Raises:
        InputError: it cannot be read, or holds too much; the message names it.
    """
    name = name if len(name) <= MAX_NAME else f"…{name[-MAX_NAME:]}"
    if len(content) > MAX_BYTES:
        raise InputError(f"“{name}” is larger than {MAX_BYTES >> 20} MB", "save its text alone, or check a part of it")
    try:
        text, removals = read_draft(content, name)
    except ReadingError as error:
        # Who looks at a page has no terminal to run anything in.
        remedy = "choose a file whose text can be marked and copied" if "run: " in error.remedy else error.remedy
        raise InputError(f"“{name}”{error.problem.removeprefix(name)}", remedy) from error
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"“{name}” has {len(text):,} characters, more than {MAX_CHARACTERS:,}", "check a part of it")
    return Draft(name, text, removals)


def kinds() -> str:
    """Return the endings of the files that are read: ".docx, .md, .pdf or .txt"."""
    *first, last = sorted(DRAFTS)
    return f"{', '.join(first)} or {last}"
