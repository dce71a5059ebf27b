"""An assistant's session with the server, by the SDK's own client; and the server as a command, without a model.

    python tests/assistant.py mcp [--http --port N]

With ``NOISE`` in the environment its encoder prints to standard output, as a library may.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import CallToolResult

import hash_encoder
from probqa import cli
from probqa.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
# With a session and with requests that stand alone: what clients speak today, and what they are to speak.
ERAS = ("legacy", "auto")


def session(target: Any, work: Callable[[Client], Awaitable[Any]], era: str = "auto") -> Any:
    """Connect to a server, and do some work with it."""

    async def run() -> Any:
        async with Client(target, mode=era, read_timeout_seconds=60) as client:
            try:
                return await work(client)
            except MCPError as error:
                # Out of here it is one of a group of errors.
                refused = error
        raise refused

    return anyio.run(run)


def call(target: Any, tool: str, era: str = "auto", **arguments: Any) -> CallToolResult:
    """Call one tool in a session of its own; the client holds what it gives against the tool's schema."""

    async def work(client: Client) -> CallToolResult:
        await client.list_tools()
        return await client.call_tool(tool, arguments)

    return session(target, work, era)


def line_of(result: CallToolResult) -> str:
    """The line that a call was refused with."""
    assert (result.is_error, result.structured_content, len(result.content)) == (True, None, 1)
    return result.content[0].text


def environment(chosen: Settings) -> dict[str, str]:
    """The variables of a process that serves an index with the hash encoder."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
        "PROBQA_CORPUS": str(chosen.corpus),
        "PROBQA_INDEX": str(chosen.index),
        "PROBQA_MODEL": chosen.model,
        "PROBQA_READER": chosen.reader,
    }


def command(*arguments: str) -> list[str]:
    """The command that serves."""
    return [sys.executable, str(ROOT / "tests" / "assistant.py"), "mcp", *arguments]


def process(chosen: Settings, **more: str) -> StdioServerParameters:
    """The server as a process that the client starts."""
    program, *arguments = command()
    return StdioServerParameters(command=program, args=arguments, env=environment(chosen) | more)


if __name__ == "__main__":
    hash_encoder.install()
    if "NOISE" in os.environ:
        quiet = hash_encoder.HashEncoder.encode_question

        def noisy(self: hash_encoder.HashEncoder, text: str) -> Any:
            sys.stdout.write("noise\n")
            os.write(1, b"more noise\n")
            return quiet(self, text)

        hash_encoder.HashEncoder.encode_question = noisy  # type: ignore[method-assign]
    sys.exit(cli.main())
