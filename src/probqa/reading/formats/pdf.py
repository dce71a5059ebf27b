"""The reader of PDF: paragraphs, headings, items and table rows with their pages, and what was left out.

In: the bytes of a PDF. Out: a ``Reading``. Runs in the worker only (see ``sandbox``).

Lines are joined into paragraphs by their spacing, indent and type, and by whether the next word would have fitted on
the line before. Where a paragraph goes on over a page's end, the notes at the foot of that page are put before it.
Headings come from the outline, from larger type and from lines set in bold.

Where a program is given for it, the words of pages that are pictures are recognised (see ``recognition``).
"""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

from probqa.dates import MONTHS, YEAR
from probqa.errors import ReadingError
from probqa.reading.assembly import PageStart, Piece, Reading
from probqa.reading.formats.grids import Row, take_rows
from probqa.reading.formats.pdfium import Bookmark, Line, PdfFile, PdfPage
from probqa.reading.formats.printed import Printed, ours, tidied_line
from probqa.reading.formats.recognised_words import certainties
from probqa.reading.formats.recognition import LEAST_FOR_A_LINE, LEAST_FOR_A_PAGE, Program, Recognition, recognise
from probqa.reading.formats.repairs import HYPHENS, join_lines, tidy
from probqa.reading.formats.running_lines import LABEL, find_running
from probqa.reading.formats.watermarks import find_watermarks
from probqa.records import FROM_PAGE_1, RECOGNISED, BlockKind, PageLayer, Removal

VERSION = "pdf 5"

_BULLET = re.compile(r"[•●▪▫◦‣·◼■□○◆➢➤✓✔–—\uf000-\uf0ff-](?:\s+|$)")
_NUMBERED = re.compile(r"(?:\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]|\d{1,2}(?:\.\d{1,3}){1,3}\.?)\s+(?=\S)")
_PLAIN_HYPHENS = dict.fromkeys(map(ord, HYPHENS), "-")
_NOTE_MARK = re.compile(r"[⁰¹²³⁴-⁹]++(?=[^\W\d_])")
_LINE_END_HYPHENS = (*HYPHENS, "\u00ad")
_UNFINISHED = re.compile(r"[^.!?:;…]$")
_MAX_HEADING_CHARACTERS = 160
# A page with a full-page picture counts as read only with this many characters: a stamp on a scan is not its text.
_STAMP_CHARACTERS = 200
# A page takes some seconds to be recognised, and the worker has half an hour.
_MAX_RECOGNISED = 300


@dataclass(slots=True)
class _Paragraph:
    """Lines that belong together, each with the number of its page."""

    kind: BlockKind
    lines: list[tuple[int, Line]] = field(default_factory=list)
    row: Printed | None = None
    page: int = 0
    level: int = 0

    @property
    def last(self) -> Line:
        return self.lines[-1][1]

    @property
    def first(self) -> Line:
        return self.lines[0][1]

    def style(self) -> tuple[float, bool]:
        return _half(self.first.size), all(line.bold for _, line in self.lines)


class _Mender:
    """Joins lines, and keeps what it removed: the words whose hyphen at a line's end was taken out."""

    def __init__(self, vocabulary: Collection[str]) -> None:
        self.removals: list[Removal] = []
        self._in_cells: dict[Removal, None] = {}
        self._vocabulary = vocabulary

    def join(self, before: str, after: str, page: int, *, in_cell: bool = False) -> str:
        joined = join_lines(before, after, self._vocabulary)
        if before and len(joined) < len(before) + len(after):
            removal = Removal("line-break hyphen", before.rsplit(maxsplit=1)[-1], 1, page)
            if in_cell:
                self._in_cells[removal] = None
            else:
                self.removals.append(removal)
        return joined

    def all_removals(self) -> list[Removal]:
        """Return those of paragraphs, and those of cells once.

        A cell is read more than once where it spans rows, or where its table turns out to be none.
        """
        return self.removals + [removal for removal in self._in_cells if removal not in set(self.removals)]


