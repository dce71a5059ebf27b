"""The calibration of a new generation, fitted by the build on the questions that are kept with the corpus.

In: a corpus; then the generation that is being built. Out: the calibration to take, and lines that tell people.

A fit is taken unless it judges the questions worse than the calibration that the corpus came with: each question is
judged by a model that was fitted without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from probqa.asking.library import Library
from probqa.calibration import Calibration
from probqa.errors import InputError
from probqa.indexing.build import Fit, Fitted, Progress
from probqa.indexing.generation import Generation
from probqa.measuring.calibrate import LEAST, Asked, Rates, fit_on, held_back, rates
from probqa.measuring.evaluation import GoldQuestion
from probqa.measuring.kept import read_kept
from probqa.measuring.smoke import library_over
from probqa.questions import Request

# So many take a minute or two, and more make a fit no better. Of more the same are drawn each time, whatever is added.
MOST = 500


def refit(corpus: Path) -> Fit | None:
    """Return what fits a calibration on the questions that are kept with a corpus: None where none is judged.

    Raises:
        InputError: they cannot be read, or a line is no question (named by its number).
    """
    questions = [question for question in read_kept(corpus) if not question.unjudged]
    return partial(_fitted, questions) if questions else None


def _fitted(
    questions: Sequence[GoldQuestion], generation: Generation, live: Calibration | None, progress: Progress
) -> Fitted:
    asked, left_out = _asked(questions, library_over(generation), progress)
    said = [f"left out of the questions that are kept: {name}: {why}" for name, why in left_out.items()]
    unanswerable = sum(each.question.unanswerable for each in asked)
    answerable = len(asked) - unanswerable
    if min(answerable, unanswerable) < LEAST:
        few = f"{answerable} questions that the reports answer and {unanswerable} that they do not are too few"
        why = f"of fewer than {LEAST} of each nobody can tell how often one in {LEAST} is refused"
        return Fitted(None, (*said, f"not refitted: {few}, for {why}; the fit before is kept"))
    old, new = generation.calibration, fit_on(generation, asked)
    before = _rates(np.array([old.confidence(each.signals) for each in asked]), old, asked)
    signals, labels = [each.signals for each in asked], [not each.question.unanswerable for each in asked]
    after = _rates(held_back(signals, labels), new, asked)
    has_lapsed = bool(old.rules) and not generation.is_calibrated
    if after.brier > before.brier and not has_lapsed:
        worse = f"on the {len(asked)} questions that are kept a new fit is further off than the one before"
        errors = f"a mean square error of {after.brier:.3f}, not {before.brier:.3f}"
        return Fitted(old, (*said, f"not refitted: {worse} ({errors}), which is kept"))
    return Fitted(new, (*said, _told(len(asked), live or before, after)))


def _told(asked: int, before: Calibration | Rates, after: Rates) -> str:
    """Say what a fit changes for those who ask."""
    refused, was = (round(100 * (1 - rates.shown)) for rates in (after, before))
    right, was_right = (round(100 * rates.refused) for rates in (after, before))
    return (
        f"refitted on {asked} questions: of 100 that the reports answer {refused} would now be refused (before {was}); "
        f"of 100 that they do not answer {right} are refused (before {was_right})"
    )


def _asked(
    questions: Sequence[GoldQuestion], library: Library, progress: Progress
) -> tuple[list[Asked], dict[str, str]]:
    """Ask the questions whose gold is in the index, and say of the others why not, by id."""
    gone = {question.id: _gone(question, library.generation) for question in questions}
    left_out = {name: why for name, why in gone.items() if why}
    drawn = sorted((each for each in questions if not gone[each.id]), key=_place)[:MOST]
    asked = []
    for number, question in enumerate(drawn):
        progress("asking the questions that are kept", number, len(drawn))
        try:
            signals = library.signals(Request.of(question.question, previous=question.history))
        except InputError as error:
            left_out[question.id] = error.problem
            continue
        if signals is not None:
            asked.append(Asked(question, 0, signals))
    progress("asking the questions that are kept", len(drawn), len(drawn))
    return asked, left_out


def _place(question: GoldQuestion) -> bytes:
    """Return what questions are put in order by: by chance, and the same in every build."""
    return hashlib.sha256(question.id.encode()).digest()


def _gone(question: GoldQuestion, generation: Generation) -> str:
    """Say why a question's gold is not in a generation: "" where some of it is, or nothing answers it."""
    names = dict.fromkeys((*question.documents, *(span.document_id for span in question.spans)))
    there = {name: document for name in names if (document := generation.document(name))}
    if names and not there:
        return f"the reports are without {' and '.join(names)}"
    if question.spans and not any(
        span.document_id in there and span.text in there[span.document_id].text for span in question.spans
    ):
        return f"its words are not in {' or '.join(there)} any more"
    return ""


def _rates(confidences: npt.NDArray[np.float64], calibration: Calibration, asked: Sequence[Asked]) -> Rates:
    return rates(
        confidences,
        calibration.weak_from,
        [each.signals for each in asked],
        [not each.question.unanswerable for each in asked],
    )
