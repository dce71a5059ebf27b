"""The nouns of the house: frozen records handed from room to room.

In: nothing. Out: the types every other module speaks in.

Offsets are Python characters of ``Document.text``, half-open. Text is always derived from them:

>>> source = Source(id="a", title="A", publisher="P", kind="report")
>>> document = Document(source=source, file="a.md", file_sha256="0" * 64, reader="markdown 1",
...                     text="Findings\\n\\nIt was good.", blocks=(
...                         Block("heading", Span(0, 8), level=2), Block("paragraph", Span(10, 22))))
>>> document.slice(Span(10, 22))
'It was good.'
>>> document.heading_path(10)
('Findings',)
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

from probqa.dates import UNDATED, PartialDate
from probqa.decoding import decode
from probqa.questions import Definition, Question

Wording = Literal["digest", "verbatim"]
BlockKind = Literal["heading", "paragraph", "item", "row"]
Status = Literal["not_found", "weak", "answered"]
PageLayer = Literal["text", "image", "blank", "recognised"]

DIGEST_LABEL = "digest, not the publisher's wording"
# The mark of what no person stated of a document, but its first page says.
FROM_PAGE_1 = "read from page 1"
# The marks of what no person stated and no page shows, but the file's own data or its name says.
FROM_FILE_DATA = "read from the file's data"
FROM_FILE_NAME = "read from the file's name"
# The mark of words that a program has recognised in the picture of a page.
RECOGNISED = "recognised, may be wrong"
# A recognised word of which the program is less sure than this, in per cent, is named beside a quote that holds it. One
# with figures is from the second on: "(30)" read as "(380)" had 79 (docs/readers.md).
DOUBTFUL, DOUBTFUL_FIGURES = 80, 90

_EITHER_WAY = re.compile(r"^https?://(?:www\.)?|/$", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_IN_BRACKETS = re.compile(r"(?<!\s)\s*+\([^)\n]{0,200}+\)")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of Python characters, ``0 <= start < end``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse an empty or negative range: no quote is empty."""
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __contains__(self, other: Span) -> bool:
        """Tell whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


def _pages(urls: Iterable[str]) -> set[str]:
    """Return web addresses without what may be written either way: the protocol, "www." and a stroke at the end."""
    return {_EITHER_WAY.sub("", url) for url in urls}


def marked(words: str, mark: str) -> str:
    """Return words with a mark behind them, if both are there."""
    return f"{words} ({mark})" if words and mark else words


@dataclass(frozen=True, slots=True)
class Source:
    """What a document is and where it comes from.

    Every field but the first four may be empty. ``wording`` is ``digest`` where the words are this project's own
    summary of the publication, ``verbatim`` where they are the publication's. ``added`` is the day on which the file
    came into the corpus and ``origin`` where it was got from. ``from_page_1`` names the fields that nobody stated and
    that the reader took from the first page. ``title_note`` and ``publisher_note`` say where else it took a title or
    publisher that may be wrong: from the data or the name of the file. ``digest_label`` is what must be said wherever a
    digest of its corpus is shown.
    """

    id: str
    title: str
    publisher: str
    kind: str
    published: PartialDate = UNDATED
    area: str = ""
    providers: tuple[str, ...] = ()
    ratings: tuple[tuple[str, str], ...] = ()
    urls: tuple[str, ...] = ()
    licence: str = ""
    wording: Wording = "verbatim"
    added: str = ""
    origin: str = ""
    from_page_1: tuple[str, ...] = ()
    title_note: str = ""
    publisher_note: str = ""
    digest_label: str = field(default=DIGEST_LABEL, compare=False, repr=False)

    @property
    def url(self) -> str:
        """Return the address to show: the first one given, or nothing."""
        return self.urls[0] if self.urls else ""

    @property
    def is_digest(self) -> bool:
        """Tell whether the words are this project's own about the publication, not the publication's."""
        return self.wording == "digest"

    def is_digest_of(self, other: Source) -> bool:
        """Tell whether this is a digest of the publication whose own words the other is: both name the same address.

        >>> digest = Source("a", "A", "P", "report", urls=("http://example.org/a/",), wording="digest")
        >>> digest.is_digest_of(Source("b", "B", "P", "report", urls=("https://www.example.org/a",)))
        True
        """
        return self.is_digest and not other.is_digest and not _pages(self.urls).isdisjoint(_pages(other.urls))

    @property
    def places(self) -> tuple[str, ...]:
        """Return the places that ``area`` names, each once, without what stands in brackets.

        >>> Source("a", "A", "P", "report", area="Gwent (part); Kent; Gwent (Wales)").places
        ('Gwent', 'Kent')
        """
        parts = (part.strip() for part in _IN_BRACKETS.sub("", self.area).split(";"))
        return tuple(dict.fromkeys(part for part in parts if part))

    @property
    def area_in_words(self) -> str:
        """Return the area, with a mark where it was read from the first page.

        >>> Source("a", "A", "P", "report", area="Gwent", from_page_1=("area",)).area_in_words
        'Gwent (read from page 1)'
        """
        return marked(self.area, self._mark("area"))

    @property
    def title_in_words(self) -> str:
        """Return the title, with a mark where it may not be the report's.

        >>> Source("a", "scan 12", "P", "report", title_note=FROM_FILE_NAME).title_in_words
        "scan 12 (read from the file's name)"
        """
        return marked(self.title, self.title_note)

    @property
    def publisher_in_words(self) -> str:
        """Return the publisher, with that mark."""
        return marked(self.publisher, self.publisher_note)

    @property
    def uncertain(self) -> dict[str, str]:
        """Return what may be wrong of title, publisher and date, each with where it was read.

        >>> Source("a", "A", "P", "report", PartialDate("2013", "the day the file was made")).uncertain
        {'published': "read from the file's data"}
        """
        notes = {"title": self.title_note, "publisher": self.publisher_note, "published": self.published.doubt}
        return {name: note for name, note in notes.items() if note}

    @property
    def about(self) -> str:
        """Return the area and the providers, with that mark."""
        return ", ".join(filter(None, (self.area_in_words, *self.providers)))

    @property
    def ratings_mark(self) -> str:
        """Return what must be said with the ratings: nothing where somebody stated them."""
        return self._mark("ratings")

    @property
    def ratings_in_words(self) -> tuple[str, ...]:
        """Return what was rated and how, with that mark."""
        return tuple(marked(f"{subject}: {rating}", self.ratings_mark) for subject, rating in self.ratings)

    def _mark(self, name: str) -> str:
        return FROM_PAGE_1 if name in self.from_page_1 else ""

    @property
    def plain_providers(self) -> tuple[str, ...]:
        """Return the providers without what stands in brackets: who owned a company changes, the company does not."""
        return tuple(_IN_BRACKETS.sub("", name) for name in self.providers)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Source:
        """Return the source of which ``to_json`` gave these values.

        Raises:
            DecodingError: it gave others.
        """
        date = {"iso": values.get("published", ""), "note": values.get("published_note", "")}
        return decode(cls, {name: values[name] for name in values if name != "published_note"} | {"published": date})

    def to_json(self) -> dict[str, Any]:
        """Return what JSON holds of it, here and in an index: the date is ISO text, and its note a value beside it."""
        values: dict[str, Any] = {}
        for name, value in asdict(self).items():
            if name == "digest_label":
                continue
            date = {"published": self.published.iso, "published_note": self.published.note}
            values |= date if name == "published" else {name: value}
        return values


@dataclass(frozen=True, slots=True)
class Block:
    """One structural piece of a document: a heading (with its level), paragraph, list item or table row."""

    kind: BlockKind
    span: Span
    level: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page starts in the text: ``pdf`` counts from 1, ``printed`` is the number on the paper.

    ``layer`` is ``image`` where the page shows something that has no text behind it (a scan): it could not be read. It
    is ``recognised`` where a program took its words from the picture: ``certainties`` then has, for each word of the
    page between white space, how sure the program is of it, in per cent.
    """

    start: int
    pdf: int
    printed: str = ""
    layer: PageLayer = "text"
    certainties: tuple[int, ...] = ()

    @property
    def certainty(self) -> int:
        """Return how sure the program is of the words of a recognised page in the mean, in per cent."""
        return round(sum(self.certainties) / max(1, len(self.certainties)))


