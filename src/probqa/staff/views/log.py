"""Log: what was done, by whom and when, the newest first, and whether the log is whole.

In: the log. Out: its lines.
"""

from __future__ import annotations

from probqa.indexing.storage import in_words
from probqa.staff.log import Line
from probqa.staff.person import Staff
from probqa.ui import frame
from probqa.ui.address import first, link_to
from probqa.ui.markup import Markup, anchor

PAGE = "log"
SHOWN = 100


def draw(staff: Staff) -> None:
    """Draw the log, so many lines at a time."""
    lines = list(staff.log.lines())
    frame.heading("Log", "What was done, by whom and when. A line can be added, and none changed without a trace.")
    broken = [line for line in lines if line.problem]
    if broken:
        said = Markup("").join(
            Markup("<li>Line {}: {}.</li>").format(line.number, line.problem) for line in broken[:SHOWN]
        )
        frame.draw(
            Markup(
                '<div class="pq-notice pq-refused"><p class="pq-notice-title">The log is not whole</p><ul>{}</ul></div>'
            ).format(said)
        )
    else:
        frame.draw(Markup('<p class="pq-finding">The log is whole: {}.</p>').format(_count(len(lines))))
    before = first(frame.parameters(), "before")
    end = min(int(before), len(lines)) if before.isdecimal() and before.isascii() and len(before) < 9 else len(lines)
    shown = lines[max(0, end - SHOWN) : end]
    drawn = Markup("").join(map(_line, reversed(shown)))
    frame.draw(Markup('<ol class="pq-log" reversed start="{}">{}</ol>').format(shown[-1].number if shown else 1, drawn))
    if end > SHOWN:
        frame.draw(Markup("<p>{}</p>").format(anchor(link_to(PAGE, {"before": [str(end - SHOWN)]}), "Older lines")))


def _line(line: Line) -> Markup:
    if line.act is None:
        return Markup("<li>{}</li>").format(line.problem or "A line that was cut short, as the next one says.")
    act = line.act
    details = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(*each) for each in act.details.items())
    return Markup("<li>{}: <b>{}</b>, {}{}{}</li>").format(
        _when(act.when),
        act.who,
        act.what,
        Markup('<dl class="pq-provenance">{}</dl>').format(details) if details else "",
        Markup('<p class="pq-weak">{}</p>').format(line.problem) if line.problem else "",
    )


def _when(time: str) -> str:
    try:
        return in_words(time)
    except ValueError:
        return time


def _count(number: int) -> str:
    return "1 line" if number == 1 else f"{number} lines"
