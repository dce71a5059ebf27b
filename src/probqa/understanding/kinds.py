"""The kind of thing a question asks for (a number, a share, a sum, a time, a reason, a person, an address).

In: a question. Out: a test of whether a text holds such a thing; nothing where the question asks for no such kind.

>>> holds = kind_asked("When was it?")
>>> holds("It was in May."), holds("It was late."), kind_asked("Was it late?")
(True, False, None)

The patterns are rules of thumb of our own; what they are worth is measured (docs/decisions/0008-status.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from probqa.indexing.lexical import words

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# A year or a day of a month is no number of anything.
_DATES = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? )?(?:{_MONTHS})\b(?: \d{{1,2}}\b(?!,\d))?"
    r"|\b(?:19|20)\d\d(?:[-–/](?:19|20)?\d\d)?\b"
)
_NUMBER = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|halves|half|thirds?|quarters?|fifths?|dozens?|hundreds?|thousands?|millions?|all|none|no)"
)
# What is counted stands before the verb: "how many senior officers were late".
_COUNTS = re.compile(
    r"\bhow many\b(.*?)(?:\b(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|may|should|must)\b|$)",
    re.IGNORECASE,
)
_COUNT = re.compile(_NUMBER, re.IGNORECASE)
_TOKEN = re.compile(r"\w+(?:[.,]\d+)*")
# How many tokens after a number the thing may stand that it counts: "12 of the Manchester area's hostels".
_COUNT_REACHES = 5
# Inspectors count people by whatever they are to the service.
_PEOPLE = frozenset(words("people persons men women offenders prisoners cases staff"))
_PERSON = re.compile(r"\b[A-Z][a-z'’]+(?: [A-Z]\.?)?(?: (?:Mc|Mac|O['’])?[A-Z][a-z'’-]+)+\b")
_NAME = re.compile(r"(?<=[\w,;’'] )[A-Z][\w'’-]*[a-z][\w'’-]*|^[A-Z][\w'’-]*[a-z](?= [A-Z])")
# Words that stand with a capital in the names of bodies and papers, not of people or places.
_NO_NAMES = frozenset(
    words(
        "probation service services delivery unit inspectorate national community rehabilitation company justice "
        "ministry prison prisons ombudsman officer open government licence court division region serious further "
        "offence north south east west england wales act report council police crime centre office department house "
        "covid crc pdu nps hm hmpps hmip inadequate good outstanding requires improvement chief inspector dame sir "
        + _MONTHS.replace("|", " ")
    )
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How questions ask for a kind of thing, and how it stands in a text."""

    asks: re.Pattern[str]
    held: re.Pattern[str]
    dates_count: bool = False

    def holds(self, text: str) -> bool:
        return self.held.search(text if self.dates_count else _DATES.sub(" ", text)) is not None


def _kind(asks: str, held: str, *, dates_count: bool = False) -> _Kind:
    return _Kind(re.compile(asks, re.IGNORECASE), re.compile(held, re.IGNORECASE), dates_count)


