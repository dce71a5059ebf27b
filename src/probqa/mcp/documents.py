"""The indexed documents as resources: each has an address, and is read whole or in parts.

In: a library and an address. Out: what there is, and a document's text in a JSON object beside what is known of it. In
a string of JSON no text of a document can be taken for anything but that.

>>> address("northway/selby"), read_address("probqa://documents/northway%2Fselby?start=10")
('probqa://documents/northway%2Fselby', ('northway/selby', 10, None))
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

from probqa.asking.library import Library
from probqa.errors import InputError
from probqa.mcp.plain import NOTICE
from probqa.records import Source
from probqa.rendering import document_to_json, visible_line

TEMPLATE = "probqa://documents/{id}{?start,end}"
MEDIA_TYPE = "application/json"
MAX_CHARACTERS = 100_000
PAGE = 100

_BASE = "probqa://documents/"
_MAX_ADDRESS = 2_000
_NUMBER = re.compile(r"[0-9]{1,9}")
_CURSOR = re.compile(r"([0-9a-f]{16})-([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Listed:
    """Sources of documents, and the cursor of those after them, None behind the last."""

    sources: tuple[Source, ...]
    cursor: str | None


def address(document_id: str) -> str:
    """Return the address of a document."""
    return _BASE + quote(document_id, safe="")


def list_documents(library: Library, cursor: str | None) -> Listed:
    """Return the documents behind a cursor, or the first.

    Raises:
        InputError: the cursor is none of this index.
    """
    generation, start = library.generation, 0
    if cursor is not None:
        match = _CURSOR.fullmatch(cursor)
        if match is None or match[1] != generation.name:
            raise InputError("the list has changed since the cursor was made", "list the resources from the first")
        start = int(match[2])
    end = start + PAGE
    more = f"{generation.name}-{end}" if end < len(generation.sources) else None
    return Listed(generation.sources[start:end], more)


def read_address(uri: str) -> tuple[str, int, int | None]:
    """Return which document an address names, and from and to which character: None to its end.

    Raises:
        InputError: it is not the address of a document.
    """
    refused = InputError("this is not the address of a document", f"give one like {TEMPLATE}")
    if len(uri) > _MAX_ADDRESS or not uri.startswith(_BASE):
        raise refused
    try:
        path, given = urlsplit(uri).path, parse_qs(urlsplit(uri).query, max_num_fields=2)
    except ValueError:
        raise refused from None
    if not given.keys() <= {"start", "end"} or not all(
        len(values) == 1 and _NUMBER.fullmatch(values[0]) for values in given.values()
    ):
        raise refused
    numbers = {name: int(values[0]) for name, values in given.items()}
    return unquote(path.removeprefix("/")), numbers.get("start", 0), numbers.get("end")


def read_document(library: Library, uri: str) -> str:
    """Return a document, or a part of it, as JSON (``DocumentText``).

    It is at most ``MAX_CHARACTERS`` of its text; where there are more, ``end`` is less than its ``characters``.

    Raises:
        InputError: it is not the address of a document that is in the index, or of characters that it has.
    """
    name, start, end = read_address(uri)
    document = library.generation.document(name)
    if document is None:
        raise InputError(f"there is no document '{visible_line(name)}' in the index", "list the resources")
    end = min(start + MAX_CHARACTERS, len(document.text) if end is None else min(end, len(document.text)))
    if start >= end:
        raise InputError(f"the text has {len(document.text):,} characters", "give a start before that and the end")
    passages = len(library.generation.passages_of(name))
    values = {
        "notice": NOTICE,
        "generation": library.generation.name,
        "document": document_to_json(document, passages),
        "start": start,
        "end": end,
        "text": document.text[start:end],
    }
    return json.dumps(values, ensure_ascii=False)
