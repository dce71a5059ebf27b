"""The log of what people did: lines that are only added, and that show what was done to them."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from probqa.errors import InputError
from probqa.staff.log import CUT_SHORT, FIRST, Log

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """Four acts of two people."""
    log = Log(tmp_path / "log.jsonl")
    log.note("Anna", "add", report="kent", title="Kent’s “own” words")
    log.note("Ben", "edit", report="kent", published="2017")
    log.note("Anna", "publish", generation="0123456789abcdef")
    log.note("Ben", "remove", report="kent")
    return log


def problems(log: Log) -> list[tuple[int, str]]:
    return [(line.number, line.problem) for line in log.lines() if line.problem]


def test_who_did_what_is_read_as_it_was_noted(log: Log) -> None:
    lines = list(log.lines())
    assert [(line.act.who, line.act.what) for line in lines if line.act] == [
        ("Anna", "add"), ("Ben", "edit"), ("Anna", "publish"), ("Ben", "remove"),
    ]  # fmt: skip
    assert lines[0].act and lines[0].act.details == {"report": "kent", "title": "Kent’s “own” words"}
    assert [line.act.before for line in lines if line.act] == [FIRST, *(line.hash for line in lines[:-1])]
    assert problems(log) == []


def test_there_is_no_log_before_the_first_act(tmp_path: Path) -> None:
    assert list(Log(tmp_path / "log.jsonl").lines()) == []
    assert not (tmp_path / "log.jsonl").exists()


def test_only_its_owner_may_read_it(log: Log) -> None:
    assert log.file.stat().st_mode & 0o777 == 0o600


def test_every_byte_that_is_changed_is_found_on_its_line(log: Log) -> None:
    content = log.file.read_bytes()
    for place, byte in enumerate(content):
        number = content[:place].count(b"\n") + 1
        for other in (byte ^ 1, 0x0A):
            if other == byte:
                continue
            log.file.write_bytes(content[:place] + bytes([other]) + content[place + 1 :])
            found = problems(log)
            assert found and found[0][0] == number, (place, byte, other, found)


def test_every_byte_that_is_cut_off_is_found_but_at_the_end_of_a_line(log: Log) -> None:
    content = log.file.read_bytes()
    whole = [place + 1 for place, byte in enumerate(content) if byte == 0x0A]
    for length in range(len(content)):
        log.file.write_bytes(content[:length])
        found = problems(log)
        expected = [] if length in (0, *whole) else [(content[:length].count(b"\n") + 1, "it was cut short")]
        assert found == expected, length


@pytest.mark.parametrize(
    ("change", "first"),
    [
        (lambda lines: [lines[1], lines[0], *lines[2:]], 1),
        (lambda lines: [lines[0], *lines[2:]], 2),
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0], lines[0], *lines[1:]], 2),
        (lambda lines: [*lines, lines[0]], 5),
        (lambda lines: [lines[0], b"{}\n", *lines[1:]], 2),
        (lambda lines: [lines[0], b"\n", *lines[1:]], 2),
        (lambda lines: [lines[0].replace(b'"who"', b' "who"'), *lines[1:]], 1),
        (lambda lines: [lines[0].replace(b'{"when', b'{"who":"Eve","when'), *lines[1:]], 1),
    ],
    ids=["moved", "taken out", "first taken out", "twice", "again at the end", "put in", "empty", "space", "key"],
)
def test_lines_that_were_moved_taken_out_or_put_in_are_found(
    log: Log, change: Callable[[list[bytes]], list[bytes]], first: int
) -> None:
    log.file.write_bytes(b"".join(change(log.file.read_bytes().splitlines(keepends=True))))
    assert problems(log)[0][0] == first


def test_a_changed_line_with_a_hash_made_anew_is_found_by_the_next_one(log: Log, tmp_path: Path) -> None:
    other = Log(tmp_path / "other.jsonl")
    other.note("Eve", "add", report="kent")
    lines = log.file.read_bytes().splitlines(keepends=True)
    log.file.write_bytes(b"".join([*other.file.read_bytes().splitlines(keepends=True), *lines[1:]]))
    assert [number for number, _ in problems(log)] == [2]


def test_lines_cut_off_the_end_are_found_by_a_hash_that_was_kept(log: Log) -> None:
    kept = list(log.lines())[-1].hash
    log.note("Anna", "undo", report="kent")
    assert kept in [line.hash for line in log.lines()]
    log.file.write_bytes(b"".join(log.file.read_bytes().splitlines(keepends=True)[:3]))
    assert problems(log) == []
    assert kept not in [line.hash for line in log.lines()]


@pytest.mark.parametrize("length", [1, 40, -1, -70])
def test_a_line_whose_writer_was_killed_stays_and_the_next_one_says_so(log: Log, length: int) -> None:
    content = log.file.read_bytes()
    *_, last = content.splitlines(keepends=True)
    cut = last[: length - 1 if length < 0 else length]
    log.file.write_bytes(content[: -len(last)] + cut)
    assert problems(log) == [(4, "it was cut short")]
    log.note("Ben", "remove", report="kent")
    assert problems(log) == []
    assert log.file.read_bytes().startswith(content[: -len(last)] + cut + b"\n")
    lines = list(log.lines())
    assert [line.act and line.act.what for line in lines] == ["add", "edit", "publish", None, CUT_SHORT, "remove"]
    assert lines[4].act and lines[4].act.details["bytes"] == str(len(cut))


def test_a_first_line_whose_writer_was_killed_is_told_too(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.jsonl")
    log.file.write_bytes(b'{"when":"20')
    log.note("Ben", "remove", report="kent")
    assert [line.act and line.act.what for line in log.lines()] == [None, CUT_SHORT, "remove"]
    assert problems(log) == []


def test_a_line_that_lacks_only_its_end_is_completed(log: Log) -> None:
    content = log.file.read_bytes()
    log.file.write_bytes(content[:-1])
    log.note("Anna", "undo", report="kent")
    assert log.file.read_bytes().startswith(content)
    assert problems(log) == [] and len(list(log.lines())) == 5


def test_what_was_cut_short_may_not_be_changed_afterwards(log: Log) -> None:
    content = log.file.read_bytes()
    log.file.write_bytes(content[:-30])
    log.note("Ben", "remove", report="kent")
    log.file.write_bytes(log.file.read_bytes().replace(b'"what":"remove"', b'"what":"retain"', 1))
    assert [number for number, _ in problems(log)] == [4]


def test_nothing_is_noted_behind_a_last_line_that_was_changed(log: Log) -> None:
    log.file.write_bytes(log.file.read_bytes().replace(b'"what":"remove"', b'"what":"retain"'))
    before = log.file.read_bytes()
    with pytest.raises(InputError, match="is not what was written"):
        log.note("Anna", "undo")
    assert log.file.read_bytes() == before


def test_whatever_is_typed_is_one_line(log: Log) -> None:
    hostile = '"}\n{"when":"x"},"hash":"' + "0" * 64 + '"}\n\r\x00\u2028\x1b[2J\udcff😀'
    log.note(hostile, hostile, report=hostile)
    *_, last = log.lines()
    assert last.number == 5 and last.act
    assert last.act.who == last.act.what == last.act.details["report"] == hostile.replace("\udcff", "\\udcff")
    assert problems(log) == []


def test_a_line_is_as_long_as_it_has_to_be(log: Log) -> None:
    log.note("Anna", "ask", question="why " * 100_000)
    log.note("Anna", "undo")
    assert problems(log) == [] and len(list(log.lines())) == 6


def test_two_processes_and_their_threads_keep_the_chain_whole(log: Log) -> None:
    program = """
