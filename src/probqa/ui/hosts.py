"""Under which names this server answers: what a ``Host`` header and an ``Origin`` may say.

In: header values, and the names that are configured. Out: whether they name this server. A page that has its own name
point to this machine (DNS rebinding) still sends that name, and so is told nothing.

>>> hosts = Hosts(["reports.example"])
>>> [hosts.named(host) for host in ("LOCALHOST:8501", "[::1]", "Reports.example.", "localhost@evil.example")]
[('localhost', '8501'), ('::1', ''), ('reports.example', ''), None]
>>> hosts.named("evil.example") is None, hosts.may_open("https://evil.example", ("localhost", "8501"))
(True, False)
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from probqa.errors import InputError

# A name and a port.
Authority = tuple[str, str]

_AUTHORITY = re.compile(
    r"(?:\[(?P<six>[0-9a-f:.]{2,45})\]|(?P<name>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?)(?::(?P<port>[0-9]{1,5}))?",
    re.IGNORECASE | re.ASCII,
)


class Hosts:
    """The names a server answers to: localhost, loopback addresses, and those that are configured."""

    def __init__(self, configured: Iterable[str]) -> None:
        """Take the configured names.

        Addresses of IPv6 may stand in brackets or not.

        Raises:
            InputError: one is not a host name.
        """
        self._configured = {_configured(name) for name in configured}

    def named(self, host: str) -> Authority | None:
        """Return the name and port that a ``Host`` header says, or None where that is not this server."""
        authority = _authority(host)
        if authority is None:
            return None
        name, _ = authority
        return authority if name == "localhost" or name in self._configured or _is_loopback(name) else None

    def may_open(self, origin: str, host: Authority) -> bool:
        """Tell whether a page of ``origin`` may open a connection to this server, called ``host`` by it.

        A proxy may call the server by another name than visitors do; theirs must be configured then.
        """
        scheme, _, rest = origin.partition("://")
        authority = _authority(rest)
        if scheme not in ("http", "https") or authority is None:
            return False
        return authority == host or authority[0] in self._configured

    def is_this_machine(self, host: str) -> bool:
        """Tell whether a ``Host`` header names the machine that the browser runs on."""
        authority = _authority(host)
        return authority is not None and (authority[0] == "localhost" or _is_loopback(authority[0]))


def _authority(text: str) -> Authority | None:
    """Return a name in lower case without the last dot, and a port.

    It is None for all that is not plainly that.
    """
    authority = _AUTHORITY.fullmatch(text)
    if authority is None:
        return None
    name, port = (authority["name"] or "").lower(), authority["port"] or ""
    if authority["six"]:
        try:
            name = str(ipaddress.IPv6Address(authority["six"]))
        except ValueError:
            return None
    return name, port


def _configured(name: str) -> str:
    authority = _authority(f"[{name}]" if name.count(":") > 1 and "[" not in name else name)
    if authority is None or authority[1]:
        raise InputError(f"PROBQA_HOSTS names {name!r}, which is not a host name", "leave out scheme, port and path")
    return authority[0]


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
