"""What guards the server: names, origins, closed paths and headers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import Any
from unittest.mock import MagicMock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Match
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette import starlette_agent_routes, starlette_routes

from probqa.ui.hosts import Hosts
from probqa.ui.limits import Visitors
from probqa.ui.middleware import HEADERS, Guard

Pairs = Iterable[tuple[bytes, bytes]]
LOCAL = (b"host", b"localhost:8501")
STREAM = "/_stcore/stream"
CLOSED = ("upload_file/a/b", "metrics", "metrics/", "agent/mcp", "script-health-check", "stream", "", "health/x")


def ask(
    path: str,
    own: tuple[bytes, bytes] = (b"x-frame-options", b"SAMEORIGIN"),
    visitors: Visitors | None = None,
    headers: Pairs = (LOCAL, (b"accept", b"text/html")),
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

    scope = {"type": "http", "path": path, "method": "GET", "headers": list(headers)}
    asyncio.run(Guard(app, visitors or Visitors(1), Hosts(["reports.example"]))(scope, receive, send))
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def connect(
    *headers: tuple[bytes, bytes], path: str = STREAM, frames: Iterable[dict[str, Any]] = ()
) -> tuple[dict[str, Any] | None, list[Any], list[Any]]:
    """Open a connection through the guard: the scope that Streamlit sees, what it hears, and what is sent back."""
    seen: list[Any] = []
    heard: list[Any] = []
    sent: list[Any] = []
    coming = [*frames, {"type": "websocket.disconnect", "code": 1000}]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        while not heard or heard[-1]["type"] != "websocket.disconnect":
            heard.append(await receive())

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": path, "headers": list(headers)}
    asyncio.run(Guard(app, Visitors(1), Hosts(["reports.example"]))(scope, receive, send))
    return (seen or [None])[0], heard, sent


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((f"{base}/_stcore/{path}", 404) for base in ("", "/reports", "/a/b") for path in CLOSED),
        ("/_stcore", 404),
        ("/_STCORE/metrics", 404),
        ("/reports/_Stcore/Upload_File/a/b", 404),
        ("//_stcore/metrics", 400),
        ("/reports//_stcore/metrics", 400),
        ("/./_stcore/metrics", 400),
        ("/x/../_stcore/metrics", 400),
        ("/_stcore/./metrics", 400),
        ("/_stcore/..", 400),
        ("/_stcore\\metrics", 400),
        ("/_stcore/\x00metrics", 400),
        ("/read\r\nx", 400),
        ("http://localhost/_stcore/metrics", 400),
        ("*", 400),
        ("", 400),
    ],
)
def test_what_streamlit_offers_to_anyone_is_closed_wherever_it_stands(path: str, status: int) -> None:
    assert ask(path)[0] == status


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/reports/_stcore/host-config", "/read", "/read/", "/a...b"])
def test_the_page_itself_is_open_and_every_answer_has_the_headers(path: str) -> None:
    status, headers = ask(path)
    assert status == 200
    assert headers == HEADERS | {"x-frame-options": "SAMEORIGIN"}


def closed_routes(base: str) -> list[Any]:
    """Streamlit's own routes that must be reached by nobody."""
    return [
        *starlette_routes.create_upload_routes(MagicMock(), MagicMock(), base),
        *starlette_routes.create_metrics_routes(MagicMock(), base),
        *starlette_routes.create_script_health_routes(MagicMock(), base),
        *starlette_routes.create_bidi_component_routes(MagicMock(), base),
        *starlette_agent_routes.create_agent_routes(MagicMock(), base),
    ]


def is_routed(path: str, base: str) -> bool:
    scope = {"type": "http", "method": "PUT", "path": path, "headers": []}
    return any(route.matches(scope)[0] != Match.NONE for route in closed_routes(base))


PIECES = "_stcore _STCORE upload_file metrics agent mcp script-health-check bidi-components health reports a b"
pieces = st.sampled_from([*PIECES.split(), "", ".", "..", "%5fstcore", " ", "a\nb"])


@given(
    st.lists(pieces, max_size=6), st.sampled_from(["/", "/", "/", "//", "\\"]), st.sampled_from(["", "reports", "a/b"])
)
def test_no_path_that_streamlit_would_route_there_gets_past_the_guard(steps: list[str], by: str, base: str) -> None:
    for path in ("/" + by.join(steps), "/" + base + "/" + by.join(steps)):
        assert not is_routed(path, base) or ask(path)[0] in (400, 404)


def test_streamlit_would_route_these_which_the_guard_refuses() -> None:
    for path in ("_stcore/upload_file/a/b", "_stcore/metrics", "_stcore/agent/mcp", "_stcore/script-health-check"):
        assert is_routed(f"/{path}", "")
        assert is_routed(f"/reports/{path}", "reports")


@pytest.mark.parametrize(
    "said", [(), (LOCAL, LOCAL), ((b"host", b"evil.example"),), ((b"host", b"localhost@evil.example"),)]
)
def test_no_other_name_is_answered_to(said: Pairs) -> None:
    for path in ("/", "/api/ask", "/healthz", "/_stcore/health", "/static/js/index.js"):
        status, headers = ask(path, headers=said)
        assert (status, headers["content-type"]) == (421, "text/plain; charset=utf-8")
    assert connect(*said) == (None, [], [{"type": "websocket.close", "code": 1008}])


