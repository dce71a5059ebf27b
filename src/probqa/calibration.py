"""Signals to a status that can be believed: a logistic model that ``probqa.measuring.calibrate`` fitted.

In: the calibration that lies with a corpus or an index. Out: a ``Calibration``: weights, thresholds, and how often it
is wrong on questions it was not fitted on; and from it the status of a quote.

It belongs to the models and rules that it was fitted with; with others it still gives a status, and says that it is not
calibrated. But one fitted with a reader is not taken where there is none, nor the other way round. It lasts while
reports come and go: it has the digests of those that it was fitted on, so that what is new since can be said.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from probqa.decoding import decode, decode_json
from probqa.errors import DecodingError, ReadingError
from probqa.reading.corpus import read_bytes
from probqa.records import Status
from probqa.weights import WEIGHTS, Weights, rules

CALIBRATION_FILE = "calibration.json"
# Far beyond what a fit gives, whose penalty holds them near 1; near enough for sums of them to mean something.
MAX_WEIGHT = 100.0
# Hexadecimal digits of a text's SHA-256 by which a calibration knows it: enough that no two of any corpus are alike.
DIGITS = 16
# From this share of new passages a quote must be surer to be called an answer, and by so much for each share more:
# what is called one is then as seldom wrong as was measured (docs/decisions/0022-lasting-calibration.md).
MUCH_NEW = 1 / 3
SURER = 0.45


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a quote as an answer (the first four) and against it (the others).

    ``read`` are the log-odds of the reader's chance that it answers, 0 where it was not read.
    """

    covered: float
    subject_held: float
    score: float
    read: float
    name_missing: float
    year_missing: float
    kind_missing: float

    def as_array(self) -> npt.NDArray[np.float64]:
        """float64 ``(signals,)`` in the order of the fields."""
        return np.array([getattr(self, each.name) for each in fields(self)], np.float64)

    @property
    def lacking(self) -> bool:
        """Tell whether a name, a year or the kind of thing asked for is missing."""
        return bool(self.name_missing or self.year_missing or self.kind_missing)


