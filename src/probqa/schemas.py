"""The shapes of all JSON that is given out: one JSON Schema each, for the command line, the server and assistants.

In: the name of a shape. Out: its schema, with those that it refers to. They stand in ``schemas.json`` beside this file,
and the tests hold what is given out against them.

>>> sorted(schema("CheckedQuote")["$defs"])
['Citation', 'Date', 'Flag', 'Operation', 'Place', 'Recognised', 'Sha256', 'Span', 'Verdict', 'Wording']
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("schemas.json")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
INSIDE = "#/$defs/"

_NAME = re.compile(r'"\$ref": "#/\$defs/(\w+)"')


def schema(name: str) -> dict[str, Any]:
    """Return the schema of a shape, whole: those that it refers to lie in it."""
    with_it = schemas([name])
    own = with_it.pop(name)
    return {"$schema": DIALECT, **own, "$defs": with_it}


def schemas(names: Iterable[str], place: str = INSIDE) -> dict[str, dict[str, Any]]:
    """Return the schemas of some shapes and of all that they refer to, by name.

    ``place`` is where they are to lie in the document that they are put into.
    """
    texts, wanted = {}, list(names)
    while wanted:
        name = wanted.pop()
        if name not in texts:
            texts[name] = json.dumps(_all()[name])
            wanted += _NAME.findall(texts[name])
    return {name: json.loads(texts[name].replace(f'"{INSIDE}', f'"{place}')) for name in _all() if name in texts}


@cache
def _all() -> dict[str, dict[str, Any]]:
    shapes: dict[str, dict[str, Any]] = json.loads(FILE.read_bytes())["$defs"]
    return shapes
