"""Workbooks to text: what the sheets show, with the names of sheets and cells, and a list of the rest."""

from __future__ import annotations

import pytest

from making import docx, packed, paragraph, words_missing, xlsx
from probqa.errors import ReadingError
from probqa.reading.assembly import Reading
from probqa.reading.formats.number_formats import shown
from probqa.reading.formats.xlsx import read_xlsx

BOLD, STRUCK, WHITE, DARK, SHARE, DAY, RAISED, GONE, ODD = range(1, 10)
STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="0.0%"/><numFmt numFmtId="165" formatCode="d mmmm yyyy"/>'
    '<numFmt numFmtId="166" formatCode=";;;"/><numFmt numFmtId="167" formatCode="000-0000"/></numFmts>'
    '<fonts><font/><font><b/></font><font><strike/></font><font><color rgb="FFFFFFFF"/></font>'
    '<font><vertAlign val="superscript"/></font></fonts>'
    '<fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="solid"/></fill></fills>'
    "<cellXfs><xf/>"
    '<xf fontId="1"/><xf fontId="2"/><xf fontId="3"/><xf fontId="3" fillId="1"/><xf numFmtId="164"/>'
    '<xf numFmtId="165"/><xf fontId="4"/><xf numFmtId="166"/><xf numFmtId="167"/></cellXfs>'
)


def cell(at: str, what: str | float, look: int = 0) -> str:
    if isinstance(what, str):
        return f'<c r="{at}" s="{look}" t="inlineStr"><is><t>{what}</t></is></c>'
    return f'<c r="{at}" s="{look}"><v>{what}</v></c>'


def rows(*cells: list[str], hidden: int = 0) -> str:
    return "".join(
        f'<row r="{each[0].split(chr(34))[1].lstrip("ABCDEFG")}" hidden="{int(at == hidden)}">{"".join(each)}</row>'
        for at, each in enumerate(cells, 1)
    )


def sheet(*cells: list[str], before: str = "", after: str = "", hidden: int = 0) -> str:
    return f"{before}<sheetData>{rows(*cells, hidden=hidden)}</sheetData>{after}"


def pieces(reading: Reading) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in reading.pieces]


def read(xml: str, **more: object) -> tuple[list[str], list[tuple[str, str]]]:
    """The text of each piece below the sheet's name, and the reason and text of each removal."""
    reading = read_xlsx(xlsx({"Ratings": xml}, styles=STYLES, **more))  # type: ignore[arg-type]
    return [text for _, text in pieces(reading)[1:]], [(each.reason, each.text) for each in reading.removals]


def test_a_row_names_its_columns_below_the_names_of_sheet_and_cells() -> None:
    table = sheet(
        [cell("B2", "Ratings by office", BOLD)],
        [cell("B3", "Office", BOLD), cell("C3", "Late", BOLD), cell("D3", "Day", BOLD)],
        [cell("B4", "Selby"), cell("C4", 0.2248, SHARE), cell("D4", 42844, DAY)],
        [cell("B5", "Weir"), cell("C5", 1, SHARE)],
        [cell("B9", "Read by two inspectors.")],
    )
    reading = read_xlsx(xlsx({"By office": table}, styles=STYLES))
    assert [(piece.kind, piece.level, piece.text) for piece in reading.pieces] == [
        ("heading", 1, "By office"),
        ("heading", 2, "Ratings by office"),
        ("heading", 3, "Cells B4:D5"),
        ("row", 0, "Office: Selby; Late: 22.5%; Day: 19 April 2017"),
        ("row", 0, "Office: Weir; Late: 100.0%"),
        ("heading", 3, "Cell B9"),
        ("paragraph", 0, "Read by two inspectors."),
    ]


