"""Comparisons: which questions compare, what their sides are and what each side is asked."""

from __future__ import annotations

from contextlib import closing

import pytest

from conftest import STARTER, write_corpus
from probqa.asking.library import Library
from probqa.glossary.domain import NO_DOMAIN
from probqa.glossary.entries import Entries, Linked, Owner, Place, Run, Service, WhoRanWhat
from probqa.glossary.glossary import Glossary
from probqa.indexing.build import build
from probqa.questions import Filters, Part, Request
from probqa.rendering import to_text
from probqa.settings import Settings
from probqa.ui.groups import sides
from probqa.understanding.comparison import read_comparison

GLOSSARY = Glossary(
    Entries(
        places=tuple(map(Place, ("Ambleton", "Weir", "Milford", "Kent, Surrey and Sussex"))),
        who_ran_what=WhoRanWhat(
            owners=(Owner("Northway", linked=(Linked("Ayre", "bought it"),)), Owner("Selby")),
            services=(Service("Weir CRC", "CRC", area="Weir", run_by=(Run("Northway"),)),),
        ),
    )
)


def parts(question: str, *previous: str, typed: str = "") -> dict[str, str]:
    read = read_comparison(question, Request.of(typed or question, previous=previous), GLOSSARY, STARTER, typed)
    return {part.label: part.request.turns[-1].text for part in read[1]} if read else {}


