"""Word files to text: what the pages show and nothing else, and refusals of what no Word file holds."""

from __future__ import annotations

import pytest

from making import WORDS, docx, paragraph
from probqa.errors import ReadingError
from probqa.reading.assembly import Reading
from probqa.reading.formats.word import MAX_UNPACKED_BYTES, read_word


def pieces(reading: Reading) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in reading.pieces]


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def table(*rows: list[str], head: bool = False) -> str:
    marked = "<w:trPr><w:tblHeader/></w:trPr>"
    return (
        "<w:tbl><w:tblPr/>"
        + "".join(f"<w:tr>{marked if head and not at else ''}{''.join(row)}</w:tr>" for at, row in enumerate(rows))
        + "</w:tbl>"
    )


def test_headings_items_and_paragraphs_come_in_order() -> None:
    styles = (
        f'<w:styles xmlns:w="{WORDS}"><w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="H2"/></w:style></w:styles>'
    )
    body = (
        paragraph("Findings", '<w:outlineLvl w:val="0"/>')
        + paragraph("Courts", '<w:pStyle w:val="Own"/>')
        + paragraph("Reports were on time.")
        + paragraph("One item", "<w:numPr><w:numId w:val='1'/></w:numPr>")
    )
    reading = read_word(docx(body, parts={"word/styles.xml": styles}, related=["styles"]))
    assert pieces(reading) == [
        ("heading", "Findings"),
        ("heading", "Courts"),
        ("paragraph", "Reports were on time."),
        ("item", "One item"),
    ]
    assert [piece.level for piece in reading.pieces] == [1, 2, 0, 0]


def test_a_table_row_names_its_columns_where_the_table_marks_a_head() -> None:
    rows = [[cell("Court"), cell("On time")], [cell("Ambleton"), cell("22.5%")]]
    assert pieces(read_word(docx(table(*rows, head=True)))) == [("row", "Court: Ambleton; On time: 22.5%")]
    assert pieces(read_word(docx(table(*rows)))) == [("row", "Court; On time"), ("row", "Ambleton; 22.5%")]


def test_a_cell_that_spans_rows_is_said_in_each_of_them() -> None:
    first, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = [[cell("North", first), cell("Ambleton")], [cell("", goes_on), cell("Selby")]]
    assert pieces(read_word(docx(table(*rows)))) == [("row", "North; Ambleton"), ("row", "North; Selby")]


def test_insertions_are_read_and_deletions_are_not() -> None:
    body = (
        "<w:p><w:r><w:t>The work was </w:t></w:r><w:del><w:r><w:delText>good</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>poor</w:t></w:r></w:ins><w:r><w:t>.</w:t></w:r></w:p>"
    )
    assert pieces(read_word(docx(body))) == [("paragraph", "The work was poor.")]


@pytest.mark.parametrize("run", ["<w:vanish/>", '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>'])
def test_hidden_text_is_flagged_and_not_quoted(run: str) -> None:
    reading = read_word(docx(paragraph("It was poor.") + paragraph("It was outstanding.", run=run)))
    assert pieces(reading) == [("paragraph", "It was poor.")]
    assert [(removal.reason, removal.text) for removal in reading.removals] == [("hidden text", "It was outstanding.")]


def test_white_text_in_a_shaded_cell_is_kept() -> None:
    shaded = (
        '<w:tc><w:tcPr><w:shd w:fill="1F3864"/></w:tcPr>'
        + paragraph("Court", run='<w:color w:val="FFFFFF"/>')
        + "</w:tc>"
    )
    assert pieces(read_word(docx(table([shaded, cell("On time")])))) == [("row", "Court; On time")]


def test_text_boxes_content_controls_and_notes_are_read_where_they_are_called() -> None:
    box = f"<w:pict><w:txbxContent>{paragraph('In a box.')}</w:txbxContent></w:pict>"
    notes = f'<w:footnotes xmlns:w="{WORDS}"><w:footnote w:id="5">{paragraph("A note.")}</w:footnote></w:footnotes>'
    body = (
        f"<w:sdt><w:sdtContent>{paragraph('In a control.')}</w:sdtContent></w:sdt>"
        f'<w:p><w:r><w:t>Called</w:t><w:footnoteReference w:id="5"/></w:r><w:r>{box}</w:r></w:p>'
    )
    reading = read_word(docx(body, parts={"word/footnotes.xml": notes}, related=["footnotes"]))
    assert [text for _, text in pieces(reading)] == ["In a control.", "Called¹", "In a box.", "¹ A note."]


def test_headers_are_left_out_and_recorded() -> None:
    header = f'<w:hdr xmlns:w="{WORDS}">{paragraph("Official")}</w:hdr>'
    reading = read_word(docx(paragraph("It was poor."), parts={"word/header.xml": header}, related=["header"]))
    assert pieces(reading) == [("paragraph", "It was poor.")]
    assert [(removal.reason, removal.text) for removal in reading.removals] == [("running header", "Official")]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (docx(paragraph("x"), parts={"word/styles.xml": BOMB + "<x>&b;</x>"}), "a document type"),
        (
            docx(paragraph("x"), parts={"word/styles.xml": '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'}),
            "a document type",
        ),
        (docx(paragraph("x"), parts={"big.xml": bytes(MAX_UNPACKED_BYTES + 1)}), "unpacks to more than 200 MB"),
        (docx(paragraph("x"))[:200], "damaged or cut off"),
        (docx("<w:p>"), "broken XML"),
        (docx(""), "no text to quote"),
        (docx(paragraph("x"), parts={"_rels/.rels": "<Relationships/>"}), "not a Word document"),
    ],
    ids=["XML bomb", "external entity", "zip bomb", "cut off", "broken XML", "empty", "another packed file"],
)
def test_what_no_word_file_holds_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ReadingError, match=said):
        read_word(content)


def test_deep_nesting_ends() -> None:
    deep = "<w:sdt><w:sdtContent>" * 120 + paragraph("deep") + "</w:sdtContent></w:sdt>" * 120
    reading = read_word(docx(paragraph("It was poor.") + deep))
    assert ("paragraph", "It was poor.") in pieces(reading)