SIGNALS = tuple(each.name for each in fields(Signals))


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted model and its rates, each a share of questions held back while it was fitted.

    ``answered`` and ``shown`` are shares of answerable questions with the status answered, and answered or weak;
    ``refused`` and ``not_answered`` of unanswerable ones with not found, and with anything but answered.
    ``fingerprint`` and ``rules`` say which models and weights (``probqa.weights``) it is for, and ``documents`` has the
    digest of each text that it was fitted on; all are empty where it was fitted for others. One of before digests were
    kept has the hash of all its documents in ``texts``, and is for those alone. ``questions`` is a hash of those asked.
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
    rules: str = ""
    documents: tuple[str, ...] = ()
    questions: str = ""

    def __post_init__(self) -> None:
        """Refuse what no fit can have given: a weight without bound, a share beyond 1, a count below 0.

        Raises:
            ValueError: the message names the value.
        """
        for name, weight in (*zip(SIGNALS, self.weights, strict=True), ("bias", self.bias)):
            if not abs(weight) <= MAX_WEIGHT:
                raise ValueError(f"{name}: {weight} is not between -{MAX_WEIGHT:g} and {MAX_WEIGHT:g}")
        for name in ("weak_from", "answered", "shown", "refused", "not_answered"):
            if not 0 <= (share := getattr(self, name)) <= 1:
                raise ValueError(f"{name}: {share} is not between 0 and 1")
        for name in ("answerable", "unanswerable"):
            if (count := getattr(self, name)) < 0:
                raise ValueError(f"{name}: {count} is below 0")

    @property
    def uses_reader(self) -> bool:
        """Tell whether it was fitted with a reader: without one, what was read has no weight."""
        return self.weights[SIGNALS.index("read")] != 0

    def confidence(self, signals: Signals) -> float:
        """Return the chance, in [0, 1], that the question is answered, as far as the signals tell."""
        # The logistic function by way of tanh, which no weight makes overflow.
        return 0.5 * (1 + math.tanh(float(np.dot(self.weights, signals.as_array()) + self.bias) / 2))

    def status(self, signals: Signals, weights: Weights = WEIGHTS) -> Status:
        """Return the status.

        Where a name, a year or the kind of thing asked for is missing, it is never "answered".
        """
        confidence = self.confidence(signals)
        if confidence >= weights.answered_from and not signals.lacking:
            return "answered"
        return "weak" if confidence >= self.weak_from else "not_found"

    def is_for(self, fingerprint: str, texts: str) -> bool:
        """Tell whether it was fitted with these models and the weights that hold now, and documents that it knows."""
        known = bool(self.documents) or self.texts == texts
        return known and (self.fingerprint, self.rules) == (fingerprint, rules())

    def new(self, texts: Iterable[str]) -> list[bool]:
        """Tell of each document, by the SHA-256 of its text, whether there was none of that text at the fit."""
        known = {*self.documents}
        return [bool(known) and text[:DIGITS] not in known for text in texts]

    @staticmethod
    def answered_from(new: float, weights: Weights = WEIGHTS) -> float:
        """Return the confidence from which a quote is called an answer, where a share of the passages is ``new``.

        >>> [round(Calibration.answered_from(new), 3) for new in (0, 0.3, 0.5, 1)]
        [0.5, 0.5, 0.575, 0.8]
        """
        return weights.answered_from + SURER * max(0.0, new - MUCH_NEW)

    def to_json(self) -> bytes:
        """As JSON, one line a value."""
        named = dict(zip(SIGNALS, self.weights, strict=True))
        return (json.dumps(dataclasses.asdict(self) | {"weights": named}, indent=1) + "\n").encode()

    @classmethod
    def from_json(cls, content: bytes) -> Calibration:
        """Return what ``to_json`` gave.

        Raises:
            ReadingError: it is not that.
        """
        try:
            values = decode_json(dict[str, Any], content)
            weights = decode(dict[str, Signals], {"weights": values.get("weights")})["weights"]
            return decode(cls, values | {"weights": dataclasses.astuple(weights)})
        except DecodingError as error:
            raise ReadingError(
                f"{CALIBRATION_FILE}: not a calibration: {error.problem}", "run: probqa calibrate FILE"
            ) from error


# Set by hand; for an index that has a reader and no calibration of its own.
UNCALIBRATED = Calibration(
    weights=(0.5, 0.8, 1.0, 3.0, -1.57, -2.17, -1.87),
    bias=-2.0,
    weak_from=0.31,
    answered=0.0,
    shown=0.0,
    refused=0.0,
    not_answered=0.0,
    answerable=0,
    unanswerable=0,
)
# Fitted on the development half of benchmarks/gold/questions.jsonl; for an index that has neither.
WITHOUT_READER = dataclasses.replace(UNCALIBRATED, weights=(1.09, 1.66, 1.48, 0.0, -1.57, -2.17, -1.87), bias=-1.19)


def generic(*, has_reader: bool) -> Calibration:
    """Return the calibration fitted elsewhere, for an index with a reader or without."""
    return UNCALIBRATED if has_reader else WITHOUT_READER


def load_calibration(corpus: Path, *, has_reader: bool) -> Calibration:
    """Return the calibration that lies with a corpus, for an index with a reader or without.

    Where there is none, or it was fitted with a reader and the index has none, or the other way round, it is the
    generic one.

    Raises:
        ReadingError: the file is not a calibration.
    """
    without = generic(has_reader=has_reader)
    if not os.path.lexists(corpus / CALIBRATION_FILE):
        return without
    fitted = Calibration.from_json(read_bytes(corpus, CALIBRATION_FILE))
    return fitted if fitted.uses_reader == has_reader else without
