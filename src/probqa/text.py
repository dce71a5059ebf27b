"""What several rooms look for in a text, written once.

In: text. Out: ranges for a character class of a pattern, patterns, and the first half of a character.

>>> half_character("a\\ud800b") == "\\ud800", half_character("a😀b")
(True, '')
"""

from __future__ import annotations

import re

CONTROLS = r"\x00-\x1f\x7f-\x9f"
# Surrogates that stand alone: UTF-8 cannot write them.
HALVES = r"\ud800-\udfff"
# Neither white space nor what could end an attribute or a string around it.
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'\\]+")

_HALF = re.compile(f"[{HALVES}]")


def half_character(text: str) -> str:
    """Return the first half of a character, which no file can hold; empty where there is none."""
    half = _HALF.search(text)
    return half.group() if half else ""
