"""The terminal: follow-ups, filters, every report, the list, calibrating and scoring."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from conftest import REPORTS, write_corpus
from probqa.settings import Settings
from test_calibration import QUESTIONS
from test_cli import QUESTION, run  # noqa: F401
from test_filters import MORE
from test_glossary import SMALL

LATE = "were courts late?"


@pytest.fixture
def asked(run, chosen: Settings):  # noqa: F811
    """Run a command over five reports and a glossary."""
    write_corpus(chosen.corpus, REPORTS | MORE | {"glossary.yaml": SMALL})
    assert run("build")[0] == 0
    return run


def found(asked, *arguments: str) -> dict[str, Any]:
    code, out, err = asked(*arguments, "--json")
    assert (code in (0, 1), err) == (True, "")
    answer: dict[str, Any] = json.loads(out)
    return answer


def write_questions(folder: Path) -> Path:
    lines = [
        {name: value for name, value in asdict(question).items() if value} | {"kind": "asked", "split": "dev"}
        for question in QUESTIONS
    ]
    lines.append({"id": "weir", "question": "and at Weir?", "documents": ["weir"], "history": [LATE], "split": "test"})
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_follow_up_says_what_ran_and_what_was_carried(asked) -> None:
    arguments = ("ask", "why?", "--previous", "How did Northway do in 2017?", "--previous", "And women?")
    answer = found(asked, *arguments)
    assert answer["question"] == "why?"
    assert answer["ran"] == "why? Northway 2017 women"
    assert answer["carried"] == [
        {"kind": "provider", "text": "Northway"},
        {"kind": "year", "text": "2017"},
        {"kind": "subject", "text": "women"},
        {"kind": "about", "text": "Inspection of Ambleton"},
    ]
    assert "\nCarried over from before: Northway, 2017, women, Inspection of Ambleton\n" in asked(*arguments)[1]


def test_a_complete_question_runs_as_it_is(asked) -> None:
    answer = found(asked, "ask", LATE, "--previous", "How did Northway do in 2017?")
    assert (answer["ran"], answer["carried"]) == (LATE, [])


def test_a_previous_question_that_cannot_be_asked_is_one_line(asked) -> None:
    assert asked("ask", "why?", "--previous", " ") == (2, "", "probqa: the question is empty; type a question\n")


def test_a_mistyped_word_is_put_right_and_said(asked) -> None:
    answer = found(asked, "ask", "Was there strong ledership?")
    assert answer["ran"] == "Was there strong leadership?"
    assert {"matched": "ledership", "phrases": ["leadership"]} in answer["added"]


@pytest.mark.parametrize(
    ("options", "filters", "documents"),
    [
        (["--document", "weir"], {"documents": ["weir"]}, {"weir"}),
        (
            ["--document", "weir", "--document", "southam"],
            {"documents": ["weir", "southam"]},
            {"weir", "southam"},
        ),
        (["--kind", "thematic report"], {"kinds": ["thematic report"]}, {"millford"}),
        (["--area", "Ambleton"], {"areas": ["Ambleton"]}, {"ambleton", "millford"}),
        (["--provider", "Hale Capital"], {"providers": ["Hale Capital"]}, {"millford"}),
        (["--body", "NPS"], {"bodies": ["NPS"]}, {"millford"}),
        (["--since", "2018"], {"since": "2018"}, {"northway/selby"}),
        (["--until", "2016"], {"until": "2016"}, {"southam"}),
        (["--since", "2017-04", "--area", "Ambleton"], {"areas": ["Ambleton"], "since": "2017-04"}, None),
    ],
)
def test_each_filter_is_kept_and_said(
    asked, options: list[str], filters: dict[str, Any], documents: set[str] | None
) -> None:
    answer = found(asked, "ask", LATE, "-k", "50", *options)
    assert answer["filters"] == filters
    shown = {quote["document_id"] for quote in answer["quotes"] or answer["near"]}
    assert shown == (documents or {"ambleton", "millford"})
    every = found(asked, "ask", LATE, "--every", *options)
    assert every["filters"] == filters
    assert {one["document_id"] for one in every["documents"]} == shown


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--document", "wier"], "probqa: there is no document 'wier' in the index; see: probqa list\n"),
        (["--body", "HMIP"], "probqa: 'HMIP' is not a body; write CRC or NPS\n"),
        (["--since", "2017-4"], "probqa: '2017-4' is not a date; write 2017, 2017-04 or 2017-04-19\n"),
        (
            ["--every", "-k", "3"],
            "probqa: -k cannot be used with --every; leave it out: each report gives its best quote\n",
        ),
        (["--every", "--until", "May"], "probqa: 'May' is not a date; write 2017, 2017-04 or 2017-04-19\n"),
    ],
)
def test_a_wrong_filter_is_one_line(asked, options: list[str], line: str) -> None:
    assert asked("ask", LATE, *options) == (2, "", line)


def test_every_report_has_an_entry_and_the_counts_are_theirs(asked) -> None:
    answer = found(asked, "ask", "--every", LATE)
    assert list(answer) == [
        "question",
        "ran",
        "scope",
        "carried",
        "added",
        "readings",
        "filters",
        "documents",
        "coverage",
        "generation",
    ]
    ids = [one["document_id"] for one in answer["documents"]]
    assert ids == ["northway/selby", "ambleton", "millford", "southam", "weir"]
    quoted = {one["document_id"]: one["quote"] for one in answer["documents"] if one["quote"]}
    assert quoted["millford"]["text"] == "Courts were late."
    assert "weir" not in quoted
    assert answer["coverage"] == {"documents": 5, "passages": 14, "documents_with_quotes": len(quoted)}
    _, out, _ = asked("ask", "--every", LATE)
    assert out.startswith(f"{len(quoted)} of 5 reports ")
    assert out.count("\n- “") == len(quoted)


def test_where_no_report_says_anything_it_ends_with_1(asked) -> None:
    assert asked("ask", "--every", "zyzzyva quokka?") == (1, "0 of 5 reports say something about this.\n", "")


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("", ["northway/selby", "ambleton", "millford", "southam", "weir"]),
        ("published", ["northway/selby", "ambleton", "millford", "southam", "weir"]),
        ("title", ["ambleton", "millford", "northway/selby", "southam", "weir"]),
        ("kind", ["weir", "ambleton", "northway/selby", "southam", "millford"]),
        ("area", ["northway/selby", "weir", "ambleton", "millford", "southam"]),
        ("passages", ["ambleton", "millford", "weir", "northway/selby", "southam"]),
    ],
)
def test_the_list_is_sorted_as_asked(asked, sort: str, ids: list[str]) -> None:
    options = ["--sort", sort] if sort else []
    assert [one["id"] for one in found(asked, "list", *options)["documents"]] == ids
    lines = asked("list", *options)[1].splitlines()
    assert [line.split("  ")[0] for line in lines[::2]] == ids


def test_the_list_says_what_is_known_of_each_document(asked) -> None:
    lines = asked("list")[1].splitlines()
    assert lines[2:4] == [
        "ambleton  Inspection of Ambleton",
        "    19 April 2017 · inspection report · Ambleton, Northway Ltd · 5 passages · verbatim",
    ]
    assert lines[8].startswith("weir  ")
    assert lines[9].startswith("    no date · ")
    [weir] = [one for one in found(asked, "list")["documents"] if one["id"] == "weir"]
    assert (weir["published"], weir["file"], weir["passages"]) == ("", "weir.txt", 3)


def test_an_unknown_order_is_a_usage_error(asked) -> None:
    code, out, err = asked("list", "--sort", "size")
    assert (code, out) == (2, "")
    assert "invalid choice: 'size'" in err


def test_calibrate_fits_writes_and_says_what_next(asked, chosen: Settings, tmp_path: Path) -> None:
    path = write_questions(tmp_path)
    code, out, err = asked("calibrate", str(path), "--split", "dev")
    assert (code, err) == (0, "")
    assert out == (
        "answerable (25): 100.0% answered, 100.0% answered or weak; "
        "unanswerable (25): 100.0% not found, 100.0% not answered\n"
        f"written to {chosen.corpus / 'calibration.json'}; run: probqa build\n"
    )
    assert "\nnot calibrated for this index: see probqa calibrate\n" in asked("status")[1]
    assert f"the corpus {chosen.corpus} has changed since: run probqa build" in asked("status")[1]
    assert asked("build")[0] == 0
    calibrated = (
        "\ncalibrated: of questions it can answer 100% get an answer, of those it cannot 100% get none called one"
    )
    assert f"{calibrated}\nfitted on all of the 5 documents\n" in asked("status")[1]
    (chosen.corpus / "new.md").write_text("# New\n\nOne.\n\nTwo.\n")
    assert asked("build")[0] == 0
    since = "\nfitted on 5 of the 6 documents; 12% of the passages are new since\n"
    assert f"{calibrated}{since}" in asked("status")[1]
    for number in range(9):
        (chosen.corpus / f"new-{number}.md").write_text(f"# New {number}\n\nOne.\n")
    assert asked("build")[0] == 0
    most = "; 44% of the passages are new since, so that it takes more to be called an answer\n"
    assert f"fitted on 5 of the 15 documents{most}" in asked("status")[1]
    assert json.loads(asked("status", "--json")[1])["calibration"]["answerable"] == 25


def test_calibrating_on_too_few_is_one_line_and_writes_nothing(asked, chosen: Settings, tmp_path: Path) -> None:
    path = write_questions(tmp_path)
    assert asked("calibrate", str(path), "--split", "test") == (
        2,
        "",
        "probqa: 1 answerable and 0 unanswerable questions are too few to calibrate with; give at least 20 of each\n",
    )
    assert asked("calibrate", str(tmp_path / "none.jsonl"))[0] == 2
    assert not (chosen.corpus / "calibration.json").exists()


def test_eval_scores_a_file_by_kind(asked, tmp_path: Path) -> None:
    path = write_questions(tmp_path)
    code, out, err = asked("eval", str(path), "--json")
    scores = json.loads(out)
    assert (code, err) == (0, "")
    assert (scores["questions"], scores["answerable"], scores["unanswerable"]) == (51, 26, 25)
    asked_scores = scores["kinds"]["asked"]
    assert asked_scores["metrics"]["answered"] == 1
    assert asked_scores["metrics"]["quote_fidelity"] == 1
    assert json.loads(asked("eval", str(path), "--json", "--split", "test")[1])["questions"] == 1
    table = asked("eval", str(path))[1]
    assert "ndcg@10" in table
    assert "asked" in table


def test_eval_puts_a_follow_up_with_the_questions_before_it(asked, tmp_path: Path) -> None:
    before = {"weir": "Was Weir cold?", "ambleton": "Did Northway supervise by telephone?"}
    path = tmp_path / "two.jsonl"

    def mean_rank(histories: dict[str, list[str]]) -> float:
        lines = [{"id": id_, "question": "why?", "documents": [id_], "history": histories[id_]} for id_ in before]
        path.write_text("\n".join(map(json.dumps, lines)))
        return json.loads(asked("eval", str(path), "--json")[1])["metrics"]["mrr"]

    assert mean_rank({id_: [question] for id_, question in before.items()}) == 1
    # Without them both lines ask the same, and only one document can be first.
    assert mean_rank({id_: [] for id_ in before}) < 1


def test_eval_of_a_document_that_is_not_there_is_one_line(asked, tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"id": "1", "question": "why?", "documents": ["wier"]}')
    code, out, err = asked("eval", str(path))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "wier" in err


def test_the_same_question_answers_the_same_with_and_without_a_filter_for_everything(asked) -> None:
    options = [
        part for name in ("ambleton", "millford", "northway/selby", "southam", "weir") for part in ("--document", name)
    ]
    narrowed, whole = found(asked, "ask", QUESTION, *options), found(asked, "ask", QUESTION)
    assert narrowed["quotes"] == whole["quotes"]
    assert narrowed["coverage"] == whole["coverage"]
