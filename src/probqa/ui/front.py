"""What stands between the guard and Streamlit: the first HTML of each page, small files, and a way back from nowhere.

In: the requests that the guard lets through. Out: a page that can be read at once; the framework's files (``files``);
for an address that leads nowhere a page that says so; everything else is passed on.
"""

from __future__ import annotations

import logging
import math
import os
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from probqa.asking.library import Library
from probqa.errors import InputError, ProbqaError
from probqa.glossary.domain import NO_DOMAIN
from probqa.settings import settings
from probqa.ui import frame, states
from probqa.ui.address import read
from probqa.ui.api import MAX_QUERY_CHARACTERS, MAX_VALUES, Api
from probqa.ui.files import STATIC
from probqa.ui.first import Head, alone, document
from probqa.ui.libraries import open_library
from probqa.ui.limits import QueueFullError, client_name
from probqa.ui.markup import Markup
from probqa.ui.middleware import OWN_LIMITS, base_path, html_response
from probqa.ui.pages import PAGES, Page, Parameters, preview, title
from probqa.ui.paper import HEADERS, paper_page
from probqa.ui.shared import asker
from probqa.ui.views import ask

# What Streamlit serves besides its pages and its files.
_STREAMLITS = ("_stcore/", "media/", "component/", "favicon.png", "manifest.json")
_OURS = tuple(f"{path}/" for path in OWN_LIMITS)
# Of a page: it holds a question, or what was found, and is another after each build.
_HEADERS = {"cache-control": "no-store"}

_log = logging.getLogger(__name__)


class Front:
    """ASGI middleware that answers for pages and files, and for addresses that lead nowhere."""

    def __init__(self, app: ASGIApp, api: Api) -> None:
        """Stand before ``app`` and keep to the limits of ``api``: a first answer costs what one for a program costs."""
        self.app, self.api = app, api
        self.base = f"{base_path()}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or connection."""
        is_read = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        response = await self._response(scope) if is_read else None
        await (response or self.app)(scope, receive, send)

    async def _response(self, scope: Scope) -> Response | None:
        path: str = scope["path"]
        if "/_stcore/" in path or not path.startswith(self.base):
            return None
        path = path.removeprefix(self.base)
        if f"/{path}/".startswith(_OURS):
            return None
        if path.startswith("static/"):
            return await STATIC.response(path.removeprefix("static/"), Headers(scope=scope))
        # Streamlit takes the last stroke off the address of a page.
        if path.startswith(_STREAMLITS) or (path.endswith("/") and path.rstrip("/") in PAGES):
            return None
        page = PAGES.get(path)
        return await self._page(page, Request(scope)) if page else html_response(_nowhere(path), 404, _HEADERS)

    async def _page(self, page: Page, request: Request) -> Response:
        """Return the first HTML of a page.

        Who asks too much, or comes when too many ask, gets the page without the answer, and is told why.
        """
        query = request.url.query
        given = _parameters(query) if len(query) <= MAX_QUERY_CHARACTERS else {}
        wait = math.ceil(self.api.buckets.take(client_name(request.client.host if request.client else "")))
        if wait:
            return _refused(page, given, 429, wait, "You are asking faster than this server answers")
        try:
            return await self.api.workers.run(lambda: _drawn(page, given))
        except QueueFullError:
            return _refused(page, given, 503, 5, "Many people are asking at the moment")
        except Exception:
            _log.exception("not drawn: %s", page.name)
            return _refused(page, given, 500, 5, "Something went wrong here")


def _parameters(query: str) -> Parameters:
    given = parse_qs(query, keep_blank_values=True)
    return {name: values[-MAX_VALUES:] for name, values in given.items()}


def _drawn(page: Page, given: Parameters) -> Response:
    """Return what a page says."""
    library, status = None, 200
    with frame.plainly(given) as drawn:
        try:
            library = open_library(settings(os.environ))
            if page.path == "" and "print" in given and "q" in given:
                # What cannot be asked is told on the page itself.
                with suppress(InputError):
                    return _for_paper(library, given)
            page.draw(library)
        except ProbqaError as error:
            status = 503
            states.unusable(error)
            frame.foot(NO_DOMAIN)
    head = Head(title(page, given, library), preview(page, given, library), is_found=not given.get("q"))
    return html_response(document(head, drawn, page), status, _HEADERS)


def _for_paper(library: Library, given: Parameters) -> Response:
    answer = asker(library)(ask.askable(read(given)))
    return html_response(paper_page(answer, states.edition(library), datetime.now(UTC).date()), 200, HEADERS)


def _refused(page: Page, given: Parameters, status: int, seconds: int, why: str) -> Response:
    """Return a page that says why it has no answer yet, and keeps what was asked."""
    with frame.plainly(given) as drawn:
        frame.heading(page.name)
        frame.notice(why, f"Load this page again in {seconds} seconds; what you asked stays in its address.", "refused")
    head = Head(title(page, given, None), page.promise, is_found=False)
    return html_response(document(head, drawn, page), status, {**_HEADERS, "retry-after": str(seconds)})


def _nowhere(path: str) -> Markup:
    """Return a page for an address that leads nowhere, and the ways on from there."""
    meant = PAGES.get(path.partition("/")[0])
    with frame.plainly({}) as drawn:
        frame.heading("There is no page at this address")
        frame.draw(Markup("<p>Nothing is called “{}” here. The address may be cut short or mistyped.</p>").format(path))
        if meant:
            frame.draw(Markup('<p>Did you mean <a href="{}">{}</a>?</p>').format(meant.path, meant.name))
        frame.draw(Markup('<p><a href=".">Ask a question</a>, or choose a page above.</p>'))
    return alone(Head("No page here", "", is_found=False), drawn, "../" * path.count("/") or "./")
