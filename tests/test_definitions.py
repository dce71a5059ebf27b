"""What a term means is explained in this project's own words, above the passages that speak of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from conftest import ROOT, STARTER, write_corpus
from probqa.asking.library import Library
from probqa.glossary.glossary import Glossary, load_glossary
from probqa.indexing.build import build
from probqa.questions import Definition, Request
from probqa.rendering import close_label, finding_line, to_json, to_text
from probqa.settings import Settings
from probqa.understanding.definitions import read_definitions

GLOSSARY = load_glossary(ROOT / "corpus")
CRC, NPS, RAR = "Community Rehabilitation Company", "National Probation Service", "Rehabilitation activity requirement"


def explained(text: str, *, alone: bool = True) -> list[str]:
    return [each.term for each in read_definitions(text, GLOSSARY, STARTER, alone=alone)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("What is a CRC?", [CRC]),
        ("what's a crc", [CRC]),
        ("What exactly are CRCs?", [CRC]),
        ("WHAT IS A CRC", [CRC]),
        ("what was a community rehabilitation company", [CRC]),
        ("what does RAR mean", [RAR]),
        ("What does RAR stand for in probation?", [RAR]),
        ("RAR meaning", [RAR]),
        ("RAR?", [RAR]),
        ("rar", [RAR]),
        ("meaning of RAR", [RAR]),
        ("what is the meaning of the term RAR?", [RAR]),
        ("I don't know what a RAR is", [RAR]),
        ("Please can you explain what a RAR is?", [RAR]),
        ("define approved premises", ["Approved premises"]),
        ("what is an ap", ["Approved premises"]),
        ("whats an sfo", ["Serious further offence"]),
        ("what do you mean by licence", ["Licence"]),
        ("what do inspectors mean by 'professional curiosity'?", ["Professional curiosity"]),
        ("difference between CRC and NPS", [CRC, NPS]),
        ("What's the difference between a CRC and the NPS?", [CRC, NPS]),
        ("CRC vs NPS", [CRC, NPS]),
        ("how is a CRC different from the NPS?", [CRC, NPS]),
        ("who is Napo?", ["Napo"]),
        ("Who were ARCC?", ["ARCC"]),
        ("what is Aurelius", ["Aurelius"]),
        ("What is BeNCH?", ["BeNCH CRC"]),
        ("what is unpaid work", ["Unpaid work"]),
        ("unpaid work?", ["Unpaid work"]),
        ("What is probation?", ["Probation"]),
        ("tell me what desistance means", ["Desistance"]),
        ("what's a PDU when it's at home?", ["Probation Delivery Unit"]),
        ("Explain Through the Gate to me", ["Through the Gate"]),
        ("What even is MAPPA", ["Multi-Agency Public Protection Arrangements"]),
        ("who or what is Seetec?", ["Seetec"]),
        ("In a nutshell?", []),
        ("what is OASys, in plain English", ["OASys"]),
    ],
)
def test_a_question_that_asks_for_nothing_but_a_meaning_has_it(text: str, terms: list[str]) -> None:
    assert explained(text) == terms


@pytest.mark.parametrize(
    "text",
    [
        "what is a zorb?",
        "What did the CRC do?",
        "what is a CRC like in Gwent?",
        "how many CRCs were there?",
        "What is unpaid work in Gwent?",
        "unpaid work",
        "Gwent?",
        "What is the caseload of a probation officer in Kent?",
        "why was the NPS better than the CRC?",
        "is a CRC good?",
        "what does the NPS do in court",
        "what was the CRC for",
        "explain how recall works",
        "CRC and NPS",
        "",
    ],
)
def test_any_other_question_has_none(text: str) -> None:
    assert explained(text) == []


def test_its_rating_asks_for_no_meaning_after_another_question() -> None:
    assert explained("what was the recall?", alone=False) == []
    assert explained("what was the recall?") == explained("what does recall mean?", alone=False) == ["Recall"]


def test_a_bare_term_after_another_question_is_a_follow_up() -> None:
    assert explained("NPS?", alone=False) == []
    assert explained("and what is the NPS?", alone=False) == [NPS]


def test_a_definition_says_whose_words_it_is_how_it_is_known_and_where() -> None:
    [definition] = read_definitions("What is recall?", GLOSSARY, STARTER)
    [term] = [term for term in GLOSSARY.entries.terms if term.term == "Recall"]
    assert definition == Definition("Recall", "", term.definition, term.basis, term.seen_in)
    [noted] = read_definitions("what's a PDU", GLOSSARY, STARTER)
    assert noted.abbreviation == "PDU"
    assert noted.text.endswith("“Local delivery unit” is an earlier term.")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "Who is Aurelius?",
            "Tied to Working Links: an investment firm based in Germany, which bought Working Links in 2016.",
        ),
        ("Who are PeoplePlus?", "It ran Warwickshire and West Mercia CRC."),
        ("What is Gwent PDU?", "PDU for Gwent; part of Probation Service - Wales."),
        (
            "What was the Wales CRC?",
            "CRC for Wales; run by Working Links (from 2015 until February 2019), then Seetec (from February 2019); "
            "followed by Probation Service - Wales.",
        ),
    ],
)
def test_a_body_is_explained_by_who_ran_what(text: str, says: str) -> None:
    [definition] = read_definitions(text, GLOSSARY, STARTER)
    assert definition.text == says
    assert definition.urls


def test_every_term_of_the_starter_glossary_is_explained_by_any_of_its_names() -> None:
    for term in GLOSSARY.entries.terms:
        for form in filter(None, (term.term, term.abbreviation)):
            assert explained(f"What is {form}?") == [term.term]
            assert explained(f"what does {form.lower()} mean") == [term.term]


REPORT = """# Weir

