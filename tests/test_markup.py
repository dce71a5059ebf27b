"""HTML that is told from text: what is put into it is escaped, and nothing else is drawn."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_type_hints

import pytest

import probqa.ui
from probqa.ui import frame, middleware
from probqa.ui.markup import Markup, anchor, original_anchor

UI = Path(probqa.ui.__file__).parent
TEXT = '<b title="a">\'&\u202e'
SHOWN = "&lt;b title=&#34;a&#34;&gt;&#39;&amp;[U+202E]"

WAYS: dict[str, Callable[[str], Markup]] = {
    "format": lambda value: Markup("<i>{}</i>").format(value),
    "format by name": lambda value: Markup("<i>{value}</i>").format(value=value),
    "percent sign": lambda value: Markup("<i>%s</i>") % value,
    "join": lambda value: Markup("").join([Markup("<i>"), value, Markup("</i>")]),
    "sum": lambda value: Markup("<i>") + value + Markup("</i>"),
    "sum from the left": lambda value: Markup("<i>") + (value + Markup("</i>")),
}


@pytest.mark.parametrize("way", WAYS)
def test_text_is_text_whatever_way_it_is_put_into_html(way: str) -> None:
    html = WAYS[way](TEXT)
    assert html == f"<i>{SHOWN}</i>"
    assert type(html) is Markup


@pytest.mark.parametrize("way", WAYS)
def test_html_put_into_html_is_not_escaped_again(way: str) -> None:
    assert WAYS[way](Markup("<b>{}</b>").format(TEXT)) == f"<i><b>{SHOWN}</b></i>"


def test_links_escape_where_they_lead_and_what_they_say() -> None:
    assert anchor(TEXT, TEXT) == f'<a class="pq-go" href="{SHOWN}">{SHOWN}</a>'
    assert original_anchor(TEXT, TEXT) == (
        f'<a href="{SHOWN}" target="_blank" rel="noopener noreferrer nofollow">{SHOWN}</a>'
    )


def test_what_draws_html_takes_nothing_but_markup() -> None:
    assert get_type_hints(frame.draw)["markup"] is Markup
    assert get_type_hints(middleware.html_response)["page"] is Markup


def test_html_is_drawn_and_sent_in_one_place_each() -> None:
    drawing, sending = set(), set()
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "html":
                drawing.add(path.name)
            if isinstance(node, ast.Name) and node.id == "HTMLResponse":
                sending.add(path.name)
    assert (drawing, sending) == ({"frame.py"}, {"middleware.py"})


@pytest.mark.parametrize(
    ("made", "refused"), [('Markup("<p>")', False), ("Markup(text)", True), ('Markup(f"<p>{text}")', True)]
)
def test_the_linter_refuses_markup_that_is_made_of_text(made: str, refused: bool) -> None:
    code = f"from probqa.ui.markup import Markup\n\ntext = input()\nhtml = {made}\n"
    command = [sys.executable, "-m", "ruff", "check", "--select", "S704", "--stdin-filename", str(UI / "any.py"), "-"]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=False)
    assert (done.returncode == 1, "S704" in done.stdout) == (refused, refused), done.stderr
