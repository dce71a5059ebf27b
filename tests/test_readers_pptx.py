"""Presentations to text: what the slides show, below their numbers and titles, and a list of the rest."""

from __future__ import annotations

import pytest

from making import RELATIONS, docx, paragraph, pptx, words_missing
from probqa.errors import ReadingError
from probqa.reading.assembly import Reading
from probqa.reading.formats.pptx import read_pptx


def par(*runs: str, properties: str = "") -> str:
    return f"<p>{properties}{''.join(runs)}</p>"


def run(text: str, look: str = "") -> str:
    return f"<r><rPr {look}/><t>{text}</t></r>"


def shape(*paragraphs: str, kind: str = "", hidden: str = "", place: str = "", style: str = "") -> str:
    mark = f"<nvPr><ph {kind}/></nvPr>" if kind else "<nvPr/>"
    body = f"<txBody><lstStyle>{style}</lstStyle>{''.join(paragraphs)}</txBody>"
    return f"<sp><nvSpPr><cNvPr {hidden}/>{mark}</nvSpPr><spPr>{place}</spPr>{body}</sp>"


def slide(*shapes: str, show: str = "") -> str:
    return f"<sld {show}><cSld><spTree>{''.join(shapes)}</spTree></cSld></sld>"


def pieces(reading: Reading) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in reading.pieces]


def read(
    *shapes: str, related: str = "", parts: dict[str, str] | None = None
) -> tuple[list[str], list[tuple[str, str]]]:
    """The text of each piece below the slide's heading, and the reason and text of each removal."""
    reading = read_pptx(pptx([slide(*shapes)], related=related, parts=parts))
    return [text for _, text in pieces(reading)[1:]], [(each.reason, each.text) for each in reading.removals]


TITLE = shape(par(run("Findings")), kind='type="title"')
LATE = shape(par(run("It was late.")))


def test_each_slide_is_below_its_number_and_title() -> None:
    reading = read_pptx(pptx([slide(LATE, TITLE), slide(LATE), slide(shape(par()))]))
    assert pieces(reading) == [
        ("heading", "Slide 1: Findings"),
        ("paragraph", "It was late."),
        ("heading", "Slide 2"),
        ("paragraph", "It was late."),
    ]
    assert reading.metadata == {"title": "Findings"}


@pytest.mark.parametrize("look", ['strike="sngStrike"', 'strike="dblStrike"'])
def test_struck_words_are_left_out_and_listed(look: str) -> None:
    words = shape(par(run("Rated "), run("Good ", look), run("Poor.", 'strike="noStrike"')))
    assert read(words) == (["Rated Poor."], [("struck out, on slide 1", "Good")])


def test_however_much_is_struck_is_listed_whole() -> None:
    struck = " ".join(f"word{number}" for number in range(300))
    words = shape(par(run("Rated "), run(f"{struck} ", 'strike="sngStrike"'), run("Poor.")))
    assert read(words) == (["Rated Poor."], [("struck out, on slide 1", struck)])


LAYOUT = (
    f'<Relationship Id="l" Type="{RELATIONS}/slideLayout" Target="layout.xml"/>',
    f'<Relationships><Relationship Id="m" Type="{RELATIONS}/slideMaster" Target="master.xml"/></Relationships>',
)


def looked(layout: str = "", master: str = "") -> dict[str, str]:
    return {
        "ppt/layout.xml": f"<sldLayout><cSld><spTree>{layout}</spTree></cSld></sldLayout>",
        "ppt/_rels/layout.xml.rels": LAYOUT[1],
        "ppt/master.xml": f"<sldMaster>{master}</sldMaster>",
    }


STRUCK = '<lvl1pPr><defRPr strike="sngStrike"/></lvl1pPr>'
BODY = '<lvl1pPr><buChar char="•"/></lvl1pPr><lvl2pPr><buAutoNum type="alphaLcParenR"/></lvl2pPr>'


