"""The live library, opened once for the pages and for programs, and for staff that of the draft.

A rebuild brings a new one.

In: ``Settings``. Out: the one ``Library`` of this process for each of the two. The older one is let go when nobody asks
it any more.

>>> from pathlib import Path
>>> open_library(Settings(Path("corpus"), Path("/nowhere"), "a model"))
Traceback (most recent call last):
probqa.errors.IndexMissingError: there is no index in /nowhere; run: probqa build
"""

from __future__ import annotations

import threading

from probqa.asking.library import Library
from probqa.indexing.storage import read_pointer
from probqa.settings import Settings

_Key = tuple[Settings, str, str]

_opening = threading.Lock()
# By pointer.
_held: dict[str, tuple[_Key, Library]] = {}


def open_library(chosen: Settings) -> Library:
    """Return the library of the generation that is live, or the draft, now.

    Raises:
        IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot be used; the message says what to do.
    """
    key = (chosen, *read_pointer(chosen.index, chosen.pointer))
    with _opening:
        if chosen.pointer not in _held or _held[chosen.pointer][0] != key:
            # Never closed here: a question may still be under way in the older one, which closes itself when dropped.
            _held[chosen.pointer] = (key, Library(chosen))
        return _held[chosen.pointer][1]
