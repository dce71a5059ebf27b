"""What a reader found of a report that nobody stated: each value, where it was found, and whether that is certain.

In: the document that a build would read. Out: a line for each value, and what is missing.

>>> from probqa.dates import PartialDate
>>> source = Source("a", "scan 12", "", "", PartialDate("2013-12-23", "the day the Word file was made"),
...                 title_note="read from the file's name")
>>> document = Document(source, "a.docx", "0" * 64, "docx 1", "It was late.", ())
>>> print(*lines(document, ()), sep="\\n")
title: scan 12 (read from the file's name: not certain)
published: 2013-12-23 (the day the Word file was made: not certain)
>>> missing(document)
('title', 'published', 'publisher', 'kind', 'area', 'licence', 'url')
"""

from __future__ import annotations

from collections.abc import Collection

from probqa.gathering.outcome import printable
from probqa.records import FROM_FILE_DATA, FROM_PAGE_1, Document, Source

# What a report should be known by, in the order in which a person is asked.
WANTED = ("title", "published", "publisher", "kind", "area", "licence", "url")
HEADING = "# Detected, stated by nobody. To state or correct a line: probqa edit, or write it above without the #."
_NOT_CERTAIN = "not certain"
_LONGEST = 300
# Characters, where there are no pages.
_BEGINNING = 3_000


def lines(document: Document, stated: Collection[str]) -> tuple[str, ...]:
    """Say what was found and how, but for the keys that are ``stated``."""
    values = {key: _value(document.source, key) for key in (*WANTED, "ratings") if key not in stated}
    return tuple(
        printable(f"{key}: {value[:_LONGEST]} ({how(document, key)})") for key, value in values.items() if value
    )


def missing(document: Document) -> tuple[str, ...]:
    """Name what is not known, or not for certain."""
    return tuple(key for key in WANTED if not _value(document.source, key) or how(document, key).endswith(_NOT_CERTAIN))


def how(document: Document, key: str) -> str:
    """Say where a value was found, and whether that is certain."""
    source = document.source
    note = {"title": source.title_note, "publisher": source.publisher_note, "published": source.published.note}.get(key)
    if key == "published" and not source.published.doubt:
        return note or "named in the file as that of publication"
    if note or key in source.from_page_1:
        return f"{note}: {_NOT_CERTAIN}" if note else FROM_PAGE_1
    value = _value(source, key)
    if document.text.startswith(value):
        return "read from its first line"
    end = next((page.start for page in document.pages if page.start), _BEGINNING)
    return "read from its beginning" if value in document.text[:end] else FROM_FILE_DATA


def comments(found: Collection[str]) -> str:
    """Write what was found into a sidecar, as comments: a build reads the document itself again."""
    return "".join(f"{line}\n" for line in (HEADING, *(f"# {line}" for line in found))) if found else ""


def without_comments(sidecar: str) -> str:
    """Return a sidecar without what was found in the document it belonged to before."""
    before, _, after = sidecar.partition(f"{HEADING}\n")
    kept = after.split("\n")
    while kept and kept[0].startswith("# "):
        kept.pop(0)
    return before + "\n".join(kept)


def _value(source: Source, key: str) -> str:
    if key == "ratings":
        return ", ".join(": ".join(rating) for rating in source.ratings)
    return {
        "title": source.title,
        "published": source.published.iso,
        "publisher": source.publisher,
        "kind": source.kind,
        "area": source.area,
        "licence": source.licence,
        "url": source.url,
    }[key]
