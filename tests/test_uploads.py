"""Drafts on their way in: who may send one, how many come at once, and how many are held."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse, Response

import probqa.ui
from probqa.ui import uploads
from probqa.ui.hosts import Hosts
from probqa.ui.limits import Buckets, Visitors
from probqa.ui.middleware import Guard
from probqa.ui.uploads import AT_ONCE, BURST, FORM_BYTES, HELD, MAX_BYTES, Uploads

PLACE = "01234567-89ab-cdef-0123-456789abcdef"
LENGTH = (b"content-length", b"9")
LOCAL = (b"host", b"localhost:8501")


def guard(app: Any = None, put_out: Any = None) -> Guard:
    """A guard before an app that takes every draft."""
    return Guard(app or Response(status_code=204), Visitors(9), Hosts([]), Uploads(put_out=put_out or (lambda _: None)))


async def send_draft(
    guarded: Guard,
    session: str = PLACE,
    method: str = "PUT",
    headers: tuple[tuple[bytes, bytes], ...] = (LOCAL, LENGTH),
    path: str = "/_stcore/upload_file/{}/" + PLACE,
    client: str = "192.0.2.7",
) -> int:
    """Send a draft through a guard; the status of the answer."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "path": path.format(session), "method": method, "headers": list(headers)}
    await guarded(scope | {"client": (client, 1)}, receive, send)
    assert b"access-control-allow-origin" not in dict(sent[0]["headers"])
    return int(sent[0]["status"])


def status(**given: Any) -> int:
    return asyncio.run(send_draft(guard(), **given))


def test_a_page_may_send_a_draft_and_take_it_back_and_no_other_method_is_offered() -> None:
    assert [status(method=method) for method in ("PUT", "DELETE", "GET", "POST", "OPTIONS")] == [
        204,
        204,
        405,
        405,
        405,
    ]
    assert status(path="/reports/_stcore/upload_file/{}/" + PLACE) == 204


@pytest.mark.parametrize(
    ("headers", "path", "expected"),
    [
        ((LOCAL, LENGTH, (b"origin", b"http://localhost:8501")), None, 204),
        ((LOCAL, LENGTH, (b"origin", b"https://evil.example")), None, 403),
        (((b"host", b"evil.example"), LENGTH), None, 421),
        ((LOCAL,), None, 411),
        ((LOCAL, (b"content-length", b"-1")), None, 411),
        ((LOCAL, (b"content-length", b"%d" % (MAX_BYTES + FORM_BYTES))), None, 204),
        ((LOCAL, (b"content-length", b"%d" % ((MAX_BYTES + FORM_BYTES) + 1))), None, 413),
        ((LOCAL, LENGTH), "/_stcore/upload_file/{}/" + PLACE + "/x", 404),
        ((LOCAL, LENGTH), "/_stcore/upload_file/{}", 404),
        ((LOCAL, LENGTH), "/_stcore/upload_file/{}/../../corpus/a.md", 400),
        ((LOCAL, LENGTH), "/_stcore/upload_file/{}/report.md", 404),
    ],
)
def test_what_is_no_draft_of_our_own_page_within_the_limits_is_refused(
    headers: Any, path: str | None, expected: int
) -> None:
    assert status(headers=headers, **({"path": path} if path else {})) == expected


def test_a_client_that_sends_too_many_waits_and_others_do_not() -> None:
    async def many() -> None:
        guarded = guard()
        taken = [await send_draft(guarded) for _ in range(BURST + 1)]
        assert taken == [204] * BURST + [429]
        assert await send_draft(guarded, client="192.0.2.8") == 204
        assert await send_draft(guarded, method="DELETE") == 204

    asyncio.run(many())


def test_only_few_come_at_the_same_time() -> None:
    async def overfill() -> None:
        finish = asyncio.Event()

        async def slow(scope: Any, receive: Any, send: Any) -> None:
            await finish.wait()
            await Response(status_code=204)(scope, receive, send)

        guarded = guard(slow)
        coming = [asyncio.create_task(send_draft(guarded, client=f"192.0.2.{n}")) for n in range(AT_ONCE)]
        while guarded.uploads.coming < AT_ONCE:
            await asyncio.sleep(0)
        assert await send_draft(guarded) == 503
        finish.set()
        assert await asyncio.gather(*coming) == [204] * AT_ONCE
        assert await send_draft(guarded) == 204

    asyncio.run(overfill())


def test_one_that_takes_too_long_to_come_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SECONDS", 0.01)

    async def endless(*_: Any) -> None:
        await asyncio.Event().wait()

    async def sends() -> None:
        guarded = guard(endless)
        assert await send_draft(guarded) == 408
        assert (guarded.uploads.coming, list(guarded.uploads.held)) == (0, [])

    asyncio.run(sends())


def test_the_oldest_of_too_many_is_put_out_and_what_was_not_taken_does_not_count() -> None:
    async def sends() -> None:
        put_out: list[str] = []
        guarded = guard(put_out=put_out.append)
        guarded.uploads.buckets = Buckets(99, 1.0, 9)
        refusing = guard(PlainTextResponse("no", 400), put_out.append)
        refusing.uploads.held, refusing.uploads.buckets = guarded.uploads.held, guarded.uploads.buckets
        names = [f"{number:08x}{PLACE[8:]}" for number in range(HELD + 2)]
        for name in names:
            await send_draft(refusing, session=name)
            await send_draft(guarded, session=name)
        assert put_out == names[:2]
        assert list(guarded.uploads.held) == names[2:]

    asyncio.run(sends())


def test_streamlit_holds_a_body_to_the_same_size() -> None:
    settings = tomllib.loads((Path(probqa.ui.__file__).parent / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["maxUploadSize"] << 20 == MAX_BYTES
