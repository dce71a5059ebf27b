"""Questions, and the sentences that answer them, as both models read them.

In: ``training/data``, the corpus, and the real reports and public sets where they are (``--shared``). Out: ``Example``
records and, for each collection of reports, its ``Sentence`` records.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from probqa.asking.signals import leaning, reading_text
from probqa.errors import ProbqaError
from probqa.measuring.evaluation import GoldSpan, read_questions
from probqa.reading.corpus import list_files
from probqa.reading.passages import cut_passages, search_text
from probqa.reading.reader import read
from probqa.reading.sentences import split_sentences
from probqa.records import Document, Span

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "training" / "data"
Split = Literal["train", "dev"]
Json = dict[str, Any]

# Folders of real reports below real/.
REAL = ("ofsted_ilacs", "ofsted_jtai", "gao", "ntsb")
# Public sets whose stated licence lets a model be trained on them and passed on, and how many questions of each.
PUBLIC = {
    "conditionalqa": 2200,
    "scifact": 400,
    "onestopqa": 450,
    "wice": 350,
    "other_splits/selqa_devtest": 1800,
    "other_splits/qed_dev": 1200,
}
# One document in so many is kept for development, and so is one in so many questions that belong to none.
DEVELOPMENT = 7


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a collection with those it leans on: ``text`` is what the reader is given, ``passage`` its row."""

    document: str
    text: str
    quote: str
    passage: int


