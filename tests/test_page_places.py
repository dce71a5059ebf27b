"""Where a PDF's words are printed: the words that a page has inside the boxes of a passage are those of the passage."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from making import Item, Put, grid, lines, pdf
from page_words import PageWords, letters
from probqa.errors import ReadingError
from probqa.reading.assembly import assemble
from probqa.reading.formats.pdf import read_printed
from probqa.reading.formats.pdf_places import pdf_places, places_of
from probqa.reading.formats.places import NOWHERE, Mark, Places, unpacked
from probqa.reading.formats.printed import Printed
from probqa.reading.formats.repairs import origins, tidy
from probqa.records import Span

LONG = "inspectors read forty case records in each of the offices and"


def placed(content: bytes) -> tuple[str, Places]:
    """The text of a PDF and where it is printed, for which the words of every block are compared."""
    read = read_printed(content)
    text, blocks, _ = assemble(read.reading.pieces)
    places = places_of(read, blocks)
    words = PageWords(content)
    for block in blocks:
        assert words.inside(places.marks(block.span)) == letters(text[block.span.start : block.span.end])
    return text, places


def marks_of(content: bytes, words: str) -> tuple[Mark, ...]:
    """The marks of words, inside which the page has those words and no others."""
    text, places = placed(content)
    start = text.index(words)
    marks = places.marks(Span(start, start + len(words)))
    assert PageWords(content).inside(marks) == letters(words)
    return marks


def rounded(mark: Mark) -> tuple[int, float, float, float, float]:
    return mark.page, *(round(share, 2) for share in (mark.left, mark.top, mark.right, mark.bottom))


def test_a_line_is_marked_where_it_is_printed() -> None:
    [mark] = marks_of(pdf([lines("It was good. It was safe.")]), "It was good. It was safe.")
    # Set in 12 points from 72 points on, its letters stand 82 points below the head of a page of 595 by 842.
    assert (mark.page, round(595 * mark.left), round(842 * mark.bottom), round(842 * mark.top)) == (1, 72, 85, 71)


def test_part_of_a_line_is_marked_without_the_words_beside_it() -> None:
    content = pdf([lines("It was good. It was safe.", "Nobody was asked.")])
    [good] = marks_of(content, "It was good.")
    [safe] = marks_of(content, "It was safe.")
    assert good.right < safe.left


def test_words_over_several_lines_have_a_box_for_each() -> None:
    content = pdf([lines(f"The {LONG}", f"in all {LONG}", "they found little.")])
    marks = marks_of(content, "offices and in all inspectors")
    assert [mark.page for mark in marks] == [1, 1]
    assert marks[0].left > marks[1].right
    assert marks[0].bottom < marks[1].bottom


def test_a_word_that_is_broken_at_a_lines_end_has_both_its_halves_marked() -> None:
    first = "The offices that we saw in the spring of the year were all under super-"
    content = pdf([lines(first, "vision by a manager, and good supervision was seen.")])
    marks = marks_of(content, "supervision by a manager")
    assert [round(mark.right - mark.left, 2) for mark in marks] == [0.05, 0.18]
    assert marks[0].top < marks[1].top


def test_a_paragraph_over_a_page_end_is_marked_on_both_pages() -> None:
    second = lines("talked to the staff of every team. Nobody had been asked before.", "They said so twice.")
    marks = marks_of(pdf([lines(LONG, LONG, top=100), second]), "offices and talked to the staff")
    assert [mark.page for mark in marks] == [1, 2]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_that_is_shown_turned_is_marked_as_it_is_shown(rotate: int) -> None:
    [mark] = marks_of(pdf([lines("It was good.", "Nobody was asked.")], rotate=rotate), "It was good.")
    wide, high = mark.right - mark.left, mark.bottom - mark.top
    # The shown page is 842 points wide where it is turned by a quarter.
    assert (wide > 3 * high) is (rotate in (0, 180))
    assert (mark.top < 0.2, mark.left < 0.2) == {
        0: (True, True),
        90: (True, False),
        180: (False, False),
        270: (False, True),
    }[rotate]


def test_text_that_runs_upwards_on_a_page_is_marked() -> None:
    content = pdf(
        [[Put(100, 100, "It was good in the offices.", turned=True), Put(114, 100, "It was safe.", turned=True)]]
    )
    [mark] = marks_of(content, "good in the")
    assert mark.bottom - mark.top > 2 * (mark.right - mark.left)


def test_of_two_columns_only_the_one_is_marked() -> None:
    left = [f"the left column goes on in line {at} and" for at in "abcdefgh"]
    right = [f"beside it the right one in line {at} and" for at in "abcdefgh"]
    rows: list[Item] = []
    for at, texts in enumerate(zip(left, right, strict=True)):
        rows += [Put(x, 700 - 14 * at, text, 10) for x, text in zip((60, 320), texts, strict=True)]
    marks = marks_of(pdf([rows]), "line b and the left column goes on in line c")
    assert len(marks) == 2
    assert all(mark.right < 0.5 for mark in marks)


def test_a_cell_is_marked_and_so_is_the_name_of_its_column() -> None:
    cells = [["Court", "On time"], ["Ambleton", "22.5%"], ["Selby", "91%"]]
    texts = [
        Put(80 + 150 * column, 705 - 30 * row, text, bold=not row)
        for row, held in enumerate(cells)
        for column, text in enumerate(held)
    ]
    content = pdf([[*grid([70, 220, 370], [635, 665, 695, 725]), *texts]])
    marks = marks_of(content, "Court: Selby; On time: 91%")
    assert [rounded(mark)[2] for mark in marks] == [0.15, 0.22, 0.15, 0.22]


def test_a_bullet_is_not_marked_and_the_mark_of_a_note_is() -> None:
    note = Put(174, 764, "3", size=7)
    content = pdf([[Put(72, 760, "• It was found good"), note, Put(72, 740, "• It was found safe")]])
    [mark] = marks_of(content, "It was found good³")
    assert mark.left > 75 / 595


def test_a_file_that_reads_otherwise_marks_nothing() -> None:
    content = pdf([lines("It was good.")])
    sha256 = hashlib.sha256(b"It was good.").hexdigest()
    assert pdf_places(content, sha256).marks(Span(0, 12))
    with pytest.raises(ReadingError, match="reads otherwise than when the index was made; run: probqa build"):
        pdf_places(content, "0" * 64)


def test_the_letters_of_a_ligature_and_an_accent_keep_the_place_of_what_they_were() -> None:
    text = "  o\ufb03ce  cafe\u0301 3\u2075/\u2088 "
    printed = Printed(text, [None] * len(text), [(at, 0, at + 1, 1) for at in range(len(text))])
    tidied = printed.tidied()
    assert tidied.text == "office café 3⅝"
    assert tidied.boxes[:4] == [(2, 0, 3, 1), (3, 0, 4, 1), (3, 0, 4, 1), (3, 0, 4, 1)]
    assert (tidied.boxes[10], tidied.boxes[12:]) == ((11, 0, 13, 1), [(14, 0, 15, 1), (15, 0, 18, 1)])


# What the repairs change, among what they leave.
AWKWARD = st.text(
    st.sampled_from(
        "ab1 ²³½⁵₈/⁄-\u00ad\u200b\u00a0\t\n\ufb01\ufb03e\u0301\u0316\u0327é\u1100\u1161\u11a8가\u09c7\u09be\u0300"
    ),
    max_size=30,
)


@given(AWKWARD | st.text(max_size=30))
def test_the_origins_of_a_tidied_text_are_one_for_each_of_its_characters_and_in_order(text: str) -> None:
    tidied, made_of = tidy(text), origins(text)
    assert len(made_of) == len(tidied)
    for character, (start, end) in zip(tidied, made_of, strict=True):
        assert 0 <= start < end <= len(text)
        assert character in tidy(f"x{text[start:end]}x") or character == " "
    assert made_of == sorted(made_of)


@pytest.mark.parametrize(
    "packed",
    [
        {},
        {"lines": b"", "boxes": b"abc"},
        {"lines": b"\0" * 4, "boxes": b""},
        {"lines": b"\0" * 16, "boxes": b"\0" * 8},
    ],
)
def test_nonsense_from_a_worker_is_refused(packed: dict[str, bytes]) -> None:
    with pytest.raises(ValueError):
        unpacked(packed, 100)


@pytest.mark.parametrize("line", [(5, 5), (90, 101), (0, 30)])
def test_lines_that_are_nowhere_are_refused(line: tuple[int, int]) -> None:
    places = Places()
    places.add(10, 1, [NOWHERE] * 20)
    places.lines[:2] = type(places.lines)("i", line)
    with pytest.raises(ValueError, match="no places: a line that is nowhere"):
        unpacked(places.packed(), 100)


def test_lines_that_overlap_are_refused() -> None:
    places = Places()
    places.add(10, 1, [NOWHERE] * 20)
    places.add(20, 1, [NOWHERE] * 20)
    with pytest.raises(ValueError, match="no places: lines that are out of order"):
        unpacked(places.packed(), 100)


# --- real files

# Their own text layer is not what is printed, or is printed in one place several times, or their words stand in the
# fields of a form, which the text layer does not have.
UNLIKE_ITSELF = {
    "olmocr__newspaper.pdf": "recognised words that overlap",
    "olmocr__not_parsing.pdf": "labels of pictures printed on each other",
    "olmocr__most_content_in_image_form.pdf": "recognised words that overlap",
    "olmocr__handwriting_bad_ocr.pdf": "recognised words that overlap",
    "pdf.js__poppler-90-0-fuzzed.pdf": "a file broken on purpose, whose lines reach into each other",
    "sample-files__GeoTopo-komprimiert.pdf": "formulas, whose lines reach into each other",
    "sample-files__habibi.pdf": "letters that are drawn on others",
    "sample-files__libreoffice-form.pdf": "fields of a form",
    "unstructured__multi-column-2p.pdf": "labels of pictures printed on each other",
}
PASSAGES_A_FILE = 40
SHARED = Path(os.environ.get("PROBQA_SHARED") or Path(__file__).resolve().parents[2] / "shared")
REAL = sorted((SHARED / "real").rglob("*.pdf"))


@pytest.mark.parametrize("path", REAL or [None], ids=lambda path: path.name if path else "no shared folder")
def test_the_words_in_the_boxes_of_real_files_are_the_quotes(path: Path | None) -> None:
    if path is None:
        pytest.skip(f"no real PDF files in {SHARED}: set PROBQA_SHARED")
    content = path.read_bytes()
    try:
        read = read_printed(content)
    except ReadingError as error:
        pytest.skip(f"is not read: {error.problem}")
    text, blocks, _ = assemble(read.reading.pieces)
    places, words = places_of(read, blocks), PageWords(content)
    step = max(1, len(blocks) // PASSAGES_A_FILE)
    other = []
    for block in blocks[::step]:
        quote = letters(text[block.span.start : block.span.end])
        found = words.inside(places.marks(block.span))
        if found != quote:
            other.append((quote, found))
    if path.name in UNLIKE_ITSELF:
        return
    assert len(other) <= 0.06 * len(blocks[::step]), other
    # What is printed in the same place may be inside too, but nothing of the quote is outside.
    assert [quote for quote, found in other if Counter(quote) - Counter(found)] == []
