"""Compare: how many reports say something to one question, in a grid by provider, place or rating, and year.

In: a question, filters and what to compare by, in the address. Out: a table whose every cell leads to its quotes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

import streamlit as st

from probqa.glossary import Glossary
from probqa.pipeline import Library
from probqa.records import DocumentAnswer, EveryAnswer, Filters, Source
from probqa.rendering import every_line
from probqa.ui import filtering, frame
from probqa.ui.address import Address, link, link_to, read
from probqa.ui.frame import escaped
from probqa.ui.views.every import asked

OPEN_ROWS = 15

# What a body is called in the grid where no owner is known, by its kind in the glossary.
_KINDS = {
    "CRC": "Other CRCs",
    "NPS division": "National Probation Service",
    "region": "Probation Service regions",
    "PDU": "Probation Delivery Units",
    "approved premises": "Approved premises",
}

_RATINGS = ("Outstanding", "Good", "Requires improvement", "Inadequate")

Names = Callable[[Source], Iterable[str]]
Cells = dict[str, dict[str, list[DocumentAnswer]]]


def draw(library: Library) -> None:
    """Draw the grid for the question in the address."""
    given = filtering.parameters()
    address = read(given)
    frame.heading("Compare", "One question, put to each report, counted by who or where it is about and when.")
    answer = asked(library, address)
    if answer is not None:
        glossary = library.generation.glossary
        ways: dict[str, Names] = {
            "provider": lambda source: _providers(source, glossary),
            "place": _places,
            "rating": _ratings,
        }
        by = given.get("by", ["provider"])[-1]
        by = by if by in ways else "provider"
        st.html(
            f'<div class="pq-wide"><h2 class="pq-finding">{escaped(every_line(answer))}</h2>'
            f"{_choose(list(ways), by, given)}{_grid(answer, ways[by], by)}</div>"
        )
    frame.foot()


def _choose(ways: list[str], by: str, given: dict[str, list[str]]) -> str:
    links = "".join(
        f'<a class="pq-go" href="{escaped(link_to("compare", given | {"by": [way]}))}"'
        f"{' aria-current=true' if way == by else ''}>By {way}</a>"
        for way in ways
    )
    return f'<nav class="pq-by" aria-label="Compare by">{links}</nav>'


def _grid(answer: EveryAnswer, names: Names, by: str) -> str:
    """Rows by name, columns by year; in each cell found/asked."""
    cells: Cells = defaultdict(lambda: defaultdict(list))
    for one in answer.documents:
        for name in dict.fromkeys(names(one.source)):
            cells[name][one.source.published[:4] or "undated"].append(one)
    years = sorted({year for row in cells.values() for year in row})
    found = {name: _found(one for year in row.values() for one in year) for name, row in cells.items()}
    # Ratings in their own order, other names with the most findings first.
    order = sorted(cells, key=lambda name: (_RATINGS.index(name) if name in _RATINGS else 9, -found[name], name))
    rows = [_row(answer, name, cells[name], years) for name in order]
    head = "".join(f'<th scope="col">{year}</th>' for year in years)
    rest = rows[OPEN_ROWS:]

    def table(body: list[str], caption: str) -> str:
        return (
            f'<div class="pq-scroll" tabindex="0" role="region" aria-label="{caption}"><table class="pq-grid">'
            f'<thead><tr><th scope="col">{by.capitalize()}</th>{head}</tr></thead><tbody>{"".join(body)}</tbody>'
            "</table></div>"
        )

    folded = (
        f'<details class="pq-fold"><summary>{len(rest)} more rows</summary>{table(rest, "More rows")}</details>'
        if rest
        else ""
    )
    return (
        f"{table(rows[:OPEN_ROWS], f'Findings by {by} and year')}{folded}"
        '<p class="pq-small">“3/5” means that 3 of 5 reports say something to the question; it does not say what. '
        "A report on several providers or places counts in each row.</p>"
    )


def _row(answer: EveryAnswer, name: str, row: dict[str, list[DocumentAnswer]], years: list[str]) -> str:
    cells = "".join(_cell(answer, name, year, row.get(year, [])) for year in years)
    return f'<tr><th scope="row">{escaped(name)}</th>{cells}</tr>'


def _cell(answer: EveryAnswer, name: str, year: str, documents: list[DocumentAnswer]) -> str:
    if not documents:
        return '<td style="--share: 0"></td>'
    found, total = _found(documents), len(documents)
    if not found:
        return f'<td style="--share: 0" class="pq-none">0/{total}</td>'
    # The very documents: a filter by name could let others through.
    chosen = Filters(documents=tuple(one.source.id for one in documents if one.quote), bodies=answer.filters.bodies)
    target = link(Address(questions=(answer.question,), filters=chosen), "every")
    return (
        f'<td style="--share: {found / total:.2f}"><a class="pq-go" href="{escaped(target)}"><b>{found}</b>/{total}'
        f'<span class="pq-hidden"> reports say something: {escaped(name)}, {year}</span></a></td>'
    )


def _found(documents: Iterable[DocumentAnswer]) -> int:
    return sum(one.quote is not None for one in documents)


def _providers(source: Source, glossary: Glossary) -> Iterable[str]:
    """Owners by name; what has none by the kind of body; what the glossary does not know by its own name."""
    for provider in source.providers:
        named = glossary.providers_named(provider)
        owners = [one.name for one in named if one.kind == "owner"]
        kinds = [_KINDS[one.kind] for one in named if one.kind in _KINDS]
        if owners:
            yield from owners
        elif kinds:
            yield kinds[0]
        elif re.search(r"\bNPS\b", provider):
            yield _KINDS["NPS division"]
        elif re.search(r"\bCRCs?\b", provider):
            yield _KINDS["CRC"]
        elif re.search(r"\bPDUs?\b", provider):
            yield _KINDS["PDU"]
        else:
            yield provider
    if not source.providers:
        yield "No provider named"


def _places(source: Source) -> Iterable[str]:
    area = re.sub(r"\s*\(.*?\)", "", source.area)
    return area.split("; ") if area else ["No place named"]


def _ratings(source: Source) -> Iterable[str]:
    """The overall ratings; "Not rated" where a report gives none."""
    overall = [rating for subject, rating in source.ratings if "overall" in subject.casefold()]
    return [rating for rating in overall if rating in _RATINGS] or ["Not rated"]
