"""Check pasted quotes against the reports, token for token.

In: documents (or an opened generation) and a text. Out: a ``CheckReport``: each quote found, altered, elsewhere,
absent or too short to check.

>>> from probqa.records import Block, Document, Source, Span
>>> text = "Staff were not seen in 38 cases."
>>> reports = Reports([Document(Source("a", "A", "P", "report"), "a.md", "", "", text, (
...     Block("paragraph", Span(0, 32)),))])
>>> [quote.status for quote in check(reports, "They “were not seen in 38\\u00a0cases”, it says.").quotes]
['found']
>>> [altered] = check(reports, "“Staff were seen in 83 cases”").quotes
>>> altered.status, altered.flags
('altered', ('number', 'negation'))
>>> [(step.change, step.quote, step.source) for step in altered.operations if step.change != "equal"]
[('deleted', '', 'not'), ('replaced', '83', '38')]

A similar text is never called found: ``tokens.FORGIVEN`` is the whole list of differences that are overlooked.
"""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from probqa.checking.claims import paragraphs, quoted_spans, strip
from probqa.checking.comparison import (
    flags_of,
    is_altered,
    nearest,
    piece_operations,
    pieces,
    share_of,
    stitched,
    weights_of,
)
from probqa.checking.evidence import telling
from probqa.checking.lookup import Reports
from probqa.checking.matches import Match, comparable, denied_before, edited, exact, marks_in
from probqa.checking.tokens import FORGIVEN, QUOTE_MARKS, Token, tokenise
from probqa.checking.verdicts import (
    FLAGS,
    MIN_CHARACTERS,
    MIN_WORDS,
    Change,
    CheckedQuote,
    CheckReport,
    Flag,
    NamedReport,
    Operation,
    Place,
    cut_place,
    describe,
    to_json,
)
from probqa.errors import InputError
from probqa.glossary.domain import Domain
from probqa.reading.sentences import split_sentences
from probqa.records import Document, Span
from probqa.text import half_character

__all__ = [
    "FLAGS",
    "FORGIVEN",
    "MAX_CHARACTERS",
    "MAX_PLACES",
    "CheckReport",
    "CheckedQuote",
    "NamedReport",
    "Operation",
    "Place",
    "Reports",
    "check",
    "describe",
    "prepare",
    "to_json",
]

MAX_CHARACTERS = 20_000
MAX_DRAFT_CHARACTERS = 500_000
MAX_PLACES = 100
# Where one passage holds this share of the telling words of a sentence round its quotes, and so many of its words, the
# sentence is a copy of the report's.
COPY_SHARE = 0.7
COPY_WORDS = 3
# A sentence without a quote must have so many telling words: one's own "This was not enough." stands somewhere too.
COPY_UNQUOTED = 4

_LINES = re.compile(r"[^\n]++")


class Generation(Protocol):
    """What checking needs of an opened index: its name, what it is about and its documents."""

    name: str
    domain: Domain

    def all_documents(self) -> Iterable[Document]:
        """Return every document."""


_prepared: weakref.WeakKeyDictionary[Generation, Reports] = weakref.WeakKeyDictionary()
_preparing = threading.Lock()


def prepare(generation: Generation) -> Reports:
    """Prepare a generation for checking, once.

    The same object gives the same ``Reports``.
    """
    with _preparing:
        reports = _prepared.get(generation)
        if reports is None:
            reports = _prepared[generation] = Reports(generation.all_documents(), generation.name, generation.domain)
        return reports


