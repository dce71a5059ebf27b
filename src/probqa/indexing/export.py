"""The export of a sentence-transformers model to the three files of the encoder that an index carries.

In: a model's name or folder. Out: ``encoder.onnx`` (the model's own pooling, dense layers and normalisation inside the
graph), ``tokenizer.json`` (with its own length) and ``encoder.json`` (with its own prompts), as bytes.

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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

from probqa import models
from probqa.errors import ModelError, ModelMissingError
from probqa.indexing.encoder import CANARIES, Encoder, EncoderProfile

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor
    from torch.nn import Module

# Raised whenever the same model would be exported to a different encoder.
EXPORT_VERSION = 3

# The packages that only exporting needs. The extra [build] installs them, and the default model with them.
EXPORTER = ("torch", "sentence_transformers", "onnx", "onnxscript")
_INSTALL = "run: pip install 'probqa[build]'"

# Read when the model hub's libraries are first imported, which is below. Without it they report their use.
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

_SAFE_FILES = ("*.json", "*.txt", "*.safetensors", "*.model")

# What a model of one vector a text is made of: these two, and then any of the others.
_FIRST_MODULES = ["Transformer", "Pooling"]
_MODULES = (*_FIRST_MODULES, "Dense", "LayerNorm", "Dropout", "Normalize")

# More than any passage has. Some tokenizers know no limit of their own.
_MOST_TOKENS = 8192

# The least cosine of an export's vectors with its model's: as good as equal, or with weights of 8 bit, which were
# measured for the models that come with probqa alone (docs/decisions/0001-encoder.md).
_SAME, _SAME_IN_8_BIT = 0.9999, 0.98

# The canaries, and a text that starts with spaces and is longer than most models read.
_CHECKED = (*CANARIES, "  " + " ".join(CANARIES * 20))


def find_model(name: str) -> Path:
    """Find the folder of a model: the packaged default, a folder on disk, or a name on the model hub.

    The hub is asked only for a name that is neither of the others, and never while serving. The weights of
    packaged ones are checked.

    Raises:
        ModelMissingError: it cannot be found.
        ModelError: its weights are not the ones expected.
    """
    if name == models.BASE:
        return models.base_folder()
    if name in (models.ENCODER, models.READER):
        return models.find(name)
    folder = Path(name)
    if not folder.is_dir():
        folder = _download(name)
    if not any(folder.rglob("*.safetensors")):
        raise ModelError(f"the model {name} has no safetensors weights", "name a model that has; others can hide code")
    return folder


def fingerprint(folder: Path) -> str:
    """Return the SHA-256 over the names and contents of a model's files and the version of the export."""
    digest = hashlib.sha256(f"probqa export {EXPORT_VERSION}\n".encode())
    for path in _safe_files(folder):
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
    """Export the model in ``folder`` as an encoder, with all its modules as they are.

    The one that comes with probqa gets weights of 8 bit. The result is checked against the model itself, on questions
    and on passages.

    Returns:
        The three files by name.

    Raises:
        ModelError: the model is of another kind, cannot be loaded or exported, or the export gives other vectors.
    """
    _require_one_vector(name, folder)
    with quiet(), TemporaryDirectory() as scratch:
        # Otherwise torch leaves a folder among the system's temporary files.
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = scratch
        from torch.nn.functional import normalize

        model = _load(name, folder, Path(scratch))
        question_prompt, passage_prompt = _prompts(name, model)
        _require_cosine(name, model)
        most_tokens = min(model.max_seq_length or _MOST_TOKENS, _MOST_TOKENS)

        def unit_vectors(features: Mapping[str, Tensor]) -> Tensor:
            return normalize(features["sentence_embedding"][:, : model.truncate_dim], dim=1)

        try:
            # Not "embedding": that name clashes with one inside the graph.
            onnx = to_onnx(model, model.preprocess(list(CANARIES)), unit_vectors, "unit_vector", most_tokens)
            least = _SAME
            if name == models.ENCODER:
                onnx, least = in_8_bit(onnx, Path(scratch)), _SAME_IN_8_BIT
        except Exception as error:  # the exporter has no error tree of its own
            # What it says itself is how to report it.
            reason = first_line(error.__cause__ or error)
            raise ModelError(f"the model {name} cannot be exported to ONNX: {reason}", "name another model") from error
        profile = EncoderProfile(
            model=name,
            fingerprint=fingerprint(folder),
            dimension=len(model.encode(CANARIES[0])),
            question_prompt=question_prompt,
            passage_prompt=passage_prompt,
        )
        files = {
            "encoder.onnx": onnx,
            "tokenizer.json": tokenizer_of(name, model.tokenizer, most_tokens),
            "encoder.json": json.dumps(asdict(profile), indent=1, sort_keys=True).encode(),
        }
        _require_same(name, model, Encoder(*files.values()), least)
    return files


