"""An opened index that answers questions.

In: ``Settings``. Out: a ``Library``, and from it an ``Answer`` or an ``EveryAnswer``.
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from probqa.asking.answers import judge, make_answer
from probqa.asking.filters import allowed_rows
from probqa.asking.quotes import quote_hits
from probqa.asking.retrieval import retrieve, retrieve_each
from probqa.asking.signals import find_signals
from probqa.calibration import Signals
from probqa.errors import IndexMismatchError, InputError
from probqa.indexing.dense import Rows
from probqa.indexing.encoder import Vectors
from probqa.indexing.generation import Generation
from probqa.records import Added, Answer, Carried, Coverage, DocumentAnswer, EveryAnswer, Filters, Quote
from probqa.settings import Settings
from probqa.understanding.follow_ups import carry_over, lean
from probqa.understanding.question import checked_question

DEFAULT_QUOTES = 8
# So many passages are looked at for quotes, or twice as many as quotes are wanted.
LOOKED_AT = 20
NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class _Search:
    """A question as it is searched for: completed, corrected, widened and embedded.

    ``typed`` are the words that count in full, ``helping`` those that count for less.
    """

    ran: str
    typed: str
    helping: str
    vector: Vectors
    carried: tuple[Carried, ...]
    added: tuple[Added, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What was quoted for a search among the ``allowed`` rows, before it is judged; ``timings`` in seconds."""

    search: _Search
    allowed: Rows | None
    quotes: list[Quote]
    timings: dict[str, float]


