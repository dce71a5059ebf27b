"""Check a quote: is it what the report says?

In: a pasted text, one in the address, or a whole draft as a file. Out: for each quote in it what became of it, the
words that differ, and where it stands; a Word copy with comments; of a text also an address that shows the same check.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile

from probqa.asking.library import Library
from probqa.checking.check import check
from probqa.checking.differences import Piece, not_checked, pieces_of
from probqa.checking.verdicts import (
    FLAGS,
    MIN_CHARACTERS,
    MIN_WORDS,
    CheckedQuote,
    CheckReport,
    Place,
    describe_name,
)
from probqa.checking.word_copy import to_word
from probqa.errors import InputError
from probqa.links import reading_link
from probqa.records import Removal
from probqa.rendering import label, page_in_words
from probqa.text import half_character
from probqa.ui import basket, drafts, frame, side_bar
from probqa.ui.cards import actions, badge, neighbour, original, tag, whose
from probqa.ui.markup import Markup, anchor, original_anchor
from probqa.ui.uploads import MAX_BYTES

TITLE = "Check a quote"
PROMISE = (
    "Paste a sentence or a paragraph, or choose a whole draft. Each quote in it is compared with the reports, word for "
    "word."
)
STYLE = Path(__file__).with_name("check.css")
# What stands in an address passes every proxy up to this length, percent signs included.
MAX_ADDRESS = 6_000
OPEN_PLACES = 2
MOST_PLACES = 10
# Of a draft: so many quotes are drawn, and so much of what was left out is listed.
MOST_QUOTES = 100
MOST_REMOVALS = 50
REMOVAL_CHARACTERS = 200
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

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
_TEXT, _NAMED, _SHOWN = "check-text", "check-named", "check-address"
_GIVEN, _FILE, _DRAFT = "check-given", "check-file", "check-draft"
_PASTED, _CHOSEN = "A quote or a text", "A whole draft, as a file"
_TEXT_LABEL = "The quote, or a text with quotes in quote marks"
_NAME = "The report it is said to be from, if one is named: a title, or an area and a year"


def draw(library: Library) -> None:
    """Draw the form, and what became of the text that was last sent, or of the file that was last chosen."""
    frame.draw_style(STYLE)
    frame.heading(TITLE, PROMISE)
    try:
        if frame.plain():
            _draw_plainly(library)
        elif _is_draft():
            _draw_draft(library)
        else:
            _draw_text(library)
    except InputError as error:
        problem, remedy = (f"{words[0].upper()}{words[1:]}" for words in (error.problem, error.remedy))
        frame.notice(problem, f"{remedy}.", "refused")
    frame.foot(library.generation.domain)


def _draw_plainly(library: Library) -> None:
    """Draw the form and the check of a text without scripts, which giving a draft would need."""
    text, named = _in_address().values()
    boxes = side_bar.labelled(_TEXT_LABEL, Markup('<textarea name="text" rows="6">{}</textarea>').format(text))
    boxes += side_bar.labelled(_NAME, Markup('<input name="named" value="{}">').format(named))
    frame.draw(side_bar.plain_form(boxes, "Check", instead=("text", "named")))
    if text.strip():
        report = check(library.generation, text, named.strip() or None)
        digests = _digests(library)
        frame.draw(Markup('<p class="pq-finding pq-summary">{}</p>').format(summary(report)))
        frame.draw(Markup("").join(map(_note, _notes(report))))
        for number, quote in enumerate(report.quotes[:MOST_QUOTES], start=1):
            frame.draw(_verdict(report, quote, number, digests))


def _is_draft() -> bool:
    """Draw what can be checked, and tell whether a draft was chosen."""
    _fill_from_address()
    given = st.radio(
        "What to check", (_PASTED, _CHOSEN), key=_GIVEN, horizontal=True, persist_state="session", width="stretch"
    )
    return given == _CHOSEN


def _draw_text(library: Library) -> None:
    with st.form("check", border=False):
        text = st.text_area(_TEXT_LABEL, height=160, key=_TEXT, persist_state="session")
        named = st.text_input(_NAME, key=_NAMED, persist_state="session")
        sent = st.form_submit_button("Check", type="primary")
    if sent:
        _put_in_address(text, named)
    if sent or text.strip():
        report = _checked(library, text, named)
        if st.session_state.get(_SHOWN, {}).get("text"):
            address = "The address of this page shows this check again, on any machine that can open it."
        else:
            address = "This text is too long for an address: to show this check to others, send them the text."
        _draw_report(library, report, Markup("").join(map(_note, [*_notes(report), address])))


def _draw_draft(library: Library) -> None:
    box = f"{_FILE}-{st.session_state.setdefault(_FILE, 0)}"
    given: UploadedFile | DeletedFile | None = st.session_state.get(box)
    if given:
        # The next one has an empty box of its own: this file is not on the server any more.
        st.session_state[_FILE] += 1
        box = f"{_FILE}-{st.session_state[_FILE]}"
    named = st.text_input(_NAME, key=_NAMED, persist_state="session")
    st.file_uploader(
        f"The draft: a {drafts.kinds()} file of at most {MAX_BYTES >> 20} MB. It is checked as soon as it is "
        "chosen, and the file is not kept.",
        key=box,
    )
    if given:
        st.session_state.pop(_DRAFT, None)
        st.session_state[_DRAFT] = _read(given)
    draft: drafts.Draft | None = st.session_state.get(_DRAFT)
    if draft:
        report = _checked(library, draft.text, named, is_draft=True)
        read = f"Read: “{draft.name}”. Its words are kept for this page alone, until you close it or reload it."
        notes = map(_note, [read, *_notes(report)])
        _draw_report(library, report, Markup("").join((*notes, _left_out(draft.removals))))


def _read(given: UploadedFile | DeletedFile) -> drafts.Draft:
    if isinstance(given, DeletedFile):
        raise InputError("the file did not stay long enough to be read", "choose it again")
    content = drafts.take(given)
    with st.spinner("Reading the draft"), drafts.turn():
        return drafts.read(given.name, content)


def summary(report: CheckReport) -> str:
    """Return one sentence of counts.

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


