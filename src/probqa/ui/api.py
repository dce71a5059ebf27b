"""For programs: questions, checks and the list of reports as JSON on the page's own server, and whether it is ready.

In: GET requests with bounded parameters. Out: the JSON of the command line, or one object with ``problem`` and
``remedy``; never a traceback, never a path of this machine. ``openapi.json`` beside this file and the package's
``schemas.json`` document every route exactly. No header lets other sites' scripts read the answers; ``/embed`` alone
may be shown in their frames.

>>> read_parameters("question=who%3F&area=Wales&area=", ASK)
{'question': ['who?'], 'area': ['Wales']}
>>> read_parameters("questoin=who", ASK)
Traceback (most recent call last):
probqa.errors.InputError: there is no parameter 'questoin'; see: /api/openapi.json
"""

from __future__ import annotations

import json
import logging
import math
import os
import re
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from probqa import questions, rendering
from probqa.asking.library import Library
from probqa.checking.check import check as check_text
from probqa.checking.check import prepare
from probqa.checking.verdicts import to_json as report_to_json
from probqa.errors import (
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    InputError,
    ProbqaError,
    ReadingError,
)
from probqa.indexing.news import read_news
from probqa.questions import DEFAULT_QUOTES, Filters
from probqa.reading.corpus import read_unchanged
from probqa.records import Answer
from probqa.schemas import schemas
from probqa.settings import settings
from probqa.ui import embed, feeds, pictures
from probqa.ui.address import MAX_QUESTIONS, first, read_turns
from probqa.ui.connections import watch_connections
from probqa.ui.libraries import open_library
from probqa.ui.limits import Buckets, QueueFullError, Workers, client_name, raise_descriptor_limit
from probqa.ui.logs import escape_records
from probqa.ui.middleware import VISITORS, base_path, html_response
from probqa.ui.originals import file_name, is_file, is_page, may_be_passed_on
from probqa.ui.shared import examples

MAX_QUERY_CHARACTERS = 60_000
MAX_VALUE_CHARACTERS = 200
MAX_VALUES = 20
MAX_QUOTES = 50
BURST, PER_SECOND, CLIENTS = 30, 2.0, 10_000
THREADS, PLACES = 4, 32
# Pictures of pages wait in a queue of their own: they keep no question waiting.
DRAWING_THREADS, DRAWING_PLACES = 2, 32

# Parameter -> how often it may be given.
ASK: Mapping[str, int] = {
    "question": 1,
    "k": 1,
    "previous": MAX_QUESTIONS - 1,
    "document": MAX_VALUES,
    "kind": MAX_VALUES,
    "area": MAX_VALUES,
    "provider": MAX_VALUES,
    "body": MAX_VALUES,
    "since": 1,
    "until": 1,
    "drop": MAX_VALUES,
    "exact": MAX_QUESTIONS,
}
CHECK: Mapping[str, int] = {"text": 1, "named": 5}
PICTURE: Mapping[str, int] = {"document": 1, "page": 1, "file": 1}
ORIGINAL: Mapping[str, int] = {"document": 1}
FEED: Mapping[str, int] = {"question": 1, "area": 5, "provider": 5, "kind": 5}
# Their length is for the library to judge; all others are names, dates and numbers.
LONG = ("question", "previous", "text")

OPENAPI = Path(__file__).with_name("openapi.json")
_SHAPE = re.compile(r'"#/components/schemas/(\w+)"')
_METHODS = ("GET", "HEAD", "OPTIONS")
# Routes that name no methods take GET alone, and what they refuse is not JSON.
_ALL_METHODS = [*_METHODS, "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"]
# What a stranger is told; the message itself names folders and goes to the log.
_UNUSABLE = {
    IndexMissingError: "there is no index here yet",
    IndexMismatchError: "the index was made by another model or version",
    IndexDamagedError: "the index is damaged",
}

_log = logging.getLogger(__name__)

Parameters = dict[str, list[str]]
# Status, problem, remedy, headers -> the response that says so.
Refusal = Callable[[int, str, str, Mapping[str, str]], Response]


