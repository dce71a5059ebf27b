"""The reader of Word files (.docx): what their pages show, in reading order, and what was left out.

In: the bytes of a .docx. Out: a ``Reading``. Runs in the worker only (see ``sandbox``).

The XML itself is read. The text includes insertions, content controls, text boxes and notes, each note after the
paragraph that refers to it. Left out are deleted and hidden text, comments and field codes. Only the local names of
elements are looked at, so both the transitional and the strict vocabulary are understood. A Word file has no fixed
pages, so a reading of one has none.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from probqa.dates import YEAR
from probqa.errors import ReadingError
from probqa.reading.assembly import Piece, Reading
from probqa.reading.formats.repairs import tidy
from probqa.reading.formats.rows import row_text
from probqa.records import Removal

VERSION = "docx 1"

MAX_UNPACKED_BYTES = 200_000_000
_MAX_PARTS = 5_000
_MAX_DEPTH = 100
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SAVE = "open it in Word and save it anew"
_PASSED_OVER = frozenset("del moveFrom instrText delText fldData rPr pPr sdtPr sdtEndPr tblPr trPr tcPr sectPr".split())


@dataclass(frozen=True, slots=True)
class _Style:
    """The properties of a named style: its heading level (0 for none), and whether it lists, hides or is bold."""

    level: int = 0
    lists: bool = False
    hidden: bool = False
    bold: bool = False


@dataclass(slots=True)
class _Package:
    """The parts of the file that are needed, and what is collected while they are walked."""

    styles: dict[str, _Style]
    notes: dict[tuple[str, str], Any]
    removals: list[Removal] = field(default_factory=list)
    numbers: int = 0


@dataclass(slots=True)
class _Words:
    """The content of one paragraph as it is walked.

    ``letters`` and ``bold`` count its letters and digits, and those in bold. ``called`` are the notes it refers to
    (kind, id, number), ``boxes`` the text boxes anchored in it.
    """

    text: list[str] = field(default_factory=list)
    letters: int = 0
    bold: int = 0
    called: list[tuple[str, str, int]] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)


def read_word(content: bytes) -> Reading:
    """Read a .docx.

    Raises:
        ReadingError: it is no .docx, damaged, too large when unpacked, holds what no Word file does, or has no text.
    """
    parts = _unpack(content)
    main, related = _main_part(parts)
    package = _Package(_styles(related.get("styles")), _notes(related))
    body = _child(main, "body")
    pieces = list(_blocks(body, package, 0)) if body is not None else []
    if not any(piece.text and piece.kind != "heading" for piece in pieces):
        raise ReadingError(
            "holds no text to quote", "if it holds pictures of pages, save it as PDF and give it a text layer"
        )
    for kind in ("header", "footer", "comments"):
        for root in (tree for name, tree in related.items() if name.rstrip("0123456789#") == kind):
            text = tidy(" ".join(each.text or "" for each in _all(root, "t")))
            if text:
                reason = "comment" if kind == "comments" else f"running {kind}"
                package.removals.append(Removal(reason, text[:80], len(text)))
    return Reading(pieces, package.removals, metadata=_metadata(parts, pieces))


# --- the package


def _unpack(content: bytes) -> dict[str, bytes]:
    """Unpack the XML parts, by their names.

    The sizes that the file states are not trusted: the bytes are counted as they are unpacked.
    """
    parts: dict[str, bytes] = {}
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > _MAX_PARTS:
                raise ReadingError(f"is packed from more than {_MAX_PARTS} parts", _SAVE)
            for item in archive.infolist():
                if not item.filename.lower().endswith((".xml", ".rels")):
                    continue
                if item.flag_bits & 1:
                    raise ReadingError("is protected with a password", "save a copy without the password")
                with archive.open(item) as part:
                    xml = part.read(MAX_UNPACKED_BYTES - unpacked + 1)
                unpacked += len(xml)
                if unpacked > MAX_UNPACKED_BYTES:
                    raise ReadingError(f"unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB", _SAVE)
                # Word writes no document types. Attackers use them to read other files or to make the text swell.
                if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"<\0!\0D\0O\0C\0T" in xml:
                    raise ReadingError("holds XML with a document type, which no Word file has", _SAVE)
                parts[item.filename.lstrip("/")] = xml
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise ReadingError("is damaged or cut off, or not a .docx file", f"download it again, or {_SAVE}") from error
    return parts


def _tree(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise ReadingError(f"holds broken XML (line {error.lineno})", _SAVE) from error


def _main_part(parts: dict[str, bytes]) -> tuple[Any, dict[str, Any]]:
    """Return the main document, and by kind the parts it refers to.

    Where there are several parts of a kind, the later ones have a number after it.
    """
    name = next((target for kind, target in _relations(parts, "_rels/.rels", "") if kind == "officeDocument"), "")
    if name not in parts:
        raise ReadingError("is not a Word document", "save it as .docx, PDF or text")
    main = _tree(parts[name])
    if _name(main) != "document":
        raise ReadingError("is not a Word document", "save it as .docx, PDF or text")
    folder, file = posixpath.split(name)
    related: dict[str, Any] = {}
    wanted = ("styles", "footnotes", "endnotes", "header", "footer", "comments")
    for kind, target in _relations(parts, f"{folder}/_rels/{file}.rels".lstrip("/"), folder):
        if kind in wanted and target in parts:
            related[kind if kind not in related else f"{kind}#{len(related)}"] = _tree(parts[target])
    return main, related


def _relations(parts: dict[str, bytes], name: str, folder: str) -> Iterator[tuple[str, str]]:
    if name not in parts:
        return
    for relation in _tree(parts[name]):
        if not isinstance(relation.tag, str) or relation.get("TargetMode") == "External":
            continue
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        yield relation.get("Type", "").rsplit("/", 1)[-1], path


def _styles(root: Any) -> dict[str, _Style]:
    if root is None:
        return {}
    elements = {_value(style, "styleId"): style for style in _all(root, "style")}
    return {name: _style(elements, name, 0) for name in elements}


def _style(elements: dict[str, Any], name: str, depth: int) -> _Style:
    element = elements.get(name)
    if element is None or depth > 20:
        return _Style()
    base = _child(element, "basedOn")
    above = _style(elements, _value(base, "val"), depth + 1) if base is not None else _Style()
    title = _value(_child(element, "name"), "val").lower()
    named = re.fullmatch(r"heading ([1-9])", title)
    properties, characters = _child(element, "pPr"), _child(element, "rPr")
    level = int(named.group(1)) if named else 1 if title == "title" else _outline_level(properties) or above.level
    bold = _switch(characters, "b")
    return _Style(
        level=level,
        lists=_child(properties, "numPr") is not None or above.lists or title.startswith("list "),
        hidden=_hides(characters) or above.hidden,
        bold=above.bold if bold is None else bold,
    )


def _outline_level(properties: Any) -> int:
    value = _value(_child(properties, "outlineLvl"), "val")
    return int(value) + 1 if value.isascii() and value.isdigit() and int(value) < 9 else 0


def _notes(related: dict[str, Any]) -> dict[tuple[str, str], Any]:
    notes: dict[tuple[str, str], Any] = {}
    for kind in ("footnote", "endnote"):
        root = related.get(f"{kind}s")
        for note in _all(root, kind) if root is not None else ():
            if _value(note, "type") not in ("separator", "continuationSeparator", "continuationNotice"):
                notes[kind, _value(note, "id")] = note
    return notes


# --- blocks


def _blocks(parent: Any, package: _Package, depth: int) -> Iterator[Piece]:
    if depth > _MAX_DEPTH:
        return
    for element in parent:
        match _name(element):
            case "p":
                yield from _paragraph(element, package, depth)
            case "tbl":
                yield from _table(element, package, depth)
            case "AlternateContent":
                yield from _blocks(_choice(element), package, depth + 1)
            case name if name and name not in _PASSED_OVER:
                yield from _blocks(element, package, depth + 1)
            case _:
                pass


def _paragraph(element: Any, package: _Package, depth: int) -> Iterator[Piece]:
    properties = _child(element, "pPr")
    style = package.styles.get(_value(_child(properties, "pStyle"), "val"), _Style())
    words = _Words()
    _walk(element, package, words, style, 0)
    text = tidy("".join(words.text))
    level = min(6, _outline_level(properties) or style.level)
    listed = _child(properties, "numPr")
    if text:
        all_bold = words.letters and words.bold == words.letters
        if level and len(text) <= 300:
            yield Piece("heading", text, level)
        elif (listed is not None and _value(_child(listed, "numId"), "val") != "0") or (style.lists and listed is None):
            yield Piece("item", text)
        elif all_bold and len(text) <= 120 and re.search(r"[\w)’'\"”]$", text) and re.search(r"[^\W\d_]{2}", text):
            yield Piece("heading", text, 6)
        else:
            yield Piece("paragraph", text)
    for box in words.boxes:
        yield from _blocks(box, package, depth + 1)
    for kind, identifier, number in words.called:
        note = _Words()
        for inner in _all(package.notes[kind, identifier], "p"):
            _walk(inner, package, note, _Style(), 0)
            note.text.append(" ")
        text = tidy("".join(note.text))
        if text:
            yield Piece("paragraph", f"{str(number).translate(_SUPERSCRIPTS)} {text}")


def _walk(element: Any, package: _Package, words: _Words, style: _Style, depth: int) -> None:
    """Collect the words below ``element``.

    Text boxes are kept for later, because they stand beside the paragraph.
    """
    if depth > _MAX_DEPTH:
        return
    for child in element:
        match _name(child):
            case "r":
                _run(child, package, words, style, depth)
            case "t":
                _add(words, child.text or "", bold=False)
            case "AlternateContent":
                _walk(_choice(child), package, words, style, depth + 1)
            case "txbxContent":
                words.boxes.append(child)
            case name if name and name not in _PASSED_OVER:
                _walk(child, package, words, style, depth + 1)
            case _:
                pass


def _run(run: Any, package: _Package, words: _Words, style: _Style, depth: int) -> None:
    properties = _child(run, "rPr")
    named = package.styles.get(_value(_child(properties, "rStyle"), "val"), _Style())
    bold = _switch(properties, "b")
    bold = (style.bold or named.bold) if bold is None else bold
    shown = _switch(properties, "vanish") is False
    hidden = (_hides(properties) or named.hidden or style.hidden) and not shown
    if hidden and _is_white(properties) and _has_background(run):
        hidden = False
    if hidden:
        text = tidy("".join(each.text or "" for each in _all(run, "t")))
        if text:
            package.removals.append(Removal("hidden text", text[:80], len(text)))
        return
    raised = _value(_child(properties, "vertAlign"), "val") == "superscript"
    for child in run:
        match _name(child):
            case "t":
                text = child.text or ""
                _add(words, text.translate(_SUPERSCRIPTS) if raised and text.isdecimal() else text, bold=bold)
            case "tab" | "br" | "cr" | "ptab":
                words.text.append(" ")
            case "noBreakHyphen":
                words.text.append("-")
            case "footnoteReference" | "endnoteReference" as name:
                key = (name.removesuffix("Reference"), _value(child, "id"))
                if key in package.notes and not any(key == (kind, number) for kind, number, _ in words.called):
                    package.numbers += 1
                    words.called.append((*key, package.numbers))
                    words.text.append(str(package.numbers).translate(_SUPERSCRIPTS))
            case "AlternateContent":
                _walk(_choice(child), package, words, style, depth + 1)
            case "drawing" | "pict" | "object":
                _walk(child, package, words, style, depth + 1)
            case _:
                pass


def _add(words: _Words, text: str, *, bold: bool) -> None:
    words.text.append(text)
    letters = sum(map(str.isalnum, text))
    words.letters += letters
    words.bold += letters if bold else 0


def _table(element: Any, package: _Package, depth: int) -> Iterator[Piece]:
    """Yield the rows of a table.

    A table of a single column is a frame round paragraphs, and gives those.
    """
    rows = list(_near(element, "tr"))
    grid = [list(_near(row, "tc")) for row in rows]
    if max(map(len, grid), default=0) <= 1:
        for cells in grid:
            for cell in cells:
                yield from _blocks(cell, package, depth + 1)
        return
    above: dict[int, str] = {}
    table: list[list[str]] = []
    for cells in grid:
        texts: list[str] = []
        for cell in cells:
            properties = _child(cell, "tcPr")
            merged = _child(properties, "vMerge")
            goes_on = merged is not None and _value(merged, "val") != "restart"
            text = (
                above.get(len(texts), "")
                if goes_on
                else tidy(" ".join(piece.text for piece in _blocks(cell, package, depth + 1)))
            )
            span = _value(_child(properties, "gridSpan"), "val")
            above[len(texts)] = text
            texts += [text] + [""] * (min(int(span), 60) - 1 if span.isascii() and span.isdigit() and int(span) else 0)
        table.append(texts)
    named = _has_head(element, rows, table)
    for texts in table[1:] if named else table:
        text = row_text(texts, table[0] if named else [])
        if text:
            yield Piece("row", text)


def _has_head(element: Any, rows: list[Any], table: list[list[str]]) -> bool:
    head = table[0]
    if len(table) < 2 or len(head) < 2 or not all(head[1:]) or len(set(head)) != len(head):
        return False
    if _switch(_child(rows[0], "trPr"), "tblHeader"):
        return True
    look = _child(_child(element, "tblPr"), "tblLook")
    first_row = _value(look, "firstRow")
    value = _value(look, "val")
    marked = first_row == "1" or (
        not first_row and bool(re.fullmatch(r"[0-9A-Fa-f]{4}", value)) and int(value, 16) & 0x20
    )
    # Word marks the first row of every new table so. It is taken to name columns only in a table of three columns or
    # more, and only where its own cells are short.
    return bool(marked) and len(head) > 2 and max(map(len, head)) <= 60


# --- what text looks like


def _hides(properties: Any) -> bool:
    """Tell whether text is hidden on purpose, as small as a dot, or white."""
    if properties is None:
        return False
    size = _value(_child(properties, "sz"), "val")
    tiny = size.isascii() and size.isdigit() and int(size) <= 3
    return bool(_switch(properties, "vanish")) or tiny or _is_white(properties)


def _is_white(properties: Any) -> bool:
    return _value(_child(properties, "color"), "val").upper() in ("FFFFFF", "FEFEFE", "FDFDFD")


def _has_background(run: Any) -> bool:
    """Tell whether a run may stand on a background that is not white.

    It does where the run, or a paragraph, cell or table round it, is shaded or has a style, or in a drawn shape.
    """
    element = run
    while element is not None:
        if _name(element) == "txbxContent":
            return True
        for kind in ("rPr", "pPr", "tcPr", "tblPr"):
            properties = _child(element, kind)
            shade = _child(properties, "shd")
            if (
                _value(shade, "fill").upper() not in ("", "AUTO", "FFFFFF")
                or _child(properties, "highlight") is not None
            ):
                return True
            if _child(properties, "tblStyle") is not None or _child(properties, "pStyle") is not None:
                return True
        element = element.getparent()
    return False


# --- what the file says of itself


def _metadata(parts: dict[str, bytes], pieces: list[Piece]) -> dict[str, str]:
    """Return title, company and the day of the last save as the file's properties give them.

    The day has a note that says what it is, for it is not the day of publication.
    """
    core = {_name(each): tidy(each.text or "") for each in _properties(parts, "docProps/core.xml")}
    company = next(
        (tidy(each.text or "") for each in _properties(parts, "docProps/app.xml") if _name(each) == "Company"), ""
    )
    heading = next((piece.text for piece in pieces if piece.kind == "heading"), "")
    title = core.get("title", "")
    metadata = {"title": title if len(title.split()) >= 2 else heading, "publisher": company}
    day = re.match(rf"{YEAR}-\d\d-\d\d", core.get("modified", "") or core.get("created", ""))
    if day:
        metadata |= {"published": day.group(), "published_note": "the day the Word file was last saved"}
    return {key: value[:300] for key, value in metadata.items() if value}


def _properties(parts: dict[str, bytes], name: str) -> list[Any]:
    try:
        return [each for each in _tree(parts[name]) if isinstance(each.tag, str)] if name in parts else []
    except ReadingError:
        return []


# --- XML without its namespaces


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _child(element: Any, name: str) -> Any:
    if element is None:
        return None
    return next((child for child in element if _name(child) == name), None)


def _all(element: Any, name: str) -> Iterator[Any]:
    return (each for each in element.iter() if _name(each) == name)


def _near(element: Any, name: str, depth: int = 0) -> Iterator[Any]:
    """Yield the elements of a name below ``element``, through content controls but not through tables."""
    for child in element:
        if _name(child) == name:
            yield child
        elif _name(child) in ("sdt", "sdtContent", "ins", "customXml", "smartTag") and depth < _MAX_DEPTH:
            yield from _near(child, name, depth + 1)


def _value(element: Any, name: str) -> str:
    """Return an attribute by its local name.

    Empty where there is no such attribute, or no element.
    """
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == name), "")


def _switch(properties: Any, name: str) -> bool | None:
    """Return the value of an on/off property.

    None where it is not given.
    """
    element = _child(properties, name)
    return None if element is None else _value(element, "val").lower() not in ("0", "false", "off")


def _choice(element: Any) -> Any:
    """Choose the first of several alternatives that holds text.

    The others say the same for older programs.
    """
    options = [child for child in element if _name(child) in ("Choice", "Fallback")]
    return next(
        (option for option in options if next(_all(option, "t"), None) is not None), options[0] if options else ()
    )
