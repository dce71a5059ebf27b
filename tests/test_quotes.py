"""Quotes: the same words in two documents are shown once, and every other word makes another quote."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from conftest import write_corpus
from probqa.asking.library import Library
from probqa.indexing.build import build
from probqa.questions import Request
from probqa.records import Quote
from probqa.rendering import to_json, to_text
from probqa.settings import Settings
from probqa.weights import WEIGHTS, Weights

QUESTION = "Was the court of Ambleton late in May?"
SAID = "The court of Ambleton was late in May."


def quotes(chosen: Settings, texts: dict[str, str], k: int = 8, weights: Weights = WEIGHTS) -> tuple[Quote, ...]:
    write_corpus(chosen.corpus, {f"{name}.md": f"# {name.title()}\n\n{text}\n" for name, text in texts.items()})
    build(chosen)
    with closing(Library(chosen, weights)) as library:
        answer = library.ask(Request.of(QUESTION, k))
        return answer.quotes or answer.near


def also_in(found: tuple[Quote, ...]) -> dict[str, list[str]]:
    return {quote.source.id: [source.id for source in quote.also_in] for quote in found}


def test_the_same_words_in_two_documents_are_quoted_once(chosen: Settings) -> None:
    found = quotes(chosen, {"a": SAID, "b": f"Nothing else. {SAID}", "c": SAID, "d": "The court of Weir was early."})
    assert sorted([quote.text for quote in found]) == sorted([SAID, "The court of Weir was early."])
    first = next(quote for quote in found if quote.text == SAID)
    assert sorted([first.source.id, *(source.id for source in first.also_in)]) == ["a", "b", "c"]


def test_case_and_punctuation_make_no_other_words(chosen: Settings) -> None:
    found = quotes(chosen, {"a": SAID, "b": "The court, of Ambleton, was late in May!"})
    assert also_in(found) == {"a": ["b"]}


@pytest.mark.parametrize(
    "other",
    [
        "The court of Ambleton was not late in May.",
        "The courts of Ambleton were late in May.",
        "The court of Ambleton was late from May.",
        "The court of Ambleton would be late in May.",
        "A court of Ambleton was late in May.",
    ],
)
def test_one_other_word_makes_another_quote(chosen: Settings, other: str) -> None:
    assert also_in(quotes(chosen, {"a": SAID, "b": other})) == {"a": [], "b": []}


def test_the_same_words_twice_in_one_document_are_not_also_in_it(chosen: Settings) -> None:
    found = quotes(chosen, {"a": f"{SAID}\n\n{SAID}", "b": SAID + "\n\n" + SAID})
    assert also_in(found) == {"a": ["b"]}


def test_where_else_they_stand_is_known_for_the_last_quote_too(chosen: Settings) -> None:
    assert also_in(quotes(chosen, {"a": SAID, "b": SAID, "c": "Weir was early."}, k=1)) == {"a": ["b"]}


def test_a_rare_word_of_the_question_counts_for_more_than_a_common_one(chosen: Settings) -> None:
    common = {name: f"The court was late, {name}." for name in ("b", "c", "d", "e", "f")}
    texts = {"a": "The court was late. Ambleton had a court of its own and a hall.", **common}
    # The hash encoder's vectors count every word the same.
    found = quotes(chosen, texts, weights=replace(WEIGHTS, cosine=0.0))
    assert [quote.text for quote in found if quote.source.id == "a"] == ["Ambleton had a court of its own and a hall."]


def test_text_and_json_say_where_else_the_words_stand(chosen: Settings) -> None:
    quotes(chosen, {"a": SAID, "b": SAID})
    with closing(Library(chosen)) as library:
        answer = library.ask(QUESTION)
    [shown] = to_json(answer)["quotes"]
    assert (shown["document_id"], shown["also_in"]) == ("a", ["b"])
    assert "also in B\n" in to_text(answer)
