"""The gate before the app for staff: whoever has not signed in meets the page to sign in, and nothing else.

In: each request, connection and message, before Streamlit sees it. Out: the same for who is signed in; for all others a
way to the page to sign in, or a refusal.

What stands in a script of Streamlit guards less: it runs after the callbacks of a message, is not run for a fragment at
all, and has no part in uploads and files (docs/decisions/0021-staff.md).
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from probqa.staff.people import BACK
from probqa.staff.sessions import COOKIE, SESSIONS, Sessions
from probqa.ui.middleware import base_path

SIGN_IN, SIGN_OUT = "sign-in", "sign-out"
# The way to a provider of accounts, and the way back from there.
AWAY = "sign-in/away"
# Below the base path: what is there for everybody.
OPEN = frozenset({SIGN_IN, AWAY, BACK})


class Gate:
    """ASGI middleware that lets nobody pass who has not signed in."""

    def __init__(self, app: ASGIApp, sessions: Sessions = SESSIONS) -> None:
        """Stand before ``app``, and let pass who has one of the ``sessions``."""
        self.app, self.sessions = app, sessions
        self.base = home()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        secret = secret_of(HTTPConnection(scope))
        is_in = self.sessions.who(secret) is not None
        if scope["type"] == "websocket":
            if is_in:
                await self._connect(secret, scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        is_open = scope["path"].removeprefix(self.base) in OPEN and scope["path"].startswith(self.base)
        await (self.app if is_in or is_open else self._refusal(scope))(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response:
        """Return the way to the page to sign in for who reads pages, and a line for programs."""
        wants_page = "text/html" in HTTPConnection(scope).headers.get("accept", "")
        if scope["method"] == "GET" and wants_page:
            return RedirectResponse(f"{self.base}{SIGN_IN}", 303, headers={"cache-control": "no-store"})
        return PlainTextResponse("Sign in first.", 401, headers={"cache-control": "no-store"})

    async def _connect(self, secret: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a page say what it has to say while its person is signed in."""
        is_over = False

        async def receive_signed_in() -> Message:
            nonlocal is_over
            message = await receive()
            if message["type"] == "websocket.receive" and self.sessions.who(secret) is None:
                is_over = True
                return {"type": "websocket.disconnect", "code": 1008}
            return message

        await self.app(scope, receive_signed_in, send)
        if is_over:
            await send({"type": "websocket.close", "code": 1008})


def home() -> str:
    """Return the path of the app, below which everything of it lies."""
    return f"{base_path()}/"


def secret_of(connection: HTTPConnection) -> str:
    """Return what a browser says of itself, where it says it once."""
    return connection.cookies.get(COOKIE, "")
