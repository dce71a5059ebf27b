"""The pages for staff: where each lies, what it is called and what draws it.

In: a path. Out: a ``Page``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from probqa.staff.person import Staff
from probqa.staff.views import start


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path, its name in the menu, and what draws it."""

    path: str
    name: str
    draw: Callable[[Staff], None]


PAGES = (Page("", "Start", start.draw),)
