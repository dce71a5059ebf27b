"""The basket, run without a browser: what is kept, and every way to take it away."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import streamlit
from markupsafe import escape
from streamlit.testing.v1 import AppTest

from conftest import REPORTS, write_corpus
from probqa.asking.library import Library
from probqa.citing.export import FORMATS, export
from probqa.indexing.build import build
from probqa.records import Quote, Span
from probqa.settings import Settings
from probqa.ui import basket


def script() -> None:
    from probqa.ui import shared
    from probqa.ui.views import basket as page

    page.draw(shared.live_library())


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


def fill(page: AppTest, quotes: Sequence[Quote | str], told: str = "1") -> AppTest:
    """Run the page when its browser has told that it keeps these quotes, or names."""
    page.query_params["told"] = told
    page.query_params["kept"] = [quote if isinstance(quote, str) else basket.name_of(quote) for quote in quotes]
    page.run()
    assert not page.exception
    return page


def drawn(page: AppTest) -> str:
    return "".join(part.proto.body for part in page.get("html") if not part.proto.body.startswith("<style>"))


def test_an_empty_basket_says_how_to_fill_it(page: AppTest) -> None:
    said = drawn(fill(page, []))
    assert "The basket is empty" in said
    assert "Add to basket stands under each quote." in said
    assert not page.get("download_button")


def test_each_quote_is_shown_with_its_source_and_terms(page: AppTest, quotes: list[Quote]) -> None:
    said = drawn(fill(page, quotes))
    assert "2 quotes from 2 reports. This browser keeps them, on this device; the server does not." in said
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


def test_before_the_browser_has_told_nothing_is_said_to_be_empty(page: AppTest) -> None:
    said = drawn(page.run())
    assert "Your browser keeps the basket. It is shown once scripts have run." in said
    assert "The basket is empty" not in said
    assert '<span class="pq-told" data-heard=""></span>' in said


def test_what_was_told_last_holds_until_something_else_is_told(page: AppTest, quotes: list[Quote]) -> None:
    fill(page, quotes, told="7")
    del page.query_params["told"], page.query_params["kept"]
    said = drawn(page.run())
    assert "2 quotes from 2 reports." in said
    assert '<span class="pq-told" data-heard="7"></span>' in said
    fill(page, quotes[1:], told="8")
    assert "1 quote from 1 report." in drawn(page)
    assert "The basket is empty" in drawn(fill(page, [], told="9"))


def test_a_digest_is_called_one(page: AppTest, built: Settings) -> None:
    head = "---\ntitle: Digest of Weir\nwording: digest\nurl: https://example.org/d\n---\n"
    write_corpus(built.corpus, {"digest.md": f"{head}# Digest\n\nThe inspectors liked the stairs.\n"})
    build(built)
    said = drawn(fill(page, [_quote(built, "liked the stairs", "digest")]))
    label = '<span class="pq-label">digest<span class="pq-mid">, not the inspectorate&#39;s wording</span></span>'
    assert label in said
    assert '<blockquote class="pq-quote pq-digests">' in said
    assert "[digest, not the inspectorate's wording]" in page.code[0].value


def test_words_that_have_moved_are_found_again_and_those_that_are_gone_are_named_and_not_shown(
    page: AppTest, quotes: list[Quote], built: Settings
) -> None:
    staff = _quote(built, "Staff morale was low.", "ambleton")
    above = REPORTS["ambleton.md"].replace("# Findings", "# Findings\n\nSome more.").replace("nine weeks", "six weeks")
    write_corpus(built.corpus, {"ambleton.md": above})
    (built.corpus / "northway" / "selby.md").unlink()
    build(built)
    said = drawn(fill(page, [*quotes, staff]))
    assert "2 quotes cannot be shown any more" in said
    report = '<a class="pq-go" href="read?document=ambleton">Inspection of Ambleton</a>'
    assert f"<li>From “{report}”: its text has changed, and the words were not found in it again. <button" in said
    assert "<li>From the report “northway/selby”, which is not here any more. <button" in said
    assert "weeks" not in said
    # Its name stays what the browser keeps, its place is the new one.
    moved = _quote(built, "Staff morale was low.", "ambleton")
    assert moved.text == staff.text
    assert moved.span.start > staff.span.start
    assert f"from={moved.span.start}&amp;to={moved.span.end}" in said
    assert said.count("the report has changed since this was added: these words were found again in it") == 1
    assert re.findall('data-keep="(.*?)"', said) == [basket.name_of(quote) for quote in (*quotes, staff)]


def _quote(built: Settings, words: str, document_id: str) -> Quote:
    """These words of a document, as they stand in it now."""
    with closing(Library(built)) as library:
        document = library.generation.document(document_id)
    assert document is not None
    start = document.text.index(words)
    return Quote(document, Span(start, start + len(words)), Span(start, start + len(words)))


HOSTILE = (
    "",
    "25-60-0123456789abcdef-<img src=x onerror=alert(1)>",
    "25-60-0123456789abcdef-../../etc/passwd",
    "2\u0665-60-0123456789abcdef-ambleton",
    f"{'9' * 10}-{'9' * 11}-0123456789abcdef-ambleton",
    "25-60-0123456789abcdeg-ambleton",
    "25-60-0123456789abcdef-ambleton\n",
    f"25-60-0123456789abcdef-{'a' * 300}",
)


def test_what_is_no_name_is_not_heard_and_what_names_nothing_is_gone(page: AppTest, quotes: list[Quote]) -> None:
    said = drawn(fill(page, [*HOSTILE, basket.name_of(quotes[0])], told="<b>" * 20))
    assert "1 quote from 1 report." in said
    assert "any more" not in said
    assert (
        '<span class="pq-told" data-heard="&lt;b&gt;&lt;b&gt;&lt;b&gt;&lt;b&gt;&lt;b&gt;&lt;b&gt;&lt;b"></span>' in said
    )
    digest = "0123456789abcdef"
    nowhere = [f"60-25-{digest}-ambleton", f"0-{'9' * 9}-{digest}-ambleton", f"0-9-{digest}-nowhere"]
    said = drawn(fill(page, nowhere, told="2"))
    assert "3 quotes cannot be shown any more" in said
    assert "<article" not in said


def test_no_more_are_heard_than_a_basket_holds(page: AppTest, quotes: list[Quote]) -> None:
    names = [f"{start}-60-0123456789abcdef-ambleton" for start in range(basket.MAX_QUOTES)]
    said = drawn(fill(page, [*names, *names, *quotes]))
    assert re.findall('data-keep="(.*?)"', said) == names


def test_the_browser_goes_by_the_same_form_and_number() -> None:
    script = Path(basket.__file__).with_name("kept.js").read_text(encoding="utf-8")
    form = "^[0-9]{1,9}-[0-9]{1,9}-[0-9a-f]{16}-[a-z0-9][a-z0-9._/-]{0,199}$"
    assert f"const MOST = {basket.MAX_QUOTES}, NAME = /{form}/;" in script
    assert f"^{basket._NAME.pattern.replace('(', '').replace(')', '')}$" == form


def test_text_of_a_source_is_never_markup(page: AppTest, built: Settings) -> None:
    nasty = "<img src=x onerror=alert(1)> $5 :red[x]"
    head = {"title": nasty, "licence": nasty, "publisher": nasty}
    front = "".join(f"{key}: {json.dumps(value)}\n" for key, value in head.items())
    write_corpus(built.corpus, {"nasty.md": f"---\n{front}---\n# Costs\n\nThe stairs cost `{nasty}` in all.\n"})
    build(built)
    said = drawn(fill(page, [_quote(built, nasty, "nasty")]))
    assert said.count("&lt;img src=x onerror=alert(1)&gt; $5 :red[x]") >= 4
    assert "<img" not in said
    assert not page.markdown
