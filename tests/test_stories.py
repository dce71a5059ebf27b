"""A story is reduced to its question and the names that it leans on; what asks only stays as it is."""

from __future__ import annotations

import pytest

from conftest import STARTER
from probqa.glossary.glossary import Glossary
from probqa.glossary.parsing import read_yaml
from probqa.understanding.stories import Story, read_story
from test_glossary import SMALL

GLOSSARY = Glossary(read_yaml(SMALL, "glossary.yaml"))


def read(text: str, *dropped: str) -> Story:
    return read_story(text, GLOSSARY, STARTER, dropped)


@pytest.mark.parametrize(
    ("told", "question", "left_out"),
    [
        (
            "my brother was let out in Weir. he has no home. who helps people find one? thanks.",
            "who helps people find one? Weir",
            "my brother was let out in Weir. he has no home. thanks.",
        ),
        (
            "My son is supervised in Ambleton, nobody sees him and I want to know how often people are to be seen",
            "how often people are to be seen Ambleton",
            "My son is supervised in Ambleton, nobody sees him and I want to know",
        ),
        # It leans on the sentence before it.
        ("Unpaid work was poor. Is that still true?", "Is that still true? unpaid work poor", "Unpaid work was poor."),
        # Of two places the last is meant.
        (
            "We moved from Weir to Ambleton. Is sickness high?",
            "Is sickness high? Ambleton",
            "We moved from Weir to Ambleton.",
        ),
        # It names a place itself.
        ("We live in Weir. Is sickness high in Ambleton?", "Is sickness high in Ambleton?", "We live in Weir."),
        # What a word means is the same everywhere.
        ("My dad is in Weir. What does recall mean?", "What does recall mean?", "My dad is in Weir."),
        ("Hello, what is a hostel?", "what is a hostel?", "Hello,"),
        ("What happened in Weir, please?", "What happened in Weir?", "please?"),
        ("ok, and in Weir?", "and in Weir?", "ok,"),
        ("Tell me about hostels. I am doing a project.", "Tell me about hostels.", "I am doing a project."),
        # The first of several questions is completed: the others lean on it.
        ("Unpaid work was poor. Was it late? Why?", "Was it late unpaid work poor? Why?", "Unpaid work was poor."),
        # What the glossary knows is what is meant, and a question that says enough takes over names only.
        (
            "I am at college in Weir, writing on service users for my teacher. Do they work?",
            "Do they work? service users Weir",
            "I am at college in Weir, writing on service users for my teacher.",
        ),
        (
            "I'm from Weir and was burgled. Are they supposed to keep victims informed?",
            "Are they supposed to keep victims informed? Weir",
            "I'm from Weir and was burgled.",
        ),
        ("I study at Weir college. Is sickness high?", "Is sickness high?", "I study at Weir college."),
        (
            "I'm writing about prisons. Is that late?",
            "Is that late? writing prisons",
            "I'm writing about prisons.",
        ),
    ],
)
def test_a_story_is_reduced_to_its_question(told: str, question: str, left_out: str) -> None:
    story = read(told)
    assert (story.question, story.left_out) == (question, left_out)
    assert story.reading
    assert (story.reading.kind, story.reading.text) == ("story", left_out)
    assert story.reading.says == f"left out; searched for: {question}"
    assert read(told, left_out) == Story(told)


@pytest.mark.parametrize(
    "question",
    [
        "How were women supervised in Weir?",
        "Was it late? Why?",
        "what was said about staffing. and about training",
        "Staff morale was low. Sickness was high.",
        "I was wondering how women are treated in Weir",
        "What did Dr. Hale say in report No. 5?",
        "morale",
    ],
)
def test_what_only_asks_or_only_tells_stays_as_it_is(question: str) -> None:
    assert read(question) == Story(question)


def test_a_long_story_is_shown_by_its_first_words() -> None:
    told = "He was let out and had no home to go to. " * 20 + "Who helps people find one?"
    reading = read(told).reading
    assert reading
    assert len(reading.text) <= 162
    assert reading.text.endswith(" …")
    assert read(told, reading.text).question == told
