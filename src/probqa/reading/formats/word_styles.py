"""The styles of a Word file: how a paragraph or run looks, put together from all the places that say so.

In: the styles part, and the properties of an element. Out: ``Style`` records and looks, which are values by property
name; an on/off property is ``"1"`` or ``""``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from probqa.reading.formats.packed_xml import child, every, is_on, name_of, number, value

Look = dict[str, str]

# Of these each of two styles that are on takes back the other (ISO 29500-1, 17.7.3).
_TOGGLES = ("b", "strike", "vanish")
_SWITCHES = (*_TOGGLES, "dstrike")
_VALUES = ("vertAlign", "position", "sz", "color")
_MAX_BASES = 20


@dataclass(frozen=True, slots=True)
class Style:
    """A named style: its title, heading level (0 for none), list (``numId`` and ``ilvl``, "" for none) and look."""

    title: str = ""
    level: int = 0
    listed: tuple[str, str] = ("", "")
    look: Look = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles by id, what holds where none is named, and what holds before any style."""

    named: dict[str, Style] = field(default_factory=dict)
    usual: Style = Style()
    defaults: Look = field(default_factory=dict)

    def of(self, name: str) -> Style:
        """Return the style of a paragraph that names this one, or none."""
        return self.named.get(name, self.usual)


def read_styles(root: Any) -> Styles:
    """Read the styles part.

    It is None where a file has none.
    """
    if root is None:
        return Styles()
    elements = {value(style, "styleId"): style for style in every(root, "style")}
    named = {name: _style(elements, name, 0) for name in elements}
    usual = (
        name
        for name, style in elements.items()
        if value(style, "type") == "paragraph" and value(style, "default") and is_on(value(style, "default"))
    )
    defaults = child(child(child(root, "docDefaults"), "rPrDefault"), "rPr")
    return Styles(named, named.get(next(usual, ""), Style()), look_of(defaults))


def _style(elements: dict[str, Any], name: str, depth: int) -> Style:
    element = elements.get(name)
    if element is None or depth > _MAX_BASES:
        return Style()
    base = child(element, "basedOn")
    above = _style(elements, value(base), depth + 1) if base is not None else Style()
    title = value(child(element, "name")).lower()
    named = re.fullmatch(r"heading ([1-9])", title)
    properties = child(element, "pPr")
    in_list = child(properties, "numPr")
    if in_list is not None:
        listed = (value(child(in_list, "numId")) or above.listed[0], value(child(in_list, "ilvl")) or above.listed[1])
    else:
        listed = above.listed if above.listed[0] or not title.startswith("list ") else ("-", "")
    return Style(
        title=title,
        level=int(named.group(1)) if named else 1 if title == "title" else outline_level(properties) or above.level,
        listed=listed,
        look=above.look | look_of(child(element, "rPr")),
    )


def outline_level(properties: Any) -> int:
    """Return the heading level that the properties of a paragraph state, from 1.

    It is 0 for none.
    """
    level = number(value(child(properties, "outlineLvl")), 9)
    return level + 1 if 0 <= level < 9 else 0


def look_of(properties: Any) -> Look:
    """Return what the properties of a run state."""
    look: Look = {}
    for each in () if properties is None else properties:
        name = name_of(each)
        if name in _SWITCHES:
            look[name] = "1" if is_on(value(each)) else ""
        elif name in _VALUES:
            look[name] = value(each)
        elif name == "rFonts":
            look |= {key: font for key in ("ascii", "hAnsi") if (font := value(each, key))}
    # A drawing says it in attributes.
    if value(properties, "strike") in ("sngStrike", "dblStrike"):
        look["strike"] = "1"
    if value(properties, "baseline"):
        look["position"] = value(properties, "baseline")
    return look


def combined(defaults: Look, paragraph: Look, character: Look, own: Look) -> Look:
    """Return how a run looks, from the defaults, its two styles and its own properties."""
    look = defaults | paragraph | character | own
    for name in _TOGGLES:
        if name not in own:
            is_toggled = bool(paragraph.get(name)) != bool(character.get(name))
            look[name] = "1" if is_toggled or defaults.get(name) else ""
    return look


def may_head(text: str) -> bool:
    """Tell whether a paragraph in bold may be a heading by its words."""
    return len(text) <= 120 and bool(re.search(r"[\w)’'\"”]$", text) and re.search(r"[^\W\d_]{2}", text))


def height(look: Look) -> int:
    """Return 1 where text is raised, -1 where it is lowered, else 0.

    A shift of less than two points (``position`` counts half points) is a matter of looks.
    """
    align = {"superscript": 1, "subscript": -1}.get(look.get("vertAlign", ""), 0)
    shift = number(look.get("position", ""))
    return align or (1 if shift >= 4 else -1 if shift <= -4 else 0)
