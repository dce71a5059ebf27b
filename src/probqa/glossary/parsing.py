"""YAML or JSON to checked ``Entries``, and back to JSON.

In: the text of a glossary file; of any file beside a corpus, its plain values. Out: ``Entries``, or one
``ReadingError`` that names file and entry.

>>> entries = read_yaml("terms:\\n- {term: Recall, definition: Return to prison., basis: general knowledge}", "g.yaml")
>>> read_json(to_json(entries), "glossary.json") == entries
True
>>> read_yaml("terms:\\n- {term: Recall, meaning: Return to prison.}", "g.yaml")
Traceback (most recent call last):
probqa.errors.ReadingError: g.yaml: terms 'Recall': unknown key 'meaning'; known keys: term, definition, basis, \
abbreviation, synonyms, related, note, basis_note, seen_in
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from probqa.dates import PartialDate
from probqa.decoding import decode, decode_json
from probqa.errors import DecodingError, InputError, ReadingError
from probqa.glossary.entries import Entries, Place, Service
from probqa.reading.corpus import read_bytes
from probqa.reading.plain_yaml import FileLoader, YamlError, load
from probqa.text import WEB_ADDRESS


def read_yaml(text: str, where: str) -> Entries:
    """Read and check the text of a glossary file.

    ``where`` names it in errors.

    Raises:
        ReadingError: not the YAML or not the entries that a glossary is made of.
    """
    values = yaml_values(text, where)
    try:
        return checked(decode(Entries, values), where)
    except DecodingError as error:
        raise ReadingError(f"{where}: {error.problem}", error.remedy or "mend the glossary") from error


def read_text(folder: Path, name: str) -> str:
    """Return the text of a file beside a corpus.

    Raises:
        ReadingError: it cannot be read, or is not UTF-8.
    """
    try:
        return read_bytes(folder, name).decode("utf-8-sig")
    except (UnicodeDecodeError, ReadingError) as error:
        reason = "is not UTF-8; save the file as UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise ReadingError(f"{folder / name}: {reason}") from error


def yaml_values(text: str, where: str) -> object:
    """Return the texts, lists and mappings that YAML holds.

    An empty mapping where it holds nothing.

    Raises:
        ReadingError: it is not YAML, or holds what a person would not have meant.
    """
    try:
        values, _ = load(text, _EntryLoader)
    except YamlError as error:
        raise ReadingError(f"{where} line {error.line}: {error.reason}", "mend the YAML") from error
    return {} if values is None else values


def read_json(content: bytes, where: str) -> Entries:
    """Read and check what ``to_json`` gave.

    Raises:
        ReadingError: it is not.
    """
    try:
        return checked(decode_json(Entries, content), where)
    except DecodingError as error:
        raise ReadingError(f"{where}: {error.problem}", error.remedy or "run: probqa build") from error


def to_json(entries: Entries) -> bytes:
    """Return the entries as UTF-8 JSON.

    The same entries give the same bytes.
    """
    return json.dumps(asdict(entries), ensure_ascii=False, separators=(",", ":")).encode()


class _EntryLoader(FileLoader):
    """Plain YAML with one space for each stretch of white space.

    A text or entry without a sign is refused.
    """

    def construct_sequence(self, node: yaml.SequenceNode, deep: bool = False) -> list[Any]:
        for item in node.value:
            if isinstance(item, yaml.ScalarNode) and not item.value.strip():
                raise yaml.constructor.ConstructorError(None, None, "an empty entry of a list", item.start_mark)
        return super().construct_sequence(node, deep)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        text = str(super().construct_scalar(node))
        if text and not text.strip():
            raise yaml.constructor.ConstructorError(None, None, "a text of white space alone", node.start_mark)
        return " ".join(text.split())


def checked(entries: Entries, where: str) -> Entries:
    """Return the entries if they fit together.

    Raises:
        ReadingError: they do not; the message names the entry.
    """
    for what, problem in _problems(entries):
        raise ReadingError(f"{where}: {what}: {problem}", "mend the glossary")
    return entries


def _problems(entries: Entries) -> Iterator[tuple[str, str]]:
    """Return what is wrong across entries: the entry, and why."""
    for term in entries.terms:
        what = f"terms {term.term!r}"
        if not term.seen_in and term.basis != "general knowledge":
            yield what, f"seen_in is missing, yet its basis is {term.basis!r}"
        if not (term.term and term.definition):
            yield what, "the term or its definition is empty"
        yield from _wrong_addresses(what, term.seen_in)
        for form in term.related:
            if form in term.forms:
                yield what, f"{form!r} is both the same and only related"
    for entry in entries.everyday:
        if not (entry.words and entry.means):
            yield f"everyday {', '.join(entry.words or entry.means)!r}", "words or means are missing"
    yield from _wrong_owners(entries)
    services = {service.name: service for service in entries.who_ran_what.services}
    for service in services.values():
        yield from _wrong_service(service, services, entries)
    yield from _wrong_places(entries.places)


def _wrong_owners(entries: Entries) -> Iterator[tuple[str, str]]:
    for owner in entries.who_ran_what.owners:
        what = f"who_ran_what: owners {owner.name!r}"
        for addresses in (owner.seen_in, *(linked.seen_in for linked in owner.linked)):
            if not addresses:
                yield what, "seen_in is missing"
            yield from _wrong_addresses(what, addresses)


def _wrong_service(service: Service, services: dict[str, Service], entries: Entries) -> Iterator[tuple[str, str]]:
    what = f"who_ran_what: services {service.name!r}"
    if not service.seen_in and not service.run_by:
        yield what, "seen_in is missing"
    if service.area and service.area not in {place.name for place in entries.places}:
        yield what, f"its area {service.area!r} is none of the places"
    if service.region and (service.region not in services or services[service.region].kind != "region"):
        yield what, f"its region {service.region!r} is none of the services of kind region"
    yield from _wrong_addresses(what, service.seen_in)
    for run in service.run_by:
        if run.owner not in {owner.name for owner in entries.who_ran_what.owners}:
            yield what, f"{run.owner!r}, who ran it, is none of the owners"
        yield from _wrong_dates(what, (run.since, run.until, *run.reported))
        if run.until and run.since and PartialDate(run.until).last_day < PartialDate(run.since).first_day:
            yield what, f"run by {run.owner!r} until {run.until}, before {run.since}"
        if not run.seen_in:
            yield what, f"run by {run.owner!r}: seen_in is missing"
        yield from _wrong_addresses(what, run.seen_in)
    for successor in service.successors:
        if successor.name not in services or successor.name == service.name:
            yield what, f"its successor {successor.name!r} is none of the other services"
        yield from _wrong_dates(what, (successor.since,))
        if not successor.seen_in:
            yield what, f"its successor {successor.name!r}: seen_in is missing"
        yield from _wrong_addresses(what, successor.seen_in)


def _wrong_places(places: tuple[Place, ...]) -> Iterator[tuple[str, str]]:
    within = {place.name: place.within for place in places}
    for place in places:
        what = f"places {place.name!r}"
        if not place.seen_in and place.basis != "general knowledge":
            yield what, "seen_in is missing"
        yield from _wrong_addresses(what, place.seen_in)
        for larger in place.within:
            if larger not in within:
                yield what, f"it lies in {larger!r}, which is none of the places"
        if place.name in containing(within, place.name):
            yield what, "it lies in itself"


def containing(within: dict[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """Return the places that ``name`` lies in, nearest first, each once.

    Ends even where they go round in a ring.

    >>> containing({"Newport": ("Gwent",), "Gwent": ("Wales",)}, "Newport")
    ('Gwent', 'Wales')
    """
    around: list[str] = []
    waiting = list(within.get(name, ()))
    while waiting:
        larger = waiting.pop(0)
        if larger not in around:
            around.append(larger)
            waiting.extend(within.get(larger, ()))
    return tuple(around)


def _wrong_addresses(what: str, addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
    for address in addresses:
        if not WEB_ADDRESS.fullmatch(address):
            yield what, f"seen_in {address!r} is not a web address"


def _wrong_dates(what: str, dates: Iterable[str]) -> Iterator[tuple[str, str]]:
    for date in dates:
        try:
            PartialDate(date)
        except InputError as error:
            yield what, error.problem
