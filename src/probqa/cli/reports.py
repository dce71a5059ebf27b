"""The commands that bring reports into a corpus and take them out.

In: options and settings. Out: a changed corpus, a line for each report, and an exit code.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from probqa.cli.terminal import Add, say
from probqa.settings import Settings

if TYPE_CHECKING:
    from probqa.gathering.intake import Outcome


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
    adding.add_argument("--ocr", action="store_true", help="recognise the words of scanned pages, with tesseract")
    remove = add("remove", _remove, "Take a fetched or added report out of the corpus.")
    remove.add_argument("id", metavar="ID")


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

    return _outcomes(intake.add(chosen, options.names, ocr=options.ocr))


def _remove(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.gathering import intake

    return _outcomes([intake.remove(chosen, options.id)])


def _outcomes(outcomes: Iterable[Outcome]) -> int:
    """Print each outcome as soon as it is known.

    The exit code is 2 if one failed.
    """
    from probqa.rendering import visible_line

    code = 0
    for outcome in outcomes:
        say(visible_line(outcome.line))
        code = 2 if outcome.state == "failed" else code
    return code
