"""Reports: everything that is indexed, as a picture and as a table that sorts and filters.

In: filters, a word to find and a column to sort by, in the address. Out: years, areas and a row for each document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import streamlit as st

from probqa.asking.filters import allowed_rows
from probqa.asking.library import Library
from probqa.errors import ProbqaError
from probqa.records import Document, Filters
from probqa.rendering import DIGEST_LABEL
from probqa.ui import frame, side_bar
from probqa.ui.address import Address, link, link_to, read
from probqa.ui.frame import escaped

OPEN_AREAS = 12
TALLEST_BAR = 3.0

# The columns, and what each is sorted by: (what the address calls it, its heading, the value of a document).
Row = tuple[Document, int]
_COLUMNS: dict[str, tuple[str, Callable[[Row], str | int]]] = {
    "title": ("Title", lambda row: row[0].source.title.casefold()),
    "kind": ("Kind", lambda row: row[0].source.kind),
    "date": ("Date", lambda row: row[0].source.published.iso),
    "area": ("Area", lambda row: row[0].source.area),
    "provider": ("Provider", lambda row: ", ".join(row[0].source.providers)),
    "passages": ("Passages", lambda row: row[1]),
    "wording": ("Wording", lambda row: row[0].source.wording),
}


def draw(library: Library) -> None:
    """Draw the list that the address asks for."""
    given = side_bar.parameters()
    address = read(given)
    side_bar.side_bar(library, address)
    everything = list(library.generation.all_documents())
    frame.heading("Reports", f"{_count(len(everything), 'publication')} can be asked. Each can be read here in full.")
    st.html(f'<div class="pq-wide">{_timeline(everything)}{_areas(everything)}</div>')
    find = side_bar.text_box("Find in titles, publishers, areas and providers", "find", given.get("find", [""])[-1])
    try:
        rows = _rows(library, address.filters, find)
    except ProbqaError as error:
        frame.notice("This list cannot be made", str(error), "refused")
        frame.foot()
        return
    side_bar.draw_chips(library, address, "reports")
    column, down = _order(next(iter(given.get("sort", ())), ""))
    rows.sort(key=_COLUMNS[column][1], reverse=down)
    held = {name: value for name, value in given.items() if name != "sort"}
    # A filter was chosen in the picture above: its result comes into view.
    arrive = f' data-arrive="{escaped(link_to("", held))}"' if address.filters else ""
    count = _count(len(rows), "report")
    st.html(f'<h2 class="pq-sub pq-arriving"{arrive}>{count}</h2>{_table(rows, column, down, held)}')
    frame.foot()


def _timeline(documents: Iterable[Document]) -> str:
    """Publications by year and kind: a row of bars for each kind, every bar a link to its reports."""
    counts = Counter((one.source.kind, one.source.published.year) for one in documents if one.source.published)
    if not counts:
        return ""
    years = [
        str(year) for year in range(int(min(year for _, year in counts)), int(max(year for _, year in counts)) + 1)
    ]
    kinds = Counter(kind for kind, _ in counts.elements()).most_common()
    tallest = max(counts.values())
    head = "".join(f'<th scope="col"><span>{year[:2]}</span>{year[2:]}</th>' for year in years)
    body = ""
    for kind, total in kinds:
        cells = "".join(f"<td>{_bar(kind, year, counts[kind, year], tallest)}</td>" for year in years)
        name = escaped(kind or "other")
        body += (
            f'<tbody><tr><th scope="rowgroup" colspan="{len(years)}">{name} <span>{total}</span></th></tr>'
            f"<tr>{cells}</tr></tbody>"
        )
    return (
        '<h2 class="pq-sub">When they were published</h2>'
        f'<table class="pq-timeline"><caption class="pq-hidden">Publications by year and kind</caption>{body}'
        f"<tfoot><tr>{head}</tr></tfoot></table>"
    )


def _bar(kind: str, year: str, count: int, tallest: int) -> str:
    if not count:
        return ""
    target = link(Address(filters=Filters(kinds=(kind,), since=year, until=year)), "reports")
    return (
        f'<a class="pq-go" href="{escaped(target)}" aria-label="{escaped(kind)}, {year}: {count}">{count}'
        f'<span class="pq-bar" style="height: {TALLEST_BAR * count / tallest:.2f}rem"></span></a>'
    )


def _areas(documents: Iterable[Document]) -> str:
    """Publications by the places they name, the most first."""
    places = [place for one in documents for place in one.source.places]
    counts = Counter(places)
    if not counts:
        return ""
    most = max(counts.values())
    listed = [_area(name, count, most) for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    rest = listed[OPEN_AREAS:]
    folded = (
        f'<details class="pq-fold"><summary>{len(rest)} more places</summary><ul class="pq-areas">{"".join(rest)}</ul>'
        "</details>"
        if rest
        else ""
    )
    return (
        '<h2 class="pq-sub pq-spaced-above">Which places they are about</h2>'
        f'<ul class="pq-areas">{"".join(listed[:OPEN_AREAS])}</ul>{folded}'
        '<p class="pq-small">A place also leads to the reports on what lies in it.</p>'
    )


def _area(name: str, count: int, most: int) -> str:
    target = link(Address(filters=Filters(areas=(name,))), "reports")
    return (
        f'<li><a class="pq-go" href="{escaped(target)}">{escaped(name)}</a> '
        f'<span class="pq-length" style="width: {6 * count / most:.2f}rem"></span> {count}</li>'
    )


def _rows(library: Library, filters: Filters, find: str) -> list[Row]:
    """The documents that pass, each with the number of its passages that do."""
    generation = library.generation
    allowed = allowed_rows(generation, filters)
    passages = Counter(generation.document_of(int(row)).source.id for row in allowed) if allowed is not None else None
    rows = []
    for document in generation.all_documents():
        source = document.source
        held = " ".join((source.title, source.publisher, source.area, *source.providers)).casefold()
        count = len(generation.passages_of(source.id)) if passages is None else passages[source.id]
        if (passages is None or count) and all(word in held for word in find.casefold().split()):
            rows.append((document, count))
    return rows


def _order(sort: str) -> tuple[str, bool]:
    """The column to sort by and whether downwards; the newest first unless the address says otherwise."""
    column, _, way = sort.partition(".")
    return (column, way == "down") if column in _COLUMNS else ("date", True)


def _table(rows: list[Row], column: str, down: bool, held: dict[str, list[str]]) -> str:
    if not rows:
        return "<p>No report passes. Take a filter away or find another word.</p>"
    head = "".join(_head(name, column, down, held) for name in _COLUMNS)
    body = "".join(_row(document, count) for document, count in rows)
    # The roles are those the elements have; a phone shows rows as blocks, and would lose them.
    return (
        '<table class="pq-table" role="table"><caption class="pq-hidden">Reports</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _head(name: str, column: str, down: bool, held: dict[str, list[str]]) -> str:
    sorted_by = name == column
    way = "up" if sorted_by and down else "down" if sorted_by or name in ("date", "passages") else "up"
    target = escaped(link_to("reports", held | {"sort": [f"{name}.{way}"]}))
    state = f' aria-sort="{"descending" if down else "ascending"}"' if sorted_by else ""
    arrow = f' <span aria-hidden="true">{"↓" if down else "↑"}</span>' if sorted_by else ""
    inside = f'<a class="pq-go" href="{target}">{_COLUMNS[name][0]}{arrow}</a>'
    return f'<th role="columnheader" scope="col"{state}>{inside}</th>'


def _row(document: Document, passages: int) -> str:
    source = document.source
    target = escaped(link_to("read", {"document": [source.id]}))
    digest = source.wording == "digest"
    wording = f'<abbr title="{escaped(DIGEST_LABEL)}">digest</abbr>' if digest else escaped(source.wording)
    values = [
        f'<a class="pq-go" href="{target}">{escaped(source.title)}</a>',
        escaped(source.kind),
        escaped(source.published.in_words),
        escaped(source.area),
        escaped(", ".join(source.providers)),
        str(passages),
        wording,
    ]
    cells = zip(_COLUMNS.items(), values, strict=True)
    return (
        '<tr role="row">'
        + "".join(
            f'<td role="cell" class="pq-{name}" data-head="{heading}">{value}</td>'
            for (name, (heading, _)), value in cells
        )
        + "</tr>"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
