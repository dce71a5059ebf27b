"""The picture of the house: it is what the table of doors says, and no arrow is drawn that others already say."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from test_doors import DOORS

ROOT = Path(__file__).resolve().parents[2]
DRAWING = runpy.run_path(str(ROOT / "scripts" / "draw_house.py"))
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_picture_on_the_page_is_what_the_command_draws() -> None:
    assert DRAWING["with_picture"](PAGE, DRAWING["picture"](DOORS)) == PAGE, "run: make picture"


def test_the_command_reads_the_table_that_is_tested() -> None:
    assert DRAWING["read_doors"]() == DOORS


def test_a_short_cut_is_counted_and_not_drawn() -> None:
    doors = {"ground": set(), "middle": {"ground"}, "annex": {"ground"}, "top": {"annex", "ground", "middle"}}
    assert DRAWING["picture"](doors) == (
        "```mermaid\ngraph TD\n"
        "  top --> annex\n  top --> middle\n  annex --> ground\n  middle --> ground\n"
        "```\n\n"
        "4 rooms, 5 arrows, 3 floors. An arrow leads from a room to one it opens;\n"
        "4 are drawn, the others are short cuts along these.\n\n"
    )


@pytest.mark.parametrize("page", ["", "{start}{start}{end}", "{start}"])
def test_a_page_without_both_marks_is_not_written(page: str) -> None:
    marks = {"start": DRAWING["START"], "end": DRAWING["END"]}
    with pytest.raises(SystemExit, match=r"architecture\.md: the marks of the picture must stand there once each"):
        DRAWING["with_picture"](page.format(**marks), "picture")


def test_the_page_names_every_room_once() -> None:
    table = PAGE.partition("| Room |")[2].partition("\n\n")[0]
    rooms = [name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(rooms) == sorted(DOORS)
