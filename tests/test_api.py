"""The routes for programs: what they answer, what they refuse, and that openapi.json says exactly that."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from conftest import write_corpus
from probqa import rendering
from probqa.asking.library import Library
from probqa.checking import check, verdicts
from probqa.indexing.build import build
from probqa.questions import DEFAULT_QUOTES, Request
from probqa.schemas import schemas
from probqa.settings import Settings
from probqa.ui import api, limits
from probqa.ui.limits import Buckets
from probqa.ui.middleware import MIDDLEWARE, VISITORS
from probqa.understanding.question import MAX_QUESTION_CHARACTERS

DOCUMENTED = api.openapi()
QUESTION = "how did Northway supervise people at low risk?"
QUOTE = "Northway supervised people at low risk by a telephone call every nine weeks."
ANSWERING = ("/api/ask", "/api/check", "/api/documents", "/api/feed", "/embed")


@pytest.fixture
def service() -> api.Api:
    """Routes whose clock stands still: a client has its first tokens and no more."""
    return api.Api(Buckets(api.BURST, api.PER_SECOND, api.CLIENTS, now=lambda: 0.0))


@pytest.fixture
def client(service: api.Api, chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A program that asks a server over the settings' index."""
    monkeypatch.setenv("PROBQA_CORPUS", str(chosen.corpus))
    monkeypatch.setenv("PROBQA_INDEX", str(chosen.index))
    monkeypatch.setenv("PROBQA_MODEL", chosen.model)
    monkeypatch.setenv("PROBQA_READER", chosen.reader)
    with TestClient(
        Starlette(routes=service.routes, middleware=MIDDLEWARE), base_url="http://localhost", client=("192.0.2.1", 1)
    ) as client:
        yield client


def checked(response: Any) -> Any:
    """The body of a response, which must be as openapi.json says: its status, headers and every field."""
    path = response.request.url.path
    documented = DOCUMENTED["paths"][path]["get"]["responses"][str(response.status_code)]
    assert set(documented.get("headers", {})) <= {name.title() for name in response.headers}
    [(kind, content)] = documented["content"].items()
    assert response.headers["content-type"].split(";")[0] == kind
    body = response.json() if kind == "application/json" else response.text
    validator = jsonschema.Draft202012Validator({**DOCUMENTED, **content["schema"]})
    validator.validate(body)
    return body


def test_the_answer_is_the_command_lines(client: TestClient, built: Settings) -> None:
    body = checked(client.get("/api/ask", params={"question": QUESTION, "k": "1"}))
    expected = rendering.to_json(Library(built).ask(Request.of(QUESTION, 1)))
    assert body | {"timings_ms": 0} == json.loads(json.dumps(expected)) | {"timings_ms": 0}
    assert [quote["text"] for quote in body["quotes"]] == [QUOTE]


def test_an_answer_that_says_nothing_is_documented_too(client: TestClient, built: Settings) -> None:
    assert checked(client.get("/api/ask", params={"question": "zyzzyva quokka?"}))["status"] == "not_found"


@pytest.mark.parametrize(
    "wanted",
    [
        {"document": "ambleton"},
        {"area": "Ambleton"},
        {"kind": "inspection report", "until": "2017"},
        {"provider": "Northway Ltd"},
        {"since": "2017-04", "until": "2017-04-19"},
        {"previous": ["who?", "and when?"], "document": ["ambleton", "northway/selby"]},
    ],
    ids=str,
)
def test_filters_choose_what_is_searched(client: TestClient, built: Settings, wanted: dict[str, Any]) -> None:
    body = checked(client.get("/api/ask", params={"question": QUESTION, **wanted}))
    assert body["quotes"][0]["text"] == QUOTE
    assert body["coverage"]["documents"] >= 1


def test_a_filter_that_lets_nothing_through_finds_nothing(client: TestClient, built: Settings) -> None:
    body = checked(client.get("/api/ask", params={"question": QUESTION, "kind": "poem"}))
    assert (body["status"], body["quotes"], body["near"]) == ("not_found", [], [])


