"""The reader of Rich Text files (.rtf): what their pages show, in reading order, and what was left out.

In: the bytes of an .rtf. Out: a ``Reading``. Runs in the worker only (see ``sandbox``).

The text includes insertions, text boxes, results of fields, chosen entries of forms, the numbers of lists and notes,
each note after the paragraph or table that refers to it. Left out, and listed, are deleted, struck and hidden text,
comments, running lines, watermarks and equations. What programs write for themselves (fonts, pictures, data) is no
text. Pages are laid out anew by whoever opens the file, so a reading of one has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from probqa.errors import ReadingError
from probqa.reading.assembly import Piece, Reading
from probqa.reading.formats.page_tables import Cell, stands_over_figures, table_rows, unused_names
from probqa.reading.formats.raised import level, raise_text
from probqa.reading.formats.repairs import tidy
from probqa.reading.formats.rtf_marks import SYMBOLS, Mark, decoded, marks
from probqa.reading.formats.symbols import UNKNOWN, in_unicode
from probqa.reading.formats.word_about import title_of
from probqa.reading.formats.word_fields import shown_by_code
from probqa.reading.formats.word_numbers import in_format
from probqa.reading.formats.word_styles import may_head
from probqa.records import Removal

VERSION = "rtf 2"

_MAX_DEPTH = 1_000
# Ends of cells that are nearer to each other, in twentieths of a point, are the same column's.
_CLOSE = 30
# The result of a field of a form that nobody has changed.
_UNTOUCHED = 25
_SAVE = "open it in its own program and save it as .rtf, .docx or PDF"
_SIGNS = {
    "tab": " ", "line": " ", "emspace": " ", "enspace": " ", "qmspace": " ", "page": " ", "column": " ",
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "~": " ", "_": "-", "-": "", "\\": "\\", "{": "{", "}": "}", "\t": " ", "nestcell": " ; ", "nestrow": " ; ",
}  # fmt: skip
_SWITCHES = {
    "strike": "is_struck",
    "striked": "is_struck",
    "deleted": "is_deleted",
    "v": "is_hidden",
    "b": "is_bold",
    "intbl": "in_table",
}
_VALUES = {"s": "style", "outlinelevel": "outline", "f": "font", "cf": "color", "fs": "size"}
_SHADES = ("highlight", "chcbpat", "cb", "cbpat")
# What stands in groups of these is no text of the page, and nobody wrote it to be read.
_SKIPPED = frozenset(
    """
    pict objdata objclass nonshppict shprslt nonesttables mmathPict themedata colorschememapping listtable
    listoverridetable rsidtbl generator xmlnstbl datastore latentstyles filetbl revtbl bkmkstart bkmkend operator
    ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn
    author company keywords comment doccomm subject category manager hlinkbase printim buptim datafield
    """.split()
)
# Groups whose text stands by itself, and what it is, "" where it is live.
_FLOWS = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "running header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "running footer"),
    **dict.fromkeys(("xe", "tc"), "entry of an index"),
    "annotation": "comment",
    "moMath": "equation that is not read",
    "footnote": "",
    "shptxt": "",
    "dptxbxtext": "",
}
# Groups that a reader may pass over, and that this one reads all the same.
_KNOWN = frozenset(("shpinst", "fldinst", "annotation", "moMath", "do", "formfield", "ffl", "shppict"))
_COLLECTED = {
    "fonttbl": "fonts",
    "colortbl": "colors",
    "stylesheet": "styles",
    "title": "title",
    "fldinst": "code",
    "ffl": "entry",
    "sn": "name",
    "sv": "value",
    "creatim": "made",
    "revtim": "saved",
}
_NUMBERS = {
    **{f"{kind}nar": (kind, "decimal") for kind in ("ftn", "aftn")},
    **{f"{kind}nalc": (kind, "lowerLetter") for kind in ("ftn", "aftn")},
    **{f"{kind}nauc": (kind, "upperLetter") for kind in ("ftn", "aftn")},
    **{f"{kind}nrlc": (kind, "lowerRoman") for kind in ("ftn", "aftn")},
    **{f"{kind}nruc": (kind, "upperRoman") for kind in ("ftn", "aftn")},
    **{f"{kind}nchi": (kind, "chicago") for kind in ("ftn", "aftn")},
}


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks, in which paragraph it stands, and what becomes of it (``into``).

    ``shift`` is in half points, ``color`` a number in the table of colours, ``style`` one in that of styles.
    """

    into: str = "text"
    is_struck: bool = False
    is_deleted: bool = False
    is_hidden: bool = False
    is_bold: bool = False
    is_shaded: bool = False
    size: int = 24
    shift: int = 0
    color: int = 0
    font: int = -1
    skipped: int = 1
    style: int = 0
    outline: int = 9
    in_table: bool = False
    is_label: bool = False

    def plain(self) -> _Look:
        """Return this look with the usual type."""
        return replace(self, is_struck=False, is_deleted=False, is_hidden=False, is_bold=False, is_shaded=False,
                       size=24, shift=0, color=0, font=-1)  # fmt: skip


