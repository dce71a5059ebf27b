"""Where a question's names stand: what is about them, what lies around them, and what no report has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from conftest import DOMAIN, write_corpus
from probqa.asking.about import Standing, standing
from probqa.asking.library import Library
from probqa.glossary.gazetteer import GAZETTEER_FILE
from probqa.glossary.glossary import GLOSSARY_FILE
from probqa.indexing.build import build
from probqa.questions import Filters, Request
from probqa.records import Answer
from probqa.settings import Settings
from probqa.understanding.question import read_question

HEAD = """---
title: {title}
publisher: The Inspectorate
published: {published}
kind: inspection report
area: {area}
url: https://example.org/{published}
---
"""
FILES = DOMAIN | {
    GAZETTEER_FILE: "inside: {Northshire: [Hale, Mere], Mere: [Mereport], Southshire: [Weir], Farland: [Outer]}",
    GLOSSARY_FILE: """
who_ran_what:
  services:
  - {name: Northshire PDU, kind: PDU, area: Northshire, seen_in: [https://example.org]}
places:
- {name: Northshire, basis: general knowledge}
- {name: England and Wales, basis: general knowledge}
""",
    "north.md": HEAD.format(title="Inspection of the north", published="2019", area="Northshire (Farland)")
    + "The offices were cold, and staff morale was low. In Hale the offices were painted in 2016/17. "
    "Ann Marr painted them.\n",
    "south.md": HEAD.format(title="Inspection of the south", published="2022", area="Southshire")
    + "The offices were warm, and staff morale was high. Mr Quill praised the staff.\n",
    "all.md": HEAD.format(title="All offices", published="2020", area="England and Wales")
    + "Offices were too small, and staff morale was low. Northshire offices were cold.\n",
}


@pytest.fixture
def library(chosen: Settings) -> Iterator[Library]:
    write_corpus(chosen.corpus, FILES)
    build(chosen)
    with closing(Library(chosen)) as opened:
        yield opened


def stands(library: Library, question: str) -> Standing:
    return standing(library.generation, read_question(library.generation, Request.of(question)))


def ids(answer: Answer) -> set[str]:
    return {quote.source.id for quote in answer.shown}


def said(library: Library, question: str) -> list[str]:
    return [note.text for note in stands(library, question).notes]


def test_a_question_about_a_place_is_put_to_what_is_about_it_alone(library: Library) -> None:
    assert ids(library.ask("How was staff morale in Southshire?")) == {"south"}
    # A report on all of the country is about what it names.
    assert ids(library.ask("Were the offices in Northshire cold?")) == {"north", "all"}
    assert ids(library.ask("How was staff morale?")) == {"north", "south", "all"}


def test_a_report_on_a_larger_place_is_about_the_places_in_it(library: Library) -> None:
    answer = library.ask("Were the offices in Hale painted?")
    assert ids(answer) == {"north"}
    # Hale is named, and one sentence on all of Northshire is as much about it.
    assert answer.notes == ()
    [hale] = stands(library, "How was staff morale in Hale?").reports.values()
    assert hale == {"north"}


def test_a_place_that_no_report_names_is_said_to_lie_in_one_that_they_cover(library: Library) -> None:
    answer = library.ask("How was staff morale in Mereport?")
    assert ids(answer) == {"north"}
    assert answer.status != "answered"
    [note] = answer.notes
    # Mere, where it lies, is not named either.
    assert note.text == "These reports do not name Mereport. It lies in Northshire, which they cover."
    assert note.offers == ("How was staff morale in Northshire?",)


def test_places_that_lie_in_one_are_said_together_and_asked_about_as_one(library: Library) -> None:
    [note] = library.ask("Was staff morale low in Mere and Mereport?").notes
    assert note.text == "These reports do not name Mere or Mereport. They lie in Northshire, which they cover."
    assert note.offers == ("Was staff morale low in Northshire?",)
    assert said(library, "Was staff morale low in Mere or Weir?") == [
        "These reports do not name Mere. It lies in Northshire, which they cover.",
        "These reports do not name Weir. It lies in Southshire, which they cover.",
    ]


def test_nothing_is_quoted_as_an_answer_where_a_place_is_not_covered(library: Library) -> None:
    answer = library.ask("How was staff morale in Outer?")
    assert (answer.status, answer.quotes) == ("not_found", ())
    assert [note.text for note in answer.notes] == ["These reports do not cover Outer."]
    assert answer.near != ()


def test_a_filter_that_leaves_nothing_about_the_place_does_not_hide_what_is_near(library: Library) -> None:
    request = Request.of("How was staff morale in Southshire?", filters=Filters(areas=("Northshire",)))
    assert ids(library.ask(request)) == {"north"}


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("What did Serco Mars do?", "‘Serco Mars’ is not in these reports."),
        ("How was staff morale in Smithtown?", "‘Smithtown’ is not in these reports."),
        ("Smithtown PDU staff morale", "‘Smithtown PDU’ is not in these reports."),
        ("why was smithtown pdu so cold", "‘smithtown pdu’ is not in these reports."),
        ("Did Dr Zed's staff praise the offices?", "‘Dr Zed’ is not in these reports."),
        ("How was the Weir PDU?", "‘Weir PDU’ is not in these reports."),
        ("Was the HMP Hale office cold?", "‘HMP Hale’ is not in these reports."),
        ("Did G4S run it?", "‘G4S’ is not in these reports."),
        ("How cold was the Smithtown PDU?", "‘Smithtown PDU’ is not in these reports."),
        ("What did the Zedman report say of staff morale?", "‘Zedman’ is not in these reports."),
        # Both words are in the reports, and nobody of that name.
        ("Did Ann Quill praise the staff?", "‘Ann Quill’ is not in these reports."),
        ("Does Paintedd help with offices?", "‘Paintedd’ is not in these reports."),
        ("any criticism of smith22 staff", "‘smith22’ is not in these reports."),
        ("who is Ann Quill", "‘Ann Quill’ is not in these reports."),
        ("What was said of staff morale in 2031?", "These reports do not speak of 2031."),
        ("How was staff morale in Southshire in 2016?", "These reports say nothing of Southshire in 2016."),
    ],
)
def test_a_name_that_is_nowhere_is_named_and_nothing_answers(library: Library, question: str, note: str) -> None:
    answer = library.ask(question)
    assert answer.status == "not_found"
    assert note in [each.text for each in answer.notes]


@pytest.mark.parametrize(
    "question",
    [
        "Did Mr Quill praise the staff?",
        "Did Ann Marr paint offices?",
        "Was morale low in the 2nd office of staff19?",
        "Was the Cold Office Staff low in morale?",
        "How was the Northshire PDU?",
        "How Was Staff Morale Judged By Zealous Inspectors?",
        "HOW WAS STAFF MORALE",
        "How was staff morale in Northshire in 2017?",
        "How was staff morale in Northshire in 2019?",
        "How was staff morale in 2020?",
        "How was staff morale in England and Wales?",
        "Axed offices: how was staff morale?",
        "Was staff morale low? True or false",
        "How was staff morale in Nov 2019?",
        "Did Mr Quil praise staff in Northshyre?",
        "open-plan offices, staff morale",
    ],
)
def test_a_name_that_is_somewhere_or_none_at_all_is_not_denied(library: Library, question: str) -> None:
    standing = stands(library, question)
    assert (standing.is_nowhere, standing.notes) == (False, ())


def test_words_that_make_up_a_name_are_named_but_deny_nothing(library: Library) -> None:
    standing = stands(library, "How was staff morale in the Steel City?")
    assert [note.text for note in standing.notes] == ["‘Steel City’ is not in these reports."]
    assert not standing.is_nowhere
    # In small letters it may be any word: "in peril".
    standing = stands(library, "How was staff morale in smithtown?")
    assert [note.text for note in standing.notes] == ["‘smithtown’ is not in these reports."]
    assert not standing.is_nowhere


def test_the_question_without_its_year_is_offered_where_something_answers_it(library: Library) -> None:
    [note] = library.ask("Was staff morale high in Southshire in 2016?").notes
    assert note.offers == ("Was staff morale high in Southshire?",)
    [note] = library.ask("How tall are giraffes in Southshire in 2016?").notes
    assert note.offers == ()


def test_a_service_that_is_nowhere_is_not_in_the_question_that_is_offered(library: Library) -> None:
    notes = library.ask("Was staff morale high at the Weir PDU?").notes
    assert [offer for note in notes for offer in note.offers] == ["Was staff morale high at Southshire?"]
