"""The questions that are kept with a corpus: those by which a build fits the status of its answers anew.

In: a corpus folder, perhaps a question. Out: the questions of its ``questions.jsonl``, or one more line there.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from probqa import durable
from probqa.errors import DecodingError, InputError, ReadingError
from probqa.measuring.evaluation import FORMAT, GoldQuestion, parse_question, parse_questions
from probqa.questions import Request
from probqa.reading.corpus import QUESTIONS_FILE, read_bytes, require_folder
from probqa.understanding.question import checked_request


def read_kept(corpus: Path) -> tuple[GoldQuestion, ...]:
    """Read the questions that are kept with a corpus, those that nobody has judged among them: none without a file.

    Raises:
        InputError: the file cannot be read, or a line is not a question (named by its number).
    """
    return parse_questions(_text(corpus), corpus / QUESTIONS_FILE)


def add(corpus: Path, question: GoldQuestion) -> None:
    """Keep a question with a corpus, for good once this returns.

    The lines that are there stay as they are.

    Raises:
        InputError: it is none that can be asked and judged, or is kept already, or a line of the file is no question.
        CorpusError: there is no corpus.
        OSError: the file cannot be written.
    """
    require_folder(corpus)
    line = json.dumps({name: value for name, value in asdict(question).items() if value})
    try:
        parse_question(line)
    except DecodingError as error:
        raise InputError(f"the question {question.id!r}: {error.problem}", error.remedy or FORMAT) from error
    except ValueError as error:
        raise InputError(f"the question {question.id!r} {error}", FORMAT) from error
    if question.unjudged:
        raise InputError(
            f"the question {question.id!r} is not judged", "say first what answers it, or that nothing does"
        )
    checked_request(Request.of(question.question, previous=question.history))
    with _alone(corpus):
        before = _text(corpus)
        for other in parse_questions(before, corpus / QUESTIONS_FILE):
            is_same = (other.question, other.history) == (question.question, question.history)
            if other.id == question.id or (is_same and not other.unjudged):
                raise InputError(
                    f"the question {other.question!r} is kept already, as {other.id!r}",
                    f"see {corpus / QUESTIONS_FILE}",
                )
        joint = "\n" if before and not before.endswith("\n") else ""
        durable.write(corpus / QUESTIONS_FILE, f"{before}{joint}{line}\n".encode())


def _text(corpus: Path) -> str:
    path = corpus / QUESTIONS_FILE
    if not os.path.lexists(path):
        return ""
    try:
        return read_bytes(corpus, QUESTIONS_FILE).decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8", "save it as UTF-8") from error
    except ReadingError as error:
        raise InputError(f"{path}: {error.problem}", error.remedy) from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}", "see that it can be read") from error


@contextlib.contextmanager
def _alone(corpus: Path) -> Iterator[None]:
    """Wait until no other process adds a question to a corpus.

    One that is killed lets go.
    """
    descriptor = os.open(corpus, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
