"""Capitals that say nothing, taken off a question: all of it shouted, Or Each Word With One, or a word for EMPHASIS.

In: a question. Out: the same one, in small letters where its capitals name nothing.

>>> lowered("HOW WERE VICTIMS PROTECTED IN GWENT?"), lowered("How Were Victims Protected in Gwent?")
('how were victims protected in gwent?', 'how were victims protected in gwent?')
>>> lowered("Was Dr Hale late in KENT?", lambda word: word == "kent"), lowered("What Is A CRC?"), lowered("IOM in Kent")
('Was Dr Hale late in kent?', 'what is a crc?', 'IOM in Kent')

A name is read by its capital (``names``), which only a question that has small letters for its other words can show.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from probqa.indexing.lexical import words

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
# Shorter ones are abbreviations, most of them words of some kind as well.
_EMPHASISED = re.compile(r"(?<![\w'’-])[^\W\d_a-z]{4,}(?![\w'’-])")


def lowered(text: str, is_word: Callable[[str], bool] = lambda _: False) -> str:
    """Return ``text`` in small letters where its capitals say nothing.

    ``is_word`` tells whether a word in small letters is one that is spelt right.
    """
    if _is_flat(_WORD.findall(text)):
        return text.lower()
    return _EMPHASISED.sub(lambda match: match[0].lower() if is_word(match[0].lower()) else match[0], text)


def _is_flat(typed: list[str]) -> bool:
    """Tell whether every word has a capital, small words aside, and one that can be no name has one behind the first.

    >>> _is_flat(["Working", "Links", "in", "Gwent"])
    False
    """
    return all(word[0].isupper() or not words(word) for word in typed) and any(
        word[0].isupper() and not words(word) for word in typed[1:]
    )
