"""A build fits the calibration on the questions that are kept with the corpus, and says what that changes."""

from __future__ import annotations

import dataclasses
import json
import os

import pytest

import building
from conftest import REPORTS, Opener, write_corpus
from probqa.calibration import CALIBRATION_FILE, WITHOUT_READER, Calibration
from probqa.indexing import storage
from probqa.indexing.build import BuildReport, build, is_stale
from probqa.indexing.inspection import status, verify
from probqa.measuring import refit as fitting
from probqa.measuring.calibrate import calibrate
from probqa.measuring.evaluation import GoldQuestion, GoldSpan
from probqa.measuring.refit import refit
from probqa.reading.corpus import QUESTIONS_FILE
from probqa.settings import Settings
from steps import Step
from test_calibration import QUESTIONS

REFITTED = (
    "refitted on {} questions: of 100 that the reports answer {} would now be refused (before {}); "
    "of 100 that they do not answer {} are refused (before {})"
)
# A calibration that says the opposite of what is true.
UPSIDE_DOWN = dataclasses.replace(WITHOUT_READER, weights=tuple(-one for one in WITHOUT_READER.weights), bias=1.2)


def keep(chosen: Settings, questions: list[GoldQuestion]) -> None:
    lines = [json.dumps({key: value for key, value in dataclasses.asdict(each).items() if value}) for each in questions]
    write_corpus(chosen.corpus, {QUESTIONS_FILE: "".join(f"{line}\n" for line in lines)})


def rebuilt(chosen: Settings, **named: bool) -> BuildReport:
    return build(chosen, refit=refit, **named)


@pytest.fixture
def kept(chosen: Settings) -> Settings:
    write_corpus(chosen.corpus, REPORTS)
    keep(chosen, QUESTIONS)
    return chosen


def test_a_build_fits_on_the_questions_and_says_what_that_changes(kept: Settings, opened: Opener) -> None:
    report = rebuilt(kept)
    assert report.fitted == (REFITTED.format(50, 0, 0, 100, 100),)
    generation = opened(kept)
    assert generation.is_calibrated
    assert (generation.calibration.answerable, generation.calibration.unanswerable) == (25, 25)
    assert generation.new_since_fit == (0, 0)
    assert not is_stale(kept, generation)
    assert list(verify(kept)) == []
    rates = status(kept)["calibration"]
    assert (rates["shown"], rates["refused"], rates["answerable"]) == (1.0, 1.0, 25)
    # What was written to be measured is gone.
    assert list(kept.index.glob(f"{storage.STAGING}*")) == []
    # What the corpus came with stays as it is.
    assert not (kept.corpus / CALIBRATION_FILE).exists()


