"""The numbers that Word itself puts before list items, headings and notes.

In: the numbering part, and the list and depth of each paragraph in order. Out: the label as it is printed, such as
``2.14`` or ``Recommendation 3:``; nothing before a bullet.

>>> in_format(4, "lowerRoman"), in_format(28, "lowerLetter"), in_format(2, "ordinal")
('iv', 'bb', '2nd')
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from probqa.reading.formats.packed_xml import child, every, is_on, name_of, number, value

_MAX_LEVELS = 9
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_CHICAGO = "*†‡§"


@dataclass(frozen=True, slots=True)
class _Level:
    """One depth of a list.

    ``restart`` is the depth (from 1) after which it starts anew, 0 for never.
    """

    form: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    legal: bool = False
    style: str = ""


@dataclass(slots=True)
class Numbering:
    """The lists of a file, and how far each has come."""

    lists: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = field(default_factory=dict)
    """By ``numId``: the list it counts in, its levels, and where it starts anew."""
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def depth_of_style(self, identifier: str, style: str) -> str:
        """Return the depth that a list keeps for a style, or "0"."""
        levels = self.lists.get(identifier, ("", {}, {}))[1]
        return str(next((depth for depth, level in levels.items() if style and level.style == style), 0))

    def label(self, identifier: str, depth_text: str) -> str:
        """Count one paragraph, and return what Word prints before it."""
        if identifier not in self.lists:
            return ""
        counted_in, levels, starts = self.lists[identifier]
        depth = number(depth_text)
        counts = self.counts.setdefault(counted_in, {})
        if identifier not in self.begun:
            self.begun.add(identifier)
            for restarted in starts:
                counts.pop(restarted, None)
        level = levels.get(depth, _Level(form="none"))
        for above in range(depth):
            counts.setdefault(above, starts.get(above, levels.get(above, _Level()).start))
        counts[depth] = counts[depth] + 1 if depth in counts else starts.get(depth, level.start)
        for below in [each for each in counts if each > depth]:
            restart = levels.get(below, _Level()).restart
            if restart is None or depth < restart:
                del counts[below]
        if level.form == "bullet":
            return ""

        def counted(place: re.Match[str]) -> str:
            at = int(place.group(1)) - 1
            form = "decimal" if level.legal else levels.get(at, _Level()).form
            return in_format(counts.get(at, 1), form)

        return re.sub(r"%([1-9])", counted, level.text)


def read_numbering(root: Any) -> Numbering:
    """Read the numbering part.

    It is None where a file has none.
    """
    if root is None:
        return Numbering()
    abstract = {value(each, "abstractNumId"): each for each in every(root, "abstractNum")}
    by_style = {
        value(child(each, "styleLink")): name for name, each in abstract.items() if child(each, "styleLink") is not None
    }
    numbering = Numbering()
    for each in every(root, "num"):
        name = value(child(each, "abstractNumId"))
        link = child(abstract.get(name), "numStyleLink")
        name = by_style.get(value(link), name) if link is not None else name
        levels = _levels(abstract.get(name))
        starts: dict[int, int] = {}
        for override in (inner for inner in each if name_of(inner) == "lvlOverride"):
            depth = number(value(override, "ilvl"))
            levels |= _levels(override)
            start = child(override, "startOverride")
            if start is not None:
                starts[depth] = number(value(start), 1)
        numbering.lists[value(each, "numId")] = name, levels, starts
    return numbering


def _levels(element: Any) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for each in () if element is None else element:
        if name_of(each) == "lvl" and 0 <= number(value(each, "ilvl")) < _MAX_LEVELS:
            restart, legal = child(each, "lvlRestart"), child(each, "isLgl")
            levels[number(value(each, "ilvl"))] = _Level(
                form=value(child(each, "numFmt")) or "decimal",
                text=value(child(each, "lvlText")),
                start=number(value(child(each, "start")), 0),
                restart=None if restart is None else number(value(restart)),
                legal=legal is not None and is_on(value(legal)),
                style=value(child(each, "pStyle")),
            )
    return levels


def in_format(count: int, form: str) -> str:
    """Write a number in one of Word's formats.

    It is in figures where the format is none of those known here.
    """
    match form:
        case "none" | "bullet":
            return ""
        case "lowerLetter" | "upperLetter" if 0 < count <= 780:
            letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
            return letters if form == "lowerLetter" else letters.upper()
        case "lowerRoman" | "upperRoman" if 0 < count < 4000:
            roman = ""
            for size, letters in _ROMAN:
                roman += letters * (count // size)
                count %= size
            return roman if form == "lowerRoman" else roman.upper()
        case "decimalZero":
            return f"{count:02}"
        case "ordinal":
            tail = "th" if 10 < count % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
            return f"{count}{tail}"
        case "chicago" if count > 0:
            return _CHICAGO[(count - 1) % 4] * min((count - 1) // 4 + 1, 20)
        case _:
            return str(count)
