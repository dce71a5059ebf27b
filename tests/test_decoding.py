"""A record is made only of values that were checked, and an error says where, what and why in one line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probqa.dates import PartialDate
from probqa.decoding import decode, decode_json
from probqa.errors import DecodingError


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    share: float = 0.5
    layer: Literal["text", "image"] = "text"


@dataclass(frozen=True, slots=True)
class Report:
    id: str
    published: PartialDate = PartialDate("2017")  # noqa: RUF009
    pages: tuple[Page, ...] = ()
    ratings: tuple[tuple[str, str], ...] = ()
    is_digest: bool = False


@dataclass(frozen=True, slots=True)
class Everything:
    reports: list[Report]
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    more: Any = None


KENT = {"id": "kent", "pages": [{"number": 1, "share": 1, "layer": "image"}], "ratings": [["overall", "Good"]]}


def test_a_record_holds_what_the_mapping_holds_and_the_defaults_of_the_rest() -> None:
    values = {"reports": [KENT | {"published": {"iso": "2019-02", "note": "seen"}, "is_digest": True}, {"id": "weir"}]}
    assert decode(Everything, values | {"files": {"a.md": ["1", "2"]}, "more": [None]}) == Everything(
        reports=[
            Report("kent", PartialDate("2019-02", "seen"), (Page(1, 1.0, "image"),), (("overall", "Good"),), True),
            Report("weir"),
        ],
        files={"a.md": ("1", "2")},
        more=[None],
    )


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], "[] is not a list of 'key: value'"),
        ({}, "reports is missing"),
        ({"reports": [], "x": 1}, "unknown key 'x'; known keys: reports, files, more"),
        ({"reports": "kent"}, "reports: 'kent' is not a list"),
        ({"reports": {"id": "kent"}}, "reports: {'id': 'kent'} is not a list"),
        ({"reports": [3]}, "reports number 1: 3 is not a list of 'key: value'"),
        ({"reports": [KENT, {}]}, "reports number 2: id is missing"),
        ({"reports": [KENT | {"pags": []}]}, "reports 'kent': unknown key 'pags'; known keys: id, published, pages, "),
        ({"reports": [KENT | {"id": 5}]}, "reports number 1: id: 5 is not a text"),
        ({"reports": [KENT | {"id": None}]}, "reports number 1: id: None is not a text"),
        ({"reports": [KENT | {"id": "a\ud800"}]}, r"reports 'a\ud800': id: 'a\ud800' holds half a character"),
        (
            {"reports": [KENT | {"published": {"iso": "May"}}]},
            "reports 'kent': published: 'May' is not a date; write",
        ),
        (
            {"reports": [KENT | {"pages": [{"number": True}]}]},
            "reports 'kent': pages number 1: number: True is not a",
        ),
        ({"reports": [KENT | {"pages": [{"number": 1.0}]}]}, "reports 'kent': pages number 1: number: 1.0 is not a w"),
        (
            {"reports": [KENT | {"pages": [{"number": 1, "layer": "ink"}]}]},
            "reports 'kent': pages number 1: layer: 'ink' is none of: text, image",
        ),
        ({"reports": [KENT | {"ratings": [["overall"]]}]}, "reports 'kent': ratings number 1: ['overall'] is not a l"),
        ({"reports": [KENT | {"ratings": ["ab"]}]}, "reports 'kent': ratings number 1: 'ab' is not a list"),
        ({"reports": [KENT | {"ratings": [["a", 1]]}]}, "reports 'kent': ratings number 1 number 2: 1 is not a text"),
        ({"reports": [KENT | {"is_digest": 1}]}, "reports 'kent': is_digest: 1 is neither true nor false"),
        ({"reports": [], "files": {"a.md": ["1"]}}, "files 'a.md': ['1'] is not a list of 2"),
        ({"reports": [], "files": {1: ["1", "2"]}}, "files: 1 is not a text"),
    ],
)
def test_a_value_that_is_not_of_its_type_is_named_by_its_path_in_one_line(values: object, line: str) -> None:
    with pytest.raises(DecodingError) as refused:
        decode(Everything, values)
    assert str(refused.value).startswith(line)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("share", ["0.5", True, None, float("nan"), float("inf"), 10**400])
def test_what_is_no_finite_number_is_refused(share: object) -> None:
    with pytest.raises(DecodingError, match=r"share: .* is not a number"):
        decode(Page, {"number": 1, "share": share})


def test_a_long_value_is_cut_short_in_the_error() -> None:
    with pytest.raises(DecodingError) as refused:
        decode(Page, {"number": ["word " * 100] * 1000})
    assert len(str(refused.value)) < 1000


@pytest.mark.parametrize("content", ["", "{", b"\xff", "[" * 100_000, '{"number": 1' + "0" * 5000 + "}"])
def test_what_is_not_json_is_told(content: str | bytes) -> None:
    with pytest.raises(DecodingError, match="it is not JSON: "):
        decode_json(Page, content)


@given(st.builds(Page, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["text"])))
def test_what_json_was_written_of_a_record_is_read_as_that_record(page: Page) -> None:
    assert decode_json(Page, json.dumps(asdict(page))) == page


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda each: st.lists(each) | st.dictionaries(
    st.sampled_from(["reports", "id", "pages", "files", "x"]), each)))  # fmt: skip
def test_any_value_is_read_or_refused_in_one_line(value: object) -> None:
    try:
        made = decode(Everything, value)
    except DecodingError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(made, Everything)
