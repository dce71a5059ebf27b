"""What a document says of itself: YAML front matter or a sidecar file.

In: the text of a file, and of its sidecar. Out: a ``Source`` and the text below the front matter.

>>> source, body, line = read_metadata("---\\ntitle: A\\npublished: 2017-04-19\\n---\\nText.", None, "a.md")
>>> (source.id, source.title, source.published.iso, body, line)
('a', 'A', '2017-04-19', 'Text.', 5)
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

from probqa.dates import PartialDate
from probqa.errors import InputError, ReadingError
from probqa.reading.formats.repairs import tidy
from probqa.reading.plain_yaml import YamlError, load
from probqa.records import FROM_FILE_NAME, Source, Wording
from probqa.text import WEB_ADDRESS, half_character

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_ID = re.compile(r"[a-z0-9][a-z0-9._/-]{0,199}")
ID_REMEDY = "use small letters, digits, '-', '_', '.' and '/'"
_TEXT_KEYS = ("title", "publisher", "kind", "published", "published_note", "area", "licence")
# When and from where a file came, as `probqa fetch` and `probqa add` note it: about the file, not about the source.
_PROVENANCE_KEYS = ("added", "from")
# The files that it was added in place of, and its title as it was read then.
REPLACES_KEY, TITLED_KEY = "replaces", "titled"
# The keys that a person stated of a report that is fetched, which a new edition leaves as they are.
STATED_KEY = "stated"
# Which languages the words of its scanned pages are recognised in, as tesseract names them.
OCR_KEY = "ocr"
_LANGUAGES = re.compile(r"[A-Za-z][A-Za-z_]{1,30}(?:\+[A-Za-z][A-Za-z_]{1,30}){0,4}")
# What is marked where it was read from the first page: a date has its own note, and a title stands there to be seen.
_MARKED_KEYS = ("area", "kind", "publisher", "ratings")
# What a reader says of where it took a title or publisher that the pages do not show.
_NOTE = "_note"
_NOTES = ("title_note", "publisher_note")
_KEYS = {
    *_TEXT_KEYS,
    *_PROVENANCE_KEYS,
    REPLACES_KEY,
    TITLED_KEY,
    OCR_KEY,
    STATED_KEY,
    "id",
    "providers",
    "ratings",
    "url",
    "urls",
    "wording",
}


def read_metadata(
    text: str,
    sidecar: str | None,
    path: str,
    found: Mapping[str, str] | None = None,
    on_page_1: Mapping[str, object] | None = None,
) -> tuple[Source, str, int]:
    """Split front matter from the body.

    Its keys win over the sidecar's, those over what was read ``on_page_1``, and that over what else was ``found`` in
    the file.

    Returns the source, the body, and the line of the file on which the body starts.

    Raises:
        ReadingError: YAML that does not parse, a key that is unknown or given twice, or a value of the wrong shape;
            with its line, and with the sidecar's name where that is where it stands.
    """
    front = _FRONT_MATTER.match(text)
    if front is None and re.match(r"\A---[ \t]*\n[A-Za-z_]+:", text):
        raise ReadingError("line 1: the front matter is never closed", "end it with a line '---'")
    stated: dict[str, object] = {}
    places: dict[str, str] = {}
    if sidecar is not None:
        _take(stated, places, sidecar, f"{PurePosixPath(path).with_suffix('.yaml')} ", first_line=1)
    if front:
        _take(stated, places, front.group(1), "", first_line=2)
    body = text[front.end() :] if front else text
    values: dict[str, object] = {**(found or {}), **(on_page_1 or {})}
    if "published" in stated:
        # A note on why the file's own date is uncertain says nothing about the day that was written down.
        values.pop("published_note", None)
    values |= stated
    read = tuple(key for key in on_page_1 or {} if key in _MARKED_KEYS and key not in stated)
    known = {*stated, *(on_page_1 or {})}
    notes = {key: (found or {}).get(key, "") for key in _NOTES if key.removesuffix(_NOTE) not in known}
    try:
        source = _source(values, path, body, read, notes)
    except ReadingError as error:
        # The problem with a value begins with its key.
        place = places.get(error.problem.partition(":")[0], "")
        raise ReadingError(place + error.problem, error.remedy) from error
    return source, body, text[: len(text) - len(body)].count("\n") + 1


def is_usable_id(identifier: str) -> bool:
    """Tell whether a document can have an id.

    >>> is_usable_id("gwent-2017"), is_usable_id("../gwent")
    (True, False)
    """
    return bool(_ID.fullmatch(identifier)) and ".." not in identifier


def front_matter(text: str) -> tuple[int, int] | None:
    """Return where the YAML between the two ``---`` at the top of a text stands.

    It is None where there is none.

    >>> front_matter("---\\ntitle: A\\n---\\nText."), front_matter("Text.")
    ((4, 13), None)
    """
    front = _FRONT_MATTER.match(text)
    return front.span(1) if front else None


def languages_to_recognise(sidecar: str | None, path: str) -> str:
    """Return the languages in which the scanned pages of a file are to be recognised ("eng+cym").

    Empty where the sidecar does not ask for it.

    Raises:
        ReadingError: the sidecar cannot be read, or it names no languages.
    """
    if sidecar is None:
        return ""
    stated: dict[str, object] = {}
    places: dict[str, str] = {}
    _take(stated, places, sidecar, f"{PurePosixPath(path).with_suffix('.yaml')} ", first_line=1)
    languages = _text(stated, OCR_KEY)
    if languages and not _LANGUAGES.fullmatch(languages):
        problem = f"{places[OCR_KEY]}ocr: {languages!r} names no languages"
        raise ReadingError(problem, "write eng, or those that tesseract --list-langs names: eng+cym")
    return languages


def _take(values: dict[str, object], places: dict[str, str], text: str, file: str, first_line: int) -> None:
    """Add what ``text`` says to ``values``, and to ``places`` where each key stands."""
    try:
        stated, keys = load(text)
    except YamlError as error:
        line = error.line + first_line - 1
        raise ReadingError(f"{file}line {line}: broken front matter: {error.reason}", "mend the YAML") from error
    if stated is None:
        return
    if not isinstance(stated, dict):
        raise ReadingError(f"{file}line {first_line}: the front matter is not a list of 'key: value'", "mend the YAML")
    here: dict[str, str] = {}
    for key, line in keys:
        place = f"{file}line {line + first_line - 1}: "
        if key not in _KEYS:
            raise ReadingError(
                f"{place}unknown key {key!r} in the front matter", f"known keys: {', '.join(sorted(_KEYS))}"
            )
        here[key] = place
    values |= stated
    places |= here


def _source(
    values: dict[str, object], path: str, body: str, from_page_1: tuple[str, ...], notes: dict[str, str]
) -> Source:
    texts = {key: _text(values, key) for key in (*_TEXT_KEYS, *_PROVENANCE_KEYS)}
    identifier = _text(values, "id") or _slug(path)
    if not is_usable_id(identifier):
        raise ReadingError(f"id: {identifier!r} is not usable", ID_REMEDY)
    wording: Wording
    match _text(values, "wording") or "verbatim":
        case "digest" | "verbatim" as given:
            wording = given
        case given:
            raise ReadingError(f"wording: {given!r} is neither 'digest' nor 'verbatim'", "write one of them")
    urls = _texts(values, "urls") or _texts(values, "url")
    where = "urls" if values.get("urls") else "url"
    for url in urls:
        if not WEB_ADDRESS.fullmatch(url):
            raise ReadingError(
                f"{where}: {url!r} is not a web address", "write one that starts with http:// or https://"
            )
    if wording == "digest" and not urls:
        raise ReadingError("wording: a digest without its sources", "list the addresses of the original under 'urls'")
    ratings = values.get("ratings", {})
    if not isinstance(ratings, dict) or not all(isinstance(value, str) for value in ratings.values()):
        raise ReadingError("ratings: not a list of 'what: rating'", "mend the front matter")
    title = texts["title"] or _first_heading(body)
    return Source(
        id=identifier,
        # The name that a file was added from says more than the one it is stored under.
        title=title or PurePosixPath(path if "://" in texts["from"] else texts["from"] or path).stem,
        publisher=texts["publisher"],
        kind=texts["kind"],
        published=_date(texts["published"], texts["published_note"]),
        area=texts["area"],
        providers=_texts(values, "providers"),
        ratings=tuple((_tidy(str(what), "ratings"), _tidy(rating, "ratings")) for what, rating in ratings.items()),
        urls=urls,
        licence=texts["licence"],
        wording=wording,
        added=texts["added"],
        origin=texts["from"],
        from_page_1=from_page_1,
        title_note=notes.get("title_note", "") if title else FROM_FILE_NAME,
        publisher_note=notes.get("publisher_note", ""),
    )


def _date(published: str, note: str) -> PartialDate:
    try:
        return PartialDate(published, note)
    except InputError as error:
        raise ReadingError(f"published: {error.problem}", error.remedy) from error


def _text(values: dict[str, object], key: str) -> str:
    value = values.get(key, "")
    if not isinstance(value, str):
        raise ReadingError(f"{key}: not a line of text", "mend the front matter")
    return _tidy(value, key)


def _texts(values: dict[str, object], key: str) -> tuple[str, ...]:
    value = values.get(key, [])
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise ReadingError(f"{key}: not a list of texts", "mend the front matter")
    return tuple(_tidy(item, key) for item in items)


def _tidy(text: str, key: str) -> str:
    """Tidy a value.

    YAML can write half a character (``"\\ud800"``), which no file can hold.
    """
    if half_character(text):
        raise ReadingError(f"{key}: holds half a character", "write the character itself")
    return tidy(text)


def _slug(path: str) -> str:
    """Return an id made of a path.

    Letters with accents lose them. Where letters of other scripts are lost, 8 digits of the path's SHA-256 keep the ids
    of two such files apart. Both ways to write an accented letter give the same id.
    """
    stem = unicodedata.normalize("NFKD", PurePosixPath(path).with_suffix("").as_posix())
    plain = "".join(character for character in stem if not unicodedata.combining(character)).lower()
    if not any(character.isalnum() and not character.isascii() for character in plain):
        return re.sub(r"[^a-z0-9/]+", "-", plain).strip("-/") or "document"
    parts = [re.sub(r"[^a-z0-9]+", "-", part).strip("-") or "document" for part in plain.split("/")]
    return "/".join(parts) + "-" + hashlib.sha256(stem.encode(errors="surrogatepass")).hexdigest()[:8]


def _first_heading(body: str) -> str:
    heading = re.search(r"^#{1,6} +(.+)$", body, re.MULTILINE)
    return tidy(heading.group(1).rstrip().rstrip("#")) if heading else ""
