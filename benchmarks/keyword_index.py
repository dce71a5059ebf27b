"""Compare three keyword (BM25) indexes: bm25s, tantivy and SQLite FTS5.

Run from the root of the repository, on one core where the machine is shared:

    taskset -c 1 .venv/bin/python benchmarks/keyword_index.py --output FILE.json

It measures build, size, loading, query time, retrieval quality and a few properties,
each in a fresh process. It needs the public question sets (--data) and skips, saying
so, where they are absent. The large sets of passages are made by recombining
sentences of those sets, the same ones every time, in a temporary folder (--work)
that is removed at the end: about 1 GB for 1,000,000 passages. Nothing is written
anywhere else except the figures, to --output. The run takes about five minutes and,
at its peak, 2.1 GB of memory.

The passages are synthetic: their vocabulary stops growing at that of the sets, and a
rare word occurs in more of them than it would in as many real passages. Read the
times as those of a hard case, and the sizes as approximate.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import itertools
import json
import math
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Passage: TypeAlias = tuple[str, str]  # title, text
Hit: TypeAlias = tuple[int, float]  # row, score
Json: TypeAlias = dict[str, Any]

ROOT = Path(__file__).resolve().parents[1]
SEED = 20240601
TOP = 100
SMALL = 100_000
QUESTIONS = 120
FEW = 12  # questions for the slow measurements (every score, mask)
WORD = re.compile(r"\w\w+")

# folder, field of the question, label
SETS = [
    ("squad2_dev_half", "text", "squad2_dev_half"),
    ("doc2dial_val", "text", "doc2dial_val"),
    ("or_sharc_dev", "text", "or_sharc_dev"),
    ("policyqa_dev", "text", "policyqa_dev"),
    ("policyqa_dev", "text_with_site", "policyqa_dev + site"),
]


# ---------------------------------------------------------------- the three engines


class Engine(Protocol):
    """What the project needs of a keyword index. Words come without stop words."""

    def build(self, passages: Iterable[Passage], folder: Path) -> None: ...

    def open(self, folder: Path) -> None: ...

    def search(self, words: list[str], k: int) -> list[Hit]: ...

    def use_mask(self, mask: NDArray[np.bool_]) -> None: ...

    def search_masked(self, words: list[str], k: int) -> list[Hit]: ...

    def all_scores(self, words: list[str]) -> NDArray[np.float32]: ...


def stop_words() -> frozenset[str]:
    """The usual English list of 179 words, question words included."""
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    return frozenset(STOPWORDS_EN_PLUS)


def content_words(text: str, stop: frozenset[str]) -> list[str]:
    """Lower-cased words of two characters or more that are not stop words."""
    return [word for word in WORD.findall(text.lower()) if word not in stop]


def best_rows(scores: NDArray[np.float32], k: int) -> list[Hit]:
    """The k best rows with a score above 0; equal scores in row order."""
    rows = np.flatnonzero(scores > 0)
    values = scores[rows]
    if k < len(rows):
        keep = values >= np.partition(values, len(values) - k)[len(values) - k]
        rows, values = rows[keep], values[keep]
    order = np.lexsort((rows, -values))[:k]
    return list(zip(rows[order].tolist(), values[order].tolist(), strict=True))


class Bm25s:
    """bm25s with its numpy backend; stop words are left out of the index too.

    The vocabulary is numbered here, in order of first appearance: `bm25s.tokenize`
    numbers stems in the order of a set, which changes from process to process.
    """

    def __init__(self, k1: float = 1.2, b: float = 0.75, mmap: bool = False) -> None:
        import bm25s
        import Stemmer

        self._library: Any = bm25s
        self._stem: Callable[[str], str] = Stemmer.Stemmer("english").stemWord
        self._k1, self._b, self._mmap = k1, b, mmap
        self._index: Any = None
        self._mask: NDArray[np.bool_] | None = None

    def build(self, passages: Iterable[Passage], folder: Path) -> None:
        stop = stop_words()
        stems: dict[str, int] = {}
        known: dict[str, int] = {}
        ids: list[list[int]] = []
        for title, text in passages:
            row: list[int] = []
            for word in WORD.findall(f"{title}\n{text}".lower()):
                number = known.get(word)
                if number is None:
                    number = -1
                    if word not in stop:
                        number = stems.setdefault(self._stem(word), len(stems))
                    known[word] = number
                if number >= 0:
                    row.append(number)
            ids.append(row)
        index = self._library.BM25(method="lucene", k1=self._k1, b=self._b)
        index.index((ids, stems), show_progress=False)
        index.save(folder, show_progress=False)

    def open(self, folder: Path) -> None:
        self._index = self._library.BM25.load(folder, mmap=self._mmap, show_progress=False)

    def _stems(self, words: list[str]) -> list[str]:
        return [self._stem(word) for word in words]

    def all_scores(self, words: list[str]) -> NDArray[np.float32]:
        ids = self._index.get_tokens_ids(self._stems(words))
        scores: NDArray[np.float32] = self._index.get_scores_from_ids(ids)
        return scores

    def search(self, words: list[str], k: int) -> list[Hit]:
        return best_rows(self.all_scores(words), k)

    def use_mask(self, mask: NDArray[np.bool_]) -> None:
        self._mask = mask

    def search_masked(self, words: list[str], k: int) -> list[Hit]:
        assert self._mask is not None
        return best_rows(np.where(self._mask, self.all_scores(words), 0), k)


class Bm25sOwnTop(Bm25s):
    """bm25s with the library's own choice of the best rows (`retrieve`)."""

    def search(self, words: list[str], k: int) -> list[Hit]:
        rows, scores = self._index.retrieve([self._stems(words)], k=k, show_progress=False)
        return [(int(r), float(s)) for r, s in zip(rows[0], scores[0], strict=True) if s > 0]


