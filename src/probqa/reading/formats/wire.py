"""The JSON form in which a reading crosses from the worker to the builder.

In: a ``Reading``. Out: JSON text, and back. The worker has handled a stranger's file, so its answer is not trusted and
every value is checked on arrival.

>>> from probqa.reading.assembly import PageStart, Piece
>>> reading = Reading([Piece("paragraph", "Good.")], pages=[PageStart(0, 0, 1, "i")])
>>> from_json(to_json(reading)) == reading
True
"""

from __future__ import annotations

import dataclasses
import json

from probqa.decoding import decode_json
from probqa.errors import DecodingError
from probqa.reading.assembly import Reading


def to_json(reading: Reading) -> str:
    """Write a reading as JSON."""
    return json.dumps(dataclasses.asdict(reading))


def from_json(text: str) -> Reading:
    """Read a reading from JSON.

    Raises:
        ValueError: the text is not what ``to_json`` writes.
    """
    try:
        reading = decode_json(Reading, text)
    except DecodingError as error:
        raise ValueError(f"not a reading: {error}") from error
    if any("\n" in piece.text for piece in reading.pieces):
        raise ValueError("not a reading: a piece of several lines")
    lengths = [*(len(piece.text) for piece in reading.pieces), 0]
    for page in reading.pages:
        if not (0 <= page.piece < len(lengths) and 0 <= page.offset <= lengths[page.piece]):
            raise ValueError("not a reading: a page in no place")
    return reading
