"""The losses of both trainings as a picture, from what their trainers logged."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib.pyplot as plt
import running
from transformers.trainer_utils import get_last_checkpoint


def draw(work: Path, target: Path) -> None:
    """Draw a curve for each training."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    for name, axis in zip(("encoder", "reader"), axes, strict=True):
        last = get_last_checkpoint(str(running.checkpoints(work / name)))
        log = json.loads(Path(str(last), "trainer_state.json").read_text(encoding="utf-8"))["log_history"]
        steps = [(entry["step"], entry["loss"]) for entry in log if "loss" in entry]
        axis.plot(*zip(*steps, strict=True))
        axis.set(title=name, xlabel="step", ylabel="loss of ten steps", ylim=(0, None))
    figure.savefig(target, dpi=110, metadata={"Software": None})
