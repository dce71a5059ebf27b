"""The reader: an exported CrossEncoder beside its model, what is refused, and what a build does with one."""

from __future__ import annotations

import json
import math
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hash_encoder
import hash_reader
import small_models
from conftest import REPORTS, Opener, write_corpus
from probqa.asking.library import Library
from probqa.errors import IndexDamagedError, ModelError, ModelMissingError
from probqa.indexing import export, export_reader, storage
from probqa.indexing.build import build
from probqa.indexing.cross_encoder import (
    CANARY_DIFFERENCE,
    READ_CANARIES,
    READER_FILES,
    CrossEncoder,
    check_read_canaries,
)
from probqa.indexing.encoder import CANARIES
from probqa.indexing.inspection import status, verify
from probqa.indexing.manifest import Model
from probqa.indexing.session import Session
from probqa.settings import NO_READER, Settings
from small_models import QUESTION, READ_TOKENS, TEXTS

ANOTHER = "name a sentence-transformers CrossEncoder with one label, or none"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``small_models`` fills with readers."""
    return small_models.made("readers", tmp_path_factory.mktemp("readers"))


def files_of(small: Path, name: str = "reader") -> dict[str, bytes]:
    return {file: (small / name / file).read_bytes() for file in READER_FILES}


def opened_reader(small: Path) -> CrossEncoder:
    return CrossEncoder(*files_of(small).values())


def chances_of(small: Path) -> tuple[Any, Any]:
    """What sentence-transformers predicts of ``TEXTS``, and with question and text the other way round."""
    with np.load(small / "reader" / "chances.npz") as chances:
        return chances["chances"], chances["turned"]


@pytest.mark.model
def test_a_reader_gives_the_chances_of_its_model_in_their_order(small: Path) -> None:
    ours = np.array(opened_reader(small).chances(QUESTION, TEXTS))
    theirs, turned = chances_of(small)
    assert np.ptp(theirs) > 0.1
    assert np.abs(ours - theirs).max() < 0.05
    # Else a reader that does not tell the question from the text would pass for a right one.
    assert np.abs(ours - turned).max() > 0.1
    far_apart = theirs[:, None] - theirs[None, :] > 0.04
    assert far_apart.any()
    assert (ours[:, None] > ours[None, :])[far_apart].all()


@pytest.mark.model
def test_a_text_has_the_same_chance_alone_and_in_company_to_the_last_bit(small: Path) -> None:
    # Readers of their own, as what was read once is known.
    together = opened_reader(small).chances(QUESTION, TEXTS)
    alone = opened_reader(small)
    assert together == [alone.chances(QUESTION, [text])[0] for text in TEXTS]
    assert opened_reader(small).chances(QUESTION, TEXTS[::-1]) == together[::-1]
    assert alone.chances(QUESTION, []) == []


@pytest.mark.model
def test_what_was_read_once_is_known(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = opened_reader(small)
    first = reader.chances(QUESTION, TEXTS)
    monkeypatch.setattr(Session, "row", None)
    assert reader.chances(QUESTION, TEXTS[::-1]) == first[::-1]
    with pytest.raises(TypeError):
        reader.chances(f"{QUESTION} Why?", TEXTS)


@pytest.mark.model
def test_a_reader_reads_as_far_as_its_model_and_no_question_and_text_in_one(small: Path) -> None:
    tokenizer = json.loads((small / "reader" / "reader_tokenizer.json").read_text())
    assert tokenizer["truncation"]["max_length"] == READ_TOKENS
    reader = opened_reader(small)
    long = "low risk, the people " * READ_TOKENS
    assert reader.chances(QUESTION, [long]) == reader.chances(QUESTION, [long + "not read"])
    assert reader.chances(QUESTION, ["x"]) != reader.chances("", [f"{QUESTION} x"])


@pytest.mark.model
def test_a_reader_multiplies_with_weights_of_8_bit(small: Path) -> None:
    graph = files_of(small)["reader.onnx"]
    assert b"MatMulInteger" in graph


@pytest.mark.model
def test_the_canaries_of_another_reader_are_refused_as_damaged(small: Path) -> None:
    check_read_canaries(opened_reader(small))
    of_another = files_of(small) | {"reader.onnx": files_of(small, "other")["reader.onnx"]}
    with pytest.raises(IndexDamagedError) as refused:
        check_read_canaries(CrossEncoder(*of_another.values()))
    assert str(refused.value) == "the reader does not read as when this index was made; run: probqa build"


REFUSED = {
    "two labels": f"the reader two labels has 2 labels; {ANOTHER}",
    "headless": f"the reader headless is no CrossEncoder, but BertModel; {ANOTHER}",
    "prompted": f"the reader prompted wants a prompt before what it reads; {ANOTHER}",
    "empty": "the reader empty cannot be used: "
    f"Unrecognized model in empty. Should have a `model_type` key in its config.json; {ANOTHER}",
    "pickled": "the reader pickled cannot be used: "
    f"Error no file named model.safetensors, or pytorch_model.bin, found in directory pickled; {ANOTHER}",
}


@pytest.mark.model
def test_a_model_that_is_no_reader_is_refused_in_one_line(small: Path) -> None:
    said = json.loads((small / "refused.json").read_text())
    assert {name: said[name] for name in REFUSED} == REFUSED


@pytest.mark.model
def test_an_export_that_reads_otherwise_is_refused(small: Path) -> None:
    said = json.loads((small / "refused.json").read_text())["other graph"]
    moved = r"the export of other graph reads otherwise than the model \(by 0\.\d{3}\); "
    assert re.fullmatch(moved + re.escape(ANOTHER), said)


@pytest.mark.model
def test_an_index_with_a_real_reader_asks_it(small: Path, chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_reader, "export_reader", lambda name, folder: files_of(small))
    write_corpus(chosen.corpus, REPORTS)
    read = replace(chosen, reader="reader")
    build(read)
    with closing(Library(read)) as library:
        signals = library.signals("Was staff morale low?")
        assert signals is not None
        assert 0 < signals.read < 1
        assert isinstance(library.generation.reader, CrossEncoder)
    assert list(verify(read)) == []


@pytest.mark.parametrize("profile", [b"", b"{}", b"[]", b'{"model": "m", "fingerprint": "f", "canaries": "none"}'])
def test_a_profile_that_no_build_wrote_is_refused_in_one_line(profile: bytes) -> None:
    with pytest.raises(IndexDamagedError) as refused:
        CrossEncoder(b"", b"", profile)
    assert str(refused.value).startswith("reader.json is not what a build writes: ")
    assert str(refused.value).endswith("; run: probqa build")
    assert "\n" not in str(refused.value)


def test_files_that_are_no_reader_are_refused() -> None:
    with pytest.raises(IndexDamagedError, match=r"^the reader in the index cannot be opened: "):
        CrossEncoder(b"", b"{}", hash_reader.reader_files()["reader.json"])


def test_a_reader_without_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(ModelError, match="has no safetensors weights"):
        export.find_model(str(tmp_path))


@pytest.fixture
def read_index(with_reader: Settings) -> Settings:
    """Settings of a place where ``REPORTS`` are indexed with the hash reader."""
    write_corpus(with_reader.corpus, REPORTS)
    build(with_reader)
    return with_reader


def test_an_index_carries_its_reader_and_names_it(read_index: Settings, opened: Opener) -> None:
    generation = opened(read_index)
    assert generation.reader_files == hash_reader.reader_files()
    assert generation.manifest.reader == Model(hash_encoder.fingerprint(Path("hash reader")), "hash reader")
    assert (
        generation.manifest.models
        == f"{generation.manifest.model.fingerprint} {generation.manifest.reader.fingerprint}"
    )
    assert isinstance(generation.reader, hash_reader.HashReader)
    assert status(read_index)["reader"]["name"] == "hash reader"
    assert {path.suffix for path in generation.folder.iterdir()} == {".npy", ".json", ".txt", ".onnx"}


def test_none_does_without(built: Settings, opened: Opener) -> None:
    assert built.reader == NO_READER
    generation = opened(built)
    assert generation.reader is None
    assert generation.reader_files == {}
    assert generation.manifest.reader == Model("", "")
    assert generation.manifest.models == generation.manifest.model.fingerprint
    assert not any(path.name.startswith("reader") for path in generation.folder.iterdir())


def test_a_rebuild_takes_the_reader_from_the_live_index(read_index: Settings, opened: Opener) -> None:
    assert hash_reader.exported == ["hash reader"]
    write_corpus(read_index.corpus, {"new.md": "Nobody was late."})
    build(read_index)
    assert hash_reader.exported == ["hash reader"]
    assert opened(read_index).reader_files == hash_reader.reader_files()


def test_a_reader_that_is_not_to_be_had_any_more_is_taken_from_the_live_index(
    read_index: Settings, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> Path:
        raise ModelMissingError(f"no {name}", "")

    monkeypatch.setattr(export, "find_model", missing)
    write_corpus(read_index.corpus, {"new.md": "Nobody was late."})
    build(read_index)
    assert opened(read_index).manifest.reader.name == "hash reader"
    with pytest.raises(ModelMissingError, match="no another reader"):
        build(replace(read_index, reader="another reader"))


@pytest.mark.parametrize("other", ["another reader", NO_READER])
def test_another_reader_embeds_nothing_anew(read_index: Settings, opened: Opener, other: str) -> None:
    before = opened(read_index)
    hash_encoder.embedded.clear()
    changed = replace(read_index, reader=other)
    report = build(changed)
    assert (report.embedded, report.unchanged) == (0, 3)
    # To be kept, and again whenever the index is opened.
    assert set(hash_encoder.embedded) == set(CANARIES)
    assert hash_reader.exported == ["hash reader", *({other} - {NO_READER})]
    after = opened(changed)
    assert after.name != before.name
    assert after.manifest.reader.name == ("" if other == NO_READER else other)
    assert after.dense.vectors.tolist() == before.dense.vectors.tolist()


def test_the_same_reader_again_makes_no_other_generation(read_index: Settings, opened: Opener) -> None:
    name = opened(read_index).name
    assert build(read_index).generation == name


@pytest.mark.parametrize(
    "off", [0, 0.9 * CANARY_DIFFERENCE, 1.1 * CANARY_DIFFERENCE, -1.1 * CANARY_DIFFERENCE, math.nan]
)
def test_a_reader_may_read_a_little_otherwise_and_no_more(with_reader: Settings, off: float) -> None:
    kept = [hash_reader.chance(*pair) + off for pair in READ_CANARIES]
    profile = json.loads(hash_reader.reader_files()["reader.json"]) | {"canaries": kept}
    files = hash_reader.reader_files() | {"reader.json": json.dumps(profile).encode()}
    reader = hash_reader.HashReader(*files.values())
    if abs(off) < CANARY_DIFFERENCE:
        check_read_canaries(reader)  # type: ignore[arg-type]
    else:
        with pytest.raises(IndexDamagedError):
            check_read_canaries(reader)  # type: ignore[arg-type]


@pytest.mark.parametrize("canaries", [[], [0.5], [0.9, 0.9, 0.9], [9.0, 9.0]])
def test_an_index_whose_reader_reads_otherwise_never_goes_live(
    read_index: Settings, monkeypatch: pytest.MonkeyPatch, canaries: list[float]
) -> None:
    live = storage.read_pointer(read_index.index)
    profile = json.loads(hash_reader.reader_files("another reader")["reader.json"]) | {"canaries": canaries}
    files = hash_reader.reader_files("another reader") | {"reader.json": json.dumps(profile).encode()}
    monkeypatch.setattr(export_reader, "export_reader", lambda name, folder: files)
    with pytest.raises(IndexDamagedError, match="the reader does not read as when this index was made"):
        build(replace(read_index, reader="another reader"))
    assert storage.read_pointer(read_index.index) == live


@pytest.mark.parametrize("file", READER_FILES)
def test_a_file_of_the_reader_that_differs_is_refused(read_index: Settings, file: str) -> None:
    [folder] = storage.generations(read_index.index)
    (folder / file).write_bytes(b"other")
    with pytest.raises(IndexDamagedError, match=rf"{file} is not what the build wrote; run: probqa build"):
        Library(read_index)
