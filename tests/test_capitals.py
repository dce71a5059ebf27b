"""Capitals, accents and the shapes of apostrophes and hyphens change nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import closing

import pytest

from conftest import REPORTS, write_corpus
from probqa.asking.library import Library
from probqa.indexing.build import build
from probqa.records import Answer
from probqa.settings import Settings
from probqa.understanding.capitals import lowered
from test_glossary import SMALL

ACCENTS = """---
title: Pontŵr
---
# Findings

Managers in Pontŵr kept the café’s self-help group open. The staff's morale was low in Pontŵr.
"""


@pytest.fixture
def library(chosen: Settings) -> Iterator[Library]:
    write_corpus(chosen.corpus, REPORTS | {"glossary.yaml": SMALL, "accents.md": ACCENTS})
    build(chosen)
    with closing(Library(chosen)) as library:
        yield library


def found(answer: Answer) -> object:
    return answer.status, answer.question.scope, [(quote.text, quote.score, quote.status) for quote in answer.shown]


@pytest.mark.parametrize(
    "question",
    [
        "how were the victims told of a release in ambleton?",
        "was the leadership strong at weir in 2018?",
        "how many people were supervised by northway in ambleton?",
    ],
)
def test_capitals_change_nothing(library: Library, question: str) -> None:
    expected = found(library.ask(question))
    for typed in (question.upper(), question.title(), question.capitalize()):
        assert found(library.ask(typed)) == expected, typed


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Was Dr Hale late?", "Was Dr Hale late?"),
        ("Working Links in Gwent", "Working Links in Gwent"),
        ("PDU?", "PDU?"),
        ("CRC NPS", "CRC NPS"),
        ("How Were Women Treated in Kent?", "how were women treated in kent?"),
        ("WHAT IS A CRC?", "what is a crc?"),
        ("", ""),
        ("???", "???"),
    ],
)
def test_only_capitals_that_say_nothing_are_taken_off(typed: str, read: str) -> None:
    assert lowered(typed) == read


def test_a_word_in_capitals_for_emphasis_is_a_word_and_no_name(library: Library) -> None:
    assert lowered("Was the WEATHER bad in MAPPA?", lambda word: word == "weather") == "Was the weather bad in MAPPA?"
    assert [name.text for name in library.ask("Was the WEATHER bad in IN Weir").question.names] == ["Weir"]


@pytest.mark.parametrize(
    "typed",
    [
        unicodedata.normalize("NFD", "Was morale low in Pontŵr?"),
        "Was morale low in Pontwr?",
        "was morale low in PONTŴR?",
        "Was mo\u00adrale low in\u00a0Pontŵr?",
    ],
)
def test_accents_and_marks_that_nobody_sees_change_nothing(library: Library, typed: str) -> None:
    answer, expected = library.ask(typed), library.ask("Was morale low in Pontŵr?")
    assert "Pontŵr" in expected.shown[0].text
    assert [quote.text for quote in answer.shown] == [quote.text for quote in expected.shown]
    assert answer.status == expected.status


def test_apostrophes_and_hyphens_of_any_shape_are_the_same(library: Library) -> None:
    expected = found(library.ask("Was the staff's self-help group open?"))
    assert found(library.ask("Was the staff’s self\u2011help group open?")) == expected
    assert (
        library.ask("Was the staff’s self\u2011help group open?").question.text
        == "Was the staff's self-help group open?"
    )


def test_a_document_with_decomposed_accents_is_found(chosen: Settings) -> None:
    write_corpus(chosen.corpus, REPORTS | {"accents.md": unicodedata.normalize("NFD", ACCENTS)})
    build(chosen)
    with closing(Library(chosen)) as library:
        for typed in ("Was morale low in Pontŵr?", "Was morale low in Pontwr?"):
            answer = library.ask(typed)
            assert answer.question.scope.kind == "inside"
            assert "Pont" in answer.shown[0].text
            assert not answer.question.added
