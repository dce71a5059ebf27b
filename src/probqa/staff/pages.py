"""The pages for staff: where each lies, what it is called and what draws it.

In: a path. Out: a ``Page``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from probqa.staff.person import Staff
from probqa.staff.views import draft, feedback, log, reports, review


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path, its name in the menu, and what draws it."""

    path: str
    name: str
    draw: Callable[[Staff], None]


PAGES = (
    Page(reports.PAGE, "Reports", reports.draw),
    Page(review.PAGE, "Review", review.draw),
    Page(draft.PAGE, "Draft", draft.draw),
    Page(feedback.PAGE, "Feedback", feedback.draw),
    Page(log.PAGE, "Log", log.draw),
)