def filters(question: str) -> list[Filters]:
    read = read_comparison(question, Request.of(question), GLOSSARY, STARTER)
    assert read is not None
    return [part.request.filters for part in read[1]]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Compare Northway and Selby on staff morale",
            {"Northway": "How was staff morale at Northway?", "Selby": "How was staff morale at Selby?"},
        ),
        (
            "NPS or CRC, which did better risk assessment?",
            {"NPS": "How was risk assessment in the NPS?", "CRC": "How was risk assessment in the CRC?"},
        ),
        (
            "is Weir doing any better then Milford on staffing",
            {"Weir": "How was staffing in Weir?", "Milford": "How was staffing in Milford?"},
        ),
        (
            "Between Ann Marr and Tom Quill which one was tougher on staffing?",
            {"Ann Marr": "How was staffing of Ann Marr?", "Tom Quill": "How was staffing of Tom Quill?"},
        ),
        (
            "how do the Marr and Quill cases differ on recall",
            {"Marr": "How was cases on recall of Marr?", "Quill": "How was cases on recall of Quill?"},
        ),
        (
            "staffing in 2016 set against 2025",
            {"2016": "How was staffing in 2016?", "2025": "How was staffing in 2025?"},
        ),
        (
            "Weir against Milford, unpaid work",
            {"Weir": "How was unpaid work in Weir?", "Milford": "How was unpaid work in Milford?"},
        ),
        (
            "Were staff happier in Weir or Milford?",
            {"Weir": "How was staff happier in Weir?", "Milford": "How was staff happier in Milford?"},
        ),
        (
            "how does Northway stack up next to Selby on staffing",
            {"Northway": "How was staffing at Northway?", "Selby": "How was staffing at Selby?"},
        ),
        (
            "Weir vs. Milford unpaid work",
            {"Weir": "How was unpaid work in Weir?", "Milford": "How was unpaid work in Milford?"},
        ),
        (
            "which of Weir and Milford had the better workloads",
            {"Weir": "How were workloads in Weir?", "Milford": "How were workloads in Milford?"},
        ),
        (
            "Is morale in Weir worse than in Milford?",
            {"Weir": "How was morale in Weir?", "Milford": "How was morale in Milford?"},
        ),
        (
            "compare Ambleton, Weir and Milford on staffing",
            {place: f"How was staffing in {place}?" for place in ("Ambleton", "Weir", "Milford")},
        ),
        (
            "how did Weir differ from Milford",
            {place: f"How was probation in {place} rated?" for place in ("Weir", "Milford")},
        ),
        (
            "difference between Weir 2017 and Weir 2025",
            {f"Weir {year}": f"How was probation in Weir rated in {year}?" for year in (2017, 2025)},
        ),
        (
            "Was Weir better in 2025 than in 2017?",
            {str(year): f"How was probation in Weir rated in {year}?" for year in (2025, 2017)},
        ),
        (
            "Which was worse in 2017, Weir or Milford?",
            {place: f"How was probation in {place} rated in 2017?" for place in ("Weir", "Milford")},
        ),
        (
            "Compare recall by the NPS and the CRC in Weir",
            {"NPS": "How was recall in the NPS in Weir?", "CRC": "How was recall in the CRC in Weir?"},
        ),
        (
            "Compare staffing in Weir with staffing in Milford",
            {"Weir": "How was staffing in Weir?", "Milford": "How was staffing in Milford?"},
        ),
        (
            "compared with Northway, how good was Selby at supervising women?",
            {name: f"How was supervising women at {name}?" for name in ("Northway", "Selby")},
        ),
        (
            "Did Weir rely on the telephone more than Milford?",
            {place: f"Did {place} rely on the telephone?" for place in ("Weir", "Milford")},
        ),
        (
            "Compare Weir and Milford on staffing since 2022",
            {place: f"How was staffing since 2022 in {place}?" for place in ("Weir", "Milford")},
        ),
        (
            "Were court reports any good in Weir, and in Milford?",
            {place: f"How were court reports in {place}?" for place in ("Weir", "Milford")},
        ),
        (
            "Public vs private work in Weir",
            {name: f"What did inspectors find about {name} in Weir?" for name in ("Public", "private work")},
        ),
        (
            "McCann and Hale: what was wrong with the risk assessment in each",
            {name: f"How was risk assessment of {name}?" for name in ("McCann", "Hale")},
        ),
        (
            "Compare officers and managers on caseloads",
            {name: f"How were caseloads of {name}?" for name in ("officers", "managers")},
        ),
    ],
)
def test_each_side_is_asked_about_the_topic(question: str, expected: dict[str, str]) -> None:
    assert parts(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How did Weir and Milford work together?",
        "Which is better?",
        "Which is better at supervision?",
        "Did Weir recall more than 50 people?",
        "How many people other than women in Weir and Milford were recalled?",
        "Is Weir any better than in 2016?",  # of one place, then and now
        "What difference did the merger of the NPS and the CRC make in Weir?",
        "Compare Kent, Surrey and Sussex on staffing",  # one place
        "how does Weir compare",
        "Were people in Weir or Milford homeless?",
        "Who ran probation in Weir and Milford?",
        "Compare Weir and Weir",
        "x " * 240 + "compare Weir and Milford",
    ],
)
def test_what_names_two_is_not_always_a_comparison(question: str) -> None:
    assert parts(question) == {}


def test_a_side_is_narrowed_to_what_it_names_and_a_filter_that_is_on_stays() -> None:
    assert filters("Compare Northway and Selby on morale") == [
        Filters(providers=("Northway",)),
        Filters(providers=("Selby",)),
    ]
    assert filters("Compare the NPS and the CRC in Weir on morale") == [
        Filters(areas=("Weir",), bodies=("NPS",)),
        Filters(areas=("Weir",), bodies=("CRC",)),
    ]
    assert filters("Compare Weir in 2017 and 2025") == [
        Filters(areas=("Weir",), since=year, until=year) for year in ("2017", "2025")
    ]
    asked = Request.of("Compare Weir and Milford", 5, filters=Filters(areas=("Ambleton",), kinds=("report",)))
    read = read_comparison("Compare Weir and Milford", asked, GLOSSARY, STARTER)
    assert read is not None
    assert {part.request.filters for part in read[1]} == {asked.filters}
    assert {part.request.k for part in read[1]} == {5}


def test_without_a_domain_sides_are_compared_all_the_same() -> None:
    read = read_comparison("Was Weir better than Milford?", Request.of("x"), GLOSSARY, NO_DOMAIN)
    assert read is not None
    assert [part.request.turns[-1].text for part in read[1]] == [
        "What is said about Weir?",
        "What is said about Milford?",
    ]


