"""Signing in to the app for staff, in a real browser: the way in, the way out, and a page that is open meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.test_accessibility import axe, grave_by_day_and_by_night
from staff_site import RIGHT, Site, staff_served

__all__ = ["axe"]


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with staff_served(tmp_path_factory.mktemp("staff")) as site:
        yield site


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("Name").fill("Anna")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_who_signs_in_works_and_an_open_page_goes_on_after_signing_in_again(
    browser: Browser, inside: Site, axe: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    home = f"http://127.0.0.1:{inside.port}{inside.base}/"
    page.goto(home)
    assert page.url == f"{home}sign-in"
    expect(page.get_by_label("Name")).to_be_focused()
    sign_in(page, "wrong wrong wrong")
    expect(page.get_by_role("alert")).to_contain_text("not the name and the password")
    assert grave_by_day_and_by_night(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    sign_in(page, RIGHT)
    expect(page.get_by_text("Signed in as Anna")).to_be_visible()
    other = context.new_page()
    other.goto(home)
    other.get_by_role("link", name="Sign out").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_label("Name")).to_be_visible()
    # What the open page says next is not heard, and it says why.
    page.get_by_role("button", name="Add reports").or_(page.get_by_text("Add reports")).first.click()
    page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    expect(page.locator(".pq-lost")).to_contain_text("You are signed out")
    sign_in(other, RIGHT)
    expect(other.get_by_text("Signed in as Anna")).to_be_visible()
    expect(page.locator(".pq-lost")).to_be_empty()
    context.close()
