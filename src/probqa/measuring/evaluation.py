"""The scores of a library on questions whose answers are known.

In: a file of questions (docs/evaluation.md) and something that answers. Out: ``Scores``, over all and by kind.

Every metric is one function with its source. A metric that nothing was measured for is absent, never 0. A question
that cannot be asked, a source that cannot be opened or a score that is no number stops the run with an error.

>>> round(ndcg([0, 1, 0], relevant=1), 3), mrr([0, 1, 0]), recall([0, 1, 0], relevant=2)
(0.631, 0.5, 0.5)
>>> auroc([0.9, 0.4], [0.4, 0.1])
0.875
"""

from __future__ import annotations

import dataclasses
import io
import math
import re
import string
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from probqa.decoding import decode_json
from probqa.errors import DecodingError, InputError
from probqa.records import Answer, Document, Quote

# How many results of a ranking are looked at.
DEPTH = 10
FORMAT = "see docs/evaluation.md for the format"

METRICS = (
    "ndcg@10",
    "mrr",
    "recall@10",
    "first_quote",
    "first_three_quotes",
    "answered",
    "answered_or_weak",
    "refused",
    "refused_or_weak",
    "auroc",
    "quote_fidelity",
)
_WIDER_THAN_ANY = 10_000

Ask = Callable[[str, Sequence[str]], Answer]
FindDocument = Callable[[str], Document | None]


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """Words of one document that answer a question."""

    document_id: str
    text: str


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """One line of a question file: the question, the questions before it, and what answers it.

    Exactly one of ``spans``, ``documents``, ``unanswerable`` and ``unjudged`` is filled; the last says that nobody has
    said yet which of the others it is. ``near`` are the words that tempt most
    without answering, ``missing`` says what they lack, and ``about`` names the document that an unanswerable question
    was written for; they are there for training.
    """

    id: str
    question: str
    spans: tuple[GoldSpan, ...] = ()
    documents: tuple[str, ...] = ()
    unanswerable: bool = False
    unjudged: bool = False
    history: tuple[str, ...] = ()
    kind: str = ""
    split: str = ""
    near: tuple[GoldSpan, ...] = ()
    missing: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """The value of each metric, over all questions and by kind.

    The counts of questions stand beside them. Rates are in [0, 1], higher is better.
    """

    questions: int
    answerable: int
    unanswerable: int
    metrics: dict[str, float]
    kinds: dict[str, Scores]


@dataclass(frozen=True, slots=True)
class _Target:
    """Something to find: a document, or the places of the gold words in it."""

    document_id: str
    places: tuple[tuple[int, int], ...]

    def is_in(self, quote: Quote) -> bool:
        if quote.source.id != self.document_id:
            return False
        around = quote.context_span
        return not self.places or any(start < around.end and around.start < end for start, end in self.places)


@dataclass(frozen=True, slots=True)
class _Measured:
    question: GoldQuestion
    values: Mapping[str, float]
    confidence: float


