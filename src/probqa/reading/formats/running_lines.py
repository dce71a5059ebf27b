"""The running headers, running footers and printed page numbers of a PDF.

In: pages of lines. Out: the lines to leave out, each with its reason, and the number printed on each page.

A line is left out only if nothing but running lines lies between it and the page's edge, so the body is never cut. The
printed number of a page, arabic or roman, is the one that goes up by one from page to page in its neighbourhood. A page
without one (a full-page figure) between two pages whose arabic numbers agree has the number that fits between them.

Headings ("Case study 2" at the top of one page, "Case study 3" at that of the next) and notes ("1 See the annual
report.") go up in the same way. So a number counts for a page number only where it stands alone, after "page", or in a
line whose other words stand on other pages too, and never where it belongs to a label or to a heading.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from probqa.reading.formats.pdfium import Line, PdfPage

# Running lines are looked for in this share of the page's height, at its top and at its bottom.
_EDGE = 0.13
_MAX_LINES = 5
_NEIGHBOURHOOD = 4
# A longer line, in characters, is no running line.
_LONGEST = 300
_NUMBER = re.compile(r"(?<![\w.,/£$-])(?:\d{1,6}|[ivxlc]{1,8}|[IVXLC]{1,8})(?![\w,/%-]|\.\d)")
_PAGE_WORD = re.compile(r"(?:page|p\.)\s*$", re.IGNORECASE)
_OF_COUNT = re.compile(r"\W{0,20}(?:of|/)\s{0,9}\d{1,6}\W{0,20}", re.IGNORECASE)
# Words whose number is that of a part of the report.
LABEL = re.compile(
    r"(?<!\w)(?:annexe?|appendix|area|box|case(?: (?:study|example|summary))?|chapter|chart|domain|example|exhibit|"
    r"figure|finding|graph|lesson|map|module|objective|outcome|part|phase|photo|plate|principle|priority|question|quarter|"
    r"recommendation|schedule|section|sheet|site|stage|standard|step|story|strand|table|theme|unit|volume|vol\.|week|"
    r"year)\W{0,9}$",
    re.IGNORECASE,
)
_SEPARATORS = "|•·–—/:-"
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

    ``shift`` is its value less the page's place in the file. ``bare`` says that the line holds nothing else. ``words``
    are the edge and the other words of its line, ``first`` says that the number stands before them. ``standing`` says
    when the number is surely the page's: always, where its words are on another page too, where on another page they
    are on its other side (as on left and right pages), or never by itself.
    """

    page: int
    position: int
    text: str
    roman: bool
    shift: int
    bare: bool
    words: tuple[bool, str]
    first: bool
    standing: Literal["sure", "if repeated", "if mirrored", "with others"]


def find_running(pages: Sequence[PdfPage], body_size: float) -> Running:
    """Find the running lines and printed numbers of a document whose body is set in type of ``body_size`` points."""
    edges = {(page.number, top): _edge_lines(page, top=top) for page in pages for top in (True, False)}
    headings = {
        (page.number, position)
        for page in pages
        for position, line in edges[page.number, True]
        if _looks_like_heading(line, body_size)
    }
    candidates = [
        candidate
        for page in pages
        for top in (True, False)
        for candidate in _candidates(page, edges[page.number, top], top=top, body_size=body_size)
    ]
    chosen = _choose(candidates)
    running = _repeated(edges, chosen, pages=len(pages))
    with_number = {(number, candidate.position) for number, candidate in chosen.items()}
    running -= headings - with_number - _over_text(pages, headings & running)
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


def _looks_like_heading(line: Line, body_size: float) -> bool:
    return line.size >= 1.12 * body_size or (line.bold and line.size >= body_size - 0.5)


