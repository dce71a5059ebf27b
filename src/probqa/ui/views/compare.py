"""Compare: two providers, places, ratings or years side by side on one question, and all of them in a grid.

In: a question, filters, what to compare by and two sides, in the address. Out: the quotes of each side, and a table
whose every cell leads to its quotes.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from probqa.asking.library import Library
from probqa.questions import Filters
from probqa.records import DocumentAnswer, EveryAnswer, Quote
from probqa.rendering import every_line
from probqa.ui import basket, charts, frame, side_bar
from probqa.ui.address import Address, link_to, read
from probqa.ui.frame import escaped
from probqa.ui.groups import WAYS, Groups, Way, found, grouped, narrowed
from probqa.ui.shared import asker
from probqa.ui.views.every import asked, card, link_to_groups

OPEN_ROWS = 15
SIDE_QUOTES = 3
SIDES = ("one", "other")


def draw(library: Library) -> None:
    """Draw both sides and the grid for the question in the address."""
    given = side_bar.parameters()
    address = read(given)
    frame.heading("Compare", "One question, put to each report: two sides beside each other, and all of them.")
    answer = asked(library, address, "compare")
    if answer is not None:
        by = given.get("by", ["provider"])[-1]
        way: Way = next((way for way in WAYS if way == by), "provider")
        groups = grouped(answer.documents, way, library.generation.glossary)
        st.html(f'<h2 class="pq-finding pq-wide">{escaped(every_line(answer))}</h2>{_choose(address, way)}')
        sides = [given.get(side, [""])[-1] for side in SIDES]
        for column, side, label, value in zip(
            st.columns(2), SIDES, ("Side by side: one", "and another"), sides, strict=True
        ):
            with column:
                side_bar.choice_box(f"{label} {way}", side, value, list(groups))
        if any(sides):
            _side_by_side(library, address, answer, groups, way, sides, given)
        if way == "year":
            chart = charts.years(groups, lambda year: link_to_groups(address, {"year": year}))
            st.html(f'<h2 class="pq-sub">Every year</h2>{chart}')
        else:
            st.html(f'<h2 class="pq-sub">Every {way}, by year</h2>{_grid(library, address, groups, way)}')
    frame.foot()


def _choose(address: Address, by: Way) -> str:
    links = "".join(
        f'<a class="pq-go" href="{escaped(link_to("compare", address.parameters() | {"by": [way]}))}"'
        f"{' aria-current=true' if way == by else ''}>By {way}</a>"
        for way in WAYS
    )
    return f'<nav class="pq-by" aria-label="Compare by">{links}</nav>'


def _side_by_side(
    library: Library,
    address: Address,
    answer: EveryAnswer,
    groups: Groups,
    way: Way,
    sides: list[str],
    given: dict[str, list[str]],
) -> None:
    quotes = [_best(library, answer, groups.get(name, [])) for name in sides]
    drawn = "".join(
        _side(library, number, name, narrowed(answer, groups.get(name, [])), quotes[number], address, way)
        for number, name in enumerate(sides)
    )
    st.html(f'<div class="pq-sides">{drawn}</div>')
    basket.follow(given, (quote for side in quotes for quote in side))


def _side(
    library: Library,
    number: int,
    name: str,
    answer: EveryAnswer,
    quotes: list[Quote],
    address: Address,
    way: Way,
) -> str:
    """One side: how many of its reports say something, and the best quotes of those."""
    if not name:
        return f'<section><p class="pq-small">Choose two {way}s above to set them side by side.</p></section>'
    if not answer.documents:
        body = "<p>No report that was asked belongs here.</p>"
    else:
        body = f"<p>{escaped(every_line(answer))}</p>"
        for at, quote in enumerate(quotes, start=number * SIDE_QUOTES + 1):
            body += card(library, quote, at)
        target = escaped(link_to_groups(address, {way: name}))
        count = answer.coverage.documents_with_quotes
        more = f"All {count} quotes" if count > len(quotes) else "These reports alone" if count else "Which reports"
        body += f'<p><a class="pq-go" href="{target}">{more}<span class="pq-hidden">: {escaped(name)}</span></a></p>'
    return f'<section aria-labelledby="side-{number}"><h3 id="side-{number}">{escaped(name)}</h3>{body}</section>'


def _best(library: Library, answer: EveryAnswer, documents: list[DocumentAnswer]) -> list[Quote]:
    """The quotes of the reports that answer best when all of these are asked together, one each.

    Scores of different reports in an ``EveryAnswer`` cannot be compared.
    """
    speaking = {one.source.id: one.quote for one in documents if one.quote}
    if not speaking:
        return []
    filters = Filters(documents=tuple(speaking), bodies=answer.question.filters.bodies)
    together = asker(library)(replace(answer.question.request, filters=filters))
    ranked = dict.fromkeys(quote.source.id for quote in together.shown)
    return [speaking[name] for name in dict.fromkeys((*ranked, *speaking))][:SIDE_QUOTES]


def _grid(library: Library, address: Address, groups: Groups, way: Way) -> str:
    """Rows by name, columns by year; in each cell found/asked."""
    glossary = library.generation.glossary
    cells = {name: grouped(group, "year", glossary) for name, group in groups.items()}
    years = sorted({year for row in cells.values() for year in row})
    most = max(map(len, groups.values()), default=0)
    rows = [
        f'<tr><th scope="row">{escaped(name)}</th>{_whole(address, way, name, group, most)}'
        + "".join(_cell(address, way, name, year, cells[name].get(year, [])) for year in years)
        + "</tr>"
        for name, group in groups.items()
    ]
    head = "".join(f'<th scope="col">{year}</th>' for year in ("All years", *years))
    rest = rows[OPEN_ROWS:]

    def table(body: list[str], caption: str) -> str:
        return (
            f'<div class="pq-scroll" tabindex="0" role="region" aria-label="{caption}"><table class="pq-grid">'
            f'<thead><tr><th scope="col">{way.capitalize()}</th>{head}</tr></thead><tbody>{"".join(body)}</tbody>'
            "</table></div>"
        )

    folded = (
        f'<details class="pq-fold"><summary>{len(rest)} more rows</summary>{table(rest, "More rows")}</details>'
        if rest
        else ""
    )
    return (
        f"{table(rows[:OPEN_ROWS], f'Findings by {way} and year')}{folded}"
        '<p class="pq-small">“3/5” means that 3 of 5 reports say something to the question; it does not say what. '
        "A report on several providers or places counts in each row.</p>"
    )


def _whole(address: Address, way: Way, name: str, group: list[DocumentAnswer], most: int) -> str:
    """All years of a row, with a bar as long as reports were asked, filled as far as they say something."""
    share = f'style="--asked: {len(group) / most:.3f}; --found: {found(group) / len(group):.3f}"'
    inside = _figures(address, {way: name}, name, group)
    return f'<td class="pq-all"><div>{inside}<span class="pq-share" {share}></span></div></td>'


def _cell(address: Address, way: Way, name: str, year: str, group: list[DocumentAnswer]) -> str:
    if not group:
        return '<td style="--share: 0"></td>'
    inside = _figures(address, {way: name, "year": year}, f"{name}, {year}", group)
    return f'<td style="--share: {found(group) / len(group):.2f}">{inside}</td>'


def _figures(address: Address, groups: dict[Way, str], said: str, group: list[DocumentAnswer]) -> str:
    """Found/asked, and a way to the quotes; what the eye has from the table is said to others."""
    inside = f'{charts.figures(group)}<span class="pq-hidden"> reports say something: {escaped(said)}</span>'
    if not found(group):
        return f'<span class="pq-none">{inside}</span>'
    return f'<a class="pq-go" href="{escaped(link_to_groups(address, groups))}">{inside}</a>'
