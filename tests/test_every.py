"""One question to every report: an entry each, and counts that a scan of one report after the other gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from conftest import REPORTS, write_corpus
from probqa.asking.library import Library
from probqa.errors import InputError
from probqa.indexing.build import build
from probqa.questions import Filters, Request
from probqa.settings import Settings
from probqa.weights import WEIGHTS
from test_filters import MORE
from test_glossary import SMALL

QUESTIONS = [
    "were courts late?",
    "How did Northway supervise people at low risk?",
    "Were women told of their reporting times?",
    "was the NPS early in 2017?",
    "was there strong ledership of ofenders at Weir?",  # mistyped
    "zyzzyva quokka?",
]
# More paragraphs than are looked at, and no two of the same words.
LONG = "# Long\n\n" + "\n\n".join(f"Court {number} was late by {number * 7 % 60} minutes." for number in range(1, 90))


@pytest.fixture
def library(chosen: Settings) -> Iterator[Library]:
    write_corpus(chosen.corpus, REPORTS | MORE | {"long.md": LONG, "glossary.yaml": SMALL})
    build(chosen)
    with closing(Library(chosen)) as library:
        yield library


def test_every_document_has_one_entry_newest_first(library: Library) -> None:
    found = library.every("were courts late?")
    assert [one.source.id for one in found.documents] == [
        "northway/selby",
        "ambleton",
        "millford",
        "southam",
        "long",
        "weir",
    ]
    assert [one.source.published.iso for one in found.documents] == [
        "2018",
        "2017-04-19",
        "2017-04",
        "2016-12-31",
        "",
        "",
    ]
    assert (found.question.asked, found.generation, found.question.filters) == (
        "were courts late?",
        library.generation.name,
        Filters(),
    )
    assert (found.coverage.documents, found.coverage.passages) == (6, library.generation.passages)


@pytest.mark.parametrize("candidates", [WEIGHTS.candidates, 20])
@pytest.mark.parametrize("question", QUESTIONS)
def test_it_says_what_asking_each_document_alone_says(library: Library, question: str, candidates: int) -> None:
    library.weights = replace(WEIGHTS, candidates=candidates)
    found = library.every(question)
    scanned = {}
    for source in (one.source for one in found.documents):
        alone = library.ask(Request.of(question, filters=Filters(documents=(source.id,))))
        scanned[source.id] = alone.quotes[0] if alone.status == "answered" else None
    assert {one.source.id: one.quote for one in found.documents} == scanned
    assert found.coverage.documents_with_quotes == sum(quote is not None for quote in scanned.values())


def test_a_question_is_completed_and_corrected_as_ask_does_it(library: Library) -> None:
    previous = ("How did Northway supervise people in 2017?",)
    found = library.every(Request.of("And how were they asessed?", previous=previous))
    answer = library.ask(Request.of("And how were they asessed?", previous=previous))
    assert found.question.carried
    assert (found.question.text, found.question.carried, found.question.added) == (
        answer.question.text,
        answer.question.carried,
        answer.question.added,
    )
    alone = library.every(
        Request.of("And how were they asessed?", previous=previous, dropped=("Northway",), widen=False)
    )
    assert "Northway" not in alone.question.text
    assert alone.question.added == ()


def test_some_documents_answer_and_some_do_not(library: Library) -> None:
    quotes = {one.source.id: one.quote for one in library.every("were courts late?").documents}
    assert quotes["millford"] is not None
    assert quotes["millford"].text == "Courts were late."
    assert quotes["weir"] is None


def test_where_nothing_is_found_every_entry_says_so(library: Library) -> None:
    found = library.every("zyzzyva quokka?")
    assert [one.quote for one in found.documents] == [None] * 6
    assert (found.coverage.documents, found.coverage.documents_with_quotes) == (6, 0)


def test_filters_say_which_documents_have_an_entry(library: Library) -> None:
    filters = Filters(areas=("Ambleton",), since="2017")
    found = library.every(Request.of("were courts late?", filters=filters))
    assert [one.source.id for one in found.documents] == ["ambleton", "millford"]
    assert found.question.filters == filters
    assert found.coverage.documents == 2


def test_a_document_of_which_only_a_part_is_in_scope_answers_from_that_part(library: Library) -> None:
    found = library.every(Request.of("were courts late?", filters=Filters(bodies=("NPS",))))
    [one] = found.documents
    assert one.quote is not None
    assert (one.source.id, one.quote.text) == ("millford", "Courts were late too.")
    assert (found.coverage.documents, found.coverage.passages) == (1, 2)


def test_a_scope_of_nothing_has_no_entry(library: Library) -> None:
    found = library.every(Request.of("were courts late?", filters=Filters(areas=("Atlantis",))))
    assert (found.documents, found.coverage.documents, found.coverage.passages) == ((), 0, 0)


def test_asked_twice_it_says_the_same(library: Library) -> None:
    assert library.every(QUESTIONS[1]) == library.every(QUESTIONS[1])


def test_a_question_that_cannot_be_asked_is_refused(library: Library) -> None:
    with pytest.raises(InputError, match="the question is empty"):
        library.every("  ")
