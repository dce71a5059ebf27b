"""Questions worth asking of the reports that are really indexed, each tried before it is offered.

In: a ``Generation``, and a way to try a question. Out: examples to start from, and what else could be asked after an
answer. They are made of the subjects that the reports' own headings name, the places the reports are about and their
years, in the words a member of the public would use: those of the domain.

>>> from probqa.dates import PartialDate
>>> from probqa.glossary.domain import Asked, Suggestions
>>> domain = Domain(suggestions=Suggestions((Asked("Were there enough staff {where} {when}?", ("staff shortage*",)),)))
>>> source = Source("a", "A", "The Inspectors", "report", PartialDate("2017"), area="Gwent (Wales)")
>>> for heading in ("Staff shortages", "Day centres", "About the office"):
...     made = _candidate(heading, source, domain)
...     print(made and made.question)
Were there enough staff in Gwent in 2017?
What is said about day centres in Gwent in 2017?
None
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice

from probqa.glossary.domain import Domain, Suggestions
from probqa.indexing.generation import Generation
from probqa.records import Answer, Document, Quote, Source
from probqa.understanding.leaning import is_incomplete

EXAMPLES = 6
FOLLOW_UPS = 3
MOST_TRIED = 24

_RATED = re.compile(r"\b(verdicts?|ratings?)\b", re.IGNORECASE)

# Headings that name no subject of their own, or not in words that stand by themselves.
_NO_SUBJECT = re.compile(
    r"^(the|a|main|one|different|changes|places|other|progress|recurring)\b|"
    r"\b(about|what|how|why|who|verdicts?|ratings?|rated|overall|licen[cs]e|recommendations?|introduction|foreword|"
    r"summary|contents|annex|appendix|findings?|reports?|followed|sources?|background|conclusions?|"
    r"results?|response|reaction|comment|call|scale|\d+)\b",
    re.IGNORECASE,
)

_PLACEHOLDER = re.compile(r"\{(subject|where|when)\}")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, what it asks about, and the heading and source that are to answer it first of all.

    It is plain where it is asked as people ask, not in the words of the heading. ``text_sha256`` is that of the report.
    """

    question: str
    subject: str
    heading: str
    source: Source
    plain: bool
    text_sha256: str = ""


Tried = Callable[[Candidate], Quote | None]
"""The first quote that answers the question, or None."""


def examples(generation: Generation, tried: Tried) -> tuple[str, ...]:
    """Return questions from different reports, on different subjects, that the reports answer themselves."""
    documents = sorted(
        generation.all_documents(), key=lambda document: (document.source.published.iso, document.source.id)
    )
    step = max(1, len(documents) // EXAMPLES)
    # From all through the years.
    spread = (document for start in range(step) for document in documents[start::step])
    candidates = _plain_first(
        candidate for document in spread for candidate in _candidates(document, generation.domain)
    )
    kept: list[Candidate] = []
    tries = 0
    for candidate in candidates:
        about = {candidate.subject, candidate.source.area or candidate.source.id}
        if any(about & {other.subject, other.source.area} for other in kept):
            continue
        tries += 1
        if _is_answered(candidate, tried):
            kept.append(candidate)
        if len(kept) == EXAMPLES or tries == MOST_TRIED:
            break
    return tuple(candidate.question for candidate in kept)


def follow_ups(generation: Generation, answer: Answer, asked: tuple[str, ...], tried: Tried) -> tuple[str, ...]:
    """Return what else the reports say that were quoted, best first."""
    documents = dict.fromkeys(quote.source.id for quote in answer.quotes[:3])
    columns = [_others(generation, name, answer.quotes[0].heading) for name in documents]
    # In turn, so that the first three are not all of one report.
    candidates = [column[row] for row in range(3) for column in columns if row < len(column)]
    known = {question.casefold() for question in asked}
    new = (candidate for candidate in candidates if candidate.question.casefold() not in known)
    return tuple(islice((candidate.question for candidate in new if _is_answered(candidate, tried)), FOLLOW_UPS))


def _others(generation: Generation, document_id: str, quoted: tuple[str, ...]) -> list[Candidate]:
    """Return questions on what a document says under other headings than those quoted, plain ones first."""
    document = generation.document(document_id)
    candidates = _candidates(document, generation.domain) if document else []
    taken = {candidate.subject for candidate in candidates if candidate.heading in quoted}
    return _plain_first(candidate for candidate in candidates if candidate.subject not in taken)


def _plain_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: not candidate.plain)


def _is_answered(candidate: Candidate, tried: Tried) -> bool:
    """Return whether the passage it was made from is the first to answer it, whatever was asked before."""
    if is_incomplete(candidate.question):
        return False
    first = tried(candidate)
    return first is not None and first.source.id == candidate.source.id and candidate.heading in first.heading


def _candidates(document: Document, domain: Domain) -> list[Candidate]:
    """Return a question for each heading that names a subject."""
    candidates = (_candidate(document.slice(block.span), document.source, domain) for block in document.headings)
    return [replace(candidate, text_sha256=document.text_sha256) for candidate in candidates if candidate]


def _candidate(heading: str, source: Source, domain: Domain) -> Candidate | None:
    suggestions = domain.suggestions
    where = _where(source, domain)
    for asked in suggestions.asked:
        if asked.pattern.search(heading):
            return Candidate(_filled(asked.question, source, where), asked.question, heading, source, plain=True)
    if suggestions.rated and _RATED.search(heading) and where and source.ratings:
        return Candidate(_filled(suggestions.rated, source, where), "rated", heading, source, plain=True)
    subject = _subject(heading, domain)
    if not subject:
        return None
    asks = suggestions.subject if domain.publisher.is_named(source.publisher) else Suggestions.subject
    return Candidate(_filled(asks, source, where, subject), subject, heading, source, plain=False)


def _where(source: Source, domain: Domain) -> str:
    """Return the place that a report is about as it stands in a question: "in Gwent".

    It is nothing for a wide area.
    """
    place = " and ".join(source.places)
    if not place or place in domain.wide_areas:
        return ""
    special = (each.word for each in domain.suggestions.prepositions if place in each.places)
    return f"{next(special, 'in')} {place}"


def _filled(question: str, source: Source, where: str, subject: str = "") -> str:
    """Return a question with what stands in it for the place, the year and the subject."""
    published = source.published.sure
    when = f"in {published.year}" if published and not published.is_estimated else ""
    # One after another would fill in what a place or subject itself holds.
    filled = _PLACEHOLDER.sub(lambda held: {"subject": subject, "where": where, "when": when}[held[1]], question)
    return f"{' '.join(filled.removesuffix('?').split())}?"


def _subject(heading: str, domain: Domain) -> str:
    """Return a heading as it stands inside a question.

    Nothing where it names no subject, or perhaps a name.
    """
    first, _, rest = heading.partition(" ")
    names_reports = not {word.lower() for word in _WORD.findall(heading)}.isdisjoint(domain.report_words)
    if (
        names_reports
        or _NO_SUBJECT.search(heading)
        or not rest
        or len(heading) > 50
        or rest != rest.lower()
        or "'" in first
    ):
        return ""
    # "USA" and "McCann" keep their capitals, an ordinary first word loses its own.
    return heading if first[1:] != first[1:].lower() else f"{first.lower()} {rest}"
