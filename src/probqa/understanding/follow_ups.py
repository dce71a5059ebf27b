"""A question that leans on the one before it, completed with what the conversation is about.

A complete one is left alone.

In: the turns of a conversation, oldest first, a glossary and a domain. Out: the question to run and what was carried.

>>> from probqa.glossary.domain import NO_DOMAIN
>>> from probqa.glossary.entries import Entries
>>> def ask(*turns): return complete(list(map(Turn, turns)), Glossary(Entries()), NO_DOMAIN)
>>> first = "How were women supervised in 2016?"
>>> [(each.kind, each.text) for each in ask(first, "And why?").carried]
[('year', '2016'), ('subject', 'women supervised')]
>>> ask(first, "Did they get a home of their own?").question
'Did they get a home of their own? women'
>>> ask(first, "Did anyone praise the office and its staff?").carried
()

A question that asks the one before again, of something else or for more ("and in Kent?", "why?"), takes all of it over,
but for what it puts another in the place of. One that asks something of its own ("who ran it?") takes over what the
conversation is about: who, where and what about. The verb, the year and the words of turns in between stay behind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from probqa.glossary.domain import Domain
from probqa.glossary.glossary import Glossary
from probqa.indexing.encoder import Vectors
from probqa.indexing.lexical import stems, words
from probqa.questions import Carried, CarriedKind, Kind, Name, Turn
from probqa.records import Span
from probqa.understanding.kinds import read_kind
from probqa.understanding.leaning import (
    ASKS,
    EARLIER,
    LATER,
    OPENS,
    YEARS_ON,
    asks_nothing,
    has_pronoun,
    is_incomplete,
    repeats,
    without_verbs,
)
from probqa.understanding.names import KNOWN, read_names
from probqa.understanding.ratings import asks_only_rating, without_rating
from probqa.weights import WEIGHTS, Weights

_YEAR = re.compile(r"\b(?:19|20)\d\d(?:[-–/]\d\d(?:\d\d)?)?\b")
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
# A question about the very year of the one before, or counted from it.
_THAT_YEAR = re.compile(r"\b(?:that|the same) year\b|\b(?:back then|at th(?:e|at) time)\b", re.IGNORECASE)


# What was asked of the one is not asked of the other: "is it any good?", "and why?".
_JUDGES = frozenset(words("good bad better worse true wrong"))
_NOT_SEARCHED: tuple[CarriedKind, ...] = ("asked", "about")
_OWN_TIME = re.compile(f"{_YEAR.pattern}|{YEARS_ON.pattern}", re.IGNORECASE)
_LEANS_ON_YEAR = re.compile("|".join(each.pattern for each in (_THAT_YEAR, EARLIER, LATER)), re.IGNORECASE)
_AT_NAME = re.compile(r"\b(?:in|at|near|around) (?:the )?[A-Z][a-z]")
# A word with a capital that does not open a sentence.
_CAPITAL = re.compile(r"(?<=[\w,’'?.!] )[A-Z][\w'’-]*")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question as it was typed, and what it took over.

    ``carried`` is empty for a complete question. ``kind`` is the kind of thing it asks for, by itself or as the
    question before it did, as far as the words that were typed tell. ``names`` are those that the conversation is about
    where this question has none, not even carried ones: they are no part of it. ``detail`` are stems of carried words
    that it may put others in the place of: what follows "about" in "what was said about staff?".
    """

    typed: str
    carried: tuple[Carried, ...] = ()
    kind: Kind | None = None
    names: tuple[Name, ...] = ()
    detail: frozenset[str] = frozenset()

    @property
    def question(self) -> str:
        """Return the question to run: what was typed, and all words that were carried."""
        return " ".join([self.typed, *(each.text for each in self.carried if each.kind not in _NOT_SEARCHED)])

    @property
    def named(self) -> str:
        """Return what was typed and the names that were carried, which count as if they were typed."""
        return " ".join(
            [self.typed, *(each.text for each in self.carried if each.kind not in ("subject", *_NOT_SEARCHED))]
        )

    @property
    def subject(self) -> str:
        """Return the other words that were carried, which count for less."""
        return " ".join(each.text for each in self.carried if each.kind == "subject")


