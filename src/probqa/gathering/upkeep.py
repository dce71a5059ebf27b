"""Reports that are in the corpus already: edited, renamed, removed, and any change to them undone.

In: ``Settings``, and a report named by its id or its path. Out: one ``Outcome``. What was there before is kept
(``changes``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from probqa.errors import InputError
from probqa.gathering.changes import FOLDER, UNDO, Change, carry_out, done, take_back
from probqa.gathering.outcome import Outcome, printable
from probqa.gathering.report_folder import (
    changing,
    documents,
    files_of,
    find,
    read_state,
    source_of,
    stated_before,
    write_state,
)
from probqa.gathering.stated import Value, parse, rewritten
from probqa.reading.metadata import ID_REMEDY, STATED_KEY, is_usable_id
from probqa.settings import Settings

_TO_BUILD = "to bring that into the index, run: probqa build"


def edit(settings: Settings, name: str, pairs: Sequence[str]) -> Outcome:
    """State what a report is, in its front matter or sidecar, as ``KEY=VALUE`` says.

    An empty value takes away what was stated.

    Raises:
        InputError: there is no such report, or more than one; a key or value is not one that a sidecar may have.
        ReadingError: what is written there now cannot be read.
        CorpusError, BuildLockedError: there is no corpus, or another command is at work.
    """
    values = parse(pairs)
    with changing(settings.corpus):
        path = find(settings.corpus, name)
        return state_anew(settings.corpus, path, "edit", name, values)


def rename(settings: Settings, name: str, new: str) -> Outcome:
    """Give a report another id.

    Its file keeps its name, by which it is known when it is added again.

    Raises:
        InputError: there is no such report, or more than one; the id is not usable or another's.
        ReadingError: what is written there now cannot be read.
        CorpusError, BuildLockedError: there is no corpus, or another command is at work.
    """
    if not is_usable_id(new):
        raise InputError(f"id: {new!r} is not usable", ID_REMEDY)
    with changing(settings.corpus):
        path = find(settings.corpus, name)
        old = source_of(settings.corpus, path).id
        for other in documents(settings.corpus):
            if other != path and source_of(settings.corpus, other).id == new:
                taken = other.relative_to(settings.corpus).as_posix()
                raise InputError(f"the id {new!r} is taken by {printable(taken)}", "give another")
        outcome = state_anew(settings.corpus, path, "rename", name, {"id": new}, also=(new,))
        return Outcome(name, outcome.state, f"{outcome.note}; addresses with {old} in them lead to it no more")


def remove(settings: Settings, name: str) -> Outcome:
    """Take a fetched or added report out of the corpus, with its sidecar, into ``corpus/.removed/``.

    Raises:
        InputError: there is none of that name below ``reports``, or more than one.
        CorpusError, BuildLockedError: there is no corpus, or another command is at work.
    """
    corpus = settings.corpus
    with changing(corpus) as reports:
        path = find(corpus, name, below=reports)
        change = carry_out(corpus, "remove", _ids(corpus, path, name), dict.fromkeys(files_of(corpus, path)))
        _forget_fetched(reports)
    kept = f"kept in {corpus / FOLDER / f'{change.number:06}'}; to have it back, run: probqa undo {change.ids[0]}"
    return Outcome(name, "removed", f"to take it out of the index, run: probqa build; {kept}")


def undo(settings: Settings, name: str | None = None, number: int = 0) -> Outcome:
    """Take back the last change to a report, or to any, that is not taken back yet, or the one of this number.

    Raises:
        InputError: there is none, or its files were changed since.
        CorpusError, BuildLockedError: there is no corpus, or another command is at work.
    """
    with changing(settings.corpus) as reports:
        left = (change for change, is_undone in reversed(history(settings, name)) if not is_undone)
        last = next((change for change in left if number in (0, change.number)), None)
        if last is None:
            what = f"of {name!r} " if name is not None else ""
            raise InputError(
                f"no change {what}is left to take back in {settings.corpus / FOLDER}", "see: probqa undo --list"
            )
        take_back(settings.corpus, last)
        _forget_fetched(reports)
    files = ", ".join(file.name for file in last.files if file.before)
    back = f"{files} as before" if files else f"{', '.join(file.name for file in last.files)} taken out again"
    return Outcome(last.ids[0], "undone", f"{last.command} of {last.at}: {back}; {_TO_BUILD}")


def history(settings: Settings, name: str | None = None) -> list[tuple[Change, bool]]:
    """List the changes, of one report or of all, that ``undo`` can take back or has, the first one first."""
    changes = done(settings.corpus)
    undone = {change.undoes for change in changes}
    return [
        (change, change.number in undone)
        for change in changes
        if change.command != UNDO and (name is None or name in (*change.ids, *(file.name for file in change.files)))
    ]


def state_anew(
    corpus: Path, path: Path, command: str, name: str, values: Mapping[str, Value | None], also: tuple[str, ...] = ()
) -> Outcome:
    """State values of a report, and keep what was there before.

    ``command`` and ``name`` are how that was asked for; ``also`` is another id, which the report is to have.
    """
    contents, details = rewritten(corpus, path, {**values, **_outlasting(path, values)})
    if not contents:
        return Outcome(name, "unchanged", "that is what it says", path=path.relative_to(corpus).as_posix())
    carry_out(corpus, command, (*_ids(corpus, path, name), *also), contents)
    files = ", ".join(contents)
    note = f"{files}; {_TO_BUILD}; to take it back, run: probqa undo {also[0] if also else name}"
    return Outcome(name, "changed", note, details=details, path=path.relative_to(corpus).as_posix())


def _outlasting(path: Path, values: Mapping[str, Value | None]) -> dict[str, list[str]]:
    """Say of a report that is fetched which keys a person stated, for its next edition would say others."""
    if path.name not in [was["file"] for was in read_state(path.parent).values()]:
        return {}
    return {STATED_KEY: sorted({*stated_before(path, is_pdf=True).get(STATED_KEY, ()), *values})}


def _ids(corpus: Path, path: Path, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((printable(name), source_of(corpus, path).id)))


def _forget_fetched(reports: Path) -> None:
    """Forget what was fetched where its file is gone."""
    fetched = read_state(reports)
    there = {name: was for name, was in fetched.items() if (reports / was["file"]).exists()}
    if there != fetched:
        write_state(reports, there)
