"""What visitors say of answers, where staff ask for it: one line each of a question file (docs/evaluation.md).

In: an answer and what was said of it. Out: a line at the end of the file, with nothing of who said it, or None of it
where there is too much. Several processes may write at once.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import stat
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from probqa.errors import InputError
from probqa.measuring.evaluation import GoldQuestion, GoldSpan
from probqa.records import Answer
from probqa.ui.limits import Buckets, client_name

Said = Literal["right", "wrong_quote", "not_found"]

# Some 20,000 lines: more than anyone reads.
MAX_BYTES = 10_000_000
# Of one client, and of all together: one line costs a wait for the disk.
CLIENTS = Buckets(capacity=10, per_second=1 / 30, clients=10_000)
ALL = Buckets(capacity=100, per_second=1.0, clients=1)

_log = logging.getLogger(__name__)


def is_askable(answer: Answer) -> bool:
    """Tell whether the same answer can be had from a line of a question file, which has no filters."""
    request = answer.question.request
    plain = all(turn.widen and not turn.dropped for turn in request.turns)
    return plain and not request.filters and answer.question.scope.kind == "inside" and not answer.parts


def line_of(answer: Answer, said: Said) -> bytes:
    """Return the line for what was said of an answer.

    The first quote's document is what a right answer is to find. What a wrong one is to find nobody has said, so that
    the line is read and not counted (``unjudged``); the words that were shown are in ``near``.
    """
    *history, question = (turn.text for turn in answer.question.request.turns)
    shown = answer.shown[:1]
    found = said == "right" and answer.status != "not_found"
    gold = GoldQuestion(
        id=f"visitor-{uuid.uuid4().hex}",
        question=question,
        documents=tuple(quote.source.id for quote in shown) if found else (),
        unanswerable=said == "not_found" or (said == "right" and not found),
        unjudged=said == "wrong_quote",
        history=tuple(history),
        kind=said,
        near=() if found else tuple(GoldSpan(quote.source.id, quote.text) for quote in shown),
    )
    return json.dumps({name: value for name, value in asdict(gold).items() if value}).encode() + b"\n"


def keep(file: Path, answer: Answer, said: Said, address: str | None) -> bool:
    """Write down what was said of an answer, and tell whether that was done."""
    if CLIENTS.take(client_name(address or "")) or ALL.take("all"):
        return False
    try:
        _append(file, line_of(answer, said))
    except OSError as error:
        # The message of the system names the file; the log is read by whoever named it.
        _log.warning("not kept: what was said of an answer: %s", error)
        return False
    return True


def check_file(file: Path) -> None:
    """See that lines can be written.

    Raises:
        InputError: they cannot.
    """
    try:
        os.close(_open(file))
    except OSError as error:
        raise InputError(
            f"PROBQA_FEEDBACK names {file}, which cannot be written: {error.strerror or error}",
            "name a file in a folder that is there",
        ) from error


def _append(file: Path, line: bytes) -> None:
    """Write a line at the end of a file and force it to disk, or leave the file as it was."""
    descriptor = _open(file)
    try:
        # The end is nobody else's until this is closed; a process that is killed lets go of it.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = b"\n" + line
        if size + len(line) > MAX_BYTES:
            raise OSError(f"{file} has {size:,} bytes, and {MAX_BYTES:,} at most: move it away")
        if os.write(descriptor, line) != len(line):
            os.ftruncate(descriptor, size)
            raise OSError(f"not every byte of a line of {file} could be written")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open(file: Path) -> int:
    """Open a file to read its end and write there, making it, for nobody else to read, where it is not."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(file, flags, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("it is no file")
    return descriptor
