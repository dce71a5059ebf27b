"""Law 8: nothing leaves and nothing is left. Seen at the system calls of every process, whatever library makes them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from pwd import getpwuid

import pytest

from conftest import REPORTS, write_corpus
from day import LONG_ENOUGH, QUOTE, RIGHT
from probqa.settings import Settings
from probqa.staff.log import Log
from probqa.staff.passwords import hashed
from recorder import need_a_network_of_its_own, need_strace, record
from serving import ROOT, free_port

OPENS_A_SESSION = f"""
import onnxruntime, sys, time
session = onnxruntime.InferenceSession(sys.argv[1])
time.sleep({LONG_ENOUGH})
"""
LOOKS_UP = "ctypes.CDLL(None).getaddrinfo(b'stranger.invalid', None, None, ctypes.byref(ctypes.c_void_p()))"
CONNECTS = "socket.socket().connect_ex(('192.0.2.1', 443))"
SENDS = """
try:
    socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 9))
except OSError:
    pass
"""


@pytest.fixture(scope="module", autouse=True)
def strace() -> None:
    need_strace()


@pytest.fixture
def at_home(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody whose home and temporary folder are empty."""
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "home" / "cache"),
        "TMPDIR": str(tmp_path / "tmp"),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.mark.model
def test_in_a_whole_day_nothing_is_looked_up_reached_or_left(tmp_path: Path, at_home: dict[str, str]) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    write_corpus(corpus, REPORTS)
    day = [sys.executable, str(ROOT / "tests" / "day.py"), str(corpus), str(index), str(free_port()), str(free_port())]
    people = tmp_path / "people.toml"
    people.touch(0o600)
    people.write_text(f'[people]\nAnna = "{hashed(RIGHT)}"\n')
    recording = record(day, at_home | {"PROBQA_STAFF": str(people)}, tmp_path / "calls")
    assert json.loads(recording.output) == {
        "exit codes": [0] * 7,
        "pages": [True] * 7,
        "healthz": "ready",
        "api": QUOTE,
        "api check": "found",
        "another site's page": 403,
        "staff's page": True,
    }
    assert recording.reached == frozenset()
    assert {path for path in recording.made if path.is_relative_to(index)}
    temporary = {Path(os.devnull), Path("/dev/shm"), tmp_path / "tmp"}
    outside = {path for path in recording.made if not any(path.is_relative_to(one) for one in {index, *temporary})}
    # Who did what is kept with the reports.
    assert outside == {corpus / ".log.jsonl"}
    who = [(line.act.who, line.act.what) for line in Log(corpus / ".log.jsonl").lines() if line.act]
    assert who == [(getpwuid(os.getuid()).pw_name, "build"), ("Anna", "sign in")]
    assert {path.name: list(path.iterdir()) for path in (tmp_path / "home", tmp_path / "tmp")} == {
        "home": [],
        "tmp": [],
    }
    assert {path.name for path in corpus.rglob("*.*")} == {".log.jsonl", *(Path(name).name for name in REPORTS)}


@pytest.mark.model
def test_the_recorder_sees_onnxruntime_when_it_is_let(
    real_index: Settings, tmp_path: Path, at_home: dict[str, str]
) -> None:
    need_a_network_of_its_own()
    [encoder] = real_index.index.glob("*/encoder.onnx")
    opens = [sys.executable, "-c", OPENS_A_SESSION, str(encoder)]
    loud = record(opens, at_home, tmp_path / "loud", alone=True)
    assert {where.rpartition(" ")[2] for where in loud.reached} == {"53"}
    assert any(path.is_relative_to(tmp_path / "home") for path in loud.made)
    quiet = record(opens, at_home | {"ORT_DISABLE_TELEMETRY": "1"}, tmp_path / "quiet", alone=True)
    assert quiet.reached == frozenset()


@pytest.mark.parametrize(("reaches", "where"), [(LOOKS_UP, " port 53"), (CONNECTS, " port 443"), (SENDS, " port 9")])
def test_the_recorder_sees_look_ups_connections_and_datagrams(
    tmp_path: Path, at_home: dict[str, str], reaches: str, where: str
) -> None:
    need_a_network_of_its_own()
    program = f"import ctypes, socket\n{reaches}"
    recording = record([sys.executable, "-c", program], at_home, tmp_path / "calls", alone=True)
    assert recording.reached
    assert all(reached.endswith(where) for reached in recording.reached), recording.reached


def test_the_recorder_sees_a_file_that_is_left(tmp_path: Path, at_home: dict[str, str]) -> None:
    leaves = "import pathlib; pathlib.Path.home().joinpath('left').write_text('')"
    assert record([sys.executable, "-c", leaves], at_home, tmp_path / "calls").made == {tmp_path / "home" / "left"}
