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
from probqa.errors import InputError
from probqa.questions import Request
from probqa.settings import Settings
from probqa.weights import WEIGHTS, rules

# Half of the answerable questions may fall below 0.5, and their quotes are still useful. So weak answers begin at the
# confidence that all but one in twenty of the answerable questions reach.
KEPT_SHARE = 0.95
_FOLDS = 8
_PENALTY = 1.0


def calibrate(settings: Settings, questions: Sequence[tuple[str, Sequence[str], bool]]) -> Calibration:
    """Fit the status on questions and keep the calibration.

    Each question comes with those asked before it, and whether the corpus answers it.

    It is written to ``calibration.json`` in the corpus folder. The next build puts it into the index.

    Raises:
        InputError: too few questions, or one that cannot be asked.
    """
    library = Library(settings)
    try:
        asked = [
            (library.signals(Request.of(question, previous=previous)), answerable)
            for question, previous, answerable in questions
        ]
        known = [(signals, answerable) for signals, answerable in asked if signals is not None]
        manifest = library.generation.manifest
        calibration = fit(
            [signals for signals, _ in known],
            [answerable for _, answerable in known],
            manifest.model.fingerprint,
            manifest.texts,
        )
    finally:
        library.close()
    (settings.corpus / CALIBRATION_FILE).write_bytes(calibration.to_json())
    return calibration


def fit(signals: Sequence[Signals], answerable: Sequence[bool], fingerprint: str, texts: str) -> Calibration:
    """Fit a calibration on all questions.

    Its error rates are measured on each eighth of the questions, with a model fitted on the others.

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
    folds = np.arange(len(labels)) % _FOLDS
    held_back = np.empty(len(labels))
    for fold in range(_FOLDS):
        inside = folds != fold
        held_back[~inside] = _confidences(rows[~inside], _logistic(rows[inside], labels[inside]))
    weak_from = round(min(float(np.quantile(held_back[labels], 1 - KEPT_SHARE)), WEIGHTS.answered_from), 3)
    coefficients = np.round(_logistic(rows, labels), 4)
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
        answered=_share(is_answered[labels]),
        shown=_share(is_shown[labels]),
        refused=_share(~is_shown[~labels]),
        not_answered=_share(~is_answered[~labels]),
    )


def _logistic(rows: npt.NDArray[np.float64], labels: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Fit a penalised logistic regression by Newton's method.

    Both kinds of questions weigh the same. Out: the weights, and behind them the bias.
    """
    design = np.column_stack([rows, np.ones(len(rows))])
    weight = np.where(labels, 0.5 / labels.mean(), 0.5 / (~labels).mean())
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


def _share(outcomes: npt.NDArray[np.bool_]) -> float:
    return round(float(outcomes.mean()), 4)
