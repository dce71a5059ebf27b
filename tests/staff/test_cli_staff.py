"""The commands around the app for staff: a password, the log, and what commands leave in it."""

from __future__ import annotations

import io
import json
import os
import pwd
from collections.abc import Callable

import pytest

from conftest import REPORTS, write_corpus
from probqa import cli
from probqa.settings import Settings
from probqa.staff import launch
from probqa.staff.log import Log
from probqa.staff.passwords import Passwords

Run = Callable[..., tuple[int, str, str]]
USER = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def run(chosen: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; gives its exit code, standard output and standard error."""
    for name in ("corpus", "index", "model", "reader"):
        monkeypatch.setenv(f"PROBQA_{name.upper()}", str(getattr(chosen, name)))
    write_corpus(chosen.corpus, REPORTS)

    def command(*arguments: str) -> tuple[int, str, str]:
        try:
            code = cli.main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def log_of(chosen: Settings) -> Log:
    return Log(chosen.corpus / ".log.jsonl")


def acts(log: Log) -> list[tuple[str, str, dict[str, str]]]:
    return [(line.act.who, line.act.what, line.act.details) for line in log.lines() if line.act]


def test_what_a_command_did_is_noted_by_the_name_that_the_system_knows(
    run: Run, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody else")
    monkeypatch.setenv("USER", "somebody else")
    assert run("edit", "ambleton", "area=Selby Green")[0] == 0
    assert run("edit", "nowhere", "area=x")[0] == 2
    assert run("undo")[0] == 0
    assert acts(log_of(chosen)) == [
        (USER, "edit", {"command": "probqa edit ambleton 'area=Selby Green'", "ended": "0"}),
        (USER, "edit", {"command": "probqa edit nowhere area=x", "ended": "2"}),
        (USER, "undo", {"command": "probqa undo", "ended": "0"}),
    ]


def test_what_only_looks_is_not_noted(run: Run, chosen: Settings) -> None:
    for looks in (["undo", "--list"], ["build", "--dry-run"], ["list"], ["status"], ["log"], ["generations"]):
        run(*looks)
    assert not log_of(chosen).file.exists()


def test_every_command_that_changes_something_is_one_that_is_noted() -> None:
    commands = next(iter(cli.parser()._subparsers._group_actions)).choices  # type: ignore[union-attr]
    assert set(commands) - cli.ACTS == {
        "ask", "check", "diff", "eval", "generations", "init", "list", "log", "mcp", "password", "serve", "show",
        "staff", "status", "verify", "watch",
    }  # fmt: skip
    assert set(commands) >= cli.ACTS


def test_a_log_that_cannot_be_written_is_said_and_stops_nobody(run: Run, chosen: Settings) -> None:
    log_of(chosen).file.mkdir()
    code, out, err = run("edit", "ambleton", "area=Selby Green")
    assert code == 0 and "changed" in out
    assert err == f"probqa: not noted in the log {log_of(chosen).file}: Is a directory\n"


def test_a_command_that_finds_no_corpus_leaves_none(run: Run, chosen: Settings) -> None:
    nowhere = chosen.corpus.parent / "nowhere"
    assert run("build", "--corpus", str(nowhere))[0] == 2
    assert not nowhere.exists()


def test_the_log_is_shown_and_verified(run: Run, chosen: Settings) -> None:
    log = log_of(chosen)
    assert run("log") == (0, "", "")
    assert run("log", "--verify") == (0, "0 lines, each as it was written\n", "")
    log.note("Anna", "remove", report="kent\x1b[2J\nBen")
    log.note("Ben", "undo")
    (first, last) = log.lines()
    assert first.act
    shown = f"{first.act.when}  Anna  remove  report: kent[U+001B][2J[U+000A]Ben\n{first.act.when}  Ben  undo\n"
    assert run("log")[1].replace(last.act.when if last.act else "", first.act.when) == shown
    code, out, _ = run("log", "--verify")
    assert code == 0 and out.startswith(f"2 lines, each as it was written; the last is {last.hash}:")
    assert run("log", "--last", first.hash)[0] == 0
    said = json.loads(run("log", "--json")[1])
    assert [line["hash"] for line in said["lines"]] == [first.hash, last.hash] and said["problem"] == ""


def test_the_first_line_that_was_changed_is_named_with_an_exit_code(run: Run, chosen: Settings) -> None:
    log = log_of(chosen)
    for number in range(5):
        log.note("Anna", "edit", number=str(number))
    log.file.write_bytes(log.file.read_bytes().replace(b'"number":"2"', b'"number":"7"'))
    told = f"probqa: {log.file}: line 3: it was changed\n"
    for options in ([], ["--verify"], ["--json"], ["--verify", "--json"]):
        code, out, err = run("log", *options)
        assert (code, err) == (3, told), options
    assert json.loads(out)["problem"] == "line 3: it was changed"


def test_lines_cut_off_the_end_are_missed_by_who_kept_the_last_hash(run: Run, chosen: Settings) -> None:
    log = log_of(chosen)
    log.note("Anna", "add")
    log.note("Anna", "remove")
    kept = list(log.lines())[-1].hash
    log.file.write_bytes(log.file.read_bytes().splitlines(keepends=True)[0])
    assert run("log", "--verify")[0] == 0
    code, out, err = run("log", "--verify", "--last", kept)
    assert (code, out) == (3, "") and "cut off its end" in err


def test_a_line_that_was_cut_short_is_named(run: Run, chosen: Settings) -> None:
    log = log_of(chosen)
    log.note("Anna", "add")
    log.file.write_bytes(log.file.read_bytes()[:-20])
    code, _, err = run("log", "--verify")
    assert code == 3 and "line 1: it was cut short" in err
    log.note("Ben", "undo")
    code, out, _ = run("log", "--verify")
    assert code == 0 and out.startswith(
        "line 1 was cut short, as the line after it says: its writer was killed\n3 lines"
    )


def test_a_password_comes_from_standard_input_and_its_hash_lets_in(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("cobweb granite tulip\nnot this\n"))
    code, out, err = run("password")
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert Passwords({"Anna": out.strip()}).is_right("Anna", "cobweb granite tulip")
    assert "cobweb" not in out


def test_a_password_is_no_argument_and_not_short(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("password", "cobweb granite tulip")[0] == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert run("password")[0] == 2


def test_on_a_terminal_it_is_typed_twice_where_nobody_sees_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter(["cobweb granite tulip"] * 2 + ["cobweb granite tulip", "another one here"])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    assert run("password")[0] == 0
    assert run("password")[0] == 2


def test_whoever_opens_the_app_to_a_network_is_told_what_is_needed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[object, ...]] = []
    monkeypatch.setattr(launch, "launch", lambda chosen, *where: served.append(where))
    assert run("staff")[2] == ""
    assert run("staff", "--address", "0.0.0.0", "--base-path", "inside")[2].startswith(
        "listening on 0.0.0.0: put a proxy with https"
    )
    assert served == [(8601, "127.0.0.1", ""), (8601, "0.0.0.0", "inside")]
