"""The page, run without a browser: what is drawn for each state."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit
from markupsafe import escape
from streamlit.testing.v1 import AppTest

import probqa.ui
from conftest import DOMAIN, REPORTS, write_corpus
from probqa.asking.library import Library
from probqa.calibration import WITHOUT_READER
from probqa.indexing.build import build
from probqa.indexing.storage import build_lock
from probqa.links import reading_link
from probqa.questions import Carried, Request
from probqa.records import Answer, Block, Document, Page, Quote, Source, Span
from probqa.settings import Settings
from probqa.ui import basket, cards, libraries
from probqa.ui.views import read
from probqa.weights import WEIGHTS, rules
from quoting import quote_of

View = Callable[..., AppTest]
PAGE = Path(probqa.ui.__file__).parent / "main.py"


@pytest.fixture
def page(chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page over the settings' index."""
    monkeypatch.setenv("PROBQA_CORPUS", str(chosen.corpus))
    monkeypatch.setenv("PROBQA_INDEX", str(chosen.index))
    monkeypatch.setenv("PROBQA_MODEL", chosen.model)
    monkeypatch.setenv("PROBQA_READER", chosen.reader)
    yield AppTest.from_file(str(PAGE), default_timeout=30)
    streamlit.cache_resource.clear()


def drawn(page: AppTest) -> str:
    """All HTML on the page but the style sheet and the script."""
    return "".join(
        part.proto.body for part in page.get("html") if not part.proto.body.startswith(("<style>", "<script>"))
    )


def headings(page: AppTest) -> list[tuple[int, str]]:
    """Level and text of each heading, in order."""
    return [
        (int(level), re.sub("<[^>]+>", "", text))
        for level, text in re.findall(r"<h(\d)[^>]*>(.*?)</h\1>", drawn(page), re.DOTALL)
    ]


def asked(page: AppTest, *questions: str, **parameters: str | list[str]) -> AppTest:
    """The page at an address that asks these questions."""
    page.query_params["q"] = list(questions)
    for name, value in parameters.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def filter_box(page: AppTest, label: str) -> Any:
    """The widget that is called so."""
    [box] = [box for box in (*page.multiselect, *page.selectbox) if box.label == label]
    return box


def chips(page: AppTest) -> list[tuple[str, str]]:
    """What each chip says, and where its cross leads."""
    found = re.findall(r'<li class="pq-chip"><span>(.*?)</span> <a class="pq-go" href="([^"]*)"', drawn(page))
    return [(html.unescape(re.sub("<[^>]+>", "", said)), html.unescape(target)) for said, target in found]


LOW_RISK = "how did Northway supervise people at low risk?"


def test_without_an_index_the_page_says_what_to_do(page: AppTest, chosen: Settings) -> None:
    page.run()
    assert not page.exception
    assert headings(page) == [(1, "There are no reports here yet")]
    assert "<p>For whoever runs this: <code>probqa build</code></p>" in drawn(page)
    assert str(chosen.index.parent) not in drawn(page)


def test_a_damaged_index_is_not_asked_and_said_to_be_damaged(page: AppTest, built: Settings) -> None:
    (built.index / "current").write_text("nonsense")
    assert headings(page.run()) == [(1, "The reports cannot be trusted at the moment")]
    assert "nothing is quoted from it" in drawn(page)
    assert "<code>probqa build</code>" in drawn(page)


