"""The five tools: what each takes and gives, and the work.

In: a library, the name of a tool and its arguments. Out: a ``Result``: the JSON of the command line below a notice, and
plain text. The shapes of both ends are in ``schemas.json``.

>>> [tool.name for tool in TOOLS]
['ask', 'every', 'check', 'read', 'reports']
>>> sorted(output_schema(TOOLS[1])["properties"])
['next_offset', 'notice', 'result', 'total']
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from probqa.asking.filters import allowed_rows
from probqa.asking.library import Library
from probqa.checking import verdicts
from probqa.errors import InputError
from probqa.links import Found, find, read_link
from probqa.mcp.arguments import given
from probqa.mcp.plain import (
    NOTICE,
    answer_to_text,
    check_to_text,
    every_to_text,
    passage_to_text,
    reports_to_text,
)
from probqa.questions import Filters, Request
from probqa.records import Document, Quote, Span
from probqa.rendering import document_to_json, every_to_json, to_json, visible_line, words_to_json
from probqa.schemas import DIALECT, schemas

MAX_WORDS = 20_000
MAX_RESULT_CHARACTERS = 500_000

Given = Mapping[str, Any]
_Each = TypeVar("_Each")


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool gives: ``values`` for programs, ``text`` to show."""

    values: dict[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it takes and gives are names of schemas. One with pages gives a part of a list at a time."""

    name: str
    title: str
    description: str
    takes: str
    gives: str
    work: Callable[[Library, Given], Result]
    has_pages: bool = False


def output_schema(tool: Tool) -> dict[str, Any]:
    """Return the schema of what a tool gives for programs."""
    integer = {"type": "integer", "minimum": 0}
    pages = {"total": integer, "next_offset": {"anyOf": [integer, {"type": "null"}]}} if tool.has_pages else {}
    properties = {"notice": {"const": NOTICE}, "result": {"$ref": f"#/$defs/{tool.gives}"}, **pages}
    return {
        "$schema": DIALECT,
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
        "$defs": schemas([tool.gives]),
    }


def call(library: Library, tool: Tool, arguments: Given) -> Result:
    """Do the work of a tool.

    Raises:
        InputError: the arguments cannot be used, or what they ask for is too much at a time.
    """
    result = tool.work(library, given(tool.takes, arguments))
    characters = len(json.dumps(result.values, ensure_ascii=False))
    if characters > MAX_RESULT_CHARACTERS:
        raise InputError(
            f"the result has {characters:,} characters, more than {MAX_RESULT_CHARACTERS:,}",
            "ask for less at a time: a shorter text, or a lower k or limit",
        )
    return result


def _ask(library: Library, asked: Given) -> Result:
    answer = library.ask(_request(asked, int(asked["k"])))
    return Result(_noticed(to_json(answer)), answer_to_text(answer))


def _every(library: Library, asked: Given) -> Result:
    answer = library.every(_request(asked))
    values = every_to_json(answer)
    # Those with a quote first, so that who reads on may stop at the first without.
    quotes = [each.quote for each in answer.documents]
    order = sorted(range(len(quotes)), key=lambda number: quotes[number] is None)
    shown, pages = _page(order, asked)
    values["documents"] = [values["documents"][number] for number in shown]
    return Result(
        _noticed(values) | pages, every_to_text(answer, [quote for number in shown if (quote := quotes[number])])
    )


def _check(library: Library, asked: Given) -> Result:
    report = library.check(asked["text"], asked.get("named"))
    return Result(_noticed(verdicts.to_json(report)), check_to_text(report))


def _read(library: Library, asked: Given) -> Result:
    document, found = _looked_up(library, asked)
    around, characters = int(asked["around"]), len(document.text)
    quote, context = None, None
    if found.span:
        start, end = max(0, found.span.start - around), min(characters, found.span.end + around)
        context = Span(*_at_words(document.text, start, end, found.span))
        quote = Quote(document, found.span, context)
    values = {
        "state": found.state,
        "places": found.places,
        "words": words_to_json(quote) if quote else None,
        "context_start": context.start if context else 0,
        "context_end": context.end if context else 0,
        "characters": characters,
        "generation": library.generation.name,
    }
    return Result(_noticed(values), passage_to_text(quote, found.state, library.generation.name))


def _reports(library: Library, asked: Given) -> Result:
    generation = library.generation
    rows = allowed_rows(generation, _filters(asked))
    ids = [source.id for source in generation.sources] if rows is None else generation.documents_with(rows)
    shown, pages = _page(ids, asked)
    documents = [document for each in shown if (document := generation.document(each))]
    values = {
        "generation": generation.name,
        "created": generation.manifest.created,
        "documents": [
            document_to_json(document, len(generation.passages_of(document.source.id))) for document in documents
        ],
    }
    return Result(_noticed(values) | pages, reports_to_text(documents, len(ids), generation.name))


def _noticed(values: dict[str, Any]) -> dict[str, Any]:
    return {"notice": NOTICE, "result": values}


def _page(each: Sequence[_Each], asked: Given) -> tuple[Sequence[_Each], dict[str, int | None]]:
    """Return a part of a list, how long the list is and where the next part begins."""
    start, end = int(asked["offset"]), int(asked["offset"]) + int(asked["limit"])
    return each[start:end], {"total": len(each), "next_offset": end if end < len(each) else None}


def _request(asked: Given, k: int = 1) -> Request:
    return Request.of(asked["question"], k, filters=_filters(asked), previous=asked.get("previous", ()))


def _filters(asked: Given) -> Filters:
    lists = {name: tuple(asked.get(name, ())) for name in ("documents", "kinds", "areas", "providers", "bodies")}
    return Filters(**lists, since=asked.get("since", ""), until=asked.get("until", ""))


def _looked_up(library: Library, asked: Given) -> tuple[Document, Found]:
    """Return a document and where the words stand in it that were asked for."""
    numbers = [name for name in ("start", "end") if name in asked]
    if ("link" in asked) == ("document" in asked) or len(numbers) != (2 if "document" in asked else 0):
        raise InputError("read takes the link of a quote, or document, start and end", "give one of the two")
    link = read_link(asked["link"]) if "link" in asked else None
    name = link["document"][0] if link else asked["document"]
    document = library.generation.document(name)
    if document is None:
        raise InputError(f"there is no document '{visible_line(name)}' in the index", "list them with: reports")
    if link:
        found = find(document, link)
        if found is None:
            raise InputError("the link names a report, but no words of it", "give document, start and end")
    else:
        start, end = int(asked["start"]), int(asked["end"])
        if not start < end <= len(document.text):
            raise InputError(
                f"there are no characters {start} to {end}: the text has {len(document.text):,}",
                "give a start that is less than the end",
            )
        found = Found(Span(start, end), "same")
    if found.span and found.span.end - found.span.start > MAX_WORDS:
        raise InputError(f"these are more than {MAX_WORDS:,} characters", "read less at a time")
    return document, found


def _at_words(text: str, start: int, end: int, words: Span) -> tuple[int, int]:
    """Return a part of a text around words, without what it would cut a word in two of."""
    while 0 < start < words.start and not text[start - 1].isspace():
        start += 1
    while words.end < end < len(text) and not text[end].isspace():
        end -= 1
    return start, end


TOOLS = (
    Tool(
        "ask",
        "Ask the reports",
        "Answer a question with quotes from the indexed reports, word for word, each with its source, and say when "
        "the reports do not say. status is answered, weak or not_found; near is not an answer. Cite a quote by its "
        "document and characters, and with its label where it has one: a digest is not the publication's own wording.",
        "AskInput",
        "Answer",
        _ask,
    ),
    Tool(
        "every",
        "Ask every report",
        "Put one question to every report by itself: which of them answer it, each with its best quote. For questions "
        "about how many or which reports say something.",
        "EveryInput",
        "EveryAnswer",
        _every,
        has_pages=True,
    ),
    Tool(
        "check",
        "Check a quote",
        "Say whether quotes stand in the reports word for word: found, altered (and what differs), elsewhere, absent "
        "or too_short. Use it on every quote before it is published.",
        "CheckInput",
        "CheckReport",
        _check,
    ),
    Tool(
        "read",
        "Read a passage",
        "Give the words of a quote's link, or characters of a document, with what stands around them.",
        "ReadInput",
        "Reading",
        _read,
    ),
    Tool(
        "reports",
        "List the reports",
        "List the indexed reports with what is known of each: id, title, publisher, date, kind, area, providers.",
        "ReportsInput",
        "Documents",
        _reports,
        has_pages=True,
    ),
)
