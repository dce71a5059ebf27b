"""What a term, an abbreviation or a body of the field is, in this project's own words.

In: glossary entries. Out: ``Explanation`` records.

>>> of_owner(Owner("Hale", note="A charity.", seen_in=("https://example.org",)), [Service("Weir CRC", "CRC")]).text
'A charity. It ran Weir CRC.'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from probqa.dates import PartialDate
from probqa.glossary.entries import Abbreviation, Basis, Linked, Owner, Run, Service, Term


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a name means, how that is known, and where it was seen."""

    name: str
    text: str
    basis: Basis
    abbreviation: str = ""
    urls: tuple[str, ...] = ()


def of_term(term: Term) -> Explanation:
    """Return a term's definition, with its note."""
    text = " ".join(filter(None, (term.definition, term.note)))
    return Explanation(term.term, text, term.basis, term.abbreviation, term.seen_in)


def of_abbreviation(each: Abbreviation) -> Explanation:
    """Return what the documents say that an abbreviation stands for."""
    return Explanation(each.long, f"“{each.short}” is short for “{each.long}” in these reports.", "seen", each.short)


def of_owner(owner: Owner, ran: Sequence[Service]) -> Explanation:
    """Return what an owner ran."""
    listed = f"It ran {'; '.join(service.name for service in ran)}." if ran else ""
    return Explanation(owner.name, " ".join(filter(None, (owner.note, listed))), "seen", urls=owner.seen_in)


def of_linked(linked: Linked, owner: Owner) -> Explanation:
    """Return how a company is tied to an owner."""
    return Explanation(linked.name, f"Tied to {owner.name}: {linked.how}.", "seen", urls=linked.seen_in)


def of_service(service: Service) -> Explanation:
    """Return what a service is: its kind, area and region, who ran it, and what took over."""
    parts = [f"{service.kind[0].upper()}{service.kind[1:]}{f' for {service.area}' if service.area else ''}"]
    if service.region:
        parts.append(f"part of {service.region}")
    if service.run_by:
        parts.append(f"run by {', then '.join(_time(run) for run in service.run_by)}")
    if service.successors:
        parts.append(f"followed by {' and '.join(successor.name for successor in service.successors)}")
    addresses = [*service.seen_in, *(address for run in service.run_by for address in run.seen_in)]
    return Explanation(service.name, f"{'; '.join(parts)}.", "seen", urls=tuple(dict.fromkeys(addresses)))


def _time(run: Run) -> str:
    since = f"from {PartialDate(run.since).in_words}" if run.since else ""
    until = f"until {PartialDate(run.until).in_words}" if run.until else ""
    time = " ".join(filter(None, (since, until)))
    return f"{run.owner} ({time})" if time else run.owner
