"""The places, bodies, people and years that a question names, and whether a text has them.

In: a question and a glossary. Out: names, each with the forms it may have in a text.

>>> from probqa.glossary.entries import Entries
>>> named = find_names("Was Dr Hale late in May 2016?", Glossary(Entries()))
>>> named.others, named.years, named.missing_from("It was Mr Hale."), named.missing_from("Dr Hale")
((('Dr',), ('Hale',)), ('2016',), True, False)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from probqa.glossary.glossary import Glossary
from probqa.indexing.lexical import words
from probqa.records import Source

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# A word with a capital that does not open the question, or an abbreviation anywhere.
_NAME = re.compile(r"(?<=[\w,’'] )[A-Z][\w'’-]*|\b[A-Z]{2,}\b")
_NO_NAMES = frozenset("I January February March April May June July August September October November December".split())


@dataclass(frozen=True, slots=True)
class QuestionNames:
    """The names in a question, each as it has it and then as it else may be written; and its years.

    ``known`` are the bodies and places of the glossary, ``others`` what is taken for a name by its capital.
    """

    known: tuple[tuple[str, ...], ...]
    others: tuple[tuple[str, ...], ...]
    years: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        """The stemmed words of the names as the question has them."""
        return frozenset(word for forms in (*self.known, *self.others) for word in words(forms[0]))

    def missing_from(self, text: str) -> bool:
        """Whether a name of the question does not stand in ``text``, in any of its forms."""
        return self.known_missing_from(text) or not _has_all(text, self.others)

    def known_missing_from(self, text: str) -> bool:
        """Whether a body or place of the glossary does not stand in ``text``, in any of its forms."""
        return not _has_all(text, self.known)

    def year_missing_from(self, text: str, source: Source) -> bool:
        """Whether the question names years and neither ``text`` nor the source's date has one of them."""
        return bool(self.years) and {*_YEAR.findall(text), source.published.year}.isdisjoint(self.years)


def find_names(question: str, glossary: Glossary) -> QuestionNames:
    """The bodies and places the glossary knows, and whatever else has a capital or is a year."""
    spans = [
        (named.span, named.name) for named in (*glossary.providers_named(question), *glossary.areas_named(question))
    ]
    named = [tuple(dict.fromkeys((question[span.start : span.end], name))) for span, name in spans]
    # A term of the field is a word like any other, whatever its capitals.
    taken = [span for span, _ in (*spans, *glossary.definitions(question))]
    others = [
        (found.group(),)
        for found in _NAME.finditer(question)
        if found.group() not in _NO_NAMES and not any(span.start <= found.start() < span.end for span in taken)
    ]
    return QuestionNames(tuple(named), tuple(others), tuple(dict.fromkeys(_YEAR.findall(question))))


def about(source: Source) -> str:
    """The words of a source that say what it is about."""
    return "\n".join((source.title, source.area, *source.providers, source.published.year, source.kind))


def _has_all(text: str, names: Sequence[Sequence[str]]) -> bool:
    return all(any(_has(text, form) for form in forms) for forms in names)


def _has(text: str, form: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.IGNORECASE) is not None
