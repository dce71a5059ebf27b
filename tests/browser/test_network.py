"""Nothing leaves for another host: by each page's requests, and by the browser's own log of what it tried."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from browser.conftest import CHROMIUM_ARGUMENTS, Site, Visit, looked_at
from browser.pages import PAGES, paths

# What the log is asked for: addresses that were to be loaded, and names that were to be resolved.
ADDRESS = re.compile(r"^(?:https?|wss?)://([^/?#]+)")


def test_every_page_of_the_app_is_looked_at() -> None:
    assert paths() == {address.split("?")[0] for address in PAGES.values()} - {"embed"}


def test_no_page_asks_another_host_or_complains(site: Site, browser: Browser, chromium: str, tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    addresses = [f"{site.url}/{address}" for address in PAGES.values()]
    visited = _browse(browser, chromium, log, addresses)
    assert visited.complaints == []
    assert visited.strangers() == []
    assert {urlsplit(url).path for url in visited.requests} >= {urlsplit(address).path for address in addresses}
    assert _hosts(log, addresses) == {"127.0.0.1"}


def test_the_log_would_name_another_host(browser: Browser, chromium: str, tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    _browse(browser, chromium, log, ["data:text/html,<img src=http://stranger.example/>"])
    assert _hosts(log, []) == {"stranger.example"}


def _browse(browser: Browser, chromium: str, log: Path, addresses: list[str]) -> Visit:
    arguments = [*CHROMIUM_ARGUMENTS, f"--log-net-log={log}"]
    logged = browser.browser_type.launch(executable_path=chromium, args=arguments)
    visited = Visit(logged.new_page(), urlsplit(addresses[0]).netloc)
    for address in addresses:
        visited.page.goto(address)
        looked_at(visited.page)
        # What a page asks for late counts too.
        visited.page.wait_for_load_state("networkidle")
    logged.close()
    return visited


def _hosts(log: Path, addresses: list[str]) -> set[str]:
    """Every host that a page had asked for or looked up; not what Chromium asked on its own behalf."""
    found: set[str] = set()
    chromiums: set[str] = set()
    for event in json.loads(log.read_text(encoding="utf-8"))["events"]:
        asked = event.get("params", {})
        url = asked.get("url")
        if isinstance(url, str) and (address := ADDRESS.match(url)):
            found.add(address[1])
            if asked.get("initiator") == "not an origin" and url not in addresses:
                chromiums.add(address[1])
        for key in ("host", "host_and_port", "destination"):
            value = asked.get(key)
            if isinstance(value, str):
                found.add(ADDRESS.sub(r"\1", value).removesuffix("/"))
    names = {host.rsplit(":", 1)[0] for host in found} - {host.rsplit(":", 1)[0] for host in chromiums}
    # What names are turned into that must not be resolved.
    return names - {"~notfound"}
