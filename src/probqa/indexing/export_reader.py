"""The export of a CrossEncoder to the three files of the reader that an index carries.

In: a model's name or folder. Out: ``reader.onnx`` (the chance inside the graph, weights of 8 bit),
``reader_tokenizer.json`` and ``reader.json``, as bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from probqa.errors import ModelError
from probqa.indexing import export
from probqa.indexing.cross_encoder import READ_CANARIES, CrossEncoder, ReaderProfile

if TYPE_CHECKING:
    from torch import Tensor

# Weights of 8 bit move a chance by this at most on the canaries; more is another model.
_MOST_MOVED = 0.15
# More than a question, a heading and a sentence have.
_MOST_TOKENS = 512


def export_reader(name: str, folder: Path) -> dict[str, bytes]:
    """Export the CrossEncoder in ``folder`` as a reader, and compare it with the model on the canaries.

    Returns:
        The three files by name.

    Raises:
        ModelError: it is no CrossEncoder with one label and without a prompt, cannot be loaded or exported, or the
            export reads otherwise.
    """
    with export.quiet(), TemporaryDirectory() as scratch:
        # Otherwise torch leaves a folder among the system's temporary files.
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = scratch
        import torch
        from sentence_transformers import CrossEncoder as Model

        another = "name a sentence-transformers CrossEncoder with one label, or none"
        safe = export.safe_copy(folder, Path(scratch))
        try:
            model = Model(str(safe), device="cpu", trust_remote_code=False, local_files_only=True)
            expected = model.predict(list(READ_CANARIES), activation_fn=torch.nn.Sigmoid())
        except Exception as error:  # whatever the libraries raise, the model is what is wrong
            reason = export.first_line(error).replace(str(safe), name)
            raise ModelError(f"the reader {name} cannot be used: {reason}", another) from error
        # On a model of another kind the libraries put a head of random weights, with no more than a notice.
        saved_as = getattr(model.config, "architectures", None) or []
        if type(model.transformers_model).__name__ not in saved_as:
            raise ModelError(f"the reader {name} is no CrossEncoder, but {', '.join(saved_as) or 'unknown'}", another)
        if model.num_labels != 1:
            raise ModelError(f"the reader {name} has {model.num_labels} labels", another)
        if model.default_prompt_name is not None:
            raise ModelError(f"the reader {name} wants a prompt before what it reads", another)
        most_tokens = min(model.max_seq_length or _MOST_TOKENS, _MOST_TOKENS)

        def chances(features: Mapping[str, Tensor]) -> Tensor:
            return torch.sigmoid(features["scores"].reshape(-1))

        try:
            sample = model.preprocess(list(READ_CANARIES))
            onnx = export.in_8_bit(export.to_onnx(model, sample, chances, "chance", most_tokens), Path(scratch))
        except Exception as error:  # the exporter has no error tree of its own
            reason = export.first_line(error.__cause__ or error)
            raise ModelError(f"the reader {name} cannot be exported to ONNX: {reason}", another) from error
        profile = ReaderProfile(name, export.fingerprint(folder))
        tokenizer = export.tokenizer_of(name, model.tokenizer, most_tokens)
        reader = CrossEncoder(onnx, tokenizer, _to_json(profile))
        found = tuple(round(reader.chances(question, [text])[0], 6) for question, text in READ_CANARIES)
    moved = max(abs(ours - float(theirs)) for ours, theirs in zip(found, expected, strict=True))
    # Not "above", which a chance that is not a number would not be.
    if not moved <= _MOST_MOVED:
        raise ModelError(f"the export of {name} reads otherwise than the model (by {moved:.3f})", another)
    return {
        "reader.onnx": onnx,
        "reader_tokenizer.json": tokenizer,
        "reader.json": _to_json(replace(profile, canaries=found)),
    }


def _to_json(profile: ReaderProfile) -> bytes:
    return json.dumps(asdict(profile), indent=1, sort_keys=True).encode()
