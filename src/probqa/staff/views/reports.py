"""Reports: what has become of each, how one is added, corrected, replaced and removed, and how that is taken back.

In: files and addresses from staff, what they correct. Out: a changed corpus, and what was found in it, and how.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from probqa.gathering import upkeep
from probqa.gathering.changes import Change
from probqa.gathering.intake import ADDED_SUFFIXES, Upload
from probqa.gathering.outcome import Outcome
from probqa.indexing.storage import in_words
from probqa.staff import acts, listing, stacks
from probqa.staff.doing import Said, do, once, say, sentence
from probqa.staff.listing import Fact, Read, Report
from probqa.staff.person import Staff
from probqa.ui import drafts, frame
from probqa.ui.address import first, link_to
from probqa.ui.markup import Markup, anchor

PAGE = ""
STATES = {
    "live": "live",
    "draft": "in the draft",
    "waiting": "not in the draft yet",
    "failed": "failed",
    "leaving": "removed, but live still",
}
LABELS = {
    "title": "Title",
    "published": "Published: 2017, 2017-04 or 2017-04-19",
    "publisher": "Publisher",
    "kind": "Kind of report",
    "area": "Area",
    "provider": "Providers, one a line",
    "licence": "Licence",
    "url": "Addresses of the publication, one a line",
}
MOST_CHANGES = 8
# What somebody has to look at stands above the others.
_FIRST = ("failed", "waiting", "draft", "leaving", "live")


def draw(staff: Staff) -> None:
    """Draw the report that the address names, else all of them."""
    name = first(frame.parameters(), "report")
    if name:
        _draw_report(staff, name)
    else:
        _draw_all(staff)


def _draw_all(staff: Staff) -> None:
    found = stacks.reports(staff)
    counts = Counter(STATES[report.state] for report in found)
    told = ", ".join(f"{counts[state]} {state}" for state in STATES.values() if counts[state])
    frame.heading("Reports", f"{told[:1].upper()}{told[1:]}." if told else "There is none yet.")
    say(PAGE)
    _draw_adding(staff)
    find = st.text_input("Find a report by its title, name or state", key="staff-find")
    shown = [report for report in found if _is_meant(report, find)]
    shown.sort(key=lambda report: (_FIRST.index(report.state), report.title.casefold()))
    frame.draw(_table(shown))
    _draw_changes(staff, upkeep.history(staff.settings))


def _is_meant(report: Report, find: str) -> bool:
    held = " ".join((report.title, report.id, report.file, STATES[report.state], report.note)).casefold()
    return all(word in held for word in find.casefold().split())


def _table(found: Sequence[Report]) -> Markup:
    if not found:
        return Markup("<p>No report is like that.</p>")
    head = frame.table_head("Report", "Published", "State", "File")
    return frame.table("Reports", head, map(_row, found), "pq-staff")


def _row(report: Report) -> Markup:
    title = report.title or report.file
    note = Markup('<span class="pq-small">{}</span>').format(report.note) if report.note else Markup("")
    cells = (
        ("title", title if report.state == "leaving" else anchor(_address(report), title)),
        ("date", report.published),
        ("state", Markup('<b class="pq-state pq-{}">{}</b> {}').format(report.state, STATES[report.state], note)),
        ("file", report.file),
    )
    drawn = Markup("").join(Markup('<td role="cell" class="pq-{}">{}</td>').format(*cell) for cell in cells)
    return Markup('<tr role="row">{}</tr>').format(drawn)


def _address(report: Report) -> str:
    return link_to(PAGE, {"report": [report.file]})


def _draw_adding(staff: Staff, replaces: str = "") -> None:
    """Draw the form for new files, or for the one that takes a report's place."""
    title = "Put another file in its place" if replaces else "Add reports"
    button = once("staff-adding")
    with st.expander(title, key=f"staff-add-{replaces}"), st.form(button, border=False):
        given = st.file_uploader(
            "The newer file" if replaces else "Files",
            sorted({suffix.removeprefix(".") for suffix in ADDED_SUFFIXES}),
            accept_multiple_files=True,
        )
        lines = st.text_area("Or the address it lies at" if replaces else "Or addresses, one a line", height=80)
        ocr = st.checkbox("Recognise the words of scanned pages")
        sent = st.form_submit_button("Replace" if replaces else "Add", type="primary")
    if sent:
        addresses = [line.strip() for line in lines.splitlines() if line.strip()]
        do(button, partial(_add, staff, given, addresses, ocr=ocr, replaces=replaces), PAGE)


