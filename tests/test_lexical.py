"""The keyword index: which mistyped words are taken for known ones, and that it opens as it was built."""

from __future__ import annotations

import random
from itertools import chain

import bm25s
import pytest

from probqa.indexing.lexical import LexicalIndex, words
from probqa.weights import WEIGHTS

TEXTS = [
    "Derbyshire courts supervised women on licence; the CRC was late.",
    "Assessments in Essex, by the supervisors of the NPS.",
]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.build(TEXTS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Derbishire", "Derbyshire"), ("lisence", "licence"), ("supervized", "supervised"), ("assesments", "assessments")],
)
def test_a_mistyped_word_is_taken_for_the_known_one(typed: str, meant: str, index: LexicalIndex) -> None:
    assert index.corrected(f"Why was {typed}, late?") == {typed: meant}


def test_every_mistyped_word_of_a_question_is_taken(index: LexicalIndex) -> None:
    assert index.corrected("Asesments in Derbyshrie") == {"Asesments": "Assessments", "Derbyshrie": "Derbyshire"}


@pytest.mark.parametrize(
    "left_alone",
    [
        "the CRCS and the NPSA",  # an abbreviation in capitals
        "DERBISHIRE",
        "Derbyshire courts, supervising a supervisor",  # known words, in another form too
        "woman",  # two letters away
        "wom laat",  # too short, too far
        "zyzzyva quokka",
        "2017 22.5 derb1shire",  # numbers are never mistyped
        "herbyshire",  # another first letter
        "these they which",  # words that no text is searched for
        "",
    ],
)
def test_what_is_known_an_abbreviation_or_too_far_away_is_left_alone(left_alone: str, index: LexicalIndex) -> None:
    assert index.corrected(left_alone) == {}


def test_a_word_that_somebody_knows_is_not_corrected(index: LexicalIndex) -> None:
    assert index.corrected("Derbishire asesments", lambda word: word == "derbishire") == {"asesments": "assessments"}


def test_an_index_opened_again_corrects_and_scores_the_same(index: LexicalIndex) -> None:
    again = LexicalIndex.from_files(index.to_files())
    assert again.corrected("Derbishire asesments") == index.corrected("Derbishire asesments") != {}
    assert again.scores(["supervis", "women"]).tolist() == index.scores(["supervis", "women"]).tolist()


def test_scores_are_those_of_the_library_to_the_last_bit() -> None:
    chance = random.Random(0)
    texts = [" ".join(chance.choices(["court", "late", "prison", "bail", "victim"], k=6)) for _ in range(300)]
    index = LexicalIndex.build(texts)
    engine = bm25s.BM25(k1=WEIGHTS.k1, b=WEIGHTS.b, method="lucene")
    stems = [words(text) for text in texts]
    vocabulary = {stem: number for number, stem in enumerate(dict.fromkeys(chain.from_iterable(stems)))}
    rows = [[vocabulary[stem] for stem in row] for row in stems]
    engine.index((rows, vocabulary), create_empty_token=False, show_progress=False)
    for asked in (["court"], words("late courts and prisons"), words("bail bail victims")):
        expected = engine.get_scores_from_ids([vocabulary[stem] for stem in asked])
        assert index.scores(asked).tolist() == expected.tolist()


def test_document_frequency_counts_rows_by_stem(index: LexicalIndex) -> None:
    assert [index.document_frequency(word) for word in ("supervis", "supervisor", "essex", "quokka")] == [1, 1, 1, 0]


def test_a_number_is_found_whose_note_has_a_mark_and_a_formula_as_it_is_typed() -> None:
    index = LexicalIndex.build(["It was so in 2022³.", "It was 31²,³ in all, with CO₂.", "Nothing."])
    for typed, row in (("2022", 0), ("31", 1), ("CO2", 1), ("co₂", 1)):
        assert [score > 0 for score in index.scores(words(typed)).tolist()] == [row == number for number in range(3)]


def test_the_rows_that_hold_words_are_those_whose_texts_do() -> None:
    chance = random.Random(0)
    texts = [" ".join(chance.choices(["court", "late", "prison", "bail", "victim"], k=3)) for _ in range(200)]
    index = LexicalIndex.build(texts)
    for asked in (["court"], ["court", "late"], ["bail", "bail"], ["court", "late", "prison"], []):
        held = [row for row, text in enumerate(texts) if {*asked} <= {*text.split()}]
        assert index.rows_holding(asked).tolist() == held
    assert index.rows_holding(["court", "mars"]).tolist() == []
