"""Builders and readers side by side, and builders that are killed."""

from __future__ import annotations

import fcntl
import os
import random
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import building
from probqa.asking.library import Library
from probqa.errors import BuildLockedError, IndexDamagedError
from probqa.indexing import storage
from probqa.indexing.build import build
from probqa.indexing.publishing import KEPT_GENERATIONS
from probqa.indexing.storage import build_lock, is_building
from probqa.settings import Settings
from steps import Disk, Step


@pytest.fixture
def first(chosen: Settings) -> Settings:
    """An index of state 0."""
    building.write_state(chosen.corpus, 0)
    build(chosen)
    return chosen


def test_a_build_killed_at_a_step_of_any_kind_leaves_the_old_or_the_new_whole(chosen: Settings) -> None:
    def alike(step: Step) -> object:
        """One file stands for the others; the benchmark kills at every step."""
        name = step.path.name.removesuffix(str(os.getpid()))
        return step.verb, name if name.startswith((".staging-current", storage.MANIFEST)) else step.path.suffix

    killed = building.kill_at_each_step(chosen, alike)
    for step in (
        "make .staging-",
        "fsync .staging-/manifest.json",
        "fsync .staging-",
        "rename .staging-current to current",
    ):
        assert step in killed
    assert {step.split()[0] for step in killed} == {"make", "create", "write", "fsync", "rename", "remove"}


def test_a_build_killed_at_any_moment_leaves_the_old_or_the_new_and_nobody_notices(chosen: Settings) -> None:
    """The benchmark kills 2,000."""
    old, new, asked = building.kill_at_random(chosen, 8, random.Random(1))
    assert old + new == 8
    assert asked > 8


