"""The numbers of a workbook as its sheets show them: rounded, as shares, with their currency, as days and times.

In: a number as it is stored, and the code of its format. Out: what the cell shows, or None where the code is none of
those known here. Names of days and months are English; a day in "the short form of this computer" is written as ISO.

>>> numbers = ("0.2248", "0.0%"), ("-1234.5", '"£"#,##0;[Red](#,##0)'), ("3.5", "# ?/?"), ("42844", "d mmmm yyyy")
>>> tuple(shown(stored, code) for stored, code in numbers)
('22.5%', '(1,235)', '3 1/2', '19 April 2017')
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction

from probqa.dates import MONTHS

GENERAL = "General"
# The formats that have numbers and no code in the file; of those that follow the computer, the neutral form.
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 41: '#,##0;(#,##0);"-"', 43: '#,##0.00;(#,##0.00);"-"',
    45: "mm:ss", 46: "[h]:mm:ss", 49: "@",
}  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MAX_CODE = 255
_MARK = re.compile(
    r'"[^"]{0,255}"|\\.|_.|\*.|\[[^\]]{0,40}\]|AM/PM|A/P|General|E[+-]|y{1,9}|m{1,9}|d{1,9}|h{1,9}|s{1,9}|.',
    re.I | re.S,
)
_PLACES = frozenset("0#?")
_CLOCK = {"[h]": "h", "[hh]": "h", "[m]": "m", "[mm]": "m", "[s]": "s", "[ss]": "s"}
_FRACTION = re.compile(r"([#?0]{0,9})( ?)([#?0]{1,9})/([#?0]{1,9})")
# A workbook keeps 15 digits of a number; what is worked out here has room for as many places as a format may have.
_KEPT, _ROOM = Context(prec=15), Context(prec=60)
_LARGEST = Decimal("1e21")
_LAST_DAY = 2_958_466


def shown(stored: str, code: str, *, is_1904: bool = False) -> str | None:
    """Return a number as a cell of this format shows it.

    ``is_1904`` tells from which year days are counted.
    """
    if code == GENERAL:
        return general(stored)
    number = _number(stored)
    if number is None or len(code) > _MAX_CODE:
        return None
    sections = _sections(code)
    if any(mark.startswith(("[<", "[>", "[=")) for section in sections for mark in section):
        return None
    place = 1 if number < 0 and len(sections) > 1 else 2 if not number and len(sections) > 2 else 0
    section = sections[place]
    value = abs(number) if place == 1 else number
    if any(_is_of_clock(mark) for mark in section):
        return _moment(section, value, is_1904=is_1904)
    return _figure(section, value)


def general(stored: str) -> str:
    """Return a number with all the digits that a workbook keeps.

    >>> general("0.30000000000000004"), general("1E3"), general("x")
    ('0.3', '1000', 'x')
    """
    if len(stored) <= 15 and stored.isascii() and stored.isdigit():
        return stored
    number = _number(stored)
    if number is None:
        return stored
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _number(stored: str) -> Decimal | None:
    """Return a number with the digits that count, or None where it is none or too large to be written out."""
    try:
        number = _KEPT.create_decimal(stored)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < _LARGEST and number.adjusted() > -99 else None


@functools.lru_cache(1_000)
def _sections(code: str) -> tuple[tuple[str, ...], ...]:
    """Part a code: for numbers above zero, below and zero, as far as it tells them apart."""
    sections: list[list[str]] = [[]]
    for mark in (match.group() for match in _MARK.finditer(code)):
        if mark == ";":
            sections.append([])
        else:
            sections[-1].append(mark)
    return tuple(map(tuple, sections))


def _literal(mark: str) -> str:
    """Return what stands in the cell for a mark that is no place of a digit."""
    if mark.startswith('"') and len(mark) > 1:
        return mark[1:-1]
    if mark.startswith("\\"):
        return mark[1:]
    if mark.startswith("[$"):
        return mark[2:-1].partition("-")[0]
    return "" if mark[0] in "_*[" and len(mark) > 1 else mark


# --- figures


def _figure(section: Sequence[str], number: Decimal) -> str | None:
    at = [place for place, mark in enumerate(section) if mark in _PLACES or mark.lower() == "general" or mark == "@"]
    if not at:
        return "".join(map(_literal, section)).strip()
    first, last = at[0], at[-1]
    while last + 1 < len(section) and section[last + 1] in ",.":
        last += 1
    if first and section[first - 1] == ".":
        first -= 1
    before, after = (list(map(_literal, part)) for part in (section[:first], section[last + 1 :]))
    number = number.scaleb(2 * sum(mark == "%" for mark in section))
    middle = "".join(section[first : last + 1])
    sign = "-" if number < 0 else ""
    figures = _figures(middle, abs(number))
    if figures is None:
        return None
    if not figures.strip("0.,"):
        sign = ""
    return f"{sign}{''.join(before)}{figures}{''.join(after)}".strip()


def _figures(places: str, number: Decimal) -> str | None:
    if places.lower() == "general" or places == "@":
        return general(str(number))
    if fraction := _FRACTION.fullmatch(places):
        return _fraction(fraction, number)
    if scientific := re.fullmatch(r"0(?:\.(0{1,15}))?E[+-](0{1,3})", places, re.I):
        base, _, power = f"{number:.{len(scientific[1] or '')}E}".partition("E")
        return f"{base}E{power[0]}{power[1:].zfill(len(scientific[2]))}"
    if not re.fullmatch(r"[#?0,]{0,99}(?:\.[#?0]{0,30})?,{0,9}", places):
        return None
    whole, _, decimals = places.rstrip(",").partition(".")
    number = number.scaleb(-3 * (len(places) - len(places.rstrip(","))))
    rounded = f"{number.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP, _ROOM):f}"
    front, _, behind = rounded.partition(".")
    while behind and decimals[len(behind) - 1] != "0" and behind.endswith("0"):
        behind = behind[:-1]
    front = front.lstrip("0").zfill(whole.count("0"))
    if "," in whole:
        front = f"{int(front or 0):,}".rjust(len(front), "0") if front else ""
    return front + ("." + behind if behind else "")


def _fraction(form: re.Match[str], number: Decimal) -> str:
    whole, _, _, below = form.groups()
    parts = Fraction(number).limit_denominator(10 ** len(below) - 1)
    units, over = divmod(parts.numerator, parts.denominator) if whole else (0, parts.numerator)
    rest = f"{over}/{parts.denominator}" if over or not whole else ""
    return " ".join(filter(None, (str(units) if units or not rest else "", rest)))


# --- days and times


def _is_of_clock(mark: str) -> bool:
    return mark[0] in "yYmMdDhHsS" or mark.lower() in _CLOCK or mark.upper() in ("AM/PM", "A/P")


def _moment(section: Sequence[str], number: Decimal, *, is_1904: bool) -> str | None:
    if not 0 <= number < _LAST_DAY:
        return None
    seconds = int((number * 86_400).to_integral_value(ROUND_HALF_UP))
    days, second = divmod(seconds, 86_400)
    # Its makers took 1900 for a leap year; day 60 was none.
    start = datetime.datetime(1904, 1, 1) if is_1904 else datetime.datetime(1899, 12, 30 if days > 60 else 31)
    if days == 60 and not is_1904:
        return None
    moment = start + datetime.timedelta(days=days, seconds=second)
    if any(mark.upper() in ("[$-F800]", "[$-X-SYSDATE]") for mark in section):
        return f"{moment:%Y-%m-%d}"
    half = any(mark.upper() in ("AM/PM", "A/P") for mark in section)
    units = [_unit(mark) for mark in section]
    written = ""
    for place, (mark, unit) in enumerate(zip(section, units, strict=True)):
        if mark in _PLACES:
            return None
        before = next(filter(None, reversed(units[:place])), "")
        after = next(filter(None, units[place + 1 :]), "")
        is_minute = unit == "m" and (before == "h" or after == "s")
        if mark.lower() in _CLOCK:
            written += str(seconds // {"h": 3600, "m": 60, "s": 1}[unit])
        elif unit:
            written += _part(mark.lower(), moment, is_minute=is_minute, half=half)
        elif mark.upper() in ("AM/PM", "A/P"):
            written += ("AM", "PM")[moment.hour > 11][: len(mark) // 2]
        else:
            written += _literal(mark)
    return written.strip()


def _unit(mark: str) -> str:
    if mark.lower() in _CLOCK:
        return _CLOCK[mark.lower()]
    return mark[0].lower() if mark[0] in "yYmMdDhHsS" else ""


def _part(mark: str, moment: datetime.datetime, *, is_minute: bool, half: bool) -> str:
    unit, length = mark[0], len(mark)
    match unit:
        case "y":
            return f"{moment.year:04}" if length > 2 else f"{moment.year % 100:02}"
        case "m" if not is_minute and length > 2:
            month = MONTHS[moment.month - 1]
            return month[:3] if length == 3 else month[:1] if length == 5 else month
        case "d" if length > 2:
            return _DAYS[moment.weekday()][: 3 if length == 3 else None]
        case _:
            figures = {
                "m": moment.minute if is_minute else moment.month,
                "d": moment.day,
                "h": (moment.hour % 12 or 12) if half else moment.hour,
                "s": moment.second,
            }
            return str(figures[unit]).zfill(min(length, 2))
