"""The folder ``corpus/reports/``, which holds what was fetched or added, each file with its sidecar.

In: names, bytes and metadata. Out: files that are whole, whenever the process is killed. Only one process at a time
changes the folder.

>>> safe_name("../Bericht Äöü\\u202e\\x1b[2J", b"content", ".pdf")
'bericht-aou-2j-ed7002b4.pdf'
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import yaml

from probqa.errors import BuildLockedError, ReadingError
from probqa.reading.corpus import SIDECAR_SUFFIX, require_folder, walk
from probqa.reading.metadata import REPLACES_KEY, TITLED_KEY, read_metadata
from probqa.records import Source

FOLDER = "reports"
_STATE = ".fetched.json"
_STATE_KEYS = {"url", "file", "sha256", "etag", "last_modified"}
_LOCK = ".lock"
_TEMPORARY = ".tmp-"

Sidecar = dict[str, str | list[str]]
Fetched = dict[str, dict[str, str]]
"""By catalogue id: the address asked, the file stored, its SHA-256, and the headers to send at the next visit."""


@contextlib.contextmanager
def changing(folder: Path) -> Iterator[Path]:
    """Lock the reports of a corpus for changes.

    A process that died does not keep the lock, and the temporary files it left are deleted.

    Raises:
        CorpusError: there is no corpus.
        BuildLockedError: another process is changing them.
    """
    require_folder(folder)
    reports = folder / FOLDER
    reports.mkdir(exist_ok=True)
    with (reports / _LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildLockedError(f"another fetch, add or remove is at work in {reports}", "wait for it") from error
        for left_over in reports.glob(f"{_TEMPORARY}*"):
            left_over.unlink()
        yield reports


def documents(folder: Path) -> list[Path]:
    """List every file below ``folder`` that is neither hidden nor a sidecar, sorted."""
    paths = [folder / name for name in walk(folder)[0]]
    return [path for path in paths if path.is_file() and path.suffix.lower() != SIDECAR_SUFFIX]


def source_of(folder: Path, path: Path) -> Source:
    """Return what a file's front matter and sidecar say of it.

    Where they cannot be read, what its path says.
    """
    name = path.relative_to(folder).as_posix()
    sidecar = path.with_suffix(SIDECAR_SUFFIX)
    try:
        text = path.read_text(encoding="utf-8-sig") if path.suffix.lower() in (".md", ".markdown", ".txt") else ""
        beside = sidecar.read_text(encoding="utf-8-sig") if sidecar.is_file() else None
        return read_metadata(text, beside, name)[0]
    except (ReadingError, OSError, UnicodeDecodeError):
        return read_metadata("", None, name)[0]


def twin(folder: Path, content: bytes) -> Path | None:
    """Find a document anywhere in the corpus with exactly this content."""
    same_size = (path for path in documents(folder) if path.stat().st_size == len(content))
    return next((path for path in same_size if path.read_bytes() == content), None)


def safe_name(stem: str, content: bytes, suffix: str) -> str:
    """Make a file name that two different files do not share.

    It is what can be kept of the stem, and 8 digits of the content's SHA-256.
    """
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-") or "document"
    return f"{slug}-{hashlib.sha256(content).hexdigest()[:8]}{suffix}"


def added_from(reports: Path, content: bytes) -> tuple[Path, bool] | None:
    """Find what was made of a file added before with exactly this content, though it has another content now.

    Returns the document, and whether it is the same one, corrected in its place, or a later one that replaced it.
    """
    digits = hashlib.sha256(content).hexdigest()[:8]
    for path in documents(reports):
        if path.stem.endswith(f"-{digits}"):
            return path, True
        if any(Path(name).stem.endswith(f"-{digits}") for name in replaced_by(path)):
            return path, False
    return None


def replaced_by(path: Path) -> list[str]:
    """Return the names of the files that a document was added in place of."""
    names = _noted(path).get(REPLACES_KEY)
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def title_added(path: Path) -> str:
    """Return the title that a document had when it was added."""
    return noted_beside(path, TITLED_KEY)


def noted_beside(path: Path, key: str) -> str:
    """Return what the sidecar of a document says under a key: nothing where it does not."""
    return str(_noted(path).get(key, ""))


def _noted(path: Path) -> dict[str, object]:
    try:
        values = yaml.safe_load(path.with_suffix(SIDECAR_SUFFIX).read_bytes())
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return {}
    return values if isinstance(values, dict) else {}


def note_beside(path: Path, key: str, value: str) -> bool:
    """Write a line into the sidecar of a document, where none has that key, and tell whether it was written.

    What else stands there, comments included, stays as it is.
    """
    if key in _noted(path):
        return False
    sidecar = path.with_suffix(SIDECAR_SUFFIX)
    text = sidecar.read_text(encoding="utf-8") if sidecar.exists() else ""
    text += "\n" if text and not text.endswith("\n") else ""
    _replace(sidecar, f"{text}{key}: {value}\n".encode())
    return True


def is_as_added(path: Path) -> bool:
    """Tell whether a document still has the content of which its name holds the digits."""
    return path.stem.endswith(f"-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}")


def store(target: Path, content: bytes, sidecar: Sidecar) -> None:
    """Put a document and its sidecar in place.

    The sidecar comes first, so that a document is never without it. A sidecar alone is ignored.
    """
    text = yaml.safe_dump(sidecar, sort_keys=False, allow_unicode=True)
    _replace(target.with_suffix(SIDECAR_SUFFIX), text.encode())
    _replace(target, content)


def is_stored(target: Path, sha256: str) -> bool:
    """Tell whether the file is there as it was stored, with its sidecar."""
    return (
        target.is_file()
        and target.with_suffix(SIDECAR_SUFFIX).is_file()
        and hashlib.sha256(target.read_bytes()).hexdigest() == sha256
    )


def delete(path: Path) -> None:
    """Delete a document, and its sidecar unless another document shares it."""
    path.unlink()
    sidecar = path.with_suffix(SIDECAR_SUFFIX)
    if not any(other.with_suffix(SIDECAR_SUFFIX) == sidecar for other in documents(path.parent)):
        sidecar.unlink(missing_ok=True)


def read_state(reports: Path) -> Fetched:
    """Read what was fetched before.

    A state that cannot be used is ignored: it only costs downloading again.
    """
    try:
        values = json.loads((reports / _STATE).read_bytes())
    except (OSError, ValueError):
        return {}
    return {
        name: was
        for name, was in (values.items() if isinstance(values, dict) else ())
        if isinstance(was, dict)
        and was.keys() == _STATE_KEYS
        and all(isinstance(value, str) for value in was.values())
        and was["file"].startswith(f"{name}.")
        and "/" not in was["file"]
    }


def write_state(reports: Path, fetched: Fetched) -> None:
    """Remember what was fetched."""
    _replace(reports / _STATE, json.dumps(fetched, indent=1, sort_keys=True).encode())


def _replace(target: Path, content: bytes) -> None:
    """Replace a file in one atomic step.

    The content is written beside it and forced to disk first.
    """
    temporary = target.with_name(f"{_TEMPORARY}{target.name}")
    try:
        with temporary.open("xb") as file:
            if file.write(content) != len(content):
                raise OSError(f"not every byte of {target.name} could be written")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
