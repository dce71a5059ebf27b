"""The inspection of an index: what is in it, and whether it is as it was built.

In: ``Settings``. Out: differences, a status or the documents, as plain values that the command line prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any

from probqa.calibration import MUCH_NEW
from probqa.errors import CorpusError, InputError
from probqa.indexing import storage
from probqa.indexing.build import is_stale
from probqa.indexing.generation import Generation
from probqa.reading import corpus, reader
from probqa.records import Document, Removal
from probqa.rendering import document_to_json
from probqa.settings import Settings


def verify(settings: Settings) -> Iterator[str]:
    """Yield a line for everything in the index that is not as it was built.

    Opening compares every file with its digest. Beyond that, every passage and sentence is cut again, and every corpus
    file that still has its hash is read again and must give the same text, but for those with recognised pages.

    Raises:
        IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot even be opened.
    """
    generation = Generation.live(settings.index, settings.pointer)
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
                or not reader.is_read_by(document, reader.reader_version(file.path))
                # What was recognised can differ with the program, and takes long.
                or document.recognised_pages
            ):
                continue
            again = reader.read(file, settings.corpus, generation.domain.forms)
            if (again.text, again.blocks, again.source) != (document.text, document.blocks, document.source):
                yield f"{settings.corpus / file.path}: reads differently from the text in the index"
    finally:
        generation.close()


def status(settings: Settings) -> dict[str, Any]:
    """Report what is in the index, what is not and why, and whether it is up to date.

    Raises:
        IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot be opened.
    """
    generation = Generation.live(settings.index, settings.pointer)
    try:
        try:
            stale = is_stale(settings, generation)
        except CorpusError:
            stale = None
        manifest = generation.manifest
        draft = storage.pointed_at(settings.index, storage.DRAFT)
        return {
            "generation": generation.name,
            "created": manifest.created,
            "model": asdict(manifest.model),
            "reader": asdict(manifest.reader),
            "counts": asdict(manifest.counts),
            "calibration": error_rates(generation),
            "corpus": str(settings.corpus),
            "stale": stale,
            "draft": draft if draft != generation.name else "",
            "failures": [asdict(failure) for failure in manifest.failures],
            "documents": [
                {
                    "id": document.source.id,
                    "title": document.source.title,
                    "file": document.file,
                    "sha256": document.file_sha256,
                    "reader": document.reader,
                    "characters": len(document.text),
                    "passages": len(generation.passages_of(document.source.id)),
                    "recognised_pages": _recognised(document),
                    "unreadable_pages": [page.pdf for page in document.pages if page.layer == "image"],
                    "removed": [_removed(removal) for removal in document.removals],
                }
                for document in generation.all_documents()
            ],
        }
    finally:
        generation.close()


def documents(settings: Settings) -> list[dict[str, Any]]:
    """List what is known of every document in the index, in the order of their rows.

    Raises:
        IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot be opened.
    """
    generation = Generation.live(settings.index, settings.pointer)
    try:
        return [
            document_to_json(document, len(generation.passages_of(document.source.id))) | {"file": document.file}
            for document in generation.all_documents()
        ]
    finally:
        generation.close()


def document_status(settings: Settings, document_id: str) -> dict[str, Any]:
    """Report what was read of one document, page by page, what was left out and where the file came from.

    Raises:
        InputError: there is no such document.
        IndexMissingError, IndexMismatchError, IndexDamagedError: the index cannot be opened.
    """
    with closing(Generation.live(settings.index, settings.pointer)) as generation:
        document = next((each for each in generation.all_documents() if each.source.id == document_id), None)
        if document is None:
            raise InputError(f"there is no document {document_id!r} in the index", "list them with: probqa list")
        ends = [*(page.start for page in document.pages[1:]), len(document.text)]
        source = document.source
        return {
            "id": source.id,
            "title": source.title,
            "publisher": source.publisher,
            "published": source.published.iso,
            "published_note": source.published.note,
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
                    "recognised": page.layer == "recognised",
                    "certainty": page.certainty,
                    "certainties": list(page.certainties),
                    "removed": [_removed(removal) for removal in document.removals if removal.page == page.pdf],
                }
                for page, end in zip(document.pages, ends, strict=False)
            ],
            "removed": [_removed(removal) for removal in document.removals if not removal.page],
        }


def _recognised(document: Document) -> list[dict[str, int]]:
    """Return the pages that were recognised, and how sure the program is of each in the mean, in per cent."""
    return [{"pdf": page.pdf, "certainty": page.certainty} for page in document.recognised_pages]


def _removed(removal: Removal) -> dict[str, Any]:
    return {"reason": removal.reason, "text": removal.text, "characters": removal.characters}


def error_rates(generation: Generation) -> dict[str, float] | None:
    """Return how often the status was right on questions held back from the calibration, and how many there were.

    And how many documents and passages are new since, the share of the passages, and whether that is so much that it
    takes more to be called an answer. None where the index is not calibrated.
    """
    if not generation.is_calibrated:
        return None
    calibration = generation.calibration
    names = ("answered", "shown", "refused", "not_answered", "answerable", "unanswerable")
    documents, passages = generation.new_since_fit
    share = generation.new_share
    new = {"new_documents": documents, "new_passages": passages, "new_share": round(share, 4)}
    new["takes_more"] = share > MUCH_NEW
    return {name: getattr(calibration, name) for name in names} | new
