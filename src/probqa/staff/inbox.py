"""What visitors said of answers, and has not been dealt with: the lines of a feedback file as questions to judge.

In: the file of ``PROBQA_FEEDBACK``, the corpus and the log. Out: questions, the oldest first; one of them judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from probqa.decoding import decode_json
from probqa.errors import DecodingError
from probqa.measuring.evaluation import GoldQuestion
from probqa.measuring.kept import read_kept
from probqa.staff.acts import DISMISS
from probqa.staff.log import Line

NOT_THERE = "not there"


def waiting(file: Path, corpus: Path, lines: Iterable[Line]) -> tuple[list[GoldQuestion], int]:
    """Return what was said and is neither kept nor dismissed, and how many lines cannot be read.

    Raises:
        InputError: the questions of the corpus cannot be read.
        OSError: the file cannot be read.
    """
    done = {question.id for question in read_kept(corpus)}
    done |= {line.act.details.get("id", "") for line in lines if line.act and line.act.what == DISMISS}
    found: dict[str, GoldQuestion] = {}
    broken = 0
    try:
        said = file.read_bytes().splitlines()
    except FileNotFoundError:
        said = []
    for line in filter(bytes.strip, said):
        try:
            question = decode_json(GoldQuestion, line)
        except DecodingError:
            broken += 1
        else:
            found.setdefault(question.id, question)
    return [question for name, question in found.items() if name not in done], broken


def judged(question: GoldQuestion, document: str) -> GoldQuestion:
    """Return a question with what staff say of it: the id of the document that answers it, or ``NOT_THERE``.

    >>> judged(GoldQuestion("1", "Who?", unjudged=True), "kent").documents
    ('kent',)
    """
    is_there = document != NOT_THERE
    documents = (document,) if is_there else ()
    return replace(question, documents=documents, spans=(), unanswerable=not is_there, unjudged=False)
