"""Pictures of how many reports say something: bars of text and links, read out as a list.

In: what is said, in groups by year. Out: HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from probqa.records import DocumentAnswer
from probqa.ui.groups import Groups, speaking
from probqa.ui.markup import Markup


def years(groups: Groups, target: Callable[[str], str]) -> Markup:
    """Return a bar for each year, which leads to its reports.

    It is as high as reports were asked, and filled as far as they say something.
    """
    most = max(map(len, groups.values()), default=0)
    bars = Markup("").join(
        Markup("<li>{}</li>").format(_bar(year, documents, most, target(year))) for year, documents in groups.items()
    )
    return Markup(
        '<div class="pq-scroll"><ol class="pq-bars" aria-label="Reports that say something, by year">{}</ol></div>'
        '<p class="pq-small">“3/5”: 3 of the 5 reports of a year say something; it does not say what.</p>'
    ).format(bars)


def _bar(year: str, documents: Sequence[DocumentAnswer], most: int, target: str) -> Markup:
    says, asked = speaking(documents), len(documents)
    inside = Markup(
        '{figures}<span class="pq-hidden"> reports of {year} say something</span>'
        '<span class="pq-column" style="--asked: {height:.3f}; --found: {filled:.3f}"></span>'
        '<span class="pq-when" aria-hidden="true"><span>{century}</span>{rest}</span>'
    ).format(
        figures=figures(documents),
        year=year,
        height=asked / most,
        filled=says / asked,
        century=year[:2],
        rest=year[2:],
    )
    if not says:
        return Markup("<p>{}</p>").format(inside)
    # page.js follows links to other pages, the browser itself those within this one.
    kind = Markup("") if target.startswith("#") else Markup(" class=pq-go")
    return Markup('<a{} href="{}">{}</a>').format(kind, target, inside)


def figures(documents: Sequence[DocumentAnswer]) -> Markup:
    """Return how many say something of how many: "3/5"."""
    return Markup("<b>{}</b><wbr>/{}").format(speaking(documents), len(documents))
