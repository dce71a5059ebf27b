"""A checked quote in pieces: nothing of the pasted text is lost, and what the report says is marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probqa.checking.check import check
from probqa.checking.differences import in_plain_text, pieces_of
from probqa.checking.lookup import Reports
from probqa.checking.verdicts import CheckedQuote, Operation
from probqa.records import Block, Document, Source, Span

FIRST = (
    "Staff were not seen in 38 cases, and that was bad. Managers at Weir checked every assessment before it was signed."
)
SECOND = "Unpaid work began within seven days of the order. Victims were told."
TEXT = f"{FIRST}\n\n{SECOND}"
BLOCKS = (Block("paragraph", Span(0, len(FIRST))), Block("paragraph", Span(len(FIRST) + 2, len(TEXT))))
REPORTS = Reports([Document(Source("a", "A", "P", "report"), "a.md", "", "", TEXT, BLOCKS)])


def shown(pasted: str) -> str:
    [quote] = check(REPORTS, pasted).quotes
    return in_plain_text(pieces_of(pasted, quote))


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("not seen in 38 cases, and that was bad", "not seen in 38 cases, and that was bad"),
        ("were seen in 83 cases, and that was bad", "were [-not-] seen in [-38-] {+83+} cases, and that was bad"),
        ("not seen in 38 cases and that was bad", "not seen in 38 cases[-,-] and that was bad"),
        ("at Weir checked every [fair] assessment before", "at Weir checked every {+[fair]+} assessment before"),
        ("at Weir checked every … before it was signed", "at Weir checked every [-assessment-] … before it was signed"),
        ("Managers at Weir-checked every assessment before", "Managers at Weir{+-+}checked every assessment before"),
        ("seen in 38 cases, and that was bad", "[-not-] seen in 38 cases, and that was bad"),
        (
            "Managers at Weir checked every assessment. Unpaid work began within seven days",
            "(1) Managers at Weir checked every assessment. (2) Unpaid work began within seven days",
        ),
        ("Zebras grazed beside the motorway", "Zebras grazed beside the motorway"),
    ],
)
def test_a_quote_is_shown_with_what_differs(pasted: str, expected: str) -> None:
    assert shown(pasted) == expected


def test_words_put_in_behind_words_left_out_stand_apart_and_a_place_is_named_once() -> None:
    steps = (
        Operation("deleted", "", "Not", None, Span(0, 3)),
        Operation("inserted", "x", "", Span(0, 1), None),
        Operation("equal", "y", "y", Span(2, 3), Span(4, 5), place=1),
        Operation("inserted", "z", "", Span(3, 4), None, place=1),
    )
    quote = CheckedQuote("x yz", Span(0, 4), "altered", operations=steps)
    assert in_plain_text(pieces_of("x yz", quote)) == "(1) [-Not-] {+x+} (2) y{+z+}"


WORDS = f"{FIRST} {SECOND}".split()


@given(
    start=st.integers(0, len(WORDS) - 12),
    cut=st.sets(st.integers(0, 11), max_size=3),
    put=st.dictionaries(st.integers(0, 11), st.sampled_from(["zebra", "…", "[sic]", "not", "7", "–"]), max_size=3),
)
def test_joined_without_what_is_missing_the_pieces_are_the_pasted_words(
    start: int, cut: set[int], put: dict[int, str]
) -> None:
    words = WORDS[start : start + 12]
    pasted = " ".join(
        word for at, word in enumerate(words) if at not in cut for word in ((word, put[at]) if at in put else (word,))
    )
    for quote in check(REPORTS, pasted).quotes:
        said = "".join(piece.text for piece in pieces_of(pasted, quote) if piece.kind != "missing")
        assert said.split() == quote.text.split() or "".join(said.split()) == "".join(quote.text.split())
