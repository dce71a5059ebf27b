"""Serving: the same settings from any folder, and the reports asked for by the folders that were named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from probqa.errors import IndexMissingError
from probqa.settings import Settings
from probqa.ui.launch import launch

ROOT = Path(__file__).resolve().parents[1]
# Says what a server was started with, in place of serving.
PROGRAM = """
import json, os, sys
from pathlib import Path
import hash_encoder, uvicorn

def tell(server, sockets):
    from streamlit import config
    options = {name: config.get_option(name) for name in sorted(config._config_options_template)}
    places = {name: os.environ.get(f"PROBQA_{name}") for name in ("CORPUS", "INDEX", "MODEL", "READER")}
    print(json.dumps({"options": options, "places": places}, default=str))
    server.started = True

uvicorn.Server.run = tell
hash_encoder.install()
"""
SERVE = """
from probqa.cli import main
main(["serve", "--port", "0", "--corpus", sys.argv[1], "--index", sys.argv[2]])
"""
# Of the port that was free, of chance, and of where a file would be that is not there.
DIFFERENT = ("browser.serverPort", "server.port", "server.cookieSecret", "secrets.files")
STREAMLIT_RUN = """
from streamlit.web import cli
cli.main(["run", "app.py", "--server.port", "0"], prog_name="streamlit")
"""


def started(program: str, folder: Path, home: Path, *arguments: str, **environment: str) -> dict[str, Any]:
    """What a server was started with by ``program``, run in ``folder`` by somebody who lives in ``home``."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + program, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path, "HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(told) == 1, done.stderr
    said: dict[str, Any] = json.loads(told[0])
    for name in DIFFERENT:
        del said["options"][name]
    return said


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A working folder that has settings of its own for Streamlit."""
    folder = tmp_path / "elsewhere"
    (folder / ".streamlit").mkdir(parents=True)
    settings = '[server]\naddress = "0.0.0.0"\nenableCORS = false\n[theme]\nfont = "serif"\n'
    (folder / ".streamlit" / "config.toml").write_text(settings, encoding="utf-8")
    return folder


def test_the_app_has_the_same_settings_from_any_folder(built: Settings, elsewhere: Path, tmp_path: Path) -> None:
    places = [os.path.relpath(path, elsewhere) for path in (built.corpus, built.index)]
    served = started(SERVE, elsewhere, tmp_path, *places, PROBQA_MODEL=built.model, PROBQA_READER=built.reader)
    assert served["options"]["server.address"] == "localhost"
    assert served["options"]["client.showErrorDetails"] == "none"
    assert served["options"]["theme.light.primaryColor"] == "#0b5d6b"
    assert served["options"] == started(STREAMLIT_RUN, ROOT, tmp_path)["options"]
    assert served["places"] == {
        "CORPUS": str(built.corpus),
        "INDEX": str(built.index),
        "MODEL": built.model,
        "READER": built.reader,
    }


def test_the_environment_still_says_where_to_listen(built: Settings, elsewhere: Path, tmp_path: Path) -> None:
    models = {"PROBQA_MODEL": built.model, "PROBQA_READER": built.reader}
    environment = models | {"STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}
    served = started(SERVE, elsewhere, tmp_path, str(built.corpus), str(built.index), **environment)
    assert served["options"]["server.address"] == "127.0.0.1"


def test_an_index_that_cannot_be_asked_is_told_before_anything_is_served(
    chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "chdir", lambda folder: pytest.fail("began to serve"))
    with pytest.raises(IndexMissingError):
        launch(chosen, 8501)
