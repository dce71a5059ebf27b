"""Word files to text: what the pages show and nothing else, and refusals of what no Word file holds."""

from __future__ import annotations

import re

import pytest

from making import RELATIONS, WORDS, docx, paragraph
from probqa.errors import ReadingError
from probqa.reading.assembly import Reading
from probqa.reading.formats.packed_xml import MAX_UNPACKED_BYTES
from probqa.reading.formats.word import read_word


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


# Words that were withdrawn, and figures that look as they are printed


def run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def par(*inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(inner)}</w:p>"


def styles(*named: str) -> dict[str, str]:
    return {"word/styles.xml": f'<w:styles xmlns:w="{WORDS}">{"".join(named)}</w:styles>'}


def read(
    body: str, parts: dict[str, str] | None = None, related: tuple[str, ...] = ()
) -> tuple[list[str], list[tuple[str, str]]]:
    """The text of each piece, and the reason and text of each removal."""
    reading = read_word(docx(body, parts=parts or {}, related=related))
    return [piece.text for piece in reading.pieces], [(each.reason, each.text) for each in reading.removals]


STRUCK = '<w:style w:type="character" w:styleId="Out"><w:name w:val="Out"/><w:rPr><w:strike/></w:rPr></w:style>'
STRUCK_BELOW = '<w:style w:styleId="Below"><w:name w:val="Below"/><w:basedOn w:val="Out"/></w:style>'


@pytest.mark.parametrize(
    "look",
    ["<w:strike/>", "<w:dstrike/>", '<w:strike w:val="1"/>', '<w:rStyle w:val="Out"/>', '<w:rStyle w:val="Below"/>'],
)
def test_struck_words_are_left_out_and_listed(look: str) -> None:
    body = par(run("It was rated "), run("Good ", look), run("Inadequate."))
    assert read(body, styles(STRUCK, STRUCK_BELOW), ("styles",)) == (
        ["It was rated Inadequate."],
        [("struck out", "Good")],
    )


def test_a_run_that_takes_its_styles_strike_back_is_live() -> None:
    body = par(run("Staff were trained.", '<w:rStyle w:val="Out"/><w:strike w:val="0"/>'))
    assert read(body, styles(STRUCK), ("styles",)) == (["Staff were trained."], [])


def test_what_is_left_out_is_listed_with_the_heading_above_it() -> None:
    body = paragraph("Courts", '<w:outlineLvl w:val="0"/>') + par(run("Late."), run("Early.", "<w:strike/>"))
    assert read(body)[1] == [("struck out, below “Courts”", "Early.")]


@pytest.mark.parametrize("mark", ["del", "moveFrom"])
@pytest.mark.parametrize("space", ["", " "])
def test_a_paragraph_whose_mark_was_deleted_goes_on_in_the_next(mark: str, space: str) -> None:
    body = par(run(f"The plan was not{space}"), properties=f"<w:rPr><w:{mark}/></w:rPr>") + "<w:bookmarkStart/>"
    body += par(run("effective in most cases.")) + par(run("Staff were few."))
    assert read(body) == (["The plan was not effective in most cases.", "Staff were few."], [])


def test_deleted_rows_cells_and_moved_words_are_left_out_and_listed() -> None:
    gone = f"<w:tr><w:trPr><w:del/></w:trPr>{cell('Selby')}{cell('Poor')}</w:tr>"
    body = table([cell("Ambleton"), cell("Good")]).replace("</w:tbl>", f"{gone}</w:tbl>")
    body += par(run("It was late."), f"<w:moveFrom>{run('Then it moved.')}</w:moveFrom>")
    assert read(body) == (
        ["Ambleton; Good", "It was late."],
        [("deleted (tracked change)", "Selby Poor"), ("moved away (tracked change)", "Then it moved.")],
    )


RAISED = '<w:vertAlign w:val="superscript"/>'
LOWERED = '<w:vertAlign w:val="subscript"/>'
NOTE_STYLE = f'<w:style w:type="character" w:styleId="Mark"><w:name w:val="Mark"/><w:rPr>{RAISED}</w:rPr></w:style>'


