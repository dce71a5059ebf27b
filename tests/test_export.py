"""Models of all kinds, exported, beside sentence-transformers; and those that are refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import small_models
from probqa.errors import ModelError
from probqa.indexing import export
from probqa.indexing.encoder import ENCODER_FILES, Encoder, Vectors
from small_models import MODELS, POOLINGS, TEXTS, WIDTH

KNOWN = "name a sentence-transformers model of Transformer, Pooling, Dense, LayerNorm, Dropout, Normalize"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``small_models`` fills."""
    return small_models.made("encoders", tmp_path_factory.mktemp("models"))


def opened(small: Path, name: str) -> tuple[Encoder, dict[str, Vectors]]:
    """An encoder, and the vectors sentence-transformers made of ``TEXTS`` with the model."""
    with np.load(small / name / "vectors.npz") as vectors:
        return Encoder(*((small / name / file).read_bytes() for file in ENCODER_FILES)), dict(vectors)


def as_questions(encoder: Encoder) -> Vectors:
    return np.stack([encoder.encode_question(text) for text in TEXTS])


def cosines(ours: Vectors, theirs: Vectors) -> Any:
    """Of each row with the same row, whatever their lengths."""
    return np.sum(ours * theirs, axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)


@pytest.mark.model
@pytest.mark.parametrize("name", MODELS)
def test_an_encoder_gives_the_vectors_of_its_model_to_questions_and_to_passages(small: Path, name: str) -> None:
    encoder, theirs = opened(small, name)
    assert cosines(as_questions(encoder), theirs["questions"]).min() >= 0.9999
    assert cosines(encoder.encode_passages(TEXTS), theirs["passages"]).min() >= 0.9999
    # Else a wrong pooling would pass for a right one.
    assert cosines(as_questions(encoder), theirs["otherwise"]).max() < 0.99


@pytest.mark.model
@pytest.mark.parametrize("name", MODELS)
def test_an_encoder_gives_unit_vectors_whether_its_model_normalises_or_not(small: Path, name: str) -> None:
    encoder, _ = opened(small, name)
    assert np.allclose(np.linalg.norm(encoder.encode_passages(TEXTS), axis=1), 1, atol=1e-6)


@pytest.mark.model
def test_every_pooling_is_exported_as_it_is(small: Path) -> None:
    encoder, theirs = opened(small, "distilbert")
    ours = np.split(encoder.encode_passages(TEXTS), len(POOLINGS), axis=1)
    parts = dict(zip(POOLINGS, np.split(theirs["passages"], len(POOLINGS), axis=1), strict=True))
    assert all(part.shape[1] == WIDTH for part in ours)
    for number, pooling in enumerate(POOLINGS):
        assert cosines(ours[number], parts[pooling]).min() >= 0.9999, pooling
        for other in set(POOLINGS) - {pooling}:
            # The mean, and the sum over the root of the count, point the same way.
            if {pooling, other} != {"mean", "mean_sqrt_len_tokens"}:
                assert cosines(ours[number], parts[other]).min() < 0.999, (pooling, other)


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "question", "passage"),
    [
        ("bert", "Represent the people: ", "Low: "),
        ("roberta", "", "passage: "),
        ("distilbert", "People: ", "People: "),
        ("modernbert", "", ""),
    ],
)
def test_an_encoder_has_the_prompts_of_its_model(small: Path, name: str, question: str, passage: str) -> None:
    encoder, _ = opened(small, name)
    assert (encoder.profile.question_prompt, encoder.profile.passage_prompt) == (question, passage)
    same = bool(cosines(as_questions(encoder), encoder.encode_passages(TEXTS)).min() >= 0.9999)
    assert same is (question == passage)


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "dimension", "most_tokens", "side"),
    [
        ("bert", 48, 16, "Right"),
        ("roberta", 24, 40, "Right"),
        ("distilbert", 6 * WIDTH, 512, "Right"),
        ("modernbert", 20, 24, "Left"),
    ],
)
def test_an_encoder_has_the_length_and_dimension_of_its_model(
    small: Path, name: str, dimension: int, most_tokens: int, side: str
) -> None:
    assert opened(small, name)[0].profile.dimension == dimension
    tokenizer = json.loads((small / name / "tokenizer.json").read_text())
    assert (tokenizer["truncation"]["max_length"], tokenizer["truncation"]["direction"]) == (most_tokens, side)


