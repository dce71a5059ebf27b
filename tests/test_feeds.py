"""A feed names the reports that were new to everybody, by what they are about or what they answer, and no visitor."""

from __future__ import annotations

from contextlib import closing
from xml.etree import ElementTree

import pytest

from conftest import write_corpus
from probqa.asking.library import Library
from probqa.errors import InputError
from probqa.indexing import news
from probqa.indexing.build import build
from probqa.indexing.news import NEWS, News, Report, read_news
from probqa.indexing.publishing import publish, roll_back
from probqa.questions import Filters
from probqa.settings import Settings
from probqa.ui.feeds import atom, new_reports

ATOM = "{http://www.w3.org/2005/Atom}"
LATE = "When was the bus late in Ambleton?"
BUS = """---
title: Buses
publisher: The Inspectorate
published: 2026-05
area: Ambleton; Kent
---
The bus was late in June.
"""


def new(chosen: Settings) -> list[str]:
    return [report.document for report in read_news(chosen.index).reports]


def found(chosen: Settings, filters: Filters | None = None, question: str = "") -> list[str]:
    with closing(Library(chosen)) as library:
        entries = new_reports(library, read_news(chosen.index), filters or Filters(), question)
        return [f"{entry.source.id}{f': {entry.quote.text}' if entry.quote else ''}" for entry in entries]


def test_what_was_there_at_first_is_not_new_and_what_is_published_is(built: Settings) -> None:
    assert new(built) == []
    write_corpus(built.corpus, {"bus.md": BUS, "train.md": "The train was late."})
    build(built, as_draft=True)
    assert new(built) == []
    publish(built)
    assert new(built) == ["bus", "train"]
    write_corpus(built.corpus, {"bus.md": BUS.replace("June", "July"), "car.md": "The car was late."})
    (built.corpus / "train.md").unlink()
    build(built)
    assert new(built) == ["car", "bus", "train"]
    # One that is gone again cannot be read, and is in no feed.
    assert found(built) == ["car", "bus"]


def test_a_report_that_goes_and_comes_again_is_new_once(built: Settings) -> None:
    write_corpus(built.corpus, {"bus.md": BUS})
    build(built)
    told = (built.index / NEWS).read_bytes()
    roll_back(built)
    assert found(built) == []
    build(built)
    assert (built.index / NEWS).read_bytes() == told
    assert found(built) == ["bus"]


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_in_an_index_whose_news_nobody_noted_what_is_live_is_not_new(built: Settings, damage: str) -> None:
    if damage == "missing":
        (built.index / NEWS).unlink()
    else:
        (built.index / NEWS).write_bytes(b"{")
    write_corpus(built.corpus, {"bus.md": BUS})
    build(built)
    assert new(built) == ["bus"]


