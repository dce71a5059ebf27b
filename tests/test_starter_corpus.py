"""The starter corpus: every digest is whole, says what it is and where it is from, and lost no fact of its sheet."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from numbers_in import figures
from probqa.calibration import CALIBRATION_FILE, Calibration
from probqa.errors import ReadingError
from probqa.gathering.catalogue import read_catalogue
from probqa.reading import corpus, reader
from probqa.reading.corpus import CorpusFile
from probqa.reading.passages import cut_passages
from probqa.records import Document

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
DIGESTS = sorted(path.stem for path in CORPUS.glob("*.md"))

# What a sentence that is quoted by itself must not open with: the reader could not know who is meant.
LEANING = re.compile(
    r"(?:This|These|They|It|He|She|His|Her|Their|Its|However|But|Also|Both|Such|"
    r"The (?:company|CRC|PDU|unit|service|region|organisation))\b(?! [A-Z])"
)


@cache
def digest(name: str) -> Document:
    file = next(file for file in corpus.list_files(CORPUS)[0] if file.path == f"{name}.md")
    return reader.read(file, CORPUS)


def sentences(name: str) -> list[str]:
    document = digest(name)
    return [document.slice(span) for passage in cut_passages(document, first_row=0) for span in passage.sentences]


def sheet(shared: Path, name: str) -> dict[str, Any]:
    sheet: dict[str, Any] = yaml.safe_load((shared / "facts" / f"{name}.yaml").read_text(encoding="utf-8"))
    return sheet


def missing_figures(facts: list[str], text: str) -> list[tuple[str, str]]:
    """The figures of the facts that the text does not hold, each with its fact."""
    held = figures(text)
    return [(figure, fact) for fact in facts for figure in sorted(figures(fact) - held)]


@pytest.mark.parametrize("name", DIGESTS)
def test_an_official_address_stands_before_a_blog_s(name: str) -> None:
    hosts = read_catalogue(CORPUS).hosts
    official = [urlsplit(url).hostname in hosts for url in digest(name).source.urls]
    assert official == sorted(official, reverse=True)


def test_the_corpus_is_there_and_every_file_of_it_can_be_taken() -> None:
    files, failures = corpus.list_files(CORPUS)
    assert not failures
    assert [file.path for file in files if file.path.count("/") == 0] == [f"{name}.md" for name in DIGESTS]
    assert len(DIGESTS) == 112


@pytest.mark.parametrize("name", DIGESTS)
def test_a_digest_has_its_sources_its_wording_and_the_id_of_its_file(name: str) -> None:
    source = digest(name).source
    assert source.id == name
    assert source.wording == "digest"
    assert source.urls
    assert all(re.fullmatch(r"https?://\S+", url) for url in source.urls)
    assert source.title and source.publisher and source.kind and source.area and source.licence
    assert source.providers
    assert source.published


def test_a_digest_without_its_sources_is_refused(tmp_path: Path) -> None:
    front, body = (CORPUS / "gwent-pdu-2022.md").read_text(encoding="utf-8").split("\nurls:\n")
    without = front + "\n" + re.sub(r"\A(- \S+\n)+", "", body)
    (tmp_path / "gwent-pdu-2022.md").write_text(without, encoding="utf-8")
    with pytest.raises(ReadingError, match="a digest without its sources"):
        reader.read(CorpusFile("gwent-pdu-2022.md", "0" * 64), tmp_path)


@pytest.mark.parametrize("name", DIGESTS)
def test_a_digest_is_sections_of_short_paragraphs_and_names_no_address(name: str) -> None:
    document = digest(name)
    assert {(block.kind, block.level) for block in document.blocks} == {("heading", 2), ("paragraph", 0)}
    assert "http" not in document.text
    for block in document.blocks:
        assert len(document.slice(block.span).split()) <= 100
        # Every paragraph stands in a section, and no section is empty.
        assert block.kind == "heading" or document.heading_path(block.span.start)
    kinds = [block.kind for block in document.blocks]
    assert ("heading", "heading") not in list(zip(kinds, [*kinds[1:], "heading"], strict=True))


@pytest.mark.parametrize("name", DIGESTS)
def test_every_sentence_of_a_digest_can_stand_alone(name: str) -> None:
    assert [sentence for sentence in sentences(name) if LEANING.match(sentence)] == []
    assert [sentence for sentence in sentences(name) if len(sentence.split()) > 45] == []
    assert [sentence for sentence in sentences(name) if sentence[-1] not in ".'”"] == []


def test_no_digest_says_a_sentence_twice() -> None:
    said: dict[str, str] = {}
    for name in DIGESTS:
        for sentence in sentences(name):
            assert said.setdefault(sentence, name) == name, sentence
        assert len(set(sentences(name))) == len(sentences(name))


def test_there_is_one_digest_for_each_fact_sheet_and_none_extra(shared: Path) -> None:
    sheets = {path.stem for path in (shared / "facts").glob("*.yaml")} - {"catalogue", "glossary"}
    assert set(DIGESTS) == sheets


@pytest.mark.parametrize("name", DIGESTS)
def test_the_front_matter_of_a_digest_is_its_sheets(name: str, shared: Path) -> None:
    facts = sheet(shared, name)
    source = digest(name).source
    assert source.id == facts["id"]
    assert source.title == facts["title"]
    # Where no inspectorate published it, several others did.
    assert source.publisher == facts["inspectorate"].replace("none (", "several publishers (")
    assert source.published.iso == str(facts["published"])
    assert source.published.note == facts.get("published_note", "")
    assert source.kind == facts["kind"]
    assert source.area == facts["area"]
    assert list(source.providers) == facts["providers"]
    assert dict(source.ratings) == {key: value for key, value in (facts.get("ratings") or {}).items() if value}
    # The official ones come first here.
    assert sorted(source.urls) == sorted(facts["source_urls"])
    assert source.licence == facts["licence"]


@pytest.mark.parametrize("name", DIGESTS)
def test_every_figure_of_every_fact_is_in_its_digest(name: str, shared: Path) -> None:
    facts = [fact["fact"] for fact in sheet(shared, name)["facts"]]
    assert missing_figures(facts, digest(name).text) == []
    assert len(sentences(name)) >= len(facts)


def test_a_changed_lost_or_unitless_figure_is_found() -> None:
    facts = ["In 2017 one in four had 38 per cent; £3.7 billion was lost by 1,037 people."]
    whole = "One in four people, 38 per cent, lost £3.7 billion in 2017; they were 1,037."
    assert missing_figures(facts, whole) == []
    for was, becomes in (("38 per", "83 per"), ("38 per cent", "38"), ("four", "five"), ("1,037", "1037")):
        assert [figure for figure, _ in missing_figures(facts, whole.replace(was, becomes))] != []


def test_the_counts_are_what_the_command_prints(shared: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "corpus_counts.py"), "--facts", str(shared / "facts")]
    done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "src")}, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    printed = dict(re.findall(r"^(\w+(?: \w+)?) +([\d,]+)$", done.stdout, re.MULTILINE))
    facts = sum(len(sheet(shared, name)["facts"]) for name in DIGESTS)
    out = sum(len(sentences(name)) for name in DIGESTS)
    assert {name: int(count.replace(",", "")) for name, count in printed.items()} == {
        "documents": len(DIGESTS),
        "passages": sum(len(cut_passages(digest(name), first_row=0)) for name in DIGESTS),
        "sentences out": out,
        "facts in": facts,
    }
    assert out >= facts


def test_the_calibration_knows_the_digests_that_it_was_fitted_on() -> None:
    fitted = Calibration.from_json((CORPUS / CALIBRATION_FILE).read_bytes())
    assert len(fitted.documents) == len(DIGESTS)
    assert not any(fitted.new(digest(name).text_sha256 for name in DIGESTS))
