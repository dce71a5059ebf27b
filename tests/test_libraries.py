"""One library for pages and programs, and a rebuild that is picked up."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from conftest import write_corpus
from probqa.asking.library import Library
from probqa.errors import IndexDamagedError, IndexMissingError
from probqa.indexing.build import build
from probqa.settings import Settings
from probqa.ui import libraries
from probqa.ui.libraries import open_library


def test_many_at_once_open_it_once(built: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    openings: list[Settings] = []

    def counted(chosen: Settings) -> Library:
        openings.append(chosen)
        return Library(chosen)

    monkeypatch.setattr(libraries, "Library", counted)
    with ThreadPoolExecutor(8) as pool:
        opened = set(pool.map(lambda _: open_library(built), range(32)))
    assert len(opened) == len(openings) == 1


def test_a_rebuild_brings_a_new_one_and_lets_the_old_one_go_when_nobody_asks_it(built: Settings) -> None:
    old = open_library(built)
    write_corpus(built.corpus, {"late.md": "# Late\n\nThe ferry was cancelled.\n"})
    build(built)
    assert open_library(built) is not old
    assert old.ask("who supervised?").generation == old.generation.name
    close = old.generation.close
    assert close.alive
    del old
    gc.collect()
    assert not close.alive


def test_no_index_and_a_damaged_one_are_told_each_time(chosen: Settings, built: Settings) -> None:
    with pytest.raises(IndexMissingError):
        open_library(Settings(built.corpus, built.index / "nowhere", built.model))
    open_library(built)
    (built.index / "current").write_text("?")
    for _ in range(2):
        with pytest.raises(IndexDamagedError):
            open_library(built)


def test_the_draft_and_what_is_live_are_held_side_by_side(built: Settings) -> None:
    live = open_library(built)
    write_corpus(built.corpus, {"late.md": "# Late\n\nThe ferry was cancelled.\n"})
    build(built, as_draft=True)
    draft = open_library(replace(built, pointer="draft"))
    assert draft.generation.name != live.generation.name
    assert (open_library(built), open_library(replace(built, pointer="draft"))) == (live, draft)
