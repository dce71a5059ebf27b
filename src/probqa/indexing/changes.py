"""What one generation has that another has not: documents, passages, and what is known of a document.

In: two opened generations. Out: ``Changes``, by document, in the order of their ids.

>>> passage_counts(["a", "b", "c"], ["a", "B", "c", "d"])
(1, 1, 0)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from probqa.indexing.generation import Generation

# What else a generation is made of, and the file that shows whether it is the same.
_BESIDE = {
    "glossary": "glossary.json",
    "words of the field": "domain.json",
    "calibration": "calibration.json",
    "encoder": "encoder.json",
    "reader": "reader.json",
}
# The same in both, or of no interest to who asks.
_NOT_COMPARED = frozenset(("id", "added", "from"))


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document that one of two generations has, or both have in different versions.

    ``added``, ``changed`` and ``removed`` count its passages. ``fields`` has what is known of it and differs: the name,
    before, after.
    """

    id: str
    title: str
    added: int
    changed: int
    removed: int
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from one generation to another.

    ``beside`` names what is not the same besides the documents, and may change answers as well.
    """

    before: str
    after: str
    added: tuple[DocumentChange, ...]
    changed: tuple[DocumentChange, ...]
    removed: tuple[DocumentChange, ...]
    unchanged: int
    beside: tuple[str, ...]

    @property
    def passages(self) -> tuple[int, int, int]:
        """Return how many passages were added, changed and removed in all."""
        each = (*self.added, *self.changed, *self.removed)
        return sum(one.added for one in each), sum(one.changed for one in each), sum(one.removed for one in each)


def compare(before: Generation, after: Generation) -> Changes:
    """Compare two generations, document by document."""
    old, new = before.file_hashes(), after.file_hashes()
    changed = []
    for name in sorted(old.keys() & new.keys()):
        change = _changed(name, before, after)
        if change:
            changed.append(change)
    return Changes(
        before=before.name,
        after=after.name,
        added=tuple(_alone(name, after, is_added=True) for name in sorted(new.keys() - old.keys())),
        changed=tuple(changed),
        removed=tuple(_alone(name, before, is_added=False) for name in sorted(old.keys() - new.keys())),
        unchanged=len(old.keys() & new.keys()) - len(changed),
        beside=tuple(
            what for what, file in _BESIDE.items() if before.manifest.files.get(file) != after.manifest.files.get(file)
        ),
    )


def passage_counts(before: Sequence[str], after: Sequence[str]) -> tuple[int, int, int]:
    """Count the passages that were added, changed and removed: one in the place of another is changed."""
    added = changed = removed = 0
    for verb, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if verb != "equal":
            old, new = end - start, new_end - new_start
            changed += min(old, new)
            added += max(0, new - old)
            removed += max(0, old - new)
    return added, changed, removed


def _changed(name: str, before: Generation, after: Generation) -> DocumentChange | None:
    old, new = before.document(name), after.document(name)
    assert old is not None
    assert new is not None
    values = old.source.to_json(), new.source.to_json()
    fields = tuple(
        (field, _in_words(values[0].get(field)), _in_words(values[1].get(field)))
        for field in sorted(values[0].keys() | values[1].keys())
        if field not in _NOT_COMPARED and values[0].get(field) != values[1].get(field)
    )
    counts = passage_counts(_passages(name, before), _passages(name, after))
    return DocumentChange(name, new.source.title, *counts, fields) if fields or any(counts) else None


def _alone(name: str, generation: Generation, *, is_added: bool) -> DocumentChange:
    document = generation.document(name)
    assert document is not None
    count = len(generation.passages_of(name))
    return DocumentChange(name, document.source.title, *((count, 0, 0) if is_added else (0, 0, count)))


def _passages(name: str, generation: Generation) -> list[str]:
    document = generation.document(name)
    assert document is not None
    return [document.slice(generation.passage(row).span) for row in generation.passages_of(name)]


def _in_words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
