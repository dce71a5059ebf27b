"""Laws 2, 3 and 4: row i is row i, a generation never changes, and an index refuses what did not make it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import hash_encoder
from conftest import REPORTS, Opener, write_corpus
from probqa.asking.library import Library
from probqa.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, ProbqaError
from probqa.indexing import storage
from probqa.indexing.build import build
from probqa.indexing.encoder import CANARIES
from probqa.indexing.generation import FORMAT, Contents, Generation, write
from probqa.indexing.inspection import verify
from probqa.indexing.lexical import LexicalIndex, words
from probqa.indexing.manifest import Model
from probqa.indexing.publishing import KEPT_GENERATIONS
from probqa.reading.passages import search_text
from probqa.settings import Settings

ANOTHER = Model("another", hash_encoder.MODEL)


def digests(folder: Path) -> dict[str, str]:
    return {path.name: storage.sha256(path.read_bytes()) for path in folder.iterdir()}


def contents_of(generation: Generation) -> Contents:
    """What the generation was written from, so that a test can write it again with one thing wrong."""
    return Contents(
        documents=list(generation.all_documents()),
        passages=[generation.passage(row) for row in range(generation.passages)],
        passage_vectors=generation.dense.vectors,
        sentence_vectors=generation.sentence_vectors,
        canary_vectors=generation.canary_vectors,
        lexical=generation.lexical,
        encoder_files=generation.encoder_files,
        reader_files=generation.reader_files,
        model=generation.manifest.model,
        reader=generation.manifest.reader,
        files=generation.manifest.corpus,
        calibration=generation.calibration,
    )


def test_row_i_is_row_i_everywhere(built: Settings, opened: Opener) -> None:
    generation = opened(built)
    sentence_row = 0
    for row in range(generation.passages):
        document, passage = generation.document_of(row), generation.passage(row)
        assert (passage.row, passage.document_id) == (row, document.source.id)
        assert row in generation.passages_of(document.source.id)
        text = search_text(document, passage)
        vector = generation.encoder.encode_question(text)
        assert generation.dense.vectors[row].tolist() == vector.tolist()
        assert generation.dense.search(vector, 1)[0].tolist() == [row]
        assert int(np.argmax(generation.lexical.scores(words(text)))) == row
        assert generation.first_sentences[row] == sentence_row
        for span in passage.sentences:
            expected = generation.encoder.encode_question(document.slice(span)).astype(np.float16)
            assert generation.sentence_vectors[sentence_row].tolist() == expected.tolist()
            sentence_row += 1
    assert generation.first_sentences[-1] == sentence_row == len(generation.sentence_vectors)


WRONG: dict[str, Callable[[Contents], Contents]] = {
    "passage_vectors.npy": lambda contents: replace(contents, passage_vectors=contents.passage_vectors[:-1]),
    "sentence_vectors.npy": lambda contents: replace(contents, sentence_vectors=contents.sentence_vectors[1:]),
    "lexical_rows.npy": lambda contents: replace(contents, lexical=LexicalIndex.build(["one", "two"])),
}


@pytest.mark.parametrize("file", WRONG)
def test_a_generation_whose_rows_differ_is_refused_and_never_goes_live(
    built: Settings, opened: Opener, file: str
) -> None:
    live = opened(built)
    wrong = replace(WRONG[file](contents_of(live)), model=ANOTHER)
    with pytest.raises(IndexDamagedError, match=rf"{file} has \d+ rows, not \d+; run: probqa build"):
        write(built.index, wrong)
    assert [path.name for path in storage.generations(built.index)] == [live.name]
    assert storage.read_pointer(built.index)[0] == live.name


def test_a_vector_that_is_not_of_length_1_is_told_by_verify(built: Settings, opened: Opener) -> None:
    contents = contents_of(opened(built))
    vectors = contents.passage_vectors.copy()
    vectors[3] *= 1.01
    write(built.index, replace(contents, passage_vectors=vectors, model=ANOTHER))
    assert [line.rsplit("/")[-1] for line in verify(built)] == [
        "passage_vectors.npy: has a row that is not of length 1"
    ]


def test_a_passage_cut_elsewhere_is_told_by_verify(built: Settings, opened: Opener) -> None:
    contents = contents_of(opened(built))
    passages = list(contents.passages)
    passages[1] = replace(passages[1], lead_in=None)
    write(built.index, replace(contents, passages=passages))
    assert [line.rsplit("/")[-1] for line in verify(built)] == [
        "passages.npy: the passages of ambleton are not the ones its text gives"
    ]


def test_a_document_that_reads_differently_is_told_by_verify(built: Settings, opened: Opener) -> None:
    contents = contents_of(opened(built))
    documents = list(contents.documents)
    documents[0] = replace(documents[0], source=replace(documents[0].source, title="Another"))
    write(built.index, replace(contents, documents=documents, model=ANOTHER))
    assert list(verify(built)) == [f"{built.corpus / 'ambleton.md'}: reads differently from the text in the index"]


def test_verify_of_a_sound_index_says_nothing_with_or_without_its_corpus(built: Settings) -> None:
    assert list(verify(built)) == []
    for name in REPORTS:
        (built.corpus / name).unlink()
    assert list(verify(built)) == []
    assert list(verify(replace(built, corpus=built.corpus / "none"))) == []


def test_a_build_leaves_the_old_generation_as_it_was(built: Settings) -> None:
    old = storage.generations(built.index)[0]
    before = digests(old)
    write_corpus(built.corpus, {"new.md": "Nobody was late."})
    report = build(built)
    assert digests(old) == before
    assert report.generation != old.name
    assert [path.name for path in storage.generations(built.index)] == [old.name, report.generation]


def test_a_reader_keeps_the_generation_it_opened(built: Settings) -> None:
    with closing(Library(built)) as library:
        before = library.ask("Who supervised people at low risk?")
        write_corpus(built.corpus, {"ambleton.md": "# Findings\n\nNothing is known."})
        build(built)
        assert library.ask("Who supervised people at low risk?") == before
    with closing(Library(built)) as library:
        assert library.ask("Who supervised people at low risk?") != before


def test_an_old_generation_can_be_gone_back_to(built: Settings, opened: Opener) -> None:
    pointer = (built.index / storage.POINTER).read_bytes()
    first = opened(built)
    write_corpus(built.corpus, {"new.md": "Nobody was late."})
    build(built)
    (built.index / storage.POINTER).write_bytes(pointer)
    assert opened(built).name == first.name
    assert list(verify(built)) == []


def test_a_corpus_that_is_changed_and_changed_back_has_the_same_generation(built: Settings) -> None:
    first = storage.read_pointer(built.index)[0]
    write_corpus(built.corpus, {"new.md": "Nobody was late."})
    second = build(built).generation
    (built.corpus / "new.md").unlink()
    report = build(built)
    assert (report.generation, report.removed, report.unchanged) == (first, 1, 3)
    assert {path.name for path in storage.generations(built.index)} == {first, second}
    assert list(verify(built)) == []


def test_at_least_two_old_generations_are_kept(built: Settings) -> None:
    names = [storage.read_pointer(built.index)[0]]
    for number in range(KEPT_GENERATIONS + 2):
        write_corpus(built.corpus, {"new.md": f"Nobody was late in week {number}."})
        names.append(build(built).generation)
    assert KEPT_GENERATIONS >= 3
    assert [path.name for path in storage.generations(built.index)] == names[-KEPT_GENERATIONS:]


def test_the_latest_generations_are_kept_though_the_clock_goes_back(built: Settings) -> None:
    names = [storage.read_pointer(built.index)[0]]
    for number in range(KEPT_GENERATIONS + 2):
        for folder in storage.generations(built.index):
            later = folder.stat().st_mtime_ns + 365 * 86_400 * 10**9
            os.utime(folder, ns=(later, later))
        write_corpus(built.corpus, {"new.md": f"Nobody was late in week {number}."})
        names.append(build(built).generation)
        assert [path.name for path in storage.generations(built.index)] == names[-KEPT_GENERATIONS:]


@pytest.mark.parametrize("name", ["two words", "Berichte über Ämter", "索引", "تقارير", "a'b\"c$d", "📚"])
def test_an_index_may_have_any_name(chosen: Settings, name: str) -> None:
    chosen = Settings(
        chosen.corpus.rename(chosen.corpus.with_name(f"{name} corpus")), chosen.index / name, chosen.model
    )
    for number in range(2):
        write_corpus(chosen.corpus, {f"{name}.md": f"Nobody was late in week {number}."})
        build(chosen)
        with closing(Library(chosen)) as library:
            (quote,) = library.ask("Who was late?").near
            assert quote.text == f"Nobody was late in week {number}."
        assert list(verify(chosen)) == []


def test_a_generation_in_use_is_deleted_only_after_its_reader_is_done(built: Settings) -> None:
    with closing(Library(built)) as library:
        held = library.generation
        for number in range(KEPT_GENERATIONS + 1):
            write_corpus(built.corpus, {"new.md": f"Nobody was late in week {number}."})
            build(built)
        assert held.folder.is_dir()
        assert set(digests(held.folder)) == {*held.manifest.files, storage.MANIFEST}
    write_corpus(built.corpus, {"new.md": "Nobody was late in week 9."})
    build(built)
    assert not held.folder.exists()
    assert len(storage.generations(built.index)) == KEPT_GENERATIONS


def test_the_live_generation_and_the_draft_are_kept_however_old(built: Settings) -> None:
    live = storage.read_pointer(built.index)[0]
    for number in range(3):
        (built.index / f"{number:016x}").mkdir()
    storage.move_pointer(built.index, "0" * 16, "0" * 64, storage.DRAFT)
    assert storage.remove_generations(built.index, keep=[f"{2:016x}"]) == [f"{1:016x}"]
    assert {path.name for path in storage.generations(built.index)} == {live, "0" * 16, f"{2:016x}"}


def test_nothing_is_deleted_while_nobody_can_say_what_is_live(built: Settings) -> None:
    (built.index / storage.POINTER).write_bytes(b"?")
    with pytest.raises(IndexDamagedError):
        storage.remove_generations(built.index, keep=[])
    assert len(storage.generations(built.index)) == 1


def test_a_reader_that_lost_the_race_with_builds_opens_the_live_generation(
    built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = storage.read_pointer(built.index)
    write_corpus(built.corpus, {"new.md": "Nobody was late."})
    now = build(built).generation
    for path in (built.index / stale[0]).iterdir():
        path.unlink()
    (built.index / stale[0]).rmdir()
    read = storage.read_pointer
    answers = [stale]
    monkeypatch.setattr(storage, "read_pointer", lambda *named: answers.pop() if answers else read(*named))
    with closing(Generation.live(built.index)) as generation:
        assert generation.name == now


@pytest.mark.parametrize("fault", ["damaged", "another model"])
def test_a_generation_that_is_refused_is_let_go(built: Settings, fault: str) -> None:
    folder = storage.generations(built.index)[0]
    if fault == "damaged":
        (folder / "texts.txt").unlink()
    with pytest.raises(ProbqaError) as refused:
        Library(replace(built, model=fault))
    with (folder / storage.MANIFEST).open("rb") as manifest:
        fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert refused.tb is not None  # it still refers to what was opened


def test_no_index_is_said_with_the_command_that_makes_one(chosen: Settings) -> None:
    for index in (chosen.index, chosen.corpus):
        with pytest.raises(IndexMissingError) as refused:
            Library(replace(chosen, index=index))
        assert str(refused.value) == f"there is no index in {index}; run: probqa build"


def test_another_model_is_refused_with_the_command_that_mends_it(built: Settings) -> None:
    with pytest.raises(IndexMismatchError) as refused:
        Library(replace(built, model="other model"))
    assert str(refused.value) == (
        "the index was made with the model hash model, not other model; run: probqa build, or set PROBQA_MODEL back"
    )


def test_another_model_embeds_everything_anew_and_mixes_nothing(built: Settings, opened: Opener) -> None:
    old = opened(built)
    other = replace(built, model="other model")
    report = build(other)
    assert (report.unchanged, report.changed, report.embedded) == (3, 0, report.passages)
    new = opened(other)
    assert (new.model, new.name != old.name) == ("other model", True)
    expected = new.encoder.encode_passages(
        [search_text(new.document_of(r), new.passage(r)) for r in range(new.passages)]
    )
    assert new.dense.vectors.tolist() == expected.tolist()
    assert not np.any(new.dense.vectors == old.dense.vectors)


def test_vectors_of_another_model_of_the_same_dimension_are_refused(built: Settings, opened: Opener) -> None:
    contents = contents_of(opened(built))
    with pytest.raises(IndexDamagedError, match="does not give the vectors this index was made with"):
        write(built.index, replace(contents, encoder_files=hash_encoder.encoder_files("other model"), model=ANOTHER))


def test_canaries_are_in_the_index(built: Settings, opened: Opener) -> None:
    generation = opened(built)
    assert generation.canary_vectors.tolist() == generation.encoder.encode_passages(CANARIES).tolist()


def test_an_index_of_another_format_is_refused_and_built_anew(built: Settings) -> None:
    name, _ = storage.read_pointer(built.index)
    path = built.index / name / storage.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 0}))
    storage.move_pointer(built.index, name, storage.sha256(path.read_bytes()))
    with pytest.raises(IndexMismatchError) as refused:
        Library(built)
    problem = f"the index {built.index / name} has format 0, this version reads {FORMAT}"
    assert str(refused.value) == f"{problem}; run: probqa build"
    report = build(built)
    assert report.notes == (f"the old index could not be used and everything was made anew: {problem}",)
    assert (report.added, report.embedded) == (3, report.passages)
    assert list(verify(built)) == []


def test_an_index_holds_nothing_that_can_run_code(built: Settings) -> None:
    folder = storage.generations(built.index)[0]
    assert {path.suffix for path in folder.iterdir()} == {".npy", ".json", ".txt", ".onnx"}
    for path in folder.glob("*.npy"):
        assert not np.load(path, allow_pickle=False).dtype.hasobject