@dataclass(frozen=True, slots=True)
class _Conversation:
    """A conversation so far: its last turn, completed, the words for what it is about, and whom and where.

    ``detail`` are the stems of what follows "about" in what it is about.
    """

    run: FollowUp
    about: str
    names: tuple[Name, ...]
    detail: frozenset[str] = frozenset()


def complete(turns: Sequence[Turn], glossary: Glossary, domain: Domain, weights: Weights = WEIGHTS) -> FollowUp:
    """Complete the last of the ``turns`` from those before it.

    What a turn has dropped is gone from then on: later turns are completed from what it asked without it.
    """
    so_far = _begun(turns[0], (), glossary, domain, weights)
    for last, turn in pairwise(turns):
        if is_incomplete(turn.text):
            so_far = _went_on(turn, last.text, so_far, glossary, domain, weights)
        else:
            so_far = _begun(turn, so_far.names, glossary, domain, weights)
    run = so_far.run
    return run if who_and_where(run.question, glossary) else replace(run, names=so_far.names)


def _begun(turn: Turn, names: tuple[Name, ...], glossary: Glossary, domain: Domain, weights: Weights) -> _Conversation:
    """Begin anew with a complete question: of what was before, only whom and where may still be meant."""
    named = who_and_where(turn.text, glossary) or names
    return _Conversation(
        FollowUp(turn.text, (), read_kind(turn.text, domain)),
        _subject(turn.text, _names(turn.text, glossary), frozenset(), weights),
        tuple(name for name in named if name.text not in turn.dropped),
        _detail(turn.text),
    )


def _went_on(
    turn: Turn, last: str, so_far: _Conversation, glossary: Glossary, domain: Domain, weights: Weights
) -> _Conversation:
    """Complete a question that leans on the conversation so far."""
    text, before, bodies = turn.text, so_far.run, domain.abbreviations
    again, own_names = repeats(text), who_and_where(text, glossary)
    named, source, taken = before.question, before.question, frozenset[str]()
    if not again:
        # Whether it was rated is not asked again.
        source = without_rating(f"{before.typed}. {so_far.about}")
        named = " ".join((before.question, *(name.text for name in so_far.names if name.text not in before.question)))
    elif _subject(text, _names(text, glossary) + _spans(bodies, text), frozenset(), weights) and not own_names:
        # "What about women?": another subject, to which what was asked in between says nothing.
        source = so_far.about
    if own_names or so_far.names:
        # "How was it rated?" asks about whom and where, whatever else was asked of them.
        source = "" if asks_only_rating(text) else source
    source = without_verbs(source, participles=not again)
    if _replaced(text, last, glossary, bodies, weights):
        taken |= frozenset(words(bodies.sub("", last)))
    taken |= stems(domain.report_words)
    carried = _carried(text, named, source, taken, glossary, bodies, weights)
    run = FollowUp(text, tuple(each for each in carried if each.text not in turn.dropped), detail=so_far.detail)
    kind = read_kind(run.question, domain)
    if kind is None and before.kind is not None and asks_nothing(text) and before.kind.asked not in turn.dropped:
        carried_kind = Carried("asked", before.kind.asked)
        run = replace(run, carried=(*run.carried, carried_kind), kind=before.kind)
    else:
        run = replace(run, kind=kind)
    about = _subject(run.question, _names(run.question, glossary), frozenset(), weights) if again else so_far.about
    names = who_and_where(run.question, glossary) or so_far.names
    detail = _detail(text) or so_far.detail
    return _Conversation(run, about, tuple(name for name in names if name.text not in turn.dropped), detail)


def _detail(question: str) -> frozenset[str]:
    """Return the stems of what follows the last "about" of a question."""
    return frozenset(words(question.rpartition(" about ")[2])) if " about " in question else frozenset()


def who_and_where(text: str, glossary: Glossary) -> tuple[Name, ...]:
    """Return the bodies and places that ``text`` names, or what else has a capital in it where it names none."""
    names = read_names(text, glossary)
    return tuple(name for name in names if name.kind in KNOWN) or tuple(name for name in names if name.kind == "other")


