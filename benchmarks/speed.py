"""How fast it builds and answers, beside the bare libraries, in one run.

    make bench                                (or: python benchmarks/speed.py [--passages 100000])

Prints a table: cold `probqa ask` in a fresh process on the starter corpus and on an index of ``--passages`` made-up
passages, beside a bare script that only loads the encoder, embeds the question and searches the vectors; warm
answers in one process; and passages per second of a build beside `SentenceTransformer.encode` on the same texts.
Timings on a busy machine are noisy: compare the rows of one run.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from probqa.asking.library import Library
from probqa.indexing import export
from probqa.indexing.build import build
from probqa.indexing.encoder import CANARIES, Encoder, Vectors
from probqa.indexing.generation import Contents, Generation, write
from probqa.indexing.lexical import LexicalIndex
from probqa.measuring.evaluation import read_questions
from probqa.reading.assembly import Piece, assemble
from probqa.reading.passages import cut_passages, search_text
from probqa.records import Document, Passage, Source
from probqa.settings import DEFAULT_MODEL, DEFAULT_READER, Settings

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "how did Working Links supervise low-risk cases?"
# Each asked once: what was asked before is known.
QUESTIONS = [row.question for row in read_questions(ROOT / "benchmarks" / "gold" / "questions.jsonl")][:200]

BARE = """
import sys, faiss, json, numpy as np, onnxruntime
from tokenizers import Tokenizer
folder, question = sys.argv[1:]
tokenizer = Tokenizer.from_file(folder + "/tokenizer.json")
session = onnxruntime.InferenceSession(folder + "/encoder.onnx", providers=["CPUExecutionProvider"])
ids = np.array([tokenizer.encode(question).ids])
feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
names = [put.name for put in session.get_inputs()]
vector = session.run(None, {name: feed[name] for name in names})[0]
vectors = np.load(folder + "/passage_vectors.npy")
index = faiss.IndexFlatIP(vectors.shape[1])
index.add(vectors)
index.search(vector, 8)
"""


def main() -> None:
    """Run every measurement and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        starter = Settings(corpus=ROOT / "corpus", index=folder / "starter", model=DEFAULT_MODEL, reader=DEFAULT_READER)
        report = build(starter)
        print(f"starter corpus: {report.passages} passages; first build, export included: {report.seconds:.1f} s")
        again = build(starter)
        print(f"the same build again, nothing changed: {again.seconds:.2f} s")
        cold_and_warm("starter corpus", starter, options.runs)
        large = Settings(corpus=ROOT / "corpus", index=folder / "large", model=DEFAULT_MODEL, reader=DEFAULT_READER)
        write_large(starter, large, options.passages)
        cold_and_warm(f"{options.passages:,} passages", large, options.runs)
        build_speed(starter, folder)


def cold_and_warm(title: str, settings: Settings, runs: int) -> None:
    """Print cold and warm times of one index, and the bare script's."""
    generation = settings.index / (settings.index / "current").read_text().split()[0]
    command = [sys.executable, "-m", "probqa.cli", "ask", QUESTION, "--json", "--index", str(settings.index)]
    environment = os.environ | {"PROBQA_MODEL": settings.model, "PROBQA_READER": settings.reader}
    bare = [sys.executable, "-c", BARE, str(generation), QUESTION]
    # In turns, so that a slow moment of the machine meets both.
    pairs = [(seconds(lambda: run(command, environment)), seconds(lambda: run(bare, environment))) for _ in range(runs)]
    ask, script = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{title}: cold `probqa ask` {ask:.2f} s, bare script {script:.2f} s, ratio {ask / script:.2f}")
    library = Library(settings)
    library.ask(QUESTION)
    warm = sorted(seconds(partial(library.ask, question)) for question in QUESTIONS)
    p95 = warm[len(warm) * 95 // 100]
    print(f"{title}: warm answer median {1000 * statistics.median(warm):.1f} ms, p95 {1000 * p95:.1f} ms")
    library.generation.close()


def write_large(starter: Settings, large: Settings, passages: int) -> None:
    """Write an index of made-up passages from the starter corpus's own words, with random unit vectors.

    Vectors are random because embedding 100,000 passages takes long and their values do not change the time.
    """
    chance = random.Random(0)
    live = Generation.live(starter.index)
    vocabulary = [word for document in live.all_documents() for word in document.text.split()]
    documents: list[Document] = []
    rows: list[Passage] = []
    while len(rows) < passages:
        number = len(documents)
        pieces = [Piece("paragraph", " ".join(chance.choices(vocabulary, k=60)) + ".") for _ in range(100)]
        text, blocks, _ = assemble(pieces)
        source = Source(id=f"made-up-{number}", title=f"Made-up report {number}", publisher="Nobody", kind="report")
        document = Document(source, f"{number}.md", "0" * 64, "made up", text, blocks)
        documents.append(document)
        rows += cut_passages(document, first_row=len(rows))
    noise = np.random.default_rng(0)
    unit = noise.standard_normal((len(rows) + sum(len(row.sentences) for row in rows), 384), dtype=np.float32)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    large.index.mkdir()
    write(
        large.index,
        contents(live, documents, rows, unit[: len(rows)], unit[len(rows) :].astype(np.float16)),
    )
    live.close()


def contents(
    live: Generation,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    passage_vectors: Vectors,
    sentence_vectors: npt.NDArray[np.float16],
) -> Contents:
    """Return the contents of an index of made-up documents, with the models and the calibration of a live one."""
    by_id = {document.source.id: document for document in documents}
    return Contents(
        documents=documents,
        passages=passages,
        passage_vectors=passage_vectors,
        sentence_vectors=sentence_vectors,
        canary_vectors=live.encoder.encode_passages(CANARIES),
        lexical=LexicalIndex.build(search_text(by_id[passage.document_id], passage) for passage in passages),
        encoder_files=live.encoder_files,
        reader_files=live.reader_files,
        model=live.manifest.model,
        reader=live.manifest.reader,
        files={},
        calibration=live.calibration,
    )


def build_speed(starter: Settings, scratch: Path) -> None:
    """Print passages per second of the build's encoder and of the bare model, on the same texts in turns."""
    from sentence_transformers import SentenceTransformer

    live = Generation.live(starter.index)
    texts = [search_text(live.document_of(row), live.passage(row)) for row in range(live.passages)]
    encoder: Encoder = live.encoder
    model = SentenceTransformer(str(export.safe_copy(export.find_model(DEFAULT_MODEL), scratch)), device="cpu")
    ours, theirs = [], []
    for _ in range(3):
        ours.append(len(texts) / seconds(lambda: encoder.encode_passages(texts)))
        theirs.append(len(texts) / seconds(lambda: model.encode(texts, show_progress_bar=False)))
    a, b = statistics.median(ours), statistics.median(theirs)
    print(
        f"embedding {len(texts)} passages: build {a:.0f} /s, SentenceTransformer.encode {b:.0f} /s, ratio {a / b:.2f}"
    )


def seconds(action: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def run(command: Sequence[str], environment: dict[str, str]) -> None:
    """Run a command that must succeed (or, for ask, find nothing)."""
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode())


if __name__ == "__main__":
    main()
