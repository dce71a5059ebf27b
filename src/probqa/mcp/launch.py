"""Serve assistants, over standard input and output or by HTTP to this machine alone.

In: settings, and a port for HTTP. Out: a running server, until its input ends or it is stopped. Standard output carries
the protocol and nothing else; the log goes to standard error.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout

import anyio
import uvicorn
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

from probqa.errors import InputError
from probqa.mcp.answering import server
from probqa.settings import Settings
from probqa.ui.libraries import open_library
from probqa.ui.logs import escape_records

LOOPBACK = "127.0.0.1"
PATH = "/mcp"
MAX_BODY_BYTES = 512 * 1024
MAX_CONNECTIONS = 100
# How long answers that are under way may take once the server is stopped.
_SECONDS_TO_END = 2


def serve_here(chosen: Settings) -> None:
    """Serve the program that started this one, until it closes our standard input.

    Raises:
        IndexMissingError, IndexMismatchError, IndexDamagedError: the index cannot be asked.
    """
    with _nothing_printed():
        _prepare(chosen)
    # Ctrl+C ends the process at once: the thread that reads our input would be waited for until a line comes.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    anyio.run(_serve_here, chosen)


def serve_http(chosen: Settings, port: int, ready: Callable[[str], None]) -> None:
    """Serve programs of this machine by HTTP, until stopped.

    ``ready`` is told the address once the port is ours.

    Raises:
        InputError: the port cannot be had.
        IndexMissingError, IndexMismatchError, IndexDamagedError: the index cannot be asked.
    """
    _prepare(chosen)
    with _listening(port) as listener:
        config = uvicorn.Config(
            http_app(chosen, port),
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=_SECONDS_TO_END,
        )
        ready(f"http://{LOOPBACK}:{port}{PATH}")
        uvicorn.Server(config).run(sockets=[listener])


def http_app(chosen: Settings, port: int) -> Starlette:
    """Return what answers by HTTP, under the names that this machine has for itself and this port only.

    A page of another site, which a browser on this machine shows, sends its own name as host or origin (DNS rebinding)
    and is refused. No session is kept: each request says all there is to know.
    """
    names = [f"{name}:{port}" for name in (LOOPBACK, "localhost")]
    only = TransportSecuritySettings(allowed_hosts=names, allowed_origins=[f"http://{name}" for name in names])
    return server(chosen).streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=MAX_BODY_BYTES,
        transport_security=only,
    )


async def _serve_here(chosen: Settings) -> None:
    made = server(chosen)
    # From here on the SDK has all else that is written to descriptor 1 go to standard error.
    async with stdio_server() as (incoming, outgoing):
        with redirect_stdout(sys.stderr):
            await made.run(incoming, outgoing, made.create_initialization_options())


def _prepare(chosen: Settings) -> None:
    escape_records()
    open_library(chosen)


@contextmanager
def _nothing_printed() -> Iterator[None]:
    """Send to standard error what any library would print, of Python or not."""
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _listening(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        listener.close()
        said = getattr(error, "strerror", None) or str(error)
        raise InputError(f"port {port} cannot be used: {said}", "give another with --port") from error
    return listener
