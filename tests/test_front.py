"""The first HTML of each page, small files, and addresses that lead nowhere: by requests, without a browser."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import config

from conftest import write_corpus
from probqa.asking.library import Library
from probqa.indexing.build import build
from probqa.questions import Filters, Request
from probqa.settings import Settings
from probqa.ui import api
from probqa.ui.api import Api
from probqa.ui.files import STATIC
from probqa.ui.front import Front
from probqa.ui.limits import Buckets, Workers
from probqa.ui.middleware import MIDDLEWARE, OWN_LIMITS
from probqa.ui.pages import PAGES, TITLE_CHARACTERS

QUESTION = "how did Northway supervise people at low risk?"
QUOTE = "Northway supervised people at low risk by a telephone call every nine weeks."
DIGEST = """---
title: A digest of Ambleton
publisher: The Inspectorate
published: 2019
kind: inspection report
wording: digest
urls: [https://example.org/digest]
---
# Roofs

The roofs of Ambleton leaked for eleven days.
"""


NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style><svg onload=alert(1)>",
    "\u202ex",
)


def streamlits(_: Any) -> PlainTextResponse:
    return PlainTextResponse("Streamlit")


@pytest.fixture
def service() -> Api:
    """Limits whose clock stands still: a client has its first tokens and no more."""
    return Api(Buckets(api.BURST, api.PER_SECOND, api.CLIENTS, now=lambda: 0.0))


@pytest.fixture
def client(service: Api, chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A browser before a server over the settings' index; whatever is passed on is answered "Streamlit"."""
    for name in ("corpus", "index", "model", "reader"):
        monkeypatch.setenv(f"PROBQA_{name.upper()}", str(getattr(chosen, name)))
    routes = [Route("/{rest:path}", streamlits, methods=["GET", "PUT"])]
    middleware = [*MIDDLEWARE, Middleware(Front, api=service)]
    with TestClient(Starlette(routes=routes, middleware=middleware), base_url="http://localhost") as client:
        yield client


def first(page: str) -> str:
    """What can be read of a page without scripts: its text."""
    [drawn] = re.findall(r'<main class="stMainBlockContainer" id="pq-main" tabindex="-1">(.*)</main>', page, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", drawn)).split())


def meta(page: str) -> dict[str, str]:
    """What is said of a page in its head."""
    head = page.partition("</head>")[0]
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', head)
    [title] = re.findall(r"<title>(.*?)</title>", head, re.DOTALL)
    return {name: html.unescape(content) for name, content in found} | {"title": html.unescape(title)}


def test_the_first_html_holds_the_answer_and_starts_the_scripts(client: TestClient, built: Settings) -> None:
    response = client.get("/", params={"q": QUESTION})
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    assert f'<mark class="pq-words">{QUOTE}</mark>' in response.text
    assert "Inspection of Ambleton · 19 April 2017 · The Inspectorate" in first(response.text)
    assert re.search(r'<script type="module" crossorigin src="\./static/js/index\.[\w-]+\.js">', response.text)
    assert response.text.index(QUOTE) < response.text.index('<link rel="stylesheet"') < response.text.index(" inert>")
    assert response.headers["content-security-policy"].startswith("default-src 'self'")


def test_nothing_of_the_frameworks_own_words_is_left(client: TestClient, built: Settings) -> None:
    page = client.get("/").text
    for left in ("<title>Streamlit", "noscript", "service-desc", "agent", 'lang="en"', "<!--"):
        assert left not in page
    assert page.count('<html lang="en-GB">') == page.count('id="root"') == page.count("<h1") == 1


def test_a_preview_says_the_question_and_the_first_quote(client: TestClient, built: Settings) -> None:
    said = meta(client.get("/", params={"q": QUESTION}).text)
    assert said["title"] == said["og:title"] == f"{QUESTION} · Ask the inspection reports"
    assert f" “{QUOTE}” (Inspection of Ambleton · The Inspectorate · 19 April 2017 · " in said["og:description"]
    assert said["og:description"] == said["description"]
    assert (said["robots"], said["og:locale"], said["twitter:card"]) == ("noindex", "en_GB", "summary")


def test_a_digest_stands_without_quotation_marks_in_a_preview(client: TestClient, chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"a.md": DIGEST})
    build(chosen)
    said = meta(client.get("/", params={"q": "for how many days did the roofs of Ambleton leak?"}).text)
    assert " The roofs of Ambleton leaked for eleven days. (A digest" in said["og:description"]
    assert "digest, not the publisher's wording" in said["og:description"]


@pytest.mark.parametrize(
    ("address", "title", "says"),
    [
        ("/", "Ask the inspection reports", "For example"),
        ("/every?q=who+was+late%3F", "who was late? · Every report · Ask the inspection reports", "Every report"),
        ("/compare?q=who%3F", "who? · Compare · Ask the inspection reports", "Side by side: one provider"),
        (
            f"/check?text={QUOTE.replace(' ', '+')}",
            "Check a quote · Ask the inspection reports",
            "1 found word for word",
        ),
        ("/basket", "Basket · Ask the inspection reports", "Basket"),
        ("/reports", "Reports · Ask the inspection reports", "Inspection of Selby Green"),
        ("/about", "About · Ask the inspection reports", "What it cannot do"),
        ("/read?document=weir", "weir · Ask the inspection reports", "twice in May"),
        ("/read?document=x", "Read · Ask the inspection reports", "There is no document “x” in the index"),
    ],
)
def test_every_page_says_without_scripts_what_it_says_with_them(
    client: TestClient, built: Settings, address: str, title: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert meta(response.text)["title"] == title
    assert says in first(response.text)
    # Streamlit, asked to draw where it does not run, would say so.
    assert caplog.records == []


def test_each_page_is_named_once(client: TestClient, built: Settings) -> None:
    [pages] = re.findall(r'<nav class="pq-bar-menu" aria-label="Pages">(.*?)</nav>', client.get("/about").text)
    assert re.findall(r'href="([^"]*)"(?: aria-current="(\w+)")?', pages) == [
        (page.path or ".", "page" if page.path == "about" else "") for page in PAGES.values() if page.is_in_menu
    ]


def test_a_plain_form_asks_on_in_the_same_conversation(client: TestClient, built: Settings) -> None:
    page = client.get("/", params={"q": ["And who?", QUESTION], "area": "Ambleton", "g": "0"}).text
    [form] = re.findall(r'<div class="st-key-ask">.*?(<form.*?</form>)', page)
    assert re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form) == [
        ("q", "And who?"),
        ("q", html.escape(QUESTION)),
        ("area", "Ambleton"),
    ]
    assert form.count('name="q" required maxlength="2000"') == 1
    assert 'href=".?q=And+who%3F&amp;area=Ambleton&amp;g=0"' in page


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize(
    "path", ["/?q={}", "/?q=who%3F&area={}", "/every?q={}", "/check?text={}", "/read?document={}", "/{}"]
)
def test_no_word_of_an_address_is_markup(client: TestClient, built: Settings, path: str, nasty: str) -> None:

    response = client.get(path.format(quote(nasty, safe="")))
    page = response.text.partition("</head>")[0] + response.text.partition('<div id="pq-first"')[2]
    page = re.sub(r"<style>.*?</style>", "", page, count=1, flags=re.DOTALL)
    assert not re.search(r"<(?:svg|img)\b|onerror=alert\(1\)>|<script>alert|\u202e", page)
    assert response.status_code == (404 if path == "/{}" else 200)


def test_no_word_of_a_document_is_markup(client: TestClient, chosen: Settings) -> None:
    nasty = '---\ntitle: "</title><img src=x>"\n---\n# `<b>C</b>`\n\nIt cost `<svg onload=x>` much in Weir.\n'
    write_corpus(chosen.corpus, {"nasty.md": nasty})
    build(chosen)
    for address in ("/?q=what+did+it+cost+in+Weir%3F", "/read?document=nasty", "/reports", "/every?q=cost"):
        page = client.get(address).text
        assert not re.search(r"<(?:svg|img)\b|<b>C", page)
        assert "&lt;/title&gt;" in page


def test_a_long_question_is_shortened_in_the_title_and_refused_on_the_page(client: TestClient, built: Settings) -> None:
    page = client.get("/", params={"q": "why " * 501}).text
    title = meta(page)["title"].partition(" · ")[0]
    assert title == "why " * (TITLE_CHARACTERS // 4) + "…"
    assert "This question is too long" in first(page)


def test_who_asks_too_much_gets_the_page_and_is_told_to_wait(client: TestClient, built: Settings) -> None:
    statuses = [client.get("/about").status_code for _ in range(api.BURST + 1)]
    assert statuses == [200] * api.BURST + [429]
    response = client.get("/", params={"q": QUESTION})
    assert (response.status_code, response.headers["retry-after"]) == (429, "1")
    assert "You are asking faster than this server answers" in first(response.text)
    assert QUOTE not in response.text
    assert '<div id="root" inert>' in response.text
    assert client.get("/api/ask", params={"question": QUESTION}).text == "Streamlit"


def test_when_too_many_ask_the_page_comes_without_its_answer(client: TestClient, service: Api, built: Settings) -> None:
    service.workers = Workers(0, 0)
    response = client.get("/", params={"q": QUESTION})
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert "Many people are asking at the moment" in first(response.text)


def test_without_an_index_the_page_says_so(client: TestClient, chosen: Settings) -> None:
    response = client.get("/", params={"q": QUESTION})
    assert response.status_code == 503
    assert "There are no reports here yet" in first(response.text)
    assert str(chosen.index) not in response.text


def test_a_fault_leaves_the_page_to_its_scripts(
    client: TestClient, built: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Library) -> None:
        raise RuntimeError("a secret path")

    monkeypatch.setitem(PAGES, "about", replace(PAGES["about"], draw=broken))
    response = client.get("/about")
    assert response.status_code == 500
    assert "a secret path" not in response.text
    assert '<div id="root" inert>' in response.text
    assert [record.exc_info is not None for record in caplog.records] == [True]


def test_an_answer_for_paper_has_its_quotes_sources_and_edition_and_nothing_that_runs(
    client: TestClient, built: Settings
) -> None:
    response = client.get("/", params={"q": ["who?", QUESTION], "area": "Ambleton", "print": ""})
    page = response.text
    with closing(Library(built)) as library:
        answer = library.ask(Request.of(QUESTION, previous=("who?",), filters=Filters(areas=("Ambleton",))))
        edition = f"Edition of {library.generation.manifest.day.in_words} ({library.generation.name}), "
    assert answer.quotes
    assert re.findall("<blockquote>(.*?)</blockquote>", page) == [html.escape(one.text) for one in answer.quotes]
    assert f'<h1>{QUESTION}</h1><p class="source">Asked after: who?</p>' in page
    assert "Only from: area Ambleton" in page
    assert (
        "The Inspectorate, <cite>Inspection of Ambleton</cite> (19 April 2017), under “Findings › Supervision”." in page
    )
    assert '<a href="https://example.org/ambleton" rel="noreferrer">https://example.org/ambleton</a>' in page
    assert edition in page
    assert not re.search(r"<(?:script|form|button|img|nav|link)\b", page)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert response.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert (response.headers["x-content-type-options"], response.headers["cache-control"]) == ("nosniff", "no-store")


def test_what_is_near_is_not_called_an_answer_on_paper_either(client: TestClient, built: Settings) -> None:
    page = client.get("/", params={"q": "When was Selby Green closed in 1999?", "print": ""}).text
    assert page.index("These reports do not say.") < page.index("Not an answer, but near") < page.index("<blockquote>")


def test_a_digest_stands_without_quotation_marks_on_paper(client: TestClient, chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"a.md": DIGEST})
    build(chosen)
    page = client.get("/", params={"q": "for how many days did the roofs of Ambleton leak?", "print": ""}).text
    assert "<blockquote class=digest>The roofs of Ambleton leaked for eleven days.</blockquote>" in page


@pytest.mark.parametrize("nasty", NASTY)
def test_no_word_is_markup_on_paper(client: TestClient, chosen: Settings, nasty: str) -> None:
    text = f"---\ntitle: {json.dumps(nasty)}\narea: {json.dumps(nasty)}\n---\nIt cost `{nasty}` much in Weir.\n"
    write_corpus(chosen.corpus, {"nasty.md": text})
    build(chosen)
    page = client.get("/", params={"q": f"what did it cost in Weir? {nasty}", "area": nasty, "print": ""}).text
    assert not re.search(r"<(?:svg|img|script)\b|\u202e", page)


def test_what_cannot_be_asked_is_not_printed_but_told(client: TestClient, built: Settings) -> None:
    for query in ("print", "q=&print", f"q={'x' * 2001}&print"):
        response = client.get(f"/?{query}")
        assert response.status_code == 200
        assert '<div id="root" inert>' in response.text


@pytest.mark.parametrize(
    ("path", "root", "meant"),
    [
        ("/nope", "./", ""),
        ("/embedded", "./", ""),
        ("/read/x", "../", "read"),
        ("/a/b/c/", "../../../", ""),
        ("/every/x/y", "../../", "every"),
    ],
)
def test_an_address_that_leads_nowhere_says_so_and_leads_back(
    client: TestClient, chosen: Settings, path: str, root: str, meant: str
) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert f'<base href="{root}">' in response.text
    assert f"Nothing is called “{path[1:]}” here" in first(response.text)
    assert (f'Did you mean <a href="{meant}">' in response.text) == bool(meant)
    assert "<script" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/health",
        "/read/_stcore/health",
        "/media/x.png",
        "/favicon.png",
        "/embed",
        "/api/x",
        "/healthz",
        "/read/",
    ],
)
def test_what_is_not_the_fronts_is_passed_on(client: TestClient, path: str) -> None:
    assert client.get(path).text == "Streamlit"


