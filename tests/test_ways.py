"""Ways to take a question of a conversation: which passages it is put to, and which way is taken."""

from __future__ import annotations

from probqa.asking.library import Library
from probqa.questions import Carried, Request, Turn
from probqa.understanding.leaning import is_incomplete, repeats, without_verbs, years_on
from probqa.understanding.ways import Way, ways

ASKED = "Was staff morale low in Ambleton?"
REPORT = Carried("about", "Inspection of Ambleton")


def ways_of(library: Library, *turns: str | Turn) -> list[Way]:
    request = Request(tuple(turn if isinstance(turn, Turn) else Turn(turn) for turn in turns))
    before = Request(request.turns[:-1])
    return list(ways(library.generation, request.turns, lambda: library.ask(before)))


def of(library: Library, way: Way) -> set[str]:
    return {library.generation.passage(row).document_id for row in way.rows or ()}


def test_a_first_question_is_put_to_all_passages_once(library: Library) -> None:
    assert [(way.rows, way.run.carried) for way in ways_of(library, ASKED)] == [(None, ())]


def test_a_question_with_a_name_of_its_own_is_put_to_all_passages(library: Library) -> None:
    [way] = ways_of(library, ASKED, "Was leadership in Weir strong?")
    assert (way.rows, way.run.carried) == (None, ())


def test_why_is_put_to_what_stands_around_the_quote_and_then_to_its_report(library: Library) -> None:
    around, report, *_, last = ways_of(library, ASKED, "why?")
    assert around.firm
    assert of(library, around) == of(library, report) == {"ambleton"}
    assert set(around.rows or ()) < set(report.rows or ())
    assert REPORT in around.run.carried
    assert last.rows is None


def test_a_complete_question_is_put_to_the_last_report_as_it_stands(library: Library) -> None:
    question = "How many appointments were missed by victims?"
    assert not is_incomplete(question)
    report, *_, whole = ways_of(library, ASKED, question)
    assert (report.run.question, report.run.carried) == (question, (REPORT,))
    assert (whole.run.question, whole.run.carried, whole.rows) == (question, (), None)


def test_the_turn_before_is_not_worked_out_again(library: Library) -> None:
    library.remembered(Request.of(ASKED))
    library.remembered(Request.of("How many appointments were missed by victims?", previous=[ASKED]))
    counted = library.remembered.cache_info()
    assert (counted.misses, counted.hits > 0) == (2, True)


def test_what_the_asker_took_away_is_no_way(library: Library) -> None:
    taken = Turn("How many appointments were missed by victims?", (REPORT.text,))
    assert all(REPORT not in way.run.carried for way in ways_of(library, ASKED, taken))


def test_a_complete_question_that_only_other_reports_answer_is_answered_by_them(library: Library) -> None:
    question = "Were victims told of a release in good time?"
    answer = library.ask(Request.of(question, previous=[ASKED]))
    assert answer.question.carried == ()
    assert answer.quotes == library.ask(question).quotes


def test_another_time_is_counted_from_the_report(library: Library) -> None:
    later, *_ = ways_of(library, ASKED, "and a year later?")
    assert (later.firm, of(library, later)) == (True, {"northway/selby"})
    assert later.run.carried[-1] == Carried("about", "published in 2018")


def test_the_same_conversation_has_the_same_answer(library: Library) -> None:
    request = Request.of("why?", previous=[ASKED, "And the courts?"])
    assert library.ask(request) == library.ask(request)


def test_a_long_conversation_is_answered(library: Library) -> None:
    assert library.ask(Request.of("why?", previous=["why?"] * 2000)).question.asked == "why?"


def test_years_are_counted_forwards_and_back() -> None:
    asked = ("and two years later?", "the year before?", "3 years on", "and in Kent?")
    assert [years_on(text) for text in asked] == [2, -1, 3, 0]


def test_asking_the_same_again_is_told_from_a_question_of_its_own() -> None:
    assert [repeats(text) for text in ("And in Kent?", "why?", "why was that?", "who ran it?")] == [True] * 3 + [False]


def test_a_participle_before_a_noun_is_kept() -> None:
    assert without_verbs("Were missed appointments rated by staff?") == "Were missed appointments by staff?"
