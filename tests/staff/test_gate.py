"""The gate before the app for staff, and the pages to sign in: nothing else is there for who has not signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from probqa.staff.gate import Gate
from probqa.staff.log import Log
from probqa.staff.passwords import hashed
from probqa.staff.sessions import COOKIE, IDLE, LONGEST, Sessions
from probqa.staff.signing_in import MAX_FORM_BYTES, SigningIn
from probqa.ui import middleware

RIGHT = "cobweb granite tulip"
HTML = {"accept": "text/html"}
HOST = "http://localhost:8601"
STREAM = "ws://localhost:8601/_stcore/stream"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock)


@pytest.fixture(scope="module")
def kept() -> str:
    return hashed(RIGHT)


@pytest.fixture
def signing_in(tmp_path: Path, sessions: Sessions, kept: str) -> SigningIn:
    people = tmp_path / "people.toml"
    people.write_text(f'[people]\nAnna = "{kept}"\n')
    people.chmod(0o600)
    return SigningIn({"PROBQA_STAFF": str(people), "PROBQA_LOG": str(tmp_path / "log.jsonl")}, sessions)


@pytest.fixture
def client(signing_in: SigningIn, sessions: Sessions) -> TestClient:
    """A browser before the gate, and behind that the pages to sign in and an app that says what it was asked."""
    signed_in = Starlette(routes=signing_in.routes)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if any(scope["path"] == route.path for route in signing_in.routes):
            await signed_in(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] == "websocket.receive":
                await send({"type": "websocket.send", "text": f"heard {message['text']}"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": f"reached {scope['path']}".encode()})

    return TestClient(Gate(app, sessions), base_url=HOST, follow_redirects=False)


def sign_in(client: TestClient, name: str = "Anna", password: str = RIGHT, **headers: str) -> Any:
    return client.post("/sign-in", data={"name": name, "password": password}, headers=headers)


PATHS = (
    "/",
    "/publish",
    "/sign-out",
    "/sign-in/",
    "/sign-in/x",
    "//sign-in",
    "/sign-in;x",
    "/SIGN-IN",
    "/static/js/index.js",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/stream",
    "/_stcore/upload_file/a/b",
    "/_stcore/metrics",
    "/media/0123.pdf",
    "/component/x/index.html",
    "/auth/login",
    "/oauth2callback",
    "/favicon.png",
    "/healthz",
    "/api/ask",
)


METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_reached_by_who_has_not_signed_in(client: TestClient, path: str) -> None:
    for method in METHODS:
        for cookie in ("", f"{COOKIE}=", f"{COOKIE}=guessed", f"{COOKIE}=\xff"):
            answer = client.request(method, f"{HOST}{path}", headers={"cookie": cookie.encode("latin-1")})  # type: ignore[dict-item]
            assert answer.status_code == 401 and b"reached" not in answer.content, answer.text
        led = client.request(method, f"{HOST}{path}", headers=HTML)
        assert led.status_code == (303 if method == "GET" else 401)


def test_a_reader_is_led_to_the_page_to_sign_in(client: TestClient) -> None:
    answer = client.get("/publish", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    page = client.get("/sign-in")
    assert page.status_code == 200 and "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_no_connection_is_opened_by_who_has_not_signed_in(client: TestClient) -> None:
    for cookie in ("", "guessed"):
        client.cookies.set(COOKIE, cookie)
        with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(STREAM):
            pass
        assert refused.value.code == 1008


def test_who_signs_in_reaches_the_app_and_who_signs_out_does_not(client: TestClient, signing_in: SigningIn) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/publish").text == "reached /publish"
    with client.websocket_connect(STREAM) as page:
        page.send_text("hello")
        assert page.receive_text() == "heard hello"
    assert client.post("/sign-out").status_code == 303
    assert client.get("/publish").status_code == 401
    told = [(line.act.who, line.act.what) for line in signing_in.log.lines() if line.act]
    assert told == [("Anna", "sign in"), ("Anna", "sign out")]


def test_the_cookie_is_for_no_script_and_no_other_site_and_is_sent_over_https(client: TestClient) -> None:
    here = sign_in(client).headers["set-cookie"]
    assert "HttpOnly" in here and "SameSite=lax" in here and "Secure" not in here
    assert "Max-Age" not in here and "expires" not in here.lower()


def test_under_another_name_the_cookie_is_for_https_alone(
    signing_in: SigningIn, sessions: Sessions, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    monkeypatch.setitem(signing_in.environment, "PROBQA_HOSTS", "staff.example")  # type: ignore[arg-type]
    named = SigningIn(signing_in.environment, sessions)
    there = TestClient(Starlette(routes=named.routes), base_url="http://staff.example", follow_redirects=False)
    assert "Secure" in sign_in(there).headers["set-cookie"]


def test_a_secret_that_was_there_before_is_never_the_one_of_a_session(client: TestClient, sessions: Sessions) -> None:
    sign_in(client, cookie=f"{COOKIE}=planted")
    assert sessions.who("planted") is None
    first = client.cookies[COOKIE]
    sign_in(client)
    second = client.cookies[COOKIE]
    assert first != second and sessions.who(first) is None and sessions.who(second) == "Anna"
    assert len(second) >= 43


def test_a_wrong_password_opens_nothing_and_says_nothing_of_the_name(client: TestClient, signing_in: SigningIn) -> None:
    pages = [sign_in(client, name, "wrong " * 3) for name in ("Anna", "Eve")]
    assert [page.status_code for page in pages] == [401, 401]
    assert pages[0].text.replace("Anna", "") == pages[1].text.replace("Eve", "")
    assert "set-cookie" not in pages[0].headers and list(signing_in.log.lines()) == []


def test_who_guesses_waits_in_a_new_browser_too_and_the_right_password_is_not_heard_meanwhile(
    client: TestClient, signing_in: SigningIn
) -> None:
    answers = [sign_in(client, "Anna", "wrong " * 3).status_code for _ in range(4)]
    assert answers == [401] * 4
    client.cookies.clear()
    waiting = sign_in(client)
    assert waiting.status_code == 429 and int(waiting.headers["retry-after"]) == 1
    assert "set-cookie" not in waiting.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:8501", "http://localhost", ""])
def test_a_form_of_another_page_is_not_heard(client: TestClient, origin: str) -> None:
    assert sign_in(client, origin=origin).status_code == 403
    sign_in(client)
    assert client.post("/sign-out", headers={"origin": origin}).status_code == 403
    assert client.get("/publish").status_code == 200


def test_a_form_of_its_own_page_is_heard_and_says_where_it_comes_from(client: TestClient) -> None:
    assert client.get("/sign-in").headers["referrer-policy"] == "same-origin"
    assert sign_in(client, origin=HOST).status_code == 303


def test_nobody_is_signed_out_by_an_address(client: TestClient) -> None:
    sign_in(client)
    assert "Sign out?" in client.get("/sign-out").text
    assert client.get("/publish").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"x" * (MAX_FORM_BYTES + 1), 413),
        (b"\xff", 400),
        (b"&".join(b"a%d=1" % number for number in range(20)), 400),
        (b"", 401),
        (b"name=Anna", 401),
        (b"name=Anna&password=", 401),
        (b"name=Anna&password=%FF%00", 401),
    ],
)
def test_what_is_no_form_lets_nobody_in(client: TestClient, body: bytes, status: int) -> None:
    assert client.post("/sign-in", content=body).status_code == status


def test_a_hostile_name_is_neither_markup_nor_a_line_of_the_log(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    name = '"><script>alert(1)</script>\r\nrefused: nobody\x1b[2J'
    page = client.post("/sign-in", content=f"name={quote_plus(name)}&password=x".encode())
    assert page.status_code == 401
    assert "<script" not in page.text and "&lt;script&gt;" in page.text
    assert [record.getMessage().count("\n") for record in caplog.records if "refused" in record.getMessage()] == [0]


def test_a_session_ends_when_nobody_is_at_work_and_after_a_day_of_it(
    client: TestClient, clock: Clock, sessions: Sessions
) -> None:
    sign_in(client)
    clock.now = IDLE
    assert client.get("/publish").status_code == 200
    clock.now += IDLE + 1
    assert client.get("/publish").status_code == 401
    clock.now = 100_000.0
    sign_in(client)
    begun = clock.now
    while clock.now - begun < LONGEST - IDLE:
        clock.now += IDLE
        assert client.get("/publish").status_code == 200
    clock.now = begun + LONGEST + 1
    assert client.get("/publish").status_code == 401


def test_an_open_page_is_not_heard_any_more_once_the_session_is_over(client: TestClient, sessions: Sessions) -> None:
    sign_in(client)
    with client.websocket_connect(STREAM) as page:
        page.send_text("one")
        assert page.receive_text() == "heard one"
        sessions.end(client.cookies[COOKIE])
        page.send_text("publish")
        assert page.receive()["type"] == "websocket.close"


def test_what_the_app_draws_by_itself_does_not_keep_a_session(sessions: Sessions, clock: Clock) -> None:
    secret = sessions.begin("Anna")
    clock.now = IDLE
    assert sessions.who(secret, acts=False) == "Anna"
    clock.now += 1
    assert sessions.who(secret) is None


def test_below_a_base_path_only_its_own_page_is_open(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, signing_in: SigningIn
) -> None:
    monkeypatch.setattr(middleware.config, "get_option", lambda _: "/staff/")

    def status(path: str, **headers: str) -> Mapping[str, Any]:
        sent: list[Any] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})

        async def keep(message: Any) -> None:
            sent.append(message)

        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": path, "headers": pairs, "query_string": b""}
        asyncio.run(Gate(app, sessions)(scope, None, keep))  # type: ignore[arg-type]
        return dict(sent[0])

    assert status("/staff/sign-in")["status"] == 200
    for path in ("/sign-in", "/staff/", "/staffsign-in", "/x/staff/sign-in", "/staff/staff/sign-in", "/other/sign-in"):
        assert status(path)["status"] == 401, path
    led = status("/staff/publish", accept="text/html")
    assert (b"location", b"/staff/sign-in") in led["headers"]


def test_the_log_says_nothing_of_passwords(client: TestClient, signing_in: SigningIn) -> None:
    sign_in(client)
    sign_in(client, "Anna", "wrong " * 3)
    assert RIGHT not in signing_in.log.file.read_text() and "wrong" not in signing_in.log.file.read_text()


def test_a_log_that_cannot_be_written_lets_nobody_in(signing_in: SigningIn, client: TestClient) -> None:
    signing_in.log = Log(Path("/nowhere/log.jsonl"))
    with pytest.raises(FileNotFoundError):
        sign_in(client)
    assert COOKIE not in client.cookies
