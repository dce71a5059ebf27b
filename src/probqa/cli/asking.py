"""The commands that ask an index: a question, a file of questions, a text to check.

In: options and settings. Out: an answer, scores or verdicts, printed, and an exit code.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from probqa.cli.terminal import Add, of_draft, print_json, read_input, say
from probqa.errors import InputError
from probqa.questions import DEFAULT_QUOTES, Filters, Request
from probqa.settings import Settings

FILTERS = {
    "document": "only this document id; each filter may be given more than once",
    "provider": "only documents about this provider or owner",
    "area": "only documents about this area or a place in it",
    "kind": "only documents of this kind",
    "body": "only passages about this kind of body (docs/domain.md)",
}
# The scores look at the first ten (docs/evaluation.md).
EVALUATED_QUOTES = 10


def offer(add: Add) -> None:
    """Add the commands with their options."""
    ask = add("ask", _ask, "Answer a question with quotes.")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("-k", type=int, metavar="N", help="at most N quotes (default: 8)")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.add_argument("--previous", action="append", default=[], metavar="QUESTION", help="asked before; oldest first")
    ask.add_argument("--every", action="store_true", help="put the question to every report by itself")
    for name, text in FILTERS.items():
        ask.add_argument(f"--{name}", action="append", default=[], metavar=name.upper(), help=text)
    ask.add_argument("--since", default="", metavar="DATE", help="published on or after: 2017, 2017-04 or 2017-04-19")
    ask.add_argument("--until", default="", metavar="DATE", help="published on or before")
    of_draft(ask)
    check = add("check", _check, "Say whether quotes stand in the reports word for word, and what was altered.")
    check.add_argument(
        "text",
        metavar="TEXT-OR-FILE",
        help="a quote, a text with quotes in quote marks, or a draft (.docx, .pdf, .md, .txt, .html, …); - reads it",
    )
    check.add_argument(
        "--named", metavar="REPORT", help="the report it claims to quote: an id, a title, an area and year"
    )
    check.add_argument("--word", metavar="OUT.docx", help="write a Word copy with a comment at each quote")
    check.add_argument("--json", action="store_true", help="print one JSON object")
    of_draft(check)
    calibrate = add("calibrate", _calibrate, "Fit what makes a status, on files of questions (docs/evaluation.md).")
    calibrate.add_argument("files", metavar="FILE", nargs="+")
    calibrate.add_argument("--split", default="", metavar="NAME", help="only the questions of this part")
    evaluate = add("eval", _eval, "Score the answers to a file of questions (docs/evaluation.md).")
    evaluate.add_argument("file", metavar="FILE")
    evaluate.add_argument("--split", default="", metavar="NAME", help="only the questions of this part")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    of_draft(evaluate)


def _ask(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa import rendering
    from probqa.asking.library import Library
    from probqa.understanding.question import checked

    # Checked before the index is opened: a mistake in the question is told at once.
    checked(options.question)
    if options.every and options.k is not None:
        raise InputError("-k cannot be used with --every", "leave it out: each report gives its best quote")
    filters = Filters(
        documents=tuple(options.document),
        kinds=tuple(options.kind),
        areas=tuple(options.area),
        providers=tuple(options.provider),
        bodies=tuple(options.body),
        since=options.since,
        until=options.until,
    )
    k = DEFAULT_QUOTES if options.k is None else options.k
    request = Request.of(options.question, k, filters=filters, previous=options.previous)
    library = Library(chosen)
    if options.every:
        every = library.every(request)
        if options.json:
            print_json(rendering.every_to_json(every))
        else:
            say(rendering.every_to_text(every), end="")
        return 0 if every.coverage.documents_with_quotes else 1
    answer = library.ask(request)
    if options.json:
        print_json(rendering.to_json(answer))
    else:
        say(rendering.to_text(answer), end="")
    return 1 if answer.status == "not_found" else 0


def _calibrate(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.measuring import evaluation
    from probqa.measuring.calibrate import calibrate

    fitted = calibrate(chosen, *(evaluation.read_questions(Path(file), options.split) for file in options.files))
    say(
        f"answerable ({fitted.answerable}): {fitted.answered:.1%} answered, {fitted.shown:.1%} answered or weak; "
        f"unanswerable ({fitted.unanswerable}): {fitted.refused:.1%} not found, {fitted.not_answered:.1%} not answered"
    )
    say(f"written to {chosen.corpus / 'calibration.json'}; run: probqa build")
    return 0


def _eval(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.asking.library import Library
    from probqa.measuring import evaluation

    questions = evaluation.read_questions(Path(options.file), options.split)
    library = Library(chosen)
    scores = evaluation.evaluate(
        questions,
        lambda question, previous: library.ask(Request.of(question, EVALUATED_QUOTES, previous=previous)),
        library.generation.document,
    )
    if options.json:
        print_json(dataclasses.asdict(scores))
    else:
        say(evaluation.as_text(scores))
    return 0


def _check(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.asking.library import Library
    from probqa.checking import differences, verdicts
    from probqa.reading.reader import DRAFTS

    is_draft = Path(options.text).suffix.lower() in DRAFTS and len(options.text.splitlines()) == 1
    text = read_input() if options.text == "-" else _read_draft(options.text) if is_draft else options.text
    report = Library(chosen).check(text, options.named, is_draft=is_draft)
    if options.json:
        print_json(verdicts.to_json(report))
    else:
        say(differences.to_text(report), end="")
    if options.word:
        from probqa.checking.word_copy import to_word

        Path(options.word).write_bytes(to_word(report))
        say(f"written to {options.word}", to_errors=True)
    statuses = {quote.status for quote in report.quotes}
    # Words in quote marks that are too few to check are common in a draft, and said, but fail no routine.
    return 0 if statuses <= ({"found", "too_short"} if is_draft else {"found"}) else 1


def _read_draft(name: str) -> str:
    from probqa.reading.corpus import read_bytes
    from probqa.reading.reader import read_draft
    from probqa.rendering import visible_line

    path = Path(name)
    if not path.is_file():
        raise InputError(f"there is no file {name}", "give the path of a draft, or a text in quote marks")
    text, removals = read_draft(read_bytes(path.parent, path.name), path.name)
    for removal in removals:
        say(f"note: not checked, {removal.reason}: {visible_line(removal.text)}", to_errors=True)
    return text
