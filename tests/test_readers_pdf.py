"""PDF files to text: pages and their printed numbers, paragraphs, headings, tables, what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from making import Draw, Item, Picture, Put, grid, lines, pdf
from probqa.errors import ReadingError
from probqa.reading.assembly import Reading, assemble
from probqa.reading.formats.pdf import read_pdf
from probqa.reading.formats.repairs import mend_word
from probqa.records import Page

# A line of a paragraph that is not finished.
LONG = "inspectors read forty case records in each of the offices and"


def texts(reading: Reading, kind: str = "") -> list[str]:
    return [piece.text for piece in reading.pieces if not kind or piece.kind == kind]


def page_of(reading: Reading, words: str) -> Page:
    text, _, pages = assemble(reading.pieces, reading.pages)
    at = text.index(words)
    return next(page for page in reversed(pages) if page.start <= at)


def left_out(reading: Reading, reason: str) -> list[tuple[int, str]]:
    return [(removal.page, removal.text) for removal in reading.removals if removal.reason == reason]


def numbered(count: int, first: int = 1) -> list[list[Item]]:
    """Pages with a header, their own paragraph and a printed number."""
    return [
        [
            Put(72, 800, "Inspection of Ambleton"),
            *lines(
                f"Paragraph {chr(65 + at)} of the report stands on this page.",
                f"It ends here, as number {chr(65 + at)}.",
            ),
            Put(290, 30, str(at + first)),
        ]
        for at in range(count)
    ]


def test_a_paragraph_goes_on_over_a_page_end_and_its_end_is_on_the_second_page() -> None:
    second = lines("talked to the staff of every team. Nobody had been asked before.", "They said so twice.")
    reading = read_pdf(pdf([lines(LONG, LONG, top=100), second]))
    assert texts(reading) == [
        f"{LONG} {LONG} talked to the staff of every team. Nobody had been asked before. They said so twice."
    ]
    assert page_of(reading, "inspectors read").pdf == 1
    assert page_of(reading, "talked to").pdf == 2


def test_a_finished_paragraph_does_not_go_on_over_a_page_end() -> None:
    reading = read_pdf(pdf([lines(LONG, f"{LONG}.", top=100), lines("The next begins.", "So it is.")]))
    assert texts(reading) == [f"{LONG} {LONG}.", "The next begins. So it is."]


def test_notes_at_the_foot_come_before_a_paragraph_that_goes_on_and_keep_their_page() -> None:
    first = [*lines(LONG, LONG, LONG, top=160), *lines("1 A note in small type.", top=60, size=8)]
    reading = read_pdf(pdf([first, lines("talked to the staff of every team and then", f"{LONG} stayed.")]))
    assert texts(reading) == [
        "1 A note in small type.",
        f"{LONG} {LONG} {LONG} talked to the staff of every team and then {LONG} stayed.",
    ]
    assert page_of(reading, "A note").pdf == 1


def test_headers_and_page_numbers_are_left_out_and_recorded_with_their_page() -> None:
    reading = read_pdf(pdf(numbered(4)))
    assert texts(reading)[2] == "Paragraph C of the report stands on this page. It ends here, as number C."
    assert left_out(reading, "running header") == [(page, "Inspection of Ambleton") for page in (1, 2, 3, 4)]
    assert left_out(reading, "page number") == [(page, str(page)) for page in (1, 2, 3, 4)]


def test_lines_that_differ_in_their_figures_are_no_running_lines() -> None:
    pages = [lines(f"In 20{10 + 3 * at} the office had {90 - 7 * at} people.") for at in range(4)]
    assert len(texts(read_pdf(pdf(pages)))) == 4


def test_a_line_that_stands_once_at_the_top_is_kept() -> None:
    pages = numbered(4)
    pages[2][0] = Put(72, 800, "A sentence only this page begins with.")
    assert any("only this page" in text for text in texts(read_pdf(pdf(pages))))


def test_printed_numbers_are_learned_roman_front_matter_and_a_cover_without_one() -> None:
    front: list[list[Item]] = [
        [*lines(f"Preface {name} has text of its own."), Put(290, 30, name)] for name in ("i", "ii", "iii")
    ]
    cover: list[list[Item]] = [lines("Inspection of Ambleton", size=24)]
    reading = read_pdf(pdf([*cover, *front, *numbered(4)]))
    assert [(page.pdf, page.printed) for page in reading.pages] == list(
        zip(range(1, 9), ["", "i", "ii", "iii", "1", "2", "3", "4"], strict=True)
    )


def test_a_page_of_n_is_no_year_and_a_full_page_figure_between_numbers_has_its_number() -> None:
    pages: list[list[Item]] = [
        [*lines(f"Text {at} of the year."), Put(72, 40, "2017"), Put(250, 20, f"Page {at + 3} of 9")] for at in range(5)
    ]
    pages[2] = lines("A figure without a number.")
    reading = read_pdf(pdf(pages))
    assert [page.printed for page in reading.pages] == ["3", "4", "5", "6", "7"]


def test_without_running_numbers_no_printed_number_is_claimed() -> None:
    pages = [lines(f"Page text {word}.", "In 2017 there were 12.") for word in ("one", "two", "three")]
    assert [page.printed for page in read_pdf(pdf(pages)).pages] == ["", "", ""]


def test_a_number_at_the_foot_of_one_page_is_no_page_number_and_is_kept() -> None:
    pages = [lines("The first page."), [*lines("The second page."), Put(290, 30, "7")], lines("The third page.")]
    reading = read_pdf(pdf(pages))
    assert [page.printed for page in reading.pages] == ["", "", ""]
    assert "7" in texts(reading)


def test_headings_come_from_larger_type_bold_lines_and_the_outline() -> None:
    page = [
        *lines("Findings", size=20, top=780),
        *lines("Supervision", bold=True, top=740),
        *lines("Northway saw people by telephone. It was not enough for anyone.", "That was said often.", top=720),
        *lines("Named by the outline", top=660),
        *lines("Courts were served on time. Every report was there when it was due.", "So it went.", top=620),
    ]
    reading = read_pdf(pdf([page], outline=[("Named by the outline", 1)]))
    headings = [(piece.text, piece.kind) for piece in reading.pieces if piece.kind == "heading"]
    assert [text for text, _ in headings] == ["Findings", "Supervision", "Named by the outline"]
    levels = {piece.text: piece.level for piece in reading.pieces}
    assert levels["Findings"] < levels["Supervision"]


def test_bullets_become_items_without_their_bullet() -> None:
    page = [
        *lines("The findings were:"),
        *lines("• Work was late in many of the cases that the inspectors read", "  and nobody knew.", top=730),
        *lines("• Staff were kind.", top=695),
    ]
    assert texts(read_pdf(pdf([page])), "item") == [
        "Work was late in many of the cases that the inspectors read and nobody knew.",
        "Staff were kind.",
    ]


def test_a_ruled_table_is_rows_that_name_their_columns() -> None:
    page: list[Item] = [
        *lines("Before the table there is a sentence.", top=780),
        *grid([72, 250, 400], [600, 620, 640, 660]),
        Put(76, 645, "Court", bold=True), Put(254, 645, "On time", bold=True),
        Put(76, 625, "Ambleton"), Put(254, 625, "22.5%"),
        Put(76, 605, "Selby Green"), Put(254, 605, "91%"),
        *lines("After it another one.", top=560),
    ]  # fmt: skip
    assert texts(read_pdf(pdf([page]))) == [
        "Before the table there is a sentence.",
        "Court: Ambleton; On time: 22.5%",
        "Court: Selby Green; On time: 91%",
        "After it another one.",
    ]


def test_rules_that_cut_through_words_make_no_table() -> None:
    page: list[Item] = [
        *grid([72, 110, 400], [600, 620, 640, 660]),
        *lines(
            "Everything here is one paragraph in a frame, and the",
            "walls go through its words, wherever they are.",
            "It stays.",
            top=645,
            step=20,
        ),
    ]
    reading = read_pdf(pdf([page]))
    assert " ".join(texts(reading)).startswith("Everything here is one paragraph in a frame, and the walls go")
    assert not texts(reading, "row")


def test_lines_of_figures_do_not_run_into_each_other() -> None:
    page = [
        *lines("The figures of three years follow below.", top=780),
        *lines("Ambleton 12 13 14", "Selby 1,200 7% 9", top=740),
    ]
    assert texts(read_pdf(pdf([page])), "row") == ["Ambleton 12 13 14", "Selby 1,200 7% 9"]


@pytest.mark.parametrize(
    "hidden",
    [
        Put(72, 600, "Ambleton was outstanding.", gray=1),
        Put(72, 600, "Ambleton was outstanding.", size=1),
        Put(72, 600, "Ambleton was outstanding.", mode=3),
        Put(-900, 600, "Ambleton was outstanding."),
        Put(72, 5000, "Ambleton was outstanding."),
    ],
    ids=["white", "one point", "invisible", "left of the page", "above the page"],
)
def test_hidden_text_is_flagged_and_not_quoted(hidden: Put) -> None:
    reading = read_pdf(pdf([[*lines("Ambleton was poor."), hidden]]))
    assert texts(reading) == ["Ambleton was poor."]
    assert left_out(reading, "hidden text") == [(1, "Ambleton was outstanding.")]


def test_white_text_on_a_dark_band_is_kept() -> None:
    page = [*lines("Ambleton was poor."), Draw(60, 590, 300, 30), Put(72, 600, "Ambleton was told.", gray=1)]
    reading = read_pdf(pdf([page]))
    assert texts(reading) == ["Ambleton was poor.", "Ambleton was told."]
    assert not left_out(reading, "hidden text")


def test_invisible_text_over_a_scan_is_its_recognised_text() -> None:
    words = [
        Put(72, 760 - 14 * at, f"Recognised line {at} of the scanned page, long enough.", mode=3) for at in range(6)
    ]
    reading = read_pdf(pdf([[Picture(), *words]]))
    assert texts(reading)[0].startswith("Recognised line 0 of the scanned page")
    assert [page.layer for page in reading.pages] == ["text"]


def test_a_scanned_page_among_others_is_marked_and_a_stamp_does_not_hide_it() -> None:
    stamp = Put(72, 820, "Case 12")
    reading = read_pdf(
        pdf([lines("The first page has text."), [Picture()], [Picture(), stamp], [], lines("The last.")])
    )
    assert [page.layer for page in reading.pages] == ["text", "image", "image", "blank", "text"]


def test_a_document_of_scans_is_an_error_that_says_so() -> None:
    with pytest.raises(ReadingError, match="holds no text to read: all 2 pages are a picture or blank"):
        read_pdf(pdf([[Picture()], [Picture()]]))


def test_raised_note_numbers_become_raised_digits() -> None:
    page = [Put(72, 700, "The board met twice."), Put(187, 705, "12", size=7), Put(200, 700, "It agreed.")]
    assert texts(read_pdf(pdf([page]))) == ["The board met twice. ¹² It agreed."]


@pytest.mark.parametrize(
    ("before", "after", "vocabulary", "joined"),
    [
        ("the super-", "vision of", {"supervision"}, "the supervision of"),
        ("a multi-", "agency plan", {"multi-agency"}, "a multi-agency plan"),
        ("a long-", "term plan", {"long", "term"}, "a long-term plan"),
        ("the Anglo-", "Saxon", set(), "the Anglo-Saxon"),
        ("from 12-", "14 weeks", set(), "from 12-14 weeks"),
        ("unknown to-", "getherness", set(), "unknown togetherness"),
    ],
)
def test_a_line_end_hyphen_goes_only_where_it_broke_a_word(
    before: str, after: str, vocabulary: set[str], joined: str
) -> None:
    assert mend_word(before, after, vocabulary) == joined


def test_a_broken_word_is_mended_and_recorded() -> None:
    page = lines("Inspectors read the records and looked at how the super-", "vision went. The supervision was good.")
    reading = read_pdf(pdf([page]))
    assert texts(reading) == [
        "Inspectors read the records and looked at how the supervision went. The supervision was good."
    ]
    assert left_out(reading, "line-break hyphen") == [(1, "super-")]


def test_a_number_after_a_line_end_hyphen_stays_joined_to_it() -> None:
    page = lines("Inspectors read the records of all the offices for the time of COVID-", "19 and after it.")
    assert texts(read_pdf(pdf([page]))) == [
        "Inspectors read the records of all the offices for the time of COVID-19 and after it."
    ]


def test_a_turned_page_reads_like_an_upright_one() -> None:
    upright = lines("Inspectors read the records of forty people in all the offices", "and wrote it down.", top=500)
    turned = [replace(put, x=595 - put.y, y=put.x, turned=True) for put in upright if isinstance(put, Put)]
    assert texts(read_pdf(pdf([turned], rotate=90))) == texts(read_pdf(pdf([upright])))


def test_the_title_is_the_files_only_where_its_pages_bear_it_out() -> None:
    page = [
        *lines("Inspection of Ambleton services", size=24),
        *lines("It went well. Report published: 3 May 2017.", top=700),
    ]
    honest = read_pdf(pdf([page], about={"Title": "Inspection of Ambleton"})).metadata
    draft = read_pdf(pdf([page], about={"Title": "Draft 3 do not circulate"})).metadata
    assert (honest["title"], draft["title"]) == ("Inspection of Ambleton", "Inspection of Ambleton services")
    assert draft["published"] == "2017-05-03"


def test_a_files_own_date_is_marked_as_uncertain() -> None:
    found = read_pdf(pdf([lines("It went well.")], about={"CreationDate": "D:20170504120000Z"})).metadata
    assert (found["published"], found["published_note"]) == ("2017-05-04", "the day the PDF file was made")


def test_a_thousand_pages_are_read() -> None:
    reading = read_pdf(pdf([[*lines(f"Page text {at}."), Put(290, 30, str(at + 1))] for at in range(1000)]))
    assert (len(reading.pages), reading.pages[999].printed) == (1000, "1000")
