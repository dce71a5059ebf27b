"""What staff do is what the command does, is noted before it is begun, and is all or nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from probqa.errors import BuildLockedError, InputError
from probqa.gathering.intake import Upload
from probqa.gathering.upkeep import history
from probqa.indexing import storage
from probqa.indexing.build import BuildReport
from probqa.indexing.history import read_history
from probqa.measuring.evaluation import GoldQuestion
from probqa.settings import Settings
from probqa.staff import acts
from probqa.staff.log import Log
from probqa.staff.person import Staff

KENT = b"Inspection of Kent\n\nThe court of Kent was late in nine weeks. Victims were told."
# Its name's digits are those of the SHA-256 of ``KENT``.
KENT_FILE = "reports/kent-6bc1de0a.txt"


@pytest.fixture
def anna(built: Settings, tmp_path: Path) -> Staff:
    return Staff(built, "anna", Log(tmp_path / "log.jsonl"))


def noted(staff: Staff) -> list[tuple[str, str, dict[str, str]]]:
    """What the log says, which must be whole."""
    lines = list(staff.log.lines())
    assert [line.problem for line in lines] == [""] * len(lines)
    return [(line.act.who, line.act.what, line.act.details) for line in lines if line.act]


def files(staff: Staff) -> dict[str, bytes]:
    corpus = staff.settings.corpus
    return {
        path.relative_to(corpus).as_posix(): path.read_bytes()
        for path in corpus.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(corpus).parts)
    }


def finished(working: acts.Building) -> BuildReport:
    """Wait for a build, which must go well."""
    for thread in threading.enumerate():
        if thread.name == "build the draft":
            thread.join(60)
    assert working.is_done
    assert working.report, working.problem
    return working.report


def kent(staff: Staff, **how: str) -> str:
    """Add the report on Kent; the path of its file."""
    (outcome,) = acts.add(staff, [Upload("kent.txt", KENT)], **how)  # type: ignore[arg-type]
    return outcome.path


def test_a_report_is_added_edited_removed_and_all_of_it_taken_back(anna: Staff) -> None:
    before = files(anna)
    (outcome,) = acts.add(anna, [Upload("kent.txt", KENT)])
    assert (outcome.state, outcome.path) == ("new", KENT_FILE)
    assert outcome.details[0] == "title: kent (read from the file's name: not certain)"
    assert acts.edit(anna, KENT_FILE, ["area=Kent", "published=2026-11"]).state == "changed"
    assert acts.rename(anna, KENT_FILE, "kent").state == "changed"
    assert acts.remove(anna, "kent").state == "removed"
    assert files(anna) == before
    for change, _ in reversed(history(anna.settings)):
        acts.take_back(anna, change)
    assert files(anna) == before
    digits = "6bc1de0a"
    told = noted(anna)
    assert told[0][:2] == ("anna", "add")
    assert told[0][2]["files"].startswith(f"kent.txt (SHA-256 {digits}")
    assert told[1:] == [
        ("anna", "edit", {"report": KENT_FILE, "stated": "area=Kent; published=2026-11"}),
        ("anna", "rename", {"report": KENT_FILE, "new": "kent"}),
        ("anna", "remove", {"report": "kent"}),
        ("anna", "take back", {"change": "4", "of": "remove", "report": "kent"}),
        ("anna", "take back", {"change": "3", "of": "rename", "report": KENT_FILE}),
        ("anna", "take back", {"change": "2", "of": "edit", "report": KENT_FILE}),
        ("anna", "take back", {"change": "1", "of": "add", "report": KENT_FILE.removesuffix(".txt")}),
    ]


@pytest.mark.parametrize(
    "name",
    ["../../etc/kent.txt", "/etc/kent.txt", "C:\\reports\\kent.txt", "..\\kent.txt", "a/../kent.txt", "kent.txt/"],
)
def test_what_an_upload_is_called_is_never_a_path(anna: Staff, name: str) -> None:
    (outcome,) = acts.add(anna, [Upload(name, KENT)])
    assert outcome.path == KENT_FILE
    assert "from: kent.txt\n" in (anna.settings.corpus / KENT_FILE).with_suffix(".yaml").read_text()


@pytest.mark.parametrize("name", ["", ".txt", "..", "kent", "kent.exe", "\0"])
def test_an_upload_without_the_ending_of_a_report_is_refused_by_its_name(anna: Staff, name: str) -> None:
    before = files(anna)
    (outcome,) = acts.add(anna, [Upload(name, KENT)])
    assert (outcome.state, outcome.name, files(anna)) == ("failed", name, before)
    assert "are not read; " in outcome.note
    assert [act for _, act, _ in noted(anna)] == ["add", "failed"]


def test_an_address_is_of_the_web_and_never_a_file_of_this_machine(anna: Staff, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("A secret.")
    for address in (str(secret), f"file://{secret}", "secret.txt", "ftp://example.org/a.pdf"):
        with pytest.raises(InputError, match="is no address of the web; write it whole: https://…"):
            acts.add(anna, [], [address])
    (outcome,) = acts.add(anna, [], ["http://127.0.0.1/a.pdf"])
    assert outcome.state == "failed"
    assert [act for _, act, _ in noted(anna)] == ["add", "failed"], "what was not begun is not noted"


def test_too_much_at_once_or_nothing_is_refused_before_anything_is_stored(
    anna: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="nothing was chosen; choose a file, or give an address"):
        acts.add(anna, [])
    with pytest.raises(InputError, match="this is more than 50 files or 200 MB at once"):
        acts.add(anna, [Upload("a.txt", b"A")] * 51)
    monkeypatch.setattr(acts, "MOST_BYTES", 1_000_000)
    with pytest.raises(InputError, match="this is more than 50 files or 1 MB at once"):
        acts.add(anna, [Upload("a.txt", b"A" * 1_000_001)])
    assert noted(anna) == []


def test_a_file_takes_the_place_of_a_report_and_has_its_id(anna: Staff) -> None:
    kent(anna)
    acts.rename(anna, KENT_FILE, "kent")
    (outcome,) = acts.add(anna, [Upload("kent 2.txt", KENT + b" And so on.")], replaces="kent")
    assert outcome.state == "changed"
    assert KENT_FILE not in files(anna)
    assert [act for _, act, _ in noted(anna)] == ["add", "rename", "replace kent"]


def test_an_act_that_fails_leaves_all_as_it_was_and_is_noted(anna: Staff) -> None:
    before = files(anna)
    with pytest.raises(InputError, match="there is no document 'nowhere'"):
        acts.remove(anna, "nowhere")
    with pytest.raises(InputError, match="published: '2026-13'"):
        acts.edit(anna, "ambleton", ["published=2026-13"])
    assert files(anna) == before
    assert [(act, details.get("of")) for _, act, details in noted(anna)] == [
        ("remove", None),
        ("failed", "remove"),
        ("edit", None),
        ("failed", "edit"),
    ]


def test_what_cannot_be_noted_is_not_done(anna: Staff) -> None:
    blind = replace(anna, log=Log(anna.log.file.parent / "nowhere" / "log.jsonl"))
    before = files(anna)
    for act in (lambda: acts.remove(blind, "ambleton"), lambda: acts.build_draft(blind)):
        with pytest.raises(OSError, match="No such file"):
            act()
    assert files(anna) == before
    assert acts.edit(anna, "ambleton", ["area=Kent"]).state == "changed", "the turn was given back"


def test_a_change_is_taken_back_once_and_no_other_in_its_place(anna: Staff) -> None:
    kent(anna)
    acts.edit(anna, KENT_FILE, ["area=Kent"])
    added, edited = (change for change, _ in history(anna.settings))
    acts.take_back(anna, edited)
    with pytest.raises(InputError, match="no change is left to take back"):
        acts.take_back(anna, edited)
    assert KENT_FILE in files(anna)
    acts.take_back(anna, added)
    assert KENT_FILE not in files(anna)


def test_a_kill_in_the_middle_leaves_a_whole_corpus_and_a_line_in_the_log(
    anna: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before each rename of a removal, whose files then are all there, or none."""
    kent(anna)
    before = files(anna)
    real = Path.unlink

    def die(self: Path, missing_ok: bool = False) -> None:
        if self.suffix in (".txt", ".yaml") and not self.name.startswith("."):
            raise KeyboardInterrupt
        real(self, missing_ok=missing_ok)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "unlink", die)
        acts.remove(anna, KENT_FILE)
    assert noted(anna)[-1] == ("anna", "remove", {"report": KENT_FILE})
    with pytest.raises(InputError, match="nowhere"):
        acts.remove(anna, "nowhere")
    assert files(anna) == before
    assert acts.remove(anna, KENT_FILE).state == "removed"


