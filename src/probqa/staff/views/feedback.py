"""Feedback: what visitors said of answers, each kept as a question of the corpus or dismissed.

In: the file of ``PROBQA_FEEDBACK``, what staff say of a line. Out: questions that a build learns the status from.
"""

from __future__ import annotations

import os
from functools import partial

import streamlit as st

from probqa.measuring.evaluation import GoldQuestion
from probqa.settings import feedback_file
from probqa.staff import acts, inbox, stacks
from probqa.staff.doing import Said, do, once, say
from probqa.staff.person import Staff
from probqa.ui import frame
from probqa.ui.markup import Markup

PAGE = "feedback"
SHOWN = 20
_KINDS = {
    "right": "said: right",
    "wrong_quote": "said: the reports do say, but not this",
    "not_found": "said: it should have been “not found”",
}
_CHOOSE, _NOT_THERE = "Choose …", "These reports do not answer it"


def draw(staff: Staff) -> None:
    """Draw what has not been dealt with."""
    frame.heading("Feedback", "What visitors said of answers. Nothing of who said it is kept.")
    say(PAGE)
    file = feedback_file(os.environ)
    if file is None:
        frame.notice(
            "Nobody is asked", "To ask visitors, name a file in PROBQA_FEEDBACK, for the public app and for this one."
        )
        return
    found, broken = inbox.waiting(file, staff.settings.corpus, staff.log.lines())
    if broken:
        frame.draw(Markup('<p class="pq-small">Lines that cannot be read, and were left out: {}.</p>').format(broken))
    if not found:
        frame.draw(Markup("<p>Nothing is left to be looked at.</p>"))
        return
    frame.draw(
        Markup(
            '<p class="pq-small">To look at: {}. Read the report before you believe a visitor. From the questions that '
            "are kept a build learns when to say “not found”.</p>"
        ).format(len(found))
    )
    library = stacks.library(staff, "current") or stacks.library(staff, "draft")
    titles = {source.id: source.title for source in library.generation.sources} if library else {}
    for question in found[:SHOWN]:
        _draw_one(staff, question, titles)


def _draw_one(staff: Staff, question: GoldQuestion, titles: dict[str, str]) -> None:
    before = Markup("").join(Markup('<p class="pq-small">before: {}</p>').format(each) for each in question.history)
    near = Markup("").join(
        Markup('<blockquote class="pq-read">{}</blockquote><p class="pq-small">{}</p>').format(
            span.text, titles.get(span.document_id, span.document_id)
        )
        for span in question.near
    )
    found = ", ".join(titles.get(name, name) for name in question.documents)
    frame.draw(
        Markup('<h2 class="pq-sub pq-spaced-above">{}</h2>{}<p class="pq-small">{}{}</p>{}').format(
            question.question, before, _KINDS.get(question.kind, question.kind), f": {found}" if found else "", near
        )
    )
    answers = [_CHOOSE, _NOT_THERE, *titles]
    given = question.documents[0] if question.documents else _NOT_THERE if question.unanswerable else _CHOOSE
    keeps, dismisses = once(f"staff-keep-{question.id}"), once(f"staff-dismiss-{question.id}")
    with st.form(f"staff-said-{question.id}", border=False):
        chosen = st.selectbox(
            "What answers it",
            answers,
            answers.index(given) if given in answers else 0,
            format_func=lambda name: titles.get(name, name),
            key=f"staff-answer-{question.id}",
        )
        with frame.part(f"staff-judge-{question.id}", horizontal=True):
            is_kept = st.form_submit_button("Keep the question", type="primary", key=keeps)
            is_dismissed = st.form_submit_button("Dismiss", key=dismisses)
    if is_kept:
        do(keeps, partial(_keep, staff, question, chosen), PAGE)
    if is_dismissed:
        do(dismisses, partial(_dismiss, staff, question), PAGE)


def _keep(staff: Staff, question: GoldQuestion, chosen: str) -> Said:
    if chosen == _CHOOSE:
        return Said("That was not done", "Choose first what answers the question.", is_bad=True)
    acts.keep_question(staff, inbox.judged(question, inbox.NOT_THERE if chosen == _NOT_THERE else chosen))
    return Said("Kept", "The next build asks it.", [question.question])


def _dismiss(staff: Staff, question: GoldQuestion) -> Said:
    acts.dismiss(staff, question)
    return Said("Dismissed", "", [question.question])
