"""A deterministic reader without a model: the chance is the share of the question's words that a text holds.

``install`` puts it where the real one would be opened and exported; ``hash_encoder.install`` is needed as well.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import hash_encoder
from probqa.errors import IndexDamagedError
from probqa.indexing import export_reader, generation
from probqa.indexing.cross_encoder import READ_CANARIES, ReaderProfile
from probqa.indexing.lexical import words

READER = "hash reader"
exported: list[str] = []  # the name of every reader exported since a test cleared it
read: list[tuple[str, str]] = []  # every pair read since a test cleared it


class HashReader:
    """Stands in for ``probqa.indexing.cross_encoder.CrossEncoder``: opened from the same three files."""

    def __init__(self, onnx: bytes, tokenizer: bytes, profile: bytes) -> None:
        if onnx != b"hash reader" or tokenizer != b"{}":
            raise IndexDamagedError("not a hash reader")
        self.profile = ReaderProfile(**json.loads(profile))

    def chances(self, question: str, texts: Sequence[str]) -> list[float]:
        read.extend((question, text) for text in texts)
        return [chance(question, text) for text in texts]


def chance(question: str, text: str) -> float:
    """The share of the question's words that a text holds."""
    wanted = set(words(question))
    return len(wanted & set(words(text))) / len(wanted) if wanted else 0.0


def reader_files(name: str = READER) -> dict[str, bytes]:
    """The three files."""
    canaries = tuple(chance(*pair) for pair in READ_CANARIES)
    profile = ReaderProfile(name, hash_encoder.fingerprint(Path(name)), canaries)
    return {
        "reader.onnx": b"hash reader",
        "reader_tokenizer.json": b"{}",
        "reader.json": json.dumps(asdict(profile)).encode(),
    }


def install(patch: Callable[[Any, str, object], None] = setattr) -> None:
    """Let builds and openings use the hash reader; give ``monkeypatch.setattr`` to have it undone."""

    def export(name: str, folder: Path) -> dict[str, bytes]:
        exported.append(name)
        return reader_files(name)

    patch(generation, "CrossEncoder", HashReader)
    patch(export_reader, "export_reader", export)
