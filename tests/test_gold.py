"""The project's own gold questions: what they say of the corpus is so, and they are what their page says they are."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from probqa.asking.library import Library
from probqa.measuring.evaluation import DEPTH, GoldQuestion, evaluate, read_questions
from probqa.questions import Request
from probqa.reading import corpus, reader
from probqa.records import Document
from probqa.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def questions() -> tuple[GoldQuestion, ...]:
    return read_questions(ROOT / "benchmarks" / "gold" / "questions.jsonl")


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    folder = ROOT / "corpus"
    # Digests only: what somebody has fetched into the folder is not what the questions are about.
    files = [file for file in corpus.list_files(folder)[0] if "/" not in file.path]
    return {document.source.id: document for document in (reader.read(file, folder) for file in files)}


def test_every_gold_span_is_a_slice_of_its_document(
    questions: tuple[GoldQuestion, ...], documents: dict[str, Document]
) -> None:
    for question in questions:
        for span in question.spans:
            assert span.text in documents[span.document_id].text, question.id


def test_no_gold_span_stands_twice_in_its_document(
    questions: tuple[GoldQuestion, ...], documents: dict[str, Document]
) -> None:
    spans = {span for question in questions for span in question.spans}
    assert [span for span in spans if documents[span.document_id].text.count(span.text) != 1] == []


def test_there_are_enough_questions_of_every_kind(questions: tuple[GoldQuestion, ...]) -> None:
    single = [question for question in questions if question.kind not in ("first_turn", "follow_up")]
    kinds = Counter(question.kind for question in single)
    assert len(single) >= 450
    assert sum(question.unanswerable for question in single) >= 200
    assert all(kinds[kind] >= 15 for kind in ("public", "staff", "typo", "synonym", "cross_report"))
    assert all(question.unanswerable == question.kind.startswith("absent_") for question in single)


def test_cross_report_questions_are_answered_in_several_documents(questions: tuple[GoldQuestion, ...]) -> None:
    for question in questions:
        if question.kind == "cross_report":
            assert len({span.document_id for span in question.spans}) > 1, question.id


def test_there_are_thirty_conversations_whose_turns_know_the_turns_before(questions: tuple[GoldQuestion, ...]) -> None:
    turns: dict[str, list[GoldQuestion]] = {}
    for question in questions:
        if question.kind in ("first_turn", "follow_up"):
            turns.setdefault(question.id.rpartition("-")[0], []).append(question)
    assert len(turns) == 30
    for conversation in turns.values():
        assert 2 <= len(conversation) <= 3
        asked = tuple(question.question for question in conversation)
        assert [question.history for question in conversation] == [asked[:at] for at in range(len(conversation))]
        assert [question.kind for question in conversation] == ["first_turn"] + ["follow_up"] * (len(conversation) - 1)


def test_the_split_is_the_parity_of_a_hash_and_keeps_conversations_whole(questions: tuple[GoldQuestion, ...]) -> None:
    for question in questions:
        key = question.id.rpartition("-")[0] if question.kind in ("first_turn", "follow_up") else question.id
        odd = int(hashlib.sha256(key.encode()).hexdigest(), 16) % 2
        assert question.split == ("dev" if odd else "held_out"), question.id


@pytest.mark.model
def test_the_development_half_scores_what_is_kept_of_it(
    starter_index: Settings, documents: dict[str, Document]
) -> None:
    """What `benchmarks/scores.py` keeps of it, each within its tolerance; a better score is to be kept, too."""
    with closing(Library(starter_index)) as library:
        scores = evaluate(
            read_questions(ROOT / "benchmarks" / "gold" / "questions.jsonl", "dev"),
            lambda question, previous: library.ask(Request.of(question, DEPTH, previous=previous)),
            documents.get,
        )
    kept = json.loads((ROOT / "benchmarks" / "scores.json").read_text(encoding="utf-8"))
    for name, score in scores.metrics.items():
        entry = kept[f"gold dev: {name}"]
        assert abs(score - entry["score"]) <= entry["tolerance"], f"{name}: {score}, kept {entry['score']}"
