"""Every step by which a process changes a folder, named before it is taken; and what a loss of power leaves."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Step:
    """One change, or one fsync; ``path`` and ``target`` are below the folder that is watched."""

    verb: str
    path: Path
    target: Path | None = None
    content: bytes = b""

    def __str__(self) -> str:
        """Name the step, the same in every process."""
        name = f"{self.verb} {self.path}" + (f" to {self.target}" if self.target else "")
        return re.sub(
            r"\.staging-(?!old|replaced)(current|draft|history\.jsonl|news\.json)?[^/ ]*", r".staging-\1", name
        )


@contextmanager
def watch(root: Path, told: Callable[[Step], None]) -> Iterator[None]:
    """Call ``told`` before each step that Python takes below ``root``; a write is two steps, half and half."""
    opened: dict[int, Path] = {}

    def tell(verb: str, path: Any, target: Any = None, content: bytes = b"", dir_fd: int | None = None) -> None:
        path = opened.get(dir_fd, Path()) / path if dir_fd is not None else Path(path)
        if path.is_relative_to(root):
            told(Step(verb, path.relative_to(root), target and Path(target).relative_to(root), content))

    class Writer(io.BufferedWriter):
        def write(self, content: Any) -> int:
            half = len(content) // 2
            for part in (content[:half], content[half:]):
                self.flush()
                tell("write", self.raw.name, content=bytes(part))
                super().write(part)
            return len(content)

    def open_file(path: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        is_new = set(mode) & set("wxa") and not os.path.lexists(path)
        if is_new:
            tell("create", path)
        if mode not in ("wb", "xb"):
            assert not is_new or mode == "a+b", f"{mode} is not watched"
            return io_open(path, mode, *more, **named)
        file = Writer(io.FileIO(path, mode))
        opened[file.fileno()] = Path(path)
        return file

    def open_descriptor(path: Any, flags: int, *more: Any, dir_fd: int | None = None, **named: Any) -> int:
        descriptor = os_open(path, flags, *more, dir_fd=dir_fd, **named)
        opened[descriptor] = opened.get(dir_fd, Path()) / path if dir_fd is not None else Path(path)
        return descriptor

    def changing(verb: str, real: Callable[..., None]) -> Callable[..., None]:
        def change(path: Any, *more: Any, dir_fd: int | None = None, **named: Any) -> None:
            if verb != "make" or (not os.path.lexists(path) and Path(path).parent.is_dir()):
                tell(verb, path, more[0] if verb == "rename" else None, dir_fd=dir_fd)
            real(path, *more, **named, **({} if dir_fd is None else {"dir_fd": dir_fd}))

        return change

    def fsync(descriptor: int) -> None:
        tell("fsync", opened[descriptor])
        os_fsync(descriptor)

    io_open, os_open, os_fsync = io.open, os.open, os.fsync
    verbs = {"rename": "rename", "replace": "rename", "mkdir": "make"}
    verbs |= dict.fromkeys(("unlink", "remove", "rmdir"), "remove")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(io, "open", open_file)
        patch.setattr(os, "open", open_descriptor)
        patch.setattr(os, "fsync", fsync)
        for name, verb in verbs.items():
            patch.setattr(os, name, changing(verb, getattr(os, name)))
        yield


@dataclass
class _File:
    live: bytes = b""
    synced: bytes = b""


@dataclass
class _Folder:
    """Names as a process sees them, as they surely are on disk, and the changes that may or may not be."""

    live: dict[str, _File | _Folder] = field(default_factory=dict)
    synced: dict[str, _File | _Folder] = field(default_factory=dict)
    pending: list[dict[str, _File | _Folder | None]] = field(default_factory=list)


class Disk:
    """A folder as a disk may hold it when the power goes: only what was synced is sure to be there.

    A file's content is sure after an fsync of the file; that it has its name, or none any more, after one of its
    folder. What is not sure may be there wholly, half or not at all, each change by itself; a rename is one change.
    """

    def __init__(self, root: Path) -> None:
        """Take what lies in ``root`` now as synced."""
        self._root = _read(root)

    def take(self, step: Step) -> None:
        """Take a step that ``watch`` named."""
        node, folder = self._at(step.path), self._at(step.path.parent)
        assert isinstance(folder, _Folder)
        if step.verb == "write":
            assert isinstance(node, _File)
            node.live += step.content
        elif step.verb == "fsync" and isinstance(node, _File):
            node.synced = node.live
        elif step.verb == "fsync":
            assert isinstance(node, _Folder)
            node.synced, node.pending = dict(node.live), []
        elif step.target:
            assert step.target.parent == step.path.parent, "not one change"
            self._change(folder, {step.path.name: None, step.target.name: node})
        else:
            made = {"create": _File(), "make": _Folder(), "remove": None}[step.verb]
            self._change(folder, {step.path.name: made})

    def left(self, kept: Callable[[], bool], share: Callable[[], float]) -> dict[str, bytes | None]:
        """Say what a loss of power leaves: the names whose change is ``kept``, and a ``share`` of each content.

        Each path with its content; a folder, which comes before what is in it, has none.
        """
        return dict(_left(self._root, "", kept, share))

    def _at(self, path: Path) -> _File | _Folder | None:
        node: _File | _Folder | None = self._root
        for part in path.parts:
            assert isinstance(node, _Folder)
            node = node.live.get(part)
        return node

    def _change(self, folder: _Folder, change: dict[str, _File | _Folder | None]) -> None:
        folder.pending.append(change)
        _apply(folder.live, change)


def _apply(names: dict[str, _File | _Folder], change: dict[str, _File | _Folder | None]) -> None:
    for name, node in change.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


def _read(path: Path) -> _Folder:
    names: dict[str, _File | _Folder] = {}
    for inner in path.iterdir():
        content = b"" if inner.is_dir() else inner.read_bytes()
        names[inner.name] = _read(inner) if inner.is_dir() else _File(content, content)
    return _Folder(names, dict(names))


def _left(
    folder: _Folder, path: str, kept: Callable[[], bool], share: Callable[[], float]
) -> Iterator[tuple[str, bytes | None]]:
    yield path, None
    names = dict(folder.synced)
    for change in folder.pending:
        if kept():
            _apply(names, change)
    for name, node in names.items():
        if isinstance(node, _Folder):
            yield from _left(node, f"{path}{name}/", kept, share)
        else:
            more = len(node.live) - len(node.synced)
            yield path + name, node.live[: len(node.synced) + int(more * share())]
