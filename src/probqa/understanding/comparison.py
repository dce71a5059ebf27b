"""A question that compares, to one question for each side.

In: a question, its request, a glossary and a domain. Out: what is compared, and a ``Part`` a side.

>>> from probqa.glossary.domain import NO_DOMAIN
>>> from probqa.glossary.entries import Entries, Place
>>> glossary = Glossary(Entries(places=(Place("Weir"), Place("Ambleton"))))
>>> asked = Request.of("Was Weir better than Ambleton at staffing?")
>>> reading, parts = read_comparison(asked.turns[-1].text, asked, glossary, NO_DOMAIN)
>>> reading.says, [part.label for part in parts], parts[0].request.filters.areas
('Weir and Ambleton, side by side', ['Weir', 'Ambleton'], ('Weir',))
>>> parts[0].request.turns[-1].text
'How was staffing in Weir?'
>>> read_comparison("Do Weir and Ambleton work together?", asked, glossary, NO_DOMAIN) is None
True

Sides are names (bodies, places, years) that a word of comparing joins: "and" where the question says that it compares,
"or" where it asks which, "than" behind a comparative, "versus" by itself, and "in ..., and in ...". Where it says so
plainly ("compare ... with ...", "the difference between ... and ..."), a side may be any few words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from probqa.dates import YEAR, YEAR_ALONE
from probqa.glossary.domain import Domain
from probqa.glossary.glossary import Glossary
from probqa.indexing.lexical import words
from probqa.questions import NO_FILTERS, Filters, Part, Reading, Request, Turn
from probqa.records import Span

Family = Literal["provider", "place", "body", "year", "words"]

MOST_SIDES = 4
MOST_CHARACTERS = 400
_WINDOW = re.compile(rf"\b(?:since|before|after|until|till|by)\s+{YEAR}\b", re.IGNORECASE)
_TOKEN = re.compile(r"[\w'’-]+|[^\w\s]")
_PLURAL = re.compile(r"[^\Ws]s$")
_PLACEHOLDER = re.compile(r"\{(subject|where|when)\}")
# Words that join two sides: these may have more words of the question before them, those may not.
_STRONG = frozenset("than then with to from against versus vs v".split())
_WEAK = frozenset(("and", "or", "nor", ",", "&", "/"))
# What may stand between a joining word and the name behind it.
_SMALL = frozenset(
    """
    the a in at of on by for under its those that what one both and did was were is are does do has did it how
    """.split()
)
_ENDS = frozenset(".?!;")
# "Was it late in X, and in Y?": the same of each.
_IN_EACH = re.compile(r"\band\s+(?:in|at)\s+(?:the\s+)?$", re.IGNORECASE)
_DOES = re.compile(r"\s*(did|does|do|has|have|could|can)\s+(?:the\s+)?$", re.IGNORECASE)
_BESIDE = re.compile(r"\s*+(?:['’]s?\s|\()?\s*+(?:(?:in|of|for|at|from|during)\s+)?(?:the\s+)?", re.IGNORECASE)
_SAYS_COMPARE = re.compile(r"\bcompar(?:e[ds]?|ing|isons?)\b", re.IGNORECASE)
_SAYS_DIFFER = re.compile(r"\bdiffer(?:s|ed|ing|ent|ently)?\b", re.IGNORECASE)
_COMPARED_WITH = re.compile(r"\bcompared\s+(?:with|to|against)\s+(?:the\s+)?$", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:differences?|gap|contrasts?)\b[^.?!]{0,80}\bbetween\s+(?:the\s+)?$", re.IGNORECASE)
_WHICH = re.compile(r"\b(?:which|who|where)\b", re.IGNORECASE)
_WHICH_BEHIND = re.compile(r"\s*[,:;–-]\s*(?:which|who|where)\b", re.IGNORECASE)
_WHICH_OF = re.compile(
    r"(?:\b(?:which|who|better|worse|best|worst)\s+(?:out\s+)?of|[,:;–-])\s*(?:the\s+)?$", re.IGNORECASE
)
_DEGREES = frozenset(
    """
    better best worse worst more most fewer fewest less least higher highest lower lowest stronger strongest weaker
    weakest safer safest quicker quickest faster fastest slower slowest busier busiest larger largest smaller smallest
    bigger biggest harder hardest
    """.split()
)
_DEGREE = re.compile(rf"\b(?:{'|'.join(sorted(_DEGREES))})\b", re.IGNORECASE)
# "Were staff happier in X or Y?"
_HAPPIER = re.compile(r"\b(?!earlier|barrier|carrier|courier|premier|soldier|supplier)\w{2,20}ier\b", re.IGNORECASE)
_STACKS_UP = re.compile(r"\b(?:stack|measure|match|shape|line)s? up\b|\b(?:set|put|held) against\b", re.IGNORECASE)
_OUT_OF = re.compile(r"\b(?:between|out of)\s+(?:the\s+)?$", re.IGNORECASE)
_CAPITALS = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][a-z][\w'’-]*(?: [A-Z][a-z][\w'’-]*){0,2}")
_COMPARATIVE = re.compile(r"\b(?:more|less|worse|\w{2,30}er)\b", re.IGNORECASE)
# Words at the edges of what is left that say how it is asked, not what about.
_EDGES = frozenset(
    """
    a an the of on in at by for to from with and or than as about over regarding between against versus vs v terms when
    it they them he she this that these those its comes which who whose where what how why is are was were be been do
    does did done has have had can could would will should please tell me us show give say said compare compared
    compares comparing comparison comparisons difference differences differ differs differed differing different
    differently contrast contrasts gap good bad wrong well any there one
    other both each out side inspectors find found perform performed performing doing so overall generally rate rated
    rating ratings s same also but much far handle handled handling deal dealt stack stacks measure measures up next
    alongside then set put held tougher harsher stricter softer kinder
    """.split()
).union(_DEGREES)
# Plain ways to compare what the glossary does not know.
_FEW = r"(?P<{}>(?:[\w'’-]{{1,30}} ){{0,3}}?[\w'’-]{{1,30}})"
_ONE, _OTHER = _FEW.format("one"), _FEW.format("other")
_STOP = r"(?= (?:on|in terms of|for|regarding|over|about|when|in|at|by)\b|[?.!]|$)"
_EACH = r"(?=.{0,300}\b(?:each|both|which|who|compare)\b)"
_PLAIN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bcompare (?:the )?{_ONE} (?:and|with|to|against|versus|vs) (?:the )?{_OTHER}{_STOP}",
        rf"\b(?:differences?|comparison) between (?:the )?{_ONE} and (?:the )?{_OTHER}{_STOP}",
        rf"\bhow (?:do|did|does) (?:the )?{_ONE} and (?:the )?{_OTHER} (?:differ|compare)\b",
        rf"^(?:the )?{_ONE} (?:versus|vs) (?:the )?{_OTHER}{_STOP}",
        rf"^(?:the )?{_ONE} (?:and|or) (?:the )?{_OTHER}:{_EACH}",
    )
)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that is a side, or a part of one, and what it narrows a question to."""

    text: str
    span: Span
    family: Family
    filters: Filters = NO_FILTERS


