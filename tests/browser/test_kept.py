"""What a visitor keeps: through a reload, in a second tab, without a connection, until it is to be forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import PATIENCE_MS, Open, Site, Visit, ask, looked_at, settled
from probqa.ui import basket

QUESTION = "how did Northway supervise people at low risk?"
AND = "were victims told of a release in good time?"
QUOTE = "Northway supervised people at low risk by a telephone call every nine weeks."


@pytest.fixture
def own(browser: Browser, site: Site) -> Iterator[Visit]:
    """A visitor whom nobody has anything kept for."""
    visit = Visit(browser.new_context().new_page(), urlsplit(site.url).netloc)
    yield visit
    visit.close()
    assert visit.complaints == []
    assert visit.strangers() == []


def kept(page: Page) -> dict[str, object]:
    """What the browser keeps for the app."""
    held: dict[str, str] = page.evaluate(
        "Object.fromEntries(Object.entries(localStorage).filter(([name]) => name.startsWith('probqa ')))"
    )
    return {name.split()[-1]: json.loads(text) for name, text in held.items()}


def test_quotes_and_questions_outlive_the_page_and_are_the_same_in_every_tab(own: Visit, site: Site) -> None:
    page = own.page
    page.goto(site.url)
    ask(page, QUESTION)
    settled(page)
    page.get_by_role("button", name="Add to basket").first.click()
    page.reload()
    looked_at(page)
    expect(page.get_by_role("button", name="Remove from basket")).to_have_count(1)
    expect(page.locator(".pq-recent a")).to_have_text([QUESTION])
    [name] = kept(page)["basket"]  # type: ignore[misc]
    assert basket.is_name(name)

    other = page.context.new_page()
    other.set_default_timeout(PATIENCE_MS)
    other.goto(f"{site.url}/basket")
    expect(other.locator(".pq-card blockquote")).to_have_text([QUOTE])
    assert other.url == f"{site.url}/basket"
    expect(other.get_by_role("link", name="Basket (1)")).to_be_visible()

    # What one tab does the other shows, and takes away.
    ask(page, AND)
    settled(page)
    page.get_by_role("button", name="Add to basket").last.click()
    expect(other.locator(".pq-card")).to_have_count(2)
    expect(page.locator(".pq-recent a")).to_have_text([AND, QUESTION])
    assert parse_qs(urlsplit(page.locator(".pq-recent a").last.get_attribute("href") or "").query)["q"] == [QUESTION]
    settled(other)
    other.get_by_role("button", name="Remove from basket").first.focus()
    other.keyboard.press("Enter")
    expect(other.locator(".pq-card")).to_have_count(1)
    expect(other.get_by_role("button", name="Remove from basket")).to_be_focused()
    expect(page.get_by_role("button", name="Remove from basket")).to_have_count(1)

    # Forgotten everywhere, and brought back.
    forget = other.locator("button.pq-forget")
    expect(forget).to_have_text("Forget everything (1 quote and 2 questions)")
    forget.click()
    expect(other.get_by_text("The basket is empty")).to_be_visible()
    expect(page.locator(".pq-recent a")).to_have_count(0)
    assert kept(page) == {"basket": [], "recent": []}
    expect(forget).to_have_text("Forgotten. Bring it back")
    forget.click()
    expect(other.locator(".pq-card")).to_have_count(1)
    expect(page.locator(".pq-recent a")).to_have_text([AND, QUESTION])


def test_what_is_kept_while_there_is_no_connection_is_there_when_it_is_back(own: Visit, site: Site) -> None:
    page = own.page
    page.goto(site.url)
    ask(page, QUESTION)
    settled(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Add to basket").first.click()
    expect(page.locator("[role=status].pq-hidden")).to_have_text("Added to basket: 1 quote")
    page.context.set_offline(False)
    own.complaints.clear()
    page.goto(f"{site.url}/basket")
    expect(page.locator(".pq-card blockquote")).to_have_text([QUOTE])


def test_what_someone_else_has_written_into_the_storage_does_nothing(own: Visit, site: Site) -> None:
    page = own.page
    page.goto(f"{site.url}/about")
    looked_at(page)
    nasty = [
        {"asked": "<img src=x onerror=alert(1)>", "address": "?q=<b>x</b>"},
        {"asked": "a", "address": "javascript:alert(1)"},
        {"asked": "b", "address": "//stranger.example/"},
        {"asked": "c" * 3000, "address": "?q=c"},
        {"asked": 4, "address": "?q=d"},
        None,
    ]
    page.evaluate("held => localStorage.setItem('probqa  recent', JSON.stringify(held))", nasty)
    names = ["<img src=x>", 7, None, "1-2-0123456789abcdef-../x y", "1-2-0123456789abcdef-nowhere"]
    page.evaluate("held => localStorage.setItem('probqa  basket', JSON.stringify(held))", names)
    page.goto(site.url)
    looked_at(page)
    expect(page.locator(".pq-recent a")).to_have_text(["<img src=x onerror=alert(1)>"])
    assert page.locator(".pq-recent a").get_attribute("href") == ".?q=<b>x</b>"
    assert page.locator(".pq-asked img").count() == 0
    page.goto(f"{site.url}/basket")
    expect(page.locator(".pq-notice-title")).to_have_text("1 quote cannot be shown any more")
    expect(page.locator(".pq-notice li")).to_contain_text("From the report “nowhere”, which is not here any more.")
    page.get_by_role("button", name="Remove from basket").click()
    expect(page.locator(".pq-notice-title")).to_have_text("The basket is empty")
    page.evaluate("localStorage.setItem('probqa  basket', '{')")
    page.goto(f"{site.url}/basket")
    expect(page.locator(".pq-notice-title")).to_have_text("The basket is empty")


def test_where_the_browser_keeps_nothing_a_basket_lasts_as_long_as_the_page(own: Visit, site: Site) -> None:
    page = own.page
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused') } })")
    page.goto(f"{site.url}/every?q=how+was+the+work%3F")
    looked_at(page)
    page.get_by_role("button", name="Add to basket").first.click()
    page.get_by_role("link", name="Basket (1)").click()
    expect(page.locator(".pq-card")).to_have_count(1)
    expect(page.get_by_text("This browser keeps nothing for this site")).to_be_visible()


def test_the_link_to_an_answer_is_copied_and_given_to_the_systems_own_way_to_share(own: Visit, site: Site) -> None:
    page = own.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script("navigator.share = async (what) => { document.title = JSON.stringify(what); }")
    page.goto(site.url)
    ask(page, QUESTION)
    ask(page, AND)
    settled(page)
    copy = page.get_by_role("button", name="Copy link")
    expect(copy).to_have_count(2)
    copy.first.click()
    status = page.locator("[role=status].pq-hidden")
    expect(status).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{site.url}/?q=")
    assert parse_qs(urlsplit(copied).query)["q"] == [QUESTION]
    page.get_by_role("button", name="Share").first.click()
    assert json.loads(page.title()) == {"title": QUESTION, "url": copied}
    # Without https there is no clipboard but the older one.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("document.querySelector('[role=status].pq-hidden').textContent = ''")
    copy.last.click()
    expect(status).to_have_text("Copied")
    box = page.get_by_test_id("stChatInputTextArea")
    box.focus()
    page.keyboard.press("Control+v")
    expect(box).to_have_value(page.url)


def test_where_the_system_has_no_way_to_share_none_is_offered(site: Site, visit: Open) -> None:
    page = visit(site.url).page
    ask(page, QUESTION)
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    expect(page.locator(".pq-send")).to_be_hidden()
