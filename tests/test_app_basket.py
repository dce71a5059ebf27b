"""The basket, run without a browser: what is kept, and every way to take it away."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import streamlit
from markupsafe import escape
from streamlit.testing.v1 import AppTest

from conftest import REPORTS, write_corpus
from probqa.asking.library import Library
from probqa.citing.export import FORMATS, export
from probqa.indexing.build import build
from probqa.records import Quote
from probqa.settings import Settings
from probqa.ui import basket
from quoting import quote_of


def script() -> None:
    from probqa.ui import shared
    from probqa.ui.views import basket as page

    page.draw(shared.live_library())


def buttons() -> None:
    """A page with one button for each quote of ``st.session_state["offered"]``."""
    import streamlit as st

    from probqa.ui import basket

    for number, quote in enumerate(st.session_state["offered"]):
        basket.button(quote, str(number))


@pytest.fixture
def quotes(built: Settings) -> list[Quote]:
    """Quotes of two reports; none says the same."""
    library = Library(built)
    answers = [
        library.ask(question) for question in ("telephone call every nine weeks?", "was any appointment missed?")
    ]
    library.close()
    return [answer.quotes[0] for answer in answers]


@pytest.fixture
def page(built: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    for name in ("corpus", "index", "model", "reader"):
        monkeypatch.setenv(f"PROBQA_{name.upper()}", str(getattr(built, name)))
    yield AppTest.from_function(script, default_timeout=30)
    streamlit.cache_resource.clear()


def fill(page: AppTest, quotes: list[Quote]) -> AppTest:
    """Run the page with these quotes in the basket."""
    page.session_state["basket"] = {f"{quote.source.id}-{quote.span.start}": quote for quote in quotes}
    page.run()
    assert not page.exception
    return page


def drawn(page: AppTest) -> str:
    return "".join(part.proto.body for part in page.get("html") if not part.proto.body.startswith("<style>"))


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def test_an_empty_basket_says_how_to_fill_it(page: AppTest) -> None:
    said = drawn(fill(page, []))
    assert "The basket is empty" in said
    assert "Add to basket stands under each quote." in said
    assert not page.get("download_button")


def test_each_quote_is_shown_with_its_source_and_terms(page: AppTest, quotes: list[Quote]) -> None:
    said = drawn(fill(page, quotes))
    assert "2 quotes from 2 reports. They stay here until you close or reload the page." in said
    assert f'<blockquote class="pq-quote">{quotes[0].text}</blockquote>' in said
    assert (
        "The Inspectorate, <cite>Inspection of Ambleton</cite> (19 April 2017), under “Findings › Supervision”."
    ) in said
    assert (
        f'href="read?document=ambleton&amp;from={quotes[0].span.start}&amp;to={quotes[0].span.end}&amp;edition=' in said
    )
    assert 'href="https://example.org/ambleton"' in said
    assert "Licence: not stated." in said
    assert "pq-badge" not in said


def test_there_is_a_download_for_every_format(page: AppTest, quotes: list[Quote]) -> None:
    fill(page, quotes)
    assert [button.label for button in page.get("download_button")] == [wanted.name for wanted in FORMATS.values()]


@pytest.mark.parametrize("name", FORMATS)
def test_a_download_holds_what_the_format_writes(
    name: str, page: AppTest, quotes: list[Quote], monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: dict[str, tuple[Any, ...]] = {}
    monkeypatch.setattr(streamlit, "download_button", lambda label, *given, **_: offered.update({label: given}))
    fill(page, quotes)
    write, file_name, media_type = offered[FORMATS[name].name]
    assert write() == export(quotes, FORMATS[name], datetime.date.today())
    assert file_name == f"quotes-from-inspection-reports{FORMATS[name].suffix}"
    assert media_type == FORMATS[name].media_type


@pytest.mark.parametrize("name", [name for name, wanted in FORMATS.items() if wanted.is_text])
def test_every_text_format_can_be_copied(name: str, page: AppTest, quotes: list[Quote]) -> None:
    fill(page, quotes).selectbox[0].set_value(name).run()
    text = export(quotes, FORMATS[name], datetime.date.today()).decode("utf-8-sig")
    text = text.replace("\r\n", "\n")
    assert page.code[0].value == text.strip("\n")
    assert f'data-copy="{escape(text)}"' in drawn(page)


def test_a_digest_is_called_one(page: AppTest, quotes: list[Quote]) -> None:
    digest = replace(
        quotes[0], document=replace(quotes[0].document, source=replace(quotes[0].source, wording="digest"))
    )
    said = drawn(fill(page, [digest]))
    assert '<p class="pq-badge">digest, not the inspectorate&#39;s wording</p>' in said
    assert "[digest, not the inspectorate's wording]" in page.code[0].value


def test_a_quote_is_removed_and_the_basket_emptied(page: AppTest, quotes: list[Quote]) -> None:
    fill(page, [])
    for quote in quotes:
        page.session_state["basket"][f"{quote.source.id}-{quote.span.start}-{quote.span.end}"] = quote
    page.run()
    assert labels(page) == ["Remove from basket", "Remove from basket", "Empty the basket"]
    page.button[0].click().run()
    assert [quote.source.id for quote in page.session_state["basket"].values()] == [quotes[1].source.id]
    [empty] = [button for button in page.button if button.label == "Empty the basket"]
    empty.click().run()
    assert "The basket is empty" in drawn(page)


def test_a_report_that_has_changed_since_is_pointed_out(page: AppTest, quotes: list[Quote], built: Settings) -> None:
    changed = REPORTS["ambleton.md"].replace("nine weeks", "six weeks")
    write_corpus(built.corpus, {"ambleton.md": changed})
    build(built)
    said = drawn(fill(page, quotes))
    assert said.count("the report has changed since this was added: look again before you use it") == 1
    (built.corpus / "northway" / "selby.md").unlink()
    build(built)
    assert drawn(page.run()).count("the report has changed since this was added") == 2


def test_text_of_a_source_is_never_markup(page: AppTest, quotes: list[Quote]) -> None:
    nasty = "<img src=x onerror=alert(1)> $5 :red[x] \u202e"
    source = replace(quotes[0].source, title=nasty, licence=nasty, publisher=nasty, urls=("javascript:alert(1)",))
    said = drawn(fill(page, [quote_of(source, nasty, heading=(nasty,))]))
    assert said.count("&lt;img src=x onerror=alert(1)&gt; $5 :red[x] [U+202E]") >= 5
    for markup in ("<img", "javascript:", "\u202e"):
        assert markup not in said
    assert "Open original" not in said
    assert not page.markdown


def test_a_button_adds_a_quote_once_and_then_removes_it(quotes: list[Quote]) -> None:
    page = AppTest.from_function(buttons, default_timeout=30)
    page.session_state["offered"] = [quotes[0], quotes[0], quotes[1]]
    page.run()
    assert labels(page) == ["Add to basket"] * 3
    page.button[0].click().run()
    assert labels(page) == ["Remove from basket", "Remove from basket", "Add to basket"]
    assert list(page.session_state["basket"].values()) == [quotes[0]]
    page.button[1].click().run()
    assert labels(page) == ["Add to basket"] * 3
    assert not page.session_state["basket"]


def test_a_full_basket_takes_no_more(quotes: list[Quote], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basket, "MAX_QUOTES", 1)
    page = AppTest.from_function(buttons, default_timeout=30)
    page.session_state["offered"] = quotes
    page.run()
    page.button[0].click().run()
    assert labels(page) == ["Remove from basket", "The basket is full (1 quotes)"]
    assert page.button[1].disabled
