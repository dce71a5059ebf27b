"""The commands for drafts and generations say what they did, and their exit code says whether it was done."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from conftest import REPORTS, write_corpus
from probqa import cli
from probqa.indexing import storage
from probqa.settings import Settings

Run = Callable[..., tuple[int, str, str]]
COLD = "Were the buildings at Weir cold?"
SMOKE = f"questions:\n- question: {COLD}\n  document: weir\n"
WARM = REPORTS["weir.txt"].replace("cold", "warm").replace("strong", "weak")


@pytest.fixture
def run(chosen: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; gives its exit code, standard output and standard error. REPORTS are built."""
    for name in ("corpus", "index", "model", "reader"):
        monkeypatch.setenv(f"PROBQA_{name.upper()}", str(getattr(chosen, name)))
    times = iter(f"2026-05-03T10:{minute:02}:00+00:00" for minute in range(60))
    monkeypatch.setattr(storage, "now", lambda: next(times))

    def command(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    write_corpus(chosen.corpus, REPORTS)
    assert command("build")[0] == 0
    return command


def live(chosen: Settings) -> str:
    return storage.read_pointer(chosen.index)[0]


def test_a_draft_is_tried_compared_and_published(run: Run, chosen: Settings) -> None:
    first = live(chosen)
    write_corpus(
        chosen.corpus, {"new.md": "# New\n\nThe bridge at Selby Green was closed in June.", "smoke.yaml": SMOKE}
    )
    code, out, _ = run("build", "--draft")
    draft = storage.read_pointer(chosen.index, storage.DRAFT)[0]
    assert (code, live(chosen)) == (0, first)
    assert out.splitlines()[-1] == (
        "it is the draft: see probqa diff and probqa ask --draft; to make it live, run: probqa publish"
    )
    bridge = ("ask", "When was the bridge at Selby Green closed?", "-k", "1")
    assert "bridge" not in run(*bridge)[1]
    assert "“The bridge at Selby Green was closed in June.”" in run(*bridge, "--draft")[1]
    waits = f"a draft waits, {draft}: see probqa diff and probqa publish\n"
    for more, name, is_said in (((), first, True), (("--draft",), draft, False)):
        status = run("status", *more)[1]
        assert (status.startswith(f"generation {name}, built "), waits in status) == (True, is_said)
    assert run("verify", "--draft")[0] == 0
    assert run("diff") == (
        0,
        f"from {first} to {draft}\n"
        "documents: 1 added, 0 changed, 0 removed, 3 unchanged\n"
        "passages: 1 added, 0 changed, 0 removed\n"
        "+ new  New: passages 1 added\n"
        "questions: 1 asked, 0 answered differently\n",
        "asking both\n",
    )
    assert run("publish") == (
        0,
        f"the generation {draft} is live\nthe one before is {first}; to go back to it, run: probqa rollback\n",
        "",
    )
    assert run("ask", "who?", "--draft")[2] == (
        f"probqa: there is no draft in {chosen.index}; run: probqa build --draft\n"
    )
    assert live(chosen) == draft


def test_a_failing_smoke_question_keeps_what_is_live_unless_it_is_published_anyway(run: Run, chosen: Settings) -> None:
    first = live(chosen)
    write_corpus(chosen.corpus, {"smoke.yaml": SMOKE})
    (chosen.corpus / "weir.txt").unlink()
    said = [
        f"smoke question: {COLD} The document weir is not in the index",
        "not made live, because 1 smoke question fails; what was live still is, and the new generation is the draft: "
        "see probqa diff and probqa ask --draft; then build again, or: probqa publish --anyway",
    ]
    code, _, err = run("build", "--draft")
    assert (code, err.splitlines()[-1:], live(chosen)) == (0, said[:1], first)
    for command in ("build", "publish"):
        code, _, err = run(command)
        assert (code, err.splitlines()[-2:], live(chosen)) == (2, said, first)
    code, out, _ = run("diff")
    assert "- weir  " in out
    assert f"? {COLD}\n    before: answered, weir\n" in out
    write_corpus(chosen.corpus, {"smoke.yaml": "questions: 1"})
    code, _, err = run("publish")
    assert (code, err.startswith(f"probqa: {chosen.corpus / 'smoke.yaml'}: questions: '1' is not a list")) == (2, True)
    assert run("publish", "--anyway")[0] == 0
    assert live(chosen) != first
    assert run("build", "--anyway")[0] == 0


def test_a_report_that_breaks_is_named_and_the_exit_code_says_so(run: Run, chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"weir.txt": b"\xff"})
    line = "not indexed: weir.txt: line 1: byte 0 is not UTF-8; save the file as UTF-8; its last good version is kept"
    for command in (("build", "--dry-run"), ("build",), ("build",), ("build", "--draft")):
        code, _, err = run(*command)
        assert (code, line in err.splitlines()) == (2, True)
    assert line in run("status")[1]
    assert "cold" in run("ask", COLD)[1]


