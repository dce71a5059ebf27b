"""Quotes to an answer: what is shown, and whether it answers at all.

In: the question, its quotes and the index. Out: an ``Answer`` with a status, which the generation's calibration gives
to the signals of ``probqa.asking.signals``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from probqa.asking.signals import find_signals
from probqa.indexing.dense import Rows
from probqa.indexing.generation import Generation
from probqa.records import Answer, Coverage, Quote, is_worth
from probqa.understanding.scope import is_outside


def make_answer(generation: Generation, question: str, quotes: Sequence[Quote], allowed: Rows | None = None) -> Answer:
    """Judge the quotes and put the answer together; where nothing is found they are ``near``, not quotes.

    Each quote gets its own status and the answer that of the first; those that fall short of it come last. ``allowed``
    are the passage rows that were searched, all of them where it is None.
    """
    judged = judge(generation, question, quotes)
    status = judged[0].status if judged else "not_found"
    shown = tuple(sorted(judged, key=lambda quote: not is_worth(quote.status, status))) if status != "not_found" else ()
    return Answer(
        question=question,
        status=status,
        quotes=shown,
        near=() if shown else judged,
        coverage=Coverage(
            documents=generation.documents if allowed is None else generation.documents_among(allowed),
            passages=generation.passages if allowed is None else len(allowed),
            documents_with_quotes=len({quote.source.id for quote in shown}),
        ),
        generation=generation.name,
    )


def judge(generation: Generation, question: str, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """The quotes, each with what it is worth by itself; none of them answers a question outside these reports."""
    if is_outside(generation, question):
        return tuple(quotes)
    found = find_signals(generation, question, quotes)
    return tuple(
        replace(quote, status=generation.calibration.status(signals))
        for quote, signals in zip(quotes, found, strict=True)
    )
