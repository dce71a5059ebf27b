"""What reports are about, as data: the words, names, ratings and texts of one field, which lie beside a corpus.

In: the corpus folder's ``domain.yaml``, if it has one. Out: a ``Domain``; without a file one that knows no field.

>>> domain = Domain(bodies=(Body("CRC", ("CRC", "CRCs", "private compan*")),))
>>> [bool(domain.bodies[0].pattern.search(text)) for text in ("Two CRCs.", "Private companies.", "A crc.")]
[True, True, False]

A phrase is plain words, never a pattern, so that no file can bring a slow one. ``*`` behind its last word stands for
any ending. Capitals make no difference, but a phrase with an abbreviation in it is found only as it is written.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from probqa.dates import PartialDate
from probqa.decoding import decode, decode_json
from probqa.errors import DecodingError, InputError, ReadingError
from probqa.glossary.parsing import read_text, yaml_values
from probqa.reading.first_page import Forms, Rated
from probqa.records import DIGEST_LABEL

DOMAIN_FILE = "domain.yaml"

_PHRASE = re.compile(r"[^\W_](?:[^*]*\w)?\*?")
_ABBREVIATION = re.compile(r"[A-Z]{2}")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|[{}]")


@dataclass(frozen=True)
class Body:
    """A kind of body that passages speak of, by which they can be filtered, and the phrases that name it."""

    name: str
    phrases: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what finds one of the phrases."""
        return phrase_pattern(self.phrases)


@dataclass(frozen=True)
class ServiceKind:
    """A kind of service of the glossary: what those without a known owner are called together.

    ``abbreviations`` name the kind itself, in a question or behind a provider's name.
    """

    kind: str
    group: str
    abbreviations: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what finds one of the abbreviations."""
        return phrase_pattern(self.abbreviations)


@dataclass(frozen=True)
class Written:
    """The ways in which a rating of the scale is also written on first pages."""

    rating: str
    ways: tuple[str, ...]


@dataclass(frozen=True)
class Ratings:
    """The ratings that reports give, best first.

    Those ``only_quoted`` are everyday words and count in quote marks.
    """

    scale: tuple[str, ...] = ()
    only_quoted: tuple[str, ...] = ()
    written: tuple[Written, ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what finds a rating."""
        plain = phrase_pattern(rating for rating in self.scale if rating not in self.only_quoted)
        quoted = (rf"['‘](?i:{re.escape(rating)})['’]" for rating in self.only_quoted)
        return re.compile("|".join((plain.pattern, *quoted)))


@dataclass(frozen=True)
class Publisher:
    """Who publishes the reports.

    ``begins`` is how its name begins however it is written, and ``licence`` its own.
    """

    name: str = ""
    begins: str = ""
    licence: str = ""

    def is_named(self, publisher: str) -> bool:
        """Tell whether a source's publisher is this one, perhaps with others."""
        return bool(self.begins) and publisher.startswith(self.begins)

    def is_licence(self, licence: str) -> bool:
        """Tell whether a licence line is of its own licence."""
        return bool(self.licence) and licence.startswith(self.licence)


@dataclass(frozen=True)
class FirstPage:
    """How the first page of a PDF says what a report is about, where nobody stated it.

    ``area`` are lines with ``{area}`` for the place, the first that fits; ``rated`` such lines with ``{rating}``;
    ``kinds`` are kinds of report as they are written there, the first that is.
    """

    area: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    rated: tuple[Rated, ...] = ()


@dataclass(frozen=True)
class Asked:
    """How people ask about what a heading with one of the phrases is about."""

    question: str
    headings: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what finds one of the phrases in a heading."""
        return phrase_pattern(self.headings)


@dataclass(frozen=True)
class Preposition:
    """What stands before the names of some ``places`` instead of "in"."""

    word: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Suggestions:
    """The questions that are offered: ``{where}`` stands for "in Gwent", ``{when}`` for "in 2017".

    ``rated`` asks for a rating; ``subject`` asks about any other ``{subject}`` that a report of the publisher has.
    """

    asked: tuple[Asked, ...] = ()
    rated: str = ""
    subject: str = "What is said about {subject} {where} {when}?"
    prepositions: tuple[Preposition, ...] = ()


@dataclass(frozen=True)
class Event:
    """Something that happened on a known day, month or year, or went on until another, and the phrases that name it.

    Questions date by it: "before the merger". ``seen_in`` are web addresses.
    """

    name: str
    phrases: tuple[str, ...]
    since: str
    until: str = ""
    seen_in: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what finds one of the phrases."""
        return phrase_pattern(self.phrases)