def difference(pieces: list[Piece]) -> Markup:
    """Return a quote with what differs struck through and underlined, and said to those who cannot see it."""
    return Markup("").join(map(_piece, pieces))


def _fill_from_address() -> None:
    """Put what the address says into the boxes, once for each address."""
    here = _in_address()
    if here != st.session_state.get(_SHOWN, {"text": "", "named": ""}):
        st.session_state[_SHOWN] = here
        st.session_state[_TEXT], st.session_state[_NAMED] = here["text"], here["named"]


def _in_address() -> dict[str, str]:
    given = frame.parameters()
    return {name: given.get(name, [""])[-1] for name in ("text", "named")}


def _put_in_address(text: str, named: str) -> None:
    """Make the address one that shows this check, unless it would be too long."""
    here = {"text": text, "named": named}
    if not text.strip() or half_character(text + named) or len(urlencode(here)) > MAX_ADDRESS:
        here = {"text": "", "named": ""}
    st.session_state[_SHOWN] = here
    st.query_params.from_dict({name: value for name, value in here.items() if value})


def _checked(library: Library, text: str, named: str, *, is_draft: bool = False) -> CheckReport:
    """Return the report on what was sent, worked out once while the page stays open."""
    asked = (library.generation.name, text, named.strip(), is_draft)
    kept = st.session_state.get(_KEY)
    if kept is None or kept[0] != asked:
        work = partial(check, library.generation, text, named.strip() or None, is_draft=is_draft)
        if is_draft:
            with st.spinner("Checking each quote of the draft"), drafts.turn():
                report = work()
        else:
            report = work()
        kept = st.session_state[_KEY] = (asked, report)
    checked: CheckReport = kept[1]
    return checked