@pytest.mark.parametrize(
    ("style", "parts"),
    [
        (STRUCK, looked()),
        ("", looked(shape(style=STRUCK, kind='idx="1"'))),
        ("", looked(shape(style=STRUCK, kind='type="body"'))),
        ("", looked(master=f"<txStyles><bodyStyle>{STRUCK}</bodyStyle></txStyles>")),
    ],
    ids=["its own", "its layout's", "that of the layout's body", "its master's"],
)
def test_words_struck_by_a_style_are_left_out_but_for_what_takes_it_back(style: str, parts: dict[str, str]) -> None:
    words = shape(par(run("Gone. "), run("Live.", 'strike="noStrike"')), kind='idx="1"', style=style)
    assert read(words, related=LAYOUT[0], parts=parts) == (["Live."], [("struck out, on slide 1", "Gone.")])


def test_items_have_their_numbers_and_bullets_none() -> None:
    second, third = '<pPr lvl="1"/>', '<pPr><buAutoNum type="romanUcPeriod" startAt="3"/></pPr>'
    words = shape(
        par(run("One")),
        par(run("below"), properties=second),
        par(run("beside"), properties=second),
        par(run("Two")),
        par(run("anew"), properties=second),
        par(run("Third"), properties=third),
        par(run("Plain"), properties="<pPr><buNone/></pPr>"),
        kind='type="body"',
    )
    master = f"<txStyles><bodyStyle>{BODY}</bodyStyle></txStyles>"
    found = pieces(read_pptx(pptx([slide(words)], related=LAYOUT[0], parts=looked(master=master))))
    assert found[1:] == [
        ("item", "One"),
        ("item", "a) below"),
        ("item", "b) beside"),
        ("item", "Two"),
        ("item", "a) anew"),
        ("item", "III. Third"),
        ("paragraph", "Plain"),
    ]


def test_raised_marks_and_equations_do_not_run_into_figures() -> None:
    equation = "<m><oMath><f><num><r><t>2</t></r></num><den><r><t>3</t></r></den></f></oMath></m>"
    words = par(
        run("In 2022"), run("3", 'baseline="30000"'), run(", ", 'baseline="0"'), equation, "<br/>", run("of it.")
    )
    assert read(shape(words))[0] == ["In 2022³, ⅔ of it."]


def cell(text: str, look: str = "") -> str:
    return f"<tc {look}><txBody>{par(run(text)) if text else par()}</txBody></tc>"


def table(*rows: list[str], first: str = "1") -> str:
    inner = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<graphicFrame><graphic><tbl><tblPr firstRow="{first}"/>{inner}</tbl></graphic></graphicFrame>'


def test_a_row_names_its_columns_and_what_spans_rows() -> None:
    wide = table(
        [cell("Office"), cell("Year"), cell("Rating")],
        [cell("Selby", 'rowSpan="2"'), cell("2021"), cell("Poor")],
        [cell("", 'vMerge="1"'), cell("2022"), cell("Good")],
    )
    rows = ["Office: Selby; Year: 2021; Rating: Poor", "Office: Selby; Year: 2022; Rating: Good"]
    assert read(wide)[0] == rows
    assert read(table([cell("Office"), cell("Late")], [cell("Selby"), cell("7")], first="0"))[0] == [
        "Office: Selby; Late: 7"
    ]
    assert read(table([cell("Office"), cell("Rating")], [cell("Selby"), cell("Poor")]))[0] == [
        "Office; Rating",
        "Selby; Poor",
    ]


def at(x: int, y: int) -> str:
    return f'<xfrm><off x="{x}" y="{y}"/><ext cx="9" cy="9"/></xfrm>'


@pytest.mark.parametrize(
    ("unseen", "reason"),
    [
        (shape(par(run("Unseen")), hidden='hidden="1"'), "hidden text"),
        (shape(par(run("Unseen", 'sz="100"'))), "hidden text"),
        (shape(par(run("Unseen")), place=at(9000, 0)), "text beside the slide"),
        (shape(par(run("Unseen")), place=at(0, -9)), "text beside the slide"),
        (shape(par(run("Unseen")), kind='type="ftr" idx="11"'), "running footer"),
        ('<pic><nvPicPr><cNvPr descr="Unseen"/></nvPicPr></pic>', "picture"),
        ('<graphicFrame><graphic><oleObj name="Unseen"/></graphic></graphicFrame>', "embedded object that is not read"),
    ],
)  # fmt: skip
def test_what_a_slide_does_not_show_is_listed(unseen: str, reason: str) -> None:
    assert read(LATE, unseen) == (["It was late."], [(f"{reason}, on slide 1", "Unseen")])


