"""Scanned pages: what is recognised, what of it is left out, how it is marked everywhere, and what may go wrong."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from conftest import write_corpus
from making import Item, Picture, Put, docx, lines, paragraph, pdf
from probqa.asking.library import Library
from probqa.checking import differences, verdicts
from probqa.citing import export
from probqa.cli import main
from probqa.errors import ReadingError
from probqa.gathering.intake import add
from probqa.indexing.build import build
from probqa.indexing.inspection import document_status, status, verify
from probqa.questions import Request
from probqa.reading import corpus, reader
from probqa.reading.formats import pdf as pdf_reader
from probqa.reading.formats import sandbox
from probqa.reading.formats.pdfium import PdfFile
from probqa.reading.reader import reader_version
from probqa.records import Document, Recognised, Removal, Span
from probqa.rendering import json_text, to_json, to_text
from probqa.schemas import schema
from probqa.settings import Settings
from probqa.ui import embed
from probqa.ui.api import documents
from scanning import hocr, line, page, scanned_pdf, stand_in, sure

FIRST = hocr(
    line(200, *sure("Supervision of people"), size=90),
    line(600, *sure("The supervision of people at low risk was done by tele-")),
    line(660, *sure("phone in"), ("l4", 41), *sure("of 20 cases that we read in the whole of the")),
    line(720, *sure("Ambleton office. It was not enough."), ("It", 52), *sure("was late.")),
    line(900, ("¢", 60), *sure("Zebras were seen by nobody at all in this office.")),
)
FIRST_TEXT = (
    "Supervision of people\n\nThe supervision of people at low risk was done by telephone in l4 of 20 cases that we "
    "read in the whole of the Ambleton office. It was not enough. It was late.\n\nZebras were seen by nobody at all in "
    "this office."
)
MARK = "recognised, may be wrong"
OCR = "ocr: eng\n"

Installed = Callable[..., str]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """Puts a stand-in for Tesseract on PATH."""

    def install(answers: dict[str, dict[str, Any]] | None = None) -> str:
        folder = stand_in(tmp_path / "bin", {"1": {"hocr": FIRST}} if answers is None else answers)
        monkeypatch.setenv("PATH", folder)
        return folder

    return install


def read(folder: Path, pages: Sequence[Sequence[Item]], sidecar: str = OCR) -> Document:
    write_corpus(folder, {"a.pdf": pdf(pages)} | ({"a.yaml": sidecar} if sidecar else {}))
    [file] = corpus.list_files(folder)[0]
    return reader.read(file, folder)


def problem(folder: Path, pages: Sequence[Sequence[Item]], sidecar: str = OCR) -> str:
    with pytest.raises(ReadingError) as caught:
        read(folder, pages, sidecar)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
    return str(caught.value)


def place(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir(exist_ok=True)
    return tmp_path / "corpus"


def on_its_head(number: int) -> list[Item]:
    return [
        type(each)(each.x, 792, each.width, each.height)  # type: ignore[union-attr, call-arg]
        for each in page(number)
    ]


# --- what is read


def test_a_scan_is_read_with_its_paragraphs_headings_and_broken_words(tmp_path: Path, installed: Installed) -> None:
    installed()
    document = read(place(tmp_path), [page(1)])
    assert document.text == FIRST_TEXT
    assert [(block.kind, block.level) for block in document.blocks] == [("heading", 1), ("paragraph", 0), ("item", 0)]
    assert [each.layer for each in document.pages] == ["recognised"]
    assert [(each.reason, each.text) for each in document.removals] == [("line-break hyphen", "tele-")]
    assert document.reader == f"{reader_version('a.pdf')}, tesseract 5.0.0-stand-in eng"


def test_each_word_keeps_how_sure_the_program_is_of_it(tmp_path: Path, installed: Installed) -> None:
    installed()
    document = read(place(tmp_path), [page(1)])
    [scanned] = document.pages
    words = FIRST_TEXT.split()
    certainties = [{"l4": 41}.get(word, 95) for word in words]
    # The second "It" is the one of which it is less sure.
    certainties[[at for at, word in enumerate(words) if word == "It"][1]] = 52
    assert list(scanned.certainties) == certainties
    assert scanned.certainty == round(sum(certainties) / len(certainties))
    start = FIRST_TEXT.index("telephone")
    assert document.recognised(Span(start, start + len("telephone in l4 of"))) == Recognised(82, ("l4",))
    assert document.recognised(Span(start, start + 9)) == Recognised(95)


def test_a_word_with_figures_is_doubtful_sooner_than_another(tmp_path: Path, installed: Installed) -> None:
    words = [*sure("Of these"), ("(380)", 89), *sure("were"), ("seen", 80), ("twice", 79), ("in", 90), ("2017.", 90)]
    installed({"1": {"hocr": hocr(line(600, *words))}})
    document = read(place(tmp_path), [page(1)])
    assert document.recognised(Span(0, len(document.text))) == Recognised(89, ("(380)", "twice"))


def test_a_broken_word_is_as_sure_as_the_less_sure_of_its_halves(tmp_path: Path, installed: Installed) -> None:
    first = line(600, *sure("It was done by people who read every case by"), ("tele-", 66))
    installed({"1": {"hocr": hocr(first, line(660, ("phone", 58), *sure("in the office of Ambleton.")))}})
    document = read(place(tmp_path), [page(1)])
    at = document.text.split().index("telephone")
    assert document.pages[0].certainties[at] == 58


def test_only_pages_that_are_pictures_are_recognised(tmp_path: Path, installed: Installed) -> None:
    installed({"2": {"hocr": FIRST}})
    pages = [lines("The cover of the report."), page(2), [], lines("It ends here.")]
    document = read(place(tmp_path), pages)
    assert [each.layer for each in document.pages] == ["text", "recognised", "blank", "text"]
    assert document.text == f"The cover of the report.\n\n{FIRST_TEXT}\n\nIt ends here."
    assert [len(each.certainties) for each in document.pages] == [0, len(FIRST_TEXT.split()), 0, 0]
    assert document.recognised(Span(0, 9)) is None
    # A quote that begins on a page with text and ends on a recognised one carries the mark.
    assert document.recognised(Span(0, 40)) == Recognised(95)
    assert document.recognised(Span(len(document.text) - 13, len(document.text))) is None


def test_a_page_of_which_the_program_is_unsure_is_left_out_and_listed(tmp_path: Path, installed: Installed) -> None:
    poor = hocr(line(600, *sure("The suporvlsion of poople at low rlsk was done by telephone.", 84)))
    installed({"1": {"hocr": poor}})
    document = read(place(tmp_path), [lines("The cover of the report."), page(1)])
    assert document.text == "The cover of the report."
    assert [each.layer for each in document.pages] == ["text", "image"]
    assert document.removals == (
        Removal(
            "page recognised with 84% certainty, less than 85%",
            "The suporvlsion of poople at low rlsk was done by telephone.",
            60,
            2,
        ),
    )


def test_a_scan_of_unsure_pages_alone_is_an_error_that_says_how_unsure(tmp_path: Path, installed: Installed) -> None:
    installed({"1": {"hocr": hocr(line(600, *sure("The suporvlsion of poople", 41)))}})
    assert problem(place(tmp_path), [page(1)]) == (
        "holds no text to read: its only page is a picture; page recognised with 41% certainty, less than 85%; "
        "scan it anew at 300 dpi"
    )


def test_a_line_of_which_the_program_is_unsure_is_left_out_and_listed(tmp_path: Path, installed: Installed) -> None:
    installed({"1": {"hocr": FIRST.replace("</p>", line(1200, ("=e", 20), ("|sw", 30), ("ae", 69)) + "</p>")}})
    document = read(place(tmp_path), [page(1)])
    assert document.text == FIRST_TEXT
    assert document.removals[0] == Removal("line recognised with less than 70% certainty", "=e |sw ae", 9, 1)


def test_a_stamp_that_is_text_gives_way_to_the_words_of_the_whole_page(tmp_path: Path, installed: Installed) -> None:
    installed()
    document = read(place(tmp_path), [[Picture(), *page(1), Put(72, 800, "Received 3 May 2017")]])
    assert document.text == FIRST_TEXT
    assert document.removals[0] == Removal("text on a page that was recognised", "Received 3 May 2017", 19, 1)


def test_a_text_layer_counts_as_text_however_bad_it_is(tmp_path: Path, installed: Installed) -> None:
    installed()
    layer = [
        Put(72, 760 - 14 * at, f"Rec0gnised llne {at} of the scanned page, long enough.", mode=3) for at in range(6)
    ]
    document = read(place(tmp_path), [[Picture(), *layer]])
    assert [each.layer for each in document.pages] == ["text"]
    assert document.recognised_pages == ()


def test_a_page_on_its_head_is_turned(tmp_path: Path, installed: Installed) -> None:
    wrong = hocr(line(600, *sure("peulejuod jjas Ases", 30)))
    installed({"turned 1": {"hocr": wrong, "osd": "Page number: 0\nRotate: 180\n"}, "1": {"hocr": FIRST}})
    assert read(place(tmp_path), [on_its_head(1)]).text == FIRST_TEXT


def test_without_the_data_that_tells_how_a_page_lies_it_is_left_as_it_lies(
    tmp_path: Path, installed: Installed
) -> None:
    wrong = hocr(line(600, *sure("peulejuod jjas Ases", 30)))
    installed({"turned 1": {"hocr": wrong}, "1": {"hocr": FIRST}})
    assert "page recognised with 30% certainty" in problem(place(tmp_path), [on_its_head(1)])


def test_a_line_that_is_left_out_parts_the_sentence_it_stood_in(tmp_path: Path, installed: Installed) -> None:
    before, after = (
        "It was seen by nobody in any of the offices that the",
        "inspectors read about in the cases of the year before.",
    )
    unsure = line(660, *sure("sqrn lhc fxmc of ihe ycar befcre in lhe 0ffices", 40))
    more = [line(780 + 60 * at, *sure("They read of it in the other office, and said so at once.")) for at in range(6)]
    lines_of_it = [line(600, *sure(before)), unsure, line(720, *sure(after)), *more]
    installed({"1": {"hocr": hocr(*lines_of_it)}})
    first, second = read(place(tmp_path), [page(1)]).text.split("\n\n")[:2]
    assert (first, second[: len(after)]) == (before, after)


def test_what_a_scan_says_of_its_date_is_not_sure(tmp_path: Path, installed: Installed) -> None:
    installed({"1": {"hocr": FIRST.replace("</p>", line(1400, *sure("Published: 3 May 2017")) + "</p>")}})
    published = read(place(tmp_path), [page(1)]).source.published
    assert (published.iso, published.in_words) == ("2017-05-03", "3 May 2017 (read from a scan)")
    assert not published.sure


def test_nothing_is_recognised_unless_it_is_asked_for(tmp_path: Path, installed: Installed) -> None:
    installed()
    assert "holds no text to read: its only page is a picture or blank; run: probqa add --ocr FILE" in problem(
        place(tmp_path), [page(1)], sidecar="title: A\n"
    )


# --- what may go wrong


def test_where_the_program_is_not_installed_the_next_step_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert problem(place(tmp_path), [page(1)]) == (
        "could not be recognised: tesseract is not installed; install it (Debian: apt install tesseract-ocr, "
        "macOS: brew install tesseract), and run this again"
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"status": 1, "says": "Error opening data file /x/cym.traineddata\nFailed loading language 'cym'\n"},
            "page 1 could not be recognised: tesseract has no data for the language 'cym'; install it (Debian: apt "
            "install tesseract-ocr-cym), or name others as ocr: in the sidecar; tesseract --list-langs lists what is "
            "there",
        ),
        (
            {"status": 3, "says": "Estimating resolution as 9\nno memory\n"},
            "page 1 could not be recognised: tesseract ended with status 3 (Estimating resolution as 9 no memory); "
            "try the page with tesseract itself, or scan it anew",
        ),
        ({"hocr": ""}, "holds no text to read: its only page is a picture; no words in it; scan it anew at 300 dpi"),
        ({"hocr": "<span class='ocr_line' title='bbox 1 1 2"}, "no words in it; scan it anew at 300 dpi"),
    ],
    ids=["no language", "a crash", "nothing", "half an answer"],
)
def test_each_failure_is_one_line_with_a_next_step(
    tmp_path: Path, installed: Installed, answer: dict[str, Any], said: str
) -> None:
    installed({"1": answer})
    assert problem(place(tmp_path), [page(1)], "ocr: cym\n").endswith(said)


def running(program: str) -> list[str]:
    names = (path for path in Path("/proc").glob("[0-9]*/cmdline"))
    return [command for name in names if program in (command := _text(name))]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_program_dies_with_its_worker(
    tmp_path: Path, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = installed({"1": {"hocr": FIRST, "sleeps": 60}})
    monkeypatch.setattr(reader, "RECOGNISING", sandbox.Limits(wall_seconds=3))
    began = time.monotonic()
    assert "took more than 3 seconds to read" in problem(place(tmp_path), [page(1)])
    # It has been killed by now, but a system takes its time to end a process; left alone, it would sleep for a minute.
    while time.monotonic() - began < 30 and running(f"{folder}/tesseract"):
        time.sleep(0.05)
    assert running(f"{folder}/tesseract") == []
    assert time.monotonic() - began < 30


def test_a_worker_may_start_that_program_and_no_other(tmp_path: Path) -> None:
    code = """
