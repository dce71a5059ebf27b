"""The reader of plain text: paragraphs between blank lines, list items, and short lines taken for headings.

In: the body of a text file, perhaps a web page saved as text. Out: ``Piece`` records and what was left out.

>>> pieces, removals = plaintext_pieces("Findings\\n\\nIt was\\ngood.\\n\\n * one\\n * two\\n\\nShare on twitter")
>>> [(piece.kind, piece.text) for piece in pieces]
[('heading', 'Findings'), ('paragraph', 'It was good.'), ('item', 'one'), ('item', 'two')]
>>> [(removal.reason, removal.text) for removal in removals]
[('share button', 'Share on twitter')]
"""

from __future__ import annotations

import re

from probqa.reading.assembly import Piece
from probqa.reading.formats.furniture import furniture, furniture_tail, is_certain_tail, is_sentence
from probqa.reading.formats.repairs import tidy
from probqa.records import Removal

VERSION = "text 4"

_MARKER = re.compile(
    r"^[ \t]*(?:(?P<sign>[•●▪◦‣·*])|(?P<dash>[–-])|(?P<number>\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]))[ \t]+(?=\S)"
)
_SIGN = re.compile(r"^[ \t]*[•●▪◦‣·*–-][ \t]+")
_MAX_HEADING_CHARACTERS = 100


def plaintext_pieces(body: str) -> tuple[list[Piece], list[Removal]]:
    """Cut ``body`` into pieces without website furniture."""
    lines, removals = _without_furniture(body.splitlines())
    pieces: list[Piece] = []
    for block in _blocks(lines):
        if _marker(block[0]):
            # A sign or dash is only layout. The number or letter of an item is published text, and stays.
            pieces.append(Piece("item", tidy(_SIGN.sub("", "\n".join(block)))))
        else:
            pieces.append(Piece("paragraph", tidy("\n".join(block))))
    return [*map(_heading_or, pieces[:-1]), *pieces[-1:]], removals


def _without_furniture(lines: list[str]) -> tuple[list[str], list[Removal]]:
    kept: list[str] = []
    removals: list[Removal] = []
    last_prose = max((number for number, line in enumerate(lines) if is_sentence(line)), default=-1)
    for number, line in enumerate(lines):
        tail = furniture_tail(tidy(line)) if _stands_alone(kept) else None
        # In the middle of a report a line "Comments" heads a section.
        is_section = number < last_prose and not is_certain_tail(tidy(line))
        if tail and number >= len(lines) / 2 and not is_section:
            rest = tidy("\n".join(lines[number:]))
            return kept, [*removals, Removal(tail, rest, len(rest))]
        kind = furniture(tidy(line)) if _stands_alone(kept) and not (tail and is_section) else None
        if kind:
            removals.append(Removal(kind, tidy(line), len(tidy(line))))
        kept.append("" if kind else line)
    return kept, removals


def _stands_alone(before: list[str]) -> bool:
    """Tell whether a line goes on no other: a wrapped line of a sentence may have the words of a website's line."""
    return not before or not before[-1].strip()


def _blocks(lines: list[str]) -> list[list[str]]:
    """Group lines into blocks.

    A blank line ends a block, a list item starts one.
    """
    blocks: list[list[str]] = [[]]
    for line in lines:
        if not line.strip():
            blocks.append([])
        elif _starts_item(line, blocks[-1]):
            blocks.append([line])
        else:
            blocks[-1].append(line)
    return [block for block in blocks if block]


def _starts_item(line: str, block: list[str]) -> bool:
    """Tell whether ``line`` opens a list item rather than continues ``block``.

    A wrapped line of a paragraph may begin with a dash or "22." by chance, so below a paragraph only a sign such as "•"
    is certain.
    """
    marker = _marker(line)
    if not marker or not block:
        return bool(marker)
    return marker in ("sign", _marker(block[0])) or block[-1].rstrip().endswith(":")


def _marker(line: str) -> str | None:
    match = _MARKER.match(line)
    return match.lastgroup if match else None


def _heading_or(piece: Piece) -> Piece:
    """Make a heading of a short paragraph that has no closing punctuation.

    The caller passes no paragraph that ends the text, for a heading needs something below it.
    """
    if (
        piece.kind == "paragraph"
        and len(piece.text) <= _MAX_HEADING_CHARACTERS
        and re.search(r"[\w)’'\"”]$", piece.text)
        and piece.text[:1].isupper()
    ):
        return Piece("heading", piece.text, level=2)
    return piece
