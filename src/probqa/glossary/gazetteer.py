"""A gazetteer, which lists the places that lie in each larger one, to places of a glossary.

In: the corpus folder's ``gazetteer.yaml``, and the entries of its glossary. Out: ``Entries`` that know its places too.

>>> book = Gazetteer(inside={"Gwent": ("Newport", "Torfaen")}, also={"Newport": ("Casnewydd",)})
>>> known = Place("Newport", within=("Wales",), basis="general knowledge"), Place("Wales", basis="general knowledge")
>>> merged = with_gazetteer(Entries(places=known), book)
>>> [(place.name, place.also, place.within) for place in merged.places if place.within]
[('Newport', ('Casnewydd',), ('Wales', 'Gwent')), ('Torfaen', (), ('Gwent',))]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from probqa.decoding import decode
from probqa.errors import DecodingError, ReadingError
from probqa.glossary.entries import Entries, Place
from probqa.glossary.parsing import checked, yaml_values

GAZETTEER_FILE = "gazetteer.yaml"


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Larger places with those that lie in them, other names of places, and those that are ordinary words as well."""

    inside: dict[str, tuple[str, ...]] = field(default_factory=dict)
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ordinary: tuple[str, ...] = ()


def read_gazetteer(text: str, where: str) -> Gazetteer:
    """Read and check the text of a gazetteer.

    ``where`` names it in errors.

    Raises:
        ReadingError: not the YAML or not the lists that a gazetteer is made of.
    """
    try:
        gazetteer = decode(Gazetteer, yaml_values(text, where))
    except DecodingError as error:
        raise ReadingError(f"{where}: {error.problem}", error.remedy or "mend the gazetteer") from error
    for problem in _problems(gazetteer):
        raise ReadingError(f"{where}: {problem}", "mend the gazetteer")
    return gazetteer


def with_gazetteer(entries: Entries, gazetteer: Gazetteer, where: str = "gazetteer") -> Entries:
    """Add the places of a gazetteer to those of a glossary, which keep what they have and come first.

    Raises:
        ReadingError: a place would lie in itself.
    """
    places = {place.name: place for place in entries.places}
    for larger, smaller in gazetteer.inside.items():
        for name in (larger, *smaller):
            places.setdefault(name, Place(name, basis="general knowledge"))
        for name in smaller:
            places[name] = replace(places[name], within=_joined(places[name].within, (larger,)))
    for name, others in gazetteer.also.items():
        places[name] = replace(places[name], also=_joined(places[name].also, others))
    ordinary = _joined(entries.ordinary, gazetteer.ordinary)
    return checked(replace(entries, places=tuple(places.values()), ordinary=ordinary), where)


def _problems(gazetteer: Gazetteer) -> Iterator[str]:
    known = {*gazetteer.inside, *(name for smaller in gazetteer.inside.values() for name in smaller)}
    for name in gazetteer.also:
        if name not in known:
            yield f"also {name!r}: it is none of the places"
    for name in gazetteer.ordinary:
        if name not in known and not any(name in others for others in gazetteer.also.values()):
            yield f"ordinary {name!r}: it is none of the places"


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
