"""The comparison of an altered quote with the passages it was made of.

In: ``Reports`` and the tokens of a quote that stands nowhere word for word. Out: ``Comparison`` records. Similarity
only chooses which passages a quote is compared with. It never makes a quote found.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from probqa.checking.evidence import telling
from probqa.checking.lookup import Positions, Reports
from probqa.checking.meaning import is_number, same_denials, same_numbers
from probqa.checking.tokens import Token, tokenise
from probqa.checking.verdicts import Change, Flag, Operation
from probqa.reading.sentences import split_sentences
from probqa.records import Span

# A quote is called altered where one passage holds this share of the words that tell where it is from, weighted by how
# rare they are, and at least so many words, in the same order. Where that is many words, a smaller share will do. It is
# also altered where so long a run of words stands together there. Else it is absent: `benchmarks/checking.py shares`.
ALTERED_SHARE = 0.7
ALTERED_WORDS = 3
MANY_SHARE = 0.5
MANY_WORDS = 6
ALTERED_RUN = 10
# How many words must stand together in one place before they count as taken from it.
STITCHED_RUN = 6
STITCHED_SHARE = 0.8
MAX_PIECES = 4
WINDOWS = 4
# A word (or two, or three) that stands in more places says too little about where a quote is from.
COMMON = 1000

# What a step costs. A run of left-out or added words costs little more than one, because people cut and add phrases.
_EQUAL, _OTHER_CASE, _REPLACE, _UNLIKE = 0, 2, 12, 24
_OPEN, _DELETE, _INSERT = 8, 1, 4
_IMPOSSIBLE = 1 << 20
# Longer quotes are aligned a stretch at a time, to bound the memory.
_STRETCH = 800
_FINAL_MARKS = frozenset(".,\u2026")


# (token of the quote, token of the source); None where one side has nothing.
Step = tuple[int | None, int | None]
_Costs = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A quote compared with one passage of a document.

    ``number`` is the document's, and ``span`` is where the passage's words lie. ``operations`` say what differs.
    ``share`` is how much of the quote is equal, and ``told`` how much of the words that tell where it is from, both in
    [0, 1]. ``equal`` are the words of the quote, by their index among its tokens, that the passage has too, and
    ``evidence`` those of them that tell where it is from.
    """

    number: int
    span: Span
    operations: tuple[Operation, ...]
    share: float
    told: float
    equal: frozenset[int]
    evidence: frozenset[int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a quote's words that stands at positions of the reports.

    The run is ``quote[first:last]``, counted in words.
    """

    first: int
    last: int
    at: Positions


def nearest(reports: Reports, text: str, quote: Sequence[Token], preferred: frozenset[int]) -> Comparison | None:
    """Return the passage that holds most of the quote's words in order.

    Of equal ones it is one in a preferred document. None where there is no candidate.
    """
    keys = reports.keys(token.text for token in quote if token.is_word)
    weights = weights_of(reports, quote)
    compared = [
        compare(reports, text, quote, number, span, weights=weights)
        for number, span in _windows(reports, keys, preferred=preferred)
    ]
    return min(
        compared,
        key=lambda comparison: (
            -comparison.share,
            comparison.number not in preferred,
            comparison.number,
            comparison.span.start,
        ),
        default=None,
    )


def is_altered(comparison: Comparison) -> bool:
    """Tell whether a quote was made from this passage, rather than from nothing in these reports."""
    share = MANY_SHARE if len(comparison.evidence) >= MANY_WORDS else ALTERED_SHARE
    if comparison.told >= share and len(comparison.equal) >= ALTERED_WORDS:
        return True
    together = (len(step.quote.split()) for step in comparison.operations if step.change == "equal")
    return max(together, default=0) >= ALTERED_RUN


def compare(
    reports: Reports,
    text: str,
    quote: Sequence[Token],
    number: int,
    span: Span,
    *,
    weights: Sequence[float],
    place: int = 0,
) -> Comparison:
    """Compare the quote with the best stretch of a document's ``span``.

    ``place`` is noted in the operations.
    """
    document = reports.documents[number]
    source = tokenise(document.text, span.start, span.end)
    steps = align(quote, source)
    operations = tuple(_operations(text, quote, document.text, source, steps, place))
    used = [source[source_index] for _, source_index in steps if source_index is not None]
    equal = frozenset(
        quote_index
        for quote_index, source_index in steps
        if quote_index is not None
        and source_index is not None
        and quote[quote_index].is_word
        and _same(quote, quote_index, source[source_index])
    )
    evidence = telling(quote)
    return Comparison(
        number=number,
        span=Span(used[0].start, used[-1].end) if used else span,
        operations=operations,
        share=share_of(weights, equal),
        told=share_of(weights, equal.intersection(evidence)) / (share_of(weights, evidence) or 1.0),
        equal=equal,
        evidence=equal.intersection(evidence),
    )


def weights_of(reports: Reports, quote: Sequence[Token]) -> list[float]:
    """Weight each token by how much it says.

    A word weighs the more the rarer it is. A mark weighs nothing.
    """
    total = reports.words + 1
    return [
        math.log(1 + total / (1 + reports.count([reports.key(token.text)]))) if token.is_word else 0.0
        for token in quote
    ]


def share_of(weights: Sequence[float], part: Iterable[int]) -> float:
    """Return the share of the quote's weight that these tokens have, in [0, 1]."""
    return sum(weights[index] for index in part) / (sum(weights) or 1.0)


def pieces(reports: Reports, quote: Sequence[Token]) -> list[Piece]:
    """Cut the quote's words into runs that stand somewhere.

    From the left, each run is as long as can be. Words between the runs may be missing, but together the runs hold at
    least ``STITCHED_SHARE`` of the words. Empty where they hold less, or where there are not 2 to ``MAX_PIECES`` runs.
    """
    keys = reports.keys(token.text for token in quote if token.is_word)
    runs: list[Piece] = []
    first = 0
    while first + STITCHED_RUN <= len(keys) and len(runs) <= MAX_PIECES:
        positions = reports.occurrences(keys[first : first + STITCHED_RUN])
        last = first + STITCHED_RUN
        while (
            len(positions) and last < len(keys) and len(longer := reports.extend(positions, last - first, keys[last]))
        ):
            positions, last = longer, last + 1
        if len(positions):
            runs.append(Piece(first, last, positions))
        first = last if len(positions) else first + 1
    covered = sum(piece.last - piece.first for piece in runs)
    return runs if 2 <= len(runs) <= MAX_PIECES and covered >= STITCHED_SHARE * len(keys) else []


def stitched(reports: Reports, runs: Sequence[Piece]) -> list[tuple[int, int]]:
    """Return where the pieces of a stitched quote come from, a (document, position) each.

    Empty where the quote is not stitched. Pieces of one paragraph in its order, with less than a whole sentence between
    them, are one altered quotation.
    """
    homes = [
        {
            (number, reports.block_at(number, reports.start_of(position)).span): position
            for number, position in zip(reports.document_numbers(piece.at).tolist(), piece.at.tolist(), strict=True)
        }
        for piece in runs
    ]
    shared = [home for home in homes[0] if all(home in other for other in homes[1:])]
    for number, block in shared:
        places = [home[number, block] for home in homes]
        if places == sorted(places) and not _skips_sentence(reports, number, block, runs, places):
            return []
    if shared:
        return [(shared[0][0], home[shared[0]]) for home in homes]
    counts: dict[int, int] = {}
    for home in homes:
        for number in {number for number, _ in home}:
            counts[number] = counts.get(number, 0) + 1
    chosen: list[tuple[int, int]] = []
    for home in homes:
        number, block = min(home, key=lambda key: (-counts[key[0]], home[key]))
        chosen.append((number, home[number, block]))
    return chosen


def piece_operations(
    reports: Reports, text: str, quote: Sequence[Token], runs: Sequence[Piece], places: Sequence[tuple[int, int]]
) -> tuple[list[Span], list[Operation]]:
    """Return the spans of the pieces in their documents, with the quote as operations over them."""
    word_at = [index for index, token in enumerate(quote) if token.is_word]
    weights = weights_of(reports, quote)
    spans: list[Span] = []
    operations: list[Operation] = []
    done = 0
    for place, (piece, (number, position)) in enumerate(zip(runs, places, strict=True)):
        first = word_at[piece.first] if piece.first else 0
        # The marks behind a piece's last word are looked for there too.
        last = word_at[piece.last] if piece.last < len(word_at) else len(quote)
        if done < first:
            operations.append(_inserted(text, quote[done:first], place))
        region = reports.region(number, position, position + piece.last - piece.first)
        compared = compare(reports, text, quote[first:last], number, region, weights=weights[first:last], place=place)
        spans.append(compared.span)
        operations += compared.operations
        done = last
    if done < len(quote):
        operations.append(_inserted(text, quote[done:], len(runs) - 1))
    return spans, operations


def align(quote: Sequence[Token], source: Sequence[Token]) -> list[Step]:
    """Pair the tokens of quote and source at the least cost.

    What the source has before and behind the quote costs nothing (Sellers, 1980). A gap costs less for each token the
    longer it is (Gotoh, 1982). Out: (quote token, source token) in order, None where one side has nothing.

    >>> align(tokenise("was good"), tokenise("It was not good."))
    [(0, 1), (None, 2), (1, 3)]
    """
    steps: list[Step] = []
    behind = 0
    for first in range(0, len(quote), _STRETCH):
        paired = _align_stretch(quote, first, min(first + _STRETCH, len(quote)), source[behind:])
        used = [source_index for _, source_index in paired if source_index is not None]
        if steps and used:
            steps += [(None, source_index) for source_index in range(behind, behind + used[0])]
        steps += [
            (quote_index, None if source_index is None else behind + source_index)
            for quote_index, source_index in paired
        ]
        behind += used[-1] + 1 if used else 0
    return steps


def _align_stretch(quote: Sequence[Token], first: int, last: int, source: Sequence[Token]) -> list[Step]:
    rows, columns = last - first, np.arange(len(source) + 1, dtype=np.int32)
    codes: dict[str, int] = {}
    exact = np.array([codes.setdefault(token.text, len(codes)) for token in source], np.int32)
    lower = np.array([codes.setdefault(token.text.lower(), len(codes)) for token in source], np.int32)
    is_word = np.array([token.is_word for token in source], bool)
    costs = np.zeros((rows + 1, len(source) + 1), np.int32)
    # The least cost that ends by adding a word of the quote.
    added = np.full((rows + 1, len(source) + 1), _IMPOSSIBLE, np.int32)
    for row in range(1, rows + 1):
        token = quote[first + row - 1]
        step = np.where(is_word == token.is_word, _REPLACE, _UNLIKE)
        step[lower == codes.get(token.text.lower(), -1)] = _OTHER_CASE
        step[exact == codes.get(token.text, -1)] = _EQUAL
        added[row] = np.minimum(added[row - 1], costs[row - 1] + _OPEN) + _INSERT
        best = added[row].copy()
        np.minimum(best[1:], costs[row - 1, :-1] + step, out=best[1:])
        least = np.minimum.accumulate(best - _DELETE * columns)
        np.minimum(best[1:], least[:-1] + _OPEN + _DELETE * columns[1:], out=best[1:])
        costs[row] = best
    return _walk_back(quote, first, source, costs, added)


def _walk_back(quote: Sequence[Token], first: int, source: Sequence[Token], costs: _Costs, added: _Costs) -> list[Step]:
    """Return the steps of the cheapest alignment.

    They are traced from its end.
    """
    steps: list[Step] = []
    row, column = len(costs) - 1, int(costs[-1].argmin())
    while row:
        here = costs[row, column]
        if column and here == costs[row - 1, column - 1] + _step_cost(quote[first + row - 1], source[column - 1]):
            row, column = row - 1, column - 1
            steps.append((first + row, column))
        elif here == added[row, column]:
            while added[row, column] != costs[row - 1, column] + _OPEN + _INSERT:
                row -= 1
                steps.append((first + row, None))
            row -= 1
            steps.append((first + row, None))
        else:
            back = column - 1
            while costs[row, back] + _OPEN + _DELETE * (column - back) != here:
                back -= 1
            steps += [(None, left_out) for left_out in range(column - 1, back - 1, -1)]
            column = back
    return steps[::-1]


def flags_of(change: Change, quote: Sequence[Token], source: Sequence[Token]) -> tuple[Flag, ...]:
    """Name the kinds of difference between two runs of tokens."""
    if change == "equal":
        return ()
    words, others = [token.text for token in quote], [token.text for token in source]
    flags: list[Flag] = []
    if not same_numbers(words, others):
        flags.append("number")
    if not same_denials(words, others):
        flags.append("negation")
    if words and [word.lower() for word in words] == [word.lower() for word in others]:
        flags.append("capital")
    if not any(token.is_word for token in (*quote, *source)) and not any(map(is_number, (*words, *others))):
        flags.append("punctuation")
    return tuple(flags)


def _windows(reports: Reports, keys: Sequence[int], preferred: frozenset[int]) -> list[tuple[int, Span]]:
    """Return the stretches of documents that hold most of the quote's words.

    Single words and runs of two and three words count, weighted by rarity.
    """
    width = max(24, len(keys))
    first = reports.first_positions
    # Stretches never reach over the end of a document: each document has its own numbers, with one to spare.
    base = first[:-1] // width + 2 * np.arange(len(reports.documents))
    runs = {tuple(keys[first : first + size]) for size in (1, 2, 3) for first in range(len(keys) - size + 1)}
    starts = [positions for run in sorted(runs) if len(positions := reports.starts(run, COMMON))]
    if not starts:
        return []
    places: Positions = np.concatenate(starts).astype(np.int64)
    numbers = reports.document_numbers(places)
    run_of = np.repeat(np.arange(len(starts)), [len(positions) for positions in starts])
    weights = np.log1p(reports.words / np.array([len(positions) for positions in starts]))
    # A run counts once in a stretch, however often it stands there.
    spread = int(base[-1]) + len(keys) + reports.words
    once = np.sort(run_of * spread + (places - first[numbers]) // width + base[numbers])
    once = once[np.diff(once, prepend=-1) > 0]
    stretches, inverse = np.unique(once % spread, return_inverse=True)
    scores = np.bincount(inverse, weights[once // spread])
    following = np.searchsorted(stretches, stretches + 1)
    beside = (following < len(stretches)) & (stretches[np.minimum(following, len(stretches) - 1)] == stretches + 1)
    both = scores + np.where(beside, scores[np.minimum(following, len(scores) - 1)], 0)
    numbers = np.searchsorted(base, stretches, side="right") - 1
    is_preferred = np.isin(numbers, list(preferred))
    order = np.lexsort((stretches, ~is_preferred, -np.round(both, 9)))[: WINDOWS if len(keys) < _STRETCH else 1]
    windows: list[tuple[int, Span]] = []
    for stretch in order.tolist():
        number = int(numbers[stretch])
        low = int(first[number] + (stretches[stretch] - base[number]) * width)
        start = max(int(first[number]), low - width // 2)
        end = min(int(first[number + 1]) - 2, low + 2 * width + width // 2)
        windows.append((number, reports.region(number, start, end + 1)))
    return windows


def _skips_sentence(reports: Reports, number: int, block: Span, runs: Sequence[Piece], places: Sequence[int]) -> bool:
    """Tell whether a whole sentence lies between two neighbouring pieces of one paragraph."""
    document = reports.documents[number]
    sentences = split_sentences(document.slice(block))
    for index, (piece, position) in enumerate(zip(runs[:-1], places[:-1], strict=True)):
        end = reports.end_of(document, position + piece.last - piece.first - 1) - block.start
        start = reports.start_of(places[index + 1]) - block.start
        if any(end <= sentence.start and sentence.end <= start for sentence in sentences):
            return True
    return False


def _step_cost(token: Token, other: Token) -> int:
    if token.text == other.text:
        return _EQUAL
    if token.text.lower() == other.text.lower():
        return _OTHER_CASE
    return _REPLACE if token.is_word == other.is_word else _UNLIKE


def _same(quote: Sequence[Token], index: int, other: Token) -> bool:
    """Tell whether two tokens are the same but for the case of a first letter.

    The case may differ at the start of the quote, and where the letter was in brackets.
    """
    token = quote[index]
    return token.text == other.text or (
        (index == 0 or token.bracketed)
        and token.text[1:] == other.text[1:]
        and token.text[:1].lower() == other.text[:1].lower()
    )


def _operations(
    text: str,
    quote: Sequence[Token],
    source_text: str,
    source: Sequence[Token],
    steps: Sequence[Step],
    place: int,
) -> list[Operation]:
    """Group neighbouring steps into runs of equal tokens and runs that differ."""
    groups: list[tuple[bool, list[Token], list[Token]]] = []
    for quote_index, source_index in steps:
        same = quote_index is not None and source_index is not None and _same(quote, quote_index, source[source_index])
        if not groups or groups[-1][0] != same:
            groups.append((same, [], []))
        if quote_index is not None:
            groups[-1][1].append(quote[quote_index])
        if source_index is not None:
            groups[-1][2].append(source[source_index])
    # Marks at the very end are forgiven here as they are in what is found.
    same, mine, theirs = groups[-1] if groups else (True, [], [])
    if not same and len(groups) > 1 and all(token.text in _FINAL_MARKS for token in (*mine, *theirs)):
        groups.pop()
    return [_operation(text, mine, source_text, theirs, same, place) for same, mine, theirs in groups]


def _operation(
    text: str, mine: Sequence[Token], source_text: str, theirs: Sequence[Token], same: bool, place: int
) -> Operation:
    quote_span = Span(mine[0].start, mine[-1].end) if mine else None
    source_span = Span(theirs[0].start, theirs[-1].end) if theirs else None
    change: Change = "equal" if same else "replaced" if mine and theirs else "inserted" if mine else "deleted"
    return Operation(
        change=change,
        quote=text[quote_span.start : quote_span.end] if quote_span else "",
        source=source_text[source_span.start : source_span.end] if source_span else "",
        quote_span=quote_span,
        source_span=source_span,
        place=place,
        flags=flags_of(change, mine, theirs),
    )


def _inserted(text: str, tokens: Sequence[Token], place: int) -> Operation:
    return _operation(text, tokens, "", (), False, place)
