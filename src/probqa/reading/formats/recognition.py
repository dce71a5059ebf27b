"""The lines of text that Tesseract recognises in the picture of a page.

In: grey pictures of one page, as it lies and turned, and the program. Out: ``Recognition`` records: lines, and how sure
the program is of each word. Runs in the worker only (see ``sandbox``), and starts the only program that a worker may.

The program is given the picture on its standard input and answers on its standard output: no name of a file or address
reaches it, it can write no file and open no socket (see ``worker``). Its hOCR is asked for because that has the size of
the type and the baseline of each line, which headings and paragraphs are found by.
"""

from __future__ import annotations

import re
import statistics
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from probqa.errors import ReadingError
from probqa.reading.formats.pdfium import Line, Picture
from probqa.reading.formats.repairs import tidy
from probqa.reading.formats.runs import Box

# A page of which the program is less sure in the mean, in per cent, is left out, and so is a single line. Measured with
# benchmarks/recognition.py (docs/readers.md): above the first, each page had 9 of 10 words right or more; below the
# second, 1 line in 16 had.
LEAST_FOR_A_PAGE = 85
LEAST_FOR_A_LINE = 70
_SECONDS_A_PAGE = 90
_POINTS = 72
# What a bullet is taken for. None of them stands before a space at the start of a line for another reason.
_BULLETS = frozenset("¢®«°")
_LINE_KINDS = frozenset(("ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"))
_BOX = re.compile(r"bbox (\d{1,6}) (\d{1,6}) (\d{1,6}) (\d{1,6})")
_BASELINE = re.compile(r"baseline (-?\d{1,6}(?:\.\d{1,9})?) (-?\d{1,6}(?:\.\d{1,9})?)")
_SIZE = re.compile(r"x_size (\d{1,6})")
_CERTAINTY = re.compile(r"x_wconf (\d{1,3})")
_TURN = re.compile(r"^Rotate: (90|180|270)$", re.MULTILINE)
_NO_LANGUAGE = re.compile(r"Failed loading language '([A-Za-z_]{1,60})'")

TakePicture = Callable[[int], Picture | None]


