"""The page: a chat that answers with quotes.

In: what a visitor types. Out: their question and its answer, drawn; nothing here decides what is true.
"""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from probqa import pipeline
from probqa.errors import ProbqaError
from probqa.index.storage import read_pointer
from probqa.records import Answer
from probqa.settings import settings
from probqa.ui import cards

EXAMPLES = (
    "How did Working Links supervise low-risk cases?",
    "What did inspectors say about staff morale in Gwent?",
    "How good were NPS court reports?",
    "Which probation services were rated inadequate?",
    "What happened when Working Links collapsed?",
    "How well were women on probation supported?",
)
OPEN_CARDS = 3
HERE = Path(__file__).parent


def main() -> None:
    """Draw the page."""
    # A named icon would be fetched from another host; this one is a file of ours.
    st.set_page_config(page_title="Ask the inspection reports", page_icon=str(HERE / "icon.png"), layout="centered")
    st.html(f"<style>{(HERE / 'style.css').read_text(encoding='utf-8')}</style>")
    try:
        library = open_library(*read_pointer(settings(os.environ).index))
    except ProbqaError as error:
        st.title("The index cannot be used")
        st.text(str(error))
        st.stop()
    turns: list[Answer] = st.session_state.setdefault("turns", [])
    st.title("Ask the inspection reports")
    st.text("Every answer is quoted word for word, with the place to check.")
    if not turns:
        draw_welcome(library)
    for answer in turns:
        draw_turn(answer)
    # In a container of its own the box does not drag the page down past the first quote; style.css keeps it in sight.
    with st.container(key="ask"):
        typed = st.chat_input("Ask about probation inspections", key="question")
    asked = typed or st.session_state.pop("example", None)
    if asked:
        try:
            answer = library.ask(asked)
        except ProbqaError as error:
            st.warning("The question cannot be asked.", icon=":material/edit:")
            st.text(str(error))
        else:
            turns.append(answer)
            st.rerun()


@st.cache_resource(max_entries=2, show_spinner="Opening the reports")
def open_library(generation: str, manifest_sha256: str) -> pipeline.Library:  # noqa: ARG001
    """The library of a generation, opened once for all visitors; a rebuild brings a new one."""
    return pipeline.Library(settings(os.environ))


def draw_welcome(library: pipeline.Library) -> None:
    """What is covered, and questions to start from."""
    documents = list(library.generation.all_documents())
    years = sorted(document.source.published[:4] for document in documents if document.source.published)
    covered = f"{len(documents)} publications" + (f", {years[0]} to {years[-1]}" if years else "")
    st.text(f"{covered}. This is not an official service.")
    for example in EXAMPLES:
        if st.button(example, key=f"example-{example}", type="tertiary"):
            st.session_state["example"] = example
            st.rerun()


def draw_turn(answer: Answer) -> None:
    """A question and its answer."""
    with st.chat_message("user", avatar=":material/person:"):
        st.text(answer.question)
    with st.chat_message("assistant", avatar=":material/format_quote:"):
        st.html(cards.finding(answer))
        if answer.near:
            st.html('<p class="pq-near">Not an answer, but near:</p>')
        shown = answer.quotes or answer.near[:OPEN_CARDS]
        for number, quote in enumerate(shown[:OPEN_CARDS], start=1):
            st.html(cards.card(quote, number))
        rest = shown[OPEN_CARDS:]
        if rest:
            with st.expander(f"Show {len(rest)} more"):
                for number, quote in enumerate(rest, start=OPEN_CARDS + 1):
                    st.html(cards.card(quote, number))


if __name__ == "__main__":
    main()
