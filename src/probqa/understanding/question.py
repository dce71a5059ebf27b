"""A question as it may be asked."""

from __future__ import annotations

from probqa.errors import InputError

MAX_QUESTION_CHARACTERS = 500


def checked_question(question: str) -> str:
    """Strip a question and refuse one that cannot be asked.

    >>> checked_question("  who? ")
    'who?'

    Raises:
        InputError: it is empty, over ``MAX_QUESTION_CHARACTERS``, or holds control characters.
    """
    question = question.strip()
    if not question:
        raise InputError("the question is empty", "type a question")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise InputError(
            f"the question has {len(question)} characters, more than {MAX_QUESTION_CHARACTERS}", "shorten it"
        )
    for character in question:
        if (
            (ord(character) < 32 and character not in "\t\n")
            or 0x7F <= ord(character) <= 0x9F
            or 0xD800 <= ord(character) <= 0xDFFF
        ):
            raise InputError(f"the question holds the control character U+{ord(character):04X}", "remove it")
    return " ".join(question.split())
