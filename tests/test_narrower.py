"""What a question that touches too many reports is narrowed by."""

from __future__ import annotations

from probqa.questions import Filters
from probqa.ui.narrower import OFFERED, Pick, _narrowing

TOUCHED = frozenset("abcdefgh")


def narrowing(*named: tuple[str, str]) -> list[str]:
    return [
        one.name
        for one in _narrowing([Pick(name, Filters(), frozenset(ids)) for name, ids in named], TOUCHED, ("England",))
    ]


def test_what_leaves_most_comes_first_and_what_leaves_none_or_most_is_left_out() -> None:
    named = [("Kent", "a"), ("Essex", "bcd"), ("Leeds", "xyz"), ("North", "abcde"), ("England", "ab")]
    assert narrowing(*named) == ["Essex", "Kent"]


def test_of_two_names_for_the_same_reports_the_first_is_offered() -> None:
    assert narrowing(("Bristol", "abx"), ("Avon", "aby"), ("Bath", "ac")) == ["Bristol", "Bath"]


def test_of_names_within_one_another_the_one_that_leaves_most_is_offered() -> None:
    assert narrowing(("Wales and Kent", "abcx"), ("Wales", "abcd"), ("Walesby", "e")) == ["Wales", "Walesby"]
    assert narrowing(("Kent, Surrey", "abcd"), ("Kent", "ab"), ("Surrey", "cd")) == ["Kent, Surrey"]


def test_no_more_are_offered_than_can_be_looked_through() -> None:
    touched = frozenset(f"{at}" for at in range(OFFERED + 5))
    towns = [Pick(f"Town{name}", Filters(), frozenset((name,))) for name in touched]
    assert len(_narrowing(towns, touched, ())) == OFFERED
