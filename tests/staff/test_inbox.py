"""What visitors said is kept as questions or dismissed, and then no more to be dealt with."""

from __future__ import annotations

from pathlib import Path

import pytest

from probqa.errors import InputError
from probqa.measuring.evaluation import GoldQuestion, GoldSpan
from probqa.measuring.kept import read_kept
from probqa.settings import Settings
from probqa.staff import acts, inbox
from probqa.staff.log import Log
from probqa.staff.person import Staff

SAID = """\
{"id": "visitor-1", "question": "Who was late?", "documents": ["ambleton"], "kind": "right"}
nonsense
{"id": "visitor-2", "question": "Who runs it?", "unjudged": true, "near": [{"document_id": "weir", "text": "cold"}]}
{"id": "visitor-3", "question": "Who paints?", "unanswerable": true, "kind": "not_found"}
{"id": "visitor-1", "question": "Who was late?", "documents": ["weir"]}

"""


@pytest.fixture
def anna(built: Settings, tmp_path: Path) -> Staff:
    (tmp_path / "said.jsonl").write_text(SAID)
    return Staff(built, "anna", Log(tmp_path / "log.jsonl"))


def waiting(staff: Staff, file: str = "said.jsonl") -> tuple[list[GoldQuestion], int]:
    corpus = staff.settings.corpus
    return inbox.waiting(corpus.parent / file, corpus, staff.log.lines())


def test_what_is_kept_or_dismissed_waits_no_more(anna: Staff) -> None:
    found, broken = waiting(anna)
    assert ([question.id for question in found], broken) == (["visitor-1", "visitor-2", "visitor-3"], 1)
    right, wrong, none = found
    acts.keep_question(anna, inbox.judged(right, "ambleton"))
    acts.dismiss(anna, none)
    assert waiting(anna)[0] == [wrong]
    acts.keep_question(anna, inbox.judged(wrong, "weir"))
    assert waiting(anna)[0] == []
    assert read_kept(anna.settings.corpus) == (
        right,
        GoldQuestion("visitor-2", "Who runs it?", documents=("weir",), near=(GoldSpan("weir", "cold"),)),
    )
    assert [line.act.what for line in anna.log.lines() if line.act] == [
        "keep question",
        "dismiss feedback",
        "keep question",
    ]


def test_what_is_judged_is_answered_by_a_report_or_by_none(anna: Staff) -> None:
    right, wrong, _ = waiting(anna)[0]
    for question in (right, wrong):
        none = inbox.judged(question, inbox.NOT_THERE)
        assert (none.documents, none.unanswerable, none.unjudged) == ((), True, False)
        other = inbox.judged(question, "northway/selby")
        assert (other.documents, other.unanswerable, other.unjudged) == (("northway/selby",), False, False)


def test_what_nobody_has_judged_is_not_kept_and_that_is_noted(anna: Staff) -> None:
    wrong = waiting(anna)[0][1]
    with pytest.raises(InputError, match="visitor-2"):
        acts.keep_question(anna, wrong)
    assert waiting(anna)[0][1] == wrong
    assert [line.act.what for line in anna.log.lines() if line.act] == ["keep question", "failed"]


def test_without_a_file_nothing_waits(anna: Staff) -> None:
    assert waiting(anna, "nowhere.jsonl") == ([], 0)
