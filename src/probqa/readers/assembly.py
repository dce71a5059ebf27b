"""From a reader's pieces to a document's frozen text and blocks.

In: ``Piece`` records in reading order. Out: the text with one blank line between blocks, and where each lies.

>>> text, blocks, starts = assemble([Piece("heading", "Findings", 2), Piece("paragraph", "It was good.")])
>>> text
'Findings\\n\\nIt was good.'
>>> blocks[1].span
Span(start=10, end=22)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from probqa.records import Block, BlockKind, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """One block before it has a place: tidy text without line breaks; ``level`` counts for headings."""

    kind: BlockKind
    text: str
    level: int = 0


def assemble(pieces: Iterable[Piece]) -> tuple[str, tuple[Block, ...], tuple[int, ...]]:
    """Join the pieces that hold text.

    Returns the text, its blocks, and for each piece given (also an empty one) the offset where it starts or
    would have started, so that a reader can place page starts.
    """
    parts: list[str] = []
    blocks: list[Block] = []
    starts: list[int] = []
    length = 0
    for piece in pieces:
        start = length + (2 if parts else 0)
        starts.append(start)
        if not piece.text:
            continue
        parts.append(piece.text)
        blocks.append(Block(piece.kind, Span(start, start + len(piece.text)), piece.level))
        length = start + len(piece.text)
    return "\n\n".join(parts), tuple(blocks), tuple(starts)
