"""Every refusal here has a control beside it: the same server is asked and answers once the rule is lifted."""

from __future__ import annotations

import gzip
import itertools
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from probqa.errors import DownloadError
from probqa.gathering import connection, download
from probqa.gathering.download import USER_AGENT, Download, Downloader, Limits
from web import HOST, PAGE, Names, Request, Web, make_certificate, page, redirect, web

QUICK = Limits(connect=5, read=5, total=10, pause=0)
HASTY = Limits(read=0.3, total=20, pause=0)
BOUNDED = Limits(read=20, total=0.6, pause=0)
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.fixture
def site(names: Names) -> Iterator[Web]:
    with web() as here:
        here.routes["/report"] = page()
        yield here


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return certificate


@pytest.fixture
def safe_site(names: Names, trusted: tuple[Path, Path]) -> Iterator[Web]:
    with web(trusted) as here:
        here.routes["/report"] = page()
        yield here


def get(site: Web, path: str = "/report", *, limits: Limits = QUICK, host: str = HOST) -> Download:
    found = anyone(site, limits).download(site.url(path, host))
    assert found is not None
    return found


def anyone(site: Web, limits: Limits = QUICK) -> Downloader:
    return Downloader(None, limits, loopback_port=site.port)


def listed(site: Web, *hosts: str, limits: Limits = QUICK) -> Downloader:
    return Downloader(frozenset(hosts or (HOST,)), limits, loopback_port=site.port)


def why_not(site: Web, path: str = "/report", *, limits: Limits = QUICK) -> str:
    with pytest.raises(DownloadError) as caught:
        get(site, path, limits=limits)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# What is asked, and what comes of it


def test_a_page_comes_as_it_was_sent_with_what_to_ask_next_time(site: Web) -> None:
    site.routes["/report"] = page(PAGE, 'ETag: W/"a1"', "Last-Modified: Wed, 19 Apr 2017 09:30:00 GMT")
    assert get(site) == Download(site.url(), PAGE, ".html", 'W/"a1"', "Wed, 19 Apr 2017 09:30:00 GMT")


def test_the_request_says_who_asks_and_what_is_wanted(site: Web) -> None:
    get(site)
    assert site.requests[0].headers == {
        "Host": f"{HOST}:{site.port}",
        "User-Agent": USER_AGENT,
        "Accept": ", ".join(download.SUFFIXES),
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    assert USER_AGENT.startswith("probqa/0.")


@pytest.mark.parametrize(
    ("kind", "content", "suffix"),
    [
        ("text/html; charset=UTF-8", PAGE, ".html"),
        ("TEXT/HTML", PAGE, ".html"),
        ("application/xhtml+xml", PAGE, ".xhtml"),
        ("application/pdf", PDF, ".pdf"),
        ("application/pdf", b"\xef\xbb\xbf\n" + PDF, ".pdf"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04...", ".docx"),
        ("application/vnd.oasis.opendocument.text", b"PK\x03\x04...", ".odt"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04...", ".xlsx"),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation", b"PK\x03\x04...", ".pptx"),
        ("application/rtf", b"{\\rtf1 It was good.}", ".rtf"),
        ("text/rtf; charset=iso-8859-1", b"{\\rtf1 caf\xe9}", ".rtf"),
        ("application/epub+zip", b"PK\x03\x04...", ".epub"),
        ("message/rfc822", b"From: a@example.org", ".eml"),
        ("text/plain", b"It was good.", ".txt"),
    ],
)
def test_every_format_that_is_served_is_taken(site: Web, kind: str, content: bytes, suffix: str) -> None:
    site.routes["/report"] = page(content, kind=kind)
    found = get(site)
    assert (found.content, found.suffix) == (content, suffix)


@pytest.mark.parametrize(
    "kind", ["image/png", "application/zip", "application/octet-stream", "application/json", "", "text/htmlx"]
)
def test_another_type_is_refused_by_name(site: Web, kind: str) -> None:
    site.routes["/report"] = page(kind=kind)
    assert (
        why_not(site) == f"{HOST} serves {kind or 'a file of no named type'}, not a report of a kind that is read; "
        "look for the report itself on that site"
    )


@pytest.mark.parametrize("header", [b"", b"Content-Type: image/\x1b[2Jpng\r\n", b"Content-Type: a\xc2\x9b/b\r\n"])
def test_no_type_at_all_and_one_that_steers_a_terminal_are_refused_alike(site: Web, header: bytes) -> None:
    site.routes["/report"] = b"HTTP/1.1 200 OK\r\n" + header + b"Content-Length: 4\r\n\r\ntext"
    assert f"{HOST} serves a file of no named type, not a report" in why_not(site)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/pdf", PAGE),
        ("application/pdf", b" " * 1025 + PDF),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", PDF),
    ],
)
def test_a_type_that_the_file_belies_is_refused(site: Web, kind: str, content: bytes) -> None:
    site.routes["/report"] = page(content, kind=kind)
    assert f"calls the file {kind}, but it does not start like one" in why_not(site)


