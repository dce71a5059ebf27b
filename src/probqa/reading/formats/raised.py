"""Raised and lowered characters in a line of text, written so that they never run into a figure.

In: pieces of text, each with its height (1 raised, 0 level, -1 lowered). Out: one line.

>>> level([("31", 0), ("2,3", 1), (" offices kept 3", 0), ("1", 1), ("/", 0), ("2", -1), (" files", 0)])
'31²,³ offices kept 3¹⁄₂ files'
>>> with_fractions("kept 3¹⁄₂ files and ⁵/₁₆ of one")
'kept 3½ files and ⁵⁄₁₆ of one'
>>> level([("the 19", 0), ("th", 1), (" office of 2022", 0), ("a", 1)])
'the 19th office of 2022ᵃ'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_SEVERAL_LETTERS = re.compile(r"[^\W\d_]{2}")
_LETTERS = str.maketrans("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_FIGURES = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISED = _FIGURES | str.maketrans("+-−=()", "⁺⁻⁻⁼⁽⁾")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LOWERED_SIGNS = str.maketrans("+-−=()", "₊₋₋₌₍₎")
_SLASH = re.compile(r"[/⁄∕]")
FRACTION = re.compile(r"(?<![⁰¹²³⁴-⁹])([⁰¹²³⁴-⁹]{1,4})[/⁄∕]([₀-₉]{1,4})(?![₀-₉])")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
_SIGNS = dict(
    zip("1/2 1/3 2/3 1/4 3/4 1/5 2/5 3/5 4/5 1/6 5/6 1/8 3/8 5/8 7/8".split(), "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞", strict=True)
)
_MARK = re.compile(r"(?<![^\W\d_])(?:[a-z]|[ivx]{2,5})(?![^\W\d_])")


def raise_text(text: str) -> str:
    """Write digits, signs and small letters as raised ones."""
    return text.translate(_RAISED | _LETTERS)


def raise_mark(text: str) -> str:
    """Write digits and small letters as raised ones, and leave the signs round them."""
    return text.translate(_FIGURES | _LETTERS)


def lower_text(text: str) -> str:
    """Write digits as lowered ones."""
    return text.translate(_LOWERED)


def raised(text: str) -> str:
    """Write the text of one raised element in raised digits and signs, and a single letter too.

    What holds a word ("19" with a raised "th") or stands in square brackets cannot run into a figure, and stays.

    >>> "2022" + raised("3"), "31" + raised("2,3"), "19" + raised("th"), "8" + raised("[footnote 1]")
    ('2022³', '31²,³', '19th', '8[footnote 1]')
    """
    return text if _stands_apart(text) else raise_text(text)


def lowered(text: str) -> str:
    """Write the text of one lowered element in lowered digits and signs.

    >>> "CO" + lowered("2"), raised("1") + "⁄" + lowered("2")
    ('CO₂', '¹⁄₂')
    """
    return text if _stands_apart(text) else text.translate(_LOWERED | _LOWERED_SIGNS)


def fraction(above: str, below: str) -> str:
    """Write a fraction as the one character that there is for it, else in raised and lowered figures.

    So it never runs into a figure before it.

    >>> "3" + fraction("1", "2"), "3" + fraction("5", "16")
    ('3½', '3⁵⁄₁₆')
    """
    above, below = above.translate(_PLAIN), below.translate(_PLAIN)
    return _SIGNS.get(f"{above}/{below}", f"{raise_text(above)}⁄{lower_text(below)}")


def with_fractions(text: str) -> str:
    """Write raised figures, a slash and lowered figures as a fraction."""
    return FRACTION.sub(written_fraction, text)


def written_fraction(match: re.Match[str]) -> str:
    """Write one that ``FRACTION`` has found."""
    return fraction(match[1], match[2])


def _stands_apart(text: str) -> bool:
    return _SEVERAL_LETTERS.search(text) is not None or text.strip().startswith("[")


def level(pieces: Iterable[tuple[str, int]]) -> str:
    """Join pieces into one line.

    Raised figures, and letters that are a mark, become raised characters; the figures of a fraction raised and lowered
    ones; figures lowered after a figure become lowered characters. Where all is raised, nothing is.
    """
    pieces = [(text, height) for text, height in pieces if text]
    text = "".join(piece for piece, _ in pieces)
    heights = [height for piece, height in pieces for _ in piece]
    if len({height for character, height in zip(text, heights, strict=True) if not character.isspace()}) <= 1:
        return text
    written = list(text)
    fractions: set[int] = set()
    for slash in _SLASH.finditer(text):
        start, end = slash.start(), slash.end()
        while start and text[start - 1].isdigit() and heights[start - 1] > 0:
            start -= 1
        while end < len(text) and text[end].isdigit() and heights[end]:
            end += 1
        if start < slash.start() and end > slash.end():
            fractions.update(range(start, end))
            above, below = text[start : slash.start()], text[slash.end() : end]
            written[start:end] = [*raise_text(above), "⁄", *lower_text(below)]
    for start, end in _stretches(heights, fractions):
        written[start:end] = [_moved(text[start:end], heights[start], text[:start][-1:])] + [""] * (end - start - 1)
    return "".join(written)


def _stretches(heights: list[int], without: set[int]) -> Iterator[tuple[int, int]]:
    """Yield where each stretch of one height starts and ends, apart from the places in ``without``."""
    places = (place for place in range(len(heights)) if place not in without)
    stretch: list[int] = []
    for place in places:
        if stretch and (place != stretch[-1] + 1 or heights[place] != heights[stretch[0]]):
            yield stretch[0], stretch[-1] + 1
            stretch = []
        stretch.append(place)
    if stretch:
        yield stretch[0], stretch[-1] + 1


def _moved(text: str, height: int, before: str) -> str:
    if height < 0:
        return lower_text(text) if before.isdigit() else text
    if height == 0:
        return text
    text = _MARK.sub(lambda mark: mark.group().translate(_LETTERS), text)
    return text.translate(_RAISED) if any(map(str.isdigit, text)) else text
