"""What becomes of generations once they are built: a draft goes live, an older one is gone back to, few are kept.

In: an index folder. Out: the same with another pointer, and what lies in it, for people.

A pointer moves in one step, then the act is noted, then what is not needed any more is cleared away
(docs/decisions/0020-generations.md). Whoever is killed in between has left the one or the other live, whole.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from probqa.errors import DecodingError, IndexDamagedError, IndexMismatchError, InputError
from probqa.indexing import storage
from probqa.indexing.generation import Generation
from probqa.indexing.history import (
    Act,
    Verb,
    earlier,
    last_live,
    manifest_of,
    manifest_sha256,
    note,
    read_history,
    settle,
)
from probqa.indexing.manifest import Manifest
from probqa.indexing.news import note_news, read_news
from probqa.settings import Settings

# Of the generations that were live, so many stay, the live one among them; each but its models has some megabytes.
KEPT_GENERATIONS = 5

Accept = Callable[[Generation], Sequence[str]]
"""Says what speaks against making a generation live, a line each."""


@dataclass(frozen=True, slots=True)
class Move:
    """What ``publish`` or ``roll_back`` did: the generation that is live now, and the one that was.

    ``refused`` says why nothing was done.
    """

    generation: str
    before: str
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A generation that lies in an index, what was done to it, and what is wrong with it.

    ``created`` is an ISO time, "" where the manifest cannot be read.
    """

    name: str
    state: str
    created: str
    documents: int
    passages: int
    acts: tuple[Act, ...]
    problem: str = ""


@contextlib.contextmanager
def changing(index: Path, command: str) -> Iterator[None]:
    """Lock an index for one change of what is live, and make up for one that was killed.

    Raises:
        BuildLockedError: another is at work.
    """
    with storage.build_lock(index, command):
        settle(index)
        yield


def publish(settings: Settings, *, command: str = "", accept: Accept | None = None) -> Move:
    """Make the draft live, unless something speaks against it.

    Raises:
        IndexMissingError: there is no draft.
        IndexMismatchError: it was made with another model or format.
        IndexDamagedError: a file of it is not what was written.
        BuildLockedError: a build is running.
    """
    index = settings.index
    storage.read_pointer(index, storage.DRAFT)
    with changing(index, command):
        name, manifest = storage.read_pointer(index, storage.DRAFT)
        before = storage.pointed_at(index, storage.POINTER)
        with closing(Generation(index / name, manifest)) as draft:
            draft.require_made_with(settings)
            refused = tuple(accept(draft)) if accept else ()
            documents = draft.file_hashes()
        if not refused:
            drafted = [act.changes for act in read_history(index) if act.generation == name]
            go_live(index, "published", command, drafted[-1] if drafted else "", documents)
        return Move(name, before, refused)


def go_live(index: Path, verb: Verb, command: str, changes: str, documents: Mapping[str, str]) -> None:
    """Make the draft, which was checked, the live generation, note its news, and keep few of the older ones.

    ``documents`` are its documents: the SHA-256 of each one's file, by id.
    """
    name, manifest = storage.read_pointer(index, storage.DRAFT)
    _begin_news(index)
    storage.move_pointer(index, name, manifest)
    note(index, Act(storage.now(), verb, name, manifest, command, changes))
    note_news(index, documents)
    storage.remove_pointer(index, storage.DRAFT)
    storage.remove_generations(index, keep=last_live(read_history(index), KEPT_GENERATIONS))


def _begin_news(index: Path) -> None:
    """Note what is live already, in an index whose news nobody noted yet: else all of it would be new, or nothing."""
    if not read_news(index).known and storage.pointed_at(index, storage.POINTER):
        with contextlib.suppress(IndexDamagedError, IndexMismatchError), closing(Generation.live(index)) as live:
            note_news(index, live.file_hashes())


