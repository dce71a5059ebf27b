"""Filters: which passages may answer, decided before anything is ranked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from conftest import REPORTS, write_corpus
from probqa.asking.filters import allowed_rows
from probqa.asking.library import Library
from probqa.errors import InputError
from probqa.indexing.build import build
from probqa.questions import Filters, Request
from probqa.settings import Settings
from test_glossary import SMALL

# Written for these tests: three more places that do not exist; REPORTS has dates 2017-04-19, 2018 and none.
MORE = {
    "millford.md": """---
title: Inspection of Millford
published: 2017-04
kind: thematic report
area: Millford
providers: [Ambleton CRC]
---
# Millford

## CRC

Courts were late.

## NPS

Courts were late too.

## Others

The National Probation Service was early. A community rehabilitation company was not.
""",
    "southam.md": """---
title: Inspection of Southam
published: 2016-12-31
kind: inspection report
area: North Southam
providers: [Northway Ltd, Southway]
---
Courts were early.
""",
}
EVERY = {"ambleton", "millford", "northway/selby", "southam", "weir"}


@pytest.fixture
def library(chosen: Settings) -> Iterator[Library]:
    write_corpus(chosen.corpus, REPORTS | MORE | {"glossary.yaml": SMALL})
    assert build(chosen).failures == ()
    with closing(Library(chosen)) as library:
        yield library


def allowed(library: Library, filters: Filters) -> set[str]:
    """The documents that have an allowed row."""
    rows = allowed_rows(library.generation, filters)
    assert rows is not None
    assert rows.tolist() == sorted(set(rows.tolist()))
    return {library.generation.passage(int(row)).document_id for row in rows}


def test_without_a_filter_nothing_is_left_out(library: Library) -> None:
    assert allowed_rows(library.generation, Filters()) is None


@pytest.mark.parametrize(
    ("filters", "passing"),
    [
        (Filters(documents=("weir",)), {"weir"}),
        (Filters(documents=("weir", "northway/selby")), {"weir", "northway/selby"}),
        (Filters(kinds=("inspection report",)), {"ambleton", "northway/selby", "southam"}),
        (Filters(kinds=("thematic report", "blog")), {"millford"}),
        (Filters(kinds=("report",)), set()),
        (Filters(areas=("southam",)), {"southam"}),
        (Filters(areas=("South",)), set()),
        (Filters(areas=("Millford",)), {"millford"}),
        (Filters(areas=("Weir", "Southam")), {"southam"}),
        (Filters(providers=("southway",)), {"southam"}),
        (Filters(providers=("North",)), set()),
        (Filters(kinds=("inspection report",), areas=("Ambleton",)), {"ambleton"}),
        (Filters(documents=("weir",), areas=("Ambleton",)), set()),
    ],
)
def test_values_of_one_filter_are_alternatives_and_filters_narrow_one_another(
    library: Library, filters: Filters, passing: set[str]
) -> None:
    assert allowed(library, filters) == passing


def test_an_area_lets_the_places_in_it_through(library: Library) -> None:
    assert allowed(library, Filters(areas=("Ambleton",))) == {"ambleton", "millford"}


def test_an_owner_lets_what_it_ran_through(library: Library) -> None:
    assert allowed(library, Filters(providers=("Northway",))) == {"ambleton", "millford", "southam"}
    assert allowed(library, Filters(providers=("Hale Capital",))) == {"millford"}


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("CRC", ["Courts were late.", "The National Probation Service was early. A community"]),
        ("NPS", ["Courts were late too.", "The National Probation Service was early. A community"]),
    ],
)
def test_a_body_keeps_passages_that_name_it_and_those_under_its_heading(
    library: Library, body: str, texts: list[str]
) -> None:
    rows = allowed_rows(library.generation, Filters(bodies=(body,)))  # type: ignore[arg-type]
    assert rows is not None
    generation = library.generation
    kept = [generation.document_of(row).slice(generation.passage(row).span) for row in rows.tolist()]
    assert [text[: len(wanted)] for text, wanted in zip(kept, texts, strict=True)] == texts


@pytest.mark.parametrize(
    ("since", "until", "passing"),
    [
        ("2017", "", {"ambleton", "millford", "northway/selby"}),
        ("2017-04", "", {"ambleton", "millford", "northway/selby"}),
        ("2017-04-19", "", {"ambleton", "millford", "northway/selby"}),
        ("2017-04-20", "", {"millford", "northway/selby"}),
        ("2017-05", "", {"northway/selby"}),
        ("2018-12-31", "", {"northway/selby"}),
        ("2019", "", set()),
        ("", "2016", {"southam"}),
        ("", "2016-12-30", set()),
        ("", "2017-03", {"southam"}),
        ("", "2017-04-18", {"southam", "millford"}),
        ("", "2017-04", {"southam", "millford", "ambleton"}),
        ("", "2018", EVERY - {"weir"}),
        ("2017", "2017", {"ambleton", "millford"}),
        ("2018", "2017", set()),
    ],
)
def test_dates_are_included_as_far_as_they_are_known_and_unknown_ones_never_are(
    library: Library, since: str, until: str, passing: set[str]
) -> None:
    assert allowed(library, Filters(since=since, until=until)) == passing


@pytest.mark.parametrize(
    ("filters", "line"),
    [
        (Filters(documents=("weir", "wier")), "there is no document 'wier' in the index; see: probqa list"),
        (Filters(bodies=("crc",)), "'crc' is not a body; write CRC or NPS"),  # type: ignore[arg-type]
        *(
            (Filters(since=date), f"'{date}' is not a date; write 2017, 2017-04 or 2017-04-19")
            for date in (
                "17",
                "2017-4",
                "last week",
                "2017-04-19x",
                "\u0662\u0660\u0661\u0667",
            )
        ),
        (Filters(until="2017-"), "'2017-' is not a date; write 2017, 2017-04 or 2017-04-19"),
    ],
)
def test_a_wrong_value_is_one_line(library: Library, filters: Filters, line: str) -> None:
    with pytest.raises(InputError) as refused:
        library.ask(Request.of("were courts late?", filters=filters))
    assert str(refused.value) == line
    with pytest.raises(InputError):
        library.every(Request.of("were courts late?", filters=filters))


@pytest.mark.parametrize(
    "filters",
    [Filters(documents=("weir",)), Filters(areas=("Millford",)), Filters(since="2018"), Filters(bodies=("NPS",))],
)
def test_every_quote_is_from_inside_and_k_is_filled_from_there(library: Library, filters: Filters) -> None:
    # Words of the documents outside: they would fill k, were the filter put to the ranking.
    question = "How did Northway supervise people at low risk by a telephone call when courts were late?"
    rows = allowed_rows(library.generation, filters)
    assert rows is not None
    spans = {(passage.document_id, passage.span) for passage in map(library.generation.passage, map(int, rows))}
    answer = library.ask(Request.of(question, k=len(rows), filters=filters))
    shown = answer.quotes or answer.near
    assert {(quote.source.id, quote.context_span) for quote in shown} == spans
    assert answer.question.filters == filters
    assert (answer.coverage.documents, answer.coverage.passages) == (len({one for one, _ in spans}), len(rows))


def test_a_filter_that_leaves_nothing_finds_nothing(library: Library) -> None:
    answer = library.ask(Request.of("were courts late?", filters=Filters(areas=("Atlantis",))))
    assert (answer.status, answer.quotes, answer.near) == ("not_found", (), ())
    assert (answer.coverage.documents, answer.coverage.passages) == (0, 0)
