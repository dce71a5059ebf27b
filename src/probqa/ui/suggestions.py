"""Questions worth asking of the reports that are really indexed, each tried before it is offered.

In: a ``Generation``, and a way to try a question. Out: examples to start from, and what else could be asked after an
answer. They are made of the subjects that the reports' own headings name, the places the reports are about and their
years, in the words a member of the public would use.

>>> from probqa.dates import PartialDate
>>> source = Source("a", "A", "HM Inspectorate of Probation", "report", PartialDate("2017"), area="Gwent (Wales)")
>>> for heading in ("Staff shortages", "Day centres", "About the inspection"):
...     made = _candidate(heading, source)
...     print(made and made.question)
Were there enough staff in Gwent in 2017?
What did inspectors find about day centres in Gwent in 2017?
None
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from probqa.indexing.generation import Generation
from probqa.records import Answer, Document, Quote, Source
from probqa.understanding.follow_ups import is_incomplete

EXAMPLES = 6
FOLLOW_UPS = 3
MOST_TRIED = 24

# What a heading is about, and how people ask about it; the first that fits. ``{here}`` is "in Gwent in 2017".
_ASKED = tuple(
    (re.compile(rf"\b({words})", re.IGNORECASE), asked)
    for words, asked in (
        ("telephone|remote supervision", "Were people supervised by telephone{here}?"),
        ("unpaid work", "How well was unpaid work run{here}?"),
        ("domestic abuse", "How well was domestic abuse dealt with{here}?"),
        ("child|children", "How well were children protected{here}?"),
        ("victim", "How well were victims kept informed{here}?"),
        ("wom[ae]n", "What help did women on probation get{here}?"),
        ("homeless|hous(ing|e)|accommodation", "Did people on probation have somewhere to live{here}?"),
        ("through the gate|leaving prison|resettlement|release\\b", "What help did people leaving prison get{here}?"),
        ("recall", "Why were people recalled to prison{here}?"),
        ("missed appointments|enforcement", "What happened when appointments were missed{here}?"),
        ("drug|addiction|substance|treatment", "What help did people with a drug problem get{here}?"),
        ("information sharing|police checks", "Did probation, police and social services share what they knew{here}?"),
        ("risk assess|assess\\w*|risk screening", "How well was risk assessed{here}?"),
        ("public protection|keeping people safe|managing risk", "How well was the public protected{here}?"),
        ("workload|caseload", "How heavy were workloads{here}?"),
        ("morale|fear among staff", "How was staff morale{here}?"),
        ("training", "How well were staff trained{here}?"),
        ("staffing$|staff shortages?|staff numbers|sickness|vacanc|recruitment", "Were there enough staff{here}?"),
        ("court", "How good was the work in court{here}?"),
        ("leadership", "How good was the leadership{here}?"),
        ("offices?\\b", "What were the probation offices like{here}?"),
        ("reoffending", "Did probation reduce reoffending{here}?"),
        ("programmes?|courses", "Could people get onto the courses they needed{here}?"),
        ("minority ethnic|race|diversity", "Were people of all backgrounds treated fairly{here}?"),
        ("charities|voluntary sector", "What part did charities play{here}?"),
        ("engag|(working|contact) with people", "How well did staff engage people on probation{here}?"),
        ("supervision", "How well were people supervised{here}?"),
        ("^(the )?national probation service", "How well did the National Probation Service do{here}?"),
        ("private compan|community rehabilitation compan", "How well did the private probation companies do{here}?"),
    )
)
_RATED = re.compile(r"\b(verdicts?|ratings?)\b", re.IGNORECASE)

# Headings that name no subject of their own, or not in words that stand by themselves.
_NO_SUBJECT = re.compile(
    r"^(the|a|main|one|different|changes|places|other|progress|recurring)\b|"
    r"\b(about|what|how|why|who|verdicts?|ratings?|rated|overall|licen[cs]e|recommendations?|introduction|foreword|"
    r"summary|contents|annex|appendix|findings?|reports?|inspections?|followed|sources?|background|conclusions?|"
    r"results?|response|reaction|comment|call|scale|\d+)\b",
    re.IGNORECASE,
)

Tried = Callable[[str], Quote | None]
"""The first quote that answers a question; None where it is not answered."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, what it asks about, and the heading and source that are to answer it first of all.

    It is plain where it is asked as people ask, not in the words of the heading.
    """

    question: str
    subject: str
    heading: str
    source: Source
    plain: bool


def examples(generation: Generation, tried: Tried) -> tuple[str, ...]:
    """Return questions from different reports, on different subjects, that the reports answer themselves."""
    documents = sorted(
        generation.all_documents(), key=lambda document: (document.source.published.iso, document.source.id)
    )
    step = max(1, len(documents) // EXAMPLES)
    # From all through the years.
    spread = (document for start in range(step) for document in documents[start::step])
    candidates = _plain_first(candidate for document in spread for candidate in _candidates(document))
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
    columns = [_others(generation.document(name), answer.quotes[0].heading) for name in documents]
    # In turn, so that the first three are not all of one report.
    candidates = [column[row] for row in range(3) for column in columns if row < len(column)]
    known = {question.casefold() for question in asked}
    new = (candidate for candidate in candidates if candidate.question.casefold() not in known)
    return tuple(islice((candidate.question for candidate in new if _is_answered(candidate, tried)), FOLLOW_UPS))


def _others(document: Document | None, quoted: tuple[str, ...]) -> list[Candidate]:
    """Return questions on what a document says under other headings than those quoted, plain ones first."""
    candidates = _candidates(document) if document else []
    taken = {candidate.subject for candidate in candidates if candidate.heading in quoted}
    return _plain_first(candidate for candidate in candidates if candidate.subject not in taken)


def _plain_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: not candidate.plain)


def _is_answered(candidate: Candidate, tried: Tried) -> bool:
    """Return whether the passage it was made from is the first to answer it, whatever was asked before."""
    if is_incomplete(candidate.question):
        return False
    first = tried(candidate.question)
    return first is not None and first.source.id == candidate.source.id and candidate.heading in first.heading


def _candidates(document: Document) -> list[Candidate]:
    """Return a question for each heading that names a subject."""
    candidates = (_candidate(document.slice(block.span), document.source) for block in document.headings)
    return [candidate for candidate in candidates if candidate]


def _candidate(heading: str, source: Source) -> Candidate | None:
    place = " and ".join(source.places)
    preposition = "at" if place.endswith("Premises") else "in the" if re.fullmatch(r"(\w+ )?Midlands", place) else "in"
    where = f" {preposition} {place}" if place not in ("", "England", "England and Wales") else ""
    published = source.published
    when = f" in {published.year}" if published and not published.is_estimated else ""
    for words, asked in _ASKED:
        if words.search(heading):
            return Candidate(asked.format(here=where + when), asked, heading, source, plain=True)
    if _RATED.search(heading) and where and source.ratings:
        return Candidate(f"How was probation{where} rated{when}?", "rated", heading, source, plain=True)
    subject = _subject(heading)
    if not subject:
        return None
    asks = "What did inspectors find about" if "Inspectorate" in source.publisher else "What is said about"
    return Candidate(f"{asks} {subject}{where}{when}?", subject, heading, source, plain=False)


def _subject(heading: str) -> str:
    """Return a heading as it stands inside a question.

    Nothing where it names no subject, or perhaps a name.
    """
    first, _, rest = heading.partition(" ")
    if _NO_SUBJECT.search(heading) or not rest or len(heading) > 50 or rest != rest.lower() or "'" in first:
        return ""
    # "NPS" and "McCann" keep their capitals, an ordinary first word loses its own.
    return heading if first[1:] != first[1:].lower() else f"{first.lower()} {rest}"
