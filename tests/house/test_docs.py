"""The documents: commands that exist, links that lead somewhere, pictures that are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from probqa import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "index" / "README.md", *(ROOT / "docs").rglob("*.md")]
)


def shell_lines(page: Path) -> list[str]:
    """Lines of ``sh`` blocks, and those after a ``$`` in ``console`` blocks, where the rest is what was printed."""
    lines = []
    for kind, block in re.findall(r"```(sh|console)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        typed = [line for line in block.splitlines() if kind == "sh" or line.startswith("$ ")]
        lines += [line.removeprefix("$ ") for line in typed if line.strip()]
    return lines


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}, (
                target
            )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    parser = cli.parser()
    for line in shell_lines(page):
        words = shlex.split(line, comments=True)
        while words and "=" in words[0]:
            words.pop(0)
        match words:
            case ["make", *named]:
                assert {name for name in named if "=" not in name} <= targets, line
            case ["probqa" | ".venv/bin/probqa", *arguments]:
                # Ends the test with the parser's own words if the command is not one.
                parser.parse_args([word for word in arguments if word not in ("|", "less")])
            case ["python" | ".venv/bin/python", script, *_] if script.endswith(".py"):
                assert (ROOT / script).is_file(), line
            case _:
                pass


def test_the_readme_opens_with_a_picture_and_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    opening = readme[:2000]
    assert re.search(r"!\[[^\]]+\]\(docs/images/[\w-]+\.png\)", opening)
    assert "make run" in opening
    assert "make test" in opening


def test_nothing_names_the_place_it_was_written_in() -> None:
    banned = re.compile(r"/work/|/\.library|/opt/pypi|/root/")
    own = [
        *PAGES,
        *(ROOT / "src").rglob("*.py"),
        *(ROOT / "corpus").rglob("*.md"),
        *(ROOT / "benchmarks").rglob("*.py"),
    ]
    for path in own:
        assert not banned.search(path.read_text(encoding="utf-8")), path
