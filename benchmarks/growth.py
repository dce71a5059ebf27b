"""How opening, asking, checking and verifying grow with the passages: 1,000 to 1,000,000, made of real sentences.

    python benchmarks/growth.py [--sizes 1000,10000,100000,300000] [--work FOLDER]

Needs the starter index (`probqa build`). The text is real, the reports are not: sentences of the digests, and of the
public sets where ../shared/data is (or data/ below PROBQA_SHARED), are put together anew into passages of one to three,
a hundred to a report, each report with the metadata of a digest. No million passages are embedded for it: a sentence
has its real vector, a passage the mean of its sentences' with a little seeded noise. An index is kept in the folder and
taken again.

Each size is measured in a process of its own: opening (with the files in the file cache) and by how much memory it
grew, answers to 100 questions without and to 100 others with the reader, beside the bare encoding of the question, the
two halves of retrieval alone, every report, a check of 20,000 characters after a first one that prepares, and
verifying. The table is printed and the picture written to benchmarks/growth.svg. Timings on a busy machine are noisy:
compare the columns of one run.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from public_sets import SHARED
from speed import contents, seconds

from probqa.asking.library import Library
from probqa.indexing.encoder import Vectors
from probqa.indexing.generation import FORMAT, Generation, write
from probqa.indexing.lexical import words
from probqa.measuring.evaluation import read_questions
from probqa.reading.assembly import Piece, assemble
from probqa.reading.passages import cut_passages
from probqa.reading.sentences import split_sentences
from probqa.records import Document, Passage
from probqa.settings import Settings, settings

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "benchmarks" / "growth.svg"
QUESTIONS = list(
    dict.fromkeys(row.question for row in read_questions(ROOT / "benchmarks" / "gold" / "questions.jsonl"))
)[:300]
PUBLIC_SENTENCES = 6_000
# Opens with a word and ends with one: neither "l." nor "(b)" is taken for a part of its neighbour.
_PLAIN = re.compile(r"[A-Z][a-z]* .*[a-z]{3}\.")
OF_A_REPORT = 100
NOISE = 0.02
EVERY = "how often were people supervised?"
# Of each figure, what the picture and the table call it.
SECONDS = {
    "open": "opening",
    "encode": "encoding the question, p50",
    "ask": "answer without the reader, p50",
    "ask_p95": "the same, p95",
    "read": "answer with the reader, p50",
    "read_p95": "the same, p95",
    "bm25": "BM25 alone, p50",
    "bm25_p95": "the same, p95",
    "vectors": "vectors alone, p50",
    "every": "every report",
    "check": "check of 20,000 characters",
    "verify": "verify",
}
DRAWN = ("open", "encode", "ask", "read", "bm25", "vectors", "every", "check")


def main() -> None:
    """Make each index that is not there, measure it, print the table and draw the picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000,100000,300000")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "probqa-growth")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    chosen = settings(os.environ, corpus=ROOT / "corpus", index=ROOT / "index")
    if options.measure:
        print(json.dumps(measured(replace(chosen, index=options.measure))))
        return
    options.work.mkdir(parents=True, exist_ok=True)
    found: dict[int, dict[str, float]] = {}
    for size in map(int, options.sizes.split(",")):
        index = options.work / f"{size}-{FORMAT}"
        if not (index / "current").is_file():
            print(f"{size:,} passages: made in {seconds(partial(make, chosen, index, size)):.0f} s", flush=True)
        command = [sys.executable, __file__, "--measure", str(index)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        found[size] = json.loads(done.stdout)
        print(f"{size:,} passages: {found[size]}", file=sys.stderr, flush=True)
    print_table(found)
    PICTURE.write_text(picture(found), encoding="utf-8")


def make(chosen: Settings, index: Path, size: int) -> None:
    """Write an index of ``size`` passages or some more."""
    with closing(Generation.live(chosen.index)) as live:
        texts, vectors = sentences_of(live, index.parent)
        at = {text: number for number, text in enumerate(texts)}
        chance = random.Random(size)
        headings = [document.slice(block.span) for document in live.all_documents() for block in document.headings]
        documents: list[Document] = []
        passages: list[Passage] = []
        rows: list[int] = []
        while len(passages) < size:
            digest = live.document_of(chance.randrange(live.passages))
            number = len(documents)
            pieces = []
            for place in range(OF_A_REPORT):
                if place % 10 == 0:
                    pieces.append(Piece("heading", chance.choice(headings), 2))
                pieces.append(Piece("paragraph", " ".join(chance.choices(texts, k=chance.choice((1, 1, 2, 2, 3))))))
            text, blocks, _ = assemble(pieces)
            source = replace(digest.source, id=f"made-up-{number}", title=f"{digest.source.title} ({number})")
            document = Document(source, f"{number}.md", "0" * 64, "made up", text, blocks)
            cut = cut_passages(document, first_row=len(passages))
            documents.append(document)
            passages += cut
            rows += [at[document.slice(span)] for passage in cut for span in passage.sentences]
        index.mkdir(parents=True)
        means = _means(passages, vectors, np.array(rows))
        made = contents(live, documents, passages, means, vectors.astype(np.float16)[rows])
        write(index, replace(made, glossary=live.glossary, domain=live.domain))


def sentences_of(live: Generation, work: Path) -> tuple[list[str], Vectors]:
    """Return the distinct sentences that stay whole behind any other, and their vectors, float32 unit rows."""
    known: dict[str, Vectors] = {}
    for row in range(live.passages):
        document, first = live.document_of(row), int(live.first_sentences[row])
        for number, span in enumerate(live.passage(row).sentences):
            known[document.slice(span)] = live.sentence_vectors[first + number].astype(np.float32)
    texts = {text: vector for text, vector in known.items() if _stays_whole(text)}
    public = list(dict.fromkeys(text for text in _public() if text not in texts and _stays_whole(text)))
    public = public[:: max(1, len(public) // PUBLIC_SENTENCES)][:PUBLIC_SENTENCES]
    kept = work / f"sentences-{len(public)}-{live.manifest.model.fingerprint[:16]}.npy"
    if public and not kept.is_file():
        print(f"embedding {len(public):,} sentences of the public sets", file=sys.stderr, flush=True)
        np.save(kept, live.encoder.encode_passages(public))
    vectors = np.stack(list(texts.values()))
    return [*texts, *public], np.concatenate([vectors, np.load(kept)]) if public else vectors


def _public() -> Iterator[str]:
    for file in sorted(SHARED.glob("*/corpus.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            text = " ".join(json.loads(line)["text"].split())
            yield from (text[span.start : span.end] for span in split_sentences(text))


def _stays_whole(text: str) -> bool:
    """Tell whether a text is a sentence of its own between any two of its kind."""
    if not 30 <= len(text) <= 250 or not _PLAIN.fullmatch(text):
        return False
    return len(split_sentences(f"Staff came. {text} {text} Staff went.")) == 4


def _means(passages: Sequence[Passage], vectors: Vectors, rows: np.ndarray) -> Vectors:
    """Return the mean of each passage's sentences, with noise, as unit rows."""
    counts = np.array([len(passage.sentences) for passage in passages])
    starts = np.concatenate(([0], np.cumsum(counts)))
    noise = np.random.default_rng(0)
    means = np.empty((len(passages), vectors.shape[1]), np.float32)
    for first in range(0, len(passages), 10_000):
        part = slice(first, first + 10_000)
        some = starts[first : first + 10_001]
        sums = np.add.reduceat(vectors[rows[some[0] : some[-1]]], some[:-1] - some[0])
        means[part] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        means[part] += NOISE * noise.standard_normal(means[part].shape, dtype=np.float32)
        means[part] /= np.linalg.norm(means[part], axis=1, keepdims=True)
    return means


def measured(chosen: Settings) -> dict[str, float]:
    """Measure one index: seconds, and MB where the name says so."""
    for file in chosen.index.rglob("*.*"):
        # Into the file cache, so that the disk is not measured.
        with file.open("rb") as content:
            while content.read(1 << 20):
                pass
    before = resident()
    began = time.perf_counter()
    library = Library(chosen)
    found = {"open": time.perf_counter() - began, "open_mb": resident() - before}
    generation = library.generation
    found["passages"], found["reports"] = generation.passages, generation.documents
    # A hundred each: the vector of a question that was asked before is known.
    first, second, third = QUESTIONS[:100], QUESTIONS[100:200], QUESTIONS[200:]
    reader, generation.reader = generation.reader, None
    library.ask(EVERY)
    found["ask"], found["ask_p95"] = median([partial(library.ask, question) for question in first])
    generation.reader = reader
    found["read"], found["read_p95"] = median([partial(library.ask, question) for question in second])
    encode = generation.encoder.encode_question
    found["encode"], _ = median([partial(encode, question) for question in third])
    found["bm25"], found["bm25_p95"] = median(
        [partial(generation.lexical.scores, words(question)) for question in third]
    )
    found["vectors"], _ = median([partial(generation.dense.search, encode(question), 200) for question in third])
    found["every"] = seconds(partial(library.every, EVERY))
    found["ask_mb"] = resident() - before
    text = draft(generation)
    found["prepare"] = seconds(partial(library.check, text))
    found["check"] = seconds(partial(library.check, text))
    found["check_mb"] = resident() - before
    found["verify"] = seconds(lambda: list(generation.verify()))
    return found


def draft(generation: Generation) -> str:
    """Return 20,000 characters of somebody's text with quotes, every second of them changed in a word."""
    chance = random.Random(0)
    text = ""
    while len(text) < 20_000:
        row = chance.randrange(generation.passages)
        said = generation.document_of(row).slice(generation.passage(row).sentences[0])
        if len(text) % 2:
            said = said.replace(" the ", " no ", 1)
        text += f"We read in a report: “{said}” That was in the second part.\n"
    return text[:20_000]


def median(calls: Sequence[Callable[[], object]]) -> tuple[float, float]:
    """Return the median and the 95th per cent of the seconds that calls take."""
    taken = sorted(map(seconds, calls))
    return statistics.median(taken), taken[len(taken) * 95 // 100]


def resident() -> float:
    """Return the memory that this process holds, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def print_table(found: dict[int, dict[str, float]]) -> None:
    """Print a column for each size."""
    print("| |" + "".join(f" {round(its['passages']):,} |" for its in found.values()))
    print("|---|" + "---:|" * len(found))
    print("| reports |" + "".join(f" {round(its['reports']):,} |" for its in found.values()))
    for name, title in SECONDS.items():
        print(f"| {title} |" + "".join(f" {in_words(its[name])} |" for its in found.values()))
    memory = {"open_mb": "opening", "ask_mb": "these answers", "check_mb": "checks"}
    for name, title in memory.items():
        print(
            f"| memory after {title}, above the bare process |"
            + "".join(f" {its[name]:,.0f} MB |" for its in found.values())
        )


def in_words(seconds: float) -> str:
    """Return a time for people.

    >>> in_words(0.01234), in_words(1.234)
    ('12.3 ms', '1.23 s')
    """
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.1f} ms"


def picture(found: dict[int, dict[str, float]]) -> str:
    """Return the times over the passages as SVG, both axes logarithmic."""
    width, height, left, top, right = 620, 420, 70, 30, 220
    sizes = [its["passages"] for its in found.values()]
    low, high = -4, max(1, math.ceil(math.log10(max(its[name] for its in found.values() for name in DRAWN))))
    least, most = math.log10(min(sizes)), max(math.log10(max(sizes)), math.log10(min(sizes)) + 1)

    def x(size: float) -> float:
        return left + (width - left) * (math.log10(size) - least) / (most - least)

    def y(value: float) -> float:
        return top + (height - top) * (high - math.log10(max(value, 10**low))) / (high - low)

    lines = []
    for power in range(low, high + 1):
        said = f"{10**power:g} s" if power >= 0 else f"{10 ** (power + 3):g} ms"
        lines.append(f'<path d="M{left} {y(10**power):.1f}H{width}" stroke="#ddd"/>')
        lines.append(f'<text x="{left - 8}" y="{y(10**power) + 4:.1f}" text-anchor="end">{said}</text>')
    lines += [
        f'<text x="{x(size):.1f}" y="{height + 20}" text-anchor="middle">{round(size):,}</text>' for size in sizes
    ]
    colours = ("#7a7a7a", "#b58900", "#1f5fa8", "#0b2e57", "#2a8a4a", "#8a2a7a", "#c0392b", "#e07b39")
    ends: list[float] = []
    for name, colour in sorted(zip(DRAWN, colours, strict=True), key=lambda pair: -[*found.values()][-1][pair[0]]):
        points = " ".join(f"{x(its['passages']):.1f},{y(its[name]):.1f}" for its in found.values())
        last = y([*found.values()][-1][name])
        # Labels of lines that end close together stand below each other.
        ends.append(max(last, ends[-1] + 15) if ends else last)
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines.append(f'<text x="{width + 8}" y="{ends[-1] + 4:.1f}" fill="{colour}">{SECONDS[name]}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + right} {height + 50}" role="img" '
        'font-family="sans-serif" font-size="12"><title>Time over passages</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(lines)}'
        f'<text x="{(left + width) / 2:.0f}" y="{height + 42}" text-anchor="middle">passages</text></svg>\n'
    )


if __name__ == "__main__":
    main()
