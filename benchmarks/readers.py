"""Measure the readers on real files and write ``docs/readers.md``.

Run from the root of the repository; everything is read from the folder of real files (--shared), and where that
is absent the command says so and ends:

    .venv/bin/python benchmarks/readers.py             # files, articles, page numbers, libraries: about 5 minutes
    .venv/bin/python benchmarks/readers.py --mutate 2000    # of each format so many mutated files, in 4 minutes or more

The second goes on where it stopped, if it is run again, and can be told of one format (--formats .pdf). Both keep
their figures in ``benchmarks/readers.json`` and write the page anew from them. The libraries compared with (pypdf,
mammoth, python-docx, readability-lxml) are no part of the project: one that is not installed is left out of its table.
Sentences whose page is checked are kept as SHA-256 of their words in ``benchmarks/page_numbers.json``; their pages were
looked up by eye and with pypdf.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.metadata
import io
import json
import multiprocessing
import os
import random
import re
import select
import signal
import statistics
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, get_args

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from made_files import made_files  # noqa: E402

from probqa.errors import ReadingError  # noqa: E402
from probqa.reading import reader  # noqa: E402
from probqa.reading.corpus import CorpusFile  # noqa: E402
from probqa.reading.formats import sandbox, worker  # noqa: E402
from probqa.reading.sentences import split_sentences  # noqa: E402
from probqa.records import Document  # noqa: E402

FIGURES = ROOT / "benchmarks" / "readers.json"
PAGE_NUMBERS = ROOT / "benchmarks" / "page_numbers.json"
REPORT = ROOT / "docs" / "readers.md"
KINDS = ROOT / "benchmarks" / "kinds"
FOLDERS = ("ofsted_ilacs", "ofsted_jtai", "gao", "ntsb", "awkward_pdf", "docx", "html", ".")
SUFFIXES = (".pdf", ".html", ".docx", ".txt")
SEED = 20240601
MUTATED = (".pdf", ".html", ".docx", ".md", ".txt", *(f".{made}" for made in made_files()))
Json = dict[str, Any]


# ---------------------------------------------------------------- every file


class Peak:
    """Remembers the peak memory of the last worker, which its answer carries."""

    def __init__(self) -> None:
        self.kilobytes = 0
        self._ask = sandbox.ask_worker
        vars(sandbox)["ask_worker"] = self

    def __call__(self, *arguments: Any) -> Json:
        answer = self._ask(*arguments)
        self.kilobytes = answer.get("peak_kb", 0)
        return answer


def measure_files(real: Path) -> tuple[list[Json], dict[str, Document]]:
    rows: list[Json] = []
    documents: dict[str, Document] = {}
    peak = Peak()
    for folder in FOLDERS:
        for path in sorted((real / folder).glob("*")):
            if path.suffix not in SUFFIXES:
                continue
            peak.kilobytes = 0
            began = time.perf_counter()
            row: Json = {"folder": folder, "file": path.name}
            try:
                document = reader.read(CorpusFile(path.name, ""), path.parent)
                documents[f"{folder}/{path.name}"] = document
                row |= {
                    "pages": len(document.pages),
                    "printed": sum(bool(page.printed) for page in document.pages),
                    "unread": sum(page.layer == "image" for page in document.pages),
                    "characters": len(document.text),
                    "headings": len(document.headings),
                    "rows": sum(block.kind == "row" for block in document.blocks),
                    "removed": dict(Counter(removal.reason for removal in document.removals)),
                    "outcome": "read",
                }
            except ReadingError as error:
                row |= {"outcome": error.problem}
            row |= {"seconds": time.perf_counter() - began, "peak_mb": peak.kilobytes / 1024}
            rows.append(row)
            say(f"{path.name[:50]}: {row['outcome']} in {row['seconds']:.2f} s")
    return rows, documents


# ---------------------------------------------------------------- articles


def shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    """Bag of ``size``-word shingles, as the article extraction benchmark counts them."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + size]) for at in range(max(1, len(words) - size + 1))) if words else Counter()


