"""Questions that are asked before a generation goes live, and those that two generations answer differently.

In: ``smoke.yaml`` of a corpus, or any questions; one library or two. Out: a line for each that fails or differs.

    questions:
    - question: How often did Working Links see people at low risk in Gwent?
      document: gwent-2017-qi-report

The document must be among the first three that are quoted.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from probqa.asking.library import Library
from probqa.decoding import decode
from probqa.errors import DecodingError, InputError, ReadingError
from probqa.glossary.parsing import read_text, yaml_values
from probqa.indexing.generation import Generation
from probqa.questions import DEFAULT_QUOTES, Request
from probqa.records import Answer
from probqa.settings import NO_READER, Settings

SMOKE_FILE = "smoke.yaml"
AMONG_FIRST = 3
_REMEDY = "mend it, or leave the questions out with --anyway"


@dataclass(frozen=True, slots=True)
class SmokeQuestion:
    """A question, and the id of the document that must be among the first that answer it."""

    question: str
    document: str


@dataclass(frozen=True, slots=True)
class _SmokeFile:
    questions: tuple[SmokeQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer comes to: its status, and the document of its first quote, "" where nothing is quoted."""

    status: str
    document: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that two generations answer differently."""

    question: str
    before: Answered
    after: Answered


def read_smoke(corpus: Path) -> tuple[SmokeQuestion, ...]:
    """Read the questions of a corpus: none where it has no file of them.

    Raises:
        InputError: the file cannot be read, or is not one of questions.
    """
    path = corpus / SMOKE_FILE
    if not os.path.lexists(path):
        return ()
    try:
        questions = decode(_SmokeFile, yaml_values(read_text(corpus, SMOKE_FILE), str(path))).questions
    except DecodingError as error:
        raise InputError(f"{path}: {error.problem}", error.remedy or _REMEDY) from error
    except ReadingError as error:
        raise InputError(error.problem, _REMEDY) from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}", _REMEDY) from error
    for number, each in enumerate(questions, start=1):
        if not (each.question and each.document):
            raise InputError(f"{path}: question {number} has no question or no document", _REMEDY)
    return questions


def acceptance(settings: Settings) -> Callable[[Generation], Sequence[str]] | None:
    """Return what asks a generation the questions of the corpus and says which it fails: None where there are none.

    Raises:
        InputError: there are some that cannot be read.
    """
    questions = read_smoke(settings.corpus)
    return (lambda generation: list(failing(library_over(generation), questions))) if questions else None


def library_over(generation: Generation) -> Library:
    """Return a library that asks an open generation, whatever models it was made with."""
    reader = generation.manifest.reader.name or NO_READER
    return Library(Settings(Path(), Path(), generation.model, reader), generation=generation)


def failing(library: Library, questions: Sequence[SmokeQuestion]) -> Iterator[str]:
    """Ask the questions and yield a line for each that is not answered from its document."""
    for each in questions:
        if library.generation.document(each.document) is None:
            yield f"{each.question} The document {each.document} is not in the index"
            continue
        try:
            answer = library.ask(Request.of(each.question, DEFAULT_QUOTES))
        except InputError as error:
            yield f"{each.question} It cannot be asked: {error.problem}"
            continue
        found = list(dict.fromkeys(quote.source.id for quote in answer.quotes))[:AMONG_FIRST]
        if each.document not in found:
            instead = f"answered from {', '.join(found)}" if found else "answered by nothing"
            yield f"{each.question} It is {instead}, not from {each.document}"


def differing(
    before: Library,
    after: Library,
    questions: Sequence[tuple[str, Sequence[str]]],
    progress: Callable[[str, int, int], None],
) -> list[Difference]:
    """Ask both libraries questions, each with those before it, and return those that they answer differently."""
    found = []
    for number, (question, previous) in enumerate(questions):
        progress("asking both", number, len(questions))
        request = Request.of(question, DEFAULT_QUOTES, previous=previous)
        answers = [_answered(library.ask(request)) for library in (before, after)]
        if answers[0] != answers[1]:
            found.append(Difference(question, *answers))
    progress("asking both", len(questions), len(questions))
    return found


def _answered(answer: Answer) -> Answered:
    return Answered(answer.status, answer.quotes[0].source.id if answer.quotes else "")
