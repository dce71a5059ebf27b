"""The journeys: build an index from a folder, open it, ask it, check it.

In: ``Settings``. Out: a ``BuildReport``, a ``Library`` to ask, an ``Answer``, a list of differences. This is the
one module that knows the rooms; they do not know one another.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from probqa import corpus, readers
from probqa.answers import judge, make_answer
from probqa.calibration import CALIBRATION_FILE, UNCALIBRATED, Calibration, fit, load_calibration
from probqa.corpus import CorpusFile, Failure
from probqa.dense import Rows
from probqa.embeddings import CANARIES, Embedder, Encoder, Vectors
from probqa.errors import (
    CorpusError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    InputError,
    ReadingError,
)
from probqa.evidence import Signals, find_signals
from probqa.filters import allowed_rows
from probqa.followups import carry_over, lean
from probqa.glossary import GLOSSARY_FILE, Entries, Glossary, load_glossary
from probqa.index import Contents, Generation, build_lock, remove_old_generations, write
from probqa.lexical import LexicalIndex
from probqa.passages import cut_passages, search_text
from probqa.quotes import quote_hits
from probqa.records import (
    Added,
    Answer,
    Carried,
    Coverage,
    Document,
    DocumentAnswer,
    EveryAnswer,
    Filters,
    Passage,
    Quote,
    Removal,
)
from probqa.retrieval import retrieve, retrieve_each
from probqa.settings import Settings

MAX_QUESTION_CHARACTERS = 500
DEFAULT_QUOTES = 8
# So many passages are looked at for quotes, or twice as many as quotes are wanted.
LOOKED_AT = 20
KEPT_GENERATIONS = 3
NO_FILTERS = Filters()

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; the four counts are documents, ``embedded`` counts passages."""

    generation: str
    added: int
    changed: int
    removed: int
    unchanged: int
    embedded: int
    passages: int
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]
    seconds: float


