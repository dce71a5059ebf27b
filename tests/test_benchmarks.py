"""The benchmark scripts' own arithmetic, and that the scores that are kept can be compared with."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])


def test_a_score_has_fallen_only_beyond_its_tolerance() -> None:
    from scores import fallen

    kept = {name: {"score": 0.8, "tolerance": 0.005} for name in ("same", "little", "lower", "absent")}
    found = {"same": 0.8, "little": 0.7951, "lower": 0.7949, "new": 0.1}
    assert fallen(kept, found) == ["lower: 0.7949, kept 0.8000, tolerance 0.005"]


def test_the_kept_scores_are_scores_with_tolerances() -> None:
    kept = json.loads((BENCHMARKS / "scores.json").read_text(encoding="utf-8"))
    assert kept
    for name, entry in kept.items():
        assert 0 <= entry["score"] <= 1, name
        assert 0 <= entry["tolerance"] <= 0.01, name


def test_fidelity_is_kept_exactly() -> None:
    kept = json.loads((BENCHMARKS / "scores.json").read_text(encoding="utf-8"))
    assert kept["gold dev: quote_fidelity"] == {"score": 1.0, "tolerance": 0.0}


def test_a_sample_is_evenly_spaced_and_never_longer_than_the_whole() -> None:
    from public_sets import evenly

    assert evenly(list(range(10)), 4) == [0, 2, 5, 7]
    assert evenly([1, 2], 5) == [1, 2]
    assert evenly([1, 2], 0) == [1, 2]


def test_reciprocal_ranks_are_added_and_a_word_score_of_zero_has_no_rank() -> None:
    from public_sets import rrf

    mixed = rrf(np.float32([0.9, 0.8, 0.7]), np.float32([0, 5, 0]))
    assert mixed.tolist() == pytest.approx([1 / 61, 1 / 62 + 1 / 61, 1 / 63])


def test_mixes_scale_each_side_over_what_may_be_found() -> None:
    from public_sets import convex

    mixed = convex(0.6)(np.float32([0.2, 0.4, 0.6]), np.float32([2, 1, 0]))
    assert mixed.tolist() == pytest.approx([0.4, 0.3 + 0.2, 0.6], abs=1e-6)