class Library:
    """An opened index that answers questions; holds one generation from first to last."""

    def __init__(self, settings: Settings) -> None:
        """Open and check the live generation.

        Raises:
            IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot be used; the message says what to do.
        """
        self.generation = Generation.live(settings.index)
        if self.generation.model != settings.model:
            self.close()
            raise IndexMismatchError(
                f"the index was made with the model {self.generation.model}, not {settings.model}",
                "run: probqa build, or set PROBQA_MODEL back",
            )

    def close(self) -> None:
        """Let go of the generation, so that a later build may delete it."""
        self.generation.close()

    def ask(
        self,
        question: str,
        k: int = DEFAULT_QUOTES,
        *,
        filters: Filters = NO_FILTERS,
        previous: Sequence[str] = (),
        without: Sequence[str] = (),
        widen: bool = True,
    ) -> Answer:
        """Answer ``question`` with at most ``k`` quotes.

        ``filters`` say which passages may answer; ``previous`` are the questions asked before, oldest first, from
        which an incomplete question is completed, but for the texts in ``without``. ``widen`` says whether the
        glossary may add words to the search and a mistyped word may be taken for a known one.

        Raises:
            InputError: a question is empty, too long or holds control characters; ``k`` is below 1; or a filter
                names what is not there.
        """
        question = checked_question(question)
        if k < 1:
            raise InputError(f"{k} quotes cannot be shown", "ask for 1 or more with -k")
        began = time.perf_counter()
        found = self._find(question, k, filters, previous, without, widen=widen)
        search = found.search
        answer = make_answer(self.generation, search.ran, found.quotes, found.allowed)
        timings = found.timings | {"total": time.perf_counter() - began}
        return dataclasses.replace(
            answer,
            question=question,
            ran=search.ran,
            carried=search.carried,
            added=search.added,
            filters=filters,
            timings_ms={name: round(1000 * value, 2) for name, value in timings.items()},
        )

    def _find(
        self,
        question: str,
        k: int,
        filters: Filters = NO_FILTERS,
        previous: Sequence[str] = (),
        without: Sequence[str] = (),
        *,
        widen: bool = True,
    ) -> _Found:
        """Make a search of a question; retrieve; cut the quotes."""
        began = time.perf_counter()
        generation = self.generation
        allowed = allowed_rows(generation, filters)
        search = self._search(question, previous, without, widen=widen)
        embedded = time.perf_counter()
        hits = retrieve(generation, search.typed, search.vector, max(LOOKED_AT, 2 * k), allowed, search.helping)
        retrieved = time.perf_counter()
        quotes = quote_hits(generation, search.ran, search.vector, hits, k)
        timings = {
            "embed": embedded - began,
            "retrieve": retrieved - embedded,
            "quote": time.perf_counter() - retrieved,
        }
        return _Found(search, allowed, quotes, timings)

    def _search(
        self, question: str, previous: Sequence[str] = (), without: Sequence[str] = (), *, widen: bool = True
    ) -> _Search:
        """Complete, correct, widen and embed a question."""
        generation = self.generation
        run = carry_over(question, [checked_question(one) for one in previous], generation.glossary, without)
        corrected = generation.lexical.corrected(run.question, generation.encoder.is_word) if widen else {}
        ran = _put_right(run.question, corrected)
        vector = generation.encoder.encode_question(ran)
        if run.carried:
            vector = lean(generation.encoder.encode_question(_put_right(question, corrected)), vector)
        widened = generation.glossary.widen(ran) if widen else ()
        return _Search(
            ran=ran,
            typed=_put_right(run.named, corrected),
            helping=" ".join([_put_right(run.subject, corrected), *(word for one in widened for word in one.words)]),
            vector=vector,
            carried=run.carried,
            added=(
                *(Added(typed, (meant,)) for typed, meant in corrected.items()),
                *(Added(one.matched, one.phrases) for one in widened),
            ),
        )

    def every(
        self,
        question: str,
        *,
        filters: Filters = NO_FILTERS,
        previous: Sequence[str] = (),
        without: Sequence[str] = (),
        widen: bool = True,
    ) -> EveryAnswer:
        """Put ``question`` to every document that ``filters`` let through, each by itself; newest first.

        A document's quote is the first of what ``ask`` would find in it alone, where that is "answered": of many
        reports nearly each has something that may answer, and a count of those says nothing. The other arguments are
        those of ``ask``.

        Raises:
            InputError: as ``ask``.
        """
        question = checked_question(question)
        generation = self.generation
        allowed = allowed_rows(generation, filters)
        documents = [document.source for document in generation.all_documents()]
        groups = [np.array(generation.passages_of(source.id), np.int64) for source in documents]
        if allowed is not None:
            groups = [rows[np.isin(rows, allowed)] for rows in groups]
        scope = [(source, rows) for source, rows in zip(documents, groups, strict=True) if len(rows)]
        search = self._search(question, previous, without, widen=widen)
        found = retrieve_each(
            generation, search.typed, search.vector, LOOKED_AT, (rows for _, rows in scope), search.helping
        )
        first = [quote_hits(generation, search.ran, search.vector, hits, DEFAULT_QUOTES)[:1] for hits in found]
        judged = judge(generation, search.ran, [quote for quotes in first for quote in quotes])
        answering = {quote.source.id: quote for quote in judged if quote.status == "answered"}
        answers = [DocumentAnswer(source, answering.get(source.id)) for source, _ in scope]
        answers.sort(key=lambda one: one.source.published.iso, reverse=True)
        return EveryAnswer(
            question=question,
            ran=search.ran,
            carried=search.carried,
            added=search.added,
            documents=tuple(answers),
            coverage=Coverage(
                documents=len(scope),
                passages=sum(len(rows) for _, rows in scope),
                documents_with_quotes=sum(one.quote is not None for one in answers),
            ),
            generation=generation.name,
            filters=filters,
        )

    def confidence(self, answer: Answer) -> float:
        """What the status of ``answer`` was told by, in [0, 1]; 0 where nothing at all was found."""
        quotes = answer.quotes or answer.near
        if not quotes:
            return 0.0
        return self.generation.calibration.confidence(find_signals(self.generation, answer.ran, quotes[:1])[0])

    def signals(self, question: str, previous: Sequence[str] = ()) -> Signals | None:
        """What ``ask`` judges a question's first quote by; None where nothing at all is found."""
        found = self._find(checked_question(question), previous=previous, k=DEFAULT_QUOTES)
        return find_signals(self.generation, found.search.ran, found.quotes[:1])[0] if found.quotes else None


def _put_right(question: str, corrected: dict[str, str]) -> str:
    for typed, meant in corrected.items():
        question = re.sub(rf"\b{re.escape(typed)}\b", meant, question)
    return question
