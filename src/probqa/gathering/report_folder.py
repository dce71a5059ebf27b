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
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from probqa.durable import TEMPORARY, write
from probqa.errors import BuildLockedError, InputError, ReadingError
from probqa.gathering.changes import mend
from probqa.gathering.outcome import printable
from probqa.gathering.stated import WITH_FRONT_MATTER, Value
from probqa.reading.corpus import SIDECAR_SUFFIX, may_be_report, require_folder, walk
from probqa.reading.metadata import OCR_KEY, REPLACES_KEY, STATED_KEY, TITLED_KEY, read_metadata
from probqa.reading.plain_yaml import YamlError, load
from probqa.records import Source

FOLDER = "reports"
_STATE = ".fetched.json"
_STATE_KEYS = {"url", "file", "sha256", "etag", "last_modified"}
_LOCK = ".lock"

Sidecar = dict[str, Value]
Fetched = dict[str, dict[str, str]]
"""By catalogue id: the address asked, the file stored, its SHA-256, and the headers to send at the next visit."""


@contextlib.contextmanager
def changing(folder: Path) -> Iterator[Path]:
    """Lock the reports of a corpus for changes.

    A process that died does not keep the lock. What it had begun is taken back, and the temporary files it left are
    deleted.

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
            raise BuildLockedError(
                f"another command that changes reports is at work in {reports}", "wait for it"
            ) from error
        mend(folder)
        for left_over in reports.glob(f"{TEMPORARY}*"):
            left_over.unlink()
        yield reports


def documents(folder: Path) -> list[Path]:
    """List every file below ``folder`` that is neither hidden nor a sidecar nor lies beside reports, sorted."""
    paths = [folder / name for name in walk(folder)[0] if may_be_report(name)]
    return [path for path in paths if path.is_file() and path.suffix.lower() != SIDECAR_SUFFIX]


def source_of(folder: Path, path: Path) -> Source:
    """Return what a file's front matter and sidecar say of it.

    Where they cannot be read, what its path says.
    """
    name = path.relative_to(folder).as_posix()
    sidecar = path.with_suffix(SIDECAR_SUFFIX)
    try:
        text = path.read_text(encoding="utf-8-sig") if path.suffix.lower() in WITH_FRONT_MATTER else ""
        beside = sidecar.read_text(encoding="utf-8-sig") if sidecar.is_file() else None
        return read_metadata(text, beside, name)[0]
    except (ReadingError, OSError, UnicodeDecodeError):
        return read_metadata("", None, name)[0]


def find(folder: Path, name: str, below: Path | None = None) -> Path:
    """Find a document by its id or its path.

    Raises:
        InputError: there is none of that name, or not ``below`` a folder of the corpus, or there are several.
    """
    named = [
        path for path in documents(folder) if name in (source_of(folder, path).id, path.relative_to(folder).as_posix())
    ]
    found = [path for path in named if below is None or path.is_relative_to(below)]
    if not found and named:
        raise InputError(
            f"{name!r} is not below {below}, but part of what came with the corpus",
            "delete its file yourself if you mean it",
        )
    if not found:
        raise InputError(f"there is no document {name!r} in {below or folder}", "run: probqa list")
    if len(found) > 1:
        paths = " and ".join(path.relative_to(folder).as_posix() for path in found)
        raise InputError(f"{name!r} names {printable(paths)}", "say which of these paths")
    return found[0]


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


def text_beside(path: Path) -> str:
    """Return the sidecar of a document, or nothing where there is none.

    Raises:
        ReadingError: it is not UTF-8.
    """
    sidecar = path.with_suffix(SIDECAR_SUFFIX)
    try:
        return sidecar.read_text(encoding="utf-8-sig") if sidecar.is_file() else ""
    except UnicodeDecodeError as error:
        raise ReadingError(f"{sidecar.name}: byte {error.start} is not UTF-8", "save it as UTF-8") from error


def _noted(path: Path) -> dict[str, Any]:
    try:
        values, _ = load(text_beside(path))
    except (OSError, ReadingError, YamlError):
        return {}
    return values if isinstance(values, dict) else {}


def stated_before(path: Path, *, is_pdf: bool) -> Sidecar:
    """Return what a person stated of a report that is fetched, for its next edition."""
    noted = _noted(path)
    named = noted.get(STATED_KEY)
    keys = [key for key in named if isinstance(key, str)] if isinstance(named, list) else []
    # A person's choice to have it recognised outlasts a new edition too, however it was written down.
    kept = {key: noted[key] for key in (*keys, OCR_KEY) if key in noted and (is_pdf or key != OCR_KEY)}
    return {**kept, **({STATED_KEY: keys} if keys else {})}


def is_as_added(path: Path) -> bool:
    """Tell whether a document still has the content of which its name holds the digits."""
    return path.stem.endswith(f"-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}")


def store(target: Path, content: bytes, sidecar: Sidecar) -> None:
    """Put a document and its sidecar in place.

    The sidecar comes first, so that a document is never without it. A sidecar alone is ignored.
    """
    write(target.with_suffix(SIDECAR_SUFFIX), sidecar_text(sidecar))
    write(target, content)


def sidecar_text(sidecar: Sidecar) -> bytes:
    """Write what is known of a document as a sidecar has it."""
    return yaml.safe_dump(sidecar, sort_keys=False, allow_unicode=True).encode()


def is_stored(target: Path, sha256: str) -> bool:
    """Tell whether the file is there as it was stored, with its sidecar."""
    return (
        target.is_file()
        and target.with_suffix(SIDECAR_SUFFIX).is_file()
        and hashlib.sha256(target.read_bytes()).hexdigest() == sha256
    )


def files_of(folder: Path, path: Path) -> list[str]:
    """Name a document below ``folder`` and its sidecar, unless another document shares that, as they are to go."""
    sidecar = path.with_suffix(SIDECAR_SUFFIX)
    is_shared = any(other != path and other.with_suffix(SIDECAR_SUFFIX) == sidecar for other in documents(path.parent))
    gone = [path, sidecar] if sidecar.is_file() and not is_shared else [path]
    return [each.relative_to(folder).as_posix() for each in gone]


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
    write(reports / _STATE, json.dumps(fetched, indent=1, sort_keys=True).encode())