def test_a_check_is_the_command_lines(client: TestClient, built: Settings) -> None:
    text = f"“{QUOTE}” and “Staff morale was high. Sickness absence was high.” and “Nobody ever said these words here.”"
    body = checked(client.get("/api/check", params={"text": text}))
    library = Library(built)
    assert body == json.loads(json.dumps(verdicts.to_json(check.check(library.generation, text))))
    assert [quote["status"] for quote in body["quotes"]] == ["found", "altered", "absent"]


def test_a_check_may_name_the_report(client: TestClient, built: Settings) -> None:
    body = checked(client.get("/api/check", params={"text": QUOTE, "named": "northway/selby"}))
    assert [quote["status"] for quote in body["quotes"]] == ["elsewhere"]


def test_the_reports_are_listed_with_all_that_is_known_of_them(client: TestClient, built: Settings) -> None:
    body = checked(client.get("/api/documents"))
    assert [document["id"] for document in body["documents"]] == ["ambleton", "northway/selby", "weir"]
    assert body["documents"][0]["providers"] == ["Northway Ltd"]
    assert body["documents"][1]["published"] == "2018"


def test_new_reports_are_a_feed(client: TestClient, built: Settings) -> None:
    write_corpus(built.corpus, {"bus.md": "---\narea: Kent\n---\nThe bus was late in June."})
    build(built)
    for wanted, titles in (
        ({}, ["New reports", "New: bus (read from the file's name)"]),
        ({"area": "Kent"}, ["New reports on Kent", "New: bus (read from the file's name)"]),
        ({"area": "Wales", "kind": "report"}, ["New reports on Wales, report"]),
        (
            {"question": "Was the bus late in June?"},
            ["New reports that answer: Was the bus late in June?", "Answers it: bus (read from the file's name)"],
        ),
    ):
        feed = ElementTree.fromstring(checked(client.get("/api/feed", params=wanted)))
        assert [title.text for title in feed.iter("{http://www.w3.org/2005/Atom}title")] == titles


def test_ready_says_which_generation(client: TestClient, built: Settings) -> None:
    body = checked(client.get("/healthz"))
    assert body["generation"] == Library(built).generation.name
    assert body["documents"] == 3


def test_the_document_of_the_routes_is_served(client: TestClient) -> None:
    assert checked(client.get("/api/openapi.json")) == DOCUMENTED


@pytest.mark.parametrize(
    ("address", "problem", "remedy"),
    [
        ("/api/ask", "the question is empty", "type a question"),
        ("/api/ask?question=%20", "the question is empty", "type a question"),
        (f"/api/ask?question={'x' * 2001}", "the question has 2001 characters, more than 2000", "shorten it"),
        ("/api/ask?question=a%00b", "the question holds the control character U+0000", "remove it"),
        ("/api/ask?question=a&question=b", "question is given more than 1 times", "leave some out"),
        ("/api/ask?question=a&k=0", "k is '0'", "give a number from 1 to 50"),
        ("/api/ask?question=a&k=51", "k is '51'", "give a number from 1 to 50"),
        ("/api/ask?question=a&k=%D9%A1", "k is '١'", "give a number from 1 to 50"),
        ("/api/ask?questoin=a", "there is no parameter 'questoin'", "see: /api/openapi.json"),
        (f"/api/ask?question=a&area={'x' * 201}", "area has 201 characters, more than 200", "shorten it"),
        (f"/api/ask?question=a{'&kind=a' * 21}", "kind is given more than 20 times", "leave some out"),
        (f"/api/ask?question=a{'&previous=a' * 8}", "previous is given more than 7 times", "leave some out"),
        ("/api/ask?question=a&since=May", "'May' is not a date", "write 2017, 2017-04 or 2017-04-19"),
        ("/api/ask?question=a&body=XYZ", "'XYZ' is not a body", "write CRC or NPS"),
        ("/api/ask?question=a&document=b", "there is no document 'b' in the index", "see: probqa list"),
        ("/api/check", "there is no text to check", "paste a quote, or a paragraph with quotes in quote marks"),
        (
            f"/api/check?text={'x' * 20_001}",
            "the text has 20,001 characters, more than 20,000",
            "check less of it at a time",
        ),
        ("/api/documents?x=1", "there is no parameter 'x'", "see: /api/openapi.json"),
    ],
    ids=lambda value: value[:60],
)
def test_what_cannot_be_used_is_refused_with_problem_and_remedy(
    client: TestClient, built: Settings, address: str, problem: str, remedy: str
) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert checked(response) == {"problem": problem, "remedy": remedy}


