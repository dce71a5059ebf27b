"""Rich Text to text: what the pages show and nothing else, and a list of the rest."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from probqa.errors import ReadingError
from probqa.reading.assembly import Reading
from probqa.reading.formats.rtf import read_rtf

HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fnil\fcharset2 Symbol;}"
    r"{\f2\fswiss\fcharset204{\*\fname Arial;}Arial Cyr;}}{\colortbl;\red255\green255\blue255;\red0\green0\blue0;}"
    r"{\stylesheet{\ql Normal;}{\s1 heading 1;}{\s5 Title;}{\*\cs10 Default Font;}}{\*\generator Riched20 10.0;}"
)


def rtf(body: str) -> bytes:
    return f"{HEAD}{body}}}".encode("latin-1")


def pieces(reading: Reading) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in reading.pieces]


def read(body: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The text of each piece, and the reason and text of each removal."""
    reading = read_rtf(rtf(body))
    return [text for _, text in pieces(reading)], [(each.reason, each.text) for each in reading.removals]


@pytest.mark.parametrize("strike", [r"\strike", r"\striked1", r"\strike1"])
def test_struck_words_are_left_out_and_listed(strike: str) -> None:
    assert read(rf"It was rated {{{strike} Good }}Poor.") == (["It was rated Poor."], [("struck out", "Good")])
    assert read(rf"It was {strike} Good \plain Poor{strike.rstrip('1')}0 .") == (
        ["It was Poor."],
        [("struck out", "Good")],
    )


def test_however_much_is_struck_is_listed_whole() -> None:
    struck = " ".join(f"word{number}" for number in range(300))
    assert read(rf"It was {{\strike {struck} }}Poor.") == (["It was Poor."], [("struck out", struck)])


def test_tracked_deletions_are_listed_and_insertions_are_live() -> None:
    body = r"\pard\s1 Courts\par\pard It was {\revised late}{\deleted not late}.\par"
    assert read(body) == (["Courts", "It was late."], [("deleted (tracked change), below “Courts”", "not late")])


def test_a_paragraph_whose_mark_was_deleted_goes_on_in_the_next() -> None:
    assert read(r"The plan was not{\deleted\par}effective.\par Staff were few.") == (
        ["The plan was not effective.", "Staff were few."],
        [],
    )


@pytest.mark.parametrize("look", [r"\v", r"\v1", r"\cf1", r"\fs2"])
def test_hidden_text_is_listed_and_not_quoted(look: str) -> None:
    assert read(rf"It was late.{{{look} Unseen}}") == (["It was late."], [("hidden text", "Unseen")])


@pytest.mark.parametrize("shade", [r"\highlight2", r"\chcbpat2", r"\cbpat2"])
def test_white_words_on_a_shade_are_read(shade: str) -> None:
    assert read(rf"{{{shade}\cf1 Seen.}}") == (["Seen."], [])
    assert read(r"\trowd\clcbpat2\cellx9\cellx19\pard\intbl{\cf1 Office}\cell Selby\cell\row")[0] == ["Office; Selby"]


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        (r"{\super 3}", "2022³."),
        (r"{\up6\fs16 3}", "2022³."),
        (r"\super 3\nosupersub ", "2022³."),
        (r"{\sub 3}", "2022₃."),
        (r"{\up2 3}", "20223."),
        (r", 3{\super 1}/{\sub 2} years", "2022, 3½ years."),
    ],
)
def test_raised_marks_and_fractions_do_not_run_into_figures(mark: str, shown: str) -> None:
    assert read(rf"In 2022{mark}.")[0] == [f"In {shown}"]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"caf\'e9 \u8212?late\u8217\'92s\~day", "café —late’s day"),
        (r"\uc2\u8364 ab5 \uc0\u8364 6", "€5 €6"),
        (r"\u-10179?\u-8704?", "😀"),
        (r"\f2\'e4\'e0\f0 .", "да."),
        (r"{\f1\'a3} 14 days", "≤ 14 days"),
        (r"\ldblquote yes\rdblquote\endash  no\emdash\bullet\_a\-b", "“yes”– no—•-ab"),
        (r"\{a\}\\b", r"{a}\b"),
        ("one\r\ntwo\\line three", "onetwo three"),
        (r"\bin5 \}}{{a", "a"),
    ],
)
def test_characters_are_those_that_are_meant(source: str, shown: str) -> None:
    assert read(source)[0] == [shown]


def test_headings_items_and_paragraphs_come_in_order_with_their_numbers() -> None:
    body = (
        r"\pard\s5 Ambleton\par\pard\s1 Findings\par\pard\outlinelevel1 Courts\par\pard{\b A line in bold}\par"
        r"\pard{\listtext\pard\plain 2.1\tab}Late\par{\listtext\f1\'b7\tab}Early\par{\pntext a)\tab}Both\par\pard Last."
    )
    reading = read_rtf(rtf(body))
    assert [(piece.kind, piece.level, piece.text) for piece in reading.pieces] == [
        ("heading", 1, "Ambleton"),
        ("heading", 1, "Findings"),
        ("heading", 2, "Courts"),
        ("heading", 6, "A line in bold"),
        ("item", 0, "2.1 Late"),
        ("item", 0, "Early"),
        ("item", 0, "a) Both"),
        ("paragraph", 0, "Last."),
    ]
    assert reading.metadata["title"] == "Ambleton"


