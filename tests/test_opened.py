"""Models that are open: one for all generations that carry the same files."""

from __future__ import annotations

import gc
import shutil
import weakref
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from probqa.indexing.build import build
from probqa.indexing.generation import Generation, kept
from probqa.indexing.opened import opened
from probqa.settings import Settings


class Model:
    def __init__(self, content: bytes) -> None:
        self.content = content


def test_the_same_files_are_opened_once_and_others_apart() -> None:
    first = opened(Model, [b"one"], ["digest of one"])
    assert opened(Model, [b"one"], ["digest of one"]) is first
    other = opened(Model, [b"two"], ["digest of two"])
    assert (first.content, other.content) == (b"one", b"two")


def test_a_model_is_let_go_with_the_last_that_uses_it() -> None:
    model = opened(Model, [b"three"], ["digest of three"])
    held = weakref.ref(model)
    del model
    gc.collect()
    assert held() is None


@pytest.mark.model
def test_a_generation_that_takes_the_place_of_another_has_its_models_open(real_index: Settings, tmp_path: Path) -> None:
    chosen = replace(real_index, corpus=tmp_path / "corpus", index=tmp_path / "index")
    shutil.copytree(real_index.corpus, chosen.corpus)
    shutil.copytree(real_index.index, chosen.index, symlinks=True)
    with closing(Generation.live(chosen.index)) as first:
        vector = first.encoder.encode_question("Who was late?")
        (chosen.corpus / "new.md").write_text("# A new one\n\nThe courts of Ambleton sat late.\n", encoding="utf-8")
        build(chosen)
        with closing(Generation.live(chosen.index)) as second:
            assert (first.name != second.name, second.documents - first.documents) == (True, 1)
            assert (second.encoder, second.reader) == (first.encoder, first.reader)
            assert second.encoder.encode_question("Who was late?") is vector
    assert not vector.flags.writeable


def test_what_is_worked_out_of_a_generation_is_kept_as_long_as_it_is_there(real_index: Settings) -> None:
    asked: list[tuple[str, int]] = []

    @kept(2)
    def longer(index: Generation, more: int) -> int:
        asked.append((index.name, more))
        return index.documents + more

    generation = Generation.live(real_index.index)
    known = generation.documents
    assert [longer(generation, more) for more in (1, 2, 1, 2)] == [known + 1, known + 2, known + 1, known + 2]
    with closing(Generation.live(real_index.index)) as other:
        assert longer(other, 1) == known + 1
    assert asked == [(generation.name, 1), (generation.name, 2), (generation.name, 1)]
    there = weakref.ref(generation)
    generation.close()
    del generation
    gc.collect()
    assert there() is None
