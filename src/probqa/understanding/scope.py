"""Whether a question is one for these reports: about nothing in them, or about so many that it must be narrowed.

In: a ``Generation`` and what was read of a question. Out: a ``Scope``.

Both signs are simple on purpose, so that they can be explained; how often they are wrong is measured by
``benchmarks/scope.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from probqa.indexing.encoder import Vectors
from probqa.indexing.generation import Generation
from probqa.indexing.lexical import stems as stems_of
from probqa.indexing.lexical import words
from probqa.questions import INSIDE, Scope, Word
from probqa.weights import Weights

# Words that ask, judge or speak of reports, and so leave open what is asked about; a domain adds its own.
_ASKING = frozenset(
    words(
        "find found finding findings said say saying says tell told know show main key overall report reports good bad "
        "well better worse best worst poor poorly quality problem problems issue issues thing things rate rated rating "
        "ratings did work works happen happened mean give anything everything something general information detail "
        "please think recommend"
    )
)


def is_outside(index: Generation, own: Iterable[Word], vector: Vectors, weights: Weights) -> bool:
    """Tell whether a question is about nothing that stands in any report.

    So it is where no report has a word of it; or where too few of its words are known, and no passage lies near its
    ``vector`` in meaning. A word is known where the reports have it, or all of a phrase that it stands for.
    """
    each = {word.stem: word for word in own}
    unknown = [word for word in each.values() if not any(_has(index, phrase) for phrase in ({word.stem}, *word.also))]
    if len(unknown) == len(each):
        return True
    if len(unknown) < weights.unknown_share * len(each):
        return False
    [nearest] = index.dense.search(vector, 1)[1]
    return float(nearest) < weights.far


def _has(index: Generation, phrase: Collection[str]) -> bool:
    return all(index.lexical.document_frequency(stem) for stem in phrase)


def broad_scope(index: Generation, stems: Iterable[str], weights: Weights) -> Scope:
    """Return the scope of a question that has no name, year or filter: broad where too many reports hold its words.

    Words that only ask do not count; a question that holds no other touches every report.
    """
    asking = _ASKING | stems_of(index.domain.field_words) | stems_of(index.domain.report_words)
    about = [stem for stem in stems if stem not in asking]
    if len(about) > weights.broad_words:
        return INSIDE
    touched = index.documents_with(index.lexical.rows_holding(about))
    return Scope("broad", tuple(touched)) if len(touched) >= weights.many else INSIDE
