from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import shut, write_corpus
from probqa.errors import CorpusError, ReadingError
from probqa.gathering.report_folder import documents
from probqa.reading.corpus import MAX_DEPTH, MAX_FILE_BYTES, CorpusFile, Failure, is_unchanged, list_files, read_bytes


def paths(folder: Path) -> list[str]:
    return [file.path for file in list_files(folder)[0]]


def test_documents_are_listed_by_path_and_nothing_else_is(tmp_path: Path) -> None:
    write_corpus(
        tmp_path,
        {
            "b.md": "1",
            "a/z.txt": "2",
            "a/B.MD": "3",
            "a b.md": "4",
            "notes.yaml": "title: a",
            ".hidden.md": "7",
            ".git/c.md": "8",
            "a/.away/d.md": "9",
            "README.md": "About this folder.",
            "a/readme.txt": "About that folder.",
        },
    )
    (tmp_path / "folder.md").mkdir()
    assert list_files(tmp_path)[1] == ()
    assert paths(tmp_path) == ["a b.md", "a/B.MD", "a/z.txt", "b.md"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("old.doc", "is of a kind that is not read (.doc); save it as .docx, .odt or PDF"),
        ("a/letter.WPD", "is of a kind that is not read (.wpd); save it as .docx, .odt or PDF"),
        ("text.ott", "is of a kind that is not read (.ott); save it as .docx, .odt or PDF"),
        ("sheet.csv", "is of a kind that is not read (.csv); save its sheets as .xlsx or PDF"),
        ("talk.ppt", "is of a kind that is not read (.ppt); save its slides as .pptx or PDF"),
        ("page.mht", "is of a kind that is not read (.mht); open it in a browser and save it as .html or PDF"),
        (
            "mail.msg",
            "is of a kind that is not read (.msg); open it in its own program and save it as .html, .txt or PDF",
        ),
        ("scan.jpg", "is of a kind that is not read (.jpg); make a PDF of it and run: ocrmypdf IN.pdf OUT.pdf"),
        ("all.zip", "is of a kind that is not read (.zip); unpack it here"),
        (
            "report",
            "is of a kind that is not read (its name has no ending); "
            "save it as .docx, .html, .txt or PDF, or move it out of the corpus",
        ),
    ],
)
def test_a_file_of_a_kind_that_is_not_read_is_named_with_what_to_do(tmp_path: Path, name: str, reason: str) -> None:
    write_corpus(tmp_path, {"a.md": "Text.", name: "5"})
    assert (paths(tmp_path), list_files(tmp_path)[1]) == (["a.md"], (Failure(name, reason),))


def test_what_lies_beside_the_reports_is_no_report_and_a_long_ending_is_one(tmp_path: Path) -> None:
    beside = {"calibration.json": "{}", "glossary.yaml": "", "Thumbs.db": "", "desktop.ini": "", ".DS_Store": ""}
    write_corpus(tmp_path, {"a.markdown": "Text.", "questions.jsonl": ""} | beside)
    assert (paths(tmp_path), list_files(tmp_path)[1]) == (["a.markdown"], ())
    assert [path.name for path in documents(tmp_path)] == ["a.markdown"]
    write_corpus(tmp_path, {"a/questions.jsonl": ""})
    [failure] = list_files(tmp_path)[1]
    assert failure.file == "a/questions.jsonl"


