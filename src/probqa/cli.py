"""The terminal: ``probqa build | ask | status | verify | serve``.

In: arguments and the environment. Out: text or JSON on standard output, progress and errors on standard error,
and an exit code: 0 done, answered or weak; 1 not found; 2 a usage or input error; 3 a damaged index.

Modules are imported where a command needs them, so that asking stays light.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

from probqa.errors import ProbqaError
from probqa.settings import Settings, settings


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
    """The commands and their options."""
    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument("--corpus", metavar="FOLDER", help="the reports (PROBQA_CORPUS; default: corpus)")
    folders.add_argument("--index", metavar="FOLDER", help="the index (PROBQA_INDEX; default: index)")
    top = argparse.ArgumentParser(prog="probqa", description="Ask inspection reports; be answered in their own words.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace, Settings], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, parents=[folders])
        sub.set_defaults(command=command)
        return sub

    add("build", _build, "Bring the index up to the corpus.")
    ask = add("ask", _ask, "Answer a question with quotes.")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("-k", type=int, metavar="N", help="at most N quotes (default: 8)")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    status = add("status", _status, "Say what is in the index, what is not and why.")
    status.add_argument("--json", action="store_true", help="print one JSON object")
    add("verify", _verify, "Check every byte, passage and sentence of the index.")
    serve = add("serve", _serve, "Open the app in a browser.")
    serve.add_argument("--port", type=int, default=8501, metavar="PORT", help="default: 8501")
    return top


def _build(_: argparse.Namespace, chosen: Settings) -> int:
    from probqa import pipeline

    report = pipeline.build(chosen, _progress_bar())
    for note in report.notes:
        print(f"note: {note}", file=sys.stderr)
    for failure in report.failures:
        print(f"not indexed: {failure.file}: {failure.problem}", file=sys.stderr)
    print(
        f"{report.added} added, {report.changed} changed, {report.removed} removed, {report.unchanged} unchanged; "
        f"{report.embedded} passages embedded"
    )
    print(f"generation {report.generation}: {report.passages} passages, {report.seconds:.1f} s")
    return 0


def _ask(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa import pipeline, rendering

    # Checked before the index is opened: a mistake in the question is told at once.
    pipeline.checked_question(options.question)
    k = pipeline.DEFAULT_QUOTES if options.k is None else options.k
    answer = pipeline.Library(chosen).ask(options.question, k)
    if options.json:
        _print_json(rendering.to_json(answer))
    else:
        print(rendering.to_text(answer), end="")
    return 1 if answer.status == "not_found" else 0


def _status(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa import pipeline

    found = pipeline.status(chosen)
    if options.json:
        _print_json(found)
        return 0
    counts = found["counts"]
    print(f"generation {found['generation']}, built {found['created']} with {found['model']['name']}")
    print(f"{counts['documents']} documents, {counts['passages']} passages, {counts['sentences']} sentences")
    state = {True: "has changed since: run probqa build", False: "is unchanged", None: "is not here to compare with"}
    print(f"the corpus {found['corpus']} {state[found['stale']]}")
    for failure in found["failures"]:
        print(f"not indexed: {failure['file']}: {failure['problem']}")
    return 0


def _verify(_: argparse.Namespace, chosen: Settings) -> int:
    from probqa import pipeline

    differences = list(pipeline.verify(chosen))
    for difference in differences:
        print(difference, file=sys.stderr)
    if differences:
        return 3
    print("every file, hash, passage and sentence is as it was built")
    return 0


def _serve(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.ui.launch import launch

    launch(chosen, options.port)


def _progress_bar() -> Callable[[str, int, int], None]:
    """A bar on a terminal; elsewhere one line a stage."""
    stage_now = ""

    def show(stage: str, done: int, total: int) -> None:
        nonlocal stage_now
        if sys.stderr.isatty():
            filled = 30 * done // max(total, 1)
            end = "\n" if done == total else ""
            print(f"\r{stage:<44} [{'#' * filled:<30}] {done}/{total} ", end=end, file=sys.stderr, flush=True)
        elif stage != stage_now:
            print(stage, file=sys.stderr, flush=True)
        stage_now = stage

    return show


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def _fail(message: str, code: int) -> int:
    print(f"probqa: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
