"""Small talk: what is said to whoever has not asked the reports anything.

In: a question. Out: a plain sentence, or None where it asks something.

>>> read_talk("Great, thanks!"), read_talk("Thanks for the report on hostels")
('You are welcome. Ask on whenever you like.', None)

The phrases are a closed list: whatever is not on it is a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# As they are typed on a phone.
_SHORT = {
    "u": "you",
    "ur": "your",
    "r": "are",
    "ya": "you",
    "thankyou": "thanks",
    "ty": "thanks",
    "thnx": "thanks",
    **dict.fromkeys(("wat", "wht", "wot"), "what"),
    "thats": "that's",
    "whats": "what's",
    "youre": "you're",
    "im": "i'm",
    "dont": "don't",
    "didnt": "didn't",
    "doesnt": "doesn't",
    "isnt": "isn't",
    "wasnt": "wasn't",
}
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")

_HOW = (
    "Ask in your own words, about a place, a time or a subject. Every answer is quoted word for word, with its place."
)
_WELCOME = "You are welcome. Ask on whenever you like."
_SAYS = {
    "hello": f"Hello. {_HOW}",
    "thanks": _WELCOME,
    "bye": "Goodbye.",
    "who": "This is a search of the reports and no person. It quotes them word for word, and adds nothing.",
    "can": _HOW,
    "fine": "This is a search of the reports and no person, and it works. " + _HOW,
    "ok": "Ask on whenever you like.",
    "wrong": "The quotes are what these texts say, and may not be what was meant. Ask in other words, or name a place, "
    "a time or a report.",
    "kept": "Nothing is sent to anyone but this server. The page About says what is kept, and where the reports come "
    "from.",
}
_PHRASES = {
    "ok": "never mind|forget it|forget that|my mistake|my bad|yes please|no worries|no problem|not really",
    "thanks": "good job|great job|nice job|good work|nice work|great work|well done|love it|love this|good bot",
    "hello": "hi|hello|hey|hiya|howdy|yo|hi there|hello there|hey there|hi all|hello again|good morning|good afternoon"
    "|good evening|morning|greetings|hello world|hi hello",
    "bye": "bye|bye bye|goodbye|good bye|see you|see you later|see ya|good night|goodnight|take care|bye for now"
    "|that's all|that is all|that's all for now|that's it|nothing else|i'm done",
    "who": "who are you|what are you|who is this|what is this|what's this|who made you|who built you|who made this"
    "|what is your name|what's your name|are you a bot|are you a robot|are you human|are you a human|are you real"
    "|are you a person|are you a real person|are you ai|are you an ai|are you chatgpt|is this a bot|is this ai"
    "|is this chatgpt|am i talking to a bot|am i talking to a person|who am i talking to|what is this site"
    "|what is this website|what is this page|what is this app|what's this site|tell me about yourself"
    "|introduce yourself|tell me a joke|sing me a song|i love you|i hate you|do you love me|where are you"
    "|how old are you|can i talk to a person|can i speak to a person|can i talk to someone|can i speak to someone"
    "|can i speak to a human|i want to talk to a person|i want to speak to someone|can you speak welsh"
    "|do you speak welsh",
    "can": "what can you do|what can you tell me|what can i ask|what can i ask you|what should i ask|what do i ask"
    "|what can i do here|what do you do|what do you know|what do you know about|how does this work|how do you work"
    "|how does it work|how do i use this|how do i use it|how to use this|help|help me|can you help|can you help me"
    "|how can you help|how can you help me|i need help|what questions can i ask|what kind of questions can i ask"
    "|what sort of questions can i ask|what is this for|what are you for|what can this do|what does this do"
    "|where do i start|how do i start|can i ask you a question|can i ask a question|can i ask you something"
    "|i have a question|i've got a question",
    "wrong": "you're wrong|you are wrong|that's wrong|that is wrong|wrong answer|that's not right"
    "|that isn't right|that's not what i asked|not what i asked|that's not what i meant|not what i meant"
    "|that is not what i asked|that is not what i meant|that's not it|that doesn't help|that doesn't answer my question"
    "|that didn't answer my question|that does not answer my question|you didn't answer my question"
    "|you did not answer my question|not helpful|that's not helpful|that wasn't helpful|this is not helpful"
    "|this isn't helpful|useless|this is useless|you're useless|rubbish|this is rubbish|that makes no sense"
    "|this makes no sense|i don't get it|i don't understand|you don't understand",
    "fine": "how are you|how are you doing|how are you today|how's it going|how is it going|what's up|are you ok"
    "|are you there|you there|anyone there|anybody there|is anyone there|how do you do|nice to meet you",
}
_KINDS = {phrase: kind for kind, phrases in _PHRASES.items() for phrase in phrases.split("|")}
# With these nothing is asked, whatever their order.
_NODS = frozenset(
    """
    ok okay great cool nice perfect brilliant lovely excellent wonderful fine alright sure wow super awesome amazing
    fantastic interesting right oh ah hmm aha haha lol yay well that's that is it all very really so i see got
    understood good helpful useful makes sense nvm nevermind sorry oops
    """.split()
)
# Sentences made of nothing but these, with one of the first, say something of the program, or to it.
_MADE_OF = {
    "ok": (
        "sorry ignore scrap forget typo mistake accident oops wait hang hold nvm nevermind",
        """
        that this it my your wrong window tab button box message one question bad i meant to mean didn't don't never
        mind for send sent typed typing hit pressed press enter too early soon by an in on a sec second moment minute
        let me think please oh and again was is that's just go no yes
        """,
    ),
    "who": (
        "robot bot human person chatbot chatgpt gpt ai computer machine program name built made makes wrote runs owns "
        "behind",
        """
        are am is it this that you i your what who which a an the or some kind of sort
        just real actual actually really even site website
        app page thing tool service by with to talking speaking chatting typing called do does did and so
        or here
        """,
    ),
    "can": (
        "ask use work works stuff answer answers information",
        """
        what which sort sorts kind kinds type types of things questions question can could should may do does i we you
        about here this site website app page thing tool bot chat to me with how where your from help know get come
        for some something anything have need want please are there any in
        """,
    ),
    "kept": (
        "store stored storing save saved saving record recording recorded track tracking private privacy official "
        "accurate reliable trust data",
        """
        is are do does did can could i you your my it this that these what where who how to the a an or and any
        in on of from with about be been being anywhere somewhere questions question answers answer typed type ask asked
        say said site website app page thing tool bot chat reports come get use here ever really all
        """,
    ),
    "bye": (
        "bye goodbye night later off done",
        """
        ok right well i i'm that's all see you talk speak soon have a good day nice evening weekend for now then gotta
        got to go must be i'll will leave it there take care and now here
        """,
    ),
    "thanks": (
        "helpful useful perfect brilliant great spot exactly amazing excellent lovely fantastic superb good nice star",
        """
        that that's this it's was really so very what i needed wanted just on ok oh wow you you're the best a mate work
        answer stuff exactly of help been
        """,
    ),
    "wrong": (
        "useless rubbish crap wrong unhelpful stupid terrible awful nonsense pointless confusing annoying garbage "
        "isn't doesn't didn't wasn't",
        """
        help helpful useful good work working right answer
        this that that's it's it is was you're you are your the answer answers site thing bot not so very really pretty
        quite a bit just total totally absolutely absolute complete completely again still what i asked me to for
        """,
    ),
}
_PROGRAM = frozenset(
    "you your this site website app page thing tool bot chatbot robot human ai chatgpt gpt computer machine i".split()
)
# One word alone may be what is looked for: "good", "data".
_LEAST_WORDS = 2
_ASKS_WHETHER = frozenset("is are was were does do did".split())
_SAID_OF = {kind: (frozenset(few.split()), frozenset(rest.split())) for kind, (few, rest) in _MADE_OF.items()}
# Alone these could be what is looked for.
_NEEDS_ANOTHER = frozenset(
    "good well all very really so that that's is it i see helpful useful right sense makes".split()
)
_THANKS = frozenset("thanks thank thx cheers ta".split())
_AROUND_THANKS = _NODS | frozenset(
    """
    you many lot much a for your the this help again anyway everyone guys in advance now bye mate no and i wanted needed
    want need to know was just what have everything
    """.split()
)


def read_talk(text: str) -> str | None:
    """Return what to say to ``text`` where it is small talk."""
    typed = [word.lower().replace("\u2019", "'") for word in _WORD.findall(text)]
    said = [_SHORT.get(word, word) for word in typed]
    kind = next(_kinds(said), None) if said else None
    return _SAYS[kind] if kind else None


def _kinds(said: list[str]) -> Iterator[str]:
    """Yield the kinds of small talk that the words make up, the surest first."""
    if kind := _KINDS.get(" ".join(said)):
        yield kind
    if _THANKS.intersection(said) and _THANKS.union(_AROUND_THANKS).issuperset(said):
        yield "thanks"
    if _NODS.issuperset(said) and not _NEEDS_ANOTHER.issuperset(said):
        yield "ok"
    yield from (kind for kind, words in _SAID_OF.items() if _is_made_of(said, *words))
    # "Ok great, who are you?", "hello, what can you do".
    for at in (1, 2):
        if (kind := _KINDS.get(" ".join(said[at:]))) and _opens(said[:at]):
            yield kind


def _is_made_of(said: list[str], few: frozenset[str], rest: frozenset[str]) -> bool:
    """Tell whether something is said of the program and nothing else.

    What points back may ask about the reports: "does it work?", "what do you know about that?".
    """
    if len(said) < _LEAST_WORDS or not few.intersection(said) or not (few | rest).issuperset(said):
        return False
    return not _PROGRAM.isdisjoint(said) or (said[0] not in _ASKS_WHETHER and {"it", "who", "what"}.isdisjoint(said))


def _opens(said: list[str]) -> bool:
    return _NODS.issuperset(said) or _KINDS.get(" ".join(said)) == "hello"
