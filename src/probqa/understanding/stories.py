"""A long story to the question in it, with the names that it leans on.

In: a text of several sentences, some of which ask. Out: a ``Story``.

>>> from probqa.glossary.domain import NO_DOMAIN
>>> from probqa.glossary.entries import Entries
>>> from probqa.glossary.glossary import Place
>>> told = "my brother was let out in Kent. he has no home. who helps people find one? thanks."
>>> story = read_story(told, Glossary(Entries(places=(Place("Kent"),))), NO_DOMAIN)
>>> story.question, story.left_out
('who helps people find one? Kent', 'my brother was let out in Kent. he has no home. thanks.')
>>> read_story("Was it late? Why?", Glossary(Entries()), NO_DOMAIN).left_out
''

A question in it that cannot be understood by itself is completed from the sentences before it, as one is from the
question before it; any other takes over the place and the body that were named last, for it is them that are meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from probqa.glossary.domain import Domain
from probqa.glossary.glossary import Glossary
from probqa.indexing.lexical import stems, words
from probqa.questions import Reading, Turn
from probqa.understanding.follow_ups import complete
from probqa.understanding.leaning import ASKS, is_incomplete

_SHOWN = 160
_END = re.compile(r"(?<![.!?\u2026])[.!?\u2026]++[\"'\u201d\u2019)]*+\s++")
# Their full stop ends no sentence.
_SHORT = frozenset("dr mr mrs ms prof st no e.g i.e eg ie vs etc approx".split())
_LAST_WORD = re.compile(r"[^\s(\"']*$")
_LONGEST_WORD = 40
# How a question without its mark opens.
_ASKS = re.compile(
    r"(?:(?:and|but|so|also|ok|okay|then|please)\b[, ]*){0,3}(?:what|who|whom|whose|which|when|where|why|how|is|are|was"
    r"|were|do|does|did|has|have|can|could|will|would|should|tell|show|list|explain|compare|describe|give|find)\b",
    re.IGNORECASE,
)
# What a word means does not hang on who is told of.
_DEFINES = re.compile(
    r"\b(?:what|how)\b.{0,200}\b(?:means?|meant by|stands? for)\b|what(?: is|'s|\u2019s| are) (?:an? )?\w+[\s?.!]*$",
    re.IGNORECASE,
)
# It goes on with the question before it.
_ADDS = re.compile(r"(?:and|or)\b", re.IGNORECASE)
# Behind what is told, in the same sentence, this opens the question.
_CUE = re.compile(
    r"\b(?:i (?:just )?(?:want(?:ed)?|need|am trying) to (?:know|find out|ask|understand)"
    r"|i(?:'d| would) (?:just )?(?:like|love) to (?:know|find out|ask|understand)"
    r"|i(?:'m| am| was| have been)? ?(?:just )?"
    r"wonder(?:ing|ed)?|my question is|(?:can|could) (?:you|anyone|somebody|someone) (?:please )?(?:tell|explain|say)"
    r"|do(?:es)? (?:you|anyone|anybody) know|please (?:tell|explain))(?: me| us)?(?: (?:if|whether))?\b[,:]? ?",
    re.IGNORECASE,
)
_TOLD_WORDS = 6
# A question of so many words of its own takes over names only.
_OWN_WORDS = 3
# "A student at Leeds uni" asks about no Leeds.
_SOMEBODY_THERE = re.compile(
    r" (?:uni|university|college|school|council|hospital|police|echo|evening|gazette|mail|mercury|news|post|star"
    r"|times)\b",
    re.IGNORECASE,
)
_POLITE = (
    r"hi|hello|hey|hiya|dear (?:all|team|sir|madam)|good (?:morning|afternoon|evening)|thanks|thank you"
    r"|many thanks|cheers"
    r"|ok|okay|great|right"
)
_GREETING = re.compile(
    rf"(?:{_POLITE})(?: (?:there|all|everyone|again|a lot|so much|very much))?[,;:!\u2013\u2014-] ?", re.IGNORECASE
)
_FAREWELL = re.compile(
    r"(?<=[^\s,;]), ?(?:and )?(?:many thanks|thanks|thank you|thx|cheers|please)"
    r"(?: (?:a lot|so much|very much|in advance))?[.!? ]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Story:
    """The question in a story, and all that was left out of it. ``reading`` is None where nothing was."""

    question: str
    left_out: str = ""
    reading: Reading | None = None


def read_story(text: str, glossary: Glossary, domain: Domain, dropped: Collection[str] = ()) -> Story:
    """Reduce ``text`` to the sentences that ask, unless that reading is among the ``dropped``."""
    before: list[str] = []
    asked: list[str] = []
    left_out: list[str] = []
    for sentence, asks in _sentences(text):
        polite, told, question = _split(sentence) if asks else ([], sentence, "")
        left_out += [*polite, *filter(None, [told])]
        if told and not asked:
            before.append(_CUE.sub("", told))
        if question:
            asked.append(question)
    if not asked or not left_out:
        return Story(text)
    left = " ".join(left_out)
    shown = left if len(left) <= _SHOWN else left[:_SHOWN].rsplit(maxsplit=1)[0] + " …"
    if shown in dropped:
        return Story(text)
    first, *others = asked
    first = _completed(first, before, glossary, domain)
    return Story(
        completed := " ".join((_asked(first), *others)) if others else first,
        left,
        Reading("story", shown, f"left out; searched for: {completed}"),
    )


def _sentences(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each sentence, and whether it asks: those with a mark where one has it, else those that open like one."""
    sentences, start = [], 0
    for end in _END.finditer(text):
        word = _LAST_WORD.search(text[max(start, end.start() - _LONGEST_WORD) : end.start()])
        if text[end.start()] == "." and word and (word[0].lower() in _SHORT or len(word[0]) == 1):
            continue
        sentences.append(text[start : end.end()].strip())
        start = end.end()
    sentences.append(text[start:].strip())
    is_marked = [sentence.rstrip("\"'\u201d\u2019) .!").endswith("?") for sentence in sentences]
    asks = False
    for sentence, mark in zip(sentences, is_marked, strict=True):
        if sentence:
            opens = bool(_ASKS.match(sentence) or _CUE.search(sentence) or (asks and _ADDS.match(sentence)))
            asks = mark if any(is_marked) else opens
            yield sentence, asks


