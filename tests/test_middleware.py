"""What guards the server: closed paths and headers."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from probqa.ui.middleware import HEADERS, Guard


def ask(path: str) -> tuple[int, dict[str, str]]:
    """Send a GET through the guard to an app that always answers 200."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"SAMEORIGIN")]})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    asyncio.run(Guard(app)({"type": "http", "path": path, "method": "GET", "headers": []}, receive, send))
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/_stcore/metrics", "/_stcore/agent/interact"])
def test_what_streamlit_offers_to_anyone_is_closed(path: str) -> None:
    assert ask(path)[0] == 404


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/stream"])
def test_the_page_itself_is_open_and_every_answer_has_the_headers(path: str) -> None:
    status, headers = ask(path)
    assert status == 200
    assert headers == HEADERS | {"x-frame-options": "SAMEORIGIN"}


def test_no_script_but_the_servers_own_may_run() -> None:
    [scripts] = re.findall(r"script-src ([^;]*);", HEADERS["content-security-policy"])
    assert re.fullmatch(r"'self' 'wasm-unsafe-eval'( 'sha256-[A-Za-z0-9+/=]{44}')+", scripts)