class Api:
    """The routes, and what they share: a bucket for each client and a few threads."""

    def __init__(
        self, buckets: Buckets | None = None, workers: Workers | None = None, drawing: Workers | None = None
    ) -> None:
        """Limit clients by ``buckets``, work by ``workers``, and that on files of the corpus by ``drawing``."""
        self.buckets = buckets or Buckets(BURST, PER_SECOND, CLIENTS)
        self.workers = workers or Workers(THREADS, PLACES)
        self.drawing = drawing or Workers(DRAWING_THREADS, DRAWING_PLACES)

    @property
    def routes(self) -> list[Route]:
        """Return what is to be given to ``st.App``, below the path that the pages are served under too.

        Whatever else lies below ``/api`` is refused as JSON and not as a page.
        """
        routes = [
            self._route("/api/ask", ASK, lambda library, given: _json(ask(library, given)), _problem),
            self._route("/api/check", CHECK, lambda library, given: _json(check(library, given)), _problem),
            self._route("/api/documents", {}, lambda library, _: _json(documents(library)), _problem),
            self._route("/api/feed", FEED, _feed, _problem),
            self._route("/embed", ASK, lambda library, given: _embedded(answer(library, given)), _embedded_problem),
            self._route("/picture", PICTURE, picture, _problem, self.drawing),
            self._route("/original", ORIGINAL, original, _problem, self.drawing),
            Route("/api/openapi.json", self._openapi, methods=_ALL_METHODS),
            Route("/healthz", self._health, methods=_ALL_METHODS),
            Route("/api", self._nothing, methods=_ALL_METHODS),
            Route("/api/{rest:path}", self._nothing, methods=_ALL_METHODS),
        ]
        base = base_path()
        below = [Route(f"{base}{route.path}", route.endpoint, methods=_ALL_METHODS) for route in routes if base]
        return [*routes, *below]

    def _route(
        self,
        path: str,
        allowed: Mapping[str, int],
        work: Callable[[Library, Parameters], Response],
        refusal: Refusal,
        workers: Workers | None = None,
    ) -> Route:
        async def endpoint(request: Request) -> Response:
            refused = _wrong_method(request)
            return refused or await self._answered(request, allowed, work, refusal, workers or self.workers)

        return Route(path, endpoint, methods=_ALL_METHODS)

    async def _openapi(self, request: Request) -> Response:
        return _wrong_method(request) or _json(openapi())

    async def _nothing(self, _: Request) -> Response:
        return _problem(404, "nothing is offered at this address", "see: /api/openapi.json", {})

    async def _health(self, request: Request) -> Response:
        """Ready: the live generation was verified and its canaries passed when it was opened, and there is room."""
        if refused := _wrong_method(request):
            return refused
        try:
            # Not by the workers: a full queue must be told at once.
            library = await anyio.to_thread.run_sync(_library)
        except Exception as error:
            return _refused(error, _problem)
        if VISITORS.full or self.workers.full:
            return _refused(QueueFullError(), _problem)
        generation = library.generation
        ready = {"status": "ready", "generation": generation.name}
        return _json(ready | {"documents": generation.documents, "passages": generation.passages})

    async def _answered(
        self,
        request: Request,
        allowed: Mapping[str, int],
        work: Callable[[Library, Parameters], Response],
        refusal: Refusal,
        workers: Workers,
    ) -> Response:
        wait = self.buckets.take(client_name(request.client.host if request.client else ""))
        if wait:
            seconds = str(math.ceil(wait))
            return refusal(429, "too many requests from this address", f"wait {seconds} s", {"retry-after": seconds})
        query = request.url.query
        if len(query) > MAX_QUERY_CHARACTERS:
            return refusal(
                414, f"the address has over {MAX_QUERY_CHARACTERS:,} characters of parameters", "shorten it", {}
            )
        try:
            given = read_parameters(query, allowed)
            return await workers.run(lambda: work(_library(), given))
        except Exception as error:
            return _refused(error, refusal)


def openapi() -> dict[str, Any]:
    """Return the document of the routes: the shapes of what they give are those that everything else gives too."""
    described: dict[str, Any] = json.loads(OPENAPI.read_bytes())
    names = _SHAPE.findall(json.dumps(described["paths"]))
    return described | {"components": {"schemas": schemas(names, "#/components/schemas/")}}


def read_parameters(query: str, allowed: Mapping[str, int]) -> Parameters:
    """Return the parameters given, without empty ones.

    Raises:
        InputError: one is unknown, given too often or too long; a misspelt filter must not widen a search.
    """
    given: Parameters = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in allowed:
            raise InputError(f"there is no parameter {name[:40]!r}", "see: /api/openapi.json")
        if name not in LONG and len(value) > MAX_VALUE_CHARACTERS:
            raise InputError(f"{name} has {len(value)} characters, more than {MAX_VALUE_CHARACTERS}", "shorten it")
        if value:
            given.setdefault(name, []).append(value)
        if len(given.get(name, ())) > allowed[name]:
            raise InputError(f"{name} is given more than {allowed[name]} times", "leave some out")
    return given


def ask(library: Library, given: Parameters) -> dict[str, Any]:
    """Answer a question, as ``probqa ask --json`` does.

    Raises:
        InputError: the question or another parameter cannot be used.
    """
    return rendering.to_json(answer(library, given))


def answer(library: Library, given: Parameters) -> Answer:
    """Return the answer itself.

    It raises what ``ask`` raises.
    """
    k = first(given, "k") or str(DEFAULT_QUOTES)
    if not re.fullmatch(r"[0-9]{1,3}", k) or not 1 <= int(k) <= MAX_QUOTES:
        raise InputError(f"k is {k!r}", f"give a number from 1 to {MAX_QUOTES}")
    filters = Filters(
        documents=tuple(given.get("document", ())),
        kinds=tuple(given.get("kind", ())),
        areas=tuple(given.get("area", ())),
        providers=tuple(given.get("provider", ())),
        bodies=tuple(given.get("body", ())),
        since=first(given, "since"),
        until=first(given, "until"),
    )
    turns = read_turns((*given.get("previous", ()), first(given, "question")), given)
    return library.ask(questions.Request(turns, filters, int(k)))


