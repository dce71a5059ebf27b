"""Every page over reports whose field is nobody's: no glossary, no domain, no word of probation on it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from conftest import write_corpus
from making import Put, lines, pdf
from probqa.glossary.domain import DOMAIN_FILE
from probqa.indexing.build import build
from probqa.settings import Settings
from test_first_page import REPORT as WEIRS
from test_first_page import WEIR

View = Callable[..., AppTest]
FIELD = re.compile(r"probation|offender|prison|inspectorate|\b(CRC|NPS|PDU|HM|Wales)\b", re.IGNORECASE)
HONEY = """---
title: Honey of Upper Hale
publisher: The Beekeepers
published: 2019-05-01
kind: survey
area: Upper Hale
ratings: {overall: Sweet}
---
# Findings

## Winter losses

Forty hives in Upper Hale were lost over the winter. Mites were the cause in most of them.

## Swarming habits

Hives swarmed in May. The beekeepers were late to see it.
"""


def said(page: AppTest) -> str:
    """Return the text of all HTML on the page."""
    bodies = (part.proto.body for part in page.get("html"))
    shown = " ".join(body for body in bodies if not body.startswith(("<style>", "<script>")))
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", shown)).split())


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("ask", {}, "What is said about winter losses in Upper Hale in 2019?"),
        ("ask", {"q": ["what were mites the cause of?"]}, "Mites were the cause in most of them."),
        ("every", {"q": ["what were mites the cause of?"]}, "Mites were the cause in most of them."),
        ("compare", {"q": ["what were mites the cause of?"], "by": "area"}, "1 of 1 report"),
        ("reports", {}, "Upper Hale"),
        ("read", {"document": "honey"}, "Rating overall: Sweet"),
        ("check", {}, "report"),
        ("about", {}, "not connected with those who published them"),
        ("basket", {}, "basket"),
    ],
)
def test_a_corpus_without_glossary_and_domain_has_every_page(
    view: View, chosen: Settings, name: str, parameters: dict[str, str | list[str]], expected: str
) -> None:
    write_corpus(chosen.corpus, {"honey.md": HONEY})
    build(chosen)
    text = said(view(name, **parameters))
    assert expected.casefold() in text.casefold()
    assert FIELD.findall(text) == []


def test_what_was_read_from_the_first_page_is_marked_on_every_page(view: View, chosen: Settings) -> None:
    write_corpus(chosen.corpus, {DOMAIN_FILE: WEIR})
    (chosen.corpus / "hale.pdf").write_bytes(pdf([*WEIRS, [*lines("Stow is elsewhere."), Put(72, 300, "So it ends.")]]))
    build(chosen)
    mark = "Hale (read from page 1)"
    assert f"About {mark}" in said(view("ask", q=["why were the gates left to rust?"]))
    assert mark in said(view("reports"))
    read = said(view("read", document="hale"))
    assert f"about {mark}" in read
    assert "Rating The banks: Dry (read from page 1)" in read
    assert "Date read from page 1: Inspection dates" in read
