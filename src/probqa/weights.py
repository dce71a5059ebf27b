"""Every number that decides which passages are found, how quotes are ordered, and which questions are out of scope.

In: nothing. Out: one frozen ``Weights``, and ``rules()``, the digest that a calibration is fitted for.

>>> WEIGHTS.dense, len(rules())
(0.5, 16)
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

# Changed by hand whenever the code of understanding or asking gives other signals for the same weights; a golden file
# (tests/golden/signals.json) fails until it is.
RULES = 4


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers, in the order in which a question meets them.

    Each names the decision that set it. Shares, weights and scores are in [0, 1], so that a weight is what it can cost
    or bring.
    """

    # Understanding. Decision 7.
    carried_vector: float = 0.3
    """Share of the completed question's vector in the one that is searched. The rest is the question as typed."""
    explained_vector: float = 0.5
    """Share of what a term means in the vector of a question that asks for it. Decision 13."""
    added: float = 0.4
    """What a carried or added word counts for, beside 1 for a typed word or a carried name. Decisions 3 and 7."""
    subject_words: int = 12
    """Most words that are carried besides names."""
    added_words: int = 24
    """Most words that the glossary adds."""
    likeness: float = 0.84
    """A mistyped word is taken for a known one from this ratio of letters shared in order (difflib)."""
    shortest_corrected: int = 4
    """Letters that a word must have to be taken for mistyped."""
    counted_within: int = 5
    """Words after a number among which the thing counted must stand."""
    # Scope; questions that are answered lie beyond each (benchmarks/scope.py). Decision 4.
    unknown_share: float = 1 / 3
    """Outside: from this share of words that no report has, where nothing lies near."""
    far: float = 0.25
    """Outside: nearest cosine, in [-1, 1], below which nothing lies near (for the default model)."""
    broad_words: int = 2
    """Too broad: at most so many words that say what it is about."""
    many: int = 25
    """Too broad: reports that hold them all."""
    # Retrieval. Decision 3.
    k1: float = 0.9
    """BM25: how soon more of the same word counts no more. It is above 0."""
    b: float = 0.4
    """BM25: how much a long passage loses."""
    candidates: int = 200
    """Passages that each side, vectors and keywords, brings."""
    dense: float = 0.5
    """Share of nearness in a passage's score. The rest is BM25 as a share of the most it can come to."""
    sentence: float = 0.25
    """Share of the nearest sentence in nearness. The rest is the passage's own cosine."""
    looked_at: int = 20
    """Passages that are looked at for quotes, or twice as many as quotes are wanted."""
    # Quotes. Decisions 8 and 12.
    passage: float = 0.4
    """Share of the passage's score in the quote's. The rest is the sentence's."""
    cosine: float = 0.9
    """Share of the cosine in the sentence's score. The rest is the share of the question's words it holds."""
    kind: float = 0.1
    """Lost by a sentence without the kind of thing that is asked for."""
    name: float = 0.1
    """Lost by a quote without a place or body of the question that the glossary knows."""
    year: float = 0.08
    """Lost by a quote without a year of the question."""
    reads: int = 8
    """Sentences that the reader reads for a question, or as many as quotes are wanted. Decision 12."""
    reads_of_every: int = 64
    """Sentences that it reads where every report is asked, one of each report. Decision 12."""
    reader: float = 0.1
    """Share in a quote's score of the log-odds of the reader's chance. Decision 12."""
    same_document: float = 0.01
    """Lost for each better quote of the same document: enough to part near ties."""
    newest: float = 0.65
    """Where the newest is wanted, quotes that answer come by date from this share of the best one's score.
    Decision 15."""
    newest_looked_at: int = 60
    """Passages that are looked at there, for the newest need not be the nearest. Decision 15."""
    newest_reads: int = 16
    """Sentences that the reader reads there. Decision 15."""
    seen_first: int = 3
    """Quotes that a page shows without being asked for more."""
    other_side: float = 0.8
    """The other side of a finding, or another report, is moved among the first from this share of a score there."""
    # Status. Decision 8.
    enough_held: float = 3.0
    """So many words as rare as can be are all that a quote can be expected to share with a question, names aside."""
    answered_from: float = 0.5
    """Confidence from which a quote is called an answer."""


WEIGHTS = Weights()


def rules(weights: Weights = WEIGHTS) -> str:
    """Return 16 hexadecimal digits over the weights and ``RULES``."""
    made_of = [RULES, asdict(weights)]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:16]
