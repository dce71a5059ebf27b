"""What a question leaves out: "except London", "but not Sodexo", "not in Wales".

In: a question, a glossary and a domain. Out: the names and words that no quote is to be about, and the question without
them.

>>> from probqa.glossary.domain import NO_DOMAIN
>>> from probqa.glossary.entries import Entries
>>> from probqa.glossary.glossary import Place
>>> glossary = Glossary(Entries(places=(Place("Wales"), Place("Kent"))))
>>> read = read_exclusions("Everything about unpaid work except Wales and Kent", glossary, NO_DOMAIN)
>>> [name.text for name in read.names], [reading.says for reading in read.readings], read.rest
(['Wales', 'Kent'], ['not about Wales, Kent'], 'Everything about unpaid work')
>>> read_exclusions("Why were victims not told?", glossary, NO_DOMAIN).readings
()

"Not" is left alone but before "in" and a place, or before a name where "but", "and" or a comma stands before it.
"Nobody but the manager knew" leaves nobody out either.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from probqa.dates import YEAR
from probqa.glossary.domain import Domain
from probqa.glossary.glossary import Glossary
from probqa.indexing.lexical import words
from probqa.questions import Name, NameKind, Reading
from probqa.records import Span
from probqa.understanding.times import without

# Before a name that is known. What follows the name is not part of what is left out.
_CUE = re.compile(
    r"(?:\b(?P<plain>except(?:ing)?(?: for)?|excluding|not including|with the exception of|apart from|aside from"
    r"|leaving (?:out|aside)|not about|but not (?:about|on))"
    r"|\b(?P<named>other than|besides|outside(?: of)?|without|but not|and not|not (?:in|from|run by|owned by)|not"
    r"|minus|(?-i:bar)|barring|w/o|(?:that|which|who) (?:is|are|was|were)(?:n['’]t| not)"
    # Told to the program, not of somebody: "ignore Wales: ...", but not "did staff ignore Wales?".
    r"|(?<!\w )(?:please )?(?:ignor(?:e|ing)|skip|leave out|exclude"
    r"|(?:don['’]t|do not) (?:include|count|show(?: me)?|tell me about))"
    r"|(?:i(?:['’]m| am) )?not interested in|i (?:don['’]t|do not) (?:want|need|care about)"
    r"|(?:but|and) (?:nothing|none|no)|nothing (?=(?:from|about|on|in)\b)|not counting|rather than|instead of"
    r"|(?<!\w )(?:never mind|forget(?: about)?)|i(?:['’]ve| have)?(?: already)? (?:got|read|seen|know|had)"
    r"|(?:(?<=all )|(?<=everywhere )|(?<=anywhere )|(?<=everything ))but)|, ?not(?! (?:about|including)\b))"
    r"(?: (?:those|the ones|people|reports?|anything|what was said))?(?: (?:in|from|about|on|of|by|at|for))? (?:the )?",
    re.IGNORECASE,
)
_JOINT = re.compile(r"(?:,? (?:and|or|nor)|,)(?: (?:in|from|about|on|of|by|at|for))? (?:the )?", re.IGNORECASE)
_SET_ASIDE = re.compile(
    r",? (?:aside|apart|excepted|excluded|(?:doesn['’]t|does not|don['’]t|do not) count"
    r"|(?:(?:is|are) )?(?:left out|not (?:included|needed|counted)))(?= ?(?:[,.?!;:)–—-]|$))",
    re.IGNORECASE,
)
_ONES = re.compile(
    r"(?: (?:ones?|reports?|already|please|thanks|for (?:now|a (?:sec|second|moment|minute|bit))))+"
    r"(?= ?(?:[,.?!;:)]|$))",
    re.IGNORECASE,
)
# Said by itself: "not Weir - which other areas ...", "not the Weir ones".
_BREAK = re.compile(r" ?(?:[,:;–—-]|[.?!]*$)")
# What a thing is says nothing of which it is: "the Hale case".
_SORT = re.compile(r" (?:cases?|reports?|reviews?|inquiry|inspections?|findings?|stuff|things?|bits?)$", re.IGNORECASE)
# "Nobody except the manager knew": that somebody is left out is what is asked about.
_CLAIM = re.compile(
    r"\b(?:nobody|no one|none|nothing|nowhere|anyone|anybody|anything|everyone|everybody|all|any|no \w+) ?$",
    re.IGNORECASE,
)
_BEFORE = 40
# A name that the glossary does not know, and one report by its year.
_CAPITAL = re.compile(r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3}")
_REPORT = re.compile(
    rf"({YEAR})(?: (?:\w+ )?(report|one|inspection|review|thematic|findings)s?)?(?![\w/–-])", re.IGNORECASE
)
# A few words up to the end of the clause; of more, nobody can say where they end.
_PHRASE = re.compile(r"[\w'’-]+(?: [\w'’-]+){0,3}(?= ?(?:[,.?!;:)]|$))")
_IS_IT = re.compile(r"(?:is|are|was|were|isn't|does|do|did)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What a question leaves out, and ``rest``, the question without the words that say so."""

    readings: tuple[Reading, ...]
    names: tuple[Name, ...]
    rest: str