@dataclass(frozen=True, slots=True)
class ReadPdf:
    """A PDF that was read: the file, its pages, the reading, and where each of its pieces is printed."""

    file: PdfFile
    pages: list[PdfPage]
    reading: Reading
    printed: list[Printed]


def read_pdf(content: bytes, program: Program | None = None) -> Reading:
    """Read a PDF, the pages that are pictures with the ``program`` where there is one.

    Raises:
        ReadingError: it cannot be opened, no page of it has text, or the program failed.
    """
    return read_printed(content, program).reading


def read_printed(content: bytes, program: Program | None = None) -> ReadPdf:
    """Read a PDF as ``read_pdf`` does, and say where the text is printed.

    Raises:
        ReadingError: as ``read_pdf``.
    """
    file = PdfFile(content)
    pages, watermarks = _without_watermarks(list(file.read_pages()))
    recognised: dict[int, Recognition] = {}
    if program:
        pages, recognised, left_out = _recognised(file, pages, program)
        watermarks += left_out
    removals = [
        Removal(reason, tidy(text), len(text), page.number)
        for page in pages
        for reason, texts in (
            ("hidden text", page.hidden),
            ("watermark", page.watermarks),
            ("comment", page.notes),
            ("signs without known characters", page.illegible),
        )
        for text in texts
    ]
    removals += watermarks
    mender = _Mender(_vocabulary(pages))
    leading = _leading(pages)
    body_size = _body_size(pages)
    running = find_running(pages, body_size)
    layers: dict[int, PageLayer] = {}
    paragraphs: list[_Paragraph] = []
    for page in pages:
        kept: list[Line] = []
        for position, line in enumerate(page.lines):
            reason = running.reasons.get((page.number, position))
            if reason:
                removals.append(Removal(reason, line.text, len(line.text), page.number))
            else:
                kept.append(line)
        layers[page.number] = _layer(page, kept)
        items = [
            item
            for _, item in take_rows(kept, page.rules, page.box, partial(mender.join, page=page.number, in_cell=True))
        ]
        on_page = _side_headings_first(_paragraphs(page.number, items, leading))
        _add_page(paragraphs, on_page, body_size)
    if not {"text", "recognised"} & {*layers.values()}:
        count = f"all {len(pages)} pages are" if len(pages) > 1 else "its only page is"
        if program:
            tried = next(
                (each.reason for each in removals if each.reason.startswith("page recognised")), "no words in it"
            )
            raise ReadingError(f"holds no text to read: {count} a picture; {tried}", "scan it anew at 300 dpi")
        raise ReadingError(f"holds no text to read: {count} a picture or blank", "give it a text layer first")
    _set_headings(paragraphs, file.outline(), body_size)
    pieces, starts, printed = _pieces(paragraphs, mender)
    removals += mender.all_removals()
    page_starts = _page_starts(starts, len(pieces), running.printed, layers)
    page_starts = certainties(page_starts, pieces, recognised)
    removals.sort(key=lambda removal: removal.page)
    metadata = _metadata(file, pieces, page_starts, paragraphs, body_size, removals)
    if "published" in metadata and recognised.keys() & {1, 2, 3}:
        metadata.setdefault("published_note", f"read from a scan: {RECOGNISED}")
    return ReadPdf(file, pages, Reading(pieces, removals, page_starts, metadata), printed)


