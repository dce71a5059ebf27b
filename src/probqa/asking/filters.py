"""Filters to the rows that may answer, so that they work before ranking and not after.

In: a ``Generation`` and ``Filters``. Out: the allowed passage rows, ascending, or None where nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from probqa.dates import PartialDate
from probqa.errors import InputError
from probqa.glossary.domain import Body
from probqa.glossary.glossary import Glossary
from probqa.indexing.dense import Rows
from probqa.indexing.generation import Generation
from probqa.questions import NO_FILTERS, Filters
from probqa.records import Source


def allowed_rows(generation: Generation, filters: Filters, window: Filters = NO_FILTERS) -> Rows | None:
    """Return the rows that pass both, or None if all do.

    Raises:
        InputError: a document, date or body that is not one.
    """
    if window:
        within, passing = allowed_rows(generation, window), allowed_rows(generation, filters)
        return within if passing is None or within is None else np.intersect1d(within, passing)
    if not filters:
        return None
    for document_id in filters.documents:
        if generation.document(document_id) is None:
            raise InputError(f"there is no document {document_id!r} in the index", "see: probqa list")
    since, until = PartialDate(filters.since), PartialDate(filters.until)
    bodies = [_body(generation, name) for name in filters.bodies]
    rows: list[int] = []
    for document in generation.all_documents():
        source = document.source
        if is_from(source.published.sure, since, until) and passes(source, filters, generation.glossary):
            rows.extend(generation.passages_of(source.id))
    if bodies:
        rows = [row for row in rows if _speaks_of(generation, row, bodies)]
    return np.array(rows, np.int64)


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


def _speaks_of(generation: Generation, row: int, bodies: Iterable[Body]) -> bool:
    document, span = generation.document_of(row), generation.passage(row).span
    text = "\n".join((*document.heading_path(span.start), document.slice(span)))
    return any(body.pattern.search(text) for body in bodies)
