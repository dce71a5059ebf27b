"""The blocks of a web page: every word that a visitor can read, once, in the order of the page.

In: the parsed tree of a page. Out: ``Block`` records, and a ``Removal`` for every text that is no live text of the
page: struck out, hidden, in a form, for screen readers only.

>>> from lxml import html
>>> blocks, removals = page_blocks(html.fromstring("<div>Rated <del>Good</del> 5<sup>3</sup><ol><li>One</ol></div>"))
>>> [(block.kind, block.text) for block in blocks], [(removal.reason, removal.text) for removal in removals]
([('paragraph', 'Rated 5³'), ('item', '1. One')], [('struck out', 'Good')])
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from probqa.reading.formats.hidden import Visibility
from probqa.reading.formats.page_tables import Cell, is_layout, table_rows, unused_names
from probqa.reading.formats.raised import fraction, lowered, raised
from probqa.reading.formats.repairs import tidy
from probqa.reading.formats.rows import row_text
from probqa.records import BlockKind, Removal

# A text node: its element, and whether it is the text behind it rather than in it.
Slot = tuple[Any, bool]

_BLOCKS = frozenset(
    """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup p pre search
    section summary table tbody td tfoot th thead tr ul
    """.split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
# A button in one of these is the label of what it opens.
_LABELS = _HEADINGS | {"summary"}
# What is no text of the page: nothing of it is a word that anybody published.
_SILENT = frozenset("head script style link meta base param source track area col colgroup".split())
_ELSEWHERE = {
    "noscript": "shown without scripts only",
    "template": "template",
    "iframe": "frame",
    "object": "embedded object",
    "svg": "drawing",
    "canvas": "drawing",
    "audio": "embedded sound",
    "video": "embedded film",
    "button": "button",
    "textarea": "form field",
    "datalist": "form field",
}
_RAISED_STYLE = re.compile(r"vertical-align:(super|text-top)")
_LOWERED_STYLE = re.compile(r"vertical-align:(sub|text-bottom)")
_BLOCK_STYLE = re.compile(r"display:(block|flex|grid|list-item|table)(;|!|$)")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
# A term of a list of terms longer than this is a paragraph of its own.
_LONGEST_TERM = 100
# Windows-1252, where a page names its characters 128 to 159 by number, as HTML has it.
_CONTROLS = {number: bytes([number]).decode("cp1252", "ignore") or " " for number in range(0x80, 0xA0)}
_SPACES = str.maketrans("\n\r\t\f", "    ")


@dataclass
class Block:
    """A heading, paragraph, list item or table row, and where its text stands in the tree.

    ``linked`` is how many of its characters are in links.
    """

    kind: BlockKind
    text: str
    level: int
    element: Any
    slots: list[Slot]
    linked: int


@dataclass
class _Run:
    """Text that stands together on the page, as far as it has been read."""

    words: list[str] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    linked: int = 0

    def ends_in_break(self) -> bool:
        return bool(self.words) and "".join(self.words[-2:]).rstrip(" ").endswith("\n")

    def ends_in_word(self) -> bool:
        last = next((words for words in reversed(self.words) if words), "")
        return last[-1:].isalnum()


def page_blocks(tree: Any) -> tuple[list[Block], list[Removal]]:
    """Read the blocks of a page, and list what is no live text of it, which is taken out of the tree."""
    walker = _Walker(tree)
    walker.walk(tree)
    walker.flush(tree)
    for element in walker.unread:
        if element.getparent() is not None:
            element.drop_tree()
    for element in tree.iter("*"):
        # What is hidden still can be opened by a visitor.
        element.attrib.pop("hidden", None)
        if "display:none" in _style(element):
            del element.attrib["style"]
    return walker.blocks, walker.removals


class _Walker:
    def __init__(self, tree: Any) -> None:
        self.blocks: list[Block] = []
        self.removals: list[Removal] = []
        self.unread: list[Any] = []
        self._visibility = Visibility(tree)
        self._run = _Run()
        self._kind: BlockKind = "paragraph"
        self._level = 0
        self._number = ""
        self._in_cell = False
        self._links = 0
        self._quotes = 0
        self._preformatted = False
        self._shift: Callable[[str], str] | None = None

    def walk(self, element: Any) -> None:
        """Read what stands in an element."""
        self._text(element.text, (element, False))
        for child in element:
            if isinstance(child.tag, str):
                self._element(child)
            self._text(child.tail, (child, True))

    def flush(self, element: Any) -> None:
        """End the text that stands together: a block of its own, or a part of a table's cell."""
        if self._in_cell:
            self._run.words.append("; " if element.tag == "li" and self._run.ends_in_word() else " ")
            return
        run, self._run = self._run, _Run()
        if text := tidy("".join(run.words)):
            if self._number and not text.startswith(self._number.strip()):
                text = self._number + text
            self._number = ""
            self.blocks.append(Block(self._kind, text, self._level, element, run.slots, run.linked))

    # --- one element

    def _element(self, element: Any) -> None:
        tag = element.tag
        style = _style(element)
        if tag in _SILENT:
            return
        if reason := self._left_out(element):
            self._leave_out(reason, element.get("alt") or " ".join(element.itertext()))
            self.unread.append(element)
        elif tag == "br":
            self._break(element)
        elif tag == "math":
            self._run.words.append(mathml(element))
        elif tag == "select":
            self._choices(element)
        elif tag == "table" and not is_layout(element):
            self._table(element)
        elif tag == "dl" and not self._in_cell:
            self._terms(element)
        elif tag in _BLOCKS or (style and _BLOCK_STYLE.search(style)):
            self._block(element)
        else:
            self._inline(element, style)

    def _left_out(self, element: Any) -> str:
        tag = element.tag
        if tag == "img":
            return "picture"
        if tag == "button" and any(parent.tag in _LABELS for parent in element.iterancestors()):
            return ""
        return _ELSEWHERE.get(tag) or self._visibility.reason(element)

    def _leave_out(self, reason: str, words: str) -> None:
        if text := tidy(words):
            self.removals.append(Removal(reason, text, len(text)))

    def _block(self, element: Any) -> None:
        tag = element.tag
        self.flush(element.getparent())
        kind, level, preformatted = self._kind, self._level, self._preformatted
        if tag in _HEADINGS:
            self._kind, self._level = "heading", int(tag[1])
        elif tag == "li":
            self._kind, self._number = "item", _number(element)
        self._preformatted = preformatted or tag == "pre"
        self.walk(element)
        self.flush(element)
        self._kind, self._level, self._preformatted = kind, level, preformatted
        if tag == "li":
            self._number = ""

    def _inline(self, element: Any, style: str) -> None:
        links, shift = self._links, self._shift
        self._links += element.tag == "a"
        self._shift = self._shifted(element, style) or shift
        marks = "“”" if self._quotes % 2 == 0 else "‘’"
        quoted = element.tag == "q" and not element.text_content().lstrip().startswith(tuple("“\"'‘«"))
        self._quotes += quoted
        self._run.words.append(marks[0] if quoted else "")
        self.walk(element)
        self._run.words.append(marks[1] if quoted else "")
        self._quotes -= quoted
        self._links, self._shift = links, shift

    def _shifted(self, element: Any, style: str) -> Callable[[str], str] | None:
        """Return how the text of a raised or lowered element is written."""
        words = element.text_content()
        marks = element.get("class", "").lower().split()
        is_note = (
            element.tag == "a"
            and element.get("href", "").startswith("#")
            and words.strip().isdigit()
            and self._run.ends_in_word()
        )
        if element.tag == "sup" or _RAISED_STYLE.search(style) or {"sup", "superscript"} & {*marks} or is_note:
            return raised if raised(words) != words else None
        if element.tag == "sub" or _LOWERED_STYLE.search(style) or {"sub", "subscript"} & {*marks}:
            return lowered if lowered(words) != words else None
        return None

    def _break(self, element: Any) -> None:
        if self._run.ends_in_break():
            self.flush(element.getparent())
        else:
            self._run.words.append("\n")

    def _text(self, text: str | None, slot: Slot) -> None:
        if not text:
            return
        text = text.translate(_CONTROLS)
        if self._preformatted:
            for number, line in enumerate(text.split("\n")):
                if number:
                    self._break(slot[0])
                self._words(line, slot)
        else:
            self._words(text.translate(_SPACES), slot)

    def _words(self, text: str, slot: Slot) -> None:
        self._run.words.append(self._shift(text) if self._shift else text)
        if text.strip():
            self._run.slots.append(slot)
            self._run.linked += len(text.strip()) if self._links else 0

    # --- forms, lists of terms, tables

    def _choices(self, element: Any) -> None:
        """Read what was chosen in a form's list of choices.

        The others are listed as not chosen.
        """
        self._run.words.append(" ")
        for option in element.iter("option"):
            if option.get("selected") is not None:
                self._inline(option, "")
                self._run.words.append(" ")
            else:
                self._leave_out("choice not made", option.text_content())

    def _terms(self, element: Any) -> None:
        """Read a list of terms: each description stands behind its term."""
        self.flush(element.getparent())
        terms: list[Cell] = []
        for each in _terms_and_descriptions(element):
            if reason := self._left_out(each):
                self._leave_out(reason, each.text_content())
            elif each.tag == "dt":
                terms.append(self._cell(each))
                continue
            elif each.tag == "dd" and _is_one_run(each) and sum(len(term.text) for term in terms) <= _LONGEST_TERM:
                description = self._cell(each)
                name = "; ".join(term.text for term in terms if term.text)
                self._add(
                    "row" if name else "paragraph", row_text([description.text], [name]), [*terms, description], each
                )
            else:
                self._add_each(terms, element)
                self._block(each)
            terms = []
        self._add_each(terms, element)
        for child in element:
            self._text(child.tail, (child, True))
        self.flush(element)

    def _table(self, element: Any) -> None:
        self.flush(element.getparent())
        for each in element.iterchildren("caption"):
            self._element(each)
        rows: list[list[Cell]] = []
        for row in _rows(element):
            if reason := self._left_out(row):
                self._leave_out(reason, " ".join(row.itertext()))
            else:
                rows.append([self._cell(cell) for cell in row.iterchildren("td", "th")])
        lines = table_rows(rows)
        for line in lines:
            self._add("row" if line.is_row else "paragraph", line.text, line.cells, element)
        for name in unused_names(rows, lines):
            self._leave_out("column without entries", name)

    def _cell(self, element: Any) -> Cell:
        outer, self._run = self._run, _Run()
        in_cell, self._in_cell = self._in_cell, True
        if reason := self._left_out(element):
            self._leave_out(reason, element.text_content())
        else:
            self.walk(element)
        run, self._run, self._in_cell = self._run, outer, in_cell
        text = tidy("".join(run.words))
        return Cell(
            text.removesuffix(" ;"),
            element.tag == "th",
            _number_in(element, "colspan", 1),
            _number_in(element, "rowspan", 1),
            run.slots,
            run.linked,
        )

    def _add(self, kind: BlockKind, text: str, cells: Sequence[Cell], element: Any) -> None:
        if text:
            slots = [slot for cell in cells for slot in cell.slots]
            self.blocks.append(Block(kind, text, 0, element, slots, sum(cell.linked for cell in cells)))

    def _add_each(self, cells: Sequence[Cell], element: Any) -> None:
        for cell in cells:
            self._add("paragraph", cell.text, [cell], element)


