"""No text takes long: every pattern of the package, fed 100,000 characters of each awkward kind, takes linear time."""

from __future__ import annotations

import re

import pytest

from conftest import STARTER
from patterns import LENGTH, Used, awkward, compiled, outgrown, uses, written
from probqa.reading import first_page
from probqa.reading.formats import furniture, webpage
from probqa.reading.formats.pdf import YEAR
from probqa.understanding.kinds import holds, read_kind

WRITTEN, MADE = written()
# Patterns that meet no text of that length.
SHORT = {
    "probqa.checking.meaning:_WORD_BEFORE": "looks at the 80 characters before a quote",
    "probqa.checking.meaning:_COMPOUND_BEFORE": "looks at the 80 characters before a quote",
    "probqa.ui.middleware:_inline_scripts": "reads Streamlit's own page",
    "probqa.ui.first:_shell": "reads Streamlit's own page",
}
# What a pattern that is put together where it is used may be; a name or a number of the text stands in most.
NAME, NAME_IN_WORDS = r"(?<!\w)Northway\ Ltd\.(?!\w)", r"\bNorthway\ Ltd\b"
EXAMPLES = {
    "probqa.asking.about:_begins_a_word": [r"(?<!\w)Northway"],
    "probqa.asking.about:_never_meet": [NAME],
    "probqa.asking.about:_replaced": [
        r"(?<!\w)(?:(?:the )?Weir\ PDU|(?:Weir|Tor)(?:(?:,? and |, )(?:Weir|Tor))*)(?!\w)"
    ],
    "probqa.asking.filters:_names": [NAME],
    "probqa.gathering.download:_kept": [r'(W/)?"[\x21\x23-\x7e]{0,200}"', r"[A-Za-z0-9:, +-]{1,40}"],
    "probqa.glossary.domain:pattern": [STARTER.ratings.pattern.pattern],
    "probqa.glossary.domain:phrase_pattern": [body.pattern.pattern for body in STARTER.bodies],
    "probqa.glossary.glossary:with_areas": [NAME],
    "probqa.measuring.evaluation:_targets": [r"Staff\ were\ few\."],
    "probqa.measuring.evaluation:holds": [NAME],
    "probqa.reading.first_page:_pattern": [
        first_page._pattern(form, ("good", "requires improvement")).pattern
        for form in ("Inspection of {area} weirs", "Site: {area}", "Weirs in {area} are {rating}")
    ],
    "probqa.reading.formats.furniture:_match": [each for _, each in (*furniture._LINES, *furniture._TAILS)],
    "probqa.reading.formats.furniture:is_certain_tail": [furniture._CERTAIN_TAIL],
    "probqa.reading.formats.pdf:_published": [rf"D:({YEAR})(\d\d)?(\d\d)?"],
    "probqa.reading.formats.running_lines:_repeated": [r"(?<!\w)12(?!\w)", r"(?<!\w)xii(?!\w)"],
    "probqa.reading.formats.webpage:_where": [each for _, each in webpage._WHERE],
    "probqa.reading.formats.word_about:metadata": [rf"{YEAR}-\d\d-\d\d"],
    "probqa.ui.groups:_without": [r" (?:at|in|of|about) Northway\ Ltd\b"],
    "probqa.ui.narrower:_holds": [NAME_IN_WORDS],
    "probqa.understanding.kinds:_pattern": [],  # kept in a table, and found there
    "probqa.understanding.names:_looked_for": [r"(?<!\w)(?:Northway\ Ltd\.|Northway)(?!\w)"],
    "probqa.understanding.names:may_be_name": [r"[\w, ] Northway\b", r"[\w, ’'] Northway\b"],
    "probqa.understanding.question:_put_right": [NAME_IN_WORDS],
    "probqa.understanding.times:_compiled": [],  # kept in constants, and found there
    "probqa.understanding.ratings:_kinds": [r"(?<!\w)division(?:e?s)?(?!\w)"],
    "probqa.understanding.ratings:_ratings": [r"(?<!\w)(?<!how )Require(?:s|d|ing)?\s+improvement(?:s|d|ing)?(?!\w)"],
}
MATCHED = {
    f"probqa.reading.{name}"
    for name in (
        "first_page:_pattern",
        "formats.furniture:_match",
        "formats.furniture:is_certain_tail",
        "formats.pdf:_published",
        "formats.word_about:metadata",
    )
}
MADE_HERE = [
    Used(where, re.compile(pattern, re.IGNORECASE), where not in MATCHED)
    for where, examples in EXAMPLES.items()
    for pattern in examples
]


def kept() -> list[Used]:
    called = uses()
    return [
        Used(where, pattern, not (methods := called.get(where)) or not methods <= {"match", "fullmatch"})
        for where, pattern in compiled().items()
    ]


ALL = list({(each.pattern, each.anywhere): each for each in (*kept(), *WRITTEN, *MADE_HERE)}.values())


def test_every_pattern_is_known() -> None:
    assert set(MADE) == set(EXAMPLES), "a pattern is put together where it is used: give an example of it"
    assert set(SHORT) <= {each.where for each in ALL}
    assert len(ALL) > 170
    for where in (
        "probqa.understanding.kinds:_PATTERNS['share'].held",
        "probqa.reading.formats.repairs:mend_word",
        "probqa.text:WEB_ADDRESS",
    ):
        assert where in {each.where for each in (*kept(), *WRITTEN)}


@pytest.mark.parametrize("used", [each for each in ALL if each.where not in SHORT], ids=lambda each: each.where)
def test_a_pattern_takes_a_time_that_grows_with_the_text(used: Used) -> None:
    for text in awkward(used.pattern):
        length = outgrown(used.run, text)
        assert length is None, f"{used.pattern.pattern!r} on {length} characters of {text[:20]!r} … {text[-3:]!r}"


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b\d[\d,.]* (?:in|of)\b",  # as it was: "1,1,1,..."
        r"\s*\(.*?\)",
        r"([^\W\d_]+)-$",
        r"[ \t]*\n\s*",
    ],
)
def test_a_pattern_that_takes_longer_is_caught(pattern: str) -> None:
    used = Used("here", re.compile(pattern), anywhere=True)
    assert any(outgrown(used.run, text) for text in awkward(used.pattern))


@pytest.mark.parametrize(
    "kind", ["what share", "how many people", "how long", "who said so", "where was it", "how much is it"]
)
@pytest.mark.parametrize("unit", ["1,", "1 ", "A", "Aa ", "a ", "."])
def test_whether_a_line_holds_what_is_asked_for_is_soon_told(kind: str, unit: str) -> None:
    asked = read_kind(kind, STARTER)
    assert asked
    assert outgrown(lambda text: holds(asked, text, STARTER), unit * (LENGTH // len(unit))) is None


def test_a_question_of_any_length_is_soon_read() -> None:
    for unit in ("what ", "how many ", "rate of ", "what rated ", "1,", "A"):
        assert outgrown(lambda text: read_kind(text, STARTER), unit * (LENGTH // len(unit))) is None, unit
