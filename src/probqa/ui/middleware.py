"""What guards the server: no uploads, no public metrics, no more visitors than it bears, headers that keep it closed.

In: every request and connection. Out: a refusal, or the response with security headers. A response that has a content
security policy of its own says itself who may frame it. Why: docs/decisions/0004-serving.md.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import streamlit
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from probqa.ui.limits import Visitors
from probqa.ui.markup import Markup

# Streamlit serves these to anyone, asked for or not: an upload lands in the server's memory.
CLOSED = ("/_stcore/upload_file", "/_stcore/metrics", "/_stcore/agent")

OWN_LIMITS = ("/api", "/embed", "/healthz")
VISITORS = Visitors(most=400)
# Comes back by itself: a visitor who waits is let in when there is room.
BUSY_PAGE = Markup("""<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Busy</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="15">
<style>:root { color-scheme: light dark } body { max-width: 44rem; margin: 4.5rem auto; padding: 0 1rem;
font: 1rem/1.6 system-ui, sans-serif; color: light-dark(#1d2433, #e9e6df); background: light-dark(#fbfaf7, #15181d) }
h1 { font-size: 1.75rem; line-height: 1.2 }</style></head>
<body><main><h1>Many people are asking at the moment</h1>
<p>This page tries again every 15 seconds. You need not do anything.</p></main></body></html>""")


def _inline_scripts() -> str:
    """Return the CSP hashes of the scripts that Streamlit's own page carries inside it, and of our own."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    scripts.append((Path(__file__).parent / "page.js").read_text(encoding="utf-8"))
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)


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
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
}


def html_response(page: Markup, status: int, headers: Mapping[str, str]) -> HTMLResponse:
    """Return a page as a response.

    ``HTMLResponse`` itself would take any text for one.
    """
    return HTMLResponse(page, status, headers=headers)


class Guard:
    """ASGI middleware that refuses the closed paths and visitors beyond the last, and adds the headers."""

    def __init__(self, app: ASGIApp, visitors: Visitors = VISITORS) -> None:
        """Wrap ``app`` and count its visitors in ``visitors``."""
        self.app = app
        self.visitors = visitors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or connection."""
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        elif scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"].startswith(CLOSED):
            await PlainTextResponse("not offered here", status_code=404)(scope, receive, _with_headers(send))
        elif _opens_a_page(scope) and self.visitors.full:
            busy = html_response(BUSY_PAGE, 503, {"retry-after": "15"})
            await busy(scope, receive, _with_headers(send))
        else:
            await self.app(scope, receive, _with_headers(send))

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.visitors.full:
            await receive()
            await send({"type": "websocket.close", "code": 1013, "reason": "busy"})
            return
        self.visitors.count += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.visitors.count -= 1


def _opens_a_page(scope: Scope) -> bool:
    """Return whether a browser goes to a page of the app.

    What programs and frames ask for has limits of its own.
    """
    return "text/html" in Headers(scope=scope).get("accept", "") and not scope["path"].startswith(OWN_LIMITS)


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            if b"content-security-policy" in present:
                present.add(b"x-frame-options")
            extra = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message["headers"] = [*message["headers"], *(pair for pair in extra if pair[0] not in present)]
        await send(message)

    return send_with_headers


MIDDLEWARE = [Middleware(Guard)]
