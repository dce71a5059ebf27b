"""Bring an index up to its corpus: read, cut, embed what is new, write one generation.

In: ``Settings``. Out: a live generation, and a ``BuildReport`` of what was done.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from probqa.calibration import CALIBRATION_FILE, Calibration, generic, load_calibration
from probqa.errors import (
    CorpusError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    InputError,
    ModelMissingError,
    ReadingError,
)
from probqa.glossary.abbreviations import find_abbreviations
from probqa.glossary.domain import DOMAIN_FILE, NO_DOMAIN, Domain, load_domain
from probqa.glossary.entries import Entries
from probqa.glossary.gazetteer import GAZETTEER_FILE
from probqa.glossary.glossary import GLOSSARY_FILE, Glossary, load_glossary, with_places
from probqa.indexing.encoder import CANARIES, Embedder, Encoder, Vectors
from probqa.indexing.generation import Contents, Generation, write
from probqa.indexing.lexical import LexicalIndex
from probqa.indexing.manifest import Model
from probqa.indexing.storage import build_lock, remove_old_generations
from probqa.reading import corpus, reader
from probqa.reading.corpus import CorpusFile, Failure
from probqa.reading.first_page import Forms
from probqa.reading.passages import cut_passages, search_text
from probqa.records import Document, Passage
from probqa.settings import NO_READER, Settings

KEPT_GENERATIONS = 3

Progress = Callable[[str, int, int], None]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    The four counts are documents, ``embedded`` counts passages.
    """

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


@dataclass(frozen=True, slots=True)
class _Exported:
    """A model's files, its name and fingerprint, and whether the live generation has the same."""

    files: dict[str, bytes]
    model: Model
    is_live: bool


