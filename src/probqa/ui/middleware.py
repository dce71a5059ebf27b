"""What guards the server: its own names only, few uploads, no public metrics, no more visitors than it bears.

In: every request and connection, before Streamlit sees it. Out: a refusal, or the response with security headers. A
response that has a content security policy of its own says itself who may frame it. Why: docs/security.md.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path

import streamlit
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from probqa.settings import served_names
from probqa.ui.hosts import Authority, Hosts
from probqa.ui.limits import Visitors
from probqa.ui.markup import Markup, allowed
from probqa.ui.messages import heard, told
from probqa.ui.uploads import Uploads, is_place

# Below this, wherever it stands in an address (a base path may come before it), Streamlit serves more than its page
# needs to anyone. These alone are open, and the places for drafts within the limits of ``uploads``.
CORE = "_stcore"
STREAM = "stream"
OPEN = ("health", "host-config", STREAM)
# No address of ours has any of these, and what they stand for is read differently by different programs.
NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f\\]|//|/\.\.?(?:/|$)|^[^/]|^$")

# What is no page of the app, has limits of its own, and lies beside the pages wherever those lie.
OWN_LIMITS = ("/api", "/embed", "/healthz", "/original", "/picture")
VISITORS = Visitors(most=400)
# Comes back by itself: a visitor who waits is let in when there is room.
BUSY_PAGE = Markup("""<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Busy</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="15">
<style>:root { color-scheme: light dark } body { max-width: 44rem; margin: 4.5rem auto; padding: 0 1rem;
font: 1rem/1.6 system-ui, sans-serif; color: light-dark(#1d2433, #e9e6df); background: light-dark(#fbfaf7, #15181d) }
h1 { font-size: 1.75rem; line-height: 1.2 }</style></head>
<body><main><h1>Many people are asking at the moment</h1>
<p>This page tries again every 15 seconds. You need not do anything.</p></main></body></html>""")


# Drawn on every page, in this order.
OWN_SCRIPTS = tuple(Path(__file__).with_name(name) for name in ("page.js", "kept.js"))


def _inline_scripts() -> str:
    """Return the CSP hashes of the scripts that Streamlit's own page carries inside it, and of our own."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    scripts += [path.read_text(encoding="utf-8") for path in OWN_SCRIPTS]
    return " ".join(map(allowed, scripts))


HEADERS = {
    "content-security-policy": (
        f"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {_inline_scripts()}; "
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


_log = logging.getLogger(__name__)


def html_response(page: Markup, status: int, headers: Mapping[str, str]) -> HTMLResponse:
    """Return a page as a response.

    ``HTMLResponse`` itself would take any text for one.
    """
    return HTMLResponse(page, status, headers=headers)


class Guard:
    """ASGI middleware that refuses what is not for this app's visitors, and adds the headers to what is answered."""

    def __init__(
        self,
        app: ASGIApp,
        visitors: Visitors = VISITORS,
        hosts: Hosts | None = None,
        uploads: Uploads | None = None,
        places: int = 1,
    ) -> None:
        """Wrap ``app``.

        Count its visitors in ``visitors`` and their files in ``uploads``, for which a page may ask for so many
        ``places`` at once, and answer to ``hosts``, else to what is configured.
        """
        self.app = app
        self.visitors = visitors
        self.hosts = hosts or Hosts(served_names(os.environ))
        self.uploads = uploads or Uploads()
        self.places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, _with_headers(send))
        elif self._refusal(scope):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._connect(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        core = "" if refusal else _core(scope["path"])
        if is_place(core) and scope["method"] == "PUT":
            await self.uploads.take(self.app, core, scope, receive, send)
        else:
            await (refusal or self.app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        host = self._host(scope)
        if host is None:
            return PlainTextResponse("This server is not called that. Its names are set in PROBQA_HOSTS.", 421)
        if NOT_PLAIN.search(scope["path"]):
            return PlainTextResponse("This is not an address of this server.", 400)
        core = _core(scope["path"])
        if not (core in ("", *OPEN) or is_place(core)) or (scope["type"] == "websocket") != (core == STREAM):
            return PlainTextResponse("This is not offered here.", 404)
        if (core == STREAM or is_place(core)) and not self._is_own_page(scope, host):
            return PlainTextResponse("Pages of other sites are not let in.", 403)
        if is_place(core):
            return self.uploads.refusal(scope)
        if self.visitors.full and (core == STREAM or _opens_a_page(scope)):
            return html_response(BUSY_PAGE, 503, {"retry-after": "15"})
        return None

    def _host(self, scope: Scope) -> Authority | None:
        given = Headers(scope=scope).getlist("host")
        return self.hosts.named(given[0]) if len(given) == 1 else None

    def _is_own_page(self, scope: Scope, host: Authority) -> bool:
        """Tell whether a connection comes from a page of this server, or from a program, which names no origin."""
        origins = Headers(scope=scope).getlist("origin")
        if not origins or (len(origins) == 1 and self.hosts.may_open(origins[0], host)):
            return True
        _log.warning("refused: a page of %a opens a connection to %a", ", ".join(origins)[:100], host[0])
        return False

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a page in, and let pass no more than ``messages`` allows."""
        nonsense = False

        async def receive_heard() -> Message:
            nonlocal nonsense
            while (message := await receive())["type"] == "websocket.receive":
                try:
                    frame = heard(message.get("bytes"), self.places)
                except ValueError as error:
                    _log.warning("refused: %s", error)
                    nonsense = True
                    return {"type": "websocket.disconnect", "code": 1002}
                if frame is not None:
                    return {"type": "websocket.receive", "bytes": frame}
            return message

        async def send_told(message: Message) -> None:
            if message["type"] == "websocket.send":
                message = {"type": "websocket.send", "bytes": told(message["bytes"])}
            await send(message)

        self.visitors.count += 1
        try:
            await self.app(_as_own_page(scope), receive_heard, send_told)
            if nonsense:
                await send({"type": "websocket.close", "code": 1002})
        finally:
            self.visitors.count -= 1


def _core(path: str) -> str:
    """Return what of Streamlit's own an address asks for.

    It is empty for a page, a file or ours.
    """
    _, core, rest = f"{path}/".casefold().partition(f"/{CORE}/")
    return rest[:-1] or (core and CORE)


def _as_own_page(scope: Scope) -> Scope:
    """Return a connection whose origin is its host.

    For any other origin Streamlit asks two hosts outside for its own address.
    """
    host = Headers(scope=scope)["host"].encode("latin-1")
    headers = [(name, b"http://" + host if name == b"origin" else value) for name, value in scope["headers"]]
    return {**scope, "headers": headers}


def _opens_a_page(scope: Scope) -> bool:
    """Return whether a browser goes to a page of the app.

    What programs and frames ask for has limits of its own.
    """
    path = scope["path"].removeprefix(base_path())
    return "text/html" in Headers(scope=scope).get("accept", "") and not path.startswith(OWN_LIMITS)


def base_path() -> str:
    """Return the path that the app is served under, empty or with a stroke before it."""
    base = config.get_option("server.baseUrlPath").strip("/")
    return f"/{base}" if base else ""


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            # What Streamlit lets other sites' scripts read is not theirs to read.
            own = [pair for pair in message["headers"] if not pair[0].lower().startswith(b"access-control-")]
            present = {name.lower() for name, _ in own}
            if b"content-security-policy" in present:
                present.add(b"x-frame-options")
            extra = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message["headers"] = [*own, *(pair for pair in extra if pair[0] not in present)]
        await send(message)

    return send_with_headers


MIDDLEWARE = [Middleware(Guard)]