def test_an_empty_file_is_refused(site: Web) -> None:
    site.routes["/report"] = page(b"")
    assert f"{HOST} serves an empty file" in why_not(site)


def test_text_whose_encoding_only_the_header_names_is_stored_as_utf_8(site: Web) -> None:
    site.routes["/report"] = page("£5 – “fine”".encode("cp1252"), kind="text/plain; charset=ISO-8859-1")
    assert get(site).content.decode("utf-8-sig") == "£5 – “fine”"


@pytest.mark.parametrize("charset", ["utf-8", "unicode_escape", "idna", "rot13", "no-such", "windows-1252"])
def test_text_in_an_encoding_that_is_not_sure_stays_as_it_came(site: Web, charset: str) -> None:
    content = b"It was \\u0041 good \x81."
    site.routes["/report"] = page(content, kind=f"text/plain; charset={charset}")
    assert get(site).content == content


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("404 Not Found", "has nothing at this address any more (404); look for the report on that site"),
        ("410 Gone", "has nothing at this address any more (410)"),
        ("401 Unauthorized", "does not let programs have this (401); open it in a browser"),
        ("403 Forbidden", "does not let programs have this (403); open it in a browser"),
        ("500 Broken", "answers 500; try again later"),
        ("204 No Content", "answers 204"),
        ("206 Partial Content", "answers 206"),
        ("304 Not Modified", "answers 304"),
        ("302 Found", "answers 302"),
        ("300 Choices", "answers 300"),
    ],
)
def test_another_answer_is_named_with_what_to_do(site: Web, status: str, why: str) -> None:
    site.routes["/report"] = page(status=status)
    assert why in why_not(site)


# Asking again


def test_a_file_not_changed_since_is_not_sent_again(site: Web) -> None:
    def conditional(request: Request, connection: socket.socket) -> None:
        same = request.headers.get("If-None-Match") == '"a1"' and request.headers.get("If-Modified-Since") == "then"
        connection.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n" if same else page())

    site.routes["/report"] = conditional
    assert anyone(site).download(site.url(), etag='"a1"', last_modified="then") is None
    changed = anyone(site).download(site.url(), etag='"a0"', last_modified="then")
    assert changed is not None
    assert changed.content == PAGE


