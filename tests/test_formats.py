"""Files of every format in a corpus: what each is taken for, whose metadata counts, and what a build keeps of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from conftest import write_corpus
from making import Picture, Put, docx, lines, paragraph, pdf, xlsx
from probqa.asking.library import Library
from probqa.dates import UNDATED, PartialDate
from probqa.errors import InputError, ReadingError
from probqa.indexing.build import build
from probqa.indexing.inspection import document_status, status
from probqa.reading import reader
from probqa.reading.corpus import CorpusFile, list_files
from probqa.reading.formats import eml, odt, rtf, webpage, word
from probqa.reading.formats import epub as epub_reader
from probqa.reading.formats import pdf as pdf_reader
from probqa.reading.formats import pptx as pptx_reader
from probqa.reading.formats import xlsx as xlsx_reader
from probqa.reading.reader import reader_version
from probqa.reading.sentences import split_sentences
from probqa.records import Document
from probqa.settings import Settings

REPORT = pdf([[*lines(f"Ambleton text {at} of the inspection."), Put(290, 30, str(at))] for at in (1, 2, 3)])


def read(folder: Path, name: str, content: bytes, sidecar: str = "") -> Document:
    write_corpus(folder, {name: content} | ({str(Path(name).with_suffix(".yaml")): sidecar} if sidecar else {}))
    files, _ = list_files(folder)
    return reader.read(next(file for file in files if file.path == name), folder)


def test_a_sidecar_wins_over_what_the_file_says_and_tells_where_it_came_from(tmp_path: Path) -> None:
    sidecar = "title: Ours\npublished: 2017-04-19\nadded: 2026-11-23\nfrom: an e-mail of the regional office\n"
    source = read(tmp_path, "a.pdf", pdf([lines("It was good.")], about={"CreationDate": "D:20200101"}), sidecar).source
    assert (source.title, source.published) == ("Ours", PartialDate("2017-04-19"))
    assert (source.added, source.origin) == ("2026-11-23", "an e-mail of the regional office")


def test_without_a_sidecar_the_files_own_date_stands_with_its_note(tmp_path: Path) -> None:
    source = read(tmp_path, "a.pdf", pdf([lines("It was good.")], about={"CreationDate": "D:20200101"})).source
    assert source.published == PartialDate("2020-01-01", "the day the PDF file was made")


def test_a_files_own_date_that_is_none_is_passed_over(tmp_path: Path) -> None:
    made = pdf([lines("It was good.")], about={"CreationDate": "D:20209931"})
    assert read(tmp_path, "a.pdf", made).source.published == UNDATED


def test_the_version_names_the_reader_and_its_library(tmp_path: Path) -> None:
    assert read(tmp_path, "a.docx", docx(paragraph("It was good."))).reader == reader_version("b/c.DOCX")
    assert reader.WORKER_READERS == {
        "pdf": (pdf_reader.VERSION, "pypdfium2"),
        "html": (webpage.VERSION, "trafilatura"),
        "docx": (word.VERSION, "lxml"),
        "odt": (odt.VERSION, "lxml"),
        "rtf": (rtf.VERSION, ""),
        "xlsx": (xlsx_reader.VERSION, "lxml"),
        "pptx": (pptx_reader.VERSION, "lxml"),
        "epub": (epub_reader.VERSION, "lxml"),
        "eml": (eml.VERSION, "lxml"),
    }


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.docx", bytes(100), "is empty"),
        ("a.pdf", b"<!doctype html><html>Not found</html>", "is named .pdf but is a web page"),
        ("a.txt", REPORT, "is named .txt but is a PDF; rename it to .pdf"),
        ("a.docx", REPORT, "is named .docx but is a PDF; rename it to .pdf"),
        ("a.pdf", docx(paragraph("x")), "is named .pdf but is a packed file"),
        ("a.epub", docx(paragraph("x")), "is not an e-book"),
        ("a.epub", REPORT, "is named .epub but is a PDF"),
        ("a.odt", docx(paragraph("x")), "is not an OpenDocument text"),
        ("a.xlsx", docx(paragraph("x")), "is not an Excel workbook"),
        ("a.pptx", docx(paragraph("x")), "is not a PowerPoint presentation"),
        ("a.rtf", b"It was good.", "is named .rtf but is something else"),
        ("a.txt", b"{\\rtf1 It was good.}", "is named .txt but is Rich Text; rename it to .rtf"),
        ("a.eml", docx(paragraph("x")), "is named .eml but is a packed file"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an old Office file"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "is protected with a password",
        ),
        ("a.pdf", pdf([[Picture()]]), "run: ocrmypdf IN.pdf OUT.pdf"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadingError) as caught:
        reader.read(CorpusFile(name, ""), tmp_path)
    assert said in str(caught.value)


def test_what_mends_a_scan_is_to_be_installed_only_where_it_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf([[Picture()]]))
    said = []
    for found in (None, "/usr/bin/it"):
        monkeypatch.setattr("shutil.which", lambda name, found=found: found)
        with pytest.raises(ReadingError) as caught:
            reader.read(CorpusFile("a.pdf", ""), tmp_path)
        said.append(caught.value.remedy)
    assert said == [
        "install tesseract, then run: probqa add --ocr FILE; or install ocrmypdf, then run: ocrmypdf IN.pdf OUT.pdf, "
        "and put OUT.pdf in its place",
        "run: probqa add --ocr FILE; or run: ocrmypdf IN.pdf OUT.pdf, and put OUT.pdf in its place",
    ]


def test_a_draft_that_is_a_scan_is_not_to_be_added() -> None:
    with pytest.raises(ReadingError) as caught:
        reader.read_draft(pdf([[Picture()]]), "draft.pdf")
    assert "probqa add" not in caught.value.remedy


def test_the_same_file_under_two_names_is_one_and_two_files_of_one_name_are_two(chosen: Settings) -> None:
    other = pdf([lines("Selby Green was inspected too.")])
    write_corpus(chosen.corpus, {"a/report.pdf": REPORT, "b/report.pdf": other, "copy.pdf": REPORT})
    write_corpus(chosen.corpus, {"copy.yaml": "title: A copy\n"})
    report = build(chosen)
    assert [(failure.file, failure.problem) for failure in report.failures] == [
        ("copy.pdf", "has the same content as a/report.pdf; it is indexed once, remove one of them")
    ]
    assert [document["id"] for document in status(chosen)["documents"]] == ["a/report", "b/report"]


def test_a_broken_file_is_named_and_the_others_are_indexed(chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"a.pdf": REPORT, "broken.pdf": b"%PDF-1.7 cut", "scan.pdf": pdf([[Picture()]])})
    build(chosen)
    found = status(chosen)
    assert [document["id"] for document in found["documents"]] == ["a"]
    assert [failure["file"] for failure in found["failures"]] == ["broken.pdf", "scan.pdf"]


def test_a_changed_or_removed_file_leaves_nothing_behind(chosen: Settings) -> None:
    write_corpus(chosen.corpus, {"a.pdf": REPORT, "b.docx": docx(paragraph("Weir had zebras in every office."))})
    build(chosen)
    write_corpus(chosen.corpus, {"a.pdf": pdf([lines("Nothing of before is here.")])})
    (chosen.corpus / "b.docx").unlink()
    report = build(chosen)
    assert (report.changed, report.removed, report.passages) == (1, 1, 1)
    live = chosen.index / report.generation
    kept = b"".join(path.read_bytes() for path in sorted(live.rglob("*")) if path.is_file())
    assert b"zebras" not in kept
    assert b"Ambleton text" not in kept


def test_a_quote_from_a_pdf_names_both_page_numbers(chosen: Settings) -> None:
    pages = [
        lines("The cover of the report."),
        *[[*lines(f"Text on {at} about zebras {at}."), Put(290, 30, str(at))] for at in (1, 2, 3)],
    ]
    write_corpus(chosen.corpus, {"a.pdf": pdf(pages)})
    build(chosen)
    library = Library(chosen)
    answer = library.ask("zebras 3?")
    library.generation.close()
    page = (answer.quotes or answer.near)[0].page
    assert page is not None
    assert (page.pdf, page.printed) == (4, "3")


def test_a_quote_from_a_workbook_names_its_sheet_and_cells(chosen: Settings) -> None:
    def row(at: int, *entries: str) -> str:
        cells = (f'<c r="{column}{at}" t="str"><v>{entry}</v></c>' for column, entry in zip("BC", entries, strict=True))
        return f'<row r="{at}">{"".join(cells)}</row>'

    sheet = f'<sheetData>{row(3, "Office", "Rating")}{row(4, "Zebra", "Poor")}</sheetData><autoFilter ref="B3:C4"/>'
    write_corpus(chosen.corpus, {"a.xlsx": xlsx({"By office": sheet})})
    build(chosen)
    library = Library(chosen)
    answer = library.ask("Zebra rating?")
    library.generation.close()
    quote = (answer.quotes or answer.near)[0]
    assert (quote.text, quote.heading) == ("Office: Zebra; Rating: Poor", ("By office", "Cells B4:C4"))


def test_the_status_of_a_document_tells_page_by_page_what_was_read(chosen: Settings) -> None:
    pages = [[*lines(f"Text {at} of this page."), Put(290, 30, str(at))] for at in (1, 2, 3)]
    write_corpus(chosen.corpus, {"a.pdf": pdf([*pages, [Picture()]]), "a.yaml": "added: 2026-11-23\nfrom: a disc\n"})
    build(chosen)
    found = document_status(chosen, "a")
    assert found["pages"][1] == {
        "pdf": 2,
        "printed": "2",
        "characters": len("Text 2 of this page."),
        "text_layer": True,
        "unreadable": False,
        "recognised": False,
        "certainty": 0,
        "certainties": [],
        "removed": [{"reason": "page number", "text": "2", "characters": 1}],
    }
    assert [page["unreadable"] for page in found["pages"]] == [False, False, False, True]
    assert (found["added"], found["from"], found["reader"]) == ("2026-11-23", "a disc", reader_version("a.pdf"))
    assert status(chosen)["documents"][0]["unreadable_pages"] == [4]
    with pytest.raises(InputError, match="there is no document 'b'"):
        document_status(chosen, "b")


KNOWN = json.loads((Path(__file__).parents[1] / "benchmarks" / "page_numbers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "name", sorted({known["file"] for known in KNOWN if known["file"].startswith(("ofsted", "ntsb"))})
)
def test_known_sentences_of_real_reports_have_both_their_page_numbers(shared: Path, name: str) -> None:
    path = shared / "real" / name
    if not path.is_file():
        pytest.skip(f"no file {name} in {shared}")
    document = reader.read(CorpusFile(path.name, ""), path.parent)
    pages = {}
    for block in document.blocks:
        for span in split_sentences(document.slice(block.span)):
            start = block.span.start + span.start
            words = document.text[start : block.span.start + span.end]
            pages[hashlib.sha256(words.encode()).hexdigest()] = document.page(start)
    for known in (known for known in KNOWN if known["file"] == name):
        page = pages[known["sha256"]]
        assert page is not None
        assert (page.pdf, page.printed) == (known["page"], known["printed"])
