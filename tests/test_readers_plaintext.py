from __future__ import annotations

import time
from pathlib import Path

import pytest

from probqa.reading.assembly import Piece, assemble
from probqa.reading.formats.furniture import furniture
from probqa.reading.formats.plaintext import plaintext_pieces
from probqa.reading.formats.repairs import tidy
from probqa.reading.passages import cut_passages
from probqa.records import Document, Source


def pieces(text: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in plaintext_pieces(text)[0]]


def test_paragraphs_lie_between_blank_lines_and_lose_their_line_breaks() -> None:
    assert pieces("It was\nlate.\n \t\nIt was  cold.\n") == [
        ("paragraph", "It was late."),
        ("paragraph", "It was cold."),
    ]


def test_bullets_below_a_lead_in_are_items_and_keep_their_wrapped_lines() -> None:
    text = "They were:\n  • one\n    went on\n  • two\n\n  ● three\n\nAfter it."
    assert pieces(text) == [
        ("paragraph", "They were:"),
        ("item", "one went on"),
        ("item", "two"),
        ("item", "three"),
        ("paragraph", "After it."),
    ]


def test_dashes_and_numbers_open_items_after_a_blank_line_a_colon_or_one_another() -> None:
    assert pieces("They were:\n- one\n- two\n\n(a) three\n(b) four\n\n12. five.") == [
        ("paragraph", "They were:"),
        ("item", "one"),
        ("item", "two"),
        ("item", "(a) three"),
        ("item", "(b) four"),
        ("item", "12. five."),
    ]


def test_a_wrapped_line_that_begins_with_a_number_or_a_dash_loses_nothing() -> None:
    assert pieces("It was reduced by\n22. Then the work\n– which was slow –\nended.") == [
        ("paragraph", "It was reduced by 22. Then the work – which was slow – ended.")
    ]
    assert pieces("• It was reduced by\n  22. Then it rose") == [("item", "It was reduced by 22. Then it rose")]


def test_a_short_line_without_a_stop_heads_what_follows() -> None:
    assert pieces("Findings\n\nIt was late.\n\n“Late again”\n\nnot this one\n\nWas it?\n\nSigned") == [
        ("heading", "Findings"),
        ("paragraph", "It was late."),
        ("paragraph", "“Late again”"),
        ("paragraph", "not this one"),
        ("paragraph", "Was it?"),
        ("paragraph", "Signed"),
    ]


FURNITURE = {
    "Share this page": "share button",
    "share on facebook": "share button",
    "Tweet": "share button",
    "Print this page": "share button",
    "Skip to main content": "menu",
    "Log in": "menu",
    "Keep up to date with the news": "subscription",
    "Sign up for our weekly newsletter": "subscription",
    "This website uses cookies to count visits": "cookie notice",
    "Accept all cookies": "cookie notice",
    "3 comments": "comment form",
    "Your e-mail address will not be published": "comment form",
    "All posts are sponsored by Acme": "sponsor",
    "Advertisement": "sponsor",
    "Related posts": "related posts",
    "You might also like": "related posts",
    "Leave a Reply": "comment form",
}
ARTICLE = [
    "Findings on shared accommodation",
    "People must share on arrival what they know.",
    "Staff were told to reply to victims within two days.",
    "Related posts were left empty for months.",
    "Comments from victims were rare.",
    "The prison used cookies to reward work.",
    "They went home.",
    "Sponsored places were few.",
]


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture_is_left_out_and_listed(line: str) -> None:
    body, removals = plaintext_pieces(f"It was late.\n\n{line}\n\nIt was cold.\n\nIt was wet.\n\nIt was dark.")
    assert "".join(piece.text for piece in body) == "It was late.It was cold.It was wet.It was dark."
    assert [(removal.reason, removal.text) for removal in removals] == [(FURNITURE[line], line)]


@pytest.mark.parametrize("line", ARTICLE)
def test_a_sentence_that_looks_like_furniture_stays(line: str) -> None:
    assert furniture(line) is None
    assert line in [text for _, text in pieces(f"It was late.\n\n{line}\n\nIt was cold.")]


def test_below_a_tail_everything_is_left_out_and_counted() -> None:
    text = "It was late.\n\nIt was cold.\n\nIt was wet.\n\nRelated posts\n\nAnother story\n\nAnd another."
    body, [removal] = plaintext_pieces(text)
    assert [piece.text for piece in body] == ["It was late.", "It was cold.", "It was wet."]
    assert (removal.reason, removal.text) == ("related posts", "Related posts Another story And another.")
    assert removal.characters == len(removal.text)


