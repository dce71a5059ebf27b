"""A later inspection is named only where there is one, of the same body or place."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import STARTER
from probqa.asking.later import later_inspections
from probqa.dates import PartialDate
from probqa.records import Source

EARLIER: dict[str, Any] = {
    "published": PartialDate("2017-04-19"),
    "area": "Gwent",
    "providers": ("Weir CRC (Northway)", "NPS"),
}


def source(name: str, kind: str = "inspection report", **about: Any) -> Source:
    return Source(name, name.upper(), "P", kind, **about)


def later(*sources: Source) -> dict[str, tuple[str, str]]:
    found = later_inspections([source("a", **EARLIER), *sources], STARTER.wide_areas)
    return {name: (one.source.id, one.of) for name, one in found.items()}


@pytest.mark.parametrize(
    ("about", "of"),
    [
        ({"area": "Gwent", "published": PartialDate("2022")}, "Gwent"),
        ({"area": "Gwent", "published": PartialDate("2017-05")}, "Gwent"),
        ({"area": "Kent", "providers": ("Weir CRC (sold to Southway)",), "published": PartialDate("2019")}, "Weir CRC"),
        ({"area": "Gwent", "providers": ("Weir CRC",), "published": PartialDate("2019")}, "Weir CRC"),
    ],
)
def test_a_later_inspection_of_the_same_place_or_provider_is_named(about: dict[str, Any], of: str) -> None:
    assert later(source("b", **about)) == {"a": ("b", of)}


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("inspection report", {"area": "Gwent", "published": PartialDate("2017-04-19")}),
        ("inspection report", {"area": "Gwent", "published": PartialDate("2017-04")}),
        ("inspection report", {"area": "Gwent", "published": PartialDate("2017")}),
        ("inspection report", {"area": "Gwent", "published": PartialDate("2016")}),
        ("inspection report", {"area": "Gwent"}),
        ("inspection report", {"area": "Gwent (north)", "published": PartialDate("2022")}),
        ("inspection report", {"area": "Kent", "providers": ("Weir",), "published": PartialDate("2022")}),
        ("commentary", {"area": "Gwent", "published": PartialDate("2022")}),
        ("thematic inspection", {"area": "Gwent", "published": PartialDate("2022")}),
    ],
)
def test_what_is_not_later_not_an_inspection_or_of_something_else_is_not_named(
    kind: str, about: dict[str, Any]
) -> None:
    assert "a" not in later(source("b", kind, **about))


def test_what_may_be_the_earlier_one_is_not_called_later() -> None:
    undated = source("u", area="Kent", published=PartialDate("2017"))
    assert later(undated, source("b", area="Kent", published=PartialDate("2017-05"))) == {}
    assert later(undated, source("b", area="Kent", published=PartialDate("2018-01-01"))) == {"u": ("b", "Kent")}


def test_a_nation_is_no_place_and_a_national_provider_no_body() -> None:
    national = source("n", "annual report", area="England and Wales", providers=("NPS",), published=PartialDate("2016"))
    assert later(source("b", area="Kent", providers=("NPS",), published=PartialDate("2022"))) == {"a": ("b", "NPS")}
    assert later(national, source("b", area="Kent", providers=("NPS",), published=PartialDate("2022"))) == {}
    both = [source(name, area="England and Wales", published=PartialDate(f"201{at}")) for at, name in enumerate("bc")]
    assert later(*both) == {}


def test_of_several_the_newest_is_named_and_it_has_none_itself() -> None:
    three = [
        source(name, area="Gwent", published=PartialDate(day))
        for name, day in (("b", "2019"), ("c", "2022"), ("d", "2022"))
    ]
    assert later(*three) == {"a": ("d", "Gwent"), "b": ("d", "Gwent")}
