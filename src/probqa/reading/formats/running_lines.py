"""The running headers, running footers and printed page numbers of a PDF.

In: pages of lines. Out: the lines to leave out, each with its reason, and the number printed on each page.

A line is left out only if nothing but running lines lies between it and the page's edge, so the body is never cut. The
printed number of a page, arabic or roman, is the one that goes up by one from page to page in its neighbourhood. A page
without one (a full-page figure) between two pages whose arabic numbers agree has the number that fits between them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from probqa.reading.formats.pdfium import Line, PdfPage

# Running lines are looked for in this share of the page's height, at its top and at its bottom.
_EDGE = 0.13
_MAX_LINES = 5
_NEIGHBOURHOOD = 4
_NUMBER = re.compile(r"(?<![\w.,/£$-])(?:\d{1,6}|[ivxlc]{1,8}|[IVXLC]{1,8})(?![\w,/%-]|\.\d)")
_PAGE_WORD = re.compile(r"(?:page|p\.)\s*$", re.IGNORECASE)
_ONLY_NUMBER = re.compile(
    r"\W{0,20}(?:page|p\.)?\W{0,20}[\divxlc]+(?:\W{0,20}(?:of|/|\|)\W{0,20}\d+)?\W{0,20}", re.IGNORECASE
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class Running:
    """The running lines and printed numbers of a document.

    ``reasons`` is by (page number, position of the line on its page), ``printed`` by page number.
    """

    reasons: dict[tuple[int, int], str]
    printed: dict[int, str]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A number at the edge of a page that may be the page's own.

    ``shift`` is its value less the page's place in the file. ``bare`` says that the line holds nothing else.
    """

    page: int
    position: int
    text: str
    roman: bool
    shift: int
    bare: bool


def find_running(pages: Sequence[PdfPage]) -> Running:
    """Find the running lines and printed numbers of a document."""
    edges = {(page.number, top): _edge_lines(page, top=top) for page in pages for top in (True, False)}
    chosen = _choose([candidate for (number, _), lines in edges.items() for candidate in _candidates(number, lines)])
    running = _repeated(edges, chosen, pages=len(pages))
    reasons: dict[tuple[int, int], str] = {}
    for (number, top), lines in edges.items():
        for position, line in lines:
            numbered = number in chosen and chosen[number].position == position
            if numbered and _ONLY_NUMBER.fullmatch(line.text):
                reasons[number, position] = "page number"
            elif (number, position) in running:
                reasons[number, position] = "running header" if top else "running footer"
            else:
                break
    printed = {number: candidate.text for number, candidate in chosen.items()}
    return Running(reasons, printed | _between(chosen))


def _edge_lines(page: PdfPage, *, top: bool) -> list[tuple[int, Line]]:
    """Return the lines nearest to one edge with their positions on the page, the outermost first."""
    _, low, _, high = page.box
    zone = _EDGE * (high - low)
    at_edge = [
        (position, line)
        for position, line in enumerate(page.lines)
        if not line.turned and (line.baseline > high - zone if top else line.baseline < low + zone)
    ]
    at_edge.sort(key=lambda item: (-item[1].baseline if top else item[1].baseline, item[1].left))
    return at_edge[:_MAX_LINES]


def _candidates(number: int, lines: Sequence[tuple[int, Line]]) -> Iterator[_Candidate]:
    for position, line in lines:
        for match in _NUMBER.finditer(line.text):
            alone = (
                match.start() == 0
                or match.end() == len(line.text)
                or re.match(r"\W*(?:of|/)\W", line.text[match.end() :])
            )
            if not alone and not _PAGE_WORD.search(line.text[: match.start()]):
                continue
            text = match.group()
            value = int(text) if text.isdigit() else _roman_value(text)
            if value:
                bare = bool(_ONLY_NUMBER.fullmatch(line.text))
                yield _Candidate(number, position, text, not text.isdigit(), value - number, bare)


def _choose(candidates: Sequence[_Candidate]) -> dict[int, _Candidate]:
    """Choose for each page the candidate with which most pages near it agree.

    At least two must agree, the page itself being one. Of equals a number that stands alone on its line is chosen.
    """
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
    printed: dict[int, str] = {}
    for before, after in pairwise(numbered):
        first, last = chosen[before], chosen[after]
        if (first.roman, first.shift) == (last.roman, last.shift) and not first.roman:
            printed |= {page: str(page + first.shift) for page in range(before + 1, after)}
    return printed


def _repeated(
    edges: dict[tuple[int, bool], list[tuple[int, Line]]], chosen: dict[int, _Candidate], *, pages: int
) -> set[tuple[int, int]]:
    """Find the lines whose words stand at the same edge of several pages.

    The page's own number in a line may differ.
    """
    places: dict[tuple[bool, str], list[tuple[int, int]]] = defaultdict(list)
    numbered: set[tuple[int, int]] = set()
    for (number, top), lines in edges.items():
        for position, line in lines:
            text = line.text
            if number in chosen and chosen[number].position == position:
                numbered.add((number, position))
                text = re.sub(rf"(?<!\w){chosen[number].text}(?!\w)", "#", text)
            places[top, text.casefold()].append((number, position))
    repeated: set[tuple[int, int]] = set()
    for same in places.values():
        needed = 2 if pages <= 3 or set(same) <= numbered else 3
        if len({number for number, _ in same}) >= needed:
            repeated.update(same)
    return repeated


def _roman_value(text: str) -> int:
    """Return the value of a roman numeral, or 0 where the text is none.

    >>> [_roman_value(text) for text in ("iv", "XII", "iiii", "vx")]
    [4, 12, 0, 0]
    """
    if not re.fullmatch(r"c{0,3}(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", text.lower()):
        return 0
    digits = [_ROMAN[letter] for letter in text.lower()]
    return sum(
        -digit if digit < max(digits[position + 1 :], default=0) else digit for position, digit in enumerate(digits)
    )  # fmt: skip
