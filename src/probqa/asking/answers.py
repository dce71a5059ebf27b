"""Quotes to an answer: what is shown, and whether it answers at all.

In: a question, its quotes, and what was searched. Out: an ``Answer``.
"""

from __future__ import annotations

from collections.abc import Sequence

from probqa.questions import Question
from probqa.records import Answer, Coverage, Quote, is_worth


def compose(question: Question, quotes: Sequence[Quote], searched: Coverage, generation: str) -> Answer:
    """Put the answer together.

    Where nothing is found the quotes are ``near``. The answer has the status of the first quote; those that by
    themselves fall short of it come last.
    """
    status = quotes[0].status if quotes else "not_found"
    is_found = status != "not_found"
    shown = tuple(sorted(quotes, key=lambda quote: not is_worth(quote.status, status))) if is_found else ()
    return Answer(
        question=question,
        status=status,
        quotes=shown,
        near=() if is_found else tuple(quotes),
        coverage=Coverage(searched.documents, searched.passages, len({quote.source.id for quote in shown})),
        generation=generation,
    )