class Tantivy:
    """tantivy; k1 1.2 and b 0.75 are fixed in it. One writer thread."""

    def __init__(self, drop_stop_words: bool = False) -> None:
        import tantivy

        self._library = tantivy
        self._tokenizer = "en_stem"
        self._analyzer: tantivy.TextAnalyzer | None = None
        if drop_stop_words:
            self._tokenizer = "en_stop_stem"
            self._analyzer = (
                tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
                .filter(tantivy.Filter.lowercase())
                .filter(tantivy.Filter.custom_stopword(sorted(stop_words())))
                .filter(tantivy.Filter.stemmer("english"))
                .build()
            )
        self._schema = (
            tantivy.SchemaBuilder()
            .add_text_field("text", tokenizer_name=self._tokenizer, index_option="freq")
            .add_unsigned_field("row", fast=True, indexed=True)
            .build()
        )
        self._index: Any = None
        self._searcher: Any = None
        self._mask: Any = None

    def _register(self, index: Any) -> None:
        if self._analyzer is not None:
            index.register_tokenizer(self._tokenizer, self._analyzer)

    def build(self, passages: Iterable[Passage], folder: Path) -> None:
        index = self._library.Index(self._schema, path=str(folder))
        self._register(index)
        writer = index.writer(heap_size=1_000_000_000, num_threads=1)
        for row, (title, text) in enumerate(passages):
            document = self._library.Document()
            document.add_text("text", f"{title}\n{text}")
            document.add_unsigned("row", row)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self._index = self._library.Index.open(str(folder))
        self._register(self._index)
        self._searcher = self._index.searcher()

    def _query(self, words: list[str]) -> Any:
        return self._index.parse_query(" ".join(words), ["text"])

    def _hits(self, query: Any, k: int) -> tuple[list[int], list[float]]:
        hits = self._searcher.search(query, limit=k, count=False).hits
        rows = self._searcher.fast_field_values("row", [place for _, place in hits])
        return rows, [score for score, _ in hits]

    def search(self, words: list[str], k: int) -> list[Hit]:
        return list(zip(*self._hits(self._query(words), k), strict=True))

    def all_scores(self, words: list[str]) -> NDArray[np.float32]:
        count = self._searcher.num_docs
        rows, values = self._hits(self._query(words), count)
        scores = np.zeros(count, dtype=np.float32)
        scores[rows] = values
        return scores

    def use_mask(self, mask: NDArray[np.bool_]) -> None:
        query = self._library.Query
        rows: list[int] = np.flatnonzero(mask).tolist()
        self._mask = query.const_score_query(query.term_set_query(self._schema, "row", rows), 0.0)

    def search_masked(self, words: list[str], k: int) -> list[Hit]:
        must = self._library.Occur.Must
        query = self._library.Query.boolean_query([(must, self._query(words)), (must, self._mask)])
        return list(zip(*self._hits(query, k), strict=True))


