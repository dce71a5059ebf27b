"""What staff see of the reports: each file of the corpus with what has become of it, and what is known of one.

In: a corpus, and the generations that are live and the draft. Out: ``Report`` and ``Fact`` records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from probqa.errors import CorpusError, ReadingError
from probqa.gathering.detected import how
from probqa.gathering.report_folder import FOLDER, find, source_of, text_beside, title_added
from probqa.gathering.stated import WITH_FRONT_MATTER, even, front_keys, stated_keys
from probqa.glossary.domain import load_domain
from probqa.indexing.generation import Generation
from probqa.reading import reader
from probqa.reading.corpus import Failure, list_files, read_bytes
from probqa.reading.first_page import NO_FORMS
from probqa.records import FROM_FILE_NAME, Document, Source

State = Literal["live", "draft", "waiting", "failed", "leaving"]


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its file in the corpus, what has become of it, and what there is to say of that.

    ``can_go`` tells whether it was added or fetched, so that it can be removed and replaced here.
    """

    id: str
    title: str
    published: str
    file: str
    state: State
    note: str = ""
    can_go: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of a report, a line each where there may be several, and who says so."""

    key: str
    values: tuple[str, ...]
    how: str
    is_list: bool = False

    @property
    def is_certain(self) -> bool:
        """Tell whether nobody need look at it."""
        return bool(self.values) and not self.how.endswith("not certain")


@dataclass(frozen=True, slots=True)
class Read:
    """A report as it lies in the corpus: its file, its document or why there is none, and what is known of it."""

    file: str
    document: Document | None
    problem: str
    facts: tuple[Fact, ...]

    @property
    def title(self) -> str:
        """Return what it is called, by its file where nothing else is known."""
        return self.document.source.title if self.document else self.file


def reports(corpus: Path, live: Generation | None, draft: Generation | None) -> list[Report]:
    """List every report of the corpus, and those that only an index has still, by title."""
    try:
        files, not_taken = list_files(corpus)
    except CorpusError:
        files, not_taken = (), ()
    newest = draft or live
    failures = {failure.file: failure for failure in (newest.manifest.failures if newest else ())}
    listed = []
    for file in files:
        held = [
            document
            for generation in (live, draft)
            if generation
            for document in generation.documents_in(file.path)
            if document.file_sha256 == file.sha256
        ]
        failure = failures.get(file.path)
        tried = newest.manifest.corpus.get(file.path, ("", ""))[0] if newest else ""
        source = held[0].source if held else source_of(corpus, corpus / file.path)
        state, note = _state(file.path, file.sha256, live, draft, failure if tried == file.sha256 else None)
        listed.append(_report(source, file.path, state, note, title_added(corpus / file.path)))
    listed += [_failed(corpus, failure) for failure in not_taken]
    there = {report.file for report in listed}
    ids = {report.id for report in listed}
    for document in live.all_documents() if live else ():
        if document.file not in there and document.source.id not in ids:
            is_out = draft is not None and draft.document(document.source.id) is None
            note = "it goes when the draft is published" if is_out else "build the draft to take it out"
            listed.append(_report(document.source, document.file, "leaving", note))
    return sorted(listed, key=lambda report: report.title.casefold())


def _state(
    file: str, sha256: str, live: Generation | None, draft: Generation | None, failure: Failure | None
) -> tuple[State, str]:
    if failure:
        kept = "; its last good version is kept" if failure.kept else ""
        return "failed", f"{failure.problem}{kept}"
    if live and _has(live, file, sha256):
        return "live", ""
    if draft and _has(draft, file, sha256):
        is_new = live is None or not any(live.documents_in(file))
        return "draft", "new" if is_new else "changed: an older version is live"
    is_known = any(any(generation.documents_in(file)) for generation in (live, draft) if generation)
    return "waiting", "changed since it was built" if is_known else "new"


def _has(generation: Generation, file: str, sha256: str) -> bool:
    return any(document.file_sha256 == sha256 for document in generation.documents_in(file))


def _failed(corpus: Path, failure: Failure) -> Report:
    source = source_of(corpus, corpus / failure.file)
    return _report(source, failure.file, "failed", failure.problem)


def _report(source: Source, file: str, state: State, note: str, titled: str = "") -> Report:
    can_go = file.startswith(f"{FOLDER}/") and state != "leaving"
    title = titled if titled and source.title_note == FROM_FILE_NAME else source.title
    return Report(source.id, title, source.published.in_words, file, state, note, can_go)


def read_now(corpus: Path, name: str) -> Read:
    """Read a report of the corpus as a build would.

    Raises:
        InputError: there is no such report, or more than one.
        CorpusError: there is no corpus.
    """
    where = find(corpus, name).relative_to(corpus).as_posix()
    document, problem = _document(corpus, where)
    return Read(where, document, problem, tuple(_facts(corpus, where, document)))


def _document(corpus: Path, where: str) -> tuple[Document | None, str]:
    files, not_taken = list_files(corpus)
    file = next((each for each in files if each.path == where), None)
    if file is None:
        return None, next((failure.problem for failure in not_taken if failure.file == where), "it is passed over")
    try:
        forms = load_domain(corpus).forms
    except (ReadingError, OSError):
        forms = NO_FORMS
    try:
        return reader.read(file, corpus, forms), ""
    except (ReadingError, OSError) as error:
        return None, Failure.of(where, error).problem


def changed(known: tuple[Fact, ...], typed: dict[str, str], *, confirm: bool = False) -> list[str]:
    """Return as ``KEY=VALUE`` what somebody typed into a form of facts and is not what they say.

    With ``confirm`` also what was not certain, and was left as it is.
    """
    pairs = []
    for fact in known:
        lines = typed[fact.key].split("\n") if fact.is_list else [typed[fact.key]]
        values = tuple(" ".join(line.split()) for line in lines if line.strip())
        if values != fact.values or (confirm and values and not fact.is_certain):
            pairs += [f"{fact.key}={value}" for value in values or ("",)]
    return pairs


def _facts(corpus: Path, file: str, document: Document | None) -> Iterator[Fact]:
    """Yield what is known of a report, in the order of a form."""
    source = document.source if document else source_of(corpus, corpus / file)
    stated = _stated(corpus, file)
    values = {
        "title": (source.title,),
        "published": (source.published.iso,),
        "publisher": (source.publisher,),
        "kind": (source.kind,),
        "area": (source.area,),
        "provider": source.providers,
        "licence": (source.licence,),
        "url": source.urls,
    }
    for key, each in values.items():
        known = tuple(value for value in each if value)
        said = ""
        if known:
            is_stated = {"provider": "providers"}.get(key, key) in stated
            said = "stated" if is_stated else how(document, key) if document and key != "provider" else ""
        yield Fact(key, known, said, is_list=key in ("provider", "url"))


def _stated(corpus: Path, file: str) -> frozenset[str]:
    path = corpus / file
    try:
        stated = stated_keys(text_beside(path))
        if path.suffix.lower() in WITH_FRONT_MATTER:
            stated |= front_keys(even(read_bytes(corpus, file).decode("utf-8-sig", "replace")))
    except (ReadingError, OSError):
        return frozenset()
    return stated
