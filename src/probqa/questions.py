"""The records of a question: what was requested, and what was understood of it, once.

In: nothing. Out: the types in which rooms hand a question on. Nobody behind ``understanding`` sees the string that was
typed: they see a ``Question``.

>>> request = Request.of("And in Kent?", previous=["How many staff were absent in Gwent?"])
>>> [turn.text for turn in request.turns]
['How many staff were absent in Gwent?', 'And in Kent?']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Origin = Literal["typed", "carried", "added"]
NameKind = Literal["provider", "place", "year", "other"]
CarriedKind = Literal["provider", "place", "year", "subject", "asked", "about"]
ScopeKind = Literal["inside", "outside", "broad", "talk"]
ReadingKind = Literal["when", "where", "comparison", "parts", "without", "story", "talk", "rating"]
RatingForm = Literal["which", "count", "best", "worst", "what"]

DEFAULT_QUOTES = 8


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages a question is put to.

    An empty field lets all through, values of one field are alternatives. ``areas`` and ``providers`` match names,
    whole words, also through the glossary (a place lies in another, an owner ran a company). ``since`` and ``until``
    are ISO days, months or years, both included. ``bodies`` keeps passages that speak of a kind of body, by its name in
    the domain (docs/domain.md).
    """

    documents: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything is left out."""
        return self != NO_FILTERS


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation as it was typed, and what the asker took away from it.

    ``dropped`` are carried texts that it is to go without, and all turns after it too. ``widen`` says whether the
    glossary may add words to it and a mistyped word may be taken for a known one.
    """

    text: str
    dropped: tuple[str, ...] = ()
    widen: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """What command line, page, API and frame all build and link back to: a conversation, whose last turn is asked.

    ``k`` is the most quotes wanted.
    """

    turns: tuple[Turn, ...]
    filters: Filters = NO_FILTERS
    k: int = DEFAULT_QUOTES

    @classmethod
    def of(
        cls,
        question: str,
        k: int = DEFAULT_QUOTES,
        *,
        filters: Filters = NO_FILTERS,
        previous: Sequence[str | Turn] = (),
        dropped: Sequence[str] = (),
        widen: bool = True,
    ) -> Request:
        """Make the request for ``question`` after the ``previous`` ones, oldest first."""
        before = (turn if isinstance(turn, Turn) else Turn(turn) for turn in previous)
        return cls((*before, Turn(question, tuple(dropped), widen)), filters, k)


@dataclass(frozen=True, slots=True)
class Word:
    """A content word of a question, or one that was added to it.

    ``text`` is the word as it was searched for and ``typed`` what was typed in its place, both with their capitals.
    ``stem`` is what two texts must share to match. ``rarity`` is its inverse document frequency, in nats, 0 and up;
    ``weight``, in [0, 1], is 1 for what was typed and for names that were carried, less for what else was carried or
    added. ``also`` are the stems of each phrase that means the same.
    """

    text: str
    typed: str
    stem: str
    rarity: float
    weight: float
    origin: Origin
    also: tuple[frozenset[str], ...] = ()

    @property
    def value(self) -> float:
        """Return what the word counts for: its rarity times its weight."""
        return self.rarity * self.weight


@dataclass(frozen=True, slots=True)
class Name:
    """A body, place or year that a question names, or what is taken for a name by its capital.

    ``forms`` are the ways it may stand in a text: as the question has it, then as the glossary does. ``stems`` are
    those of the first form.
    """

    kind: NameKind
    forms: tuple[str, ...]
    stems: frozenset[str]
    origin: Origin

    @property
    def text(self) -> str:
        """Return the name as the question has it."""
        return self.forms[0]


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of thing a question asks for, such as "time" or "person".

    ``understanding.kinds`` names them. ``asked`` are the question's own words for it ("how many"). ``counted`` are
    the stems of what is to be counted; ``excluded`` those of words that are no answer, for they stand in the
    question.
    """

    name: str
    asked: str
    counted: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Added:
    """Words that were searched besides: ``matched`` stands in the question, ``phrases`` were searched too."""

    matched: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """What was taken over from an earlier question, because this one leaves it out.

    An "asked" one is the kind of thing that was asked for ("how many"), and an "about" one says which passages the
    question is put to first: those of the report that was quoted last, or those that speak of the place that the
    conversation is about. Neither is among the words that are searched.
    """

    kind: CarriedKind
    text: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question has to do with the reports: "talk" asks nothing of them ("thank you").

    ``documents`` are the ids of those that a broad one touches.
    """

    kind: ScopeKind
    documents: tuple[str, ...] = ()


