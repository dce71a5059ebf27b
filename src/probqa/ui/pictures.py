"""The pages of PDFs as pictures, and where the words of a quote stand on them, each made once for all visitors.

In: a ``Document`` and the folder of its corpus. Out: a WebP picture, or marks. What is kept is dropped, the longest
unused first, when it is too much together; and no more than two files are opened at once, however many ask.

>>> kept = Kept[str, bytes](most=5, size=len)
>>> [kept.get(name, name.encode) for name in ("abc", "de", "abc", "fg")]
[b'abc', b'de', b'abc', b'fg']
>>> "abc" in kept, "de" in kept, "fg" in kept
(True, False, True)
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Generic, TypeVar

from probqa.errors import ReadingError
from probqa.reading.page_pictures import Mark, Places, draw_page, read_places
from probqa.records import Document, Span
from probqa.ui.limits import QueueFullError

# Bytes that are kept: some two hundred pages, and the places of some thirty long reports.
_PICTURES = _PLACES = 48_000_000
_AT_ONCE = 2
# A visitor who waited this long is told to come back.
_PATIENCE_SECONDS = 20.0

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Kept(Generic[_Key, _Value]):
    """Values that are made once, also where several ask at the same time."""

    def __init__(self, most: int, size: Callable[[_Value], int]) -> None:
        """Keep as many values as are of the size ``most`` together."""
        self._most, self._size = most, size
        self._lock = threading.Lock()
        self._made: OrderedDict[_Key, _Value] = OrderedDict()
        self._sizes = 0
        self._making: dict[_Key, Future[_Value]] = {}

    def __contains__(self, key: _Key) -> bool:
        """Tell whether a value need not be made."""
        return key in self._made

    def is_making(self, key: _Key) -> bool:
        """Tell whether a value is being made."""
        return key in self._making

    def get(self, key: _Key, make: Callable[[], _Value]) -> _Value:
        """Return a value, made now or before.

        What ``make`` raises is raised to all who wait for it, and not kept.
        """
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
            waiting = self._making.get(key)
            if waiting is None:
                making = self._making[key] = Future()
        if waiting is not None:
            return waiting.result()
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            making.set_exception(error)
            raise
        with self._lock:
            del self._making[key]
            self._keep(key, value)
        making.set_result(value)
        return value

    def _keep(self, key: _Key, value: _Value) -> None:
        self._made[key] = value
        self._sizes += self._size(value)
        while self._sizes > self._most and len(self._made) > 1:
            self._sizes -= self._size(self._made.popitem(last=False)[1])


_pictures = Kept[tuple[str, int], bytes](_PICTURES, len)
_places = Kept[tuple[str, str], Places](_PLACES, lambda places: len(places.lines) * 4 + len(places.boxes) * 2)
_turns = threading.BoundedSemaphore(_AT_ONCE)


def picture(document: Document, folder: Path, page: int) -> bytes:
    """Return the picture of a page, from 1, as WebP.

    Raises:
        ReadingError: the file is gone or has changed, or the page cannot be drawn.
        QueueFullError: too many others wait.
    """

    def make() -> bytes:
        with _turn():
            return draw_page(document, folder, page)

    return _pictures.get((document.file_sha256, page), make)


def marks(document: Document, folder: Path, span: Span) -> tuple[Mark, ...]:
    """Return the boxes round words on the pictures of their pages.

    Raises:
        ReadingError: the file is gone, has changed or reads otherwise, or a program recognised its words.
        QueueFullError: too many others wait.
    """

    def make() -> Places:
        with _turn():
            return read_places(document, folder)

    return _places.get(_key(document), make).marks(span)


def prepare(document: Document, folder: Path) -> None:
    """Have it found out, meanwhile, where the words of a document stand, unless that is known or being done."""

    def find() -> None:
        # Whoever asks for the marks is told what is wrong.
        with suppress(ReadingError, QueueFullError):
            marks(document, folder, Span(0, 1))

    if not (are_placed(document) or _places.is_making(_key(document))):
        threading.Thread(target=find, name="find places", daemon=True).start()


def are_placed(document: Document) -> bool:
    """Tell whether the marks of a document can be told at once."""
    return _key(document) in _places


def _key(document: Document) -> tuple[str, str]:
    return document.file_sha256, document.text_sha256


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=_PATIENCE_SECONDS):
        raise QueueFullError
    try:
        yield
    finally:
        _turns.release()
