"""The parts of a citation that every format shares, put into words once.

In: a ``Quote`` and the day it was read. Out: a ``Citation``, whose texts are safe to show and to store anywhere.

>>> shown("a\\u202eb\\x00\\r\\nc")
'a[U+202E]b[U+0000]\\nc'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote as percent_encoded
from urllib.parse import urldefrag, urlsplit

from probqa.dates import PartialDate
from probqa.records import Quote, Source
from probqa.rendering import page_in_words, quote_label, quoted, visible
from probqa.text import CONTROLS, HALVES

# Who wrote the digests.
PROJECT = "probqa"

# Controls, halves of characters and non-characters: XML and UTF-8 refuse them, a terminal may obey them.
_UNFIT = re.compile(rf"(?![\t\n])[{CONTROLS}{HALVES}\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote with all that is said of it.

    A text that is not known is empty. All but ``text`` are one line. ``page`` is in words, ``printed`` is the number on
    the paper. ``label`` is never empty for a digest and for recognised words. Where ``is_digest``, title, publisher,
    date, address and licence are those of the publication that the digest is about.
    """

    is_digest: bool
    document_id: str
    start: int
    end: int
    text: str
    label: str
    title: str
    publisher: str
    published: PartialDate
    page: str
    printed: str
    section: str
    address: str
    licence: str
    accessed: date

    @property
    def when(self) -> str:
        """Return the day, month or year of publication in words, or "undated"."""
        return self.published.in_words or "undated"

    @property
    def words(self) -> str:
        """Return the text as it stands in prose: in quotation marks where it is the publication's own."""
        return quoted(self.text, is_digest=self.is_digest)

    @property
    def author(self) -> str:
        """Return who wrote the words: the publisher, or this project where they are a digest's."""
        return PROJECT if self.is_digest else self.publisher

    @property
    def own_title(self) -> str:
        """Return what the words stand in: the publication, or the digest of it."""
        return f"Digest of: {self.title}" if self.is_digest else self.title

    @property
    def under(self) -> str:
        """Return the headings above the words, if there are any, for use in a sentence."""
        if not self.section:
            return ""
        return f"under the digest’s heading {self.section}" if self.is_digest else f"under “{self.section}”"

    @property
    def around_title(self) -> tuple[str, str]:
        """Return what a reference says before the title and what it says after."""
        before = f"{self.publisher}, " if self.publisher else ""
        written = f"Digest by {PROJECT} of: " if self.is_digest else ""
        return written + before, ", ".join(part for part in (f" ({self.when})", self.page, self.under) if part) + "."

    @property
    def terms(self) -> str:
        """Return the day on which the source was read, with its licence line."""
        whose = "Licence of the publication" if self.is_digest else "Licence"
        return f"Accessed {PartialDate(self.accessed.isoformat()).in_words}. {whose}: {self.licence}."


def cite(quote: Quote, accessed: date) -> Citation:
    """Make the citation of a quote."""
    source = quote.source
    return Citation(
        is_digest=source.is_digest,
        document_id=source.id,
        start=quote.span.start,
        end=quote.span.end,
        text=shown(quote.text),
        label=one_line(quote_label(quote)),
        title=one_line(source.title_in_words),
        publisher=one_line(source.publisher_in_words),
        published=source.published,
        page=one_line(page_in_words(quote)),
        printed=one_line(quote.page.printed) if quote.page else "",
        section=one_line(" › ".join(quote.heading)),
        address=address(quote),
        licence=licence(source),
        accessed=accessed,
    )


def address(quote: Quote) -> str:
    """Return the web address of the original, at the quote's page where that is a PDF.

    Empty where the source has no address on the web.

    >>> from probqa.records import Document, Page, Span
    >>> source = Source("a", "A", "P", "report", urls=("https://example.org/a b.pdf#top",))
    >>> document = Document(source, "a.pdf", "0" * 64, "pdf 1", "x", (), (Page(0, 3),))
    >>> address(Quote(document, Span(0, 1), Span(0, 1)))
    'https://example.org/a%20b.pdf#page=3'
    """
    url = web_address(quote.source)
    if quote.page and urlsplit(url).path.lower().endswith(".pdf"):
        return f"{urldefrag(url).url}#page={quote.page.pdf}"
    return url


def web_address(source: Source) -> str:
    """Return the web address of a source, percent-encoded.

    Only characters that may not stand in an address are encoded. Empty where the address is not one of the web.
    """
    if not re.match(r"https?://[^/]", source.url, re.IGNORECASE):
        return ""
    try:
        urlsplit(source.url)
    except ValueError:
        return ""
    return percent_encoded(source.url, safe="%/:?#[]@!$&'()*+,;=-._~", errors="replace")


def licence(source: Source) -> str:
    """Return the licence line of a source."""
    return one_line(source.licence).rstrip(".") or "not stated"


def shown(text: str) -> str:
    """Make hidden and unfit characters of a text visible.

    These are direction marks and all that a file may not hold. Every line break becomes the same one.
    """
    text = visible(re.sub("\r\n?|\u2028|\u2029", "\n", text))
    return _UNFIT.sub(lambda match: f"[U+{ord(match.group()):04X}]", text)


def one_line(text: str) -> str:
    """Return a text as it is shown, on one line.

    Each line break, with the white space round it, becomes one space.

    >>> one_line("a \\n\\n  b")
    'a b'
    """
    return re.sub(r"(?<![ \t])[ \t]*+\n\s*+", " ", shown(text)).replace("\t", " ").strip()
