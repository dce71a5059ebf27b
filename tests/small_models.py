"""Small sentence-transformers models of random weights, and what the export makes of them.

Run as ``python small_models.py KIND FOLDER``, because torch has no place in the process of the tests. Out, in
``FOLDER``, of the kind ``encoders``: for each of ``MODELS`` a folder with the model, the three files of its encoder and
``vectors.npz``. Of the kind ``readers``: the folder ``reader`` with the model, the three files and ``chances.npz``. Of
both kinds ``refused.json``, the words each of the other models is refused with.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from probqa.errors import ModelError
from probqa.indexing import export, export_reader
from probqa.indexing.encoder import CANARIES

MODELS = ("bert", "roberta", "distilbert", "modernbert")
POOLINGS = ("cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")
# More than one batch of them, of many lengths.
TEXTS = (
    *CANARIES,
    "x",
    "Probation " * 60,
    "  spaces around, ÀÉ and 22.5% of £1.2m  ",
    *(" ".join(["low risk, the people"] * number) for number in range(1, 14)),
)
QUESTION = "How often were people at low risk phoned?"
WIDTH = 32
READ_TOKENS = 48
_SIZES = {
    "vocab_size": 400,
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 64,
    # Larger than usual, so that random weights tell texts and poolings apart.
    "initializer_range": 0.3,
}


def made(kind: str, folder: Path) -> Path:
    """Fill a folder, in a process of its own, and return it."""
    tests = Path(__file__).resolve().parent
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tests.parent / "src"), str(tests)])}
    command = [sys.executable, "-W", "ignore", __file__, kind, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def word_pieces(**settings: Any) -> Any:
    """A tokenizer of word pieces in small letters, as BERT has one."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    # Not trained: a trainer finds and numbers other pieces each time, and a model's weights are drawn by number.
    normal = [tokenizer.normalizer.normalize_str(text) for text in (*TEXTS, QUESTION)]
    words = {word for text in normal for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)}
    letters = sorted({letter for word in words for letter in word})
    pieces = [*letters, *(f"##{letter}" for letter in letters), *sorted(words - {*letters})]
    numbered = {piece: number for number, piece in enumerate((*special, *pieces))}
    tokenizer.model = models.WordPiece(numbered, unk_token="[UNK]")
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", **settings)


def byte_pairs(**settings: Any) -> Any:
    """A tokenizer of pairs of bytes, to which a space and a capital are characters, as RoBERTa has one."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=["<s>", "<pad>", "</s>"], initial_alphabet=alphabet)
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    inputs = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", model_input_names=inputs, **settings)


def save(folder: Path, transformer: Any, tokenizer: Any, modules: list[Any], most_tokens: int, **settings: Any) -> None:
    """Save a model as sentence-transformers saves one."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer

    base = folder / "base"
    transformer.save_pretrained(base)
    tokenizer.save_pretrained(base)
    lower = settings.pop("do_lower_case", False)
    first = Transformer(str(base), max_seq_length=most_tokens, do_lower_case=lower)
    SentenceTransformer(modules=[first, *modules], device="cpu", **settings).save(str(folder / "model"))