def score(pages: dict[str, bytes], expected: dict[str, str], read: Callable[[bytes], str]) -> Json:
    """Precision, recall and F1 over the pages' mean shares of true, false and missed shingles."""
    true = false = missed = 0.0
    began = time.perf_counter()
    for name, content in pages.items():
        wanted, found = shingles(expected[name]), shingles(read(content))
        both = sum((wanted & found).values())
        total = sum(wanted.values()) + sum(found.values()) - both
        if total:
            true += both / total
            false += (sum(found.values()) - both) / total
            missed += (sum(wanted.values()) - both) / total
    precision, recall = true / (true + false), true / (true + missed)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "seconds": time.perf_counter() - began,
    }


def measure_articles(real: Path) -> dict[str, Json]:
    import trafilatura
    from lxml import html

    from probqa.reading.formats.webpage import read_webpage

    known = json.loads((real / "html" / "expected.json").read_text(encoding="utf-8"))
    expected = {name: found["articleBody"] for name, found in known.items()}
    pages = {name: (real / "html" / f"{name}.html").read_bytes() for name in expected}

    def bare(**options: Any) -> Callable[[bytes], str]:
        return lambda content: trafilatura.extract(content.decode(errors="replace"), **options) or ""

    found = {
        "probqa": score(pages, expected, lambda content: "\n".join(p.text for p in read_webpage(content).pieces)),
        "trafilatura, bare": score(pages, expected, bare()),
        "trafilatura, no comments": score(pages, expected, bare(include_comments=False)),
        "trafilatura, for precision": score(pages, expected, bare(include_comments=False, favor_precision=True)),
        "trafilatura, for recall": score(pages, expected, bare(include_comments=False, favor_recall=True)),
        "all text of the page (lxml)": score(pages, expected, lambda content: html.fromstring(content).text_content()),
    }
    try:
        from readability import Document as Readable
    except ImportError:
        return found

    def readable(content: bytes) -> str:
        return str(html.fromstring(Readable(content.decode(errors="replace")).summary()).text_content())

    found["readability-lxml"] = score(pages, expected, readable)
    return found


# ---------------------------------------------------------------- page numbers


def measure_page_numbers(documents: dict[str, Document]) -> tuple[Json, dict[str, list[tuple[str, int]]]]:
    """Check both numbers of every known sentence.

    Also return the words, for the comparison of libraries.
    """
    wrong: list[Json] = []
    words: dict[str, list[tuple[str, int]]] = {}
    known = json.loads(PAGE_NUMBERS.read_text(encoding="utf-8"))
    for entry in known:
        document = documents.get(entry["file"])
        found = find_sentence(document, entry["sha256"]) if document else None
        if document is None or found is None:
            wrong.append(entry | {"found": "not in the text"})
            continue
        start, text = found
        page = document.page(start)
        words.setdefault(entry["file"], []).append((text, entry["page"]))
        if page is None or (page.pdf, page.printed) != (entry["page"], entry["printed"]):
            wrong.append(entry | {"found": page and [page.pdf, page.printed]})
    return {"sentences": len(known), "documents": len({entry["file"] for entry in known}), "wrong": wrong}, words


def find_sentence(document: Document, sha256: str) -> tuple[int, str] | None:
    for block in document.blocks:
        for span in split_sentences(document.slice(block.span)):
            text = document.text[block.span.start + span.start : block.span.start + span.end]
            if hashlib.sha256(text.encode()).hexdigest() == sha256:
                return block.span.start + span.start, text
    return None


# ---------------------------------------------------------------- libraries


def measure_pdf_libraries(real: Path, words: dict[str, list[tuple[str, int]]]) -> dict[str, Json]:
    """Text of every PDF by bare libraries, each file in a process of its own with 60 seconds."""
    paths = [path for folder in FOLDERS[:5] for path in sorted((real / folder).glob("*.pdf"))]
    found: dict[str, Json] = {}
    for name, read in (("pypdfium2", text_by_pdfium), ("pypdf", text_by_pypdf)):
        if not is_there(name):
            continue
        total: Json = {"files": len(paths), "failed": 0, "characters": 0, "seconds": 0.0, "whole": 0}
        for path in paths:
            say(f"{name}: {path.name[:50]}")
            began = time.perf_counter()
            pages = in_process(read, path, seconds=60)
            total["seconds"] += time.perf_counter() - began
            if pages is None:
                total["failed"] += 1
                continue
            total["characters"] += sum(map(len, pages))
            for text, page in words.get(f"{path.parent.name}/{path.name}", ()):
                flat = " ".join(" ".join(pages[page - 1 : page + 1]).split())
                total["whole"] += " ".join(text.split()) in flat
        found[name] = total
    return found