@pytest.mark.parametrize("etag", ["a1", '"a\x01"', '"' + "a" * 201 + '"', '"a" "b"'])
def test_an_etag_of_no_known_shape_is_not_sent_back(site: Web, etag: str) -> None:
    site.routes["/report"] = page(PAGE, f"ETag: {etag}", f"Last-Modified: {'x' * 41}")
    found = get(site)
    assert (found.etag, found.last_modified) == ("", "")


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits that were made, none of which takes time."""
    waits: list[float] = []
    monkeypatch.setattr(download, "sleep", waits.append)
    return waits


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Busy"])
def test_a_busy_server_is_asked_again_after_the_time_it_asks_for(site: Web, slept: list[float], status: str) -> None:
    busy = iter([page(b"", "Retry-After: 7", status=status), page()])
    site.routes["/report"] = lambda _, connection: connection.sendall(next(busy))
    assert get(site).content == PAGE
    assert [wait for wait in slept if wait] == [7.0]


def test_a_busy_server_may_name_a_date(site: Web, slept: list[float]) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    busy = iter([page(b"", f"Retry-After: {until}", status="429 Slow down"), page()])
    site.routes["/report"] = lambda _, connection: connection.sendall(next(busy))
    get(site)
    assert [28 < wait <= 30 for wait in slept if wait] == [True]


def test_a_server_that_stays_busy_is_asked_three_times(site: Web, slept: list[float]) -> None:
    site.routes["/report"] = page(b"", "Retry-After: 7", status="429 Slow down")
    assert why_not(site) == f"{HOST} is busy (429) and asks to wait 7 seconds; try again later"
    assert [wait for wait in slept if wait] == [7.0, 7.0]
    assert len(site.requests) == 3


@pytest.mark.parametrize("header", ["Retry-After: soon", "Retry-After: -7", "X: y", "Retry-After: Wed, 99 Foo 2026"])
def test_a_busy_server_that_names_no_time_is_left_alone(site: Web, slept: list[float], header: str) -> None:
    site.routes["/report"] = page(b"", header, status="429 Slow down")
    assert why_not(site) == f"{HOST} is busy (429); try again later"
    assert len(site.requests) == 1


def test_a_long_wait_is_not_sat_out_and_the_host_is_left_alone_meanwhile(site: Web, slept: list[float]) -> None:
    site.routes["/report"] = page(b"", "Retry-After: 3600", status="429 Slow down")
    downloader = anyone(site)
    with pytest.raises(DownloadError, match="asks to wait 3600 seconds"):
        downloader.download(site.url())
    with pytest.raises(DownloadError, match=r"asked to be left alone for another 3[56]\d\d seconds"):
        downloader.download(site.url())
    assert (len(site.requests), [wait for wait in slept if wait]) == (1, [])


def test_there_is_a_pause_between_two_requests(site: Web, slept: list[float]) -> None:
    downloader = anyone(site, Limits(pause=3600))
    downloader.download(site.url())
    first = len(slept)
    downloader.download(site.url())
    assert not any(slept[:first])
    assert [3500 < wait <= 3600 for wait in slept[first:] if wait] == [True]


# Broken, slow, large


def drip(piece: bytes, start: bytes = b"") -> Callable[[Request, socket.socket], None]:
    """Send ``piece`` again and again, a little at a time, until nobody listens."""

    def answer(_: Request, connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)

    return answer


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "limits"),
    [
        pytest.param(lambda _, connection: time.sleep(0.5), HASTY, id="says nothing"),
        pytest.param(lambda _, connection: connection.recv(1), BOUNDED, id="says nothing, and may for a while"),
        pytest.param(drip(b"a", HEAD + b"Content-Length: 999999\r\n\r\n"), BOUNDED, id="a byte at a time"),
        pytest.param(drip(b"1\r\na\r\n", CHUNKED), BOUNDED, id="chunks that never end"),
        pytest.param(drip(b"a", b"HTTP/1.1 200 OK\r\nX: "), BOUNDED, id="a header that never ends"),
        pytest.param(drip(b"HTTP/1.1 100 Continue\r\n\r\n"), BOUNDED, id="continue and continue"),
        pytest.param(drip(b"X: y\r\n", CHUNKED + b"1\r\na\r\n0\r\n"), BOUNDED, id="trailers that never end"),
    ],
)
def test_a_slow_server_is_given_up(site: Web, answer: Callable[[Request, socket.socket], None], limits: Limits) -> None:
    site.routes["/report"] = answer
    began = time.monotonic()
    assert why_not(site, limits=limits) == f"{HOST} is too slow; try again later"
    shortest = min(limits.read, limits.total)
    assert shortest <= time.monotonic() - began < shortest + 5


def test_a_server_that_is_slow_within_bounds_is_waited_for(site: Web) -> None:
    """The control of the one above."""

    def answer(_: Request, connection: socket.socket) -> None:
        for at in range(0, len(page()), 20):
            connection.sendall(page()[at : at + 20])
            time.sleep(0.02)

    site.routes["/report"] = answer
    assert get(site).content == PAGE


def test_a_secret_connection_that_is_not_answered_is_given_up(site: Web) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    with silent, pytest.raises(DownloadError, match=f"{HOST} is too slow"):
        Downloader(None, Limits(connect=0.3, pause=0), loopback_port=port).download(f"https://{HOST}:{port}/")


WHOLE = 1000 * b"It was good. "
PACKED = gzip.compress(WHOLE)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(page(WHOLE[:-1], length=len(WHOLE)), id="a byte less than declared"),
        pytest.param(page(b"", length=len(WHOLE)), id="nothing of what was declared"),
        pytest.param(CHUNKED + b"4\r\ntext", id="no last chunk"),
        pytest.param(CHUNKED + b"4\r\nte", id="half a chunk"),
        pytest.param(CHUNKED + b"zz\r\ntext", id="a chunk of no size"),
        pytest.param(page(PACKED[:-9], "Content-Encoding: gzip"), id="packed, and the end missing"),
        pytest.param(page(PACKED + PACKED, "Content-Encoding: gzip"), id="packed twice over"),
    ],
)
def test_a_file_cut_short_is_never_taken_for_whole(site: Web, answer: bytes) -> None:
    site.routes["/report"] = answer
    assert why_not(site) == f"the file from {HOST} did not arrive whole; try again later"


@pytest.mark.parametrize(
    "answer",
    [
        page(WHOLE),
        page(PACKED, "Content-Encoding: gzip"),
        page(PACKED, "Content-Encoding: x-gzip"),
        CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(WHOLE), WHOLE),
        HEAD + b"\r\n" + WHOLE,
    ],
)
def test_a_whole_file_is_taken_however_it_is_sent(site: Web, answer: bytes) -> None:
    """The control of the one above."""
    site.routes["/report"] = answer
    assert get(site).content == WHOLE


def test_a_secret_connection_that_breaks_off_is_not_the_end_of_a_file(safe_site: Web) -> None:
    """With no length declared, only the farewell of TLS says that the file is whole."""

    def cut(_: Request, connection: socket.socket) -> None:
        connection.sendall(HEAD + b"\r\n" + WHOLE)
        connection.shutdown(socket.SHUT_RDWR)

    safe_site.routes["/report"] = HEAD + b"\r\n" + WHOLE
    assert get(safe_site).content == WHOLE, "the control"
    safe_site.routes["/report"] = cut
    assert f"the connection with {HOST} failed: " in why_not(safe_site)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "failed: Remote end closed connection without response"),
        (b"gibberish\r\n\r\n", "failed: gibberish"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000, "failed: got more than 65536 bytes"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200, "failed: got more than 100 headers"),
        (page(b"not packed", "Content-Encoding: gzip"), "does not unpack"),
        (page(PACKED[:20] + b"\0" * 40 + PACKED[60:], "Content-Encoding: gzip"), "does not unpack"),
        (page(PAGE, "Content-Encoding: \x1b[2Jbr"), f"{HOST} packs the file in a way that was not asked for; "),
    ],
)
def test_a_broken_answer_is_one_line(site: Web, answer: bytes, why: str) -> None:
    site.routes["/report"] = answer
    assert why in why_not(site)


def bomb(size: int) -> bytes:
    """``size`` zeros, packed as tightly as gzip can, without ever holding them."""
    pack = zlib.compressobj(9, wbits=31)
    block = bytes(1_000_000)
    return b"".join(pack.compress(block) for _ in range(size // len(block))) + pack.flush()


SMALL = Limits(body=20_000, pause=0)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(page(b"", length=20_001), id="declared"),
        pytest.param(HEAD + b"\r\n" + b"a" * 20_001, id="undeclared"),
        pytest.param(CHUNKED + b"7000\r\n" + b"a" * 0x7000, id="in one chunk"),
        pytest.param(page(bomb(15_000_000), "Content-Encoding: gzip"), id="packed"),
        pytest.param(HEAD + b"Content-Encoding: gzip\r\n\r\n" + bomb(15_000_000), id="packed, undeclared"),
        pytest.param(
            HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"a") + b"\0" * 20_000, id="padded, undeclared"
        ),
    ],
)
def test_more_than_the_cap_is_refused_and_never_held(site: Web, answer: bytes) -> None:
    site.routes["/report"] = answer
    assert why_not(site, limits=SMALL).startswith(f"{HOST} serves more than 0.02 MB; ")


def test_a_bomb_is_defused_in_the_memory_of_the_cap(site: Web) -> None:
    site.routes["/report"] = page(bomb(15_000_000), "Content-Encoding: gzip")
    tracemalloc.start()
    try:
        why_not(site, limits=SMALL)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "answer",
    [page(b"a" * 20_000), HEAD + b"\r\n" + b"a" * 20_000, page(gzip.compress(b"a" * 20_000), "Content-Encoding: gzip")],
)
def test_exactly_the_cap_is_taken(site: Web, answer: bytes) -> None:
    """The control of the one above."""
    site.routes["/report"] = answer
    assert get(site, limits=SMALL).content == b"a" * 20_000


def test_a_declared_size_above_the_cap_is_refused_before_a_byte_is_read(site: Web) -> None:
    def answer(_: Request, connection: socket.socket) -> None:
        connection.sendall(page(b"", length=20_001))
        site.closing.wait(20)

    site.routes["/report"] = answer
    assert f"{HOST} serves more than" in why_not(site, limits=SMALL), "not: is too slow"
    site.closing.set()


def test_nobody_there_is_one_line(names: Names) -> None:
    with web() as gone:
        pass
    assert "failed: Connection refused" in why_not(gone)


def test_a_name_that_nobody_knows_is_one_line(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert why_not(site) == f"there is no host {HOST} to be found (Name or service not known); check the network"


def test_a_label_longer_than_names_may_be_is_one_line(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with pytest.raises(DownloadError, match=r"the connection with a{64} failed: "):
        anyone(site).download(site.url(host="a" * 64))


# Where it may come from


@pytest.mark.parametrize(
    "number",
    """10.0.0.1 100.64.0.1 127.0.0.1 169.254.169.254 0.0.0.0 224.0.0.1 192.168.0.1 ::1 ::127.0.0.1 ::ffff:127.0.0.1
    64:ff9b::a9fe:a9fe 2002:7f00:1::1 fec0::1 fe80::1 fd00::1 ff02::1""".split(),
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_stands_for_an_address_not_public_is_refused_before_anyone_is_connected(
    names: Names, monkeypatch: pytest.MonkeyPatch, number: str, scheme: str
) -> None:
    connected = []
    monkeypatch.setattr(socket, "create_connection", lambda *at, **_: connected.append(at))
    # One address that is not public spoils the others: which of them is used is not ours to choose.
    names.numbers["mixed.test"] = ["93.184.215.14", number]
    with pytest.raises(DownloadError, match=r"mixed\.test stands for \S+, which is not a public address"):
        Downloader(None, QUICK).download(f"{scheme}://mixed.test/")
    assert connected == []
    assert names.asked == ["mixed.test"]


def test_without_the_table_an_address_not_public_would_be_asked(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the one above: nothing else stands in the way."""
    with pytest.raises(DownloadError, match="not a public address"):
        Downloader(None, QUICK, loopback_port=site.port + 1)._connector._public(download.parse_address(site.url()))
    monkeypatch.setattr(connection, "why_not_public", lambda _: "")
    assert get(site).content == PAGE


