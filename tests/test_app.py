"""The page, run without a browser: what is drawn for each state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

import probqa.ui
from probqa.settings import Settings

PAGE = Path(probqa.ui.__file__).parent / "main.py"


@pytest.fixture
def page(chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page over the settings' index."""
    monkeypatch.setenv("PROBQA_CORPUS", str(chosen.corpus))
    monkeypatch.setenv("PROBQA_INDEX", str(chosen.index))
    monkeypatch.setenv("PROBQA_MODEL", chosen.model)
    yield AppTest.from_file(str(PAGE), default_timeout=30)
    streamlit.cache_resource.clear()


def drawn(page: AppTest) -> str:
    """All HTML on the page but the style sheet."""
    return "".join(part.proto.body for part in page.get("html") if not part.proto.body.startswith("<style>"))


def test_without_an_index_the_page_says_what_to_do(page: AppTest, chosen: Settings) -> None:
    page.run()
    assert not page.exception
    assert page.title[0].value == "The index cannot be used"
    assert page.text[0].value == f"there is no index in {chosen.index}; run: probqa build"


def test_the_first_sight_says_what_is_covered_and_offers_examples(page: AppTest, built: Settings) -> None:
    page.run()
    assert not page.exception
    assert [text.value for text in page.text][1] == "3 publications, 2017 to 2018. This is not an official service."
    assert len(page.button) == 6


def test_a_question_is_answered_with_a_card(page: AppTest, built: Settings) -> None:
    page.run()
    page.chat_input[0].set_value("how did Northway supervise people at low risk?").run()
    assert not page.exception
    html = drawn(page)
    marked = "Northway supervised people at low risk by a telephone call every nine weeks."
    assert f'<mark class="pq-words">{marked}</mark>' in html
    assert "<cite>Inspection of Ambleton</cite> · The Inspectorate · 19 April 2017" in html
    assert 'href="https://example.org/ambleton"' in html


def test_an_example_is_asked_when_it_is_chosen(page: AppTest, built: Settings) -> None:
    page.run()
    page.button[0].click().run()
    assert not page.exception
    assert [message.name for message in page.chat_message] == ["user", "assistant"]


def test_not_found_is_said_and_what_is_near_is_labelled(page: AppTest, built: Settings) -> None:
    page.run()
    page.chat_input[0].set_value("zyzzyva quokka?").run()
    assert not page.exception
    assert "These reports do not say. 3 reports searched." in drawn(page)
    assert "Not an answer, but near:" in drawn(page)


def test_a_question_that_cannot_be_asked_is_explained_and_kept_out_of_the_chat(page: AppTest, built: Settings) -> None:
    page.run()
    page.chat_input[0].set_value("x" * 501).run()
    assert not page.exception
    assert page.warning[0].value == "The question cannot be asked."
    assert page.text[-1].value == "the question has 501 characters, more than 500; shorten it"
    assert not page.chat_message


def test_text_of_a_source_is_never_markup(page: AppTest, chosen: Settings) -> None:
    from conftest import write_corpus
    from probqa import pipeline

    title = '---\ntitle: "<img src=x onerror=alert(1)>"\n---\n'
    nasty = title + "# <b>Costs</b>\n\nIt cost $5 to $10 :red[x] <script>y</script>.\n"
    write_corpus(chosen.corpus, {"nasty.md": nasty})
    pipeline.build(chosen)
    page.run()
    page.chat_input[0].set_value("what did it cost?").run()
    html = drawn(page)
    assert "It cost $5 to $10 :red[x] &lt;script&gt;y&lt;/script&gt;." in html
    assert "<cite>&lt;img src=x onerror=alert(1)&gt;</cite>" in html
    assert "<script>" not in html
    assert "<img" not in html
    assert "<b>" not in html
