"""The tokens of a text, which are equal exactly where two wordings are.

In: text. Out: ``Token`` records with their place in it. A token is a word, a number or one punctuation mark. The closed
list of what is forgiven stands here.

White space is no token, so its amount and kind never count. Two words run together are another token.

>>> [token.text for token in tokenise("The \\u201cfirst\\u201d half\\u2014 22.5%")]
['The', "'", 'first', "'", 'half', '-', '22.5', '%']
>>> forgiven("the self\\u2011same", tokenise("the self\\u2011same"), "the self-same", tokenise("the self-same"))
{'dashes'}
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from probqa.text import CONTROLS, LIGATURES

FORGIVEN = {
    "accents": "a letter and its accent as one character or as two",
    "bullets": "a round or square bullet at the start of a line",
    "dashes": "the shape of a dash or hyphen, and the spaces round it",
    "ellipsis": "three full stops or one ellipsis character",
    "final mark": "a full stop, comma or ellipsis at the very end, an ellipsis at the very start",
    "first letter": "whether the first letter is a capital",
    "fractions": "½ and its like as one character, in raised and lowered figures, or as figures with a slash",
    "invisible characters": "soft hyphens and characters without width",
    "ligatures": "two or three letters printed as one character",
    "line-break hyphen": "a word broken by a hyphen and white space, before a small letter",
    "quote marks": "the shape of a quote mark; single or double, except after a digit, where it may be a measure",
    "white space": "the kind and amount of white space, beside punctuation also whether there is any",
}

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SINGLE = "'\u2018\u2019\u201a\u201b\u2039\u203a\u02bc`\u00b4\uff07"
_DOUBLE = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02'
QUOTE_MARKS = _SINGLE + _DOUBLE
_ACCENTS = "\u0300-\u036f"
_BULLETS = "\u2022\u25cf\u25aa\u25e6\u2023\u2043\uf0b7"

# The fractions that have a character of their own. With the number before it, one is a single word, however it is
# written, so that nothing of it can be cut off: "3½", "3 1/2", "3¹⁄₂".
_HALVES = {sign: unicodedata.normalize("NFKC", sign).replace("\u2044", "/") for sign in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
_SLASHES = "/\u2044\u2215"
_NARROW = " \u00a0\u2009\u202f"
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉\u2044\u2215", "0123456789" * 2 + "//")
_AS_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_IN_FIGURES = "|".join(f"{each[0]}[{_SLASHES}]{each[-1]}" for each in _HALVES.values())
_SHIFTED = "|".join(
    f"{_AS_RAISED[int(each[0])]}[{_SLASHES}][{chr(0x2080 + int(each[-1]))}{_AS_RAISED[int(each[-1])]}]"
    for each in _HALVES.values()
)
_FRACTION = rf"(?:[{''.join(_HALVES)}]|(?<![\w{_SLASHES}.,])(?:{_IN_FIGURES})(?![\w{_SLASHES}])|(?:{_SHIFTED}))"
_WITH_FRACTION = rf"(?=[\d{''.join(_HALVES)}{_AS_RAISED}])(?:\d++(?:[.,]\d++)*+[{_NARROW}]?)?{_FRACTION}"
_SHAPES_OF_FRACTIONS = frozenset((*_HALVES, *_SLASHES, *_AS_RAISED, *map(chr, range(0x2080, 0x208A)), *_NARROW))
# A word keeps an apostrophe inside it, a number its decimal point and thousands' commas. One alternative with
# lookarounds, and no backtracking, is a third faster than the plain pattern.
_INSIDE = rf"[{_ACCENTS}{INVISIBLE}]"
_WORD = (
    rf"{_WITH_FRACTION}|\w++(?:[.,'\u2018\u2019\u02bc{_ACCENTS}{INVISIBLE}]"
    rf"(?:(?<={_INSIDE})|(?<=['\u2018\u2019\u02bc])(?=\w)|(?<=\d[.,])(?=\d))\w*+)*+"
)
_SPACE = rf"\s{CONTROLS}{INVISIBLE}"
WORD = re.compile(_WORD)
SPLIT_AT_WORDS = re.compile(f"({_WORD})")
_TOKEN = re.compile(
    rf"(?P<bullet>(?:(?<=\n)|\A)[^\S\n]*[{_BULLETS}](?=\s))|(?P<word>{_WORD})|(?P<ellipsis>\u2026|\.(?:\s?\.){{2,}})"
    rf"|(?P<dash>[{re.escape(DASHES)}]|--+)|[^{_SPACE}]"
)
_BRACKETED_LETTER = re.compile(rf"\[(\w)\]({_WORD})")
_BROKEN = re.compile(rf"[{_SPACE}]*\s[{_SPACE}]*")
_PLAIN = str.maketrans(dict.fromkeys(INVISIBLE, "") | LIGATURES | dict.fromkeys("\u2018\u2019\u02bc", "'"))
_FRACTION_AT_END = re.compile(rf"[{_NARROW}]?({_FRACTION})\Z")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark, with its normal form and where it lies.

    Two tokens are the same where ``text`` is.

    ``after_break`` says that a line break stands before it. ``bracketed`` is a word whose first letter was put in
    square brackets. ``joined`` is a word put together again over a line-break hyphen.
    """

    text: str
    start: int
    end: int
    is_word: bool
    after_break: bool = False
    bracketed: bool = False
    joined: bool = False


