"""The questions of a corpus are asked before a generation goes live, and each that fails is named."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from conftest import REPORTS, write_corpus
from probqa.asking.library import Library
from probqa.errors import InputError
from probqa.indexing import storage
from probqa.indexing.build import build
from probqa.indexing.publishing import open_generation
from probqa.measuring import smoke
from probqa.measuring.smoke import (
    SMOKE_FILE,
    Answered,
    Difference,
    SmokeQuestion,
    differing,
    failing,
    library_over,
    read_smoke,
)
from probqa.settings import Settings

LOW_RISK = "How did Northway supervise people at low risk?"


def test_a_corpus_without_the_file_has_no_smoke_questions(tmp_path: Path) -> None:
    assert read_smoke(tmp_path) == ()
    write_corpus(tmp_path, {SMOKE_FILE: "# none yet\n"})
    assert read_smoke(tmp_path) == ()


def test_the_questions_are_read_in_their_order(tmp_path: Path) -> None:
    text = "questions:\n- question: 'Who: was late?'\n  document: a\n- question: Why?\n  document: sub/b\n"
    write_corpus(tmp_path, {SMOKE_FILE: text})
    assert read_smoke(tmp_path) == (SmokeQuestion("Who: was late?", "a"), SmokeQuestion("Why?", "sub/b"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("questions: [", " line 1: "),
        ("questions:\n- question: Why?", ": questions 'Why?': document is missing; mend it, or leave the questions"),
        ("questions:\n- question: Why?\n  document:", ": questions 'Why?': document is missing"),
        ("questions: [{question: '', document: a}]", ": question 1 has no question or no document; mend it, or leave"),
        ("question: []", ": unknown key 'question'; known keys: questions"),
        (b"\xff", ": is not UTF-8"),
    ],
)
def test_a_file_that_is_none_of_questions_is_one_line(tmp_path: Path, text: str | bytes, problem: str) -> None:
    write_corpus(tmp_path, {SMOKE_FILE: text})
    with pytest.raises(InputError) as refused:
        read_smoke(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path / SMOKE_FILE}{problem}")
    assert "\n" not in str(refused.value)


def test_a_question_fails_unless_its_document_is_among_the_first(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert smoke.AMONG_FIRST == 3
    monkeypatch.setattr(smoke, "AMONG_FIRST", 2)
    asked = [
        SmokeQuestion(LOW_RISK, "ambleton"),
        SmokeQuestion(LOW_RISK, "weir"),
        SmokeQuestion("zyzzyva quokka?", "weir"),
        SmokeQuestion(LOW_RISK, "gone"),
        SmokeQuestion("x" * 3000, "weir"),
    ]
    assert list(failing(library, asked)) == [
        f"{LOW_RISK} It is answered from ambleton, northway/selby, not from weir",
        "zyzzyva quokka? It is answered by nothing, not from weir",
        f"{LOW_RISK} The document gone is not in the index",
        f"{'x' * 3000} It cannot be asked: the question has 3000 characters, more than 2000",
    ]


def test_what_two_generations_answer_differently_is_said_with_both_answers(built: Settings) -> None:
    before = storage.read_pointer(built.index)[0]
    write_corpus(built.corpus, {"ambleton.md": REPORTS["ambleton.md"].replace("telephone call", "letter")})
    (built.corpus / "weir.txt").unlink()
    after = build(built).generation
    questions = [(LOW_RISK, ()), ("Were the buildings at Weir cold?", ())]
    told: list[tuple[str, int, int]] = []
    with closing(open_generation(built.index, before)) as old, closing(open_generation(built.index, after)) as new:
        found = differing(library_over(old), library_over(new), questions, lambda *said: told.append(said))
    [difference] = found
    assert isinstance(difference, Difference)
    assert (difference.question, difference.before) == (questions[1][0], Answered("answered", "weir"))
    assert difference.after.document != "weir"
    assert told == [("asking both", number, 2) for number in range(3)]
