"""Files that are whole, whenever the process is killed or the power goes.

In: a path and its content. Out: that content in its place, in one step and forced to disk.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

TEMPORARY = ".tmp-"


def write(target: Path, content: bytes) -> None:
    """Replace a file in one atomic step.

    The content is written beside it and forced to disk first.
    """
    temporary = beside(target)
    temporary.unlink(missing_ok=True)
    try:
        with temporary.open("xb") as file:
            if file.write(content) != len(content):
                raise OSError(f"not every byte of {target.name} could be written")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    sync(target.parent)


def take_away(path: Path) -> None:
    """Delete a file, if it is there."""
    path.unlink(missing_ok=True)
    sync(path.parent)


def beside(target: Path) -> Path:
    """Return the file that a content is first written to: hidden, and of a short name however long the target's is."""
    return target.with_name(f"{TEMPORARY}{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}")


def sync(folder: Path) -> None:
    """Force the names in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
