"""The patterns for text that several rooms share.

In: text. Out: ranges for a character class of a pattern, patterns, the half of a character in a text, and the text as
it is compared.

>>> half_character("a\\ud800b") == "\\ud800", half_character("a😀b")
(True, '')
"""

from __future__ import annotations

import re
import unicodedata

CONTROLS = r"\x00-\x1f\x7f-\x9f"
# The seven Latin ligatures that are printed as one character, and the letters that they stand for.
LIGATURES = dict(
    zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", ["ff", "fi", "fl", "ffi", "ffl", "st", "st"], strict=True)
)
# Surrogates that stand alone: UTF-8 cannot write them.
HALVES = r"\ud800-\udfff"
# Neither white space nor what could end an attribute or a string around it.
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'\\]+")

_MARKS = re.compile("[\u0300-\u036f]")
_SHAPES = str.maketrans("\u2018\u2019\u02bc\u2010\u2011", "'''--")
_HALF = re.compile(f"[{HALVES}]")


def half_character(text: str) -> str:
    """Return the first surrogate in a text: half a character, which no UTF-8 file can hold.

    Empty where there is none.
    """
    half = _HALF.search(text)
    return half.group() if half else ""


def plain(text: str) -> str:
    """Return a text without accents, its apostrophes and hyphens of one shape: to be compared, never shown.

    >>> plain("Pontŵr’s café") == plain("Pontw\u0302r's cafe\u0301") == "Pontwr's cafe"
    True
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text))).translate(_SHAPES)
