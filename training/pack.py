"""The trained models as they are shipped: their layers in half precision, over the base package's embeddings.

In: the two models' folders. Out: ``src/probqa/models/<name>``, and the SHA-256 that ``probqa.models`` must hold.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from probqa import models

# What the base package has. How long a text may be stands in tokenizer_config.json, which is each model's own.
_LEFT_OUT = ("tokenizer.json", "special_tokens_map.json")


def pack(trained: Path, name: str) -> str:
    """Write a model's layers and configuration into the package; return the SHA-256 of the layers."""
    target = Path(models.__file__).parent / name.removeprefix("probqa-")
    target.mkdir(exist_ok=True)
    tensors = load_file(trained / "model.safetensors")
    base = load_file(models.base_folder() / "model.safetensors")
    for key, tensor in tensors.items():
        plain = key.removeprefix("bert.")
        if plain.startswith("embeddings.") and not np.array_equal(tensor, base[plain]):
            raise ValueError(f"{key} was trained and would be lost")
    layers = {
        key: tensor.astype(np.float16)
        for key, tensor in sorted(tensors.items())
        if not key.removeprefix("bert.").startswith("embeddings.")
    }
    save_file(layers, target / models.LAYERS)
    for path in trained.rglob("*.json"):
        if path.name not in _LEFT_OUT:
            copy = target / path.relative_to(trained)
            copy.parent.mkdir(exist_ok=True)
            shutil.copy(path, copy)
    return hashlib.sha256((target / models.LAYERS).read_bytes()).hexdigest()


def write_sha256(found: dict[str, str]) -> None:
    """Put the SHA-256 of both models into ``probqa.models``."""
    source = Path(models.__file__)
    held = f'_SHA256 = {{\n    ENCODER: "{found[models.ENCODER]}",\n    READER: "{found[models.READER]}",\n}}'
    source.write_text(re.sub(r"_SHA256 = \{[^}]*\}", held, source.read_text(encoding="utf-8")), encoding="utf-8")
