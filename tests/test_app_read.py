"""A PDF read in context: the picture of a page with the words marked beside the text, and its files for a browser."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from conftest import STARTER, write_corpus
from probqa.asking.library import Library
from probqa.indexing.build import build
from probqa.links import reading_link
from probqa.reading.page_pictures import read_places
from probqa.records import Document, Quote, Source
from probqa.settings import Settings
from probqa.ui import api, pictures
from probqa.ui.limits import QueueFullError
from probqa.ui.middleware import MIDDLEWARE
from probqa.ui.originals import may_be_passed_on, picture_address
from test_app import drawn
from test_page_pictures import CONTENT, FILES, SIDECAR, span_of

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

OVER = "the offices and talked to the staff"
View = Callable[..., "AppTest"]


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test has had made is made anew."""
    monkeypatch.setattr(pictures, "_pictures", pictures.Kept[tuple[str, int], bytes](10_000_000, len))
    monkeypatch.setattr(pictures, "_places", pictures.Kept[tuple[str, str], Any](10, lambda _: 1))


@pytest.fixture
def client(view: View) -> Iterator[TestClient]:
    """A browser at a server over the index that ``view`` shows."""
    app = Starlette(routes=api.Api().routes, middleware=MIDDLEWARE)
    with TestClient(app, base_url="http://localhost", client=("192.0.2.1", 1)) as client:
        yield client


@pytest.fixture
def weir(chosen: Settings) -> Document:
    write_corpus(chosen.corpus, FILES)
    build(chosen)
    document = Library(chosen).generation.document("weir")
    assert document
    return document


def given(document: Document, words: str) -> dict[str, str]:
    span = span_of(document, words)
    query = parse_qs(urlsplit(reading_link(Quote(document, span, span))).query)
    return {f"{name}_": values[0] for name, values in query.items()}


def figure(page: AppTest) -> str:
    found = re.search(r'<figure class="pq-paper".*?</figure>', drawn(page), re.DOTALL)
    assert found
    return found[0]


def test_the_words_are_boxed_on_the_picture_of_their_page(view: View, chosen: Settings, weir: Document) -> None:
    page = view("read", **given(weir, "Nobody had been asked before."))
    said = figure(page)
    [mark] = read_places(weir, chosen.corpus).marks(span_of(weir, "Nobody had been asked before."))
    [style] = re.findall(r'<span class="pq-box" style="([^"]*)">', said)
    left, top, width, height = (float(share) / 100 for share in re.findall(r":([\d.]+)%", style))
    assert left <= mark.left < mark.right <= left + width
    assert top <= mark.top < mark.bottom <= top + height
    assert abs(width - (mark.right - mark.left)) < 0.01
    assert html.unescape(re.findall(r'<img src="([^"]*)"', said)[0]) == picture_address(weir, 2)
    assert 'alt="PDF page 2 of 3. Marked on it: “Nobody had been asked before.”"' in said
    assert "The boxes are where the file itself has these words." in said
    assert drawn(page).count("<mark") == 1


def test_words_over_a_page_end_lead_to_their_other_page(view: View, weir: Document) -> None:
    first = figure(view("read", **given(weir, OVER)))
    assert first.count("pq-box") == 1
    assert "They go on on <a" in first
    second = figure(view("read", **given(weir, OVER), page="2"))
    assert second.count("pq-box") == 1
    assert "They begin on <a" in second
    third = figure(view("read", **given(weir, OVER), page="3"))
    assert "pq-box" not in third
    assert re.sub("<[^>]+>", "", third).endswith("The marked words are on PDF page 1, PDF page 2.")


def test_pages_and_sizes_are_links_that_keep_the_words(view: View, weir: Document) -> None:
    words = given(weir, OVER)
    said = figure(view("read", **words, page="1", zoom="150"))
    ways = {
        name: parse_qs(urlsplit(html.unescape(to)).query)
        for to, name in re.findall(r'<a[^>]*href="([^"]*)">([^<]*)<', said)
    }
    kept = {name.rstrip("_"): [value] for name, value in words.items()}
    assert ways["Next page"] == kept | {"page": ["2"], "zoom": ["150"]}
    assert ways["Larger"] == kept | {"page": ["1"], "zoom": ["200"]}
    assert ways["Smaller"] == kept | {"page": ["1"], "zoom": ["100"]}
    assert "Previous page" not in ways
    assert 'style="width:150%"' in said


def test_a_page_that_is_not_there_is_the_first(view: View, weir: Document) -> None:
    shown = {}
    for page in ("3", "0", "4", "²", "9" * 99, "<b>"):
        said = figure(view("read", document="weir", page=page, zoom="<b>"))
        assert "The page as it was published." in said
        shown[page] = re.findall(r"<p class=\"pq-ways\"><b>([^<]*)</b>", said)
    assert shown.pop("3") == ["PDF page 3 of 3"]
    assert [*shown.values()] == [["PDF page 1 of 3"]] * 5


