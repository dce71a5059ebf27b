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
from probqa.glossary.domain import Domain
from probqa.glossary.glossary import Glossary
from probqa.questions import Turn
from probqa.records import EveryAnswer, Quote
from probqa.rendering import every_line
from probqa.ui import cards, charts, frame, side_bar
from probqa.ui.address import Address, link, link_to, read
from probqa.ui.groups import UNDATED, WAYS, Way, grouped, names, narrowed, year
from probqa.ui.markup import Markup, anchor
from probqa.ui.shared import every, later

NO_GROUPS: Mapping[Way, str] = {}


def draw(library: Library) -> None:
    """Draw what every report says to the question in the address."""
    given = frame.parameters()
    address = read(given)
    glossary, domain = library.generation.glossary, library.generation.domain
    groups: dict[Way, str] = {way: given[f"in-{way}"][-1] for way in WAYS if given.get(f"in-{way}")}
    oldest = given.get("sort") == ["oldest"]
    frame.heading("Every report", "One question, put to each report by itself.")
    answer = asked(library, address, "every", groups)
    if answer is not None:
        answer = _in_order(_only(answer, groups, glossary, domain), oldest)
        by_year = grouped(answer.documents, "year", glossary, domain)
        chart = charts.years(by_year, "#in-{}".format) if len(by_year) > 1 else Markup("")
        frame.draw(Markup('<h2 class="pq-finding">{}</h2>{}').format(every_line(answer), chart))
        if answer.coverage.documents_with_quotes:
            with frame.part("take-away", horizontal=True):
                frame.draw(_orders(address, groups, oldest), width="content")
                if not frame.plain():
                    _take_away(answer)
            _quotes(answer, library)
        compare = link(Address(turns=(Turn(answer.question.asked),), filters=address.filters), "compare")
        onward = anchor(compare, "Compare providers, places, ratings and years")
        frame.draw(_silent(answer) + cards.sharing(link_to("every", given), answer.question.asked, onward))
    frame.foot(library.generation.domain)


def asked(library: Library, address: Address, page: str, groups: Mapping[Way, str] = NO_GROUPS) -> EveryAnswer | None:
    """Draw the box and the filters, and put the question.

    None where there is none or it cannot be put. ``groups`` are those that the page shows alone; each has a chip, as
    filters have.
    """
    question = side_bar.text_box("Question", "q", address.questions[-1] if address.questions else "")
    more = [
        side_bar.chip(
            Markup("{}: <b>{}</b>").format(way, name),
            f"Show not only {name}",
            link_to_groups(address, {other: groups[other] for other in groups if other != way}),
        )
        for way, name in groups.items()
    ]
    side_bar.draw_chips(library, address, page, more)
    if not question:
        frame.draw(Markup('<p class="pq-small">Type a question and press Enter.</p>'))
        side_bar.side_bar(library, address)
        return None
    answer = None
    try:
        answer = every(library, question, address.filters)
    except ProbqaError as error:
        problem = error.problem[:1].upper() + error.problem[1:]
        frame.notice("This question cannot be asked", f"{problem}: {error.remedy}.", "refused")
    answering = [each.source.id for each in answer.documents if each.quote] if answer else []
    side_bar.side_bar(library, address, answering)
    return answer


def card(library: Library, quote: Quote, number: int) -> Markup:
    """Return a quote of many, and where its report has a later one."""
    return cards.card(quote, number, library.generation.glossary, later(library, quote.source.id))


def link_to_groups(address: Address, groups: Mapping[Way, str], **more: str) -> str:
    """Return where this page shows only the reports that belong to all of these groups."""
    held = {f"in-{way}": name for way, name in groups.items()} | more
    return link_to("every", address.parameters() | {name: [value] for name, value in held.items()})


def _only(answer: EveryAnswer, groups: Mapping[Way, str], glossary: Glossary, domain: Domain) -> EveryAnswer:
    if not groups:
        return answer
    return narrowed(
        answer,
        [
            document
            for document in answer.documents
            if all(name in names(document.source, way, glossary, domain) for way, name in groups.items())
        ],
    )


def _in_order(answer: EveryAnswer, oldest: bool) -> EveryAnswer:
    """Return the newest first, as it comes, or the oldest, with what has no date last."""
    if not oldest:
        return answer
    documents = sorted(answer.documents, key=lambda document: document.source.published.iso or UNDATED)
    return replace(answer, documents=tuple(documents))


def _orders(address: Address, groups: Mapping[Way, str], oldest: bool) -> Markup:
    ways = (
        ("Newest first", link_to_groups(address, groups), not oldest),
        ("Oldest first", link_to_groups(address, groups, sort="oldest"), oldest),
    )
    links = Markup("").join(
        Markup('<a class="pq-go" href="{}"{}>{}</a>').format(
            target, Markup(" aria-current=true") if current else Markup(""), words
        )
        for words, target, current in ways
    )
    return Markup('<nav class="pq-by" aria-label="Order">{}</nav>').format(links)


def _take_away(answer: EveryAnswer) -> None:
    """Draw ways to have the list as files, made when they are asked for."""
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
    quotes = enumerate((document.quote for document in answer.documents if document.quote), start=1)
    for name, group in groupby(quotes, key=lambda numbered: year(numbered[1].source)):
        cards_of_year = Markup("").join(card(library, quote, number) for number, quote in group)
        frame.draw(
            Markup('<h3 class="pq-year" id="in-{name}">{name}</h3>{cards}').format(name=name, cards=cards_of_year)
        )


def _silent(answer: EveryAnswer) -> Markup:
    """Return the reports in which nothing was found."""
    silent = [document.source for document in answer.documents if document.quote is None]
    if not silent:
        return Markup("")
    listed = Markup("").join(
        Markup('<li>{} <span class="pq-small">{}</span></li>').format(
            anchor(link_to("read", {"document": [source.id]}), source.title_in_words),
            source.published.in_words,
        )
        for source in silent
    )
    says = "1 report does not say" if len(silent) == 1 else f"{len(silent)} reports do not say"
    return Markup('<details class="pq-fold"><summary>{}</summary><ul class="pq-silent">{}</ul></details>').format(
        says, listed
    )
