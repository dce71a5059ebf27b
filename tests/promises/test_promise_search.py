"""Both indexes give what counting by hand gives: no more, no less, in the same order."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probqa.asking.library import Library
from probqa.asking.retrieval import _best, retrieve
from probqa.indexing.dense import DenseIndex
from probqa.indexing.encoder import Vectors
from probqa.indexing.lexical import LexicalIndex, words
from probqa.questions import Request
from probqa.understanding.question import read_question
from probqa.weights import WEIGHTS

WORDS = ["court", "prison", "unpaid", "work", "victim", "22.5", "the", "of", "Dr", "£1,037"]
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), min_size=1, max_size=25)


@st.composite
def unit_rows(draw: st.DrawFn) -> Vectors:
    """Rows with many equal ones among them; also more than FAISS keeps in its small heap."""
    distinct = draw(st.integers(1, 40))
    rows = draw(st.lists(st.integers(0, distinct - 1), min_size=1, max_size=400))
    vectors = np.random.default_rng(draw(st.integers(0, 9))).standard_normal((distinct, 8))
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)[rows]
    return unit


def nearest(vectors: Vectors, question: Vectors, k: int, allowed: list[int]) -> list[int]:
    """Rows by cosine, ties by row; equal rows are told by their bytes, so that rounding cannot part them."""
    exact = {row: float(vectors[row].astype(np.float64) @ question.astype(np.float64)) for row in allowed}
    return sorted(allowed, key=lambda row: (-exact[row], row))[:k]


@given(unit_rows(), st.integers(1, 500), st.integers(0, 99))
def test_dense_search_is_brute_force(vectors: Vectors, k: int, seed: int) -> None:
    question = np.random.default_rng(seed).standard_normal(8).astype(np.float32)
    rows, cosines = DenseIndex(vectors).search(question, k)
    assert rows.tolist() == nearest(vectors, question, k, list(range(len(vectors))))
    np.testing.assert_allclose(cosines, vectors[rows] @ question, atol=1e-6)


@given(unit_rows(), st.integers(1, 500), st.data())
def test_dense_search_among_allowed_rows_is_brute_force(vectors: Vectors, k: int, data: st.DataObject) -> None:
    question = np.ones(8, np.float32)
    allowed = sorted(data.draw(st.sets(st.integers(0, len(vectors) - 1))))
    rows, _ = DenseIndex(vectors).search(question, k, allowed=np.array(allowed, np.int64))
    assert rows.tolist() == nearest(vectors, question, k, allowed)


def test_k_larger_than_the_corpus_gives_every_row_once() -> None:
    rows, cosines = DenseIndex(np.eye(3, dtype=np.float32)).search(np.array([0, 0.6, 0.8], np.float32), 1000)
    assert rows.tolist() == [2, 1, 0]
    assert cosines.tolist() == pytest.approx([0.8, 0.6, 0.0])


def test_equal_rows_at_the_edge_are_taken_in_row_order() -> None:
    vectors = np.tile(np.array([[1, 0]], np.float32), (1000, 1))
    vectors[700] = [0, 1]
    rows, _ = DenseIndex(vectors).search(np.array([0.6, 0.8], np.float32), 201)
    assert rows.tolist() == [700, *range(200)]


def bm25(rows: list[str], question: str) -> list[float]:
    """BM25 as Lucene has it (Kamphuis et al., 2020), written out."""
    bags = [Counter(words(row) or [""]) for row in rows]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for word in words(question):
            f = sum(word in other for other in bags)
            idf = math.log(1 + (len(bags) - f + 0.5) / (f + 0.5))
            score += idf * bag[word] / (bag[word] + WEIGHTS.k1 * (1 - WEIGHTS.b + WEIGHTS.b * bag.total() / mean))
        scores.append(score)
    return scores


@given(texts, st.lists(st.sampled_from([*WORDS, "zebra"]), max_size=6).map(" ".join))
def test_lexical_search_is_brute_force(rows: list[str], question: str) -> None:
    index = LexicalIndex.build(rows)
    np.testing.assert_allclose(index.scores(words(question)), bm25(rows, question), rtol=1e-5, atol=1e-6)
    assert {word: index.document_frequency(word) for word in words(question)} == {
        word: sum(word in words(row) for row in rows) for word in words(question)
    }


@given(texts)
def test_a_lexical_index_reads_back_as_it_was(rows: list[str]) -> None:
    index = LexicalIndex.build(rows)
    again = LexicalIndex.from_files(index.to_files())
    assert again.rows == len(rows)
    for question in WORDS:
        assert again.scores(words(question)).tolist() == index.scores(words(question)).tolist()


def test_a_k_larger_than_the_index_gives_every_row_once(library: Library) -> None:
    question = read_question(library.generation, Request.of("unpaid work of victims"))
    hits = retrieve(library.generation, question, k=1000)
    assert sorted(hit.passage.row for hit in hits) == list(range(library.generation.passages))


def test_a_row_without_a_word_of_the_question_is_no_lexical_candidate() -> None:
    scores = np.float32([0, 2, 0, 1, 2])
    assert _best(scores, 10).tolist() == [1, 4, 3]
    assert _best(scores, 1).tolist() == [1]


@pytest.mark.parametrize("held", [3, 40, 5000])
def test_the_best_of_many_rows_are_those_of_all_sorted(held: int) -> None:
    chance = np.random.default_rng(held)
    scores = np.zeros(5001, np.float32)
    # Few values, so that many rows are alike.
    scores[chance.choice(5001, held, replace=False)] = chance.integers(1, 9, held)
    order = [row for row in np.lexsort((np.arange(5001), -scores)).tolist() if scores[row] > 0]
    assert _best(scores, 20).tolist() == order[:20]


@pytest.mark.parametrize("question", ["zebra quagga", "of the", "?!", "½ ≠ ∞", "的"])
def test_a_question_of_unknown_words_is_not_found(library: Library, question: str) -> None:
    assert not library.generation.lexical.scores(words(question)).any()
    answer = library.ask(question)
    assert (answer.status, answer.quotes) == ("not_found", ())
    assert answer.coverage.documents_with_quotes == 0
