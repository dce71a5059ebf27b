"""Links to words: found again letter by letter in another text, never inside a word, never elsewhere."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from probqa import links
from probqa.errors import InputError
from probqa.links import Found, find, read_link, reading_link
from probqa.records import Document, Quote, Source, Span

WORDS = "It was safe."
OLD = f"It was good. {WORDS}"


def document(text: str) -> Document:
    return Document(Source("north/a&b", "A", "P", "report"), "a.md", "0" * 64, "markdown 1", text, ())


def link_to(text: str, start: int, end: int) -> str:
    return reading_link(Quote(document(text), Span(start, end), Span(0, len(text))))


LINK = link_to(OLD, 13, 25)


def test_a_link_leads_to_the_words_in_the_text_it_was_made_from() -> None:
    assert find(document(OLD), read_link(LINK)) == Found(Span(13, 25), "same")
    assert find(document(OLD), read_link(f"https://example.org/app/{LINK}#top")) == Found(Span(13, 25), "same")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"In May it was good. {WORDS}", Found(Span(20, 32), "moved")),
        (f"{OLD} Then.", Found(Span(13, 25), "moved")),
        (WORDS, Found(Span(0, 12), "moved")),
        (f"{WORDS} Now {OLD}", Found(Span(0, 12), "moved", 2)),
        (f"{'x' * 14} {WORDS}{' x' * 40} {WORDS}", Found(Span(15, 27), "moved", 2)),
        ("It was good. It was Safe.", Found(None, "gone")),
        ("It was good. It was  safe.", Found(None, "gone")),
        (f"{OLD[:-1]}", Found(None, "gone")),
        # Inside a word.
        (f"It was good. Spir{WORDS}", Found(None, "gone")),
        ("It was good.", Found(None, "gone")),
    ],
)
def test_in_another_text_the_words_are_found_again_or_are_gone(text: str, found: Found) -> None:
    assert find(document(text), read_link(LINK)) == found


def test_words_are_not_found_where_they_end_inside_a_word_or_number() -> None:
    link = read_link(link_to("A rise of 12 in Kent", 2, 12))
    assert find(document("The rise of 123 in Kent"), link) == Found(None, "gone")
    assert find(document("The rise of 12³ in Kent"), link) == Found(Span(4, 14), "moved")


@pytest.mark.parametrize(
    "change",
    [{"words": "0" * 16}, {"from": "12"}, {"to": "24"}, {"from": "25", "to": "13"}, {"to": "99"}, {"from": "²"}],
)
def test_a_link_that_somebody_changed_marks_nothing(change: dict[str, str]) -> None:
    given = {name: values[0] for name, values in read_link(LINK).items()}
    changed = read_link(f"read?{urlencode(given | change)}")
    assert find(document(OLD), changed) == Found(None, "gone")


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("13", "25", Found(Span(13, 25), "unproved")),
        ("14", "25", Found(None, "gone")),
        ("13", "23", Found(None, "gone")),
        ("13", "26", Found(None, "gone")),
        ("13", "", Found(None, "gone")),
        ("1" * 5000, "2" * 5001, Found(None, "gone")),
        ("", "", None),
    ],
)
def test_an_old_link_marks_what_it_names_but_nothing_inside_a_word(start: str, end: str, found: Found | None) -> None:
    assert find(document(OLD), {"document": ["a"], "from": [start], "to": [end]}) == found


@pytest.mark.parametrize("link", ["", "read?from=1", "http://[", "read?document=", "&".join(["document=a"] * 60)])
def test_what_is_no_link_is_refused(link: str) -> None:
    with pytest.raises(InputError, match="this is no link to words of a report"):
        read_link(link)


def test_a_link_that_would_take_long_to_follow_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_MAX_WORK", 300)
    given = read_link(LINK)
    assert find(document(f"{OLD} !"), given) is not None
    assert find(document(OLD + " " * 100), given) == Found(None, "gone")
