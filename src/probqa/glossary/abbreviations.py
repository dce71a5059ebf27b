"""The abbreviations that documents explain themselves, as "Long Form (LF)" or "LF (Long Form)".

In: the ids and texts of documents. Out: ``Abbreviation`` records, one for each short form, in alphabetical order.

>>> text = "Work on education, training and employment (ETE) was poor (as in 2018). The CAA (Civil Aviation Authority)."
>>> [(each.short, each.long) for each in find_abbreviations({"a": text})]
[('CAA', 'Civil Aviation Authority'), ('ETE', 'education, training and employment')]

A pair counts where the long form's words, in order, spell the short form with their first letters, small words as they
please, and at most one other word left out: after Schwartz and Hearst (2003), but first letters only, since a wrong
pair makes wrong answers and a missing one none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from probqa.glossary.entries import Abbreviation

_MOST_CHARACTERS = 120
_SHORT = r"[A-Za-z][A-Za-z&]{1,9}"
_IN_BRACKETS = re.compile(rf"\(({_SHORT})(?:['’]s)?\)")
_BEFORE_BRACKETS = re.compile(rf"\b({_SHORT}) \(([^()\n]{{5,{_MOST_CHARACTERS}}})\)")
_WORD = re.compile(r"[^\W_][\w'’]*|&")
_STOP = re.compile(r"[.;:()\n?!•|]")
_SMALL = frozenset("a an and by for from in of on or the to with &".split())


def find_abbreviations(texts: Mapping[str, str]) -> tuple[Abbreviation, ...]:
    """Return what the ``texts`` of documents, by their ids, say that abbreviations stand for.

    Of several long forms the one that most documents have counts. One that is an ordinary word of the documents in
    small letters is ``as_written``.
    """
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    first: dict[tuple[str, str], str] = {}
    for document_id, text in texts.items():
        for short, long in dict.fromkeys(_pairs(text)):
            found[short][long] += 1
            first.setdefault((short, long), document_id)
    # Between white space: "crc" in an address is no word.
    small = {short.lower() for short in found}
    ordinary = {word for text in texts.values() for word in small.intersection(text.split())} if small else set()
    kept: dict[str, Abbreviation] = {}
    for short in sorted(found):
        long = max(found[short], key=lambda form: (found[short][form], -len(form), form))
        each = Abbreviation(short, long, first[short, long], as_written=short.lower() in ordinary)
        # "OMIC" and "OMiC" are one.
        kept.setdefault(short.lower(), each)
    return tuple(kept.values())


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for match in _IN_BRACKETS.finditer(text):
        before = _STOP.split(text[max(0, match.start() - _MOST_CHARACTERS) : match.start()])[-1]
        words = list(_WORD.finditer(before))
        longer = (before[words[start].start() :] for start in range(len(words) - 2, -1, -1))
        if pair := next(filter(None, (_pair(match[1], long) for long in longer)), None):
            yield pair
    for match in _BEFORE_BRACKETS.finditer(text):
        if pair := _pair(match[1], match[2]):
            yield pair


def _pair(short: str, long: str) -> tuple[str, str] | None:
    """Return the pair without the plural ending of its short form, or None where the one does not spell the other."""
    for form in dict.fromkeys((short, short.removesuffix("s"))):
        if sum(letter.isupper() for letter in form) > 1 and _spells(_WORD.findall(long), form):
            return form, " ".join(long.split())
    return None


def _spells(long: Sequence[str], short: str) -> bool:
    """Tell whether the beginnings of the words of ``long``, in order, make ``short``."""
    words = [word.lower() for word in long]
    letters = short.lower()
    if not 1 < len(words) <= 2 * len(letters) + 2:
        return False

    @cache
    def fits(word: int, letter: int, left_out: int) -> bool:
        if word == len(words):
            return letter == len(letters)
        end = letter
        while end < len(letters) and words[word].startswith(letters[letter : end + 1]):
            end += 1
            if fits(word + 1, end, left_out):
                return True
        if not 0 < word < len(words) - 1:
            return False
        is_small = words[word] in _SMALL
        return (is_small or not left_out) and fits(word + 1, letter, left_out + (not is_small))

    return fits(0, 0, 0)
