"""The schemas of all JSON: each is sound, and what commands print is as they say; the server's is in test_api.py."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from conftest import REPORTS, write_corpus
from probqa import cli
from probqa.records import Document, Page, Quote, Source, Span
from probqa.rendering import citation_to_json
from probqa.schemas import DIALECT, FILE, schema, schemas
from probqa.settings import Settings

ALL = json.loads(FILE.read_text(encoding="utf-8"))
QUESTION = "how did Northway supervise people at low risk?"
ALTERED = "“Staff morale was high. Sickness absence was high.”"
# Of these, and of what is given to a tool, keys may be left out.
OPTIONAL = {"Filters", "AskInput", "EveryInput", "CheckInput", "ReadInput", "ReportsInput"}

Run = Callable[..., Any]


@pytest.fixture
def run(chosen: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with --json: what it prints."""
    for name in ("corpus", "index", "model", "reader"):
        monkeypatch.setenv(f"PROBQA_{name.upper()}", str(getattr(chosen, name)))

    def command(*arguments: str) -> Any:
        cli.main(arguments)
        return capsys.readouterr().out

    write_corpus(chosen.corpus, REPORTS | {"broken.txt": b"\xff"})
    command("build")
    return lambda *arguments: json.loads(command(*arguments, "--json"))


def is_as(name: str, value: Any) -> None:
    """Raise unless a value is as a schema says."""
    jsonschema.Draft202012Validator(schema(name), format_checker=jsonschema.FormatChecker()).validate(value)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Answer", ("ask", QUESTION)),
        ("Answer", ("ask", "zyzzyva quokka?")),
        ("Answer", ("ask", "thanks!")),
        ("Answer", ("ask", "Ambleton or Selby Green on morale?")),
        ("Answer", ("ask", "and there?", "--previous", QUESTION, "--since", "2016", "--area", "Ambleton")),
        ("EveryAnswer", ("ask", QUESTION, "--every")),
        ("CheckReport", ("check", ALTERED)),
        ("CheckReport", ("check", "“Nobody said these words.” and “a b”, says Weir", "--named", "Ambleton 2017")),
        ("Listing", ("list",)),
        ("IndexStatus", ("status",)),
        ("DocumentStatus", ("status", "--document", "weir")),
        ("Generations", ("generations",)),
        ("Log", ("log",)),
    ],
    ids=str,
)
def test_what_a_command_prints_is_as_its_schema_says(run: Run, name: str, arguments: tuple[str, ...]) -> None:
    is_as(name, run(*arguments))


def test_what_differs_between_two_generations_is_as_its_schema_says(
    run: Run, chosen: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    smoke = "questions:\n- question: How cold were the buildings?\n  document: weir\n"
    write_corpus(
        chosen.corpus, {"weir.txt": "Inspection of Weir\n\nIt was warm.", "new.md": "New.", "smoke.yaml": smoke}
    )
    (chosen.corpus / "northway" / "selby.md").unlink()
    cli.main(["build", "--draft"])
    cli.main(["publish", "--anyway"])
    capsys.readouterr()
    first, second = (each["name"] for each in run("generations")["generations"][::-1])
    compared = run("diff", first, second)
    is_as("Changes", compared)
    assert [len(compared[name]) for name in ("added", "changed", "removed", "answers")] == [1, 1, 1, 1]


def test_what_is_not_as_its_schema_says_is_noticed(run: Run) -> None:
    answer = run("ask", QUESTION)
    for name, spoilt in (
        ("a key that is not there", {"more": 1}),
        ("a status that is none", {"status": "maybe"}),
        ("a quote without its words", {"quotes": [answer["quotes"][0] | {"text": ""}]}),
        ("a citation without its place", {"quotes": [answer["quotes"][0] | {"citation": {}}]}),
    ):
        with pytest.raises(jsonschema.ValidationError):
            is_as("Answer", answer | spoilt)
            pytest.fail(name)


def test_every_schema_is_sound_and_strict() -> None:
    assert ALL["$schema"] == DIALECT
    for name, shape in ALL["$defs"].items():
        jsonschema.Draft202012Validator.check_schema(shape)
        if shape.get("type") == "object" and "properties" in shape:
            assert shape["additionalProperties"] is False, name
            assert name in OPTIONAL or shape["required"] == list(shape["properties"]), name


def test_a_schema_has_all_that_it_refers_to_and_no_more() -> None:
    for name in ALL["$defs"]:
        whole = schema(name)
        named = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(whole)))
        assert named == set(whole["$defs"]) | ({name} & named), name
    assert set(schemas(["Place"], "#/here/")) == {"Place", *schema("Place")["$defs"]}
    assert schemas(["Place"], "#/here/")["Place"]["properties"]["citation"] == {"$ref": "#/here/Citation"}


def test_a_citation_has_its_pages_and_the_end_is_exclusive() -> None:
    text = "One two.\n\nThree four."
    document = Document(
        Source("a", "A", "P", "report"), "a.pdf", "", "", text, (), (Page(0, 1), Page(5, 2, "i"), Page(10, 3, "1"))
    )
    found = citation_to_json(Quote(document, Span(4, 15), Span(0, 21)))
    assert found == {
        "type": "char_location",
        "cited_text": "two.\n\nThree",
        "document_id": "a",
        "document_title": "A",
        "document_sha256": document.text_sha256,
        "start_char_index": 4,
        "end_char_index": 15,
        "start_page_number": 1,
        "end_page_number": 4,
    }
    up_to_the_break = citation_to_json(Quote(document, Span(5, 10), Span(0, 21)))
    assert [up_to_the_break[name] for name in ("start_page_number", "end_page_number")] == [2, 3]