@pytest.mark.parametrize(
    ("look", "mark", "shown"),
    [
        (RAISED, "3", "2022³ before"),
        ('<w:position w:val="6"/><w:sz w:val="16"/>', "3", "2022³ before"),
        ('<w:rStyle w:val="Mark"/>', "3", "2022³ before"),
        (RAISED, "2,3", "2022²,³ before"),
        (RAISED, "2–3", "2022²–³ before"),
        (RAISED, "a", "2022ᵃ before"),
        (RAISED, "iv", "2022ⁱᵛ before"),
        (RAISED, "nd", "2022nd before"),
        (RAISED, "-3", "2022⁻³ before"),
        (LOWERED, "2", "2022₂ before"),
        ('<w:position w:val="2"/>', "3", "20223 before"),
    ],
)
def test_a_raised_mark_does_not_run_into_the_figure_before_it(look: str, mark: str, shown: str) -> None:
    body = par(run("It was 2022"), run(mark, look), run(" before."))
    assert read(body, styles(NOTE_STYLE), ("styles",))[0] == [f"It was {shown}."]


def test_a_fraction_of_raised_and_lowered_figures_is_one_character() -> None:
    body = par(run("It took 3"), run("1", RAISED), run("/"), run("2", LOWERED), run(" years."))
    assert read(body)[0] == ["It took 3½ years."]


def math(inner: str) -> str:
    return f'<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">{inner}</m:oMath>'


def mathrun(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("equation", "shown"),
    [
        (f"<m:f><m:num>{mathrun('2')}</m:num><m:den>{mathrun('3')}</m:den></m:f>", "⅔"),
        (f"{mathrun('3')}<m:f><m:num>{mathrun('1')}</m:num><m:den>{mathrun('2')}</m:den></m:f>", "3½"),
        (f"<m:f><m:num>{mathrun('a+b')}</m:num><m:den>{mathrun('c')}</m:den></m:f>", "(a+b)/c"),
        (f"<m:sSup><m:e>{mathrun('10')}</m:e><m:sup>{mathrun('−3')}</m:sup></m:sSup>", "10⁻³"),
        (f"<m:sSub><m:e>{mathrun('x')}</m:e><m:sub>{mathrun('2')}</m:sub></m:sSub>", "x₂"),
        (f"<m:rad><m:deg/><m:e>{mathrun('16')}</m:e></m:rad>", "√16"),
        (f"<m:d><m:e>{mathrun('a')}</m:e></m:d>", "(a)"),
    ],
)
def test_an_equation_is_read_as_it_would_be_typed(equation: str, shown: str) -> None:
    assert read(par(run("The share was "), math(equation), run(" of all.")))[0] == [f"The share was {shown} of all."]


def test_a_fraction_in_an_equation_or_a_field_does_not_run_into_the_figure_before_it() -> None:
    half = math(f"<m:f><m:num>{mathrun('1')}</m:num><m:den>{mathrun('2')}</m:den></m:f>")
    assert read(par(run("It took 3"), half, run(" years.")))[0] == ["It took 3½ years."]
    field = field_of(r" EQ \f(2,3) ")
    assert read(par(run("In 1"), field, run(" of cases.")))[0] == ["In 1⅔ of cases."]


def field_of(code: str, data: str = "") -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r><w:r><w:instrText>{code}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def notes(kind: str, *texts: str) -> str:
    inner = "".join(f'<w:{kind} w:id="{at}">{paragraph(text)}</w:{kind}>' for at, text in enumerate(texts, 1))
    return f'<w:{kind}s xmlns:w="{WORDS}">{inner}</w:{kind}s>'


def test_notes_are_numbered_as_printed_and_two_marks_are_not_one_number() -> None:
    parts = {"word/footnotes.xml": notes("footnote", "One.", "Two."), "word/endnotes.xml": notes("endnote", "End.")}
    marks = "".join(f'<w:r><w:footnoteReference w:id="{at}"/></w:r>' for at in (1, 2))
    body = par(run("There were 31"), marks, run(" offices.")) + par(
        run("They closed"), '<w:r><w:endnoteReference w:id="1"/></w:r>', run(".")
    )
    assert read(body, parts, ("footnotes", "endnotes"))[0] == [
        "There were 31¹ ² offices.",
        "¹ One.",
        "² Two.",
        "They closedⁱ.",
        "ⁱ End.",
    ]


def test_a_note_in_a_table_stands_after_it() -> None:
    mark = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    marked = f"<w:tc>{par(run('31'), mark)}</w:tc>"
    body = table([cell("Cases"), marked], [cell("Staff"), cell("9")]) + paragraph("Last.")
    assert read(body, {"word/footnotes.xml": notes("footnote", "In May.")}, ("footnotes",))[0] == [
        "Cases; 31¹",
        "Staff; 9",
        "¹ In May.",
        "Last.",
    ]


def test_a_struck_choice_of_a_form_is_left_out_and_listed() -> None:
    struck = field_of(" FORM ", FORM.format("")).replace("<w:r>", "<w:r><w:rPr><w:strike/></w:rPr>")
    assert read(par(run("Rating: none"), struck)) == (["Rating: none"], [("struck out", "Good")])


