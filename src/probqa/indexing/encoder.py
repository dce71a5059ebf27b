"""The encoder that an index carries, which turns texts into unit vectors.

In: texts, and the bytes of ``encoder.onnx``, ``tokenizer.json`` and ``encoder.json``. Out: float32 ``(n, dimension)``,
unit rows, equal to ``SentenceTransformer.encode(..., normalize_embeddings=True)``.

The three files are made by ``probqa.indexing.export``, once for a model. Nothing here imports torch, so that answering
a question starts fast.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from probqa.decoding import decode_json
from probqa.errors import IndexDamagedError

# Read when onnxruntime is first imported. Without it a session looks up Microsoft's event server and leaves a device id
# in the cache.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

Vectors = npt.NDArray[np.float32]

ENCODER_FILES = ("encoder.onnx", "tokenizer.json", "encoder.json")

# Small batches of texts sorted by length: 16 at a time was fastest on two cores (benchmarks/README.md).
BATCH = 16

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
    """The content of ``encoder.json``: the model, its fingerprint (SHA-256), limits and prompts."""

    model: str
    fingerprint: str
    dimension: int
    max_tokens: int
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
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # The graph was optimised when it was exported. Full optimisation here would cost a third of a cold start.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        # Threads that spin while they wait for work cost a question four times its processor time, at the expense of
        # questions asked at the same moment.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self.profile = decode_json(EncoderProfile, profile)
            self._tokenizer = Tokenizer.from_buffer(tokenizer)
            self._session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # three libraries with three error trees; all mean the same here
            raise IndexDamagedError(
                f"the encoder in the index cannot be opened: {error}", "run: probqa build"
            ) from error
        self._tokenizer.enable_truncation(self.profile.max_tokens)
        self._tokenizer.no_padding()
        self._inputs = tuple(put.name for put in self._session.get_inputs())

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Embed texts to be searched: float32 ``(len(texts), dimension)``, unit rows.

        ``progress`` is called after each batch with the number of texts in it.
        """
        prompt = self.profile.passage_prompt
        return self._encode([prompt + text for text in texts], progress)

    def encode_question(self, text: str) -> Vectors:
        """Embed one question: float32 ``(dimension,)``, of length 1."""
        vector: Vectors = self._encode([self.profile.question_prompt + text], None)[0]
        return vector

    def is_word(self, text: str) -> bool:
        """Tell whether the model has a token of its own for ``text``, as it has for most words that are spelt right."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids) == 1

    def _encode(self, texts: Sequence[str], progress: Callable[[int], None] | None) -> Vectors:
        vectors = np.empty((len(texts), self.profile.dimension), dtype=np.float32)
        for rows, ids, mask in self._batches(texts):
            feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            vectors[rows] = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
            if progress:
                progress(len(rows))
        return vectors

    def _batches(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[list[int], npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """Yield the rows of each batch with their token ids and mask.

        Texts of similar length are put together, so that there is little padding.
        """
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch([text.strip() for text in texts])]
        order = sorted(range(len(texts)), key=lambda row: len(tokens[row]), reverse=True)
        for first in range(0, len(order), BATCH):
            rows = order[first : first + BATCH]
            longest = len(tokens[rows[0]])
            ids = np.zeros((len(rows), longest), dtype=np.int64)
            mask = np.zeros((len(rows), longest), dtype=np.int64)
            for position, row in enumerate(rows):
                ids[position, : len(tokens[row])] = tokens[row]
                mask[position, : len(tokens[row])] = 1
            yield rows, ids, mask


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
