"""How well probqa answers about real reports that its models have not seen, among others that they have.

    python benchmarks/kept_back.py [--list] [--work FOLDER]

The questions are those of training/data/reports_kept_back.jsonl: our own, about ten inspection and accident reports on
which nothing was trained. With them all the real reports of ../shared/real (or real/ below PROBQA_SHARED) are indexed
that were read for training, in a temporary folder (some minutes), or in --work, which is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from other_corpora import REAL, ROOT, digest, share

from probqa.asking.library import Library
from probqa.asking.signals import leaning
from probqa.indexing.build import build
from probqa.reading.passages import cut_passages
from probqa.records import Answer, Document, Quote, Span
from probqa.settings import Settings, settings

QUESTIONS = ROOT / "training" / "data" / "reports_kept_back.jsonl"
FOLDERS = ("ofsted_ilacs", "ofsted_jtai", "gao", "ntsb")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of one document; where nothing answers, it has no ``answers``."""

    question: str
    style: str
    document: str
    answers: frozenset[str]

    @classmethod
    def from_json(cls, line: str) -> Asked:
        """Return the question of a line."""
        values = json.loads(line)
        return cls(values["question"], values["style"], values["document"], frozenset(values["answers"]))


def build_index(folder: Path) -> Settings:
    """Build an index of the reports below a folder, or bring it up to them."""
    corpus = folder / "corpus"
    for part in FOLDERS:
        if not (corpus / part).is_dir():
            shutil.copytree(REAL / part, corpus / part)
    chosen = settings(os.environ, corpus=corpus, index=folder / "index")
    chosen.index.mkdir(exist_ok=True)
    report = build(chosen)
    for failure in report.failures:
        print(f"not read: {failure.file}: {failure.problem}")
    print(f"{report.added + report.unchanged} reports, {report.passages} passages, {report.seconds:.0f} s")
    return chosen


def sentences_by_digest(document: Document) -> dict[str, list[Span]]:
    """Return the sentences of a document by the hash of each with those that it leans on."""
    found: dict[str, list[Span]] = defaultdict(list)
    for passage in cut_passages(document, 0):
        for number, span in enumerate(passage.sentences):
            first = passage.sentences[leaning(document, passage.sentences, number)]
            found[digest(document.slice(Span(first.start, span.end)))].append(span)
    return found


def outcome(answer: Answer, document: Document, gold: Sequence[Span]) -> dict[str, bool]:
    """Return what is right about an answer to a question that the sentences ``gold`` of a document answer."""
    pages = {document.page(span.start) for span in gold}

    def is_page(quote: Quote) -> bool:
        return quote.source.id == document.source.id and quote.page in pages

    def is_sentence(quote: Quote) -> bool:
        inside = any(quote.span.start <= span.start < quote.span.end for span in gold)
        return quote.source.id == document.source.id and inside

    return {
        "page, first quote": any(map(is_page, answer.quotes[:1])),
        "page, first three": any(map(is_page, answer.quotes[:3])),
        "sentence, first quote": any(map(is_sentence, answer.quotes[:1])),
        "sentence, first three": any(map(is_sentence, answer.quotes[:3])),
    } | judged(answer)


def judged(answer: Answer) -> dict[str, bool]:
    """Return how an answer was judged."""
    return {"answered": answer.status == "answered", "refused": answer.status == "not_found"}


def main() -> int:
    """Build, ask, and print by style."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--list", action="store_true", help="also say of each question how it was answered")
    parser.add_argument("--work", type=Path, help="keep the corpus and the index here, and build only what changed")
    options = parser.parse_args()
    absent = [part for part in FOLDERS if not (REAL / part).is_dir()]
    if absent:
        print(f"left out: {REAL / absent[0]} is absent")
        return 0
    questions = [Asked.from_json(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as temporary:
        chosen = build_index(options.work or Path(temporary))
        outcomes: dict[str, list[dict[str, bool]]] = defaultdict(list)
        with closing(Library(chosen)) as library:
            documents = {
                document.file.removesuffix(".pdf"): document for document in library.generation.all_documents()
            }
            found = {name: sentences_by_digest(documents[name]) for name in {asked.document for asked in questions}}
            for asked in questions:
                answer = library.ask(asked.question)
                gold = [span for one in asked.answers for span in found[asked.document].get(one, ())]
                if asked.answers and not gold:
                    print(f"the answer is no longer read: {asked.question}")
                    continue
                right = outcome(answer, documents[asked.document], gold) if gold else judged(answer)
                outcomes[asked.style].append(right)
                outcomes["all, answerable" if gold else "all, unanswerable"].append(right)
                if options.list:
                    print(f"  {asked.style}: {asked.question}: {', '.join(name for name in right if right[name])}")
    for style, of_style in outcomes.items():
        shares = (f"{name} {share(each[name] for each in of_style)}" for name in of_style[0])
        print(f"{style}: {'; '.join(shares)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
