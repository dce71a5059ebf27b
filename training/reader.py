"""The reader: a cross-encoder that tells of a question and a sentence whether the sentence answers.

In: the tuned encoder, whose layers it starts from, and lists of questions with sentences. Out: a sentence-transformers
CrossEncoder in a folder.
"""

from __future__ import annotations

from pathlib import Path

import running
import torch
from datasets import Dataset
from sentence_transformers import CrossEncoder, CrossEncoderTrainer, CrossEncoderTrainingArguments

MAX_TOKENS = 96
# The lowest layers stay the encoder's, which were just tuned.
FROZEN = 2


class AnswerOrNone(torch.nn.Module):
    """The loss of choosing, among a question's sentences and "none of them", what answers it.

    "None" has the logit 0. So the order within a list is learned as by a list-wise loss, and the logits mean the same
    for every question: above 0 where a sentence rather answers. Each answer competes with what does not answer, not
    with the other answers. Binary cross-entropy of every sentence is added.
    """

    def __init__(self, model: CrossEncoder, together: int = 32, single: float = 0.5) -> None:
        """``together`` pairs are read at a time, sorted by length; ``single`` weighs the binary part."""
        super().__init__()
        self.model, self.together, self.single = model, together, single

    def forward(
        self, inputs: list[list[str] | list[list[str]]], labels: list[torch.Tensor], **_: object
    ) -> torch.Tensor:
        """Return the mean loss of a batch of (questions, their sentences)."""
        questions, lists = inputs
        pairs = [(question, text) for question, texts in zip(questions, lists, strict=True) for text in texts]
        order = sorted(range(len(pairs)), key=lambda number: len(pairs[number][1]))
        logits: list[torch.Tensor] = [torch.empty(0)] * len(pairs)
        for first in range(0, len(order), self.together):
            numbers = order[first : first + self.together]
            scores = self.model(self.model.preprocess([pairs[number] for number in numbers]))["scores"].view(-1).float()
            for number, logit in zip(numbers, scores, strict=True):
                logits[number] = logit
        flat, at, losses = torch.stack(logits), 0, []
        for labels_of_list in labels:
            its = flat[at : at + len(labels_of_list)]
            at += len(labels_of_list)
            is_answer = labels_of_list > 0.5
            others = torch.logsumexp(torch.cat((its[~is_answer], its.new_zeros(1))), 0)
            chosen = its[is_answer] if is_answer.any() else its.new_zeros(1)
            against = others if is_answer.any() else torch.logsumexp(its, 0)
            losses.append((torch.logaddexp(chosen, against) - chosen).mean())
        wanted = torch.cat(list(labels)).float()
        single = torch.nn.functional.binary_cross_entropy_with_logits(flat, wanted)
        return torch.stack(losses).mean() + self.single * single

    def get_config_dict(self) -> dict[str, float]:
        """Return what the trainer writes into its card."""
        return {"together": self.together, "single": self.single}


def train(start: Path, folder: Path, lists: Dataset, seed: int, epochs: float = 1.0, rate: float = 1.5e-4) -> None:
    """Train and save the reader; a run that was stopped goes on from its checkpoint."""
    model = CrossEncoder(
        str(start),
        num_labels=1,
        max_length=MAX_TOKENS,
        device="cpu",
        local_files_only=True,
        **running.QUICK,
    )
    bert = model.model.base_model
    for part in (bert.embeddings, *bert.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    arguments = CrossEncoderTrainingArguments(
        num_train_epochs=epochs,
        per_device_train_batch_size=16,
        learning_rate=rate,
        warmup_steps=0.06,
        save_steps=60,
        **running.settings(folder, seed),
    )
    trainer = CrossEncoderTrainer(model=model, args=arguments, train_dataset=lists, loss=AnswerOrNone(model))
    running.run(trainer)
    model.save_pretrained(str(folder))
