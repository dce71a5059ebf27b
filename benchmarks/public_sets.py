"""Measure retrieval, quotes and answerability on the public question sets.

Run from the root of the repository (the sets lie in ../shared/data, or where PROBQA_SHARED says; absent sets are
skipped, and named):

    python benchmarks/public_sets.py                       nDCG@10 of every set and method
    python benchmarks/public_sets.py --limit 800 SET ...   an evenly spaced sample of some sets
    python benchmarks/public_sets.py --answerability       AUROC of the signals of "this is not answered here"
    python benchmarks/public_sets.py --quotes              the first quote against the gold answer

Everything runs through the project's own rooms: a set's passages, as given, are written as a generation and opened.
Vectors and the exported encoder are kept in --cache, since embedding is the slow part: about ten minutes for all.

To try a way to rank, give ``evaluate`` any function from a set and a question's number to rows, best first:

    public = open_set("squad2_dev_half", limit=800)
    evaluate(public, ranked_by(lambda cosines, bm25: 0.6 * scaled(cosines) + 0.4 * over_best(bm25)))
    evaluate(public, probqa_rows)
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import numpy.typing as npt

from probqa.asking.quotes import Chosen, choose, cut
from probqa.asking.retrieval import retrieve
from probqa.asking.signals import measure
from probqa.calibration import UNCALIBRATED
from probqa.glossary.domain import NO_DOMAIN
from probqa.glossary.entries import Entries
from probqa.glossary.glossary import Glossary
from probqa.indexing.cross_encoder import READER_FILES
from probqa.indexing.encoder import CANARIES, ENCODER_FILES, Encoder
from probqa.indexing.export import export_model, find_model, fingerprint
from probqa.indexing.export_reader import export_reader
from probqa.indexing.generation import Contents, Generation, write
from probqa.indexing.lexical import LexicalIndex, tokens, words
from probqa.indexing.manifest import Model
from probqa.measuring.evaluation import DEPTH, auroc, holds, ndcg, word_f1
from probqa.questions import INSIDE, Origin, Request, Scope, Turn, Word
from probqa.questions import Question as Understood
from probqa.reading.passages import search_text
from probqa.reading.sentences import split_sentences
from probqa.records import Block, Document, Hit, Passage, Quote, Source, Span
from probqa.settings import DEFAULT_MODEL, DEFAULT_READER
from probqa.understanding.follow_ups import FollowUp, complete
from probqa.understanding.kinds import read_kind
from probqa.understanding.names import read_names
from probqa.understanding.scope import is_outside
from probqa.weights import WEIGHTS

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PROBQA_SHARED") or ROOT.parent / "shared") / "data"
CACHE = Path(tempfile.gettempdir()) / "probqa-benchmarks"

Floats = npt.NDArray[np.float32]
Rows = Sequence[int]

NO_GLOSSARY = Glossary(Entries())

# How many passages a ranking has, and how many hits the quotes are cut from: as many as ``probqa ask`` looks at.
KEPT = WEIGHTS.looked_at


@dataclass(frozen=True)
class View:
    """One way to ask a set: the field that is the question, and whether only the question's own document counts."""

    set: str
    field: str = "text"
    within_document: bool = False

    @property
    def label(self) -> str:
        notes = [] if self.field == "text" else [self.field.removeprefix("text_with_")]
        return " + ".join([self.set, *notes]) + (", in its document" if self.within_document else "")


VIEWS = (
    View("squad2_dev_half"),
    View("doc2dial_val"),
    View("doc2dial_val", "text_with_history"),
    View("or_sharc_dev"),
    View("or_sharc_dev", "text_with_scenario"),
    View("policyqa_dev", "text_with_site"),
    View("policyqa_dev", within_document=True),
    View("wikiqa_dev"),
    View("wikiqa_dev", within_document=True),
    View("contractnli_dev", within_document=True),
    View("inscit_dev_partial"),
    View("inscit_dev_partial", "text_with_history"),
    View("conditionalqa_dev_evidence"),
    View("conditionalqa_dev_evidence", "text_with_scenario"),
)