def test_a_note_with_a_mark_of_its_own_keeps_it_and_one_that_nothing_refers_to_is_listed() -> None:
    parts = {"word/footnotes.xml": notes("footnote", "7 Mine.", "Lost.")}
    mark = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="1"/><w:t>7</w:t></w:r>'
    assert read(par(run("In 2022"), mark, run(".")), parts, ("footnotes",)) == (
        ["In 2022⁷.", "7 Mine."],
        [("footnote that nothing refers to", "Lost.")],
    )


@pytest.mark.parametrize(
    ("symbol", "shown"),
    [
        ('<w:sym w:font="Symbol" w:char="F0A3"/>', "≤"),
        ('<w:sym w:font="Symbol" w:char="F0B3"/>', "≥"),
        ('<w:sym w:font="Symbol" w:char="F0B1"/>', "±"),
        ('<w:sym w:font="Wingdings" w:char="F0FC"/>', "✓"),
        ('<w:sym w:font="Wingdings" w:char="F0FB"/>', "✗"),
        ('<w:sym w:font="Wingdings 2" w:char="F050"/>', "✓"),
        ('<w:sym w:font="Wingdings" w:char="00FE"/>', "☑"),
        ('<w:sym w:font="Segoe UI Symbol" w:char="2713"/>', "✓"),
        ('<w:rPr><w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/></w:rPr><w:t>\uf0a3</w:t>', "≤"),
        ('<w:rPr><w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/></w:rPr><w:t>ü</w:t>', "✓"),
    ],
)
def test_a_symbol_is_read_as_the_character_that_it_looks_like(symbol: str, shown: str) -> None:
    assert read(par(run("Every "), f"<w:r>{symbol}</w:r>", run(" 14 days."))) == ([f"Every {shown} 14 days."], [])


def test_a_symbol_that_is_not_known_leaves_a_mark_and_is_listed() -> None:
    body = par(run("Every "), '<w:r><w:sym w:font="Own" w:char="F0A3"/></w:r>', run(" 14 days."))
    assert read(body) == (
        ["Every \ufffd 14 days."],
        [("symbol that is not known", r"'\uf0a3' in the font Own")],
    )


def test_ticks_stand_below_the_names_of_their_columns() -> None:
    tick = '<w:tc><w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p></w:tc>'
    rows = [
        [cell("Standard"), cell("Met"), cell("Not met")],
        [cell("Visits"), cell(""), tick],
        [cell("Plans"), tick, cell("")],
    ]
    assert read(table(*rows))[0] == ["Standard: Visits; Not met: ✓", "Standard: Plans; Met: ✓"]


def test_columns_left_out_before_or_within_a_row_do_not_shift_the_others() -> None:
    head = [cell("Office"), cell("2021"), cell("2022"), cell("2023")]
    body = table(head, [cell("9")], [cell("Selby"), cell("4", '<w:gridSpan w:val="2"/>'), cell("5")], head=True)
    body = body.replace(f"<w:tr>{cell('9')}", f'<w:tr><w:trPr><w:gridBefore w:val="2"/></w:trPr>{cell("9")}')
    assert read(body)[0] == ["2022: 9", "Office: Selby; 2021: 4; 2023: 5"]


LIST = (
    f'<w:numbering xmlns:w="{WORDS}"><w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%1.%2)"/></w:lvl>'
    '</w:abstractNum><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
    '<w:lvlText w:val="·"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="0"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num></w:numbering>'
)


def item(text: str, number: int, depth: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def test_list_items_keep_the_numbers_that_word_prints() -> None:
    body = item("One", 1) + item("In one", 1, 1) + item("Too", 1, 1) + item("Two", 1) + item("In two", 1, 1)
    body += item("Dot", 2) + item("Seven", 3) + item("Eight", 3)
    reading = read_word(docx(body, parts={"word/numbering.xml": LIST}, related=["numbering"]))
    assert pieces(reading) == [
        ("item", text)
        for text in ("1. One", "(1.a) In one", "(1.b) Too", "2. Two", "(2.a) In two", "Dot", "7. Seven", "8. Eight")
    ]


# Words that were passed over in silence


FORM = (
    "<w:ffData><w:ddList>{}<w:listEntry w:val='Good'/><w:listEntry w:val='Requires improvement'/></w:ddList></w:ffData>"
)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (FORM.format("<w:result w:val='1'/>"), "Requires improvement"),
        (FORM.format("<w:default w:val='1'/>"), "Requires improvement"),
        (FORM.format(""), "Good"),
        ("<w:ffData><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox></w:ffData>", "☒"),
        ("<w:ffData><w:checkBox><w:default w:val='0'/></w:checkBox></w:ffData>", "☐"),
    ],
)
def test_the_chosen_entry_of_a_form_is_read(data: str, shown: str) -> None:
    assert read(par(run("Rating: "), field_of(" FORM ", data)))[0] == [f"Rating: {shown}"]


