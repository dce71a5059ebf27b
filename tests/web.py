"""A web server on loopback that answers as it is told, byte for byte, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HOST = "reports.test"
PAGE = b"<!doctype html><title>Report</title><p>It was good.</p>"


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]


Answer = bytes | Callable[[Request, socket.socket], None]


def page(
    content: bytes = PAGE, *headers: str, kind: str = "text/html", status: str = "200 OK", length: int | None = None
) -> bytes:
    """A whole response; ``length`` is what it claims, where that is not the truth."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(content) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def redirect(location: str, status: str = "302 Found") -> bytes:
    return f"HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


@dataclass
class Web:
    """``routes`` maps a path to a response, or to a function that writes one; a path not there is a 404."""

    port: int
    scheme: str
    routes: dict[str, Answer] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    server_names: list[str | None] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/report", host: str = HOST) -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def serve(self, listener: socket.socket, context: ssl.SSLContext | None) -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), plain:
                plain.settimeout(5)
                if context is None:
                    self._answer(plain)
                else:
                    with context.wrap_socket(plain, server_side=True) as secret:
                        self._answer(secret)
                        # A test may have cut the connection itself.
                        with contextlib.suppress(OSError, ValueError):
                            secret.unwrap()

    def _answer(self, connection: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                return
            received += piece
        first, *lines = received.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        request = Request(first.split(" ")[1], dict(line.split(": ", 1) for line in lines))
        self.requests.append(request)
        answer = self.routes.get(request.path, page(b"gone", status="404 Not Found"))
        if callable(answer):
            answer(request, connection)
        else:
            connection.sendall(answer)


@contextlib.contextmanager
def web(certificate: tuple[Path, Path] | None = None, host: str = "127.0.0.1") -> Iterator[Web]:
    listener = socket.create_server((host, 0))
    here = Web(listener.getsockname()[1], "https" if certificate else "http")
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        context.sni_callback = lambda _socket, name, _context: here.server_names.append(name)
    thread = threading.Thread(target=here.serve, args=(listener, context))
    thread.start()
    try:
        yield here
    finally:
        here.closing.set()
        # Only a shutdown wakes a thread that waits in accept.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def make_certificate(folder: Path, host: str = HOST) -> tuple[Path, Path]:
    """A certificate for ``host`` that nobody signed but itself, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed: no certificate for a server of our own")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key


class Names:
    """A name service: what each name stands for now, and which names were looked up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.numbers: dict[str, list[str]] = {HOST: ["127.0.0.1"]}
        self.asked: list[str] = []
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def _look_up(self, host: str, port: int, family: int = 0, type: int = 0, *rest: int, **named: int) -> list[object]:  # noqa: A002
        if host not in self.numbers:
            # Numbers need no name service; a real name must not reach one from a test.
            return list(self._real(host, port, family, type, 0, socket.AI_NUMERICHOST))
        self.asked.append(host)
        return [
            found for number in self.numbers[host] for found in self._real(number, port, 0, socket.SOCK_STREAM, 0, 0)
        ]
