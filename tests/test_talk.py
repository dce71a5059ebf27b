"""Small talk gets a plain sentence; whatever else is said is a question."""

from __future__ import annotations

import pytest

from probqa.understanding.talk import read_talk


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("thank u so much", "You are welcome."),
        ("hi, who r u", "This is a search of the reports and no person."),
        ("thanks", "You are welcome."),
        ("Thank you very much!", "You are welcome."),
        ("great, thanks", "You are welcome."),
        ("ok thanks bye", "You are welcome."),
        ("hello", "Hello."),
        ("Hi there!", "Hello."),
        ("Good morning", "Hello."),
        ("what can you do?", "Ask in your own words"),
        ("hello, what can you do", "Ask in your own words"),
        ("help", "Ask in your own words"),
        ("Who are you?", "This is a search of the reports and no person."),
        ("are you a bot", "This is a search of the reports and no person."),
        ("how are you", "This is a search of the reports and no person, and it works."),
        ("bye", "Goodbye."),
        ("ok great", "Ask on whenever you like."),
        ("I see, that's interesting", "Ask on whenever you like."),
        ("ok cool 👍", "Ask on whenever you like."),
        ("thx thats all", "You are welcome."),
        ("good job", "You are welcome."),
        ("wht can u do", "Ask in your own words"),
        ("nvm", "Ask on whenever you like."),
        ("that was really helpful", "You are welcome."),
        ("spot on, exactly what i needed", "You are welcome."),
        ("right im off now", "Goodbye."),
        ("do you save what I type anywhere?", "Nothing is sent to anyone but this server."),
        ("how reliable is this", "Nothing is sent to anyone but this server."),
        ("that wasn't very helpful", "The quotes are what these texts say"),
        ("it isn't working, this site", "The quotes are what these texts say"),
        ("oops, wrong tab, ignore me", "Ask on whenever you like."),
        ("cheers thats everything i needed", "You are welcome."),
        ("who wrote this thing", "This is a search of the reports and no person."),
        ("am i chatting to a real human or some kind of computer?", "This is a search of the reports and no person."),
        ("what kind of things can this site answer questions about", "Ask in your own words"),
        ("where does your information come from?", "Ask in your own words"),
        ("this is just total rubbish", "The quotes are what these texts say"),
        ("yes please", "Ask on whenever you like."),
        ("you're wrong", "The quotes are what these texts say"),
        ("Thats not what I asked!", "The quotes are what these texts say"),
        ("tell me a joke", "This is a search of the reports and no person."),
    ],
)
def test_small_talk_gets_a_sentence(said: str, begins: str) -> None:
    reply = read_talk(said)
    assert reply
    assert reply.startswith(begins)


@pytest.mark.parametrize(
    "asked",
    [
        *("who runs it?", "who is behind it", "is that wrong?", "does it work", "can i get help", "what is the name"),
        *(
            "what do you know about that",
            "can you tell me more",
            "wait, which one",
            "what works",
            "who made the decision",
        ),
        *("did it help", "it doesn't work", "was it good", "are reports accurate", "is the data good", "who done it"),
        *("yes", "no", "good", "outstanding", "why", "testing", "???", "👍"),
        "thanks for the report on hostels",
        "thanks, and in Weir?",
        "who are you inspecting",
        "what can you do about recall",
        "hello weir",
        "help for women",
        "is it good",
        "ok and in Weir",
    ],
)
def test_a_question_is_no_small_talk(asked: str) -> None:
    assert read_talk(asked) is None
