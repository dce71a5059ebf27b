"""The fit of a calibration on questions with and without an answer.

In: questions, and whether each has an answer. Out: a ``Calibration``, which is a logistic model over the signals of the
first quotes, with its error rates on questions held back.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from probqa.asking.library import Library
from probqa.calibration import CALIBRATION_FILE, DIGITS, Calibration, Signals
from probqa.durable import write
from probqa.errors import InputError
from probqa.indexing.generation import Generation
from probqa.measuring.evaluation import GoldQuestion
from probqa.questions import Request
from probqa.settings import Settings
from probqa.weights import WEIGHTS, rules

# Half of the answerable questions may fall below 0.5, and their quotes are still useful. So weak answers begin at the
# confidence that all but one in twenty of the answerable questions reach.
KEPT_SHARE = 0.95
# One of twenty is the share that may be refused; with fewer questions there is none to measure it by.
LEAST = 20
_FOLDS = 8
_PENALTY = 1.0

_Floats = npt.NDArray[np.float64]
_Numbers = npt.NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked, the number of its file, and the signals of its first quote."""

    question: GoldQuestion
    file: int
    signals: Signals


@dataclass(frozen=True, slots=True)
class Rates:
    """How often a status is right, as in ``Calibration``, and the mean square error of the confidence (Brier, 1950)."""

    answered: float
    shown: float
    refused: float
    not_answered: float
    brier: float


def calibrate(settings: Settings, *files: Sequence[GoldQuestion]) -> Calibration:
    """Fit the status on questions and keep the calibration.

    Every file of them weighs the same: a large one of hard questions does not drown what others ask.

    It is written to ``calibration.json`` in the corpus folder. The next build puts it into the index.

    Raises:
        InputError: too few questions, or one that cannot be asked.
    """
    library = Library(settings)
    try:
        asked = [each for number, questions in enumerate(files) for each in ask(library, questions, number)]
        calibration = fit_on(library.generation, asked)
    finally:
        library.close()
    write(settings.corpus / CALIBRATION_FILE, calibration.to_json())
    return calibration


def ask(library: Library, questions: Sequence[GoldQuestion], file: int = 0) -> list[Asked]:
    """Ask the questions of a file, and leave out those for which nothing at all is found.

    Raises:
        InputError: one cannot be asked.
    """
    signals = [library.signals(Request.of(each.question, previous=each.history)) for each in questions]
    return [Asked(each, file, its) for each, its in zip(questions, signals, strict=True) if its is not None]


def fit_on(generation: Generation, asked: Sequence[Asked]) -> Calibration:
    """Fit a calibration on questions that were put to a generation, which it is then for.

    Raises:
        InputError: too few questions of either kind.
    """
    manifest = generation.manifest
    fitted = fit(
        [each.signals for each in asked],
        [not each.question.unanswerable for each in asked],
        manifest.models,
        manifest.texts,
        [each.file for each in asked],
    )
    put = sorted((each.file, *each.question.history, each.question.question) for each in asked)
    return dataclasses.replace(
        fitted,
        documents=tuple(sorted({text[:DIGITS] for text in generation.text_hashes})),
        questions=hashlib.sha256(json.dumps(put).encode()).hexdigest(),
    )


def fit(
    signals: Sequence[Signals],
    answerable: Sequence[bool],
    fingerprint: str,
    texts: str,
    files: Sequence[int] | None = None,
) -> Calibration:
    """Fit a calibration on all questions.

    ``files`` tells which file each is from; without it all are from one. Its error rates are measured on each eighth of
    the questions, with a model fitted on the others.

    Raises:
        InputError: fewer than 20 questions of either kind.
    """
    rows, labels, of_file = _arrays(signals, answerable, files)
    if min(labels.sum(), (~labels).sum()) < LEAST:
        raise InputError(
            f"{labels.sum()} answerable and {(~labels).sum()} unanswerable questions are too few to calibrate with",
            f"give at least {LEAST} of each",
        )
    confidences = held_back(signals, answerable, files)
    weak_from = min(_kept_from(confidences[labels], _weight(labels, of_file)[labels]), WEIGHTS.answered_from)
    coefficients = np.round(_logistic(rows, labels, of_file), 4)
    measured = rates(confidences, weak_from, signals, answerable, files)
    return Calibration(
        weights=tuple(coefficients[:-1].tolist()),
        bias=float(coefficients[-1]),
        weak_from=weak_from,
        answered=measured.answered,
        shown=measured.shown,
        refused=measured.refused,
        not_answered=measured.not_answered,
        answerable=int(labels.sum()),
        unanswerable=int((~labels).sum()),
        fingerprint=fingerprint,
        texts=texts,
        rules=rules(),
    )