@dataclass(frozen=True)
class Question:
    """A question of a set.

    ``history`` is all that was said before it, oldest first, as (speaker, text).
    """

    id: str
    text: str
    relevant: dict[int, float]
    answers: tuple[str, ...]
    answerable: bool
    history: tuple[tuple[str, str], ...]
    allowed: npt.NDArray[np.int64] | None


Rewrite = Callable[[Question], str]


def carried_over(question: Question) -> str:
    """Return the query that ``probqa ask --previous`` really runs, from what the user asked before."""
    previous = [text for speaker, text in question.history if speaker == "user"]
    return completed(question.text, previous).question


def completed(text: str, previous: Sequence[str], glossary: Glossary = NO_GLOSSARY) -> FollowUp:
    """Complete a question from those before it."""
    return complete([*map(Turn, previous), Turn(text)], glossary, NO_DOMAIN)


def as_it_stands(
    generation: Generation, text: str, vector: Floats, carried: str = "", weight: float = WEIGHTS.added
) -> Understood:
    """Understand a question of any length without correcting or widening it.

    ``carried`` words have this ``weight``.
    """
    parts: tuple[tuple[str, Origin, float], ...] = ((text, "typed", 1.0), (carried, "carried", weight))
    held = tuple(
        Word(word, word, stem, generation.lexical.rarity(stem), share, origin)
        for part, origin, share in parts
        for word, _, stem in tokens(part)
    )
    return Understood(
        request=Request((Turn(text),)),
        text=text,
        words=held,
        names=read_names(text, generation.glossary),
        kind=read_kind(text, NO_DOMAIN),
        carried=(),
        added=(),
        scope=Scope("outside") if is_outside(generation, held, vector, WEIGHTS) else INSIDE,
        vector=vector,
    )


@dataclass
class PublicSet:
    """A set opened as a generation, with the vector of each question."""

    view: View
    generation: Generation
    questions: list[Question]
    vectors: Floats

    @cached_property
    def cosines(self) -> Floats:
        """float32 ``(questions, passages)``: the cosine of every passage."""
        found: Floats = self.vectors @ self.generation.dense.vectors.T
        return found

    @cached_property
    def bm25(self) -> Floats:
        """float32 ``(questions, passages)``: BM25 of every passage."""
        return np.stack([self.generation.lexical.scores(words(question.text)) for question in self.questions])

    def hits(self, number: int, k: int = KEPT) -> list[Hit]:
        """Return what retrieval finds now for a question."""
        return retrieve(self.generation, self.understood(number), k, allowed=self.questions[number].allowed)

    def understood(self, number: int) -> Understood:
        """Understand a question."""
        return as_it_stands(self.generation, self.questions[number].text, self.vectors[number])

    def chosen(self, number: int, hits: Sequence[Hit], k: int = 8) -> list[Chosen]:
        """Choose what is quoted now of some hits."""
        question = self.understood(number)
        candidates = measure(self.generation, question, hits)
        return choose(question, candidates, k, self.generation.domain, self.generation.calibration)

    def quotes(self, number: int, hits: Sequence[Hit], k: int = 8) -> list[Quote]:
        """Quote what is chosen of some hits."""
        question = self.understood(number)
        return [cut(question, each, self.generation.calibration) for each in self.chosen(number, hits, k)]


Ranker = Callable[[PublicSet, int], Rows]
Mix = Callable[[Floats, Floats], npt.NDArray[np.floating[Any]]]
Signal = Callable[[PublicSet, int, Sequence[Hit], Sequence[Quote]], float]


