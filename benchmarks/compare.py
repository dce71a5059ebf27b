"""probqa beside what one would pick instead, on the same passages and questions with the same weights, in one run.

Run from the root of the repository, on a machine that has nothing else to do:

    python benchmarks/compare.py                    everything, about an hour
    python benchmarks/compare.py --limit 100        fewer questions
    python benchmarks/compare.py --only probqa --only txtai

Each library gets a virtual environment of its own below --cache, made once (network, 1.1 GB each, kept for the next
run), and each measurement a process of its own. A library that cannot be installed, or fails, is named with the
reason and left out of the table. Needs the public question sets (../shared, or PROBQA_SHARED) and Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from public_sets import CACHE, ROOT, SHARED, PublicSet, View, exported, open_set, print_rows

from probqa.indexing.export import find_model, fingerprint, safe_copy
from probqa.measuring.evaluation import DEPTH, holds, ndcg
from probqa.settings import DEFAULT_MODEL, DEFAULT_READER

WORKER = Path(__file__).with_name("compare_libraries.py")
# All that are searched as a whole: to search in one document takes a filter, and not every library's default has one.
SETS = (
    View("squad2_dev_half"),
    View("doc2dial_val"),
    View("or_sharc_dev"),
    View("policyqa_dev", "text_with_site"),
    View("wikiqa_dev"),
    View("inscit_dev_partial"),
    View("conditionalqa_dev_evidence"),
)
# Where time and memory are measured.
TIMED = "squad2_dev_half"
# The others have no gold answers, or such as are not words of a passage.
SENTENCES_OF = ("squad2_dev_half", "doc2dial_val", "policyqa_dev", "wikiqa_dev", "conditionalqa_dev_evidence")
COLD_RUNS = 3
LIMIT_S = 1800


# The exact torch keeps pip from choosing a build for a graphics card.
TORCH = "torch==2.13.0"
PACKAGES = {
    "txtai": (TORCH, "txtai==9.14.0"),
    "haystack": (TORCH, "haystack-ai==3.4.0", "sentence-transformers-haystack==2.0.0"),
    "llama-index": (TORCH, "llama-index-core==0.14.25", "llama-index-embeddings-huggingface==0.8.0"),
    "langchain": (
        TORCH,
        "langchain-classic==1.0.8",
        "langchain-community==0.4.2",
        "langchain-huggingface==1.2.3",
        "sentence-transformers==6.2.0",
        "faiss-cpu==1.15.1",
    ),
}
# What is measured, and the environment that it is in; this one where there is none.
LIBRARIES = {
    "probqa": "",
    "txtai": "txtai",
    "txtai, hybrid": "txtai",
    "haystack": "haystack",
    "haystack, BM25": "haystack",
    "llama-index": "llama-index",
    "langchain + FAISS": "langchain",
    "txtai, hybrid + reader": "txtai",
    "haystack + reader": "haystack",
    "llama-index + reader": "llama-index",
    "langchain + FAISS + reader": "langchain",
}


class LeftOut(Exception):  # noqa: N818 - not an error of the run: the library is named and left out
    """A library cannot be measured, and why."""


@dataclass
class Measured:
    """What came of a library: nDCG@10 and the rate of answer sentences, both by set, and what it cost."""

    ndcg: dict[str, float] = field(default_factory=dict)
    sentences: dict[str, float] = field(default_factory=dict)
    cost: dict[str, float] = field(default_factory=dict)


def measure(library: str, sets: Sequence[PublicSet], cache: Path) -> Measured:
    """Everything about a library."""
    python = _python(library, cache)
    measured = Measured()
    for public in sets:
        passages = _passages(public)
        questions = [question.text for question in public.questions]
        with tempfile.TemporaryDirectory(dir=cache) as index:
            built = _run(library, python, "build", Path(index), passages, [])
            asked = _run(library, python, "ask", Path(index), passages, questions)
            measured.ndcg[public.view.label] = _mean_ndcg(public, asked["rows"])
            if public.view.set in SENTENCES_OF:
                rate = _sentence_rate(library, python, public, questions, asked["words"], cache)
                measured.sentences[public.view.label] = rate
            if public.view.set != TIMED:
                continue
            cold = [
                _run(library, python, "ask", Path(index), passages, questions[:1])["cold"] for _ in range(COLD_RUNS)
            ]
            measured.cost = {
                "build s": built["seconds"],
                "build MB": built["peak_mb"],
                "ask ms": statistics.median(asked["milliseconds"]),
                "ask MB": asked["peak_mb"],
                "cold s": statistics.median(cold),
            }
    return measured


def _sentence_rate(
    library: str, python: Path, public: PublicSet, questions: list[str], words: list[str], cache: Path
) -> float:
    """Share of answerable questions whose first sentence holds the gold answer.

    probqa shows sentences; the others are given the sentences as their passages, and the first one counts.
    """
    if LIBRARIES[library]:
        sentences = [
            {"title": passage["title"], "text": document.slice(span)}
            for row, passage in enumerate(_passages(public))
            for document in [public.generation.document_of(row)]
            for span in public.generation.passage(row).sentences
        ]
        with tempfile.TemporaryDirectory(dir=cache) as index:
            _run(library, python, "build", Path(index), sentences, [])
            rows = _run(library, python, "ask", Path(index), sentences, questions)["rows"]
        words = [sentences[found[0]]["text"] if found else "" for found in rows]
    held = [
        holds(shown, question.answers)
        for shown, question in zip(words, public.questions, strict=True)
        if question.answerable
    ]
    return statistics.mean(held)


def _python(library: str, cache: Path) -> Path:
    """Return the interpreter that has the library, installed now where it is not yet."""
    name = LIBRARIES[library]
    if not name:
        return Path(sys.executable)
    home = cache / "compare" / name
    ready = home / "installed.json"
    python = home / "bin" / "python"
    if not ready.is_file() or json.loads(ready.read_text()) != list(PACKAGES[name]):
        print(f"installing {', '.join(PACKAGES[name])} in {home}", file=sys.stderr)
        venv.create(home, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES[name]]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_S)
        if done.returncode:
            raise LeftOut(f"cannot be installed: {_last_line(done.stderr)}")
        ready.write_text(json.dumps(PACKAGES[name]))
    return python


def _model(name: str, cache: Path) -> Path:
    """Return a model of ours as sentence-transformers saves one, put together once."""
    packaged = find_model(name)
    scratch = cache / "compare" / fingerprint(packaged)[:16]
    if not scratch.is_dir():
        scratch.mkdir(parents=True)
        safe_copy(packaged, scratch)
    return scratch / "model"


def _run(
    library: str, python: Path, action: str, folder: Path, passages: Sequence[dict[str, str]], questions: list[str]
) -> dict[str, Any]:
    """Return one job in a fresh process.

    ``cold`` is the seconds from its start to its first answer.
    """
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "HF_HUB_OFFLINE": "1",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "PYTHONHASHSEED": "0",
    }
    if not LIBRARIES[library]:
        environment["PYTHONPATH"] = os.pathsep.join((str(ROOT / "src"), str(WORKER.parent)))
    with tempfile.TemporaryDirectory() as work:
        job, output = Path(work, "job.json"), Path(work, "output.json")
        record = {
            "library": library,
            "action": action,
            "model": str(_model(DEFAULT_MODEL, folder.parent)),
            "reader": str(_model(DEFAULT_READER, folder.parent)),
            "folder": str(folder),
            "passages": passages if action == "build" else [],
            "questions": questions,
            "output": str(output),
        }
        job.write_text(json.dumps(record), encoding="utf-8")
        began = time.time()
        try:
            done = subprocess.run(
                [str(python), "-P", str(WORKER), str(job)],
                capture_output=True,
                text=True,
                check=False,
                timeout=LIMIT_S,
                env=environment,
            )
        except subprocess.TimeoutExpired as error:
            raise LeftOut(f"did not {action} within {LIMIT_S} s") from error
        if done.returncode:
            raise LeftOut(f"fails to {action}: {_last_line(done.stderr)}")
        found: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return found | {"cold": found["answered_at"] - began} if "answered_at" in found else found


def _passages(public: PublicSet) -> list[dict[str, str]]:
    return [{"title": document.source.title, "text": document.text} for document in public.generation.all_documents()]


def _mean_ndcg(public: PublicSet, rows: list[list[int]]) -> float:
    return statistics.mean(
        ndcg([question.relevant.get(row, 0.0) for row in found[:DEPTH]], list(question.relevant.values()))
        for question, found in zip(public.questions, rows, strict=True)
        if question.relevant
    )


def _by_set(rows: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return a row for each set and a column for each library."""
    labels = next(iter(rows.values()), {})
    return {label: {name: values[label] for name, values in rows.items()} for label in labels}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=300, help="questions of each set, evenly spaced")
    parser.add_argument("--only", action="append", help="a library's name; may be given again")
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", type=Path, help="also write the figures here, after each library")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    missing = [view.set for view in SETS if not (arguments.data / view.set).is_dir()]
    if missing:
        print(f"skipped: there is no {arguments.data / missing[0]}", file=sys.stderr)
        return 1
    exported(arguments.cache)
    sets = [open_set(view, arguments.limit, data=arguments.data, cache=arguments.cache) for view in SETS]
    rows: dict[str, Measured] = {}
    left_out = {}
    for library in LIBRARIES:
        if arguments.only and library not in arguments.only:
            continue
        try:
            rows[library] = measure(library, sets, arguments.cache)
            print(library, rows[library], file=sys.stderr)
        except LeftOut as left:
            left_out[library] = str(left)
            print(f"left out {library}: {left}", file=sys.stderr)
        if arguments.json:
            known = {"rows": {name: asdict(measured) for name, measured in rows.items()}, "left out": left_out}
            arguments.json.write_text(json.dumps(known, indent=1), encoding="utf-8")
    print_rows("nDCG@10", "set", _by_set({name: measured.ndcg for name, measured in rows.items()}))
    print_rows("Answer sentence first", "set", _by_set({name: measured.sentences for name, measured in rows.items()}))
    print_rows("Time and memory", "library", {name: measured.cost for name, measured in rows.items()})
    for name, reason in left_out.items():
        print(f"\nLeft out: {name} {reason}.")
    return 0 if rows else 1


if __name__ == "__main__":
    sys.exit(main())
