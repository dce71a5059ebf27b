"""Builds and readers in processes of their own, for tests that kill them or set them against each other.

A fork server has everything imported, so that a process starts in milliseconds and does nothing but its work.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from probqa.asking.library import Library
from probqa.calibration import DIGITS, WITHOUT_READER, Calibration
from probqa.errors import BuildLockedError, IndexMissingError
from probqa.indexing import storage
from probqa.indexing.build import Fit, Fitted, Progress, Refit, build
from probqa.indexing.generation import Generation
from probqa.indexing.history import read_history, settle
from probqa.indexing.inspection import verify
from probqa.indexing.publishing import KEPT_GENERATIONS, publish, roll_back
from probqa.indexing.storage import build_lock
from probqa.questions import Request
from probqa.settings import Settings
from probqa.weights import rules
from steps import Disk, Step, watch

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


@contextmanager
def empty_place() -> Iterator[Settings]:
    """Settings of an empty place for programs that are no tests, where the hash encoder is the model."""
    import hash_encoder

    hash_encoder.install()
    with tempfile.TemporaryDirectory() as place:
        chosen = Settings(Path(place, "corpus"), Path(place, "index"), hash_encoder.MODEL)
        chosen.corpus.mkdir()
        yield chosen


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


def fit_at_once(corpus: Path) -> Fit:
    """What fits a calibration without asking anything: a steeper one with every new state."""

    def fit(generation: Generation, live: Calibration | None, progress: Progress) -> Fitted:
        steeper = (live.bias if live else 0.0) + 0.5
        made_for = {"fingerprint": generation.manifest.models, "rules": rules()}
        texts = tuple(sorted(text[:DIGITS] for text in generation.text_hashes))
        return Fitted(replace(WITHOUT_READER, bias=steeper, documents=texts, **made_for), ("fitted",))

    return fit


def build_until(chosen: Settings, at: int, refit: Refit | None = None) -> None:
    """Build with the hash encoder, and be killed before step ``at`` of what changes the index."""
    import hash_encoder

    def count(step: Step) -> None:
        nonlocal at
        if at == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        at -= 1

    hash_encoder.install()
    os.fsync = lambda descriptor: None  # what a killed process wrote is there all the same
    with watch(chosen.index, count):
        build(chosen, refit=refit)


def steps_of(chosen: Settings, root: Path, refit: Refit | None = None) -> list[Step]:
    """Build, and say what steps it took below ``root``."""
    taken: list[Step] = []
    with watch(root, taken.append):
        build(chosen, refit=refit)
    return taken


def moved_at(steps: list[Step]) -> int:
    """The step that moves the pointer."""
    return [step.target is not None and step.target.name == storage.POINTER for step in steps].index(True)


def kill_at_each_step(chosen: Settings, alike: Callable[[Step], object], refit: Refit | None = None) -> list[str]:
    """Kill one build at each of its steps, each time from the same index; the names of the steps.

    Of steps that are ``alike`` only the first is killed at.

    Raises:
        AssertionError: a kill left anything but the whole old or the whole new generation, or what the next build
            did not clear away.
    """
    for state in range(1, KEPT_GENERATIONS + 1):
        write_state(chosen.corpus, state)
        build(chosen, refit=refit)
    before = chosen.index.with_name("before")
    write_state(chosen.corpus, state + 1)
    shutil.copytree(chosen.index, before)
    steps = steps_of(chosen, chosen.index, refit)
    moved = moved_at(steps)
    new = storage.read_pointer(chosen.index)[0]
    firsts = {alike(step): at for at, step in reversed(list(enumerate(steps)))}
    for at in sorted(firsts.values()):
        step = steps[at]
        shutil.rmtree(chosen.index)
        shutil.copytree(before, chosen.index)
        process = context().Process(target=build_until, args=(chosen, at, refit))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL, step
        assert opened_states(chosen) == {str(state + (at > moved))}, step
        assert list(verify(chosen)) == [], step
        build(chosen, refit=refit)
        assert opened_states(chosen) == {str(state + 1)}, step
        assert storage.read_pointer(chosen.index)[0] == new, step
        assert list(chosen.index.glob(f"{storage.STAGING}*")) == [], step
    return [str(steps[at]) for at in sorted(firsts.values())]


MOVES: dict[str, Callable[[Settings], object]] = {"publish": publish, "rollback": roll_back}


def write_three_states(chosen: Settings) -> None:
    """Make two generations live one after the other, and a third the draft."""
    for state in (1, 2, 3):
        write_state(chosen.corpus, state)
        build(chosen, as_draft=state == 3)


def move_until(chosen: Settings, what: str, at: int) -> None:
    """Publish or go back with the hash encoder, and be killed before step ``at`` of what changes the index."""
    import hash_encoder

    def count(step: Step) -> None:
        nonlocal at
        if at == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        at -= 1

    hash_encoder.install()
    with watch(chosen.index, count):
        MOVES[what](chosen)


def kill_move_at_each_step(chosen: Settings, what: str) -> list[str]:
    """Kill a publishing or a going back at each of its steps, each time from the same index; the names of the steps.

    Raises:
        AssertionError: a kill left a damaged generation, lost the draft, or what the next command did not make up for.
    """
    write_three_states(chosen)
    after = {"publish": "3", "rollback": "1"}[what]
    draft = storage.read_pointer(chosen.index, storage.DRAFT)[0]
    before = chosen.index.with_name("before")
    shutil.copytree(chosen.index, before)
    steps: list[Step] = []
    with watch(chosen.index, steps.append):
        MOVES[what](chosen)
    moved = moved_at(steps)
    for at, step in enumerate(steps):
        shutil.rmtree(chosen.index)
        shutil.copytree(before, chosen.index)
        process = context().Process(target=move_until, args=(chosen, what, at))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL, step
        assert opened_states(chosen) == {after if at > moved else "2"}, step
        assert list(verify(chosen)) == [], step
        with build_lock(chosen.index):
            settle(chosen.index)
        live = [act.generation for act in read_history(chosen.index) if act.makes_live]
        assert live[-1] == storage.read_pointer(chosen.index)[0], step
        # The draft is one until it is live, and is never deleted.
        assert (storage.pointed_at(chosen.index, storage.DRAFT) == draft) == (live[-1] != draft), step
        assert (chosen.index / draft).is_dir(), step
        assert list(chosen.index.glob(f"{storage.STAGING}*")) == [], step
    shutil.rmtree(before)
    return [str(step) for step in steps]


def losses(
    chosen: Settings, root: Path, steps: list[Step], disk: Disk, draws: int = 0, *, mend: bool = False
) -> Iterator[tuple[int, str]]:
    """Lose the power before each step and after the last; yield the number of steps taken and the state that opens.

    ``disk`` is what there was in ``root``, where the index is, before the first of the steps. Each time everything that
    is not synced is lost, then only the content, then half of the content, then nothing, then whatever ``draws`` dice
    say. ``mend``: a build must then bring the index up to its corpus.
    """
    place = root.with_name("after")
    there = replace(chosen, index=place / chosen.index.relative_to(root))
    dice = random.Random(1)
    kinds: list[tuple[Callable[[], bool], Callable[[], float]]] = [
        (lambda: False, lambda: 0.0),
        *[(lambda: True, lambda share=share: share) for share in (0.0, 0.5, 1.0)],
        *[(lambda: dice.random() < 0.5, lambda: dice.choice((0.0, 0.5, 1.0)))] * draws,
    ]
    opened: dict[frozenset[tuple[str, bytes | None]], str] = {}
    for taken in range(len(steps) + 1):
        for kept, share in kinds:
            left = disk.left(kept, share)
            known = frozenset(left.items())
            if known not in opened:
                for path, content in left.items():
                    (place / path).mkdir() if content is None else (place / path).write_bytes(content)
                opened[known] = _opened(there)
                if mend:
                    build(there)
                    assert len(opened_states(there)) == 1
                    assert list(there.index.glob(f"{storage.STAGING}*")) == []
                shutil.rmtree(place)
            yield taken, opened[known]
        if taken < len(steps):
            disk.take(steps[taken])


def _opened(chosen: Settings) -> str:
    """The one state of a sound index, or none."""
    try:
        (found,) = opened_states(chosen)
    except IndexMissingError:
        return "none"
    assert list(verify(chosen)) == []
    return found


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


def ask_until(chosen: Settings, stop: Event, asked: Any, reports: Any) -> None:
    """Open and ask in a loop; report every fault, and the states in the order they were seen."""
    import hash_encoder

    hash_encoder.install()
    faults: list[str] = []
    seen: list[str] = []
    while not stop.is_set():
        try:
            found = opened_states(chosen)
            assert len(found) == 1, f"a mixture: {found}"
            seen += found if seen[-1:] != list(found) else []
        except Exception as error:  # whatever it is, it is what the test looks for
            faults.append(f"{type(error).__name__}: {error}")
        asked.value += 1
    reports.put((asked.value, faults, seen))


def replace_in_two_writes(path: Path, content: bytes) -> None:
    """Replace a file as one must not: in place, and slowly."""
    with path.open("wb") as file:
        for half in (content[: len(content) // 2], content[len(content) // 2 :]):
            file.write(half)
            file.flush()
            time.sleep(0.05)


def build_and_tell(chosen: Settings, begun: Connection, carelessly: bool) -> None:
    """Build with the hash encoder, and say when it begins."""
    import hash_encoder

    hash_encoder.install()
    if carelessly:
        storage.replace_file = replace_in_two_writes
    begun.send(None)
    build(chosen)


def kill_at_random(
    chosen: Settings, moments: int, dice: random.Random, carelessly: bool = False
) -> tuple[int, int, int]:
    """Kill ``moments`` builds, one after another on one index, each at any moment, while somebody asks all along.

    Gives back how many left the old and how many the new generation, and how many questions were asked. ``carelessly``
    is the control: builds that do not move the pointer in one step.

    Raises:
        AssertionError: an index was not sound, held neither, or mixed both; a question failed, or was answered from
            an older generation than one before; a build at the end left something of the killed ones.
    """
    here = context()
    stop, reports, count = here.Event(), here.Queue(), here.Value("L")
    write_state(chosen.corpus, 0)
    build(chosen)
    reader = here.Process(target=ask_until, args=(chosen, stop, count, reports))
    reader.start()
    state, took, left = 0, 0.0, {"old": 0, "new": 0}
    try:
        for moment in range(-1, moments):
            write_state(chosen.corpus, state + 1)
            begun, begins = here.Pipe(duplex=False)
            process = here.Process(target=build_and_tell, args=(chosen, begins, carelessly))
            process.start()
            begins.close()
            begun.recv()
            began = time.perf_counter()
            if moment < 0:
                # How long one takes that nobody kills.
                process.join()
                took = time.perf_counter() - began
            time.sleep(dice.uniform(0, took))
            process.kill()
            process.join()
            begun.close()
            found = _opened(chosen)
            assert found in (str(state), str(state + 1)), (moment, found)
            if moment >= 0:
                left["old" if found == str(state) else "new"] += 1
            state = int(found)
    finally:
        stop.set()
    asked, faults, seen = reports.get(timeout=60)
    reader.join()
    assert faults == []
    assert seen == sorted(seen, key=int)
    build(chosen)
    assert list(chosen.index.glob(f"{storage.STAGING}*")) == []
    return left["old"], left["new"], asked


def swap_under(chosen: Settings, readers: int, swaps: int) -> list[tuple[int, list[str], list[str]]]:
    """Build state after state while readers in processes of their own open and ask.

    The next build waits until each of them has begun and ended a question since the last. Gives back, for each reader,
    how often it asked, its faults, and the states that it saw.
    """
    here = context()
    stop, reports = here.Event(), here.Queue()
    counts = [here.Value("L") for _ in range(readers)]
    processes = [here.Process(target=ask_until, args=(chosen, stop, count, reports)) for count in counts]
    for process in processes:
        process.start()
    for state in range(swaps + 1):
        write_state(chosen.corpus, state)
        build(chosen)
        before = [count.value for count in counts]
        while any(count.value < asked + 2 for count, asked in zip(counts, before, strict=True)):
            assert all(process.is_alive() for process in processes)
            time.sleep(0.001)
    stop.set()
    found = [reports.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    return found
