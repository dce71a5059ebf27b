"""Publications into ``corpus/reports/`` and out again: fetched from the catalogue, added by hand, removed.

In: ``Settings`` and ids, files or addresses. Out: one ``Outcome`` each, as soon as it is known; nothing stops at one
failure.

>>> Outcome("gwent-2017-qi-release", "new", "reports/gwent-2017-qi-release.html").line
'gwent-2017-qi-release: new: reports/gwent-2017-qi-release.html'
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from probqa.errors import InputError, ProbqaError, ReadingError
from probqa.gathering.catalogue import FILE, Entry, read_catalogue
from probqa.gathering.download import Download, Downloader, Limits
from probqa.gathering.report_folder import (
    Fetched,
    Sidecar,
    added_from,
    changing,
    delete,
    documents,
    is_as_added,
    is_stored,
    note_beside,
    noted_beside,
    read_state,
    replaced_by,
    safe_name,
    source_of,
    store,
    title_added,
    twin,
    write_state,
)
from probqa.glossary.domain import Publisher, load_domain
from probqa.reading import reader
from probqa.reading.corpus import MAX_FILE_BYTES, SIDECAR_SUFFIX, SUFFIXES, CorpusFile, remedy_for
from probqa.reading.first_page import NO_FORMS
from probqa.reading.formats.sandbox import find_recogniser
from probqa.reading.metadata import OCR_KEY, REPLACES_KEY, TITLED_KEY
from probqa.records import FROM_PAGE_1, Source
from probqa.settings import Settings

ADDED_SUFFIXES = {suffix: suffix for suffix in SUFFIXES} | {".htm": ".html", ".markdown": ".md"}

# What the words of scanned pages are recognised in, until a person writes other languages into the sidecar.
LANGUAGES = "eng"
_TO_RECOGNISE = "; to have its scanned pages recognised, which takes some seconds a page, run: probqa build"

State = Literal["new", "unchanged", "changed", "removed", "no address", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing that was asked for.

    ``note`` says where it is, or why not and what next.
    """

    name: str
    state: State
    note: str

    @property
    def line(self) -> str:
        """Return one line for a person, with nothing in it that a terminal would act upon."""
        return _printable(f"{self.name}: {self.state}: {self.note}")


def fetch(
    settings: Settings,
    ids: Sequence[str],
    *,
    everything: bool = False,
    limits: Limits | None = None,
    loopback_port: int | None = None,
) -> Iterator[Outcome]:
    """Bring the entries of the catalogue named, or every one, up to what their addresses serve now.

    ``loopback_port`` is for tests: this one port of this machine counts as public.

    Raises:
        InputError: an id is unknown, or none is given; nothing was asked of anyone.
        CorpusError, ReadingError, BuildLockedError: the catalogue or the domain cannot be used, or another fetch is at
            work.
    """
    catalogue = read_catalogue(settings.corpus)
    if not ids and not everything:
        raise InputError("no report is named", f"give ids from {settings.corpus / FILE}, or --all")
    entries = catalogue.entries if everything else catalogue.chosen(ids)
    domain = load_domain(settings.corpus)
    downloader = Downloader(catalogue.hosts, limits, loopback_port=loopback_port)
    with changing(settings.corpus) as reports:
        fetched = read_state(reports)
        for entry in entries:
            if entry.url:
                yield _fetch_one(settings.corpus, reports, entry, downloader, fetched, domain.publisher)
            else:
                note = "no official address is known; if you have the report, run: probqa add FILE"
                yield Outcome(entry.id, "no address" if everything else "failed", note)


