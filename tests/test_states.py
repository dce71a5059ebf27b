"""What the page says before the quotes: terms explained, notes, and a table of ratings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from probqa.dates import PartialDate
from probqa.records import Answer, Coverage, Definition, Note, RatingRow, Source
from probqa.ui import frame, states
from probqa.ui.markup import Markup
from quoting import question_of, quote_of

SOURCE = Source("weir", "Probation in <Weir>", "P", "inspection report", PartialDate("2025"))
ANSWER = Answer(question_of("?"), "answered", (), Coverage(1, 1, 0), "0" * 16)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Draw what is known of an answer, and return its HTML."""

    def draw(answer: Answer, offered: Callable[[str], str] | None = None) -> str:
        parts: list[Markup] = []
        monkeypatch.setattr(frame, "draw", parts.append)
        states.known(answer, offered)
        return "".join(parts)

    return draw


def test_nothing_is_drawn_of_an_answer_with_quotes_alone(drawn: Callable[..., str]) -> None:
    assert drawn(ANSWER) == ""


def test_a_term_is_explained_in_words_that_are_said_to_be_ours(drawn: Callable[..., str]) -> None:
    html = drawn(replace(ANSWER, definitions=(Definition("Re<call>", "RC", "Back to prison.", "seen", ()),)))
    assert "<h3>Explained: Re&lt;call&gt; (RC)</h3><p>Back to prison.</p>" in html
    assert "In this project’s own words, not a report’s (seen)" in html
    assert "blockquote" not in html


def test_a_note_offers_its_questions_only_where_they_can_be_asked(drawn: Callable[..., str]) -> None:
    noted = replace(ANSWER, notes=(Note("No <b>Leeds</b>.", ("How was Yorkshire?",)),))
    assert drawn(noted) == '<p class="pq-notice">No &lt;b&gt;Leeds&lt;/b&gt;.</p>'
    assert '<a class="pq-go" href="?q=1">How was Yorkshire?</a>' in drawn(noted, lambda _: "?q=1")


def test_a_rating_leads_to_its_words_or_says_that_only_metadata_have_it(drawn: Callable[..., str]) -> None:
    quote = quote_of(SOURCE, "Weir was good.")
    html = drawn(replace(ANSWER, ratings=(RatingRow(SOURCE, "Weir", "Good", quote), RatingRow(SOURCE, "Tor", "Poor"))))
    assert f"from={quote.span.start}&amp;to={quote.span.end}" in html
    assert "<td>Good</td>" in html
    assert "<td>Poor (from the report’s metadata)</td>" in html
    assert 'href="read?document=weir">2025<span class="pq-hidden">: Probation in &lt;Weir&gt;</span></a>' in html


def test_more_than_six_ratings_are_folded(drawn: Callable[..., str]) -> None:
    rows = tuple(RatingRow(SOURCE, f"Place {number}", "Good") for number in range(8))
    assert "<details" not in drawn(replace(ANSWER, ratings=rows[:6]))
    opened, folded = drawn(replace(ANSWER, ratings=rows)).split("<details")
    assert (opened.count("<tbody>"), opened.count("Place "), folded.count("Place ")) == (1, 6, 2)
    assert "<summary>2 more</summary>" in folded
