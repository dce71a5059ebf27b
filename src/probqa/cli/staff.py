"""The commands around the app for staff: serving it, the hash of a password, the log.

In: options and settings. Out: a server, lines or JSON, and an exit code.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from probqa.cli.terminal import Add, fail, print_json, say
from probqa.errors import InputError
from probqa.settings import Settings, log_file

if TYPE_CHECKING:
    from probqa.staff.log import Line

_EXTRA = "run: pip install 'probqa[staff]'"


def offer(add: Add) -> None:
    """Add the commands with their options."""
    staff = add("staff", _staff, "Open the app for staff, for those who may sign in (PROBQA_STAFF).")
    staff.add_argument("--port", type=int, default=8601, metavar="PORT", help="default: 8601")
    staff.add_argument("--address", default="127.0.0.1", metavar="ADDRESS", help="default: 127.0.0.1, this machine")
    staff.add_argument("--base-path", default="", metavar="PATH", help="the path below which a proxy has it")
    log = add("log", _log, "Show what people did, or check that no line of that was changed.")
    log.add_argument("--verify", action="store_true", help="only say whether every line is what was written")
    log.add_argument(
        "--last", default="", metavar="HASH", help="and still holds the line that --verify named last then"
    )
    log.add_argument("--json", action="store_true", help="print one JSON object")
    add("password", _password, "Print what is kept of a password, for the file of people.", has_folders=False)


def _staff(options: argparse.Namespace, chosen: Settings) -> int:
    try:
        from probqa.staff.launch import launch
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is not installed", _EXTRA) from error
    if options.address not in ("127.0.0.1", "::1", "localhost"):
        say(
            f"listening on {options.address}: put a proxy with https before it, and its name in PROBQA_HOSTS",
            to_errors=True,
        )
    launch(chosen, options.port, options.address, options.base_path)


def _password(_: argparse.Namespace, __: Settings) -> int:
    """Read a password where nobody sees it, from a terminal twice, and print its hash."""
    try:
        from probqa.staff.passwords import hashed
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is not installed", _EXTRA) from error
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != password:
            raise InputError("the two are not the same", "type it again")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    say(hashed(password))
    return 0


def _log(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.staff.log import Log

    file = log_file(os.environ, chosen.corpus)
    lines = list(Log(file).lines())
    problem = _problem(lines, options.last)
    if options.json:
        print_json({"lines": [asdict(line) for line in lines], "problem": problem})
    elif options.verify or options.last:
        _say_verified(lines, problem)
    else:
        _say_acts(lines)
    return fail(f"{file}: {problem}", 3) if problem else 0


def _problem(lines: Sequence[Line], last: str) -> str:
    """Say what is wrong with a log, of its lines the first: nothing where all is well."""
    for line in lines:
        if line.problem:
            return f"line {line.number}: {line.problem}"
    if last and last not in [line.hash for line in lines]:
        return f"there is no line {last}: lines were cut off its end, or it was made anew"
    return ""


def _say_verified(lines: Sequence[Line], problem: str) -> None:
    for line in lines:
        if line.act is None and not line.problem:
            say(f"line {line.number} was cut short, as the line after it says: its writer was killed")
    if not problem:
        last = f"; the last is {lines[-1].hash}: kept elsewhere, it shows later that none was cut off" if lines else ""
        say(f"{len(lines)} lines, each as it was written{last}")


def _say_acts(lines: Sequence[Line]) -> None:
    from probqa.rendering import visible_line

    for line in lines:
        act = line.act
        if act is None:
            say(f"(line {line.number} was cut short)")
            continue
        details = "".join(f"  {name}: {value}" for name, value in act.details.items())
        say(visible_line(f"{act.when}  {act.who}  {act.what}{details}"))
