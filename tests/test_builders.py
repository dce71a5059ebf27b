"""Builders and readers side by side, and builders that are killed."""

from __future__ import annotations

import fcntl
import random
import time
from contextlib import closing

import pytest

import building
from probqa.asking.library import Library
from probqa.errors import BuildLockedError
from probqa.indexing import storage
from probqa.indexing.build import build
from probqa.indexing.storage import build_lock, is_building
from probqa.settings import Settings

KILLS = 30


@pytest.fixture
def first(chosen: Settings) -> Settings:
    """An index of state 0."""
    building.write_state(chosen.corpus, 0)
    build(chosen)
    return chosen


def test_a_killed_build_leaves_the_old_or_the_new_whole(first: Settings) -> None:
    longest = building.seconds_to_build(first, state=1)
    dice = random.Random(1)
    outcomes = [building.kill_one(first, dice.uniform(0, longest), state) for state in range(2, KILLS + 2)]
    assert set(outcomes) <= {"old", "old, half written", "new", "done"}
    assert outcomes.count("old, half written") > 0, "no build was killed while it wrote"


def test_a_second_builder_is_told_in_one_line(first: Settings) -> None:
    before = storage.read_pointer(first.index)
    with build_lock(first.index), pytest.raises(BuildLockedError) as refused:
        build(first)
    assert str(refused.value) == f"another build is running in {first.index}; wait until it is done"
    assert storage.read_pointer(first.index) == before
    assert build(first).unchanged == 3


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
    said = sorted(outcomes.get(timeout=60) for _ in builders)
    for builder in builders:
        builder.join()
    assert said == [f"another build is running in {first.index}; wait until it is done", "built"]
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
    context = building.context()
    stop, reports = context.Event(), context.Queue()
    readers = [context.Process(target=building.ask_until, args=(first, stop, reports)) for _ in range(2)]
    for reader in readers:
        reader.start()
    for state in range(1, 26):
        building.write_state(first.corpus, state)
        build(first)
        time.sleep(0.02)
    stop.set()
    found = [reports.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join()
    for asked, faults, seen, _ in found:
        assert faults == []
        assert asked > 10
        assert seen == sorted(seen, key=int), "an older state after a newer"
        assert len(seen) > 2


def test_a_library_answers_from_its_generation_while_builds_come_and_go(first: Settings) -> None:
    with closing(Library(first)) as library:
        for state in range(1, 6):
            building.write_state(first.corpus, state)
            build(first)
            assert building.states(library) == {"0"}
            assert list(library.generation.verify()) == []
    assert building.opened_states(first) == {"5"}
