"""What a reader does to an answer, with one that needs no model."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

import hash_reader
from asking import fresh
from conftest import REPORTS, write_corpus
from probqa.asking.library import Library
from probqa.asking.retrieval import retrieve
from probqa.asking.signals import Candidate, leaning, log_odds, measure, reading_text
from probqa.errors import IndexMismatchError
from probqa.indexing.build import build
from probqa.questions import Request
from probqa.records import Document, Span
from probqa.settings import NO_READER, Settings
from probqa.understanding.question import read_question
from probqa.weights import WEIGHTS, Weights

QUESTION = "how did Northway supervise people at low risk?"
OUTSIDE = "zyzzyva quokka?"


@pytest.fixture
def read_library(with_reader: Settings) -> Iterator[Library]:
    """An opened library over ``REPORTS`` that has the hash reader, which has read nothing yet."""
    write_corpus(with_reader.corpus, REPORTS)
    build(with_reader)
    with closing(Library(with_reader)) as library:
        hash_reader.read.clear()
        yield library


class Preferring:
    """A reader to which texts with these words answer, and no others."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted

    def chances(self, _: str, texts: Sequence[str]) -> list[float]:
        return [float(self.wanted in text) for text in texts]


def candidates(library: Library, question: str = QUESTION, weights: Weights = WEIGHTS) -> list[Candidate]:
    read = read_question(library.generation, Request.of(question))
    return measure(library.generation, read, retrieve(library.generation, read, 10), weights)


@pytest.mark.parametrize("wanted", ["Staff morale was low", "Reports on time", "Group work was cancelled"])
def test_the_reader_orders_the_quotes(read_library: Library, wanted: str) -> None:
    read_library.weights = dataclasses.replace(WEIGHTS, reader=0.9, reads=64)
    read_library.generation.reader = Preferring(wanted)
    best = max(read_library.ask(QUESTION).shown, key=lambda quote: quote.score)
    assert wanted in best.text
    read_library.generation.reader = None
    assert wanted not in read_library.ask(QUESTION).shown[0].text


@pytest.mark.parametrize("wanted", ["Managers at Selby Green checked every assessment.", "Unpaid work began within"])
def test_the_reader_chooses_the_sentence_of_a_passage(read_library: Library, wanted: str) -> None:
    read_library.generation.reader = Preferring(wanted)
    # Each question has the words of the sentence that the reader does not choose.
    other = "Did unpaid work begin within seven days?" if "Managers" in wanted else "Did managers check assessments?"
    texts = [each.text for each in candidates(read_library, other, dataclasses.replace(WEIGHTS, reader=0.9))]
    assert [text for text in texts if "assessment" in text or "Unpaid" in text] == [
        text for text in texts if wanted in text
    ]
    assert len([text for text in texts if wanted in text]) == 1


def test_the_reader_reads_the_question_as_it_was_understood_and_each_text_once(read_library: Library) -> None:
    read_library.ask(Request.of("And in Weir?", previous=["Was leadership strong at Selby Green?"]))
    asked = {question for question, _ in hash_reader.read}
    assert len(asked) == 1
    assert "leadership" in asked.pop()
    assert max(Counter(hash_reader.read).values()) == 1


@pytest.mark.parametrize("reads", [0, 1, 5, 20])
def test_no_more_is_read_than_may_be_and_that_is_the_best(read_library: Library, reads: int) -> None:
    candidates(read_library, weights=dataclasses.replace(WEIGHTS, reads=20))
    everything = [text for _, text in hash_reader.read]
    assert len(everything) > 10
    hash_reader.read.clear()
    candidates(read_library, weights=dataclasses.replace(WEIGHTS, reads=reads))
    assert [text for _, text in hash_reader.read] == everything[:reads]


def test_what_was_not_read_has_the_chance_0_and_what_was_its_own(read_library: Library) -> None:
    found = candidates(read_library, weights=dataclasses.replace(WEIGHTS, reads=1))
    chances = [each.signals.read for each in found]
    [(question, text)] = hash_reader.read
    assert chances.count(0) == len(chances) - 1
    assert max(chances) == log_odds(hash_reader.chance(question, text)) > 0


