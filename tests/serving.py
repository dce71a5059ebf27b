"""The app's server over an index that needs no model, on a free port of this machine; what tests visit."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import hash_encoder
from conftest import write_corpus
from probqa.asking.library import Library
from probqa.indexing.build import build
from probqa.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Site:
    """A running server and what it serves."""

    url: str
    settings: Settings
    library: Library
    process: subprocess.Popen[bytes]
    log: Path

    def text_of(self, document_id: str) -> str:
        """The frozen text of a document."""
        document = self.library.generation.document(document_id)
        assert document is not None, document_id
        return document.text


@contextmanager
def served(place: Path, files: Mapping[str, str | bytes], base: str = "", **environment: str) -> Iterator[Site]:
    """Index ``files`` with the hash encoder below ``place`` and serve them to this machine, under the path ``base``."""
    chosen = indexed(place, files)
    with pytest.MonkeyPatch.context() as patch:
        hash_encoder.install(patch.setattr)
        library = Library(chosen)
    log = place / "server.log"
    with serving(chosen, log, base, **environment) as (url, process):
        yield Site(url, chosen, library, process, log)
    library.close()


def indexed(place: Path, files: Mapping[str, str | bytes]) -> Settings:
    """Index ``files`` with the hash encoder below ``place``."""
    chosen = Settings(corpus=place / "corpus", index=place / "index", model=hash_encoder.MODEL)
    write_corpus(chosen.corpus, files)
    with pytest.MonkeyPatch.context() as patch:
        hash_encoder.install(patch.setattr)
        build(chosen)
    return chosen


@contextmanager
def serving(
    chosen: Settings, log: Path, base: str = "", script: str = "serve.py", **environment: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve an index to this machine, under the path ``base``: its address without that, and the process.

    ``script`` serves the public app, or that for staff.
    """
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
        "PROBQA_CORPUS": str(chosen.corpus),
        "PROBQA_INDEX": str(chosen.index),
        "PROBQA_MODEL": chosen.model,
        "PROBQA_READER": chosen.reader,
        "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
        "STREAMLIT_SERVER_BASE_URL_PATH": base,
        **environment,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "browser" / script), str(port)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        ready = "_stcore/health" if script == "serve.py" else "sign-in"
        _wait_until_it_answers(f"{url}{base}/{ready}", process, log)
        yield url, process
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start:\n{log.read_text()}")
            time.sleep(0.1)