def test_the_same_corpus_gives_the_same_bytes_and_is_not_fitted_twice(
    kept: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = dataclasses.replace(kept, index=kept.index.with_name("other"))
    names = [rebuilt(each).generation for each in (kept, other)]
    assert names[0] == names[1]
    files = [(each.index / names[0] / CALIBRATION_FILE).read_bytes() for each in (kept, other)]
    assert files[0] == files[1]
    monkeypatch.setattr(fitting, "fit_on", None)
    report = rebuilt(kept)
    assert (report.generation, report.fitted, report.is_live) == (names[0], (), True)


def test_what_was_drafted_is_not_fitted_again_when_it_goes_live(
    kept: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted = rebuilt(kept, as_draft=True)
    assert len(drafted.fitted) == 1
    monkeypatch.setattr(fitting, "fit_on", None)
    assert rebuilt(kept).generation == drafted.generation
    keep(kept, QUESTIONS[1:])
    monkeypatch.undo()


def test_what_the_public_was_told_before_is_what_the_live_one_says(kept: Settings, opened: Opener) -> None:
    fitted = calibrate_elsewhere(kept)
    worse = dataclasses.replace(fitted, weights=UPSIDE_DOWN.weights, bias=UPSIDE_DOWN.bias, shown=0.9, refused=0.2)
    (kept.corpus / CALIBRATION_FILE).write_bytes(worse.to_json())
    build(kept)
    write_corpus(kept.corpus, {"new.md": "# New\n\nOne."})
    assert rebuilt(kept).fitted == (REFITTED.format(50, 0, 10, 100, 20),)
    assert opened(kept).new_since_fit == (0, 0)
    assert (len(worse.documents), len(opened(kept).calibration.documents)) == (3, 4)


def test_a_calibration_for_other_models_is_refitted_whatever_it_says(kept: Settings, opened: Opener) -> None:
    fitted = calibrate_elsewhere(kept)
    lapsed = dataclasses.replace(fitted, fingerprint="others", weights=tuple(9 * one for one in fitted.weights))
    (kept.corpus / CALIBRATION_FILE).write_bytes(lapsed.to_json())
    assert rebuilt(kept).fitted[-1].startswith("refitted on 50 questions")
    assert opened(kept).is_calibrated


def calibrate_elsewhere(chosen: Settings) -> Calibration:
    """Fit on a copy of the corpus, and leave nothing of it."""
    other = dataclasses.replace(chosen, index=chosen.index.with_name("elsewhere"))
    build(other)
    fitted = calibrate(other, QUESTIONS)
    (chosen.corpus / CALIBRATION_FILE).unlink()
    return fitted


def test_a_fit_that_would_be_further_off_is_not_taken(kept: Settings, opened: Opener) -> None:
    fitted = calibrate_elsewhere(kept)
    # The same, and surer of it.
    sure = dataclasses.replace(fitted, weights=tuple(9 * one for one in fitted.weights), bias=9 * fitted.bias)
    (kept.corpus / CALIBRATION_FILE).write_bytes(sure.to_json())
    [said] = rebuilt(kept).fitted
    assert said.startswith(
        "not refitted: on the 50 questions that are kept a new fit is further off than the one before"
    )
    assert "(a mean square error of 0.0" in said
    assert said.endswith(", not 0.000), which is kept")
    assert opened(kept).calibration == sure
    (kept.corpus / CALIBRATION_FILE).write_bytes(UPSIDE_DOWN.to_json())
    assert rebuilt(kept).fitted[0].startswith("refitted on 50 questions")


@pytest.mark.parametrize(("answerable", "unanswerable"), [(19, 25), (25, 19)])
def test_too_few_questions_keep_the_fit_before_and_say_why(
    kept: Settings, opened: Opener, answerable: int, unanswerable: int
) -> None:
    few = [*QUESTIONS[:answerable], *QUESTIONS[25 : 25 + unanswerable]]
    told = (
        f"not refitted: {answerable} questions that the reports answer and {unanswerable} that they do not are too "
        "few, for of fewer than 20 of each nobody can tell how often one in 20 is refused; the fit before is kept"
    )
    keep(kept, few)
    assert rebuilt(kept).fitted == (told,)
    assert opened(kept).calibration == WITHOUT_READER
    keep(kept, QUESTIONS)
    rebuilt(kept)
    before = opened(kept).calibration
    keep(kept, few)
    assert rebuilt(kept).fitted == (told,)
    assert opened(kept).calibration == before
    # A calibration that somebody gives the corpus meanwhile is newer than that.
    (kept.corpus / CALIBRATION_FILE).write_bytes(UPSIDE_DOWN.to_json())
    rebuilt(kept)
    assert opened(kept).calibration == UPSIDE_DOWN


def test_questions_whose_reports_have_gone_or_that_cannot_be_asked_are_left_out_and_named(
    kept: Settings, opened: Opener
) -> None:
    selby = GoldSpan("northway/selby", "Unpaid work began within seven days.")
    more = [
        GoldQuestion("gone", "Why?", documents=("gone",)),
        GoldQuestion("half", "How soon did unpaid work begin?", documents=("gone", "northway/selby")),
        GoldQuestion("span", "How soon did unpaid work begin??", spans=(GoldSpan("gone", "x"), selby)),
        GoldQuestion("words", "How soon?", spans=(dataclasses.replace(selby, text="within six days"),)),
        GoldQuestion("two", "Who?", spans=(GoldSpan("gone", "x"), GoldSpan("away", "y"))),
        GoldQuestion("long", "x" * 3000, unanswerable=True),
        GoldQuestion("later", "Who?", unjudged=True),
    ]
    keep(kept, [*QUESTIONS, *more])
    *left_out, fitted = rebuilt(kept).fitted
    assert left_out == [
        "left out of the questions that are kept: gone: the reports are without gone",
        "left out of the questions that are kept: words: its words are not in northway/selby any more",
        "left out of the questions that are kept: two: the reports are without gone and away",
        "left out of the questions that are kept: long: the question has 3000 characters, more than 2000",
    ]
    assert fitted.startswith("refitted on 52 questions: ")
    assert opened(kept).calibration.answerable == 27


def test_of_many_questions_the_same_ones_are_drawn_each_time(kept: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "MOST", 46)
    assert rebuilt(kept).fitted[0].startswith("refitted on 46 questions: ")
    keep(kept, QUESTIONS[::-1])
    again = rebuilt(kept)
    assert again.fitted[0].startswith("refitted on 46 questions: ")
    files = [each.read_bytes() for each in kept.index.glob(f"*/{CALIBRATION_FILE}")]
    assert len(files) == 2
    assert files[0] == files[1]


def test_a_broken_file_keeps_the_last_good_fit_and_is_named_with_its_line(kept: Settings, opened: Opener) -> None:
    good = (kept.corpus / QUESTIONS_FILE).read_bytes()
    broken = good + b'{"id": "broken"}\n'
    write_corpus(kept.corpus, {QUESTIONS_FILE: broken})
    [failure] = rebuilt(kept).failures
    assert failure.problem.startswith("line 51: question is missing; ")
    assert (failure.file, failure.kept) == (QUESTIONS_FILE, "")
    assert opened(kept).calibration == WITHOUT_READER
    write_corpus(kept.corpus, {QUESTIONS_FILE: good})
    assert rebuilt(kept).failures == ()
    fitted = opened(kept).calibration
    write_corpus(kept.corpus, {QUESTIONS_FILE: broken, "new.md": "# New\n\nOne."})
    report = rebuilt(kept)
    assert (report.added, report.fitted) == (1, ())
    [failure] = report.failures
    assert failure.kept
    assert opened(kept).calibration == fitted
    assert opened(kept).new_since_fit == (1, 1)
    assert not is_stale(kept, opened(kept))
    # Broken still, it is not the last good one.
    write_corpus(kept.corpus, {QUESTIONS_FILE: broken + b"\n", "other.md": "# Other\n\nOne."})
    assert rebuilt(kept).failures[0].kept == failure.kept
    assert opened(kept).calibration == fitted


def test_without_the_questions_the_corpus_has_what_it_came_with(kept: Settings, opened: Opener) -> None:
    rebuilt(kept)
    (kept.corpus / QUESTIONS_FILE).unlink()
    assert rebuilt(kept).fitted == ()
    assert opened(kept).calibration == WITHOUT_READER


def test_a_build_killed_while_it_fits_leaves_the_old_or_the_new_with_its_own_calibration(chosen: Settings) -> None:
    keep(chosen, QUESTIONS[:1])

    def alike(step: Step) -> object:
        # What is written to be measured lies in another folder than what goes live.
        folder = str(step.path).partition("/")[0].removesuffix(str(os.getpid()))
        return step.verb, folder, step.path.name == storage.MANIFEST

    killed = building.kill_at_each_step(chosen, alike, building.fit_at_once)
    assert killed.count("fsync .staging-/manifest.json") == 2
    removed = [step.startswith("remove .staging-/") for step in killed].index(True)
    assert removed < killed.index("rename .staging-current to current")