class Fts5:
    """SQLite FTS5 without a copy of the text; k1 1.2 and b 0.75 are fixed in it."""

    FILE = "index.sqlite"

    def __init__(self, title_weight: float | None = None) -> None:
        import sqlite3

        self._library = sqlite3
        self._weight = title_weight
        self._base: sqlite3.Connection | None = None
        self._rank = "rank"
        if title_weight is not None:
            self._rank = f"bm25(passages, {title_weight:g}, 1.0)"

    def build(self, passages: Iterable[Passage], folder: Path) -> None:
        base = self._library.connect(folder / self.FILE)
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA synchronous = OFF")
        base.execute("PRAGMA cache_size = -262144")
        columns = "text" if self._weight is None else "title, text"
        base.execute(f"CREATE VIRTUAL TABLE passages USING fts5({columns}, content='', tokenize='porter unicode61')")
        if self._weight is None:
            base.executemany(
                "INSERT INTO passages(rowid, text) VALUES (?, ?)",
                ((row, f"{a}\n{b}") for row, (a, b) in enumerate(passages)),
            )
        else:
            base.executemany(
                "INSERT INTO passages(rowid, title, text) VALUES (?, ?, ?)",
                ((row, a, b) for row, (a, b) in enumerate(passages)),
            )
        base.execute("INSERT INTO passages(passages) VALUES ('optimize')")
        base.commit()
        base.close()

    def open(self, folder: Path) -> None:
        place = (folder / self.FILE).resolve().as_uri()
        self._base = self._library.connect(f"{place}?mode=ro&immutable=1", uri=True)
        self._base.execute("PRAGMA mmap_size = 2147418112")

    def _rows(self, words: list[str], rest: str) -> list[Hit]:
        assert self._base is not None
        query = " OR ".join(f'"{word}"' for word in words)
        return self._base.execute(
            f"SELECT rowid, -{self._rank} AS score FROM passages WHERE passages MATCH ? {rest}",
            (query,),
        ).fetchall()

    def search(self, words: list[str], k: int) -> list[Hit]:
        assert self._base is not None
        query = " OR ".join(f'"{word}"' for word in words)
        hits: list[Hit] = self._base.execute(
            f"SELECT rowid, -{self._rank} FROM passages WHERE passages MATCH ? ORDER BY {self._rank} LIMIT ?",
            (query, k),
        ).fetchall()
        return hits

    def all_scores(self, words: list[str]) -> NDArray[np.float32]:
        assert self._base is not None
        (count,) = self._base.execute("SELECT count(*) FROM passages_docsize").fetchone()
        hits = np.array(self._rows(words, ""), dtype=np.float64)
        scores = np.zeros(count, dtype=np.float32)
        if len(hits):
            scores[hits[:, 0].astype(np.int64)] = hits[:, 1]
        return scores

    def use_mask(self, mask: NDArray[np.bool_]) -> None:
        assert self._base is not None
        self._base.execute("CREATE TEMP TABLE allowed(row INTEGER PRIMARY KEY)")
        self._base.executemany(
            "INSERT INTO allowed VALUES (?)",
            ((row,) for row in np.flatnonzero(mask).tolist()),
        )

    def search_masked(self, words: list[str], k: int) -> list[Hit]:
        return self._rows(
            words,
            f"AND +rowid IN (SELECT row FROM allowed) ORDER BY score DESC LIMIT {int(k)}",
        )


