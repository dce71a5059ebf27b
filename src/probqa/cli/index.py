"""The commands that make an index, say what is in it and serve it.

In: options and settings. Out: lines, JSON or a server, and an exit code.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from probqa.cli.generations import refuse, say_refused
from probqa.cli.terminal import Add, fail, of_draft, print_json, progress_bar, say
from probqa.dates import PartialDate
from probqa.errors import ProbqaError
from probqa.settings import Settings

if TYPE_CHECKING:
    from probqa.reading.corpus import Failure

SORTS = ("published", "title", "kind", "area", "passages")


def offer(add: Add) -> None:
    """Add the commands with their options."""
    build = add("build", _build, "Bring the index up to the corpus.")
    how = build.add_mutually_exclusive_group()
    how.add_argument("--draft", action="store_true", help="keep what was made as the draft, to be tried and published")
    how.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    build.add_argument("--anyway", action="store_true", help="do not ask the questions of smoke.yaml")
    watch = add("watch", _watch, "Keep the index up to the corpus: build whenever files have changed and lie still.")
    watch.set_defaults(draft=False, anyway=False, dry_run=False)
    listing = add("list", _list, "List every document of the index.")
    listing.add_argument("--json", action="store_true", help="print one JSON object")
    listing.add_argument("--sort", choices=SORTS, default="published", help="default: published, newest first")
    of_draft(listing)
    status = add("status", _status, "Say what is in the index, what is not and why.")
    status.add_argument("--document", metavar="ID", help="what was read of one document, page by page")
    status.add_argument("--json", action="store_true", help="print one JSON object")
    of_draft(status)
    of_draft(add("verify", _verify, "Check every byte, passage and sentence of the index."))
    serve = add("serve", _serve, "Open the app in a browser.")
    serve.add_argument("--port", type=int, default=8501, metavar="PORT", help="default: 8501")


def _build(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing.build import build
    from probqa.measuring.refit import refit
    from probqa.measuring.smoke import acceptance
    from probqa.rendering import visible_line

    if options.dry_run:
        return _dry_run(chosen)
    accept = None if options.anyway else acceptance(chosen)
    with progress_bar() as show:
        report = build(chosen, show, command=options.typed, as_draft=options.draft, accept=accept, refit=refit)
    for note in report.notes:
        say(f"note: {visible_line(note)}", to_errors=True)
    code = _say_failures(report.failures)
    say(
        f"{report.added} added, {report.changed} changed, {report.removed} removed, {report.unchanged} unchanged; "
        f"{report.embedded} passages embedded"
    )
    say(f"generation {report.generation}: {report.passages} passages, {report.seconds:.1f} s")
    for line in report.fitted:
        say(visible_line(line))
    if report.refused and not options.draft:
        return refuse(report.refused)
    say_refused(report.refused)
    if not report.is_live:
        say("it is the draft: see probqa diff and probqa ask --draft; to make it live, run: probqa publish")
    elif options.draft:
        say("the corpus gives what is live already: there is no draft")
    return code


def _watch(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.gathering.report_folder import changing
    from probqa.indexing.watch import Watch
    from probqa.reading.corpus import require_folder

    require_folder(chosen.corpus)
    watching = Watch(chosen.corpus)
    say(f"watching {chosen.corpus}; stop with Ctrl-C", to_errors=True)
    while True:
        state = watching.wait()
        try:
            # What a command that was killed had begun is taken back first.
            with changing(chosen.corpus):
                pass
            _build(options, chosen)
        except (ProbqaError, OSError) as error:
            fail(str(error), 2)
            watching.pause()
        else:
            watching.take(state)


def _dry_run(chosen: Settings) -> int:
    from probqa.indexing.build import plan

    with progress_bar() as show:
        planned = plan(chosen, show)
    code = _say_failures(planned.failures)
    for word, names in (("add", planned.added), ("change", planned.changed), ("remove", planned.removed)):
        for name in names:
            say(f"would {word} {name}")
    say(f"would leave {planned.unchanged} unchanged; {planned.embedded} passages to embed; nothing was written")
    return code


def _say_failures(failures: Iterable[Failure]) -> int:
    """Name each file that is not in the index as it lies there.

    The exit code is 2 if one of them was before.
    """
    from probqa.rendering import visible_line

    code = 0
    for failure in failures:
        say(f"not indexed: {visible_line(failure.line)}", to_errors=True)
        code = 2 if failure.kept else code
    return code


def _list(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing import inspection
    from probqa.records import FROM_PAGE_1, RECOGNISED, marked

    documents = inspection.documents(chosen)
    # Dates and counts from the highest, words from A; documents of one value by id.
    documents.sort(key=lambda document: document["id"])
    documents.sort(key=lambda document: document[options.sort], reverse=options.sort in ("published", "passages"))
    if options.json:
        print_json({"documents": documents})
        return 0
    for document in documents:
        date = PartialDate(document["published"], document["published_note"]).in_words
        mark = f" ({FROM_PAGE_1})" if "area" in document["from_page_1"] else ""
        about = ", ".join(part for part in (f"{document['area']}{mark}", *document["providers"]) if part)
        say(f"{document['id']}  {marked(document['title'], document['title_note'])}")
        kept = f"{document['passages']} passages · {document['wording']}"
        scanned = len(document["recognised_pages"])
        kept += f" · {scanned} of {document['pages']} pages {RECOGNISED}" if scanned else ""
        say(f"    {date or 'no date'} · {document['kind']} · {about} · {kept}")
    return 0


def _status(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing import inspection
    from probqa.reading.corpus import Failure
    from probqa.rendering import visible_line

    if options.document:
        return _document_status(inspection.document_status(chosen, options.document), as_json=options.json)
    report = inspection.status(chosen)
    if options.json:
        print_json(report)
        return 0
    counts = report["counts"]
    made = f"generation {report['generation']}, built {report['created']}"
    say(f"{made} with {report['model']['name']} and {report['reader']['name'] or 'no reader'}")
    say(f"{counts['documents']} documents, {counts['passages']} passages, {counts['sentences']} sentences")
    rates = report["calibration"]
    if rates:
        say(
            f"calibrated: of questions it can answer {rates['shown']:.0%} get an answer, "
            f"of those it cannot {rates['not_answered']:.0%} get none called one"
        )
        say(_since_fit(rates, counts["documents"]))
    else:
        say("not calibrated for this index: see probqa calibrate")
    state = {True: "has changed since: run probqa build", False: "is unchanged", None: "is not here to compare with"}
    say(f"the corpus {report['corpus']} {state[report['stale']]}")
    if report["draft"]:
        say(f"a draft waits, {report['draft']}: see probqa diff and probqa publish")
    for failure in report["failures"]:
        say(f"not indexed: {visible_line(Failure(**failure).line)}")
    return 0


def _since_fit(rates: dict[str, Any], documents: int) -> str:
    """Say what the calibration was fitted on, and how much of the index is new since."""
    if not rates["new_documents"]:
        return f"fitted on all of the {documents} documents"
    fitted = documents - rates["new_documents"]
    share = f"{rates['new_share']:.0%}" if rates["new_share"] >= 0.005 else "less than 1%"
    more = ", so that it takes more to be called an answer" if rates["takes_more"] else ""
    return f"fitted on {fitted} of the {documents} documents; {share} of the passages are new since{more}"


def _document_status(report: dict[str, Any], *, as_json: bool) -> int:
    from probqa.records import RECOGNISED
    from probqa.rendering import visible_line

    if as_json:
        print_json(report)
        return 0
    say(f"{report['id']}: {report['title']}")
    say(f"file {visible_line(report['file'])}, SHA-256 {report['sha256']}, read by {report['reader']}")
    if report["added"] or report["from"]:
        say(f"added {report['added'] or 'at an unknown time'} from {report['from'] or 'an unknown place'}")
    say(f"{report['characters']} characters, {report['headings']} headings, {report['passages']} passages")
    for page in report["pages"]:
        printed = f" (printed {page['printed']})" if page["printed"] else ""
        layer = ", a picture without a text layer" if page["unreadable"] else ""
        layer += f", {RECOGNISED}: {page['certainty']}% sure" if page["recognised"] else ""
        say(f"PDF page {page['pdf']}{printed}: {page['characters']} characters kept{layer}")
        for removal in page["removed"]:
            say(f"    left out, {removal['reason']}: {removal['text'][:80]} ({removal['characters']} characters)")
    for removal in report["removed"]:
        say(f"left out, {removal['reason']}: {removal['text'][:80]} ({removal['characters']} characters)")
    return 0


def _verify(_: argparse.Namespace, chosen: Settings) -> int:
    from probqa.indexing.inspection import verify
    from probqa.rendering import visible_line

    differences = list(verify(chosen))
    for difference in differences:
        say(visible_line(difference), to_errors=True)
    if differences:
        return 3
    say("every file, hash, passage and sentence is as it was built")
    return 0


def _serve(options: argparse.Namespace, chosen: Settings) -> int:
    from probqa.ui.launch import launch

    launch(chosen, options.port)
