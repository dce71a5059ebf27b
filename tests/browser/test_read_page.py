"""A PDF read in context in the real page: the words boxed on the picture, other pages and sizes, for everyone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from browser.conftest import Open, Serve, looked_at, settled
from browser.test_accessibility import axe, grave_by_day_and_by_night  # noqa: F401
from probqa.links import reading_link
from probqa.records import Quote, Span
from serving import Site
from test_page_pictures import FILES

OVER = "the offices and talked to the staff"


def address(site: Site, words: str) -> str:
    document = site.library.generation.document("weir")
    assert document
    start = document.text.index(words)
    span = Span(start, start + len(words))
    return f"{site.url}/{reading_link(Quote(document, span, span))}"


def drawn_width(page: Page) -> int:
    """How many dots the picture has that the browser has got and drawn."""
    picture = page.locator(".pq-leaf img")
    expect(picture).to_be_visible()
    picture.evaluate("picture => picture.decode()")
    return int(picture.evaluate("picture => picture.naturalWidth"))


def test_the_words_are_boxed_and_the_pages_are_turned_and_made_larger(serve: Serve, visit: Open, axe: str) -> None:  # noqa: F811
    site = serve(FILES)
    visited = visit(address(site, OVER), viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = visited.page
    box = page.locator("#root .pq-box")
    expect(box).to_have_count(1)
    looked_at(page)
    assert drawn_width(page) == 1190
    expect(box).to_be_in_viewport()
    expect(page.locator("#passage")).to_be_in_viewport()
    # Where the box lies on the picture: the last line of a page whose last two are 100 and 86 points above its foot.
    leaf, frame = page.locator(".pq-leaf").bounding_box(), box.bounding_box()
    assert leaf
    assert frame
    assert 742 / 842 < (frame["y"] - leaf["y"]) / leaf["height"] < (842 - 86) / 842
    assert grave_by_day_and_by_night(page, axe) == []
    page.get_by_role("link", name="Next page").click()
    expect(
        page.get_by_role("img", name="PDF page 2 of 3. Marked on it: “the offices and talked to the staff”")
    ).to_be_visible()
    expect(page.locator("figcaption")).to_have_text(
        "The boxes are where the file itself has these words. They begin on PDF page 1."
    )
    page.get_by_role("link", name="Larger").click()
    expect(page.locator(".pq-leaf")).to_have_css("width", f"{1.5 * leaf['width']:g}px")
    settled(page)
    expect(box).to_be_in_viewport()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file").click()
    assert download.value.path().read_bytes() == FILES["weir.pdf"]
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    expect(page.locator(".pq-sheet")).to_be_visible()
    assert grave_by_day_and_by_night(page, axe) == []
    # Streamlit looks for its server below the page's own path first.
    visited.complaints[:] = [said for said in visited.complaints if "/read/_stcore/" not in said]
