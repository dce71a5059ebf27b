"""What staff do: each act is one function that does what the command does, and is noted before it is begun.

In: ``Staff`` and what is asked for. Out: what became of it; an error says in one line why nothing did, and what next.

One act at a time in this process; what other processes do to the corpus or the index is kept out by their locks. An act
that fails leaves everything as it was, and that it failed is noted as well.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from probqa.errors import BuildLockedError, InputError, ProbqaError
from probqa.gathering import intake, upkeep
from probqa.gathering.changes import Change
from probqa.gathering.intake import Upload
from probqa.gathering.outcome import Outcome, reason
from probqa.indexing import build, publishing, storage
from probqa.indexing.build import BuildReport
from probqa.indexing.publishing import Move
from probqa.measuring import kept
from probqa.measuring.evaluation import GoldQuestion
from probqa.measuring.refit import refit
from probqa.measuring.smoke import acceptance
from probqa.staff.person import Staff

# Of one upload: as many files, and as many bytes of them together.
MOST_FILES, MOST_BYTES = 50, 200_000_000
FAILED, DISMISS = "failed", "dismiss feedback"


@dataclass(slots=True)
class Building:
    """A draft that is being built, or was: by whom and since when, how far it is, and what came of it."""

    who: str
    since: str
    stage: str = "reading"
    done: int = 0
    total: int = 0
    is_done: bool = False
    report: BuildReport | None = None
    problem: str = ""

    def tell(self, stage: str, done: int, total: int) -> None:
        """Remember how far the build is."""
        self.stage, self.done, self.total = stage, done, total


_turn = threading.Lock()
_holder = ""
_building: Building | None = None


def add(
    staff: Staff, uploads: Sequence[Upload], addresses: Sequence[str] = (), *, ocr: bool = False, replaces: str = ""
) -> tuple[Outcome, ...]:
    """Put files and what addresses serve into the corpus, perhaps in the place of a report.

    Raises:
        InputError: nothing is given, or too much, or no address of the web; nothing was added.
        CorpusError, BuildLockedError: there is no corpus, or another is at work.
    """
    given: list[Upload | str] = [*uploads, *map(_address, addresses)]
    size = sum(len(upload.content) for upload in uploads)
    if not given:
        raise InputError("nothing was chosen", "choose a file, or give an address")
    if len(given) > MOST_FILES or size > MOST_BYTES:
        limit = f"{MOST_FILES} files or {MOST_BYTES // 1_000_000} MB"
        raise InputError(f"this is more than {limit} at once", "add a part of it, then the rest")
    act = f"replace {replaces}" if replaces else "add"
    with _noted(staff, act, files="; ".join(map(_named, given))):
        outcomes = tuple(intake.add(staff.settings, given, ocr=ocr, replaces=replaces))
        for outcome in outcomes:
            if outcome.state == "failed":
                staff.log.note(staff.who, FAILED, of=act, problem=outcome.line)
        return outcomes


def edit(staff: Staff, name: str, pairs: Sequence[str]) -> Outcome:
    """State what a report is, as ``KEY=VALUE`` says.

    Raises:
        InputError, ReadingError, CorpusError, BuildLockedError: as ``upkeep.edit``.
    """
    with _noted(staff, "edit", report=name, stated="; ".join(pairs)):
        return upkeep.edit(staff.settings, name, pairs)


def rename(staff: Staff, name: str, new: str) -> Outcome:
    """Give a report another id.

    Raises:
        InputError, ReadingError, CorpusError, BuildLockedError: as ``upkeep.rename``.
    """
    with _noted(staff, "rename", report=name, new=new):
        return upkeep.rename(staff.settings, name, new)


def remove(staff: Staff, name: str) -> Outcome:
    """Take a report out of the corpus, so that it can be had back.

    Raises:
        InputError, CorpusError, BuildLockedError: as ``upkeep.remove``.
    """
    with _noted(staff, "remove", report=name):
        return upkeep.remove(staff.settings, name)


def take_back(staff: Staff, change: Change) -> Outcome:
    """Take back this very change, whatever was changed since.

    Raises:
        InputError: it is taken back already, or its files were changed since.
        CorpusError, BuildLockedError: there is no corpus, or another is at work.
    """
    with _noted(staff, "take back", change=str(change.number), of=change.command, report=change.ids[0]):
        return upkeep.undo(staff.settings, number=change.number)


def build_draft(staff: Staff) -> Building:
    """Begin to build the draft, which goes on by itself.

    Raises:
        BuildLockedError: another act is at work, or is building already.
    """
    global _building
    _take_turn(staff, "building the draft")
    try:
        staff.log.note(staff.who, "build the draft")
        working = Building(staff.who, storage.now())
        threading.Thread(target=_build, args=(staff, working), name="build the draft", daemon=True).start()
    except BaseException:
        _turn.release()
        raise
    _building = working
    return working


def building() -> Building | None:
    """Return the draft that is being built, or was built last by this process."""
    return _building


def publish(staff: Staff, generation: str, *, anyway: bool = False) -> Move:
    """Make the draft live that staff have looked at, if it answers the smoke questions, or ``anyway``.

    Raises:
        InputError: the draft is another one now.
        IndexMissingError, IndexMismatchError, IndexDamagedError, BuildLockedError: as ``publishing.publish``.
    """
    act = "publish anyway" if anyway else "publish"
    with _noted(staff, act, generation=generation):
        if storage.pointed_at(staff.settings.index, storage.DRAFT) != generation:
            raise InputError("the draft is another one now, or is live already", "look at it again")
        accept = None if anyway else acceptance(staff.settings)
        move = publishing.publish(staff.settings, command=_command(staff), accept=accept)
        if move.refused:
            staff.log.note(staff.who, FAILED, of=act, problem="smoke questions: " + "; ".join(move.refused))
        return move


def roll_back(staff: Staff, generation: str) -> Move:
    """Make an older generation live again.

    Raises:
        InputError, IndexMissingError, IndexMismatchError, IndexDamagedError, BuildLockedError: as
            ``publishing.roll_back``.
    """
    with _noted(staff, "roll back", generation=generation):
        return publishing.roll_back(staff.settings, generation, command=_command(staff))


def keep_question(staff: Staff, question: GoldQuestion) -> None:
    """Keep with the corpus a question that a visitor asked and staff have judged.

    Raises:
        InputError: nobody has said what answers it, or it is kept already.
    """
    with _noted(staff, "keep question", id=question.id, question=question.question):
        kept.add(staff.settings.corpus, question)


def dismiss(staff: Staff, question: GoldQuestion) -> None:
    """Put away what a visitor said, of which only the note in the log is left."""
    with _noted(staff, DISMISS, id=question.id, question=question.question):
        pass


def _build(staff: Staff, working: Building) -> None:
    settings = staff.settings
    try:
        working.report = build.build(
            settings,
            working.tell,
            command=_command(staff),
            as_draft=True,
            accept=acceptance(settings),
            refit=refit,
        )
    except (ProbqaError, OSError) as error:
        working.problem = reason(error)
        staff.log.note(staff.who, FAILED, of="build the draft", problem=working.problem)
    finally:
        working.is_done = True
        _turn.release()


@contextmanager
def _noted(staff: Staff, act: str, **details: str) -> Iterator[None]:
    """Note an act, have it done alone, and note it when it fails."""
    _take_turn(staff, act)
    try:
        staff.log.note(staff.who, act, **details)
        try:
            yield
        except (ProbqaError, OSError) as error:
            staff.log.note(staff.who, FAILED, of=act, problem=reason(error))
            raise
    finally:
        _turn.release()


def _take_turn(staff: Staff, act: str) -> None:
    global _holder
    if not _turn.acquire(blocking=False):
        raise BuildLockedError(f"another is at work: {_holder}", "wait until that is done")
    _holder = f"{staff.who}, {act}, since {storage.in_words(storage.now())}"


def _command(staff: Staff) -> str:
    """Return what the history of the index and a second builder are told."""
    return f"probqa staff ({staff.who})"


def _address(text: str) -> str:
    """Return an address of the web: whatever else is typed must not be taken for a file of this machine."""
    if not re.match(r"https?://", text):
        raise InputError(f"{text!r} is no address of the web", "write it whole: https://…")
    return text


def _named(given: Upload | str) -> str:
    """Return what the log says of a thing that is added: a file with its SHA-256, which its name may hide."""
    return given if isinstance(given, str) else f"{given.name} (SHA-256 {hashlib.sha256(given.content).hexdigest()})"