@dataclass(frozen=True, slots=True)
class _Compared:
    """The sides, each of one name or more, what all of them share, and which of the words say so.

    ``auxiliary`` opens a question whose topic is what the first side does: "did X rely on Y more than Z".
    """

    sides: tuple[tuple[_Name, ...], ...]
    shared: tuple[_Name, ...]
    topic: str
    words: str
    auxiliary: str = ""


def read_comparison(
    text: str, request: Request, glossary: Glossary, domain: Domain, typed: str = ""
) -> tuple[Reading, tuple[Part, ...]] | None:
    """Return what ``text`` compares, and a question for each side.

    ``typed`` is what was typed of a question that was completed. It may leave out a side that the question before it
    names ("and than in Kent?"), or both where that one compares ("and on unpaid work?"). It is None where nothing is
    compared.
    """
    if len(text) > MOST_CHARACTERS:
        return None
    names = _names(text, glossary, domain)
    compared = _joined(text, names, domain) or _plain(text, names, domain)
    if compared is None and typed and len(request.turns) > 1:
        before = [turn.text for turn in request.turns[:-1]]
        compared = _leaning(text, typed, before[-1], glossary, domain) or _of_turns(typed, before, glossary, domain)
    if compared is None:
        return None
    labels = [_label(side) for side in compared.sides]
    if len({label.casefold() for label in labels}) < len(labels):
        return None
    says = f"{', '.join(labels[:-1])} and {labels[-1]}, side by side"
    parts = []
    for label, side in zip(labels, compared.sides, strict=True):
        narrowing = (*side, *(name for name in compared.shared if name.family != "year"))
        question = _asked((*side, *compared.shared), compared.topic, domain)
        if compared.auxiliary:
            question = f"{compared.auxiliary.capitalize()} {label} {compared.topic}?"
        parts.append(Part(label, _narrowed(request, question, narrowing)))
    return Reading("comparison", compared.words, says), tuple(parts)


