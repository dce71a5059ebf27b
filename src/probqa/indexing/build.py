"""Bring an index up to its corpus: read, cut, embed what is new, write one generation.

In: ``Settings``. Out: a live generation or a draft, and a ``BuildReport`` of what was done.

Every generation is a draft first, and goes live when nothing speaks against it.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from probqa.calibration import CALIBRATION_FILE, Calibration, generic, load_calibration
from probqa.errors import CorpusError, IndexDamagedError, InputError, ModelMissingError, ReadingError
from probqa.glossary.abbreviations import find_abbreviations
from probqa.glossary.domain import DOMAIN_FILE, NO_DOMAIN, Domain, load_domain
from probqa.glossary.entries import Entries
from probqa.glossary.gazetteer import GAZETTEER_FILE
from probqa.glossary.glossary import GLOSSARY_FILE, Glossary, load_glossary, with_places
from probqa.indexing import storage
from probqa.indexing.bases import Bases, open_bases
from probqa.indexing.encoder import CANARIES, Embedder, Encoder, Vectors
from probqa.indexing.generation import Contents, Generation, tried, write
from probqa.indexing.history import Act, manifest_of, note, read_history
from probqa.indexing.lexical import LexicalIndex
from probqa.indexing.manifest import Model
from probqa.indexing.publishing import Accept, changing, go_live
from probqa.reading import corpus, reader
from probqa.reading.corpus import QUESTIONS_FILE, CorpusFile, Failure
from probqa.reading.passages import cut_passages, search_text
from probqa.records import Document, Passage
from probqa.settings import NO_READER, Settings
from probqa.weights import rules

Progress = Callable[[str, int, int], None]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit came to: a calibration, None where there are too few questions for one, and lines that tell people."""

    calibration: Calibration | None
    said: tuple[str, ...]


Fit = Callable[[Generation, Calibration | None, Progress], Fitted]
"""Fits the calibration of a generation anew; the second is that of the live one, if it is calibrated."""
Refit = Callable[[Path], Fit | None]
"""Reads the questions that are kept with a corpus: None where there are none, an InputError where one is broken."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    The four counts are documents, ``embedded`` counts passages. Where the generation is not live now, it is the draft,
    and ``refused`` says what speaks against making it live.
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
    is_live: bool = True
    refused: tuple[str, ...] = ()
    fitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build would do to the live generation: ids of documents, and the passages that it would embed."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    embedded: int
    failures: tuple[Failure, ...]

    @property
    def in_words(self) -> str:
        """Return the counts of documents."""
        return f"{len(self.added)} added, {len(self.changed)} changed, {len(self.removed)} removed"


@dataclass(frozen=True, slots=True)
class _Exported:
    """A model's files, its name and fingerprint."""

    files: dict[str, bytes]
    model: Model


_NO_READER = _Exported({}, Model("", ""))


@dataclass(frozen=True, slots=True)
class _Beside:
    """What lies beside the reports of a corpus."""

    glossary: Glossary
    domain: Domain
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class _Read:
    """A corpus as it was read: what it is made of, its documents, what lies beside them and what failed.

    ``fit`` is what fits its calibration anew, None where no question is kept with it, or one of them is broken.
    """

    made_of: dict[str, tuple[str, str]]
    documents: list[Document]
    beside: _Beside
    failures: tuple[Failure, ...]
    fit: Fit | None