def add(
    settings: Settings,
    names: Sequence[str],
    *,
    ocr: bool = False,
    limits: Limits | None = None,
    loopback_port: int | None = None,
) -> Iterator[Outcome]:
    """Copy files, or download addresses, into the corpus.

    With ``ocr`` the sidecars say that a build is to recognise the words of pages that are pictures. ``loopback_port``
    is for tests: this one port of this machine counts as public.

    Raises:
        CorpusError, BuildLockedError: there is no corpus, or a fetch is at work.
    """
    downloader = Downloader(None, limits, loopback_port=loopback_port)
    with changing(settings.corpus) as reports:
        for name in names:
            try:
                if ocr:
                    find_recogniser(LANGUAGES)
                if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", name):
                    yield _add_download(settings.corpus, reports, name, downloader, ocr=ocr)
                else:
                    yield _add_file(settings.corpus, reports, name, ocr=ocr)
            except (ProbqaError, OSError) as error:
                yield Outcome(name, "failed", _reason(error))


def remove(settings: Settings, document_id: str) -> Outcome:
    """Take a fetched or added document, named by its id or its path, out of the corpus, with its sidecar.

    Raises:
        InputError: there is none of that name below ``reports``, or more than one.
        CorpusError, BuildLockedError: there is no corpus, or a fetch is at work.
    """
    with changing(settings.corpus) as reports:
        named = [path for path in documents(settings.corpus) if document_id in _names(settings.corpus, path)]
        removable = [path for path in named if path.is_relative_to(reports)]
        if not removable and named:
            raise InputError(
                f"{document_id!r} is not below {reports}, but part of what came with the corpus",
                "delete its file yourself if you mean it",
            )
        if not removable:
            raise InputError(f"there is no document {document_id!r} in {reports}", "run: probqa list")
        if len(removable) > 1:
            paths = " and ".join(path.relative_to(settings.corpus).as_posix() for path in removable)
            raise InputError(f"{document_id!r} names {_printable(paths)}", "say which of these paths")
        delete(removable[0])
        write_state(
            reports, {name: was for name, was in read_state(reports).items() if (reports / was["file"]).exists()}
        )
    return Outcome(document_id, "removed", "to take it out of the index, run: probqa build")


def _fetch_one(
    corpus: Path, reports: Path, entry: Entry, downloader: Downloader, fetched: Fetched, publisher: Publisher
) -> Outcome:
    was = fetched.get(entry.id)
    # Of a file that is gone, or not what was stored, the server is asked anew whatever it remembers.
    whole = was is not None and was["url"] == entry.url and is_stored(reports / was["file"], was["sha256"])
    try:
        if was is None or not whole:
            download = downloader.download(entry.url)
        else:
            download = downloader.download(entry.url, etag=was["etag"], last_modified=was["last_modified"])
        if download is None:
            assert was is not None, "only a request with an etag or a date is answered 'not modified'"
            return Outcome(entry.id, "unchanged", _where(corpus, reports / was["file"]))
        target = reports / f"{entry.id}{download.suffix}"
        sha256 = hashlib.sha256(download.content).hexdigest()
        same = is_stored(target, sha256) and (was is None or was["url"] == entry.url)
        state: State = "unchanged" if same else "changed" if target.exists() or whole else "new"
        if not same:
            sidecar = _fetched_sidecar(corpus, entry, download, publisher)
            if download.suffix == ".pdf" and (languages := noted_beside(target, OCR_KEY)):
                # A person's choice to have it recognised outlasts a new edition.
                sidecar[OCR_KEY] = languages
            store(target, download.content, sidecar)
        if was is not None and was["file"] != target.name:
            (reports / was["file"]).unlink(missing_ok=True)
        fetched[entry.id] = {
            "url": entry.url,
            "file": target.name,
            "sha256": sha256,
            "etag": download.etag,
            "last_modified": download.last_modified,
        }
        write_state(reports, fetched)
    except (ProbqaError, OSError) as error:
        return Outcome(entry.id, "failed", _reason(error))
    return Outcome(entry.id, state, _where(corpus, target))


