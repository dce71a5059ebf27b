"""The reader of Markdown: headings, paragraphs, list items and table rows without their markup.

In: the body of a Markdown file. Out: ``Piece`` records in reading order.

>>> [(piece.kind, piece.text) for piece in markdown_pieces("## A *b*\\n\\n- one\\n- two")]
[('heading', 'A b'), ('item', 'one'), ('item', 'two')]

The parser is markdown-it-py, set to CommonMark with tables. Raw HTML is never interpreted: it stays the text that it is
written as. An image becomes its alternative text and a link its words. A numbered item keeps its number.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.token import Token

from probqa.reading.assembly import Piece
from probqa.reading.formats.repairs import tidy
from probqa.records import BlockKind

VERSION = "markdown 1"

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


def markdown_pieces(body: str) -> list[Piece]:
    """Parse ``body`` into pieces.

    A table row reads ``column: cell; column: cell``, so that it still names its columns.
    """
    pieces: list[Piece] = []
    items_open = 0
    level = 0
    number = ""
    columns: list[str] = []
    cells: list[str] | None = None
    for token in _PARSER.parse(body):
        match token.type:
            case "list_item_open":
                items_open += 1
                number = f"{token.info}{token.markup} " if token.info else ""
            case "list_item_close":
                items_open -= 1
            case "heading_open":
                level = int(token.tag[1:])
            case "heading_close":
                level = 0
            case "table_open":
                columns = []
            case "tr_open":
                cells = []
            case "tr_close" if cells is not None:
                if columns:
                    named = zip(columns, cells, strict=False)
                    text = "; ".join(f"{column}: {cell}" if column else cell for column, cell in named if cell)
                    pieces.append(Piece("row", text))
                else:
                    columns = cells
                cells = None
            case "inline" if cells is not None:
                cells.append(_plain(token))
            case "inline":
                kind: BlockKind = "heading" if level else "item" if items_open else "paragraph"
                text = _plain(token)
                pieces.append(Piece(kind, text and number + text, level))
                number = ""
            case "fence" | "code_block":
                pieces.append(Piece("paragraph", tidy(token.content)))
            case _:
                pass
    return pieces


def _plain(token: Token) -> str:
    """Return the words of an inline token without its markup."""
    words: list[str] = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            words.append("\n")
        elif child.type == "image":
            words.append(_plain(child))
        else:
            words.append(child.content)
    return tidy("".join(words))
