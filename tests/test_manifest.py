"""A manifest or a list of documents of another shape is a damaged index, told in one line, and never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from probqa.errors import IndexDamagedError
from probqa.indexing import storage
from probqa.indexing.generation import Generation
from probqa.settings import Settings


def rewrite(chosen: Settings, name: str, change: Callable[[Any], Any]) -> None:
    """Change a JSON file of the live generation, and the digests that lead to it."""
    live, _ = storage.read_pointer(chosen.index)
    folder = chosen.index / live
    content = json.dumps(change(json.loads((folder / name).read_bytes()))).encode()
    (folder / name).write_bytes(content)
    if name != storage.MANIFEST:
        stored = {"bytes": len(content), "sha256": storage.sha256(content)}
        rewrite(chosen, storage.MANIFEST, lambda made: made | {"files": made["files"] | {name: stored}})
        return
    (chosen.index / storage.POINTER).write_text(f"{live} {storage.sha256(content)}\n")


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("manifest.json", lambda _: [], "manifest.json is not a manifest: [] is not a list of 'key: value'"),
        ("manifest.json", lambda made: made | {"counts": {}}, "is not a manifest: counts: documents is missing"),
        ("manifest.json", lambda made: made | {"more": 1}, "is not a manifest: unknown key 'more'"),
        ("manifest.json", lambda made: made | {"corpus": {"a.md": ["1"]}}, "corpus 'a.md': ['1'] is not a list of 2"),
        ("documents.json", lambda made: {}, "documents.json is not what a build writes: {} is not a list"),
        ("documents.json", lambda made: [made[0] | {"passages": [0, "1"]}], "passages number 2: '1' is not a whole n"),
        (
            "documents.json",
            lambda made: [made[0] | {"source": made[0]["source"] | {"published": "May"}}],
            "published: 'May' is not a date",
        ),
        (
            "documents.json",
            lambda made: [made[0] | {"source": made[0]["source"] | {"wording": "mine"}}],
            "wording: 'mine' is none of: digest, verbatim",
        ),
    ],
)
def test_a_file_of_another_shape_is_a_damaged_index(
    built: Settings, name: str, change: Callable[[Any], Any], said: str
) -> None:
    rewrite(built, name, change)
    with pytest.raises(IndexDamagedError) as refused:
        Generation.live(built.index)
    assert said in refused.value.problem
    assert refused.value.remedy == "run: probqa build"


def test_a_file_rewritten_as_it_was_opens(built: Settings) -> None:
    rewrite(built, "documents.json", lambda made: made)
    Generation.live(built.index).close()
