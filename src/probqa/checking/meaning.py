"""The words that must never change unnoticed: numbers and denials, and where they would be cut in two.

In: tokens, or a place in a text. Out: their numbers and denials; what a cut leaves behind.

>>> denials(["It", "wasn't", "good", "nor", "late"])
["wasn't", 'nor']
>>> numbers(["In", "2017", "three", "of", "four", "cost", "£", "5"])
['2017', 'three', 'four', '£', '5']
>>> text = "It was not good; it cost £5 million."
>>> text[slice(*cut_before(text, 11))], text[slice(*cut_after(text, 27))]
('not', ' million')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from probqa.checking.tokens import QUOTE_MARKS, WORD, normal

_DENIALS = frozenset(
    """
    not no never none nor neither nobody nothing nowhere without cannot hardly barely scarcely rarely seldom non
    cant wont dont didnt wasnt werent isnt arent hasnt havent hadnt doesnt couldnt wouldnt shouldnt
    """.split()
)
_DENYING_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis")
_NUMBER_WORDS = frozenset(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million
    millions billion billions trillion dozen dozens half halves third thirds quarter quarters fifth fifths sixth sixths
    seventh eighth ninth tenth tenths first second once twice thrice double doubled triple tripled treble trebled both
    all every each most many few some percent
    """.split()
)
_NUMBER_MARKS = frozenset("%‰£$€¥+±<>")

_SPACE = rf"[\s{QUOTE_MARKS}\u00ad\u200b\u200c\u200d\u2060\ufeff]*"
_WORD_BEFORE = re.compile(rf"({WORD.pattern}){_SPACE}\Z")
_COMPOUND_BEFORE = re.compile(r"\w[\w'’]*[-\u2010\u2011\u2012\u2013\u2212\u00ad]\u00ad*\Z")
_SIGN_BEFORE = re.compile(r"(?:[+£$€¥#±<>\u2010-\u2013\u2212-]|(?:\d|\A|(?<=\s))[.,/:])\Z")
_COMPOUND_AFTER = re.compile(r"\u00ad*[-\u2010\u2011\u2012\u2013\u2212]\w[\w'’]*")
_UNIT_AFTER = re.compile(
    r"\s*(?:[%‰]|(?:per\s?cent|percent|percentage|hundred|thousand|million|billion|trillion|bn|m|k)\b)|[/:]\d+"
)
_SCALES = frozenset("hundred thousand million billion trillion dozen percent per".split())
_REACH = 80


def denials(words: Iterable[str]) -> list[str]:
    """Return those of the words that deny: "not", "never", "without", "wasn't" and their like."""
    return [word for word in words if _plain(word) in _DENIALS or word.lower().endswith("n't")]


def is_opposite(word: str, other: str) -> bool:
    """Tell whether one word is the other behind a denying syllable or before "-less".

    >>> is_opposite("effective", "ineffective"), is_opposite("careful", "careless"), is_opposite("in", "on")
    (True, True, False)
    """
    short, long = sorted((word.lower(), other.lower()), key=len)
    if len(short) > 2 and any(prefix + short == long for prefix in _DENYING_PREFIXES):
        return True
    return any(full.endswith("ful") and less == full[:-3] + "less" for full, less in ((short, long), (long, short)))


def numbers(words: Iterable[str]) -> list[str]:
    """Return those of the tokens that count: digits, number words, signs and currencies."""
    return [word for word in words if is_number(word)]


def is_number(word: str) -> bool:
    """Tell whether a token counts something."""
    return any(character.isdigit() for character in word) or word.lower() in _NUMBER_WORDS or word in _NUMBER_MARKS


def cut_before(text: str, start: int, low: int = 0) -> tuple[int, int] | None:
    """Return what stands before ``start`` and must not be cut off from it.

    This is the first part of a hyphenated word, the sign, currency or first part of a number, or a denial. None where
    there is none of them between ``low`` and ``start``.
    """
    before = text[max(low, start - _REACH) : start]
    first = WORD.match(text, start)
    compound = _COMPOUND_BEFORE.search(before)
    if first and compound:
        return start - len(compound.group()), start
    if text[start].isdigit() and (sign := _SIGN_BEFORE.search(before)):
        return start - len(sign.group()), start
    word = _WORD_BEFORE.search(before)
    if word is None:
        return None
    cut = start - len(before) + word.start(1), start - len(before) + word.end(1)
    if denials([normal(word[1])]):
        return cut
    counts = first is not None and first.group().lower() in _SCALES and is_number(word[1])
    return cut if counts and not before[word.end(1) :].strip() else None


def cut_after(text: str, end: int, high: int | None = None) -> tuple[int, int] | None:
    """Return what stands behind ``end`` and must not be cut off from it.

    This is the second part of a hyphenated word, or the unit of a number. None where there is none of them between
    ``end`` and ``high``.
    """
    high = len(text) if high is None else high
    if text[end - 1].isalnum() and (compound := _COMPOUND_AFTER.match(text, end, high)):
        return compound.span()
    last = _WORD_BEFORE.search(text[max(0, end - _REACH) : end])
    if last is None or not is_number(last[1]):
        return None
    unit = _UNIT_AFTER.match(text, end, high)
    return unit.span() if unit else None


def same_numbers(words: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether both hold the same numbers in the same order."""
    return [word.lower() for word in numbers(words)] == [word.lower() for word in numbers(others)]


def same_denials(words: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether both deny equally often, with no word in the place of its opposite."""
    if len(denials(words)) != len(denials(others)):
        return False
    return len(words) != len(others) or not any(map(is_opposite, words, others))


def _plain(word: str) -> str:
    return word.lower().replace("'", "")
