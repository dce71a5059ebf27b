"""An exported model with its tokenizer, run by onnxruntime.

In: the bytes of a graph and of a tokenizer, and texts or pairs of texts. Out: for each the row of the one output.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
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
# So many texts wait for a thread at most; each takes some memory while it does.
_AHEAD = 1000

Row = npt.NDArray[Any]
"""float32 ``(outputs,)``, or a single float32."""


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
    """An exported model. Safe to share between threads.

    Texts are read one at a time, on as many threads as there are cores. With weights of 8 bit the activations are
    scaled by what stands in a batch together, and so a text would get another row in other company. Without padding,
    and with each tokenised while another is read, that is as fast as batches with weights of 32 bit, and several times
    as fast with those of 8 (docs/decisions/0001-encoder.md).
    """

    def __init__(self, name: str, onnx: bytes, tokenizer: bytes) -> None:
        """Open a model from its bytes, which the caller has checked against their digests.

        ``name`` is what an error calls it.

        Raises:
            IndexDamagedError: they are not a model and its tokenizer.
        """
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # No thread of its own for a text, which would spin or be woken for each of many small steps.
        options.intra_op_num_threads = 1
        # The graph was optimised when it was exported. Full optimisation here would cost a third of a cold start.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        try:
            self.tokenizer = Tokenizer.from_buffer(tokenizer)
            self._session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # two libraries with two error trees; all mean the same here
            raise IndexDamagedError(
                f"the {name} in the index cannot be opened: {error}", "run: probqa build"
            ) from error
        self.tokenizer.no_padding()
        self._inputs = tuple(put.name for put in self._session.get_inputs())
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix=name)

    def row(self, text: str | tuple[str, str]) -> Row:
        """Return the output's row for a text, or for a pair of texts."""
        encoding = self.tokenizer.encode(*((text,) if isinstance(text, str) else text))
        inputs = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        rows = self._session.run(None, {name: np.array([inputs[name]], np.int64) for name in self._inputs})[0]
        row: Row = rows[0]
        return row

    def each(self, action: Callable[[str], T], texts: Iterable[str]) -> Iterator[T]:
        """Yield what an action that reads a text gives for each, in their order, while the next are read."""
        left = iter(texts)
        while ahead := list(islice(left, _AHEAD)):
            yield from self._pool.map(action, ahead)