def test_a_file_is_known_by_its_content_and_its_sidecars(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a.txt": "Text."})
    plain = CorpusFile("a.txt", hashlib.sha256(b"Text.").hexdigest())
    assert list_files(tmp_path) == ((plain,), ())
    write_corpus(tmp_path, {"a.yaml": "title: A"})
    [[first], _] = list_files(tmp_path)
    assert first == CorpusFile("a.txt", hashlib.sha256(b"Text.\0sidecar\0title: A").hexdigest(), "a.yaml")
    assert is_unchanged(tmp_path, first)
    assert not is_unchanged(tmp_path, plain)
    write_corpus(tmp_path, {"a.yaml": "title: B"})
    assert not is_unchanged(tmp_path, first)
    assert list_files(tmp_path)[0][0].sha256 != first.sha256


def test_of_two_files_with_the_same_content_the_first_by_path_is_taken(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"b.md": "Text.", "a.md": "Text.", "c.txt": "Text.", "d.txt": "Text.", "d.yaml": "title: D"})
    files, failures = list_files(tmp_path)
    assert [file.path for file in files] == ["a.md"], "a sidecar makes no other document of the same content"
    reason = "has the same content as a.md; it is indexed once, remove one of them"
    assert failures == (Failure("b.md", reason), Failure("c.txt", reason), Failure("d.txt", reason))


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    write_corpus(folder, {"a.md": "Text.", "c.md": "C."})
    write_corpus(tmp_path, {"secret.md": "Secret.", "secret.yaml": "title: S", "corpus-beside/x.md": "Beside."})
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    (folder / "beside.md").symlink_to(tmp_path / "corpus-beside" / "x.md")
    (folder / "c.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "gone.md").symlink_to(folder / "nothing.md")
    (folder / "round.md").symlink_to(folder / "round.md")
    (folder / "elsewhere").symlink_to(tmp_path)
    (folder / "z.md").symlink_to(folder / "a.md")
    files, failures = list_files(folder)
    assert [file.path for file in files] == ["a.md"]
    out = "leads out of the corpus folder; copy the file into it instead of linking"
    assert [(failure.file, failure.problem) for failure in failures] == [
        ("beside.md", out),
        ("c.md", out),
        (
            "elsewhere/",
            "is a link to a folder; copy the folder into the corpus instead of linking; "
            "what was indexed from it before is kept",
        ),
        ("gone.md", "No such file or directory"),
        ("out.md", out),
        ("round.md", "Too many levels of symbolic links"),
        ("z.md", "has the same content as a.md; it is indexed once, remove one of them"),
    ]


@pytest.mark.parametrize("path", ["../secret.md", "sub/../../secret.md", "/etc/hostname"])
def test_a_path_out_of_the_folder_is_never_read(tmp_path: Path, path: str) -> None:
    write_corpus(tmp_path, {"secret.md": "Secret.", "corpus/sub/a.md": "Text."})
    with pytest.raises(ReadingError, match="leads out of the corpus folder"):
        read_bytes(tmp_path / "corpus", path)


def test_a_pipe_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a.md": "Text."})
    os.mkfifo(tmp_path / "pipe.md")
    assert list_files(tmp_path)[1] == (Failure("pipe.md", "is not a file; remove it"),)


def test_a_file_that_is_too_large_is_listed(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a.md": "Text.", "large.txt": "x"})
    os.truncate(tmp_path / "large.txt", MAX_FILE_BYTES + 1)
    assert list_files(tmp_path)[1] == (Failure("large.txt", "is larger than 100 MB; split it into smaller files"),)


def test_a_name_that_is_not_utf8_is_listed_as_it_can_be_shown(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a.md": "Text."})
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text("Late.")
    assert paths(tmp_path) == ["a.md"]
    assert list_files(tmp_path)[1] == (Failure("caf\\xe9.md", "its name is not UTF-8; rename it"),)


@pytest.mark.parametrize("files", [{}, {"README.md": "About."}, {".a.md": "Hidden."}, {"a.yaml": "title: A"}])
def test_a_folder_without_a_document_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    write_corpus(tmp_path, files)
    with pytest.raises(CorpusError) as refused:
        list_files(tmp_path)
    assert refused.value.problem == f"the corpus folder {tmp_path} holds no document"
    assert refused.value.remedy.startswith("run: probqa add FILE, or put files ending in .md")


def test_a_missing_folder_or_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "none", tmp_path / "file"):
        with pytest.raises(CorpusError) as refused:
            list_files(place)
        assert refused.value.problem == f"there is no corpus folder at {place}"


def test_a_folder_that_cannot_be_listed_is_named_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus(tmp_path, {"a.md": "Text.", "shut/b.md": "B.", "shut/in/c.md": "C.", "open/d.md": "D."})
    assert paths(tmp_path) == ["a.md", "open/d.md", "shut/b.md", "shut/in/c.md"]
    shut(monkeypatch, tmp_path / "shut")
    assert paths(tmp_path) == ["a.md", "open/d.md"]
    reason = "cannot be listed: Permission denied; see that it can be read; what was indexed from it before is kept"
    assert list_files(tmp_path)[1] == (Failure("shut/", reason),)


def test_a_corpus_that_cannot_be_listed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(tmp_path, {"a.md": "Text."})
    shut(monkeypatch, tmp_path)
    with pytest.raises(CorpusError, match=f"the corpus folder {tmp_path} cannot be listed: Permission denied"):
        list_files(tmp_path)


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """Give a corpus with 1,500 folders in one another; what pytest clears away with is not made for that."""
    write_corpus(tmp_path, {"a.md": "Text."})
    # Deeper than a path may be long: made a step at a time.
    place = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1_500):
        os.mkdir("deep", dir_fd=place)
        below = os.open("deep", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
    os.close(place)
    yield tmp_path
    subprocess.run(["rm", "-rf", tmp_path / "deep"], check=True)


def test_folders_beyond_any_depth_are_one_line(deep: Path) -> None:
    [[file], [failure]] = list_files(deep)
    assert file.path == "a.md"
    assert failure.file == "deep/" * (MAX_DEPTH + 1)
    assert failure.problem == (
        "lies more than 50 folders deep; move it further up; what was indexed from it before is kept"
    )
    assert documents(deep) == [deep / "a.md"]


def test_a_file_as_deep_as_may_be_is_read(tmp_path: Path) -> None:
    write_corpus(tmp_path, {f"{'d/' * MAX_DEPTH}a.md": "Text."})
    assert paths(tmp_path) == [f"{'d/' * MAX_DEPTH}a.md"]
    assert list_files(tmp_path)[1] == ()
