"""What each part of the answer is worth: the development questions with one part left out at a time.

    probqa build && python benchmarks/ablation.py

For each part: the first quote, and one of the first three, answers; nDCG@10 of the passages; and, with the status
fitted anew, the share refused of questions that nothing answers where one in twenty of the answerable is refused too
(of questions held back while it was fitted, both files weighing the same), and AUROC. Nothing is chosen by it here.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from probqa.asking.library import Library  # noqa: E402
from probqa.indexing.generation import Generation  # noqa: E402
from probqa.measuring import calibrate  # noqa: E402
from probqa.measuring.evaluation import GoldQuestion, auroc, evaluate, read_questions  # noqa: E402
from probqa.questions import Request  # noqa: E402
from probqa.settings import settings  # noqa: E402
from probqa.weights import WEIGHTS, Weights  # noqa: E402

FILES = (ROOT / "training" / "data" / "starter.jsonl", ROOT / "benchmarks" / "gold" / "questions.jsonl")
NO_READER = "no reader at all"
PARTS: dict[str, Weights] = {
    "as it is": WEIGHTS,
    NO_READER: replace(WEIGHTS, reader=0.0),
    "reader for the status only": replace(WEIGHTS, reader=0.0),
    "no loss for a missing kind of answer": replace(WEIGHTS, kind=0.0),
    "no loss for a missing name": replace(WEIGHTS, name=0.0),
    "no loss for a missing year": replace(WEIGHTS, year=0.0),
    "no word added or carried": replace(WEIGHTS, added=0.0, added_words=0),
    "no other side moved up": replace(WEIGHTS, other_side=2.0),
    "no sentence in nearness": replace(WEIGHTS, sentence=0.0),
    "vectors alone": replace(WEIGHTS, dense=1.0),
    "keywords alone": replace(WEIGHTS, dense=0.0),
}


def main() -> int:
    """Print a row for each part."""
    generation = Generation.live(settings(os.environ).index)
    files = [read_questions(file, "dev") for file in FILES]
    print("| | starter first | three | nDCG@10 | gold first | three | nDCG@10 | refused | AUROC |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, weights in PARTS.items():
        with without_reader(generation) if name == NO_READER else nullcontext():
            library = Library(settings(os.environ), weights, generation=generation)
            ranked = [score for questions in files for score in ranks(library, questions)]
            asked = [
                each for number, questions in enumerate(files) for each in calibrate.ask(library, questions, number)
            ]
            fitted = calibrate.fit_on(generation, asked)
            figures = [*ranked, fitted.refused, told_apart(asked)]
            print(f"| {name} |", " | ".join(f"{figure:.3f}" for figure in figures), "|", flush=True)
    return 0


def ranks(library: Library, questions: Sequence[GoldQuestion]) -> list[float]:
    """Return the shares of questions whose first, and one of the first three quotes answers, and nDCG@10."""
    scores = evaluate(
        questions,
        lambda question, previous: library.ask(Request.of(question, 10, previous=previous)),
        library.generation.document,
    )
    return [scores.metrics[name] for name in ("first_quote", "first_three_quotes", "ndcg@10")]


def told_apart(asked: Sequence[calibrate.Asked]) -> float:
    """Return the AUROC of the confidences, each held back, between answerable and not: the mean of the files."""
    answerable = [not each.question.unanswerable for each in asked]
    files = [each.file for each in asked]
    confidences = calibrate.held_back([each.signals for each in asked], answerable, files)
    of_each = []
    for file in sorted({*files}):
        its = [
            [
                float(one)
                for one, yes, of in zip(confidences, answerable, files, strict=True)
                if (yes, of) == (which, file)
            ]
            for which in (True, False)
        ]
        of_each.append(auroc(*its))
    return statistics.fmean(of_each)


@contextmanager
def without_reader(generation: Generation) -> Iterator[None]:
    """Have a generation answer as one that was built without a reader."""
    reader, generation.reader = generation.reader, None
    try:
        yield
    finally:
        generation.reader = reader


if __name__ == "__main__":
    sys.exit(main())
