"""Damaged files are refused by name, and a disk that fails leaves the old generation live."""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from conftest import REPORTS, write_corpus
from probqa import durable
from probqa.asking.library import Library
from probqa.errors import IndexDamagedError, IndexMissingError, ProbqaError
from probqa.indexing import storage
from probqa.indexing.build import build
from probqa.indexing.inspection import status, verify
from probqa.questions import Request
from probqa.settings import Settings
from steps import Step, watch

SMALL = 1_000
SAMPLE = 300


def live_files(chosen: Settings) -> list[Path]:
    name, _ = storage.read_pointer(chosen.index)
    return sorted((chosen.index / name).iterdir())


def assert_refused(chosen: Settings, path: Path) -> None:
    with pytest.raises(IndexDamagedError) as refused:
        Library(chosen)
    assert str(path) in refused.value.problem
    assert (refused.value.remedy, refused.value.exit_code) == ("run: probqa build", 3)


def test_every_flipped_byte_is_refused_by_the_name_of_its_file(chosen: Settings) -> None:
    """Every byte of the small files, an even sample of the larger ones, another bit each time."""
    write_corpus(chosen.corpus, {"weir.txt": REPORTS["weir.txt"]})
    build(chosen)
    flipped = 0
    for path in live_files(chosen):
        whole = path.read_bytes()
        for at in range(0, len(whole), max(1, len(whole) // SAMPLE if len(whole) > SMALL else 1)):
            with path.open("r+b") as file:
                os.pwrite(file.fileno(), bytes([whole[at] ^ 1 << at % 8]), at)
                assert_refused(chosen, path)
                os.pwrite(file.fileno(), whole[at : at + 1], at)
            flipped += 1
    assert flipped > 3000
    Library(chosen).close()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda content: b"",
    "a byte short": lambda content: content[:-1],
    "half": lambda content: content[: len(content) // 2],
    "a byte long": lambda content: content + b"\0",
    "zeros of the same length": lambda content: bytes(len(content)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_every_file_cut_or_overwritten_is_refused(built: Settings, damage: str) -> None:
    for path in live_files(built):
        whole = path.read_bytes()
        path.write_bytes(DAMAGE[damage](whole))
        assert_refused(built, path)
        path.write_bytes(whole)
    Library(built).close()


def test_every_missing_file_is_refused(built: Settings) -> None:
    for path in live_files(built):
        path.rename(path.with_suffix(".away"))
        with pytest.raises(IndexDamagedError, match=f"{re.escape(str(path))} is missing; run: probqa build"):
            Library(built)
        path.with_suffix(".away").rename(path)
    Library(built).close()


def test_a_folder_in_the_place_of_a_file_is_refused(built: Settings) -> None:
    path = live_files(built)[0]
    path.unlink()
    path.mkdir()
    with pytest.raises(IndexDamagedError, match=r"blocks\.npy cannot be read: Is a directory"):
        Library(built)


def test_every_file_of_another_generation_is_refused(built: Settings) -> None:
    old = live_files(built)
    write_corpus(built.corpus, {"new.md": "# Late\n\nNobody was late. All was well."})
    build(built)
    new = live_files(built)
    assert [path.name for path in old] == [path.name for path in new]
    differing = [pair for pair in zip(old, new, strict=True) if pair[0].read_bytes() != pair[1].read_bytes()]
    assert {path.name for _, path in differing} >= {"texts.txt", "passages.npy", "passage_vectors.npy", "manifest.json"}
    for theirs, path in differing:
        whole = path.read_bytes()
        shutil.copyfile(theirs, path)
        assert_refused(built, path)
        path.write_bytes(whole)
    Library(built).close()


def test_every_flipped_byte_of_the_pointer_is_refused(built: Settings) -> None:
    pointer = built.index / storage.POINTER
    whole = pointer.read_bytes()
    for at in range(len(whole)):
        for bit in range(8):
            pointer.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
            with pytest.raises(IndexDamagedError) as refused:
                Library(built)
            assert str(built.index) in refused.value.problem
            assert refused.value.remedy == "run: probqa build"


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"0" * 82, b"../../x" + bytes(60), b"\xff" * 82, b"deadbeefdeadbeef " + b"0" * 64 + b"\n"]
)
def test_a_pointer_that_no_build_wrote_is_refused_and_built_over(built: Settings, content: bytes) -> None:
    whole = (built.index / storage.POINTER).read_bytes()
    for damaged in (content, whole + content, whole[:-1] + b"\r\n"):
        (built.index / storage.POINTER).write_bytes(damaged)
        if damaged == whole:
            continue
        with pytest.raises(IndexDamagedError):
            Library(built)
    report = build(built)
    assert report.notes[0].startswith("the old index could not be used and everything was made anew: ")
    assert (built.index / storage.POINTER).read_bytes()[:17] == whole[:17]
    Library(built).close()


def test_a_pointer_that_is_a_folder_is_refused(built: Settings) -> None:
    (built.index / storage.POINTER).unlink()
    (built.index / storage.POINTER).mkdir()
    with pytest.raises(IndexDamagedError, match="current cannot be read: Is a directory"):
        Library(built)


def test_an_index_that_is_a_file_is_no_index(built: Settings) -> None:
    shutil.rmtree(built.index)
    built.index.write_text("")
    with pytest.raises(IndexMissingError, match="there is no index in"):
        Library(built)


@pytest.mark.parametrize("damaged", ["texts.txt", "encoder.onnx", "manifest.json", "passage_vectors.npy"])
def test_a_damaged_index_is_built_anew_with_a_note(built: Settings, damaged: str) -> None:
    [path] = [path for path in live_files(built) if path.name == damaged]
    path.write_bytes(path.read_bytes()[:-1])
    for _ in range(2):
        with pytest.raises(ProbqaError):
            list(verify(built))
        with pytest.raises(ProbqaError):
            status(built)
    report = build(built)
    [note] = report.notes
    assert note.startswith(f"the old index could not be used and everything was made anew: {path} is not ")
    assert (report.added, report.embedded) == (3, report.passages)
    assert list(verify(built)) == []
    assert build(built).notes == ()


@contextmanager
def failing_at(number: int, code: int) -> Iterator[list[str]]:
    """Let operation ``number`` of those that change the disk fail; yields the operations begun.

    A write that fails leaves half of its bytes behind.
    """
    begun: list[str] = []

    def failing(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*arguments: Any, **options: Any) -> Any:
            begun.append(name)
            if len(begun) == number:
                if name == "create":
                    path, content = arguments
                    path.write_bytes(bytes(content)[: len(content) // 2])
                raise OSError(code, os.strerror(code))
            return real(*arguments, **options)

        return operation

    with pytest.MonkeyPatch.context() as patch:
        for owner, names in (
            (os, ("mkdir", "chmod", "open", "fsync", "rename", "replace")),
            (durable, ("create",)),
        ):
            for name in names:
                patch.setattr(owner, name, failing(name, getattr(owner, name)))
        yield begun


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_build_that_fails_at_any_operation_leaves_the_old_or_the_new(built: Settings, code: int) -> None:
    """Fail at the n-th operation, for every n until none is left to fail, as SQLite's tests do."""
    number, failures, begun = 0, 0, [""]
    while len(begun) > number - 1:
        number += 1
        week = "Northway was never late in week {}."
        write_corpus(built.corpus, {"new.md": week.format(number)})
        before = storage.read_pointer(built.index)[0]
        with failing_at(number, code) as begun:
            try:
                build(built)
            except (OSError, IndexDamagedError) as error:
                cause = error if isinstance(error, OSError) else error.__cause__
                assert isinstance(cause, OSError)
                assert cause.errno == code
                failures += 1
                assert [path for path in built.index.glob(f"{storage.STAGING}*") if path.is_dir()] == []
        assert list(verify(built)) == []
        with closing(Library(built)) as library:
            quotes = [quote.text for quote in library.ask(Request.of("Was Northway late in which week?", k=30)).quotes]
            assert (week.format(number) in quotes) == (library.generation.name != before)
            assert (week.format(number - 1) in quotes) == (library.generation.name == before and number > 1)
            assert "Northway supervised people at low risk by a telephone call every nine weeks." in quotes
        report = build(built)
        assert report.notes == ()
        assert list(built.index.glob(f"{storage.STAGING}*")) == []
        with closing(Library(built)) as library:
            assert week.format(number) in [
                q.text for q in library.ask(Request.of("Was Northway late in which week?", k=30)).quotes
            ]
    assert failures > 40
    assert set(begun) == {"mkdir", "chmod", "open", "fsync", "rename", "replace", "create"}


def test_a_failed_fsync_is_never_tried_again(built: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def fail(descriptor: int) -> None:
        calls.append(descriptor)
        raise OSError(errno.EIO, "lost")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="lost"):
        durable.create(built.index / "file", b"content")
    assert len(calls) == 1


def test_a_write_that_comes_out_short_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fstat
    short = os.stat_result((0, 0, 0, 0, 0, 0, 3, 0, 0, 0))
    monkeypatch.setattr(os, "fstat", lambda descriptor: short if descriptor > 2 else real(descriptor))
    with pytest.raises(OSError, match="7 of 7 bytes were written"):
        durable.create(tmp_path / "file", b"content")


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    durable.create(tmp_path / "file", b"content")
    with pytest.raises(FileExistsError):
        durable.create(tmp_path / "file", b"other")
    assert (tmp_path / "file").read_bytes() == b"content"


def test_files_are_on_disk_before_the_pointer_names_them(chosen: Settings) -> None:
    """The order: a new index, its files, the manifest last, their folder, the index, the pointer."""
    write_corpus(chosen.corpus, REPORTS)
    steps: list[Step] = []
    with watch(chosen.index.parent, steps.append):
        report = build(chosen)
    events = [str(step) for step in steps if step.verb in ("fsync", "rename")]
    files = [event for event in events if re.fullmatch(r"fsync index/\.staging-/[a-z_]+\.[a-z]+", event)]
    expected = {path.name for path in (chosen.index / report.generation).iterdir()}
    assert {Path(event).name for event in files} == expected
    assert Path(files[-1]).name == storage.MANIFEST

    def replaced(name: str) -> list[str]:
        return [f"fsync index/.staging-{name}", f"rename index/.staging-{name} to index/{name}", "fsync index"]

    assert events == [
        "fsync .",
        *files,
        "fsync index/.staging-",
        f"rename index/.staging- to index/{report.generation}",
        "fsync index",
        *replaced("draft"),
        *replaced("current"),
        *replaced("history.jsonl"),
        *replaced("news.json"),
        "fsync index",
    ]


def random_damage(seed: int, chosen: Settings) -> Path:
    """Overwrite a random stretch of a random file."""
    dice = random.Random(seed)
    path = dice.choice(live_files(chosen))
    content = bytearray(path.read_bytes())
    start = dice.randrange(len(content))
    stretch = bytes(dice.randrange(256) for _ in range(dice.randint(1, 64)))
    if content[start : start + len(stretch)] == stretch:
        stretch = bytes([stretch[0] ^ 1])
    content[start : start + len(stretch)] = stretch
    path.write_bytes(content)
    return path


def test_random_damage_is_refused(built: Settings) -> None:
    for seed in range(100):
        before = {path: path.read_bytes() for path in live_files(built)}
        path = random_damage(seed, built)
        assert_refused(built, path)
        path.write_bytes(before[path])