def test_a_configured_name_is_answered_to() -> None:
    assert ask("/", headers=[(b"host", b"Reports.Example.:443")])[0] == 200
    assert connect((b"host", b"reports.example"))[0] is not None


@pytest.mark.parametrize(
    "origin", [b"https://evil.example", b"null", b"http://[", b"http://localhost:3000", b"http://localhost:8501\x1b[2J"]
)
def test_a_page_of_another_site_never_reaches_streamlit_and_is_one_line_in_the_log(
    origin: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert connect(LOCAL, (b"origin", origin)) == (None, [], [{"type": "websocket.close", "code": 1008}])
    assert [record.getMessage() for record in caplog.records] == [
        f"refused: a page of {origin.decode()!a} opens a connection to 'localhost'"
    ]


def test_two_origins_are_refused(caplog: pytest.LogCaptureFixture) -> None:
    own = (b"origin", b"http://localhost:8501")
    assert connect(LOCAL, own, own)[0] is None


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/metrics", "/read", "/_stcore/stream/"])
def test_a_connection_is_opened_at_the_stream_alone(path: str) -> None:
    assert connect(LOCAL, path=path)[0] is None


@pytest.mark.parametrize("path", [STREAM, "/reports/_stcore/stream"])
@pytest.mark.parametrize(
    "origin", [b"http://localhost:8501", b"https://LOCALHOST:8501", b"https://reports.example:8443"]
)
def test_streamlit_sees_an_origin_that_is_its_host_and_so_asks_nobody(path: str, origin: bytes) -> None:
    scope, _, sent = connect(LOCAL, (b"origin", origin), path=path)
    assert scope is not None
    assert scope["headers"] == [LOCAL, (b"origin", b"http://localhost:8501")]
    assert sent == []


def test_a_program_names_no_origin() -> None:
    scope, _, _ = connect(LOCAL)
    assert scope is not None
    assert scope["headers"] == [LOCAL]


def test_streamlit_hears_what_pages_say_and_no_other_message() -> None:
    said, unsaid = BackMsg(stop_script=True).SerializeToString(), BackMsg(clear_cache=True).SerializeToString()
    start = {"type": "websocket.connect"}
    frames = [start, *({"type": "websocket.receive", "bytes": frame} for frame in (unsaid, said, b""))]
    _, heard, sent = connect(LOCAL, frames=frames)
    assert heard == [
        start,
        {"type": "websocket.receive", "bytes": said},
        {"type": "websocket.disconnect", "code": 1000},
    ]
    assert sent == []


@pytest.mark.parametrize("frame", [{"bytes": b"\xff\xff\xff"}, {"text": "\x1b[2J"}, {"bytes": None, "text": "x"}])
def test_what_is_no_message_ends_the_connection_and_is_one_line_in_the_log(
    frame: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    _, heard, sent = connect(LOCAL, frames=[{"type": "websocket.receive", **frame}])
    assert heard == [{"type": "websocket.disconnect", "code": 1002}]
    assert sent == [{"type": "websocket.close", "code": 1002}]
    assert [record.getMessage() for record in caplog.records] == ["refused: not a message of a page"]
    assert not caplog.records[0].exc_info


def test_no_script_but_the_servers_own_may_run() -> None:
    [scripts] = re.findall(r"script-src ([^;]*);", HEADERS["content-security-policy"])
    assert re.fullmatch(r"'self' 'wasm-unsafe-eval'( 'sha256-[A-Za-z0-9+/=]{44}')+", scripts)


def test_a_response_with_policies_of_its_own_says_itself_who_may_frame_and_load_it() -> None:
    _, headers = ask("/embed", own=(b"content-security-policy", b"frame-ancestors *"))
    assert headers["content-security-policy"] == "frame-ancestors *"
    assert "x-frame-options" not in headers
    assert headers["cross-origin-resource-policy"] == "same-origin"
    _, headers = ask("/embed", own=(b"cross-origin-resource-policy", b"cross-origin"))
    assert headers["cross-origin-resource-policy"] == "cross-origin"


def test_when_all_places_are_taken_a_page_says_so_and_all_else_goes_on() -> None:
    full = Visitors(most=0)
    status, headers = ask("/", visitors=full)
    assert (status, headers["retry-after"]) == (503, "15")
    assert headers["content-security-policy"] == HEADERS["content-security-policy"]
    assert ask("/check", visitors=full)[0] == 503
    assert ask("/static/js/index.js", visitors=full, headers=[LOCAL, (b"accept", b"*/*")])[0] == 200
    for path in ("/api/ask", "/embed", "/healthz"):
        assert ask(path, visitors=full)[0] == 200


def test_a_visitor_is_counted_until_they_leave_and_the_next_is_sent_away() -> None:
    visitors = Visitors(most=1)
    sent: list[dict[str, Any]] = []
    counts: list[int] = []
    page = {"type": "websocket", "path": STREAM, "headers": [LOCAL]}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        counts.append(visitors.count)
        await Guard(app, visitors)(page, receive, keep)

    async def keep(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    asyncio.run(Guard(app, visitors)(page, receive, keep))
    assert counts == [1]
    assert sent == [{"type": "websocket.close", "code": 1008}]
    assert visitors.count == 0
