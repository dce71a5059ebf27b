"""docs/mcp.md: what it shows is what the tools give."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from assistant import ROOT, call
from probqa import cli
from probqa.cli.assistants import DEFAULT_PORT
from probqa.mcp import documents, launch, tools
from probqa.mcp.answering import server
from probqa.settings import Settings

PAGE = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")
BLOCKS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
EXAMPLES = re.findall(r"```json\n(\{\"name\".*?)\n```\n\n```text\n(.*?)\n```", PAGE, re.DOTALL)


def without_index(text: str) -> str:
    """A text without the name of the index, which is made of the program's version too."""
    return re.sub(r"From the index [0-9a-f]{16}\.", "From the index.", text)


@pytest.mark.parametrize(("example", "shown"), EXAMPLES, ids=lambda value: value[:30])
def test_an_example_is_what_the_tool_gives(built: Settings, example: str, shown: str) -> None:
    asked = json.loads(example)
    result = call(server(built), asked["name"], **asked["arguments"])
    assert without_index(result.content[0].text) == without_index(shown)


def test_the_citation_is_that_of_the_example(built: Settings) -> None:
    [shown] = [block for block in BLOCKS if "cited_text" in block]
    result: Any = call(server(built), "ask", **json.loads(EXAMPLES[0][0])["arguments"])
    assert [quote["citation"] for quote in result.structured_content["result"]["quotes"]] == [shown]


def test_every_tool_has_an_example_and_the_settings_a_command_that_exists() -> None:
    names = [tool.name for tool in tools.TOOLS]
    assert [json.loads(example)["name"] for example, _ in EXAMPLES] == names
    assert re.findall(r"^## (\w+)$", PAGE, re.MULTILINE)[: len(names)] == names
    [settings] = [block["mcpServers"]["probqa"] for block in BLOCKS if "mcpServers" in block]
    assert settings["command"] == "probqa"
    assert cli.parser().parse_args(settings["args"]).name == "mcp"


def test_the_numbers_are_those_of_the_program() -> None:
    assert f"`http://{launch.LOOPBACK}:{DEFAULT_PORT}{launch.PATH}`" in PAGE
    assert f"--port {DEFAULT_PORT}\n" in PAGE
    assert f"one reading has {documents.MAX_CHARACTERS:,} characters at most" in PAGE
    assert f"A result has at most {tools.MAX_RESULT_CHARACTERS:,} characters" in PAGE
    assert f"by HTTP {launch.MAX_BODY_BYTES // 1024} KiB" in PAGE
