"""What a question that touches too many reports can be narrowed by.

In: a ``Library`` and the reports that are touched. Out: links that set a filter, each with how many of them it leaves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from probqa.asking.library import Library
from probqa.records import Filters
from probqa.ui.address import Address, link
from probqa.ui.frame import escaped
from probqa.ui.side_bar import choices

# So many of each kind are offered, those that leave most first.
OFFERED = 10
NATIONS = ("England", "England and Wales")


@dataclass(frozen=True, slots=True)
class Pick:
    """A filter by name, and the reports that it lets through."""

    name: str
    filters: Filters
    through: frozenset[str]


def picks(library: Library, address: Address, touched: frozenset[str]) -> str:
    """The areas, providers and years that narrow the ``touched`` reports."""
    offered = choices(library, library.generation.name)
    published: dict[str, set[str]] = {}
    for document in library.generation.all_documents():
        published.setdefault(document.source.published.year, set()).add(document.source.id)
    groups = {
        "Area": [Pick(name, Filters(areas=(name,)), through) for name, through in offered.areas.items()],
        "Provider": [Pick(name, Filters(providers=(name,)), through) for name, through in offered.providers.items()],
        "Year": [
            Pick(year, Filters(since=year, until=year), frozenset(published[year]))
            for year in sorted(filter(None, published), reverse=True)
        ],
    }
    drawn = ""
    for label, group in groups.items():
        targets = {one: escaped(link(replace(address, filters=one.filters))) for one in _narrowing(group, touched)}
        items = "".join(
            f'<li><a class="pq-go" href="{target}">{escaped(one.name)}</a> '
            f'<span class="pq-small">{len(touched & one.through)}</span></li>'
            for one, target in targets.items()
        )
        drawn += f'<h3 class="pq-side">{label}</h3><ul class="pq-picks">{items}</ul>' if items else ""
    return drawn


def _narrowing(group: Sequence[Pick], touched: frozenset[str]) -> list[Pick]:
    """Those that leave some reports and not most; a nation, or a provider of nearly all of them, narrows nothing.

    Of names within one another ("Wales", "Wales and South West England"), and of those that leave the same reports,
    one is enough: the one that leaves most, or comes first.
    """
    kept: list[Pick] = []
    for one in sorted(group, key=lambda one: -len(touched & one.through)):
        left = touched & one.through
        narrows = 0 < len(left) <= len(touched) / 2 and one.name not in NATIONS
        if narrows and not any(
            touched & other.through == left or _holds(one.name, other.name) or _holds(other.name, one.name)
            for other in kept
        ):
            kept.append(one)
    return kept[:OFFERED]


def _holds(one: str, other: str) -> bool:
    return re.search(rf"\b{re.escape(other)}\b", one) is not None
