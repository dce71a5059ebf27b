"""The terminal: ``probqa init | build | ask | check | list | status | verify | serve | fetch | add | remove | ...``.

In: arguments and the environment. Out: text or JSON on standard output, progress and errors on standard error,
and an exit code: 0 done, answered, weak or every quote found; 1 not found, nothing near, or a quote that is not; 2 a
usage or input error; 3 a damaged index.

Modules are imported where a command needs them, so that asking stays light.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from probqa.dates import PartialDate
from probqa.errors import InputError, ProbqaError
from probqa.questions import DEFAULT_QUOTES, Filters, Request
from probqa.settings import Settings, settings

if TYPE_CHECKING:
    from probqa.gathering.intake import Outcome


FILTERS = {
    "document": "only this document id; each filter may be given more than once",
    "provider": "only documents about this provider or owner",
    "area": "only documents about this area or a place in it",
    "kind": "only documents of this kind",
    "body": "only passages about this kind of body (docs/domain.md)",
}
# The scores look at the first ten (docs/evaluation.md).
EVALUATED_QUOTES = 10
SORTS = ("published", "title", "kind", "area", "passages")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(arguments)
    command: Callable[[argparse.Namespace, Settings], int] = options.command
    try:
        return command(options, settings(os.environ, corpus=options.corpus, index=options.index))
    except ProbqaError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _fail("stopped", 130)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(f"{error.filename or 'the system'}: {error.strerror or error}", 2)


def parser() -> argparse.ArgumentParser:
    """Return the commands and their options."""
    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument("--corpus", metavar="FOLDER", help="the reports (PROBQA_CORPUS; default: corpus)")
    folders.add_argument("--index", metavar="FOLDER", help="the index (PROBQA_INDEX; default: index)")
    top = argparse.ArgumentParser(prog="probqa", description="Ask inspection reports; be answered in their own words.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace, Settings], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, parents=[folders])
        sub.set_defaults(command=command)
        return sub

    init = commands.add_parser(
        "init", help="Write a corpus to begin with.", description="Write a corpus to begin with."
    )
    init.set_defaults(command=_init, corpus=None, index=None)
    init.add_argument("folder", metavar="FOLDER", help="where; the corpus is the folder corpus in it")
    init.add_argument("--empty", action="store_true", help="no reports, but a page that says how to fill it")
    add("build", _build, "Bring the index up to the corpus.")
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
    listing = add("list", _list, "List every document of the index.")
    listing.add_argument("--json", action="store_true", help="print one JSON object")
    listing.add_argument("--sort", choices=SORTS, default="published", help="default: published, newest first")
    fetch = add("fetch", _fetch, "Download official reports of the catalogue into the corpus.")
    which = fetch.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", nargs="*", default=[], metavar="ID", help="as in corpus/catalogue.yaml")
    which.add_argument("--all", action="store_true", help="every entry that has an address")
    adding = add("add", _add, "Copy files, or download addresses, into the corpus.")
    adding.add_argument("names", nargs="+", metavar="FILE-OR-URL")
    adding.add_argument("--ocr", action="store_true", help="recognise the words of scanned pages, with tesseract")
    remove = add("remove", _remove, "Take a fetched or added report out of the corpus.")
    remove.add_argument("id", metavar="ID")
    calibrate = add("calibrate", _calibrate, "Fit what makes a status, on files of questions (docs/evaluation.md).")
    calibrate.add_argument("files", metavar="FILE", nargs="+")
    calibrate.add_argument("--split", default="", metavar="NAME", help="only the questions of this part")
    evaluate = add("eval", _eval, "Score the answers to a file of questions (docs/evaluation.md).")
    evaluate.add_argument("file", metavar="FILE")
    evaluate.add_argument("--split", default="", metavar="NAME", help="only the questions of this part")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
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
    status = add("status", _status, "Say what is in the index, what is not and why.")
    status.add_argument("--document", metavar="ID", help="what was read of one document, page by page")
    status.add_argument("--json", action="store_true", help="print one JSON object")
    add("verify", _verify, "Check every byte, passage and sentence of the index.")
    serve = add("serve", _serve, "Open the app in a browser.")
    serve.add_argument("--port", type=int, default=8501, metavar="PORT", help="default: 8501")
    return top


def _init(options: argparse.Namespace, _: Settings) -> int:
    from probqa.gathering.starter import start_corpus

    corpus = start_corpus(Path(options.folder), empty=options.empty)
    go = f"cd {shlex.quote(options.folder)} && " if Path(options.folder) != Path() else ""
    if options.empty:
        _say(f"{corpus} is empty; put reports there as its README.md says, then run: {go}probqa build && probqa serve")
    else:
        _say(f"{corpus} holds the starter corpus; run: {go}probqa build && probqa serve")
    return 0


def _build(_: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing.build import build
    from probqa.rendering import visible_line

    with _progress_bar() as show:
        report = build(chosen, show)
    for note in report.notes:
        _say(f"note: {visible_line(note)}", to_errors=True)
    for failure in report.failures:
        _say(f"not indexed: {visible_line(failure.file)}: {visible_line(failure.problem)}", to_errors=True)
    _say(
        f"{report.added} added, {report.changed} changed, {report.removed} removed, {report.unchanged} unchanged; "
        f"{report.embedded} passages embedded"
    )
    _say(f"generation {report.generation}: {report.passages} passages, {report.seconds:.1f} s")
    return 0


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
            _print_json(rendering.every_to_json(every))
        else:
            _say(rendering.every_to_text(every), end="")
        return 0 if every.coverage.documents_with_quotes else 1
    answer = library.ask(request)
    if options.json:
        _print_json(rendering.to_json(answer))
    else:
        _say(rendering.to_text(answer), end="")
    return 1 if answer.status == "not_found" else 0


def _list(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing import inspection
    from probqa.records import FROM_PAGE_1, RECOGNISED

    documents = inspection.documents(chosen)
    # Dates and counts from the highest, words from A; documents of one value by id.
    documents.sort(key=lambda document: document["id"])
    documents.sort(key=lambda document: document[options.sort], reverse=options.sort in ("published", "passages"))
    if options.json:
        _print_json({"documents": documents})
        return 0
    for document in documents:
        date = PartialDate(document["published"], document["published_note"]).in_words
        mark = f" ({FROM_PAGE_1})" if "area" in document["from_page_1"] else ""
        about = ", ".join(part for part in (f"{document['area']}{mark}", *document["providers"]) if part)
        _say(f"{document['id']}  {document['title']}")
        kept = f"{document['passages']} passages · {document['wording']}"
        scanned = len(document["recognised_pages"])
        kept += f" · {scanned} of {document['pages']} pages {RECOGNISED}" if scanned else ""
        _say(f"    {date or 'no date'} · {document['kind']} · {about} · {kept}")
    return 0


def _fetch(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.gathering import intake

    return _outcomes(intake.fetch(chosen, options.ids, everything=options.all))


def _add(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.gathering import intake

    return _outcomes(intake.add(chosen, options.names, ocr=options.ocr))


def _remove(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.gathering import intake

    return _outcomes([intake.remove(chosen, options.id)])


def _outcomes(outcomes: Iterable[Outcome]) -> int:
    """Print each outcome as soon as it is known.

    The exit code is 2 if one failed.
    """
    from probqa.rendering import visible_line

    code = 0
    for outcome in outcomes:
        _say(visible_line(outcome.line))
        code = 2 if outcome.state == "failed" else code
    return code


def _calibrate(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.measuring import evaluation
    from probqa.measuring.calibrate import calibrate

    files = [evaluation.read_questions(Path(file), options.split) for file in options.files]
    fitted = calibrate(
        chosen,
        *([(one.question, one.history, not one.unanswerable) for one in questions] for questions in files),
    )
    _say(
        f"answerable ({fitted.answerable}): {fitted.answered:.1%} answered, {fitted.shown:.1%} answered or weak; "
        f"unanswerable ({fitted.unanswerable}): {fitted.refused:.1%} not found, {fitted.not_answered:.1%} not answered"
    )
    _say(f"written to {chosen.corpus / 'calibration.json'}; run: probqa build")
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
        _print_json(dataclasses.asdict(scores))
    else:
        _say(evaluation.as_text(scores))
    return 0


def _check(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.asking.library import Library
    from probqa.checking import differences, verdicts
    from probqa.reading.reader import DRAFTS

    is_draft = Path(options.text).suffix.lower() in DRAFTS and len(options.text.splitlines()) == 1
    text = _read_input() if options.text == "-" else _read_draft(options.text) if is_draft else options.text
    report = Library(chosen).check(text, options.named, is_draft=is_draft)
    if options.json:
        _print_json(verdicts.to_json(report))
    else:
        _say(differences.to_text(report), end="")
    if options.word:
        from probqa.checking.word_copy import to_word

        Path(options.word).write_bytes(to_word(report))
        _say(f"written to {options.word}", to_errors=True)
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
        _say(f"note: not checked, {removal.reason}: {visible_line(removal.text)}", to_errors=True)
    return text


def _status(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing import inspection
    from probqa.rendering import visible_line

    if options.document:
        return _document_status(inspection.document_status(chosen, options.document), as_json=options.json)
    report = inspection.status(chosen)
    if options.json:
        _print_json(report)
        return 0
    counts = report["counts"]
    made = f"generation {report['generation']}, built {report['created']}"
    _say(f"{made} with {report['model']['name']} and {report['reader']['name'] or 'no reader'}")
    _say(f"{counts['documents']} documents, {counts['passages']} passages, {counts['sentences']} sentences")
    rates = report["calibration"]
    if rates:
        _say(
            f"calibrated: of questions it can answer {rates['shown']:.0%} get an answer, "
            f"of those it cannot {rates['not_answered']:.0%} get none called one"
        )
    else:
        _say("not calibrated for this model and corpus: see probqa calibrate")
    state = {True: "has changed since: run probqa build", False: "is unchanged", None: "is not here to compare with"}
    _say(f"the corpus {report['corpus']} {state[report['stale']]}")
    for failure in report["failures"]:
        _say(f"not indexed: {visible_line(failure['file'])}: {visible_line(failure['problem'])}")
    return 0


def _document_status(report: dict[str, Any], *, as_json: bool) -> int:
    from probqa.records import RECOGNISED
    from probqa.rendering import visible_line

    if as_json:
        _print_json(report)
        return 0
    _say(f"{report['id']}: {report['title']}")
    _say(f"file {visible_line(report['file'])}, SHA-256 {report['sha256']}, read by {report['reader']}")
    if report["added"] or report["from"]:
        _say(f"added {report['added'] or 'at an unknown time'} from {report['from'] or 'an unknown place'}")
    _say(f"{report['characters']} characters, {report['headings']} headings, {report['passages']} passages")
    for page in report["pages"]:
        printed = f" (printed {page['printed']})" if page["printed"] else ""
        layer = ", a picture without a text layer" if page["unreadable"] else ""
        layer += f", {RECOGNISED}: {page['certainty']}% sure" if page["recognised"] else ""
        _say(f"PDF page {page['pdf']}{printed}: {page['characters']} characters kept{layer}")
        for removal in page["removed"]:
            _say(f"    left out, {removal['reason']}: {removal['text'][:80]} ({removal['characters']} characters)")
    for removal in report["removed"]:
        _say(f"left out, {removal['reason']}: {removal['text'][:80]} ({removal['characters']} characters)")
    return 0


def _verify(_: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing.inspection import verify
    from probqa.rendering import visible_line

    differences = list(verify(chosen))
    for difference in differences:
        _say(visible_line(difference), to_errors=True)
    if differences:
        return 3
    _say("every file, hash, passage and sentence is as it was built")
    return 0


def _serve(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.ui.launch import launch

    launch(chosen, options.port)


@contextlib.contextmanager
def _progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar a stage on a terminal.

    Elsewhere a stage is one line.
    """
    if not sys.stderr.isatty():
        told: set[str] = set()

        def tell(stage: str, _done: int, _total: int) -> None:
            if stage not in told:
                _say(stage, to_errors=True)
                told.add(stage)

        yield tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def show(stage: str, done: int, total: int) -> None:
            known = {task.description: task.id for task in bars.tasks}
            if stage not in known:
                known[stage] = bars.add_task(stage)
            bars.update(known[stage], completed=done, total=total)

        yield show


def _read_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"standard input is not UTF-8 from byte {error.start} on", "save the text as UTF-8") from error


def _print_json(value: dict[str, Any]) -> None:
    from probqa.rendering import json_text

    _say(json_text(value))


def _say(text: str, *, end: str = "\n", to_errors: bool = False) -> None:
    """Print, the only place that does: no name or text of a report steers the terminal."""
    from probqa.rendering import visible

    print(visible(text), end=end, file=sys.stderr if to_errors else sys.stdout, flush=True)


def _fail(message: str, code: int) -> int:
    from probqa.rendering import visible_line

    _say(f"probqa: {visible_line(message)}", to_errors=True)
    return code


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
