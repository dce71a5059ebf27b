"""A corpus file to a document: frozen text, its structure, its metadata, and what was left out.

In: a ``CorpusFile`` and its folder. Out: a ``Document``, or one ``ReadingError`` that says why not.

Each format has a module here that turns a body into ``Piece`` records; this one opens the file, reads its
metadata and puts the pieces together. ``VERSION`` of a format changes whenever it would read a file
differently, so that an index knows to read the file again.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from probqa.corpus import CorpusFile, read_bytes
from probqa.errors import ReadingError
from probqa.readers import markdown, plaintext
from probqa.readers.assembly import assemble
from probqa.readers.metadata import read_metadata
from probqa.records import Document, Removal

__all__ = ["read", "reader_version"]


def reader_version(path: str) -> str:
    """Name and version of the reader that takes ``path``."""
    return markdown.VERSION if _is_markdown(path) else plaintext.VERSION


def read(file: CorpusFile, folder: Path) -> Document:
    """Read one file below ``folder``.

    Raises:
        ReadingError: not UTF-8, broken metadata, or no text left to index.
    """
    text = _decode(read_bytes(folder, file.path))
    sidecar = _decode(read_bytes(folder, file.sidecar)) if file.sidecar else None
    source, body, _ = read_metadata(text, sidecar, file.path)
    if _is_markdown(file.path):
        pieces = markdown.markdown_pieces(body)
        removals: list[Removal] = []
    else:
        pieces, removals = plaintext.plaintext_pieces(body)
    frozen, blocks, _ = assemble(pieces)
    if not any(block.kind != "heading" for block in blocks):
        raise ReadingError("holds no text to quote", "add the report's text, or remove the file")
    return Document(
        source=source,
        file=file.path,
        file_sha256=file.sha256,
        reader=reader_version(file.path),
        text=frozen,
        blocks=blocks,
        removals=tuple(removals),
    )


def _is_markdown(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() == ".md"


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ReadingError(f"line {line}: byte {error.start} is not UTF-8", "save the file as UTF-8") from error
