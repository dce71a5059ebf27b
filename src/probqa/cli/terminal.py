"""What a command prints and reads: the one place that writes to the terminal.

In: texts, plain values and stages of work. Out: lines on standard output and standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from probqa.errors import InputError
from probqa.settings import Settings

Command = Callable[[argparse.Namespace, Settings], int]


class Add(Protocol):
    """Adds a command by its name and a line of help, and returns it to be given its options."""

    def __call__(  # noqa: D102  (said above)
        self, name: str, command: Command, text: str, *, has_folders: bool = True
    ) -> argparse.ArgumentParser: ...


def of_draft(command: argparse.ArgumentParser) -> None:
    """Give a command the option to look at the draft."""
    command.add_argument("--draft", action="store_true", help="of the draft, not of what is live")


def say(text: str, *, end: str = "\n", to_errors: bool = False) -> None:
    """Print, the only place that does: no name or text of a report steers the terminal."""
    from probqa.rendering import visible

    print(visible(text), end=end, file=sys.stderr if to_errors else sys.stdout, flush=True)


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object."""
    from probqa.rendering import json_text

    say(json_text(value))


def fail(message: str, code: int) -> int:
    """Print an error as one line, and return its exit code."""
    from probqa.rendering import visible_line

    say(f"probqa: {visible_line(message)}", to_errors=True)
    return code


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar a stage on a terminal.

    Elsewhere a stage is one line.
    """
    if not sys.stderr.isatty():
        told: set[str] = set()

        def tell(stage: str, _done: int, _total: int) -> None:
            if stage not in told:
                say(stage, to_errors=True)
                told.add(stage)

        yield tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def show(stage: str, done: int, total: int) -> None:
            known = {task.description: task.id for task in bars.tasks}
            if stage not in known:
                known[stage] = bars.add_task(stage)
            bars.update(known[stage], completed=done, total=total)

        yield show


def read_input() -> str:
    """Read standard input.

    Raises:
        InputError: it is not UTF-8.
    """
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"standard input is not UTF-8 from byte {error.start} on", "save the text as UTF-8") from error
