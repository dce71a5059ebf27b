"""A folder kept indexed: files settle before they are read, and what fails is named and tried again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from building import write_state
from probqa import cli
from probqa.gathering.upkeep import remove
from probqa.indexing import watch
from probqa.indexing.storage import build_lock
from probqa.indexing.watch import AGAIN, LOOK, STILL, UNREST, Watch, look
from probqa.settings import Settings


class Clock:
    """Time that passes when somebody sleeps, and what happens at which second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.plan: dict[float, Callable[[], object]] = {}
        self.end = 10_000.0

    def sleep(self, seconds: float) -> None:
        for _ in range(int(seconds / LOOK)):
            self.now += LOOK
            self.plan.pop(self.now, lambda: None)()
        if self.now >= self.end:
            raise KeyboardInterrupt


@pytest.fixture
def clock() -> Clock:
    return Clock()


def grow(path: Path) -> None:
    with path.open("a") as file:
        file.write("It was late. ")


def test_a_file_is_taken_when_it_has_lain_still(tmp_path: Path, clock: Clock) -> None:
    watching = Watch(tmp_path, clock.sleep)
    watching.take(watching.wait())
    assert clock.now == STILL
    # A copy that takes twelve seconds, with a pause.
    clock.plan = {float(at): lambda: grow(tmp_path / "a.md") for at in (20, 22, 30, 32)}
    state = watching.wait()
    assert (clock.now, list(state)) == (32 + STILL, ["a.md"])
    watching.take(state)
    clock.plan = {100.0: lambda: (tmp_path / "a.md").unlink()}
    assert (watching.wait(), clock.now) == ({}, 100 + STILL)


def test_changes_without_end_do_not_keep_the_others_waiting(tmp_path: Path, clock: Clock) -> None:
    clock.plan = {LOOK * at: lambda: grow(tmp_path / "log.txt") for at in range(1_000)}
    watching = Watch(tmp_path, clock.sleep)
    watching.wait()
    assert clock.now == UNREST - LOOK


def test_what_is_hidden_and_a_folder_that_is_not_there_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    for name in (".lock", "reports/.tmp-a", "reports/a.txt"):
        (tmp_path / name).touch()
    (tmp_path / "lost.md").symlink_to("nowhere.md")
    assert look(tmp_path).keys() == {"lost.md", "reports/a.txt"}
    assert look(tmp_path / "nowhere") == {}
    (tmp_path / os.fsdecode(b"\xff.md")).touch()
    assert len(look(tmp_path)) == 3


def test_a_file_of_the_same_size_and_name_is_another(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("It was late.")
    before = look(tmp_path)
    (tmp_path / "new").write_text("It was good.")
    os.utime(tmp_path / "new", ns=(before["a.md"][2], before["a.md"][2]))
    (tmp_path / "new").rename(tmp_path / "a.md")
    assert look(tmp_path) != before


# The command


@pytest.fixture
def watched(chosen: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command until some seconds have passed; gives what it printed, without the stages of a build."""
    monkeypatch.setenv("PROBQA_MODEL", chosen.model)
    monkeypatch.setenv("PROBQA_READER", chosen.reader)
    real = watch.Watch
    monkeypatch.setattr(watch, "Watch", lambda folder: real(folder, clock.sleep))

    def run(end: float) -> list[str]:
        clock.end = end
        code = cli.main(["watch", "--corpus", str(chosen.corpus), "--index", str(chosen.index)])
        assert code == 130
        printed = capsys.readouterr()
        lines = [*printed.out.splitlines(), *printed.err.splitlines()]
        return [line for line in lines if line.startswith(("probqa:", "not ")) or " added, " in line]

    return run


def test_the_index_follows_the_folder_and_what_fails_is_named(watched, chosen: Settings, clock: Clock) -> None:
    write_state(chosen.corpus, 1)
    clock.plan = {
        50.0: lambda: (chosen.corpus / "four.md").write_text("# Selby\n\nThe court of Selby was late.\n"),
        100.0: lambda: (chosen.corpus / "bad.pdf").write_bytes(b"no PDF"),
        150.0: lambda: (chosen.corpus / "four.md").unlink(),
    }
    lines = watched(200)
    assert [line.split(";")[0] for line in lines if " added, " in line] == [
        "3 added, 0 changed, 0 removed, 0 unchanged",
        "1 added, 0 changed, 0 removed, 3 unchanged",
        "0 added, 0 changed, 0 removed, 4 unchanged",
        "0 added, 0 changed, 1 removed, 3 unchanged",
    ]
    assert [line.split(": ")[:2] for line in lines if line.startswith("not ")] == [["not indexed", "bad.pdf"]] * 2


def test_another_builder_is_waited_for(watched, chosen: Settings, clock: Clock) -> None:
    write_state(chosen.corpus, 1)
    held = build_lock(chosen.index)
    held.__enter__()
    clock.plan = {STILL + 4: lambda: held.__exit__(None, None, None)}
    refused, built, stopped = watched(STILL * 2 + AGAIN + LOOK)
    assert (refused[:8], built[:8], stopped) == ("3 added,", "probqa: ", "probqa: stopped")


def test_a_change_that_was_cut_short_is_taken_back_before_anything_is_read(
    watched, chosen: Settings, clock: Clock
) -> None:
    write_state(chosen.corpus, 1)
    (chosen.corpus / "reports").mkdir()
    (chosen.corpus / "reports/a.txt").write_text("The court of Selby was late.")
    remove(chosen, "reports/a")
    (chosen.corpus / ".removed/000001").rename(chosen.corpus / ".removed/.begun-1")
    assert watched(STILL * 3)[0].startswith("4 added, ")
    assert (chosen.corpus / "reports/a.txt").exists()


def test_a_folder_that_is_not_there_is_told_at_once(watched, chosen: Settings) -> None:
    chosen.corpus.rmdir()
    assert cli.main(["watch", "--corpus", str(chosen.corpus), "--index", str(chosen.index)]) == 2
