"""What can be read at once: a whole journey without scripts, and how the app takes over when its scripts have come."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from browser.conftest import Open, Site, Visit, asked_at_once, settled, taken_over
from browser.test_accessibility import axe, grave  # noqa: F401

QUESTION = "how did Northway supervise people at low risk?"
QUOTE = "Northway supervised people at low risk by a telephone call every nine weeks."
SCRIPT = re.compile(r"/static/js/index\.")


@pytest.fixture
def plain(browser: Browser, site: Site) -> Iterator[Visit]:
    """A phone whose browser runs no scripts."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    visited = Visit(context.new_page(), site.url.removeprefix("http://"))
    yield visited
    visited.close()
    assert visited.complaints == []
    assert visited.strangers() == []


def hold_scripts(page: Page) -> list[Route]:
    """Keep the app's scripts back, and return what is to be let go on."""
    held: list[Route] = []
    page.route(SCRIPT, lambda route: held.append(route))
    return held


def test_the_whole_journey_goes_without_scripts(site: Site, plain: Visit) -> None:
    page = plain.page
    page.goto(site.url)
    page.get_by_role("textbox").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".pq-words").first).to_have_text(QUOTE)
    expect(page).to_have_title(f"{QUESTION} · Ask the inspection reports")
    page.get_by_role("textbox").fill("and the victims?")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("heading", name="and the victims?")).to_be_visible()
    page.get_by_role("link", name=QUESTION).click()
    page.get_by_role("link", name="context").first.click()
    expect(page.locator("#passage")).to_have_text(QUOTE)
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Check a quote").click()
    page.get_by_role("textbox").first.fill(QUOTE)
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".pq-summary")).to_have_text("1 quote checked against 3 reports: 1 found word for word.")
    page.goto(f"{site.url}/every")
    page.get_by_role("textbox").fill(QUESTION)
    page.get_by_role("button", name="Go").click()
    expect(page.locator(".pq-finding")).to_contain_text("of 3 reports")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_app_takes_over_with_what_was_typed_and_nothing_is_there_twice(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/about", reduced_motion="reduce").page
    held = hold_scripts(page)
    page.goto(asked_at_once(site, [QUESTION]), wait_until="commit")
    expect(page.locator(".pq-words").first).to_have_text(QUOTE)
    before = page.locator(".pq-words").first.bounding_box()
    page.get_by_role("textbox").fill("and the victims?")
    assert page.locator("#root").evaluate("root => root.inert")
    for route in held:
        route.continue_()
    taken_over(page)
    box = page.get_by_test_id("stChatInputTextArea")
    expect(box).to_have_value("and the victims?")
    expect(box).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_text(QUOTE)).to_have_count(1)
    # Nothing is seen to move.
    after = page.locator(".pq-words").first.bounding_box()
    assert before is not None
    assert after is not None
    assert all(abs(before[side] - after[side]) < 2 for side in ("x", "y", "width", "height")), (before, after)
    box.press("Enter")
    expect(page.locator(".pq-question").last).to_have_text("and the victims?")
    settled(page)


def test_the_place_where_one_reads_stays_when_the_app_takes_over(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/about", viewport={"width": 390, "height": 500}).page
    held = hold_scripts(page)
    page.goto(f"{site.url}/read?document=ambleton", wait_until="commit")
    heading = page.get_by_role("heading", name="Courts")
    heading.evaluate("heading => scrollTo(0, heading.offsetTop - 100)")
    before = heading.bounding_box()
    for route in held:
        route.continue_()
    taken_over(page)
    settled(page)
    after = heading.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 12, (before, after)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address", ["", f"?q={QUESTION}", "every?q=who%3F", "check", "read?document=ambleton", "read/x"]
)
def test_axe_finds_nothing_grave_in_the_first_html(
    site: Site,
    visit: Open,
    axe: str,  # noqa: F811
    address: str,
    scheme: str,
) -> None:
    visited = visit(f"{site.url}/about", color_scheme=scheme)
    hold_scripts(visited.page)
    visited.page.goto(f"{site.url}/{address}", wait_until="commit")
    visited.page.locator("#pq-first main h1").wait_for()
    assert grave(visited.page, axe) == []
    visited.page.set_viewport_size({"width": 320, "height": 640})
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= 320
    visited.complaints[:] = [said for said in visited.complaints if "404" not in said]
