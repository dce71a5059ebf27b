"""Draw the rooms of the house and the doors between them into ``docs/architecture.md``.

Run as ``make picture``. What is drawn is the table of doors in ``tests/house/test_doors.py``, so the picture is what
the code imports.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests" / "house" / "test_doors.py"
PAGE = ROOT / "docs" / "architecture.md"
START = "<!-- drawn by: make picture -->\n"
END = "<!-- end of the picture -->\n"

Doors = dict[str, set[str]]


def main() -> int:
    """Write the picture into the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_picture(page, picture(read_doors())), encoding="utf-8")
    return 0


def read_doors() -> Doors:
    """Read the table: each room with the rooms that it opens, from the ground up."""
    for node in ast.parse(TABLE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "DOORS" and node.value:
            doors: Doors = ast.literal_eval(node.value)
            return doors
    raise SystemExit(f"{TABLE}: there is no table DOORS")


def with_picture(page: str, drawn: str) -> str:
    """Put a picture between the two marks of a page."""
    if page.count(START) != 1 or page.count(END) != 1:
        raise SystemExit(f"{PAGE}: the marks of the picture must stand there once each: {START}{END}")
    before, _, rest = page.partition(START)
    return before + START + drawn + END + rest.partition(END)[2]


def picture(doors: Doors) -> str:
    """Draw a Mermaid graph from the faces down to the ground, and count what is in it.

    An arrow is left out where others lead the same way (the transitive reduction of the table, which has no cycle).
    """
    below: Doors = {}
    floors: dict[str, int] = {}
    for room, opens in doors.items():
        below[room] = opens.union(*(below[other] for other in opens))
        floors[room] = 1 + max((floors[other] for other in opens), default=0)
    drawn = [
        (room, other)
        for room, opens in reversed(doors.items())
        for other in sorted(opens)
        if not any(other in below[between] for between in opens)
    ]
    arrows, height = sum(map(len, doors.values())), max(floors.values())
    lines = [
        "```mermaid",
        "graph TD",
        *(f"  {room} --> {other}" for room, other in drawn),
        "```",
        "",
        f"{len(doors)} rooms, {arrows} arrows, {height} floors. An arrow leads from a room to one it opens;",
        f"{len(drawn)} are drawn, the others are short cuts along these.",
        "",
    ]
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
