"""What the turns of a conversation say beside what they ask about: stories, small talk, times, and what is left out.

In: the turns, oldest first, a glossary, a domain and the dates of the reports. Out: ``Asides``, with the turns as they
are to be searched for.

>>> from probqa.glossary.domain import NO_DOMAIN
>>> from probqa.glossary.entries import Entries
>>> turns = [Turn("How are women treated since 2022?"), Turn("And men?")]
>>> asides = read_asides(turns, Glossary(Entries()), NO_DOMAIN, ())
>>> [turn.text for turn in asides.turns], asides.window.since, [reading.text for reading in asides.readings]
(['How are women treated?', 'And men?'], '2022', ['since 2022'])

A question that leans on the one before it keeps its time, unless it says another: the reading is then made of that
turn's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from probqa.dates import YEAR_ALONE, PartialDate
from probqa.glossary.domain import Domain
from probqa.glossary.glossary import Glossary
from probqa.indexing.lexical import words
from probqa.questions import Filters, Name, Part, Reading, Request, Turn
from probqa.understanding.exclusions import read_exclusions
from probqa.understanding.follow_ups import FollowUp
from probqa.understanding.leaning import is_incomplete, without_fillers
from probqa.understanding.stories import read_story
from probqa.understanding.talk import read_talk
from probqa.understanding.times import NO_TIMES, Then, Times, read_times, said


@dataclass(frozen=True, slots=True)
class Asides:
    """What was read beside the question. ``reply`` is what to say to small talk, empty where something is asked.

    ``turns`` are the turns without all this, small talk in between left out, and ``times`` what the last one says of
    time. ``excluded`` are the names and words that no quote is to be about.
    """

    turns: tuple[Turn, ...]
    readings: tuple[Reading, ...] = ()
    times: Times = NO_TIMES
    excluded: tuple[Name, ...] = ()
    reply: str = ""

    @property
    def window(self) -> Filters:
        """Return the window of publication, open where nothing is said of it."""
        return Filters(since=self.times.since, until=self.times.until)


@dataclass(frozen=True, slots=True)
class _Read:
    """A turn, and what was read in it."""

    turn: Turn
    told: str
    readings: tuple[Reading, ...]
    times: Times
    excluded: tuple[Name, ...]


def read_asides(turns: Sequence[Turn], glossary: Glossary, domain: Domain, dates: Sequence[PartialDate]) -> Asides:
    """Read the ``turns``, but for the readings whose words they have dropped."""
    last = turns[-1]
    reply = read_talk(last.text)
    if reply and last.text not in last.dropped:
        return Asides((last,), (Reading("talk", last.text, "small talk, for which nothing is looked up"),), reply=reply)
    asking = [turn for turn in turns[:-1] if not read_talk(turn.text)]
    read = [_read(turn, glossary, domain, dates, alone=at == 0) for at, turn in enumerate((*asking, last))]
    times = _times(read, domain, dates)
    now = read[-1]
    return Asides(tuple(each.turn for each in read), (*now.readings, *times.readings), times, now.excluded)


def lean_on_year(
    asides: Asides, run: FollowUp, domain: Domain, dates: Sequence[PartialDate]
) -> tuple[Asides, FollowUp]:
    """Return both again once the question is completed: "has it improved since?" leans on the year that was carried.

    Where the question says a time, no year is carried.
    """
    turn, times = asides.turns[-1], asides.times
    years = [each.text for each in run.carried if each.kind == "year"]
    if not times.readings and years:
        times = read_times(turn.text, domain.events, dates, before=years[-1][:4], dropped=turn.dropped)
        asides = replace(asides, readings=(*asides.readings, *times.readings), times=times)
    if times.readings:
        carried = tuple(each for each in run.carried if each.kind != "year")
        # "And now?" is all time: what is asked about was carried.
        rest = times.rest if carried and times.of == turn.text else run.typed
        run = replace(run, typed=rest, carried=carried)
    return asides, run


def then_and_now(question: str, then: Then | None, request: Request) -> tuple[Part, ...]:
    """Return the two parts that a question about then and now splits into, none where it is about no such thing.

    >>> old, new = then_and_now("Is Kent any better?", Then("2016", "2017"), Request.of("Is Kent better than in 2016?"))
    >>> old.label, old.request.turns[-1].text, old.request.filters.until
    ('Up to 2016', 'Is Kent any better?', '2016')
    >>> new.label, new.request.turns[-1].text, new.request.filters.since
    ('Since 2017, newest first', 'Is Kent any better now?', '2017')
    """
    if then is None:
        return ()
    turn, filters = request.turns[-1], request.filters
    asked = question.rstrip(" ?.!")
    old = Filters(since=then.first, until=then.until)
    new = Filters(since=then.since, until=then.last)
    first = f"{said(then.first)} to {said(then.until)}" if then.first else f"Up to {said(then.until)}"
    second = f"{said(then.since)} to {said(then.last)}" if then.last else f"Since {said(then.since)}"
    return tuple(
        Part(label, Request((Turn(text, turn.dropped, turn.widen),), narrowed(filters, window), request.k))
        for label, text, window in (
            (first, f"{asked}?", old),
            (f"{second}, newest first", f"{asked} now?", new),
        )
    )


def narrowed(filters: Filters, window: Filters) -> Filters:
    """Return ``filters`` with a window in their own.

    >>> narrowed(Filters(since="2015", until="2019"), Filters(since="2016-03"))
    Filters(documents=(), kinds=(), areas=(), providers=(), bodies=(), since='2016-03', until='2019')
    """
    untils = [until for until in (filters.until, window.until) if until]
    until = min(untils, key=lambda iso: PartialDate(iso).last_day, default="")
    return replace(filters, since=max(filters.since, window.since), until=until)


def _read(turn: Turn, glossary: Glossary, domain: Domain, dates: Sequence[PartialDate], *, alone: bool) -> _Read:
    # The words that only take up what was said are no part of a later question.
    text = turn.text if alone else without_fillers(turn.text)
    story = read_story(text, glossary, domain, turn.dropped)
    excluded = read_exclusions(story.question, glossary, domain, turn.dropped, alone=alone)
    times = read_times(excluded.rest, domain.events, dates, dropped=turn.dropped)
    # A turn that only says when, or what to leave out, asks the one before again.
    rest = times.rest if words(times.rest) else excluded.rest
    readings = (*filter(None, (story.reading,)), *excluded.readings)
    if not (alone or words(times.rest)) and (times.readings or excluded.readings):
        rest = "And?"
    return _Read(replace(turn, text=rest), excluded.rest, readings, times, excluded.names)


def _times(read: Sequence[_Read], domain: Domain, dates: Sequence[PartialDate]) -> Times:
    """Return the times of the last turn: its own, or those of the turn that it leans on."""
    dropped: set[str] = set()
    for at in range(len(read) - 1, -1, -1):
        each = read[at]
        dropped.update(each.turn.dropped)
        if each.times.readings:
            return read_times(each.told, domain.events, dates, dropped=dropped)
        if YEAR_ALONE.search(each.told) or not is_incomplete(each.turn.text):
            break
    return NO_TIMES
