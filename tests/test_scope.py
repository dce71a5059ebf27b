"""Which questions are about nothing in the reports, and which about too many of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest

from conftest import DOMAIN, REPORTS, write_corpus
from probqa.asking.library import Library
from probqa.indexing.build import build
from probqa.questions import Filters, Request, Scope
from probqa.settings import Settings
from probqa.weights import WEIGHTS

Judge = Callable[..., Scope]
MANY = WEIGHTS.many
TOWNS = [f"Town{chr(97 + at)}" for at in range(MANY)]


def report(town: str, said: str) -> str:
    return f"---\ntitle: {town}\narea: {town}\npublished: 20{10 + TOWNS.index(town) % 9}\n---\n# Findings\n\n{said}\n"


@pytest.fixture
def library(chosen: Settings) -> Iterator[Library]:
    """As many reports on leadership as make a question too broad, and one fewer on roofs."""
    said = {
        town: report(
            town, f"The leadership was calm and wise in the Ridings. {'' if town == TOWNS[0] else 'A roof leaked.'}"
        )
        for town in TOWNS
    }
    places = {"glossary.yaml": "places:\n- {name: Ridings, basis: general knowledge}\n"}
    write_corpus(chosen.corpus, REPORTS | places | {f"{town}.md": text for town, text in said.items()})
    build(chosen)
    with closing(Library(chosen)) as library:
        yield library


@pytest.fixture
def judge(library: Library) -> Judge:
    return lambda question, **options: library.ask(Request.of(question, **options)).question.scope


def test_a_question_none_of_whose_words_stands_in_a_report_is_outside(judge: Judge) -> None:
    assert judge("zyzzyva quokka?") == Scope("outside")
    assert judge("who is he?") == Scope("outside")
    assert judge("zyzzyva leadership quokka?", widen=False).kind == "inside"


@pytest.mark.parametrize(("question", "cosine", "kind"), [
    ("quokka in Weir garden", 0.24, "outside"),
    ("quokka in Weir garden", 0.26, "inside"),
    ("quokka with strong leadership at Weir", 0.24, "inside"),
])  # fmt: skip
def test_a_question_with_unknown_words_is_outside_where_no_passage_is_near_it(
    library: Library, judge: Judge, monkeypatch: pytest.MonkeyPatch, question: str, cosine: float, kind: str
) -> None:
    nearest = (np.zeros(1, np.int64), np.float32([cosine]))
    monkeypatch.setattr(library.generation.dense, "search", lambda *_: nearest)
    assert judge(question, widen=False).kind == kind


@pytest.mark.parametrize("question", ["leadership", "How good was the leadership?", "Was the leadership calm?"])
def test_a_question_that_many_reports_hold_all_words_of_is_too_broad(judge: Judge, question: str) -> None:
    found = judge(question)
    assert (found.kind, len(found.documents)) == ("broad", MANY + (question != "Was the leadership calm?"))


def test_a_question_that_leaves_open_what_it_is_about_touches_every_report(judge: Judge) -> None:
    assert len(judge("What did inspectors find?").documents) == len(TOWNS) + len(REPORTS.keys() - DOMAIN)


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("Were the roofs leaking?", {}),
        ("How was the leadership in 2014?", {}),
        ("Was the leadership calm and wise?", {}),
        ("How good was it in the Ridings?", {}),
        ("leadership", {"filters": Filters(since="2010")}),
    ],
)
def test_fewer_reports_a_name_a_filter_or_more_words_make_a_question_narrow(
    judge: Judge, question: str, options: dict[str, object]
) -> None:
    assert judge(question, **options).kind == "inside"
