"""Two questions in one: which are split, and what the second leaves to the first."""

from __future__ import annotations

import pytest

from probqa.glossary.entries import Entries, Owner, Place, WhoRanWhat
from probqa.glossary.glossary import Glossary
from probqa.questions import Request
from probqa.understanding.parts import read_parts

GLOSSARY = Glossary(
    Entries(places=(Place("Weir"), Place("Milford")), who_ran_what=WhoRanWhat(owners=(Owner("Northway"),)))
)


def asked(question: str) -> list[list[str]]:
    read = read_parts(question, Request.of(question), GLOSSARY)
    return [[turn.text for turn in part.request.turns] for part in read[1]] if read else []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "how many staff left Weir and why were victims not told?",
            [["How many staff left Weir?"], ["How many staff left Weir?", "And why were victims not told?"]],
        ),
        (
            "How many staff were absent in Weir? And how many in Milford?",
            [["How many staff were absent in Weir?"], ["How many staff were absent in Weir?", "How many in Milford?"]],
        ),
        (
            "Was morale low in Weir in 2017 and were workloads too high?",
            [
                ["Was morale low in Weir in 2017?"],
                ["Was morale low in Weir in 2017?", "And were workloads too high?"],
            ],
        ),
        (
            "What happened to Northway, and who took over?",
            [["What happened to Northway?"], ["What happened to Northway?", "Who took over?"]],
        ),
        (
            "Who led the inspection and when was it?",
            [["Who led the inspection?"], ["Who led the inspection?", "When was it?"]],
        ),
        (
            "How was morale in Weir and why was Milford late?",
            [["How was morale in Weir?"], ["Why was Milford late?"]],
        ),
        (
            "WHY WAS WEIR LATE AND HOW WERE VICTIMS TOLD?",
            [["WHY WAS WEIR LATE?"], ["WHY WAS WEIR LATE?", "And HOW WERE VICTIMS TOLD?"]],
        ),
    ],
)
def test_two_questions_are_asked_each_by_itself(question: str, expected: list[list[str]]) -> None:
    assert asked(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How did police and probation work together?",
        "How and why did staff leave?",
        "Who was homeless and was recalled?",
        "How many people who were homeless and who had drug problems were recalled?",
        "What did inspectors find and recommend?",
        "Which places were good and why?",
        "What do inspectors say about how and when people were seen?",
        "How many staff left and were not replaced?",
        "Did they share what they knew and what was missing?",
        "Was there information from police and children's services in Weir?",
        "Was it late in Weir and in a hurry?",
        "Why was Weir late? I live there.",
        "Why? And?",
        "What was late? What was bad? What was good? What was closed?",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert asked(question) == []


def test_the_earlier_turns_of_a_conversation_stay_before_the_first_part() -> None:
    request = Request.of("Who led it and how many staff left Weir?", 3, previous=["How was Weir?"])
    read = read_parts("Who led the office and how many staff left Weir?", request, GLOSSARY)
    assert read is not None
    assert [[turn.text for turn in part.request.turns] for part in read[1]] == [
        ["How was Weir?", "Who led the office?"],
        ["How many staff left Weir?"],
    ]
    assert {part.request.k for part in read[1]} == {3}
    assert read[0].text == "how many staff left Weir"
