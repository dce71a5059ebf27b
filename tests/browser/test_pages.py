"""What only a browser can show: links without a reload, Back, "/", scrolling, copying, and filters that follow."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from browser.conftest import PATIENCE_MS, Open, Site, ask, looked_at, settled

QUESTION = "how did Northway supervise people at low risk?"
AND = "and staff morale?"


def questions(page: Page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("q", [])


def test_the_question_is_in_the_address_and_back_and_forward_follow_it(site: Site, visit: Open) -> None:
    page = visit(site.url).page
    ask(page, QUESTION)
    assert questions(page) == [QUESTION]
    ask(page, AND)
    assert questions(page) == [QUESTION, AND]
    page.go_back()
    expect(page.locator(".pq-question")).to_have_text([QUESTION])
    page.go_back()
    expect(page.locator(".pq-covered")).to_be_visible()
    assert questions(page) == []
    page.go_forward()
    expect(page.locator(".pq-question")).to_have_text([QUESTION])


def test_slash_goes_to_the_question_box_but_can_be_typed_in_it(site: Site, visit: Open) -> None:
    page = visit(site.url).page
    looked_at(page)
    box = page.get_by_test_id("stChatInputTextArea")
    box.wait_for()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("and/or")
    expect(box).to_have_value("and/or")


def test_the_newest_question_comes_into_view_with_its_first_quote(site: Site, visit: Open) -> None:
    page = visit(site.url, viewport={"width": 900, "height": 700}, reduced_motion="reduce").page
    ask(page, QUESTION)
    ask(page, AND)
    newest = page.locator(".pq-question").last
    settled(page)
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while True:
        box = newest.bounding_box()
        assert box is not None
        if 50 < box["y"] < 150:
            break
        assert time.monotonic() < deadline, box
        time.sleep(0.05)
    second = page.locator(".pq-turn").last
    card = second.locator("xpath=following::article[1]").bounding_box()
    assert card is not None
    assert card["y"] > box["y"]


def test_reading_in_context_shows_the_passage_and_back_the_answer_without_a_reload(site: Site, visit: Open) -> None:
    page = visit(site.url, reduced_motion="reduce").page
    ask(page, QUESTION)
    page.evaluate("window.same = true")
    words = page.locator("mark").first.inner_text()
    page.get_by_role("link", name="Read in context").first.click()
    passage = page.locator("#passage")
    expect(passage).to_have_text(words)
    expect(passage).to_be_in_viewport()
    page.go_back()
    expect(page.locator(".pq-question")).to_have_text([QUESTION])
    assert page.evaluate("window.same") is True


def test_copying_gives_the_words_with_their_source(site: Site, visit: Open) -> None:
    page = visit(site.url, permissions=["clipboard-read", "clipboard-write"]).page
    ask(page, QUESTION)
    words = page.locator("mark").first.inner_text()
    page.get_by_role("button", name="Copy with citation").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.locator("[role=status].pq-hidden")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"“{words}”\n")
    assert "Inspection of Ambleton" in copied


def test_a_filter_that_back_has_taken_away_does_not_come_back(site: Site, visit: Open) -> None:
    page = visit(site.url).page
    ask(page, QUESTION)
    page.get_by_role("combobox", name="Area").click()
    page.get_by_role("option", name="Ambleton").click()
    expect(page.locator(".pq-chip")).to_have_count(1)
    page.go_back()
    expect(page.locator(".pq-chip")).to_have_count(0)
    ask(page, AND)
    assert "area" not in parse_qs(urlsplit(page.url).query)


def test_the_colours_follow_the_theme_that_is_chosen_in_the_menu(site: Site, visit: Open) -> None:
    page = visit(site.url, color_scheme="light").page
    ask(page, QUESTION)
    ink = "getComputedStyle(document.querySelector('.pq-words')).color"
    light = page.evaluate(ink)
    page.get_by_test_id("stMainMenu").get_by_role("button").click()
    page.get_by_text("dark_mode").click()
    expect(page.locator(".pq-words").first).not_to_have_css("color", light)


def test_a_link_to_a_passage_that_is_opened_by_itself_shows_it(site: Site, visit: Open) -> None:
    start = site.text_of("ambleton").index("91%")
    visited = visit(
        f"{site.url}/read?document=ambleton&from={start}&to={start + 3}",
        viewport={"width": 600, "height": 400},
        reduced_motion="reduce",
    )
    passage = visited.page.locator("#passage")
    expect(passage).to_have_text("91%")
    expect(passage).to_be_in_viewport()
    # Streamlit looks for its server below the page's own path first.
    visited.complaints[:] = [said for said in visited.complaints if "/read/_stcore/" not in said]
