"""A day of somebody on the staff, in the real app: from the page to sign in to a report that is live, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

import making
from browser.conftest import Open, settled, unfold
from browser.test_accessibility import axe, grave_by_day_and_by_night, sideways
from conftest import REPORTS
from probqa.indexing import storage
from probqa.settings import Settings
from probqa.staff.log import Log
from probqa.staff.passwords import hashed
from serving import indexed, serving

__all__ = ["axe"]

PASSWORD = "a heron by the weir in March"
# Of a file that means ill; no name of a file can have a stroke.
NAME = "<img src=x onerror=alert(1)> :red[Kent] $5.pdf"
KENT = making.pdf(
    [
        [
            *making.lines("Inspection of Kent", size=20, bold=True),
            *making.lines("The court of Kent was late in nine weeks.", "Victims were told.", top=700),
        ],
        making.lines("Staff of Kent were <b>tired</b> of *stars* and $5 to $10.", top=700),
    ]
)
SAID = {"id": "visitor-1", "question": "Was <b>Kent</b> late?", "kind": "wrong_quote", "unjudged": True}
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 320, "height": 700}


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Settings]]:
    """The app for staff over ``REPORTS``, and one of them who may sign in."""
    place = tmp_path_factory.mktemp("staff")
    people, said = place / "people.toml", place / "said.jsonl"
    people.touch(mode=0o600)
    people.write_text(f'[people]\nanna = "{hashed(PASSWORD)}"\n')
    said.write_text(json.dumps(SAID) + "\n")
    smoke = {"smoke.yaml": "questions:\n- {question: 'How late was the court of Kent?', document: kent}\n"}
    chosen = indexed(place, REPORTS | smoke)
    named = {"PROBQA_STAFF": str(people), "PROBQA_LOG": str(place / "log.jsonl"), "PROBQA_FEEDBACK": str(said)}
    with serving(chosen, place / "server.log", script="serve_staff.py", **named) as (url, _):
        yield url, chosen


def is_for_everybody(page: Page, axe: str) -> None:
    """Look at a page with axe-core by day and by night, and on a narrow phone."""
    settled(page)
    assert grave_by_day_and_by_night(page, axe) == []
    page.set_viewport_size(NARROW)
    settled(page)
    assert sideways(page) == []
    page.set_viewport_size(WIDE)


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("heading", level=1, name=name).wait_for()
    settled(page)


def click(page: Page, button: str, then: str) -> None:
    """Click a button, twice as people do, and wait for what is said of the act, which is done once."""
    page.get_by_role("button", name=button, exact=True).first.dblclick()
    expect(page.locator(".pq-notice-title").first).to_have_text(then)
    settled(page)


def test_a_report_is_added_corrected_reviewed_drafted_published_and_all_of_it_taken_back(
    staffed: tuple[str, Settings],
    visit: Open,
    axe: str,
) -> None:
    url, chosen = staffed
    index, corpus = chosen.index, chosen.corpus
    first = storage.pointed_at(index, storage.POINTER)
    page = visit(url, viewport=WIDE, reduced_motion="reduce").page
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reports")
    expect(page.locator(".pq-lead")).to_have_text("3 live.")
    is_for_everybody(page, axe)

    unfold(page)
    file = {"name": NAME, "mimeType": "application/pdf", "buffer": KENT}
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    page.get_by_test_id("stFileChipName").wait_for()
    page.get_by_test_id("stFileChipIconSpinner").wait_for(state="detached")
    click(page, "Add", "Added")
    expect(page.get_by_label("Title")).to_have_value("Inspection of Kent")
    page.get_by_label("Area").fill("Kent")
    page.get_by_label("Published").fill("2026-11")
    click(page, "Save", "Saved")
    expect(page.locator(".pq-how").nth(4)).to_have_text("stated")
    unfold(page)
    page.get_by_label("The new name").fill("kent")
    click(page, "Rename", "Renamed")
    is_for_everybody(page, axe)

    page.get_by_role("link", name="See what was read of it").click()
    picture = page.locator(".pq-leaf img")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 1190
    expect(page.locator(".pq-read")).to_have_text(["The court of Kent was late in nine weeks. Victims were told."])
    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".pq-read")).to_have_text(["Staff of Kent were <b>tired</b> of *stars* and $5 to $10."])
    is_for_everybody(page, axe)

    go(page, "Draft")
    page.get_by_role("button", name="Build the draft").click()
    expect(page.locator(".pq-changes")).to_contain_text("Added: Inspection of Kent (passages 2 added)")
    settled(page)
    page.get_by_label("A question, put to the draft and to what is live").fill("How late was the court of Kent?")
    page.keyboard.press("Enter")
    draft, live = (page.get_by_test_id("stColumn").nth(at) for at in (0, 1))
    expect(draft.locator(".pq-card cite").first).to_have_text("Inspection of Kent")
    expect(live.locator(".pq-finding")).to_be_visible()
    assert "Inspection of Kent" not in live.inner_text()
    is_for_everybody(page, axe)
    assert storage.pointed_at(index, storage.POINTER) == first
    click(page, "Publish", "Published")
    second = storage.pointed_at(index, storage.POINTER)
    assert second not in ("", first)
    click(page, "Go back", "Gone back")
    assert storage.pointed_at(index, storage.POINTER) == first

    go(page, "Feedback")
    expect(page.get_by_role("heading", level=2)).to_have_text("Was <b>Kent</b> late?")
    is_for_everybody(page, axe)
    click(page, "Keep the question", "That was not done")
    click(page, "Dismiss", "Dismissed")

    go(page, "Reports")
    page.get_by_role("link", name="Inspection of Kent").click()
    page.get_by_role("heading", level=1, name="Inspection of Kent").wait_for()
    settled(page)
    unfold(page)
    click(page, "Remove", "Removed")
    assert not list(corpus.glob("reports/*.pdf"))
    unfold(page)
    click(page, "Take back", "Taken back")
    assert [file.read_bytes() for file in corpus.glob("reports/*.pdf")] == [KENT]

    go(page, "Log")
    expect(page.locator(".pq-finding")).to_have_text("The log is whole: 10 lines.")
    is_for_everybody(page, axe)
    acts = [line.act.what for line in Log(corpus.parent / "log.jsonl").lines() if line.act]
    assert acts == [
        "sign in",
        "add",
        "edit",
        "rename",
        "build the draft",
        "publish",
        "roll back",
        "dismiss feedback",
        "remove",
        "take back",
    ]
