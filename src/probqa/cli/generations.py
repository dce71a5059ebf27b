"""The commands for what a build made: what lies there, what differs, a draft that goes live, the way back.

In: options and settings. Out: lines or JSON, perhaps another live generation, and an exit code.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from probqa.cli.terminal import Add, print_json, progress_bar, say
from probqa.settings import Settings

if TYPE_CHECKING:
    from probqa.indexing.changes import Changes, DocumentChange
    from probqa.measuring.smoke import Difference


def offer(add: Add) -> None:
    """Add the commands with their options."""
    listing = add("generations", _generations, "List what builds made: when, by which command, what is live.")
    listing.add_argument("--json", action="store_true", help="print one JSON object")
    diff = add("diff", _diff, "Say what differs between two generations, and which questions they answer differently.")
    diff.add_argument("before", nargs="?", default="", metavar="A", help="default: the live one; or the one before it")
    diff.add_argument("after", nargs="?", default="", metavar="B", help="default: the draft; or the live one")
    diff.add_argument(
        "--questions", action="append", default=[], metavar="FILE", help="ask these too (docs/evaluation.md)"
    )
    diff.add_argument("--json", action="store_true", help="print one JSON object")
    publish = add("publish", _publish, "Make the draft live, if it answers the questions of smoke.yaml.")
    publish.add_argument("--anyway", action="store_true", help="do not ask the questions of smoke.yaml")
    back = add("rollback", _rollback, "Make an older generation live again.")
    back.add_argument("generation", nargs="?", default="", metavar="GENERATION", help="default: the one before")


def say_refused(refused: tuple[str, ...]) -> None:
    """Name the smoke questions that a draft fails."""
    from probqa.rendering import visible_line

    for line in refused:
        say(visible_line(f"smoke question: {line}"), to_errors=True)


def refuse(refused: tuple[str, ...]) -> int:
    """Say which questions keep a draft from going live, and return the exit code."""
    say_refused(refused)
    count = "1 smoke question fails" if len(refused) == 1 else f"{len(refused)} smoke questions fail"
    say(
        f"not made live, because {count}; what was live still is, and the new generation is the draft: see "
        "probqa diff and probqa ask --draft; then build again, or: probqa publish --anyway",
        to_errors=True,
    )
    return 2


def _generations(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing.publishing import generations
    from probqa.rendering import visible_line

    kept = generations(chosen.index)
    if options.json:
        print_json({"generations": [asdict(each) for each in kept]})
        return 0
    for each in kept:
        state = f"  {each.state.upper()}" if each.state else ""
        say(
            visible_line(
                f"{each.name}{state}  {each.problem or f'{each.documents} documents, {each.passages} passages'}"
            )
        )
        if each.created:
            say(f"    made {_when(each.created)}")
        for act in each.acts:
            by = f" by {act.command}" if act.command else ""
            changes = f": documents {act.changes}" if act.changes else ""
            say(visible_line(f"    {act.verb} {_when(act.when)}{by}{changes}"))
    return 0


def _publish(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing.publishing import publish
    from probqa.measuring.smoke import acceptance

    accept = None if options.anyway else acceptance(chosen)
    move = publish(chosen, command=options.typed, accept=accept)
    if move.refused:
        return refuse(move.refused)
    say(f"the generation {move.generation} is live")
    if move.before:
        say(f"the one before is {move.before}; to go back to it, run: probqa rollback")
    return 0


def _rollback(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing.publishing import roll_back

    move = roll_back(chosen, options.generation, command=options.typed)
    say(f"the generation {move.generation} is live")
    if move.before:
        say(f"the one before was {move.before}; to take this back, run: probqa rollback {move.before}")
    say("the corpus is as it was: what was wrong in it comes back with the next build, unless it is mended there")
    return 0


def _diff(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing.changes import compare
    from probqa.indexing.publishing import open_generation, pair
    from probqa.measuring.evaluation import read_questions
    from probqa.measuring.smoke import differing, library_over, read_smoke

    questions: dict[str, tuple[str, ...]] = {each.question: () for each in read_smoke(chosen.corpus)}
    for file in options.questions:
        questions |= {each.question: each.history for each in read_questions(Path(file))}
    with ExitStack() as held, progress_bar() as show:
        before, after = (
            held.enter_context(closing(open_generation(chosen.index, name)))
            for name in pair(chosen.index, options.before, options.after)
        )
        changes = compare(before, after)
        asked = list(questions.items())
        answers = differing(library_over(before), library_over(after), asked, show) if asked else []
    if options.json:
        print_json(asdict(changes) | {"asked": len(asked), "answers": [asdict(each) for each in answers]})
    else:
        _print_changes(changes)
        _print_answers(answers, len(asked))
    return 0


def _print_changes(changes: Changes) -> None:
    from probqa.rendering import visible_line

    say(f"from {changes.before} to {changes.after}")
    counts = f"{len(changes.added)} added, {len(changes.changed)} changed, {len(changes.removed)} removed"
    say(f"documents: {counts}, {changes.unchanged} unchanged")
    say("passages: {} added, {} changed, {} removed".format(*changes.passages))
    if changes.beside:
        say(f"not the same any more: {', '.join(changes.beside)}")
    for sign, each_of in (("+", changes.added), ("~", changes.changed), ("-", changes.removed)):
        for each in each_of:
            say(visible_line(f"{sign} {each.id}  {each.title}: {_passages(each)}"))
            for name, old, new in each.fields:
                say(visible_line(f"    {name}: {old or 'nothing'} → {new or 'nothing'}"))


def _print_answers(answers: list[Difference], asked: int) -> None:
    if not asked:
        say("no question was asked: there is no smoke.yaml in the corpus, and no --questions FILE was given")
        return
    from probqa.rendering import visible_line

    say(f"questions: {asked} asked, {len(answers)} answered differently")
    for each in answers:
        say(visible_line(f"? {each.question}"))
        for word, answered in (("before", each.before), ("after", each.after)):
            status = answered.status.replace("_", " ")
            say(visible_line(f"    {word}: {status}{f', {answered.document}' if answered.document else ''}"))


def _passages(change: DocumentChange) -> str:
    counts = {"added": change.added, "changed": change.changed, "removed": change.removed}
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return f"passages {said}" if said else "the same passages"


def _when(time: str) -> str:
    from probqa.indexing.storage import in_words

    try:
        return in_words(time)
    except ValueError:
        return time
