"""The signals that a calibration is fitted on, as they were reviewed: other ones ask for another ``RULES``."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from conftest import REPORTS, write_corpus
from probqa.asking.library import Library
from probqa.indexing.build import build
from probqa.questions import Request
from probqa.settings import Settings
from probqa.weights import RULES, rules
from test_glossary import SMALL

GOLDEN = Path(__file__).parent / "golden" / "signals.json"
CONVERSATIONS = [
    ["How did Northway supervise people at low risk?"],
    ["How many cases of work to protect the public were poor?"],
    ["Was leadershp at Weir strong in 2018?"],
    ["When did unpaid work begin at Selby Green?"],
    ["Who said that telephone calls were not enough?"],
    ["Why were the bosses of Millford late in 2016?"],
    ["How many staff were absent in Ambleton?", "And in Weir?"],
    ["How did Northway supervise women in Ambleton in 2017?", "what about courts?"],
    ["zyzzyva quokka?"],
]


@pytest.fixture
def library(chosen: Settings) -> Iterator[Library]:
    write_corpus(chosen.corpus, REPORTS | {"glossary.yaml": SMALL})
    build(chosen)
    with closing(Library(chosen)) as library:
        yield library


def test_the_same_rules_give_the_same_signals(library: Library) -> None:
    kept = json.loads(GOLDEN.read_text(encoding="utf-8"))
    signals = {}
    for *previous, question in CONVERSATIONS:
        first = library.signals(Request.of(question, previous=previous))
        signals[" / ".join((*previous, question))] = first and {
            name: round(value, 4) for name, value in dataclasses.asdict(first).items()
        }
    # To review a change: write {"rules": rules(), "RULES": RULES, "signals": signals} there, and calibrate anew.
    assert signals == kept["signals"], "other signals: raise RULES in src/probqa/weights.py and keep the new ones"
    assert (kept["RULES"], kept["rules"]) == (RULES, rules()), "other weights or rules: keep the signals anew"