A home visit is a call on people where they live. The court sat on Monday.

Home visits were late at Weir. The HV was forgotten twice.

The pilot duty time (PDT) was long at Weir.

The visitors of the court were let in. The time of the court was late.
"""
TERMS = """
terms:
- term: Home visit
  abbreviation: HV
  definition: Seeing somebody where they live.
  basis: seen
  seen_in: [https://example.org/visits]
- {term: Open court, definition: A court that lets people in., basis: general knowledge}
- {term: Court, definition: Where judges sit., basis: general knowledge, synonyms: [tribunal]}
"""


@pytest.fixture
def library(chosen: Settings) -> Iterator[Library]:
    write_corpus(chosen.corpus, {"weir.md": REPORT, "glossary.yaml": TERMS})
    build(chosen)
    with closing(Library(chosen)) as library:
        yield library


def test_the_quotes_below_a_definition_are_those_that_speak_of_it(library: Library) -> None:
    answer = library.ask("What is an HV?")
    assert [each.term for each in answer.definitions] == ["Home visit"]
    assert answer.status != "not_found"
    assert answer.question.scope.kind == "inside"
    assert {quote.text for quote in answer.quotes} <= {
        "A home visit is a call on people where they live.",
        "Home visits were late at Weir.",
        "The HV was forgotten twice.",
    }
    assert answer.quotes[0].text == "A home visit is a call on people where they live."
    assert all(quote.status != "not_found" for quote in answer.quotes)
    assert finding_line(answer) == f"Explained below. {len(answer.quotes)} passages speak of it."
    assert [close_label(answer, number) for number in range(1, 4)] == ["", "", ""]


def test_every_way_to_ask_is_answered_alike(library: Library) -> None:
    asked = ("What is a home visit?", "HV?", "hv meaning", "Define home visits", "WHAT DOES HV MEAN", "What's an HV?")
    answers = [library.ask(text) for text in asked]
    assert {tuple(quote.text for quote in answer.quotes) for answer in answers} == {
        tuple(quote.text for quote in answers[0].quotes)
    }
    assert {answer.definitions for answer in answers} == {answers[0].definitions}


def test_a_meaning_that_no_report_speaks_of_is_explained_all_the_same(library: Library) -> None:
    answer = library.ask("what is open court?")
    assert (answer.status, answer.quotes, answer.near) == ("weak", (), ())
    assert finding_line(answer) == "Explained below. No passage speaks of it."
    assert to_text(answer) == (
        "Explained below. No passage speaks of it.\n\n"
        "Explained: Open court: A court that lets people in. (in this project’s own words;\n   general knowledge)\n"
    )


def test_a_definition_stands_in_json_beside_the_quotes_and_is_none(library: Library) -> None:
    shown = to_json(library.ask("What is a home visit?"))
    assert shown["definitions"] == [
        {
            "term": "Home visit",
            "abbreviation": "HV",
            "text": "Seeing somebody where they live.",
            "basis": "seen",
            "urls": ["https://example.org/visits"],
        }
    ]
    assert "Seeing somebody" not in str(shown["quotes"])


def test_an_abbreviation_that_only_the_documents_explain_is_explained_by_them(library: Library) -> None:
    answer = library.ask("What does PDT mean?")
    [definition] = answer.definitions
    assert (definition.term, definition.abbreviation, definition.basis) == ("pilot duty time", "PDT", "seen")
    assert definition.text == "“PDT” is short for “pilot duty time” in these reports."
    assert answer.quotes[0].text == "The pilot duty time (PDT) was long at Weir."


def test_an_unknown_term_is_answered_as_any_question(library: Library) -> None:
    answer = library.ask("What is a zorb?")
    assert (answer.definitions, answer.status, answer.question.scope.kind) == ((), "not_found", "outside")


def test_a_meaning_asked_for_after_another_question_takes_nothing_over(library: Library) -> None:
    answer = library.ask(Request.of("And what is a home visit?", previous=["Was the court late in 2016?"]))
    assert answer.question.carried == ()
    assert [each.term for each in answer.definitions] == ["Home visit"]


def test_without_a_glossary_nothing_is_explained(chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"weir.md": "# Weir\n\nThe court was late.\n"})
    build(chosen)
    with closing(Library(chosen)) as library:
        assert library.ask("What is a court?").definitions == ()
    assert Glossary.explained(library.generation.glossary, "court") == ()