def held_back(signals: Sequence[Signals], answerable: Sequence[bool], files: Sequence[int] | None = None) -> _Floats:
    """Return the confidence in each question, by a model that was fitted on the seven eighths it is not in."""
    rows, labels, of_file = _arrays(signals, answerable, files)
    folds = np.arange(len(labels)) % _FOLDS
    confidences = np.empty(len(labels))
    for fold in range(_FOLDS):
        inside = folds != fold
        coefficients = _logistic(rows[inside], labels[inside], of_file[inside])
        confidences[~inside] = _confidences(rows[~inside], coefficients)
    return confidences


def rates(
    confidences: _Floats,
    weak_from: float,
    signals: Sequence[Signals],
    answerable: Sequence[bool],
    files: Sequence[int] | None = None,
) -> Rates:
    """Say how often the status that confidences give is right."""
    _, labels, of_file = _arrays(signals, answerable, files)
    weight = _weight(labels, of_file)
    is_answered = (confidences >= WEIGHTS.answered_from) & np.array([not each.lacking for each in signals])
    is_shown = confidences >= weak_from
    return Rates(
        answered=_share(is_answered[labels], weight[labels]),
        shown=_share(is_shown[labels], weight[labels]),
        refused=_share(~is_shown[~labels], weight[~labels]),
        not_answered=_share(~is_answered[~labels], weight[~labels]),
        brier=float(np.average((confidences - labels) ** 2, weights=weight)),
    )


def _arrays(
    signals: Sequence[Signals], answerable: Sequence[bool], files: Sequence[int] | None
) -> tuple[_Floats, npt.NDArray[np.bool_], _Numbers]:
    """Return a row of signals for each question, whether it has an answer, and its file."""
    labels = np.array(answerable, dtype=bool)
    rows = np.array([each.as_array() for each in signals])
    return rows, labels, np.zeros(len(labels), dtype=int) if files is None else np.array(files)


def _kept_from(confidences: _Floats, weight: _Floats) -> float:
    """Return the confidence, rounded down to three digits, that all but ``1 - KEPT_SHARE`` of the weight reaches."""
    order = np.argsort(confidences, kind="stable")
    below = (np.cumsum(weight[order]) - weight[order]) / weight.sum()
    # Sums of weights differ in their last bits.
    least = confidences[order][below <= 1 - KEPT_SHARE + 1e-9][-1]
    return float(np.floor(least * 1000)) / 1000


def _weight(labels: npt.NDArray[np.bool_], files: _Numbers) -> _Floats:
    """Return what each question weighs, 1 on average.

    Those with an answer weigh as much as those without, and of either the files weigh the same.
    """
    weight = np.empty(len(labels))
    for kind in (labels, ~labels):
        held = np.unique(files[kind])
        for file in held:
            part = kind & (files == file)
            weight[part] = 0.5 * len(labels) / len(held) / part.sum()
    return weight


def _logistic(rows: _Floats, labels: npt.NDArray[np.bool_], files: _Numbers) -> _Floats:
    """Fit a penalised logistic regression by Newton's method.

    Out: the weights, and behind them the bias.
    """
    weight = _weight(labels, files)
    design = np.column_stack([rows, np.ones(len(rows))])
    penalty = np.diag([_PENALTY] * rows.shape[1] + [1e-6])
    coefficients = np.zeros(design.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-design @ coefficients))
        gradient = design.T @ (weight * (chance - labels)) + penalty @ coefficients
        curvature = (design * (weight * chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(curvature, gradient)
        coefficients = coefficients - step
        if np.abs(step).max() < 1e-10:
            break
    return coefficients


def _confidences(rows: _Floats, coefficients: _Floats) -> _Floats:
    confidences: _Floats = 1 / (1 + np.exp(-(rows @ coefficients[:-1] + coefficients[-1])))
    return confidences


def _share(outcomes: npt.NDArray[np.bool_], weight: _Floats) -> float:
    return round(float(np.average(outcomes, weights=weight)), 4)
