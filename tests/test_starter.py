"""The corpus to begin with: all of it or nothing, and never over what is there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from probqa.errors import CorpusError, InputError
from probqa.gathering import starter
from probqa.gathering.starter import start_corpus
from probqa.reading.corpus import list_files

ROOT = Path(__file__).resolve().parents[1]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != ".log.jsonl"}


def test_the_starter_corpus_is_the_one_of_the_repository_without_what_was_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / "starter"
    shutil.copytree(ROOT / "corpus", beside)
    (beside / "reports").mkdir(exist_ok=True)
    (beside / "reports" / "fetched.md").write_text("Somebody else's.")
    (beside / ".log.jsonl").write_text("What somebody did there.")
    assert starter.STARTER.resolve() == ROOT / "corpus"
    monkeypatch.setattr(starter, "STARTER", beside)
    corpus = start_corpus(tmp_path / "new" / "place")
    assert corpus == tmp_path / "new" / "place" / "corpus"
    assert files_of(corpus) == files_of(ROOT / "corpus")
    assert not (corpus / ".log.jsonl").exists()
    assert [path for path in corpus.iterdir() if path.is_dir()] == []
    assert [path.name for path in corpus.parent.iterdir()] == ["corpus"]


def test_an_empty_corpus_holds_only_the_page_that_says_how_to_fill_it(tmp_path: Path) -> None:
    corpus = start_corpus(tmp_path, empty=True)
    assert [path.name for path in corpus.iterdir()] == ["README.md"]
    assert "probqa add" in (corpus / "README.md").read_text(encoding="utf-8")
    with pytest.raises(CorpusError, match="holds no document"):
        list_files(corpus)


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("there", ["folder", "full folder", "file", "broken link"])
def test_what_is_there_stays_as_it_is(tmp_path: Path, there: str, empty: bool) -> None:
    corpus = tmp_path / "corpus"
    if there == "file":
        corpus.write_text("Mine.")
    elif there == "broken link":
        corpus.symlink_to("nowhere")
    else:
        corpus.mkdir()
    if there == "full folder":
        (corpus / "README.md").write_text("Mine.")
    with pytest.raises(InputError, match="there is already a corpus at "):
        start_corpus(tmp_path, empty=empty)
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] in ([], ["Mine."])


def test_a_file_is_no_place_for_a_corpus(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("Mine.")
    with pytest.raises(InputError, match="/file is not a folder; name another"):
        start_corpus(tmp_path / "file")


def test_a_corpus_that_could_not_be_written_whole_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []

    def fill_the_disk(source: Path, target: Path) -> None:
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        target.write_bytes(source.read_bytes())
        written.append(target)

    monkeypatch.setattr(starter.shutil, "copyfile", fill_the_disk)
    with pytest.raises(OSError, match="No space left"):
        start_corpus(tmp_path)
    assert list(tmp_path.iterdir()) == []
