"""What a question says of time: windows, the newest first, then and now, and what only looks like a time."""

from __future__ import annotations

import pytest

from conftest import STARTER
from probqa.dates import PartialDate
from probqa.glossary.domain import Event
from probqa.understanding.times import Then, Times, read_times

EVENTS = (
    Event("the reform", ("Great Reform", "GR"), "2014-06", "2021-06"),
    Event("the merger", ("merger", "unification"), "2021-06-26"),
)
DATES = [PartialDate("2014-12-15"), PartialDate("2026-01-29"), PartialDate("2026")]


def read(text: str, **options: object) -> Times:
    return read_times(text, EVENTS, DATES, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "rest", "since", "until"),
    [
        ("women since 2022", "women", "2022", ""),
        ("Since 2022, how are women treated?", "how are women treated?", "2022", ""),
        ("how were women treated after 2018?", "how were women treated?", "2019", ""),
        ("What was said before March 2018 about hostels?", "What was said about hostels?", "", "2018-02"),
        ("hostels before 1 March 2018", "hostels", "", "2018-02-28"),
        ("hostels until 2019", "hostels", "", "2019"),
        ("hostels from 2019 onwards", "hostels", "2019", ""),
        ("hostels, 2022 or later", "hostels", "2022", ""),
        ("post-2021 staffing", "staffing", "2022", ""),
        ("pre-2014 staffing", "staffing", "", "2013"),
        ("What was found since the 2016 inspection?", "What was found?", "2017", ""),
        ("staffing between 2016 and 2019", "staffing", "2016", "2019"),
        ("staffing from 2019 to 2021", "staffing", "2019", "2021"),
        ("staffing 2016-2019", "staffing", "2016", "2019"),
        ("staffing 2016-19", "staffing", "2016", "2019"),
        ("staffing from 1 April 2016 to 31 March 2018", "staffing", "2016-04-01", "2018-03-31"),
        ("staffing in the nineties", "staffing", "1990", "1999"),
        ("staffing in the 2010s", "staffing", "2010", "2019"),
        ("staffing in the 90s", "staffing", "1990", "1999"),
        # Counted from the newest report, of January 2026.
        ("staffing in the last two years", "staffing", "2024-01", ""),
        ("staffing over the past few months", "staffing", "2025-10", ""),
        ("staffing in the last year", "staffing", "2025-01", ""),
        ("staffing last year", "staffing", "2025", "2025"),
        ("staffing this year", "staffing", "2026", "2026"),
        ("staffing five years ago", "staffing", "2021", "2021"),
        # Of two windows, what lies in both.
        ("staffing since 2016 and before 2020", "staffing and", "2016", "2019"),
        # Events of the field.
        ("how was supervision before the merger?", "how was supervision?", "", "2021-06-25"),
        ("supervision since the merger", "supervision", "2021-06-26", ""),
        ("supervision under the Great Reform", "supervision", "2014-06", "2021-06"),
        ("supervision after GR", "supervision", "2021-07", ""),
    ],
)
def test_a_window_is_read_and_its_words_are_not_searched_for(question: str, rest: str, since: str, until: str) -> None:
    times = read(question)
    assert (times.rest, times.since, times.until) == (rest, since, until)
    assert times.readings
    assert all(reading.kind == "when" and reading.text in question for reading in times.readings)
    assert (times.newest_first, times.then) == (False, None)


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("latest rating for Ambleton", "rating for Ambleton"),
        ("How are staff coping now?", "How are staff coping?"),
        ("current caseloads in Ambleton", "caseloads in Ambleton"),
        ("when was Ambleton last inspected", "when was Ambleton inspected"),
        ("the most recent findings on women", "the findings on women"),
        ("How are women treated these days?", "How are women treated?"),
        ("How is Ambleton doing at the moment?", "How is Ambleton doing?"),
        ("What do recent reports say?", "What do reports say?"),
        ("findings on housing, newest first", "findings on housing"),
        ("How is staffing today?", "How is staffing?"),
    ],
)
def test_the_newest_is_asked_for(question: str, rest: str) -> None:
    times = read(question)
    assert (times.newest_first, times.rest, times.since, times.until) == (True, rest, "", "")
    assert [reading.says for reading in times.readings] == ["newest reports first"]