def _over_text(pages: Sequence[PdfPage], lines: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of ``lines`` whose words are no heading.

    They stand on every page, or somewhere over the rest of a sentence.
    """
    places: dict[str, set[int]] = defaultdict(set)
    over: set[str] = set()
    for number, position in lines:
        page, line = pages[number - 1], pages[number - 1].lines[position]
        places[line.text].add(number)
        below = [each for each in page.lines if each.baseline < line.baseline - 0.5 * line.size]
        if below and max(below, key=lambda each: each.baseline).text[0].islower():
            over.add(line.text)
    over.update(text for text, on in places.items() if len(on) == len(pages) > 2)
    return {(number, position) for number, position in lines if pages[number - 1].lines[position].text in over}


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


def _candidates(
    page: PdfPage, lines: Sequence[tuple[int, Line]], *, top: bool, body_size: float
) -> Iterator[_Candidate]:
    for position, line in lines:
        if len(line.text) > _LONGEST:
            continue
        before, after = _beside(line, page.lines)
        bare = bool(_ONLY_NUMBER.fullmatch(before + line.text + after))
        for match in _NUMBER.finditer(line.text):
            text = match.group()
            value = int(text) if text.isdigit() else _roman_value(text)
            left, right = before + line.text[: match.start()], line.text[match.end() :] + after
            count = _OF_COUNT.match(right)
            right = right[count.end() :] if count else right
            if value and (count or _PAGE_WORD.search(left) or not left.strip() or not right.strip()):
                yield _Candidate(
                    page=page.number,
                    position=position,
                    text=text,
                    roman=not text.isdigit(),
                    shift=value - page.number,
                    bare=bare,
                    words=(top, f"{left.strip()} {right.strip()}".casefold().strip()),
                    first=not left.strip(),
                    standing=_standing(
                        line, left, right, top=top, bare=bare, body_size=body_size, apart=_is_apart(line, match)
                    ),
                )


def _standing(
    line: Line, left: str, right: str, *, top: bool, bare: bool, body_size: float, apart: bool
) -> Literal["sure", "if repeated", "if mirrored", "with others"]:
    """Return when a number with the words ``left`` and ``right`` of it is the page's.

    See ``_Candidate``.
    """
    heads = top and line.size >= 1.12 * body_size
    if _PAGE_WORD.search(left):
        return "sure"
    if bare:
        return "with others" if heads else "sure"
    is_note = not left.strip() and re.search(r"[.;:,!?]$", right.rstrip())
    is_label = not apart and (LABEL.search(left) or (top and line.size > 0.95 * body_size))
    if heads or is_note or is_label:
        return "if mirrored"
    return "sure" if not top and left.strip() and line.size <= 0.95 * body_size else "if repeated"


def _beside(line: Line, lines: Sequence[Line]) -> tuple[str, str]:
    """Return the words that stand close before and close after ``line`` on the same printed line."""
    before = after = ""
    for other in lines:
        if other is not line and abs(other.baseline - line.baseline) < 0.6 * line.size and not other.turned:
            if 0 <= line.left - other.right < 1.5 * line.size:
                before = f"{other.text} "
            elif 0 <= other.left - line.right < 2.5 * line.size:
                after = f" {other.text}"
    return before, after


def _is_apart(line: Line, match: re.Match[str]) -> bool:
    """Tell whether a wide gap or a separator lies between a number and the words beside it."""
    left, right = line.text[: match.start()].rstrip(), line.text[match.end() :].lstrip()
    if left:
        return left[-1] in _SEPARATORS or line.boxes[match.start()][0] - line.boxes[len(left) - 1][2] > line.size
    following = len(line.text) - len(right)
    return not right or right[0] in _SEPARATORS or line.boxes[following][0] - line.boxes[match.end() - 1][2] > line.size


def _choose(candidates: Sequence[_Candidate]) -> dict[int, _Candidate]:
    """Choose for each page the candidate with which most pages near it agree.

    At least two must agree, and one of them be sure. Of equals one that is sure, then one that stands alone on its
    line, is chosen.
    """
    repeated = Counter(words for _, words in {(each.page, each.words) for each in candidates})
    sides: dict[tuple[bool, str], set[bool]] = defaultdict(set)
    for each in candidates:
        sides[each.words].add(each.first)
    possible = [each for each in candidates if each.standing != "if mirrored" or len(sides[each.words]) > 1]
    pages_of: dict[tuple[bool, int], set[int]] = defaultdict(set)
    sure_of: dict[tuple[bool, int], set[int]] = defaultdict(set)
    is_sure: list[bool] = []
    for each in possible:
        is_sure.append(each.standing != "with others" and (each.standing != "if repeated" or repeated[each.words] > 1))
        pages_of[each.roman, each.shift].add(each.page)
        if is_sure[-1]:
            sure_of[each.roman, each.shift].add(each.page)
    best: dict[int, tuple[tuple[int, bool, bool], _Candidate]] = {}
    for each, sure in zip(possible, is_sure, strict=True):
        near = range(each.page - _NEIGHBOURHOOD, each.page + _NEIGHBOURHOOD + 1)
        agreeing = pages_of[each.roman, each.shift].intersection(near)
        rank = len(agreeing), sure, each.bare
        is_page_number = len(agreeing) >= 2 and not sure_of[each.roman, each.shift].isdisjoint(near)
        if is_page_number and (each.page not in best or rank > best[each.page][0]):
            best[each.page] = rank, each
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
                # On left pages it stands before the words, on right ones after them.
                text = "# " + re.sub(rf"(?<!\w){chosen[number].text}(?!\w)", "", text).strip()
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