def _fetched_sidecar(corpus: Path, entry: Entry, download: Download, publisher: Publisher) -> Sidecar:
    """Return what the catalogue, and the digest of the same publication, say of it."""
    digest = corpus / f"{entry.digest}.md"
    known = source_of(corpus, digest) if entry.digest and digest.is_file() else Source("", "", "", "inspection report")
    sidecar: Sidecar = {
        "title": entry.title,
        "publisher": known.publisher if publisher.is_named(known.publisher) else publisher.name,
        "kind": known.kind if entry.address_is.endswith(" report") else entry.address_is,
        "published": entry.published,
        "area": entry.area,
        "providers": list(known.providers),
        "urls": [entry.url],
        # What is said of the licence of an article about a publication is not said of the publication.
        "licence": known.licence if publisher.is_licence(known.licence) else "",
    }
    return {key: value for key, value in sidecar.items() if value} | _provenance(download.url)


def _provenance(origin: str) -> Sidecar:
    return {"wording": "verbatim", "added": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "from": origin}


def _add_download(corpus: Path, reports: Path, url: str, downloader: Downloader, *, ocr: bool) -> Outcome:
    download = downloader.download(url)
    assert download is not None, "only a request with an etag or a date is answered 'not modified'"
    _require_pdf(download.suffix, ocr=ocr)
    if known := _known(corpus, reports, url, download.content, ocr=ocr):
        return known
    fetched = {was["file"] for was in read_state(reports).values()}
    before = [
        path for path in documents(reports) if path.name not in fetched and source_of(corpus, path).urls == (url,)
    ]
    parts = urlsplit(download.url)
    stem = Path(unquote(parts.path)).stem or parts.netloc
    target = reports / safe_name(stem, download.content, download.suffix)
    sidecar: Sidecar = {"urls": [url], **_provenance(download.url)} | ({OCR_KEY: LANGUAGES} if ocr else {})
    outcome = _put(corpus, target, url, download.content, sidecar, before, ())
    said = _TO_RECOGNISE if ocr else _read_there(_source(corpus, target), target)
    return replace(outcome, note=f"{outcome.note}{said}")


def _add_file(corpus: Path, reports: Path, name: str, *, ocr: bool) -> Outcome:
    path = Path(name)
    suffix = ADDED_SUFFIXES.get(path.suffix.lower())
    if suffix is None:
        problem = f"files ending in {path.suffix or 'nothing'} are not read"
        raise InputError(problem, f"{remedy_for(path.suffix)}; read are {', '.join(SUFFIXES)}")
    _require_pdf(suffix, ocr=ocr)
    content = _read(path)
    if known := _known(corpus, reports, name, content, ocr=ocr):
        return known
    source = _source(corpus, path)
    # A title made of the file's name says nothing.
    title = source.title if source and source.title.casefold() != path.stem.casefold() else ""
    sidecar = _provenance(_printable(path.name)) | ({TITLED_KEY: title} if title else {})
    sidecar |= {OCR_KEY: LANGUAGES} if ocr else {}
    same, alike = _earlier(corpus, reports, sidecar, source.urls if source else ())
    target = reports / safe_name(path.stem, content, suffix)
    outcome = _put(corpus, target, name, content, sidecar, same, alike)
    return replace(outcome, note=f"{outcome.note}{_TO_RECOGNISE if ocr else ''}{_read_there(source, target)}")


def _require_pdf(suffix: str, *, ocr: bool) -> None:
    if ocr and suffix != ".pdf":
        raise InputError("only the pages of a PDF can be recognised", "add it without --ocr")


def _read_there(source: Source | None, target: Path) -> str:
    """Say what nobody stated of a document but its first page says, so that it can be put right."""
    is_date_read = source is not None and "page 1" in source.published.note
    if source is None or not (source.from_page_1 or is_date_read):
        return ""
    texts = {
        "area": f"area {source.area}",
        "kind": f"kind {source.kind}",
        "publisher": f"publisher {source.publisher}",
        "ratings": f"ratings {', '.join(': '.join(rating) for rating in source.ratings)}",
    }
    read = [texts[name] for name in source.from_page_1]
    if is_date_read:
        read.append(f"date {source.published.iso} ({source.published.note})")
    return f"; {FROM_PAGE_1}, to be put right in {target.with_suffix(SIDECAR_SUFFIX).name}: {'; '.join(read)}"


