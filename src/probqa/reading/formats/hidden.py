"""What of a web page is no live text: struck out, hidden from its visitors, or for screen readers only.

In: the tree of a page, then one element after the other. Out: the reason why an element is left out, or "".

Only what the page itself says of an element counts. Of its style sheets only the plain rules that strike a class out
are read. What a visitor can open (a closed accordion, a tab, details) is not hidden.

>>> from lxml import html
>>> page = html.fromstring("<p><s>Good</s> <b>Poor</b> <i hidden>x</i></p>")
>>> [Visibility(page).reason(element) for element in page]
['struck out', '', 'hidden text']
"""

from __future__ import annotations

import re
from typing import Any

_HIDDEN_STYLE = re.compile(
    r"display:none|visibility:hidden|opacity:0(\.0+)?(;|$)|font-size:[01](\.\d+)?(px|pt)?(;|$)"
    r"|(text-indent|left|top):-\d{3,}(px|em|pt)|(?<![-\w])color:(#fff(fff)?|white|rgb\(255,255,255\))(!important)?(;|$)"
)
_HIDDEN_OTHERWISE = re.compile(r"display:none|visibility|opacity|indent")
_COVER = re.compile(r"background|display:(block|inline)")
_STRUCK = frozenset(("del", "s", "strike"))
_LINE_THROUGH = re.compile(r"text-decoration(-line)?:[^;]{0,40}line-through")
_CLASS = re.compile(r"[\w-]*\.([\w-]{1,80})")
_FOR_READERS = re.compile(r"(govuk-|nhsuk-|u-)?visually-?hidden|sr-only|screen-?reader(s?-only|-text)?|assistive-text")
_OPENED = re.compile(r"accordion|collaps|tab-?panel|tabs?[-_]|expand|disclosure|toggle|details")
_PAGE = frozenset(("html", "body", "head"))


class Visibility:
    """What a page says about which of its elements are seen."""

    def __init__(self, tree: Any) -> None:
        self._opened = {
            reference.lstrip("#")
            for element in tree.iter("a", "button", "summary", "h2", "h3", "h4", "div", "span", "li", "label")
            for name in ("aria-controls", "data-target", "data-bs-target", "href")
            for reference in element.get(name, "").split()[:1]
            if name != "href" or reference.startswith("#")
        }
        self._struck = _struck_classes("".join(style.text or "" for style in tree.iter("style")))

    def reason(self, element: Any) -> str:
        """Name why the text of an element is left out.

        It is empty where it is live text.
        """
        marks = element.get("class", "").split()
        style = re.sub(r"\s", "", element.get("style", "")).lower()
        if element.tag in _PAGE:
            return ""
        if element.tag in _STRUCK or element.get("role") == "deletion" or _LINE_THROUGH.search(style):
            return "struck out"
        if not self._struck.isdisjoint(marks):
            return "struck out"
        if self._is_hidden(element, style):
            return "hidden text"
        if any(_FOR_READERS.fullmatch(mark.lower()) for mark in marks):
            return "for screen readers only"
        return ""

    def _is_hidden(self, element: Any, style: str) -> bool:
        is_hidden = element.get("hidden") is not None
        if not is_hidden and not (style and _HIDDEN_STYLE.search(style)):
            return False
        if not is_hidden and not _HIDDEN_OTHERWISE.search(style) and _is_covered(element):
            return False
        return not self._can_be_opened(element)

    def _can_be_opened(self, element: Any) -> bool:
        """Tell whether a visitor can open what is hidden now: an accordion's section, a tab."""
        near = [element, *element.iterancestors()][:3]
        marks = " ".join(f"{each.get('class', '')} {each.get('id', '')}" for each in near).lower()
        return (
            element.get("hidden", "").lower() == "until-found"
            or element.get("role") == "tabpanel"
            or element.get("id", "\n") in self._opened
            or bool(_OPENED.search(marks))
        )


def _is_covered(element: Any) -> bool:
    """Tell whether white text has, or stands in, something that may have a background."""
    while element is not None:
        if element.get("class") or _COVER.search(element.get("style") or "") or element.get("bgcolor"):
            return True
        element = element.getparent()
    return False


def _struck_classes(sheet: str) -> set[str]:
    """Return the classes that a page's own style sheet strikes out."""
    struck: set[str] = set()
    for rule in sheet.split("}"):
        selectors, _, style = rule.rpartition("{")
        if _LINE_THROUGH.search(re.sub(r"\s", "", style).lower()):
            for selector in " ".join(selectors.rpartition("{")[2].split()).split(","):
                if name := _CLASS.fullmatch(selector.rpartition(" ")[2]):
                    struck.add(name.group(1))
    return struck
