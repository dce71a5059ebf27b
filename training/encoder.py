"""The encoder: all-MiniLM-L6-v2, tuned so that a question lies near the sentences and passages that answer it.

In: the starting model, collections and examples. Out: a sentence-transformers model in a folder.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import running
from data import Collection, Example
from datasets import Dataset
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
    losses,
)
from sentence_transformers.base.sampler import BatchSamplers

# Of the public questions, those that are taken.
PUBLIC_SHARE = 0.4
# Of the answers of reports, those shown in their passage too.
PASSAGE_SHARE = 0.5
# Of a question with several answers.
ANSWERS = 2


def triples(collections: Sequence[Collection], examples: Sequence[Example], seed: int) -> Dataset:
    """Return (question, text, other) rows: an answer as a sentence or in its passage, and what tempts beside it.

    The other is what a person chose as tempting, or a sentence near the answer that does not answer.
    """
    by_name = {collection.name: collection for collection in collections}
    rows: list[tuple[str, str, str]] = []
    dice = random.Random(seed)
    for example in examples:
        if not example.answers:
            continue
        if example.texts:
            others = example.texts[len(example.answers) :]
            # A third is enough to keep what the model knew of other fields.
            if dice.random() < PUBLIC_SHARE:
                text = example.texts[0] if dice.random() < 0.6 else example.passage
                rows.append((example.question, text, dice.choice(others)))
            continue
        collection = by_name[example.source]
        others = example.near or neighbours(collection, example)
        if not others:
            continue
        for number in example.answers[:ANSWERS]:
            sentence = collection.sentences[number]
            rows.append((example.question, sentence.quote, collection.sentences[dice.choice(others)].quote))
            if dice.random() < PASSAGE_SHARE:
                other = collection.sentences[dice.choice(others)]
                rows.append((example.question, collection.passages[sentence.passage], other.quote))
    dice.shuffle(rows)
    return Dataset.from_dict({name: [row[at] for row in rows] for at, name in enumerate(("question", "text", "other"))})


def neighbours(collection: Collection, example: Example) -> list[int]:
    """Return the sentences of the document, up to twelve before and after the answer, that do not answer."""
    first = example.answers[0]
    near = range(max(0, first - 12), min(len(collection.sentences), first + 13))
    return [n for n in near if n not in example.answers and collection.sentences[n].document == example.document]


def train(
    start: Path,
    folder: Path,
    collections: Sequence[Collection],
    examples: Sequence[Example],
    seed: int,
    epochs: float = 2,
) -> None:
    """Tune the model in ``start`` and save it to ``folder``; a run that was stopped goes on from its checkpoint."""
    model = SentenceTransformer(
        str(start),
        device="cpu",
        local_files_only=True,
        **running.QUICK,
    )
    model.max_seq_length = 96
    # The token table stays that of the base package, which is what lets the weights be shipped without it.
    model[0].auto_model.embeddings.requires_grad_(False)
    arguments = SentenceTransformerTrainingArguments(
        num_train_epochs=epochs,
        per_device_train_batch_size=64,
        learning_rate=1e-4,
        warmup_steps=0.1,
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        save_steps=25,
        **running.settings(folder, seed),
    )
    trainer = SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=triples(collections, examples, seed),
        loss=losses.MultipleNegativesRankingLoss(model, directions=("query_to_doc", "doc_to_query")),
    )
    running.run(trainer)
    model.max_seq_length = 256
    model.save(str(folder))