def test_a_follow_up_leaves_a_side_or_both_to_the_question_before() -> None:
    assert parts("was it better than Weir? morale", "How was morale in Milford?", typed="was it better than Weir?") == {
        "Milford": "How was morale in Milford?",
        "Weir": "How was morale in Weir?",
    }
    assert parts(
        "and on unpaid work? Weir Milford", "Compare Weir and Milford on morale", typed="and on unpaid work?"
    ) == {"Weir": "How was unpaid work in Weir?", "Milford": "How was unpaid work in Milford?"}
    assert parts("why? Weir Milford", "Compare Weir and Milford on morale", typed="why?") == {}


CORPUS = {
    "weir.md": "---\ntitle: Weir\narea: Weir\n---\nStaff morale was low in Weir.\n\nThe court of Weir was late.\n",
    "milford.md": "---\ntitle: Milford\narea: Milford\n---\nStaff morale in Milford was better than in Weir.\n",
    "glossary.yaml": "places:\n- {name: Weir, basis: general knowledge}\n- {name: Milford, basis: general knowledge}\n",
}


def test_names_alone_are_no_comparison() -> None:
    for question in ("Did Ann Marr and Tom Quill meet?", "What happened to Marr, then to Quill?"):
        assert parts(question) == {}


def test_which_was_better_compares_what_the_questions_before_were_about() -> None:
    in_turn = parts(
        "which was better Milford morale", "How was morale in Weir?", "and in Milford?", typed="which was better"
    )
    assert in_turn == {"Weir": "How was morale in Weir?", "Milford": "How was morale in Milford?"}
    bodies = parts("which did worse NPS", "Was Weir CRC late?", "and the NPS there?", typed="which did worse")
    assert bodies == {"Weir CRC": "How was late at Weir CRC in Weir?", "NPS": "How was late in the NPS in Weir?"}
    assert parts("which was better Weir", "How was morale in Weir?", typed="which was better") == {}


def test_the_quotes_of_a_side_are_about_that_side_and_both_stand_beside_each_other(chosen: Settings) -> None:
    write_corpus(chosen.corpus, CORPUS)
    build(chosen)
    with closing(Library(chosen)) as library:
        answer = library.ask("Compare Weir and Milford on staff morale")
        removed = library.ask(Request.of("Compare Weir and Milford on staff morale", dropped=["Weir and Milford"]))
    assert [(part.label, part.answer.shown[0].text) for part in answer.parts] == [
        ("Weir", "Staff morale was low in Weir."),
        ("Milford", "Staff morale in Milford was better than in Weir."),
    ]
    assert {part.label: {quote.source.id for quote in part.answer.shown} for part in answer.parts} == {
        "Weir": {"weir"},
        "Milford": {"milford"},
    }
    assert answer.question.readings[0].says == "Weir and Milford, side by side"
    assert "\nWeir\n\n" in to_text(answer) and "\nMilford\n\n" in to_text(answer)
    # The person took the reading away.
    assert removed.parts == () and removed.question.readings == ()


def test_a_part_is_a_request_by_itself() -> None:
    read = read_comparison("Compare Weir and Milford", Request.of("x"), GLOSSARY, NO_DOMAIN)
    assert read is not None
    assert read[1][0] == Part("Weir", Request.of("What is said about Weir?", filters=Filters(areas=("Weir",))))


def test_the_compare_page_is_filled_in_with_both_sides(chosen: Settings) -> None:
    write_corpus(chosen.corpus, CORPUS)
    build(chosen)
    with closing(Library(chosen)) as library:
        index = library.generation
        sources = [document.source for document in index.all_documents()]
        compared = sides(library.ask("Compare Weir and Milford on staff morale"), sources, index.glossary, index.domain)
        alone = sides(library.ask("How was staff morale in Weir?"), sources, index.glossary, index.domain)
    assert compared == {"q": ["How was staff morale?"], "by": ["place"], "one": ["Weir"], "other": ["Milford"]}
    assert alone == {}
