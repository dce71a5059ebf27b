"""Check a quote: is it what the report says?

In: a pasted text. Out: for each quote in it what became of it, the words that differ, and where it stands.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import streamlit as st

from probqa.asking.library import Library
from probqa.checking.check import check
from probqa.checking.differences import Piece, pieces_of
from probqa.checking.verdicts import FLAGS, MIN_CHARACTERS, MIN_WORDS, CheckedQuote, CheckReport, NamedReport, Place
from probqa.errors import InputError
from probqa.records import Quote
from probqa.rendering import label, page_in_words
from probqa.ui import basket, frame
from probqa.ui.cards import original, reading_link
from probqa.ui.frame import escaped

TITLE = "Check a quote"
PROMISE = "Paste a sentence or a paragraph. Each quote in it is compared with the reports, word for word."
STYLE = Path(__file__).with_name("check.css")
OPEN_PLACES = 2
MOST_PLACES = 10

# The status in words, and a sign for those who look for one; neither is told by colour alone.
_STATUS = {
    "found": ("✓", "Found word for word"),
    "altered": ("≠", "Altered"),
    "elsewhere": ("↷", "In another report than the one named"),
    "absent": ("∅", "Not in these reports"),
    "too_short": ("–", "Too short to check"),
}
_COUNTED = {
    "found": "found word for word",
    "altered": "altered",
    "elsewhere": "in another report than the one named",
    "absent": "not in these reports",
    "too_short": "too short to check",
}
_KEY = "checked"


def draw(library: Library) -> None:
    """Draw the form, and what became of the text that was last sent."""
    st.html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")
    frame.heading(TITLE, PROMISE)
    with st.form("check", border=False):
        text = st.text_area(
            "The quote, or a text with quotes in quote marks", height=160, key="check-text", persist_state="session"
        )
        named = st.text_input(
            "The report it is said to be from, if one is named: a title, or an area and a year",
            key="check-named",
            persist_state="session",
        )
        sent = st.form_submit_button("Check", type="primary")
    if sent or text.strip():
        try:
            report = _checked(library, text, named)
        except InputError as error:
            frame.notice(f"{error.problem[0].upper()}{error.problem[1:]}", f"{error.remedy.capitalize()}.", "refused")
        else:
            _draw_report(library, report)
    frame.foot()


def summary(report: CheckReport) -> str:
    """One sentence of counts.

    >>> from probqa.records import Span
    >>> quotes = tuple(CheckedQuote("x", Span(0, 1), status) for status in ("altered", "found", "found"))
    >>> summary(CheckReport("x", quotes, (), 112))
    '3 quotes checked against 112 reports: 2 found word for word, 1 altered.'
    """
    statuses = [quote.status for quote in report.quotes]
    counts = [f"{statuses.count(status)} {words}" for status, words in _COUNTED.items() if status in statuses]
    quotes = "1 quote" if len(statuses) == 1 else f"{len(statuses)} quotes"
    reports = "1 report" if report.documents == 1 else f"{report.documents} reports"
    return f"{quotes} checked against {reports}: {', '.join(counts)}."


def difference(pieces: list[Piece]) -> str:
    """A quote with what differs as HTML: struck through and underlined, and said to those who cannot see it."""
    return "".join(map(_piece, pieces))


def _checked(library: Library, text: str, named: str) -> CheckReport:
    """The report on what was sent, worked out once while the page stays open."""
    asked = (library.generation.name, text, named.strip())
    kept = st.session_state.get(_KEY)
    if kept is None or kept[0] != asked:
        kept = st.session_state[_KEY] = (asked, check(library.generation, text, named.strip() or None))
    report: CheckReport = kept[1]
    return report


def _draw_report(library: Library, report: CheckReport) -> None:
    digests = sum(document.source.wording == "digest" for document in library.generation.all_documents())
    top = st.container()
    for number, quote in enumerate(report.quotes, start=1):
        with st.container(gap=None):
            st.html(_verdict(report, quote, number, digests))
            if quote.status in ("found", "elsewhere"):
                basket.button(_as_quote(quote.places[0]), f"check-{number}")
    said = escaped(summary(report))
    # page.js brings this into view and has it read out, once for each text; sent last, when there is room to scroll.
    name = f"check-{zlib.crc32(repr((report.text, report.named)).encode('utf-8', 'replace'))}"
    top.html(
        f'<p class="pq-finding pq-summary" data-arrive="{name}" data-said="{said}">{said}</p>'
        + "".join(map(_named, report.named))
        + (_LEGEND if any(quote.operations for quote in report.quotes) else "")
    )


_LEGEND = (
    '<p class="pq-legend">How to read the differences: <del>struck through</del> stands in the report and not in the '
    "pasted text; <ins>underlined twice</ins> stands in the pasted text and not in the report.</p>"
)


def _named(named: NamedReport) -> str:
    which = f"The report named “{escaped(named.text)}”"
    count = len(named.document_ids)
    if count == 0:
        return f'<p class="pq-named">{which} is not among these.</p>'
    return f'<p class="pq-named">{which} is {"here" if count == 1 else f"one of {count} here"}.</p>'


def _verdict(report: CheckReport, quote: CheckedQuote, number: int, digests: int) -> str:
    sign, words = _STATUS[quote.status]
    pieces = pieces_of(report.text, quote)
    return (
        f'<section class="pq-verdict pq-is-{quote.status}" aria-labelledby="verdict-{number}">'
        f'<h2 class="pq-sub" id="verdict-{number}"><span class="pq-sign" aria-hidden="true">{sign}</span> '
        f"{number}. {words}</h2>"
        f'<blockquote class="pq-quote pq-pasted">{difference(pieces)}</blockquote>'
        f"{_reasons(quote, digests)}{_places(quote)}</section>"
    )


def _reasons(quote: CheckedQuote, digests: int) -> str:
    """What is to be said of a quote besides its status, a sentence each."""
    reasons = [FLAGS[flag] for flag in quote.flags if flag != "elsewhere"]
    if quote.status == "too_short":
        reasons.append(f"give at least {MIN_WORDS} words and {MIN_CHARACTERS} characters")
    if quote.status == "absent":
        reasons.append("nothing in them comes close to these words")
        if digests:
            reasons.append(f"{digests} of them are digests: the original may hold these words all the same")
    if any(place.source.wording == "digest" for place in quote.places):
        reasons.append("compared with this project's digest of the report, not with the report's own words")
    for place in quote.places[:1]:
        if place.denied:
            reasons.append(f"“{place.denied}” stands before these words in the report's sentence")
        if place.forgiven:
            reasons.append(f"overlooked, since it changes no word: {', '.join(place.forgiven)}")
    said = " ".join(f"{reason[0].upper()}{reason[1:]}." for reason in reasons)
    return f'<p class="pq-reasons">{escaped(said)}</p>' if said else ""


def _piece(piece: Piece) -> str:
    place = f'<span class="pq-place-number">[from place {piece.place}] </span>' if piece.place else ""
    text = escaped(piece.text)
    if piece.kind == "same":
        return place + text
    tag, side = ("del", "report") if piece.kind == "missing" else ("ins", "pasted text")
    hidden = '<span class="pq-hidden">'
    return f"{place}<{tag}>{hidden}[only in the {side}: </span>{text}{hidden}]</span></{tag}>"


def _places(quote: CheckedQuote) -> str:
    stitched = "stitched" in quote.flags
    says = "The digest says" if quote.places and quote.places[0].source.wording == "digest" else "The report says"
    heading = says if quote.status == "altered" else "Where it stands"
    drawn = [_place(place, number if stitched else 0) for number, place in enumerate(quote.places[:MOST_PLACES], 1)]
    if not drawn:
        return ""
    shown = len(drawn) if stitched else OPEN_PLACES
    rest = "".join(drawn[shown:])
    others = quote.place_count - shown
    folded = (
        f'<details class="pq-rest"><summary>Show {others} more</summary>{rest}{_left(quote)}</details>' if rest else ""
    )
    return f'<h3 class="pq-side">{heading}</h3>{"".join(drawn[:shown])}{folded}'


def _left(quote: CheckedQuote) -> str:
    left = quote.place_count - MOST_PLACES
    return f"<p>And {left} more.</p>" if left > 0 else ""


def _place(place: Place, number: int) -> str:
    quote = _as_quote(place)
    source = place.source
    facts = [
        source.publisher,
        source.published.in_words,
        " › ".join(place.heading),
        page_in_words(quote),
    ]
    title = f"{f'[{number}] ' if number else ''}<cite>{escaped(source.title)}</cite>"
    badge = f'<p class="pq-badge">{escaped(label(source))}</p>' if label(source) else ""
    return (
        f'<article class="pq-card"><blockquote class="pq-quote pq-there">{_marked(place)}</blockquote>'
        f'<p class="pq-source">{title}{"".join(f" · {escaped(fact)}" for fact in facts if fact)}</p>{badge}'
        f'<p class="pq-actions"><span><a class="pq-go" href="{escaped(reading_link(quote))}">Read in context</a></span>'
        f"{_original(quote)}</p></article>"
    )


def _original(quote: Quote) -> str:
    url = original(quote)
    if not url:
        return ""
    return f'<span><a href="{escaped(url)}" target="_blank" rel="noopener noreferrer nofollow">Open original</a></span>'


def _marked(place: Place) -> str:
    """The paragraph with the words that were quoted marked; cut by offset."""
    html, at, start = "", 0, place.context_span.start
    for part in place.parts:
        html += _neighbour(place.context[at : part.start - start])
        html += f'<mark class="pq-words">{escaped(place.context[part.start - start : part.end - start])}</mark>'
        at = part.end - start
    return html + _neighbour(place.context[at:])


def _neighbour(text: str) -> str:
    return f'<span class="pq-context">{escaped(text)}</span>' if text else ""


def _as_quote(place: Place) -> Quote:
    return Quote(
        source=place.source,
        span=place.span,
        text=place.text,
        context_span=place.context_span,
        context=place.context,
        heading=place.heading,
        page=place.page,
        score=1.0,
    )
