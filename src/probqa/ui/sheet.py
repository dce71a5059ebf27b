"""A page of a PDF as a picture, with boxes round the words of a quote, and the ways to other pages and sizes.

In: which page, and where the words stand on it. Out: HTML. The boxes lie over the picture, each where PDFium has the
characters of the quote: nothing is looked for in the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from probqa.reading.page_pictures import Mark
from probqa.records import Document, Span
from probqa.ui.address import Parameters, first, link_to
from probqa.ui.markup import Markup, anchor
from probqa.ui.originals import picture_address

ZOOMS = (100, 150, 200, 300)
# Round a box, in parts of the picture, so that its frame touches no letter.
_AIR = 0.002


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a page that shows a picture beside its text scrolls to: in a narrow window the picture, else the text.

    There it is the marked words where they are on the ``page``, else the place where that page begins.
    """

    page: int
    at_words: bool
    name: str

    @property
    def beside(self) -> Markup:
        """Return the place in the text."""
        return Markup('<span class="pq-arrive-wide" data-arrive="{}" data-block="center"></span>').format(self.name)

    @property
    def above(self) -> Markup:
        """Return the place at the picture."""
        return Markup('<span class="pq-arrive-narrow" data-arrive="{}"></span>').format(self.name)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is shown: a page, from 1, at a size in per cent of its column, and the words that are marked.

    ``marks`` are None while it is not known where the words stand. ``note`` is what there is to say of them.
    ``arrival`` is None where nothing was linked to.
    """

    document: Document
    page: int
    zoom: int
    words: Span | None
    arrival: Arrival | None
    marks: Sequence[Mark] | None = ()
    note: str = ""

    @property
    def pages(self) -> list[int]:
        """Return the pages that have marks."""
        return sorted({mark.page for mark in self.marks or ()})


def shown(document: Document, given: Parameters, words: Span | None) -> Sheet:
    """Return what an address asks for: the page that it names, else the one where the words begin, else the first."""
    begins = document.page(words.start) if words else None
    named = first(given, "page")
    page = begins.pdf if begins else 1
    if named.isdecimal() and named.isascii() and len(named) < 5 and 1 <= int(named) <= len(document.pages):
        page = int(named)
    size = first(given, "zoom")
    zoom = next((zoom for zoom in ZOOMS if str(zoom) == size), ZOOMS[0])
    arrival = None
    if words or named:
        name = f"{page}.{words.start}-{words.end}" if words else str(page)
        arrival = Arrival(page, begins is not None and begins.pdf == page, name)
    return Sheet(document, page, zoom, words, arrival)


def figure(shown: Sheet, given: Parameters) -> Markup:
    """Return the picture of a page, and the ways to others.

    ``given`` are the parameters of this address, which its links go on from.
    """
    return Markup(
        '<figure class="pq-paper" aria-label="{name} as a picture">{arrival}{ways}'
        '<div class="pq-sheet" role="region" tabindex="0" aria-label="{name}, which scrolls">'
        '<div class="pq-leaf" style="width:{zoom}%"><img src="{address}" alt="{said}">{boxes}</div></div>'
        '<figcaption class="pq-small">{caption}</figcaption></figure>'
    ).format(
        name=_name(shown.document, shown.page),
        arrival=shown.arrival.above if shown.arrival else "",
        ways=_ways(shown, given),
        zoom=shown.zoom,
        address=picture_address(shown.document, shown.page),
        said=_alternative(shown),
        boxes=Markup("").join(_box(mark) for mark in shown.marks or () if mark.page == shown.page),
        caption=_caption(shown, given),
    )


def _name(document: Document, number: int) -> str:
    """Return what a page is called: "Page 12 (PDF page 16 of 60)"."""
    page, count = document.pages[number - 1], len(document.pages)
    if page.printed == str(page.pdf):
        return f"Page {page.pdf} of {count}"
    of = f"PDF page {page.pdf} of {count}"
    return f"Page {page.printed} ({of})" if page.printed else of


def _alternative(shown: Sheet) -> str:
    """Return what the picture says, for those who do not see it."""
    name = _name(shown.document, shown.page)
    if shown.words and shown.page in shown.pages:
        return f"{name}. Marked on it: “{shown.document.slice(shown.words)}”"
    return f"{name}. Its words stand in the text of the report on this page."


def _ways(shown: Sheet, given: Parameters) -> Markup:
    last = len(shown.document.pages)
    bigger = next((zoom for zoom in ZOOMS if zoom > shown.zoom), None)
    smaller = next((zoom for zoom in reversed(ZOOMS) if zoom < shown.zoom), None)
    ways = [
        _way("Previous page", given, {"page": shown.page - 1} if shown.page > 1 else None),
        _way("Next page", given, {"page": shown.page + 1} if shown.page < last else None),
        _way("Larger", given, {"page": shown.page, "zoom": bigger} if bigger else None),
        _way("Smaller", given, {"page": shown.page, "zoom": smaller} if smaller else None),
    ]
    return Markup('<p class="pq-ways"><b>{}</b>{}</p>').format(_name(shown.document, shown.page), Markup("").join(ways))


def _way(words: str, given: Parameters, changed: Mapping[str, int] | None) -> Markup:
    """Return a link to the same report seen otherwise, and only its words where there is no more of that."""
    if changed is None:
        return Markup('<span class="pq-no-way">{}</span>').format(words)
    return anchor(_changed(given, changed), words)


def _changed(given: Parameters, changed: Mapping[str, int]) -> str:
    return link_to("read", {**given, **{name: [str(value)] for name, value in changed.items()}})


def _box(mark: Mark) -> Markup:
    left, top = max(0.0, mark.left - _AIR), max(0.0, mark.top - _AIR)
    return Markup('<span class="pq-box" style="left:{}%;top:{}%;width:{}%;height:{}%"></span>').format(
        *(f"{100 * share:.3f}" for share in (left, top, mark.right + _AIR - left, mark.bottom + _AIR - top))
    )


def _caption(shown: Sheet, given: Parameters) -> Markup:
    """Return what is marked, and where the rest of it is."""
    if shown.words is None:
        return Markup("The page as it was published.")
    if shown.marks is None:
        return Markup("Finding out where the words stand on the page …")
    if shown.note or not shown.marks:
        return Markup("{}").format(shown.note or "The words are printed nowhere on these pages.")
    others = [page for page in shown.pages if page != shown.page]
    leads = Markup(", ").join(anchor(_changed(given, {"page": page}), f"PDF page {page}") for page in others)
    if shown.page not in shown.pages:
        return Markup("The marked words are on {}.").format(leads)
    rest = Markup(" They go on on {}.").format(leads) if others and others[0] > shown.page else Markup("")
    rest = Markup(" They begin on {}.").format(leads) if others and others[0] < shown.page else rest
    return Markup("The boxes are where the file itself has these words.{}").format(rest)
