"""Where a quote stands word for word, as it is or with its editor's marks.

In: ``Reports`` and the tokens of a quote. Out: ``Match`` records; ``whole`` says whether the words may be called
found. No similarity enters: token for token, in order, but for what ``tokens.FORGIVEN`` names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, product

from probqa.checking.lookup import Reports
from probqa.checking.meaning import cut_after, cut_before, denials, numbers
from probqa.checking.tokens import WORD, Token, forgiven, join_at, line_break_hyphens, normal, tokenise
from probqa.reading.sentences import split_sentences
from probqa.records import Document, Span

MAX_REPLACED_WORDS = 8
MAX_SEGMENTS = 40
# A quote with omissions has at least this many words together somewhere: "It ... good" says nothing.
MIN_RUN = 3
MAX_READINGS = 16
_FINAL_MARKS = frozenset(".,\u2026")
_ENDS_BLOCK = re.compile(r"[.!?:;…][\"'”’»)\]]*\Z")
_MARK = re.compile(
    r"(?P<omission>[\[(]\s*(?:…|\.(?:\s?\.){2,})\s*[\])]|…|\.(?:\s?\.){2,})"
    r"|(?P<sic>[\[(]\s*sic\s*[\])])"
    r"|(?P<words>\[(?!\w\]\w)[^\[\]]{1,200}\])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Match:
    """A place where all words of a quote stand in order.

    ``parts`` are spans in the document, one or more, and ``quoted`` the same words in the pasted text. ``cut`` are
    pieces just outside that must not be cut off; ``runs_on`` says that the parts are of different paragraphs and run
    on as if they were one; ``unfair`` that what was left out, or put in brackets, holds a denial or a number.
    """

    number: int
    parts: tuple[Span, ...]
    quoted: tuple[Span, ...]
    forgiven: frozenset[str] = frozenset()
    cut: tuple[Span, ...] = ()
    runs_on: bool = False
    unfair: bool = False
    omission: bool = False
    editorial: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing speaks against calling this found."""
        return not (self.cut or self.runs_on or self.unfair)


@dataclass(frozen=True, slots=True)
class _Segment:
    """Words between two marks; ``gap`` is the mark before it: none, sic, words or omission; ``put_in`` its words."""

    tokens: tuple[Token, ...]
    gap: str = ""
    put_in: tuple[str, ...] = ()


# The token of the paragraph where a segment starts, its tokens that are there, and what was trimmed off it.
_Placed = tuple[int, Sequence[Token], set[str]]


def readings(reports: Reports, text: str, tokens: Sequence[Token]) -> list[list[Token]]:
    """The ways to read words broken at a line's end: joined where a document knows the joined word, else as written."""
    choices: list[list[tuple[int, ...]]] = []
    for at in line_break_hyphens(text, tokens):
        before = tokens[at - 1] if tokens[at].text == "-" else tokens[at]
        known = reports.count(reports.keys([before.text + tokens[at + 1].text])) > 0
        apart = reports.count(reports.keys([before.text, tokens[at + 1].text])) > 0
        both: list[tuple[int, ...]] = [(at,), ()] if apart and 2 ** len(choices) < MAX_READINGS else [(at,)]
        choices.append(both if known else [()])
    return [join_at(tokens, [at for chosen in choice for at in chosen]) for choice in product(*choices)]


def exact(reports: Reports, text: str, tokens: Sequence[Token]) -> list[Match]:
    """Every place where these tokens of ``text`` stand one after another, in the order of the documents."""
    matches: list[Match] = []
    for reading in readings(reports, text, tokens):
        words = [token for token in reading if token.is_word]
        at = reports.occurrences(reports.keys(word.text for word in words))
        for number, position in zip(reports.document_numbers(at).tolist(), at.tolist(), strict=True):
            match = _verify(reports, text, reading, number, position, position + len(words))
            if match:
                matches.append(match)
    return matches


def edited(reports: Reports, text: str, span: Span) -> list[Match]:
    """Every paragraph where the words between the marks "…", "[...]", "[sic]", "[words]" stand in order."""
    segments, trailing, has_marks = _segments(text, span)
    if not segments or not has_marks:
        return []
    texts = [[token.text for token in segment.tokens if token.is_word] for segment in segments]
    if not all(texts):
        return []
    if len(segments) > MAX_SEGMENTS or max(map(len, texts)) < MIN_RUN:
        return []
    blocks = reports.blocks_with_all([reports.occurrences(reports.keys(words)) for words in texts])
    matches = (_match_segments(reports, text, segments, trailing, number, block) for number, block in blocks)
    return [match for match in matches if match]


def comparable(text: str, span: Span) -> list[Token]:
    """The tokens of a quote that are compared with a report's words: all but the marks of omission and "[sic]"."""
    tokens = tokenise(text, span.start, span.end, brackets=True)
    marks = [mark for kind, mark in marks_in(text, span.start, span.end) if kind != "words"]
    kept = [token for token in tokens if not any(mark.start <= token.start < mark.end for mark in marks)]
    return kept or tokens


