"""A draft goes live when nothing speaks against it, an older generation is gone back to, and what was done is noted."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import building
from conftest import REPORTS, write_corpus
from probqa import durable
from probqa.asking.library import Library
from probqa.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, InputError
from probqa.indexing import storage
from probqa.indexing.build import build, plan
from probqa.indexing.changes import compare
from probqa.indexing.history import HISTORY, read_history
from probqa.indexing.inspection import verify
from probqa.indexing.publishing import (
    KEPT_GENERATIONS,
    find,
    generations,
    open_generation,
    pair,
    publish,
    roll_back,
)
from probqa.settings import Settings
from steps import Disk, Step, watch


def state(chosen: Settings, number: int, *, as_draft: bool = False) -> str:
    """Build a state of the corpus, and give the name of its generation."""
    building.write_state(chosen.corpus, number)
    return build(chosen, command=f"build {number}", as_draft=as_draft).generation


def live_state(chosen: Settings) -> str:
    (found,) = building.opened_states(chosen)
    return found


def verbs(chosen: Settings) -> list[tuple[str, str]]:
    return [(act.verb, act.generation) for act in read_history(chosen.index)]


def names(chosen: Settings) -> set[str]:
    return {folder.name for folder in storage.generations(chosen.index)}


def drafted(chosen: Settings) -> Settings:
    return replace(chosen, pointer="draft")


def test_only_who_asks_the_draft_sees_it_until_it_is_published(chosen: Settings) -> None:
    first, second = state(chosen, 1), state(chosen, 2, as_draft=True)
    assert (live_state(chosen), live_state(drafted(chosen))) == ("1", "2")
    with closing(Library(chosen)) as library:
        move = publish(chosen, command="publish it")
        assert (move.generation, move.before, move.refused) == (second, first, ())
        # A question in flight ends on the generation that it began with.
        assert building.states(library) == {"1"}
    assert live_state(chosen) == "2"
    with pytest.raises(IndexMissingError, match=r"there is no draft in .*; run: probqa build --draft"):
        Library(drafted(chosen))
    with pytest.raises(IndexMissingError, match="there is no draft in"):
        publish(chosen)
    acts = read_history(chosen.index)
    assert [(act.verb, act.generation, act.command, act.changes) for act in acts] == [
        ("built", first, "build 1", "3 added, 0 changed, 0 removed"),
        ("drafted", second, "build 2", "0 added, 3 changed, 0 removed"),
        ("published", second, "publish it", "0 added, 3 changed, 0 removed"),
    ]


def test_a_draft_may_be_the_first_generation_of_all(chosen: Settings) -> None:
    state(chosen, 1, as_draft=True)
    with pytest.raises(IndexMissingError, match="there is no index"):
        Library(chosen)
    assert publish(chosen).before == ""
    assert live_state(chosen) == "1"


def test_a_draft_of_what_is_live_is_none_and_a_build_makes_an_older_draft_obsolete(chosen: Settings) -> None:
    first = state(chosen, 1)
    state(chosen, 2, as_draft=True)
    assert state(chosen, 1, as_draft=True) == first
    assert storage.pointed_at(chosen.index, storage.DRAFT) == ""
    state(chosen, 2, as_draft=True)
    assert live_state(chosen) == "1"
    state(chosen, 3)
    assert (live_state(chosen), storage.pointed_at(chosen.index, storage.DRAFT)) == ("3", "")


def test_a_draft_is_not_written_again_when_it_is_built_for_all_to_see(chosen: Settings) -> None:
    state(chosen, 1)
    draft = state(chosen, 2, as_draft=True)
    written = {path: path.stat().st_mtime_ns for path in (chosen.index / draft).iterdir()}
    report = build(chosen)
    assert (report.generation, report.embedded, report.is_live) == (draft, 0, True)
    assert {path: path.stat().st_mtime_ns for path in (chosen.index / draft).iterdir()} == written
    assert live_state(chosen) == "2"


def test_a_damaged_draft_is_refused_and_written_again_by_a_build(chosen: Settings) -> None:
    state(chosen, 1)
    draft = state(chosen, 2, as_draft=True)
    texts = chosen.index / draft / "texts.txt"
    texts.write_bytes(texts.read_bytes()[:-1])
    with pytest.raises(IndexDamagedError, match=r"texts\.txt is not what the build wrote"):
        publish(chosen)
    assert live_state(chosen) == "1"
    report = build(chosen)
    assert [note.partition(":")[0] for note in report.notes] == ["the old draft could not be used"]
    assert (live_state(chosen), list(verify(chosen))) == ("2", [])


def test_what_speaks_against_a_generation_keeps_it_a_draft(chosen: Settings) -> None:
    first = state(chosen, 1)
    building.write_state(chosen.corpus, 2)
    asked: list[str] = []

    def accept(generation: object) -> list[str]:
        asked.append(generation.name)  # type: ignore[attr-defined]
        return ["It is wrong"]

    report = build(chosen, accept=accept)
    assert (report.is_live, report.refused) == (False, ("It is wrong",))
    assert publish(chosen, accept=accept).refused == ("It is wrong",)
    assert (live_state(chosen), live_state(drafted(chosen))) == ("1", "2")
    assert asked == [report.generation] * 2
    assert publish(chosen, accept=lambda generation: ()).generation == report.generation
    assert verbs(chosen) == [("built", first), ("drafted", report.generation), ("published", report.generation)]


def test_going_back_twice_goes_two_back_and_a_name_comes_forward_again(chosen: Settings) -> None:
    made = [state(chosen, number) for number in (1, 2, 3)]
    assert roll_back(chosen, command="back").generation == made[1]
    assert roll_back(chosen).before == made[1]
    assert live_state(chosen) == "1"
    with pytest.raises(InputError, match=f"no generation of .* was live before {made[0]}; list them with"):
        roll_back(chosen)
    assert roll_back(chosen, made[2][:6]).generation == made[2]
    assert live_state(chosen) == "3"
    assert verbs(chosen)[3:] == [("rolled back", made[1]), ("rolled back", made[0]), ("rolled back", made[2])]
    with pytest.raises(InputError, match=f"the generation {made[2]} is live already"):
        roll_back(chosen, "live")


def test_what_is_built_after_going_back_is_gone_back_from_to_where_one_was(chosen: Settings) -> None:
    made = [state(chosen, number) for number in (1, 2, 3)]
    roll_back(chosen, made[0])
    state(chosen, 4)
    assert roll_back(chosen).generation == made[0]


def test_what_cannot_be_asked_is_not_gone_back_to(chosen: Settings) -> None:
    first, _ = state(chosen, 1), state(chosen, 2)
    other = replace(chosen, model="other model")
    with pytest.raises(IndexMismatchError, match="was made with the model hash model, not other model"):
        roll_back(other)
    for file, was, now in (("texts.txt", b"week 1", b"week 9"), (storage.MANIFEST, b'"created": "2', b'"created": "1')):
        path = chosen.index / first / file
        whole = path.read_bytes()
        path.write_bytes(whole.replace(was, now))
        with pytest.raises(IndexDamagedError):
            roll_back(chosen)
        path.write_bytes(whole)
    for name in ("nothing", ""):
        with pytest.raises(InputError, match="generation"):
            find(chosen.index, name)
    assert live_state(chosen) == "2"


@pytest.mark.parametrize("damage", ["pointer", "generation"])
def test_going_back_mends_a_damaged_index(chosen: Settings, damage: str) -> None:
    _, second = state(chosen, 1), state(chosen, 2)
    if damage == "pointer":
        (chosen.index / storage.POINTER).write_bytes(b"?")
    else:
        shutil.rmtree(chosen.index / second)
    roll_back(chosen)
    assert live_state(chosen) == ("2" if damage == "pointer" else "1")


def test_those_live_last_are_kept_and_the_draft_and_no_draft_of_before(chosen: Settings) -> None:
    made = [state(chosen, number) for number in range(KEPT_GENERATIONS)]
    state(chosen, 20, as_draft=True)
    draft = state(chosen, 21, as_draft=True)
    roll_back(chosen, made[0])
    assert names(chosen) >= {*made, draft}
    publish(chosen)
    # The first was live a moment ago, so that the second is now the oldest.
    assert names(chosen) == {draft, made[0], *made[2:]}


def test_an_index_of_before_there_was_a_history_can_be_gone_back_in(chosen: Settings) -> None:
    made = [state(chosen, number) for number in (1, 2)]
    (chosen.index / HISTORY).unlink()
    assert [each.name for each in generations(chosen.index)] == made[::-1]
    assert roll_back(chosen).generation == made[0]
    assert verbs(chosen) == [("found", made[0]), ("found", made[1]), ("rolled back", made[0])]


@pytest.mark.parametrize("damage", [b"\xff\n", b"{}\n", b'{"when"'])
def test_a_line_of_the_history_that_cannot_be_read_spoils_no_other(chosen: Settings, damage: bytes) -> None:
    made = [state(chosen, number) for number in (1, 2)]
    path = chosen.index / HISTORY
    path.write_bytes(path.read_bytes() + damage)
    assert verbs(chosen) == [("built", made[0]), ("built", made[1])]
    assert roll_back(chosen).generation == made[0]
    assert verbs(chosen)[2:] == [("rolled back", made[0])]
    assert damage.strip() in path.read_bytes().splitlines()


def test_the_list_says_what_is_live_and_what_is_damaged(chosen: Settings) -> None:
    first, second, third = state(chosen, 1), state(chosen, 2), state(chosen, 3, as_draft=True)
    (chosen.index / first / storage.MANIFEST).write_bytes(b"{}")
    kept = {each.name: each for each in generations(chosen.index)}
    assert {name: (each.state, each.documents) for name, each in kept.items()} == {
        first: ("", 0),
        second: ("live", 3),
        third: ("draft", 3),
    }
    assert kept[first].problem.startswith("its manifest cannot be read: ")
    assert [act.verb for act in kept[third].acts] == ["drafted"]
    with pytest.raises(IndexMissingError):
        generations(chosen.corpus)


def test_what_is_compared_without_names_is_what_publishing_does_or_the_last_change_did(chosen: Settings) -> None:
    first = state(chosen, 1)
    with pytest.raises(InputError, match=f"has no draft, and no generation was live before {first}; "):
        pair(chosen.index)
    second = state(chosen, 2)
    assert pair(chosen.index) == (first, second)
    third = state(chosen, 3, as_draft=True)
    assert pair(chosen.index) == (second, third)
    assert pair(chosen.index, first) == (first, second)
    assert pair(chosen.index, "live", first) == (second, first)


def test_documents_passages_and_what_is_known_of_them_are_compared(built: Settings) -> None:
    changed = REPORTS["ambleton.md"].replace("19", "20").replace("was low", "was high").replace("## Courts", "")
    write_corpus(built.corpus, {"ambleton.md": changed, "new.md": "# New\n\nOne.\n\nTwo."})
    (built.corpus / "weir.txt").unlink()
    before = storage.read_pointer(built.index)[0]
    after = build(built).generation
    with closing(open_generation(built.index, before)) as old, closing(open_generation(built.index, after)) as new:
        changes = compare(old, new)
        assert compare(new, new).unchanged == 3
        back = compare(new, old)
    assert [(each.id, each.added, each.changed, each.removed) for each in changes.added] == [("new", 2, 0, 0)]
    assert [(each.id, each.removed) for each in changes.removed] == [("weir", 3)]
    [ambleton] = changes.changed
    assert ambleton.fields == (("published", "2017-04-19", "2017-04-20"),)
    assert (ambleton.added, ambleton.changed, ambleton.removed, changes.unchanged) == (0, 1, 0, 1)
    assert changes.passages == (2, 1, 3)
    # The places and short forms that documents bring are in the glossary.
    assert changes.beside == ()
    assert back.passages == (3, 1, 2)


def test_what_else_a_generation_is_made_of_is_compared(built: Settings) -> None:
    before = storage.read_pointer(built.index)[0]
    glossary = "terms:\n- term: bus\n  definition: A car.\n  basis: general knowledge\n"
    write_corpus(built.corpus, {"glossary.yaml": glossary, "domain.yaml": ""})
    other = replace(built, model="other model")
    after = build(other).generation
    with closing(open_generation(built.index, before)) as old, closing(open_generation(built.index, after)) as new:
        assert compare(old, new).beside == ("glossary", "words of the field", "encoder")
        assert compare(old, new).unchanged == 3


def test_a_plan_says_what_a_build_does_and_writes_nothing(built: Settings) -> None:
    write_corpus(built.corpus, {"new.md": "# New\n\nOne.\n\nTwo.", "weir.txt": b"\xff"})
    (built.corpus / "northway/selby.md").unlink()
    before = sorted((path, path.stat().st_mtime_ns) for path in built.index.rglob("*"))
    planned = plan(built)
    assert sorted((path, path.stat().st_mtime_ns) for path in built.index.rglob("*")) == before
    assert (planned.added, planned.changed, planned.removed, planned.unchanged, planned.embedded) == (
        ("new",),
        (),
        ("northway/selby",),
        2,
        2,
    )
    report = build(built)
    assert (report.added, report.removed, report.unchanged, report.embedded) == (1, 1, 2, 2)
    assert report.failures == planned.failures
    assert planned.failures[0].kept
    nowhere = replace(built, index=built.index.with_name("nowhere"))
    assert len(plan(nowhere).added) == 2
    assert not nowhere.index.exists()


@pytest.mark.parametrize("what", building.MOVES)
def test_publishing_or_going_back_killed_at_any_step_is_done_or_not(chosen: Settings, what: str) -> None:
    killed = building.kill_move_at_each_step(chosen, what)
    for step in ("rename .staging-current to current", "rename .staging-history.jsonl to history.jsonl", "fsync ."):
        assert step in killed
    assert ("remove draft" in killed) == (what == "publish")


@pytest.mark.parametrize(("what", "after"), [("publish", "3"), ("rollback", "1")])
def test_a_loss_of_power_while_publishing_or_going_back_leaves_the_one_or_the_other(
    chosen: Settings, what: str, after: str
) -> None:
    building.write_three_states(chosen)
    disk = Disk(chosen.index)
    steps: list[Step] = []
    with watch(chosen.index, steps.append):
        building.MOVES[what](chosen)
    moved = building.moved_at(steps)
    found = set()
    for taken, opened in building.losses(chosen, chosen.index, steps, disk):
        may_open = {"2"} if taken <= moved else {after} if taken > moved + 1 else {"2", after}
        assert opened in may_open, f"{opened} after {taken} steps, before {steps[taken : taken + 1]}"
        found.add(opened)
    assert found == {"2", after}


@pytest.mark.parametrize("what", building.MOVES)
def test_a_pointer_that_is_not_synced_is_caught_by_a_loss_of_power(chosen: Settings, what: str) -> None:
    building.write_three_states(chosen)
    disk = Disk(chosen.index)
    steps: list[Step] = []
    with watch(chosen.index, steps.append):
        building.MOVES[what](chosen)
    left = [step for step in steps if step.verb != "fsync" or not step.path.name.startswith(".staging-current")]
    assert len(left) == len(steps) - 1
    with pytest.raises(IndexDamagedError, match="current is damaged"):
        list(building.losses(chosen, chosen.index, left, disk))


@pytest.mark.parametrize("what", building.MOVES)
def test_a_full_disk_at_any_write_leaves_the_one_or_the_other(
    chosen: Settings, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    building.write_three_states(chosen)
    before = chosen.index.with_name("before")
    shutil.copytree(chosen.index, before)
    write, seen = durable.create, []
    for at in range(3):
        shutil.rmtree(chosen.index)
        shutil.copytree(before, chosen.index)
        written: list[Path] = []

        def full(path: Path, content: bytes, at: int = at, written: list[Path] = written) -> None:
            written.append(path)
            if len(written) == at + 1:
                path.write_bytes(content[: len(content) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            write(path, content)

        with monkeypatch.context() as patch:
            patch.setattr(durable, "create", full)
            try:
                building.MOVES[what](chosen)
            except OSError as error:
                assert error.errno == errno.ENOSPC
        seen.append(live_state(chosen))
        assert list(verify(chosen)) == []
    after = "3" if what == "publish" else "1"
    assert seen == ["2", after, after]