def save_all(root: Path) -> None:
    """Save the models that can be exported."""
    import transformers
    from sentence_transformers.base.modules import Dense, Normalize
    from sentence_transformers.sentence_transformer.modules import LayerNorm, Pooling

    # As MongoDB/mdbr-leaf-ir: a dense layer after the mean, a prompt before questions; and one before passages.
    save(
        root / "bert",
        transformers.BertModel(transformers.BertConfig(**_SIZES)),
        word_pieces(model_input_names=["input_ids", "token_type_ids", "attention_mask"]),
        [Pooling(WIDTH, "mean"), Dense(WIDTH, 48, activation_function=None)],
        most_tokens=16,
        prompts={"query": "Represent the people: ", "document": "Low: "},
    )
    save(
        root / "roberta",
        transformers.RobertaModel(transformers.RobertaConfig(**_SIZES, pad_token_id=1)),
        byte_pairs(),
        [Pooling(WIDTH, "cls"), LayerNorm(WIDTH), Normalize()],
        most_tokens=40,
        do_lower_case=True,
        truncate_dim=24,
        prompts={"passage": "passage: "},
    )
    sizes = {"vocab_size": 400, "dim": WIDTH, "n_layers": 2, "n_heads": 2, "hidden_dim": 48, "initializer_range": 0.3}
    save(
        root / "distilbert",
        transformers.DistilBertModel(transformers.DistilBertConfig(**sizes)).half(),
        word_pieces(model_input_names=["input_ids", "attention_mask"]),
        [Pooling(WIDTH, POOLINGS)],
        most_tokens=512,
        prompts={"any": "People: "},
        default_prompt_name="any",
    )
    config = transformers.ModernBertConfig(**_SIZES, pad_token_id=1, local_attention=8, global_attn_every_n_layers=2)
    save(
        root / "modernbert",
        transformers.ModernBertModel(config),
        byte_pairs(padding_side="left", truncation_side="left"),
        [Pooling(WIDTH, "lasttoken"), Dense(WIDTH, 64, bias=False), Dense(64, 20), Normalize()],
        most_tokens=24,
        similarity_fn_name="dot",
    )


def save_vectors(root: Path) -> None:
    """Save what sentence-transformers makes of ``TEXTS``, and what it would make of them with another pooling."""
    from sentence_transformers import SentenceTransformer

    texts = list(TEXTS)
    for name in MODELS:
        model = SentenceTransformer(str(root / name / "model"), device="cpu").float()
        questions = model.encode_query(texts, normalize_embeddings=True)
        passages = model.encode_document(texts, normalize_embeddings=True)
        if name == "roberta":
            # Not for ``encode_document``, which has found an empty prompt under another name.
            passages = model.encode(texts, prompt_name="passage", normalize_embeddings=True)
        if name == "distilbert":
            questions = passages = model.encode(texts, normalize_embeddings=True)
        model[1].pooling_mode = POOLINGS[::-1] if name == "distilbert" else "max"
        otherwise = model.encode_query(texts, normalize_embeddings=True)
        np.savez(root / name / "vectors.npz", questions=questions, passages=passages, otherwise=otherwise)


def changed(model: Path, name: str, settings: dict[str, dict[str, Any]]) -> Path:
    """A copy of a model, with other values in its files of JSON."""
    folder = model.parent / name
    shutil.copytree(model, folder)
    for path, values in settings.items():
        content = json.loads((folder / path).read_text())
        (folder / path).write_text(json.dumps(content | values))
    return folder


def refuse_all(root: Path) -> dict[str, str]:
    """Export models that are to be refused once they are loaded, and return what is said of each."""
    import torch

    bert, modernbert = root / "bert" / "model", root / "modernbert" / "model"
    said = {}

    def refuse(name: str, folder: Path) -> None:
        try:
            export.export_model(name, folder)
        except ModelError as error:
            said[name] = str(error)

    dot = {"config_sentence_transformers.json": {"similarity_fn_name": "dot"}}
    refuse("dot", changed(bert, "dot", dot))
    manhattan = {"config_sentence_transformers.json": {"similarity_fn_name": "manhattan"}}
    refuse("manhattan", changed(modernbert, "manhattan", manhattan))
    refuse("without prompts", changed(bert, "unprompted", {"1_Pooling/config.json": {"include_prompt": False}}))

    pickled = changed(bert, "pickled", {})
    (pickled / "2_Dense" / "model.safetensors").unlink()
    layer = {"linear.weight": torch.zeros(48, WIDTH), "linear.bias": torch.zeros(48)}
    torch.save(layer, pickled / "2_Dense" / "pytorch_model.bin")
    refuse("pickled", pickled)

    coded = changed(bert, "coded", {"config.json": {"model_type": "acme", "auto_map": {"AutoConfig": "acme.Acme"}}})
    (coded / "acme.py").write_text(f"open({str(root / 'ran')!r}, 'w')\n")
    refuse("acme/coded", coded)

    # A graph or a tokenizer that is not the model's is what a fault of the export would be.
    graph, tokenizer = (root / "bert" / "encoder.onnx").read_bytes(), export.tokenizer_of
    export.to_onnx = lambda *_: graph
    refuse("other pooling", changed(bert, "pooled", {"1_Pooling/config.json": {"pooling_mode": "cls"}}))
    export.tokenizer_of = lambda name, model, most_tokens: tokenizer(name, model, most_tokens - 1)
    refuse("other length", bert)
    return said


