"""What Streamlit leaves open, in the real page: its language, headings, landmarks, keys, frames, tools and arrivals."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from browser.conftest import Open, Site, ask, asked_at_once, looked_at, settled, taken_over
from browser.pages import PAGES

QUESTION = "how did Northway supervise people at low risk?"
AND = "were victims told of a release in good time?"
FOUND = "1 passage in 1 report answers this"
# Each shape of page once.
SHAPES = ("answered", "every report", "side by side", "check", "basket, empty", "reports", "about", "read")
STRUCTURE = """() => ({
    lang: document.documentElement.lang,
    h1: document.querySelectorAll("h1").length,
    main: document.querySelectorAll("main").length,
    unnamed: [...document.querySelectorAll("nav, section, [role=region]")]
        .filter(one => !one.ariaLabel && !one.getAttribute("aria-labelledby")).map(one => one.outerHTML.slice(0, 100)),
    frames: document.querySelectorAll("iframe, frame, object, embed").length,
    tools: [...document.querySelectorAll(
        "[data-testid=stDecoration], [data-testid=stAppDeployButton], [data-testid=stElementToolbar]"
    )].map(one => one.dataset.testid),
    levels: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(one => Number(one.tagName[1])),
})"""


@pytest.mark.parametrize("name", SHAPES)
def test_a_page_has_a_language_one_main_heading_named_landmarks_and_no_frame_or_tool(
    name: str, site: Site, visit: Open
) -> None:
    page = visit(f"{site.url}/{PAGES[name]}").page
    looked_at(page)
    found = page.evaluate(STRUCTURE)
    levels = found.pop("levels")
    assert found == {"lang": "en-GB", "h1": 1, "main": 1, "unnamed": [], "frames": 0, "tools": []}
    assert levels[0] == 1
    assert all(next_one <= level + 1 for level, next_one in pairwise(levels)), levels
    assert "Streamlit" not in page.title()
    # The first stop leads past menu and filters.
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text("Skip to main content")
    expect(skip).to_be_in_viewport()
    address = page.url
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('main h1, main [data-answer]')")
    assert page.url == address


def runs(page: Page) -> list[str]:
    """What the state of the server's script has been since ``watch``."""
    found: list[str] = page.evaluate("window.states")
    return found


def test_a_single_letter_does_nothing_but_can_be_typed(site: Site, visit: Open) -> None:
    page = visit(asked_at_once(site, [QUESTION])).page
    looked_at(page)
    page.evaluate(
        """() => {
            window.states = [];
            const app = document.querySelector(".stApp");
            new MutationObserver(() => states.push(app.dataset.testScriptState)).observe(
                app, { attributes: true, attributeFilter: ["data-test-script-state"] });
        }"""
    )
    page.evaluate("document.activeElement.blur()")
    for key in ("r", "R", "c", "C"):
        page.keyboard.press(key)
    # A run that was asked for would be over before what is asked for next is heard.
    page.keyboard.press("/")
    box = page.get_by_test_id("stChatInputTextArea")
    expect(box).to_be_focused()
    page.keyboard.type("crc or record")
    expect(box).to_have_value("crc or record")
    assert runs(page) == []
    assert page.get_by_role("dialog").count() == 0


def test_the_menu_of_the_framework_holds_nothing_for_developers(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/about").page
    looked_at(page)
    page.get_by_role("button", name="Main menu").click()
    menu = page.get_by_test_id("stMainMenuPopover")
    items = menu.get_by_role("menuitemradio").or_(menu.get_by_role("menuitem"))
    expect(items).to_have_text([re.compile("System"), re.compile("Light"), re.compile("Dark"), "Print"])


def test_an_answer_that_arrives_is_told_and_has_the_focus(site: Site, visit: Open) -> None:
    page = visit(site.url).page
    looked_at(page)
    status = page.locator("[role=status].pq-hidden")
    expect(status).to_have_text("")
    ask(page, QUESTION)
    expect(page.locator(".pq-question")).to_be_focused()
    expect(status).to_have_text(page.locator(".pq-finding").inner_text())
    assert FOUND in status.inner_text()
    # From there the Tab key goes on into the answer.
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('.pq-card'))")
    ask(page, AND)
    expect(page.locator(".pq-question").last).to_be_focused()
    expect(status).to_have_text(page.locator(".pq-finding").last.inner_text())
    # A filter keeps the focus, and what it changed is told.
    settled(page)
    page.get_by_role("combobox", name="Area").focus()
    page.keyboard.type("Ambleton")
    page.keyboard.press("Enter")
    expect(page.locator(".pq-chip", has_text="Ambleton")).to_be_visible()
    settled(page)
    assert page.evaluate("Boolean(document.activeElement.closest('.stSidebar'))")
    expect(status).to_have_text(page.locator(".pq-finding").last.inner_text())


def test_an_answer_that_a_link_opens_leaves_the_focus_where_it_is(site: Site, visit: Open) -> None:
    page = visit(asked_at_once(site, [QUESTION])).page
    looked_at(page)
    expect(page.locator("[role=status].pq-hidden")).to_have_text("")
    assert page.evaluate("document.activeElement === document.body")


def test_what_is_being_typed_is_not_left_for_an_answer(site: Site, visit: Open) -> None:
    page = visit(site.url).page
    held: list[str | bytes] | None = None
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        server = socket.connect_to_server()
        server.on_message(lambda message: socket.send(message) if held is None else held.append(message))

    page.route_web_socket(re.compile("_stcore/stream"), through)
    page.reload()
    taken_over(page)
    looked_at(page)
    box = page.get_by_test_id("stChatInputTextArea")
    box.evaluate("box => { box.same = true; }")
    box.fill(QUESTION)
    # The answer waits until something has been typed.
    held = []
    box.press("Enter")
    box.press_sequentially("and")
    waiting, held = held, None
    for message in waiting:
        sockets[-1].send(message)
    page.locator(".pq-finding").wait_for()
    settled(page)
    expect(box).to_be_focused()
    expect(box).to_have_value("and")
    assert box.evaluate("box => box.same")