def tokenise(text: str, start: int = 0, end: int | None = None, *, brackets: bool = False) -> list[Token]:
    """Cut ``text[start:end]`` into tokens.

    With ``brackets`` "[T]he" is one word, "The".
    """
    end = len(text) if end is None else end
    tokens: list[Token] = []
    position = last = start
    while match := _TOKEN.search(text, position, end):
        position = match.end()
        if match["bullet"]:
            continue
        after_break = "\n" in text[last : match.start()]
        letter = _BRACKETED_LETTER.match(text, match.start(), end) if brackets else None
        if letter:
            position = letter.end()
            tokens.append(Token(normal(letter[1] + letter[2]), match.start(), position, True, after_break, True))
        else:
            tokens.append(Token(_normal(text, match), match.start(), position, match["word"] is not None, after_break))
        last = position
    return tokens


def normal(word: str) -> str:
    """Return the form in which two words are compared.

    Case counts.

    >>> normal("o\\ufb03\\u00adcer\\u2019s"), normal("3½"), normal("⅔")
    ("officer's", '3 1/2', '2/3')
    """
    if word.isascii():
        return word
    fraction = _FRACTION_AT_END.search(word)
    if fraction:
        plain = _HALVES.get(fraction[1]) or fraction[1].translate(_RAISED)
        return f"{word[: fraction.start()]} {plain}".lstrip()
    return unicodedata.normalize("NFC", word.translate(_PLAIN))


def line_break_hyphens(text: str, tokens: Sequence[Token]) -> list[int]:
    """Return the tokens that end a line in the midst of a word, by index.

    Such a token is a hyphen, or a word that ends in a soft hyphen.
    """
    broken: list[int] = []
    for index, token in enumerate(tokens[:-1]):
        following = tokens[index + 1]
        hyphen = (
            token.text == "-"
            and index > 0
            and tokens[index - 1].end == token.start
            and tokens[index - 1].text[-1].isalpha()
        )
        soft = token.is_word and text[token.end - 1] == "\u00ad"
        if (
            (hyphen or soft)
            and following.is_word
            and following.text[0].islower()
            and _BROKEN.fullmatch(text, token.end, following.start)
        ):
            broken.append(index)
    return broken


def join_at(tokens: Sequence[Token], broken: Sequence[int]) -> list[Token]:
    """Join the words that are broken at these tokens."""
    joined: list[Token] = []
    glue = False
    for index, token in enumerate(tokens):
        if glue:
            first = joined.pop()
            token = Token(first.text + token.text, first.start, token.end, True, first.after_break, joined=True)
        glue = index in broken
        if not (glue and token.text == "-"):
            joined.append(token)
    return joined


def forgiven(text: str, tokens: Sequence[Token], other: str, others: Sequence[Token]) -> set[str]:
    """Name the differences of ``FORGIVEN`` between two texts.

    The tokens of both must be the same, one for one.
    """
    names: set[str] = set()
    for index, (token, same) in enumerate(zip(tokens, others, strict=True)):
        names |= _between_tokens(token, text[token.start : token.end], same, other[same.start : same.end])
        if index + 1 < len(tokens):
            gap = text[token.end : tokens[index + 1].start]
            other_gap = other[same.end : others[index + 1].start]
            beside_dash = "-" in (token.text, tokens[index + 1].text)
            names |= _between_gaps(gap, other_gap, beside_dash)
    return names


def _normal(text: str, match: re.Match[str]) -> str:
    raw = match.group()
    if match["word"]:
        return normal(raw)
    if match["ellipsis"]:
        return "\u2026"
    if match["dash"]:
        return "-"
    if raw in QUOTE_MARKS:
        measure = text[match.start() - 1 : match.start()].isdigit()
        return ("digit + " if measure else "") + ('"' if measure and raw in _DOUBLE else "'")
    return raw


def _between_tokens(token: Token, raw: str, same: Token, other: str) -> set[str]:
    if raw == other:
        return set()
    if not token.is_word:
        return {"dashes" if token.text == "-" else "ellipsis" if token.text == "\u2026" else "quote marks"}
    names: set[str] = set()
    if token.joined or same.joined:
        names.add("line-break hyphen")
    for name, characters in (
        ("invisible characters", INVISIBLE),
        ("ligatures", "".join(LIGATURES)),
        ("quote marks", "'\u2018\u2019\u02bc"),
    ):
        if [character for character in raw if character in characters] != [
            character for character in other if character in characters
        ]:
            names.add(name)
    if unicodedata.is_normalized("NFC", raw) != unicodedata.is_normalized("NFC", other):
        names.add("accents")
    shapes, others = ([each for each in word if each in _SHAPES_OF_FRACTIONS] for word in (raw, other))
    if shapes != others:
        names.add("fractions")
    if token.text[0] != same.text[0]:
        names.add("first letter")
    return names


def _between_gaps(gap: str, other: str, beside_dash: bool) -> set[str]:
    if gap == other:
        return set()
    names: set[str] = set()
    for name, characters in (("invisible characters", INVISIBLE), ("bullets", _BULLETS)):
        if any(character in gap for character in characters) != any(character in other for character in characters):
            names.add(name)
    # A final mark that was forgiven inside a quote mark lies in the gap too.
    bare = str.maketrans(dict.fromkeys(INVISIBLE + _BULLETS + ".,\u2026", ""))
    if gap.translate(bare) != other.translate(bare):
        names.add("dashes" if beside_dash else "white space")
    return names
