"""What every report says, put into groups by provider, place, rating or year.

In: what reports say and a way to group it. Out: groups by name, an answer narrowed to one of them, and the page that
sets two beside each other.

>>> from probqa.dates import PartialDate
>>> from probqa.glossary.domain import NO_DOMAIN
>>> from probqa.glossary.entries import Entries
>>> source = Source("a", "A", "P", "report", published=PartialDate("2017-04"), area="Gwent (part); Kent")
>>> names(source, "place", Glossary(Entries()), NO_DOMAIN), names(source, "year", Glossary(Entries()), NO_DOMAIN)
(('Gwent', 'Kent'), ('2017',))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, get_args

from probqa.glossary.domain import Domain
from probqa.glossary.glossary import Glossary
from probqa.records import Answer, AnswerPart, DocumentAnswer, EveryAnswer, Source

Way = Literal["provider", "place", "rating", "year"]
WAYS: tuple[Way, ...] = get_args(Way)
UNDATED = "undated"
# Which filter narrows a question to a group.
_FIELDS: dict[Way, str] = {"provider": "providers", "place": "areas", "year": "since"}

Groups = dict[str, list[DocumentAnswer]]


def names(source: Source, way: Way, glossary: Glossary, domain: Domain) -> tuple[str, ...]:
    """Return the groups that a report belongs to, at least one."""
    if way == "year":
        return (year(source),)
    if way == "place":
        return source.places or ("No place named",)
    if way == "rating":
        overall = dict.fromkeys(rating for subject, rating in source.ratings if "overall" in subject.casefold())
        return tuple(rating for rating in overall if rating in domain.ratings.scale) or ("Not rated",)
    return tuple(dict.fromkeys(_providers(source, glossary, domain))) or ("No provider named",)


def year(source: Source) -> str:
    """Return the year that a report came out in."""
    return source.published.sure.year or UNDATED


def grouped(documents: Iterable[DocumentAnswer], way: Way, glossary: Glossary, domain: Domain) -> Groups:
    """Return what is said in each group.

    Years and ratings come in their own order, others with the most findings first.
    """
    groups: Groups = {}
    for document in documents:
        for name in names(document.source, way, glossary, domain):
            groups.setdefault(name, []).append(document)

    def place(name: str) -> tuple[int, str]:
        if way == "year":
            return 0, name
        scale = domain.ratings.scale
        rank = scale.index(name) if name in scale else len(scale)
        return (rank if way == "rating" else -speaking(groups[name])), name

    return {name: groups[name] for name in sorted(groups, key=place)}


def speaking(documents: Iterable[DocumentAnswer]) -> int:
    """Return how many of the documents say something."""
    return sum(document.quote is not None for document in documents)


def narrowed(answer: EveryAnswer, documents: Sequence[DocumentAnswer]) -> EveryAnswer:
    """Return the answer of these documents alone.

    Its passages are still all that were searched.
    """
    coverage = replace(answer.coverage, documents=len(documents), documents_with_quotes=speaking(documents))
    return replace(answer, documents=tuple(documents), coverage=coverage)


def sides(answer: Answer, sources: Iterable[Source], glossary: Glossary, domain: Domain) -> dict[str, list[str]]:
    """Return the parameters of the Compare page that sets two parts of an answer beside each other.

    There are none where its parts are no two groups of that page.
    """
    if len(answer.parts) != 2:
        return {}
    known = list(sources)
    for way, field in _FIELDS.items():
        found = [getattr(part.answer.question.filters, field) for part in answer.parts]
        one, other = (value if isinstance(value, str) else "".join(value[:1]) for value in found)
        groups = {name for source in known for name in names(source, way, glossary, domain)}
        if one != other and {one, other} <= groups:
            return {"q": [_without(answer.parts[0])], "by": [way], "one": [one], "other": [other]}
    return {}


def _without(part: AnswerPart) -> str:
    """Return the question of a part without its name, which is that of one side."""
    return re.sub(rf" (?:at|in|of|about) {re.escape(part.label)}\b", "", part.answer.question.text)


def _providers(source: Source, glossary: Glossary, domain: Domain) -> Iterator[str]:
    """Yield owners by name, what has none by the kind of body, and what the glossary does not know by its own name."""
    for provider in source.providers:
        named = glossary.providers_named(provider)
        owners = [body.name for body in named if body.kind == "owner"]
        groups = {service.kind: service.group for service in domain.services}
        kinds = [groups[body.kind] for body in named if body.kind in groups]
        called = (service.group for service in domain.services if service.pattern.search(provider))
        if owners:
            yield from owners
        elif kinds:
            yield kinds[0]
        else:
            yield next(called, provider)
