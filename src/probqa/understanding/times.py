"""What a question says of time: a window of publication, the newest first, or the finding of then beside that of now.

In: a question, the events of its field, and when the reports were published. Out: ``Times``.

>>> dates = [PartialDate("2016-10-06"), PartialDate("2025-01")]
>>> read = read_times("How are women treated since 2022?", (), dates)
>>> read.readings[0].says, read.since, read.rest
('published in 2022 or later', '2022', 'How are women treated?')
>>> read_times("Any news in the last two years?", (), dates).since
'2023-01'
>>> then = read_times("Is Kent any better than in 2016?", (), dates).then
>>> then.until, then.since
('2016', '2017')

"The last two years" are counted from the newest report and not from today: the same question gives the same answer.
Words that only look like a time are left alone: "since nobody came", "every now and then", "what happens now".
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from probqa.dates import MONTHS, UNDATED, YEAR, PartialDate
from probqa.errors import InputError
from probqa.glossary.domain import Event
from probqa.questions import Reading
from probqa.records import Span

_MONTH = "|".join((*MONTHS, *(month[:3] for month in MONTHS if month != "May"), "Sept"))
# Three groups: day, month, year. Of a financial year ("2016/17") it is the first.
_DATE = (
    r"(?:the )?(?:(?:start|beginning|end|middle) of |early |late |mid[ -])?"
    rf"(?:(?:(\d{{1,2}})(?:st|nd|rd|th)? )?({_MONTH}) )?({YEAR})\b(?:[-–/]\d\d\b)?"
)
_REPORT = r"(?: (?:annual )?(inspection|report|review|visit|findings?|rating)s?\b)?"
_NUMBERS = {"couple": 2, "few": 3, "several": 5, "dozen": 12} | dict(
    zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True)
)
_NUMBER = rf"(?:a )?(\d{{1,2}}|{'|'.join(_NUMBERS)})(?: of)?"
_DECADES = {"noughties": 2000, "twenties": 2020} | dict(
    zip("thirties forties fifties sixties seventies eighties nineties".split(), range(1930, 2000, 10), strict=True)
)
_THAN = (
    r"(?:any |much |far |a lot |a bit )?\b(?:than|compared (?:with|to)|compare (?:with|to)|versus|vs\.?|relative to"
    r"|in comparison (?:with|to)|as (?:good|bad|high|low) as)"
    r"(?: (?:it|they|he|she|that|things?) (?:was|were|had been|did|used to be))?(?: back)?(?: in| at| of| for| during)?"
)
_NOW = r"(?:now|today|the present|at present|at the moment|nowadays|these days)"
_END = r"(?=[\s,]*(?:[?.!]|$))"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_THAN_DATE = _compiled(rf"\b{_THAN} {_DATE}{_REPORT}")
_THAN_AGO = _compiled(rf"\b{_THAN} {_NUMBER} (year|decade)s? ago\b")
_DATE_AND_NOW = _compiled(rf"\b(?:(?:in|both) )?{_DATE},? (?:and|vs\.?|versus|or|against) (?:in )?{_NOW}\b")
_DATE_OR_DATE = _compiled(
    rf"\b(?:(?:in|both) )?{_DATE},? (?:vs\.?|versus|against|compared (?:with|to)) (?:in )?{_DATE}"
)
_THEN_AND_NOW = _compiled(
    r"\bthen (?:and|vs\.?|versus) now\b|\bpast and present\b"
    r"|\b(?:over|through|throughout|down|across) the (?:years|decades)\b"
    r"|\bover time\b|\bthan (?:it|they) used to be\b|\b(?:than|compared (?:to|with)) before\b" + _END
)
_RANGE = _compiled(rf"\b(?:(?:between|from|in|during) )?{_DATE} ?(?:and|to|until|till|through|[-–—]) ?{_DATE}")
_OPENS_RANGE = _compiled(r"(?:between|from)\b")
_SHORT_RANGE = _compiled(rf"\b(?:(?:between|from|in|during) )?(?:the )?({YEAR})[-–](\d\d)\b(?![-–/]?\d)")
_SINCE = _compiled(rf"\b(since|from|after|later than) {_DATE}{_REPORT}( on(?:wards?)?\b| to (?:now|date|today)\b)?")
_POST = _compiled(rf"\b(post|pre)[- ]({YEAR})\b")
_ONWARDS = _compiled(
    rf"\b(?:in )?{_DATE}(?: onwards?\b| (?:and|or) (?:later|after|since|newer|onwards?)\b"
    r"| ?(?:to|until|till|[-–—]) ?(?:now|date|today|the present)\b)"
)
_UNTIL = _compiled(rf"\b(before|prior to|earlier than|older than|until|till|up to) {_DATE}")
_EARLIER = _compiled(rf"\b(?:in )?{_DATE} (?:and|or) (?:earlier|before|older)\b")
_LAST = _compiled(
    rf"\b(?:(?:in|over|during|for|within|from) )?(?:the )?(?:last|past|previous) (?:{_NUMBER} )?"
    r"(year|month|decade)s?\b(?! of\b)"
)
_NEAR_YEAR = _compiled(r"(?<!the )\b(?:(?:in|from|during|for) )?(?<!the )(this|last) year\b(?:'s)?(?! of\b)")
_AGO = _compiled(rf"\b{_NUMBER} (year|decade)s? ago\b")
_DECADE = _compiled(
    rf"\b(?:(?:in|during|from) )?the (?:(?:early|mid|late)[ -])?(?:({'|'.join(_DECADES)})|((?:19|20)?\d0)s)\b"
)
_OLDEST = _compiled(
    r"\b(?:earliest|oldest(?: first)?)\b|\bfirst (?:ever )?(?=(?:inspections?|reports?|reviews?|findings?)\b)"
)
_RECENT = "inspections?|reports?|ratings?|reviews?|visits?|findings?|figures?|evidence|publications?"
_NEWEST = _compiled(
    r"\b(?:latest|newest(?: first)?|(?:newer|more recent)\b(?! than\b)|most recent(?:ly)?|(?<!an )up[- ]to[- ]date"
    r"|currently|current|lately|nowadays"
    r"|presently|these days|right now|at the moment|at present|at the present time|in recent (?:years|times|months))\b"
    r"|\brecently\b(?! (?:released|appointed|qualified|recruited|convicted|sentenced|arrived|joined|trained|promoted"
    r"|hired|employed|opened|left|retired|moved)\b)"
    rf"|\b(?:recent(?= (?:{_RECENT})\b)|last(?= (?:inspected|rated|visited|reviewed|{_RECENT})\b))"
    r"|(?<!what )\btoday\b(?:'s)?"
    r"|(?<!by )(?<!until )(?<!till )(?<!just )(?<!what )(?<!happens )(?<!happen )(?<!before )(?<!from )(?<!every )"
    r"\bnow\b(?! (?:and (?:then|again)|that|on)\b)"
)
_CHANGE = _compiled(
    r"\b(?:better|worse|improv(?:ed?|ing)|deteriorat(?:ed?|ing)|declin(?:ed?|ing)|chang(?:ed?|ing)|different|progressed"
    r"|risen|fallen|increased|decreased|gone (?:up|down)|compare)\b"
)
_HAS_CHANGED = _compiled(r"\b(?:has|have|did|is|are)\b[^?.!]{0,200}" + _CHANGE.pattern)
_SINCE_THEN = _compiled(rf"\bsince then\b|\bsince{_END}")
# What stands right before the name of an event. It is put to no more than the end of the text before that.
_AT_EVENT = _compiled(
    rf"(?<!\w)(before and after|{_THAN}(?: (?:before|under|after))?|before|prior to|until|up to|pre|under|since|after"
    r"|following|post)[ -](?:the )?$"
)
_LONGEST_BEFORE_EVENT = 80
_DANGLING = re.compile(r"^[\s,;:.–—-]+|\s+(?=[?.!,;])|[\s,;:–—-]+(?=[?.!]*$)|(?<=\s)\s+")


@dataclass(frozen=True, slots=True)
class Then:
    """Two windows to be shown side by side: the old one ends with ``until``, the new one begins with ``since``.

    Where the question says it, the old one begins with ``first`` and the new one ends with ``last``.
    """

    until: str
    since: str
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """What a question says of time.

    ``of`` is the question, and ``rest`` what is left of it without the words that say it. ``since`` and ``until`` are
    ISO days, months or years, both included, empty where the window is open.
    """

    readings: tuple[Reading, ...] = ()
    of: str = ""
    rest: str = ""
    since: str = ""
    until: str = ""
    newest_first: bool = False
    oldest_first: bool = False
    then: Then | None = None


NO_TIMES = Times()


@dataclass(frozen=True, slots=True)
class _Found:
    """A time that stands in a question. ``kept`` is true where its words also say what is asked."""

    span: Span
    says: str
    since: str = ""
    until: str = ""
    newest_first: bool = False
    oldest_first: bool = False
    then: Then | None = None
    kept: bool = False

    @property
    def is_one(self) -> bool:
        """Tell whether it comes to anything: nothing does that is counted from reports without a date."""
        return bool(self.since or self.until or self.newest_first or self.oldest_first or self.then)


def read_times(
    text: str, events: Sequence[Event], dates: Sequence[PartialDate], *, before: str = "", dropped: Collection[str] = ()
) -> Times:
    """Read what ``text`` says of time, but for the readings whose words are among the ``dropped``.

    ``before`` is the year that the question before it was about: "has it improved since?".
    """
    found = [
        each for each in _find(text, events, dates, before) if _words(text, each.span) not in dropped and each.is_one
    ]
    then = next((each.then for each in found if each.then), None)
    if then:
        found = [each for each in found if each.then]
    since = max((each.since for each in found), default="")
    untils = [each.until for each in found if each.until]
    until = min(untils, key=lambda iso: PartialDate(iso).last_day, default="")
    return Times(
        tuple(Reading("when", _words(text, each.span), each.says) for each in found),
        text,
        without(text, [each.span for each in found if not each.kept]),
        since,
        until,
        any(each.newest_first for each in found),
        any(each.oldest_first for each in found),
        then,
    )


def without(text: str, spans: Collection[Span]) -> str:
    """Return ``text`` without the spans, and without the commas that nothing then stands between.

    >>> without("Since 2022, how are women?", [Span(0, 10)]), without("And women, now?", [Span(11, 14)])
    ('how are women?', 'And women?')
    """
    for span in sorted(spans, reverse=True):
        text = f"{text[: span.start]} {text[span.end :]}"
    return _DANGLING.sub("", text).strip()


def _words(text: str, span: Span) -> str:
    return text[span.start : span.end]


def _find(text: str, events: Sequence[Event], dates: Sequence[PartialDate], before: str) -> list[_Found]:
    """Return the times in ``text``: no two overlap, those that say more come first."""
    found: list[_Found] = []
    changes = _CHANGE.search(text) is not None
    for times in (
        _at_events(text, events, changes=changes),
        _compared(text, dates, before),
        _ranges(text, changes=changes),
        _open(text, changes=changes),
        _relative(text, dates),
        (_Found(Span(*match.span()), "newest reports first", newest_first=True) for match in _NEWEST.finditer(text)),
        (_Found(Span(*match.span()), "oldest reports first", oldest_first=True) for match in _OLDEST.finditer(text)),
    ):
        for each in times:
            if not any(each.span.start < other.span.end and other.span.start < each.span.end for other in found):
                found.append(each)
    return found


def _at_events(text: str, events: Sequence[Event], *, changes: bool) -> Iterator[_Found]:
    """Yield windows before, under and after an event."""
    for event in events:
        for match in event.pattern.finditer(text):
            start = max(0, match.start() - _LONGEST_BEFORE_EVENT)
            at = _AT_EVENT.search(text[start : match.start()])
            if not at:
                continue
            span = Span(start + at.start(), match.end())
            how = at[1].lower()
            is_before = how in ("before", "prior to", "until", "up to", "pre") or how.endswith(" before")
            if " " in how and how not in ("prior to", "up to"):
                is_under = event.until and not is_before and how != "before and after"
                yield _then(span, event.until if is_under else _before(event.since))
            elif is_before:
                until = _before(event.since)
                yield _Found(span, f"published in {said(until)} or earlier, before: {event.name}", until=until)
            elif how == "under":
                if event.until:
                    says = f"published from {said(event.since)} to {said(event.until)}: {event.name}"
                    yield _Found(span, says, event.since, event.until)
            elif changes:
                yield _then(span, event.until if event.until and how != "since" else _before(event.since))
            else:
                since = _after(event.until) if event.until and how != "since" else event.since
                says = f"published in {said(since)} or later, after: {event.name}"
                yield _Found(span, says, since)


def _compared(text: str, dates: Sequence[PartialDate], before: str) -> Iterator[_Found]:
    for match in _DATE_OR_DATE.finditer(text):
        first, last = _date(match, 1), _date(match, 4)
        if first and last and first[:4] != last[:4]:
            yield _range(Span(*match.span()), min(first, last), max(first, last), changes=True)
    for match in (*_THAN_DATE.finditer(text), *_DATE_AND_NOW.finditer(text)):
        if until := _date(match, 1):
            yield _then(Span(*match.span()), until)
    for match in _THAN_AGO.finditer(text):
        yield _then(Span(*match.span()), _years_before(dates, _years(match[1], match[2])))
    for match in _THEN_AND_NOW.finditer(text):
        yield _then(Span(*match.span()), _middle(dates))
    if before:
        since_then = _SINCE_THEN.search(text)
        has_changed = since_then or _HAS_CHANGED.search(text)
        if has_changed:
            yield replace(_then(Span(*has_changed.span()), before), kept=since_then is None)


def _ranges(text: str, *, changes: bool) -> Iterator[_Found]:
    for match in _RANGE.finditer(text):
        since, until = _date(match, 1), _date(match, 4)
        # "2016 and 2019" names two years; "between 2016 and 2019" all of them.
        joined = text[match.start() : match.end()].lower()
        if since and until and since[:4] < until[:4] and (" and " not in joined or _OPENS_RANGE.match(joined)):
            yield _range(Span(*match.span()), since, until, changes=changes)
    for match in _SHORT_RANGE.finditer(text):
        # "2016-17" is a financial year.
        until = match[1][:2] + match[2]
        if int(until) > int(match[1]) + 1:
            yield _range(Span(*match.span()), match[1], until, changes=changes)


def _range(span: Span, since: str, until: str, *, changes: bool) -> _Found:
    if changes:
        middle = str((int(since[:4]) + int(until[:4])) // 2)
        says = f"{said(since)} and {said(until)}, side by side"
        return _Found(span, says, then=Then(middle, _after(middle), since, until))
    return _Found(span, f"published from {said(since)} to {said(until)}", since, until)


def _open(text: str, *, changes: bool) -> Iterator[_Found]:
    """Yield windows that are open at one end."""
    for match in _SINCE.finditer(text):
        since, word = _date(match, 2), match[1].lower()
        if not since or (word == "from" and not match[6]):
            continue
        if changes and word in ("since", "after"):
            yield _then(Span(*match.span()), since)
            continue
        # "Since the inspection of 2016": that inspection is not meant.
        since = since if word in ("since", "from") and not match[5] else _after(since)
        yield _since(Span(*match.span()), since)
    for match in _ONWARDS.finditer(text):
        if since := _date(match, 1):
            yield _since(Span(*match.span()), since)
    for match in _UNTIL.finditer(text):
        if until := _date(match, 2):
            is_included = match[1].lower() in ("until", "till", "up to")
            yield _until(Span(*match.span()), until if is_included else _before(until))
    for match in _EARLIER.finditer(text):
        if until := _date(match, 1):
            yield _until(Span(*match.span()), until)
    for match in _POST.finditer(text):
        span = Span(*match.span())
        yield _since(span, _after(match[2])) if match[1].lower() == "post" else _until(span, _before(match[2]))


def _relative(text: str, dates: Sequence[PartialDate]) -> Iterator[_Found]:
    """Yield what is counted from the newest report."""
    for match in _NEAR_YEAR.finditer(text):
        year = _years_before(dates, int(match[1].lower() == "last"))
        says = f"published in {year}, counted from the newest report"
        yield _Found(Span(*match.span()), says, year, year)
    for match in _LAST.finditer(text):
        count = match[1] or ("few" if match[0].lower().endswith("s") else "1")
        since = _months_before(dates, 12 * _years(count, match[2]) or _number(count))
        says = f"published in {said(since)} or later, counted from the newest report"
        yield _Found(Span(*match.span()), says, since)
    for match in _AGO.finditer(text):
        year = _years_before(dates, _years(match[1], match[2]))
        says = f"published in {year}, counted from the newest report"
        yield _Found(Span(*match.span()), says, year, year)
    for match in _DECADE.finditer(text):
        number = match[2] or ""
        century = "" if len(number) == 4 else "20" if number < "30" else "19"
        first = _DECADES[match[1].lower()] if match[1] else int(century + number)
        says = f"published from {first} to {first + 9}"
        yield _Found(Span(*match.span()), says, str(first), str(first + 9))


def _then(span: Span, until: str) -> _Found:
    then = Then(until, _after(until)) if until else None
    return _Found(span, f"up to {said(until)} and since then, side by side", then=then)


def _since(span: Span, since: str) -> _Found:
    return _Found(span, f"published in {said(since)} or later", since)


def _until(span: Span, until: str) -> _Found:
    return _Found(span, f"published in {said(until)} or earlier", until=until)


def _number(written: str) -> int:
    return int(written) if written.isdigit() else _NUMBERS[written.lower()]


def _years(written: str, unit: str) -> int:
    """Return how many years so many years or decades are, 0 for months."""
    return _number(written) * {"year": 1, "decade": 10}.get(unit.lower(), 0)


def _newest(dates: Sequence[PartialDate]) -> PartialDate:
    """Return the newest date, by its first day: undated where there is none."""
    return max(dates, key=lambda date: date.first_day, default=UNDATED)


def _years_before(dates: Sequence[PartialDate], years: int) -> str:
    """Return the year so many years before that of the newest report, empty where none has a date."""
    newest = _newest(dates)
    return f"{newest.parts[0] - years:04}" if newest else ""


def _months_before(dates: Sequence[PartialDate], months: int) -> str:
    newest = _newest(dates)
    if not newest:
        return ""
    first = newest.first_day
    year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return f"{year:04}-{month + 1:02}"


def _middle(dates: Sequence[PartialDate]) -> str:
    """Return the year in the middle of all reports, empty where none has a date."""
    years = sorted(date.parts[0] for date in dates)
    return f"{(years[0] + years[-1]) // 2:04}" if years else ""


def _before(iso: str) -> str:
    """Return the last year, month or day before one: as exact as that.

    >>> _before("2018"), _before("2018-01"), _before("2018-03-01")
    ('2017', '2017-12', '2018-02-28')
    """
    date = PartialDate(iso)
    return (date.first_day - datetime.timedelta(1)).isoformat()[: len(iso)] if date else ""


def _after(iso: str) -> str:
    """Return the first year, month or day after one: as exact as that."""
    date = PartialDate(iso)
    return (date.last_day + datetime.timedelta(1)).isoformat()[: len(iso)] if date else ""


def said(iso: str) -> str:
    """Return an ISO date as people write it."""
    return PartialDate(iso).in_words


def _date(match: re.Match[str], group: int) -> str:
    """Return the date of three groups, empty where there is no such day."""
    day, month, year = match.group(group, group + 1, group + 2)
    iso = year
    if month:
        number = next(at for at, name in enumerate(MONTHS, 1) if name.lower().startswith(month.lower()[:3]))
        iso += f"-{number:02}" + (f"-{int(day):02}" if day else "")
    try:
        return PartialDate(iso).iso
    except InputError:
        return ""
