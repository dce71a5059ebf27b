"""Follow-ups: what is carried over from the question before, and that a complete question is left alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from conftest import STARTER
from probqa.asking.library import Library
from probqa.glossary.entries import Entries
from probqa.glossary.glossary import Glossary
from probqa.measuring.evaluation import read_questions
from probqa.questions import Carried, Request, Turn
from probqa.understanding.follow_ups import FollowUp, complete, lean
from probqa.understanding.leaning import is_incomplete
from probqa.weights import WEIGHTS
from test_glossary import SMALL, glossary_of

ASKED = "How did Northway supervise women in Ambleton in 2016?"
CRC_ASKED = "How did the CRC in Ambleton supervise women in 2016?"
NOTHING = Glossary(Entries())


def carry_over(question: str, previous: Sequence[str], glossary: Glossary, dropped: Sequence[str] = ()) -> FollowUp:
    return complete([*map(Turn, previous), Turn(question, tuple(dropped))], glossary, STARTER)


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
        "Did inspectors praise the CRC and its staff?",
        "Is it true that courts were late?",
        "Which offices did the report that praised Weir leave out?",
        "Any women's centres in Weir?",
    ],
)
def test_a_complete_question_is_never_rewritten(question: str, glossary: Glossary) -> None:
    run = carry_over(question, [ASKED, CRC_ASKED], glossary)
    assert (run.question, run.named, run.subject, run.carried) == (question, question, "", ())


@pytest.mark.parametrize(
    "question",
    [
        # It opens as an addition, or answers.
        "And were the courts of Weir praised?",
        "what about courts and prisons?",
        "How about courts and prisons?",
        "Yes, courts and prisons",
        "No, courts and prisons",
        # A phrase without a verb.
        "in Weir and Ambleton?",
        "For women on probation?",
        # The noun is left out.
        "How many were sent to courts in Weir?",
        # One word or none says what it is about.
        "why?",
        "ok courts then",
        "nothing on courts in Weir?",
        "are there enough for women?",
        "who took over?",
        "did things get better?",
        "were any offices opened in Weir and shut before that?",
        "In which year?",
        "How many?",
        "Can you give an example?",
        "Tell me more about courts",
        "What is covered?",
        "What is the rating?",
        "Weir?",
        "?",
        # It points back.
        "Which courts did they praise?",
        "Which court did inspectors say it was?",
        "Were its courts praised in Weir?",
        "Did that help courts in Weir?",
        "Which courts had that report praised?",
        "What did courts do after that in Weir?",
        "Why that office in Weir?",
        "Did courts in Weir praise those offices?",
        "Did courts praise this office?",
        "Were the courts praised there in 2016?",
        "Which ones did courts in Weir praise?",
        "Did courts in Weir praise the one in Ambleton?",
        "Were any other courts praised in Weir?",
        "Did the other courts praise Weir?",
        "What else did courts say of Weir?",
        "Is the same true of courts in Weir?",
        "Was neither of courts praised in Weir?",
        # What a pronoun cannot stand for.
        "What did inspectors say of them in Weir?",
        "What did inspectors say of it in Weir?",
        "What are the rules on their use?",
        "Compare its staff with courts in Weir",
        "Was it moved to Weir by courts?",
        "Was it moved to court by Weir?",
        "Was it given to Weir by courts?",
        "Was it given to the courts of Weir?",
        "Is it likely to fail women in court?",
        "WAS IT LATE IN COURT AGAIN?",
        "How did courts react to his release?",
    ],
)
def test_a_question_that_leans_on_another_is_incomplete(question: str) -> None:
    assert is_incomplete(question)


@pytest.mark.parametrize(
    "question",
    [
        # Words that only begin like those of addition.
        "Android phones?",
        "Nobody in Weir?",
        "No staff in Weir?",
        # A verb, or the noun after all.
        "In which year were courts late?",
        "How many are there in courts of Weir?",
        # What is asked for is that one word.
        "What is probation?",
        "what's a hostel",
        "Who is Northway?",
        "What was the NPS?",
        "Can you tell me about Weir?",
        # The pronoun's noun stands in the question.
        "Do women come back to court if they have no home?",
        "Do women have homes and do they keep work?",
        "What did the office say when it was inspected?",
        "Did Northway say it would leave Weir?",
        "Who in Weir said they left early?",
        "Did anyone get their money?",
        "Northway and its courts were late?",
        "What share of staff in Weir called their work unmanageable?",
        "Did the victim learn that he was released?",
        "Does keeping women inside stop them offending?",
        "Are new hostels in Weir better than old ones?",
        "How did staff in Weir defend themselves?",
        # "It" that stands for nothing.
        "How much does it cost to run a hostel?",
        "Why is it hard to find work?",
        "Is it known whether courts were late?",
        "Is it getting harder for women?",
        "Were IT systems late?",
        # "That" and "those" that open a clause.
        "Which report said that courts were late?",
        "Is the finding that courts were late?",
        "What helped those who left prison?",
        "What was done for those released early?",
        "Is the budget of Weir like that of Ambleton?",
        # "There" that says something exists; greetings.
        "Were there courts in Weir?",
        "Why weren't there courts in Weir?",
        "Hello there, were courts late?",
        # Compared with what is named.
        "Did courts other than Weir praise any other office?",
        "Did the courts praise the same offices as victims?",
        "Were courts late at the same time?",
        "Are Ambleton and Weir the same?",
        "Did courts in Weir ask someone else?",
        "What else besides courts was late?",
        "Was neither Weir nor Ambleton late?",
        "Were courts late this year?",
        "Were any other courts besides Weir late?",
        "Did courts of other offices in Weir fail?",
        "Was one of the courts late?",
        "Which one office was praised by courts?",
    ],
)
def test_a_question_that_holds_what_it_needs_is_complete(question: str) -> None:
    assert not is_incomplete(question)


def test_the_gold_questions_that_come_after_none_are_complete_but_for_four() -> None:
    gold = read_questions(Path(__file__).resolve().parents[1] / "benchmarks" / "gold" / "questions.jsonl", "dev")
    # What the rules get wrong: nouns that are neither subject nor of the pronoun's number, and one word alone.
    wrong = {
        "What is the meaning of life?",
        "Tell me a joke",
        "Do judges have to wait weeks before probation tells them what it thinks?",
        "How many owners did the 21 companies have between them?",
    }
    assert {one.question for one in gold if not one.history and is_incomplete(one.question)} == wrong


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
        "And Weir? courts"
    )


def test_the_subject_has_an_end() -> None:
    long = " ".join(f"word{number}" for number in range(WEIGHTS.subject_words + 3))
    assert carry_over("why?", [long], NOTHING).question.split()[1:] == long.split()[: WEIGHTS.subject_words]


@pytest.mark.parametrize(
    ("asked", "ran"),
    [
        (["why?", "how many?"], "how many? Northway Ambleton 2016 supervise women"),
        (["And in Weir?", "why?"], "why? Weir 2016 supervise women"),
        (["And in Weir?", "and in 2018?"], "and in 2018? Weir supervise women"),
        (["And in Weir?", "and in 2018?", "how many?"], "how many? Weir 2018 supervise women"),
        (["what about courts?", "in which year?"], "in which year? Northway Ambleton 2016 courts supervise women"),
        (["And the NPS?", "what about courts?", "why?"], "why? Ambleton 2016 courts NPS supervise women"),
        (["why?", "And the NPS?", "how many?"], "how many? Ambleton 2016 NPS supervise women"),
    ],
)
def test_a_chain_is_completed_from_its_first_question(asked: list[str], ran: str, glossary: Glossary) -> None:
    assert carry_over(asked[-1], [ASKED, *asked[:-1]], glossary).question == ran


@pytest.mark.parametrize(
    ("asked", "ran"),
    [
        # Another body, in the same place.
        (["Was Ambleton CRC late?", "and the NPS there?"], "and the NPS there? Ambleton late"),
        # Its rating is asked for whatever else was.
        (["Were victims told in Weir?", "how was it rated?"], "how was it rated? Weir"),
        # A term in capitals is no name that another takes the place of.
        (["Do SOs visit?", "do they work?", "in Weir?"], "in Weir? work SOs visit"),
        # What was judged is not what is asked about.
        (["Is Weir any good?", "any reports?"], "any reports? Weir"),
        (["Who was rated good first?", "did it last?"], "did it last? first"),
        (["Who took over Northway?", "what happened to the staff?"], "what happened to the staff? Northway"),
    ],
)
def test_what_stays_behind(asked: list[str], ran: str, glossary: Glossary) -> None:
    assert carry_over(asked[-1], asked[:-1], glossary).question == ran


def test_a_chain_does_not_grow(glossary: Glossary) -> None:
    once = carry_over("why?", [ASKED], glossary)
    for times in range(2, 5):
        assert carry_over("why?", [ASKED, *["how many?", "why?"] * times], glossary).carried == once.carried


def test_one_addition_takes_the_place_of_another(glossary: Glossary) -> None:
    asked = [CRC_ASKED, "what about courts?"]
    assert carry_over("what about prisons?", asked, glossary).question == (
        "what about prisons? Ambleton 2016 CRC supervise women"
    )
    assert carry_over("and why?", asked, glossary).subject == "courts CRC supervise women"
    assert carry_over("and in 2018?", asked, glossary).subject == "courts CRC supervise women"
    assert carry_over("and the NPS?", asked, glossary).subject == "courts supervise women"


def test_names_count_as_typed_and_other_words_stand_apart(glossary: Glossary) -> None:
    run = carry_over("why?", [ASKED], glossary)
    assert (run.typed, run.named, run.subject) == ("why?", "why? Northway Ambleton 2016", "supervise women")


def test_the_vector_of_a_completed_question_stays_near_what_was_typed() -> None:
    typed, ran = np.float32([1, 0, 0]), np.float32([0, 1, 0])
    leaning = lean(typed, ran)
    assert leaning.dtype == np.float32
    assert leaning.tolist() == pytest.approx([0.7 / np.hypot(0.7, 0.3), 0.3 / np.hypot(0.7, 0.3), 0])
    assert lean(typed, typed).tolist() == [1, 0, 0]


def test_a_complete_question_begins_a_new_chain(glossary: Glossary) -> None:
    assert carry_over("why?", [ASKED, "Which courts were late?"], glossary).question == "why? courts late"


@pytest.mark.parametrize(
    ("question", "ran"),
    [
        ("Were they given a home?", "Were they given a home? Northway Ambleton supervise women"),
        ("How many were late that year?", "How many were late that year? Northway Ambleton 2016 supervise women"),
        ("Did it fail in Weir?", "Did it fail in Weir? Northway supervise women"),
    ],
)
def test_a_question_of_its_own_takes_over_what_it_is_about_and_no_year(
    question: str, ran: str, glossary: Glossary
) -> None:
    assert carry_over(question, [ASKED], glossary).question == ran


def test_verbs_and_the_words_of_turns_further_back_stay_behind() -> None:
    asked = ["What was said about women who were rated?", "Who ran it in the offices?", "Were they warned?"]
    assert carry_over("Did they leave court?", asked, NOTHING).question == "Did they leave court? women"


def test_who_and_where_live_on_over_a_complete_question(glossary: Glossary) -> None:
    run = carry_over("Did it fail?", [ASKED, "Which courts were late?"], glossary)
    assert run.named == "Did it fail? Northway Ambleton"
    later = carry_over("Which courts were late?", [ASKED, "Were victims told of a release?"], glossary)
    assert ([name.text for name in later.names], later.carried) == (["Northway", "Ambleton"], ())


def test_a_name_takes_the_place_of_another_whatever_names_it() -> None:
    asked = ["What did Jordan Weir get?", "how long did he wait in court?"]
    assert carry_over("what about Ada Hale?", asked, NOTHING).question == "what about Ada Hale? long wait court"


def test_what_the_asker_took_away_is_not_carried(glossary: Glossary) -> None:
    run = carry_over("why?", [ASKED], glossary, dropped=["2016", "Ambleton"])
    assert run.question == "why? Northway supervise women"
    assert [one.text for one in run.carried] == ["Northway", "supervise women"]


def test_taking_away_is_of_this_turn_only(glossary: Glossary) -> None:
    assert "2016" in carry_over("why?", [ASKED, "And in Weir?"], glossary, dropped=["Ambleton"]).question


def test_a_name_taken_away_stays_away_from_what_counts_as_typed(glossary: Glossary) -> None:
    run = carry_over("how many?", [ASKED, "why?"], glossary, dropped=["Northway", "supervise women"])
    assert (run.named, run.subject) == ("how many? Ambleton 2016", "")


def test_what_was_typed_is_searched_for_before_what_was_carried(library: Library) -> None:
    request = Request.of("Was it cold?", previous=["Was leadershp at Weir strong in 2018?"])
    question = library.ask(request).question
    assert question.text == "Was it cold? leadership Weir strong"
    encode = library.generation.encoder.encode_question
    assert question.vector.tolist() == lean(encode("Was it cold?"), encode(question.text)).tolist()
    assert [(word.text, word.weight, word.origin) for word in question.words] == [
        ("cold", 1, "typed"),
        ("leadership", WEIGHTS.added, "carried"),
        ("Weir", WEIGHTS.added, "carried"),
        ("strong", WEIGHTS.added, "carried"),
    ]


def test_a_complete_question_is_answered_as_if_it_came_first(library: Library) -> None:
    first = library.ask("Were the buildings at Weir cold?")
    later = library.ask(Request.of("Were the buildings at Weir cold?", previous=["Was leadership at Weir strong?"]))
    understood = dataclasses.replace(later.question, request=first.question.request)
    assert dataclasses.replace(later, question=understood) == first
