"""Whether a question is one for these reports: about nothing in them, or about so many that it must be narrowed.

In: a ``Generation`` and the ``Answer`` to the question. Out: a ``Scope``; ``in_words`` says it as the page and the
terminal do.

Both signs are simple on purpose, so that they can be explained; how often they are wrong is measured by
``benchmarks/scope.py``.

>>> in_words(Scope("broad", ("a", "b")), 2)
'This touches 2 reports: pick an area, a provider or a year.'
>>> in_words(Scope("outside"), 112)
'Nothing in these 112 reports comes near this question.'
>>> in_words(Scope("inside"), 112)
''
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from probqa.indexing.generation import Generation
from probqa.indexing.lexical import words
from probqa.records import Answer

# A question is outside where no word of it stands in any report; or where this share of its words does not, and no
# passage lies near it in meaning. The cosine is that of the default model; with one whose cosines are all higher only
# the first holds. Among questions that these reports answer, none that has so many unknown words lies below 0.27.
UNKNOWN_SHARE = 1 / 3
FAR = 0.25
# More reports than a person looks through, all holding the one or two words that a question has.
MANY = 25
BROAD_WORDS = 2

# Words that ask, judge or name the reports themselves, and so leave open what is asked about.
_ASKING = frozenset(
    words(
        "find found finding findings said say saying says tell told know show main key overall report reports inspect "
        "inspector inspectors inspection inspections probation service services good bad well better worse best worst "
        "poor poorly quality problem problems issue issues thing things rate rated rating ratings did work works "
        "happen happened mean give anything everything something general information detail please think recommend"
    )
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question has to do with the reports; ``documents`` are the ids of those that a broad one touches."""

    kind: Literal["inside", "outside", "broad"]
    documents: tuple[str, ...] = ()


def scope(generation: Generation, answer: Answer) -> Scope:
    """Judge the question of ``answer`` as it ran, whatever its status; one that is filtered is never broad."""
    asked = list(dict.fromkeys(words(answer.ran)))
    if is_outside(generation, answer.ran):
        return Scope("outside")
    touched = _touched(generation, answer, asked)
    return Scope("broad", touched) if len(touched) >= MANY else Scope("inside")


def is_outside(generation: Generation, question: str) -> bool:
    """Whether a question, as it ran, is about nothing that stands in any report."""
    asked = set(words(question))
    unknown = [word for word in asked if not generation.lexical.document_frequency(word)]
    if len(unknown) == len(asked):
        return True
    if len(unknown) < UNKNOWN_SHARE * len(asked):
        return False
    [nearest] = generation.dense.search(generation.encoder.encode_question(question), 1)[1]
    return float(nearest) < FAR


def in_words(found: Scope, reports: int) -> str:
    """The line that stands in place of the finding; nothing for a question that is inside."""
    if found.kind == "outside":
        return f"Nothing in these {reports} reports comes near this question."
    if found.kind == "broad":
        return f"This touches {len(found.documents)} reports: pick an area, a provider or a year."
    return ""


def _touched(generation: Generation, answer: Answer, asked: list[str]) -> tuple[str, ...]:
    """The reports that a question with few words, no name, no year and no filter touches: all, if it says nothing."""
    about = [word for word in asked if word not in _ASKING]
    glossary = generation.glossary
    named = glossary.areas_named(answer.ran) or glossary.providers_named(answer.ran) or _YEAR.search(answer.ran)
    if answer.filters or named or len(about) > BROAD_WORDS:
        return ()
    holding = np.ones(generation.passages, bool)
    for word in about:
        holding &= generation.lexical.scores(word) > 0
    rows = np.flatnonzero(holding).tolist()
    return tuple(dict.fromkeys(generation.passage(row).document_id for row in rows))
