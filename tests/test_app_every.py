"""Every report and Compare, run without a browser: what is drawn, and where each figure leads."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit
from markupsafe import escape
from streamlit.testing.v1 import AppTest

from conftest import DOMAIN, write_corpus
from probqa import rendering
from probqa.asking.library import Library
from probqa.citing import export
from probqa.indexing.build import build
from probqa.questions import Filters, Request
from probqa.records import EveryAnswer
from probqa.settings import Settings
from probqa.ui import basket

View = Callable[..., AppTest]
LOW_RISK = "how did Northway supervise people at low risk?"


def drawn(page: AppTest) -> str:
    """All HTML on the page."""
    return "".join(part.proto.body for part in page.get("html"))


def plain(drawn: str) -> str:
    """The text of HTML."""
    return html.unescape(re.sub("<[^>]+>", "", drawn))


def quoted(page: AppTest) -> list[str]:
    """The titles of the reports that are quoted, in order."""
    return re.findall("<cite>(.*?)</cite>", drawn(page))


def follow(view: View, target: str) -> AppTest:
    """The page that a link leads to."""
    link = urlsplit(target)
    return view(link.path, **parse_qs(link.query))


def test_without_a_question_every_report_and_compare_ask_for_one(view: View, built: Settings) -> None:
    for name in ("every", "compare"):
        assert "Type a question and press Enter." in drawn(view(name))


def test_every_report_shows_what_each_says_and_names_the_silent(view: View, built: Settings) -> None:
    answer = Library(built).every(LOW_RISK)
    every = view("every", q=LOW_RISK)
    assert f'<h2 class="pq-finding">{escape(rendering.every_line(answer))}</h2>' in drawn(every)
    spoken = [one.quote for one in answer.documents if one.quote]
    assert spoken
    assert re.findall('<mark class="pq-words">(.*?)</mark>', drawn(every)) == [escape(quote.text) for quote in spoken]
    silent = [escape(one.source.title_in_words) for one in answer.documents if one.quote is None]
    assert silent
    listed = drawn(every).partition('<ul class="pq-silent">')[2].partition("</ul>")[0]
    assert re.findall(r"<li><a [^>]*>(.*?)</a>", listed) == silent
    assert [button.proto.label for button in every.get("download_button")] == [
        "Download as CSV",
        "Download as Markdown",
    ]


def test_typing_into_every_report_goes_to_the_address(view: View, built: Settings) -> None:
    every = view("every")
    every.text_input[0].set_value(LOW_RISK).run()
    assert every.query_params["q"] == LOW_RISK
    assert '<mark class="pq-words">Northway supervised' in drawn(every)


def test_every_report_explains_a_question_that_cannot_be_asked(view: View, built: Settings) -> None:
    assert "The question has 2001 characters, more than 2000: shorten it." in drawn(view("every", q="x" * 2001))


RATED = """---
title: {0}
published: {1}
providers: [{2}]
ratings: {{overall: {3}}}
---
# Morale

Staff morale was {4} at {0}.
"""


@pytest.fixture
def rated(chosen: Settings) -> Settings:
    """Three reports on two providers in two years."""
    rows = [
        ("Ambleton", 2017, "Northway Ltd", "Good", "low"),
        ("Selby", 2017, "Northway Ltd, NPS Weir, NPS Selby", "Inadequate", "high"),
        ("Weir", 2018, "NPS Weir", "Good", "fair"),
    ]
    write_corpus(chosen.corpus, DOMAIN | {f"{row[0].lower()}.md": RATED.format(*row) for row in rows})
    write_corpus(
        chosen.corpus, {"z.md": "---\ntitle: Z\npublished: 2018\nproviders: [NPS Weir]\n---\n# Roofs\n\nRoofs leak.\n"}
    )
    build(chosen)
    return chosen


def grid(page: AppTest) -> dict[str, list[str]]:
    """Each row's cells by its name, as they look; all years first."""
    return {
        plain(name): [
            plain(re.sub('<span class="pq-hidden">.*?</span>', "", cell))
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells)
        ]
        for name, cells in re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', drawn(page))
    }


