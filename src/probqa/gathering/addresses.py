"""The check of web addresses: how one is written, and which numeric ones are on the public internet.

In: an address as a person or a server wrote it, or the numeric address that a name stands for. Out: a ``WebAddress``,
or the reason why it is refused.

>>> parse_address("https://example.org/reports/a b.pdf#page=2")
Traceback (most recent call last):
probqa.errors.DownloadError: the address 'https://example.org/reports/a b.pdf#page=2' holds a space, a backslash or \
a control character; write them as %20 and the like
>>> parse_address("https://example.org/reports/a%20b.pdf#page=2").target
'/reports/a%20b.pdf'
>>> why_not_public("100.64.0.1"), why_not_public("93.184.215.14")
('shared by carriers', '')
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from probqa.errors import DownloadError

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})|[0-9A-Fa-f:.]{2,45}")
# The characters of a path or query that are left as they are: allowed there, or part of percent-encoding (RFC 3986).
_SAFE = "%/?:@!$&'()*+,;=-._~"

# The special-purpose registries of IANA (RFC 6890) in full, because `ipaddress.is_private` and its like leave gaps that
# differ between Python versions. A class of address that is not known to be public is refused.
_IPV4_NOT_PUBLIC = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by carriers",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a cloud's own service",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "for protocols",
    "192.0.2.0/24": "for documentation",
    "192.31.196.0/24": "a sink for stray queries",
    "192.52.193.0/24": "multicast relays",
    "192.88.99.0/24": "6to4 relays",
    "192.168.0.0/16": "private",
    "192.175.48.0/24": "a sink for stray queries",
    "198.18.0.0/15": "for benchmarks",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
# Of IPv6 only 2000::/3 has ever been given out to the public. Loopback, unique local, link-local, site-local,
# multicast, IPv4-mapped, IPv4-compatible and NAT64 (64:ff9b::/96) addresses all lie outside it.
_IPV6_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
_IPV6_NOT_PUBLIC = {
    "2001::/23": "for protocols, Teredo among them",
    "2001:db8::/32": "for documentation",
    "2002::/16": "6to4",
    "2620:4f:8000::/48": "a sink for stray queries",
    "3ffe::/16": "given back",
    "3fff::/20": "for documentation",
}
_IPV4_TABLE = tuple((ipaddress.IPv4Network(network), why) for network, why in _IPV4_NOT_PUBLIC.items())
_IPV6_TABLE = tuple((ipaddress.IPv6Network(network), why) for network, why in _IPV6_NOT_PUBLIC.items())


@dataclass(frozen=True, slots=True)
class WebAddress:
    """The parts of an http or https address.

    ``target`` is path and query, ready for a request line.
    """

    scheme: str
    host: str
    port: int
    target: str

    def __str__(self) -> str:
        """Write the address as a person would."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"

    @property
    def port_is_usual(self) -> bool:
        """Tell whether the port is the scheme's own: 80 for http, 443 for https."""
        return self.port == _PORTS[self.scheme]


def parse_address(address: str, base: str = "") -> WebAddress:
    """Parse an address into its parts, without the fragment.

    It may be relative to ``base``.

    Raises:
        DownloadError: it is not http or https, or is written in a way that different programs read differently.
    """
    if re.search(r"[\x00-\x20\x7f\\]", address):
        raise DownloadError(
            f"the address {address!r} holds a space, a backslash or a control character",
            "write them as %20 and the like",
        )
    try:
        parts = urlsplit(urljoin(base, address))
        port = parts.port
    except ValueError as error:
        raise DownloadError(f"{address!r} is not a web address: {error}", "copy it again from the browser") from error
    if parts.scheme not in _PORTS:
        raise DownloadError(f"{address!r} is neither http nor https", "download it by hand and add the file")
    if "@" in parts.netloc:
        raise DownloadError(f"{address!r} holds a user name or password", "leave out everything up to the @")
    host = parts.hostname or ""
    if not _HOST.fullmatch(host):
        raise DownloadError(f"{address!r} names no host in plain ASCII", "write the name as xn--... or check it")
    target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    return WebAddress(parts.scheme, host, _PORTS[parts.scheme] if port is None else port, target)


def why_not_public(address: str) -> str:
    """Say why a numeric address is not on the public internet.

    Empty where it is.
    """
    number = ipaddress.ip_address(address)
    if isinstance(number, ipaddress.IPv4Address):
        return next((why for network, why in _IPV4_TABLE if number in network), "")
    if number.scope_id is not None or number not in _IPV6_GIVEN_OUT:
        return "loopback" if number.is_loopback else "not a class of IPv6 address given out to the public"
    return next((why for network, why in _IPV6_TABLE if number in network), "")
