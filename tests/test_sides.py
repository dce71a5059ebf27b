"""Both sides of a finding, and independent sources, in the order quotes are shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import STARTER
from probqa.asking.sides import both_sides, side
from probqa.asking.signals import Candidate
from probqa.calibration import Signals
from probqa.records import Passage, Source, Span
from quoting import document_of


def quote(text: str, score: float, document: str = "") -> Candidate:
    source = Source(document or text, "Inspection", "The Inspectorate", "report")
    whole = Span(0, len(text))
    return Candidate(
        document_of(source, text), Passage(0, source.id, whole, (whole,)), whole, Signals(0, 0, score, 0, 0, 0, 0)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leaders impressed inspectors.", 1),
        ("Work in court was good and staff were committed.", 1),
        ("Supervision was poor.", -1),
        ("Supervision was not good enough.", -1),
        ("Too few homes were visited.", 0),  # no word that takes a side: a count may be either
        ("Good work, but weak plans and poor records.", -1),
        ("Good work and poor plans.", 0),
        ("It has 40 staff.", 0),
        ("", 0),
    ],
)
def test_a_text_praises_finds_fault_or_does_not_tell(text: str, expected: int) -> None:
    assert side(text, STARTER) == expected


def shown(*quotes: Candidate, k: int = 8, answers: Callable[[Candidate], bool] = lambda _: False) -> list[str]:
    return [one.text for one in both_sides(quotes, k, STARTER, answers)]


FAULTS = [quote("poor a", 0.9), quote("poor b", 0.85), quote("poor c", 0.8)]


def test_the_best_of_the_other_side_stands_third_where_the_first_three_take_one_side() -> None:
    assert shown(*FAULTS, quote("none", 0.75), quote("good", 0.7), quote("good too", 0.68)) == [
        "poor a",
        "poor b",
        "good",
        "poor c",
        "none",
        "good too",
    ]


def test_the_other_side_is_not_shown_first_where_it_is_hardly_to_the_point() -> None:
    assert shown(*FAULTS, quote("good", 0.63)) == ["poor a", "poor b", "poor c", "good"]


def test_where_the_first_three_already_differ_the_order_stays() -> None:
    texts = shown(quote("poor a", 0.9), quote("none", 0.85), quote("poor c", 0.8), quote("good", 0.79))
    assert texts == ["poor a", "none", "poor c", "good"]


def test_of_two_about_as_good_the_one_of_another_document_comes_first() -> None:
    first, same, other = quote("a", 0.9, "x"), quote("b", 0.8, "x"), quote("c", 0.795, "y")
    assert shown(first, same, other) == ["a", "c", "b"]
    assert shown(first, same, quote("c", 0.78, "y")) == ["a", "b", "c"]


def test_one_report_has_one_of_the_first_three_where_others_answer_nearly_as_well() -> None:
    same = [quote("a", 0.9, "x"), quote("b", 0.89, "x"), quote("c", 0.88, "x"), quote("d", 0.87, "x")]
    others = [quote("e", 0.8, "y"), quote("f", 0.75, "y"), quote("g", 0.72, "z")]
    assert shown(*same, *others, answers=lambda _: True) == ["a", "e", "g", "b", "c", "d", "f"]
    # Nothing else answers, or is nearly as good: the list is filled up.
    assert shown(*same, *others, answers=lambda each: each.text in "abcd") == ["a", "b", "c", "d", "e", "f", "g"]
    assert shown(*same, quote("h", 0.7, "y"), answers=lambda _: True) == ["a", "b", "c", "d", "h"]


def test_the_first_quote_is_the_best_whoever_else_answers() -> None:
    best, other = quote("a", 0.9, "x"), quote("b", 0.89, "y")
    assert shown(best, other, answers=lambda each: each is other) == ["a", "b"]


def test_at_most_k_and_never_one_twice() -> None:
    assert shown(*FAULTS, quote("good", 0.79), k=3) == ["poor a", "poor b", "poor c"]
    assert shown() == []
