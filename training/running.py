"""What both trainings share: how they run, and how one that was stopped goes on.

In: a trainer of sentence-transformers. Out: its model, trained.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import Trainer
from transformers.trainer_utils import get_last_checkpoint

# Dropout draws more numbers than so few passes over so little data need; and torch's own attention takes, on a
# processor, half of all time on its way back. Without both, and in bfloat16, a step takes a third.
QUICK: dict[str, dict[str, Any]] = {
    "config_kwargs": {"attention_probs_dropout_prob": 0.0, "hidden_dropout_prob": 0.0},
    "model_kwargs": {"attn_implementation": "eager"},
}


def settings(folder: Path, seed: int) -> dict[str, Any]:
    """Return the arguments of a training whose model goes to ``folder``, apart from its own."""
    return {
        "output_dir": str(checkpoints(folder)),
        "lr_scheduler_type": "cosine",
        "weight_decay": 0.01,
        "seed": seed,
        "data_seed": seed,
        "save_total_limit": 1,
        "logging_steps": 10,
        "report_to": [],
        "use_cpu": True,
        "bf16": True,
        "disable_tqdm": True,
    }


def checkpoints(folder: Path) -> Path:
    """Return where the checkpoints of a training stand whose model goes to ``folder``."""
    return folder.with_name(f"{folder.name}-checkpoints")


def run(trainer: Trainer) -> None:
    """Train, from the last checkpoint where there is one."""
    kept = Path(str(trainer.args.output_dir))
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(kept)) if kept.is_dir() else None)
