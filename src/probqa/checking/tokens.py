"""Text to tokens that are equal exactly where two wordings are: the closed list of what is forgiven lives here.

In: text. Out: ``Token`` records with their place in it; a token is a word, a number or one punctuation mark.

White space is no token, so its amount and kind never count; two words run together are another token.

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

from probqa.text import CONTROLS

FORGIVEN = {
    "accents": "a letter and its accent as one character or as two",
    "bullets": "a round or square bullet at the start of a line",
    "dashes": "the shape of a dash or hyphen, and the spaces round it",
    "ellipsis": "three full stops or one ellipsis character",
    "final mark": "a full stop, comma or ellipsis at the very end, an ellipsis at the very start",
    "first letter": "whether the first letter is a capital",
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
_LIGATURES = dict(
    zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", ["ff", "fi", "fl", "ffi", "ffl", "st", "st"], strict=True)
)
_ACCENTS = "\u0300-\u036f"
_BULLETS = "\u2022\u25cf\u25aa\u25e6\u2023\u2043\uf0b7"

# A word keeps an apostrophe inside it, a number its decimal point and thousands' commas. One alternative with what
# must stand round it, and no way back: a third faster than the same said plainly.
_INSIDE = rf"[{_ACCENTS}{INVISIBLE}]"
_WORD = (
    rf"\w++(?:[.,'\u2018\u2019\u02bc{_ACCENTS}{INVISIBLE}]"
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
_PLAIN = str.maketrans(dict.fromkeys(INVISIBLE, "") | _LIGATURES | dict.fromkeys("\u2018\u2019\u02bc", "'"))


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark: its normal form and where it lies; two tokens are the same where ``text`` is.

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
    """Cut ``text[start:end]`` into tokens; with ``brackets`` "[T]he" is one word, "The"."""
    end = len(text) if end is None else end
    tokens: list[Token] = []
    at = last = start
    while found := _TOKEN.search(text, at, end):
        at = found.end()
        if found["bullet"]:
            continue
        after_break = "\n" in text[last : found.start()]
        letter = _BRACKETED_LETTER.match(text, found.start(), end) if brackets else None
        if letter:
            at = letter.end()
            tokens.append(Token(normal(letter[1] + letter[2]), found.start(), at, True, after_break, True))
        else:
            tokens.append(Token(_normal(text, found), found.start(), at, found["word"] is not None, after_break))
        last = at
    return tokens


def normal(word: str) -> str:
    """The form in which two words are compared; case counts.

    >>> normal("o\\ufb03\\u00adcer\\u2019s")
    "officer's"
    """
    return word if word.isascii() else unicodedata.normalize("NFC", word.translate(_PLAIN))


def line_break_hyphens(text: str, tokens: Sequence[Token]) -> list[int]:
    """The tokens that end a line in the midst of a word: a hyphen, or a word that ends in a soft hyphen."""
    found: list[int] = []
    for at, token in enumerate(tokens[:-1]):
        following = tokens[at + 1]
        hyphen = (
            token.text == "-" and at > 0 and tokens[at - 1].end == token.start and tokens[at - 1].text[-1].isalpha()
        )
        soft = token.is_word and text[token.end - 1] == "\u00ad"
        if (
            (hyphen or soft)
            and following.is_word
            and following.text[0].islower()
            and _BROKEN.fullmatch(text, token.end, following.start)
        ):
            found.append(at)
    return found


def join_at(tokens: Sequence[Token], broken: Sequence[int]) -> list[Token]:
    """Put the words that are broken at these tokens together again."""
    joined: list[Token] = []
    glue = False
    for at, token in enumerate(tokens):
        if glue:
            first = joined.pop()
            token = Token(first.text + token.text, first.start, token.end, True, first.after_break, joined=True)
        glue = at in broken
        if not (glue and token.text == "-"):
            joined.append(token)
    return joined


def forgiven(text: str, tokens: Sequence[Token], other: str, others: Sequence[Token]) -> set[str]:
    """Name the differences of ``FORGIVEN`` between two texts whose tokens are the same, one for one."""
    names: set[str] = set()
    for at, (token, same) in enumerate(zip(tokens, others, strict=True)):
        names |= _between_tokens(token, text[token.start : token.end], same, other[same.start : same.end])
        if at + 1 < len(tokens):
            gap = text[token.end : tokens[at + 1].start]
            other_gap = other[same.end : others[at + 1].start]
            beside_dash = "-" in (token.text, tokens[at + 1].text)
            names |= _between_gaps(gap, other_gap, beside_dash)
    return names


def _normal(text: str, found: re.Match[str]) -> str:
    raw = found.group()
    if found["word"]:
        return normal(raw)
    if found["ellipsis"]:
        return "\u2026"
    if found["dash"]:
        return "-"
    if raw in QUOTE_MARKS:
        measure = text[found.start() - 1 : found.start()].isdigit()
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
        ("ligatures", "".join(_LIGATURES)),
        ("quote marks", "'\u2018\u2019\u02bc"),
    ):
        if [c for c in raw if c in characters] != [c for c in other if c in characters]:
            names.add(name)
    if unicodedata.is_normalized("NFC", raw) != unicodedata.is_normalized("NFC", other):
        names.add("accents")
    if token.text[0] != same.text[0]:
        names.add("first letter")
    return names


def _between_gaps(gap: str, other: str, beside_dash: bool) -> set[str]:
    if gap == other:
        return set()
    names: set[str] = set()
    for name, characters in (("invisible characters", INVISIBLE), ("bullets", _BULLETS)):
        if any(c in gap for c in characters) != any(c in other for c in characters):
            names.add(name)
    # A final mark that was forgiven inside a quote mark lies in the gap, too.
    bare = str.maketrans(dict.fromkeys(INVISIBLE + _BULLETS + ".,\u2026", ""))
    if gap.translate(bare) != other.translate(bare):
        names.add("dashes" if beside_dash else "white space")
    return names
