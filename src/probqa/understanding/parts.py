"""A question that asks two things, to two questions.

In: a question, its request and a glossary. Out: what was read, and a ``Part`` a question; None where it asks one thing.

>>> from probqa.glossary.entries import Entries, Place
>>> glossary = Glossary(Entries(places=(Place("Weir"),)))
>>> asked = Request.of("How many staff left Weir and why were victims not told?")
>>> reading, parts = read_parts(asked.turns[-1].text, asked, glossary)
>>> [part.request.turns[-1].text for part in parts]
['How many staff left Weir?', 'And why were victims not told?']
>>> read_parts("How did police and probation work together?", asked, glossary) is None
True

Both halves must be questions of their own, each with a verb and a subject: "how and why did it close", "who left and
was replaced" and "places that were bad and which nobody saw" ask one thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from probqa.glossary.glossary import Glossary
from probqa.indexing.lexical import words
from probqa.questions import Part, Reading, Request, Turn
from probqa.understanding.leaning import is_incomplete

MOST_PARTS = 3
_QUESTION = r"(?:how|why|what|when|where|who|whom|whose|which)(?:['’]?s)?"
_AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)"
# After an auxiliary stands who or what it is about: "were people told", and not "were never told".
_NO_SUBJECT = r"(?!(?i:not|never|was|has|does|is|this|always|perhaps|then|also|been|being|only|even|just)\b)"
_SUBJECT = (
    r"(?:(?i:the|a|an|any|there|they|it|he|she|that|those|these|people|staff|women|men|children|his|her"
    r"|their|anyone|anybody|someone|everyone|nobody|[a-z]{3,30}s)"
    r"|[A-Z]\w{1,30})"
)
_AND = re.compile(
    rf"(?i:,? and (?:also )?)(?=(?i:{_QUESTION}\b)|(?i:{_AUXILIARY}) {_NO_SUBJECT}{_SUBJECT}\b)",
)
_QUESTIONS = re.compile(_QUESTION, re.IGNORECASE)
_MARK = re.compile(r"\?\s+(?:(?:and|also|but)\b,?\s+)?", re.IGNORECASE)
_OPENS = re.compile(rf"(?:{_QUESTION}|{_AUXILIARY})\b", re.IGNORECASE)
_ASKS = re.compile(rf"\b(?:{_QUESTION}|{_AUXILIARY})\b", re.IGNORECASE)
_VERB = re.compile(rf"\b{_AUXILIARY}\b|\b[a-z]{{2,30}}ed\b|\b(?:went|left|led|ran|said|made|got|took|happens?)\b", re.I)
# "Who left and which", "how and": the first half is not done.
_OPEN_END = re.compile(
    rf"\b(?:{_QUESTION}|{_AUXILIARY}|of|in|at|on|for|about|by|with|to|from|the|a|an)$", re.IGNORECASE
)
# A clause inside the first half: what follows may belong to it ("people who left and who", "say how and when").
_RELATIVE = re.compile(r"(?<=\w )(?:who|which|that|where|whose)\b", re.IGNORECASE)
_WITHIN = re.compile(r"(?<=\w )(?:what|how|why|when|whether)\b", re.IGNORECASE)
_LEANS = re.compile(
    rf"(?:{_QUESTION}\s+(?:many\s+)?(?:{_AUXILIARY}\s+(?:it|they|that|this|those|he|she)\b|in\b|at\b))",
    re.IGNORECASE,
)


def read_parts(text: str, request: Request, glossary: Glossary) -> tuple[Reading, tuple[Part, ...]] | None:
    """Return the questions that ``text`` consists of.

    One that names no place, body or year is asked after the first one, as a follow-up. It is None where ``text`` asks
    one thing.
    """
    halves = list(_halves(text))
    if not 1 < len(halves) <= MOST_PARTS:
        return None
    first, *others = halves
    if not _stands_alone(first) or not all(_stands_alone(half) or _LEANS.match(half) for half in others):
        return None
    opening = Turn(_asked(first), widen=request.turns[-1].widen)
    parts = [Part(opening.text, replace(request, turns=(*request.turns[:-1], opening)))]
    for half in others:
        names = glossary.providers_named(half) or glossary.areas_named(half)
        alone = names and not is_incomplete(_asked(half))
        follows = (
            _asked(half)
            if is_incomplete(_asked(half))
            else f"And {half if half.isupper() else half[0].lower() + half[1:]}?"
        )
        turns = (replace(opening, text=_asked(half)),) if alone else (opening, replace(opening, text=follows))
        parts.append(Part(_asked(half), replace(request, turns=turns)))
    return Reading("parts", others[0], f"{len(halves)} questions, each answered by itself"), tuple(parts)


def _halves(text: str) -> Iterator[str]:
    """Yield the questions between question marks, and of each what "and" joins."""
    for sentence in _MARK.split(text):
        rest = sentence.strip().rstrip("?.! ")
        while rest and (cut := _cut(rest)):
            yield rest[: cut.start()].strip(" ,")
            rest = rest[cut.end() :]
        if rest:
            yield rest


def _cut(text: str) -> re.Match[str] | None:
    """Return the first "and" that parts one question from another."""
    for cut in _AND.finditer(text):
        head, tail = text[: cut.start()], text[cut.end() :]
        relative, asks = _RELATIVE.search(head), _QUESTIONS.match(tail)
        same = relative and (not asks or asks.group().lower() == relative.group().lower())
        if same or _WITHIN.search(head) or _OPEN_END.search(head):
            continue
        if _OPENS.match(head) and _stands_alone(head):
            return cut
    return None


def _stands_alone(half: str) -> bool:
    """Tell whether a half asks, has a verb or is long enough to have one, and says something of its own."""
    has_verb = _VERB.search(half) or (_QUESTIONS.match(half) and len(half.split()) > 3)
    return bool(_ASKS.search(half) and has_verb and words(_ASKS.sub(" ", half)))


def _asked(half: str) -> str:
    return f"{half[:1].upper()}{half[1:]}?"
