"""The app for staff as it is served, on a free port of this machine; what tests visit."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from conftest import REPORTS, write_corpus
from probqa.staff.passwords import hashed
from serving import free_port

ROOT = Path(__file__).resolve().parents[1]
RIGHT = "cobweb granite tulip"


@dataclass
class Site:
    """A running app for staff."""

    port: int
    base: str
    corpus: Path
    output: Path

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """Ask for an address below the base path."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        connection.request(method, f"{self.base}{path}", body, dict(headers or {}))
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def sign_in(self, password: str = RIGHT) -> http.client.HTTPResponse:
        """Sign in as a browser does."""
        form = urlencode({"name": "Anna", "password": password}).encode()
        return self.ask("POST", "/sign-in", form, {"Origin": f"http://localhost:{self.port}"})

    def cookie(self) -> str:
        """Sign in, and return what the browser is given for it."""
        return str(self.sign_in().headers["set-cookie"]).partition(";")[0]


@contextmanager
def staff_served(place: Path, base: str = "/inside") -> Iterator[Site]:
    """Serve a corpus of three reports below ``place`` to Anna, under the path ``base``."""
    write_corpus(place / "corpus", REPORTS)
    people = place / "people.toml"
    people.write_text(f'[people]\nAnna = "{hashed(RIGHT)}"\n')
    people.chmod(0o600)
    found = Site(free_port(), base, place / "corpus", place / "server.log")
    command = [sys.executable, "-m", "probqa.cli", "staff", "--port", str(found.port), "--base-path", base.strip("/")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PROBQA_", "STREAMLIT_"))}
    environment |= {"PYTHONPATH": str(ROOT / "src"), "PROBQA_STAFF": "people.toml"}
    with found.output.open("wb") as output:
        process = subprocess.Popen(command, cwd=place, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                found.ask("GET", "/sign-in")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"the server did not start:\n{found.output.read_text()}")
                time.sleep(0.1)
        yield found
    finally:
        process.terminate()
        process.wait(10)
