"""The reader of a corpus file: its frozen text, structure, pages and metadata, and what was left out.

In: a ``CorpusFile`` and its folder. Out: a ``Document``, or one ``ReadingError`` that says why not.

Each format has a module in ``formats`` that turns a body into ``Piece`` records. This module opens the file, reads its
metadata and puts the pieces together. Markdown and text are read in this process, every other format in a worker
process (``sandbox``), so their libraries are not imported here.

The ``VERSION`` of a format changes whenever its module would read a file differently, so that an index knows to read
the file again. The library's version counts as well.
"""

from __future__ import annotations

import functools
import importlib.metadata
import shutil
from pathlib import Path, PurePosixPath

from probqa.dates import PartialDate
from probqa.errors import InputError, ReadingError
from probqa.reading.assembly import Reading, assemble
from probqa.reading.corpus import CorpusFile, read_bytes
from probqa.reading.first_page import NO_FORMS, Forms, first_lines, read_first_page
from probqa.reading.formats.sandbox import (
    RECOGNISING,
    Format,
    Recogniser,
    find_recogniser,
    parse,
    recogniser_version,
)
from probqa.reading.metadata import languages_to_recognise, read_metadata
from probqa.records import Document, Removal

__all__ = ["is_read_by", "read", "read_content", "read_draft", "reader_version"]

_PAGES = (".html", ".htm", ".xhtml")
_PACKED = (".docx", ".odt", ".xlsx", ".pptx", ".epub")
_IN_WORKER: dict[str, Format] = {
    ".pdf": "pdf",
    **dict.fromkeys(_PAGES, "html"),
    ".docx": "docx",
    ".odt": "odt",
    ".rtf": "rtf",
    ".xlsx": "xlsx",
    ".pptx": "pptx",
    ".epub": "epub",
    ".eml": "eml",
}
DRAFTS = (*_IN_WORKER, ".md", ".txt")
# Version and library ("" for Python's own) of the formats that the worker reads. A test compares the versions with
# the readers' own.
WORKER_READERS: dict[Format, tuple[str, str]] = {
    "pdf": ("pdf 5", "pypdfium2"),
    "html": ("html 5", "trafilatura"),
    "docx": ("docx 5", "lxml"),
    "odt": ("odt 2", "lxml"),
    "rtf": ("rtf 2", ""),
    "xlsx": ("xlsx 2", "lxml"),
    "pptx": ("pptx 2", "lxml"),
    "epub": ("epub 2", "lxml"),
    "eml": ("eml 2", "lxml"),
}
_MARKDOWN = (".md", ".markdown")
_MARKDOWN_VERSION = "markdown 3"
_TEXT_VERSION = "text 4"
# What is taken of what a file says of itself.
_FOUND = ("title", "title_note", "publisher", "publisher_note", "published", "published_note")
# Stands between the reader of a document and the program that recognised pages of it.
_WITH = ", "


