"""Who is at work, and with what: the one thing that each page for staff is given.

In: settings, a name and the log. Out: a frozen record.
"""

from __future__ import annotations

from dataclasses import dataclass

from probqa.settings import Settings
from probqa.staff.log import Log


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who has signed in, the folders they work on, and the log in which each act of theirs is noted."""

    settings: Settings
    who: str
    log: Log
