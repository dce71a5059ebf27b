"""The words of a quote that tell where it is from: neither the small words of grammar nor names, numbers or denials.

In: tokens. Out: their indices. A made-up quote has the small words of every text and the names of whom it is about; a
number or a "not" is what is altered most.

>>> from probqa.checking.tokens import tokenise
>>> quote = tokenise("Working Links in Wales was a shambles.")
>>> [quote[index].text for index in telling(quote)]
['shambles']
"""

from __future__ import annotations

from collections.abc import Sequence

from probqa.checking.meaning import denials, is_number
from probqa.checking.tokens import Token

_SMALL_WORDS = frozenset(
    """
    a about after also always am an and any are as at be because been before being between but by can could did do does
    during even for from had has have he her here him his how i if in into is it it's its itself just may me might more
    much my of off often on only or our out over own quite rather said say says she should so still such than that the
    their them then there these they this those through to too under until up very was we were what when where which
    while who whom whose why will with would you your
    """.split()
)
_ENDS_SENTENCE = frozenset(".!?:…'\"")


def telling(quote: Sequence[Token]) -> list[int]:
    """Return the words of a quote that are evidence of its source, by index.

    A word is a name where it has a capital within a sentence, or one at its start before another capital. Where a
    quote has nothing but names and small words, the names are all there is, and else every word.
    """
    words = [index for index, token in enumerate(quote) if token.is_word]
    content = [index for index in words if not _is_small(quote[index].text)]
    return [index for index in content if not _is_name(quote, index)] or content or words


def _is_small(word: str) -> bool:
    return word.lower() in _SMALL_WORDS or is_number(word) or bool(denials([word]))


def _is_name(quote: Sequence[Token], index: int) -> bool:
    if not quote[index].text[:1].isupper():
        return False
    begins = index == 0 or quote[index - 1].text in _ENDS_SENTENCE
    return not begins or any(token.text[:1].isupper() for token in quote[index + 1 : index + 2])
