"""Equations of Office files as they would be typed in one line.

In: an ``oMath`` element, and how the words of its runs are read. Out: a line such as ``⅔`` or ``x²``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from probqa.reading.formats.packed_xml import MAX_DEPTH, child, name_of, value
from probqa.reading.formats.raised import fraction, lower_text, raise_text

Read = Callable[[Any], str]
"""Returns the words of a run, or of anything else that is no part of an equation's structure."""

_STRUCTURE = frozenset("num den e sub sup deg fName lim oMath oMathPara box borderBox bar acc groupChr phant".split())


def formula(element: Any, read: Read, depth: int = 0) -> str:
    """Return an equation, or a part of one, in one line."""
    line = ""
    for each in element if depth < MAX_DEPTH else ():
        part = _part(each, read, depth + 1)
        # Three and a half is no thirty-one halves.
        apart = name_of(each) == "f" and line[-1:].isdecimal() and part[:1].isdecimal()
        line += (" " if apart else "") + part
    return line


def _part(element: Any, read: Read, depth: int) -> str:
    def of(name: str) -> str:
        inner = child(element, name)
        return "" if inner is None else formula(inner, read, depth)

    name = name_of(element)
    properties = child(element, f"{name}Pr")
    match name:
        case "f":
            if value(child(properties, "type")) == "noBar":
                return f"({of('num')} over {of('den')})"
            above, below = of("num"), of("den")
            if above.isdecimal() and below.isdecimal():
                return fraction(above, below)
            return f"{_whole(above)}/{_whole(below)}"
        case "sSup" | "sSub" | "sSubSup" | "sPre":
            return of("e") + _lowered(of("sub")) + _raised(of("sup"))
        case "rad":
            return f"{_raised(of('deg'))}√{_whole(of('e'))}"
        case "nary":
            return f"{_sign(properties, 'chr', '∫')}{_lowered(of('sub'))}{_raised(of('sup'))} {of('e')}"
        case "d":
            between = _sign(properties, "sepChr", "|").join(_each(element, "e", read, depth))
            return _sign(properties, "begChr", "(") + between + _sign(properties, "endChr", ")")
        case "func" | "limLow" | "limUpp":
            return " ".join(filter(None, (of("fName"), of("e"), of("lim"))))
        case "eqArr":
            return "; ".join(_each(element, "e", read, depth))
        case "m":
            return "; ".join(_each(element, "mr", read, depth))
        case "mr":
            return ", ".join(_each(element, "e", read, depth))
        case _ if name in _STRUCTURE:
            return formula(element, read, depth)
        case _:
            return "" if name.endswith("Pr") else read(element)


def _each(element: Any, name: str, read: Read, depth: int) -> list[str]:
    return [
        _part(each, read, depth) if name == "mr" else formula(each, read, depth)
        for each in element
        if name_of(each) == name and depth < MAX_DEPTH
    ]


def _sign(properties: Any, name: str, otherwise: str) -> str:
    sign = child(properties, name)
    return otherwise if sign is None else value(sign)


def _whole(text: str) -> str:
    """Put what is more than one number or word in brackets."""
    return text if re.fullmatch(r"[\w.,%£€$]*", text) else f"({text})"


def _raised(text: str) -> str:
    moved = raise_text(text)
    is_whole = not any(before == after and before.isalnum() for before, after in zip(text, moved, strict=True))
    return moved if is_whole else f"^{_whole(text)}"


def _lowered(text: str) -> str:
    moved = lower_text(text)
    return moved if not text or moved != text else f"_{_whole(text)}"
