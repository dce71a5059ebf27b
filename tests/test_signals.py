"""Signals: each of them on a case made by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from conftest import STARTER
from probqa.asking.signals import _before_reading, _passage, _signals
from probqa.calibration import SIGNALS, Signals
from probqa.dates import PartialDate
from probqa.glossary.entries import Entries
from probqa.glossary.glossary import Glossary
from probqa.indexing.generation import Generation
from probqa.indexing.lexical import LexicalIndex
from probqa.questions import Request
from probqa.reading.sentences import split_sentences
from probqa.records import Document, Hit, Passage, Quote, Source, Span
from probqa.understanding.question import read_question
from probqa.weights import WEIGHTS
from quoting import quote_of
from test_glossary import SMALL, glossary_of

TEXTS = [
    "Courts were late in Ambleton.",
    "Courts were early.",
    "Women had a mentor.",
    "Northway supervised 12 people.",
]
SOURCE = Source("a", "Inspection", "The Inspectorate", "report")


class Searched:
    """An index of four passages and a glossary, in which every text lies across from every question."""

    encoder = SimpleNamespace(encode_question=lambda _: np.zeros(2, np.float32), is_word=lambda _: True)
    dense = SimpleNamespace(search=lambda *_: (np.zeros(1, np.int64), np.ones(1, np.float32)))
    domain = STARTER
    published = ()
    passages = len(TEXTS)
    documents_with = staticmethod(lambda rows: [str(row) for row in rows.tolist()])
    document: Document
    first_sentences: Any
    sentence_vectors: Any

    def __init__(self, lexical: LexicalIndex, glossary: Glossary) -> None:
        self.lexical = lexical
        self.glossary = glossary

    def document_of(self, row: int) -> Document:
        return self.document


@pytest.fixture
def searched(tmp_path: Path) -> Searched:
    return Searched(LexicalIndex.build(TEXTS), glossary_of(tmp_path, SMALL))


def quote(text: str, context: str = "", heading: Sequence[str] = (), published: str = "", **known: str) -> Quote:
    source = dataclasses.replace(SOURCE, published=PartialDate(published), **known)  # type: ignore[arg-type]
    return quote_of(source, text, context=context, heading=heading)


def signals(searched: Searched, question: str, said: Quote, chance: float = 0.0) -> Signals:
    """Measure the sentence that ``said`` quotes as if it were the one chosen from its passage, found with score 1."""
    index = cast(Generation, searched)
    start = said.context_span.start
    spans = [Span(start + each.start, start + each.end) for each in split_sentences(said.context)]
    searched.first_sentences = np.array([0, len(spans)])
    searched.sentence_vectors = np.zeros((len(spans), 2), np.float32)
    read = read_question(index, Request.of(question))
    hit = Hit(Passage(0, said.source.id, said.context_span, tuple(spans)), 1.0, 0.0)
    searched.document = said.document
    passage, chosen = _passage(index, read, hit, WEIGHTS), spans.index(said.span)
    score = _before_reading(passage, chosen, WEIGHTS)
    return _signals(index, read, passage, chosen, score, chance, WEIGHTS)


def test_the_names_are_the_fields_in_the_order_of_the_array(searched: Searched) -> None:
    found = signals(searched, "were courts late?", quote(TEXTS[1]))
    assert dict(zip(SIGNALS, found.as_array().tolist(), strict=True)) == dataclasses.asdict(found)
    assert len(SIGNALS) == 7


def test_every_signal_of_a_wholly_answered_question_and_of_one_that_is_not(searched: Searched) -> None:
    said = quote("Northway supervised 12 people.", published="2017-04-19")
    held = 2 * searched.lexical.rarity("peopl") / (3 * searched.lexical.rarest)
    # The passage's score of 1 and all words, a tenth of the rest; the vectors say nothing.
    whole = Signals(1, pytest.approx(held), 0.46, 0, 0, 0, 0)  # type: ignore[arg-type]
    assert signals(searched, "Did Northway supervise people?", said) == whole
    # Nothing but the passage's score, less what a missing year costs; Kirkham is no name that the glossary knows.
    assert signals(searched, "Who was late in Kirkham in 2016?", said) == Signals(0, 0, 0.32, 0, 1, 1, 1)


def test_the_chance_of_the_reader_is_a_signal_as_log_odds(searched: Searched) -> None:
    read = [signals(searched, "were courts late?", quote(TEXTS[1]), chance).read for chance in (0.0, 0.1234567, 0.5)]
    assert read == [0.0, 0.393632, 0.5]
    assert signals(searched, "were courts late?", quote(TEXTS[1])).read == 0


def test_the_subject_is_held_by_the_quote_itself_and_by_no_name(searched: Searched) -> None:
    whole = signals(searched, "Were women mentored by Northway?", quote("Women had mentors at Northway."))
    assert whole.subject_held == signals(searched, "Were women mentored?", quote("Women had mentors.")).subject_held
    assert signals(searched, "Were women mentored?", quote("So.", context="So. Women, mentored.")).subject_held == 0
    rare = "quince rhubarb sorrel tansy"
    assert signals(searched, rare, quote(rare)).subject_held == 1


@pytest.mark.parametrize("missing", ["name_missing", "year_missing", "kind_missing"])
def test_lacking_is_a_name_a_year_or_a_kind_that_is_missing(missing: str) -> None:
    whole = Signals(covered=0, subject_held=0, score=0, read=0, name_missing=0, year_missing=0, kind_missing=0)
    assert not whole.lacking
    assert dataclasses.replace(whole, **{missing: 1.0}).lacking


def test_a_rare_word_that_is_held_covers_more_than_a_common_one(searched: Searched) -> None:
    late = signals(searched, "courts late", quote("It was late.")).covered
    courts = signals(searched, "courts late", quote("The courts.")).covered
    assert late + courts == pytest.approx(1)
    assert late > 0.5


@pytest.mark.parametrize(
    "said",
    [
        quote("It was.", context="It was. Courts were late."),
        quote("It was.", heading=["Courts", "Late ones"]),
        quote("It was.", title="Late courts"),
    ],
)
def test_context_headings_and_title_hold_words_too(searched: Searched, said: Quote) -> None:
    assert signals(searched, "late courts", said).covered == 1


def test_a_phrase_that_means_the_same_holds_a_word(searched: Searched) -> None:
    said = quote("A person on probation was late.")
    assert signals(searched, "was an offender late?", said).covered == 1
    assert signals(searched, "was a mentor late?", said).covered < 1


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("was it late in Weir?", 1),
        ("was it late in Millford?", 0),
        ("was it late in Millford and Weir?", 1),
        ("did Northway run it?", 0),
        ("did Hale Capital run it?", 0),  # a company tied to Northway
        ("what of the NPS?", 1),
        ("what of the CRC?", 0),
        ("was it late in Kirkham?", 1),  # a name the glossary does not know
        ("was Dr Hale late?", 1),
        ("was Ms McKay-O’Neil late?", 1),
        ("was Mr Lea late in May?", 0),  # a month is no name
        ("was a SO late?", 0),  # a term of the glossary is a word, not a name
        ("was it late?", 0),
        ("Courts late?", 0),  # a capital at the start of a question is no name
    ],
)
def test_a_place_body_or_name_is_held_or_missing(searched: Searched, question: str, missing: float) -> None:
    said = quote("It was late.", heading=["The CRC of Northway", "Mr Lea, Ms"], area="Millford")
    assert signals(searched, question, said).name_missing == missing


def test_a_name_inside_another_word_is_not_held(searched: Searched) -> None:
    assert signals(searched, "was it late in Weir?", quote("Weirdly, it was.")).name_missing == 1


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("was it late in 2017?", 0),  # published then
        ("was it late in 2015?", 0),  # said in the quote
        ("was it late in 2016?", 1),
        ("was it late in 2016 or 2017?", 0),
        ("was it late?", 0),
    ],
)
def test_a_year_is_missing_unless_the_quote_or_its_date_has_it(
    searched: Searched, question: str, missing: float
) -> None:
    assert signals(searched, question, quote("It was late in 2015.", published="2017-04")).year_missing == missing


def test_a_number_that_is_asked_for_is_missing_where_the_quote_has_none(searched: Searched) -> None:
    assert signals(searched, "how many courts were late?", quote("Twelve courts were late.")).kind_missing == 0
    assert (
        signals(
            searched, "how many courts were late?", quote("Courts were late.", "There were 12. Courts were late.")
        ).kind_missing
        == 1
    )
    assert signals(searched, "were courts late?", quote("Courts were late.")).kind_missing == 0


def test_a_question_of_no_words_has_signals_too(searched: Searched) -> None:
    assert signals(searched, "what was it?", quote("It was late.")).covered == 0


def test_without_a_glossary_names_are_found_by_their_capitals() -> None:
    searched = Searched(LexicalIndex.build(TEXTS), Glossary(Entries()))
    assert signals(searched, "late in Weir?", quote("Late.")).name_missing == 1
