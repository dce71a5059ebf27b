"""What repeats at the edges of a PDF's pages: running headers and footers, and the printed page numbers.

In: pages of lines. Out: the lines to leave out, each with its reason, and the number printed on each page.

A line counts only if nothing but running lines lies between it and the edge, so the body is never cut. The printed
number of a page is the one that goes up by one from page to page in its neighbourhood, arabic or roman; a page
without one between two pages that agree (a full-page figure) has the number it must have.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from probqa.reading.formats.pdfium import Line, PdfPage

# Share of the page's height at its top and bottom in which running lines are looked for.
_EDGE = 0.13
_MAX_LINES = 5
_NEIGHBOURHOOD = 4
_NUMBER = re.compile(r"(?<![\w.,/£$-])(?:\d{1,6}|[ivxlc]{1,8}|[IVXLC]{1,8})(?![\w,/%-]|\.\d)")
_PAGE_WORD = re.compile(r"(?:page|p\.)\s*$", re.IGNORECASE)
_ONLY_NUMBER = re.compile(r"\W*(?:page|p\.)?\W*[\divxlc]+(?:\W*(?:of|/|\|)\W*\d+)?\W*", re.IGNORECASE)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class Running:
    """Reasons by (page number, position of the line on its page), and printed numbers by page number."""

    reasons: dict[tuple[int, int], str]
    printed: dict[int, str]


@dataclass(frozen=True, slots=True)
class _Candidate:
    page: int
    at: int
    text: str
    roman: bool
    shift: int
    bare: bool


def find_running(pages: Sequence[PdfPage]) -> Running:
    """Find the running lines and the printed numbers of a document."""
    edges = {(page.number, top): _edge_lines(page, top=top) for page in pages for top in (True, False)}
    chosen = _choose([found for (number, _), lines in edges.items() for found in _candidates(number, lines)])
    running = _repeated(edges, chosen, pages=len(pages))
    reasons: dict[tuple[int, int], str] = {}
    for (number, top), lines in edges.items():
        for at, line in lines:
            numbered = number in chosen and chosen[number].at == at
            if numbered and _ONLY_NUMBER.fullmatch(line.text):
                reasons[number, at] = "page number"
            elif (number, at) in running:
                reasons[number, at] = "running header" if top else "running footer"
            else:
                break
    printed = {number: candidate.text for number, candidate in chosen.items()}
    return Running(reasons, printed | _between(chosen))


def _edge_lines(page: PdfPage, *, top: bool) -> list[tuple[int, Line]]:
    """The outermost lines at one edge, the outermost first, each with its position on the page."""
    _, low, _, high = page.box
    zone = _EDGE * (high - low)
    found = [
        (at, line)
        for at, line in enumerate(page.lines)
        if not line.turned and (line.baseline > high - zone if top else line.baseline < low + zone)
    ]
    found.sort(key=lambda item: (-item[1].baseline if top else item[1].baseline, item[1].left))
    return found[:_MAX_LINES]


def _candidates(number: int, lines: Sequence[tuple[int, Line]]) -> Iterator[_Candidate]:
    for at, line in lines:
        for found in _NUMBER.finditer(line.text):
            alone = (
                found.start() == 0
                or found.end() == len(line.text)
                or re.match(r"\W*(?:of|/)\W", line.text[found.end() :])
            )
            if not alone and not _PAGE_WORD.search(line.text[: found.start()]):
                continue
            text = found.group()
            value = int(text) if text.isdigit() else _roman_value(text)
            if value:
                bare = bool(_ONLY_NUMBER.fullmatch(line.text))
                yield _Candidate(number, at, text, not text.isdigit(), value - number, bare)


def _choose(candidates: Sequence[_Candidate]) -> dict[int, _Candidate]:
    """For each page the candidate that most neighbouring pages agree with, two at least; a bare number comes first."""
    pages_of: dict[tuple[bool, int], set[int]] = defaultdict(set)
    for candidate in candidates:
        pages_of[candidate.roman, candidate.shift].add(candidate.page)
    best: dict[int, tuple[tuple[int, bool], _Candidate]] = {}
    for candidate in candidates:
        pages = pages_of[candidate.roman, candidate.shift]
        near = range(candidate.page - _NEIGHBOURHOOD, candidate.page + _NEIGHBOURHOOD + 1)
        rank = sum(page in pages for page in near), candidate.bare
        if rank[0] >= 2 and (candidate.page not in best or rank > best[candidate.page][0]):
            best[candidate.page] = rank, candidate
    return {page: candidate for page, (_, candidate) in sorted(best.items())}


def _between(chosen: dict[int, _Candidate]) -> dict[int, str]:
    numbered = sorted(chosen)
    found: dict[int, str] = {}
    for before, after in pairwise(numbered):
        first, last = chosen[before], chosen[after]
        if (first.roman, first.shift) == (last.roman, last.shift) and not first.roman:
            found |= {page: str(page + first.shift) for page in range(before + 1, after)}
    return found


def _repeated(
    edges: dict[tuple[int, bool], list[tuple[int, Line]]], chosen: dict[int, _Candidate], *, pages: int
) -> set[tuple[int, int]]:
    """Lines whose words, but for the page's number, stand at the same edge of several pages."""
    places: dict[tuple[bool, str], list[tuple[int, int]]] = defaultdict(list)
    numbered: set[tuple[int, int]] = set()
    for (number, top), lines in edges.items():
        for at, line in lines:
            text = line.text
            if number in chosen and chosen[number].at == at:
                numbered.add((number, at))
                text = re.sub(rf"(?<!\w){chosen[number].text}(?!\w)", "#", text)
            places[top, text.casefold()].append((number, at))
    found: set[tuple[int, int]] = set()
    for same in places.values():
        needed = 2 if pages <= 3 or set(same) <= numbered else 3
        if len({number for number, _ in same}) >= needed:
            found.update(same)
    return found


def _roman_value(text: str) -> int:
    """The value of a roman numeral, 0 where it is none.

    >>> [_roman_value(text) for text in ("iv", "XII", "iiii", "vx")]
    [4, 12, 0, 0]
    """
    if not re.fullmatch(r"c{0,3}(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", text.lower()):
        return 0
    digits = [_ROMAN[letter] for letter in text.lower()]
    return sum(
        -digit if digit < max(digits[at + 1 :], default=0) else digit for at, digit in enumerate(digits)
    )  # fmt: skip
