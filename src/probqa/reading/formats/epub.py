"""The reader of e-books (.epub): a zip of web pages, read in the order in which the book names them.

In: the bytes of an .epub. Out: a ``Reading``. Runs in the worker only (see ``sandbox``).

Every word of a chapter is the book's: none is taken for a website's. Left out, and listed, are tables of contents,
the numbers of printed pages, and pages that the book does not name in its order. An e-book is laid out anew on every
screen, so a reading of one has no pages.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import lxml.html
from lxml import etree

from probqa.dates import YEAR
from probqa.errors import ReadingError
from probqa.reading.assembly import Piece, Reading
from probqa.reading.formats.packed_xml import every, name_of, tree, unpack, value
from probqa.reading.formats.page_blocks import Block, page_blocks
from probqa.reading.formats.page_source import decode_page, parse_page
from probqa.reading.formats.repairs import tidy
from probqa.records import Removal

VERSION = "epub 2"

_ENDINGS = (".opf", ".xml", ".xhtml", ".xht", ".html", ".htm", ".ncx", ".css")
_PAGES = ("application/xhtml+xml", "text/html", "text/xml", "text/x-oeb1-document")
_CONTENTS = "application/x-dtbncx+xml"
# A page of so many blocks or more, with more than this share of its characters in links, is a table of contents.
_ENTRIES, _LINKED = 3, 0.5
_NO_TITLES = ("unknown", "untitled")
# Programs write the year 101 where they know none.
_DAY = re.compile(rf"{YEAR}(?:-\d\d){{0,2}}", re.ASCII)
_REFERENCES = ("noteref", "doc-noteref")
_PAGE_NUMBERS = ("pagebreak", "doc-pagebreak")


@dataclass(frozen=True, slots=True)
class _Item:
    """A file that the book names: where it lies in the archive, what kind of file it is and what it is for."""

    name: str
    kind: str
    is_contents: bool


def read_epub(content: bytes) -> Reading:
    """Read an .epub.

    Raises:
        ReadingError: it is no e-book, damaged, protected against copying, too large when unpacked, or has no text.
    """
    parts = unpack(content, _ENDINGS, may_be_typed=True)
    name, package = _package(parts)
    items = _items(name, package)
    order = [items[each] for each in _order(package) if each in items]
    protected = _protected(parts)
    if any(item.name in protected for item in order):
        raise ReadingError("is protected against copying", "get a copy without the protection, or its PDF")
    pieces: list[Piece] = []
    removals: list[Removal] = []
    for item in order:
        if item.kind not in _PAGES or item.name not in parts:
            removals += _left_out("part that is not read", item.name)
            continue
        blocks, left_out = _read_page(parts, item.name)
        removals += left_out
        if item.is_contents or _is_contents(blocks):
            removals += _left_out("table of contents", _words(blocks))
        else:
            pieces += [Piece(block.kind, block.text, block.level) for block in blocks]
    if not any(piece.kind != "heading" for piece in pieces):
        raise ReadingError("holds no text to quote", "if its pages are pictures, get its PDF and give it a text layer")
    for item in items.values():
        if item not in order and item.name in parts:
            removals += _beside(parts, item)
    return Reading(pieces, removals, metadata=_metadata(package, pieces))


# --- what the book says of its files


def _package(parts: dict[str, bytes]) -> tuple[str, Any]:
    """Return the name and the tree of the file that says what the book is made of."""
    container = parts.get("META-INF/container.xml")
    roots = every(tree(container), "rootfile") if container else iter(())
    name = next((value(root, "full-path") for root in roots), "")
    if name not in parts:
        raise ReadingError("is not an e-book", "save it as .epub or PDF in the program that made it")
    return name, tree(parts[name])


def _items(name: str, package: Any) -> dict[str, _Item]:
    """Return what the book names, by the id under which it does."""
    folder = posixpath.dirname(name)
    return {
        value(item, "id"): _Item(
            posixpath.normpath(posixpath.join(folder, unquote(value(item, "href").partition("#")[0]))),
            value(item, "media-type").lower(),
            "nav" in value(item, "properties").split(),
        )
        for item in every(package, "item")
    }


def _order(package: Any) -> list[str]:
    """Return the ids of what is read, each once."""
    return list(dict.fromkeys(value(each, "idref") for each in every(package, "itemref")))


def _protected(parts: dict[str, bytes]) -> set[str]:
    """Return the names of what is encrypted.

    Fonts are in many books that anybody may read.
    """
    encryption = parts.get("META-INF/encryption.xml")
    if encryption is None:
        return set()
    return {unquote(value(each, "URI")).lstrip("/") for each in every(tree(encryption), "CipherReference")}


def _metadata(package: Any, pieces: Sequence[Piece]) -> dict[str, str]:
    """Return title, publisher and day as the book's data give them.

    The day has a note: it may be that of the file.
    """
    said: dict[str, str] = {}
    for each in every(package, "title", "publisher", "date"):
        if text := tidy("".join(each.itertext())):
            said.setdefault(name_of(each), text)
    title = "" if said.get("title", "").lower() in _NO_TITLES else said.get("title", "")
    title = title or next((piece.text for piece in pieces if piece.kind == "heading"), "")
    found = {"title": title[:300], "publisher": said.get("publisher", "")[:200]}
    if day := _DAY.match(said.get("date", "")):
        found |= {"published": day.group(), "published_note": "read from the e-book's data"}
    return {key: text for key, text in found.items() if text}


# --- a page


def _read_page(parts: dict[str, bytes], name: str) -> tuple[list[Block], list[Removal]]:
    """Read all of a page, with the style sheets of the book that it names."""
    try:
        page = parse_page(decode_page(parts[name]))
    except etree.ParserError:
        # A page without a single element holds no word.
        return [], []
    removals: list[Removal] = []
    for link in list(page.iter("link")):
        sheet = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(link.get("href", ""))))
        if sheet in parts and link.getparent() is not None:
            style = lxml.html.Element("style")
            style.text = tidy(decode_page(parts[sheet]))
            link.addprevious(style)
    for element in list(page.iter("*")):
        kinds = f"{element.get('epub:type', '')} {element.get('role', '')}".split()
        if any(kind in _PAGE_NUMBERS for kind in kinds) and element.getparent() is not None:
            removals += _left_out("number of a printed page", element.text_content())
            element.drop_tree()
        elif any(kind in _REFERENCES for kind in kinds):
            # The mark of a note must not run into a figure, wherever the note stands.
            element.set("class", tidy(f"{element.get('class', '')} sup"))
        elif element.tag == "a" and "#" in element.get("href", ""):
            element.set("href", "#" + tidy(element.get("href").partition("#")[2]))
    blocks, left_out = page_blocks(page)
    return blocks, removals + left_out


def _is_contents(blocks: Sequence[Block]) -> bool:
    linked = sum(block.linked for block in blocks)
    return len(blocks) >= _ENTRIES and linked > _LINKED * sum(len(block.text) for block in blocks)


def _beside(parts: dict[str, bytes], item: _Item) -> Iterator[Removal]:
    """Yield the words of a file that the book does not name in its order."""
    if item.kind == _CONTENTS:
        labels = (" ".join(label.itertext()) for label in every(tree(parts[item.name]), "navLabel"))
        yield from _left_out("table of contents", " ".join(labels))
    elif item.kind in _PAGES:
        blocks, left_out = _read_page(parts, item.name)
        reason = "table of contents" if item.is_contents else "page that is not in the order of the book"
        yield from _left_out(reason, _words(blocks))
        yield from left_out


def _words(blocks: Sequence[Block]) -> str:
    return " ".join(block.text for block in blocks)


def _left_out(reason: str, words: str) -> Iterator[Removal]:
    if text := tidy(words):
        yield Removal(reason, text, len(text))
