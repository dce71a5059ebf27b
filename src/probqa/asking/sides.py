"""Whether a finding praises or finds fault, as far as its words tell; and quotes in an order that shows both.

In: quotes, best first. Out: the same quotes; near ties go to a document not yet quoted, and where the first ones all
take one side, the best of the other side stands among them.

>>> side("Leaders were impressive and work in court was good."), side("Supervision was poor."), side("It has 40 staff.")
(1, -1, 0)

The two lists of words are our own and closed; a finding that uses none of them, or as many of both, takes no side.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from probqa.indexing.lexical import words
from probqa.records import Quote

# The quotes that a page shows without being asked for more.
SEEN_FIRST = 3
# So much of its score a quote loses for each better one of the same document: enough to part near ties.
SAME_DOCUMENT = 0.01
# The other side is shown among the first only where it is nearly as much to the point.
NEARLY = 0.8

_STRENGTHS = frozenset(
    words(
        "good strong strength strengths impressive impressed praised excellent outstanding effective effectively "
        "improved improvement improving best better positive successful success well innovative promising commended "
        "skilled committed enthusiastic reliable robust thorough exemplary encouraging"
    )
)
_SHORTCOMINGS = frozenset(
    words(
        "poor poorly weak weakness weaknesses inadequate failed failing failings failure lack lacked lacking concern "
        "concerns concerned insufficient unacceptable shortcomings worse worst missing missed neglected troubling "
        "disappointing undermined unmanageable ineffective unsafe shortage shortages problem problems criticised "
        "criticism wrong underdeveloped inconsistent delays late rarely seldom"
    )
)
# "Not good enough" and "too few" are faults, whatever stands beside them.
_FAULT = re.compile(
    r"\b(not|no|never|nor|hardly|too (?:few|little|many|much|often|small|long|late)|fewer|only|n't)\b", re.I
)


def side(text: str) -> int:
    """1 where a text praises, -1 where it finds fault, 0 where its words do not tell."""
    counts = Counter(words(text))
    strengths = sum(counts[word] for word in _STRENGTHS)
    shortcomings = sum(counts[word] for word in _SHORTCOMINGS)
    if _FAULT.search(text):
        strengths, shortcomings = 0, shortcomings + bool(strengths)
    return (strengths > shortcomings) - (strengths < shortcomings)


def both_sides(quotes: Sequence[Quote], k: int) -> list[Quote]:
    """The best ``k``, independent sources before more of the same, and both sides of a finding among the first."""
    left = list(quotes)
    shown: list[Quote] = []
    used: Counter[str] = Counter()
    while left and len(shown) < k:
        best = max(left, key=lambda quote: quote.score - SAME_DOCUMENT * used[quote.source.id])
        left.remove(best)
        shown.append(best)
        used[best.source.id] += 1
    first = {side(quote.text) for quote in shown[:SEEN_FIRST]}
    if len(shown) > SEEN_FIRST and first in ({1}, {-1}):
        enough = NEARLY * shown[SEEN_FIRST - 1].score
        other = next((one for one in shown[SEEN_FIRST:] if -side(one.text) in first and one.score >= enough), None)
        if other is not None:
            shown.remove(other)
            shown.insert(SEEN_FIRST - 1, other)
    return shown
