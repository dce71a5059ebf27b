"""The words that stand across the pages of a PDF, such as "DRAFT".

In: pages of lines. Out: the lines that are a watermark. (Slanted ones are none of the lines, see ``pdfium``.)

A line is one where its type is far larger than the body's and it stands under or over other text, or at the same place
of another page; or where it holds nothing but the words of a stamp, in type larger than the body's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from probqa.reading.formats.pdfium import Line, PdfPage

_HUGE = 2.5
_LARGER = 1.12
_STAMP = re.compile(
    r"\W{0,9}(?:(?:final|first|second|third|working|early) )?(?:draft(?: (?:report|copy|version|document|only))?|"
    r"(?:strictly |private and )?confidential|in confidence|(?:do not|not for|no) (?:publication|circulation|release|"
    r"distribution|copy|circulate|distribute|quote)|embargoed|under embargo|official(?:[ –-]{1,3}sensitive)?|"
    r"restricted|(?:uncontrolled )?copy|sample|specimen|void|superseded|withdrawn|archived?|obsolete|cancelled|"
    r"preview|proof|for (?:comment|review|consultation|information|discussion)(?: only)?|"
    r"uncontrolled(?: when printed)?|(?:for )?internal use only)\W{0,9}",
    re.IGNORECASE,
)


def find_watermarks(pages: Sequence[PdfPage], body_size: float) -> set[tuple[int, int]]:
    """Return the page and position of every line that is a watermark."""
    places: dict[tuple[str, int, int], list[tuple[int, int]]] = defaultdict(list)
    watermarks: set[tuple[int, int]] = set()
    for page in pages:
        _, low, _, high = page.box
        for position, line in enumerate(page.lines):
            if line.size >= _LARGER * body_size and _STAMP.fullmatch(line.text):
                watermarks.add((page.number, position))
            elif line.size >= _HUGE * body_size and sum(map(str.isalpha, line.text)) > 2:
                if any(_overlap(line, other) for other in page.lines if other is not line):
                    watermarks.add((page.number, position))
                elif line.baseline < low + 0.85 * (high - low):
                    key = line.text.casefold(), round(line.left / 4), round(line.baseline / 4)
                    places[key].append((page.number, position))
    for same in places.values():
        if len({number for number, _ in same}) > 1:
            watermarks.update(same)
    return watermarks


def _overlap(line: Line, other: Line) -> bool:
    """Tell whether the letters of two lines lie upon each other."""
    inside = line.baseline < other.baseline + 0.3 * other.size and other.baseline < line.baseline + 0.6 * line.size
    return inside and other.left < line.right and line.left < other.right and line.turned == other.turned
