"""The calibration: thresholds, what a file must be, what a fit recovers, and what it is for."""

from __future__ import annotations

import dataclasses
import json
import math
import random
from pathlib import Path
from typing import Any

import pytest

from conftest import REPORTS, Opener, write_corpus
from probqa.asking.library import Library
from probqa.calibration import (
    CALIBRATION_FILE,
    MAX_WEIGHT,
    SIGNALS,
    UNCALIBRATED,
    WITHOUT_READER,
    Calibration,
    Signals,
    load_calibration,
)
from probqa.errors import InputError, ReadingError
from probqa.indexing.build import build, is_stale
from probqa.indexing.inspection import status
from probqa.measuring.calibrate import calibrate, fit
from probqa.measuring.evaluation import GoldQuestion
from probqa.settings import NO_READER, Settings
from probqa.weights import WEIGHTS, Weights, rules

NONE = Signals(*[0.0] * len(SIGNALS))
# One signal that decides, so that confidences can be worked out by hand.
ONE = dataclasses.replace(WITHOUT_READER, weights=(4.0, *[0.0] * (len(SIGNALS) - 1)), bias=-2.0, weak_from=0.3)
NO_WEIGHTS = (0.0,) * len(SIGNALS)
QUESTIONS = [
    *[
        GoldQuestion(f"low-{n}", f"How did Northway supervise people at low risk{'?' * n}", documents=("ambleton",))
        for n in range(25)
    ],
    *[
        GoldQuestion(f"zyzzyva-{n}", f"Do zyzzyvas of Atlantis eat {n} quokkas by telephone?", unanswerable=True)
        for n in range(25)
    ],
]


def covered(share: float, **others: float) -> Signals:
    return dataclasses.replace(NONE, covered=share, **others)


@pytest.mark.parametrize(("share", "confidence"), [(0.5, 0.5), (1, 0.880797), (0, 0.119203)])
def test_the_confidence_is_the_logistic_function_of_the_weighted_sum(share: float, confidence: float) -> None:
    assert ONE.confidence(covered(share)) == pytest.approx(confidence, abs=1e-6)


def test_the_largest_weights_that_may_be_give_a_chance() -> None:
    sure = dataclasses.replace(ONE, bias=MAX_WEIGHT)
    assert sure.confidence(NONE) == pytest.approx(1)
    assert dataclasses.replace(sure, bias=-MAX_WEIGHT).confidence(NONE) == pytest.approx(0)


@pytest.mark.parametrize(
    ("share", "status"), [(1, "answered"), (0.5, "answered"), (0.49, "weak"), (0.29, "weak"), (0.28, "not_found")]
)
def test_the_status_is_by_two_thresholds(share: float, status: str) -> None:
    assert ONE.status(covered(share)) == status


@pytest.mark.parametrize("missing", ["name_missing", "year_missing", "kind_missing"])
def test_where_a_name_a_year_or_the_kind_of_thing_is_missing_it_is_never_answered_outright(missing: str) -> None:
    assert ONE.status(covered(1)) == "answered"
    assert ONE.status(covered(1, **{missing: 0.5})) == "weak"
    assert ONE.status(covered(0, **{missing: 1.0})) == "not_found"


def separated(seed: int = 0) -> tuple[list[Signals], list[bool]]:
    """Eighty questions that ``covered`` tells apart, whatever the other signals say."""
    chance = random.Random(seed)
    labels = [number % 2 == 0 for number in range(80)]
    rows = []
    for label in labels:
        values = dict.fromkeys(SIGNALS, 0.0) | {"score": chance.random()}
        values["covered"] = 0.8 + 0.2 * chance.random() if label else 0.2 * chance.random()
        rows.append(Signals(**values))
    return rows, labels


