"""The parsing of files from strangers in a separate process that can be killed.

In: a format and the bytes of a file. Out: a ``Reading``, or one ``ReadingError``: the worker gave up, was too slow,
used too much memory or crashed. Tika 4 and the browsers do the same, because every parser hangs or crashes on some
file.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import probqa
from probqa.errors import ReadingError
from probqa.reading.assembly import Reading
from probqa.reading.formats.wire import from_json

Format = Literal["pdf", "html", "docx", "epub", "eml", "odt", "xlsx", "pptx", "rtf"]
# What else is wanted of a PDF.
Task = Format | Literal["places", "picture"]

_MAX_ANSWER_BYTES = 200_000_000
_REPAIR = "open it in its own program and save it anew, or remove it"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits for one file: seconds by the clock, seconds of processor time, and bytes of memory."""

    wall_seconds: float = 30
    cpu_seconds: int = 20
    memory_bytes: int = 1_000_000_000


# A page takes some seconds to be recognised.
RECOGNISING = Limits(wall_seconds=1_800, cpu_seconds=900, memory_bytes=2_000_000_000)


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Tesseract: its absolute path, and the languages to recognise as it names them ("eng+cym")."""

    path: str
    languages: str


def find_recogniser(languages: str) -> Recogniser:
    """Return the program that recognises the words of scans, as the person has installed it.

    Raises:
        ReadingError: it is not installed.
    """
    path = shutil.which("tesseract")
    if path is None:
        remedy = "install it (Debian: apt install tesseract-ocr, macOS: brew install tesseract), and run this again"
        raise ReadingError("could not be recognised: tesseract is not installed", remedy)
    return Recogniser(str(Path(path).absolute()), languages)


def recogniser_version(recogniser: Recogniser) -> str:
    """Return the name and version of the program, as it says itself, and its languages."""
    try:
        done = subprocess.run([recogniser.path, "--version"], capture_output=True, timeout=10, check=False)  # noqa: S603
        says = (done.stdout or done.stderr).decode(errors="replace").partition("\n")[0].strip()[:40]
    except (OSError, subprocess.TimeoutExpired):
        says = ""
    return f"{says if says.startswith('tesseract') else 'tesseract'} {recogniser.languages}"


def parse(
    file_format: Format, content: bytes, limits: Limits = Limits(), recogniser: Recogniser | None = None
) -> Reading:
    """Parse ``content`` in a worker, the pages of a PDF that are pictures with the ``recogniser`` where there is one.

    Raises:
        ReadingError: it could not be read; the message says why and what next.
    """
    arguments = (recogniser.path, recogniser.languages) if recogniser else ()
    answer = ask_worker(file_format, content, limits, *arguments)
    if "reading" not in answer:
        raise _problem(answer)
    try:
        return from_json(answer["reading"])
    except ValueError as error:
        raise nonsense() from error


def look(task: Literal["places", "picture"], content: bytes, limits: Limits, *arguments: str) -> dict[str, bytes]:
    """Return what else is wanted of a PDF, as bytes by name: packed places, or a picture.

    Raises:
        ReadingError: it could not be had; the message says why and what next.
    """
    answer = ask_worker(task, content, limits, *arguments)
    if "problem" in answer:
        raise _problem(answer)
    try:
        return {name: base64.b64decode(part, validate=True) for name, part in answer.items() if name != "peak_kb"}
    except (TypeError, ValueError) as error:
        raise nonsense() from error


def nonsense() -> ReadingError:
    """Return the error of an answer that no worker of ours gives."""
    return ReadingError("made its reader give nonsense", _REPAIR)


def _problem(answer: dict[str, Any]) -> ReadingError:
    return ReadingError(str(answer.get("problem", ""))[:300], str(answer.get("remedy", ""))[:300])


def ask_worker(task: Task, content: bytes, limits: Limits, *arguments: str) -> dict[str, Any]:
    """Return the worker's answer as it stands, or a problem where it gave none."""
    command = [sys.executable, "-P", "-m", "probqa.reading.formats.worker", task]
    command += [str(limits.memory_bytes), str(limits.cpu_seconds), *arguments]
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        # The arguments are our own, none of them from the file.
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            start_new_session=True,
        )
    try:
        output = _receive(process, time.monotonic() + limits.wall_seconds)
        status = process.wait(timeout=5) if output is not None else None
    except subprocess.TimeoutExpired:
        output = None
    finally:
        _kill(process)
    if output is None:
        return {"problem": f"took more than {limits.wall_seconds:g} seconds to read", "remedy": _REPAIR}
    if status == -signal.SIGXCPU:
        return {"problem": f"took more than {limits.cpu_seconds} seconds of computing to read", "remedy": _REPAIR}
    try:
        answer = json.loads(output)
    except ValueError:
        answer = None
    if status or not isinstance(answer, dict):
        return {"problem": f"crashed its reader ({_cause(status)})", "remedy": _REPAIR}
    return answer


def _environment() -> dict[str, str]:
    """Return the environment of the worker: what it needs to find its modules, and nothing else of ours.

    Tesseract is told where its languages lie, where a person has put them elsewhere, and to keep to one processor.
    """
    languages = {name: os.environ[name] for name in ("TESSDATA_PREFIX",) if name in os.environ}
    return languages | {
        "OMP_THREAD_LIMIT": "1",
        "PYTHONPATH": str(Path(probqa.__file__).resolve().parents[1]),
        "PATH": os.defpath,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
    }


def _receive(process: subprocess.Popen[bytes], deadline: float) -> bytes | None:
    """Receive all that the worker writes.

    None where it is not done in time, or writes more than ``_MAX_ANSWER_BYTES``.
    """
    assert process.stdout is not None
    parts: list[bytes] = []
    length = 0
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        while length <= _MAX_ANSWER_BYTES:
            if not waiting.select(max(0.0, deadline - time.monotonic())):
                return None
            part = os.read(process.stdout.fileno(), 1 << 20)
            if not part:
                return b"".join(parts)
            parts.append(part)
            length += len(part)
    return None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the worker if it still runs, and what it started, and wait until it is gone."""
    assert process.stdout is not None
    process.stdout.close()
    with contextlib.suppress(ProcessLookupError):
        # The worker leads a group of its own. What it started belongs to that also where the worker has crashed.
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _cause(status: int | None) -> str:
    if status is not None and status < 0:
        return signal.Signals(-status).name
    return f"exit status {status}"
