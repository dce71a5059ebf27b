"""A generation on disk, which is written once, checked whenever it is opened, and never changed.

In: documents, passages, vectors, the lexical index and the encoder. Out: a folder, and from it a ``Generation``.

``index/<generation>/`` holds, each with its length and SHA-256 in ``manifest.json``:

    texts.txt             the documents' texts, UTF-8, one after another
    documents.json        per document: source, file, hashes, pages, removals, where its parts are
    blocks.npy            int32 (blocks, 4)     kind, start, end, level
    passages.npy          int32 (passages, 6)   document, start, end, lead-in start and end or -1, first sentence
    sentences.npy         int32 (sentences, 2)  start, end
    passage_vectors.npy   float32 (passages, dimension), unit rows
    sentence_vectors.npy  float16 (sentences, dimension), unit rows
    canary_vectors.npy    float32 (canaries, dimension)
    lexical_*             the keyword index
    glossary.json         terms, names and who ran what
    domain.json           the words, names, ratings and texts of the field
    calibration.json      what makes a status of an answer's signals, and how often it is wrong
    encoder.onnx, tokenizer.json, encoder.json
    reader.onnx, reader_tokenizer.json, reader.json    where it has a reader

Passage i is row i of the passages, of the passage vectors and of the keyword index. No file is pickled or can run code.
The name of a generation is a hash of what went into it, so the same corpus and model give the same name everywhere.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from functools import cached_property, lru_cache, partial, wraps
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

import numpy as np
import numpy.typing as npt

from probqa import durable
from probqa.calibration import Calibration
from probqa.dates import PartialDate
from probqa.decoding import decode_json
from probqa.errors import DecodingError, IndexDamagedError, IndexMismatchError
from probqa.glossary.domain import NO_DOMAIN, Domain
from probqa.glossary.entries import Entries
from probqa.glossary.glossary import Glossary
from probqa.indexing import storage
from probqa.indexing.cross_encoder import READER_FILES, CrossEncoder, Reader, check_read_canaries
from probqa.indexing.dense import DenseIndex
from probqa.indexing.encoder import ENCODER_FILES, Encoder, Vectors, check_canaries
from probqa.indexing.lexical import SETTINGS, LexicalIndex
from probqa.indexing.manifest import Counts, Manifest, Model, StoredFile, models
from probqa.indexing.opened import opened
from probqa.reading.corpus import Failure
from probqa.reading.passages import cut_passages, search_text
from probqa.records import Block, BlockKind, Document, Page, Passage, Removal, Source, Span
from probqa.settings import NO_READER, Settings

FORMAT = 8

EMPTY_GLOSSARY = Glossary(Entries())

_KINDS: tuple[BlockKind, ...] = ("heading", "paragraph", "item", "row")
_Ints = npt.NDArray[np.int32]
_Model = TypeVar("_Model")
_Given = TypeVarTuple("_Given")
_Worked = TypeVar("_Worked")

# Names whose passages each function keeps of a generation: of a million, those of a name are some megabytes at most.
NAMES_KEPT = 100


@dataclass(frozen=True, slots=True)
class Contents:
    """The result of a build, which ``write`` puts on disk."""

    documents: Sequence[Document]
    passages: Sequence[Passage]
    passage_vectors: Vectors
    sentence_vectors: npt.NDArray[np.float16]
    canary_vectors: Vectors
    lexical: LexicalIndex
    encoder_files: Mapping[str, bytes]
    reader_files: Mapping[str, bytes]
    """Empty where there is no reader."""
    model: Model
    reader: Model
    files: Mapping[str, tuple[str, str]]
    """SHA-256 and reader version of every corpus file, whether it was read or failed, by path."""
    calibration: Calibration
    failures: Sequence[Failure] = ()
    glossary: Glossary = EMPTY_GLOSSARY
    domain: Domain = NO_DOMAIN

    @property
    def models(self) -> str:
        """Return the fingerprints of both models, as ``Manifest.models`` does."""
        return models(self.model, self.reader)

    @property
    def texts(self) -> str:
        """Return the SHA-256 over the ids and texts of the documents."""
        texts = sorted((document.source.id, document.text_sha256) for document in self.documents)
        return storage.sha256(json.dumps(texts).encode())

    @property
    def generation(self) -> str:
        """Return the name of the generation.

        16 hexadecimal digits of a SHA-256 over everything that decides the contents: format and settings, model, files,
        failures, texts and how they were cut, glossary, domain and calibration.
        """
        made_of = (
            (
                FORMAT,
                SETTINGS,
                [self.model.fingerprint, self.reader.fingerprint],
                sorted(self.files.items()),
                [asdict(failure) for failure in self.failures],
            ),
            [(document.source.id, document.file, document.text_sha256) for document in self.documents],
            [storage.sha256(rows.tobytes()) for rows in _cut_rows(self.documents, self.passages)],
            storage.sha256(self.glossary.to_json()),
            storage.sha256(self.domain.to_json()),
            storage.sha256(self.calibration.to_json()),
        )
        return storage.sha256(json.dumps(made_of).encode())[:16]


@dataclass(frozen=True, slots=True)
class _Stored:
    """The entry of one document in ``documents.json``.

    The pairs are half-open ranges: ``bytes`` in ``texts.txt``, the others rows of their arrays.
    """

    source: dict[str, Any]
    file: str
    file_sha256: str
    reader: str
    text_sha256: str
    bytes: tuple[int, int]
    blocks: tuple[int, int]
    passages: tuple[int, int]
    pages: tuple[Page, ...]
    removals: tuple[Removal, ...]


class Generation:
    """An opened generation.

    Every byte was checked against the manifest, the arrays have the numbers of rows they should, and the encoder gives
    the canary vectors. It holds a shared lock on the manifest, so that no build deletes the folder while it is in use.
    ``close()`` releases the lock.
    """

    @classmethod
    def live(cls, index: Path, pointer: str = storage.POINTER) -> Generation:
        """Open the generation that a pointer of ``index`` names: the live one, or the draft.

        Raises:
            IndexMissingError: there is none.
            IndexMismatchError: it was written in another format.
            IndexDamagedError: a file differs from what the build wrote. The message names it.
        """
        while True:
            named = storage.read_pointer(index, pointer)
            try:
                return cls(index / named[0], named[1])
            except IndexDamagedError:
                # Between the reading of the pointer and the locking of the folder, builds may have replaced it.
                if storage.read_pointer(index, pointer) == named:
                    raise

    def __init__(self, folder: Path, manifest_sha256: str) -> None:
        """Open the generation in ``folder``, whose manifest has this SHA-256.

        It raises what ``live`` raises, but for a missing index.
        """
        self.name = folder.name
        self.folder = folder
        try:
            lock = os.open(self.folder / storage.MANIFEST, os.O_RDONLY)
        except OSError as error:
            raise _unreadable(self.folder / storage.MANIFEST, error) from error
        # A generation that nothing refers to any more, as when a cache drops it, releases its folder by itself.
        self.close = weakref.finalize(self, os.close, lock)
        try:
            self._open(lock, manifest_sha256)
        except BaseException:
            self.close()
            raise

    def _open(self, lock: int, manifest_sha256: str) -> None:
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            with open(lock, "rb", closefd=False) as file:
                manifest = file.read()
        except OSError as error:
            raise _unreadable(self.folder / storage.MANIFEST, error) from error
        if storage.sha256(manifest) != manifest_sha256:
            raise _damaged(self.folder / storage.MANIFEST, f"is not the one that {storage.POINTER} names")
        self.manifest = self._read_manifest(manifest)
        if self.manifest.lexical != SETTINGS:
            raise IndexMismatchError(
                f"the keyword index of {self.folder} has other settings than this version", "run: probqa build"
            )
        with ThreadPoolExecutor(2) as pool:
            # The largest file first, so that it is hashed at the same time as the others.
            names = sorted(self.manifest.files, key=lambda name: -self.manifest.files[name].bytes)
            files = dict(zip(names, pool.map(self._checked, names), strict=True))
            opening = pool.submit(self._model, Encoder, {name: files.pop(name) for name in ENCODER_FILES})
            reader_files = {name: files.pop(name) for name in READER_FILES if name in files}
            opening_reader = pool.submit(self._model, CrossEncoder, reader_files) if reader_files else None
            self._texts = memoryview(files["texts.txt"])
            self.domain = Domain.from_json(files["domain.json"])
            self._stored, self._sources = self._read_documents(files["documents.json"])
            arrays = {name: _array(content) for name, content in files.items() if name.endswith(".npy")}
            self._blocks: _Ints = arrays["blocks.npy"]
            self._passages: _Ints = arrays["passages.npy"]
            self._sentences: _Ints = arrays["sentences.npy"]
            self.sentence_vectors: npt.NDArray[np.float16] = arrays["sentence_vectors.npy"]
            self.canary_vectors: Vectors = arrays["canary_vectors.npy"]
            self.dense = DenseIndex(arrays["passage_vectors.npy"])
            lexical: dict[str, npt.NDArray[Any] | bytes] = {
                name: arrays[name] if name in arrays else content  # noqa: SIM401
                for name, content in files.items()
                if name.startswith("lexical_")
            }
            self.lexical = LexicalIndex.from_files(lexical)
            self.glossary = Glossary.from_json(files["glossary.json"])
            self.calibration = Calibration.from_json(files["calibration.json"])
            self.encoder = opening.result()
            self.reader: Reader | None = None
            if opening_reader is not None:
                check_read_canaries(reader := opening_reader.result())
                self.reader = reader
        self._numbers = {source.id: number for number, source in enumerate(self._sources)}
        self._files = {stored.file: number for number, stored in enumerate(self._stored)}
        self._opened: dict[int, Document] = {}
        self._check_rows()
        check_canaries(self.encoder, self.canary_vectors)

    def _model(self, kind: Callable[..., _Model], files: Mapping[str, bytes]) -> _Model:
        """Return the model of these files, which are checked: opened, or the one that already is."""
        return opened(kind, list(files.values()), [self.manifest.files[name].sha256 for name in files])

    def _read_manifest(self, content: bytes) -> Manifest:
        path = self.folder / storage.MANIFEST
        try:
            made_as = decode_json(dict[str, Any], content).get("format")
            if made_as != FORMAT:
                raise IndexMismatchError(
                    f"the index {self.folder} has format {made_as}, this version reads {FORMAT}", "run: probqa build"
                )
            return Manifest.from_json(content)
        except DecodingError as error:
            raise _damaged(path, f"is not a manifest: {error.problem}") from error

    def _read_documents(self, content: bytes) -> tuple[tuple[_Stored, ...], tuple[Source, ...]]:
        try:
            stored = decode_json(tuple[_Stored, ...], content)
            sources = (Source.from_json(each.source) for each in stored)
            return stored, tuple(replace(source, digest_label=self.domain.digest_label) for source in sources)
        except DecodingError as error:
            raise _damaged(self.folder / "documents.json", f"is not what a build writes: {error.problem}") from error

    @property
    def documents(self) -> int:
        """Return the number of documents."""
        return len(self._stored)

    @property
    def passages(self) -> int:
        """Return the number of passages."""
        return len(self._passages)

    def documents_among(self, rows: npt.NDArray[np.int64]) -> int:
        """Count the documents that these passage rows, ascending, belong to."""
        return int(np.count_nonzero(np.diff(self._passages[rows, 0], prepend=-1)))

    @property
    def model(self) -> str:
        """Return the name of the embedding model."""
        return self.encoder.profile.model

    @property
    def encoder_files(self) -> dict[str, bytes]:
        """Return the encoder's files, read and checked again: only a build wants them.

        Raises:
            IndexDamagedError: one is no longer what the build wrote.
        """
        return {name: self._checked(name) for name in ENCODER_FILES}

    @property
    def reader_files(self) -> dict[str, bytes]:
        """Return the reader's files, empty where there is none, as ``encoder_files``."""
        return {name: self._checked(name) for name in READER_FILES if name in self.manifest.files}

    @property
    def is_calibrated(self) -> bool:
        """Tell whether the calibration was fitted with these models and the rules that hold now."""
        return self.calibration.is_for(self.manifest.models, self.manifest.texts)

    @property
    def text_hashes(self) -> list[str]:
        """Return the SHA-256 of each document's text, in the order of their rows."""
        return [stored.text_sha256 for stored in self._stored]

    @cached_property
    def new_since_fit(self) -> tuple[int, int]:
        """Count the documents whose text the calibration was not fitted on, and their passages."""
        is_new = self.calibration.new(self.text_hashes)
        rows = [len(range(*stored.passages)) for stored, new in zip(self._stored, is_new, strict=True) if new]
        return len(rows), sum(rows)

    @property
    def new_share(self) -> float:
        """Return the share of the passages that are new since the calibration was fitted."""
        return self.new_since_fit[1] / max(1, self.passages)

    @cached_property
    def first_sentences(self) -> _Ints:
        """Return where the sentence rows of each passage begin: int32 ``(passages + 1,)``.

        Passage i has the sentence rows from entry i up to, but not including, entry i + 1.
        """
        return np.append(self._passages[:, 5], len(self._sentences)).astype(np.int32)

    @cached_property
    def published(self) -> tuple[PartialDate, ...]:
        """Return the dates of publication that are sure."""
        return tuple(source.published.sure for source in self._sources if source.published.sure)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return what each document is, in the order of their rows."""
        return self._sources

    def all_documents(self) -> Iterator[Document]:
        """Yield every document, in the order of their rows."""
        return map(self._document, range(len(self._stored)))

    def file_hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each document's file, by document id."""
        return {name: self._stored[number].file_sha256 for name, number in self._numbers.items()}

    def document_of(self, row: int) -> Document:
        """Return the document of a passage row."""
        return self._document(int(self._passages[row, 0]))

    def document(self, document_id: str) -> Document | None:
        """Return the document with this id.

        None where it is not in the index.
        """
        number = self._numbers.get(document_id)
        return None if number is None else self._document(number)

    def documents_in(self, file: str) -> Iterator[Document]:
        """Yield the document that was read from a file, or those from a folder: ``name/``."""
        if file.endswith("/"):
            numbers = [number for name, number in self._files.items() if name.startswith(file)]
        else:
            numbers = [self._files[file]] if file in self._files else []
        return map(self._document, numbers)

    def texts_of(self, rows: npt.NDArray[np.int64]) -> Iterator[tuple[Document, int, str]]:
        """Yield of each passage row its document, where the passage begins in it, and its words.

        Of many rows it is far quicker than ``passage``, which makes records of all sentences.
        """
        for number, start, end in self._passages[rows, :3].tolist():
            document = self._document(number)
            yield document, start, document.text[start:end]

    def documents_with(self, rows: npt.NDArray[np.int64]) -> list[str]:
        """Return the ids of the documents that these passage rows belong to, in their order."""
        return [self._sources[number].id for number in np.unique(self._passages[rows, 0]).tolist()]

    def rows_of(self, documents: Iterable[str]) -> npt.NDArray[np.int64]:
        """Return the passage rows of some documents, by their ids: int64 ascending."""
        each = [
            np.arange(*self._stored[number].passages) for number in sorted(map(self._numbers.__getitem__, documents))
        ]
        return np.concatenate(each) if each else np.empty(0, np.int64)

    def search_texts(self) -> Iterator[str]:
        """Yield the text that each passage was embedded by, in the order of their rows."""
        return (search_text(self.document_of(row), self.passage(row)) for row in range(self.passages))

    def require_made_with(self, settings: Settings) -> None:
        """Refuse a generation that was made with other models than are asked for.

        Raises:
            IndexMismatchError: it was; the message says what to do.
        """
        if self.model != settings.model:
            raise IndexMismatchError(
                f"the index was made with the model {self.model}, not {settings.model}",
                "run: probqa build, or set PROBQA_MODEL back",
            )
        reader = self.manifest.reader.name or NO_READER
        if reader != settings.reader:
            raise IndexMismatchError(
                f"the index was made with the reader {reader}, not {settings.reader}",
                "run: probqa build, or set PROBQA_READER back",
            )

    def passage(self, row: int) -> Passage:
        """Return the passage of a row."""
        number, start, end, lead_start, lead_end, _ = self._passages[row].tolist()
        first, last = self.first_sentences[row : row + 2].tolist()
        return Passage(
            row=row,
            document_id=self._sources[number].id,
            span=Span(start, end),
            sentences=tuple(Span(*pair) for pair in self._sentences[first:last].tolist()),
            lead_in=Span(lead_start, lead_end) if lead_start >= 0 else None,
        )

    def passages_of(self, document_id: str) -> range:
        """Return the rows of a document's passages."""
        return range(*self._stored[self._numbers[document_id]].passages)

    def _checked(self, name: str) -> bytes:
        expected = self.manifest.files[name]
        try:
            content = (self.folder / name).read_bytes()
        except OSError as error:
            raise _unreadable(self.folder / name, error) from error
        if len(content) != expected.bytes or storage.sha256(content) != expected.sha256:
            raise _damaged(self.folder / name, "is not what the build wrote")
        return content

    def _check_rows(self) -> None:
        counts = self.manifest.counts
        rows = {
            "documents.json": (len(self._stored), counts.documents),
            "passages.npy": (len(self._passages), counts.passages),
            "passage_vectors.npy": (len(self.dense.vectors), counts.passages),
            "lexical_rows.npy": (self.lexical.rows, counts.passages),
            "sentences.npy": (len(self._sentences), counts.sentences),
            "sentence_vectors.npy": (len(self.sentence_vectors), counts.sentences),
        }
        for name, (count, expected) in rows.items():
            if count != expected:
                raise _damaged(self.folder / name, f"has {count} rows, not {expected}")

    def _document(self, number: int) -> Document:
        if number not in self._opened:
            stored = self._stored[number]
            text = bytes(self._texts[slice(*stored.bytes)]).decode()
            blocks = self._blocks[slice(*stored.blocks)].tolist()
            self._opened[number] = Document(
                source=self._sources[number],
                file=stored.file,
                file_sha256=stored.file_sha256,
                reader=stored.reader,
                text=text,
                blocks=tuple(Block(_KINDS[kind], Span(start, end), level) for kind, start, end, level in blocks),
                pages=stored.pages,
                removals=stored.removals,
            )
        return self._opened[number]

    def verify(self) -> Iterator[str]:
        """Check more than opening does, yielding a line for each thing that differs.

        Every text must have its hash, give the same passages and sentences when it is cut again, and every vector must
        be of length 1.
        """
        sentence_row = 0
        for number, stored in enumerate(self._stored):
            document = self._document(number)
            name = document.source.id
            if document.text_sha256 != stored.text_sha256:
                yield f"{self.folder / 'texts.txt'}: the text of {name} has another hash"
            kept = tuple(self.passage(row) for row in self.passages_of(name))
            if kept != cut_passages(document, first_row=stored.passages[0]):
                yield f"{self.folder / 'passages.npy'}: the passages of {name} are not the ones its text gives"
            sentence_row += sum(len(passage.sentences) for passage in kept)
        if sentence_row != len(self._sentences):
            yield f"{self.folder / 'sentences.npy'}: has {len(self._sentences)} rows, the passages {sentence_row}"
        for name, vectors, tolerance in (
            ("passage_vectors.npy", self.dense.vectors, 1e-5),
            ("sentence_vectors.npy", self.sentence_vectors.astype(np.float32), 2e-3),
        ):
            if len(vectors) and not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=tolerance):
                yield f"{self.folder / name}: has a row that is not of length 1"


