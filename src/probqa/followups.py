"""A question that leans on the one before it, completed with names from there; a complete one is left alone.

In: a question, the questions before it (oldest first) and a glossary. Out: the question to run and what was carried.

>>> from probqa.glossary import Entries
>>> asked = "How were women supervised in 2016?"
>>> run = carry_over("And why?", [asked], Glossary(Entries()))
>>> run.question, [(one.kind, one.text) for one in run.carried]
('And why? 2016 women supervised', [('year', '2016'), ('subject', 'women supervised')])
>>> carry_over("Which courts were praised in 2018?", [asked], Glossary(Entries())).carried
()

A question is incomplete when it opens with a joining word ("and", "what about"), refers back ("it", "they",
"there"), or has at most one meaning-bearing word of its own ("why?", "in which year?"). What it names itself is
never carried: "and in Kent?" takes no other place over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from probqa.glossary import Glossary
from probqa.lexical import words
from probqa.records import Carried, Span

_OPENS = re.compile(r"\s*(and|but|or|also|what about|how about|what of|then|so|same for|any)\b", re.IGNORECASE)
_REFERS = re.compile(
    r"\b(it|its|they|them|their|theirs|he|him|his|she|her|hers|those|these|this|that|ones|the one|the same|the others?|"
    r"neither|else)\b|\bthere\s*[?.!]*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d(?:[-–/]\d\d(?:\d\d)?)?\b")
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
# Words that ask for a kind of answer; alone they say nothing about the subject.
_ASKS = frozenset(
    words("year date many much reason example detail happen say mean know tell change different more less")
)
_BODIES = re.compile(r"\b(NPS|CRCs?|PDUs?)\b")

MAX_SUBJECT_WORDS = 12


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The question to run, and what it took over; ``carried`` is empty for a complete question."""

    question: str
    carried: tuple[Carried, ...] = ()


def carry_over(question: str, previous: Sequence[str], glossary: Glossary, without: Sequence[str] = ()) -> FollowUp:
    """Complete ``question`` from the last of ``previous``, itself completed from those before it.

    ``without`` are carried texts that the asker took away again.
    """
    if not previous or not is_incomplete(question):
        return FollowUp(question)
    before = carry_over(previous[-1], previous[:-1], glossary).question
    carried = [one for one in _carried(question, before, glossary) if one.text not in without]
    return FollowUp(" ".join([question, *(one.text for one in carried)]), tuple(carried))


def is_incomplete(question: str) -> bool:
    """Whether a question cannot be understood by itself."""
    own = [word for word in words(question) if word not in _ASKS]
    return bool(_OPENS.match(question) or _REFERS.search(question)) or len(own) <= 1


def _carried(question: str, before: str, glossary: Glossary) -> list[Carried]:
    """What ``before`` names and ``question`` does not: bodies, places, years, and then its other words."""
    providers = glossary.providers_named(before)
    places = glossary.areas_named(before)
    years = [Span(*found.span()) for found in _YEAR.finditer(before)]
    taken = [named.span for named in (*providers, *places)] + years
    names_body = bool(glossary.providers_named(question) or _BODIES.search(question))
    names_place = bool(glossary.areas_named(question))
    # A company belongs to its places: "and in Kent?" asks about whoever worked there.
    carried = [] if names_body or names_place else [Carried("provider", _text(before, one.span)) for one in providers]
    if not names_place:
        inside = [named.span for named in providers]
        carried += [
            Carried("place", _text(before, named.span))
            for named in places
            if not any(named.span in span for span in inside)
        ]
    if not _YEAR.search(question):
        carried += [Carried("year", _text(before, span)) for span in years]
    subject = _subject(question, before, taken, names_body)
    if subject:
        carried.append(Carried("subject", subject))
    return list(dict.fromkeys(carried))


def _subject(question: str, before: str, taken: Sequence[Span], names_body: bool) -> str:
    """The meaning-bearing words of ``before`` that are no names and that ``question`` does not hold, in order."""
    held = set(words(question)) | _ASKS
    kept: list[str] = []
    for found in _WORD.finditer(before):
        span = Span(*found.span())
        stems = words(found.group())
        if not stems or held.issuperset(stems) or any(span in one for one in taken):
            continue
        if names_body and _BODIES.fullmatch(found.group()):
            continue
        kept.append(found.group())
        held.update(stems)
    return " ".join(kept[:MAX_SUBJECT_WORDS])


def _text(text: str, span: Span) -> str:
    return text[span.start : span.end]