def open_set(
    name: str | View, limit: int = 0, rewrite: Rewrite | None = None, data: Path = SHARED, cache: Path = CACHE
) -> PublicSet:
    """Open a set: all its questions or ``limit`` of them, evenly spaced.

    ``rewrite`` makes the query of a question.

    Raises:
        FileNotFoundError: the set is not there.
    """
    view = View(name) if isinstance(name, str) else name
    folder = data / view.set
    models = exported(cache)
    encoder = models.opened_encoder()
    records = list(_json_lines(folder / "corpus.jsonl"))
    contents = contents_of(records, models, lambda texts: _embedded(encoder, models.model, texts, cache))
    with tempfile.TemporaryDirectory(dir=cache) as index:
        write(Path(index), contents)
        generation = Generation.live(Path(index))
    questions = _questions(folder, view, [record["_id"] for record in records], [r.get("doc_id") for r in records])
    questions = evenly(questions, limit)
    if rewrite:
        questions = [dataclasses.replace(question, text=rewrite(question)) for question in questions]
    asked = [question.text for question in questions]
    return PublicSet(view, generation, questions, _embedded(encoder, models.model, asked, cache))


def contents_of(
    records: Sequence[dict[str, Any]], models: Exported, embed: Callable[[Sequence[str]], Floats]
) -> Contents:
    """Return what a build makes, of passages ``{"title", "text"}`` as they are given."""
    documents, passages = _passages(records)
    pairs = list(zip(documents, passages, strict=True))
    texts = [search_text(document, passage) for document, passage in pairs]
    sentences = [document.slice(span) for document, passage in pairs for span in passage.sentences]
    return Contents(
        documents=documents,
        passages=passages,
        passage_vectors=embed(texts),
        sentence_vectors=embed(sentences).astype(np.float16),
        canary_vectors=models.opened_encoder().encode_passages(CANARIES),
        lexical=LexicalIndex.build(texts),
        encoder_files=models.encoder_files,
        reader_files=models.reader_files,
        model=models.model,
        reader=models.reader,
        files={},
        calibration=UNCALIBRATED,
    )


def evaluate(public: PublicSet, ranker: Ranker) -> float:
    """Mean nDCG@10 of a ranker over the questions that have a relevant passage."""
    values = []
    for number, question in enumerate(public.questions):
        if question.relevant:
            gains = [question.relevant.get(int(row), 0.0) for row in ranker(public, number)[:DEPTH]]
            values.append(ndcg(gains, list(question.relevant.values())))
    if not values:
        raise ValueError(f"{public.view.label} has no question with a relevant passage")
    return sum(values) / len(values)


def ranked_by(mix: Mix) -> Ranker:
    """Rank all passages (those of the question's document, where only they count) by a mix of cosines and BM25."""

    def ranker(public: PublicSet, number: int) -> Rows:
        allowed = public.questions[number].allowed
        rows = np.arange(public.generation.passages) if allowed is None else allowed
        scores = mix(public.cosines[number][rows], public.bm25[number][rows])
        return [int(row) for row in rows[np.lexsort((rows, -scores))][:KEPT]]

    return ranker


def probqa_rows(public: PublicSet, number: int) -> Rows:
    """Rank as ``probqa.asking.retrieval.retrieve`` does."""
    return [hit.passage.row for hit in public.hits(number)]


def scaled(scores: Floats) -> npt.NDArray[np.float64]:
    """Scale to [0, 1] between the lowest and the highest."""
    low, high = float(scores.min()), float(scores.max())
    return (scores.astype(np.float64) - low) / (high - low) if high > low else np.ones(len(scores))


def over_best(scores: Floats) -> npt.NDArray[np.float64]:
    """Divide by the highest."""
    high = float(scores.max())
    return scores.astype(np.float64) / high if high > 0 else np.zeros(len(scores))


def rrf(cosines: Floats, bm25: Floats, constant: int = 60) -> npt.NDArray[np.float64]:
    """Reciprocal rank fusion, 100 candidates a side (Cormack, Clarke and Büttcher, 2009)."""
    total = np.zeros(len(cosines))
    for scores in (cosines, bm25):
        order = np.argsort(-scores, kind="stable")[:100]
        order = order[scores[order] > 0]
        total[order] += 1 / (constant + 1 + np.arange(len(order)))
    return total