def test_a_fit_recovers_a_clear_separation() -> None:
    rows, labels = separated()
    fitted = fit(rows, labels, "model", "texts")
    assert [fitted.status(row) == "answered" for row in rows] == labels
    assert (fitted.answered, fitted.shown, fitted.refused, fitted.not_answered) == (1, 1, 1, 1)
    assert (fitted.answerable, fitted.unanswerable) == (40, 40)
    weights = dict(zip(SIGNALS, fitted.weights, strict=True))
    assert max(weights, key=lambda name: abs(weights[name])) == "covered"
    assert weights["covered"] > 3


def test_the_weights_are_those_that_scikit_learn_finds() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    chance = random.Random(0)
    rows = [Signals(*(chance.random() for _ in SIGNALS)) for _ in range(90)]
    labels = [row.covered + row.subject_held - row.name_missing + chance.gauss(0, 0.5) > 0.9 for row in rows]
    assert 20 <= sum(labels) < 40
    model = linear_model.LogisticRegression(class_weight="balanced", tol=1e-10)
    model.fit([row.as_array() for row in rows], labels)
    fitted = fit(rows, labels, "model", "texts")
    assert fitted.weights == pytest.approx(model.coef_[0].tolist(), abs=1e-4)
    assert fitted.bias == pytest.approx(model.intercept_[0], abs=1e-4)


def test_each_file_of_questions_weighs_the_same() -> None:
    rows, labels = separated()
    other, others = separated(1)
    others = [not label for label in others]
    # Of two files that say the opposite neither is believed, however long one is; one file of both believes the longer.
    fair = fit([*rows, *other * 9], [*labels, *others * 9], "model", "texts", [0] * 80 + [1] * 720)
    drowned = fit([*rows, *other * 9], [*labels, *others * 9], "model", "texts")
    at = SIGNALS.index("covered")
    assert abs(fair.weights[at]) < 0.5
    assert drowned.weights[at] < -3


def test_signals_that_say_nothing_are_not_believed() -> None:
    rows, labels = separated()
    random.Random(1).shuffle(labels)
    fitted = fit(rows, labels, "model", "texts")
    # Half right is what a coin gives; of questions it was fitted on it would be more.
    assert fitted.answered + fitted.not_answered < 1.2


def test_the_rates_of_a_missing_name_count_as_not_answered() -> None:
    rows, labels = separated()
    fitted = fit([dataclasses.replace(row, name_missing=1.0) for row in rows], labels, "model", "texts")
    assert (fitted.answered, fitted.shown, fitted.not_answered) == (0, 1, 1)


def test_the_weak_ones_begin_where_nineteen_in_twenty_answerable_ones_are_above() -> None:
    rows, labels = separated()
    random.Random(1).shuffle(labels)
    fitted = fit(rows, labels, "model", "texts")
    assert fitted.weak_from < 0.5
    assert fitted.shown == 0.95


def test_the_same_questions_give_the_same_bytes() -> None:
    assert fit(*separated(), "model", "texts").to_json() == fit(*separated(), "model", "texts").to_json()
    assert fit(*separated(1), "model", "texts").to_json() != fit(*separated(), "model", "texts").to_json()


@pytest.mark.parametrize(("answerable", "unanswerable"), [(19, 40), (40, 19), (0, 0), (0, 40)])
def test_too_few_questions_are_refused(answerable: int, unanswerable: int) -> None:
    labels = [True] * answerable + [False] * unanswerable
    with pytest.raises(InputError) as refused:
        fit([NONE] * len(labels), labels, "model", "texts")
    assert str(refused.value) == (
        f"{answerable} answerable and {unanswerable} unanswerable questions are too few to calibrate with; "
        "give at least 20 of each"
    )


def test_a_calibration_is_read_as_it_was_written() -> None:
    fitted = fit(*separated(), "model", "texts")
    assert Calibration.from_json(fitted.to_json()) == fitted
    assert Calibration.from_json(UNCALIBRATED.to_json()) == UNCALIBRATED


def broken(**changes: Any) -> bytes:
    return json.dumps(json.loads(ONE.to_json()) | changes).encode()