_NO_READER = _Exported({}, Model("", ""), is_live=True)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What lies beside the reports of a corpus."""

    glossary: Glossary
    domain: Domain
    calibration: Calibration


def no_progress(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def build(settings: Settings, progress: Progress = no_progress) -> BuildReport:
    """Bring the index up to the corpus.

    Embeds only texts the live generation has no vector for.

    Raises:
        InputError: one of the two folders lies in the other.
        CorpusError: no corpus, or no file of it could be read; the old index stays live.
        ModelError: the model cannot be used.
        BuildLockedError: another build is running.
    """
    began = time.perf_counter()
    _require_apart(settings)
    with build_lock(settings.index):
        files, failures = corpus.list_files(settings.corpus)
        previous, notes = _previous(settings)
        try:
            # First: whoever has no model is told so before a hundred reports are read.
            encoder = _encoder(settings, previous, progress)
            read_by = _reader(settings, previous, progress)
            # Hashed before they are read, so that a change between the two is seen as one.
            made_of = _made_of(settings, files)
            beside, more_failures = _read_beside(settings)
            documents, reading_failures = _read_all(settings, files, failures, previous, beside.domain.forms, progress)
            failures = tuple(sorted((*failures, *reading_failures, *more_failures), key=lambda failure: failure.file))
            if not documents:
                first = failures[0]
                raise CorpusError(f"no file of {settings.corpus} could be read; {first.file}: {first.problem}", "")
            contents, embedded = _contents(made_of, documents, beside, failures, previous, encoder, read_by, progress)
            if previous is None or previous.name != contents.generation:
                progress("writing the index", 0, 1)
                write(settings.index, contents)
                progress("writing the index", 1, 1)
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


def is_stale(settings: Settings, generation: Generation) -> bool:
    """Tell whether a build would make something else of the corpus folder than the generation.

    Raises:
        CorpusError: the folder does not exist or holds no document.
    """
    files, failures = corpus.list_files(settings.corpus)
    manifest = generation.manifest
    not_taken = tuple(failure for failure in manifest.failures if failure.file not in manifest.corpus)
    return _made_of(settings, files) != manifest.corpus or failures != not_taken


def _require_apart(settings: Settings) -> None:
    """Refuse an index that the next build would read as reports, and reports that stand where builds delete.

    Raises:
        InputError: one of the two folders is the other, or lies in it.
    """
    index, corpus_folder = settings.index, settings.corpus
    for what, inner, outer in (("index", index, corpus_folder), ("corpus", corpus_folder, index)):
        place = Path(os.path.realpath(inner))
        # Compared as files: a path may lead through links, or be written in other capitals.
        if outer.exists() and any(above.exists() and above.samefile(outer) for above in (place, *place.parents)):
            problem = f"the {what} folder {inner} is or lies in {outer}"
            raise InputError(problem, "name an index beside the corpus with --index or PROBQA_INDEX")


def _previous(settings: Settings) -> tuple[Generation | None, tuple[str, ...]]:
    """Return the live generation to take unchanged parts from, or why there is none."""
    try:
        return Generation.live(settings.index), ()
    except IndexMissingError:
        return None, ()
    except (IndexDamagedError, IndexMismatchError) as error:
        return None, (f"the old index could not be used and everything was made anew: {error.problem}",)


def _read_all(
    settings: Settings,
    files: Sequence[CorpusFile],
    not_taken: Sequence[Failure],
    previous: Generation | None,
    forms: Forms,
    progress: Progress,
) -> tuple[list[Document], list[Failure]]:
    """Return a document a file, in the order of their paths, and what could not be read.

    Documents of the live generation stay as they are where their folder could not be listed.
    """
    known = {} if previous is None else {document.file: document for document in previous.all_documents()}
    # With other forms, first pages say something else.
    same_forms = previous is not None and previous.domain.forms == forms
    documents: list[Document] = []
    failures: list[Failure] = []
    for number, file in enumerate(files):
        progress("reading", number, len(files))
        old = known.get(file.path)
        try:
            version = reader.reader_version(file.path)
            is_read = old and old.file_sha256 == file.sha256 and reader.is_read_by(old, version)
            if old and is_read and (same_forms or not old.pages):
                document = old
            else:
                document = reader.read(file, settings.corpus, forms)
                if not corpus.is_unchanged(settings.corpus, file):
                    raise ReadingError("was changed while it was read", "build again")
        except (ReadingError, OSError) as error:
            failures.append(Failure.of(file.path, error))
            continue
        documents.append(document)
    progress("reading", len(files), len(files))
    unlisted = tuple(failure.file for failure in not_taken if failure.file.endswith("/"))
    documents += [document for path, document in known.items() if path.startswith(unlisted)]
    taken: dict[str, Document] = {}
    for document in sorted(documents, key=lambda document: document.file):
        twin = taken.setdefault(document.source.id, document).file
        if twin != document.file:
            problem = f"the id {document.source.id!r} is taken by {twin}; give it another"
            failures.append(Failure(document.file, problem))
    return list(taken.values()), failures


def _contents(
    made_of: dict[str, tuple[str, str]],
    documents: Sequence[Document],
    beside: _Beside,
    failures: tuple[Failure, ...],
    previous: Generation | None,
    exported: _Exported,
    read_by: _Exported,
    progress: Progress,
) -> tuple[Contents, int]:
    encoder = previous.encoder if previous and exported.is_live else Encoder(*exported.files.values())
    passages: list[Passage] = []
    texts: list[str] = []
    sentences: list[str] = []
    for document in documents:
        cut = cut_passages(document, first_row=len(passages))
        passages.extend(cut)
        texts.extend(search_text(document, passage) for passage in cut)
        sentences.extend(document.slice(span) for passage in cut for span in passage.sentences)
    old = previous if exported.is_live else None
    passage_vectors, embedded = _embed(texts, encoder, _known_passages(old), "embedding passages", progress)
    sentence_vectors, _ = _embed(sentences, encoder, _known_sentences(old), "embedding sentences", progress)
    contents = Contents(
        documents=documents,
        passages=passages,
        passage_vectors=passage_vectors,
        sentence_vectors=sentence_vectors.astype(np.float16),
        canary_vectors=encoder.encode_passages(CANARIES),
        lexical=LexicalIndex.build(texts),
        encoder_files=exported.files,
        reader_files=read_by.files,
        model=exported.model,
        reader=read_by.model,
        files=made_of,
        failures=failures,
        glossary=beside.glossary.with_areas(
            (place for document in documents for place in document.source.places),
            [document.text for document in documents],
        ).with_abbreviations(find_abbreviations({document.source.id: document.text for document in documents})),
        domain=beside.domain,
        calibration=beside.calibration,
    )
    return contents, embedded


def _made_of(settings: Settings, files: Sequence[CorpusFile]) -> dict[str, tuple[str, str]]:
    """Return what decides how files are read: SHA-256 and reader version, by path.

    Of what lies beside them too.
    """
    made_of = {file.path: (file.sha256, reader.reader_version(file.path)) for file in files}
    for name in (GLOSSARY_FILE, GAZETTEER_FILE, DOMAIN_FILE, CALIBRATION_FILE):
        if os.path.lexists(settings.corpus / name):
            try:
                content = corpus.read_bytes(settings.corpus, name)
            except (ReadingError, OSError):
                # Named by ``_read_beside``; when it can be read, the index is made anew.
                made_of[name] = ("", "1")
            else:
                made_of[name] = (hashlib.sha256(content).hexdigest(), "1")
    return made_of


def _read_beside(settings: Settings) -> tuple[_Beside, list[Failure]]:
    """Read the corpus's glossary with its gazetteer, domain and calibration.

    A broken one is listed like any file, and done without.
    """
    has_reader = settings.reader != NO_READER
    failures: list[Failure] = []

    def loaded(name: str, load: Callable[[Path], _T], without: _T) -> _T:
        try:
            return load(settings.corpus)
        except (ReadingError, OSError) as error:
            failures.append(Failure.of(name, error))
            return without

    glossary = loaded(GLOSSARY_FILE, load_glossary, Glossary(Entries()))
    beside = _Beside(
        glossary=loaded(GAZETTEER_FILE, lambda folder: with_places(glossary, folder), glossary),
        domain=loaded(DOMAIN_FILE, load_domain, NO_DOMAIN),
        calibration=loaded(
            CALIBRATION_FILE,
            lambda folder: load_calibration(folder, has_reader=has_reader),
            generic(has_reader=has_reader),
        ),
    )
    return beside, failures


def _encoder(settings: Settings, previous: Generation | None, progress: Progress) -> _Exported:
    """Return the encoder: the live generation's where it is the same model, else exported now."""
    from probqa.indexing import export

    live = (previous.encoder_files, previous.manifest.model) if previous else None
    return _exported(settings.model, live, export.export_model, progress)


