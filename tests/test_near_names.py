"""Names that are nearly right: asked back where the right one is answered, and only there."""

from __future__ import annotations

import dataclasses

import pytest

from probqa.asking import near_names as asked_back
from probqa.asking.library import Library
from probqa.asking.near_names import near_names
from probqa.questions import Request
from probqa.records import Note
from probqa.understanding.question import read_question

LANGUAGE = frozenset("were was staff late check every assessment did".split())
NAMES = ("Northway Ltd", "Selby Green", "Weir")


@pytest.fixture
def named(library: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr(asked_back, "_names", lambda _: NAMES)
    # The encoder of these tests takes any word for one of the language.
    monkeypatch.setattr(type(library.generation.encoder), "is_word", lambda _, word: word in LANGUAGE)
    return library


def notes(library: Library, question: str) -> list[Note]:
    # Words that are put right before are left to it.
    read = read_question(library.generation, Request.of(question, widen=False))
    return list(near_names(library.generation, dataclasses.replace(read, added=())))


def test_a_name_of_two_words_is_asked_back_in_the_question(named: Library) -> None:
    assert notes(named, "Was Selbby Grean late?") == [
        Note("Did you mean ‘Selby Green’?", ("Was Selby Green late?",)),
    ]


@pytest.mark.parametrize("question", ["Was Selby Green late?", "Was Zzyxx Wood late?", "Were staff late?"])
def test_what_is_right_or_nothing_like_a_name_is_not_asked_back(named: Library, question: str) -> None:
    assert notes(named, question) == []


@pytest.mark.parametrize("status", ["answered", "weak"])
def test_a_name_is_asked_back_only_where_that_is_answered(
    named: Library, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    answer = named._answer

    def with_status(question, **options):
        found, standing, seconds = answer(question, **options)
        return (dataclasses.replace(found, status=status) if options else found), standing, seconds

    monkeypatch.setattr(named, "_answer", with_status)
    found = named.ask(Request.of("Did Selbby Grean check every assessment?", widen=False)).notes
    said = [note.text for note in found if "Did you mean" in note.text]
    assert said == (["Did you mean ‘Selby Green’?"] if status == "answered" else [])


def test_the_names_of_the_reports_are_known(library: Library) -> None:
    assert asked_back._names(library.generation) == ("Ambleton", "Northway Ltd")
