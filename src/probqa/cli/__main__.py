"""The terminal as ``python -m probqa.cli``, which ends a command when it is told to end."""

from __future__ import annotations

import signal
import sys

from probqa.cli import main

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
