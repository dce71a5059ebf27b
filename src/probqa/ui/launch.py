"""Serve the app from any folder.

In: settings and a port. Out: a running server, until it is stopped.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from probqa.settings import Settings, feedback_file, served_names
from probqa.ui.feedback import check_file
from probqa.ui.hosts import Hosts
from probqa.ui.libraries import open_library

APP = Path(__file__).with_name("app.py")


def launch(chosen: Settings, port: int) -> NoReturn:
    """Check that the index can be asked, then become ``streamlit run``.

    Raises:
        InputError: a name in ``PROBQA_HOSTS`` is none, or the file in ``PROBQA_FEEDBACK`` cannot be written.
        IndexMissingError, IndexMismatchError, IndexDamagedError: it cannot be asked; the message says what to do.
    """
    Hosts(served_names(os.environ))
    corpus, index = chosen.corpus.resolve(), chosen.index.resolve()
    open_library(Settings(corpus, index, chosen.model, chosen.reader))
    os.environ |= {"PROBQA_CORPUS": str(corpus), "PROBQA_INDEX": str(index)}
    os.environ |= {"PROBQA_MODEL": chosen.model, "PROBQA_READER": chosen.reader}
    if file := feedback_file(os.environ):
        check_file(file)
        os.environ["PROBQA_FEEDBACK"] = str(file.resolve())
    # Streamlit's settings lie beside the app; it would also take those of the folder that the command was typed in.
    os.chdir(APP.parent)
    from streamlit.web import cli

    sys.exit(cli.main(["run", str(APP), "--server.port", str(port)], prog_name="streamlit"))
