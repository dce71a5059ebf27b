"""A program that stands in for Tesseract, and what it is to answer.

In: lines with the place, size and certainties of their words. Out: a folder with a ``tesseract`` in it, for PATH. It
tells the pages of a file apart by the black squares of 50 points that stand in a row at their lower edge: ``page(3)``
has three of them.
"""

from __future__ import annotations

import html
import json
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from making import Draw, Item
from probqa.reading.formats.pdfium import Picture

WIDTH, HEIGHT = 2480, 3509

# What the stand-in tries first is what no such program may do; a status of 9 says that it could.
_PROGRAM = """#!{python} -ISE
import json, os, socket, sys, time
answers = json.load(open({answers!r}))
if "--version" in sys.argv:
    print("tesseract 5.0.0-stand-in\\n something more")
    sys.exit()
if sys.argv[1:3] != ["stdin", "stdout"]:
    sys.exit(8)
try:
    with open({answers!r} + ".new", "w") as file:
        file.write("x")
    sys.exit(9)
except OSError:
    pass
try:
    socket.socket()
    sys.exit(9 if sys.platform == "linux" else 0)
except OSError:
    pass
kind, size, depth, pixels = sys.stdin.buffer.read().split(b"\\n", 3)
across, down = map(int, size.split())
assert (kind, depth, len(pixels)) == (b"P5", b"255", across * down)
def squares(line):
    row = pixels[line * across:(line + 1) * across]
    return sum(1 for at in range(25, across, 50) if row[at * 300 // 72:at * 300 // 72 + 1] in (b"\\0", b"\\1", b"\\2"))
upright, upturned = squares(down - 50), squares(50)
answer = answers.get(("turned " if upturned > upright else "") + str(max(upright, upturned)), {{}})
time.sleep(answer.get("sleeps", 0))
sys.stderr.write(answer.get("says", ""))
if answer.get("status"):
    sys.exit(answer["status"])
sys.stdout.write(answer.get("osd" if "osd" in sys.argv else "hocr", ""))
"""


def page(number: int) -> list[Item]:
    """A page that is a picture: ``number`` black squares."""
    return [Draw(50 * 2 * at, 0, 50, 50) for at in range(number)]


def line(top: int, *words: tuple[str, int], left: int = 300, size: int = 50) -> str:
    """A line of hOCR: its words, each with how sure the program is of it, 300 dots to the inch."""
    spans: list[str] = []
    start = left
    for word, certainty in words:
        end = start + len(word) * size // 2
        box = f"bbox {start} {top} {end} {top + size}"
        spans.append(f"<span class='ocrx_word' title='{box}; x_wconf {certainty}'>{html.escape(word)}</span>")
        start = end + size // 4
    box = f"bbox {left} {top} {start} {top + size}"
    return f'<span class="ocr_line" title="{box}; baseline 0 -10; x_size {size}">{" ".join(spans)}</span>'


def sure(text: str, certainty: int = 95) -> list[tuple[str, int]]:
    """The words of a text, all as sure."""
    return [(word, certainty) for word in text.split()]


def hocr(*lines: str) -> str:
    """A page of hOCR."""
    return f'<html xmlns="http://www.w3.org/1999/xhtml"><body><div><p>{"".join(lines)}</p></div></body></html>'


def scanned_pdf(picture: Picture) -> bytes:
    """A file of one page that holds nothing but the picture, at its size."""
    pixels = zlib.compress(picture.content.split(b"\n", 3)[3])
    width, height = (side * 72 / picture.dots for side in (picture.width, picture.height))
    drawn = b"%.3f 0 0 %.3f 0 0 cm /P Do" % (width, height)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.3f %.3f] /Contents 4 0 R "
        b"/Resources << /XObject << /P 5 0 R >> >> >>" % (width, height),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
        % (picture.width, picture.height, len(pixels), pixels),
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, entries)
    return out + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))


def stand_in(folder: Path, answers: Mapping[str, Mapping[str, Any]]) -> str:
    """Write the program into a folder and return that, for PATH.

    An answer is by the number of the page, after "turned " where it lies on its head: ``hocr``, ``osd``, what it
    ``says`` as an error, its ``status`` and for how many seconds it ``sleeps``.
    """
    folder.mkdir(exist_ok=True)
    said = folder / "answers.json"
    said.write_text(json.dumps(answers), encoding="utf-8")
    program = folder / "tesseract"
    program.write_text(_PROGRAM.format(python=sys.executable, answers=str(said)), encoding="utf-8")
    program.chmod(0o755)
    return str(folder)