@dataclass(frozen=True, slots=True)
class Recognised:
    """How sure a program is of words that it took from the picture of a page.

    ``certainty`` is the mean of the words, in per cent. ``doubtful`` are those of which it is less sure than
    ``DOUBTFUL``, or ``DOUBTFUL_FIGURES`` where they have figures, in their order.
    """

    certainty: int
    doubtful: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """Return what must be said wherever the words are shown.

        >>> Recognised(91, ("l4", "days")).in_words
        'recognised, may be wrong: 91% sure, least of “l4”, “days”'
        """
        least = f", least of {', '.join(f'“{word}”' for word in self.doubtful[:5])}" if self.doubtful else ""
        return f"{RECOGNISED}: {self.certainty}% sure{least}"


@dataclass(frozen=True, slots=True)
class Removal:
    """Text a reader left out: why, its words, how many characters, from which PDF page."""

    reason: str
    text: str
    characters: int
    page: int = 0


@dataclass(frozen=True)
class Document:
    """A report as it was read: frozen text, its structure and what was left out.

    ``file`` is the path below the corpus folder; ``file_sha256`` is over the file and its sidecar.
    """

    source: Source
    file: str
    file_sha256: str
    reader: str
    text: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...] = ()
    removals: tuple[Removal, ...] = ()

    def slice(self, span: Span) -> str:
        """Cut ``span`` out of the text."""
        return self.text[span.start : span.end]

    @cached_property
    def text_sha256(self) -> str:
        """SHA-256 of the UTF-8 text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def headings(self) -> tuple[Block, ...]:
        """Return the heading blocks, in order."""
        return tuple(block for block in self.blocks if block.kind == "heading")

    @cached_property
    def _heading_starts(self) -> tuple[int, ...]:
        return tuple(block.span.start for block in self.headings)

    def heading_path(self, offset: int) -> tuple[str, ...]:
        """Return the headings above ``offset``, outermost first."""
        path: list[str] = []
        deepest = 10
        for block in reversed(self.headings[: bisect_right(self._heading_starts, offset)]):
            if block.level < deepest:
                path.append(self.slice(block.span))
                deepest = block.level
        return tuple(reversed(path))

    def page(self, offset: int) -> Page | None:
        """Return the page that holds ``offset``.

        It is None where the format has no pages.
        """
        number = bisect_right([page.start for page in self.pages], offset)
        return self.pages[number - 1] if number else None

    @cached_property
    def recognised_pages(self) -> tuple[Page, ...]:
        """Return the pages whose words a program took from their pictures."""
        return tuple(page for page in self.pages if page.layer == "recognised")

    def recognised(self, span: Span) -> Recognised | None:
        """Return how sure a program is of what it recognised in ``span``.

        It is None where nothing there was recognised.
        """
        if not self.recognised_pages:
            return None
        ends = [*(page.start for page in self.pages[1:]), len(self.text)]
        found: list[tuple[str, int]] = []
        for page, end in zip(self.pages, ends, strict=True):
            if page.layer == "recognised" and page.start < span.end and span.start < end:
                words = _WORD.finditer(self.text, page.start, end)
                found += [
                    (word.group(), certainty)
                    for word, certainty in zip(words, page.certainties, strict=False)
                    if word.start() < span.end and span.start < word.end()
                ]
        if not found:
            return None
        mean = round(sum(certainty for _, certainty in found) / len(found))
        return Recognised(mean, tuple(word for word, certainty in found if certainty < _least(word)))


def _least(word: str) -> int:
    return DOUBTFUL_FIGURES if any(map(str.isdecimal, word)) else DOUBTFUL


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrievable piece of one document: a paragraph, list item or row, or part of a long one.

    ``lead_in`` is the sentence that opens the list ("The main findings were:"); it helps retrieval and
    is never part of the quote. ``sentences`` tile the passage but for the white space between them.
    """

    row: int
    document_id: str
    span: Span
    sentences: tuple[Span, ...]
    lead_in: Span | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval found.

    ``score`` is in [0, 1], higher is better, comparable within one question.
    """

    passage: Passage
    score: float
    cosine: float


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a document, by where they stand in it: the text is cut when it is asked for, so that it cannot differ.

    ``context_span`` is the passage around it. ``score`` is in [0, 1], comparable within one question; ``confidence``,
    in [0, 1], is the chance that the quote by itself answers, as far as signals tell, and ``status`` what follows
    from it. ``also_in`` are other documents that hold the same words.
    """

    document: Document
    span: Span
    context_span: Span
    score: float = 1.0
    confidence: float = 0.0
    status: Status = "not_found"
    also_in: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a place that the document does not have, or that lies outside its context."""
        if self.span not in self.context_span or self.context_span.end > len(self.document.text):
            raise ValueError(f"{self.span} in {self.context_span} is no place in {self.document.source.id}")

    @property
    def source(self) -> Source:
        """Return where the document comes from."""
        return self.document.source

    @property
    def text(self) -> str:
        """Return the words."""
        return self.document.slice(self.span)

    @property
    def context(self) -> str:
        """Return the passage that they stand in."""
        return self.document.slice(self.context_span)

    @property
    def heading(self) -> tuple[str, ...]:
        """Return the headings above them, outermost first."""
        return self.document.heading_path(self.span.start)

    @property
    def page(self) -> Page | None:
        """Return the page they begin on.

        It is None where the format has no pages.
        """
        return self.document.page(self.span.start)

    @property
    def recognised(self) -> Recognised | None:
        """Return how sure a program is of what it recognised of the words.

        It is None where nothing of them was.
        """
        return self.document.recognised(self.span)


def is_worth(status: Status, other: Status) -> bool:
    """Tell whether a status is as good as another or better."""
    order = get_args(Status)
    return order.index(status) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much was searched: documents and passages in scope, documents quoted."""

    documents: int
    passages: int
    documents_with_quotes: int


