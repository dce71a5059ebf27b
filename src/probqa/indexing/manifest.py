"""What a generation says of itself in ``manifest.json``.

In: a record, or the bytes of the file. Out: the other one.

>>> made = Manifest(5, "0" * 16, "2026-10-03T09:30:00+00:00", "bm25s", "1" * 64, Model("2" * 64, "m"),
...                 Model("", ""), Counts(1, 2, 3), {"a.md": ("3" * 64, "markdown 1")}, (Failure("b.md", "is empty"),),
...                 {"x.npy": StoredFile(9, "4" * 64)})
>>> Manifest.from_json(made.to_json()) == made, made.day.in_words
(True, '3 October 2026')
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from probqa.dates import PartialDate
from probqa.decoding import decode_json
from probqa.reading.corpus import Failure


@dataclass(frozen=True, slots=True)
class Model:
    """A model: SHA-256 over its files, and its name. Both are empty where there is none."""

    fingerprint: str
    name: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a generation holds."""

    documents: int
    passages: int
    sentences: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Length and SHA-256 of a file of the generation."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of, when, and what it holds.

    ``created`` is an ISO time. ``lexical`` are the settings of the keyword index, ``texts`` is SHA-256 over the ids and
    texts of the documents. ``corpus`` has every corpus file that was looked at, read or failed: its SHA-256 and reader
    version, by path. ``files`` has every file of the generation but this one.
    """

    format: int
    generation: str
    created: str
    lexical: str
    texts: str
    model: Model
    reader: Model
    counts: Counts
    corpus: dict[str, tuple[str, str]]
    failures: tuple[Failure, ...]
    files: dict[str, StoredFile]

    @property
    def models(self) -> str:
        """Return the fingerprints of both models, for which a calibration is fitted."""
        return models(self.model, self.reader)

    @property
    def day(self) -> PartialDate:
        """Return the day on which it was made."""
        return PartialDate(self.created[:10])

    def to_json(self) -> bytes:
        """Return the bytes of the file."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Manifest:
        """Read the bytes of the file.

        Raises:
            DecodingError: they are not a manifest of this format.
        """
        return decode_json(cls, content)


def models(encoder: Model, reader: Model) -> str:
    """Return the fingerprints of an encoder and a reader, perhaps none, for which a calibration is fitted."""
    return f"{encoder.fingerprint} {reader.fingerprint}".strip()
