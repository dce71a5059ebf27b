"""Text from reports and questions is never markup: of 1,000 attempts none does a thing.

The same attempts succeed on a page that trusts its text, which shows that they would be noticed. The server's content
security policy is switched off here: escaping alone must hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Error

from browser import awkward
from browser.conftest import Open, Serve, Site, Visit, asked_at_once, opened_cards, settled
from browser.payloads import ACTS, EACH, FAMILIES, STRANGER, Family, payloads, written
from browser.test_verbatim import shown_as

A_LOAD = 8
# Elements that a page of ours never draws from text.
FOREIGN = """
[...document.querySelectorAll('*')].filter(element =>
    [...element.attributes].some(one => /^on/i.test(one.name) || /^\\s*javascript:/i.test(one.value)
        && ['href', 'src', 'action', 'formaction', 'data', 'srcdoc'].includes(one.name))
    || element.closest('.pq-card, .pq-finding')
        && element.matches('script, img, svg, iframe, object, embed, style, base, form')
).map(element => element.outerHTML.slice(0, 200))
"""

# Puts frames of these addresses in the place of what there was, and waits until they are loaded.
FRAMED = """addresses => Promise.all(addresses.map((address, at) => new Promise(loaded => {
    if (!at) document.body.replaceChildren();
    const frame = document.createElement('iframe');
    frame.onload = loaded;
    frame.src = address;
    document.body.append(frame);
})))"""


@pytest.fixture(scope="module")
def hostile(serve: Serve) -> Site:
    """400 reports that attack: half by title, heading and body, half by their file name."""
    attempts = payloads()
    files: dict[str, str] = {}
    for number in range(EACH):
        topic = awkward.topic(number // A_LOAD)
        body = f"{about(topic)} is case {number} and says {attempts['body'][number]} to the end."
        files[f"report-{number:03}.md"] = (
            awkward.front_matter(title=attempts["title"][number], area=attempts["title"][-number])
            + f"# {awkward.markdown(attempts['heading'][number])}\n\n{awkward.markdown(body)}\n"
        )
        topic = awkward.topic((EACH + number) // A_LOAD)
        files[f"{attempts['file name'][number]}.txt"] = f"{about(topic)} is case {number} and says how it is named.\n"
    site = serve(files)
    assert site.library.generation.documents == 2 * EACH
    return site


@pytest.fixture
def attack(browser: Browser) -> Iterator[Open]:
    """Visit without the server's policy, and say what happened."""
    visits: list[Visit] = []

    def open_page(url: str) -> Visit:
        context = browser.new_context(bypass_csp=True)
        visits.append(Visit(context.new_page(), urlsplit(url).netloc))
        visits[-1].page.goto(url)
        return visits[-1]

    yield open_page
    for one in visits:
        one.close()


def tripped(visited: Visit) -> list[str]:
    """Whatever a page did that text cannot do."""
    done = [one for one in visited.complaints if one.startswith("dialog")]
    for frame in visited.page.frames:
        # A frame that has gone elsewhere meanwhile has asked for it, and that is noticed.
        with suppress(Error):
            value = frame.evaluate("window.__xss")
            done += [] if value is None else [f"set to {value}"]
    return [*done, *visited.strangers()]


def about(topic: str) -> str:
    """Words that weigh more in a search than all that is around them."""
    return f"Of {topic} and {topic} and {topic}"


def test_titles_headings_bodies_and_file_names_are_text(hostile: Site, attack: Open) -> None:
    documents = {shown_as(one.source.title_in_words): one for one in hostile.library.generation.all_documents()}
    assert len(documents) == 2 * EACH
    seen: set[str] = set()
    groups = 2 * EACH // A_LOAD
    visited = attack(hostile.url)
    for first in range(0, groups, A_LOAD):
        topics = [awkward.topic(group) for group in range(first, min(first + A_LOAD, groups))]
        questions = [f"{about(topic)}: which case says what?" for topic in topics]
        visited.follow(asked_at_once(hostile, questions))
        visited.page.get_by_text(questions[-1], exact=True).first.wait_for()
        for card in opened_cards(visited.page, len(topics)):
            document = documents[card["title"]]
            seen.add(document.source.id)
            assert card["words"] in card["around"]
            assert card["around"] in shown_as(document.text)
            for heading in document.headings:
                assert shown_as(document.slice(heading.span)) in card["all"]
        assert tripped(visited) == []
        assert visited.complaints == []
        assert visited.page.evaluate(FOREIGN) == []
    assert seen == {document.source.id for document in documents.values()}
    attempts = payloads()
    for number in range(EACH):
        attacking = documents[shown_as(attempts["title"][number])]
        assert [attacking.slice(heading.span) for heading in attacking.headings] == [attempts["heading"][number]]
        assert attempts["body"][number] in attacking.text
    files = {document.file for document in documents.values()}
    assert {f"{name}.txt" for name in attempts["file name"]} <= files