def test_a_long_table_has_its_cells_named_every_twenty_rows() -> None:
    long = sheet(*([cell(f"A{at}", f"Office {at}"), cell(f"B{at}", "Late")] for at in range(1, 46)))
    headings = [text for kind, text in pieces(read_xlsx(xlsx({"A": long}))) if kind == "heading"]
    assert headings == ["A", "Cells A1:B20", "Cells A21:B40", "Cells A41:B45"]


WORDS = [cell("A1", "Office"), cell("B1", "Rating")], [cell("A2", "Selby"), cell("B2", "Poor")]
TABLE = {
    "xl/_rels/sheet1.xml.rels": '<x><Relationship Id="t" Type="x/table" Target="table.xml"/></x>',
    "xl/table.xml": '<table ref="A1:B2"/>',
}


@pytest.mark.parametrize(
    ("table", "parts"),
    [
        (sheet(*WORDS), TABLE),
        (sheet(*WORDS, after='<autoFilter ref="$A$1:$B$2"/>'), {}),
        (sheet(*WORDS, before='<sheetViews><sheetView><pane ySplit="1" state="frozen"/></sheetView></sheetViews>'), {}),
        (sheet([cell("A1", "Office", BOLD), cell("B1", "Rating", BOLD)], WORDS[1]), {}),
    ],
    ids=["table", "filter", "frozen", "bold"],
)
def test_a_first_row_names_columns_where_the_file_says_so(table: str, parts: dict[str, str]) -> None:
    assert read(table, parts=parts)[0] == ["Cells A2:B2", "Office: Selby; Rating: Poor"]


def test_words_over_figures_name_columns_and_words_over_words_do_not() -> None:
    figures = sheet([cell("A1", "Office"), cell("B1", "Late")], [cell("A2", "Selby"), cell("B2", 7)])
    assert read(figures)[0] == ["Cells A2:B2", "Office: Selby; Late: 7"]
    assert read(sheet(*WORDS))[0] == ["Cells A1:B2", "Office; Rating", "Selby; Poor"]


def test_however_much_is_struck_is_listed_whole() -> None:
    struck = " ".join(f"word{number}" for number in range(300))
    _, removed = read(sheet([cell("A1", "Kept")], [cell("A2", struck, STRUCK)]))
    assert [text for _, text in removed] == [struck]


def test_struck_words_are_left_out_and_listed_with_their_cell() -> None:
    rich = (
        '<c r="A1"  t="s"><v>0</v></c>',
        "<r><t>Rated </t></r><r><rPr><strike/></rPr><t>Good </t></r><r><rPr/><t>Poor in 2022</t></r>"
        '<r><rPr><vertAlign val="superscript"/></rPr><t>3</t></r>',
    )
    xml = sheet([rich[0]], [cell("A2", "All of it", STRUCK)], [cell("A3", 5, STRUCK)])
    assert read(xml, strings=[rich[1]]) == (
        ["Cell A1", "Rated Poor in 2022³"],
        [("struck out, at Ratings!A1", "Good"), ("struck out, at Ratings!A2", "All of it"),
         ("struck out, at Ratings!A3", "5")],
    )  # fmt: skip


def test_what_is_not_seen_is_listed_with_its_cell_and_not_quoted() -> None:
    xml = sheet(
        [cell("A1", "Seen"), cell("C1", "in a hidden column")],
        [cell("A2", "in a hidden row")],
        [cell("A3", "white on white", WHITE), cell("B3", "white on dark", DARK)],
        [cell("A4", "by its format", GONE), cell("B4", 7, GONE)],
        before='<cols><col min="3" max="4" hidden="1"/></cols>',
        hidden=2,
    )
    assert read(xml) == (
        ["Cells A1:B3", "Seen", "white on dark"],
        [
            ("hidden text, at Ratings!C1", "in a hidden column"),
            ("hidden text, at Ratings!A2", "in a hidden row"),
            ("hidden text, at Ratings!A3", "white on white"),
            ("hidden text, at Ratings!A4", "by its format"),
            ("hidden text, at Ratings!B4", "7"),
        ],
    )


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_listed(state: str) -> None:
    book = xlsx({"Seen": sheet([cell("A1", "Late.")]), "Not": sheet([cell("A1", "Secret")])}, state=state)
    reading = read_xlsx(book)
    assert pieces(reading) == [("heading", "Seen"), ("heading", "Cell A1"), ("paragraph", "Late.")]
    assert [(each.reason, each.text) for each in reading.removals] == [("hidden sheet, Not", "Secret")]


