"""What the first page of a PDF says of the report: the place it is about, its kind, publisher, ratings and days.

In: the texts of the first page, and the ``Forms`` in which the reports of a field say it. Out: values as front matter
has them. Front matter and sidecars win over them.

The words of a field stand in the forms, which are made of its ``domain.yaml``; only how English writes dates stands
here. A form is plain words, never a pattern, with ``{area}`` for names with capitals and ``{rating}`` for a grade.

>>> forms = Forms(area=("Inspection of {area} district",), grades=(("Good", "Good"), ("is good", "Good")))
>>> read_first_page((Line("Inspection of King's Weir district"), Line("Grade: Good", "Safety")), {}, forms)
{'area': "King's Weir", 'ratings': {'Safety': 'Good'}}
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache

from probqa.dates import MONTHS, YEAR, PartialDate
from probqa.errors import InputError
from probqa.records import FROM_PAGE_1, Block, Page

# No line that says what a report is about is longer, and no first page has more ratings.
_MOST_CHARACTERS = 300
_MOST_RATINGS = 40

# One to eight words with capitals, with the small words that stand in names.
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_NAME = rf"{_CAPITAL}[\w'’.&/-]{{0,40}}+"
_NAMES = rf"{_NAME}(?:,?\s(?:(?:of|and|on|upon|with|the|in|under|by)\s){{0,2}}{_NAME}){{0,7}}?"
_PLACEHOLDER = re.compile(r"(\{area\}|\{rating\})")
_COLUMN = re.compile(r"[^\W\d_][^:;]{0,40}:\s")
_NUMBER = re.compile(r"\(?\d{1,2}(?:\.\d{1,2}){0,2}[.)]?\s")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹*†‡"
_NOTE_MARKS = f"{_RAISED}.: "

_MONTH = "|".join(MONTHS)
# "Inspection dates: 29 April to 21 May 2014", "Date & Time: 11/29/2007": the last day counts.
_DAYS = re.compile(
    r"\b(?P<before>(?:[^\W\d_]{1,20}\s){0,2})(?P<label>dates?(?:\s(?:&|[^\W\d_]{1,20})){0,3})\s?:\s{0,3}"
    rf"(?:\d{{1,2}}(?:\s(?:{_MONTH}))?(?:\s{YEAR})?\s?(?:to|until|and|[-–—])\s?)?"
    rf"(?:(?P<day>\d{{1,2}})\s(?P<month>{_MONTH})\s(?P<year>{YEAR})"
    rf"|(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})/(?P<stroke_year>{YEAR}))(?!\d)",
    re.IGNORECASE,
)
_OTHER_DAYS = frozenset("last latest previous earlier next prior first birth start print draft due".split())
# A file made so soon after the days that its first page names was made for publication, and not again years later.
_SOON = timedelta(days=183)
_MADE = "the day the "


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the first page.

    Of a row of a table it is the last of two cells, with the first one as its ``subject``.
    """

    text: str
    subject: str = ""


@dataclass(frozen=True)
class Rated:
    """A ``line`` with ``{rating}`` in it, and what it says the rating ``of``."""

    of: str
    line: str


@dataclass(frozen=True)
class Forms:
    """How the reports of a field say on their first page what they are.

    ``grades`` are the forms in which a grade is written, each with the rating that it is. ``kinds`` are kinds of
    report, as they are written. A publisher is the one of the ``publisher`` pair, whose name begins with the second.
    """

    area: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    rated: tuple[Rated, ...] = ()
    grades: tuple[tuple[str, str], ...] = ()
    publisher: tuple[str, str] = ("", "")

    @cached_property
    def ratings(self) -> dict[str, str]:
        """Return the rating that each way to write a grade stands for."""
        return {_plain(written): rating for written, rating in self.grades}


NO_FORMS = Forms()


def first_lines(text: str, blocks: Sequence[Block], pages: Sequence[Page]) -> tuple[Line, ...]:
    """Return the lines of the first page that has any text."""
    end = next((page.start for page in pages if page.start > 0), len(text))
    lines: list[Line] = []
    for block in blocks:
        if block.span.start >= end:
            break
        words = text[block.span.start : block.span.end]
        cells = words.split("; ") if block.kind == "row" else []
        if len(cells) == 2:
            lines.append(Line(cells[1], _NUMBER.sub("", _COLUMN.sub("", cells[0], count=1), count=1)))
        elif len(words) <= _MOST_CHARACTERS or block.kind != "paragraph":
            lines.append(Line(words[:_MOST_CHARACTERS]))
    return tuple(lines)


def read_first_page(lines: Sequence[Line], found: Mapping[str, str], forms: Forms = NO_FORMS) -> dict[str, object]:
    """Return what the lines say, over what the reader ``found`` in the file: its title and its date."""
    title = found.get("title", "")
    texts = [title, *(line.text for line in lines if not line.subject)] if title else [line.text for line in lines]
    values: dict[str, object] = {}
    if area := next(_areas(texts, forms), ""):
        values["area"] = area
    if longer := _longer_title(title, lines, forms):
        values["title"] = longer
    if kind := next((kind for kind in forms.kinds if any(_holds(text, kind) for text in texts)), ""):
        values["kind"] = kind
    publisher, begins = forms.publisher
    if publisher and begins and "publisher" not in found and any(_holds(text, begins) for text in texts):
        values["publisher"] = publisher
    if ratings := _ratings(lines, forms):
        values["ratings"] = ratings
    return values | _days(texts, found)


