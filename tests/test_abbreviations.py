"""Abbreviations that documents explain themselves, and that a question is the same with them and in full."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from conftest import REPORTS, write_corpus
from probqa.asking.library import Library
from probqa.glossary.abbreviations import find_abbreviations
from probqa.glossary.entries import Abbreviation, Entries
from probqa.glossary.glossary import Glossary, Term
from probqa.indexing.build import build
from probqa.settings import Settings


def found(text: str) -> dict[str, str]:
    return {each.short: each.long for each in find_abbreviations({"a": text})}


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("the Air Accidents Investigation Branch (AAIB) said", "AAIB", "Air Accidents Investigation Branch"),
        ("skills in education, training and employment (ETE)", "ETE", "education, training and employment"),
        ("Offender Management in Custody (OMiC)", "OMiC", "Offender Management in Custody"),
        ("a risk of serious harm (RoSH)", "RoSH", "risk of serious harm"),
        ("the Offender Assessment System (OASys)", "OASys", "Offender Assessment System"),
        ("the HM Prison and Probation Service (HMPPS)", "HMPPS", "HM Prison and Probation Service"),
        ("European Union Aviation Safety Agency (EASA)", "EASA", "European Union Aviation Safety Agency"),
        ("local authority children’s services (LACS)", "LACS", "local authority children’s services"),
        ("21 Community Rehabilitation Companies (CRCs)", "CRC", "Community Rehabilitation Companies"),
        ("UPW (unpaid work) began", "UPW", None),
        ("the CAA (Civil Aviation Authority)", "CAA", "Civil Aviation Authority"),
        ("Surrey and Sussex CRC (Seetec)", "Seetec", None),
        ("in Gwent (Wales)", "Wales", None),
        ("It ended. Over here (EH)", "EH", None),
        ("a table\nof contents (TOC)", "TOC", None),
        ("three long and windy rural roads (TR)", "TR", None),
    ],
)
def test_a_pair_is_found_where_the_words_begin_with_the_letters(text: str, short: str, long: str | None) -> None:
    assert found(text).get(short) == long


def test_the_form_that_most_documents_have_counts_and_is_said_by_the_first() -> None:
    texts = {"a": "the Civil Air Agency (CAA)", "b": "a Civil Aviation Authority (CAA)"}
    texts["c"] = texts["b"]
    assert find_abbreviations(texts) == (Abbreviation("CAA", "Civil Aviation Authority", "b"),)


def test_one_that_is_an_ordinary_word_of_the_documents_counts_only_as_it_is_written() -> None:
    [pair] = find_abbreviations({"a": "Multi-agency assessment team (MAT). They sat on a mat there."})
    assert pair.as_written
    glossary = Glossary(Entries(abbreviations=(pair,)))
    assert glossary.abbreviated("the MAT met")
    assert not glossary.abbreviated("the mat was wet")


def test_a_glossary_takes_only_what_it_has_no_entry_of() -> None:
    term = Term("Senior officer", "A manager.", "general knowledge", abbreviation="SO")
    pairs = (("SO", "some other"), ("PA", "adviser"), ("PAs", "x y"))
    new = [Abbreviation(short, long) for short, long in pairs]
    taken = Glossary(Entries(terms=(term,))).with_abbreviations(new)
    assert [each.short for each in taken.entries.abbreviations] == ["PA"]
    assert Glossary.from_json(taken.to_json()).entries == taken.entries


AIR = {
    "one.md": "# Weir\n\nThe minimum descent altitude (MDA) was busted at Weir. The crew had flown since noon.\n",
    "two.md": "# Hale\n\nA decision was made below the MDA at Hale. The MDA was set too low.\n",
    "three.md": "# Ford\n\nThe emergency locator transmitter (ELT) was silent. It was an emergency locator.\n",
    "glossary.yaml": """
terms:
- {term: Ground proximity warning, abbreviation: GPW, synonyms: [EGPWS], definition: A voice., basis: general knowledge}
""",
    "four.md": "# Moor\n\nThe ground proximity warning sounded twice over the moor.\n",
}


@pytest.fixture
def library(chosen: Settings) -> Iterator[Library]:
    write_corpus(chosen.corpus, AIR)
    build(chosen)
    with closing(Library(chosen)) as library:
        yield library


@pytest.mark.parametrize(
    ("short", "full", "read"),
    [
        ("Was the MDA busted?", "Was the minimum descent altitude busted?", "Was the MDA busted?"),
        ("elt silent", "Emergency locator transmitter silent", "emergency locator transmitter silent"),
        ("Did EGPWS sound?", "Did Ground proximity warning sound?", "Did Ground proximity warning sound?"),
        ("Did the GPW sound?", "Did the ground proximity warning sound?", "Did the Ground proximity warning sound?"),
    ],
)
def test_a_question_is_the_same_with_an_abbreviation_and_in_full(
    library: Library, short: str, full: str, read: str
) -> None:
    one, two = library.ask(short), library.ask(full)
    assert one.question.text == read
    assert one.question.text.lower() == two.question.text.lower()
    assert one.shown
    assert [(quote.text, quote.score, quote.status) for quote in one.shown] == [
        (quote.text, quote.score, quote.status) for quote in two.shown
    ]
    assert one.question.scope == two.question.scope
    assert one.question.scope.kind == "inside"
    assert not one.question.names


def test_what_an_abbreviation_was_read_as_is_said_once(library: Library) -> None:
    question = library.ask("GPW over Moor").question
    assert [(each.matched, each.phrases) for each in question.added] == [
        ("GPW", ("Ground proximity warning",)),
        ("Ground proximity warning", ("EGPWS",)),
    ]


def test_a_question_with_both_forms_is_left_as_it_is(library: Library) -> None:
    text = "Was the ground proximity warning (GPW) heard?"
    assert library.ask(text).question.text == text


def test_a_question_of_an_unknown_word_that_stands_for_a_known_one_is_inside(chosen: Settings) -> None:
    everyday = "everyday:\n- {words: [roadworthiness], means: [leadership]}\n"
    write_corpus(chosen.corpus, REPORTS | {"glossary.yaml": everyday})
    build(chosen)
    with closing(Library(chosen)) as library:
        assert library.ask("roadworthiness").question.scope.kind == "inside"
        assert library.ask("roadworthynes").question.scope.kind == "outside"