def no_progress(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def build(settings: Settings, progress: Progress = no_progress) -> BuildReport:
    """Bring the index up to the corpus; embeds only texts the live generation has no vector for.

    Raises:
        CorpusError: no corpus, or no file of it could be read; the old index stays live.
        ModelError: the model cannot be used.
        BuildLockedError: another build is running.
    """
    began = time.perf_counter()
    with build_lock(settings.index):
        files, failures = corpus.list_files(settings.corpus)
        previous, notes = _previous(settings)
        try:
            documents, reading_failures = _read_all(settings, files, previous, progress)
            glossary, calibration, more_failures = _read_beside(settings)
            failures = tuple(sorted((*failures, *reading_failures, *more_failures), key=lambda failure: failure.file))
            if not documents:
                first = failures[0]
                raise CorpusError(f"no file of {settings.corpus} could be read; {first.file}: {first.problem}", "")
            contents, embedded = _contents(
                settings, files, documents, (glossary, calibration), failures, previous, progress
            )
            if previous is None or previous.name != contents.generation:
                progress("writing the index", 0, 1)
                write(settings.index, contents)
                remove_old_generations(settings.index, keep=KEPT_GENERATIONS)
            before = {} if previous is None else previous.file_hashes()
        finally:
            if previous is not None:
                previous.close()
    after = {document.source.id: document.file_sha256 for document in documents}
    shared = before.keys() & after.keys()
    changed = sum(before[name] != after[name] for name in shared)
    return BuildReport(
        generation=contents.generation,
        added=len(after.keys() - before.keys()),
        changed=changed,
        removed=len(before.keys() - after.keys()),
        unchanged=len(shared) - changed,
        embedded=embedded,
        passages=len(contents.passages),
        failures=failures,
        notes=notes,
        seconds=time.perf_counter() - began,
    )


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
        answers.sort(key=lambda one: one.source.published, reverse=True)
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


def calibrate(settings: Settings, questions: Sequence[tuple[str, Sequence[str], bool]]) -> Calibration:
    """Fit the status on questions (with those asked before, and whether the corpus answers them) and keep it.

    It is written to ``calibration.json`` in the corpus folder; the next build puts it into the index.

    Raises:
        InputError: too few questions, or one that cannot be asked.
    """
    library = Library(settings)
    try:
        found = [(library.signals(question, previous), answerable) for question, previous, answerable in questions]
        known = [(signals, answerable) for signals, answerable in found if signals is not None]
        manifest = library.generation.manifest
        calibration = fit(
            [signals for signals, _ in known],
            [answerable for _, answerable in known],
            manifest["model"]["fingerprint"],
            manifest["texts"],
        )
    finally:
        library.close()
    (settings.corpus / CALIBRATION_FILE).write_bytes(calibration.to_json())
    return calibration


def checked_question(question: str) -> str:
    """Strip a question and refuse one that cannot be asked.

    >>> checked_question("  who? ")
    'who?'

    Raises:
        InputError: it is empty, over ``MAX_QUESTION_CHARACTERS``, or holds control characters.
    """
    question = question.strip()
    if not question:
        raise InputError("the question is empty", "type a question")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise InputError(
            f"the question has {len(question)} characters, more than {MAX_QUESTION_CHARACTERS}", "shorten it"
        )
    for character in question:
        if (
            (ord(character) < 32 and character not in "\t\n")
            or 0x7F <= ord(character) <= 0x9F
            or 0xD800 <= ord(character) <= 0xDFFF
        ):
            raise InputError(f"the question holds the control character U+{ord(character):04X}", "remove it")
    return " ".join(question.split())


def is_stale(settings: Settings, generation: Generation) -> bool:
    """Whether a build would make something else of the corpus folder than the generation.

    Raises:
        CorpusError: the folder does not exist or holds no document.
    """
    files, failures = corpus.list_files(settings.corpus)
    manifest = generation.manifest
    made_of = {path: tuple(made) for path, made in manifest["corpus"].items()}
    not_taken = [failure for failure in manifest["failures"] if failure["file"] not in made_of]
    return _made_of(settings, files) != made_of or [dataclasses.asdict(failure) for failure in failures] != not_taken


def verify(settings: Settings) -> Iterator[str]:
    """Yield a line for everything about the index that is not as it was built; nothing means all is well.

    Opening has compared every file with its digest. Here every passage and sentence is cut again, and every
    corpus file that still has its hash is read again and must give the same text.

    Raises:
        IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot even be opened.
    """
    generation = Generation.live(settings.index)
    try:
        yield from generation.verify()
        try:
            files = {file.path: file for file in corpus.list_files(settings.corpus)[0]}
        except CorpusError:
            files = {}
        for document in generation.all_documents():
            file = files.get(document.file)
            if (
                file is None
                or file.sha256 != document.file_sha256
                or readers.reader_version(file.path) != document.reader
            ):
                continue
            again = readers.read(file, settings.corpus)
            if (again.text, again.blocks, again.source) != (document.text, document.blocks, document.source):
                yield f"{settings.corpus / file.path}: reads differently from the text in the index"
    finally:
        generation.close()


def status(settings: Settings) -> dict[str, Any]:
    """What is in the index, what is not and why, and whether it is up to date.

    Raises:
        IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot be opened.
    """
    generation = Generation.live(settings.index)
    try:
        try:
            stale = is_stale(settings, generation)
        except CorpusError:
            stale = None
        manifest = generation.manifest
        return {
            "generation": generation.name,
            "created": manifest["created"],
            "model": manifest["model"],
            "counts": manifest["counts"],
            "calibration": error_rates(generation),
            "corpus": str(settings.corpus),
            "stale": stale,
            "failures": manifest["failures"],
            "documents": [
                {
                    "id": document.source.id,
                    "title": document.source.title,
                    "file": document.file,
                    "sha256": document.file_sha256,
                    "reader": document.reader,
                    "characters": len(document.text),
                    "passages": len(generation.passages_of(document.source.id)),
                    "unreadable_pages": [page.pdf for page in document.pages if page.layer == "image"],
                    "removed": [_removed(removal) for removal in document.removals],
                }
                for document in generation.all_documents()
            ],
        }
    finally:
        generation.close()


def documents(settings: Settings) -> list[dict[str, Any]]:
    """What is known of every document in the index, in the order of their rows.

    Raises:
        IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot be opened.
    """
    generation = Generation.live(settings.index)
    try:
        return [
            dataclasses.asdict(document.source)
            | {"file": document.file, "passages": len(generation.passages_of(document.source.id))}
            for document in generation.all_documents()
        ]
    finally:
        generation.close()


def document_status(settings: Settings, document_id: str) -> dict[str, Any]:
    """What was read of one document, page by page, and what was left out, and where the file came from.

    Raises:
        InputError: there is no such document.
        IndexMissingError, IndexMismatchError, IndexDamagedError: the index cannot be opened.
    """
    with closing(Generation.live(settings.index)) as generation:
        document = next((each for each in generation.all_documents() if each.source.id == document_id), None)
        if document is None:
            raise InputError(f"there is no document {document_id!r} in the index", "list them with: probqa status")
        ends = [*(page.start for page in document.pages[1:]), len(document.text)]
        source = document.source
        return {
            "id": source.id,
            "title": source.title,
            "publisher": source.publisher,
            "published": source.published,
            "published_note": source.published_note,
            "file": document.file,
            "sha256": document.file_sha256,
            "reader": document.reader,
            "added": source.added,
            "from": source.origin,
            "characters": len(document.text),
            "passages": len(generation.passages_of(source.id)),
            "headings": len(document.headings),
            "pages": [
                {
                    "pdf": page.pdf,
                    "printed": page.printed,
                    "characters": len(document.text[page.start : end].strip()),
                    "text_layer": page.layer == "text",
                    "unreadable": page.layer == "image",
                    "removed": [_removed(removal) for removal in document.removals if removal.page == page.pdf],
                }
                for page, end in zip(document.pages, ends, strict=False)
            ],
            "removed": [_removed(removal) for removal in document.removals if not removal.page],
        }


def _removed(removal: Removal) -> dict[str, Any]:
    return {"reason": removal.reason, "text": removal.text, "characters": removal.characters}


def error_rates(generation: Generation) -> dict[str, float] | None:
    """How often the status was right on questions held back from the calibration, and how many; None without one."""
    if not generation.is_calibrated:
        return None
    calibration = generation.calibration
    names = ("answered", "shown", "refused", "not_answered", "answerable", "unanswerable")
    return {name: getattr(calibration, name) for name in names}


def _previous(settings: Settings) -> tuple[Generation | None, tuple[str, ...]]:
    """The live generation to take unchanged parts from, or why there is none."""
    try:
        return Generation.live(settings.index), ()
    except IndexMissingError:
        return None, ()
    except (IndexDamagedError, IndexMismatchError) as error:
        return None, (f"the old index could not be used and everything was made anew: {error.problem}",)


def _read_all(
    settings: Settings, files: Sequence[CorpusFile], previous: Generation | None, progress: Progress
) -> tuple[list[Document], list[Failure]]:
    known = {} if previous is None else {document.file: document for document in previous.all_documents()}
    documents: list[Document] = []
    failures: list[Failure] = []
    file_of: dict[str, str] = {}
    for number, file in enumerate(files):
        progress("reading", number, len(files))
        old = known.get(file.path)
        try:
            if old and (old.file_sha256, old.reader) == (file.sha256, readers.reader_version(file.path)):
                document = old
            else:
                document = readers.read(file, settings.corpus)
                if not corpus.is_unchanged(settings.corpus, file):
                    raise ReadingError("was changed while it was read", "build again")
        except (ReadingError, OSError) as error:
            reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
            failures.append(Failure(file.path, reason))
            continue
        twin = file_of.setdefault(document.source.id, file.path)
        if twin != file.path:
            failures.append(Failure(file.path, f"the id {document.source.id!r} is taken by {twin}; give it another"))
            continue
        documents.append(document)
    progress("reading", len(files), len(files))
    return documents, failures


def _contents(
    settings: Settings,
    files: Sequence[CorpusFile],
    documents: Sequence[Document],
    beside: tuple[Glossary, Calibration],
    failures: tuple[Failure, ...],
    previous: Generation | None,
    progress: Progress,
) -> tuple[Contents, int]:
    encoder_files, model_fingerprint, same_model = _encoder_files(settings, previous, progress)
    encoder = previous.encoder if previous and same_model else Encoder(*encoder_files.values())
    passages: list[Passage] = []
    texts: list[str] = []
    sentences: list[str] = []
    for document in documents:
        cut = cut_passages(document, first_row=len(passages))
        passages.extend(cut)
        texts.extend(search_text(document, passage) for passage in cut)
        sentences.extend(document.slice(span) for passage in cut for span in passage.sentences)
    old = previous if same_model else None
    passage_vectors, embedded = _embed(texts, encoder, _known_passages(old), "embedding passages", progress)
    sentence_vectors, _ = _embed(sentences, encoder, _known_sentences(old), "embedding sentences", progress)
    contents = Contents(
        documents=documents,
        passages=passages,
        passage_vectors=passage_vectors,
        sentence_vectors=sentence_vectors.astype(np.float16),
        canary_vectors=encoder.encode_passages(CANARIES),
        lexical=LexicalIndex.build(texts),
        encoder_files=encoder_files,
        model=settings.model,
        fingerprint=model_fingerprint,
        files=_made_of(settings, files),
        failures=failures,
        glossary=beside[0],
        calibration=beside[1],
    )
    return contents, embedded


def _made_of(settings: Settings, files: Sequence[CorpusFile]) -> dict[str, tuple[str, str]]:
    """What decides how files are read: SHA-256 and reader version, by path; the glossary's too."""
    made_of = {file.path: (file.sha256, readers.reader_version(file.path)) for file in files}
    for name in (GLOSSARY_FILE, CALIBRATION_FILE):
        if (settings.corpus / name).is_file():
            content = corpus.read_bytes(settings.corpus, name)
            made_of[name] = (hashlib.sha256(content).hexdigest(), "1")
    return made_of


def _read_beside(settings: Settings) -> tuple[Glossary, Calibration, list[Failure]]:
    """The corpus's glossary and calibration; a broken one is listed like any file, and done without."""
    glossary, calibration, failures = Glossary(Entries()), UNCALIBRATED, []
    try:
        glossary = load_glossary(settings.corpus)
    except ReadingError as error:
        failures.append(Failure(GLOSSARY_FILE, str(error)))
    try:
        calibration = load_calibration(settings.corpus)
    except ReadingError as error:
        failures.append(Failure(CALIBRATION_FILE, str(error)))
    return glossary, calibration, failures


def _encoder_files(
    settings: Settings, previous: Generation | None, progress: Progress
) -> tuple[dict[str, bytes], str, bool]:
    """The encoder of the model: the live generation's where it is the same model, else exported now."""
    from probqa import exporting

    folder = exporting.find_model(settings.model)
    print_now = exporting.fingerprint(folder)
    if previous and previous.manifest["model"] == {"name": settings.model, "fingerprint": print_now}:
        return previous.encoder_files, print_now, True
    progress(f"exporting the model {settings.model}, once", 0, 1)
    return exporting.export_model(settings.model, folder), print_now, False


def _embed(
    texts: Sequence[str], encoder: Embedder, known: dict[str, Vectors], stage: str, progress: Progress
) -> tuple[Vectors, int]:
    """Vectors of ``texts``, those already ``known`` taken as they are; and how many rows were embedded."""
    missing = list(dict.fromkeys(text for text in texts if text not in known))
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        progress(stage, done, len(missing))

    fresh = dict(zip(missing, encoder.encode_passages(missing, advance), strict=True)) if missing else {}
    found = known | fresh
    return np.array([found[text] for text in texts], dtype=np.float32), sum(text in fresh for text in texts)


def _known_passages(previous: Generation | None) -> dict[str, Vectors]:
    if previous is None:
        return {}
    return {
        search_text(previous.document_of(row), previous.passage(row)): previous.dense.vectors[row]
        for row in range(previous.passages)
    }


def _known_sentences(previous: Generation | None) -> dict[str, Vectors]:
    if previous is None:
        return {}
    return {
        previous.document_of(row).slice(span): previous.sentence_vectors[previous.first_sentences[row] + at].astype(
            np.float32
        )
        for row in range(previous.passages)
        for at, span in enumerate(previous.passage(row).sentences)
    }
