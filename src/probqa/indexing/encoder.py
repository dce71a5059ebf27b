"""The encoder that an index carries, which turns texts into unit vectors.

In: texts, and the bytes of ``encoder.onnx``, ``tokenizer.json`` and ``encoder.json``. Out: float32 ``(n, dimension)``,
unit rows, equal to ``encode_query`` and ``encode_document`` of the model with ``normalize_embeddings=True``.

The three files are made by ``probqa.indexing.export``, once for a model. Nothing here imports torch, so that answering
a question starts fast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from probqa.errors import IndexDamagedError
from probqa.indexing.session import Session, profile_of

Vectors = npt.NDArray[np.float32]

ENCODER_FILES = ("encoder.onnx", "tokenizer.json", "encoder.json")

# Questions whose vectors are kept, in some 3 MB.
KEPT_QUESTIONS = 2000

CANARIES = (
    "How did the company supervise people assessed as low risk?",
    "Inspectors found that public protection work was not of sufficient quality.",
    "A telephone call every six weeks.",
)
# Another model of the same dimension gives cosines far below this. Another machine's arithmetic stays far above it.
CANARY_COSINE = 0.999


class Embedder(Protocol):
    """The part of an encoder that the rooms use.

    Tests have an implementation that needs no model.
    """

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Embed texts to be searched: float32 ``(len(texts), dimension)``, unit rows."""
        ...

    def encode_question(self, text: str) -> Vectors:
        """Embed one question: float32 ``(dimension,)``, of length 1."""
        ...


@dataclass(frozen=True, slots=True)
class EncoderProfile:
    """The content of ``encoder.json``: the model, its fingerprint (SHA-256), its dimension and its prompts."""

    model: str
    fingerprint: str
    dimension: int
    question_prompt: str = ""
    passage_prompt: str = ""


class Encoder:
    """An exported sentence-transformers model, run by onnxruntime."""

    def __init__(self, onnx: bytes, tokenizer: bytes, profile: bytes) -> None:
        """Open an encoder from the bytes of its three files.

        The caller has checked them against their digests.

        Raises:
            IndexDamagedError: they are not an encoder.
        """
        self.profile = profile_of("encoder", EncoderProfile, profile)
        self._session = Session("encoder", onnx, tokenizer)
        self._question = lru_cache(maxsize=KEPT_QUESTIONS)(self._encode_question)

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Embed texts to be searched: float32 ``(len(texts), dimension)``, unit rows.

        ``progress`` is called for each text, with 1.
        """
        prompt = self.profile.passage_prompt
        vectors = np.empty((len(texts), self.profile.dimension), dtype=np.float32)
        for number, row in enumerate(self._session.each(lambda text: self._session.row(prompt + text), texts)):
            vectors[number] = row
            if progress:
                progress(1)
        return vectors

    def encode_question(self, text: str) -> Vectors:
        """Embed one question: float32 ``(dimension,)``, of length 1, not to be written to."""
        return self._question(text)

    def _encode_question(self, text: str) -> Vectors:
        vector: Vectors = self._session.row(self.profile.question_prompt + text)
        vector.flags.writeable = False
        return vector

    def is_word(self, text: str) -> bool:
        """Tell whether the model has a token of its own for ``text``, as it has for most words that are spelt right."""
        # After a space, as words stand in sentences: to some tokenizers a word without one is another.
        return len(self._session.tokenizer.encode(f" {text}", add_special_tokens=False).ids) == 1


def check_canaries(embedder: Embedder, expected: Vectors) -> None:
    """Compare the canary texts, embedded again, with the vectors kept when the index was made.

    Raises:
        IndexDamagedError: the encoder is not the one that made the index's vectors.
    """
    again = embedder.encode_passages(CANARIES)
    cosine = float(np.min(np.sum(again * expected, axis=1))) if again.shape == expected.shape else 0.0
    if cosine < CANARY_COSINE:
        raise IndexDamagedError(
            f"the encoder does not give the vectors this index was made with (cosine {cosine:.4f})", "run: probqa build"
        )
