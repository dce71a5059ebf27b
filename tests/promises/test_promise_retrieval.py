"""Retrieval gives what scoring every passage by hand gives, whatever the corpus, the question and the candidates."""

from __future__ import annotations

import dataclasses
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from probqa.asking.retrieval import retrieve, retrieve_each
from probqa.indexing.dense import DenseIndex
from probqa.indexing.encoder import Vectors
from probqa.indexing.generation import Generation
from probqa.indexing.lexical import LexicalIndex
from probqa.questions import INSIDE, Question, Request, Turn, Word
from probqa.weights import WEIGHTS, Weights

WORDS = ["court", "prison", "unpaid", "victim", "night", "hostel"]
DIMENSION = 4


class Toy:
    """An index of passages, each a list of sentences, with vectors drawn at random."""

    def __init__(self, passages: list[list[str]], seed: int) -> None:
        draw = np.random.default_rng(seed)

        def unit(rows: int) -> Vectors:
            vectors = draw.standard_normal((rows, DIMENSION))
            return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

        self.texts = [" ".join(sentences) for sentences in passages]
        self.passages = len(passages)
        self.lexical = LexicalIndex.build(self.texts)
        self.dense = DenseIndex(unit(len(passages)))
        self.first_sentences = np.cumsum([0, *map(len, passages)]).astype(np.int32)
        self.sentence_vectors = unit(int(self.first_sentences[-1])).astype(np.float16)
        self.vector = unit(1)[0]

    def passage(self, row: int) -> Any:
        return SimpleNamespace(row=row)


def question(toy: Toy, typed: list[str], added: list[str], weights: Weights) -> Question:
    words = [Word(text, text, text, toy.lexical.rarity(text), 1.0, "typed") for text in typed]
    words += [Word(text, text, text, toy.lexical.rarity(text), weights.added, "added") for text in added]
    return Question(Request((Turn("?"),)), "?", tuple(words), (), None, (), (), INSIDE, toy.vector)


def bm25(toy: Toy, stem: str) -> list[float]:
    """BM25 of one word for every passage, as Lucene has it, written out."""
    bags = [Counter(text.split()) for text in toy.texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    rarity = toy.lexical.rarity(stem)
    return [
        rarity * bag[stem] / (bag[stem] + WEIGHTS.k1 * (1 - WEIGHTS.b + WEIGHTS.b * bag.total() / mean)) for bag in bags
    ]


def by_hand(toy: Toy, asked: Question, k: int, allowed: list[int], weights: Weights) -> list[tuple[int, float]]:
    """Score every allowed passage; keep those that are among the candidates of either side."""
    most = sum(word.rarity for word in asked.words if word.origin == "typed") or 1.0
    held = [sum(word.weight * bm25(toy, word.stem)[row] for word in asked.words) / most for row in range(toy.passages)]
    cosines = [float(toy.dense.vectors[row] @ toy.vector) for row in range(toy.passages)]
    near = []
    for row in range(toy.passages):
        first, last = toy.first_sentences[row : row + 2]
        nearest = max(float(toy.sentence_vectors[at].astype(np.float32) @ toy.vector) for at in range(first, last))
        nearest = cosines[row] if last - first == 1 else nearest
        near.append((1 - weights.sentence) * cosines[row] + weights.sentence * nearest)
    by_cosine = sorted(allowed, key=lambda row: (-cosines[row], row))[: weights.candidates]
    by_words = sorted((row for row in allowed if held[row] > 0), key=lambda row: (-held[row], row))
    candidates = {*by_cosine, *by_words[: weights.candidates]}
    scores = {
        row: weights.dense * min(max(near[row], 0), 1) + (1 - weights.dense) * min(held[row], 1) for row in candidates
    }
    return sorted(scores.items(), key=lambda pair: (-round(pair[1], 6), pair[0]))[:k]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Toy, Question, int, list[int], Weights]:
    sentence = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
    passages = draw(st.lists(st.lists(sentence, min_size=1, max_size=3), min_size=1, max_size=12))
    toy = Toy(passages, draw(st.integers(0, 10**6)))
    weights = dataclasses.replace(WEIGHTS, candidates=draw(st.sampled_from([1, 3, 200])))
    typed = draw(st.lists(st.sampled_from([*WORDS, "zebra"]), max_size=4))
    added = draw(st.lists(st.sampled_from([word for word in WORDS if word not in typed] or ["zebra"]), max_size=2))
    allowed = sorted(draw(st.sets(st.integers(0, len(passages) - 1), min_size=1)))
    return toy, question(toy, typed, added, weights), draw(st.integers(1, 15)), allowed, weights


def assert_same(hits: list[Any], expected: list[tuple[int, float]]) -> None:
    np.testing.assert_allclose([hit.score for hit in hits], [score for _, score in expected], atol=2e-6)
    # Rows whose scores differ by no more than rounding may stand in either order.
    assert len({hit.passage.row for hit in hits}) == len(hits)
    clear = [
        (hit.passage.row, row)
        for number, (hit, (row, score)) in enumerate(zip(hits, expected, strict=True))
        if all(abs(score - other) > 4e-6 for at, (_, other) in enumerate(expected) if at != number)
    ]
    assert all(found == row for found, row in clear[:-1] or clear[:0])


@given(cases())
def test_retrieval_is_brute_force(case: tuple[Toy, Question, int, list[int], Weights]) -> None:
    toy, asked, k, allowed, weights = case
    index = cast(Generation, toy)
    everything = list(range(toy.passages))
    assert_same(retrieve(index, asked, k, None, weights), by_hand(toy, asked, k, everything, weights))
    rows = np.array(allowed, np.int64)
    assert_same(retrieve(index, asked, k, rows, weights), by_hand(toy, asked, k, allowed, weights))


@given(cases())
def test_each_group_by_itself_is_what_retrieval_finds_in_it(
    case: tuple[Toy, Question, int, list[int], Weights],
) -> None:
    toy, asked, k, allowed, weights = case
    index = cast(Generation, toy)
    rows = np.array(allowed, np.int64)
    [hits] = retrieve_each(index, asked, k, [rows], dataclasses.replace(weights, candidates=200))
    assert hits == retrieve(index, asked, k, rows, dataclasses.replace(weights, candidates=200))
