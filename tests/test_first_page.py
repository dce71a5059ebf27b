"""What the first page of a PDF says of the report: place, kind, publisher, ratings and days, by a field's forms."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import write_corpus
from making import Put, grid, lines, pdf
from probqa.dates import PartialDate
from probqa.errors import ReadingError
from probqa.gathering.intake import add
from probqa.glossary.domain import DOMAIN_FILE, Domain, load_domain
from probqa.indexing.build import build
from probqa.indexing.generation import Generation
from probqa.indexing.inspection import documents, verify
from probqa.reading import reader
from probqa.reading.corpus import CorpusFile
from probqa.reading.first_page import Forms, Line, Rated, read_first_page
from probqa.records import Source
from probqa.settings import Settings

WEIR = """
publisher: {name: The Bureau of Weirs, begins: The Bureau}
ratings:
  scale: [Dry, Damp, Needs mending]
  written: [{rating: Needs mending, ways: [need mending, needs mending to be dry]}]
first_page:
  area: ["Inspection of {area} Borough Council weirs", "Inspection of {area} weirs", "{area} Council", "Site: {area}"]
  kinds: [reinspection, inspection]
  rated:
  - {of: Overall, line: "The overall verdict is {rating}"}
  - {of: Overall, line: "Weirs in {area} {rating}"}
