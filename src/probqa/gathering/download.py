"""The download of one file from the web: polite, within limits, and only from allowed hosts.

In: an address, and what is known of the file from last time. Out: a ``Download``, None where nothing has changed since,
or one ``DownloadError`` that says why not.

Every address on the way, also one that a redirect leads to, is checked by the same rules before its host is looked up
(here) and before a connection is made (``connection``). docs/decisions/0006-downloading.md says why this is built on
the standard library.

>>> Downloader(frozenset({"www.justiceinspectorates.gov.uk"})).download("https://example.org/report.pdf")
Traceback (most recent call last):
probqa.errors.DownloadError: example.org is not a host that reports are fetched from; see 'hosts' in the catalogue, \
or run: probqa add https://example.org/report.pdf
"""

from __future__ import annotations

import http.client
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from time import monotonic, sleep

from probqa.errors import DownloadError
from probqa.gathering.addresses import WebAddress, parse_address
from probqa.gathering.connection import Connector

USER_AGENT = f"probqa/{version('probqa')} (fetches published inspection reports to quote them)"
SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/epub+zip": ".epub",
    "message/rfc822": ".eml",
    "text/plain": ".txt",
}
# How a file of a kind must start. A PDF may have up to 1,024 bytes before its header (ISO 32000, annex H).
_STARTS = {".pdf": (b"%PDF-", 1024), **dict.fromkeys((".docx", ".odt", ".xlsx", ".pptx", ".epub"), (b"PK\x03\x04", 4))}
# Anything else could steer the terminal that the refusal is shown on.
_KIND = re.compile(r"[a-z0-9.+-]{1,99}/[a-z0-9.+-]{1,99}")
_REDIRECTS = (301, 302, 303, 307, 308)
_BUSY = (429, 503)
_BY_HAND = "open it in a browser, save the file and run: probqa add FILE"
_LATER = "try again later"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one download: sizes in bytes, times in seconds."""

    body: int = 100_000_000
    connect: float = 10.0
    read: float = 20.0
    total: float = 300.0
    redirects: int = 5
    pause: float = 1.0
    longest_wait: float = 60.0
    waits: int = 2


@dataclass(frozen=True, slots=True)
class Download:
    """A whole file, with the address it came from in the end and its kind.

    ``etag`` and ``last_modified`` are sent at the next visit, so that the server can say that nothing has changed.
    """

    url: str
    content: bytes
    suffix: str
    etag: str = ""
    last_modified: str = ""


class _BusyError(DownloadError):
    """A server's request to wait: for ``seconds``, or None where it does not say how long."""

    def __init__(self, problem: str, seconds: float | None) -> None:
        super().__init__(problem, _LATER)
        self.seconds = seconds


class Downloader:
    """A downloader of one file after another, never two at once."""

    def __init__(
        self, hosts: frozenset[str] | None, limits: Limits | None = None, *, loopback_port: int | None = None
    ) -> None:
        """Set which hosts may be asked.

        Only ``hosts``, over https. None stands for any public host, over http or https. ``loopback_port`` is for tests:
        this one port of this machine counts as public.
        """
        self._hosts = hosts
        self._limits = limits or Limits()
        self._loopback_port = loopback_port
        self._connector = Connector(self._limits.connect, self._limits.read, loopback_port=loopback_port)
        self._next_request = 0.0
        self._closed_until: dict[str, float] = {}

    def download(self, url: str, *, etag: str = "", last_modified: str = "") -> Download | None:
        """Download ``url``, following redirects.

        None where the server says that the file has not changed.

        Raises:
            DownloadError: it is refused, not found, too slow, too large, cut short or not a document.
        """
        address = self._allowed(parse_address(url), None)
        known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        known = {name: value for name, value in known.items() if value}
        for waited in range(self._limits.waits + 1):
            self._keep_distance(address.host)
            try:
                return self._follow(address, known)
            except _BusyError as busy:
                wait = busy.seconds
                if wait is not None and wait > self._limits.longest_wait:
                    self._closed_until[address.host] = monotonic() + wait
                if wait is None or wait > self._limits.longest_wait or waited == self._limits.waits:
                    raise
                sleep(wait)
            finally:
                self._next_request = monotonic() + self._limits.pause
        raise AssertionError("the last wait returns or raises")

    def _keep_distance(self, host: str) -> None:
        left = self._closed_until.get(host, 0.0) - monotonic()
        if left > 0:
            raise DownloadError(f"{host} asked to be left alone for another {left:.0f} seconds", _LATER)
        sleep(max(0.0, self._next_request - monotonic()))

    def _follow(self, address: WebAddress, known: dict[str, str]) -> Download | None:
        deadline = monotonic() + self._limits.total
        for _ in range(self._limits.redirects + 1):
            with self._connector.connected(address, deadline) as connection:
                connection.request("GET", address.target, headers=_headers(known))
                response = connection.getresponse()
                location = response.headers.get("Location", "")
                if response.status not in _REDIRECTS or not location:
                    return _received(response, address, known, self._limits)
            # Python reads header text as Latin-1, but servers that send more than ASCII there send UTF-8.
            target = location.encode("latin-1", "replace").decode("utf-8", "replace")
            address = self._allowed(parse_address(target, str(address)), address)
        raise DownloadError(f"{address.host} redirects more than {self._limits.redirects} times", _BY_HAND)

    def _allowed(self, address: WebAddress, before: WebAddress | None) -> WebAddress:
        """Return an address that may be asked, or refuse it before its host is looked up.

        ``before`` is the address that redirected to it.

        Raises:
            DownloadError: its host, scheme or port is not allowed.
        """
        where = f"{before.host} redirects to {address}: " if before else ""
        remedy = _BY_HAND if before else f"see 'hosts' in the catalogue, or run: probqa add {address}"
        if self._hosts is not None and address.host not in self._hosts:
            raise DownloadError(f"{where}{address.host} is not a host that reports are fetched from", remedy)
        if address.scheme != "https" and (self._hosts is not None or (before and before.scheme == "https")):
            raise DownloadError(f"{where}{address} is not https", _BY_HAND)
        if not address.port_is_usual and address.port != self._loopback_port:
            raise DownloadError(f"{where}port {address.port} is not one that web pages are served on", _BY_HAND)
        return address