def no_progress(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def build(
    settings: Settings,
    progress: Progress = no_progress,
    *,
    command: str = "",
    as_draft: bool = False,
    accept: Accept | None = None,
    refit: Refit | None = None,
) -> BuildReport:
    """Bring the index up to the corpus.

    Embeds only texts that neither the live generation nor the draft has a vector for. ``refit`` fits the calibration of
    what is new on the questions that are kept with the corpus. A new generation is the draft until ``accept`` has
    nothing against it; with ``as_draft`` it stays one.

    Raises:
        InputError: one of the two folders lies in the other.
        CorpusError: no corpus, or no file of it could be read; the old index stays live.
        ModelError: the model cannot be used.
        BuildLockedError: another build is running.
    """
    began = time.perf_counter()
    _require_apart(settings)
    index = settings.index
    with changing(index, command), open_bases(index) as bases:
        files, not_taken = corpus.list_files(settings.corpus)
        # First: whoever has no model is told so before a hundred reports are read.
        encoder = _encoder(settings, bases, progress)
        read_by = _reader(settings, bases, progress)
        read = _read_corpus(settings, files, not_taken, bases, progress, as_draft=as_draft, refit=refit)
        contents, embedded = _contents(read, bases, encoder, read_by, progress)
        contents, fitted = _calibrated(index, contents, read, bases, progress, as_draft=as_draft)
        done = _changes(bases.live, read, embedded)
        name = contents.generation
        refused: tuple[str, ...] = ()
        is_live = bases.live is not None and bases.live.name == name
        if is_live:
            storage.remove_pointer(index, storage.DRAFT)
        else:
            manifest = _draft(index, contents, progress)
            refused = _objections(index / name, manifest, accept) if accept else ()
            if as_draft or refused:
                note(index, Act(storage.now(), "drafted", name, manifest, command, done.in_words))
            else:
                hashes = {document.source.id: document.file_sha256 for document in read.documents}
                go_live(index, "built", command, done.in_words, hashes)
                is_live = True
    return BuildReport(
        generation=name,
        added=len(done.added),
        changed=len(done.changed),
        removed=len(done.removed),
        unchanged=done.unchanged,
        embedded=embedded,
        passages=len(contents.passages),
        failures=read.failures,
        notes=bases.notes,
        seconds=time.perf_counter() - began,
        is_live=is_live,
        refused=refused,
        fitted=fitted,
    )


def plan(settings: Settings, progress: Progress = no_progress) -> Plan:
    """Say what a build would do, and change nothing.

    Raises:
        InputError: one of the two folders lies in the other.
        CorpusError: no corpus, or no file of it could be read.
    """
    _require_apart(settings)
    with open_bases(settings.index) as bases:
        files, not_taken = corpus.list_files(settings.corpus)
        read = _read_corpus(settings, files, not_taken, bases, progress, as_draft=False)
        known = {text for each in bases.each if each.model == settings.model for text in each.search_texts()}
        passages = [
            (document, passage) for document in read.documents for passage in cut_passages(document, first_row=0)
        ]
        embedded = sum(search_text(document, passage) not in known for document, passage in passages)
        return _changes(bases.live, read, embedded)


def is_stale(settings: Settings, generation: Generation) -> bool:
    """Tell whether a build would make something else of the corpus folder than the generation.

    Raises:
        CorpusError: the folder does not exist or holds no document.
    """
    files, failures = corpus.list_files(settings.corpus)
    manifest = generation.manifest
    not_taken = tuple(replace(each, kept="") for each in manifest.failures if each.file not in manifest.corpus)
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


def _draft(index: Path, contents: Contents, progress: Progress) -> str:
    """Make contents the draft, and return the SHA-256 of its manifest.

    A generation of the same name that lies there sound is not written again.
    """
    name = contents.generation
    known = manifest_of(name, read_history(index))
    if known:
        try:
            Generation(index / name, known).close()
        except IndexDamagedError:
            pass
        else:
            storage.move_pointer(index, name, known, storage.DRAFT)
            return known
    progress("writing the index", 0, 1)
    write(index, contents, storage.DRAFT)
    progress("writing the index", 1, 1)
    return storage.read_pointer(index, storage.DRAFT)[1]


def _objections(folder: Path, manifest: str, accept: Accept) -> tuple[str, ...]:
    with closing(Generation(folder, manifest)) as generation:
        return tuple(accept(generation))


def _changes(live: Generation | None, read: _Read, embedded: int) -> Plan:
    """Compare the documents with those of the live generation, by the content of their files."""
    before = {} if live is None else live.file_hashes()
    after = {document.source.id: document.file_sha256 for document in read.documents}
    shared = before.keys() & after.keys()
    changed = tuple(sorted(name for name in shared if before[name] != after[name]))
    return Plan(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=changed,
        removed=tuple(sorted(before.keys() - after.keys())),
        unchanged=len(shared) - len(changed),
        embedded=embedded,
        failures=read.failures,
    )


def _read_corpus(
    settings: Settings,
    files: Sequence[CorpusFile],
    not_taken: Sequence[Failure],
    bases: Bases,
    progress: Progress,
    *,
    as_draft: bool,
    refit: Refit | None = None,
) -> _Read:
    """Read what is new in a corpus, and what lies beside its reports.

    Raises:
        CorpusError: no file of it could be read, and none was before.
    """
    # Hashed before they are read, so that a change between the two is seen as one.
    made_of = _made_of(settings, files)
    last_good = bases.last_good(as_draft=as_draft)
    beside, beside_failures = _read_beside(settings, last_good)
    documents, failures = _read_all(settings, files, bases, beside, progress)
    documents, failures = _with_last_good(documents, (*not_taken, *failures), last_good)
    fit, no_questions = _read_questions(settings, refit, last_good)
    failures = sorted((*failures, *beside_failures, *no_questions), key=lambda failure: failure.file)
    if not documents:
        first = failures[0]
        raise CorpusError(f"no file of {settings.corpus} could be read; {first.file}: {first.problem}", "")
    return _Read(made_of, documents, beside, tuple(failures), fit)


def _read_all(
    settings: Settings, files: Sequence[CorpusFile], bases: Bases, beside: _Beside, progress: Progress
) -> tuple[list[Document], list[Failure]]:
    """Return a document a file, in the order of their paths, and what could not be read."""
    forms = beside.domain.forms
    taken: dict[str, Document] = {}
    failures: list[Failure] = []
    for number, file in enumerate(files):
        progress("reading", number, len(files))
        try:
            document = bases.unchanged(file, forms)
            if document is None:
                document = reader.read(file, settings.corpus, forms)
                if not corpus.is_unchanged(settings.corpus, file):
                    raise ReadingError("was changed while it was read", "build again")
        except (ReadingError, OSError) as error:
            failures.append(Failure.of(file.path, error))
            continue
        twin = taken.setdefault(document.source.id, document)
        if twin is not document:
            problem = f"the id {document.source.id!r} is taken by {twin.file}; give it another"
            failures.append(Failure(file.path, problem))
    progress("reading", len(files), len(files))
    return list(taken.values()), failures


def _with_last_good(
    documents: Sequence[Document], failures: Sequence[Failure], last_good: Generation | None
) -> tuple[list[Document], list[Failure]]:
    """Add the last good version of each file that failed, if there was one, and of all in a folder that did.

    A version whose id or text another document has now is none: that document was moved.
    """
    taken = {document.source.id: document for document in documents}
    texts = {document.text_sha256 for document in documents}
    said = []
    for failure in failures:
        kept = []
        for old in last_good.documents_in(failure.file) if last_good else ():
            if old.source.id not in taken and old.text_sha256 not in texts:
                taken[old.source.id] = old
                kept.append(old.file_sha256)
        whole = kept[0] if len(kept) == 1 else storage.sha256(" ".join(kept).encode()) if kept else ""
        said.append(replace(failure, kept=whole))
    return sorted(taken.values(), key=lambda document: document.file), said


def _contents(
    read: _Read, bases: Bases, exported: _Exported, read_by: _Exported, progress: Progress
) -> tuple[Contents, int]:
    documents, beside = read.documents, read.beside
    has_it = bases.with_encoder(exported.model)
    encoder = has_it.encoder if has_it else Encoder(*exported.files.values())
    passages: list[Passage] = []
    texts: list[str] = []
    sentences: list[str] = []
    for document in documents:
        cut = cut_passages(document, first_row=len(passages))
        passages.extend(cut)
        texts.extend(search_text(document, passage) for passage in cut)
        sentences.extend(document.slice(span) for passage in cut for span in passage.sentences)
    known_passages, known_sentences = bases.passage_vectors(exported.model), bases.sentence_vectors(exported.model)
    passage_vectors, embedded = _embed(texts, encoder, known_passages, "embedding passages", progress)
    sentence_vectors, _ = _embed(sentences, encoder, known_sentences, "embedding sentences", progress)
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
        files=read.made_of,
        failures=read.failures,
        glossary=beside.glossary.with_areas(
            (place for document in documents for place in document.source.places),
            [document.text for document in documents],
        ).with_abbreviations(find_abbreviations({document.source.id: document.text for document in documents})),
        domain=beside.domain,
        calibration=beside.calibration,
    )
    return contents, embedded


