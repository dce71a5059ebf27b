"""Pictures of how many reports say something: bars of text and links, read out as a list.

In: what is said, in groups by year. Out: HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from probqa.records import DocumentAnswer
from probqa.ui.frame import escaped
from probqa.ui.groups import Groups, found


def years(groups: Groups, target: Callable[[str], str]) -> str:
    """A bar for each year, as high as reports were asked, filled as far as they say something; it leads to those."""
    most = max(map(len, groups.values()), default=0)
    bars = "".join(f"<li>{_bar(year, documents, most, target(year))}</li>" for year, documents in groups.items())
    return (
        f'<div class="pq-scroll"><ol class="pq-bars" aria-label="Reports that say something, by year">{bars}</ol></div>'
        '<p class="pq-small">“3/5”: 3 of the 5 reports of a year say something; it does not say what.</p>'
    )


def _bar(year: str, documents: Sequence[DocumentAnswer], most: int, target: str) -> str:
    says, asked = found(documents), len(documents)
    inside = (
        f'{figures(documents)}<span class="pq-hidden"> reports of {year} say something</span>'
        f'<span class="pq-column" style="--asked: {asked / most:.3f}; --found: {says / asked:.3f}"></span>'
        f'<span class="pq-when" aria-hidden="true"><span>{year[:2]}</span>{year[2:]}</span>'
    )
    if not says:
        return f"<p>{inside}</p>"
    return f'<a{"" if target.startswith("#") else " class=pq-go"} href="{escaped(target)}">{inside}</a>'


def figures(documents: Sequence[DocumentAnswer]) -> str:
    """How many say something of how many: "3/5"."""
    return f"<b>{found(documents)}</b><wbr>/{len(documents)}"