import sys, threading
from pathlib import Path
from probqa.staff.log import Log
def write():
    for number in range(20):
        Log(Path(sys.argv[1])).note(sys.argv[2], "edit", number=str(number))
threads = [threading.Thread(target=write) for _ in range(2)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
"""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(log.file), who],
            env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        )
        for who in ("Anna", "Ben")
    ]
    assert [process.wait(60) for process in started] == [0, 0]
    assert problems(log) == []
    who = [line.act.who for line in log.lines() if line.act]
    assert (len(who), who.count("Anna"), who.count("Ben")) == (84, 42, 42)


def test_a_disk_that_is_full_leaves_the_log_as_it_was(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    before, write = log.file.read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[: len(content) // 2]))
    with pytest.raises(OSError, match="not every byte"):
        log.note("Anna", "undo")
    monkeypatch.undo()
    assert log.file.read_bytes() == before
    log.note("Anna", "undo")
    assert problems(log) == []


def test_an_act_is_on_the_disk_when_it_is_noted(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    log.note("Anna", "undo")
    assert synced == [log.file.stat().st_size]


def test_no_link_is_followed_and_no_pipe_waited_for(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError):
        Log(tmp_path / "link").note("Anna", "undo")
    with pytest.raises(InputError, match="is no file"):
        Log(tmp_path / "pipe").note("Anna", "undo")
    assert not (tmp_path / "elsewhere").exists()


def test_chance_finds_no_change_that_is_not_found(log: Log) -> None:
    content, dice = log.file.read_bytes(), random.Random(16)
    for _ in range(300):
        begin, end = sorted(dice.choices(range(len(content) + 1), k=2))
        changed = content[:begin] + dice.randbytes(dice.randrange(0, 4)) + content[end:]
        log.file.write_bytes(changed)
        assert problems(log) or content.startswith(changed), (begin, end)


def test_threads_of_one_process_wait_for_each_other(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.jsonl")
    threads = [threading.Thread(target=log.note, args=("Anna", "edit")) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems(log) == [] and len(list(log.lines())) == 20
