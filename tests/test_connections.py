"""Slow connections: who does not finish a request, or does not take an answer, is hung up on."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from http.client import HTTPConnection

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from websockets.sync.client import connect as open_page

from probqa.ui import connections
from probqa.ui.connections import watch_connections

HEAD = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n"
# More than the system keeps for who does not read.
LARGE = 50_000_000


async def pieces() -> AsyncIterator[bytes]:
    for _ in range(50):
        yield b"x" * (LARGE // 50)


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        await websocket.send_bytes(await websocket.receive_bytes())


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server of uvicorn's in this process; what it is watched by is undone again."""
    monkeypatch.setattr(AutoHTTPProtocol, "connection_made", AutoHTTPProtocol.connection_made)
    monkeypatch.setattr(connections, "LOOK_SECONDS", 0.3)
    monkeypatch.setattr(connections, "LOOKS", 10)
    routes = [
        Route("/hello", lambda _: PlainTextResponse("hello")),
        Route("/large", lambda _: PlainTextResponse("x" * LARGE)),
        Route("/pieces", lambda _: StreamingResponse(pieces())),
        WebSocketRoute("/echo", echo),
    ]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="critical", ws="websockets-sansio")
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = server.force_exit = True
    thread.join(20)


def connected(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port))
    made.settimeout(20)
    return made


def is_hung_up_on(made: socket.socket, again: bytes, patience: float = 20.0) -> bool:
    """Send ``again`` and again until the other side hangs up; whether it does before patience ends."""
    made.settimeout(0.05)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            if again:
                made.sendall(again)
            if not made.recv(65536):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


STARTS = {
    "nothing": (b"", b""),
    "half a line": (b"GET /hel", b""),
    "headers without end": (HEAD, b"X: y\r\n"),
    "a letter now and then": (b"GET /", b"a"),
    "an answered request with a body that never ends": (HEAD + b"Content-Length: 999999\r\n\r\n", b"x"),
    "a second request that never ends": (HEAD + b"\r\n" + HEAD, b"X: y\r\n"),
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_request_that_does_not_end_is_hung_up_on(port: int, start: tuple[bytes, bytes]) -> None:
    watch_connections()
    watch_connections()
    with connected(port) as made:
        made.sendall(start[0])
        assert is_hung_up_on(made, start[1])


@pytest.mark.parametrize("name", ["nothing", "headers without end"])
def test_without_a_watch_it_is_waited_for(port: int, name: str) -> None:
    first, again = STARTS[name]
    with connected(port) as made:
        made.sendall(first)
        assert not is_hung_up_on(made, again, patience=2.0)


def received(made: socket.socket, pause: float) -> int:
    """Read all there is, a little at a time; how much it was."""
    total = 0
    with suppress(OSError):
        while piece := made.recv(1 << 20):
            total += len(piece)
            time.sleep(pause)
    return total


@pytest.mark.parametrize(("path", "last"), [(b"large", b""), (b"pieces", b""), (b"large", b"Connection: close\r\n")])
def test_an_answer_that_nobody_takes_is_hung_up_on(port: int, path: bytes, last: bytes) -> None:
    watch_connections()
    with connected(port) as made:
        made.sendall(HEAD.replace(b"hello", path) + last + b"\r\n")
        time.sleep(5)
        assert 0 < received(made, pause=0) < LARGE


@pytest.mark.parametrize("path", [b"large", b"pieces"])
def test_an_answer_that_is_taken_slowly_arrives_whole(port: int, path: bytes) -> None:
    watch_connections()
    with connected(port) as made:
        made.sendall(HEAD.replace(b"hello", path) + b"Connection: close\r\n\r\n")
        assert received(made, pause=0.03) > LARGE


def test_who_asks_again_and_again_is_answered(port: int) -> None:
    watch_connections()
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.connect()
    made = connection.sock
    for _ in range(10):
        connection.request("GET", "/hello")
        assert connection.getresponse().read() == b"hello"
        assert connection.sock is made
        time.sleep(0.1)
    connection.close()


def test_an_open_page_that_says_nothing_stays_open(port: int) -> None:
    watch_connections()
    with open_page(f"ws://127.0.0.1:{port}/echo") as page:
        time.sleep(1)
        page.send(b"still here")
        assert page.recv() == b"still here"