def test_a_merged_cell_stands_in_each_of_its_rows_and_what_it_covers_is_listed() -> None:
    xml = sheet(
        [cell("A1", "Selby"), cell("B1", 2021)],
        [cell("A2", "below"), cell("B2", 2022)],
        after='<mergeCells><mergeCell ref="A1:A2"/></mergeCells>',
    )
    assert read(xml) == (
        ["Cells A1:B2", "Selby; 2021", "Selby; 2022"],
        [("text below a merged cell, at Ratings!A2", "below")],
    )


def test_values_are_written_as_the_sheet_shows_them() -> None:
    xml = sheet([
        '<c r="A1" t="b"><v>1</v></c>', '<c r="B1" t="e"><v>#N/A</v></c>', '<c r="C1" t="str"><f>A1</f><v>Said</v></c>',
        '<c r="D1"><f>SUM(A1:B1)</f></c>', '<c r="E1" t="inlineStr"><is><t>a_x000D_b</t></is></c>',
        cell("F1", 1234567, ODD),
    ])  # fmt: skip
    assert read(xml) == (
        ["Cells A1:F1", "TRUE; #N/A; Said; a b; 1234567"],
        [
            ("formula that was never worked out, at Ratings!D1", "=SUM(A1:B1)"),
            ("number format that is not read, at Ratings!F1", "000-0000"),
        ],
    )


@pytest.mark.parametrize(
    ("stored", "code", "written"),
    [
        ("0.345", "0.00", "0.35"),
        ("-1234.5", '"£"#,##0;[Red]("£"#,##0)', "(£1,235)"),
        ("1234.5", '_-£* #,##0.00_-;-£* #,##0.00_-;_-£* "-"??_-;_-@_-', "£1,234.50"),
        ("0", '_-£* #,##0.00_-;-£* #,##0.00_-;_-£* "-"??_-;_-@_-', "£-"),
        ("1234.5", "[$€-407]#,##0.0", "€1,234.5"),
        ("1234567", '#,##0,"k"', "1,235k"),
        ("3.5", "# ?/?", "3 1/2"),
        ("0.75", "?/?", "3/4"),
        ("12345", "0.00E+00", "1.23E+04"),
        ("7", "000", "007"),
        ("0.125", "0.0##%", "12.5%"),
        ("5", 'General" people"', "5 people"),
        ("0.30000000000000004", "General", "0.3"),
        ("42844.75", "dd/mm/yy hh:mm", "19/04/17 18:00"),
        ("0.5625", "h:mm AM/PM", "1:30 PM"),
        ("1.0625", "[h]:mm", "25:30"),
        ("1", "yyyy-mm-dd", "1900-01-01"),
        ("42844", "dddd, mmm yyyy", "Wednesday, Apr 2017"),
        ("5", "[>3]0;1", None),
        ("60", "d mmm yyyy", None),
        ("-1", "d mmm yyyy", None),
        ("1E+300", "0", None),
        ("1E-300", "0", None),
    ],
)
def test_a_number_is_written_in_its_format(stored: str, code: str, written: str | None) -> None:
    assert shown(stored, code) == written


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    assert shown("0", "yyyy-mm-dd", is_1904=True) == "1904-01-01"


