"""Changes to reports: whole at every moment, and each one can be taken back."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from probqa.errors import InputError
from probqa.gathering import changes
from probqa.gathering.changes import Content, carry_out, done, mend, take_back
from probqa.gathering.report_folder import changing
from steps import Disk, Step, watch

BEFORE = {"reports/a.txt": b"A was good." * 50, "reports/a.yaml": b"title: A\n", "other.md": b"# Other\n"}
NEW = b"B was good." * 40
# What a newer file in the place of an older one changes: two files are written and two go.
REPLACED: dict[str, Content] = {
    "reports/b.yaml": b"title: B\n",
    "reports/b.txt": NEW,
    "reports/a.txt": None,
    "reports/a.yaml": None,
}
AFTER = {"reports/b.txt": NEW, "reports/b.yaml": b"title: B\n", "other.md": b"# Other\n"}


def make(corpus: Path, files: Mapping[str, bytes | None] = BEFORE) -> Path:
    for name, content in files.items():
        if content is None:
            (corpus / name).mkdir(parents=True, exist_ok=True)
        else:
            (corpus / name).parent.mkdir(parents=True, exist_ok=True)
            (corpus / name).write_bytes(content)
    return corpus


def seen(corpus: Path) -> dict[str, bytes]:
    """The files that a build sees."""
    paths = [path.relative_to(corpus) for path in corpus.rglob("*") if path.is_file()]
    return {
        path.as_posix(): (corpus / path).read_bytes()
        for path in paths
        if not any(part.startswith(".") for part in path.parts)
    }


def steps_of(corpus: Path, act: Callable[[], object]) -> tuple[Disk, list[Step]]:
    disk, taken = Disk(corpus), []
    with watch(corpus, taken.append):
        act()
    return disk, taken


def losses(disk: Disk, steps: list[Step], place: Path) -> list[dict[str, bytes]]:
    """Kill, and lose the power, before each step and after the last; what is there when the folder is next locked."""
    dice = random.Random(1)
    kinds: list[tuple[Callable[[], bool], Callable[[], float]]] = [
        (lambda: False, lambda: 0.0),
        *[(lambda: True, lambda share=share: share) for share in (0.0, 0.5, 1.0)],
        *[(lambda: dice.random() < 0.5, lambda: dice.choice((0.0, 0.5, 1.0)))] * 3,
    ]
    found, known = [], set()
    for taken in range(len(steps) + 1):
        for kept, share in kinds:
            left_over = disk.left(kept, share)
            if frozenset(left_over.items()) in known:
                continue
            known.add(frozenset(left_over.items()))
            make(place, left_over)
            with changing(place):
                found.append(seen(place))
            left = {path.name for path in (place / changes.FOLDER).glob("*")}
            assert all(name.isdecimal() for name in left), "nothing half done is left lying about"
            if found[-1] != BEFORE and found[-1] != seen(place / "none"):
                for change in reversed(done(place)):
                    take_back(place, change)
                assert seen(place) == BEFORE, "and what was there before is not lost"
            shutil.rmtree(place)
        if taken < len(steps):
            disk.take(steps[taken])
    return found


def test_a_kill_or_a_loss_of_power_at_any_step_leaves_all_of_a_change_or_nothing(tmp_path: Path) -> None:
    corpus = make(tmp_path / "corpus")
    disk, steps = steps_of(corpus, lambda: carry_out(corpus, "add", ("b", "a"), REPLACED))
    found = losses(disk, steps, tmp_path / "after")
    assert [state for state in found if state not in (BEFORE, AFTER)] == []
    assert (found[0], found[-1]) == (BEFORE, AFTER), "the control: the change is seen at its end"
    assert len(steps) > 20


def test_taking_back_what_was_cut_short_can_be_cut_short_itself(tmp_path: Path) -> None:
    corpus = make(tmp_path / "corpus")
    disk, steps = steps_of(corpus, lambda: carry_out(corpus, "add", ("b", "a"), REPLACED))
    # Killed when both old files have just gone: everything is to be put back.
    for step in steps[: [str(step) for step in steps].index("remove reports/a.yaml") + 1]:
        disk.take(step)
    half = make(tmp_path / "half", disk.left(lambda: True, lambda: 1.0))
    assert seen(half) == AFTER
    again, more = steps_of(half, lambda: mend(half))
    found = losses(again, more, tmp_path / "after")
    assert [state for state in found if state != BEFORE] == []


@pytest.mark.parametrize("step", range(1, 24))
def test_a_disk_that_fails_at_any_step_leaves_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    corpus = make(tmp_path / "corpus")
    left = step
    real_fsync, real_replace = os.fsync, os.replace

    def fail() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(28, "No space left on device")

    def fsync(descriptor: int) -> None:
        fail()
        real_fsync(descriptor)

    def replace(path: Path, target: Path) -> None:
        fail()
        real_replace(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    if step < 23:
        with pytest.raises(OSError, match="No space left"):
            carry_out(corpus, "add", ("b", "a"), REPLACED)
        # After the last step it is done, and only not yet sure to be on disk.
        assert seen(corpus) == BEFORE or (step == 22 and seen(corpus) == AFTER)
    else:
        carry_out(corpus, "add", ("b", "a"), REPLACED)
        assert seen(corpus) == AFTER
        assert left > 0, "the control: no step is left to fail"


def test_what_somebody_changed_after_a_kill_is_left_as_it_is(tmp_path: Path) -> None:
    corpus = make(tmp_path / "corpus")
    disk, steps = steps_of(corpus, lambda: carry_out(corpus, "edit", ("a",), {"reports/a.yaml": b"title: B\n"}))
    for step in steps[: [str(step) for step in steps].index("rename .removed/.begun-1 to .removed/000001")]:
        disk.take(step)
    killed = make(tmp_path / "killed", disk.left(lambda: True, lambda: 1.0))
    (killed / "reports/a.yaml").write_bytes(b"title: C\n")
    mend(killed)
    assert seen(killed)["reports/a.yaml"] == b"title: C\n"
    assert (killed / ".removed/000001/reports/a.yaml").read_bytes() == b"title: A\n"


def test_what_was_changed_since_is_not_taken_back(tmp_path: Path) -> None:
    corpus = make(tmp_path / "corpus")
    change = carry_out(corpus, "add", ("b", "a"), REPLACED)
    (corpus / "reports/b.txt").write_bytes(b"B was corrected.")
    with pytest.raises(InputError, match=r"^reports/b\.txt was changed or moved since; remove it yourself if you mean"):
        take_back(corpus, change)
    assert seen(corpus) == AFTER | {"reports/b.txt": b"B was corrected."}


def test_a_link_is_kept_as_a_link(tmp_path: Path) -> None:
    corpus = make(tmp_path / "corpus")
    (corpus / "reports/link.md").symlink_to("../other.md")
    change = carry_out(corpus, "remove", ("link",), {"reports/link.md": None})
    assert not os.path.lexists(corpus / "reports/link.md")
    take_back(corpus, change)
    assert os.readlink(corpus / "reports/link.md") == "../other.md"  # noqa: PTH115


@pytest.mark.parametrize("name", ["../out.md", "/etc/out.md", "reports/../../out.md", ".removed/out.md", "a\0.md", "",
                                  "away/out.md"])  # fmt: skip
def test_a_path_never_leaves_the_corpus(tmp_path: Path, name: str) -> None:
    corpus = make(tmp_path / "corpus")
    (tmp_path / "elsewhere").mkdir()
    (corpus / "away").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="is no path of a report in"):
        carry_out(corpus, "add", ("out",), {name: b"Out."})
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "reports/../../secret", "%2e%2e/secret", "a%00b"])
def test_a_record_that_names_another_file_touches_none(tmp_path: Path, path: str) -> None:
    corpus = make(tmp_path / "corpus")
    (tmp_path / "secret").write_text("secret")
    carry_out(corpus, "remove", ("a",), {"reports/a.txt": None})
    about = corpus / ".removed/000001/change.json"
    record = json.loads(about.read_text())
    record["files"][0] |= {"path": path, "after": ""}
    about.write_text(json.dumps(record))
    [change] = done(corpus)
    with pytest.raises(InputError, match="is no path of a report"):
        take_back(corpus, change)
    (corpus / ".removed/000001").rename(corpus / ".removed/.begun-1")
    with pytest.raises(InputError, match="is no path of a report"), changing(corpus):
        pass
    assert (tmp_path / "secret").read_text() == "secret"


def test_what_was_kept_and_is_damaged_is_named_and_not_put_back(tmp_path: Path) -> None:
    corpus = make(tmp_path / "corpus")
    change = carry_out(corpus, "remove", ("a",), {"reports/a.txt": None})
    (corpus / ".removed/000001/reports/a.txt").write_text("A was poor.")
    with pytest.raises(InputError, match=r"000001/reports/a\.txt, which was kept, is not what it was; put reports/a"):
        take_back(corpus, change)
    assert not (corpus / "reports/a.txt").exists()


def test_a_place_for_what_is_removed_that_is_a_link_is_refused(tmp_path: Path) -> None:
    corpus = make(tmp_path / "corpus")
    (tmp_path / "elsewhere").mkdir()
    (corpus / ".removed").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"\.removed is a link; make it a folder"):
        carry_out(corpus, "remove", ("a",), {"reports/a.txt": None})
    assert seen(corpus).items() >= BEFORE.items()


def test_names_that_are_no_text_and_long_ones_are_kept(tmp_path: Path) -> None:
    names = ["reports/" + os.fsdecode(b"\xff.txt"), "reports/" + "n" * 250 + ".txt", "reports/a b%20c\u202e.txt"]
    corpus = make(tmp_path / "corpus", dict.fromkeys(names, b"It was good."))
    for name in names:
        change = carry_out(corpus, "remove", ("a",), {name: None})
        assert not (corpus / name).exists()
        assert done(corpus)[-1] == change
        take_back(corpus, change)
        assert (corpus / name).read_bytes() == b"It was good."
