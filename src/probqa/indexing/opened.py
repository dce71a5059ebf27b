"""The models that are open in this process: one for all generations that carry the same files.

In: the bytes of a model's files, and their SHA-256. Out: the model, opened from them, or the one that already is.

A generation that takes the place of another mostly has the same models. What they have worked out is then still known,
and neither memory nor time is spent on them again. A model is let go with the last generation that carries it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")

_opened: WeakValueDictionary[tuple[object, ...], object] = WeakValueDictionary()


def opened(kind: Callable[..., T], files: Sequence[bytes], digests: Sequence[str]) -> T:
    """Return ``kind(*files)``, or the one that was opened before from files of these digests.

    Raises:
        IndexDamagedError: they are not a model.
    """
    key = (kind, *digests)
    held: T | None = _opened.get(key)  # type: ignore[assignment]  # what ``kind`` made
    if held is None:
        held = kind(*files)
        _opened[key] = held
    return held