def test_a_dry_run_says_what_would_be_done(run: Run, chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"new.md": "# New\n\nOne.", "weir.txt": WARM})
    (chosen.corpus / "northway/selby.md").unlink()
    first = live(chosen)
    assert run("build", "--dry-run") == (
        0,
        "would add new\nwould change weir\nwould remove northway/selby\n"
        "would leave 1 unchanged; 2 passages to embed; nothing was written\n",
        "reading\n",
    )
    assert live(chosen) == first


def test_the_list_says_what_when_and_by_which_command(run: Run, chosen: Settings) -> None:
    first = live(chosen)
    write_corpus(chosen.corpus, {"weir.txt": WARM})
    run("build", "--draft")
    second = storage.read_pointer(chosen.index, storage.DRAFT)[0]
    run("publish")
    code, out, _ = run("rollback")
    assert (code, out.splitlines()[:2]) == (
        0,
        [
            f"the generation {first} is live",
            f"the one before was {second}; to take this back, run: probqa rollback {second}",
        ],
    )
    listed = re.sub(r"10:\d\d:00", "10:00:00", run("generations")[1])
    assert listed == (
        f"{first}  LIVE  3 documents, 10 passages\n"
        "    made 2026-05-03 10:00:00 UTC\n"
        "    built 2026-05-03 10:00:00 UTC by probqa build: documents 3 added, 0 changed, 0 removed\n"
        "    rolled back 2026-05-03 10:00:00 UTC by probqa rollback\n"
        f"{second}  3 documents, 10 passages\n"
        "    made 2026-05-03 10:00:00 UTC\n"
        "    drafted 2026-05-03 10:00:00 UTC by probqa build --draft: documents 0 added, 1 changed, 0 removed\n"
        "    published 2026-05-03 10:00:00 UTC by probqa publish: documents 0 added, 1 changed, 0 removed\n"
    )
    found = json.loads(run("generations", "--json")[1])["generations"]
    assert [(each["name"], each["state"], len(each["acts"])) for each in found] == [(first, "live", 2), (second, "", 2)]
    compared = json.loads(run("diff", first, second, "--json")[1])
    assert (compared["before"], compared["after"]) == (first, second)
    assert [(each["id"], each["changed"]) for each in compared["changed"]] == [("weir", 1)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rollback",), "no generation of {index} was live before {live}; list them with: probqa generations"),
        (("rollback", "live"), "the generation {live} is live already; list them with: probqa generations"),
        (("rollback", "zz"), "no generation begins with 'zz' in {index}; list them with: probqa generations"),
        (("publish",), "there is no draft in {index}; run: probqa build --draft"),
        (("diff",), "{index} has no draft, and no generation was live before {live}; build a second one"),
        (("diff", "draft"), "there is no draft in {index}; run: probqa build --draft"),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, chosen: Settings, arguments: tuple[str, ...], said: str) -> None:
    line = f"probqa: {said.format(index=chosen.index, live=live(chosen))}\n"
    assert run(*arguments) == (2, "", line)


@pytest.mark.parametrize("command", ["generations", "rollback", "publish", "diff"])
def test_without_an_index_nothing_is_made(run: Run, chosen: Settings, command: str) -> None:
    nowhere = chosen.index.with_name("nowhere")
    code, out, err = run(command, "--index", str(nowhere))
    assert (code, out, err.count("\n"), nowhere.exists()) == (2, "", 1, False)
    assert f"in {nowhere}; run: probqa build" in err