def test_the_list_of_reports_and_their_pages_are_text(hostile: Site, attack: Open) -> None:
    visited = attack(f"{hostile.url}/reports")
    page = visited.page
    page.get_by_role("table").last.wait_for()
    documents = list(hostile.library.generation.all_documents())
    shown = page.locator("body").inner_text()
    for document in documents:
        assert shown_as(document.source.title_in_words) in shown
    for document in documents[::8]:
        visited.follow(f"{hostile.url}/read?{urlencode({'document': document.source.id})}")
        text = page.get_by_role("article", name="Text of the document")
        text.get_by_text(shown_as(document.text)[-40:]).wait_for()
        settled(page)
        assert page.locator("h1").inner_text() == shown_as(document.source.title_in_words)
        for block in document.blocks:
            assert shown_as(document.slice(block.span)) in text.inner_text()
        assert tripped(visited) == []
    assert visited.complaints == []
    assert page.evaluate(FOREIGN) == []


def test_questions_are_text(hostile: Site, attack: Open) -> None:
    questions = payloads()["question"]
    visited = attack(hostile.url)
    page = visited.page
    for first in range(0, EACH, A_LOAD):
        asked = questions[first : first + A_LOAD]
        # One report, so that the page is short.
        visited.follow(asked_at_once(hostile, asked) + "&document=report-000")
        page.get_by_text(shown_as(asked[-1]), exact=True).first.wait_for()
        opened_cards(page, len(asked))
        shown = page.locator("body").inner_text()
        for question in asked:
            assert shown_as(question) in shown
        assert tripped(visited) == []
        assert visited.complaints == []
        assert page.evaluate(FOREIGN) == []


def test_an_embedded_answer_is_text(hostile: Site, attack: Open) -> None:
    questions = payloads()["question"]
    visited = attack(f"{hostile.url}/healthz")
    for first in range(0, EACH, A_LOAD):
        asked = questions[first : first + A_LOAD]
        # As from many addresses behind a proxy: one address may not ask so often.
        visited.page.set_extra_http_headers({"x-forwarded-for": f"192.0.2.{first}"})
        visited.page.evaluate(FRAMED, [f"{hostile.url}/embed?{urlencode({'question': one})}" for one in asked])
        shown = [frame.locator("h1").inner_text() for frame in visited.page.main_frame.child_frames]
        assert shown == [shown_as(question) for question in asked]
        assert tripped(visited) == []
        assert [frame.evaluate(FOREIGN) for frame in visited.page.main_frame.child_frames] == [[]] * len(asked)
    assert visited.complaints == []


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_page_that_trusts_its_text_is_caught(family: Family, browser: Browser) -> None:
    payload = written(family, ACTS[0], 7)
    assert bool(_on_a_trusting_page(payload, browser)) == family.fires


@pytest.mark.parametrize("act", ACTS)
def test_whatever_is_done_is_noticed(act: str, browser: Browser) -> None:
    [done] = _on_a_trusting_page(written(Family("image", "<img src=data:, onerror={act}>"), act, 7), browser)
    assert "7" in done


def _on_a_trusting_page(payload: str, browser: Browser) -> list[str]:
    visited = Visit(browser.new_page(), "trusting.example")
    page = visited.page
    page.route(
        f"http://{visited.host}/",
        lambda route: route.fulfill(content_type="text/html", body=f"<!doctype html><body><div>{payload}</div>"),
    )
    page.route(f"**//{STRANGER}/**", lambda route: route.abort())
    page.goto(f"http://{visited.host}/")
    for _ in range(10):
        if tripped(visited):
            break
        page.wait_for_timeout(10)
    found = tripped(visited)
    visited.close()
    return found