def _add(staff: Staff, given: Sequence[UploadedFile], addresses: Sequence[str], *, ocr: bool, replaces: str) -> Said:
    # Not before the act: a second click would then meet files that are gone.
    uploads = [Upload(file.name, drafts.take(file)) for file in given]
    outcomes = acts.add(staff, uploads, addresses, ocr=ocr, replaces=replaces)
    # The form with what was detected in it.
    only = outcomes[0].path if len(outcomes) == 1 else ""
    lines = [line for outcome in outcomes for line in _lines(outcome)]
    failed = sum(outcome.state == "failed" for outcome in outcomes)
    if failed:
        title = f"{failed} of {len(outcomes)} could not be added" if len(outcomes) > 1 else "It was not added"
        return Said(title, "What is not named here as failed is in the corpus.", lines, is_bad=True)
    text = "See what was read of it, and put right what was detected wrongly. Then build the draft."
    return Said("Replaced" if replaces else "Added", text, lines, report=only or None)


def _lines(outcome: Outcome) -> Iterator[str]:
    """Yield what became of a file, without the commands that a terminal would be told."""
    said = [part for part in outcome.note.split("; ") if not part.startswith("to ")]
    state = {"changed": "in the corpus", "new": "in the corpus", "unchanged": "there already"}.get(
        outcome.state, outcome.state
    )
    yield f"{outcome.name}: {state}: {'; '.join(said)}"
    if outcome.missing:
        yield f"{outcome.name}: not known, or not for certain: {', '.join(outcome.missing)}"


def _draw_report(staff: Staff, name: str) -> None:
    report = next((each for each in stacks.reports(staff) if name in (each.file, each.id)), None)
    if report is None:
        frame.heading("Reports")
        say(PAGE)
        frame.notice(f"There is no report “{name}”", "It may have another name by now, or be removed.", "refused")
        frame.draw(Markup("<p>{}</p>").format(anchor(PAGE, "All reports")))
        _draw_changes(staff, upkeep.history(staff.settings, name))
        return
    read = stacks.read_now(staff, report.file)
    frame.heading(
        read.title,
        f"{STATES[report.state].capitalize()}. {sentence(report.note)}"
        if report.note
        else f"{STATES[report.state].capitalize()}.",
    )
    say(PAGE)
    frame.draw(
        Markup('<p class="pq-actions pq-flush"><span>{}</span><span>{}</span></p>').format(
            anchor(PAGE, "All reports"), anchor(link_to("read", {"report": [report.file]}), "See what was read of it")
        )
    )
    _draw_facts(staff, report, read)
    if report.can_go:
        _draw_adding(staff, report.file)
    _draw_renaming(staff, report)
    if report.can_go:
        _draw_removing(staff, report)
    else:
        frame.draw(
            Markup(
                '<p class="pq-small">It came with the corpus: it can be corrected here, not replaced or removed.</p>'
            )
        )
    _draw_changes(staff, upkeep.history(staff.settings, report.id) or upkeep.history(staff.settings, report.file))