def _require_one_vector(name: str, folder: Path) -> None:
    """Refuse a model that does not say how it makes one vector of a text, or says it in code of its own.

    sentence-transformers takes a pooling or an activation of its choice instead, with no more than a warning.

    Raises:
        ModelError: it is such a model.
    """
    another = f"name a sentence-transformers model of {', '.join(_MODULES)}"
    if not (folder / "modules.json").is_file():
        raise ModelError(f"the model {name} has no modules.json, which says how its vectors are pooled", another)
    try:
        modules = _read(folder / "modules.json")
        about = folder / "config_sentence_transformers.json"
        kind = (_read(about) if about.is_file() else {}).get("model_type", "SentenceTransformer")
        classes = [str(module["type"]) for module in modules]
        dense = [_read(folder / module["path"] / "config.json") for module in modules if "Dense" in str(module["type"])]
        activations = [str(config.get("activation_function", "torch.")) for config in dense]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelError(f"the model {name} does not say what it is made of: {first_line(error)}", another) from error
    if kind != "SentenceTransformer":
        raise ModelError(f"the model {name} is a {kind}, which does not make one vector of a text", another)
    ours = [path.rpartition(".")[2] for path in classes if path.startswith("sentence_transformers.")]
    if len(ours) < len(classes) or ours[:2] != _FIRST_MODULES or not set(ours) <= set(_MODULES):
        raise ModelError(f"the model {name} is made of {', '.join(classes)}, which cannot be exported", another)
    for activation in activations:
        if not activation.startswith("torch."):
            raise ModelError(f"the model {name} has the activation {activation}, which is not of torch", another)


def _load(name: str, folder: Path, scratch: Path) -> SentenceTransformer:
    """Load a model from its safe files alone, in single precision, and try it.

    Raises:
        ModelError: it cannot be loaded, or cannot embed texts.
    """
    from sentence_transformers import SentenceTransformer

    safe = safe_copy(folder, scratch)
    try:
        model = SentenceTransformer(str(safe), device="cpu", trust_remote_code=False, local_files_only=True)
        model.float().encode(list(CANARIES))
    except Exception as error:  # whatever the libraries raise, the model is what is wrong
        reason = first_line(error).replace(str(safe), name)
        raise ModelError(f"the model {name} cannot be used: {reason}", "name a sentence-transformers model") from error
    return model


def safe_copy(folder: Path, scratch: Path) -> Path:
    """Return a folder with a model's safe files alone: where there are no safetensors, the libraries read a pickle.

    A model that comes with probqa is put together there.
    """
    safe = scratch / "model"
    safe.mkdir()
    if (folder / models.LAYERS).is_file():
        models.assemble(folder, safe)
        return safe
    for path in _safe_files(folder):
        link = safe / path.relative_to(folder)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path.resolve())
    return safe


def _prompts(name: str, model: SentenceTransformer) -> tuple[str, str]:
    """Return what a model wants before a question and before a passage.

    Where it names neither, its default prompt stands before both.

    Raises:
        ModelError: it has a prompt and does not pool its tokens, which the graph cannot tell from others.
    """
    prompts = {key: prompt for key, prompt in model.prompts.items() if prompt}
    question, *passage = (prompts.get(key, "") for key in ("query", "document", "passage", "corpus"))
    if not question and not any(passage):
        question = prompts.get(model.default_prompt_name or "", "")
        passage = [question]
    both = question, next(filter(None, passage), "")
    if any(both) and not getattr(model[1], "include_prompt", True):
        raise ModelError(f"the model {name} pools without its prompts, which cannot be exported", "name another model")
    return both


