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

SUFFIXES = tuple(".md .markdown .txt .pdf .html .htm .xhtml .docx .odt .rtf .xlsx .pptx .epub .eml".split())
SIDECAR_SUFFIX = ".yaml"
# What a file of a kind that is not read has to become.
_REMEDIES = {
    "save it as .docx, .odt or PDF": ".doc .docm .dot .dotm .dotx .fodt .ott .pages .wpd .wps",
    "save its sheets as .xlsx or PDF": ".csv .fods .numbers .ods .tsv .xls .xlsb .xlsm .xltx",
    "save its slides as .pptx or PDF": ".key .odp .potx .pps .ppsx .ppt .pptm",
    "open it in a browser and save it as .html or PDF": ".mht .mhtml .php .svg .webarchive .xht .xml",
    "open it in its own program and save it as .html, .txt or PDF": ".azw .azw3 .fb2 .mobi .msg .tex .xps",
    "make a PDF of it and run: ocrmypdf IN.pdf OUT.pdf": ".bmp .gif .heic .jpeg .jpg .png .tif .tiff .webp",
    "unpack it here": ".7z .bz2 .gz .rar .tar .tgz .xz .zip",
    "rename it to .md": ".mdown .mdx .mkd",
    "rename it to .txt": ".adoc .asc .log .org .rst .text",
}
_REMEDY = {suffix: remedy for remedy, suffixes in _REMEDIES.items() for suffix in suffixes.split()}
# Beside the reports lie sidecars and tables (.yaml), what was calibrated, and what systems leave in every folder.
_NO_REPORTS = frozenset(("calibration.json", "desktop.ini", "thumbs.db"))
# The questions that are kept with a corpus, at its top alone: elsewhere such a file is one of a kind that is not read.
QUESTIONS_FILE = "questions.jsonl"
MAX_FILE_BYTES = 100_000_000
# Deeper than anybody files reports; a path of a thousand folders is more than a system takes.
MAX_DEPTH = 50
_KEPT = "what was indexed from it before is kept"


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One document file: its path below the corpus folder and the SHA-256 of it and its sidecar."""

    path: str
    sha256: str
    sidecar: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that is not in the index (or a folder: ``name/``), and the one line that says why and what next.

    ``kept`` is the SHA-256 of the version of the file that is in the index still, because it could be read before.
    """

    file: str
    problem: str
    kept: str = ""

    @property
    def line(self) -> str:
        """Return both, and that a version from before is in the index, where that is not said yet."""
        is_said = self.file.endswith("/") or not self.kept
        return f"{self.file}: {self.problem}{'' if is_said else '; its last good version is kept'}"

    @classmethod
    def of(cls, file: str, error: OSError | ReadingError) -> Failure:
        """Return the failure that an error of reading the file is."""
        return cls(file, error.strerror or str(error) if isinstance(error, OSError) else str(error))


def list_files(folder: Path) -> tuple[tuple[CorpusFile, ...], tuple[Failure, ...]]:
    """List every document below ``folder``, sorted by path.

    Name the ones that cannot be taken, those of kinds that are not read among them. A sidecar is the file of the same
    name ending in ``.yaml``. Hidden files and a folder's ``README`` are passed over. A link that leads out of the
    folder is refused. Of two files with the same content only the first is taken.

    Raises:
        CorpusError: the folder does not exist, cannot be listed or holds no document.
    """
    require_folder(folder)
    root = folder.resolve()
    files: list[CorpusFile] = []
    names, unlisted = walk(folder)
    failures = list(unlisted)
    first_with: dict[bytes, str] = {}
    for name in names:
        path = folder / name
        suffix = path.suffix.lower()
        if path.stem.lower() == "readme" or suffix == SIDECAR_SUFFIX or not may_be_report(name):
            continue
        if suffix not in SUFFIXES:
            failures.append(Failure(_encodable(name), f"{unread_kind(suffix)}; {remedy_for(suffix)}"))
            continue
        try:
            name.encode()
        except UnicodeEncodeError:
            failures.append(Failure(_encodable(name), "its name is not UTF-8; rename it"))
            continue
        try:
            content = read_bytes(root, name)
            file = _corpus_file(content, path, name, root)
        except (OSError, ReadingError) as error:
            failures.append(Failure.of(name, error))
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
    return tuple(files), tuple(sorted(failures, key=lambda failure: failure.file))


def may_be_report(name: str) -> bool:
    """Tell whether a path below the corpus is not that of what lies beside reports."""
    return name != QUESTIONS_FILE and name.rpartition("/")[2].lower() not in _NO_REPORTS


def unread_kind(suffix: str) -> str:
    """Return what a file is whose kind is not read."""
    return f"is of a kind that is not read ({suffix or 'its name has no ending'})"


def remedy_for(suffix: str) -> str:
    """Return what to do with a file whose kind is not read."""
    return _REMEDY.get(suffix.lower(), "save it as .docx, .html, .txt or PDF, or move it out of the corpus")


def walk(folder: Path) -> tuple[list[str], list[Failure]]:
    """List the path of every file below ``folder`` that is not hidden, sorted.

    Name the folders that cannot be listed. Such a folder's name ends in ``/``. A link to a folder is one: what it leads
    to may change, or lead back here.

    Raises:
        CorpusError: ``folder`` itself cannot be listed.
    """
    names: list[str] = []
    failures: list[Failure] = []
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(folder / inside) as entries:
                visible = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            reason = f"cannot be listed: {error.strerror or error}"
            if not inside:
                raise CorpusError(f"the corpus folder {folder} {reason}", "see that it can be read") from error
            failures.append(Failure(_encodable(inside), f"{reason}; see that it can be read; {_KEPT}"))
            continue
        for entry in visible:
            name = inside + entry.name
            if not _is_folder(entry):
                names.append(name)
            elif entry.is_symlink():
                problem = f"is a link to a folder; copy the folder into the corpus instead of linking; {_KEPT}"
                failures.append(Failure(_encodable(f"{name}/"), problem))
            elif name.count("/") >= MAX_DEPTH:
                problem = f"lies more than {MAX_DEPTH} folders deep; move it further up; {_KEPT}"
                failures.append(Failure(_encodable(f"{name}/"), problem))
            else:
                waiting.append(f"{name}/")
    return sorted(names), failures


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A link to itself, for one: whoever reads it as a file says why that cannot be.
        return False


def _encodable(name: str) -> str:
    """Return the name as it can be shown and written down, where it is not UTF-8."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


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


def read_unchanged(folder: Path, path: str, sha256: str) -> bytes:
    """Read a file that still has, with its sidecar, the content that was indexed.

    Raises:
        ReadingError: it is gone or has changed, or cannot be read.
    """
    root = folder.resolve()
    try:
        content = read_bytes(root, path)
        is_same = _corpus_file(content, folder / path, path, root).sha256 == sha256
    except FileNotFoundError as error:
        raise ReadingError("is not there any more", "put it back, or run: probqa build") from error
    except OSError as error:
        raise ReadingError(f"cannot be read: {error.strerror or error}", "see that it can be read") from error
    if not is_same:
        raise ReadingError("has changed since the index was made", "run: probqa build")
    return content


def is_unchanged(folder: Path, file: CorpusFile) -> bool:
    """Tell whether the file and its sidecar still have the content that was listed."""
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
