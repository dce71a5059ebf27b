"""What a question asks to have explained: "What is a CRC?", "what does RAR mean", "PDU?", "CRC vs NPS".

In: a question and a glossary. Out: a ``Definition`` for each term that it asks about, none where it asks for more.

>>> from probqa.glossary.domain import NO_DOMAIN
>>> from probqa.glossary.entries import Entries, Term
>>> glossary = Glossary(Entries(terms=(Term("Home visit", "A visit.", "general knowledge", "HV"),)))
>>> [each.term for each in read_definitions("whats a home visit?", glossary, NO_DOMAIN)]
['Home visit']
>>> asked = ("What is a home visit like?", "home visit", "what is a zorb?")
>>> [read_definitions(text, glossary, NO_DOMAIN) for text in asked]
[(), (), ()]

A question asks for a meaning where nothing is left of it but terms and the words of one of a few forms. A term alone
does so where it is an abbreviation, or has a question mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from probqa.glossary.domain import Domain
from probqa.glossary.glossary import Explanation, Glossary
from probqa.questions import Definition
from probqa.records import Span

_MARK = "\x01"
_ARTICLE = r"(?:(?:an?|the|these|those|your|this|that) )?(?:(?:term|word|words|phrase|abbreviation|acronym|initials) )?"
_ONE = rf"{_ARTICLE}[\"']?{_MARK}[\"']?"
_JOINED = (
    r"(?:,? (?:and|or|vs\.?|v|versus|from|to|than|compared (?:to|with)) |, ?| ?/ ?)"
    rf"(?:what (?:is|are|was|were) )?{_ONE}"
)
_ALL = rf"{_ONE}(?:{_JOINED}){{0,4}}"
_LEAD = (
    r"(?:(?:please|so|and|ok|okay|sorry|hi|hello|hey)[,!]? ){0,3}(?:(?:can|could|would|will) you (?:please )?)?"
    r"(?:(?:tell (?:me|us)|explain(?: to me)?|remind me|i (?:want|need|would like|'d like) to know"
    r"|i (?:don't|do not) (?:know|understand)|(?:do you|does anyone|does anybody) know|help me understand) )?"
)
_TAIL = (
    r"(?:,? (?:exactly|please|then|actually|again|mean|means|is|are|all about|for short"
    r"|in (?:plain|simple|layman's) (?:english|terms|words|language)|in (?:this|that|the) (?:context|report|reports)"
    r"|in (?:these|the|your) reports|in english|in a nutshell|in short|in (?:one|a) sentence|briefly"
    r"|like i'm five"
    r"|(?:to|for) (?:me|us|dummies|someone new|a (?:beginner|child|layperson|lay person|newcomer|member of the public))"
    r"|when (?:it|they)(?:'s|'re| is| are) at home)){0,3}"
)
_WHAT = (
    r"(?:who or what|what or who|what|who|wot|wat)(?:'s|s|'re)?"
    r"(?: (?:exactly|actually|even|on earth|the heck|the hell))?"
    r"(?: (?:is|are|was|were))?(?: (?:exactly|actually|even))?"
)
_MEANING = r"(?:meanings?|definitions?|explanations?|full (?:form|name)|expansion)"
# Behind another question this asks for the rating of what was asked about: "and what was the rating?".
_OF_SOMETHING = re.compile(rf"(?:{_LEAD})what(?:'s| is| was| are| were) (?:the|its|their|his|her) {_MARK}{_TAIL}")
_FORMS = tuple(
    re.compile(_LEAD + form + _TAIL)
    for form in (
        rf"{_WHAT}(?: meant by)? {_ALL}",
        rf"{_WHAT} {_ALL} (?:short|an abbreviation|an acronym) for",
        rf"{_WHAT} (?:the )?(?:main |key )?differences? between {_ALL}",
        rf"what (?:does|do|did|would) {_ALL} (?:mean|stand for|refer to|signify|represent)",
        rf"what (?:does|do|did|is|are) (?:you|they|we|it|inspectors|the inspectors|people|this|the reports?)"
        rf" (?:mean|understand|meaning) (?:by|with) {_ALL}",
        rf"(?:{_WHAT} )?(?:give me )?(?:the |a )?{_MEANING} (?:of|for) {_ALL}",
        rf"{_ALL},? (?:{_MEANING}|defined|explained|stands for|abbreviation|acronym|what is (?:it|that|this))",
        rf"(?:define|explain|describe|expand) (?:what )?{_ALL}",
        rf"(?:the )?(?:main |key )?differences? between {_ALL}",
        rf"how (?:is|are|was|were|does|do|did) {_ALL} (?:different|differ|differs|defined)(?: from {_ONE})?",
        rf"what (?:kind|sort|type) of (?:thing|body|organisation|service|order|report) (?:is|are|was|were) {_ALL}",
        rf"{_ONE} (?:vs\.?|v|versus) {_ONE}",
    )
)
_ALONE = re.compile(rf"(?:(?:an?|the) )?{_MARK}")
_END = re.compile(r"(?<![\s?.!])[\s?.!]+$")


def read_definitions(text: str, glossary: Glossary, domain: Domain, *, alone: bool = True) -> tuple[Definition, ...]:
    """Return the definitions of what ``text`` asks to have explained, each once, in its order.

    There are none where it asks for anything else, or for the meaning of what the glossary does not know. ``alone``
    says that a bare term may be a question.
    """
    named = glossary.explained(text, as_written=False)
    # "In probation" says nothing where all is about probation.
    if (
        len(named) > 1
        and _says(text, named[-1][0]) in domain.field_words
        and text[: named[-1][0].start].endswith(" in ")
    ):
        named = named[:-1]
    if not named or not _asks(text, named, domain, alone=alone):
        return ()
    each = dict.fromkeys(explanation for _, explanation in named)
    return tuple(Definition(one.name, one.abbreviation, one.text, one.basis, one.urls) for one in each)


def _asks(text: str, named: Sequence[tuple[Span, Explanation]], domain: Domain, *, alone: bool) -> bool:
    """Tell whether a question asks for nothing but what those ``named`` in it mean."""
    left = "".join(_without(text, [span for span, _ in named])).lower()
    asked = _END.sub("", left)
    before, _, field = asked.rpartition(" in ")
    if before and field in domain.field_words:
        asked = before
    if _ALONE.fullmatch(asked):
        [(span, only)] = named
        return alone and (left.endswith("?") or _says(text, span) == only.abbreviation.lower())
    if not alone and _OF_SOMETHING.fullmatch(asked) and not any(explained.abbreviation for _, explained in named):
        return False
    return any(form.fullmatch(asked) for form in _FORMS)


def _says(text: str, span: Span) -> str:
    return text[span.start : span.end].lower()


def _without(text: str, spans: Sequence[Span]) -> Iterator[str]:
    """Yield the parts of ``text``, a mark in the place of each span."""
    end = 0
    for span in spans:
        yield text[end : span.start]
        yield _MARK
        end = span.end
    yield text[end:]
