"""The way in from Python: exactly these names, nothing heavy until one is used, and docs/python.md as it is written."""

from __future__ import annotations

import ast
import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import probqa
from conftest import REPORTS, write_corpus
from probqa.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
EXPORTED = {
    "asking.library": {"Library"},
    "checking.verdicts": {"CheckReport", "CheckedQuote", "NamedReport", "Operation", "Place"},
    "errors": {
        "BuildLockedError",
        "CorpusError",
        "IndexDamagedError",
        "IndexMismatchError",
        "IndexMissingError",
        "InputError",
        "ModelError",
        "ModelMissingError",
        "ProbqaError",
    },
    "indexing.build": {"BuildReport"},
    "reading.corpus": {"Failure"},
    "questions": {"Added", "Carried", "Filters", "Question", "Request", "Scope", "Turn"},
    "records": {
        "Answer",
        "Coverage",
        "DocumentAnswer",
        "EveryAnswer",
        "Page",
        "Quote",
        "Source",
        "Span",
    },
}


def modules_after(program: str) -> set[str]:
    """What a fresh process has imported that it had not when it began."""
    whole = f"import sys; before = set(sys.modules)\n{program}\nprint(*set(sys.modules) - before)"
    path = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", whole], env=path, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_probqa_exports_exactly_these_names() -> None:
    assert probqa.__all__ == sorted(set().union({"build", "open"}, *EXPORTED.values()))
    assert dir(probqa) == probqa.__all__
    for room, names in EXPORTED.items():
        assert {name for name in names if getattr(probqa, name).__module__ != f"probqa.{room}"} == set(), room


def test_a_name_that_is_not_exported_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'probqa' has no attribute 'Passage'"):
        _ = probqa.Passage


def test_type_checkers_see_the_same_names_from_the_same_rooms() -> None:
    tree = ast.parse((ROOT / "src" / "probqa" / "__init__.py").read_text(encoding="utf-8"))
    [typed] = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    imported = {
        str(node.module).removeprefix("probqa."): {alias.name for alias in node.names}
        for node in typed.body
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("probqa.")
    }
    assert imported == EXPORTED


def test_importing_probqa_imports_nothing_of_others_and_no_room() -> None:
    imported = modules_after("import probqa")
    assert {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names} == {"probqa"}


def test_an_error_or_a_record_costs_no_index() -> None:
    imported = modules_after("from probqa import Answer, Filters, ProbqaError")
    assert {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names} == {
        "probqa",
        "probqa.dates",
        "probqa.decoding",
        "probqa.errors",
        "probqa.questions",
        "probqa.records",
        "probqa.text",
    }


def run_the_page(place: Path, made: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every example of docs/python.md in ``place``, one after another."""
    monkeypatch.chdir(place)
    monkeypatch.setenv("PROBQA_MODEL", made.model)
    monkeypatch.setenv("PROBQA_READER", made.reader)
    for name in ("PROBQA_CORPUS", "PROBQA_INDEX"):
        monkeypatch.delenv(name, raising=False)
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"```pycon\n(.*?)```", page, re.DOTALL))
    assert examples.count(">>> ") == page.count(">>> ") > 20
    test = doctest.DocTestParser().get_doctest(examples, {}, "docs/python.md", None, None)
    failures: list[str] = []
    doctest.DocTestRunner().run(test, out=failures.append)
    assert failures == []


def test_the_page_about_python_says_what_happens(chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(chosen.corpus, REPORTS)
    run_the_page(chosen.corpus.parent, chosen, monkeypatch)


@pytest.mark.model
def test_the_page_about_python_says_what_happens_with_the_real_model(
    real_index: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(real_index.corpus.parent, tmp_path, dirs_exist_ok=True)
    run_the_page(tmp_path, real_index, monkeypatch)
