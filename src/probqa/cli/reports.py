"""The commands that bring reports into a corpus and take them out.

In: options and settings. Out: a changed corpus, a line for each report, and an exit code.
"""

from __future__ import annotations

import argparse
import itertools
import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from probqa.cli.terminal import Add, say
from probqa.errors import InputError
from probqa.settings import Settings

if TYPE_CHECKING:
    from probqa.gathering.outcome import Outcome


# What can be stated of a report when it is added.
ABOUT = {
    "title": "its title",
    "published": "when it was published: 2017, 2017-04 or 2017-04-19",
    "publisher": "who published it",
    "kind": "what kind of report it is",
    "area": "the place it is about",
    "provider": "whom it is about; may be given more than once",
    "licence": "the licence it is published under",
    "url": "where it was published; may be given more than once",
}


def offer(add: Add) -> None:
    """Add the commands with their options."""
    init = add("init", _init, "Write a corpus to begin with.", has_folders=False)
    init.add_argument("folder", metavar="FOLDER", help="where; the corpus is the folder corpus in it")
    init.add_argument("--empty", action="store_true", help="no reports, but a page that says how to fill it")
    fetch = add("fetch", _fetch, "Download official reports of the catalogue into the corpus.")
    which = fetch.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", nargs="*", default=[], metavar="ID", help="as in corpus/catalogue.yaml")
    which.add_argument("--all", action="store_true", help="every entry that has an address")
    adding = add("add", _add, "Copy files, or download addresses, into the corpus.")
    adding.add_argument("names", nargs="+", metavar="FILE-OR-URL")
    _about_a_report(adding)
    adding.add_argument("--replace", default="", metavar="ID", help="put the file in the place of this report")
    replacing = add("replace", _replace, "Put a newer file in the place of a report, which keeps its id.")
    replacing.add_argument("replace", metavar="ID")
    replacing.add_argument("names", nargs=1, metavar="FILE-OR-URL")
    _about_a_report(replacing)
    edit = add("edit", _edit, "State what a report is: title=…, published=2017-04, area=… (docs/reports.md).")
    edit.add_argument("id", metavar="ID")
    edit.add_argument("pairs", nargs="+", metavar="KEY=VALUE", help="nothing after the = takes the value away")
    rename = add("rename", _rename, "Give a report another id.")
    rename.add_argument("id", metavar="ID")
    rename.add_argument("new", metavar="NEW-ID")
    remove = add("remove", _remove, "Take a fetched or added report out of the corpus, into corpus/.removed.")
    remove.add_argument("id", metavar="ID")
    undo = add("undo", _undo, "Take back the last add, replace, edit, rename or remove.")
    undo.add_argument("id", metavar="ID", nargs="?", help="the last one of this report")
    undo.add_argument("--list", action="store_true", help="only list what can be taken back")


def _about_a_report(command: argparse.ArgumentParser) -> None:
    """Let a command take what is known of a report."""
    for key, text in ABOUT.items():
        action = "append" if key in ("provider", "url") else "store"
        command.add_argument(f"--{key}", action=action, metavar=key.upper(), help=text)
    command.add_argument("--ocr", action="store_true", help="recognise the words of scanned pages, with tesseract")


def _init(options: argparse.Namespace, _: Settings) -> int:
    from probqa.gathering.starter import start_corpus

    corpus = start_corpus(Path(options.folder), empty=options.empty)
    go = f"cd {shlex.quote(options.folder)} && " if Path(options.folder) != Path() else ""
    if options.empty:
        say(f"{corpus} is empty; put reports there as its README.md says, then run: {go}probqa build && probqa serve")
    else:
        say(f"{corpus} holds the starter corpus; run: {go}probqa build && probqa serve")
    return 0


def _fetch(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.gathering import intake

    return _outcomes(intake.fetch(chosen, options.ids, everything=options.all))


def _add(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.gathering import intake

    pairs = [
        f"{key}={value}" for key in ABOUT for given in [getattr(options, key)] if given is not None
        for value in ([given] if isinstance(given, str) else given)
    ]  # fmt: skip
    outcomes: list[Outcome] = []

    def added() -> Iterator[Outcome]:
        for outcome in intake.add(chosen, options.names, ocr=options.ocr, stated=pairs, replaces=options.replace):
            outcomes.append(outcome)
            yield outcome

    code = _outcomes(added())
    if sys.stdin.isatty() and sys.stdout.isatty():
        _ask_what_is_missing(outcomes, chosen)
    return code


_replace = _add


def _ask_what_is_missing(outcomes: Iterable[Outcome], chosen: Settings) -> None:
    """Ask a person what is missing of each report, and state what they type."""
    from probqa.gathering import upkeep

    for outcome in (each for each in outcomes if each.missing):
        say(f"{outcome.path}: what is it? Enter leaves a line as it is, Ctrl-D all that follow.")
        answers = list(itertools.takewhile(lambda answer: answer is not None, map(_answer, outcome.missing)))
        pairs = [answer for answer in answers if answer]
        if pairs:
            _outcomes([upkeep.edit(chosen, outcome.path, pairs)])
        if len(answers) < len(outcome.missing):
            return


def _answer(key: str) -> str | None:
    """Return ``KEY=VALUE`` as it was typed, which a sidecar may say: empty after Enter alone, None after Ctrl-D."""
    from probqa.gathering.stated import checked

    while True:
        say(f"    {key}: ", end="")
        line = sys.stdin.readline()
        if not line:
            say("")
            return None
        try:
            checked([f"{key}={line}"])
        except InputError as error:
            say(f"    {error}")
        else:
            return f"{key}={line}" if line.strip() else ""


def _edit(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.gathering import upkeep

    return _outcomes([upkeep.edit(chosen, options.id, options.pairs)])


def _rename(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.gathering import upkeep

    return _outcomes([upkeep.rename(chosen, options.id, options.new)])


def _remove(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.gathering import upkeep

    return _outcomes([upkeep.remove(chosen, options.id)])


def _undo(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.gathering import upkeep

    if not options.list:
        return _outcomes([upkeep.undo(chosen, options.id)])
    for change, is_undone in upkeep.history(chosen, options.id):
        say(f"{change.at}  {change.command} {change.ids[0]}{' (taken back)' if is_undone else ''}")
    return 0


def _outcomes(outcomes: Iterable[Outcome]) -> int:
    """Print each outcome as soon as it is known.

    The exit code is 2 if one failed.
    """
    from probqa.rendering import visible_line

    code = 0
    for outcome in outcomes:
        say(visible_line(outcome.line))
        for detail in outcome.details:
            say(f"    {visible_line(detail)}")
        code = 2 if outcome.state == "failed" else code
    return code
