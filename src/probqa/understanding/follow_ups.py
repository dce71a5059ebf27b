"""A question that leans on the one before it, completed with names from there.

A complete one is left alone.

In: the turns of a conversation, oldest first, a glossary and a domain. Out: the question to run and what was carried.

>>> from probqa.glossary.domain import NO_DOMAIN
>>> from probqa.glossary.entries import Entries
>>> asked = Turn("How were women supervised in 2016?")
>>> run = complete([asked, Turn("And why?")], Glossary(Entries()), NO_DOMAIN)
>>> run.question, [(each.kind, each.text) for each in run.carried]
('And why? 2016 women supervised', [('year', '2016'), ('subject', 'women supervised')])
>>> complete([asked, Turn("Did anyone praise the office and its staff?")], Glossary(Entries()), NO_DOMAIN).carried
()

A question is incomplete when it opens as an addition ("and", "what about", "yes"), is a phrase without a verb ("in
Kent?"), leaves its noun out ("how many were late?"), has at most one meaning-bearing word ("why?", "in which year?"),
or points back ("it", "those", "there", "the same", "any others") to what it does not name itself. What it names itself
is never carried: "and in Kent?" takes no other place over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from probqa.glossary.domain import Domain
from probqa.glossary.glossary import Glossary
from probqa.indexing.encoder import Vectors
from probqa.indexing.lexical import words
from probqa.questions import Carried, Kind, Turn
from probqa.records import Span
from probqa.understanding.kinds import read_kind
from probqa.weights import WEIGHTS, Weights

_OPENS = re.compile(
    r"(?<!\s)\s*+(?:(?:and|but|or|also|what about|how about|what of|then|so|same for|yes|yeah)\b|no\s*(?:[,.!]|$))",
    re.IGNORECASE,
)
# The noun is left out: "how many were late?", but not "how many are there in Kent?".
_NOUNLESS = re.compile(r"\s*how many (?:is|are|was|were|do|does|did|has|have|had)\b(?! there\b)", re.IGNORECASE)
# One word is enough where that word is asked for: "what is probation?", "what is a hostel?", "tell me about Weir".
_DEFINES = re.compile(
    r"\s*+(?:(?i:what(?: is| are|'s)) (?:an? )?\w+(?<!ed)(?<!ing)"
    r"|(?:(?i:wh(?:at|o)(?: is| are| was| were|'s))|.{0,500}\b(?:tell|know|hear)\b.{0,500} about)"
    r" (?:the )?[A-Z][\w.-]+)[\s?.!]*"
)
_TOKEN = re.compile(r"\w+(?=n't\b)|n't\b|'\w+|\w+(?:[.-]\w+)*|[.,;:?!]")

_BE = frozenset("is are was were be been 's".split())
_AUXILIARIES = _BE | frozenset("do does did has have had can could will would should may might must".split())
_QUESTION_WORDS = frozenset("what who whom whose which when where why how whether if".split())
_PREPOSITIONS = frozenset(
    """
    about after at before between beyond by despite during except for from in inside into like near of on outside over
    since through to under until with within without
    """.split()
)
_DETERMINERS = frozenset("the a an each every no any another one this that".split())
_CONJUNCTIONS = frozenset("that while because since after before until though although unless once as than so".split())
_STOPS = frozenset(".,;:?!")
# Words that ask for a kind of answer; alone they say nothing about the subject.
_ASKS = frozenset(
    words(
        """
        year date many much reason example detail happen say mean know tell change different more less next well
        please thank thanks hello interested like want hear give show explain describe compare
        """
    )
)
_YEAR = re.compile(r"\b(?:19|20)\d\d(?:[-–/]\d\d(?:\d\d)?)?\b")
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")

# What a pronoun can stand for: one thing, several, or either.
_ONE, _MANY, _EITHER = frozenset({"one"}), frozenset({"many"}), frozenset({"one", "many"})
_PRONOUNS = (
    dict.fromkeys("it its this that one he him his she her hers".split(), _ONE)
    | dict.fromkeys("they them theirs these those ones".split(), _MANY)
    | dict.fromkeys("their there other others".split(), _EITHER)
)
_POSSESSIVES = frozenset("its their his her".split())
_PEOPLE = frozenset("anyone anybody someone somebody everyone everybody nobody who".split())
_PLURALS = frozenset("people women men children staff police".split())
# "It is likely to fail" speaks of a thing, "it is hard to say" of none.
_RAISING = frozenset("going likely able about supposed expected meant used due set begin start continue".split())
_TAKES = frozenset("take takes took cost costs matter matters seem seems appear appears help helps mean means".split())


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question as it was typed, and what it took over.

    ``carried`` is empty for a complete question. ``kind`` is the kind of thing it asks for, by itself or as the
    question before it did, as far as the words that were typed tell.
    """

    typed: str
    carried: tuple[Carried, ...] = ()
    kind: Kind | None = None

    @property
    def question(self) -> str:
        """Return the question to run: what was typed, and all words that were carried."""
        return " ".join([self.typed, *(each.text for each in self.carried if each.kind != "asked")])

    @property
    def named(self) -> str:
        """Return what was typed and the names that were carried, which count as if they were typed."""
        return " ".join([self.typed, *(each.text for each in self.carried if each.kind not in ("subject", "asked"))])

    @property
    def subject(self) -> str:
        """Return the other words that were carried, which count for less."""
        return " ".join(each.text for each in self.carried if each.kind == "subject")


