from __future__ import annotations

import re
import time
from collections import Counter

import pytest

from probqa.reading.formats.markdown import markdown_pieces


def pieces(text: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in markdown_pieces(text)[0]]


def left_out(text: str) -> list[tuple[str, str]]:
    return [(removal.reason, removal.text) for removal in markdown_pieces(text)[1]]


def test_headings_keep_their_level_and_lose_their_marks() -> None:
    made, _ = markdown_pieces("# One\n\nTwo\n---\n\n### *Three* ###\n\n####### Four")
    assert [(piece.kind, piece.text, piece.level) for piece in made] == [
        ("heading", "One", 1),
        ("heading", "Two", 2),
        ("heading", "Three", 3),
        ("paragraph", "####### Four", 0),
    ]


def test_every_item_of_a_nested_list_is_an_item_of_its_own() -> None:
    text = "They were:\n\n- one\n  - inner *one*\n    continued\n  - inner two\n- two\n\n  more of two\n\nAfter."
    assert pieces(text) == [
        ("paragraph", "They were:"),
        ("item", "one"),
        ("item", "inner one continued"),
        ("item", "inner two"),
        ("item", "two"),
        ("item", "more of two"),
        ("paragraph", "After."),
    ]


def test_the_number_of_an_item_is_part_of_what_was_published() -> None:
    assert pieces("12. Twelve\n13. Thirteen\n\n    more\n\n1) One") == [
        ("item", "12. Twelve"),
        ("item", "13. Thirteen"),
        ("item", "more"),
        ("item", "1) One"),
    ]


def test_a_number_at_the_start_of_a_wrapped_line_stays_in_its_paragraph() -> None:
    assert pieces("It was reduced by\n22. Then it rose.") == [("paragraph", "It was reduced by 22. Then it rose.")]


def test_a_table_row_names_its_columns() -> None:
    text = "| Court | On *time* | |\n|:--|--:|---|\n| Selby | 22.5% | x |\n| Weir | | |\n| a \\| b | 1 | |"
    assert pieces(text) == [
        ("row", "Court: Selby; On time: 22.5%; x"),
        ("row", "Court: Weir"),
        ("row", "Court: a | b; On time: 1"),
    ]


def test_of_html_only_the_words_are_read() -> None:
    text = (
        "It was <b class='x'>late</b> &amp; cold. <script>alert(1)</script>\n\n<div onclick='x'>\nInside\n</div>\n\n"
        "Up 2 < 3 > 1 <br>on `<b>`\n\n<table><tr><th>A</th><td>5 &lt; 6</td></tr></table>\n\n<details><summary>More"
        "</summary>\n\nSickness was <i>nine</i> days.\n\n</details>"
    )
    assert pieces(text) == [
        ("paragraph", "It was late & cold."),
        ("paragraph", "Inside"),
        ("paragraph", "Up 2 < 3 > 1 on <b>"),
        ("paragraph", "A; 5 < 6"),
        ("paragraph", "More"),
        ("paragraph", "Sickness was nine days."),
    ]
    assert left_out(text) == [("script", "alert(1)")]


def test_withdrawn_words_and_comments_are_no_text_and_are_listed() -> None:
    text = (
        "~~It was rated Good.~~ It was <del>not *so*</del> late.\n\n<!-- Reviewer: do not\n\npublish -->\n\nStaff <!-- "
        "not really --> met.\n\n<del>\n\nA whole part.\n\n- And an item.\n\n</del>\n\n- one "
        "<s>two</s>\n\n| A | B |\n|---|"
        "---|\n| ~~5~~ 6 | <!-- x --> |\n\n<p hidden>Unseen</p>\n\n[//]: # (hidden note)\n\nAn open "
        "<s>tag ends\n\nHere."
    )
    assert pieces(text) == [
        ("paragraph", "It was late."),
        ("paragraph", "Staff met."),
        ("item", "one"),
        ("row", "A: 6"),
        ("paragraph", "An open"),
        ("paragraph", "Here."),
    ]
    assert left_out(text) == [
        ("struck out", "It was rated Good."),
        ("struck out", "not so"),
        ("comment", "Reviewer: do not publish"),
        ("comment", "not really"),
        ("struck out", "A whole part. And an item."),
        ("struck out", "two"),
        ("struck out", "5"),
        ("comment", "x"),
        ("column without entries", "B"),
        ("hidden text", "Unseen"),
        ("struck out", "tag ends"),
        ("definition of a link", "// # hidden note"),
    ]


