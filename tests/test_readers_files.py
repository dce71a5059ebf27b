from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import write_corpus
from probqa.errors import ReadingError
from probqa.reading import corpus, reader
from probqa.records import Document


def read(folder: Path, name: str, content: bytes) -> Document:
    write_corpus(folder, {name: content})
    [file] = [file for file in corpus.list_files(folder)[0] if file.path == name]
    return reader.read(file, folder)


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path, ends: bytes, mark: bytes) -> None:
    content = mark + b"---\ntitle: A\n---\n# B\n\nIt was\nlate.\n\n- one\n".replace(b"\n", ends)
    document = read(tmp_path, "a.md", content)
    assert (document.source.title, document.text) == ("A", "B\n\nIt was late.\n\none")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"One.\nTwo.\nCaf\xe9.", "line 3: byte 13 is not UTF-8; save the file as UTF-8"),
        (b"\xff\xfeO\x00n\x00e\x00", "line 1: byte 0 is not UTF-8; save the file as UTF-8"),
        (b"One.\r\n\xed\xa0\x80", "line 2: byte 6 is not UTF-8; save the file as UTF-8"),
        (b"ok " * 100_000 + b"\n\x80", "line 2: byte 300001 is not UTF-8; save the file as UTF-8"),
    ],
)
def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    for name in ("a.md", "a.txt"):
        with pytest.raises(ReadingError) as refused:
            read(tmp_path, name, content)
        assert str(refused.value) == said
        (tmp_path / name).unlink()


def test_a_sidecar_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a.yaml": b"title: A\narea: Caf\xe9\n"})
    with pytest.raises(ReadingError, match="line 2: byte 18 is not UTF-8"):
        read(tmp_path, "a.txt", b"Text.")


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
@pytest.mark.parametrize("content", [b"", b"\n \t\n", b"---\ntitle: A\n---\n", "\u200b\ufeff\n".encode()])
def test_a_file_without_text_is_a_failure_and_never_a_document(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(ReadingError):
        read(tmp_path, name, content)


def test_a_document_knows_its_file_hash_reader_and_what_was_left_out(tmp_path: Path) -> None:
    document = read(tmp_path, "sub/a.txt", b"It was late.\n\nShare on twitter\n")
    [file], _ = corpus.list_files(tmp_path)
    assert (document.file, document.file_sha256) == ("sub/a.txt", file.sha256)
    assert document.reader == reader.reader_version("sub/a.txt")
    assert [(removal.reason, removal.text, removal.characters) for removal in document.removals] == [
        ("share button", "Share on twitter", 16)
    ]
    assert document.source.id == "sub/a"


def test_headings_are_found_from_the_offset(tmp_path: Path) -> None:
    text = b"# One\n\nA.\n\n## Two\n\nB.\n\n### Three\n\nC.\n\n## Four\n\nD.\n\n# Five\n\nE."
    document = read(tmp_path, "a.md", text)
    paths = {document.slice(block.span): document.heading_path(block.span.start) for block in document.blocks}
    assert {name: path for name, path in paths.items() if name.endswith(".")} == {
        "A.": ("One",),
        "B.": ("One", "Two"),
        "C.": ("One", "Two", "Three"),
        "D.": ("One", "Four"),
        "E.": ("Five",),
    }


@settings(max_examples=150)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.sampled_from(["a.md", "a.txt"]))
def test_any_bytes_are_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        document = read(folder, name, content)
    except ReadingError as error:
        assert "\n" not in str(error)
    else:
        assert document.blocks
