"""The reader that an index carries: the chance that a sentence answers a question.

In: a question and texts, and the bytes of ``reader.onnx``, ``reader_tokenizer.json`` and ``reader.json``. Out: a number
in [0, 1] for each text, as sentence-transformers predicts it.

The three files are made by ``probqa.indexing.export_reader``, once for a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from probqa.errors import IndexDamagedError
from probqa.indexing.session import Session, profile_of

# Of the last two thousand questions or so, in some 20 MB.
KEPT_CHANCES = 20_000

READER_FILES = ("reader.onnx", "reader_tokenizer.json", "reader.json")

READ_CANARIES = (
    ("How often were people phoned?", "People at low risk were phoned every six weeks."),
    ("How often were people phoned?", "The report has 71 pages."),
)
# Another machine's arithmetic, with weights of 8 bit, stays far below this.
CANARY_DIFFERENCE = 0.05


class Reader(Protocol):
    """The part of a cross-encoder that asking uses. Tests have an implementation that needs no model."""

    def chances(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return for each text the chance, in [0, 1], that it answers the question."""
        ...


@dataclass(frozen=True, slots=True)
class ReaderProfile:
    """The content of ``reader.json``: the model, its fingerprint (SHA-256), and its chances for the canaries."""

    model: str
    fingerprint: str
    canaries: tuple[float, ...] = ()


class CrossEncoder:
    """An exported CrossEncoder of sentence-transformers, run by onnxruntime."""

    def __init__(self, onnx: bytes, tokenizer: bytes, profile: bytes) -> None:
        """Open a reader from the bytes of its three files.

        Raises:
            IndexDamagedError: they are not a reader.
        """
        self.profile = profile_of("reader", ReaderProfile, profile)
        self._session = Session("reader", onnx, tokenizer)
        # A chance is the same in every generation; when one takes the place of another, open conversations are
        # answered anew, mostly from the same sentences.
        self._chance = lru_cache(maxsize=KEPT_CHANCES)(self._read)

    def chances(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return for each text the chance, in [0, 1], that it answers the question."""
        return list(self._session.each(lambda text: self._chance(question, text), texts))

    def _read(self, question: str, text: str) -> float:
        return float(self._session.row((question, text)))


def check_read_canaries(reader: CrossEncoder) -> None:
    """Compare the canaries, read again, with the chances kept when the index was made.

    Raises:
        IndexDamagedError: the reader is not the one that the index was made with.
    """
    found = [reader.chances(question, [text])[0] for question, text in READ_CANARIES]
    expected = reader.profile.canaries
    # Not "above", which a chance that is not a number would not be.
    if len(expected) != len(found) or not (
        max(abs(a - b) for a, b in zip(found, expected, strict=True)) <= CANARY_DIFFERENCE
    ):
        raise IndexDamagedError("the reader does not read as when this index was made", "run: probqa build")
