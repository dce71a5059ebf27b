"""The reader of Word files (.docx): what their pages show, in reading order, and what was left out.

In: the bytes of a .docx. Out: a ``Reading``. Runs in the worker only (see ``sandbox``).

The XML itself is read. The text includes insertions, content controls, chosen entries of forms, text boxes, equations,
embedded parts, the numbers of lists and notes, each note after the paragraph or row that refers to it. Left out, and
listed, are deleted, struck and hidden text, placeholders, comments, field codes, and what stands in charts. A Word file
has no fixed pages, so a reading of one has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from probqa.errors import ReadingError
from probqa.reading.assembly import Piece, Reading
from probqa.reading.formats.formulas import formula
from probqa.reading.formats.packed_xml import (
    MAX_DEPTH,
    child,
    every,
    is_on,
    name_of,
    number,
    relations,
    switch,
    tree,
    unpack,
    value,
)
from probqa.reading.formats.raised import level, raise_text
from probqa.reading.formats.repairs import tidy
from probqa.reading.formats.symbols import UNKNOWN, in_unicode
from probqa.reading.formats.word_about import metadata
from probqa.reading.formats.word_fields import chosen_entry, shown_by_code
from probqa.reading.formats.word_numbers import Numbering, in_format, read_numbering
from probqa.reading.formats.word_parts import embedded
from probqa.reading.formats.word_styles import (
    Look,
    Style,
    Styles,
    combined,
    height,
    look_of,
    may_head,
    outline_level,
    read_styles,
)
from probqa.reading.formats.word_tables import cells_of, near, rows_text
from probqa.records import Removal

VERSION = "docx 5"

# A part that another program embedded may have any of these endings.
_ENDINGS = (".xml", ".rels", ".docx", ".html", ".htm", ".xhtml", ".mht", ".rtf", ".txt", ".dat")
_MAX_EMBEDDED = 4
_PROPERTIES = frozenset("rPr pPr sdtPr sdtEndPr tblPr tblGrid trPr tcPr sectPr fldData".split())
_WITHDRAWN = {
    "del": "deleted (tracked change)",
    "moveFrom": "moved away (tracked change)",
    "delText": "deleted (tracked change)",
}
_HEADS = {"header": "running header", "footer": "running footer", "comments": "comment"}
_DRAWN = {"chart": "text in a chart", "chartEx": "text in a chart", "diagramData": "text in a diagram"}
_UNREAD = {
    "oleObject": "embedded file that is not read",
    "package": "embedded file that is not read",
    "control": "form control that is not read",
    "subDocument": "linked part that is not in the file",
}
_PROMPTS = re.compile(
    r"(?:click or tap (?:here )?|click (?:here )?|tap (?:here )?)to enter (?:text|a date)\.?|choose an item\.?"
    r"|choose a building block\.?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Package:
    """What the parts of the file say, and what is collected while they are walked.

    ``called`` are the notes (kind, id, mark) of the table that is being read.
    """

    styles: Styles
    numbering: Numbering
    notes: dict[tuple[str, str], Any]
    forms: dict[str, tuple[str, int]]
    chunks: dict[str, str]
    parts: dict[str, bytes]
    has_prompts: bool
    removals: list[Removal] = field(default_factory=list)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    called: list[tuple[str, str, str]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    heading: str = ""
    embedding: int = 0

    def leave_out(self, reason: str, text: str) -> None:
        """List text that is not in the reading, with the heading below which it stands."""
        text = tidy(text)
        if text:
            below = f", below “{self.heading[:60]}”" if self.heading else ""
            self.removals.append(Removal(reason + below, text, len(text)))

    def label_of(self, kind: str, identifier: str) -> str:
        """Return the number of a note, which is its place among those of its kind."""
        if (kind, identifier) not in self.labels:
            form, start = self.forms.get(kind, ("decimal", 1))
            count = self.counts[kind] = self.counts.get(kind, start - 1) + 1
            self.labels[kind, identifier] = in_format(count, form)
        return self.labels[kind, identifier]


@dataclass(slots=True)
class _Words:
    """The content of one paragraph as it is walked.

    ``text`` are pieces with their heights. ``letters`` and ``bold`` count its letters and digits, and those in bold.
    ``called`` are the notes it refers to (kind, id, mark), ``boxes`` the text boxes anchored in it, ``fields`` the
    codes of the fields that are open, None once their results begin.
    """

    style: Style
    table: Look
    text: list[tuple[str, int]] = field(default_factory=list)
    letters: int = 0
    bold: int = 0
    called: list[tuple[str, str, str]] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    fields: list[str | None] = field(default_factory=list)

    def add(self, text: str, *, lift: int = 0, bold: bool = False) -> None:
        """Append text to the paragraph."""
        self.text.append((text, lift))
        letters = sum(map(str.isalnum, text))
        self.letters += letters
        self.bold += letters if bold else 0

    def last(self) -> str:
        """Return the last character so far."""
        return next((text[-1] for text, _ in reversed(self.text) if text), "")


def read_word(content: bytes, embedding: int = 0) -> Reading:
    """Read a .docx, which stands in ``embedding`` others.

    Raises:
        ReadingError: it is no .docx, damaged, too large when unpacked, holds what no Word file does, or has no text.
    """
    parts = unpack(content, _ENDINGS)
    name, main = _main_part(parts)
    related = list(relations(parts, name))
    package = _package(parts, related, main, embedding)
    body = child(main, "body")
    pieces = list(_blocks(body, package, 0)) if body is not None else []
    if not any(piece.text and piece.kind != "heading" for piece in pieces):
        raise ReadingError(
            "holds no text to quote", "if it holds pictures of pages, save it as PDF and give it a text layer"
        )
    _list_the_rest(parts, related, package)
    return Reading(pieces, package.removals, metadata=metadata(parts, pieces, package.titles))


def _main_part(parts: dict[str, bytes]) -> tuple[str, Any]:
    name = next((target for _, kind, target in relations(parts, "") if kind == "officeDocument"), "")
    main = tree(parts[name]) if name in parts else None
    if main is None or name_of(main) != "document":
        raise ReadingError("is not a Word document", "save it as .docx, PDF or text")
    return name, main


def _package(parts: dict[str, bytes], related: Sequence[tuple[str, str, str]], main: Any, embedding: int) -> _Package:
    trees = {
        kind: tree(parts[target])
        for _, kind, target in related
        if kind in ("styles", "numbering", "footnotes", "endnotes", "settings") and target in parts
    }
    notes = {
        (kind, value(note, "id")): note
        for kind in ("footnote", "endnote")
        for note in (every(trees[f"{kind}s"], kind) if f"{kind}s" in trees else ())
        if value(note, "type") not in ("separator", "continuationSeparator", "continuationNotice")
    }
    return _Package(
        styles=read_styles(trees.get("styles")),
        numbering=read_numbering(trees.get("numbering")),
        notes=notes,
        forms={kind: _note_form(kind, main, trees.get("settings")) for kind in ("footnote", "endnote")},
        chunks={identifier: target for identifier, kind, target in related if kind == "aFChunk"},
        parts=parts,
        has_prompts=next(every(main, "showingPlcHdr"), None) is not None,
        embedding=embedding,
    )


def _note_form(kind: str, main: Any, settings: Any) -> tuple[str, int]:
    """Return how notes of a kind are numbered: the format, and the first number."""
    form, start = "lowerRoman" if kind == "endnote" else "decimal", 1
    for root in (settings, main):
        for properties in every(root, f"{kind}Pr") if root is not None else ():
            form = value(child(properties, "numFmt")) or form
            start = number(value(child(properties, "numStart")), start)
    return form, start


def _list_the_rest(parts: dict[str, bytes], related: Sequence[tuple[str, str, str]], package: _Package) -> None:
    """List the words that stand in the file but in none of its paragraphs."""
    package.heading = ""
    for (kind, identifier), note in package.notes.items():
        if (kind, identifier) not in package.labels:
            package.leave_out(f"{kind} that nothing refers to", _spoken(note))
    for _, kind, target in related:
        if kind in _UNREAD:
            package.leave_out(_UNREAD[kind], target.removeprefix("external:"))
        elif kind in (*_HEADS, *_DRAWN) and target in parts:
            root = tree(parts[target])
            package.leave_out(_HEADS.get(kind) or _DRAWN[kind], _spoken(root))
            for drawn in every(root, "textpath"):
                package.leave_out("watermark", value(drawn, "string"))


def _spoken(element: Any, depth: int = 0) -> str:
    """Return every word below an element, whatever becomes of it."""
    words = ""
    for each in element if depth < 2 * MAX_DEPTH else ():
        name = name_of(each)
        if name in ("t", "delText", "v"):
            words += each.text or ""
        elif name in ("tab", "br", "cr"):
            words += " "
        elif name == "AlternateContent":
            words += _spoken(_choice(each), depth + 1)
        elif name and name not in _PROPERTIES:
            words += _spoken(each, depth + 1) + (" " if name in ("p", "tc", "pt") else "")
    return words


# --- blocks


def _blocks(parent: Any, package: _Package, depth: int, table: Look | None = None) -> Iterator[Piece]:
    if depth > MAX_DEPTH:
        package.leave_out("nested too deep", _spoken(parent))
        return
    waiting: list[Any] = []
    for element in parent:
        name = name_of(element)
        if name == "p":
            waiting.append(element)
            mark = child(child(element, "pPr"), "rPr")
            if child(mark, "del") is None and child(mark, "moveFrom") is None:
                yield from _paragraph(waiting, package, depth, table)
                waiting = []
            continue
        if not name or name.startswith(("bookmark", "comment", "proofErr", "perm", "moveFromRange", "moveToRange")):
            continue
        if waiting:
            yield from _paragraph(waiting, package, depth, table)
            waiting = []
        if name == "tbl":
            yield from _table(element, package, depth, is_outer=table is None)
        elif name == "altChunk":
            yield from _chunk(value(element, "id"), package)
        elif name == "AlternateContent":
            yield from _blocks(_choice(element), package, depth + 1, table)
        elif name in _WITHDRAWN:
            package.leave_out(_WITHDRAWN[name], _spoken(element))
        elif name == "sdt" or name not in _PROPERTIES:
            yield from _blocks(element, package, depth + 1, table)
    if waiting:
        yield from _paragraph(waiting, package, depth, table)


def _chunk(identifier: str, package: _Package) -> Iterator[Piece]:
    """Yield what stands in an embedded part that Word shows as part of the text."""
    target = package.chunks.get(identifier, "")
    content = package.parts.get(target)
    if content is None or package.embedding >= _MAX_EMBEDDED:
        package.leave_out("embedded part that is not read", target.removeprefix("external:") or identifier)
        return
    try:
        reading = embedded(content, lambda inner: read_word(inner, package.embedding + 1))
    except ReadingError as error:
        package.leave_out(f"embedded part that could not be read ({error.problem})", target)
        return
    package.removals += reading.removals
    yield from reading.pieces


def _paragraph(elements: Sequence[Any], package: _Package, depth: int, table: Look | None) -> Iterator[Piece]:
    """Yield a paragraph, its text boxes and its notes.

    Those of a table wait until it ends.

    It is made of several elements where the marks between them were deleted. The last mark says what it is.
    """
    properties = child(elements[-1], "pPr")
    style_name = value(child(properties, "pStyle"))
    style = package.styles.of(style_name)
    words = _Words(style, table or {})
    for element in elements:
        start = len(words.text)
        before = words.last()
        _walk(element, package, words, 0)
        after = next((text[0] for text, _ in words.text[start:] if text), "")
        if before.isalnum() and after.isalnum():
            words.text.insert(start, (" ", 0))
        words.fields.clear()
    text = tidy(level(words.text))
    heading = min(6, outline_level(properties) or style.level)
    listed, label = _list_label(properties, style, style_name, package)
    if _PROMPTS.fullmatch(text):
        package.leave_out("placeholder", text)
    elif text:
        text = f"{label} {text}".strip()
        all_bold = words.letters and words.bold == words.letters
        if heading and len(text) <= 300:
            package.heading = text if name_of(elements[-1].getparent()) != "tc" else package.heading
            if style.title == "title":
                package.titles.append(text)
            yield Piece("heading", text, heading)
        elif listed:
            yield Piece("item", text)
        elif all_bold and may_head(text):
            package.heading = text if name_of(elements[-1].getparent()) != "tc" else package.heading
            yield Piece("heading", text, 6)
        else:
            yield Piece("paragraph", text)
    for box in words.boxes:
        yield from _blocks(box, package, depth + 1)
    if table is None:
        yield from _notes(words.called, package)
    else:
        package.called += words.called


def _list_label(properties: Any, style: Style, style_name: str, package: _Package) -> tuple[bool, str]:
    """Tell whether a paragraph is a list item, and what Word prints before it."""
    in_list = child(properties, "numPr")
    identifier, depth = style.listed
    if in_list is not None:
        identifier = value(child(in_list, "numId")) or identifier
        depth = value(child(in_list, "ilvl")) or depth
    if not identifier or identifier == "0":
        return False, ""
    depth = depth or package.numbering.depth_of_style(identifier, style_name)
    return True, tidy(package.numbering.label(identifier, depth))


def _notes(called: Sequence[tuple[str, str, str]], package: _Package) -> Iterator[Piece]:
    for kind, identifier, mark in called:
        text = " ".join(piece.text for piece in _blocks(package.notes[kind, identifier], package, 0))
        if text:
            yield Piece("paragraph", f"{mark} {text}".strip())


# --- words


def _walk(element: Any, package: _Package, words: _Words, depth: int) -> None:
    """Collect the words below ``element``.

    Text boxes are kept for later, because they stand beside the paragraph.
    """
    if depth > MAX_DEPTH:
        package.leave_out("nested too deep", _spoken(element))
        return
    for each in element:
        match name_of(each):
            case "r":
                _run(each, package, words, depth)
            case "t":
                words.add(each.text or "")
            case "oMath":
                equation = formula(each, lambda part: _equation_text(part, package, words))
                apart = words.last().isdecimal() and re.match(r"\d+/", equation)
                words.add((" " if apart else "") + equation)
            case "AlternateContent":
                _walk(_choice(each), package, words, depth + 1)
            case "txbxContent" if _is_watermark(each):
                package.leave_out("watermark", _spoken(each))
            case "txbxContent":
                words.boxes.append(each)
            case "textpath":
                reason = "watermark" if _is_watermark(each) else "drawn text"
                package.leave_out(reason, value(each, "string"))
            case "subDoc" | "control":
                pass  # named by their relations
            case name if name in _WITHDRAWN:
                package.leave_out(_WITHDRAWN[name], _spoken(each))
            case "p":
                _walk(each, package, words, depth + 1)
                words.add(" ")
            case name if name and name not in _PROPERTIES:
                _walk(each, package, words, depth + 1)
            case _:
                pass


def _run(run: Any, package: _Package, words: _Words, depth: int) -> None:
    look, withdrawn = _look(run, package, words)
    if withdrawn:
        _withdraw(run, withdrawn, package, words)
        return
    lift, bold = height(look), bool(look.get("b"))
    marks_note = False
    for each in run:
        if words.fields and words.fields[-1] is not None and not _is_of_field(each, package, words):
            continue
        match name_of(each):
            case "t":
                font = look.get("ascii") or look.get("hAnsi", "")
                words.add(_in_font(font, each.text or "", package), lift=0 if marks_note else lift, bold=bold)
                if marks_note:
                    words.text[-1] = (raise_text(words.text[-1][0]), 0)
            case "sym":
                code = value(each, "char")
                character = chr(int(code, 16)) if re.fullmatch(r"[0-9A-Fa-f]{2,4}", code) else UNKNOWN
                words.add(_in_font(value(each, "font"), character, package), bold=bold)
            case "tab" | "br" | "cr" | "ptab":
                words.add(" ")
            case "noBreakHyphen":
                words.add("-")
            case "footnoteReference" | "endnoteReference":
                marks_note = _call(each, package, words)
            case "fldChar":
                _field(each, words)
            case "AlternateContent":
                _walk(_choice(each), package, words, depth + 1)
            case "delText":
                package.leave_out(_WITHDRAWN["delText"], each.text or "")
            case name if name and name not in _PROPERTIES:
                _walk(each, package, words, depth + 1)
            case _:
                pass


def _withdraw(run: Any, reason: str, package: _Package, words: _Words) -> None:
    """List a run that is left out, and follow its fields all the same."""
    before = len(words.text)
    for mark in (each for each in run if name_of(each) == "fldChar"):
        _field(mark, words)
    package.leave_out(reason, _spoken(run) + "".join(text for text, _ in words.text[before:]))
    del words.text[before:]


def _look(run: Any, package: _Package, words: _Words) -> tuple[Look, str]:
    """Return how a run looks, and why it is left out ("": it is not)."""
    # An equation's run has properties of two kinds, both of this name.
    properties = [each for each in run if name_of(each) == "rPr"]
    own = {name: text for each in properties for name, text in look_of(each).items()}
    style = next((value(child(each, "rStyle")) for each in properties if child(each, "rStyle") is not None), "")
    named = package.styles.named.get(style, Style())
    look = combined(package.styles.defaults | words.table, words.style.look, named.look, own)
    if look.get("strike") or look.get("dstrike"):
        return look, "struck out"
    is_shown = own.get("vanish") == ""
    is_tiny = 0 < number(look.get("sz", ""), 99) <= 3
    is_white = look.get("color", "").upper() in ("FFFFFF", "FEFEFE", "FDFDFD")
    if look.get("vanish") or (not is_shown and (is_tiny or (is_white and not _has_background(run)))):
        return look, "hidden text"
    is_prompt = named.title == "placeholder text" or (package.has_prompts and _is_in_prompt(run))
    if is_prompt or _PROMPTS.fullmatch(tidy(_spoken(run))):
        return look, "placeholder"
    return look, ""


def _is_in_prompt(run: Any) -> bool:
    return any(
        switch(child(above, "sdtPr"), "showingPlcHdr") for above in run.iterancestors() if name_of(above) == "sdt"
    )


def _is_watermark(element: Any) -> bool:
    return any(
        "watermark" in f"{value(each, 'id')} {value(each, 'name')}".lower()
        for above in element.iterancestors()
        if name_of(above) in ("shape", "anchor", "inline", "rect")
        for each in (above, *(each for each in above if name_of(each) == "docPr"))
    )


def _has_background(run: Any) -> bool:
    """Tell whether a run may stand on a background that is not white.

    It does where the run, or a paragraph, cell or table round it, is shaded or has a style, or in a drawn shape.
    """
    for element in (run, *run.iterancestors()):
        if name_of(element) == "txbxContent":
            return True
        for kind in ("rPr", "pPr", "tcPr", "tblPr"):
            properties = child(element, kind)
            is_shaded = value(child(properties, "shd"), "fill").upper() not in ("", "AUTO", "FFFFFF")
            if is_shaded or any(child(properties, name) is not None for name in ("highlight", "tblStyle", "pStyle")):
                return True
    return False


def _in_font(font: str, text: str, package: _Package) -> str:
    shown = in_unicode(font, text)
    if shown.count(UNKNOWN) > text.count(UNKNOWN):
        package.leave_out("symbol that is not known", f"{text!a} in the font {font or 'of the text'}")
    return shown


def _equation_text(part: Any, package: _Package, words: _Words) -> str:
    inner = _Words(words.style, words.table)
    if name_of(part) == "r":
        _run(part, package, inner, 0)
    elif name_of(part) in _WITHDRAWN:
        package.leave_out(_WITHDRAWN[name_of(part)], _spoken(part))
    else:
        return formula(part, lambda below: _equation_text(below, package, words))
    return level(inner.text)


def _call(reference: Any, package: _Package, words: _Words) -> bool:
    """Write the mark of a note, and remember to write the note.

    Returns whether its mark is typed: it is the text that follows in the same run.
    """
    kind, identifier = name_of(reference).removesuffix("Reference"), value(reference, "id")
    if (kind, identifier) not in package.notes:
        return False
    is_typed = value(reference, "customMarkFollows") != "" and is_on(value(reference, "customMarkFollows"))
    is_new = (kind, identifier) not in package.labels
    if words.last() and words.last() in "⁰¹²³⁴⁵⁶⁷⁸⁹":
        words.add(" ")
    mark = ""
    if is_typed:
        package.labels.setdefault((kind, identifier), "")
    else:
        mark = raise_text(package.label_of(kind, identifier))
        words.add(mark)
    if is_new:
        words.called.append((kind, identifier, mark))
    return is_typed


# --- fields


def _is_of_field(element: Any, package: _Package, words: _Words) -> bool:
    """Tell whether something in the code of a field is part of its machinery.

    Words there are never shown.
    """
    name = name_of(element)
    if name == "fldChar":
        return True
    if name == "instrText":
        words.fields[-1] = (words.fields[-1] or "") + (element.text or "")
    elif name not in _PROPERTIES:
        package.leave_out("field code", element.text or _spoken(element))
    return False


def _field(mark: Any, words: _Words) -> None:
    """Follow a field, and write what it shows without having stored it: a choice, a fraction or a symbol."""
    match value(mark, "fldCharType"):
        case "begin":
            words.fields.append("")
            words.add(chosen_entry(child(mark, "ffData")))
        case "separate" if words.fields:
            words.fields[-1] = None
        case "end" if words.fields:
            shown = shown_by_code(words.fields.pop() or "")
            words.add((" " if words.last().isdecimal() and re.match(r"\d+/", shown) else "") + shown)
        case _:
            pass


# --- tables


def _table(element: Any, package: _Package, depth: int, *, is_outer: bool) -> Iterator[Piece]:
    """Yield the rows of a table, and then the notes it refers to.

    A table of a single column is a frame round paragraphs, and gives those.
    """
    yield from _rows(element, package, depth)
    if is_outer:
        called, package.called = package.called, []
        yield from _notes(called, package)


def _rows(element: Any, package: _Package, depth: int) -> Iterator[Piece]:
    look = package.styles.named.get(value(child(child(element, "tblPr"), "tblStyle")), Style()).look
    rows = []
    for row in near(element, "tr"):
        properties = child(row, "trPr")
        if child(properties, "del") is not None or switch(properties, "hidden"):
            reason = _WITHDRAWN["del"] if child(properties, "del") is not None else "hidden text"
            package.leave_out(reason, _spoken(row))
        else:
            rows.append(row)
    if max((len(list(near(row, "tc"))) for row in rows), default=0) <= 1:
        for row in rows:
            for cell in near(row, "tc"):
                yield from _blocks(cell, package, depth + 1, look)
        return

    def words_of(cell: Any) -> str:
        if child(child(cell, "tcPr"), "cellDel") is not None:
            package.leave_out(_WITHDRAWN["del"], _spoken(cell))
            return ""
        return tidy(" ".join(piece.text for piece in _blocks(cell, package, depth + 1, look)))

    above: dict[int, str] = {}
    table = [cells_of(row, above, words_of) for row in rows]
    yield from (Piece("row", text) for text in rows_text(element, rows, table))


def _choice(element: Any) -> Any:
    """Choose the first of several alternatives that holds text.

    The others say the same for older programs.
    """
    options = [each for each in element if name_of(each) in ("Choice", "Fallback")]
    return next(
        (option for option in options if next(every(option, "t"), None) is not None), options[0] if options else ()
    )
