"""What people did, act by act: a file to which lines are added, and which shows when one of them is changed.

In: who did what. Out: a line at the end of the file, forced to disk; every line, and what is wrong with it.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as place:
...     log = Log(Path(place, "log.jsonl"))
...     log.note("Anna", "publish", generation="0123456789abcdef")
...     log.note("Ben", "remove", report="kent")
...     _ = log.file.write_bytes(log.file.read_bytes().replace(b"Anna", b"Anne"))
...     [(line.number, line.problem) for line in log.lines()]
[(1, 'it was changed'), (2, '')]

A line is the JSON of an ``Act`` and then the SHA-256 of all of that. ``before`` is the hash of the line before, so that
none can be changed, moved, put in or taken out without a trace. Lines cut off the end leave none, unless somebody kept
the hash of one; nor does a file that is made anew as a whole (docs/decisions/0021-staff.md).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from probqa.decoding import decode_json
from probqa.durable import sync
from probqa.errors import DecodingError, InputError

FIRST = "0" * 64
# What the next writer notes of a line whose writer was killed, which stays where it is.
CUT_SHORT = "cut short"
_REMEDY = "see: probqa log --verify; to begin another, move it away and keep it"
# What a line ends with is so long: the hash, and what stands around it.
_TAIL = len(',"hash":"') + 64 + len('"}\n')
_DIGITS = frozenset("0123456789abcdef")
# So much is read at a time to find where the last line begins.
_STEP = 65_536


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what, when (an ISO time in UTC), what else is known of it, and the hash of the line before."""

    when: str
    who: str
    what: str
    details: dict[str, str]
    before: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log by its number, its act, None where it was cut short, its hash, and what is wrong with it."""

    number: int
    act: Act | None
    hash: str = ""
    problem: str = ""


class Log:
    """The log in a file, to which several processes may write."""

    def __init__(self, file: Path) -> None:
        """Take the file, which need not be there yet."""
        self.file = file

    def note(self, who: str, act: str, **details: str) -> None:
        """Write down, for good once this returns, that somebody did something.

        Raises:
            InputError: the last line is not what was written.
            OSError: the file cannot be written; it is as it was.
        """
        with _locked(self.file) as descriptor:
            size = os.fstat(descriptor).st_size
            before, missing = self._end(descriptor, size)
            known = {name: _text(value) for name, value in details.items()}
            line = missing + _written(Act(_now(), _text(who), _text(act), known, before))
            if os.write(descriptor, line) != len(line):
                os.ftruncate(descriptor, size)
                raise OSError(f"not every byte of a line of {self.file} could be written")
            os.fsync(descriptor)

    def lines(self) -> Iterator[Line]:
        """Return every line, the oldest first, with what is wrong with it."""
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            content = b""
        return _judged(content)

    def _end(self, descriptor: int, size: int) -> tuple[str, bytes]:
        """Return the hash that the next line carries on, and what is missing before it.

        That is where a writer was killed: an end of line, and what tells of a line that was cut short.
        """
        last = _last_line(descriptor, size)
        if not last:
            return FIRST, b""
        if not last.endswith(b"\n"):
            whole = _read(last + b"\n")
            if whole:
                return whole[1], b"\n"
            before, _ = self._end(descriptor, size - len(last))
            told = _written(Act(_now(), "probqa", CUT_SHORT, _about(last), before))
            return _hash(told), b"\n" + told
        read = _read(last)
        if read is None or read[1] != _hash(last):
            raise InputError(f"the last line of {self.file} is not what was written", _REMEDY)
        return read[1], b""


def _judged(content: bytes) -> Iterator[Line]:
    """Judge each line by itself and by the one before it."""
    lines = BytesIO(content).readlines()
    # What the next line must carry on: nothing is known of that after a line that cannot be read.
    before: str | None = FIRST
    for number, (line, following) in enumerate(pairwise([*lines, b""]), 1):
        read = _read(line)
        if read:
            act, named = read
            yield Line(number, act, named, _problem(line, act, named, before))
            before = named
            continue
        told = _read(following)
        if told and told[0].what == CUT_SHORT and told[0].details == _about(line[:-1]) and told[0].before == before:
            yield Line(number, None)
        else:
            yield Line(number, None, "", "it cannot be read" if line.endswith(b"\n") else "it was cut short")
            before = None


def _problem(line: bytes, act: Act, named: str, before: str | None) -> str:
    if named != _hash(line):
        return "it was changed"
    if before not in (None, act.before):
        return "it does not follow the one before: a line was taken out, put in, moved or changed"
    return ""


def _written(act: Act) -> bytes:
    """Return the line of an act."""
    body = _body(act)
    return body[:-1] + b',"hash":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


def _hash(line: bytes) -> str:
    """Return the hash that a line should name."""
    return hashlib.sha256(line[:-_TAIL] + b"}").hexdigest()


def _read(line: bytes) -> tuple[Act, str] | None:
    """Return the act of a line and the hash that it names, None where it does not stand as it would be written."""
    try:
        act = decode_json(Act, line[:-_TAIL] + b"}")
    except DecodingError:
        return None
    named = line[-67:-3].decode("ascii", "replace")
    is_as_written = line == _body(act)[:-1] + f',"hash":"{named}"}}\n'.encode() and not set(named) - _DIGITS
    return (act, named) if is_as_written else None


def _body(act: Act) -> bytes:
    return json.dumps(asdict(act), separators=(",", ":")).encode()


def _about(cut: bytes) -> dict[str, str]:
    """Return what is noted of the bytes of a line that was cut short."""
    return {"bytes": str(len(cut)), "sha256": hashlib.sha256(cut).hexdigest()}


def _text(text: str) -> str:
    """Return a text without half characters, which names of files have and JSON does not."""
    return text.encode("utf-8", "backslashreplace").decode()


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _last_line(descriptor: int, size: int) -> bytes:
    """Return the last line before ``size``."""
    begin, tail = size, b""
    while begin > 0 and b"\n" not in tail[:-1]:
        step = min(_STEP, begin)
        begin -= step
        tail = os.pread(descriptor, step, begin) + tail
    return tail[tail.rfind(b"\n", 0, -1) + 1 :] if tail else b""


@contextmanager
def _locked(file: Path) -> Iterator[int]:
    """Open the file to read and write its end, which is nobody else's meanwhile.

    A process that dies lets go of it. It is made where it is not, for nobody else to read. No link is followed.
    """
    is_new = not file.exists()
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(file, flags, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InputError(f"{file} is no file", "name another in PROBQA_LOG")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
    if is_new:
        sync(file.parent)