def test_a_draft_is_tried_published_and_gone_back_from(anna: Staff) -> None:
    live = storage.pointed_at(anna.settings.index, "current")
    kent(anna)
    report = finished(acts.build_draft(anna))
    assert (report.added, report.is_live, report.refused) == (1, False, ())
    assert storage.pointed_at(anna.settings.index, "current") == live
    move = acts.publish(anna, report.generation)
    assert (move.generation, move.before, move.refused) == (report.generation, live, ())
    with pytest.raises(InputError, match="the draft is another one now, or is live already; look at it again"):
        acts.publish(anna, report.generation)
    assert acts.roll_back(anna, live).generation == live
    with pytest.raises(InputError, match="is live already"):
        acts.roll_back(anna, live)
    told = [(act.verb, act.command) for act in read_history(anna.settings.index)][1:]
    assert told == [(verb, "probqa staff (anna)") for verb in ("drafted", "published", "rolled back")]
    assert [(act, details.get("generation")) for _, act, details in noted(anna)][1:] == [
        ("build the draft", None),
        ("publish", report.generation),
        ("publish", report.generation),
        ("failed", None),
        ("roll back", live),
        ("roll back", live),
        ("failed", None),
    ]


def test_a_failing_smoke_question_stops_publishing_unless_anyway(anna: Staff) -> None:
    live = storage.pointed_at(anna.settings.index, "current")
    (anna.settings.corpus / "smoke.yaml").write_text(
        "questions:\n- {question: 'Who reads stars?', document: ambleton-of-old}\n"
    )
    kent(anna)
    report = finished(acts.build_draft(anna))
    assert report.refused == ("Who reads stars? The document ambleton-of-old is not in the index",)
    assert acts.publish(anna, report.generation).refused == report.refused
    assert storage.pointed_at(anna.settings.index, "current") == live
    assert acts.publish(anna, report.generation, anyway=True).refused == ()
    assert storage.pointed_at(anna.settings.index, "current") == report.generation
    assert [(act, details) for _, act, details in noted(anna)][2:] == [
        ("publish", {"generation": report.generation}),
        ("failed", {"of": "publish", "problem": f"smoke questions: {report.refused[0]}"}),
        ("publish anyway", {"generation": report.generation}),
    ]


