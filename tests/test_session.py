"""A model run by onnxruntime: which row is whose, what is read of a text, and files that are none."""

from __future__ import annotations

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


def tokenizer(most: int = 8) -> bytes:
    """Word ``w5`` is token 5. Of a pair, the second text has the type 1."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    made = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[PAD]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="$A", pair="$A [SEP] $B:1", special_tokens=[("[SEP]", 1)]
    )
    made.enable_truncation(most)
    # As models have it, for batches.
    made.enable_padding()
    return made.to_str().encode()


def parts_of(session: Session, text: str | tuple[str, str]) -> list[list[float]]:
    """A text's row, cut into its inputs."""
    return [part.tolist() for part in np.split(session.row(text), len(INPUTS))]


TEXTS = ["w2", "w3 w4 w5", "w6 w7", "w8 w9 w10 w11", "w12"]


def test_each_row_is_of_its_own_text_and_nothing_is_padded() -> None:
    session = Session("model", graph(), tokenizer())
    assert parts_of(session, "w3 w4 w5") == [[3, 4, 5], [1, 1, 1], [0, 0, 0]]
    assert parts_of(session, "w2") == [[2], [1], [0]]


def test_texts_are_read_in_their_order_however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probqa.indexing.session._AHEAD", 3)
    session = Session("model", graph(), tokenizer())
    assert [row[0] for row in session.each(session.row, TEXTS * 5)] == [2, 3, 6, 8, 12] * 5
    assert list(session.each(session.row, [])) == []


def test_a_text_is_cut_where_the_tokenizer_says() -> None:
    assert parts_of(Session("model", graph(), tokenizer(most=2)), "w2 w3 w4") == [[2, 3], [1, 1], [0, 0]]


def test_the_second_text_of_a_pair_has_another_type() -> None:
    ids, mask, types = parts_of(Session("model", graph(), tokenizer()), ("w2 w3", "w4"))
    assert (ids, mask, types) == ([2, 3, 1, 4], [1, 1, 1, 1], [0, 0, 0, 1])


def test_a_graph_is_given_the_inputs_that_it_has_and_no_others() -> None:
    row = Session("model", graph(["attention_mask", "input_ids"]), tokenizer()).row("w2 w3")
    assert row.tolist() == [1, 1, 2, 3]


def test_many_threads_may_run_one_session() -> None:
    session = Session("model", graph(), tokenizer())
    alone = [parts_of(session, text) for text in TEXTS]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: parts_of(session, text), TEXTS * 40))
    assert together == alone * 40


@pytest.mark.parametrize(
    ("onnx", "tokens"),
    [(b"", tokenizer()), (b"no graph", tokenizer()), (graph(), b""), (graph(), b"{}")],
    ids=["no bytes", "no graph", "no tokenizer", "an empty tokenizer"],
)
def test_files_that_are_no_model_are_refused_in_one_line_with_its_name(onnx: bytes, tokens: bytes) -> None:
    with pytest.raises(IndexDamagedError) as refused:
        Session("reader", onnx, tokens)
    assert str(refused.value).startswith("the reader in the index cannot be opened: ")
    assert str(refused.value).endswith("; run: probqa build")
    assert "\n" not in str(refused.value)
