"""Programs that a fresh process runs for a test; started with ``fresh``."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from probqa.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def fresh(program: str, chosen: Settings, *arguments: str, hash_seed: str = "0") -> Any:
    """Run ``program`` of this module in a fresh process and give back what it printed as JSON."""
    call = f"import asking; asking.{program}()"
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", call, *map(str, dataclasses.astuple(chosen)), *arguments],
        env=os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _settings() -> Settings:
    corpus, index, model, reader, pointer = sys.argv[1:6]
    if model == "hash model":
        import hash_encoder

        hash_encoder.install()
    if reader == "hash reader":
        import hash_reader

        hash_reader.install()
    return Settings(Path(corpus), Path(index), model, reader, pointer)


def _ask(chosen: Settings, questions: list[str]) -> list[dict[str, Any]]:
    from probqa import rendering
    from probqa.asking.library import Library

    library = Library(chosen)
    answers = [rendering.to_json(library.ask(question)) for question in questions]
    library.close()
    for answer in answers:
        del answer["timings_ms"]
    return answers


def answers() -> None:
    """Print the answers to the questions given, timings left out."""
    json.dump(_ask(_settings(), sys.argv[6:]), sys.stdout)


def modules() -> None:
    """Ask, then print every module that was imported."""
    _ask(_settings(), sys.argv[6:])
    json.dump(sorted(sys.modules), sys.stdout)


def silent() -> None:
    """Refuse the network, show that it is refused, then ask; print the calls that were refused while asking."""
    import socket

    refused: list[str] = []

    def refuse(event: str, _: tuple[Any, ...]) -> None:
        if event.split(".")[0] in ("socket", "urllib", "http", "ftplib", "smtplib"):
            refused.append(event)
            raise ConnectionRefusedError(event)

    sys.addaudithook(refuse)
    for reach_out in (
        lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
        lambda: socket.getaddrinfo("example.org", 80),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("127.0.0.1", 9)),
    ):
        try:
            reach_out()
        except ConnectionRefusedError:
            continue
        raise AssertionError("the refusal does not work")
    refused.clear()
    statuses = [answer["status"] for answer in _ask(_settings(), sys.argv[6:])]
    json.dump({"refused": refused, "statuses": statuses}, sys.stdout)


def fresh_build() -> None:
    """Build, and print the name and every file's digest."""
    from probqa.indexing.build import build
    from probqa.indexing.generation import Generation

    chosen = _settings()
    report = build(chosen)
    generation = Generation.live(chosen.index)
    json.dump([report.generation, dataclasses.asdict(generation.manifest)["files"]], sys.stdout)
    generation.close()
