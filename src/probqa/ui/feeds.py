"""Feeds for who wants to know of new reports: on a place, a provider or all, or of those that answer a question.

In: a library, what is news in its index, and filters or a question. Out: an Atom document (RFC 4287).

Nothing is kept of who reads one: what somebody waits for stands in the address of their feed.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree import ElementTree

from probqa.asking.filters import allowed_rows
from probqa.asking.library import Library
from probqa.indexing.news import News, Report
from probqa.questions import Filters, Request
from probqa.records import Quote, Source, marked
from probqa.rendering import quote_label, quoted, visible, visible_line

# A question is put to so many of the latest at most.
ASKED = 30
SHOWN = 50
MEDIA_TYPE = "application/atom+xml"

_ATOM = "http://www.w3.org/2005/Atom"
_WHO = "probqa"
# Neither is a character, nor may XML hold it.
_NONE = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A report that is new, and the quote that answers the feed's question, if it has one."""

    report: Report
    source: Source
    quote: Quote | None = None


def new_reports(library: Library, news: News, filters: Filters, question: str = "") -> list[Entry]:
    """Return the new reports that can be asked now and that the filters and the question are about, the latest first.

    Raises:
        InputError: a filter or the question cannot be used.
    """
    generation = library.generation
    rows = allowed_rows(generation, filters)
    about = None if rows is None else {*generation.documents_with(rows)}
    there = {source.id: source for source in generation.sources}
    found = [
        Entry(report, there[report.document])
        for report in news.reports
        if report.document in there and (about is None or report.document in about)
    ]
    if not question:
        return found[:SHOWN]
    latest = found[:ASKED]
    documents = tuple(entry.source.id for entry in latest)
    # Asked even where nothing is new, so that a question that cannot be asked is refused at once.
    every = library.every(Request.of(question, filters=Filters(documents=documents or (next(iter(there)),))))
    quotes = {answer.source.id: answer.quote for answer in every.documents}
    return [Entry(entry.report, entry.source, quote) for entry in latest if (quote := quotes.get(entry.source.id))]


def atom(entries: Sequence[Entry], given: Mapping[str, Sequence[str]], question: str, created: str) -> bytes:
    """Return the feed: ``given`` is what stands in its address, ``created`` when the live generation was made.

    Links are relative to the feed, because a server does not know by which address it is reached from outside.
    """
    about = ", ".join(value for name, values in given.items() if name != "question" for value in values)
    title = f"New reports that answer: {question}" if question else f"New reports{f' on {about}' if about else ''}"
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _add(feed, "id", _name("feed", urlencode(sorted((key, value) for key, each in given.items() for value in each))))
    _add(feed, "title", title)
    _add(feed, "updated", entries[0].report.when if entries else created)
    _add(_add(feed, "author"), "name", _WHO)
    for entry in entries:
        feed.append(_entry(entry))
    ElementTree.indent(feed)
    body: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _entry(entry: Entry) -> ElementTree.Element:
    source, made = entry.source, ElementTree.Element("entry")
    _add(made, "id", _name(source.id, entry.report.sha256))
    _add(made, "title", f"{'Answers it' if entry.quote else 'New'}: {source.title_in_words}")
    _add(made, "updated", entry.report.when)
    _add(made, "link", rel="alternate", type="text/html", href=f"../read?{urlencode({'document': source.id})}")
    if source.publisher:
        _add(_add(made, "author"), "name", source.publisher)
    for each in (*source.places, *source.providers):
        _add(made, "category", term=each)
    known = (source.published.in_words, source.kind, source.area_in_words, ", ".join(source.providers))
    said = " · ".join(part for part in known if part)
    if entry.quote:
        words = quoted(entry.quote.text, is_digest=entry.quote.source.is_digest)
        said = f"{marked(words, quote_label(entry.quote))} · {said}"
    _add(made, "summary", said)
    return made


def _add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
    """Add an element: what XML cannot hold is shown, as everywhere."""
    shown = {name: visible_line(value).translate(_NONE) for name, value in attributes.items()}
    made = ElementTree.SubElement(parent, tag, shown)
    made.text = visible(text).translate(_NONE) or None
    return made


def _name(*parts: str) -> str:
    """Return a name that is the same for the same thing, on every server."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(("https://www.w3.org/2005/Atom", *parts))).urn