def convex(weight: float) -> Mix:
    """``weight`` × scaled cosine + the rest × BM25 over its best, all passages scored."""
    return lambda cosines, bm25: weight * scaled(cosines) + (1 - weight) * over_best(bm25)


METHODS: dict[str, Ranker] = {
    "dense": ranked_by(lambda cosines, _: cosines),
    "BM25": ranked_by(lambda _, bm25: bm25),
    "RRF": ranked_by(rrf),
    "convex .3": ranked_by(convex(0.3)),
    "convex .4": ranked_by(convex(0.4)),
    "convex .5": ranked_by(convex(0.5)),
    "convex .6": ranked_by(convex(0.6)),
    "convex .7": ranked_by(convex(0.7)),
    "probqa": probqa_rows,
}


def _max_cosine(public: PublicSet, number: int, _hits: Sequence[Hit], _quotes: Sequence[Quote]) -> float:
    return float(_allowed(public, number, public.cosines).max())


def _best_bm25(public: PublicSet, number: int, _hits: Sequence[Hit], _quotes: Sequence[Quote]) -> float:
    return float(_allowed(public, number, public.bm25).max())


def _top_score(_public: PublicSet, _number: int, hits: Sequence[Hit], _quotes: Sequence[Quote]) -> float:
    return hits[0].score if hits else 0.0


def _top_cosine(_public: PublicSet, _number: int, hits: Sequence[Hit], _quotes: Sequence[Quote]) -> float:
    return hits[0].cosine if hits else 0.0


def _top_margin(_public: PublicSet, _number: int, hits: Sequence[Hit], _quotes: Sequence[Quote]) -> float:
    return hits[0].score - hits[1].score if len(hits) > 1 else 0.0


def _first_quote_score(_public: PublicSet, _number: int, _hits: Sequence[Hit], quotes: Sequence[Quote]) -> float:
    return quotes[0].score if quotes else 0.0


def _coverage(public: PublicSet, number: int, hits: Sequence[Hit], _quotes: Sequence[Quote]) -> float:
    chosen = public.chosen(number, hits, 1)
    return chosen[0].candidate.signals.covered if chosen else 0.0


def _sentence_cosine(public: PublicSet, number: int, hits: Sequence[Hit], _quotes: Sequence[Quote]) -> float:
    """Return the best sentence of the first ten passages."""
    best = 0.0
    for hit in hits[:10]:
        first, last = public.generation.first_sentences[hit.passage.row : hit.passage.row + 2]
        vectors = public.generation.sentence_vectors[first:last].astype(np.float32)
        best = max(best, float((vectors @ public.vectors[number]).max()))
    return best


def _chance(public: PublicSet, number: int, hits: Sequence[Hit], _quotes: Sequence[Quote]) -> float:
    calibration = public.generation.calibration
    return max((calibration.confidence(each.candidate.signals) for each in public.chosen(number, hits)), default=0.0)


SIGNALS: dict[str, Signal] = {
    "chance that it is answered": _chance,
    "best cosine": _max_cosine,
    "best BM25": _best_bm25,
    "fused score of the first passage": _top_score,
    "cosine of the first passage": _top_cosine,
    "lead of the first passage": _top_margin,
    "score of the first quote": _first_quote_score,
    "words covered by the first quote's passage": _coverage,
    "best sentence cosine": _sentence_cosine,
}


def answerability(public: PublicSet, signals: dict[str, Signal] = SIGNALS) -> dict[str, float]:
    """AUROC of each signal between the questions that have an answer and those that have none."""
    values: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in signals}
    for number, question in enumerate(public.questions):
        hits = public.hits(number)
        quotes = public.quotes(number, hits)
        for name, signal in signals.items():
            values[name][not question.answerable].append(signal(public, number, hits, quotes))
    return {name: auroc(*both) for name, both in values.items()}


