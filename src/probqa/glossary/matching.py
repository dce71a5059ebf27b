"""The search for known names in a text: whole words, the longest name first.

In: names, each with what it stands for. Out: for a text, the spans of the names that occur in it.

>>> names = Names("terms", ["PO"])
>>> names.add("low risk", "Low risk")
>>> names.add("PO", "Probation officer")
>>> [(match.meaning, match.span) for match in names.find("Low-risk people see no PO; a po is a river.")]
[('Low risk', Span(start=0, end=8)), ('Probation officer', Span(start=23, end=25))]

Capitals, plural endings, and a hyphen in place of a space make no difference. A comma or a dash between two words
does, where the name has none there. Names given as ``as_written`` are found only in exactly their letters.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from probqa.errors import ReadingError
from probqa.records import Span
from probqa.text import plain

# An accent may be a character of its own.
_WORD = re.compile(r"\w[\w\u0300-\u036f]*(?:&[\w\u0300-\u036f]+)*|&")
# What may stand between two words of one name. Anything else must stand in the name too.
_PLAIN_GAP = re.compile(r"\s*|[-‐‑'’]")
_NAME_GAP = re.compile(r",\s+|\s+[-–—]\s+")
_ABBREVIATION = re.compile(r"[A-Z\d&]{2,}")


@dataclass(frozen=True, slots=True)
class Found:
    """A name that stands in a text, with its place and meaning."""

    span: Span
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class _Name:
    name: str
    meaning: str
    words: tuple[str, ...]
    gaps: tuple[str, ...]

    def exact_forms(self) -> tuple[tuple[str, ...], ...]:
        """Return the words of the name as they are written.

        An abbreviation may have a small s behind it ("POs").
        """
        plural = (*self.words[:-1], self.words[-1] + "s")
        return (self.words, plural) if _ABBREVIATION.fullmatch(self.words[-1]) else (self.words,)


class Names:
    """A list of names, no two of them alike.

    ``what`` names the list in errors.
    """

    def __init__(self, what: str, as_written: Collection[str]) -> None:
        """Make an empty list."""
        self._what = what
        self._as_written = frozenset(as_written)
        self._names: dict[tuple[str, ...], _Name] = {}
        self._first_words: set[str] = set()
        self._longest = 0

    def add(self, name: str, meaning: str) -> None:
        """Add ``name`` for ``meaning``.

        The same name added twice for one meaning counts once.

        Raises:
            ReadingError: the name stands for something else already, or holds no word.
        """
        words, gaps = _cut(name, list(_WORD.finditer(name)))
        if not words:
            raise ReadingError(f"{self._what} {meaning!r}: {name!r} holds no word", "mend the glossary")
        known = _Name(name, meaning, words, gaps)
        for form in known.exact_forms():
            taken = self._names.setdefault(tuple(map(fold, form)), known)
            self._first_words.add(fold(form[0]))
            if taken.meaning != meaning:
                raise ReadingError(
                    f"{self._what} {meaning!r}: {name!r} already stands for {taken.meaning!r}", "mend the glossary"
                )
        self._longest = max(self._longest, len(words))

    def __contains__(self, name: str) -> bool:
        """Tell whether this very name was added."""
        return any(known.name == name for known in self._names.values())

    def knows(self, name: str) -> bool:
        """Tell whether a name was added that differs in capitals, number and hyphens at most."""
        return tuple(map(fold, words_of(name))) in self._names

    def find(self, text: str) -> Iterator[Found]:
        """Yield the names in ``text`` from left to right.

        It takes the longest name at each place, and no two overlap.
        """
        words = list(_WORD.finditer(text))
        folded = [fold(word.group()) for word in words]
        position = 0
        while position < len(words):
            # Most words begin no name at all.
            longest = min(self._longest, len(words) - position) if folded[position] in self._first_words else 0
            for count in range(longest, 0, -1):
                name = self._match(text, words[position : position + count], tuple(folded[position : position + count]))
                if name:
                    yield Found(
                        Span(words[position].start(), words[position + count - 1].end()), name.name, name.meaning
                    )
                    position += count
                    break
            else:
                position += 1

    def _match(self, text: str, matches: list[re.Match[str]], folded: tuple[str, ...]) -> _Name | None:
        name = self._names.get(folded)
        if name is None:
            return None
        words, gaps = _cut(text, matches)
        if name.name in self._as_written and words not in name.exact_forms():
            return None
        for gap, own in zip(gaps, name.gaps, strict=True):
            if not (_PLAIN_GAP.fullmatch(gap) or (_NAME_GAP.fullmatch(gap) and not _PLAIN_GAP.fullmatch(own))):
                return None
        return name


def fold(word: str) -> str:
    """Take capitals, accents and a plural ending off a word.

    Both sides of a comparison are folded.

    >>> [fold(word) for word in "Offenders companies risk NPS CRCs &".split()]
    ['offender', 'company', 'risk', 'nps', 'crcs', 'and']
    """
    word = "and" if word == "&" else plain(word.lower())
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and re.search("[aeiouy]", word[:-1]):
        return word[:-1] if len(word) > 3 else word
    return word


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of ``text`` as they are written."""
    return tuple(match.group() for match in _WORD.finditer(text))


def _cut(text: str, matches: list[re.Match[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words, and what stands between each two of them."""
    gaps = (text[before.end() : after.start()] for before, after in itertools.pairwise(matches))
    return tuple(match.group() for match in matches), tuple(gaps)
