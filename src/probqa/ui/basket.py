"""The basket: quotes that a visitor's own browser keeps, by name (kept.js), and that a page finds again by their names.

In: quotes; the names that a browser tells, which may be anything. Out: a name and a button for each quote, and what of
the names is still in the reports.

>>> is_name("25-60-0123456789abcdef-ambleton"), is_name("25-60-0123456789abcdef-../x y")
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from probqa.indexing.generation import Generation
from probqa.links import words_hash
from probqa.records import Document, Quote, Span
from probqa.ui import frame
from probqa.ui.address import first
from probqa.ui.markup import Markup

# The same two as in kept.js.
MAX_QUOTES = 100
_NAME = re.compile(r"([0-9]{1,9})-([0-9]{1,9})-([0-9a-f]{16})-([a-z0-9][a-z0-9._/-]{0,199})")

_NAMES = "basket"
_HEARD = "basket-heard"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a name stands for.

    ``title`` is that of its report, empty where that is not here any more. ``quote`` is None where its words were not
    found; ``is_moved`` where they were found in another place than they had.
    """

    name: str
    document_id: str
    title: str = ""
    quote: Quote | None = None
    is_moved: bool = False


def name_of(quote: Quote) -> str:
    """Return where a quote stands and a hash of its words: enough to find it again, or to see that it is gone."""
    return f"{quote.span.start}-{quote.span.end}-{words_hash(quote.text)}-{quote.source.id}"


def is_name(text: str) -> bool:
    """Tell whether a text has the form of a quote's name."""
    return _NAME.fullmatch(text) is not None


def button(quote: Quote, number: int) -> Markup:
    """Return a button that keeps a quote or lets it go.

    kept.js does both, and says on it which it is.
    """
    return name_button(name_of(quote), f"quote {number}")


def name_button(name: str, what: str) -> Markup:
    """Return the same for a name.

    ``what`` tells a screen reader one button from another.
    """
    return Markup(
        '<button type="button" class="pq-keep" data-keep="{}"><span>Add to basket</span>'
        '<span class="pq-hidden">: {}</span></button>'
    ).format(name, what)


def told(parameters: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Return the names that the page's browser keeps, oldest first, None where it has not told them yet.

    kept.js tells them by an address that stands there for a moment, and again until it sees that they were heard. They
    are held while the page is open.
    """
    if frame.plain():
        return None
    state = st.session_state
    if number := first(parameters, "told"):
        state[_HEARD] = number[:20]
        state[_NAMES] = list(dict.fromkeys(filter(is_name, parameters.get("kept", ()))))[:MAX_QUOTES]
    frame.draw(Markup('<span class="pq-told" data-heard="{}"></span>').format(state.get(_HEARD, "")))
    names: list[str] | None = state.get(_NAMES)
    return names


def found(generation: Generation, names: Iterable[str]) -> Iterator[Kept]:
    """Yield what each name stands for in the reports as they are now."""
    for name in names:
        if parts := _NAME.fullmatch(name):
            start, end, words, document_id = int(parts[1]), int(parts[2]), parts[3], parts[4]
            document = generation.document(document_id)
            if document is None:
                yield Kept(name, document_id)
            else:
                span = _span(generation, document, start, end, words)
                quote = Quote(document, span, _around(generation, document, span)) if span else None
                yield Kept(name, document_id, document.source.title, quote, span is not None and span.start != start)


def _span(generation: Generation, document: Document, start: int, end: int, words: str) -> Span | None:
    """Return where the words with this hash stand: at their old place, else at the nearest sentence or passage.

    The whole text is not looked through, as for one link: a basket has a hundred.
    """
    if start < end <= len(document.text) and words_hash(document.text[start:end]) == words:
        return Span(start, end)
    passages = map(generation.passage, generation.passages_of(document.source.id))
    spans = [span for passage in passages for span in (passage.span, *passage.sentences)]
    same = (
        span for span in spans if span.end - span.start == end - start and words_hash(document.slice(span)) == words
    )
    return min(same, key=lambda span: abs(span.start - start), default=None)


def _around(generation: Generation, document: Document, span: Span) -> Span:
    """Return the passage that holds a span, the span itself where none does."""
    passages = (generation.passage(row).span for row in generation.passages_of(document.source.id))
    return next((passage for passage in passages if span in passage), span)