def test_the_result_of_a_field_is_read_and_words_in_its_code_are_not() -> None:
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    body = par(run("It was "), begin, run("never"), separate, run("good"), end, run("."))
    assert read(body) == (["It was good."], [("field code", "never")])


PROMPT = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
GREY = '<w:style w:type="character" w:styleId="Grey"><w:name w:val="Placeholder Text"/></w:style>'


@pytest.mark.parametrize(
    "prompt",
    [
        PROMPT.format(paragraph("Name of the office")),
        par(PROMPT.format(run("Name of the office"))),
        paragraph("Name of the office", run='<w:rStyle w:val="Grey"/>'),
    ],
)
def test_a_placeholder_is_left_out_and_listed(prompt: str) -> None:
    assert read(paragraph("It was late.") + prompt, styles(GREY), ("styles",)) == (
        ["It was late."],
        [("placeholder", "Name of the office")],
    )


def test_a_prompt_in_two_runs_is_left_out_and_listed() -> None:
    body = paragraph("It was late.") + par(run("Click or tap here "), run("to enter text."))
    assert read(body) == (["It was late."], [("placeholder", "Click or tap here to enter text.")])


@pytest.mark.parametrize(
    "prompt", ["Click or tap here to enter text.", "Choose an item.", "Click here to enter a date."]
)
def test_words_own_prompts_are_never_text(prompt: str) -> None:
    assert read(paragraph("It was late.") + paragraph(prompt))[0] == ["It was late."]


def chunk(name: str, content: str | bytes) -> tuple[str, dict[str, str | bytes]]:
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    relation = f'<Relationship Id="c" Type="{RELATIONS}/aFChunk" Target="{name}"/>'
    names = f'xmlns:r="{RELATIONS}"'
    return f'<w:altChunk {names} r:id="c"/>', {
        f"word/{name}": content,
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}">{relation}</Relationships>',
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("part.html", "<html><body><p>Unpaid work was cancelled on nine days in March.</p></body></html>"),
        ("part.docx", docx(paragraph("Unpaid work was cancelled on nine days in March."))),
        ("part.rtf", r"{\rtf1 Unpaid work was cancelled on nine days in March.}"),
        ("afchunk.dat", "Unpaid work was cancelled on nine days in March."),
        (
            "part.mht",
            "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
            "<html><body><p>Unpaid work was cancelled on nine days in March.</p></body></html>",
        ),
    ],
)
def test_an_embedded_part_is_read_in_its_place(name: str, content: str | bytes) -> None:
    mark, parts = chunk(name, content)
    reading = read_word(docx(paragraph("First.") + mark + paragraph("Last."), parts=parts))
    assert [piece.text for piece in reading.pieces] == [
        "First.",
        "Unpaid work was cancelled on nine days in March.",
        "Last.",
    ]


def test_an_embedded_part_that_is_not_read_is_listed() -> None:
    mark, parts = chunk("part.rtf", r"{\rtf1 Unpaid work.")
    reading = read_word(docx(paragraph("First.") + mark, parts=parts))
    [removal] = reading.removals
    assert (removal.reason, removal.text) == ("embedded part that could not be read (is cut off)", "word/part.rtf")


def test_charts_watermarks_and_linked_parts_are_listed() -> None:
    parts = {
        "word/chart.xml": '<c xmlns:a="x"><a:p><a:t>Cases</a:t></a:p><c><pt><v>31</v></pt></c></c>',
        "word/header.xml": f'<w:hdr xmlns:w="{WORDS}" xmlns:v="v"><w:p><w:r><w:pict><v:shape id="PowerPlusWaterMark">'
        '<v:textpath string="DRAFT"/></v:shape></w:pict></w:r></w:p></w:hdr>',
    }
    assert read(paragraph("It was late."), parts, ("chart", "header", "subDocument"))[1] == [
        ("text in a chart", "Cases 31"),
        ("watermark", "DRAFT"),
        ("linked part that is not in the file", "word/subDocument.xml"),
    ]


# What the file says of itself


