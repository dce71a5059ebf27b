"""Train the encoder and the reader that come with probqa: ``make train``.

    python training/train.py [--shared ../shared] [--work training/work] [--seed 1]

Stages, one after another: data, encoder, lists, reader, pack. Each leaves its result in the work folder and is not done
again while that is there; a training that was stopped goes on from its last checkpoint. So the command may be
interrupted, and given again. Where the real reports or the public sets are absent (``--shared``) they are left out, and
named; the models that are shipped were trained with them.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What torch needs to keep memory that it asks for again at every step: half of the time on two cores (glibc's mallopt).
MALLOC = {"MALLOC_TRIM_THRESHOLD_": "20000000000", "MALLOC_MMAP_MAX_": "0", "MALLOC_TOP_PAD_": "200000000"}
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "training")]

import data  # noqa: E402


def main() -> int:
    """Do the stages that are left."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    shared = os.environ.get("PROBQA_SHARED") or ROOT.parent / "shared"
    parser.add_argument("--shared", type=Path, default=Path(shared), help="the folder that holds real/ and data/")
    parser.add_argument("--work", type=Path, default=ROOT / "training" / "work", help="where results are left")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until", choices=[*STAGES], default="pack", help="the last stage to do")
    options = parser.parse_args()
    if not MALLOC.items() <= os.environ.items():
        # They are read when a process starts.
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | MALLOC)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    options.work.mkdir(parents=True, exist_ok=True)
    for name, stage in STAGES.items():
        result = options.work / name
        if not result.exists():
            print(f"{name}: at work", flush=True)
            began = time.monotonic()
            stage(options.work, options.shared, options.seed)
            print(f"{name}: done in {time.monotonic() - began:.0f} s", flush=True)
        if name == options.until:
            break
    return 0


def read_data(work: Path, shared: Path, _: int) -> None:
    """Read all reports and questions; reading the PDFs takes minutes, so the result is kept."""
    (work / "data").write_bytes(pickle.dumps(data.everything(shared)))


def held_data(work: Path) -> tuple[list[data.Collection], list[data.Example]]:
    """Return the collections, and the examples that may be trained on."""
    # Written by the stage before, in a folder of ours.
    collections, examples = pickle.loads((work / "data").read_bytes())
    return collections, [example for example in examples if example.split == "train"]


def train_encoder(work: Path, _: Path, seed: int) -> None:
    """Tune the encoder."""
    import encoder

    from probqa import models

    encoder.train(models.base_folder(), work / "encoder", *held_data(work), seed)


def make_lists(work: Path, _: Path, seed: int) -> None:
    """Mine what the reader learns from, with the tuned encoder."""
    import lists

    lists.make(work / "encoder", *held_data(work), seed).save_to_disk(str(work / "lists"))


def train_reader(work: Path, _: Path, seed: int) -> None:
    """Train the reader, from the layers of the tuned encoder."""
    import reader
    from datasets import load_from_disk

    reader.train(work / "encoder", work / "reader", load_from_disk(str(work / "lists")), seed)


def pack_both(work: Path, _: Path, __: int) -> None:
    """Put both models into the package and draw their curves."""
    import curves
    import pack

    from probqa import models

    found = {name: pack.pack(work / name.removeprefix("probqa-"), name) for name in (models.ENCODER, models.READER)}
    pack.write_sha256(found)
    curves.draw(work, ROOT / "training" / "curves.png")
    (work / "pack").write_text(json.dumps(found, indent=1), encoding="utf-8")
    print("packed; build the index anew, calibrate, and build again: training/README.md")


STAGES: dict[str, Callable[[Path, Path, int], None]] = {
    "data": read_data,
    "encoder": train_encoder,
    "lists": make_lists,
    "reader": train_reader,
    "pack": pack_both,
}


if __name__ == "__main__":
    sys.exit(main())
