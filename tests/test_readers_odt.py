"""OpenDocument texts to text: what the pages show and nothing else, and a list of the rest."""

from __future__ import annotations

import pytest

from making import odt, packed, words_missing
from probqa.errors import ReadingError
from probqa.reading.assembly import Reading
from probqa.reading.formats.odt import read_odt


def style(name: str, look: str = "", family: str = "text", parent: str = "", properties: str = "text") -> str:
    return (
        f'<style:style style:name="{name}" style:family="{family}" style:parent-style-name="{parent}">'
        f"<style:{properties}-properties {look}/></style:style>"
    )


def par(*inner: str, named: str = "") -> str:
    return f'<text:p text:style-name="{named}">{"".join(inner)}</text:p>'


def span(text: str, named: str) -> str:
    return f'<text:span text:style-name="{named}">{text}</text:span>'


def pieces(reading: Reading) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in reading.pieces]


def read(body: str, styles: str = "", shared: str = "") -> tuple[list[str], list[tuple[str, str]]]:
    """The text of each piece, and the reason and text of each removal."""
    reading = read_odt(odt(body, styles=styles, shared=shared))
    return [text for _, text in pieces(reading)], [(each.reason, each.text) for each in reading.removals]


STRUCK = style("Out", 'style:text-line-through-style="solid"')
TYPED = style("Typed", 'style:text-line-through-type="double" style:text-line-through-style=""')
BELOW = style("Below", parent="Out")
BACK = style("Back", 'style:text-line-through-style="none"')


@pytest.mark.parametrize("named", ["Out", "Typed", "Below"])
def test_struck_words_are_left_out_and_listed(named: str) -> None:
    body = par("It was rated ", span("Good ", named), "Inadequate.")
    assert read(body, STRUCK + TYPED + BELOW) == (["It was rated Inadequate."], [("struck out", "Good")])


def test_however_much_is_struck_is_listed_whole() -> None:
    struck = " ".join(f"word{number}" for number in range(300))
    body = par("It was rated ", span(f"{struck} ", "Out"), "Inadequate.")
    assert read(body, STRUCK) == (["It was rated Inadequate."], [("struck out", struck)])


def test_a_paragraph_struck_by_its_style_is_withdrawn_but_for_what_takes_it_back() -> None:
    whole = style("P", 'style:text-line-through-type="single"', "paragraph")
    body = par("All of it ", span("stays ", "Back"), "goes.", named="P")
    assert read(body, whole + BACK) == (["stays"], [("struck out", "All of it"), ("struck out", "goes.")])


def test_tracked_deletions_are_listed_where_they_stood_and_insertions_are_live() -> None:
    change = (
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info><dc:creator>Ann'
        "</dc:creator></office:change-info><text:p>not</text:p></text:deletion></text:changed-region>"
        "<text:changed-region text:id='c2'><text:insertion/></text:changed-region></text:tracked-changes>"
    )
    marks = "<text:change-start text:change-id='c2'/>late<text:change-end text:change-id='c2'/>."
    heading = '<text:h text:outline-level="1">Courts</text:h>'
    body = change + heading + par('It was <text:change text:change-id="c1"/>', marks)
    assert read(body) == (["Courts", "It was late."], [("deleted (tracked change), below “Courts”", "not")])
    assert read(change + par("It was late.")) == (["It was late."], [("deleted (tracked change)", "not")])


@pytest.mark.parametrize(
    "hidden",
    [
        par("It was late.") + par(span("Unseen", "No")),
        par("It was late.", span("Unseen", "White")),
        par("It was late.", span("Unseen", "Tiny")),
        par("It was late.") + '<text:section text:display="none"><text:p>Unseen</text:p></text:section>',
        par("It was late.") + par('<text:hidden-paragraph text:is-hidden="true"/>Unseen'),
        par("It was late.", '<text:hidden-text text:is-hidden="true" text:string-value="Unseen"/>'),
        par("It was late.", '<text:variable-set text:display="none">Unseen</text:variable-set>'),
    ],
)
def test_hidden_text_is_listed_and_not_quoted(hidden: str) -> None:
    looks = (("No", 'text:display="none"'), ("White", 'fo:color="#FFFFFF"'), ("Tiny", 'fo:font-size="1pt"'))
    assert read(hidden, "".join(style(name, look) for name, look in looks)) == (
        ["It was late."],
        [("hidden text", "Unseen")],
    )


