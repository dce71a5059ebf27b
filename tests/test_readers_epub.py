"""E-books to text: every word of the chapters in the order of the book, and a list of the rest."""

from __future__ import annotations

import pytest

from making import docx, epub, packed, paragraph, words_missing
from probqa.errors import ReadingError
from probqa.reading.assembly import Reading
from probqa.reading.formats.epub import read_epub


def pieces(reading: Reading) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in reading.pieces]


def left_out(reading: Reading) -> list[tuple[str, str]]:
    return [(removal.reason, removal.text) for removal in reading.removals]


def test_chapters_are_read_whole_and_in_the_order_of_the_book() -> None:
    table = "<table><tr><th>Office</th><th>Rating</th></tr><tr><td>Selby</td><td>Poor</td></tr></table>"
    book = epub({"two": "<h1>Comments</h1><p>Home</p><ol start='4'><li>Late</li></ol>", "one": table})
    assert pieces(read_epub(book)) == [
        ("heading", "Comments"),
        ("paragraph", "Home"),
        ("item", "4. Late"),
        ("row", "Office: Selby; Rating: Poor"),
    ]


def test_withdrawn_words_are_left_out_also_where_a_style_sheet_of_the_book_strikes_them() -> None:
    page = "<p>Rated <del>Good</del> <s/>Poor <span class='gone'>in part</span>.</p>"
    book = epub({"one": page}, parts={"book/looks.css": ".gone { text-decoration: line-through }"})
    reading = read_epub(book)
    assert pieces(reading) == [("paragraph", "Rated Poor .")]
    assert left_out(reading) == [("struck out", "Good"), ("struck out", "in part")]


@pytest.mark.parametrize(
    "mark",
    ['<a epub:type="noteref" href="notes.xhtml#n3">3</a>', '<a href="notes.xhtml#n3">3</a>', "<sup>3</sup>",
     '<span role="doc-noteref">3</span>'],
)  # fmt: skip
def test_the_mark_of_a_note_does_not_run_into_a_figure(mark: str) -> None:
    assert pieces(read_epub(epub({"one": f"<p>It was 2022{mark}.</p>"}))) == [("paragraph", "It was 2022³.")]


def test_numbers_of_printed_pages_are_in_no_sentence() -> None:
    page = '<p>It took 3<span epub:type="pagebreak" id="p12">12</span> months.</p>'
    reading = read_epub(epub({"one": page}))
    assert pieces(reading) == [("paragraph", "It took 3 months.")]
    assert left_out(reading) == [("number of a printed page", "12")]


def test_contents_and_pages_outside_the_order_are_listed() -> None:
    linked = "".join(f"<p><a href='one.xhtml'>Chapter {at}</a></p>" for at in range(3))
    nav = "<nav epub:type='toc'><ol><li><a href='one.xhtml'>First</a></li></ol></nav>"
    reading = read_epub(epub({"contents": linked, "one": "<p>It was late.</p>", "-nav": nav, "-aside": "<p>More.</p>"}))
    assert pieces(reading) == [("paragraph", "It was late.")]
    assert left_out(reading) == [
        ("table of contents", "Chapter 0 Chapter 1 Chapter 2"),
        ("table of contents", "1. First"),
        ("page that is not in the order of the book", "More."),
    ]


def test_title_publisher_and_day_are_the_books_and_the_day_is_marked() -> None:
    about = "<dc:title>Ambleton</dc:title><dc:publisher>The Inspectorate</dc:publisher><dc:date>2017-04-19T0</dc:date>"
    assert read_epub(epub({"one": "<p>It was late.</p>"}, about=about)).metadata == {
        "title": "Ambleton",
        "publisher": "The Inspectorate",
        "published": "2017-04-19",
        "published_note": "read from the e-book's data",
    }
    about = "<dc:title>Unknown</dc:title><dc:date>0101-01-01</dc:date>"
    assert read_epub(epub({"one": "<h1>Selby</h1><p>It was late.</p>"}, about=about)).metadata == {"title": "Selby"}


def test_an_empty_page_and_a_broken_style_sheet_lose_nothing_else() -> None:
    book = epub(
        {"one": "<p>It was late.</p>", "two": ""}, parts={"book/pages/two.xhtml": " ", "book/looks.css": "\0\1"}
    )
    assert pieces(read_epub(book)) == [("paragraph", "It was late.")]


def test_every_word_is_in_the_text_or_in_the_list() -> None:
    pages = {
        "one": "<h1>One</h1><p>Rated <s>Good</s> Poor, <em>twice</em> <![CDATA[A < B]]></p><div>Loose <b>words</b>"
        "<aside epub:type='footnote'>A note.</aside></div><p hidden=''>Unseen</p>",
        "-two": "<dl><dt>Term</dt><dd>Said</dd></dl><p>Again</p>",
    }
    reading = read_epub(epub(pages))
    source = " ".join(pages.values()).replace("<![CDATA[A < B]]>", "A B")
    told = [*(piece.text for piece in reading.pieces), *(removal.text for removal in reading.removals)]
    assert not words_missing(source, told)


ENCRYPTED = '<encryption><CipherReference URI="book/pages/one.xhtml"/></encryption>'
GOOD = epub({"one": "<p>It was late.</p>"})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD[:300], "damaged or cut off"),
        (docx(paragraph("x")), "is not an e-book"),
        (packed({"META-INF/container.xml": "<container>"}), "broken XML"),
        (epub({"one": "<img src='a.png' alt='A page'/>"}), "holds no text to quote"),
        (epub({"one": "<p>x</p>"}, parts={"META-INF/encryption.xml": ENCRYPTED}), "protected against copying"),
        (epub({"one": "<p>x</p>"}, parts={"big.css": " " * 200_000_001}), "unpacks to more than 200 MB"),
        (packed({"META-INF/container.xml": "<r><rootfile full-path='../../etc/passwd'/></r>"}), "is not an e-book"),
        (epub({"-one": "<p>x</p>"}), "holds no text to quote"),
        (epub({"one": "<p>x</p><!-- <!ENTITY a 'b'> -->"}), "declares entities"),
    ],
    ids="cut-off Word broken-XML pictures protected zip-bomb outside no-order entities".split(),
)
def test_what_is_no_readable_book_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ReadingError, match=said):
        read_epub(content)


def test_a_book_whose_protected_files_are_fonts_is_read() -> None:
    fonts = '<encryption><CipherReference URI="book/font.otf"/></encryption>'
    assert pieces(read_epub(epub({"one": "<p>It was late.</p>"}, parts={"META-INF/encryption.xml": fonts}))) == [
        ("paragraph", "It was late.")
    ]
