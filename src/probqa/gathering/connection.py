"""A connection that leads only to a public host and bounds every wait.

In: a ``WebAddress`` and a deadline. Out: an ``http.client.HTTPConnection`` that is connected already, or one
``DownloadError``.

The name is looked up once, every address it stands for must be public (``addresses``), and the connection goes to one
of the addresses that were checked. So a second, different answer of the name service cannot lead elsewhere (DNS
rebinding). The certificate is checked against the name. Proxy variables are not read.

>>> from probqa.gathering.addresses import parse_address
>>> with Connector(connect=5, read=5).connected(parse_address("http://2130706433/"), monotonic() + 5):
...     pass
Traceback (most recent call last):
probqa.errors.DownloadError: 2130706433 stands for 127.0.0.1, which is not a public address (loopback); \
download it by hand and run: probqa add FILE
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
from collections.abc import Iterator
from functools import cached_property
from time import monotonic
from typing import cast

from probqa.errors import DownloadError
from probqa.gathering.addresses import WebAddress, why_not_public

_LATER = "try again later"


class Connector:
    """The opener of connections."""

    def __init__(self, connect: float, read: float, *, loopback_port: int | None = None) -> None:
        """Set the longest single waits, in seconds, to connect and to read.

        ``loopback_port`` is for tests: this one port of this machine counts as public.
        """
        self._connect = connect
        self._read = read
        self._loopback_port = loopback_port

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        """Load the certificate authorities that this system trusts.

        They are loaded at first use, because that takes a while and http needs none.
        """
        return ssl.create_default_context()

    @contextlib.contextmanager
    def connected(self, address: WebAddress, deadline: float) -> Iterator[http.client.HTTPConnection]:
        """Connect to the address for as long as the block lasts.

        What goes wrong on the network within the block becomes a ``DownloadError`` as well. ``deadline`` is a time of
        ``time.monotonic``.

        Raises:
            DownloadError: the host is unknown, not public, too slow or not the one it should be, or it broke off.
        """
        with _plainly(address.host), self._reach(address, deadline) as plain:
            connection = http.client.HTTPConnection(address.host, address.port)
            connection.default_port = 443 if address.scheme == "https" else 80
            connection.sock = cast(socket.socket, _TimedSocket(plain, self._read, deadline))
            yield connection

    def _reach(self, address: WebAddress, deadline: float) -> socket.socket:
        numbers = self._public(address)
        for number in numbers:
            try:
                plain = socket.create_connection((number, address.port), _time_left(deadline, self._connect))
                break
            except OSError:
                if number == numbers[-1]:
                    raise
        if address.scheme == "http":
            return plain
        return self._certificates.wrap_socket(plain, server_hostname=address.host, suppress_ragged_eofs=False)

    def _public(self, address: WebAddress) -> list[str]:
        """Look up every numeric address of the host, in the order the system prefers.

        This is the only look-up of a download's host.

        Raises:
            DownloadError: one of them is not public.
        """
        entries = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        numbers = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
        for number in numbers:
            why = why_not_public(number)
            if why and not (why == "loopback" and address.port == self._loopback_port):
                raise DownloadError(
                    f"{address.host} stands for {number}, which is not a public address ({why})",
                    "download it by hand and run: probqa add FILE",
                )
        return numbers


def _time_left(deadline: float, at_most: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, at_most)


class _TimedSocket:
    """The part of a socket that ``http.client`` uses, with every wait cut to the time left for the whole download."""

    def __init__(self, plain: socket.socket, read: float, deadline: float) -> None:
        self._plain = plain
        self._read = read
        self._deadline = deadline

    def sendall(self, content: bytes) -> None:
        self._plain.settimeout(_time_left(self._deadline, self._read))
        self._plain.sendall(content)

    def recv_into(self, buffer: memoryview) -> int:
        self._plain.settimeout(_time_left(self._deadline, self._read))
        return self._plain.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        assert mode == "rb"
        return io.BufferedReader(_TimedReader(self))

    def close(self) -> None:
        """Leave the socket open.

        ``http.client`` calls this before the body is read. ``connected`` closes the socket.
        """


class _TimedReader(io.RawIOBase):
    def __init__(self, timed: _TimedSocket) -> None:
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._timed.recv_into(buffer)


@contextlib.contextmanager
def _plainly(host: str) -> Iterator[None]:
    """Turn what the network and ``http.client`` raise into a ``DownloadError`` of one line."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise DownloadError(f"the certificate of {host} is not valid: {error.verify_message}", _LATER) from error
    except socket.gaierror as error:
        raise DownloadError(f"there is no host {host} to be found ({error.strerror})", "check the network") from error
    except TimeoutError as error:
        raise DownloadError(f"{host} is too slow", _LATER) from error
    except http.client.IncompleteRead as error:
        raise DownloadError(f"the file from {host} did not arrive whole", _LATER) from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise DownloadError(f"the connection with {host} failed: {reason}", _LATER) from error
