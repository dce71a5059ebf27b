"""Draft: what a build makes of the corpus, tried beside what is live, published, and gone back from.

In: clicks and a question. Out: a draft, what is new in it, answers side by side, another live generation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import streamlit as st

from probqa.asking.library import Library
from probqa.errors import ProbqaError
from probqa.indexing.build import BuildReport
from probqa.indexing.changes import Changes, DocumentChange, compare
from probqa.indexing.history import Act
from probqa.indexing.publishing import Kept, generations
from probqa.indexing.storage import in_words
from probqa.measuring.smoke import SmokeQuestion, failing, read_smoke
from probqa.questions import Request
from probqa.rendering import finding_line
from probqa.staff import acts, stacks
from probqa.staff.acts import Building
from probqa.staff.doing import Said, do, once, say, sentence
from probqa.staff.person import Staff
from probqa.ui import frame
from probqa.ui.cards import card, finding
from probqa.ui.markup import Markup

PAGE = "draft"
SHOWN_QUOTES = 3
SHOWN_CHANGES = 20
# Seconds between two looks at a build.
LOOK = 1.0


def draw(staff: Staff) -> None:
    """Draw what is to be published, from the build to the way back."""
    frame.heading(
        "Draft", "What you have changed, as the public would ask it. Nobody but staff sees it before it is published."
    )
    say(PAGE)
    _draw_building(staff)
    try:
        live, draft = stacks.library(staff, "current"), stacks.library(staff, "draft")
    except ProbqaError as error:
        # A build or the way back mends it.
        frame.notice("What is there cannot be asked", sentence(str(error)), "refused")
        _draw_generations(staff)
        return
    if draft is None:
        frame.draw(Markup('<p class="pq-soft">There is no draft.</p>'))
    else:
        if live:
            frame.draw(_changes(_compared(live, draft, _pair(live, draft))))
        failed = _draw_smoke(staff, draft)
        _draw_asking(live, draft)
        _draw_publishing(staff, draft, failed)
    _draw_generations(staff)


def _draw_building(staff: Staff) -> None:
    working = acts.building()
    if working and not working.is_done:
        _progress()
        return
    button = once("staff-build")
    if st.button("Build the draft", type="primary", key=button):
        do(button, partial(_build, staff), PAGE)
    if working and working.problem:
        frame.notice("The draft was not built", sentence(working.problem), "refused")
    elif working and working.report:
        frame.draw(_built(working, working.report))
    elif working:
        frame.notice("The draft was not built", "Something broke. The log of the server says what.", "refused")


@st.fragment(run_every=LOOK)
def _progress() -> None:
    """Draw how far the build is, again and again, and the whole page when it is done."""
    working = acts.building()
    if working is None or working.is_done:
        st.rerun()
        return
    share = working.done / working.total if working.total else 0.0
    frame.draw(
        Markup('<p role="status">{} has been building since {}: {}.</p>').format(
            working.who, in_words(working.since), working.stage
        )
    )
    st.progress(min(share, 1.0))


def _build(staff: Staff) -> None:
    acts.build_draft(staff)


def _built(working: Building, report: BuildReport) -> Markup:
    counts = f"{report.added} added, {report.changed} changed, {report.removed} removed, {report.unchanged} unchanged"
    said = f"Built for {working.who}, begun {in_words(working.since)}: {counts}."
    if report.is_live:
        said += " The corpus gives what is live already, so there is no draft."
    said += "".join(f" {line[:1].upper()}{line[1:]}." for line in report.fitted)
    failed = Markup("").join(Markup("<li>{}</li>").format(failure.line) for failure in report.failures)
    failures = Markup("")
    if report.failures:
        title = (
            "1 file could not be read"
            if len(report.failures) == 1
            else f"{len(report.failures)} files could not be read"
        )
        failures = Markup(
            '<div class="pq-notice pq-refused"><p class="pq-notice-title">{}</p><ul>{}</ul></div>'
        ).format(title, failed)
    return Markup('<p class="pq-soft">{}</p>{}').format(said, failures)


def _pair(live: Library, draft: Library) -> str:
    return f"{live.generation.name} {draft.generation.name}"


@st.cache_resource(max_entries=2, show_spinner=False)
def _compared(_live: Library, _draft: Library, key: str) -> Changes:  # noqa: ARG001
    return compare(_live.generation, _draft.generation)


def _changes(changes: Changes) -> Markup:
    """Return what publishing would change."""
    counts = f"{len(changes.added)} added, {len(changes.changed)} changed, {len(changes.removed)} removed"
    passages = "{} added, {} changed, {} removed".format(*changes.passages)
    beside = (
        Markup('<p class="pq-small">Not the same any more: {}.</p>').format(", ".join(changes.beside))
        if changes.beside
        else Markup("")
    )
    each = [
        *_listed("Added", changes.added),
        *_listed("Changed", changes.changed),
        *_listed("Removed", changes.removed),
    ]
    rest = each[SHOWN_CHANGES:]
    more = Markup("")
    if rest:
        more = Markup('<details class="pq-fold"><summary>{} more</summary><ul>{}</ul></details>').format(
            len(rest), Markup("").join(rest)
        )
    return Markup(
        '<h2 class="pq-sub pq-spaced-above">What publishing changes</h2><p>Reports: {}. Passages: {}.</p>{}'
        '<ul class="pq-changes">{}</ul>{}'
    ).format(counts, passages, beside, Markup("").join(each[:SHOWN_CHANGES]), more)


def _listed(word: str, changes: Sequence[DocumentChange]) -> Iterator[Markup]:
    for each in changes:
        fields = Markup("").join(
            Markup("<li>{}: {} → {}</li>").format(name, old or "nothing", new or "nothing")
            for name, old, new in each.fields
        )
        counts = {"added": each.added, "changed": each.changed, "removed": each.removed}
        said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        yield Markup("<li><b>{}</b>: {} ({}){}</li>").format(
            word,
            each.title,
            f"passages {said}" if said else "the same passages",
            Markup("<ul>{}</ul>").format(fields) if fields else "",
        )


def _draw_smoke(staff: Staff, draft: Library) -> tuple[str, ...]:
    """Draw how the draft answers the smoke questions, and return what it fails."""
    try:
        questions = read_smoke(staff.settings.corpus)
    except ProbqaError as error:
        frame.notice("The smoke questions cannot be asked", sentence(str(error)), "refused")
        return (str(error),)
    if not questions:
        return ()
    results = _asked(draft, f"{draft.generation.name} {questions!r}", questions)
    failed = [result for result in results if result]
    title = (
        "Every smoke question is answered from its report"
        if not failed
        else f"{len(failed)} of {len(results)} smoke questions fail"
    )
    rows = Markup("").join(
        Markup("<li>{} {}</li>").format("✗ fails:" if result else "✓ right:", result or each.question)
        for each, result in zip(questions, results, strict=True)
    )
    frame.draw(
        Markup('<details class="pq-fold"{}><summary>{}</summary><ul class="pq-smoke">{}</ul></details>').format(
            Markup(" open") if failed else "", title, rows
        )
    )
    return tuple(failed)


@st.cache_resource(max_entries=4, show_spinner="Asking the smoke questions")
def _asked(_draft: Library, key: str, _questions: Sequence[SmokeQuestion]) -> list[str]:  # noqa: ARG001
    return ["".join(failing(_draft, [each])) for each in _questions]


def _draw_asking(live: Library | None, draft: Library) -> None:
    """Draw a question's answers from the draft and from what is live, side by side."""
    frame.draw(Markup('<h2 class="pq-sub pq-spaced-above pq-wide">Try a question</h2>'))
    question = st.text_input("A question, put to the draft and to what is live", key="staff-question")
    if not question.strip():
        return
    for place, library, title in zip(st.columns(2), (draft, live), ("Draft", "Live"), strict=True):
        with place:
            frame.draw(Markup('<h3 class="pq-side">{}</h3>').format(title))
            if library is None:
                frame.draw(Markup("<p>Nothing is live yet.</p>"))
                continue
            try:
                answer = library.ask(Request.of(question, SHOWN_QUOTES))
            except ProbqaError as error:
                frame.notice("This cannot be asked", sentence(str(error)), "refused")
                continue
            drawn = [
                card(quote, number, library.generation.glossary)
                for number, quote in enumerate(answer.shown[:SHOWN_QUOTES], 1)
            ]
            frame.draw(finding(finding_line(answer), answer.status) + Markup("").join(drawn))


