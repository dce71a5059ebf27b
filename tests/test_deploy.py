"""The systemd units and the container file: what they run is there, and the healthcheck tells a server that answers."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conftest import REPORTS
from probqa import cli
from serving import Site, served

ROOT = Path(__file__).resolve().parents[1]
UNITS = sorted((ROOT / "deploy").glob("*.service"))
CONTAINER = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8")
INSTRUCTIONS = [
    line.split(maxsplit=1) for line in CONTAINER.replace("\\\n", "").splitlines() if line and not line.startswith("#")
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("site"), REPORTS) as site:
        yield site


def unit(path: Path) -> configparser.SectionProxy:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(path, encoding="utf-8")
    return read["Service"]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_that_there_is_as_nobody_in_particular(path: Path) -> None:
    program, *arguments = shlex.split(unit(path)["ExecStart"].replace("%i", "8501"))
    assert program == "/opt/probqa/.venv/bin/probqa"
    assert cli.parser().parse_args(arguments).command
    assert (unit(path)["User"], unit(path)["NoNewPrivileges"], unit(path)["ProtectSystem"]) == (
        "probqa", "yes", "strict",
    )  # fmt: skip
    assert unit(path)["IPAddressDeny"] == "any", "nothing leaves"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_takes_every_line_of_a_unit_and_finds_it_shut(path: Path, tmp_path: Path) -> None:
    here = tmp_path / path.name.replace("@", "@8501")
    here.write_text(path.read_text().replace("/opt/probqa/.venv/bin/probqa", sys.executable))
    run = lambda *words: subprocess.run(  # noqa: E731
        ["systemd-analyze", *words, str(here)], capture_output=True, text=True, check=False, timeout=60
    )
    verified = run("verify")
    said = [line for line in (verified.stdout + verified.stderr).splitlines() if here.name in line]
    assert (verified.returncode, said) == (0, [])
    here.write_text(here.read_text().replace("NoNewPrivileges=", "NoNewPriviledges="))
    assert "NoNewPriviledges" in run("verify").stderr, "the control: a word that there is not"
    exposure = re.search(r"exposure level for \S+ ([\d.]+)", run("security", "--offline=true").stdout)
    assert exposure
    assert float(exposure[1]) < 2.5


def test_the_container_runs_as_nobody_in_particular_from_a_named_version_and_takes_no_secret_along() -> None:
    last = max(at for at, (word, _) in enumerate(INSTRUCTIONS) if word == "FROM")
    assert {rest.split()[0] for word, rest in INSTRUCTIONS if word == "FROM"} == {"python:3.11-slim-bookworm"}
    assert [rest for word, rest in INSTRUCTIONS[last:] if word == "USER"] == ["probqa"]
    assert {word for word, _ in INSTRUCTIONS} <= set(
        "FROM WORKDIR COPY RUN USER VOLUME ENV EXPOSE HEALTHCHECK CMD".split()
    )
    ignored = (ROOT / ".dockerignore").read_text().split("\n")
    assert {".git", ".venv", "corpus/reports", "corpus/.removed", "index/*"} <= set(ignored)
    command = json.loads(next(rest for word, rest in INSTRUCTIONS if word == "CMD"))
    assert command[0] == "probqa"
    assert cli.parser().parse_args(command[1:]).command


def test_the_healthcheck_tells_a_server_that_answers_from_one_that_does_not(site: Site) -> None:
    rest = next(rest for word, rest in INSTRUCTIONS if word == "HEALTHCHECK")
    _, *arguments = json.loads(rest.partition("CMD ")[2])
    port = str(urlsplit(site.url).port)

    def check(code: str) -> int:
        return subprocess.run(
            [sys.executable, *arguments[:-1], code], stderr=subprocess.DEVNULL, check=False
        ).returncode

    code = arguments[-1].replace("8501", port)
    assert check(code) == 0
    assert check(code.replace("/healthz", "/api/nothing")) == 1
    assert check(code.replace(port, "9")) == 1
