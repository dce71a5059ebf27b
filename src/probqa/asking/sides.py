"""Whether a finding praises or finds fault, as far as its words tell.

It also puts quotes into an order that shows both, and several reports before more of the same one.

In: candidates, best first, which of them answer, and the words with which a field praises and finds fault. Out: the
same candidates; near ties go to a document not yet quoted; behind the first, one of each document that answers comes
before a second of any; and where the first ones all take one side, the best of the other side stands among them.

>>> domain = Domain(strengths=("impressive", "good"), shortcomings=("poor",))
>>> side("Leaders were impressive.", domain), side("Supervision was poor.", domain), side("It has 40 staff.", domain)
(1, -1, 0)

The two lists of words are closed; a finding that uses none of them, or as many of both, takes no side.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

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


def both_sides(
    candidates: Sequence[Candidate],
    k: int,
    domain: Domain,
    answers: Callable[[Candidate], bool],
    weights: Weights = WEIGHTS,
) -> list[Candidate]:
    """Return the best ``k``, independent sources before more of the same, both sides of a finding among the first.

    One document has one of the first, where others that answer are nearly as good.
    """
    left = list(candidates)
    shown: list[Candidate] = []
    used: Counter[str] = Counter()
    seen = weights.seen_first
    while left and len(shown) < k:
        scores = [each.signals.score - weights.same_document * used[each.document.source.id] for each in left]
        places = sorted(range(len(left)), key=lambda place: (-scores[place], place))
        best = places[0]
        if 0 < len(shown) < seen and used[left[best].document.source.id]:
            enough = weights.other_side * left[best].signals.score
            others = (place for place in places if not used[left[place].document.source.id])
            best = next((at for at in others if left[at].signals.score >= enough and answers(left[at])), best)
        used[left[best].document.source.id] += 1
        shown.append(left.pop(best))
    first = {side(candidate.text, domain) for candidate in shown[:seen]}
    if len(shown) > seen and first in ({1}, {-1}):
        enough = weights.other_side * shown[seen - 1].signals.score
        opposed = (each for each in shown[seen:] if -side(each.text, domain) in first and each.signals.score >= enough)
        other = next(opposed, None)
        if other is not None:
            shown = [each for each in shown if each is not other]
            shown.insert(seen - 1, other)
    return shown
