"""The styles of an OpenDocument text: how words look, and what stands before list items and headings.

In: the trees of its content and its styles. Out: looks, which are values by property name, and labels such as ``2.1``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from probqa.reading.formats.packed_xml import child, name_of, number, value
from probqa.reading.formats.word_numbers import in_format

Look = dict[str, str]

_MAX_BASES = 20
_MAX_LEVELS = 10
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_PROPERTIES = {
    "text-line-through-style": "through",
    "text-line-through-type": "through-type",
    "display": "display",
    "text-position": "position",
    "font-weight": "weight",
    "font-size": "size",
    "color": "color",
    "background-color": "background",
    "font-name": "font",
}
_PERCENT = re.compile(r"(-?\d{1,3})(?:\.\d{1,9})?%")
_POINTS = re.compile(r"[01](?:\.\d{1,9})?pt")


@dataclass(frozen=True, slots=True)
class Level:
    """One depth of a list: the form of its numbers ("" for none), and what stands round them."""

    form: str = ""
    before: str = ""
    after: str = ""
    start: int = 1
    shown: int = 1
    pattern: str = ""


@dataclass(slots=True)
class Styles:
    """The styles by family and name, and the lists by name.

    ``""`` is the list of the headings.
    """

    elements: dict[tuple[str, str], Any]
    defaults: dict[str, Look]
    lists: dict[str, dict[int, Level]]
    looks: dict[tuple[str, str], Look] = field(default_factory=dict)

    def look(self, family: str, name: str) -> Look:
        """Return how a style of a family looks, with those it is based on."""
        if (family, name) not in self.looks:
            look: Look = {}
            for style in reversed(list(self.line(family, name))):
                for properties in style:
                    look |= _look_of(properties)
            self.looks[family, name] = look
        return self.looks[family, name]

    def line(self, family: str, name: str) -> Iterator[Any]:
        """Yield a style, the one it is based on, and so on."""
        for _ in range(_MAX_BASES):
            style = self.elements.get((family, name))
            if style is None:
                return
            yield style
            name = value(style, "parent-style-name")

    def title(self, name: str) -> str:
        """Return the name of the common style that a paragraph's own style is or is made from: "title", "heading 1"."""
        for style in self.line("paragraph", name):
            if name_of(style.getparent()) == "styles":
                return (value(style, "display-name") or value(style, "name").replace("_20_", " ")).lower()
        return ""


def read_styles(content: Any, shared: Any) -> Styles:
    """Read the styles of a document.

    ``shared`` is None where it has no file of styles.
    """
    groups = [child(shared, "styles"), child(content, "automatic-styles")]
    styles = Styles({}, {}, {})
    for group in groups:
        for each in () if group is None else group:
            name, family = value(each, "name"), value(each, "family")
            match name_of(each):
                case "style":
                    styles.elements[family, name] = each
                case "default-style":
                    styles.defaults[family] = {key: text for part in each for key, text in _look_of(part).items()}
                case "list-style":
                    styles.lists[name] = _levels(each)
                case "outline-style":
                    styles.lists[""] = _levels(each)
                case _:
                    pass
    return styles


def _look_of(properties: Any) -> Look:
    given = {key.rsplit("}", 1)[-1]: str(text) for key, text in properties.attrib.items()}
    look = {_PROPERTIES[name]: text for name, text in given.items() if name in _PROPERTIES}
    # What says that it is not struck takes back both ways to say that it is.
    return look | {"through-type": "none"} if look.get("through") == "none" else look


def _levels(element: Any) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for each in element:
        depth = number(value(each, "level"))
        if 0 < depth <= _MAX_LEVELS and name_of(each) in ("list-level-style-number", "outline-level-style"):
            levels[depth] = Level(
                _FORMS.get(value(each, "num-format"), ""),
                value(each, "num-prefix"),
                value(each, "num-suffix"),
                number(value(each, "start-value"), 1),
                number(value(each, "display-levels"), 1),
                value(each, "num-list-format"),
            )
    return levels


def is_struck(look: Look) -> bool:
    """Tell whether words are struck out."""
    return any(look.get(name, "none") not in ("none", "") for name in ("through", "through-type"))


def is_unseen(look: Look, *, has_background: bool) -> bool:
    """Tell whether words are hidden, too small to be read, or white on white."""
    if look.get("display") == "none" or _POINTS.fullmatch(look.get("size", "")):
        return True
    is_white = look.get("color", "").lower() in ("#ffffff", "#fefefe", "#fdfdfd")
    return is_white and look.get("background", "transparent") == "transparent" and not has_background


def height(look: Look) -> int:
    """Return 1 where words are raised, -1 where they are lowered, else 0."""
    place = look.get("position", "").partition(" ")[0]
    if place in ("super", "sub"):
        return 1 if place == "super" else -1
    share = _PERCENT.fullmatch(place)
    return 0 if share is None or abs(int(share.group(1))) < 10 else 1 if int(share.group(1)) > 0 else -1


def label(levels: dict[int, Level], counts: dict[int, int], depth: int, start: str = "") -> str:
    """Count an item of a list at a depth, and return what stands before it.

    ``start`` is the number that the item itself states, or "".
    """
    level = levels.get(depth, Level())
    counts[depth] = number(start, counts.get(depth, level.start - 1) + 1)
    for deeper in [each for each in counts if each > depth]:
        del counts[deeper]
    if not level.form:
        return ""
    if level.pattern:
        text = level.pattern
        for each in range(1, depth + 1):
            text = text.replace(f"%{each}%", _number(levels, counts, each))
        return text
    shown = range(max(1, depth - level.shown + 1), depth + 1)
    return level.before + ".".join(_number(levels, counts, each) for each in shown) + level.after


def _number(levels: dict[int, Level], counts: dict[int, int], depth: int) -> str:
    level = levels.get(depth, Level())
    return in_format(counts.setdefault(depth, level.start), level.form) if level.form else ""