def test_below_a_base_path_pages_lie_there_alone(
    service: Api, chosen: Settings, built: Settings, client: TestClient
) -> None:
    config.set_option("server.baseUrlPath", "reports")
    try:
        based = TestClient(Front(Starlette(routes=[Route("/{rest:path}", streamlits)]), service))
        assert "What it cannot do" in based.get("/reports/about").text
        assert f'<mark class="pq-words">{QUOTE}</mark>' in based.get("/reports/", params={"q": QUESTION}).text
        assert based.get("/reports/nope").status_code == 404
        assert [based.get(f"/reports{path}").text for path in OWN_LIMITS] == ["Streamlit"] * len(OWN_LIMITS)
        assert [based.get(path).text for path in ("/about", "/reports", "/embed")] == ["Streamlit"] * 3
    finally:
        config.set_option("server.baseUrlPath", "")


def test_a_file_is_sent_small_once_it_is_asked_for_and_kept_for_a_year(client: TestClient) -> None:
    folder = Path(streamlit.__file__).parent / "static" / "static"
    script = max(folder.glob("js/index.*.js"), key=lambda path: path.stat().st_size)
    response = client.get(f"/static/js/{script.name}", headers={"accept-encoding": "gzip"})
    assert response.content == script.read_bytes()
    assert int(response.headers["content-length"]) == len(gzip.compress(script.read_bytes(), 9))
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (response.headers["vary"], response.headers["content-type"].partition(";")[0].endswith("javascript")) == (
        "Accept-Encoding",
        True,
    )
    plain = client.get(f"/static/js/{script.name}", headers={"accept-encoding": "identity"})
    assert plain.content == script.read_bytes()
    assert "content-encoding" not in plain.headers


def test_a_picture_or_font_is_sent_as_it_is(client: TestClient) -> None:
    [font] = [name for name in STATIC.names if "SourceSansVF-Upright" in name]
    response = client.get(f"/static/{font}", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in response.headers
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "name", ["js/nothing.js", "js", "", "%2e%2e/index.html", "js/..%2f..%2findex.html", "/etc/passwd"]
)
def test_what_is_none_of_the_files_is_not_there(client: TestClient, name: str) -> None:
    response = client.get(f"/static/{name}")
    assert response.status_code in (400, 404)
    assert "<html" not in response.text
