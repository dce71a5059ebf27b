"""Kill builds at random moments and check what is left each time: the whole old or the whole new generation.

In: how many kills. Out: a line of figures, and exit code 1 at the first generation that is neither.

    python benchmarks/kills.py --kills 500

A build of three documents with the tests' hash encoder, its encoder file 10 MB long, so that most of the time goes
into writing. After each kill the index is opened, asked and verified, and built again.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

import building  # noqa: E402
import hash_encoder  # noqa: E402
from probqa.indexing.build import build  # noqa: E402
from probqa.settings import Settings  # noqa: E402

ENCODER_BYTES = 10_000_000


def main() -> int:
    """Run the kills that were asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    hash_encoder.install(padding=ENCODER_BYTES)
    dice = random.Random(options.seed)
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        chosen = Settings(Path(place, "corpus"), Path(place, "index"), hash_encoder.MODEL)
        chosen.corpus.mkdir()
        building.write_state(chosen.corpus, 0)
        build(chosen)
        longest = building.seconds_to_build(chosen, 1, ENCODER_BYTES)
        state = 1
        while outcomes.total() - outcomes["done"] < options.kills:
            state += 1
            try:
                outcomes[building.kill_one(chosen, dice.uniform(0, longest), state, ENCODER_BYTES)] += 1
            except Exception as error:  # whatever it is, it is what this looks for
                print(f"kill {state - 1} left an index that is neither old nor new: {error!r}")
                return 1
    killed = options.kills
    print(
        f"{killed} kills, 0 damaged or mixed: {outcomes['old']} before writing, {outcomes['old, half written']} while "
        f"writing, {outcomes['new']} after the pointer moved; {outcomes['done']} builds were faster than their kill"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
