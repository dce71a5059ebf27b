"""The terminal: ``probqa init | build | ask | check | show | list | status | verify | serve | staff | add | ...``.

In: arguments and the environment. Out: text or JSON on standard output, progress and errors on standard error,
and an exit code: 0 done, answered, weak or every quote found; 1 not found, nothing near, or a quote that is not; 2 a
usage or input error, a report whose last good version was kept, or a draft that does not go live; 3 a damaged index.

Modules are imported where a command needs them, so that asking stays light.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shlex
import sys
from collections.abc import Sequence

from probqa.cli import asking, assistants, generations, index, reports, showing, staff
from probqa.cli.terminal import Command, fail
from probqa.errors import ProbqaError
from probqa.settings import Settings, log_file, settings

# The commands that change what is asked now or next; not where they only say what they would do.
ACTS = frozenset(
    {"add", "build", "calibrate", "edit", "fetch", "publish", "remove", "rename", "replace", "rollback", "undo"}
)
LOOKS = ("dry_run", "list")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(arguments)
    options.typed = shlex.join(["probqa", *(sys.argv[1:] if arguments is None else arguments)])
    chosen = settings(os.environ, corpus=options.corpus, index=options.index, draft=options.draft)
    code = _run(options, chosen)
    if options.name in ACTS and not any(getattr(options, looks, False) for looks in LOOKS):
        _note(options, chosen, code)
    return code


def _run(options: argparse.Namespace, chosen: Settings) -> int:
    command: Command = options.command
    try:
        return command(options, chosen)
    except ProbqaError as error:
        return fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return fail("stopped", 130)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return fail(f"{error.filename or 'the system'}: {error.strerror or error}", 2)


def _note(options: argparse.Namespace, chosen: Settings, code: int) -> None:
    """Note in the log of people's acts that a command was run, by whom, and how it ended.

    Whoever runs commands can also write the log: that it cannot be written is said, and stops nobody.
    """
    from probqa.staff.log import Log

    if not chosen.corpus.is_dir():
        return
    log = Log(log_file(os.environ, chosen.corpus))
    try:
        log.note(_user(), options.name, command=options.typed, ended=str(code))
    except (ProbqaError, OSError) as error:
        fail(f"not noted in the log {log.file}: {getattr(error, 'strerror', None) or error}", code)


def _user() -> str:
    """Return the name that the system knows the process by, which no variable of the environment changes."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def parser() -> argparse.ArgumentParser:
    """Return the commands and their options."""
    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument("--corpus", metavar="FOLDER", help="the reports (PROBQA_CORPUS; default: corpus)")
    folders.add_argument("--index", metavar="FOLDER", help="the index (PROBQA_INDEX; default: index)")
    top = argparse.ArgumentParser(prog="probqa", description="Ask inspection reports; be answered in their own words.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str, *, has_folders: bool = True) -> argparse.ArgumentParser:
        parents = [folders] if has_folders else []
        sub = commands.add_parser(name, help=text, description=text, parents=parents)
        sub.set_defaults(
            command=command, name=name, draft=False, **({} if has_folders else {"corpus": None, "index": None})
        )
        return sub

    reports.offer(add)
    index.offer(add)
    generations.offer(add)
    asking.offer(add)
    showing.offer(add)
    staff.offer(add)
    assistants.offer(add)
    return top
