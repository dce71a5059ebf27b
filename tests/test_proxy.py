"""Behind nginx as deploy/nginx.conf sets it: two app processes on one index, and what visitors see when one changes."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.sync.client import connect

import hash_encoder
from conftest import REPORTS, write_corpus
from probqa.indexing.build import build
from probqa.settings import Settings
from serving import free_port, indexed, serving
from streamlit_page import Page

CONFIGURATION = Path(__file__).resolve().parents[1] / "deploy/nginx.conf"
HOST = "reports.example.org"
BASE = "/reports"
# The drafts of a test have no page that would have given them a mark.
SERVED = {"PROBQA_HOSTS": HOST, "STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false"}
# Loopback addresses, each of which nginx sends to one of the processes.
ADDRESSES = tuple(f"127.0.0.{number}" for number in range(2, 30))
REQUIRED = os.environ.get("PROBQA_REQUIRE_NGINX")
pytestmark = pytest.mark.skipif(not shutil.which("nginx") and not REQUIRED, reason="there is no nginx")


@dataclass
class Proxied:
    """nginx on ``port``, and the processes behind it."""

    port: int
    settings: Settings
    processes: list[subprocess.Popen[bytes]]
    logs: list[Path]
    proxy: subprocess.Popen[bytes]


def written(place: Path, port: int, behind: list[int]) -> Path:
    """The configuration that comes with probqa, as it stands but for ports, in a frame for a user without rights."""
    ours = CONFIGURATION.read_text(encoding="utf-8").replace("listen 80", f"listen 127.0.0.1:{port}")
    for given, real in zip(("8501", "8502"), behind, strict=True):
        assert ours.count(f"127.0.0.1:{given}") == 1
        ours = ours.replace(f"127.0.0.1:{given}", f"127.0.0.1:{real}")
    temporary = "".join(
        f"{kind}_temp_path {place}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = place / "nginx.conf"
    file.write_text(
        f"daemon off; pid {place}/pid; error_log {place}/error.log;\nevents {{}}\n"
        f"http {{ access_log off;\n{temporary}{ours}}}\n"
    )
    return file


@contextmanager
def nginx(place: Path, port: int, behind: list[int]) -> Iterator[subprocess.Popen[bytes]]:
    command = ["nginx", "-e", str(place / "error.log"), "-p", str(place), "-c", str(written(place, port, behind))]
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 5).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, (place / "error.log").read_text()
                time.sleep(0.02)
        yield process
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    place = tmp_path_factory.mktemp("proxied")
    chosen = indexed(place, REPORTS)
    with ExitStack() as stack:
        logs = [place / "first.log", place / "second.log"]
        running = [stack.enter_context(serving(chosen, log, BASE, **SERVED)) for log in logs]
        port = free_port()
        proxy = stack.enter_context(nginx(place, port, [urlsplit(url).port or 0 for url, _ in running]))
        yield Proxied(port, chosen, [process for _, process in running], logs, proxy)


def get(proxied: Proxied, path: str, origin: str = ADDRESSES[0], host: str = HOST, **headers: str) -> tuple[int, bytes]:
    """Ask the proxy from one of this machine's loopback addresses; status and body, 0 where it hung up."""
    connection = http.client.HTTPConnection("127.0.0.1", proxied.port, timeout=30, source_address=(origin, 0))
    try:
        connection.request("GET", path, headers={"Host": host, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (http.client.RemoteDisconnected, ConnectionResetError):
        return 0, b""
    finally:
        connection.close()


@contextmanager
def page(proxied: Proxied, origin: str) -> Iterator[Page]:
    """Open a page through the proxy from one of this machine's loopback addresses."""
    with connect(
        f"ws://{HOST}{BASE}/_stcore/stream",
        sock=socket.create_connection(("127.0.0.1", proxied.port), 30, (origin, 0)),
        origin=f"https://{HOST}",  # type: ignore[arg-type]
        subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=None,
    ) as connection:
        yield Page(connection)


def drawn(visitor: Page, question: str) -> str:
    """Ask, and return all that was drawn."""
    before = len(visitor.frames)
    assert visitor.run(q=question)
    return "".join(
        frame.delta.new_element.html.body for frame in visitor.frames[before:] if frame.WhichOneof("type") == "delta"
    )


def served_by(proxied: Proxied, origin: str) -> int:
    """Which process a visitor from there has: the one that complains of nonsense."""
    before = [log.stat().st_size for log in proxied.logs]
    with page(proxied, origin) as visitor:
        visitor.send("nonsense")
        deadline = time.monotonic() + 20
        while True:
            grown = [log.stat().st_size > size for log, size in zip(proxied.logs, before, strict=True)]
            if any(grown):
                assert sum(grown) == 1
                return grown.index(True)
            assert time.monotonic() < deadline
            time.sleep(0.01)


def one_of_each(proxied: Proxied) -> list[str]:
    """An address from which visitors get to the first process, and one for the second."""
    found: dict[int, str] = {}
    for origin in ADDRESSES:
        found.setdefault(served_by(proxied, origin), origin)
        if len(found) == 2:
            return [found[0], found[1]]
    pytest.fail("all visitors get to one process")


def put(proxied: Proxied, session: str, origin: str, size: int = 10) -> int:
    """Send a draft of so many bytes; the status of the answer."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n' + b"a" * size + b"\r\n--x--\r\n"
    )
    place = "01234567-89ab-cdef-0123-456789abcdef"
    connection = http.client.HTTPConnection("127.0.0.1", proxied.port, timeout=30, source_address=(origin, 0))
    headers = {"Host": HOST, "Content-Type": "multipart/form-data; boundary=x"}
    connection.request("PUT", f"{BASE}/_stcore/upload_file/{session}/{place}", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_app_is_there_below_its_path_under_its_name_alone(proxied: Proxied) -> None:
    status, body = get(proxied, f"{BASE}/?q=how+did+Northway+supervise+people+at+low+risk")
    assert (status, b"Northway supervised people at low risk by a telephone call" in body) == (200, True)
    assert get(proxied, BASE)[0] == 301
    for path in ("/healthz", "/api/documents", "/about", "/read?document=ambleton"):
        assert (path, get(proxied, BASE + path)[0]) == (path, 200)
    assert get(proxied, "/")[0] == get(proxied, "/healthz")[0] == 404
    assert get(proxied, f"{BASE}/", host="evil.example")[0] == 0
    # What the app closes is closed here too, however it is written.
    for path in ("/_stcore/metrics", "/%5fstcore/metrics", "/x/..%2f_stcore/metrics", "//_stcore/metrics"):
        assert get(proxied, BASE + path)[0] in (400, 404)


def test_a_visitor_keeps_one_process_with_drafts_and_all(proxied: Proxied) -> None:
    first, second = one_of_each(proxied)
    assert [served_by(proxied, first) for _ in range(3)] == [0, 0, 0]
    with page(proxied, first) as visitor:
        assert visitor.run()
        session = visitor.frames[0].new_session.initialize.session_id
        assert [put(proxied, session, first) for _ in range(3)] == [204] * 3
        assert put(proxied, session, second) == 400, "the control: the other process does not know the page"
        assert put(proxied, session, first, 7_000_000) == 413


def test_nobody_counts_as_somebody_else_by_saying_so(proxied: Proxied) -> None:
    origin = ADDRESSES[-1]
    asked = [get(proxied, f"{BASE}/api/documents", origin, **{"X-Forwarded-For": f"192.0.2.{n}"})[0] for n in range(60)]
    assert asked[0] == 200
    assert 429 in asked
    assert get(proxied, f"{BASE}/api/documents", ADDRESSES[-2])[0] == 200


def test_one_address_cannot_take_all_places(proxied: Proxied) -> None:
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(page(proxied, ADDRESSES[-3]))
        assert get(proxied, f"{BASE}/healthz", ADDRESSES[-3])[0] == 429
        assert get(proxied, f"{BASE}/healthz", ADDRESSES[-4])[0] == 200


def test_open_pages_of_both_go_on_over_a_swap_with_the_new_generation(proxied: Proxied) -> None:
    question = "how did Northway supervise people at low risk?"
    with ExitStack() as stack:
        pages = [stack.enter_context(page(proxied, origin)) for origin in one_of_each(proxied)]
        for weeks in ("seven", "five", "three"):
            changed = str(REPORTS["ambleton.md"]).replace("every nine weeks", f"every {weeks} weeks")
            write_corpus(proxied.settings.corpus, {"ambleton.md": changed})
            with pytest.MonkeyPatch.context() as patch:
                hash_encoder.install(patch.setattr)
                build(proxied.settings)
            for visitor in pages:
                found = re.findall(r"telephone call every (\w+) weeks", drawn(visitor, question))
                assert set(found) == {weeks}


def test_visitors_of_a_process_that_is_killed_go_on_with_the_other(tmp_path: Path) -> None:
    chosen = indexed(tmp_path, REPORTS)
    logs = [tmp_path / "first.log", tmp_path / "second.log"]
    with ExitStack() as stack:
        running = [stack.enter_context(serving(chosen, log, BASE, **SERVED)) for log in logs]
        port = free_port()
        proxy = stack.enter_context(nginx(tmp_path, port, [urlsplit(url).port or 0 for url, _ in running]))
        there = Proxied(port, chosen, [process for _, process in running], logs, proxy)
        first, second = one_of_each(there)
        there.processes[0].send_signal(signal.SIGKILL)
        there.processes[0].wait(10)
        for origin in (first, second, first):
            assert get(there, f"{BASE}/healthz", origin)[0] == 200
            with page(there, origin) as visitor:
                assert "nine weeks" in drawn(visitor, "how did Northway supervise people at low risk?")
        there.processes[1].send_signal(signal.SIGKILL)
        there.processes[1].wait(10)
        status, body = get(there, f"{BASE}/", first)
        assert (status, body) == (503, b"The app is being started. Try again in some seconds.\n")