def _known(corpus: Path, reports: Path, name: str, content: bytes, *, ocr: bool) -> Outcome | None:
    """Return what there is of exactly this content: itself, or what it was corrected to or replaced by since.

    With ``ocr`` its sidecar says from now on that its pages are to be recognised.
    """
    if there := twin(corpus, content):
        if ocr and note_beside(there, OCR_KEY, LANGUAGES):
            return Outcome(name, "changed", f"{_where(corpus, there)}{_TO_RECOGNISE}")
        return Outcome(name, "unchanged", _where(corpus, there))
    if made := added_from(reports, content):
        path, is_same = made
        became = "was corrected since it was added from this file" if is_same else "replaced this file"
        again = f"to have this one instead, run: probqa remove {source_of(corpus, path).id}, and add it again"
        return Outcome(name, "unchanged", f"{_where(corpus, path)} {became} and is kept; {again}")
    return None


def _put(
    corpus: Path,
    target: Path,
    name: str,
    content: bytes,
    sidecar: Sidecar,
    same: Sequence[Path],
    alike: Sequence[Path],
) -> Outcome:
    """Store a document in place of the ``same`` at an earlier time.

    One that was corrected here since it was added is nobody's to delete. It is kept, as what is only ``alike`` is, and
    the person is asked.
    """
    gone = [path for path in same if is_as_added(path)]
    replaced = [each for path in gone for each in (*replaced_by(path), path.name)]
    store(target, content, sidecar | ({REPLACES_KEY: replaced} if replaced else {}))
    for path in gone:
        delete(path)
    note = _where(corpus, target)
    if gone:
        note += f" replaces {', '.join(_where(corpus, path) for path in gone)}"
    for path in (each for each in (*same, *alike) if each not in gone):
        why = "was corrected since it was added" if path in same else "has the same title"
        note += f"; {_where(corpus, path)} {why}: if this replaces it, run: probqa remove {source_of(corpus, path).id}"
    return Outcome(name, "changed" if gone else "new", note)


def _earlier(corpus: Path, reports: Path, sidecar: Sidecar, urls: Sequence[str]) -> tuple[list[Path], list[Path]]:
    """Find what was added from an earlier version of a file, and what may have been.

    It was where the address is the same, or both the title and the file's name; it may have been where the title is,
    because many reports share a title such as "Annual report".
    """
    fetched = {was["file"] for was in read_state(reports).values()}
    title = str(sidecar.get(TITLED_KEY, "")).casefold()
    same: list[Path] = []
    alike: list[Path] = []
    for path in documents(reports):
        source = source_of(corpus, path)
        has_title = bool(title) and title_added(path).casefold() == title
        if path.name in fetched:
            continue
        if (urls and source.urls == urls) or (has_title and source.origin == sidecar["from"]):
            same.append(path)
        elif has_title:
            alike.append(path)
    return same, alike


def _source(corpus: Path, path: Path) -> Source | None:
    """Return what a file says of itself, as a build would read it.

    It is None where it cannot be read. A domain that cannot be used is done without: the build names it.
    """
    try:
        forms = load_domain(corpus).forms
    except (ReadingError, OSError):
        forms = NO_FORMS
    try:
        return reader.read(CorpusFile(path.name, ""), path.parent, forms).source
    except (ReadingError, OSError):
        return None


def _read(path: Path) -> bytes:
    """Read a file of the user's.

    A pipe or a device is refused, for it may not end.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise InputError("it is not a file", "name the files themselves")
    if status.st_size > MAX_FILE_BYTES:
        raise InputError(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB", "split it into smaller files")
    if not status.st_size:
        raise InputError("the file is empty", "get it again")
    return path.read_bytes()


def _names(corpus: Path, path: Path) -> tuple[str, str]:
    """Return the id that the index gives a file, and its path below the corpus."""
    return source_of(corpus, path).id, path.relative_to(corpus).as_posix()


def _where(corpus: Path, path: Path) -> str:
    return path.relative_to(corpus).as_posix()


def _reason(error: ProbqaError | OSError) -> str:
    return str(error) if isinstance(error, ProbqaError) else f"{error.strerror or error}; mend that and run it again"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
