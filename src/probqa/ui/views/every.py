"""Every report: one question put to each report by itself, so that silence shows as well.

In: a question, filters, a group of reports and an order in the address. Out: the best quote of each report that says
something, by year, and the names of those that do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby

import streamlit as st

from probqa.asking.library import Library
from probqa.citing import export
from probqa.errors import ProbqaError
from probqa.glossary.glossary import Glossary
from probqa.records import EveryAnswer, Quote
from probqa.rendering import every_line
from probqa.ui import basket, cards, charts, frame, side_bar
from probqa.ui.address import Address, link, link_to, read
from probqa.ui.frame import escaped
from probqa.ui.groups import UNDATED, WAYS, Way, grouped, names, narrowed, year
from probqa.ui.shared import every, later

NO_GROUPS: Mapping[Way, str] = {}


def draw(library: Library) -> None:
    """Draw what every report says to the question in the address."""
    given = side_bar.parameters()
    address = read(given)
    glossary = library.generation.glossary
    groups: dict[Way, str] = {way: given[f"in-{way}"][-1] for way in WAYS if given.get(f"in-{way}")}
    oldest = given.get("sort") == ["oldest"]
    frame.heading("Every report", "One question, put to each report by itself.")
    answer = asked(library, address, "every", groups)
    if answer is not None:
        answer = _in_order(_only(answer, groups, glossary), oldest)
        by_year = grouped(answer.documents, "year", glossary)
        chart = charts.years(by_year, "#in-{}".format) if len(by_year) > 1 else ""
        st.html(f'<h2 class="pq-finding">{escaped(every_line(answer))}</h2>{chart}')
        if answer.coverage.documents_with_quotes:
            with st.container(horizontal=True, vertical_alignment="center", key="take-away"):
                st.html(_orders(address, groups, oldest), width="content")
                _take_away(answer)
            _quotes(answer, library)
        compare = link(Address(questions=(answer.question,), filters=address.filters), "compare")
        st.html(
            f'{_silent(answer)}<p><a class="pq-go" href="{escaped(compare)}">Compare providers, places, ratings and '
            "years</a></p>"
        )
        basket.follow(given, (one.quote for one in answer.documents if one.quote))
    frame.foot()


def asked(library: Library, address: Address, page: str, groups: Mapping[Way, str] = NO_GROUPS) -> EveryAnswer | None:
    """Draw the box and the filters, and put the question; None where there is none or it cannot be put.

    ``groups`` are those that the page shows alone; each has a chip, as filters have.
    """
    side_bar.side_bar(library, address)
    question = side_bar.text_box("Question", "q", address.questions[-1] if address.questions else "")
    more = [
        side_bar.chip(
            f"{way}: <b>{escaped(name)}</b>",
            f"Show not only {name}",
            link_to_groups(address, {other: groups[other] for other in groups if other != way}),
        )
        for way, name in groups.items()
    ]
    side_bar.draw_chips(library, address, page, more)
    if not question:
        st.html('<p class="pq-small">Type a question and press Enter.</p>')
        return None
    try:
        return every(library, question, address.filters)
    except ProbqaError as error:
        problem = error.problem[:1].upper() + error.problem[1:]
        frame.notice("This question cannot be asked", f"{problem}: {error.remedy}.", "refused")
        return None


def card(library: Library, quote: Quote, number: int) -> str:
    """A quote of many: with a button to keep it, and where its report has a later one."""
    drawn = cards.card(quote, number, library.generation.glossary, later(library, quote.source.id))
    return drawn + basket.html_button(quote, number)


def link_to_groups(address: Address, groups: Mapping[Way, str], **more: str) -> str:
    """Where this page shows only the reports that belong to all of these groups."""
    held = {f"in-{way}": name for way, name in groups.items()} | more
    return link_to("every", address.parameters() | {name: [value] for name, value in held.items()})


def _only(answer: EveryAnswer, groups: Mapping[Way, str], glossary: Glossary) -> EveryAnswer:
    if not groups:
        return answer
    return narrowed(
        answer,
        [
            one
            for one in answer.documents
            if all(name in names(one.source, way, glossary) for way, name in groups.items())
        ],
    )


def _in_order(answer: EveryAnswer, oldest: bool) -> EveryAnswer:
    """The newest first, as it comes, or the oldest; what has no date is last."""
    if not oldest:
        return answer
    documents = sorted(answer.documents, key=lambda one: one.source.published.iso or UNDATED)
    return replace(answer, documents=tuple(documents))


def _orders(address: Address, groups: Mapping[Way, str], oldest: bool) -> str:
    ways = (
        ("Newest first", link_to_groups(address, groups)),
        ("Oldest first", link_to_groups(address, groups, sort="oldest")),
    )
    links = "".join(
        f'<a class="pq-go" href="{escaped(target)}"{" aria-current=true" if oldest == at else ""}>{words}</a>'
        for at, (words, target) in enumerate(ways)
    )
    return f'<nav class="pq-by" aria-label="Order">{links}</nav>'


def _take_away(answer: EveryAnswer) -> None:
    """The list as files, made when they are asked for."""
    today = datetime.now(UTC).date()
    for name, suffix, media_type, write in (
        ("Download as CSV", "csv", "text/csv", export.every_to_csv),
        ("Download as Markdown", "md", "text/markdown", export.every_to_markdown),
    ):
        st.download_button(
            name,
            partial(write, answer, today),
            f"every-report.{suffix}",
            media_type,
            on_click="ignore",
            type="tertiary",
        )


def _quotes(answer: EveryAnswer, library: Library) -> None:
    quotes = enumerate((one.quote for one in answer.documents if one.quote), start=1)
    for name, group in groupby(quotes, key=lambda numbered: year(numbered[1].source)):
        drawn = f'<h3 class="pq-year" id="in-{name}">{name}</h3>'
        for number, quote in group:
            drawn += card(library, quote, number)
        st.html(drawn)


def _silent(answer: EveryAnswer) -> str:
    """The reports in which nothing was found."""
    silent = [one.source for one in answer.documents if one.quote is None]
    if not silent:
        return ""
    listed = "".join(
        f'<li><a class="pq-go" href="{escaped(link_to("read", {"document": [source.id]}))}">'
        f"{escaped(source.title)}</a> "
        f'<span class="pq-small">{escaped(source.published.in_words)}</span></li>'
        for source in silent
    )
    says = "1 report does not say" if len(silent) == 1 else f"{len(silent)} reports do not say"
    return f'<details class="pq-fold"><summary>{says}</summary><ul class="pq-silent">{listed}</ul></details>'