@pytest.mark.model
@pytest.mark.parametrize("name", MODELS)
def test_a_word_is_one_token_as_it_stands_in_a_sentence(small: Path, name: str) -> None:
    encoder, _ = opened(small, name)
    assert encoder.is_word("people")
    assert not encoder.is_word("peeople")


REFUSED = {
    "dot": "the model dot compares vectors by dot, and the index by cosine; "
    "name a model that compares by cosine or normalises its vectors",
    "manhattan": "the model manhattan compares vectors by manhattan, and the index by cosine; "
    "name a model that compares by cosine or normalises its vectors",
    "without prompts": "the model without prompts pools without its prompts, which cannot be exported; "
    "name another model",
    "pickled": "the model pickled cannot be used: "
    "Could not find 'model.safetensors' or 'pytorch_model.bin' in pickled; name a sentence-transformers model",
    "acme/coded": "the model acme/coded cannot be used: "
    "The repository acme/coded contains custom code which must be executed to correctly load the model. "
    "You can inspect the repository content at acme/coded; name a sentence-transformers model",
}


@pytest.mark.model
def test_a_model_that_only_its_use_shows_not_to_fit_is_refused_in_one_line(small: Path) -> None:
    said = json.loads((small / "refused.json").read_text())
    assert {name: said[name] for name in REFUSED} == REFUSED
    assert not (small / "ran").exists()


@pytest.mark.model
@pytest.mark.parametrize("fault", ["other pooling", "other length"])
def test_an_export_that_gives_other_vectors_is_refused(small: Path, fault: str) -> None:
    said = json.loads((small / "refused.json").read_text())[fault]
    assert re.fullmatch(
        rf"the export of {fault} gives other vectors than the model \(cosine 0\.\d{{5}}\); name another model", said
    )


TRANSFORMER, POOLING, DENSE = (f"sentence_transformers.models.{name}" for name in ("Transformer", "Pooling", "Dense"))
STATIC = "sentence_transformers.models.StaticEmbedding"
SPLADE = "sentence_transformers.sparse_encoder.models.SpladePooling"


@pytest.mark.parametrize(
    ("modules", "about", "problem"),
    [
        ([TRANSFORMER], {}, f"is made of {TRANSFORMER}, which cannot be exported"),
        ([STATIC], {}, f"is made of {STATIC}, which cannot be exported"),
        ([TRANSFORMER, SPLADE], {}, f"is made of {TRANSFORMER}, {SPLADE}, which cannot be exported"),
        ([TRANSFORMER, "acme.Pooling"], {}, f"is made of {TRANSFORMER}, acme.Pooling, which cannot be exported"),
        (
            [TRANSFORMER, POOLING],
            {"model_type": "MultiVectorEncoder"},
            "is a MultiVectorEncoder, which does not make one vector of a text",
        ),
        ([TRANSFORMER, POOLING, DENSE], {}, "has the activation acme.Gate, which is not of torch"),
        ([3], {}, "is made of 3, which cannot be exported"),
        (None, {}, "does not say what it is made of: 'NoneType' object is not iterable"),
    ],
)
def test_a_model_of_another_kind_is_refused_before_it_is_loaded(
    tmp_path: Path, modules: list[object] | None, about: dict[str, str], problem: str
) -> None:
    listed = modules and [{"type": module, "path": f"{number}"} for number, module in enumerate(modules)]
    (tmp_path / "modules.json").write_text(json.dumps(listed))
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps(about))
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "config.json").write_text('{"activation_function": "acme.Gate"}')
    with pytest.raises(ModelError) as refused:
        export.export_model("acme/odd", tmp_path)
    assert str(refused.value) == f"the model acme/odd {problem}; {KNOWN}"


def test_a_model_that_does_not_say_how_it_pools_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as refused:
        export.export_model("acme/bare", tmp_path)
    assert str(refused.value) == (
        f"the model acme/bare has no modules.json, which says how its vectors are pooled; {KNOWN}"
    )
