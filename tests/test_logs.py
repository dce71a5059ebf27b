"""Log records: one line each, and nothing in them that a terminal obeys."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from probqa.ui.logs import escape_records


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a logger of another library writes while records are escaped."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("another.library")
    logger.addHandler(handler)
    logger.propagate = False
    before = logging.getLogRecordFactory()
    escape_records()
    yield stream
    logging.setLogRecordFactory(before)
    logger.removeHandler(handler)


def test_what_a_visitor_sends_is_one_line_without_controls(written: io.StringIO) -> None:
    logging.getLogger("another.library").error("no %s", "a\x1b[2J\r\n2026-01-01 all is well\x85\u2028\u202e\x7fé")
    assert written.getvalue() == (
        "no a[U+001B][2J[U+000D][U+000A]2026-01-01 all is well[U+0085][U+2028][U+202E][U+007F]é\n"
    )


def test_without_it_the_same_would_be_two_lines(written: io.StringIO) -> None:
    logging.setLogRecordFactory(logging.LogRecord)
    logging.getLogger("another.library").error("no %s", "a\x1b[2J\nb")
    assert written.getvalue() == "no a\x1b[2J\nb\n"


def test_a_traceback_keeps_its_lines_and_no_controls(written: io.StringIO) -> None:
    try:
        raise ValueError("bad \x1b[31m")
    except ValueError:
        logging.getLogger("another.library").exception("failed")
    lines = written.getvalue().splitlines()
    assert (lines[:2], lines[-1]) == (
        ["failed", "Traceback (most recent call last):"],
        "ValueError: bad [U+001B][31m",
    )
