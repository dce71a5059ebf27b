"""Start the Streamlit server of this repository's ``app.py``.

In: settings and a port. Out: a running server in place of this process.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from probqa.asking.library import Library
from probqa.errors import ProbqaError
from probqa.settings import Settings


def launch(chosen: Settings, port: int) -> NoReturn:
    """Check that the index can be asked, then become the server.

    Raises:
        ProbqaError: the index cannot be used, or ``app.py`` is not where it belongs.
    """
    app = Path(__file__).resolve().parents[3] / "app.py"
    if not app.is_file():
        raise ProbqaError(f"there is no app at {app}", "run probqa serve from a clone of the repository")
    Library(chosen)
    os.environ |= {
        "PROBQA_CORPUS": str(chosen.corpus.resolve()),
        "PROBQA_INDEX": str(chosen.index.resolve()),
        "PROBQA_MODEL": chosen.model,
    }
    os.chdir(app.parent)
    sys.stdout.flush()
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    os.execv(sys.executable, command)  # noqa: S606