def _draw_facts(staff: Staff, report: Report, read: Read) -> None:
    if read.problem:
        frame.notice("It cannot be read", sentence(read.problem), "refused")
    frame.draw(
        Markup(
            '<h2 class="pq-sub">What is known of it</h2><p class="pq-small">What is stated wins over what was '
            "detected. An empty line takes away what was stated.</p>"
        )
    )
    # Another form after each change, which begins with what is known then.
    state = zlib.crc32(repr(read.facts).encode("utf-8", "replace"))
    typed: dict[str, str] = {}
    button = once("staff-save")
    with st.form(f"staff-facts-{state}", border=False):
        for fact in read.facts:
            typed[fact.key] = _draw_fact(fact, f"staff-{fact.key}-{report.file}-{state}")
        confirm = False
        if any(fact.values and not fact.is_certain for fact in read.facts):
            confirm = st.checkbox(
                "What is not certain is right as it stands here", key=f"staff-right-{report.file}-{state}"
            )
        sent = st.form_submit_button("Save", type="primary", key=button)
    if sent:
        do(button, partial(_edit, staff, report.file, listing.changed(read.facts, typed, confirm=confirm)), PAGE)


def _draw_fact(fact: Fact, key: str) -> str:
    draw_box = partial(st.text_area, height=80) if fact.is_list else st.text_input
    typed: str = draw_box(LABELS[fact.key], "\n".join(fact.values), key=key)
    state = "pq-weak" if fact.values and not fact.is_certain else "pq-small"
    frame.draw(Markup('<p class="pq-how {}">{}</p>').format(state, fact.how or "not known"))
    return typed


def _edit(staff: Staff, name: str, pairs: Sequence[str]) -> Said:
    if not pairs:
        return Said("Nothing was changed", "That is what it says already.")
    outcome = acts.edit(staff, name, pairs)
    return Said("Saved", "It is in the draft when that is built.", outcome.details)


def _draw_renaming(staff: Staff, report: Report) -> None:
    button = once("staff-rename")
    with st.expander("Give it another name", key="staff-name"), st.form("staff-renaming", border=False):
        frame.draw(Markup('<p class="pq-small">Addresses that lead to “{}” lead to it no more.</p>').format(report.id))
        new = st.text_input("The new name", key=f"staff-new-{report.id}")
        sent = st.form_submit_button("Rename", key=button)
    if sent:
        do(button, partial(_rename, staff, report, new.strip()), PAGE)


def _rename(staff: Staff, report: Report, new: str) -> Said:
    outcome = acts.rename(staff, report.file, new)
    return Said("Renamed", f"It is called “{new}” in the draft when that is built.", outcome.details)


def _draw_removing(staff: Staff, report: Report) -> None:
    button = once("staff-remove")
    with st.expander("Remove it", key="staff-removing"):
        frame.draw(
            Markup(
                '<p class="pq-small">It goes from the public when the next draft is published, and can be had back.</p>'
            )
        )
        if st.button("Remove", key=button):
            do(button, partial(_remove, staff, report), PAGE)


def _remove(staff: Staff, report: Report) -> Said:
    acts.remove(staff, report.file)
    return Said(
        "Removed",
        "The public can ask it until a draft without it is published. To have it back, take it back below.",
        [report.title],
        report="",
    )


def _draw_changes(staff: Staff, changes: Sequence[tuple[Change, bool]]) -> None:
    """Draw the last changes to reports, each with a way back."""
    if not changes:
        return
    with st.expander("What was changed last, and the way back", key="staff-changes"):
        for change, is_undone in reversed(changes[-MOST_CHANGES:]):
            button = once(f"staff-back-{change.number}")
            with frame.part(f"staff-change-{change.number}", horizontal=True):
                frame.draw(
                    Markup("<span>{}: <b>{}</b> {}{}</span>").format(
                        in_words(change.at), change.command, change.ids[0], " (taken back)" if is_undone else ""
                    ),
                    width="content",
                )
                if not is_undone and st.button("Take back", key=button):
                    do(button, partial(_take_back, staff, change), PAGE)


def _take_back(staff: Staff, change: Change) -> Said:
    acts.take_back(staff, change)
    return Said("Taken back", f"{change.command} {change.ids[0]} of {in_words(change.at)}: all is as it was before.")
