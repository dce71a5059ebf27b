"""The columns of a page that its file draws row by row.

In: the rows of a page in the file's order. Out: the same rows, those that run through several columns cut, and each
column in one piece.

A gutter is an empty strip between words that at least three rows below each other have in common. The text on both of
its sides must read as prose, with lines that go on in the line below: a table, a list of contents or a form does not,
and its rows stay whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from probqa.reading.formats.runs import Run

_MIN_ROWS = 3
# A page with more rows is no page of prose.
_MAX_ROWS = 500
# Of the size of the type.
_GUTTER = 0.8
_STEP = 2.3
_MIN_CHARACTERS = 16


class _Row:
    """Runs on one baseline, with the left and right edge of every word."""

    def __init__(self, runs: list[Run]) -> None:
        self.runs = runs
        self.size = max(run.style.size for run in runs)
        self.baseline = runs[0].style.baseline
        self.edges: list[tuple[float, float]] = []
        shown = ((character, box) for run in runs for character, box in zip(run.text, run.boxes, strict=True))
        for is_space, word in groupby(shown, key=lambda item: item[0].isspace()):
            if not is_space:
                boxes = [box for _, box in word]
                self.edges.append((min(box[0] for box in boxes), max(box[2] for box in boxes)))
        self.gaps = [
            (left[1], right[0]) for left, right in pairwise(self.edges) if right[0] - left[1] >= _GUTTER * self.size
        ]

    def cut(self, x: float) -> tuple[list[Run], list[Run]]:
        """Return the runs on the left and on the right of ``x``."""
        left: list[Run] = []
        right: list[Run] = []
        for run in self.runs:
            places = (at for at, box in enumerate(run.boxes) if box[0] >= x and not run.text[at].isspace())
            place = 0 if right else next(places, len(run.boxes))
            if place:
                left.append(run.part(0, place))
            if place < len(run.boxes):
                right.append(run.part(place, len(run.boxes)))
        return left, right


_Parts = list[tuple[list[Run], list[Run]]]


def in_columns(rows: list[list[Run]]) -> list[list[Run]]:
    """Return the rows of a page with each column in one piece."""
    if len(rows) > _MAX_ROWS:
        return rows
    placed: list[list[Run]] = []
    lines = _lines(rows)
    whole = [_Row([run for row in line for run in row]) for line in lines]
    refused: list[tuple[float, float, int]] = []
    start = 0
    while start < len(lines):
        block: _Parts = []
        for low, high in whole[start].gaps:
            if any(start < end and low < right and high > left for left, right, end in refused):
                continue
            found, end = _block(whole, start, low, high)
            block = max(block, found, key=len)
            if not found:
                refused.append((low, high, end))
        for side in (0, 1) if block else ():
            placed += in_columns([part[side] for part in block if part[side]])
        placed += [] if block else lines[start]
        start += len(block) or 1
    return placed


def _lines(rows: Sequence[list[Run]]) -> list[list[list[Run]]]:
    """Group rows that follow each other on one baseline, from left to right."""
    lines: list[list[list[Run]]] = []
    for row in rows:
        before = lines[-1][-1] if lines else None
        if (
            before
            and before[-1].style.quadrant == row[0].style.quadrant
            and abs(before[0].style.baseline - row[0].style.baseline) < 0.3 * row[0].style.size
            and row[0].boxes[0][0] >= before[-1].boxes[-1][2]
        ):
            lines[-1].append(row)
        else:
            lines.append([row])
    return lines


def _block(rows: Sequence[_Row], start: int, low: float, high: float) -> tuple[_Parts, int]:
    """Find the rows from ``start`` on that have the gutter from ``low`` to ``high`` in common.

    Returns:
        Their left and right parts, none where they are no columns; and the number of the row after them.
    """
    both = 0
    end = start
    while end < len(rows):
        row = rows[end]
        if end > start and not 0 < rows[end - 1].baseline - row.baseline < _STEP * max(row.size, rows[end - 1].size):
            break
        gutter = _gutter(row, low, high)
        if gutter is None:
            break
        low, high = gutter
        both += any(left < high and right > low for left, right in row.gaps)
        end += 1
    if both < _MIN_ROWS:
        return [], end
    parts = [row.cut((low + high) / 2) for row in rows[start:end]]
    sides = [["".join("".join(run.text) for run in part[side]).strip() for part in parts] for side in (0, 1)]
    return (parts if all(_is_prose(list(filter(None, texts))) for texts in sides) else []), end


def _gutter(row: _Row, low: float, high: float) -> tuple[float, float] | None:
    """Return what of the gutter from ``low`` to ``high`` is empty in a row.

    None where too little is.
    """
    edges = row.edges
    if not edges:
        return None
    strips = [
        (float("-inf"), edges[0][0]),
        *((left[1], right[0]) for left, right in pairwise(edges)),
        (edges[-1][1], float("inf")),
    ]
    within = ((max(low, left), min(high, right)) for left, right in strips)
    widest = max(within, key=lambda strip: strip[1] - strip[0])
    return widest if widest[1] - widest[0] >= _GUTTER * row.size else None


def _is_prose(texts: Sequence[str]) -> bool:
    """Tell whether lines are those of sentences that go on from one to the next."""
    if len(texts) < _MIN_ROWS or sum(map(len, texts)) < _MIN_CHARACTERS * len(texts):
        return False
    going_on = sum(bool(re.search(r"[^.:;!?]$", before)) and after[0].islower() for before, after in pairwise(texts))
    return going_on >= 0.4 * (len(texts) - 1)
