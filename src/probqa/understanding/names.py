"""The places, bodies, people and years that a question names, and whether a text has them.

In: a question and a glossary. Out: ``Name`` records, each with the forms it may have in a text.

>>> from probqa.glossary.entries import Entries
>>> hale, year = read_names("Was Dr Hale late in May 2016?", Glossary(Entries()))[1:]
>>> hale.forms, year.kind, has(hale, "It was Mr Hale."), has(year, "In 2016/17")
(('Hale',), 'year', True, True)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from probqa.dates import MONTHS, YEAR_ALONE
from probqa.glossary.glossary import Glossary
from probqa.indexing.lexical import words
from probqa.questions import Name, NameKind, Origin
from probqa.text import plain

# A word with a capital that does not open the question, or an abbreviation anywhere.
_CAPITAL = re.compile(r"(?<=[\w,’'] )[A-Z][\w'’-]*|\b[A-Z]{2,}\b")
_NO_NAMES = frozenset(("I", *MONTHS))
KNOWN: tuple[NameKind, ...] = ("provider", "place")


def read_names(text: str, glossary: Glossary, typed: int | None = None) -> tuple[Name, ...]:
    """Return what ``text`` names: bodies and places that the glossary knows, what else has a capital, and years.

    The first ``typed`` characters were typed and the rest carried over; all were typed where it is None.
    """
    typed = len(text) if typed is None else typed

    def name(kind: NameKind, start: int, *forms: str) -> Name:
        origin: Origin = "typed" if start < typed else "carried"
        return Name(kind, tuple(dict.fromkeys(forms)), frozenset(words(forms[0])), origin)

    known = [("provider", named) for named in glossary.providers_named(text)]
    known += [("place", named) for named in glossary.areas_named(text)]
    kinds: dict[str, NameKind] = {"provider": "provider", "place": "place"}
    names = [
        name(kinds[kind], named.span.start, text[named.span.start : named.span.end], named.name)
        for kind, named in known
    ]
    # A term of the field is a word like any other, whatever its capitals.
    taken = [named.span for _, named in known] + [span for span, _ in glossary.definitions(text)]
    taken += [each.span for each in glossary.abbreviated(text)]
    names += [
        name("other", capital.start(), capital.group())
        for capital in _CAPITAL.finditer(text)
        if capital.group() not in _NO_NAMES
        and words(capital.group())
        and not any(span.start <= capital.start() < span.end for span in taken)
    ]
    years = {year.group(): year.start() for year in reversed(list(YEAR_ALONE.finditer(text)))}
    return (*names, *(name("year", start, year) for year, start in sorted(years.items(), key=lambda pair: pair[1])))


def has(name: Name, text: str) -> bool:
    """Tell whether a name stands in ``text``, whole, in any of its forms, whatever the capitals and accents."""
    held = plain(text)
    small, pattern = _looked_for(name.forms)
    # Most texts do not, which is soon told of plain letters.
    if small and held.isascii() and not any(map(held.lower().__contains__, small)):
        return False
    return pattern.search(held) is not None


@lru_cache(maxsize=4096)
def _looked_for(forms: tuple[str, ...]) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Return forms in small letters, if all are of ASCII, and what finds one of them whole."""
    each = [plain(form) for form in forms]
    listed = "|".join(map(re.escape, each))
    small = tuple(form.lower() for form in each) if all(map(str.isascii, each)) else ()
    return small, re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)


def may_be_name(word: str, text: str, meant: str, texts: Iterable[str]) -> bool:
    """Tell whether a word of ``text`` that is like another one is a name of its own, and no slip.

    It is where it has a capital that opens no sentence, and ``meant`` has one in none of the ``texts``.

    >>> may_be_name("Addaction", "does Addaction help", "addiction", ["They had an addiction."])
    True
    >>> may_be_name("Probaton", "the Probaton Service", "probation", ["The Probation Service is new."])
    False
    """
    if not re.search(rf"[\w,] {re.escape(word)}\b", text) or not (word[0].isupper() and word[1:].islower()):
        return False
    written = re.compile(rf"[\w,’'] {re.escape(meant.capitalize())}\b")
    return not any(written.search(held) for held in texts)


def years_in(text: str) -> set[str]:
    """Return the years that stand in ``text``."""
    return set(YEAR_ALONE.findall(text))