_OPENS = r"^\W*(?:and |but |so )?"
# The first that fits counts: "how much does it cost" asks for a sum before it asks for a number.
_KINDS = (
    _kind(r"\b(tele)?phone number\b|\be-?mail\b|\bwebsite\b|\bpostcode\b|\bpostal address\b", r"\d{5}|@|\bwww\."),
    _kind(
        r"\bhow much (money|does|did|do|is|was|were|are|higher|lower|more|less)\b|\bin pounds\b"
        r"|\bwhat\b.*\b(cost|costs|salary|wages?|price|budget|fees?)\b",
        r"[£$€]|\b(pounds|millions?|billions?|per ?cent)\b",
    ),
    _kind(
        r"\b(what|which) (share|proportion|percentage|fraction)\b|\bper ?cent\b|\b\w+ing rate\b|\brate of\b"
        r"|\b(absence|vacancy|sickness|success) rate\b",
        rf"%|\bper ?cent\b|\b{_NUMBER}[ -](in|of|out of|thirds?|quarters?|fifths?|tenths?)\b|\b(half|third|quarter|most"
        r"|none|all|every|few|fewer|minority|majority)\b",
    ),
    _kind(
        r"\bhow old\b|\bwhat age\b", r"\b(aged|year-old|years old|years of age|teenage\w*|in (his|her|their) \w+s)\b"
    ),
    _kind(
        r"\b(how(?! (many|much|often|long)\b)|what|which) .*\b(rated|ratings?|graded?|scored?)\b",
        r"\b(rated|ratings?|graded?|scored?|points|outstanding|inadequate|requires improvement)\b|['‘]good['’]",
    ),
    _kind(
        r"\bhow long\b",
        r"\b(minutes?|hours?|days?|weeks?|fortnights?|months?|years?|decades?|seconds?|pages)\b",
    ),
    _kind(
        r"\bhow (often|big|large|far|small)\b|\bwhat (number|size)\b", rf"\b({_NUMBER}|every|most|few|several|many)\b"
    ),
    _kind(
        _OPENS + r"when\b|\b(which|what) (year|date|month|day)\b|\bhow recently\b|\bsince when\b",
        _DATES.pattern + r"|\b1\d\d\d\b|\b(spring|summer|autumn|winter|(mon|tues|wednes|thurs|fri|satur|sun)day)\b",
        dates_count=True,
    ),
    _kind(
        _OPENS + r"why\b|\bwhat (caused|made|led to)\b|\breasons? (for|why)\b",
        r"\b(because|due to|owing|since|reasons?|results?|led to|caus\w+|so that|thanks to|for want|for lack|explain\w*"
        r"|blam\w+|after|meant|left|without|too (few|many|much|little|small|late|long))\b",
    ),
)
_ASKS_PERSON = re.compile(
    # "the women who offended" asks for nobody's name.
    _OPENS + r"(?:who (is|was|led|leads|wrote|said|heads?|headed|chaired|became)|whose|whom)\b"
    r"|\b(by|to|from|for|with|of) whom\b|\bname of the\b|\bwhat (is|was) \w+ called\b",
    re.IGNORECASE,
)
_ASKS_NAME = re.compile(
    _OPENS + r"(?:where|who (runs?|ran|owns?|owned|bought|took over))\b"
    r"|\b(which|what) (\w+ )?(town|cit(y|ie)|village|count(y|ie)|countr(y|ie)|place|prison|jail|court|region|area"
    r"|office"
    r"|building|street|compan(y|ie)|firm|charit(y|ie)|organisation|bod(y|ie)|provider|college|hospital)s?\b",
    re.IGNORECASE,
)


def kind_asked(question: str) -> Callable[[str], bool] | None:
    """What tells whether a text holds the kind of thing ``question`` asks for; None where it asks for no such kind."""
    for kind in _KINDS:
        if kind.asks.search(question):
            return kind.holds
    if counts := _COUNTS.search(question):
        counted = words(counts[1])[:2]
        return lambda text: _holds_count(counted, _DATES.sub(" ", text))
    for asks, names in ((_ASKS_PERSON, _PERSON), (_ASKS_NAME, _NAME)):
        if asks.search(question):
            return partial(_holds_name, names, _NO_NAMES | set(words(question)))
    return None


def _holds_name(names: re.Pattern[str], others: frozenset[str], text: str) -> bool:
    """Whether one of the ``names`` in ``text`` has none of the ``others`` among its words."""
    return any(others.isdisjoint(words(found.group())) for found in names.finditer(text))


def _holds_count(counted: list[str], text: str) -> bool:
    """Whether a number stands shortly before one of the ``counted`` words, or before people where people are."""
    if not counted:
        return _COUNT.search(text) is not None
    things = {*counted, *(_PEOPLE if counted[0] in _PEOPLE else ())}
    tokens = _TOKEN.findall(text)
    return any(
        _COUNT.fullmatch(token) and not things.isdisjoint(words(" ".join(tokens[at + 1 : at + 1 + _COUNT_REACHES])))
        for at, token in enumerate(tokens)
    )