@dataclass(frozen=True)
class Domain:
    """All that the program knows of a field besides its glossary.

    Every part may be left out. ``institutions`` stand before a place and make another body's name of it.
    ``field_words`` name the field and ``report_words`` its reports and who writes them, so
    that neither says what a question is about; ``service_words`` stand in the names of services, beside a place;
    ``not_names`` have a capital in names of bodies and papers, not of people or places. ``people`` are what those who
    are counted are called. ``wide_areas`` are areas of most reports, which narrow nothing. ``strengths`` praise,
    ``shortcomings`` find fault.
    """

    invitation: str = "Ask these reports"
    about: str = ""
    not_connected_with: str = "those who published them"
    digest_label: str = DIGEST_LABEL
    publisher: Publisher = Publisher()
    wide_areas: tuple[str, ...] = ()
    bodies: tuple[Body, ...] = ()
    services: tuple[ServiceKind, ...] = ()
    institutions: tuple[str, ...] = ()
    ratings: Ratings = Ratings()
    first_page: FirstPage = FirstPage()
    strengths: tuple[str, ...] = ()
    shortcomings: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    field_words: tuple[str, ...] = ()
    report_words: tuple[str, ...] = ()
    service_words: tuple[str, ...] = ()
    not_names: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    suggestions: Suggestions = Suggestions()

    @cached_property
    def forms(self) -> Forms:
        """Return how first pages of PDFs say what a report is about."""
        also = ((way, written.rating) for written in self.ratings.written for way in written.ways)
        return Forms(
            area=self.first_page.area,
            kinds=self.first_page.kinds,
            rated=self.first_page.rated,
            grades=(*((rating, rating) for rating in self.ratings.scale), *also),
            publisher=(self.publisher.name, self.publisher.begins),
        )

    @cached_property
    def abbreviations(self) -> re.Pattern[str]:
        """Return what finds a kind of service by its abbreviation."""
        return phrase_pattern(abbreviation for service in self.services for abbreviation in service.abbreviations)

    def to_json(self) -> bytes:
        """Return it as UTF-8 JSON.

        The same domain gives the same bytes.
        """
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Domain:
        """Return the domain of which ``to_json`` gave this.

        It is checked as if it were read anew.

        Raises:
            ReadingError: it is not that.
        """
        try:
            return _checked(decode_json(cls, content), "domain.json")
        except DecodingError as error:
            raise ReadingError(f"domain.json: {error.problem}", error.remedy or "run: probqa build") from error


NO_DOMAIN = Domain()


def load_domain(folder: Path) -> Domain:
    """Read and check the ``domain.yaml`` of a folder.

    A folder without one has ``NO_DOMAIN``.

    Raises:
        ReadingError: it is not a domain; the message names the file and the entry.
    """
    path = folder / DOMAIN_FILE
    if not os.path.lexists(path):
        return NO_DOMAIN
    values = yaml_values(read_text(folder, DOMAIN_FILE), str(path))
    try:
        return _checked(decode(Domain, values), str(path))
    except DecodingError as error:
        raise ReadingError(f"{path}: {error.problem}", error.remedy or "mend the file") from error


def phrase_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return what finds one of the phrases, whole words only.

    Of no phrases it finds nothing.
    """
    return re.compile("|".join(map(_phrase_pattern, phrases)) or "(?!)")


def _phrase_pattern(phrase: str) -> str:
    words = r"\s+".join(map(re.escape, phrase.removesuffix("*").split()))
    words = words if _ABBREVIATION.search(phrase) else f"(?i:{words})"
    return rf"(?<!\w){words}" + (r"\w*" if phrase.endswith("*") else r"(?!\w)")


def _checked(domain: Domain, where: str) -> Domain:
    for what, problem in _problems(domain):
        raise ReadingError(f"{where}: {what}: {problem}", "mend the file")
    return domain


def _event_problems(events: Iterable[Event]) -> Iterator[tuple[str, str]]:
    for event in events:
        if not (event.name and event.phrases and event.since):
            yield f"events {event.name!r}", "its name, its phrases or since is missing"
        for iso in (event.since, event.until):
            try:
                PartialDate(iso)
            except InputError as error:
                yield f"events {event.name!r}", error.problem


def _problems(domain: Domain) -> Iterator[tuple[str, str]]:
    """Yield what is wrong: the entry, and why."""
    lists = [(f"bodies {body.name!r}", body.phrases) for body in domain.bodies]
    lists += [(f"services {service.kind!r}", service.abbreviations) for service in domain.services]
    lists += [(f"suggestions: asked {asked.question!r}", asked.headings) for asked in domain.suggestions.asked]
    lists += [("ratings", domain.ratings.scale)]
    lists += [(f"events {event.name!r}", event.phrases) for event in domain.events]
    for what, phrases in lists:
        for phrase in phrases:
            if not _PHRASE.fullmatch(phrase):
                yield what, f"{phrase!r} is not plain words, with at most a * behind the last"
    for body in domain.bodies:
        if not (body.name and body.phrases):
            yield f"bodies {body.name!r}", "its name or its phrases are missing"
    yield from _event_problems(domain.events)
    for rating in set(domain.ratings.only_quoted) - set(domain.ratings.scale):
        yield "ratings", f"{rating!r} of only_quoted is none of the scale"
    yield from _wrong_forms(domain)
    suggestions = domain.suggestions
    for name, question, placeholders in (
        *(("asked", asked.question, {"{where}", "{when}"}) for asked in suggestions.asked),
        *([("rated", suggestions.rated, {"{where}", "{when}"})] if suggestions.rated else []),
        ("subject", suggestions.subject, {"{subject}", "{where}", "{when}"}),
    ):
        what = f"suggestions: {name} {question!r}"
        if not question.endswith("?"):
            yield what, "it does not end in a question mark"
        for held in _PLACEHOLDER.findall(question):
            if held not in placeholders:
                yield what, f"{held} stands for nothing; known: {', '.join(sorted(placeholders))}"


def _wrong_forms(domain: Domain) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the lines of first pages and the ways to write a rating."""
    for written in domain.ratings.written:
        if written.rating not in domain.ratings.scale:
            yield "ratings", f"{written.rating!r} of written is none of the scale"
    lines = [("area", line, ["{area}"]) for line in domain.first_page.area]
    lines += [("rated", rated.line, ["{rating}"]) for rated in domain.first_page.rated]
    for name, line, needed in lines:
        held = _PLACEHOLDER.findall(line)
        if [each for each in held if each != "{area}" or name == "area"] != needed or len(set(held)) < len(held):
            yield f"first_page: {name} {line!r}", f"it needs {needed[0]} once, and has nothing else in such brackets"
        if not re.search(r"\w", _PLACEHOLDER.sub("", line)):
            yield f"first_page: {name} {line!r}", "it has no word of its own"
