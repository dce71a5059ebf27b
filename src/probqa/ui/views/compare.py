"""Compare: two providers, places, ratings or years side by side on one question, and all of them in a grid.

In: a question, filters, what to compare by and two sides, in the address. Out: the quotes of each side, and a table
whose every cell leads to its quotes.
"""

from __future__ import annotations

from dataclasses import replace

from probqa.asking.library import Library
from probqa.questions import Filters
from probqa.records import DocumentAnswer, EveryAnswer, Quote
from probqa.rendering import every_line
from probqa.ui import cards, charts, frame, side_bar
from probqa.ui.address import Address, link_to, read
from probqa.ui.groups import WAYS, Groups, Way, grouped, narrowed, speaking
from probqa.ui.markup import Markup, anchor
from probqa.ui.shared import asker
from probqa.ui.views.every import asked, card, link_to_groups

OPEN_ROWS = 15
SIDE_QUOTES = 3
SIDES = ("one", "other")


def draw(library: Library) -> None:
    """Draw both sides and the grid for the question in the address."""
    given = frame.parameters()
    address = read(given)
    frame.heading("Compare", "One question, put to each report: two sides beside each other, and all of them.")
    answer = asked(library, address, "compare")
    if answer is not None:
        by = given.get("by", ["provider"])[-1]
        way: Way = next((way for way in WAYS if way == by), "provider")
        groups = grouped(answer.documents, way, library.generation.glossary, library.generation.domain)
        frame.draw(Markup('<h2 class="pq-finding pq-wide">{}</h2>{}').format(every_line(answer), _choose(address, way)))
        sides = [given.get(side, [""])[-1] for side in SIDES]
        for column, side, label, value in zip(
            frame.columns(2), SIDES, ("Side by side: one", "and another"), sides, strict=True
        ):
            with column:
                side_bar.choice_box(f"{label} {way}", side, value, list(groups))
        if any(sides):
            _side_by_side(library, address, answer, groups, way, sides)
        if way == "year":
            chart = charts.years(groups, lambda year: link_to_groups(address, {"year": year}))
            frame.draw(Markup('<h2 class="pq-sub">Every year</h2>{}').format(chart))
        else:
            grid = _grid(library, address, groups, way)
            frame.draw(Markup('<h2 class="pq-sub">Every {}, by year</h2>{}').format(way, grid))
        frame.draw(cards.sharing(link_to("compare", given), answer.question.asked))
    frame.foot(library.generation.domain)


def _choose(address: Address, by: Way) -> Markup:
    links = Markup("").join(
        Markup('<a class="pq-go" href="{}"{}>By {}</a>').format(
            link_to("compare", address.parameters() | {"by": [way]}),
            Markup(" aria-current=true") if way == by else Markup(""),
            way,
        )
        for way in WAYS
    )
    return Markup('<nav class="pq-by" aria-label="Compare by">{}</nav>').format(links)


def _side_by_side(
    library: Library,
    address: Address,
    answer: EveryAnswer,
    groups: Groups,
    way: Way,
    sides: list[str],
) -> None:
    quotes = [_best(library, answer, groups.get(name, [])) for name in sides]
    drawn = Markup("").join(
        _side(library, number, name, narrowed(answer, groups.get(name, [])), quotes[number], address, way)
        for number, name in enumerate(sides)
    )
    frame.draw(Markup('<div class="pq-sides">{}</div>').format(drawn))


def _side(
    library: Library,
    number: int,
    name: str,
    answer: EveryAnswer,
    quotes: list[Quote],
    address: Address,
    way: Way,
) -> Markup:
    """Return how many reports of one side say something, and the best quotes of those."""
    if not name:
        return Markup(
            '<section><p class="pq-small">Choose two {}s above to set them side by side.</p></section>'
        ).format(way)
    if not answer.documents:
        body = Markup("<p>No report that was asked belongs here.</p>")
    else:
        count = answer.coverage.documents_with_quotes
        more = f"All {count} quotes" if count > len(quotes) else "These reports alone" if count else "Which reports"
        words = Markup('{}<span class="pq-hidden">: {}</span>').format(more, name)
        body = Markup("<p>{}</p>{}<p>{}</p>").format(
            every_line(answer),
            Markup("").join(
                card(library, quote, position) for position, quote in enumerate(quotes, number * SIDE_QUOTES + 1)
            ),
            anchor(link_to_groups(address, {way: name}), words),
        )
    return Markup('<section aria-labelledby="side-{number}"><h3 id="side-{number}">{name}</h3>{body}</section>').format(
        number=number, name=name, body=body
    )