def test_while_one_is_at_work_others_are_told_who(anna: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    real = acts.build.build

    def slow(*given: object, **how: object) -> BuildReport:
        assert go_on.wait(60)
        return real(*given, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(acts.build, "build", slow)
    working = acts.build_draft(anna)
    assert acts.building() is working
    ben = replace(anna, who="ben")
    tried: list[Callable[[], object]] = [
        lambda: acts.build_draft(ben),
        lambda: acts.remove(ben, "ambleton"),
        lambda: acts.publish(ben, "0" * 16),
    ]
    for act in tried:
        with pytest.raises(BuildLockedError, match=r"another is at work: anna, building the draft, since .* UTC; wait"):
            act()
    go_on.set()
    finished(working)
    assert [(who, act) for who, act, _ in noted(anna)] == [("anna", "build the draft")]


def test_a_build_elsewhere_is_named_and_what_failed_is_told(anna: Staff) -> None:
    with storage.build_lock(anna.settings.index, "probqa build"):
        working = acts.build_draft(anna)
        for thread in threading.enumerate():
            if thread.name == "build the draft":
                thread.join(60)
    assert (working.is_done, working.report) == (True, None)
    assert working.problem.startswith("another build is running in ")
    assert f"process {os.getpid()}, since " in working.problem
    assert working.problem.endswith(" UTC, probqa build; wait until it is done")
    assert [act for _, act, _ in noted(anna)] == ["build the draft", "failed"]


def test_dismissing_is_a_line_in_the_log_and_nothing_else(anna: Staff) -> None:
    before = files(anna)
    acts.dismiss(anna, GoldQuestion("visitor-1", "Who?", unjudged=True))
    assert noted(anna) == [("anna", "dismiss feedback", {"id": "visitor-1", "question": "Who?"})]
    assert files(anna) == before