BROKEN = [
    (b"", "Expecting value"),
    (b"{", "Expecting property name"),
    (b"\xff", "codec can't decode"),
    (b"[]", "[] is not a list of 'key: value'"),
    (b"null", "None is not a list of 'key: value'"),
    (b"[" * 100_000, "it is not JSON: "),
    (b"{}", "'weights': None is not a list of 'key: value'"),
    (broken(weights={}), "'weights': covered is missing"),
    (broken(weights=[1.0]), "'weights': [1.0] is not a list of 'key: value'"),
    (broken(weights=dict.fromkeys(SIGNALS, "1.0")), "'1.0' is not a number"),
    (broken(bias="low"), "'low' is not a number"),
    (broken(weak_from=None), "None is not a number"),
    (broken(shown=float("nan")), "nan is not a number"),
    (broken(more=1), "unknown key 'more'"),
    (broken(weights=dict.fromkeys(SIGNALS, 1.0) | {"more": 1.0}), "'weights': unknown key 'more'"),
    (broken(answerable=1.5), "answerable: 1.5 is not a whole number"),
    (broken(texts=1), "texts: 1 is not a text"),
    (broken(texts="\ud800"), "texts: '\\ud800' holds half a character"),
    (broken(weights=dict.fromkeys(SIGNALS, 1e308)), "covered: 1e+308 is not between -100 and 100"),
    (broken(bias=-101), "bias: -101.0 is not between -100 and 100"),
    (broken(answered=99), "answered: 99.0 is not between 0 and 1"),
    (broken(shown=1.01), "shown: 1.01 is not between 0 and 1"),
    (broken(refused=-0.1), "refused: -0.1 is not between 0 and 1"),
    (broken(not_answered=1e308), "not_answered: 1e+308 is not between 0 and 1"),
    (broken(weak_from=2), "weak_from: 2.0 is not between 0 and 1"),
    (broken(answerable=-1), "answerable: -1 is below 0"),
    (broken(unanswerable=-40), "unanswerable: -40 is below 0"),
]


@pytest.mark.parametrize(("content", "said"), BROKEN, ids=[str(number) for number in range(len(BROKEN))])
def test_what_is_no_calibration_is_refused_in_one_line(content: bytes, said: str) -> None:
    with pytest.raises(ReadingError) as refused:
        Calibration.from_json(content)
    assert str(refused.value).startswith("calibration.json: not a calibration: ")
    assert said in str(refused.value)
    assert str(refused.value).endswith("; run: probqa calibrate FILE")
    assert "\n" not in str(refused.value)


def test_a_corpus_without_one_has_the_generic_one_with_a_reader_or_without(tmp_path: Path) -> None:
    assert load_calibration(tmp_path, has_reader=True) is UNCALIBRATED
    assert load_calibration(tmp_path, has_reader=False) is WITHOUT_READER


def test_a_calibration_uses_the_reader_where_what_was_read_has_a_weight() -> None:
    assert UNCALIBRATED.uses_reader
    assert not WITHOUT_READER.uses_reader
    rows, labels = separated()
    assert not fit(rows, labels, "model", "texts").uses_reader
    read = [dataclasses.replace(row, read=row.covered) for row in rows]
    assert fit(read, labels, "model", "texts").uses_reader


def test_one_fitted_with_a_reader_is_worth_nothing_without_one_nor_the_other_way_round(tmp_path: Path) -> None:
    unread = ONE
    read = dataclasses.replace(ONE, weights=(0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0))
    for fitted, with_one, without in ((read, read, WITHOUT_READER), (unread, UNCALIBRATED, unread)):
        (tmp_path / CALIBRATION_FILE).write_bytes(fitted.to_json())
        assert load_calibration(tmp_path, has_reader=True) == with_one
        assert load_calibration(tmp_path, has_reader=False) == without