def complete(turns: Sequence[Turn], glossary: Glossary, domain: Domain, weights: Weights = WEIGHTS) -> FollowUp:
    """Complete the last of the ``turns`` from the one before it, itself completed from those before it.

    What a turn has dropped is gone from then on: later turns are completed from what it asked without it.
    """
    # A complete question begins the conversation anew.
    first = next((number for number in range(len(turns) - 1, 0, -1) if not is_incomplete(turns[number].text)), 0)
    run = FollowUp(turns[first].text, (), read_kind(turns[first].text, domain))
    for last, turn in pairwise(turns[first:]):
        run = _completed(turn, last.text, run, glossary, domain, weights)
    return run


def _completed(
    turn: Turn, last: str, before: FollowUp, glossary: Glossary, domain: Domain, weights: Weights
) -> FollowUp:
    text = turn.text
    replaced = _replaced(text, last, glossary, domain.abbreviations, weights)
    carried = _carried(text, before.question, replaced, glossary, domain.abbreviations, weights)
    run = FollowUp(text, tuple(each for each in carried if each.text not in turn.dropped))
    kind = read_kind(run.question, domain)
    if kind is None and before.kind is not None and _asks_nothing(text) and before.kind.asked not in turn.dropped:
        return replace(run, carried=(*run.carried, Carried("asked", before.kind.asked)), kind=before.kind)
    return replace(run, kind=kind)


def _asks_nothing(question: str) -> bool:
    """Tell whether a question has no verb and no question word of its own: "and in Kent?", "what about women?"."""
    rest = _OPENS.sub("", question.replace("’", "'"), count=1)
    tokens = {token.lower() for token in _TOKEN.findall(rest)}
    return bool(tokens - _STOPS) and not tokens & (_AUXILIARIES | _QUESTION_WORDS)


def lean(typed: Vectors, ran: Vectors, share: float = WEIGHTS.carried_vector) -> Vectors:
    """Return the unit vector of a completed question: mostly what was typed, not to be drowned by what was carried.

    >>> [f"{part:.2f}" for part in lean(np.float32([1, 0]), np.float32([0, 1]))]
    ['0.92', '0.39']
    """
    mixed = (1 - share) * typed + share * ran
    return np.asarray(mixed / np.linalg.norm(mixed), np.float32)


def is_incomplete(question: str) -> bool:
    """Tell whether a question cannot be understood by itself."""
    question = question.replace("’", "'")
    if _OPENS.match(question) or _NOUNLESS.match(question):
        return True
    own = {word for word in words(question) if word not in _ASKS}
    if len(own) <= 1 and not (own and _DEFINES.fullmatch(question)):
        return True
    # All in capitals, "IT" may be the pronoun; else it is a name, as "US" is.
    typed = _TOKEN.findall(question.lower() if question.isupper() else question)
    tokens = [token if len(token) > 1 and token.isupper() else token.lower() for token in typed]
    if tokens[0] in _PREPOSITIONS and not set(tokens) & (_AUXILIARIES | _QUESTION_WORDS):
        return True
    return any(
        _points_back(tokens, typed, position) and not _is_named(tokens, typed, position)
        for position in range(len(tokens))
    )


