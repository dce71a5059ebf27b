"""Where the newest is asked for, of the quotes that answer the newest comes first, not the newest of all."""

from __future__ import annotations

from probqa.asking.by_date import by_date
from probqa.asking.signals import Candidate
from probqa.calibration import Signals
from probqa.dates import PartialDate
from probqa.records import Document, Passage, Source, Span
from probqa.weights import WEIGHTS


def candidate(name: str, published: str, score: float, note: str = "") -> Candidate:
    source = Source(name.rstrip("'"), name, "P", "report", published=PartialDate(published, note))
    document = Document(source, f"{name}.md", "0" * 64, "markdown 1", name, ())
    span = Span(0, len(name))
    return Candidate(document, Passage(0, name, span, (span,)), span, Signals(1.0, 1.0, score, 1.0, 0.0, 0.0, 0.0))


def order(*candidates: Candidate, answers: str, newest: bool = True) -> list[str]:
    ordered = by_date(candidates, lambda each: each.text.rstrip("'") in answers, newest=newest)
    return [each.text for each in ordered]


def test_those_that_answer_come_by_date_and_the_others_as_they_were() -> None:
    old, new, junk = candidate("a", "2016", 0.9), candidate("b", "2024", 0.8), candidate("c", "2026", 0.85)
    assert order(old, junk, new, answers="ab") == ["b", "a", "c"]
    assert order(new, junk, old, answers="ab", newest=False) == ["a", "b", "c"]


def test_one_that_answers_far_less_well_does_not_come_first() -> None:
    assert WEIGHTS.newest == 0.65
    assert order(candidate("a", "2016", 0.9), candidate("b", "2024", 0.5), answers="ab") == ["a", "b"]


def test_one_of_each_report_comes_before_a_second_of_any() -> None:
    new, more = candidate("b", "2024", 0.9), candidate("b'", "2024", 0.88)
    assert order(new, more, candidate("a", "2016", 0.8), answers="ab") == ["b", "a", "b'"]


def test_a_report_whose_date_is_not_sure_comes_last_of_those() -> None:
    unsure = candidate("c", "2026", 0.9, "the day the PDF file was made")
    assert order(unsure, candidate("a", "2016", 0.8), answers="ac", newest=False) == ["a", "c"]
    assert order(unsure, candidate("d", "", 0.9), candidate("a", "2016", 0.8), answers="acd") == ["a", "c", "d"]