def _areas(texts: Sequence[str], forms: Forms) -> Iterator[str]:
    """Yield the place that each form finds, the first form first."""
    for form in forms.area:
        for text in texts:
            if match := _pattern(form, ()).match(text):
                yield match["area"].rstrip(_RAISED)


def _longer_title(title: str, lines: Sequence[Line], forms: Forms) -> str:
    """Return the title and the line below it, where it is nothing but the name of a place."""
    texts = [line.text.rstrip(_NOTE_MARKS) for line in lines if not line.subject]
    below = texts[texts.index(title) + 1 :] if title in texts else []
    is_name = any(match.end() == len(title) for form in forms.area if (match := _pattern(form, ()).match(title)))
    if not is_name or not below or ":" in below[0] or len(below[0]) > _MOST_CHARACTERS // 2:
        return ""
    return f"{title} {below[0].removesuffix(' and')}"


def _ratings(lines: Sequence[Line], forms: Forms) -> dict[str, str]:
    ratings: dict[str, str] = {}
    for line in lines:
        grade = forms.ratings.get(_plain(_COLUMN.sub("", line.text, count=1).rstrip(_NOTE_MARKS)))
        if line.subject and grade:
            ratings.setdefault(line.subject.rstrip(_NOTE_MARKS), grade)
        for rated in forms.rated:
            if not line.subject and (match := _pattern(rated.line, tuple(forms.ratings)).match(_even(line.text))):
                ratings.setdefault(rated.of, forms.ratings[_plain(match["rating"])])
    return dict(list(ratings.items())[:_MOST_RATINGS])


def _days(texts: Sequence[str], found: Mapping[str, str]) -> dict[str, object]:
    """Return the last of the days that a labelled line names, which are not those of publication, marked so.

    Where the file was made soon after them, it was published about then. What the file says better is left as it is.
    """
    note = found.get("published_note", "")
    if found.get("published") and not note.startswith(_MADE):
        return {}
    for text in texts:
        for match in _DAYS.finditer(text):
            date = _date(match)
            # "Inspection date", but not the end of what stands before "Date of visit".
            before = [] if match["label"][0].isupper() else match["before"].split()[-1:]
            label = " ".join([*before, match["label"]])
            if date and _OTHER_DAYS.isdisjoint(f"{match['before']}{match['label']}".casefold().split()):
                made = PartialDate(found.get("published", ""))
                if made and timedelta(0) <= made.last_day - date.first_day <= _SOON:
                    note = f"estimated from page 1 ({label}) and the day the file was made"
                    return {"published": made.month.iso, "published_note": note}
                return {"published": date.iso, "published_note": f"{FROM_PAGE_1}: {label}"}
    return {}


def _date(match: re.Match[str]) -> PartialDate:
    """Return the date that a match ends with.

    Of 3/4/2007 it is the year, for the day may be in March or in April.
    """
    if match["day"]:
        month = [name.casefold() for name in MONTHS].index(match["month"].casefold()) + 1
        return _known(match["year"], month, int(match["day"]))
    first, second = int(match["first"]), int(match["second"])
    if first <= 12 and second <= 12 and first != second:
        return PartialDate(match["stroke_year"])
    return _known(match["stroke_year"], min(first, second), max(first, second))


def _known(year: str, month: int, day: int) -> PartialDate:
    try:
        return PartialDate(f"{year}-{month:02}-{day:02}")
    except InputError:
        return PartialDate()


@lru_cache(maxsize=256)
def _pattern(form: str, grades: tuple[str, ...]) -> re.Pattern[str]:
    """Return what matches a form at the beginning of a line.

    A name or a grade at its end must end the line, or the sentence where a grade ends it.
    """
    longest_first = sorted((_words(grade, r"\W{1,2}") for grade in grades), key=len, reverse=True)
    parts = {"{area}": rf"(?P<area>{_NAMES})", "{rating}": rf"(?P<rating>{'|'.join(longest_first) or '(?!)'})"}
    pieces = list(filter(None, _PLACEHOLDER.split(form)))
    pattern = "".join(parts.get(piece) or _words(piece, r"\s") for piece in pieces)
    ends = {"{area}": r"(?=\W{0,3}$)", "{rating}": rf"(?=[\W\d]{{0,6}}(?:$|{_CAPITAL}))"}
    return re.compile(pattern + ends.get(pieces[-1], rf"(?![^\W{_RAISED}])"))


def _words(words: str, between: str) -> str:
    return f"(?i:{between.join(map(re.escape, _even(words).split(' ')))})".replace("'", "['’]")


def _holds(text: str, phrase: str) -> bool:
    return f" {_plain(phrase)} " in f" {_plain(text)} "


def _even(text: str) -> str:
    """Write raised letters on the line, and every apostrophe in one way."""
    return unicodedata.normalize("NFKC", text).replace("’", "'")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", _even(text).casefold()))
