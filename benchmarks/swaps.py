"""Readers that open and ask while builds swap the index under them: every state is seen, in order, without a fault.

    python benchmarks/swaps.py [--swaps 20] [--readers 8]

The tests' hash encoder and three documents, so that nearly all the time goes into opening and swapping.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

import building  # noqa: E402
from probqa.indexing.build import build  # noqa: E402


def main() -> int:
    """Swap as often as was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--swaps", type=int, default=20)
    parser.add_argument("--readers", type=int, default=8)
    options = parser.parse_args()
    with building.empty_place() as chosen:
        building.write_state(chosen.corpus, 0)
        build(chosen)
        found = building.swap_under(chosen, options.readers, options.swaps)
    faults = [fault for _, its, _ in found for fault in its]
    whole = sum(seen == [str(state) for state in range(options.swaps + 1)] for _, _, seen in found)
    print(
        f"{options.swaps} swaps under {options.readers} readers: {sum(asked for asked, _, _ in found):,} questions, "
        f"{len(faults)} faults; {whole} readers saw every state in order",
        *faults[:5],
        sep="\n",
    )
    return 0 if not faults and whole == options.readers else 1


if __name__ == "__main__":
    sys.exit(main())
