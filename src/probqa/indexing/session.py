"""An exported model with its tokenizer, run by onnxruntime.

In: the bytes of a graph and of a tokenizer, and texts or pairs of texts. Out: the rows of the graph's one output.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from probqa.decoding import decode_json
from probqa.errors import DecodingError, IndexDamagedError

# Read when onnxruntime is first imported. Without it a session looks up Microsoft's event server and leaves a device id
# in the cache.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

T = TypeVar("T")
Rows = npt.NDArray[np.float32]

# What a tokenizer says of how it pads.
_PADDING = ("direction", "pad_id", "pad_type_id", "pad_token")


def profile_of(name: str, kind: type[T], content: bytes) -> T:
    """Return what the profile of a model says, which lies beside it as ``<name>.json``.

    Raises:
        IndexDamagedError: it is not what a build writes.
    """
    try:
        return decode_json(kind, content)
    except DecodingError as error:
        raise IndexDamagedError(
            f"{name}.json is not what a build writes: {error.problem}", "run: probqa build"
        ) from error


class Session:
    """An exported model. Safe to share between threads."""

    def __init__(self, name: str, onnx: bytes, tokenizer: bytes, *, threads: int = 0) -> None:
        """Open a model from its bytes, which the caller has checked against their digests.

        ``name`` is what an error calls it. ``threads`` work on one batch; as many as there are cores where it is 0.

        Raises:
            IndexDamagedError: they are not a model and its tokenizer.
        """
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        # The graph was optimised when it was exported. Full optimisation here would cost a third of a cold start.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        # Threads that spin while they wait for work cost a question four times its processor time, at the expense of
        # questions asked at the same moment.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self.tokenizer = Tokenizer.from_buffer(tokenizer)
            padding = self.tokenizer.padding or {}
            self._padding = {key: padding[key] for key in _PADDING}
            self._session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # two libraries with two error trees; all mean the same here
            raise IndexDamagedError(
                f"the {name} in the index cannot be opened: {error}", "run: probqa build"
            ) from error
        # Padding waits until texts of similar length have been put together.
        self.tokenizer.no_padding()
        self._inputs = tuple(put.name for put in self._session.get_inputs())

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]], batch: int) -> Iterator[tuple[list[int], Rows]]:
        """Yield the numbers of the texts of each batch, and their rows of the output.

        Texts of similar length are put together, so that there is little padding.
        """
        encodings = self.tokenizer.encode_batch(texts)
        order = sorted(range(len(texts)), key=lambda row: len(encodings[row]), reverse=True)
        for first in range(0, len(order), batch):
            rows = order[first : first + batch]
            yield rows, self._rows([encodings[row] for row in rows])

    def _rows(self, encodings: Sequence[Any]) -> Rows:
        for encoding in encodings:
            encoding.pad(len(encodings[0]), **self._padding)
        inputs = {
            "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64),
            "token_type_ids": np.array([encoding.type_ids for encoding in encodings], dtype=np.int64),
        }
        rows: Rows = self._session.run(None, {name: inputs[name] for name in self._inputs})[0]
        return rows