@pytest.mark.parametrize("path", ANSWERING)
def test_a_very_long_address_is_refused_before_it_is_read(client: TestClient, path: str) -> None:
    response = client.get(f"{path}?text={'x' * api.MAX_QUERY_CHARACTERS}")
    assert response.status_code == 414
    checked(response)


@pytest.mark.parametrize("path", ANSWERING)
def test_a_client_that_asks_too_much_waits_and_others_do_not(
    client: TestClient, service: api.Api, built: Settings, path: str
) -> None:
    for _ in range(api.BURST):
        service.buckets.take("192.0.2.1")
    response = client.get(path)
    assert response.status_code == 429
    assert response.headers["retry-after"] == "1"
    checked(response)
    other = TestClient(client.app, base_url="http://localhost", client=("192.0.2.2", 1))
    assert other.get("/api/documents").status_code == 200


@pytest.mark.parametrize("path", [*ANSWERING, "/healthz"])
def test_without_an_index_the_server_is_not_ready_and_names_no_folder(
    client: TestClient, chosen: Settings, path: str
) -> None:
    response = client.get(path, params={"question": "who?"} if path in ("/api/ask", "/embed") else {})
    assert response.status_code == 503
    body = checked(response)
    assert "there is no index here yet" in str(body)
    assert str(chosen.index) not in response.text


def test_a_damaged_index_is_not_ready(client: TestClient, built: Settings) -> None:
    [texts] = built.index.glob("*/texts.txt")
    texts.write_bytes(texts.read_bytes().replace(b"nine", b"five"))
    response = client.get("/healthz")
    assert response.status_code == 503
    assert checked(response) == {"problem": "the index is damaged", "remedy": "try again later"}


@pytest.mark.parametrize("short", ["descriptors", "queue", "visitors"])
def test_a_server_without_room_is_not_ready(
    client: TestClient, service: api.Api, built: Settings, monkeypatch: pytest.MonkeyPatch, short: str
) -> None:
    if short == "descriptors":
        monkeypatch.setattr(limits, "DESCRIPTOR_SHARE", 0.0)
    elif short == "queue":
        service.workers.asked = api.THREADS + api.PLACES
    else:
        monkeypatch.setattr(VISITORS, "count", VISITORS.most)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert checked(response) == {"problem": "the server is busy", "remedy": "try again in some seconds"}


def test_a_full_queue_refuses_and_does_not_wait(client: TestClient, service: api.Api, built: Settings) -> None:
    service.workers.asked = api.THREADS + api.PLACES
    response = client.get("/api/documents")
    assert response.status_code == 503
    assert checked(response) == {"problem": "the server is busy", "remedy": "try again in some seconds"}


