"""The ways in which a question of a conversation can be meant, the narrowest first.

In: a ``Generation``, turns, and the answer before the last. Out: ``Way`` records: what is carried, which passages the
question is put to, and when the way is tried and taken. Each is answered by whoever asks for them.

A question that leans on the one before may be about what was just quoted, so that it is put to that report, and "why?"
to the paragraphs around the quote. What is carried is tried in full, and where that is not answered, with fewer words.
A complete question is never rewritten: where it leaves open whom and where it asks about it is put, as it stands, to
the report that was quoted last, to what speaks of the place that the conversation is about, and to all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from probqa.glossary.glossary import Glossary
from probqa.indexing.generation import Generation
from probqa.indexing.lexical import words
from probqa.questions import Carried, CarriedKind, Name, Turn
from probqa.records import Answer, Quote, Source, Status
from probqa.understanding.follow_ups import FollowUp, complete, who_and_where
from probqa.understanding.leaning import (
    ASKS,
    DEFINES,
    EARLIER,
    LATER,
    SAY_LITTLE,
    is_incomplete,
    repeats,
    years_on,
)
from probqa.understanding.names import has, years_in
from probqa.weights import WEIGHTS, Weights

# A complete question of more words than this says itself what it is about.
_MOST_OWN_WORDS = 6
_REASON = re.compile(r"\W*+(?:(?:and|but|so)\W++)?(?:why|how come)\b", re.IGNORECASE)
# "Why so bad?" says no more than "why?".
_HOW_MUCH = frozenset(words("good bad poor low high many few late long slow worse better much not so"))
_REPORT = re.compile(
    r"\b(?:that|this|the|its|their|which) (?:report|inspection|review|document|source)\b", re.IGNORECASE
)
# Added to the score of the first quote, where ways are compared: how much likelier it is that the report quoted last is
# meant, or what speaks of the place that the conversation is about. Measured in decision 7.
_SAME_REPORT = 0.1
_SAME_NAMES = 0.15
# The same for fewer words than were carried: without a name or year that is lacking, a score is higher by itself.
_FEWER = -0.1


@dataclass(frozen=True, slots=True)
class Way:
    """One way to take a question.

    ``rows`` are the only passages that it is put to, ascending, None where it is put to all. The way with the best
    first quote is taken, where ``likelier`` is added to its score; a ``firm`` one is taken where it finds anything. A
    way is tried where no answer so far is better than ``tried_at``.
    """

    run: FollowUp
    rows: tuple[int, ...] | None = None
    likelier: float = 0.0
    firm: bool = False
    tried_at: Status = "answered"


def ways(
    index: Generation, turns: Sequence[Turn], before: Callable[[], Answer], weights: Weights = WEIGHTS
) -> Iterator[Way]:
    """Yield the ways to take the last of the ``turns``, the narrowest first.

    ``before`` gives the answer to the turn before it, and is asked only where the last turn may lean on it.
    """
    run = complete(turns, index.glossary, index.domain, weights)
    incomplete = is_incomplete(run.typed)
    leans = incomplete or _leaves_open(run.typed)
    if len(turns) > 1 and leans and not who_and_where(run.typed, index.glossary):
        narrow = chain(_as_quoted(index, run, before()), _of_the_same(index, run))
        yield from (way for way in narrow if way.rows and way.run.carried[-1].text not in turns[-1].dropped)
    yield Way(run)
    if incomplete:
        yield from _with_fewer(run, index.glossary)


def _leaves_open(question: str) -> bool:
    """Tell whether a complete question leaves open whom and where it asks about."""
    return not DEFINES.fullmatch(question) and len(_own(question)) <= _MOST_OWN_WORDS


def _own(question: str) -> list[str]:
    return [word for word in words(question) if word not in ASKS]


def _as_quoted(index: Generation, run: FollowUp, answer: Answer) -> Iterator[Way]:
    """Yield the ways that keep to what the last answer quoted, or go on from its time."""
    typed = run.typed
    if not answer.quotes:
        return
    quote = answer.quotes[0]
    title, of_report = quote.source.title, tuple(index.passages_of(quote.source.id))
    if time := _other_time(run, answer):
        since, until, says = time
        rows = _rows_of(index, (each for each in _sources(index) if _is_of(each, since, until)))
        yield _put_to(_without(run, "year"), says, rows, firm=True)
    elif not years_in(typed):
        if _REASON.match(typed) and _HOW_MUCH.issuperset(_own(typed)):
            yield _put_to(run, title, _beside(index, quote, of_report), firm=True)
        firm = _REPORT.search(typed) is not None
        yield _put_to(run, title, of_report, likelier=_SAME_REPORT, firm=firm)


def _of_the_same(index: Generation, run: FollowUp) -> Iterator[Way]:
    """Yield the way that keeps to whom and where the conversation is about, where the question has no name at all."""
    if run.names:
        says = " · ".join(name.text for name in run.names)
        yield _put_to(run, says, _speaking_of(index, run.names), likelier=_SAME_NAMES)


def _put_to(run: FollowUp, says: str, rows: tuple[int, ...], *, likelier: float = 0.0, firm: bool = False) -> Way:
    return Way(replace(run, carried=(*run.carried, Carried("about", says))), rows, likelier, firm)


def _without(run: FollowUp, *kinds: CarriedKind) -> FollowUp:
    return replace(run, carried=tuple(each for each in run.carried if each.kind not in kinds))


def _with_fewer(run: FollowUp, glossary: Glossary) -> Iterator[Way]:
    """Yield a follow-up without its year, without the detail, and with nothing but names, as far as that is another."""
    undated = _without(run, "year")
    if undated != run:
        yield Way(undated, likelier=_FEWER, tried_at="weak")
    if (whole := _without_detail(undated)) != undated:
        yield Way(whole, likelier=_FEWER, tried_at="weak")
    named = _without(run, "year", "subject")
    # Without anything carried it must say what it asks about: "how many went?" does not.
    says = not repeats(run.typed) and not SAY_LITTLE.issuperset(_own(run.typed))
    if named != undated and (_without(named, "asked").carried or says):
        yield Way(named, tried_at="not_found")
    if who_and_where(run.typed, glossary):
        yield Way(FollowUp(run.typed), tried_at="not_found")


def _without_detail(run: FollowUp) -> FollowUp:
    carried = []
    for each in run.carried:
        kept = [word for word in each.text.split() if each.kind != "subject" or run.detail.isdisjoint(words(word))]
        carried += [replace(each, text=" ".join(kept))] if kept else []
    return replace(run, carried=tuple(carried))


def _other_time(run: FollowUp, answer: Answer) -> tuple[str, str, str] | None:
    """Return the first and the last year that a question asks about from what was quoted, and how to say it.

    They are counted from the year that was asked about, or else that of the report.
    """
    question, asked = run.typed, sorted(answer.question.years)
    base = asked[-1] if asked else answer.quotes[0].source.published.sure.year
    if not base or years_in(question):
        return None
    year = int(base)
    if years := years_on(question):
        meant = str(year + years)
        return meant, meant, f"published in {meant}"
    if EARLIER.search(question):
        return "", str(year - 1), f"published before {year}"
    # "Since then" after a year that was carried is read like any other time (``asides``).
    if LATER.search(question) and all(each.kind != "year" for each in run.carried):
        return str(year + 1), "", f"published after {year}"
    return None


def _is_of(source: Source, since: str, until: str) -> bool:
    year = source.published.sure.year
    return bool(year) and (not since or year >= since) and (not until or year <= until)


def _sources(index: Generation) -> Iterator[Source]:
    return iter(index.sources)


def _rows_of(index: Generation, sources: Iterable[Source]) -> tuple[int, ...]:
    return tuple(sorted(row for source in sources for row in index.passages_of(source.id)))


def _beside(index: Generation, quote: Quote, rows: Sequence[int]) -> tuple[int, ...]:
    """Return the rows of a report that stand under the same heading as a quote."""
    document = quote.document
    return tuple(row for row in rows if document.heading_path(index.passage(row).span.start) == quote.heading)


def _speaking_of(index: Generation, names: Sequence[Name]) -> tuple[int, ...]:
    """Return the rows that speak of one of the names of each kind: of the place, and of the body."""
    kinds = [[name for name in names if name.kind == kind] for kind in dict.fromkeys(name.kind for name in names)]

    def speaks(text: str) -> bool:
        # Most texts do not, which is soon told.
        small = text.lower()
        return all(any(any(form.lower() in small for form in name.forms) for name in group) for group in kinds) and all(
            any(has(name, text) for name in group) for group in kinds
        )

    rows: list[int] = []
    for document in index.all_documents():
        of_report = index.passages_of(document.source.id)
        about = "\n".join((document.source.title, document.source.area, *document.source.providers))
        if speaks(about):
            rows.extend(of_report)
        elif speaks(f"{about}\n{document.text}"):
            spans = ((row, index.passage(row).span) for row in of_report)
            rows.extend(
                row
                for row, span in spans
                if speaks("\n".join((about, *document.heading_path(span.start), document.slice(span))))
            )
    return tuple(sorted(rows))
