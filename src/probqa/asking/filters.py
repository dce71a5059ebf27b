"""Filters to the rows that may answer, so that they work before ranking and not after.

In: a ``Generation`` and ``Filters``. Out: the allowed passage rows, ascending, or None where nothing is left out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import overload

import numpy as np
import numpy.typing as npt

from probqa.dates import PartialDate
from probqa.errors import InputError
from probqa.glossary.domain import Body
from probqa.glossary.glossary import Glossary
from probqa.indexing.dense import Rows
from probqa.indexing.generation import Generation
from probqa.questions import NO_FILTERS, Filters
from probqa.records import Source
from probqa.understanding.names import years_in

# Nothing in a text is taken for an earlier year (``dates.YEAR``).
_FIRST_YEAR = 1900


def allowed_rows(generation: Generation, filters: Filters, window: Filters = NO_FILTERS) -> Rows | None:
    """Return the rows that pass both, or None if all do.

    The dates of a window, which was read in a question, let through what tells of its years too (``is_within``).

    Raises:
        InputError: a document, date or body that is not one.
    """
    if window:
        return both(_within(generation, window), allowed_rows(generation, filters))
    if not filters:
        return None
    for document_id in filters.documents:
        if generation.document(document_id) is None:
            raise InputError(f"there is no document {document_id!r} in the index", "see: probqa list")
    since, until = PartialDate(filters.since), PartialDate(filters.until)
    bodies = [_body(generation, name) for name in filters.bodies]
    rows = generation.rows_of(
        source.id
        for source in generation.sources
        if is_from(source.published.sure, since, until) and passes(source, filters, generation.glossary)
    )
    return rows[_speaking_of(generation, rows, bodies)] if bodies else rows


@overload
def both(rows: Rows, others: Rows | None) -> Rows: ...
@overload
def both(rows: Rows | None, others: Rows) -> Rows: ...
@overload
def both(rows: Rows | None, others: Rows | None) -> Rows | None: ...
def both(rows: Rows | None, others: Rows | None) -> Rows | None:
    """Return the rows that are among both, where None are all."""
    if rows is None or others is None:
        return others if rows is None else rows
    return np.intersect1d(rows, others, assume_unique=True)


def union(each: Sequence[Rows]) -> Rows:
    """Return the rows that are among any of these, each of them ascending: int64 ascending."""
    return each[0] if len(each) == 1 else np.unique(np.concatenate((np.empty(0, np.int64), *each)))


def headed_texts(generation: Generation, rows: Rows) -> Iterator[str]:
    """Yield of each row its headings and words, a line each."""
    for document, start, text in generation.texts_of(rows):
        yield "\n".join((*document.heading_path(start), text))


def is_within(source: Source, text: str, window: Filters) -> bool:
    """Tell whether a source was published in the window, or looks back from after it and the text names a year of it.

    >>> window = Filters(since="2016", until="2019")
    >>> def tells(published, text): return is_within(Source("a", "A", "P", "r", PartialDate(published)), text, window)
    >>> tells("2017-04", "It was late."), tells("2021", "It was late in 2018."), tells("2021", "It was late.")
    (True, True, False)
    """
    if not (window.since or window.until):
        return True
    since, until = PartialDate(window.since), PartialDate(window.until)
    if is_from(source.published.sure, since, until):
        return True
    return _looks_back(source, until) and any(year in _years(window) for year in map(int, years_in(text)))


def _within(generation: Generation, window: Filters) -> Rows | None:
    rows = allowed_rows(generation, window)
    if rows is None or not (window.since or window.until):
        return rows
    until = PartialDate(window.until)
    later = generation.rows_of(source.id for source in generation.sources if _looks_back(source, until))
    telling = both(later, union([generation.lexical.rows_holding([str(year)]) for year in _years(window)]))
    elsewhere = allowed_rows(generation, replace(window, since="", until=""))
    return np.union1d(rows, both(telling, elsewhere))


def _looks_back(source: Source, until: PartialDate) -> bool:
    """Tell whether a source is from after the window, or nobody knows from when."""
    published = source.published.sure
    return not published or (bool(until) and published.first_day > until.last_day)


def _years(window: Filters) -> range:
    """Return the years that lie wholly in a window.

    There are none where it has no end, for then nothing looks back on it.
    """
    if not window.until:
        return range(0)
    since, until = PartialDate(window.since), PartialDate(window.until)
    first = (since.first_day - datetime.timedelta(1)).year + 1 if since else _FIRST_YEAR
    return range(first, (until.last_day + datetime.timedelta(1)).year)


def _body(generation: Generation, name: str) -> Body:
    bodies = {body.name: body for body in generation.domain.bodies}
    if name not in bodies:
        known = f"write {' or '.join(bodies)}" if bodies else "these reports know none (docs/domain.md)"
        raise InputError(f"{name!r} is not a body", known)
    return bodies[name]


def is_from(published: PartialDate, since: PartialDate, until: PartialDate) -> bool:
    """Tell whether it can have been published between the two, both included.

    Where that is not known, it was not.
    """
    if not published:
        return not since and not until
    return (not since or published.last_day >= since.first_day) and (not until or published.first_day <= until.last_day)


def passes(source: Source, filters: Filters, glossary: Glossary) -> bool:
    """Tell whether a document passes, as far as it is not for its date or its passages."""
    return (
        (not filters.documents or source.id in filters.documents)
        and (not filters.kinds or source.kind in filters.kinds)
        and (not filters.areas or any(is_in_area(source.area, area, glossary) for area in filters.areas))
        and (not filters.providers or any(is_about(source.providers, name, glossary) for name in filters.providers))
    )


def is_in_area(text: str, area: str, glossary: Glossary) -> bool:
    """Tell whether a document's area, or another text, has the name in it, or a place that lies in it."""
    if _names(text, area):
        return True
    named = [place.name for place in glossary.areas_named(text)]
    wanted = {place.name for place in glossary.areas_named(area)}
    return any(wanted & {place, *glossary.containing(place)} for place in named)


def is_about(providers: Iterable[str], provider: str, glossary: Glossary) -> bool:
    """Tell whether one of a document's providers has the name in it, or was run by the owner of that name."""
    if any(_names(name, provider) for name in providers):
        return True
    owners = [named.name for named in glossary.providers_named(provider) if named.kind == "owner"]
    services = {service.name for owner in owners for service in glossary.run_by(owner)}
    about = {named.name for name in providers for named in glossary.providers_named(name)}
    return bool(about & services)


def _names(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _speaking_of(generation: Generation, rows: Rows, bodies: Sequence[Body]) -> npt.NDArray[np.bool_]:
    """Tell of each row whether its words or headings speak of one of the bodies."""
    each = headed_texts(generation, rows)
    return np.array([any(body.pattern.search(text) for body in bodies) for text in each], bool)