def text_by_pdfium(path: Path) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    return [page.get_textpage().get_text_bounded() for page in document]


def text_by_pypdf(path: Path) -> list[str]:
    import logging

    import pypdf

    logging.disable(logging.CRITICAL)
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def measure_word_libraries(real: Path) -> dict[str, Json]:
    """Share of the words that stand in each file's XML (body and notes) which a library gives back."""
    paths = sorted((real / "docx").glob("*.docx"))
    found: dict[str, Json] = {}
    for label, package, read in (
        ("probqa (lxml)", "lxml", text_by_probqa),
        ("python-docx, paragraphs", "python-docx", text_by_python_docx),
        ("mammoth, raw text", "mammoth", text_by_mammoth),
    ):
        if not is_there(package):
            continue
        total: Json = {"files": len(paths), "failed": 0, "seconds": 0.0}
        shares: list[float] = []
        for path in paths:
            wanted = Counter(re.findall(r"\w+", words_in_xml(path)))
            began = time.perf_counter()
            text = in_process(read, path, seconds=60)
            total["seconds"] += time.perf_counter() - began
            if text is None:
                total["failed"] += 1
            elif wanted:
                kept = wanted & Counter(re.findall(r"\w+", text))
                shares.append(sum(kept.values()) / sum(wanted.values()))
        total |= {
            "words": statistics.mean(shares),
            "whole": sum(share > 0.999 for share in shares),
            "with_text": len(shares),
        }
        found[label] = total
    return found


def words_in_xml(path: Path) -> str:
    """Every ``w:t`` of the body and notes, but for text moved away and second choices."""
    from lxml import etree

    parts: list[str] = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"word/(document|footnotes|endnotes)\.xml", name):
                continue
            for block in etree.fromstring(archive.read(name)).iter("{*}p"):
                for element in block.iter("{*}t"):
                    above = [re.sub(r"\{.*\}", "", str(each.tag)) for each in element.iterancestors()]
                    if next((each for each in above if each == "p"), "") == "p" and not {"moveFrom", "Fallback"} & set(
                        above
                    ):
                        nearest = next(each for each in element.iterancestors("{*}p"))
                        if nearest is block:
                            parts.append(element.text or "")
                parts.append(" ")
    return "".join(parts)


def text_by_probqa(path: Path) -> str:
    from probqa.reading.formats.word import read_word

    try:
        return "\n".join(piece.text for piece in read_word(path.read_bytes()).pieces)
    except ReadingError as error:
        if "no text to quote" in error.problem:
            return ""
        raise


def text_by_python_docx(path: Path) -> str:
    import docx

    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


def text_by_mammoth(path: Path) -> str:
    import mammoth

    return str(mammoth.extract_raw_text(io.BytesIO(path.read_bytes())).value)


def is_there(package: str) -> bool:
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        say(f"{package} is not installed; left out")
        return False
    return True


def in_process(read: Callable[[Path], Any], path: Path, seconds: float) -> Any:
    """Return the result of ``read`` in a fresh process.

    It is None where it fails or takes too long.
    """
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sending, read, path))
    process.start()
    sending.close()
    try:
        return receiving.recv() if receiving.poll(seconds) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()


def _send(sending: Any, read: Callable[[Path], Any], path: Path) -> None:
    try:
        sending.send(read(path))
    except Exception:
        sending.send(None)


# ---------------------------------------------------------------- mutated files


