"""The app's server with the hash encoder in place of the model: ``python serve.py PORT``."""

from __future__ import annotations

import sys
from pathlib import Path

from streamlit.web import cli

import hash_encoder

APP = Path(__file__).resolve().parents[2] / "app.py"

if __name__ == "__main__":
    hash_encoder.install()
    cli.main(["run", str(APP), "--server.port", sys.argv[1]], prog_name="streamlit")
