"""One record is one line: what a visitor sends can neither write lines of its own nor steer a terminal.

In: every record of every library in this process. Out: the same with control characters shown; a traceback keeps its
lines.

>>> visible_line("who\\x1b[2J?\\n")
'who[U+001B][2J?[U+000A]'
"""

from __future__ import annotations

import logging
from typing import Any

from probqa.rendering import visible_line


def escape_records() -> None:
    """Have every record that is made from now on made visible, whoever makes it."""
    logging.setLogRecordFactory(_Record)


class _Record(logging.LogRecord):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        if self.exc_info and self.exc_info[0]:
            traceback = logging.Formatter().formatException(self.exc_info)
            self.exc_text = "\n".join(visible_line(line) for line in traceback.split("\n"))

    def getMessage(self) -> str:  # noqa: N802
        return visible_line(super().getMessage())
