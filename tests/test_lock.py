"""The locks name every package that is asked for, and what is installed is what they name."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
ZEROS = "--hash=sha256:" + 64 * "0"


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])
    import lock

    return lock


def one_lock(lock: ModuleType, folder: Path, *entries: str) -> dict[str, dict[str, object]]:
    """Locks of which only ``build`` has entries."""
    (folder / "build.txt").write_text("".join(f"{entry} \\\n    {ZEROS}\n" for entry in entries))
    return {"torch": {}, "cuda": {}, "dev": {}, "train": {}, "build": lock.read(folder / "build.txt")}


def test_the_locks_meet_pyproject_for_every_package(lock: ModuleType) -> None:
    locks = {name: lock.read(lock.LOCKS / f"{name}.txt") for name in lock.FILES}
    assert list(lock.check_wanted(locks, lock.project())) == []


def test_a_package_stands_in_one_lock_and_no_address_or_path_in_any(lock: ModuleType) -> None:
    names: list[str] = []
    for file in lock.FILES:
        names += lock.read(lock.LOCKS / f"{file}.txt")
        assert not re.search(r"://|@|-e |--index|--find", (lock.LOCKS / f"{file}.txt").read_text())
    assert len(names) == len(set(names)) > 100


def test_more_than_one_platform_is_locked(lock: ModuleType) -> None:
    assert len(lock.read(lock.LOCKS / "build.txt")["numpy"].hashes) > 20
    assert len(lock.read(lock.LOCKS / "torch.txt")["torch"].hashes) > 20


def test_a_requirement_that_the_lock_does_not_meet_is_named(lock: ModuleType, tmp_path: Path) -> None:
    locks = one_lock(lock, tmp_path, "alpha==1.5")
    wanted = ["Alpha>=1.5", "alpha>=2", "beta", 'gamma; sys_platform == "win32"']
    assert list(lock.check_wanted(locks, {"build": list(map(Requirement, wanted)), "dev": []})) == [
        "pyproject.toml asks for alpha>=2, the lock has 1.5; run: make lock",
        "pyproject.toml asks for beta, the lock has nothing; run: make lock",
    ]


def test_what_is_installed_otherwise_than_locked_is_named(lock: ModuleType, tmp_path: Path) -> None:
    locks = one_lock(lock, tmp_path, "alpha==1.5", "beta==2", "gamma==3", 'delta==4; sys_platform == "win32"')
    installed = {"alpha": Version("1.5+cpu"), "beta": Version("2.1"), "epsilon": Version("1"), "pip": Version("23")}
    locks["train"] = {"zeta": locks["build"]["alpha"]}  # needed by whoever trains alone
    assert list(lock.check_installed(locks, installed)) == [
        "beta 2.1 is installed, the lock has 2; run: make install",
        "gamma 3 is in the lock and not installed; run: make install",
        "epsilon 1 is installed and not in the lock; run: make lock, or remove it",
    ]


@pytest.mark.parametrize("text", ["alpha==1.5\n", f"alpha>=1.5 {ZEROS}\n", f"alpha {ZEROS}\n"])
def test_an_entry_without_hash_or_exact_version_is_refused(lock: ModuleType, tmp_path: Path, text: str) -> None:
    (tmp_path / "build.txt").write_text(text)
    with pytest.raises(ValueError, match="alpha is not pinned to one version with hashes; run: make lock"):
        lock.read(tmp_path / "build.txt")


def test_two_versions_of_one_package_are_refused(lock: ModuleType, tmp_path: Path) -> None:
    entries = [
        f'one=={version} ; python_version {which} "3.12" \\\n    --hash=sha256:{"0" * 64}\n'
        for version, which in (("1", "<"), ("2", ">="))
    ]
    path = tmp_path / "lock.txt"
    path.write_text("".join(entries), encoding="utf-8")
    with pytest.raises(ValueError, match=r"two versions are pinned; .* run make lock: one"):
        lock.read(path)


def test_pip_refuses_another_file_of_the_same_version(lock: ModuleType, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "alpha-1.5-py3-none-any.whl", "w") as wheel:
        wheel.writestr("alpha.py", "")
        wheel.writestr("alpha-1.5.dist-info/METADATA", "Metadata-Version: 2.1\nName: alpha\nVersion: 1.5\n")
        wheel.writestr("alpha-1.5.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("alpha-1.5.dist-info/RECORD", "")
    digest = hashlib.sha256((tmp_path / "alpha-1.5-py3-none-any.whl").read_bytes()).hexdigest()
    codes = []
    for wanted in (64 * "0", digest):
        (tmp_path / "build.txt").write_text(f"alpha==1.5 --hash=sha256:{wanted}\n")
        command = [sys.executable, "-m", "pip", "--isolated", "install", "--dry-run", "--no-index", "--require-hashes"]
        command += ["--find-links", str(tmp_path), "--requirement", str(tmp_path / "build.txt")]
        codes.append(subprocess.run(command, capture_output=True, check=False).returncode)
    assert codes == [1, 0]
