"""What stands on the page where there is more, or less, to say than an answer: each state in its own words and shape.

In: a ``Library``, a ``Scope``, an error. Out: HTML, drawn; nothing here decides which state it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from probqa.asking.library import Library
from probqa.errors import IndexDamagedError, IndexMissingError, ProbqaError
from probqa.links import reading_link
from probqa.questions import Scope
from probqa.records import RECOGNISED, Answer, RatingRow, marked
from probqa.rendering import indexed
from probqa.ui import frame
from probqa.ui.address import Address, link, link_to
from probqa.ui.markup import Markup, anchor, original_anchor
from probqa.ui.narrower import picks

OPEN_RATINGS = 6


def questions(title: str, targets: dict[str, str], level: int = 3) -> None:
    """Draw questions that can be asked, each with where it leads, if there are any."""
    if targets:
        listed = Markup("").join(
            Markup("<li>{}</li>").format(anchor(target, question)) for question, target in targets.items()
        )
        frame.draw(
            Markup('<h{level} class="pq-sub">{title}</h{level}><ul class="pq-questions">{listed}</ul>').format(
                level=level, title=title, listed=listed
            )
        )


def known(answer: Answer, offered: Callable[[str], str] | None = None) -> None:
    """Draw what is said before the quotes: what terms mean, in this project's words, notes, and a table of ratings.

    ``offered`` gives the address of a question that a note offers; without it none is offered.
    """
    for definition in answer.definitions:
        links = Markup(" · ").join(original_anchor(url) for url in definition.urls)
        frame.draw(
            Markup(
                '<section class="pq-explained" aria-label="Explained"><h3>Explained: {}</h3><p>{}</p>'
                '<p class="pq-small">In this project’s own words, not a report’s ({}). {}</p></section>'
            ).format(marked(definition.term, definition.abbreviation), definition.text, definition.basis, links)
        )
    for note in answer.notes:
        frame.draw(Markup('<p class="pq-notice">{}</p>').format(note.text))
        if offered:
            questions("Ask instead", {offer: offered(offer) for offer in note.offers})
    if answer.ratings:
        rest = answer.ratings[OPEN_RATINGS:]
        more = Markup('<details class="pq-fold"><summary>{} more</summary>{}</details>').format(
            len(rest), _ratings(rest, "More ratings")
        )
        frame.draw(
            Markup("<div>{}{}</div>").format(_ratings(answer.ratings[:OPEN_RATINGS], "Ratings"), more if rest else "")
        )


def _ratings(rows: Sequence[RatingRow], caption: str) -> Markup:
    """Return a table of ratings, each with the place of its words, or of its report where only metadata has it."""
    body = Markup("").join(
        Markup("<tr><th scope=row>{}</th><td>{}</td><td>{}</td></tr>").format(
            row.of,
            marked(row.rating, _rating_mark(row)),
            anchor(
                reading_link(row.quote) if row.quote else link_to("read", {"document": [row.source.id]}),
                Markup('{}<span class="pq-hidden">: {}</span>').format(row.source.published.in_words, row.source.title)
                if row.source.published.in_words
                else row.source.title,
            ),
        )
        for row in rows
    )
    head = Markup("").join(Markup("<th scope=col>{}</th>").format(name) for name in ("Of", "Rating", "Report of"))
    return Markup(
        '<table class="pq-rates"><caption class="pq-hidden">{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(caption, head, body)


def _rating_mark(row: RatingRow) -> str:
    """Return what must be said with a rating: nothing where the report's own words have it."""
    if row.quote is None:
        return row.source.ratings_mark or "from the report’s metadata"
    return RECOGNISED if row.quote.recognised else ""


def covered(library: Library) -> str:
    """Return what is indexed, in numbers, and of which years: "112 digests of publications, 2014 to 2026"."""
    sources = library.generation.sources
    years = sorted(source.published.year for source in sources if source.published.sure)
    return indexed(sources) + (f", {years[0]} to {years[-1]}" if years else "")


def outside(library: Library, examples: dict[str, str]) -> None:
    """Draw what the reports are about, and what can be asked, for a question that is about nothing in them."""
    frame.draw(
        Markup('<div class="pq-outside-note"><p>{} {}.</p></div>').format(
            library.generation.domain.about, anchor("reports", covered(library))
        )
    )
    questions("These they do answer", examples)


def broad(library: Library, address: Address, scope: Scope) -> None:
    """Draw what a question that touches too many reports can be narrowed by."""
    narrowing = picks(library, address, frozenset(scope.documents))
    frame.draw(Markup('<div class="pq-broad-picks">{}</div>').format(narrowing))


def not_found(library: Library, address: Address) -> None:
    """Draw what was searched in vain, and where else to look."""
    if address.filters:
        unfiltered = link(Address(turns=address.turns, generation=address.generation))
        words = Markup("Only reports that pass your filters were searched. {}.").format(
            anchor(unfiltered, f"Ask all {library.generation.documents}")
        )
    else:
        digests = any(source.is_digest for source in library.generation.sources)
        beyond = (
            "A publication may say what its digest does not."
            if digests
            else "Something may have been published elsewhere."
        )
        words = Markup("Searched: {}. {}").format(anchor("reports", covered(library)), beyond)
    frame.draw(Markup('<p class="pq-searched">{}</p>').format(words))


def edition(library: Library) -> str:
    """Return the day on which the edition was made that answers: "3 May 2026"."""
    return library.generation.manifest.day.in_words


def rebuilding(library: Library) -> None:
    """Draw that the reports are being brought up to date, and which edition answers meanwhile."""
    frame.notice(
        "The reports are being updated",
        f"Until that is done, answers come from the edition of {edition(library)}.",
        "rebuilding",
    )


def unusable(error: ProbqaError) -> None:
    """Draw what is wrong with an index that cannot be asked, and what mends it, for whoever runs this."""
    if isinstance(error, IndexMissingError):
        frame.heading("There are no reports here yet")
        problem = "They have to be indexed once before they can be asked."
    elif isinstance(error, IndexDamagedError):
        frame.heading("The reports cannot be trusted at the moment")
        problem = "A file of the index is not what was written, so nothing is quoted from it."
    else:
        frame.heading("The reports cannot be opened")
        problem = "The index does not fit this version of the program."
    # What is wrong in detail names folders of this server; the terminal says it to those whom it concerns.
    command = error.remedy.removeprefix("run: ")
    mend = Markup("<p>For whoever runs this: <code>{}</code></p>").format(command) if command else Markup("")
    frame.draw(Markup('<div class="pq-notice pq-refused"><p>{}</p>{}</div>').format(problem, mend))
