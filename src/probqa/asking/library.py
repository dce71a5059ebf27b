"""An opened index that answers questions.

In: ``Settings``. Out: a ``Library``, and from it an ``Answer`` or an ``EveryAnswer``.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from probqa.asking.about import Standing, standing
from probqa.asking.answers import compose, put_together
from probqa.asking.exclusion import rows_without
from probqa.asking.explaining import speaking
from probqa.asking.filters import allowed_rows, both, union
from probqa.asking.near_names import near_names
from probqa.asking.quotes import Chosen, choose, cut
from probqa.asking.ratings import rating_table, with_ratings
from probqa.asking.retrieval import retrieve, retrieve_each
from probqa.asking.signals import Candidate, measure
from probqa.calibration import Calibration, Signals
from probqa.errors import IndexMismatchError
from probqa.indexing.dense import Rows
from probqa.indexing.generation import Generation
from probqa.questions import Part, Question, Request, Turn
from probqa.records import Answer, AnswerPart, Coverage, DocumentAnswer, EveryAnswer, Note, Quote, is_worth
from probqa.settings import Settings
from probqa.understanding.question import checked_request, read_question, read_ways
from probqa.weights import WEIGHTS, Weights

if TYPE_CHECKING:
    from probqa.checking.verdicts import CheckReport


# Some hundreds of people may have a conversation open, and each turn leans on the one before.
KEPT_ANSWERS = 1000
# So many turns before the last are answered at most. A page holds no more.
_REMEMBERED = 7
# What it counts that the first quote answers by itself, beside the quotes' scores, where ways to take a question are
# compared. Measured in decision 7.
_ANSWERED = 0.1


class Library:
    """An opened index that answers questions.

    It holds one generation from first to last.
    """

    def __init__(self, settings: Settings, weights: Weights = WEIGHTS, *, generation: Generation | None = None) -> None:
        """Open and check the live generation, or the draft, or take one that is open.

        Raises:
            IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot be used; the message says what to do.
        """
        self.generation = generation or Generation.live(settings.index, settings.pointer)
        # Where much is new since the calibration was fitted, it takes more to call a quote an answer.
        surer = Calibration.answered_from(self.generation.new_share, weights)
        self.weights = dataclasses.replace(weights, answered_from=surer)
        # As ``ask``, and works out once what is asked again: the turn before, and by pages all turns.
        self.remembered = lru_cache(maxsize=KEPT_ANSWERS)(self.ask)
        try:
            self.generation.require_made_with(settings)
        except IndexMismatchError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the generation, so that a later build may delete it."""
        self.generation.close()

    def ask(self, request: Request | str) -> Answer:
        """Answer the last question of a request.

        A string is a request of one question and nothing else.

        Raises:
            InputError: a question is empty, too long or holds control characters; fewer than 1 quote is asked for; or
                a filter names what is not there.
        """
        began = time.perf_counter()
        answer, understanding, retrieving = self._taken(request)
        total = time.perf_counter() - began
        seconds = {
            "understand": understanding,
            "retrieve": retrieving,
            "quote": total - understanding - retrieving,
            "total": total,
        }
        return dataclasses.replace(answer, timings_ms={name: round(1000 * value, 2) for name, value in seconds.items()})

    def _taken(self, request: Request | str, whole: Question | None = None) -> tuple[Answer, float, float]:
        """Answer a question, or a part of a ``whole`` one, in the way in which it was most likely meant.

        Tell how many seconds understanding it and retrieval took.
        """
        request = checked_request(Request.of(request) if isinstance(request, str) else request)
        taken: tuple[Answer, Standing, float] | None = None
        understanding = retrieving = 0.0
        for way in read_ways(self.generation, request, lambda: self._before(request), self.weights):
            if taken and not is_worth(way.tried_at, taken[0].status):
                continue
            began = time.perf_counter()
            question = read_question(self.generation, request, self.weights, way)
            understanding += time.perf_counter() - began
            if whole:
                question = _of_whole(whole, question)
            elif question.parts and way.rows is not None:
                # Each part is taken in its own way.
                continue
            answer, stands, seconds = self._answer(question)
            retrieving += seconds
            worth = _worth(answer) + way.likelier
            if taken is None or worth > taken[2] or (way.firm and answer.quotes) or _says_more(answer, taken[0]):
                taken = answer, stands, worth
            if way.firm and answer.quotes:
                break
        assert taken is not None
        return self._noted(*taken[:2]), understanding, retrieving

    def _noted(self, answer: Answer, stands: Standing) -> Answer:
        """Return an answer with what there is to say of its question's names: offers are asked, to be answered."""
        question = answer.question
        if question.parts or question.reply:
            return answer
        meant = (note for note in near_names(self.generation, question) if self._is_meant(question, note))
        notes = (*(self._tried(question, note) for note in stands.notes), *meant)
        return dataclasses.replace(answer, notes=(*answer.notes, *notes))

    def _before(self, request: Request) -> Answer:
        """Return the answer to the turn before the last, as the asker saw it."""
        turns = request.turns[:-1][-_REMEMBERED:]
        answer = self.remembered(dataclasses.replace(request, turns=turns))
        while answer.question.reply and len(turns) > 1:
            turns = turns[:-1]
            answer = self.remembered(dataclasses.replace(request, turns=turns))
        return answer

    def _answer(self, question: Question, *, is_turn: bool = True) -> tuple[Answer, Standing, float]:
        """Answer a question, or each of its parts.

        Tell how its names stand in the reports, and how many seconds retrieval took. What is only tried is no turn of
        the conversation.
        """
        if question.parts:
            # A part is answered as it stands: it is not split again.
            taken = [self._part(question, part, is_turn=is_turn) for part in question.parts]
            parts = [AnswerPart(part.label, answer) for part, (answer, _) in zip(question.parts, taken, strict=True)]
            searched = self._searched(self._union([self._allowed(part.answer.question) for part in parts]))
            whole = put_together(question, parts, searched, self.generation.name)
            return whole, Standing(), sum(seconds for _, seconds in taken)
        if question.reply:
            nothing = Coverage(0, 0, 0)
            return compose(question, (), nothing, self.generation.name), Standing(), 0.0
        began = time.perf_counter()
        allowed = self._allowed(question)
        stands = standing(self.generation, question, self.weights)
        chosen, retrieved = self._choose(question, allowed, stands)
        table = None if stands.is_nowhere else rating_table(self.generation, question)
        quotes = with_ratings(
            [self._cut(question, each, stands) for each in chosen], table, self.generation.domain, question.request.k
        )
        answer = compose(question, quotes, self._searched(allowed), self.generation.name)
        if table is not None:
            answer = dataclasses.replace(answer, ratings=table.rows, notes=(*answer.notes, table.note))
        return answer, stands, retrieved - began

    def _part(self, question: Question, part: Part, *, is_turn: bool) -> tuple[Answer, float]:
        """Answer a part: what is no turn of the conversation leans on none."""
        if is_turn:
            answer, _, seconds = self._taken(part.request, question)
        else:
            answer, _, seconds = self._answer(_of_whole(question, self._read(part.request)), is_turn=False)
        return answer, seconds

    def _is_meant(self, question: Question, note: Note) -> bool:
        """Tell whether a quote answers the question with the name that it may mean."""
        request = question.request
        for offer in note.offers:
            asked = dataclasses.replace(request, turns=(*request.turns[:-1], Turn(offer)))
            if self._answer(self._read(asked), is_turn=False)[0].status != "answered":
                return False
        return True

    def _tried(self, question: Question, note: Note) -> Note:
        """Return a note with the first of its offers that something answers where it is asked next."""
        request = question.request
        for offer in note.offers:
            asked = dataclasses.replace(request, turns=(*request.turns, Turn(offer)))
            if self._answer(self._read(asked), is_turn=False)[0].status != "not_found":
                return Note(note.text, (offer,))
        return Note(note.text)

    def every(self, request: Request | str) -> EveryAnswer:
        """Put a question to every document that the request's filters let through, each by itself.

        The newest document comes first. A document's quote is the first of what ``ask`` would find in it alone, where
        that is "answered": of many reports nearly each has something that may answer, and a count of those says
        nothing.

        Raises:
            InputError: as ``ask``.
        """
        question = self._read(request)
        allowed = self._allowed(question)
        stands = standing(self.generation, question, self.weights)
        scope = []
        for document in self.generation.all_documents():
            rows = np.array(self.generation.passages_of(document.source.id), np.int64)
            rows = rows if allowed is None else rows[np.isin(rows, allowed)]
            if len(rows):
                scope.append((document.source, rows))
        each_rows = (rows for _, rows in scope)
        found = retrieve_each(self.generation, question, self.weights.looked_at, each_rows, self.weights)
        measured: dict[str, list[Candidate]] = {source.id: [] for source, _ in scope}
        for candidate in measure(
            self.generation,
            question,
            [hit for hits in found for hit in hits],
            self.weights,
            about=stands.reports,
            reads=self.weights.reads_of_every,
            reads_per_document=1,
        ):
            measured[candidate.document.source.id].append(candidate)
        answers = []
        for source, _ in scope:
            first = [self._cut(question, each, stands) for each in self._chosen(measured[source.id], 1, question)]
            answers.append(DocumentAnswer(source, next((quote for quote in first if quote.status == "answered"), None)))
        answers.sort(key=lambda answer: answer.source.published.iso, reverse=True)
        return EveryAnswer(
            question=question,
            documents=tuple(answers),
            coverage=Coverage(
                documents=len(scope),
                passages=sum(len(rows) for _, rows in scope),
                documents_with_quotes=sum(answer.quote is not None for answer in answers),
            ),
            generation=self.generation.name,
        )

    def signals(self, request: Request | str) -> Signals | None:
        """Return what ``ask`` judges a question's first quote by.

        It is None where nothing at all is found.
        """
        question = self._read(request)
        if len(question.request.turns) > 1:
            question = self._taken(question.request)[0].question
        stands = standing(self.generation, question, self.weights)
        chosen, _ = self._choose(question, self._allowed(question), stands)
        return chosen[0].candidate.signals if chosen else None

    def check(self, text: str, named: str | Sequence[str] | None = None, *, is_draft: bool = False) -> CheckReport:
        """Check the quotes of ``text`` against the documents, word for word.

        ``named`` says which reports it claims to quote, each by id, title, or area and year. Text without quote marks
        is one quote; in a draft it is its writer's own.

        Raises:
            InputError: the text is empty, too long or no text.
        """
        from probqa.checking.check import check

        return check(self.generation, text, named, is_draft=is_draft)

    def _read(self, request: Request | str) -> Question:
        return read_question(
            self.generation, Request.of(request) if isinstance(request, str) else request, self.weights
        )

    def _allowed(self, question: Question) -> Rows | None:
        rows = allowed_rows(self.generation, question.filters, question.window)
        if question.rows is not None:
            rows = both(rows, np.array(question.rows, np.int64))
        return both(rows, rows_without(self.generation, question.excluded)) if question.excluded else rows

    @staticmethod
    def _union(each: Sequence[Rows | None]) -> Rows | None:
        """Return the rows that any of these allow: None, which allows all, where one does."""
        rows = [one for one in each if one is not None]
        return union(rows) if len(rows) == len(each) else None

    def _choose(self, question: Question, allowed: Rows | None, stands: Standing) -> tuple[list[Chosen], float]:
        """Choose what is quoted, and tell when the passages were there.

        Where a place or body is named, only what is about one of those named is looked at.
        """
        k, weights = question.request.k, self.weights
        looked_at, reads = weights.looked_at, weights.reads
        if question.newest_first or question.oldest_first:
            looked_at, reads = weights.newest_looked_at, weights.newest_reads
        hits = retrieve(self.generation, question, max(looked_at, 2 * k), stands.narrowed(allowed), weights)
        retrieved = time.perf_counter()
        reads = max(reads, k)
        candidates = measure(self.generation, question, hits, weights, about=stands.reports, reads=reads)
        return self._chosen(speaking(question, candidates, self.generation.glossary), k, question), retrieved

    def _chosen(self, candidates: Sequence[Candidate], k: int, question: Question) -> list[Chosen]:
        return choose(question, candidates, k, self.generation.domain, self.generation.calibration, self.weights)

    def _cut(self, question: Question, chosen: Chosen, stands: Standing) -> Quote:
        return cut(question, chosen, self.generation.calibration, self.weights, is_nowhere=stands.is_nowhere)

    def _searched(self, allowed: Rows | None) -> Coverage:
        if allowed is None:
            return Coverage(self.generation.documents, self.generation.passages, 0)
        return Coverage(self.generation.documents_among(allowed), len(allowed), 0)


def _of_whole(question: Question, part: Question) -> Question:
    """Return a part with what its question says of time and leaves out."""
    return dataclasses.replace(
        part,
        parts=(),
        window=part.window or question.window,
        newest_first=part.newest_first or question.newest_first,
        oldest_first=part.oldest_first or question.oldest_first,
        excluded=(*part.excluded, *question.excluded),
    )


def _worth(answer: Answer) -> float:
    """Return what an answer is worth beside those to other ways of taking the same question."""
    if not answer.quotes:
        return 0.0
    return 1 + answer.quotes[0].score + _ANSWERED * (answer.status == "answered")


def _says_more(answer: Answer, other: Answer) -> bool:
    """Tell whether an answer out of all passages has the very first quote of another one out of few."""
    if other.question.rows is None or answer.question.rows is not None or answer.status != other.status:
        return False
    first, its = ([(quote.source.id, quote.span) for quote in each.quotes[:1]] for each in (answer, other))
    return bool(first) and first == its
