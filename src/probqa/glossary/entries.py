"""The glossary's records: terms, everyday words, who owned and ran which service, and which place lies in which.

In: nothing. Out: frozen records. A field with a default may be empty: what was not seen is left out.

>>> Term("Recall", "Returning someone on licence to prison.", "general knowledge").synonyms
()

Dates are an ISO year, month or day, as exact as they were seen. ``seen_in`` holds web addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Basis = Literal["seen", "partly seen", "general knowledge"]


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the field.

    ``abbreviation`` and ``synonyms`` mean the same as ``term``. ``related`` words do not.
    """

    term: str
    definition: str
    basis: Basis
    abbreviation: str = ""
    synonyms: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    note: str = ""
    basis_note: str = ""
    seen_in: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """Return every way to write the term: in full, its abbreviation, its synonyms."""
        return (self.term, *filter(None, (self.abbreviation,)), *self.synonyms)


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and what it stands for, without a definition: what documents write as "Long Form (LF)".

    ``document`` is the id of the first that does. One that is ``as_written`` is matched only in exactly its letters.
    """

    short: str
    long: str
    document: str = ""
    as_written: bool = False


@dataclass(frozen=True, slots=True)
class Everyday:
    """Words that people use, with what reports say instead.

    Any of ``words`` stands for ``means``. It does not hold the other way round.
    """

    words: tuple[str, ...]
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """A company tied to an owner.

    ``how`` says how they are tied. A reader may know the company's name instead of the owner's.
    """

    name: str
    how: str
    seen_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner of companies that ran services."""

    name: str
    also: tuple[str, ...] = ()
    linked: tuple[Linked, ...] = ()
    note: str = ""
    seen_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """An owner's time with one company.

    ``reported`` are the dates of publications that show it.
    """

    owner: str
    since: str = ""
    until: str = ""
    reported: tuple[str, ...] = ()
    note: str = ""
    seen_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Successor:
    """The service that took over a company's area, or a part of it."""

    name: str
    since: str = ""
    basis: Basis = "seen"
    note: str = ""
    seen_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A body that inspectors look at.

    ``kind`` is a word of the field (``domain.ServiceKind``), and ``area`` names a place. ``region`` is the service of
    the kind "region" that it belongs to.
    """

    name: str
    kind: str
    also: tuple[str, ...] = ()
    area: str = ""
    region: str = ""
    run_by: tuple[Run, ...] = ()
    successors: tuple[Successor, ...] = ()
    seen_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place and the larger ones it lies in.

    A group of counties that one service covered is a place too.
    """

    name: str
    also: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    basis: Basis = "seen"
    note: str = ""
    seen_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhoRanWhat:
    """Owners, and the services that they and the public sector ran."""

    owners: tuple[Owner, ...] = ()
    services: tuple[Service, ...] = ()


@dataclass(frozen=True, slots=True)
class Entries:
    """All that a glossary file holds.

    Forms in ``as_written`` are matched only in exactly these letters. When an index is built, ``abbreviations`` that
    the documents explain themselves are added. ``ordinary`` are places that are ordinary words as well: they are
    matched only where a text can mean the place.
    """

    terms: tuple[Term, ...] = ()
    everyday: tuple[Everyday, ...] = ()
    who_ran_what: WhoRanWhat = WhoRanWhat()
    places: tuple[Place, ...] = ()
    as_written: tuple[str, ...] = ()
    abbreviations: tuple[Abbreviation, ...] = ()
    ordinary: tuple[str, ...] = ()