def kept(most: int) -> Callable[[Callable[[Generation, *_Given], _Worked]], Callable[[Generation, *_Given], _Worked]]:
    """Make a function of a generation and more keep its last ``most`` results for as long as the generation is there.

    A generation never changes, so what was worked out of it once holds.
    """

    def keeping(work: Callable[[Generation, *_Given], _Worked]) -> Callable[[Generation, *_Given], _Worked]:
        of_each: weakref.WeakKeyDictionary[Generation, Callable[..., _Worked]] = weakref.WeakKeyDictionary()

        @wraps(work)
        def known(index: Generation, /, *given: *_Given) -> _Worked:
            results = of_each.get(index)
            if results is None:
                # What is kept refers to no generation, or it would never go.
                results = of_each[index] = lru_cache(most)(partial(_worked, work, weakref.ref(index)))
            return results(*given)

        return known

    return keeping


def _worked(work: Callable[[Generation, *_Given], _Worked], there: weakref.ref[Generation], *given: *_Given) -> _Worked:
    index = there()
    assert index is not None
    return work(index, *given)


@contextlib.contextmanager
def tried(index: Path, contents: Contents) -> Iterator[Generation]:
    """Open contents before they are a generation, to measure them.

    They lie in the index only for as long.

    Raises:
        OSError: the disk is full or fails.
    """
    with _laid_down(index, contents) as (staging, manifest), closing(Generation(staging, manifest)) as generation:
        yield generation


