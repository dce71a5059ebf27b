"""The questions that are kept with a corpus: what is read, what is added, and what is no question."""

from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path

import pytest

from conftest import REPORTS, write_corpus
from probqa.errors import CorpusError, InputError
from probqa.gathering.report_folder import find
from probqa.gathering.upkeep import remove
from probqa.measuring.evaluation import GoldQuestion, GoldSpan
from probqa.measuring.kept import add, read_kept
from probqa.reading.corpus import QUESTIONS_FILE
from probqa.settings import Settings

WHY = GoldQuestion("why", "Why\u2028“so”?", documents=("weir",), history=("What?",))
NEVER = GoldQuestion("never", "Who never?", unanswerable=True)


def test_a_corpus_without_the_file_keeps_no_question(tmp_path: Path) -> None:
    assert read_kept(tmp_path) == ()
    write_corpus(tmp_path, {QUESTIONS_FILE: "\n \n"})
    assert read_kept(tmp_path) == ()


def test_what_is_added_is_read_again_behind_what_was_there(tmp_path: Path) -> None:
    there = '{ "id":"a", "question":"Which\u2028one?", "unjudged":true }'
    write_corpus(tmp_path, {QUESTIONS_FILE: there})
    spans = GoldQuestion("spans", "Which\u2028one?", spans=(GoldSpan("weir", "cold"),), kind="public")
    for question in (WHY, spans):
        add(tmp_path, question)
    assert read_kept(tmp_path) == (GoldQuestion("a", "Which\u2028one?", unjudged=True), WHY, spans)
    lines = (tmp_path / QUESTIONS_FILE).read_text(encoding="utf-8").split("\n")
    assert lines[0] == there
    assert json.loads(lines[1]) == {"id": "why", "question": WHY.question, "documents": ["weir"], "history": ["What?"]}
    assert (len(lines), lines[3]) == (4, "")


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (GoldQuestion("a", "Why?"), "the question 'a' needs just one of "),
        (GoldQuestion("a", "Why?", unjudged=True), "the question 'a' is not judged; say first what answers it"),
        (GoldQuestion("", "Why?", unanswerable=True), "the question '': id is missing; see docs/evaluation.md"),
        (GoldQuestion("a", "Why?", documents=("",)), "the question 'a' documents holds an empty text"),
        (GoldQuestion("a", "Why \ud800?", unanswerable=True), "the question 'a': question: 'Why \\ud800?' holds half"),
        (GoldQuestion("a", "Why \x00?", unanswerable=True), "the question holds the control character U+0000"),
        (GoldQuestion("a", "x" * 2001, unanswerable=True), "the question has 2001 characters"),
        (GoldQuestion("a", "Why?", unanswerable=True, history=("\x07",)), "the question holds the control character"),
        (
            GoldQuestion("why", "Who?", unanswerable=True),
            "the question 'Why\u2028“so”?' is kept already, as 'why'; see ",
        ),
        (
            GoldQuestion("b", WHY.question, unanswerable=True, history=("What?",)),
            "the question 'Why\u2028“so”?' is kept",
        ),
    ],
)
def test_what_cannot_be_asked_or_judged_or_is_there_already_is_refused(
    tmp_path: Path, question: GoldQuestion, problem: str
) -> None:
    add(tmp_path, WHY)
    before = (tmp_path / QUESTIONS_FILE).read_bytes()
    with pytest.raises(InputError) as refused:
        add(tmp_path, question)
    assert str(refused.value).startswith(problem.replace("\u2028", "\\u2028"))
    assert (tmp_path / QUESTIONS_FILE).read_bytes() == before


def test_the_same_words_behind_others_and_what_was_not_judged_can_be_kept(tmp_path: Path) -> None:
    add(tmp_path, WHY)
    add(tmp_path, GoldQuestion("b", WHY.question, unanswerable=True))
    write_corpus(tmp_path, {QUESTIONS_FILE: '{"id": "a", "question": "Who?", "unjudged": true}'})
    add(tmp_path, GoldQuestion("b", "Who?", unanswerable=True))
    assert [each.id for each in read_kept(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"id": "a", "question": "Why?", "unanswerable": true}\n{"id": "b"}', " line 2: question is missing"),
        (b'{"id": "a", "question": "Why?", "unanswerable": true}\n' * 2, " line 2: the id 'a' is taken by an earlier"),
        (b"\n\n[", " line 3: it is not JSON"),
        (b"Why?\xff", ": byte 4 is not UTF-8; save it as UTF-8"),
    ],
)
def test_a_file_that_is_broken_is_one_line_with_its_number_and_is_left_as_it_is(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    write_corpus(tmp_path, {QUESTIONS_FILE: content})
    for act in (read_kept, lambda corpus: add(corpus, WHY)):
        with pytest.raises(InputError) as refused:
            act(tmp_path)
        assert str(refused.value).startswith(f"{tmp_path / QUESTIONS_FILE}{problem}"), refused.value
    assert (tmp_path / QUESTIONS_FILE).read_bytes() == content


def test_a_link_out_of_the_corpus_and_a_folder_of_that_name_are_refused(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    write_corpus(corpus, {"a.md": "Text."})
    (tmp_path / "others.jsonl").write_text("")
    (corpus / QUESTIONS_FILE).symlink_to(tmp_path / "others.jsonl")
    with pytest.raises(InputError, match="leads out of the corpus folder"):
        read_kept(corpus)
    (corpus / QUESTIONS_FILE).unlink()
    (corpus / QUESTIONS_FILE).mkdir()
    with pytest.raises(InputError, match=r"questions\.jsonl: is not a file; remove it"):
        add(corpus, WHY)
    with pytest.raises(CorpusError):
        add(tmp_path / "nowhere", WHY)


def test_a_write_that_fails_leaves_the_questions_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(tmp_path, WHY)
    before = (tmp_path / QUESTIONS_FILE).read_bytes()
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        add(tmp_path, NEVER)
    assert [path.name for path in tmp_path.iterdir()] == [QUESTIONS_FILE]
    assert (tmp_path / QUESTIONS_FILE).read_bytes() == before


def add_ten(corpus: Path, name: str) -> None:
    for number in range(10):
        add(corpus, GoldQuestion(f"{name}-{number}", f"Who is {name} {number}?", unanswerable=True))


def test_several_processes_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=add_ten, args=(tmp_path, name)) for name in "abc"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert len(read_kept(tmp_path)) == 30


def test_the_questions_are_no_report_and_stay_when_one_is_removed(chosen: Settings) -> None:
    write_corpus(chosen.corpus, REPORTS | {"reports/new.md": "# New\n\nOne."})
    add(chosen.corpus, WHY)
    before = (chosen.corpus / QUESTIONS_FILE).read_bytes()
    for name in (QUESTIONS_FILE, "questions"):
        with pytest.raises(InputError, match="there is no document"):
            find(chosen.corpus, name)
    remove(chosen, "reports/new")
    assert (chosen.corpus / QUESTIONS_FILE).read_bytes() == before