def test_the_parameter_for_tests_lets_one_port_of_loopback_through_and_nothing_else(site: Web, names: Names) -> None:
    for number in ("10.0.0.1", "169.254.169.254", "0.0.0.0"):
        names.numbers["private.test"] = [number]
        with pytest.raises(DownloadError, match="not a public address"):
            anyone(site).download(site.url(host="private.test"))
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1, which is not a public address \(loopback\)"):
        anyone(site).download("http://127.0.0.1/")
    with pytest.raises(DownloadError, match=f"port {site.port + 1} is not one that web pages are served on"):
        anyone(site).download(f"http://127.0.0.1:{site.port + 1}/")


def test_a_name_is_looked_up_once_and_the_connection_goes_to_that_answer(
    site: Web, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name service that gives a public answer first and a private one second gains nothing."""
    connected: list[str] = []
    real = socket.create_connection

    def connect(at: tuple[str, int], *rest: float) -> socket.socket:
        connected.append(at[0])
        names.numbers[HOST] = ["10.0.0.1"]
        return real(at, *rest)

    monkeypatch.setattr(socket, "create_connection", connect)
    assert get(site).content == PAGE
    assert (names.asked, connected) == ([HOST], ["127.0.0.1"])
    assert "stands for 10.0.0.1" in why_not(site), "the control: the second answer is private"


def test_the_next_address_is_tried_where_one_does_not_answer(site: Web, names: Names) -> None:
    names.numbers[HOST] = ["127.0.0.2", "127.0.0.1"]
    assert get(site).content == PAGE


def test_proxy_variables_are_not_read(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    with web() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv(name.upper(), f"http://127.0.0.1:{proxy.port}")
        assert get(site).content == PAGE
    assert proxy.requests == []


def test_the_certificate_is_checked_against_the_name(
    safe_site: Web, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert get(safe_site).content == PAGE
    assert safe_site.server_names == [HOST]
    assert safe_site.requests[0].headers["Host"] == f"{HOST}:{safe_site.port}"
    names.numbers["other.test"] = ["127.0.0.1"]
    with pytest.raises(DownloadError, match=r"the certificate of other\.test is not valid: Hostname mismatch"):
        anyone(safe_site).download(safe_site.url(host="other.test"))
    monkeypatch.delenv("SSL_CERT_FILE")
    assert f"the certificate of {HOST} is not valid: self-signed certificate" in why_not(safe_site)
    assert len(safe_site.requests) == 1


def test_a_number_for_a_host_is_asked_like_a_name(site: Web) -> None:
    assert get(site, host="127.0.0.1").content == PAGE
    assert site.requests[0].headers["Host"] == f"127.0.0.1:{site.port}"


@pytest.mark.parametrize("secret", [False, True])
def test_the_usual_port_is_not_part_of_the_host_asked_for(
    site: Web, safe_site: Web, monkeypatch: pytest.MonkeyPatch, secret: bool
) -> None:
    asked = safe_site if secret else site
    real = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda at, *rest: real((at[0], asked.port), *rest))
    assert Downloader(None, QUICK, loopback_port=443 if secret else 80).download(f"{asked.scheme}://{HOST}/report")
    assert asked.requests[0].headers["Host"] == HOST


def test_only_listed_hosts_are_asked_and_only_over_https(safe_site: Web, names: Names) -> None:
    found = listed(safe_site).download(safe_site.url())
    assert found is not None
    assert found.content == PAGE
    for url, why in {
        safe_site.url(host="other.test"): "other.test is not a host that reports are fetched from",
        safe_site.url(host=f"{HOST}.evil.test"): "is not a host that reports are fetched from",
        safe_site.url(host=f"{HOST}."): "is not a host that reports are fetched from",
        safe_site.url(host="127.0.0.1"): "is not a host that reports are fetched from",
        safe_site.url().replace("https", "http"): "is not https",
        f"https://{HOST}:8443/": "port 8443 is not one that web pages are served on",
    }.items():
        with pytest.raises(DownloadError, match=why):
            listed(safe_site).download(url)
    assert names.asked == [HOST], "nothing else was even looked up"


# Redirects


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See other", "307 Later", "308 For good"])
def test_a_redirect_is_followed_to_where_it_leads(site: Web, status: str) -> None:
    site.routes["/old"] = redirect("/report", status)
    assert get(site, "/old").url == site.url("/report")


@pytest.mark.parametrize(
    "location", ["report", "./report", "//reports.test:{port}/report", "http://reports.test:{port}/report#part"]
)
def test_a_redirect_may_be_relative(site: Web, location: str) -> None:
    site.routes["/old"] = redirect(location.format(port=site.port))
    assert get(site, "/old").url == site.url("/report")


def test_a_redirect_with_letters_beyond_ascii_is_followed(site: Web) -> None:
    site.routes["/old"] = redirect("/b\xe9richt")
    site.routes["/b%C3%A9richt"] = page()
    assert get(site, "/old").content == PAGE


def test_five_redirects_are_followed_and_a_sixth_is_not(site: Web) -> None:
    for step in range(6):
        site.routes[f"/{step}"] = redirect(f"/{step + 1}")
    site.routes["/6"] = page()
    assert get(site, "/1").content == PAGE
    assert why_not(site, "/0") == (
        f"{HOST} redirects more than 5 times; open it in a browser, save the file and run: probqa add FILE"
    )


def test_a_redirect_in_a_loop_ends(site: Web) -> None:
    site.routes |= {"/a": redirect("/b"), "/b": redirect("/a")}
    assert "redirects more than 5 times" in why_not(site, "/a")
    assert site.paths == list("/a /b /a /b /a /b".split())


def test_redirects_share_one_total_time(site: Web) -> None:
    def slow(step: int) -> Callable[[Request, socket.socket], None]:
        def answer(_: Request, connection: socket.socket) -> None:
            time.sleep(0.25)
            connection.sendall(redirect(f"/{step + 1}"))

        return answer

    site.routes |= {f"/{step}": slow(step) for step in range(6)}
    assert f"{HOST} is too slow" in why_not(site, "/0", limits=Limits(read=20, total=0.6, pause=0))


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://private.test/", "private.test stands for 10.0.0.1, which is not a public address (private)"),
        ("http://10.0.0.1/", "10.0.0.1 stands for 10.0.0.1, which is not a public address (private)"),
        ("http://127.0.0.1/", "127.0.0.1 stands for 127.0.0.1, which is not a public address (loopback)"),
        ("http://127.1/", "127.1 stands for 127.0.0.1, which is not a public address (loopback)"),
        ("http://2130706433/", "stands for 127.0.0.1, which is not a public address (loopback)"),
        ("http://[::1]/", "::1 stands for ::1, which is not a public address (loopback)"),
        ("http://[::ffff:169.254.169.254]/", "which is not a public address"),
        ("http://169.254.169.254/latest/meta-data/", "which is not a public address (link-local)"),
        ("http://reports.test:22/", "port 22 is not one that web pages are served on"),
        ("file:///etc/passwd", "'file:///etc/passwd' is neither http nor https"),
        ("ftp://reports.test/", "is neither http nor https"),
        ("http://a@private.test/", "holds a user name or password"),
        ("http://[::1/", "is not a web address"),
        ("/re port", "holds a space, a backslash or a control character"),
        ("/\t/private.test/", "holds a space, a backslash or a control character"),
        ("\\\\private.test/", "holds a space, a backslash or a control character"),
    ],
)
def test_a_redirect_to_where_nobody_may_go_is_refused(site: Web, names: Names, location: str, why: str) -> None:
    names.numbers |= {"private.test": ["10.0.0.1"], "127.1": ["127.0.0.1"], "2130706433": ["127.0.0.1"]}
    site.routes["/old"] = redirect(location)
    assert why in why_not(site, "/old")
    assert site.paths == ["/old"]


def test_a_redirect_to_another_public_host_is_followed_where_any_host_may_be_asked(site: Web, names: Names) -> None:
    """The control of the one above and the one below."""
    names.numbers["other.test"] = ["127.0.0.1"]
    site.routes["/old"] = redirect(site.url("/report", host="other.test"))
    assert get(site, "/old").url == site.url("/report", host="other.test")
    assert names.asked == [HOST, "other.test"], "the second host was looked up, too"


def test_a_redirect_to_a_host_not_listed_is_refused(safe_site: Web, names: Names) -> None:
    names.numbers["other.test"] = ["127.0.0.1"]
    safe_site.routes["/old"] = redirect(safe_site.url("/report", host="other.test"))
    with pytest.raises(DownloadError) as caught:
        listed(safe_site).download(safe_site.url("/old"))
    assert str(caught.value) == (
        f"{HOST} redirects to {safe_site.url('/report', host='other.test')}: other.test is not a host that reports are "
        "fetched from; open it in a browser, save the file and run: probqa add FILE"
    )
    assert names.asked == [HOST]
    safe_site.routes["/old"] = redirect(safe_site.url("/report"))
    assert listed(safe_site).download(safe_site.url("/old")), "the control: to a listed host it is followed"


@pytest.mark.parametrize("hosts", [None, frozenset([HOST])])
def test_a_redirect_from_https_to_http_is_refused(safe_site: Web, hosts: frozenset[str] | None) -> None:
    safe_site.routes["/old"] = redirect(safe_site.url("/report").replace("https", "http"))
    with pytest.raises(DownloadError, match="is not https; open it in a browser"):
        Downloader(hosts, QUICK, loopback_port=safe_site.port).download(safe_site.url("/old"))


def test_every_byte_cut_off_an_answer_is_noticed(site: Web) -> None:
    """No prefix of a response passes for the response."""
    whole = page(b"It was good.")
    for length in itertools.chain(range(0, len(whole), 7), [len(whole) - 1]):
        site.routes["/report"] = whole[:length]
        with pytest.raises(DownloadError):
            get(site)
    site.routes["/report"] = whole
    assert get(site).content == b"It was good."
