"""What a source says of itself is read in one place."""

from __future__ import annotations

import pytest

from probqa.dates import PartialDate
from probqa.records import Source


@pytest.mark.parametrize(
    ("area", "places"),
    [
        ("", ()),
        ("Gwent", ("Gwent",)),
        ("Gwent (part); Kent", ("Gwent", "Kent")),
        ("Gwent (north; part) ;Kent; Gwent", ("Gwent", "Kent")),
        ("Kent, Surrey and Sussex", ("Kent, Surrey and Sussex",)),
        ("(all)", ()),
    ],
)
def test_places_are_parted_by_semicolons_each_once_and_without_brackets(area: str, places: tuple[str, ...]) -> None:
    assert Source("a", "A", "P", "report", area=area).places == places


def test_a_plain_provider_has_no_owner_in_brackets() -> None:
    source = Source("a", "A", "P", "report", providers=("Weir CRC (Northway)", "NPS"))
    assert source.plain_providers == ("Weir CRC", "NPS")


def test_the_json_of_a_source_holds_its_date_as_text_with_the_note_beside_it_in_the_order_of_the_fields() -> None:
    values = Source("a", "A", "P", "report", PartialDate("2017-04", "day not seen"), area="Gwent").to_json()
    assert list(values)[:7] == ["id", "title", "publisher", "kind", "published", "published_note", "area"]
    assert (values["published"], values["published_note"], values["area"]) == ("2017-04", "day not seen", "Gwent")