def roll_back(settings: Settings, name: str = "", *, command: str = "") -> Move:
    """Make an older generation live: the one named, or the one that was live before this one.

    Raises:
        InputError: there is no such generation, or it is live already.
        IndexMissingError: there is no index.
        IndexMismatchError: it was made with another model or format.
        IndexDamagedError: a file of it is not what was written.
        BuildLockedError: a build is running.
    """
    index = settings.index
    with contextlib.suppress(IndexDamagedError):
        storage.read_pointer(index)
    with changing(index, command):
        live = storage.pointed_at(index, storage.POINTER)
        older = _older(index, live)
        if not (name or older):
            raise InputError(f"no generation of {index} was live before {live}", "list them with: probqa generations")
        target = find(index, name) if name else older[0]
        if target == live:
            raise InputError(f"the generation {target} is live already", "list them with: probqa generations")
        manifest = _manifest(index, target)
        with closing(Generation(index / target, manifest)) as generation:
            generation.require_made_with(settings)
        storage.move_pointer(index, target, manifest)
        note(index, Act(storage.now(), "rolled back", target, manifest, command))
        return Move(target, live)


def find(index: Path, name: str) -> str:
    """Return the whole name of a generation: of "live", "draft" or the first digits of one.

    Raises:
        InputError: there is none, or there are several.
        IndexMissingError: there is no index, or no draft.
    """
    if name in ("live", "draft"):
        return storage.read_pointer(index, storage.DRAFT if name == "draft" else storage.POINTER)[0]
    found = [folder.name for folder in storage.generations(index) if folder.name.startswith(name)]
    if len(found) != 1:
        what = "several generations begin" if found else "no generation begins"
        raise InputError(f"{what} with {name!r} in {index}", "list them with: probqa generations")
    return found[0]


def pair(index: Path, before: str = "", after: str = "") -> tuple[str, str]:
    """Return the two generations that are compared, the older one first.

    Without names what publishing would do, or what the last change did; with one, from that to the live one.

    Raises:
        InputError: there is no such generation, or none to compare with.
        IndexMissingError: there is no index.
    """
    if before:
        return find(index, before), find(index, after or "live")
    live = storage.pointed_at(index, storage.POINTER)
    if live and storage.pointed_at(index, storage.DRAFT) not in ("", live):
        return live, find(index, "draft")
    live = find(index, "live")
    older = _older(index, live)
    if not older:
        raise InputError(f"{index} has no draft, and no generation was live before {live}", "build a second one")
    return older[0], live


def open_generation(index: Path, name: str) -> Generation:
    """Open a generation by its whole name, and check it as far as anybody noted what it should be.

    Raises:
        IndexMismatchError: it was written in another format.
        IndexDamagedError: a file of it is not what was written.
    """
    return Generation(index / name, _manifest(index, name))


def generations(index: Path) -> list[Kept]:
    """List the generations of an index: first the one with which something was done last.

    Raises:
        IndexMissingError: there is no index.
    """
    pointers = {storage.pointed_at(index, pointer): pointer for pointer in (storage.DRAFT, storage.POINTER)}
    if pointers.keys() == {""}:
        storage.read_pointer(index)
    acts = read_history(index)
    kept = []
    for folder in reversed(storage.generations(index)):
        state = {storage.POINTER: "live", storage.DRAFT: "draft"}.get(pointers.get(folder.name, ""), "")
        own = tuple(act for act in acts if act.generation == folder.name)
        try:
            manifest = Manifest.from_json((folder / storage.MANIFEST).read_bytes())
        except (OSError, DecodingError) as error:
            kept.append(Kept(folder.name, state, "", 0, 0, own, f"its manifest cannot be read: {error}"))
        else:
            counts = manifest.counts
            kept.append(Kept(folder.name, state, manifest.created, counts.documents, counts.passages, own))
    last = {act.generation: number for number, act in enumerate(acts)}
    return sorted(kept, key=lambda each: last.get(each.name, -1), reverse=True)


def _older(index: Path, live: str) -> list[str]:
    """Return the generations that lie there and were live before one was, the latest first."""
    there = {folder.name for folder in storage.generations(index)}
    return [name for name in earlier(live, read_history(index)) if name in there]


def _manifest(index: Path, name: str) -> str:
    """Return the SHA-256 that the manifest of a generation is to have: of what lies there, where nobody noted it."""
    try:
        return manifest_of(name, read_history(index)) or manifest_sha256(index / name)
    except OSError as error:
        raise IndexDamagedError(
            f"{index / name / storage.MANIFEST} cannot be read: {error.strerror}", "take another"
        ) from error