def _recognised(
    file: PdfFile, pages: Sequence[PdfPage], program: Program
) -> tuple[list[PdfPage], dict[int, Recognition], list[Removal]]:
    """Recognise the pages that are pictures.

    Returns:
        All pages; what was recognised, by page number; what is left out: pages and lines of which the program is not
        sure, and the stamps that stand on a page as text, since they are in its picture as well.
    """
    running = find_running(pages, _body_size(pages)).reasons
    kept = {
        page.number: [line for at, line in enumerate(page.lines) if (page.number, at) not in running] for page in pages
    }
    pictures = [page.number for page in pages if _layer(page, kept[page.number]) == "image"]
    if len(pictures) > _MAX_RECOGNISED:
        problem = f"has {len(pictures)} pages to recognise, more than {_MAX_RECOGNISED}"
        raise ReadingError(problem, "split it into smaller files")
    read: dict[int, Recognition] = {}
    replaced = {page.number: page for page in pages}
    removals: list[Removal] = []
    for number in pictures:
        try:
            found = recognise(partial(file.picture, number), program)
        except ReadingError as error:
            raise ReadingError(f"page {number} {error.problem}", error.remedy) from error
        if found is None:
            continue
        left_out = found.unsure
        reason = f"line recognised with less than {LEAST_FOR_A_LINE}% certainty"
        if found.is_sure:
            read[number] = found
            removals += [
                Removal("text on a page that was recognised", line.text[:80], len(line.text), number)
                for line in replaced[number].lines
            ]
            lines = [each.line for each in found.lines]
            box = (0.0, 0.0, found.width, found.height)
            replaced[number] = replace(
                replaced[number], box=box, lines=lines, rules=[], image_share=0.0, layer="recognised"
            )
        else:
            left_out = (*found.lines, *found.unsure)
            reason = f"page recognised with {found.certainty:.0f}% certainty, less than {LEAST_FOR_A_PAGE}%"
        if left_out:
            text = " ".join(each.line.text for each in left_out)
            removals.append(Removal(reason, text[:80], len(text), number))
    return list(replaced.values()), read, removals


# --- what is usual in the document


def _half(size: float) -> float:
    return round(2 * size) / 2


