"""The server of the protocol: which request is which work, and how what goes wrong is told.

In: settings. Out: the SDK's ``Server``, for any of its transports. Each call asks the generation that is live then; the
work is done in a few threads. What goes wrong is one line: nothing of this machine but what a person can mend.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, TypeVar

from mcp import MCPError
from mcp.server import Server, ServerRequestContext
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    ToolAnnotations,
)
from mcp_types import Tool as OfferedTool

from probqa.asking.library import Library
from probqa.errors import InputError, ProbqaError
from probqa.mcp import documents, tools
from probqa.mcp.plain import NOTICE, described
from probqa.rendering import visible_line
from probqa.schemas import schema
from probqa.settings import Settings
from probqa.ui.libraries import open_library
from probqa.ui.limits import QueueFullError, Workers

INSTRUCTIONS = (
    "Reports, and digests that are labelled so, quoted word for word. Ask with ask (or every, for all reports one by "
    "one), look around a quote with read, and check every quote before it is published. Answer only with words that a "
    f"result quotes, name their source, and say so where status is weak or not_found. {NOTICE}"
)
THREADS, PLACES = 4, 32
# How much of what a caller sent is repeated to it.
_SHOWN = 60

_log = logging.getLogger(__name__)
_Context = ServerRequestContext[Any]
_Done = TypeVar("_Done")


def server(chosen: Settings) -> Server[Any]:
    """Return a server over the index of these settings, as it is at each call."""
    asked = Asked(chosen)
    return Server(
        "probqa",
        version=version("probqa"),
        title="Reports, quoted word for word",
        instructions=INSTRUCTIONS,
        on_list_tools=asked.list_tools,
        on_call_tool=asked.call_tool,
        on_list_resources=asked.list_resources,
        on_list_resource_templates=asked.list_templates,
        on_read_resource=asked.read_resource,
    )


class Asked:
    """The requests that are answered, and the threads that they share."""

    def __init__(self, chosen: Settings) -> None:
        """Answer from the index of these settings."""
        self._chosen = chosen
        self._workers = Workers(THREADS, PLACES)

    async def list_tools(self, _: _Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        """Answer tools/list."""
        # Nothing is changed, nothing leaves, and the same question has the same answer.
        hints = ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        )
        return ListToolsResult(
            tools=[
                OfferedTool(
                    name=tool.name,
                    title=tool.title,
                    description=tool.description,
                    input_schema=schema(tool.takes),
                    output_schema=tools.output_schema(tool),
                    annotations=hints,
                )
                for tool in tools.TOOLS
            ]
        )

    async def call_tool(self, _: _Context, params: CallToolRequestParams) -> CallToolResult:
        """Answer tools/call: what goes wrong is a result that says so, for the model to read."""
        tool = next((tool for tool in tools.TOOLS if tool.name == params.name), None)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"there is no tool '{visible_line(params.name[:_SHOWN])}'; see: tools/list")
        arguments = params.arguments or {}
        try:
            result = await self._run(lambda library: tools.call(library, tool, arguments))
        except (ProbqaError, QueueFullError) as error:
            return _failed(_line(error))
        except Exception:
            _log.exception("%s was not answered", tool.name)
            return _failed("something went wrong here; see the server's log")
        return CallToolResult(content=[TextContent(type="text", text=result.text)], structured_content=result.values)

    async def list_resources(self, _: _Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
        """Answer resources/list."""
        cursor = params.cursor if params else None
        listed = await self._resources(lambda library: documents.list_documents(library, cursor))
        return ListResourcesResult(
            resources=[
                Resource(
                    uri=documents.address(source.id),
                    name=visible_line(source.id),
                    title=visible_line(source.title_in_words),
                    description=visible_line(described(source)),
                    mime_type=documents.MEDIA_TYPE,
                )
                for source in listed.sources
            ],
            next_cursor=listed.cursor,
        )

    async def list_templates(self, _: _Context, __: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
        """Answer resources/templates/list."""
        about = f"A document by its id, or characters start to end of it: at most {documents.MAX_CHARACTERS:,} at once"
        template = ResourceTemplate(
            name="document", uri_template=documents.TEMPLATE, description=about, mime_type=documents.MEDIA_TYPE
        )
        return ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(self, _: _Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        """Answer resources/read."""
        uri = params.uri
        text = await self._resources(lambda library: documents.read_document(library, uri))
        return ReadResourceResult(contents=[TextResourceContents(uri=uri, text=text, mime_type=documents.MEDIA_TYPE)])

    async def _resources(self, work: Callable[[Library], _Done]) -> _Done:
        try:
            return await self._run(work)
        except (ProbqaError, QueueFullError) as error:
            code = INVALID_PARAMS if isinstance(error, InputError) else INTERNAL_ERROR
            raise MCPError(code, _line(error)) from error
        except Exception as error:
            _log.exception("not answered")
            raise MCPError(INTERNAL_ERROR, "something went wrong here; see the server's log") from error

    async def _run(self, work: Callable[[Library], _Done]) -> _Done:
        return await self._workers.run(lambda: work(open_library(self._chosen)))


def _line(error: ProbqaError | QueueFullError) -> str:
    return "the server is busy; try again in some seconds" if isinstance(error, QueueFullError) else str(error)


def _failed(line: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=visible_line(line))], is_error=True)
