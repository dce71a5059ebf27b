"""The gazetteer: which place lies in which, and where a text can mean a place that is an ordinary word as well."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from probqa.errors import ReadingError
from probqa.glossary.entries import Entries, Place
from probqa.glossary.gazetteer import GAZETTEER_FILE, Gazetteer, read_gazetteer, with_gazetteer
from probqa.glossary.glossary import Glossary, load_glossary, with_places

CORPUS = Path(__file__).resolve().parents[1] / "corpus"

SMALL = """
inside:
  Northshire: [Hale, Weir, "Weir, Hale and Mere"]
  Weir: [Bath]
also: {Weir: [Weir-on-Sea]}
ordinary: [Bath]
"""


@cache
def starter() -> Glossary:
    return with_places(load_glossary(CORPUS), CORPUS)


@cache
def small() -> Glossary:
    return Glossary(with_gazetteer(Entries(), read_gazetteer(SMALL, "g.yaml")))


def named(glossary: Glossary, text: str) -> list[str]:
    return [place.name for place in glossary.areas_named(text)]


def test_a_folder_without_a_gazetteer_keeps_the_glossary_it_has(tmp_path: Path) -> None:
    glossary = Glossary(Entries())
    assert with_places(glossary, tmp_path) is glossary


def test_places_of_the_gazetteer_lie_in_one_another(tmp_path: Path) -> None:
    (tmp_path / GAZETTEER_FILE).write_text(SMALL, encoding="utf-8")
    glossary = with_places(Glossary(Entries()), tmp_path)
    assert named(glossary, "in Weir-on-Sea, weir, and Hale") == ["Weir", "Weir", "Hale"]
    assert named(glossary, "Weir, Hale and Mere") == ["Weir, Hale and Mere"]
    assert glossary.containing("Bath") == ("Weir", "Northshire")
    assert glossary.inside("Weir") == {"Weir", "Bath"}
    assert glossary.inside("Northshire") == {"Northshire", "Hale", "Weir", "Weir, Hale and Mere", "Bath"}
    assert glossary.inside("Nowhere") == {"Nowhere"}
    assert Glossary.from_json(glossary.to_json()).entries == glossary.entries


def test_a_place_of_the_glossary_keeps_what_it_lies_in_and_comes_first() -> None:
    weir = Place("Weir", within=("Coast",), basis="general knowledge")
    own = Entries(places=(weir, Place("Coast", basis="general knowledge")))
    merged = with_gazetteer(own, read_gazetteer(SMALL, "g.yaml"))
    assert Glossary(merged).containing("Bath") == ("Weir", "Coast", "Northshire")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a bath for staff", []),
        ("Bath for staff", []),
        ("It closed. Bath was next", []),
        ("Was Bath visited?", ["Bath"]),
        ("was it clean in bath", ["Bath"]),
        ("IS THERE A BATH", []),
        ("IS IT CLEAN IN BATH", ["Bath"]),
        ("the Baths of staff", []),
        ("Bath's staff, near Bath", ["Bath"]),
    ],
)
def test_an_ordinary_word_is_a_place_by_its_capital_or_the_word_before_it(text: str, places: list[str]) -> None:
    assert named(small(), text) == places


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("inside: [Hale]", "inside: ['Hale'] is not a list of 'key: value'"),
        ("inside: {Hale: Weir}", "inside 'Hale': 'Weir' is not a list"),
        ("insides: {}", "unknown key 'insides'"),
        ("also: {Hale: [Hale-on-Sea]}", "also 'Hale': it is none of the places"),
        ("ordinary: [Bath]", "ordinary 'Bath': it is none of the places"),
        ("inside: {Hale: [Weir], Weir: [Hale]}", "places 'Hale': it lies in itself"),
    ],
)
def test_what_is_no_gazetteer_is_named(tmp_path: Path, written: str, problem: str) -> None:
    (tmp_path / GAZETTEER_FILE).write_text(written, encoding="utf-8")
    with pytest.raises(ReadingError) as caught:
        with_places(Glossary(Entries()), tmp_path)
    assert str(tmp_path / GAZETTEER_FILE) in str(caught.value)
    assert problem in str(caught.value)


def test_an_empty_file_is_an_empty_gazetteer() -> None:
    assert read_gazetteer("# nothing yet\n", "g.yaml") == Gazetteer()


# The starter corpus's


@pytest.mark.parametrize(
    ("town", "county", "region"),
    [
        ("Leeds", "West Yorkshire", "Yorkshire and the Humber"),
        ("Newport", "Gwent", "Wales"),
        ("Plymouth", "Devon", "South West England"),
        ("Liverpool", "Merseyside", "North West England"),
        ("Hounslow", "London", "London"),
        ("Kettering", "Northamptonshire", "East of England"),
        ("Hereford", "West Mercia", "West Midlands region"),
        ("Slough", "Berkshire", "South Central England"),
        ("Wrexham", "North Wales", "Wales"),
        ("Hartlepool", "Tees Valley", "North East England"),
        ("Rochdale", "Greater Manchester", "North West England"),
        ("Brighton", "East Sussex", "Kent, Surrey and Sussex"),
        ("Lincoln", "Lincolnshire", "East Midlands"),
    ],
)
def test_a_town_lies_in_its_county_and_region(town: str, county: str, region: str) -> None:
    assert {county, region} <= set(starter().containing(town))


def test_no_place_but_a_few_of_other_countries_lies_nowhere_and_each_town_has_one_name() -> None:
    glossary = starter()
    top = {place.name for place in glossary.entries.places if not place.within}
    assert {"Scotland", "Northern Ireland", "Wales", "London", "East of England"} <= top
    assert len(glossary.entries.places) > 1000
    for place in glossary.entries.places:
        assert named(glossary, f"was it good in {place.name} then") == [place.name], place.name


def test_words_of_every_day_are_no_places() -> None:
    glossary = starter()
    for text in ("Reading is a skill.", "a great deal of reading", "did they settle the sale", "Fleet of cars", "well"):
        assert named(glossary, text) == [], text
    assert named(glossary, "offices in Reading") == ["Reading"]