@pytest.mark.parametrize("content", [b"{", ONE.to_json()])
def test_a_build_with_a_reader_takes_the_generic_one_where_the_file_does_not_fit(
    with_reader: Settings, opened: Opener, content: bytes
) -> None:
    write_corpus(with_reader.corpus, REPORTS | {CALIBRATION_FILE: content})
    failures = [failure.file for failure in build(with_reader).failures]
    assert opened(with_reader).calibration == UNCALIBRATED
    # One that fits another index is no broken file.
    assert failures == ([CALIBRATION_FILE] if content == b"{" else [])
    without = dataclasses.replace(with_reader, reader=NO_READER)
    build(without)
    assert opened(without).calibration == (WITHOUT_READER if content == b"{" else ONE)


@pytest.mark.parametrize("content", [b"{", broken(bias="low")])
def test_a_broken_file_is_listed_and_the_rest_works(chosen: Settings, opened: Opener, content: bytes) -> None:
    write_corpus(chosen.corpus, REPORTS | {CALIBRATION_FILE: content})
    report = build(chosen)
    assert report.added == 3
    [failure] = report.failures
    assert failure.file == CALIBRATION_FILE
    assert failure.problem.startswith("calibration.json: not a calibration: ")
    assert opened(chosen).calibration == WITHOUT_READER
    assert not is_stale(chosen, opened(chosen))
    library = Library(chosen)
    assert library.ask(QUESTIONS[0].question).status == "answered"
    library.close()


@pytest.fixture
def calibrated(built: Settings, opened: Opener) -> Settings:
    fitted = calibrate(built, QUESTIONS)
    assert not opened(built).is_calibrated
    build(built)
    assert opened(built).calibration == fitted
    return built


def test_after_calibrating_and_a_build_the_status_is_calibrated(calibrated: Settings, opened: Opener) -> None:
    assert opened(calibrated).is_calibrated
    rates = status(calibrated)["calibration"]
    assert rates == {
        "answered": 1.0,
        "shown": 1.0,
        "refused": 1.0,
        "not_answered": 1.0,
        "answerable": 25,
        "unanswerable": 25,
        "new_documents": 0,
        "new_passages": 0,
        "new_share": 0.0,
        "takes_more": False,
    }
    library = Library(calibrated)
    assert [library.ask(QUESTIONS[at].question).status for at in (0, 25)] == ["answered", "not_found"]
    library.close()


def test_it_lasts_while_reports_come_and_go_and_says_how_much_is_new(calibrated: Settings, opened: Opener) -> None:
    fitted = opened(calibrated).calibration
    weir, rates = REPORTS["weir.txt"], status(calibrated)["calibration"]
    assert opened(calibrated).new_since_fit == (0, 0)
    write_corpus(calibrated.corpus, {"weir.txt": weir.replace("cold", "warm"), "new.md": "# New\n\nOne.\n\nTwo."})
    build(calibrated)
    assert (opened(calibrated).calibration, opened(calibrated).is_calibrated) == (fitted, True)
    # Three passages of the changed report, and two new ones.
    assert opened(calibrated).new_since_fit == (2, 5)
    since = {"new_documents": 2, "new_passages": 5, "new_share": 0.4167, "takes_more": True}
    assert status(calibrated)["calibration"] == rates | since
    write_corpus(calibrated.corpus, {"weir.txt": weir})
    (calibrated.corpus / "new.md").unlink()
    (calibrated.corpus / "ambleton.md").rename(calibrated.corpus / "moved.md")
    build(calibrated)
    assert opened(calibrated).new_since_fit == (0, 0)
    (calibrated.corpus / "northway/selby.md").unlink()
    build(calibrated)
    assert opened(calibrated).new_since_fit == (0, 0)


@pytest.mark.parametrize(("new", "status"), [(0, "answered"), (1 / 3, "answered"), (0.4, "weak"), (1.0, "weak")])
def test_where_much_is_new_it_takes_more_to_call_a_quote_an_answer_and_never_less(new: float, status: str) -> None:
    surer = dataclasses.replace(WEIGHTS, answered_from=Calibration.answered_from(new))
    assert surer.answered_from >= WEIGHTS.answered_from
    assert ONE.status(covered(0.5), surer) == status
    assert ONE.status(covered(1), surer) == "answered"


