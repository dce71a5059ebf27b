"""An answer as text and JSON."""

from __future__ import annotations

import dataclasses
import json

import pytest

from probqa.asking.answers import put_together
from probqa.dates import PartialDate
from probqa.questions import Definition, Scope
from probqa.records import Answer, AnswerPart, Coverage, Note, Page, Quote, RatingRow, Source, Status
from probqa.rendering import (
    finding_line,
    indexed,
    page_in_words,
    source_line,
    to_json,
    to_text,
    visible,
    with_digests_below,
)
from quoting import question_of, quote_of

SOURCE = Source(
    id="gwent",
    title="Probation work in Gwent",
    publisher="HMI Probation",
    kind="inspection report",
    published=PartialDate("2017-04-19"),
    urls=("https://example.org/gwent", "https://example.org/other"),
    wording="digest",
)


def said(source: Source = SOURCE, text: str = "It was good.", page: Page | None = None) -> Quote:
    context, heading = f"Morale low. {text}", ("Findings", "CRC")
    return quote_of(source, text, context=context, heading=heading, page=page, status="answered")


QUOTE = said()
KENT = said(dataclasses.replace(SOURCE, id="kent"))
MAY = dataclasses.replace(QUOTE, status="weak")
CLOSE = dataclasses.replace(QUOTE, status="not_found")
ASKED = question_of("was it good?")
ANSWER = Answer(ASKED, "answered", (QUOTE,), Coverage(112, 739, 1), "0" * 16, timings_ms={"total": 3.0})


def test_the_source_line_names_title_publisher_date_and_section() -> None:
    assert source_line(QUOTE) == "Probation work in Gwent · HMI Probation · 19 April 2017 · Findings › CRC"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (None, ""),
        (Page(0, 16, "14"), "p. 14 (PDF page 16)"),
        (Page(0, 14, "14"), "p. 14"),
        (Page(0, 2, "ii"), "p. ii (PDF page 2)"),
        (Page(0, 3), "PDF page 3"),
    ],
)
def test_both_page_numbers_are_shown_where_they_differ(page: Page | None, words: str) -> None:
    assert page_in_words(said(page=page)) == words


def test_the_finding_line_counts_and_never_paraphrases() -> None:
    nothing = dataclasses.replace(ANSWER, status="not_found", quotes=(), near=(QUOTE,))
    assert finding_line(nothing) == "These reports do not say. 112 reports searched."


@pytest.mark.parametrize(
    ("status", "quotes", "line"),
    [
        ("answered", (QUOTE,), "1 passage in 1 report answers this."),
        ("answered", (QUOTE, KENT), "2 passages in 2 reports answer this."),
        ("answered", (QUOTE, QUOTE, MAY), "2 passages in 1 report answer this, and 1 more is close to it."),
        ("answered", (QUOTE, MAY, CLOSE), "1 passage in 1 report answers this, and 2 more are close to it."),
        ("weak", (MAY,), "1 passage may answer this; read before relying on it."),
        (
            "weak",
            (MAY, CLOSE, QUOTE, CLOSE),
            "2 passages may answer this, and 2 more are close to it; read before relying on it.",
        ),
    ],
)
def test_the_finding_line_counts_only_what_answers_by_itself(
    status: Status, quotes: tuple[Quote, ...], line: str
) -> None:
    assert finding_line(dataclasses.replace(ANSWER, status=status, quotes=quotes)) == line


def test_in_the_terminal_a_quote_says_that_it_is_only_close() -> None:
    said = to_text(dataclasses.replace(ANSWER, quotes=(QUOTE, MAY))).split("\n\n")
    shown = [quote for quote in said if "It was good." in quote]
    assert ["close to the question, perhaps no answer" in quote for quote in shown] == [False, True]


def test_a_digest_says_so_in_the_terminal_and_in_json() -> None:
    assert "digest, not the publisher's wording" in to_text(ANSWER)
    assert "\n1. It was good.\n" in to_text(ANSWER)
    assert "https://example.org/gwent" in to_text(ANSWER)
    assert to_json(ANSWER)["quotes"][0]["label"] == "digest, not the publisher's wording"
    published = said(dataclasses.replace(SOURCE, wording="verbatim"))
    theirs = dataclasses.replace(ANSWER, quotes=(published,))
    assert "digest" not in to_text(theirs)
    assert "\n1. “It was good.”\n" in to_text(theirs)
    assert to_json(theirs)["quotes"][0]["label"] == ""


PUBLICATION = dataclasses.replace(
    SOURCE, id="gwent-report", wording="verbatim", urls=("http://www.example.org/gwent/",), title="The report"
)


