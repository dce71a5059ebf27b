"""The server of the app for staff, with the hash encoder in place of the model: ``python serve_staff.py PORT``."""

from __future__ import annotations

import os
import sys

import hash_encoder
from probqa.settings import settings
from probqa.staff.launch import launch

if __name__ == "__main__":
    hash_encoder.install()
    launch(settings(os.environ), int(sys.argv[1]), "127.0.0.1", "")
