"""A link to the words of a quote, and where those words stand in the edition that is at hand.

In: a quote. Out: a link, with an edition (a hash of the text) and a hash of the words. And back: what a
link says and the document as it is now, to a ``Found``.

Where the text is another one than the link was made from, the words are looked for as a whole, letter by letter: what
has the same hash is the same words. A place inside a word is none.

>>> from probqa.records import Document, Quote, Source, Span
>>> made = Document(Source("a", "A", "P", "report"), "a.md", "", "", "It was good. It was safe.", ())
>>> link = reading_link(Quote(made, Span(13, 25), Span(0, 25)))
>>> link
'read?document=a&from=13&to=25&edition=6dc38e1d7b47&words=853339fd749e4fde'
>>> now = Document(made.source, "a.md", "", "", "In May it was good. It was safe.", ())
>>> find(now, read_link(link))
Found(span=Span(start=20, end=32), state='moved', places=1)
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

from probqa.errors import InputError
from probqa.records import Document, Quote, Span

PAGE = "read"
_EDITION_DIGITS, _WORDS_DIGITS = 12, 16
# More digits than any document has characters would only be slow to turn into a number.
_MAX_DIGITS = 9
# Characters of words times characters of text, above which they are not looked for: some seconds.
_MAX_WORK = 2_000_000_000
_MAX_LINK_CHARACTERS = 10_000
_TOKEN = re.compile(r"\w+|[^\w\s]")

State = Literal["same", "moved", "gone", "unproved"]
Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """Where the words of a link stand now, None where nowhere.

    ``state`` is "same" where the text is that of the link's edition; "moved" where it is another one that has the
    words, in so many ``places``, of which ``span`` is the nearest to the old one; "gone" where the text has them no
    more, or not where an old link says; "unproved" where the link is of the old kind, without edition and hash.
    """

    span: Span | None
    state: State
    places: int = 1


def reading_link(quote: Quote) -> str:
    """Return the address, relative to that of the app, at which a quote is shown where it stands."""
    parameters = {
        "document": quote.source.id,
        "from": quote.span.start,
        "to": quote.span.end,
        "edition": quote.document.text_sha256[:_EDITION_DIGITS],
        "words": words_hash(quote.text),
    }
    return f"{PAGE}?{urlencode(parameters)}"


def read_link(link: str) -> Parameters:
    """Return what a link says, whole or relative.

    Raises:
        InputError: it names no document.
    """
    try:
        given = parse_qs(urlsplit(link[:_MAX_LINK_CHARACTERS]).query, max_num_fields=50)
    except ValueError:
        given = {}
    if not given.get("document"):
        raise InputError("this is no link to words of a report", "give one that Read in context or --json has as link")
    return given


def find(document: Document, given: Parameters) -> Found | None:
    """Return where the words of a link stand in a document.

    None where the link names no words.
    """
    start, end, edition, words = (next(iter(given.get(name, ())), "") for name in ("from", "to", "edition", "words"))
    if not (start or end):
        return None
    if not all(each.isdecimal() and each.isascii() and len(each) <= _MAX_DIGITS for each in (start, end)):
        return Found(None, "gone")
    return _find(document, int(start), int(end), edition, words)


def _find(document: Document, start: int, end: int, edition: str, words: str) -> Found:
    there = Span(start, end) if start < end <= len(document.text) else None
    if not words:
        is_place = there is not None and not (_in_word(document.text, start) or _in_word(document.text, end))
        return Found(there, "unproved") if is_place else Found(None, "gone")
    is_same_text = edition == document.text_sha256[:_EDITION_DIGITS]
    if is_same_text or start >= end:
        is_there = there is not None and words_hash(document.slice(there)) == words
        return Found(there, "same") if is_there else Found(None, "gone")
    starts = _places(document.text, end - start, words)
    if not starts:
        return Found(None, "gone")
    nearest = min(starts, key=lambda place: abs(place - start))
    return Found(Span(nearest, nearest + end - start), "moved", len(starts))


@lru_cache(maxsize=256)
def _places(text: str, length: int, words: str) -> tuple[int, ...]:
    """Return where words of so many characters with this hash begin: neither end is inside a word."""
    if length * len(text) > _MAX_WORK:
        return ()
    starts = (token.start() for token in _TOKEN.finditer(text))
    return tuple(
        start
        for start in starts
        if start + length <= len(text)
        and not (_in_word(text, start) or _in_word(text, start + length))
        and words_hash(text[start : start + length]) == words
    )


def _in_word(text: str, place: int) -> bool:
    """Tell whether a place is between two characters of one word or number."""
    return 0 < place < len(text) and _is_of_word(text[place]) and _is_of_word(text[place - 1])


def _is_of_word(character: str) -> bool:
    # A raised figure, which is the mark of a note, is neither.
    return character.isalpha() or character.isdecimal() or unicodedata.category(character).startswith("M")


def words_hash(words: str) -> str:
    """Return by what words are known again: the same hash, the same words."""
    return hashlib.sha256(words.encode()).hexdigest()[:_WORDS_DIGITS]
