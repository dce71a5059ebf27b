"""The terminal: commands, exit codes, and one clear line for each mistake."""

from __future__ import annotations

import ast
import errno
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import hash_encoder
import hash_reader
from conftest import REPORTS, write_corpus
from probqa import cli
from probqa.asking import library
from probqa.cli import terminal as terminal_room
from probqa.settings import Settings
from probqa.weights import WEIGHTS

QUESTION = "how did Northway supervise people at low risk?"


@pytest.fixture
def run(chosen: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a command in an empty place; gives its exit code, standard output and standard error."""
    monkeypatch.setenv("PROBQA_CORPUS", str(chosen.corpus))
    monkeypatch.setenv("PROBQA_INDEX", str(chosen.index))
    monkeypatch.setenv("PROBQA_MODEL", chosen.model)
    monkeypatch.setenv("PROBQA_READER", chosen.reader)

    def command(*arguments: str) -> tuple[int, str, str]:
        try:
            code = cli.main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


@pytest.fixture
def built_run(run, chosen: Settings):
    write_corpus(chosen.corpus, REPORTS)
    assert run("build")[0] == 0
    return run


def test_build_says_what_it_did(run, chosen: Settings) -> None:
    write_corpus(chosen.corpus, REPORTS)
    code, out, _ = run("build")
    assert code == 0
    assert out.splitlines()[0] == "3 added, 0 changed, 0 removed, 0 unchanged; 10 passages embedded"
    changed = REPORTS["weir.txt"].replace("twice in May", "once in May")
    write_corpus(chosen.corpus, {"weir.txt": changed, "new.md": "A new report about Weir."})
    (chosen.corpus / "ambleton.md").unlink()
    _, out, _ = run("build")
    assert out.splitlines()[0] == "1 added, 1 changed, 1 removed, 1 unchanged; 2 passages embedded"
    _, out, _ = run("build")
    assert out.splitlines()[0] == "0 added, 0 changed, 0 removed, 3 unchanged; 0 passages embedded"


def test_a_build_without_a_terminal_names_each_stage_once(run, chosen: Settings) -> None:
    write_corpus(chosen.corpus, REPORTS)
    assert run("build")[2].splitlines() == [
        f"exporting the model {chosen.model}, once",
        "reading",
        "embedding passages",
        "embedding sentences",
        "writing the index",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def bars(self) -> list[str]:
        """The bars as they were drawn last, without colours and times."""
        drawn = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", self.getvalue().rpartition("\x1b[2K")[2])
        return [re.sub(r" +━+ +(\d+/\d+) +\d:\d\d:\d\d", r" \1", line) for line in drawn.splitlines()]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal to put in the place of standard error, in the test: pytest puts its own there before each."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    return Terminal()


def test_a_build_on_a_terminal_fills_a_bar_for_each_stage(
    run, chosen: Settings, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus(chosen.corpus, REPORTS)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run("build")[0] == 0
    assert terminal.bars() == [
        f"exporting the model {chosen.model}, once 1/1",
        "reading 3/3",
        "embedding passages 10/10",
        "embedding sentences 15/15",
        "writing the index 1/1",
    ]


def test_the_name_of_a_model_is_no_markup(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    with terminal_room.progress_bar() as show:
        show("exporting [red]", 2, 2)
    assert terminal.bars() == ["exporting [red] 2/2"]


def test_the_command_line_starts_without_rich() -> None:
    code = "import sys, probqa.cli; probqa.cli.parser(); print('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_file_name_cannot_talk_to_the_terminal(run, chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"a\x1b[31mb.txt": "It was late.", "c\x1b[32md.md": "---\ntitle: [\n---\nText."})
    for command in ("build", "status", "list"):
        _, out, err = run(command)
        assert "\x1b" not in out + err
        assert ("c[U+001B][32md.md: line 3" in out + err) == (command != "list")
    assert "a[U+001B][31mb (read from the file's name)\n" in out


def test_ask_quotes_with_the_source(built_run) -> None:
    code, out, err = built_run("ask", QUESTION)
    assert (code, err) == (0, "")
    assert "“Northway supervised people at low risk by a telephone call every nine weeks.”" in out
    assert "Inspection of Ambleton · The Inspectorate · 19 April 2017 · Findings › Supervision" in out
    assert "https://example.org/ambleton" in out


def test_ask_json_prints_one_object_with_the_slice(built_run, chosen: Settings) -> None:
    code, out, _ = built_run("ask", QUESTION, "--json", "-k", "1")
    answer = json.loads(out)
    assert code == 0
    assert answer["status"] == "answered"
    [quote] = answer["quotes"]
    assert quote["text"] == "Northway supervised people at low risk by a telephone call every nine weeks."
    assert quote["end"] - quote["start"] == len(quote["text"])
    assert (quote["document_id"], quote["wording"], quote["page"]) == ("ambleton", "verbatim", None)
    assert answer["generation"] == (chosen.index / "current").read_text().split()[0]


def test_a_question_the_reports_do_not_answer_ends_with_1(built_run) -> None:
    code, out, err = built_run("ask", "How many dogs did Northway keep at Leeds in 1931?")
    assert (code, err) == (1, "")
    assert out.startswith("These reports do not say. 3 reports searched.")


def test_a_question_about_nothing_in_the_reports_is_told_so_and_ends_with_1(built_run) -> None:
    assert built_run("ask", "zyzzyva quokka?") == (1, "Nothing in these 3 reports comes near this question.\n", "")


def test_a_question_that_is_too_broad_is_told_so_and_answered(built_run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "Library", partial(library.Library, weights=replace(WEIGHTS, many=2)))
    out = built_run("ask", "What did inspectors find?")[1]
    assert out.startswith("This touches 3 reports: pick an area, a provider or a year.\n")
    assert "“Inspectors found strong leadership at Weir." in out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["ask", "   "], "probqa: the question is empty; type a question\n"),
        (["ask", "x" * 2001], "probqa: the question has 2001 characters, more than 2000; shorten it\n"),
        (["ask", "who\x07?"], "probqa: the question holds the control character U+0007; remove it\n"),
        (["ask", "who?", "-k", "0"], "probqa: 0 quotes cannot be shown; ask for 1 or more with -k\n"),
    ],
)
def test_a_question_that_cannot_be_asked_is_one_line(built_run, arguments: list[str], line: str) -> None:
    assert built_run(*arguments) == (2, "", line)


@pytest.mark.parametrize("command", [("ask", "who?"), ("status",), ("verify",), ("serve",)])
def test_without_an_index_every_command_says_how_to_make_one(run, chosen: Settings, command: tuple[str, ...]) -> None:
    assert run(*command) == (2, "", f"probqa: there is no index in {chosen.index}; run: probqa build\n")


def test_a_missing_corpus_is_one_line(run, chosen: Settings) -> None:
    nowhere = chosen.corpus / "nowhere"
    remedy = "run: probqa init FOLDER, or name a corpus with --corpus or PROBQA_CORPUS"
    line = f"probqa: there is no corpus folder at {nowhere}; {remedy}\n"
    for command in (("build",), ("add", "a.md"), ("fetch", "--all"), ("remove", "a")):
        assert run(*command, "--corpus", str(nowhere)) == (2, "", line)


def test_a_corpus_to_begin_with_is_written_once_and_what_comes_next_is_said(run, tmp_path: Path) -> None:
    place = tmp_path / "new place"
    corpus = place / "corpus"
    said = f"{corpus} holds the starter corpus; run: cd '{place}' && probqa build && probqa serve\n"
    assert run("init", str(place)) == (0, said, "")
    refusal = f"probqa: there is already a corpus at {corpus}; run: probqa build, or name another folder\n"
    for again in ((), ("--empty",)):
        assert run("init", str(place), *again) == (2, "", refusal)


def test_an_empty_corpus_says_how_it_is_filled(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").rmdir()
    said = "corpus is empty; put reports there as its README.md says, then run: probqa build && probqa serve\n"
    assert run("init", ".", "--empty") == (0, said, "")
    code, out, err = run("build")
    assert (code, out) == (2, "")
    assert err.startswith(f"probqa: the corpus folder {tmp_path}/corpus holds no document; run: probqa add FILE, ")


def test_an_empty_corpus_is_one_line_and_keeps_the_old_index(built_run, chosen: Settings, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    code, out, err = built_run("build", "--corpus", str(empty))
    assert (code, out) == (2, "")
    assert err.startswith(f"probqa: the corpus folder {empty} holds no document; ")
    assert err.count("\n") == 1
    assert built_run("ask", QUESTION)[0] == 0


def test_a_broken_file_is_named_with_its_line_and_the_rest_is_indexed(run, chosen: Settings) -> None:
    broken = {"bad.md": "---\ntitle: A\nkind: [open\n---\nText.", "latin.txt": "caf\u00e9 one\ntwo".encode("latin-1")}
    write_corpus(chosen.corpus, REPORTS | broken)
    code, out, err = run("build")
    assert code == 0
    assert out.startswith("3 added")
    assert "not indexed: bad.md: line 4: broken front matter: " in err
    assert "not indexed: latin.txt: line 1: byte 3 is not UTF-8; save the file as UTF-8" in err
    _, listed, _ = run("status")
    assert "not indexed: bad.md: line 4: broken front matter: " in listed
    assert [failure["file"] for failure in json.loads(run("status", "--json")[1])["failures"]] == [
        "bad.md",
        "latin.txt",
    ]


def test_status_says_whether_the_corpus_has_changed(built_run, chosen: Settings) -> None:
    assert f"the corpus {chosen.corpus} is unchanged" in built_run("status")[1]
    write_corpus(chosen.corpus, {"new.md": "A new report."})
    assert f"the corpus {chosen.corpus} has changed since: run probqa build" in built_run("status")[1]


def test_status_names_the_model_and_the_reader(built_run, chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert built_run("status")[1].partition("\n")[0].endswith(" with hash model and no reader")
    assert json.loads(built_run("status", "--json")[1])["reader"] == {"fingerprint": "", "name": ""}
    hash_reader.install(monkeypatch.setattr)
    monkeypatch.setenv("PROBQA_READER", hash_reader.READER)
    assert built_run("build")[0] == 0
    assert built_run("status")[1].partition("\n")[0].endswith(" with hash model and hash reader")
    fingerprint = hash_encoder.fingerprint(Path(hash_reader.READER))
    assert json.loads(built_run("status", "--json")[1])["reader"] == {"fingerprint": fingerprint, "name": "hash reader"}


def test_verify_is_content_with_what_was_built_and_names_what_differs(built_run, chosen: Settings) -> None:
    assert built_run("verify") == (0, "every file, hash, passage and sentence is as it was built\n", "")
    texts = next(chosen.index.glob("*/texts.txt"))
    texts.write_bytes(texts.read_bytes().replace(b"nine weeks", b"nine years"))
    code, out, err = built_run("verify")
    assert (code, out) == (3, "")
    assert err == f"probqa: {texts} is not what the build wrote; run: probqa build\n"


def test_a_model_that_differs_from_the_index_is_refused(built_run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBQA_MODEL", "another model")
    code, _, err = built_run("ask", "who?")
    assert code == 2
    assert err == (
        "probqa: the index was made with the model hash model, not another model; "
        "run: probqa build, or set PROBQA_MODEL back\n"
    )


def test_a_reader_that_differs_from_the_index_is_refused(built_run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROBQA_READER")
    code, _, err = built_run("ask", "who?")
    assert code == 2
    assert err == (
        "probqa: the index was made with the reader none, not probqa-reader; "
        "run: probqa build, or set PROBQA_READER back\n"
    )


def test_an_index_of_an_older_format_is_refused_with_the_command_that_mends_it(built_run, chosen: Settings) -> None:
    from probqa.indexing import storage

    generation, _ = storage.read_pointer(chosen.index)
    manifest = chosen.index / generation / storage.MANIFEST
    older = json.dumps(json.loads(manifest.read_text()) | {"format": 0}).encode()
    manifest.write_bytes(older)
    (chosen.index / storage.POINTER).unlink()
    storage.move_pointer(chosen.index, generation, storage.sha256(older))
    code, _, err = built_run("ask", "who?")
    assert code == 2
    assert err.endswith("; run: probqa build\n")
    assert "has format 0" in err
    assert built_run("build")[0] == 0
    assert built_run("ask", QUESTION)[0] == 0


def test_a_usage_error_ends_with_2(run) -> None:
    code, _, err = run("ask")
    assert code == 2
    assert "QUESTION" in err
    assert run("nonsense")[0] == 2


ESCAPE, SHOWN = "\x1b]0;owned\x07\x9b2J\u202e", "[U+001B]]0;owned[U+0007][U+009B]2J[U+202E]"


def test_nothing_that_steers_a_terminal_reaches_it(run, chosen: Settings, tmp_path: Path) -> None:
    quoted = json.dumps(ESCAPE)
    write_corpus(
        chosen.corpus,
        {
            "good.md": f"---\ntitle: {quoted}\nkind: {quoted}\narea: {quoted}\nproviders: [{quoted}]\n---\n"
            "The bus was late.",
            f"bad{ESCAPE}\r\nprobqa: all is well.md": "---\nno: yes\n---\n",
            f"twin{ESCAPE}.md": f"---\n{quoted}: 1\n---\nText.",
            "domain.yaml": f"{quoted}: 1\n",
            "glossary.yaml": f"terms:\n- {{term: bus, definition: A car., synonyms: [{json.dumps('coach' + ESCAPE)}], "
            "basis: general knowledge}\n",
        },
    )
    (tmp_path / f"x{ESCAPE}\n.md").write_text("Text.")
    said = "".join(
        "".join(run(*command)[1:])
        for command in (
            ("build",),
            ("status",),
            ("list",),
            ("list", "--json"),
            ("status", "--json"),
            ("status", "--document", "good"),
            ("ask", "was the bus late?"),
            ("ask", "was the bus late?", "--json"),
            ("ask", "was the bus late?", "--every"),
            ("check", f"“The bus was {ESCAPE}”"),
            ("add", str(tmp_path / f"x{ESCAPE}\n.md"), str(tmp_path / f"none{ESCAPE}\n.md")),
            ("add", f"https://example.org/{ESCAPE}"),
            ("fetch", ESCAPE),
            ("remove", ESCAPE),
            ("eval", str(tmp_path / ESCAPE)),
            ("verify", "--index", str(tmp_path / ESCAPE)),
        )
    )
    assert SHOWN in said
    assert not set(said) - {"\n"} & {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u202e"}
    assert "\nprobqa: all is well" not in said
    assert f"bad{SHOWN}[U+000D][U+000A]probqa: all is well.md" in said
    assert f"coach{SHOWN}" in said


def test_one_function_of_the_terminal_prints() -> None:
    printing = [
        function.name
        for path in Path(cli.__file__).parent.glob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id == "print"
    ]
    assert printing == ["say"]


def test_json_with_controls_is_the_same_json(run, chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"a.md": f"---\ntitle: {json.dumps(ESCAPE)}\n---\nThe bus was late."})
    run("build")
    out = run("list", "--json")[1]
    assert json.loads(out)["documents"][0]["title"].endswith("2J\u202e")
    assert "\\u202e" in out
    assert "\u202e" not in out


def test_a_folder_in_place_of_a_manifest_is_one_line(built_run, chosen: Settings) -> None:
    [manifest] = chosen.index.glob("*/manifest.json")
    manifest.unlink()
    manifest.mkdir()
    code, out, err = built_run("ask", QUESTION)
    assert (code, out) == (3, "")
    assert err.count("\n") == 1
    assert str(manifest) in err
    assert "run: probqa build" in err
    assert built_run("build")[0] == 0
    assert built_run("ask", QUESTION)[0] == 0


def test_a_link_named_like_what_a_build_leaves_is_taken_away_alone(built_run, chosen: Settings, tmp_path: Path) -> None:
    write_corpus(tmp_path, {"mine/letter.txt": "Dear all"})
    (chosen.index / ".staging-link").symlink_to(tmp_path / "mine")
    (chosen.index / ".staging-nowhere").symlink_to(tmp_path / "nowhere")
    assert built_run("build")[0] == 0
    assert not list(chosen.index.glob(".staging-*"))
    assert (tmp_path / "mine" / "letter.txt").read_text() == "Dear all"


@pytest.mark.parametrize("is_first", [True, False])
def test_a_full_disk_is_one_line_with_the_path(
    run, chosen: Settings, monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    write_corpus(chosen.corpus, REPORTS)
    if not is_first:
        chosen.index.mkdir(parents=True)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    code, _, err = run("build")
    assert code == 2
    index = re.escape(str(chosen.index))
    named = re.escape(str(chosen.index.parent)) if is_first else rf"{index}/\.staging-\S+"
    *_, failed, not_noted = err.splitlines()
    assert re.fullmatch(rf"probqa: {named}: No space left on device", failed)
    assert not_noted == f"probqa: not noted in the log {chosen.corpus / '.log.jsonl'}: No space left on device"
