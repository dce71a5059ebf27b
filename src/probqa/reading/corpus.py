"""The folder of reports: which files are documents, and their content hashes.

In: a folder. Out: ``CorpusFile`` records, sorted by path, and the files that cannot be taken.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     _ = Path(folder, "a.md").write_text("Hello.")
...     [file.path for file in list_files(Path(folder))[0]]
['a.md']
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from probqa.errors import CorpusError, ReadingError

SUFFIXES = (".md", ".txt", ".pdf", ".html", ".htm", ".docx")
SIDECAR_SUFFIX = ".yaml"
MAX_FILE_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One document file: its path below the corpus folder and the SHA-256 of it and its sidecar."""

    path: str
    sha256: str
    sidecar: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that is not in the index, and the one line that says why and what next."""

    file: str
    problem: str


def list_files(folder: Path) -> tuple[tuple[CorpusFile, ...], tuple[Failure, ...]]:
    """List every document below ``folder``, sorted by path; name the ones that cannot be taken.

    A sidecar is the file of the same name ending in ``.yaml``. Hidden files and a folder's ``README`` are passed
    over. A link that leads out of the folder is refused. Of two files with the same content only the first is taken.

    Raises:
        CorpusError: the folder does not exist or holds no document.
    """
    require_folder(folder)
    root = folder.resolve()
    files: list[CorpusFile] = []
    failures: list[Failure] = []
    first_with: dict[bytes, str] = {}
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        relative = path.relative_to(folder)
        if path.suffix.lower() not in SUFFIXES or any(part.startswith(".") for part in relative.parts):
            continue
        if path.stem.lower() == "readme":
            continue
        name = relative.as_posix()
        try:
            name.encode()
        except UnicodeEncodeError:
            shown = name.encode(errors="surrogateescape").decode(errors="backslashreplace")
            failures.append(Failure(shown, "its name is not UTF-8; rename it"))
            continue
        try:
            if path.is_dir():
                continue
            content = read_bytes(root, name)
            file = _corpus_file(content, path, name, root)
        except (OSError, ReadingError) as error:
            reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
            failures.append(Failure(name, reason))
            continue
        twin = first_with.setdefault(hashlib.sha256(content).digest(), name)
        if twin == name:
            files.append(file)
        else:
            failures.append(Failure(name, f"has the same content as {twin}; it is indexed once, remove one of them"))
    if not files and not failures:
        endings = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        remedy = f"run: probqa add FILE, or put files ending in {endings} there"
        raise CorpusError(f"the corpus folder {folder} holds no document", remedy)
    return tuple(files), tuple(failures)


def require_folder(folder: Path) -> None:
    """Refuse a corpus that is not there.

    Raises:
        CorpusError: the folder does not exist.
    """
    if not folder.is_dir():
        remedy = "run: probqa init FOLDER, or name a corpus with --corpus or PROBQA_CORPUS"
        raise CorpusError(f"there is no corpus folder at {folder}", remedy)


def read_bytes(folder: Path, path: str) -> bytes:
    """Read one file below ``folder``.

    Raises:
        ReadingError: it is too large, lies outside the folder or is a pipe or device.
    """
    # Not Path.resolve: it raises a RuntimeError of its own for a link to itself.
    target = Path(os.path.realpath(folder / path))
    if not target.is_relative_to(folder.resolve()):
        raise ReadingError("leads out of the corpus folder", "copy the file into it instead of linking")
    if target.exists() and not target.is_file():
        raise ReadingError("is not a file", "remove it")
    if target.stat().st_size > MAX_FILE_BYTES:
        raise ReadingError(f"is larger than {MAX_FILE_BYTES // 1_000_000} MB", "split it into smaller files")
    return target.read_bytes()


def is_unchanged(folder: Path, file: CorpusFile) -> bool:
    """Whether the file and its sidecar still have the content that was listed."""
    root = folder.resolve()
    return _corpus_file(read_bytes(root, file.path), folder / file.path, file.path, root) == file


def _corpus_file(content: bytes, path: Path, name: str, root: Path) -> CorpusFile:
    digest = hashlib.sha256(content)
    sidecar = path.with_suffix(SIDECAR_SUFFIX)
    if not sidecar.is_file():
        return CorpusFile(name, digest.hexdigest())
    sidecar_name = Path(name).with_suffix(SIDECAR_SUFFIX).as_posix()
    digest.update(b"\0sidecar\0" + read_bytes(root, sidecar_name))
    return CorpusFile(name, digest.hexdigest(), sidecar_name)
