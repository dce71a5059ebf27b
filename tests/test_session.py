"""A model run by onnxruntime: which row is whose, what is padded, and files that are none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from probqa.errors import IndexDamagedError
from probqa.indexing.session import Session

WORDS = ["[PAD]", "[SEP]", *(f"w{number}" for number in range(2, 30))]
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def graph(inputs: Sequence[str] = INPUTS) -> bytes:
    """A graph that gives back its inputs, one after another: float32 ``(texts, inputs * tokens)``."""
    from onnx import TensorProto, helper

    given = [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in inputs]
    made = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["texts", "all"])
    nodes = [
        helper.make_node("Concat", list(inputs), ["all"], axis=1),
        helper.make_node("Cast", ["all"], ["rows"], to=TensorProto.FLOAT),
    ]
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(helper.make_graph(nodes, "g", given, [made]), opset_imports=opsets, ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def tokenizer(direction: str = "right", pad_id: int = 0, most: int = 8) -> bytes:
    """Word ``w5`` is token 5. Of a pair, the second text has the type 1."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    made = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[PAD]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="$A", pair="$A [SEP] $B:1", special_tokens=[("[SEP]", 1)]
    )
    made.enable_truncation(most)
    made.enable_padding(direction=direction, pad_id=pad_id)
    return made.to_str().encode()


def rows_of(session: Session, texts: Sequence[str] | Sequence[tuple[str, str]], batch: int) -> list[list[list[float]]]:
    """The rows of the texts in their own order, each cut into its inputs."""
    rows: dict[int, list[list[float]]] = {}
    for numbers, found in session.run(texts, batch):
        for number, row in zip(numbers, found, strict=True):
            rows[number] = np.split(row, len(INPUTS))  # type: ignore[assignment]
    return [[part.tolist() for part in rows[number]] for number in range(len(texts))]  # type: ignore[attr-defined]


TEXTS = ["w2", "w3 w4 w5", "w6 w7", "w8 w9 w10 w11", "w12"]


@pytest.mark.parametrize("batch", [1, 2, 3, 16])
def test_each_row_is_of_its_own_text_whatever_the_batch(batch: int) -> None:
    found = rows_of(Session("model", graph(), tokenizer()), TEXTS, batch)
    for text, (ids, mask, _) in zip(TEXTS, found, strict=True):
        read = [f"w{token:g}" for token, is_read in zip(ids, mask, strict=True) if is_read]
        assert " ".join(read) == text


def test_texts_of_similar_length_are_put_together_the_longest_first() -> None:
    batches = [(numbers, rows.shape) for numbers, rows in Session("model", graph(), tokenizer()).run(TEXTS, 2)]
    assert batches == [([3, 1], (2, 3 * 4)), ([2, 0], (2, 3 * 2)), ([4], (1, 3 * 1))]


def test_no_text_is_no_batch() -> None:
    assert list(Session("model", graph(), tokenizer()).run([], 4)) == []


@pytest.mark.parametrize(("direction", "ids"), [("right", [2, 7, 7]), ("left", [7, 7, 2])])
def test_a_shorter_text_is_padded_as_the_tokenizer_has_it(direction: str, ids: list[int]) -> None:
    found = rows_of(Session("model", graph(), tokenizer(direction, pad_id=7)), ["w2", "w3 w4 w5"], 4)
    assert found[0][:2] == [ids, [int(token == 2) for token in ids]]
    assert found[1][:2] == [[3, 4, 5], [1, 1, 1]]


def test_a_text_is_cut_where_the_tokenizer_says() -> None:
    ((_, rows),) = Session("model", graph(), tokenizer(most=2)).run(["w2 w3 w4"], 1)
    assert rows.tolist() == [[2, 3, 1, 1, 0, 0]]


def test_the_second_text_of_a_pair_has_another_type() -> None:
    [[ids, mask, types]] = rows_of(Session("model", graph(), tokenizer()), [("w2 w3", "w4")], 1)
    assert (ids, mask, types) == ([2, 3, 1, 4], [1, 1, 1, 1], [0, 0, 0, 1])


def test_a_graph_is_given_the_inputs_that_it_has_and_no_others() -> None:
    ((_, rows),) = Session("model", graph(["attention_mask", "input_ids"]), tokenizer()).run(["w2 w3"], 1)
    assert rows.tolist() == [[1, 1, 2, 3]]


def test_many_threads_may_run_one_session() -> None:
    session = Session("model", graph(), tokenizer(), threads=1)
    alone = [rows_of(session, [text], 1) for text in TEXTS]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: rows_of(session, [text], 1), TEXTS * 40))
    assert together == alone * 40


def without_padding() -> bytes:
    return json.dumps(json.loads(tokenizer()) | {"padding": None}).encode()


@pytest.mark.parametrize(
    ("onnx", "tokens"),
    [(b"", tokenizer()), (b"no graph", tokenizer()), (graph(), b""), (graph(), b"{}"), (graph(), without_padding())],
    ids=["no bytes", "no graph", "no tokenizer", "an empty tokenizer", "no padding"],
)
def test_files_that_are_no_model_are_refused_in_one_line_with_its_name(onnx: bytes, tokens: bytes) -> None:
    with pytest.raises(IndexDamagedError) as refused:
        Session("reader", onnx, tokens)
    assert str(refused.value).startswith("the reader in the index cannot be opened: ")
    assert str(refused.value).endswith("; run: probqa build")
    assert "\n" not in str(refused.value)
