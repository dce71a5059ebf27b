"""The newest, or the oldest, of the candidates that answer before the others.

In: candidates, best first, and which of them answer. Out: the same ones. Those that answer nearly as well as the best
come by the date of their report, one of each report before a second of any; the others follow as they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from probqa.asking.signals import Candidate
from probqa.weights import WEIGHTS, Weights


def by_date(
    candidates: Sequence[Candidate],
    answers: Callable[[Candidate], bool],
    weights: Weights = WEIGHTS,
    *,
    newest: bool = True,
) -> list[Candidate]:
    """Return the candidates, those that answer by date, the ``newest`` or else the oldest first.

    A report whose date is not sure comes behind those with one.
    """
    answering = [candidate for candidate in candidates if answers(candidate)]
    enough = weights.newest * max((each.signals.score for each in answering), default=0.0)
    near = [each for each in answering if each.signals.score >= enough]
    used: Counter[str] = Counter()
    ranked = []
    for candidate in near:
        source = candidate.document.source
        published = source.published.sure
        day = published.first_day.toordinal() if published else 0
        ranked.append((used[source.id], not published, -day if newest else day, candidate))
        used[source.id] += 1
    ranked.sort(key=lambda each: each[:3])
    chosen = [candidate for *_, candidate in ranked]
    taken = set(map(id, chosen))
    return chosen + [candidate for candidate in candidates if id(candidate) not in taken]