def read_questions(path: Path, split: str = "") -> tuple[GoldQuestion, ...]:
    """Read the questions of a file, all of them or those of one ``split``, without those that nobody has judged.

    Raises:
        InputError: the file cannot be read, a line is not a question (named by its number), or none is left.
    """
    try:
        questions = parse_questions(path.read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the question file {path} cannot be read: {error}", "name a JSON Lines file") from error
    chosen = tuple(question for question in questions if split in ("", question.split) and not question.unjudged)
    if not chosen:
        raise InputError(f"{path} holds no question" + (f" of the split {split!r}" if split else ""), "name another")
    return chosen


def parse_questions(text: str, path: Path) -> tuple[GoldQuestion, ...]:
    """Return the questions of a file's text, those that nobody has judged among them.

    Raises:
        InputError: a line is not a question; it names the file and the line's number.
    """
    questions: dict[str, GoldQuestion] = {}
    # Not splitlines, which parts a line at characters that a text in it may hold.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            question = parse_question(line)
            if question.id in questions:
                raise ValueError(f"the id {question.id!r} is taken by an earlier line")
        except DecodingError as error:
            raise InputError(f"{path} line {number}: {error.problem}", error.remedy or FORMAT) from error
        except ValueError as error:
            raise InputError(f"{path} line {number}: {error}", FORMAT) from error
        questions[question.id] = question
    return tuple(questions.values())


def parse_question(line: str) -> GoldQuestion:
    """Return the question of a line.

    Raises:
        DecodingError, ValueError: it is none; the message says what is wrong.
    """
    question = decode_json(GoldQuestion, line)
    for name in ("id", "question"):
        if not getattr(question, name).strip():
            raise ValueError(f"has no {name}")
    texts = {
        "spans": [text for span in question.spans for text in (span.document_id, span.text)],
        "documents": question.documents,
        "history": question.history,
    }
    for name, held in texts.items():
        if not all(text.strip() for text in held):
            raise ValueError(f"{name} holds an empty text")
    filled = [bool(question.spans), bool(question.documents), question.unanswerable, question.unjudged]
    if filled.count(True) != 1:
        raise ValueError('needs just one of "spans", "documents", "unanswerable": true and "unjudged": true')
    return question


def evaluate(questions: Sequence[GoldQuestion], ask: Ask, document: FindDocument) -> Scores:
    """Score the answers to all questions.

    Each question is asked once.

    ``ask`` takes a question and the questions before it. ``auroc`` says how well the confidence of the first quote
    tells the answerable questions from the others.

    Raises:
        ProbqaError: a question cannot be asked, or its gold is not in the index; the message has its id.
    """
    if not questions:
        raise InputError("there is no question to score", "name a file that holds some")
    for question in questions:
        _targets(question, document)
    measured = []
    for question in questions:
        try:
            answer = ask(question.question, question.history)
        except InputError as error:
            raise InputError(f"question {question.id} cannot be asked: {error.problem}", error.remedy) from error
        confident = answer.shown[0].confidence if answer.shown else 0.0
        if not math.isfinite(confident):
            raise InputError(
                f"question {question.id} was answered with the confidence {confident}", "report this fault"
            )
        measured.append(_Measured(question, _measure(question, answer, document), confident))
    kinds = sorted({question.kind for question in questions} - {""})
    by_kind = {kind: _scores([result for result in measured if result.question.kind == kind]) for kind in kinds}
    return dataclasses.replace(_scores(measured), kinds=by_kind)


def ndcg(gains: Sequence[float], relevant: int | Sequence[float], depth: int = DEPTH) -> float:
    """Return the normalised discounted cumulative gain of a ranking, in [0, 1].

    ``gains`` are in the order of the ranking. ``relevant`` is how many gains of 1 could be had, or the list of all
    gains that could. DCG is the sum of ``gain / log2(rank + 1)`` (Järvelin and Kekäläinen, 2002, with the discount as
    trec_eval's ndcg_cut has it).
    """
    ideal = sorted([1.0] * relevant if isinstance(relevant, int) else relevant, reverse=True)
    best = _dcg(ideal[:depth])
    if best <= 0:
        raise ValueError("nDCG is not defined where nothing is relevant")
    return _dcg(gains[:depth]) / best


def mrr(gains: Sequence[float]) -> float:
    """Return the reciprocal rank of the first relevant result (Voorhees, TREC-8, 1999).

    It is 0 where nothing is relevant.
    """
    return next((1 / rank for rank, gain in enumerate(gains, start=1) if gain > 0), 0.0)


def recall(gains: Sequence[float], relevant: int, depth: int = DEPTH) -> float:
    """Return the share of the ``relevant`` among the first ``depth`` results (trec_eval's recall)."""
    if relevant < 1:
        raise ValueError("recall is not defined where nothing is relevant")
    return sum(gain > 0 for gain in gains[:depth]) / relevant


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Return the area under the ROC curve.

    It is the chance that a positive scores above a negative, ties counted half (Mann and Whitney, 1947; Fawcett, 2006).
    """
    if not positives or not negatives:
        raise ValueError("AUROC needs scores of both kinds")
    below = sorted(negatives)
    pairs = sum(bisect_left(below, score) + bisect_right(below, score) for score in positives)
    return pairs / (2 * len(positives) * len(negatives))


def rate(outcomes: Sequence[bool]) -> float:
    """Return the share of the outcomes that are true, such as answered, refused or right."""
    if not outcomes:
        raise ValueError("a rate needs outcomes")
    return sum(outcomes) / len(outcomes)


def holds(text: str, answers: Iterable[str]) -> bool:
    """Tell whether ``text`` contains one of the ``answers``, case and white space aside.

    "Has answer" as open-domain question answering counts it (Chen et al., 2017), but with the answer's punctuation.

    >>> holds("Over 3,700 people left prison\\nhomeless.", ["prison homeless"]), holds("None left.", ["one"])
    (True, False)
    """
    within = _plain(text)
    return any(re.search(rf"(?<!\w){re.escape(_plain(answer))}(?!\w)", within) for answer in answers)


def word_f1(text: str, answers: Iterable[str]) -> float:
    """Return the best F1 over words between ``text`` and one of the ``answers``.

    As SQuAD counts it (Rajpurkar et al., 2016).

    >>> word_f1("It was the good one.", ["good ones", "a good one"])
    0.6666666666666666
    """
    return max((_overlap_f1(_squad_words(text), _squad_words(answer)) for answer in answers), default=0.0)


def is_faithful(quote: Quote, document: FindDocument) -> bool:
    """Tell whether a quote is the slice of its document that its span names.

    It must be so character for character (law 1).
    """
    source = document(quote.source.id)
    return source is not None and quote.text == source.text[quote.span.start : quote.span.end]


def as_text(scores: Scores) -> str:
    """Lay the scores out as a table.

    Each kind has a row, and the last row is over all questions. Long names stand over several lines.
    """
    # Imported here, because asking must not pay for it.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    names = [name for name in METRICS if name in scores.metrics]
    table = Table(box=None, pad_edge=False)
    table.add_column("kind", vertical="bottom")
    for name in ("asked", *names):
        words = name.replace("_or_", "_or ").replace("_", "\n")
        table.add_column(words, justify="right", vertical="bottom")
    for kind, part in (*sorted(scores.kinds.items()), ("all", scores)):
        cells = (f"{part.metrics[name]:.3f}" if name in part.metrics else "-" for name in names)
        table.add_row(Text(kind), str(part.questions), *cells)
    printed = io.StringIO()
    Console(file=printed, width=_WIDER_THAN_ANY, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in printed.getvalue().splitlines())


def _targets(question: GoldQuestion, document: FindDocument) -> list[_Target]:
    """Return the paragraphs or documents that answer a question, each once.

    Two gold spans in one paragraph are one thing to find.
    """
    if question.documents:
        for name in question.documents:
            _gold_document(question, name, document)
        return [_Target(name, ()) for name in dict.fromkeys(question.documents)]
    targets: dict[object, _Target] = {}
    for gold in question.spans:
        source = _gold_document(question, gold.document_id, document)
        places = [match.span() for match in re.finditer(re.escape(gold.text), source.text)]
        if not places:
            raise InputError(
                f"question {question.id}: the document {gold.document_id} does not hold the words {gold.text[:60]!r}",
                "correct the question file, or build the index from the corpus it was written for",
            )
        paragraphs = tuple(
            block.span.start
            for block in source.blocks
            for start, _ in places
            if block.span.start <= start < block.span.end
        )
        targets.setdefault((gold.document_id, paragraphs), _Target(gold.document_id, tuple(places)))
    return list(targets.values())


def _gold_document(question: GoldQuestion, name: str, document: FindDocument) -> Document:
    gold_document = document(name)
    if gold_document is None:
        raise InputError(
            f"question {question.id} names the document {name}, which the index does not hold",
            "correct the question file, or build the index from the corpus it was written for",
        )
    return gold_document


def _gains(quotes: Sequence[Quote], targets: Sequence[_Target]) -> list[float]:
    """Return the gain of each quote in a ranking.

    It is 1 for a quote whose paragraph holds a target that no quote before it held, else 0.
    """
    left = list(targets)
    gains = []
    for quote in quotes:
        hits = [target for target in left if target.is_in(quote)]
        left = [target for target in left if target not in hits]
        gains.append(1.0 if hits else 0.0)
    return gains


def _measure(question: GoldQuestion, answer: Answer, document: FindDocument) -> dict[str, float]:
    """Score one answer by the metrics that apply to its question.

    The ranking is what was shown, also where that was only shown as near.
    """
    shown = answer.shown
    values: dict[str, float] = {}
    if shown:
        values["quote_fidelity"] = rate([is_faithful(quote, document) for quote in shown])
    if question.unanswerable:
        return values | {"refused": answer.status == "not_found", "refused_or_weak": answer.status != "answered"}
    targets = _targets(question, document)
    gains = _gains(shown, targets)
    values["ndcg@10"] = ndcg(gains, len(targets))
    values["mrr"] = mrr(gains)
    values["recall@10"] = recall(gains, len(targets))
    if question.spans:
        right = [
            holds(quote.text, [span.text for span in question.spans if span.document_id == quote.source.id])
            for quote in shown[:3]
        ]
        values["first_quote"] = right[:1] == [True]
        values["first_three_quotes"] = any(right)
    return values | {"answered": answer.status == "answered", "answered_or_weak": answer.status != "not_found"}


def _scores(measured: Sequence[_Measured]) -> Scores:
    metrics: dict[str, float] = {}
    for name in METRICS:
        values = [float(result.values[name]) for result in measured if name in result.values]
        if values:
            metrics[name] = sum(values) / len(values)
    confident = {
        kind: [result.confidence for result in measured if result.question.unanswerable is kind]
        for kind in (False, True)
    }
    if all(confident.values()):
        metrics["auroc"] = auroc(confident[False], confident[True])
    return Scores(
        questions=len(measured),
        answerable=len(confident[False]),
        unanswerable=len(confident[True]),
        metrics={name: round(value, 6) for name, value in metrics.items()},
        kinds={},
    )


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())


def _squad_words(text: str) -> list[str]:
    """Split a text into words by SQuAD's normalisation.

    It takes lower case, no punctuation and no articles.
    """
    kept = "".join(character for character in text.lower() if character not in string.punctuation + "’‘“”")
    return re.sub(r"\b(a|an|the)\b", " ", kept).split()


def _overlap_f1(predicted: list[str], gold: list[str]) -> float:
    same = sum((Counter(predicted) & Counter(gold)).values())
    return 2 * same / (len(predicted) + len(gold)) if same else 0.0
