"""Laws 5, 7, 8 and 9: quotes are slices; asking is light, silent and the same in every process."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asking import fresh
from conftest import write_corpus
from probqa.asking.library import Library
from probqa.asking.quotes import Chosen, cut
from probqa.asking.signals import Candidate
from probqa.calibration import SIGNALS, Signals
from probqa.errors import IndexDamagedError, InputError
from probqa.indexing.build import build
from probqa.questions import Request
from probqa.records import Quote, Span
from probqa.settings import Settings
from probqa.understanding.question import MAX_QUESTION_CHARACTERS, checked

QUESTIONS = ["How did Northway supervise people at low risk?", "Was unpaid work prompt?", "zebra quagga?"]
HEAVY = {
    "torch",
    "sentence_transformers",
    "transformers",
    "streamlit",
    "huggingface_hub",
    "onnx",
    "onnxscript",
    "scipy",
}

words = st.sampled_from(
    "how many people at low risk were supervised by telephone in Weir Selby court 22.5% zebra the not".split()
)
question = st.lists(words, min_size=1, max_size=12).map(" ".join) | st.text(
    min_size=1, max_size=MAX_QUESTION_CHARACTERS
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(question, st.integers(1, 30))
def test_every_quote_is_its_slice_whatever_is_asked(library: Library, question: str, k: int) -> None:
    try:
        answer = library.ask(Request.of(question, k))
    except InputError as error:
        assert "\n" not in str(error)
        return
    quotes = answer.quotes or answer.near
    assert len(quotes) <= k
    assert not quotes or quotes[0].score == max(quote.score for quote in quotes)
    assert len({quote.text for quote in quotes}) == len(quotes)
    assert (answer.status == "not_found") == (not answer.quotes)
    for quote in quotes:
        document = library.generation.document(quote.source.id)
        assert document is not None
        assert quote.text == document.text[quote.span.start : quote.span.end]
        assert quote.context == document.text[quote.context_span.start : quote.context_span.end]
        assert quote.span in quote.context_span
        assert quote.heading == document.heading_path(quote.span.start)
        assert 0 <= quote.score <= 1


def test_a_quote_outside_its_passage_or_document_cannot_be_made(library: Library) -> None:
    document, passage = library.generation.document_of(0), library.generation.passage(0)
    for span in (Span(passage.span.start, passage.span.end + 1), Span(0, 3)):
        with pytest.raises(ValueError, match="is no place in ambleton"):
            Quote(document, span, passage.span)
    with pytest.raises(ValueError, match="is no place in ambleton"):
        Quote(replace(document, text=document.text[: passage.span.start]), passage.span, passage.span)


def test_a_passage_that_its_document_does_not_have_is_a_damaged_index(library: Library) -> None:
    answer = library.ask(QUESTIONS[0])
    document, passage = library.generation.document_of(0), library.generation.passage(0)
    cut_short = Candidate(replace(document, text="Gone."), passage, passage.span, Signals(*[0.0] * len(SIGNALS)))
    with pytest.raises(IndexDamagedError, match=r"does not lie in its source.*; run: probqa verify"):
        cut(answer.question, Chosen(cut_short), library.generation.calibration)


def test_a_lead_in_is_context_for_retrieval_and_never_in_a_quote(library: Library) -> None:
    answer = library.ask(Request.of("What were the main findings on work to protect the public?", k=30))
    quotes = answer.quotes or answer.near
    assert "Work to protect the public was poor in 12 of 30 cases." in [quote.text for quote in quotes]
    assert not any("main findings were" in quote.context for quote in quotes)


def test_furniture_is_never_quoted(library: Library) -> None:
    answer = library.ask(Request.of("share on twitter or facebook", k=30))
    assert not any("Share" in quote.context for quote in answer.quotes + answer.near)


def test_the_same_question_has_the_same_answer_in_two_processes(built: Settings) -> None:
    first = fresh("answers", built, *QUESTIONS, hash_seed="1")
    assert first == fresh("answers", built, *QUESTIONS, hash_seed="2")
    assert [bool(answer["quotes"]) for answer in first] == [True, True, False]


def test_two_builds_of_one_corpus_are_the_same_to_the_byte(chosen: Settings, built: Settings) -> None:
    other = replace(chosen, index=chosen.index.with_name("other"))
    again = replace(chosen, index=chosen.index.with_name("again"))
    assert fresh("fresh_build", other, hash_seed="1") == fresh("fresh_build", again, hash_seed="2")


def test_asking_is_light(built: Settings) -> None:
    imported = set(fresh("modules", built, *QUESTIONS))
    assert {"faiss", "onnxruntime", "probqa.asking.library"} <= imported
    assert HEAVY.isdisjoint(imported)


def test_asking_is_silent(built: Settings) -> None:
    asked = fresh("silent", built, *QUESTIONS)
    assert asked["refused"] == []
    assert [status == "not_found" for status in asked["statuses"]] == [False, False, True]


@pytest.mark.model
def test_asking_with_the_real_model_is_light_silent_and_the_same(real_index: Settings) -> None:
    assert HEAVY.isdisjoint(fresh("modules", real_index, *QUESTIONS))
    asked = fresh("silent", real_index, *QUESTIONS)
    assert asked["refused"] == []
    first = fresh("answers", real_index, *QUESTIONS, hash_seed="1")
    assert first == fresh("answers", real_index, *QUESTIONS, hash_seed="2")
    assert [answer["status"] for answer in first] == asked["statuses"]
    best = first[0]["quotes"][0]
    assert best["text"] == "Northway supervised people at low risk by a telephone call every nine weeks."
    assert (best["document_id"], best["heading"]) == ("ambleton", ["Findings", "Supervision"])


@pytest.mark.model
def test_a_rebuild_with_the_real_model_takes_its_encoder_from_the_index(real_index: Settings) -> None:
    stages: list[str] = []
    report = build(real_index, lambda stage, done, total: stages.append(stage))
    assert (report.unchanged, report.embedded, report.notes) == (3, 0, ())
    assert set(stages) == {"reading"}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "the question is empty; type a question"),
        (" \n\t ", "the question is empty; type a question"),
        ("x" * 2001, "the question has 2001 characters, more than 2000; shorten it"),
        ("who\x00?", "the question holds the control character U+0000; remove it"),
        ("who\x1b[2J?", "the question holds the control character U+001B; remove it"),
        ("who\x85?", "the question holds the control character U+0085; remove it"),
        ("who\ud800?", "the question holds the control character U+D800; remove it"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_in_one_line(library: Library, question: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        library.ask(question)
    assert str(refused.value) == said


def test_a_question_of_500_characters_with_line_breaks_is_asked() -> None:
    assert checked("x" * 2000) == "x" * 2000
    assert checked("who\n\twas  it?") == "who was it?"


def test_fewer_than_one_quote_cannot_be_asked_for(library: Library) -> None:
    with pytest.raises(InputError, match="0 quotes cannot be shown; ask for 1 or more with -k"):
        library.ask(Request.of("who?", k=0))


def test_more_quotes_than_passages_gives_what_there_is(library: Library) -> None:
    answer = library.ask(Request.of(QUESTIONS[0], k=10_000))
    assert len(answer.quotes) == library.generation.passages


def test_a_library_without_an_answer_still_names_its_generation(built: Settings) -> None:
    with closing(Library(built)) as library:
        answer = library.ask("zebra?")
    assert (answer.generation, answer.coverage.documents, answer.coverage.passages) == (library.generation.name, 3, 10)


def test_the_same_words_in_two_reports_are_quoted_once(chosen: Settings) -> None:
    text = "The court of Ambleton was late."
    write_corpus(chosen.corpus, {"a.md": f"# One\n\n{text}", "b.md": f"# Two\n\n{text}"})
    build(chosen)
    with closing(Library(chosen)) as library:
        answer = library.ask("Was the court of Ambleton late?")
    assert [quote.text for quote in answer.quotes] == [text]
    assert answer.coverage.passages == 2
