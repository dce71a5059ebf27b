"""Kinds of fault that public bug reports led to, in PDF: the exact text, pages and list of each."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from making import Draw, Item, Picture, Put, grid, lines, pdf
from probqa.dates import PartialDate
from probqa.reading.assembly import Reading
from probqa.reading.formats.pdf import read_pdf

TITLE = Put(72, 780, "An inspection of Pinefield", 20, bold=True)


def texts(reading: Reading, kind: str = "") -> list[str]:
    return [piece.text for piece in reading.pieces if not kind or piece.kind == kind]


def left_out(reading: Reading, reason: str) -> list[tuple[int, str]]:
    return [(removal.page, removal.text) for removal in reading.removals if removal.reason == reason]


def printed(reading: Reading) -> list[str]:
    return [page.printed for page in reading.pages]


def body(day: str, top: float = 700) -> list[Item]:
    return lines(
        f"This part tells what was found on day {day} in the area, and how the team",
        f"judged it after reading the files that were drawn on day {day}.",
        top=top,
        size=11,
    )


DAYS = ("one", "two", "three", "four")


# --- headings and running lines, notes and page numbers


@pytest.mark.parametrize(
    ("heading", "size", "bold"),
    [
        ("Case study {}", 14, True),
        ("Recommendation {}", 11, True),
        ("Visit {}", 11, True),
        ("Figure {}", 11, False),
        ("Annex {}:", 14, False),
        ("Part {} of 4", 14, True),
        ("{}. What the team saw", 14, True),
        ("{}", 30, True),
    ],
)
def test_numbered_headings_at_the_top_are_kept_and_give_no_page_number(heading: str, size: float, bold: bool) -> None:
    pages = [[Put(72, 800, heading.format(at), size, bold), *body(day)] for at, day in enumerate(DAYS, 1)]
    reading = read_pdf(pdf([[TITLE, *body("zero")], *pages]))
    assert [text for text in texts(reading) if "day" not in text][1:] == [heading.format(at) for at in range(1, 5)]
    assert printed(reading) == [""] * 5
    assert reading.removals == []


@pytest.mark.parametrize(
    "footer", ["Inspection of Pinefield | {}", "Page {} of 5", "{}", "Inspection of Pinefield {}", "{} • Pinefield"]
)
def test_the_number_at_the_foot_wins_over_that_of_a_heading_and_the_cover_has_none(footer: str) -> None:
    pages = [
        [Put(72, 800, f"Case study {at}", 14, bold=True), *body(day), Put(72, 40, footer.format(at + 1), 9)]
        for at, day in enumerate(DAYS, 1)
    ]
    reading = read_pdf(pdf([[TITLE, *body("zero")], *pages]))
    assert printed(reading) == ["", "2", "3", "4", "5"]
    assert texts(reading, "heading")[1:] == [f"Case study {at}" for at in range(1, 5)]
    assert [removal.text for removal in reading.removals] == [footer.format(at) for at in range(2, 6)]


def test_the_same_heading_on_several_pages_is_no_running_head() -> None:
    pages = [[Put(72, 800, "What was found", 14, bold=True), *body(day)] for day in DAYS]
    reading = read_pdf(pdf([[TITLE, *body("zero")], *pages]))
    assert texts(reading, "heading") == ["An inspection of Pinefield", *["What was found"] * 4]
    assert reading.removals == []


def test_a_bold_running_head_over_the_rest_of_a_sentence_is_left_out() -> None:
    head = Put(72, 800, "Pinefield in spring", 14, bold=True)
    rest = [head, *lines("talked to all of them.", "So it was.", size=11, top=700)]
    reading = read_pdf(pdf([[TITLE, *body("zero")], *([head, *body(day)] for day in DAYS[:3]), rest]))
    assert left_out(reading, "running header") == [(page, "Pinefield in spring") for page in (2, 3, 4, 5)]


@pytest.mark.parametrize(
    "note",
    [
        ["{} See the annual report of the year {word}."],
        ["{} The report {word} of the inspectorate, published by", "the Pinefield press on day {word}."],
    ],
)
def test_the_numbers_of_notes_are_no_page_numbers(note: list[str]) -> None:
    pages = [
        [*body(day), *lines(*(line.format(at, word=day) for line in note), size=8, top=60, step=10)]
        for at, day in enumerate(DAYS, 1)
    ]
    reading = read_pdf(pdf(pages))
    assert printed(reading) == [""] * 4
    assert reading.removals == []


def test_left_and_right_pages_have_their_number_on_the_outside() -> None:
    pages = [
        [Put(72, 800, f"THE PINEFIELD STORY {at}" if at % 2 else f"{at} THE PINEFIELD STORY"), *body(day)]
        for at, day in enumerate(DAYS, 7)
    ]
    assert printed(read_pdf(pdf(pages))) == ["7", "8", "9", "10"]


# --- raised figures and fractions


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([Put(72, 700, "In 2022"), Put(112.7, 704, "3", 7), Put(125, 700, "it met.")], "In 2022³ it met."),
        ([Put(72, 700, "It had 31"), Put(118.9, 704, "2,3", 7), Put(135, 700, "staff.")], "It had 31²,³ staff."),
        ([Put(72, 700, "In 2022"), Put(112.7, 704, "3", 12), Put(125, 700, "it met.")], "In 2022³ it met."),
        ([Put(72, 700, "In 2022"), Put(112.7, 703, "3", 10.5), Put(125, 700, "it met.")], "In 2022³ it met."),
        ([Put(72, 700, "2022"), Put(98.7, 704, "10,11,12", 7)], "2022¹⁰,¹¹,¹²"),
        ([Put(72, 700, "The area"), Put(118.7, 704, "a", 7), Put(130, 700, "is wide.")], "The areaᵃ is wide."),
        ([Put(72, 700, "The 31"), Put(108.7, 704, "st", 7), Put(118, 700, "of May.")], "The 31st of May."),
        (
            [Put(72, 700, "It took 3"), Put(119.4, 704, "1", 7), Put(123.3, 700, "/"), Put(126.6, 698, "2", 7),
             Put(135, 700, "days.")],
            "It took 3½ days.",
        ),
        ([Put(72, 700, "It took 3"), Put(119.4, 704, "1/4", 7), Put(133, 700, "days.")], "It took 3¼ days."),
        (
            [Put(72, 700, "About"), Put(108, 705, "2", 6), Draw(108, 703.5, 3.5, 0.4), Put(108, 698, "3", 6),
             Put(115, 700, "of them left.")],
            "About ⅔ of them left.",
        ),
        ([Put(72, 700, "The level is 31"), Put(148.7, 697, "2", 7), Put(156, 700, "now.")], "The level is 31₂ now."),
    ],
)  # fmt: skip
def test_raised_figures_and_fractions_never_run_into_a_figure(items: list[Item], text: str) -> None:
    assert [each.replace("3 ½", "3½").replace("3 ¼", "3¼") for each in texts(read_pdf(pdf([items])))] == [text]


# --- dates and titles


@pytest.mark.parametrize(
    "sentence",
    [
        "Our last report on Pinefield, published in March 2015, found that plans were late.",
        "The previous inspection was published on 4 May 2015.",
        "Last report published: 4 May 2015",
        "National standards were first published in May 2012 and revised after it.",
    ],
)
def test_a_date_in_a_sentence_is_not_that_of_publication(sentence: str) -> None:
    assert "published" not in read_pdf(pdf([[TITLE, *lines(sentence, top=700)]])).metadata


@pytest.mark.parametrize(
    "line",
    [
        "Published: 3 May 2017",
        "Published 3 May 2017",
        "This report was published on 3 May 2017.",
        "PUBLISHED 3rd May 2017",
        "Date of publication: 3 May 2017",
    ],
)
def test_a_date_in_a_line_of_the_imprint_is_that_of_publication(line: str) -> None:
    found = read_pdf(pdf([[TITLE, *lines(line, top=700), *body("one", top=600)]])).metadata
    assert (found["published"], found.get("published_note")) == ("2017-05-03", None)


def test_a_date_that_stands_by_itself_on_the_cover_is_marked_as_uncertain() -> None:
    about = {"CreationDate": "D:20250504120000Z"}
    found = read_pdf(pdf([[TITLE, *lines("June 2021", top=750), *body("one")]], about=about)).metadata
    date = PartialDate(found["published"], found["published_note"])
    assert date.in_words == "June 2021 (read from page 1)"
    assert not date.sure


def test_two_dates_on_the_cover_give_none() -> None:
    cover = [TITLE, *lines("June 2021", top=750), *lines("3 July 2021", top=650), *body("one", top=600)]
    assert "published" not in read_pdf(pdf([cover])).metadata


@pytest.mark.parametrize("stale", ["An inspection of Pinefield 2019", "Pinefield inspection of an area"])
def test_a_title_entry_that_is_not_the_printed_title_is_not_taken(stale: str) -> None:
    cover = [Put(72, 780, "An inspection of Pinefield 2023", 20, bold=True), *body("one")]
    cover += lines("It follows An inspection of Pinefield 2019, the area said.", top=500, size=11)
    assert read_pdf(pdf([cover], about={"Title": stale})).metadata["title"] == "An inspection of Pinefield 2023"


def test_a_letter_is_not_called_what_it_opens_with() -> None:
    cover = [Put(72, 800, "Dear local partnership", 20, bold=True)]
    cover += [Put(72, 760, "Inspection of the area of Pinefield", 14, bold=True), *body("one", top=730)]
    assert read_pdf(pdf([cover])).metadata["title"] == "Inspection of the area of Pinefield"


# --- watermarks


@pytest.mark.parametrize(
    "mark",
    [
        Put(60, 690, "DRAFT", 90, gray=0.8),
        Put(60, 690, "FINAL VERSION", 60, gray=0.8),
        Put(72, 815, "DRAFT", 24, bold=True),
        Put(72, 200, "Not for publication", 40),
        Put(500, 200, "Confidential", 60, turned=True),
    ],
    ids=["under the text", "no known word", "a stamp over the title", "below the text", "turned"],
)
@pytest.mark.parametrize("last", [False, True], ids=["drawn first", "drawn last"])
def test_a_watermark_is_neither_title_nor_text_and_is_listed(mark: Put, last: bool) -> None:
    page = [TITLE, *body("one")]
    reading = read_pdf(pdf([[*page, mark] if last else [mark, *page]]))
    assert texts(reading) == texts(read_pdf(pdf([page])))
    assert reading.metadata["title"] == "An inspection of Pinefield"
    assert left_out(reading, "watermark") == [(1, mark.text)]


@pytest.mark.parametrize(
    "operators",
    [
        b"BT .8 g /F1 70 Tf .7 .7 -.7 .7 100 300 Tm (PINEFIELD COPY) Tj ET\n",
        b"/Artifact <</Subtype /Watermark>> BDC BT /F1 30 Tf 1 0 0 1 99 200 Tm (PINEFIELD COPY) Tj ET EMC\n",
    ],
    ids=["slanted", "marked in the file"],
)
def test_slanted_and_marked_watermarks_are_listed(operators: bytes) -> None:
    page = [TITLE, *body("one")]
    reading = read_pdf(before_text(pdf([page]), operators))
    assert texts(reading) == texts(read_pdf(pdf([page])))
    assert left_out(reading, "watermark") == [(1, "PINEFIELD COPY")]


def before_text(content: bytes, operators: bytes) -> bytes:
    """Put operators before those of the first page; PDFium mends the places of the objects."""
    head = re.search(rb"/Length (\d+) >>\nstream\nBT", content)
    assert head
    length = b"/Length %d >>\nstream\n" % (int(head[1]) + len(operators))
    return content[: head.start()] + length + operators + content[head.end() - 2 :]


def test_a_large_title_on_the_cover_is_no_watermark() -> None:
    reading = read_pdf(pdf([[Put(72, 600, "Pinefield", 60, bold=True), *body("one", top=500)], body("two")]))
    assert reading.metadata["title"] == "Pinefield"
    assert reading.removals == []


# --- columns drawn row by row


LEFT = [
    "Officers at Pinefield met people on",
    "probation each week and kept clear",
    "notes of what was said. Managers",
    "read one file in ten and wrote to",
    "each officer on what they saw.",
]
RIGHT = [
    "The hostel was not safe at night.",
    "Two staff were on duty for thirty",
    "residents and alarms went on ringing",
    "unanswered for up to an hour. The",
    "inspectorate raised this at once.",
]
THIRD = [
    "Courts had their reports on time,",
    "and judges said that these were of",
    "use to them. One of them asked for",
    "more on what the area could offer",
    "to women.",
]


def by_rows(*columns: list[str], gap: float = 230, size: float = 11) -> list[Item]:
    rows = zip(*columns, strict=True)
    return [
        Put(40 + gap * at, 700 - 14 * down, text, size) for down, row in enumerate(rows) for at, text in enumerate(row)
    ]


@pytest.mark.parametrize("gap", [195, 230, 300])
def test_two_columns_drawn_row_by_row_are_read_one_after_the_other(gap: float) -> None:
    reading = read_pdf(pdf([[TITLE, *by_rows(LEFT, RIGHT, gap=gap)]]))
    assert texts(reading)[1:] == [" ".join(LEFT), " ".join(RIGHT)]


def test_three_columns_drawn_row_by_row_are_read_one_after_the_other() -> None:
    reading = read_pdf(pdf([[TITLE, *by_rows(LEFT, RIGHT, THIRD, gap=180, size=10)]]))
    assert texts(reading)[1:] == [" ".join(LEFT), " ".join(RIGHT), " ".join(THIRD)]


def test_columns_of_unequal_length_are_read_one_after_the_other() -> None:
    page = by_rows(LEFT, RIGHT)
    short = [item for item in page if not (isinstance(item, Put) and item.text in RIGHT[3:])]
    assert texts(read_pdf(pdf([[TITLE, *short]])))[1:] == [" ".join(LEFT), " ".join(RIGHT[:3])]


def test_the_rows_of_a_table_without_rules_stay_whole() -> None:
    offices = ["Ambleton office", "Selby Green office", "Cedar office", "Pinefield office"]
    ratings = ["Requires improvement", "Good in all it does", "Inadequate in part", "Outstanding in all"]
    reading = read_pdf(pdf([[TITLE, *by_rows(offices, ratings)]]))
    held = " ".join(texts(reading))
    assert all(f"{office} {rating}" in held for office, rating in zip(offices, ratings, strict=True))


# --- hyphens at a line's end


@pytest.mark.parametrize("code", ["2010", "00AD"])
@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("regular super{}", "vision by a manager.", "regular supervision by a manager."),
        ("a twelve{}", "Week plan for them.", "a twelve{}Week plan for them."),
    ],
)
def test_a_unicode_or_soft_hyphen_at_a_line_end_is_joined(code: str, first: str, second: str, text: str) -> None:
    hyphen = chr(int(code, 16))
    page = lines(f"The office gave every officer in the area {first.format('~')}", second)
    reading = read_pdf(with_hyphen(pdf([page]), code))
    kept = "-" if code == "00AD" else hyphen
    assert texts(reading) == [f"The office gave every officer in the area {text.format(kept)}"]


def with_hyphen(content: bytes, code: str) -> bytes:
    """Let the fonts of a PDF give "~" as another character."""
    table = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
        b"2 beginbfrange <20> <7D> <0020> <7E> <7E> <%s> endbfrange endcmap end" % code.encode()
    )
    fonts = content.replace(b"/WinAnsiEncoding >>", b"/WinAnsiEncoding /ToUnicode 99 0 R >>")
    return fonts.replace(
        b"\nxref\n", b"\n99 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\nxref\n" % (len(table), table)
    )


def test_a_word_broken_in_the_cell_of_a_table_is_joined_and_listed() -> None:
    page: list[Item] = [
        *lines("The supervision of the area is told in this table.", top=780),
        *grid([72, 200, 400], [600, 640, 680]),
        Put(76, 665, "Ambleton"), Put(204, 665, "Good super-"), Put(204, 651, "vision"),
        Put(76, 625, "Selby"), Put(204, 625, "Poor"),
    ]  # fmt: skip
    reading = read_pdf(pdf([page]))
    assert texts(reading, "row") == ["Ambleton; Good supervision", "Selby; Poor"]
    assert left_out(reading, "line-break hyphen") == [(1, "super-")]


# --- forms and notes


def test_what_is_written_and_chosen_in_a_form_stands_at_its_place() -> None:
    page = [
        TITLE,
        *lines("Overall rating:", top=740, size=11),
        *lines("Good", top=700, size=11, x=100), *lines("Poor", top=700, size=11, x=200),
        *lines("Area", top=660, size=11), *lines("Remarks", top=620, size=11),
        *lines("The end of it.", top=500, size=11),
    ]  # fmt: skip
    reading = read_pdf(
        with_annotations(
            pdf([page]),
            field("Tx", (150, 735, 300, 752), "/V (Requires improvement)"),
            button("a", (85, 697, 97, 709), "Off"),
            button("b", (185, 697, 197, 709), "Yes"),
            field("Ch", (100, 655, 200, 671), "/Ff 131072 /Opt [[(1) (North)] [(2) (South wing)]] /V (2)"),
            field("Tx", (72, 540, 300, 610), "/Ff 4096 /V (Staff were kind.\\rThe room was cold.)"),
            field("Tx", (72, 440, 300, 460), ""),
        )
    )
    assert texts(reading)[1:] == [
        "Overall rating: Requires improvement",
        "☐ Good ☒ Poor",
        "Area South wing",
        "Remarks",
        "Staff were kind. The room was cold.",
        "The end of it.",
    ]


def test_the_comments_of_readers_are_left_out_and_listed() -> None:
    notes = (
        "<< /Type /Annot /Subtype /Text /Rect [300 700 320 720] /Contents (Is this true?) >>",
        "<< /Type /Annot /Subtype /Highlight /Rect [72 690 300 710] /Contents (Check the figure) >>",
    )
    reading = read_pdf(with_annotations(pdf([[TITLE, *body("one")]]), *notes))
    assert texts(reading) == texts(read_pdf(pdf([[TITLE, *body("one")]])))
    assert left_out(reading, "comment") == [(1, "Is this true?"), (1, "Check the figure")]


def field(kind: str, box: tuple[int, int, int, int], rest: str) -> str:
    place = " ".join(map(str, box))
    return f"<< /Type /Annot /Subtype /Widget /FT /{kind} /T (f{box[0]}{box[1]}) /Rect [{place}] /F 4 {rest} >>"


def button(name: str, box: tuple[int, int, int, int], state: str) -> str:
    states = "<< /N << /Yes 5 0 R /Off 5 0 R >> >>"
    return field("Btn", box, f"/V /{state} /AS /{state} /AP {states}").replace("/T (", f"/T ({name}")


def with_annotations(content: bytes, *annotations: str) -> bytes:
    """Put annotations on the page of a PDF, and its fields into a form."""
    numbers = [f"{100 + at} 0 R" for at in range(len(annotations))]
    objects = "".join(f"\n{100 + at} 0 obj\n{text}\nendobj" for at, text in enumerate(annotations))
    fields = [number for number, text in zip(numbers, annotations, strict=True) if "/Widget" in text]
    content = content.replace(b"/Type /Page ", f"/Type /Page /Annots [{' '.join(numbers)}] ".encode(), 1)
    form = f"/Type /Catalog /AcroForm << /Fields [{' '.join(fields)}] >>"
    content = content.replace(b"/Type /Catalog", form.encode(), 1)
    return content.replace(b"\nxref\n", f"{objects}\nxref\n".encode(), 1)


# --- every word


def test_a_hyphen_at_the_end_of_an_items_first_line_is_no_bullet() -> None:
    item = lines(
        "(2) Looking to the customary practices that are employed in other inter-", "state compacts also helps."
    )
    reading = read_pdf(pdf([[*item, *lines("An interstate compact.", top=600)]]))
    assert texts(reading)[0] == (
        "(2) Looking to the customary practices that are employed in other interstate compacts also helps."
    )
    assert left_out(reading, "line-break hyphen") == [(1, "inter-")]


def test_the_number_of_a_note_is_not_cut_in_two() -> None:
    note: list[Item] = [Put(72, 100, "13 ", 6), Put(82, 96.5, "Formula companies are manufacturers.", 9)]
    assert texts(read_pdf(pdf([[*body("one"), *note]])))[-1] == "¹³ Formula companies are manufacturers."


def test_a_grid_that_has_no_cell_for_a_word_is_no_table() -> None:
    cells = [put for y in (646, 626, 606) for put in (Put(76, y, "Court"), Put(254, y, "On time"))]
    table = [*grid([72, 250, 400], [600, 620, 640, 660]), *cells]
    assert texts(read_pdf(pdf([table])), "row") == ["Court; On time"] * 3
    # Beside the outer wall, and of one line with what stands before it.
    reading = read_pdf(pdf([[*table, Put(340, 606, "and others"), Put(405, 606, "late")]]))
    assert texts(reading, "row") == []
    assert texts(reading)[-1].endswith("and others late")


def test_text_whose_font_gives_it_no_known_characters_is_listed() -> None:
    reading = read_pdf(pdf([[TITLE, *body("one")], [Put(72, 700, "\x01\x02\x03 abc \x05\x06\x07\x08\x0e\x0f")]]))
    assert [page.layer for page in reading.pages] == ["text", "image"]
    [(page, text)] = left_out(reading, "signs without known characters")
    assert (page, "abc" in text) == (2, True)


def test_what_is_left_out_is_listed_whole() -> None:
    long = "This is white and goes on for more than eighty characters, since so much of it is said."
    reading = read_pdf(pdf([[TITLE, *body("one"), Put(20, 300, long, gray=1)]]))
    assert left_out(reading, "hidden text") == [(1, long)]


EVERY = {
    "headings and pages": pdf(
        [[Put(72, 800, f"Case study {at}", 14, bold=True), *body(day), Put(72, 40, f"Pinefield | {at}", 9)]
         for at, day in enumerate(DAYS, 1)]
    ),
    "watermark": pdf([[Put(60, 690, "DRAFT", 90, gray=0.8), TITLE, *body("one")], [Picture(), *body("two")]]),
    "columns": pdf([[TITLE, *by_rows(LEFT, RIGHT, THIRD, gap=180, size=10)]]),
    "hidden": pdf([[TITLE, *body("one"), Put(72, 300, "This is white.", gray=1), Put(72, 200, "Unseen.", mode=3)]]),
}  # fmt: skip


@pytest.mark.parametrize("content", EVERY.values(), ids=EVERY)
def test_every_word_is_in_the_text_or_in_the_list_of_what_was_left_out(content: bytes) -> None:
    drawn = Counter(re.findall(r"[^\W_]+", " ".join(re.findall(r"\((.*?)\) Tj", content.decode("cp1252")))))
    reading = read_pdf(content)
    told = " ".join([*texts(reading), *(removal.text for removal in reading.removals)])
    assert drawn - Counter(re.findall(r"[^\W_]+", told)) == Counter()