def test_a_tail_in_the_first_half_takes_only_its_own_line() -> None:
    text = "Comments\n\nIt was late.\n\nIt was cold.\n\nIt was wet."
    assert [words for _, words in pieces(text)] == ["It was late.", "It was cold.", "It was wet."]


def test_a_section_called_comments_and_a_wrapped_line_like_a_websites_stay() -> None:
    text = (
        "It was late in the year.\n\nStaff were told to\nreply\nwithin two days.\n\nComments\n\nNine magistrates said "
        "that reports came late.\n\nMore from women\n\nThey asked for a hostel of their own.\n\nEnd."
    )
    body, removals = plaintext_pieces(text)
    assert [piece.text for piece in body] == [
        "It was late in the year.",
        "Staff were told to reply within two days.",
        "Comments",
        "Nine magistrates said that reports came late.",
        "More from women",
        "They asked for a hostel of their own.",
        "End.",
    ]
    assert removals == []


@pytest.mark.parametrize("unit", ["It was late.\n\n", "a\n", "• a\n", " ", "share ", "A\n\n", "1. a\n", "-"])
def test_a_text_of_any_kind_is_read_in_a_time_that_grows_with_its_length(unit: str) -> None:
    began = time.process_time()
    plaintext_pieces(unit * 30_000)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("published", "read"),
    [
        ("nine\u00a0 \u2009reports\tof\r\n2017", "nine reports of 2017"),
        ("super\u00advision\u200b\ufeff", "supervision"),
        ("\ufb01rst e\ufb03cient \ufb02at", "first efficient flat"),
        ("‘a’ “b” – — … £½ ² é \u0301", "‘a’ “b” – — … £½ ² é \u0301"),
        ("a\x00b\x1fc\x7fd\x85e", "a b c d e"),
        ("self-\nemployed", "self- employed"),
    ],
)
def test_only_the_named_repairs_are_made(published: str, read: str) -> None:
    assert tidy(published) == read
    assert tidy(read) == read


# Of the real article: which lines are its website's, and which open a list. None of its words stand here.
WEBSITE = [1, 7, *range(9, 13), 88, *range(90, 94), 95, 97, 99, 101, 103, 105, 107]
LISTS = {36: range(38, 50), 55: range(57, 64), 67: range(69, 76)}


@pytest.fixture
def article(shared: Path) -> list[str]:
    """The lines of a real page saved as text, line 1 first."""
    return (shared / "real" / "gwent-2017-article.txt").read_text(encoding="utf-8").split("\n")


def read_article(article: list[str]) -> Document:
    body, removals = plaintext_pieces("\n".join(article))
    text, blocks, *_ = assemble(body)
    return Document(Source("a", "A", "P", "report"), "a.txt", "0", "r", text, blocks, removals=tuple(removals))


def test_no_line_of_the_real_pages_website_is_in_any_passage(article: list[str]) -> None:
    document = read_article(article)
    for number in WEBSITE:
        line = tidy(article[number - 1])
        assert line
        assert line not in document.text, f"line {number}"
    removed = sum(removal.characters for removal in document.removals)
    tail = WEBSITE[-7:]
    joined = len(" ".join(tidy(article[number - 1]) for number in tail))
    assert removed == joined + sum(len(tidy(article[number - 1])) for number in WEBSITE[:-7])


def test_every_other_line_of_the_real_page_is_in_the_text_as_published(article: list[str]) -> None:
    document = read_article(article)
    for number, line in enumerate(article, start=1):
        if number not in WEBSITE:
            assert tidy(line.replace("•", "")) in document.text, f"line {number}"


def test_the_lists_of_the_real_page_have_their_lead_ins(article: list[str]) -> None:
    document = read_article(article)
    passages = cut_passages(document, 0)
    for lead_in, lines in LISTS.items():
        expected = tidy(article[lead_in - 1])
        items = [
            document.slice(passage.span)
            for passage in passages
            if passage.lead_in and document.slice(passage.lead_in) == expected
        ]
        bullets = tidy(" ".join(article[number - 1] for number in lines)).split("• ")[1:]
        assert items == [bullet.strip() for bullet in bullets]
        assert not any(expected in document.slice(passage.span) for passage in passages)


def test_a_piece_without_text_takes_no_room() -> None:
    text, blocks, *_ = assemble([Piece("paragraph", "One."), Piece("paragraph", ""), Piece("item", "Two.")])
    assert text == "One.\n\nTwo."
    assert [(block.span.start, block.span.end) for block in blocks] == [(0, 4), (6, 10)]