def test_where_nothing_is_read_the_chances_are_0_and_the_rest_is_as_without_a_reader(read_library: Library) -> None:
    unread = candidates(read_library, weights=dataclasses.replace(WEIGHTS, reads=0))
    assert {each.signals.read for each in unread} == {0}
    read_library.generation.reader = None
    assert candidates(read_library) == unread


def test_of_every_report_at_most_one_sentence_is_read_and_no_more_than_may_be(read_library: Library) -> None:
    read_library.every(QUESTION)
    documents = [text.partition("\n")[0] for _, text in hash_reader.read]
    assert sorted(documents) == ["Ambleton, 2017", "Inspection of Selby Green, 2018", "weir"]
    hash_reader.read.clear()
    read_library.weights = dataclasses.replace(WEIGHTS, reads_of_every=2)
    read_library.every(QUESTION)
    assert len(hash_reader.read) == 2


def test_nothing_is_read_for_a_question_outside_the_reports(read_library: Library) -> None:
    assert read_library.ask(OUTSIDE).question.scope.kind == "outside"
    read_library.every(OUTSIDE)
    assert hash_reader.read == []


def test_the_same_question_has_the_same_answer_in_two_processes_with_a_reader(with_reader: Settings) -> None:
    write_corpus(with_reader.corpus, REPORTS)
    build(with_reader)
    first = fresh("answers", with_reader, QUESTION, OUTSIDE, hash_seed="1")
    assert first == fresh("answers", with_reader, QUESTION, OUTSIDE, hash_seed="2")
    without = dataclasses.replace(with_reader, reader=NO_READER)
    build(without)
    assert first[0]["quotes"] != fresh("answers", without, QUESTION)[0]["quotes"]


def test_an_index_of_another_reader_is_refused_with_the_command_that_mends_it(with_reader: Settings) -> None:
    write_corpus(with_reader.corpus, REPORTS)
    remedy = "run: probqa build, or set PROBQA_READER back"
    for made, asked in ((hash_reader.READER, NO_READER), (NO_READER, "other"), (hash_reader.READER, "other")):
        build(dataclasses.replace(with_reader, reader=made))
        with pytest.raises(IndexMismatchError) as refused:
            Library(dataclasses.replace(with_reader, reader=asked))
        assert str(refused.value) == f"the index was made with the reader {made}, not {asked}; {remedy}"


def test_the_reader_is_given_place_and_year_the_nearest_heading_and_the_words_in_one_line(
    read_library: Library,
) -> None:
    ambleton = read_library.generation.document("ambleton")
    weir = read_library.generation.document("weir")
    assert ambleton is not None
    assert weir is not None
    assert text_of(ambleton, "Staff morale was low.") == "Ambleton, 2017\nSupervision\nStaff morale was low."
    # Over a line's end, in a report that says neither place nor year: its title stands for them.
    over = weir.text[weir.text.index("Women had") : weir.text.index("Group work") + len("Group work")]
    assert "\n" in over
    assert text_of(weir, over) == f"weir\nInspection of Weir\n{' '.join(over.split())}"


def text_of(document: Document, words: str) -> str:
    start = document.text.index(words)
    return reading_text(document, Span(start, start + len(words)))


def test_a_sentence_that_leans_on_those_before_it_is_quoted_from_the_first_of_them(read_library: Library) -> None:
    document = read_library.generation.document("ambleton")
    assert document is not None
    passage = next(
        each
        for row in read_library.generation.passages_of("ambleton")
        if len((each := read_library.generation.passage(row)).sentences) == 3
    )
    texts = [document.slice(span) for span in passage.sentences]
    assert texts[1:] == ["This was not enough.", "Dr. Hale said so."]
    assert [leaning(document, passage.sentences, number) for number in range(3)] == [0, 0, 2]
