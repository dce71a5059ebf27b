"""No connection waits for ever: who does not finish a request, or does not take an answer, is hung up on.

In: the connections of the server that runs in this process. Out: the same, watched. uvicorn has a time limit between
two requests alone: a few hundred connections that send a byte now and then would take every descriptor there is.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

# A request must be there whole between one and two of these after its connection was made or its last answer given.
LOOK_SECONDS = 10.0
# An answer must be taken within this many looks: the page's largest script is, on a slow line too.
LOOKS = 30


def watch_connections() -> None:
    """Watch every connection that is made from now on.

    Uvicorn has no setting for it.
    """
    made = AutoHTTPProtocol.connection_made
    if getattr(made, "watches", False):
        return

    def connection_made(protocol: Any, transport: asyncio.Transport) -> None:
        made(protocol, transport)
        _look_later(protocol, None, 0)

    connection_made.watches = True  # type: ignore[attr-defined]
    AutoHTTPProtocol.connection_made = connection_made  # type: ignore[assignment,method-assign]


def _look_later(protocol: Any, before: object, looks: int) -> None:
    asyncio.get_running_loop().call_later(LOOK_SECONDS, _look, protocol, before, looks)


def _look(protocol: Any, before: object, looks: int) -> None:
    """Hang up if nothing has come of the request that was looked at ``looks`` times before."""
    transport, now = protocol.transport, protocol.cycle
    not_taken = transport.get_write_buffer_size()
    if transport.get_protocol() is not protocol or (transport.is_closing() and not not_taken):
        # The connection of a page, which has signs of life of its own, or gone.
        return
    looks = looks + 1 if now is before else 0
    answering = not_taken or (now is not None and not now.response_complete)
    if looks >= (LOOKS if answering else 1):
        transport.abort()
    else:
        _look_later(protocol, now, looks)
