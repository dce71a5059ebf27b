"""The quotes in a pasted text.

In: a paragraph from the press or a briefing. Out: ``Span`` per quote, without its quote marks.

>>> text = "The report said “the work was good”. It was 'not always in time', inspectors’ notes say."
>>> [text[span.start:span.end] for span in quoted_spans(text)]
['the work was good', 'not always in time']

The outermost pair of marks makes a quote. A double mark that is never closed reaches to the end of its paragraph. A
single mark opens a quote only before a letter or digit, and behind white space or a bracket. It closes before white
space or punctuation. Of several such places (“inspectors’”) it closes at the first that does not follow an s, else at
the last.
"""

from __future__ import annotations

import re

from probqa.checking.tokens import DASHES, INVISIBLE
from probqa.records import Span

_OPENING = re.compile(
    rf"(?P<double>[\"“„«‟](?=[^\s]))|(?:(?<=[\s(\[{re.escape(DASHES)}])|\A)(?P<single>['‘‚](?=[\w\[(…£$“\"]))"
)
_CLOSING = {'"': '"', "“": "”", "„": "“”", "«": "»", "‟": "”"}
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_SINGLE_CLOSING = re.compile(r"(?<=[^\s])['’](?=[\s.,;:!?)\]\"”–—…-]|\Z)")
_EDGE = re.compile(rf"[\s{INVISIBLE}]+")


def quoted_spans(text: str) -> list[Span]:
    """Return the quotes of a text in order.

    Empty where it has no quote marks.
    """
    spans: list[Span] = []
    position = 0
    while opening := _OPENING.search(text, position):
        end = _paragraph_end(text, opening.end())
        if opening["double"]:
            close = _close_double(text, opening.group(), opening.end(), end)
        elif (closing := _close_single(text, opening.end(), end)) is not None:
            close = closing
        else:
            position = opening.end()
            continue
        span = strip(text, opening.end(), close)
        if span:
            spans.append(span)
        position = max(close, opening.end()) + (close < end)
    return spans


def strip(text: str, start: int, end: int) -> Span | None:
    """Leave out white space and invisible characters at both ends of a span.

    None where nothing is left.
    """
    opening = _EDGE.match(text, start, end)
    start = opening.end() if opening else start
    while start < end and _EDGE.match(text, end - 1, end):
        end -= 1
    return Span(start, end) if start < end else None


def paragraphs(text: str) -> list[Span]:
    """Return the stretches of a text between blank lines."""
    edges = [0, *(edge for blank_line in _PARAGRAPH.finditer(text) for edge in blank_line.span()), len(text)]
    spans = (strip(text, start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return [span for span in spans if span]


def _paragraph_end(text: str, start: int) -> int:
    blank_line = _PARAGRAPH.search(text, start)
    return blank_line.start() if blank_line else len(text)


def _close_double(text: str, mark: str, start: int, end: int) -> int:
    depth = 1
    for position in range(start, end):
        character = text[position]
        if character in _CLOSING[mark]:
            depth -= 1
            if depth == 0:
                return position
        elif character == mark:
            depth += 1
    return end


def _close_single(text: str, start: int, end: int) -> int | None:
    following = _OPENING.search(text, start, end)
    # A double mark inside is part of the quote. The next single one opens the next quote.
    while following and following["double"]:
        following = _OPENING.search(text, following.end(), end)
    positions = [
        mark.start() for mark in _SINGLE_CLOSING.finditer(text, start, following.start() if following else end)
    ]
    return next(
        (position for position in positions if text[position - 1] not in "sS"), positions[-1] if positions else None
    )
