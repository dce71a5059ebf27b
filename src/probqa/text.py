"""The patterns for text that several rooms share.

In: text. Out: ranges for a character class of a pattern, patterns, and the half of a character in a text.

>>> half_character("a\\ud800b") == "\\ud800", half_character("a😀b")
(True, '')
"""

from __future__ import annotations

import re

CONTROLS = r"\x00-\x1f\x7f-\x9f"
# The seven Latin ligatures that are printed as one character, and the letters that they stand for.
LIGATURES = dict(
    zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", ["ff", "fi", "fl", "ffi", "ffl", "st", "st"], strict=True)
)
# Surrogates that stand alone: UTF-8 cannot write them.
HALVES = r"\ud800-\udfff"
# Neither white space nor what could end an attribute or a string around it.
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'\\]+")

_HALF = re.compile(f"[{HALVES}]")


def half_character(text: str) -> str:
    """Return the first surrogate in a text: half a character, which no UTF-8 file can hold.

    Empty where there is none.
    """
    half = _HALF.search(text)
    return half.group() if half else ""