def _best(library: Library, answer: EveryAnswer, documents: list[DocumentAnswer]) -> list[Quote]:
    """Return the quotes of the reports that answer best when all of these are asked together, one each.

    Scores of different reports in an ``EveryAnswer`` cannot be compared.
    """
    quotes = {document.source.id: document.quote for document in documents if document.quote}
    if not quotes:
        return []
    filters = Filters(documents=tuple(quotes), bodies=answer.question.filters.bodies)
    together = asker(library)(replace(answer.question.request, filters=filters))
    ranked = dict.fromkeys(quote.source.id for quote in together.shown)
    return [quotes[name] for name in dict.fromkeys((*ranked, *quotes))][:SIDE_QUOTES]


def _grid(library: Library, address: Address, groups: Groups, way: Way) -> Markup:
    """Return rows by name and columns by year, with found/asked in each cell."""
    glossary, domain = library.generation.glossary, library.generation.domain
    cells = {name: grouped(group, "year", glossary, domain) for name, group in groups.items()}
    years = sorted({year for row in cells.values() for year in row})
    most = max(map(len, groups.values()), default=0)
    rows = [
        Markup('<tr><th scope="row">{}</th>{}{}</tr>').format(
            name,
            _whole(address, way, name, group, most),
            Markup("").join(_cell(address, way, name, year, cells[name].get(year, [])) for year in years),
        )
        for name, group in groups.items()
    ]
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(year) for year in ("All years", *years))

    def table(body: list[Markup], caption: str) -> Markup:
        return Markup(
            '<p class="pq-small pq-swipe" aria-hidden="true">Scroll the table sideways for more years →</p>'
            '<div class="pq-scroll" tabindex="0" role="region" aria-label="{caption}"><table class="pq-grid">'
            '<thead><tr><th scope="col">{way}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        ).format(caption=caption, way=way.capitalize(), head=head, body=Markup("").join(body))

    rest = rows[OPEN_ROWS:]
    folded = Markup("")
    if rest:
        folded = Markup('<details class="pq-fold"><summary>{} more rows</summary>{}</details>').format(
            len(rest), table(rest, "More rows")
        )
    return Markup(
        "{}{}"
        '<p class="pq-small">“3/5” means that 3 of 5 reports say something to the question; it does not say what. '
        "A report on several providers or places counts in each row.</p>"
    ).format(table(rows[:OPEN_ROWS], f"Findings by {way} and year"), folded)


def _whole(address: Address, way: Way, name: str, group: list[DocumentAnswer], most: int) -> Markup:
    """Return all years of a row, with a bar as long as reports were asked, filled as far as they say something."""
    return Markup(
        '<td class="pq-all"><div>{figures}<span class="pq-share" style="--asked: {length:.3f}; --found: {filled:.3f}">'
        "</span></div></td>"
    ).format(
        figures=_figures(address, {way: name}, name, group),
        length=len(group) / most,
        filled=speaking(group) / len(group),
    )


def _cell(address: Address, way: Way, name: str, year: str, group: list[DocumentAnswer]) -> Markup:
    if not group:
        return Markup('<td style="--share: 0"></td>')
    inside = _figures(address, {way: name, "year": year}, f"{name}, {year}", group)
    return Markup('<td style="--share: {:.2f}">{}</td>').format(speaking(group) / len(group), inside)


def _figures(address: Address, groups: dict[Way, str], heads: str, group: list[DocumentAnswer]) -> Markup:
    """Return found/asked, and a way to the quotes.

    ``heads`` says to others what the eye has from the table.
    """
    inside = Markup('{}<span class="pq-hidden"> reports say something: {}</span>').format(charts.figures(group), heads)
    if not speaking(group):
        return Markup('<span class="pq-none">{}</span>').format(inside)
    return anchor(link_to_groups(address, groups), inside)
