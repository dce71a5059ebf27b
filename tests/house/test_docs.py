"""The documents: commands, links, pictures and names that exist, and nothing left over or only promised."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import io
import re
import shlex
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit import config

from probqa import cli

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "probqa"
PAGES = sorted(
    [
        *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
        *(ROOT / folder / "README.md" for folder in ("index", "benchmarks")),
        *(ROOT / "docs").rglob("*.md"),
    ]
)
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
# Quotes of reports, which may speak as they like.
QUOTES = ROOT / "docs" / "cross-report-questions.md"
SCRIPTS = sorted(path for folder in ("src", "scripts", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
# Left by a template, a merge or somebody who meant to come back.
LEFTOVERS = re.compile(r"@[A-Z_]+@|^(?:<{7}|={7}|>{7})(?: |$)|\b(?:TODO|FIXME|XXX|TBD|WIP)\b", re.MULTILINE)
# What these pages say is there, is there: they have no future tense.
PROMISES = re.compile(r"\b(?:will (?:be|have|take|get|come)|for now|later we|in (?:the )?future|coming soon)\b", re.I)
FILE_NAME = r"[\w.-]+\.(?:py|md|jsonl?|yaml|toml|js|css)"
ENDINGS = {"css", "docx", "html", "js", "json", "jsonl", "md", "npy", "onnx", "pdf", "toml", "txt", "yaml"}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def prose(path: Path) -> str:
    """A page; of a script its comments and docstrings, but for the sessions in them, which run as tests."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    comments = [
        token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT
    ]
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    strings = [ast.get_docstring(node) or "" for node in ast.walk(ast.parse(text)) if isinstance(node, documented)]
    return "\n".join([*comments, *(re.sub(r"^>>> .*?(?=\n\n|\Z)", "", text, flags=re.M | re.S) for text in strings)])


def code_spans(path: Path) -> list[str]:
    """What stands between backticks on one line."""
    text = re.sub(r"```.*?```", "", prose(path), flags=re.DOTALL)
    return re.findall(r"``?([^`\n]+)``?", text)


def has(owner: object, names: list[str]) -> bool:
    """Whether ``owner`` has the first of the names, that one the second, and so on; a field of a record is one."""
    for name in names:
        if name in getattr(owner, "__dataclass_fields__", {}):
            return True
        if not hasattr(owner, name):
            return False
        owner = getattr(owner, name)
    return True


def resolves(dotted: str) -> bool:
    """Whether a name that starts with ``probqa.`` is a module of ours or something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        return has(module, parts[length:])
    return False


def owners(head: str) -> Iterator[object]:
    """What ``head`` may mean in ``head.name``: a module of ours, an object of a class in it, a class of ours."""
    for path in MODULES:
        module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        if path.stem == head:
            found = importlib.import_module(module)
            yield from [found, *(value for value in vars(found).values() if isinstance(value, type))]
        elif re.search(rf"^class {head}\b", path.read_text(encoding="utf-8"), re.MULTILINE):
            yield getattr(importlib.import_module(module), head)


def is_known(head: str, name: str, *, on_a_page: bool) -> bool:
    """Whether ``head.name`` is a file, something of ours, a setting of Streamlit or something of a library."""
    if name == "py":
        return any(path.stem == head for path in (*SCRIPTS, *ROOT.glob("*.py"), *(ROOT / "tests").rglob("*.py")))
    if name in ENDINGS:
        return True
    ours = list(owners(head))
    if ours:
        return any(has(owner, [name]) for owner in ours)
    if not on_a_page or head[0].isupper() or f"{head}.{name}" in config.get_config_options():
        return True
    return head == "st" or importlib.util.find_spec(head) is not None


def unknown_names(path: Path) -> Iterator[str]:
    """Names on a page or in a script's words that look like ours and are not there."""
    for name in re.findall(r"\bprobqa(?:\.[A-Za-z_]\w*)+", prose(path)):
        if not resolves(name):
            yield name
    for name in re.findall(rf"(?<![\w/:.<>*-])(?:[\w.-]+/)+{FILE_NAME}\b", prose(path)):
        if not any((folder / name).exists() for folder in (ROOT, PACKAGE, path.parent)):
            yield name
    for span in code_spans(path):
        dotted = re.match(r"([A-Za-z_]\w*)\.([A-Za-z_]\w*)(?=[ (]|$)", span)
        if dotted and dotted[1] != "probqa" and not is_known(*dotted.groups(), on_a_page=path.suffix == ".md"):
            yield span


def shell_lines(page: Path) -> list[str]:
    """Lines of ``sh`` blocks, and those after a ``$`` in ``console`` blocks, where the rest is what was printed."""
    lines = []
    for kind, block in re.findall(r"```(sh|console)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        typed = [line for line in block.splitlines() if kind == "sh" or line.startswith("$ ")]
        lines += [line.removeprefix("$ ") for line in typed if line.strip()]
    return lines


@pytest.mark.parametrize("page", PAGES, ids=relative)
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


def test_every_test_that_is_named_exists() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    there = {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text(encoding="utf-8")))
    assert len(named) > 10
    assert named <= there, named - there


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_command_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    parser = cli.parser()
    for line in [*shell_lines(page), *(span for span in code_spans(page) if span.startswith("make "))]:
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
            case [".venv/bin/python", "-m", "pytest", *paths]:
                assert all((ROOT / path).exists() for path in paths), line
            case [program, *_]:
                assert program in ("cd", "git", "pip", ".venv/bin/mypy", ".venv/bin/ruff"), line


@pytest.mark.parametrize("path", [*PAGES, *SCRIPTS], ids=relative)
def test_every_name_of_ours_exists(path: Path) -> None:
    assert list(unknown_names(path)) == []


@pytest.mark.parametrize("path", [path for path in (*PAGES, *SCRIPTS) if path != QUOTES], ids=relative)
def test_nothing_is_left_over_and_nothing_is_only_promised(path: Path) -> None:
    assert LEFTOVERS.findall(prose(path)) == []
    assert PROMISES.findall(prose(path)) == []


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


def test_a_docstring_opens_with_one_clause() -> None:
    """Ruff (D401) sees to the verb of a function; a second clause is a sentence of its own."""
    two = [
        f"{path.relative_to(ROOT)}:{node.body[0].lineno}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module)
        and "; " in (ast.get_docstring(node) or "").partition("\n")[0]
    ]
    assert two == []
