"""Keep the project's scores: measure them, compare them with the ones in scores.json, or write new ones.

Run from the root of the repository:

    python benchmarks/scores.py             measure, and show beside what is kept
    python benchmarks/scores.py --check     the same, and fail where a score fell by more than its tolerance
    python benchmarks/scores.py --write     keep what was measured

The gold questions are asked of an index of corpus/ that is built in --cache; only their development half is used, so
that the held-out half stays what it is (``probqa eval benchmarks/gold/questions.jsonl --split held_out``). Public sets
that are absent are named and not compared. Anything that goes wrong ends the run with an error: nothing is scored 0
because it could not be measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from follow_ups import retrieval_by_way
from public_sets import (
    CACHE,
    ROOT,
    SHARED,
    VIEWS,
    answerability,
    evaluate,
    first_quotes,
    open_set,
    probqa_rows,
    statuses,
)

from probqa.asking.library import Library
from probqa.indexing.build import build
from probqa.measuring import evaluation
from probqa.questions import Request
from probqa.settings import settings

KEPT = Path(__file__).with_name("scores.json")
GOLD = Path(__file__).parent / "gold" / "questions.jsonl"
LIMIT = 400
# Ties and the last bits of a cosine differ from one processor to the next; a real loss is larger.
TOLERANCE = 0.005
EXACT = frozenset(("gold dev: quote_fidelity",))

# Only these are promises: the others in a table are there to compare with.
SIGNAL = "chance that it is answered"


def gold_scores(cache: Path) -> dict[str, float]:
    """Return the development half of the gold questions, over all and by kind."""
    chosen = settings({}, corpus=str(ROOT / "corpus"), index=str(cache / "gold-index"))
    chosen.index.mkdir(parents=True, exist_ok=True)
    build(chosen)
    library = Library(chosen)
    scores = evaluation.evaluate(
        evaluation.read_questions(GOLD, split="dev"),
        lambda question, previous: library.ask(Request.of(question, k=evaluation.DEPTH, previous=previous)),
        library.generation.document,
    )
    library.close()
    print(evaluation.as_text(scores))
    overall = {f"gold dev: {name}": value for name, value in scores.metrics.items()}
    by_kind = {
        f"gold dev, {kind}: {name}": part.metrics[name]
        for kind, part in scores.kinds.items()
        for name in ("ndcg@10", "first_quote", "refused")
        if name in part.metrics
    }
    return overall | by_kind


def public_scores(data: Path, cache: Path) -> dict[str, float]:
    """Return what probqa does on an evenly spaced sample of every public set that is there."""
    found: dict[str, float] = {}
    for view in VIEWS:
        if not (data / view.set).is_dir():
            print(f"skipped {view.label}: there is no {data / view.set}")
            continue
        public = open_set(view, LIMIT, data=data, cache=cache)
        found[f"{view.label}: nDCG@10"] = evaluate(public, probqa_rows)
        if view.set == "squad2_dev_half":
            found[f"{view.label}: first quote holds the answer"] = first_quotes(public)["holds"]
            signals = answerability(public)
            found[f"{view.label}: AUROC"] = signals[SIGNAL]
            shares = statuses(public)
            found[f"{view.label}: answered"] = shares["answerable: answered"]
            found[f"{view.label}: refused"] = shares["unanswerable: not_found"]
        public.generation.close()
    for name in ("doc2dial_val", "inscit_dev_partial"):
        if (data / name).is_dir():
            found[f"{name} follow-ups: nDCG@10"] = retrieval_by_way(name, LIMIT)["as asked"]
    return found


def fallen(kept: dict[str, dict[str, float]], found: dict[str, float]) -> list[str]:
    """Return a line for each score that is lower than the one kept by more than its tolerance."""
    return [
        f"{name}: {found[name]:.4f}, kept {entry['score']:.4f}, tolerance {entry['tolerance']}"
        for name, entry in kept.items()
        if name in found and found[name] < entry["score"] - entry["tolerance"]
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--gold-only", action="store_true", help="leave the public sets out")
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--cache", type=Path, default=CACHE)
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    found = gold_scores(arguments.cache)
    if not arguments.gold_only:
        found |= public_scores(arguments.data, arguments.cache)
    for name, value in found.items():
        before = f"{kept[name]['score']:.4f}" if name in kept else "new"
        print(f"{name:72} {value:.4f}  {before}")
    for name in kept.keys() - found.keys():
        print(f"{name:72} not measured")
    if arguments.write:
        measured = {
            name: {"score": round(value, 4), "tolerance": 0.0 if name in EXACT else TOLERANCE}
            for name, value in found.items()
        }
        KEPT.write_text(json.dumps(kept | measured, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    lower = fallen(kept, found)
    print("\n".join(f"lower: {line}" for line in lower) or "no score is lower than the one kept")
    return 1 if arguments.check and lower else 0


if __name__ == "__main__":
    sys.exit(main())
