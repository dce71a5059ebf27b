"""Publications into ``corpus/reports/``: fetched from the catalogue, or added by hand with what is known of them.

In: ``Settings`` and ids, files or addresses. Out: one ``Outcome`` each, as soon as it is known; nothing stops at one
failure.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from probqa.errors import InputError, ProbqaError, ReadingError
from probqa.gathering.catalogue import FILE, Entry, read_catalogue
from probqa.gathering.changes import carry_out
from probqa.gathering.detected import comments, lines, missing, without_comments
from probqa.gathering.download import Download, Downloader, Limits
from probqa.gathering.outcome import Outcome, State, printable, reason
from probqa.gathering.report_folder import (
    Fetched,
    Sidecar,
    added_from,
    changing,
    documents,
    files_of,
    find,
    is_as_added,
    is_stored,
    noted_beside,
    read_state,
    replaced_by,
    safe_name,
    source_of,
    stated_before,
    store,
    text_beside,
    title_added,
    twin,
    write_state,
)
from probqa.gathering.stated import WITH_FRONT_MATTER, checked, even, front_keys, renewed, stated_keys
from probqa.gathering.upkeep import state_anew
from probqa.glossary.domain import Publisher, load_domain
from probqa.reading import reader
from probqa.reading.corpus import MAX_FILE_BYTES, SIDECAR_SUFFIX, SUFFIXES, CorpusFile, remedy_for
from probqa.reading.first_page import NO_FORMS
from probqa.reading.formats.sandbox import find_recogniser
from probqa.reading.metadata import OCR_KEY, REPLACES_KEY, TITLED_KEY, read_metadata
from probqa.records import Document, Source
from probqa.settings import Settings

ADDED_SUFFIXES = {suffix: suffix for suffix in SUFFIXES} | {".htm": ".html", ".markdown": ".md"}

# What the words of scanned pages are recognised in, until a person writes other languages into the sidecar.
LANGUAGES = "eng"
_TO_RECOGNISE = "; to have its scanned pages recognised, which takes some seconds a page, run: probqa build"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sent: what they called it, which is never taken for a path, and its content."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for with a file: what is stated of it, which report it replaces, whether its pages are pictures."""

    values: Sidecar
    replaces: str
    ocr: bool


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A file that is to be added: how it was named, what it is called, where it is from, its address if it has one."""

    name: str
    stem: str
    suffix: str
    content: bytes
    origin: str
    url: str = ""

    @property
    def text(self) -> str:
        """Return what may begin with front matter."""
        is_text = self.suffix in WITH_FRONT_MATTER
        return even(self.content.decode("utf-8-sig", "replace")) if is_text else ""

    @property
    def in_front(self) -> frozenset[str]:
        """Return the keys that its front matter states, as far as that can be read."""
        return front_keys(self.text)


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
    names: Sequence[str | Upload],
    *,
    ocr: bool = False,
    stated: Sequence[str] = (),
    replaces: str = "",
    limits: Limits | None = None,
    loopback_port: int | None = None,
) -> Iterator[Outcome]:
    """Copy files, or download addresses, into the corpus, or put there what was sent.

    With ``ocr`` the sidecars say that a build is to recognise the words of pages that are pictures. They say what is
    ``stated`` as ``KEY=VALUE``, and, as comments, what was read in the files. A single file can take the place of the
    report that it ``replaces``: it has that one's id, and what was stated of it. ``loopback_port`` is for tests: this
    one port of this machine counts as public.

    Raises:
        InputError: what is stated cannot be; nothing was added.
        CorpusError, BuildLockedError: there is no corpus, or another command is at work.
    """
    wanted = _wanted(names, stated, replaces, ocr=ocr)
    downloader = Downloader(None, limits, loopback_port=loopback_port)
    with changing(settings.corpus) as reports:
        for name in names:
            try:
                if ocr:
                    find_recogniser(LANGUAGES)
                yield _take_in(settings.corpus, reports, _arrived(name, downloader), wanted)
            except (ProbqaError, OSError) as error:
                yield Outcome(name.name if isinstance(name, Upload) else name, "failed", reason(error))


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
            sidecar |= stated_before(target, is_pdf=download.suffix == ".pdf")
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
        return Outcome(entry.id, "failed", reason(error))
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


def _wanted(names: Sequence[str | Upload], stated: Sequence[str], replaces: str, *, ocr: bool) -> _Wanted:
    """Check what is asked for, before anything is stored.

    Raises:
        InputError: a value is not one that a sidecar may have, or what is true of one file is said of several.
    """
    values = {key: value for key, value in checked(stated).items() if value is not None}
    of_one = [key for key in ("title", "urls") if key in values] + (["replace"] if replaces else [])
    if len(names) > 1 and of_one:
        raise InputError(f"{of_one[0]} can be said of one file alone", "add the files one by one")
    return _Wanted(values, replaces, ocr)


def _arrived(given: str | Upload, downloader: Downloader) -> _Arrival:
    if isinstance(given, Upload):
        _require_size(len(given.content))
        name = PurePosixPath(given.name.replace("\\", "/")).name
        return _file(given.name, name, given.content)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", given):
        return _downloaded(given, downloader)
    _suffix(given)
    return _file(given, given, _read(Path(given)))


def _downloaded(url: str, downloader: Downloader) -> _Arrival:
    download = downloader.download(url)
    assert download is not None, "only a request with an etag or a date is answered 'not modified'"
    parts = urlsplit(download.url)
    stem = Path(unquote(parts.path)).stem or parts.netloc
    return _Arrival(url, stem, download.suffix, download.content, download.url, url)


def _file(given: str, name: str, content: bytes) -> _Arrival:
    path = PurePosixPath(name)
    return _Arrival(given, path.stem, _suffix(name), content, printable(path.name))


def _suffix(name: str) -> str:
    """Return the ending that a file of this name is stored with."""
    suffix = PurePosixPath(name).suffix
    if suffix.lower() not in ADDED_SUFFIXES:
        problem = f"files ending in {suffix or 'nothing'} are not read"
        raise InputError(problem, f"{remedy_for(suffix)}; read are {', '.join(SUFFIXES)}")
    return ADDED_SUFFIXES[suffix.lower()]


def _take_in(corpus: Path, reports: Path, arrival: _Arrival, wanted: _Wanted) -> Outcome:
    """Store what arrived, unless it is there, in the place of what it replaces.

    What was corrected here since it was added is nobody's to take away, unless it is named. It stays, as what is only
    alike does, and the person is asked.
    """
    if wanted.ocr and arrival.suffix != ".pdf":
        raise InputError("only the pages of a PDF can be recognised", "add it without --ocr")
    replaced = _replaced(corpus, reports, wanted.replaces) if wanted.replaces else None
    if known := _known(corpus, reports, arrival, wanted, replaced):
        return known
    if both := next((key for key in wanted.values if key in arrival.in_front), None):
        remedy = "change it there, or add the file without that and run: probqa edit"
        raise InputError(f"its front matter states its {both}", remedy)
    document, problem = _document(corpus, arrival)
    source = document.source if document else None
    # A title made of the file's name says nothing.
    title = source.title if source and source.title.casefold() != arrival.stem.casefold() else ""
    about: Sidecar = {"urls": [arrival.url]} if arrival.url else {TITLED_KEY: title} if title else {}
    about |= _provenance(arrival.origin) | wanted.values | ({OCR_KEY: LANGUAGES} if wanted.ocr else {})
    same: list[Path] = []
    alike: list[Path] = []
    gone = [replaced] if replaced else []
    if not replaced:
        urls = (arrival.url,) if arrival.url else source.urls if source else ()
        same, alike = _earlier(corpus, reports, arrival, "" if arrival.url else title, urls)
        gone = [path for path in same if is_as_added(path)]
    outcome = _put(corpus, reports, arrival, about, gone, document)
    note = outcome.note + (_TO_RECOGNISE if wanted.ocr else "")
    for path in (each for each in (*same, *alike) if each not in gone):
        why = "was corrected since it was added" if path in same else "has the same title"
        note += f"; {_where(corpus, path)} {why}: if this replaces it, run: probqa remove {source_of(corpus, path).id}"
    unread = (f"a build will say that it {problem}",) if problem and not wanted.ocr else ()
    return replace(outcome, note=note, details=(*unread, *outcome.details))


def _replaced(corpus: Path, reports: Path, name: str) -> Path:
    """Find a report that can be replaced by hand.

    Raises:
        InputError: there is none of that name, or it is fetched from the catalogue.
    """
    path = find(corpus, name, below=reports)
    fetched = next((each for each, was in read_state(reports).items() if was["file"] == path.name), None)
    if fetched:
        raise InputError(f"{name!r} is fetched from its address in {FILE}", f"run: probqa fetch {fetched}")
    return path


def _known(corpus: Path, reports: Path, arrival: _Arrival, wanted: _Wanted, replaced: Path | None) -> Outcome | None:
    """Return what there is of exactly this content: itself, or what it was corrected to or replaced by since.

    What is stated is then stated of that, and its sidecar says from now on that its pages are to be recognised.
    """
    name = arrival.name
    if there := twin(corpus, arrival.content):
        where = _where(corpus, there)
        if replaced and there != replaced:
            raise InputError(f"{where} has exactly this content", "remove one of the two")
        is_new = wanted.ocr and not noted_beside(there, OCR_KEY)
        values = wanted.values | ({OCR_KEY: LANGUAGES} if is_new else {})
        outcome = state_anew(corpus, there, "add", where, values) if values else None
        if outcome is None or outcome.state == "unchanged":
            return Outcome(name, "unchanged", where)
        return replace(outcome, name=name, note=f"{where}{_TO_RECOGNISE if is_new else ''}")
    if not replaced and (made := added_from(reports, arrival.content)):
        path, is_same = made
        became = "was corrected since it was added from this file" if is_same else "replaced this file"
        again = f"to have this one instead, run: probqa remove {source_of(corpus, path).id}, and add it again"
        unsaid = ("what was stated with it was not written; run: probqa edit",) if wanted.values else ()
        return Outcome(name, "unchanged", f"{_where(corpus, path)} {became} and is kept; {again}", unsaid)
    return None


def _put(
    corpus: Path, reports: Path, arrival: _Arrival, about: Sidecar, gone: Sequence[Path], document: Document | None
) -> Outcome:
    """Store a document in the place of those that go, which are kept among what was removed.

    It has the id of the first of them, so that addresses still lead to it, and what was stated of that.
    """
    target = reports / safe_name(arrival.stem, arrival.content, arrival.suffix)
    before = text_beside(gone[0]) if gone else ""
    if gone:
        replaced = [each for path in gone for each in (*replaced_by(path), path.name)]
        about = {"id": source_of(corpus, gone[0]).id} | about | {REPLACES_KEY: replaced}
    sidecar = renewed(without_comments(before), about, is_pdf=arrival.suffix == ".pdf")
    stated = {*stated_keys(sidecar), *arrival.in_front}
    found = lines(document, stated) if document else ()
    where, beside = _where(corpus, target), _where(corpus, target.with_suffix(SIDECAR_SUFFIX))
    ids = [_id(arrival, sidecar, where), *(source_of(corpus, path).id for path in gone)]
    if gone and ids[0] != ids[1]:
        raise InputError(f"its front matter has the id {ids[0]!r}, not {ids[1]!r}", "change it there")
    contents: dict[str, bytes | None] = {beside: (sidecar + comments(found)).encode(), where: arrival.content}
    contents |= {file: None for path in gone for file in files_of(corpus, path)}
    carry_out(corpus, "add", ids, contents)
    note = where
    if gone:
        note += f" replaces {', '.join(_where(corpus, path) for path in gone)}"
    wanting = tuple(key for key in missing(document) if key not in stated) if document else ()
    if wanting:
        to_do = f"to state it, run: probqa edit {ids[0]} {wanting[0]}=…"
        found += (f"missing or not certain: {', '.join(wanting)}; {to_do}",)
    return Outcome(arrival.name, "changed" if gone else "new", note, found, where, wanting)


def _id(arrival: _Arrival, sidecar: str, where: str) -> str:
    """Return the id that a build will give the document, or would if its metadata could be read."""
    try:
        return read_metadata(arrival.text, sidecar, where)[0].id
    except ReadingError:
        return read_metadata("", sidecar, where)[0].id


def _earlier(
    corpus: Path, reports: Path, arrival: _Arrival, title: str, urls: Sequence[str]
) -> tuple[list[Path], list[Path]]:
    """Find what was added from an earlier version of a file, and what may have been.

    It was where the address is the same, or both the title and the file's name; it may have been where the title is,
    because many reports share a title such as "Annual report".
    """
    fetched = {was["file"] for was in read_state(reports).values()}
    same: list[Path] = []
    alike: list[Path] = []
    for path in documents(reports):
        source = source_of(corpus, path)
        has_title = bool(title) and title_added(path).casefold() == title.casefold()
        if path.name in fetched:
            continue
        if (urls and source.urls == urls) or (has_title and source.origin == arrival.origin):
            same.append(path)
        elif has_title:
            alike.append(path)
    return same, alike


def _document(corpus: Path, arrival: _Arrival) -> tuple[Document | None, str]:
    """Read a file as a build would, or say why it cannot be read.

    A domain that cannot be used is done without: the build names it.
    """
    try:
        forms = load_domain(corpus).forms
    except (ReadingError, OSError):
        forms = NO_FORMS
    try:
        file = CorpusFile(f"{arrival.stem}{arrival.suffix}", "")
        return reader.read_content(arrival.content, None, file, forms), ""
    except (ReadingError, OSError) as error:
        return None, reason(error)


def _read(path: Path) -> bytes:
    """Read a file of the user's.

    A pipe or a device is refused, for it may not end.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise InputError("it is not a file", "name the files themselves")
    _require_size(status.st_size)
    return path.read_bytes()


def _require_size(size: int) -> None:
    if size > MAX_FILE_BYTES:
        raise InputError(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB", "split it into smaller files")
    if not size:
        raise InputError("the file is empty", "get it again")


def _where(corpus: Path, path: Path) -> str:
    return path.relative_to(corpus).as_posix()
