"""The reports that a text names, by title, by area and year, or by publisher.

In: the sources and their domain, and a text with the quotes taken out. Out: ``NamedReport`` records.

Only what is plain is taken: a whole title; an area beside a word like "report" or "inspectors" ("the 2017 Gwent
report", "inspectors in Kent"), with the year where one stands by it; a publisher by its full name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from probqa.checking.tokens import Token, tokenise
from probqa.checking.verdicts import NamedReport
from probqa.dates import MONTHS, YEAR
from probqa.glossary.domain import Domain
from probqa.records import Source, Span

_T = TypeVar("_T")
_Forms = tuple[str, ...]

_REPORT_WORDS = frozenset("report reports review findings study".split())
# Words that may stand between an area and the report word, which still belong together: "report on work in Gwent".
_BETWEEN = frozenset(
    "a an the 's of on in into at for about from by and & area published its annual joint final latest earlier same "
    ", ( ) -".split()
) | {month.lower() for month in MONTHS}
_REACH = 8
_YEAR = re.compile(YEAR)
_WORD = re.compile(r"\w")
_MIN_TITLE_WORDS = 3


class Names:
    """The names that the reports of an index go by."""

    def __init__(self, sources: Sequence[Source], domain: Domain) -> None:
        """Collect the names from the sources."""
        self._report_words = _REPORT_WORDS.union(domain.report_words)
        self._between = _BETWEEN.union(domain.service_words)
        self._ids: dict[str, list[str]] = {source.id: [source.id] for source in sources}
        self._titles: dict[_Forms, list[str]] = {}
        self._areas: dict[_Forms, list[Source]] = {}
        self._publishers: dict[_Forms, list[str]] = {}
        for source in sources:
            for title in dict.fromkeys((source.title, source.title.split(" (")[0])):
                self._titles.setdefault(_forms(title), []).append(source.id)
            for place in source.places:
                self._areas.setdefault(_forms(place), []).append(source)
            for name in re.split(r"[;()]| and (?=HM |the )", source.publisher):
                if len(_forms(name)) > 1 and name.strip()[:1].isupper():
                    self._publishers.setdefault(_forms(name), []).append(source.id)
        self._areas.pop((), None)
        self._words = [(source, _words(source)) for source in sources]
        self._long_titles = {title: ids for title, ids in self._titles.items() if len(title) >= _MIN_TITLE_WORDS}

    def named_in(self, text: str, hidden: Sequence[Span]) -> list[NamedReport]:
        """Return the reports named in ``text`` outside the ``hidden`` spans, in its order.

        A publisher counts only where no report is named more closely.
        """
        tokens = [token for token in tokenise(text) if not any(span.start <= token.start < span.end for span in hidden)]
        used: set[int] = set()
        named = [
            _named(text, tokens, start, start + length, ids)
            for start, length, ids in _phrases(tokens, self._long_titles, used)
        ]
        named += self._named_areas(text, tokens, used)
        if not named:
            named = [
                _named(text, tokens, start, start + length, ids)
                for start, length, ids in _phrases(tokens, self._publishers, used)
            ]
        return sorted(named, key=lambda report: report.span or Span(0, 1))

    def resolve(self, names: Iterable[str]) -> list[NamedReport]:
        """Return the reports that a caller names.

        Each is named by id, by title, or by words of its title, area, provider or publisher, with or without a year
        ("Gwent 2017", "Kent, 2016", "the London report of March 2018"). A name that fits none is not understood.
        """
        # Half a character, which a command line may hold, could not be printed again.
        return [self._resolved(name.encode("utf-8", "replace").decode("utf-8")) for name in names]

    def _resolved(self, name: str) -> NamedReport:
        ids = self._ids.get(name.strip()) or self._titles.get(_forms(name)) or []
        if ids:
            return NamedReport(name, None, tuple(dict.fromkeys(ids)))
        forms = [form.removesuffix("'s") for form in _forms(name)]
        years = {form for form in forms if _YEAR.fullmatch(form)}
        rest = [form for form in forms if form not in years | self._report_words | self._between and _WORD.match(form)]
        about = self._areas.get(tuple(rest)) or [source for source, words in self._words if words.issuperset(rest)]
        if not about or not (rest or years):
            return NamedReport(name, None, (), understood=False)
        return NamedReport(name, None, tuple(source.id for source in about if not years or years & _years(source)))

    def _named_areas(self, text: str, tokens: Sequence[Token], used: set[int]) -> Iterator[NamedReport]:
        for start, length, sources in _phrases(tokens, self._areas, used):
            stretch = self._report_stretch(tokens, start, start + length)
            # "reading" in small letters is no name of a place.
            if stretch and tokens[start].text[:1].isupper():
                years = {token.text for token in tokens[slice(*stretch)] if _YEAR.fullmatch(token.text)}
                ids = [source.id for source in sources if not years or years & _years(source)]
                yield _named(text, tokens, *stretch, ids)

    def _report_stretch(self, tokens: Sequence[Token], start: int, end: int) -> tuple[int, int] | None:
        """Return the tokens from an area to the nearest report word, with the year beside them.

        None without a report word.
        """
        after = self._reach(tokens, range(end, min(end + _REACH, len(tokens))))
        before = self._reach(tokens, range(start - 1, max(start - 1 - _REACH, -1), -1))
        if after is None and before is None:
            return None
        first = start if before is None else before
        last = end if after is None else after + 1
        # A year right beside them belongs to them: "the 2017 Gwent report", "the Gwent report of April 2017".
        for _ in range(3):
            if first > 0 and self._joins(tokens[first - 1]):
                first -= 1
            if last < len(tokens) and self._joins(tokens[last]):
                last += 1
        return first, last

    def _reach(self, tokens: Sequence[Token], way: range) -> int | None:
        for index in way:
            form = tokens[index].text.lower().removesuffix("'s")
            if form in self._report_words:
                return index
            if not self._joins(tokens[index]):
                return None
        return None

    def _joins(self, token: Token) -> bool:
        return token.text.lower() in self._between or _YEAR.fullmatch(token.text) is not None


def _named(text: str, tokens: Sequence[Token], first: int, after: int, ids: Sequence[str]) -> NamedReport:
    span = Span(tokens[first].start, tokens[after - 1].end)
    return NamedReport(text[span.start : span.end], span, tuple(ids))


def _phrases(
    tokens: Sequence[Token], by_phrase: dict[_Forms, list[_T]], used: set[int]
) -> Iterator[tuple[int, int, list[_T]]]:
    """Yield where one of the phrases stands, the longest first.

    Each token is used once. Out: the first token, how many tokens, and what the phrase stands for.
    """
    forms = [token.text.lower() for token in tokens]
    lengths = sorted({len(phrase) for phrase in by_phrase}, reverse=True)
    for length in lengths:
        for start in range(len(forms) - length + 1):
            values = by_phrase.get(tuple(forms[start : start + length]))
            if values and used.isdisjoint(range(start, start + length)):
                used.update(range(start, start + length))
                yield start, length, values


def _years(source: Source) -> set[str]:
    """Return the years that a report goes by.

    These are the year of publication and those in its title. Where the date is uncertain, the year before counts too.
    """
    years = {source.published.year, *_YEAR.findall(source.title)}
    if source.published and source.published.note:
        years.add(str(int(source.published.year) - 1))
    return years


def _words(source: Source) -> frozenset[str]:
    """Return the words that a report may be named by."""
    return frozenset(_forms(" ".join((source.title, source.area, *source.providers, source.publisher))))


def _forms(name: str) -> _Forms:
    return tuple(token.text.lower() for token in tokenise(name))
