"""Each state of an answer in a real browser: other words, another shape, and what can be done from there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import WebSocketRoute, expect

from browser.conftest import Open, Serve, Site, ask, asked_at_once, settled, taken_over, unfold
from browser.test_accessibility import axe, grave  # noqa: F401
from conftest import REPORTS
from probqa.indexing.storage import build_lock
from probqa.weights import WEIGHTS

GLOSSARY = """terms:
- {term: Unpaid work, definition: Work done as a punishment., basis: general knowledge}
"""
LATER = """---
title: Ambleton again
kind: inspection report
area: Ambleton
published: 2022
---
# Roofs

The roofs of Ambleton leaked.
"""


@pytest.fixture(scope="module")
def states(serve: Serve) -> Site:
    """``REPORTS`` with a glossary, a later inspection, and as many reports on buses as are too many."""
    town = "---\narea: Town{0}\npublished: {1}\n---\n# Findings\n\nThe buses of town {0} were late.\n"
    towns = {f"t{at}.md": town.format(chr(97 + at), 2010 + at % 5) for at in range(WEIGHTS.many)}
    return serve(REPORTS | towns | {"later.md": LATER, "glossary.yaml": GLOSSARY})


def test_a_broad_question_is_narrowed_by_one_click(states: Site, visit: Open) -> None:
    page = visit(asked_at_once(states, ["buses"])).page
    expect(page.locator(".pq-finding")).to_have_text(
        f"This touches {WEIGHTS.many} reports: pick an area, a provider or a year."
    )
    settled(page)
    page.get_by_role("link", name="2012", exact=True).click()
    expect(page.locator(".pq-finding")).not_to_contain_text("This touches")
    expect(page.get_by_label("Filters that are on").or_(page.get_by_label("What was searched"))).to_contain_text("2012")
    settled(page)
    expect(page.locator(".pq-source", has_text="2012")).to_have_count(5)
    expect(page.locator(".pq-source")).to_have_count(5)


def test_a_question_outside_the_reports_says_so_without_a_quote(states: Site, visit: Open) -> None:
    page = visit(states.url).page
    ask(page, "zyzzyva quokka?")
    expect(page.locator(".pq-finding")).to_have_text(
        f"Nothing in these {states.library.generation.documents} reports comes near this question."
    )
    settled(page)
    expect(page.locator(".pq-card:visible")).to_have_count(0)
    page.get_by_text("Show what came nearest").click()
    expect(page.locator(".pq-card:visible")).to_have_count(3)


def test_what_is_near_is_in_a_box_of_its_own(states: Site, visit: Open) -> None:
    page = visit(asked_at_once(states, ["How many dogs did Northway keep at Leeds in 1931?"])).page
    box = page.locator("[class*=st-key-near-]")
    expect(box.get_by_role("heading", name="Not an answer, but near")).to_be_visible()
    settled(page)
    expect(box.locator(".pq-card")).to_have_count(3)
    expect(page.locator(".pq-card")).to_have_count(3)
    assert box.evaluate("box => getComputedStyle(box).borderStyle") == "dashed"


def test_while_a_build_is_at_work_answers_go_on(states: Site, visit: Open) -> None:
    with build_lock(states.settings.index):
        page = visit(states.url).page
        expect(page.get_by_text("The reports are being updated")).to_be_visible()
        ask(page, "how did Northway supervise people at low risk?")
        expect(page.locator(".pq-card").first).to_be_visible()


def test_a_later_inspection_is_one_click_away(states: Site, visit: Open) -> None:
    page = visit(asked_at_once(states, ["how did Northway supervise people at low risk?"])).page
    page.get_by_role("link", name="a later inspection of Ambleton exists (2022)").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ambleton again")


def test_a_word_of_the_field_is_explained_by_the_keyboard_alone_and_the_quote_stays_as_it_is(
    states: Site, visit: Open
) -> None:
    page = visit(asked_at_once(states, ["when did unpaid work begin?"])).page
    card = page.locator(".pq-card").first
    card.wait_for()
    settled(page)
    before = card.locator("blockquote").inner_text()
    meaning = card.get_by_text("Work done as a punishment.")
    expect(meaning).to_be_hidden()
    summary = card.locator("summary")
    expect(summary).to_have_text("More on this source, and what these words mean: Unpaid work")
    card.get_by_role("link", name="Read in context").focus()
    page.keyboard.press("Shift+Tab")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    assert card.locator("blockquote").inner_text() == before


def test_while_the_server_does_not_answer_the_page_says_so_stays_readable_and_keeps_what_was_typed(
    states: Site, visit: Open
) -> None:
    visited = visit(f"{states.url}/about")
    page = visited.page
    sockets: list[WebSocketRoute] = []
    page.route_web_socket(re.compile("_stcore/stream"), lambda socket: sockets.append(socket.connect_to_server()))
    page.goto(asked_at_once(states, ["how did Northway supervise people at low risk?"]))
    taken_over(page)
    settled(page)
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill("and the victims")
    health = re.compile("_stcore/(health|host-config)")
    page.route(health, lambda route: route.abort())
    sockets[-1].close()
    told = page.locator(".pq-lost")
    expect(told).to_contain_text("This server does not answer at the moment")
    expect(told).to_have_attribute("role", "status")
    # Streamlit's own box would come by now.
    page.wait_for_timeout(4000)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".pq-card").first).to_be_visible()
    page.unroute(health)
    expect(told).to_be_empty()
    expect(box).to_be_focused()
    expect(box).to_have_value("and the victims")
    box.press("Enter")
    expect(page.locator(".pq-question").last).to_have_text("and the victims")
    settled(page)
    visited.complaints[:] = [
        said for said in visited.complaints if not re.search("_stcore/|ERR_FAILED|not responding", said)
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("question", ["buses", "zyzzyva quokka?", "How many dogs did Northway keep at Leeds in 1931?"])
def test_axe_finds_nothing_grave_in_a_state(
    states: Site,
    visit: Open,
    axe: str,  # noqa: F811
    question: str,
    scheme: str,
) -> None:
    with build_lock(states.settings.index):
        page = visit(asked_at_once(states, [question]), color_scheme=scheme).page
        page.locator(".pq-finding").wait_for()
        settled(page)
    unfold(page)
    assert grave(page, axe) == []
