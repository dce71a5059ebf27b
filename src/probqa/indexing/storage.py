"""The durable files of an index: digests, locks and the two pointers.

In: bytes and folders. Out: files that are on disk once a function returns, with their SHA-256 known beforehand.

The order of a change (docs/architecture.md): write each file of a new folder, fsync it, write the manifest
last, fsync the folder, rename it into place, fsync the parent, and only then replace a pointer. A kill at any
point leaves the old generation live (``probqa.durable``).

``current`` names the generation that everybody asks, ``draft`` one that waits to be published.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from probqa import durable
from probqa.decoding import decode_json
from probqa.errors import BuildLockedError, DecodingError, IndexDamagedError, IndexMissingError

POINTER = "current"
DRAFT = "draft"
MANIFEST = "manifest.json"
STAGING = ".staging-"
_LOCK = ".lock"
_GENERATION = re.compile(r"[0-9a-f]{16}")
_POINTER_LINE = re.compile(rb"([0-9a-f]{16}) ([0-9a-f]{64})\n")
_MISSING = {POINTER: ("index", "probqa build"), DRAFT: ("draft", "probqa build --draft")}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who changes an index now: the process, since when (an ISO time) and with which command."""

    pid: int
    since: str
    command: str


def sha256(content: bytes | memoryview) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def now() -> str:
    """Return the time as an ISO time in UTC."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def in_words(time: str) -> str:
    """Return an ISO time in UTC for people.

    Raises:
        ValueError: it is none.
    """
    return f"{datetime.datetime.fromisoformat(time):%Y-%m-%d %H:%M:%S} UTC"


def read_pointer(index: Path, pointer: str = POINTER) -> tuple[str, str]:
    """Read the name of the live generation, or of the draft, and the SHA-256 of its manifest.

    Raises:
        IndexMissingError: nothing was built here yet, or no draft.
        IndexDamagedError: the pointer is not one a build wrote.
    """
    what, command = _MISSING[pointer]
    try:
        content = (index / pointer).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissingError(f"there is no {what} in {index}", f"run: {command}") from error
    except OSError as error:
        raise IndexDamagedError(f"{index / pointer} cannot be read: {error.strerror}", f"run: {command}") from error
    match = _POINTER_LINE.fullmatch(content)
    if not match:
        raise IndexDamagedError(f"{index / pointer} is damaged", f"run: {command}")
    return match[1].decode(), match[2].decode()


def pointed_at(index: Path, pointer: str) -> str:
    """Return the name of the live generation, or of the draft: nothing where there is none that can be named."""
    try:
        return read_pointer(index, pointer)[0]
    except (IndexMissingError, IndexDamagedError):
        return ""


def move_pointer(index: Path, generation: str, manifest_sha256: str, pointer: str = POINTER) -> None:
    """Make ``generation`` the live one, or the draft, in one atomic step."""
    replace_file(index / pointer, f"{generation} {manifest_sha256}\n".encode("ascii"))


def remove_pointer(index: Path, pointer: str) -> None:
    """Take a pointer away, for good once this returns."""
    with contextlib.suppress(FileNotFoundError):
        (index / pointer).unlink()
        durable.sync(index)


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file of the index in one atomic step. What a kill leaves beside it the next build deletes."""
    durable.write(path, content, path.with_name(f"{STAGING}{path.name}-{os.getpid()}"))


def make_newest(folder: Path) -> None:
    """Date a folder of the index after every generation there, also where the clock has gone back."""
    newest = max((path.stat().st_mtime_ns for path in generations(folder.parent)), default=0)
    if folder.stat().st_mtime_ns <= newest:
        # A second, which every file system can tell apart.
        os.utime(folder, ns=(newest, newest + 1_000_000_000))


def generations(index: Path) -> list[Path]:
    """List the generation folders, oldest first."""
    folders = [path for path in index.iterdir() if path.is_dir() and _GENERATION.fullmatch(path.name)]
    return sorted(folders, key=lambda path: (path.stat().st_mtime_ns, path.name))


@contextlib.contextmanager
def build_lock(index: Path, command: str = "") -> Iterator[None]:
    """Lock the index folder for one build, or whatever else the ``command`` changes in it.

    A build that died does not keep the lock, and what it left half done is deleted.

    Raises:
        BuildLockedError: another build is running.
    """
    missing = [folder for folder in (index, *index.parents) if not folder.exists()]
    index.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        durable.sync(folder.parent)
    with (index / _LOCK).open("a+b") as file:
        if not _take(file):
            raise BuildLockedError(f"another build is running in {index}{_holder(file)}", "wait until it is done")
        # Who cannot say who it is holds the lock all the same.
        with contextlib.suppress(OSError):
            file.truncate(0)
            os.write(file.fileno(), json.dumps(asdict(Holder(os.getpid(), now(), command))).encode())
        for left_over in index.glob(f"{STAGING}*"):
            is_folder = left_over.is_dir() and not left_over.is_symlink()
            shutil.rmtree(left_over) if is_folder else left_over.unlink()
        yield


def _holder(file: BinaryIO) -> str:
    """Return who holds the lock, as the holder wrote it down: nothing where that cannot be read."""
    file.seek(0)
    try:
        holder = decode_json(Holder, file.read())
        since = in_words(holder.since)
    except (DecodingError, ValueError):
        return ""
    return f": process {holder.pid}, since {since}, {holder.command or 'from Python'}"


def _take(file: BinaryIO) -> bool:
    """Try to take the lock for a build, three times within a moment.

    ``is_building`` holds the same lock for an instant, and that must not stop a build.
    """
    for pause in (0.01, 0.05, 0.0):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(pause)
        else:
            return True
    return False


def is_building(index: Path) -> bool:
    """Tell whether a build is at work in the index folder now."""
    try:
        with (index / _LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def remove_generations(index: Path, keep: Collection[str]) -> list[str]:
    """Delete the generations but the live one, the draft, those named in ``keep`` and those that a reader holds.

    One that cannot be deleted now is tried again by the next build. Nothing is deleted while a pointer is damaged.

    Returns:
        The names of those deleted.
    """
    kept = {*keep}
    for pointer in (POINTER, DRAFT):
        with contextlib.suppress(IndexMissingError):
            kept.add(read_pointer(index, pointer)[0])
    return [folder.name for folder in generations(index) if folder.name not in kept and _remove_unless_held(folder)]


def _remove_unless_held(folder: Path) -> bool:
    """Delete a generation under an exclusive lock on its manifest.

    Readers keep a shared lock on it, so one that is read is not deleted.
    """
    with contextlib.ExitStack() as stack:
        try:
            with contextlib.suppress(FileNotFoundError):
                manifest = stack.enter_context((folder / MANIFEST).open("rb"))
                fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
            grave = folder.with_name(f"{STAGING}old-{folder.name}")
            folder.rename(grave)
        except OSError:
            return False
        shutil.rmtree(grave, ignore_errors=True)
    return True