def test_notes_follow_what_refers_to_them() -> None:
    body = (
        r"\aftnnrlc It was 2022{\super\chftn}{\footnote\pard\plain{\super\chftn} Third.}, {\super\chftn}"
        r"{\footnote\ftnalt\chftn  Fourth.}and{\super *}{\footnote {\super *} Own.}.\par"
        r"\trowd\cellx9\cellx19\pard\intbl Good\chftn{\footnote\chftn  Fifth.}\cell 7\cell\row\pard Late."
    )
    assert read(body)[0] == [
        "It was 2022¹, ⁱand*.",
        "¹ Third.",
        "ⁱ Fourth.",
        "* Own.",
        "Good²; 7",
        "² Fifth.",
        "Late.",
    ]


def test_a_row_names_its_columns_and_what_spans_rows_and_columns() -> None:
    head = r"\trowd\trhdr\cellx1000\cellx2000\cellx3000\pard\intbl Office\cell Year\cell Rating\cell\row"
    first = r"\trowd\clvmgf\cellx1000\cellx2000\cellx3000\pard\intbl Selby\cell 2021\cell Poor\par again\cell\row"
    second = r"\trowd\clvmrg\cellx1010\cellx3000\pard\intbl below\cell 2022\cell\row"
    third = r"\trowd\clmgf\cellx1000\clmrg\cellx2000\cellx3000\pard\intbl Weir\cell\cell Good\cell\row\pard"
    assert read(head + first + second + third) == (
        [
            "Office: Selby; Year: 2021; Rating: Poor again",
            "Office: Selby; Year Rating: 2022",
            "Office Year: Weir; Rating: Good",
        ],
        [("text below a merged cell", "below")],
    )


def test_words_over_figures_name_columns_and_a_single_column_is_a_frame() -> None:
    figures = r"\trowd\cellx9\cellx99\pard\intbl Office\cell Late\cell\row\pard\intbl Selby\cell 7\cell\row\pard"
    assert read(figures)[0] == ["Office: Selby; Late: 7"]
    frame = r"\trowd\cellx9\pard\intbl In a frame.\cell\row\pard After."
    assert pieces(read_rtf(rtf(frame))) == [("paragraph", "In a frame."), ("paragraph", "After.")]
    assert read(rf"Before.{figures}")[0] == ["Before.", "Office: Selby; Late: 7"]


def test_results_of_fields_and_what_they_show_without_one() -> None:
    def field(code: str, result: str = "") -> str:
        return rf"{{\field{{\*\fldinst {code}}}{{\fldrslt {result}}}}}"

    boxes = field(r"FORMCHECKBOX{\*\formfield{\fftype1\ffres1}}") + field(
        r"FORMCHECKBOX{\*\formfield{\fftype1\ffres25\ffdefres0}}"
    )
    choice = field(r"FORMDROPDOWN{\*\formfield{\fftype2\ffres1{\*\ffname n}{\*\ffl One}{\*\ffl Two}}}")
    body = field('HYPERLINK "http://x"', "here") + " " + field(r"SYMBOL 163 \\f Symbol") + boxes + " " + choice
    assert read(body)[0] == ["here ≤☒☐ Two"]


def test_boxes_are_read_and_what_is_beside_the_text_is_listed() -> None:
    body = (
        r"{\header\pard Official\par}{\footerf Page \chpgn\par}It was late{\*\annotation Is it?}{\xe Late}."
        r"{\shp{\*\shpinst\shpleft0{\sp{\sn gtextUNICODE}{\sv DRAFT}}{\sp{\sn wzName}{\sv no}}{\shptxt In a box.\par}}"
        r"{\shprslt{\*\do\dptxbx{\dptxbxtext In a box.}}}}{\pict 0102}{\*\unknown no}"
        r"{\mmath{\*\moMath{\mr x}}}\par"
    )
    assert read(body) == (
        ["It was late.", "In a box."],
        [
            ("running header", "Official"),
            ("running footer", "Page"),
            ("comment", "Is it?"),
            ("entry of an index", "Late"),
            ("watermark", "DRAFT"),
            ("equation that is not read", "x"),
        ],
    )


def test_title_and_day_are_the_files_and_the_day_is_marked() -> None:
    about = (
        r"{\info{\title The report on Ambleton}{\author Ann}{\creatim\yr2017\mo4\dy19}{\revtim\yr2018\mo5\dy20\hr9}}"
    )
    assert read_rtf(rtf(about + "It was late.")).metadata == {
        "title": "The report on Ambleton",
        "title_note": "read from the file's data",
        "published": "2018-05-20",
        "published_note": "the day the Rich Text file was last saved",
    }


def test_every_word_is_in_the_text_or_in_the_list() -> None:
    body = (
        r"\pard\s1 Findings\par\pard Rated {\strike Good} Poor{\v Unseen}{\deleted Gone} \b again\b0 .\par"
        r"\trowd\cellx9\cellx99\pard\intbl Cell\cell Other\cell\row{\footnote Note}{\header Head}"
        r"{\shp{\*\shpinst{\shptxt Box}}}\pard{\field{\*\fldinst X}{\fldrslt Result}}{\*\annotation Comment}"
    )
    reading = read_rtf(rtf(body) + b" Behind")
    told = " ".join([*(piece.text for piece in reading.pieces), *(removal.text for removal in reading.removals)])
    written = "Findings Rated Good Poor Unseen Gone again Cell Other Note Head Box Result Comment Behind"
    assert not Counter(written.split()) - Counter(re.findall(r"\w+", told))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x", "is not Rich Text"),
        (rtf("It was late.")[:-1], "is cut off"),
        (rtf("It was late.")[:80], "is cut off"),
        (rtf(r"{\pict 0102}"), "holds no text to quote"),
        (rtf("{" * 1_001), "more than 1,000 groups"),
    ],
)
def test_what_is_no_readable_text_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ReadingError, match=said):
        read_rtf(content)