def test_of_a_file_that_has_changed_only_the_text_is_shown(view: View, chosen: Settings, weir: Document) -> None:
    words = given(weir, "Nobody had been asked before.")
    (chosen.corpus / "weir.pdf").write_bytes(CONTENT.replace(b"forty", b"fifty"))
    said = drawn(view("read", **words))
    assert "The pages are not shown: the file has changed since the index was made." in said
    assert "pq-paper" not in said
    assert said.count("<mark") == 1
    (chosen.corpus / "weir.pdf").unlink()
    assert "The pages are not shown: the file is not there any more." in drawn(view("read", **words))


def test_where_the_words_cannot_be_placed_the_page_is_shown_and_says_why(
    view: View, weir: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise QueueFullError

    monkeypatch.setattr(pictures, "marks", busy)
    said = figure(view("read", **given(weir, OVER)))
    assert "The words are not marked: many others are reading. Load the page again." in said
    assert "<img" in said


def test_a_document_without_pages_has_no_picture(view: View, weir: Document) -> None:
    assert "pq-paper" not in drawn(view("read", document="plain"))


# --- for a browser


def test_the_picture_is_sent_and_kept_by_the_browser(client: TestClient, weir: Document) -> None:
    sent = client.get(f"/{picture_address(weir, 1)}")
    assert (sent.status_code, sent.headers["content-type"]) == (200, "image/webp")
    assert sent.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert sent.content[8:12] == b"WEBP"


def test_nothing_else_is_sent_for_a_picture(client: TestClient, weir: Document) -> None:
    query = parse_qs(urlsplit(picture_address(weir, 1)).query)
    good = {name: values[0] for name, values in query.items()}
    refused: dict[int, list[dict[str, str]]] = {
        404: [
            {"document": "nowhere"},
            {"document": "../weir"},
            {"document": "plain"},
            {"page": "4"},
            {"page": "0"},
            {"file": "0" * 12},
            {"file": ""},
        ],
        400: [{"page": "²"}, {"page": ""}, {"page": "1" * 9}, {"width": "9"}],
    }
    for status, changes in refused.items():
        for changed in changes:
            sent = client.get("/picture", params=good | changed)
            assert (sent.status_code, changed) == (status, changed)
            assert set(sent.json()) == {"problem", "remedy"}


def test_a_picture_of_a_file_that_has_changed_is_not_sent(
    client: TestClient,
    chosen: Settings,
    weir: Document,
) -> None:
    (chosen.corpus / "weir.pdf").write_bytes(b"%PDF-1.4 other")
    sent = client.get(f"/{picture_address(weir, 1)}")
    assert sent.status_code == 404
    assert sent.json()["problem"] == "the page cannot be shown: its file has changed since the index was made"
    assert client.get("/original", params={"document": "weir"}).status_code == 404


def test_the_file_itself_is_sent_where_its_licence_says_so(
    client: TestClient,
    view: View,
    chosen: Settings,
    weir: Document,
) -> None:
    sent = client.get("/original", params={"document": "weir"})
    assert sent.content == CONTENT
    assert sent.headers["content-disposition"] == 'attachment; filename="weir.pdf"'
    assert sent.headers["content-type"] == "application/octet-stream"
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert '<a href="original?document=weir" download>Download the file</a>' in drawn(view("read", document="weir"))
    (chosen.corpus / "weir.yaml").write_text(SIDECAR.replace("OGL v3.0", "not stated"))
    build(chosen)
    assert client.get("/original", params={"document": "weir"}).status_code == 404
    assert "Download the file" not in drawn(view("read", document="weir"))
    assert client.get("/original", params={"document": "nowhere"}).status_code == 404


@pytest.mark.parametrize(
    ("licence", "wording", "free"),
    [
        ("Open Government Licence v3.0 (stated on the page)", "verbatim", True),
        ("OGL v3.0", "verbatim", True),
        ("CC BY 4.0", "verbatim", True),
        ("CC-BY-SA 4.0", "verbatim", True),
        ("CC0", "verbatim", True),
        ("Public domain", "verbatim", True),
        ("CC BY-NC 4.0", "verbatim", False),
        ("Open Government Licence v3.0", "digest", False),
        ("blog text not licensed; the quoted foreword is from an Open Government Licence report", "verbatim", False),
        ("not public domain", "verbatim", False),
        ("not stated", "verbatim", False),
        ("", "verbatim", False),
    ],
)
def test_a_file_is_passed_on_only_under_a_licence_that_says_so(licence: str, wording: Any, free: bool) -> None:
    source = Source("a", "A", "P", "report", licence=licence, wording=wording)
    assert may_be_passed_on(source, STARTER) is free
