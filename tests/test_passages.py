from __future__ import annotations

import pytest

from probqa.reading.assembly import Piece, assemble
from probqa.reading.passages import MAX_CHARACTERS, cut_passages, search_text
from probqa.records import BlockKind, Document, Source


def document(*pieces: tuple[BlockKind, str]) -> Document:
    levels = {"heading": 2}
    text, blocks, *_ = assemble([Piece(kind, words, levels.get(kind, 0)) for kind, words in pieces])
    source = Source("a", "Title", "P", "report", area="Area", providers=("Provider",))
    return Document(source, "a.md", "0", "r", text, blocks)


def shown(made: Document) -> list[tuple[str, str | None]]:
    """Each passage's text and lead-in."""
    return [
        (made.slice(passage.span), made.slice(passage.lead_in) if passage.lead_in else None)
        for passage in cut_passages(made, first_row=0)
    ]


def test_paragraphs_items_and_rows_are_passages_and_headings_are_not() -> None:
    made = document(("heading", "H"), ("paragraph", "P one. P two."), ("item", "I"), ("row", "R: 1"), ("heading", "E"))
    assert shown(made) == [("P one. P two.", None), ("I", None), ("R: 1", None)]


def test_a_lead_in_goes_with_every_item_of_its_list_and_is_no_passage() -> None:
    made = document(
        ("paragraph", "They were:"), ("item", "One."), ("item", "Two."), ("paragraph", "After."), ("item", "X")
    )
    assert shown(made) == [("One.", "They were:"), ("Two.", "They were:"), ("After.", None), ("X", None)]


def test_only_the_last_sentence_of_a_paragraph_is_a_lead_in() -> None:
    made = document(("paragraph", "It was late. The reasons were these:"), ("item", "One."))
    assert shown(made) == [("It was late.", None), ("One.", "The reasons were these:")]


@pytest.mark.parametrize(
    "pieces",
    [
        [("paragraph", "They were:"), ("paragraph", "One.")],
        [("paragraph", "They were:"), ("heading", "H"), ("item", "One.")],
        [("paragraph", "They were"), ("item", "One.")],
        [("row", "Court: late"), ("item", "One.")],
    ],
)
def test_what_no_list_follows_is_quoted(pieces: list[tuple[BlockKind, str]]) -> None:
    assert shown(document(*pieces)) == [(text, None) for kind, text in pieces if kind != "heading"]


def test_a_colon_at_the_end_of_the_document_is_no_lead_in() -> None:
    assert shown(document(("paragraph", "One."), ("paragraph", "They were:"))) == [("One.", None), ("They were:", None)]


def test_a_list_ends_at_a_heading() -> None:
    made = document(("paragraph", "They were:"), ("item", "One."), ("heading", "H"), ("item", "Two."))
    assert shown(made) == [("One.", "They were:"), ("Two.", None)]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentences = [f"Sentence {number} of this paragraph is {'long ' * 30}." for number in range(20)]
    made = document(("paragraph", " ".join(sentences)))
    passages = cut_passages(made, first_row=7)
    assert " ".join(made.slice(passage.span) for passage in passages) == made.text
    assert [passage.row for passage in passages] == list(range(7, 7 + len(passages)))
    assert [made.slice(span) for passage in passages for span in passage.sentences] == sentences
    lengths = [passage.span.end - passage.span.start for passage in passages]
    assert max(lengths) <= MAX_CHARACTERS
    assert all(first + len(sentences[0]) > MAX_CHARACTERS for first in lengths[:-1]), "cut earlier than needed"


def test_a_sentence_longer_than_a_passage_stays_whole() -> None:
    long = "Word, " * 300 + "end."
    made = document(("paragraph", f"Short. {long} Short again."))
    assert [made.slice(passage.span) for passage in cut_passages(made, 0)] == ["Short.", long, "Short again."]


def test_a_text_without_a_stop_is_cut_into_passages_that_are_embedded_whole() -> None:
    made = document(("paragraph", "word " * 4_500 + "end."))
    passages = [made.slice(passage.span) for passage in cut_passages(made, 0)]
    assert " ".join(passages) == made.text
    assert [len(passage) for passage in passages] == [799] * 28 + [104]


def test_the_text_that_is_searched_holds_title_headings_and_lead_in_a_line_each() -> None:
    made = document(("heading", "Findings"), ("paragraph", "They were:"), ("item", "One. Two."))
    [passage] = cut_passages(made, 0)
    assert search_text(made, passage) == "Title\nArea, Provider\nFindings\nThey were:\nOne. Two."


def test_the_text_that_is_searched_has_no_empty_lines() -> None:
    text, blocks, *_ = assemble([Piece("paragraph", "One.")])
    made = Document(Source("a", "Title", "P", "report"), "a.md", "0", "r", text, blocks)
    assert search_text(made, cut_passages(made, 0)[0]) == "Title\nOne."
