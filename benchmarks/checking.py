"""Measure the quote checker: how fast it is, that it errs on neither side, and where altered ends.

    PYTHONPATH=src .venv/bin/python benchmarks/checking.py corpus [--corpus FOLDER]    every sentence, 500 mutations
    PYTHONPATH=src .venv/bin/python benchmarks/checking.py speed [--passages 100000]   preparation and checks
    PYTHONPATH=src .venv/bin/python benchmarks/checking.py shares [--corpus FOLDER]    the threshold of "altered"

``corpus`` exits 1 if a sentence is not found at its own place or a mutation is found. The large corpus of ``speed`` is
made by recombining the words of the corpus in sentences of the same lengths, always the same ones; nothing is
written anywhere.
"""

from __future__ import annotations

import argparse
import itertools
import random
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from probqa.checking.check import check
from probqa.checking.comparison import nearest
from probqa.checking.lookup import Reports
from probqa.checking.tokens import WORD, tokenise
from probqa.dates import PartialDate
from probqa.reading import corpus, reader
from probqa.reading.passages import cut_passages
from probqa.records import Block, Document, Source, Span

SEED = 20240601
MUTATIONS = 500
QUOTES = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["corpus", "speed", "shares"])
    parser.add_argument("--corpus", type=Path, default=Path(__file__).parents[1] / "corpus")
    parser.add_argument("--passages", type=int, default=100_000)
    options = parser.parse_args()
    files, _ = corpus.list_files(options.corpus)
    documents = [reader.read(file, options.corpus) for file in files]
    if options.what == "corpus":
        return all_sentences(documents)
    if options.what == "speed":
        return speed(documents, options.passages)
    return shares(documents)


def all_sentences(documents: list[Document]) -> int:
    reports = Reports(documents)
    sentences = list(sentences_of(documents))
    missed = 0
    too_short = 0
    for document, span in sentences:
        checked = check(reports, document.slice(span)).quotes
        if [quote.status for quote in checked] == ["too_short"]:
            too_short += 1
        elif not any(
            place.source.id == document.source.id and place.span == span and place.text == document.slice(span)
            for quote in checked
            for place in quote.places
            if quote.status == "found"
        ):
            missed += 1
            print("not found:", document.source.id, document.slice(span), [quote.status for quote in checked])
    print(f"{len(sentences)} sentences: {missed} not found at their own place, {too_short} too short to check")
    texts = [" ".join(token.text for token in tokenise(document.text)) for document in documents]
    found = 0
    said: Counter[str] = Counter()
    for kind, original, mutated in mutations(sentences):
        really = " ".join(token.text for token in tokenise(mutated)).removesuffix(" .")
        if any(really in text for text in texts):
            said["really occurs"] += 1
            continue
        for quote in check(reports, f"“{mutated}”").quotes:
            said[quote.status] += 1
            if quote.status in ("found", "elsewhere"):
                found += 1
                print("found:", kind, "|", original, "|", mutated)
    print(f"{MUTATIONS} mutations: {found} called found; {dict(said)}")
    return 1 if missed or found else 0


def sentences_of(documents: list[Document]) -> Iterator[tuple[Document, Span]]:
    for document in documents:
        for passage in cut_passages(document, 0):
            for span in passage.sentences:
                yield document, span


def mutations(sentences: list[tuple[Document, Span]]) -> Iterator[tuple[str, str, str]]:
    """Return the same ``MUTATIONS`` each time: (kind, sentence, altered sentence), every change inside the sentence."""
    chance = random.Random(SEED)
    texts = [document.slice(span) for document, span in sentences]
    texts = [text for text in texts if len(WORD.findall(text)) >= 6]
    made = 0
    while made < MUTATIONS:
        text = chance.choice(texts)
        kind = chance.choice(["digit", "not", "drop", "insert", "swap", "replace"])
        words = list(WORD.finditer(text))
        at = chance.randrange(1, len(words) - 2)
        word, following = words[at], words[at + 1]
        digits = [place for place, character in enumerate(text) if character.isdigit()]
        if kind == "digit":
            if not digits:
                continue
            place = chance.choice(digits)
            mutated = text[:place] + str((int(text[place]) + chance.randrange(1, 10)) % 10) + text[place + 1 :]
        elif kind == "not":
            mutated = text[: word.start()] + "not " + text[word.start() :]
        elif kind == "drop":
            mutated = text[: word.start()] + text[following.start() :]
        elif kind == "insert":
            mutated = (
                text[: word.start()] + chance.choice(["very", "always", "mostly", "43"]) + " " + text[word.start() :]
            )
        elif kind == "swap":
            if word.group() == following.group():
                continue
            between = text[word.end() : following.start()]
            mutated = text[: word.start()] + following.group() + between + word.group() + text[following.end() :]
        else:
            other = WORD.findall(chance.choice(texts))[0].lower()
            if other == word.group().lower():
                continue
            mutated = text[: word.start()] + other + text[word.end() :]
        made += 1
        yield kind, text, mutated


