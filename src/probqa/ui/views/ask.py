"""Ask: a chat whose answers are quotes.

In: the questions in the address, and what is typed. Out: each question with its answer, newest last, and the box.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from probqa.asking.library import Library
from probqa.errors import InputError, ProbqaError
from probqa.questions import Request, Turn
from probqa.records import Answer
from probqa.rendering import WithDigests, close_label, finding_line, with_digests_below
from probqa.settings import feedback_file
from probqa.ui import cards, feedback, frame, side_bar, states, suggestions
from probqa.ui.address import MAX_QUESTIONS, Address, api_parameters, link, link_to, read
from probqa.ui.groups import sides
from probqa.ui.markup import Markup, anchor
from probqa.ui.shared import Ask, asker, examples, is_rebuilding, later, trier
from probqa.understanding.question import MAX_QUESTION_CHARACTERS, checked
from probqa.weights import WEIGHTS

# What can be said of an answer: whether it found nothing -> what -> how.
_SAYINGS: Mapping[bool, Mapping[feedback.Said, str]] = {
    False: {"right": "Right", "wrong_quote": "Wrong quote", "not_found": "Should have said: not found"},
    True: {"right": "Right", "wrong_quote": "These reports do say"},
}
OPEN_CARDS = WEIGHTS.seen_first
NEAR_CARDS = 3
TITLE = "Ask the inspection reports"
PROMISE = "Every answer is quoted, with the place to check."


def draw(library: Library) -> None:
    """Draw the conversation that the address holds."""
    address = read(frame.parameters())
    # In one part, so that the box below stays the same box, and keeps what is being typed, however much is drawn.
    with frame.part("conversation"):
        answers = _conversation(library, address)
    side_bar.side_bar(library, address, _answering(answers[-1]) if address.questions else None)
    what_else = frame.part("what-else")
    # The end of the page is told from the answers above it: a typed question that cannot be asked is answered here.
    below = frame.part("below")
    frame.foot(library.generation.domain)
    frame.draw(Markup('<p class="pq-on-paper">Edition of {}</p>').format(states.edition(library)))
    typed = side_bar.question_box(library.generation.domain.invitation)
    if typed is not None:
        try:
            question = checked(typed)
        except InputError as error:
            with below:
                _refused(typed, error)
        else:
            side_bar.go(replace(address.asking(question), generation=library.generation.name))
            st.rerun()
    # Last of all: the questions are tried before they are offered, and nobody is to wait for that.
    if answers[-1] and not frame.plain():
        with what_else:
            _what_else(library, address, answers[-1])


def _conversation(library: Library, address: Address) -> list[Answer | None]:
    """Draw the questions of the address with their answers, or what can be asked, and return the answers."""
    ask = asker(library)
    title, promise = _first_sight(library)
    frame.heading(title, "" if address.questions else promise)
    if is_rebuilding():
        states.rebuilding(library)
    if address.questions:
        fresh = link(Address(filters=address.filters))
        frame.draw(Markup('<p class="pq-fresh">{}</p>').format(anchor(fresh, "Start again")))
        _edition(library, address)
        first = _earlier(address) if frame.plain() else 1
        return [_turn(library, address, number, ask) for number in range(first, len(address.questions) + 1)]
    _welcome(library, address)
    return [None]


def _answering(answer: Answer | None) -> frozenset[str]:
    """Return the reports that answer, or those that are touched where they are too many."""
    if answer is None:
        return frozenset()
    return frozenset(answer.question.scope.documents) or frozenset(quote.source.id for quote in answer.shown)


def _first_sight(library: Library) -> tuple[str, str]:
    """Return what can be asked, and a promise that is true of it: whose words the answers are in."""
    sources = library.generation.sources
    digests = sum(source.is_digest for source in sources)
    if not digests:
        return TITLE, "Every answer is quoted word for word, with the place to check."
    if digests == len(sources):
        return (
            f"Ask {digests} digest{'' if digests == 1 else 's'} of inspection reports",
            "Every answer is quoted from a digest, in this project’s words, with the publication to check.",
        )
    return (
        TITLE,
        "Every answer is quoted: a publication’s own words in quotation marks, a digest’s, which are this project’s, "
        "without, each with the place to check.",
    )


def _welcome(library: Library, address: Address) -> None:
    """Draw what this is, what is covered, and questions to start from."""
    states.questions("For example", _examples(library, address), level=2)
    frame.draw(
        Markup('<p class="pq-covered">{}. {}</p>').format(
            anchor("reports", states.covered(library)), anchor("about", "How it works")
        )
    )
    side_bar.draw_chips(library, address)


def _earlier(address: Address) -> int:
    """Draw the questions before the last as links to their answers, and return the number of the last.

    Without scripts nothing would scroll past them.
    """
    last = len(address.questions)
    targets = {
        question: link(replace(address, turns=address.turns[:number]))
        for number, question in enumerate(address.questions[:-1], start=1)
    }
    states.questions("Asked before", targets, level=2)
    return last


def _examples(library: Library, address: Address) -> dict[str, str]:
    """Questions to start from, each with where it leads."""
    with frame.waiting("Looking for questions these reports answer"):
        return {question: _asking(address, question, library) for question in examples(library)}


def _turn(library: Library, address: Address, number: int, ask: Ask) -> Answer | None:
    """Draw one question and return its answer.

    It is None where it cannot be asked.
    """
    question = address.questions[number - 1]
    newest = number == len(address.questions)
    request = askable(address, number)
    try:
        answer = ask(request)
    except InputError as error:
        _refused(question, error)
        return None
    line = finding_line(answer)
    scope = answer.question.scope
    kind = answer.status if scope.kind == "inside" else scope.kind
    arrive = Markup("")
    if newest and number > 1:
        arrive = Markup(' data-arrive="{}. {}"').format(number, question)
    if newest:
        arrive += Markup(' data-answer="{}. {}" data-said="{}"').format(number, question, line)
    chips = _chips(library, address, number, answer)
    frame.draw(
        Markup('<div class="pq-turn"><h2 class="pq-question"{}>{}</h2>{}{}</div>').format(
            arrive, question, cards.finding(line, kind), chips
        )
    )
    states.known(answer, (lambda offer: _asking(address, offer, library)) if newest else None)
    if kind == "talk":
        states.questions("For example", _examples(library, address) if newest else {})
        return answer
    if kind == "outside":
        states.outside(library, _examples(library, address) if newest else {})
        _nearest(library, answer, f"{number}")
        return None
    if kind == "broad" and newest:
        states.broad(library, address, scope)
    if answer.parts:
        _sides(library, answer, number)
    else:
        _quotes(library, answer, f"{number}")
    if kind == "not_found":
        states.not_found(library, address)
    ways = (_every(library, address, answer), _embed(request), _print(address)) if newest else ()
    frame.draw(cards.sharing(_link(library, address, number), question, *ways))
    if newest:
        _was_this_right(answer)
    return answer


def _was_this_right(answer: Answer) -> None:
    """Draw what can be said of an answer, where staff ask for it, until something has been said."""
    file = feedback_file(os.environ)
    if file is None or frame.plain() or not feedback.is_askable(answer):
        return
    key = f"said {answer.generation} {answer.question.request!r}"
    kept: bool | None = st.session_state.get(key)
    if kept is not None:
        words = "Thank you. What you said is kept." if kept else "This could not be kept. You may try again later."
        said = Markup('<p class="pq-small pq-said" data-arrive="{}" data-block="nearest" data-said="{}">{}</p>')
        frame.draw(said.format(f"{key} {kept}", words, words))
        return

    def say(what: feedback.Said) -> None:
        st.session_state[key] = feedback.keep(file, answer, what, st.context.ip_address)

    with st.container(key="was-right", horizontal=True, vertical_alignment="center", gap="small"):
        frame.draw(Markup('<p class="pq-was-right">Was this right?</p>'), width="content")
        for what, words in _SAYINGS[answer.status == "not_found"].items():
            st.button(words, key=f"say-{what}", type="tertiary", on_click=say, args=(what,))
        frame.draw(
            Markup('<p class="pq-small">Kept here with your question and what was shown, not with who you are.</p>')
        )


def _every(library: Library, address: Address, answer: Answer) -> Markup:
    """Return a link to what every report says: of each side, where two are compared."""
    generation = library.generation
    if compared := sides(answer, generation.sources, generation.glossary, generation.domain):
        return anchor(
            link_to("compare", Address(filters=address.filters).parameters() | compared),
            "Compare these in every report",
        )
    every = link(Address(turns=(Turn(answer.question.text),), filters=address.filters), "every")
    return anchor(every, "Put this to every report")


def _embed(request: Request) -> Markup:
    """Return a link to the very same answer as a page for a frame."""
    target = link_to("embed", api_parameters(request))
    return Markup('<a href="{}" target="_blank" rel="noopener">Embed this answer</a>').format(target)


def _print(address: Address) -> Markup:
    """Return a link to the answer as a page for paper, which is not of the app."""
    target = link_to("", address.parameters() | {"print": ["1"]})
    return Markup('<a href="{}" target="_blank" rel="noopener">Print this answer</a>').format(target)


def _sides(library: Library, answer: Answer, turn: int) -> None:
    """Draw the parts of an answer side by side, one below the other where there is no room."""
    for number, (column, part) in enumerate(zip(frame.columns(len(answer.parts)), answer.parts, strict=True), start=1):
        with column:
            line = cards.finding(finding_line(part.answer), part.answer.status)
            frame.draw(Markup('<h3 class="pq-near">{}</h3>{}').format(part.label, line))
            states.known(part.answer)
            _quotes(library, part.answer, f"{turn}-{number}")


def _quotes(library: Library, answer: Answer, turn: str) -> None:
    """Draw the quotes, best first, three at most that answer open and the rest folded.

    Where nothing was found, they are what is near.
    """
    if answer.near:
        with frame.part(f"near-{turn}"):
            frame.draw(Markup('<h3 class="pq-near">Not an answer, but near</h3>'))
            _cards(library, answer, with_digests_below(answer.near[:NEAR_CARDS]))
        return
    shown = with_digests_below(answer.quotes)
    opened = min(OPEN_CARDS, sum(number <= answer.answering for number, _, _ in shown))
    _cards(library, answer, shown[:opened])
    rest = shown[opened:]
    if rest:
        with frame.folded(f"Show {len(rest)} more", f"rest-{turn}"):
            _cards(library, answer, rest, first=opened + 1)


def _nearest(library: Library, answer: Answer, turn: str) -> None:
    """Draw what came nearest to a question that is about nothing in the reports, folded: the sign could be wrong."""
    with frame.folded("Show what came nearest", f"rest-{turn}"):
        _cards(library, answer, with_digests_below(answer.shown[:NEAR_CARDS]))


def _cards(library: Library, answer: Answer, shown: Sequence[WithDigests], first: int = 1) -> None:
    for place, (number, quote, digests) in enumerate(shown, start=first):
        came_later, note = later(library, quote.source.id), close_label(answer, number)
        frame.draw(cards.card(quote, place, library.generation.glossary, came_later, note, digests))


def askable(address: Address, number: int = MAX_QUESTIONS) -> Request:
    """Return the request of the question with this number, or the last, without those before that cannot be asked."""
    request = address.request(number)
    return replace(request, turns=(*_turns_askable(request.turns[:-1]), request.turns[-1]))


def _turns_askable(turns: Sequence[Turn]) -> Iterator[Turn]:
    for turn in turns:
        with contextlib.suppress(InputError):
            checked(turn.text)
            yield turn


def _chips(library: Library, address: Address, number: int, answer: Answer) -> Markup:
    """Return what was searched besides the words that were typed.

    Each can be taken away.
    """
    turn, question = address.turns[number - 1], answer.question
    chips = [
        side_bar.chip(
            Markup("from before: <b>{}</b>").format(carried.text),
            f"Ask without {carried.text}",
            link(address.turned(number, replace(turn, dropped=(*turn.dropped, carried.text)))),
        )
        for carried in question.carried
    ]
    chips += [
        side_bar.chip(
            Markup("understood: <b>{}</b>").format(reading.says),
            f"Ask without “{reading.text}” being understood so",
            link(address.turned(number, replace(turn, dropped=(*turn.dropped, reading.text)))),
        )
        for reading in question.readings
    ]
    if question.added:
        phrases = " · ".join(phrase for added in question.added for phrase in added.phrases)
        words = Markup("also searched: <b>{}</b>").format(phrases)
        without = address.turned(number, replace(turn, widen=False))
        chips.append(side_bar.chip(words, "Ask without these words", link(without)))
    if number == len(address.turns):
        chips += side_bar.chips(library, address)
    return side_bar.chip_list("What was searched", chips) if chips else Markup("")


def _what_else(library: Library, address: Address, answer: Answer) -> None:
    """At most three questions that the reports answer, to be asked after this one."""
    asked = tuple(turn.text for turn in _turns_askable(address.turns))
    questions = suggestions.follow_ups(library.generation, answer, asked, trier(library, address.filters))
    states.questions(
        "What else these reports answer", {question: _asking(address, question, library) for question in questions}
    )


def _link(library: Library, address: Address, number: int) -> str:
    """Return where someone else sees this answer and those before it."""
    return link(replace(address, turns=address.turns[:number], generation=library.generation.name))


def _asking(address: Address, question: str, library: Library) -> str:
    return link(replace(address.asking(question), generation=library.generation.name))


def _edition(library: Library, address: Address) -> None:
    """Say so where the link was made with another index than the one that answers now."""
    if address.generation and address.generation != library.generation.name:
        frame.notice(
            "The reports have changed since this link was made",
            f"These answers come from the edition of {states.edition(library)}. They may differ from what the sender "
            "saw.",
        )


def _refused(question: str, error: ProbqaError) -> None:
    """Draw a question that cannot be asked: why, and the words that were typed, so that they are not lost."""
    problem = error.problem[:1].upper() + error.problem[1:]
    if not question.strip():
        title = "Nothing was typed"
    elif len(question.strip()) > MAX_QUESTION_CHARACTERS:
        title = "This question is too long"
    else:
        title = "This question cannot be asked"
    frame.notice(title, f"{problem}: {error.remedy}.", "refused", arrive=f"refused {question[:50]}")
    if question.strip():
        frame.draw(Markup('<p class="pq-typed">{}</p>').format(question[: 2 * MAX_QUESTION_CHARACTERS]))
