"""An answer on paper: what Chromium prints of it as a PDF, read back."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page

from browser.conftest import Open, Site, asked_at_once, settled

QUESTION = "how did Northway supervise people at low risk?"
QUOTE = "Northway supervised people at low risk by a telephone call every nine weeks."
# What is on the page and of no use on paper.
NOT_ON_PAPER = (
    "Ask about",
    "Read in context",
    "Copy",
    "basket",
    "Start again",
    "Every report",
    "Answer only from",
    "Print",
)


def printed(page: Page, path: Path) -> str:
    """The text of the page as it is printed, a space for every gap."""
    page.pdf(path=path, format="A4")
    document = pypdfium2.PdfDocument(path)
    return " ".join(" ".join(one.get_textpage().get_text_range() for one in document).split())


@pytest.mark.parametrize("way", ["the app's page", "the page for paper"])
def test_the_question_the_quotes_their_sources_and_the_edition_are_printed_and_nothing_else(
    site: Site, visit: Open, tmp_path: Path, way: str
) -> None:
    page = visit(asked_at_once(site, [QUESTION]), color_scheme="dark").page
    page.locator(".pq-card").first.wait_for()
    settled(page)
    if way == "the page for paper":
        page.goto(page.url + "&print=1")
    text = printed(page, tmp_path / "answer.pdf")
    assert text.startswith(QUESTION)
    assert QUOTE in text
    for source in ("Inspection of Ambleton", "The Inspectorate", "19 April 2017", "https://example.org/ambleton"):
        assert source in text
    assert f"Edition of {site.library.generation.manifest.day.in_words}" in text
    assert [word for word in NOT_ON_PAPER if word in text] == []
