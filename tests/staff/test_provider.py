"""Signing in by a provider of accounts: who may, and every way in which somebody who may not is refused."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.testclient import TestClient

from probqa.errors import InputError
from probqa.staff.people import people_of
from probqa.staff.sessions import COOKIE, Sessions
from probqa.staff.signing_in import SigningIn

HOST = "http://localhost:8601"
KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": "1"}) for _ in range(2))


class Provider:
    """A provider on this machine: what it says of who signs in can be changed before it is asked."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"email": "anna@example.org", "email_verified": True}
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode(
            {"alg": "RS256", "kid": "1"}, claims, KEY
        )
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.nonce = ""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append((self.path, {}))
                keys = {"keys": [KEY.as_dict(private=False)]}
                self.say(keys if self.path == "/keys" else provider.metadata)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                provider.asked.append((self.path, parse_qs(body)))
                now = int(time.time())
                claims = {"iss": provider.url, "sub": "1", "aud": "us", "iat": now, "exp": now + 60}
                claims |= {"nonce": provider.nonce, **provider.claims}
                token = provider.sign({name: value for name, value in claims.items() if value is not None})
                self.say({"access_token": "a", "token_type": "Bearer", "id_token": token})

            def say(self, value: object) -> None:
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(value).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.metadata = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def signing_in(provider: Provider, tmp_path: Path) -> SigningIn:
    file = tmp_path / "people.toml"
    file.write_text(described(provider.url))
    file.chmod(0o600)
    return SigningIn({"PROBQA_STAFF": str(file), "PROBQA_LOG": str(tmp_path / "log.jsonl")}, Sessions())


@pytest.fixture
def client(signing_in: SigningIn) -> TestClient:
    return TestClient(Starlette(routes=signing_in.routes), base_url=HOST, follow_redirects=False)


def described(url: str, emails: str = '["Anna@example.org", "kim@example.org"]', **others: str) -> str:
    values = {
        "metadata": f"{url}/.well-known/openid-configuration",
        "client_id": "us",
        "client_secret": "s3cret",
        "address": f"{HOST}/sign-in/back",
        **others,
    }
    return "\n".join(["[provider]", *(f'{name} = "{value}"' for name, value in values.items()), f"emails = {emails}"])


def away(client: TestClient, provider: Provider) -> str:
    """Go to the provider, who remembers the nonce; the state that it is to send back."""
    answer = client.get("/sign-in/away")
    assert answer.status_code == 302, answer.text
    given = parse_qs(urlsplit(answer.headers["location"]).query)
    provider.nonce = given["nonce"][0]
    return given["state"][0]


def back(client: TestClient, provider: Provider) -> Any:
    return client.get("/sign-in/back", params={"code": "c", "state": away(client, provider)})