def test_a_pointer_that_does_not_move_in_one_step_is_noticed(first: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises((AssertionError, IndexDamagedError)):
        building.kill_at_random(first, 50, random.Random(1), carelessly=True)
    building.write_state(first.corpus, 0)
    (first.index / storage.POINTER).unlink()
    build(first)
    monkeypatch.setattr(storage, "replace_file", building.replace_in_two_writes)
    assert any(faults for _, faults, _ in building.swap_under(first, readers=2, swaps=2))


def test_a_loss_of_power_at_any_step_leaves_the_old_or_the_new_whole(chosen: Settings) -> None:
    for state in range(1, KEPT_GENERATIONS + 1):
        building.write_state(chosen.corpus, state)
        build(chosen)
    building.write_state(chosen.corpus, state + 1)
    disk = Disk(chosen.index)
    steps = building.steps_of(chosen, chosen.index)
    moved = building.moved_at(steps)
    assert str(steps[moved + 1]) == "fsync ."
    old, new = str(state), str(state + 1)
    for taken, found in building.losses(chosen, chosen.index, steps, disk):
        may_open = {old} if taken <= moved else {new} if taken > moved + 1 else {old, new}
        assert found in may_open, f"{found} after {taken} steps, before {steps[taken : taken + 1]}"


def test_a_loss_of_power_in_the_first_build_leaves_no_index_or_a_whole_one(chosen: Settings, tmp_path: Path) -> None:
    root = tmp_path / "disk"
    root.mkdir()
    chosen = replace(chosen, index=root / "new" / "index")
    building.write_state(chosen.corpus, 0)
    disk = Disk(root)
    steps = building.steps_of(chosen, root)
    moved = building.moved_at(steps)
    for taken, found in building.losses(chosen, root, steps, disk):
        may_open = {"none"} if taken <= moved else {"0"} if taken > moved + 1 else {"none", "0"}
        assert found in may_open, f"{found} after {taken} steps, before {steps[taken : taken + 1]}"


@pytest.mark.parametrize("unsynced", ["texts.txt", "folder"])
def test_a_build_that_does_not_sync_is_caught_by_a_loss_of_power(
    chosen: Settings, monkeypatch: pytest.MonkeyPatch, unsynced: str
) -> None:
    building.write_state(chosen.corpus, 0)
    build(chosen)
    building.write_state(chosen.corpus, 1)
    disk = Disk(chosen.index)
    steps = building.steps_of(chosen, chosen.index)
    left = [
        step for step in steps if step.verb != "fsync" or step.path.suffix != (".txt" if unsynced != "folder" else "")
    ]
    assert len(left) < len(steps)
    with pytest.raises(IndexDamagedError):
        list(building.losses(chosen, chosen.index, left, disk))


def test_a_second_builder_is_told_who_builds_in_one_line(first: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = storage.read_pointer(first.index)
    monkeypatch.setattr(storage, "now", lambda: "2026-05-03T10:31:07+00:00")
    with build_lock(first.index, "probqa build --draft"), pytest.raises(BuildLockedError) as refused:
        build(first)
    assert str(refused.value) == (
        f"another build is running in {first.index}: process {os.getpid()}, since 2026-05-03 10:31:07 UTC, "
        "probqa build --draft; wait until it is done"
    )
    assert storage.read_pointer(first.index) == before
    assert build(first).unchanged == 3


@pytest.mark.parametrize("content", [b"", b"\xff", b"{}", b'{"pid": 1, "since": "now", "command": ""}'])
def test_a_holder_that_does_not_say_who_it_is_is_a_holder_all_the_same(first: Settings, content: bytes) -> None:
    with build_lock(first.index):
        (first.index / ".lock").write_bytes(content)
        with pytest.raises(BuildLockedError) as refused:
            build(first)
    assert str(refused.value) == f"another build is running in {first.index}; wait until it is done"


def test_a_build_at_work_is_seen_and_looking_does_not_stop_one(
    first: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_building(first.index)
    assert not is_building(first.index / "nowhere")
    with build_lock(first.index):
        assert is_building(first.index)
    assert not is_building(first.index)
    looking = (first.index / ".lock").open("rb")
    fcntl.flock(looking, fcntl.LOCK_SH)
    monkeypatch.setattr(time, "sleep", lambda _: looking.close())
    with build_lock(first.index):
        assert is_building(first.index)


def test_a_second_builder_leaves_the_first_ones_staging_alone(first: Settings) -> None:
    staging = first.index / f"{storage.STAGING}at-work"
    with build_lock(first.index):
        staging.mkdir()
        with pytest.raises(BuildLockedError):
            build(first)
        assert staging.is_dir()
    build(first)
    assert not staging.exists()


def test_of_two_builders_at_once_one_builds_and_one_is_told(first: Settings) -> None:
    building.write_state(first.corpus, 1)
    context = building.context()
    told, outcomes = context.Event(), context.Queue()
    builders = [context.Process(target=building.race, args=(first, told, outcomes)) for _ in range(2)]
    for builder in builders:
        builder.start()
    said = sorted(outcomes.get(timeout=60).partition(": process ")[0] for _ in builders)
    for builder in builders:
        builder.join()
    assert said == [f"another build is running in {first.index}", "built"]
    assert building.opened_states(first) == {"1"}


def test_a_holder_that_died_does_not_block(first: Settings) -> None:
    context = building.context()
    held, release = context.Event(), context.Event()
    holder = context.Process(target=building.hold_lock, args=(first.index, held, release))
    holder.start()
    assert held.wait(60)
    with pytest.raises(BuildLockedError):
        build(first)
    holder.kill()
    holder.join()
    assert build(first).unchanged == 3


def test_asking_goes_on_while_another_process_rebuilds(first: Settings) -> None:
    """No error and no mixture, though each build makes the generation of three builds before disappear."""
    states = [str(state) for state in range(8)]
    for _, faults, seen in building.swap_under(first, readers=2, swaps=7):
        assert (faults, seen) == ([], states)


def test_a_library_answers_from_its_generation_while_builds_come_and_go(first: Settings) -> None:
    with closing(Library(first)) as library:
        for state in range(1, 6):
            building.write_state(first.corpus, state)
            build(first)
            assert building.states(library) == {"0"}
            assert list(library.generation.verify()) == []
    assert building.opened_states(first) == {"5"}