def read_exclusions(
    text: str, glossary: Glossary, domain: Domain, dropped: Collection[str] = (), *, alone: bool = True
) -> Exclusions:
    """Read what ``text`` leaves out, but for the readings whose words are among the ``dropped``.

    ``alone`` says that no question stands before it, so that it must ask something itself.
    """
    readings: list[Reading] = []
    names: list[Name] = []
    spans: list[Span] = []
    seen: list[Span] = []
    known = _known(text, glossary, domain)
    for span, excluded in _find(text, known):
        said = text[span.start : span.end]
        overlaps = any(span.start < other.end and other.start < span.end for other in seen)
        seen.append(span)
        if overlaps or said in dropped:
            continue
        readings.append(Reading("without", said, f"not about {', '.join(name.text for name in excluded)}"))
        names += excluded
        spans.append(span)
    rest = without(text, spans)
    # A question that only leaves out says nothing of what it wants.
    is_asking = words(rest) or not alone
    return Exclusions(tuple(readings), tuple(names), rest) if is_asking else Exclusions((), (), text)


def _known(text: str, glossary: Glossary, domain: Domain) -> dict[int, tuple[int, Name]]:
    """Return the names that ``text`` has by where they start: bodies, places, and kinds of body."""
    found: dict[int, tuple[int, Name]] = {}

    def add(kind: NameKind, start: int, end: int, *forms: str) -> None:
        said = text[start:end]
        found.setdefault(
            start, (end, Name(kind, tuple(dict.fromkeys((said, *forms))), frozenset(words(said)), "typed"))
        )

    for named in glossary.providers_named(text):
        add("provider", named.span.start, named.span.end, named.name)
    for named in glossary.areas_named(text):
        add("place", named.span.start, named.span.end, named.name)
    for body in domain.bodies:
        for match in body.pattern.finditer(text):
            add("other", match.start(), match.end(), body.name)
    return found


def _find(text: str, known: dict[int, tuple[int, Name]]) -> Iterator[tuple[Span, list[Name]]]:
    for cue in _CUE.finditer(text):
        excluded, end = _names_at(text, cue.end(), known)
        before = text[max(0, cue.start() - _BEFORE) : cue.start()]
        if not excluded and (named := _REPORT.match(text, cue.end()) or _CAPITAL.match(text, cue.end())):
            kind: NameKind = "year" if named.re is _REPORT else "other"
            forms = (named.group(), *(group or "" for group in named.groups()))
            excluded, end = [Name(kind, forms, frozenset(words(named.group())), "typed")], _behind(text, named.end())
        if excluded:
            if _is_denial(text, cue, end, known):
                continue
        elif cue["plain"] and not _CLAIM.search(before) and (phrase := _PHRASE.match(text, cue.end())):
            which = _SORT.sub("", phrase.group())
            stems = frozenset(words(which))
            forms = tuple(dict.fromkeys((phrase.group(), which)))
            excluded, end = [Name("other", forms, stems, "typed")] if stems else [], phrase.end()
        if excluded:
            in_brackets = text[cue.start() - 1 : cue.start()] == "(" and text[end : end + 1] == ")"
            yield Span(cue.start() - in_brackets, end + in_brackets), excluded
    for start in sorted(known):
        excluded, end = _names_at(text, start, known)
        if aside := _SET_ASIDE.match(text, end):
            yield Span(start, aside.end()), excluded


def _names_at(text: str, start: int, known: dict[int, tuple[int, Name]]) -> tuple[list[Name], int]:
    """Return the names that begin at ``start``, one joined to the other, and where the last of them ends."""
    names, end = [], start
    while start in known:
        end, name = known[start]
        names.append(name)
        joint = _JOINT.match(text, end)
        start = joint.end() if joint else -1
    return names, _behind(text, end)


def _behind(text: str, end: int) -> int:
    """Return where the words end that may stand behind a name: "the Weir ones", "Weir please"."""
    ones = _ONES.match(text, end)
    return ones.end() if ones else end


def _is_denial(text: str, cue: re.Match[str], end: int, known: dict[int, tuple[int, Name]]) -> bool:
    """Tell whether "not" only denies: "is Newport not in Gwent?", "was it not Kent that closed?"."""
    how = (cue["named"] or "").lower()
    if how == "not":
        head = text[: cue.start()].strip()
        return not head.endswith("(") and (bool(head) or not _BREAK.match(text, end))
    before = text[: cue.start()].rstrip()
    return how == "not in" and any(end == len(before) for end, _ in known.values()) and _IS_IT.match(text) is not None