INSIDE = Scope("inside")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a question besides its words: ``text`` are the words that say it, ``says`` what they mean.

    It is dropped like what was carried: by ``text`` among what the turn has dropped.
    """

    kind: ReadingKind
    text: str
    says: str


@dataclass(frozen=True, slots=True)
class AskedRating:
    """What a question asks of the ratings that reports give.

    ``ratings`` are those it asks for, ``kinds`` the kinds of service, ``areas`` and ``providers`` names of the
    glossary: an empty one lets all through. ``about`` are the stems of the part of the work that was rated; it is empty
    for the whole. ``times`` is how often one was given one of them at least.
    """

    form: RatingForm
    ratings: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    times: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A question that another one splits into, such as one side of a comparison, and what it is called."""

    label: str
    request: Request


@dataclass(frozen=True, slots=True)
class Definition:
    """What a term of the field means, in this project's words and never a report's.

    ``basis`` says how far it was seen in what ``urls`` lead to.
    """

    term: str
    abbreviation: str
    text: str
    basis: str
    urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question as it was understood.

    Everything that answers takes this and never a string. ``text`` is the question as it was searched for: as typed,
    mistyped words put right, with what was carried over. ``words`` are its content words in order, each as often as it
    occurs, and then the added ones. ``vector`` is float32 ``(dimension,)``, of length 1; equal requests give equal
    ones, so it takes no part in comparisons.

    ``readings`` is what its words were understood to ask besides: of them come ``window``, which is put to the reports
    beside the filters that are on, ``newest_first`` or ``oldest_first``, ``excluded``, names and words that no quote is
    to be about, ``parts`` and ``rating``. One with parts is answered by theirs. ``reply`` is what to say to small talk.
    One that asks what terms mean, and nothing else, has their ``definitions``.
    ``rows`` are the only passages that it is put to, ascending, None where it is put to all.
    """

    request: Request
    text: str
    words: tuple[Word, ...]
    names: tuple[Name, ...]
    kind: Kind | None
    carried: tuple[Carried, ...]
    added: tuple[Added, ...]
    scope: Scope
    vector: npt.NDArray[np.float32] = field(compare=False, repr=False)
    readings: tuple[Reading, ...] = ()
    window: Filters = NO_FILTERS
    newest_first: bool = False
    oldest_first: bool = False
    excluded: tuple[Name, ...] = ()
    parts: tuple[Part, ...] = ()
    rating: AskedRating | None = None
    definitions: tuple[Definition, ...] = ()
    reply: str = ""
    rows: tuple[int, ...] | None = None

    @property
    def asked(self) -> str:
        """Return the question as it was typed, white space tidied."""
        return self.request.turns[-1].text

    @property
    def filters(self) -> Filters:
        """Return the filters that are on."""
        return self.request.filters

    @cached_property
    def own_words(self) -> Mapping[str, Word]:
        """Return the words it holds itself by their stems, each once: none that were added."""
        return MappingProxyType({word.stem: word for word in self.words if word.origin != "added"})

    @cached_property
    def total_value(self) -> float:
        """Return what its own words count for together.

        It is 1 where it has none.
        """
        return sum(word.value for word in self.own_words.values()) or 1.0

    @cached_property
    def name_stems(self) -> frozenset[str]:
        """Return the stems of the names in it, years aside."""
        return frozenset().union(*(name.stems for name in self.names if name.kind != "year"))

    @cached_property
    def years(self) -> frozenset[str]:
        """Return the years that it names."""
        return frozenset(name.text for name in self.names if name.kind == "year")
