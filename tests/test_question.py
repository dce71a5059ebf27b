"""A question is understood once: equal requests are understood alike, and nothing reads the string again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import REPORTS, write_corpus
from probqa.asking.library import Library
from probqa.asking.quotes import choose
from probqa.asking.retrieval import retrieve
from probqa.asking.signals import measure
from probqa.errors import InputError
from probqa.indexing.build import build
from probqa.indexing.lexical import words
from probqa.questions import Filters, Question, Request, Turn
from probqa.settings import Settings
from probqa.understanding.question import read_question
from test_glossary import SMALL

# Of every make: complete, incomplete, mistyped, of two bodies, with a year, asking for a number, a time, a reason.
TURNS = [
    "How did Northway supervise women in Ambleton in 2017?",
    "How many staff were absent in Weir?",
    "And in Ambleton?",
    "what about Milford?",
    "why?",
    "Was leadershp at Weir strong in 2018?",
    "And the NPS?",
    "how many?",
    "Was it Dr Hle who said so?",
    "in 2016?",
    "bosses",
    "When was Selby Green late?",
]
conversations = st.lists(st.sampled_from(TURNS), min_size=1, max_size=4)
kept_library = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """``REPORTS`` and the small glossary, with the hash encoder."""
    import hash_encoder

    place = tmp_path_factory.mktemp("questions")
    chosen = Settings(place / "corpus", place / "index", hash_encoder.MODEL)
    with pytest.MonkeyPatch.context() as patch:
        hash_encoder.install(patch.setattr)
        write_corpus(chosen.corpus, REPORTS | {"glossary.yaml": SMALL})
        build(chosen)
        with closing(Library(chosen)) as library:
            yield library


def understood(library: Library, asked: Sequence[str | Turn], **options: object) -> Question:
    *previous, last = asked
    turn = last if isinstance(last, Turn) else Turn(last)
    request = Request.of(turn.text, previous=previous, dropped=turn.dropped, widen=turn.widen, **options)  # type: ignore[arg-type]
    return read_question(library.generation, request)


def without_request(question: Question) -> Question:
    return dataclasses.replace(question, request=Request((Turn("?"),)))


@kept_library
@given(asked=conversations)
def test_equal_requests_give_equal_questions(library: Library, asked: list[str]) -> None:
    one, two = understood(library, asked), understood(library, list(asked))
    assert one == two
    assert one.vector.tolist() == two.vector.tolist()


@kept_library
@given(asked=conversations)
def test_a_question_that_drops_all_that_was_carried_is_the_question_of_one_turn(
    library: Library, asked: list[str]
) -> None:
    carried = tuple(each.text for each in understood(library, asked).carried)
    alone = understood(library, asked[-1:])
    dropped = understood(library, [*asked[:-1], Turn(asked[-1], dropped=carried)])
    assert without_request(dropped) == without_request(alone)
    assert dropped.vector.tolist() == alone.vector.tolist()


@kept_library
@given(asked=conversations, widen=st.booleans())
def test_the_text_that_is_shown_parses_to_the_words_that_were_searched(
    library: Library, asked: list[str], widen: bool
) -> None:
    question = understood(library, [*asked[:-1], Turn(asked[-1], widen=widen)])
    assert [word.stem for word in question.words if word.origin != "added"] == words(question.text)
    assert widen or not question.added


@kept_library
@given(asked=conversations)
def test_once_a_question_is_understood_its_strings_are_not_needed(library: Library, asked: list[str]) -> None:
    question = understood(library, asked)
    silent = dataclasses.replace(question, text="", request=Request((Turn(""),)))
    for each in (question, silent):
        hits = retrieve(library.generation, each, 20)
        candidates = measure(library.generation, each, hits)
        chosen = choose(each, candidates, 8, library.generation.domain, library.generation.calibration)
        if each is question:
            expected = (hits, chosen)
    assert (hits, chosen) == expected


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("Was leadershp at Weir strong in 2018?", "Was leadership at Weir strong in 2018?"),
        ("How many buildngs were cold?", "How many buildings were cold?"),
        ("Why was Selbey late?", "Why was Selby late?"),
        ("When was supervison in Ambleton poor?", "When was supervision in Ambleton poor?"),
    ],
)
def test_kind_and_names_survive_a_correction(library: Library, typed: str, right: str) -> None:
    mistyped, spelt = understood(library, [typed]), understood(library, [right])
    assert mistyped.added != ()
    assert (mistyped.text, mistyped.kind, mistyped.names) == (spelt.text, spelt.kind, spelt.names)
    assert [word.stem for word in mistyped.words] == [word.stem for word in spelt.words]


def test_a_corrected_name_stays_a_name(library: Library) -> None:
    [name] = understood(library, ["Why was Selbey late?"]).names
    assert (name.kind, name.text) == ("other", "Selby")
    [word] = [word for word in understood(library, ["Why was Selbey late?"]).words if word.text == "Selby"]
    assert (word.typed, word.origin, word.weight) == ("Selbey", "typed", 1)


def test_a_name_taken_away_in_one_turn_does_not_come_back_in_the_next(library: Library) -> None:
    first, second = "How did Northway supervise women in Ambleton in 2017?", "And why?"
    assert "Northway" in understood(library, [first, second, "how many?"]).text
    question = understood(library, [first, Turn(second, dropped=("Northway",)), "how many?"])
    assert question.text == "how many? Ambleton 2017 supervise women"
    assert "Northway" not in [name.text for name in question.names]


def test_a_number_that_was_asked_for_is_asked_for_again(library: Library) -> None:
    question = understood(library, ["How many staff were absent in Ambleton?", "And in Weir?"])
    assert question.kind is not None
    assert (question.kind.name, question.kind.counted) == ("count", ("staff",))
    assert ("asked", "how many") in [(each.kind, each.text) for each in question.carried]
    assert question.text == "And in Weir? staff absent"


@pytest.mark.parametrize("second", ["And why?", "Was it late in Weir?", "And how were women treated?"])
def test_a_question_that_asks_in_words_of_its_own_asks_for_no_number_of_the_one_before(
    library: Library, second: str
) -> None:
    question = understood(library, ["How many staff were absent in Ambleton?", second])
    assert "asked" not in [each.kind for each in question.carried]
    assert question.kind is None or question.kind.name != "count"


def test_what_kind_was_asked_for_can_be_taken_away_too(library: Library) -> None:
    asked = ["How many staff were absent in Ambleton?", Turn("And in Weir?", dropped=("how many",))]
    assert understood(library, asked).kind is None


def test_a_carried_word_counts_for_less_everywhere_and_a_carried_name_in_full(library: Library) -> None:
    question = understood(library, ["How did Northway supervise women in Ambleton in 2017?", "And the courts?"])
    weights = {word.text: (word.weight, word.origin) for word in question.words if word.origin != "added"}
    assert weights["courts"] == (1, "typed")
    assert weights["Ambleton"] == (1, "carried")
    assert weights["women"] == (library.weights.added, "carried")
    assert question.own_words["women"].value == library.weights.added * question.own_words["women"].rarity


@pytest.mark.parametrize("turns", [(Turn(" "),), (Turn("a\x00"), Turn("why?")), (Turn("x" * 2001),)])
def test_a_turn_that_cannot_be_asked_is_refused_wherever_it_stands(library: Library, turns: tuple[Turn, ...]) -> None:
    with pytest.raises(InputError):
        read_question(library.generation, Request(turns))


def test_a_filter_leaves_a_question_inside_that_would_be_too_broad(library: Library) -> None:
    wide = dataclasses.replace(library.weights, many=1)
    request = Request.of("leadership")
    assert read_question(library.generation, request, wide).scope.kind == "broad"
    filtered = dataclasses.replace(request, filters=Filters(since="2010"))
    assert read_question(library.generation, filtered, wide).scope.kind == "inside"