"""


@pytest.fixture
def forms(tmp_path: Path) -> Forms:
    (tmp_path / DOMAIN_FILE).write_text(WEIR)
    return load_domain(tmp_path).forms


def read(forms: Forms, *texts: str | tuple[str, str], **found: str) -> dict[str, object]:
    listed = tuple(Line(text) if isinstance(text, str) else Line(text[1], text[0]) for text in texts)
    return read_first_page(listed, found, forms)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Inspection of Upper Hale weirs", "Upper Hale"),
        ("Inspection of Upper Hale Borough Council weirs", "Upper Hale"),
        ("INSPECTION OF King’s Weir and St. Ann’s weirs", "King’s Weir and St. Ann’s"),
        ("Hale Council", "Hale"),
        ("Hale Council¹", "Hale"),
        ("Marlcouncil", None),
        ("Site: Stow-on-the-Weir, KW", "Stow-on-the-Weir, KW"),
        ("Site: Hale Number: 12", None),
        ("Site: to be named", None),
        ("An Inspection of Hale weirs", None),
        ("inspection of many weirs", None),
    ],
)
def test_a_place_is_read_where_a_line_begins_with_a_form(forms: Forms, text: str, area: str | None) -> None:
    assert read(forms, text).get("area") == area


def test_the_first_form_wins_and_the_title_counts_as_a_line(forms: Forms) -> None:
    assert read(forms, "Hale Council", "Inspection of Stow weirs")["area"] == "Stow"
    assert read(forms, "Contents", title="Hale Council weirs")["area"] == "Hale"


def test_a_title_that_only_names_the_place_goes_on_with_the_line_below(forms: Forms) -> None:
    assert read(forms, "Hale Council", "Report on its weirs and", title="Hale Council")["title"] == (
        "Hale Council Report on its weirs"
    )
    assert "title" not in read(forms, "Hale Council", "Date: none", title="Hale Council")
    assert "title" not in read(
        forms, "Inspection of Hale weirs 2019", "Contents", title="Inspection of Hale weirs 2019"
    )


@pytest.mark.parametrize(
    ("line", "ratings"),
    [
        (("Gates", "Dry"), {"Gates": "Dry"}),
        (("Gates¹", "Grade: Dry"), {"Gates": "Dry"}),
        (("Gates", "dry"), {"Gates": "Dry"}),
        (("Gates", "Needs mending to be dry²"), {"Gates": "Needs mending"}),
        (("Gates", "Needs mending to be dry."), {"Gates": "Needs mending"}),
        (("Gates", "Needˢ mending"), {"Gates": "Needs mending"}),
        (("Gates", "Dry in parts"), {}),
        (("Gates", "12"), {}),
        ("The overall verdict is damp", {"Overall": "Damp"}),
        ("The overall verdict is damp. Gates leak.", {"Overall": "Damp"}),
        ("The overall verdict is damp Gates leak.", {"Overall": "Damp"}),
        ("The overall verdict is damp in parts", {}),
        ("Weirs in Hale need mending.²", {"Overall": "Needs mending"}),
        ("The verdict is damp", {}),
    ],
)
def test_ratings_are_read_from_rows_of_two_cells_and_from_the_lines_of_the_field(
    forms: Forms, line: str | tuple[str, str], ratings: dict[str, str]
) -> None:
    assert read(forms, line).get("ratings", {}) == ratings


def test_kind_and_publisher_are_read_where_they_are_named(forms: Forms) -> None:
    named = read(forms, "Reinspection by the Bureau")
    assert (named["kind"], named["publisher"]) == ("reinspection", "The Bureau of Weirs")
    assert "publisher" not in read(forms, "Inspection by the Bureau", publisher="Another")
    assert read(forms, "Inspections") == {}


@pytest.mark.parametrize(
    ("text", "day", "label"),
    [
        ("Inspection dates: 29 April – 2 May 2014", "2014-05-02", "Inspection dates"),
        ("Inspection date: 30 December 2019 to 3 January 2020", "2020-01-03", "Inspection date"),
        ("Site: Hale Date & Time: 11/29/2007, 0830", "2007-11-29", "Date & Time"),
        ("Date of visit: 3/4/2007", "2007", "Date of visit"),
        ("Date of visit: 31 February 2007", None, None),
        ("Date of birth: 3 May 1970", None, None),
        ("Previous inspection date: 3 May 2014", None, None),
        ("Last date: 3 May 2014", None, None),
        ("It was inspected on 3 May 2014", None, None),
    ],
)
def test_the_last_of_labelled_days_is_given_with_its_label(
    forms: Forms, text: str, day: str | None, label: str | None
) -> None:
    found = read(forms, text)
    assert found.get("published") == day
    assert found.get("published_note") == (label and f"read from page 1: {label}")


@pytest.mark.parametrize(
    ("published", "note", "in_words"),
    [
        ("2014-07-01", "", ""),
        ("2013-07-01", "read from page 1: it does not say what the date is of", ""),
        ("2014-07-01", "the day the PDF file was made", "about July 2014"),
        ("2014-07", "the day the PDF file was made", "about July 2014"),
        ("2014-05-01", "the day the PDF file was made", "3 May 2014 (read from page 1)"),
        ("2019-07-01", "the day the PDF file was made", "3 May 2014 (read from page 1)"),
    ],
)
def test_what_the_file_says_better_stays_and_a_file_made_soon_after_was_made_for_publication(
    forms: Forms, published: str, note: str, in_words: str
) -> None:
    found = read(forms, "Inspection date: 3 May 2014", published=published, published_note=note)
    assert PartialDate(str(found.get("published", "")), str(found.get("published_note", ""))).in_words == in_words


def test_without_forms_no_place_and_no_rating_is_read() -> None:
    assert read_first_page((Line("Inspection of Hale weirs"), Line("Good", "Gates")), {}) == {}


def test_hostile_lines_cost_no_time(forms: Forms) -> None:
    awkward = ("A " * 150, "Aa," * 100, "of and " * 50, "Site: " + "A-" * 140, "date " * 60 + ":", "1/" * 150)
    assert read(forms, *awkward, *((text, text) for text in awkward)) == {}


# --- from a file to an index


REPORT = [
    [
        *lines("Inspection of Hale weirs", top=780, size=24),
        *lines("Inspection dates: 3 to 14 June 2019", top=740),
        *grid([72, 250, 400], [600, 620, 640, 660]),
        Put(76, 645, "Judgement", bold=True),
        Put(254, 645, "Grade", bold=True),
        Put(76, 625, "The gates of the weir"),
        Put(254, 625, "Needs mending to be dry"),
        Put(76, 605, "The banks"),
        Put(254, 605, "Dry"),
        *lines("The gates of the weir had been left to rust for years.", "Nobody had asked why.", top=400),
    ],
    lines("Inspection of Stow weirs is on another page and says nothing here."),
]
READ = {
    "area": "Hale",
    "ratings": (("The gates of the weir", "Needs mending"), ("The banks", "Dry")),
    "from_page_1": ("area", "kind", "ratings"),
}


@pytest.fixture
def weirs(chosen: Settings) -> Settings:
    write_corpus(chosen.corpus, {DOMAIN_FILE: WEIR})
    (chosen.corpus / "hale.pdf").write_bytes(pdf(REPORT, about={"CreationDate": "D:20250101"}))
    return chosen


def indexed(chosen: Settings) -> Source:
    build(chosen)
    with closing(Generation.live(chosen.index)) as generation:
        [document] = generation.all_documents()
        return document.source


def test_an_index_has_what_the_first_page_says_and_marks_it(weirs: Settings) -> None:
    source = indexed(weirs)
    assert {name: getattr(source, name) for name in READ} == READ
    assert (source.area_in_words, source.about) == ("Hale (read from page 1)", "Hale (read from page 1)")
    assert source.ratings_in_words[1] == "The banks: Dry (read from page 1)"
    assert source.published.in_words == "14 June 2019 (read from page 1)"
    assert not source.published.sure
    assert list(verify(weirs)) == []
    [listed] = documents(weirs)
    assert (listed["area"], listed["from_page_1"]) == ("Hale", ("area", "kind", "ratings"))


def test_a_sidecar_wins_over_the_first_page_and_has_no_mark(weirs: Settings) -> None:
    (weirs.corpus / "hale.yaml").write_text("area: Stow\nratings: {}\npublished: 2020-01-01\n")
    source = indexed(weirs)
    assert (source.area, source.ratings, source.from_page_1) == ("Stow", (), ("kind",))
    assert (source.published.in_words, source.area_in_words) == ("1 January 2020", "Stow")


def test_other_forms_read_the_first_page_anew(weirs: Settings) -> None:
    assert indexed(weirs).ratings[1] == ("The banks", "Dry")
    (weirs.corpus / DOMAIN_FILE).write_text("ratings: {scale: [Damp]}\n")
    source = indexed(weirs)
    assert (source.area, source.ratings, source.from_page_1) == ("", (), ())


def test_adding_a_file_says_what_was_read(weirs: Settings, tmp_path: Path) -> None:
    (tmp_path / "Stow.pdf").write_bytes(pdf(REPORT[:1]))
    [outcome] = add(weirs, [str(tmp_path / "Stow.pdf")])
    assert outcome.details[:-1] == (
        "title: Inspection of Hale weirs (read from its first line)",
        "published: 2019-06-14 (read from page 1: Inspection dates: not certain)",
        "kind: inspection (read from page 1)",
        "area: Hale (read from page 1)",
        "ratings: The gates of the weir: Needs mending, The banks: Dry (read from page 1)",
    )
    beside = (weirs.corpus / outcome.path).with_suffix(".yaml").read_text()
    assert beside.endswith("".join(f"# {line}\n" for line in outcome.details[:-1])), "and its sidecar says the same"


def test_adding_a_file_does_not_fail_for_a_broken_domain(weirs: Settings, tmp_path: Path) -> None:
    (weirs.corpus / DOMAIN_FILE).write_text("ratings: 12\n")
    (tmp_path / "Stow.pdf").write_bytes(pdf([[Put(72, 700, "The weir at Stow is well kept.")]]))
    [outcome] = add(weirs, [str(tmp_path / "Stow.pdf")])
    assert (outcome.state, "read from page 1" in str(outcome.details)) == ("new", False)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("first_page: {area: ['Inspection of weirs']}", r"area 'Inspection of weirs': it needs \{area\} once"),
        ("first_page: {area: ['{area} and {area}']}", r"it needs \{area\} once"),
        ("first_page: {area: ['{area} {rating}']}", r"it needs \{area\} once"),
        ("first_page: {area: ['{area}']}", "it has no word of its own"),
        ("first_page: {rated: [{of: All, line: 'It is {grade}'}]}", r"it needs \{rating\} once"),
        ("ratings: {scale: [Dry], written: [{rating: Wet, ways: [wet]}]}", "'Wet' of written is none of the scale"),
    ],
)
def test_a_form_that_cannot_be_used_is_named(tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / DOMAIN_FILE).write_text(line)
    with pytest.raises(ReadingError, match=problem):
        load_domain(tmp_path)


def test_a_domain_carries_its_forms(tmp_path: Path, forms: Forms) -> None:
    domain = load_domain(tmp_path)
    assert Domain.from_json(domain.to_json()).forms == domain.forms == forms
    assert forms.rated[0] == Rated("Overall", "The overall verdict is {rating}")
    assert replace(domain, first_page=Domain().first_page).forms.area == ()
    assert reader.read(CorpusFile(DOMAIN_FILE.replace("yaml", "md"), ""), made(tmp_path)).source.from_page_1 == ()


def made(folder: Path) -> Path:
    (folder / "domain.md").write_text("Inspection of Hale weirs\n\nDry.\n")
    return folder