def _calibrated(
    index: Path, contents: Contents, read: _Read, bases: Bases, progress: Progress, *, as_draft: bool
) -> tuple[Contents, tuple[str, ...]]:
    """Fit the calibration of contents anew where questions are kept with the corpus, and say what came of it.

    What was made of the same before has the calibration that the same fit would give.
    """
    if QUESTIONS_FILE not in read.made_of:
        return contents, ()
    for base in bases.each:
        as_before = replace(contents, calibration=base.calibration)
        if as_before.generation == base.name and base.calibration.rules in ("", rules()):
            return as_before, ()
    before, live = bases.last_good(as_draft=as_draft), bases.live
    said: tuple[str, ...] = ()
    if read.fit:
        with tried(index, contents) as generation:
            fitted = read.fit(generation, live.calibration if live and live.is_calibrated else None, progress)
        said = fitted.said
        if fitted.calibration:
            return replace(contents, calibration=fitted.calibration), said
    given = read.made_of.get(CALIBRATION_FILE)
    if (
        before
        and before.calibration.is_for(contents.models, "")
        and before.manifest.corpus.get(CALIBRATION_FILE) == given
    ):
        # Fitted on the last questions that were enough, or could be read.
        return replace(contents, calibration=before.calibration), said
    return contents, said


def _made_of(settings: Settings, files: Sequence[CorpusFile]) -> dict[str, tuple[str, str]]:
    """Return what decides how files are read: SHA-256 and reader version, by path.

    Of what lies beside them too.
    """
    made_of = {file.path: (file.sha256, reader.reader_version(file.path)) for file in files}
    for name in (GLOSSARY_FILE, GAZETTEER_FILE, DOMAIN_FILE, CALIBRATION_FILE, QUESTIONS_FILE):
        if os.path.lexists(settings.corpus / name):
            try:
                content = corpus.read_bytes(settings.corpus, name)
            except (ReadingError, OSError):
                # Named by ``_read_beside``; when it can be read, the index is made anew.
                made_of[name] = ("", "1")
            else:
                made_of[name] = (hashlib.sha256(content).hexdigest(), "1")
    return made_of


