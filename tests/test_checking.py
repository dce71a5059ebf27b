"""Claims about checking a pasted quote."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import STARTER
from probqa.checking.check import MAX_CHARACTERS, check, prepare
from probqa.checking.differences import not_checked
from probqa.checking.lookup import Reports
from probqa.checking.tokens import FORGIVEN
from probqa.checking.verdicts import CheckedQuote, CheckReport, NamedReport, describe, to_json
from probqa.dates import PartialDate
from probqa.errors import InputError
from probqa.reading import corpus, reader
from probqa.reading.passages import cut_passages
from probqa.records import Block, Document, Page, Source, Span

ROOT = Path(__file__).parents[1]

GWENT = "Responsible officers had not met 38 of the people they supervised in Gwent since June 2017."
ACTION = (
    "In nearly half the cases the officer had done what could be expected, but in 12 cases nothing was written down."
)
KENT = "Leaders in Kent made sure that new staff were trained within six weeks of joining the service."
STAFF = (
    "Morale among staff had fallen since the merger. Many felt ‘overwhelmed’ by their work – and said so. Pay was low."
)
RATING = "The service was rated 'Requires improvement' overall."


def document(identifier: str, *paragraphs: str, published: str = "", **source: str) -> Document:
    """A document of a heading and these paragraphs, each a block."""
    texts = [f"Findings of {identifier}", *paragraphs]
    blocks: list[Block] = []
    at = 0
    for number, text in enumerate(texts):
        kind = "paragraph" if number else "heading"
        blocks.append(Block(kind, Span(at, at + len(text)), 0 if number else 2))  # type: ignore[arg-type]
        at += len(text) + 2
    fields = {"title": f"The title of {identifier}", "publisher": "Publisher", "kind": "report"} | source
    return Document(
        Source(id=identifier, published=PartialDate(published), **fields),
        f"{identifier}.md",
        "",
        "",
        "\n\n".join(texts),
        tuple(blocks),
    )


REPORTS = Reports(
    [
        document("gwent-2017", GWENT, ACTION, area="Gwent (Wales)", published="2017-04-19"),
        document("gwent-2022", RATING, "Nothing else is said here.", area="Gwent (Wales)", published="2022"),
        document("kent-2016", KENT, STAFF, area="Kent", published="2016", publisher="HM Inspectorate of Probation"),
        document("audit", "Savings of £5 million were not reached.", publisher="National Audit Office (NAO)"),
    ],
    domain=STARTER,
)


def one(text: str, reports: Reports = REPORTS, named: str | None = None) -> CheckedQuote:
    [quote] = check(reports, text, named).quotes
    return quote


def changes(quote: CheckedQuote) -> list[tuple[str, str, str]]:
    return [(step.change, step.quote, step.source) for step in quote.operations if step.change != "equal"]


def place_of(quote: CheckedQuote) -> tuple[str, str]:
    return quote.places[0].source.id, quote.places[0].text


# found


def test_a_sentence_is_found_with_document_span_heading_and_paragraph() -> None:
    quote = one(GWENT)
    [place] = quote.places
    document = REPORTS.documents[0]
    assert (quote.status, quote.place_count, quote.flags, quote.operations) == ("found", 1, (), ())
    assert document.slice(place.span) == place.text == place.context == GWENT
    assert place.heading == ("Findings of gwent-2017",)
    assert (place.source, place.parts, place.forgiven, place.denied) == (document.source, (place.span,), (), "")


def test_a_quote_on_page_two_says_page_two() -> None:
    made = document("paged", "First page has these words.", "Second page has other words.")
    pages = (Page(0, 1), Page(made.blocks[2].span.start, 2, "ii"))
    reports = Reports([Document(made.source, "", "", "", made.text, made.blocks, pages)])
    assert one("Second page has other words.", reports).places[0].page == pages[1]
    assert "p. ii (PDF 2)" in describe(one("Second page has other words.", reports))


def test_words_that_stand_in_three_places_are_found_in_all_three() -> None:
    twice = "It was good work. It was late. It was good work."
    quote = one("It was good work.", Reports([document("a", twice), document("b", "Yes. It was good work.")]))
    assert [(place.source.id, place.span.start) for place in quote.places] == [("a", 15), ("a", 46), ("b", 20)]
    assert quote.place_count == 3


def test_the_quotes_of_a_paragraph_are_checked_each_for_itself_in_order() -> None:
    text = f"One paper wrote “{KENT}”. “Leaders in Kent made sure that no staff were trained”, wrote another: “It was”."
    quotes = check(REPORTS, text).quotes
    assert [quote.status for quote in quotes] == ["found", "altered", "too_short"]
    assert all(text[quote.span.start : quote.span.end] == quote.text for quote in quotes)


def test_single_quote_marks_make_quotes_and_apostrophes_do_not() -> None:
    text = "The inspectors’ view: ‘Leaders in Kent made sure that new staff were trained’, as the staff’s own was."
    assert [quote.text for quote in check(REPORTS, text).quotes] == [
        "Leaders in Kent made sure that new staff were trained"
    ]


def test_a_plural_possessive_does_not_close_a_quote() -> None:
    text = "He said ‘the other managers’ work was done well’ then."
    assert [quote.text for quote in check(REPORTS, text).quotes] == ["the other managers’ work was done well"]


def test_a_quote_mark_that_is_never_closed_reaches_to_the_end_of_its_paragraph() -> None:
    quotes = check(REPORTS, f"It said: “{KENT}\n\nNothing more.").quotes
    assert [(quote.text, quote.status) for quote in quotes] == [(KENT, "found")]


def test_a_report_sentence_that_holds_quote_marks_is_one_quote() -> None:
    assert (one(RATING).text, one(RATING).status) == (RATING, "found")
    assert one(RATING.replace("service", "unit")).status == "altered"


def test_sentences_without_quote_marks_are_checked_together_or_each() -> None:
    assert [q.status for q in check(REPORTS, STAFF).quotes] == ["found"]
    mixed = check(REPORTS, f"{KENT} We think that the weather over there is much nicer.").quotes
    assert [quote.status for quote in mixed] == ["found", "absent"]


def test_nothing_of_it_is_absent() -> None:
    quote = one("“The moon is made of green cheese and nobody knows why.”")
    assert (quote.status, quote.places, quote.operations) == ("absent", (), ())


@pytest.mark.parametrize("text", ["It was", "“of the”", "Go on so on"])
def test_a_very_short_quote_is_too_short_to_check(text: str) -> None:
    assert one(text).status == "too_short"


# what is forgiven, and nothing else


def changed(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


SPICED = (
    "Officers’ first re-\u200bassessments – 1,037 of them – were “done well”: "
    "file\u00adwork was café-like for 3½ days and so on... again."
)
FORGIVING = {
    "accents": changed("é", "e\u0301"),
    "dashes": changed(" – ", "\u2014"),
    "ellipsis": changed("...", "\u2026"),
    "final mark": lambda text: f"\u2026{text.removesuffix('.')},",
    "fractions": changed("3½", "3 1/2"),
    "first letter": lambda text: text[:1].lower() + text[1:],
    "invisible characters": changed("were", "we\u00adr\u200be"),
    "ligatures": changed("first", "\ufb01rst"),
    "line-break hyphen": changed("again", "a-\ngain"),
    "quote marks": changed("“", '"'),
    "white space": changed(" of ", "\u00a0\n of\t"),
    "bullets": changed(" and", "\n• and"),
}


def test_every_difference_on_the_list_has_a_test() -> None:
    assert set(FORGIVING) == set(FORGIVEN)


def test_the_definition_of_verbatim_lists_exactly_what_is_forgiven() -> None:
    page = (ROOT / "docs" / "verbatim.md").read_text(encoding="utf-8")
    table = page.split("| Difference | Meaning |\n|---|---|\n")[1].split("\n\n")[0]
    assert table.splitlines() == [f"| {name} | {meaning} |" for name, meaning in FORGIVEN.items()]


@pytest.mark.parametrize("name", sorted(FORGIVING))
def test_every_listed_difference_is_forgiven_alone_and_named(name: str) -> None:
    reports = Reports([document("a", "Before it.", SPICED, "After it.")])
    pasted = FORGIVING[name](SPICED)
    quote = one(pasted, reports)
    assert (quote.status, quote.places[0].text.removesuffix(".")) == ("found", SPICED.removesuffix("."))
    beside = {"white space"} if name == "bullets" else set()
    assert set(quote.places[0].forgiven) == {name} | beside


HALVES = Reports([document("a", "The visits took 3½ days of ⅔ of the staff, 31/2 in all, from 1/2/2016 on.")])


@pytest.mark.parametrize(
    ("pasted", "status"),
    [
        ("The visits took 3½ days of ⅔ of the staff", "found"),
        ("The visits took 3 1/2 days of 2/3 of the staff", "found"),
        ("The visits took 3\u00a01\u20442 days of ²⁄₃ of the staff", "found"),
        ("The visits took 3¹⁄₂ days of ²/³ of the staff", "found"),
        ("The visits took 31/2 days of ⅔ of the staff", "altered"),
        ("The visits took 3 1/3 days of ⅔ of the staff", "altered"),
        ("The visits took 3 days of ⅔ of the staff", "altered"),
        ("days of ⅔ of the staff, 3½ in all", "altered"),
        ("The visits took 3", "altered"),
        ("½ days of ⅔ of the staff", "altered"),
        ("1/2 days of ⅔ of the staff", "altered"),
        ("the staff, 31/2 in all, from 1/2/2016", "found"),
        ("the staff, 31/2 in all, from 1/2", "altered"),
    ],
)
def test_a_fraction_is_one_word_with_its_number_however_it_is_written(pasted: str, status: str) -> None:
    assert one(pasted, HALVES).status == status


@given(st.sets(st.sampled_from(sorted(FORGIVING)), min_size=2))
@settings(max_examples=60, deadline=None)
def test_the_listed_differences_are_forgiven_together(names: set[str]) -> None:
    pasted = SPICED
    for name in sorted(names):
        pasted = FORGIVING[name](pasted)
    quote = one(pasted, Reports([document("a", SPICED)]))
    assert (quote.status, quote.places[0].text.removesuffix(".")) == ("found", SPICED.removesuffix("."))


@pytest.mark.parametrize(
    ("written", "pasted"),
    [
        ("The self-employed were seen", "The self-\nemployed were seen"),
        ("The supervision was done well", "The super-\n  vision was done well"),
        ("The supervision was done well", "The super\u00ad\nvision was done well"),
        ("The supervision was done well", "The super\u2010\r\nvision was done well"),
        ("A 2017\u201318 plan was made", "A 2017 - 18 plan was made"),
        ("A no\u2011break hyphen stands here", "A no-break hyphen stands here"),
        ("he said ‘it was “good” work’ again", "he said \"it was 'good' work\" again"),
        ("The \U0001d400\U0001f600 astral words stand here", "The \U0001d400\U0001f600 astral words stand here"),
        ("the e\ufb03cient sta\ufb00 work here", "the efficient staff work here"),
    ],
)
def test_forgiven_differences_in_either_text(written: str, pasted: str) -> None:
    for report, quote in ((written, pasted), (pasted, written)):
        if "\n" not in report:
            found = one(quote, Reports([document("a", f"\U0001f600 So: {report} indeed.")]))
            assert (found.status, found.places[0].text) == ("found", report)


@pytest.mark.parametrize(
    ("old", "new", "flag"),
    [
        ("38", "83", "number"),
        ("38", "thirty-eight", "number"),
        ("38 of", "3.8 of", "number"),
        ("2017", "2018", "number"),
        ("had not met", "had met", "negation"),
        ("had not met", "hadn't not met", "negation"),
        ("they supervised", "they never supervised", "negation"),
        ("Responsible", "Irresponsible", "negation"),
        ("officers", "Officers", "capital"),
        ("met 38", "met, 38", "punctuation"),
        ("had not met 38", "had not met £38", "number"),
        ("had not met 38", "had not met −38", None),
        ("people they", "peoplethey", None),
        ("supervised", "super vised", None),
        ("in Gwent since", "since Gwent in", None),
        ("the people", "people", None),
        ("June", "Jun\u0435", None),
        ("38", "\u0663\u0668", "number"),
        ("38", "38\u202e", None),
    ],
)
def test_any_other_difference_is_altered(old: str, new: str, flag: str | None) -> None:
    assert old in GWENT
    quote = one(f"“{GWENT.replace(old, new)}”")
    assert (quote.status, place_of(quote)[0]) == ("altered", "gwent-2017")
    assert flag is None or quote.flags == (flag,)
    assert changes(quote)


@pytest.mark.parametrize(
    ("written", "pasted"),
    [
        ("They were well-run and on time", "They were well run and on time"),
        ("They re-signed the contract then", "They resigned the contract then"),
        ("They its own rules had followed", "They it's own rules had followed"),
        ("A door of 6' was fitted here", 'A door of 6" was fitted here'),
        ("It cost 1.5 million in 2017", "It cost 1,5 million in 2017"),
        ("It cost 1,500 pounds in 2017", "It cost 1 500 pounds in 2017"),
        ("It rose to 3. 5 people left then", "It rose to 3.5 people left then"),
        ("An area of 10 m² was left", "An area of 10 m2 was left"),
        ("The inspectors' report was late", "The inspectors report was late"),
    ],
)
def test_likenesses_that_change_the_meaning_are_not_forgiven(written: str, pasted: str) -> None:
    assert one(written, Reports([document("a", written)])).status == "found"
    assert one(pasted, Reports([document("a", written)])).status in ("altered", "absent")


@pytest.mark.parametrize("end", ["%", "?", "!", ";", " not"])
def test_only_a_full_stop_comma_or_ellipsis_may_be_added_at_the_end(end: str) -> None:
    assert one("“Leaders in Kent made sure,”").status == "found"
    assert one(f"“Leaders in Kent made sure{end}”").status == "altered"


def test_a_mark_inside_the_last_quote_mark_is_forgiven() -> None:
    quote = one("“Many felt ‘overwhelmed.’”")
    assert (quote.status, quote.places[0].text, quote.places[0].forgiven) == (
        "found",
        "Many felt ‘overwhelmed’",
        ("final mark",),
    )


def test_a_hyphen_before_a_capital_is_no_broken_word() -> None:
    assert one(
        "The TeesValley service was seen", Reports([document("a", "The Tees-\nValley service was seen")])
    ).status != ("found")
    assert one(
        "The Tees-\nValley service was seen", Reports([document("a", "The TeesValley service was seen")])
    ).status != ("found")


# altered: what differs


def test_a_comma_that_closes_an_altered_quote_is_no_difference() -> None:
    assert changes(one("“Leaders in Kent made sure that no staff were trained,”")) == [("replaced", "no", "new")]


def test_a_few_words_in_common_are_no_altered_quote() -> None:
    assert (
        one("“Responsible officers had a long lunch by the sea with their own dogs in Gwent since breakfast”").status
        == "absent"
    )


@pytest.mark.parametrize(
    "made_up",
    [
        "Working Links was a shambles.",
        "“Working Links was a shambles.”",
        "Working Links in Wales was a shambles",
        "Staff morale was a disgrace.",
        "The staff at Northway were in tears",
        "Northway was the worst in Wales",
        "The quality of work was appalling",
        "Supervision by telephone was a joke",
    ],
)
def test_a_made_up_quote_that_shares_names_and_small_words_is_absent(made_up: str) -> None:
    written = (
        "Working Links was a company in Wales that ran the service until 2019.",
        "Staff morale was low, and the staff at Northway were few.",
        "The quality of work was mixed; supervision by telephone was common.",
    )
    quote = one(made_up, Reports([document("a", *written)]))
    assert (quote.status, quote.places, quote.operations) == ("absent", (), ())


@pytest.mark.parametrize(
    ("short", "change"),
    [
        ("Staff morale was not low", ("inserted", "not", "")),
        ("Pay was never low for anybody there", ("inserted", "never", "")),
        ("Many felt ‘overwhelmed’ by their own work", ("inserted", "own", "")),
        ("rated 'Requires much improvement' overall", ("inserted", "much", "")),
        ("had met 38 of the people", ("deleted", "", "not")),
        ("trained within nine weeks of joining", ("replaced", "nine", "six")),
    ],
)
def test_a_short_quote_with_one_word_changed_is_altered(short: str, change: tuple[str, str, str]) -> None:
    reports = Reports([*REPORTS.documents, document("a", "Staff morale was low. Pay was low for anybody there.")])
    quote = one(f"“{short}”", reports)
    assert quote.status == "altered"
    assert change in changes(quote)


def test_a_report_sentence_altered_around_its_own_quote_marks_is_one_quote() -> None:
    written = "Inspectors called the work ‘nowhere near good enough’ in June 2017."
    reports = Reports([document("a", written)])
    quote = one(written.replace("2017", "2018"), reports)
    assert (quote.status, changes(quote)) == ("altered", [("replaced", "2018", "2017")])
    assert one("One paper has it that ‘nowhere near good enough’ was said.", reports).status == "found"


@pytest.mark.parametrize(
    ("written", "pasted", "change"),
    [
        (RATING, RATING.replace("was", "was not"), ("inserted", "not", "")),
        (STAFF, STAFF.replace("had fallen", "had not fallen"), ("inserted", "not", "")),
        (STAFF, STAFF.replace("Pay was low", "Pay was never low"), ("inserted", "never", "")),
        (
            "Inspectors did not call the work ‘nowhere near good enough’ in June.",
            "Inspectors did call the work ‘nowhere near good enough’ in June.",
            ("deleted", "", "not"),
        ),
        (
            "They said ‘the place was never safe’ and 12 of them wrote it down.",
            "They said ‘the place was never safe’ and 21 of them wrote it down.",
            ("replaced", "21", "12"),
        ),
        (
            "They found the work good enough to keep people safe.",
            "They found the work not “good enough to keep people safe”.",
            ("inserted", "not “", ""),
        ),
    ],
)
def test_a_word_changed_outside_the_quote_marks_of_a_copied_text_is_altered(
    written: str, pasted: str, change: tuple[str, str, str]
) -> None:
    quotes = check(Reports([document("a", written), document("b", KENT)]), pasted).quotes
    assert (
        "found" not in [quote.status for quote in quotes if "‘" in quote.text or "“" in quote.text] or len(quotes) > 1
    )
    assert change in [step for quote in quotes if quote.status == "altered" for step in changes(quote)]


def test_what_was_not_checked_is_said_to_the_word() -> None:
    text = f"It rained on Monday. One paper wrote “{KENT}” with glee.\n\nThe rest is mine."
    report = check(REPORTS, text)
    assert [quote.status for quote in report.quotes] == ["found"]
    assert [text[span.start : span.end] for span in report.unchecked] == [
        "It rained on Monday. One paper wrote",
        "with glee",
        "The rest is mine",
    ]
    assert report.words_unchecked == 13
    assert not_checked(report) == (
        "Not checked, since they stand outside quote marks: "
        "13 words (“It rained on Monday. One paper wrote” and 2 more places)."
    )
    assert not_checked(check(REPORTS, KENT)) == ""


def test_quote_marks_put_round_part_of_a_report_s_sentence_alter_nothing() -> None:
    text = "Leaders in Kent made sure that “new staff were trained within six weeks” of joining the service."
    assert [(quote.status, quote.text) for quote in check(REPORTS, text).quotes] == [
        ("found", "new staff were trained within six weeks")
    ]


def test_the_operations_tile_both_texts_and_say_what_differs() -> None:
    pasted = "Responsible officers had met 83 of the people they often supervised in Gwent"
    text = f"He said: “{pasted}”."
    quote = one(text)
    assert (quote.status, quote.flags) == ("altered", ("number", "negation"))
    assert changes(quote) == [("deleted", "", "not"), ("replaced", "83", "38"), ("inserted", "often", "")]
    [place] = quote.places
    source = REPORTS.documents[0]
    for step in quote.operations:
        assert step.quote == (text[step.quote_span.start : step.quote_span.end] if step.quote_span else "")
        assert step.source == (source.slice(step.source_span) if step.source_span else "")
    assert " ".join(step.quote for step in quote.operations if step.quote) == pasted
    assert " ".join(step.source for step in quote.operations if step.source) == place.text
    assert [step.flags for step in quote.operations if step.flags] == [("negation",), ("number",)]


def test_a_whole_phrase_left_out_is_one_deletion() -> None:
    quote = one("“In nearly half the cases the officer had done what could be written down.”")
    assert changes(quote) == [("deleted", "", "expected, but in 12 cases nothing was")]
    assert quote.flags == ("number", "negation")


def test_two_sentences_of_two_reports_in_one_quote_are_stitched() -> None:
    quote = one(f"“{GWENT} {KENT}”")
    assert (quote.status, quote.flags) == ("altered", ("stitched",))
    assert [(place.source.id, place.text) for place in quote.places] == [("gwent-2017", GWENT), ("kent-2016", KENT)]
    assert [(step.change, step.place) for step in quote.operations] == [("equal", 0), ("equal", 1)]
    assert one(f"{GWENT} {KENT}").flags == ("stitched",)


def test_two_halves_of_two_places_in_one_report_are_stitched() -> None:
    quote = one("“Responsible officers had not met 38 of the people but in 12 cases nothing was written down”")
    assert (quote.status, quote.flags) == ("altered", ("stitched",))
    assert [place.text for place in quote.places] == [
        "Responsible officers had not met 38 of the people",
        "but in 12 cases nothing was written down",
    ]


def test_a_sentence_left_out_between_two_without_a_mark_is_never_found() -> None:
    quote = one("“Morale among staff had fallen since the merger. Pay was low.”")
    assert (quote.status, [step.change for step in quote.operations]) == ("altered", ["equal", "deleted", "equal"])


def test_a_heading_run_into_its_paragraph_is_stitched_but_found_with_its_line_break() -> None:
    pasted = f"Findings of gwent-2017 {GWENT}"
    assert (one(pasted).status, one(pasted).flags) == ("altered", ("stitched",))
    assert [place.text for place in one(pasted).places] == ["Findings of gwent-2017", GWENT]
    assert one(f"Findings of gwent-2017\n{GWENT}").status == "found"


def test_two_paragraphs_that_end_properly_may_run_on() -> None:
    assert one(f"{GWENT} {ACTION}").status == "found"


@pytest.mark.parametrize(
    ("report", "pasted", "cut", "flag"),
    [
        ("It was not good enough to keep people safe.", "good enough to keep people safe", "not", "negation"),
        ("It wasn’t good enough to keep people safe.", "good enough to keep people safe", "wasn’t", "negation"),
        ("This non-effective work went on here.", "effective work went on here", "non-", None),
        ("They found the place well-run.", "They found the place well", "-run", None),
        ("The cost fell by £5 million.", "The cost fell by £5", " million", "number"),
        ("The share fell to 5%.", "The share fell to 5", "%", "number"),
        ("The share fell to five per cent.", "The share fell to five", " per cent", None),
        ("There were -5 degrees in it.", "5 degrees in it", "-", None),
        ("They saw £500 of it there.", "500 of it there", "£", "number"),
        ("They saw two hundred people there.", "hundred people there", "two", "number"),
        ("They came in 2017/18.", "They came in 2017", "/18", "number"),
    ],
)
def test_a_quote_may_not_start_or_end_inside_a_number_a_word_or_behind_a_not(
    report: str, pasted: str, cut: str, flag: str | None
) -> None:
    reports = Reports([document("a", report)])
    quote = one(f"“{pasted}”", reports)
    assert (quote.status, changes(quote)) == ("altered", [("deleted", "", cut)])
    assert "cut" in quote.flags
    assert flag is None or flag in quote.flags
    assert one(report, reports).status == "found"


def test_a_not_earlier_in_the_sentence_is_pointed_out() -> None:
    quote = one("“of the people they supervised in Gwent”")
    assert (quote.status, quote.places[0].denied) == ("found", "not")
    assert "“not” stands before these words" in describe(quote)


# editor's marks


@pytest.mark.parametrize("mark", ["[...]", "[…]", "…", "...", "(...)", ". . ."])
def test_a_marked_omission_in_one_paragraph_is_found_with_what_was_left_out(mark: str) -> None:
    quote = one(f"“Leaders in Kent {mark} trained within six weeks”")
    assert (quote.status, quote.flags) == ("found", ("omission",))
    assert changes(quote) == [("deleted", "", "made sure that new staff were")]
    kent = REPORTS.documents[2]
    assert [kent.slice(part) for part in quote.places[0].parts] == ["Leaders in Kent", "trained within six weeks"]


@pytest.mark.parametrize(
    "pasted",
    [
        "within six weeks […] Leaders in Kent made sure",
        "but in 12 cases nothing was written […] Responsible officers had not met",
        "Leaders [in the north] within six weeks",
        "Leaders in Kent […] had not met 38 of the people",
        "Leaders in Kent made sure […] trained within seven weeks",
    ],
)
def test_an_omission_that_turns_words_round_or_leaves_the_report_is_not_found(pasted: str) -> None:
    assert one(f"“{pasted}”").status in ("altered", "absent")


@pytest.mark.parametrize("mark", ["…", "[...]", ". . ."])
def test_parts_in_order_in_one_report_are_found_far_apart_and_said_to_be(mark: str) -> None:
    quote = one(f"“Responsible officers had not met 38 of the people {mark} in 12 cases nothing was written down”")
    assert (quote.status, quote.flags) == ("found", ("omission", "apart"))
    assert [place.text for place in quote.places] == [
        "Responsible officers had not met 38 of the people",
        "in 12 cases nothing was written down",
    ]
    assert [(step.change, step.place) for step in quote.operations] == [("equal", 0), ("equal", 1)]
    assert describe(quote).endswith("; its parts stand far apart in one report, in this order.")
    assert "other place" not in describe(quote)


@pytest.mark.parametrize(
    "pasted",
    [
        "had not met 38 of the people … trained within six weeks of joining",
        "Responsible officers had … in 12 cases nothing was written down",
        "In nearly half the cases the … 38 of the people they supervised",
        "had not met 83 of the people … in 12 cases nothing was written down",
    ],
)
def test_parts_of_two_reports_out_of_order_or_hiding_a_not_are_not_found(pasted: str) -> None:
    assert one(f"“{pasted}”").status in ("altered", "absent")


def test_an_omission_may_not_hide_a_not_of_the_sentence() -> None:
    quote = one("“Responsible officers had […] met 38 of the people”")
    assert (quote.status, quote.flags) == ("altered", ("negation", "omission"))
    assert changes(quote) == [("deleted", "", "not")]


def test_sic_and_bracketed_words_are_found_and_flagged() -> None:
    for pasted in (
        "Leaders [sic] in Kent made sure that new staff were trained",
        "Leaders in Kent [the inspectors say] made sure that new staff were trained",
        "[They] made sure that new staff were trained",
        "[l]eaders in Kent made sure that new staff were trained",
        "Leaders in Kent made sure that [they] were trained within six weeks",
    ):
        quote = one(f"“{pasted}”")
        assert (quote.status, quote.flags) == ("found", ("editorial",)), pasted


@pytest.mark.parametrize(
    "pasted",
    [
        "Leaders in Kent made sure that new staff were [not] trained",
        "[No] Leaders in Kent made sure that new staff were trained",
        "trained within [nine] weeks of joining the service",
        "Responsible officers had [always] met 38 of the people",
    ],
)
def test_brackets_may_not_change_a_number_or_a_not(pasted: str) -> None:
    assert one(f"“{pasted}”").status == "altered"


def test_marks_that_the_report_itself_has_are_taken_as_they_are() -> None:
    report = "He wrote [sic] that it was … over by then."
    quote = one(report, Reports([document("a", report)]))
    assert (quote.status, quote.flags) == ("found", ())


# elsewhere


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"The 2016 Kent report said “{GWENT}”", "elsewhere"),
        (f"The 2017 Gwent report said “{GWENT}”", "found"),
        (f"The Gwent report said “{GWENT}”", "found"),
        (f"The 2022 report on Gwent said “{GWENT}”", "elsewhere"),
        (f"The Gwent report of 2019 said “{GWENT}”", "elsewhere"),
        (f"Inspectors in Kent said “{GWENT}”", "elsewhere"),
        (f"The title of kent-2016 says “{GWENT}”", "elsewhere"),
        (f"The National Audit Office wrote: “{GWENT}”", "elsewhere"),
        (f"HM Inspectorate of Probation wrote: “{GWENT}”", "elsewhere"),
        (f"The Kent report and the Gwent report said “{GWENT}”", "found"),
        (f"People from Kent like to say “{GWENT}”", "found"),
        (f"In 2016 some said “{GWENT}”", "found"),
        (f"Somebody said “{GWENT}”, not the kent report", "found"),
    ],
)
def test_a_quote_of_another_report_than_the_text_names_is_elsewhere(text: str, status: str) -> None:
    quote = one(text)
    assert (quote.status, place_of(quote)) == (status, ("gwent-2017", GWENT))


def test_the_words_that_name_a_report_are_shown() -> None:
    text = f"As the April 2017 Gwent report said: “{GWENT}”"
    [named] = check(REPORTS, text).named
    assert named.span is not None
    assert text[named.span.start : named.span.end] == named.text
    assert "2017 Gwent report" in named.text
    assert named.document_ids == ("gwent-2017",)


@pytest.mark.parametrize("named", ["kent-2016", "The title of kent-2016", "the Kent report"])
def test_the_caller_may_name_the_report(named: str) -> None:
    assert one(GWENT, named=named).status == "elsewhere"
    assert one(KENT, named=named).status == "found"
    assert one(GWENT.replace("38", "83"), named=named).flags == ("number", "elsewhere")


@pytest.mark.parametrize(
    ("named", "ids"),
    [
        ("Gwent 2017", ("gwent-2017",)),
        ("gwent, 2017", ("gwent-2017",)),
        ("2017 Gwent", ("gwent-2017",)),
        ("Gwent (2017)", ("gwent-2017",)),
        ("Gwent, April 2017", ("gwent-2017",)),
        ("the inspection of Gwent, 2017", ("gwent-2017",)),
        ("Kent 2016", ("kent-2016",)),
        ("Kent, 2016", ("kent-2016",)),
        ("Kent's 2016 report", ("kent-2016",)),
        ("Gwent", ("gwent-2017", "gwent-2022")),
        ("National Audit Office", ("audit",)),
        ("title of audit", ("audit",)),
        ("Gwent 2031", ()),
    ],
)
def test_a_name_is_understood_by_area_and_year_title_or_publisher(named: str, ids: tuple[str, ...]) -> None:
    [understood] = check(REPORTS, GWENT, named).named
    assert (understood.text, understood.document_ids, understood.understood) == (named, ids, True)


@pytest.mark.parametrize("named", ["Atlantis", "Atlantis 2017", "Kent and Atlantis", "the report", "…", "?"])
def test_a_name_that_is_not_understood_blocks_nothing_and_is_told(named: str) -> None:
    report = check(REPORTS, GWENT, named)
    assert [quote.status for quote in report.quotes] == ["found"]
    assert report.named == (NamedReport(named, None, (), understood=False),)
    # What the text itself names counts then.
    other = check(REPORTS, f"The 2016 Kent report said “{GWENT}”", named)
    assert [quote.status for quote in other.quotes] == ["elsewhere"]


def test_half_a_character_in_a_name_is_shown_as_a_question_mark() -> None:
    assert [named.text for named in check(REPORTS, GWENT, "a\ud800b").named] == ["a?b"]


def test_the_named_report_comes_first() -> None:
    reports = Reports([document(name, KENT) for name in ("a-a-a", "b-b-b", "c-c-c")])
    quote = one(KENT, reports, named="b-b-b")
    assert (quote.status, [place.source.id for place in quote.places]) == ("found", ["b-b-b", "a-a-a", "c-c-c"])


# input, output


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "no text"), (" \n\t", "no text"), ("a " * 10_001, "20,002 characters"), ("half \ud800 of it", r"U\+D800")],
)
def test_unusable_text_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        check(REPORTS, text)


@pytest.mark.parametrize("text", ["“”", "...", "“ ” ‘’ []", "[...] [sic]", "\x00", "“" * 300, "\u200b", "-\n-\n-"])
def test_text_without_words_is_answered(text: str) -> None:
    assert {quote.status for quote in check(REPORTS, text).quotes} <= {"too_short"}


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_is_answered_or_refused_and_its_spans_lie_in_it(text: str) -> None:
    try:
        report = check(REPORTS, text)
    except InputError:
        return
    assert all(text[quote.span.start : quote.span.end] == quote.text for quote in report.quotes)


@given(
    st.lists(st.sampled_from(["Leaders in Kent", "…", "[...]", "[sic]", "[x]", "“", "”", "‘", "’", ".", "-\n", "38"]))
)
@settings(max_examples=200, deadline=None)
def test_any_heap_of_marks_is_answered(parts: list[str]) -> None:
    text = " ".join(parts)
    if text.strip():
        assert isinstance(check(REPORTS, text), CheckReport)


def test_the_longest_text_of_marks_is_answered() -> None:
    text = ("Leaders … in Kent [...] " * MAX_CHARACTERS)[:MAX_CHARACTERS]
    assert all(quote.status != "found" for quote in check(REPORTS, text).quotes)


def test_no_document_at_all_holds_nothing() -> None:
    assert one(f"“{KENT}”", Reports([])).status == "absent"


def test_the_json_has_the_documented_shape_and_is_the_same_each_time() -> None:
    text = f"The Kent report said “{GWENT}” and “{KENT.replace('six', 'nine')}”"
    made = to_json(check(REPORTS, text))
    assert json.dumps(made) == json.dumps(to_json(check(REPORTS, text)))
    assert made["summary"] == {"elsewhere": 1, "altered": 1}
    assert list(made) == ["text", "documents", "digests", "generation", "summary", "named", "quotes", "unchecked"]
    first, second = made["quotes"]
    assert first["places"][0]["document_id"] == "gwent-2017"
    assert text[slice(*first["span"])] == first["text"] == GWENT
    changed_step = next(step for step in second["operations"] if step["change"] == "replaced")
    assert changed_step == {
        "change": "replaced",
        "quote": "nine",
        "source": "six",
        "quote_span": [text.index("nine"), text.index("nine") + 4],
        "source_span": changed_step["source_span"],
        "place": 0,
        "flags": ["number"],
    }


def test_a_generation_is_prepared_once() -> None:
    class Opened:
        name = "0123456789abcdef"
        domain = STARTER
        calls = 0

        def all_documents(self) -> tuple[Document, ...]:
            self.calls += 1
            return REPORTS.documents

    opened = Opened()
    assert check(opened, KENT).generation == "0123456789abcdef"
    assert check(opened, KENT).quotes[0].status == "found"
    assert (opened.calls, prepare(opened)) == (1, prepare(opened))


@pytest.mark.parametrize(
    ("text", "named", "said"),
    [
        (KENT, None, "Found word for word in “The title of kent-2016” (2016), under “Findings of kent-2016”."),
        (KENT, "audit", "Not in the report that is named, but in “The title of kent-2016” (2016)"),
        (KENT.replace("six", "ten"), None, "Altered: the closest words are in “The title of kent-2016” (2016)"),
        (f"“{GWENT} {KENT}”", None, "Stitched together from “The title of gwent-2017” (2017-04-19), under"),
    ],
)
def test_each_verdict_is_said_in_plain_words(text: str, named: str | None, said: str) -> None:
    assert describe(one(text, named=named)).startswith(said)


def test_a_digest_is_called_a_digest() -> None:
    reports = Reports([document("a", KENT, wording="digest")])
    assert "in this project's digest of “The title of a”" in describe(one(KENT, reports))
    assert (check(reports, KENT).digests, check(REPORTS, KENT).digests) == (1, 0)


# properties

WORDS = "staff were seen in late work not 12 12.5 1,037 £5 they risk-aware it's office CRC".split()
ODD = [
    "caf\u00e9",
    "e\u0301tat",
    "o\ufb03ce",
    "so\u00adft",
    "\U0001d400b",
    "\U0001f600",
    "“good”",
    "‘so’",
    "–",
    "…",
    "(a)",
    "no\u2011one",
]


@st.composite
def documents(draw: st.DrawFn, words: list[str]) -> list[Document]:
    sentence = st.lists(st.sampled_from(words), min_size=4, max_size=9).map(lambda made: "So " + " ".join(made) + ".")
    paragraph = st.lists(sentence, min_size=1, max_size=3).map(" ".join)
    made = draw(st.lists(st.lists(paragraph, min_size=1, max_size=3), min_size=1, max_size=3))
    return [document(f"d{number}", *paragraphs) for number, paragraphs in enumerate(made)]


def sentences_of(document: Document) -> list[Span]:
    return [span for passage in cut_passages(document, 0) for span in passage.sentences]


@given(documents(WORDS + ODD))
@settings(max_examples=100, deadline=None)
def test_every_sentence_of_any_document_is_found_at_its_own_span(made: list[Document]) -> None:
    reports = Reports(made)
    for document in made:
        for span in sentences_of(document):
            if len(re.findall(r"\w+", document.slice(span))) < 6:
                continue
            quote = one(document.slice(span), reports)
            assert quote.status == "found"
            assert (document.source.id, span) in [(place.source.id, place.span) for place in quote.places]
            for place in quote.places:
                home = next(other for other in made if other.source.id == place.source.id)
                assert home.slice(place.span) == place.text


def plain_words(text: str) -> list[str]:
    """An oracle of its own: words, numbers and marks of plain text; the first letter small."""
    found = re.findall(r"\d+(?:[.,]\d+)*|[\w']+|[^\w\s]", text)
    return [found[0].lower(), *found[1:]] if found else []


def really_occurs(made: list[Document], pasted: str) -> bool:
    wanted = plain_words(pasted.rstrip(". "))
    for document in made:
        held = plain_words(document.text)
        for at in range(len(held) - len(wanted) + 1):
            if [held[at].lower(), *held[at + 1 : at + len(wanted)]] == wanted:
                return True
    return False


@given(documents(WORDS), st.randoms(use_true_random=False), st.sampled_from(["digit", "drop", "insert", "swap", "not"]))
@settings(max_examples=300, deadline=None)
def test_no_mutated_sentence_is_found_unless_it_really_occurs(
    made: list[Document], chance: random.Random, kind: str
) -> None:
    document = chance.choice(made)
    words = document.slice(chance.choice(sentences_of(document))).split()
    at = chance.randrange(1, len(words) - 1)
    if kind == "digit":
        numbered = [n for n, word in enumerate(words) if any(c.isdigit() for c in word)]
        if not numbered:
            return
        at = chance.choice(numbered)
        words[at] = re.sub(r"\d", lambda digit: str((int(digit.group()) + 1) % 10), words[at], count=1)
    elif kind == "drop":
        del words[at]
    elif kind == "swap":
        words[at], words[at - 1] = words[at - 1], words[at]
    else:
        words.insert(at, "not" if kind == "not" else chance.choice(WORDS))
    pasted = " ".join(words)
    statuses = {quote.status for quote in check(Reports(made), f"“{pasted}”").quotes}
    assert really_occurs(made, pasted) or not statuses & {"found", "elsewhere"}


@pytest.fixture(scope="module")
def starter() -> list[Document]:
    files, _ = corpus.list_files(ROOT / "corpus")
    return [reader.read(file, ROOT / "corpus") for file in files]


def test_every_sentence_of_the_corpus_is_found_at_its_own_span(starter: list[Document]) -> None:
    reports = Reports(starter)
    missed = [
        document.slice(span)
        for document in starter
        for span in sentences_of(document)
        if not any(
            (place.source.id, place.span) == (document.source.id, span)
            for quote in check(reports, document.slice(span)).quotes
            if quote.status == "found"
            for place in quote.places
        )
    ]
    assert missed == []


def test_no_changed_digit_or_added_not_of_the_corpus_is_found(starter: list[Document]) -> None:
    reports = Reports(starter)
    chance = random.Random(7)
    texts = [document.slice(span) for document in starter for span in sentences_of(document)]
    digits = [text for text in texts if re.search(r"\d", text)]
    for text in chance.sample(digits, 60):
        wrong = re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit.group()) + 1) % 10), text)
        assert one(f"“{wrong}”", reports).status == "altered", wrong
    for text in chance.sample(texts, 60):
        wrong = re.sub(r"^(\S+ \S+) ", r"\1 not ", text)
        quote = one(f"“{wrong}”", reports)
        assert (quote.status, "negation" in quote.flags) == ("altered", True), wrong