def _terms_and_descriptions(element: Any) -> Iterator[Any]:
    for child in element.iterchildren("*"):
        if child.tag == "div":
            yield from _terms_and_descriptions(child)
        else:
            yield child


def _is_one_run(element: Any) -> bool:
    """Tell whether an element holds no blocks, or one paragraph and nothing else that is a block."""
    blocks = [child for child in element.iterdescendants() if child.tag in _BLOCKS]
    return not blocks or (len(blocks) == 1 and blocks[0].tag in ("p", "div"))


def _rows(table: Any) -> Iterator[Any]:
    """Yield a table's own rows, in the order of the page."""
    for child in table.iterchildren("*"):
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.iterchildren("tr")


def _number_in(element: Any, name: str, default: int) -> int:
    """Return a whole number from an attribute."""
    number = re.fullmatch(r"\s*(-?\d{1,6})\s*", element.get(name, ""), re.ASCII)
    return int(number.group(1)) if number else default


# --- the numbers of a list


def _number(item: Any) -> str:
    """Return the number that a browser writes before a list item, "4. " or "b. ".

    It is empty where it writes none.
    """
    parent = item.getparent()
    if (
        parent is None
        or parent.tag != "ol"
        or "list-style:none" in _style(parent)
        or "list-style-type:none" in _style(parent)
    ):
        return ""
    items = list(parent.iterchildren("li"))
    step = -1 if parent.get("reversed") is not None else 1
    number = _number_in(parent, "start", len(items) if step < 0 else 1) - step
    for each in items:
        number = _number_in(each, "value", number + step)
        if each is item:
            break
    return f"{_numeral(number, item.get('type') or parent.get('type') or '1')}. "


