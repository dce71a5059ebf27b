"""One answer as a page for other sites' frames."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from dataclasses import replace
from urllib.parse import parse_qs

from conftest import write_corpus
from probqa.asking.library import Library
from probqa.indexing.build import build
from probqa.questions import Filters, Request, Turn
from probqa.settings import Settings
from probqa.ui import embed
from probqa.ui.address import read

QUOTE = "Northway supervised people at low risk by a telephone call every nine weeks."


def test_the_best_quotes_stand_there_with_their_sources(library: Library) -> None:
    page = embed.answer_page(library.ask(Request.of("how did Northway supervise people at low risk?", 1)))
    assert f"<blockquote>{QUOTE}</blockquote>" in page
    assert "Inspection of Ambleton · The Inspectorate · 19 April 2017 · Findings › Supervision" in page
    assert 'href="https://example.org/ambleton"' in page
    assert "Quoted word for word. This is not an official service." in page
    assert f'href=".?q=how+did+Northway+supervise+people+at+low+risk%3F&amp;g={library.generation.name}"' in page


def test_a_digest_s_words_are_not_in_quotation_marks_and_nobody_is_promised_them(chosen: Settings) -> None:
    made = f"---\ntitle: D\nwording: digest\nurl: https://example.org/d\n---\n# Supervision\n\n{QUOTE}\n"
    write_corpus(chosen.corpus, {"d.md": made})
    build(chosen)
    page = embed.answer_page(Library(chosen).ask("how did Northway supervise people at low risk?"))
    assert f"<blockquote class=digest>{QUOTE}</blockquote>" in page
    assert "Quoted word for word; where it says digest, from this project’s own words about the publication." in page


def test_what_is_only_close_is_not_called_an_answer_either(library: Library) -> None:
    answer = library.ask("how did Northway supervise people at low risk?")
    quotes = embed.answer_page(answer).split("<blockquote>")[1:]
    said = ["close to the question, perhaps no answer" in quote for quote in quotes]
    assert said == [quote.status != "answered" for quote in answer.quotes[: embed.SHOWN]]
    assert any(said)


def test_what_is_near_is_not_called_an_answer(library: Library) -> None:
    page = embed.answer_page(library.ask("When was Selby Green closed in 1999?"))
    assert "<p>These reports do not say. 3 reports searched.</p>" in page
    assert page.index("<p>Not an answer, but near:</p>") < page.index("<blockquote>")


def test_to_a_question_that_is_outside_the_reports_nothing_is_near(library: Library) -> None:
    page = embed.answer_page(library.ask("zyzzyva quokka?"))
    assert "<p>Nothing in these 3 reports comes near this question.</p></main>" in page


def test_the_link_leads_to_the_very_same_answer(library: Library) -> None:
    turns = ["Was leadership at Weir strong in 2018?", Turn("Was it cold?", dropped=("2018",), widen=False)]
    request = Request.of("And in Selby?", previous=turns, filters=Filters(kinds=("inspection report",)))
    [target] = re.findall(r'href="\./?\?([^"]*)"', embed.answer_page(library.ask(request)))
    address = read(parse_qs(html.unescape(target)))
    assert address.request(3) == replace(request, turns=(Turn(request.turns[0].text), *request.turns[1:]))
    assert address.generation == library.generation.name


def test_no_word_of_a_source_or_question_is_markup(chosen: Settings) -> None:
    nasty = '---\ntitle: "<img src=x onerror=alert(1)>"\n---\n# `<b>C</b>`\n\nCost `<i>$5</i>`.\n'
    write_corpus(chosen.corpus, {"nasty.md": nasty})
    build(chosen)
    answer = Library(chosen).ask('"><script>alert(1)</script> what did it cost?')
    # No reader lets such an address through; the page must not rely on that.
    quotes = [
        replace(quote, document=replace(quote.document, source=replace(quote.source, urls=("javascript:alert(1)",))))
        for quote in answer.quotes
    ]
    assert quotes
    page = embed.answer_page(replace(answer, quotes=tuple(quotes)))
    tags = set(re.findall(r"<(/?[a-z0-9!]+)", page))
    assert not tags & {"script", "img", "b", "i"}
    assert "Cost &lt;i&gt;$5&lt;/i&gt;." in page
    assert "javascript:" not in page


def test_only_its_own_style_is_let_through() -> None:
    [style] = re.findall(r"<style>(.*?)</style>", embed.refusal_page("no", "ask"), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert embed.HEADERS["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors *"
    )