def test_an_index_of_another_model_is_not_asked(
    page: AppTest, built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBQA_MODEL", "another")
    assert headings(page.run()) == [(1, "The reports cannot be opened")]
    assert "<code>probqa build, or set PROBQA_MODEL back</code>" in drawn(page)


def test_while_a_build_is_at_work_the_page_says_which_edition_answers(page: AppTest, built: Settings) -> None:
    made = Library(built).generation.manifest
    said = f"Until that is done, answers come from the edition of {made.day.in_words}."
    with build_lock(built.index):
        asked(page, LOW_RISK)
        assert "The reports are being updated" in drawn(page)
        assert said in drawn(page)
        assert '<mark class="pq-words">Northway supervised' in drawn(page)
    assert said not in drawn(asked(page, LOW_RISK))


def test_the_first_sight_promises_says_what_is_covered_and_offers_questions(page: AppTest, built: Settings) -> None:
    page.run()
    assert not page.exception
    assert headings(page)[0] == (1, "Ask the inspection reports")
    assert "Every answer is quoted word for word, with the place to check." in drawn(page)
    assert '<a class="pq-go" href="reports">3 publications, 2017 to 2018</a>' in drawn(page)
    assert "Not an official service." in drawn(page)


def test_every_example_is_answered_first_of_all_by_the_report_it_was_made_from(page: AppTest, chosen: Settings) -> None:
    headed = "---\ntitle: {0}\narea: {0}\npublished: 2017-04-19\n---\n## {1}\n\n{2} in {0} in 2017.\n"
    write_corpus(
        chosen.corpus,
        DOMAIN
        | {
            "a.md": headed.format("Ambleton", "Court reports", "The work in court was good"),
            "b.md": headed.format("Selby", "Unpaid work", "Unpaid work was run well"),
        },
    )
    build(chosen)
    page.run()
    examples = [html.unescape(text) for text in re.findall(r'<li><a class="pq-go" href="[^"]*">(.*?)</a>', drawn(page))]
    assert examples == [
        "How good was the work in court in Ambleton in 2017?",
        "How well was unpaid work run in Selby in 2017?",
    ]
    for example, title in zip(examples, ("Ambleton", "Selby"), strict=True):
        answer = Library(chosen).ask(example)
        assert (answer.status, answer.quotes[0].source.title) == ("answered", title)


def test_a_question_that_is_not_surely_answered_is_no_example(
    page: AppTest, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "---\ntitle: A\narea: Ambleton\n---\n## Court reports\n\nCourt reports were late.\n"
    write_corpus(chosen.corpus, {"a.md": text})
    build(chosen)
    listen(monkeypatch, status="weak")
    assert "For example" not in drawn(page.run())


def test_a_typed_question_goes_to_the_address_and_is_answered_with_a_card(page: AppTest, built: Settings) -> None:
    page.run()
    page.chat_input[0].set_value(LOW_RISK).run()
    assert not page.exception
    assert page.query_params["q"] == LOW_RISK
    assert headings(page)[:2] == [(1, "Ask the inspection reports"), (2, LOW_RISK)]
    marked = "Northway supervised people at low risk by a telephone call every nine weeks."
    assert f'<mark class="pq-words">{marked}</mark>' in drawn(page)
    assert (
        "<cite>Inspection of Ambleton</cite> · 19 April 2017"
        '<span class="pq-roomy"> · The Inspectorate · Findings › Supervision</span>' in drawn(page)
    )
    assert 'href="https://example.org/ambleton#:~:text=' in drawn(page)


def test_an_address_shows_the_same_page_as_typing(page: AppTest, built: Settings) -> None:
    typed = page.run().chat_input[0].set_value(LOW_RISK).run()
    typed_page = drawn(typed)
    again = AppTest.from_file(str(PAGE), default_timeout=30)
    asked(again, LOW_RISK, g=page.query_params["g"])
    assert drawn(again) == typed_page


def test_a_quote_says_that_a_later_inspection_exists_and_leads_to_it(page: AppTest, chosen: Settings) -> None:
    told = "---\ntitle: {0}\nkind: inspection report\narea: <b>Weir\npublished: {0}\n---\n# A\n\n{1}\n"
    rows = {"a.md": told.format(2017, "The courts were late."), "b.md": told.format(2022, "The roofs leaked.")}
    write_corpus(chosen.corpus, rows)
    build(chosen)
    cards = drawn(asked(page, "were courts late?")).split("<article")[1:]
    badge = '<a class="pq-go" href="read?document=b">a later inspection of &lt;b&gt;Weir exists (2022)</a>'
    assert [badge in card for card in cards if "The courts" in card] == [True]
    assert [badge in card for card in cards if "The roofs" in card] == [False]


@pytest.mark.parametrize(("question", "opened"), [("how was the work?", 3), (LOW_RISK, 1)])
def test_three_cards_at_most_that_answer_are_open_and_the_rest_is_folded(
    page: AppTest, built: Settings, question: str, opened: int
) -> None:
    asked(page, question)
    answering = Library(built).ask(question).answering
    assert opened == min(3, answering)
    folded = page.expander[0]
    inside = [part for part in folded.get("html") if "<article" in part.proto.body]
    assert drawn(page).count("<article") == opened + len(inside)
    assert folded.label == f"Show {len(inside)} more"


def test_each_quote_has_a_button_for_the_basket_and_each_answer_a_link_to_copy(page: AppTest, built: Settings) -> None:
    said = drawn(asked(page, LOW_RISK, "and staff morale?"))
    library = Library(built)
    shown = library.ask(LOW_RISK).shown
    assert re.findall('data-keep="(.*?)"', said)[: len(shown)] == [basket.name_of(quote) for quote in shown]
    links = [urlsplit(html.unescape(target)) for target in re.findall('class="pq-copy" data-link="(.*?)"', said)]
    generation = [library.generation.name]
    assert [(link.path, parse_qs(link.query)) for link in links] == [
        (".", {"q": [LOW_RISK], "g": generation}),
        (".", {"q": [LOW_RISK, "and staff morale?"], "g": generation}),
    ]
    assert re.findall('class="pq-send" data-link=".*?" data-title="(.*?)"', said) == [LOW_RISK, "and staff morale?"]


def test_a_follow_up_is_asked_with_the_questions_before_it(
    page: AppTest, built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = listen(monkeypatch)
    asked(page, LOW_RISK, "and staff morale?")
    assert (LOW_RISK, (), ()) in seen
    assert ("and staff morale?", (LOW_RISK,), ()) in seen
    assert [text for level, text in headings(page) if level == 2] == [LOW_RISK, "and staff morale?"]


def test_only_the_newest_question_is_scrolled_to_and_only_after_another(page: AppTest, built: Settings) -> None:
    assert "data-arrive" not in drawn(asked(page, LOW_RISK))
    asked(page, LOW_RISK, "and staff morale?")
    assert re.findall(r'data-arrive="([^"]*)"', drawn(page)) == ["2. and staff morale?"]


def test_a_name_carried_over_is_a_chip_and_taking_it_away_asks_without_it(
    page: AppTest, built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = listen(monkeypatch, carried=(Carried("provider", "Northway"),))
    asked(page, LOW_RISK, "and staff morale?")
    said, target = chips(page)[-1]
    assert said == "from before: Northway"
    assert parse_qs(urlsplit(target).query)["drop"] == ["2.Northway"]
    asked(page, LOW_RISK, "and staff morale?", drop="2.Northway")
    assert ("and staff morale?", (LOW_RISK,), ("Northway",)) in seen


def test_an_answer_can_be_embedded_with_its_filters_and_what_was_asked_before(page: AppTest, built: Settings) -> None:
    asked(page, LOW_RISK, "and staff morale?", since="2016")
    [target] = re.findall(r'href="(embed\?[^"]*)"', drawn(page))
    assert parse_qs(urlsplit(html.unescape(target)).query) == {
        "question": ["and staff morale?"],
        "previous": [LOW_RISK],
        "since": ["2016"],
    }
    asked(page, LOW_RISK, "and staff morale?", exact="2", drop="2.Northway", since="")
    [target] = re.findall(r'href="(embed\?[^"]*)"', drawn(page))
    assert parse_qs(urlsplit(html.unescape(target)).query) == {
        "question": ["and staff morale?"],
        "previous": [LOW_RISK],
        "drop": ["2.Northway"],
        "exact": ["2"],
    }


def test_words_of_the_glossary_are_a_chip_and_taking_it_away_asks_without_them(page: AppTest, chosen: Settings) -> None:
    write_corpus(chosen.corpus, {**REPORTS, "glossary.yaml": GLOSSARY})
    build(chosen)
    asked(page, "what of a recall?")
    assert chips(page) == [("also searched: jail", ".?q=what+of+a+recall%3F&exact=1")]
    asked(page, "what of a recall?", exact="1")
    assert chips(page) == []


def test_words_in_a_quote_or_beside_it_are_explained_under_it(page: AppTest, chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"a.md": "# A\n\nA recall was slow. Rain fell all day.\n", "glossary.yaml": GLOSSARY})
    build(chosen)
    asked(page, "did rain fall all day?")
    assert '<mark class="pq-words">A recall' not in drawn(page)
    assert "<summary>More on this source, and what these words mean: Recall</summary>" in drawn(page)
    assert "<dt>Recall</dt><dd>Return to prison.</dd></dl>" in drawn(page)


def test_a_filter_in_the_address_is_applied_shown_and_can_be_taken_away(page: AppTest, built: Settings) -> None:
    asked(page, LOW_RISK, area="Ambleton", since="2017", g="0" * 16)
    assert chips(page) == [
        ("area: Ambleton", ".?q=how+did+Northway+supervise+people+at+low+risk%3F&since=2017&g=0000000000000000"),
        ("from: 2017", ".?q=how+did+Northway+supervise+people+at+low+risk%3F&area=Ambleton&g=0000000000000000"),
    ]
    assert set(re.findall("<cite>(.*?)</cite>", drawn(page))) == {"Inspection of Ambleton"}
    shown = {box.label: box.value for box in (*page.multiselect, *page.selectbox)}
    on = {"Area": ["Ambleton"], "From": "2017"}
    assert shown == {"Provider": [], "Kind of document": [], "Until": "Any", "One document": "Any"} | on


def test_choosing_a_filter_puts_it_into_the_address(page: AppTest, built: Settings) -> None:
    asked(page, LOW_RISK)
    filter_box(page, "Area").set_value(["Ambleton"]).run()
    filter_box(page, "From").set_value("2017").run()
    assert not page.exception
    assert page.query_params["area"] == "Ambleton"
    assert page.query_params["since"] == "2017"
    assert page.query_params["q"] == LOW_RISK


def test_only_filters_that_let_something_through_are_offered_with_their_number_of_documents(
    page: AppTest, built: Settings
) -> None:
    page.run()
    assert filter_box(page, "Provider").options == ["Northway Ltd (1)"]
    assert filter_box(page, "Area").options == ["Ambleton (1)"]
    assert filter_box(page, "Kind of document").options == ["inspection report (2)"]
    assert filter_box(page, "From").options == ["Any", "2017", "2018"]


def test_filters_that_would_change_nothing_are_folded_and_those_that_are_on_never(
    page: AppTest, chosen: Settings
) -> None:
    write_corpus(
        chosen.corpus,
        {**REPORTS, "glossary.yaml": GLOSSARY, "domain.yaml": "bodies: [{name: Recall, phrases: [recall]}]"},
    )
    build(chosen)

    def folded() -> list[str]:
        return [box.label for fold in page.sidebar.expander for box in (*fold.multiselect, *fold.selectbox)]

    every = ["Provider", "Area", "Kind of document", "From", "Until", "One document"]
    page.run()
    assert folded() == []
    # No passage speaks of the body that the domain names.
    assert [box.label for box in (*page.multiselect, *page.selectbox)] == every
    asked(page, "zyzzyva quokka?")
    assert sorted(folded()) == sorted(every)
    asked(page, "zyzzyva quokka?", area="Ambleton")
    assert sorted(folded()) == sorted(set(every) - {"Area"})


def test_a_body_that_passages_speak_of_is_offered_spelled_out(page: AppTest, chosen: Settings) -> None:
    spelled = "terms:\n- {term: Recall Unit, abbreviation: RU, definition: Who recalls., basis: general knowledge}\n"
    bodies = "bodies: [{name: RU, phrases: [RU]}, {name: NPS, phrases: [NPS]}]"
    report = "# A\n\nThe RU was slow.\n\n# B\n\nIt was good.\n"
    write_corpus(
        chosen.corpus, {"a.md": report, "b.md": "# B\n\nRain.\n", "glossary.yaml": spelled, "domain.yaml": bodies}
    )
    build(chosen)
    page.run()
    assert filter_box(page, "Passages about").options == ["Any", "RU: Recall Unit"]
    filter_box(page, "Passages about").set_value("RU").run()
    assert page.query_params["body"] == "RU"


def test_a_filter_for_a_document_that_is_not_there_is_explained(page: AppTest, built: Settings) -> None:
    asked(page, LOW_RISK, document="nowhere")
    assert "There is no document &#39;nowhere&#39; in the index: see: probqa list." in drawn(page)


def test_a_link_of_another_edition_says_so(page: AppTest, built: Settings) -> None:
    said = "The reports have changed since this link was made"
    asked(page, LOW_RISK, g="0" * 16)
    assert said in drawn(page)
    live = Library(built).generation.name
    assert said not in drawn(asked(page, LOW_RISK, g=live))


def test_a_weak_answer_is_said_in_other_words_and_another_shape(
    page: AppTest, built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(monkeypatch, status="weak")
    asked(page, LOW_RISK)
    found = re.search(r'<p class="pq-finding pq-weak">(.*?)</p>', drawn(page))
    assert found
    assert re.fullmatch(
        r"\d passages may answer this, and \d more are close to it; read before relying on it\.", found[1]
    )


def test_a_quote_that_does_not_answer_by_itself_says_so(page: AppTest, built: Settings) -> None:
    asked(page, LOW_RISK)
    answer = Library(built).ask(LOW_RISK)
    assert answer.status == "answered"
    answering = [quote.status == "answered" for quote in answer.quotes]
    assert answering == sorted(answering, reverse=True)
    assert 0 < answer.answering < len(answering)
    said = '<p class="pq-badge">close to the question, perhaps no answer</p>'
    assert [said not in card for card in drawn(page).split("<article")[1:]] == answering


NOT_FOUND = "How many dogs did Northway keep at Leeds in 1931?"


def test_not_found_is_said_and_what_is_near_is_labelled(page: AppTest, built: Settings) -> None:
    asked(page, NOT_FOUND)
    assert '<p class="pq-finding pq-not_found">These reports do not say. 3 reports searched.</p>' in drawn(page)
    assert (3, "Not an answer, but near") in headings(page)
    assert drawn(page).count("<article") == 3
    assert 'Searched: <a class="pq-go" href="reports">3 publications, 2017 to 2018</a>.' in drawn(page)


def test_not_found_with_filters_offers_to_ask_without_them(page: AppTest, built: Settings) -> None:
    asked(page, NOT_FOUND, since="2018")
    assert '<a class="pq-go" href=".?q=How+many+dogs+did+Northway+keep+at+Leeds+in+1931%3F">Ask all 3</a>' in drawn(
        page
    )


def test_a_question_about_nothing_in_the_reports_is_told_what_they_are_about(page: AppTest, built: Settings) -> None:
    asked(page, "zyzzyva quokka?")
    assert '<p class="pq-finding pq-outside">Nothing in these 3 reports comes near this question.</p>' in drawn(page)
    assert "They are about probation: " in drawn(page)
    [folded] = page.main.expander
    inside = [part for part in folded.get("html") if "<article" in part.proto.body]
    assert (folded.label, drawn(page).count("<article")) == ("Show what came nearest", len(inside))
    assert "These reports do not say" not in drawn(page)


def test_a_question_that_is_too_broad_offers_what_narrows_it(
    page: AppTest, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "Library", partial(Library, weights=replace(WEIGHTS, many=4)))
    told = "---\narea: {}\nproviders: [{}]\npublished: {}\n---\n# A\n\nThe leadership was calm.\n"
    rows = [("Ambleton", "Northway", 2017), ("Ambleton", "Weir", 2018), ("Selby", "Weir", 2018), ("Weir", "NPS", 2019)]
    write_corpus(chosen.corpus, {f"{at}.md": told.format(*row) for at, row in enumerate(rows)})
    write_corpus(chosen.corpus, {"z.md": told.format("Selby", "Weir", 2018).replace("leadership", "roof")})
    build(chosen)
    asked(page, "leadership")
    line = "This touches 4 reports: pick an area, a provider or a year."
    assert f'<p class="pq-finding pq-broad">{line}</p>' in drawn(page)
    offered = re.findall(
        r'<a class="pq-go" href="([^"]*)">([^<]*)</a> <span class="pq-small">(\d+)</span>', drawn(page)
    )
    assert [(name, count) for _, name, count in offered] == [
        *[("Ambleton", "2"), ("Selby", "1"), ("Weir", "1")],
        *[("Weir", "2"), ("NPS", "1"), ("Northway", "1")],
        *[("2018", "2"), ("2019", "1"), ("2017", "1")],
    ]
    assert offered[0][0] == ".?q=leadership&amp;area=Ambleton"
    assert '<mark class="pq-words">The leadership was calm.</mark>' in drawn(page)
    asked(page, "leadership", area="Ambleton")
    assert line not in drawn(page)
    assert chips(page) == [("area: Ambleton", ".?q=leadership")]


def test_a_question_that_cannot_be_asked_is_explained_and_kept(page: AppTest, built: Settings) -> None:
    page.run()
    page.chat_input[0].set_value("x" * 2001).run()
    assert not page.exception
    assert "This question is too long" in drawn(page)
    assert "The question has 2001 characters, more than 2000: shorten it." in drawn(page)
    assert f'<p class="pq-typed">{"x" * 2001}</p>' in drawn(page)
    assert "q" not in page.query_params


def test_what_cannot_be_asked_is_not_among_what_was_asked_before(page: AppTest, built: Settings) -> None:
    assert "data-asked" not in drawn(asked(page, "x" * 2001))
    assert f'<div class="pq-asked" data-asked="{"x" * 2000}" data-link=".?q={"x" * 2000}">' in drawn(
        asked(page, "x" * 2000)
    )


def test_a_question_that_no_one_can_type_is_refused_in_other_words(page: AppTest, built: Settings) -> None:
    assert "This question cannot be asked" in drawn(asked(page, "was it \x07 good?"))


def test_nothing_typed_is_said(page: AppTest, built: Settings) -> None:
    assert "Nothing was typed" in drawn(asked(page, " "))


def test_a_question_in_an_address_that_cannot_be_asked_does_not_stop_the_next(page: AppTest, built: Settings) -> None:
    asked(page, "x" * 2001, LOW_RISK)
    assert "This question is too long" in drawn(page)
    assert '<mark class="pq-words">Northway supervised' in drawn(page)


UNPAID_WORK = "How well was unpaid work run in Ambleton in 2017?"


@pytest.fixture
def two_subjects(chosen: Settings) -> Settings:
    """One report on two subjects."""
    text = "---\ntitle: A\narea: Ambleton\npublished: 2017-04-19\n---\n## Court reports\n\nCourt reports were late.\n"
    more = "\n## Unpaid work\n\nUnpaid work was run well in Ambleton in 2017.\n"
    write_corpus(chosen.corpus, DOMAIN | {"a.md": text + more})
    build(chosen)
    return chosen


def offered(page: AppTest) -> list[str]:
    """The questions that are offered after the answer."""
    return re.findall(
        r'<a class="pq-go" href="[^"]*">([^<]*\?)</a>', drawn(page).partition("What else")[2].partition("</ul>")[0]
    )


def test_what_else_is_offered_is_answered_by_these_reports(page: AppTest, two_subjects: Settings) -> None:
    asked(page, "were court reports late?")
    assert (3, "What else these reports answer") in headings(page)
    assert offered(page) == [UNPAID_WORK]


def test_what_is_offered_is_tried_once_and_after_the_answer(
    page: AppTest, two_subjects: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = listen(monkeypatch)
    asked(page, "were court reports late?")
    assert [question for question, _, _ in tried] == ["were court reports late?", UNPAID_WORK]
    asked(page, "were the court reports late?")
    assert [question for question, _, _ in tried][2:] == ["were the court reports late?"]
    assert offered(page) == [UNPAID_WORK]


@pytest.mark.parametrize("changes", [{"status": "weak"}, {"quotes": ()}])
def test_what_is_not_answered_by_its_own_passage_is_not_offered(
    page: AppTest, two_subjects: Settings, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    answer = Library(two_subjects).ask(UNPAID_WORK)
    elsewhere = quote_of(answer.quotes[0].source, answer.quotes[0].text, heading=("Court reports",))
    listen(monkeypatch, **({"quotes": (elsewhere,)} if "quotes" in changes else changes))
    assert offered(asked(page, "were court reports late?")) == []


def test_text_of_a_source_and_of_a_question_is_never_markup(page: AppTest, chosen: Settings) -> None:
    title = '---\ntitle: "<img src=x onerror=alert(1)>"\narea: "<b>x</b>"\n---\n'
    nasty = title + "# `<b>Costs</b>`\n\nIt cost $5 to $10 :red[x] `<script>y</script>`.\n"
    write_corpus(chosen.corpus, {"nasty.md": nasty})
    build(chosen)
    asked(page, 'what did it cost? "><script>z</script>', area="<b>x</b>", g='"><b>')
    body = drawn(page)
    assert "It cost $5 to $10 :red[x] &lt;script&gt;y&lt;/script&gt;." in body
    assert "<cite>&lt;img src=x onerror=alert(1)&gt;</cite>" in body
    assert "what did it cost? &#34;&gt;&lt;script&gt;z&lt;/script&gt;</h2>" in body
    assert "<script>" not in body
    assert "<img" not in body
    assert "<b>x" not in body


def test_no_folder_switches_on_pages_that_streamlit_finds_itself() -> None:
    assert not (PAGE.parent / "pages").exists()


def test_reading_shows_all_words_of_a_document_under_headings_in_order(view: View, built: Settings) -> None:
    read = view("read", document="ambleton")
    assert headings(read) == [
        (1, "Inspection of Ambleton"),
        (2, "Findings"),
        (3, "Supervision"),
        (3, "Courts"),
        (2, "Where this text comes from"),
    ]
    document = Library(built).generation.document("ambleton")
    assert document
    body = re.search(r'<article class="pq-document".*?</article>', drawn(read), re.DOTALL)
    assert body
    shown = html.unescape(re.sub("<[^>]+>", "", body[0]))
    assert "".join(shown.split()) == "".join(document.text.split())


def test_the_passage_of_a_link_is_marked_and_scrolled_to(view: View, built: Settings) -> None:
    quote = Library(built).ask(LOW_RISK).quotes[0]
    link = urlsplit(reading_link(quote))
    given = {f"{name}_": values[0] for name, values in parse_qs(link.query).items()}
    marks = re.findall(r'<mark class="pq-words"([^>]*)>(.*?)</mark>', drawn(view(link.path, **given)))
    where = f'id="passage" data-arrive="{quote.span.start}-{quote.span.end}" data-block="center"'
    assert marks == [(f" {where}", escape(quote.text))]


def test_after_a_rebuild_a_link_marks_the_same_words_and_says_that_the_text_has_changed(
    view: View, built: Settings
) -> None:
    library = Library(built)
    quote = library.ask(LOW_RISK).quotes[0]
    given = {f"{name}_": values[0] for name, values in parse_qs(urlsplit(reading_link(quote)).query).items()}
    said = "The text of this report has changed since these words were linked to"
    assert said not in drawn(view("read", **given))
    path = built.corpus / "ambleton.md"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("# Findings", "# Findings of spring", 1), encoding="utf-8")
    build(built)
    read = drawn(view("read", **given))
    assert said in read
    assert re.findall(r'<mark class="pq-words"[^>]*>(.*?)</mark>', read) == [escape(quote.text)]
    path.write_text(before.replace("nine weeks", "ten weeks"), encoding="utf-8")
    build(built)
    read = drawn(view("read", **given))
    assert "The words that were linked to are not in this edition" in read
    assert "<mark" not in read


@pytest.mark.parametrize(
    "given", [("9", "5"), ("5", "5"), ("0", "99999999"), ("1" * 5000, "2" * 5001), ("x", "y"), ("²", "9")]
)
def test_a_passage_that_is_not_there_is_said_and_the_document_shown(
    view: View, built: Settings, given: tuple[str, str]
) -> None:
    read = drawn(view("read", document="ambleton", from_=given[0], to=given[1]))
    assert "The words that were linked to are not in this edition" in read
    assert "<mark" not in read
    assert "by a telephone call every nine weeks" in read


def test_a_document_that_is_not_there_is_said(view: View, built: Settings) -> None:
    assert "There is no document “&lt;b&gt;” in the index." in drawn(view("read", document="<b>"))
    assert "No document was named." in drawn(view("read"))


def test_reading_says_where_the_text_comes_from(view: View, built: Settings) -> None:
    document = Library(built).generation.document("weir")
    assert document
    read = drawn(view("read", document="weir"))
    assert f"<dt>SHA-256 of the file</dt><dd>{document.file_sha256}</dd>" in read
    assert f"<dt>Read with</dt><dd>{document.reader}</dd>" in read
    assert f"<dt>Left out</dt><dd>{escape(document.removals[0].text)} (" in read


def test_a_digest_says_so_on_its_own_page_and_a_publication_does_not(view: View, chosen: Settings) -> None:
    write_corpus(
        chosen.corpus,
        {**REPORTS, "d.md": "---\ntitle: D\nwording: digest\nurl: https://example.org/d\n---\n# A\n\nIt was good.\n"},
    )
    build(chosen)
    said = "digest, not the inspectorate&#39;s wording"
    assert said in drawn(view("read", document="d"))
    assert said not in drawn(view("read", document="ambleton"))


def test_page_numbers_stand_where_pages_begin_and_the_original_opens_there() -> None:
    source = Source("a", "A", "P", "report", urls=("https://example.org/a.pdf",))
    text = "One two. Three four."
    document = Document(
        source, "a.pdf", "0", "pdf 1", text, (Block("paragraph", Span(0, 20)),), (Page(0, 3, "1"), Page(9, 4))
    )
    drawn = read._text(document, Span(4, 14))
    assert re.sub("<[^>]+>", "|", drawn) == "||p. 1 · PDF 3| One |two. ||PDF 4| |Three| four.||".replace("||p", "|||p")
    quote = Quote(document, Span(9, 20), Span(0, 20))
    assert cards.original(quote) == "https://example.org/a.pdf#page=4"


def test_a_web_page_opens_at_the_words_but_never_at_those_of_a_digest() -> None:
    source = Source("a", "A", "P", "report", urls=("https://example.org/a",))

    def original(source: Source) -> str:
        return cards.original(quote_of(source, "Well-run, “now”"))

    assert original(source) == "https://example.org/a#:~:text=Well%2Drun%2C%20%E2%80%9Cnow%E2%80%9D"
    assert original(replace(source, wording="digest")) == "https://example.org/a"
    assert original(replace(source, urls=("javascript:alert(1)",))) == ""


def titles(page: AppTest) -> list[str]:
    """The titles in the table, in order."""
    return re.findall(r'data-head="Title"><a [^>]*>(.*?)</a>', drawn(page))


def test_the_table_has_every_report_the_newest_first_and_sorts_by_any_column(view: View, built: Settings) -> None:
    ambleton, selby, weir = (
        "Inspection of Ambleton",
        "Inspection of Selby Green",
        "weir (read from the file&#39;s name)",
    )
    table = view("reports")
    assert titles(table) == [selby, ambleton, weir]
    heads = re.findall(
        r'<th role="columnheader" scope="col"( aria-sort="[a-z]+")?><a [^>]*href="([^"]*)">', drawn(table)
    )
    assert heads[2] == (' aria-sort="descending"', "reports?sort=date.up")
    assert heads[5] == ("", "reports?sort=passages.down")
    assert titles(view("reports", sort="date.up")) == [weir, ambleton, selby]
    assert titles(view("reports", sort="title.down")) == [weir, selby, ambleton]
    assert titles(view("reports", sort="passages.down"))[0] == ambleton
    assert titles(view("reports", sort="nonsense")) == [selby, ambleton, weir]


def test_a_row_says_all_there_is_to_say(view: View, built: Settings) -> None:
    cells = re.findall(r'<td role="cell" class="pq-\w+" data-head="(\w+)">(.*?)</td>', drawn(view("reports")))
    passages = len(Library(built).generation.passages_of("ambleton"))
    assert cells[7:14] == [
        ("Title", '<a class="pq-go" href="read?document=ambleton">Inspection of Ambleton</a>'),
        ("Kind", "inspection report"),
        ("Date", "19 April 2017"),
        ("Area", "Ambleton"),
        ("Provider", "Northway Ltd"),
        ("Passages", str(passages)),
        ("Wording", "verbatim"),
    ]


def test_the_table_is_narrowed_by_filters_and_by_words(view: View, built: Settings) -> None:
    assert titles(view("reports", since="2018")) == ["Inspection of Selby Green"]
    assert titles(view("reports", find="northway ambleton")) == ["Inspection of Ambleton"]
    none = view("reports", find="quokka")
    assert titles(none) == []
    assert "No report passes." in drawn(none)
    assert "This list cannot be made" in drawn(view("reports", since="soon"))


def test_typing_a_word_to_find_puts_it_into_the_address_and_keeps_the_order(view: View, built: Settings) -> None:
    table = view("reports", sort="title.up")
    table.text_input[0].set_value("selby").run()
    assert titles(table) == ["Inspection of Selby Green"]
    assert (table.query_params["find"], table.query_params["sort"]) == ("selby", "title.up")


def test_choosing_a_filter_keeps_the_word_and_the_order(view: View, built: Settings) -> None:
    table = view("reports", sort="title.up", find="inspection")
    filter_box(table, "Area").set_value(["Ambleton"]).run()
    assert titles(table) == ["Inspection of Ambleton"]
    assert (table.query_params["find"], table.query_params["sort"]) == ("inspection", "title.up")


def test_the_picture_counts_each_year_and_kind_and_each_bar_leads_to_its_reports(view: View, built: Settings) -> None:
    bars = re.findall(r'href="([^"]*)" aria-label="([^"]*)">(\d+)<span class="pq-bar"', drawn(view("reports")))
    assert [(label, count) for _, label, count in bars] == [
        ("inspection report, 2017: 1", "1"),
        ("inspection report, 2018: 1", "1"),
    ]
    given = {name: values[0] for name, values in parse_qs(urlsplit(html.unescape(bars[0][0])).query).items()}
    assert titles(view("reports", **given)) == ["Inspection of Ambleton"]


def test_places_are_counted_and_lead_to_their_reports(view: View, built: Settings) -> None:
    places = re.findall(
        r'<li><a class="pq-go" href="(reports[^"]*)">(\w+)</a> <span[^>]*></span> (\d+)</li>', drawn(view("reports"))
    )
    assert places == [("reports?area=Ambleton", "Ambleton", "1")]


def test_about_counts_what_is_indexed_and_says_that_nothing_was_calibrated(view: View, built: Settings) -> None:
    about = view("about")
    counts = Library(built).generation.manifest.counts
    assert f">{counts.documents} documents</a>, {counts.passages} passages, {counts.sentences} sentences." in (
        drawn(about)
    )
    assert "The newest was published in 2018." in drawn(about)
    assert "Not calibrated" in drawn(about)
    assert "are digests" not in drawn(about)
    assert [level for level, _ in headings(about)] == [1] + [2] * 9


def test_about_shows_the_error_rates_of_this_edition_and_no_others(view: View, built: Settings) -> None:
    rates = {"answered": 0.824, "shown": 0.951, "refused": 0.241, "not_answered": 0.55}
    counts = {"answerable": 154, "unanswerable": 111}
    generation = Library(built).generation
    manifest = generation.manifest
    measured = replace(WITHOUT_READER, **rates, **counts, fingerprint=manifest.models)
    (built.corpus / "calibration.json").write_bytes(replace(measured, texts=manifest.texts, rules=rules()).to_json())
    build(built)
    about = drawn(view("about"))
    rows = [re.findall(r"<td>(\d+)</td>", row) for row in about.partition('"pq-rates"')[2].split("<tr>")[2:]]
    assert rows == [["82", "13", "5"], ["45", "31", "24"]]
    assert "with 154 questions that the reports answer and 111 that they do not" in about
    assert "Not calibrated" not in about
    assert "Measured on this edition with " in about
    lasting = replace(measured, rules=rules(), documents=tuple(text[:16] for text in generation.text_hashes))
    (built.corpus / "calibration.json").write_bytes(lasting.to_json())
    write_corpus(built.corpus, {"new.md": "# New\n\nOne."})
    build(built)
    since = "Measured before 1 of these 4 documents was added or changed, 9 of 100 passages, with "
    assert since in drawn(view("about"))
    write_corpus(built.corpus, {f"new-{n}.md": f"# New {n}\n\nOne." for n in range(9)})
    build(built)
    assert "50 of 100 passages (so many that it takes more than then to be told that a " in drawn(view("about"))
    (built.corpus / "calibration.json").write_bytes(replace(measured, texts="others").to_json())
    build(built)
    assert "Not calibrated" in drawn(view("about"))


def test_about_counts_digests_and_names_what_could_not_be_read(view: View, chosen: Settings) -> None:
    digest = "---\ntitle: D\nwording: digest\nurl: https://example.org/d\nlicence: OGL\n---\n# A\n\nIt was good.\n"
    write_corpus(chosen.corpus, {**REPORTS, "d.md": digest, "bad.txt": b"\xff\xfe\x00"})
    build(chosen)
    about = drawn(view("about"))
    assert "<p>1 of them are digests" in about
    assert "The other 3 are in the publication’s own words." in about
    assert "<li>bad.txt: " in about
    assert "<li>OGL: 1</li>" in about


DIGEST = "---\nwording: digest\nurl: https://example.org/d\n---\n# A\n\nIt was good.\n"


def test_over_digests_nothing_promises_the_words_of_publications(page: AppTest, view: View, chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"d.md": DIGEST})
    build(chosen)
    first = page.run()
    assert headings(first)[0] == (1, "Ask 1 digest of inspection reports")
    said = "Every answer is quoted from a digest, in this project’s words, with the publication to check."
    assert said in drawn(first)
    assert ">1 digest of publications</a>" in drawn(first)
    assert "1 digest of publications can be asked." in drawn(view("reports"))
    write_corpus(chosen.corpus, {**REPORTS, "d.md": DIGEST})
    build(chosen)
    both = page.run()
    assert headings(both)[0] == (1, "Ask the inspection reports")
    assert "a digest’s, which are this project’s, without" in drawn(both)
    assert ">3 publications and 1 digest, 2017 to 2018</a>" in drawn(both)


def test_a_digest_folds_under_the_publication_where_that_is_indexed_too(page: AppTest, chosen: Settings) -> None:
    own = "---\ntitle: Own\nurl: https://www.example.org/d/\n---\n# A\n\nThe stairs of Weir were good and dry.\n"
    digest = DIGEST.replace("It was good.", "The stairs of Weir were good, inspectors said.").replace(
        "---\n", "---\ntitle: D\n", 1
    )
    write_corpus(chosen.corpus, {"own.md": own, "d.md": digest, "b.md": "# B\n\nIt rained.\n"})
    build(chosen)
    shown = drawn(asked(page, "were the stairs of Weir good?"))
    first = shown.partition("</article>")[0]
    assert "<cite>Own</cite>" in first
    assert "<summary>What the digest of it says</summary><dl><dt>digest, not the" in first
    assert "<dd>The stairs of Weir were good, inspectors said. <a" in first
    assert "<cite>D</cite>" not in shown


def test_about_says_when_all_documents_are_digests(view: View, chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"d.md": DIGEST})
    build(chosen)
    assert "<p>All of them are digests" in drawn(view("about"))
    assert "in the publication’s own words" not in drawn(view("about"))


GLOSSARY = """terms:
- {term: Recall, definition: Return to prison., basis: general knowledge, synonyms: [jail]}
"""


def listen(
    monkeypatch: pytest.MonkeyPatch, carried: tuple[Carried, ...] = (), **changes: Any
) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Note each question that is asked and those given before it; ``changes`` are made to each answer."""
    seen: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
    really = Library.ask

    def ask(library: Library, request: Request) -> Answer:
        *previous, turn = request.turns
        seen.append((turn.text, tuple(each.text for each in previous), turn.dropped))
        answer = really(library, request)
        understood = replace(answer.question, carried=carried or answer.question.carried)
        return replace(answer, question=understood, **changes)

    monkeypatch.setattr(Library, "ask", ask)
    return seen