@dataclass(slots=True)
class _Flow:
    """Text that stands by itself: that of the file, of a note, of a box.

    ``gone`` are words with the reason why they are left out, both empty for what is not.
    """

    words: list[tuple[str, int]] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    label: str | None = None
    letters: int = 0
    bold: int = 0
    pieces: list[Piece] = field(default_factory=list)
    beside: list[Piece] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    mark: int | None = None
    """Where the number of a note that follows is to stand among the words."""


@dataclass(slots=True)
class _Field:
    """A field that is open: where its result begins, its code, and what its form holds."""

    flow: _Flow
    start: int
    code: str = ""
    entries: list[str] = field(default_factory=list)
    form: dict[str, int] = field(default_factory=dict)

    def chosen(self) -> str:
        """Return the chosen entry of a form's list, or its ticked or empty box."""
        result = self.form.get("ffres", 0)
        result = self.form.get("ffdefres", 0) if result == _UNTOUCHED else result
        if self.form.get("fftype") == 1:
            return "☒" if result else "☐"
        return self.entries[result] if 0 <= result < len(self.entries) else ""


@dataclass(slots=True)
class _Row:
    """A row of a table: its cells, where each ends, which go on from above, and whether it names the columns."""

    ends: list[int] = field(default_factory=list)
    goes_on: list[bool] = field(default_factory=list)
    joins: list[bool] = field(default_factory=list)
    is_head: bool = False
    cells: list[str] = field(default_factory=list)


def read_rtf(content: bytes) -> Reading:
    """Read an .rtf.

    Raises:
        ReadingError: it is no .rtf, cut off, or has no text.
    """
    if not content.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"{\\rtf"):
        raise ReadingError("is not Rich Text", _SAVE)
    reader = _Reader()
    for mark in marks(content):
        reader.take(mark)
    return reader.finish()


def _both(first: Callable[[], None], second: Callable[[], None]) -> None:
    first()
    second()