def statuses(public: PublicSet) -> dict[str, float]:
    """Shares of each status among the questions that have an answer in the set and among those that have none."""
    counts: Counter[tuple[bool, str]] = Counter()
    for number, question in enumerate(public.questions):
        quotes = public.quotes(number, public.hits(number))
        counts[question.answerable, quotes[0].status if quotes else "not_found"] += 1
    return {
        f"{'answerable' if answerable else 'unanswerable'}: {status}": counts[answerable, status]
        / sum(count for (kind, _), count in counts.items() if kind is answerable)
        for answerable in (True, False)
        for status in ("answered", "weak", "not_found")
    }


def first_quotes(public: PublicSet, threshold: float = 0.5) -> dict[str, float]:
    """Return the first quote against the gold answer, over the answerable questions.

    ``holds`` is the share of first quotes with a gold answer in them, ``holds, right passage`` those that are also from
    a relevant passage, ``passage first`` the share of first quotes from one. F1 is over words; ``given`` is with the
    relevant passage handed over, so that only the choice of sentences counts. Beside it the plain baseline: every
    sentence of that passage whose cosine is at least ``threshold``, the best one where none is. ``words F1`` is over
    the words of all questions together (``WordOverlap``), of all that is quoted as an answer, the first quote where
    nothing is.
    """
    outcomes: dict[str, list[float]] = {}
    overlaps = {name: WordOverlap() for name in ("words F1", "given: words F1", "plain: words F1")}

    def note(name: str, value: float) -> None:
        outcomes.setdefault(name, []).append(value)

    for number, question in enumerate(public.questions):
        if not (question.answerable and question.answers and question.relevant):
            continue
        quotes = public.quotes(number, public.hits(number))
        text = quotes[0].text if quotes else ""
        right = bool(quotes) and _row(quotes[0]) in question.relevant
        held = holds(text, question.answers)
        note("holds", held)
        note("holds, right passage", held and right)
        note("passage first", right)
        note("in first 3", any(holds(quote.text, question.answers) for quote in quotes[:3]))
        note("F1", word_f1(text, question.answers))
        answering = [quote.text for quote in quotes if quote.status == "answered"] or [text]
        overlaps["words F1"].add(" ".join(answering), question.answers)
        row = max(question.relevant, key=lambda row: (question.relevant[row], -row))
        given = [Hit(public.generation.passage(row), 1.0, float(public.cosines[number, row]))]
        cut = public.quotes(number, given, k=1)[0].text
        note("given: holds", holds(cut, question.answers))
        note("given: F1", word_f1(cut, question.answers))
        overlaps["given: words F1"].add(cut, question.answers)
        plain = _above(public, number, row, threshold)
        note("plain: holds", holds(plain, question.answers))
        note("plain: F1", word_f1(plain, question.answers))
        overlaps["plain: words F1"].add(plain, question.answers)
    if not outcomes:
        raise ValueError(f"{public.view.label} has no question with a gold answer")
    return {name: mean(values) for name, values in outcomes.items()} | {
        name: overlap.f1 for name, overlap in overlaps.items()
    }


@dataclass
class WordOverlap:
    """Words shown, words of the gold answers, and words in both, over all questions: for a micro-averaged F1.

    A word is what stands between white space, as written. Of several gold answers the one that is hit best counts.

    >>> overlap = WordOverlap()
    >>> overlap.add("It was good.", ["good.", "bad"])
    >>> overlap.f1
    0.5
    """

    shown: int = 0
    wanted: int = 0
    both: int = 0

    def add(self, text: str, answers: Sequence[str]) -> None:
        """Count a question."""
        shown = Counter(text.split())
        wanted = [Counter(answer.split()) for answer in answers]
        best = max(wanted, key=lambda words: (shown & words).total() / max(1, shown.total() + words.total()))
        self.shown += shown.total()
        self.wanted += best.total()
        self.both += (shown & best).total()

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.both / max(1, self.shown + self.wanted)