def test_comments_drawings_and_running_lines_are_listed() -> None:
    def related(*kinds: tuple[str, str]) -> str:
        inner = "".join(f'<Relationship Id="{to}" Type="x/{kind}" Target="{to}"/>' for kind, to in kinds)
        return f"<Relationships>{inner}</Relationships>"

    parts = {
        "xl/_rels/sheet1.xml.rels": related(("comments", "comments.xml"), ("drawing", "drawing.xml")),
        "xl/_rels/drawing.xml.rels": related(("chart", "chart.xml")),
        "xl/comments.xml": '<comments><comment ref="A1"><text><r><t>Is it?</t></r></text></comment></comments>',
        "xl/drawing.xml": "<wsDr><sp><txBody><p><r><t>In a box</t></r></p></txBody></sp></wsDr>",
        "xl/chart.xml": "<chartSpace><v>Late</v></chartSpace>",
    }
    footer = (
        '<headerFooter><oddFooter>&amp;L&amp;"Arial,Bold"&amp;8Official&amp;RPage &amp;P</oddFooter></headerFooter>'
    )
    assert read(sheet([cell("A1", "Late.")], after=footer), parts=parts)[1] == [
        ("comment, at Ratings!A1", "Is it?"),
        ("text in a drawing, in Ratings", "In a box"),
        ("text in a chart, in Ratings", "Late"),
        ("running footer, in Ratings", "Official Page"),
    ]


def test_the_title_is_the_files_and_the_day_is_marked() -> None:
    about = (
        "<coreProperties><title>Offices and ratings</title><created>2020-02-03T10:00:00Z</created>"
        "<modified>2021-02-03T10:00:00Z</modified></coreProperties>"
    )
    book = xlsx({"Sheet1": sheet([cell("A1", "Late.")])}, parts={"docProps/core.xml": about})
    assert read_xlsx(book).metadata == {
        "title": "Offices and ratings",
        "title_note": "read from the file's data",
        "published": "2021-02-03",
        "published_note": "the day the Excel file was last saved",
    }
    assert read_xlsx(xlsx({"Sheet1": sheet([cell("A1", "Late.")])})).metadata == {}


def test_every_word_is_in_the_text_or_in_the_list() -> None:
    xml = sheet(
        [cell("A1", "Office", BOLD), cell("B1", "Rating", BOLD), cell("C1", "Never", BOLD)],
        [cell("A2", "Selby"), cell("B2", "Poor", STRUCK)],
        [cell("A3", "Weir"), cell("B3", "Good")],
        [cell("A7", "Loose")],
        after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
        hidden=4,
    )
    reading = read_xlsx(xlsx({"Ratings": xml}, styles=STYLES))
    told = [*(piece.text for piece in reading.pieces), *(removal.text for removal in reading.removals)]
    assert not words_missing(xml, told)


GOOD = xlsx({"A": sheet([cell("A1", "Late.")])})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD[:300], "damaged or cut off"),
        (docx(paragraph("x")), "is not an Excel workbook"),
        (packed({"xl/workbook.bin": b"x"}), "is not an Excel workbook"),
        (xlsx({"A": "<sheetData>"}), "broken XML"),
        (xlsx({"A": ""}), "holds no text to quote"),
        (xlsx({"A": "x"}, parts={"a.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}), "a document type"),
        (xlsx({"A": "x"}, parts={"big.xml": " " * 200_000_001}), "unpacks to more than 200 MB"),
    ],
    ids="cut-off Word binary broken-XML empty entities zip-bomb".split(),
)
def test_what_is_no_readable_workbook_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ReadingError, match=said):
        read_xlsx(content)


def test_cells_at_the_ends_of_a_sheet_cost_nothing() -> None:
    xml = sheet(
        [cell("A1", "Late.")],
        ['<c r="XFD1048576" t="inlineStr"><is><t>Far.</t></is></c>'.replace("XFD1048576", "G1048576")],
        after='<mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="A1"/><mergeCell ref="x"/></mergeCells>',
    )
    assert read(xml) == (["Cell A1", "Late."], [("text below a merged cell, at Ratings!G1048576", "Far.")])
