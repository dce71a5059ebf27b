"""Every pattern of the package and the texts that are awkward for it: what the promise about time is tested on."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import probqa

PACKAGE = Path(probqa.__file__).parent
LENGTH = 100_000
MISSES = 10
KINDS = (
    *("1", "1,", "1,1.", "1 ", "¹"),
    *(" ", "\n", " \n", "\u00a0", "\u200b "),
    *(".", ". ", "?!", "…"),
    *("A", "A.", "Aa ", "AA-"),
    *('"', "'", "’", "“a ", "'a"),
    *("(", ")", "((a", "[a]", "<a"),
    *("a", "a-", "a,", "é", "_", "a&", "-", ":", "/", "x@"),
)
_METHODS = {"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
_FLAGS = {name: getattr(re, name) for name in ("IGNORECASE", "MULTILINE", "DOTALL", "UNICODE")}


@dataclass(frozen=True)
class Used:
    """A pattern, where it stands, and whether it is looked for anywhere in a text or only where one begins."""

    where: str
    pattern: re.Pattern[Any]
    anywhere: bool

    def run(self, text: str) -> None:
        subject: Any = text.encode() if isinstance(self.pattern.pattern, bytes) else text
        if self.anywhere:
            self.pattern.sub(subject[:0], subject)
        else:
            self.pattern.match(subject)
            self.pattern.fullmatch(subject)


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def compiled() -> dict[str, re.Pattern[Any]]:
    """Every pattern that a module of the package has made and kept, also within its tables and records."""
    found: dict[str, re.Pattern[Any]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if "re" in names_in(path):
            module = importlib.import_module(module_name(path))
            for name, value in vars(module).items():
                if getattr(value, "__module__", module.__name__) in (module.__name__, "builtins", "re", None):
                    found |= {f"{module.__name__}:{name}{at}": each for at, each in _inside(value)}
    return found


def names_in(path: Path) -> set[str]:
    return {
        alias.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import)
        for alias in node.names
    }


def _inside(value: object, at: str = "") -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield at, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _inside(each, f"{at}[{key!r}]")
    elif isinstance(value, tuple | list | set | frozenset):
        for number, each in enumerate(value):
            yield from _inside(each, f"{at}[{number}]")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _inside(getattr(value, field.name), f"{at}.{field.name}")


def uses() -> dict[str, set[str]]:
    """The methods that are called on each name that has a pattern, and on each table of them."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in _METHODS and isinstance(node.value, ast.Name):
                found.setdefault(f"{module_name(path)}:{node.value.id}", set()).add(node.attr)
    return found


def written() -> tuple[list[Used], dict[str, str]]:
    """The patterns that stand in a call, and the calls whose pattern is put together there: place and its code."""
    constant: list[Used] = []
    made: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for function in functions:
            for node in ast.walk(function):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                    continue
                if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
                    continue
                if node.func.attr not in _METHODS | {"compile"}:
                    continue
                where = f"{module_name(path)}:{function.name}"
                if isinstance(node.args[0], ast.Constant):
                    flags = sum(value for name, value in _FLAGS.items() if f"re.{name}" in ast.unparse(node))
                    pattern = re.compile(node.args[0].value, flags)
                    constant.append(Used(where, pattern, node.func.attr not in ("match", "fullmatch")))
                else:
                    made[where] = ast.unparse(node.args[0])
    return constant, made


def awkward(pattern: re.Pattern[Any]) -> list[str]:
    """The texts that the pattern is fed, ``LENGTH`` long: each kind, and near misses of what the pattern says itself.

    A near miss is each beginning of a text that fits, again and again; and each stretch that may be repeated, after
    what stands before it and before a sign that nothing waits for.
    """
    tree = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    repeated: list[tuple[str, str]] = []
    beginnings: list[str] = []
    _walk(list(tree), "", repeated, beginnings)
    texts = [unit * (LENGTH // len(unit)) for unit in KINDS]
    some = [unit for unit in dict.fromkeys(beginnings) if unit]
    some = some[:: 1 + len(some) // MISSES]
    # Again and again as they are, and as words.
    texts += [unit * (LENGTH // len(unit)) for beginning in some for unit in (beginning, f"{beginning.strip()} ")]
    texts += [before + unit * (LENGTH // len(unit)) + "\x07" for before, unit in dict.fromkeys(repeated) if unit]
    return list(dict.fromkeys(texts))


def _walk(items: list[Any], before: str, repeated: list[tuple[str, str]], beginnings: list[str]) -> str:
    """Return a text that fits ``items``; note the stretches that may be repeated, and the beginnings."""
    said = before
    for code, value in items:
        beginnings.append(said[-40:])
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            least, most, body = value
            unit = _walk(list(body), "", [], [])
            _walk(list(body), said, repeated, beginnings)
            if most > 20:
                repeated.append((said, unit))
            beginnings.append((said + unit)[-40:])
            said += unit * min(max(least, 1), 5)
        elif code is codes.BRANCH:
            options = [_walk(list(option), said, repeated, beginnings) for option in value[1]]
            said = options[0]
        elif code is codes.SUBPATTERN:
            said = _walk(list(value[3]), said, repeated, beginnings)
        elif code is codes.ATOMIC_GROUP:
            said = _walk(list(value), said, repeated, beginnings)
        elif code is codes.LITERAL:
            said += chr(value)
        elif code is codes.IN:
            said += _one_of(value)
        elif code in (codes.ANY, codes.NOT_LITERAL):
            said += "a"
    beginnings.append(said[-40:])
    return said


def _one_of(options: list[Any]) -> str:
    categories = {codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " ", codes.CATEGORY_WORD: "a"}
    if options[0][0] is codes.NEGATE:
        return next((sign for sign in "aA1 ~-\x07" if re.fullmatch(_negated(options), sign)), "~")
    code, value = options[0]
    if code is codes.LITERAL:
        return chr(value)
    return chr(value[0]) if code is codes.RANGE else categories.get(value, "~")


def _negated(options: list[Any]) -> str:
    signs = {codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_SPACE: r"\s", codes.CATEGORY_WORD: r"\w"}
    signs |= {codes.CATEGORY_NOT_DIGIT: r"\D", codes.CATEGORY_NOT_SPACE: r"\S", codes.CATEGORY_NOT_WORD: r"\W"}
    inside = ""
    for code, value in options[1:]:
        if code is codes.LITERAL:
            inside += re.escape(chr(value))
        elif code is codes.RANGE:
            inside += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        else:
            inside += signs[value]
    return f"[^{inside}]"


def outgrown(run: Callable[[str], object], text: str) -> int | None:
    """Return the length at which the time to run outgrows the text; None where it never does, up to the whole.

    From one length to one 16 times as long a linear run takes 16 times as long and a quadratic one 256 times. What
    takes less than 50 ms of processor time is taken for fast, and of five tries the fastest counts, so a machine with
    other work on it makes no difference.
    """
    lengths = [len(text) // part for part in (256, 64, 16, 4, 1)]
    for number, length in enumerate(lengths):
        if (took := _time(run, text[:length])) < 0.05:
            continue
        small = text[: lengths[number - 2] if number > 1 else length // 16]
        for _ in range(4):
            if took <= 64 * (before := min(_time(run, small) for _ in range(3))):
                break
            took = min(took, _time(run, text[:length])) if took < 1 else took
        else:
            return length
        assert before
    return None


def _time(run: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    run(text)
    return time.process_time() - began
