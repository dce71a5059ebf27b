"""What a question that touches too many reports can be narrowed by.

In: a ``Library`` and the reports that are touched. Out: links that set a filter, each with how many of them it leaves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from probqa.asking.library import Library
from probqa.questions import Filters
from probqa.ui.address import Address, link
from probqa.ui.markup import Markup, anchor
from probqa.ui.side_bar import choices

# So many of each kind are offered, those that leave most first.
OFFERED = 10


@dataclass(frozen=True, slots=True)
class Pick:
    """A filter by name, and the reports that it lets through."""

    name: str
    filters: Filters
    through: frozenset[str]


def picks(library: Library, address: Address, touched: frozenset[str]) -> Markup:
    """Return the areas, providers and years that narrow the ``touched`` reports."""
    offered = choices(library, library.generation.name)
    published: dict[str, set[str]] = {}
    for document in library.generation.all_documents():
        published.setdefault(document.source.published.sure.year, set()).add(document.source.id)
    groups = {
        "Area": [Pick(name, Filters(areas=(name,)), through) for name, through in offered.areas.items()],
        "Provider": [Pick(name, Filters(providers=(name,)), through) for name, through in offered.providers.items()],
        "Year": [
            Pick(year, Filters(since=year, until=year), frozenset(published[year]))
            for year in sorted(filter(None, published), reverse=True)
        ],
    }
    return Markup("").join(
        _group(label, kept, address, touched)
        for label, group in groups.items()
        if (kept := _narrowing(group, touched, library.generation.domain.wide_areas))
    )


def _group(label: str, kept: Sequence[Pick], address: Address, touched: frozenset[str]) -> Markup:
    items = Markup("").join(
        Markup('<li>{} <span class="pq-small">{}</span></li>').format(
            anchor(link(replace(address, filters=pick.filters)), pick.name), len(touched & pick.through)
        )
        for pick in kept
    )
    return Markup('<h3 class="pq-side">{}</h3><ul class="pq-picks">{}</ul>').format(label, items)


def _narrowing(group: Sequence[Pick], touched: frozenset[str], wide_areas: Sequence[str]) -> list[Pick]:
    """Return those that leave some reports and not most.

    A wide area, or a provider of nearly all of them, narrows nothing. Of names within one another ("Wales", "Wales and
    South West England"), and of those that leave the same reports, one is enough: the one that leaves most, or comes
    first.
    """
    kept: list[Pick] = []
    for pick in sorted(group, key=lambda pick: -len(touched & pick.through)):
        left = touched & pick.through
        narrows = 0 < len(left) <= len(touched) / 2 and pick.name not in wide_areas
        if narrows and not any(
            touched & other.through == left or _holds(pick.name, other.name) or _holds(other.name, pick.name)
            for other in kept
        ):
            kept.append(pick)
    return kept[:OFFERED]


def _holds(name: str, part: str) -> bool:
    return re.search(rf"\b{re.escape(part)}\b", name) is not None
