"""The guard before Streamlit itself: attacks on a running server, over the wire, and what its log says of them."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosedError

from conftest import REPORTS
from probqa.ui.uploads import FORM_BYTES, MAX_BYTES
from serving import Site, served
from streamlit_page import open_page, status_of_page

UPLOAD = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\x1b[2J\r\n\r\nhello\r\n--x--\r\n"
)

PLACE = "01234567-89ab-cdef-0123-456789abcdef"

UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server at the root."""
    with served(tmp_path_factory.mktemp("site"), REPORTS) as site:
        yield site


@pytest.fixture(scope="module")
def based(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server below a path, that has a name and no protection against forged requests to hide behind."""
    more = {"PROBQA_HOSTS": "reports.example", "STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false"}
    with served(tmp_path_factory.mktemp("based"), REPORTS, base="/reports", **more) as site:
        yield site


def port_of(site: Site) -> int:
    return urlsplit(site.url).port or 0


def status(site: Site, request: str, body: bytes = b"") -> int:
    """Send a request as it stands, without a library that would mend it, and return the status of the answer."""
    with socket.create_connection(("127.0.0.1", port_of(site)), 20) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)
        with connection.makefile("rb") as answer:
            return int(answer.readline().split()[1])


def get(site: Site, path: str, *headers: str) -> int:
    return status(site, "\n".join([f"GET {path} HTTP/1.1", "Connection: close", *headers]))


def page(site: Site, base: str = "", origin: str | None = None) -> int:
    """Open a page of ``origin`` and leave; the status of the answer, 101 where it was let in."""
    return status_of_page(port_of(site), base, origin)


def said(site: Site, before: int) -> list[str]:
    """The lines of the log since it was ``before`` bytes long."""
    return site.log.read_bytes()[before:].decode().splitlines()


def test_a_server_answers_under_its_own_names_alone(site: Site) -> None:
    for path in ("/", "/healthz", "/api/documents", "/embed?question=who", "/_stcore/health", "/_stcore/host-config"):
        for name in ("localhost", f"LOCALHOST.:{port_of(site)}", "127.0.0.1", "[::1]:8501"):
            assert get(site, path, f"Host: {name}") == 200
        for name in (
            "evil.example",
            "localhost.evil.example",
            "localhost@evil.example",
            "",
            "a\x1b[2Jb",
            "reports.example",
        ):
            assert get(site, path, f"Host: {name}") == 421
    assert status(site, "GET /healthz HTTP/1.0") == 421
    assert get(site, "/healthz") == 400
    assert get(site, "/healthz", "Host: localhost", "Host: evil.example") == 400
    assert get(site, "http://evil.example/healthz", "Host: localhost") == 400


def test_a_configured_name_is_answered_to(based: Site) -> None:
    assert get(based, "/healthz", "Host: reports.example") == 200
    assert get(based, "/healthz", "Host: evil.example") == 421


def test_what_pages_show_besides_themselves_lies_below_the_path_that_they_are_served_under(based: Site) -> None:
    # Refused as a parameter that cannot be used, not as an address that is not there.
    for path in ("/picture", "/reports/picture"):
        assert get(based, f"{path}?page=x", "Host: reports.example") == 400
    for path in ("/healthz", "/api/documents", "/api/openapi.json", "/api/feed"):
        assert [get(based, base + path, "Host: reports.example") for base in ("", "/reports")] == [200, 200]
    assert get(based, "/reports/api/nothing", "Host: reports.example") == 404
    assert get(based, "/reports/pictures?page=x", "Host: reports.example") == 404


def test_pages_of_other_sites_are_refused_with_a_line_each_and_streamlit_asks_nobody_about_them(site: Site) -> None:
    before = site.log.stat().st_size
    # Streamlit would ask outside, write that it was not told, and hold everybody up meanwhile.
    for _ in range(10):
        assert page(site, origin="https://evil.example") == 403
    assert get(site, "/healthz", "Host: localhost") == 200
    assert page(site, origin="http://[") == 403
    assert said(site, before) == [
        *["refused: a page of 'https://evil.example' opens a connection to 'localhost'"] * 10,
        "refused: a page of 'http://[' opens a connection to 'localhost'",
    ]


def test_the_servers_own_page_is_let_in_under_each_name(site: Site, based: Site) -> None:
    assert page(site, origin=f"http://localhost:{port_of(site)}") == 101
    # As behind a proxy, which calls the server by another name.
    assert page(based, "/reports", "https://reports.example") == 101
    assert page(based, "/reports", "https://evil.example") == 403


def put(site: Site, session: str, base: str = "", length: int = len(UPLOAD), place: str = PLACE) -> int:
    return status(
        site,
        f"PUT {base}/_stcore/upload_file/{session}/{place} HTTP/1.1\nHost: localhost\nConnection: close\n"
        f"Content-Type: multipart/form-data; boundary=x\nContent-Length: {length}",
        UPLOAD,
    )


def test_a_few_drafts_are_taken_of_a_page_that_is_open_and_go_nowhere_but_into_memory(based: Site) -> None:
    before = sorted(path for path in based.settings.corpus.parent.rglob("*"))
    with open_page(port_of(based), "/reports") as visitor:
        assert visitor.run()
        session = visitor.frames[0].new_session.initialize.session_id
        assert put(based, PLACE, "/reports") == 400
        assert put(based, session, "/reports") == 204
        assert put(based, session, "/reports", MAX_BYTES + FORM_BYTES + 1) == 413
        for place in ("1", "a.md", "..%2f..%2fcorpus%2fa.md", f"{PLACE}/a.md"):
            assert put(based, session, "/reports", place=place) in (400, 404)
        taken = [put(based, session, "/reports") for _ in range(10)]
        assert taken == sorted(taken)
        assert set(taken) == {204, 429}
    assert sorted(path for path in based.settings.corpus.parent.rglob("*")) == before


def test_a_draft_without_the_mark_of_a_page_is_not_taken(site: Site) -> None:
    with open_page(port_of(site)) as visitor:
        assert visitor.run()
        assert put(site, visitor.frames[0].new_session.initialize.session_id) == 403


def test_below_a_base_path_no_metric_is_given(based: Site) -> None:
    for path in ("metrics", "%6detrics", "agent/mcp", "script-health-check"):
        assert get(based, f"/reports/_stcore/{path}", "Host: localhost") == 404
    assert get(based, "/reports/_stcore/health", "Host: localhost") == 200


@pytest.mark.parametrize("frame", [b"\xff\xff\xff", "text \x1b[2J"])
def test_what_is_no_message_is_one_line_and_the_others_go_on(site: Site, frame: bytes | str) -> None:
    before = site.log.stat().st_size
    with open_page(port_of(site)) as visitor, open_page(port_of(site)) as other:
        assert visitor.run()
        visitor.send(frame)
        with pytest.raises(ConnectionClosedError, match="1002"):
            while True:
                visitor.next()
        assert other.run("about")
    assert said(site, before) == ["refused: not a message of a page"]


def test_a_visitor_can_neither_write_a_line_nor_steer_a_terminal(site: Site) -> None:
    before = site.log.stat().st_size
    forged = BackMsg()
    forged.rerun_script.fragment_id = "x\x1b[2J\n2026-01-01 all is well"
    unknown = BackMsg()
    unknown.rerun_script.widget_states.widgets.add(id="x\x1b[2J", string_value="y")
    with open_page(port_of(site)) as visitor:
        assert visitor.run()
        visitor.send(forged.SerializeToString())
        visitor.send(unknown.SerializeToString())
        assert visitor.finished() == 0
    # The one byte that begins a terminal's commands and that a header may hold.
    assert get(site, "/_stcore/stream", "Host: localhost", *UPGRADE, "Origin: http://x\x9b2J") == 403
    lines = said(site, before)
    assert [line.partition("x[U+001B][2J[U+000A]2026-01-01 all is well")[1] != "" for line in lines] == [True, False]
    assert lines[1].endswith(r"refused: a page of 'http://x\x9b2J' opens a connection to 'localhost'")
    assert not [line for line in lines if not line.isprintable()]


def test_a_page_is_not_told_where_and_on_what_the_server_runs(site: Site) -> None:
    with open_page(port_of(site)) as visitor:
        assert visitor.run(q="how did Northway supervise people at low risk?")
        frames = visitor.frames
    [session] = [frame.new_session for frame in frames if frame.WhichOneof("type") == "new_session"]
    assert session.initialize.session_id
    assert (session.main_script_path, session.initialize.user_info.installation_id) == ("", "")
    told = b"".join(frame.SerializeToString() for frame in frames)
    assert b"telephone call every nine weeks" in told
    for secret in (str(site.settings.index), "/probqa/ui", "python", "1.67"):
        assert secret.encode() not in told, secret


def test_what_other_sites_may_load_and_what_may_be_kept(site: Site) -> None:
    for path, policy in (("/api/documents", "same-origin"), ("/embed?question=who", "cross-origin")):
        with urllib.request.urlopen(site.url + path, timeout=20) as answer:
            assert answer.headers.get_all("cross-origin-resource-policy") == [policy]
            assert answer.headers.get_all("cache-control") == ["no-store"]