def lean(typed: Vectors, ran: Vectors, share: float = WEIGHTS.carried_vector) -> Vectors:
    """Return the unit vector of a completed question: mostly what was typed, not to be drowned by what was carried.

    >>> [f"{part:.2f}" for part in lean(np.float32([1, 0]), np.float32([0, 1]))]
    ['0.92', '0.39']
    """
    mixed = (1 - share) * typed + share * ran
    return np.asarray(mixed / np.linalg.norm(mixed), np.float32)


def _replaced(question: str, last: str, glossary: Glossary, bodies: re.Pattern[str], weights: Weights) -> bool:
    """Tell whether ``question`` puts other words in the place of those of ``last``: "what about women?", "and men?"."""
    if not (OPENS.match(question) and OPENS.match(last)):
        return False
    return bool(_subject(question, _names(question, glossary) + _spans(bodies, question), frozenset(), weights))


def _carried(
    question: str,
    before: str,
    subject: str,
    replaced: frozenset[str],
    glossary: Glossary,
    bodies: re.Pattern[str],
    weights: Weights,
) -> list[Carried]:
    """Return what ``before`` names and ``question`` does not: bodies, places, years, and then words of ``subject``."""
    again = repeats(question)
    providers = glossary.providers_named(before)
    names_body = bool(glossary.providers_named(question) or bodies.search(question))
    # A name behind "at" is a place, known or not.
    names_place = bool(glossary.areas_named(question) or _AT_NAME.search(question))
    # A company belongs to its places: "and in Kent?" asks about whoever worked there, "and did it fail in Kent?" not.
    other_place = names_place and (again or not has_pronoun(question))
    carried = [] if names_body or other_place else [Carried("provider", _text(before, each.span)) for each in providers]
    if not names_place:
        # "And the NPS?" after "the CRC in Kent", or after "Kent CRC": in the same place.
        inside = [named.span for named in providers] if carried or glossary.providers_named(question) else []
        carried += [
            Carried("place", _text(before, named.span))
            for named in glossary.areas_named(before)
            if not any(named.span in span for span in inside)
        ]
    if not _OWN_TIME.search(question) and (again or _LEANS_ON_YEAR.search(question)):
        carried += [Carried("year", match.group()) for match in _YEAR.finditer(before)]
    taken = _names(subject, glossary)
    if names_body:
        taken += _spans(bodies, subject)
    if again and who_and_where(question, glossary):
        # "What about Weir?": another name takes the place of the one before.
        terms = [
            *(span for span, _ in glossary.definitions(subject)),
            *(each.span for each in glossary.abbreviated(subject)),
        ]
        taken += [span for span in _spans(_CAPITAL, subject) if not any(span in term for term in terms)]
    words_of_it = _subject(subject, taken, replaced.union(words(question)), weights)
    if words_of_it:
        carried.append(Carried("subject", words_of_it))
    return list(dict.fromkeys(carried))


def _names(text: str, glossary: Glossary) -> list[Span]:
    """Return where ``text`` names a body, a place or a year."""
    named = (*glossary.providers_named(text), *glossary.areas_named(text))
    return [*(each.span for each in named), *_spans(_YEAR, text)]


def _spans(pattern: re.Pattern[str], text: str) -> list[Span]:
    return [Span(*match.span()) for match in pattern.finditer(text)]


def _subject(text: str, taken: Sequence[Span], held: frozenset[str], weights: Weights) -> str:
    """Return the meaning-bearing words of ``text``, in order and each once, but those ``taken`` or ``held`` already."""
    seen = set(held | ASKS | _JUDGES)
    taken = [*taken, *(span for pattern in (YEARS_ON, EARLIER, LATER) for span in _spans(pattern, text))]
    kept: list[str] = []
    for match in _WORD.finditer(text):
        span = Span(*match.span())
        stems = words(match.group())
        if not stems or seen.issuperset(stems) or any(span in each for each in taken):
            continue
        kept.append(match.group())
        seen.update(stems)
    return " ".join(kept[: weights.subject_words])


def _text(text: str, span: Span) -> str:
    return text[span.start : span.end]
