"""What tests share: small corpora, indexes that need no model, one index that has it, and ../shared where it is."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

import hash_encoder
import hash_reader
from probqa.asking.library import Library
from probqa.glossary.domain import DOMAIN_FILE, load_domain
from probqa.indexing.build import build
from probqa.indexing.generation import Generation
from probqa.settings import DEFAULT_MODEL, DEFAULT_READER, Settings

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[1]

hypothesis_settings.register_profile("probqa", deadline=None, derandomize=True, max_examples=60)
hypothesis_settings.load_profile("probqa")

# What the starter corpus says of its field, for tests that speak of it, and as a file of any corpus.
_CORPUS = Path(__file__).resolve().parents[1] / "corpus"
STARTER = load_domain(_CORPUS)
DOMAIN = {DOMAIN_FILE: (_CORPUS / DOMAIN_FILE).read_text(encoding="utf-8")}

# Written for these tests: three reports of places that do not exist.
REPORTS = DOMAIN | {
    "ambleton.md": """---
title: Inspection of Ambleton
publisher: The Inspectorate
published: 2017-04-19
kind: inspection report
area: Ambleton
providers: [Northway Ltd]
url: https://example.org/ambleton
---
# Findings

## Supervision

Northway supervised people at low risk by a telephone call every nine weeks. This was not enough. Dr. Hale said so.

The main findings were:

- Work to protect the public was poor in 12 of 30 cases.
- Staff morale was low. Sickness absence was high.

## Courts

| Court | Reports on time |
|---|---|
| Ambleton | 22.5% |
| Selby Green | 91% |
""",
    "northway/selby.md": """---
title: Inspection of Selby Green
publisher: The Inspectorate
published: 2018
kind: inspection report
url: https://example.org/selby
---
# Findings

Managers at Selby Green checked every assessment. Unpaid work began within seven days.

Victims were told of a release in good time, and no appointment was missed.
""",
    "weir.txt": """Inspection of Weir

Inspectors found strong leadership at Weir. However, the buildings were cold.

  • Women had their own reporting times.
  • Group work was cancelled
    twice in May.

Share on twitter
Share on facebook
""",
}


def write_corpus(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below ``folder``, making folders as needed."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def shut(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Refuse to list a folder, as a system does where its rights say so; whoever runs the tests may be root."""
    real = os.scandir

    def scandir(path: Path) -> object:
        if Path(path) == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first: one that is begun last keeps the other processes waiting."""
    items.sort(key=lambda item: not {"browser", "promises", "house"} & {*item.path.parts})


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "model: exports a model, which takes PyTorch and most of a minute")


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of an empty place, where the hash encoder is the model."""
    hash_encoder.install(monkeypatch.setattr)
    # What a killed process wrote is there all the same; waiting for the disk is most of a small build's time.
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    (tmp_path / "corpus").mkdir()
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", model=hash_encoder.MODEL)


@pytest.fixture
def view(chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """One page of the app by name, at an address, without a browser."""
    import streamlit
    from streamlit.testing.v1 import AppTest

    for name in ("corpus", "index", "model", "reader"):
        monkeypatch.setenv(f"PROBQA_{name.upper()}", str(getattr(chosen, name)))

    def run(name: str, **parameters: str | list[str]) -> AppTest:
        view = AppTest.from_string(
            f"from probqa.ui import shared\nfrom probqa.ui.views import {name}\n{name}.draw(shared.live_library())\n",
            default_timeout=60,
        )
        for parameter, value in parameters.items():
            view.query_params[parameter.rstrip("_")] = value
        view.run()
        assert not view.exception
        return view

    yield run
    streamlit.cache_resource.clear()


@pytest.fixture
def with_reader(chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """``chosen`` with the hash reader; no document is there yet."""
    hash_reader.install(monkeypatch.setattr)
    hash_reader.exported.clear()
    hash_reader.read.clear()
    return replace(chosen, reader=hash_reader.READER)


@pytest.fixture
def built(chosen: Settings) -> Settings:
    """Settings of a place where ``REPORTS`` are indexed with the hash encoder."""
    write_corpus(chosen.corpus, REPORTS)
    build(chosen)
    return chosen


@pytest.fixture(autouse=True)
def same_main_module() -> Iterator[None]:
    """AppTest puts the page's script in the place of ``__main__``, which a new process would then run again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


Opener = Callable[[Settings], Generation]


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Open live generations; each is closed when the test ends."""
    held: list[Generation] = []

    def open_live(chosen: Settings) -> Generation:
        held.append(Generation.live(chosen.index))
        return held[-1]

    yield open_live
    for generation in held:
        generation.close()


@pytest.fixture
def library(built: Settings) -> Iterator[Library]:
    """An opened library over ``REPORTS``."""
    with closing(Library(built)) as library:
        yield library


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of ``REPORTS`` made with the default models; exporting them takes most of a minute."""

    def make(chosen: Settings) -> None:
        write_corpus(chosen.corpus, REPORTS)
        build(chosen)

    return made_once(tmp_path_factory, "real", make)


@pytest.fixture(scope="session")
def starter_index(tmp_path_factory: pytest.TempPathFactory, real_index: Settings) -> Settings:
    """An index of the starter corpus made with the default models."""

    def make(chosen: Settings) -> None:
        # Where both models are taken from, so that they need not be exported again.
        shutil.copytree(real_index.index, chosen.index)
        shutil.copytree(ROOT / "corpus", chosen.corpus, ignore=shutil.ignore_patterns("reports"))
        build(chosen)

    return made_once(tmp_path_factory, "starter", make)


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Settings], None]) -> Settings:
    """Make an index once for all processes that the tests run in."""
    root = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    chosen = Settings(root / name / "corpus", root / name / "index", DEFAULT_MODEL, DEFAULT_READER)
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / name / "done").exists():
            make(chosen)
            (root / name / "done").touch()
    return chosen


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real reports and question sets beside the repository; skips where there is none."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("PROBQA_SHARED") or beside)
    if not folder.is_dir():
        pytest.skip(f"no shared folder at {folder}: set PROBQA_SHARED")
    return folder
