"""The kind of thing a question asks for (a number, a share, a sum, a time, a reason, a person, an address).

In: a question, and what is known of the field. Out: its ``Kind``, None where it asks for no such thing, and whether a
text holds one.

>>> from probqa.glossary.domain import NO_DOMAIN
>>> when = read_kind("When was it?", NO_DOMAIN)
>>> when.name, when.asked, holds(when, "It was in May.", NO_DOMAIN), holds(when, "It was late.", NO_DOMAIN)
('time', 'When', True, False)

The patterns are rules of thumb of our own; what they are worth is measured (docs/decisions/0008-status.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from probqa.dates import MONTHS
from probqa.glossary.domain import Domain
from probqa.indexing.lexical import stems, words
from probqa.questions import Kind
from probqa.weights import WEIGHTS, Weights

_MONTHS = "|".join(MONTHS)
# A year or a day of a month is no number of anything.
_DATES = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? )?(?:{_MONTHS})\b(?: \d{{1,2}}\b(?!,\d))?"
    r"|\b(?:19|20)\d\d(?:[-–/](?:19|20)?\d\d)?\b"
)
# No number is longer: without a bound, a line of "1,1,1,..." would be read again from each of its digits.
_NUMBER = (
    r"(?:\d[\d,.]{0,30}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|halves|half|thirds?|quarters?|fifths?|dozens?|hundreds?|thousands?|millions?|all|none|no)"
)
# What is counted stands before the verb: "how many senior officers were late".
_COUNTS = re.compile(
    r"\bhow many\b(.*?)(?:\b(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|may|should|must)\b|$)",
    re.IGNORECASE | re.MULTILINE,
)
_COUNT = re.compile(_NUMBER, re.IGNORECASE)
_TOKEN = re.compile(r"\w+(?:[.,]\d+)*")
_PEOPLE = ("people", "persons", "men", "women")
_PERSON = re.compile(r"\b[A-Z][a-z'’]+(?: [A-Z]\.?)?(?: (?:Mc|Mac|O['’])?[A-Z][a-z'’-]+)+\b")
_NAME = re.compile(r"(?<=[\w,;’'] )[A-Z][\w'’-]*[a-z][\w'’-]*|^[A-Z][\w'’-]*[a-z](?= [A-Z])")
# Words that stand with a capital beside names, or in no name at all.
_NO_NAMES = frozenset(words("north south east west dame sir " + " ".join(MONTHS)))


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How questions ask for a kind of thing, and how it stands in a text."""

    asks: re.Pattern[str]
    held: re.Pattern[str]
    dates_count: bool = False

    def holds(self, text: str) -> bool:
        return self.held.search(text if self.dates_count else _DATES.sub(" ", text)) is not None


def _pattern(asks: str, held: str, *, dates_count: bool = False) -> _Pattern:
    return _Pattern(re.compile(asks, re.IGNORECASE), re.compile(held, re.IGNORECASE), dates_count)


_OPENS = r"^\W*(?:and |but |so )?"
# The first that fits counts: "how much does it cost" asks for a sum before it asks for a number.
_PATTERNS = {
    "contact": _pattern(
        r"\b(tele)?phone number\b|\be-?mail\b|\bwebsite\b|\bpostcode\b|\bpostal address\b", r"\d{5}|@|\bwww\."
    ),
    "sum": _pattern(
        r"\bhow much (money|does|did|do|is|was|were|are|higher|lower|more|less)\b|\bin pounds\b"
        r"|\bwhat\b.{0,500}\b(cost|costs|salary|wages?|price|budget|fees?)\b",
        r"[£$€]|\b(pounds|millions?|billions?|per ?cent)\b",
    ),
    "share": _pattern(
        r"\b(what|which) (share|proportion|percentage|fraction)\b|\bper ?cent\b|\b\w+ing rate\b|\brate of\b"
        r"|\b(absence|vacancy|sickness|success) rate\b",
        rf"%|\bper ?cent\b|\b{_NUMBER}[ -](in|of|out of|thirds?|quarters?|fifths?|tenths?)\b|\b(half|third|quarter|most"
        r"|none|all|every|few|fewer|minority|majority)\b",
    ),
    "age": _pattern(
        r"\bhow old\b|\bwhat age\b", r"\b(aged|year-old|years old|years of age|teenage\w*|in (his|her|their) \w+s)\b"
    ),
    "rating": _pattern(
        r"\b(how(?! (many|much|often|long)\b)|what|which) .{0,500}\b(rated|ratings?|graded?|scored?)\b",
        r"\b(rated|ratings?|graded?|scored?|points)\b",
    ),
    "duration": _pattern(
        r"\bhow long\b",
        r"\b(minutes?|hours?|days?|weeks?|fortnights?|months?|years?|decades?|seconds?|pages)\b",
    ),
    "size": _pattern(
        r"\bhow (often|big|large|far|small)\b|\bwhat (number|size)\b", rf"\b({_NUMBER}|every|most|few|several|many)\b"
    ),
    "time": _pattern(
        _OPENS + r"when\b|\b(which|what) (year|date|month|day)\b|\bhow recently\b|\bsince when\b",
        _DATES.pattern + r"|\b1\d\d\d\b|\b(spring|summer|autumn|winter|(mon|tues|wednes|thurs|fri|satur|sun)day)\b",
        dates_count=True,
    ),
    "reason": _pattern(
        _OPENS + r"why\b|\bwhat (caused|made|led to)\b|\breasons? (for|why)\b",
        r"\b(because|due to|owing|since|reasons?|results?|led to|caus\w+|so that|thanks to|for want|for lack|explain\w*"
        r"|blam\w+|after|meant|left|without|too (few|many|much|little|small|late|long))\b",
    ),
}
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


def read_kind(text: str, domain: Domain) -> Kind | None:
    """Return the kind of thing that ``text`` asks for.

    It is None where it asks for no such thing.
    """
    for name, kind in _PATTERNS.items():
        if asks := kind.asks.search(text):
            return Kind(name, asks.group().strip())
    if counts := _COUNTS.search(text):
        return Kind("count", "how many", counted=tuple(words(counts[1])[:2]))
    for name, pattern in (("person", _ASKS_PERSON), ("name", _ASKS_NAME)):
        if asks := pattern.search(text):
            return Kind(name, asks.group().strip(), excluded=_NO_NAMES.union(stems(domain.not_names), words(text)))
    return None


def holds(kind: Kind, text: str, domain: Domain, weights: Weights = WEIGHTS) -> bool:
    """Tell whether ``text`` holds a thing of the kind."""
    if kind.name == "rating" and domain.ratings.pattern.search(text):
        return True
    if kind.name in _PATTERNS:
        return _PATTERNS[kind.name].holds(text)
    if kind.name == "count":
        people = stems((*_PEOPLE, *domain.people))
        return _holds_count(kind.counted, _DATES.sub(" ", text), people, weights.counted_within)
    names = _PERSON if kind.name == "person" else _NAME
    return any(kind.excluded.isdisjoint(words(name.group())) for name in names.finditer(text))


def _holds_count(counted: tuple[str, ...], text: str, people: frozenset[str], within: int) -> bool:
    """Tell whether a number stands shortly before one of the ``counted`` words, or before people where people are."""
    if not counted:
        return _COUNT.search(text) is not None
    things = {*counted, *(people if counted[0] in people else ())}
    tokens = _TOKEN.findall(text)
    # "12 of the Manchester area's hostels".
    return any(
        _COUNT.fullmatch(token) and not things.isdisjoint(words(" ".join(tokens[number + 1 : number + 1 + within])))
        for number, token in enumerate(tokens)
    )