def test_a_digest_stands_below_its_report_s_own_words_where_both_answer() -> None:
    own, other = said(PUBLICATION, "It was fine."), said(dataclasses.replace(PUBLICATION, id="x", urls=()), "No.")
    found = dataclasses.replace(ANSWER, quotes=(QUOTE, other, own))
    assert with_digests_below(found.quotes) == [(3, own, [QUOTE]), (2, other, [])]
    text = to_text(found)
    assert text.startswith("3 passages in 2 reports answer this.")
    assert (
        text.index("1. “It was fine.”") < text.index("   The digest of it says: It was good.") < text.index("2. “No.”")
    )
    # Words that may answer are no reason to put below them what does.
    weak = dataclasses.replace(own, status="weak")
    assert with_digests_below((QUOTE, weak)) == [(1, QUOTE, []), (2, weak, [])]


@pytest.mark.parametrize(
    ("digests", "publications", "words"),
    [
        (0, 3, "3 publications"),
        (1, 0, "1 digest of publications"),
        (2, 1, "1 publication and 2 digests"),
        (0, 0, "0 publications"),
    ],
)
def test_digests_are_counted_apart_from_publications(digests: int, publications: int, words: str) -> None:
    assert indexed([SOURCE] * digests + [dataclasses.replace(SOURCE, wording="verbatim")] * publications) == words


def test_the_json_object_has_exactly_the_documented_keys() -> None:
    shown = to_json(ANSWER)
    assert list(shown) == [
        "question",
        "ran",
        "scope",
        "carried",
        "added",
        "readings",
        "filters",
        "status",
        "quotes",
        "near",
        "definitions",
        "notes",
        "ratings",
        "coverage",
        "parts",
        "generation",
        "timings_ms",
    ]
    assert shown["coverage"] == {"documents": 112, "passages": 739, "documents_with_quotes": 1}
    assert shown["quotes"] == [
        {
            "text": "It was good.",
            "document_id": "gwent",
            "title": "Probation work in Gwent",
            "publisher": "HMI Probation",
            "published": "2017-04-19",
            "uncertain": {},
            "kind": "inspection report",
            "wording": "digest",
            "label": "digest, not the publisher's wording",
            "url": "https://example.org/gwent",
            "link": "read?document=gwent&from=25&to=37&edition=dad43a2f5292&words=5ea40a0016ef0e18",
            "heading": ["Findings", "CRC"],
            "page": None,
            "recognised": None,
            "start": 25,
            "end": 37,
            "citation": {
                "type": "char_location",
                "cited_text": "It was good.",
                "document_id": "gwent",
                "document_title": "Probation work in Gwent",
                "document_sha256": "dad43a2f5292c3285601331184fccd6de433dc1ad1c2fd7a50a5ee6f28d8177a",
                "start_char_index": 25,
                "end_char_index": 37,
                "start_page_number": None,
                "end_page_number": None,
            },
            "context": "Morale low. It was good.",
            "status": "answered",
            "score": 0.5,
            "also_in": [],
        }
    ]
    assert json.loads(json.dumps(shown)) == shown


def test_the_words_of_a_wrapped_quote_are_the_words_of_the_quote() -> None:
    text = "A self-evident finding about low-risk people, " * 12 + "with a very" + "long" * 30 + "word."
    published = dataclasses.replace(SOURCE, wording="verbatim")
    shown = to_text(dataclasses.replace(ANSWER, quotes=(said(published, text),)), width=60)
    quoted = " ".join(shown.split("“")[1].split("”")[0].split())
    assert quoted == text


def test_marks_that_turn_the_direction_are_shown_and_not_obeyed() -> None:
    assert visible("not\u202e good\u2069") == "not[U+202E] good[U+2069]"
    assert "\u202e" not in to_text(dataclasses.replace(ANSWER, quotes=(said(text="a\u202eb"),)))


def test_what_a_terminal_would_obey_is_shown() -> None:
    assert visible("a\x1b[31m\x07\x9b\x7fb") == "a[U+001B][31m[U+0007][U+009B][U+007F]b"
    assert visible("one\ttwo\r\nthree é") == "one\ttwo\r\nthree é"


def test_what_is_only_near_is_labelled_as_no_answer() -> None:
    nothing = dataclasses.replace(ANSWER, status="not_found", quotes=(), near=(QUOTE,))
    assert "Not an answer, but near:" in to_text(nothing)
    assert to_json(nothing)["quotes"] == []
    assert to_json(nothing)["near"][0]["text"] == "It was good."


def in_parts(*answers: tuple[str, Answer]) -> Answer:
    searched = Coverage(112, 739, 0)
    return put_together(ASKED, [AnswerPart(label, answer) for label, answer in answers], searched, "0" * 16)


