"""The XML parts of a packed office file, and the few looks at XML that its readers need.

In: the bytes of a ZIP archive. Out: its parts by name, and elements without their namespaces. Only local names are
looked at, so both the transitional and the strict vocabulary are understood.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from probqa.errors import ReadingError

MAX_UNPACKED_BYTES = 200_000_000
MAX_DEPTH = 100
_MAX_PARTS = 5_000
_SAVE = "open it in its own program and save it anew"


def unpack(content: bytes, endings: tuple[str, ...], *, may_be_typed: bool = False) -> dict[str, bytes]:
    """Unpack the parts whose names end so, by their names.

    Only the pages of an e-book ``may_be_typed``: declare a document type.

    The sizes that the file states are not trusted: the bytes are counted as they are unpacked.

    Raises:
        ReadingError: it is damaged, protected, too large when unpacked, or declares a document type.
    """
    parts: dict[str, bytes] = {}
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > _MAX_PARTS:
                raise ReadingError(f"is packed from more than {_MAX_PARTS} parts", _SAVE)
            for item in archive.infolist():
                if not item.filename.lower().endswith(endings):
                    continue
                if item.flag_bits & 1:
                    raise ReadingError("is protected with a password", "save a copy without the password")
                with archive.open(item) as part:
                    parts[item.filename.lstrip("/")] = part.read(MAX_UNPACKED_BYTES - unpacked + 1)
                unpacked += len(parts[item.filename.lstrip("/")])
                if unpacked > MAX_UNPACKED_BYTES:
                    raise ReadingError(f"unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB", _SAVE)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise ReadingError(
            "is damaged or cut off, or not what its name says", f"download it again, or {_SAVE}"
        ) from error
    if not may_be_typed:
        _refuse_types(parts)
    return parts


def _refuse_types(parts: dict[str, bytes]) -> None:
    for name, xml in parts.items():
        # Office programs write no document types. Attackers use them to read other files or to make the text swell.
        is_typed = b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"<\0!\0D\0O\0C\0T" in xml
        if is_typed and name.lower().endswith((".xml", ".rels")):
            raise ReadingError("holds XML with a document type, which no office file has", _SAVE)


def tree(content: bytes) -> Any:
    """Parse XML without entities, network or document types.

    Raises:
        ReadingError: it is broken.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise ReadingError(f"holds broken XML (line {error.lineno})", _SAVE) from error


def relations(parts: dict[str, bytes], name: str) -> Iterator[tuple[str, str, str]]:
    """Yield the id, kind and target of every part that part ``name`` refers to (``""``: the file as a whole).

    The target of what lies outside the file is its address, after ``"external:"``.
    """
    folder, file = posixpath.split(name)
    about = f"{folder}/_rels/{file}.rels".lstrip("/")
    if about not in parts:
        return
    for relation in tree(parts[about]):
        if not isinstance(relation.tag, str):
            continue
        target = relation.get("Target", "")
        if relation.get("TargetMode") == "External":
            path = f"external:{target}"
        else:
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        yield relation.get("Id", ""), relation.get("Type", "").rsplit("/", 1)[-1], path


def name_of(element: Any) -> str:
    """Return the local name, or nothing for a comment."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def child(element: Any, name: str) -> Any:
    """Return the first child of a name.

    It is None where there is none, or no element.
    """
    if element is None:
        return None
    return next((each for each in element if name_of(each) == name), None)


def every(element: Any, *names: str) -> Iterator[Any]:
    """Yield the element itself and those below it that have one of the names."""
    return (each for each in element.iter() if name_of(each) in names)


def value(element: Any, name: str = "val") -> str:
    """Return an attribute by its local name.

    Empty where there is no such attribute, or no element.
    """
    if element is None:
        return ""
    return next((str(text) for key, text in element.attrib.items() if key.rsplit("}", 1)[-1] == name), "")


def switch(properties: Any, name: str) -> bool | None:
    """Return the value of an on/off property.

    None where it is not given.
    """
    element = child(properties, name)
    return None if element is None else is_on(value(element))


def is_on(text: str) -> bool:
    """Tell whether the value of an on/off property, which may be left out, means on."""
    return text.lower() not in ("0", "false", "off")


def number(text: str, otherwise: int = 0) -> int:
    """Return a whole number that may have a sign, or ``otherwise``."""
    digits = text.removeprefix("-")
    return int(text) if len(digits) < 10 and digits.isascii() and digits.isdigit() else otherwise