def _names(text: str, glossary: Glossary, domain: Domain) -> list[_Name]:
    """Return the names in ``text`` in order: of two that overlap, a body before a place, and both before a kind."""
    found: list[_Name] = []

    def take(span: Span, family: Family, filters: Filters) -> None:
        if not any(span.start < other.span.end and other.span.start < span.end for other in found):
            found.append(_Name(text[span.start : span.end], span, family, filters))

    for named in glossary.providers_named(text):
        take(named.span, "provider", Filters(providers=(named.name,)))
    for named in glossary.areas_named(text):
        take(named.span, "place", Filters(areas=(named.name,)))
    for body in domain.bodies:
        for match in body.pattern.finditer(text):
            take(Span(*match.span()), "body", Filters(bodies=(body.name,)))
    for match in domain.abbreviations.finditer(text):
        take(Span(*match.span()), "body", NO_FILTERS)
    # "Since 2022" says when, of each side.
    since = {match.end() for match in _WINDOW.finditer(text)}
    for match in (year for year in YEAR_ALONE.finditer(text) if year.end() not in since):
        take(Span(*match.span()), "year", Filters(since=match.group(), until=match.group()))
    for match in _CAPITALS.finditer(text):
        if words(match.group()):
            take(Span(*match.span()), "words", NO_FILTERS)
    return sorted(found, key=lambda name: name.span.start)


def _joined(text: str, names: Sequence[_Name], domain: Domain) -> _Compared | None:
    """Return the first names that a word of comparing joins."""
    for sides, joins in _chains(text, names):
        if 1 < len(sides) <= MOST_SIDES and _compares(text, sides, joins):
            own, shared = _shared(sides)
            families = {name.family for side in own for name in side}
            shared += tuple(name for name in names if name.family not in families and name not in shared)
            of_all = sorted({*shared, *(name for side in own for name in side)}, key=lambda name: name.span.start)
            start, end = sides[0][0].span.start, sides[-1][-1].span.end
            does = _DOES.match(text, 0, start) if joins == ["than"] else None
            auxiliary = does.group(1) if does and _topic(text[of_all[0].span.end :], [], domain) else ""
            return _Compared(own, shared, _topic(text, of_all, domain), text[start:end], auxiliary)
    return None


def _chains(text: str, names: Sequence[_Name]) -> Iterator[tuple[list[list[_Name]], list[str]]]:
    """Yield runs of names that are joined, names side by side as one, and the words that join them."""
    sides: list[list[_Name]] = [[name] for name in names[:1]]
    joins: list[str] = []
    for last, name in pairwise(names):
        gap = text[last.span.end : name.span.start]
        # A year is compared with a year: in "worse in 2017, Gwent or Kent" it is no side.
        alike = (name.family == "year") in {each.family == "year" for each in sides[-1]}
        join = _join(gap, text[: sides[0][0].span.start]) if alike else ""
        if _BESIDE.fullmatch(gap) and name.family not in {each.family for each in sides[-1]}:
            sides[-1].append(name)
        elif join:
            sides.append([name])
            joins.append(join)
        else:
            yield sides, joins
            sides, joins = [[name]], []
    yield sides, joins


def _join(gap: str, head: str) -> str:
    """Return the word that joins the names around ``gap``.

    It is nothing where the gap does not end in one, words aside that stand in ``head`` too ("staff in X and staff in").
    """
    if _COMPARED_WITH.search(head) and gap.startswith(","):
        return "with"
    tokens = _TOKEN.findall(re.sub(r"\b(vs?)\.", r"\1", gap.lower()))
    known = _SMALL.union(_TOKEN.findall(head.lower())) - _STRONG - _WEAK
    while tokens and tokens[-1] in known:
        tokens.pop()
    if not tokens or not _ENDS.isdisjoint(tokens):
        return ""
    last, rest = tokens[-1], [token for token in tokens[:-1] if token not in ("'s", "’s", "s")]
    if last in _STRONG:
        last = "than" if last == "then" else last
        return "" if rest[-1:] in (["other"], ["rather"]) or len(rest) > 8 else last
    return last if last in _WEAK and _SMALL.union(_WEAK).issuperset(rest) else ""


