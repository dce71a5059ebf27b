"""Law 1: offsets are the truth. Every passage and sentence is its slice, in order, nothing twice, nothing lost."""

from __future__ import annotations

import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probqa.errors import ReadingError
from probqa.reading import corpus, reader
from probqa.reading.passages import MAX_CHARACTERS, cut_passages, search_text
from probqa.reading.sentences import split_sentences
from probqa.records import Document, Passage, Span

WHITE = " \t\u00a0\u2009\u3000\r\x1f"
AWKWARD = "\u00ad\u200bﬁﬀ‘’“”…–—£€½éß的🙂\u0301\u202e`*_#>|[](){}<&;:.!?\"'\\-+0123456789"
words = st.text(string.ascii_letters + AWKWARD + WHITE, min_size=1, max_size=14)
sentence = (
    st.lists(words, min_size=1, max_size=12)
    .map(" ".join)
    .flatmap(
        lambda text: st.sampled_from([".", "!", "?", ":", ".”", "…", "", " No. 5.", " Dr. X.", ". However,"]).map(
            text.__add__
        )
    )
)
capital = sentence.map("It {}".format)
paragraph = st.lists(capital, min_size=1, max_size=3).map(" ".join)
line = st.one_of(
    sentence,
    paragraph,
    paragraph.map("{} These were:".format),
    st.builds(
        "{}{}".format,
        st.sampled_from(
            ["# ", "## ", "- ", "  - ", "1. ", "12. ", "• ", "> ", "    ", "| ", "|---|", "```", "---", "<b>"]
        ),
        paragraph,
    ),
    st.just("Share on twitter"),
    st.just(""),
)
body = st.lists(line, max_size=30).map("\n".join) | st.text(max_size=300)


def read(text: str, name: str) -> Document | None:
    """Read ``text`` as a file would be; None where it is refused in one line."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(text.encode("utf-8", "surrogatepass"))
        files, _ = corpus.list_files(Path(folder))
        try:
            return reader.read(files[0], Path(folder))
        except ReadingError as error:
            assert "\n" not in str(error)
            return None


def check_structure(document: Document, passages: tuple[Passage, ...]) -> None:
    previous = 0
    for block in document.blocks:
        assert previous <= block.span.start
        assert block.span.end <= len(document.text)
        assert document.slice(block.span).strip() == document.slice(block.span) != ""
        assert not document.text[previous : block.span.start].strip(), "text between blocks"
        previous = block.span.end
    assert not document.text[previous:].strip()
    previous = 0
    for row, passage in enumerate(passages):
        assert (passage.row, passage.document_id) == (row, document.source.id)
        assert previous <= passage.span.start
        previous = passage.span.end
        assert sum(passage.span in block.span for block in document.blocks) == 1
        assert (passage.sentences[0].start, passage.sentences[-1].end) == (passage.span.start, passage.span.end)
        for first, second in zip(passage.sentences, passage.sentences[1:], strict=False):
            assert first.end < second.start
            assert document.text[first.end : second.start].isspace()
        assert len(passage.sentences) == 1 or passage.span.end - passage.span.start <= MAX_CHARACTERS
        if passage.lead_in:
            assert passage.lead_in.end <= passage.span.start
        assert search_text(document, passage).endswith(document.slice(passage.span))


def lost(document: Document, passages: tuple[Passage, ...]) -> str:
    """The text outside headings that is neither in a passage nor a lead-in."""
    left = list(document.text)
    covered = [block.span for block in document.headings] + [passage.span for passage in passages]
    for span in [*covered, *(passage.lead_in for passage in passages if passage.lead_in)]:
        left[span.start : span.end] = " " * (span.end - span.start)
    return "".join(left).strip()


@settings(max_examples=300)
@given(body, st.sampled_from(["a.md", "a.txt"]))
def test_passages_and_sentences_are_slices_in_order(text: str, name: str) -> None:
    document = read(text, name)
    if document is not None:
        passages = cut_passages(document, first_row=0)
        check_structure(document, passages)
        assert lost(document, passages) == ""
        assert cut_passages(document, first_row=0) == passages


@given(st.lists(sentence, min_size=1, max_size=8).map(" ".join) | st.text(max_size=200))
def test_sentences_tile_their_text_but_for_white_space(text: str) -> None:
    spans = split_sentences(text)
    at = 0
    for span in spans:
        assert not text[at : span.start].strip()
        assert text[span.start : span.end].strip() == text[span.start : span.end]
        at = span.end
    assert not text[at:].strip()


LETTERS = st.text(string.ascii_letters + string.digits + ".,;()%£", min_size=1, max_size=12)


@given(st.lists(st.lists(LETTERS, min_size=3, max_size=20).map(" ".join), min_size=1, max_size=6))
def test_letters_digits_and_punctuation_stay_as_published(paragraphs: list[str]) -> None:
    """Plain paragraphs, so no bullet and no markup: nothing but white space may differ."""
    paragraphs = [f"Said {paragraph}." for paragraph in paragraphs]
    document = read("\n\n".join(paragraphs), "a.txt")
    assert document is not None
    assert document.text.split() == "\n".join(paragraphs).split()


def test_the_real_article_keeps_the_law(shared: Path) -> None:
    document = read((shared / "real" / "gwent-2017-article.txt").read_text(encoding="utf-8"), "article.txt")
    assert document is not None
    passages = cut_passages(document, first_row=0)
    check_structure(document, passages)
    assert lost(document, passages) == ""


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_a_sentence_that_occurs_twice_lies_in_two_places(name: str) -> None:
    document = read("It was late. It was good.\n\nIt was late.", name)
    assert document is not None
    spans = [span for passage in cut_passages(document, 0) for span in passage.sentences]
    assert spans == [Span(0, 12), Span(13, 25), Span(27, 39)]