def check(
    reports: Reports | Generation, text: str, named: str | Sequence[str] | None = None, *, is_draft: bool = False
) -> CheckReport:
    """Check every quote of ``text``.

    ``named`` says which report the text claims to quote, by id, title or area and year. Without it, or where no report
    goes by that name, the reports that the text itself names count. Text without quote marks is one quote. Where that
    is not found as a whole, each sentence of it is a quote. A draft is longer, and its sentences without quote marks
    are its writer's own unless they are copied from a report.

    Raises:
        InputError: the text is empty, too long or no text.
    """
    if not isinstance(reports, Reports):
        reports = prepare(reports)
    _refuse_unusable(text, MAX_DRAFT_CHARACTERS if is_draft else MAX_CHARACTERS)
    spans = _claims(reports, text, is_draft=is_draft)
    given = [named] if isinstance(named, str) else list(named or ())
    names = reports.names.resolve(given)
    if not any(name.understood for name in names):
        names += reports.names.named_in(text, spans)
    is_named = any(name.understood for name in names)
    numbers = frozenset(reports.numbers[document_id] for name in names for document_id in name.document_ids)
    return CheckReport(
        text=text,
        quotes=tuple(_check_quote(reports, text, span, numbers, is_named) for span in spans),
        named=tuple(names),
        documents=len(reports.documents),
        digests=reports.digests,
        generation=reports.generation,
        unchecked=tuple(_unchecked(text, spans)),
    )


