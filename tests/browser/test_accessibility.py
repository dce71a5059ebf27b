"""For everyone: axe-core on every page, the keyboard alone, large text, calm motion."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, Site, ask, looked_at, settled, unfold
from browser.pages import PAGES

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
QUESTION = "how did Northway supervise people at low risk?"
# What has the focus, and whether it or what is round it looks different for having it.
FOCUSED = """async () => {
    const one = document.activeElement;
    const near = [one, ...[1, 2, 3, 4].map(n => { let up = one; while (n-- && up) up = up.parentElement; return up; })];
    const looks = () => JSON.stringify(near.filter(Boolean).map(its => {
        const style = getComputedStyle(its);
        return [style.outline, style.boxShadow, style.borderColor, style.backgroundColor, style.textDecoration];
    }));
    const calm = () => new Promise(done => requestAnimationFrame(done));
    await calm();
    const focused = looks();
    one.blur();
    await calm();
    const blurred = looks();
    one.focus({preventScroll: true});
    return {name: one.tagName, seen: focused !== blurred, html: one.outerHTML.slice(0, 200),
            text: (one.innerText || one.getAttribute('aria-label') || '').trim()};
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's source; skips where npm has not brought it, or fails if it must be there."""
    if not AXE.is_file():
        missing = "axe-core is not installed: npm install --no-package-lock --ignore-scripts"
        pytest.fail(missing) if os.environ.get("PROBQA_REQUIRE_AXE") else pytest.skip(missing)
    return AXE.read_text(encoding="utf-8")


def grave(page: Page, axe: str) -> list[str]:
    """The serious and critical findings."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(found => found.violations)")
    return [
        f"{one['id']}: {one['help']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def grave_by_day_and_by_night(page: Page, axe: str) -> list[str]:
    """The findings in the light theme and in the dark one, all that is folded opened."""
    unfold(page)
    found = []
    for scheme, paper in (("light", "rgb(251, 250, 247)"), ("dark", "rgb(21, 24, 29)")):
        page.emulate_media(color_scheme=scheme)
        if page.locator(".stApp").count():
            expect(page.locator(".stApp")).to_have_css("background-color", paper)
        found += [f"{scheme}: {finding}" for finding in grave(page, axe)]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_grave(name: str, site: Site, visit: Open, axe: str) -> None:
    page = visit(f"{site.url}/{PAGES[name]}").page
    looked_at(page)
    assert grave_by_day_and_by_night(page, axe) == []


def test_axe_finds_nothing_grave_in_verdicts_and_in_a_basket(site: Site, visit: Open, axe: str) -> None:
    page = visit(f"{site.url}/check").page
    looked_at(page)
    page.get_by_role("textbox").first.fill(
        "“Northway supervised people at low risk by a telephone call every nine weeks.” “Northway supervised people at "
        "low risk by a telephone call every six weeks.” “Managers at Selby Green checked every assessment.” “The "
        "canteen served excellent soup to every visitor.” “low risk”"
    )
    page.get_by_role("textbox").nth(1).fill("Inspection of Ambleton")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".pq-verdict")).to_have_count(5)
    settled(page)
    for verdict in ("found", "altered", "elsewhere", "absent", "too_short"):
        expect(page.locator(f".pq-is-{verdict}")).to_have_count(1)
    assert grave_by_day_and_by_night(page, axe) == []
    for number in (0, 1):
        page.get_by_role("button", name="Add to basket").first.click()
        page.get_by_role("button", name="Remove from basket").nth(number).wait_for()
    page.get_by_role("link", name="Basket").first.click()
    page.get_by_role("heading", name="Download").wait_for()
    settled(page)
    assert grave_by_day_and_by_night(page, axe) == []


def test_axe_finds_nothing_grave_where_a_draft_is_chosen_and_checked(site: Site, visit: Open, axe: str) -> None:
    page = visit(f"{site.url}/check", viewport={"width": 320, "height": 640}).page
    looked_at(page)
    page.get_by_text("A whole draft, as a file").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").wait_for(state="attached")
    settled(page)
    assert grave_by_day_and_by_night(page, axe) == []
    draft = "<p>“low risk” <del>and so on</del> “Zebras were seen grazing beside the motorway.”</p>"
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "draft.html", "mimeType": "text/html", "buffer": draft.encode()}
    )
    expect(page.locator(".pq-verdict")).to_have_count(2)
    settled(page)
    assert grave_by_day_and_by_night(page, axe) == []
    assert sideways(page) == []


def test_axe_would_find_something_grave(visit: Open, site: Site, axe: str) -> None:
    page = visit(f"{site.url}/healthz").page
    page.evaluate("document.body.innerHTML = '<input><p style=\"color:#ccc;background:#fff\">pale</p>'")
    assert {finding.split(":")[0] for finding in grave(page, axe)} >= {"color-contrast", "label"}


def test_with_the_keyboard_alone_one_can_ask_read_and_come_back(site: Site, visit: Open) -> None:
    page = visit(site.url).page
    looked_at(page)
    box = page.get_by_test_id("stChatInputTextArea")
    box.wait_for()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".pq-finding").wait_for()
    settled(page)
    _tab_to(page, "Read in context")
    page.keyboard.press("Enter")
    page.get_by_role("article", name="Text of the document").wait_for()
    assert page.locator("h1").inner_text() == "Inspection of Ambleton"
    page.go_back()
    page.locator(".pq-finding").wait_for()
    assert page.locator(".pq-card mark").first.inner_text().startswith("Northway supervised people")


@pytest.mark.parametrize("name", ["first sight", "answered", "side by side", "reports", "read"])
def test_the_tab_key_reaches_everything_and_shows_where_it_is(name: str, site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/{PAGES[name]}").page
    looked_at(page)
    page.evaluate("document.activeElement.blur()")
    for _ in range(200):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["name"] == "BODY" or page.evaluate("document.activeElement.dataset.reached"):
            break
        assert focused["seen"], focused["html"]
        page.evaluate("document.activeElement.dataset.reached = 'yes'")
    wanted = page.locator("main a, main button, main textarea, main summary").filter(visible=True)
    left = wanted.evaluate_all(
        "all => all.filter(one => !one.dataset.reached && one.tabIndex >= 0 && !one.disabled).map(one => one.outerHTML)"
    )
    assert left == []
    assert wanted.count()


def test_a_focus_that_is_not_shown_would_be_noticed(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/{PAGES['answered']}").page
    looked_at(page)
    page.evaluate("document.adoptedStyleSheets = [new CSSStyleSheet()]")
    page.evaluate("document.adoptedStyleSheets[0].insertRule('* { outline: none !important }')")
    page.locator(".pq-card a").first.focus()
    page.keyboard.press("Tab")
    assert not page.evaluate(FOCUSED)["seen"]


@pytest.mark.parametrize("name", PAGES)
def test_at_200_percent_and_on_a_narrow_phone_nothing_scrollssideways(name: str, site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/{PAGES[name]}", viewport={"width": 320, "height": 640}, device_scale_factor=2).page
    looked_at(page)
    assert sideways(page) == []
    # What is left of 1280 by 960 at 200 %.
    page.set_viewport_size({"width": 640, "height": 480})
    assert sideways(page) == []


def test_text_alone_at_200_percent_does_not_scrollsideways(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/{PAGES['answered']}").page
    looked_at(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sideways(page) == []


def test_what_is_too_wide_would_be_noticed(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/{PAGES['answered']}", viewport={"width": 640, "height": 480}).page
    looked_at(page)
    page.evaluate("document.querySelector('.pq-card').style.width = '2000px'")
    assert sideways(page) != []


def test_nothing_moves_where_calm_is_asked_for(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/{PAGES['answered']}", reduced_motion="reduce").page
    looked_at(page)
    ask(page, "were victims told of a release?")
    settled(page)
    moving = page.evaluate(
        "document.getAnimations().filter(one => one.playState === 'running').map(one => one.effect.target.outerHTML)"
    )
    assert moving == []
    smooth = page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).scrollBehavior === 'smooth').length"
    )
    assert smooth == 0


def _tab_to(page: Page, text: str) -> None:
    """Press Tab until what is called ``text`` has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED)["text"] == text:
            return
    raise AssertionError(f"the Tab key does not reach {text}")


def sideways(page: Page) -> list[str]:
    """What can be scrolled to the right, the page itself above all; a table may scroll in a box of its own."""
    wide: list[str] = page.evaluate(
        """[document.scrollingElement, ...document.querySelectorAll('.stApp, .stMain, .stAppViewContainer')]
            .filter(one => one.scrollWidth > one.clientWidth + 1)
            .map(one => `${one.className || one.tagName}: ${one.scrollWidth} > ${one.clientWidth}`)"""
    )
    return wide
