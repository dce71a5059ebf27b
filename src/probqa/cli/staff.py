"""The commands around the app for staff: serving it, the hash of a password, the log.

In: options and settings. Out: a server, lines or JSON, and an exit code.
"""

from __future__ import annotations

import argparse
import getpass
import sys

from probqa.cli.terminal import Add, say
from probqa.errors import InputError
from probqa.settings import Settings

_EXTRA = "run: pip install 'probqa[staff]'"


def offer(add: Add) -> None:
    """Add the commands with their options."""
    staff = add("staff", _staff, "Open the app for staff, for those who may sign in (PROBQA_STAFF).")
    staff.add_argument("--port", type=int, default=8502, metavar="PORT", help="default: 8502")
    staff.add_argument("--address", default="127.0.0.1", metavar="ADDRESS", help="default: 127.0.0.1, this machine")
    staff.add_argument("--base-path", default="", metavar="PATH", help="the path below which a proxy has it")
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
