"""The fit of a calibration on questions with and without an answer.

In: questions, and whether each has an answer. Out: a ``Calibration``, which is a logistic model over the signals of the
first quotes, with its error rates on questions held back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from probqa.asking.library import Library
from probqa.calibration import CALIBRATION_FILE, Calibration, Signals
from probqa.durable import write
from probqa.errors import InputError
from probqa.questions import Request
from probqa.settings import Settings
from probqa.weights import WEIGHTS, rules

# Half of the answerable questions may fall below 0.5, and their quotes are still useful. So weak answers begin at the
# confidence that all but one in twenty of the answerable questions reach.
KEPT_SHARE = 0.95
_FOLDS = 8
_PENALTY = 1.0


def calibrate(settings: Settings, *files: Sequence[tuple[str, Sequence[str], bool]]) -> Calibration:
    """Fit the status on questions and keep the calibration.

    Each question comes with those asked before it, and whether the corpus answers it. Every file of them weighs the
    same: a large one of hard questions does not drown what others ask.

    It is written to ``calibration.json`` in the corpus folder. The next build puts it into the index.

    Raises:
        InputError: too few questions, or one that cannot be asked.
    """
    library = Library(settings)
    try:
        asked = [
            (library.signals(Request.of(question, previous=previous)), answerable, file)
            for file, questions in enumerate(files)
            for question, previous, answerable in questions
        ]
        known = [(signals, answerable, file) for signals, answerable, file in asked if signals is not None]
        manifest = library.generation.manifest
        calibration = fit(
            [signals for signals, _, _ in known],
            [answerable for _, answerable, _ in known],
            manifest.models,
            manifest.texts,
            [file for _, _, file in known],
        )
    finally:
        library.close()
    write(settings.corpus / CALIBRATION_FILE, calibration.to_json())
    return calibration


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
    labels = np.array(answerable, dtype=bool)
    if min(labels.sum(), (~labels).sum()) < 20:
        raise InputError(
            f"{labels.sum()} answerable and {(~labels).sum()} unanswerable questions are too few to calibrate with",
            "give at least 20 of each",
        )
    rows = np.stack([first_quote.as_array() for first_quote in signals])
    of_file = np.zeros(len(labels), dtype=int) if files is None else np.array(files)
    weight = _weight(labels, of_file)
    folds = np.arange(len(labels)) % _FOLDS
    held_back = np.empty(len(labels))
    for fold in range(_FOLDS):
        inside = folds != fold
        held_back[~inside] = _confidences(rows[~inside], _logistic(rows[inside], labels[inside], of_file[inside]))
    weak_from = min(_kept_from(held_back[labels], weight[labels]), WEIGHTS.answered_from)
    coefficients = np.round(_logistic(rows, labels, of_file), 4)
    fitted = Calibration(
        weights=tuple(coefficients[:-1].tolist()),
        bias=float(coefficients[-1]),
        weak_from=weak_from,
        answered=0.0,
        shown=0.0,
        refused=0.0,
        not_answered=0.0,
        answerable=int(labels.sum()),
        unanswerable=int((~labels).sum()),
        fingerprint=fingerprint,
        texts=texts,
        rules=rules(),
    )
    outright = np.array([not first_quote.lacking for first_quote in signals])
    is_answered = (held_back >= WEIGHTS.answered_from) & outright
    is_shown = held_back >= weak_from
    return dataclasses.replace(
        fitted,
        answered=_share(is_answered[labels], weight[labels]),
        shown=_share(is_shown[labels], weight[labels]),
        refused=_share(~is_shown[~labels], weight[~labels]),
        not_answered=_share(~is_answered[~labels], weight[~labels]),
    )


def _kept_from(confidences: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]) -> float:
    """Return the confidence, rounded down to three digits, that all but ``1 - KEPT_SHARE`` of the weight reaches."""
    order = np.argsort(confidences, kind="stable")
    below = (np.cumsum(weight[order]) - weight[order]) / weight.sum()
    # Sums of weights differ in their last bits.
    least = confidences[order][below <= 1 - KEPT_SHARE + 1e-9][-1]
    return float(np.floor(least * 1000)) / 1000


def _weight(labels: npt.NDArray[np.bool_], files: npt.NDArray[np.int_]) -> npt.NDArray[np.float64]:
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


def _logistic(
    rows: npt.NDArray[np.float64], labels: npt.NDArray[np.bool_], files: npt.NDArray[np.int_]
) -> npt.NDArray[np.float64]:
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


def _confidences(rows: npt.NDArray[np.float64], coefficients: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    confidences: npt.NDArray[np.float64] = 1 / (1 + np.exp(-(rows @ coefficients[:-1] + coefficients[-1])))
    return confidences


def _share(outcomes: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]) -> float:
    return round(float(np.average(outcomes, weights=weight)), 4)
