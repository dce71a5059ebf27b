"""The page that checks a quote, run without a browser: what is drawn for each verdict."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from conftest import REPORTS, write_corpus
from probqa.indexing.build import build
from probqa.settings import Settings

FOUND = "Northway supervised people at low risk by a telephone call every nine weeks."
ABSENT = "Zebras were seen grazing beside the motorway."
DIGEST = """---
title: Digest of Weir
wording: digest
url: https://example.org/digest
---
# Digest

The inspectors of Weir liked the leadership and disliked the buildings.
"""
NASTY = """---
title: "<img src=x onerror=alert(1)> $5 :red[x]"
url: https://example.org/nasty
---
# `<b>Costs</b>`

It cost $5 to $10 :red[x] `<script>y</script>` in 12 cases.
"""


def script() -> None:
    from probqa.ui import shared
    from probqa.ui.views import check

    check.draw(shared.live_library())


@pytest.fixture
def page(chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page over ``REPORTS``, a digest and a report full of markup."""
    write_corpus(chosen.corpus, REPORTS | {"digest.md": DIGEST, "nasty.md": NASTY})
    build(chosen)
    for name in ("corpus", "index", "model", "reader"):
        monkeypatch.setenv(f"PROBQA_{name.upper()}", str(getattr(chosen, name)))
    yield AppTest.from_function(script, default_timeout=30).run()
    streamlit.cache_resource.clear()


def sent(page: AppTest, text: str, named: str = "") -> str:
    """Paste and send a text; gives the HTML that is drawn."""
    page.text_area[0].set_value(text)
    page.text_input[0].set_value(named)
    page.button[0].click().run()
    assert not page.exception
    return drawn(page)


def drawn(page: AppTest) -> str:
    return "".join(part.proto.body for part in page.get("html") if not part.proto.body.startswith("<style>"))


def test_the_first_sight_says_what_to_do_and_judges_nothing(page: AppTest) -> None:
    html = drawn(page)
    assert '<h1 class="pq-title">Check a quote</h1>' in html
    assert "Paste a sentence or a paragraph." in html
    assert "pq-verdict" not in html
    assert [page.text_area[0].label, page.text_input[0].label, page.button[0].label] == [
        "The quote, or a text with quotes in quote marks",
        "The report it is said to be from, if one is named: a title, or an area and a year",
        "Check",
    ]


def test_a_found_quote_is_marked_where_it_stands_with_a_link_to_read_on(page: AppTest) -> None:
    html = sent(page, FOUND)
    assert ">1 quote checked against 5 reports: 1 found word for word.</p>" in html
    assert "1. Found word for word</h2>" in html
    assert f'<mark class="pq-words">{FOUND}</mark><span class="pq-context"> This was not enough.' in html
    assert "<cite>Inspection of Ambleton</cite> · The Inspectorate · 19 April 2017 · Findings › Supervision" in html
    assert 'href="read?document=ambleton&amp;from=23&amp;to=99"' in html
    assert 'href="https://example.org/ambleton#:~:text=' in html
    for absent in ("pq-legend", "digest", "[1]", "Show ", "pq-reasons"):
        assert absent not in html


def test_an_altered_quote_shows_the_words_that_differ_by_more_than_colour(page: AppTest) -> None:
    html = sent(page, FOUND.replace("nine", "six"))
    assert "1. Altered</h2>" in html
    assert (
        '<del><span class="pq-hidden">[only in the report: </span>nine<span class="pq-hidden">]</span></del> '
        '<ins><span class="pq-hidden">[only in the pasted text: </span>six<span class="pq-hidden">]</span></ins>'
    ) in html
    assert "A number differs." in html
    assert "The report says</h3>" in html
    assert 'class="pq-legend"' in html


def test_a_quote_stitched_from_two_places_names_both(page: AppTest) -> None:
    html = sent(page, "Managers at Selby Green checked every assessment. Victims were told of a release in good time")
    assert "Words from more than one place stand together as if they were one." in html
    assert "[from place 1] </span>Managers at Selby Green" in html
    assert "[from place 2] </span>Victims were told" in html
    assert html.count("[1] <cite>Inspection of Selby Green</cite>") == 1
    assert html.count("[2] <cite>Inspection of Selby Green</cite>") == 1


def test_a_quote_from_another_report_than_the_one_named_says_so(page: AppTest) -> None:
    html = sent(page, FOUND, "Inspection of Selby Green")
    assert "1. In another report than the one named</h2>" in html
    assert "The report named “Inspection of Selby Green” is here." in html
    assert "<cite>Inspection of Ambleton</cite>" in html


def test_what_is_absent_or_too_short_is_said_in_words(page: AppTest) -> None:
    html = sent(page, f"They say “{ABSENT}” and “{FOUND}” and call it “too bad”.")
    assert "3 quotes checked against 5 reports: 1 found word for word, 1 not in these reports, 1 too short to" in html
    assert "1. Not in these reports</h2>" in html
    assert (
        "Nothing in them comes close to these words. "
        "1 of them are digests: the original may hold these words all the same."
    ) in html
    assert "3. Too short to check</h2>" in html
    assert "Give at least 3 words and 12 characters." in html


def test_words_of_a_digest_are_never_taken_for_the_report_s(page: AppTest) -> None:
    for text in ("inspectors of Weir liked the leadership", "The inspectors of Weir liked the cold leadership"):
        html = sent(page, text)
        assert "digest, not the inspectorate&#39;s wording" in html
        assert "Compared with this project&#39;s digest of the report, not with the report&#39;s own words." in html
    assert "The digest says</h3>" in html


