"""The address bar holds the whole conversation, so that a link, Back and a new tab all show the same page.

In: the parameters of an address. Out: an ``Address``, the ``Request`` of each of its questions, and links to any page.

>>> address = read({"q": ["How good is work in Gwent?"], "since": ["2017"]})
>>> address.filters.since, link(address.asking("And in Kent?"))
('2017', '.?q=How+good+is+work+in+Gwent%3F&q=And+in+Kent%3F&since=2017')
>>> link(address.without("since", "2017"), page="every")
'every?q=How+good+is+work+in+Gwent%3F'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from probqa.questions import NO_FILTERS, Filters, Request, Turn

MAX_QUESTIONS = 8

# The name in the address of each filter that may have several values.
_LISTS = {"provider": "providers", "area": "areas", "kind": "kinds", "document": "documents", "body": "bodies"}
_DATES = ("since", "until")

Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Address:
    """What is asked, oldest question first, and what the answers are filtered by.

    ``generation`` is the index that the link was made with.
    """

    turns: tuple[Turn, ...] = ()
    filters: Filters = NO_FILTERS
    generation: str = ""

    @property
    def questions(self) -> tuple[str, ...]:
        """Return the questions as they were typed."""
        return tuple(turn.text for turn in self.turns)

    def request(self, number: int) -> Request:
        """Return the request of the question with this number, from 1: it and those before it."""
        return Request(self.turns[:number], self.filters)

    def asking(self, question: str) -> Address:
        """Return the address with one more question.

        The oldest goes when there are too many.
        """
        return replace(self, turns=(*self.turns, Turn(question))[-MAX_QUESTIONS:])

    def turned(self, number: int, turn: Turn) -> Address:
        """Return the address with another turn in the place of the one with this number, from 1."""
        return replace(self, turns=(*self.turns[: number - 1], turn, *self.turns[number:]))

    def without(self, name: str, value: str) -> Address:
        """Return the address with one filter value gone."""
        parameters = self.parameters()
        parameters[name] = [each for each in parameters.get(name, []) if each != value]
        return read(parameters)

    def parameters(self) -> dict[str, list[str]]:
        """Return what stands in the address, by name.

        What is empty is left out.
        """
        values = {
            "q": list(self.questions),
            **{name: list(getattr(self.filters, field)) for name, field in _LISTS.items()},
            **{name: [getattr(self.filters, name)] for name in _DATES},
            **taken_away(self.turns),
            "g": [self.generation],
        }
        return {name: given for name, given in values.items() if any(given)}


def first(parameters: Parameters, name: str) -> str:
    """Return the first value of a parameter.

    It is empty where there is none.
    """
    return next(iter(parameters.get(name, ())), "")


def read(parameters: Parameters) -> Address:
    """Return what an address asks for.

    What it cannot ask for is left out.
    """
    lists = {field: tuple(dict.fromkeys(filter(None, parameters.get(name, ())))) for name, field in _LISTS.items()}
    dates = {name: first(parameters, name) for name in _DATES}
    return Address(
        turns=read_turns(tuple(parameters.get("q", ())), parameters)[-MAX_QUESTIONS:],
        filters=Filters(
            documents=lists["documents"],
            kinds=lists["kinds"],
            areas=lists["areas"],
            providers=lists["providers"],
            bodies=lists["bodies"],
            since=dates["since"],
            until=dates["until"],
        ),
        generation=first(parameters, "g"),
    )


def read_turns(questions: Sequence[str], parameters: Parameters) -> tuple[Turn, ...]:
    """Return the turns of a conversation: the questions, and what ``taken_away`` wrote of them."""
    dropped = [value.partition(".") for value in parameters.get("drop", ())]
    exact = set(parameters.get("exact", ()))
    return tuple(
        Turn(
            text,
            dropped=tuple(name for numbered, _, name in dropped if numbered == str(number) and name),
            widen=str(number) not in exact,
        )
        for number, text in enumerate(questions, start=1)
    )


def taken_away(turns: Sequence[Turn]) -> dict[str, list[str]]:
    """Return the parameters that say what was taken away from which turn, by its number from 1."""
    numbered = list(enumerate(turns, start=1))
    return {
        "drop": [f"{number}.{name}" for number, turn in numbered for name in turn.dropped],
        "exact": [str(number) for number, turn in numbered if not turn.widen],
    }


def filters_on(filters: Filters) -> list[tuple[str, str]]:
    """Each filter that is on: its name in the address and its value."""
    listed = [(name, value) for name, field in _LISTS.items() for value in getattr(filters, field)]
    return listed + [(name, getattr(filters, name)) for name in _DATES if getattr(filters, name)]


def link(address: Address, page: str = "") -> str:
    """Return a relative address: it stays on this server, under whatever path the app is served."""
    return link_to(page, address.parameters())


def link_to(page: str, parameters: Parameters) -> str:
    """Return a relative address with these parameters."""
    return f"{page or '.'}?{urlencode(parameters, doseq=True)}" if parameters else page or "."


def api_parameters(request: Request) -> dict[str, list[str]]:
    """Return the parameters with which ``/api/ask`` and ``/embed`` give the answer to a request."""
    turns = request.turns[-MAX_QUESTIONS:]
    *previous, asked = (turn.text for turn in turns)
    given = {"question": [asked], "previous": previous, **taken_away(turns)}
    for name, value in filters_on(request.filters):
        given.setdefault(name, []).append(value)
    return {name: values for name, values in given.items() if values}
