"""The reader of Markdown: headings, paragraphs, list items and table rows without their markup, and what was left out.

In: the body of a Markdown file. Out: ``Piece`` records in reading order, and a ``Removal`` for each comment, each
withdrawn word and each definition of a link.

>>> pieces, removals = markdown_pieces("## A *b*\\n\\n- one\\n- ~~two~~ 2<sup>3</sup> <!-- no -->")
>>> [(piece.kind, piece.text) for piece in pieces]
[('heading', 'A b'), ('item', 'one'), ('item', '2³')]
>>> [(removal.reason, removal.text) for removal in removals]
[('struck out', 'two'), ('comment', 'no')]

The parser is markdown-it-py, set to CommonMark with tables and struck words. Of HTML in the file only the words are
read, by ``inline_html``. An image becomes its alternative text and a link its words. A numbered item keeps its number,
and the mark of a note, "[^1]", is written "[1]".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block.reference import reference
from markdown_it.rules_block.state_block import StateBlock
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_inline.state_inline import StateInline
from markdown_it.token import Token

from probqa.reading.assembly import Piece
from probqa.reading.formats.inline_html import Words
from probqa.reading.formats.repairs import tidy
from probqa.records import BlockKind, Removal

VERSION = "markdown 3"

_NOTE = re.compile(r"\[\^([^\]\s]{1,40})\]")
# The signs of a block quote before a line.
_QUOTED = re.compile(r"^[>\s]{0,40}")


def _reference_but_no_note(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read the definition of a link, but never that of a note, which is text."""
    return not state.src.startswith("[^", state.bMarks[start] + state.tShift[start]) and reference(
        state, start, end, silent
    )


def _note(state: StateInline, silent: bool) -> bool:
    """Read the mark of a note.

    One whose brackets are escaped is none.
    """
    found = _NOTE.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("note", "", 0).content = f"[{found[1]}]"
    state.pos = found.end()
    return True


_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_PARSER.block.ruler.at("reference", _reference_but_no_note)
_PARSER.inline.ruler.before("link", "note", _note)


def markdown_pieces(body: str) -> tuple[list[Piece], list[Removal]]:
    """Parse ``body`` into pieces.

    A table row reads ``column: cell; column: cell``, so that it still names its columns.
    """
    definitions: dict[str, Any] = {}
    reader = _Reader(body)
    for token in _PARSER.parse(body, definitions):
        reader.read(token)
    for label, definition in definitions.get("references", {}).items():
        reader.words.leave_out("definition of a link", f"{label} {definition['href']} {definition['title']}")
    return reader.pieces, reader.words.finish()


class _Reader:
    def __init__(self, body: str) -> None:
        self.pieces: list[Piece] = []
        self.words = Words()
        self._lines = body.split("\n")
        self._items_open = 0
        self._level = 0
        self._number = ""
        self._columns: list[str] = []
        self._used: set[int] = set()
        self._cells: list[str] | None = None
        self._line = 0

    def read(self, token: Token) -> None:
        """Read one token of the parser."""
        match token.type:
            case "list_item_open":
                self._items_open += 1
                self._number = f"{token.info}{token.markup} " if token.info else ""
            case "list_item_close":
                self._items_open -= 1
            case "heading_open":
                self._level = int(token.tag[1:])
            case "heading_close":
                self._level = 0
            case "table_open":
                self._columns, self._used = [], set()
            case "table_close":
                self._close_table()
            case "tr_open":
                self._cells, self._line = [], token.map[0] if token.map else 0
            case "tr_close" if self._cells is not None:
                self._row([*self._cells, *self._beyond()] if self._columns else self._cells)
                self._cells = None
            case "inline" if self._cells is not None:
                self._cells.append(self._plain(token))
            case "inline":
                self._add(self._plain(token))
            case "fence" | "code_block":
                self._add(tidy(token.content), "paragraph")
            case "html_block":
                for line in self.words.of_block(token.content):
                    self._add(line)
            case _:
                pass

    def _add(self, text: str, kind: BlockKind | None = None) -> None:
        kind = kind or ("heading" if self._level else "item" if self._items_open else "paragraph")
        if text:
            self.pieces.append(Piece(kind, self._number + text, self._level))
            self._number = ""

    def _row(self, cells: Sequence[str]) -> None:
        if not self._columns:
            self._columns = list(cells)
            return
        parts = []
        for number, cell in enumerate(cells):
            column = self._columns[number] if number < len(self._columns) else ""
            if cell:
                self._used.add(number)
                parts.append(f"{column}: {cell}" if column else cell)
        if parts:
            self.pieces.append(Piece("row", "; ".join(parts)))

    def _close_table(self) -> None:
        unused = [name for number, name in enumerate(self._columns) if name and number not in self._used]
        if not self._used and unused:
            self.pieces.append(Piece("row", "; ".join(unused)))
            return
        for name in unused:
            self.words.leave_out("column without entries", name)

    def _beyond(self) -> list[str]:
        """Return the cells of a row that has more of them than its table has columns: the parser drops them."""
        cells = escapedSplit(_QUOTED.sub("", self._lines[self._line]).strip())
        cells = cells[1 if cells and not cells[0].strip() else 0 :]
        return [self._plain(_PARSER.parseInline(cell.strip())[0]) for cell in cells[len(self._columns) :]]

    def _plain(self, token: Token) -> str:
        """Return the words of an inline token without its markup.

        What is opened in it ends with it.
        """
        depth = self.words.depth()
        for child in token.children or ():
            match child.type:
                case "s_open":
                    self.words.open("s")
                case "s_close":
                    self.words.close("s")
                case "softbreak" | "hardbreak":
                    self.words.text("\n")
                case "image":
                    self.words.text(_alternative(child))
                case "html_inline":
                    self.words.html(child.content)
                case _:
                    self.words.text(child.content)
        self.words.close_to(depth)
        return self.words.take()


def _alternative(image: Token) -> str:
    return "".join(child.content or _alternative(child) for child in image.children or ())
