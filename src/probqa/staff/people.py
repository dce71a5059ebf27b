"""Who may sign in, as a file says that only its owner may read.

In: the file that ``PROBQA_STAFF`` names (docs/decisions/0021-staff.md). Out: ``People``, or one line on what is wrong.

>>> people_of('[people]\\n')
Traceback (most recent call last):
probqa.errors.InputError: nobody may sign in; name people, each with what probqa password prints
"""

from __future__ import annotations

import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from probqa.decoding import decode
from probqa.errors import DecodingError, InputError
from probqa.rendering import visible_line
from probqa.staff.passwords import require_strong

_DOCS = "see: docs/decisions/0021-staff.md"


@dataclass(frozen=True, slots=True)
class People:
    """The hash of each person's password, by name."""

    people: dict[str, str] = field(default_factory=dict)


def read_people(file: Path | None) -> People:
    """Read who may sign in.

    Raises:
        InputError: nobody is named, or not in a way that is safe.
    """
    if file is None:
        raise InputError("nobody may sign in: PROBQA_STAFF names no file", f"write one, {_DOCS}")
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"PROBQA_STAFF names {file}, which cannot be read: {why}", _DOCS) from error
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise InputError(f"others than its owner may read or write {file}", f"run: chmod 600 {file}")
    try:
        return people_of(text)
    except InputError as error:
        raise InputError(f"{file}: {error.problem}", error.remedy) from error


def people_of(text: str) -> People:
    """Return who may sign in, of the text of such a file.

    Raises:
        InputError: it says nobody, or not in a way that is safe.
    """
    try:
        people = decode(People, tomllib.loads(text))
    except (tomllib.TOMLDecodeError, DecodingError) as error:
        raise InputError(str(error), _DOCS) from error
    if not people.people:
        raise InputError("nobody may sign in", "name people, each with what probqa password prints")
    for name, kept in people.people.items():
        if not name or visible_line(name.strip()) != name:
            raise InputError(f"{name!r} is no name", "write it on one line, without spaces at its ends")
        require_strong(name, kept)
    return people
