"""The assembly of a reader's pieces into a document's frozen text, blocks and page starts.

In: ``Piece`` records in reading order, and where each page starts in them. Out: the text with one blank line between
blocks, and where each block and page stands in it.

>>> pieces = [Piece("heading", "Findings", 2), Piece("paragraph", "It was good.")]
>>> text, blocks, pages = assemble(pieces, [PageStart(0, 0, 1, "i"), PageStart(1, 7, 2, "ii")])
>>> text
'Findings\\n\\nIt was good.'
>>> blocks[1].span
Span(start=10, end=22)
>>> [(page.start, page.pdf, page.printed) for page in pages]
[(0, 1, 'i'), (17, 2, 'ii')]
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from probqa.records import Block, BlockKind, Page, PageLayer, Removal, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """One block before it has a place in the text.

    ``text`` is tidy and without line breaks. ``level`` is that of a heading, else 0.
    """

    kind: BlockKind
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class PageStart:
    """The start of a page, ``offset`` characters into piece number ``piece``.

    A page that starts after the last piece has the number of pieces for ``piece``, and ``offset`` 0.
    """

    piece: int
    offset: int
    pdf: int
    printed: str = ""
    layer: PageLayer = "text"
    certainties: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading one file.

    ``metadata`` is what the file says of itself: title, publisher and published, each with a note (``title_note``) on
    where that was taken from if it may be wrong.
    """

    pieces: list[Piece]
    removals: list[Removal] = field(default_factory=list)
    pages: list[PageStart] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)


def assemble(
    pieces: Iterable[Piece], pages: Iterable[PageStart] = ()
) -> tuple[str, tuple[Block, ...], tuple[Page, ...]]:
    """Join the pieces that hold text.

    Returns:
        The text, its blocks and its pages.
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
    starts.append(length)
    placed = tuple(
        Page(starts[page.piece] + page.offset, page.pdf, page.printed, page.layer, page.certainties) for page in pages
    )
    return "\n\n".join(parts), tuple(blocks), placed
