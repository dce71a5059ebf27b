"""The decoding of plain values, as JSON and YAML give them, into frozen records with every value checked.

In: a type and a value. Out: the record, or one ``DecodingError`` that says where, what and why.

>>> from probqa.records import Page
>>> decode(dict[str, tuple[Page, ...]], {"kent": [{"start": 0, "pdf": 1, "printed": "i"}]})
{'kent': (Page(start=0, pdf=1, printed='i', layer='text', certainties=()),)}
>>> decode(dict[str, tuple[Page, ...]], {"kent": [{"start": 0, "pdf": "one"}]})
Traceback (most recent call last):
probqa.errors.DecodingError: 'kent' number 1: pdf: 'one' is not a whole number

A key must be known, a value of exactly its type (true is not a number), a number finite, and a text free of half
characters. An error names an entry of a list by its first field where that is a text, else by its number.
docs/decisions/0010-libraries.md says why no library does this.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from functools import cache, partial
from reprlib import Repr
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from probqa.errors import DecodingError, InputError
from probqa.text import half_character

_T = TypeVar("_T")
_Decoder = Callable[[object], Any]

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 80


def decode_json(kind: type[_T], content: bytes | str) -> _T:
    """Decode JSON as a value of the type ``kind``.

    Raises:
        DecodingError: it is not JSON, or not of that type.
    """
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DecodingError(f"it is not JSON: {error}") from error
    return decode(kind, value)


def decode(kind: type[_T], value: object) -> _T:
    """Decode a plain value as a value of the type ``kind``.

    A mapping becomes a dataclass. In it may be texts, numbers, lists, mappings and further dataclasses.

    Raises:
        DecodingError: a key is unknown or missing, or a value is not of its type.
    """
    try:
        made: _T = _decoder(kind)(value)  # type: ignore[arg-type]  # a type is hashable
    except _WrongError as error:
        path = "".join(reversed(error.path)).removeprefix(":").strip()
        raise DecodingError(f"{path}: {error.problem}" if path else error.problem, error.remedy) from error
    return made


class _WrongError(Exception):
    """A fault of a value.

    As it is raised through the decoders, each adds its part to the path of the value, the innermost first.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy
        self.path: list[str] = []


@cache
def _decoder(kind: Any) -> _Decoder:
    """Return the function that checks and converts a value of this type.

    Raises:
        TypeError: no value is read as this type.
    """
    origin, arguments = get_origin(kind) or kind, get_args(kind)
    if origin in _PLAIN:
        return _PLAIN[origin]
    if origin is Literal:
        return partial(_choice, arguments)
    if origin is tuple and ... not in arguments:
        return partial(_row, [_decoder(each) for each in arguments])
    if origin in (tuple, list):
        item = arguments[0]
        return partial(_list, origin, _decoder(item), fields(item)[0].name if is_dataclass(item) else "")
    if origin is dict:
        return partial(_mapping, _decoder(arguments[1]))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        known = {
            each.name: (_decoder(hints[each.name]), each.default is MISSING and each.default_factory is MISSING)
            for each in fields(kind)
        }
        return partial(_record, kind, known)
    raise TypeError(f"no value is read as {kind}")


def _record(kind: Any, known: dict[str, tuple[_Decoder, bool]], value: object) -> object:
    values = _keyed(value)
    made: dict[str, Any] = {}
    for name in values:
        if name not in known:
            raise _WrongError(f"unknown key {name!r}", f"known keys: {', '.join(known)}")
    for name, (decoder, is_required) in known.items():
        if name in values:
            made[name] = _within(f": {name}", decoder, values[name])
        elif is_required:
            raise _WrongError(f"{name} is missing")
    try:
        return kind(**made)
    except InputError as error:
        raise _WrongError(error.problem, error.remedy) from error
    except ValueError as error:
        raise _WrongError(str(error)) from error


def _mapping(item: _Decoder, value: object) -> dict[str, Any]:
    return {_text(name): _within(f" {_SHORT.repr(name)}", item, each) for name, each in _keyed(value).items()}


def _keyed(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _WrongError(f"{_SHORT.repr(value)} is not a list of 'key: value'")
    return value


def _list(kind: Callable[[Sequence[Any]], Any], item: _Decoder, label: str, value: object) -> object:
    made = []
    for number, each in enumerate(_items(value), start=1):
        called = each.get(label) if isinstance(each, dict) else None
        name = f" {_SHORT.repr(called)}" if isinstance(called, str) else f" number {number}"
        made.append(_within(name, item, each))
    return kind(made)


def _row(items: list[_Decoder], value: object) -> tuple[Any, ...]:
    values = _items(value)
    if len(values) != len(items):
        raise _WrongError(f"{_SHORT.repr(value)} is not a list of {len(items)}")
    pairs = enumerate(zip(items, values, strict=True), start=1)
    return tuple(_within(f" number {number}", item, each) for number, (item, each) in pairs)


def _items(value: object) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise _WrongError(f"{_SHORT.repr(value)} is not a list")
    return value


def _within(name: str, decoder: _Decoder, value: object) -> Any:
    try:
        return decoder(value)
    except _WrongError as error:
        error.path.append(name)
        raise


def _choice(choices: tuple[str, ...], value: object) -> object:
    if value not in choices:
        raise _WrongError(f"{_SHORT.repr(value)} is none of: {', '.join(choices)}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _WrongError(f"{_SHORT.repr(value)} is not a text")
    if half_character(value):
        raise _WrongError(f"{_SHORT.repr(value)} holds half a character")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _WrongError(f"{_SHORT.repr(value)} is not a whole number")
    return value


def _number(value: object) -> float:
    with suppress(OverflowError):
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    raise _WrongError(f"{_SHORT.repr(value)} is not a number")


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongError(f"{_SHORT.repr(value)} is neither true nor false")
    return value


_PLAIN: dict[Any, _Decoder] = {Any: lambda value: value, str: _text, int: _whole, float: _number, bool: _truth}
