"""Candidates to those that speak of what a question asks to have explained.

In: a question, its candidates, and a glossary. Out: the candidates that name one of its terms, in any of its forms; all
of them where it asks for no meaning.
"""

from __future__ import annotations

from collections.abc import Sequence

from probqa.asking.signals import Candidate
from probqa.glossary.glossary import Glossary
from probqa.questions import Question


def speaking(question: Question, candidates: Sequence[Candidate], glossary: Glossary) -> Sequence[Candidate]:
    """Return the candidates whose own words name a term that is to be explained, in the order given.

    "Open Government Licence" is another term than "licence".
    """
    if not question.definitions:
        return candidates
    terms = {each.term for each in question.definitions}
    return [each for each in candidates if any(named.name in terms for _, named in glossary.explained(each.text))]
