"""The benchmark scripts' own arithmetic, and that the scores that are kept can be compared with."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from probqa.dates import PartialDate
from probqa.measuring.evaluation import GoldSpan
from probqa.questions import Request
from probqa.reading import corpus, reader
from probqa.records import Answer, AnswerPart, Coverage, Document, Passage, RatingRow, Source, Span
from quoting import question_of, quote_of

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    folder = ROOT / "corpus"
    files = [file for file in corpus.list_files(folder)[0] if "/" not in file.path]
    return {document.source.id: document for document in (reader.read(file, folder) for file in files)}


def questions_and_turns() -> tuple[list[Any], list[Any]]:
    """Return the questions of benchmarks/understood and its conversations."""
    from understood import Conversation, Single, read_lines

    return list(read_lines(Single, "questions.jsonl")), list(read_lines(Conversation, "conversations.jsonl"))


def expectations() -> Iterator[tuple[str, Any]]:
    """Yield what is expected of every question and turn, each with its name."""
    questions, conversations = questions_and_turns()
    for question in questions:
        yield question.id, question.expected
    for conversation in conversations:
        for turn in conversation.turns:
            yield f"{conversation.id}: {turn.question}", turn.expected


def in_letters(text: str) -> str:
    """Return a text by which two that differ in punctuation or capitals are equal."""
    return re.sub(r"\W+", " ", text).strip().casefold()


def test_a_score_has_fallen_only_beyond_its_tolerance() -> None:
    from scores import fallen

    kept = {name: {"score": 0.8, "tolerance": 0.005} for name in ("same", "little", "lower", "absent")}
    found = {"same": 0.8, "little": 0.7951, "lower": 0.7949, "new": 0.1}
    assert fallen(kept, found) == ["lower: 0.7949, kept 0.8000, tolerance 0.005"]


def test_the_kept_scores_are_scores_with_tolerances() -> None:
    kept = json.loads((BENCHMARKS / "scores.json").read_text(encoding="utf-8"))
    assert kept
    for name, entry in kept.items():
        assert 0 <= entry["score"] <= 1, name
        assert 0 <= entry["tolerance"] <= 0.01, name


def test_fidelity_is_kept_exactly() -> None:
    kept = json.loads((BENCHMARKS / "scores.json").read_text(encoding="utf-8"))
    assert kept["gold dev: quote_fidelity"] == {"score": 1.0, "tolerance": 0.0}


def test_a_sample_is_evenly_spaced_and_never_longer_than_the_whole() -> None:
    from public_sets import evenly

    assert evenly(list(range(10)), 4) == [0, 2, 5, 7]
    assert evenly([1, 2], 5) == [1, 2]
    assert evenly([1, 2], 0) == [1, 2]


def test_reciprocal_ranks_are_added_and_a_word_score_of_zero_has_no_rank() -> None:
    from public_sets import rrf

    mixed = rrf(np.float32([0.9, 0.8, 0.7]), np.float32([0, 5, 0]))
    assert mixed.tolist() == pytest.approx([1 / 61, 1 / 62 + 1 / 61, 1 / 63])


def test_mixes_scale_each_side_over_what_may_be_found() -> None:
    from public_sets import convex

    mixed = convex(0.6)(np.float32([0.2, 0.4, 0.6]), np.float32([2, 1, 0]))
    assert mixed.tolist() == pytest.approx([0.4, 0.3 + 0.2, 0.6], abs=1e-6)


def test_the_questions_to_be_understood_are_halved_in_every_kind() -> None:
    questions, conversations = questions_and_turns()
    kinds = Counter((question.kind, question.split) for question in questions)
    many = {"definition", "abbreviation", "when", "where", "compare", "rating", "several"}
    few = {"capitals", "story", "without", "talk", "unknown_name"}
    assert {kind for kind, _ in kinds} == many | few
    for kind in many | few:
        assert kinds[kind, "dev"] + kinds[kind, "held_out"] >= (24 if kind in many else 12), kind
        assert 0 <= kinds[kind, "dev"] - kinds[kind, "held_out"] <= 1, kind
    again = {"compare", "rating", *few} - {"capitals"}
    for split in ("dev_2", "held_out_2"):
        assert {kind: count for (kind, of), count in kinds.items() if of == split} == dict.fromkeys(again, 6)
    counted = Counter(conversation.split for conversation in conversations)
    assert counted == {"dev": 30, "held_out": 30, "dev_2": 10, "held_out_2": 10}
    assert all(3 <= len(conversation.turns) <= 6 for conversation in conversations)
    names = [each.id for each in (*questions, *conversations)]
    assert len({*names}) == len(names)


def test_every_answer_that_is_expected_is_in_the_corpus(documents: dict[str, Document]) -> None:
    glossary = yaml.safe_load((ROOT / "corpus" / "glossary.yaml").read_text(encoding="utf-8"))
    terms = {term["term"] for term in glossary["terms"]}
    for name, expected in expectations():
        groups = [expected.documents, expected.first_document, expected.not_documents, expected.only_documents]
        groups += [*expected.together, *(side.documents for side in expected.parts)]
        for document in (document for group in groups for document in group):
            assert document in documents, name
        for span in (*expected.answers, *(span for spans in expected.together_answers for span in spans)):
            assert documents[span.document_id].text.count(span.text) == 1, name
        for cell in expected.ratings:
            ratings = documents[cell.document_id].source.ratings
            assert any(cell.of.casefold() in of.casefold() and cell.rating == given for of, given in ratings), name
        assert expected.definition in {"", *terms}, name
        assert {*expected.status} <= {"answered", "weak", "not_found"}, name


def test_no_question_to_be_understood_is_one_that_was_trained_on() -> None:
    trained: set[str] = set()
    turned: set[tuple[str, str]] = set()
    for file in (*(ROOT / "training" / "data").glob("*.jsonl"), BENCHMARKS / "gold" / "questions.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            asked = [in_letters(text) for text in (*record.get("history", ()), record["question"])]
            trained.update(asked)
            turned.update(pairwise(asked))
    questions, conversations = questions_and_turns()
    assert [question.id for question in questions if in_letters(question.question) in trained] == []
    for conversation in conversations:
        before = ""
        for turn in conversation.turns:
            # "Why?" is asked everywhere: one that leans is the same only after the same question.
            text = in_letters(turn.question)
            assert (before, text) not in turned if turn.whole else turn.expected.talk or text not in trained, text
            before = text


KENT = Source("kent", "K", "P", "report", published=PartialDate("2016-10"), area="Kent")
QUOTE = quote_of(KENT, "Morale was 'Good'.", status="answered")
ANSWER = Answer(question_of("morale?"), "answered", (QUOTE,), Coverage(1, 1, 1), "0" * 16)


@pytest.mark.parametrize(
    ("expected", "wrong"),
    [
        ({"documents": ("kent",), "since": "2016", "until": "2016"}, []),
        ({"documents": ("gwent",)}, ["no document of gwent"]),
        ({"documents": ("gwent",), "answers": (GoldSpan("kent", "Morale was 'Good'."),)}, []),
        ({"answers": (GoldSpan("gwent", "Morale was 'Good'."),)}, ["not: Morale was 'Good'."]),
        ({"status": ("weak", "not_found")}, ["status is answered"]),
        ({"not_documents": ("kent",)}, ["kent was excluded"]),
        ({"only_documents": ("gwent",)}, ["kent is of elsewhere"]),
        ({"since": "2017"}, ["kent is of 2016-10"]),
        ({"until": "2015"}, ["kent is of 2016-10"]),
        ({"together": (("kent",), ("gwent", "essex"))}, ["no document of gwent, essex"]),
        ({"same_as": "MORALE?"}, []),
        ({"same_as": "nothing"}, ["answered, but not_found or another quote as: nothing"]),
        ({"as_good_as": "nothing"}, []),
        ({"definition": "Recall"}, ["no definition of Recall"]),
        ({"note": ("Kent",)}, ["no note of Kent"]),
        ({"talk": True}, ["not taken for talk", "quotes, or no plain sentence"]),
    ],
)
def test_what_is_not_as_expected_is_said(expected: dict[str, Any], wrong: list[str]) -> None:
    from understood import Expected, faults

    nothing = dataclasses.replace(ANSWER, status="not_found", quotes=())
    found = faults(
        Expected(**expected), ANSWER, lambda request: nothing if request.turns[0].text == "nothing" else ANSWER
    )
    assert found.findings + found.form == wrong


def test_a_side_is_right_by_its_label_and_its_first_quotes() -> None:
    from understood import Expected, Side, faults

    sides = (Side(("Kent",), ("kent",)), Side(("Gwent",), ("kent", "gwent")))
    split = dataclasses.replace(ANSWER, parts=(AnswerPart("in Kent", ANSWER), AnswerPart("in Essex", ANSWER)))
    assert faults(Expected(parts=sides), split, lambda _: ANSWER).form == ["no part Gwent"]
    assert faults(Expected(parts=sides[:1], unsplit=True), split, lambda _: ANSWER).form == [
        "split into in Kent, in Essex"
    ]


def test_a_rating_may_be_a_row_or_said_in_a_quote() -> None:
    from understood import Cell, Expected, faults

    rated = dataclasses.replace(ANSWER, ratings=(RatingRow(KENT, "leadership", "Outstanding"),))
    cells = (Cell("kent", "Outstanding", "leadership"), Cell("kent", "Good", "Morale"), Cell("kent", "Good", "staff"))
    assert faults(Expected(ratings=cells), rated, lambda _: ANSWER).findings == ["not: kent staff Good"]
    assert faults(Expected(only_rating=("Inadequate",)), rated, lambda _: ANSWER).findings == [
        "a rating other than Inadequate",
        "the first quote is of another rating",
    ]


def test_a_turn_is_denied_only_where_it_is_answered_in_full() -> None:
    from understood import Conversation, Expected, Spoken, of_turns

    nothing = dataclasses.replace(ANSWER, status="not_found", quotes=())
    turns = (Spoken("morale?", Expected()), Spoken("why?", Expected(), "why was morale good?"))
    asked: list[Request] = []

    def ask(request: Request) -> Answer:
        asked.append(request)
        return nothing if request.turns[-1].text == "why?" else ANSWER

    assert [denied for *_, denied in of_turns(Conversation("c", "dev", turns), ask)] == [False, True]
    assert [[turn.text for turn in request.turns] for request in asked] == [
        ["morale?"],
        ["morale?", "why?"],
        ["why was morale good?"],
    ]


def test_the_other_fields_can_be_used_and_keep_no_words_of_a_report() -> None:
    from other_corpora import FIELDS, Asked

    from probqa.glossary.domain import load_domain

    folders = sorted(folder for folder in FIELDS.iterdir() if folder.is_dir())
    assert [folder.name for folder in folders] == ["air_accidents", "childrens_services"]
    for folder in folders:
        assert load_domain(folder).first_page.area
        documents = json.loads((folder / "first_pages.json").read_text(encoding="utf-8"))["documents"]
        questions = [Asked.from_json(line) for line in (folder / "questions.jsonl").read_text().splitlines()]
        assert (len(questions), sum(not question.answers for question in questions)) == (20, 5)
        for question in questions:
            assert not question.answers or (question.document in documents and question.page)
            assert all(re.fullmatch("[0-9a-f]{16}", answer) for answer in question.answers)


def test_a_field_whose_reports_are_absent_is_named_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import other_corpora

    monkeypatch.setattr(other_corpora, "REAL", tmp_path)
    other_corpora.measure(other_corpora.FIELDS / "air_accidents", tmp_path / "work", lists=False)
    assert capsys.readouterr().out == f"air_accidents\n  left out: {tmp_path / 'ntsb'} is absent\n"
    assert not (tmp_path / "work").exists()


def test_a_quote_is_right_by_its_page_and_by_the_sentences_in_it() -> None:
    from other_corpora import Asked, digest, is_page, is_sentence

    from probqa.records import Block, Document, Page, Quote, Source, Span

    text = "It was dry. It was damp."
    block = (Block("paragraph", Span(0, len(text))),)
    document = Document(Source("a", "A", "", ""), "a.pdf", "0" * 64, "pdf 3", text, block, (Page(0, 2),))
    quote = Quote(document, Span(12, 24), Span(0, 24))
    right, page, other = (
        Asked("?", "a", 2, (digest("It was DAMP"),)),
        Asked("?", "a", 2, (digest("x"),)),
        Asked("?", "b", 2),
    )
    assert [(is_page(each, quote), is_sentence(each, quote)) for each in (right, page, other)] == [
        (True, True),
        (True, False),
        (False, False),
    ]


def test_the_words_of_a_file_that_are_in_neither_text_nor_list_are_told() -> None:
    from words import BROKEN, account, words_of

    source = words_of(
        f"The super{BROKEN}vision of 2022³ and a multi{BROKEN}agency plan, ﬁne ᵃ plan, is lost. No\u00adte"
    )
    given = words_of("Note: the supervision of 2022³, a fineᵃ multi-agency plan; and")
    assert [source[number] for number in account(source, given)] == ["plan", "is", "lost"]
    assert account(words_of("in a row"), words_of("inarow")) == []


@pytest.mark.parametrize(
    ("content", "outcome"),
    [(b"%PDF-1.4 cut", "is damaged or cut off, or not a PDF"), (b"<html>", "is named .pdf but is a web page")],
)
def test_a_file_read_in_a_fork_has_the_outcome_it_has_in_a_worker(
    content: bytes, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import readers

    assert readers.outcome_of(".pdf", content)[0] == outcome
    before = readers.descriptors_held(), readers.children()
    monkeypatch.setattr(readers.sandbox, "ask_worker", readers.ask_fork)
    assert readers.outcome_of(".pdf", content)[0] == outcome
    assert (readers.descriptors_held(), readers.children()) == before


def test_a_sentence_of_a_made_report_is_one_between_any_two() -> None:
    from growth import _stays_whole

    assert _stays_whole("The court sat until late in the evening.")
    assert not _stays_whole("This agreement remains until it is ended by the parties. l.")
    assert not _stays_whole("The first of two sentences stands here. The second stands here.")


def test_a_made_passage_has_the_mean_of_its_sentences() -> None:
    from growth import _means

    passages = [Passage(row, "a", Span(0, 1), (Span(0, 1),) * count) for row, count in enumerate((2, 1))]
    sentences = np.eye(384, dtype=np.float32)
    means = _means(passages, sentences, np.array([0, 1, 2]))
    assert means.shape == (2, 384)
    assert np.linalg.norm(means, axis=1).round(4).tolist() == [1, 1]
    # The noise of each of the 384 numbers is a fiftieth.
    assert np.abs(means[0, :2] - 0.66).max() < 0.1
    assert abs(means[1, 2] - 0.93) < 0.1


def test_the_picture_of_growth_has_a_line_for_each_figure() -> None:
    from growth import DRAWN, SECONDS, picture

    drawn = picture({size: {"passages": size, **dict.fromkeys(SECONDS, size / 1e5)} for size in (1_000, 10_000)})
    assert drawn.count("<polyline") == len(DRAWN)
    assert [drawn.count(f">{SECONDS[name]}</text>") for name in DRAWN] == [1] * len(DRAWN)
