"""What a calibration is worth once reports are added: fitted on a part of the starter corpus, used on all of it.

    python benchmarks/growing.py [--work FOLDER] [--draws N]

A part of the digests is drawn, and the calibration fitted on the questions of that part, in one half; the other half of
the questions is then put to the whole corpus, with this calibration and with one fitted on the whole. The last rows are
the other way to grow: long reports on another field (../shared/real, or real/ below PROBQA_SHARED) come to the whole
corpus. The questions are the development halves of training/data/starter.jsonl and of
benchmarks/gold/questions.jsonl.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import os
import random
import shutil
import tempfile
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from other_corpora import REAL, ROOT

from probqa.asking.library import Library
from probqa.calibration import SIGNALS, Calibration, Signals
from probqa.indexing.build import build
from probqa.measuring.calibrate import fit
from probqa.measuring.evaluation import GoldQuestion, auroc, read_questions
from probqa.questions import Request
from probqa.settings import Settings, settings
from probqa.weights import WEIGHTS

FILES = ("training/data/starter.jsonl", "benchmarks/gold/questions.jsonl")
# Of the first file every second question is enough, and half the time.
STEPS = (2, 1)
SIZES = (14, 56, 90)
REAL_REPORTS = ("ofsted_jtai", 5)


@dataclass(frozen=True, slots=True)
class Measured:
    """A question, whether the whole corpus answers it, its file, and the signals of its first quote, None without."""

    question: GoldQuestion
    file: int
    signals: Signals | None

    @property
    def documents(self) -> set[str]:
        """Return the documents that it is about."""
        about = {self.question.about} - {""}
        return {span.document_id for span in self.question.spans} | {*self.question.documents} | about


@dataclass(frozen=True, slots=True)
class Row:
    """What a calibration does with questions: shares of those with an answer, of those without, and of both."""

    answered: float
    shown: float
    refused: float
    not_answered: float
    auroc: float
    brier: float


def index_of(folder: Path, files: Collection[Path], begin: Path | None) -> tuple[Settings, int]:
    """Build an index of files and of what lies beside the digests, and count its passages.

    ``begin`` has vectors to begin from.
    """
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    for path in (*files, *(ROOT / "corpus").glob("*.yaml")):
        if path.name not in ("catalogue.yaml", "smoke.yaml"):
            shutil.copy(path, corpus)
    if begin:
        shutil.copytree(begin, folder / "index")
    chosen = settings(os.environ, corpus=corpus, index=folder / "index")
    return chosen, build(chosen).passages


def ask(chosen: Settings, there: Collection[str]) -> list[Measured]:
    """Ask those questions that are about documents that are there, or about none."""
    found = []
    with closing(Library(chosen)) as library:
        for number, file in enumerate(FILES):
            for question in read_questions(ROOT / file, "dev")[:: STEPS[number]]:
                measured = Measured(question, number, None)
                if measured.documents <= {*there}:
                    request = Request.of(question.question, previous=question.history)
                    found.append(dataclasses.replace(measured, signals=library.signals(request)))
    return found


def fitted(measured: Sequence[Measured]) -> Calibration:
    """Fit a calibration, as ``probqa calibrate`` does."""
    known = [each for each in measured if each.signals]
    signals = [each.signals for each in known if each.signals]
    return fit(signals, [not each.question.unanswerable for each in known], "", "", [each.file for each in known])


def judged(calibration: Calibration, measured: Sequence[Measured], new: float = 0.0) -> Row:
    """Say what a calibration does with questions where a share of the passages is new. Both files weigh the same."""
    weights = dataclasses.replace(WEIGHTS, answered_from=Calibration.answered_from(new))
    statuses = [calibration.status(each.signals, weights) if each.signals else "not_found" for each in measured]
    chances = np.array([calibration.confidence(each.signals) if each.signals else 0.0 for each in measured])
    has_answer = np.array([not each.question.unanswerable for each in measured])
    files = np.array([each.file for each in measured])

    def share(outcomes: Sequence[bool], kind: np.ndarray) -> float:
        return float(np.mean([np.mean(np.array(outcomes)[kind & (files == file)]) for file in np.unique(files[kind])]))

    return Row(
        answered=share([status == "answered" for status in statuses], has_answer),
        shown=share([status != "not_found" for status in statuses], has_answer),
        refused=share([status == "not_found" for status in statuses], ~has_answer),
        not_answered=share([status != "answered" for status in statuses], ~has_answer),
        auroc=auroc(chances[has_answer].tolist(), chances[~has_answer].tolist()),
        brier=(share(((1 - chances) ** 2).tolist(), has_answer) + share((chances**2).tolist(), ~has_answer)) / 2,
    )


def halves(measured: Sequence[Measured]) -> tuple[list[Measured], list[Measured]]:
    """Part the questions by a hash of their ids."""
    sides = [hashlib.sha256(f"{each.file} {each.question.id}".encode()).digest()[0] % 2 for each in measured]
    inner = [each for each, side in zip(measured, sides, strict=True) if side]
    return inner, [each for each, side in zip(measured, sides, strict=True) if not side]


def drift(part: Sequence[Measured], whole: Sequence[Measured]) -> str:
    """Say by how much each signal of the same questions has moved on average."""
    before = {(each.file, each.question.id): each.signals for each in part}
    pairs = [(before.get((each.file, each.question.id)), each.signals, each.question) for each in whole]
    said = []
    for has_answer in (True, False):
        moved = [
            second.as_array() - first.as_array()
            for first, second, question in pairs
            if first and second and question.unanswerable is not has_answer
        ]
        mean = np.mean(moved, axis=0)
        said.append(" ".join(f"{name} {value:+.3f}" for name, value in zip(SIGNALS, mean, strict=True)))
    return f"    moved, with an answer: {said[0]}\n    moved, without: {said[1]}"


def main() -> None:
    """Measure every part, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, help="keep the indexes in this folder")
    parser.add_argument("--draws", type=int, default=2, help="parts of each size (default: 2)")
    options = parser.parse_args()
    digests = sorted((ROOT / "corpus").glob("*.md"))
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        whole, passages = index_of(work / "whole", digests, ROOT / "index" if (ROOT / "index").is_dir() else None)
        on_whole = ask(whole, {path.stem for path in digests})
        inner, outer = halves(on_whole)
        names = {(each.file, each.question.id) for each in inner}
        report("whole", fitted(inner), outer, outer, 0.0)
        parts = [(size, draw) for size in SIZES for draw in range(options.draws)]
        for size, draw in parts:
            files = random.Random(draw).sample(digests, size)
            there = {path.stem for path in files}
            part, its = index_of(work / f"{size}-{draw}", files, whole.index)
            on_part = ask(part, there)
            calibration = fitted([each for each in on_part if (each.file, each.question.id) in names])
            held_out = [each for each in on_part if (each.file, each.question.id) not in names]
            report(f"{size} digests", calibration, held_out, outer, 1 - its / passages)
            print(drift(on_part, on_whole), flush=True)
        folder, count = REAL_REPORTS
        more = sorted((REAL / folder).glob("*.pdf"))[:count]
        grown, its = index_of(work / "more", [*digests, *more], whole.index)
        on_more = ask(grown, {path.stem for path in digests})
        report("whole, real reports come", fitted(inner), outer, halves(on_more)[1], 1 - passages / its)
        report("fitted with them", fitted(halves(on_more)[0]), [], halves(on_more)[1], 0.0)
        print(drift(on_whole, on_more), flush=True)


def report(name: str, calibration: Calibration, then: Sequence[Measured], now: Sequence[Measured], new: float) -> None:
    """Print what a calibration does where it was fitted, and where more has come: as it is, and as it must be surer."""
    rows = {"now": judged(calibration, now), "surer": judged(calibration, now, new)}
    if then:
        rows = {"then": judged(calibration, then)} | rows
    for word, row in rows.items():
        values = "  ".join(f"{field} {value:.3f}" for field, value in dataclasses.asdict(row).items())
        print(f"{name:25} {new:4.0%} new  {word:5}  {values}", flush=True)


if __name__ == "__main__":
    main()
