"""Whether a question leans on the one before it, as far as its grammar tells.

In: a question. Out: whether it is incomplete, and in which way.

>>> [is_incomplete(text) for text in ("And in Kent?", "Who ran it?", "Did anyone praise the office and its staff?")]
[True, True, False]

A question is incomplete when it opens as an addition ("and", "what about", "yes"), is a phrase without a verb ("in
Kent?"), leaves its noun out ("how many were late?"), has at most one meaning-bearing word ("why?", "in which year?"),
or points back ("it", "those", "there", "the same", "any others") to what it does not name itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from probqa.indexing.lexical import words

OPENS = re.compile(
    r"(?<!\s)\s*+(?:(?:and|but|or|also|what about|how about|what of|then|so|same for|yes|yeah)\b|no\s*(?:[,.!]|$))",
    re.IGNORECASE,
)
# The noun is left out: "how many were late?", but not "how many are there in Kent?".
_NOUNLESS = re.compile(
    r"\s*how many (?:is|are|was|were|do|does|did|has|have|had)\b(?! there\b)"
    r"|(?:is|are|was|were) there (?:enough|any|many|more) (?:for|in|of|at)\b",
    re.IGNORECASE,
)
# One word is enough where that word is asked for: "what is probation?", "what is a hostel?", "tell me about Weir".
DEFINES = re.compile(
    r"\s*+(?:(?i:what(?: is| are|'s)) (?:an? )?\w+(?<!ed)(?<!ing)"
    r"|(?:(?i:wh(?:at|o)(?: is| are| was| were|'s))|.{0,500}\b(?:tell|know|hear)\b.{0,500} about)"
    r" (?:the )?[A-Z][\w.-]+)[\s?.!]*"
)
# Another time, counted from that of the question or answer before.
_COUNTS = dict(zip("a one two three four five six seven eight nine ten".split(), (1, *range(1, 11)), strict=True))
YEARS_ON = re.compile(
    rf"\b({'|'.join(_COUNTS)}|\d{{1,2}}) years? (later|after|on|before|earlier)\b|\bthe year (after|before)\b",
    re.IGNORECASE,
)
EARLIER = re.compile(r"\bbefore (?:that|then)\b|\b(?:previously|earlier|beforehand)\b", re.IGNORECASE)
_THAT_TIME = re.compile(r"\b(?:before|after|since) (?:that|then)(?=[\s?.!]*$)", re.IGNORECASE)
LATER = re.compile(
    r"\b(?:after|since) (?:that|then)\b|\b(?:afterwards|since|later)[\s?.!]*$"
    r"|\bsince(?= (?:improved|got|gone|become)\b)",
    re.IGNORECASE,
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
# Verbs that carry little by themselves, in all their forms: where the next question asks about the same, they are not
# what it is about.
_LIGHT_VERBS = frozenset(
    """
    n't ask asks asked asking become becomes became begin begins began begun begin blames blamed bring brings
    brought call calls called caused come comes came coming covered do doing done ended explain explains explained
    fail failed fails fall falls fell fallen feel feels felt find finds found finding follow follows followed gave
    get gets getting give given gives go goes going gone got gotten happen happened happens have having hear heard
    helps helped include includes included keep keeps kept knew know known knows leave leaves led left let lets
    looked looking lose loses lost made make makes making manage manages managed mean means meant meet meets met
    moved needed own owned owns pays paid put puts ran reach reached reacted run running runs said saw say saying
    says see seen sees sent show showed shown shows start started starts stay stayed stop stopped tell tells think
    thinks thought told took take taken takes taking try tried tries turn turned used want wanted wants warned went
    win won worked write writes written wrote worth
    """.split()
)
_TAKEN_UP = re.compile(
    r"^(?:(?:ok|okay|alright|hmm|oh|ah)\b[ ,.!]*|(?:right|well|fine|cool|great)[,.!] *)+", re.IGNORECASE
)
_GIVEN = re.compile(r"(?<=\w)(?:,? (?:then|though|please|instead|thanks)){1,3}[ ?.!]{0,9}$", re.IGNORECASE)
_PARTICLES = frozenset("over up out off down back away".split())
_SAY_NO_SUBJECT = _LIGHT_VERBS.union("'m 've 'd 'll 're".split())
# Alone they leave open what is asked about: "how many went?", "why not?".
SAY_LITTLE = frozenset(words(" ".join((*_LIGHT_VERBS, *_PREPOSITIONS, "not"))))
# Words that ask for a kind of answer; alone they say nothing about the subject.
ASKS = frozenset(
    words(
        """
        year date many much reason example detail happen say mean know tell change different more less next well
        please thank thanks hello interested like want hear give show explain describe compare
        often ever thing things anything something everything everywhere anywhere somewhere whether
        """
    )
)

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


def without_fillers(question: str) -> str:
    """Return a question without the words around it that only take up or give the word.

    >>> without_fillers("ok manchester then"), without_fillers("Right, and in Kent, please?")
    ('manchester', 'and in Kent')
    """
    return _TAKEN_UP.sub("", _GIVEN.sub("", question)) or question


def repeats(question: str) -> bool:
    """Tell whether an incomplete question asks the one before again, of something else or for more.

    "And in Kent?" and "why?" do; "who ran it?" asks something of its own.
    """
    question = question.replace("’", "'")
    tokens = _tokens(question)
    if asks_nothing(question):
        return True
    own = [word for word in words(question) if word not in ASKS]
    return not own and _PRONOUNS.keys().isdisjoint({*tokens} - {"that", "this"})


def asks_nothing(question: str) -> bool:
    """Tell whether a question has no verb and no question word of its own: "and in Kent?", "what about women?"."""
    rest = OPENS.sub("", question.replace("’", "'"), count=1)
    tokens = {token.lower() for token in _TOKEN.findall(rest)}
    return bool(tokens - _STOPS) and not tokens & (_AUXILIARIES | _QUESTION_WORDS)


def has_pronoun(question: str) -> bool:
    """Tell whether a pronoun of a question stands for something that it does not name itself."""
    return not _PRONOUNS.keys().isdisjoint(token.lower() for token in _TOKEN.findall(question.replace("’", "'")))


def years_on(question: str) -> int:
    """Return how many years after what was asked before a question asks about: 2 of "and two years later?".

    It is 0 where it does not say, and less for years before.
    """
    match = YEARS_ON.search(question)
    if not match:
        return 0
    count = (match[1] or "one").lower()
    years = _COUNTS.get(count) or int(count)
    return -years if (match[2] or match[3]).lower() in ("before", "earlier") else years


def without_verbs(question: str, *, participles: bool = True) -> str:
    """Return a question without the verbs that can be told by their form, so that what it is about is left.

    >>> without_verbs("What was said about women who were rated in Kent?")
    'What was about women who were in Kent?'
    >>> without_verbs("What was said about women who were rated in Kent?", participles=False)
    'What was about women who were rated in Kent?'
    """
    typed = _TOKEN.findall(question.replace("’", "'"))
    tokens = [token.lower() for token in typed]
    kept = [
        word
        for position, word in enumerate(typed)
        if tokens[position] not in _SAY_NO_SUBJECT and not (participles and _is_participle(tokens, position))
        # "Took over" is one verb.
        if not (position and tokens[position] in _PARTICLES and tokens[position - 1] in _LIGHT_VERBS)
    ]
    return re.sub(r" (?=[.,;:?!']|n't\b)", "", " ".join(kept))


def _is_participle(tokens: Sequence[str], position: int) -> bool:
    """Tell whether "rated" is a verb: what stands before a noun ("missed appointments") is none."""
    following = tokens[position + 1] if position + 1 < len(tokens) else "?"
    ends = following in _STOPS | _PREPOSITIONS | _AUXILIARIES | _QUESTION_WORDS | _DETERMINERS or following in (
        "and",
        "or",
    )
    return tokens[position].endswith("ed") and len(tokens[position]) > 4 and ends


def _tokens(question: str) -> list[str]:
    """Return words and stops in small letters, but for names that are written in capitals."""
    # All in capitals, "IT" may be the pronoun; else it is a name, as "US" is.
    typed = _TOKEN.findall(question.lower() if question.isupper() else question)
    return [token if len(token) > 1 and token.isupper() else token.lower() for token in typed]


def is_incomplete(question: str) -> bool:
    """Tell whether a question cannot be understood by itself."""
    question = without_fillers(question.replace("’", "'"))
    if OPENS.match(question) or _NOUNLESS.match(question) or _THAT_TIME.search(question):
        return True
    own = {word for word in words(question) if word not in ASKS}
    if len(own) <= 1 and not (own and DEFINES.fullmatch(question)):
        return True
    typed = _TOKEN.findall(question.lower() if question.isupper() else question)
    tokens = _tokens(question)
    # "Nothing on victims?" asks that of what was asked about before.
    if tokens[0] in ("nothing", "none"):
        return True
    # "Who took over?" says nothing of what.
    if tokens[0] in _QUESTION_WORDS and own <= SAY_LITTLE:
        return True
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
        case "things":  # "did things get better?"
            return before in _AUXILIARIES
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
    return token[0].isalnum() and token not in known and not ASKS.issuperset(words(token))
