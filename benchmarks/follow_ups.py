"""Measure follow-ups: which questions are taken for incomplete, and what carrying over does for retrieval.

Run from the root of the repository (the sets lie in ../shared/data, or where PROBQA_SHARED says):

    python benchmarks/follow_ups.py rules          complete questions rewritten, incomplete ones caught
    python benchmarks/follow_ups.py --limit 800    nDCG@10 of the follow-ups, asked in several ways
    python benchmarks/follow_ups.py weights        the same over the weights of what is carried

Rules: on what people made of follow-ups (canard_dev; one that they left as it is, is complete), on our own gold
questions of the split dev, each asked after ten others, and on the questions of other sets that come after none.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterable
from statistics import mean
from typing import Any

import numpy as np
from public_sets import (
    CACHE,
    KEPT,
    ROOT,
    SHARED,
    Floats,
    PublicSet,
    Ranker,
    as_it_stands,
    carried_over,
    completed,
    evaluate,
    open_set,
    print_rows,
    probqa_rows,
)

from probqa.asking.retrieval import retrieve
from probqa.glossary.glossary import load_glossary
from probqa.measuring.evaluation import read_questions, word_f1
from probqa.understanding.follow_ups import FollowUp, lean
from probqa.understanding.leaning import is_incomplete
from probqa.weights import WEIGHTS

GOLD = ROOT / "benchmarks" / "gold" / "questions.jsonl"
SINGLE = ("squad2_dev_half", "wikiqa_dev", "inscit_dev_partial", "doc2dial_val")
SETS = ("doc2dial_val", "inscit_dev_partial")

Mix = Callable[[Floats, Floats], Floats]


def rules() -> dict[str, dict[str, float]]:
    """Return how many of each kind of question are judged incomplete.

    A complete one is counted once a time it is asked.
    """
    left: list[str] = []
    changed: list[str] = []
    for record in _lines("canard_dev/canard_dev.jsonl"):
        if record["history"]:
            same = record["question"].strip().lower() == record["rewrite"].strip().lower()
            (left if same else changed).append(record["question"])
    rows = {
        "complete: canard_dev, left as they are": _share(map(is_incomplete, left)),
        "incomplete: canard_dev, made complete": _share(map(is_incomplete, changed)),
    }
    glossary = load_glossary(ROOT / "corpus")
    gold = [question.question for question in read_questions(GOLD, "dev") if not question.history]
    others = random.Random(7)
    rows["complete: gold dev, each after ten others"] = _share(
        bool(completed(question, [before], glossary).carried)
        for question in gold
        for before in others.sample([other for other in gold if other != question], 10)
    )
    for name in SINGLE:
        first = [record["text"] for record in _lines(f"{name}/queries.jsonl") if not record.get("history")]
        rows[f"mostly complete: {name}, after none"] = _share(map(is_incomplete, first))
    return rows


def retrieval_by_way(name: str, limit: int) -> dict[str, float]:
    """NDCG@10 of the follow-ups of a set: asked in several ways, and the most that any carrying over could give."""
    typed = _follow_ups(open_set(name, limit))
    whole = _follow_ups(open_set(name, limit, carried_over))
    incomplete = [is_incomplete(question.text) for question in typed.questions]
    return {
        "follow-ups": len(incomplete),
        "incomplete": mean(incomplete),
        "last turn": evaluate(typed, probqa_rows),
        "completed, all words alike": evaluate(whole, probqa_rows),
        "as asked": evaluate(typed, as_asked(whole)),
        "and the first question": evaluate(typed, as_asked(whole, first=True)),
        "if incomplete ones were perfect": evaluate(
            typed,
            lambda public, number: _perfect(public, number) if incomplete[number] else probqa_rows(public, number),
        ),
    }


def rewrites() -> dict[str, float]:
    """Our complete questions beside people's own (canard_dev): F1 over words, as it stands and carried over."""
    plain, carried = [], []
    for record in _lines("canard_dev/canard_dev.jsonl"):
        if record["question"].strip() != record["rewrite"].strip():
            made = completed(record["question"], record["history"][::2]).question
            plain.append(word_f1(record["question"], [record["rewrite"]]))
            carried.append(word_f1(made, [record["rewrite"]]))
    return {"as it stands": mean(plain), "carried over": mean(carried)}


def weights(name: str, limit: int) -> dict[str, float]:
    """NDCG@10 over the share of the completed question's vector and the weight of the carried words."""
    typed = _follow_ups(open_set(name, limit))
    whole = _follow_ups(open_set(name, limit, carried_over))
    values = {}
    for share in (0.0, 0.3, 0.5, 1.0):
        for weight in (0.2, 0.4, 1.0):

            def mix(one: Floats, two: Floats, share: float = share) -> Floats:
                mixed = (1 - share) * one + share * two
                return np.asarray(mixed / np.linalg.norm(mixed), np.float32)

            values[f"{share:.1f}, {weight}"] = evaluate(typed, as_asked(whole, mix, weight))
    return values


def as_asked(whole: PublicSet, mix: Mix = lean, weight: float = WEIGHTS.added, *, first: bool = False) -> Ranker:
    """Rank as ``probqa ask --previous`` does.

    ``first`` carries the words of the very first question, too.
    """

    def ranker(public: PublicSet, number: int) -> list[int]:
        question = public.questions[number]
        asked = [text for speaker, text in question.history if speaker == "user"]
        run = completed(question.text, asked)
        vector, words = public.vectors[number], run.subject
        if run.carried:
            vector = mix(vector, whole.vectors[number])
            if first:
                words += " " + _not_in(words, completed(question.text, asked[:1]))
        understood = as_it_stands(public.generation, run.named, vector, words, weight)
        return [hit.passage.row for hit in retrieve(public.generation, understood, KEPT)]

    return ranker


def _not_in(words: str, run: FollowUp) -> str:
    held = words.split()
    return " ".join(word for word in run.subject.split() if word not in held)


def _perfect(public: PublicSet, number: int) -> list[int]:
    relevant = public.questions[number].relevant
    return sorted(relevant, key=lambda row: -relevant[row])


def _follow_ups(public: PublicSet) -> PublicSet:
    later = [number for number, question in enumerate(public.questions) if question.history]
    public.questions, public.vectors = [public.questions[at] for at in later], public.vectors[later]
    return public


def _share(outcomes: Iterable[bool]) -> dict[str, float]:
    found = list(outcomes)
    return {"questions": len(found), "judged incomplete": sum(found) / len(found)}


def _lines(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SHARED / path).read_text(encoding="utf-8").splitlines()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("ways", "rules", "weights"), default="ways")
    parser.add_argument("--limit", type=int, default=0, help="an evenly spaced sample of so many questions a set")
    arguments = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    if arguments.what == "rules":
        print_rows("Judged incomplete", "questions", rules())
        print_rows("F1 over words, of people's own complete questions", "questions", {"canard_dev": rewrites()})
    else:
        measure = retrieval_by_way if arguments.what == "ways" else weights
        print_rows("nDCG@10 of follow-ups", "set", {name: measure(name, arguments.limit) for name in SETS})
    return 0


if __name__ == "__main__":
    sys.exit(main())
