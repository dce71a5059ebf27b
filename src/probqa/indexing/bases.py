"""What a build can take over: the documents, vectors and models of the live generation and of the draft.

In: an index folder. Out: ``Bases``, to be asked for what is unchanged and for the last version that could be read.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from probqa.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from probqa.indexing import storage
from probqa.indexing.encoder import Vectors
from probqa.indexing.generation import Generation
from probqa.indexing.manifest import Model
from probqa.reading import reader
from probqa.reading.corpus import CorpusFile
from probqa.reading.first_page import Forms
from probqa.records import Document


@dataclass(frozen=True, slots=True)
class Bases:
    """The generations that a build begins from, each None where there is none that can be used, and why not."""

    live: Generation | None = None
    draft: Generation | None = None
    notes: tuple[str, ...] = ()

    @property
    def each(self) -> tuple[Generation, ...]:
        """Return those that there are, the live one first."""
        return tuple(generation for generation in (self.live, self.draft) if generation is not None)

    def unchanged(self, file: CorpusFile, forms: Forms) -> Document | None:
        """Return the document that reading a file again would give: None where it must be read."""
        version = reader.reader_version(file.path)
        for generation in self.each:
            for document in generation.documents_in(file.path):
                # With other forms, first pages say something else.
                same_forms = generation.domain.forms == forms or not document.pages
                if same_forms and document.file_sha256 == file.sha256 and reader.is_read_by(document, version):
                    return document
        return None

    def last_good(self, *, as_draft: bool) -> Generation | None:
        """Return the generation whose versions stay where a file cannot be read any more.

        What has been only a draft does not go live for such a reason.
        """
        return (self.draft if as_draft else None) or self.live

    def with_encoder(self, model: Model) -> Generation | None:
        """Return a generation whose encoder is a model."""
        return next((each for each in self.each if each.manifest.model == model), None)

    def passage_vectors(self, model: Model) -> dict[str, Vectors]:
        """Return the vectors that a model gave, by the text that was embedded."""
        return {
            text: generation.dense.vectors[row]
            for generation in self.each
            if generation.manifest.model == model
            for row, text in enumerate(generation.search_texts())
        }

    def sentence_vectors(self, model: Model) -> dict[str, Vectors]:
        """Return the vectors that a model gave, by sentence."""
        return {
            generation.document_of(row).slice(span): generation.sentence_vectors[
                generation.first_sentences[row] + number
            ].astype(np.float32)
            for generation in self.each
            if generation.manifest.model == model
            for row in range(generation.passages)
            for number, span in enumerate(generation.passage(row).sentences)
        }


@contextlib.contextmanager
def open_bases(index: Path) -> Iterator[Bases]:
    """Open what there is to begin from, and let go of it at the end."""
    notes: list[str] = []
    with contextlib.ExitStack() as held:

        def opened(pointer: str, what: str) -> Generation | None:
            try:
                return held.enter_context(contextlib.closing(Generation.live(index, pointer)))
            except IndexMissingError:
                return None
            except (IndexDamagedError, IndexMismatchError) as error:
                notes.append(f"{what}: {error.problem}")
                return None

        live = opened(storage.POINTER, "the old index could not be used and everything was made anew")
        is_waiting = storage.pointed_at(index, storage.DRAFT) not in ("", live.name if live else "")
        draft = opened(storage.DRAFT, "the old draft could not be used") if is_waiting else None
        yield Bases(live, draft, tuple(notes))