@pytest.mark.parametrize("path", ANSWERING)
def test_what_nobody_foresaw_is_no_traceback(
    client: TestClient, built: Settings, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(api, "open_library", fails)
    response = client.get(path)
    assert response.status_code == 500
    assert "something went wrong here" in str(checked(response))
    assert "secret" not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize("path", [*ANSWERING, "/api/openapi.json", "/healthz"])
def test_other_methods_are_refused_and_head_and_options_are_plain(
    client: TestClient, built: Settings, path: str
) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
        response = client.request(method, path)
        assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert response.json() == {"problem": f"{method} is not offered here", "remedy": "use GET"}
    options = client.options(path, headers={"origin": "https://example.org", "access-control-request-method": "GET"})
    assert (options.status_code, options.headers["allow"], options.content) == (204, "GET, HEAD, OPTIONS", b"")
    head, get = (client.request(method, f"{path}?question=who%3F") for method in ("HEAD", "GET"))
    assert head.status_code == get.status_code
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.parametrize("path", [*ANSWERING, "/api/openapi.json", "/healthz", "/api/nothing"])
def test_no_other_sites_script_may_read_an_answer(client: TestClient, built: Settings, path: str) -> None:
    response = client.get(path, params={"question": "who?"}, headers={"origin": "https://example.org"})
    assert not [name for name in response.headers if name.startswith("access-control-")]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert ("x-frame-options" in response.headers) == (path != "/embed")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/ask/more", "/api/<b>"])
def test_an_address_that_is_not_offered_is_refused_as_json(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.json() == {"problem": "nothing is offered at this address", "remedy": "see: /api/openapi.json"}


def test_a_rebuild_is_answered_from_at_once(client: TestClient, built: Settings) -> None:
    before = client.get("/healthz").json()["generation"]
    write_corpus(built.corpus, {"late.md": "# Late\n\nThe ferry was cancelled on Tuesday.\n"})
    build(built)
    after = client.get("/healthz").json()
    assert after["documents"] == 4
    assert after["generation"] != before
    body = client.get("/api/ask", params={"question": "when was the ferry cancelled?"}).json()
    assert body["generation"] == after["generation"]
    assert body["quotes"][0]["text"] == "The ferry was cancelled on Tuesday."


def test_the_event_loop_is_free_while_a_question_is_answered(
    client: TestClient, built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, finish = threading.Event(), threading.Event()
    monkeypatch.setattr(api, "ask", lambda *_: asked.set() or {"waited": finish.wait(20)})
    with TestClient(client.app, base_url="http://localhost", client=("192.0.2.9", 1)) as other:
        answers: list[Any] = []
        asking = threading.Thread(target=lambda: answers.append(other.get("/api/ask?question=who").json()))
        asking.start()
        assert asked.wait(20)
        assert other.get("/api/openapi.json").status_code == 200
        finish.set()
        asking.join()
    assert answers == [{"waited": True}]


def test_every_route_and_no_other_is_documented(service: api.Api) -> None:
    routes = {route.path for route in service.routes if isinstance(route, Route)}
    assert set(DOCUMENTED["paths"]) == routes - {"/api", "/api/{rest:path}"}


def test_every_parameter_is_documented_with_its_limits() -> None:
    for path, allowed in (
        ("/api/ask", api.ASK),
        ("/embed", api.ASK),
        ("/api/check", api.CHECK),
        ("/api/documents", {}),
        ("/picture", api.PICTURE),
        ("/original", api.ORIGINAL),
        ("/api/feed", api.FEED),
    ):
        documented = {one["name"]: one["schema"] for one in DOCUMENTED["paths"][path]["get"].get("parameters", [])}
        assert {name: schema.get("maxItems", 1) for name, schema in documented.items()} == dict(allowed)
        for name, schema in documented.items():
            schema = schema.get("items", schema)
            if name == "k":
                assert (schema["minimum"], schema["maximum"]) == (1, api.MAX_QUOTES)
                assert schema["default"] == DEFAULT_QUOTES
            elif name == "text":
                assert schema["maxLength"] == check.MAX_CHARACTERS
            elif name in api.LONG:
                assert schema["maxLength"] == MAX_QUESTION_CHARACTERS
            elif not {"enum", "pattern"} & set(schema):
                assert schema["maxLength"] == api.MAX_VALUE_CHARACTERS
    rate = DOCUMENTED["paths"]["/api/ask"]["get"]["responses"]["429"]["description"]
    assert rate.endswith(f"{api.BURST} at once, then {api.PER_SECOND:.0f} a second")


def test_the_document_is_sound() -> None:
    text = json.dumps(DOCUMENTED)
    assert DOCUMENTED["openapi"] == "3.1.0"
    names = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert names == set(DOCUMENTED["components"]["schemas"])
    own = schemas(names)
    assert json.loads(text.replace("#/components/schemas/", "#/$defs/"))["components"]["schemas"] == own


def test_a_body_that_is_not_as_documented_is_noticed(client: TestClient, built: Settings) -> None:
    response = client.get("/healthz")
    response._content = response.content.replace(b'"status"', b'"state"')
    with pytest.raises(jsonschema.ValidationError):
        checked(response)


def test_workers_are_given_back_whatever_happens(client: TestClient, service: api.Api, built: Settings) -> None:
    for _ in range(3):
        client.get("/api/ask")
    assert service.workers.asked == 0