def _draw_report(library: Library, report: CheckReport, notes: Markup) -> None:
    digests = _digests(library)
    top = st.container()
    for number, quote in enumerate(report.quotes[:MOST_QUOTES], start=1):
        frame.draw(_verdict(report, quote, number, digests))
    # page.js brings this into view and has it read out, once for each text; sent last, when there is room to scroll.
    name = f"check-{zlib.crc32(repr((report.text, report.named)).encode('utf-8', 'replace'))}"
    with top:
        frame.draw(
            Markup(
                '<p class="pq-finding pq-summary" data-arrive="{name}" data-said="{summary}">{summary}</p>'
                "{notes}{legend}"
            ).format(
                name=name,
                summary=summary(report),
                notes=notes,
                legend=_LEGEND if any(quote.operations for quote in report.quotes) else Markup(""),
            )
        )
        # Made when it is asked for.
        st.download_button(
            "Download as Word, with a comment at each quote",
            partial(to_word, report),
            "checked.docx",
            WORD,
            key="check-word",
            on_click="ignore",
        )


def _digests(library: Library) -> int:
    return sum(source.is_digest for source in library.generation.sources)


_LEGEND = Markup(
    '<p class="pq-legend">How to read the differences: <del>struck through</del> stands in the report and not in the '
    "text that is checked; <ins>underlined twice</ins> stands in that text and not in the report.</p>"
)


def _notes(report: CheckReport) -> Iterator[str]:
    yield from map(describe_name, report.named)
    if unchecked := not_checked(report):
        yield unchecked
    if len(report.quotes) > MOST_QUOTES:
        yield f"The first {MOST_QUOTES} of {len(report.quotes)} quotes are shown here; all are in the Word copy."


def _note(text: str) -> Markup:
    return Markup('<p class="pq-named">{}</p>').format(text)


def _left_out(removals: Iterable[Removal]) -> Markup:
    """Return what of a draft was not read, and so not checked, folded."""
    listed = [_removal(removal) for removal in removals]
    if not listed:
        return Markup("")
    rest = len(listed) - MOST_REMOVALS
    more = Markup("<p>And {} more.</p>").format(rest) if rest > 0 else Markup("")
    parts = "1 part of the file" if len(listed) == 1 else f"{len(listed)} parts of the file"
    return Markup(
        '<details class="pq-fold pq-named"><summary>Not read, and so not checked: {}</summary><ul>{}</ul>{}</details>'
    ).format(parts, Markup("").join(listed[:MOST_REMOVALS]), more)


def _removal(removal: Removal) -> Markup:
    where = f", page {removal.page} of the file" if removal.page else ""
    cut = " …" if removal.characters > REMOVAL_CHARACTERS else ""
    return Markup("<li>{}{}: {}{}</li>").format(removal.reason, where, removal.text[:REMOVAL_CHARACTERS], cut)


def _verdict(report: CheckReport, quote: CheckedQuote, number: int, digests: int) -> Markup:
    sign, words = _STATUS[quote.status]
    return Markup(
        '<section class="pq-verdict pq-is-{status}" aria-labelledby="verdict-{number}">'
        '<h2 class="pq-sub" id="verdict-{number}"><span class="pq-sign" aria-hidden="true">{sign}</span> '
        "{number}. {words}</h2>"
        '<blockquote class="pq-quote pq-pasted">{difference}</blockquote>{reasons}{places}{keep}</section>'
    ).format(
        status=quote.status,
        number=number,
        sign=sign,
        words=words,
        difference=difference(pieces_of(report.text, quote)),
        reasons=_reasons(quote, digests),
        places=_places(quote),
        keep=actions([basket.button(quote.places[0], number)])
        if quote.status in ("found", "elsewhere")
        else Markup(""),
    )