def leads(page: AppTest, said: str) -> str:
    """Where the link that says this, by sight or by ear, leads."""
    links = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', drawn(page))
    [target] = [target for target, inside in links if plain(inside) == said]
    return html.unescape(target)


MORALE = "staff morale"


def test_the_grid_counts_findings_of_reports_by_provider_place_and_rating(view: View, rated: Settings) -> None:
    assert grid(view("compare", q=MORALE)) == {
        "National Probation Service": ["2/3", "1/1", "1/2"],
        "Northway Ltd": ["2/2", "2/2", ""],
    }
    assert grid(view("compare", by="rating", q=MORALE)) == {
        "Good": ["2/2", "1/1", "1/1"],
        "Inadequate": ["1/1", "1/1", ""],
        "Not rated": ["0/1", "", "0/1"],
    }
    assert grid(view("compare", by="place", q=MORALE)) == {"No place named": ["3/4", "2/2", "1/2"]}
    assert grid(view("compare", by="nonsense", q=MORALE)) == grid(view("compare", q=MORALE))


def test_a_cell_leads_to_the_quotes_it_counts_and_a_row_to_all_of_its_years(view: View, rated: Settings) -> None:
    page = view("compare", q=MORALE)
    cell = leads(page, "2/2 reports say something: Northway Ltd, 2017")
    assert sorted(quoted(follow(view, cell))) == ["Ambleton", "Selby"]
    later = leads(page, "1/2 reports say something: National Probation Service, 2018")
    assert quoted(follow(view, later)) == ["Weir"]
    row = follow(view, leads(page, "2/3 reports say something: National Probation Service"))
    assert quoted(row) == ["Weir", "Selby"]
    assert "2 of 3 reports say something about this." in drawn(row)
    assert "<summary>1 report does not say</summary>" in drawn(row)


def bars(page: AppTest) -> list[tuple[str, str, str]]:
    """Of each bar: what it says, how high it is and how full."""
    return [
        (plain(before), asked, found)
        for before, asked, found in re.findall(
            r'<li><\w+[^>]*>(.*?)<span class="pq-column" style="--asked: ([\d.]+); --found: ([\d.]+)">', drawn(page)
        )
    ]


def test_a_chart_shows_how_many_reports_of_each_year_say_something_and_leads_to_them(
    view: View, rated: Settings
) -> None:
    page = view("every", q=MORALE)
    assert bars(page) == [
        ("2/2 reports of 2017 say something", "1.000", "1.000"),
        ("1/2 reports of 2018 say something", "1.000", "0.500"),
    ]
    assert bars(view("every", **{"q": MORALE, "in-provider": "National Probation Service"})) == [
        ("1/1 reports of 2017 say something", "0.500", "1.000"),
        ("1/2 reports of 2018 say something", "1.000", "0.500"),
    ]
    assert leads(page, "2/2 reports of 2017 say something2017") == "#in-2017"
    assert re.findall('<h3 class="pq-year" id="(.*?)">', drawn(page)) == ["in-2018", "in-2017"]
    by_year = view("compare", q=MORALE, by="year")
    assert bars(by_year) == bars(page)
    assert quoted(follow(view, leads(by_year, "1/2 reports of 2018 say something2018"))) == ["Weir"]


def test_a_year_that_says_nothing_has_a_bar_that_leads_nowhere(view: View, rated: Settings) -> None:
    silent = view("every", q="quokka zyzzyva")
    assert bars(silent) == [
        ("0/2 reports of 2017 say something", "1.000", "0.000"),
        ("0/2 reports of 2018 say something", "1.000", "0.000"),
    ]
    assert 'class="pq-bars"' in drawn(silent)
    assert "#in-" not in drawn(silent)
    assert "pq-bars" not in drawn(view("every", **{"q": MORALE, "in-year": "2018"}))
    assert not silent.get("download_button")


