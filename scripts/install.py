"""Install probqa and its pinned dependencies into ``.venv``.

The Makefile runs this with any Python, and ``.venv`` is made where it is missing.

On Linux the PyTorch wheel of PyPI brings several GB of CUDA, so the CPU wheel is asked for first, from PyTorch's own
server and whatever other places pip is configured for. Where it cannot be had, or not in time, the usual wheel is
taken: this step never fails the installation and never hangs it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CONSTRAINTS = ROOT / "constraints.txt"
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
# Long enough for 200 MB over a slow line; a server that does not answer costs 2 x 10 s.
CPU_WHEEL_SECONDS = 900


def main() -> int:
    """Install probqa with its build dependencies.

    ``--dev`` adds what the tests need.
    """
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--dev", action="store_true", help="with what the tests and checks need")
    extras = "[build,dev]" if options.parse_args().dev else "[build]"
    if sys.version_info < (3, 11):  # noqa: UP036  (run by whatever Python is there)
        print(f"probqa needs Python 3.11 or newer, this is {sys.version.split()[0]}; run: make PYTHON=python3.12 ...")
        return 2
    if not PYTHON.exists():
        print("making .venv", flush=True)
        venv.create(VENV, with_pip=True)
    prefer_cpu_torch()
    print("installing the pinned dependencies", flush=True)
    return pip("install", "--quiet", "--constraint", str(CONSTRAINTS), "--editable", f"{ROOT}{extras}")


def prefer_cpu_torch() -> None:
    """Install the CPU wheel of PyTorch, if it is not there and can be had."""
    pinned = re.search(r"^torch==(\S+)", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)
    if sys.platform != "linux" or pinned is None or torch_version().split("+")[0] == pinned[1]:
        return
    print("looking for PyTorch's CPU wheel (the usual one brings several GB of CUDA)", flush=True)
    wanted = ["--quiet", "--no-deps", "--only-binary", ":all:", "--retries", "1", "--timeout", "10"]
    try:
        failed = pip("install", *wanted, "--index-url", CPU_WHEELS, f"torch=={pinned[1]}", seconds=CPU_WHEEL_SECONDS)
    except subprocess.TimeoutExpired:
        failed = 1
    if failed:
        print("it cannot be had here; the usual wheel is taken instead", flush=True)


def torch_version() -> str:
    """Return the version of PyTorch in ``.venv``, or nothing."""
    code = "import importlib.metadata as m\ntry: print(m.version('torch'))\nexcept m.PackageNotFoundError: pass"
    return subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False).stdout.strip()


def pip(*arguments: str, seconds: float | None = None) -> int:
    """Run the pip of ``.venv``.

    Out: its exit code.
    """
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, check=False, timeout=seconds).returncode


if __name__ == "__main__":
    sys.exit(main())
