"""What a question leaves out, to the rows that may still answer.

In: a ``Generation`` and the excluded names. Out: the passage rows that are not about any of them, ascending.

A document is left out where all that it is about is excluded, a passage where it names what is. A report of the whole
country is about no single place, so of it only the passages go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from probqa.asking.filters import headed_texts, union
from probqa.glossary.glossary import Named
from probqa.indexing.dense import Rows
from probqa.indexing.generation import NAMES_KEPT, Generation, kept
from probqa.indexing.lexical import words
from probqa.questions import Name
from probqa.records import Source
from probqa.understanding.names import has


def rows_without(generation: Generation, excluded: Sequence[Name]) -> Rows:
    """Return the rows that are about none of the ``excluded``."""
    left = np.ones(generation.passages, bool)
    for name in excluded:
        left[_rows_with(generation, name)] = False
    return np.flatnonzero(left)


@kept(NAMES_KEPT)
def _rows_with(generation: Generation, name: Name) -> Rows:
    """Return the rows that are about a name."""
    meant = Excluded(name, generation)
    rows = _holding(generation, meant.forms)
    named = np.array([meant.is_named_in(text) for text in headed_texts(generation, rows)], bool)
    of_reports = generation.rows_of(source.id for source in generation.sources if meant.is_all_of(source))
    return union([rows[named], of_reports])


class Excluded:
    """An excluded name with all that it stands for: the places in a place, what an owner ran."""

    def __init__(self, name: Name, generation: Generation) -> None:
        """Look up what the name stands for."""
        glossary, domain = generation.glossary, generation.domain
        self._name = name
        self._glossary = glossary
        self._wide = frozenset(("", *domain.wide_areas))
        self._body = next((body for body in domain.bodies if body.name == name.forms[-1]), None)
        self._meanings: set[str] = set()
        known = name.forms[-1]
        if name.kind == "place":
            within = (place.name for place in glossary.entries.places if known in glossary.containing(place.name))
            self._meanings = {known, *within}
        elif name.kind == "provider":
            self._meanings = {known, *(service.name for service in glossary.run_by(known))}
        self.forms = tuple(dict.fromkeys((*name.forms, *sorted(self._meanings))))

    def is_all_of(self, source: Source) -> bool:
        """Tell whether the source is about nothing else."""
        match self._name.kind:
            case "place":
                return source.area not in self._wide and self._are_all(
                    self._glossary.areas_named(source.area), [source.area]
                )
            case "provider":
                return bool(source.providers) and all(
                    self._are_all(self._glossary.providers_named(name), [name]) for name in source.providers
                )
            case "year":
                _, year, what = self._name.forms
                words_of_kind = {"report", "one", "finding", *words(f"{source.kind} {source.title}")}
                return source.published.sure.year == year and words_of_kind.issuperset(words(what))
        about = "\n".join((source.title, source.area, *source.providers))
        return has(self._name, about) if self._body is None else self._is_only_body(source)

    def is_named_in(self, text: str) -> bool:
        """Tell whether a passage names it. Of words, all must stand there."""
        match self._name.kind:
            case "place":
                return any(map(self._is_meant, self._glossary.areas_named(text)))
            case "provider":
                return any(map(self._is_meant, self._glossary.providers_named(text)))
        if self._body is not None:
            return self._body.pattern.search(text) is not None
        return self._name.kind != "year" and self._name.stems.issubset(words(text))

    def _is_only_body(self, source: Source) -> bool:
        assert self._body
        return bool(source.providers) and all(map(self._body.pattern.search, source.providers))

    def _are_all(self, named: Sequence[Named], texts: Iterable[str]) -> bool:
        if named:
            return all(map(self._is_meant, named))
        return any(has(self._name, text) for text in texts)

    def _is_meant(self, named: Named) -> bool:
        """Tell whether it is the excluded one, lies in it or was run by it, or has it in its own name."""
        return named.name in self._meanings or (named.name not in self._wide and has(self._name, named.name))


def _holding(generation: Generation, forms: Iterable[str]) -> Rows:
    """Return the rows that hold all words of one of the ``forms``, each once."""
    return union([generation.lexical.rows_holding(stems) for stems in map(words, forms) if stems])
