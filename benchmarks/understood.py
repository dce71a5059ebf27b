"""How much of what is asked is understood: questions of twelve kinds, and conversations (benchmarks/understood/).

    probqa build && python benchmarks/understood.py --split dev
    python benchmarks/understood.py --split dev --wrong       each one that is wrong, with what was got
    python benchmarks/understood.py --split dev --print 10    ten conversations in full

"right": all that was expected is so. "findings right": what was expected of quotes, ratings and status is so, whatever
the form: a definition, sides in columns or a note may be missing. A turn "leans" if it cannot be understood by itself;
it is "denied" if nothing was found for it though the same, asked in full, is answered. One that does not lean must not
be completed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from statistics import mean
from typing import TypeVar

from probqa.asking.library import Library
from probqa.decoding import decode_json
from probqa.measuring.evaluation import GoldSpan
from probqa.questions import Request
from probqa.records import Answer, Quote, is_worth
from probqa.settings import settings

HERE = Path(__file__).parent / "understood"
FIRST = 3
GRADES = ("'Outstanding'", "'Good'", "'Requires improvement'", "'Inadequate'")

_T = TypeVar("_T")
Ask = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Side:
    """A part of the answer: words of which one stands in its label, and the documents of which one is quoted first."""

    label: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A row of the table of ratings; ``of`` stands in what was rated."""

    document_id: str
    rating: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be so of an answer.

    Of the first three quotes: one is of ``documents``, none of ``not_documents``, each of ``only_documents`` or about
    the whole country, each published from ``since`` ``until``; one holds one of ``answers``. ``first_document`` is that
    of the first quote. Of each group of ``together`` there is one among them, and likewise of ``together_answers``.
    ``note`` are words of which one stands in a note. Of each of ``ratings`` there is a row or a first quote, and none
    is of another than ``only_rating``. ``same_as`` is a question that has the same status and the same first quote,
    ``as_good_as`` one whose status is no better. ``talk`` has a plain sentence and no quotes; ``unsplit`` has no parts.
    """

    status: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    first_document: tuple[str, ...] = ()
    not_documents: tuple[str, ...] = ()
    only_documents: tuple[str, ...] = ()
    answers: tuple[GoldSpan, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    together_answers: tuple[tuple[GoldSpan, ...], ...] = ()
    since: str = ""
    until: str = ""
    same_as: str = ""
    as_good_as: str = ""
    definition: str = ""
    parts: tuple[Side, ...] = ()
    unsplit: bool = False
    ratings: tuple[Cell, ...] = ()
    only_rating: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    talk: bool = False

    @property
    def is_of_findings(self) -> bool:
        """Tell whether anything is expected besides the form."""
        return replace(self, definition="", unsplit=False, note=(), talk=False) != Expected()


@dataclass(frozen=True, slots=True)
class Single:
    """A question that comes after none."""

    id: str
    kind: str
    split: str
    question: str
    expected: Expected


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn of a conversation; ``whole`` is the same asked in full, and empty where it does not lean."""

    question: str
    expected: Expected
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns, in order."""

    id: str
    split: str
    turns: tuple[Spoken, ...]


@dataclass(slots=True)
class Faults:
    """What is wrong with an answer: with what it found, and with its form."""

    findings: list[str] = field(default_factory=list)
    form: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Tell whether anything is wrong."""
        return bool(self.findings or self.form)


def read_lines(kind: type[_T], name: str) -> tuple[_T, ...]:
    """Read a file of ``benchmarks/understood``, one record a line."""
    return tuple(decode_json(kind, line) for line in (HERE / name).read_text(encoding="utf-8").splitlines())


def faults(expected: Expected, answer: Answer, ask: Ask) -> Faults:
    """Return what is not as it was expected."""
    return Faults([*_of_findings(expected, answer, ask)], [*_of_form(expected, answer, ask)])


def _of_findings(expected: Expected, answer: Answer, ask: Ask) -> Iterator[str]:
    first = answer.quotes[:FIRST]
    found = {quote.source.id for quote in first}
    if expected.status and answer.status not in expected.status:
        yield f"status is {answer.status}"
    if (expected.since or "answered" in expected.status) and not first:
        yield "nothing is quoted"
    if expected.first_document and (not first or first[0].source.id not in expected.first_document):
        yield f"first is not {' or '.join(expected.first_document)}"
    for group in (expected.documents, *expected.together):
        if group and not expected.answers and not found & {*group}:
            yield f"no document of {', '.join(group)}"
    if expected.answers and not _holds_any(first, expected.answers) and not found & {*expected.documents}:
        yield f"not: {expected.answers[0].text}"
    for spans in expected.together_answers:
        if not _holds_any(first, spans):
            yield f"not: {spans[0].text}"
    for side in expected.parts:
        if not found & {*side.documents}:
            yield f"nothing for the side {' or '.join(side.label) or side.documents[0]}"
    for quote in first:
        yield from _misplaced(expected, quote)
    yield from _of_ratings(expected, answer)
    yield from _beside_another(expected, answer, ask)


