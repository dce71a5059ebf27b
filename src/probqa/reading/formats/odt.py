"""The reader of OpenDocument texts (.odt): what their pages show, in reading order, and what was left out.

In: the bytes of an .odt. Out: a ``Reading``. Runs in the worker only (see ``sandbox``).

The XML itself is read. The text includes insertions, text boxes, formulas, the numbers of lists, headings and notes,
each note after the paragraph or table that refers to it. Left out, and listed, are deleted, struck and hidden text,
comments, placeholders, tables of contents, running lines, forms, and what stands in charts. Pages are laid out anew by
whoever opens the file, so a reading of one has none.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from probqa.dates import YEAR
from probqa.errors import ReadingError
from probqa.reading.assembly import Piece, Reading
from probqa.reading.formats.odt_styles import Look, Styles, height, is_struck, is_unseen, label, read_styles
from probqa.reading.formats.packed_xml import MAX_DEPTH, child, every, name_of, number, tree, unpack, value
from probqa.reading.formats.page_blocks import mathml
from probqa.reading.formats.page_tables import Cell, table_rows, unused_names
from probqa.reading.formats.raised import level, raise_mark
from probqa.reading.formats.repairs import tidy
from probqa.reading.formats.symbols import UNKNOWN, in_unicode
from probqa.reading.formats.word_about import title_of
from probqa.reading.formats.word_styles import may_head
from probqa.records import Removal

VERSION = "odt 2"

_MAX_REPEATED = 200
_DELETED = "deleted (tracked change)"
_LEFT_OUT = {
    "annotation": "comment",
    "placeholder": "placeholder",
    "ruby-text": "reading aid",
    "desc": "picture",
    "title": "picture",
    "script": "script",
}
# The entries of these are the headings again, with numbers of pages.
_INDEXES = frozenset(
    "table-of-content illustration-index table-index object-index user-index alphabetical-index bibliography".split()
)
_SHAPES = frozenset(
    "frame g custom-shape rect ellipse line connector caption polyline polygon path regular-polygon".split()
)
_SILENT = frozenset(
    "tracked-changes sequence-decls variable-decls user-field-decls annotation-end enhanced-geometry image "
    "object-ole plugin floating-frame".split()
)
_BREAKS = frozenset("p h tab s line-break list-item table-cell note-citation".split())
_BYLINES = ("creator", "date", "date-string", "creator-initials", "sender-initials")
_DAY = re.compile(rf"{YEAR}-\d\d-\d\d")


@dataclass(slots=True)
class _Words:
    """A paragraph as it is walked: pieces with their heights, and what stands beside it."""

    text: list[tuple[str, int]] = field(default_factory=list)
    letters: int = 0
    bold: int = 0
    boxes: list[Any] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    """Why words are left out, and the words; both empty for what is not."""

    def add(self, text: str, look: Look) -> None:
        """Append text that looks so."""
        self.text.append((text, height(look)))
        letters = sum(map(str.isalnum, text))
        self.letters += letters
        self.bold += letters if look.get("weight") in ("bold", "600", "700", "800", "900") else 0


@dataclass(slots=True)
class _Item:
    """The item of a list that is being read.

    Its number stands before its first paragraph, which may be waited for.
    """

    style: str
    at: int
    counts: dict[int, int]
    start: str
    is_waiting: bool


def read_odt(content: bytes) -> Reading:
    """Read an .odt.

    Raises:
        ReadingError: it is no .odt, damaged, protected, too large when unpacked, or has no text.
    """
    parts = unpack(content, (".xml",))
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise ReadingError("is protected with a password", "save a copy without the password")
    root = tree(parts["content.xml"]) if "content.xml" in parts else None
    text = child(child(root, "body"), "text")
    if text is None:
        raise ReadingError("is not an OpenDocument text", "save it as .odt, .docx or PDF")
    shared = tree(parts["styles.xml"]) if "styles.xml" in parts else None
    walker = _Walker(parts, read_styles(root, shared), _deletions(text))
    pieces = list(walker.blocks(text, 0))
    if not any(piece.kind != "heading" for piece in pieces):
        raise ReadingError(
            "holds no text to quote", "if it holds pictures of pages, save it as PDF and give it a text layer"
        )
    walker.list_the_rest(shared)
    return Reading(pieces, walker.removals, metadata=_metadata(parts, pieces, walker.titles))


def _deletions(text: Any) -> dict[str, str]:
    """Return the deleted words, which stand apart from the text, by the id of their change."""
    return {
        value(region, "id"): " ".join(_spoken(gone) for gone in every(region, "deletion"))
        for region in every(text, "changed-region")
    }


def _metadata(parts: dict[str, bytes], pieces: list[Piece], titles: list[str]) -> dict[str, str]:
    about: dict[str, str] = {}
    if "meta.xml" in parts:
        for each in every(tree(parts["meta.xml"]), "title", "date", "creation-date"):
            about.setdefault(name_of(each), tidy("".join(each.itertext())))
    found = title_of(about.get("title", ""), pieces, titles)
    if day := _DAY.match(about.get("date") or about.get("creation-date", "")):
        found |= {"published": day.group(), "published_note": "the day the OpenDocument file was last saved"}
    return {key: text for key, text in found.items() if text}


def _spoken(element: Any) -> str:
    """Return every word below an element, apart from who wrote it and when."""
    words = element.text or ""
    for each in element:
        name = name_of(each)
        if name and name not in _BYLINES:
            words += (" " if name in _BREAKS else "") + _spoken(each) + (" " if name in _BREAKS else "")
        words += each.tail or ""
    return words


class _Walker:
    def __init__(self, parts: dict[str, bytes], styles: Styles, deleted: dict[str, str]) -> None:
        self.removals: list[Removal] = []
        self.titles: list[str] = []
        self._parts = parts
        self._styles = styles
        self._deleted = deleted
        self._heading = ""
        self._outline: dict[int, int] = {}
        self._lists: dict[str, dict[int, int]] = {}
        self._item: _Item | None = None
        self._notes: list[tuple[str, Any]] = []
        self._is_shaded = False
        self._in_table = False

    def list_the_rest(self, shared: Any) -> None:
        """List the words that stand in the file but not in its text."""
        self._heading = ""
        for words in self._deleted.values():
            self._leave_out(_DELETED, words)
        for page in every(shared, "master-page") if shared is not None else ():
            for each in page:
                kind = name_of(each).partition("-")[0]
                if kind in ("header", "footer"):
                    self._leave_out(f"running {kind}", _spoken(each))

    def _leave_out(self, reason: str, words: str) -> None:
        """List words with the heading below which they stand."""
        if text := tidy(words):
            below = f", below “{self._heading[:60]}”" if self._heading else ""
            self.removals.append(Removal(reason + below, text, len(text)))

    # --- blocks

    def blocks(self, parent: Iterable[Any], depth: int) -> Iterator[Piece]:
        """Yield what stands in the body, a section, a cell, an item or a box."""
        for each in parent:
            name = name_of(each)
            if depth > MAX_DEPTH:
                self._leave_out("nested too deep", _spoken(each))
            elif name in ("p", "h"):
                yield from self._paragraph(each, depth)
            elif name == "list":
                yield from self._list(each, depth)
            elif name == "table":
                yield from self._table(each, depth)
            elif name in _INDEXES:
                self._leave_out("table of contents", _spoken(each))
            elif name == "forms":
                self._forms(each)
            elif name == "section" and _is_hidden(each):
                self._leave_out("hidden text", _spoken(each))
            elif name in _SHAPES or name in _LEFT_OUT or name == "change":
                words = _Words()
                self._inline(each, {}, words, depth)
                yield from self._boxes(words, depth)
            elif name and name not in _SILENT:
                yield from self.blocks(each, depth + 1)

    def _paragraph(self, element: Any, depth: int) -> Iterator[Piece]:
        style = value(element, "style-name")
        is_heading = name_of(element) == "h"
        title = self._styles.title(style)
        named = re.fullmatch(r"heading ([1-9])", title)
        at = number(value(element, "outline-level"), 1) if is_heading else 0
        at = at or (int(named.group(1)) if named else 1 if title == "title" else 0)
        is_item, before = self._item is not None, self._number(element, at if is_heading else 0)
        if any(value(each, "is-hidden") == "true" for each in element if name_of(each) == "hidden-paragraph"):
            self._leave_out("hidden text", _spoken(element))
            return
        words = _Words()
        look = self._styles.defaults.get("paragraph", {}) | self._styles.look("paragraph", style)
        self._walk(element, look, words, depth)
        for reason, gone in groupby(words.gone, key=itemgetter(0)):
            if reason:
                self._leave_out(reason, "".join(text for _, text in gone))
        text = tidy(level(words.text))
        if text:
            text = f"{before} {text}".strip()
            is_bold = bool(words.letters) and words.bold == words.letters and may_head(text) and not is_item
            if (at or is_bold) and len(text) <= 300:
                self._heading = self._heading if self._in_table else text
                self.titles += [text] if title == "title" else []
                yield Piece("heading", text, min(at, 6) or 6)
            else:
                yield Piece("item" if is_item else "paragraph", text)
        yield from self._boxes(words, depth)
        if not self._in_table:
            yield from self._called()

    def _boxes(self, words: _Words, depth: int) -> Iterator[Piece]:
        for box in words.boxes:
            shaded, self._is_shaded, item, self._item = self._is_shaded, True, self._item, None
            yield from self.blocks(box, depth + 1)
            self._is_shaded, self._item = shaded, item

    def _called(self) -> Iterator[Piece]:
        """Yield the notes that were referred to since the last time."""
        notes, self._notes = self._notes, []
        for mark, body in notes:
            if text := " ".join(piece.text for piece in self.blocks(body, 1)):
                yield Piece("paragraph", f"{mark} {text}")

    def _forms(self, element: Any) -> None:
        for each in element.iter("{*}*"):
            said = (value(each, name) for name in ("label", "title", "current-value", "value"))
            self._leave_out("form control that is not read", " ".join(filter(None, said)))

    # --- lists

    def _list(self, element: Any, depth: int) -> Iterator[Piece]:
        """Yield the items of a list, which may stand in an item of another."""
        outer = self._item
        style = value(element, "style-name") or (outer.style if outer else "")
        if outer:
            counts = outer.counts
        else:
            goes_on = value(element, "continue-list")
            goes_on = goes_on or (style if value(element, "continue-numbering") == "true" else "\n")
            counts = self._lists[style] = self._lists[value(element, "id")] = self._lists.get(goes_on, {})
        for item in element:
            if name_of(item) in ("list-item", "list-header"):
                is_counted = name_of(item) == "list-item"
                self._item = _Item(style, outer.at + 1 if outer else 1, counts, value(item, "start-value"), is_counted)
                yield from self.blocks(item, depth + 1)
        self._item = outer

    def _number(self, element: Any, outline: int) -> str:
        """Return what stands before a paragraph: the number of a heading, or of an item, whose first one has it."""
        before, item = "", self._item
        if item is not None:
            if item.is_waiting:
                item.is_waiting = False
                before = label(self._styles.lists.get(item.style, {}), item.counts, item.at, item.start)
        elif outline and value(element, "is-list-header") != "true":
            before = label(self._styles.lists.get("", {}), self._outline, outline, value(element, "start-value"))
        typed = child(element, "number")
        return tidy(before) or ("" if typed is None else tidy(typed.text or ""))

    # --- tables

    def _table(self, element: Any, depth: int) -> Iterator[Piece]:
        """Yield the rows of a table, and then the notes it refers to.

        A table of a single column is a frame round paragraphs, and gives those.
        """
        outer, self._in_table = self._in_table, True
        rows = list(_rows(element, is_head=False))
        if max((len(list(_cells(row))) for row, _ in rows), default=0) <= 1:
            self._in_table = outer
            for row, _ in rows:
                for cell in _cells(row):
                    yield from self.blocks(cell, depth + 1)
            return
        table = [self._row(row, depth, is_head=is_head) for row, is_head in rows if not self._is_left_out(row)]
        lines = table_rows(table)
        for line in lines:
            if line.text:
                yield Piece("row" if line.is_row else "paragraph", line.text)
        for name in unused_names(table, lines):
            self._leave_out("column without entries", name)
        self._in_table = outer
        if not outer:
            yield from self._called()

    def _is_left_out(self, row: Any) -> bool:
        is_hidden = value(row, "visibility") in ("collapse", "filter")
        if is_hidden:
            self._leave_out("hidden text", _spoken(row))
        return is_hidden

    def _row(self, row: Any, depth: int, *, is_head: bool) -> list[Cell]:
        cells: list[Cell] = []
        for cell in row:
            if name_of(cell) == "covered-table-cell":
                self._leave_out("text below a cell that covers it", _spoken(cell))
            if name_of(cell) != "table-cell":
                continue
            look = self._styles.look("table-cell", value(cell, "style-name"))
            shaded, item = self._is_shaded, self._item
            self._is_shaded, self._item = shaded or look.get("background", "transparent") != "transparent", None
            text = tidy(" ".join(piece.text for piece in self.blocks(cell, depth + 1)))
            self._is_shaded, self._item = shaded, item
            titles = {self._styles.title(value(each, "style-name")) for each in cell if name_of(each) == "p"}
            read = Cell(
                text,
                is_head or titles == {"table heading"},
                number(value(cell, "number-columns-spanned"), 1),
                number(value(cell, "number-rows-spanned"), 1),
            )
            cells += [read] * min(max(number(value(cell, "number-columns-repeated"), 1), 1), _MAX_REPEATED)
        return cells

    # --- words

    def _walk(self, element: Any, look: Look, words: _Words, depth: int) -> None:
        """Collect the words of an element, which look so where they do not say otherwise."""
        self._say(element.text, look, words)
        for each in element:
            if depth > MAX_DEPTH:
                self._leave_out("nested too deep", _spoken(each))
            elif name_of(each):
                self._inline(each, look, words, depth)
            self._say(each.tail, look, words)

    def _inline(self, element: Any, look: Look, words: _Words, depth: int) -> None:
        name = name_of(element)
        if name in ("s", "tab", "line-break"):
            self._say(" ", look, words)
        elif name == "note":
            self._note(element, words)
        elif name == "change":
            self._leave_out(_DELETED, self._deleted.pop(value(element, "change-id"), ""))
        elif name in _LEFT_OUT:
            self._leave_out(_LEFT_OUT[name], _spoken(element))
        elif name == "hidden-text" and value(element, "is-hidden") == "true":
            self._leave_out("hidden text", value(element, "string-value") or _spoken(element))
        elif name == "hidden-paragraph" or value(element, "display") == "none":
            self._leave_out("hidden text", _spoken(element))
        elif name in _SHAPES:
            self._shape(element, look, words, depth)
        elif name == "object":
            self._object(element, look, words)
        elif name == "text-box":
            words.boxes.append(element)
        elif name not in _SILENT and name != "number":
            style = self._styles.look("text", value(element, "style-name")) if name == "span" else {}
            self._walk(element, look | style, words, depth + 1)

    def _say(self, text: str | None, look: Look, words: _Words) -> None:
        if not text:
            return
        is_hidden = is_unseen(look, has_background=self._is_shaded)
        reason = "struck out" if is_struck(look) else "hidden text" if is_hidden else ""
        if text.strip():
            words.gone.append((reason, text if reason else ""))
        if not reason:
            shown = in_unicode(look.get("font", ""), text)
            if shown.count(UNKNOWN) > text.count(UNKNOWN):
                self._leave_out("symbol that is not known", f"{text!a} in the font {look.get('font') or 'of the text'}")
            words.add(shown, look)

    def _note(self, element: Any, words: _Words) -> None:
        """Write the mark of a note, and remember to write the note."""
        citation = child(element, "note-citation")
        mark = raise_mark(tidy("" if citation is None else _spoken(citation)))
        last = next((text[-1] for text, _ in reversed(words.text) if text), "")
        words.add((" " if last and last in "⁰¹²³⁴⁵⁶⁷⁸⁹" else "") + mark, {})
        body = child(element, "note-body")
        if body is not None:
            self._notes.append((mark, body))

    def _shape(self, element: Any, look: Look, words: _Words, depth: int) -> None:
        """Keep a shape that holds paragraphs for later, because it stands beside this one."""
        if "watermark" in value(element, "name").lower():
            self._leave_out("watermark", _spoken(element))
        elif child(element, "p") is not None or child(element, "list") is not None:
            words.boxes.append(element)
        elif depth <= MAX_DEPTH:
            for each in element:
                if name_of(each):
                    self._inline(each, look, words, depth + 1)

    def _object(self, element: Any, look: Look, words: _Words) -> None:
        name = posixpath.normpath(f"{value(element, 'href')}/content.xml")
        if name not in self._parts:
            self._leave_out("embedded object that is not read", value(element, "href"))
            return
        root = tree(self._parts[name])
        if name_of(root) == "math":
            for each in root.iter("{*}*"):
                each.tag = name_of(each)
            last = next((text[-1] for text, _ in reversed(words.text) if text), "")
            words.add((" " if last.isdigit() else "") + mathml(root), look)
        else:
            is_chart = next(every(root, "chart"), None) is not None
            self._leave_out("text in a chart" if is_chart else "embedded object that is not read", _spoken(root))


def _is_hidden(section: Any) -> bool:
    display = value(section, "display")
    return display == "none" or (display == "condition" and value(section, "is-hidden") == "true")


def _rows(parent: Any, *, is_head: bool) -> Iterator[tuple[Any, bool]]:
    """Yield the rows of a table, and whether they name its columns."""
    for each in parent:
        if name_of(each) == "table-row":
            yield each, is_head
        elif name_of(each) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(each, is_head=is_head or name_of(each) == "table-header-rows")


def _cells(row: Any) -> Iterator[Any]:
    return (each for each in row if name_of(each) == "table-cell")