def test_raised_numbers_and_the_marks_of_notes_never_run_into_figures() -> None:
    text = (
        "Cases rose to 12<sup>4</sup> in 2022<sup>3</sup>.[^1] CO<sub>2</sub> fell.[^a]\n\n"
        "[^1]: Figures\n\n[^a]: Of the area."
    )
    assert pieces(text) == [
        ("paragraph", "Cases rose to 12⁴ in 2022³.[1] CO₂ fell.[a]"),
        ("paragraph", "[1]: Figures"),
        ("paragraph", "[a]: Of the area."),
    ]
    # What is escaped is no mark.
    assert pieces(r"It reads \[\^13\] and `[^2]`.") == [("paragraph", "It reads [^13] and [^2].")]


def test_cells_beyond_the_columns_and_names_without_rows_are_kept() -> None:
    assert pieces("| A | B |\n|---|---|\n| 1 | 2 | *3* | 4 |\n\n| C | D |\n|---|---|\n") == [
        ("row", "A: 1; B: 2; 3; 4"),
        ("row", "C; D"),
    ]


def test_an_accent_that_stands_by_itself_is_joined_to_its_letter() -> None:
    assert pieces("Pontw\u0302r, Jose\u0301") == [("paragraph", "Pontŵr, José")]


def test_every_word_of_a_file_is_in_the_text_or_in_the_list() -> None:
    text = (
        "# One *two*\n\nThree ~~four~~ <!-- five --> [six](a.b) ![seven](c.d).[^8]\n\n[^8]: "
        "nine\n\n1. ten\n   - eleven\n\n"
        "> twelve\n\n| A | B | C |\n|---|---|---|\n| 1 | | | 2 |\n\n    "
        "code\n\n<del>\n\nthirteen\n\n</del>\n\n<!-- open"
    )
    made, removals = markdown_pieces(text)
    found = Counter(re.findall(r"\w+", " ".join([*(p.text for p in made), *(r.text for r in removals)])))
    source = re.sub(r"</?del>|\(\w\.\w\)", "", text)
    assert Counter(re.findall(r"\w+", source)) - found == Counter()


def test_of_links_and_images_the_words_are_kept() -> None:
    text = "See [the *report*](https://example.org 'title') and ![a chart of 22.5%](chart.png), <https://a.b>, [x]: no."
    assert pieces(text) == [("paragraph", "See the report and a chart of 22.5%, https://a.b, [x]: no.")]


def test_markup_inside_words_numbers_and_prices_is_only_taken_where_it_is_markup() -> None:
    text = "Up 5*3 to $5 and $10, snake_case_name, 2 < 3 > 1, a\\*b, `x * y`, ~not~, C:\\new"
    assert pieces(text) == [
        ("paragraph", "Up 5*3 to $5 and $10, snake_case_name, 2 < 3 > 1, a*b, x * y, ~not~, C:\\new")
    ]


def test_code_and_block_quotes_are_paragraphs() -> None:
    text = "> It was *late*.\n> Very.\n\n```\nkept  as\ntext *here*\n```\n\n    and this"
    assert pieces(text) == [
        ("paragraph", "It was late. Very."),
        ("paragraph", "kept as text *here*"),
        ("paragraph", "and this"),
    ]


def test_rules_and_reference_definitions_are_no_text() -> None:
    assert pieces("One [a].\n\n***\n\n[a]: https://example.org\n") == [("paragraph", "One a.")]


@pytest.mark.parametrize(
    "unit", ["[", "[a](b", "*a ", ">", "- ", "![", "<a", "a\n", "|a", "&a", "`a", "<!--", "<a>", "<s>", "~~a ", "[^1"]
)
def test_a_text_of_any_kind_is_read_in_a_time_that_grows_with_its_length(unit: str) -> None:
    began = time.process_time()
    markdown_pieces(unit * 30_000)
    assert time.process_time() - began < 5
