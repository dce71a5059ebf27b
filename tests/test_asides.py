"""What a question says beside what it asks decides which reports answer, in what order, and whether any is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from conftest import DOMAIN, write_corpus
from probqa.asking.library import Library
from probqa.indexing.build import build
from probqa.questions import Filters, Request, Turn
from probqa.records import Answer
from probqa.settings import Settings
from test_glossary import SMALL

HEAD = "---\ntitle: {title}\npublisher: P\npublished: {published}\nkind: inspection report\narea: {area}\n---\n"


def report(title: str, published: str, area: str, text: str) -> str:
    return f"{HEAD.format(title=title, published=published, area=area)}# Findings\n\n{text}\n"


FILES = DOMAIN | {
    "glossary.yaml": SMALL,
    "a16.md": report("First inspection", "2016-10", "Ambleton", "Staff morale was low in Ambleton."),
    "a19.md": report("Second inspection", "2019-02", "Ambleton", "Staff morale was mixed in Ambleton."),
    "a24.md": report("Third inspection", "2024-05", "Ambleton", "Staff morale was high in Ambleton."),
    "w22.md": report("Inspection of Weir", "2022", "Weir", "Staff morale was fair in Weir. Millford lay outside it."),
    "all.md": report(
        "Annual report",
        "2025-03",
        "England",
        "Staff morale had been low everywhere in 2017.\n\nStaff morale was good in Weir.\n\n"
        "Staff morale was good in Hale.",
    ),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    import hash_encoder

    place = tmp_path_factory.mktemp("asides")
    chosen = Settings(place / "corpus", place / "index", hash_encoder.MODEL)
    with pytest.MonkeyPatch.context() as patch:
        hash_encoder.install(patch.setattr)
        write_corpus(chosen.corpus, FILES)
        build(chosen)
        with closing(Library(chosen)) as library:
            yield library


def ask(
    library: Library,
    question: str,
    *,
    previous: Sequence[str | Turn] = (),
    dropped: Sequence[str] = (),
    filters: Filters = Filters(),  # noqa: B008
) -> Answer:
    return library.ask(Request.of(question, previous=previous, dropped=dropped, filters=filters))


def shown(answer: Answer) -> list[str]:
    return [quote.text for quote in answer.shown]


def sources(answer: Answer) -> list[str]:
    return [quote.source.id for quote in answer.shown]


def readings(answer: Answer) -> list[tuple[str, str]]:
    return [(reading.kind, reading.text) for reading in answer.question.readings]


def test_a_window_leaves_out_what_was_published_outside_it(library: Library) -> None:
    answer = ask(library, "How was staff morale in Ambleton since 2018?")
    assert set(sources(answer)) == {"a19", "a24"}
    assert answer.question.text == "How was staff morale in Ambleton?"
    assert answer.question.years == frozenset()
    assert readings(answer) == [("when", "since 2018")]
    assert answer.coverage.documents == 4
    whole = ask(library, "How was staff morale in Ambleton since 2018?", dropped=["since 2018"])
    assert (readings(whole), whole.coverage.documents) == ([], 5)
    assert whole.question.text == "How was staff morale in Ambleton since 2018?"


def test_a_later_report_that_tells_of_a_year_within_is_let_through(library: Library) -> None:
    answer = ask(library, "How was staff morale before 2018?")
    assert set(shown(answer)) == {
        "Staff morale was low in Ambleton.",
        "Staff morale had been low everywhere in 2017.",
    }
    assert sources(ask(library, "How was staff morale before 2017?")) == ["a16"]


def test_a_window_narrows_the_filters_that_are_on(library: Library) -> None:
    answer = ask(library, "How was staff morale since 2018?", filters=Filters(areas=("Ambleton",)))
    assert set(sources(answer)) == {"a19", "a24"}


def test_a_window_of_no_report_finds_nothing(library: Library) -> None:
    answer = ask(library, "How was staff morale in the nineties?")
    assert (answer.status, answer.shown, answer.coverage.passages) == ("not_found", (), 0)


def test_then_and_now_is_answered_in_two_parts(library: Library) -> None:
    answer = ask(library, "Is staff morale in Ambleton any better than in 2016?")
    assert [part.label for part in answer.parts] == ["Up to 2016", "Since 2017, newest first"]
    then, now = (part.answer for part in answer.parts)
    assert sources(then)[0] == "a16"
    assert "a16" not in sources(now)
    assert now.question.newest_first
    assert [part.request.turns[-1].text for part in answer.question.parts] == [
        "Is staff morale in Ambleton any better?",
        "Is staff morale in Ambleton any better now?",
    ]
    plain = ask(library, "Is staff morale in Ambleton any better than in 2016?", dropped=["than in 2016"])
    assert (plain.parts, readings(plain)) == ((), [])


def test_a_time_is_kept_by_the_questions_that_lean_on_it(library: Library) -> None:
    first = "How was staff morale in Ambleton since 2018?"
    answer = ask(library, "And in Weir?", previous=[first])
    assert readings(answer) == [("when", "since 2018")]
    assert "a16" not in sources(answer)
    assert ask(library, "And in Weir?", previous=[first], dropped=["since 2018"]).question.readings == ()
    assert ask(library, "And in 2016?", previous=[first]).question.readings == ()
    complete = "Did managers check every assessment?"
    assert ask(library, complete, previous=[first]).question.readings == ()


def test_now_takes_the_place_of_the_year_before(library: Library) -> None:
    answer = ask(library, "and now?", previous=["How was staff morale in Ambleton in 2016?"])
    assert answer.question.newest_first
    assert answer.question.years == frozenset()
    assert "year" not in [carried.kind for carried in answer.question.carried]
    assert "now" not in answer.question.own_words


def test_the_newest_and_the_oldest_report_come_first_where_they_are_asked_for(library: Library) -> None:
    answer = ask(library, "latest findings on staff morale in Ambleton")
    assert sources(answer)[0] == "a24"
    assert sources(ask(library, "earliest findings on staff morale in Ambleton"))[0] == "a16"


def test_has_it_improved_since_looks_back_at_the_year_before(library: Library) -> None:
    answer = ask(library, "Has it improved since?", previous=["How was staff morale in Ambleton in 2016?"])
    assert [part.label for part in answer.parts] == ["Up to 2016", "Since 2017, newest first"]
    assert sources(answer.parts[0].answer)[0] == "a16"


def test_what_is_left_out_is_not_quoted(library: Library) -> None:
    question = "How was staff morale except in Weir?"
    answer = ask(library, question)
    assert readings(answer) == [("without", "except in Weir")]
    assert "Weir" not in "".join(shown(answer))
    assert set(sources(answer)) == {"a16", "a19", "a24", "all"}
    assert answer.question.text == "How was staff morale?"
    # A county leaves out what lies in it, which Millford does, and a word what holds it.
    assert set(sources(ask(library, "How was staff morale apart from Ambleton?"))) == {"all"}
    assert "Staff morale was good in Hale." not in shown(ask(library, "How was staff morale excluding Hale?"))
    assert "w22" in sources(ask(library, question, dropped=["except in Weir"]))
    # One report by its year, and a body by what its reports call it.
    assert "a19" not in sources(ask(library, "How was staff morale, but not in the 2019 report?"))


def test_a_story_is_asked_by_its_question(library: Library) -> None:
    told = "My son lives in Ambleton. He is unhappy. How is staff morale?"
    answer = ask(library, told)
    assert readings(answer) == [("story", "My son lives in Ambleton. He is unhappy.")]
    assert answer.question.text == "How is staff morale? Ambleton"
    assert answer.question.asked == told
    assert ask(library, told, dropped=["My son lives in Ambleton. He is unhappy."]).question.text == told


def test_small_talk_gets_a_sentence_and_no_quotes(library: Library) -> None:
    answer = ask(library, "Thanks!")
    assert (answer.question.scope.kind, answer.status, answer.shown) == ("talk", "not_found", ())
    assert answer.question.reply == "You are welcome. Ask on whenever you like."
    assert (answer.coverage.documents, answer.coverage.passages) == (0, 0)
    assert ask(library, "Thanks!", dropped=["Thanks!"]).question.scope.kind != "talk"


def test_small_talk_in_between_is_not_leaned_on(library: Library) -> None:
    first = "How was staff morale in Ambleton?"
    plain = ask(library, "And in Weir?", previous=[first]).question
    assert ask(library, "And in Weir?", previous=[first, "ok great, thanks"]).question.text == plain.text


@pytest.mark.parametrize("then", ["since 2020", "not the Weir ones", "anything more recent?"])
def test_a_turn_that_only_narrows_asks_the_one_before_again(library: Library, then: str) -> None:
    asked = "How was staff morale in Ambleton or in Weir?"
    answer = ask(library, then, previous=(asked,))
    assert answer.question.carried
    assert answer.question.readings[0].kind == ("without" if then.startswith("not") else "when")
    # What narrows is no word to look for, and the whole question leads, not the few words that narrow it.
    assert not {"since", "recent", "ones"} & {word.text for word in answer.question.words}
    if "anything" not in then:
        whole = library.generation.encoder.encode_question(answer.question.text)
        assert answer.question.vector.tolist() == whole.tolist()


def test_small_talk_is_widened_by_nothing(chosen: Settings) -> None:
    write_corpus(chosen.corpus, FILES | {"glossary.yaml": "everyday:\n- {words: [rubbish], means: [low]}\n"})
    build(chosen)
    with closing(Library(chosen)) as library:
        assert [each.matched for each in ask(library, "rubbish staff morale").question.added] == ["rubbish"]
        talk = ask(library, "this is rubbish").question
    assert (talk.reply != "", talk.added) == (True, ())
