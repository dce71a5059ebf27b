"""The names a server answers to, and the pages that may open a connection to it."""

from __future__ import annotations

import pytest

from probqa.errors import InputError
from probqa.ui.hosts import Hosts

HOSTS = Hosts(["reports.example", "192.0.2.7", "2001:db8::7"])


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("localhost", ("localhost", "")),
        ("localhost:8501", ("localhost", "8501")),
        ("LocalHost.:8501", ("localhost", "8501")),
        ("127.0.0.1:8501", ("127.0.0.1", "8501")),
        ("127.8.9.1", ("127.8.9.1", "")),
        ("[::1]:8501", ("::1", "8501")),
        ("[0:0:0:0:0:0:0:1]", ("::1", "")),
        ("REPORTS.example.", ("reports.example", "")),
        ("192.0.2.7:80", ("192.0.2.7", "80")),
        ("[2001:DB8:0::7]:443", ("2001:db8::7", "443")),
    ],
)
def test_a_server_answers_to_localhost_loopback_and_its_configured_names(host: str, named: tuple[str, str]) -> None:
    assert HOSTS.named(host) == named


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example.localhost",
        "reports.example.evil.example",
        "x.reports.example",
        "localhost@evil.example",
        "evil.example@localhost",
        "localhost:8501@evil.example",
        "evil.example#localhost",
        "evil.example/localhost",
        "evil.example, localhost",
        "http://localhost",
        "localhost:",
        "localhost:http",
        "localhost:123456",
        "localhost..",
        ".localhost",
        "localhost\n",
        "localhost\x00",
        "ⓛocalhost",
        "localhoſt",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.0.0.01",
        "127.0.0.1.1",
        "0.0.0.0",
        "10.0.0.1",
        "169.254.169.254",
        "192.0.2.8",
        "::1",
        "[::1",
        "::1]",
        "[::1]x",
        "[::]",
        "[::1%25lo]",
        "[127.0.0.1]",
        "[2001:db8::8]",
        "[localhost]",
    ],
    ids=ascii,
)
def test_a_server_answers_to_no_other_name(host: str) -> None:
    assert HOSTS.named(host) is None


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8501", ("localhost", "8501")),
        ("https://LOCALHOST.:8501", ("localhost", "8501")),
        ("http://[0::1]:8501", ("::1", "8501")),
        ("https://reports.example", ("reports.example", "")),
        ("https://reports.example:8443", ("127.0.0.1", "8501")),
        ("http://[2001:db8::7]", ("localhost", "8501")),
    ],
)
def test_a_page_of_the_same_host_or_of_a_configured_name_may_open_a_connection(
    origin: str, host: tuple[str, str]
) -> None:
    assert HOSTS.may_open(origin, host)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "*",
        "localhost:8501",
        "//localhost:8501",
        "https://evil.example",
        "http://localhost",
        "http://localhost:3000",
        "http://localhost:8501/",
        "http://localhost:8501@evil.example",
        "http://evil.example#http://localhost:8501",
        "http://127.0.0.1:8501",
        "http://[",
        "http://[::1",
        "ftp://localhost:8501",
        "file://",
        "file://localhost:8501",
        "javascript://localhost:8501",
        "http://x.reports.example",
        "http://localhost:8501 http://evil.example",
        "http://localhost:8501\x1b[2J",
    ],
    ids=ascii,
)
def test_no_other_page_may_open_a_connection(origin: str) -> None:
    assert not HOSTS.may_open(origin, ("localhost", "8501"))


@pytest.mark.parametrize(
    "name", ["https://reports.example", "reports.example:443", "*", "*.example", "a b", "[::1", "é"]
)
def test_a_configured_name_that_is_none_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(InputError) as refused:
        Hosts([name])
    assert str(refused.value) == (
        f"PROBQA_HOSTS names {name!r}, which is not a host name; leave out scheme, port and path"
    )


@pytest.mark.parametrize(
    ("host", "is_here"),
    [("localhost", True), ("LOCALHOST:8502", True), ("127.0.0.1:8502", True), ("[::1]", True), ("staff.example", False),
     ("localhost.staff.example", False), ("192.0.2.7", False), ("", False), ("localhost@staff.example", False)],
)  # fmt: skip
def test_a_browser_on_the_servers_own_machine_is_told_from_others(host: str, is_here: bool) -> None:
    assert Hosts(["staff.example", "192.0.2.7"]).is_this_machine(host) is is_here