def evenly(items: list[Any], count: int) -> list[Any]:
    """``count`` items, evenly spaced.

    All of them where ``count`` is 0 or more than there are.
    """
    if not 0 < count < len(items):
        return items
    return [items[at * len(items) // count] for at in range(count)]


def _above(public: PublicSet, number: int, row: int, threshold: float) -> str:
    generation = public.generation
    passage, document = generation.passage(row), generation.document_of(row)
    first, last = generation.first_sentences[row : row + 2]
    cosines = generation.sentence_vectors[first:last].astype(np.float32) @ public.vectors[number]
    chosen = [at for at, cosine in enumerate(cosines) if cosine >= threshold] or [int(np.argmax(cosines))]
    return " ".join(document.slice(passage.sentences[at]) for at in chosen)


def _allowed(public: PublicSet, number: int, scores: Floats) -> Floats:
    allowed = public.questions[number].allowed
    found: Floats = scores[number]
    return found if allowed is None else found[allowed]


def _row(quote: Quote) -> int:
    return int(quote.source.id)


def _passages(records: Sequence[dict[str, Any]]) -> tuple[list[Document], list[Passage]]:
    """Each passage of a set as a document of its own with one passage.

    The document's id is the row.
    """
    documents, passages = [], []
    for row, record in enumerate(records):
        text = record["text"]
        spans = split_sentences(text)
        whole = Span(spans[0].start, spans[-1].end)
        source = Source(id=str(row), title=record["title"], publisher="", kind="passage")
        documents.append(
            Document(
                source, file=str(row), file_sha256="", reader="given", text=text, blocks=(Block("paragraph", whole),)
            )
        )
        passages.append(Passage(row=row, document_id=str(row), span=whole, sentences=spans))
    return documents, passages


def _questions(folder: Path, view: View, ids: list[str], document_ids: list[str | None]) -> list[Question]:
    rows = {name: row for row, name in enumerate(ids)}
    relevant: dict[str, dict[int, float]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question_id, passage_id, score = line.split("\t")
        relevant.setdefault(question_id, {})[rows[passage_id]] = float(score)
    answers: dict[str, dict[str, Any]] = {}
    if (folder / "answers.jsonl").is_file():
        answers = {record["query_id"]: record for record in _json_lines(folder / "answers.jsonl")}
    of_document: dict[str | None, list[int]] = {}
    for row, document_id in enumerate(document_ids):
        of_document.setdefault(document_id, []).append(row)
    questions = []
    for record in _json_lines(folder / "queries.jsonl"):
        answer = answers.get(record["_id"], {"answers": [], "answerable": True})
        allowed = np.array(of_document[record["doc_id"]], np.int64) if view.within_document else None
        questions.append(
            Question(
                id=record["_id"],
                text=" ".join(record[view.field].split()),
                relevant=relevant.get(record["_id"], {}),
                answers=tuple(answer["answers"]),
                answerable=bool(answer["answerable"]),
                history=tuple((turn["speaker"], turn["text"]) for turn in record.get("history", [])),
                allowed=allowed,
            )
        )
    return questions


@dataclass(frozen=True)
class Exported:
    """The default encoder and reader, and the files that an index carries of each."""

    model: Model
    encoder_files: dict[str, bytes]
    reader: Model
    reader_files: dict[str, bytes]

    def opened_encoder(self) -> Encoder:
        """Open the encoder."""
        return Encoder(*self.encoder_files.values())


def exported(cache: Path) -> Exported:
    """Return the default models, exported once."""
    encoder = _exported_once(DEFAULT_MODEL, ENCODER_FILES, export_model, cache)
    return Exported(*encoder, *_exported_once(DEFAULT_READER, READER_FILES, export_reader, cache))


def _exported_once(
    name: str, files: Sequence[str], export: Callable[[str, Path], dict[str, bytes]], cache: Path
) -> tuple[Model, dict[str, bytes]]:
    found = find_model(name)
    model = Model(fingerprint(found), name)
    folder = cache / f"exported-{model.fingerprint[:16]}"
    if not all((folder / file).is_file() for file in files):
        made = export(name, found)
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            _keep(folder / file, made[file])
    return model, {file: (folder / file).read_bytes() for file in files}


def _embedded(encoder: Encoder, model: Model, texts: Sequence[str], cache: Path) -> Floats:
    """Return vectors of texts, from the cache where these very texts were embedded by this very model."""
    made_of = hashlib.sha256(json.dumps([model.fingerprint, list(texts)]).encode()).hexdigest()
    path = cache / f"vectors-{made_of[:24]}.npy"
    if path.is_file():
        return np.asarray(np.load(path, allow_pickle=False), np.float32)
    distinct = list(dict.fromkeys(texts))
    done = 0

    def progress(more: int) -> None:
        nonlocal done
        done += more
        if done % 320 < more:
            print(f"\rembedding {done} of {len(distinct)} ", end="", file=sys.stderr, flush=True)

    at = {text: row for row, text in enumerate(distinct)}
    vectors = encoder.encode_passages(distinct, progress)[[at[text] for text in texts]].astype(np.float32)
    print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    with tempfile.TemporaryFile() as buffer:
        np.save(buffer, vectors)
        buffer.seek(0)
        _keep(path, buffer.read())
    return vectors


def _keep(path: Path, content: bytes) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(path)


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def print_rows(title: str, first: str, rows: Mapping[str, Mapping[str, float | None]]) -> None:
    """Print a Markdown table: three decimals for what lies in [0, 1], none for what is over 100."""
    columns = list(dict.fromkeys(name for values in rows.values() for name in values))
    print(f"\n### {title}\n\n| {first} | " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for name, values in rows.items():
        print(f"| {name} | " + " | ".join(_cell(values.get(column)) for column in columns) + " |")


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if value <= 1 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="names of sets; all of them where none is given")
    parser.add_argument("--limit", type=int, default=0, help="an evenly spaced sample of so many questions a set")
    parser.add_argument("--answerability", action="store_true")
    parser.add_argument("--quotes", action="store_true")
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    tables: dict[str, dict[str, dict[str, float]]] = {}
    for view in VIEWS:
        if arguments.sets and view.set not in arguments.sets:
            continue
        if not (arguments.data / view.set).is_dir():
            print(f"skipped {view.set}: there is no {arguments.data / view.set}", file=sys.stderr)
            continue
        public = open_set(view, arguments.limit, data=arguments.data, cache=arguments.cache)
        label = f"{view.label} ({len(public.questions)})"
        if not (arguments.answerability or arguments.quotes):
            row = {name: evaluate(public, ranker) for name, ranker in METHODS.items()}
            tables.setdefault("nDCG@10", {})[label] = row
        if arguments.answerability and len({question.answerable for question in public.questions}) == 2:
            tables.setdefault("AUROC of answerability", {})[label] = answerability(public)
            tables.setdefault("Status", {})[label] = statuses(public)
        if arguments.quotes and any(question.answers for question in public.questions):
            tables.setdefault("The first quote", {})[label] = first_quotes(public)
        public.generation.close()
        for title, rows in tables.items():
            print(
                f"{label}: {title}: " + ", ".join(f"{k} {v:.3f}" for k, v in rows.get(label, {}).items()),
                file=sys.stderr,
            )
    for title, rows in tables.items():
        print_rows(title, "set", rows)
    if arguments.json:
        arguments.json.write_text(json.dumps(tables, indent=1), encoding="utf-8")
    return 0 if tables else 1


if __name__ == "__main__":
    sys.exit(main())
