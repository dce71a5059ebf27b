"""The list of official publications that can be fetched: ``corpus/catalogue.yaml``.

In: the corpus folder. Out: a ``Catalogue`` of checked ``Entry`` records.

>>> parse_catalogue("hosts: [example.org]\\nreports:\\n- {id: a, title: A, url: 'https://example.org/a'}").entries
(Entry(id='a', title='A', published='', area='', url='https://example.org/a', format='', address_is='', digest=''),)
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from probqa.decoding import decode
from probqa.errors import CorpusError, DecodingError, DownloadError, InputError
from probqa.gathering.addresses import parse_address
from probqa.reading.corpus import require_folder
from probqa.reading.plain_yaml import FileLoader, YamlError, load

FILE = "catalogue.yaml"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One publication.

    ``url`` is empty where no official address is known, ``digest`` where none was written.
    """

    id: str
    title: str
    published: str = ""
    area: str = ""
    url: str = ""
    format: str = ""
    address_is: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class _File:
    """The content of the file."""

    hosts: tuple[str, ...]
    reports: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The publications that can be fetched, in the order of the file, and the only hosts that are asked for them."""

    hosts: frozenset[str]
    entries: tuple[Entry, ...]

    def chosen(self, ids: Sequence[str]) -> tuple[Entry, ...]:
        """Return the entries named, each once, in the order of the catalogue.

        Raises:
            InputError: an id is not in the catalogue.
        """
        known = [entry.id for entry in self.entries]
        for name in ids:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"the ids are in {FILE}"
                raise InputError(f"{name!r} is not in the catalogue", hint)
        return tuple(entry for entry in self.entries if entry.id in ids)


def read_catalogue(folder: Path) -> Catalogue:
    """Read the catalogue of a corpus folder.

    Raises:
        CorpusError: there is none, or an entry cannot be used. The message names it.
    """
    require_folder(folder)
    try:
        return parse_catalogue((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CorpusError(f"there is no {FILE} in {folder}", "run: probqa add FILE-OR-URL") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{folder / FILE} cannot be read: {error}", "save it as UTF-8") from error


def parse_catalogue(text: str) -> Catalogue:
    """Read a catalogue from YAML, checking every entry.

    Raises:
        CorpusError: an entry cannot be used. The message names it.
    """
    try:
        values, _ = load(text, FileLoader)
    except YamlError as error:
        raise CorpusError(f"{FILE}: line {error.line}: {error.reason}", "mend the YAML") from error
    try:
        read = decode(_File, values)
    except DecodingError as error:
        raise CorpusError(f"{FILE}: {error.problem}", error.remedy or "mend it") from error
    hosts = frozenset(read.hosts)
    for entry in read.reports:
        _check(entry, hosts)
    ids = [entry.id for entry in read.reports]
    if twice := next((name for name in ids if ids.count(name) > 1), None):
        raise CorpusError(f"{FILE}: the id {twice!r} occurs twice", "give each entry its own")
    return Catalogue(hosts, read.reports)


def _check(entry: Entry, hosts: frozenset[str]) -> None:
    if not _ID.fullmatch(entry.id):
        raise CorpusError(f"{FILE}: the id {entry.id!r} is not usable", "an id is small letters, digits and '-'")
    if not entry.title:
        raise CorpusError(f"{FILE}: {entry.id} has no title", "give it one")
    if entry.digest and not _ID.fullmatch(entry.digest):
        raise CorpusError(f"{FILE}: {entry.id}: {entry.digest!r} names no digest", "give its file name without .md")
    if entry.url:
        try:
            address = parse_address(entry.url)
        except DownloadError as error:
            raise CorpusError(f"{FILE}: {entry.id}: {error.problem}", error.remedy) from error
        if address.scheme != "https" or address.host not in hosts:
            raise CorpusError(f"{FILE}: {entry.id}: {entry.url} is not https to one of the hosts", "mend the entry")
