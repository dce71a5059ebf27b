"""Dates that are known as a day, a month or a year, or not at all.

In: ISO text. Out: a ``PartialDate``, which knows every day that it can mean.

>>> PartialDate("2017-04-19").in_words, PartialDate("2017-04").in_words, PartialDate("2017", "year estimated").in_words
('19 April 2017', 'April 2017', 'about 2017')
>>> february = PartialDate("2020-02")
>>> february.first_day.isoformat(), february.last_day.isoformat()
('2020-02-01', '2020-02-29')
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass

from probqa.errors import InputError

MONTHS = tuple("January February March April May June July August September October November December".split())

# For patterns: the year of a report, as it stands in a text.
YEAR = r"(?:19|20)\d\d"
YEAR_ALONE = re.compile(rf"\b{YEAR}\b")

_ISO = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_REMEDY = "write 2017, 2017-04 or 2017-04-19"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """An ISO day, month or year, as far as it is known.

    It is false where nothing is known. ``iso`` sorts as dates do: an unknown date first, a year before its months, a
    month before its days. ``note`` says how the date is known. It contains "estimated" where the year or more was not
    seen but worked out. It starts with "the day the" ("the day the PDF file was made") or "read from" where a reader
    took the date from where a file does not say that it is that of publication.

    Raises:
        InputError: ``iso`` is no date.
    """

    iso: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what is not a date, such as the 31st of April."""
        if not self.iso:
            return
        if not _ISO.fullmatch(self.iso):
            raise InputError(f"{self.iso!r} is not a date", _REMEDY)
        try:
            self.first_day  # noqa: B018
        except ValueError as error:
            raise InputError(f"{self.iso!r} is not a date: {error}", _REMEDY) from error

    def __bool__(self) -> bool:
        """Tell whether anything is known of the date."""
        return self.iso != ""

    @property
    def parts(self) -> tuple[int, ...]:
        """Return year, month and day, as many as are known."""
        return tuple(int(part) for part in self.iso.split("-") if part)

    @property
    def year(self) -> str:
        """Return the year in four digits.

        Empty where it is not known.
        """
        return self.iso[:4]

    @property
    def month(self) -> PartialDate:
        """Return the same date without its day."""
        return PartialDate(self.iso[:7], self.note)

    @property
    def first_day(self) -> datetime.date:
        """Return the first day that the date can mean.

        Raises:
            ValueError: nothing is known of it.
        """
        year, month, day = (*self.parts, 1, 1)[:3]
        return datetime.date(year, month, day)

    @property
    def last_day(self) -> datetime.date:
        """Return the last day that the date can mean.

        Raises:
            ValueError: nothing is known of it.
        """
        if len(self.parts) == 3:
            return self.first_day
        year, month = (*self.parts, 12)[:2]
        return datetime.date(year, month, calendar.monthrange(year, month)[1])

    @property
    def is_estimated(self) -> bool:
        """Tell whether the date was not seen but worked out."""
        return "estimated" in self.note

    @property
    def doubt(self) -> str:
        """Return where a date was read that may not be that of publication.

        Empty where there is no such doubt.
        """
        if self.note.startswith("the day the "):
            return "read from the file's data"
        return self.note.partition(":")[0] if self.note.startswith("read from ") else ""

    @property
    def sure(self) -> PartialDate:
        """Return the date where it is surely that of publication, else that nothing is known.

        What compares dates, such as filters and later inspections, goes by this.
        """
        return UNDATED if self.doubt else self

    @property
    def in_words(self) -> str:
        """Write the date as people do, with "about" before one that is estimated and a mark after an uncertain one.

        Empty where it is not known.

        >>> PartialDate("2017-05", "the day the PDF file was made").in_words
        "May 2017 (read from the file's data)"
        """
        if not self:
            return ""
        year, *rest = self.parts
        words = [str(day) for day in rest[1:]] + [MONTHS[month - 1] for month in rest[:1]] + [f"{year:04}"]
        written = " ".join(["about", *words] if self.is_estimated else words)
        return f"{written} ({self.doubt})" if self.doubt else written


UNDATED = PartialDate()
