"""What guards the server: closed paths and headers."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from probqa.ui.limits import Visitors
from probqa.ui.middleware import HEADERS, Guard


def ask(
    path: str,
    own: tuple[bytes, bytes] = (b"x-frame-options", b"SAMEORIGIN"),
    visitors: Visitors | None = None,
    accept: bytes = b"text/html",
) -> tuple[int, dict[str, str]]:
    """Send a GET through the guard to an app that always answers 200 with a header of its own."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [own]})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "path": path, "method": "GET", "headers": [(b"accept", accept)]}
    asyncio.run(Guard(app, visitors or Visitors(1))(scope, receive, send))
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


def test_a_response_with_a_policy_of_its_own_says_itself_who_may_frame_it() -> None:
    _, headers = ask("/embed", own=(b"content-security-policy", b"frame-ancestors *"))
    assert headers["content-security-policy"] == "frame-ancestors *"
    assert "x-frame-options" not in headers


def test_when_all_places_are_taken_a_page_says_so_and_all_else_goes_on() -> None:
    full = Visitors(most=0)
    status, headers = ask("/", visitors=full)
    assert (status, headers["retry-after"]) == (503, "15")
    assert headers["content-security-policy"] == HEADERS["content-security-policy"]
    assert ask("/check", visitors=full)[0] == 503
    assert ask("/static/js/index.js", visitors=full, accept=b"*/*")[0] == 200
    for path in ("/api/ask", "/embed", "/healthz"):
        assert ask(path, visitors=full)[0] == 200


def test_a_visitor_is_counted_until_they_leave_and_the_next_is_sent_away() -> None:
    visitors = Visitors(most=1)
    sent: list[dict[str, Any]] = []
    counts: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        counts.append(visitors.count)
        await Guard(app, visitors)({"type": "websocket", "path": "/_stcore/stream"}, receive, keep)

    async def keep(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    asyncio.run(Guard(app, visitors)({"type": "websocket", "path": "/_stcore/stream"}, receive, keep))
    assert counts == [1]
    assert sent == [{"type": "websocket.close", "code": 1013, "reason": "busy"}]
    assert visitors.count == 0
