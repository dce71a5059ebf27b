"""An answer to what a terminal, a program or a page shows.

In: ``Answer``. Out: plain text, a JSON object, or words; the words of a quote are never changed.

>>> visible("a\u202eb")
'a[U+202E]b'
"""

from __future__ import annotations

import dataclasses
import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from probqa.links import reading_link
from probqa.questions import Definition, Filters
from probqa.records import Answer, Coverage, Document, EveryAnswer, Note, Quote, RatingRow, Source, is_worth, marked

CLOSE_LABEL = "close to the question, perhaps no answer"
SIDE_QUOTES = 3
SHOWN_RATINGS = 10

# Marks that turn the direction of what follows could disguise what a quote says, and control characters tell a terminal
# what to do: both are shown. Tabs and line ends are not.
_SHOWN = {
    code: f"[U+{code:04X}]"
    for code in (
        *(set(range(0x20)) - {*b"\t\n\r"}),
        *range(0x7F, 0xA0),
        *(0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    )
}
_BREAKS = {ord(character): f"[U+{ord(character):04X}]" for character in "\n\r\u2028\u2029"}
_ESCAPED = {code: f"\\u{code:04x}" for code in _SHOWN}


def visible(text: str) -> str:
    """Make direction marks and control characters visible, for showing.

    It is not for storing or comparing.
    """
    return text.translate(_SHOWN)


def visible_line(text: str) -> str:
    """Make control characters and line breaks visible: what a name may hold, and a line of a terminal or log not.

    >>> visible_line("a\x1b[2J\\n")
    'a[U+001B][2J[U+000A]'
    """
    return visible(text).translate(_BREAKS)


def json_text(value: dict[str, Any]) -> str:
    """Return JSON that can be shown in a terminal: the same values, with control characters and marks escaped."""
    return json.dumps(value, ensure_ascii=False, indent=1).translate(_ESCAPED)


def scope_line(answer: Answer | EveryAnswer) -> str:
    """Say that a question is about nothing in the reports, or about too many of them.

    It is nothing where it is inside.
    """
    scope = answer.question.scope
    if scope.kind == "outside":
        return f"Nothing in these {answer.coverage.documents} reports comes near this question."
    if scope.kind == "talk":
        return answer.question.reply
    if scope.kind == "broad":
        return f"This touches {len(scope.documents)} reports: pick an area, a provider or a year."
    return ""


def finding_line(answer: Answer) -> str:
    """Say what was found in one sentence of counts, or that these reports do not say: for each part, if any."""
    if answer.parts:
        return " ".join(f"{part.label}: {finding_line(part.answer)}" for part in answer.parts)
    if answer.definitions:
        passages = _count(len(answer.quotes), "passage") if answer.quotes else "No passage"
        return f"Explained below. {passages} {'speak' if len(answer.quotes) > 1 else 'speaks'} of it."
    if line := scope_line(answer):
        return line
    if answer.status == "not_found":
        return f"These reports do not say. {_count(answer.coverage.documents, 'report')} searched."
    more = len(answer.quotes) - answer.answering
    close = f", and {more} more {'is' if more == 1 else 'are'} close to it" if more else ""
    passages = _count(answer.answering, "passage")
    if answer.status == "weak":
        return f"{passages} may answer this{close}; read before relying on it."
    reports = {lead.source.id for _, lead, _ in with_digests_below(answer.quotes[: answer.answering])}
    documents = _count(len(reports), "report")
    return f"{passages} in {documents} {'answers' if answer.answering == 1 else 'answer'} this{close}."


def source_line(quote: Quote) -> str:
    """Title, publisher, date, section and page of a quote, as far as they are known."""
    source = quote.source
    parts = [source.title_in_words, source.publisher_in_words, source.published.in_words]
    parts += [" › ".join(quote.heading), page_in_words(quote)]
    return " · ".join(part for part in parts if part)


def page_in_words(quote: Quote) -> str:
    """Return the printed page, with the PDF's page where it differs."""
    page = quote.page
    if page is None:
        return ""
    if not page.printed:
        return f"PDF page {page.pdf}"
    return f"p. {page.printed}" + (f" (PDF page {page.pdf})" if page.printed != str(page.pdf) else "")


def label(source: Source) -> str:
    """Return what must be said wherever a digest is shown.

    It is nothing for a publication's own words.
    """
    return source.digest_label if source.is_digest else ""


def quoted(text: str, *, is_digest: bool) -> str:
    """Return words for a line of text: only those of a publication stand in quotation marks, never a digest's.

    >>> quoted("It was so.", is_digest=False), quoted("It was so.", is_digest=True)
    ('“It was so.”', 'It was so.')
    """
    return text if is_digest else f"“{text}”"


def indexed(sources: Iterable[Source]) -> str:
    """Return what is indexed, in numbers: "3 publications", "112 digests of publications", or both."""
    counted = Counter(source.is_digest for source in sources)
    publications, digests = _count(counted[False], "publication"), _count(counted[True], "digest")
    if not counted[True]:
        return publications
    return f"{publications} and {digests}" if counted[False] else f"{digests} of publications"


WithDigests = tuple[int, Quote, list[Quote]]
"""The number of a quote, from 1, the quote, and what digests of its publication say."""


def with_digests_below(quotes: Sequence[Quote]) -> list[WithDigests]:
    """Return quotes by their number, from 1, each with what digests of its publication say.

    A publication's own words stand where the first of them all stood, if they answer as well as the digest's.
    """
    below: dict[int, list[Quote]] = {}
    order: list[int] = []
    for number, quote in enumerate(quotes, start=1):
        own = [
            other
            for other, candidate in enumerate(quotes, start=1)
            if quote.source.is_digest_of(candidate.source) and is_worth(candidate.status, quote.status)
        ]
        if own:
            below.setdefault(own[0], []).append(quote)
        if (first := own[0] if own else number) not in order:
            order.append(first)
    return [(number, quotes[number - 1], below.get(number, [])) for number in order]


def quote_label(quote: Quote) -> str:
    """Return what must be said wherever a quote is shown: that it is a digest's, or recognised in a picture.

    It is nothing for words that a publication has as text.
    """
    recognised = quote.recognised
    return "; ".join(filter(None, (label(quote.source), recognised.in_words if recognised else "")))


def close_label(answer: Answer, number: int) -> str:
    """Return what must be said of the quote with this number, from 1, if it is only close.

    It is nothing for others, and where a meaning was asked for: what speaks of a term is no nearer or further.
    """
    return CLOSE_LABEL if answer.quotes and number > answer.answering and not answer.definitions else ""


def to_text(answer: Answer, width: int = 88) -> str:
    """Return the answer for a terminal.

    A quote's words are wrapped between words and not changed.
    """
    lines = [*textwrap.wrap(visible_line(finding_line(answer)), width), "", *_searched_lines(answer, width)]
    for part in answer.parts:
        # Beside others each side has fewer of its quotes.
        lines += [visible(part.label), "", *_shown_lines(part.answer, width, most=SIDE_QUOTES)]
    if not answer.parts:
        lines += _shown_lines(answer, width, most=len(answer.quotes))
    return "\n".join(lines).rstrip() + "\n"


def _shown_lines(answer: Answer, width: int, most: int) -> list[str]:
    """Return what is known without a quote, and at most so many quotes, or what is near."""
    lines = []
    for definition in answer.definitions:
        lines += [*_wrapped(f"Explained: {definition_line(definition)}", width), ""]
    for note in answer.notes:
        lines += _wrapped(note.text, width)
        lines += [f"   Try: {visible(offer)}" for offer in note.offers]
        lines += [""]
    for row in answer.ratings[:SHOWN_RATINGS]:
        lines += _wrapped(f"- {rating_line(row)}", width)
    if len(answer.ratings) > SHOWN_RATINGS:
        lines += [f"- and {len(answer.ratings) - SHOWN_RATINGS} more (--json has them all)"]
    if answer.ratings:
        lines += [""]
    if answer.question.scope.kind in ("outside", "talk"):
        return lines
    if answer.near:
        lines += ["Not an answer, but near:", ""]
    shown = with_digests_below(answer.quotes[:most] or answer.near[:3])
    for place, (number, quote, digests) in enumerate(shown, start=1):
        lines += [*_quote_lines(quote, f"{place}.", width, close_label(answer, number)), ""]
        for digest in digests:
            lines += [*_quote_lines(digest, "   The digest of it says:", width), ""]
    return lines


def known_lines(answer: Answer) -> list[str]:
    """Return what an answer says besides quotes: what a term means, ratings and notes."""
    said = [f"Explained: {definition_line(each)}" for each in answer.definitions]
    return said + [rating_line(row) for row in answer.ratings] + [note.text for note in answer.notes]


def definition_line(definition: Definition) -> str:
    """Return a term with what it means, for one line: it is this project's wording and says so."""
    term = marked(definition.term, definition.abbreviation)
    return f"{term}: {definition.text} (in this project’s own words; {definition.basis})"


def rating_line(row: RatingRow) -> str:
    """Return a rating with where it stands, for one line."""
    where = "in these words" if row.quote else row.source.ratings_mark or "from the report’s metadata"
    words = ""
    if row.quote:
        text = quoted(row.quote.text, is_digest=row.quote.source.is_digest)
        words = f": {marked(text, quote_label(row.quote))}"
    return " · ".join(
        part
        for part in (f"{row.of}: {row.rating}", row.source.published.in_words, row.source.title_in_words, where + words)
        if part
    )


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(visible(text), width, subsequent_indent="   ", break_long_words=False)


def _searched_lines(answer: Answer | EveryAnswer, width: int) -> list[str]:
    """Return what was searched besides what was typed, and an empty line behind it.

    There are no lines where that is nothing.
    """
    question = answer.question
    lines = []
    if question.readings:
        lines += textwrap.wrap(f"Understood: {'; '.join(each.says for each in question.readings)}", width)
    if question.carried:
        lines += textwrap.wrap(f"Carried over from before: {', '.join(each.text for each in question.carried)}", width)
    if question.added:
        words = "; ".join(f"{each.matched}: {', '.join(each.phrases)}" for each in question.added)
        lines += textwrap.wrap(f"Also searched: {words}", width)
    return [*lines, ""] if lines else []


def quote_to_text(quote: Quote, width: int = 88) -> str:
    """Return one quote and its source, for a terminal."""
    return "\n".join(_quote_lines(quote, "-", width))


def _quote_lines(quote: Quote, mark: str, width: int, note: str = "") -> list[str]:
    """Return a quote and its source, indented behind ``mark``, and a note on it."""
    lines = textwrap.wrap(
        f"{mark} {quoted(visible(quote.text), is_digest=quote.source.is_digest)}",
        width,
        subsequent_indent="   ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    also = f"also in {', '.join(source.title for source in quote.also_in)}" if quote.also_in else ""
    for part in (source_line(quote), quote_label(quote), also, note, quote.source.url):
        if part:
            lines += textwrap.wrap(
                visible(part),
                width,
                initial_indent="   ",
                subsequent_indent="   ",
                break_long_words=False,
                break_on_hyphens=False,
            )
    return lines


def to_json(answer: Answer) -> dict[str, Any]:
    """Return the answer as one JSON object (docs/json.md).

    It is equal for equal answers but for ``timings_ms``.
    """
    return {
        **_searched_to_json(answer),
        **_found_to_json(answer),
        "parts": [
            {"label": part.label, "ran": part.answer.question.text, **_found_to_json(part.answer)}
            for part in answer.parts
        ],
        "generation": answer.generation,
        "timings_ms": answer.timings_ms,
    }


def _found_to_json(answer: Answer) -> dict[str, Any]:
    return {
        "status": answer.status,
        "quotes": [quote_to_json(quote) for quote in answer.quotes],
        "near": [quote_to_json(quote) for quote in answer.near],
        "definitions": [dataclasses.asdict(each) | {"urls": list(each.urls)} for each in answer.definitions],
        "notes": [{"text": note.text, "offers": list(note.offers)} for note in (*answer.notes, *_reply(answer))],
        "ratings": [_rating_to_json(row) for row in answer.ratings],
        "coverage": _coverage_to_json(answer.coverage),
    }


def every_to_json(answer: EveryAnswer) -> dict[str, Any]:
    """Return one question put to every document, as one JSON object (docs/json.md)."""
    return {
        **_searched_to_json(answer),
        "documents": [
            {
                "document_id": each.source.id,
                "title": each.source.title,
                "published": each.source.published.iso,
                "quote": quote_to_json(each.quote) if each.quote else None,
            }
            for each in answer.documents
        ],
        "coverage": _coverage_to_json(answer.coverage),
        "generation": answer.generation,
    }


def every_to_text(answer: EveryAnswer, width: int = 88) -> str:
    """Return one question put to every document, for a terminal: the quote of each that has one."""
    lines = [every_line(answer), "", *_searched_lines(answer, width)]
    for each in answer.documents:
        if each.quote:
            lines += [*_quote_lines(each.quote, "-", width), ""]
    return "\n".join(lines).rstrip() + "\n"


def every_line(answer: EveryAnswer) -> str:
    """Return how many of how many documents say something: "7 of 41 reports say something about this."."""
    speaking, scope = answer.coverage.documents_with_quotes, answer.coverage.documents
    return (
        f"{speaking} of {_count(scope, 'report')} {'says' if 1 in (speaking, scope) else 'say'} something about this."
    )


def _searched_to_json(answer: Answer | EveryAnswer) -> dict[str, Any]:
    return {
        "question": answer.question.asked,
        "ran": answer.question.text,
        "scope": answer.question.scope.kind,
        "carried": [{"kind": each.kind, "text": each.text} for each in answer.question.carried],
        "added": [{"matched": each.matched, "phrases": list(each.phrases)} for each in answer.question.added],
        "readings": [{"kind": each.kind, "text": each.text, "says": each.says} for each in answer.question.readings],
        "filters": filters_to_json(answer.question.filters),
    }


def _reply(answer: Answer) -> tuple[Note, ...]:
    return (Note(answer.question.reply),) if answer.question.reply else ()


def _rating_to_json(row: RatingRow) -> dict[str, Any]:
    return {
        "of": row.of,
        "rating": row.rating,
        "document_id": row.source.id,
        "published": row.source.published.iso,
        "from_page_1": bool(row.source.ratings_mark),
        "quote": quote_to_json(row.quote) if row.quote else None,
    }


def filters_to_json(filters: Filters) -> dict[str, Any]:
    """Return the filters that are on.

    It is an empty object where there are none.
    """
    values = dataclasses.asdict(filters)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value}


def quote_to_json(quote: Quote) -> dict[str, Any]:
    """Return one quote: its words, and what it is worth to the question."""
    return words_to_json(quote) | {
        "status": quote.status,
        "score": quote.score,
        "also_in": [source.id for source in quote.also_in],
    }


def words_to_json(quote: Quote) -> dict[str, Any]:
    """Return the words of a quote and where they come from.

    ``start`` and ``end`` are characters of the document's text, half-open.
    """
    source = quote.source
    return {
        "text": quote.text,
        "document_id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "published": source.published.iso,
        "uncertain": source.uncertain,
        "kind": source.kind,
        "wording": source.wording,
        "label": quote_label(quote),
        "url": source.url,
        "link": reading_link(quote),
        "heading": list(quote.heading),
        "page": {"pdf": quote.page.pdf, "printed": quote.page.printed} if quote.page else None,
        "recognised": recognised_to_json(quote),
        "start": quote.span.start,
        "end": quote.span.end,
        "citation": citation_to_json(quote),
        "context": quote.context,
    }


def citation_to_json(quote: Quote) -> dict[str, Any]:
    """Return the words of a quote and where they stand, in the shape that assistants' interfaces have for a citation.

    Characters are those of the document's text, of which the hash is given; ends are exclusive, of pages too. Pages
    are those of the PDF, None where the format has none.
    """
    source, last = quote.source, quote.document.page(quote.span.end - 1)
    return {
        "type": "char_location",
        "cited_text": quote.text,
        "document_id": source.id,
        "document_title": source.title,
        "document_sha256": quote.document.text_sha256,
        "start_char_index": quote.span.start,
        "end_char_index": quote.span.end,
        "start_page_number": quote.page.pdf if quote.page else None,
        "end_page_number": last.pdf + 1 if last else None,
    }


def document_to_json(document: Document, passages: int) -> dict[str, Any]:
    """Return what is known of a document, which has so many passages."""
    return document.source.to_json() | {
        "label": label(document.source),
        "characters": len(document.text),
        "text_sha256": document.text_sha256,
        "passages": passages,
        "pages": len(document.pages),
        "recognised_pages": [{"pdf": page.pdf, "certainty": page.certainty} for page in document.recognised_pages],
    }


def recognised_to_json(quote: Quote) -> dict[str, Any] | None:
    """Return how sure a program is of what it recognised of a quote, if it did."""
    recognised = quote.recognised
    return {"certainty": recognised.certainty, "doubtful": list(recognised.doubtful)} if recognised else None


def _coverage_to_json(coverage: Coverage) -> dict[str, int]:
    return dataclasses.asdict(coverage)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