def _headers(known: dict[str, str]) -> dict[str, str]:
    return {
        "User-Agent": USER_AGENT,
        "Accept": ", ".join(SUFFIXES),
        "Accept-Encoding": "gzip",
        "Connection": "close",
        **known,
    }


def _received(
    response: http.client.HTTPResponse, address: WebAddress, known: dict[str, str], limits: Limits
) -> Download | None:
    if response.status == 304 and known:
        return None
    if response.status != 200:
        raise _refusal(response, address)
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not _KIND.fullmatch(kind):
        kind = ""
    if kind not in SUFFIXES:
        raise DownloadError(
            f"{address.host} serves {kind or 'a file of no named type'}, not a report of a kind that is read",
            "look for the report itself on that site",
        )
    content = _body(response, address, limits.body)
    suffix = SUFFIXES[kind]
    start, within = _STARTS.get(suffix, (b"", 0))
    if not content:
        raise DownloadError(f"{address.host} serves an empty file", _LATER)
    if start not in content[: within + len(start)]:
        raise DownloadError(f"{address.host} calls the file {kind}, but it does not start like one", _BY_HAND)
    charset = response.headers.get_content_charset("")
    return Download(
        url=str(address),
        # Rich Text says its encoding itself.
        content=_as_utf8(content, charset) if kind.startswith("text/") and suffix != ".rtf" else content,
        suffix=suffix,
        etag=_kept(response, "ETag", r'(W/)?"[\x21\x23-\x7e]{0,200}"'),
        last_modified=_kept(response, "Last-Modified", r"[A-Za-z0-9:, +-]{1,40}"),
    )


def _refusal(response: http.client.HTTPResponse, address: WebAddress) -> DownloadError:
    status = response.status
    if status in (404, 410):
        return DownloadError(
            f"{address.host} has nothing at this address any more ({status})",
            "look for the report on that site, save it and run: probqa add FILE",
        )
    if status in (401, 403):
        return DownloadError(f"{address.host} does not let programs have this ({status})", _BY_HAND)
    if status in _BUSY:
        seconds = _seconds(response.headers.get("Retry-After", ""))
        asked = "" if seconds is None else f" and asks to wait {seconds:.0f} seconds"
        return _BusyError(f"{address.host} is busy ({status}){asked}", seconds)
    return DownloadError(f"{address.host} answers {status}", _LATER if status >= 500 else _BY_HAND)


def _seconds(retry_after: str) -> float | None:
    """Return the seconds to wait that a Retry-After header asks for, as a count or as a date.

    None where it is neither.
    """
    if re.fullmatch(r"[0-9]{1,9}", retry_after):
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except (TypeError, ValueError):
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _body(response: http.client.HTTPResponse, address: WebAddress, cap: int) -> bytes:
    """Read a response to its end, never holding more than ``cap`` bytes, packed or unpacked.

    Raises:
        DownloadError: it is larger, packed in another way than gzip, or cut short.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise DownloadError(f"{address.host} packs the file in a way that was not asked for", _BY_HAND)
    too_large = DownloadError(
        f"{address.host} serves more than {cap / 1_000_000:g} MB", "download it by hand and split it into smaller files"
    )
    if (response.length or 0) > cap:
        raise too_large
    unpack = zlib.decompressobj(wbits=31) if encoding != "identity" else None
    content = bytearray()
    received = 0
    while piece := response.read1(65536):
        received += len(piece)
        try:
            content += unpack.decompress(piece, cap + 1 - len(content)) if unpack else piece
        except zlib.error as error:
            raise DownloadError(f"what {address.host} packed does not unpack: {error}", _LATER) from error
        if max(received, len(content)) > cap:
            raise too_large
    if response.length or (unpack and (not unpack.eof or unpack.unused_data)):
        raise DownloadError(f"the file from {address.host} did not arrive whole", _LATER)
    return bytes(content)


def _as_utf8(content: bytes, charset: str) -> bytes:
    """Convert text to UTF-8 with a byte order mark where the header names an encoding.

    Otherwise it would be misread later, when the header is gone. The mark outranks what a page's own <meta> says (HTML
    standard, 13.2.3.2).
    """
    if not re.fullmatch(r"windows-125\d|iso-8859-\d{1,2}|utf-16(le|be)?", charset):
        return content
    try:
        # As in every browser, what calls itself Latin-1 is read as Windows-1252.
        return content.decode("cp1252" if charset == "iso-8859-1" else charset).encode("utf-8-sig")
    except (LookupError, UnicodeError):
        return content


def _kept(response: http.client.HTTPResponse, name: str, shape: str) -> str:
    """Return a header to send back at the next visit.

    Empty where it does not match ``shape``.
    """
    value = response.headers.get(name, "")
    return value if re.fullmatch(shape, value) else ""
