"""What people come for, from first to last, in a real browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import docx
import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, Site, ask, asked_at_once, looked_at, settled
from conftest import REPORTS

QUESTION = "how did Northway supervise people at low risk?"
QUOTE = "Northway supervised people at low risk by a telephone call every nine weeks."
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def asked(site: Site, visit: Open) -> Page:
    """A page on which the question has been asked and answered."""
    page = visit(site.url, accept_downloads=True).page
    looked_at(page)
    ask(page, QUESTION)
    settled(page)
    return page


def test_a_question_is_answered_and_stands_in_the_address(asked: Page) -> None:
    assert asked.locator(".pq-card mark").first.inner_text() == QUOTE
    assert parse_qs(urlsplit(asked.url).query)["q"] == [QUESTION]


def test_a_follow_up_stands_below_the_answer_before_it(asked: Page) -> None:
    ask(asked, "were victims told of a release in good time?")
    settled(asked)
    assert asked.locator(".pq-question").all_inner_texts() == [QUESTION, "were victims told of a release in good time?"]
    assert "Victims were told of a release in good time" in " ".join(asked.locator(".pq-card").all_inner_texts())
    assert len(parse_qs(urlsplit(asked.url).query)["q"]) == 2


def test_a_quote_is_read_where_it_stands(asked: Page, site: Site) -> None:
    asked.locator(".pq-card").first.get_by_role("link", name="Read in context").click()
    text = asked.get_by_role("article", name="Text of the document")
    text.wait_for()
    settled(asked)
    assert asked.locator("h1").inner_text() == "Inspection of Ambleton"
    marked = text.locator("mark")
    assert marked.all_inner_texts() == [QUOTE]
    expect(marked).to_be_in_viewport()
    asked.go_back()
    asked.locator(".pq-finding").wait_for()
    settled(asked)
    assert asked.locator(".pq-card mark").first.inner_text() == QUOTE


def test_a_link_shows_someone_else_the_same_answer(asked: Page, visit: Open) -> None:
    other = visit(asked.url).page
    other.locator(".pq-finding").wait_for()
    settled(other)
    for part in (".pq-question", ".pq-finding", ".pq-card mark"):
        assert other.locator(part).all_inner_texts() == asked.locator(part).all_inner_texts()


def test_back_takes_the_last_question_away_and_forward_brings_it_again(asked: Page) -> None:
    ask(asked, "were victims told of a release in good time?")
    settled(asked)
    asked.go_back()
    expect(asked.locator(".pq-question")).to_have_text([QUESTION])
    asked.go_forward()
    expect(asked.locator(".pq-question")).to_have_count(2)


def test_a_pasted_quote_is_checked_word_for_word(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/check").page
    looked_at(page)
    pasted = f"They write: “{QUOTE}” And: “Northway supervised people at low risk by a telephone call every six weeks.”"
    page.get_by_role("textbox").first.fill(pasted)
    page.get_by_role("button", name="Check").click()
    page.locator(".pq-verdict").nth(1).wait_for()
    settled(page)
    verdicts = page.locator(".pq-verdict")
    assert re.search("found", verdicts.nth(0).get_attribute("class") or "")
    assert re.search("altered", verdicts.nth(1).get_attribute("class") or "")
    assert "nine" in verdicts.nth(1).inner_text()
    assert "six" in verdicts.nth(1).inner_text()


def test_a_whole_draft_is_checked_and_comes_back_as_word_with_comments(site: Site, visit: Open, tmp_path: Path) -> None:
    page = visit(f"{site.url}/check").page
    looked_at(page)
    page.get_by_text("A whole draft, as a file").click()
    box = page.get_by_test_id("stFileUploaderDropzoneInput")
    written = docx.Document()
    written.add_paragraph(f"They write: “{QUOTE}”")
    written.add_paragraph(f"And: “{QUOTE.replace('nine', 'six')}”")
    written.save(str(tmp_path / "draft.docx"))
    box.set_input_files(tmp_path / "draft.docx")
    expect(page.locator(".pq-verdict")).to_have_count(2)
    settled(page)
    verdicts = page.locator(".pq-verdict").evaluate_all("all => all.map(one => one.className)")
    assert verdicts == ["pq-verdict pq-is-found", "pq-verdict pq-is-altered"]
    with page.expect_download() as started:
        page.get_by_role("button", name="Download as Word").click()
    started.value.save_as(tmp_path / "checked.docx")
    said = [comment.text.split(".")[0] for comment in docx.Document(str(tmp_path / "checked.docx")).comments]
    assert said == ["Found", "Altered"]
    # The next one, and one that cannot be read.
    box.set_input_files({"name": "next.txt", "mimeType": "text/plain", "buffer": f"“{QUOTE}”".encode()})
    expect(page.locator(".pq-verdict")).to_have_count(1)
    settled(page)
    box.set_input_files({"name": "bad.docx", "mimeType": "text/plain", "buffer": b"PK\x03\x04 is none"})
    expect(page.locator(".pq-notice-title")).to_have_text("“bad.docx” is damaged or cut off, or not what its name says")
    expect(page.locator(".pq-verdict")).to_have_count(0)
    corpus = site.settings.corpus
    assert {path.relative_to(corpus).as_posix() for path in corpus.rglob("*.*")} == REPORTS.keys()


def test_quotes_are_kept_and_taken_away_in_every_format(asked: Page, tmp_path: Path) -> None:
    asked.get_by_role("button", name="Add to basket").first.click()
    asked.get_by_role("button", name="Remove from basket").first.wait_for()
    asked.get_by_role("link", name="Basket").first.click()
    asked.get_by_role("heading", name="Download").wait_for()
    settled(asked)
    assert asked.locator(".pq-card blockquote").all_inner_texts() == [QUOTE]
    buttons = asked.get_by_test_id("stDownloadButton").get_by_role("button")
    expect(buttons).to_have_count(7)
    suffixes = set()
    for number in range(7):
        with asked.expect_download() as started:
            buttons.nth(number).click()
        name = started.value.suggested_filename
        suffixes.add(Path(name).suffix)
        started.value.save_as(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 50
        if Path(name).suffix in (".txt", ".md", ".csv", ".bib", ".ris"):
            assert "Inspection of Ambleton" in (tmp_path / name).read_text(encoding="utf-8-sig")
    assert suffixes == {".txt", ".md", ".docx", ".csv", ".bib", ".ris", ".json"}


def test_quotes_of_every_report_are_kept_without_leaving_the_place(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/every?q=how+was+the+work%3F", viewport={"width": 1000, "height": 500}).page
    looked_at(page)
    quotes = page.locator(".pq-card mark").all_inner_texts()
    assert len(quotes) == 3
    buttons = page.locator("button.pq-keep")
    buttons.nth(2).focus()
    before = page.evaluate("[location.href, history.length]")
    assert page.evaluate("document.querySelector('.stMain').scrollTop") > 0
    page.keyboard.press("Enter")
    expect(page.locator("[role=status].pq-hidden")).to_have_text("Added to basket: 1 quote")
    buttons.evaluate_all("all => { all[0].click(); all[1].click(); all[1].click(); }")
    expect(buttons).to_have_text(
        ["Remove from basket: quote 1", "Add to basket: quote 2", "Remove from basket: quote 3"]
    )
    expect(buttons.nth(2)).to_be_focused()
    expect(buttons.nth(2)).to_be_in_viewport()
    assert page.evaluate("[location.href, history.length]") == before
    page.get_by_role("link", name="Basket (2)").click()
    expect(page.locator(".pq-card blockquote")).to_have_text([quotes[2], quotes[0]])
    page.go_back()
    expect(buttons).to_have_text(
        ["Remove from basket: quote 1", "Add to basket: quote 2", "Remove from basket: quote 3"]
    )
    # Whoever leaves at once leaves nothing behind.
    page.evaluate(
        """() => {
            document.querySelector("button.pq-keep").click();
            [...document.querySelectorAll("a")].find(link => link.textContent.includes("Basket")).click();
        }"""
    )
    expect(page.locator(".pq-card blockquote")).to_have_text([quotes[2]])


def test_a_new_page_is_shown_from_its_top_and_back_leads_to_where_one_was(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/every?q=how+was+the+work%3F", viewport={"width": 1000, "height": 500}).page
    looked_at(page)
    last = page.locator(".pq-foot a")
    last.scroll_into_view_if_needed()
    # A place counts when one has stayed there for a moment.
    page.wait_for_timeout(500)
    last.click()
    title = page.get_by_role("heading", name="How it works")
    expect(title).to_be_in_viewport()
    settled(page)
    expect(title).to_be_in_viewport()
    page.go_back()
    expect(page.get_by_role("heading", name="Every report")).to_be_attached()
    expect(last).to_be_in_viewport()


def test_a_bar_of_the_chart_leads_to_the_quotes_of_its_year(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/every?q=how+was+the+work%3F", viewport={"width": 1000, "height": 500}).page
    looked_at(page)
    expect(page.locator("#in-2017")).not_to_be_in_viewport()
    page.get_by_role("link", name="1/1 reports of 2017 say something").click()
    expect(page.locator("#in-2017")).to_be_in_viewport()
    page.get_by_role("link", name="Oldest first").click()
    expect(page.locator(".pq-year")).to_have_text(["2017", "2018", "undated"])


def test_two_sides_are_chosen_with_the_keyboard_and_shown_to_someone_else(site: Site, visit: Open) -> None:
    page = visit(f"{site.url}/every?q={QUESTION}").page
    looked_at(page)
    page.get_by_role("link", name="Compare providers, places, ratings and years").click()
    one = page.get_by_role("combobox", name="Side by side: one provider")
    for box, name in ((one, "Northway"), (page.get_by_role("combobox", name="and another provider"), "No prov")):
        box.focus()
        page.keyboard.type(name)
        page.get_by_role("option").filter(has_text=name).wait_for()
        page.keyboard.press("Enter")
        expect(page.locator(".pq-sides h3").filter(has_text=name)).to_be_visible()
    settled(page)
    assert parse_qs(urlsplit(page.url).query) == {
        "q": [QUESTION],
        "one": ["Northway Ltd"],
        "other": ["No provider named"],
    }
    sides = page.locator(".pq-sides section")
    assert sides.nth(0).locator("mark").all_inner_texts() == [QUOTE]
    other = visit(page.url, viewport=PHONE).page
    looked_at(other)
    assert other.locator(".pq-sides").inner_text() == page.locator(".pq-sides").inner_text()
    wide, narrow = ([box.bounding_box() for box in one.locator(".pq-sides section").all()] for one in (page, other))
    assert wide[0] and wide[1] and narrow[0] and narrow[1]
    assert (wide[0]["y"], wide[0]["x"] < wide[1]["x"]) == (wide[1]["y"], True)
    assert (narrow[0]["x"], narrow[0]["y"] < narrow[1]["y"]) == (narrow[1]["x"], True)
    page.go_back()
    expect(sides.nth(1)).to_contain_text("Choose two providers above")


def test_the_citation_is_copied_whole(site: Site, visit: Open) -> None:
    page = visit(site.url, permissions=["clipboard-read", "clipboard-write"]).page
    looked_at(page)
    ask(page, QUESTION)
    page.get_by_role("button", name="Copy with citation").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert QUOTE in copied
    assert "Inspection of Ambleton" in copied
    assert "https://example.org/ambleton" in copied


def test_on_a_phone_one_can_ask_read_and_find_the_box(site: Site, visit: Open) -> None:
    page = visit(site.url, viewport=PHONE, is_mobile=True, has_touch=True, color_scheme="dark").page
    looked_at(page)
    ask(page, QUESTION)
    settled(page)
    expect(page.locator(".pq-card mark").first).to_be_visible()
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_in_viewport()
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE["width"]
    card = page.locator(".pq-card").first.bounding_box()
    keep = page.get_by_role("button", name="Add to basket").first.bounding_box()
    row = page.get_by_role("button", name="Copy", exact=True).first.bounding_box()
    assert card and keep and row
    assert card["height"] <= PHONE["height"] / 3
    assert keep["y"] < row["y"] + row["height"] and row["y"] < keep["y"] + keep["height"]
    assert row["x"] + row["width"] <= keep["x"] and keep["x"] + keep["width"] <= PHONE["width"]
    page.locator(".pq-card").first.get_by_role("link", name="Read in context").click()
    page.get_by_role("article", name="Text of the document").wait_for()
    expect(page.locator("article mark")).to_be_in_viewport()


def test_the_menu_of_a_phone_names_every_page_closes_and_is_not_open_over_a_sent_link(site: Site, visit: Open) -> None:
    page = visit(asked_at_once(site, [QUESTION]), viewport=PHONE, is_mobile=True, has_touch=True).page
    looked_at(page)
    bar = page.locator(".stSidebar")
    expect(bar).to_have_attribute("data-collapsed", "true")
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(bar.get_by_role("navigation", name="App pages").get_by_role("link")).to_have_text(
        ["Ask", "Every report", "Compare", "Check a quote", "Basket", "Reports", "About"]
    )
    expect(page.get_by_role("button", name="Close the menu")).to_be_in_viewport()
    bar.get_by_role("link", name="Reports").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reports")
    expect(bar).to_have_attribute("data-collapsed", "true")
    # As it was left it is remembered, and is closed all the same.
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(bar).to_have_attribute("data-collapsed", "false")
    page.goto(asked_at_once(site, [QUESTION], "compare"))
    looked_at(page)
    expect(bar).to_have_attribute("data-collapsed", "true")


def test_a_grid_shows_that_it_scrolls_until_its_end_is_seen(site: Site, visit: Open) -> None:
    page = visit(asked_at_once(site, [QUESTION], "compare"), viewport={"width": 320, "height": 640}).page
    looked_at(page)
    said = page.get_by_text("Scroll the table sideways for more years")
    expect(said).to_be_visible()
    page.locator(".pq-scroll").first.evaluate("box => { box.scrollLeft = box.scrollWidth }")
    expect(said).to_be_hidden()


def test_an_embedded_answer_is_shown_in_another_sites_frame_and_the_app_is_not(
    site: Site, elsewhere: str, visit: Open
) -> None:
    page = visit(f"{site.url}/embed?question=low+risk%3F").page
    assert page.locator("h1").inner_text() == "low risk?"
    framing = page.context.new_page()
    framing.goto(elsewhere)
    expect(framing.frame_locator("iframe >> nth=0").locator("h1")).to_have_text("low risk?")
    framing.wait_for_load_state("networkidle")
    assert framing.frames[2].url.startswith("chrome-error:")


@pytest.fixture
def elsewhere(site: Site) -> Iterator[str]:
    """Another site, which has an embedded answer in a frame, and the app in a second one."""
    frames = f'<iframe src="{site.url}/embed?question=low+risk%3F"></iframe><iframe src="{site.url}/"></iframe>'

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(frames.encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
