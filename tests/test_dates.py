"""A date is taken as far as it is known, means every day that it can, and is refused in one line where it is none."""

from __future__ import annotations

import pytest

from probqa.dates import UNDATED, PartialDate
from probqa.errors import InputError


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("2017-04-19", "2017-04-19", "2017-04-19"),
        ("2017-04", "2017-04-01", "2017-04-30"),
        ("2019-02", "2019-02-01", "2019-02-28"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2017", "2017-01-01", "2017-12-31"),
    ],
)
def test_a_date_means_every_day_from_its_first_to_its_last(iso: str, first: str, last: str) -> None:
    date = PartialDate(iso)
    assert (date.first_day.isoformat(), date.last_day.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("iso", "note", "words"),
    [
        ("2017-04-19", "", "19 April 2017"),
        ("2017-04-01", "", "1 April 2017"),
        ("2017-12", "", "December 2017"),
        ("2025", "year estimated; date not shown", "about 2025"),
        ("2025", "only the year is known", "2025"),
        ("0900", "", "0900"),
        ("", "", ""),
        ("", "estimated", ""),
    ],
)
def test_a_date_in_words_is_as_exact_as_it_is_known(iso: str, note: str, words: str) -> None:
    assert PartialDate(iso, note).in_words == words


@pytest.mark.parametrize(
    ("iso", "line"),
    [
        *(
            (iso, f"{iso!r} is not a date; write 2017, 2017-04 or 2017-04-19")
            for iso in ("17", "2017-4", "2017-", "last week", "19/04/2017", "2017-04-19x", "2017-04-19-01", "2017\n")
        ),
        ("\u0662\u0660\u0661\u0667", "'\u0662\u0660\u0661\u0667' is not a date; write 2017, 2017-04 or 2017-04-19"),
    ],
)
def test_what_is_no_date_is_refused_in_one_line(iso: str, line: str) -> None:
    with pytest.raises(InputError) as refused:
        PartialDate(iso)
    assert str(refused.value) == line


@pytest.mark.parametrize("iso", ["2017-13", "2017-00", "2017-02-30", "2019-02-29", "0000"])
def test_a_day_that_the_calendar_has_not_is_refused_with_the_reason(iso: str) -> None:
    with pytest.raises(InputError) as refused:
        PartialDate(iso)
    # The words of the reason are Python's, and change with it.
    assert refused.value.problem.startswith(f"'{iso}' is not a date: ")
    assert refused.value.remedy == "write 2017, 2017-04 or 2017-04-19"


def test_an_unknown_date_is_false_and_has_no_parts_and_no_days() -> None:
    assert not UNDATED
    assert (UNDATED.parts, UNDATED.year) == ((), "")
    with pytest.raises(ValueError, match="not enough values"):
        _ = UNDATED.first_day


def test_the_iso_text_sorts_as_dates_do() -> None:
    dates = ["", "2016-12-31", "2017", "2017-01", "2017-01-01", "2017-02", "2018"]
    assert sorted(map(PartialDate, reversed(dates)), key=lambda date: date.iso) == list(map(PartialDate, dates))