def test_white_words_on_a_shaded_cell_are_read() -> None:
    styles = style("White", 'fo:color="#ffffff"') + style(
        "Dark", 'fo:background-color="#000000"', "table-cell", properties="table-cell"
    )
    cells = f'<table:table-cell table:style-name="Dark">{par(span("Office", "White"))}</table:table-cell>'
    cells += f"<table:table-cell>{par('Selby')}</table:table-cell>"
    assert read(f"<table:table><table:table-row>{cells}</table:table-row></table:table>", styles)[0] == [
        "Office; Selby"
    ]


def test_raised_marks_and_fractions_do_not_run_into_figures() -> None:
    styles = style("Up", 'style:text-position="super 58%"') + style("Down", 'style:text-position="-33% 58%"')
    body = par("In 2022", span("3", "Up"), ", 3", span("1", "Up"), "/", span("2", "Down"), " years.")
    assert read(body, styles)[0] == ["In 2022³, 3½ years."]


def test_notes_follow_what_refers_to_them() -> None:
    def note(mark: str, text: str) -> str:
        return (
            f"<text:note><text:note-citation>{mark}</text:note-citation><text:note-body>{par(text)}</text:note-body>"
            "</text:note>"
        )

    cell = f"<table:table-cell>{par('Good', note('4', 'Fourth.'))}</table:table-cell>"
    row = f"<table:table-row>{cell}<table:table-cell>{par('2022')}</table:table-cell></table:table-row>"
    body = par("It was 2022", note("3", "Third."), ".") + f"<table:table>{row}</table:table>" + par("Late.")
    assert read(body)[0] == ["It was 2022³.", "³ Third.", "Good⁴; 2022", "⁴ Fourth.", "Late."]


def test_items_and_headings_have_their_numbers() -> None:
    def level(kind: str, at: int, form: str) -> str:
        shown = f'style:num-suffix="." text:display-levels="{at}"'
        return f'<text:{kind} text:level="{at}" style:num-format="{form}" {shown}/>'

    lists = (
        '<text:list-style style:name="L">'
        + level("list-level-style-number", 1, "1")
        + '<text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="(" '
        + 'style:num-suffix=")"/>'
        + "</text:list-style>"
    )
    outline = f"<text:outline-style>{level('outline-level-style', 1, '1')}{level('outline-level-style', 2, '1')}"
    shared = f"<office:styles>{outline}</text:outline-style></office:styles>"

    def item(inner: str) -> str:
        return f"<text:list-item>{inner}</text:list-item>"

    inner = f"<text:list>{item(par('Below'))}{item(par('Beside'))}</text:list>"
    body = (
        '<text:h text:outline-level="1">Findings</text:h><text:h text:outline-level="2">Courts</text:h>'
        f'<text:list text:style-name="L">{item(par("One") + par("goes on") + inner)}{item(par("Two"))}</text:list>'
        f'<text:list text:style-name="L" text:continue-numbering="true">{item(par("Three"))}</text:list>'
        f'<text:list text:style-name="L">{item(par("Anew"))}</text:list>'
        f'<text:list text:style-name="M">{item(par("Bullet"))}</text:list>'
        '<text:h text:outline-level="1"><text:number>7</text:number>Next</text:h>'
    )
    assert pieces(read_odt(odt(body, styles=lists, shared=shared))) == [
        ("heading", "1. Findings"),
        ("heading", "1.1. Courts"),
        ("item", "1. One"),
        ("item", "goes on"),
        ("item", "(a) Below"),
        ("item", "(b) Beside"),
        ("item", "2. Two"),
        ("item", "3. Three"),
        ("item", "1. Anew"),
        ("item", "Bullet"),
        ("heading", "2. Next"),
    ]


def test_cells_that_span_rows_or_columns_stand_where_they_reach() -> None:
    def cell(text: str, look: str = "") -> str:
        return f"<table:table-cell {look}>{par(text)}</table:table-cell>"

    head = f"<table:table-header-rows><table:table-row>{cell('Office')}{cell('Year')}{cell('Rating')}"
    rows = (
        cell("Selby", 'table:number-rows-spanned="2"') + cell("2021") + cell("Poor"),
        "<table:covered-table-cell/>" + cell("2022", 'table:number-columns-spanned="2"') + "<table:covered-table-cell>"
        "<text:p>Below</text:p></table:covered-table-cell>",
    )
    table = f"<table:table>{head}</table:table-row></table:table-header-rows>"
    table += "".join(f"<table:table-row>{row}</table:table-row>" for row in rows) + "</table:table>"
    assert read(table) == (
        ["Office: Selby; Year: 2021; Rating: Poor", "Office: Selby; Year Rating: 2022"],
        [("text below a cell that covers it", "Below")],
    )