def test_groups_are_read_and_of_alternatives_the_first() -> None:
    alternatives = f"<AlternateContent><Choice>{LATE}</Choice><Fallback>{LATE}</Fallback></AlternateContent>"
    assert read(f"<grpSp>{TITLE.replace('title', 'obj')}{alternatives}</grpSp>")[0] == ["Findings", "It was late."]


def test_hidden_slides_notes_comments_charts_and_layouts_are_listed() -> None:
    related = LAYOUT[0] + "".join(
        f'<Relationship Id="{to}" Type="{RELATIONS}/{kind}" Target="{to}.xml"/>'
        for kind, to in (("notesSlide", "notes"), ("comments", "remark"), ("chart", "chart"), ("diagramData", "drawn"))
    )
    parts = looked(shape(par(run("OFFICIAL")))) | {
        "ppt/notes.xml": slide(
            shape(par(run("Say it.")), kind='type="body"'), shape(par(run("1")), kind='type="sldNum"')
        ),
        "ppt/remark.xml": "<cmLst><cm><text>Is it?</text></cm></cmLst>",
        "ppt/chart.xml": "<chartSpace><pt><v>North</v></pt></chartSpace>",
        "ppt/drawn.xml": "<dataModel><pt><t><p><r><t>Plan</t></r></p></t></pt></dataModel>",
    }
    reading = read_pptx(pptx([slide(LATE), slide(TITLE, show='show="0"')], related=related, parts=parts))
    assert pieces(reading) == [("heading", "Slide 1"), ("paragraph", "It was late.")]
    assert [(each.reason, each.text) for each in reading.removals] == [
        ("speaker's notes, on slide 1", "Say it."),
        ("comment, on slide 1", "Is it?"),
        ("text in a chart, on slide 1", "North"),
        ("text in a diagram, on slide 1", "Plan"),
        ("hidden slide, on slide 2", "Findings"),
        ("text that stands on several slides", "OFFICIAL"),
    ]


def test_every_word_is_in_the_text_or_in_the_list() -> None:
    shapes = (
        TITLE
        + shape(par(run("Rated "), run("Good", 'strike="sngStrike"'), "<br/>", run("Poor "), "<fld><t>Field</t></fld>"))
        + table([cell("Office"), cell("Rating"), cell("Never")], [cell("Selby"), cell("Poor"), cell("")])
        + f"<grpSp>{shape(par(run('Grouped')))}</grpSp>"
    )
    reading = read_pptx(pptx([slide(shapes)]))
    told = [*(piece.text for piece in reading.pieces), *(removal.text for removal in reading.removals)]
    assert not words_missing(shapes, told)


GOOD = pptx([slide(LATE)])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD[:300], "damaged or cut off"),
        (docx(paragraph("x")), "is not a PowerPoint presentation"),
        (pptx(["<sld>"]), "broken XML"),
        (pptx([slide(TITLE)]), "holds no text to quote"),
        (pptx([]), "holds no text to quote"),
        (pptx([slide(LATE)], parts={"a.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}), "a document type"),
        (pptx([slide(LATE)], parts={"big.xml": " " * 200_000_001}), "unpacks to more than 200 MB"),
    ],
    ids="cut-off Word broken-XML titles-alone empty entities zip-bomb".split(),
)
def test_what_is_no_readable_presentation_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ReadingError, match=said):
        read_pptx(content)


def test_deep_groups_end() -> None:
    deep = "<grpSp>" * 120 + shape(par(run("deep"))) + "</grpSp>" * 120
    assert read(LATE, deep) == (["It was late."], [("nested too deep, on slide 1", "deep")])
