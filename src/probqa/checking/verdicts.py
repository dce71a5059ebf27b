"""The verdicts on a pasted text: frozen records, their JSON and one plain sentence each.

In: nothing. Out: ``CheckReport`` and its parts, ``to_json``, ``describe``.

>>> describe(CheckedQuote("too short", Span(0, 9), "too_short"))
'Too short to check: give at least 3 words and 12 characters.'
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from probqa.links import reading_link
from probqa.records import Document, Quote, Span
from probqa.rendering import citation_to_json, recognised_to_json

MIN_WORDS = 3
MIN_CHARACTERS = 12

Status = Literal["found", "altered", "elsewhere", "absent", "too_short"]
Change = Literal["equal", "inserted", "deleted", "replaced"]
Flag = Literal[
    "number", "negation", "capital", "punctuation", "omission", "editorial", "apart", "stitched", "cut", "elsewhere"
]

FLAGS: dict[Flag, str] = {
    "number": "a number differs",
    "negation": "a word that denies (“not”, “no”, “never”, …) was added, dropped or changed",
    "capital": "only small and capital letters differ",
    "punctuation": "only punctuation differs",
    "omission": "words were left out, and the quote says so",
    "editorial": "words in square brackets are not the report's",
    "apart": "its parts stand far apart in one report, in this order",
    "stitched": "words from more than one place stand together as if they were one",
    "cut": "the quote starts or ends inside a word, a number or right behind a “not”",
    "elsewhere": "the words are in another report than the one named",
}


@dataclass(frozen=True, slots=True)
class Place(Quote):
    """The place where words stand, as a quote whose context is the paragraph.

    ``parts`` are the words that were quoted: one span, or several with what was left out between them.
    ``forgiven`` names the differences of ``tokens.FORGIVEN`` that were overlooked.
    ``denied`` is a “not” or its like that stands before the quote in the same sentence and is not quoted.
    """

    parts: tuple[Span, ...] = ()
    forgiven: tuple[str, ...] = ()
    denied: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One step from the report's words to the pasted ones: what both say, and where.

    ``quote_span`` is in the pasted text, ``source_span`` in the text of the document of ``places[place]``; None where
    that side says nothing.
    """

    change: Change
    quote: str = ""
    source: str = ""
    quote_span: Span | None = None
    source_span: Span | None = None
    place: int = 0
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedQuote:
    """A quote of the pasted text with its verdict.

    ``text`` is ``pasted[span.start:span.end]``. ``places`` are where it was found: at most ``MAX_PLACES`` of
    ``place_count``, those in the named report first. Those of an altered quote are the passages it is compared with. An
    absent quote has none. ``operations`` is filled where a word differs or was left out.
    """

    text: str
    span: Span
    status: Status
    places: tuple[Place, ...] = ()
    place_count: int = 0
    operations: tuple[Operation, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedReport:
    """A report that the pasted text or the caller names.

    ``text`` is the words that name it, and ``span`` is where they stand, None where the caller names it. No document
    means that the name is clear and these reports hold none of it, or that it is not ``understood``: then the quotes
    are looked for in all reports.
    """

    text: str
    span: Span | None
    document_ids: tuple[str, ...]
    understood: bool = True


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All quotes of a pasted text in its order, the reports it names and how many documents were searched.

    ``digests`` of the documents are this project's own summaries: words absent there may yet be in the publication.
    ``unchecked`` is where the words stand that are no quote, the writer's own, which were compared with nothing.
    """

    text: str
    quotes: tuple[CheckedQuote, ...]
    named: tuple[NamedReport, ...]
    documents: int
    digests: int = 0
    generation: str = ""
    unchecked: tuple[Span, ...] = ()

    @property
    def words_unchecked(self) -> int:
        """Count the words that were not checked."""
        return sum(len(self.text[span.start : span.end].split()) for span in self.unchecked)


def cut_place(
    document: Document, parts: tuple[Span, ...], context: Span, forgiven: tuple[str, ...] = (), denied: str = ""
) -> Place:
    """Cut a place out of its document.

    Its context is the one given, and more where the parts reach beyond it.
    """
    span = Span(parts[0].start, parts[-1].end)
    around = Span(min(context.start, span.start), max(context.end, span.end))
    return Place(document, span, around, parts=parts, forgiven=forgiven, denied=denied)


def to_json(report: CheckReport) -> dict[str, Any]:
    """Return the report as plain values for JSON.

    ``{text, documents, digests, generation, summary: {status: count}, named: [{text, span, document_ids, understood}],
    quotes: [{text, span, status, flags, description, place_count, places: [{document_id, title, publisher, published,
    wording, url, link, span, text, parts, heading, page, printed_page, recognised, citation, context_span, context,
    forgiven, denied}],
    operations: [{change, quote, source, quote_span, source_span, place, flags}]}], unchecked: [span]}``.
    A span is ``[start, end]``, half-open, in Unicode characters: of ``text`` for a quote, of the document's text for a
    place; or null.
    """
    statuses = [quote.status for quote in report.quotes]
    return {
        "text": report.text,
        "documents": report.documents,
        "digests": report.digests,
        "generation": report.generation,
        "summary": {status: statuses.count(status) for status in dict.fromkeys(statuses)},
        "named": [
            {
                "text": named.text,
                "span": _pair(named.span),
                "document_ids": list(named.document_ids),
                "understood": named.understood,
            }
            for named in report.named
        ],
        "quotes": [
            {
                "text": quote.text,
                "span": _pair(quote.span),
                "status": quote.status,
                "flags": list(quote.flags),
                "description": describe(quote),
                "place_count": quote.place_count,
                "places": [_place_json(place) for place in quote.places],
                "operations": [
                    asdict(operation)
                    | {
                        "quote_span": _pair(operation.quote_span),
                        "source_span": _pair(operation.source_span),
                        "flags": list(operation.flags),
                    }
                    for operation in quote.operations
                ],
            }
            for quote in report.quotes
        ],
        "unchecked": [_pair(span) for span in report.unchecked],
    }


def describe(quote: CheckedQuote) -> str:
    """Describe a checked quote in one plain sentence or two."""
    match quote.status:
        case "too_short":
            return f"Too short to check: give at least {MIN_WORDS} words and {MIN_CHARACTERS} characters."
        case "absent":
            return "Not in these reports."
        case "altered":
            first = (
                f"Stitched together from {_and([_where(place) for place in quote.places])}."
                if "stitched" in quote.flags
                else f"Altered: the closest words are in {_where(quote.places[0])}."
            )
        case "elsewhere":
            first = f"Not in the report that is named, but in {_where(quote.places[0])}."
        case "found" if "apart" in quote.flags:
            first = f"Each part found word for word in {_and([_where(place) for place in quote.places])}."
        case "found":
            first = f"Found word for word in {_where(quote.places[0])}."
    more = quote.place_count - 1
    if quote.status in ("found", "elsewhere") and more and "apart" not in quote.flags:
        first += f" It also stands in {more} other place{'s' if more > 1 else ''}."
    reasons = [FLAGS[flag] for flag in quote.flags if flag not in ("elsewhere", "stitched")]
    if quote.places and quote.places[0].denied:
        reasons.append(f"“{quote.places[0].denied}” stands before these words in the report's sentence")
    if not reasons:
        return first
    noted = "; ".join(reasons)
    return f"{first} {noted[0].upper()}{noted[1:]}."


def describe_name(named: NamedReport) -> str:
    """Describe what a name stands for in one plain sentence.

    >>> describe_name(NamedReport("Atlantis", None, (), understood=False))
    'No report here goes by “Atlantis”, so the quotes were looked for in all of them.'
    """
    if not named.understood:
        return f"No report here goes by “{named.text}”, so the quotes were looked for in all of them."
    count = len(named.document_ids)
    where = "not among these" if count == 0 else "here" if count == 1 else f"one of {count} here"
    return f"The report named “{named.text}” is {where}."


def _where(place: Place) -> str:
    page = place.page
    parts = [f"“{place.source.title}”" + (f" ({place.source.published.iso})" if place.source.published else "")]
    if page:
        parts.append(f"p. {page.printed} (PDF {page.pdf})" if page.printed else f"PDF page {page.pdf}")
    if place.heading:
        parts.append(f"under “{place.heading[-1]}”")
    if recognised := place.recognised:
        parts.append(recognised.in_words)
    digest = "this project's digest of " if place.source.is_digest else ""
    return digest + ", ".join(parts)


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _place_json(place: Place) -> dict[str, Any]:
    source = place.source
    return {
        "document_id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "published": source.published.iso,
        "wording": source.wording,
        "url": source.url,
        "link": reading_link(place),
        "span": _pair(place.span),
        "text": place.text,
        "parts": [_pair(part) for part in place.parts],
        "heading": list(place.heading),
        "page": place.page.pdf if place.page else None,
        "printed_page": place.page.printed if place.page else None,
        "recognised": recognised_to_json(place),
        "citation": citation_to_json(place),
        "context_span": _pair(place.context_span),
        "context": place.context,
        "forgiven": list(place.forgiven),
        "denied": place.denied,
    }


def _pair(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]