def _numeral(number: int, kind: str) -> str:
    if kind in ("a", "A") and 1 <= number <= 26:
        return chr(ord(kind) + number - 1)
    if kind in ("i", "I") and 1 <= number <= 3999:
        roman = ""
        for value, letters in _ROMAN:
            roman += letters * (number // value)
            number %= value
        return roman if kind == "i" else roman.upper()
    return str(number)


def _style(element: Any) -> str:
    return re.sub(r"\s", "", element.get("style", "")).lower()


# --- formulas


def mathml(element: Any) -> str:
    """Return a formula (MathML) as one line of text, a fraction as "⅔"."""
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag in ("annotation", "annotation-xml") or not tag:
        return ""
    parts = [mathml(child) for child in element]
    match tag, parts:
        case "mfrac", [above, below]:
            if above.isdecimal() and below.isdecimal():
                return fraction(above, below)
            return f"({above})/({below})"
        case "msup", [base, power]:
            return base + _marked(raised(power), power, "^")
        case "msub", [base, index]:
            return base + _marked(lowered(index), index, "_")
        case "msubsup", [base, index, power]:
            return base + _marked(lowered(index), index, "_") + _marked(raised(power), power, "^")
        case "msqrt", _:
            return f"√({''.join(parts)})"
        case _:
            return (element.text or "").strip() + (" " if tag in ("mtd", "mtext") else "").join(parts)


def _marked(shifted: str, plain: str, mark: str) -> str:
    return shifted if shifted != plain or not plain else f"{mark}({plain})"
