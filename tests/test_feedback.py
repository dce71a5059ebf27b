"""What visitors say of answers: the line that is kept, what scoring makes of it, and what is not let in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

import probqa.ui
from probqa.asking.library import Library
from probqa.errors import InputError
from probqa.measuring.evaluation import GoldQuestion, GoldSpan, evaluate, read_questions
from probqa.questions import Filters, Request, Turn
from probqa.records import Answer
from probqa.settings import Settings
from probqa.ui import feedback
from probqa.ui.limits import Buckets

LOW_RISK = "how did Northway supervise people at low risk?"
DOGS = "How many dogs did Northway keep at Leeds in 1931?"
QUOTE = "Northway supervised people at low risk by a telephone call every nine weeks."


@pytest.fixture(autouse=True)
def unused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has said anything yet."""
    monkeypatch.setattr(feedback, "CLIENTS", Buckets(capacity=10, per_second=1 / 30, clients=10))
    monkeypatch.setattr(feedback, "ALL", Buckets(capacity=100, per_second=1.0, clients=1))


@pytest.fixture
def library(built: Settings) -> Iterator[Library]:
    with closing(Library(built)) as library:
        yield library


@pytest.fixture
def answer(library: Library) -> Answer:
    return library.ask(LOW_RISK)


def test_what_was_right_is_to_be_found_again(library: Library, answer: Answer, tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    nothing = library.ask(DOGS)
    assert (answer.status, nothing.status) == ("answered", "not_found")
    assert feedback.keep(file, answer, "right", "192.0.2.7")
    assert feedback.keep(file, nothing, "right", None)
    right, none = read_questions(file)
    assert right == GoldQuestion(right.id, LOW_RISK, documents=("ambleton",), kind="right")
    near = nothing.shown[0]
    assert none == GoldQuestion(
        none.id, DOGS, unanswerable=True, kind="right", near=(GoldSpan(near.source.id, near.text),)
    )
    scores = evaluate((right, none), lambda question, _: library.ask(question), library.generation.document)
    assert (scores.metrics["answered"], scores.metrics["refused"], scores.metrics["mrr"]) == (1.0, 1.0, 1.0)


def test_what_should_have_been_not_found_counts_against_an_answer(
    library: Library, answer: Answer, tmp_path: Path
) -> None:
    file = tmp_path / "said.jsonl"
    assert feedback.keep(file, answer, "not_found", None)
    [question] = read_questions(file)
    assert question == GoldQuestion(
        question.id, LOW_RISK, unanswerable=True, kind="not_found", near=(GoldSpan("ambleton", QUOTE),)
    )
    scores = evaluate([question], lambda text, _: library.ask(text), library.generation.document)
    assert (scores.unanswerable, scores.metrics["refused"]) == (1, 0.0)


def test_a_wrong_quote_is_kept_and_not_counted_until_somebody_says_what_is_right(
    answer: Answer, tmp_path: Path
) -> None:
    file = tmp_path / "said.jsonl"
    assert feedback.keep(file, answer, "wrong_quote", None)
    kept = json.loads(file.read_text())
    assert kept == {
        "id": kept["id"],
        "question": LOW_RISK,
        "unjudged": True,
        "kind": "wrong_quote",
        "near": [{"document_id": "ambleton", "text": QUOTE}],
    }
    with pytest.raises(InputError, match="holds no question"):
        read_questions(file)
    assert feedback.keep(file, answer, "right", None)
    assert [question.kind for question in read_questions(file)] == ["right"]


def test_a_follow_up_has_the_questions_before_it(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    followed = library.ask(Request.of("and staff morale?", previous=(LOW_RISK,)))
    assert feedback.keep(file, followed, "not_found", None)
    [question] = read_questions(file)
    assert (question.question, question.history) == ("and staff morale?", (LOW_RISK,))


@pytest.mark.parametrize("text", ['low "risk"\n{"id": "x"}\u2028\u202e</script>', "low risk " + "x" * 1900])
def test_whatever_is_typed_is_one_line(library: Library, tmp_path: Path, text: str) -> None:
    file = tmp_path / "said.jsonl"
    asked = library.ask(text)
    assert feedback.keep(file, asked, "not_found", None)
    assert file.read_bytes().isascii()
    assert file.read_bytes().count(b"\n") == 1
    [question] = read_questions(file)
    assert question.question == asked.question.request.turns[-1].text


def test_what_a_line_cannot_repeat_is_not_asked_about(library: Library, answer: Answer) -> None:
    assert feedback.is_askable(answer)
    for request in (
        Request.of(LOW_RISK, filters=Filters(areas=("Ambleton",))),
        Request((Turn(LOW_RISK, widen=False),)),
        Request((Turn(LOW_RISK, dropped=("x",)),)),
    ):
        assert not feedback.is_askable(library.ask(request))
    assert not feedback.is_askable(library.ask("hello"))


def test_one_client_and_all_together_have_their_measure(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "said.jsonl"
    assert [feedback.keep(file, answer, "right", "192.0.2.7") for _ in range(11)] == [True] * 10 + [False]
    assert feedback.keep(file, answer, "right", "192.0.2.8")
    monkeypatch.setattr(feedback, "ALL", Buckets(capacity=0, per_second=1.0, clients=1))
    assert not feedback.keep(file, answer, "right", "192.0.2.9")
    assert file.read_bytes().count(b"\n") == 11
    assert b"192.0" not in file.read_bytes()


def test_a_full_file_and_a_line_that_was_cut_off_leave_all_as_it_was(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "said.jsonl"
    assert feedback.keep(file, answer, "right", None)
    before = file.read_bytes()
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, line: write(descriptor, line[:20]))
        assert not feedback.keep(file, answer, "right", None)
    assert file.read_bytes() == before
    monkeypatch.setattr(feedback, "MAX_BYTES", 2 * len(before) - 1)
    assert not feedback.keep(file, answer, "right", None)
    assert file.read_bytes() == before
    monkeypatch.setattr(feedback, "MAX_BYTES", 2 * len(before))
    assert feedback.keep(file, answer, "right", None)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_line_is_its_own_where_somebody_left_the_last_one_open(answer: Answer, tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    file.write_text('{"id": "1", "question": "Who?", "unanswerable": true}')
    assert feedback.keep(file, answer, "right", None)
    first, second = read_questions(file)
    assert (first.id, second.kind) == ("1", "right")


WRITER = """
import sys
from pathlib import Path
from probqa.ui.feedback import _append
for number in range(50):
    _append(Path(sys.argv[1]), f'{{"id": "{sys.argv[2]}-{number}", "question": "{"x" * 9000}"}}'.encode() + bytes([10]))
"""


def test_lines_of_several_processes_stay_whole(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), str(number)]) for number in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    ids = {json.loads(line)["id"] for line in file.read_text().splitlines()}
    assert ids == {f"{writer}-{number}" for writer in range(3) for number in range(50)}


def test_what_is_no_file_of_ours_is_not_written(answer: Answer, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("")
    (tmp_path / "link").symlink_to(target)
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "nowhere/said.jsonl", "."):
        assert not feedback.keep(tmp_path / name, answer, "right", None)
        with pytest.raises(InputError, match=r"PROBQA_FEEDBACK names .*, which cannot be written"):
            feedback.check_file(tmp_path / name)
    assert target.read_text() == ""


@pytest.fixture
def page(built: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    for name in ("corpus", "index", "model", "reader"):
        monkeypatch.setenv(f"PROBQA_{name.upper()}", str(getattr(built, name)))
    yield AppTest.from_file(str(Path(probqa.ui.__file__).with_name("main.py")), default_timeout=30)
    streamlit.cache_resource.clear()


def drawn(page: AppTest) -> str:
    return "".join(part.proto.body for part in page.get("html"))


def said(page: AppTest) -> list[str]:
    """The buttons that say something of an answer."""
    return [button.label for button in page.button if button.key and button.key.startswith("say-")]


def test_nobody_is_asked_unless_staff_want_it(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROBQA_FEEDBACK", raising=False)
    page.query_params["q"] = LOW_RISK
    page.run()
    assert said(page) == []
    assert "Was this right?" not in drawn(page)


def test_one_click_keeps_what_was_said_once(page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "said.jsonl"
    monkeypatch.setenv("PROBQA_FEEDBACK", str(file))
    page.query_params["q"] = LOW_RISK
    page.run()
    assert said(page) == ["Right", "Wrong quote", "Should have said: not found"]
    assert not file.exists()
    page.button(key="say-right").click().run()
    assert not page.exception
    assert said(page) == []
    assert 'data-said="Thank you. What you said is kept."' in drawn(page)
    [question] = read_questions(file)
    assert (question.question, question.documents) == (LOW_RISK, ("ambleton",))
    page.query_params["q"] = [LOW_RISK, DOGS]
    page.run()
    assert said(page) == ["Right", "These reports do say"]
    page.query_params["q"] = LOW_RISK
    page.query_params["area"] = "Ambleton"
    page.run()
    assert said(page) == []
