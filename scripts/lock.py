"""Make the lock files in ``locks/``, exact versions with the SHA-256 of every file of each release; or check them.

    python scripts/lock.py                       newer versions only where pyproject.toml asks for them
    python scripts/lock.py --upgrade             the newest that pyproject.toml lets in
    python scripts/lock.py --check               without network; run by: make check

``build.txt`` is what ``probqa[build,mcp,staff]`` needs, ``dev.txt`` and ``train.txt`` what ``[dev]`` and ``[train]``
add besides, ``torch.txt`` PyTorch itself, and ``cuda.txt`` what PyTorch's usual wheel for Linux needs besides. They
hold for Linux and macOS and every Python that pyproject.toml lets in. Making them needs the network: uv, put into an
environment that is then thrown away, resolves and takes the hashes from the package index.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterable
from importlib.metadata import distributions
from itertools import chain
from pathlib import Path

from install import CPU_WHEELS
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "locks"
UV = "uv==0.13.9"
FILES = {
    "torch": "PyTorch: the CPU wheels of its own server and the usual ones",
    "cuda": "what PyTorch's usual wheel for Linux needs besides",
    "build": "what probqa[build,mcp,staff] needs besides PyTorch",
    "dev": "what probqa[dev] adds",
    "train": "what probqa[train] adds to both",
}
_CUDA = re.compile(r"(nvidia|cuda)-.+|triton")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
# pip comes with the environment; probqa is what is installed into it.
_NOT_LOCKED = {"pip", "probqa"}


class Entry:
    """One pinned package: its requirement and the hashes of its files."""

    def __init__(self, text: str) -> None:
        """Read what stands between one line that is not indented and the next."""
        lines = [line.split("#")[0] for line in text.splitlines()]
        self.hashes = set(_HASH.findall("\n".join(lines)))
        self.requirement = Requirement(_HASH.sub("", " ".join(lines)).replace("\\", " ").strip())
        self.name: str = canonicalize_name(self.requirement.name)
        pins = list(self.requirement.specifier)
        if len(pins) != 1 or pins[0].operator != "==" or not self.hashes:
            raise ValueError(f"{self.name} is not pinned to one version with hashes; run: make lock")
        self.version = Version(pins[0].version)

    @property
    def applies(self) -> bool:
        """Return whether the package is for this Python on this system."""
        return holds(self.requirement.marker)

    def __str__(self) -> str:
        """Return the entry as it stands in a lock file."""
        return " \\\n    ".join([str(self.requirement), *(f"--hash={one}" for one in sorted(self.hashes))]) + "\n"


Lock = dict[str, Entry]


def main() -> int:
    """Make the locks, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare them with pyproject.toml and what is installed")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args()
    if not options.check:
        make(upgrade=options.upgrade)
        return 0
    locks = {name: read(LOCKS / f"{name}.txt") for name in FILES}
    installed = {str(canonicalize_name(one.metadata["Name"])): Version(one.version) for one in distributions()}
    problems = [*check_wanted(locks, project()), *check_installed(locks, installed)]
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


def read(path: Path) -> Lock:
    """Read a lock file."""
    entries = [Entry(text) for text in re.split(r"^(?=[^\s#])", path.read_text(encoding="utf-8"), flags=re.M)[1:]]
    lock = {entry.name: entry for entry in entries}
    if len(lock) < len(entries):
        twice = sorted({entry.name for entry in entries if lock[entry.name] is not entry})
        raise ValueError(f"two versions are pinned; take them out of locks/ and run make lock: {', '.join(twice)}")
    return lock


def project() -> dict[str, list[Requirement]]:
    """Return what pyproject.toml asks for: with ``build``, ``mcp``, ``staff`` and to build it, ``dev``, ``train``."""
    found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = found["project"]["optional-dependencies"]
    build = found["project"]["dependencies"] + found["build-system"]["requires"]
    build += chain.from_iterable(extras[name] for name in ("build", "mcp", "staff"))
    parts = {"build": build, "dev": extras["dev"], "train": extras["train"]}
    return {part: [Requirement(one) for one in wanted] for part, wanted in parts.items()}


def check_wanted(locks: dict[str, Lock], wanted: dict[str, list[Requirement]]) -> Iterable[str]:
    """Name each requirement that no entry meets."""
    known = locks["torch"] | locks["build"]
    for part, requirements in wanted.items():
        known |= locks[part]
        for requirement in filter(lambda one: holds(one.marker), requirements):
            entry = known.get(canonicalize_name(requirement.name))
            if entry is None or entry.version not in requirement.specifier:
                pinned = "nothing" if entry is None else entry.version
                yield f"pyproject.toml asks for {requirement}, the lock has {pinned}; run: make lock"