def test_a_library_calls_less_an_answer_where_most_is_new_since_the_fit(calibrated: Settings) -> None:
    path = calibrated.corpus / CALIBRATION_FILE
    flat = dataclasses.replace(Calibration.from_json(path.read_bytes()), weights=NO_WEIGHTS, bias=0.5)
    path.write_bytes(flat.to_json())

    def asked() -> tuple[str, float, float]:
        build(calibrated)
        library = Library(calibrated)
        answer = library.ask(QUESTIONS[0].question)
        library.close()
        return answer.status, answer.shown[0].confidence, library.weights.answered_from

    sure = 1 / (1 + math.exp(-0.5))
    assert asked() == ("answered", pytest.approx(sure), 0.5)
    write_corpus(calibrated.corpus, {"few.md": "# Few\n\nThe buses of Weir were late."})
    assert asked() == ("answered", pytest.approx(sure), 0.5)
    write_corpus(calibrated.corpus, {f"new-{n}.md": f"# New {n}\n\nThe buses of Weir were late." for n in range(99)})
    assert asked() == ("weak", pytest.approx(sure), pytest.approx(0.5 + 0.45 * (100 / 110 - 1 / 3)))


def test_one_of_before_digests_were_kept_is_for_its_documents_alone(calibrated: Settings, opened: Opener) -> None:
    path = calibrated.corpus / CALIBRATION_FILE
    old = json.loads(path.read_bytes())
    for key in ("documents", "questions"):
        del old[key]
    path.write_text(json.dumps(old))
    build(calibrated)
    assert opened(calibrated).is_calibrated
    assert opened(calibrated).new_since_fit == (0, 0)
    write_corpus(calibrated.corpus, {"new.md": "# New\n\nOne."})
    build(calibrated)
    assert not opened(calibrated).is_calibrated
    assert status(calibrated)["calibration"] is None


def test_another_model_is_not_calibrated(calibrated: Settings, opened: Opener) -> None:
    another = dataclasses.replace(calibrated, model="another model")
    build(another)
    assert not opened(another).is_calibrated
    assert status(another)["calibration"] is None


def test_with_a_reader_the_chances_count_and_another_reader_is_not_calibrated(
    with_reader: Settings, opened: Opener
) -> None:
    write_corpus(with_reader.corpus, REPORTS)
    build(with_reader)
    fitted = calibrate(with_reader, QUESTIONS)
    assert fitted.uses_reader
    build(with_reader)
    assert opened(with_reader).calibration == fitted
    assert opened(with_reader).is_calibrated
    another = dataclasses.replace(with_reader, reader="another reader")
    build(another)
    assert opened(another).calibration == fitted
    assert not opened(another).is_calibrated


def test_it_is_for_one_set_of_models_and_weights_and_for_documents_that_it_knows() -> None:
    fitted = dataclasses.replace(ONE, fingerprint="a", texts="b", rules=rules())
    lasting = dataclasses.replace(fitted, documents=("0" * 16,))
    assert [fitted.is_for("a", texts) for texts in "bc"] == [True, False]
    assert [lasting.is_for("a", texts) for texts in "bc"] == [True, True]
    for lapsed in ("fingerprint", "rules"):
        assert not dataclasses.replace(lasting, **{lapsed: "c"}).is_for("a", "b")


@pytest.mark.parametrize("weight", [field.name for field in dataclasses.fields(Weights)])
def test_another_weight_is_another_set_of_rules(weight: str) -> None:
    assert rules(dataclasses.replace(WEIGHTS, **{weight: getattr(WEIGHTS, weight) / 2})) != rules()


def test_questions_that_find_nothing_at_all_and_empty_ones_are_no_ground_to_calibrate(built: Settings) -> None:
    with pytest.raises(InputError, match="too few to calibrate"):
        calibrate(built, [])
    with pytest.raises(InputError, match="the question is empty"):
        calibrate(built, [*QUESTIONS, GoldQuestion("empty", " ", documents=("weir",))])
    assert not (built.corpus / CALIBRATION_FILE).exists()
