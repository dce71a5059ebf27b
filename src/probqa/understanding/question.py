"""A question as it may be asked."""

from __future__ import annotations

import re

from probqa.errors import InputError
from probqa.text import CONTROLS, HALVES

MAX_QUESTION_CHARACTERS = 500
_UNFIT = re.compile(rf"(?![\t\n])[{CONTROLS}{HALVES}]")


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
    if unfit := _UNFIT.search(question):
        raise InputError(f"the question holds the control character U+{ord(unfit.group()):04X}", "remove it")
    return " ".join(question.split())