def _reader(settings: Settings, previous: Generation | None, progress: Progress) -> _Exported:
    """Return the reader, as ``_encoder`` does, or none where none is wanted."""
    if settings.reader == NO_READER:
        return _NO_READER
    from probqa.indexing import export_reader

    live = (previous.reader_files, previous.manifest.reader) if previous else None
    return _exported(settings.reader, live, export_reader.export_reader, progress)


def _exported(
    name: str,
    live: tuple[dict[str, bytes], Model] | None,
    exporting: Callable[[str, Path], dict[str, bytes]],
    progress: Progress,
) -> _Exported:
    """Return a model, exported now where the ``live`` one is another.

    A model that is not to be had here cannot have changed either: the live one, of the same name, is taken.
    """
    from probqa.indexing import export

    try:
        folder = export.find_model(name)
    except ModelMissingError:
        if live and live[1].name == name:
            return _Exported(*live, is_live=True)
        raise
    model = Model(export.fingerprint(folder), name)
    if live and live[1] == model:
        return _Exported(live[0], model, is_live=True)
    export.require_exporter(name)
    stage = f"exporting the model {name}, once"
    progress(stage, 0, 1)
    exported = exporting(name, folder)
    progress(stage, 1, 1)
    return _Exported(exported, model, is_live=False)


def _embed(
    texts: Sequence[str], encoder: Embedder, known: dict[str, Vectors], stage: str, progress: Progress
) -> tuple[Vectors, int]:
    """Return vectors of ``texts``, those already ``known`` taken as they are.

    And how many rows were embedded.
    """
    missing = list(dict.fromkeys(text for text in texts if text not in known))
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        progress(stage, done, len(missing))

    fresh = dict(zip(missing, encoder.encode_passages(missing, advance), strict=True)) if missing else {}
    vectors = known | fresh
    return np.array([vectors[text] for text in texts], dtype=np.float32), sum(text in fresh for text in texts)


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
        previous.document_of(row).slice(span): previous.sentence_vectors[previous.first_sentences[row] + number].astype(
            np.float32
        )
        for row in range(previous.passages)
        for number, span in enumerate(previous.passage(row).sentences)
    }
