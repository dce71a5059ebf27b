"""`probqa add` says what it found and how sure that is, and takes what a person knows."""

from __future__ import annotations

import html
import sys
from pathlib import Path

import pytest
import yaml

from conftest import write_corpus
from making import docx, paragraph
from probqa import cli
from probqa.asking.library import Library
from probqa.errors import InputError
from probqa.gathering.intake import add
from probqa.gathering.outcome import Outcome
from probqa.gathering.report_folder import source_of
from probqa.gathering.upkeep import history, undo
from probqa.indexing.build import build
from probqa.questions import Request
from probqa.rendering import to_json, to_text
from probqa.settings import Settings
from probqa.ui import cards

# What python-docx, and others that begin from a template, leave in every file that they write.
TEMPLATE = """<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">
<dcterms:created>2013-12-23T23:15:00Z</dcterms:created><dcterms:modified>2013-12-23T23:15:00Z</dcterms:modified>
</cp:coreProperties>"""
MADE = "the day the Word file, or the template it was made from, was made"


@pytest.fixture
def place(chosen: Settings) -> Settings:
    write_corpus(chosen.corpus, {"selby.md": "# Selby\n\nThe court of Selby was late.\n"})
    return chosen


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report of November 2026 that its writer's program dates to 2013."""
    path = tmp_path / "final v3.docx"
    body = paragraph("The court of Ambleton was late in most of the cases that were looked at.")
    path.write_bytes(docx(body, parts={"docProps/core.xml": TEMPLATE}))
    return path


def added(chosen: Settings, file: Path, *stated: str) -> Outcome:
    [outcome] = add(chosen, [str(file)], stated=stated)
    return outcome


def sidecar(chosen: Settings, outcome: Outcome) -> str:
    return (chosen.corpus / outcome.path).with_suffix(".yaml").read_text(encoding="utf-8")


def test_a_date_that_a_template_says_is_called_a_guess_in_print_in_the_sidecar_and_in_an_answer(
    place: Settings, report: Path
) -> None:
    outcome = added(place, report)
    assert outcome.details == (
        "title: final v3 (read from the file's name: not certain)",
        f"published: 2013-12-23 ({MADE}: not certain)",
        "missing or not certain: title, published, publisher, kind, area, licence, url; to state it, run: "
        "probqa edit reports/final-v3-" + outcome.path[-13:-5] + " title=…",
    )
    assert sidecar(place, outcome).endswith(
        "# Detected, stated by nobody. To state or correct a line: probqa edit, or write it above without the #.\n"
        "# title: final v3 (read from the file's name: not certain)\n"
        f"# published: 2013-12-23 ({MADE}: not certain)\n"
    )
    build(place)
    library = Library(place)
    answer = library.ask(Request.of("was the court of Ambleton late?", 1))
    library.close()
    [quote] = answer.quotes
    title, day = "final v3 (read from the file's name)", "23 December 2013 (read from the file's data)"
    assert f"{title} · {day}" in " ".join(to_text(answer).split())
    drawn = html.unescape(cards.card(quote, 1, library.generation.glossary))
    assert f"<cite>{title}</cite> · {day}" in drawn, "on a card"
    assert f"{title} ({day})" in cards.citation(quote), "in a citation"
    assert to_json(answer)["quotes"][0]["uncertain"] == {
        "title": "read from the file's name",
        "published": "read from the file's data",
    }, "and in JSON"


@pytest.mark.parametrize(
    ("name", "text", "how"),
    [
        ("a.md", "# Courts in Ambleton\n\nThey were late.\n", "Courts in Ambleton (read from its first line)"),
        ("a.md", "Draft\n\n# Courts\n\nThey were late.\n", "Courts (read from its beginning)"),
        ("a.html", "<title>Courts</title><p>They were late in most.</p>", "Courts (read from the file's data)"),
        ("a.txt", "They were late.", "a (read from the file's name: not certain)"),
    ],
)  # fmt: skip
def test_where_a_title_was_found_is_said(place: Settings, tmp_path: Path, name: str, text: str, how: str) -> None:
    (tmp_path / name).write_text(text)
    outcome = added(place, tmp_path / name)
    assert outcome.details[0] == f"title: {how}"
    assert ("title" in outcome.missing) == ("not certain" in how)


