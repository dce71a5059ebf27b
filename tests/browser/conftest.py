"""A server over an index that needs no model, a real Chromium, and visits that must do nothing unseen."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from conftest import REPORTS
from serving import Site, served

# No name resolves but the server's, so whatever a page asks for elsewhere is seen here and goes nowhere.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# On a page below the root Streamlit's script asks here first where its server is; "not found" sends it to the root.
LOOKS_FOR_ITS_SERVER = re.compile(r"//127\.0\.0\.1:\d+/[a-z]+/_stcore/(health|host-config)$")
# Streamlit drops a page's icon between two runs of which one breaks off the other, and Chromium may ask just then.
ICON_MADE_ANEW = re.compile(r"//127\.0\.0\.1:\d+/media/[0-9a-f]+\.png$")
# A slow machine is given time; a quick one is never kept waiting.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Visit:
    """A page, and all that it asked for and complained of."""

    page: Page
    host: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda websocket: self.requests.append(websocket.url))
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.set_default_timeout(PATIENCE_MS)

    def strangers(self) -> list[str]:
        """Requests to anything but the server."""
        return [
            url
            for url in self.requests
            if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != self.host
        ]

    def follow(self, url: str) -> None:
        """Go where a link of the app leads, without loading it anew."""
        settled(self.page)
        self.page.evaluate("to => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate')) }", url)

    def close(self) -> None:
        """Leave the page; nothing more is heard of it."""
        self.page.context.close()

    def _console(self, message: Any) -> None:
        # Chromium reports a broken content security policy here too.
        where = message.location.get("url", "")
        if message.type == "error" and not (LOOKS_FOR_ITS_SERVER.search(where) or ICON_MADE_ANEW.search(where)):
            self.complaints.append(f"console: {message.text} ({where})")

    def _dialog(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()


Serve = Callable[[Mapping[str, str | bytes]], Site]
Open = Callable[..., Visit]


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Index a corpus with the hash encoder and serve it on a free port of this machine until the session ends."""
    with ExitStack() as stack:
        yield lambda files: stack.enter_context(served(tmp_path_factory.mktemp("site"), files))


@pytest.fixture(scope="session")
def site(serve: Serve) -> Site:
    """A server over ``REPORTS``."""
    return serve(REPORTS)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; skips where it is not, or fails if it must be there."""
    # The one without windows draws a page in two thirds of the time.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        missing = "Chromium is not installed: apt-get install chromium-headless-shell"
        pytest.fail(missing) if os.environ.get("PROBQA_REQUIRE_BROWSER") else pytest.skip(missing)
    return found


# Not for the session: while Playwright runs, other tests of this thread could not use asyncio.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A running Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def profiles() -> dict[str, BrowserContext]:
    """Visitors by what is known of them; what they have loaded once need not be loaded again."""
    return {}


@pytest.fixture
def visit(browser: Browser, profiles: dict[str, BrowserContext]) -> Iterator[Open]:
    """Open an address, as someone else each time in one test; fails it if a page complained or asked another host."""
    visits: list[Visit] = []

    def open_page(url: str, **profile: Any) -> Visit:
        name = repr(sorted(profile.items()))
        context = profiles.get(name)
        if context is None or any(one.page.context == context for one in visits):
            context = profiles[name] = browser.new_context(**profile)
        visits.append(Visit(context.new_page(), urlsplit(url).netloc))
        visits[-1].page.goto(url)
        taken_over(visits[-1].page)
        return visits[-1]

    yield open_page
    for one in visits:
        one.page.close()
        assert one.complaints == []
        assert one.strangers() == []


def ask(page: Page, question: str) -> None:
    """Type a question, and wait until the page says what was found."""
    found = page.locator(".pq-finding")
    before = found.count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    found.nth(before).wait_for()


def asked_at_once(site: Site, questions: Sequence[str], page: str = "") -> str:
    """The address of a page at which these questions have been asked."""
    return f"{site.url}/{page}?{urlencode({'q': questions}, doseq=True)}"


def taken_over(page: Page) -> None:
    """Wait until the scripts have drawn what the server sent to be read at once, and it is gone, if it was there."""
    page.locator("#pq-first ~ #root").wait_for(state="detached")


# Waits are for locators: a page's policy forbids the scripts that Playwright waits for conditions with.
def settled(page: Page) -> None:
    """Wait until the server has drawn all it has to say, and nothing is left of what was there before."""
    page.locator(".stApp[data-test-script-state=notRunning]").wait_for()
    page.locator("[data-stale=true]").first.wait_for(state="detached")


def looked_at(page: Page) -> None:
    """Wait until a page of any kind has drawn all it will."""
    if page.locator("#root").count():
        taken_over(page)
        page.locator(".pq-foot").wait_for(state="attached")
        # What page.js makes when it begins.
        page.locator("[role=status].pq-hidden").wait_for(state="attached")
        settled(page)


def unfold(page: Page) -> None:
    """Open all that is folded; what is not drawn has no text that could be read."""
    page.evaluate("document.querySelectorAll('details:not([open]) > summary').forEach(fold => fold.click())")
    page.locator("details:not([open])").first.wait_for(state="detached")


def opened_cards(page: Page, questions: int) -> list[dict[str, str]]:
    """What the browser shows on each card, folded ones opened, when so many questions are answered."""
    page.locator(".pq-finding").nth(questions - 1).wait_for()
    settled(page)
    unfold(page)
    cards: list[dict[str, str]] = page.evaluate(
        """[...document.querySelectorAll('.pq-card')].map(card => ({
            words: card.querySelector('mark').innerText,
            around: card.querySelector('blockquote').innerText,
            title: card.querySelector('cite').innerText,
            all: card.innerText,
        }))"""
    )
    return cards