def _points_back(tokens: Sequence[str], typed: Sequence[str], position: int) -> bool:
    """Tell whether the word at ``position`` stands for something said elsewhere."""
    word, rest = tokens[position], tokens[position + 1 :]
    before, after = tokens[position - 1] if position else "", rest[0] if rest else "?"
    match word:
        case "it":
            return not _is_expletive(tokens, typed, position)
        case "this" | "these":
            return after not in ("year", "month", "week", "day", "days", "time")
        case "that":  # a conjunction ("said that") or a relative ("the office that") does not
            opening = before in ("", *_PREPOSITIONS, *_AUXILIARIES, *_QUESTION_WORDS)
            return after in _STOPS or (opening and after != "of")
        case "those":
            people = ("who", "whose", "whom", "that", "which", "aged", "most", *_PREPOSITIONS)
            return after not in people and not after.endswith(("ed", "ing"))
        case "there":  # "is there" says that something exists, "hello there" nothing
            return not {before, after} & (_AUXILIARIES | {"n't", "hello", "hi", "hey"})
        case "one":
            return before in ("the", "which") and (after in _STOPS or after in _PREPOSITIONS | _AUXILIARIES)
        case "other" | "others":
            compared = {"than", "besides", "except", "apart", "aside"} & set(tokens)
            return before in ("the", "any", "some", "what", "which", "there", "many") and not compared
        case "same":
            nounless = after in _STOPS | _PREPOSITIONS | _AUXILIARIES or after == "true"
            return before == "the" and nounless and not {"as", "and"} & set(tokens)
        case "else":
            return before not in _PEOPLE | {"one"} and not {"than", "besides", "apart"} & set(rest)
        case "neither":
            return "nor" not in rest
    return word in _PRONOUNS


def _is_expletive(tokens: Sequence[str], typed: Sequence[str], position: int) -> bool:
    """Tell whether this "it" stands for nothing: "is it true that", "does it cost more to", "is it getting harder"."""
    before, after = tokens[position - 1] if position else "", tokens[position + 1] if position + 1 < len(tokens) else ""
    if after == "getting":
        return True
    if before not in _BE and after not in _BE | _TAKES:
        return False
    for here in range(position + 1, len(tokens) - 1):
        word, last, following = tokens[here], tokens[here - 1], typed[here + 1]
        if word in ("that", "if", "whether", "who"):
            return True
        if word == "to" and last not in _RAISING and not last.endswith("ed") and _may_be_verb(following):
            return True
    return False


def _may_be_verb(word: str) -> bool:
    return word.islower() and word not in _DETERMINERS


def _is_named(tokens: Sequence[str], typed: Sequence[str], position: int) -> bool:
    """Tell whether what the pronoun at ``position`` stands for is named before it in the question.

    "Its" and "their" may stand for anything before them. Another pronoun cannot stand for the subject of its own clause
    ("what did inspectors say of them?"), so only what was named in the clauses before counts.
    """
    if tokens[position] not in _PRONOUNS:
        return False
    end = position
    if tokens[position] in _POSSESSIVES:
        # "The rules on their use": what holds the pronoun is not what it stands for.
        if tokens[position - 1] in ("of", "on", "about"):
            end = position - 2
    elif not _opens_clause(tokens, position):
        end = max((here for here in range(1, position) if _begins_clause(tokens, here)), default=0)
        # "Does keeping prisoners inside stop them?": a subject with "-ing" is a clause.
        if not end and tokens[0] in _AUXILIARIES and tokens[1].endswith("ing"):
            end = position
    return any(number & _PRONOUNS[tokens[position]] for number in _nouns(tokens[: max(end, 0)], typed))


def _begins_clause(tokens: Sequence[str], position: int) -> bool:
    if tokens[position] in ("and", "or", "but"):
        return not (_QUESTION_WORDS | _AUXILIARIES | _PRONOUNS.keys()).isdisjoint(tokens[position + 1 : position + 2])
    return tokens[position] in _QUESTION_WORDS | _CONJUNCTIONS | _STOPS