def test_the_oldest_can_come_first_with_the_undated_last(view: View, rated: Settings) -> None:
    write_corpus(rated.corpus, {"u.md": "---\ntitle: Undated\n---\n# Morale\n\nStaff morale was odd.\n"})
    build(rated)
    page = view("every", q=MORALE)
    assert quoted(page) == ["Weir", "Ambleton", "Selby", "Undated"]
    oldest = follow(view, leads(page, "Oldest first"))
    assert quoted(oldest) == ["Ambleton", "Selby", "Weir", "Undated"]
    assert quoted(follow(view, leads(oldest, "Newest first"))) == quoted(page)


def test_a_download_holds_what_is_shown_in_the_same_order(
    view: View, rated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[EveryAnswer] = []
    monkeypatch.setattr(export, "every_to_csv", lambda answer, today: written.append(answer) or b"")
    offered = {}
    monkeypatch.setattr(streamlit, "download_button", lambda label, write, *_, **__: offered.update({label: write}))
    view("every", **{"q": MORALE, "sort": "oldest", "in-provider": "National Probation Service"})
    offered["Download as CSV"]()
    assert [one.source.title for one in written[0].documents] == ["Selby", "Weir", "Z"]


def test_a_group_has_a_chip_that_takes_it_away(view: View, rated: Settings) -> None:
    page = view("every", **{"q": MORALE, "in-provider": "National Probation Service", "in-year": "2018"})
    assert quoted(page) == ["Weir"]
    assert "<span>provider: <b>National Probation Service</b></span>" in drawn(page)
    without = re.search(r'href="([^"]*)" title="Show not only 2018"', drawn(page))
    assert without
    assert quoted(follow(view, html.unescape(without[1]))) == ["Weir", "Selby"]
    assert "0 of 0 reports say something about this." in drawn(view("every", **{"q": MORALE, "in-year": "1999"}))


def test_a_filter_is_taken_away_on_the_page_it_stands_on_and_all_else_stays(view: View, rated: Settings) -> None:
    for page, held in (("every", {"in-year": "2018"}), ("compare", {"by": "year", "one": "2018"})):
        chip = re.search(
            r'href="([^"]*)" title="Take away the filter 2017"', drawn(view(page, q=MORALE, since="2017", **held))
        )
        assert chip
        link = urlsplit(html.unescape(chip[1]))
        assert (link.path, parse_qs(link.query)) == (page, {"q": [MORALE]} | {name: [held[name]] for name in held})


@pytest.mark.parametrize("by", ["provider", "place", "rating", "year"])
def test_where_the_filters_let_nothing_through_compare_says_so(view: View, rated: Settings, by: str) -> None:
    page = view("compare", q=MORALE, since="2050", by=by, one="Good")
    assert "0 of 0 reports say something about this." in drawn(page)
    assert "<p>No report that was asked belongs here.</p>" in drawn(page)


def sides(page: AppTest) -> list[tuple[str, list[str]]]:
    """The heading of each side and the reports it quotes."""
    return [
        (name, re.findall("<cite>(.*?)</cite>", section))
        for name, section in re.findall(
            r'<section aria-labelledby="side-\d"><h3 id="side-\d">(.*?)</h3>(.*?)</section>',
            drawn(page),
            re.DOTALL,
        )
    ]


def test_two_providers_stand_side_by_side_with_their_counts_and_quotes(view: View, rated: Settings) -> None:
    page = view("compare", q=MORALE, one="Northway Ltd", other="National Probation Service")
    (left, quotes), (right, others) = sides(page)
    assert (left, sorted(quotes)) == ("Northway Ltd", ["Ambleton", "Selby"])
    assert (right, sorted(others)) == ("National Probation Service", ["Selby", "Weir"])
    assert re.findall("</h3><p>(.*?)</p>", drawn(page)) == [
        "2 of 2 reports say something about this.",
        "2 of 3 reports say something about this.",
    ]
    alone = leads(page, "These reports alone: National Probation Service")
    assert quoted(follow(view, alone)) == ["Weir", "Selby"]


def test_each_side_shows_its_best_quotes_first_one_a_report(
    view: View, rated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "---\ntitle: {0}\npublished: 2018\nproviders: [Northway Ltd]\n---\n# Morale\n\n{1}\n"
    for number, text in enumerate(
        ("Staff morale.", "Staff spoke of morale and pay.", "Low staff morale was seen twice.")
    ):
        write_corpus(rated.corpus, {f"n{number}.md": more.format(f"N{number}", text)})
    build(rated)
    page = view("compare", q=MORALE, one="Northway Ltd")
    answer = Library(rated).ask(Request.of(MORALE, filters=Filters(providers=("Northway Ltd",))))
    best = list(dict.fromkeys(quote.source.title for quote in answer.quotes))
    assert sides(page)[0][1] == best[:3]
    assert len(best) == 5
    assert leads(page, "All 5 quotes: Northway Ltd").startswith("every?")


def test_an_empty_side_says_so(view: View, rated: Settings) -> None:
    page = view("compare", q=MORALE, by="rating", one="Not rated", other="Splendid")
    assert sides(page) == [("Not rated", []), ("Splendid", [])]
    assert "0 of 1 report says something about this." in drawn(page)
    assert "<p>No report that was asked belongs here.</p>" in drawn(page)
    half = view("compare", q=MORALE, one="Northway Ltd")
    assert "Choose two providers above" in drawn(half)
    assert "pq-sides" not in drawn(view("compare", q=MORALE))


def test_choosing_a_side_puts_it_into_the_address_and_another_way_lets_go_of_it(view: View, rated: Settings) -> None:
    page = view("compare", q=MORALE)
    assert [box.label for box in page.selectbox if box.label.endswith("provider")] == [
        "Side by side: one provider",
        "and another provider",
    ]
    one, _ = (box for box in page.selectbox if box.label.endswith("provider"))
    assert one.options == ["National Probation Service", "Northway Ltd"]
    one.set_value("Northway Ltd").run()
    assert not page.exception
    assert (page.query_params["one"], page.query_params["q"]) == ("Northway Ltd", MORALE)
    assert [name for name, _ in sides(page)] == ["Northway Ltd"]
    assert leads(page, "By place") == "compare?q=staff+morale&by=place"


def test_a_quote_says_that_there_is_a_later_inspection(view: View, rated: Settings) -> None:
    inspection = "---\ntitle: {0}\nkind: inspection report\narea: Gwent\npublished: {0}\n---\n# Morale\n\n{1}\n"
    write_corpus(
        rated.corpus,
        {"g1.md": inspection.format(2017, "Staff morale was low."), "g2.md": inspection.format(2025, "Roofs leak.")},
    )
    build(rated)
    for name, sides in (("every", {}), ("compare", {"by": "year", "one": "2017"})):
        assert "a later inspection of Gwent exists (2025)" in drawn(view(name, q=MORALE, **sides))


def test_each_quote_has_a_button_that_names_it(view: View, rated: Settings) -> None:
    spoken = [document.quote for document in Library(rated).every(MORALE).documents if document.quote]
    page = drawn(view("every", q=MORALE))
    assert re.findall(r'data-keep="(.*?)"><span>Add to basket</span><span class="pq-hidden">: (.*?)</span>', page) == [
        (basket.name_of(quote), f"quote {number}") for number, quote in enumerate(spoken, start=1)
    ]


@pytest.mark.parametrize(("name", "more"), [("every", {"sort": "oldest"}), ("compare", {"one": "Northway Ltd"})])
def test_the_page_as_it_stands_can_be_copied_as_a_link(
    view: View, rated: Settings, name: str, more: dict[str, str]
) -> None:
    page = drawn(view(name, q=MORALE, **more))
    copied = re.search('class="pq-copy" data-link="(.*?)"', page)
    assert copied
    link = urlsplit(html.unescape(copied[1]))
    assert (link.path, parse_qs(link.query)) == (name, {"q": [MORALE]} | {key: [value] for key, value in more.items()})
    assert f'class="pq-send" data-link="{copied[1]}" data-title="{MORALE}"' in page
