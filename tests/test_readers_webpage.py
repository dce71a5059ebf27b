"""Web pages to text: the article, its headings, lists and tables, and what stands round it left out."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from probqa.dates import PartialDate
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


LEADERS = "Leaders at Larchwood had a clear plan for the area, and partners felt part of it from the first day."
INSPECTED = "The office at Larchwood was inspected over two weeks in spring by a team of five, who read many files."


def report(body: str, head: str = "") -> Reading:
    """Read a page of plain paragraphs with ``body`` between them."""
    return read_webpage(
        f'<!doctype html><html><head><meta charset="utf-8"><title>Report</title>{head}</head><body><main><article>'
        f"<h1>Larchwood</h1><p>{INSPECTED}</p><p>{LEADERS}</p>{body}<p>{LEADERS.replace('Leaders', 'Others')}</p>"
        "</article></main></body></html>".encode()
    )


def texts(reading: Reading) -> list[str]:
    """What was read between the plain paragraphs."""
    return [piece.text for piece in reading.pieces][3:-1]


def left_out(reading: Reading) -> list[tuple[str, str]]:
    return [(removal.reason, removal.text) for removal in reading.removals]


def test_withdrawn_words_are_no_part_of_a_sentence_and_are_listed_as_struck_out() -> None:
    reading = report(
        "<p>It was rated <del>Good</del> <ins>Inadequate</ins>.</p><p>In <s>seven</s> nine plans it was late.</p>"
        "<p>Staff had <strike>no</strike> training.</p><p>They were <span style='text-decoration: line-through red'>"
        "never</span> late.</p><p>It was <span role=deletion>un</span>safe.</p><p>Ten <b class='old "
        "x'>two</b> left.</p>"
        "<del><p>A whole part was withdrawn.</p></del>",
        head="<style>p { color: red } .report .old, i.gone {text-decoration:line-through}</style>",
    )
    assert texts(reading) == [
        "It was rated Inadequate.",
        "In nine plans it was late.",
        "Staff had training.",
        "They were late.",
        "It was safe.",
        "Ten left.",
    ]
    struck = ["Good", "seven", "no", "never", "un", "two", "A whole part was withdrawn."]
    assert left_out(reading) == [("struck out", words) for words in struck]


def test_raised_and_lowered_numbers_never_run_into_figures() -> None:
    reading = report(
        "<p>It rose to 12<sup>4</sup> days in 2022<sup><a href='#n3'>3</a></sup>, 31<sup>2,3</sup> in all.</p>"
        "<p>It was 1,250<sup>(2)</sup>, 9<a href='#fn7'>7</a>, 5<span style='vertical-align: super'>8</span> km"
        "<sup>2</sup>, CO<sub>2</sub>, 8<sup>[footnote 1]</sup>, the 19<sup>th</sup>, "
        "40<sup>*</sup>, 6<sup>a</sup>.</p>"
        "<p>It took 3<sup>1</sup>&frasl;<sub>2</sub>, 3<sup>1</sup>/<sub>2</sub>, 5&frac12; hours.</p>"
        "<p>See <a href='#s9'>9</a> and <a href='#t'>Table 2</a> of 2021.</p>"
    )
    assert texts(reading) == [
        "It rose to 12⁴ days in 2022³, 31²,³ in all.",
        "It was 1,250⁽²⁾, 9⁷, 5⁸ km², CO₂, 8[footnote 1], the 19th, 40*, 6ᵃ.",
        "It took 3½, 3½, 5½ hours.",
        "See 9 and Table 2 of 2021.",
    ]


def test_no_word_is_cut_out_of_a_sentence_whatever_its_tag() -> None:
    reading = report(
        "<p>They came on <time datetime=2022-05-03>3 May 2022</time> and on <data value=9>nine</data> days.</p>"
        "<p>A re<wbr>offending rate of <output>31</output> per cent, <meter value=.6>60%</meter>, "
        "was <q>not <q>safe</q>"
        "</q>.</p><p><label>Rating</label> was <mark>low</mark>, <cite>Plan</cite>, <bdi>Ann</bdi>, <kbd>x</kbd>.</p>"
        "<p>About <math><mfrac><mn>2</mn><mn>3</mn></mfrac></math> of 5<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"
        " and <math><msup><mn>10</mn><mn>3</mn></msup><mo>=</mo><mi>n</mi></math>.</p><p>One<br>two<br/>three.</p>"
        "<p>First.<br><br>Second.</p><p>Form: <select><option>Good<option selected>Poor</select></p>"
    )
    assert texts(reading) == [
        "They came on 3 May 2022 and on nine days.",
        "A reoffending rate of 31 per cent, 60%, was “not ‘safe’”.",
        "Rating was low, Plan, Ann, x.",
        "About ⅔ of 5½ and 10³=n.",
        "One two three.",
        "First.",
        "Second.",
        "Form: Poor",
    ]
    assert left_out(reading) == [("choice not made", "Good")]


def test_text_in_any_element_of_the_article_is_read() -> None:
    reading = report(
        "<div class=govuk-inset-text>The rating was changed from Good to Inadequate.</div>"
        "<div class=govuk-warning-text><span class=govuk-warning-text__icon aria-hidden=true>!</span>"
        "<strong class=govuk-warning-text__text><span class=govuk-visually-hidden>Warning</span>"
        " The area must act within a month of this.</strong></div>"
        "<address>Larchwood House,<br>12 Mill Lane</address><fieldset><legend>Rating of courts</legend>"
        "<div>It was low in nine of the ten cases.</div></fieldset><section>Bare text of a section.</section>"
        "<blockquote>They never asked me about it.</blockquote><pre>Line one\nline two</pre>"
    )
    assert texts(reading) == [
        "The rating was changed from Good to Inadequate.",
        "! The area must act within a month of this.",
        "Larchwood House, 12 Mill Lane",
        "Rating of courts",
        "It was low in nine of the ten cases.",
        "Bare text of a section.",
        "They never asked me about it.",
        "Line one line two",
    ]
    assert left_out(reading) == [("for screen readers only", "Warning")]


def test_what_a_visitor_can_open_is_read() -> None:
    reading = report(
        "<div class=govuk-accordion><h2><button "
        "aria-expanded=false>Recommendations</button></h2><div hidden=until-found>"
        "<p>No officer should have more than fifty cases.</p></div></div><ul><li><a href='#p2'>Courts</a></li></ul>"
        "<div role=tabpanel id=p1 hidden><p>Court reports were late in nine of ten cases.</p></div>"
        "<div id=p2 style='display:none'><p>Hostels were full in the whole of the year.</p></div>"
        "<details><summary>How we chose the cases</summary><p>Cases were drawn at random from a list.</p></details>"
        "<p hidden>Nobody can open this one, whatever they do.</p>"
    )
    assert [text for text in texts(reading) if text != "Courts"] == [
        "Recommendations",
        "No officer should have more than fifty cases.",
        "Court reports were late in nine of ten cases.",
        "Hostels were full in the whole of the year.",
        "How we chose the cases",
        "Cases were drawn at random from a list.",
    ]
    assert ("hidden text", "Nobody can open this one, whatever they do.") in left_out(reading)


def test_a_section_of_a_report_that_is_named_like_furniture_stays() -> None:
    reading = report(
        "<section id=comments><h2>Comments</h2><p>Comments from magistrates were mixed, and nine were late.</p>"
        "</section>"
        "<section id=social-work><h2 id=social-work-h>Social work</h2><p>Social work was slow in most of the cases.</p>"
        "</section><div id=share-of-cases class=related-offences><h3>Share of cases</h3><p>A third of all cases were "
        "late in the year.</p></div><h2>More from women in the hostel</h2><ul><li>More from women than men was asked."
        "</li><li>Home</li></ul><h2>Recommendations</h2>"
    )
    assert texts(reading) == [
        "Comments",
        "Comments from magistrates were mixed, and nine were late.",
        "Social work",
        "Social work was slow in most of the cases.",
        "Share of cases",
        "A third of all cases were late in the year.",
        "More from women in the hostel",
        "More from women than men was asked.",
        "Home",
        "Recommendations",
    ]


def test_a_row_keeps_its_subject_and_its_columns() -> None:
    reading = report(
        "<table><caption>Scores</caption><thead><tr><th rowspan=2>Region</th><th rowspan=2>Unit</th><th colspan=2>Score"
        "</th></tr><tr><th>2021</th><th>2022</th></tr></thead><tbody><tr><td rowspan=2>North</td><td>Alder</td><td>31"
        "</td><td>44</td></tr><tr><td>Birch</td><td colspan=2>none</td></tr></tbody></table>"
        "<table><tr><th>Office</th><th>Year</th><th>Rating</th><th>Note</th></tr><tr><td rowspan=0>Cedar</td><td>2021"
        "</td><td>Poor</td></tr><tr><td>2022</td><td>Good</td></tr></table>"
        "<table><tr><th>Unit</th><th>Score</th></tr><tr><th colspan=2>South</th></tr><tr><td>Fir</td><td>9</td></tr>"
        "</table><table><tr><th>Director</th><td>Ann Lee</td></tr></table>"
    )
    assert texts(reading) == [
        "Scores",
        "Region: North; Unit: Alder; Score 2021: 31; Score 2022: 44",
        "Region: North; Unit: Birch; Score 2021 2022: none",
        "Office: Cedar; Year: 2021; Rating: Poor",
        "Office: Cedar; Year: 2022; Rating: Good",
        "South",
        "South; Unit: Fir; Score: 9",
        "Director: Ann Lee",
    ]
    assert left_out(reading) == [("column without entries", "Note")]


def test_lists_keep_their_order_their_numbers_and_the_cells_in_them() -> None:
    reading = report(
        "<ol start=4><li>Recruit<ul><li>ten officers<ul><li>three for courts</li></ul></li><li>two managers</li></ul>"
        "</li><li value=9>Train</li><li><p>Read</p><p>and write</p></li></ol><ol type=a><li>One</li><li>Two</li></ol>"
        "<ol type=I reversed><li>Last</li><li>First</li></ol><ol><li>1. Own number</li></ol>"
        "<dl><dt>Rating</dt><dd>Poor</dd><div><dt>Score</dt><dd>9 of 21</dd></div></dl>"
        "<ul><li>Figures<table><tr><th>A</th><th>B</th></tr><tr><td>5</td><td>6</td></tr></table></li></ul>"
    )
    assert texts(reading) == [
        *("4. Recruit", "ten officers", "three for courts", "two managers", "9. Train", "10. Read", "and write"),
        *("a. One", "b. Two", "II. Last", "I. First", "1. Own number"),
        *("Rating: Poor", "Score: 9 of 21", "Figures", "A: 5; B: 6"),
    ]


@pytest.mark.parametrize("named", ["iso-8859-1", "latin1", "us-ascii", "utf-8", "windows-1252", "no-such"])
def test_a_page_in_windows_1252_keeps_its_quotes_dashes_and_euros_whatever_it_claims(named: str) -> None:
    page = PAGE.replace("<head>", f'<head><meta charset="{named}">').replace("@", "<p>It’s “3–5 €m”… — he said so.</p>")
    assert "It’s “3–5 €m”… — he said so." in [piece.text for piece in read_webpage(page.encode("cp1252")).pieces]


def test_characters_128_to_159_named_by_number_are_those_of_windows_1252() -> None:
    assert texts(report("<p>It&#146;s &#147;late&#148; &#150; for &#x80;3m.</p>")) == ["It’s “late” – for €3m."]


def graph(*works: str) -> dict[str, str]:
    data = f'<script type="application/ld+json">{{"@graph":[{",".join(works)}]}}</script>'
    return report("", head=f'<link rel="canonical" href="https://a.example/r">{data}').metadata


def test_of_several_days_in_a_pages_data_the_pages_own_is_taken_or_the_first_and_not_as_sure() -> None:
    new = '{"@type":"Article","headline":"x","datePublished":"2023-05-04T09:30:00"}'
    old = '{"@type":"Article","headline":"y","datePublished":"2015-01-02"}'
    note = "read from the page's data: the first of several days there"
    assert graph(new) == {"title": "Larchwood", "published": "2023-05-04"}
    assert graph(new, old) == {"title": "Larchwood", "published": "2023-05-04", "published_note": note}
    assert graph(old, new.replace('"x"', '"Larchwood"'))["published"] == "2023-05-04"
    assert graph(old, new.replace("{", '{"url":"https://a.example/r",'))["published"] == "2023-05-04"
    assert "published" not in graph(f'{{"@type":"WebPage","hasPart":[{old}]}}')


def test_a_day_of_a_page_that_is_not_certain_is_marked_and_not_compared_by() -> None:
    found = report("", head='<meta name="dc.date" content="2019-05-03">').metadata
    day = PartialDate(found["published"], found["published_note"])
    assert day.in_words == "3 May 2019 (read from the page's data)"
    assert not day.sure


def test_a_title_that_stayed_from_a_template_gives_way_to_the_pages_own() -> None:
    assert (
        report("", head='<meta name="dc.title" content="Inspection of Elmwood 2013">').metadata["title"] == "Larchwood"
    )


def test_every_word_of_a_page_is_in_the_text_or_in_the_list() -> None:
    page = PAGE.replace(
        "@",
        "<p>Rated <del>Good</del> in 2022<sup>3</sup> <time>May</time></p><div>Loose <b>words</b></div><button>Press"
        "</button><form><label>Name</label><select><option>One<option selected>Two</select></form><svg><text>Chart"
        "</text></svg><noscript>Old</noscript><figure><figcaption>Seen from "
        "afar</figcaption></figure><h3>Nothing below</h3>"
        "<p hidden>Unseen</p><table><tr><th>A1</th><th>B1</th></tr></table><dl><dt>Alone</dt></dl><h2>Comments</h2>"
        "<p><a href=x>Linked</a></p>",
    )
    reading = read_webpage(page.encode())
    read_or_listed = " ".join([*(p.text for p in reading.pieces), *(r.text for r in reading.removals)])
    found = Counter(re.findall(r"\w+", read_or_listed.replace("³", " 3 ")))
    body = re.sub(r"<[^>]*>", " ", page.partition("<body>")[2])
    missing = Counter(re.findall(r"\w+", body)) - found
    assert missing == Counter()
