"""Reports: everything that is indexed, as a picture and as a table that sorts and filters.

In: filters, a word to find and a column to sort by, in the address. Out: years, areas and a row for each document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from probqa.asking.filters import allowed_rows
from probqa.asking.library import Library
from probqa.errors import ProbqaError
from probqa.questions import Filters
from probqa.records import RECOGNISED, Document, marked
from probqa.rendering import indexed, label
from probqa.ui import frame, side_bar
from probqa.ui.address import Address, first, link, link_to, read
from probqa.ui.markup import Markup, anchor

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
    given = frame.parameters()
    address = read(given)
    side_bar.side_bar(library, address)
    everything = list(library.generation.all_documents())
    sources = [document.source for document in everything]
    digests = any(source.is_digest for source in sources)
    full = (
        "Each can be read here in full, with the address of its publication."
        if digests
        else "Each can be read here in full."
    )
    frame.heading("Reports", f"{indexed(sources)} can be asked. {full}")
    frame.draw(Markup('<div class="pq-wide">{}{}</div>').format(_timeline(everything), _areas(everything)))
    find = side_bar.text_box("Find in titles, publishers, areas and providers", "find", given.get("find", [""])[-1])
    try:
        rows = _rows(library, address.filters, find)
    except ProbqaError as error:
        frame.notice("This list cannot be made", str(error), "refused")
        frame.foot(library.generation.domain)
        return
    side_bar.draw_chips(library, address, "reports")
    column, down = _order(first(given, "sort"))
    rows.sort(key=_COLUMNS[column][1], reverse=down)
    held = {name: value for name, value in given.items() if name != "sort"}
    # A filter was chosen in the picture above: its result comes into view.
    arrive = Markup(' data-arrive="{}"').format(link_to("", held)) if address.filters else Markup("")
    frame.draw(
        Markup('<h2 class="pq-sub pq-arriving"{}>{}</h2>{}').format(
            arrive, _count(len(rows), "report"), _table(rows, column, down, held)
        )
    )
    followed = {name: values for name, values in given.items() if name in ("area", "provider", "kind")}
    frame.draw(
        Markup('<p class="pq-soft"><a href="{}">Follow new reports like these in a feed reader</a> (Atom)</p>').format(
            link_to("api/feed", followed)
        )
    )
    frame.foot(library.generation.domain)


def _timeline(documents: Iterable[Document]) -> Markup:
    """Return publications by year and kind, a row of bars for each kind, every bar a link to its reports."""
    sources = [document.source for document in documents]
    counts = Counter((source.kind, source.published.year) for source in sources if source.published.sure)
    if not counts:
        return Markup("")
    known = [int(year) for _, year in counts]
    years = [str(year) for year in range(min(known), max(known) + 1)]
    kinds = Counter(kind for kind, _ in counts.elements()).most_common()
    tallest = max(counts.values())
    head = Markup("").join(
        Markup('<th scope="col"><span>{}</span>{}</th>').format(year[:2], year[2:]) for year in years
    )
    body = Markup("").join(
        Markup('<tbody><tr><th scope="rowgroup" colspan="{}">{} <span>{}</span></th></tr><tr>{}</tr></tbody>').format(
            len(years),
            kind or "other",
            total,
            Markup("").join(
                Markup("<td>{}</td>").format(_bar(kind, year, counts[kind, year], tallest)) for year in years
            ),
        )
        for kind, total in kinds
    )
    return Markup(
        '<h2 class="pq-sub">When they were published</h2>'
        '<table class="pq-timeline"><caption class="pq-hidden">Publications by year and kind</caption>{}'
        "<tfoot><tr>{}</tr></tfoot></table>"
    ).format(body, head)


def _bar(kind: str, year: str, count: int, tallest: int) -> Markup:
    if not count:
        return Markup("")
    return Markup(
        '<a class="pq-go" href="{target}" aria-label="{kind}, {year}: {count}">{count}'
        '<span class="pq-bar" style="height: {height:.2f}rem"></span></a>'
    ).format(
        target=link(Address(filters=Filters(kinds=(kind,), since=year, until=year)), "reports"),
        kind=kind,
        year=year,
        count=count,
        height=TALLEST_BAR * count / tallest,
    )


def _areas(documents: Iterable[Document]) -> Markup:
    """Return publications by the places they name, the most first."""
    counts = Counter(place for document in documents for place in document.source.places)
    if not counts:
        return Markup("")
    most = max(counts.values())
    listed = [_area(name, count, most) for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    rest = listed[OPEN_AREAS:]
    folded = Markup("")
    if rest:
        folded = Markup(
            '<details class="pq-fold"><summary>{} more places</summary><ul class="pq-areas">{}</ul></details>'
        ).format(len(rest), Markup("").join(rest))
    return Markup(
        '<h2 class="pq-sub pq-spaced-above">Which places they are about</h2><ul class="pq-areas">{}</ul>{}'
        '<p class="pq-small">A place also leads to the reports on what lies in it.</p>'
    ).format(Markup("").join(listed[:OPEN_AREAS]), folded)


def _area(name: str, count: int, most: int) -> Markup:
    target = link(Address(filters=Filters(areas=(name,))), "reports")
    return Markup('<li>{} <span class="pq-length" style="width: {:.2f}rem"></span> {}</li>').format(
        anchor(target, name), 6 * count / most, count
    )


def _rows(library: Library, filters: Filters, find: str) -> list[Row]:
    """Return the documents that pass, each with the number of its passages that do."""
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
    """Return the column to sort by and whether downwards.

    The newest come first unless the address says otherwise.
    """
    column, _, way = sort.partition(".")
    return (column, way == "down") if column in _COLUMNS else ("date", True)


def _table(rows: list[Row], column: str, down: bool, held: dict[str, list[str]]) -> Markup:
    if not rows:
        return Markup("<p>No report passes. Take a filter away or find another word.</p>")
    head = Markup("").join(_head(name, column, down, held) for name in _COLUMNS)
    return frame.table("Reports", head, (_row(document, count) for document, count in rows))


def _head(name: str, column: str, down: bool, held: dict[str, list[str]]) -> Markup:
    sorted_by = name == column
    way = "up" if sorted_by and down else "down" if sorted_by or name in ("date", "passages") else "up"
    state, arrow = Markup(""), Markup("")
    if sorted_by:
        state = Markup(' aria-sort="{}"').format("descending" if down else "ascending")
        arrow = Markup(' <span aria-hidden="true">{}</span>').format("↓" if down else "↑")
    return Markup('<th role="columnheader" scope="col"{}>{}</th>').format(
        state,
        anchor(link_to("reports", held | {"sort": [f"{name}.{way}"]}), Markup("{}{}").format(_COLUMNS[name][0], arrow)),
    )


def _row(document: Document, passages: int) -> Markup:
    source = document.source
    digest = source.is_digest
    values = [
        anchor(link_to("read", {"document": [source.id]}), source.title_in_words),
        source.kind,
        source.published.in_words,
        source.area_in_words,
        ", ".join(source.providers),
        str(passages),
        Markup('<abbr title="{}">digest</abbr>').format(label(source)) if digest else _wording(document),
    ]
    cells = Markup("").join(
        Markup('<td role="cell" class="pq-{}" data-head="{}">{}</td>').format(name, heading, value)
        for (name, (heading, _)), value in zip(_COLUMNS.items(), values, strict=True)
    )
    return Markup('<tr role="row">{}</tr>').format(cells)


def _wording(document: Document) -> str:
    scanned = len(document.recognised_pages)
    return marked(document.source.wording, f"{_count(scanned, 'page')} {RECOGNISED}" if scanned else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
