"""How well probqa answers about other fields, whose words stand in files of their own.

    python benchmarks/other_corpora.py [childrens_services | air_accidents] [--list] [--work FOLDER]

Each folder in benchmarks/other_corpora/ holds a field: its ``domain.yaml``, and ``questions.jsonl`` of our own about
real reports. The reports are in ../shared/real, or real/ below PROBQA_SHARED; where they are absent the field is named
and left out. An index of each is built in a temporary folder (a minute or two), or kept in --work. Prints how often the
first quote, and one of the first three, is from the page and is the sentence that answers; how many questions without
an answer are refused; and what was read from the first pages, beside what people read there.

No sentence of a report is kept here: an answer is the hash of a sentence's words.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from probqa.asking.library import Library
from probqa.indexing.build import build
from probqa.reading.passages import cut_passages
from probqa.records import Answer, Document, Quote, Source
from probqa.settings import Settings, settings

ROOT = Path(__file__).resolve().parents[1]
FIELDS = ROOT / "benchmarks" / "other_corpora"
REAL = Path(os.environ.get("PROBQA_SHARED") or ROOT.parent / "shared") / "real"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; where nothing answers, it has no ``answers``. ``document`` is a file's name without its ending."""

    question: str
    document: str = ""
    page: int = 0
    answers: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, line: str) -> Asked:
        """Return the question of a line."""
        values = json.loads(line)
        return cls(values["question"], values.get("document", ""), values.get("page", 0), tuple(values["answers"]))


def digest(sentence: str) -> str:
    """Return what stands for a sentence of a real report: a hash of its words alone."""
    return hashlib.sha256(" ".join(re.findall(r"\w+", sentence.lower())).encode()).hexdigest()[:16]


def digests(document: Document) -> dict[int, str]:
    """Return the hash of each sentence of a document by its start."""
    return {
        span.start: digest(document.slice(span)) for passage in cut_passages(document, 0) for span in passage.sentences
    }


def is_page(asked: Asked, quote: Quote) -> bool:
    """Tell whether a quote begins on the page that answers."""
    page = quote.page
    return Path(quote.document.file).stem == asked.document and page is not None and page.pdf == asked.page


def is_sentence(asked: Asked, quote: Quote) -> bool:
    """Tell whether a quote is, or holds, a sentence that answers."""
    if Path(quote.document.file).stem != asked.document:
        return False
    held = {each for start, each in digests(quote.document).items() if quote.span.start <= start < quote.span.end}
    return not held.isdisjoint(asked.answers)


def share(hits: Iterable[bool]) -> str:
    """Write how many of how many.

    >>> share([True, False])
    '1 of 2'
    """
    listed = list(hits)
    return f"{sum(listed)} of {len(listed)}"


def is_read(source: Source, name: str, true: object) -> bool:
    """Tell whether a field was read as people read it on the first page; a date may be known less exactly.

    >>> from probqa.dates import PartialDate
    >>> is_read(Source("a", "A", "", "", PartialDate("2007")), "published", "2007-12-08")
    True
    """
    if name == "published":
        return bool(source.published) and str(true).startswith(source.published.iso)
    return (dict(source.ratings) if name == "ratings" else source.area) == true


def build_index(field: Path, files: Iterable[Path], folder: Path) -> Settings:
    """Build an index of the files and of the field's domain below a folder, or bring it up to them."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for file in (*files, field / "domain.yaml"):
        shutil.copy(file, corpus / file.name)
    chosen = settings(os.environ, corpus=corpus, index=folder / "index")
    report = build(chosen)
    for failure in report.failures:
        print(f"  not read: {failure.file}: {failure.problem}")
    print(f"  {len(report.failures)} files not read; {report.passages} passages in {report.seconds:.0f} s")
    return chosen


def measure(field: Path, work: Path, *, lists: bool) -> None:
    """Build, ask and print."""
    first_pages = json.loads((field / "first_pages.json").read_text(encoding="utf-8"))
    folder = REAL / first_pages["folder"]
    print(f"{field.name}")
    if not folder.is_dir():
        print(f"  left out: {folder} is absent")
        return
    rows = (field / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [Asked.from_json(row) for row in rows]
    truth: dict[str, dict[str, object]] = first_pages["documents"]
    chosen = build_index(field, (folder / f"{name}.pdf" for name in truth), work / field.name)
    with closing(Library(chosen)) as library:
        answers = [(asked, library.ask(asked.question)) for asked in questions]
        sources = {Path(each.file).stem: each.source for each in library.generation.all_documents()}
    print_scores(answers)
    for name in ("area", "ratings", "published"):
        held = {of: is_read(sources[of], name, true[name]) for of, true in truth.items() if name in true}
        wrong = ", ".join(of for of, right in held.items() if not right)
        print(f"  {name} read right: {share(held.values())}{f', wrong: {wrong}' if wrong else ''}")
    if lists:
        for of, true in truth.items():
            source = sources[of]
            read = {"area": source.area, "ratings": dict(source.ratings), "published": source.published.in_words}
            for name, value in true.items():
                print(f"  {of[:40]}: {name} read {read[name]}, true {value}")
        for asked, answer in answers:
            print(f"  {_verdict(asked, answer):>9}  {asked.question}")


def print_scores(answers: Iterable[tuple[Asked, Answer]]) -> None:
    """Print the shares that are right."""
    answered = [(asked, answer.quotes) for asked, answer in answers if asked.answers]
    for name, is_right in (("page", is_page), ("sentence", is_sentence)):
        first, three = (
            share(any(is_right(asked, quote) for quote in quotes[:k]) for asked, quotes in answered) for k in (1, 3)
        )
        print(f"  right {name}: hit@1 {first}, hit@3 {three}")
    statuses = [(bool(asked.answers), answer.status) for asked, answer in answers]
    print(
        f"  answerable: {share(status == 'answered' for has, status in statuses if has)} answered, "
        f"{share(status == 'not_found' for has, status in statuses if has)} refused"
    )
    print(
        f"  unanswerable: {share(status == 'not_found' for has, status in statuses if not has)} refused, "
        f"{share(status == 'answered' for has, status in statuses if not has)} answered"
    )


def _verdict(asked: Asked, answer: Answer) -> str:
    if not asked.answers:
        return answer.status
    if any(is_sentence(asked, quote) for quote in answer.quotes[:1]):
        return "first"
    if any(is_page(asked, quote) for quote in answer.quotes[:3]):
        return "in three"
    return f"- {answer.status}"


def main() -> int:
    """Measure the fields that are named, or each."""
    names = sorted(folder.name for folder in FIELDS.iterdir() if folder.is_dir())
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("fields", nargs="*", metavar="field", help=f"{' or '.join(names)}; each where none is named")
    parser.add_argument("--list", action="store_true", help="also say of each question how it was answered")
    parser.add_argument("--work", type=Path, help="keep the corpora and indexes here, and build only what changed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for name in options.fields or names:
            measure(FIELDS / name, options.work or Path(temporary), lists=options.list)
    return 0


if __name__ == "__main__":
    sys.exit(main())
