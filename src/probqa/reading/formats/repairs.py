"""The closed list of repairs that a reader may make to the published words.

In: text as it stands in a file. Out: the same words, with

1. every run of white space (line breaks, tabs, no-break and thin spaces, control characters) as one space,
2. characters without width removed (soft hyphen, zero-width space and joiners, byte-order mark, tags),
3. the seven Latin ligatures spelt out,
4. a word broken by a hyphen at a line's end joined again (in a PDF only, see ``join_lines``),
5. a raised or lowered digit written as Unicode's raised or lowered digit (``raised.py``), so that the mark of a note
   never runs into a figure,
6. a letter and its accent, where they are two characters, as the one that Unicode has for both (NFC),
7. raised figures, a slash and lowered figures as a fraction: "½", or "⁵⁄₁₆" where there is no such character.

Letters, digits and punctuation stay as published, quote marks and dashes included.

>>> tidy("The \\ufb01rst\\u00a0 nine\\nreports")
'The first nine reports'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection

from probqa.reading.formats.raised import FRACTION, with_fractions, written_fraction
from probqa.text import CONTROLS, LIGATURES

WHITE_SPACE = re.compile(rf"[\s{CONTROLS}]+")
# Hyphens with which a line of a PDF may end: the plain one, the Unicode one and the one that allows no break.
HYPHENS = "\u2010\u2011-"
_HYPHEN_AT_END = re.compile(rf"[^\W_][{HYPHENS}]$")
_WORD_AT_END = re.compile(rf"(?<![^\W\d_])([^\W\d_]++)[{HYPHENS}]$")
_WIDTHLESS = dict.fromkeys(
    (*map(ord, "\u00ad\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff"), *range(0xE0000, 0xE0080))
)
_REPAIRED = _WIDTHLESS | {ord(ligature): letters for ligature, letters in LIGATURES.items()}

_Origins = list[tuple[int, int]]


def tidy(text: str) -> str:
    """Apply the first three repairs and the last two.

    The result holds no line break and no white space at its ends.
    """
    tidied = WHITE_SPACE.sub(" ", text.translate(_REPAIRED)).strip()
    return tidied if tidied.isascii() else with_fractions(unicodedata.normalize("NFC", tidied))


def origins(text: str) -> list[tuple[int, int]]:
    """Return, for each character of ``tidy(text)``, where in ``text`` that begins and ends which it was made of.

    >>> origins("of\ufb01  ce")
    [(0, 1), (1, 2), (2, 3), (2, 3), (3, 5), (5, 6), (6, 7)]
    """
    made_of = [(at, at + 1) for at, character in enumerate(text) for _ in character.translate(_REPAIRED)]
    repaired, made_of = _replaced(WHITE_SPACE, lambda _: " ", text.translate(_REPAIRED), made_of)
    made_of = made_of[len(repaired) - len(repaired.lstrip()) : len(repaired.rstrip())]
    repaired = repaired.strip()
    if repaired.isascii():
        return made_of
    return _replaced(FRACTION, written_fraction, *_composed(repaired, made_of))[1]


def _replaced(
    pattern: re.Pattern[str], write: Callable[[re.Match[str]], str], text: str, made_of: _Origins
) -> tuple[str, _Origins]:
    """Replace what a pattern finds: each character of what is written is made of all that was found."""
    parts: list[str] = []
    origins: _Origins = []
    end = 0
    for match in pattern.finditer(text):
        written = write(match)
        parts += [text[end : match.start()], written]
        origins += made_of[end : match.start()]
        origins += [(made_of[match.start()][0], made_of[match.end() - 1][1])] * len(written)
        end = match.end()
    return "".join((*parts, text[end:])), origins + made_of[end:]


def _composed(text: str, made_of: _Origins) -> tuple[str, _Origins]:
    """Write letters and their accents as one character, as far as there is one."""
    if unicodedata.is_normalized("NFC", text):
        return text, made_of
    parts: list[str] = []
    origins: _Origins = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and (unicodedata.combining(text[end]) or _compose(text[start:end], text[end])):
            continue
        parts.append(unicodedata.normalize("NFC", text[start:end]))
        origins += [(made_of[start][0], made_of[end - 1][1])] * len(parts[-1])
        start = end
    return "".join(parts), origins


def _compose(before: str, after: str) -> bool:
    """Tell whether two pieces of text become something else where they stand together."""
    apart = unicodedata.normalize("NFC", before) + unicodedata.normalize("NFC", after)
    return unicodedata.normalize("NFC", before + after) != apart


def join_lines(before: str, after: str, vocabulary: Collection[str]) -> str:
    """Join two lines of a paragraph, of which ``before`` may end in a hyphen.

    There, a soft hyphen always broke a word, a no-break hyphen never did, and for the others see ``mend_word``.

    >>> join_lines("under super\u00ad", "vision by", set()), join_lines("they were", "late", set())
    ('under supervision by', 'they were late')
    """
    if before.endswith("\u00ad") and after[:1].isalpha():
        return before.rstrip("\u00ad") + after
    before = before.rstrip("\u00ad")
    if _HYPHEN_AT_END.search(before) and after[:1].isalnum():
        return before + after if before.endswith("\u2011") else mend_word(before, after, vocabulary)
    return f"{before} {after}" if before else after


def mend_word(before: str, after: str, vocabulary: Collection[str]) -> str:
    """Join ``before``, which ends in a hyphen at a line's end, to ``after`` on the next line.

    The hyphen is dropped only where it broke a word. It stays before a capital or digit, where the document writes the
    word with a hyphen elsewhere, and between two words that the document uses on their own but never as one.
    ``vocabulary`` holds the document's words in small letters, with plain hyphens.

    >>> mend_word("under super-", "vision by", {"supervision", "by"})
    'under supervision by'
    >>> mend_word("a multi-", "agency plan", {"multi-agency", "agency"})
    'a multi-agency plan'
    """
    first = _WORD_AT_END.search(before)
    second = re.match(r"[^\W\d_]+", after)
    if first is None or second is None or not after[0].islower():
        return before + after
    left, right = first.group(1).lower(), second.group().lower()
    joined = left + right in vocabulary or not (left in vocabulary and right in vocabulary)
    return before[:-1] + after if joined and f"{left}-{right}" not in vocabulary else before + after