def marks_in(text: str, start: int, end: int) -> list[tuple[str, Span]]:
    """The editor's marks in a stretch of text: ("omission", "sic" or "words", where)."""
    return [(mark.lastgroup or "", Span(*mark.span())) for mark in _MARK.finditer(text, start, end)]


def omitted(match: Match) -> list[Span]:
    """What lies between the parts of a match."""
    return [Span(before.end, after.start) for before, after in pairwise(match.parts) if before.end < after.start]


def denied_before(document: Document, block: Span, start: int) -> str:
    """The last denial before ``start`` in the same sentence, or nothing."""
    text = document.slice(block)
    for sentence in split_sentences(text):
        if sentence.start <= start - block.start < sentence.end:
            before = WORD.findall(text, sentence.start, start - block.start)
            return (denials(map(normal, before)) or [""])[-1]
    return ""


def _verify(
    reports: Reports, text: str, quote: Sequence[Token], number: int, position: int, after: int
) -> Match | None:
    """Compare all tokens, the marks between and around the words too, with those at a position."""
    document = reports.documents[number]
    region = reports.region(number, position, after)
    source = tokenise(document.text, region.start, region.end)
    first_word = next(at for at, token in enumerate(source) if token.is_word)
    for kept, names in _trimmed(quote):
        start = first_word - next(at for at, token in enumerate(kept) if token.is_word)
        if start >= 0 and _fits(kept, source, start, opens=True):
            found = source[start : start + len(kept)]
            seams = _seams(reports, number, kept, found)
            edges = [*zip([0, *seams], [*seams, len(kept)], strict=True)]
            parts = [_span(found[first:after]) for first, after in edges]
            low = reports.block_at(number, parts[0].start).span.start
            high = reports.block_at(number, parts[-1].end - 1).span.end
            return Match(
                number=number,
                parts=tuple(parts),
                quoted=tuple(_span(kept[first:after]) for first, after in edges),
                forgiven=frozenset(names | forgiven(text, kept, document.text, found)),
                cut=_cuts(document, [Span(parts[0].start, parts[-1].end)], Span(low, high)),
                runs_on=bool(seams),
                editorial=any(token.bracketed for token in kept),
            )
    return None


def _span(tokens: Sequence[Token]) -> Span:
    return Span(tokens[0].start, tokens[-1].end)


def _fits(quote: Sequence[Token], source: Sequence[Token], at: int, *, opens: bool) -> bool:
    """Whether the source has these tokens at ``at``; where the quote opens, its first letter may be large or small."""
    if at + len(quote) > len(source):
        return False
    first = next((n for n, token in enumerate(quote) if token.is_word), 0) if opens else -1
    for n, token in enumerate(quote):
        other = source[at + n].text
        if token.text != other and not (
            (n == first or token.bracketed)
            and token.text[1:] == other[1:]
            and token.text[:1].lower() == other[:1].lower()
        ):
            return False
    return True


def _trimmed(quote: Sequence[Token]) -> Iterator[tuple[Sequence[Token], set[str]]]:
    """Yield the quote as it is, then without an ellipsis that opens it and without marks at its very end."""
    yield quote, set()
    opening = next(at for at, token in enumerate(quote) if token.text != "\u2026")
    if opening:
        yield quote[opening:], {"final mark"}
    end = len(quote)
    while end > opening + 1 and quote[end - 1].text in _FINAL_MARKS:
        end -= 1
        yield quote[opening:end], {"final mark"}
    # “... ‘Good.’”: a mark inside quote marks that close at the very end.
    closing = end
    while closing > opening + 1 and quote[closing - 1].text.endswith("'"):
        closing -= 1
    marks = closing
    while marks > opening + 1 and quote[marks - 1].text in _FINAL_MARKS:
        marks -= 1
    if marks < closing < end:
        yield [*quote[opening:marks], *quote[closing:end]], {"final mark"}


def _cuts(document: Document, parts: Sequence[Span], block: Span) -> tuple[Span, ...]:
    """The pieces around the parts that must not be cut off; a denial only before the first part."""
    found: list[Span] = []
    for n, part in enumerate(parts):
        before = cut_before(document.text, part.start, block.start)
        if before and (n == 0 or not denials([document.text[slice(*before)]])):
            found.append(Span(*before))
        after = cut_after(document.text, part.end, block.end)
        if after:
            found.append(Span(*after))
    return tuple(found)


