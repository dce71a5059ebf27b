"""Account for every word of the real files: is it in the document's text, or in its list of what was left out?

Run from the root of the repository; where the folder of real files (--shared) is absent, the command says so and ends:

    .venv/bin/python benchmarks/words.py                   # all 235 files, about 4 minutes
    .venv/bin/python benchmarks/words.py --only gao ntsb   # some of their folders; the others keep their figures
    .venv/bin/python benchmarks/words.py --show NAME       # the words of one file that are in neither, with those round

The words of a file are taken by a plain method that shares nothing with its reader but the library under it:

- pdf: pdfium's raw text of each page, as it stands in the file
- html: every text node of lxml's tree below ``body``, but those of ``script``, ``style``, ``template`` and ``svg``
- docx: every ``w:t`` and ``w:delText`` of every part, but in the second choice (``Fallback``) of what is there twice
- txt: the file, as UTF-8

A word is a run of letters or of digits, in small letters, compatible characters (ligatures, raised figures) as the
plain ones. Each may be found as often as it stands in text and list; one that a line's end broke in two is looked for
as one word and as two. What is left over on both sides is compared once more without the white space between the words.

The figures go into ``benchmarks/readers.json``, and ``docs/readers.md`` is written anew from them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lxml import etree, html
from readers import FIGURES, FOLDERS, ROOT, SUFFIXES, say, write_page

from probqa.errors import ReadingError
from probqa.reading import reader
from probqa.reading.corpus import CorpusFile

Json = dict[str, Any]
# Stands where a line's end broke a word, or where a word with a hyphen goes on in the next line.
BROKEN = "\ue000"
WORD = re.compile(rf"[^\W\d_]+(?:{BROKEN}[^\W\d_]+)*|\d+")
# The mark of a note, or a power, is a word of its own.
RAISED_LETTER = re.compile("[ªºʰ-ˣᴬ-ᵡⁱⁿ]")
WIDTHLESS = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# Not rendered: what stands in them are no words of the page.
NO_WORDS = ("script", "style", "template", "svg", "noscript")
ENOUGH = 0.999
# A single letter, run together, would be found anywhere.
LEAST_RUN = 2


def words_of(text: str) -> list[str]:
    """Return the words of a text in order."""
    apart = RAISED_LETTER.sub(r" \g<0>", text.translate(WIDTHLESS))
    return WORD.findall(unicodedata.normalize("NFKC", apart).casefold())


def source_words(path: Path) -> list[str]:
    """Return the words of a file, taken by the plain method of its format."""
    return words_of(" ".join(METHODS[path.suffix](path)))


def pdf_text(path: Path) -> Iterator[str]:
    import pypdfium2

    for page in pypdfium2.PdfDocument(path):
        # Where a line ends in a hyphen, pdfium writes one of these instead.
        yield re.sub(r"[\ufffe\x02]\s*", BROKEN, page.get_textpage().get_text_range())


def html_text(path: Path) -> Iterator[str]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("windows-1252", "replace")
    tree = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    body = tree.find("body")
    for element in () if body is None else body.iter():
        if not isinstance(element.tag, str):
            yield element.tail or ""
            continue
        if element.tag not in NO_WORDS and not any(above.tag in NO_WORDS for above in element.iterancestors()):
            yield element.text or ""
        if not any(above.tag in NO_WORDS for above in element.iterancestors()):
            yield (element.tail or "") if element is not body else ""


def word_text(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"word/(document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml", name):
                continue
            for paragraph in etree.fromstring(archive.read(name)).iter("{*}p"):
                runs = paragraph.iter("{*}t", "{*}delText", "{*}br", "{*}cr", "{*}tab")
                yield "".join(run.text or " " for run in runs if _is_own(run, paragraph))


def _is_own(run: Any, paragraph: Any) -> bool:
    """Tell whether a run is of this paragraph, not of one in a box inside it, and no second choice."""
    above = [etree.QName(element).localname for element in run.iterancestors()]
    return next(run.iterancestors("{*}p"), None) is paragraph and "Fallback" not in above


def plain_text(path: Path) -> Iterator[str]:
    yield path.read_text(encoding="utf-8")


METHODS = {".pdf": pdf_text, ".html": html_text, ".docx": word_text, ".txt": plain_text}


def account(wanted: Sequence[str], given: Sequence[str]) -> list[int]:
    """Return which of the words that are wanted are not among those given."""
    left = Counter(given)
    missing: list[int] = []
    for number, word in enumerate(wanted):
        for parts in ([word.replace(BROKEN, "")], word.split(BROKEN)):
            if all(left[part] for part in parts):
                left.subtract(parts)
                break
        else:
            missing.append(number)
    # What is left of both, without white space: "super" "vision" is "supervision".
    unused = Counter(left)
    rest = []
    for word in reversed(given):
        if unused[word]:
            unused[word] -= 1
            rest.append(word)
    run_together = "".join(reversed(rest))
    lost: list[int] = []
    for run in _runs(missing):
        joined = "".join(wanted[number] for number in run).replace(BROKEN, "")
        if len(joined) >= LEAST_RUN and joined in run_together:
            run_together = run_together.replace(joined, "\n", 1)
        else:
            lost += run
    return lost


def _runs(numbers: Sequence[int]) -> Iterator[list[int]]:
    """Yield numbers that follow each other together."""
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def account_for(path: Path) -> tuple[Json, list[str], list[int]]:
    """Return the figures of one file, its words, and which of them are in neither text nor list."""
    row: Json = {"folder": path.parent.name if path.parent.name in FOLDERS else ".", "file": path.name}
    try:
        document = reader.read(CorpusFile(path.name, ""), path.parent)
    except ReadingError as error:
        return row | {"outcome": error.problem}, [], []
    wanted = source_words(path)
    text = words_of(document.text)
    listed = words_of(" ".join(f"{removal.text} " for removal in document.removals))
    lost = account(wanted, [*text, *listed])
    in_text = len(wanted) - len(account(wanted, text))
    return row | {"words": len(wanted), "in_text": in_text, "lost": len(lost), "outcome": "read"}, wanted, lost


def files(real: Path, folders: Sequence[str]) -> list[Path]:
    return [path for folder in folders for path in sorted((real / folder).glob("*")) if path.suffix in SUFFIXES]


def show(path: Path) -> None:
    """Print what is in neither text nor list, with the words round it."""
    row, wanted, lost = account_for(path)
    print(row)
    for run in list(_runs(lost))[:80]:
        before, after = wanted[max(0, run[0] - 6) : run[0]], wanted[run[-1] + 1 : run[-1] + 7]
        print(f"  {' '.join(before)} [[{' '.join(wanted[number] for number in run)}]] {' '.join(after)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    default = os.environ.get("PROBQA_SHARED") or ROOT.parent / "shared"
    parser.add_argument("--shared", type=Path, default=Path(default), help="the folder that holds real/")
    parser.add_argument("--only", nargs="*", choices=FOLDERS, default=FOLDERS, help="only these folders of it")
    parser.add_argument("--show", metavar="NAME", help="show the lost words of the file whose name starts so")
    options = parser.parse_args()
    real = options.shared / "real"
    if not real.is_dir():
        print(f"SKIPPED: no real files in {real}; name their folder with --shared")
        return 0
    if options.show:
        for path in files(real, FOLDERS):
            if path.name.startswith(options.show):
                show(path)
        return 0
    figures: Json = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    rows = [row for row in figures.get("words", ()) if row["folder"] not in options.only]
    for path in files(real, options.only):
        row, _, _ = account_for(path)
        rows.append(row)
        say(f"{path.name[:50]}: {row.get('lost', row['outcome'])} of {row.get('words', '')}")
    figures["words"] = sorted(rows, key=lambda row: (FOLDERS.index(row["folder"]), row["file"]))
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    write_page(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