def _require_cosine(name: str, model: SentenceTransformer) -> None:
    """Refuse a model that compares vectors by more than their direction, which is what the index keeps.

    Raises:
        ModelError: it is such a model.
    """
    similarity = model.similarity_fn_name
    lengths = np.linalg.norm(model.encode(list(CANARIES)), axis=1)
    # Among vectors of length 1 the dot product and the Euclidean distance have the order of the cosine.
    if similarity != "cosine" and (similarity == "manhattan" or np.abs(lengths - 1).max() > 1e-3):
        raise ModelError(
            f"the model {name} compares vectors by {similarity}, and the index by cosine",
            "name a model that compares by cosine or normalises its vectors",
        )


def to_onnx(
    model: Module,
    sample: Mapping[str, Any],
    output: Callable[[Mapping[str, Tensor]], Tensor],
    output_name: str,
    most_tokens: int,
) -> bytes:
    """Export a model of sentence-transformers to an ONNX graph with one output.

    ``sample`` is what the model makes of a few texts: the tensors a tokenizer gives, int64 ``(texts, tokens)``, become
    the inputs. ``output`` takes a row a text from the model's features.
    """
    import torch

    inputs = tuple(key for key in ("input_ids", "attention_mask", "token_type_ids") if key in sample)

    class Graph(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            return output(self.model(dict(zip(inputs, tensors, strict=True))))

    shape = {0: torch.export.Dim("texts", min=1, max=4096), 1: torch.export.Dim("tokens", min=2, max=most_tokens)}
    program = torch.onnx.export(
        Graph().eval(),
        tuple(sample[key] for key in inputs),
        dynamo=True,
        input_names=list(inputs),
        output_names=[output_name],
        dynamic_shapes=((shape,) * len(inputs),),
        external_data=False,
    )
    assert program is not None
    content: bytes = program.model_proto.SerializeToString()
    return content


def in_8_bit(graph: bytes, scratch: Path) -> bytes:
    """Return the graph with weights of 8 bit, scaled for each column: a quarter of the size and of the time."""
    import onnx
    from onnx import external_data_helper
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target = scratch / "in_8_bit.onnx"
    # It names a file of its own by the clock, for which the system keeps a file that would be left behind.
    vars(external_data_helper)["uuid"] = SimpleNamespace(uuid1=uuid4)
    quantize_dynamic(onnx.load_from_string(graph), target, per_channel=True, weight_type=QuantType.QInt8)
    return target.read_bytes()


def tokenizer_of(name: str, tokenizer: Any, most_tokens: int) -> bytes:
    """Return a model's tokenizer, which cuts texts as the model has it.

    Raises:
        ModelError: it is not a fast one, which alone does without the libraries it was made with.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelError(f"the model {name} has no fast tokenizer", "name a model with a tokenizer.json")
    backend.enable_truncation(most_tokens, direction=tokenizer.truncation_side)
    content: str = backend.to_str()
    return content.encode()


def _require_same(name: str, model: SentenceTransformer, encoder: Encoder, least: float) -> None:
    """Compare an encoder with the model it was made from.

    Raises:
        ModelError: it gives other vectors, with a cosine below ``least``.
    """
    texts = list(_CHECKED)
    ours = np.concatenate([np.stack([encoder.encode_question(text) for text in texts]), encoder.encode_passages(texts)])
    theirs = np.concatenate(
        [
            model.encode_query(texts, prompt=encoder.profile.question_prompt, normalize_embeddings=True),
            model.encode_document(texts, prompt=encoder.profile.passage_prompt, normalize_embeddings=True),
        ]
    )
    cosine = np.sum(ours * theirs, axis=1).min()
    # Not "below", which a cosine that is not a number would not be.
    if not cosine >= least:
        raise ModelError(
            f"the export of {name} gives other vectors than the model (cosine {cosine:.5f})", "name another model"
        )


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=list(_SAFE_FILES), etag_timeout=10))
    except Exception as error:  # network, naming and permission errors of three libraries
        raise ModelMissingError(
            f"the model {name} is neither a folder nor to be had from the hub: {first_line(error)}", "name another"
        ) from error


def _safe_files(folder: Path) -> list[Path]:
    return sorted({path for pattern in _SAFE_FILES for path in folder.rglob(pattern)})


def _read(path: Path) -> Any:
    return json.loads(path.read_bytes())


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, without the stop at its end."""
    return str(error).strip().partition("\n")[0].rstrip(" .")


@contextmanager
def quiet() -> Iterator[None]:
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
