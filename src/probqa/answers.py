"""Quotes to an answer: what is shown, and whether it answers at all.

In: the question, its quotes and the index. Out: an ``Answer`` with a status, which the generation's calibration gives
to the signals of ``probqa.evidence``.
"""

from __future__ import annotations

from collections.abc import Sequence

from probqa.dense import Rows
from probqa.evidence import find_signals
from probqa.index import Generation
from probqa.records import Answer, Coverage, Quote, Status


def make_answer(generation: Generation, question: str, quotes: Sequence[Quote], allowed: Rows | None = None) -> Answer:
    """Judge the quotes and put the answer together; where nothing is found they are ``near``, not quotes.

    ``allowed`` are the passage rows that were searched, all of them where it is None.
    """
    status = judge(generation, question, quotes)
    shown = tuple(quotes) if status != "not_found" else ()
    return Answer(
        question=question,
        status=status,
        quotes=shown,
        near=() if shown else tuple(quotes),
        coverage=Coverage(
            documents=generation.documents if allowed is None else generation.documents_among(allowed),
            passages=generation.passages if allowed is None else len(allowed),
            documents_with_quotes=len({quote.source.id for quote in shown}),
        ),
        generation=generation.name,
    )


def judge(generation: Generation, question: str, quotes: Sequence[Quote]) -> Status:
    """Whether the quotes answer the question."""
    if not quotes:
        return "not_found"
    return generation.calibration.status(find_signals(generation, question, quotes))