def check_installed(locks: dict[str, Lock], installed: dict[str, Version]) -> Iterable[str]:
    """Name each package that is installed in another version than the lock's, or is in only one of the two."""
    entries = {name: entry for lock in locks.values() for name, entry in lock.items() if entry.applies}
    for name, entry in entries.items():
        found = installed.get(name)
        if found is None and name not in locks["cuda"] | locks["train"]:
            yield f"{name} {entry.version} is in the lock and not installed; run: make install"
        elif found is not None and Version(found.public) != entry.version:
            yield f"{name} {found} is installed, the lock has {entry.version}; run: make install"
    for name in sorted(installed.keys() - entries.keys() - _NOT_LOCKED):
        yield f"{name} {installed[name]} is installed and not in the lock; run: make lock, or remove it"


def holds(marker: Marker | None) -> bool:
    """Return whether a marker is true here."""
    return marker is None or marker.evaluate()


def make(*, upgrade: bool) -> None:
    """Resolve anew, the present versions kept where they may be, and write the lock files."""
    kept = "" if upgrade else "".join(path.read_text(encoding="utf-8") for path in sorted(LOCKS.glob("*.txt")))
    wanted = project()
    with tempfile.TemporaryDirectory() as place:
        python = Path(place, "venv", "bin", "python")
        venv.create(python.parent.parent, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", UV], check=True)
        uv = python.with_name("uv")
        everything = resolve(uv, list(chain.from_iterable(wanted.values())), kept)
        preferred = "".join(map(str, everything.values()))
        build = resolve(uv, wanted["build"], preferred)
        tested = resolve(uv, [*wanted["build"], *wanted["dev"]], preferred)
        torch = everything["torch"]
        torch.hashes |= cpu_hashes(uv, python, torch.version)
    if f"torch=={torch.version} " in kept:
        # A machine that finds fewer CPU wheels than the one before it does not take theirs away.
        torch.hashes |= read(LOCKS / "torch.txt")["torch"].hashes
    parts = {"torch": {"torch"}, "cuda": set(filter(_CUDA.fullmatch, build)), "dev": tested.keys() - build.keys()}
    parts["train"] = everything.keys() - tested.keys()
    parts["build"] = build.keys() - parts["torch"] - parts["cuda"]
    for file, title in FILES.items():
        entries = "".join(str(everything[name]) for name in sorted(parts[file]))
        (LOCKS / f"{file}.txt").write_text(f"# {title}; made by: make lock\n{entries}", encoding="utf-8")


def resolve(uv: Path, wanted: Iterable[Requirement], preferred: str, *more: str) -> Lock:
    """Resolve for every system and Python, with the hashes that the index names, staying at ``preferred`` versions."""
    python = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    requirements, lock = uv.with_name("wanted.txt"), uv.with_name("lock.txt")
    requirements.write_text("\n".join(map(str, wanted)), encoding="utf-8")
    lock.write_text(preferred, encoding="utf-8")
    command = [str(uv), "pip", "compile", "--quiet", "--no-config", "--universal", "--generate-hashes", "--no-header"]
    # One version for every Python, not the newest for each: an entry a package.
    command += ["--fork-strategy", "fewest", "--no-annotate", "--python-version", python.strip(">=")]
    command += ["--output-file", str(lock), *more]
    subprocess.run([*command, str(requirements)], check=True)
    return read(lock)


def cpu_hashes(uv: Path, python: Path, version: Version) -> set[str]:
    """Return the hashes of PyTorch's CPU wheels: all of its server, or that of the one pip finds."""
    wanted = Requirement(f"torch=={version}")
    try:
        return resolve(uv, [wanted], "", "--no-deps", "--default-index", CPU_WHEELS)["torch"].hashes
    except subprocess.CalledProcessError:
        print(f"{CPU_WHEELS} cannot be reached: of the CPU wheels only the one for this machine is taken")
    command = [str(python), "-m", "pip", "download", "--quiet", "--no-deps", "--index-url", CPU_WHEELS, str(wanted)]
    if subprocess.run(command, check=False, cwd=uv.parent).returncode:
        print("nor can that one")
    return {f"sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}" for wheel in uv.parent.glob("torch-*.whl")}


if __name__ == "__main__":
    sys.exit(main())
