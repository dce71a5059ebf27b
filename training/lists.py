"""What the reader learns from: a question, sentences that answer it, and others that our own ranking takes for answers.

In: collections, examples and the tuned encoder. Out: a dataset of lists, each one question with its sentences and
whether each answers.

Of what ranks high some is taken from the very top and some from further down; what says nearly the same as an answer
is left out, for it may be one. A question that makes sense only where its report is known may be answered by others
too, so of other reports only sentences that rank below its answer are taken as negatives.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from data import Collection, Example
from datasets import Dataset
from sentence_transformers import SentenceTransformer

from probqa.indexing.lexical import LexicalIndex, words

Floats = npt.NDArray[np.float32]

SENTENCES = 8
MOST_TOKENS = 128
RANKED = 60
# Of the question's own report at least.
OWN = 20
# From this cosine to an answer a sentence may be another answer.
SAME = 0.85
# One sentence in so many is asked for by a run of its own words, which is never to be refused.
PHRASES = 6


class Ranking:
    """The ranking of a collection's sentences for a question, as asking mixes vectors and keywords."""

    def __init__(self, collection: Collection, model: SentenceTransformer) -> None:
        """Embed and index the collection."""
        self.collection = collection
        self.sentences = embed(model, [sentence.quote for sentence in collection.sentences])
        passages = embed(model, collection.passages)
        self.passage_of = np.array([sentence.passage for sentence in collection.sentences])
        self.passages = passages
        self.lexical = LexicalIndex.build(sentence.text for sentence in collection.sentences)
        self.documents = np.array([sentence.document for sentence in collection.sentences])

    def scores(self, question: str, vector: Floats) -> Floats:
        """Return a score for each sentence, float32 ``(n,)``, higher is better."""
        near = 0.5 * (self.sentences @ vector) + 0.5 * (self.passages @ vector)[self.passage_of]
        stems = words(question)
        most = sum(self.lexical.rarity(stem) for stem in stems) or 1.0
        scores: Floats = 0.6 * near + 0.4 * self.lexical.scores(stems) / np.float32(most)
        return scores


def embed(model: SentenceTransformer, texts: Sequence[str]) -> Floats:
    """Return unit vectors, float32 ``(n, dimension)``."""
    # Ranks need no more than half precision, which some processors multiply several times as fast.
    with torch.autocast("cpu", torch.bfloat16):
        vectors = model.encode(list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=False)
    return vectors.astype(np.float32)


def make(
    encoder: Path, collections: Sequence[Collection], examples: Sequence[Example], seed: int, rounds: int = 2
) -> Dataset:
    """Return the lists: ``rounds`` times each question about reports, every time with other negatives."""
    model = SentenceTransformer(str(encoder), device="cpu", local_files_only=True)
    model.max_seq_length = MOST_TOKENS
    dice = random.Random(seed)
    rows: list[dict[str, Any]] = [public_list(example, dice) for example in examples if example.texts]
    for collection in collections:
        asked = [example for example in examples if example.source == collection.name]
        if not asked:
            continue
        ranking = Ranking(collection, model)
        vectors = embed(model, [example.question for example in asked])
        for example, vector in zip(asked, vectors, strict=True):
            usable = negatives(ranking, example, vector)
            rows += [list_of(collection, example, usable, dice) for _ in range(rounds)]
        trained = {example.document for example in asked if example.split == "train"}
        for number, sentence in enumerate(collection.sentences):
            if sentence.document in trained and dice.randrange(PHRASES * len(collection.sentences) // 1200 + 1) == 0:
                rows.append(phrase_list(ranking, number, dice))
    dice.shuffle(rows)
    return Dataset.from_list(rows)


def negatives(ranking: Ranking, example: Example, vector: Floats) -> list[int]:
    """Return the sentences that may stand as not answering, best ranked first."""
    scores = ranking.scores(example.question, vector)
    answers = list(example.answers)
    order = np.argsort(-scores, kind="stable")
    own = ranking.documents == example.document
    best = sorted({*order[:RANKED].tolist(), *order[own[order]][:OWN].tolist()} - {*answers}, key=lambda n: -scores[n])
    # Hundreds of reports of one kind say the same of other places, so of those only what ranks below an answer counts.
    sure = ranking.collection.name == "starter" and example.style in ("staff", "near_miss", "narrow")
    if not answers:
        return [n for n in best if sure or not example.document or own[n]]
    like = (ranking.sentences[best] @ ranking.sentences[answers].T).max(axis=1)
    floor = scores[answers].max()
    return [n for n, alike in zip(best, like, strict=True) if alike < SAME and (own[n] or sure or scores[n] < floor)]


def list_of(collection: Collection, example: Example, usable: Sequence[int], dice: random.Random) -> dict[str, Any]:
    """Return one list: up to two answers, what a person found tempting, and a spread of the others."""
    answers = dice.sample(example.answers, min(2, len(example.answers)))
    chosen = list(dict.fromkeys((*answers, *example.near)))
    top = [number for number in usable[:12] if number not in chosen]
    rest = [number for number in usable[12:] if number not in chosen]
    chosen += dice.sample(top, min(4, len(top), SENTENCES - len(chosen)))
    chosen += dice.sample(rest, min(len(rest), max(0, SENTENCES - len(chosen))))
    texts = [collection.sentences[number].text for number in chosen]
    return row(example.question, texts, [number in answers for number in chosen])


def public_list(example: Example, dice: random.Random) -> dict[str, Any]:
    """Return the list of a public question, sentences of its own passages."""
    answers = list(example.answers)[:2]
    others = list(range(len(example.answers), len(example.texts)))
    chosen = answers + dice.sample(others, min(len(others), SENTENCES - 2 - len(answers)))
    return row(example.question, [example.texts[number] for number in chosen], [number in answers for number in chosen])


def phrase_list(ranking: Ranking, number: int, dice: random.Random) -> dict[str, Any]:
    """Return a list whose question is a run of a sentence's own words."""
    sentence = ranking.collection.sentences[number]
    run = sentence.quote.split()
    length = dice.randint(3, 10)
    at = dice.randrange(max(1, len(run) - length))
    question = " ".join(run[at : at + length])
    scores = ranking.sentences @ ranking.sentences[number]
    held = [
        other
        for other in np.argsort(-scores)[:40].tolist()
        if question not in ranking.collection.sentences[other].quote
    ]
    others = [other for other in held if scores[other] < SAME][:12]
    chosen = [number, *dice.sample(others, min(len(others), 5))]
    return row(question, [ranking.collection.sentences[one].text for one in chosen], [one == number for one in chosen])


def row(question: str, texts: Sequence[str], answers: Sequence[bool]) -> dict[str, Any]:
    """Return a list as the trainer takes it."""
    return {"question": question, "sentences": list(texts), "labels": [float(is_answer) for is_answer in answers]}