def _reasons(quote: CheckedQuote, digests: int) -> Markup:
    """Return what is to be said of a quote besides its status, a sentence each."""
    reasons = [FLAGS[flag] for flag in quote.flags if flag != "elsewhere"]
    if quote.status == "too_short":
        reasons.append(f"give at least {MIN_WORDS} words and {MIN_CHARACTERS} characters")
    if quote.status == "absent":
        reasons.append("nothing in them comes close to these words")
        if digests:
            reasons.append(f"{digests} of them are digests: the original may hold these words all the same")
    if any(place.source.is_digest for place in quote.places):
        reasons.append("compared with this project's digest of the report, not with the report's own words")
    for place in quote.places[:1]:
        if place.denied:
            reasons.append(f"“{place.denied}” stands before these words in the report's sentence")
        if place.forgiven:
            reasons.append(f"overlooked, since it changes no word: {', '.join(place.forgiven)}")
    sentences = " ".join(f"{reason[0].upper()}{reason[1:]}." for reason in reasons)
    return Markup('<p class="pq-reasons">{}</p>').format(sentences) if sentences else Markup("")


def _piece(piece: Piece) -> Markup:
    place = Markup("")
    if piece.place:
        place = Markup('<span class="pq-place-number">[from place {}] </span>').format(piece.place)
    if piece.kind == "same":
        return place + piece.text
    tag, side = ("del", "report") if piece.kind == "missing" else ("ins", "checked text")
    return Markup(
        '{place}<{tag}><span class="pq-hidden">[only in the {side}: </span>{text}'
        '<span class="pq-hidden">]</span></{tag}>'
    ).format(place=place, tag=tag, side=side, text=piece.text)


def _places(quote: CheckedQuote) -> Markup:
    stitched = not {"stitched", "apart"}.isdisjoint(quote.flags)
    says = "The digest says" if quote.places and quote.places[0].source.is_digest else "The report says"
    heading = says if quote.status == "altered" else "Where it stands"
    drawn = [_place(place, number if stitched else 0) for number, place in enumerate(quote.places[:MOST_PLACES], 1)]
    if not drawn:
        return Markup("")
    shown = len(drawn) if stitched else OPEN_PLACES
    folded = Markup("")
    if drawn[shown:]:
        folded = Markup('<details class="pq-rest"><summary>Show {} more</summary>{}{}</details>').format(
            quote.place_count - shown, Markup("").join(drawn[shown:]), _left(quote)
        )
    opened = Markup("").join(drawn[:shown])
    return Markup('<h3 class="pq-side">{}</h3>{}{}').format(heading, opened, folded)


def _left(quote: CheckedQuote) -> Markup:
    left = quote.place_count - MOST_PLACES
    return Markup("<p>And {} more.</p>").format(left) if left > 0 else Markup("")


def _place(place: Place, number: int) -> Markup:
    source = place.source
    facts = [
        source.publisher_in_words,
        source.published.in_words,
        " › ".join(place.heading),
        page_in_words(place),
    ]
    ways = [anchor(reading_link(place), "Read in context")]
    if url := original(place):
        ways.append(original_anchor(url))
    return Markup(
        '<article class="pq-card"><blockquote class="pq-quote pq-there{whose}">{marked}</blockquote>'
        '<p class="pq-source">{number}<cite>{title}</cite>{label}{facts}</p>{badge}{actions}</article>'
    ).format(
        whose=whose(source),
        label=tag(label(source)),
        marked=_marked(place),
        number=f"[{number}] " if number else "",
        title=source.title_in_words,
        facts="".join(f" · {fact}" for fact in facts if fact),
        badge=badge(place.recognised.in_words) if place.recognised else Markup(""),
        actions=actions(ways),
    )


def _marked(place: Place) -> Markup:
    """Return the paragraph with the words that were quoted marked, cut by offset."""
    pieces: list[Markup] = []
    position = 0
    for part in place.parts:
        start, end = part.start - place.context_span.start, part.end - place.context_span.start
        pieces.append(neighbour(place.context[position:start]))
        pieces.append(Markup('<mark class="pq-words">{}</mark>').format(place.context[start:end]))
        position = end
    return Markup("").join((*pieces, neighbour(place.context[position:])))
