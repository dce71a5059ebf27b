"""A name of a place or body that a question has nearly right, and the question with the right one.

In: a ``Generation`` and a ``Question``. Out: ``Note`` records; that their offers are answered is still to be tried.

Single mistyped words are put right before (``LexicalIndex.corrected``). This finds what they leave: names of several
words, and those that stand in no report by themselves.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from probqa.indexing.generation import Generation, kept
from probqa.indexing.lexical import words
from probqa.questions import Question
from probqa.records import Note

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
# Letters that a name must share in order with what was typed (difflib).
_LIKENESS = 0.82
_SHORTEST = 4
_LONGEST_NAME = 4


def near_names(index: Generation, question: Question) -> Iterator[Note]:
    """Yield a note for each name that the question has nearly right, with what to ask instead.

    One word of it at least is in no report and no word of the language that the encoder knows.
    """
    text = question.asked
    known = [*index.glossary.providers_named(text), *index.glossary.areas_named(text)]
    corrected = {each.matched for each in question.added}
    typed = list(_WORD.finditer(text))
    strange = {at for at, word in enumerate(typed) if word[0] not in corrected and _is_strange(index, word[0])}
    if not strange:
        return
    names = _names(index)
    for size in range(_LONGEST_NAME, 0, -1):
        for first in range(len(typed) - size + 1):
            run = set(range(first, first + size))
            start, end = typed[first].start(), typed[first + size - 1].end()
            inside_known = any(named.span.start < end and start < named.span.end for named in known)
            if not run & strange or inside_known:
                continue
            meant = _nearest(text[start:end], [name for name in names if len(name.split()) == size])
            if meant:
                strange -= run
                yield Note(f"Did you mean ‘{meant}’?", (f"{text[:start]}{meant}{text[end:]}",))


def _is_strange(index: Generation, word: str) -> bool:
    if len(word) < _SHORTEST or index.encoder.is_word(word.lower()):
        return False
    return not any(index.lexical.document_frequency(stem) for stem in words(word))


@kept(1)
def _names(index: Generation) -> tuple[str, ...]:
    """Return the names of bodies and places, each once: those of the glossary, and those of the reports."""
    entries = index.glossary.entries
    who = entries.who_ran_what
    listed = [form for owner in who.owners for form in (owner.name, *owner.also)]
    listed += [form for service in who.services for form in (service.name, *service.also)]
    listed += [form for place in entries.places for form in (place.name, *place.also)]
    for source in index.sources:
        listed += [*source.places, *source.plain_providers]
    return tuple(dict.fromkeys(listed))


def _nearest(typed: str, names: Sequence[str]) -> str:
    """Return the name that is most like what was typed, whatever the capitals, or nothing."""
    small = {name.lower(): name for name in reversed(names) if name[:1].lower() == typed[:1].lower()}
    [*nearest] = difflib.get_close_matches(typed.lower(), small, n=1, cutoff=_LIKENESS)
    return small[nearest[0]] if nearest else ""
