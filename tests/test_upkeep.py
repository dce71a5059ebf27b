"""Reports edited, renamed, replaced, removed, and all of it taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import write_corpus
from probqa.errors import BuildLockedError, InputError, ProbqaError, ReadingError
from probqa.gathering.intake import add
from probqa.gathering.outcome import Outcome
from probqa.gathering.report_folder import changing, source_of
from probqa.gathering.upkeep import edit, history, remove, rename, undo
from probqa.reading.corpus import list_files
from probqa.settings import Settings

SIDECAR = """\
# written by hand
title: Inspection of Ambleton   # as printed
published: 2013-12-23
published_note: the day the Word file was made
url: https://example.org/a

# to be asked: the area
"""
DIGEST = "---\r\ntitle: Selby\r\narea: 'Selby'\r\n---\r\nIt was good.\r\n"


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    files = {
        "reports/a.txt": "It was good.",
        "reports/a.yaml": SIDECAR,
        "reports/b.txt": "It was poor.",
        "selby.md": DIGEST,
    }
    write_corpus(tmp_path / "corpus", files)
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", model="")


def files(chosen: Settings) -> dict[str, str]:
    """What a build sees, with every line end."""
    found, _ = list_files(chosen.corpus)
    names = [name for file in found for name in (file.path, file.sidecar) if name]
    return {name: (chosen.corpus / name).read_bytes().decode() for name in names}


def is_as_it_was(chosen: Settings) -> bool:
    return files(chosen) == {
        "reports/a.txt": "It was good.",
        "reports/a.yaml": SIDECAR,
        "reports/b.txt": "It was poor.",
        "selby.md": DIGEST,
    }


def replace(chosen: Settings, name: str, file: Path, *stated: str) -> Outcome:
    [outcome] = add(chosen, [str(file)], replaces=name, stated=stated)
    return outcome


# Editing


def test_an_edit_changes_its_keys_and_leaves_every_other_line(place: Settings) -> None:
    outcome = edit(place, "reports/a", ["published=2026-11", "area=Ambleton", "provider=Weir Ltd", "provider=Northway"])
    assert outcome.line == (
        "reports/a: changed: reports/a.yaml; to bring that into the index, run: probqa build; to take it back, "
        "run: probqa undo reports/a"
    )
    assert outcome.details == (
        "published_note: nothing (was: the day the Word file was made)",
        "published: 2026-11 (was: 2013-12-23)",
        "area: Ambleton",
        "providers: Weir Ltd; Northway",
    )
    assert files(place)["reports/a.yaml"] == (
        "# written by hand\n"
        "title: Inspection of Ambleton   # as printed\n"
        "published: 2026-11\n"
        "url: https://example.org/a\n"
        "area: Ambleton\n"
        "providers:\n- Weir Ltd\n- Northway\n"
        "\n# to be asked: the area\n"
    )
    assert source_of(place.corpus, place.corpus / "reports/a.txt").published.doubt == "", "stated, so no guess any more"


def test_a_report_without_a_sidecar_gets_one_and_front_matter_is_edited_where_it_stands(place: Settings) -> None:
    edit(place, "reports/b", ["title=On Weir: a start", "ratings=Safety: Good", "ratings=Staff: Poor"])
    assert files(place)["reports/b.yaml"] == "title: 'On Weir: a start'\nratings:\n  Safety: Good\n  Staff: Poor\n"
    edit(place, "selby", ["area=Selby Green", "kind=inspection"])
    assert files(place)["selby.md"] == (
        "---\r\ntitle: Selby\r\narea: Selby Green\r\nkind: inspection\r\n---\r\nIt was good.\r\n"
    )
    assert "selby.yaml" not in files(place)


def test_an_empty_value_takes_what_was_stated_away(place: Settings) -> None:
    edit(place, "selby.md", ["area="])
    assert source_of(place.corpus, place.corpus / "selby.md").area == ""
    edit(place, "reports/a", ["url="])
    assert "url" not in files(place)["reports/a.yaml"]


@pytest.mark.parametrize(
    ("pair", "why"),
    [
        ("published=31 April 2017", "a.yaml line 3: published: '31 April 2017' is not a date; write 2017, 2017-04 or"),
        ("published=2017-04-31", "is not a date: day is out of range"),
        ("publishd=2017", "'publishd=2017' states nothing that can be edited; write KEY=VALUE; the keys are title, "),
        ("title", "'title' states nothing that can be edited; write KEY=VALUE"),
        ("id=b", "'id=b' states nothing that can be edited; run: probqa rename"),
        ("added=2026", "states nothing that can be edited"),
        ("url=ftp://example.org", "urls: 'ftp://example.org' is not a web address; write one that starts with http"),
        ("wording=summary", "wording: 'summary' is neither 'digest' nor 'verbatim'"),
        ("ratings=Good", "'Good' is no rating; write ratings=WHAT: RATING"),
        ("ocr=../eng", "ocr: '../eng' names no languages"),
    ],
)
def test_a_slip_in_an_edit_is_one_line_and_takes_no_report_off_the_page(place: Settings, pair: str, why: str) -> None:
    with pytest.raises(InputError) as refused:
        edit(place, "reports/a", ["kind=inspection", pair])
    assert why in str(refused.value)
    assert is_as_it_was(place)
    assert history(place) == []


def test_what_is_broken_or_cannot_be_kept_as_it_is_written_is_left_to_the_person(place: Settings) -> None:
    for text, why in (("title: [", "line 1: "), ("{title: A}", "is not written with one key on each line; mend it")):
        (place.corpus / "reports/a.yaml").write_text(text)
        with pytest.raises(ReadingError, match=why):
            edit(place, "reports/a", ["title=B"])
        assert (place.corpus / "reports/a.yaml").read_text() == text


def test_an_edit_that_says_what_is_said_changes_nothing(place: Settings) -> None:
    assert edit(place, "selby", ["area=Selby"]).line == "selby: unchanged: that is what it says"
    assert (is_as_it_was(place), history(place)) == (True, [])


@pytest.mark.parametrize("value", ["a: b", "- a", "'", '"', "#", "[", "{", "!x", "&a", "*a", "|", ">", "%", "@", "yes",
                                   "2017-04-19", "0x1f", "null", "~", "\u202e\u2028evil: 1", "a" * 5_000])  # fmt: skip
def test_a_value_is_text_whatever_it_holds(place: Settings, value: str) -> None:
    edit(place, "reports/a", [f"title={value}"])
    source = source_of(place.corpus, place.corpus / "reports/a.txt")
    assert source.title.split() == value.split()
    assert source.url == "https://example.org/a", "and nothing else is said by it"


def test_a_link_is_not_edited(place: Settings, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("title: secret\n")
    (place.corpus / "reports/b.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(InputError, match=r"b\.yaml is a link; edit what it leads to"):
        edit(place, "reports/b", ["title=B"])
    assert (tmp_path / "secret.yaml").read_text() == "title: secret\n"


# Renaming


def test_a_report_gets_another_id_and_its_file_stays(place: Settings) -> None:
    outcome = rename(place, "reports/a", "ambleton-2026")
    assert outcome.note.endswith("; addresses with reports/a in them lead to it no more")
    assert source_of(place.corpus, place.corpus / "reports/a.txt").id == "ambleton-2026"
    undo(place, "ambleton-2026")
    assert is_as_it_was(place)


@pytest.mark.parametrize("new", ["..", "../b", "A", "", "a b", "a\0", "a" * 201, "-a", "reports/../a", "é"])
def test_an_id_that_is_none_is_refused(place: Settings, new: str) -> None:
    with pytest.raises(InputError, match=r"id: .* is not usable; use small letters"):
        rename(place, "reports/a", new)
    assert is_as_it_was(place)


def test_the_id_of_another_report_is_refused(place: Settings) -> None:
    with pytest.raises(InputError, match=r"the id 'selby' is taken by selby\.md; give another"):
        rename(place, "reports/a", "selby")
    assert is_as_it_was(place)


# Replacing


def test_a_newer_file_takes_the_place_id_and_statements_of_a_report(place: Settings, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("It was mended.")
    outcome = replace(place, "reports/a", tmp_path / "new.txt", "published=2026-11")
    assert (outcome.state, outcome.note) == ("changed", "reports/new-772a513f.txt replaces reports/a.txt")
    source = source_of(place.corpus, place.corpus / outcome.path)
    assert (source.id, source.title, source.published.in_words) == (
        "reports/a",
        "Inspection of Ambleton",
        "November 2026",
    )
    assert (source.url, source.origin) == ("https://example.org/a", "new.txt")
    assert sorted(files(place)) == [
        "reports/b.txt",
        "reports/new-772a513f.txt",
        "reports/new-772a513f.yaml",
        "selby.md",
    ]
    assert "# written by hand\n" in files(place)["reports/new-772a513f.yaml"]
    undo(place, "reports/a")
    assert is_as_it_was(place)


def test_a_replacement_that_cannot_be_is_refused(place: Settings, tmp_path: Path) -> None:
    (tmp_path / "new.md").write_text("---\nid: other\n---\nIt was mended.")
    (tmp_path / "same.txt").write_text("It was poor.")
    for file, name, why in (
        ("new.md", "reports/a", "its front matter has the id 'other', not 'reports/a'; change it there"),
        ("same.txt", "reports/a", "reports/b.txt has exactly this content; remove one of the two"),
        ("new.md", "selby", "'selby' is not below"),
        ("new.md", "nothing", "there is no document 'nothing' in"),
    ):
        outcome = replace(place, name, tmp_path / file)
        assert outcome.state == "failed"
        assert why in outcome.note
    with pytest.raises(InputError, match="replace can be said of one file alone; add the files one by one"):
        list(add(place, ["a.txt", "b.txt"], replaces="reports/a"))
    assert is_as_it_was(place)


# Taking back


def test_what_was_removed_is_kept_and_comes_back_as_it_was(place: Settings) -> None:
    outcome = remove(place, "reports/a")
    assert sorted(files(place)) == ["reports/b.txt", "selby.md"]
    assert outcome.note.endswith(f"kept in {place.corpus}/.removed/000001; to have it back, run: probqa undo reports/a")
    assert (place.corpus / ".removed/000001/reports/a.txt").read_text() == "It was good."
    back = undo(place)
    assert back.line.startswith("reports/a: undone: remove of ")
    assert back.line.endswith(
        ": reports/a.txt, reports/a.yaml as before; to bring that into the index, run: probqa build"
    )
    assert is_as_it_was(place)


def test_changes_are_taken_back_one_by_one_the_last_one_first(place: Settings, tmp_path: Path) -> None:
    edit(place, "reports/a", ["title=One"])
    edit(place, "reports/b", ["title=Other"])
    edit(place, "reports/a", ["title=Two"])
    remove(place, "reports/a")
    states = []
    for _ in range(3):
        undo(place, "reports/a")
        states.append(source_of(place.corpus, place.corpus / "reports/a.txt").title)
    assert states == ["Two", "One", "Inspection of Ambleton"]
    with pytest.raises(InputError, match=r"no change of 'reports/a' is left to take back in .*\.removed; see: probqa"):
        undo(place, "reports/a")
    undo(place)
    assert is_as_it_was(place)
    assert [(change.command, change.ids[0], is_undone) for change, is_undone in history(place)] == [
        ("edit", "reports/a", True),
        ("edit", "reports/b", True),
        ("edit", "reports/a", True),
        ("remove", "reports/a", True),
    ]


def test_an_add_is_taken_back_and_the_file_is_kept(place: Settings, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("It was mended.")
    [added] = add(place, [str(tmp_path / "new.txt")])
    assert undo(place, added.path).note.split(": ", 1)[1].startswith("reports/new-772a513f.yaml, reports/new-772a513f")
    assert is_as_it_was(place)
    assert (place.corpus / ".removed/000002/reports/new-772a513f.txt").read_text() == "It was mended."


def test_a_report_whose_place_is_taken_again_does_not_come_back_over_it(place: Settings) -> None:
    remove(place, "reports/a")
    (place.corpus / "reports/a.txt").write_text("Another.")
    with pytest.raises(InputError, match=r"reports/a\.txt was changed or moved since; what it was before is .*/000001"):
        undo(place)
    assert files(place)["reports/a.txt"] == "Another."


def test_two_commands_at_once_are_one_too_many(place: Settings) -> None:
    with changing(place.corpus):
        for act in (
            lambda: edit(place, "reports/a", ["title=A"]),
            lambda: rename(place, "reports/a", "a"),
            lambda: remove(place, "reports/a"),
            lambda: undo(place),
        ):
            with pytest.raises(BuildLockedError, match="another command that changes reports is at work"):
                act()
    assert is_as_it_was(place)


@pytest.mark.parametrize("name", ["", ".", "..", "reports", "reports/../selby.md", "../corpus/selby.md", "*", "\0",
                                  "REPORTS/A.TXT", ".removed/000001/reports/b.txt", "a" * 5_000, "\ud800"])  # fmt: skip
def test_a_name_that_is_no_report_reaches_nothing(place: Settings, name: str) -> None:
    remove(place, "reports/b")
    undo(place)
    for act in (lambda: edit(place, name, ["title=A"]), lambda: rename(place, name, "a"), lambda: remove(place, name)):
        with pytest.raises(ProbqaError, match="there is no document"):
            act()
    with pytest.raises(InputError, match="no change of"):
        undo(place, name)
    assert is_as_it_was(place)
