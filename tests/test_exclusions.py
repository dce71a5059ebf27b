"""What a question leaves out, and what "not" only denies."""

from __future__ import annotations

import pytest

from conftest import STARTER
from probqa.glossary.glossary import Glossary
from probqa.glossary.parsing import read_yaml
from probqa.understanding.exclusions import Exclusions, read_exclusions
from test_glossary import SMALL

GLOSSARY = Glossary(read_yaml(SMALL, "glossary.yaml"))


def read(text: str, *dropped: str) -> Exclusions:
    return read_exclusions(text, GLOSSARY, STARTER, dropped)


@pytest.mark.parametrize(
    ("question", "rest", "excluded"),
    [
        ("everything about unpaid work except Weir", "everything about unpaid work", ["Weir"]),
        ("How were victims treated, but not in Weir?", "How were victims treated?", ["Weir"]),
        ("staff morale not in Ambleton", "staff morale", ["Ambleton"]),
        ("providers other than Northway", "providers", ["Northway"]),
        ("hostels but not Hale Capital", "hostels", ["Hale Capital"]),
        ("How did the NPS, not the CRC, do?", "How did the NPS, do?", ["CRC"]),
        ("Which areas outside Weir were good?", "Which areas were good?", ["Weir"]),
        ("Except for Weir and Ambleton, how is staffing?", "how is staffing?", ["Weir", "Ambleton"]),
        ("unpaid work everywhere but Weir", "unpaid work everywhere", ["Weir"]),
        ("companies not run by Northway", "companies", ["Northway"]),
        ("What did inspectors praise apart from leadership?", "What did inspectors praise?", ["leadership"]),
        ("women, not about their children", "women", ["their children"]),
        ("hostels excluding Southview", "hostels", ["Southview"]),
        ("murders other than Bendall", "murders", ["Bendall"]),
        ("ratings without Weir", "ratings", ["Weir"]),
        ("drugs, not the 2018 thematic", "drugs", ["2018 thematic"]),
        ("hostels that aren't in Weir", "hostels", ["Weir"]),
        ("everything on recall minus the 2018 report", "everything on recall", ["2018 report"]),
        ("all areas bar Weir", "all areas", ["Weir"]),
        ("unpaid work w/o Weir", "unpaid work", ["Weir"]),
        ("Ignore Weir: where was leadership poor?", "where was leadership poor?", ["Weir"]),
        ("How were women supervised, Weir aside?", "How were women supervised?", ["Weir"]),
        ("open booths (not Weir)", "open booths", ["Weir"]),
        ("unpaid work but nothing from 2016 thanks", "unpaid work", ["2016"]),
        ("recall excluding the hale case", "recall", ["hale case"]),
        ("I've already read Weir, who else was late?", "who else was late?", ["Weir"]),
        ("never mind Weir for now, who was late?", "who was late?", ["Weir"]),
        ("which areas were late? Weir doesn't count", "which areas were late?", ["Weir"]),
        ("morale in Ambleton rather than Weir", "morale in Ambleton", ["Weir"]),
        ("hostels, Weir and Ambleton excepted", "hostels", ["Weir", "Ambleton"]),
        ("I'm not interested in Northway, what about the others?", "what about the others?", ["Northway"]),
        ("Please don't include Weir: who was late?", "who was late?", ["Weir"]),
        ("not Weir - which other areas were late", "which other areas were late", ["Weir"]),
    ],
)
def test_what_is_left_out_is_read_and_not_searched_for(question: str, rest: str, excluded: list[str]) -> None:
    exclusions = read(question)
    assert ([name.text for name in exclusions.names], exclusions.rest) == (excluded, rest)
    [reading] = exclusions.readings
    assert (reading.kind, reading.says) == ("without", f"not about {', '.join(excluded)}")
    assert read(question, reading.text) == Exclusions((), (), question)


@pytest.mark.parametrize(
    "question",
    [
        "why were victims not told in Weir?",
        "what did not work",
        "Did anyone other than staff see them?",
        "Were people seen by nobody except the manager?",
        "is Millford not in Ambleton?",
        "was it not Weir that closed?",
        "seen but not helped",
        "people outside prison",
        "people without a home",
        "Was the work not good enough in Weir?",
        "What went wrong apart from the staffing levels and training in the far north of the country?",
        "except Weir",
        "not the Weir ones",
        "not Weir",
        "did staff ignore Weir?",
        "Did reports not include Weir?",
        "Was it not finished in 2016?",
        "Did staff forget Weir?",
        "How many did the 2016 report count?",
        "What did the Bar Council say?",
    ],
)
def test_an_ordinary_not_is_left_alone(question: str) -> None:
    assert read(question) == Exclusions((), (), question)


def test_a_turn_may_only_leave_out() -> None:
    later = read_exclusions("not the Weir ones", GLOSSARY, STARTER, alone=False)
    assert ([name.text for name in later.names], later.rest) == (["Weir"], "")
