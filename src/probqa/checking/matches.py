"""The places where a quote stands word for word, as it is or with its editor's marks.

In: ``Reports`` and the tokens of a quote. Out: ``Match`` records; ``whole`` says whether the words may be called
found. Similarity plays no part: the tokens are the same, in order, but for what ``tokens.FORGIVEN`` names.
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
    pieces just outside that must not be cut off. ``runs_on`` says that the parts are of different paragraphs and run on
    as if they were one. ``apart`` says that they are of different paragraphs and the quote marks each omission.
    ``unfair`` says that what was left out, or put in brackets, holds a denial or a number.
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
    apart: bool = False

    @property
    def whole(self) -> bool:
        """Tell whether nothing speaks against calling this found."""
        return not (self.cut or self.runs_on or self.unfair)


@dataclass(frozen=True, slots=True)
class _Segment:
    """Words between two marks.

    ``gap`` is the mark before them: none, sic, words or omission. ``put_in`` are the words in its brackets.
    """

    tokens: tuple[Token, ...]
    gap: str = ""
    put_in: tuple[str, ...] = ()


# The index of the paragraph's token where a segment starts, the segment's tokens that stand there, and the names of
# what was trimmed off.
_Placed = tuple[int, Sequence[Token], set[str]]


def readings(reports: Reports, text: str, tokens: Sequence[Token]) -> list[list[Token]]:
    """Return the ways to read words that are broken at a line's end.

    A broken word is joined where a document knows the joined word, else it is read as written. Where documents know
    both, it is read both ways, up to ``MAX_READINGS`` readings in all.
    """
    choices: list[list[tuple[int, ...]]] = []
    for index in line_break_hyphens(text, tokens):
        before = tokens[index - 1] if tokens[index].text == "-" else tokens[index]
        known = reports.count(reports.keys([before.text + tokens[index + 1].text])) > 0
        apart = reports.count(reports.keys([before.text, tokens[index + 1].text])) > 0
        both: list[tuple[int, ...]] = [(index,), ()] if apart and 2 ** len(choices) < MAX_READINGS else [(index,)]
        choices.append(both if known else [()])
    return [join_at(tokens, [index for chosen in choice for index in chosen]) for choice in product(*choices)]


def exact(reports: Reports, text: str, tokens: Sequence[Token]) -> list[Match]:
    """Return a match for every place where these tokens of ``text`` stand one after another.

    The places are in the order of the documents.
    """
    matches: list[Match] = []
    for reading in readings(reports, text, tokens):
        words = [token for token in reading if token.is_word]
        positions = reports.occurrences(reports.keys(word.text for word in words))
        for number, position in zip(reports.document_numbers(positions).tolist(), positions.tolist(), strict=True):
            match = _verify(reports, text, reading, number, position, position + len(words))
            if match:
                matches.append(match)
    return matches


def edited(reports: Reports, text: str, span: Span) -> list[Match]:
    """Return a match for every paragraph where the words between an editor's marks stand in order.

    The marks are "…", "[...]", "[sic]" and "[words]". Where no paragraph has them all, there is a match for every
    document where the parts between marks of omission stand in order, each of ``MIN_RUN`` words or more.
    """
    segments, trailing, has_marks = _segments(text, span)
    if not segments or not has_marks:
        return []
    texts = [[token.text for token in segment.tokens if token.is_word] for segment in segments]
    if not all(texts):
        return []
    if len(segments) > MAX_SEGMENTS or max(map(len, texts)) < MIN_RUN:
        return []
    runs = [reports.occurrences(reports.keys(words)) for words in texts]
    blocks = reports.blocks_with_all(runs)
    matches = [_match_segments(reports, text, segments, trailing, number, block) for number, block in blocks]
    if not any(matches) and min(map(len, texts)) >= MIN_RUN and all(each.gap == "omission" for each in segments[1:]):
        numbers = set.intersection(*(set(reports.document_numbers(run).tolist()) for run in runs))
        wholes = [(number, Span(0, len(reports.documents[number].text))) for number in sorted(numbers)]
        matches = [_match_segments(reports, text, segments, trailing, number, whole) for number, whole in wholes]
        matches = [match and replace(match, apart=len(match.parts) > 1) for match in matches]
    return [match for match in matches if match]


def comparable(text: str, span: Span) -> list[Token]:
    """Return the tokens of a quote that are compared with a report's words.

    These are all but the marks of omission and "[sic]".
    """
    tokens = tokenise(text, span.start, span.end, brackets=True)
    marks = [mark for kind, mark in marks_in(text, span.start, span.end) if kind != "words"]
    kept = [token for token in tokens if not any(mark.start <= token.start < mark.end for mark in marks)]
    return kept or tokens


def marks_in(text: str, start: int, end: int) -> list[tuple[str, Span]]:
    """Return the editor's marks in a stretch of text.

    Each is ("omission", "sic" or "words", where).
    """
    return [(mark.lastgroup or "", Span(*mark.span())) for mark in _MARK.finditer(text, start, end)]


def omitted(match: Match) -> list[Span]:
    """Return what lies between the parts of a match."""
    return [Span(before.end, after.start) for before, after in pairwise(match.parts) if before.end < after.start]


def denied_before(document: Document, block: Span, start: int) -> str:
    """Return the last denial before ``start`` in the same sentence, or nothing."""
    text = document.slice(block)
    for sentence in split_sentences(text):
        if sentence.start <= start - block.start < sentence.end:
            before = WORD.findall(text, sentence.start, start - block.start)
            return (denials(map(normal, before)) or [""])[-1]
    return ""


def _verify(
    reports: Reports, text: str, quote: Sequence[Token], number: int, position: int, after: int
) -> Match | None:
    """Compare all tokens of a quote with those at a position.

    The marks between and around the words are compared too.
    """
    document = reports.documents[number]
    region = reports.region(number, position, after)
    source = tokenise(document.text, region.start, region.end)
    first_word = next(index for index, token in enumerate(source) if token.is_word)
    for kept, names in _trimmed(quote):
        start = first_word - next(index for index, token in enumerate(kept) if token.is_word)
        if start >= 0 and _fits(kept, source, start, opens=True):
            matched = source[start : start + len(kept)]
            seams = _seams(reports, number, kept, matched)
            edges = [*zip([0, *seams], [*seams, len(kept)], strict=True)]
            parts = [_span(matched[first:after]) for first, after in edges]
            low = reports.block_at(number, parts[0].start).span.start
            high = reports.block_at(number, parts[-1].end - 1).span.end
            return Match(
                number=number,
                parts=tuple(parts),
                quoted=tuple(_span(kept[first:after]) for first, after in edges),
                forgiven=frozenset(names | forgiven(text, kept, document.text, matched)),
                cut=_cuts(document, [Span(parts[0].start, parts[-1].end)], Span(low, high)),
                runs_on=bool(seams),
                editorial=any(token.bracketed for token in kept),
            )
    return None


def _span(tokens: Sequence[Token]) -> Span:
    return Span(tokens[0].start, tokens[-1].end)


def _fits(quote: Sequence[Token], source: Sequence[Token], start: int, *, opens: bool) -> bool:
    """Tell whether the source has these tokens at ``start``.

    With ``opens``, the first letter of the first word may be large or small, as a bracketed letter always may.
    """
    if start + len(quote) > len(source):
        return False
    first = next((index for index, token in enumerate(quote) if token.is_word), 0) if opens else -1
    for index, token in enumerate(quote):
        other = source[start + index].text
        if token.text != other and not (
            (index == first or token.bracketed)
            and token.text[1:] == other[1:]
            and token.text[:1].lower() == other[:1].lower()
        ):
            return False
    return True


def _trimmed(quote: Sequence[Token]) -> Iterator[tuple[Sequence[Token], set[str]]]:
    """Yield the quote as it is, then without an ellipsis that opens it and without marks at its very end."""
    yield quote, set()
    opening = next(index for index, token in enumerate(quote) if token.text != "\u2026")
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
    """Return the pieces around the parts that must not be cut off.

    A denial counts only before the first part.
    """
    cuts: list[Span] = []
    for index, part in enumerate(parts):
        before = cut_before(document.text, part.start, block.start)
        if before and (index == 0 or not denials([document.text[slice(*before)]])):
            cuts.append(Span(*before))
        after = cut_after(document.text, part.end, block.end)
        if after:
            cuts.append(Span(*after))
    return tuple(cuts)


def _seams(reports: Reports, number: int, quote: Sequence[Token], matched: Sequence[Token]) -> list[int]:
    """Return the tokens that pass into another paragraph unmarked.

    The quote has no line break there, and the report's paragraph has no end mark.
    """
    document = reports.documents[number]
    blocks = reports.blocks_between(number, matched[0].start, matched[-1].end)
    seams: list[int] = []
    for block, following in pairwise(blocks):
        seam = next(index for index, token in enumerate(matched) if token.start >= following.span.start)
        ended = block.kind != "heading" and _ENDS_BLOCK.search(document.slice(block.span))
        if not quote[seam].after_break and not ended:
            seams.append(seam)
    return seams


def _segments(text: str, span: Span) -> tuple[list[_Segment], tuple[str, ...], bool]:
    """Split a quote at its editor's marks.

    Out: the words between the marks, the bracketed words behind the last one, and whether there is any mark.
    """
    segments: list[_Segment] = []
    gap = ""
    put_in: tuple[str, ...] = ()
    position = span.start
    marks = marks_in(text, span.start, span.end)
    for kind, mark in (*marks, ("", None)):
        end = mark.start if mark else span.end
        tokens = tokenise(text, position, end, brackets=True)
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
            position = mark.end
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
        matched = source[start : start + len(kept)]
        parts.append(_span(matched))
        names |= trimmed | forgiven(text, kept, document.text, matched)
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
    """Place the segments in the tokens of a paragraph, in order.

    None where they do not stand there.
    """

    @cache
    def follow(index: int, earliest: int) -> tuple[_Placed, ...] | None:
        if index == len(segments):
            return ()
        segment = segments[index]
        ends = index + 1 == len(segments) or segments[index + 1].gap == "omission"
        furthest = {"": earliest, "sic": earliest, "words": earliest + MAX_REPLACED_WORDS}.get(
            segment.gap if index else "omission"
        )
        last = len(source) - 1 if furthest is None else min(furthest, len(source) - 1)
        for start in range(earliest, last + 1):
            for kept, names in _trimmed(segment.tokens) if ends else [(segment.tokens, set[str]())]:
                if _fits(kept, source, start, opens=index == 0 and not segment.put_in):
                    rest = follow(index + 1, start + len(kept))
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
    """Tell whether the marks hide a change of meaning.

    Brackets do if they change a number or a denial. An omission does if it hides a denial of a sentence that is quoted.
    """
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
