"""What people state of a report, written into its front matter or sidecar, where all else stays as it was written.

In: values by key. Out: files that say them, as the readers take them, with the comments and order they had.

>>> state("title: Ambletown  # as printed\\n# to be dated\\narea: Ambleton\\n", {"title": "Ambleton", "area": None})
'title: Ambleton\\n# to be dated\\n'
"""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from probqa.errors import InputError, ReadingError
from probqa.gathering.outcome import printable
from probqa.reading.corpus import SIDECAR_SUFFIX, read_bytes
from probqa.reading.metadata import OCR_KEY, STATED_KEY, front_matter, languages_to_recognise, read_metadata
from probqa.reading.plain_yaml import TextLoader, YamlError, load

Value = str | list[str] | dict[str, str]

_TEXTS = ("title", "publisher", "kind", "published", "published_note", "area", "licence", "wording", OCR_KEY)
_LISTS = {"providers": "providers", "provider": "providers", "urls": "urls", "url": "urls"}
_RATINGS = "ratings"
_KEYS = f"{', '.join(_TEXTS)}, {', '.join(_LISTS)}, {_RATINGS}"
WITH_FRONT_MATTER = (".md", ".markdown", ".txt")

_NO_VALUE = re.compile(r"#.*|\s*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_BY_HAND = "mend it by hand"


def parse(pairs: Sequence[str]) -> dict[str, Value | None]:
    """Read ``KEY=VALUE``, where an empty value states nothing.

    Keys of several values are given several times, a rating as ``ratings=WHAT: RATING``.

    >>> parse(["area=Ambleton", "provider=Northway Ltd", "provider=Weir Ltd", "published=", "ratings=Safety: Good"])
    {'area': 'Ambleton', 'providers': ['Northway Ltd', 'Weir Ltd'], 'published': None, 'ratings': {'Safety': 'Good'}}

    Raises:
        InputError: it is not of that form, or no key that people state.
    """
    values: dict[str, Value | None] = {}
    for pair in pairs:
        key, is_pair, value = pair.partition("=")
        key, value = _LISTS.get(key.strip(), key.strip()), " ".join(value.split())
        if not is_pair or (key not in _TEXTS and key not in _LISTS and key != _RATINGS):
            remedy = "run: probqa rename" if key == "id" else f"write KEY=VALUE; the keys are {_KEYS}"
            raise InputError(f"{pair!r} states nothing that can be edited", remedy)
        there = values.get(key)
        if key in _TEXTS and key in values:
            raise InputError(f"{key} is given twice", "give it once")
        if not value:
            values.setdefault(key, None)
        elif key == _RATINGS:
            what, is_rated, rating = value.partition(": ")
            if not is_rated:
                raise InputError(f"{value!r} is no rating", "write ratings=WHAT: RATING")
            values[key] = {**(there if isinstance(there, dict) else {}), what: rating}
        else:
            values[key] = [*(there if isinstance(there, list) else []), value] if key in _LISTS else value
    return values


def checked(pairs: Sequence[str]) -> dict[str, Value | None]:
    """Read ``KEY=VALUE``, and refuse what no sidecar may say of any report.

    Raises:
        InputError: as ``parse``, or a value is not of its kind.
    """
    values = parse(pairs)
    sidecar = yaml.safe_dump({key: value for key, value in values.items() if value is not None})
    try:
        # A digest needs addresses, which may be there already.
        read_metadata("", sidecar if "urls" in values or values.get("wording") != "digest" else "", "a.pdf")
        languages_to_recognise(sidecar, "a.pdf")
    except ReadingError as error:
        raise InputError(re.sub(r"^a\.yaml line \d+: ", "", error.problem), error.remedy) from error
    return values


def rewritten(corpus: Path, path: Path, values: Mapping[str, Value | None]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the files of a report that change where values are stated, and a line for each value that does.

    A key is written where it stands now. A new one goes into the sidecar where there is one, and else into the front
    matter where there is some.

    Raises:
        InputError: a value is not one that the readers would take.
        ReadingError: what is written there now cannot be read.
    """
    name = path.relative_to(corpus).as_posix()
    beside = path.with_suffix(SIDECAR_SUFFIX)
    sidecar = _text(corpus, beside) if beside.is_file() else None
    text = _text(corpus, path) if path.suffix.lower() in WITH_FRONT_MATTER else ""
    # A note on how the day was known says nothing about another day, nor one address where several may stand.
    values = {"published_note": None, **values} if "published" in values else values
    values = {**values, "url": None} if "urls" in values else values
    span = front_matter(even(text))
    front = even(text)[slice(*span)] if span else ""
    stated = _values(front)
    before = {**_values(sidecar or ""), **stated}
    values = {key: value for key, value in values.items() if value != before.get(key)}
    in_front = values if span and sidecar is None else {key: values[key] for key in values if key in stated}
    in_sidecar = {key: value for key, value in values.items() if key not in in_front}
    new_front = state(front, in_front) if in_front else front
    new_sidecar = state(sidecar or "", in_sidecar) if in_sidecar else sidecar
    new_text = _with_front(text, front, new_front) if span else text
    try:
        read_metadata(even(new_text), new_sidecar, name)
        languages_to_recognise(new_sidecar, name)
    except ReadingError as error:
        raise InputError(error.problem, error.remedy) from error
    changed = {
        name: (path, text, new_text),
        beside.relative_to(corpus).as_posix(): (beside, sidecar or "", new_sidecar),
    }
    contents = {
        each: _bytes(corpus, where, new)
        for each, (where, old, new) in changed.items()
        if new is not None and new != old
    }
    lines = [
        f"{key}: {_shown(value)}" + (f" (was: {_shown(before[key])})" if key in before else "")
        for key, value in values.items()
        if key != STATED_KEY
    ]
    return contents, tuple(map(printable, lines))


def renewed(sidecar: str, values: Mapping[str, Value], *, is_pdf: bool) -> str:
    """Return the sidecar of a report for a newer file of it: what was stated stays, unless it is stated anew."""
    before = _values(sidecar)
    gone: dict[str, Value | None] = {} if is_pdf else {OCR_KEY: None}
    gone |= {"published_note": None} if "published" in values else {}
    gone |= {"url": None} if "urls" in values else {}
    kept = {key: value for key, value in values.items() if key != "wording" or key not in before}
    return state(sidecar, gone | kept)


def stated_keys(text: str) -> frozenset[str]:
    """Return the keys that a sidecar states, as one person would ask for them."""
    return frozenset("url" if key == "urls" else key for key in _values(text))


def front_keys(text: str) -> frozenset[str]:
    """Return the keys that the front matter of a text states, as far as that can be read."""
    span = front_matter(text)
    try:
        keys = stated_keys(text[slice(*span)]) if span else frozenset()
    except ReadingError:
        return frozenset()
    return keys | {"urls"} if "url" in keys else keys


def state(text: str, values: Mapping[str, Value | None]) -> str:
    """Return YAML in which keys have other values.

    One whose value is None is taken out. A new key comes after the last one there is.

    Raises:
        ReadingError: it is not YAML with a key on each line, so that the rest could not be kept.
    """
    before = _values(text)
    node = yaml.compose(text, Loader=TextLoader)
    pairs = [] if node is None or getattr(node, "flow_style", False) else node.value
    starts = [key.start_mark.index for key, _ in pairs]
    written = text[: starts[0]] if starts else _ended(text)
    comments = ""
    for (key, _), start, end in zip(pairs, starts, [*starts[1:], len(text)], strict=False):
        stated, below = _without_comments(_ended(text[start:end]))
        written += comments + (_line(key.value, values[key.value]) if key.value in values else stated)
        comments = below
    keys = {key.value for key, _ in pairs}
    written += "".join(_line(key, value) for key, value in values.items() if key not in keys) + comments
    expected = {key: value for key, value in {**before, **values}.items() if value is not None}
    with contextlib.suppress(ReadingError):
        if _values(written) == expected:
            return written
    raise ReadingError("is not written with one key on each line", _BY_HAND)


def _values(text: str) -> dict[str, object]:
    try:
        values, _ = load(text)
    except YamlError as error:
        raise ReadingError(f"line {error.line}: {error.reason}", _BY_HAND) from error
    if not isinstance(values, dict | None):
        raise ReadingError("is not a list of 'key: value'", _BY_HAND)
    return values or {}


def _line(key: str, value: Value | None) -> str:
    if value is None:
        return ""
    return yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=1_000)


def _without_comments(text: str) -> tuple[str, str]:
    """Part a key and its value from the comments and empty lines below it."""
    lines = text.splitlines(keepends=True)
    end = len(lines)
    while end > 1 and _NO_VALUE.fullmatch(lines[end - 1].rstrip("\n")):
        end -= 1
    return "".join(lines[:end]), "".join(lines[end:])


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _text(corpus: Path, path: Path) -> str:
    """Read a file of text as it is, its line ends too."""
    if path.is_symlink():
        raise InputError(f"{path} is a link", "edit what it leads to")
    try:
        return read_bytes(corpus, path.relative_to(corpus).as_posix()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadingError(f"{path.name}: byte {error.start} is not UTF-8", "save the file as UTF-8") from error


def _bytes(corpus: Path, path: Path, text: str) -> bytes:
    """Return a text as it is stored: with the mark at its beginning that it had."""
    has_mark = path.is_file() and read_bytes(corpus, path.relative_to(corpus).as_posix()).startswith(codecs.BOM_UTF8)
    return text.encode("utf-8-sig" if has_mark else "utf-8")


def even(text: str) -> str:
    """Return a text with the line ends that the readers see."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _with_front(text: str, front: str, new: str) -> str:
    """Put other front matter into a text, with the line ends of its first line, and leave all below as it is."""
    ends = list(_LINE_END.finditer(text))
    first = ends[0].group()
    # The line "---" and the lines of the front matter.
    end = ends[front.count("\n")].end()
    return text[: ends[0].end()] + new.replace("\n", first) + text[end:]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{what}: {rating}" for what, rating in value.items())
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value or "nothing")
