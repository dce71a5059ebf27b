"""Measure how many words Tesseract gets right on scans whose text is known, and what its certainty is worth.

Run from the root of the repository, with Tesseract installed; the reports are read from the folder of real files
(--shared), and where that is absent the command says so and ends:

    .venv/bin/python benchmarks/recognition.py             # 8 pages, each scanned in 5 ways: about 10 minutes

Pages of reports that have their text are drawn, made worse as scanners do, and recognised: a page each of 4 inspection
reports and of 4 reports of the US government, which are full of figures.
The figures are printed as the tables of docs/readers.md (benchmarks/kinds/scans.md). Then the real scans of the folder
are read: four of them are one page, scanned straight, as a fax, askew, and askew and turned.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from probqa.errors import ReadingError  # noqa: E402
from probqa.reading.assembly import assemble  # noqa: E402
from probqa.reading.formats.pdf import read_pdf  # noqa: E402
from probqa.reading.formats.pdfium import PdfFile  # noqa: E402
from probqa.reading.formats.recognition import Program, Recognition, recognise  # noqa: E402
from probqa.reading.formats.sandbox import find_recogniser  # noqa: E402

# Folder -> how many of its reports, and which page of each.
CHOSEN = {"ofsted_ilacs": (4, 3), "gao": (4, 8)}
SEED = 20240601
REAL_SCANS = (
    "OCRmyPDF__linn.pdf",
    "OCRmyPDF__ccitt.pdf",
    "OCRmyPDF__skew.pdf",
    "OCRmyPDF__rotated_skew.pdf",
    "OCRmyPDF__multipage.pdf",
    "docling__ocr_test_rotated_180.pdf",
    "doctor__image-pdf.pdf",
    "unstructured__loremipsum-flat.pdf",
    "olmocr__most_content_in_image_form.pdf",
    "olmocr__lincoln_letter.pdf",
    "OCRmyPDF__enormous.pdf",
    "OCRmyPDF__blank.pdf",
)


def reduced(dots: int, blur: float = 0.0, noise: int = 0) -> Callable[[Image.Image], Image.Image]:
    """Return how to scan: ``dots`` to the inch, out of focus by so many, grey levels off by up to ``noise``."""

    def scan(page: Image.Image) -> Image.Image:
        small = page.resize((page.width * dots // 300, page.height * dots // 300), Image.Resampling.LANCZOS)
        small = small.filter(ImageFilter.GaussianBlur(blur)) if blur else small
        if not noise:
            return small
        grain = Image.frombytes("L", small.size, random.Random(SEED).randbytes(small.width * small.height))
        return ImageChops.add(small, grain.point(lambda level: level * noise // 255), offset=-noise // 2)

    return scan


SCANS: dict[str, tuple[int, Callable[[Image.Image], Image.Image]]] = {
    "300 dpi": (300, reduced(300)),
    "200 dpi, 1.5° askew": (200, lambda page: reduced(200)(page.rotate(1.5, fillcolor=255))),
    "100 dpi": (100, reduced(100)),
    "100 dpi, blurred, grainy": (100, reduced(100, blur=0.7, noise=90)),
    "75 dpi, blurred, grainy": (75, reduced(75, blur=0.6, noise=90)),
}


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", unicodedata.normalize("NFKC", text)))


def scanned(page: Image.Image, dots: int) -> bytes:
    """Return a PDF that holds nothing but the picture."""
    file = io.BytesIO()
    page.save(file, "PDF", resolution=dots)
    return file.getvalue()


def share(known: Counter[str], found: Counter[str], only: str = "") -> tuple[int, int]:
    """Return how many of the known words were found, of how many."""
    wanted = Counter({word: count for word, count in known.items() if re.search(only, word)})
    return sum((wanted & found).values()), sum(wanted.values())


def pages(real: Path) -> list[tuple[Image.Image, Counter[str]]]:
    """Return one page each of the first reports that have one in words, and its words."""
    chosen: list[tuple[Image.Image, Counter[str]]] = []
    for folder, (count, number) in CHOSEN.items():
        found: list[tuple[Image.Image, Counter[str]]] = []
        for path in sorted((real / folder).glob("*.pdf")):
            with suppress(ReadingError):
                file = PdfFile(path.read_bytes())
                known = words("\n".join(line.text for line in list(file.read_pages())[number - 1].lines))
                picture = file.picture(number, 0)
                if picture is not None and known.total() > 200:
                    found.append((Image.open(io.BytesIO(picture.content)), known))
        chosen += found[:count]
    return chosen


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    real = options.parse_args().shared / "real"
    if not real.is_dir():
        sys.exit(f"no folder {real}: name the folder that holds it with --shared")
    installed = find_recogniser("eng")
    program = Program(installed.path, installed.languages)
    lines: list[tuple[float, bool]] = []
    single: list[tuple[float, float]] = []
    each_word: list[tuple[float, bool]] = []
    with_figures: list[tuple[float, bool]] = []
    known_pages = pages(real)
    print("| scan | words right | numbers right | certainty, mean and least of a page |\n|---|---|---|---|", flush=True)
    for name, (dots, scan) in SCANS.items():
        right = Counter[str]()
        sure: list[float] = []
        for page, known in known_pages:
            file = PdfFile(scanned(scan(page), dots))
            found = recognise(partial(file.picture, 1), program)
            read = words(text_of(found))
            for what, only in (("words", ""), ("numbers", r"\d")):
                hit, of = share(known, read, only)
                right.update({what: hit, f"all {what}": of})
            sure.append(found.certainty if found else 0.0)
            hit, of = share(known, read)
            single.append((sure[-1], hit / of))
            for each in (*found.lines, *found.unsure) if found else ():
                line_words = words(each.line.text)
                lines.append((each.certainty, sum((line_words & known).values()) >= 0.9 * sum(line_words.values())))
                each_word += [(certainty, not words(word) - known) for word, certainty in each.words]
                figures = [pair for pair in each.words if re.search(r"\d", pair[0])]
                with_figures += [(certainty, not words(word) - known) for word, certainty in figures]
        mean = sum(sure) / len(sure)
        print(
            f"| {name} | {right['words'] / right['all words']:.1%} | {right['numbers'] / right['all numbers']:.1%} | "
            f"{mean:.0f}%, {min(sure):.0f}% |",
            flush=True,
        )
    print("\n| certainty of a page | pages | words right, mean and least |\n|---|---|---|")
    for low, high in ((0, 50), (50, 60), (60, 70), (70, 75), (75, 80), (80, 85), (85, 90), (90, 101)):
        shares = [right for certainty, right in single if low <= certainty < high]
        if shares:
            print(
                f"| {low} to {min(high, 100)}% | {len(shares)} | {sum(shares) / len(shares):.1%}, {min(shares):.1%} |"
            )
    shares_of("line", "lines, with 9 of 10 words right", lines)
    shares_of("word", "words, right", each_word)
    shares_of("word with figures", "words, right", with_figures)
    real_scans(real, program)


def real_scans(real: Path, program: Program) -> None:
    straight = Counter[str]()
    print("\n| file | page: certainty | left out | words as in the straight scan |\n|---|---|---|---|")
    for name in REAL_SCANS:
        try:
            reading = read_pdf((real / "awkward_pdf" / name).read_bytes(), program)
        except ReadingError as error:
            print(f"| {name} | | {error.problem} | |", flush=True)
            continue
        text, _, pages_read = assemble(reading.pieces, reading.pages)
        straight = straight or words(text)
        same = share(straight, words(text)) if name in REAL_SCANS[:4] else None
        found = ", ".join(f"{page.pdf}: {page.certainty}%" for page in pages_read if page.layer == "recognised")
        left_out = "; ".join(f"{each.page}: {each.reason}" for each in reading.removals if "recognised" in each.reason)
        print(f"| {name} | {found} | {left_out} | {f'{same[0] / same[1]:.1%}' if same else ''} |", flush=True)


def shares_of(what: str, head: str, found: list[tuple[float, bool]]) -> None:
    counted, right = head.split(", ")
    print(f"\n| certainty of a {what} | {counted} | {right} |\n|---|---|---|")
    for low, high in ((0, 50), (50, 60), (60, 70), (70, 80), (80, 85), (85, 90), (90, 95), (95, 101)):
        good = [is_right for certainty, is_right in found if low <= certainty < high]
        if good:
            print(f"| {low} to {min(high, 100)}% | {len(good)} | {sum(good) / len(good):.0%} |")


def text_of(found: Recognition | None) -> str:
    return "\n".join(each.line.text for each in (*found.lines, *found.unsure)) if found else ""


if __name__ == "__main__":
    main()