def test_who_may_sign_in_does_and_the_log_says_who(
    client: TestClient, provider: Provider, signing_in: SigningIn
) -> None:
    assert "away" in client.get("/sign-in").text
    answer = back(client, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert signing_in.sessions.who(client.cookies[COOKIE]) == "anna@example.org"
    assert [line.act.who for line in signing_in.log.lines() if line.act] == ["anna@example.org"]


def test_only_the_provider_is_asked_and_the_code_is_of_use_to_nobody_else(
    client: TestClient, provider: Provider
) -> None:
    answer = client.get("/sign-in/away")
    sent = parse_qs(urlsplit(answer.headers["location"]).query)
    assert answer.headers["location"].startswith(f"{provider.url}/authorize?")
    assert sent["code_challenge_method"] == ["S256"] and sent["scope"] == ["openid email"]
    assert sent["redirect_uri"] == [f"{HOST}/sign-in/back"]
    back(client, provider)
    assert {path for path, _ in provider.asked} == {"/.well-known/openid-configuration", "/token", "/keys"}
    (form,) = [form for path, form in provider.asked if path == "/token"]
    assert form["code_verifier"] and form["redirect_uri"] == sent["redirect_uri"]


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "eve@example.org"},
        {"email": None},
        {"email": ["anna@example.org"]},
        {"email": "anna@example.org "},
        {"email": "anna@example.org\n"},
        {"email": "\u212aim@example.org"},
        {"email": "anna@example.org.evil.example"},
        {"email_verified": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": 1},
    ],
    ids=repr,
)
def test_an_account_that_is_not_named_or_not_vouched_for_is_refused(
    client: TestClient, provider: Provider, signing_in: SigningIn, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    answer = back(client, provider)
    assert answer.status_code == 403 and "set-cookie" not in {*answer.headers} - {"set-cookie"}
    assert COOKIE not in client.cookies and list(signing_in.log.lines()) == []


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another app"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": int(time.time()) - 1000},
        {"exp": None},
        {"iat": None},
    ],
    # Not by what they are: a moment is another one in each process that looks for the tests.
    ids=" ".join,
)
def test_a_token_for_another_or_of_another_time_or_sender_is_refused(
    client: TestClient, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    assert back(client, provider).status_code == 400
    assert COOKIE not in client.cookies


def test_a_provider_that_calls_itself_another_is_not_believed(client: TestClient, provider: Provider) -> None:
    provider.metadata["issuer"] = "https://evil.example"
    provider.claims["iss"] = "https://evil.example"
    assert back(client, provider).status_code == 400
    provider.claims["iss"] = f"{provider.url}/"
    assert back(client, provider).status_code == 303


@pytest.mark.parametrize(
    "sign",
    [
        lambda claims: jwt.encode({"alg": "RS256", "kid": "1"}, claims, OTHER_KEY),
        lambda claims: jwt.encode(
            {"alg": "HS256", "kid": "1"}, claims, OctKey.import_key(KEY.as_pem(private=False)), algorithms=["HS256"]
        ),
        lambda claims: jwt.encode({"alg": "none"}, claims, OctKey.import_key("x" * 16), algorithms=["none"]),
        lambda claims: jwt.encode({"alg": "RS256", "kid": "1"}, claims, KEY)[:-4] + "AAAA",
        lambda claims: "",
    ],
    ids=["another key", "the public key as a secret", "no signature", "changed", "none"],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_token_that_the_provider_has_not_signed_is_refused(
    client: TestClient, provider: Provider, sign: Callable[[dict[str, Any]], str]
) -> None:
    provider.sign = sign
    assert back(client, provider).status_code == 400
    assert COOKIE not in client.cookies


def test_who_was_not_sent_or_comes_back_twice_is_refused(
    client: TestClient, provider: Provider, signing_in: SigningIn
) -> None:
    state = away(client, provider)
    # The address of somebody else's way back, opened in a browser that was not sent.
    other = TestClient(Starlette(routes=signing_in.routes), base_url=HOST, follow_redirects=False)
    for params in ({"code": "c", "state": state}, {"code": "c"}, {"state": state}, {"error": "access_denied"}, {}):
        assert other.get("/sign-in/back", params=params).status_code == 400
    assert client.get("/sign-in/back", params={"code": "c", "state": "another"}).status_code == 400
    assert client.get("/sign-in/back", params={"code": "c", "state": state}).status_code == 303
    assert client.get("/sign-in/back", params={"code": "c", "state": state}).status_code == 400


def test_a_hostile_answer_is_neither_markup_nor_a_line_of_the_log(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/sign-in/back", params={"error": "<script>", "error_description": "a\r\nb\x1b"})
    assert answer.status_code == 400 and "script" not in answer.text


def test_a_provider_that_does_not_answer_is_told(client: TestClient, provider: Provider) -> None:
    provider.metadata = {"issuer": provider.url}
    answer = client.get("/sign-in/away")
    assert answer.status_code == 502 and "does not answer" in answer.text


def test_there_is_no_password_where_there_is_a_provider(client: TestClient) -> None:
    assert client.post("/sign-in", data={"name": "anna@example.org", "password": "x"}).status_code == 404
    assert 'type="password"' not in client.get("/sign-in").text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (described("https://login.example", "[]"), "nobody may sign in"),
        (described("https://login.example", '["@example.org"]'), "no e-mail address"),
        (described("https://login.example", '["*"]'), "no e-mail address"),
        (described("http://login.example"), "https"),
        (described("https://login.example", metadata="https://login.example"), "well-known"),
        (described("https://login.example", address="http://staff.example/sign-in/back"), "https"),
        (described("https://login.example", address="https://staff.example/oauth2callback"), "sign-in/back"),
        (described("https://login.example", client_secret=""), "empty"),
        (described("https://login.example", more="x"), "more"),
        (described("https://login.example") + '\n[people]\nAnna = "x"', "both"),
    ],
)
def test_a_provider_that_is_not_safe_is_refused_before_anything_is_served(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        people_of(text)


def test_the_secret_is_not_in_what_is_printed_of_a_provider() -> None:
    assert "s3cret" not in repr(people_of(described("https://login.example")))
