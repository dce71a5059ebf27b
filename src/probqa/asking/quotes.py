"""Found passages to the sentences that are shown, cut from their documents by offset.

In: hits, the question and its vector. Out: ``Quote`` records, best first.

Each hit gives the sentence that answers best: its passage's score weighed with the sentence's own nearness to the
question and the share of the question's words it holds, rare ones counting for more. A sentence without the kind of
thing that is asked for (a number, a time, a name) falls back, and so does a quote whose passage and source lack a
place, body or year of the question. A sentence that leans on the one before it ("This", "However", "They") brings that
one along.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from probqa.asking.sides import both_sides
from probqa.errors import IndexDamagedError
from probqa.indexing.encoder import Vectors
from probqa.indexing.generation import Generation
from probqa.indexing.lexical import words
from probqa.records import Document, Hit, Passage, Quote, Span
from probqa.understanding.kinds import kind_asked
from probqa.understanding.names import QuestionNames, about, find_names

PASSAGE_WEIGHT = 0.5
# What is lacking costs so much of a score in [0, 1]; measured in docs/decisions/0008-status.md.
KIND_WEIGHT = 0.2
NAME_WEIGHT = 0.2
YEAR_WEIGHT = 0.05

_LEANS = re.compile(
    r"[\"'“‘(]*(this|that|these|those|they|it|he|she|its|their|his|her|however|but|also|such|both|neither|"
    r"nevertheless|nonetheless|moreover|furthermore|additionally|therefore|consequently|similarly|instead|then)\b",
    re.IGNORECASE,
)

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with all that its quotes are measured by; ``weights`` say how rare each stemmed word of it is."""

    weights: Mapping[str, float]
    names: QuestionNames
    holds_kind: Callable[[str], bool] | None
    vector: Vectors


def quote_hits(generation: Generation, question: str, vector: Vectors, hits: Sequence[Hit], k: int) -> list[Quote]:
    """The best quote of each hit, at most ``k``, best first but for what ``both_sides`` moves up.

    The same words in several documents are quoted once, and the quote says where else they stand.
    """
    weights = {word: generation.lexical.rarity(word) for word in words(question)}
    asked = _Asked(weights, find_names(question, generation.glossary), kind_asked(question), vector)
    scored = [_best_sentence(generation, asked, hit) for hit in hits]
    scored.sort(key=lambda found: (-found[0], found[1].row))
    quotes: dict[tuple[str, ...], Quote] = {}
    for score, passage, span in scored:
        quote = cut_quote(generation.document_of(passage.row), passage, span, score)
        # Every word as it stands: one "not", "to" or ending more makes another quote of it.
        said = tuple(_WORD.findall(quote.text.lower()))
        first = quotes.get(said)
        if first is None:
            quotes[said] = quote
        elif quote.source not in (first.source, *first.also_in):
            quotes[said] = dataclasses.replace(first, also_in=(*first.also_in, quote.source))
    return both_sides(list(quotes.values()), k)


def cut_quote(document: Document, passage: Passage, span: Span, score: float) -> Quote:
    """Cut a quote out of its document.

    Raises:
        IndexDamagedError: the span is not inside the passage, or the document's text has changed.
    """
    text = document.slice(span)
    if span not in passage.span or not text or text != document.text[span.start : span.end]:
        raise IndexDamagedError(f"a quote of {document.source.id} does not lie in its source", "run: probqa verify")
    return Quote(
        source=document.source,
        span=span,
        text=text,
        context_span=passage.span,
        context=document.slice(passage.span),
        heading=document.heading_path(span.start),
        page=document.page(span.start),
        score=score,
    )


def _best_sentence(generation: Generation, asked: _Asked, hit: Hit) -> tuple[float, Passage, Span]:
    passage = hit.passage
    first = int(generation.first_sentences[passage.row])
    sentence_vectors = generation.sentence_vectors[first : first + len(passage.sentences)].astype(np.float32)
    cosines = sentence_vectors @ asked.vector
    document = generation.document_of(passage.row)
    scores = [
        _score(asked, document.slice(span), float(cosine))
        for cosine, span in zip(cosines, passage.sentences, strict=True)
    ]
    best = max(range(len(scores)), key=lambda at: (round(scores[at], 6), -at))
    start = best
    while start > 0 and _LEANS.match(document.slice(passage.sentences[start])):
        start -= 1
    span = Span(passage.sentences[start].start, passage.sentences[best].end)
    known = "\n".join((document.slice(passage.span), *document.heading_path(span.start), about(document.source)))
    lacking = NAME_WEIGHT * asked.names.known_missing_from(known)
    lacking += YEAR_WEIGHT * asked.names.year_missing_from(known, document.source)
    score = PASSAGE_WEIGHT * hit.score + (1 - PASSAGE_WEIGHT) * scores[best] - lacking
    return max(0.0, round(score, 6)), passage, span


def _score(asked: _Asked, text: str, cosine: float) -> float:
    """What a sentence is worth, in [0, 1]: its cosine and the share of the question's words, half and half."""
    held = set(words(text))
    covered = sum(weight for word, weight in asked.weights.items() if word in held)
    covered /= sum(asked.weights.values()) or 1.0
    lacking = KIND_WEIGHT if asked.holds_kind and not asked.holds_kind(text) else 0.0
    return max(0.0, 0.5 * max(0.0, cosine) + 0.5 * covered - lacking)