def test_what_is_stated_is_no_guess(place: Settings, report: Path) -> None:
    stated = ("title=Courts in Ambleton", "published=2026-11", "kind=inspection", "area=Ambleton", "licence=OGL",
              "provider=Weir Ltd", "url=https://example.org/a", "publisher=The Inspectorate")  # fmt: skip
    outcome = added(place, report, *stated)
    assert (outcome.details, outcome.missing) == ((), ())
    build(place)
    library = Library(place)
    source = library.generation.document(source_of(place.corpus, place.corpus / outcome.path).id).source
    library.close()
    assert (source.title_in_words, source.published.in_words, source.published.sure) == (
        "Courts in Ambleton",
        "November 2026",
        source.published,
    )
    assert (source.kind, source.area, source.providers, source.url, source.licence, source.publisher) == (
        "inspection", "Ambleton", ("Weir Ltd",), "https://example.org/a", "OGL", "The Inspectorate",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ("published=November 2026", "published: 'November 2026' is not a date; write 2017, 2017-04 or 2017-04-19"),
        ("published=2026-13", "published: '2026-13' is not a date"),
        ("url=example.org", "urls: 'example.org' is not a web address"),
    ],
)
def test_a_slip_is_told_before_anything_is_stored(place: Settings, report: Path, stated: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        added(place, report, stated)
    assert list((place.corpus).glob("reports/*")) == []


def test_what_is_true_of_one_file_is_not_said_of_two(place: Settings, report: Path) -> None:
    for stated in ("title=A", "url=https://example.org/a"):
        with pytest.raises(InputError, match="can be said of one file alone; add the files one by one"):
            list(add(place, [str(report), str(report)], stated=[stated]))


def test_what_the_front_matter_says_is_not_overruled_in_silence(place: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\npublished: 2017\nurl: https://example.org/a\n---\nIt was late.\n")
    for stated, key in (("published=2018", "published"), ("url=https://example.org/b", "urls")):
        outcome = added(place, tmp_path / "a.md", stated)
        assert (outcome.state, f"its front matter states its {key}; change it there" in outcome.note) == (
            "failed",
            True,
        )
    assert added(place, tmp_path / "a.md", "area=Ambleton").state == "new"


def test_a_file_that_is_there_is_told_what_is_stated_with_it(place: Settings, report: Path) -> None:
    first = added(place, report)
    again = added(place, report, "published=2026-11")
    assert (again.state, again.note, again.details[-1]) == ("changed", first.path, "published: 2026-11")
    assert yaml.safe_load(sidecar(place, first))["published"] == "2026-11"
    assert added(place, report, "published=2026-11").state == "unchanged"
    undo(place)
    assert "published" not in yaml.safe_load(sidecar(place, first))


def test_what_was_stated_outlasts_an_edited_file_and_what_was_found_does_not(place: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# Courts in Ambleton\n\nThey were late.\n")
    added(place, file, "published=2026-11", "area=Ambleton")
    file.write_text("# Courts in Ambleton\n\nThey were late, most of them.\n")
    outcome = added(place, file, "published=2026-12")
    said = sidecar(place, outcome)
    assert said.count("# Detected") == 1
    assert (yaml.safe_load(said)["published"], yaml.safe_load(said)["area"]) == ("2026-12", "Ambleton")
    assert [change.command for change, _ in history(place)] == ["add", "add"]
    undo(place)
    assert len(list(place.corpus.glob("reports/*.md"))) == 1, "the earlier one is back"


def test_a_file_that_no_build_can_read_is_named_at_once(place: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\nnothing\n%%EOF\n")
    assert added(place, tmp_path / "a.pdf").details[0].startswith("a build will say that it ")


@pytest.mark.parametrize("title", ["A\u2028evil: 1", "A\nid: evil", "A\x85evil: 1", "A\ud800", "# A", "A\x1b[2J"])
def test_what_was_found_is_a_comment_whatever_it_holds(place: Settings, tmp_path: Path, title: str) -> None:
    file = tmp_path / (title.replace("\ud800", "\udc80").replace("/", "") + ".txt")
    file.write_text("It was late.")
    outcome = added(place, file)
    assert set(yaml.safe_load(sidecar(place, outcome))) == {"wording", "added", "from"}
    assert all(line.isprintable() for line in outcome.details)


# The terminal


@pytest.fixture
def run(place: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("PROBQA_CORPUS", str(place.corpus))
    monkeypatch.setenv("PROBQA_INDEX", str(place.index))

    def command(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def at_terminal(monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
    """Type lines at a terminal, where "^D" is Ctrl-D; nobody types more than that."""
    lines = ["" if line == "^D" else f"{line}\n" for line in typed]
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdin, "readline", lambda: lines.pop(0), raising=False)


def test_options_say_what_a_report_is(run, place: Settings, report: Path) -> None:
    code, out, _ = run("add", str(report), "--title", "Courts in Ambleton", "--published", "2026-11", "--provider", "A",
                       "--provider", "B", "--url", "https://example.org/a")  # fmt: skip
    assert code == 0
    [stored] = place.corpus.glob("reports/*.docx")
    wanting = "missing or not certain: publisher, kind, area, licence"
    command = f"probqa edit reports/{stored.stem} publisher=…"
    assert out.splitlines()[1:] == [f"    {wanting}; to state it, run: {command}"]
    source = source_of(place.corpus, stored)
    assert (source.providers, source.published.iso) == (("A", "B"), "2026-11")
    assert run("add", str(report), "--published", "soon")[::2] == (
        2,
        "probqa: published: 'soon' is not a date; write 2017, 2017-04 or 2017-04-19\n",
    )


def test_a_person_at_a_terminal_is_asked_for_what_is_missing(
    run, place: Settings, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_terminal(monkeypatch, "Courts in Ambleton", "soon", "2026-11", "", "inspection", "", "", "")
    code, out, _ = run("add", str(report))
    assert code == 0
    assert (
        "    published:     published: 'soon' is not a date; write 2017, 2017-04 or 2017-04-19\n    published: " in out
    )
    [source] = [source_of(place.corpus, path) for path in place.corpus.glob("reports/*.docx")]
    assert (source.title, source.published.iso, source.publisher, source.kind) == (
        "Courts in Ambleton", "2026-11", "", "inspection",
    )  # fmt: skip
    assert [change.command for change, _ in history(place)] == ["add", "edit"]


def test_a_person_who_has_enough_of_it_is_asked_no_more(
    run, place: Settings, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b.txt").write_text("It was late.")
    at_terminal(monkeypatch, "Courts", "^D")
    assert run("add", str(report), str(tmp_path / "b.txt"))[0] == 0
    assert [(change.command, len(change.files)) for change, _ in history(place)] == [
        ("add", 2),
        ("add", 2),
        ("edit", 1),
    ]
    (tmp_path / "c.txt").write_text("It was poor.")
    at_terminal(monkeypatch, *[""] * 7)
    assert run("add", str(tmp_path / "c.txt"))[0] == 0
    assert [change.command for change, _ in history(place)] == ["add", "add", "edit", "add"]


def test_every_change_is_a_command_and_listed(run, place: Settings, report: Path, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("It was mended.")
    run("add", str(report), "--title", "Courts")
    name = f"reports/{next(place.corpus.glob('reports/*.docx')).stem}"
    for command in (
        ("edit", name, "area=Ambleton", "provider=A"),
        ("rename", name, "courts"),
        ("replace", "courts", str(tmp_path / "new.txt"), "--published", "2026-12"),
        ("remove", "courts"),
        ("undo", "courts"),
    ):
        assert run(*command)[0] == 0, command
    lines = [line.split("  ")[1] for line in run("undo", "--list")[1].splitlines()]
    assert lines == [f"add {name}", f"edit {name}", f"rename {name}", "add courts", "remove courts (taken back)"]
    [source] = [source_of(place.corpus, path) for path in place.corpus.glob("reports/*.txt")]
    assert (source.id, source.title, source.area, source.published.iso) == ("courts", "Courts", "Ambleton", "2026-12")
    assert run("edit", "courts", "published=soon")[0] == 2
    assert run("undo", "nothing")[0] == 2