def about(title: str, created: str = "", modified: str = "") -> dict[str, str]:
    inner = f"<title>{title}</title><created>{created}</created><modified>{modified}</modified>"
    return {"docProps/core.xml": f"<core>{inner}</core>"}


TITLE = (
    '<w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
    '<w:style w:styleId="H"><w:name w:val="heading 1"/></w:style>'
)


@pytest.mark.parametrize(
    ("body", "stored", "title"),
    [
        (paragraph("Newtown 2023", '<w:pStyle w:val="T"/>'), "Oldtown 2017", "Newtown 2023"),
        (paragraph("Newtown 2023", '<w:pStyle w:val="H"/>'), "Oldtown 2017", "Newtown 2023"),
        (paragraph("A report on NEWTOWN 2023"), "Newtown 2023", "Newtown 2023"),
        (paragraph("It was late."), "Newtown 2023", "Newtown 2023"),
        (paragraph("Newtown", '<w:pStyle w:val="H"/>'), "Microsoft Word - draft 3.docx", "Newtown"),
    ],
)
def test_the_title_on_the_first_page_comes_before_a_stale_one_in_the_files_data(
    body: str, stored: str, title: str
) -> None:
    parts = styles(TITLE) | about(stored)
    reading = read_word(docx(body + paragraph("It was late."), parts=parts, related=["styles"]))
    assert reading.metadata["title"] == title


@pytest.mark.parametrize(
    ("created", "modified", "note"),
    [
        (
            "2013-12-23T23:15:00Z",
            "2013-12-23T23:15:00Z",
            "the day the Word file, or the template it was made from, was made",
        ),
        ("2013-12-23T23:15:00Z", "", "the day the Word file, or the template it was made from, was made"),
        ("2012-01-01T00:00:00Z", "2013-12-23T23:15:00Z", "the day the Word file was last saved"),
    ],
)
def test_a_day_from_the_files_data_says_what_it_is(created: str, modified: str, note: str) -> None:
    reading = read_word(docx(paragraph("It was late."), parts=about("", created, modified)))
    assert (reading.metadata["published"], reading.metadata["published_note"]) == ("2013-12-23", note)


def test_every_word_of_a_file_is_in_the_text_or_in_the_list() -> None:
    words = iter(f"word{at:02}x" for at in range(99))
    box = f"<w:pict><w:txbxContent>{paragraph(next(words))}</w:txbxContent></w:pict>"
    parts = {
        "word/footnotes.xml": notes("footnote", next(words), next(words)),
        "word/header.xml": f'<w:hdr xmlns:w="{WORDS}">{paragraph(next(words))}</w:hdr>',
        "word/comments.xml": f'<w:comments xmlns:w="{WORDS}">{paragraph(next(words))}</w:comments>',
        "word/diagramData.xml": f"<d><pt><t>{next(words)}</t></pt></d>",
    }
    deep = "<w:sdt><w:sdtContent>" * 120 + paragraph(next(words)) + "</w:sdtContent></w:sdt>" * 120
    body = (
        par(run(next(words)), f"<w:del><w:r><w:delText>{next(words)}</w:delText></w:r></w:del>", f"<w:r>{box}</w:r>")
        + par(
            run(next(words), "<w:strike/>"),
            run(next(words), "<w:vanish/>"),
            f"<w:hyperlink>{run(next(words))}</w:hyperlink>",
        )
        + par(
            '<w:r><w:footnoteReference w:id="1"/></w:r>',
            f"<w:ins>{run(next(words))}</w:ins>",
            math(mathrun(next(words))),
        )
        + par(f"<w:fldSimple>{run(next(words))}</w:fldSimple>", f"<w:smartTag>{run(next(words))}</w:smartTag>")
        + par(f"<w:r><w:ruby><w:rt>{run(next(words))}</w:rt><w:rubyBase>{run(next(words))}</w:rubyBase></w:ruby></w:r>")
        + PROMPT.format(paragraph(next(words)))
        + table([cell(next(words)), f"<w:sdt><w:sdtContent>{cell(next(words))}</w:sdtContent></w:sdt>"])
        + f"<w:customXml>{paragraph(next(words))}</w:customXml>"
        + deep
    )
    related = ("footnotes", "header", "comments", "diagramData")
    texts, removals = read(body, parts, related)
    used = set(re.findall(r"word\d\dx", body + "".join(parts.values())))
    assert used == set(re.findall(r"word\d\dx", " ".join([*texts, *(text for _, text in removals)])))
    assert len(used) == len(re.findall(r"word\d\dx", " ".join([*texts, *(text for _, text in removals)])))