def _read_beside(settings: Settings, last_good: Generation | None) -> tuple[_Beside, list[Failure]]:
    """Read the corpus's glossary with its gazetteer, domain and calibration.

    A broken one is listed like any file, and what it said when it could be read is kept, if it ever could.
    """
    has_reader = settings.reader != NO_READER
    failures: list[Failure] = []

    def loaded(name: str, load: Callable[[Path], _T], kept: Callable[[Generation], _T], without: _T) -> _T:
        try:
            return load(settings.corpus)
        except (ReadingError, OSError) as error:
            version = _version_of(name, last_good)
            failures.append(replace(Failure.of(name, error), kept=version))
            return kept(last_good) if last_good and version else without

    glossary = loaded(GLOSSARY_FILE, load_glossary, _written_glossary, Glossary(Entries()))
    beside = _Beside(
        glossary=loaded(GAZETTEER_FILE, lambda folder: with_places(glossary, folder), _written_glossary, glossary),
        domain=loaded(DOMAIN_FILE, load_domain, lambda old: old.domain, NO_DOMAIN),
        calibration=loaded(
            CALIBRATION_FILE,
            lambda folder: load_calibration(folder, has_reader=has_reader),
            lambda old: old.calibration,
            generic(has_reader=has_reader),
        ),
    )
    return beside, failures


def _read_questions(
    settings: Settings, refit: Refit | None, last_good: Generation | None
) -> tuple[Fit | None, tuple[Failure, ...]]:
    """Read the questions that are kept with a corpus, or say why what was fitted on the last good ones stays."""
    try:
        return refit(settings.corpus) if refit else None, ()
    except InputError as error:
        problem = str(error).removeprefix(str(settings.corpus / QUESTIONS_FILE)).lstrip(": ")
        return None, (Failure(QUESTIONS_FILE, problem, kept=_version_of(QUESTIONS_FILE, last_good)),)


def _version_of(name: str, last_good: Generation | None) -> str:
    """Return the SHA-256 of the version of a file beside the reports that a generation has: "" for none."""
    if last_good is None:
        return ""
    failed = {failure.file: failure.kept for failure in last_good.manifest.failures}
    return failed[name] if name in failed else last_good.manifest.corpus.get(name, ("", ""))[0]


def _written_glossary(old: Generation) -> Glossary:
    """Return a generation's glossary without the short forms that were found in its documents."""
    entries = old.glossary.entries
    written = tuple(each for each in entries.abbreviations if not each.document)
    return Glossary(replace(entries, abbreviations=written))


def _encoder(settings: Settings, bases: Bases, progress: Progress) -> _Exported:
    """Return the encoder: that of the live generation or draft where it is the same model, else exported now."""
    from probqa.indexing import export

    held = [_Exported(each.encoder_files, each.manifest.model) for each in bases.each]
    return _exported(settings.model, held, export.export_model, progress)


def _reader(settings: Settings, bases: Bases, progress: Progress) -> _Exported:
    """Return the reader, as ``_encoder`` does, or none where none is wanted."""
    if settings.reader == NO_READER:
        return _NO_READER
    from probqa.indexing import export_reader

    held = [_Exported(each.reader_files, each.manifest.reader) for each in bases.each]
    return _exported(settings.reader, held, export_reader.export_reader, progress)


def _exported(
    name: str,
    held: Collection[_Exported],
    exporting: Callable[[str, Path], dict[str, bytes]],
    progress: Progress,
) -> _Exported:
    """Return a model, exported now where none of those ``held`` is the same.

    A model that is not to be had here cannot have changed either: one of the same name is taken.
    """
    from probqa.indexing import export

    try:
        folder = export.find_model(name)
    except ModelMissingError:
        for each in held:
            if each.model.name == name:
                return each
        raise
    model = Model(export.fingerprint(folder), name)
    for each in held:
        if each.model == model:
            return each
    export.require_exporter(name)
    stage = f"exporting the model {name}, once"
    progress(stage, 0, 1)
    exported = exporting(name, folder)
    progress(stage, 1, 1)
    return _Exported(exported, model)


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