@dataclass(frozen=True, slots=True)
class Program:
    """Tesseract: its absolute path, and the names of the languages to recognise ("eng+cym")."""

    path: str
    languages: str


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """A line, and how sure the program is of each of its words, in per cent."""

    line: Line
    words: tuple[tuple[str, int], ...]

    @property
    def certainty(self) -> float:
        """Return the mean over the characters."""
        return _mean([self])


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was recognised of one page, in reading order.

    ``unsure`` are lines that are left out. ``width`` and ``height`` are those of the page in points, turned as it is
    read.
    """

    lines: tuple[RecognisedLine, ...]
    unsure: tuple[RecognisedLine, ...]
    certainty: float
    width: float
    height: float

    @property
    def is_sure(self) -> bool:
        """Tell whether the page may be kept."""
        return bool(self.lines) and self.certainty >= LEAST_FOR_A_PAGE


def recognise(take: TakePicture, program: Program) -> Recognition | None:
    """Recognise a page.

    ``take`` gives its picture after so many quarter turns to the right. A page that reads badly as it lies is read as
    Tesseract says that it stands. None where the page has no picture or no words.

    Raises:
        ReadingError: the program failed, took too long, or lacks the data of a language.
    """
    picture = take(0)
    if picture is None:
        return None
    lines = _lines(_run(program, picture, "3", "hocr"), picture)
    if _mean(lines) < LEAST_FOR_A_PAGE or _on_its_side(lines):
        turned = _turned(take, program, picture)
        if turned is not None and (_on_its_side(lines) or _mean(turned[1]) > _mean(lines)):
            picture, lines = turned
    if not lines:
        return None
    lines = _with_body_type(lines)
    return Recognition(
        lines=tuple(line for line in lines if line.certainty >= LEAST_FOR_A_LINE),
        unsure=tuple(line for line in lines if line.certainty < LEAST_FOR_A_LINE),
        certainty=_mean(lines),
        width=picture.width * _POINTS / picture.dots,
        height=picture.height * _POINTS / picture.dots,
    )


def _turned(take: TakePicture, program: Program, picture: Picture) -> tuple[Picture, list[RecognisedLine]] | None:
    """Return the page as Tesseract says that it stands, if it says so."""
    try:
        says = _TURN.search(_run(replace(program, languages="osd"), picture, "0"))
    except ReadingError:
        # The data for this is not installed everywhere, and few words are too few for it.
        return None
    turned = take(int(says[1]) // 90) if says else None
    return (turned, _lines(_run(program, turned, "3", "hocr"), turned)) if turned else None


def _run(program: Program, picture: Picture, mode: str, *output: str) -> str:
    dots = str(min(2_400, max(70, round(picture.dots))))
    command = [program.path, "stdin", "stdout", "-l", program.languages, "--psm", mode, "--dpi", dots, *output]
    try:
        # The path is the one that the parent found, and the languages were checked.
        done = subprocess.run(  # noqa: S603
            command, input=picture.content, capture_output=True, timeout=_SECONDS_A_PAGE, check=False
        )
    except subprocess.TimeoutExpired as error:
        problem = f"took tesseract more than {_SECONDS_A_PAGE} seconds for one page"
        raise ReadingError(problem, "scan it anew at 300 dpi, or split it") from error
    except OSError as error:
        raise ReadingError(
            f"could not be recognised: {program.path} did not start ({error.strerror})", "install tesseract anew"
        ) from error
    if done.returncode == 0:
        return done.stdout.decode(errors="replace")
    said = done.stderr.decode(errors="replace")
    if lacks := _NO_LANGUAGE.search(said):
        raise ReadingError(
            f"could not be recognised: tesseract has no data for the language {lacks[1]!r}",
            f"install it (Debian: apt install tesseract-ocr-{lacks[1].replace('_', '-')}), or name others as ocr: in "
            "the sidecar; tesseract --list-langs lists what is there",
        )
    last = tidy(said).rsplit(". ", 1)[-1][-120:]
    raise ReadingError(
        f"could not be recognised: tesseract ended with status {done.returncode}{f' ({last})' if last else ''}",
        "try the page with tesseract itself, or scan it anew",
    )


def _lines(answer: str, picture: Picture) -> list[RecognisedLine]:
    """Return the lines of an hOCR page that hold a letter or digit."""
    if not answer.strip():
        return []
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    root = etree.fromstring(answer.encode(), parser)
    spans = root.iter("{*}span") if root is not None else ()
    return [line for span in spans if span.get("class") in _LINE_KINDS and (line := _line(span, picture))]


def _line(element: Any, picture: Picture) -> RecognisedLine | None:
    about = element.get("title", "")
    if not (place := _BOX.search(about)):
        return None
    scale = _POINTS / picture.dots
    left, _, right, bottom = map(int, place.groups())
    slope, offset = map(float, found.groups()) if (found := _BASELINE.search(about)) else (0.0, 0.0)
    # In the middle of the line, for a page that was laid down askew.
    baseline = picture.height - (bottom + offset + slope * (right - left) / 2)
    size = float(found[1]) if (found := _SIZE.search(about)) else 12 / scale
    words: list[tuple[str, int]] = []
    text = ""
    boxes: list[Box] = []
    for word in element.iter("{*}span"):
        box, sure = _BOX.search(word.get("title", "")), _CERTAINTY.search(word.get("title", ""))
        characters = tidy("".join(word.itertext()))
        if word.get("class") != "ocrx_word" or not box or not sure or not characters:
            continue
        start, end = int(box[1]) * scale, int(box[3]) * scale
        low, high = (picture.height - int(box[4])) * scale, (picture.height - int(box[2])) * scale
        if not text and characters in _BULLETS:
            characters = "•"
        if text:
            text += " "
            boxes.append((boxes[-1][2], low, start, high))
        step = (end - start) / len(characters)
        boxes += [(start + at * step, low, start + (at + 1) * step, high) for at in range(len(characters))]
        text += characters
        words += [(part, min(100, int(sure[1]))) for part in characters.split()]
    if not any(character.isalnum() for character in text):
        return None
    return RecognisedLine(
        Line(
            text=text,
            left=boxes[0][0],
            right=boxes[-1][2],
            baseline=baseline * scale,
            size=size * scale,
            bold=False,
            broken=text.endswith("-"),
            turned=False,
            boxes=tuple(boxes),
        ),
        tuple(words),
    )


def _mean(lines: list[RecognisedLine]) -> float:
    """Return how sure the program is in the mean over the characters, in per cent."""
    characters = sum(len(word) for line in lines for word, _ in line.words)
    return sum(len(word) * sure for line in lines for word, sure in line.words) / max(1, characters)


def _on_its_side(lines: list[RecognisedLine]) -> bool:
    """Tell whether most lines run upwards or downwards: they are narrower than one letter for each of theirs."""
    long = [each.line for each in lines if len(each.line.text) > 5]
    narrow = sum(line.right - line.left < 0.2 * line.size * len(line.text) for line in long)
    return bool(long) and 2 * narrow > len(long)


def _with_body_type(lines: list[RecognisedLine]) -> list[RecognisedLine]:
    """Give lines that are nearly of the size of most of the page that size.

    Measured in a picture, the lines of one paragraph differ by a tenth.
    """
    body = statistics.median([line.line.size for line in lines for _ in line.line.text])
    return [
        replace(each, line=replace(each.line, size=body)) if abs(each.line.size - body) < 0.18 * body else each
        for each in lines
    ]