def _compares(text: str, sides: Sequence[Sequence[_Name]], joins: Sequence[str]) -> bool:
    """Tell whether the question compares what is joined."""
    head, tail = text[: sides[0][0].span.start], text[sides[-1][-1].span.end :]
    if not {"vs", "versus", "v"}.isdisjoint(joins) or _SAYS_COMPARE.search(text):
        return True
    if _OUT_OF.search(head) and _WHICH.search(tail):
        return True
    if _STACKS_UP.search(text) or ("against" in joins and not words(head)):
        return True
    if _SAYS_DIFFER.search(text) or _BETWEEN.search(head):
        return True
    if joins == ["and"] and _IN_EACH.search(text[: sides[-1][0].span.start]) and not words(tail):
        return True
    if "than" in joins:
        return _COMPARATIVE.search(text[: sides[-1][0].span.start]) is not None
    asks_which = _WHICH_BEHIND.match(tail) or (_WHICH.search(head) and _WHICH_OF.search(head))
    if "or" in joins:
        return bool(asks_which or _DEGREE.search(text) or _HAPPIER.search(text))
    return bool(_WEAK.issuperset(joins) and asks_which and _DEGREE.search(text))


def _shared(sides: Sequence[Sequence[_Name]]) -> tuple[tuple[tuple[_Name, ...], ...], tuple[_Name, ...]]:
    """Tell what is a side's own from what is said once for all: "the NPS and the CRC in Kent", "Kent 2016 and 2019"."""
    common = set.intersection(*({name.family for name in side} for side in sides))
    if not common:
        return tuple(map(tuple, sides)), ()
    first, last = sides[0], sides[-1]
    mains = [next(at for at, name in enumerate(side) if name.family in common) for side in (first, last)]
    shared = [*first[: mains[0]], *(name for name in last[mains[1] + 1 :] if name.family not in common)]
    return tuple(tuple(name for name in side if name not in shared) for side in sides), tuple(shared)


def _leaning(text: str, typed: str, before: str, glossary: Glossary, domain: Domain) -> _Compared | None:
    """Return the comparison of a question that leaves a side, or both, to the question before it."""
    names = [name for name in _names(typed, glossary, domain) if name.family != "year"]
    earlier = _names(before, glossary, domain)
    if not names and (compared := _joined(before, earlier, domain)) and (topic := _topic(typed, [], domain)):
        return replace(compared, topic=topic, words=typed)
    if len(names) != 1:
        return None
    name, head = names[0], typed[: names[0].span.start]
    join = _join(head, "")
    others = [other for other in earlier if other.family == name.family and other.filters != name.filters]
    compares = _SAYS_COMPARE.search(head) or _SAYS_DIFFER.search(head) or (join == "than" and _COMPARATIVE.search(head))
    if not (join in _STRONG and compares and others):
        return None
    return _Compared(((others[-1],), (name,)), (), _topic(text, [name], domain), typed[: name.span.end].strip())


def _of_turns(typed: str, before: Sequence[str], glossary: Glossary, domain: Domain) -> _Compared | None:
    """Return the comparison of whom or where the turns before were about: "which was better?"."""
    if _names(typed, glossary, domain) or not (_WHICH.search(typed) and _DEGREE.search(typed)):
        return None
    asked = [(turn, _names(turn, glossary, domain)) for turn in before[-MOST_SIDES:]]
    bodies, places = (
        {name.text: name for _, names in asked for name in names if name.family in families}
        for families in (("provider", "body"), ("place",))
    )
    sides = list((bodies if len(bodies) > 1 else places).values())[-2:]
    if len(sides) < 2:
        return None
    shared = list(places.values())[-1:] if len(bodies) > 1 else []
    providers = [name for name in sides if name.family == "provider"]
    if len(providers) == 1 and not shared and (place := glossary.area_of(*providers[0].filters.providers)):
        # "Weir CRC", and then "the NPS": there.
        shared = [_Name(place, providers[0].span, "place", Filters(areas=(place,)))]
    topics = (_topic(turn, names, domain) for turn, names in reversed(asked))
    return _Compared(tuple((side,) for side in sides), tuple(shared), next(filter(None, topics), ""), typed)


