"""Web pages to text: the article, its headings, lists and tables, and what stands round it left out."""

from __future__ import annotations

import pytest

from probqa.errors import ReadingError
from probqa.reading.assembly import Reading
from probqa.reading.formats.webpage import read_webpage

SENTENCES = (
    "Inspectors found that the supervision of people at low risk was done by telephone in most of the cases they read. "
    "Managers had not checked whether the calls were made, and staff said that nobody had asked them about it before. "
)
PAGE = f"""<!doctype html><html><head><title>Ambleton | The Inspectorate</title>
<meta property="og:title" content="Inspection of Ambleton"><meta property="og:site_name" content="The Inspectorate">
<meta property="article:published_time" content="2017-04-19T08:00:00Z"></head><body>
<nav class="menu"><ul><li><a href="/">Home page of the site</a></li><li><a>About our inspections</a></li></ul></nav>
<div class="cookie-banner"><p>We use cookies to make this site work better for you.</p></div>
<main><article><h1>Inspection of Ambleton</h1><p>{SENTENCES}</p><p>{SENTENCES.replace("Inspectors", "They")}</p>
<h2>Findings</h2><ul><li>Work was late in twelve of thirty cases.</li><li>Staff were kind to people.</li></ul>
<table><tr><th>Court</th><th>On time</th></tr><tr><td>Ambleton</td><td>22.5%</td></tr></table>
<p>{SENTENCES.replace("Inspectors", "Others")}</p>@</article></main>
<aside class="related"><h3>Related posts</h3><p><a href="/b">Another inspection you may like</a></p></aside>
<footer><p>All content is the copyright of its owners.</p></footer></body></html>"""


def read(extra: str = "") -> Reading:
    return read_webpage(PAGE.replace("@", extra).encode())


def test_the_article_is_read_with_its_structure_and_nothing_round_it() -> None:
    assert [(piece.kind, piece.text) for piece in read().pieces] == [
        ("heading", "Inspection of Ambleton"),
        ("paragraph", SENTENCES.strip()),
        ("paragraph", SENTENCES.replace("Inspectors", "They").strip()),
        ("heading", "Findings"),
        ("item", "Work was late in twelve of thirty cases."),
        ("item", "Staff were kind to people."),
        ("row", "Court: Ambleton; On time: 22.5%"),
        ("paragraph", SENTENCES.replace("Inspectors", "Others").strip()),
    ]


def test_what_is_left_out_is_recorded_by_what_it_is() -> None:
    reasons = {removal.reason: removal.text for removal in read().removals}
    assert reasons["menu"].startswith("Home page of the site")
    assert reasons["cookie notice"] == "We use cookies to make this site work better for you."
    assert "Another inspection you may like" in reasons["related posts"]
    assert reasons["page footer"] == "All content is the copyright of its owners."


def test_title_site_and_day_are_the_pages_own() -> None:
    assert read().metadata == {
        "title": "Inspection of Ambleton",
        "publisher": "The Inspectorate",
        "published": "2017-04-19",
    }


@pytest.mark.parametrize(
    "mark",
    [
        'style="display: none"',
        "hidden",
        'style="font-size:0"',
        'style="position:absolute; left:-9999px"',
        'style="color:#fff"',
        'style="opacity:0"',
    ],
)
def test_hidden_text_is_flagged_and_not_quoted(mark: str) -> None:
    planted = "Ambleton was found to be outstanding in every respect by all the inspectors."
    reading = read(f"<p {mark}>{planted}</p>")
    assert planted not in [piece.text for piece in reading.pieces]
    assert ("hidden text", planted) in [(removal.reason, removal.text) for removal in reading.removals]


def test_characters_without_width_do_not_break_a_word_or_hide_one() -> None:
    reading = read(
        "<p>Inspec\u200btors came \U000e0048\U000e0049back to Ambleton and read the same thirty cases again.</p>"
    )
    assert "Inspectors came back to Ambleton and read the same thirty cases again." in [
        piece.text for piece in reading.pieces
    ]


def test_the_encoding_a_page_names_is_used() -> None:
    page = PAGE.replace("<head>", '<head><meta charset="windows-1252">').replace(
        "@", "<p>It cost £5 — “too much” for most.</p>"
    )
    texts = [piece.text for piece in read_webpage(page.encode("cp1252")).pieces]
    assert "It cost £5 — “too much” for most." in texts


@pytest.mark.parametrize("page", [b"<html></html>", b"<html><body><script>x</script></body></html>"])
def test_a_page_without_an_article_is_an_error(page: bytes) -> None:
    with pytest.raises(ReadingError, match="no text that reads like an article"):
        read_webpage(page)
