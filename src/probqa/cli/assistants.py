"""The command that serves assistants which speak the Model Context Protocol.

In: options and settings. Out: a server, on standard input and output or by HTTP to this machine.
"""

from __future__ import annotations

import argparse

from probqa.cli.terminal import Add, say
from probqa.errors import InputError
from probqa.settings import Settings

DEFAULT_PORT = 8701


def offer(add: Add) -> None:
    """Add the command with its options."""
    mcp = add("mcp", _mcp, "Serve assistants that speak the Model Context Protocol, on standard input and output.")
    mcp.add_argument("--http", action="store_true", help="by HTTP, to this machine alone")
    mcp.add_argument("--port", type=int, metavar="PORT", help=f"of --http; default: {DEFAULT_PORT}")


def _mcp(options: argparse.Namespace, chosen: Settings) -> int:
    if options.port is not None and not options.http:
        raise InputError("--port is for --http", "add --http, or leave --port out")
    try:
        from probqa.mcp.launch import serve_here, serve_http
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        raise InputError(f"{package} is not installed", "run: pip install 'probqa[mcp]'") from error
    if options.http:
        serve_http(chosen, DEFAULT_PORT if options.port is None else options.port, _say_address)
    else:
        serve_here(chosen)
    return 0


def _say_address(address: str) -> None:
    say(f"answering assistants of this machine at {address}; stop with Ctrl+C", to_errors=True)
