"""Count the starter corpus: documents, passages, sentences out, and the facts that went in.

Run from the root of the repository:

    .venv/bin/python benchmarks/corpus_counts.py

The facts are counted in the fact sheets under --facts (../shared/facts, or facts/ below PROBQA_SHARED); where
there are none it says so and counts the rest. The exit code is 1 where a digest has fewer sentences than its
sheet has facts, or where one of the two is there without the other.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import yaml

from probqa.reading import corpus, reader
from probqa.reading.passages import cut_passages

ROOT = Path(__file__).resolve().parents[1]
NOT_SHEETS = {"catalogue", "glossary"}


def main() -> int:
    shared = Path(os.environ.get("PROBQA_SHARED") or ROOT.parent / "shared")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument("--facts", type=Path, default=shared / "facts")
    options = parser.parse_args()
    passages, sentences = count_digests(options.corpus)
    print(f"documents     {len(sentences):6,}")
    print(f"passages      {passages:6,}")
    print(f"sentences out {sum(sentences.values()):6,}")
    if not options.facts.is_dir():
        print(f"facts in           -  (no fact sheets at {options.facts})")
        return 0
    facts = count_facts(options.facts)
    print(f"facts in      {sum(facts.values()):6,}")
    lost = [
        f"{name}: {sentences.get(name, 0)} sentences for {facts.get(name, 0)} facts"
        for name in sorted(sentences.keys() | facts.keys())
        if sentences.get(name, 0) < facts.get(name, 0) or name not in facts
    ]
    print("\n".join(lost), file=sys.stderr, end="\n" if lost else "")
    return 1 if lost else 0


def count_digests(folder: Path) -> tuple[int, dict[str, int]]:
    """Passages in all, and sentences by the digest's id.

    Documents with the published words are passed over.
    """
    passages = 0
    sentences: dict[str, int] = {}
    for file in corpus.list_files(folder)[0]:
        document = reader.read(file, folder)
        if document.source.wording == "digest":
            cut = cut_passages(document, first_row=0)
            passages += len(cut)
            sentences[document.source.id] = sum(len(passage.sentences) for passage in cut)
    return passages, sentences


def count_facts(folder: Path) -> dict[str, int]:
    """Facts by the id of their sheet."""
    sheets = [path for path in sorted(folder.glob("*.yaml")) if path.stem not in NOT_SHEETS]
    return {path.stem: len(yaml.safe_load(path.read_text(encoding="utf-8"))["facts"]) for path in sheets}


if __name__ == "__main__":
    sys.exit(main())