ENGINES: dict[str, Callable[..., Engine]] = {
    "bm25s": Bm25s,
    "bm25s mmap": lambda: Bm25s(mmap=True),
    "bm25s retrieve()": Bm25sOwnTop,
    "tantivy": Tantivy,
    "fts5": Fts5,
}
BUILDS = {"bm25s": ["bm25s", "bm25s mmap", "bm25s retrieve()"]}
MODULES = {"bm25s": "bm25s, Stemmer", "tantivy": "tantivy", "fts5": "sqlite3"}
PACKAGES = {"bm25s": ["bm25s", "PyStemmer"], "tantivy": ["tantivy"], "fts5": []}
SETTINGS: list[tuple[str, str, Json]] = [
    ("bm25s", "k1 1.2, b 0.75", {}),
    ("bm25s", "k1 0.9, b 0.4", {"k1": 0.9, "b": 0.4}),
    ("bm25s", "k1 1.5, b 0.75", {"k1": 1.5}),
    ("tantivy", "k1 1.2, b 0.75", {}),
    ("tantivy", "the same, stop words not indexed", {"drop_stop_words": True}),
    ("fts5", "k1 1.2, b 0.75", {}),
    ("fts5", "the same, title counted twice", {"title_weight": 2.0}),
]


# ------------------------------------------------------------------------- the data


