"""Follow-ups: what is carried over from the question before, and that a complete question is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from probqa.followups import MAX_SUBJECT_WORDS, carry_over, is_incomplete
from probqa.glossary import Entries, Glossary
from probqa.records import Carried
from test_glossary import SMALL, glossary_of

ASKED = "How did Northway supervise women in Ambleton in 2016?"
CRC_ASKED = "How did the CRC in Ambleton supervise women in 2016?"
NOTHING = Glossary(Entries())


@pytest.fixture
def glossary(tmp_path: Path) -> Glossary:
    return glossary_of(tmp_path, SMALL)


@pytest.mark.parametrize(
    "question",
    [
        "Which courts were praised in 2018?",
        "Were victims told of a release?",
        "How many women were there in Weir?",
        "Why were courts late?",
        "Weir courts",
    ],
)
def test_a_complete_question_is_never_rewritten(question: str, glossary: Glossary) -> None:
    run = carry_over(question, [ASKED, CRC_ASKED], glossary)
    assert (run.question, run.carried) == (question, ())


@pytest.mark.parametrize(
    "question",
    [
        "And were the courts of Weir praised?",
        "what about courts and prisons?",
        "Which courts did they praise?",
        "Were its courts praised there?",
        "Were the other courts praised?",
        "Were courts praised there?",
        "why?",
        "In which year?",
        "How many?",
        "Can you give an example?",
        "Weir?",
        "?",
    ],
)
def test_joining_words_back_references_and_single_words_make_a_question_incomplete(question: str) -> None:
    assert is_incomplete(question)


@pytest.mark.parametrize("question", ["Android phones?", "Italy and Weir?", "Were there courts in Weir?"])
def test_words_that_only_begin_like_a_joining_one_do_not(question: str) -> None:
    assert not is_incomplete(question)


def test_without_a_question_before_nothing_is_carried(glossary: Glossary) -> None:
    assert carry_over("why?", [], glossary).question == "why?"
    assert carry_over("why?", ["How many?"], glossary).carried == ()


@pytest.mark.parametrize(
    ("question", "ran"),
    [
        ("And the NPS?", "And the NPS? Ambleton 2016 supervise women"),
        ("what about women?", "what about women? Northway Ambleton 2016 supervise"),
        ("why?", "why? Northway Ambleton 2016 supervise women"),
        ("in which year?", "in which year? Northway Ambleton 2016 supervise women"),
        ("and in Weir?", "and in Weir? 2016 supervise women"),
        ("and in 2018?", "and in 2018? Northway Ambleton supervise women"),
        ("what about Hale Capital?", "what about Hale Capital? Ambleton 2016 supervise women"),
    ],
)
def test_what_a_question_leaves_out_is_carried_and_what_it_names_is_not(
    question: str, ran: str, glossary: Glossary
) -> None:
    assert carry_over(question, [ASKED], glossary).question == ran


def test_what_is_carried_is_said_by_kind_in_the_words_it_was_typed_in(glossary: Glossary) -> None:
    assert carry_over("why?", [ASKED.replace("Northway", "northway")], glossary).carried == (
        Carried("provider", "northway"),
        Carried("place", "Ambleton"),
        Carried("year", "2016"),
        Carried("subject", "supervise women"),
    )


def test_another_place_of_the_starter_glossary_takes_the_place_of_the_first(glossary: Glossary) -> None:
    from test_glossary import starter

    run = carry_over("and in Kent?", ["How were women supervised in Gwent in 2016?"], starter())
    assert run.question == "and in Kent? 2016 women supervised"


def test_another_body_takes_the_place_of_one_that_is_only_an_abbreviation(glossary: Glossary) -> None:
    assert carry_over("And the NPS?", [CRC_ASKED], glossary).question == "And the NPS? Ambleton 2016 supervise women"
    assert carry_over("And men?", [CRC_ASKED], glossary).question == "And men? Ambleton 2016 CRC supervise women"


def test_the_place_in_a_companys_name_is_carried_once(glossary: Glossary) -> None:
    run = carry_over("why?", ["Was the Ambleton CRC late?"], glossary)
    assert run.carried == (Carried("provider", "Ambleton CRC"), Carried("subject", "late"))


def test_a_span_of_years_is_one_year_and_two_years_are_two() -> None:
    run = carry_over("why?", ["Were courts late in 2016-17, 2018/2019 and 2020?"], NOTHING)
    assert [one.text for one in run.carried if one.kind == "year"] == ["2016-17", "2018/2019", "2020"]


def test_a_word_that_both_questions_hold_is_not_said_again() -> None:
    assert carry_over("And courts?", ["Which court was late, and was a court early?"], NOTHING).question == (
        "And courts? late early"
    )


def test_words_that_only_ask_are_no_subject() -> None:
    assert carry_over("And Weir?", ["How many courts? Give a reason, and say which year."], NOTHING).question == (
        "And Weir? courts Give"
    )


def test_the_subject_has_an_end() -> None:
    long = " ".join(f"word{number}" for number in range(MAX_SUBJECT_WORDS + 3))
    assert carry_over("why?", [long], NOTHING).question.split()[1:] == long.split()[:MAX_SUBJECT_WORDS]


def test_a_chain_of_two_is_completed_from_the_first(glossary: Glossary) -> None:
    assert carry_over("why?", [ASKED, "And in Weir?"], glossary).question == "why? Weir 2016 supervise women"
    assert carry_over("and in 2018?", [ASKED, "And in Weir?"], glossary).question == (
        "and in 2018? Weir supervise women"
    )


def test_a_complete_question_begins_a_new_chain(glossary: Glossary) -> None:
    assert carry_over("why?", [ASKED, "Which courts were late?"], glossary).question == "why? courts late"


def test_what_the_asker_took_away_is_not_carried(glossary: Glossary) -> None:
    run = carry_over("why?", [ASKED], glossary, without=["2016", "Ambleton"])
    assert run.question == "why? Northway supervise women"
    assert [one.text for one in run.carried] == ["Northway", "supervise women"]


def test_taking_away_is_of_this_turn_only(glossary: Glossary) -> None:
    assert "2016" in carry_over("why?", [ASKED, "And in Weir?"], glossary, without=["Ambleton"]).question
