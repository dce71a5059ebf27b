"""Serve the app for staff, in a process of its own.

In: settings, and where to listen. Out: a running server, until it is stopped.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from probqa.settings import Settings, log_file, served_names, staff_file
from probqa.staff.people import read_people
from probqa.ui import hosts

APP = Path(__file__).with_name("app.py")
# As large as a file of a corpus may be.
MAX_UPLOAD_MB = 100


def launch(chosen: Settings, port: int, address: str, base: str) -> NoReturn:
    """Check who may sign in, then become ``streamlit run``.

    Raises:
        InputError: nobody may sign in, or a name in ``PROBQA_HOSTS`` is none.
    """
    hosts.Hosts(served_names(os.environ))
    file = staff_file(os.environ)
    read_people(file)
    assert file is not None
    corpus, index = chosen.corpus.resolve(), chosen.index.resolve()
    os.environ |= {"PROBQA_CORPUS": str(corpus), "PROBQA_INDEX": str(index), "PROBQA_STAFF": str(file.resolve())}
    os.environ |= {"PROBQA_LOG": str(log_file(os.environ, corpus).resolve())}
    os.environ |= {"PROBQA_MODEL": chosen.model, "PROBQA_READER": chosen.reader}
    # Streamlit's settings are the public app's, but for those named here.
    os.chdir(Path(hosts.__file__).parent)
    from streamlit.web import cli

    given = {"port": port, "address": address, "baseUrlPath": base, "maxUploadSize": MAX_UPLOAD_MB}
    options = [part for name, value in given.items() for part in (f"--server.{name}", str(value))]
    sys.exit(cli.main(["run", str(APP), *options], prog_name="streamlit"))