def _beside_another(expected: Expected, answer: Answer, ask: Ask) -> Iterator[str]:
    """Yield what the same question, put in other words, does better."""
    if expected.as_good_as and not is_worth(answer.status, ask(Request.of(expected.as_good_as)).status):
        yield f"{answer.status}, worse than as: {expected.as_good_as}"
    if expected.same_as:
        other = ask(Request.of(expected.same_as))
        if (other.status, _words(other)) != (answer.status, _words(answer)):
            yield f"{answer.status}, but {other.status} or another quote as: {expected.same_as}"


def _words(answer: Answer) -> str:
    return answer.quotes[0].text if answer.quotes else ""


def _misplaced(expected: Expected, quote: Quote) -> Iterator[str]:
    """Yield why a quote should not be among the first."""
    name, day = quote.source.id, quote.source.published.iso
    if name in expected.not_documents:
        yield f"{name} was excluded"
    is_national = quote.source.area in ("England", "England and Wales")
    if expected.only_documents and name not in expected.only_documents and not is_national:
        yield f"{name} is of elsewhere"
    if day < expected.since or (expected.until and day[: len(expected.until)] > expected.until):
        yield f"{name} is of {day}"


def _of_ratings(expected: Expected, answer: Answer) -> Iterator[str]:
    """Yield what is wrong with the ratings.

    A cell may be a row of the table, or said in one of the first quotes.
    """
    said = [(row.source.id, row.of, row.rating) for row in answer.ratings]
    said += [(quote.source.id, quote.text, quote.text) for quote in answer.quotes[:FIRST]]
    for cell in expected.ratings:
        if not any(
            cell.document_id == name and cell.of.casefold() in of.casefold() and cell.rating in rating
            for name, of, rating in said
        ):
            yield f"not: {cell.document_id} {cell.of} {cell.rating}"
    if expected.only_rating and {row.rating for row in answer.ratings} - {*expected.only_rating}:
        yield f"a rating other than {' or '.join(expected.only_rating)}"
    first = answer.quotes[0].text if answer.quotes and answer.quotes[0].status == "answered" else ""
    if (
        expected.only_rating
        and any(grade in first for grade in GRADES)
        and not any(grade in first for grade in expected.only_rating)
    ):
        yield "the first quote is of another rating"


def _of_form(expected: Expected, answer: Answer, ask: Ask) -> Iterator[str]:
    if expected.definition not in ["", *(definition.term for definition in answer.definitions)]:
        yield f"no definition of {expected.definition}"
    yield from _of_parts(expected, answer)
    said = " ".join(note.text for note in answer.notes).casefold()
    if expected.note and not any(word.casefold() in said for word in expected.note):
        yield f"no note of {expected.note[0]}"
    if expected.only_documents and not answer.quotes and not any(note.offers for note in answer.notes):
        yield "nothing is offered instead"
    is_talk = answer.question.scope.kind == "talk"
    if is_talk != expected.talk:
        yield "taken for talk" if is_talk else "not taken for talk"
    if expected.talk and (answer.shown or not answer.question.reply):
        yield "quotes, or no plain sentence"
    for offered in (offer for note in answer.notes for offer in note.offers):
        if ask(Request.of(offered)).status == "not_found":
            yield f"offered without an answer: {offered}"


def _of_parts(expected: Expected, answer: Answer) -> Iterator[str]:
    if expected.unsplit and answer.parts:
        yield f"split into {', '.join(part.label for part in answer.parts)}"
    left = list(answer.parts)
    for side in expected.parts:
        fits = [
            part
            for part in left
            if {quote.source.id for quote in part.answer.quotes[:FIRST]} & {*side.documents}
            and (not side.label or any(word.casefold() in part.label.casefold() for word in side.label))
        ]
        if not fits:
            yield f"no part {' or '.join(side.label) or side.documents[0]}"
        else:
            left.remove(fits[0])


def _holds_any(quotes: Sequence[Quote], spans: Sequence[GoldSpan]) -> bool:
    return any(
        quote.source.id == span.document_id and (span.text in quote.text or quote.text in span.text)
        for quote in quotes
        for span in spans
    )