def measure_mutations(
    real: Path, count: int, minutes: float, suffixes: Sequence[str], before: dict[str, Json]
) -> dict[str, Json]:
    """Read mutated files of each format, two at a time, until there are ``count`` or ``minutes`` are over for each.

    They are read in the worker, forked where its start would take longer than they do. What was read ``before`` counts,
    and other files are made then.
    """
    sources = {
        ".pdf": small(real, FOLDERS[:5], "*.pdf", 120_000),
        ".html": small(real, ("html",), "*.html", 120_000),
        ".docx": small(real, ("docx",), "*.docx", 60_000),
        ".md": small(ROOT, ("corpus", "docs"), "*.md", 60_000),
        ".txt": small(real, (".",), "*.txt", 60_000),
        **{f".{made}": [content] for made, content in made_files().items()},
    }
    found = dict(before)
    for suffix in suffixes:
        files = sources[suffix]
        kept = found.get(suffix[1:], {"files": 0, "outcomes": {}, "slowest_s": 0.0})
        deadline = time.monotonic() + minutes * 60
        chance = random.Random(f"{SEED} {suffix} {kept['files']}")
        outcomes: Counter[str] = Counter(kept["outcomes"])
        slowest = kept["slowest_s"]
        if suffix[1:] in get_args(sandbox.Format):
            with contextlib.suppress(ReadingError):
                worker._reader(suffix[1:])(files[0])
            vars(sandbox)["ask_worker"] = ask_fork
        descriptors = descriptors_held()
        with ThreadPoolExecutor(2) as pool:
            while outcomes.total() < count and time.monotonic() < deadline:
                batch = [mutate(chance, chance.choice(files)) for _ in range(20)]
                for outcome, seconds in pool.map(partial(outcome_of, suffix), batch):
                    outcomes[outcome] += 1
                    slowest = max(slowest, seconds)
        say(f"{suffix}: {outcomes.total()} mutated files")
        found[suffix[1:]] = {
            "files": outcomes.total(),
            "outcomes": dict(outcomes.most_common()),
            "slowest_s": slowest,
            "descriptors_left": descriptors_held() - descriptors,
            "children_left": children(),
        }
    return found


def ask_fork(file_format: sandbox.Format, content: bytes, limits: sandbox.Limits, *_: str) -> Json:
    """Answer as ``sandbox.ask_worker`` does, from a fork that need not import the reader again.

    The worker's own ``main`` runs in it, with all its limits; only its start is another.
    """
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        receiving, sending = os.pipe()
        child = os.fork()
        if not child:
            try:
                for source, target in ((file.fileno(), 0), (sending, 1), (os.open(os.devnull, os.O_WRONLY), 2)):
                    os.dup2(source, target)
                sys.stdin = os.fdopen(0)
                sys.argv = ["worker", file_format, str(limits.memory_bytes), str(limits.cpu_seconds)]
                worker.main()
            finally:
                os._exit(1)
    os.close(sending)
    parts: list[bytes] = []
    deadline = time.monotonic() + limits.wall_seconds
    while select.select([receiving], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(receiving, 1 << 20)
        if not part:
            break
        parts.append(part)
    else:
        os.kill(child, signal.SIGKILL)
    os.close(receiving)
    ended = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(ended):
        stopped = os.WTERMSIG(ended) in (signal.SIGKILL, signal.SIGXCPU)
        return {"problem": "took more than its time" if stopped else f"crashed its reader ({os.WTERMSIG(ended)})"}
    answer: Json = json.loads(b"".join(parts) or b'{"problem": "crashed its reader"}')
    return answer


def small(real: Path, folders: Sequence[str], pattern: str, most: int) -> list[bytes]:
    paths = [path for folder in folders for path in sorted((real / folder).glob(pattern))]
    return [path.read_bytes() for path in paths if 0 < path.stat().st_size <= most]


def mutate(chance: random.Random, content: bytes) -> bytes:
    """Change bytes, cut, repeat or move a piece, or swap a number for a hostile one.

    A packed file also inside.
    """
    if content.startswith(b"PK") and chance.random() < 0.7:
        return mutate_packed(chance, content)
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 10, 60))):
        at = chance.randrange(len(changed))
        match chance.randrange(6):
            case 0 | 1:
                changed[at] = chance.randrange(256)
            case 2:
                del changed[at : at + chance.randrange(1, 200)]
            case 3:
                changed[at:at] = changed[at : at + chance.randrange(1, 200)] * chance.randrange(1, 20)
            case 4:
                numbers = list(re.finditer(rb"\d+", changed[at : at + 2000]))
                if numbers:
                    start, end = chance.choice(numbers).span()
                    changed[at + start : at + end] = chance.choice((b"0", b"-1", b"99999999999", b"2147483648"))
            case _:
                del changed[max(1, len(changed) - chance.randrange(1, 3000)) :]
        if not changed:
            changed = bytearray(b"x")
    return bytes(changed)


