"""The pages for staff, run without a browser, where there is something else to say than in their journey."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from conftest import write_corpus
from probqa.indexing import storage
from probqa.indexing.build import build
from probqa.settings import Settings
from probqa.staff.log import Log

SCRIPT = """
import os
from pathlib import Path
from probqa.settings import settings
from probqa.staff.doing import arrive
from probqa.staff.log import Log
from probqa.staff.person import Staff
from probqa.staff.views import {name}
arrive()
{name}.draw(Staff(settings(os.environ), "anna", Log(Path(os.environ["PROBQA_LOG"]))))
"""
Show = Callable[..., AppTest]


@pytest.fixture
def show(built: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    """One page by the name of its module, at an address."""
    for name in ("corpus", "index", "model", "reader"):
        monkeypatch.setenv(f"PROBQA_{name.upper()}", str(getattr(built, name)))
    monkeypatch.setenv("PROBQA_LOG", str(tmp_path / "log.jsonl"))
    monkeypatch.delenv("PROBQA_FEEDBACK", raising=False)

    def run(name: str, **parameters: str) -> AppTest:
        page = AppTest.from_string(SCRIPT.format(name=name), default_timeout=60)
        for parameter, value in parameters.items():
            page.query_params[parameter] = value
        page.run()
        assert not page.exception
        return page

    yield run
    streamlit.cache_resource.clear()


def drawn(page: AppTest) -> str:
    """All the HTML of a page but its style sheets."""
    return "\n".join(element.proto.body for element in page.get("html"))


def button(page: AppTest, label: str) -> AppTest:
    (found,) = [each for each in page.button if each.label == label]
    return found


def test_a_failing_smoke_question_keeps_the_button_grey_until_somebody_says_so(show: Show, built: Settings) -> None:
    write_corpus(built.corpus, {"kent.md": "# Kent\n\nIt was <b>late</b>."})
    smoke = {"smoke.yaml": "questions:\n- {question: 'Who reads <b>stars</b>?', document: nowhere}\n"}
    write_corpus(built.corpus, smoke)
    draft = build(built, as_draft=True).generation
    page = show("draft")
    assert "1 of 1 smoke questions fail" in drawn(page)
    assert "✗ fails: Who reads &lt;b&gt;stars&lt;/b&gt;? The document nowhere is not in the index" in drawn(page)
    assert button(page, "Publish").disabled
    page.checkbox[0].check().run()
    button(page, "Publish").click().run()
    assert '<p class="pq-notice-title">Published</p>' in drawn(page)
    assert storage.pointed_at(built.index, storage.POINTER) == draft


def test_a_damaged_index_is_named_and_a_build_mends_it(show: Show, built: Settings) -> None:
    (built.index / "current").write_text("?")
    page = show("draft")
    assert "What is there cannot be asked" in drawn(page)
    assert button(page, "Build the draft")
    assert "3 not in the draft yet" in drawn(show("reports"))


def test_a_report_that_is_not_there_is_told_and_its_name_is_text(show: Show) -> None:
    for page in (show("reports", report="<b>x"), show("review", report="<b>x")):
        assert "There is no report “&lt;b&gt;x”" in drawn(page)


def test_the_log_is_shown_newest_first_and_a_line_that_was_changed_is_named(show: Show, tmp_path: Path) -> None:
    log = Log(tmp_path / "log.jsonl")
    log.note("anna", "remove", report="<b>kent</b>")
    log.note("ben", "publish")
    page = drawn(show("log"))
    assert "The log is whole: 2 lines." in page
    assert page.index("ben") < page.index("anna")
    assert "<dd>&lt;b&gt;kent&lt;/b&gt;</dd>" in page
    log.file.write_bytes(log.file.read_bytes().replace(b"anna", b"anne"))
    page = drawn(show("log"))
    assert "The log is not whole" in page
    assert "Line 1: it was changed." in page


def test_feedback_says_whether_visitors_are_asked_and_what_they_said(
    show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nobody is asked" in drawn(show("feedback"))
    file = tmp_path / "said.jsonl"
    monkeypatch.setenv("PROBQA_FEEDBACK", str(file))
    assert "Nothing is left to be looked at." in drawn(show("feedback"))
    file.write_text(
        json.dumps({"id": "1", "question": "Was <b>Kent</b> late?", "documents": ["weir"]}) + "\nnonsense\n"
    )
    page = show("feedback")
    assert "Was &lt;b&gt;Kent&lt;/b&gt; late?" in drawn(page)
    assert "Lines that cannot be read, and were left out: 1." in drawn(page)
    assert page.selectbox[0].value == "weir"