def test_boxes_formulas_and_symbols_are_read_and_what_is_beside_the_text_is_listed() -> None:
    box = f'<draw:frame draw:name="F"><draw:text-box>{par("In a box.")}</draw:text-box></draw:frame>'
    formula = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    comment = f"<office:annotation><dc:creator>Ann</dc:creator>{par('Is it?')}</office:annotation>"
    mark = f'<draw:custom-shape draw:name="PowerPlusWaterMarkObject">{par("DRAFT")}</draw:custom-shape>'
    control = (
        '<office:forms><form:form><form:text form:label="Name" form:current-value="Ann"/></form:form></office:forms>'
    )
    index = f"<text:table-of-content><text:index-body>{par('Courts 3')}</text:index-body></text:table-of-content>"
    body = control + index + par("It took 3", formula, " days", span("\uf0fc", "Wing"), comment, box, mark, ".")
    math = "<math><mfrac><mn>2</mn><mn>3</mn></mfrac></math>"
    footer = (
        "<office:master-styles><style:master-page><style:footer-first><text:p>Official</text:p></style:footer-first>"
    )
    shared = f"{footer}</style:master-page></office:master-styles>"
    styles = style("Wing", 'style:font-name="Wingdings"')
    reading = read_odt(odt(body, styles=styles, shared=shared, parts={"Object 1/content.xml": math}))
    assert [text for _, text in pieces(reading)] == ["It took 3 ⅔ days✓.", "In a box."]
    assert [(each.reason, each.text) for each in reading.removals] == [
        ("form control that is not read", "Name Ann"),
        ("table of contents", "Courts 3"),
        ("comment", "Is it?"),
        ("watermark", "DRAFT"),
        ("running footer", "Official"),
    ]


def test_the_title_is_that_of_the_first_page_and_the_day_is_marked() -> None:
    about = "<o NAMES><dc:title>The template of 2013</dc:title><dc:date>2020-02-03T10:00:00</dc:date></o>"
    body = par("Ambleton inspected", named="P1") + par("It was late.")
    styles = style("P1", family="paragraph", parent="Title")
    shared = f"<office:styles>{style('Title', family='paragraph')}</office:styles>"
    reading = read_odt(odt(body, styles=styles, shared=shared, parts={"meta.xml": about}))
    assert pieces(reading)[0] == ("heading", "Ambleton inspected")
    assert reading.metadata == {
        "title": "Ambleton inspected",
        "published": "2020-02-03",
        "published_note": "the day the OpenDocument file was last saved",
    }


def test_every_word_is_in_the_text_or_in_the_list() -> None:
    cell = f"<table:table-cell>{par('Cell')}</table:table-cell>"
    body = (
        f'<text:h text:outline-level="1">Findings</text:h>{par("Rated ", span("Good", "Out"), " Poor.")}'
        f"<text:list><text:list-header>{par('Head')}</text:list-header><text:list-item>{par('Item')}</text:list-item>"
        f"</text:list><table:table><table:table-row>{cell * 3}</table:table-row></table:table>"
        f"<text:section>{par('Section<text:line-break/>two')}</text:section><draw:frame><draw:text-box>{par('Box')}"
        f"</draw:text-box></draw:frame>{par('<text:a>Link</text:a> <text:placeholder>Fill</text:placeholder>')}"
        f"{par('<text:ruby><text:ruby-base>Base</text:ruby-base><text:ruby-text>Aid</text:ruby-text></text:ruby>')}"
    )
    reading = read_odt(odt(body, styles=STRUCK))
    told = [*(piece.text for piece in reading.pieces), *(removal.text for removal in reading.removals)]
    assert not words_missing(body, told)


GOOD = odt(par("It was late."))
SEALED = "<manifest:manifest xmlns:manifest='m'><manifest:encryption-data/></manifest:manifest>"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD[:300], "damaged or cut off"),
        (odt("<text:p>"), "broken XML"),
        (odt(""), "holds no text to quote"),
        (packed({"content.xml": "<office:document-content xmlns:office='o'/>"}), "is not an OpenDocument text"),
        (packed({"a.xml": "<a/>"}), "is not an OpenDocument text"),
        (odt(par("x"), parts={"META-INF/manifest.xml": SEALED}), "protected with a password"),
        (odt(par("x"), parts={"meta.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}), "a document type"),
        (odt(par("x"), parts={"big.xml": " " * 200_000_001}), "unpacks to more than 200 MB"),
    ],
    ids=["cut off", "broken XML", "empty", "no text", "another packed file", "password", "entities", "zip bomb"],
)
def test_what_is_no_readable_text_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ReadingError, match=said):
        read_odt(content)


def test_deep_nesting_ends() -> None:
    deep = "<text:section>" * 120 + par("deep") + "</text:section>" * 120
    assert read(par("It was late.") + deep) == (["It was late."], [("nested too deep", "deep")])
