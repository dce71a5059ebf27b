"""How often a question is called outside or too broad that is neither (src/probqa/understanding/scope.py).

    probqa build && python benchmarks/scope.py benchmarks/gold/questions.jsonl --split dev

Prints, for the questions that the reports answer and for those that they do not, how many were judged how.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

from probqa.asking.library import Library
from probqa.measuring.evaluation import read_questions
from probqa.questions import Request
from probqa.settings import settings


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--split", default="", help="only the questions of this part")
    options = parser.parse_args()
    library = Library(settings(os.environ))
    judged: Counter[tuple[bool, str]] = Counter()
    for one in read_questions(options.file, options.split):
        answer = library.ask(Request.of(one.question, previous=one.history))
        judged[one.unanswerable, answer.question.scope.kind] += 1
    for unanswerable, name in ((False, "answerable"), (True, "unanswerable")):
        of = sum(count for (what, _), count in judged.items() if what == unanswerable)
        print(f"{name}: {judged[unanswerable, 'outside']} outside, {judged[unanswerable, 'broad']} too broad, of {of}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
