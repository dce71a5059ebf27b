"""What stands on the page where there is more, or less, to say than an answer: each state in its own words and shape.

In: a ``Library``, a ``Scope``, an error. Out: HTML, drawn; nothing here decides which state it is.
"""

from __future__ import annotations

import streamlit as st

from probqa.asking.library import Library
from probqa.dates import PartialDate
from probqa.errors import IndexDamagedError, IndexMissingError, ProbqaError
from probqa.ui import frame
from probqa.ui.address import Address, link
from probqa.ui.frame import escaped
from probqa.ui.narrower import picks
from probqa.understanding.scope import Scope


def questions(title: str, targets: dict[str, str], level: int = 3) -> None:
    """Questions that can be asked, each with where it leads; nothing where there are none."""
    if targets:
        listed = "".join(
            f'<li><a class="pq-go" href="{escaped(target)}">{escaped(question)}</a></li>'
            for question, target in targets.items()
        )
        st.html(f'<h{level} class="pq-sub">{escaped(title)}</h{level}><ul class="pq-questions">{listed}</ul>')


def covered(library: Library) -> str:
    """How many publications there are, and of which years: "112 publications, 2014 to 2026"."""
    sources = [document.source for document in library.generation.all_documents()]
    years = sorted(source.published.year for source in sources if source.published)
    return f"{len(sources)} publications" + (f", {years[0]} to {years[-1]}" if years else "")


def outside(library: Library, examples: dict[str, str]) -> None:
    """A question that is about nothing in the reports: what they are about, and what can be asked."""
    st.html(
        '<div class="pq-outside-note"><p>They are about probation: how people serving a sentence in the community, or '
        "released from prison, are supervised, and what inspectors thought of it. "
        f'<a class="pq-go" href="reports">{escaped(covered(library))}</a>.</p></div>'
    )
    questions("These they do answer", examples)


def broad(library: Library, address: Address, found: Scope) -> None:
    """A question that touches too many reports: what it can be narrowed by."""
    st.html(f'<div class="pq-broad-picks">{picks(library, address, frozenset(found.documents))}</div>')


def not_found(library: Library, address: Address) -> None:
    """What was searched in vain, and where else to look."""
    if address.filters:
        unfiltered = link(Address(questions=address.questions, generation=address.generation))
        said = (
            f'Only reports that pass your filters were searched. <a class="pq-go" href="{escaped(unfiltered)}">'
            f"Ask all {library.generation.documents}</a>."
        )
    else:
        said = (
            f'Searched: <a class="pq-go" href="reports">{escaped(covered(library))}</a>. Something may have been '
            "published elsewhere."
        )
    st.html(f'<p class="pq-searched">{said}</p>')


def edition(library: Library) -> str:
    """The day on which the edition was made that answers: "3 May 2026"."""
    return PartialDate(str(library.generation.manifest["created"])[:10]).in_words


def rebuilding(library: Library) -> None:
    """The reports are being brought up to date; the older edition answers meanwhile."""
    frame.notice(
        "The reports are being updated",
        f"Until that is done, answers come from the edition of {edition(library)}.",
        "rebuilding",
    )


def unusable(error: ProbqaError) -> None:
    """No index that can be asked: what is wrong and what mends it, for whoever runs this."""
    if isinstance(error, IndexMissingError):
        frame.heading("There are no reports here yet")
        said = "They have to be indexed once before they can be asked."
    elif isinstance(error, IndexDamagedError):
        frame.heading("The reports cannot be trusted at the moment")
        said = "A file of the index is not what was written, so nothing is quoted from it."
    else:
        frame.heading("The reports cannot be opened")
        said = "The index does not fit this version of the program."
    # What is wrong in detail names folders of this server; the terminal says it to those whom it concerns.
    command = error.remedy.removeprefix("run: ")
    todo = f"<p>For whoever runs this: <code>{escaped(command)}</code></p>" if command else ""
    st.html(f'<div class="pq-notice pq-refused"><p>{said}</p>{todo}</div>')
