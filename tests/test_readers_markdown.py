from __future__ import annotations

import time

import pytest

from probqa.reading.formats.markdown import markdown_pieces


def pieces(text: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in markdown_pieces(text) if piece.text]


def test_headings_keep_their_level_and_lose_their_marks() -> None:
    made = markdown_pieces("# One\n\nTwo\n---\n\n### *Three* ###\n\n####### Four")
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


def test_html_stays_the_text_it_is_written_as() -> None:
    text = "It was <b>late</b> &amp; cold. <script>alert(1)</script>\n\n<div onclick='x'>\nInside\n</div>\n\n<!-- a -->"
    assert pieces(text) == [
        ("paragraph", "It was <b>late</b> & cold. <script>alert(1)</script>"),
        ("paragraph", "<div onclick='x'> Inside </div>"),
        ("paragraph", "<!-- a -->"),
    ]


def test_of_links_and_images_the_words_are_kept() -> None:
    text = "See [the *report*](https://example.org 'title') and ![a chart of 22.5%](chart.png), <https://a.b>, [x]: no."
    assert pieces(text) == [("paragraph", "See the report and a chart of 22.5%, https://a.b, [x]: no.")]


def test_markup_inside_words_numbers_and_prices_is_only_taken_where_it_is_markup() -> None:
    text = "Up 5*3 to $5 and $10, snake_case_name, 2 < 3 > 1, a\\*b, `x * y`, ~~not~~, C:\\new"
    assert pieces(text) == [
        ("paragraph", "Up 5*3 to $5 and $10, snake_case_name, 2 < 3 > 1, a*b, x * y, ~~not~~, C:\\new")
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


@pytest.mark.parametrize("unit", ["[", "[a](b", "*a ", ">", "- ", "![", "<a", "a\n", "|a", "&a", "`a"])
def test_a_text_of_any_kind_is_read_in_a_time_that_grows_with_its_length(unit: str) -> None:
    began = time.process_time()
    markdown_pieces(unit * 30_000)
    assert time.process_time() - began < 5