def _draw_publishing(staff: Staff, draft: Library, failed: Sequence[str]) -> None:
    frame.draw(Markup('<h2 class="pq-sub pq-spaced-above">Publish</h2>'))
    anyway = False
    if failed:
        frame.draw(
            Markup(
                "<p>Smoke questions fail, so it is not published, unless you say so. That is noted with your name.</p>"
            )
        )
        anyway = st.checkbox("Publish anyway", key=once("staff-anyway"))
    button = once("staff-publish")
    if st.button("Publish", type="primary", key=button, disabled=bool(failed) and not anyway):
        do(button, partial(_publish, staff, draft.generation.name, anyway=anyway), PAGE)


def _publish(staff: Staff, generation: str, *, anyway: bool) -> Said:
    move = acts.publish(staff, generation, anyway=anyway)
    if move.refused:
        return Said("It was not published: smoke questions fail", "What was live still is.", move.refused, is_bad=True)
    return Said("Published", "The public asks it from the next question on. To go back, choose an older one below.")


def _draw_generations(staff: Staff) -> None:
    try:
        kept = generations(staff.settings.index)
    except ProbqaError:
        return
    table = frame.table("Generations", frame.table_head("Generation", "What was done"), map(_row, kept), "pq-staff")
    frame.draw(Markup('<h2 class="pq-sub pq-spaced-above">What was live, and the way back</h2>{}').format(table))
    older = [
        each.name for each in kept if not each.state and not each.problem and any(act.makes_live for act in each.acts)
    ]
    if not older:
        return
    button = once("staff-back")
    with st.form("staff-back", border=False):
        name = st.selectbox("Make this one live again", older)
        sent = st.form_submit_button("Go back", key=button)
    if sent and name:
        do(button, partial(_go_back, staff, name), PAGE)


def _row(kept: Kept) -> Markup:
    state = Markup(' <b class="pq-state pq-{}">{}</b>').format(kept.state, kept.state) if kept.state else Markup("")
    said = kept.problem or f"{kept.documents} reports, {kept.passages} passages"
    done = Markup("").join(Markup("<br>{}").format(_act(act)) for act in kept.acts)
    return Markup(
        '<tr role="row"><td role="cell" class="pq-title"><code>{}</code>{}</td><td role="cell">{}{}</td></tr>'
    ).format(kept.name, state, said, done)


def _act(act: Act) -> str:
    by = f" by {act.command}" if act.command else ""
    return f"{act.verb} {in_words(act.when)}{by}{f': reports {act.changes}' if act.changes else ''}"


def _go_back(staff: Staff, name: str) -> Said:
    acts.roll_back(staff, name)
    return Said(
        "Gone back",
        "The corpus is as it was: what was wrong in it comes back with the next draft, unless it is mended there.",
    )