def test_the_oldest_is_asked_for() -> None:
    for question, rest in (
        ("earliest report on work in Ambleton", "report on work in Ambleton"),
        ("the first inspection of Ambleton", "the inspection of Ambleton"),
    ):
        times = read(question)
        assert (times.oldest_first, times.newest_first, times.rest) == (True, False, rest)
        assert [reading.says for reading in times.readings] == ["oldest reports first"]
    assert read("first aid in hostels").readings == ()


@pytest.mark.parametrize(
    ("question", "rest", "then"),
    [
        ("is Ambleton any better than in 2016", "is Ambleton any better", Then("2016", "2017")),
        ("Is it better than it was in 2016?", "Is it better?", Then("2016", "2017")),
        ("Has unpaid work improved since 2016?", "Has unpaid work improved?", Then("2016", "2017")),
        ("Has it improved since the 2016 report?", "Has it improved?", Then("2016", "2017")),
        ("staff sickness compared with 2016", "staff sickness", Then("2016", "2017")),
        ("Is it worse than five years ago?", "Is it worse?", Then("2021", "2022")),
        ("Staff morale then and now", "Staff morale", Then("2020", "2021")),
        ("How has staffing changed over the years?", "How has staffing changed?", Then("2020", "2021")),
        ("Has it changed between 2017 and 2022?", "Has it changed?", Then("2019", "2020", "2017", "2022")),
        ("Is it better than before the merger?", "Is it better?", Then("2021-06-25", "2021-06-26")),
        ("Is it better than under the Great Reform?", "Is it better?", Then("2021-06", "2021-07")),
        ("Has staffing improved since the merger?", "Has staffing improved?", Then("2021-06-25", "2021-06-26")),
        ("Staffing in Kent: 2016 and today", "Staffing in Kent", Then("2016", "2017")),
        ("Staffing, 2016 vs 2022", "Staffing", Then("2019", "2020", "2016", "2022")),
        ("staffing before and after the merger", "staffing", Then("2021-06-25", "2021-06-26")),
    ],
)
def test_then_and_now_are_put_side_by_side(question: str, rest: str, then: Then) -> None:
    times = read(question)
    assert (times.rest, times.then) == (rest, then)
    assert (times.since, times.until, times.newest_first) == ("", "", False)


def test_what_has_changed_since_leans_on_the_year_of_the_question_before() -> None:
    for question in ("Has it improved since?", "Has it improved since then?", "Has it got any better?"):
        assert read(question).then is None
        assert read(question, before="2016").then == Then("2016", "2017"), question


@pytest.mark.parametrize(
    "question",
    [
        "since nobody came, what happened?",
        "between the CRC and the NPS",
        "what happens now",
        "Is ringing people up every now and then enough?",
        "What was done by now?",
        "now that it is over, who pays?",
        "what did the 2019 annual report say?",
        "the 2016-17 annual report",
        "sickness in 2016/17",
        "the report from 2019",
        "the findings of 2016 and 2019",
        "people recently released from prison",
        "the last two years of his sentence",
        "since 31 June 2019",
        "in 2016",
        "Is there an up-to-date plan?",
        "the merger",
        "during the merger",
        "women in their 50s",
        "was he better after treatment?",
    ],
)
def test_what_only_looks_like_a_time_is_left_alone(question: str) -> None:
    assert read(question) == Times((), question, question)


def test_a_reading_that_was_dropped_is_not_made() -> None:
    question = "latest findings on women since 2022"
    assert [each.text for each in read(question).readings] == ["since 2022", "latest"]
    times = read(question, dropped=["since 2022"])
    assert (times.rest, times.since, times.newest_first) == ("findings on women since 2022", "", True)
    assert read(question, dropped=["since 2022", "latest"]).rest == question


def test_nothing_is_counted_from_the_newest_report_where_none_has_a_date() -> None:
    assert read_times("staffing in the last two years, then and now", EVENTS, ()).readings == ()


def test_the_starter_corpus_knows_when_its_field_changed() -> None:
    for question, since, until in (
        ("morale before the merger", "", "2021-05"),
        ("morale before unification", "", "2021-05"),
        ("morale under Transforming Rehabilitation", "2014-06", "2021-06"),
        ("morale before TR", "", "2014-05"),
        ("morale since Covid", "2020-03", ""),
        ("morale after the pandemic", "2020-03", ""),
        ("morale before the lockdowns", "", "2020-02"),
    ):
        times = read_times(question, STARTER.events, DATES)
        assert (times.since, times.until) == (since, until), question
