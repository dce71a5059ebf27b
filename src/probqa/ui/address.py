"""The address bar holds the whole conversation, so that a link, Back and a new tab all show the same page.

In: the parameters of an address. Out: an ``Address``, and from it links to any page.

>>> address = read({"question": ["How good is the NPS in Gwent?"], "since": ["2017"]})
>>> address.filters.since, link(address.asking("And in Kent?"))
('2017', '.?question=How+good+is+the+NPS+in+Gwent%3F&question=And+in+Kent%3F&since=2017')
>>> link(address.without("since", "2017"), page="every")
'every?question=How+good+is+the+NPS+in+Gwent%3F'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from probqa.records import Body, Filters

MAX_QUESTIONS = 8
NO_FILTERS = Filters()
BODIES: tuple[Body, ...] = ("CRC", "NPS")

# The name in the address of each filter that may have several values.
_LISTS = {"provider": "providers", "area": "areas", "kind": "kinds", "document": "documents", "body": "bodies"}
_DATES = ("since", "until")

Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Address:
    """What is asked, oldest question first, and what the answers are filtered by.

    ``dropped`` are names not to be carried over, each with the number of the question, from 1, that is to go without
    it. ``unwidened`` are the questions, by number, that the glossary is to add nothing to. ``generation`` is the index
    that the link was made with.
    """

    questions: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS
    dropped: tuple[tuple[int, str], ...] = ()
    unwidened: tuple[int, ...] = ()
    generation: str = ""

    def asking(self, question: str) -> Address:
        """The address with one more question; the oldest goes when there are too many."""
        questions = (*self.questions, question)
        gone = max(0, len(questions) - MAX_QUESTIONS)
        return replace(
            self,
            questions=questions[gone:],
            dropped=tuple((number - gone, name) for number, name in self.dropped if number > gone),
            unwidened=tuple(number - gone for number in self.unwidened if number > gone),
        )

    def without(self, name: str, value: str) -> Address:
        """The address with one filter value gone."""
        parameters = self.parameters()
        parameters[name] = [one for one in parameters.get(name, []) if one != value]
        return read(parameters)

    def parameters(self) -> dict[str, list[str]]:
        """What stands in the address, by name; nothing that is empty."""
        values = {
            "question": list(self.questions),
            **{name: list(getattr(self.filters, field)) for name, field in _LISTS.items()},
            **{name: [getattr(self.filters, name)] for name in _DATES},
            "drop": [f"{number}.{name}" for number, name in self.dropped],
            "exact": [str(number) for number in self.unwidened],
            "g": [self.generation],
        }
        return {name: given for name, given in values.items() if any(given)}


def read(parameters: Parameters) -> Address:
    """What an address asks for; what it cannot ask for is left out."""
    lists = {field: tuple(dict.fromkeys(filter(None, parameters.get(name, ())))) for name, field in _LISTS.items()}
    dates = {name: next(iter(parameters.get(name, ())), "") for name in _DATES}
    dropped = [value.partition(".") for value in parameters.get("drop", ())]
    return Address(
        questions=tuple(parameters.get("question", ()))[-MAX_QUESTIONS:],
        filters=Filters(
            documents=lists["documents"],
            kinds=lists["kinds"],
            areas=lists["areas"],
            providers=lists["providers"],
            bodies=tuple(body for body in BODIES if body in lists["bodies"]),
            since=dates["since"],
            until=dates["until"],
        ),
        dropped=tuple((int(number), name) for number, _, name in dropped if _is_number(number) and name),
        unwidened=tuple(int(number) for number in parameters.get("exact", ()) if _is_number(number)),
        generation=next(iter(parameters.get("g", ())), ""),
    )


def filters_on(filters: Filters) -> list[tuple[str, str]]:
    """Each filter that is on: its name in the address and its value."""
    listed = [(name, value) for name, field in _LISTS.items() for value in getattr(filters, field)]
    return listed + [(name, getattr(filters, name)) for name in _DATES if getattr(filters, name)]


def link(address: Address, page: str = "") -> str:
    """A relative address: it stays on this server, under whatever path the app is served."""
    return link_to(page, address.parameters())


def link_to(page: str, parameters: Parameters) -> str:
    """A relative address with these parameters."""
    return f"{page or '.'}?{urlencode(parameters, doseq=True)}" if parameters else page or "."


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 3