def _opens_clause(tokens: Sequence[str], position: int) -> bool:
    """Tell whether the pronoun at ``position`` is the subject of a clause by itself, as in "who said they left?"."""
    subject = tokens[position] in ("he", "she", "they") or (
        tokens[position] == "it" and not _AUXILIARIES.isdisjoint(tokens[position + 1 : position + 2])
    )
    return subject and tokens[position - 1] not in _AUXILIARIES


def _nouns(tokens: Sequence[str], typed: Sequence[str]) -> Iterator[frozenset[str]]:
    """Return the number of each word that may be a noun: a name, a plural, or what follows an article.

    (A thing that can be counted has an article before it: "it" is never a bare word of the question.)
    """
    determined = False
    for position, token in enumerate(tokens):
        if token in _DETERMINERS:
            determined = True
        elif token in _PEOPLE:
            yield _EITHER
        elif not _has_meaning(token):
            determined = False
        elif typed[position][0].isupper():
            yield _EITHER
        elif token in _PLURALS or re.search(r"\w\w[^suia]s$", token):
            yield _MANY
        elif determined:
            yield _ONE


def _has_meaning(token: str) -> bool:
    """Tell whether a word may name something: no auxiliary, no ending such as "'ve", no word that only asks."""
    known = _AUXILIARIES | _QUESTION_WORDS | {"n't"}
    return token[0].isalnum() and token not in known and not _ASKS.issuperset(words(token))


def _replaced(
    question: str, last: str, glossary: Glossary, bodies: re.Pattern[str], weights: Weights
) -> frozenset[str]:
    """Return the words of ``last`` that ``question`` puts others in the place of: "what about women?", "and men?"."""
    both_add = _OPENS.match(question) and _OPENS.match(last)
    if both_add and _subject(question, _names(question, glossary) + _spans(bodies, question), frozenset(), weights):
        return frozenset(words(bodies.sub("", last)))
    return frozenset()


def _carried(
    question: str,
    before: str,
    replaced: frozenset[str],
    glossary: Glossary,
    bodies: re.Pattern[str],
    weights: Weights,
) -> list[Carried]:
    """Return what ``before`` names and ``question`` does not: bodies, places, years, and then its other words."""
    providers = glossary.providers_named(before)
    names_body = bool(glossary.providers_named(question) or bodies.search(question))
    names_place = bool(glossary.areas_named(question))
    # A company belongs to its places: "and in Kent?" asks about whoever worked there.
    carried = [] if names_body or names_place else [Carried("provider", _text(before, each.span)) for each in providers]
    if not names_place:
        inside = [named.span for named in providers]
        carried += [
            Carried("place", _text(before, named.span))
            for named in glossary.areas_named(before)
            if not any(named.span in span for span in inside)
        ]
    if not _YEAR.search(question):
        carried += [Carried("year", match.group()) for match in _YEAR.finditer(before)]
    taken = _names(before, glossary)
    if names_body:
        taken += _spans(bodies, before)
    subject = _subject(before, taken, replaced.union(words(question)), weights)
    if subject:
        carried.append(Carried("subject", subject))
    return list(dict.fromkeys(carried))


def _names(text: str, glossary: Glossary) -> list[Span]:
    """Return where ``text`` names a body, a place or a year."""
    named = (*glossary.providers_named(text), *glossary.areas_named(text))
    return [*(each.span for each in named), *_spans(_YEAR, text)]


def _spans(pattern: re.Pattern[str], text: str) -> list[Span]:
    return [Span(*match.span()) for match in pattern.finditer(text)]


def _subject(text: str, taken: Sequence[Span], held: frozenset[str], weights: Weights) -> str:
    """Return the meaning-bearing words of ``text``, in order and each once, but those ``taken`` or ``held`` already."""
    seen = set(held | _ASKS)
    kept: list[str] = []
    for match in _WORD.finditer(text):
        span = Span(*match.span())
        stems = words(match.group())
        if not stems or seen.issuperset(stems) or any(span in each for each in taken):
            continue
        kept.append(match.group())
        seen.update(stems)
    return " ".join(kept[: weights.subject_words])


def _text(text: str, span: Span) -> str:
    return text[span.start : span.end]
