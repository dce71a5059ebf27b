"""Where staff begin: what is live, and who is signed in.

In: a ``Staff``. Out: the page, drawn.
"""

from __future__ import annotations

from probqa.indexing.storage import DRAFT, POINTER, pointed_at
from probqa.staff.person import Staff
from probqa.ui import frame
from probqa.ui.markup import Markup


def draw(staff: Staff) -> None:
    """Draw the page."""
    frame.heading("Reports and what is asked of them")
    index = staff.settings.index
    for word, pointer in (("Live", POINTER), ("Draft", DRAFT)):
        line = Markup("<p>{}: {}</p>").format(word, pointed_at(index, pointer) or "none")
        frame.draw(line)
