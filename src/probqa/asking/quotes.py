"""Candidates to the quotes that are shown.

In: measured candidates. Out: the best of them in the order in which they are shown, and ``Quote`` records.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from probqa.asking.by_date import by_date
from probqa.asking.sides import both_sides
from probqa.asking.signals import Candidate
from probqa.calibration import Calibration
from probqa.errors import IndexDamagedError
from probqa.glossary.domain import Domain
from probqa.questions import Question
from probqa.records import Quote, Source, Status
from probqa.weights import WEIGHTS, Weights

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate that is shown, and the other documents that hold the same words."""

    candidate: Candidate
    also_in: tuple[Source, ...] = ()


def choose(
    question: Question,
    candidates: Sequence[Candidate],
    k: int,
    domain: Domain,
    calibration: Calibration,
    weights: Weights = WEIGHTS,
) -> list[Chosen]:
    """Return the best ``k`` candidates, best first but for what ``both_sides`` moves up.

    Where the newest or the oldest are asked for, those come first instead.

    The same words in several documents are chosen once, with where else they stand.
    """
    groups: dict[tuple[str, ...], list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda each: (-each.signals.score, each.passage.row)):
        # Every word as it stands: one "not", "to" or ending more makes another quote of it.
        groups.setdefault(tuple(_WORD.findall(candidate.text.lower())), []).append(candidate)
    alike = {id(group[0]): group for group in groups.values()}

    def answers(candidate: Candidate) -> bool:
        return calibration.status(candidate.signals, weights) == "answered"

    each_once = [group[0] for group in groups.values()]
    if question.newest_first or question.oldest_first:
        shown = by_date(each_once, answers, weights, newest=question.newest_first)[:k]
    else:
        shown = both_sides(each_once, k, domain, answers, weights)
    return [Chosen(first, _others(alike[id(first)])) for first in shown]


def cut(
    question: Question,
    chosen: Chosen,
    calibration: Calibration,
    weights: Weights = WEIGHTS,
    *,
    is_nowhere: bool = False,
) -> Quote:
    """Cut a quote and give it a status.

    No quote answers a question outside the reports, or about what is nowhere in them, and each that is shown for one
    that asks for a meaning may.

    Raises:
        IndexDamagedError: it does not lie in its document.
    """
    candidate = chosen.candidate
    outside = is_nowhere or question.scope.kind == "outside"
    status: Status = "not_found" if outside else calibration.status(candidate.signals, weights)
    if status == "not_found" and question.definitions:
        status = "weak"
    try:
        return Quote(
            document=candidate.document,
            span=candidate.span,
            context_span=candidate.passage.span,
            score=candidate.signals.score,
            confidence=calibration.confidence(candidate.signals),
            status=status,
            also_in=chosen.also_in,
        )
    except ValueError as error:
        raise IndexDamagedError(f"a quote does not lie in its source: {error}", "run: probqa verify") from error


def _others(group: Sequence[Candidate]) -> tuple[Source, ...]:
    sources = {each.document.source.id: each.document.source for each in group}
    return tuple(sources.values())[1:]