def save_reader(folder: Path, labels: int = 1) -> Path:
    """Save a CrossEncoder as sentence-transformers saves one."""
    import transformers
    from sentence_transformers import CrossEncoder

    config = transformers.BertConfig(**_SIZES, num_labels=labels)
    transformers.BertForSequenceClassification(config).save_pretrained(folder / "base")
    word_pieces(model_max_length=READ_TOKENS).save_pretrained(folder / "base")
    CrossEncoder(str(folder / "base"), device="cpu").save_pretrained(str(folder / "model"))
    return folder / "model"


def refuse_readers(root: Path) -> dict[str, str]:
    """Export models that are no reader, or not as they were, and return what is said of each."""
    import torch
    import transformers

    said = {}

    def refuse(name: str, folder: Path) -> None:
        try:
            export_reader.export_reader(name, folder)
        except ModelError as error:
            said[name] = str(error)

    refuse("two labels", save_reader(root / "two", labels=2))
    # The libraries would put a head of random weights on it, and say so in a notice only.
    transformers.BertModel(transformers.BertConfig(**_SIZES)).save_pretrained(root / "headless")
    word_pieces().save_pretrained(root / "headless")
    refuse("headless", root / "headless")
    prompted = {"prompts": {"query": "Read: "}, "default_prompt_name": "query"}
    configuration = {"config_sentence_transformers.json": prompted}
    refuse("prompted", changed(root / "reader" / "model", "prompted", configuration))
    (root / "empty").mkdir()
    refuse("empty", root / "empty")
    pickled = changed(root / "reader" / "model", "pickled", {})
    torch.save(torch.zeros(1), pickled / "pytorch_model.bin")
    (pickled / "model.safetensors").unlink()
    refuse("pickled", pickled)
    # Another graph than the model's is what a fault of the export would be.
    other = (root / "other" / "reader.onnx").read_bytes()
    export.in_8_bit = lambda *_: other
    refuse("other graph", root / "reader" / "model")
    return said


def make_readers(root: Path) -> None:
    from sentence_transformers import CrossEncoder

    for name in ("reader", "other"):
        model = save_reader(root / name)
        for file, content in export_reader.export_reader(name, model).items():
            (root / name / file).write_bytes(content)
    model = CrossEncoder(str(root / "reader" / "model"), device="cpu")
    chances = model.predict([(QUESTION, text) for text in TEXTS])
    turned = model.predict([(text, QUESTION) for text in TEXTS])
    np.savez(root / "reader" / "chances.npz", chances=chances, turned=turned)
    (root / "refused.json").write_text(json.dumps(refuse_readers(root)))


def make_encoders(root: Path) -> None:
    save_all(root)
    save_vectors(root)
    for name in MODELS:
        for file, content in export.export_model(name, root / name / "model").items():
            (root / name / file).write_bytes(content)
    (root / "refused.json").write_text(json.dumps(refuse_all(root)))


def main(kind: str, root: Path) -> None:
    import torch

    torch.manual_seed(1)
    {"encoders": make_encoders, "readers": make_readers}[kind](root)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