def check(library: Library, given: Parameters) -> dict[str, Any]:
    """Check a quote, as ``probqa check --json`` does.

    Raises:
        InputError: the text cannot be used.
    """
    report = check_text(library.generation, first(given, "text"), given.get("named"))
    return report_to_json(report)


def documents(library: Library) -> dict[str, Any]:
    """Return what is in the index."""
    generation = library.generation
    return {
        "generation": generation.name,
        "created": generation.manifest.created,
        "documents": [
            rendering.document_to_json(document, len(generation.passages_of(document.source.id)))
            for document in generation.all_documents()
        ],
    }


def picture(library: Library, given: Parameters) -> Response:
    """Return the picture of a page of a PDF, for the page that shows where a quote stands.

    ``file`` is the beginning of the hash of the file, with which the address changes when the file does.

    Raises:
        InputError: the page is no number.
    """
    document = library.generation.document(first(given, "document"))
    page, file = first(given, "page"), first(given, "file")
    if not re.fullmatch(r"[0-9]{1,4}", page):
        raise InputError(f"page is {page!r}", "give the number of a page, from 1")
    if document is None or not is_page(document, int(page)) or not is_file(document, file):
        return _problem(404, "there is no such page in this edition", "go back to the report", {})
    try:
        content = pictures.picture(document, settings(os.environ).corpus, int(page))
    except ReadingError as error:
        return _problem(404, f"the page cannot be shown: its file {error.problem}", "read the text", {})
    return Response(content, media_type="image/webp", headers={"cache-control": "private, max-age=31536000, immutable"})


def original(library: Library, given: Parameters) -> Response:
    """Return the very file that was indexed, where its licence lets it be passed on."""
    generation = library.generation
    document = generation.document(first(given, "document"))
    if document is None or not may_be_passed_on(document.source, generation.domain):
        return _problem(404, "this file is not offered here", "open the original where it was published", {})
    try:
        content = read_unchanged(settings(os.environ).corpus, document.file, document.file_sha256)
    except ReadingError as error:
        return _problem(404, f"the file {error.problem}", "open the original where it was published", {})
    headers = {"content-disposition": f'attachment; filename="{file_name(document)}"', "cache-control": "no-store"}
    return Response(content, media_type="application/octet-stream", headers=headers)


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """While the server runs: as many connections as the system allows, none for ever, the library opened early."""
    escape_records()
    watch_connections()
    raise_descriptor_limit()
    threading.Thread(target=_prepare, name="open the library", daemon=True).start()
    yield


def _prepare() -> None:
    # Whoever asks is told what is wrong.
    with suppress(ProbqaError):
        library = _library()
        prepare(library.generation)
        examples(library)


def _library() -> Library:
    return open_library(settings(os.environ))


def _json(body: dict[str, Any]) -> Response:
    return JSONResponse(body, headers={"cache-control": "no-store"})


def _feed(library: Library, given: Parameters) -> Response:
    """Return the new reports as Atom."""
    filters = Filters(
        kinds=tuple(given.get("kind", ())),
        areas=tuple(given.get("area", ())),
        providers=tuple(given.get("provider", ())),
    )
    question = first(given, "question")
    entries = feeds.new_reports(library, read_news(settings(os.environ).index), filters, question)
    body = feeds.atom(entries, given, question, library.generation.manifest.created)
    return Response(body, media_type=feeds.MEDIA_TYPE, headers={"cache-control": "no-store"})


def _problem(status: int, problem: str, remedy: str, headers: Mapping[str, str]) -> Response:
    body = {"problem": problem, "remedy": remedy}
    return JSONResponse(body, status, headers={"cache-control": "no-store", **headers})


def _embedded(answer: Answer) -> Response:
    return html_response(embed.answer_page(answer), 200, embed.HEADERS)


def _embedded_problem(status: int, problem: str, remedy: str, headers: Mapping[str, str]) -> Response:
    return html_response(embed.refusal_page(problem, remedy), status, {**embed.HEADERS, **headers})


def _refused(error: Exception, refusal: Refusal) -> Response:
    """Return what went wrong, in words that say nothing about this machine."""
    if isinstance(error, InputError):
        return refusal(400, error.problem, error.remedy, {})
    if isinstance(error, QueueFullError):
        return refusal(503, "the server is busy", "try again in some seconds", {"retry-after": "5"})
    _log.error("not answered", exc_info=error)
    if isinstance(error, ProbqaError):
        problem = _UNUSABLE.get(type(error), "the index cannot be used")
        return refusal(503, problem, "try again later", {"retry-after": "60"})
    return refusal(500, "something went wrong here", "try again later", {})


def _wrong_method(request: Request) -> Response | None:
    allow = {"allow": ", ".join(_METHODS)}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allow)
    if request.method not in _METHODS:
        return _problem(405, f"{request.method} is not offered here", "use GET", allow)
    return None
