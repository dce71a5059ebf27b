"""Signals to a status that can be believed: a logistic model fitted on questions with and without an answer.

In: signals of questions, and whether each has an answer. Out: a ``Calibration``: weights, thresholds, and how often it
is wrong on questions it was not fitted on.

It belongs to one model and one state of the corpus; with another it still gives a status, and says that it is not
calibrated.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from probqa.corpus import read_bytes
from probqa.errors import InputError, ReadingError
from probqa.evidence import NAMES, Signals
from probqa.records import Status

CALIBRATION_FILE = "calibration.json"

# Half of the answerable questions may fall below 0.5 and still be of use: the weak ones begin where all but one in
# twenty of them are above.
ANSWERED_FROM = 0.5
KEPT_SHARE = 0.95
_RATES = ("answered", "shown", "refused", "not_answered")
_FOLDS = 8
_PENALTY = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted model and its rates, each a share of questions held back while it was fitted.

    ``answered`` and ``shown`` are shares of answerable questions with the status answered, and answered or weak;
    ``refused`` and ``not_answered`` of unanswerable ones with not found, and with anything but answered.
    ``fingerprint`` and ``texts`` say which model and documents it is for; empty where it was fitted for others.
    """

    weights: tuple[float, ...]
    bias: float
    weak_from: float
    answered: float
    shown: float
    refused: float
    not_answered: float
    answerable: int
    unanswerable: int
    fingerprint: str = ""
    texts: str = ""

    def confidence(self, signals: Signals) -> float:
        """The chance, in [0, 1], that the question is answered, as far as the signals tell."""
        # The logistic function by way of tanh, which no weight makes overflow.
        return 0.5 * (1 + math.tanh(float(np.dot(self.weights, signals.as_array()) + self.bias) / 2))

    def status(self, signals: Signals) -> Status:
        """The status; where a name, a year or the kind of thing asked for is missing, never answered outright."""
        confidence = self.confidence(signals)
        if confidence >= ANSWERED_FROM and not signals.lacking:
            return "answered"
        return "weak" if confidence >= self.weak_from else "not_found"

    def is_for(self, fingerprint: str, texts: str) -> bool:
        """Whether it was fitted for this model and these documents."""
        return (self.fingerprint, self.texts) == (fingerprint, texts)

    def to_json(self) -> bytes:
        """As JSON, one line a value."""
        named = dict(zip(NAMES, self.weights, strict=True))
        return (json.dumps(dataclasses.asdict(self) | {"weights": named}, indent=1) + "\n").encode()

    @classmethod
    def from_json(cls, content: bytes) -> Calibration:
        """What ``to_json`` gave.

        Raises:
            ReadingError: it is not that.
        """
        try:
            values = json.loads(content)
            weights = values.pop("weights")
            read = cls(weights=tuple(_number(weights[name]) for name in NAMES), **values)
            for name in ("bias", "weak_from", *_RATES):
                _number(values[name])
            return read
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            reason = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            raise ReadingError(
                f"{CALIBRATION_FILE}: not a calibration: {reason}", "run: probqa calibrate FILE"
            ) from error


# Fitted on the development half of benchmarks/gold/questions.jsonl; for an index that has no calibration of its own.
UNCALIBRATED = Calibration(
    weights=(1.4, 1.8, 0.3, -1.5, -2.0, -2.1),
    bias=-1.0,
    weak_from=0.32,
    answered=0.0,
    shown=0.0,
    refused=0.0,
    not_answered=0.0,
    answerable=0,
    unanswerable=0,
)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is not a number")
    return float(value)


def load_calibration(corpus: Path) -> Calibration:
    """The calibration that lies with a corpus; the one fitted elsewhere where there is none.

    Raises:
        ReadingError: the file is not a calibration.
    """
    if not (corpus / CALIBRATION_FILE).is_file():
        return UNCALIBRATED
    return Calibration.from_json(read_bytes(corpus, CALIBRATION_FILE))


def fit(signals: Sequence[Signals], answerable: Sequence[bool], fingerprint: str, texts: str) -> Calibration:
    """Fit on all questions; the rates are of each eighth of them under a model fitted on the others.

    Raises:
        InputError: fewer than 20 questions of either kind.
    """
    labels = np.array(answerable, dtype=bool)
    if min(labels.sum(), (~labels).sum()) < 20:
        raise InputError(
            f"{labels.sum()} answerable and {(~labels).sum()} unanswerable questions are too few to calibrate with",
            "give at least 20 of each",
        )
    rows = np.stack([one.as_array() for one in signals])
    folds = np.arange(len(labels)) % _FOLDS
    held_back = np.empty(len(labels))
    for fold in range(_FOLDS):
        inside = folds != fold
        held_back[~inside] = _confidences(rows[~inside], _logistic(rows[inside], labels[inside]))
    weak_from = round(min(float(np.quantile(held_back[labels], 1 - KEPT_SHARE)), ANSWERED_FROM), 3)
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
    )
    outright = np.array([not one.lacking for one in signals])
    is_answered = (held_back >= ANSWERED_FROM) & outright
    is_shown = held_back >= weak_from
    return dataclasses.replace(
        fitted,
        answered=_share(is_answered[labels]),
        shown=_share(is_shown[labels]),
        refused=_share(~is_shown[~labels]),
        not_answered=_share(~is_answered[~labels]),
    )


def _logistic(rows: npt.NDArray[np.float64], labels: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Weights and bias of a penalised logistic regression, both kinds weighing the same, by Newton's method."""
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