def _body_size(pages: Iterable[PdfPage]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[_half(line.size)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _leading(pages: Iterable[PdfPage]) -> dict[float, float]:
    """Return the usual distance between lines of one paragraph, by type size (both in points)."""
    steps: dict[float, list[float]] = defaultdict(list)
    for page in pages:
        for above, below in pairwise(page.lines):
            step = above.baseline - below.baseline
            if _half(above.size) == _half(below.size) and 0.8 * above.size < step < 2.2 * above.size:
                steps[_half(above.size)].append(step)
    return {size: statistics.median_low(distances) for size, distances in steps.items()}


def _vocabulary(pages: Iterable[PdfPage]) -> frozenset[str]:
    """Collect the document's words in small letters, but for those a line end may have cut."""
    vocabulary: set[str] = set()
    for page in pages:
        for line in page.lines:
            text = line.text.lower().translate(_PLAIN_HYPHENS)
            words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)
            vocabulary.update(words[:-1] if text.endswith(("-", "\u00ad")) else words)
    return frozenset(vocabulary)


def _without_watermarks(pages: Sequence[PdfPage]) -> tuple[list[PdfPage], list[Removal]]:
    marks = find_watermarks(pages, _body_size(pages))
    kept = [
        replace(page, lines=[line for position, line in enumerate(page.lines) if (page.number, position) not in marks])
        for page in pages
    ]
    removed = ((number, pages[number - 1].lines[position].text) for number, position in sorted(marks))
    return kept, [Removal("watermark", text, len(text), number) for number, text in removed]


def _layer(page: PdfPage, kept: Sequence[Line]) -> PageLayer:
    if page.layer == "text" and page.image_share > 0.6 and sum(len(line.text) for line in kept) < _STAMP_CHARACTERS:
        return "image"
    return page.layer


# --- lines to paragraphs


def _paragraphs(number: int, items: Sequence[Line | Row], leading: dict[float, float]) -> list[_Paragraph]:
    rights = _column_rights([item for item in items if isinstance(item, Line)])
    paragraphs: list[_Paragraph] = []
    for item in items:
        if isinstance(item, Row):
            paragraphs.append(_Paragraph("row", row=item.printed, page=number))
        elif _is_figures(item.text):
            paragraphs.append(_Paragraph("row", [(number, item)], page=number))
        elif paragraphs and paragraphs[-1].kind != "row" and _goes_on(paragraphs[-1], item, leading, rights):
            paragraphs[-1].lines.append((number, item))
        else:
            paragraphs.append(
                _Paragraph("item" if _opens_item(item.text) else "paragraph", [(number, item)], page=number)
            )
    return paragraphs


def _is_figures(text: str) -> bool:
    """Tell whether a line is a label followed by figures.

    Such a line is a row of a table without rules, and must not be joined to the next line.
    """
    figures = [bool(re.fullmatch(r"[(£$€+−–-]*\d[\d,.]*[%)*]*", word)) for word in text.split()]
    first = figures.index(True) if True in figures else 0
    return all(figures[first:]) and sum(figures) >= (3 if first else 4)


def _column_rights(lines: Sequence[Line]) -> dict[int, float]:
    """Return how far to the right lines reach, by the left edge they start near, in steps of 24 points."""
    reach: dict[int, float] = defaultdict(float)
    for line in lines:
        step = int(line.left // 24)
        for near in (step - 1, step, step + 1):
            reach[near] = max(reach[near], line.right)
    return reach


def _opens_item(text: str) -> bool:
    return bool(_BULLET.match(text) or _NUMBERED.match(text))


def _goes_on(paragraph: _Paragraph, line: Line, leading: dict[float, float], rights: dict[int, float]) -> bool:
    """Tell whether ``line`` continues the paragraph whose last line stands before it on the same page."""
    last, first = paragraph.last, paragraph.first
    if last.turned != line.turned or abs(last.size - line.size) > 0.08 * max(last.size, line.size):
        return False
    if _opens_item(line.text) and not (last.text.endswith(_LINE_END_HYPHENS) or _is_mid_sentence(last.text, line.text)):
        return False
    step = last.baseline - line.baseline
    if abs(step) < 0.3 * line.size:
        return line.left >= last.right - 1 and line.left - last.right < 3 * line.size
    usual = leading.get(_half(line.size), 1.25 * line.size)
    if step < 0 or abs(line.left - last.left) > 0.5 * max(1.0, rights[int(last.left // 24)] - last.left):
        # The next column, or the other side of a picture: a paragraph goes on there only in the middle of a sentence.
        return _is_mid_sentence(last.text, line.text) and last.bold == line.bold
    if step > 1.25 * usual or (last.bold != line.bold and not _is_mid_sentence(last.text, line.text)):
        return False
    if (
        len(paragraph.lines) == 1
        and last.bold != line.bold
        and last.right < rights[int(last.left // 24)] - 4 * line.size
    ):
        return False
    if (
        paragraph.kind == "item"
        and line.left < first.left + 2
        and len(paragraph.lines) > 1
        and last.left > first.left + 4
    ):
        return False
    # Where the first word would have fitted on the line before, the new line was started on purpose.
    word = line.text.split(maxsplit=1)[0]
    width = (line.right - line.left) * (len(word) + 1) / len(line.text)
    fits = last.right + width + 0.3 * line.size < rights[int(last.left // 24)]
    if fits and (not line.text[0].islower()) and not (first.bold and last.bold and line.bold):
        return False
    return not (
        line.left > last.left + 0.9 * line.size and len(paragraph.lines) > 1 and not _UNFINISHED.search(last.text)
    )


def _is_mid_sentence(before: str, after: str) -> bool:
    return bool(_UNFINISHED.search(before)) and (after[0].islower() or before.endswith((*_LINE_END_HYPHENS, ",")))


def _side_headings_first(paragraphs: list[_Paragraph]) -> list[_Paragraph]:
    """Move a heading in the left margin before the paragraph it stands beside.

    Many files hold it after that paragraph.
    """
    placed: list[_Paragraph] = []
    for paragraph in paragraphs:
        position = len(placed)
        if paragraph.kind == "paragraph" and len(_plain_text(paragraph)) <= _MAX_HEADING_CHARACTERS:
            right = max(line.right for _, line in paragraph.lines)
            height = paragraph.first.baseline + 1.5 * paragraph.first.size
            for earlier, other in enumerate(placed):
                if (
                    other.lines
                    and other.first.left >= right
                    and other.first.baseline <= height
                    and _stands_out(paragraph.first, other.first)
                ):
                    position = earlier
                    break
        placed.insert(position, paragraph)
    return placed


def _stands_out(line: Line, other: Line) -> bool:
    return line.size > 1.05 * other.size or (line.bold and not other.bold and line.size >= other.size)


def _add_page(paragraphs: list[_Paragraph], on_page: list[_Paragraph], body_size: float) -> None:
    """Add a page's paragraphs to those of the pages before.

    The page's first body text may continue the last paragraph of the page before. So that it can, the notes of a page
    are put before its last paragraph where that one is unfinished.
    """
    notes = _notes(on_page, body_size)
    body = [paragraph for paragraph in on_page if not any(paragraph is note for note in notes)]
    if body and paragraphs and (before := paragraphs[-1]).kind != "row" and _goes_over(before, body[0]):
        before.lines += body.pop(0).lines
    if body and body[-1].kind != "row" and _UNFINISHED.search(body[-1].last.text):
        body[-1:-1] = notes
    else:
        body += notes
    paragraphs += body


def _notes(on_page: Sequence[_Paragraph], body_size: float) -> list[_Paragraph]:
    """Return the paragraphs in small type at the foot of a page."""
    notes: list[_Paragraph] = []
    for paragraph in reversed(on_page):
        if not paragraph.lines or paragraph.first.size > body_size - 0.9:
            break
        notes.insert(0, paragraph)
    body = [paragraph for paragraph in on_page if not any(paragraph is note for note in notes)]
    return notes if body and notes else []


def _goes_over(before: _Paragraph, after: _Paragraph) -> bool:
    if after.kind != "paragraph" or not _UNFINISHED.search(before.last.text):
        return False
    line = after.first
    if abs(before.last.size - line.size) > 0.08 * line.size or before.last.bold != line.bold or line.bold:
        return False
    widest = max(each.right for _, each in before.lines[-40:])
    is_full = len(before.lines) > 1 and before.last.right > 0.85 * widest
    return line.text[0].islower() or is_full


# --- headings


def _set_headings(paragraphs: Sequence[_Paragraph], outline: Sequence[Bookmark], body_size: float) -> None:
    """Make headings, with their levels, of what the outline names, of larger type and of short bold lines."""
    named = {(bookmark.page, _key(bookmark.title)): bookmark.level for bookmark in outline}
    anywhere = {_key(bookmark.title): bookmark.level for bookmark in outline if len(bookmark.title) > 8}
    depths: dict[tuple[float, bool], Counter[int]] = defaultdict(Counter)
    headings: list[tuple[_Paragraph, int]] = []
    for number, paragraph in enumerate(paragraphs):
        if not paragraph.lines or paragraph.kind == "row" or paragraph.first.turned:
            continue
        text = _plain_text(paragraph)
        key = _key(text)
        depth = named.get((paragraph.page, key)) or anywhere.get(key, 0)
        if depth and len(text) <= 2 * _MAX_HEADING_CHARACTERS:
            depths[paragraph.style()][depth] += 1
            headings.append((paragraph, depth))
        elif _looks_like_heading(paragraph, text, body_size) and number + 1 < len(paragraphs):
            headings.append((paragraph, 0))
    levels: dict[tuple[float, bool], int] = {}
    above = 0
    for style in sorted({paragraph.style() for paragraph, _ in headings}, reverse=True):
        above = min(6, depths[style].most_common(1)[0][0] if depths[style] else above + 1)
        levels[style] = above
    if len(headings) == len(paragraphs):
        # With nothing below them they are no headings but the text itself.
        return
    for paragraph, depth in headings:
        paragraph.kind = "heading"
        paragraph.level = min(6, depth or levels[paragraph.style()])


def _looks_like_heading(paragraph: _Paragraph, text: str, body_size: float) -> bool:
    if (
        len(text) > _MAX_HEADING_CHARACTERS
        or text.endswith((".", ";", ",", ":"))
        or not re.search(r"[^\W\d_]{2}", text)
    ):
        return False
    if _BULLET.match(text) or re.search(r"(\. ?){4}", text):
        return False
    if (number := re.search(r"\s\d+$", text)) and not LABEL.search(text[: number.start()]):
        # A line of the table of contents.
        return False
    size, bold = paragraph.style()
    return size >= 1.12 * body_size or (bold and size >= body_size - 0.5)


def _key(text: str) -> str:
    return re.sub(r"[\W_⁰¹²³⁴-⁹]+", "", re.sub(r"^[\d.]+\s", "", text)).casefold()


def _plain_text(paragraph: _Paragraph) -> str:
    return tidy(" ".join(line.text for _, line in paragraph.lines))


# --- pieces


def _pieces(
    paragraphs: Sequence[_Paragraph], mender: _Mender
) -> tuple[list[Piece], dict[int, tuple[int, int]], list[Printed]]:
    """Make the pieces of a document.

    Returns:
        The pieces; by page number the piece and the offset in it where the page's first text starts; and where the
        characters of each piece are printed.
    """
    pieces: list[Piece] = []
    printed: list[Printed] = []
    starts: dict[int, tuple[int, int]] = {}
    for paragraph in paragraphs:
        if paragraph.row:
            starts.setdefault(paragraph.page, (len(pieces), 0))
            pieces.append(Piece("row", paragraph.row.text))
            printed.append(paragraph.row)
            continue
        written = Printed()
        marks: list[tuple[int, int]] = []
        for page, line in paragraph.lines:
            words = _words_of(line, first=not written.text, item=paragraph.kind == "item")
            if not words.text.strip("\u00ad"):
                continue
            written.join(words, partial(mender.join, page=page))
            marks.append((page, len(written.text) - len(words.text)))
        text = written.text.rstrip("\u00ad")
        if not text:
            continue
        for page, offset in marks:
            starts.setdefault(page, (len(pieces), offset))
        pieces.append(Piece(paragraph.kind, text, paragraph.level))
        printed.append(written.part(0, len(text)))
    return pieces, starts, printed


def _words_of(line: Line, *, first: bool, item: bool) -> Printed:
    words = Printed.of(line)
    if first:
        if item and (bullet := _BULLET.match(words.text)):
            words = words.part(bullet.end())
        if note := _NOTE_MARK.match(words.text):
            mark, words = words.part(0, note.end()), words.part(note.end())
            mark.add(ours(" "))
            mark.add(words)
            words = mark
    return tidied_line(words)


def _page_starts(
    starts: dict[int, tuple[int, int]], pieces: int, printed: dict[int, str], layers: dict[int, PageLayer]
) -> list[PageStart]:
    """Return where each page starts.

    A page without text starts where the next page does.
    """
    page_starts: list[PageStart] = []
    after = (pieces, 0)
    for number in sorted(layers, reverse=True):
        after = starts.get(number, after)
        page_starts.append(PageStart(*after, number, printed.get(number, ""), layers[number]))
    return page_starts[::-1]


# --- what the file says of itself

_DATE = rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+)?({'|'.join(MONTHS)}),?\s+({YEAR})"
# A line of the imprint ("Published: 3 May 2017", "This report was published in May 2017."), not a sentence of the text.
_PUBLISHED = re.compile(
    rf"(?:(?:this|the|an?|inspection|report|document|date|first|was|is|of|on)\s+){{0,6}}publi(?:shed|cation)(?:\s+date)?"
    rf"(?:\s+(?:on|in))?\s?:?\s{{0,3}}{_DATE}\.?",
    re.IGNORECASE,
)
_PUBLISHED_LABEL = re.compile(rf"(?:\b([a-z]+)\s)?(?:report\s)?published\s?:\s?{_DATE}\b", re.IGNORECASE)
_ANOTHER_REPORT = re.compile(r"last|latest|previous|earlier|next|prior|first", re.IGNORECASE)
_ONLY_DATE = re.compile(_DATE, re.IGNORECASE)
# A report in the form of a letter is not called what the letter opens with.
_SALUTATION = re.compile(r"Dear\b")
_DATE_NOTE = "the day the PDF file was made"
_FRONT_DATE_NOTE = f"{FROM_PAGE_1}: it does not say what the date is of"


def _metadata(
    file: PdfFile,
    pieces: Sequence[Piece],
    starts: Sequence[PageStart],
    paragraphs: Sequence[_Paragraph],
    body_size: float,
    removals: Sequence[Removal],
) -> dict[str, str]:
    """Return title, publisher and date, each only as far as the pages bear it out.

    The title entry of a PDF is often that of a draft, a template or the last report, so it is taken only where its
    words stand together in the title on the first page; where nothing there is set as a title, in its text. The author
    entry is taken as the publisher only where the first pages name it.
    """
    front = [piece.text for piece in pieces[: starts[3].piece if len(starts) > 3 else len(pieces)]]
    cover = [piece.text for piece in pieces[: starts[1].piece + 1 if len(starts) > 1 else len(pieces)]]
    metadata: dict[str, str] = {}
    title = tidy(file.metadata("Title"))
    printed = _largest_type(paragraphs, body_size)
    heads = [each.text for each in removals if each.reason == "running header" and each.page == 1]
    if len(_words(title).split()) >= 3 and f" {_words(title)} " in f" {_words(printed or ' '.join([*heads, *cover]))} ":
        metadata["title"] = title
    elif printed:
        metadata["title"] = printed
    author = tidy(file.metadata("Author").split(",")[0])
    if 3 <= len(author) <= 100 and author.casefold() in " ".join(front).casefold():
        metadata["publisher"] = author
    return metadata | _published(front, cover, file.metadata("CreationDate"))


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _published(front: Sequence[str], cover: Sequence[str], made: str) -> dict[str, str]:
    """Return the date of publication, with a note where the pages do not name it so.

    It is the one that a line of the first pages gives as that of publication; else the only date that stands by itself
    on the first page; else the day the file was made.
    """
    for text in front:
        label = _PUBLISHED_LABEL.search(text)
        if label and not _ANOTHER_REPORT.fullmatch(label[1] or ""):
            return {"published": _iso(*label.groups()[1:])}
        if stated := _PUBLISHED.fullmatch(text):
            return {"published": _iso(*stated.groups())}
    alone = {_iso(*match.groups()) for text in cover if (match := _ONLY_DATE.fullmatch(text))}
    if len(alone) == 1:
        return {"published": alone.pop(), "published_note": _FRONT_DATE_NOTE}
    day = re.match(rf"D:({YEAR})(\d\d)?(\d\d)?", made)
    return {"published": "-".join(filter(None, day.groups())), "published_note": _DATE_NOTE} if day else {}


def _iso(day: str | None, month: str, year: str) -> str:
    number = [name.casefold() for name in MONTHS].index(month.casefold()) + 1
    return f"{year}-{number:02}" + (f"-{int(day):02}" if day else "")


def _largest_type(paragraphs: Sequence[_Paragraph], body_size: float) -> str:
    """Return the words in the largest type on the first page that has any text.

    Its first heading where that type is not larger than the body's.
    """
    first = next((paragraph.page for paragraph in paragraphs if paragraph.lines), 0)
    front = [each for each in paragraphs if each.lines and each.page == first and not each.first.turned]
    front = [each for each in front if not _SALUTATION.match(_plain_text(each))]
    if not front:
        return ""
    largest = max(range(len(front)), key=lambda index: (_half(front[index].first.size), -index))
    size = _half(front[largest].first.size)
    heading = next((_plain_text(each) for each in front if each.kind == "heading"), "")
    if size <= 1.1 * body_size:
        return heading
    words: list[str] = []
    for paragraph in front[largest : largest + 4]:
        is_body = paragraph.first.size <= 1.1 * body_size
        if _half(paragraph.first.size) != size and (is_body or len(" ".join(words).split()) >= 3):
            break
        words.append(_plain_text(paragraph))
    title = tidy(" ".join(words)).rstrip("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return title if len(title) <= 200 and re.search(r"[^\W\d_]{3}", title) else heading