def speed(documents: list[Document], passages: int) -> int:
    large = recombined(documents, passages)
    began = time.perf_counter()
    reports = Reports(large)
    print(
        f"{passages:,} passages in {len(large):,} documents, {reports.words:,} words: prepared in"
        f" {time.perf_counter() - began:.1f} s, peak memory {peak_mebibytes()} MiB"
    )
    chance = random.Random(SEED)
    sentences = [(document, block.span) for document in large for block in document.blocks]
    chosen = chance.sample(sentences, QUOTES)
    texts = [document.slice(span) for document, span in chosen]
    for text in texts[:3]:
        check(reports, text)
    kinds = {
        "found": [f"“{text}”" for text in texts],
        "altered": [f"“{mutated}”" for _, _, mutated in list(mutations(chosen))[:QUOTES]],
        "omission": [f"“{' '.join(w[:6])} [...] {' '.join(w[10:])}”" for w in map(str.split, texts)],
        "absent": [f"“{shuffled(text, chance)}”" for text in texts],
        "stitched": [f"“{a.rstrip('.')} {b}”" for a, b in itertools.pairwise(texts)],
        "a paragraph of five quotes, one area named": [
            "The 2017 Gwent report said " + " and ".join(f"“{text}”" for text in texts[at : at + 5])
            for at in range(0, QUOTES, 5)
        ],
        "20,000 characters in one quote": [f"“{' '.join(texts * 20)[:19_990]}”"],
        "20,000 characters of one letter": [f"“{'a ' * 9_995}”"],
    }
    for kind, quotes in kinds.items():
        milliseconds = []
        said: Counter[str] = Counter()
        for quote in quotes:
            began = time.perf_counter()
            report = check(reports, quote)
            milliseconds.append(1000 * (time.perf_counter() - began))
            said.update(checked.status for checked in report.quotes)
        print(f"{kind}: median {statistics.median(milliseconds):.1f} ms, worst {max(milliseconds):.1f} ms {dict(said)}")
    print(f"peak memory {peak_mebibytes()} MiB")
    return 0


def recombined(documents: list[Document], passages: int) -> list[Document]:
    """Documents of 40 paragraphs.

    Each is a real sentence's words with about half of them exchanged.
    """
    chance = random.Random(SEED)
    texts = [document.slice(span).split() for document, span in sentences_of(documents)]
    vocabulary = [word for text in texts for word in text]
    made: list[Document] = []
    for first in range(0, passages, 40):
        blocks: list[Block] = []
        parts: list[str] = []
        at = 0
        for _ in range(min(40, passages - first)):
            words = [*chance.choice(texts), *chance.choice(texts), *chance.choice(texts)]
            text = " ".join(chance.choice(vocabulary) if chance.random() < 0.5 else word for word in words)
            blocks.append(Block("paragraph", Span(at, at + len(text))))
            parts.append(text)
            at += len(text) + 2
        source = Source(
            f"made-{first}", f"Made report {first}", "Nobody", "report", published=PartialDate("2017"), area="Gwent"
        )
        made.append(Document(source, f"{first}.md", "", "", "\n\n".join(parts), tuple(blocks)))
    return made


def shuffled(text: str, chance: random.Random) -> str:
    words = text.split()
    chance.shuffle(words)
    return " ".join(words)


def shares(documents: list[Document]) -> int:
    """Return the weighted share of words in the nearest passage, of altered sentences and of those not there."""
    reports = Reports(documents)
    sentences = list(sentences_of(documents))
    chance = random.Random(SEED)
    vocabulary = [word for document, span in sentences for word in document.slice(span).split()]
    for changes in (1, 2, 3, 5, 8):
        rows: list[float] = []
        for document, span in chance.sample(sentences, 200):
            words = document.slice(span).split()
            for _ in range(changes):
                at = chance.randrange(len(words))
                words[at : at + chance.choice([0, 1])] = chance.choice([[], [chance.choice(vocabulary)]])
                words = words or ["nothing"]
            rows.append(share(reports, " ".join(words)))
        print_row(f"{changes} words changed", rows)
    rows = []
    for left_out in documents[::4]:
        others = Reports(document for document in documents if document is not left_out)
        rows += [share(others, left_out.slice(span)) for _, span in sentences_of([left_out])]
    print_row("from a report that is not there", rows)
    return 0


def share(reports: Reports, text: str) -> float:
    found = nearest(reports, text, tokenise(text), frozenset())
    return found.share if found else 0.0


def print_row(name: str, rows: list[float]) -> None:
    tenths = Counter(min(9, int(row * 10)) for row in rows)
    print(f"{name:32}", *(f"{100 * tenths[n] / len(rows):5.1f}%" for n in range(10)), f"of {len(rows)}")


def peak_mebibytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