NOTHING = dataclasses.replace(ANSWER, status="not_found", quotes=(), near=(CLOSE,))


def test_the_parts_of_an_answer_give_their_quotes_in_turn_and_the_least_of_their_statuses() -> None:
    third = dataclasses.replace(said(dataclasses.replace(SOURCE, id="wales")), status="weak")
    both = in_parts(
        ("Gwent", dataclasses.replace(ANSWER, quotes=(QUOTE, third))),
        ("Kent", dataclasses.replace(ANSWER, quotes=(KENT,))),
    )
    assert (both.status, both.quotes, both.coverage) == ("answered", (QUOTE, KENT, third), Coverage(112, 739, 3))
    assert in_parts(("Gwent", ANSWER), ("Wales", dataclasses.replace(ANSWER, quotes=(MAY,)))).quotes == (QUOTE,)
    one = in_parts(("Gwent", ANSWER), ("Kent", NOTHING))
    assert (one.status, one.quotes, one.near) == ("weak", (QUOTE,), ())
    none = in_parts(("Gwent", NOTHING), ("Kent", NOTHING))
    assert (none.status, none.quotes, none.near) == ("not_found", (), (CLOSE,))


def test_parts_stand_under_their_labels_and_each_says_what_was_found() -> None:
    text = to_text(in_parts(("Gwent", ANSWER), ("Kent\x1b[2J", NOTHING)))
    assert text.startswith("Gwent: 1 passage in 1 report answers this. Kent")
    assert "\x1b" not in text
    assert (
        text.index("\nGwent\n")
        < text.index("1. It was good.")
        < text.index("\nKent[U+001B][2J\n")
        < text.index("Not an answer, but near:")
    )


def test_what_is_known_without_a_quote_is_shown_as_what_it_is() -> None:
    known = dataclasses.replace(
        ANSWER,
        definitions=(Definition("Recall", "RC", "Return to prison.", "general knowledge"),),
        ratings=(RatingRow(SOURCE, "Gwent", "Good"), RatingRow(SOURCE, "Kent", "Poor", QUOTE)),
        notes=(Note("Leeds lies in Yorkshire.", ("How was Yorkshire?",)),),
    )
    text = " ".join(to_text(known).split())
    for said in (
        "Explained: Recall (RC): Return to prison. (in this project’s own words; general knowledge)",
        "Gwent: Good · ",
        "from the report’s metadata - Kent: Poor",
        "in these words: It was good. (digest, not the publisher's wording)",
        "Leeds lies in Yorkshire. Try: How was Yorkshire?",
    ):
        assert said in text
    shown = to_json(known)
    assert shown["definitions"] == [
        {"term": "Recall", "abbreviation": "RC", "text": "Return to prison.", "basis": "general knowledge", "urls": []}
    ]
    assert [(row["of"], row["rating"], row["quote"] and row["quote"]["text"]) for row in shown["ratings"]] == [
        ("Gwent", "Good", None),
        ("Kent", "Poor", "It was good."),
    ]
    assert shown["notes"] == [{"text": "Leeds lies in Yorkshire.", "offers": ["How was Yorkshire?"]}]


def test_a_rating_that_was_read_from_the_first_page_says_so() -> None:
    read = dataclasses.replace(SOURCE, from_page_1=("ratings",))
    known = dataclasses.replace(
        ANSWER, ratings=(RatingRow(read, "Gwent", "Good"), RatingRow(read, "Kent", "Poor", QUOTE))
    )
    text = " ".join(to_text(known).split())
    assert "read from page 1 - Kent: Poor" in text
    assert text.count("read from page 1") == 1
    assert [row["from_page_1"] for row in to_json(known)["ratings"]] == [True, True]


def test_small_talk_is_answered_by_a_sentence_alone() -> None:
    asked = dataclasses.replace(ASKED, scope=Scope("talk"), reply="You are welcome.")
    talk = dataclasses.replace(ANSWER, question=asked, status="not_found", quotes=())
    assert to_text(talk) == "You are welcome.\n"
    assert to_json(talk)["notes"] == [{"text": "You are welcome.", "offers": []}]


def test_in_the_terminal_ten_ratings_are_shown_and_the_others_are_counted() -> None:
    rows = tuple(RatingRow(SOURCE, f"Place {number}", "Good") for number in range(12))
    lines = to_text(dataclasses.replace(ANSWER, ratings=rows)).splitlines()
    assert sum(line.startswith("- Place ") for line in lines) == 10
    assert "- and 2 more (--json has them all)" in lines