def test_news_that_nobody_noted_is_noted_by_the_next(built: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(built.corpus, {"bus.md": BUS})
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("probqa.indexing.publishing.note_news", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        build(built)
    assert new(built) == []
    write_corpus(built.corpus, {"car.md": "The car was late."})
    build(built)
    assert new(built) == ["bus", "car"]


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "KEPT_REPORTS", 2)
    told = News((), ("a",))
    for name in "bcd":
        told = told.of({"a": "0", name: "1"}, f"2026-05-0{ord(name) - 97}")
    assert told == News((Report("d", "1", "2026-05-03"), Report("c", "1", "2026-05-02")), ("a", "b", "c", "d"))


def test_a_feed_is_about_a_place_a_provider_or_what_answers_a_question(built: Settings) -> None:
    write_corpus(built.corpus, {"bus.md": BUS, "train.md": "---\nproviders: [Rail Ltd]\n---\nThe train was early."})
    build(built)
    assert found(built, Filters(areas=("Kent",))) == ["bus"]
    assert found(built, Filters(providers=("Rail Ltd",))) == ["train"]
    assert found(built, Filters(areas=("Wales",))) == []
    assert found(built, question=LATE) == ["bus: The bus was late in June."]
    assert found(built, Filters(providers=("Rail Ltd",)), LATE) == []
    for filters, question in ((Filters(bodies=("nobody",)), ""), (Filters(areas=("Wales",)), "x" * 3000)):
        with pytest.raises(InputError):
            found(built, filters, question)


def test_a_feed_is_atom_whatever_the_reports_hold(built: Settings) -> None:
    hostile = "<b>&\x1b[2J\u202e]]>\ufffe"
    quoted = hostile.replace("\x1b", "\\e").replace("\ufffe", "\\uFFFE").replace("\u202e", "\\u202E")
    text = f'---\ntitle: "{quoted}"\npublisher: "{quoted}"\narea: "{quoted}"\n---\nThe bus {hostile} was late in June.'
    write_corpus(built.corpus, {"bus.md": text})
    build(built)
    with closing(Library(built)) as library:
        entries = new_reports(library, read_news(built.index), Filters(), "Was the bus late in June?")
        assert len(entries) == 1
        given = {"question": [hostile], "area": [hostile]}
        feed = ElementTree.fromstring(atom(entries, given, hostile, "2026-05-03T00:00:00+00:00"))
    shown = "<b>&[U+001B][2J[U+202E]]]>\ufffd"
    assert feed.findtext(f"{ATOM}title") == f"New reports that answer: {shown}"
    [entry] = feed.findall(f"{ATOM}entry")
    # What is known of a report has no control characters to begin with.
    assert entry.findtext(f"{ATOM}title") == f"Answers it: {shown.replace('[U+001B]', ' ')}"
    assert str(entry.findtext(f"{ATOM}summary")).startswith("“The bus & [2J[U+202E]]]>\ufffd was late in June.” · ")


def test_only_a_publication_s_own_words_stand_in_quotation_marks(built: Settings) -> None:
    digest = "---\nwording: digest\nurls: [https://example.org/bus]\n---\nThe bus was late in June."
    write_corpus(built.corpus, {"bus.md": digest})
    build(built)
    question = "Was the bus late in June?"
    with closing(Library(built)) as library:
        entries = new_reports(library, read_news(built.index), Filters(), question)
        feed = ElementTree.fromstring(atom(entries, {}, question, "2026-05-03T00:00:00+00:00"))
    label = "digest, not the inspectorate's wording"
    assert str(feed.findtext(f"{ATOM}entry/{ATOM}summary")).startswith(f"The bus was late in June. ({label})")


def test_a_feed_has_what_readers_need_and_the_same_names_on_every_server(built: Settings) -> None:
    write_corpus(built.corpus, {"sub/bus.md": BUS})
    build(built)
    created = "2026-05-03T00:00:00+00:00"
    with closing(Library(built)) as library:
        entries = new_reports(library, read_news(built.index), Filters())
        feed = ElementTree.fromstring(atom(entries, {"area": ["Kent"]}, "", created))
        empty = ElementTree.fromstring(atom([], {"area": ["Wales"]}, "", created))
        other = ElementTree.fromstring(atom([], {"provider": ["Wales"]}, "", created))
    names = [str(each.findtext(f"{ATOM}id")) for each in (feed, empty, other, *feed.findall(f"{ATOM}entry"))]
    assert len(set(names)) == 4
    assert all(name.startswith("urn:uuid:") for name in names)
    assert empty.findtext(f"{ATOM}updated") == created
    [entry] = feed.findall(f"{ATOM}entry")
    when = read_news(built.index).reports[0].when
    assert feed.findtext(f"{ATOM}updated") == entry.findtext(f"{ATOM}updated") == when
    assert entry.find(f"{ATOM}link").attrib["href"] == "../read?document=sub%2Fbus"  # type: ignore[union-attr]
    assert [each.attrib["term"] for each in entry.findall(f"{ATOM}category")] == ["Ambleton", "Kent"]
    assert entry.findtext(f"{ATOM}title") == "New: Buses"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "The Inspectorate"
    assert entry.findtext(f"{ATOM}summary") == "May 2026 · Ambleton; Kent"
    assert feed.findtext(f"{ATOM}title") == "New reports on Kent"
