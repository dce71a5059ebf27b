"""Builds and readers in processes of their own, for tests that kill them or set them against each other.

A fork server has everything imported, so that a process starts in milliseconds and does nothing but its work.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from contextlib import closing
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from probqa.asking.library import Library
from probqa.errors import BuildLockedError
from probqa.indexing import storage
from probqa.indexing.build import build
from probqa.indexing.inspection import verify
from probqa.indexing.storage import build_lock
from probqa.questions import Request
from probqa.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "In which week was the court of Ambleton late?"


def context() -> ForkServerContext:
    """The fork server's context; what it forks has this module and all that builds imported."""
    chosen = multiprocessing.get_context("forkserver")
    chosen.set_forkserver_preload(["pytest", "building", "hash_encoder"])
    with pytest.MonkeyPatch.context() as patch:
        # The server of Python 3.11 is not told sys.path, and passes over what it cannot import.
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]))
        forkserver.ensure_running()
    return chosen


def write_state(corpus: Path, state: int) -> None:
    """Make the corpus say ``state`` in three files, so that a mixture shows."""
    for name in ("one", "two", "three"):
        text = f"The court of Ambleton was late in week {state}, says report {name}. It was warm."
        (corpus / f"{name}.md").write_text(f"# Ambleton\n\n{text}\n")


def states(library: Library) -> set[str]:
    """The states that the quotes of one answer come from: one, unless generations are mixed."""
    answer = library.ask(Request.of(QUESTION, k=3))
    assert answer.coverage.documents == 3
    found = [quote.text for quote in answer.quotes or answer.near]
    assert len(found) == 3, found
    return {text.split("week ")[1].split(",")[0] for text in found}


def opened_states(chosen: Settings) -> set[str]:
    """Open the live generation and say which states it holds."""
    with closing(Library(chosen)) as library:
        return states(library)


def build_here(chosen: Settings, padding: int, ready: Connection) -> None:
    """Say when the work begins, then build with the hash encoder, its file ``padding`` bytes long."""
    import hash_encoder

    hash_encoder.install(padding=padding)
    ready.send(True)
    build(chosen)


def start_build(chosen: Settings, padding: int = 0) -> ForkServerProcess:
    """Start a build in a process of its own; it has begun when this returns."""
    here, there = context().Pipe(duplex=False)
    process = context().Process(target=build_here, args=(chosen, padding, there))
    process.start()
    there.close()
    with here:
        assert here.recv()
    return process


def seconds_to_build(chosen: Settings, state: int, padding: int = 0) -> float:
    """How long a whole build of ``state`` takes."""
    write_state(chosen.corpus, state)
    process = start_build(chosen, padding)
    began = time.perf_counter()
    process.join()
    assert process.exitcode == 0
    return time.perf_counter() - began


def kill_one(chosen: Settings, moment: float, state: int, padding: int = 0) -> str:
    """Start a build of ``state`` over the one before, kill it ``moment`` seconds in, check what is left.

    Gives back "old" or "new", whichever opened, or "done" where the build was the faster.

    Raises:
        AssertionError: anything but the whole old or the whole new generation was found.
    """
    write_state(chosen.corpus, state)
    process = start_build(chosen, padding)
    time.sleep(moment)
    process.kill()
    process.join()
    found = opened_states(chosen)
    assert found in ({str(state - 1)}, {str(state)}), found
    assert list(verify(chosen)) == []
    began_writing = bool(list(chosen.index.glob(f"{storage.STAGING}*")))
    build(chosen)
    assert opened_states(chosen) == {str(state)}
    assert list(chosen.index.glob(f"{storage.STAGING}*")) == []
    if process.exitcode == 0:
        return "done"
    if found == {str(state)}:
        return "new"
    return "old, half written" if began_writing else "old"


def hold_lock(index: Path, held: Event, release: Event) -> None:
    """Hold the build lock until told to let go."""
    with build_lock(index):
        held.set()
        release.wait(60)


def race(chosen: Settings, told: Event, outcomes: Any) -> None:
    """Build, not ending before another is told that it cannot; report what came of it."""
    import hash_encoder

    def wait(stage: str, done: int, total: int) -> None:
        told.wait(30)

    hash_encoder.install()
    try:
        build(chosen, wait)
        outcomes.put("built")
    except BuildLockedError as error:
        told.set()
        outcomes.put(str(error))


def ask_until(chosen: Settings, stop: Event, reports: Any) -> None:
    """Open and ask in a loop; report how often, every fault, and the states in the order they were seen."""
    import hash_encoder

    hash_encoder.install()
    faults: list[str] = []
    seen: list[str] = []
    asked = 0
    while not stop.is_set():
        try:
            found = opened_states(chosen)
            assert len(found) == 1, f"a mixture: {found}"
            seen += found if seen[-1:] != list(found) else []
        except Exception as error:  # whatever it is, it is what the test looks for
            faults.append(f"{type(error).__name__}: {error}")
        asked += 1
    reports.put((asked, faults, seen, os.getpid()))
