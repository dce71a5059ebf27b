"""A deterministic encoder without a model: a text is the sum of its words' hashes, so alike texts lie near.

In: texts. Out: float32 ``(n, 64)``, unit rows, the same in every process. ``install`` puts it where the real
one would be opened, exported and fingerprinted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from probqa.errors import IndexDamagedError
from probqa.indexing import build, export, generation
from probqa.indexing.encoder import EncoderProfile, Vectors
from probqa.indexing.lexical import words

MODEL = "hash model"
DIMENSION = 64
embedded: list[str] = []  # every text embedded as a passage or sentence since a test cleared it


class HashEncoder:
    """Stands in for ``probqa.indexing.encoder.Encoder``: opened from the same three files."""

    def __init__(self, onnx: bytes, tokenizer: bytes, profile: bytes) -> None:
        if not onnx.startswith(b"hash encoder") or tokenizer != b"{}":
            raise IndexDamagedError("not a hash encoder")
        self.profile = EncoderProfile(**json.loads(profile))

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        embedded.extend(texts)
        if progress:
            progress(len(texts))
        return np.array([self.encode_question(text) for text in texts], np.float32).reshape(-1, DIMENSION)

    def encode_question(self, text: str) -> Vectors:
        total = sum((_word(self.profile.fingerprint, word) for word in words(text)), _word("", ""))
        unit: Vectors = (total / np.linalg.norm(total)).astype(np.float32)
        return unit

    def is_word(self, text: str) -> bool:
        return text in ("weather", "many")


@lru_cache(maxsize=100_000)
def _word(salt: str, word: str) -> npt.NDArray[np.float64]:
    digest = hashlib.sha512(f"{salt} {word}".encode("utf-8", "surrogatepass")).digest()
    return np.frombuffer(digest, np.uint8).astype(np.float64) - 127.5


def encoder_files(model: str = MODEL) -> dict[str, bytes]:
    """The three files."""
    profile = {"model": model, "fingerprint": fingerprint(Path(model)), "dimension": DIMENSION}
    return {
        "encoder.onnx": b"hash encoder",
        "tokenizer.json": b"{}",
        "encoder.json": json.dumps(profile).encode(),
    }


def fingerprint(folder: Path) -> str:
    return hashlib.sha256(str(folder).encode()).hexdigest()


def install(patch: Callable[[Any, str, object], None] = setattr) -> None:
    """Let builds and openings use the hash encoder; give ``monkeypatch.setattr`` to have it undone."""
    patch(build, "Encoder", HashEncoder)
    patch(generation, "Encoder", HashEncoder)
    patch(export, "find_model", Path)
    patch(export, "fingerprint", fingerprint)
    patch(export, "export_model", lambda name, folder: encoder_files(name))