@dataclass(frozen=True, slots=True)
class Collection:
    """Some reports that are asked together. ``passages`` are the texts that are embedded."""

    name: str
    sentences: tuple[Sentence, ...]
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A question. ``answers`` and ``near`` are sentences of its collection by number, or texts where it has none.

    ``near`` were chosen by a person as tempting, and answer nothing. Where ``answers`` is empty nothing answers.
    ``style`` says how it was asked, or what is missing.
    """

    question: str
    source: str
    style: str
    split: Split
    document: str = ""
    answers: tuple[int, ...] = ()
    near: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    """Of a public example: sentences of its passages, the first ``len(answers)`` of which answer."""
    passage: str = ""
    extra: Json = field(default_factory=dict)


def split_of(name: str) -> Split:
    """Return the split of a document, or of a question that belongs to none, by a hash of its name."""
    number = int(hashlib.sha256(name.encode()).hexdigest(), 16)
    return "dev" if number % DEVELOPMENT == 0 else "train"


def as_split(name: str) -> Split:
    """Return a split by its name."""
    return "dev" if name == "dev" else "train"


def lines(path: Path) -> list[Json]:
    """Return the records of a JSON lines file, gzipped or not."""
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return [json.loads(line) for line in text.splitlines()]


def collect(name: str, documents: Iterable[tuple[str, Document]]) -> Collection:
    """Cut documents into sentences."""
    sentences: list[Sentence] = []
    passages: list[str] = []
    for key, document in documents:
        for passage in cut_passages(document, 0):
            for number, span in enumerate(passage.sentences):
                whole = Span(passage.sentences[leaning(document, passage.sentences, number)].start, span.end)
                sentences.append(Sentence(key, reading_text(document, whole), document.slice(whole), len(passages)))
            passages.append(search_text(document, passage))
    return Collection(name, tuple(sentences), tuple(passages))


def digest(quote: str) -> str:
    """Return what stands for a sentence of a real report, none of whose words are kept: a hash of its words alone."""
    return hashlib.sha256(" ".join(re.findall(r"\w+", quote.lower())).encode()).hexdigest()[:16]


def read_folder(folder: Path) -> Iterator[Document]:
    """Yield the documents of a folder; what cannot be read is named."""
    files, _ = list_files(folder)
    for file in files:
        try:
            yield read(file, folder)
        except ProbqaError as error:
            logging.warning("%s", error)


def starter() -> tuple[Collection, list[Example]]:
    """Return the starter corpus and the questions about it, those without an answer among them."""
    documents = [(document.source.id, document) for document in read_folder(ROOT / "corpus")]
    collection = collect("starter", documents)
    examples = []
    for row in read_questions(DATA / "starter.jsonl"):
        # As it will be read: completed by the question before it.
        question = " ".join((*row.history[-1:], row.question))
        answers, near = (tuple(number_of(collection, span) for span in spans) for spans in (row.spans, row.near))
        document = row.spans[0].document_id if row.spans else row.about
        examples.append(Example(question, "starter", row.kind, as_split(row.split), document, answers, near))
    return collection, examples


def number_of(collection: Collection, span: GoldSpan) -> int:
    """Return the number of the sentence that is, or ends with, the words of a span."""
    wanted = squeezed(span.text)
    found = [
        number
        for number, sentence in enumerate(collection.sentences)
        if sentence.document == span.document_id and squeezed(sentence.quote).endswith(wanted)
    ]
    if not found:
        raise ValueError(f"{span.document_id} has no sentence {span.text!r}")
    # The sentence itself before one that leans on it.
    return min(found, key=lambda number: len(collection.sentences[number].quote))


def squeezed(text: str) -> str:
    """Return a text without differences of white space."""
    return " ".join(text.split())


def reports(shared: Path) -> tuple[Collection, list[Example]]:
    """Return the real reports and the questions about them; both are empty where the files are absent."""
    folder = shared / "real"
    documents = [
        (f"{part}/{Path(document.file).stem}", document)
        for part in REAL
        if (folder / part).is_dir()
        for document in read_folder(folder / part)
    ]
    collection = collect("reports", documents)
    known = {key for key, _ in documents}
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, sentence in enumerate(collection.sentences):
        found[sentence.document, digest(sentence.quote)].append(number)
    examples = []
    for row in lines(DATA / "reports.jsonl"):
        key = row["document"]
        if key not in known:
            continue
        # A file that is read otherwise than when the question was written may have lost the sentence.
        answers, near = (
            tuple(number for one in dict.fromkeys(row.get(field, ())) for number in found.get((key, one), ()))
            for field in ("answers", "near")
        )
        if row["answers"] and not answers:
            logging.warning("%s no longer has the answer to %r", key, row["question"])
            continue
        examples.append(Example(row["question"], "reports", row["style"], split_of(key), key, answers, near))
    return collection, examples


def public(shared: Path) -> list[Example]:
    """Return questions of public sets with the sentences of their passages, those that answer first."""
    examples = []
    for name, wanted in PUBLIC.items():
        path = shared / "data" / "train" / name / "pairs.jsonl.gz"
        if not path.exists():
            logging.warning("%s is not there and is left out", path)
            continue
        grouped: dict[str, list[Json]] = defaultdict(list)
        for row in lines(path):
            if not row.get("passage_gold_in_eval"):
                grouped[row["question"]].append(row)
        ordered = sorted(grouped, key=lambda question: hashlib.sha256(question.encode()).hexdigest())
        made = (public_example(name, question, grouped[question]) for question in ordered)
        examples += [example for example in made if example is not None][:wanted]
    return examples


def public_example(name: str, question: str, rows: Sequence[Json]) -> Example | None:
    """Return a public question, unless no sentence of it was marked or all were."""
    answering: list[str] = []
    others: list[str] = []
    passage = ""
    for row in rows:
        marked = [Span(*evidence) for evidence in row["evidence"]]
        title = " ".join(str(row.get("title") or "").split())[:80]
        if row["answerable"] and not marked:
            return None
        for span in split_sentences(row["passage"]):
            text = row["passage"][span.start : span.end]
            is_answer = any(min(span.end, one.end) - max(span.start, one.start) > 8 for one in marked)
            (answering if is_answer else others).append(f"{title}\n{text}" if title else text)
        if row["answerable"] and not passage:
            passage = f"{title}\n{row['passage']}"
    answering = list(dict.fromkeys(answering))[:4]
    others = [text for text in dict.fromkeys(others) if text not in answering]
    if not others or (not answering and any(row["answerable"] for row in rows)):
        return None
    return Example(
        question,
        name,
        "public",
        split_of(question),
        answers=tuple(range(len(answering))),
        texts=(*answering, *others),
        passage=passage,
    )


def everything(shared: Path) -> tuple[list[Collection], list[Example]]:
    """Return all collections and all examples."""
    collections, examples = [], []
    parts: tuple[Callable[[], tuple[Collection, list[Example]]], ...] = (starter, lambda: reports(shared))
    for part in parts:
        collection, its = part()
        collections.append(collection)
        examples += its
    return collections, examples + public(shared)
