"""Law 5 on the screen: what the browser shows is what the report says, character for character."""

from __future__ import annotations

import re

import pytest

from browser import awkward
from browser.conftest import Open, Serve, Site, asked_at_once, opened_cards
from probqa.reading.formats.repairs import tidy

DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
A_LOAD = 8


@pytest.fixture(scope="module")
def awkward_site(serve: Serve) -> Site:
    return serve(awkward.reports())


def shown_as(text: str) -> str:
    """How text must look: as it is, but marks that turn its direction are named."""
    return DIRECTIONS.sub(lambda mark: f"[U+{ord(mark[0]):04X}]", text)


def test_500_awkward_quotes_look_in_the_browser_as_they_stand_in_the_report(awkward_site: Site, visit: Open) -> None:
    seen: list[str] = []
    visited = visit(awkward_site.url)
    for first in range(0, awkward.GROUPS, A_LOAD):
        questions = [awkward.question(group) for group in range(first, min(first + A_LOAD, awkward.GROUPS))]
        visited.follow(asked_at_once(awkward_site, questions))
        visited.page.get_by_text(questions[-1], exact=True).first.wait_for()
        shown = opened_cards(visited.page, len(questions))
        expected = []
        for question in questions:
            for quote in awkward_site.library.ask(question).quotes:
                text = awkward_site.text_of(quote.source.id)
                words = text[quote.span.start : quote.span.end]
                around = text[quote.context_span.start : quote.context_span.end]
                expected.append({"words": shown_as(words), "around": shown_as(around)})
                seen.append(words)
        assert [{name: card[name] for name in ("words", "around")} for card in shown] == expected
    said = set(seen)
    missing = [
        sentence
        for group in range(awkward.GROUPS)
        for sentence in awkward.sentences(group)
        if not any(tidy(sentence) in words or words in tidy(sentence) for words in said)
    ]
    # A sentence of another report may stand before the last of eight.
    assert len(missing) <= 4
    assert len(said) >= 500
