"""Ratings: what a question asks of them, the table of the reports' own metadata, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from conftest import STARTER, write_corpus
from probqa.asking.library import Library
from probqa.glossary.entries import Entries, Owner, Place, Run, Service, WhoRanWhat
from probqa.glossary.glossary import Glossary
from probqa.indexing.build import build
from probqa.questions import AskedRating, Filters, Request
from probqa.records import Answer
from probqa.rendering import to_json, to_text
from probqa.settings import Settings
from probqa.understanding.ratings import read_rating

GLOSSARY = Glossary(
    Entries(
        places=(Place("Weir"), Place("Milford", within=("Weir",)), Place("Wales")),
        who_ran_what=WhoRanWhat(
            owners=(Owner("Northway"),), services=(Service("Weir CRC", "CRC", area="Weir", run_by=(Run("Northway"),)),)
        ),
    )
)
GOOD, POOR, WORST = "Good", "Requires improvement", "Inadequate"


def asked(question: str) -> AskedRating | None:
    read = read_rating(question, GLOSSARY, STARTER, lambda: ["leadership", "through the gate"])
    return read[1] if read else None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which region was rated good in 2025", AskedRating("which", (GOOD,), ("region",))),
        ("how many PDUs were inadequate", AskedRating("count", (WORST,), ("PDU",))),
        ("which CRCs require improvement?", AskedRating("which", (POOR,), ("CRC",))),
        ("worst rated area", AskedRating("worst")),
        ("which CRC did best", AskedRating("best", (), ("CRC",))),
        ("rating for Weir", AskedRating("what", areas=("Weir",))),
        ("what was Weir CRC rated", AskedRating("what", providers=("Weir CRC",))),
        ("ratings of the Northway companies", AskedRating("what", providers=("Northway",))),
        ("Was Weir inadequate?", AskedRating("which", (WORST,), areas=("Weir",))),
        ("has anywhere actually been given outstanding overall", AskedRating("which", ("Outstanding",))),
        ("Which CRCs came out as Good?", AskedRating("which", (GOOD,), ("CRC",))),
        ("anybody get top marks for leadership?", AskedRating("best", about=("leadership",))),
        ("who got outstanding?", AskedRating("which", ("Outstanding",))),
        ("did anyone get good in 2024", AskedRating("which", (GOOD,))),
        ("best probation area in Wales", AskedRating("best", areas=("Wales",))),
        ("how did inspectors rate Weir", AskedRating("what", areas=("Weir",))),
        ("Did Weir pass?", AskedRating("what", areas=("Weir",))),
        ("Is Weir still inadequate?", AskedRating("what", areas=("Weir",))),
        ("Is Weir no longer inadequate?", AskedRating("what", areas=("Weir",))),
        ("did any PDU get good", AskedRating("which", (GOOD,), ("PDU",))),
        ("list all outstanding ratings", AskedRating("which", ("Outstanding",))),
        ("Which regions were not rated good?", AskedRating("which", ("Outstanding", POOR, WORST), ("region",))),
        ("How many services were rated below good in 2019?", AskedRating("count", (POOR, WORST))),
        ("how many CRCs got good or better ratings", AskedRating("count", ("Outstanding", GOOD), ("CRC",))),
        ("Which services were rated inadequate twice?", AskedRating("which", (WORST,), times=2)),
        ("How was leadership rated in Weir?", AskedRating("what", areas=("Weir",), about=("leadership",))),
        (
            "who did well for leadership, rating wise",
            AskedRating("which", ("Outstanding", GOOD), about=("leadership",)),
        ),
        # A name by itself is one body, not a kind.
        ("Which regions in Wales were rated good?", AskedRating("which", (GOOD,), ("region",), ("Wales",))),
    ],
)
def test_what_is_asked_of_ratings(question: str, expected: AskedRating) -> None:
    assert asked(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Why was Weir rated inadequate?",
        "How were court reports and assessments rated?",  # no report rates them
        "how many case reviews were rated good",
        "How good was supervision in Weir?",
        "Which CRC did good work in court?",
        "Was supervision inadequate in Weir?",
        "What is the rate of reoffending in Weir?",
        "Which area had the highest caseloads?",
        "What did the best PDUs do?",
        "How many staff were absent in Weir?",
        "What does requires improvement mean?",
        "Did any PDU get good help?",
    ],
)
def test_what_asks_for_no_rating(question: str) -> None:
    assert asked(question) is None


def report(area: str, providers: str, ratings: str, published: str, text: str) -> str:
    return (
        f"---\ntitle: Inspection of {area}\nkind: inspection report\narea: {area}\nproviders: {providers}\n"
        f"published: '{published}'\nratings: {{{ratings}}}\n---\n{text}\n"
    )


CORPUS = {
    "all.md": report("Upland", "[Upland region]", "overall: Good", "2024", "Upland region was rated 'Good'."),
    "domain.yaml": "ratings: {scale: [Outstanding, Good, Requires improvement, Inadequate], only_quoted: [Good]}\n"
    "services:\n- {kind: PDU, group: Units, abbreviations: [PDU, PDUs]}\n"
    "- {kind: region, group: Regions}\n",
    "glossary.yaml": "places:\n- {name: Weir, within: [Upland], basis: general knowledge}\n"
    + "".join(f"- {{name: {place}, basis: general knowledge}}\n" for place in ("Milford", "Selby", "Upland"))
    + "who_ran_what:\n  services:\n"
    + "".join(
        f"  - {{name: {name} region, kind: region, seen_in: [https://example.org]}}\n" for name in ("North", "Upland")
    ),
    "weir-2022.md": report(
        "Weir",
        "[Weir PDU (Upland region)]",
        "overall: Inadequate",
        "2022",
        "Weir PDU was rated 'Inadequate' in 2022. Staff were few.",
    ),
    "weir-2025.md": report(
        "Weir",
        "[Weir PDU]",
        "overall: Good, leadership: Outstanding",
        "2025",
        "Leaders of Weir PDU were praised.\n\nWeir PDU was rated 'Good' in 2025.",
    ),
    "two.md": report(
        "Milford; Selby",
        "[Milford PDU, Selby PDU]",
        "Milford: Inadequate, Selby: Requires improvement",
        "2023",
        "Milford was rated 'Inadequate'. Selby 'Requires improvement'.",
    ),
    "north.md": report(
        "North", "[North region]", "overall: Inadequate", "2025", "North region was rated 'Inadequate'."
    ),
    "none.md": report("Selby", "[Selby PDU]", "overall: none given", "2017", "Good work was done in Selby PDU."),
}


@pytest.fixture
def library(chosen: Settings) -> Iterator[Library]:
    write_corpus(chosen.corpus, CORPUS)
    build(chosen)
    with closing(Library(chosen)) as library:
        yield library


def table(answer: Answer) -> list[tuple[str, str, str]]:
    return [(row.of, row.rating, row.quote.text if row.quote else "") for row in answer.ratings]


def test_a_count_is_worked_out_from_the_table(library: Library) -> None:
    answer = library.ask("How many PDUs were inadequate?")
    assert table(answer) == [
        ("Milford PDU", WORST, "Milford was rated 'Inadequate'."),
        ("Weir PDU", WORST, "Weir PDU was rated 'Inadequate' in 2022."),
    ]
    assert [note.text for note in answer.notes] == [
        "2 of 3 PDUs with a rating in these reports were rated Inadequate. 1 more inspection report gives no rating."
    ]
    assert answer.status == "answered"
    assert [quote.text for quote in answer.quotes[:2]] == [words for _, _, words in table(answer)]


def test_where_none_has_the_rating_the_others_are_shown_and_nothing_is_answered(library: Library) -> None:
    answer = library.ask("Which region was rated good in 2025?")
    assert table(answer) == [("North region", WORST, "North region was rated 'Inadequate'.")]
    assert [note.text for note in answer.notes] == ["North region was not rated Good in these reports in 2025."]
    assert answer.status == "weak"
    assert "answered" not in {quote.status for quote in answer.quotes}


def test_what_a_place_was_rated_is_told_newest_first_with_the_line_of_metadata_where_no_sentence_says_so(
    library: Library,
) -> None:
    assert table(library.ask("What was Weir rated?")) == [
        ("Weir PDU", "Good", "Weir PDU was rated 'Good' in 2025."),
        ("Weir PDU", WORST, "Weir PDU was rated 'Inadequate' in 2022."),
    ]
    leaders = library.ask("How was leadership rated in Weir?")
    assert table(leaders) == [("Weir PDU: leadership", "Outstanding", "")]
    assert "Weir PDU: leadership: Outstanding" in to_text(leaders)
    assert to_json(leaders)["ratings"][0]["quote"] is None


def test_what_a_place_was_rated_is_not_what_places_in_it_were(library: Library) -> None:
    for question in ("What was Upland rated?", "What rating did the Upland region get?"):
        assert [row.of for row in library.ask(question).ratings] == ["Upland region"]
    assert [row.of for row in library.ask("Which PDUs in Upland were rated inadequate?").ratings] == ["Weir PDU"]


def test_of_a_report_on_several_each_has_its_own_rating(library: Library) -> None:
    assert table(library.ask("rating of Selby")) == [("Selby PDU", POOR, "Selby 'Requires improvement'.")]
    assert table(library.ask("Which PDU had the worst rating in 2023?")) == [
        ("Milford PDU", WORST, "Milford was rated 'Inadequate'.")
    ]


def test_a_rating_of_a_part_of_the_work_counts_where_no_whole_has_it(library: Library) -> None:
    answer = library.ask("Which PDU was outstanding?")
    assert table(answer) == [("Weir PDU: leadership", "Outstanding", "")]
    assert answer.notes[0].text.startswith(
        "None of 3 PDUs with a rating in these reports was rated Outstanding. "
        "1 rating of a part of the work is Outstanding."
    )


def test_ratings_over_time_are_one_table(library: Library) -> None:
    answer = library.ask("Weir ratings over time")
    assert [reading.kind for reading in answer.question.readings] == ["rating"]
    assert answer.ratings
    assert not answer.parts


def test_filters_and_the_person_decide_whether_the_table_is_asked(library: Library) -> None:
    request = Request.of("How many PDUs were inadequate?", filters=Filters(since="2023"))
    assert [row.of for row in library.ask(request).ratings] == ["Milford PDU"]
    dropped = library.ask(Request.of("How many PDUs were inadequate?", dropped=["inadequate"]))
    assert (dropped.ratings, dropped.notes, dropped.question.readings) == ((), (), ())


def test_where_no_report_is_rated_the_sentences_stay(library: Library) -> None:
    answer = library.ask("What was Selby rated in 2017?")
    assert (answer.ratings, answer.notes) == ((), ())
    assert answer.shown
