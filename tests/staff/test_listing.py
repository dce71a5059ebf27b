"""What has become of each report, and what is known of one and who says so."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from probqa.errors import InputError
from probqa.gathering import intake, upkeep
from probqa.gathering.intake import Upload
from probqa.indexing import storage
from probqa.indexing.build import build
from probqa.indexing.generation import Generation
from probqa.settings import Settings
from probqa.staff import listing
from probqa.staff.listing import Fact

KENT = b"Inspection of Kent\n\nThe court of Kent was late in nine weeks."
FILES = ("ambleton.md", "northway/selby.md", "weir.txt")


def states(chosen: Settings) -> dict[str, tuple[str, str]]:
    """The state of each report by its file, and what is said of it."""
    with ExitStack() as held:
        live, draft = (
            held.enter_context(closing(Generation.live(chosen.index, pointer)))
            if storage.pointed_at(chosen.index, pointer)
            else None
            for pointer in (storage.POINTER, storage.DRAFT)
        )
        found = listing.reports(chosen.corpus, live, draft)
    assert len({report.file for report in found}) == len(found)
    return {report.file: (report.state, report.note) for report in found}


def added(chosen: Settings, name: str, content: bytes) -> str:
    (outcome,) = intake.add(chosen, [Upload(name, content)])
    return outcome.path


def test_a_report_goes_from_waiting_over_the_draft_to_live(built: Settings) -> None:
    assert states(built) == dict.fromkeys(FILES, ("live", ""))
    kent = added(built, "kent.txt", KENT)
    upkeep.edit(built, "ambleton", ["area=Kent"])
    assert states(built) == dict.fromkeys(FILES[1:], ("live", "")) | {
        kent: ("waiting", "new"),
        "ambleton.md": ("waiting", "changed since it was built"),
    }
    build(built, as_draft=True)
    assert states(built) == dict.fromkeys(FILES[1:], ("live", "")) | {
        kent: ("draft", "new"),
        "ambleton.md": ("draft", "changed: an older version is live"),
    }
    build(built)
    assert states(built) == dict.fromkeys([*FILES, kent], ("live", ""))


def test_what_cannot_be_read_is_named_with_the_reason_from_the_build_on(built: Settings) -> None:
    broken = added(built, "broken.pdf", b"%PDF-1.7\nnothing\n")
    (built.corpus / "picture.bmp").write_bytes(b"BM")
    (built.corpus / "weir.txt").write_bytes(b"\xff\xfe")
    before = states(built)
    assert before[broken] == ("waiting", "new")
    build(built, as_draft=True)
    found = states(built)
    assert {found[name][0] for name in (broken, "picture.bmp", "weir.txt")} == {"failed"}
    assert found["picture.bmp"][1].startswith("is of a kind that is not read (.bmp); ")
    assert found["weir.txt"][1] == "line 1: byte 0 is not UTF-8; save the file as UTF-8; its last good version is kept"
    (built.corpus / "weir.txt").write_text("Inspection of Weir\n\nAll was well.")
    assert states(built)["weir.txt"] == ("waiting", "changed since it was built")


def test_what_was_removed_is_named_as_long_as_it_is_live(built: Settings) -> None:
    kent = added(built, "kent.txt", KENT)
    build(built)
    upkeep.remove(built, kent)
    assert states(built)[kent] == ("leaving", "build the draft to take it out")
    build(built, as_draft=True)
    assert states(built)[kent] == ("leaving", "it goes when the draft is published")
    build(built)
    assert kent not in states(built)


def test_only_what_was_added_can_go(built: Settings) -> None:
    kent = added(built, "kent.txt", KENT)
    found = listing.reports(built.corpus, None, None)
    assert [report.file for report in found if report.can_go] == [kent]


def test_each_fact_says_who_says_so(chosen: Settings) -> None:
    path = added(chosen, "kent.txt", KENT)
    upkeep.edit(chosen, path, ["area=Kent", "provider=Northway", "provider=Weir Ltd"])
    assert list(listing.read_now(chosen.corpus, path).facts) == [
        Fact("title", ("kent",), "read from the file's name: not certain"),
        Fact("published", (), ""),
        Fact("publisher", (), ""),
        Fact("kind", (), ""),
        Fact("area", ("Kent",), "stated"),
        Fact("provider", ("Northway", "Weir Ltd"), "stated", is_list=True),
        Fact("licence", (), ""),
        Fact("url", (), "", is_list=True),
    ]


def test_what_was_typed_and_is_new_is_stated_and_an_empty_line_takes_it_away(chosen: Settings) -> None:
    path = added(chosen, "kent.txt", KENT)
    upkeep.edit(chosen, path, ["area=Kent", "provider=Northway"])
    known = listing.read_now(chosen.corpus, path).facts
    typed = {fact.key: "\n".join(fact.values) for fact in known}
    assert listing.changed(known, typed) == []
    assert listing.changed(known, typed, confirm=True) == [f"title={typed['title']}"]
    typed |= {"area": " ", "provider": "Northway\r\n\n Weir\tLtd ", "published": "2026-11", "kind": "a\nb"}
    assert listing.changed(known, typed) == [
        "published=2026-11",
        "kind=a b",
        "area=",
        "provider=Northway",
        "provider=Weir Ltd",
    ]
    assert upkeep.edit(chosen, path, listing.changed(known, typed)).state == "changed"


@pytest.mark.parametrize("name", ["nowhere", "../secret.txt", "/etc/passwd", ""])
def test_only_a_report_of_the_corpus_is_read(built: Settings, name: str) -> None:
    Path(built.corpus.parent / "secret.txt").write_text("A secret.")
    with pytest.raises(InputError, match="there is no document"):
        listing.read_now(built.corpus, name)


def test_a_report_that_cannot_be_read_says_why(built: Settings) -> None:
    path = added(built, "broken.pdf", b"%PDF-1.7\nnothing\n")
    read = listing.read_now(built.corpus, path)
    assert (read.document, read.title) == (None, path)
    assert "PDF" in read.problem
