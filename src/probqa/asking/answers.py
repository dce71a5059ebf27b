"""Quotes to an answer: what is shown, and whether it answers at all.

In: a question, its quotes, and what was searched; or the answers to its parts. Out: an ``Answer``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, zip_longest

from probqa.questions import Question
from probqa.records import Answer, AnswerPart, Coverage, Quote, Span, Status, is_worth


def compose(question: Question, quotes: Sequence[Quote], searched: Coverage, generation: str) -> Answer:
    """Put the answer together.

    Where nothing is found the quotes are ``near``. The answer has the status of the first quote; those that by
    themselves fall short of it come last. A meaning that is explained is not "not found", even where no report speaks
    of it.
    """
    without: Status = "weak" if question.definitions else "not_found"
    status = quotes[0].status if quotes else without
    is_found = status != "not_found"
    shown = tuple(sorted(quotes, key=lambda quote: not is_worth(quote.status, status))) if is_found else ()
    return Answer(
        question=question,
        status=status,
        quotes=shown,
        near=() if is_found else tuple(quotes),
        coverage=Coverage(searched.documents, searched.passages, len({quote.source.id for quote in shown})),
        generation=generation,
        definitions=question.definitions,
    )


def put_together(question: Question, parts: Sequence[AnswerPart], searched: Coverage, generation: str) -> Answer:
    """Put the answers to a question's parts together: the first quote of each, then the second of each, and so on.

    The status is the least of theirs, but "weak" where only some found nothing. What is near of a part that found
    nothing stays with the part.
    """
    answers = [part.answer for part in parts]
    found = [answer for answer in answers if answer.status != "not_found"]
    status: Status = "weak"
    if not found:
        status = "not_found"
    elif len(found) == len(answers) and all(answer.status == "answered" for answer in answers):
        status = "answered"
    k = question.request.k
    quotes = _in_turn([answer.quotes for answer in answers])
    shown = tuple(sorted(quotes, key=lambda quote: not is_worth(quote.status, status)))[:k]
    return Answer(
        question=question,
        status=status,
        quotes=shown,
        near=() if found else _in_turn([answer.near for answer in answers])[:k],
        coverage=Coverage(searched.documents, searched.passages, len({quote.source.id for quote in shown})),
        generation=generation,
        parts=tuple(parts),
    )


def _in_turn(groups: Sequence[Sequence[Quote]]) -> tuple[Quote, ...]:
    """Return the first of each, then the second of each: the same place of a document once."""
    first: dict[tuple[str, Span], Quote] = {}
    for quote in filter(None, chain.from_iterable(zip_longest(*groups))):
        first.setdefault((quote.source.id, quote.span), quote)
    return tuple(first.values())