@functools.cache
def reader_version(path: str) -> str:
    """Return the name and version of the reader for ``path``, with those of its library where a worker reads it."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _IN_WORKER:
        version, library = WORKER_READERS[_IN_WORKER[suffix]]
        return f"{version} ({library} {importlib.metadata.version(library)})" if library else version
    return _MARKDOWN_VERSION if suffix in _MARKDOWN else _TEXT_VERSION


def is_read_by(document: Document, version: str) -> bool:
    """Tell whether this version of the reader made a document.

    What a program has recognised is kept until the file or our reader changes, whichever version of the program is
    installed since, or none.
    """
    return document.reader.partition(_WITH)[0] == version


def read(file: CorpusFile, folder: Path, forms: Forms = NO_FORMS) -> Document:
    """Read one file below ``folder``.

    What nobody stated of a PDF is read from its first page, where that says it in one of the ``forms``.

    Raises:
        ReadingError: damaged, protected, hostile, of another format than its name says, not UTF-8, broken metadata,
            or no text to index.
    """
    sidecar = _decode(read_bytes(folder, file.sidecar)) if file.sidecar else None
    return read_content(read_bytes(folder, file.path), sidecar, file, forms)


def read_content(content: bytes, sidecar: str | None, file: CorpusFile, forms: Forms = NO_FORMS) -> Document:
    """Read a file that need not be stored yet, as ``read`` does.

    Raises:
        ReadingError: as ``read``.
    """
    suffix = PurePosixPath(file.path).suffix.lower()
    _check_kind(content, suffix)
    recogniser = None
    if suffix in _IN_WORKER:
        recogniser = _recogniser(sidecar, file.path)
        reading = _read_in_worker(_IN_WORKER[suffix], content, recogniser, may_be_added=True)
    else:
        source, body, _ = read_metadata(_decode(content), sidecar, file.path)
        reading = _read_text(suffix, body)
    frozen, blocks, pages = assemble(reading.pieces, reading.pages)
    if suffix in _IN_WORKER:
        found = _usable(reading.metadata)
        on_page_1 = read_first_page(first_lines(frozen, blocks, pages), found, forms) if pages else {}
        source, _, _ = read_metadata("", sidecar, file.path, found, on_page_1)
    if not any(block.kind != "heading" for block in blocks):
        raise ReadingError("holds no text to quote", "add the report's text, or remove the file")
    return Document(
        source=source,
        file=file.path,
        file_sha256=file.sha256,
        reader=reader_version(file.path) + (_WITH + recogniser_version(recogniser) if recogniser else ""),
        text=frozen,
        blocks=blocks,
        pages=pages,
        removals=tuple(reading.removals),
    )


def read_draft(content: bytes, name: str) -> tuple[str, tuple[Removal, ...]]:
    """Read the text of a file that is no report, and what of it was left out.

    ``name`` says the format by its ending. Between two paragraphs stands a blank line. Nothing is written anywhere.

    Raises:
        ReadingError: it is of a format that is not read, damaged, protected or hostile, or holds no text.
    """
    try:
        reading = _read_draft(content, name)
    except ReadingError as error:
        raise ReadingError(f"{name} {error.problem}", error.remedy) from error
    text, _, _ = assemble(reading.pieces)
    if not text:
        raise ReadingError(f"{name} holds no text", "check another file")
    return text, tuple(reading.removals)


def _read_draft(content: bytes, name: str) -> Reading:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in DRAFTS:
        raise ReadingError("is of a kind that is not read", f"save it as one of {', '.join(DRAFTS)}")
    _check_kind(content, suffix)
    if suffix in _IN_WORKER:
        return _read_in_worker(_IN_WORKER[suffix], content)
    return _read_text(suffix, read_metadata(_decode(content), None, name)[1])


def _recogniser(sidecar: str | None, path: str) -> Recogniser | None:
    """Return the program that the sidecar of a file asks for, if it does."""
    languages = languages_to_recognise(sidecar, path)
    if languages and not path.lower().endswith(".pdf"):
        raise ReadingError("ocr: only the pages of a PDF can be recognised", "take ocr out of its sidecar")
    return find_recogniser(languages) if languages else None


def _read_text(suffix: str, body: str) -> Reading:
    if suffix in _MARKDOWN:
        from probqa.reading.formats import markdown

        return Reading(*markdown.markdown_pieces(body))
    from probqa.reading.formats import plaintext

    return Reading(*plaintext.plaintext_pieces(body))


def _read_in_worker(
    file_format: Format, content: bytes, recogniser: Recogniser | None = None, *, may_be_added: bool = False
) -> Reading:
    """Read a file, the pages of a PDF that are pictures with the ``recogniser`` where there is one.

    Raises:
        ReadingError: it cannot be read. The remedy for a scan is what can be done on this machine.
    """
    if recogniser:
        return parse(file_format, content, RECOGNISING, recogniser)
    try:
        return parse(file_format, content)
    except ReadingError as error:
        if "text layer" not in error.remedy:
            raise
        where = "" if shutil.which("tesseract") else "install tesseract, then "
        first = f"{where}run: probqa add --ocr FILE; or " if may_be_added and file_format == "pdf" else ""
        raise ReadingError(error.problem, first + _scan_remedy(file_format)) from error


def _scan_remedy(file_format: Format) -> str:
    if file_format != "pdf":
        return "if it holds pictures of pages, save it as PDF and run: ocrmypdf IN.pdf OUT.pdf"
    where = "" if shutil.which("ocrmypdf") else "install ocrmypdf, then "
    return f"{where}run: ocrmypdf IN.pdf OUT.pdf, and put OUT.pdf in its place"


def _usable(metadata: dict[str, str]) -> dict[str, str]:
    """Return what a file says of itself, without a date that is none.

    A file is not refused for a bad date in its own metadata.
    """
    usable = {key: value for key, value in metadata.items() if key in _FOUND}
    try:
        is_dated = bool(PartialDate(usable.get("published", "")))
    except InputError:
        is_dated = False
    if not is_dated:
        usable.pop("published", None)
        usable.pop("published_note", None)
    return usable


def _check_kind(content: bytes, suffix: str) -> None:
    """Refuse a file that is not what its name says.

    Examples are an error page saved as .pdf and a PDF named .txt.

    Raises:
        ReadingError: it is of another kind, or empty.
    """
    if suffix in _IN_WORKER and not content.strip(b"\0 \t\r\n\x0c"):
        raise ReadingError("is empty", "download it again, or remove it")
    kind = _kind(content)
    if kind == "ole":
        is_new = "EncryptedPackage".encode("utf-16-le") in content
        if is_new:
            raise ReadingError("is protected with a password", "save a copy without the password")
        raise ReadingError("is an old Office file", "save it as .docx, .xlsx, .pptx or PDF")
    plain = suffix.removeprefix(".") if suffix in (".pdf", ".rtf") else "text"
    expected = "zip" if suffix in _PACKED else "html" if suffix in _PAGES else plain
    if kind == expected or (kind == "text" and expected == "html") or (kind == "html" and suffix in _MARKDOWN):
        return
    names = {"pdf": "a PDF", "zip": "a packed file", "html": "a web page", "rtf": "Rich Text", "text": "something else"}
    remedy = {
        "pdf": "rename it to .pdf",
        "rtf": "rename it to .rtf",
        "html": "rename it to .html, if it is the report and no error page",
    }
    raise ReadingError(
        f"is named {suffix} but is {names[kind]}", remedy.get(kind, "rename it to what it is, or download it again")
    )


def _kind(content: bytes) -> str:
    head = content[:1024]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    if start.startswith(b"{\\rtf"):
        return "rtf"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    return "text"


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ReadingError(f"line {line}: byte {error.start} is not UTF-8", "save the file as UTF-8") from error
