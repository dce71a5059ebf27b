"""Kill what changes an index and take the power from it at each step: the whole old or whole new generation is left.

In: nothing. Out: a line of figures each, and exit code 1 at the first index that is neither.

    python benchmarks/kills.py [--draws 20] [--moments 2000]

A step is a folder or file made, half of a write, an fsync, a rename or a removal. A kill leaves all that was written;
a loss of power (``tests/steps.py``) loses what was not synced: all of it, the contents only, half of each, and as dice
say ``--draws`` times a step. What is left is opened, asked and verified, and must be mended by the next build. Then
``--moments`` builds are killed in a row at any moment, on one index that somebody asks all along.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

import building  # noqa: E402
from probqa.indexing.build import build  # noqa: E402
from steps import Disk  # noqa: E402


def main() -> int:
    """Kill at every step, then lose the power at every step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--moments", type=int, default=2000)
    options = parser.parse_args()
    with building.empty_place() as chosen:
        killed = building.kill_at_each_step(chosen, alike=str)
        print(f"a build killed at each of {len(killed)} steps: 0 damaged or mixed")
    for what in building.MOVES:
        with building.empty_place() as chosen:
            killed = building.kill_move_at_each_step(chosen, what)
            print(f"a {what} killed at each of {len(killed)} steps: 0 damaged, no draft lost")
    with building.empty_place() as chosen:
        building.write_state(chosen.corpus, 1)
        build(chosen)
        building.write_state(chosen.corpus, 2)
        disk = Disk(chosen.index)
        steps = building.steps_of(chosen, chosen.index)
        lost = [found for _, found in building.losses(chosen, chosen.index, steps, disk, options.draws, mend=True)]
        print(
            f"{len(lost)} losses of power at {len(steps) + 1} points: 0 damaged or mixed, "
            f"{lost.count('1')} old, {lost.count('2')} new"
        )
    with building.empty_place() as chosen:
        old, new, asked = building.kill_at_random(chosen, options.moments, random.Random(0))
        print(
            f"{options.moments} builds killed at any moment: 0 damaged or mixed, {old} old, {new} new; "
            f"{asked:,} questions asked meanwhile, 0 failed"
        )
    return 0 if set(lost) == {"1", "2"} else 1


if __name__ == "__main__":
    sys.exit(main())
