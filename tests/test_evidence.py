"""Signals: each of them on a case made by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from probqa.evidence import NAMES, Signals, find_signals
from probqa.glossary import Entries, Glossary
from probqa.lexical import LexicalIndex
from probqa.records import Hit, Passage, Quote, Source, Span
from test_glossary import SMALL, glossary_of

TEXTS = [
    "Courts were late in Ambleton.",
    "Courts were early.",
    "Women had a mentor.",
    "Northway supervised 12 people.",
]
SOURCE = Source("a", "Inspection", "The Inspectorate", "report")


@dataclass(frozen=True)
class Searched:
    """Four passages and a glossary."""

    lexical: LexicalIndex
    glossary: Glossary
    passages: int = len(TEXTS)


@pytest.fixture
def searched(tmp_path: Path) -> Searched:
    return Searched(LexicalIndex.build(TEXTS), glossary_of(tmp_path, SMALL))


def quote(text: str, context: str = "", heading: Sequence[str] = (), **known: str) -> Quote:
    source = dataclasses.replace(SOURCE, **known)
    context = context or text
    return Quote(source, Span(0, len(text)), text, Span(0, len(context)), context, tuple(heading), None, 0.5)


def signals(searched: Searched, question: str, *quotes: Quote, cosines: Sequence[float] = (0.5,)) -> Signals:
    hits = [Hit(Passage(0, "a", Span(0, 9), ()), 0.5, cosine) for cosine in cosines]
    return find_signals(searched, question, hits, quotes)


def test_the_names_are_the_fields_in_the_order_of_the_array(searched: Searched) -> None:
    found = signals(searched, "were courts late?", quote(TEXTS[1]), cosines=[0.25])
    assert dict(zip(NAMES, found.as_array().tolist(), strict=True)) == dataclasses.asdict(found)
    assert len(NAMES) == 10


def test_every_signal_of_a_wholly_answered_question(searched: Searched) -> None:
    said = quote("Northway supervised 12 people.", published="2017-04-19")
    found = signals(searched, "How many people did Northway supervise?", said)
    # "many" is a word like any other, and no text has it.
    assert 0.5 < found.covered_by_first < 1
    expected = Signals(
        covered_by_first=found.covered_by_first,
        covered_by_best=found.covered_by_first,
        cosine=0.5,
        agreement=1,
        named_held=1,
        rarest_missing=1,
        unknown_words=pytest.approx(1 - found.covered_by_first),
        name_missing=0,
        year_missing=0,
        kind_missing=0,
    )
    assert found == expected


def test_a_rare_word_that_is_held_covers_more_than_a_common_one(searched: Searched) -> None:
    late = signals(searched, "courts late", quote("It was late.")).covered_by_first
    courts = signals(searched, "courts late", quote("The courts.")).covered_by_first
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
    assert signals(searched, "late courts", said).covered_by_first == 1


def test_a_phrase_that_means_the_same_holds_a_word(searched: Searched) -> None:
    said = quote("A person on probation was late.")
    assert signals(searched, "was an offender late?", said).covered_by_first == 1
    assert signals(searched, "was a mentor late?", said).covered_by_first < 1


def test_the_best_of_the_first_three_quotes_covers(searched: Searched) -> None:
    nothing, everything = quote("Nothing."), quote("Late courts.")
    found = signals(searched, "late courts", nothing, nothing, everything)
    assert (found.covered_by_first, found.covered_by_best) == (0, 1)
    assert signals(searched, "late courts", nothing, nothing, nothing, everything).covered_by_best == 0


def test_agreement_is_the_share_of_the_first_five_that_hold_half(searched: Searched) -> None:
    nothing, everything = quote("Nothing."), quote("Late courts.")
    assert signals(searched, "late courts", everything, nothing, everything, nothing, nothing).agreement == 0.4
    assert signals(searched, "late courts", everything, *[nothing] * 4, everything).agreement == 0.2
    assert signals(searched, "late courts", everything, nothing).agreement == 0.5


def test_the_cosine_is_the_best_of_the_hits_and_never_below_zero(searched: Searched) -> None:
    assert signals(searched, "late?", quote("Late."), cosines=[0.2, 0.75, 0.1]).cosine == 0.75
    assert signals(searched, "late?", quote("Late."), cosines=[-0.5]).cosine == 0


def test_a_word_that_the_index_does_not_know_is_unknown_and_the_rarest(searched: Searched) -> None:
    found = signals(searched, "quokka", quote("Late courts."))
    assert (found.unknown_words, found.rarest_missing, found.covered_by_first) == (1, 1, 0)
    found = signals(searched, "late courts", quote("Late courts."))
    assert (found.unknown_words, found.rarest_missing) == (0, 0)


def test_the_rarest_missing_word_counts_by_its_rarity(searched: Searched) -> None:
    courts = signals(searched, "courts late", quote("Late.")).rarest_missing
    late = signals(searched, "courts late", quote("Courts.")).rarest_missing
    assert 0 < courts < late < 1


@pytest.mark.parametrize(
    ("question", "held", "missing"),
    [
        ("was it late in Weir?", 0, 1),
        ("was it late in Millford?", 1, 0),
        ("was it late in Millford and Weir?", 0, 0.5),
        ("did Northway run it?", 1, 0),
        ("did Hale Capital run it?", 1, 0),  # a company tied to Northway
        ("what of the NPS?", 0, 1),
        ("what of the CRC?", 1, 0),
        ("was it late in Kirkham?", 0, 1),  # a name the glossary does not know
        ("was Dr Hale late?", 0, 1),
        ("was it late?", 0, 0),
        ("Courts late?", 0, 0),  # a capital at the start of a question is no name
    ],
)
def test_a_place_body_or_name_is_held_or_missing(
    searched: Searched, question: str, held: float, missing: float
) -> None:
    found = signals(searched, question, quote("It was late.", heading=["The CRC of Northway"], area="Millford"))
    assert (found.named_held, found.name_missing) == (held, missing)


def test_a_name_inside_another_word_is_not_held(searched: Searched) -> None:
    assert signals(searched, "was it late in Weir?", quote("Weirdly, it was.")).name_missing == 1


def test_names_are_looked_for_in_the_first_quote_alone(searched: Searched) -> None:
    assert signals(searched, "late in Weir?", quote("It was."), quote("Weir was late.")).name_missing == 1


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


@pytest.mark.parametrize(
    ("question", "with_it", "without_it"),
    [
        ("how many courts were late?", "Twelve courts were late.", "Courts were late."),
        ("what proportion was late?", "It was 22%.", "It was late."),
        ("how often was it late?", "It was late every day.", "It was late."),
        ("when was it late?", "It was late in 2016.", "It was late on 5 May."),
        ("which year was it late?", "In 2016.", "In May."),
        ("who was late?", "It was, said Dr Hale.", "It was late."),
    ],
)
def test_the_kind_of_thing_asked_for_is_missing_where_no_quote_has_one(
    searched: Searched, question: str, with_it: str, without_it: str
) -> None:
    assert signals(searched, question, quote(with_it)).kind_missing == 0
    assert signals(searched, question, quote(without_it), quote(with_it)).kind_missing == 0
    assert signals(searched, question, quote(without_it)).kind_missing == 1
    assert signals(searched, "was it late?", quote(without_it)).kind_missing == 0


def test_a_question_of_no_words_has_signals_too(searched: Searched) -> None:
    found = signals(searched, "who was it?", quote("It was late."))
    assert (found.covered_by_first, found.rarest_missing, found.unknown_words) == (0, 0, 0)


def test_without_a_glossary_names_are_found_by_their_capitals() -> None:
    searched = Searched(LexicalIndex.build(TEXTS), Glossary(Entries()))
    assert signals(searched, "late in Weir?", quote("Late.")).name_missing == 1