def test_a_word_that_denies_and_was_cut_off_is_named(page: AppTest) -> None:
    html = sent(page, "appointment was missed")
    assert "1. Altered</h2>" in html
    assert "“no” stands before these words in the report&#39;s sentence." in html


def test_many_places_are_folded_and_the_rest_is_counted(page: AppTest, chosen: Settings) -> None:
    words = "The corridor was painted green in every wing."
    write_corpus(chosen.corpus, {f"copy-{number:02}.md": f"# Copy {number:02}\n\n{words}\n" for number in range(13)})
    build(chosen)
    html = sent(page, words)
    opened, _, folded = html.partition('<details class="pq-rest"><summary>Show 11 more</summary>')
    assert [opened.count("pq-card"), folded.count("pq-card")] == [2, 8]
    assert "<p>And 3 more.</p></details>" in folded


def test_a_report_that_the_text_names_and_that_is_not_here_is_told(page: AppTest) -> None:
    html = sent(page, f"The 2031 Ambleton report says “{FOUND}”.")
    assert "The report named “The 2031 Ambleton report” is not among these.</p>" in html


def test_what_was_overlooked_is_named(page: AppTest) -> None:
    html = sent(page, "Managers at Selby\u00a0Green checked every assessment")
    assert "1. Found word for word</h2>" in html
    assert "Overlooked, since it changes no word: white space." in html


@pytest.mark.parametrize(
    ("text", "named", "title", "remedy"),
    [
        ("  ", "", "There is no text to check", "Paste a quote, or a paragraph with quotes in quote marks."),
        ("x" * 20_001, "", "The text has 20,001 characters, more than 20,000", "Check less of it at a time."),
    ],
)
def test_a_text_that_cannot_be_checked_is_explained(
    page: AppTest, text: str, named: str, title: str, remedy: str
) -> None:
    html = sent(page, text, named)
    assert f'<p class="pq-notice-title">{title}</p><p>{remedy}</p>' in html
    assert "pq-verdict" not in html


def test_a_name_that_fits_no_report_is_told_and_blocks_nothing(page: AppTest) -> None:
    html = sent(page, FOUND, "<b>Zyzzyva</b>")
    assert "1. Found word for word</h2>" in html
    assert (
        "No report here goes by “&lt;b&gt;Zyzzyva&lt;/b&gt;”, so the quotes were looked for in all of them.</p>" in html
    )
    assert "<b>" not in html


def test_text_of_a_source_or_a_visitor_is_never_markup(page: AppTest) -> None:
    text = "It cost $5 to $10 :red[x] <script>y</script> in 21 cases."
    html = sent(page, text)
    assert "It cost $5 to $10 :red[x] &lt;script&gt;y&lt;/script&gt; in " in html
    assert "<cite>&lt;img src=x onerror=alert(1)&gt; $5 :red[x]</cite>" in html
    html += sent(page, "It cost $5 to $10", "<img src=x onerror=alert(1)> $5 :red[x]")
    assert "The report named “&lt;img src=x onerror=alert(1)&gt; $5 :red[x]” is here." in html
    html += sent(page, "“<img src=x onerror=alert(1)> was \u202eseen here ![a](https://e.org/b.png) often”")
    assert "was [U+202E]seen here ![a](https://e.org/b.png) often" in html
    for markup in ("<script", "<img", "<b>", "\u202e"):
        assert markup not in html
    # Nothing that Streamlit would render as Markdown holds a word of it.
    assert not page.markdown
    assert not page.caption


def test_a_verdict_stays_when_something_else_on_the_page_is_used(page: AppTest) -> None:
    html = sent(page, FOUND)
    [add] = [button for button in page.button if button.label == "Add to basket"]
    add.click().run()
    assert drawn(page) == html
    assert "Remove from basket" in [button.label for button in page.button]
    [kept] = page.session_state["basket"].values()
    assert (kept.source.id, kept.text) == ("ambleton", FOUND)


def test_a_check_has_an_address_that_shows_it_again(page: AppTest) -> None:
    html = sent(page, f"They wrote:\n“{FOUND}” & more", "Ambleton, 2017")
    assert dict(page.query_params) == {"text": f"They wrote:\n“{FOUND}” & more", "named": "Ambleton, 2017"}
    assert "The address of this page shows this check again" in html
    opened = AppTest.from_function(script, default_timeout=30)
    opened.query_params.update(page.query_params)
    opened.run()
    assert drawn(opened) == html
    assert (opened.text_area[0].value, opened.text_input[0].value) == (
        f"They wrote:\n“{FOUND}” & more",
        "Ambleton, 2017",
    )


def test_another_address_shows_another_check_and_an_empty_one_none(page: AppTest) -> None:
    sent(page, FOUND)
    page.query_params["text"] = ABSENT
    page.run()
    assert "1. Not in these reports</h2>" in drawn(page)
    page.query_params.clear()
    page.run()
    assert (page.text_area[0].value, "pq-verdict" in drawn(page)) == ("", False)


def test_a_text_too_long_for_an_address_is_checked_and_said_to_be(page: AppTest) -> None:
    html = sent(page, f"“{FOUND}”" + " and so on" * 700)
    assert not dict(page.query_params)
    assert "This text is too long for an address" in html
    page.run()
    assert drawn(page) == html


def test_no_notice_of_the_page_names_a_command(page: AppTest) -> None:
    for text, named in ((" ", ""), ("x" * 20_001, ""), (FOUND, "Zyzzyva"), (ABSENT, "Gwent 2031"), ("so", "…")):
        assert "probqa" not in sent(page, text, named).removesuffix("</footer>")


def test_only_words_that_were_found_can_be_added(page: AppTest) -> None:
    sent(page, FOUND.replace("nine", "six"))
    assert [button.label for button in page.button] == ["Check"]
