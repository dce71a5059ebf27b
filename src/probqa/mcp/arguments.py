"""The arguments of a tool, held against its schema before anything is done.

In: a schema and what was given. Out: the same, with defaults, or one line that says what is wrong.

>>> given("AskInput", {"question": "who?"})
{'k': 8, 'question': 'who?'}
>>> given("AskInput", {"question": "who?", "k": 99})
Traceback (most recent call last):
probqa.errors.InputError: k is 99, more than 20; see the tool's input schema
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from probqa.errors import InputError
from probqa.rendering import visible_line
from probqa.schemas import schema

_SHOWN = 60
_REMEDY = "see the tool's input schema"
# Keyword of a schema -> what is said of a value that is not as it asks.
_SAID: Mapping[str, Callable[[ValidationError], str]] = {
    "type": lambda error: f"is not of the type {error.validator_value}",
    "minimum": lambda error: f"is {error.instance}, less than {error.validator_value}",
    "maximum": lambda error: f"is {error.instance}, more than {error.validator_value}",
    "minLength": lambda _: "is empty",
    "maxLength": lambda error: f"has {len(error.instance):,} characters, more than {error.validator_value:,}",
    "maxItems": lambda error: f"has {len(error.instance):,} values, more than {error.validator_value}",
    "pattern": lambda error: f"is {_short(error.instance)}, not written as it has to be",
}


def given(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments that are as the schema of this name says, and the defaults of those that were left out.

    Raises:
        InputError: they are not.
    """
    validator = _validator(name)
    error = best_match(validator.iter_errors(arguments))
    if error:
        raise InputError(_problem(error), _REMEDY)
    properties = validator.schema["properties"]
    return {each: shape["default"] for each, shape in properties.items() if "default" in shape} | dict(arguments)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def _problem(error: ValidationError) -> str:
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        return f"{missing} is missing"
    if error.validator == "additionalProperties":
        unknown = next(name for name in error.instance if name not in error.schema["properties"])
        return f"there is no argument {_short(unknown)}"
    where = " ".join(str(part) for part in error.absolute_path) or "what was given"
    return f"{where} {_SAID[str(error.validator)](error)}"


def _short(value: str) -> str:
    shown = visible_line(value[:_SHOWN])
    return f"'{shown}{'…' if len(value) > _SHOWN else ''}'"
