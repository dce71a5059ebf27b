"""The figures of a text, in digits and in words, for comparing what went in with what came out.

>>> sorted(figures("Nearly two-thirds (64 per cent) of 1,037 cost £3.7 billion."))
['1,037', '64 per cent', 'thirds', 'two', '£3.7 billion']
"""

from __future__ import annotations

import re

_WORDS = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half third thirds
quarter quarters fifth fifths tenth twice double doubled dozen""".split()
# "this one" counts nothing.
_FIGURE = re.compile(
    r"£?\d[\d,]*(?:\.\d+)?\s*(?:%|per cent|million|bn|billion|m\b)?|\b(?<!this )(?:" + "|".join(_WORDS) + r")\b",
    re.IGNORECASE,
)


def figures(text: str) -> set[str]:
    """Every figure with its sign and unit, in small letters."""
    return {" ".join(match.group().lower().split()).rstrip(",") for match in _FIGURE.finditer(text)}
