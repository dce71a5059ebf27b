"""The passages of a document: the parts that are searched and quoted.

In: a ``Document``. Out: ``Passage`` records whose spans and sentences lie in the document's text.

A passage is one paragraph, list item or table row. One longer than ``MAX_CHARACTERS`` is cut between sentences. Where a
paragraph before list items ends in a colon, its last sentence is their lead-in: it is searched with each of them and
never quoted as a finding.

>>> from probqa.records import Block, Source
>>> text = "The findings were:\\n\\nIt was good. It was late."
>>> document = Document(Source("a", "A", "P", "report"), "a.md", "", "", text, (
...     Block("paragraph", Span(0, 18)), Block("item", Span(20, 45))))
>>> [passage] = cut_passages(document, first_row=0)
>>> document.slice(passage.span), document.slice(passage.lead_in), len(passage.sentences)
('It was good. It was late.', 'The findings were:', 2)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from probqa.reading.sentences import split_sentences
from probqa.records import Block, Document, Passage, Span

# The default model reads 256 word pieces, about 1,000 characters. Title and headings take some of them.
MAX_CHARACTERS = 800


def cut_passages(document: Document, first_row: int) -> tuple[Passage, ...]:
    """Cut ``document`` into passages numbered from ``first_row``."""
    passages: list[Passage] = []
    for sentences, lead_in in _quotable(document):
        for group in _groups(sentences):
            passages.append(
                Passage(
                    row=first_row + len(passages),
                    document_id=document.source.id,
                    span=Span(group[0].start, group[-1].end),
                    sentences=tuple(group),
                    lead_in=lead_in,
                )
            )
    return tuple(passages)


def search_text(document: Document, passage: Passage) -> str:
    """Return the text that is embedded and indexed for a passage.

    Title, area with providers, headings and lead-in are a line each, then comes the passage itself.
    """
    source = document.source
    lead_in = document.slice(passage.lead_in) if passage.lead_in else ""
    about = ", ".join((source.area, *source.providers)).strip(", ")
    heading = " › ".join(document.heading_path(passage.span.start))
    return "\n".join(line for line in (source.title, about, heading, lead_in, document.slice(passage.span)) if line)


def _quotable(document: Document) -> Iterator[tuple[list[Span], Span | None]]:
    """Yield the sentences of every block that can be quoted, with its lead-in where it is a list item."""
    lead_in: Span | None = None
    for block, following in pairwise([*document.blocks, None]):
        assert block is not None
        if block.kind != "item":
            lead_in = None
        if block.kind == "heading":
            continue
        sentences = _sentences(document, block)
        if block.kind == "item":
            yield sentences, lead_in
        elif following and following.kind == "item" and document.slice(block.span).endswith(":"):
            *before, lead_in = sentences
            yield before, None
        else:
            yield sentences, None


def _sentences(document: Document, block: Block) -> list[Span]:
    start = block.span.start
    return [
        Span(start + sentence.start, start + sentence.end) for sentence in split_sentences(document.slice(block.span))
    ]


def _groups(sentences: list[Span]) -> Iterator[list[Span]]:
    """Group neighbouring sentences into passages of at most ``MAX_CHARACTERS``.

    A single sentence that is longer is a group of its own.
    """
    group: list[Span] = []
    for sentence in sentences:
        if group and sentence.end - group[0].start > MAX_CHARACTERS:
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group
