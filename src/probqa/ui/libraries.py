"""The live library, opened once for the pages and for programs.

A rebuild brings a new one.

In: ``Settings``. Out: the one ``Library`` of this process. The older one is let go when nobody asks it any more.

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
_held: tuple[_Key, Library] | None = None


def open_library(chosen: Settings) -> Library:
    """Return the library of the generation that is live now.

    Raises:
        IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot be used; the message says what to do.
    """
    global _held
    key = (chosen, *read_pointer(chosen.index, chosen.pointer))
    with _opening:
        if _held is None or _held[0] != key:
            # Never closed here: a question may still be under way in the older one, which closes itself when dropped.
            _held = (key, Library(chosen))
        return _held[1]
