"""Drafts on their way into the server's memory: few at a time, from few clients, and only the latest are held.

In: what a page sends to Streamlit's own address for uploads. Out: the same, passed on to Streamlit, or a refusal. A
page takes its draft out again as soon as it has come (``drafts``); what nobody takes is put out by those that follow.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable

import anyio
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime

from probqa.ui.limits import Buckets, client_name

# As ``server.maxUploadSize`` says, which Streamlit holds a body to; a form is a little longer than its file.
MAX_BYTES = 5 * 1024 * 1024
FORM_BYTES = 64 * 1024
BURST, PER_SECOND, CLIENTS = 6, 0.1, 10_000
# How many may come at the same time, and how many are held: together they bound the memory.
AT_ONCE, HELD = 4, 16
SECONDS = 60.0

# Below Streamlit's own address: the page's session and the place that it was told, which no other page knows.
_PLACE = re.compile(r"upload_file/[0-9a-f-]{36}/[0-9a-f-]{36}")
_METHODS = ("PUT", "DELETE")


def is_place(core: str) -> bool:
    """Tell whether an address below Streamlit's own is one for a draft."""
    return _PLACE.fullmatch(core) is not None


class Uploads:
    """What is held of drafts, and who may send one."""

    def __init__(
        self,
        buckets: Buckets | None = None,
        put_out: Callable[[str], None] | None = None,
        most_bytes: int = MAX_BYTES,
        most_held: int = HELD,
    ) -> None:
        """Limit clients by ``buckets`` and files by ``most_bytes``, and hold the latest ``most_held``.

        The sessions of older ones are let go of with ``put_out``.
        """
        self.most_bytes, self.most_held = most_bytes, most_held
        self.buckets = buckets or Buckets(BURST, PER_SECOND, CLIENTS)
        self.put_out = put_out or _put_out
        self.coming = 0
        # The sessions whose drafts came last.
        self.held: deque[str] = deque()

    def refusal(self, scope: Scope) -> Response | None:
        """Return why a request for a place is not passed on, None where it is."""
        if scope["method"] not in _METHODS:
            return PlainTextResponse("This is not offered here.", 405, headers={"allow": ", ".join(_METHODS)})
        if scope["method"] == "DELETE":
            return None
        length = Headers(scope=scope).get("content-length", "")
        if not re.fullmatch(r"[0-9]{1,12}", length):
            return PlainTextResponse("Say how long the file is.", 411)
        if int(length) > self.most_bytes + FORM_BYTES:
            return PlainTextResponse("The file is too large.", 413)
        if self.coming >= AT_ONCE:
            return PlainTextResponse("The server is busy.", 503, headers={"retry-after": "5"})
        client = scope.get("client")
        wait = self.buckets.take(client_name(client[0] if client else ""))
        if wait:
            return PlainTextResponse("Too many files.", 429, headers={"retry-after": str(math.ceil(wait))})
        return None

    async def take(self, app: ASGIApp, core: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Let Streamlit take a draft, within a time, and put out the oldest where that is one too many."""
        status = 0

        async def send_noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        self.coming += 1
        try:
            with anyio.move_on_after(SECONDS) as limit:
                await app(scope, receive, send_noted)
            if limit.cancelled_caught:
                await PlainTextResponse("The file took too long to come.", 408)(scope, receive, send_noted)
        finally:
            self.coming -= 1
            if status < 400:
                self.held.append(core.split("/")[1])
            while len(self.held) > self.most_held:
                self.put_out(self.held.popleft())


def _put_out(session: str) -> None:
    runtime.get_instance().uploaded_file_mgr.remove_session_files(session)
