"""Install probqa and what ``locks/`` names into ``.venv``, by hash.

The Makefile runs this with any Python, and ``.venv`` is made where it is missing.

On Linux the PyTorch wheel of PyPI brings several GB of CUDA, so the CPU wheel is asked for first, from PyTorch's own
server and whatever other places pip is configured for. Where it cannot be had, or not in time, or has a hash that the
lock does not name, the usual wheel is taken: this step never fails the installation and never hangs it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = ROOT / "locks"
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
# Long enough for 200 MB over a slow line; a server that does not answer costs 2 x 10 s.
CPU_WHEEL_SECONDS = 900


def main() -> int:
    """Install probqa with its build dependencies.

    ``--dev`` adds what the tests need.
    """
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--dev", action="store_true", help="with what the tests and checks need")
    locks = ["torch", "build", *(["dev"] if options.parse_args().dev else [])]
    if sys.version_info < (3, 11):  # noqa: UP036  (run by whatever Python is there)
        print(f"probqa needs Python 3.11 or newer, this is {sys.version.split()[0]}; run: make PYTHON=python3.12 ...")
        return 2
    if not PYTHON.exists():
        print("making .venv", flush=True)
        venv.create(VENV, with_pip=True)
    if sys.platform == "linux" and not install_cpu_torch():
        print("it cannot be had here; the usual wheel is taken instead", flush=True)
        locks.append("cuda")
    print("installing the locked dependencies", flush=True)
    # Hashes forbid an editable install, so probqa itself follows by itself, and is built with the locked setuptools.
    return pip("install", "--quiet", "--require-hashes", *from_locks(*locks)) or pip(
        "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)
    )


def install_cpu_torch() -> bool:
    """Install the CPU wheel of PyTorch where it can be had; return whether it is there."""
    print("looking for PyTorch's CPU wheel (the usual one brings several GB of CUDA)", flush=True)
    wanted = ["--quiet", "--no-deps", "--only-binary", ":all:", "--retries", "1", "--timeout", "10"]
    wanted += ["--index-url", CPU_WHEELS, "--require-hashes", *from_locks("torch")]
    try:
        return not pip("install", *wanted, seconds=CPU_WHEEL_SECONDS) and has_cpu_torch()
    except subprocess.TimeoutExpired:
        return False


def has_cpu_torch() -> bool:
    """Return whether the PyTorch in ``.venv`` is a CPU wheel, whose version says so."""
    code = "import importlib.metadata as m\nprint(m.version('torch'))"
    return "+cpu" in subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False).stdout


def from_locks(*names: str) -> list[str]:
    """Return the arguments that make pip install what the locks name."""
    return [part for name in names for part in ("--requirement", str(LOCKS / f"{name}.txt"))]


def pip(*arguments: str, seconds: float | None = None) -> int:
    """Run the pip of ``.venv``.

    Out: its exit code.
    """
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, check=False, timeout=seconds).returncode


if __name__ == "__main__":
    sys.exit(main())
