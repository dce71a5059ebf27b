"""The page that checks a quote, run without a browser: what is drawn for each verdict."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator

import docx
import pytest
import streamlit
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

import making
from conftest import REPORTS, write_corpus
from probqa.errors import ReadingError
from probqa.indexing.build import build
from probqa.settings import Settings
from probqa.ui import drafts
from probqa.ui.views import check

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
    assert "Paste a sentence or a paragraph, or choose a whole draft." in html
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
    assert 'href="read?document=ambleton&amp;from=23&amp;to=99&amp;edition=' in html
    assert 'href="https://example.org/ambleton#:~:text=' in html
    for absent in ("pq-legend", "digest", "[1]", "Show ", "pq-reasons"):
        assert absent not in html


def test_an_altered_quote_shows_the_words_that_differ_by_more_than_colour(page: AppTest) -> None:
    html = sent(page, FOUND.replace("nine", "six"))
    assert "1. Altered</h2>" in html
    assert (
        '<del><span class="pq-hidden">[only in the report: </span>nine<span class="pq-hidden">]</span></del> '
        '<ins><span class="pq-hidden">[only in the checked text: </span>six<span class="pq-hidden">]</span></ins>'
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
        assert '<span class="pq-label">digest<span class="pq-mid">, not the inspectorate&#39;s wording</span>' in html
        assert '<blockquote class="pq-quote pq-there pq-digests">' in html
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


def test_what_stands_in_a_report_can_be_put_into_the_basket(page: AppTest) -> None:
    html = sent(page, f"“{FOUND}” “{ABSENT}”")
    digest = hashlib.sha256(FOUND.encode()).hexdigest()[:16]
    [name] = re.findall('data-keep="(.*?)"', html)
    assert name.split("-", 2)[2] == f"{digest}-ambleton"


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


ALTERED = FOUND.replace("nine", "six")
DRAFT = (
    "For immediate release",
    f"The Ambleton report of 2017 says “{FOUND}”",
    f"It goes on: “{ALTERED}” and “{ABSENT}” We call that “too bad”.",
    "“Managers at Selby Green checked every assessment.”",
)
VERDICTS = ["found", "altered", "absent", "too_short", "elsewhere"]


def chosen_file(page: AppTest, name: str, content: bytes) -> str:
    """Choose a file, as a visitor does; gives the HTML that is drawn."""
    if page.radio[0].value != "A whole draft, as a file":
        page.radio[0].set_value("A whole draft, as a file").run()
    page.file_uploader[0].upload(name, content, "application/octet-stream").run()
    assert not page.exception
    return drawn(page)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("draft.md", "\n\n".join(DRAFT).encode()),
        ("draft.txt", "\n\n".join(DRAFT).encode()),
        ("draft.html", ("<html><body>" + "".join(f"<p>{each}</p>" for each in DRAFT) + "</body></html>").encode()),
        ("DRAFT 2.DOCX", making.docx("".join(map(making.paragraph, DRAFT)))),
    ],
)
def test_each_quote_of_a_draft_is_told_as_the_terminal_tells_it(page: AppTest, name: str, content: bytes) -> None:
    html = chosen_file(page, name, content)
    assert re.findall(r"pq-verdict pq-is-(\w+)", html) == VERDICTS
    assert ">5 quotes checked against 5 reports: 1 found word for word, 1 altered, 1 in another report than" in html
    assert f"Read: “{name}”. Its words are kept for this page alone" in html
    assert "Not checked, since they stand outside quote marks: 16 words (“For immediate release” and 4 more" in html
    assert '<p class="pq-named">The report named “The Ambleton report of 2017” is here.</p>' in html
    assert "address of this page" not in html
    assert not dict(page.query_params)


def test_a_draft_is_not_on_the_server_any_more_and_its_verdicts_stay(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    managers: list[MemoryUploadedFileManager] = []
    held_before = MemoryUploadedFileManager.remove_session_files

    def removed(self: MemoryUploadedFileManager, session: str) -> None:
        assert self.get_stats()
        held_before(self, session)
        managers.append(self)

    monkeypatch.setattr(MemoryUploadedFileManager, "remove_session_files", removed)
    html = chosen_file(page, "draft.txt", "\n\n".join(DRAFT).encode())
    assert page.file_uploader[0].value is None
    [manager] = managers
    assert not manager.get_stats()
    assert drawn(page.run()) == html


def test_a_draft_can_be_checked_against_the_report_that_is_named(page: AppTest) -> None:
    chosen_file(page, "draft.txt", f"They wrote “{FOUND}”".encode())
    page.text_input[0].set_value("Inspection of Selby Green").run()
    assert "1. In another report than the one named</h2>" in drawn(page)
    page.text_input[0].set_value("").run()
    assert "1. Found word for word</h2>" in drawn(page)


def test_the_next_draft_takes_the_place_of_the_last_and_a_text_stands_beside_both(page: AppTest) -> None:
    chosen_file(page, "one.txt", f"They wrote “{FOUND}”".encode())
    html = chosen_file(page, "two.txt", f"They wrote “{ALTERED}”".encode())
    assert ("“two.txt”" in html, "“one.txt”" in html, html.count("pq-verdict ")) == (True, False, 1)
    page.radio[0].set_value("A quote or a text").run()
    assert "pq-verdict" not in drawn(page)
    assert "1. Found word for word</h2>" in sent(page, FOUND)


def test_what_was_left_out_of_a_draft_is_listed_as_not_checked(page: AppTest) -> None:
    struck = "<p>We say <del>they were <b>closed</b></del> little.</p>" * 2
    html = chosen_file(page, "a.html", f"<html><body><p>They wrote “{FOUND}”</p>{struck}</body></html>".encode())
    _, _, rest = html.partition("<summary>Not read, and so not checked: 2 parts of the file</summary>")
    assert re.findall(r"<li>([^<]*)</li>", rest) == ["struck out: they were closed"] * 2


@pytest.mark.parametrize(
    ("name", "content", "title", "remedy"),
    [
        (
            "old.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "“old.docx” is an old Office file",
            "Save it as .docx, .xlsx, .pptx or PDF.",
        ),
        ("page.pdf", b"<html>", "“page.pdf” is named .pdf but is a web page", "Rename it to .html"),
        ("empty.md", b" ", "“empty.md” holds no text", "Check another file."),
        ("a.docx", b"PK\x03\x04" + b"x" * 99, "“a.docx” is damaged", ""),
        ("a.exe", b"MZ", "“a.exe” is of a kind that is not read", "Save it as one of"),
        ("latin.txt", b"caf\xe9", "“latin.txt” line 1: byte 3 is not UTF-8", "Save the file as UTF-8."),
        ("long.txt", b"word " * 20_001, "“long.txt” has 100,004 characters, more than 100,000", "Check a part of it."),
        ("<b>\u202e.txt", b"", "“&lt;b&gt;[U+202E].txt” holds no text", "Check another file."),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_one_notice(
    page: AppTest, name: str, content: bytes, title: str, remedy: str
) -> None:
    html = chosen_file(page, name, content)
    assert html.count("pq-notice-title") == 1
    assert f'<p class="pq-notice-title">{title}' in html
    assert f"</p><p>{remedy}" in html
    assert ("pq-verdict" in html, "probqa" in html, "run: " in html) == (False, False, False)
    assert "1. Found word for word</h2>" in chosen_file(page, "next.txt", f"They wrote “{FOUND}”".encode())


def test_a_file_that_got_past_the_limit_is_not_read(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MAX_BYTES", 3 << 20)
    assert "“a.txt” is larger than 3 MB</p>" in chosen_file(page, "a.txt", b"x" * ((3 << 20) + 1))


def test_a_scan_is_refused_without_a_command(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def scan(*_: object) -> None:
        raise ReadingError("a.pdf holds no text to read", "run: ocrmypdf IN.pdf OUT.pdf")

    monkeypatch.setattr(drafts, "read_draft", scan)
    html = chosen_file(page, "a.pdf", b"%PDF-")
    assert "“a.pdf” holds no text to read</p><p>Choose a file whose text can be marked and copied.</p>" in html


def test_when_others_drafts_are_worked_on_too_long_one_is_told(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "PATIENCE_SECONDS", 0.01)
    with drafts.turn(), drafts.turn():
        html = chosen_file(page, "a.txt", f"“{FOUND}”".encode())
    assert "The server is checking the drafts of others</p><p>Try again in a minute.</p>" in html
    assert "1. Found word for word</h2>" in chosen_file(page, "a.txt", f"“{FOUND}”".encode())


def test_of_a_draft_with_many_quotes_the_first_are_drawn_and_the_rest_counted(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "MOST_QUOTES", 2)
    html = chosen_file(page, "draft.txt", "\n\n".join(DRAFT).encode())
    assert html.count("pq-verdict ") == 2
    assert "The first 2 of 5 quotes are shown here; all are in the Word copy.</p>" in html


@pytest.mark.parametrize("given", ["text", "file"])
def test_a_checked_text_can_be_had_as_word_with_a_comment_at_each_quote(page: AppTest, given: str) -> None:
    text = "\n\n".join(DRAFT)
    chosen_file(page, "draft.txt", text.encode()) if given == "file" else sent(page, text)
    [button] = page.get("download_button")
    assert button.proto.label == "Download as Word, with a comment at each quote"
    report = page.session_state["checked"][1]
    copy = docx.Document(io.BytesIO(check.to_word(report)))
    assert [paragraph.text for paragraph in copy.paragraphs[:4]] == list(DRAFT)
    assert len(list(copy.comments)) == 5