def of_turns(conversation: Conversation, ask: Ask) -> Iterator[tuple[Spoken, Answer, Faults, bool]]:
    """Yield each turn with its answer, what is wrong, and whether it was denied though it is answered in full."""
    before: list[str] = []
    for turn in conversation.turns:
        answer = ask(Request.of(turn.question, previous=before))
        wrong = faults(turn.expected, answer, ask)
        if not turn.whole and answer.question.carried:
            wrong.findings.append(f"completed, though it is complete: {answer.question.text}")
        denied = bool(turn.whole) and answer.status == "not_found"
        denied = denied and is_worth(ask(Request.of(turn.whole)).status, "weak")
        yield turn, answer, wrong, denied
        before.append(turn.question)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--split", default="", help="only the questions and conversations of this part")
    parser.add_argument("--wrong", action="store_true", help="print what is wrong, with what was got")
    parser.add_argument("--print", type=int, default=0, help="print so many conversations in full, and nothing else")
    options = parser.parse_args()
    ask = cache(partial(Library.ask, Library(settings(os.environ))))
    questions = [one for one in read_lines(Single, "questions.jsonl") if options.split in ("", one.split)]
    conversations = [one for one in read_lines(Conversation, "conversations.jsonl") if options.split in ("", one.split)]
    if options.print:
        _print_conversations(conversations[: options.print], ask)
        return 0
    _print_kinds(questions, ask, wrong=options.wrong)
    _print_turns(conversations, ask, wrong=options.wrong)
    return 0


def _print_kinds(questions: Sequence[Single], ask: Ask, *, wrong: bool) -> None:
    asked, right, sought, found = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    several: list[int] = []
    for one in questions:
        answer = ask(Request.of(one.question))
        faulty = faults(one.expected, answer, ask)
        for name in (one.kind, "all"):
            asked[name] += 1
            right[name] += not faulty
            sought[name] += one.expected.is_of_findings
            found[name] += one.expected.is_of_findings and not faulty.findings
        if len(one.expected.documents) >= FIRST and len(answer.quotes) >= FIRST:
            several.append(len({quote.source.id for quote in answer.quotes[:FIRST]}))
        if wrong and faulty:
            print(f"{one.id}: {one.question}\n  wrong: {'; '.join(faulty.findings + faulty.form)}")
            _print_answer(answer)
    names = [name for name in asked if name != "all"] + ["all"]
    print("\n| kind | questions | right | findings right |\n|---|---:|---:|---:|")
    for name in names:
        findings = f"{found[name] / sought[name]:.2f}" if sought[name] else "-"
        print(f"| {name} | {asked[name]} | {right[name] / asked[name]:.2f} | {findings} |")
    if several:
        print(f"\nThe first {FIRST} quotes, where {FIRST} documents answer: of {mean(several):.1f} documents.")


def _print_turns(conversations: Sequence[Conversation], ask: Ask, *, wrong: bool) -> None:
    counts = {name: [0, 0] for name in ("whole conversations", "later turns", "later turns that lean")}
    denials = 0
    for conversation in conversations:
        all_right = True
        for number, (turn, answer, faulty, denied) in enumerate(of_turns(conversation, ask)):
            all_right &= not faulty
            denials += denied
            for name, counted in (("later turns", number > 0), ("later turns that lean", bool(turn.whole))):
                counts[name][0] += counted
                counts[name][1] += counted and not faulty
            if wrong and (faulty or denied):
                print(f"{conversation.id}, turn {number + 1}: {turn.question}")
                print(f"  wrong: {'; '.join(faulty.findings + faulty.form)}{' (denied)' if denied else ''}")
                _print_answer(answer)
        counts["whole conversations"][0] += 1
        counts["whole conversations"][1] += all_right
    print("\n| conversations | of | right |\n|---|---:|---:|")
    for name, (of, right) in counts.items():
        print(f"| {name} | {of} | {right / max(of, 1):.2f} |")
    print(f"| denied, though answered when asked in full | {counts['later turns that lean'][0]} | {denials} |")


def _print_conversations(conversations: Sequence[Conversation], ask: Ask) -> None:
    for conversation in conversations:
        print(f"\n{conversation.id}")
        for turn, answer, faulty, _ in of_turns(conversation, ask):
            print(f"\n> {turn.question}")
            print(f"  {'; '.join(faulty.findings + faulty.form) or 'right'}")
            _print_answer(answer)


def _print_answer(answer: Answer) -> None:
    question = answer.question
    carried = "".join(f"; carried: {one.text}" for one in question.carried)
    read = "".join(f"; {reading.kind}: {reading.says}" for reading in question.readings)
    print(f"  {answer.status}, {question.scope.kind}; searched for: {question.text}{carried}{read}")
    for definition in answer.definitions:
        print(f"  explained: {definition.term}: {definition.text}")
    for note in answer.notes:
        print(f"  note: {note.text}{''.join(f' [{offer}]' for offer in note.offers)}")
    for row in answer.ratings:
        print(f"  rating: {row.source.id}: {row.of}: {row.rating}")
    for part in answer.parts:
        print(
            f"  part: {part.label}: {part.answer.status}: {[quote.source.id for quote in part.answer.quotes[:FIRST]]}"
        )
    for quote in answer.shown[:FIRST]:
        print(f"  {'' if answer.quotes else 'near: '}{quote.source.id} ({quote.status}): {quote.text}")


if __name__ == "__main__":
    sys.exit(main())
