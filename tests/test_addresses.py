from __future__ import annotations

import ipaddress
import socket
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probqa.errors import DownloadError
from probqa.gathering.addresses import parse_address, why_not_public
from probqa.gathering.connection import Connector

NOT_PUBLIC = {
    "0.0.0.0": "this network",
    "10.1.2.3": "private",
    "100.64.0.1": "shared by carriers",
    "100.100.100.200": "shared by carriers",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "a cloud's own service",
    "169.254.169.254": "link-local",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.192": "for protocols",
    "192.0.2.1": "for documentation",
    "192.88.99.1": "6to4 relays",
    "192.168.1.1": "private",
    "198.18.0.1": "for benchmarks",
    "198.51.100.7": "for documentation",
    "203.0.113.9": "for documentation",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::1": "loopback",
    "::": "not a class of IPv6 address given out to the public",
    "::127.0.0.1": "not a class of IPv6 address given out to the public",
    "::ffff:127.0.0.1": "not a class of IPv6 address given out to the public",
    "::ffff:8.8.8.8": "not a class of IPv6 address given out to the public",
    "64:ff9b::a9fe:a9fe": "not a class of IPv6 address given out to the public",
    "64:ff9b:1::a9fe:a9fe": "not a class of IPv6 address given out to the public",
    "100::1": "not a class of IPv6 address given out to the public",
    "5f00::1": "not a class of IPv6 address given out to the public",
    "fc00::1": "not a class of IPv6 address given out to the public",
    "fd00:ec2::254": "not a class of IPv6 address given out to the public",
    "fe80::1": "not a class of IPv6 address given out to the public",
    "fe80::1%1": "not a class of IPv6 address given out to the public",
    "2a00:1450:4009::1%1": "not a class of IPv6 address given out to the public",
    "fec0::1": "not a class of IPv6 address given out to the public",
    "ff02::1": "not a class of IPv6 address given out to the public",
    "2001::1": "for protocols, Teredo among them",
    "2001:db8::1": "for documentation",
    "2002:7f00:1::1": "6to4",
    "2002:a9fe:a9fe::1": "6to4",
    "3ffe::1": "given back",
    "3fff::1": "for documentation",
}
# The first and the last public address beside each network that is not, and some that serve the web.
PUBLIC = """
    1.0.0.0 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15
    169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.167.255.255
    192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 2001:200::1 2001:db7::1 2003::1 2606:4700::1111
    2a00:1450:4009::1 2001:4860:4860::8888
""".split()


@pytest.mark.parametrize(("number", "why"), NOT_PUBLIC.items())
def test_an_address_that_is_not_public_is_named_for_what_it_is(number: str, why: str) -> None:
    assert why_not_public(number) == why


@pytest.mark.parametrize("number", PUBLIC)
def test_a_public_address_is_public(number: str) -> None:
    assert why_not_public(number) == ""


def test_the_usual_check_would_let_ten_of_them_through() -> None:
    """The control: what the table is for."""

    def usual(number: str) -> bool:
        address = ipaddress.ip_address(number)
        return not (address.is_private or address.is_loopback or address.is_link_local)

    let_through = {number for number in NOT_PUBLIC if usual(number)}
    assert let_through >= {
        "100.64.0.1",
        "168.63.129.16",
        "192.88.99.1",
        "224.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
        "fec0::1",
        "ff02::1",
        "3ffe::1",
    }


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1", "0x7f.1"])
def test_every_way_to_write_loopback_is_refused(host: str) -> None:
    assert socket.getaddrinfo(host, 80)[0][4][0] == "127.0.0.1", "the control: it does lead there"
    with (
        pytest.raises(DownloadError, match=r"stands for 127\.0\.0\.1, which is not a public address \(loopback\)"),
        Connector(connect=1, read=1).connected(parse_address(f"http://{host}/"), monotonic() + 1),
    ):
        pass


def test_digits_of_another_script_are_refused() -> None:
    host = "１２７.０.０.１"
    assert host.encode("idna") == b"127.0.0.1", "the control: they would become an address"
    with pytest.raises(DownloadError, match="names no host in plain ASCII"):
        parse_address(f"http://{host}/")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("file:///etc/passwd", "neither http nor https"),
        ("ftp://example.org/a", "neither http nor https"),
        ("gopher://example.org/a", "neither http nor https"),
        ("https:/example.org/", "names no host"),
        ("https://", "names no host"),
        ("https://example.org@10.0.0.1/", "holds a user name or password"),
        ("https://a:b@example.org/", "holds a user name or password"),
        ("https://example.org\\@10.0.0.1/", "holds a space, a backslash or a control character"),
        ("https://example.org/a b", "holds a space, a backslash or a control character"),
        ("https://example.org/a\r\nHost: b", "holds a space, a backslash or a control character"),
        ("https://exam\tple.org/", "holds a space, a backslash or a control character"),
        ("https://example.org:99999/", "is not a web address"),
        ("https://example.org:80a/", "is not a web address"),
        ("https://[::1/", "is not a web address"),
        ("https://[fe80::1%25eth0]/", "names no host in plain ASCII"),
        ("https://bücher.example/", "names no host in plain ASCII"),
    ],
)
def test_an_address_that_programs_read_differently_is_refused(address: str, why: str) -> None:
    with pytest.raises(DownloadError) as caught:
        parse_address(address)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://Example.ORG", "https://example.org/"),
        ("https://example.org:443/a?b=c#d", "https://example.org/a?b=c"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("https://[2606:4700::1111]/a", "https://[2606:4700::1111]/a"),
        ("https://example.org/é?ü=%20", "https://example.org/%C3%A9?%C3%BC=%20"),
        ("https://example.org:0/", "https://example.org:0/"),
    ],
)
def test_an_address_is_read_as_it_was_meant(written: str, read: str) -> None:
    assert str(parse_address(written)) == read
    assert parse_address(read) == parse_address(written)


@given(st.text())
def test_whatever_is_typed_is_an_address_or_refused(text: str) -> None:
    try:
        address = parse_address(f"https://example.org/{text}")
    except DownloadError:
        return
    assert address.host == "example.org"
    assert address.target.isascii()
    assert address.target.isprintable()
    assert " " not in address.target


@given(st.ip_addresses())
def test_every_number_there_is_has_an_answer_that_no_library_calls_too_kind(
    number: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if not why_not_public(str(number)):
        assert number.is_global
        assert not number.is_multicast