def write(index: Path, contents: Contents, pointer: str = storage.POINTER) -> None:
    """Write a generation beside the live one, open it to check it, and make it the live one, or the draft.

    Raises:
        OSError: the disk is full or fails. The old generation stays what it was.
    """
    name = contents.generation
    target, replaced = index / name, index / f"{storage.STAGING}replaced-{name}"
    with _laid_down(index, contents) as (staging, manifest):
        staging.chmod(0o755)
        storage.make_newest(staging)
        durable.sync(staging)
        Generation(staging, manifest).close()
        if target.exists():
            # A generation made of the same things, damaged or live before a later one. The new one, which was just
            # checked, replaces it.
            target.rename(replaced)
        staging.rename(target)
    durable.sync(index)
    storage.move_pointer(index, name, manifest, pointer)
    shutil.rmtree(replaced, ignore_errors=True)


@contextlib.contextmanager
def _laid_down(index: Path, contents: Contents) -> Iterator[tuple[Path, str]]:
    """Write the files of a generation into a folder of their own, which goes unless it is renamed.

    Out: the folder and the SHA-256 of the manifest, which was written last.
    """
    staging = Path(tempfile.mkdtemp(prefix=storage.STAGING, dir=index))
    try:
        files = _serialised(contents)
        for file_name, content in files.items():
            durable.create(staging / file_name, content)
        manifest = _manifest(contents.generation, contents, files).to_json()
        durable.create(staging / storage.MANIFEST, manifest)
        yield staging, storage.sha256(manifest)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _serialised(contents: Contents) -> dict[str, bytes]:
    stored: list[_Stored] = []
    blocks: list[tuple[int, int, int, int]] = []
    parts: list[bytes] = []
    offset = row = 0
    passages_of: dict[str, int] = {}
    for passage in contents.passages:
        passages_of[passage.document_id] = passages_of.get(passage.document_id, 0) + 1
    for document in contents.documents:
        encoded = document.text.encode()
        parts.append(encoded)
        count = passages_of.get(document.source.id, 0)
        stored.append(
            _Stored(
                source=document.source.to_json(),
                file=document.file,
                file_sha256=document.file_sha256,
                reader=document.reader,
                text_sha256=document.text_sha256,
                bytes=(offset, offset + len(encoded)),
                blocks=(len(blocks), len(blocks) + len(document.blocks)),
                passages=(row, row + count),
                pages=document.pages,
                removals=document.removals,
            )
        )
        blocks.extend(
            (_KINDS.index(block.kind), block.span.start, block.span.end, block.level) for block in document.blocks
        )
        offset += len(encoded)
        row += count
    passages, sentences = _cut_rows(contents.documents, contents.passages)
    arrays: dict[str, npt.NDArray[Any]] = {
        "blocks.npy": np.array(blocks, np.int32).reshape(-1, 4),
        "passages.npy": passages,
        "sentences.npy": sentences,
        "passage_vectors.npy": contents.passage_vectors,
        "sentence_vectors.npy": contents.sentence_vectors,
        "canary_vectors.npy": contents.canary_vectors,
    }
    lexical = contents.lexical.to_files()
    arrays |= {name: part for name, part in lexical.items() if isinstance(part, np.ndarray)}
    return (
        {name: _npy(array) for name, array in arrays.items()}
        | {name: part for name, part in lexical.items() if isinstance(part, bytes)}
        | {
            "texts.txt": b"".join(parts),
            "documents.json": json.dumps([asdict(each) for each in stored], ensure_ascii=False).encode(),
        }
        | {
            "glossary.json": contents.glossary.to_json(),
            "domain.json": contents.domain.to_json(),
            "calibration.json": contents.calibration.to_json(),
        }
        | dict(contents.encoder_files)
        | dict(contents.reader_files)
    )