@dataclass(frozen=True, slots=True)
class Note:
    """A plain sentence about how a question was taken, and questions to ask instead, each of which is answered."""

    text: str
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A rating that a report gives: of what, and in which words of it.

    ``quote`` is None where only the report's metadata says so.
    """

    source: Source
    of: str
    rating: str
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """The answer to one part of a question, such as one side of a comparison, and what it is called."""

    label: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for one question, best quote first. ``near`` is filled only when nothing was found.

    The quotes that by themselves are worth the status stand before those that are only close: ``answering`` of them.
    ``definitions`` and ``ratings`` are known without a quote. Where there are ``parts``, the quotes are theirs in turn.
    """

    question: Question
    status: Status
    quotes: tuple[Quote, ...]
    coverage: Coverage
    generation: str
    near: tuple[Quote, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict, compare=False)
    definitions: tuple[Definition, ...] = ()
    notes: tuple[Note, ...] = ()
    ratings: tuple[RatingRow, ...] = ()
    parts: tuple[AnswerPart, ...] = ()

    @property
    def shown(self) -> tuple[Quote, ...]:
        """Return the quotes, or what is near where there are none."""
        return self.quotes or self.near

    @property
    def answering(self) -> int:
        """Count the quotes, from the first, that have the status of the answer or a better one by themselves."""
        return sum(is_worth(quote.status, self.status) for quote in self.quotes)


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """What one document says on a question: its best quote, or None where nothing in it answers."""

    source: Source
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class EveryAnswer:
    """One question put to every document in scope, newest first.

    There are as many entries as documents.
    """

    question: Question
    documents: tuple[DocumentAnswer, ...]
    coverage: Coverage
    generation: str
