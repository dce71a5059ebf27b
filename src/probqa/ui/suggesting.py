"""Questions worth asking of the reports that are really indexed, each tried before it is offered.

In: a ``Library``. Out: examples to start from, and what else could be asked after an answer. They are made of the
subjects that the reports' own headings name, the places the reports are about and their years.

>>> _subject("Public protection"), _subject("NPS court reports"), _subject("Verdict and rating")
('public protection', 'NPS court reports', '')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from probqa.errors import ProbqaError
from probqa.index import Generation
from probqa.records import Answer, Document, Source

EXAMPLES = 6
FOLLOW_UPS = 3
MOST_TRIED = 24

# Headings that name no subject of their own.
_NO_SUBJECT = re.compile(
    r"\b(about|what|how|why|verdicts?|ratings?|overall|licen[cs]e|recommendations?|introduction|foreword|summary|contents|annex|"
    r"appendix|findings|report|followed|sources?|background|conclusions?|results?|\d+)\b",
    re.IGNORECASE,
)

Asking = Callable[[str], Answer]


def examples(generation: Generation, ask: Asking) -> tuple[str, ...]:
    """Questions from different reports, on different subjects, that the reports answer themselves."""
    return tuple(islice(_answered(_different(generation), ask), EXAMPLES))


def follow_ups(generation: Generation, answer: Answer, asked: tuple[str, ...], ask: Asking) -> tuple[str, ...]:
    """What else the reports that were quoted say, and what others say of the same subject."""
    quotes = answer.quotes[:3]
    candidates: list[tuple[str, str]] = []
    for quote in quotes:
        document = generation.document(quote.source.id)
        if document is not None:
            used = set(quote.heading)
            headings = [heading for heading in _headings(document) if heading not in used and _subject(heading)]
            candidates += [(_question(heading, document.source), document.source.id) for heading in headings[:3]]
    # In turn, so that the first three are not all of one report.
    tried = [candidates[at] for start in range(3) for at in range(start, len(candidates), 3)]
    known = {question.casefold() for question in asked}
    new = (pair for pair in dict.fromkeys(tried) if pair[0].casefold() not in known)
    return tuple(islice(_answered(new, ask), FOLLOW_UPS))


def _different(generation: Generation) -> Iterator[tuple[str, str]]:
    """One question a report, no place and no subject twice; reports are taken from all through the years."""
    documents = sorted(generation.all_documents(), key=lambda one: (one.source.published, one.source.id))
    step = max(1, len(documents) // EXAMPLES)
    places: set[str] = set()
    subjects: set[str] = set()
    for document in (documents[at] for start in range(step) for at in range(start, len(documents), step)):
        place = document.source.area or document.source.id
        for heading in _headings(document):
            subject = _subject(heading)
            if subject and place not in places and subject not in subjects and len(subject.split()) > 1:
                places.add(place)
                subjects.add(subject)
                yield _question(heading, document.source), document.source.id


def _answered(candidates: Iterator[tuple[str, str]], ask: Asking) -> Iterator[str]:
    """Those that are answered, and first of all by the report they were made from."""
    for question, document_id in islice(candidates, MOST_TRIED):
        try:
            answer = ask(question)
        except ProbqaError:
            continue
        if answer.status == "answered" and answer.quotes[0].source.id == document_id:
            yield question


def _question(heading: str, source: Source) -> str:
    place = re.sub(r"\s*\(.*?\)", "", source.area).replace("; ", " and ")
    where = f" in {place}" if place not in ("", "England", "England and Wales") else ""
    if source.published and not source.published_note:
        return f"What was found about {_subject(heading)}{where} in {source.published[:4]}?"
    return f"What do the reports say about {_subject(heading)}{where}?"


def _headings(document: Document) -> list[str]:
    return [document.slice(block.span) for block in document.headings]


def _subject(heading: str) -> str:
    """A heading as it stands inside a question; nothing where it names no subject."""
    if _NO_SUBJECT.search(heading) or not 3 < len(heading) < 60 or not heading.replace(" ", "").isascii():
        return ""
    first, _, rest = heading.partition(" ")
    # "NPS" and "McCann" keep their capitals, an ordinary first word loses its own.
    return heading if any(letter.isupper() for letter in first[1:]) else f"{first.lower()} {rest}".strip()
