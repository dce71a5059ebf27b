"""What a question asks for, and whether a text holds such a thing."""

from __future__ import annotations

import pytest

from conftest import STARTER
from probqa.understanding.kinds import holds, read_kind


def holds_kind(question: str, text: str) -> bool:
    kind = read_kind(question, STARTER)
    assert kind is not None
    return holds(kind, text, STARTER)


@pytest.mark.parametrize(
    ("question", "with_it", "without_it"),
    [
        ("How many courts were late?", "Twelve courts were late.", "Courts were late."),
        ("How many courts were late?", "12 of the north's courts were late.", "12 judges and all the others were not."),
        ("How many courts were late?", "None of the courts was.", "In 2016 courts were late, on 5 May."),
        ("How many people were late?", "12 cases were late.", "12 courts were late."),
        ("How many?", "12.", "A few."),
        ("How was Weir rated?", "Weir was rated 'Good'.", "Weir supervises 12 people well."),
        ("What rating did it have?", "It scored three points.", "It has good staff."),
        ("How many were rated 'Good'?", "Two were.", "Weir was rated 'Good'."),
        ("Which companies were late?", "Those of Northway were.", "Companies were."),
        ("How old was he?", "He was aged 12.", "He was 12th."),
        ("How long was it?", "It took six months.", "It took six courts."),
        ("Where was it late?", "It was late in Millford.", "It was late in the National Probation Service."),
        ("Which prison was late?", "It was HMP Weir.", "The prison was late, HM Inspectorate said in May."),
        ("How often was it late?", "It was late every day.", "It was late again."),
        ("What number of courts was late?", "There were 1,200 late ones.", "There were late courts again."),
        ("What proportion was late?", "It was 22%.", "They supervised 5,500 people."),
        ("Which share was late?", "Two in five.", "It was late."),
        ("What was the reoffending rate?", "It was 40 per cent.", "They supervised 5,500 people."),
        ("How much does a place cost?", "It comes to £12 a day.", "There are 12 places."),
        ("What was the salary of the head?", "Two million pounds.", "It was high in 2015."),
        ("When was it late?", "It was late in 2016.", "It was late at the weekend."),
        ("And when?", "In May.", "At noon."),
        ("When was it late?", "On Tuesday.", "It was late again."),
        ("Which year was it late?", "In 1916.", "In year 7."),
        ("Why was it late?", "Because of the snow.", "It was late."),
        ("What led to it?", "It was due to snow.", "It was late."),
        ("Who was late?", "It was late, said Ann Hale.", "It was late, said Ann."),
        ("Who was late?", "It was J. R. Hale, or Mary O'Neil.", "Probation Service staff in North Weir."),
        ("Who led Ann Hale?", "Bob Lea did.", "Ann Hale was led well."),
        ("Who runs Weir?", "It is run by Northway.", "It is run well, the inspectorate said in May."),
        ("What is the name of the head?", "Mary McKay leads it.", "It has a head."),
        ("To whom was it given?", "To Mary McKay.", "To staff."),
        ("What is the phone number?", "Ring 01632 960001.", "Ring on 5 May 2016."),
        ("What is its website?", "See www.example.org.", "See the site."),
    ],
)
def test_a_text_holds_the_kind_of_thing_or_does_not(question: str, with_it: str, without_it: str) -> None:
    assert holds_kind(question, with_it) is True
    assert holds_kind(question, without_it) is False


@pytest.mark.parametrize(
    "question",
    [
        "Was it late?",
        "How did it go?",
        "What did the inspectors say about women who offend?",
        "Was the CRC late, and was it rated well when it closed?",
        "",
    ],
)
def test_other_questions_ask_for_no_kind(question: str) -> None:
    assert read_kind(question, STARTER) is None


def test_a_sum_is_asked_for_before_a_number() -> None:
    assert holds_kind("How much did it cost, and how many were there?", "There were 12.") is False