def _split(sentence: str) -> tuple[list[str], str, str]:
    """Return what is polite in a sentence that asks, what is told in it, and its question."""
    polite, told = [], ""
    if greeting := _GREETING.match(sentence):
        polite.append(greeting.group().strip())
        sentence = sentence[greeting.end() :]
    if farewell := _FAREWELL.search(sentence):
        polite.append(farewell.group().strip(" ,"))
        sentence = sentence[: farewell.start()] + "?" * ("?" in farewell.group())
    cue = _CUE.search(sentence)
    if cue and len(sentence[: cue.start()].split()) >= _TOLD_WORDS and sentence[cue.end() :].strip(" .?!"):
        told = sentence[: cue.end()].strip()
        sentence = sentence[cue.end() :]
    return polite, told, sentence.strip()


def _asked(question: str) -> str:
    """Return a question with its mark at the end, behind what was added to it."""
    return f"{question.replace('?', '').rstrip(' .!')}?"


def _completed(question: str, before: Sequence[str], glossary: Glossary, domain: Domain) -> str:
    """Return the question with what it takes over from the sentences before it."""
    if not before or _DEFINES.search(question):
        return question
    told = " ".join(before)
    told_terms = (told[span.start : span.end] for span, _ in glossary.definitions(told))
    terms = [term for term in told_terms if term.lower() not in domain.field_words]
    own = set(words(question)) - ASKS - stems(domain.report_words)
    if is_incomplete(question) and len(own) < _OWN_WORDS:
        if not terms:
            # The capital that opens a sentence makes no name.
            turns = [Turn(sentence[:1].lower() + sentence[1:]) for sentence in before]
            return complete([*turns, Turn(question)], glossary, domain).question
        question = " ".join((question, *dict.fromkeys(term for term in terms if term.lower() not in question.lower())))
    places = [named for named in glossary.areas_named(told) if not _SOMEBODY_THERE.match(told, named.span.end)]
    providers = glossary.providers_named(told)
    taken = [told[named[-1].span.start : named[-1].span.end] for named in (places, providers) if named]
    if glossary.areas_named(question) or glossary.providers_named(question):
        return question
    return " ".join(dict.fromkeys([question, *taken]))