def mutate_packed(chance: random.Random, content: bytes) -> bytes:
    """Mutate one part inside a packed file and pack it again."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        try:
            parts = {name: archive.read(name) for name in archive.namelist()}
        except (zipfile.BadZipFile, OSError):
            return content
    name = chance.choice([name for name in parts if name.endswith((".xml", ".rels", ".opf", ".xhtml"))])
    parts[name] = mutate(chance, parts[name] or b"x")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, part in parts.items():
            archive.writestr(each, part)
    return out.getvalue()


def outcome_of(suffix: str, content: bytes) -> tuple[str, float]:
    began = time.monotonic()
    try:
        reader.read_draft(content, f"a{suffix}")
        outcome = "read"
    except ReadingError as error:
        assert "\n" not in str(error)
        problem = error.problem.removeprefix(f"a{suffix} ")
        problem = re.sub(r"'[^']*'", "'…'", problem)
        outcome = re.sub(r"\d+", "N", re.sub(r"all \d+ pages are|its only page is", "every page is", problem))
    return outcome, time.monotonic() - began


def descriptors_held() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def children() -> int:
    mine = f"\nPPid:\t{os.getpid()}\n"
    statuses = []
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            statuses.append(path.read_text())
        except OSError:
            continue
    return sum(mine in status for status in statuses)


# ---------------------------------------------------------------- the page


def write_page(figures: Json) -> None:
    parts = [
        "# What the readers read",
        "Written by `benchmarks/readers.py`; do not edit. The files are not part of the project. "
        f"Measured on {figures['machine']}, shared with others. The start of a worker is part of every time.",
        "## What is read, left out and listed",
        "Whatever is not in the text is in the list of what was left out (`probqa status --document ID`).",
        *(path.read_text(encoding="utf-8").strip() for path in sorted(KINDS.glob("*.md"))),
        "## Every word",
        words_text(figures.get("words", [])),
        "## Articles",
        "Precision, recall and F1 of 4-word shingles against the expected text of 40 pages. probqa's text counts with "
        "the titles, and with column names in every table row, which the expected text has not.",
        table(
            ("", "precision", "recall", "F1"),
            [
                (name, *(f"{row[key]:.4f}" for key in ("precision", "recall", "f1")))
                for name, row in figures["articles"].items()
            ],
        ),
        "## Page numbers",
        page_numbers_line(figures["page_numbers"]),
        "## Libraries",
        table(
            ("PDF library, alone", "files", "failed or over 60 s", "characters", "seconds", "known sentences whole"),
            [
                (name, row["files"], row["failed"], f"{row['characters']:,}", f"{row['seconds']:.0f}", row["whole"])
                for name, row in figures["pdf_libraries"].items()
            ],
        ),
        table(
            ("Word library", "files", "failed", "seconds", "share of the words", "files with every word"),
            [
                (
                    name,
                    row["files"],
                    row["failed"],
                    f"{row['seconds']:.0f}",
                    f"{row['words']:.3f}",
                    f"{row['whole']} of {row['with_text']}",
                )
                for name, row in figures["word_libraries"].items()
            ],
        ),
        "## Mutated files",
        mutations_text(figures.get("mutations", {})),
        "## Every file",
        "Pages with a printed number, pages that are a picture without text, table rows; seconds by the clock and peak "
        "memory of the worker (a file refused before a worker is started has none).",
        table(
            ("file", "pages", "printed", "unread", "characters", "headings", "rows", "s", "MB", "outcome"),
            [file_row(row) for row in figures["files"]],
        ),
    ]
    REPORT.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def words_text(rows: Sequence[Json]) -> str:
    """Return the table of ``benchmarks/words.py``: where the words of the real files are, by format."""
    if not rows:
        return "Not run."
    methods = {
        ".pdf": "pdfium's raw text of each page",
        ".html": "every text node below `body` (lxml), scripts and styles apart",
        ".docx": "every `w:t` and `w:delText` of every part",
        ".txt": "the file itself",
    }
    lines = []
    for suffix, method in methods.items():
        files = [row for row in rows if row["file"].endswith(suffix) and "words" in row]
        words, lost = sum(row["words"] for row in files), sum(row["lost"] for row in files)
        in_text = sum(row["in_text"] for row in files)
        good = sum(row["lost"] <= 0.001 * row["words"] for row in files)
        share = f"{1 - lost / words:.5f}"
        of = f"{good} of {len(files)}"
        lines.append((suffix, f"{words:,}", f"{in_text:,}", f"{words - in_text - lost:,}", lost, share, of, method))
    worst = sorted(
        (row for row in rows if row.get("lost", 0) > 0.001 * row.get("words", 0)), key=lambda row: -row["lost"]
    )
    under = "; ".join(f"{row['file'][:40]} {1 - row['lost'] / row['words']:.3f}" for row in worst)
    refused = sum("words" not in row for row in rows)
    return "\n\n".join(
        (
            f"The words of {len(rows) - refused} of the {len(rows)} real files (the others are refused in one line), "
            "taken by a plain method, and whether each stands in the text or in the list of what was left out, as "
            "often as in the file (`python benchmarks/words.py`; `--show NAME` prints those that do not).",
            table(
                ("", "words", "in the text", "in the list", "in neither", "share", "files at 0.999", "taken by"), lines
            ),
            f"Under 0.999: {under}.",
        )
    )


def page_numbers_line(found: Json) -> str:
    right = found["sentences"] - len(found["wrong"])
    known = f"{found['sentences']} known sentences in {found['documents']} documents"
    line = f"Both page numbers are right for {right} of {known}."
    wrong = "; ".join(f"{each['file']}, PDF page {each['page']}: {each['found']}" for each in found["wrong"])
    return line + (f" Wrong: {wrong}." if wrong else "")


def mutations_text(found: dict[str, Json]) -> str:
    if not found:
        return "Not run."
    head = (
        "format",
        "files",
        "read",
        "refused in one line",
        "crashed or stopped in the worker",
        "slowest, s",
        "left in the parent",
    )
    rows = []
    for name, row in found.items():
        stopped = sum(
            n for said, n in row["outcomes"].items() if said.startswith(("crashed", "took more", "needs too much"))
        )
        read = row["outcomes"].get("read", 0)
        left = f"{row['descriptors_left']} descriptors, {row['children_left']} processes"
        rows.append((name, row["files"], read, row["files"] - read - stopped, stopped, f"{row['slowest_s']:.1f}", left))
    made = "Of odt, rtf, xlsx, pptx, epub and eml a made file is mutated (`benchmarks/made_files.py`).\n\n"
    return (made if "odt" in found else "") + table(head, rows)


def file_row(row: Json) -> tuple[Any, ...]:
    name = row["file"] if len(row["file"]) <= 48 else f"{row['file'][:45]}…"
    keys = ("pages", "printed", "unread", "characters", "headings", "rows")
    values = [f"{row[key]:,}" if key in row else "" for key in keys]
    memory = f"{row['peak_mb']:.0f}" if row["peak_mb"] else ""
    return (name.replace("|", "/"), *values, f"{row['seconds']:.2f}", memory, row["outcome"])


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])


def machine() -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("pypdfium2", "trafilatura", "lxml"))
    return f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {versions}"


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    default = os.environ.get("PROBQA_SHARED") or ROOT.parent / "shared"
    parser.add_argument("--shared", type=Path, default=Path(default), help="the folder that holds real/")
    parser.add_argument(
        "--mutate", type=int, default=0, metavar="N", help="read N mutated files of each format instead"
    )
    parser.add_argument("--minutes", type=float, default=4, help="at most so long for the mutated files of a format")
    parser.add_argument("--formats", nargs="*", choices=MUTATED, default=MUTATED, help="of these formats only")
    options = parser.parse_args()
    real = options.shared / "real"
    if not real.is_dir():
        print(f"SKIPPED: no real files in {real}; name their folder with --shared")
        return 0
    figures: Json = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    if options.mutate:
        before = figures.get("mutations", {})
        figures["mutations"] = measure_mutations(real, options.mutate, options.minutes, options.formats, before)
    else:
        figures["machine"] = machine()
        figures["files"], documents = measure_files(real)
        figures["articles"] = measure_articles(real)
        figures["page_numbers"], words = measure_page_numbers(documents)
        figures["pdf_libraries"] = measure_pdf_libraries(real, words)
        figures["word_libraries"] = measure_word_libraries(real)
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if "files" in figures:
        write_page(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
