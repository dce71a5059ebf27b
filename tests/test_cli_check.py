"""``probqa check``: what became of a quote, in words and as JSON, and an exit code."""

from __future__ import annotations

import io
import json
import sys
import zipfile

import docx
import pytest

import making
from conftest import REPORTS, write_corpus
from probqa import cli
from probqa.indexing.build import build
from probqa.settings import Settings

FOUND = "Northway supervised people at low risk by a telephone call every nine weeks."
ALTERED = "Northway supervised people at low risk by a telephone call every six weeks."
ABSENT = "Zebras were seen grazing beside the motorway."


@pytest.fixture
def run(chosen: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run ``probqa check`` over ``REPORTS``, with bytes on standard input."""
    write_corpus(chosen.corpus, REPORTS)
    build(chosen)

    def command(*arguments: str, typed: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
        places = ("--corpus", str(chosen.corpus), "--index", str(chosen.index))
        monkeypatch.setenv("PROBQA_MODEL", chosen.model)
        monkeypatch.setenv("PROBQA_READER", chosen.reader)
        code = cli.main(["check", *arguments, *places])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_a_quote_that_stands_in_a_report_ends_with_0_and_says_where(run) -> None:
    code, out, err = run(FOUND)
    assert (code, err) == (0, "")
    assert out == (
        f"1. found: “{FOUND}”\n"
        "   Found word for word in “Inspection of Ambleton” (2017-04-19), under “Supervision”.\n"
        "   ambleton, characters 23 to 99, https://example.org/ambleton\n"
    )


def test_an_altered_quote_ends_with_1_and_shows_the_words_that_differ(run) -> None:
    code, out, _ = run(ALTERED)
    assert code == 1
    lines = out.splitlines()
    assert lines[0] == f"1. altered: “{ALTERED}”"
    assert lines[1].endswith("A number differs.")
    assert lines[2] == ("   Northway supervised people at low risk by a telephone call every [-nine-] {+six+} weeks.")


def test_each_quote_of_a_paragraph_is_told_and_one_that_is_absent_ends_with_1(run) -> None:
    code, out, _ = run(f"They say “{FOUND}” and then “{ABSENT}” too.")
    assert code == 1
    assert [line for line in out.splitlines() if line[:1].isdigit()] == [
        f"1. found: “{FOUND}”",
        f"2. absent: “{ABSENT}”",
    ]
    assert out.endswith(
        "   Not in these reports.\n\n"
        "Not checked, since they stand outside quote marks: 5 words (“They say” and 2 more places).\n"
    )


def test_a_quote_from_another_report_than_the_one_named_ends_with_1(run) -> None:
    assert run(FOUND, "--named", "ambleton")[0] == 0
    code, out, _ = run(FOUND, "--named", "Inspection of Selby Green")
    assert code == 1
    assert out.splitlines()[1].startswith("   Not in the report that is named, but in “Inspection of Ambleton”")


def test_a_hyphen_reads_standard_input_with_or_without_a_byte_order_mark(run) -> None:
    for mark in (b"", b"\xef\xbb\xbf"):
        code, out, _ = run("-", typed=mark + f"“{FOUND}”\n".encode())
        assert code == 0
        assert out.startswith(f"1. found: “{FOUND}”\n")


def test_json_prints_one_object(run) -> None:
    code, out, _ = run(ALTERED, "--json")
    report = json.loads(out)
    assert code == 1
    assert report["summary"] == {"altered": 1}
    [quote] = report["quotes"]
    assert quote["flags"] == ["number"]
    assert [(step["quote"], step["source"]) for step in quote["operations"] if step["change"] == "replaced"] == [
        ("six", "nine")
    ]


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        ([" "], b"", "there is no text to check; paste a quote, or a paragraph with quotes in quote marks"),
        (["x" * 20_001], b"", "the text has 20,001 characters, more than 20,000; check less of it at a time"),
        (["-"], b"abc \xff", "standard input is not UTF-8 from byte 4 on; save the text as UTF-8"),
    ],
)
def test_a_text_that_cannot_be_checked_ends_with_2_and_one_line(run, arguments, typed, said) -> None:
    code, out, err = run(*arguments, typed=typed)
    assert (code, out, err) == (2, "", f"probqa: {said}\n")


def test_a_name_that_fits_no_report_blocks_nothing_and_is_told(run) -> None:
    code, out, err = run(FOUND, "--named", "Zyzzyva")
    assert (code, err) == (0, "")
    assert out.startswith(f"1. found: “{FOUND}”\n")
    assert out.endswith("\nNo report here goes by “Zyzzyva”, so the quotes were looked for in all of them.\n")
    assert run(FOUND, "--named", "Ambleton, 2017")[0] == 0
    assert run(FOUND, "--named", "Selby Green")[0] == 1


def test_direction_marks_are_shown(run) -> None:
    assert "[U+202E]" in run("Zebras were \u202e seen grazing beside the motorway.")[1]


DRAFT = (
    "For immediate release",
    f"The Ambleton report of 2017 says “{FOUND}”",
    f"It goes on: “{ALTERED}” and “{ABSENT}” We call that “too bad”.",
    "“Managers at Selby Green checked every assessment.”",
)
STATUSES = {"found": 1, "altered": 1, "absent": 1, "too_short": 1, "elsewhere": 1}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("draft.md", ("---\ntitle: T\n---\n" + "\n\n".join(DRAFT)).encode()),
        ("draft.txt", "\n\n".join(DRAFT).encode()),
        ("draft.html", ("<html><body>" + "".join(f"<p>{each}</p>" for each in DRAFT) + "</body></html>").encode()),
        ("DRAFT 2.DOCX", making.docx("".join(map(making.paragraph, DRAFT)))),
    ],
)
def test_each_quote_of_a_draft_is_told_and_the_draft_is_left_alone(run, tmp_path, name, content) -> None:
    draft = tmp_path / "desk" / name
    draft.parent.mkdir()
    draft.write_bytes(content)
    code, out, _ = run(str(draft), "--json")
    assert (code, json.loads(out)["summary"]) == (1, STATUSES)
    assert [quote["status"] for quote in json.loads(out)["quotes"]] == list(STATUSES)
    assert [path.name for path in draft.parent.iterdir()] == [name]
    assert draft.read_bytes() == content


def test_a_draft_whose_quotes_are_all_found_or_too_few_words_ends_with_0(run, tmp_path) -> None:
    for words in (f"They wrote “{FOUND}” and “so bad”.", "There is no quote in this draft of ours at all."):
        (tmp_path / "draft.md").write_text(words)
        assert run(str(tmp_path / "draft.md"))[0] == 0
    (tmp_path / "draft.md").write_text(f"They wrote “{ALTERED}”.")
    assert run(str(tmp_path / "draft.md"))[0] == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.docx", None, "there is no file "),
        (
            "old.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "is an old Office file; save it as .docx, .xlsx, .pptx or PDF",
        ),
        ("page.pdf", b"<html>", "is named .pdf but is a web page; "),
        ("empty.md", b" ", "holds no text"),
    ],
)
def test_a_draft_that_cannot_be_read_ends_with_2_and_one_line(run, tmp_path, name, content, said) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, out, err = run(str(tmp_path / name))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_a_word_copy_holds_the_text_and_a_comment_at_each_quote(run, tmp_path) -> None:
    (tmp_path / "draft.docx").write_bytes(making.docx("".join(map(making.paragraph, DRAFT))))
    code, _, err = run(str(tmp_path / "draft.docx"), "--word", str(tmp_path / "checked.docx"))
    assert (code, "written to " in err) == (1, True)
    copy = docx.Document(str(tmp_path / "checked.docx"))
    assert [paragraph.text for paragraph in copy.paragraphs[:-1]] == list(DRAFT)
    assert copy.paragraphs[-1].text.startswith("Not checked, since they stand outside quote marks: ")
    said = [comment.text.split("\n")[0] for comment in copy.comments]
    assert [line.split(". ")[0] for line in said] == ["Found", "Altered", "Absent", "Too short", "Elsewhere"]
    assert said[0] == "Found. Found word for word in “Inspection of Ambleton” (2017-04-19), under “Supervision”."
    assert "every [-nine-] {+six+} weeks." in [comment.text for comment in copy.comments][1]
    marked = copy.element.body.xpath("//w:commentRangeStart/following-sibling::w:r[1]")
    assert ["".join(run.xpath("w:t/text()")) for run in marked] == [
        FOUND,
        ALTERED,
        ABSENT,
        "too bad",
        "Managers at Selby Green checked every assessment.",
    ]
    with zipfile.ZipFile(tmp_path / "checked.docx") as packed:
        assert b"w:date=" not in packed.read("word/comments.xml")
