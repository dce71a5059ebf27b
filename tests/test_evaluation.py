"""The evaluation room: every metric against a value worked out by hand, and every way a run must fail."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from probqa.errors import InputError
from probqa.measuring.evaluation import (
    GoldQuestion,
    GoldSpan,
    Scores,
    as_text,
    auroc,
    evaluate,
    holds,
    is_faithful,
    mrr,
    ndcg,
    rate,
    read_questions,
    recall,
    word_f1,
)
from probqa.records import Answer, Block, Coverage, Document, Quote, Source, Span, Status
from quoting import question_of

TEXT = "It was good. It was late.\n\nNobody came."
DOCUMENT = Document(
    source=Source("a", "A", "P", "report"),
    file="a.md",
    file_sha256="",
    reader="",
    text=TEXT,
    blocks=(Block("paragraph", Span(0, 25)), Block("paragraph", Span(27, 39))),
)
DOCUMENTS = {"a": DOCUMENT}
GOOD, LATE, NOBODY = (TEXT.index(words) for words in ("It was good.", "It was late.", "Nobody came."))


CHANGED = dataclasses.replace(DOCUMENT, text=DOCUMENT.text.replace("It was good.", "It was Good."))


def quote(start: int, score: float = 0.5) -> Quote:
    paragraph = next(block.span for block in DOCUMENT.blocks if block.span.start <= start < block.span.end)
    span = Span(start, start + 12)
    return Quote(DOCUMENT, span, paragraph, score, confidence=score)


def answer(status: Status, *quotes: Quote) -> Answer:
    shown = status != "not_found"
    return Answer(question_of("?"), status, quotes if shown else (), Coverage(1, 2, 1), "g", () if shown else quotes)


def test_ndcg_of_hits_at_ranks_one_and_three_of_two() -> None:
    assert ndcg([1, 0, 1], relevant=2) == pytest.approx((1 + 1 / 2) / (1 + 1 / math.log2(3)))


def test_ndcg_looks_ten_deep_and_no_deeper() -> None:
    assert ndcg([0] * 9 + [1], relevant=1) == pytest.approx(1 / math.log2(11))
    assert ndcg([0] * 10 + [1], relevant=1) == 0
    assert ndcg([1] * 10, relevant=25) == pytest.approx(1)


def test_ndcg_takes_graded_gains_in_their_best_order_as_ideal() -> None:
    assert ndcg([1, 2], relevant=[1, 2]) == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))


def test_mrr_is_one_over_the_first_hit_and_zero_without_one() -> None:
    assert mrr([0, 0, 1, 1]) == pytest.approx(1 / 3)
    assert mrr([0, 0]) == 0
    assert mrr([]) == 0


def test_recall_counts_hits_within_the_depth() -> None:
    assert recall([1, 0, 1], relevant=4) == 0.5
    assert recall([0] * 10 + [1], relevant=1) == 0


@pytest.mark.parametrize(
    ("positives", "negatives", "expected"),
    [([0.9, 0.8], [0.1], 1.0), ([0.1], [0.9], 0.0), ([0.5], [0.5], 0.5), ([3, 1], [2, 1], 0.625)],
)
def test_auroc_counts_the_pairs_in_order_and_ties_half(
    positives: list[float], negatives: list[float], expected: float
) -> None:
    assert auroc(positives, negatives) == expected


def test_a_metric_that_nothing_was_measured_for_is_an_error_and_not_zero() -> None:
    for metric in (
        lambda: ndcg([0], relevant=0),
        lambda: recall([], relevant=0),
        lambda: auroc([], [1]),
        lambda: auroc([1], []),
        lambda: rate([]),
    ):
        with pytest.raises(ValueError, match=r"."):
            metric()


def test_an_answer_is_held_as_whole_words_whatever_the_case_and_white_space() -> None:
    assert holds("They found 22.5 per\ncent.", ["22.5 Per cent"])
    assert not holds("They found 122.5 per cent.", ["22.5 per cent"])
    assert not holds("Nobody came.", [])


def test_word_f1_is_the_best_over_the_answers_without_articles_and_punctuation() -> None:
    assert word_f1("The cat sat.", ["a cat sat", "dogs"]) == 1
    assert word_f1("one two", ["two three four"]) == pytest.approx(2 * 1 / 5)
    assert word_f1("one", ["two"]) == 0


def test_a_quote_with_one_character_changed_is_not_faithful() -> None:
    right = quote(GOOD)
    assert is_faithful(right, DOCUMENTS.get)
    assert not is_faithful(dataclasses.replace(right, document=CHANGED), DOCUMENTS.get)
    other = dataclasses.replace(DOCUMENT, source=Source("b", "B", "P", "report"))
    assert not is_faithful(dataclasses.replace(right, document=other), DOCUMENTS.get)


ANSWERABLE = GoldQuestion("q1", "Was it good?", spans=(GoldSpan("a", "It was good."),), kind="public")
UNANSWERABLE = GoldQuestion("q2", "Was it dear?", unanswerable=True, kind="absent")


def test_a_right_first_quote_scores_one_everywhere() -> None:
    scores = evaluate([ANSWERABLE], lambda _question, _history: answer("answered", quote(GOOD)), DOCUMENTS.get)
    assert scores.metrics == {
        "ndcg@10": 1,
        "mrr": 1,
        "recall@10": 1,
        "first_quote": 1,
        "first_three_quotes": 1,
        "answered": 1,
        "answered_or_weak": 1,
        "quote_fidelity": 1,
    }


def test_the_right_paragraph_with_the_wrong_sentence_is_found_but_not_quoted() -> None:
    scores = evaluate([ANSWERABLE], lambda _question, _history: answer("weak", quote(LATE)), DOCUMENTS.get)
    assert (scores.metrics["ndcg@10"], scores.metrics["first_quote"]) == (1, 0)
    assert (scores.metrics["answered"], scores.metrics["answered_or_weak"]) == (0, 1)


def test_what_is_shown_as_near_counts_as_a_ranking_and_not_as_answered() -> None:
    scores = evaluate([ANSWERABLE], lambda _question, _history: answer("not_found", quote(GOOD)), DOCUMENTS.get)
    assert (scores.metrics["ndcg@10"], scores.metrics["answered_or_weak"]) == (1, 0)


def test_two_gold_sentences_of_one_paragraph_are_one_thing_to_find() -> None:
    question = dataclasses.replace(
        ANSWERABLE, spans=(GoldSpan("a", "It was good."), GoldSpan("a", "It was late."), GoldSpan("a", "Nobody came."))
    )
    scores = evaluate(
        [question], lambda _question, _history: answer("answered", quote(GOOD), quote(LATE)), DOCUMENTS.get
    )
    assert scores.metrics["recall@10"] == 0.5
    assert scores.metrics["ndcg@10"] == pytest.approx(1 / (1 + 1 / math.log2(3)), abs=1e-6)


def test_a_gold_document_is_found_by_any_quote_of_it() -> None:
    question = GoldQuestion("q", "Who came?", documents=("a",))
    scores = evaluate([question], lambda _question, _history: answer("answered", quote(NOBODY)), DOCUMENTS.get)
    assert scores.metrics["ndcg@10"] == 1
    assert "first_quote" not in scores.metrics


def test_refusals_and_auroc_are_measured_where_both_kinds_are_asked() -> None:
    def ask(question: str, _history: Sequence[str]) -> Answer:
        return answer("answered", quote(GOOD, 0.9)) if "good" in question else answer("not_found", quote(LATE, 0.1))

    scores = evaluate([ANSWERABLE, UNANSWERABLE], ask, DOCUMENTS.get)
    assert (scores.metrics["refused"], scores.metrics["auroc"]) == (1, 1)
    assert (scores.answerable, scores.unanswerable) == (1, 1)
    assert scores.kinds["absent"].metrics == {"refused": 1, "refused_or_weak": 1, "quote_fidelity": 1}


def test_metrics_that_do_not_apply_are_absent() -> None:
    scores = evaluate([UNANSWERABLE], lambda _question, _history: answer("answered"), DOCUMENTS.get)
    assert scores.metrics == {"refused": 0, "refused_or_weak": 0}


def test_an_unfaithful_quote_lowers_fidelity() -> None:
    false = dataclasses.replace(quote(GOOD), document=CHANGED)
    scores = evaluate([ANSWERABLE], lambda _question, _history: answer("answered", quote(LATE), false), DOCUMENTS.get)
    assert scores.metrics["quote_fidelity"] == 0.5


def test_the_history_is_handed_over_with_the_question() -> None:
    asked: list[tuple[str, Sequence[str]]] = []

    def ask(question: str, history: Sequence[str]) -> Answer:
        asked.append((question, history))
        return answer("answered", quote(GOOD))

    evaluate([dataclasses.replace(ANSWERABLE, history=("Was it late?",))], ask, DOCUMENTS.get)
    assert asked == [("Was it good?", ("Was it late?",))]


def test_gold_words_that_the_document_does_not_hold_stop_the_run() -> None:
    question = dataclasses.replace(ANSWERABLE, spans=(GoldSpan("a", "It was bad."),))
    with pytest.raises(InputError, match=r"q1: the document a does not hold the words 'It was bad\.'"):
        evaluate([question], lambda _question, _history: answer("answered"), DOCUMENTS.get)


def test_a_document_that_the_index_does_not_hold_stops_the_run() -> None:
    for question in (
        GoldQuestion("q3", "?", documents=("b",)),
        GoldQuestion("q3", "?", spans=(GoldSpan("b", "It"),)),
    ):
        with pytest.raises(InputError, match="q3 names the document b, which the index does not hold"):
            evaluate([question], lambda _question, _history: answer("answered"), DOCUMENTS.get)


def test_a_question_that_cannot_be_asked_stops_the_run_by_its_id() -> None:
    def ask(_question: str, _history: Sequence[str]) -> Answer:
        raise InputError("the question is empty", "type a question")

    with pytest.raises(InputError, match="question q1 cannot be asked: the question is empty"):
        evaluate([ANSWERABLE], ask, DOCUMENTS.get)


def test_no_question_and_a_score_that_is_no_number_are_errors() -> None:
    with pytest.raises(InputError, match="no question to score"):
        evaluate([], lambda _question, _history: answer("answered"), DOCUMENTS.get)
    with pytest.raises(InputError, match="q1 was answered with the confidence nan"):
        evaluate(
            [ANSWERABLE, UNANSWERABLE],
            lambda _question, _history: answer("answered", quote(GOOD, math.nan)),
            DOCUMENTS.get,
        )


LINES = (
    {"id": "1", "question": "Who?", "spans": [{"document_id": "a", "text": "It"}], "kind": "public", "split": "dev"},
    {"id": "2", "question": "Why?", "documents": ["a"], "history": ["Who?"]},
    {"id": "3", "question": "When?", "unanswerable": True, "split": "held_out"},
)


def written(folder: Path, *lines: object) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n", encoding="utf-8")
    return path


def test_a_question_file_is_read_whole_or_by_split(tmp_path: Path) -> None:
    path = written(tmp_path, *LINES)
    assert read_questions(path) == (
        GoldQuestion("1", "Who?", spans=(GoldSpan("a", "It"),), kind="public", split="dev"),
        GoldQuestion("2", "Why?", documents=("a",), history=("Who?",)),
        GoldQuestion("3", "When?", unanswerable=True, split="held_out"),
    )
    assert [question.id for question in read_questions(path, split="dev")] == ["1"]
    with pytest.raises(InputError, match="holds no question of the split 'test'"):
        read_questions(path, split="test")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ([], r"\[\] is not a list of 'key: value'"),
        ({"id": "4", "question": "?"}, "needs just one of"),
        ({"id": "4", "question": "?", "documents": ["a"], "unanswerable": True}, "needs just one of"),
        ({"id": "4", "question": " ", "documents": ["a"]}, "has no question"),
        ({"question": "?", "documents": ["a"]}, "id is missing"),
        ({"id": "1", "question": "?", "documents": ["a"]}, "the id '1' is taken"),
        ({"id": "4", "question": "?", "documents": "a"}, "documents: 'a' is not a list"),
        ({"id": "4", "question": "?", "spans": ["a"]}, "spans number 1: 'a' is not a list of 'key: value'"),
        ({"id": "4", "question": "?", "spans": [{"document_id": "a", "text": ""}]}, "spans holds an empty"),
        ({"id": "4", "question": "?", "document": ["a"]}, "unknown key 'document'; known keys: id, question, "),
        ({"id": "4", "question": "?", "unanswerable": "yes"}, "unanswerable: 'yes' is neither true nor false"),
    ],
)
def test_a_line_that_is_no_question_is_named_by_its_number(tmp_path: Path, line: object, problem: str) -> None:
    with pytest.raises(InputError, match=f"line 2: {problem}"):
        read_questions(written(tmp_path, LINES[0], line))


def test_a_file_that_is_no_json_or_not_there_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    with pytest.raises(InputError, match="cannot be read"):
        read_questions(path)
    path.write_text("Who?\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        read_questions(path)


TABLE = [
    "                                                  first",
    "                                          first   three            answered           refused            quote",
    "kind    asked  ndcg@10    mrr  recall@10  quote  quotes  answered   or weak  refused  or weak  auroc  fidelity",
    "absent      1        -      -          -      -       -         -         -    0.000    0.000      -     1.000",
    "public      1    1.000  1.000      1.000  1.000   1.000     1.000     1.000        -        -      -     1.000",
    "all         2    1.000  1.000      1.000  1.000   1.000     1.000     1.000    0.000    0.000  0.500     1.000",
]


def test_the_table_has_a_row_a_kind_and_a_dash_for_what_was_not_measured() -> None:
    scores = evaluate(
        [ANSWERABLE, UNANSWERABLE], lambda _question, _history: answer("answered", quote(GOOD)), DOCUMENTS.get
    )
    assert as_text(scores).splitlines() == TABLE


def test_a_table_of_scores_is_plain_and_whole_however_long_a_kind_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    kind = f"[red]{'long' * 50}"
    part = Scores(questions=7, answerable=7, unanswerable=0, metrics={"mrr": 0.5}, kinds={})
    table = as_text(dataclasses.replace(part, kinds={kind: part})).splitlines()
    assert table == [f"{'kind':205}  asked    mrr", f"{kind}      7  0.500", f"{'all':205}      7  0.500"]
