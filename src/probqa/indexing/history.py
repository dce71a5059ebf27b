"""What was done to an index, act by act: which generation was built, made live or drafted, when and by which command.

In: an index folder, and one act. Out: the acts, oldest first, and what follows from them: which generation was live
before another, and which are kept.

>>> acts = [Act("2026-05-03T09:00:00+00:00", "built", each, "0" * 64) for each in ("a", "b", "c")]
>>> back = Act("2026-05-04T09:00:00+00:00", "rolled back", "b", "0" * 64)
>>> earlier("c", acts), earlier("b", [*acts, back]), last_live([*acts, back], 2)
(('b', 'a'), ('a',), ('b', 'c'))

``history.jsonl`` has a line an act and is replaced as a whole. The pointers say what is live and what is a draft: an
act is noted after the pointer has moved, and what a killed command did not note is made up for by the next one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from probqa.decoding import decode_json
from probqa.errors import DecodingError, IndexDamagedError, IndexMissingError
from probqa.indexing import storage

HISTORY = "history.jsonl"
Verb = Literal["built", "drafted", "published", "rolled back", "found"]


@dataclass(frozen=True, slots=True)
class Act:
    """One change of what is live or a draft: when (an ISO time), what, to which generation and by which command.

    ``manifest`` is the SHA-256 of the generation's manifest, ``changes`` says what is new in it. A generation is
    "found" where it is live and nobody noted why.
    """

    when: str
    verb: Verb
    generation: str
    manifest: str
    command: str = ""
    changes: str = ""

    @property
    def makes_live(self) -> bool:
        """Tell whether everybody asked the generation from then on."""
        return self.verb != "drafted"


def read_history(index: Path) -> list[Act]:
    """Read the acts, oldest first. A line that cannot be read is passed over: it decides nothing that is asked."""
    acts = []
    try:
        lines = (index / HISTORY).read_bytes().splitlines()
    except OSError:
        return []
    for line in lines:
        try:
            acts.append(decode_json(Act, line))
        except DecodingError:
            continue
    return acts


def note(index: Path, *acts: Act) -> None:
    """Write acts down, for good once this returns."""
    try:
        before = (index / HISTORY).read_bytes()
    except FileNotFoundError:
        before = b""
    lines = [json.dumps(asdict(act), ensure_ascii=False).encode() for act in acts]
    storage.replace_file(index / HISTORY, b"".join(line + b"\n" for line in (*before.splitlines(), *lines)))


def settle(index: Path) -> None:
    """Make up for what a killed command, or one of before there was a history, did not note or clear away."""
    acts = read_history(index)
    try:
        live, manifest = storage.read_pointer(index)
    except (IndexMissingError, IndexDamagedError):
        return
    found = []
    if not acts:
        older = [folder for folder in storage.generations(index) if (folder / storage.MANIFEST).is_file()]
        found = [_found(folder.name, manifest_sha256(folder)) for folder in older if folder.name != live]
    if [act.generation for act in (*acts, *found) if act.makes_live][-1:] != [live]:
        found.append(_found(live, manifest))
    if found:
        note(index, *found)
    if storage.pointed_at(index, storage.DRAFT) == live:
        storage.remove_pointer(index, storage.DRAFT)


def earlier(generation: str, acts: Sequence[Act]) -> tuple[str, ...]:
    """Return which generations were live before one became it, by a build or by being published, the latest first.

    After going back twice one is two back, not where one began.
    """
    live = [act for act in acts if act.makes_live]
    own = [number for number, act in enumerate(live) if act.generation == generation]
    began = [number for number in own if live[number].verb != "rolled back"] or own
    before = [act.generation for act in (live[: began[-1]] if began else live)]
    return tuple(dict.fromkeys(name for name in reversed(before) if name != generation))


def last_live(acts: Sequence[Act], count: int) -> tuple[str, ...]:
    """Return the generations that were live last, the latest first, ``count`` at most."""
    latest_first = [act.generation for act in reversed(acts) if act.makes_live]
    return tuple(dict.fromkeys(latest_first))[:count]


def manifest_of(generation: str, acts: Sequence[Act]) -> str:
    """Return the SHA-256 that the manifest of a generation had when it was written: "" if nobody noted it."""
    return next((act.manifest for act in reversed(acts) if act.generation == generation), "")


def _found(generation: str, manifest: str) -> Act:
    return Act(storage.now(), "found", generation, manifest)


def manifest_sha256(folder: Path) -> str:
    """Return the SHA-256 of the manifest that lies in the folder of a generation."""
    return storage.sha256((folder / storage.MANIFEST).read_bytes())
