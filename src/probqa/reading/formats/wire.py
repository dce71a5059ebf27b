"""A reading as it crosses from the worker to the builder: plain JSON, checked on arrival.

In: a ``Reading``. Out: JSON text, and back. The worker has handled a stranger's file, so nothing it says is trusted
to have the right shape.

>>> from probqa.reading.assembly import PageStart, Piece
>>> reading = Reading([Piece("paragraph", "Good.")], pages=[PageStart(0, 0, 1, "i")])
>>> from_json(to_json(reading)) == reading
True
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any, get_args

from probqa.reading.assembly import PageStart, Piece, Reading
from probqa.records import BlockKind, PageLayer, Removal
from probqa.text import half_character


def to_json(reading: Reading) -> str:
    """Write a reading."""
    return json.dumps(dataclasses.asdict(reading))


def from_json(text: str) -> Reading:
    """Read a reading.

    Raises:
        ValueError: it has not the shape ``to_json`` gives.
    """
    try:
        record = json.loads(text)
        pieces = [Piece(**_checked(each, kind=str, text=str, level=int)) for each in record["pieces"]]
        reading = Reading(
            pieces=pieces,
            removals=[
                Removal(**_checked(each, reason=str, text=str, characters=int, page=int)) for each in record["removals"]
            ],
            pages=[
                PageStart(**_checked(each, piece=int, offset=int, pdf=int, printed=str, layer=str))
                for each in record["pages"]
            ],
            metadata=_checked(record["metadata"], **dict.fromkeys(record["metadata"], str)),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a reading: {error!r}") from error
    if any(piece.kind not in get_args(BlockKind) or "\n" in piece.text for piece in reading.pieces):
        raise ValueError("not a reading: a piece of no known kind, or of several lines")
    lengths = [*(len(piece.text) for piece in pieces), 0]
    for page in reading.pages:
        if page.layer not in get_args(PageLayer) or not 0 <= page.piece < len(lengths):
            raise ValueError("not a reading: a page in no place")
        if not 0 <= page.offset <= lengths[page.piece]:
            raise ValueError("not a reading: a page in no place")
    return reading


def _checked(record: dict[str, Any], **types: type) -> dict[str, Any]:
    if record.keys() != types.keys() or not all(type(record[name]) is kind for name, kind in types.items()):
        raise ValueError("not a reading: fields missing or of another type")
    if any(isinstance(value, str) and half_character(value) for value in record.values()):
        raise ValueError("not a reading: text that is not Unicode")
    return record