class _Reader:
    def __init__(self) -> None:
        self._look = _Look()
        self._groups: list[tuple[_Look, Callable[[], None] | None]] = []
        self._flows = [_Flow()]
        self._removals: list[Removal] = []
        self._heading = ""
        self._may_be_passed_over = False
        self._is_over = False
        self._bytes = bytearray()
        self._to_skip = 0
        self._high = ""
        self._page = 1252
        self._usual_font = 0
        self._fonts: dict[int, tuple[str, int]] = {}
        self._colors: list[str] = []
        self._styles: dict[int, str] = {}
        self._number = 0
        self._charset = 0
        self._rgb = [0, 0, 0]
        self._collected: dict[str, str] = {}
        self._days: dict[str, list[int]] = {"made": [], "saved": []}
        self._fields: list[_Field] = []
        self._row = _Row()
        self._merged: set[str] = set()
        self._has_shaded_cells = False
        self._is_endnote = False
        self._counts = {"ftn": 0, "aftn": 0}
        self._forms = {"ftn": "decimal", "aftn": "decimal"}

    def take(self, mark: Mark) -> None:
        """Read one mark of the file."""
        if mark.kind in ("byte", "bytes"):
            self._take_bytes(mark.text)
            return
        self._flush()
        if mark.kind in "{}":
            self._to_skip = 0
        if mark.kind == "{":
            if len(self._groups) >= _MAX_DEPTH:
                raise ReadingError(f"holds more than {_MAX_DEPTH:,} groups inside each other", _SAVE)
            self._groups.append((self._look, None))
            self._may_be_passed_over = False
        elif mark.kind == "}":
            self._end_group()
        elif mark.kind == "sign":
            self._take_sign(mark.text)
        else:
            self._take_word(mark.text, mark.number)

    def finish(self) -> Reading:
        """Return what was read."""
        self._flush()
        if self._groups:
            raise ReadingError("is cut off", f"download it again, or {_SAVE}")
        [flow] = self._flows
        self._end_flow(flow)
        if not any(piece.kind != "heading" for piece in flow.pieces):
            raise ReadingError(
                "holds no text to quote", "if it holds pictures of pages, save it as PDF and give it a text layer"
            )
        self._heading = ""
        self._leave_out("text after the end", self._collected.get("rest", "").replace("\0", ""))
        return Reading(flow.pieces, self._removals, metadata=self._metadata(flow))

    def _metadata(self, flow: _Flow) -> dict[str, str]:
        found = title_of(tidy(self._collected.get("title", "")), flow.pieces, flow.titles)
        year, month, day = (*(self._days["saved"] or self._days["made"]), 0, 0, 0)[:3]
        if 1900 <= year <= 2100 and month and day:
            found |= {"published": f"{year}-{month:02}-{day:02}"}
            found |= {"published_note": "the day the Rich Text file was last saved"}
        return {key: text for key, text in found.items() if text}

    def _leave_out(self, reason: str, words: str) -> None:
        """List words with the heading below which they stand."""
        if text := tidy(words):
            below = f", below “{self._heading[:60]}”" if self._heading else ""
            self._removals.append(Removal(reason + below, text, len(text)))

    # --- groups

    def _begin(self, into: str, end: Callable[[], None] | None = None) -> None:
        """Say what becomes of the rest of this group, and what is done at its end."""
        self._look = replace(self._look, into=into)
        if end and self._groups:
            look, before = self._groups[-1]
            self._groups[-1] = (look, partial(_both, end, before) if before else end)

    def _end_group(self) -> None:
        if self._groups:
            look, end = self._groups.pop()
            if end:
                end()
            self._look = look
            self._is_over = not self._groups
            self._look = replace(look, into="rest") if self._is_over else look

    def _begin_flow(self, word: str) -> None:
        """Begin text that stands by itself, and take it in where its group ends."""
        flow, parent, reason = _Flow(), self._flows[-1], _FLOWS[word]
        self._flows.append(flow)
        self._is_endnote = False

        def end() -> None:
            self._end_flow(flow)
            del self._flows[self._flows.index(flow) :]
            if reason:
                self._leave_out(reason, " ".join(piece.text for piece in flow.pieces))
            elif word == "footnote":
                self._end_note(flow, parent)
            else:
                parent.beside += flow.pieces

        self._begin("text", end)
        self._look = replace(self._look.plain(), style=0, outline=9, in_table=False, is_label=False)

    def _end_note(self, note: _Flow, parent: _Flow) -> None:
        """Write the mark of a note, where it is a number, and keep the note."""
        mark = ""
        if parent.mark is not None:
            kind = "aftn" if self._is_endnote else "ftn"
            self._counts[kind] += 1
            mark = raise_text(in_format(self._counts[kind], self._forms[kind]))
            parent.words[parent.mark] = (parent.words[parent.mark][0] + mark, 0)
            parent.mark = None
        if text := " ".join(piece.text for piece in note.pieces):
            parent.beside.append(Piece("paragraph", f"{mark} {text}".strip()))

    def _end_field(self) -> None:
        """Write what a field shows without having stored it: a fraction, a symbol, a box or an entry."""
        opened, flow = self._fields.pop(), self._flows[-1]
        if flow is opened.flow and len(flow.words) == opened.start:
            self._say(shown_by_code(opened.code) or opened.chosen())

    # --- control words

    def _take_word(self, word: str, number: int | None) -> None:
        may_be_passed_over, self._may_be_passed_over = self._may_be_passed_over, False
        into = self._look.into
        if into in ("skip", "rest"):
            return
        if word in _SKIPPED or (may_be_passed_over and word not in _KNOWN):
            self._begin("skip")
        elif word in _FLOWS:
            self._begin_flow(word)
        elif word in ("info", "shpinst", "do", "formfield"):
            self._begin("nowhere")
        elif word in _COLLECTED:
            self._collect(_COLLECTED[word])
        elif word == "field":
            self._fields.append(_Field(self._flows[-1], len(self._flows[-1].words)))
            self._begin(into, self._end_field)
        elif word == "fldrslt":
            self._begin("text")
        elif word in ("listtext", "pntext"):
            self._flows[-1].label = ""
            self._look = replace(self._look, is_label=True)
        elif into in ("fonts", "colors", "styles", "made", "saved", "nowhere", "code", "entry"):
            self._take_fact(word, number or 0, into)
        elif word in _SIGNS:
            self._say(_SIGNS[word])
        elif word in ("u", "uc", "par", "sect", "chftn", "ftnalt"):
            self._take_mark(word, number)
        elif not self._take_table(word, number or 0):
            self._take_look(word, number)

    def _collect(self, into: str) -> None:
        def end() -> None:
            text = self._collected.get(into, "")
            if into == "code" and self._fields:
                self._fields[-1].code += text
            elif into == "entry" and self._fields:
                self._fields[-1].entries.append(text)
            elif into == "value" and self._collected.get("name", "").strip() == "gtextUNICODE":
                self._leave_out("watermark", text)

        self._number = -1 if into == "styles" else self._number
        if into not in ("title", "made", "saved"):
            self._collected[into] = ""
        self._begin(into, end)

    def _take_fact(self, word: str, number: int, into: str) -> None:
        """Keep what a table of the file, or a field of a form, says."""
        match into, word:
            case ("fonts", "f") | ("styles", "s"):
                self._number = number
            case "styles", "cs" | "ds" | "ts":
                self._number = -1
            case "fonts", "fcharset":
                self._charset = number
            case "colors", "red" | "green" | "blue":
                self._rgb[("red", "green", "blue").index(word)] = number
            case "made" | "saved", "yr" | "mo" | "dy":
                self._days[into].append(number)
            case _, "fftype" | "ffres" | "ffdefres" if self._fields:
                self._fields[-1].form[word] = number
            case _:
                pass

    def _take_mark(self, word: str, number: int | None) -> None:
        """Read a character by its number, the end of a paragraph, or the mark of a note."""
        flow = self._flows[-1]
        if word == "u":
            self._take_character((number or 0) % 0x10000)
            self._to_skip = self._look.skipped
        elif word == "uc":
            self._look = replace(self._look, skipped=max(0, number or 0))
        elif word == "chftn":
            last = next((text[-1] for text, _ in reversed(flow.words) if text), "")
            flow.mark = len(flow.words)
            flow.words.append((" " if last and last in "⁰¹²³⁴⁵⁶⁷⁸⁹" else "", 0))
        elif word == "ftnalt":
            self._is_endnote = True
        elif self._look.is_deleted:
            # The mark of a paragraph that was deleted: it goes on in the next.
            flow.words.append((" ", 0))
        else:
            self._end_paragraph(flow, in_table=self._look.in_table)

    def _take_character(self, code: int) -> None:
        if 0xD800 <= code < 0xDC00:
            self._high = chr(code)
            return
        character, self._high = self._high + chr(code), ""
        self._say(character.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))

    def _take_table(self, word: str, number: int) -> bool:
        """Read what makes a table, and tell whether it was that."""
        flow = self._flows[-1]
        match word:
            case "trowd":
                if flow.words and not self._look.in_table:
                    self._end_paragraph(flow, in_table=False)
                self._row, self._merged, self._has_shaded_cells = _Row(), set(), False
            case "trhdr":
                self._row.is_head = True
            case "clvmrg" | "clmrg":
                self._merged.add(word)
            case "clcbpat":
                self._has_shaded_cells = True
            case "cellx":
                self._row.ends.append(number)
                self._row.goes_on.append("clvmrg" in self._merged)
                self._row.joins.append("clmrg" in self._merged)
                self._merged = set()
            case "cell":
                self._end_paragraph(flow, in_table=True)
                flow.cells.append(" ".join(flow.cell))
                flow.cell = []
            case "row":
                flow.rows.append(replace(self._row, cells=flow.cells))
                flow.cells = []
            case _:
                return False
        return True

    def _take_look(self, word: str, number: int | None) -> None:
        look = self._look
        change: dict[str, Any] = {}
        if word in _SWITCHES:
            change = {_SWITCHES[word]: number != 0}
        elif word in _VALUES:
            change = {_VALUES[word]: number or 0}
        elif word in _SHADES:
            change = {"is_shaded": bool(number)}
        elif word in ("super", "sub", "nosupersub", "up", "dn"):
            height = 12 if word in ("super", "sub") and number != 0 else 0 if number is None else number
            change = {"shift": -height if word in ("sub", "dn") else height}
        elif word == "plain":
            look = look.plain()
        elif word == "pard":
            change = {"style": 0, "outline": 9, "in_table": False, "is_shaded": False}
        elif word == "ansicpg":
            self._page = number or 0
        elif word == "deff":
            self._usual_font = number or 0
        elif word in _NUMBERS:
            kind, form = _NUMBERS[word]
            self._forms[kind] = form
        self._look = replace(look, **change)

    # --- text

    def _take_sign(self, sign: str) -> None:
        if sign == "*":
            self._may_be_passed_over = True
        elif sign in "\r\n":
            self._take_word("par", None)
        elif sign in _SIGNS:
            self._say(_SIGNS[sign])

    def _take_bytes(self, text: str) -> None:
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        if self._look.into != "skip":
            self._bytes += text[skipped:].encode("latin-1")

    def _flush(self) -> None:
        """Read the bytes that stand together as text."""
        content, self._bytes = bytes(self._bytes), bytearray()
        if not content:
            return
        font = self._look.font if self._look.font >= 0 else self._usual_font
        charset = self._fonts.get(font, ("", 0))[1]
        if charset == SYMBOLS and self._look.into == "text":
            self._say("".join(chr(0xF000 + byte) for byte in content))
        else:
            self._say(decoded(content, charset, self._page))

    def _say(self, text: str) -> None:
        look, flow = self._look, self._flows[-1]
        if look.into == "text":
            self._write(text, look, flow)
        elif look.into == "fonts":
            name, end, _ = text.partition(";")
            known = self._fonts.get(self._number, ("", 0))[0] if self._collected["fonts"] else ""
            self._collected["fonts"] = "" if end else "more"
            self._fonts[self._number] = ((known + name).strip(), self._charset)
            self._charset = 0 if end else self._charset
        elif look.into == "colors":
            for _ in range(text.count(";")):
                self._colors.append("#{:02x}{:02x}{:02x}".format(*self._rgb))
                self._rgb = [0, 0, 0]
        elif look.into == "styles":
            name, end, _ = text.partition(";")
            if self._number >= 0:
                self._styles[self._number] = (self._styles.get(self._number, "") + name).strip().lower()
            self._number = -1 if end else self._number
        elif look.into not in ("skip", "nowhere"):
            self._collected[look.into] = self._collected.get(look.into, "") + text

    def _write(self, text: str, look: _Look, flow: _Flow) -> None:
        if look.is_label:
            flow.label = (flow.label or "") + text
            return
        name = self._fonts.get(look.font if look.font >= 0 else self._usual_font, ("", 0))[0]
        shown = in_unicode(name, text)
        reason = self._reason(look)
        if text.strip():
            flow.gone.append((reason, shown if reason else ""))
        if reason:
            return
        if shown.count(UNKNOWN) > text.count(UNKNOWN):
            self._leave_out("symbol that is not known", f"{text!a} in the font {name or 'of the text'}")
        flow.words.append((shown, 1 if look.shift >= 4 else -1 if look.shift <= -4 else 0))
        letters = sum(map(str.isalnum, shown))
        flow.letters += letters
        flow.bold += letters if look.is_bold else 0

    def _reason(self, look: _Look) -> str:
        """Return why text that looks so is left out, or nothing where it is live."""
        if look.is_deleted:
            return "deleted (tracked change)"
        if look.is_struck:
            return "struck out"
        color = self._colors[look.color] if 0 < look.color < len(self._colors) else ""
        is_shaded = look.is_shaded or (look.in_table and self._has_shaded_cells)
        is_white = color in ("#ffffff", "#fefefe", "#fdfdfd") and not is_shaded
        return "hidden text" if look.is_hidden or look.size <= 3 or is_white else ""

    # --- paragraphs and tables

    def _end_flow(self, flow: _Flow) -> None:
        self._end_paragraph(flow, in_table=bool(flow.cells or flow.cell))
        self._end_table(flow)

    def _end_paragraph(self, flow: _Flow, *, in_table: bool) -> None:
        """End a paragraph, and keep one that stands in a table for its cell."""
        piece = self._piece(flow, in_table=in_table)
        if in_table:
            flow.cell += [piece.text] if piece else []
            return
        if flow.rows or flow.cells or flow.cell:
            self._end_table(flow)
        flow.pieces += [piece] if piece else []
        flow.pieces += flow.beside
        flow.beside = []

    def _piece(self, flow: _Flow, *, in_table: bool) -> Piece | None:
        for reason, gone in groupby(flow.gone, key=itemgetter(0)):
            if reason:
                self._leave_out(reason, "".join(text for _, text in gone))
        text, is_bold = tidy(level(flow.words)), bool(flow.letters) and flow.bold == flow.letters
        label = None if flow.label is None else tidy(flow.label)
        flow.words, flow.gone, flow.label, flow.letters, flow.bold, flow.mark = [], [], None, 0, 0, None
        if not text:
            return None
        name = self._styles.get(self._look.style, "")
        named = re.fullmatch(r"heading ([1-9])", name)
        at = int(named.group(1)) if named else 1 if name == "title" else self._look.outline + 1
        if label and any(map(str.isalnum, label)):
            text = f"{label} {text}"
        is_heading = at <= 9 or (is_bold and label is None and may_head(text))
        if is_heading and len(text) <= 300:
            self._heading = self._heading if in_table or len(self._flows) > 1 else text
            flow.titles += [text] if name == "title" else []
            return Piece("heading", text, min(at, 6))
        return Piece("paragraph" if label is None else "item", text)

    def _end_table(self, flow: _Flow) -> None:
        """Write the rows of a table, and then the notes it refers to.

        A table of a single column is a frame round paragraphs, and gives those.
        """
        if flow.cell or flow.cells:
            flow.rows.append(_Row(cells=[*flow.cells, *flow.cell]))
        rows, flow.rows, flow.cells, flow.cell = flow.rows, [], [], []
        if max((len(row.cells) for row in rows), default=0) <= 1:
            flow.pieces += [Piece("paragraph", text) for row in rows for text in row.cells if text]
        else:
            table = self._table(rows)
            lines = table_rows(table)
            flow.pieces += [Piece("row" if line.is_row else "paragraph", line.text) for line in lines if line.text]
            for name in unused_names(table, lines):
                self._leave_out("column without entries", name)
        flow.pieces += flow.beside
        flow.beside = []

    def _table(self, rows: Sequence[_Row]) -> list[list[Cell]]:
        """Return the cells of a table, each with how far it reaches.

        What a merged cell covers is listed.
        """
        ends = sorted({end for row in rows for end in row.ends})
        columns = [end for at, end in enumerate(ends) if not at or end - ends[at - 1] > _CLOSE]
        table: list[list[Cell]] = []
        above: dict[int, tuple[int, int]] = {}
        for row in rows:
            cells: list[Cell] = []
            reached = 0
            for at, text in enumerate(row.cells):
                end = row.ends[at] if at < len(row.ends) else 0
                column = sum(each <= end for each in columns) if end else reached + 1
                width, reached = max(column - reached, 1), max(column, reached + 1)
                if row.goes_on[at : at + 1] == [True] and reached in above:
                    self._leave_out("text below a merged cell", text)
                    place, number = above[reached]
                    table[place][number] = replace(table[place][number], rows=table[place][number].rows + 1)
                elif row.joins[at : at + 1] == [True] and cells:
                    cells[-1] = replace(cells[-1], columns=cells[-1].columns + width)
                    self._leave_out("text below a merged cell", text)
                else:
                    above[reached] = (len(table), len(cells))
                    cells.append(Cell(text, row.is_head, width))
            table.append(cells)
        if not any(row.is_head for row in rows) and stands_over_figures(table):
            table[0] = [replace(cell, is_head=True) for cell in table[0]]
        return table