def _plain(text: str, names: Sequence[_Name], domain: Domain) -> _Compared | None:
    """Return a comparison of what are no known names, where the question plainly says that it is one."""
    for pattern in _PLAIN:
        if match := pattern.search(text):
            sides = [_Name(match[name], Span(*match.span(name)), "words") for name in ("one", "other")]
            shared = [name for name in names if not any(name.span in side.span for side in sides)]
            if all(words(side.text) for side in sides):
                of_all = sorted((*sides, *shared), key=lambda name: name.span.start)
                topic, says = _topic(text, of_all, domain), text[sides[0].span.start : sides[1].span.end]
                return _Compared(((sides[0],), (sides[1],)), tuple(shared), topic, says)
    return None


def _topic(text: str, names: Sequence[_Name], domain: Domain) -> str:
    """Return what is left of a question without the names and the words that compare.

    It is nothing where that names no subject.
    """
    starts = [0, *(name.span.end for name in names)]
    ends = [*(name.span.start for name in names), len(text)]
    edges = _EDGES.union(domain.field_words)
    kept = []
    for start, end in zip(starts, ends, strict=True):
        tokens = list(_TOKEN.finditer(text, start, max(start, end)))
        while tokens and (tokens[0].group().lower() in edges or not tokens[0].group()[0].isalnum()):
            tokens.pop(0)
        while tokens and (tokens[-1].group().lower() in edges or not tokens[-1].group()[-1].isalnum()):
            tokens.pop()
        if tokens:
            kept.append(text[tokens[0].start() : tokens[-1].end()])
    topic = " ".join(_SAYS_DIFFER.sub(" ", " ".join(dict.fromkeys(kept))).split())
    return topic if words(topic) else ""


def _asked(names: Sequence[_Name], topic: str, domain: Domain) -> str:
    """Return the question for one side: about the topic there, or how it was rated where there is no topic."""
    of = {family: " and ".join(_texts(names, (family,))) for family in ("place", "provider", "body", "year", "words")}
    before = {place: each.word for each in domain.suggestions.prepositions for place in each.places}
    where = f"{before.get(of['place'], 'in')} {of['place']}" if of["place"] else ""
    when = f"in {of['year']}" if of["year"] else ""
    who = of["provider"] or of["body"] or of["words"]
    if topic:
        by = {"provider": "at", "body": "in the", "words": "of"}
        verb = "were" if _PLURAL.search(topic) else "was"
        there = (f"{by[family]} {of[family]}" for family in by if of[family])
        return f"{' '.join(filter(None, (f'How {verb} {topic}', *there, where, when)))}?"
    filled = {"subject": "", "where": where, "when": when}
    if who or not domain.suggestions.rated:
        filled |= {"subject": who or of["place"] or of["year"]}
        filled |= {} if who else {"where": ""} if of["place"] else {"when": ""}
    template = domain.suggestions.subject if filled["subject"] else domain.suggestions.rated
    question = _PLACEHOLDER.sub(lambda held: filled[held[1]], template)
    return f"{' '.join(question.removesuffix('?').split())}?"


def _narrowed(request: Request, question: str, side: Sequence[_Name]) -> Request:
    """Return the request for one side, about it alone.

    A filter that the person has set stays as it is.
    """
    filters = request.filters
    for name in side:
        own = name.filters
        filters = replace(
            filters,
            areas=filters.areas or own.areas,
            providers=filters.providers or own.providers,
            bodies=filters.bodies or own.bodies,
            since=filters.since or own.since,
            until=filters.until or own.until,
        )
    return Request((Turn(question, widen=request.turns[-1].widen),), filters, request.k)


def _label(side: Sequence[_Name]) -> str:
    """Return a side as it was typed."""
    return " ".join(name.text for name in side)


def _texts(names: Sequence[_Name], families: Collection[Family]) -> list[str]:
    return list(dict.fromkeys(name.text for name in names if name.family in families))
