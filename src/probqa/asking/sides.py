"""Whether a finding praises or finds fault, as far as its words tell.

It also puts quotes into an order that shows both.

In: candidates, best first, and the words with which a field praises and finds fault. Out: the same candidates; near
ties go to a document not yet quoted, and where the first ones all take one side, the best of the other side stands
among them.

>>> domain = Domain(strengths=("impressive", "good"), shortcomings=("poor",))
>>> side("Leaders were impressive.", domain), side("Supervision was poor.", domain), side("It has 40 staff.", domain)
(1, -1, 0)

The two lists of words are closed; a finding that uses none of them, or as many of both, takes no side.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from probqa.asking.signals import Candidate
from probqa.glossary.domain import Domain
from probqa.indexing.lexical import stems, words
from probqa.weights import WEIGHTS, Weights

# "Not good enough" and "too few" are faults, whatever stands beside them.
_FAULT = re.compile(
    r"\b(not|no|never|nor|hardly|too (?:few|little|many|much|often|small|long|late)|fewer|only|n't)\b", re.I
)


def side(text: str, domain: Domain) -> int:
    """1 where a text praises, -1 where it finds fault, 0 where its words do not tell."""
    counts = Counter(words(text))
    strengths = sum(counts[word] for word in stems(domain.strengths))
    shortcomings = sum(counts[word] for word in stems(domain.shortcomings))
    if _FAULT.search(text):
        strengths, shortcomings = 0, shortcomings + bool(strengths)
    return (strengths > shortcomings) - (strengths < shortcomings)


def both_sides(candidates: Sequence[Candidate], k: int, domain: Domain, weights: Weights = WEIGHTS) -> list[Candidate]:
    """Return the best ``k``, independent sources before more of the same, both sides of a finding among the first."""
    left = list(candidates)
    shown: list[Candidate] = []
    used: Counter[str] = Counter()
    while left and len(shown) < k:
        scores = [each.signals.score - weights.same_document * used[each.document.source.id] for each in left]
        place = max(range(len(left)), key=scores.__getitem__)
        best = left.pop(place)
        shown.append(best)
        used[best.document.source.id] += 1
    seen = weights.seen_first
    first = {side(candidate.text, domain) for candidate in shown[:seen]}
    if len(shown) > seen and first in ({1}, {-1}):
        enough = weights.other_side * shown[seen - 1].signals.score
        others = (each for each in shown[seen:] if -side(each.text, domain) in first and each.signals.score >= enough)
        other = next(others, None)
        if other is not None:
            shown = [each for each in shown if each is not other]
            shown.insert(seen - 1, other)
    return shown
