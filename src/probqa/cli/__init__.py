"""The terminal: ``probqa init | build | ask | check | show | list | status | verify | serve | staff | add | ...``.

In: arguments and the environment. Out: text or JSON on standard output, progress and errors on standard error,
and an exit code: 0 done, answered, weak or every quote found; 1 not found, nothing near, or a quote that is not; 2 a
usage or input error, a report whose last good version was kept, or a draft that does not go live; 3 a damaged index.

Modules are imported where a command needs them, so that asking stays light.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence

from probqa.cli import asking, generations, index, reports, showing, staff
from probqa.cli.terminal import Command, fail
from probqa.errors import ProbqaError
from probqa.settings import settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(arguments)
    options.typed = shlex.join(["probqa", *(sys.argv[1:] if arguments is None else arguments)])
    command: Command = options.command
    try:
        chosen = settings(os.environ, corpus=options.corpus, index=options.index, draft=options.draft)
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
        sub.set_defaults(command=command, draft=False, **({} if has_folders else {"corpus": None, "index": None}))
        return sub

    reports.offer(add)
    index.offer(add)
    generations.offer(add)
    asking.offer(add)
    showing.offer(add)
    staff.offer(add)
    return top
