"""Which reports a later inspection of the same body or place has followed.

In: the sources of an index, and areas of most reports. Out: for each report that has one, the newest later inspection,
and what both are about.

Only what can be known is said: both are inspections of a body or place, not of a subject; both surely have their date;
the later was published after the last day on which the earlier can have been; and they name the same provider, or have
the same area. A wide area is no such place, and a provider that a report of a wide area is about no such body.

>>> from probqa.dates import PartialDate
>>> first = Source("a", "A", "P", "inspection report", published=PartialDate("2017-04"), area="Gwent (Wales)")
>>> second = Source("b", "B", "P", "inspection report", published=PartialDate("2025"), area="Gwent (Wales)")
>>> found = later_inspections([first, second], wide_areas=["Wales"])
>>> {name: (later.source.id, later.of) for name, later in found.items()}
{'a': ('b', 'Gwent')}
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from probqa.records import Source


@dataclass(frozen=True, slots=True)
class Later:
    """A later inspection, and the body or place that it shares with the earlier one."""

    source: Source
    of: str


def later_inspections(sources: Iterable[Source], wide_areas: Sequence[str]) -> dict[str, Later]:
    """Return the newest later inspection of each report that has one, by the earlier one's id.

    Of several, the one with the lower id comes first.
    """
    known = list(sources)
    wide = {"", *wide_areas}
    widely = {name for source in known if source.area in wide for name in source.plain_providers}
    inspections = sorted(
        filter(_inspects_a_body, known), key=lambda source: (source.published.iso, source.id), reverse=True
    )
    latest: dict[str, Later] = {}
    for earlier in inspections:
        for later in inspections:
            shared = _shared(earlier, later, wide, widely)
            if shared and earlier.published.last_day < later.published.first_day:
                latest[earlier.id] = Later(later, shared)
                break
    return latest


def _shared(earlier: Source, later: Source, wide: set[str], widely: set[str]) -> str:
    theirs = later.plain_providers
    bodies = [name for name in earlier.plain_providers if name in theirs and name not in widely]
    if bodies:
        return bodies[0]
    return "; ".join(earlier.places) if earlier.area == later.area and earlier.area not in wide else ""


def _inspects_a_body(source: Source) -> bool:
    return bool(source.published.sure) and "inspection" in source.kind and "thematic" not in source.kind