def _cut_rows(documents: Sequence[Document], passages: Sequence[Passage]) -> tuple[_Ints, _Ints]:
    """Return the rows of ``passages.npy`` and ``sentences.npy``."""
    numbers = {document.source.id: number for number, document in enumerate(documents)}
    rows: list[tuple[int, ...]] = []
    sentences: list[tuple[int, int]] = []
    for passage in passages:
        lead = (passage.lead_in.start, passage.lead_in.end) if passage.lead_in else (-1, -1)
        rows.append((numbers[passage.document_id], passage.span.start, passage.span.end, *lead, len(sentences)))
        sentences.extend((span.start, span.end) for span in passage.sentences)
    return np.array(rows, np.int32).reshape(-1, 6), np.array(sentences, np.int32).reshape(-1, 2)


def _manifest(name: str, contents: Contents, files: Mapping[str, bytes]) -> Manifest:
    return Manifest(
        format=FORMAT,
        generation=name,
        created=storage.now(),
        lexical=SETTINGS,
        texts=contents.texts,
        model=contents.model,
        reader=contents.reader,
        counts=Counts(
            documents=len(contents.documents),
            passages=len(contents.passages),
            sentences=sum(len(passage.sentences) for passage in contents.passages),
        ),
        corpus=dict(contents.files),
        failures=tuple(contents.failures),
        files={file_name: StoredFile(len(content), storage.sha256(content)) for file_name, content in files.items()},
    )


def _npy(array: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def _array(content: bytes) -> npt.NDArray[Any]:
    """Make an array over checked bytes, without a copy.

    Raises:
        ValueError: it is an array of objects, which could run code.
    """
    buffer = io.BytesIO(content)
    np.lib.format.read_magic(buffer)
    shape, _, dtype = np.lib.format.read_array_header_1_0(buffer)
    if dtype.hasobject:
        raise ValueError("an array of objects")
    return np.frombuffer(content, dtype=dtype, offset=buffer.tell()).reshape(shape)


def _unreadable(path: Path, error: OSError) -> IndexDamagedError:
    what = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
    return _damaged(path, what)


def _damaged(path: Path, what: str) -> IndexDamagedError:
    return IndexDamagedError(f"{path} {what}", "run: probqa build")
