"""The files that the texts were read from: their addresses on this server, and which may be passed on.

In: a ``Document``. Out: addresses of pictures of its pages and of the file itself, and what they may name.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from probqa.glossary.domain import Domain
from probqa.reading.page_pictures import has_pictures
from probqa.records import Document, Source
from probqa.ui.address import link_to

# Licences under which anyone may pass a work on as it is, besides that of the field's own publisher.
_FREE = re.compile(r"(?:OGL\b|CC0\b|CC[ -]BY\b(?![ -]NC)|public domain\b)", re.IGNORECASE)
_FILE_DIGITS = 12


def may_be_passed_on(source: Source, domain: Domain) -> bool:
    """Tell whether the licence of a publication lets its file be passed on.

    A line that only mentions a licence, such as that of something quoted in it, does not.
    """
    is_own = domain.publisher.is_licence(source.licence)
    return source.wording == "verbatim" and (is_own or _FREE.match(source.licence) is not None)


def picture_address(document: Document, page: int) -> str:
    """Return the relative address of the picture of a page."""
    file = document.file_sha256[:_FILE_DIGITS]
    return link_to("picture", {"document": [document.source.id], "page": [str(page)], "file": [file]})


def is_file(document: Document, file: str) -> bool:
    """Tell whether such an address is of the file that is indexed now."""
    return file == document.file_sha256[:_FILE_DIGITS]


def is_page(document: Document, page: int) -> bool:
    """Tell whether a document has a page, from 1, that can be drawn."""
    return has_pictures(document) and 1 <= page <= len(document.pages)


def original_address(document: Document) -> str:
    """Return the relative address of the file itself."""
    return link_to("original", {"document": [document.source.id]})


def file_name(document: Document) -> str:
    """Return a name for the file that any system takes.

    >>> file_name(Document(Source("a/b\\"c", "A", "P", "report"), "x.PDF", "", "", "", ()))
    'b-c.pdf'
    """
    name = re.sub(r"[^a-z0-9.-]+", "-", document.source.id.rpartition("/")[2]).strip("-.") or "report"
    suffix = re.sub(r"[^a-z0-9.]", "", PurePosixPath(document.file).suffix.lower())
    return name.removesuffix(suffix) + suffix
