"""Files that are whole, whenever the process is killed or the power goes.

In: a path and its content. Out: that content in its place, forced to disk once a function returns.

A failed fsync is an error, never tried again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

TEMPORARY = ".tmp-"


def create(path: Path, content: bytes | memoryview) -> None:
    """Write a new file and force it to disk.

    Raises:
        OSError: not every byte reached the disk (a full disk, for one). It has the path.
    """
    with _naming(path), path.open("xb") as file:
        written = file.write(content)
        file.flush()
        if written != len(content) or os.fstat(file.fileno()).st_size != len(content):
            raise OSError(f"{path}: {written} of {len(content)} bytes were written")
        os.fsync(file.fileno())


def write(target: Path, content: bytes, temporary: Path | None = None) -> None:
    """Replace a file in one atomic step.

    The content is first written to a ``temporary`` file of the same folder: ``beside`` it, where none is named.
    """
    temporary = temporary or beside(target)
    if os.path.lexists(temporary):
        temporary.unlink()
    try:
        create(temporary, content)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(target.parent)


def take_away(path: Path) -> None:
    """Delete a file, if it is there."""
    path.unlink(missing_ok=True)
    sync(path.parent)


def beside(target: Path) -> Path:
    """Return the file that a content is first written to: hidden, and of a short name however long the target's is."""
    return target.with_name(f"{TEMPORARY}{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}")


def sync(folder: Path) -> None:
    """Force a folder's entries to disk.

    Raises:
        OSError: it failed. It has the path.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with _naming(folder):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Put the path into an error that has none: what fails after the opening, as on a full disk, does not say it."""
    try:
        yield
    except OSError as error:
        if error.errno and not error.filename:
            error.filename = str(path)
        raise