import subprocess
from probqa.reading.formats import pdf, worker
pdf.read_pdf = lambda content, program: subprocess.run(["/bin/true"])
print(worker._outcome("pdf", b"", "/bin/false", "eng"))
"""
    tests = Path(__file__).parent
    path = os.pathsep.join([str(tests), str(tests.parent / "src")])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": path}, check=True
    )
    assert "could not be parsed (PermissionError)" in done.stdout


@pytest.mark.parametrize("languages", ["eng; rm -rf /", "-l", "../eng", "e" * 200, "eng+", "[eng]"])
def test_what_is_no_language_never_reaches_the_program(tmp_path: Path, installed: Installed, languages: str) -> None:
    installed({"1": {"status": 9}})
    said = problem(place(tmp_path), [page(1)], f"title: A\nocr: {languages!r}\n")
    assert said.startswith(f"a.yaml line 2: ocr: {languages!r} names no languages")


def test_too_many_scanned_pages_are_refused_before_the_first_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_reader, "_MAX_RECOGNISED", 2)
    with pytest.raises(ReadingError, match="has 3 pages to recognise, more than 2"):
        pdf_reader.read_pdf(pdf([page(1)] * 3), pdf_reader.Program("/nowhere", "eng"))


def test_another_format_cannot_be_recognised(tmp_path: Path, installed: Installed) -> None:
    installed()
    write_corpus(place(tmp_path), {"a.docx": docx(paragraph("It was good.")), "a.yaml": OCR})
    [file] = corpus.list_files(tmp_path / "corpus")[0]
    with pytest.raises(ReadingError, match="only the pages of a PDF can be recognised"):
        reader.read(file, tmp_path / "corpus")


# --- the choice lasts


def added(chosen: Settings, name: Path, *, ocr: bool = True) -> tuple[str, str]:
    [outcome] = add(chosen, [str(name)], ocr=ocr)
    return outcome.state, outcome.note


def test_what_is_added_to_be_recognised_says_so_in_its_sidecar(
    chosen: Settings, tmp_path: Path, installed: Installed
) -> None:
    installed()
    (tmp_path / "scan.pdf").write_bytes(pdf([page(1)]))
    state, note = added(chosen, tmp_path / "scan.pdf")
    [sidecar] = (chosen.corpus / "reports").glob("*.yaml")
    assert (state, yaml.safe_load(sidecar.read_text())["ocr"]) == ("new", "eng")
    assert note.endswith("; to have its scanned pages recognised, which takes some seconds a page, run: probqa build")
    build(chosen)
    [document] = status(chosen)["documents"]
    assert document["recognised_pages"] == [{"pdf": 1, "certainty": 93}]


def test_a_scan_that_was_added_before_is_recognised_from_now_on(
    chosen: Settings, tmp_path: Path, installed: Installed
) -> None:
    installed()
    (tmp_path / "scan.pdf").write_bytes(pdf([page(1)]))
    added(chosen, tmp_path / "scan.pdf", ocr=False)
    [sidecar] = (chosen.corpus / "reports").glob("*.yaml")
    sidecar.write_text(f"# by hand\ntitle: Ours\n{sidecar.read_text()}")
    before = sidecar.read_text()
    assert added(chosen, tmp_path / "scan.pdf")[0] == "changed"
    assert sidecar.read_text() == f"{before}ocr: eng\n"
    assert added(chosen, tmp_path / "scan.pdf")[0] == "unchanged"
    assert added(chosen, tmp_path / "scan.pdf", ocr=False)[0] == "unchanged"
    assert sidecar.read_text() == f"{before}ocr: eng\n"


def test_what_cannot_be_recognised_is_not_added(
    chosen: Settings, tmp_path: Path, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed()
    (tmp_path / "a.docx").write_bytes(docx(paragraph("It was good.")))
    (tmp_path / "scan.pdf").write_bytes(pdf([page(1)]))
    said = "only the pages of a PDF can be recognised; add it without --ocr"
    assert added(chosen, tmp_path / "a.docx") == ("failed", said)
    monkeypatch.setenv("PATH", "/nowhere")
    state, note = added(chosen, tmp_path / "scan.pdf")
    assert (state, note.partition(";")[0]) == ("failed", "could not be recognised: tesseract is not installed")
    assert [path.name for path in (chosen.corpus / "reports").iterdir()] == [".lock"]


def test_a_rebuild_keeps_what_was_recognised_without_the_program(
    chosen: Settings, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed()
    write_corpus(chosen.corpus, {"a.pdf": pdf([page(1)]), "a.yaml": OCR, "b.md": "It was good."})
    build(chosen)
    monkeypatch.setenv("PATH", "/nowhere")
    write_corpus(chosen.corpus, {"b.md": "It was bad."})
    report = build(chosen)
    assert (report.changed, report.unchanged, report.failures) == (1, 1, ())
    assert status(chosen)["documents"][0]["recognised_pages"] == [{"pdf": 1, "certainty": 93}]
    assert list(verify(chosen)) == []
    # A changed file has to be read anew.
    write_corpus(chosen.corpus, {"a.pdf": pdf([page(1), lines("More.")])})
    [failure] = build(chosen).failures
    assert failure.problem.startswith("could not be recognised: tesseract is not installed; install it")


# --- the mark


@pytest.fixture
def scanned(chosen: Settings, installed: Installed) -> Iterator[Library]:
    installed({"1": {"hocr": FIRST}})
    about = "title: Ambleton <b>2017</b>\npublished: 2017-05-03\nurl: https://example.org/a.pdf\n"
    write_corpus(chosen.corpus, {"a.pdf": pdf([page(1), lines("Giraffes were seen by all.")]), "a.yaml": OCR + about})
    build(chosen)
    library = Library(chosen)
    yield library
    library.generation.close()


def test_an_answer_marks_a_recognised_quote_in_every_form(scanned: Library) -> None:
    answer = scanned.ask(Request.of("Was the supervision of 20 cases done by telephone?"))
    quote = (answer.quotes or answer.near)[0]
    said = f"{MARK}: 93% sure, least of “l4”"
    assert quote.recognised == Recognised(93, ("l4",))
    assert said in " ".join(to_text(answer).split())
    shown = to_json(answer)
    shown_quote = (shown["quotes"] or shown["near"])[0]
    assert shown_quote["recognised"] == {"certainty": 93, "doubtful": ["l4"]}
    assert shown_quote["label"] == said
    assert said in embed.answer_page(answer)
    for name in export.FORMATS:
        written = export.export([quote], export.FORMATS[name], date(2026, 11, 29))
        text = _word_text(written) if name == "word" else written.decode()
        assert MARK in text.replace("\\", "").replace("R", "r"), name


def _word_text(content: bytes) -> str:
    import docx as word

    return "\n".join(each.text for each in word.Document(io.BytesIO(content)).paragraphs)


def test_a_quote_from_a_page_with_text_has_no_mark(scanned: Library) -> None:
    document = scanned.generation.document("a")
    assert document is not None
    answer = scanned.ask(Request.of("Were giraffes seen by all?"))
    quote = (answer.quotes or answer.near)[0]
    assert (quote.text, quote.recognised) == ("Giraffes were seen by all.", None)
    assert json.loads(json_text(to_json(answer)))["coverage"]["documents"] == 1


def test_one_question_to_every_report_marks_recognised_words(scanned: Library) -> None:
    every = scanned.every(Request.of("Was the supervision of 20 cases done by telephone?"))
    assert MARK in export.every_to_csv(every, date(2026, 11, 29)).decode("utf-8-sig")
    assert f"*{MARK}" in export.every_to_markdown(every, date(2026, 11, 29)).decode()


def test_a_check_says_that_the_words_were_recognised(scanned: Library) -> None:
    report = scanned.check("“done by telephone in 14 of 20 cases that we read”")
    [checked] = report.quotes
    assert checked.status == "altered"
    assert f"{MARK}: 90% sure, least of “l4”" in verdicts.describe(checked)
    assert verdicts.to_json(report)["quotes"][0]["places"][0]["recognised"] == {"certainty": 90, "doubtful": ["l4"]}
    assert MARK in differences.to_text(report)


def test_the_api_lists_the_recognised_pages_as_it_is_documented(scanned: Library) -> None:
    [document] = documents(scanned)["documents"]
    assert document["recognised_pages"] == [{"pdf": 1, "certainty": 93}]
    assert set(document) == set(schema("Document")["required"])
    assert set(schema("Recognised")["required"]) == {"certainty", "doubtful"}


def test_the_terminal_lists_a_scan_with_its_mark(
    scanned: Library, chosen: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = ["--corpus", str(chosen.corpus), "--index", str(chosen.index)]
    assert main(["list", *folders]) == 0
    assert f"1 of 2 pages {MARK}" in capsys.readouterr().out
    assert main(["status", "--document", "a", *folders]) == 0
    assert f"PDF page 1: {len(FIRST_TEXT)} characters kept, {MARK}: 93% sure" in capsys.readouterr().out
    first, second = document_status(chosen, "a")["pages"]
    assert (first["recognised"], first["text_layer"], len(first["certainties"])) == (
        True,
        False,
        len(FIRST_TEXT.split()),
    )
    assert (second["recognised"], second["text_layer"], second["certainties"]) == (False, True, [])


def test_the_pages_mark_a_scan(scanned: Library, view: Callable[..., AppTest]) -> None:
    read_page = "".join(element.proto.body for element in view("read", document="a").get("html"))
    assert "<b>Recognised, may be wrong: 1 of 2 pages.</b>" in read_page
    assert f'PDF 1</span> <span class="pq-page">{MARK}: 93% sure</span> ' in read_page
    assert read_page.count(f"{MARK}: ") == 1
    listed = "".join(element.proto.body for element in view("reports").get("html"))
    assert f"verbatim (1 page {MARK})" in listed


# --- the program itself


@pytest.fixture
def tesseract() -> None:
    """Skip the test, or fail it where it must run, where Tesseract is not installed."""
    try:
        sandbox.find_recogniser("eng")
    except ReadingError:
        missing = "no tesseract here: apt-get install tesseract-ocr"
        pytest.fail(missing) if os.environ.get("PROBQA_REQUIRE_TESSERACT") else pytest.skip(missing)


LEFT = (
    "The inspectors read twenty cases in",
    "the office at Ambleton. They found",
    "that supervision was done by tele-",
    "phone in fourteen of these, which",
    "was not enough to keep people safe.",
)
RIGHT = (
    "Managers had not seen the figures",
    "for 2017. By May, 38 per cent of the",
    "people under supervision had missed",
    "an appointment, and nobody had",
    "asked them why they did not come.",
)


def scan(turns: int = 0) -> bytes:
    """Two columns under a heading as a picture, so many quarter turns to the right, with nothing else in the file."""
    items = [
        Put(72, 760, "Findings", 24),
        *lines(*LEFT, top=700),
        *lines(*RIGHT, x=320, top=700),
    ]
    picture = PdfFile(pdf([items])).picture(1, turns)
    assert picture is not None
    return scanned_pdf(picture)


@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize("turns", [0, 1, 2])
def test_a_scan_of_two_columns_is_read_word_for_word(tmp_path: Path, turns: int) -> None:
    write_corpus(tmp_path, {"a.pdf": scan(turns), "a.yaml": OCR})
    [file] = corpus.list_files(tmp_path)[0]
    document = reader.read(file, tmp_path)
    columns = (" ".join(column).replace("tele- phone", "telephone") for column in (LEFT, RIGHT))
    assert document.text == "\n\n".join(("Findings", *columns))
    assert document.blocks[0].kind == "heading"
    assert document.pages[0].certainty > 85
    assert len(document.pages[0].certainties) == len(document.text.split())


@pytest.mark.usefixtures("tesseract")
def test_a_language_that_is_not_installed_is_named(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a.pdf": scan(), "a.yaml": "ocr: tlh\n"})
    [file] = corpus.list_files(tmp_path)[0]
    with pytest.raises(ReadingError, match="tesseract has no data for the language 'tlh'"):
        reader.read(file, tmp_path)
