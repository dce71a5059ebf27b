"""The command that shows the words of a link where they stand, and the picture of their page.

In: a link, as the page and ``--json`` give it. Out: the words with their source, printed, and a PNG file.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from probqa.cli.terminal import Add, say
from probqa.errors import InputError, ReadingError
from probqa.records import Document, Span
from probqa.settings import Settings


def offer(add: Add) -> None:
    """Add the command with its options."""
    show = add("show", _show, "Show the words of a link where they stand now, and their page as a picture.")
    show.add_argument("link", metavar="QUOTE-LINK", help="the address of Read in context, or link of --json")
    show.add_argument("--png", metavar="FILE", help="write the page of a PDF with the words marked")


def _show(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing.generation import Generation
    from probqa.links import find, read_link
    from probqa.records import Quote
    from probqa.rendering import quote_to_text, visible_line

    given = read_link(options.link)
    with closing(Generation.live(chosen.index)) as generation:
        document = generation.document(given["document"][0])
        if document is None:
            raise InputError(
                f"there is no document {visible_line(given['document'][0])!r} in the index", "list them: probqa list"
            )
        found = find(document, given)
        if found is None:
            raise InputError("the link names a report, but no words of it", "give one that Read in context has")
        if found.span is None:
            say(f"the words are not in this edition of {document.source.title}", to_errors=True)
            return 1
        if found.state == "moved":
            said = "note: the text has changed since the link was made; the words stand in it still"
            said += f", {found.places} times: the place nearest to the old one is shown" if found.places > 1 else ""
            say(said, to_errors=True)
        say(quote_to_text(Quote(document, found.span, found.span)))
        if options.png:
            _write_pictures(document, found.span, chosen, Path(options.png))
    return 0


def _write_pictures(document: Document, span: Span, chosen: Settings, file: Path) -> None:
    """Write the picture of the page of the words, and of each further page they go on on, with its number."""
    from probqa.reading.page_pictures import draw_page, has_pictures, read_places

    if not has_pictures(document):
        raise InputError(f"{document.source.id} is no PDF", "leave --png out: it has no pages that could be drawn")
    try:
        marks = read_places(document, chosen.corpus).marks(span)
        pages = sorted({mark.page for mark in marks})
        pictures = {page: draw_page(document, chosen.corpus, page, marks, "png") for page in pages}
    except ReadingError as error:
        raise ReadingError(f"{document.file} {error.problem}", error.remedy) from error
    for page, picture in pictures.items():
        target = file if page == pages[0] else file.with_stem(f"{file.stem}-page-{page}")
        target.write_bytes(picture)
        say(f"PDF page {page} written to {target}", to_errors=True)
