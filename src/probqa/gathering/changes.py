"""Changes to the files of a corpus that can be taken back, and that are whole whenever the process is killed.

In: paths below the corpus, each with the content it is to have. Out: all of that, or none of it.

``corpus/.removed/`` keeps what was there before: a folder a change, with the files under their own paths and
``change.json``, which says what was done. Nothing here deletes them. A change is first kept whole (``.begun-``), then
carried out, then called done; one that was cut short is taken back when the folder is next locked.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as name:
...     corpus = Path(name)
...     _ = Path(corpus, "a.md").write_text("Good.")
...     change = carry_out(corpus, "remove", ("a",), {"a.md": None})
...     gone = not Path(corpus, "a.md").exists()
...     _ = take_back(corpus, change)
...     gone, Path(corpus, "a.md").read_text()
(True, 'Good.')
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote_to_bytes

from probqa.decoding import decode_json
from probqa.durable import TEMPORARY, beside, sync, take_away, write
from probqa.errors import DecodingError, InputError

FOLDER = ".removed"
_ABOUT = "change.json"
_BEGUN = ".begun-"
UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link, by what it leads to."""

    target: str


Content = bytes | Link | None
"""What is to stand at a path: None where nothing is."""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file of a change: its path below the corpus, quoted as in an address, and its state before and after.

    A state is the SHA-256 of a content, "link" and what a link leads to, or nothing where there is no file.
    """

    path: str
    before: str
    after: str

    @property
    def name(self) -> str:
        """Return the path as the system has it."""
        return os.fsdecode(unquote_to_bytes(self.path))


@dataclass(frozen=True, slots=True)
class Change:
    """What a command did: to which report (an id, and another where it was renamed), when, and to which files.

    ``undoes`` is the number of the change that it took back, or 0.
    """

    number: int
    command: str
    ids: tuple[str, ...]
    at: str
    files: tuple[ChangedFile, ...]
    undoes: int = 0


def carry_out(
    corpus: Path, command: str, ids: Sequence[str], contents: Mapping[str, Content], undoes: int = 0
) -> Change:
    """Give files their new contents: first those that are written, then those that go, in the order given.

    Where a step fails, what was done is taken back.

    Raises:
        InputError: a path leads out of the corpus or is no file's.
        OSError: a file could not be written.
    """
    before = {name: _content(_require_inside(corpus, name)) for name in contents}
    files = tuple(
        ChangedFile(_quoted(name), _state(before[name]), _state(content)) for name, content in contents.items()
    )
    change = Change(_next_number(corpus), command, tuple(ids), f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", files, undoes)
    try:
        begun = _keep(corpus, change, before)
        for name, content in sorted(contents.items(), key=lambda item: item[1] is None):
            _put(corpus / name, content)
        begun.rename(_folder(corpus, change))
    except OSError:
        mend(corpus)
        raise
    sync(begun.parent)
    return change


def take_back(corpus: Path, change: Change) -> Change:
    """Give the files of a change the contents that they had before it.

    What they have now is kept like that of any change.

    Raises:
        InputError: a file is not as the change left it, or what was kept of it is not whole.
        OSError: a file could not be written.
    """
    for file in change.files:
        _require_inside(corpus, file.name)
        if _state(_content(corpus / file.name)) != file.after:
            where = _folder(corpus, change) / file.name
            remedy = f"what it was before is {where}" if file.before else "remove it yourself if you mean it"
            raise InputError(f"{file.name} was changed or moved since", remedy)
    contents = {file.name: _kept(_folder(corpus, change), file) for file in change.files}
    return carry_out(corpus, UNDO, change.ids, contents, undoes=change.number)


def done(corpus: Path) -> list[Change]:
    """List every change that is kept, the first one first.

    A folder that holds no change is nobody's to judge and passed over.
    """
    changes: list[Change] = []
    for folder in _entries(corpus):
        try:
            change = decode_json(Change, (folder / _ABOUT).read_bytes())
        except (OSError, DecodingError):
            continue
        if folder.name == _folder(corpus, change).name:
            changes.append(change)
    return sorted(changes, key=lambda change: change.number)


def mend(corpus: Path) -> None:
    """Take back what was cut short, and delete what was never begun.

    A file that has been changed by somebody since is left as it is; then the change stays among those kept.
    """
    for begun in _entries(corpus):
        if begun.name.startswith(TEMPORARY):
            shutil.rmtree(begun)
        if not begun.name.startswith(_BEGUN):
            continue
        try:
            change = decode_json(Change, (begun / _ABOUT).read_bytes())
        except (OSError, DecodingError) as error:
            problem = f"{begun}, a change that was cut short, cannot be read"
            raise InputError(problem, "put right by hand what it holds, and move it away") from error
        is_undone = True
        for file in change.files:
            path = _require_inside(corpus, file.name)
            beside(path).unlink(missing_ok=True)
            state = _state(_content(path))
            if state == file.after != file.before:
                _put(path, _kept(begun, file))
            elif state != file.before:
                is_undone = False
        # What is to be deleted is first called so, on disk too, so that no half of it is ever taken for a change.
        away = begun.with_name(f"{TEMPORARY}{change.number}") if is_undone else _folder(corpus, change)
        begun.rename(away)
        sync(away.parent)
        if is_undone:
            shutil.rmtree(away)


def _keep(corpus: Path, change: Change, before: Mapping[str, Content]) -> Path:
    """Write down what is there before a change, and what the change is, on disk before anything is changed."""
    removed = corpus / FOLDER
    if removed.is_symlink():
        raise InputError(f"{removed} is a link", "make it a folder of the corpus")
    if not removed.is_dir():
        removed.mkdir()
        sync(corpus)
    making = removed / f"{TEMPORARY}{change.number}"
    making.mkdir()
    for name, content in before.items():
        if content is not None:
            (making / name).parent.mkdir(parents=True, exist_ok=True)
            _put(making / name, content)
    for above in {parent for name in before for parent in PurePosixPath(name).parents}:
        if (making / above).is_dir():
            sync(making / above)
    write(making / _ABOUT, json.dumps(dataclasses.asdict(change), indent=1).encode())
    begun = making.rename(removed / f"{_BEGUN}{change.number}")
    sync(removed)
    return begun


def _kept(folder: Path, file: ChangedFile) -> Content:
    """Return what a file was before a change."""
    content = _content(folder / file.name)
    if _state(content) != file.before:
        remedy = f"put {file.name} right yourself and move {folder} away"
        raise InputError(f"{folder / file.name}, which was kept, is not what it was", remedy)
    return content


def _put(path: Path, content: Content) -> None:
    if content is None:
        take_away(path)
    elif isinstance(content, bytes):
        write(path, content)
    else:
        beside(path).unlink(missing_ok=True)
        beside(path).symlink_to(content.target)
        beside(path).replace(path)
        sync(path.parent)


def _content(path: Path) -> Content:
    if path.is_symlink():
        return Link(os.readlink(path))  # noqa: PTH115  # as it is written, not as a path
    if not path.exists():
        return None
    if not path.is_file():
        raise InputError(f"{path} is not a file", "move it out of the corpus")
    return path.read_bytes()


def _state(content: Content) -> str:
    if isinstance(content, Link):
        return f"link {_quoted(content.target)}"
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _require_inside(corpus: Path, name: str) -> Path:
    """Return the place of a path below the corpus, which a record may name wrongly.

    Raises:
        InputError: it is hidden, or lies elsewhere, by itself or through a link to a folder.
    """
    parts = PurePosixPath(name).parts
    is_plain = bool(parts) and "\0" not in name and not any(part.startswith((".", "/")) for part in parts)
    # Not Path.resolve: it raises a RuntimeError of its own for a link to itself.
    root, folder = (Path(os.path.realpath(path)) for path in (corpus, (corpus / name).parent if is_plain else corpus))
    if not is_plain or not folder.is_relative_to(root):
        raise InputError(f"{name!r} is no path of a report in {corpus}", "nothing was changed")
    return corpus / name


def _entries(corpus: Path) -> list[Path]:
    removed = corpus / FOLDER
    return sorted(removed.iterdir()) if removed.is_dir() and not removed.is_symlink() else []


def _folder(corpus: Path, change: Change) -> Path:
    return corpus / FOLDER / f"{change.number:06}"


def _next_number(corpus: Path) -> int:
    names = [path.name.removeprefix(_BEGUN) for path in _entries(corpus)]
    return max((int(name) for name in names if name.isdecimal() and name.isascii()), default=0) + 1


def _quoted(name: str) -> str:
    return quote(os.fsencode(name), safe="/ ")
