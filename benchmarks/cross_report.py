"""Ten questions that cross reports, asked of the starter corpus as anyone would ask them.

    python benchmarks/cross_report.py > docs/cross-report-questions.md

Asks the index that every command uses; the page is made again whenever the corpus or the ranking changes.
"""

from __future__ import annotations

import os

from probqa.asking.library import Library
from probqa.questions import Request
from probqa.rendering import finding_line, label, source_line
from probqa.settings import settings

QUESTIONS = (
    "How did CRCs use the telephone to supervise people at low risk?",
    "Which probation delivery units were rated inadequate?",
    "What did inspectors say about staff shortages and workloads?",
    "How good was work to protect children and victims of domestic abuse?",
    "What happened to Working Links?",
    "How well did prisons and CRCs prepare people for release?",
    "What was said about unpaid work being delivered on time?",
    "How did the NPS and the CRCs work together?",
    "What did inspectors find about accommodation for people leaving prison?",
    "How were court reports and assessments rated?",
)


def main() -> None:
    """Ask and print."""
    library = Library(settings(os.environ))
    generation = library.generation
    print("# Ten questions that cross reports\n")
    print(
        "Made by `python benchmarks/cross_report.py`; the quotes are of the digests in `corpus/`, in this project's own"
    )
    print(f"words. {generation.documents} documents, generation `{generation.name}`.")
    for question in QUESTIONS:
        answer = library.ask(Request.of(question, 5))
        print(f"\n## {question}\n\n{finding_line(answer)} Status: {answer.status}.")
        for quote in answer.quotes:
            print(f"\n> {quote.text}\n\n{source_line(quote)} ({label(quote.source)}) <{quote.source.url}>")


if __name__ == "__main__":
    main()
