"""Every report: one question put to each report by itself, so that silence shows as well.

In: a question and filters in the address. Out: the best quote of each report that says something, by year, and the
names of those that do not.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import groupby

import streamlit as st

from probqa import citing
from probqa.errors import ProbqaError
from probqa.pipeline import Library
from probqa.records import DocumentAnswer, EveryAnswer
from probqa.rendering import date_in_words, every_line
from probqa.ui import cards, filtering, frame
from probqa.ui.address import Address, link, link_to, read
from probqa.ui.frame import escaped
from probqa.ui.opening import every

UNDATED = "undated"


def draw(library: Library) -> None:
    """Draw what every report says to the question in the address."""
    address = read(filtering.parameters())
    frame.heading("Every report", "One question, put to each report by itself.")
    answer = asked(library, address)
    if answer is not None:
        st.html(f'<h2 class="pq-finding">{escaped(every_line(answer))}</h2>{_years(answer)}')
        _take_away(answer)
        st.html(_quotes(answer, library) + _silent(answer))
        compare = link(Address(questions=(answer.question,), filters=address.filters), "compare")
        st.html(f'<p><a class="pq-go" href="{escaped(compare)}">Compare providers, places and ratings</a></p>')
    frame.foot()


def asked(library: Library, address: Address) -> EveryAnswer | None:
    """Draw the box and the filters, and put the question; None where there is none or it cannot be put."""
    filtering.side_bar(library, address)
    question = filtering.text_box("Question", "question", address.questions[-1] if address.questions else "")
    filtering.draw_chips(library, address, "every")
    if not question:
        st.html('<p class="pq-small">Type a question and press Enter.</p>')
        return None
    try:
        return every(library, question, address.filters)
    except ProbqaError as error:
        problem = error.problem[:1].upper() + error.problem[1:]
        frame.notice("This question cannot be asked", f"{problem}: {error.remedy}.", "refused")
        return None


def _year(one: DocumentAnswer) -> str:
    return one.source.published[:4] or UNDATED


def _years(answer: EveryAnswer) -> str:
    """How many of each year's reports say something, with a way to them."""
    found = Counter(_year(one) for one in answer.documents if one.quote)
    all_reports = Counter(_year(one) for one in answer.documents)
    listed = "".join(
        f'<li><a href="#in-{year}">{year}</a> <span class="pq-small">{found[year]} of {all_reports[year]}</span></li>'
        for year in sorted(found)
    )
    return f'<ul class="pq-years" aria-label="Years">{listed}</ul>' if listed else ""


def _take_away(answer: EveryAnswer) -> None:
    """The list as files; made only when something was found."""
    if not answer.coverage.documents_with_quotes:
        return
    today = datetime.now(UTC).date()
    with st.container(horizontal=True, key="take-away"):
        for name, suffix, media_type, content in (
            ("Download as CSV", "csv", "text/csv", citing.every_to_csv(answer, today)),
            ("Download as Markdown", "md", "text/markdown", citing.every_to_markdown(answer, today)),
        ):
            st.download_button(name, content, f"every-report.{suffix}", media_type, on_click="ignore", type="tertiary")


def _quotes(answer: EveryAnswer, library: Library) -> str:
    drawn = []
    number = 0
    for year, group in groupby((one for one in answer.documents if one.quote), key=_year):
        drawn.append(f'<h3 class="pq-year" id="in-{year}">{year}</h3>')
        for one in group:
            number += 1
            if one.quote is not None:
                drawn.append(cards.card(one.quote, number, library.generation.glossary))
    return "".join(drawn)


def _silent(answer: EveryAnswer) -> str:
    """The reports in which nothing was found."""
    silent = [one.source for one in answer.documents if one.quote is None]
    if not silent:
        return ""
    listed = "".join(
        f'<li><a class="pq-go" href="{escaped(link_to("read", {"document": [source.id]}))}">'
        f"{escaped(source.title)}</a> "
        f'<span class="pq-small">{escaped(date_in_words(source.published, source.published_note))}</span></li>'
        for source in silent
    )
    says = "1 report does not say" if len(silent) == 1 else f"{len(silent)} reports do not say"
    return f'<details class="pq-fold"><summary>{says}</summary><ul class="pq-silent">{listed}</ul></details>'