def _unchecked(text: str, claims: Sequence[Span]) -> Iterator[Span]:
    """Yield the words between the claims, which are the writer's own."""
    edges = [0, *(edge for claim in claims for edge in (claim.start, claim.end)), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        for line in _LINES.finditer(text, start, end):
            words = [token for token in tokenise(text, *line.span()) if token.is_word]
            if words:
                yield Span(words[0].start, words[-1].end)


def _refuse_unusable(text: str, most: int) -> None:
    if not text.strip():
        raise InputError("there is no text to check", "paste a quote, or a paragraph with quotes in quote marks")
    if len(text) > most:
        raise InputError(f"the text has {len(text):,} characters, more than {most:,}", "check less of it at a time")
    if half := half_character(text):
        raise InputError(f"the text holds half a character, U+{ord(half):04X}", "copy it again")


def _claims(reports: Reports, text: str, *, is_draft: bool) -> list[Span]:
    """Return the parts of a text that are to be checked, in order.

    These are the whole text if it stands in a report as it is. Else they are its quotes, each with the sentence round
    it if that sentence is a report's too, and every other sentence that is. A pasted text without quotes is checked
    sentence by sentence, whosever it is.
    """
    whole = _bare(text, strip(text, 0, len(text)) or Span(0, len(text)))
    if _found(reports, text, whole):
        return [whole]
    quoted = [_bare(text, span) for span in quoted_spans(text)]
    is_quoting = is_draft or any(not _is_too_short(text, span) for span in quoted)
    claims: list[Span] = []
    for paragraph in paragraphs(text):
        if is_quoting:
            claims += _quoting_claims(reports, text, paragraph, quoted)
        else:
            claims += _sentence_claims(reports, text, _bare(text, paragraph))
    return claims


def _quoting_claims(reports: Reports, text: str, paragraph: Span, quoted: Sequence[Span]) -> list[Span]:
    """Return the quotes of a paragraph, and instead of them the sentences that are a report's.

    Sentences that one quote holds together are taken as one.
    """
    inside = [span for span in quoted if paragraph.start <= span.start < paragraph.end]
    claims: list[Span] = []
    for stretch in _stretches(text, paragraph, inside):
        own = [span for span in inside if stretch.start <= span.start < stretch.end]
        bare = _bare(text, stretch)
        claims += [bare] if bare not in own and _is_copy(reports, text, bare, own) else own
    return claims


def _stretches(text: str, paragraph: Span, quoted: Sequence[Span]) -> list[Span]:
    """Cut a paragraph into sentences, but never inside a quote."""
    stretches: list[Span] = []
    for sentence in split_sentences(text[paragraph.start : paragraph.end]):
        start, end = paragraph.start + sentence.start, paragraph.start + sentence.end
        if stretches and any(span.start < start < span.end for span in quoted):
            stretches[-1] = Span(stretches[-1].start, end)
        else:
            stretches.append(Span(start, end))
    return stretches


def _sentence_claims(reports: Reports, text: str, paragraph: Span) -> list[Span]:
    """Return the parts of a paragraph that are to be checked.

    The paragraph is one quote if it is found as a whole, or if each of its sentences is found. Else each sentence is
    one.
    """
    if _found(reports, text, paragraph):
        return [paragraph]
    inside = split_sentences(text[paragraph.start : paragraph.end])
    sentences = [Span(paragraph.start + span.start, paragraph.start + span.end) for span in inside]
    are_found = [_found(reports, text, sentence) for sentence in sentences]
    # Sentences that all stand somewhere, but not together, are one stitched quote.
    return [paragraph] if all(are_found) else sentences


def _found(reports: Reports, text: str, span: Span) -> bool:
    tokens = tokenise(text, span.start, span.end)
    return _has_words(tokens) and any(match.whole for match in exact(reports, text, tokens))


def _is_copy(reports: Reports, text: str, sentence: Span, quoted: Sequence[Span]) -> bool:
    """Tell whether the words of a sentence round its quotes are a report's too.

    If they are, the sentence is a copy of the report's, and quote marks in it may be the report's own. A sentence that
    stands there but for its quote marks says no more than its quotes do.
    """
    tokens = comparable(text, sentence)
    around = frozenset(
        index
        for index, token in enumerate(tokens)
        if token.is_word and not any(span.start <= token.start < span.end for span in quoted)
    )
    evidence = around.intersection(telling(tokens)) or around
    if len(around) < COPY_WORDS or (not quoted and len(evidence) < COPY_UNQUOTED):
        return False
    edges = {edge for span in quoted for edge in (span.start - 1, span.end)}
    unmarked = [token for token in tokens if token.start not in edges]
    if quoted and any(match.whole for match in exact(reports, text, unmarked)):
        return any(match.whole for match in exact(reports, text, tokens))
    if not _mostly_known(reports, tokens, around):
        return False
    comparison = nearest(reports, text, tokens, frozenset())
    if comparison is None or len(comparison.equal & around) < COPY_WORDS:
        return False
    weights = weights_of(reports, tokens)
    return share_of(weights, comparison.equal & evidence) >= COPY_SHARE * share_of(weights, evidence)


def _mostly_known(reports: Reports, tokens: Sequence[Token], around: frozenset[int]) -> bool:
    """Tell whether a third of the words round the quotes stand somewhere with a neighbour.

    This test spares most comparisons.
    """
    words = [index for index, token in enumerate(tokens) if token.is_word]
    pairs = [words[start : start + 2] for start in range(max(1, len(words) - 1))]
    runs = [reports.keys(tokens[index].text for index in pair) for pair in pairs if not around.isdisjoint(pair)]
    return 3 * sum(reports.count(run) > 0 for run in runs) >= len(runs)


def _bare(text: str, span: Span) -> Span:
    """Take off quote marks that stand round the whole span, or at one end only."""
    start, end = span.start, span.end
    inside = text[start + 1 : end - 1]
    opens, closes = text[start] in QUOTE_MARKS, text[end - 1] in QUOTE_MARKS
    if opens and closes and not any(mark in inside for mark in QUOTE_MARKS):
        return strip(text, start + 1, end - 1) or span
    if opens and not closes and not any(mark in text[start + 1 : end] for mark in QUOTE_MARKS):
        return strip(text, start + 1, end) or span
    if closes and not opens and not any(mark in text[start : end - 1] for mark in QUOTE_MARKS):
        return strip(text, start, end - 1) or span
    return span


def _has_words(tokens: Sequence[Token]) -> bool:
    return any(token.is_word for token in tokens)


def _is_too_short(text: str, span: Span) -> bool:
    words = sum(token.is_word for token in tokenise(text, span.start, span.end))
    return words < MIN_WORDS or span.end - span.start < MIN_CHARACTERS


def _check_quote(reports: Reports, text: str, span: Span, wanted: frozenset[int], is_named: bool) -> CheckedQuote:
    quote = CheckedQuote(text[span.start : span.end], span, "too_short")
    if _is_too_short(text, span):
        return quote
    tokens = tokenise(text, span.start, span.end)
    matches = exact(reports, text, tokens)
    whole = [match for match in matches if match.whole]
    if not whole:
        matches += edited(reports, text, span)
        whole = [match for match in matches if match.whole]
    if whole:
        return _found_quote(reports, text, quote, whole, wanted, is_named)
    if matches:
        best = min(matches, key=lambda match: (match.number not in wanted, match.runs_on, match.number))
        return _nearly_quote(reports, text, quote, best, is_named and best.number not in wanted)
    return _compared_quote(reports, text, quote, wanted, is_named)


def _found_quote(
    reports: Reports,
    text: str,
    quote: CheckedQuote,
    matches: Sequence[Match],
    wanted: frozenset[int],
    is_named: bool,
) -> CheckedQuote:
    # The named report comes first, then the place where least was left out or overlooked.
    ordered = sorted(
        matches,
        key=lambda match: (
            match.number not in wanted,
            len(match.parts),
            len(match.forgiven),
            match.number,
            match.parts[0].start,
        ),
    )
    best = ordered[0]
    is_elsewhere = is_named and best.number not in wanted
    operations: tuple[Operation, ...] = ()
    if best.omission or best.editorial:
        operations = _match_operations(reports, text, quote.span, best)
    flags: list[Flag] = ["elsewhere"] if is_elsewhere else []
    flags += ["omission"] if best.omission else []
    flags += ["editorial"] if best.editorial else []
    flags += ["apart"] if best.apart else []
    places = _one_a_part(best) if best.apart else ordered
    return replace(
        quote,
        status="elsewhere" if is_elsewhere else "found",
        places=tuple(_place(reports, match) for match in places[:MAX_PLACES]),
        place_count=len(places),
        operations=operations,
        flags=tuple(flags),
    )


def _nearly_quote(reports: Reports, text: str, quote: CheckedQuote, match: Match, is_elsewhere: bool) -> CheckedQuote:
    """Describe a quote whose words all stand in order but may not be called found.

    Something speaks against it: words are cut, run together or unfairly left out.
    """
    operations = _match_operations(reports, text, quote.span, match)
    flags: list[Flag] = ["omission"] if match.omission else []
    flags += ["editorial"] if match.editorial else []
    # What lies between distant parts is not shown, so that the "not" it hides must be told.
    flags += ["apart", "negation"] if match.apart and match.unfair else ["apart"] if match.apart else []
    flags += ["stitched"] if match.runs_on else []
    flags += ["cut"] if match.cut else []
    flags += ["elsewhere"] if is_elsewhere else []
    places = _one_a_part(match) if match.runs_on or match.apart else [match]
    return replace(
        quote,
        status="altered",
        places=tuple(_place(reports, place) for place in places),
        place_count=len(places),
        operations=operations,
        flags=_all_flags(flags, operations),
    )


def _one_a_part(match: Match) -> list[Match]:
    return [replace(match, parts=(part,)) for part in match.parts]


def _compared_quote(
    reports: Reports, text: str, quote: CheckedQuote, wanted: frozenset[int], is_named: bool
) -> CheckedQuote:
    tokens = comparable(text, quote.span)
    single = nearest(reports, text, tokens, wanted)
    runs = pieces(reports, tokens)
    homes = stitched(reports, runs) if runs else []
    if homes and (single is None or sum(run.last - run.first for run in runs) >= len(single.equal)):
        spans, steps = piece_operations(reports, text, tokens, runs, homes)
        places = [
            cut_place(reports.documents[number], (span,), reports.block_at(number, span.start).span)
            for (number, _), span in zip(homes, spans, strict=True)
        ]
        is_elsewhere = is_named and not any(number in wanted for number, _ in homes)
        flags: list[Flag] = ["stitched"]
        flags += ["elsewhere"] if is_elsewhere else []
        return replace(
            quote,
            status="altered",
            places=tuple(places),
            place_count=len(places),
            operations=tuple(steps),
            flags=_all_flags(flags, steps),
        )
    if single is None or not is_altered(single):
        return replace(quote, status="absent")
    document = reports.documents[single.number]
    place = cut_place(document, (single.span,), reports.block_at(single.number, single.span.start).span)
    flags = ["elsewhere"] if is_named and single.number not in wanted else []
    return replace(
        quote,
        status="altered",
        places=(place,),
        place_count=1,
        operations=single.operations,
        flags=_all_flags(flags, single.operations),
    )


def _match_operations(reports: Reports, text: str, span: Span, match: Match) -> tuple[Operation, ...]:
    """Return the steps between a quote and the stretch of a document that a match covers.

    What the match cuts off is among them.
    """
    document = reports.documents[match.number]
    start = match.parts[0].start
    steps: list[Operation] = [_cut_off(document, cut, 0) for cut in match.cut if cut.end <= start]
    done, left = span.start, start
    for index, (part, quoted) in enumerate(zip(match.parts, match.quoted, strict=True)):
        place = index if match.runs_on or match.apart else 0
        if not (match.runs_on or match.apart):
            steps += _between(document, text, Span(left, part.start) if left < part.start else None, done, quoted.start)
        same = text[quoted.start : quoted.end], document.slice(part)
        steps.append(Operation("equal", *same, quote_span=quoted, source_span=part, place=place))
        done, left = quoted.end, part.end
    steps += _between(document, text, None, done, span.end)
    place = len(match.parts) - 1 if match.runs_on or match.apart else 0
    return (*steps, *(_cut_off(document, cut, place) for cut in match.cut if cut.end > start))


def _between(document: Document, text: str, left_out: Span | None, start: int, end: int) -> list[Operation]:
    """Return the step between two parts, if there is one.

    It holds what the report says there, and what the quote's marks put in its place.
    """
    marks = marks_in(text, start, end)
    put_in = [mark for kind, mark in marks if kind != "omission"]
    mine = Span(put_in[0].start, put_in[-1].end) if put_in else None
    words = [token for mark in put_in for token in tokenise(text, mark.start + 1, mark.end - 1)]
    theirs = tokenise(document.text, left_out.start, left_out.end) if left_out else []
    if not words and not theirs:
        return []
    change: Change = "replaced" if words and theirs else "inserted" if words else "deleted"
    source_span = Span(theirs[0].start, theirs[-1].end) if theirs else None
    owned: list[Flag] = ["omission"] if theirs and any(kind == "omission" for kind, _ in marks) else []
    owned += ["editorial"] if words else []
    return [
        Operation(
            change,
            quote=text[mine.start : mine.end] if mine else "",
            source=document.slice(source_span) if source_span else "",
            quote_span=mine,
            source_span=source_span,
            flags=(*flags_of(change, words, theirs), *owned),
        )
    ]


def _cut_off(document: Document, cut: Span, place: int) -> Operation:
    flags = flags_of("deleted", (), tokenise(document.text, cut.start, cut.end))
    return Operation("deleted", source=document.slice(cut), source_span=cut, place=place, flags=(*flags, "cut"))


def _place(reports: Reports, match: Match) -> Place:
    document = reports.documents[match.number]
    start, end = match.parts[0].start, match.parts[-1].end
    blocks = reports.blocks_between(match.number, start, end)
    context = Span(blocks[0].span.start, blocks[-1].span.end)
    denied = denied_before(document, blocks[0].span, start)
    return cut_place(document, match.parts, context, tuple(sorted(match.forgiven)), denied)


def _all_flags(flags: Sequence[Flag], steps: Iterable[Operation]) -> tuple[Flag, ...]:
    """Return the flags of the whole and of its steps, each once, in the order of ``FLAGS``."""
    present = {*flags, *(flag for step in steps for flag in step.flags)}
    # These two say that nothing worse differs.
    for mild in ("punctuation", "capital"):
        if any(step.change != "equal" and mild not in step.flags for step in steps) or "stitched" in present:
            present.discard(mild)
    return tuple(flag for flag in FLAGS if flag in present)
