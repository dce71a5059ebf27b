"""What is offered to be asked, and when it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest
import streamlit

from conftest import STARTER, write_corpus
from probqa.asking.library import Library
from probqa.dates import PartialDate
from probqa.glossary.domain import Domain
from probqa.indexing.build import build
from probqa.questions import Filters, Request
from probqa.records import Answer, Block, Document, Quote, Source, Span
from probqa.settings import Settings
from probqa.ui import suggestions
from probqa.ui.shared import trier
from probqa.ui.suggestions import Candidate, examples
from quoting import quote_of


def source(name: str, area: str, **about: str) -> Source:
    return Source(name, name, "HM Inspectorate of Probation", "report", area=area, **about)


def document(about: Source, *headings: str) -> Document:
    text = "\n".join(headings)
    starts = [text.index(heading) for heading in headings]
    spans = [Span(start, start + len(heading)) for start, heading in zip(starts, headings, strict=True)]
    return Document(about, "", "", "", text, tuple(Block("heading", span, 2) for span in spans))


@dataclass
class Held:
    documents: list[Document]
    domain: Domain = STARTER

    def all_documents(self) -> Iterator[Document]:
        return iter(self.documents)


def quote(about: Source, *heading: str) -> Quote:
    return quote_of(about, "x", heading=heading)


def answered(candidate: Candidate) -> Quote:
    """Each question is answered by the passage it was made from."""
    return quote(candidate.source, candidate.heading)


@pytest.mark.parametrize(
    ("about", "heading", "question"),
    [
        (source("a", "Essex", published=PartialDate("2018")), "Staffing", "Were there enough staff in Essex in 2018?"),
        (source("a", "East Midlands"), "Unpaid work", "How well was unpaid work run in the East Midlands?"),
        (source("a", "England and Wales"), "Recall to prison", "Why were people recalled to prison?"),
        (
            source("a", "A; B (Wales)", published=PartialDate("2018")),
            "Day centres",
            "What did inspectors find about day centres in A and B in 2018?",
        ),
        (Source("a", "A", "The Press", "news"), "Day centres", "What is said about day centres?"),
        (
            source("a", "Kent", published=PartialDate("2018", "year estimated")),
            "Delay at court",
            "How good was the work in court in Kent?",
        ),
    ],
)
def test_a_heading_is_asked_about_as_people_ask(about: Source, heading: str, question: str) -> None:
    made = suggestions._candidate(heading, about, STARTER)
    assert made
    assert made.question == question


@pytest.mark.parametrize(
    "heading", ["About the inspection", "Money", "The crime", "Wigan and Leigh", "Verdict", "X" * 60]
)
def test_a_heading_without_a_subject_makes_no_question(heading: str) -> None:
    assert suggestions._candidate(heading, source("a", "Kent"), STARTER) is None


def test_a_rating_is_asked_for_where_the_report_gave_one() -> None:
    rated = Source("a", "A", "P", "report", area="Kent", published=PartialDate("2018"), ratings=(("overall", "Good"),))
    made = suggestions._candidate("Verdict and ratings", rated, STARTER)
    assert made
    assert made.question == "How was probation in Kent rated in 2018?"


def test_only_the_passage_that_a_question_was_made_from_answers_it() -> None:
    kent, essex = source("a", "Kent"), source("b", "Essex")
    candidate = Candidate("How good was the leadership in Kent?", "", "Leadership", kent, plain=True)
    assert suggestions._is_answered(candidate, lambda _: quote(kent, "Findings", "Leadership"))
    assert not suggestions._is_answered(candidate, lambda _: quote(essex, "Leadership"))
    assert not suggestions._is_answered(candidate, lambda _: quote(kent, "Findings"))
    assert not suggestions._is_answered(candidate, lambda _: None)


def test_what_leans_on_an_earlier_question_is_not_offered() -> None:
    kent = source("a", "Kent")
    candidate = Candidate("And how good was it?", "", "Leadership", kent, plain=True)
    assert not suggestions._is_answered(candidate, lambda _: quote(kent, "Leadership"))


def test_examples_are_of_different_places_and_subjects_and_those_in_plain_words_come_first() -> None:
    documents = [
        document(source("a", "Kent"), "Day centres", "Leadership"),
        document(source("b", "Kent"), "Unpaid work"),
        document(source("c", "Essex"), "Leadership", "Recall to prison"),
        document(source("d", "Surrey"), "Bus passes"),
    ]
    assert examples(Held(documents), answered) == (  # type: ignore[arg-type]
        "How good was the leadership in Kent?",
        "Why were people recalled to prison in Essex?",
        "What did inspectors find about bus passes in Surrey?",
    )


def test_no_more_examples_are_tried_than_a_visitor_would_wait_for() -> None:
    documents = [document(source(f"{at}", f"Town{at}"), "Leadership") for at in range(suggestions.MOST_TRIED + 9)]
    tried: list[Candidate] = []
    assert examples(Held(documents), lambda candidate: tried.append(candidate)) == ()  # type: ignore[arg-type, func-returns-value]
    assert len(tried) == suggestions.MOST_TRIED


def test_what_was_tried_is_known_until_its_report_changes(chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ask = Library.ask

    def noted(library: Library, request: Request | str) -> Answer:
        asked.append(library.generation.name)
        return ask(library, request)

    monkeypatch.setattr(Library, "ask", noted)
    kent = Candidate("Were calls to the court late in Kent?", "", "Courts", source("kent", "Kent"), plain=True)
    names = []
    for name, text in (("kent", "late"), ("essex", "early"), ("kent", "never late")):
        write_corpus(
            chosen.corpus,
            {f"{name}.md": f"---\narea: {name.title()}\n---\n# {name}\n\n## Courts\n\nCalls were {text}.\n"},
        )
        build(chosen)
        with closing(Library(chosen)) as library:
            found = library.generation.document("kent")
            assert found
            trier(library, Filters())(replace(kent, text_sha256=found.text_sha256))
            names.append(library.generation.name)
    assert asked == [names[0], names[2]]
    streamlit.cache_resource.clear()