def json_lines(path: Path) -> Iterator[Json]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def evenly(items: Sequence[Any], count: int) -> list[Any]:
    """At most `count` items, evenly spaced."""
    count = min(count, len(items))
    return [items[i * len(items) // count] for i in range(count)]


def read_set(data: Path, name: str, field: str) -> tuple[list[str], list[Passage], list[tuple[str, dict[str, float]]]]:
    """Passage ids, passages, and at most 800 (question, relevant passages)."""
    documents = list(json_lines(data / name / "corpus.jsonl"))
    relevant: dict[str, dict[str, float]] = {}
    lines = (data / name / "qrels.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        question, passage, score = line.split("\t")
        relevant.setdefault(question, {})[passage] = float(score)
    questions = [
        (query[field], relevant[query["_id"]])
        for query in json_lines(data / name / "queries.jsonl")
        if query["_id"] in relevant
    ]
    return (
        [document["_id"] for document in documents],
        [(document["title"], document["text"]) for document in documents],
        evenly(questions, 800),
    )


def make_passages(data: Path, count: int, path: Path) -> Json:
    """Write `count` passages, one a line: 3 to 6 sentences drawn at random each.

    Also returns the 8 words that most passages have: the slowest kind of question.
    """
    sentences: list[str] = []
    for corpus in sorted(data.glob("*/corpus.jsonl")):
        for document in json_lines(corpus):
            for sentence in re.split(r"(?<=[.!?])\s+|\n+", document["text"]):
                sentence = " ".join(sentence.split())
                if 4 <= len(sentence.split()) <= 60:
                    sentences.append(sentence)
    sentences = sorted(set(sentences))
    draw = random.Random(SEED)
    stop = stop_words()
    words = 0
    passages_with: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as file:
        for row in range(count):
            text = " ".join(draw.choices(sentences, k=draw.randint(3, 6)))
            words += text.count(" ") + 1
            file.write(text + "\n")
            if row < 10_000:
                passages_with.update(set(content_words(text, stop)))
    return {
        "sentences": len(sentences),
        "words_per_passage": words / count,
        "common": [word for word, _ in passages_with.most_common(8)],
    }


def read_passages(path: Path, count: int) -> Iterator[Passage]:
    with path.open(encoding="utf-8") as file:
        for line in itertools.islice(file, count):
            yield "", line.rstrip("\n")


# --------------------------------------------- jobs, each run in a process of its own


def milliseconds(action: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    action(*arguments)
    return 1000 * (time.perf_counter() - start)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def job_build(job: Json) -> Json:
    engine = ENGINES[job["engine"]]()
    passages = read_passages(Path(job["passages"]), job["count"])
    took = milliseconds(engine.build, passages, Path(job["folder"]))
    return {"build_s": took / 1000, "peak_mb": peak_mb()}


def job_cold(job: Json) -> Json:
    engine = ENGINES[job["engine"]]()
    engine.open(Path(job["folder"]))
    engine.search(job["words"], TOP)
    return {"cold_s": time.time() - job["started"], "peak_mb": peak_mb()}


def job_query(job: Json) -> Json:
    engine = ENGINES[job["engine"]]()
    engine.open(Path(job["folder"]))
    questions: list[list[str]] = job["questions"]
    few = evenly(questions, FEW)
    for words in few[:5]:
        engine.search(words, TOP)
    times = [milliseconds(engine.search, words, TOP) for words in questions]
    common = [milliseconds(engine.search, job["common"], TOP) for _ in range(5)]
    result: Json = {
        "median_ms": statistics.median(times),
        "p95_ms": float(np.percentile(times, 95)),
        "max_ms": max(times),
        "common_ms": statistics.median(common),
        "serving_peak_mb": peak_mb(),
        "best": [[row for row, _ in engine.search(w, 10)] for w in questions],
    }
    if job["slow"]:
        result["all_scores_ms"] = statistics.median(milliseconds(engine.all_scores, words) for words in few)
        result["all_scores_common_ms"] = statistics.median(
            milliseconds(engine.all_scores, job["common"]) for _ in range(5)
        )
        mask = np.zeros(job["count"], dtype=np.bool_)
        mask[np.random.default_rng(SEED).permutation(job["count"])[::10]] = True
        result["make_mask_ms"] = milliseconds(engine.use_mask, mask)
        result["masked_ms"] = statistics.median(milliseconds(engine.search_masked, words, TOP) for words in few)
        result["mask_exact"] = all(
            np.allclose(
                [score for _, score in engine.search_masked(words, TOP)],
                [s for _, s in best_rows(engine.all_scores(words) * mask, TOP)],
                rtol=1e-4,
            )
            for words in few
        )
        shares = [float(np.mean(engine.all_scores(words) > 0)) for words in few]
        result["share_scored"] = statistics.median(shares)
        scores = engine.all_scores(job["common"])
        result["share_scored_common"] = float(np.mean(scores > 0))
    return result


def job_quality(job: Json) -> Json:
    """Mean nDCG@10 of one engine with one setting on every set."""
    stop = stop_words()
    result: Json = {}
    for name, field, label in SETS:
        ids, passages, questions = read_set(Path(job["data"]), name, field)
        engine = ENGINES[job["engine"]](**job["setting"])
        with tempfile.TemporaryDirectory(dir=job["folder"]) as folder:
            engine.build(passages, Path(folder))
            engine.open(Path(folder))
            total = 0.0
            for text, relevant in questions:
                words = content_words(text, stop)
                hits = engine.search(words, 10) if words else []
                gains = [relevant.get(ids[row], 0.0) for row, _ in hits]
                best = sorted(relevant.values(), reverse=True)[:10]
                total += discounted(gains) / discounted(best)
        result[label] = total / len(questions)
    return result


def discounted(gains: list[float]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def job_ties(job: Json) -> Json:
    """Build an index full of equal passages; which rows come first, which bytes?"""
    kinds = ["amber river bank", "amber stone", "river stone path", "amber amber path"]
    passages = [("", kinds[row % len(kinds)]) for row in range(4000)]
    folder = Path(job["folder"])
    engine = ENGINES[job["engine"]]()
    engine.build(passages, folder)
    engine.open(folder)
    hits = engine.search(["amber", "river"], TOP)
    order = sorted(hits, key=lambda hit: (-hit[1], hit[0]))
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {
        "rows": [row for row, _ in hits],
        "row_order": hits == order and hits[0][0] == 0 and hits[-1][0] == 4 * 99,
        "hashes": {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files},
    }


def job_read_only(job: Json) -> Json:
    """Open an index in a folder that this process may not write to."""
    import sqlite3

    engine = ENGINES[job["engine"]]()
    if os.geteuid() == 0:  # may write anywhere, so give that up first
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    try:
        engine.open(Path(job["folder"]))
        found = len(engine.search(["amber"], TOP))
    except (OSError, RuntimeError, ValueError, sqlite3.Error) as error:
        return {"read_only": f"no: {str(error).replace(job['folder'], '')}"}
    return {"read_only": "yes" if found == TOP else "no answer"}


JOBS: dict[str, Callable[[Json], Json]] = {
    "build": job_build,
    "cold": job_cold,
    "query": job_query,
    "quality": job_quality,
    "ties": job_ties,
    "read_only": job_read_only,
}


def run_job(kind: str, limit: float = 600, hash_seed: str = "0", **job: Any) -> Json:
    """Run one job in a fresh process; {"stopped_after_s": ...} when it takes too long."""
    job = {"kind": kind, "started": time.time(), **job}
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--job", "-"],
            input=json.dumps(job),
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        return {"stopped_after_s": limit}
    result: Json = json.loads(done.stdout)
    return result


# ------------------------------------------------------------- the run, and its report


def forget(folder: Path) -> None:
    """Put the files of a folder out of the page cache, where the system lets us."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def measure_size(
    count: int,
    passages: Path,
    questions: list[list[str]],
    common: list[str],
    work: Path,
    limit: float,
) -> Json:
    """Build, cold start and query times of every engine with `count` passages."""
    results: Json = {}
    for name in MODULES:
        folder = work / f"{name}-{count}"
        folder.mkdir()
        say(f"{name}: building {count:,} passages")
        built = run_job(
            "build",
            limit,
            engine=name,
            passages=str(passages),
            count=count,
            folder=str(folder),
        )
        results[name] = built
        if "build_s" in built:
            files = [path for path in folder.iterdir() if path.is_file()]
            built["size_mb"] = sum(path.stat().st_size for path in files) / 1e6
            built["files"] = len(files)
            for variant in BUILDS.get(name, [name]):
                say(f"{variant}: asking {count:,} passages")
                result = results.setdefault(variant, {})
                place: Json = {"engine": variant, "folder": str(folder)}
                for key, clear in (("cold_s", True), ("warm_s", False)):
                    starts = []
                    for words in questions[::25]:
                        if clear:
                            forget(folder)
                        starts.append(run_job("cold", words=words, **place))
                    result[key] = statistics.median(s["cold_s"] for s in starts)
                result |= run_job(
                    "query",
                    limit,
                    questions=questions,
                    common=common,
                    count=count,
                    slow=variant != "bm25s retrieve()",
                    **place,
                )
                if "best" in result and "best" in results["bm25s"]:
                    pairs = zip(result["best"], results["bm25s"]["best"], strict=True)
                    result["same_best_10"] = statistics.mean(
                        len(set(a) & set(b)) / max(len(a), len(b), 1) for a, b in pairs
                    )
        shutil.rmtree(folder)
    for result in results.values():
        result.pop("best", None)
    return results


def measure_properties(work: Path) -> Json:
    """Ties, equal bytes of two builds, read-only opening, import time, packages."""
    results: Json = {}
    for name in ENGINES:
        say(f"{name}: properties")
        runs = []
        for seed in ("1", "2"):
            folder = work / f"ties-{seed}"
            folder.mkdir()
            runs.append(run_job("ties", hash_seed=seed, engine=name, folder=str(folder)))
            if seed == "2":
                for path in folder.iterdir():
                    path.chmod(0o444)
                folder.chmod(0o555)
                opened = run_job("read_only", engine=name, folder=str(folder))
                folder.chmod(0o755)
            shutil.rmtree(folder)
        results[name] = {
            "ties_in_row_order": all(run["row_order"] for run in runs),
            "ties_repeat": runs[0]["rows"] == runs[1]["rows"],
            "same_bytes": runs[0]["hashes"] == runs[1]["hashes"],
            "files": sorted(runs[0]["hashes"]),
            **opened,
        }
    results["import_ms"] = {name: import_ms(modules) for name, modules in MODULES.items()}
    results["import_ms"]["numpy alone"] = import_ms("numpy")
    results["packages"] = {package: package_facts(package) for packages in PACKAGES.values() for package in packages}
    return results


def import_ms(modules: str) -> float:
    """Median time of an import in a fresh process, of seven."""
    code = f"import time; t = time.perf_counter(); import {modules}; print(time.perf_counter() - t)"
    times = [float(subprocess.check_output([sys.executable, "-c", code], text=True)) for _ in range(7)]
    return 1000 * statistics.median(times)


def package_facts(package: str) -> Json:
    found = importlib.metadata.distribution(package)
    size = sum(Path(str(f.locate())).stat().st_size for f in found.files or [])
    facts = found.metadata
    licence = [facts[key] for key in ("License-Expression", "License") if key in facts]
    kinds = facts.get_all("Classifier") or []
    return {
        "version": found.version,
        "licence": licence or [kind for kind in kinds if kind.startswith("License")],
        "needs": [need for need in found.requires or [] if "extra ==" not in need],
        "installed_mb": size / 1e6,
    }


def print_table(title: str, rows: dict[str, Json], columns: list[str]) -> None:
    print(f"\n{title}\n\n| | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    for name, row in rows.items():
        cells = []
        for column in columns:
            value = row.get(column, "")
            if isinstance(value, float):
                value = f"{value:.3f}" if value < 10 else f"{value:,.0f}"
            cells.append(str(value))
        print(f"| {name} | {' | '.join(cells)} |")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--data",
        type=Path,
        default=ROOT.parent / "shared" / "data",
        help="folder of the public question sets",
    )
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--work", type=Path, help="where to make the temporary folder")
    parser.add_argument("--output", type=Path, help="write the figures here, as JSON")
    parser.add_argument(
        "--build-limit",
        type=float,
        default=600,
        help="seconds before a build is stopped",
    )
    parser.add_argument("--job", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        job = json.load(sys.stdin)
        print(json.dumps(JOBS[job["kind"]](job)))
        return 0

    data: Path = options.data
    missing = [name for name, _, _ in SETS if not (data / name / "corpus.jsonl").exists()]
    if missing:
        print(f"SKIPPED: no question sets in {data} ({', '.join(missing)} missing)")
        return 0

    stop = stop_words()
    questions: list[list[str]] = []
    for name in sorted({name for name, _, _ in SETS}):
        every = [q["text"] for q in json_lines(data / name / "queries.jsonl")]
        chosen = [content_words(text, stop) for text in evenly(every, 200)]
        questions += evenly([words for words in chosen if words], QUESTIONS // 4)
    report: Json = {"questions": len(questions)}
    report["words_per_question"] = statistics.mean(len(words) for words in questions)

    start = time.time()
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        work = Path(folder)
        work.chmod(0o755)  # the read-only check gives up its rights
        report["properties"] = measure_properties(work)
        report["quality"] = {}
        for engine, label, setting in SETTINGS:
            say(f"{engine}: quality with {label}")
            report["quality"][f"{engine}: {label}"] = run_job(
                "quality",
                engine=engine,
                setting=setting,
                data=str(data.resolve()),
                folder=folder,
            )
        say(f"making {options.passages:,} passages")
        passages = work / "passages.txt"
        report["passages"] = make_passages(data, options.passages, passages)
        report["sizes"] = {}
        for count in sorted({min(SMALL, options.passages), options.passages}):
            report["sizes"][str(count)] = measure_size(
                count,
                passages,
                questions,
                report["passages"]["common"],
                work,
                options.build_limit,
            )
    report["took_s"] = time.time() - start

    if options.output:
        options.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    columns = ["build_s", "peak_mb", "size_mb", "files"]
    columns += ["cold_s", "warm_s", "serving_peak_mb"]
    columns += ["median_ms", "p95_ms", "max_ms", "common_ms", "all_scores_ms"]
    columns += ["all_scores_common_ms", "make_mask_ms"]
    columns += ["masked_ms", "mask_exact", "same_best_10", "share_scored"]
    columns += ["share_scored_common", "stopped_after_s"]
    for size, rows in report["sizes"].items():
        print_table(f"{int(size):,} passages, top {TOP}", rows, columns)
    print_table("nDCG@10", report["quality"], [label for _, _, label in SETS])
    checks = ["ties_in_row_order", "ties_repeat", "same_bytes", "read_only"]
    properties = {name: report["properties"][name] for name in ENGINES}
    print_table("Properties", properties, checks)
    rest = {k: v for k, v in report["properties"].items() if k not in ENGINES}
    rest |= {k: v for k, v in report.items() if k not in ("properties", "sizes", "quality")}
    print("\n" + json.dumps(rest, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