def _seams(reports: Reports, number: int, quote: Sequence[Token], found: Sequence[Token]) -> list[int]:
    """The tokens that pass into another paragraph without a line break in the quote or an end in the report."""
    document = reports.documents[number]
    blocks = reports.blocks_between(number, found[0].start, found[-1].end)
    seams: list[int] = []
    for block, following in pairwise(blocks):
        at = next(n for n, token in enumerate(found) if token.start >= following.span.start)
        ended = block.kind != "heading" and _ENDS_BLOCK.search(document.slice(block.span))
        if not quote[at].after_break and not ended:
            seams.append(at)
    return seams


def _segments(text: str, span: Span) -> tuple[list[_Segment], tuple[str, ...], bool]:
    """The words between the marks, the bracketed words behind the last one, and whether there is any mark."""
    segments: list[_Segment] = []
    gap = ""
    put_in: tuple[str, ...] = ()
    at = span.start
    marks = marks_in(text, span.start, span.end)
    for kind, mark in (*marks, ("", None)):
        end = mark.start if mark else span.end
        tokens = tokenise(text, at, end, brackets=True)
        if any(token.is_word for token in tokens):
            segments.append(_Segment(tuple(tokens), gap, put_in))
            gap, put_in = "", ()
        elif any(token.text not in _FINAL_MARKS for token in tokens):
            # A lone mark between two editor's marks belongs to no words of the report.
            return [], (), False
        if mark:
            gap = max(gap, kind, key=("", "sic", "words", "omission").index)
            if kind == "words":
                put_in += tuple(token.text for token in tokenise(text, mark.start + 1, mark.end - 1))
            at = mark.end
    has_marks = bool(marks) or any(token.bracketed for segment in segments for token in segment.tokens)
    return segments, put_in, has_marks


def _match_segments(
    reports: Reports, text: str, segments: Sequence[_Segment], trailing: tuple[str, ...], number: int, block: Span
) -> Match | None:
    document = reports.documents[number]
    source = tokenise(document.text, block.start, block.end)
    placed = _place(segments, source)
    if placed is None:
        return None
    names: set[str] = set()
    parts: list[Span] = []
    for start, kept, trimmed in placed:
        found = source[start : start + len(kept)]
        parts.append(_span(found))
        names |= trimmed | forgiven(text, kept, document.text, found)
    match = Match(
        number=number,
        parts=tuple(parts),
        quoted=tuple(_span(kept) for _, kept, _ in placed),
        forgiven=frozenset(names),
        cut=_cuts(document, parts, block),
        omission=any(segment.gap == "omission" for segment in segments[1:]),
        editorial=bool(trailing)
        or any(segment.gap in ("sic", "words") or segment.put_in for segment in segments)
        or any(token.bracketed for segment in segments for token in segment.tokens),
    )
    replaced = [
        [token.text for token in source[before[0] + len(before[1]) : after[0]]] for before, after in pairwise(placed)
    ]
    return replace(match, unfair=_is_unfair(document, block, match, segments, replaced, trailing))


def _place(segments: Sequence[_Segment], source: Sequence[Token]) -> tuple[_Placed, ...] | None:
    """Where each segment stands in the tokens of a paragraph, in order; None if they do not."""

    @cache
    def follow(n: int, at: int) -> tuple[_Placed, ...] | None:
        if n == len(segments):
            return ()
        segment = segments[n]
        ends = n + 1 == len(segments) or segments[n + 1].gap == "omission"
        furthest = {"": at, "sic": at, "words": at + MAX_REPLACED_WORDS}.get(segment.gap if n else "omission")
        last = len(source) - 1 if furthest is None else min(furthest, len(source) - 1)
        for start in range(at, last + 1):
            for kept, names in _trimmed(segment.tokens) if ends else [(segment.tokens, set[str]())]:
                if _fits(kept, source, start, opens=n == 0 and not segment.put_in):
                    rest = follow(n + 1, start + len(kept))
                    if rest is not None:
                        return ((start, kept, names), *rest)
        return None

    return follow(0, 0)


def _is_unfair(
    document: Document,
    block: Span,
    match: Match,
    segments: Sequence[_Segment],
    replaced: Sequence[Sequence[str]],
    trailing: tuple[str, ...],
) -> bool:
    """Whether brackets change a number or a denial, or an omission hides a denial of a sentence that is quoted."""
    if denials(trailing) or numbers(trailing) or denials(segments[0].put_in) or numbers(segments[0].put_in):
        return True
    for segment, left_out in zip(segments[1:], replaced, strict=True):
        if segment.gap == "words" or segment.put_in:
            if denials(segment.put_in) or numbers(segment.put_in):
                return True
            if segment.gap == "words" and (denials(left_out) or numbers(left_out)):
                return True
    text = document.slice(block)
    for sentence in split_sentences(text):
        start, end = block.start + sentence.start, block.start + sentence.end
        if not any(part.start < end and start < part.end for part in match.parts):
            continue
        for gap in omitted(match):
            low, high = max(gap.start, start), min(gap.end, end)
            if low < high and denials(map(normal, WORD.findall(document.text, low, high))):
                return True
    return False
