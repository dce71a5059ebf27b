"""A question and its answer in a real browser."""

from __future__ import annotations

from browser.conftest import Open, Site, ask

QUESTION = "how did Northway supervise people at low risk?"
QUOTE = "Northway supervised people at low risk by a telephone call every nine weeks."


def test_a_quote_on_the_screen_is_cut_from_the_source_and_says_where_it_is_from(site: Site, visit: Open) -> None:
    page = visit(site.url).page
    ask(page, QUESTION)
    card = page.locator(".pq-card").first
    text = site.text_of("ambleton")
    start = text.index(QUOTE)
    assert card.locator("mark").inner_text() == text[start : start + len(QUOTE)]
    shown = card.inner_text()
    for part in ("Inspection of Ambleton", "The Inspectorate", "19 April 2017", "Findings › Supervision"):
        assert part in shown
    link = card.get_by_role("link", name="Open original")
    assert link.get_attribute("href") == (
        "https://example.org/ambleton#:~:text=Northway%20supervised%20people%20at%20low%20risk%20by%20a"
    )
