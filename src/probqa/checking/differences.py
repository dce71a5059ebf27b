"""A checked quote in words that a person can follow, with what the report says where it differs.

In: a pasted text and its ``CheckedQuote``. Out: ``Piece`` records for a page, and plain text for a terminal.

>>> from probqa.checking.verdicts import CheckedQuote, Operation
>>> from probqa.records import Span
>>> steps = (Operation("equal", "in", "in", Span(0, 2), Span(9, 11)),
...          Operation("replaced", "83", "38", Span(3, 5), Span(12, 14)))
>>> in_plain_text(pieces_of("in 83 cases", CheckedQuote("in 83 cases", Span(0, 11), "altered", operations=steps)))
'in [-38-] {+83+} cases'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from probqa.checking.verdicts import CheckedQuote, CheckReport, Operation, Place, describe, describe_name
from probqa.rendering import visible

Kind = Literal["same", "missing", "added"]

_SHOWN = 60
_MARKS = {"same": "{}", "missing": "[-{}-]", "added": "{{+{}+}}"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a checked quote, with the side that says them.

    ``missing`` is in the report only, ``added`` in the pasted text only. All pieces but the missing ones make up the
    pasted text, but for white space beside what is missing. ``place`` counts from 1 and is set where words of another
    place begin.
    """

    kind: Kind
    text: str
    place: int = 0


def pieces_of(pasted: str, quote: CheckedQuote) -> list[Piece]:
    """Cut a checked quote into pieces that show what differs.

    There is one piece where nothing does.
    """
    pieces: list[Piece] = []
    position = quote.span.start
    place = -1
    is_stitched = len({step.place for step in quote.operations}) > 1
    source_end = -1
    for step in quote.operations:
        start = step.quote_span.start if step.quote_span else position
        before = pasted[position:start]
        if before:
            pieces.append(Piece("same", before))
        elif pieces and not _touches(step, source_end, pieces[-1]):
            pieces.append(Piece("same", " "))
        number = step.place + 1 if is_stitched and step.place != place else 0
        place = step.place
        pieces += _pieces_of_step(step, number)
        position = step.quote_span.end if step.quote_span else position
        source_end = step.source_span.end if step.source_span else source_end
    if pasted[position : quote.span.end]:
        pieces.append(Piece("same", pasted[position : quote.span.end]))
    return pieces


def in_plain_text(pieces: Sequence[Piece]) -> str:
    """Write pieces as plain text, in the way of ``git diff --word-diff``.

    It gives ``[-in the report only-]`` and ``{+pasted only+}``.
    """
    return "".join(
        (f"({piece.place}) " if piece.place else "") + _MARKS[piece.kind].format(piece.text) for piece in pieces
    )


def to_text(report: CheckReport) -> str:
    """Write all quotes of a report for a terminal.

    Each has a line, then what differs, and where it stands.
    """
    quotes = ["".join(f"{line}\n" for line in _lines(report, *numbered)) for numbered in enumerate(report.quotes, 1)]
    # The verdicts say what a named report means for a quote; a name that helps none is told by itself.
    notes = [describe_name(named) for named in report.named if not named.document_ids]
    notes += filter(None, [not_checked(report)])
    quotes += ["".join(f"{note}\n" for note in notes)] if notes else []
    return visible("\n".join(quotes))


def not_checked(report: CheckReport) -> str:
    """Return one sentence on the words that are no quote, with the first of them.

    It is empty where there are none.

    >>> from probqa.records import Span
    >>> not_checked(CheckReport("He said “so”.", (), (), 1, unchecked=(Span(0, 7),)))
    'Not checked, since they stand outside quote marks: 2 words (“He said”).'
    """
    if not report.unchecked:
        return ""
    words = report.words_unchecked
    first = _one_line(report.text[report.unchecked[0].start : report.unchecked[0].end])
    shown = f"“{first}”" if len(first) <= _SHOWN else f"“{first[:_SHOWN].rsplit(' ', 1)[0]} …”"
    more = f" and {len(report.unchecked) - 1} more places" if len(report.unchecked) > 1 else ""
    more = more.removesuffix("s") if len(report.unchecked) == 2 else more
    return f"Not checked, since they stand outside quote marks: {words} word{'s' * (words > 1)} ({shown}{more})."


def _touches(step: Operation, source_end: int, last: Piece) -> bool:
    """Tell whether a step stands right behind the piece before it, as a comma does behind a word."""
    if step.source_span and source_end >= 0 and last.kind != "added":
        return step.source_span.start == source_end
    return step.quote_span is not None and last.kind != "missing"


def _pieces_of_step(step: Operation, place: int) -> list[Piece]:
    match step.change:
        case "equal":
            return [Piece("same", step.quote, place)]
        case "inserted":
            return [Piece("added", step.quote, place)]
        case "deleted":
            return [Piece("missing", step.source, place)]
        case "replaced":
            return [Piece("missing", step.source, place), Piece("same", " "), Piece("added", step.quote)]


def _lines(report: CheckReport, number: int, quote: CheckedQuote) -> Iterator[str]:
    yield f"{number}. {quote.status.replace('_', ' ')}: “{_one_line(quote.text)}”"
    yield f"   {describe(quote)}"
    if quote.operations:
        yield f"   {_one_line(in_plain_text(pieces_of(report.text, quote)))}"
    for place in quote.places[:3]:
        yield f"   {_where(place)}"


def _where(place: Place) -> str:
    characters = f"{place.source.id}, characters {place.span.start} to {place.span.end}"
    return f"{characters}, {place.source.url}" if place.source.url else characters


def _one_line(text: str) -> str:
    return " ".join(text.split())
